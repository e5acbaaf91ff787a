//! Tags for the pages of exhibits. A reading program passes over everything in a tagged file that has no tag, so each page
//! of a paper gets one: its text is read in the order in which it was drawn, and a page without text says what it is.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use crate::assemble::{PacketInput, Page};
use crate::catalog::text_string;
use crate::import::{Importer, Placed};
use crate::printable;

/// Deeper than this no form is looked into.
const DEEPEST: usize = 6;

/// The kind of tag a placed page gets, as its content names it. Only what the page places counts: its stamp is no text.
pub(crate) fn kind(base: &Document, placed: &Placed) -> &'static str {
    let resources = base.get_dictionary(placed.id).and_then(|d| d.get_deref(b"Resources", base));
    let has_text = resources.and_then(Object::as_dict).is_ok_and(|r| any_form_has_fonts(base, r, 0));
    if has_text { "P" } else { "Figure" }
}

/// Whether a form that these resources name brings a font, so that there may be text.
fn any_form_has_fonts(base: &Document, resources: &Dictionary, depth: usize) -> bool {
    let Ok(forms) = resources.get_deref(b"XObject", base).and_then(Object::as_dict) else { return false };
    depth < DEEPEST
        && forms.iter().any(|(_, form)| {
            let form = base.dereference(form).ok().and_then(|(_, o)| o.as_stream().ok());
            let inner = form.and_then(|f| f.dict.get_deref(b"Resources", base).ok()).and_then(|r| r.as_dict().ok());
            inner.is_some_and(|inner| {
                let fonts = inner.get_deref(b"Font", base).and_then(Object::as_dict);
                fonts.is_ok_and(|f| !f.is_empty()) || any_form_has_fonts(base, inner, depth + 1)
            })
        })
}

/// Puts every exhibit into the tree of tags, behind its cover sheet. Nothing happens in a file without such a tree.
pub(crate) fn tag(importer: &mut Importer, order: &[Page], covers: &[(String, usize)], input: &PacketInput) {
    let Some(mut tree) = Tree::of(importer.base) else { return };
    for (at, ((label, cover), paper)) in covers.iter().zip(input.exhibits).enumerate() {
        let end = covers.get(at + 1).map_or(order.len(), |(_, next)| *next);
        let labels = &input.letter.labels;
        let name = format!("{} {label}", labels.exhibit);
        let section = importer.add(Dictionary::new());
        let pages: Vec<&Placed> =
            order.get(cover + 1..end).unwrap_or_default().iter().filter_map(Page::placed).collect();
        let of = pages.len();
        if of == 0 {
            continue;
        }
        let mut kids = Vec::new();
        for (i, placed) in pages.into_iter().enumerate() {
            let kind = kind(importer.base, placed);
            let mut element = dictionary! {
                "Type" => "StructElem", "S" => kind, "P" => Object::Reference(section),
                "Pg" => Object::Reference(placed.id), "K" => 0,
            };
            if kind == "Figure" {
                let text = format!("{name}, {} {} {} {of}", labels.page_long, i + 1, labels.of);
                element.set("Alt", text_string(&text));
            }
            let element = importer.add(element);
            tree.numbers.push(Object::Integer(tree.next));
            tree.numbers.push(Object::Array(vec![Object::Reference(element)]));
            if let Ok(page) = importer.base.get_dictionary_mut(placed.id) {
                page.set("StructParents", tree.next);
            }
            tree.next += 1;
            kids.push(Object::Reference(element));
        }
        let title = printable::line(&format!("{name}: {}", paper.exhibit.title)).replace('\u{200b}', "");
        let dict = dictionary! {
            "Type" => "StructElem", "S" => "Sect", "P" => Object::Reference(tree.document), "T" => text_string(&title), "K" => kids,
        };
        importer.base.objects.insert(section, Object::Dictionary(dict));
        let place = order.get(*cover).and_then(|p| tree.behind(importer.base, p.id()));
        tree.kids.insert(place.unwrap_or(tree.kids.len()), Object::Reference(section));
    }
    tree.put_back(importer.base);
}

/// The tree of tags of the typeset pages.
struct Tree {
    root: ObjectId,
    document: ObjectId,
    kids: Vec<Object>,
    numbers: Vec<Object>,
    next: i64,
}

impl Tree {
    fn of(base: &Document) -> Option<Tree> {
        let root = base.catalog().ok()?.get(b"StructTreeRoot").ok()?.as_reference().ok()?;
        let dict = base.get_dictionary(root).ok()?;
        let document = match dict.get_deref(b"K", base).ok()? {
            Object::Array(items) => items.first()?.as_reference().ok()?,
            _ => dict.get(b"K").ok()?.as_reference().ok()?,
        };
        let kids = base.get_dictionary(document).ok()?.get_deref(b"K", base).ok()?.as_array().ok()?.clone();
        let parents = dict.get_deref(b"ParentTree", base).ok()?.as_dict().ok()?;
        let numbers = parents.get_deref(b"Nums", base).ok()?.as_array().ok()?.clone();
        let next = dict.get_deref(b"ParentTreeNextKey", base).ok()?.as_i64().ok()?;
        Some(Tree { root, document, kids, numbers, next })
    }

    /// The place behind the last element that stands on a page.
    fn behind(&self, base: &Document, page: ObjectId) -> Option<usize> {
        let on = |kid: &Object| page_of(base, kid, 0) == Some(page);
        self.kids.iter().rposition(on).map(|at| at + 1)
    }

    fn put_back(self, base: &mut Document) {
        if let Ok(document) = base.get_dictionary_mut(self.document) {
            document.set("K", self.kids);
        }
        if let Ok(root) = base.get_dictionary_mut(self.root) {
            root.set("ParentTree", dictionary! { "Nums" => self.numbers });
            root.set("ParentTreeNextKey", self.next);
        }
    }
}

/// The first page an element stands on.
fn page_of(base: &Document, element: &Object, depth: usize) -> Option<ObjectId> {
    let dict = base.dereference(element).ok()?.1.as_dict().ok()?;
    if let Ok(page) = dict.get(b"Pg").and_then(Object::as_reference) {
        return Some(page);
    }
    let kids = dict.get_deref(b"K", base).ok()?;
    match kids {
        _ if depth > 40 => None,
        Object::Array(items) => items.iter().find_map(|kid| page_of(base, kid, depth + 1)),
        one => page_of(base, one, depth + 1),
    }
}
