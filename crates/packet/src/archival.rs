//! Whether what a paper brings along is fit for a file that says it is PDF/A-2b (ISO 19005-2).
//!
//! A paper is fit when it was made here or says of itself that it is PDF/A, and nothing of the following is found in it.
//! This is a list of what real papers trip over, not a validator: widths of fonts, for one, are taken on trust.

use std::ops::Range;

use lopdf::{Dictionary, Document, Object};

/// What stands in the description of a file that was joined here of nothing but pictures.
pub(crate) const OF_PICTURES: &str = "JoinedOfPictures";

/// Whether a file was joined here of pictures: its pages were made here, as those of a picture are.
fn is_of_pictures(doc: &Document) -> bool {
    let about = doc.trailer.get_deref(b"Info", doc).and_then(Object::as_dict);
    about.and_then(|a| a.get(OF_PICTURES.as_bytes())).is_ok_and(|v| matches!(v, Object::Boolean(true)))
}

/// Whether a file says of itself that it is PDF/A, or was joined here of pictures.
pub(crate) fn is_claimed(doc: &Document) -> bool {
    if is_of_pictures(doc) {
        return true;
    }
    let metadata = doc.catalog().ok().and_then(|c| c.get_deref(b"Metadata", doc).ok()).and_then(|m| m.as_stream().ok());
    metadata.is_some_and(|stream| {
        let text = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
        text.windows(CLAIM.len()).any(|w| w == CLAIM)
    })
}

const CLAIM: &[u8] = b"pdfaid:part";

/// What stands against it among the objects of these numbers, in words for a person.
pub(crate) fn obstacle(base: &Document, numbers: Range<u32>) -> Option<&'static str> {
    base.objects.range((numbers.start, 0)..(numbers.end, 0)).find_map(|(_, object)| match object {
        Object::Dictionary(dict) => of_dictionary(base, dict),
        Object::Stream(stream) => of_dictionary(base, &stream.dict)
            .or_else(|| of_packing(base, &stream.dict))
            .or_else(|| (is_drawing(&stream.dict) && paints_in_ink(stream)).then_some(INKS)),
        _ => None,
    })
}

const INKS: &str = "it has colors made for a printing press";

fn of_dictionary(base: &Document, dict: &Dictionary) -> Option<&'static str> {
    if font_is_missing(base, dict) {
        return Some("a font it uses is not in the file");
    }
    let is = |key: &[u8], name: &[u8]| dict.get_deref(key, base).and_then(Object::as_name).is_ok_and(|n| n == name);
    if is(b"Type", b"OCG") {
        return Some("it has layers");
    }
    if dict.get_deref(b"Interpolate", base).is_ok_and(|v| matches!(v, Object::Boolean(true))) {
        return Some("a picture in it is drawn smoother than it is");
    }
    if is(b"Type", b"ExtGState") && (dict.has(b"TR") || dict.has(b"HTP")) {
        return Some("it has settings for one printer");
    }
    dict.iter().any(|(_, value)| names_inks(value, 0)).then_some(INKS)
}

/// Whether a font's letters are not in the file.
fn font_is_missing(base: &Document, dict: &Dictionary) -> bool {
    let name = |key: &[u8]| dict.get_deref(key, base).and_then(Object::as_name).unwrap_or_default();
    let carries = matches!(name(b"Subtype"), b"Type1" | b"MMType1" | b"TrueType" | b"CIDFontType0" | b"CIDFontType2");
    if name(b"Type") != b"Font" || !carries {
        return false;
    }
    let descriptor = dict.get_deref(b"FontDescriptor", base).and_then(Object::as_dict);
    !descriptor.is_ok_and(|d| [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| d.has(key)))
}

fn names_inks(value: &Object, depth: usize) -> bool {
    match value {
        Object::Name(name) => name == b"DeviceCMYK",
        Object::Array(items) => depth < 4 && items.iter().any(|i| names_inks(i, depth + 1)),
        _ => false,
    }
}

fn of_packing(base: &Document, dict: &Dictionary) -> Option<&'static str> {
    let filter = dict.get_deref(b"Filter", base).ok()?;
    let is = |name: &[u8]| match filter {
        Object::Name(only) => only == name,
        Object::Array(names) => names.iter().any(|n| n.as_name().is_ok_and(|n| n == name)),
        _ => false,
    };
    if is(b"LZWDecode") || is(b"Crypt") {
        return Some("it is packed in an old way (LZW)");
    }
    is(b"JPXDecode").then_some("it has pictures in JPEG 2000")
}

fn is_drawing(dict: &Dictionary) -> bool {
    dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Form") || dict.has(b"PatternType")
}

/// Whether drawing commands set a color in cyan, magenta, yellow and black. A word of the text that looks like the command
/// counts too: then the file claims less than it could.
fn paints_in_ink(stream: &lopdf::Stream) -> bool {
    let plain = if stream.dict.has(b"Filter") { stream.decompressed_content() } else { Ok(stream.content.clone()) };
    let commands = plain.unwrap_or_default();
    commands.split(u8::is_ascii_whitespace).any(|word| matches!(word, b"k" | b"K" | b"/DeviceCMYK" | b"/CMYK"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Stream, dictionary};

    fn found(object: impl Into<Object>) -> Option<&'static str> {
        let mut doc = Document::with_version("1.7");
        doc.objects.insert((1, 0), object.into());
        obstacle(&doc, 1..2)
    }

    #[test]
    fn each_obstacle_is_named_and_plain_things_are_not() {
        let form = |content: &str| {
            Stream::new(dictionary! { "Type" => "XObject", "Subtype" => "Form" }, content.as_bytes().to_vec())
        };
        let font = || dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
        let mut whole = font();
        whole.set("FontDescriptor", dictionary! { "FontFile3" => 1 });
        let cases: [(Object, Option<&str>); 8] = [
            (font().into(), Some("a font it uses is not in the file")),
            (whole.into(), None),
            (dictionary! { "Type" => "OCG" }.into(), Some("it has layers")),
            (dictionary! { "ColorSpace" => "DeviceCMYK" }.into(), Some(INKS)),
            (form("0 0 0 1 k 0 0 9 9 re f").into(), Some(INKS)),
            (form("0 0 1 rg 0 0 9 9 re f").into(), None),
            (
                Stream::new(dictionary! { "Filter" => "LZWDecode" }, vec![]).into(),
                Some("it is packed in an old way (LZW)"),
            ),
            (Stream::new(dictionary! { "Filter" => "DCTDecode", "ColorSpace" => "DeviceRGB" }, vec![]).into(), None),
        ];
        for (object, expected) in cases {
            assert_eq!(found(object.clone()), expected, "{object:?}");
        }
    }
}
