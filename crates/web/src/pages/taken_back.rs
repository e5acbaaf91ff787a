//! A letter that was edited in a word processor: which one it is, what was changed, and those words in the case.

use draft::{Block, Document, Sentence, edits};
use facts::{Edit, Finding};
use journal::Loaded;
use maud::{Markup, html};

use crate::http::{Call, Problem, Reply, Upload};
use crate::layout::{self, Section};
use crate::{engine, reading};

/// The place to drop an edited letter, on the page of all letters.
pub(crate) fn form(call: &Call, loaded: &Loaded) -> Markup {
    let w = call.words();
    html! {
        h2 { (w.t("taken_back.title")) }
        p { (w.t("taken_back.text")) }
        form method="post" action=(format!("/case/{}/letters", loaded.id)) enctype="multipart/form-data" {
            (layout::tokens(call, Some(loaded)))
            div.drop {
                label for="edited" { (w.t("taken_back.file")) }
                span.hint { (w.t("taken_back.hint")) }
                input type="file" id="edited" name="edited" accept=".docx";
                ul aria-live="polite" {}
            }
            div.buttons { button.quiet { (w.t("taken_back.go")) } }
        }
    }
}

/// Takes the person's words out of an edited copy and says what was taken and what could not be.
pub(crate) fn add(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let copy = call.files.iter().find(|f| f.field == "edited").ok_or(Problem::Bad("new.no_file"))?;
    let after = lines(call, copy)?;
    let document = meant(call, &loaded, &after)?.ok_or(Problem::Bad("taken_back.unknown"))?;
    // Both must have come through the same reader.
    let ours = packet::docx(&document).map_err(|e| Problem::Unusable(e.to_string()))?;
    let before = reading::lines_of(&call.app, "letter.docx", &ours).map_err(|e| Problem::Unusable(e.message))?;
    let found = edits::changes(&document, &before, &after);
    let new: Vec<Edit> = found.value.into_iter().map(|e| Edit { on: Some(call.app.today()), ..e }).collect();
    edits::merge(&mut loaded.state.case.edits, new.clone());
    loaded.revision = call.keep(&loaded, "letter.wording")?;
    Ok(Reply::Page(taken(call, &loaded, &document, &new, &found.findings)))
}

fn lines(call: &Call, copy: &Upload) -> Result<Vec<String>, Problem> {
    if extract::sniff(&copy.bytes) != extract::Kind::Docx {
        return Err(Problem::Bad("taken_back.not_word"));
    }
    reading::lines_of(&call.app, &copy.name, &copy.bytes).map_err(|_| Problem::Bad("taken_back.not_word"))
}

/// The letter a text is a copy of, as it stands now: the one that shares most lines with it, in either language.
fn meant(call: &Call, loaded: &Loaded, lines: &[String]) -> Result<Option<Document>, Problem> {
    let lines: Vec<String> = lines.iter().map(|l| spaced(l)).collect();
    let mut best: Option<(usize, Document)> = None;
    for kind in draft::KINDS {
        for language in ["en", "es"] {
            let document = engine::letter_in(call, loaded, kind.id, language)?.value;
            let passages = passages(&document);
            let shared = passages.iter().filter(|p| lines.contains(p)).count();
            // A copy shares most of its passages; one that shares fewer than a third is another text.
            if shared * 3 >= passages.len().max(1) && shared > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((shared, document));
            }
        }
    }
    Ok(best.map(|(_, document)| document))
}

/// The passages of a letter as a word processor shows them, one line each.
fn passages(document: &Document) -> Vec<String> {
    let printed = |sentences: &Vec<Sentence>| spaced(&edits::printed(document, sentences));
    let of = |block: &Block| match block {
        Block::Heading { text, .. } => vec![spaced(text)],
        Block::Paragraph { sentences } => vec![printed(sentences)],
        Block::List { items, .. } => items.iter().map(printed).collect(),
        _ => Vec::new(),
    };
    document.blocks.iter().flat_map(of).collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().filter(|w| *w != "•").collect::<Vec<_>>().join(" ")
}

fn taken(call: &Call, loaded: &Loaded, document: &Document, new: &[Edit], findings: &[Finding]) -> Markup {
    let w = call.words();
    let at = format!("/case/{}/letter/{}", loaded.id, document.id);
    let at = if document.language == "es" { format!("{at}?language=es") } else { at };
    let body = html! {
        h1 { (w.of("letter", &document.id)) }
        p.lead role="status" { (if new.is_empty() { w.t("taken_back.none").to_string() } else { w.counted("taken_back.taken", new.len()) }) }
        @if !new.is_empty() {
            p { (w.t(if engine::is_in_packet(document) { "taken_back.in_packet" } else { "taken_back.not_in_packet" })) }
        }
        (layout::findings_in_english(call, loaded, findings))
        ul.list lang=(document.language) {
            @for edit in new {
                li {
                    @if let Some(was) = &edit.was { p.soft { s { (was) } } }
                    @if !edit.now.trim().is_empty() { p { (edit.now) } }
                }
            }
        }
        div.buttons { a.button href=(at) { (w.t("taken_back.see")) } }
    };
    layout::case_page(call, loaded, Section::Letters, &w.of("letter", &document.id), &body)
}
