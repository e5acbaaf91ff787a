//! A web page → the text a reader sees. Scripts, styles, hidden parts and comments are left out; nothing is fetched.

use facts::{Page, TextFrom};
use scraper::{Html, Node};

use crate::draft::Draft;
use crate::grid::{self, Cell};
use crate::hidden::Styles;
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

/// The text of a page as lines: blocks on lines of their own, the columns of a table under one another.
pub(crate) fn visible_text(html: &str) -> String {
    let page = Html::parse_document(html);
    let styles = Styles::of(&page);
    let mut writer = Writer::default();
    // The tree is walked without recursion: pages can be nested as deep as their makers like.
    let mut open = vec![(page.tree.root(), false, false)];
    while let Some((node, tiny, leaving)) = open.pop() {
        let mut inside = tiny;
        match node.value() {
            Node::Element(element) if leaving => {
                writer.leave(element.name());
                continue;
            }
            Node::Text(text) if !tiny => writer.text(text),
            Node::Element(element) => {
                let look = styles.look(element);
                if never_shown(element) || look.hidden {
                    continue;
                }
                inside = look.tiny.unwrap_or(tiny);
                writer.enter(element);
                open.push((node, tiny, true));
            }
            _ => {}
        }
        open.extend(node.children().collect::<Vec<_>>().into_iter().rev().map(|child| (child, inside, false)));
    }
    writer.out.trim().to_owned()
}

fn never_shown(element: &scraper::node::Element) -> bool {
    let name = element.name();
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "head"
            | "svg"
            | "iframe"
            | "object"
            | "datalist"
            | "audio"
            | "video"
    ) || (name == "dialog" && element.attr("open").is_none())
        || (name == "input" && element.attr("type") == Some("hidden"))
        || (name == "option" && element.attr("selected").is_none())
}

/// A table under way.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
    /// The cell under way, without its text, and the text around it.
    cell: Option<(Cell, String)>,
}

#[derive(Default)]
struct Writer {
    out: String,
    /// White space was seen since the last letter.
    space: bool,
    pre: usize,
    tables: Vec<Table>,
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
            "table" => {
                self.paragraph();
                self.tables.push(Table::default());
            }
            "tr" => self.tables.last_mut().into_iter().for_each(|t| t.rows.push(Vec::new())),
            "td" | "th" => self.enter_cell(element),
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
            "td" | "th" => self.leave_cell(),
            "table" => self.leave_table(),
            name if is_paragraph(name) => self.paragraph(),
            name if is_block(name) => self.line(),
            _ => {}
        }
    }

    fn enter_cell(&mut self, element: &scraper::node::Element) {
        let reach = |name: &str| element.attr(name).and_then(|v| v.trim().parse().ok()).unwrap_or(1);
        let Some(table) = self.tables.last_mut() else { return };
        let cell = Cell { text: String::new(), columns: reach("colspan"), rows: reach("rowspan") };
        table.cell = Some((cell, std::mem::take(&mut self.out)));
        self.space = false;
    }

    fn leave_cell(&mut self) {
        self.trim();
        let Some(table) = self.tables.last_mut() else { return };
        let Some((cell, around)) = table.cell.take() else { return };
        let text = std::mem::replace(&mut self.out, around);
        if table.rows.is_empty() {
            table.rows.push(Vec::new());
        }
        table.rows.last_mut().into_iter().for_each(|row| row.push(Cell { text: text.clone(), ..cell.clone() }));
        self.space = false;
    }

    fn leave_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        self.line();
        for line in grid::lines(&table.rows) {
            self.out.push_str(&line);
            self.out.push('\n');
        }
        self.paragraph();
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
            "Notice\n\nWe deny your claim & bill.\n\nCode   73721\nX      Y\n\n• one\n• two\n\nlast\nline"
        );
    }

    #[test]
    fn what_a_style_hides_is_not_read() {
        let seen = |css: &str, body: &str| visible_text(&format!("<style>{css}</style><body><p>seen</p>{body}</body>"));
        for (css, body) in [
            (".x{display:none}", "<p class=x>secret</p>"),
            (
                "/* a */ p.y, #z { color: red; Display : NONE !important }",
                "<p id=z>secret</p><p class='w y'>secret</p>",
            ),
            ("@media screen { .x { visibility: hidden } }", "<div class=x>secret</div>"),
            ("", "<p hidden>secret</p>"),
            ("", "<div style='display:none;font-size:1px;max-height:0px;overflow:hidden'>secret</div>"),
            ("", "<div style='font-size:0'>secret<span>secret</span></div>"),
            ("", "<span style='font-size: 1px; color:#fff'>secret</span>"),
            ("", "<div style='max-height:0; overflow:hidden'>secret</div>"),
            ("", "<div style='opacity:0'>secret</div><div style='mso-hide:all'>secret</div>"),
        ] {
            assert_eq!(seen(css, body), "seen", "{css} {body}");
        }
    }

    #[test]
    fn what_no_style_hides_is_read() {
        let seen = |css: &str, body: &str| visible_text(&format!("<style>{css}</style><body>{body}</body>"));
        for (css, body) in [
            // Another rule, later or more exact, shows it again.
            (".x{display:none} .x.on{display:block}", "<p class='x on'>shown</p>"),
            ("p{display:none} p{display:block}", "<p>shown</p>"),
            // Rules for a telephone or for paper are not those of the page.
            ("@media (max-width:600px){.x{display:none}} @media print{.x{display:none}}", "<p class=x>shown</p>"),
            (".other{display:none}", "<p class=x>shown</p>"),
            ("", "<div style='font-size:0'><span style='font-size:14px'>shown</span></div>"),
            ("", "<div style='overflow:hidden; max-height:100px'>shown</div>"),
            (".x{display:none", "<p>shown</p>"),
        ] {
            assert_eq!(seen(css, body), "shown", "{css} {body}");
        }
    }

    #[test]
    fn columns_of_a_table_stand_under_one_another() {
        let text = visible_text(
            "<table><tr><th>Service<th>Code<th>Billed<th>Not<br>covered</tr><tr><td>Visit<td>99213<td>$150.00<td></tr>\
             <tr><td colspan=3>Total<td>$40.00</tr></table>",
        );
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1].find("covered"), lines[3].find("$40.00"), "{text}");
        assert_eq!(lines[0].find("Billed"), lines[2].find("$150.00"), "{text}");
    }

    #[test]
    fn a_table_that_only_places_text_leaves_its_paragraphs() {
        let prose = "We looked at your request again and we are not able to approve it, for the reasons that follow.";
        let text = visible_text(&format!(
            "<table><tr><td><p>{prose}</p><table><tr><td>Code<td>1</tr><tr><td>Longer<td>2</tr></table></td><td>Aside</td></tr></table>"
        ));
        assert_eq!(text, format!("{prose}\n\nCode     1\nLonger   2\n\nAside"));
    }

    #[test]
    fn deep_pages_end() {
        let deep = "<div>".repeat(4_000);
        let _ = visible_text(&deep);
    }
}
