//! Is a second opinion required: each trace, their order, CO and PR, procedure lists, arguments. The cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use facts::{Certainty, Document, DocumentSummary, Field, Reading, TextFrom};
use opinion::Requirement;
use support::{case, kb, today};

fn required(text: &str, documents: &[Document], readings: &[Reading]) -> Requirement {
    opinion::required(&case(text), &kb(), today(), documents, readings).unwrap_or_else(|e| panic!("{e}"))
}

fn reading(from: TextFrom, name: &str, value: &str) -> Reading {
    Reading {
        documents: vec![DocumentSummary {
            name: "file".into(),
            sha256: String::new(),
            pages: 1,
            text_from: from,
            kind: None,
        }],
        fields: vec![Field {
            name: name.into(),
            value: value.into(),
            quote: value.into(),
            document: 0,
            page: 1,
            span: (0, value.len()),
            certainty: Certainty::Verbatim,
        }],
        ..Reading::default()
    }
}

#[test]
fn carc_61_in_every_spelling_and_nothing_else() {
    for code in ["CO-61", "CO61", "CO 61", "CARC 61", "61", "pr-61", "PR*61"] {
        let r = required(&format!("[[denial]]\nreason = \"other\"\ncodes = [\"{code}\"]"), &[], &[]);
        assert_eq!((r.state.as_str(), r.evidence[0].kind.as_str()), ("required", "carc_61"), "{code}");
    }
    for code in ["CO-161", "CO-50", "CPT 61510", "REV 61", "N61", "61510"] {
        let r = required(&format!("[[denial]]\nreason = \"other\"\ncodes = [\"{code}\"]"), &[], &[]);
        assert_eq!(r.state, "unknown", "{code}");
    }
}

#[test]
fn the_group_code_says_who_owes() {
    let with =
        |code: &str| required(&format!("[[denial]]\ncodes = [\"{code}\"]"), &[], &[]).consequence.unwrap_or_default();
    assert!(with("CO-61").contains("may not bill you"));
    assert!(with("PR-61").contains("says you owe"));
    assert!(with("61").contains("does not show the group code"));
}

#[test]
fn x12_and_fhir_flags() {
    let x12 = required("", &[], &[reading(TextFrom::X12, "second_opinion.flag", "Y")]);
    assert_eq!((x12.state.as_str(), x12.evidence[0].kind.as_str()), ("required", "hcr04"));
    let no = required("", &[], &[reading(TextFrom::X12, "second_opinion.flag", "N")]);
    assert_eq!(no.state, "not_required");
    let fhir = required("", &[], &[reading(TextFrom::Fhir, "second_opinion.flag", "true")]);
    assert_eq!((fhir.state.as_str(), fhir.evidence[0].kind.as_str()), ("required", "pas_flag"));
    let odd = required("", &[], &[reading(TextFrom::X12, "second_opinion.flag", "maybe")]);
    assert_eq!(odd.state, "unknown");
}

#[test]
fn a_remittance_that_states_it_by_the_code_is_one_trace() {
    let r = required("", &[], &[reading(TextFrom::X12, "second_opinion.required_stated", "PR-61")]);
    let kinds: Vec<_> = r.evidence.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["carc_61"]);
    assert!(r.consequence.is_some_and(|c| c.contains("says you owe")));
}

#[test]
fn the_plan_text_comes_first_with_its_page() {
    let plan = Document::from_text(
        "spd.pdf",
        "a\u{c}Second Surgical Opinion\nA second surgical opinion is required before hip surgery. Without it benefits are reduced.",
    );
    let r = required(
        "[[denial]]\nreason = \"second_opinion_missing\"\ncodes = [\"CO-61\"]\nquote = \"No second opinion on file.\"",
        &[plan],
        &[],
    );
    let kinds: Vec<_> = r.evidence.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["plan_text", "carc_61", "notice"]);
    assert_eq!(r.evidence[0].page, Some(2));
}

#[test]
fn flags_and_provisions_written_into_the_case_count() {
    for (code, state) in [("HCR04=Y", "required"), ("HCR04: N", "not_required"), ("HCR04=?", "unknown")] {
        let r = required(&format!("[[denial]]\nreason = \"other\"\ncodes = [\"{code}\"]"), &[], &[]);
        assert_eq!(r.state, state, "{code}");
    }
    let r = required(
        "[[denial]]\nreason = \"other\"\nprovision = \"Section 4: a second surgical opinion is required before foot surgery.\"",
        &[],
        &[],
    );
    assert_eq!((r.state.as_str(), r.evidence[0].kind.as_str()), ("required", "plan_text"));
    let voluntary =
        required("[[denial]]\nreason = \"other\"\nprovision = \"Second opinions are voluntary.\"", &[], &[]);
    assert_eq!(voluntary.state, "unknown");
}

#[test]
fn a_list_of_procedures_only_says_may_be() {
    let r = required("[claim]\nservice = \"vaginal hysterectomy\"\n[coverage]\nkind = \"erisa_self_funded\"", &[], &[]);
    assert_eq!(r.state, "may_be_required");
    assert!(r.evidence.iter().all(|e| e.kind == "procedure_list" && e.source.is_some() && e.year.is_some()));
    let by_code = required("[claim]\ncodes = [\"CPT 28296\"]", &[], &[]);
    assert_eq!(by_code.state, "may_be_required");
    let other = required("[claim]\nservice = \"infusion\"", &[], &[]);
    assert_eq!((other.state.as_str(), other.evidence.len()), ("unknown", 0));
}

#[test]
fn a_voluntary_plan_clause_beats_the_list() {
    let plan =
        Document::from_text("spd.pdf", "Second surgical opinions are voluntary and will not affect your benefits.");
    let r = required("[claim]\nservice = \"hysterectomy\"", &[plan], &[]);
    assert_eq!(r.state, "not_required");
}

#[test]
fn new_jersey_medicaid_still_has_the_rule() {
    let nj = required(
        "[patient]\nstate = \"NJ\"\n[coverage]\nkind = \"medicaid_fee_for_service\"\n[claim]\nservice = \"hysterectomy\"",
        &[],
        &[],
    );
    assert_eq!(nj.state, "may_be_required");
    assert!(nj.authorities.iter().any(|a| a.cite == "N.J.A.C. 10:54-5.40"));
    assert!(nj.consequence.is_some_and(|c| c.contains("no bearing on payment")));
    let medicare = required("[coverage]\nkind = \"medicare_original\"\n[claim]\nservice = \"hysterectomy\"", &[], &[]);
    assert_eq!(medicare.state, "not_required");
}

#[test]
fn four_arguments_and_a_look_back() {
    let r = required(
        "[claim]\nservice = \"emergency hysterectomy\"\nkind = \"post_service\"\n[[denial]]\nreason = \"second_opinion_missing\"\n[second_opinion]\nstate = \"none\"",
        &[],
        &[],
    );
    assert_eq!(r.exceptions, ["emergency", "obtained", "not_in_plan", "not_told"]);
    let fits: Vec<_> = r.arguments.iter().map(|a| (a.id.as_str(), a.fits)).collect();
    assert_eq!(
        fits,
        [
            ("emergency", Some(true)),
            ("obtained", Some(false)),
            ("not_in_plan", None),
            ("not_told", None),
            ("retrospective", None)
        ]
    );
    assert_eq!(r.obtained, Some(false));
}

#[test]
fn an_opinion_that_was_had_is_counted() {
    let with =
        |state: &str| required(&format!("[[denial]]\ncodes = [\"61\"]\n[second_opinion]\n{state}"), &[], &[]).obtained;
    assert_eq!(with("state = \"received\""), Some(true));
    assert_eq!(with("state = \"asked\""), Some(false));
    assert_eq!(with("letter = \"opinion.pdf\""), Some(true));
    assert_eq!(with(""), None);
    assert_eq!(required("[[denial]]\ncodes = [\"61\"]", &[], &[]).obtained, None);
}

#[test]
fn a_reason_that_was_entered_without_words_counts_and_shows_no_quote() {
    let found = required("[[denial]]\nreason = \"second_opinion_missing\"\ncodes = [\"PR-61\"]", &[], &[]);
    assert_eq!(found.state, "required");
    assert_eq!(found.evidence.iter().map(|e| e.quote.as_str()).collect::<Vec<_>>(), ["PR-61"]);
    let bare = required("[[denial]]\nreason = \"second_opinion_missing\"", &[], &[]);
    assert_eq!(bare.state, "required");
    assert!(bare.evidence.is_empty(), "{:?}", bare.evidence);
    assert!(bare.consequence.is_some());
}

#[test]
fn a_list_alone_frightens_nobody_with_what_the_plan_may_do() {
    let r = required("[claim]\nkind = \"pre_service\"\nservice = \"vaginal hysterectomy\"", &[], &[]);
    assert!(
        r.consequence.as_ref().is_some_and(|c| c.contains("Only if your plan has such a rule")),
        "{:?}",
        r.consequence
    );
    let page = opinion::required_page(&r, &kb());
    assert!(!page.contains("“hysterectomy”"), "a list is no word of this plan: {page}");
    assert!(page.contains("From lists of operations, some of them old"), "{page}");
}

#[test]
fn before_the_care_nothing_was_skipped() {
    let text = |kind: &str| {
        format!(
            "[claim]\nkind = \"{kind}\"\nservice = \"hysterectomy\"\n[[denial]]\nreason = \"second_opinion_missing\"\nquote = \"A second opinion is needed.\""
        )
    };
    let ids =
        |kind: &str| -> Vec<String> { required(&text(kind), &[], &[]).arguments.into_iter().map(|a| a.id).collect() };
    assert_eq!(ids("pre_service"), ["obtained", "not_in_plan"]);
    assert_eq!(ids("post_service").len(), 5);
    let page = opinion::required_page(&required(&text("pre_service"), &[], &[]), &kb());
    assert!(!page.contains("operation report") && !page.contains("If it was skipped"), "{page}");
    let moves = |kind: &str| {
        let plan = opinion::need(&case(&text(kind)), &kb(), today(), None, &[]).unwrap_or_else(|e| panic!("{e}"));
        plan.better_first_moves.join(" ")
    };
    assert!(!moves("pre_service").contains("explanation of benefits"), "no bill was answered yet");
    assert!(moves("pre_service").contains("before the operation"));
    assert!(moves("post_service").contains("explanation of benefits"));
}

const VALVE: &str = r#"
[claim]
kind = "pre_service"
service = "Transcatheter aortic valve replacement"
[[denial]]
reason = "not_medically_necessary"
quote = "The service is not medically necessary at this time."
criteria = ["a cardiac surgeon and an interventional cardiologist have each independently examined the patient face-to-face"]
[[record]]
file = "denial.pdf"
kind = "denial_letter"
[treating_physician]
name = "Marcus Prueba, MD"
specialty = "interventional cardiology"
"#;

#[test]
fn a_criterion_that_asks_for_a_second_doctors_own_exam_is_a_requirement_and_names_the_field() {
    let r = required(VALVE, &[], &[]);
    assert!(r.state == "required" && r.by_criterion, "{r:?}");
    assert!(r.evidence[0].quote.contains("each independently examined"), "{r:?}");
    assert_eq!(r.evidence[0].source.as_deref(), Some("denial.pdf"));
    assert!(r.says.contains("Thoracic and Cardiac Surgery") && !r.says.contains("Interventional"), "{}", r.says);
    let surgeon = "[second_opinion]\nstate = \"received\"\nphysician = { name = \"Harriet Muestra, MD\", specialty = \"cardiac surgery\" }\n";
    let here = required(&format!("{VALVE}{surgeon}"), &[], &[]);
    assert_eq!(here.obtained, Some(true));
    assert!(here.says.contains("by such a doctor") && !here.says.contains("lack"), "{}", here.says);
    let other =
        required(&format!("{VALVE}{}", surgeon.replace("cardiac surgery", "interventional cardiology")), &[], &[]);
    assert!(other.says.contains("lack is an exam by a doctor in Thoracic"), "{}", other.says);
}

#[test]
fn words_that_ask_for_two_doctors_are_seen_in_a_criterion_and_in_a_sentence_and_no_others_are() {
    let state = |words: &str| {
        let by = |key: &str, value: String| {
            required(
                &format!(
                    "[claim]\nservice = \"Acupuncture\"\n[[denial]]\nreason = \"not_medically_necessary\"\n{key} = {value}"
                ),
                &[],
                &[],
            )
        };
        let (quoted, listed) = (by("quote", format!("\"{words}\"")), by("criteria", format!("[\"{words}\"]")));
        assert_eq!(quoted.by_criterion, listed.by_criterion, "{words}");
        quoted.by_criterion
    };
    for asks in [
        "Two independent surgeons must recommend the fusion.",
        "The patient has been evaluated by two psychiatrists.",
        "A second surgeon has examined the patient and documented the need.",
        "The diagnosis is confirmed by another physician who is not part of the practice.",
        "A neurologist and a neurosurgeon have both evaluated the patient.",
        "Dos cirujanos independientes han evaluado al paciente.",
    ] {
        assert!(state(asks), "{asks}");
    }
    for other in [
        "Two or more exacerbations needing oral steroids, documented by a pulmonologist.",
        "Prescribed by or in consultation with a rheumatologist or a dermatologist.",
        "Trial and failure of a second drug is required.",
        "You may get a second opinion from another physician in the network.",
        "An independent review organization with a physician of the same field examined this decision.",
        "Two failed injections, documented in the record.",
        "A psychological evaluation has been obtained.",
    ] {
        assert!(!state(other), "{other}");
    }
}
