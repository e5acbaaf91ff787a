//! Letters and forms: see, change the wording, download.

use draft::{Block, Document, Sentence};
use journal::Loaded;
use maud::{Markup, html};

use crate::engine;
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};

/// The documents by what they are for, in the order in which they are usually needed. A test sees to it that none is
/// missing.
const GROUPS: &[(&str, &[&str])] = &[
    ("letters.group_appeal", &["appeal_letter", "reading_copy", "protective_appeal", "supplement"]),
    (
        "letters.group_opinion",
        &[
            "second_opinion_request",
            "second_opinion_brief",
            "opinion_template",
            "referral_letter",
            "please_add",
            "thank_you",
            "second_opinion_coverage_request",
        ],
    ),
    (
        "letters.group_doctor",
        &["medical_necessity_outline", "peer_to_peer_brief", "records_request", "hipaa_authorization"],
    ),
    ("letters.group_plan", &["claim_file_request", "reviewer_identity_request", "phone_script"]),
    ("letters.group_network", &["gap_exception", "network_clinician_request", "search_log", "sso_plan", "sso_billing"]),
    (
        "letters.group_others",
        &["late_answer", "external_review_request", "regulator_complaint", "authorized_representative", "withdrawal"],
    ),
];

/// Every document that can be made from this case.
pub(crate) fn list(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let offered = engine::offered(call, &loaded)?;
    let other = |id: &&str| !offered.contains(id);
    let line = |id: &str| {
        html! {
            li {
                a href=(format!("/case/{}/letter/{id}", loaded.id)) { (w.of("letter", id)) }
                span.soft.small { (w.of("letter_what", id)) }
            }
        }
    };
    let body = html! {
        h1 { (Section::Letters.name(w)) }
        p.lead { (w.t("letters.text")) }
        @for (title, ids) in GROUPS {
            @let here: Vec<&str> = ids.iter().copied().filter(|id| offered.contains(id)).collect();
            @if !here.is_empty() { h2 { (w.t(title)) } ul.index { @for id in here { (line(id)) } } }
        }
        @let others: Vec<&str> = GROUPS.iter().flat_map(|(_, ids)| ids.iter().copied()).filter(other).collect();
        @if !others.is_empty() {
            details {
                summary { (w.t("letters.others")) }
                p { (w.t("letters.others_text")) }
                ul.index { @for id in others { (line(id)) } }
            }
        }
        (super::taken_back::form(call, &loaded))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Letters, Section::Letters.name(w), &body)))
}

/// One document.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let id = draft::kind(call.part(3)).map_err(|_| Problem::NotFound)?.id;
    let made = engine::letter(call, &loaded, id)?;
    let document = &made.value;
    let at = format!("/case/{}/letter/{id}", loaded.id);
    let editing = call.asked("edit").is_some();
    let query = if call.asked("language") == Some("es") { "?language=es" } else { "" };
    let body = html! {
        h1 { (w.of("letter", id)) }
        (missing(call, &loaded, document))
        @if editing { (notes(call, &loaded, id, &made.findings)?) }
        @if editing { (edit(call, &loaded, document, &at)) } @else {
            div.buttons {
                a.button href=(format!("{at}/file/pdf{query}")) { (w.t(if document.missing.is_empty() { "letters.pdf" } else { "letters.pdf_draft" })) }
                a.button.quiet href=(format!("{at}/file/docx{query}")) { (w.t("letters.docx")) }
                a.button.quiet href=(format!("{at}/file/txt{query}")) { (w.t("letters.txt")) }
                @if query.is_empty() { a href=(format!("{at}?edit=1")) { (w.t("letters.edit")) } }
                a href=(if query.is_empty() { format!("{at}?language=es") } else { at.clone() }) { (w.t(if query.is_empty() { "letters.in_spanish" } else { "letters.in_english" })) }
            }
            (notes(call, &loaded, id, &made.findings)?)
            article.paper-text lang=(document.language) { (printed(document)) }
        }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Letters, &w.of("letter", id), &body)))
}

/// What was noticed of a letter, folded so that the letter is in sight: each with the place where it is put right.
pub(crate) fn notes(call: &Call, loaded: &Loaded, id: &str, all: &[facts::Finding]) -> Result<Markup, Problem> {
    let (w, notes) = (call.words(), noticed(all));
    let english = engine::only_in_english(call, loaded, id, &notes)?;
    Ok(html! {
        @if !notes.is_empty() {
            details.notes {
                summary { strong { (w.counted("letters.notes", notes.len())) } }
                (layout::findings_partly_in_english(call, loaded, &notes, &english))
            }
        }
    })
}

/// What was noticed, without the blanks that are listed above it.
fn noticed(all: &[facts::Finding]) -> Vec<facts::Finding> {
    all.iter().filter(|f| f.code != "unfilled_field").cloned().collect()
}

pub(crate) fn missing(call: &Call, loaded: &Loaded, document: &Document) -> Markup {
    let w = call.words();
    // A word without a section is a part of the template that another missing fact explains.
    let facts: Vec<&String> = document.missing.iter().filter(|f| f.contains('.')).collect();
    html! {
        @if !facts.is_empty() {
            div.note {
                p { strong { (w.t("letters.missing_title")) } " " (w.t("letters.missing_text")) }
                ul { @for fact in facts { li { (place(call, loaded, fact)) } } }
            }
        }
    }
}

/// Where a missing fact can be given.
fn place(call: &Call, loaded: &Loaded, fact: &str) -> Markup {
    let w = call.words();
    let name = super::papers::fact_name(w, fact);
    html! {
        @match crate::questions::Questions::get().for_need(fact, &call.spoken()) {
            Some(q) => a href=(format!("/case/{}/question/{}", loaded.id, q.id)) { (q.words(w)) },
            None if fact.starts_with("second_opinion.") => a href=(format!("/case/{}/opinion#mine", loaded.id)) { (w.t("opinion.doctor")) },
            None => (name),
        }
    }
}

/// The document as it will be printed.
fn printed(d: &Document) -> Markup {
    html! {
        p { (d.from.name) @for line in &d.from.lines { br; (line) } }
        p { (d.date_printed) }
        p { (d.to.name) @for line in &d.to.lines { br; (line) } }
        @for line in &d.delivery { p { (line) } }
        @if !d.about.is_empty() { dl.facts { @for line in &d.about { dt { (line.label) } dd { (line.value) } } } }
        @if let Some(salutation) = &d.salutation { p { (salutation) } }
        @for block in &d.blocks { (block_of(d, block)) }
        @if let Some(closing) = &d.closing { p { (closing.phrase) } p { br; (closing.name) @for line in &closing.lines { br; (line) } } }
        @if !d.enclosures.is_empty() { p { (d.labels.enclosures) } ul { @for e in &d.enclosures { li { (d.labels.exhibit) " " (e.label) ": " (e.title) } } } }
        @if !d.cc.is_empty() { p { (d.labels.cc) " " (d.cc.join("; ")) } }
    }
}

fn sentences(d: &Document, list: &[Sentence]) -> String {
    list.iter().map(|s| s.printed(&d.labels)).collect::<Vec<_>>().join(" ")
}

fn block_of(d: &Document, block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading { level: 1, text } => h2 { (text) },
            Block::Heading { text, .. } => h3 { (text) },
            Block::Paragraph { sentences: list } => p { (sentences(d, list)) },
            Block::Quote { sentence, by } => blockquote { (sentence.printed(&d.labels)) @if let Some(by) = by { div.quote-from { (by) } } },
            Block::List { ordered: true, items } => ol { @for item in items { li { (sentences(d, item)) } } },
            Block::List { items, .. } => ul { @for item in items { li { (sentences(d, item)) } } },
            Block::Table { caption, columns, rows } => div.scroll tabindex="0" role="region" aria-label=(caption) {
                table {
                    caption { (caption) }
                    thead { tr { @for c in columns { th scope="col" { (c.head) } } } }
                    tbody { @for row in rows { tr { @for cell in row { td { (sentences(d, cell)) } } } } }
                }
            },
            Block::Fill { label, .. } => p { (label) " ______________________" },
            Block::Tick { ticked, sentences: list } => p { (if *ticked { "☑ " } else { "☐ " }) (sentences(d, list)) },
        }
    }
}

/// Every paragraph in a field of its own; it saves while one types.
fn edit(call: &Call, loaded: &Loaded, d: &Document, at: &str) -> Markup {
    let w = call.words();
    let is_field =
        |b: &&Block| matches!(b, Block::Paragraph { sentences: list } if original(loaded, d, list).is_some());
    let nth = |at: usize| d.blocks.iter().take(at + 1).filter(is_field).count();
    html! {
        p { (w.t("letters.edit_text")) }
        form method="post" action=(at) data-autosave data-saved=(w.t("letters.saved")) data-failed=(w.t("letters.not_saved")) {
            (layout::tokens(call, Some(loaded)))
            p role="status" .soft {}
            @for (i, block) in d.blocks.iter().enumerate() {
                @match block {
                    Block::Heading { text, .. } => h2 { (text) },
                    Block::Paragraph { sentences: list } if original(loaded, d, list).is_some() => {
                        @let name = format!("block-{i}");
                        div.field {
                            // Numbered as one counts the fields, not the parts of the letter.
                            label for=(name) { (w.f("letters.paragraph", &[("n", &nth(i).to_string())])) }
                            input type="hidden" name=(format!("was-{i}")) value=(original(loaded, d, list).unwrap_or_default());
                            textarea id=(name) name=(name) rows="5" lang=(d.language) { "\n" (draft::edits::printed(d, list)) }
                        }
                    },
                    _ => (block_of(d, block)),
                }
            }
            div.buttons { button { (w.t("act.save")) } button.quiet name="act" value="reset" { (w.t("letters.reset")) } a href=(at) { (w.t("letters.done")) } }
        }
    }
}

/// What the program wrote where a paragraph stands, whatever the person made of it. A paragraph that the person added in
/// a word processor has no original and is changed there.
fn original(loaded: &Loaded, d: &Document, list: &[draft::Sentence]) -> Option<String> {
    let shown = draft::edits::printed(d, list);
    match draft::edits::edit_of(d, &shown, &loaded.state.case.edits) {
        Some(edit) => edit.was.clone(),
        None => Some(shown),
    }
}

/// The paragraphs of the form, each with what the program had written there.
fn typed(call: &Call, document: &str) -> Vec<facts::Edit> {
    let paragraphs = call.form.iter().filter_map(|(name, text)| Some((name.strip_prefix("block-")?, text)));
    paragraphs
        .filter_map(|(number, text)| {
            let was = call.field(&format!("was-{number}"))?.to_string();
            Some(facts::Edit {
                document: document.into(),
                language: Some("en".into()),
                was: Some(was),
                now: text.trim().to_string(),
                after: None,
                on: Some(call.app.today()),
            })
        })
        .collect()
}

/// Keeps the person's wording.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let id = draft::kind(call.part(3)).map_err(|_| Problem::NotFound)?.id;
    let at = format!("/case/{}/letter/{id}", loaded.id);
    if call.field("act") == Some("reset") {
        loaded.state.case.edits.retain(|e| e.document != id);
    } else {
        let edits = typed(call, id);
        draft::edits::merge(&mut loaded.state.case.edits, edits);
    }
    let seen = call.keep(&loaded, "letter.wording")?;
    Ok(if call.is_from_script() { Reply::Kept { seen } } else { Reply::See(at) })
}

/// The document as a file.
pub(crate) fn download(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let id = draft::kind(call.part(3)).map_err(|_| Problem::NotFound)?.id;
    let made = engine::letter(call, &loaded, id)?;
    let format = call.part(5);
    let (media, bytes) = engine::letter_file(&made.value, format)?;
    Ok(Reply::Download { name: format!("{id}.{format}"), media, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn every_document_stands_in_one_group_and_has_a_name_in_every_language() {
        let mut listed: Vec<&str> = GROUPS.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        let mut known: Vec<&str> = draft::KINDS.iter().map(|k| k.id).collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
        for id in known {
            for w in [Lang::En, Lang::Es].map(Lang::words) {
                assert!(w.get("letter", id).is_some() && w.get("letter_what", id).is_some(), "{id}");
            }
        }
    }
}
