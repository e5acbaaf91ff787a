//! References of the typeset pages ("Exhibit C, p. 4") as links to the page of the packet.

use facts::Finding;
use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::assemble::Page;

/// Turns the references of our pages ("Exhibit C, p. 4") into links to the page.
pub(crate) fn link_references(
    base: &mut Document,
    order: &[Page],
    covers: &[(String, usize)],
    findings: &mut Vec<Finding>,
) {
    let ours: Vec<ObjectId> = order.iter().filter(|p| matches!(p, Page::Ours(_))).map(Page::id).collect();
    for page in ours {
        let Ok(list) = base.get_dictionary(page).and_then(|d| d.get_deref(b"Annots", base)).and_then(Object::as_array)
        else {
            continue;
        };
        let mut list = list.clone();
        for item in &mut list {
            match item {
                Object::Reference(id) => {
                    if let Ok(dict) = base.get_dictionary(*id).cloned() {
                        let changed = link(base, dict, order, covers, findings);
                        base.objects.insert(*id, Object::Dictionary(changed));
                    }
                }
                Object::Dictionary(dict) => *dict = link(base, dict.clone(), order, covers, findings),
                _ => {}
            }
        }
        if let Ok(dict) = base.get_dictionary_mut(page) {
            dict.set("Annots", list);
        }
    }
}

const PLACEHOLDER: &str = "https://exhibit.invalid/";

fn link(
    base: &Document,
    mut dict: Dictionary,
    order: &[Page],
    covers: &[(String, usize)],
    findings: &mut Vec<Finding>,
) -> Dictionary {
    let uri = dict
        .get_deref(b"A", base)
        .and_then(Object::as_dict)
        .and_then(|a| a.get_deref(b"URI", base))
        .and_then(Object::as_str);
    let Some(target) = uri
        .ok()
        .and_then(|u| std::str::from_utf8(u).ok())
        .and_then(|u| u.strip_prefix(PLACEHOLDER))
        .map(str::to_string)
    else {
        return dict;
    };
    let (label, page) = target.split_once('/').unwrap_or((&target, "0"));
    let page: usize = page.parse().unwrap_or(0);
    dict.remove(b"A");
    let Some((at, cover)) = covers.iter().enumerate().find(|(_, (l, _))| l == label).map(|(i, (_, c))| (i, *c)) else {
        return dict;
    };
    let end = covers.get(at + 1).map_or(order.len(), |(_, next)| *next);
    let index = cover + page;
    if index >= end && end > cover + 1 {
        let text = format!(
            "The text points to page {page} of Exhibit {label}, which has {} pages; the link leads to its cover sheet.",
            end - cover - 1
        );
        let finding = Finding::new("page_out_of_range", text).about(label);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    let index = if index < end { index } else { cover };
    if let Some(page) = order.get(index) {
        dict.set("Dest", vec![Object::Reference(page.id()), "Fit".into()]);
    }
    dict
}
