//! The look of form fields that carry none, or whose file says that theirs is out of date: a filled form must not print
//! blank. What a reader program would draw when the form is opened is drawn here (ISO 32000-1, 12.7.3.3).

use std::collections::{BTreeSet, HashMap};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::import::{Importer, number, numbers, rectangle};
use crate::lettering::{self, Lettering};
use crate::{helvetica, world};

/// Bits of a field's flags, counted from 1 in the standard.
const MULTILINE: i64 = 1 << 12;
const PASSWORD: i64 = 1 << 13;
const RADIO: i64 = 1 << 15;
const PUSH_BUTTON: i64 = 1 << 16;
const COMBO: i64 = 1 << 17;
const COMB: i64 = 1 << 24;
/// Font size of a field that leaves it open, at most.
const USUAL_SIZE: f32 = 12.0;
const SMALLEST_SIZE: f32 = 4.0;
const PADDING: f32 = 2.0;

/// Whether the file says that the looks of its fields must be drawn anew.
pub(crate) fn are_stale(doc: &Document) -> bool {
    let form = doc.catalog().ok().and_then(|c| c.get_deref(b"AcroForm", doc).ok()).and_then(|f| f.as_dict().ok());
    form.and_then(|f| f.get_deref(b"NeedAppearances", doc).ok()).is_some_and(|v| matches!(v, Object::Boolean(true)))
}

/// Draws a field's value as a form of the size of its rectangle. None for what is no field, empty or off.
pub(crate) fn draw(doc: &mut Document, widget: &Dictionary) -> Option<ObjectId> {
    if widget.get_deref(b"Subtype", doc).and_then(Object::as_name).ok()? != b"Widget" {
        return None;
    }
    let [left, bottom, right, top] = rectangle(doc, widget.get(b"Rect").ok()?)?;
    let size = (right - left, top - bottom);
    let mut field = Field::of(doc, widget);
    let wide = field.need_wide_letters().and_then(|letters| wide_letters(doc, &letters));
    field.wide = wide.as_ref().map(|(codes, _)| codes.clone());
    let marks = match field.kind.as_slice() {
        b"Tx" => field.text(&field.value()?, size),
        b"Ch" if field.flags & COMBO != 0 => field.text(&field.chosen()?, size),
        b"Ch" => field.options(size)?,
        b"Btn" if field.flags & PUSH_BUTTON == 0 && field.is_on => field.mark(size),
        _ => return None,
    };
    let mut content = field.ground(size);
    content.push_str(&marks);
    let font = |name: &str| dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => name };
    let mut letters = font("Helvetica");
    letters.set("Encoding", "WinAnsiEncoding");
    let mut fonts = dictionary! { "Letters" => letters, "Signs" => font("ZapfDingbats") };
    if let Some((_, id)) = wide {
        fonts.set("Wide", Object::Reference(id));
    }
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => numbers(&[0.0, 0.0, size.0, size.1]),
        "Resources" => dictionary! { "Font" => fonts },
    };
    Some(doc.add_object(Stream::new(dict, content.into_bytes())))
}

/// A font with these letters, brought into the file, and the codes of its characters.
fn wide_letters(doc: &mut Document, letters: &str) -> Option<(HashMap<char, u16>, ObjectId)> {
    let lettering = Lettering::of(&lettering::page(letters).ok()?).ok()?;
    let codes = lettering.codes().clone();
    let id = lettering.bring(&mut Importer::new(doc)).ok()?;
    Some((codes, id))
}

/// What is said of a field, by itself or by the nodes above it.
struct Field {
    kind: Vec<u8>,
    flags: i64,
    values: Vec<String>,
    /// What stands for each choice: the value kept and the text shown.
    choices: Vec<(String, String)>,
    is_on: bool,
    sign: Option<u8>,
    font_size: f32,
    alignment: i64,
    cells: Option<usize>,
    background: Vec<f32>,
    /// Codes of the font that is used when the usual one lacks a letter of the field.
    wide: Option<HashMap<char, u16>>,
}

impl Field {
    fn of(doc: &Document, widget: &Dictionary) -> Field {
        let get = |key: &[u8]| inherited(doc, widget, key);
        let whole = |key: &[u8]| get(key).and_then(|o| o.as_i64().ok());
        let looks = widget.get_deref(b"MK", doc).ok().and_then(|o| o.as_dict().ok());
        let sign = looks.and_then(|m| m.get_deref(b"CA", doc).ok()).and_then(|o| o.as_str().ok());
        let background = looks.and_then(|m| m.get_deref(b"BG", doc).ok()).and_then(|o| o.as_array().ok());
        let state = widget.get_deref(b"AS", doc).and_then(Object::as_name).ok();
        let value = get(b"V");
        Field {
            kind: get(b"FT").and_then(|o| o.as_name().map(<[u8]>::to_vec).ok()).unwrap_or_default(),
            flags: whole(b"Ff").unwrap_or(0),
            values: value.map(|v| texts(doc, v)).unwrap_or_default(),
            choices: get(b"Opt").and_then(|o| o.as_array().ok()).map(|a| choices(doc, a)).unwrap_or_default(),
            is_on: state.is_some_and(|s| s != b"Off"),
            sign: sign.and_then(|s| s.first().copied()),
            font_size: get(b"DA").and_then(|o| o.as_str().ok()).map_or(0.0, font_size),
            alignment: whole(b"Q").unwrap_or(0),
            cells: whole(b"MaxLen").and_then(|n| usize::try_from(n).ok()).filter(|n| (1..500).contains(n)),
            background: background.map(|a| a.iter().filter_map(|v| v.as_float().ok()).collect()).unwrap_or_default(),
            wide: None,
        }
    }

    /// All letters of the field, when the usual font lacks one of them. What no font has is written as its number.
    fn need_wide_letters(&mut self) -> Option<String> {
        let written = self.values.iter().chain(self.choices.iter().map(|(_, shown)| shown));
        let usual = |c: char| c.is_control() || helvetica::code(c).is_some();
        if written.clone().flat_map(|t| t.chars()).all(usual) {
            return None;
        }
        let legible = |text: &mut String| {
            let one = |c: char| {
                if c.is_control() || world::has_glyph(c) { c.to_string() } else { format!("[U+{:04X}]", c as u32) }
            };
            *text = text.chars().map(one).collect();
        };
        self.values.iter_mut().for_each(legible);
        self.choices.iter_mut().for_each(|(kept, shown)| [kept, shown].into_iter().for_each(legible));
        let letters: BTreeSet<char> =
            self.values.iter().chain(self.choices.iter().map(|(_, shown)| shown)).flat_map(|t| t.chars()).collect();
        Some(letters.into_iter().filter(|c| !c.is_control()).collect())
    }

    fn width(&self, text: &str) -> f32 {
        match self.wide {
            Some(_) => text.chars().count() as f32 * lettering::ADVANCE,
            None => helvetica::width(text),
        }
    }

    fn shown(&self, text: &str, size: f32, x: f32, y: f32) -> String {
        match &self.wide {
            Some(codes) => shown("Wide", &lettering::shown(text, codes), size, x, y),
            None => shown("Letters", &format!("{} Tj", helvetica::hex_string(text)), size, x, y),
        }
    }

    fn value(&self) -> Option<String> {
        let text = self.values.first().filter(|v| !v.is_empty())?;
        let hidden = self.flags & PASSWORD != 0;
        Some(if hidden { "*".repeat(text.chars().count()) } else { text.clone() })
    }

    /// The text shown for the chosen value.
    fn chosen(&self) -> Option<String> {
        let value = self.value()?;
        let shown = self.choices.iter().find(|(kept, _)| *kept == value);
        Some(shown.map_or(value, |(_, shown)| shown.clone()))
    }

    fn ground(&self, size: (f32, f32)) -> String {
        let operator = match self.background.len() {
            1 => "g",
            3 => "rg",
            4 => "k",
            _ => return String::new(),
        };
        let color: Vec<String> = self.background.iter().map(|v| number(*v)).collect();
        format!("q {} {operator} 0 0 {} {} re f Q\n", color.join(" "), number(size.0), number(size.1))
    }

    /// One line in the middle, or many from the top; made smaller until they fit.
    fn text(&self, text: &str, (width, height): (f32, f32)) -> String {
        if let (true, Some(cells)) = (self.flags & COMB != 0, self.cells) {
            return self.comb(text, cells, (width, height));
        }
        let many = self.flags & MULTILINE != 0;
        let room = (width - 2.0 * PADDING).max(1.0);
        let mut size = match self.font_size {
            given if given > 0.0 => given,
            _ if many => USUAL_SIZE,
            _ => (height * 0.7).min(USUAL_SIZE),
        };
        let lines = loop {
            let lines = if many {
                wrapped(text, room / size, &|t| self.width(t))
            } else {
                vec![text.replace(['\r', '\n'], " ")]
            };
            let widest = lines.iter().map(|l| self.width(l)).fold(0.0, f32::max);
            let fits = widest * size <= room && (!many || lines.len() as f32 * size * 1.2 <= height);
            if fits || size <= SMALLEST_SIZE {
                break lines;
            }
            size = (size * 0.9).max(SMALLEST_SIZE);
        };
        let top = if many { height - PADDING - size } else { (height - size) / 2.0 + size * 0.2 };
        lines.iter().enumerate().map(|(i, l)| self.line(l, size, top - i as f32 * size * 1.2, width)).collect()
    }

    fn line(&self, text: &str, size: f32, y: f32, width: f32) -> String {
        let free = width - self.width(text) * size;
        let x = match self.alignment {
            1 => free / 2.0,
            2 => free - PADDING,
            _ => PADDING,
        };
        self.shown(text, size, x, y)
    }

    fn comb(&self, text: &str, cells: usize, (width, height): (f32, f32)) -> String {
        let cell = width / cells as f32;
        let size = (height * 0.7).min(cell * 1.3).min(USUAL_SIZE);
        let one = |(i, c): (usize, char)| {
            let c = c.to_string();
            let x = cell * (i as f32 + 0.5) - self.width(&c) * size / 2.0;
            self.shown(&c, size, x, (height - size) / 2.0 + size * 0.2)
        };
        text.chars().take(cells).enumerate().map(one).collect()
    }

    /// A list with the chosen lines on gray, set smaller until all of it is seen; a list too long for that is shown from
    /// the first chosen line on.
    fn options(&self, (width, height): (f32, f32)) -> Option<String> {
        if self.choices.is_empty() {
            return None;
        }
        let wanted = if self.font_size > 0.0 { self.font_size } else { USUAL_SIZE };
        let fitting = (height - PADDING) / (self.choices.len() as f32 * 1.2);
        let size = fitting.clamp(SMALLEST_SIZE, wanted.max(SMALLEST_SIZE));
        let line = size * 1.2;
        let chosen = self.choices.iter().position(|(kept, _)| self.values.contains(kept)).unwrap_or(0);
        let first = if fitting < SMALLEST_SIZE { chosen } else { 0 };
        let mut out = String::new();
        for (i, (kept, shown)) in self.choices.iter().skip(first).enumerate() {
            let y = height - PADDING - line * (i as f32 + 1.0);
            if y < -line {
                break;
            }
            if self.values.contains(kept) {
                out.push_str(&format!("q 0.8 g 0 {} {} {} re f Q\n", number(y), number(width), number(line)));
            }
            out.push_str(&self.line(shown, size, y + size * 0.3, width));
        }
        Some(out)
    }

    /// A check mark or a dot, as the field names it in the font of signs.
    fn mark(&self, (width, height): (f32, f32)) -> String {
        let usual = if self.flags & RADIO != 0 { b'l' } else { b'4' };
        let sign = char::from(self.sign.filter(u8::is_ascii_graphic).unwrap_or(usual)).to_string();
        let size = width.min(height) * 0.9;
        shown(
            "Signs",
            &format!("{} Tj", helvetica::hex_string(&sign)),
            size,
            (width - size * 0.8) / 2.0,
            (height - size * 0.7) / 2.0,
        )
    }
}

fn shown(font: &str, text: &str, size: f32, x: f32, y: f32) -> String {
    format!("BT /{font} {} Tf 0 g 1 0 0 1 {} {} Tm {text} ET\n", number(size), number(x), number(y))
}

/// Lines of at most so many font sizes, parted at spaces; a word that is longer stands alone.
fn wrapped(text: &str, room: f32, width: &dyn Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
            if !line.is_empty() && width(&longer) > room {
                lines.push(std::mem::replace(&mut line, word.to_string()));
            } else {
                line = longer;
            }
        }
        lines.push(line);
    }
    lines
}

/// The size in a default look such as `0 g /Helv 10 Tf`; 0 leaves it open.
fn font_size(look: &[u8]) -> f32 {
    let look = String::from_utf8_lossy(look).into_owned();
    let words: Vec<&str> = look.split_whitespace().collect();
    let at = words.iter().position(|w| *w == "Tf").and_then(|at| at.checked_sub(1));
    let size = at.and_then(|at| words.get(at)).and_then(|w| w.parse::<f32>().ok()).unwrap_or(0.0);
    if (0.5..=144.0).contains(&size) { size } else { 0.0 }
}

/// A value of the field itself or of the nearest node above it.
fn inherited<'a>(doc: &'a Document, widget: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = widget;
    for _ in 0..32 {
        if let Ok(value) = node.get_deref(key, doc) {
            return Some(value);
        }
        node = node.get_deref(b"Parent", doc).ok()?.as_dict().ok()?;
    }
    None
}

fn texts(doc: &Document, value: &Object) -> Vec<String> {
    match value {
        Object::Array(items) => {
            items.iter().filter_map(|i| doc.dereference(i).ok()).flat_map(|(_, o)| texts(doc, o)).collect()
        }
        Object::String(bytes, _) => vec![decoded(bytes)],
        Object::Name(name) => vec![String::from_utf8_lossy(name).into_owned()],
        Object::Stream(stream) => vec![decoded(&stream.decompressed_content().unwrap_or(stream.content.clone()))],
        _ => Vec::new(),
    }
}

fn choices(doc: &Document, options: &[Object]) -> Vec<(String, String)> {
    let one = |option: &Object| {
        let texts = texts(doc, doc.dereference(option).ok()?.1);
        let first = texts.first()?.clone();
        Some((first.clone(), texts.get(1).cloned().unwrap_or(first)))
    };
    options.iter().filter_map(one).collect()
}

/// A text as PDF keeps it: UTF-16 or UTF-8 with its mark, else Western European.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest
                .chunks(2)
                .filter_map(|c| match c {
                    [high, low] => Some(u16::from_be_bytes([*high, *low])),
                    _ => None,
                })
                .collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_each_of_their_encodings() {
        assert_eq!(decoded(b"\xfe\xff\0A\x03\xc0"), "Aπ");
        assert_eq!(decoded(b"\xef\xbb\xbf\xc3\xa9"), "é");
        assert_eq!(decoded(b"Jos\xe9"), "José");
    }

    #[test]
    fn the_size_of_a_look_is_found_or_left_open() {
        assert_eq!((font_size(b"0 g /Helv 10.5 Tf"), font_size(b"/Helv 0 Tf"), font_size(b"Tf")), (10.5, 0.0, 0.0));
    }

    #[test]
    fn lines_keep_every_word() {
        // "one two" is 3.5 times the size of the letters wide, "one two three" 6.1 times.
        let lines = wrapped("one two three\rfour", 3.6, &helvetica::width);
        assert_eq!(lines, ["one two", "three", "four"]);
        assert_eq!(wrapped("incomprehensibilities", 1.0, &helvetica::width), ["incomprehensibilities"]);
    }
}
