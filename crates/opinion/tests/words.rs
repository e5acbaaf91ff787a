//! The words a person reads: plain (grade 8 or below), calm, without odds, and complete.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::cast_precision_loss)]

mod support;

use support::{case, kb, today};

/// Flesch-Kincaid grade of a text: 0.39 words per sentence + 11.8 syllables per word − 15.59.
fn grade(text: &str) -> f64 {
    let sentences = text.matches(['.', '!', '?', ':', ';']).count().max(1) as f64;
    let words: Vec<&str> = text.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).collect();
    let syllables: usize = words.iter().map(|w| syllables(w)).sum();
    let n = words.len().max(1) as f64;
    0.39 * n / sentences + 11.8 * syllables as f64 / n - 15.59
}

fn syllables(word: &str) -> usize {
    let word: String = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: char| "aeiouy".contains(c);
    let mut count = 0;
    let mut before = false;
    for c in word.chars() {
        count += usize::from(vowel(c) && !before);
        before = vowel(c);
    }
    if word.ends_with('e') && !word.ends_with("le") && count > 1 {
        count -= 1;
    }
    count.max(1)
}

/// Strings of the data that a person reads, as one text per file.
fn readable(value: &toml::Value, key: &str, out: &mut Vec<String>) {
    const KEYS: [&str; 17] = [
        "says",
        "first_moves",
        "notes",
        "network",
        "out_of_network",
        "third_opinion",
        "grants",
        "time",
        "cost",
        "limits",
        "moves",
        "ask",
        "full",
        "part",
        "look_in",
        "why",
        "consequence",
    ];
    match value {
        toml::Value::String(s) if KEYS.contains(&key) && s.len() > 40 => out.push(s.clone()),
        toml::Value::Array(items) => items.iter().for_each(|v| readable(v, key, out)),
        toml::Value::Table(t) => {
            let inner = |k: &str| {
                if ["says", "say", "consequence", "carc_group", "how", "verdict"].contains(&key) {
                    "says".to_owned()
                } else {
                    k.to_owned()
                }
            };
            t.iter().for_each(|(k, v)| readable(v, &inner(k), out));
        }
        _ => {}
    }
}

#[test]
fn the_words_read_at_grade_eight_or_below() {
    let kb = kb();
    let mut too_hard = Vec::new();
    let mut all = Vec::new();
    // Words for people who write rules are not a patient's.
    let for_people = |path: &str| !["/check", "/cues", "/marks", "elements"].iter().any(|p| path.contains(p));
    for file in kb.source().below("opinions").filter(|f| for_people(&f.path)) {
        let value: toml::Value = toml::from_str(&file.text).unwrap_or_else(|e| panic!("{}: {e}", file.path));
        let mut texts = Vec::new();
        readable(&value, "", &mut texts);
        if texts.is_empty() {
            continue;
        }
        let of_file = grade(&texts.join(" "));
        if of_file > 8.0 {
            too_hard.push(format!("{}: {of_file:.1}", file.path));
        }
        for t in &texts {
            if grade(t) > 13.0 {
                too_hard.push(format!("{}: {:.1} {t}", file.path, grade(t)));
            }
        }
        all.extend(texts);
    }
    assert!(all.len() > 200, "{} texts were looked at", all.len());
    assert!(too_hard.is_empty(), "{}", too_hard.join("\n"));
}

/// The same input gives the same answer, and the shape is the machine contract's.
#[test]
fn the_json_has_the_contracts_names() {
    let text = "[coverage]\nkind = \"medicare_original\"\n[claim]\nservice = \"spinal fusion\"\nkind = \"pre_service\"\n[[denial]]\nreason = \"experimental_investigational\"";
    let plan = |()| {
        opinion::need(&case(text), &kb(), today(), Some(&support::file_by("2026-12-02")), &[])
            .unwrap_or_else(|e| panic!("{e}"))
    };
    assert_eq!(plan(()), plan(()));
    let json = serde_json::to_value(plan(())).unwrap_or_else(|e| panic!("{e}"));
    let has = |path: &str| assert!(json.pointer(path).is_some(), "{path}");
    for path in [
        "/timing",
        "/value",
        "/because/0/reason",
        "/because/0/rule",
        "/because/0/says",
        "/because/0/authorities",
        "/better_first_moves",
        "/required/state",
        "/required/evidence",
        "/required/obtained",
        "/required/consequence",
        "/required/exceptions",
        "/coverage/covered",
        "/coverage/cost/deductible_cents",
        "/coverage/cost/coinsurance_percent",
        "/coverage/cost/notes",
        "/coverage/referral",
        "/coverage/network",
        "/coverage/out_of_network",
        "/coverage/authorities",
        "/coverage/ask_the_plan",
        "/schedule/opinion_ready",
        "/schedule/file_by",
        "/schedule/verdict",
        "/schedule/moves",
    ] {
        has(path);
    }
    assert_eq!(json.pointer("/coverage/cost/deductible_cents"), Some(&serde_json::json!(28300)));
    assert_eq!(json.pointer("/schedule/file_by"), Some(&serde_json::json!("2026-12-02")));
    assert_eq!(json.pointer("/schedule/verdict"), Some(&serde_json::json!("file_now_supplement_later")));
}

#[test]
#[ignore = "prints a case for reading by eye"]
fn show() {
    let text = std::env::var("CASE").ok().and_then(|p| read(&p)).unwrap_or_default();
    let c = case(&text);
    let e = support::file_by("2026-12-20");
    let show = |v: serde_json::Value| println!("{}", serde_json::to_string_pretty(&v).unwrap_or_default());
    show(serde_json::json!({
        "need": opinion::need(&c, &kb(), today(), Some(&e), &[]).ok(),
        "specialist": opinion::specialist(&c, &kb(), Some(&e)).ok(),
        "brief": opinion::brief(&c, &kb(), today(), Some(&e), &[]).ok(),
        "compare": opinion::compare(&c, &kb(), None, None, None, None).ok(),
    }));
}

#[allow(clippy::disallowed_methods)]
fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}
