//! One document as PDF: tagged, PDF/UA-1 and PDF/A-2a.

use draft::{Block, Density, Document, Sentence};
use serde_json::{Value, json};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{Error, printable, seal, world};

/// A document alone as PDF/UA-1 and PDF/A-2a. With `draft`, DRAFT stands across every page.
///
/// The same document gives the same bytes.
///
/// # Errors
/// An [`Error`] when the layout fails, which is our fault for any input.
pub fn letter_pdf(document: &Document, draft: bool) -> Result<Vec<u8>, Error> {
    let pages = typeset(document, draft)?;
    let standards = [PdfStandard::Ua_1, PdfStandard::A_2a];
    let pdf = export(&pages, &document.title, &standards);
    drop(pages);
    world::tidy_memory();
    let mut pdf = pdf?;
    seal::pdf(&mut pdf);
    Ok(pdf)
}

/// How much smaller a page may be set that should stay one page, largest first. Below the last it would be hard to read.
const SCALES: [f64; 4] = [1.0, 0.95, 0.9, 0.86];

/// The document's pages. What should stay one page is set smaller until it does, or else as large as at first.
fn typeset(document: &Document, draft: bool) -> Result<PagedDocument, Error> {
    let mut data = data(document, draft);
    let first = world::typeset("letter/main.typ", &data, document.date)?;
    if document.density == Density::Normal || first.pages().len() == 1 {
        return Ok(first);
    }
    for scale in SCALES.into_iter().skip(1) {
        if let Some(data) = data.as_object_mut() {
            data.insert("scale".into(), json!(scale));
        }
        let pages = world::typeset("letter/main.typ", &data, document.date)?;
        if pages.pages().len() == 1 {
            return Ok(pages);
        }
    }
    Ok(first)
}

/// Writes typeset pages as PDF. No standard: tagged, but without a claim.
pub(crate) fn export(pages: &PagedDocument, ident: &str, standards: &[PdfStandard]) -> Result<Vec<u8>, Error> {
    let standards = PdfStandards::new(standards).map_err(|e| Error::ours(format!("{e:?}")))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_string()),
        creator: Smart::Custom(Some("Corroborate".into())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(pages, &options).map_err(|errors| {
        let text: Vec<String> = errors.iter().map(|e| format!("{} {:?}", e.message, e.hints)).collect();
        Error::ours(format!("PDF export: {}", text.join("; ")))
    })
}

/// The document as the layout reads it: strings made printable, each sentence as its printed runs.
pub(crate) fn data(document: &Document, draft: bool) -> Value {
    let runs = |s: &Sentence| json!({ "runs": s.runs(&document.labels) });
    let list = |s: &[Sentence]| Value::Array(s.iter().map(|s| json!(s.runs(&document.labels))).collect());
    let blocks: Vec<Value> = document.blocks.iter().map(|b| block(b, &runs, &list)).collect();
    let date = document.date;
    let mut value = json!({
        "title": document.title, "language": document.language, "style": document.style, "density": document.density, "from": document.from,
        "to": document.to, "date_printed": document.date_printed, "delivery": document.delivery,
        "about": document.about, "salutation": document.salutation, "blocks": blocks, "closing": document.closing,
        "enclosures": document.enclosures, "cc": document.cc, "labels": document.labels, "draft": draft, "mark": document.mark,
        "footer": footer(document), "day": [date.year(), date.month(), date.day()],
    });
    printable::value(&mut value);
    value
}

fn block(block: &Block, runs: &dyn Fn(&Sentence) -> Value, list: &dyn Fn(&[Sentence]) -> Value) -> Value {
    match block {
        Block::Heading { level, text } => json!({ "block": "heading", "level": level, "text": text }),
        Block::Paragraph { sentences } => json!({ "block": "paragraph", "sentences": list(sentences) }),
        Block::Quote { sentence, by } => json!({ "block": "quote", "runs": runs(sentence)["runs"], "by": by }),
        Block::List { ordered, items } => {
            let items: Vec<Value> = items.iter().map(|i| list(i)).collect();
            json!({ "block": "list", "ordered": ordered, "items": items })
        }
        Block::Table { caption, columns, rows } => json!({
            "block": "table", "caption": caption, "columns": columns,
            "rows": rows.iter().map(|r| r.iter().map(|c| list(c)).collect()).collect::<Vec<Vec<Value>>>(),
        }),
        Block::Fill { label, lines } => json!({ "block": "fill", "label": label, "lines": lines }),
        Block::Tick { ticked, sentences } => json!({ "block": "tick", "ticked": ticked, "sentences": list(sentences) }),
    }
}

/// What stands at the foot of every page but the first: what it is and whose case.
fn footer(document: &Document) -> String {
    let mut parts = vec![document.title.clone()];
    parts.extend(whose(document));
    parts.join("  ·  ")
}

/// The patient and one number, as far as the reference block has them.
pub(crate) fn whose(document: &Document) -> Vec<String> {
    let value = |name: &str| document.about.iter().find(|a| a.name == name).map(|a| a.value.clone());
    let number = ["claim_number", "reference_number", "member_id"].iter().find_map(|n| value(n));
    [value("patient"), number].into_iter().flatten().filter(|v| v.chars().count() < 48).collect()
}

/// Characters in a document that print as their number because no font has them.
pub(crate) fn unprintable(document: &Document) -> Vec<char> {
    let json = serde_json::to_string(document).unwrap_or_default();
    printable::without_glyph(&json)
}
