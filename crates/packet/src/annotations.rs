//! Annotations and form fields painted into the page, as a reader sees them: filled forms must not print blank.

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::fields;
use crate::import::rectangle;

/// A form and the matrix that brings it to its place.
type Painted = (ObjectId, [f32; 6]);

/// The visible annotations of a page, as forms with the matrix that brings each to its rectangle (ISO 32000-1, 12.5.5).
/// `unseen` counts those that should show something and carry no appearance.
pub(crate) fn paint(doc: &mut Document, page: &Dictionary, unseen: &mut usize) -> Vec<Painted> {
    let Ok(list) = page.get_deref(b"Annots", doc).and_then(Object::as_array) else { return Vec::new() };
    let annotations: Vec<Dictionary> =
        list.iter().filter_map(|a| doc.dereference(a).ok().and_then(|(_, o)| o.as_dict().ok()).cloned()).collect();
    let stale = fields::are_stale(doc);
    let mut painted = Vec::new();
    for annotation in annotations {
        if is_hidden(doc, &annotation) {
            continue;
        }
        let own = appearance(doc, &annotation);
        let drawn = if stale || own.is_none() { fields::draw(doc, &annotation) } else { None };
        match drawn.or(own) {
            Some(form) => {
                lend_fonts(doc, page, form);
                painted.extend(place(doc, &annotation, form));
            }
            None if should_show(doc, &annotation) => *unseen += 1,
            None => {}
        }
    }
    painted
}

/// Hidden (2), not viewed (32), or a kind that shows nothing on paper.
fn is_hidden(doc: &Document, annotation: &Dictionary) -> bool {
    let flags = annotation.get_deref(b"F", doc).and_then(Object::as_i64).unwrap_or(0);
    let kind = annotation.get_deref(b"Subtype", doc).and_then(Object::as_name).unwrap_or_default();
    flags & 2 != 0 || flags & 32 != 0 || matches!(kind, b"Popup" | b"Link")
}

/// Whether an annotation without an appearance hides something a reader would expect to see.
fn should_show(doc: &Document, annotation: &Dictionary) -> bool {
    let kind = annotation.get_deref(b"Subtype", doc).and_then(Object::as_name).unwrap_or_default();
    let filled = |key: &[u8]| match annotation.get_deref(key, doc) {
        Ok(Object::String(text, _)) => !text.is_empty(),
        Ok(Object::Name(name)) => name != b"Off",
        _ => false,
    };
    match kind {
        b"Widget" => filled(b"V") || field_above(doc, annotation),
        b"FreeText" | b"Stamp" | b"Ink" | b"Line" | b"Square" | b"Circle" | b"Polygon" | b"PolyLine" => true,
        _ => false,
    }
}

/// Whether the field of a widget has text as its value.
fn field_above(doc: &Document, annotation: &Dictionary) -> bool {
    let parent = annotation.get_deref(b"Parent", doc).and_then(Object::as_dict);
    parent
        .ok()
        .and_then(|p| p.get_deref(b"V", doc).ok())
        .is_some_and(|v| matches!(v, Object::String(t, _) if !t.is_empty()))
}

/// The normal appearance, in the state the annotation is in.
fn appearance(doc: &Document, annotation: &Dictionary) -> Option<ObjectId> {
    let all = annotation.get_deref(b"AP", doc).ok()?.as_dict().ok()?;
    let normal = all.get(b"N").ok()?;
    let (id, object) = doc.dereference(normal).ok()?;
    match object {
        Object::Stream(_) => id,
        Object::Dictionary(states) => {
            let state = annotation.get_deref(b"AS", doc).and_then(Object::as_name).ok()?;
            let (id, object) = doc.dereference(states.get(state).ok()?).ok()?;
            object.as_stream().ok().and(id)
        }
        _ => None,
    }
}

/// Readers look for a font that an appearance does not bring in the fonts of the form as a whole, then in those of the page.
fn lend_fonts(doc: &mut Document, page: &Dictionary, form: ObjectId) {
    let fonts_of = |dict: &Dictionary| dict.get_deref(b"Font", doc).and_then(Object::as_dict).ok().cloned();
    let own = doc.get_object(form).and_then(Object::as_stream).ok();
    let own = own.and_then(|s| s.dict.get_deref(b"Resources", doc).ok()).and_then(|r| r.as_dict().ok()).cloned();
    let form_wide = doc.catalog().ok().and_then(|c| c.get_deref(b"AcroForm", doc).ok()).and_then(|f| f.as_dict().ok());
    let form_wide = form_wide.and_then(|f| f.get_deref(b"DR", doc).ok()).and_then(|r| r.as_dict().ok());
    let of_page = page.get_deref(b"Resources", doc).and_then(Object::as_dict).ok();
    let mut fonts = own.as_ref().and_then(&fonts_of).unwrap_or_default();
    let before = fonts.len();
    for (name, font) in [form_wide, of_page].into_iter().flatten().filter_map(fonts_of).flat_map(Dictionary::into_iter)
    {
        if !fonts.has(&name) {
            fonts.set(name, font);
        }
    }
    if fonts.len() == before {
        return;
    }
    let mut resources = own.unwrap_or_default();
    resources.set("Font", fonts);
    if let Ok(stream) = doc.get_object_mut(form).and_then(Object::as_stream_mut) {
        stream.dict.set("Resources", resources);
    }
}

/// Brings the form's box, turned by its own matrix, onto the annotation's rectangle.
fn place(doc: &mut Document, annotation: &Dictionary, form: ObjectId) -> Option<Painted> {
    let target = rectangle(doc, annotation.get(b"Rect").ok()?)?;
    let dict = &doc.get_object(form).ok()?.as_stream().ok()?.dict;
    let bounds = dict.get(b"BBox").ok().and_then(|b| rectangle(doc, b))?;
    let own = matrix(doc, dict);
    let corners = [(bounds[0], bounds[1]), (bounds[2], bounds[1]), (bounds[0], bounds[3]), (bounds[2], bounds[3])];
    let turned: Vec<(f32, f32)> =
        corners.iter().map(|(x, y)| (own[0] * x + own[2] * y + own[4], own[1] * x + own[3] * y + own[5])).collect();
    let (mut left, mut bottom, mut right, mut top) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    for (x, y) in turned {
        (left, bottom, right, top) = (left.min(x), bottom.min(y), right.max(x), top.max(y));
    }
    let (width, height) = (right - left, top - bottom);
    if !(width > 0.0 && height > 0.0) {
        return None;
    }
    let (sx, sy) = ((target[2] - target[0]) / width, (target[3] - target[1]) / height);
    let stream = doc.get_object_mut(form).ok()?.as_stream_mut().ok()?;
    stream.dict.set("Type", "XObject");
    stream.dict.set("Subtype", "Form");
    Some((form, [sx, 0.0, 0.0, sy, target[0] - left * sx, target[1] - bottom * sy]))
}

fn matrix(doc: &Document, dict: &Dictionary) -> [f32; 6] {
    let mut values = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    if let Ok(items) = dict.get_deref(b"Matrix", doc).and_then(Object::as_array)
        && items.len() == 6
    {
        for (value, item) in values.iter_mut().zip(items) {
            *value = doc
                .dereference(item)
                .ok()
                .and_then(|(_, o)| o.as_float().ok())
                .filter(|v| v.is_finite())
                .unwrap_or(*value);
        }
    }
    values
}
