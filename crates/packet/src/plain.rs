//! A document as plain text, for portals with a text field.

use draft::{Block, Document, Sentence, Style};

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainText {
    /// The text.
    pub text: String,
    /// Whether everything is in it. When not, the text says that the full letter is attached or follows.
    pub complete: bool,
}

/// Writes a document as plain text of at most `limit` characters; see [`plain_text_within`].
pub fn plain_text(document: &Document, limit: Option<usize>) -> String {
    plain_text_within(document, limit).text
}

/// Writes a document as plain text of at most `limit` characters, and says whether all of it is there.
///
/// When the whole does not fit, first the letterhead goes (a portal knows who writes), then tables, then whole
/// paragraphs from the end; what is cut is never cut inside a sentence, and the text says so.
pub fn plain_text_within(document: &Document, limit: Option<usize>) -> PlainText {
    let fits = |text: &str| limit.is_none_or(|l| text.chars().count() <= l);
    let whole = render(document, true, true);
    if fits(&whole) {
        return PlainText { text: whole, complete: true };
    }
    let bare = render(document, false, true);
    if fits(&bare) {
        return PlainText { text: bare, complete: true };
    }
    let note = format!("\n\n{}", document.labels.shortened);
    let room = limit.unwrap_or(usize::MAX).saturating_sub(note.chars().count());
    let mut text = String::new();
    for paragraph in render(document, false, false).split("\n\n") {
        let more = if text.is_empty() { paragraph.to_string() } else { format!("\n\n{paragraph}") };
        if text.chars().count() + more.chars().count() > room {
            break;
        }
        text.push_str(&more);
    }
    let note: String = if text.is_empty() {
        document.labels.shortened.chars().take(limit.unwrap_or(usize::MAX)).collect()
    } else {
        note
    };
    PlainText { text: text + &note, complete: false }
}

fn render(document: &Document, head: bool, tables: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    if head {
        parts.push(
            std::iter::once(&document.from.name).chain(&document.from.lines).cloned().collect::<Vec<_>>().join("\n"),
        );
        parts.push(document.date_printed.clone());
        if document.style == Style::Letter {
            parts.push(
                std::iter::once(&document.to.name).chain(&document.to.lines).cloned().collect::<Vec<_>>().join("\n"),
            );
        } else {
            parts.push(document.title.clone());
        }
    }
    parts.push(document.about.iter().map(|a| format!("{}: {}", a.label, a.value)).collect::<Vec<_>>().join("\n"));
    parts.extend(document.salutation.clone());
    parts.extend(
        document.blocks.iter().filter(|b| tables || !matches!(b, Block::Table { .. })).map(|b| block(document, b)),
    );
    if let Some(closing) = &document.closing {
        parts.push(closing.phrase.clone());
        parts.push(std::iter::once(&closing.name).chain(&closing.lines).cloned().collect::<Vec<_>>().join("\n"));
    }
    if !document.enclosures.is_empty() {
        let list: Vec<String> = document.enclosures.iter().map(|e| format!("{}  {}", e.label, e.title)).collect();
        parts.push(format!("{}:\n{}", document.labels.enclosures, list.join("\n")));
    }
    if !document.cc.is_empty() {
        parts.push(format!("{}: {}", document.labels.cc, document.cc.join("; ")));
    }
    parts.retain(|p| !p.trim().is_empty());
    parts.join("\n\n").replace('\u{a0}', " ")
}

fn block(document: &Document, block: &Block) -> String {
    let all =
        |sentences: &[Sentence]| sentences.iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join(" ");
    match block {
        Block::Heading { text, level: 1 } => text.to_uppercase(),
        Block::Heading { text, .. } => text.clone(),
        Block::Paragraph { sentences } => all(sentences),
        Block::Quote { sentence, .. } => format!("    {}", sentence.printed(&document.labels)),
        Block::List { ordered, items } => {
            let mark = |i: usize| if *ordered { format!("{}. ", i + 1) } else { "- ".into() };
            items.iter().enumerate().map(|(i, item)| format!("{}{}", mark(i), all(item))).collect::<Vec<_>>().join("\n")
        }
        Block::Table { columns, rows, .. } => rows
            .iter()
            .map(|row| {
                let cells = columns.iter().zip(row).map(|(c, cell)| format!("{}: {}", c.head, all(cell)));
                cells.filter(|c| !c.ends_with(": ")).collect::<Vec<_>>().join("\n  ")
            })
            .map(|row| format!("- {row}"))
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Fill { label, lines } => {
            format!("{label}\n{}", vec!["______________________________"; usize::from(*lines)].join("\n"))
        }
        Block::Tick { ticked, sentences } => format!("[{}] {}", if *ticked { "x" } else { " " }, all(sentences)),
    }
}
