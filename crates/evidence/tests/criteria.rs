//! Policies taken apart and held against records. All texts are invented.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic)]

use evidence::{Criterion, LeafReport, LeafState, Needs, Paper, PolicyWords, policy};
use facts::Document;
use kb::{Kb, Source};

fn kb() -> Kb {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb/evidence");
    let files = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{e}")).map(|e| {
        let path = e.unwrap_or_else(|e| panic!("{e}")).path();
        let name = format!("evidence/{}", path.file_name().unwrap_or_default().to_string_lossy());
        (name, std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{e}")))
    });
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

/// The tree in short: `all(leaf, any(leaf, leaf))`.
fn shape(node: &Criterion) -> String {
    let inside = || node.children.iter().map(shape).collect::<Vec<_>>().join(", ");
    match node.needs {
        Needs::Leaf => "leaf".into(),
        Needs::All => format!("all({})", inside()),
        Needs::Any => format!("any({})", inside()),
        Needs::AtLeast => format!("{} of({})", node.count.unwrap_or(0), inside()),
        Needs::None => format!("none({})", inside()),
    }
}

fn shapes(text: &str) -> Vec<String> {
    let words = PolicyWords::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    policy::parse(&Document::from_text("policy", text), &words).sections.iter().map(shape).collect()
}

#[test]
fn a_list_of_where_to_send_or_what_one_may_do_is_no_list_of_criteria() {
    let letter = "Lumbar fusion is covered when all of the following are met:\n1. Instability\n2. Failed therapy\n\n";
    for more in [
        "You may appeal within 180 days. Send your appeal to:\n   Example Health\n   Member Appeals Department\n   P.O. Box 44188\n",
        "If you need help, you can call us at:\n- Member Services: 1-800-555-0119\n- The State: 1-800-555-0120\n",
        "Your rights:\n1. You may look at your file.\n2. You may bring a lawyer.\n",
        "Envíe su apelación a:\n   Salud Ejemplo\n   Apartado 12\n",
    ] {
        assert_eq!(shapes(&format!("{letter}{more}")), ["all(leaf, leaf)"], "{more}");
    }
    // Words of sending in a header that does count its criteria change nothing.
    let both = "Requests must be sent to us and all of the following must be met:\n1. Instability\n2. Failed therapy";
    assert_eq!(shapes(both), ["all(leaf, leaf)"]);
}

#[test]
fn lists_become_trees() {
    let cases: &[(&str, &str)] = &[
        (
            "Fusion is covered when all of the following are met:\n1. Instability\n2. Failed therapy\n3. No nicotine",
            "all(leaf, leaf, leaf)",
        ),
        ("Covered if ONE of the following:\n• Cancer\n• Infection", "any(leaf, leaf)"),
        (
            "At least two (2) of the following criteria of this list must be met:\na. One\nb. Two\nc. Three",
            "2 of(leaf, leaf, leaf)",
        ),
        (
            "All of the following:\nA. Adult\nB. Any one of the following:\n  1. BMI ≥ 40\n  2. BMI ≥ 35 with diabetes\nC. Psychological evaluation",
            "all(leaf, any(leaf, leaf), leaf)",
        ),
        ("Requirements:\n1. First; or\n2. Second; or\n3. Third", "any(leaf, leaf, leaf)"),
        ("Requirements:\n1. First\nAND\n2. Second", "all(leaf, leaf)"),
        (
            "The plan covers it when all of the following are met: (1) age over 18; (2) diabetes; and (3) diet.",
            "all(leaf, leaf, leaf)",
        ),
        (
            "All of the following:\n1. A\n  a. either of the following: \n    i. x\n    ii. y\n  b. z\n2. B",
            "all(all(any(leaf, leaf), leaf), leaf)",
        ),
        ("Not covered. None of the following may be present:\n- infection\n- fracture", "none(leaf, leaf)"),
    ];
    for (text, expected) in cases {
        assert_eq!(shapes(text), [expected.to_string()], "{text}");
    }
}

#[test]
fn a_note_is_no_criterion() {
    let found = shapes("All of the following:\n1. A\n2. B\nNote: imaging must be recent.");
    assert_eq!(found, ["all(leaf, leaf)"]);
}

#[test]
fn a_text_without_a_list_says_so() {
    let words = PolicyWords::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let policy = policy::parse(&Document::from_text("policy", "Our members matter to us."), &words);
    assert_eq!(policy.findings[0].code, "no_criteria_found");
}

fn one(criterion: &str, record: &str) -> LeafReport {
    let kb = kb();
    let words = PolicyWords::load(&kb).unwrap_or_else(|e| panic!("{e}"));
    let policy = policy::parse_entries(&[criterion.to_string()], &words);
    let paper = Paper { name: "record".into(), exhibit: None, document: Document::from_text("record", record) };
    evidence::criteria(policy, &[paper], &kb).unwrap_or_else(|e| panic!("{e}")).leaves.swap_remove(0)
}

fn state(criterion: &str, record: &str) -> LeafState {
    one(criterion, record).state
}

#[test]
fn a_treatment_and_its_result_in_two_sentences_are_both_quoted() {
    let criterion = "At least 6 weeks of physical therapy without lasting relief";
    let record =
        "She attended 24 physical therapy visits over 12 weeks. She walks well. Assessment: No lasting relief.";
    let leaf = one(criterion, record);
    assert_eq!(leaf.quote.as_deref(), Some("She attended 24 physical therapy visits over 12 weeks."));
    assert_eq!(leaf.also.map(|a| (a.quote, a.page)), Some(("Assessment: No lasting relief.".into(), 1)));
    // One sentence that says both needs no second.
    assert_eq!(one("BMI ≥ 40", "Body mass index 42.3 today.").also, None);
}

#[test]
fn records_document_contradict_or_say_nothing() {
    use LeafState::{Contradicted, Documented, NotDocumented};
    let cases = [
        (
            "At least 6 weeks of physical therapy",
            "She attended 24 PT visits over 12 weeks of physical therapy.",
            Documented,
        ),
        ("At least 6 weeks of physical therapy", "She completed 3 weeks of physical therapy.", Contradicted),
        ("At least 6 weeks of physical therapy", "She was referred for 12 weeks of physical therapy.", NotDocumented),
        ("At least 6 weeks of physical therapy", "Physical therapy was discussed.", NotDocumented),
        (
            "At least 6 weeks of physical therapy without lasting relief",
            "She attended 24 physical therapy visits over 12 weeks. Assessment: No lasting relief.",
            Documented,
        ),
        (
            "At least 6 weeks of physical therapy without lasting relief",
            "She attended 24 physical therapy visits over 12 weeks. She walks well.",
            NotDocumented,
        ),
        (
            "At least 6 weeks of physical therapy without lasting relief",
            "She attended 24 physical therapy visits over 12 weeks with lasting relief.",
            NotDocumented,
        ),
        ("BMI ≥ 40", "Body mass index 42.3 today.", Documented),
        ("BMI ≥ 40", "BMI 38.", Contradicted),
        ("HbA1c < 8", "Hemoglobin A1c was 7.2% in May.", NotDocumented),
        ("HbA1c < 8%", "Hemoglobin A1c was 7.2% in May.", Documented),
        // A denial on one day does not show six weeks: torn, so not documented.
        ("No nicotine use for at least 6 weeks before surgery", "She denies any tobacco use.", NotDocumented),
        ("No nicotine use", "She denies any tobacco use.", Documented),
        ("No nicotine use", "She reports tobacco use, one pack a day.", Contradicted),
        ("No nicotine use for at least 6 weeks before surgery", "The wound is clean.", NotDocumented),
        ("Failure of conservative treatment", "Conservative care failed.", Documented),
        (
            "Presence of lumbar spondylolisthesis on imaging with at least 4 mm of movement on flexion-extension films",
            "Degenerative spondylolisthesis at L4-L5 with 6 mm of dynamic translation on flexion-extension views, imaging of lumbar spine.",
            Documented,
        ),
    ];
    for (criterion, record, expected) in cases {
        assert_eq!(state(criterion, record), expected, "{criterion} / {record}");
    }
}

#[test]
fn what_a_letter_repeats_of_a_criterion_is_not_its_answer() {
    let sober = "Six months of documented abstinence from alcohol";
    let cases = [
        ("Six months of abstinence: 29 days.", LeafState::Contradicted),
        ("Six months of abstinence: not completed, and I ask you to waive it.", LeafState::Contradicted),
        ("Six months of abstinence: no.", LeafState::Contradicted),
        ("TP-9: Six months of abstinence: yes, since March 2025.", LeafState::Documented),
        ("Six months of abstinence: 14 months.", LeafState::Documented),
    ];
    for (letter, expected) in cases {
        assert_eq!(state(sober, letter), expected, "{letter}");
    }
    let open = "Six months of abstinence: he cannot live so long; he stopped after his stay of two weeks in October.";
    assert_ne!(state(sober, open), LeafState::Documented, "{open}");
    // Somebody who can do a thing before the colon is a statement too; the amounts behind it are its particulars.
    let able = "Mr. Roe can take part in three hours of therapy a day: on May 3 he completed three sessions, one hour each, without a rest of more than ten minutes.";
    assert_eq!(state("Can take part in three hours of therapy a day", able), LeafState::Documented);
    // A record's own heading is a statement, and the result of a treatment is no "no".
    let therapy = "Six weeks of physical therapy";
    assert_eq!(state(therapy, "Six weeks of physical therapy: no relief."), LeafState::Documented);
}

#[test]
fn the_plans_words_in_quotation_marks_are_not_the_answer_behind_them() {
    let letter = "You wrote that \"coverage requires a trial of alglucosidase alfa.\" She has had no such trial; six months on the weaker drug would cost muscle.";
    assert_ne!(state("Trial of alglucosidase alfa for 6 months", letter), LeafState::Documented);
}
