//! A web page → the text a reader sees. Scripts, styles, hidden parts and comments are left out; nothing is fetched.

use facts::{Page, TextFrom};
use scraper::{Html, Node};

use crate::draft::Draft;
use crate::plain;

/// Reads a web page.
pub(crate) fn read(bytes: &[u8]) -> Draft {
    Draft::new(TextFrom::Html, vec![Page::from_text(visible_text(&decode(bytes)))])
}

/// The encoding a page names in its head wins over guessing, unless a byte order mark is there.
fn decode(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048)).unwrap_or_default()).to_ascii_lowercase();
    let named = head.split("charset=").nth(1).map(|t| t.trim_start_matches(['"', '\'', ' ']));
    let label: String =
        named.unwrap_or_default().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
    match encoding_rs::Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding_rs::Encoding::for_bom(bytes).is_none() && !head.contains('\0') => {
            encoding.decode(bytes).0.into_owned()
        }
        _ => plain::decode(bytes),
    }
}

/// The text of a page as lines: blocks on lines of their own, cells with three spaces between.
pub(crate) fn visible_text(html: &str) -> String {
    let page = Html::parse_document(html);
    let mut writer = Writer::default();
    // The tree is walked without recursion: pages can be nested as deep as their makers like.
    let mut open = vec![(page.tree.root(), false)];
    while let Some((node, leaving)) = open.pop() {
        if leaving {
            if let Node::Element(element) = node.value() {
                writer.leave(element.name());
            }
            continue;
        }
        match node.value() {
            Node::Text(text) => writer.text(text),
            Node::Element(element) => {
                if hidden(element) {
                    continue;
                }
                writer.enter(element);
                open.push((node, true));
                open.extend(node.children().collect::<Vec<_>>().into_iter().rev().map(|child| (child, false)));
            }
            _ => open.extend(node.children().collect::<Vec<_>>().into_iter().rev().map(|child| (child, false))),
        }
    }
    writer.out.trim().to_owned()
}

fn hidden(element: &scraper::node::Element) -> bool {
    let name = element.name();
    if matches!(name, "script" | "style" | "template" | "noscript" | "head" | "svg" | "iframe" | "object" | "datalist")
    {
        return true;
    }
    let style: String = element.attr("style").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    element.attr("hidden").is_some()
        || style.contains("display:none")
        || style.contains("visibility:hidden")
        || (name == "input" && element.attr("type") == Some("hidden"))
        || (name == "option" && element.attr("selected").is_none())
}

#[derive(Default)]
struct Writer {
    out: String,
    /// White space was seen since the last letter.
    space: bool,
    pre: usize,
}

impl Writer {
    fn enter(&mut self, element: &scraper::node::Element) {
        match element.name() {
            "br" => self.line(),
            "pre" => {
                self.paragraph();
                self.pre += 1;
            }
            "li" => {
                self.line();
                self.out.push_str("• ");
                self.space = false;
            }
            "input" => self.input(element),
            name if is_paragraph(name) => self.paragraph(),
            name if is_block(name) => self.line(),
            _ => {}
        }
    }

    fn leave(&mut self, name: &str) {
        match name {
            "pre" => {
                self.pre = self.pre.saturating_sub(1);
                self.paragraph();
            }
            "td" | "th" => {
                if !self.out.ends_with(['\n', ' ']) {
                    self.out.push_str("   ");
                }
                self.space = false;
            }
            name if is_paragraph(name) => self.paragraph(),
            name if is_block(name) => self.line(),
            _ => {}
        }
    }

    fn input(&mut self, element: &scraper::node::Element) {
        match element.attr("type") {
            Some("checkbox" | "radio") => self.text(if element.attr("checked").is_some() { " [x] " } else { " [ ] " }),
            Some("submit" | "button" | "image" | "password") => {}
            _ => self.text(&format!(" {} ", element.attr("value").unwrap_or_default())),
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = true;
            } else if !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}') {
                if self.space && !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
                    self.out.push(' ');
                }
                self.space = false;
                self.out.push(c);
            }
        }
    }

    fn line(&mut self) {
        self.trim();
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.space = false;
    }

    fn paragraph(&mut self) {
        self.line();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn trim(&mut self) {
        let length = self.out.trim_end_matches(' ').len();
        self.out.truncate(length);
    }
}

fn is_paragraph(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "table"
            | "ul"
            | "ol"
            | "dl"
            | "blockquote"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "fieldset"
            | "hr"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "tr"
            | "li"
            | "dt"
            | "dd"
            | "form"
            | "main"
            | "nav"
            | "aside"
            | "address"
            | "figure"
            | "legend"
            | "caption"
            | "thead"
            | "tbody"
            | "body"
            | "html"
            | "center"
            | "option"
    )
}

#[cfg(test)]
mod tests {
    use super::visible_text;

    #[test]
    fn what_a_reader_sees() {
        let html = "<html><head><title>no</title><style>p{}</style></head><body><h1>Notice</h1><p>We  deny\n<b>your</b> claim&nbsp;&amp; bill.</p>\
            <script>alert(1)</script><div style='display: none'>secret</div><table><tr><td>Code</td><td>73721</td></tr><tr><td>X</td><td>Y</td></tr></table>\
            <ul><li>one<li>two</ul>last<br>line<!-- comment --></body></html>";
        assert_eq!(
            visible_text(html),
            "Notice\n\nWe deny your claim & bill.\n\nCode   73721\nX   Y\n\n• one\n• two\n\nlast\nline"
        );
    }

    #[test]
    fn deep_pages_end() {
        let deep = "<div>".repeat(4_000);
        let _ = visible_text(&deep);
    }
}
