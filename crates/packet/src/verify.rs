//! Reads the finished file back with another reader than the one that wrote it, and checks what the contents promise.

use std::collections::HashMap;
use std::sync::Arc;

use facts::Finding;
use hayro_syntax::Pdf;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, MaybeRef, ObjRef, Object, Stream};
use hayro_syntax::page::Page;

use crate::codes;
use crate::exhibit::Way;
use crate::manifest::{Manifest, Placement};
use crate::printable;
use crate::stamp::Stamps;
use crate::witness::{self, Mark};

/// Whether the finished file keeps its promises: as many pages as the manifest says, every page with its own number in
/// order, every exhibit's cover sheet where the contents print it, every exhibit as many pages as its source, and on them
/// what the source draws. What fails is named; papers that lost content are given by their place among the exhibits.
///
/// `source` gives for a label the paper's place, the way it was placed and its marks, when there are any.
pub(crate) fn verify<'m>(
    pdf: &Arc<Vec<u8>>,
    manifest: &Manifest,
    stamps: &Stamps,
    exhibit: &str,
    source: impl Fn(&str) -> Option<(usize, Way, &'m [Mark])>,
) -> (Vec<Finding>, Vec<usize>) {
    let Ok(read) = Pdf::new(pdf.clone()) else {
        return (vec![wrong("the finished file cannot be read back".into())], Vec::new());
    };
    let pages = read.pages();
    if pages.len() != manifest.pages {
        let text = format!("the finished file has {} pages, not {}", pages.len(), manifest.pages);
        return (vec![wrong(text)], Vec::new());
    }
    let mut findings = numbers_in_order(pages, stamps);
    let front = manifest.exhibits.first().map_or(0, |e| e.first_page.saturating_sub(1));
    let contents = Runs::of(&pages.iter().take(front).map(text).collect::<String>());
    let mut lost = Vec::new();
    for placed in &manifest.exhibits {
        findings.extend(placement(pages, &contents, placed, exhibit));
        if let Some((at, way, marks)) = source(&placed.label)
            && !holds(&read, placed, way, marks)
        {
            lost.push(at);
        }
    }
    (findings, lost)
}

fn wrong(text: String) -> Finding {
    Finding::new("packet_not_verified", text)
}

fn numbers_in_order(pages: &[Page], stamps: &Stamps) -> Vec<Finding> {
    let carries = |(i, page): (usize, &Page)| {
        let stamp = stamps.shown(i + 1);
        (!contains(page.page_stream().unwrap_or_default(), stamp.as_bytes())).then_some(i + 1)
    };
    pages.iter().enumerate().filter_map(carries).map(|n| wrong(format!("page {n} does not carry its number"))).collect()
}

/// Whether an exhibit stands where the contents say.
fn placement(pages: &[Page], contents: &Runs, placed: &Placement, exhibit: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let row = squeeze(&printable::line(&placed.title));
    if !row_ends_with(contents, &format!("{}{row}", placed.label), placed.first_page) {
        findings
            .push(wrong(format!("the contents do not give page {} for Exhibit {}", placed.first_page, placed.label)));
    }
    let cover = pages.get(placed.first_page.saturating_sub(1)).map(|p| Runs::of(&text(p)).text).unwrap_or_default();
    if !cover.contains(&squeeze(&format!("{exhibit} {}", placed.label))) {
        findings.push(wrong(format!("page {} is not the cover sheet of Exhibit {}", placed.first_page, placed.label)));
    }
    if placed.last_page - placed.first_page != placed.pages_in_source {
        findings.push(wrong(format!("Exhibit {} has lost pages", placed.label)));
    }
    findings
}

/// Whether the placed pages draw what their source draws. What the second reader wrote down itself may be packed anew, so
/// there only the drawing instructions are held against each other.
fn holds(read: &Pdf, placed: &Placement, way: Way, source: &[Mark]) -> bool {
    let Some(found) = witness::of_placed(read, placed.first_page, placed.last_page) else { return false };
    let same = |(a, b): (&Mark, &Mark)| if way == Way::Direct { a == b } else { a.draws_as(b) };
    found.len() == source.len() && found.iter().zip(source).all(same)
}

/// Stands before every piece of drawn text. It is a character of nobody's text.
const RUN: char = '\u{f8fe}';
/// So much of a row is looked at for its number.
const ROW: usize = 160;

/// Drawn text without its white space, with the places at which a piece of it begins: the page number of a row ("10") and the
/// "2 pages" below it are drawn one after the other, and are two numbers all the same.
struct Runs {
    text: String,
    starts: std::collections::BTreeSet<usize>,
}

impl Runs {
    fn of(drawn: &str) -> Runs {
        let (mut text, mut starts) = (String::new(), std::collections::BTreeSet::new());
        for (at, piece) in drawn.split(RUN).enumerate() {
            if at > 0 {
                starts.insert(text.len());
            }
            text.push_str(&squeeze(piece));
        }
        Runs { text, starts }
    }
}

/// Whether some line that starts with the label and title has the number before the next line starts.
fn row_ends_with(contents: &Runs, promised: &str, number: usize) -> bool {
    let number = number.to_string();
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    contents.text.match_indices(promised).any(|(at, _)| {
        let from = at + promised.len();
        let rest = contents.text.get(from..).unwrap_or_default();
        let until = rest.char_indices().nth(ROW).map_or(rest.len(), |(at, _)| at);
        rest.get(..until).unwrap_or_default().match_indices(&number).any(|(at, _)| {
            let end = at + number.len();
            let grows_left =
                digit(rest.get(..at).and_then(|t| t.chars().next_back())) && !contents.starts.contains(&(from + at));
            let grows_right =
                digit(rest.get(end..).and_then(|t| t.chars().next())) && !contents.starts.contains(&(from + end));
            // "10" and the "2 pages" below it are no 102
            let of_two = contents.starts.iter().any(|start| from + at < *start && *start < from + end);
            !grows_left && !grows_right && !of_two
        })
    })
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).rev().any(|w| w == wanted)
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{ad}')).collect()
}

/// The text of one of our own pages, in drawing order, each piece after a [`RUN`].
fn text(page: &Page) -> String {
    let mut maps: HashMap<String, HashMap<u16, String>> = HashMap::new();
    let mut font = String::new();
    let mut out = String::new();
    let mut operations = page.typed_operations();
    while let Some(instruction) = operations.next() {
        match instruction {
            TypedInstruction::TextFont(f) => {
                font = f.0.as_str().to_string();
                if !maps.contains_key(&font) {
                    let map = page.resources().get_font(f.0).map(|d| to_unicode(&d)).unwrap_or_default();
                    maps.insert(font.clone(), map);
                }
            }
            TypedInstruction::ShowText(t) => {
                out.push(RUN);
                show(t.0.as_bytes(), maps.get(&font), &mut out);
            }
            TypedInstruction::ShowTexts(t) => {
                out.push(RUN);
                for piece in t.0.iter::<Object>() {
                    if let Object::String(piece) = piece {
                        show(piece.as_bytes(), maps.get(&font), &mut out);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

fn show(bytes: &[u8], map: Option<&HashMap<u16, String>>, out: &mut String) {
    for code in bytes.chunks(2) {
        if let [high, low] = code
            && let Some(text) = map.and_then(|m| m.get(&u16::from_be_bytes([*high, *low])))
        {
            out.push_str(text);
        }
    }
}

/// The code-to-text table of one of our fonts (two-byte codes).
fn to_unicode(font: &Dict) -> HashMap<u16, String> {
    let Some(data) = font.get::<Stream>("ToUnicode").and_then(|s| s.decoded().ok().map(|d| d.into_owned())) else {
        return HashMap::new();
    };
    codes::table(&String::from_utf8_lossy(&data))
}

/// Where the links of a page lead, as page numbers counted from 1 (for tests and the report).
pub fn link_targets(pdf: &[u8], page: usize) -> Vec<usize> {
    let Ok(read) = Pdf::new(pdf.to_vec()) else { return Vec::new() };
    let pages = read.pages();
    let numbers: HashMap<(i32, i32), usize> =
        kids(&read).into_iter().enumerate().map(|(i, r)| ((r.obj_number, r.gen_number), i + 1)).collect();
    let Some(page) = page.checked_sub(1).and_then(|p| pages.get(p)) else { return Vec::new() };
    let Some(annotations) = page.raw().get::<Array>("Annots") else { return Vec::new() };
    let mut out = Vec::new();
    for annotation in annotations.iter::<Dict>() {
        if let Some(dest) = annotation.get::<Array>("Dest")
            && let Some(target) = dest.raw_iter().next().and_then(|o| match o {
                MaybeRef::Ref(r) => Some(r),
                MaybeRef::NotRef(_) => None,
            })
        {
            out.extend(numbers.get(&(target.obj_number, target.gen_number)));
        }
    }
    out
}

fn kids(read: &Pdf) -> Vec<ObjRef> {
    let root = read.xref().get::<Dict>(read.xref().root_id()).and_then(|c| c.get::<Dict>("Pages"));
    let kids = root.and_then(|p| p.get::<Array>("Kids"));
    kids.map(|k| {
        k.raw_iter()
            .filter_map(|o| match o {
                MaybeRef::Ref(r) => Some(r),
                MaybeRef::NotRef(_) => None,
            })
            .collect()
    })
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_only_as_a_whole() {
        let contents = Runs::of("ADecision3pages17BNext");
        assert!(row_ends_with(&contents, "ADecision", 17));
        assert!(!row_ends_with(&contents, "ADecision", 7));
        assert!(!row_ends_with(&Runs::of("ADecision3pages17"), "AOther", 17));
    }

    #[test]
    fn numbers_drawn_one_after_the_other_are_two() {
        // The page of a row, then how many pages the paper has.
        let drawn = Runs::of(&["", "C", "Office notes", "10", "2 pages"].join(&RUN.to_string()));
        assert!(row_ends_with(&drawn, "COfficenotes", 10));
        assert!(!row_ends_with(&drawn, "COfficenotes", 102));
        assert!(!row_ends_with(&drawn, "COfficenotes", 1));
    }
}
