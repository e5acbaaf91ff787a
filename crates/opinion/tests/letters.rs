//! The labelled letters of `tests/opinions/`: what may never happen, in any of them, and what holds for those the rules
//! were written with. The figures for the others are measured by `cargo xtask eval opinions`.
#![allow(clippy::unwrap_used, unreachable_pub)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};

use facts::{Case, Document};
use kb::{Kb, Source};

#[path = "../../../tests/opinions/page.rs"]
#[allow(dead_code)]
mod page;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn knowledge() -> Kb {
    fn walk(dir: &Path, base: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, out);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                out.push((path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    let base = root().join("kb");
    let mut files = Vec::new();
    walk(&base, &base, &mut files);
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

fn adverse(outcome: &str) -> bool {
    matches!(outcome, "against" | "conservative_first" | "needs_workup")
}

#[test]
fn an_adverse_or_conditional_letter_never_comes_out_as_a_yes_and_is_never_to_be_attached() {
    let kb = knowledge();
    for half in ["open", "heldout", "adversarial", "voices"] {
        for p in page::read_folder(&root().join("tests/opinions").join(half)).unwrap_or_else(|e| panic!("{e}")) {
            let case = Case::parse(&p.case).unwrap_or_else(|e| panic!("{}: {e}", p.name));
            let check = opinion::check(&case, &Document::from_text(p.name.clone(), p.letter.clone()), &kb);
            if adverse(&p.outcome) {
                assert_ne!(check.outcome, "confirms", "{}", p.name);
                assert!(
                    !matches!(check.attach.as_str(), "recommended" | "after_changes"),
                    "{}: {}",
                    p.name,
                    check.attach
                );
            }
        }
    }
}

#[test]
fn the_outcome_of_the_open_letters_is_read() {
    let kb = knowledge();
    for p in page::read_folder(&root().join("tests/opinions/open")).unwrap_or_else(|e| panic!("{e}")) {
        let case = Case::parse(&p.case).unwrap_or_else(|e| panic!("{}: {e}", p.name));
        let check = opinion::check(&case, &Document::from_text(p.name.clone(), p.letter.clone()), &kb);
        assert_eq!(check.outcome, p.outcome, "{}", p.name);
    }
}

/// The annotation follows its own rule: section 5 of the decision rules gives the attach decision from the states.
#[test]
fn the_labels_agree_with_the_rule_for_attaching() {
    for half in ["open", "heldout", "adversarial", "voices"] {
        for p in page::read_folder(&root().join("tests/opinions").join(half)).unwrap_or_else(|e| panic!("{e}")) {
            let state = |e: &str| p.elements.get(e).map_or("?", String::as_str);
            let whole = ["examiner_identity", "basis_of_opinion", "treatment_concurrence", "signature_and_date"];
            let some = ["credentials", "independence", "diagnosis", "criteria_met"];
            let complete = whole.iter().all(|e| state(e) == "present")
                && some.iter().all(|e| state(e) != "missing")
                && p.reasons.values().all(|r| r == "answered")
                && p.hazards.is_empty();
            let expected: &[&str] = match p.outcome.as_str() {
                o if adverse(o) => &["do_not_attach"],
                "unclear" => &["after_changes"],
                "confirms_with_changes" => &["person_decides"],
                _ if complete => &["recommended", "person_decides"],
                _ => &["after_changes", "person_decides"],
            };
            assert!(
                expected.contains(&p.attach.as_str()),
                "{}: {} by the rule, labelled {}",
                p.name,
                expected[0],
                p.attach
            );
        }
    }
}

#[test]
fn short_conclusions_never_turn_a_no_into_a_yes() {
    let kb = knowledge();
    let text = std::fs::read_to_string(root().join("tests/opinions/conclusions.toml")).unwrap();
    let all: page::Conclusions = toml::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
    for c in all.conclusion.iter().filter(|c| adverse(&c.outcome)) {
        let (case, letter) = c.as_letter().unwrap_or_else(|e| panic!("{e}"));
        assert_ne!(opinion::check(&case, &letter, &kb).outcome, "confirms", "{}", c.says);
    }
}

/// A letter whose deciding words are given, beside what every letter of the case holds.
fn letter_saying(words: &str) -> Document {
    let text = format!(
        "PRAIRIE SPINE CONSULTANTS\n12 Mill Street, Salina KS\n\nNovember 20, 2026\n\nRe: Walter Quigley, lumbar fusion L5-S1\n\nDear Reviewer:\n\nI examined Mr. Quigley on November 18, 2026 and read the MRI report of June 4, 2026 and the therapy notes of April to July 2026. He has a grade 2 slip at L5-S1 with weakness of the left ankle.\n\n{words}\n\nSincerely,\n\nIrena Falk, MD, Neurological Surgery\n"
    );
    Document::from_text("letter.txt", text)
}

fn fusion() -> Case {
    Case::parse(
        "[patient]\nname = \"Walter Quigley\"\n[claim]\nservice = \"Lumbar fusion, L5-S1\"\ncodes = [\"22633\"]\n[[denial]]\nreason = \"not_medically_necessary\"\nquote = \"The fusion is not medically necessary.\"\n[treating_physician]\nname = \"Dana Orlov, MD\"\nspecialty = \"Orthopaedic Surgery\"\n",
    )
    .unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn what_stands_beside_a_yes_may_take_it_back() {
    let (kb, case) = (knowledge(), fusion());
    for words in [
        "I support the fusion on the understanding that his cardiologist agrees.",
        "I would gladly endorse the fusion had he worn the brace.",
        "I agree with the fusion once his blood count is normal.",
        "Should the nerve block fail, I recommend the fusion.",
        "I agree with the fusion after a full course of physical therapy.",
        "I recommended the fusion in May. I have changed my mind.",
        "I agree with the fusion. Having seen the new films, I withdraw that.",
        "I recommend that the request for fusion be withdrawn.",
        "I recommend the fusion be denied.",
        "Dr. Orlov and I spoke, and she continues to recommend the fusion. I would leave him alone.",
        "I agree with fusion in most such patients. Mr. Quigley is the exception.",
        "Q: Do you agree with the proposed surgery? A: No, I do not.",
        "I support fusion at L3-L4.",
        "Estoy de acuerdo con la fusión siempre y cuando la resonancia salga normal.",
        "Apoyo la fusión una vez que termine la terapia física.",
        "La fusión está indicada, pero antes quiero que baje de peso.",
    ] {
        let check = opinion::check(&case, &letter_saying(words), &kb);
        assert_ne!(check.outcome, "confirms", "{words}");
        assert!(!matches!(check.attach.as_str(), "recommended"), "{words}: {}", check.attach);
    }
}

#[test]
fn a_plain_yes_stays_one_beside_what_changes_nothing() {
    let (kb, case) = (knowledge(), fusion());
    for words in [
        "I agree with Dr. Orlov: the fusion at L5-S1 is medically necessary, and I recommend it as requested.",
        "After six months of therapy without relief, I recommend the fusion as requested. I agree with Dr. Orlov in full.",
        "I agree with the fusion as requested and find it medically necessary. The plan is wrong to ask for more therapy.",
    ] {
        let check = opinion::check(&case, &letter_saying(words), &kb);
        assert_eq!(check.outcome, "confirms", "{words}");
    }
}

#[test]
fn a_sentence_right_under_the_reference_line_is_heard() {
    let text = "PRAIRIE SPINE CONSULTANTS\nNovember 20, 2026\nRe: Walter Quigley, fusion L5-S1 (CPT 22633)\nI do not recommend the fusion for Mr. Quigley.\nHis pain comes from the hip.\n/s/ Irena Falk, MD, Neurological Surgery\n";
    let check = opinion::check(&fusion(), &Document::from_text("letter.txt", text), &knowledge());
    assert_eq!(check.outcome, "against");
    assert_eq!(check.attach, "do_not_attach");
}
