//! A picture of a page → its words, through the OCR engine `tesseract` (a Debian package) as a separate program.
//!
//! The engine gives words with boxes and confidence; rows, columns and tables are then laid out as for a PDF, so that a
//! scanned letter reads like a printed one.

use std::sync::{Mutex, OnceLock};

use facts::{Page, Word};
use serde::{Deserialize, Serialize};

use crate::layout;
use crate::picture::{Gray, Scan};
use crate::words::{Direction, Piece};
use crate::worker::{Fault, Launcher, run_program};
use crate::{ExtractError, Options};

/// How long the engine may take for one page, in seconds.
const SECONDS: u64 = 90;
/// The most bytes of words from one page.
const MOST_OUTPUT: usize = 32 << 20;
/// Below this mean confidence a page may lie upside down, and other ways up are tried.
const DOUBTFUL: f32 = 55.0;
/// Words below this confidence are specks and lines, unless they look like words.
const SPECK: f32 = 20.0;

/// A page as the engine read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// Its words with their places.
    pub page: Page,
    /// The mean confidence of its letters, 0 to 100.
    pub confidence: f32,
}

/// Reads a page.
pub(crate) fn read(scan: &Scan, options: &Options, launcher: &Launcher) -> Result<Read, Fault> {
    let first = words(&scan.image, options, launcher)?;
    let (best, scan) =
        if certain(&first) { (first, scan.clone()) } else { other_way_up(first, scan, options, launcher)? };
    let confidence = mean(&best);
    Ok(Read { page: lay_out(best, &scan), confidence })
}

/// The page turned by half, when that reads better.
fn other_way_up(
    first: Vec<Found>,
    scan: &Scan,
    options: &Options,
    launcher: &Launcher,
) -> Result<(Vec<Found>, Scan), Fault> {
    let turned = half_turn(scan);
    let second = words(&turned.image, options, launcher)?;
    let weight = |words: &[Found]| words.iter().map(|w| w.confidence * w.text.len() as f32).sum::<f32>();
    Ok(if mean(&second) > mean(&first) + 10.0 && weight(&second) > weight(&first) {
        (second, turned)
    } else {
        (first, scan.clone())
    })
}

fn half_turn(scan: &Scan) -> Scan {
    let Gray { width, height, data } = &scan.image;
    let image = Gray { width: *width, height: *height, data: data.iter().rev().copied().collect() };
    let [a, b, c, d, e, f] = scan.to_page;
    let (w, h) = (*width as f32, *height as f32);
    let to_page = [-a, -b, -c, -d, e + a * w + c * h, f + b * w + d * h];
    Scan { image, to_page, ..scan.clone() }
}

fn certain(words: &[Found]) -> bool {
    words.len() < 3 || mean(words) >= DOUBTFUL
}

/// The mean confidence, weighted by length.
fn mean(words: &[Found]) -> f32 {
    let letters: f32 = words.iter().map(|w| w.text.len() as f32).sum();
    words.iter().map(|w| w.confidence * w.text.len() as f32).sum::<f32>() / letters.max(1.0)
}

/// A word in pixels of the picture.
#[derive(Debug, Clone)]
struct Found {
    text: String,
    line: (u32, u32, u32),
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    confidence: f32,
}

fn words(image: &Gray, options: &Options, launcher: &Launcher) -> Result<Vec<Found>, Fault> {
    let languages = languages(options)?;
    let mut command = launcher.command(&options.tesseract, None);
    command.args(["stdin", "stdout", "-l", &languages, "--psm", "3", "--dpi", "300", "tsv"]);
    // One thread a page: several pages are read at once instead.
    command.env("OMP_THREAD_LIMIT", "1");
    let out = run_program(command, image.pgm(), MOST_OUTPUT, SECONDS)?;
    Ok(parse(&String::from_utf8_lossy(&out)))
}

/// A program of the engine and its languages.
type Installed = (String, Vec<String>);

/// The wanted languages that are installed; asked once per program run.
fn languages(options: &Options) -> Result<String, Fault> {
    static INSTALLED: OnceLock<Mutex<Vec<Installed>>> = OnceLock::new();
    let known = INSTALLED.get_or_init(Mutex::default);
    let mut known = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let installed = match known.iter().find(|(program, _)| *program == options.tesseract) {
        Some((_, list)) => list.clone(),
        None => {
            let mut command = Launcher::default().command(&options.tesseract, None);
            command.arg("--list-langs");
            let out = run_program(command, Vec::new(), 1 << 20, 10)?;
            let list: Vec<String> = String::from_utf8_lossy(&out).lines().map(|l| l.trim().to_owned()).collect();
            known.push((options.tesseract.clone(), list.clone()));
            list
        }
    };
    let wanted: Vec<&str> = options.languages.split('+').filter(|l| installed.iter().any(|i| i == l)).collect();
    if wanted.is_empty() { Err(Fault::Missing) } else { Ok(wanted.join("+")) }
}

/// Whether the engine can be used, asked once.
///
/// # Errors
/// An [`ExtractError`] `ocr_missing` that names the one command which adds it.
pub fn available(options: &Options) -> Result<(), ExtractError> {
    languages(options).map(|_| ()).map_err(|_| missing("This computer"))
}

/// The error for a file that needs the engine where there is none.
pub(crate) fn missing(name: &str) -> ExtractError {
    let message = format!(
        "{name} cannot read text in pictures yet: the reader for scans is not installed. Run: apt-get install tesseract-ocr tesseract-ocr-spa"
    );
    ExtractError::new("ocr_missing", message)
}

fn parse(tsv: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for line in tsv.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [level, _, block, paragraph, row, _, left, top, width, height, confidence, text] = fields.as_slice() else {
            continue;
        };
        if *level != "5" || text.trim().is_empty() {
            continue;
        }
        let number = |t: &str| t.parse::<f32>().ok().filter(|v| v.is_finite());
        let index = |t: &str| t.parse::<u32>().unwrap_or(0);
        let (Some(left), Some(top), Some(width), Some(height), Some(confidence)) =
            (number(left), number(top), number(width), number(height), number(confidence))
        else {
            continue;
        };
        let text = text.trim().to_owned();
        if confidence < SPECK && text.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
            continue;
        }
        found.push(Found {
            text,
            line: (index(block), index(paragraph), index(row)),
            left,
            top,
            width,
            height,
            confidence,
        });
    }
    found
}

/// Words → page text, in points of the page.
fn lay_out(found: Vec<Found>, scan: &Scan) -> Page {
    let mut pieces = Vec::with_capacity(found.len());
    for line in found.chunk_by(|a, b| a.line == b.line) {
        let (base, size) = line_metrics(line);
        for (at, word) in line.iter().enumerate() {
            let text: String = word.text.chars().map(ascii_quote).collect();
            let text = if is_capital_i(line, at, &text) { text.replacen('|', "I", 1) } else { text };
            let piece = Piece::placed(&text, word.left, word.left + word.width, base, size);
            pieces.push(piece.read_from_image(
                word.top,
                word.top + word.height,
                word.confidence.clamp(0.0, 100.0) as u8,
            ));
        }
    }
    let direction = Direction::upright(pieces);
    let vocabulary = crate::words::vocabulary(direction.rows.iter());
    let mut page = layout::page(&[direction], scan.size, &vocabulary);
    for word in &mut page.words {
        word.bounds = on_page(word, scan);
    }
    page
}

/// Whether a bar is the word "I" (alone, or in "I'm"): in many typefaces the two are one stroke. It stands within the words of
/// its line, a small letter after it or nothing more on the line, and is no taller than they are; the rule of a table is
/// taller, or stands apart.
fn is_capital_i(line: &[Found], at: usize, text: &str) -> bool {
    let Some(word) = line.get(at).filter(|_| text == "|" || text.starts_with("|'")) else { return false };
    let before = at.checked_sub(1).and_then(|k| line.get(k));
    let after = line.get(at + 1);
    let beside = |left: &Found, right: &Found| right.left - (left.left + left.width) <= word.height;
    let near = match (before, after) {
        (_, Some(next)) => beside(word, next) && next.text.starts_with(char::is_lowercase),
        (Some(last), None) => beside(last, word) && last.text != "|",
        (None, None) => false,
    };
    let tallest = line.iter().filter(|w| !w.text.contains('|')).map(|w| w.height).fold(0.0, f32::max);
    near && word.height <= tallest * 1.15
}

/// The engine writes typographic quotes and dashes at random; the plain ones are what people type.
fn ascii_quote(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '`' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        c => c,
    }
}

fn on_page(word: &Word, scan: &Scan) -> (f32, f32, f32, f32) {
    let [a, b, c, d, e, f] = scan.to_page;
    let (l, t, r, m) = word.bounds;
    let corners = [(l, t), (r, t), (l, m), (r, m)].map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
    let fold = |pick: fn(&(f32, f32)) -> f32, best: fn(f32, f32) -> f32, start: f32| {
        corners.iter().map(pick).fold(start, best)
    };
    (
        fold(|p| p.0, f32::min, f32::MAX),
        fold(|p| p.1, f32::min, f32::MAX),
        fold(|p| p.0, f32::max, f32::MIN),
        fold(|p| p.1, f32::max, f32::MIN),
    )
}

/// The baseline and font size of a line, from the boxes of its words and the shapes of their letters.
fn line_metrics(line: &[Found]) -> (f32, f32) {
    let below = |t: &str| t.contains(['g', 'j', 'p', 'q', 'y', ',', ';', '(', ')', '$', 'Q', '[', ']', '|', '/']);
    let above = |t: &str| t.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || "bdfhklti()[]$/|?!".contains(c));
    let middle = |mut values: Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let size = |w: &Found| {
        let part = match (above(&w.text), below(&w.text)) {
            (true, true) => 0.95,
            (true, false) => 0.73,
            (false, true) => 0.74,
            (false, false) => 0.53,
        };
        w.height / part
    };
    let size = middle(line.iter().map(size).collect());
    let base = middle(line.iter().map(|w| w.top + w.height - if below(&w.text) { 0.21 * size } else { 0.0 }).collect());
    (base, size.max(4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_among_words_is_the_word_i_and_the_rule_of_a_table_stays() {
        let word = |text: &str, left: f32, width: f32, height: f32| Found {
            text: text.into(),
            line: (1, 1, 1),
            left,
            top: 100.0 - height,
            width,
            height,
            confidence: 90.0,
        };
        let read = |line: &[Found]| -> String {
            let of = |(at, w): (usize, &Found)| match is_capital_i(line, at, &w.text) {
                true => w.text.replacen('|', "I", 1),
                false => w.text.clone(),
            };
            line.iter().enumerate().map(of).collect::<Vec<_>>().join(" ")
        };
        let (x, i, y) = (word("When", 0.0, 60.0, 30.0), word("|", 70.0, 3.0, 29.0), word("saw", 83.0, 40.0, 21.0));
        assert_eq!(read(&[x.clone(), i.clone(), y.clone()]), "When I saw");
        assert_eq!(read(&[word("|'m", 0.0, 30.0, 29.0), word("not", 40.0, 30.0, 28.0)]), "I'm not");
        assert_eq!(read(&[x.clone(), i.clone()]), "When I");
        // Taller than the words; far from them; before a capital; alone.
        assert_eq!(read(&[x.clone(), word("|", 70.0, 3.0, 44.0), y.clone()]), "When | saw");
        assert_eq!(read(&[x.clone(), i.clone(), word("saw", 140.0, 40.0, 21.0)]), "When | saw");
        assert_eq!(read(&[x, i.clone(), word("Fax", 83.0, 40.0, 30.0)]), "When | Fax");
        assert_eq!(read(&[i]), "|");
    }

    #[test]
    fn words_come_with_boxes_and_confidence() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                   4\t1\t1\t1\t1\t0\t100\t200\t500\t40\t-1\t\n\
                   5\t1\t1\t1\t1\t1\t100\t200\t120\t30\t96.5\tClaim\n\
                   5\t1\t1\t1\t1\t2\t240\t200\t200\t30\t91.0\tABC-123\n\
                   5\t1\t1\t1\t2\t1\t100\t260\t5\t5\t3.0\t.\n\
                   bad line\n";
        let found = parse(tsv);
        assert_eq!(found.len(), 2, "the speck is left out");
        let scan = Scan {
            page: 0,
            image: Gray { width: 10, height: 10, data: vec![0; 100] },
            to_page: [0.24, 0.0, 0.0, 0.24, 0.0, 0.0],
            size: (612.0, 792.0),
        };
        let page = lay_out(found, &scan);
        assert_eq!(page.text, "Claim ABC-123");
        assert_eq!(page.words[0].confidence, Some(96));
        let (l, t, r, b) = page.words[0].bounds;
        assert!((l - 24.0).abs() < 0.1 && (t - 48.0).abs() < 0.1 && (r - 52.8).abs() < 0.1 && (b - 55.2).abs() < 0.1);
    }
}
