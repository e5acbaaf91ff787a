//! The three views side by side, and the course after each outcome. Letters and people are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use facts::{Certainty, Document, DocumentSummary, Field, Reading, StatedReason, TextFrom};
use opinion::{Check, Comparison, ElementState};
use support::{case, kb};

const TREATING: &str = "Re: Ana Example\n\nThe diagnosis is degenerative spondylolisthesis, confirmed on MRI. I recommend fusion at L4-L5. \
    She failed physical therapy and two injections. Without treatment her weakness will progress.\n\nDr. A. Example";
const SECOND: &str = "I am a fellowship-trained spine surgeon. My diagnosis is spondylolisthesis with instability.\u{c}I agree that fusion is medically necessary. \
    The 2014 guideline of the society supports it.";

fn compare(text: &str, treating: bool, second: bool, check: Option<&Check>, denial: Option<&Reading>) -> Comparison {
    let (a, b) = (Document::from_text("treating.pdf", TREATING), Document::from_text("opinion.pdf", SECOND));
    opinion::compare(&case(text), &kb(), treating.then_some(&a), second.then_some(&b), check, denial)
        .unwrap_or_else(|e| panic!("{e}"))
}

fn row<'a>(c: &'a Comparison, id: &str) -> &'a opinion::ComparisonRow {
    c.rows.iter().find(|r| r.id == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn each_side_is_quoted_with_its_page_or_not_stated() {
    let c = compare("", true, true, None, None);
    let ids: Vec<_> = c.rows.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["diagnosis", "service", "urgency", "alternatives", "evidence", "qualification"]);
    assert_eq!(
        row(&c, "diagnosis").treating.quote,
        "The diagnosis is degenerative spondylolisthesis, confirmed on MRI."
    );
    assert_eq!(row(&c, "service").second.quote, "I agree that fusion is medically necessary.");
    assert_eq!(row(&c, "service").second.page, Some(2));
    let urgency = row(&c, "urgency");
    assert!(urgency.treating.stated && !urgency.second.stated);
    assert_eq!(urgency.second.quote, "");
    for r in &c.rows {
        for (said, text) in [(&r.treating, TREATING), (&r.second, SECOND)] {
            assert!(!said.stated || cite::find_quote(text, &said.quote), "quoted, not rewritten: {}", said.quote);
        }
    }
}

#[test]
fn the_denial_speaks_through_what_was_read_from_it() {
    let reading = Reading {
        documents: vec![DocumentSummary {
            name: "denial.pdf".into(),
            sha256: String::new(),
            pages: 2,
            text_from: TextFrom::PdfText,
            kind: None,
        }],
        fields: vec![Field {
            name: "criteria.cited".into(),
            value: "Policy 123".into(),
            quote: "Policy 123".into(),
            document: 0,
            page: 2,
            span: (0, 10),
            certainty: Certainty::Verbatim,
        }],
        reasons: vec![StatedReason {
            reason: "conservative_treatment_first".into(),
            quote: "You have not tried six weeks of conservative care.".into(),
            document: 0,
            page: 1,
            span: (0, 1),
        }],
        ..Reading::default()
    };
    let c = compare("", true, true, None, Some(&reading));
    assert_eq!(row(&c, "evidence").reviewer.quote, "Policy 123");
    assert_eq!(row(&c, "alternatives").reviewer.page, Some(1));
    assert!(!row(&c, "qualification").reviewer.stated, "the reviewer's field is not in the letter");
    assert!(!row(&c, "urgency").reviewer.stated);
}

#[test]
fn without_papers_the_case_file_speaks() {
    let c = compare(
        "[claim]\nservice = \"fusion\"\ncodes = [\"22612\"]\n[[denial]]\nreason = \"not_medically_necessary\"\nquote = \"Not medically necessary.\"\n\
         [second_opinion.physician]\nname = \"B. Example\"\nspecialty = \"Neurosurgery\"\ncertified_by = \"American Board of Neurological Surgery\"",
        false,
        false,
        None,
        None,
    );
    assert_eq!(row(&c, "service").treating.quote, "fusion (22612)");
    assert_eq!(row(&c, "service").reviewer.quote, "Not medically necessary.");
    let who = &row(&c, "qualification").second.quote;
    assert!(who.contains("B. Example") && !who.to_lowercase().contains("certif"), "nobody looked it up: {who}");
}

#[test]
fn the_check_speaks_for_the_opinion_letter() {
    let check = Check {
        outcome: "against".into(),
        outcome_quote: Some("I agree that fusion is medically necessary.".into()),
        outcome_page: Some(1),
        elements: vec![ElementState {
            element: "harm_of_delay".into(),
            state: "present".into(),
            quote: Some("It can wait.".into()),
            page: Some(1),
            ask: None,
        }],
        reasons_answered: vec![],
        hazards: vec![],
        attach: "do_not_attach".into(),
        next: vec![],
        findings: vec![],
    };
    let c = compare("", true, true, Some(&check), None);
    assert_eq!(row(&c, "urgency").second.quote, "It can wait.");
    assert_eq!(row(&c, "service").second.page, Some(2), "the page of the quote is looked up");
    assert!(row(&c, "service").says.contains("does not support"));
    assert_eq!(c.outcome.as_deref(), Some("against"));
}

#[test]
fn every_outcome_has_its_course_and_an_adverse_one_is_not_attached() {
    let kb = kb();
    for (outcome, attach) in [
        ("confirms", "recommended"),
        ("confirms_with_changes", "person_decides"),
        ("needs_workup", "do_not_attach"),
        ("conservative_first", "do_not_attach"),
        ("against", "do_not_attach"),
        ("unclear", "after_changes"),
    ] {
        let c = opinion::course_for(outcome, &case(""), &kb)
            .unwrap_or_else(|e| panic!("{e}"))
            .unwrap_or_else(|| panic!("{outcome}"));
        assert_eq!(c.attach, attach, "{outcome}");
        assert!(!c.moves.is_empty() && !c.letters.is_empty());
        assert_eq!(c.third_opinion, outcome == "against");
    }
    assert_eq!(opinion::course_for("maybe", &case(""), &kb).unwrap_or_else(|e| panic!("{e}")), None);
}

#[test]
fn the_introduction_says_board_certified_only_when_it_was_looked_up() {
    let kb = kb();
    let with = |extra: &str| {
        let text = format!(
            "[claim]\nservice = \"fusion\"\n[second_opinion.physician]\nname = \"B. Example, MD\"\nspecialty = \"Neurological Surgery\"\ninstitution = \"Example University\"\ncertified_by = \"American Board of Neurological Surgery\"\n{extra}"
        );
        opinion::course_for("confirms", &case(&text), &kb).ok().flatten().and_then(|c| c.introduce).unwrap_or_default()
    };
    assert!(!with("").contains("board-certified"));
    assert!(
        with("certification_checked_at = \"certificationmatters.org\"\nchecked_on = 2026-11-20")
            .contains("a board-certified specialist in Neurological Surgery")
    );
    let gaps = opinion::course_for("confirms", &case(""), &kb).ok().flatten().map(|c| c.needs.len());
    assert_eq!(gaps, Some(4), "nothing is made up for what is not known");
}

#[test]
fn what_was_not_read_is_told_once_and_not_called_silent() {
    const DENIED: &str = "[[denial]]\nreason = \"not_medically_necessary\"\n";
    let told = |c: &Comparison, words: &str| c.notes.iter().filter(|n| n.contains(words)).count();
    let unread = compare(DENIED, true, true, None, None);
    assert_eq!(told(&unread, "plan's letter was not read"), 1, "{:?}", unread.notes);
    assert!(unread.rows.iter().all(|r| !r.says.contains("worth pointing out")), "nobody read the plan's letter");
    let read = compare(DENIED, true, true, None, Some(&Reading::default()));
    assert!(row(&read, "diagnosis").says.contains("worth pointing out"), "{}", row(&read, "diagnosis").says);
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    // A letter that came and was not given to the program is not a letter that does not exist.
    let received = compare("[second_opinion]\nstate = \"received\"", true, false, None, None);
    assert_eq!((told(&received, "no second opinion yet"), told(&received, "letter was not read")), (0, 1));
    let none = compare("", true, false, None, None);
    assert_eq!((told(&none, "no second opinion yet"), told(&none, "letter was not read")), (1, 0));
}

#[test]
fn the_page_has_no_lines_for_those_who_say_nothing() {
    let c = compare("[claim]\nservice = \"fusion\"\n[[denial]]\nquote = \"Not needed.\"", false, false, None, None);
    let page = opinion::compare_page(&c, &kb());
    assert_eq!(page.matches("no second opinion yet").count(), 1, "{page}");
    assert!(!page.contains("Second doctor:") && !page.contains("\nEvidence\n"), "{page}");
    assert!(page.contains("Nobody speaks to this yet: diagnosis, how soon"), "{page}");
    assert!(page.contains("“fusion” (from your case)") && page.contains("“Not needed.” (from your case)"), "{page}");
}

#[test]
fn a_word_of_another_matter_is_no_view_of_the_plan() {
    let plan = |quote: &str| {
        let c = compare(&format!("[[denial]]\nquote = \"{quote}\""), false, false, None, None);
        ["diagnosis", "urgency", "alternatives", "evidence"].map(|id| row(&c, id).reviewer.stated)
    };
    assert_eq!(plan("Exome sequencing is investigational for developmental delay."), [false, false, false, true]);
    assert_eq!(plan("The drug is not approved by the FDA for your condition."), [false; 4]);
    assert_eq!(plan("The records do not establish Parkinson disease."), [true, false, false, false]);
    assert_eq!(plan("You must first try adalimumab."), [false, false, true, false]);
}
