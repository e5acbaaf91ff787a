//! Whose paper it is, and of whom a sentence speaks.

use crate::words::PolicyWords;

/// The name after a label like "Patient:" on a line of a paper's head, in lower case.
pub(crate) fn labelled(line: &str, words: &PolicyWords) -> Option<String> {
    let folded = cite::fold(line);
    let folded = folded.trim_start();
    let label = words.compare.patient_labels.iter().find(|l| folded.starts_with(l.as_str()))?;
    let rest = folded[label.len()..].trim_start();
    // What follows a name on its line: a gap, or another label.
    let end = rest.find("  ").or_else(|| rest.find(['.', ';', '(', '|'])).unwrap_or(rest.len());
    let name: Vec<&str> = rest[..end]
        .split_whitespace()
        .take_while(|w| !w.ends_with(':'))
        .take(4)
        .map(bare)
        .filter(|w| !w.is_empty())
        .collect();
    let like_a_name = (2..=4).contains(&name.len()) && name.iter().all(|w| w.chars().all(is_of_name));
    like_a_name.then(|| name.join(" "))
}

/// Whether a sentence speaks of a "Ms. Somebody" whose name is not the patient's.
pub(crate) fn names_another(folded: &str, patient: &str, words: &PolicyWords) -> bool {
    let mut said = folded.split_whitespace();
    let mut another = false;
    while let Some(word) = said.next() {
        if words.compare.titles.iter().any(|t| t == word)
            && let Some(name) = said.next().map(bare).filter(|n| n.chars().count() > 2)
        {
            another |= !patient.split_whitespace().any(|p| p == name);
        }
    }
    another
}

/// Whether two names may be of one person: they share a name of at least three letters.
pub(crate) fn may_be_one(a: &str, b: &str) -> bool {
    let (a, b) = (cite::fold(a), cite::fold(b));
    let parts = |name: &str| -> Vec<String> {
        name.split_whitespace().map(bare).filter(|w| w.chars().count() > 2).map(str::to_string).collect()
    };
    let (a, b) = (parts(&a), parts(&b));
    a.is_empty() || b.is_empty() || a.iter().any(|w| b.contains(w))
}

fn is_of_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '-' | '\'' | '’')
}

fn bare(word: &str) -> &str {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    word.trim_matches(|c: char| !c.is_alphanumeric())
}
