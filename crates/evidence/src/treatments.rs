//! The treatment history of a case as a paper of its own, one sentence per treatment.

use facts::{Case, Document, Treatment};

use crate::report::Paper;

/// The paper, or none when the case names no treatment. Its lines are what the person or a record says, in one sentence:
/// what, dose, dates, result and why it was stopped.
pub(crate) fn paper(case: &Case, language: &str) -> Option<Paper> {
    let lines: Vec<String> = case.treatments.iter().filter_map(|t| line(t, language)).collect();
    if lines.is_empty() {
        return None;
    }
    let name = if language == "es" { "historial de tratamientos" } else { "treatment history" };
    Some(Paper { name: name.into(), exhibit: None, document: Document::from_text(name, lines.join("\n\n")) })
}

/// The name of the source of an age that follows from the date of birth.
pub(crate) fn birth(language: &str) -> &'static str {
    if language == "es" { "fecha de nacimiento" } else { "date of birth" }
}

fn line(t: &Treatment, language: &str) -> Option<String> {
    let mut text = t.what.clone()?;
    if let Some(dose) = &t.dose {
        text.push_str(&format!(", {dose}"));
    }
    let es = language == "es";
    match (t.from, t.to) {
        (Some(from), Some(to)) => {
            text.push_str(&if es { format!(", de {from} a {to}") } else { format!(", from {from} to {to}") })
        }
        (Some(from), None) => text.push_str(&if es { format!(", desde {from}") } else { format!(", since {from}") }),
        (None, Some(to)) => text.push_str(&if es { format!(", hasta {to}") } else { format!(", until {to}") }),
        (None, None) => {}
    }
    for part in [&t.result, &t.stopped_because].into_iter().flatten() {
        text.push_str(&format!("; {}", part.trim_end_matches('.')));
    }
    text.push('.');
    Some(text)
}
