//! Letters that argue well and answer otherwise, made from the labelled ones.
//!
//! Most letters that argue for the care say yes, so what counts letters learns that a thorough letter is a yes, whatever its one
//! answering sentence says. A careful consultant is as thorough in a no. So into each plain yes the answering sentences of
//! another letter are put in the place of its own ([`graft`]), and from some they are only taken out. Nobody's answer is then a
//! yes, whatever surrounds it.

use std::collections::HashMap;

use facts::{Case, Document};
use opinion::Checker;

use super::labels::Labelled;

/// A letter with another's answer, or with none.
pub(super) struct Graft {
    pub(super) fold: usize,
    pub(super) case: Case,
    pub(super) letter: Document,
    pub(super) outcome: String,
}

/// A labelled letter as it is needed here.
pub(super) struct Source<'a> {
    pub(super) fold: usize,
    pub(super) case: &'a Case,
    pub(super) letter: &'a str,
    pub(super) outcome: &'a str,
    pub(super) labels: &'a Labelled,
}

/// Labels of the sentences that give the position.
const ANSWERS: [&str; 2] = ["answer", "leans"];
/// One of so many plain yeses loses its answer instead of getting another's.
const SILENT: usize = 5;
/// Of the plain yeses one in so many: letters as they are written count for more than those made here.
const EVERY: usize = 2;
/// Answers of more words carry too much of their own letter.
const LONGEST: usize = 70;
/// Tags of words that mean something else in another letter.
const BOUND: [&str; 5] = ["QUOTE", "YOU", "ALT", "OTHER", "CONS"];

/// An answer with its sentences as the rules see them.
struct Donor {
    outcome: String,
    spanish: bool,
    sentences: Vec<String>,
}

/// The grafts of one fold; `checker` reads the donors' sentences.
pub(super) fn of_fold(sources: &[Source], checker: &Checker) -> Vec<Graft> {
    let answering = |s: &Source| -> Vec<String> {
        let given = |labels: &Vec<String>| labels.iter().any(|l| ANSWERS.contains(&l.as_str()));
        s.labels.sentences.iter().filter(|(_, labels)| given(labels)).map(|(raw, _)| raw.clone()).collect()
    };
    let donors: Vec<Donor> = sources
        .iter()
        .filter_map(|s| {
            let raw = answering(s);
            let tagged = checker.tagged(s.case, &Document::from_text("donor", s.letter));
            let sentences: Vec<String> = tagged.into_iter().filter(|(r, _)| raw.contains(r)).map(|(_, t)| t).collect();
            let words: usize = sentences.iter().map(|t| t.split(' ').count()).sum();
            let free = sentences.iter().all(|t| BOUND.iter().all(|b| !t.contains(b)));
            let fits = !sentences.is_empty() && words <= LONGEST && free;
            fits.then(|| Donor { outcome: s.outcome.into(), spanish: is_spanish(s.letter), sentences })
        })
        .collect();
    let yeses = sources.iter().filter(|s| s.outcome == "confirms").step_by(EVERY).enumerate();
    let both = yeses.flat_map(|(n, s)| {
        let own = answering(s);
        [graft(n, s, &own, &donors, false), graft(n, s, &own, &donors, true)]
    });
    both.flatten().collect()
}

/// The `n`th plain yes with another's answer, or with none; or, `yes`, with another's yes, so that a plain yes stays as frequent
/// as it is.
fn graft(n: usize, into: &Source, own: &[String], donors: &[Donor], yes: bool) -> Option<Graft> {
    let fits = |d: &&Donor| d.spanish == is_spanish(into.letter) && (d.outcome == "confirms") == yes;
    let of_language: Vec<&Donor> = donors.iter().filter(fits).collect();
    let silent = !yes && n % SILENT == SILENT - 1;
    let donor = (!silent).then(|| of_language.get(n * 7 % of_language.len().max(1)).copied());
    let (answer, outcome) = match donor {
        // No letter of that language has an answer to give.
        Some(None) => return None,
        Some(Some(d)) => (d.sentences.iter().map(|t| said_of(t, into.case)).collect::<Vec<_>>().join(" "), &*d.outcome),
        None => (String::new(), "unclear"),
    };
    let letter = replaced(into.letter, own, &answer)?;
    Some(Graft {
        fold: into.fold,
        case: into.case.clone(),
        letter: Document::from_text("graft", letter),
        outcome: outcome.into(),
    })
}

/// A donor's sentence with this case's names in the place of its tags.
fn said_of(tagged: &str, case: &Case) -> String {
    let last = |name: Option<&str>| {
        let words = name.unwrap_or_default().split(',').next().unwrap_or_default().split_whitespace();
        words.last().unwrap_or("the patient").to_owned()
    };
    let service = case.claim.service.as_deref().unwrap_or("treatment");
    let service = service.split([',', '(', ';']).next().unwrap_or(service).trim().to_lowercase();
    let doctor = last(case.treating_physician.as_ref().and_then(|p| p.name.as_deref()));
    let names: HashMap<&str, String> = HashMap::from([
        ("SVC", service),
        ("GEN", "treatment".into()),
        ("DOC", doctor),
        ("PT", last(case.patient.name.as_deref())),
        ("PLAN", case.coverage.issuer.clone().unwrap_or_else(|| "the plan".into())),
    ]);
    let word = |w: &str| {
        let core = w.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let bare = core.strip_suffix("'s").unwrap_or(core);
        match names.get(bare) {
            Some(name) => w.replacen(bare, name, 1),
            None if w == "i" => "I".into(),
            None => w.to_owned(),
        }
    };
    let said = tagged.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let mut letters = said.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

/// The letter with the first of some sentences replaced and the others taken out; none where one is not found.
fn replaced(letter: &str, sentences: &[String], answer: &str) -> Option<String> {
    let mut places = sentences.iter().map(|s| place(letter, s)).collect::<Option<Vec<_>>>()?;
    places.sort_unstable();
    let mut out = letter.to_owned();
    for (n, (start, end)) in places.iter().enumerate().rev() {
        out.replace_range(*start..*end, if n == 0 { answer } else { "" });
    }
    (!places.is_empty()).then_some(out)
}

/// Where a sentence stands in a text, whatever the white space between its words.
fn place(text: &str, sentence: &str) -> Option<(usize, usize)> {
    let dense: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_whitespace()).collect();
    let wanted: Vec<char> = sentence.chars().filter(|c| !c.is_whitespace()).collect();
    let at = dense.windows(wanted.len().max(1)).position(|w| w.iter().map(|(_, c)| c).eq(wanted.iter()))?;
    let (start, _) = dense.get(at)?;
    let (last, c) = dense.get(at + wanted.len().checked_sub(1)?)?;
    Some((*start, last + c.len_utf8()))
}

fn is_spanish(text: &str) -> bool {
    let has = |w: &str| text.matches(w).count();
    has(" la ") + has(" de ") + has(" que ") > has(" the ") + has(" of ") + has(" that ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_answer_stands_where_the_own_one_stood() {
        let letter =
            "Dear all,\nShe has tried\ntherapy. I would do it\nnow. It cannot wait. Yes to the fusion.\nSincerely";
        let own = ["I would do it now.".to_owned(), "Yes to the fusion.".to_owned()];
        let other = replaced(letter, &own, "Not yet.");
        assert_eq!(other.as_deref(), Some("Dear all,\nShe has tried\ntherapy. Not yet. It cannot wait. \nSincerely"));
        assert_eq!(replaced(letter, &["I would not.".to_owned()], "x"), None);
    }

    #[test]
    fn tags_take_the_names_of_the_case() {
        let case = Case::parse("[patient]\nname = \"Ada Quill\"\n[claim]\nservice = \"Lumbar fusion, L4-L5\"\n[treating_physician]\nname = \"Ben Ito, MD\"")
            .unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            said_of("i cannot join dr. DOC in this: PT's back needs no SVC.", &case),
            "I cannot join dr. Ito in this: Quill's back needs no lumbar fusion."
        );
    }
}
