//! XML as a small tree, with caps and without entities: what C-CDA and PubMed files need.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The deepest nesting that is kept.
const DEEPEST: usize = 200;
/// The most elements that are kept.
const MOST: usize = 1_000_000;

/// An element. Names are without their prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Child>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// The child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|c| match c {
            Child::Element(e) => Some(e),
            Child::Text(_) => None,
        })
    }

    /// The child elements of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |e| e.name == name)
    }

    /// The first element along a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.elements().find(|e| e.name == *name))
    }

    /// This element and all below it, in the order of the file.
    pub(crate) fn walk(&self) -> Vec<&Element> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(element) = open.pop() {
            found.push(element);
            let inner: Vec<&Element> = element.elements().collect();
            open.extend(inner.into_iter().rev());
        }
        found
    }

    /// All text inside, white space tidied.
    pub(crate) fn text(&self) -> String {
        let mut words = String::new();
        let mut open: Vec<&Child> = self.children.iter().rev().collect();
        while let Some(child) = open.pop() {
            match child {
                Child::Text(text) => words.push_str(text),
                Child::Element(element) => {
                    words.push_str(if matches!(element.name.as_str(), "br" | "td" | "th" | "item" | "paragraph") {
                        " "
                    } else {
                        ""
                    });
                    open.extend(element.children.iter().rev());
                }
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Reads the root element; the flag says whether the file was whole. `None` when there is no element.
pub(crate) fn read(text: &str) -> Option<(Element, bool)> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut open: Vec<Element> = vec![Element::default()];
    let (mut count, mut skipped, mut whole) = (0usize, 0usize, true);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                count += 1;
                if open.len() >= DEEPEST || count > MOST {
                    skipped += 1;
                    whole = false;
                } else {
                    open.push(element(&start));
                }
            }
            Ok(Event::Empty(start)) => {
                count += 1;
                if count <= MOST && skipped == 0 {
                    push(&mut open, Child::Element(element(&start)));
                }
            }
            Ok(Event::End(_)) => {
                if skipped > 0 {
                    skipped -= 1;
                } else if open.len() > 1
                    && let Some(done) = open.pop()
                {
                    push(&mut open, Child::Element(done));
                }
            }
            Ok(Event::Text(text)) => push(&mut open, Child::Text(text.xml10_content().into_owned())),
            Ok(Event::CData(text)) => push(&mut open, Child::Text(text.xml10_content().into_owned())),
            Ok(Event::GeneralRef(name)) => {
                let known = name.resolve_char_ref().ok().flatten().or_else(|| predefined(&name.xml10_content()));
                push(&mut open, Child::Text(known.map(String::from).unwrap_or_default()));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                whole = false;
                break;
            }
        }
    }
    whole &= open.len() == 1;
    while open.len() > 1 {
        if let Some(done) = open.pop() {
            push(&mut open, Child::Element(done));
        }
    }
    let root = open.pop()?.children.into_iter().find_map(|c| match c {
        Child::Element(e) => Some(e),
        Child::Text(_) => None,
    })?;
    Some((root, whole))
}

fn push(open: &mut [Element], child: Child) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(child);
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start
        .attributes()
        .with_checks(false)
        .flatten()
        .map(|a| {
            let key = a.key.local_name();
            let value = a
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default();
            (AsRef::<str>::as_ref(&key).to_owned(), value)
        })
        .collect();
    let name = start.local_name();
    Element { name: AsRef::<str>::as_ref(&name).to_owned(), attributes, children: Vec::new() }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => return None,
    })
}

/// Bytes → text: a byte order mark decides, else UTF-8 where it is valid, else windows-1252.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => encoding_rs::WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_tree_with_text_and_attributes() {
        let (root, whole) =
            read("<?xml version='1.0'?><a:x k='1 &amp; 2'><b>one <i>two</i></b><b/>&#x20;&amp;</a:x>").unwrap();
        assert!(whole);
        assert_eq!((root.name.as_str(), root.attribute("k")), ("x", Some("1 & 2")));
        assert_eq!(root.at(&["b"]).unwrap().text(), "one two");
        assert_eq!(root.all("b").count(), 2);
        assert_eq!(root.text(), "one two &");
    }

    #[test]
    fn broken_deep_and_hostile_files_end() {
        assert!(!read("<a><b>text").unwrap().1);
        assert!(read("no element").is_none());
        assert!(!read(&"<a>".repeat(50_000)).unwrap().1);
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><x>&b;</x>";
        assert_eq!(read(bomb).unwrap().0.text(), "");
    }
}
