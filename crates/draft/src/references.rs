//! Published work in a document: what stands on the shelf and is fit for a letter, each with its source.
//!
//! The shelf (`evidence::shelf`) names duplicates, malformed and retracted works and works nobody is named for; none of
//! these is printed here. Numbers are those of the shelf.

use evidence::shelf::{self, Shelf, Style, Work};
use facts::{Finding, Reference};

use crate::Inputs;
use crate::argument::quoted;
use crate::build::Builder;
use crate::document::*;
use crate::parts::{self, paragraph, plain};

/// The shelf of a case. Without the knowledge base's rules nothing is fit for a letter, and that is said.
pub(crate) fn shelf(inputs: &Inputs) -> Shelf {
    if inputs.case.references.is_empty() {
        return Shelf { works: Vec::new(), findings: Vec::new() };
    }
    shelf::shelve(&inputs.case.references, inputs.today, Style::Ama, inputs.kb).unwrap_or_else(|why| {
        let text = format!("The references could not be checked, so none stands in the letter: {why}");
        Shelf { works: Vec::new(), findings: vec![Finding::new("references_not_checked", text)] }
    })
}

/// Works of which an author has the name of a physician of the case. A reviewer may hold such a work not to be independent,
/// so the person is told; the letter says nothing of it.
pub(crate) fn by_physicians(inputs: &Inputs) -> Vec<Finding> {
    let case = inputs.case;
    let second = case.second_opinion.as_ref().and_then(|o| o.physician.as_ref());
    let physicians: Vec<&str> =
        case.treating_physician.iter().chain(second).filter_map(|p| p.name.as_deref()).collect();
    let mut findings = Vec::new();
    for work in &case.references {
        for author in &work.authors {
            let Some(physician) = physicians.iter().find(|p| is_same_name(p, author)) else { continue };
            let title = work.title.as_deref().unwrap_or(author);
            let text = format!(
                "“{title}” names {author} among its authors, and {physician} is a physician of this case. If it is the same person, have the letter say so, or use another work: a reviewer may hold this one not to be independent."
            );
            findings.push(Finding::new("author_is_a_physician_of_the_case", text).about(title.to_string()));
        }
    }
    findings
}

/// Whether an author as lists write it (`Muestra B`, `Muestra, B. A.`, `Benito Muestra`) may be a physician (`Benito
/// Muestra, MD`): the same last name, and a first name or initial that fits.
fn is_same_name(physician: &str, author: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let parts = name.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    let alone = crate::names::name_alone(physician);
    let last = words(alone.rsplit(' ').next().unwrap_or_default());
    let bare = words(physician.split(',').next().unwrap_or(physician));
    let titles = ["dr", "dra", "prof", "professor", "doctor"];
    let first = bare.iter().find(|w| !titles.contains(&w.as_str()) && !last.contains(w));
    let mut given = words(author);
    let known = given.len();
    given.retain(|w| !last.contains(w));
    let fits = |w: &String| {
        first.is_none_or(|f| match (w.chars().count(), f.chars().count()) {
            // Initials stand together: `Muestra BA`.
            (1..=3, _) => f.starts_with(w.chars().next().unwrap_or_default()),
            (_, 1) => w.starts_with(f.as_str()),
            _ => w == f,
        })
    };
    !last.is_empty() && given.len() < known && (given.is_empty() || given.first().is_some_and(fits))
}

/// The works that may stand in a letter, in the order of the shelf.
pub(crate) fn usable<'b>(b: &'b Builder) -> impl Iterator<Item = &'b Work> {
    b.view.shelf.works.iter().filter(|w| w.usable)
}

/// Whether a reference is a guideline, a coverage document or an approval rather than a study.
pub(crate) fn is_guideline(reference: &Reference) -> bool {
    matches!(reference.kind.as_deref(), Some("guideline" | "coverage_document" | "approval"))
}

/// What a reference's sentence rests on: the exhibit when the paper itself is enclosed, else its number in the list.
fn sources(b: &Builder, work: &Work) -> Vec<Source> {
    let exhibit = work.reference.file.as_deref().and_then(|f| b.view.plan.of_source(f));
    match exhibit {
        Some(e) => vec![Source::Exhibit { label: e.label.clone(), page: None }],
        None => vec![Source::Reference { number: work.number }],
    }
}

/// The words chosen from a work, else the sentence it supports.
fn said(reference: &Reference) -> Option<String> {
    reference.quote.as_deref().map(quoted).or_else(|| reference.supports.clone())
}

/// Studies the person or a physician gave. Guidelines stand before, where they are argued.
pub(crate) fn literature(b: &mut Builder, out: &mut Vec<Block>) {
    let items: Vec<Vec<Sentence>> =
        usable(b).filter(|w| !is_guideline(&w.reference)).map(|work| study(b, work)).collect();
    if items.is_empty() {
        return;
    }
    let lead = plain(b, "literature.lead");
    paragraph(out, vec![lead]);
    out.push(Block::List { ordered: false, items });
}

fn study(b: &Builder, work: &Work) -> Vec<Sentence> {
    let mut item = vec![Sentence::claim(Claim::Medical, work.citation.clone(), sources(b, work))];
    item.extend(said(&work.reference).map(|s| Sentence::plain(format!(" {s}"))));
    item
}

/// Guidelines the person or a physician gave, each with what it supports.
pub(crate) fn guidelines(b: &mut Builder, out: &mut Vec<Block>) {
    let works: Vec<Work> = usable(b).filter(|w| is_guideline(&w.reference)).cloned().collect();
    if works.is_empty() {
        return;
    }
    let items = works.iter().map(|work| vec![guideline(b, work)]).collect();
    let lead = b.text("argument.guideline");
    out.push(Block::Paragraph { sentences: vec![Sentence::plain(lead)] });
    out.push(Block::List { ordered: false, items });
}

fn guideline(b: &mut Builder, work: &Work) -> Sentence {
    let text = match said(&work.reference) {
        Some(said) => {
            let title = work.citation.trim_end_matches('.');
            b.text_with("argument.guideline_says", &[("guideline", title), ("says", &said)])
        }
        None => work.citation.clone(),
    };
    Sentence::claim(Claim::Medical, text, sources(b, work))
}

/// For the page of a call: the second physician where the enclosed letter is a full yes, and the works, guidelines first.
pub(crate) fn support(b: &mut Builder, out: &mut Vec<Block>) {
    let mut items = Vec::new();
    if let Some((quote, source)) = parts::opinion_answer(b).filter(|_| b.view.holds("agrees has.second")) {
        let text = b.text_with("argument.second_writes", &[("quote", &quoted(&quote))]);
        items.push(vec![Sentence::claim(Claim::Medical, text, vec![source])]);
    }
    let (guidelines, studies): (Vec<&Work>, Vec<&Work>) = usable(b).partition(|w| is_guideline(&w.reference));
    items.extend(guidelines.into_iter().chain(studies).map(|work| study(b, work)));
    if !items.is_empty() {
        out.push(Block::List { ordered: false, items });
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_name;

    #[test]
    fn an_author_is_known_by_the_last_name_and_the_first_initial() {
        let doctor = "Benito Muestra, MD";
        for author in ["Muestra B", "Muestra, B. A.", "Benito Muestra", "B Muestra", "MUESTRA BA", "Muestra"] {
            assert!(is_same_name(doctor, author), "{author}");
        }
        for author in ["Muestra K", "Karl Muestra", "Benito Prueba", "Muestras B", ""] {
            assert!(!is_same_name(doctor, author), "{author}");
        }
        assert!(is_same_name("Dr. Jane Q. Reyes", "Reyes JQ") && !is_same_name("Dr. Jane Q. Reyes", "Reyes D"));
    }
}
