//! The written cases, asked in Spanish: the same rights and dates, and no sentence of ours left in English.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking

mod common;

use common::{kb, written};
use rights::{Entitlements, entitlements};

/// Words that stand in almost every English sentence and in no Spanish one, name of an office, form or address.
const ENGLISH: &[&str] = &[
    "the", "is", "are", "was", "you", "your", "not", "when", "which", "after", "before", "must", "may", "with", "from",
    "this", "that", "they", "be", "it", "we", "ask", "day", "days",
];

/// The first English word of a text, outside words in «», of the file's own codes in backticks and of citations.
fn english(text: &str) -> Option<&'static str> {
    let mut bare = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '«' => quoted = true,
            '»' => quoted = false,
            '`' => quoted = !quoted,
            _ if !quoted => bare.extend(c.to_lowercase()),
            _ => {}
        }
    }
    let words: Vec<&str> = bare.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    // "Office of the Commissioner" is a name.
    let name = |at: usize| words.get(at.wrapping_sub(1)).is_some_and(|w| matches!(*w, "of" | "by"));
    let seen = words.iter().enumerate().filter(|(at, w)| **w != "the" || !name(*at));
    seen.filter_map(|(_, w)| ENGLISH.iter().find(|e| *e == w).copied()).next()
}

fn texts(all: &Entitlements) -> Vec<&str> {
    let rights = all.rights.iter().flat_map(|r| {
        r.derivation
            .iter()
            .chain(&r.notes)
            .chain([&r.title])
            .chain(&r.send_to)
            .chain(r.decision_due.iter().map(|d| &d.period))
    });
    let entitled = all.entitled_to.iter().flat_map(|e| e.notes.iter().chain([&e.title]));
    let refused = all.refusals.iter().map(|r| &r.message).chain(all.findings.iter().map(|f| &f.message));
    rights.chain(entitled).chain(refused).map(String::as_str).collect()
}

#[test]
fn a_case_has_the_same_rights_and_dates_in_spanish_and_no_english_sentence() {
    let spanish = kb().speaking("es").unwrap();
    let cases = written();
    assert!(cases.len() > 50, "{} cases", cases.len());
    let mut wrong = std::collections::BTreeSet::new();
    for (_, written) in &cases {
        let (name, today, case) = (&written.name, written.today(), written.case());
        let (en, es) = (entitlements(&case, kb(), today), entitlements(&case, &spanish, today));
        let dates = |e: &Entitlements| -> Vec<_> {
            e.rights.iter().map(|r| (r.id.clone(), r.due, r.file_by, r.due_at.clone(), r.authorities.clone())).collect()
        };
        assert_eq!(dates(&en), dates(&es), "{name}");
        let needs =
            |e: &Entitlements| -> Vec<_> { e.refusals.iter().map(|r| (r.right.clone(), r.needs.clone())).collect() };
        assert_eq!(needs(&en), needs(&es), "{name}");
        assert_eq!(texts(&en).len(), texts(&es).len(), "{name}: as many sentences");
        for text in texts(&es) {
            if text.trim().is_empty() || text.contains('{') {
                wrong.insert(format!("blank: {text}"));
            }
            wrong.extend(english(text).map(|word| format!("{word}: {text}")));
        }
    }
    let list: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert!(list.is_empty(), "English in Spanish:\n{}", list.join("\n"));
}

#[test]
fn an_english_sentence_would_be_seen() {
    assert_eq!(
        english("El plazo corre desde el día en que usted recibió la carta: viernes, 2 de octubre de 2026."),
        None
    );
    assert_eq!(english("Busque «legal action» en la póliza (29 CFR 2560.503-1(h))."), None);
    assert!(english("The clock starts on the day you received the letter.").is_some());
}
