//! A second physician's own exam that the denial itself asks for: a criterion or a sentence such as "a cardiac surgeon and an
//! interventional cardiologist have each independently examined the patient". The words are data (`kb/opinions/required/rules.toml`).

use facts::Case;
use serde::Deserialize;

use crate::specialist::{Directory, Known};
use crate::words::Folded;

/// How such a sentence is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndependentRules {
    /// In words.
    reach: usize,
    two: Vec<String>,
    other: Vec<String>,
    physicians: Vec<String>,
    looked: Vec<String>,
    apart: Vec<String>,
    never: Vec<String>,
}

/// An exam of a second physician that the plan's own words ask for.
#[derive(Debug, Clone)]
pub(crate) struct Independent {
    /// The plan's words.
    pub(crate) quote: String,
    /// The fields named there that the treating physician is not in.
    pub(crate) missing: Vec<Known>,
    /// Whether the second physician of the case gave the exam: seen or written, in such a field where one is named.
    pub(crate) here: bool,
}

/// The first sentence of the case's denials that asks for one.
pub(crate) fn independent(case: &Case, directory: &Directory, rules: &IndependentRules) -> Option<Independent> {
    let of = |d: &facts::Denial| d.criteria.iter().chain(&d.quote).chain(&d.provision).cloned().collect::<Vec<_>>();
    let texts: Vec<String> = case.denials.iter().flat_map(of).collect();
    let sentences = texts.iter().flat_map(|t| t.split_inclusive([';', '.'])).map(str::trim);
    sentences.filter(|s| !s.is_empty()).find_map(|sentence| {
        let fields = asked(sentence, directory, rules)?;
        let field = |p: &facts::Physician| {
            let text = [&p.specialty, &p.subspecialty].into_iter().flatten().map(String::as_str);
            directory.recognize(&Folded::of(text))
        };
        let treating = case.treating_physician.as_ref().map(field).unwrap_or_default();
        let missing: Vec<Known> = fields.into_iter().filter(|f| !treating.contains(f)).collect();
        let opinion = case.second_opinion.as_ref();
        let given = opinion.and_then(|o| o.state.as_deref()).is_some_and(|s| matches!(s, "seen" | "received"));
        let second = crate::second_physician(case).as_ref().map(field).unwrap_or_default();
        let here = given && (missing.is_empty() || missing.iter().any(|f| second.contains(f)));
        Some(Independent { quote: one_line(sentence), missing, here })
    })
}

/// The fields that a sentence names, where it asks for a second physician's own exam; none where it does not.
fn asked(sentence: &str, directory: &Directory, rules: &IndependentRules) -> Option<Vec<Known>> {
    let text = Folded::new(sentence);
    if !text.any(&rules.looked) || text.any(&rules.never) {
        return None;
    }
    let apart = text.any(&rules.apart);
    let mut fields = directory.recognize(&text);
    fields.retain(|f| !f.broad);
    let two = counted(sentence, &rules.two, rules) || apart && counted(sentence, &rules.other, rules);
    (two || apart && fields.len() > 1).then_some(fields)
}

/// Whether one of the number words stands shortly before a word for a physician.
fn counted(sentence: &str, numbers: &[String], rules: &IndependentRules) -> bool {
    let folded = cite::fold(sentence);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let physician = |word: &&str| Folded::new(word).any(&rules.physicians);
    let stands = |at: usize| words.iter().skip(at + 1).take(rules.reach).any(&physician);
    words.iter().enumerate().any(|(at, word)| numbers.iter().any(|n| n == word) && stands(at))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
