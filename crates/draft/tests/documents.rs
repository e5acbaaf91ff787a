//! Every document, drafted from invented cases.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use draft::{Attach, Block, Claim, CriteriaRow, CriterionState, Inputs, KINDS, Source, attach, draft, exhibits, lint};
use facts::{Case, Finding};
use opinion::{Check, ElementState, Hazard, ReasonAnswered};
use rights::Entitlements;

struct World {
    case: Case,
    entitlements: Entitlements,
    check: Option<Check>,
    criteria: Vec<CriteriaRow>,
    kb: kb::Kb,
}

fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 25)
}

fn knee() -> Case {
    Case::parse(include_str!("cases/knee.toml")).unwrap_or_else(|e| panic!("{e}"))
}

fn element(element: &str, state: &str, quote: Option<&str>, ask: Option<&str>) -> ElementState {
    ElementState {
        element: element.into(),
        state: state.into(),
        quote: quote.map(Into::into),
        page: quote.map(|_| 2),
        ask: ask.map(Into::into),
    }
}

fn confirming() -> Check {
    Check {
        outcome: "confirms".into(),
        outcome_quote: Some("I agree that total knee replacement is needed.".into()),
        outcome_page: Some(1),
        elements: vec![
            element("independence", "present", Some("I have no tie to Dr. Prueba or to her practice."), None),
            element("question_and_answer", "present", Some("Yes, the replacement is medically necessary."), None),
            element("standard_of_care", "present", Some("This is the standard of care."), None),
            element("literature", "missing", None, Some("Please name one study, with journal and year.")),
            element(
                "harm_of_delay",
                "partial",
                Some("It should not be delayed."),
                Some("Please say what would happen."),
            ),
            element("criteria_met", "not_applicable", None, Some("never asked")),
        ],
        reasons_answered: vec![
            ReasonAnswered {
                reason: "not_medically_necessary".into(),
                state: "answered".into(),
                quote: Some("The joint space is gone and walking is limited to one block.".into()),
                page: Some(1),
            },
            ReasonAnswered {
                reason: "conservative_treatment_first".into(),
                state: "unanswered".into(),
                quote: None,
                page: None,
            },
        ],
        hazards: vec![Hazard { hazard: "beyond_specialty".into(), quote: "She will be free of pain.".into(), page: 2 }],
        attach: "recommended".into(),
        next: vec![],
        findings: vec![],
    }
}

fn world(case: Case, check: Option<Check>) -> World {
    let row = |criterion: &str, state, exhibit: Option<&str>| CriteriaRow {
        criterion: criterion.into(),
        state,
        exhibit: exhibit.map(Into::into),
        page: exhibit.map(|_| 1),
        quote: exhibit.map(|_| "bone on bone".into()),
        also: None,
    };
    World {
        entitlements: common::only_entitled(&case, today()),
        case,
        check,
        criteria: vec![
            row("Joint damage on a weight-bearing X-ray", CriterionState::Met, Some("xray.pdf")),
            row("Pain for at least six months", CriterionState::NotDocumented, None),
        ],
        kb: common::kb().clone(),
    }
}

impl World {
    fn inputs<'a>(&'a self, language: &'a str, stage: Option<&'a str>) -> Inputs<'a> {
        Inputs {
            case: &self.case,
            entitlements: &self.entitlements,
            plan: None,
            check: self.check.as_ref(),
            criteria: &self.criteria,
            supports: None,
            kb: &self.kb,
            today: today(),
            language,
            stage,
        }
    }

    fn draft(&self, name: &str) -> draft::Document {
        draft(name, &self.inputs("en", None)).unwrap_or_else(|e| panic!("{e}")).value
    }
}

fn text(document: &draft::Document) -> String {
    document.sentences().iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_document_is_drafted_in_both_languages_without_a_missing_word() {
    let full = world(knee(), Some(confirming()));
    let empty = world(Case::default(), None);
    for world in [&full, &empty] {
        for kind in KINDS {
            for language in ["en", "es"] {
                let outcome = draft(kind.id, &world.inputs(language, None)).unwrap_or_else(|e| panic!("{e}"));
                let broken =
                    outcome.findings.iter().find(|f| matches!(f.code.as_str(), "words_missing" | "part_unknown"));
                assert_eq!(broken, None, "{} in {language}", kind.id);
                assert!(!outcome.value.blocks.is_empty(), "{} is empty", kind.id);
            }
        }
    }
}

#[test]
fn the_appeal_of_a_full_case_has_no_blank_and_passes_its_lint() {
    let world = world(knee(), Some(confirming()));
    let letter = world.draft("appeal_letter");
    assert_eq!(letter.missing, Vec::<String>::new());
    assert_eq!(lint(&letter, &world.inputs("en", None)), vec![]);
}

#[test]
fn the_appeal_quotes_each_reason_and_each_quote_of_the_opinion_names_its_page() {
    let world = world(knee(), Some(confirming()));
    let text = text(&world.draft("appeal_letter"));
    assert!(text.contains("“A trial of physical therapy has not been documented.” (Exhibit\u{a0}A)"), "{text}");
    assert!(text.contains("walking is limited to one block.” (Exhibit\u{a0}B, p.\u{a0}1)"), "{text}");
}

#[test]
fn the_argument_follows_the_order_in_which_reviewers_weigh_things() {
    let world = world(knee(), Some(confirming()));
    let text = text(&world.draft("appeal_letter"));
    let order = [
        "This is the standard of care.",
        "Invented guideline",
        "bone on bone",
        "Physical therapy",
        "one block",
        "An invented trial",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|w| text.find(w)).collect();
    assert!(places.iter().all(Option::is_some), "{places:?}");
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_legal_sentence_carries_its_authority() {
    let world = world(knee(), Some(confirming()));
    for kind in KINDS {
        for sentence in world.draft(kind.id).sentences() {
            let needs = matches!(sentence.claim, Claim::Legal | Claim::Medical);
            assert!(!needs || !sentence.sources.is_empty(), "{}: {}", kind.id, sentence.text);
        }
    }
}

#[test]
fn without_known_coverage_no_law_is_cited() {
    let mut case = knee();
    case.coverage.kind = None;
    let letter = world(case, None).draft("claim_file_request");
    assert!(!letter.sentences().iter().any(|s| s.sources.iter().any(|x| matches!(x, Source::Authority(_)))));
}

#[test]
fn board_certified_is_said_only_when_it_was_checked() {
    let mut case = knee();
    let said =
        |case: &Case| text(&world(case.clone(), Some(confirming())).draft("appeal_letter")).contains("board-certified");
    assert!(said(&case));
    if let Some(p) = case.second_opinion.as_mut().and_then(|o| o.physician.as_mut()) {
        p.subspecialty = Some("revision of knee implants".into());
    }
    let letter = text(&world(case.clone(), Some(confirming())).draft("appeal_letter"));
    let honest = "a specialist in revision of knee implants with board certification in orthopedic surgery";
    assert!(letter.contains(honest), "the board certifies the specialty alone: {letter}");
    if let Some(p) = case.second_opinion.as_mut().and_then(|o| o.physician.as_mut()) {
        p.certification_checked_at = None;
    }
    assert!(!said(&case));
}

#[test]
fn an_opinion_that_is_not_a_plain_yes_stays_out_unless_the_person_decides() {
    let case = knee();
    let with = |outcome: &str, advice: &str| Check { outcome: outcome.into(), attach: advice.into(), ..confirming() };
    let table = [
        ("confirms", "recommended", Attach::Yes),
        ("confirms", "after_changes", Attach::Yes),
        ("confirms", "person_decides", Attach::NotSupportive),
        ("confirms_with_changes", "person_decides", Attach::NotSupportive),
        ("needs_workup", "do_not_attach", Attach::NotSupportive),
        ("conservative_first", "do_not_attach", Attach::NotSupportive),
        ("against", "do_not_attach", Attach::NotSupportive),
        ("unclear", "after_changes", Attach::NotSupportive),
    ];
    for (outcome, advice, expected) in table {
        assert_eq!(attach(&case, Some(&with(outcome, advice))), expected, "{outcome} {advice}");
    }
    // A yes with a sentence that the plan could use is no yes to sending it: undecided is not yes.
    let hazard = |kind: &str| Hazard { hazard: kind.into(), quote: "She will be free of pain.".into(), page: 2 };
    for (kind, expected) in [
        ("guarantee", Attach::HarmfulSentence),
        ("reviewer_attack", Attach::HarmfulSentence),
        ("adverse_statement", Attach::HarmfulSentence),
        ("fact_not_in_record", Attach::Yes),
    ] {
        let check = Check { hazards: vec![hazard(kind)], ..with("confirms", "after_changes") };
        assert_eq!(attach(&case, Some(&check)), expected, "{kind}");
        let mut chosen = knee();
        chosen.choices.attach_opinion = Some(true);
        assert_eq!(attach(&chosen, Some(&check)), Attach::Yes, "{kind}");
    }
    assert_eq!(attach(&case, None), Attach::NotChecked);
    let mut chosen = knee();
    chosen.choices.attach_opinion = Some(true);
    assert_eq!(attach(&chosen, Some(&with("against", "do_not_attach"))), Attach::Yes);
    chosen.choices.attach_opinion = Some(false);
    assert_eq!(attach(&chosen, Some(&confirming())), Attach::PersonDecidedNot);
}

#[test]
fn a_letter_does_not_mention_an_opinion_that_is_held_back() {
    let check = Check { outcome: "against".into(), attach: "do_not_attach".into(), ..confirming() };
    let mut case = knee();
    case.records.push(facts::Record {
        file: Some("copy/opinion.pdf".into()),
        kind: Some("record".into()),
        ..facts::Record::default()
    });
    let world = world(case, Some(check));
    for name in ["appeal_letter", "protective_appeal", "claim_file_request"] {
        let letter = world.draft(name);
        let all = serde_json::to_string(&letter).unwrap_or_default();
        assert!(
            !all.contains("Muestra, MD") && !all.contains("opinion.pdf") && !all.contains("econd opinion"),
            "{name}: {all}"
        );
    }
    let plan = exhibits(&world.case, world.check.as_ref(), "en").unwrap();
    let withheld: Vec<&str> = plan.withheld.iter().map(|w| w.source.as_str()).collect();
    assert!(withheld.contains(&"opinion.pdf") && withheld.contains(&"copy/opinion.pdf"), "{withheld:?}");
}

#[test]
fn no_letter_rests_on_a_paper_from_which_nothing_was_concluded() {
    let bill = || Check {
        outcome: "unclear".into(),
        attach: "do_not_attach".into(),
        findings: vec![Finding::new("bill_not_letter", "This looks like a bill.")],
        ..confirming()
    };
    let mut case = knee();
    if let Some(opinion) = case.second_opinion.as_mut() {
        // What an earlier paper said does not speak for this one.
        opinion.outcome = Some("confirms".into());
    }
    assert_eq!(attach(&case, Some(&bill())), Attach::NotAnOpinion);
    let plan = exhibits(&case, Some(&bill()), "es").unwrap();
    let held = plan.withheld.iter().find(|w| w.source == "opinion.pdf").unwrap_or_else(|| panic!("{plan:?}"));
    assert!(held.reason == "not_an_opinion" && held.why.contains("factura"), "{held:?}");
    let asked = world(case.clone(), Some(bill()));
    let outcome = draft("please_add", &asked.inputs("en", None)).unwrap_or_else(|e| panic!("{e}"));
    assert!(outcome.findings.iter().any(|f| f.code == "bill_not_letter"), "{:?}", outcome.findings);
    assert!(outcome.value.missing.contains(&"second_opinion.letter".to_string()), "{:?}", outcome.value.missing);
    let said = text(&outcome.value);
    assert!(!said.contains("already") && !said.contains("She will be free of pain"), "{said}");
    // Whatever the person decides, it is not given as an opinion.
    case.choices.attach_opinion = Some(true);
    assert_eq!(attach(&case, Some(&bill())), Attach::NotAnOpinion);
    let decided = text(&world(case, Some(bill())).draft("appeal_letter"));
    assert!(!decided.contains("Dr. Muestra") && !decided.contains("econd opinion"), "{decided}");
}

#[test]
fn exhibits_are_ordered_by_kind_and_every_paper_is_placed_or_named() {
    let case = knee();
    let plan = exhibits(&case, Some(&confirming()), "en").unwrap();
    let order: Vec<(&str, &str)> = plan.exhibits.iter().map(|e| (e.label.as_str(), e.source.as_str())).collect();
    assert_eq!(
        order,
        [
            ("A", "denial.pdf"),
            ("B", "opinion.pdf"),
            ("C", "letter-treating.pdf"),
            ("D", "xray.pdf"),
            ("E", "therapy.pdf")
        ]
    );
    assert_eq!(plan.withheld.iter().map(|w| w.source.as_str()).collect::<Vec<_>>(), ["diary.txt"]);
}

#[test]
fn two_files_of_one_name_in_two_folders_are_two_exhibits() {
    let mut case = knee();
    for folder in ["a", "b"] {
        case.records.push(facts::Record { file: Some(format!("{folder}/scan.pdf")), ..facts::Record::default() });
    }
    let plan = exhibits(&case, Some(&confirming()), "en").unwrap();
    assert_eq!(plan.exhibits.iter().filter(|e| e.source.ends_with("scan.pdf")).count(), 2);
    assert_eq!(plan.of_source("scan.pdf"), None);
}

#[test]
fn please_add_asks_for_what_decides_and_names_the_rest_as_optional() {
    let mut check = confirming();
    check.elements.push(element("credentials", "missing", None, Some("Please state your board.")));
    check.elements.push(element("diagnosis", "partial", Some("It is the knee."), Some("Please add the findings.")));
    let world = world(knee(), Some(check));
    let text = text(&world.draft("please_add"));
    assert!(text.contains("Please state your board."), "{text}");
    let optional = text.lines().find(|l| l.contains("If you have time")).unwrap_or_else(|| panic!("{text}"));
    for point in ["Published studies", "What happens if the care waits", "Diagnosis and findings"] {
        assert!(optional.contains(point), "{optional}");
    }
    assert!(!text.contains("Please name one study") && !text.contains("Please add the findings"), "{text}");
    assert!(!text.contains("It should not be delayed."), "no sentence is held up to its writer: {text}");
    assert!(text.contains("“A trial of physical therapy has not been documented.”"));
    assert!(text.contains("“She will be free of pain.” (page 2)"));
    assert!(!text.contains("never asked"));
    assert!(!text.contains("under our policy"), "that reason is answered");
}

#[test]
fn a_missing_fact_is_a_blank_and_is_named() {
    let mut case = knee();
    case.claim.number = None;
    case.coverage.member_id = None;
    let world = world(case, Some(confirming()));
    let letter = world.draft("appeal_letter");
    assert_eq!(letter.missing, ["coverage.member_id", "claim.number"]);
    let codes: Vec<String> = lint(&letter, &world.inputs("en", None)).into_iter().map(|f| f.code).collect();
    assert_eq!(codes, ["unfilled_field", "unfilled_field"]);
}

#[test]
fn each_stage_opens_in_its_own_words() {
    let world = world(knee(), Some(confirming()));
    let mut seen = Vec::new();
    for stage in [
        "internal_appeal.file",
        "internal_appeal.second_level.file",
        "external_review.file",
        "redetermination.file",
        "fair_hearing.file",
        "opm_review.file",
    ] {
        let letter = draft("appeal_letter", &world.inputs("en", Some(stage))).unwrap_or_else(|e| panic!("{e}")).value;
        assert!(!seen.contains(&letter.title), "{stage}: {}", letter.title);
        seen.push(letter.title);
    }
}

#[test]
fn after_the_final_notice_the_open_step_is_the_external_review() {
    let mut case = knee();
    case.events.push(facts::Event {
        kind: "final_notice_dated".into(),
        date: facts::When::Day(today()),
        evidence: None,
        note: None,
    });
    assert_eq!(world(case, None).draft("appeal_letter").title, "Request for external review");
}

#[test]
fn text_that_looks_like_a_blank_or_markup_is_kept_as_it_stands() {
    let mut case = knee();
    let odd = "#read(\"secrets.txt\") $\\ {patient} [[x]] </script> \u{202e}abc";
    case.claim.service = Some(odd.into());
    let letter = world(case, None).draft("appeal_letter");
    assert!(letter.about.iter().any(|a| a.value == odd));
    assert!(text(&letter).contains(odd));
}

#[test]
fn the_lint_finds_each_planted_fault() {
    let world = world(knee(), Some(confirming()));
    let good = world.draft("appeal_letter");
    let codes = |document: &draft::Document| -> Vec<String> {
        lint(document, &world.inputs("en", None)).into_iter().map(|f| f.code).collect()
    };
    let with = |sentence: draft::Sentence| {
        let mut document = good.clone();
        document.blocks.push(Block::Paragraph { sentences: vec![sentence] });
        document
    };
    let plain = draft::Sentence::plain;
    let exhibit = |label: &str| vec![Source::Exhibit { label: label.into(), page: None }];
    let table = [
        (plain("Or else I will sue you."), "threat"),
        (plain("Your so-called reviewer did not look."), "sarcasm"),
        (plain("This is bad faith."), "accusation"),
        (plain("Marta Prueba, MD is board-certified."), "certification_not_checked"),
        (plain("Send it to [your address]."), "unfilled_field"),
        (draft::Sentence::claim(Claim::Medical, "The scan shows a tear.", vec![]), "claim_without_source"),
        (draft::Sentence::claim(Claim::Medical, "The scan shows a tear.", exhibit("Q")), "exhibit_absent"),
    ];
    for (sentence, code) in table {
        assert_eq!(codes(&with(sentence.clone())), [code], "{}", sentence.text);
    }
    assert!(codes(&with(plain("“I will sue” are the words of another person, quoted here."))).is_empty());
    let mut uncited = good.clone();
    uncited.enclosures.push(draft::Enclosure { label: "F".into(), title: "Extra".into() });
    assert_eq!(codes(&uncited), ["exhibit_not_cited"]);
    let mut unanswered = good.clone();
    unanswered.blocks.retain(|b| !matches!(b, Block::Quote { .. }));
    assert!(codes(&unanswered).contains(&"reason_not_answered".to_string()));
    let mut hard = good.clone();
    let long = "Notwithstanding considerations regarding utilization methodologies, organizational determinations necessitate comprehensive interdisciplinary reevaluation ".repeat(30);
    hard.blocks.push(Block::Paragraph { sentences: vec![plain(&long)] });
    assert_eq!(codes(&hard), ["reading_level"]);
    let mut late = good.clone();
    let slow = "I have been ill for a long time and the days are hard. ".repeat(16);
    late.blocks.insert(0, Block::Paragraph { sentences: vec![plain(&slow)] });
    assert_eq!(codes(&late), ["first_page_late"]);
}

#[test]
fn the_lint_finds_the_name_of_a_physician_whose_letter_is_held_back() {
    let world = world(knee(), None);
    let letter = world.draft("appeal_letter");
    let codes = |document: &draft::Document| -> Vec<String> {
        lint(document, &world.inputs("en", None)).into_iter().map(|f| f.code).collect()
    };
    assert!(!codes(&letter).contains(&"withheld_opinion_mentioned".to_string()));
    let mut named = letter.clone();
    let sentence = draft::Sentence::plain("Benito Muestra, MD agrees with this.");
    named.blocks.push(Block::Paragraph { sentences: vec![sentence] });
    assert!(codes(&named).contains(&"withheld_opinion_mentioned".to_string()), "{:?}", codes(&named));
}

#[test]
fn an_unknown_document_names_the_nearest_one() {
    let world = world(knee(), None);
    let error = draft("appeal", &world.inputs("en", None)).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(error, Err("there is no document `appeal`\n  hint: did you mean `appeal_letter`?".into()));
}

#[test]
fn a_reason_without_evidence_promises_none_and_the_lint_says_so() {
    let mut case = knee();
    case.treatments.clear();
    case.references.clear();
    case.records.clear();
    case.second_opinion = None;
    case.denials.truncate(1);
    let mut world = world(case, None);
    world.criteria.clear();
    let outcome = draft("appeal_letter", &world.inputs("en", None)).unwrap_or_else(|e| panic!("{e}"));
    let letter = outcome.value;
    let text = text(&letter);
    assert!(!text.contains("in this letter") && !text.contains("gathered") && !text.contains("follows"), "{text}");
    assert!(outcome.findings.iter().any(|f| f.code == "reason_unanswered"), "{:?}", outcome.findings);
    let codes: Vec<String> = lint(&letter, &world.inputs("en", None)).into_iter().map(|f| f.code).collect();
    assert_eq!(codes, ["reason_not_answered"]);
}

#[test]
fn no_work_reaches_a_letter_without_its_source_or_after_its_retraction() {
    let mut case = knee();
    let work = |title: &str| facts::Reference {
        title: Some(title.into()),
        authors: vec!["Nobody, N".into()],
        journal: Some("J Invented".into()),
        year: Some(2020),
        kind: Some("article".into()),
        source: Some("person".into()),
        ..facts::Reference::default()
    };
    case.references = vec![
        facts::Reference { source: None, ..work("A study that nobody gave us") },
        facts::Reference {
            retracted: Some("pubmed".into()),
            file: Some("bad.pdf".into()),
            ..work("A withdrawn study of knees")
        },
        work("A sound study of knees"),
        work("A sound study of knees"),
    ];
    let world = world(case, Some(confirming()));
    let outcome = draft("appeal_letter", &world.inputs("en", None)).unwrap_or_else(|e| panic!("{e}"));
    let text = text(&outcome.value);
    assert_eq!(text.matches("A sound study of knees").count(), 1, "{text}");
    assert!(!text.contains("nobody gave us") && !text.contains("withdrawn study"), "{text}");
    let codes: Vec<&str> = outcome.findings.iter().map(|f| f.code.as_str()).collect();
    for code in ["reference_without_source", "reference_retracted", "reference_duplicate"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    let plan = exhibits(&world.case, world.check.as_ref(), "en").unwrap();
    assert!(plan.withheld.iter().any(|w| w.source == "bad.pdf" && w.why.contains("retracted")), "{:?}", plan.withheld);
}

#[test]
fn the_page_for_a_call_names_who_agrees_and_what_is_published() {
    let world = world(knee(), Some(confirming()));
    let page = text(&world.draft("peer_to_peer_brief"));
    assert!(page.contains("Dr. Muestra writes: “Yes, the replacement is medically necessary.”"), "{page}");
    for reference in &world.case.references {
        let title = reference.title.as_deref().unwrap_or_default().trim_end_matches('.');
        assert!(page.contains(title), "{title} is not on the page: {page}");
    }
}

#[test]
fn care_that_is_being_cut_is_asked_to_go_on_while_there_is_time() {
    let mut case = knee();
    case.coverage.kind = Some("medicaid_managed_care".into());
    case.claim.kind = Some("concurrent".into());
    let mut world = world(case, None);
    let mut asks = |due: &str| {
        world.entitlements.rights = vec![right(due)];
        text(&world.draft("appeal_letter")).contains("keep this care going")
    };
    assert!(asks("2999-01-01"));
    assert!(!asks("2001-01-01"), "the time for it is over, so it is no longer claimed");
}

/// A right to have care go on, as `rights` gives it.
fn right(due: &str) -> rights::Right {
    let text = format!(
        r#"{{"id": "us.medicaid_managed_care.continuation", "gives": "benefits.continue", "level": 1, "title": "Keep the care going",
            "actor": "claimant", "pace": "standard", "due": "{due}", "file_by": "{due}", "due_at": null, "counted_from": null,
            "derivation": [], "filed_when": null, "decision_due": null, "send_to": null,
            "authorities": [{{"cite": "42 CFR 438.420(a)"}}]}}"#
    );
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_child_does_not_sign_and_the_letter_names_the_childs_benefit() {
    let mut case = knee();
    case.coverage.kind = Some("medicaid_managed_care".into());
    case.patient.date_of_birth = Some(today() - jiff::Span::new().years(9));
    case.patient.role = None;
    let mut world = world(case, None);
    let said = |world: &World| {
        let drafted = draft("appeal_letter", &world.inputs("en", None)).unwrap_or_else(|e| panic!("{e}"));
        // The section was read in a copy of the Code: it is cited to the plan, and the person is told nothing of doubt.
        let told =
            drafted.findings.iter().any(|f| f.code == "citation_not_confirmed" && f.message.contains("1396d(r)(5)"));
        assert_eq!((told, text(&drafted.value).contains("1396d")), (false, text(&drafted.value).contains("under 21")));
        (drafted.findings.iter().any(|f| f.code == "minor_signs"), text(&drafted.value).contains("under 21"))
    };
    assert_eq!(said(&world), (true, true));
    world.entitlements.entitled_to.clear();
    assert_eq!(said(&world), (true, false), "without the entitlement it is not claimed");
}

#[test]
fn no_document_has_a_heading_with_nothing_under_it() {
    let bare = facts::Case::parse("format = \"corroborate-case/1\"\n[patient]\nname = \"Ana Ejemplo\"\n")
        .unwrap_or_else(|e| panic!("{e}"));
    for world in [world(knee(), Some(confirming())), world(bare, None)] {
        for kind in draft::KINDS {
            let blocks = world.draft(kind.id).blocks;
            for (i, block) in blocks.iter().enumerate() {
                let Block::Heading { level, text } = block else { continue };
                let leads = match blocks.get(i + 1) {
                    None => false,
                    Some(Block::Heading { level: next, .. }) => next > level,
                    Some(_) => true,
                };
                assert!(leads, "{}: {text}", kind.id);
            }
        }
    }
}

/// Each document of the full case as its reader sees it; a changed sentence shows up as a difference to look at
/// (`INSTA_UPDATE=always cargo test -p draft` keeps the new one).
#[test]
fn every_document_reads_as_it_was_last_looked_at() {
    let full = world(knee(), Some(confirming()));
    for kind in KINDS {
        for language in ["en", "es"] {
            let document = draft(kind.id, &full.inputs(language, None)).unwrap_or_else(|e| panic!("{e}")).value;
            insta::assert_snapshot!(format!("{}.{language}", kind.id), text(&document));
        }
    }
}
