//! Where pictures lie on the pages of a file, and how large: the drawing commands are followed through every form.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// Deeper than this no form is followed.
const DEEPEST: usize = 8;
/// Longer drawings are not followed.
const LONGEST: usize = 32 << 20;

/// A transformation of the plane, as PDF writes it.
type Matrix = [f32; 6];

/// For each picture that is `wanted`: the page it is first drawn on (counted from 1) and the largest size it is drawn at,
/// in inches across and down.
pub(crate) fn of_pictures(
    doc: &Document,
    wanted: impl Fn(ObjectId) -> bool,
) -> BTreeMap<ObjectId, (usize, (f32, f32))> {
    let mut walk = Walk { doc, wanted: &wanted, page: 0, unit: 1.0, found: BTreeMap::new() };
    for (number, page) in doc.get_pages() {
        let Ok(dict) = doc.get_dictionary(page) else { continue };
        let Ok(resources) = dict.get_deref(b"Resources", doc).and_then(Object::as_dict) else { continue };
        if !walk.reaches(resources, 0) {
            continue;
        }
        walk.page = number as usize;
        walk.unit = dict.get_deref(b"UserUnit", doc).and_then(Object::as_float).ok().unwrap_or(1.0);
        let content = doc.get_page_content(page);
        walk.content(&content, resources, IDENTITY, 0);
    }
    walk.found
}

struct Walk<'a> {
    doc: &'a Document,
    wanted: &'a dyn Fn(ObjectId) -> bool,
    page: usize,
    unit: f32,
    found: BTreeMap<ObjectId, (usize, (f32, f32))>,
}

impl<'a> Walk<'a> {
    /// What a resource name stands for, with its number.
    fn named(&self, resources: &'a Dictionary, name: &[u8]) -> Option<(ObjectId, &'a Stream)> {
        let forms = resources.get_deref(b"XObject", self.doc).and_then(Object::as_dict).ok()?;
        self.object(forms.get(name).ok()?)
    }

    fn object(&self, object: &'a Object) -> Option<(ObjectId, &'a Stream)> {
        let (id, object) = self.doc.dereference(object).ok()?;
        Some((id?, object.as_stream().ok()?))
    }

    /// Whether a wanted picture can be drawn with these resources.
    fn reaches(&self, resources: &'a Dictionary, depth: usize) -> bool {
        let Ok(forms) = resources.get_deref(b"XObject", self.doc).and_then(Object::as_dict) else { return false };
        forms.iter().filter_map(|(_, o)| self.object(o)).any(|(id, stream)| match kind(stream) {
            b"Image" => (self.wanted)(id),
            b"Form" if depth < DEEPEST => {
                let inner = stream.dict.get_deref(b"Resources", self.doc).and_then(Object::as_dict);
                inner.is_ok_and(|r| self.reaches(r, depth + 1))
            }
            _ => false,
        })
    }

    fn content(&mut self, content: &[u8], resources: &'a Dictionary, start: Matrix, depth: usize) {
        if content.len() > LONGEST {
            return;
        }
        let Ok(content) = Content::decode(content) else { return };
        let (mut now, mut kept) = (start, Vec::new());
        for operation in content.operations {
            match operation.operator.as_str() {
                "q" => kept.push(now),
                "Q" => now = kept.pop().unwrap_or(now),
                "cm" => now = times(matrix(&operation.operands).unwrap_or(IDENTITY), now),
                "Do" => {
                    let name = operation.operands.first().and_then(|o| o.as_name().ok());
                    if let Some((id, stream)) = name.and_then(|n| self.named(resources, n)) {
                        self.drawn(id, stream, resources, now, depth);
                    }
                }
                _ => {}
            }
        }
    }

    fn drawn(&mut self, id: ObjectId, stream: &'a Stream, resources: &'a Dictionary, at: Matrix, depth: usize) {
        match kind(stream) {
            b"Image" if (self.wanted)(id) => {
                let inches = |x: f32, y: f32| x.hypot(y) * self.unit / 72.0;
                let (across, down) = (inches(at[0], at[1]), inches(at[2], at[3]));
                let (_, largest) = self.found.entry(id).or_insert((self.page, (0.0, 0.0)));
                *largest = (largest.0.max(across), largest.1.max(down));
            }
            b"Form" if depth < DEEPEST => {
                let own = stream.dict.get_deref(b"Matrix", self.doc).and_then(Object::as_array);
                let at = times(own.ok().and_then(|m| matrix(m)).unwrap_or(IDENTITY), at);
                let inner =
                    stream.dict.get_deref(b"Resources", self.doc).and_then(Object::as_dict).unwrap_or(resources);
                let packed = stream.dict.has(b"Filter");
                let content = if packed { stream.decompressed_content() } else { Ok(stream.content.clone()) };
                if let Ok(content) = content {
                    self.content(&content, inner, at, depth + 1);
                }
            }
            _ => {}
        }
    }
}

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn kind(stream: &Stream) -> &[u8] {
    stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default()
}

fn matrix(values: &[Object]) -> Option<Matrix> {
    let mut out = IDENTITY;
    for (slot, value) in out.iter_mut().zip(values) {
        *slot = value.as_float().ok().filter(|v| v.is_finite())?;
    }
    (values.len() == 6).then_some(out)
}

/// First `a`, then `b`.
fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::dictionary;

    #[test]
    fn a_picture_in_a_turned_form_is_measured_as_it_lies_on_the_page() {
        let mut doc = Document::with_version("1.7");
        let picture = doc.add_object(Stream::new(dictionary! { "Subtype" => "Image" }, vec![]));
        let table =
            |id: ObjectId, name: &str| dictionary! { "XObject" => dictionary! { name => Object::Reference(id) } };
        let form = doc.add_object(Stream::new(
            dictionary! { "Subtype" => "Form", "Matrix" => vec![2.into(), 0.into(), 0.into(), 2.into(), 0.into(), 0.into()], "Resources" => table(picture, "I") },
            b"q 0 36 -72 0 0 0 cm /I Do Q".to_vec(),
        ));
        let content = doc.add_object(Stream::new(dictionary! {}, b"q 1 0 0 1 9 9 cm /F Do Q /F Do".to_vec()));
        let page = doc.add_object(
            dictionary! { "Type" => "Page", "Contents" => Object::Reference(content), "Resources" => table(form, "F") },
        );
        let tree =
            doc.add_object(dictionary! { "Type" => "Pages", "Kids" => vec![Object::Reference(page)], "Count" => 1 });
        let catalog = doc.add_object(dictionary! { "Type" => "Catalog", "Pages" => Object::Reference(tree) });
        doc.trailer.set("Root", Object::Reference(catalog));
        assert_eq!(of_pictures(&doc, |_| true), BTreeMap::from([(picture, (1, (1.0, 2.0)))]));
        assert!(of_pictures(&doc, |_| false).is_empty());
    }
}
