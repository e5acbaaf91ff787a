//! Values of form fields that are not drawn, and the state of check boxes → words at their place.
//!
//! A field whose value is drawn is read like the rest of the page and needs nothing from here.

use hayro::vello_cpu::kurbo::{Affine, Point};
use hayro_syntax::object::{Array, Dict, Name, Object, Rect, String as PdfString};
use hayro_syntax::page::Page;

use super::glyphs::Glyph;
use crate::words::Piece;

/// The most ancestors a field may inherit from.
const MOST_PARENTS: usize = 16;
/// The most widgets of a page that are looked at.
const MOST_WIDGETS: usize = 5_000;

/// Reads the widgets of a page. `to_page` takes the page's own coordinates to points from the top left corner.
pub(super) fn values(page: &Page<'_>, to_page: Affine, drawn: &[Glyph]) -> Vec<Piece> {
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else { return Vec::new() };
    annotations
        .iter::<Dict<'_>>()
        .take(MOST_WIDGETS)
        .filter(|a| a.get::<Name<'_>>("Subtype").is_some_and(|s| s.as_str() == "Widget"))
        .filter(|a| a.get::<u32>("F").unwrap_or(0) & 2 == 0)
        .filter_map(|a| value(&a, to_page, drawn))
        .collect()
}

/// A widget's place: left, top, right, bottom in points.
fn frame(widget: &Dict<'_>, to_page: Affine) -> Option<[f32; 4]> {
    let rect = widget.get::<Rect>("Rect")?;
    let (a, b) = (to_page * Point::new(rect.x0, rect.y0), to_page * Point::new(rect.x1, rect.y1));
    let frame = [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)].map(|v| v as f32);
    frame.iter().all(|v| v.is_finite()).then_some(frame)
}

fn value(widget: &Dict<'_>, to_page: Affine, drawn: &[Glyph]) -> Option<Piece> {
    let [left, top, right, bottom] = frame(widget, to_page)?;
    let text = match inherited(widget, |d| d.get::<Name<'_>>("FT"))?.as_str() {
        "Btn" => button(widget)?,
        // A value that is drawn is on the page already; an appearance may also be empty (a form filled by a program).
        _ if drawn.iter().any(|g| g.x >= left && g.x <= right && g.y >= top && g.y <= bottom) => return None,
        _ => inherited(widget, field_text)?,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    let size = (0.7 * (bottom - top)).clamp(6.0, 11.0);
    let base = if bottom - top > 2.5 * size { top + size } else { (top + bottom) / 2.0 + 0.3 * size };
    Some(Piece::placed(&text, left, right, base, size))
}

/// A check box or radio button: `[x]` when on, `[ ]` when off; a push button says nothing.
fn button(widget: &Dict<'_>) -> Option<String> {
    let flags = inherited(widget, |d| d.get::<u32>("Ff")).unwrap_or(0);
    if flags & (1 << 16) != 0 {
        return None;
    }
    let state = widget.get::<Name<'_>>("AS").or_else(|| inherited(widget, |d| d.get::<Name<'_>>("V")));
    let on = state.is_some_and(|s| s.as_str() != "Off");
    Some(if on { "[x]" } else { "[ ]" }.to_owned())
}

fn field_text(dict: &Dict<'_>) -> Option<String> {
    match dict.get::<Object<'_>>("V")? {
        Object::String(s) => Some(text_string(&s)),
        Object::Name(n) => Some(n.as_str().to_owned()),
        Object::Array(all) => {
            let parts: Vec<String> = all.iter::<PdfString<'_>>().take(64).map(|s| text_string(&s)).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        _ => None,
    }
}

/// A text string of a PDF: UTF-16 or UTF-8 with its mark, else close to Latin-1.
fn text_string(s: &PdfString<'_>) -> String {
    let bytes = s.as_bytes();
    if encoding_rs::Encoding::for_bom(bytes).is_some() {
        return crate::plain::decode(bytes);
    }
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

/// A value of the field or the nearest ancestor that has one.
fn inherited<'a, T>(widget: &Dict<'a>, get: impl Fn(&Dict<'a>) -> Option<T>) -> Option<T> {
    let mut dict = widget.clone();
    for _ in 0..MOST_PARENTS {
        if let Some(found) = get(&dict) {
            return Some(found);
        }
        dict = dict.get::<Dict<'a>>("Parent")?;
    }
    None
}
