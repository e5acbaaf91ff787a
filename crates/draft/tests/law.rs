//! Which law a letter names, under the rules as the knowledge base has them. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{behind, drafted_in, text};

/// An urgent denial of an adult, under a kind of coverage and with the event that is known.
fn case(kind: &str, event: &str) -> String {
    format!(
        r#"
[patient]
name = "Test Person"
state = "NV"
[coverage]
kind = "{kind}"
issuer = "Example Mutual Health"
[claim]
kind = "pre_service"
urgent = true
service = "Test service"
[choices]
expedite = true
[[denial]]
reason = "not_medically_necessary"
[[event]]
kind = "{event}"
date = 2026-11-02
"#
    )
}

fn letter(kind: &str, event: &str, name: &str, language: &str) -> String {
    behind(&drafted_in(&case(kind, event), name, jiff::civil::date(2026, 11, 20), language).value)
}

#[test]
fn an_outside_reviewer_is_not_told_of_rules_that_bind_the_plan() {
    for kind in ["erisa_self_funded", "individual_market", "church_plan_self_funded"] {
        // A supplement belongs to the plan's own appeal, and goes to the plan.
        for name in ["appeal_letter", "protective_appeal"] {
            for language in ["en", "es"] {
                let letter = letter(kind, "final_notice_received", name, language);
                // The protective appeal asks the plan by name for its file; that is the plan's duty at this stage too.
                let whole = ["2560.503-1(h)", "2560.503-1(m)", "147.136(b)", "-2719(b)"];
                let review = ["2560.503-1(h)(2)(iv)", "2560.503-1(m)(1)", "147.136(b)(2)(ii)(B)", "-2719(b)(2)(ii)(B)"];
                for of_plan in if name == "protective_appeal" { review } else { whole } {
                    assert!(!letter.contains(of_plan), "{kind} {name} {language}: {of_plan}\n{letter}");
                }
                if name == "appeal_letter" {
                    let fast = if language == "en" { "fast review" } else { "revisión rápida" };
                    let line = letter.lines().find(|l| l.contains(fast)).unwrap_or_else(|| panic!("{letter}"));
                    // An insurer in Nevada answers to the State's review.
                    let law = match kind {
                        "individual_market" => "NRS 695G",
                        "church_plan_self_funded" => "54.9815-2719(d)(3)(i)",
                        _ => "2590.715-2719(d)(3)(i)",
                    };
                    assert!(line.contains(law), "{kind}: {line}");
                }
            }
        }
        let appeal = letter(kind, "notice_received", "appeal_letter", "en");
        assert!(appeal.contains("2560.503-1(m)(1)"), "{appeal}");
    }
}

/// The citations of the line of a letter that holds a word.
fn cites<'a>(letter: &'a str, word: &str) -> &'a str {
    let line = letter.lines().find(|l| l.contains(word)).unwrap_or_else(|| panic!("no `{word}` in\n{letter}"));
    line.rsplit_once('(').map_or("", |_| line.split_once(" (").map_or("", |(_, cites)| cites))
}

#[test]
fn each_plan_is_told_of_the_law_that_binds_it_and_of_no_other() {
    let of_all = [
        "147.136(b)(3)",
        "147.136(b)(2)(i)",
        "147.136(b)(2)(ii)",
        "54.9815-2719(b)(2)(i)",
        "54.9815-2719(b)(2)(ii)",
        "2590.715-2719(b)(2)(i)",
        "2590.715-2719(b)(2)(ii)",
    ];
    for (kind, own) in [
        ("erisa_self_funded", &["2590.715-2719(b)(2)(ii)"][..]),
        ("individual_market", &["147.136(b)(3)"]),
        ("non_federal_governmental_self_funded", &["147.136(b)(2)(i)", "147.136(b)(2)(ii)"]),
        ("church_plan_self_funded", &["54.9815-2719(b)(2)(i)", "54.9815-2719(b)(2)(ii)"]),
        ("grandfathered_group", &[]),
    ] {
        for name in [
            "appeal_letter",
            "claim_file_request",
            "protective_appeal",
            "reviewer_identity_request",
            "authorized_representative",
        ] {
            let letter = letter(kind, "notice_received", name, "en").replace('\u{a0}', " ");
            for cite in of_all.iter().filter(|c| !own.iter().any(|o| *c == o)) {
                // `(b)(2)(i)` stands in front of `(b)(2)(ii)` too.
                let named = letter.match_indices(cite).any(|(at, c)| !letter[at + c.len()..].starts_with('i'));
                assert!(!named || cite.ends_with("(ii)") && !letter.contains(cite), "{kind} {name}: {cite}\n{letter}");
            }
            assert!(!letter.contains("147.136(b);") && !letter.contains("147.136(b))"), "{kind} {name}\n{letter}");
        }
        let request = letter(kind, "notice_received", "claim_file_request", "en").replace('\u{a0}', " ");
        assert!(cites(&request, "internal rule").contains("2560.503-1(g)(1)(v)(A)"), "{kind}: {request}");
    }
}

#[test]
fn the_childs_benefit_names_the_law_that_has_the_age() {
    for kind in ["medicaid_managed_care", "medicaid_fee_for_service"] {
        let case = case(kind, "notice_received").replace("state = ", "date_of_birth = 2015-03-01\nstate = ");
        let letter = behind(&drafted_in(&case, "appeal_letter", jiff::civil::date(2026, 11, 20), "en").value);
        let letter = letter.replace('\u{a0}', " ");
        assert!(cites(&letter, "under 21").contains("42 USC 1396d(a)(4)(B)"), "{kind}: {letter}");
    }
}

#[derive(serde::Deserialize)]
struct Table {
    law: Vec<Law>,
    left_out: Vec<LeftOut>,
}

/// A rule that no letter names, and why.
#[derive(serde::Deserialize)]
struct LeftOut {
    rule: String,
    why: String,
}

#[derive(serde::Deserialize)]
struct Law {
    id: String,
    #[serde(default)]
    entitled: Vec<String>,
    #[serde(default)]
    gives: Vec<String>,
    #[serde(default)]
    by: Vec<Row>,
}

#[derive(serde::Deserialize)]
struct Row {
    coverage: Vec<String>,
    cite: Vec<String>,
}

/// Whether a rule of the knowledge base binds a kind of coverage and gives what a row says.
fn answers(ready: &kb::Ready, law: &Law, kind: &str) -> bool {
    let named = law.entitled.iter().any(|e| ready.id == *e || ready.id.ends_with(&format!(".{e}")));
    let gives = law.gives.contains(&ready.rule.gives);
    ready.id.starts_with("us.") && (named || gives) && ready.rule.covers.coverage.iter().any(|c| c == kind)
}

#[test]
fn no_row_of_the_table_of_law_differs_from_a_rule_of_the_knowledge_base() {
    let text = include_str!("../../../templates/law.toml");
    let table: Table = toml::from_str(text).unwrap_or_else(|e| panic!("{e}"));
    for law in &table.law {
        for (row, kind) in law.by.iter().flat_map(|row| row.coverage.iter().map(move |c| (row, c))) {
            let rules: Vec<_> = common::kb().index().rules().iter().filter(|r| answers(r, law, kind)).collect();
            // As the person of such a plan is told them.
            let told = |a: &cite::Authority| common::kb().index().own_text(kind, a).cite;
            let authorities = rules.iter().flat_map(|r| &r.versions).flat_map(|v| &v.authorities);
            let cites: Vec<String> = authorities.map(told).collect();
            for cite in &row.cite {
                let cite = told(&cite::Authority::new(cite.clone()));
                let held = cites.is_empty() || cites.iter().any(|c| c.starts_with(cite.as_str()));
                assert!(held, "{} for {kind}: {cite} is not among {cites:?}", law.id);
            }
        }
    }
}

/// The request to cover a second opinion for an insured case in a State.
fn second_opinion_asked(state: &str, network: &str, more_of_claim: &str, language: &str) -> String {
    let case = case("individual_market", "notice_received").replace("\"NV\"", &format!("{state:?}"));
    let network = if network.is_empty() { String::new() } else { format!("network_type = {network:?}") };
    let case = case.replace("[coverage]", &format!("[coverage]\nsitus_state = {state:?}\n{network}"));
    let case = case.replace("[choices]", &format!("{more_of_claim}\n[choices]"));
    let name = "second_opinion_coverage_request";
    behind(&drafted_in(&case, name, jiff::civil::date(2026, 11, 20), language).value).replace('\u{a0}', " ")
}

#[test]
fn a_plan_is_told_of_a_duty_to_give_a_second_opinion_only_where_the_rule_gives_one() {
    let asked = |kind: &str, state: &str| {
        let case = case(kind, "notice_received").replace("\"NV\"", &format!("{state:?}"));
        let case = case.replace("[coverage]", &format!("[coverage]\nsitus_state = {state:?}"));
        behind(&drafted_in(&case, "second_opinion_coverage_request", jiff::civil::date(2026, 11, 20), "en").value)
    };
    let claim = "provide for a second opinion";
    for (kind, state) in [
        ("individual_market", "NV"),
        ("individual_market", "TX"),
        ("individual_market", "MA"),
        ("individual_market", "RI"),
        ("individual_market", "CA"),
        ("tricare", "NV"),
    ] {
        let letter = asked(kind, state);
        assert!(!letter.contains(claim), "{kind} {state}: {letter}");
    }
    let free = "at no cost to the enrollee";
    for (kind, state, law, claim) in [
        ("individual_market", "WA", "48.43.515(6)", claim),
        ("medicaid_managed_care", "NV", "438.206(b)(3)", free),
        ("chip", "NV", "457.1230(a)", free),
    ] {
        let letter = asked(kind, state).replace('\u{a0}', " ");
        assert!(letter.contains(claim) && letter.contains(law), "{kind} {state}: {letter}");
    }
}

#[test]
fn a_right_to_a_second_opinion_is_said_as_the_rule_of_the_state_gives_it() {
    let cancer = "diagnosis_codes = [\"C50.911\"]";
    let mental = "diagnosis_codes = [\"F33.2\"]";
    let drug = "item = \"drug\"";
    // State, network, more of the claim, what is said, and the law behind it; no law: it is not said.
    for (state, network, claim, said, law) in [
        ("FL", "hmo", "", "members of an HMO", "641.51(5)"),
        ("FL", "", "", "members of an HMO", "641.51(5)"),
        ("FL", "ppo", "", "members of an HMO", ""),
        ("MO", "hmo", "", "members of an HMO", "354.546"),
        ("MO", "ppo", "", "members of an HMO", ""),
        ("MO", "ppo", cancer, "new diagnosis of cancer", "376.1253"),
        ("MO", "ppo", mental, "new diagnosis of cancer", ""),
        // Nobody has read New York's rule on cancer yet (kb/debt).
        ("NY", "ppo", cancer, "new diagnosis of cancer", ""),
        ("NY", "ppo", "", "policies that pay for surgery", "L. 1976, ch. 955"),
        ("NY", "ppo", drug, "policies that pay for surgery", ""),
        ("NJ", "epo", "", "insurers offer a benefit", "17B:26-2.3"),
        ("ME", "ppo", "", "what the network would cost", "4303(25)"),
        ("TX", "hmo", "", "refer the patient outside it", "1271.055"),
        ("TX", "ppo", "", "refer the patient outside it", ""),
        ("IL", "hmo", "", "binds the HMO", "215 ILCS 125/4-10(a)"),
        ("MN", "hmo", mental, "has it pay for a second opinion", "62D.103"),
        ("MN", "hmo", cancer, "has it pay for a second opinion", ""),
        ("CA", "hmo", "", "California law", "Cal. Ins. Code 10123.68; Cal. Health & Safety Code 1383.15"),
        ("AL", "hmo", cancer, "State law", ""),
    ] {
        let letter = second_opinion_asked(state, network, claim, "en");
        match letter.lines().find(|l| l.contains(said)) {
            Some(line) => assert!(!law.is_empty() && line.contains(law), "{state} {network} {claim}\n{line}"),
            None => assert!(law.is_empty(), "{state} {network} {claim}: no `{said}` ({law}) in\n{letter}"),
        }
    }
    let spanish = second_opinion_asked("FL", "hmo", "", "es");
    assert!(spanish.contains("miembros de una HMO") && spanish.contains("641.51(5)"), "{spanish}");
}

#[test]
fn no_right_to_a_second_opinion_is_forgotten_by_the_letters() {
    let table: Table = toml::from_str(include_str!("../../../templates/law.toml")).unwrap_or_else(|e| panic!("{e}"));
    let claimed: Vec<&str> = table
        .law
        .iter()
        .filter(|law| law.id.starts_with("second_opinion"))
        .flat_map(|law| law.entitled.iter().map(String::as_str))
        .collect();
    let kb = common::kb();
    let states =
        kb.index().states_with_folder().filter_map(|code| kb.state(code)).map(|s| s.unwrap_or_else(|e| panic!("{e}")));
    let all = kb.index().rules().iter().chain(states.flat_map(|state| &state.rules));
    let gives = |r: &&kb::Ready| r.rule.kind == kb::RuleKind::Entitled && r.rule.gives == "second_opinion.provide";
    let rules: Vec<&str> = all.filter(gives).map(|r| r.id.as_str()).collect();
    assert!(rules.len() > 15 && rules.contains(&"us-fl.second_opinion"), "the rules of the States are read: {rules:?}");
    for rule in &rules {
        let (said, left) = (claimed.contains(rule), table.left_out.iter().find(|l| l.rule == *rule));
        assert!(said || left.is_some(), "{rule}: no letter says it, and templates/law.toml does not say why");
        assert!(!said || left.is_none(), "{rule} is claimed and left out");
    }
    for name in claimed.into_iter().chain(table.left_out.iter().map(|l| l.rule.as_str())) {
        assert!(rules.contains(&name), "templates/law.toml names {name}, which is no such rule");
    }
    assert!(table.left_out.iter().all(|l| !l.why.trim().is_empty()));
    // Each statement is made by a letter, so that none is written and never said.
    let letter = include_str!("../../../templates/second_opinion_coverage_request/document.toml");
    for law in table.law.iter().filter(|law| law.id.starts_with("second_opinion")) {
        assert!(letter.contains(&format!("law = \"{}\"", law.id)), "no letter says {}", law.id);
    }
}

/// The line of an appeal letter that holds these words, without hard spaces.
fn asked(letter: &str, words: &str) -> Option<String> {
    letter.replace('\u{a0}', " ").lines().find(|l| l.contains(words)).map(str::to_string)
}

#[test]
fn who_may_decide_is_asked_as_the_law_of_the_coverage_gives_it() {
    // What is asked of whoever decides and of whoever advises, in English and Spanish, and the law behind it.
    let afresh = ["Decide the appeal afresh", "se decida de nuevo"];
    let not_under = ["took no part in an earlier decision", "no haya participado en una decisión anterior"];
    let uninvolved = ["took no part in the first decision", "no haya participado en la primera decisión"];
    let advice = ["with the advice of a health care professional", "con el consejo de un profesional"];
    let in_field = ["by a physician with expertise in the field", "un médico con experiencia en el campo"];
    let clinical = ["the clinical expertise to treat this condition", "la experiencia clínica para tratar"];
    let all = [afresh, not_under, uninvolved, advice, in_field, clinical];
    for (kind, wanted) in [
        ("medicare_advantage", &[(uninvolved, "42 CFR 422.590(h)(1)"), (in_field, "42 CFR 422.590(h)(2)")][..]),
        ("medicare_original", &[(uninvolved, "42 CFR 405.948")]),
        ("medicare_part_d", &[(uninvolved, "42 CFR 423.590"), (in_field, "42 USC 1395w-22(g)(2)(B)")]),
        ("medicaid_managed_care", &[(not_under, "42 CFR 438.406(b)(2)(i)"), (clinical, "42 CFR 438.406(b)(2)(ii)")]),
        ("chip", &[(not_under, "42 CFR 457.1260"), (clinical, "42 CFR 438.406(b)(2)(ii)")]),
        ("erisa_self_funded", &[(afresh, "2560.503-1(h)(3)(ii)"), (advice, "2560.503-1(h)(3)(v)")]),
        ("grandfathered_group", &[(afresh, "2560.503-1(h)(3)(ii)"), (advice, "2560.503-1(h)(3)(v)")]),
        ("individual_market", &[(afresh, "45 CFR 147.136(b)(3)(i)"), (advice, "2560.503-1(h)(3)(iii)")]),
        (
            "non_federal_governmental_self_funded",
            &[(afresh, "45 CFR 147.136(b)(2)(i)"), (advice, "2560.503-1(h)(3)(iii)")],
        ),
        ("church_plan_self_funded", &[(afresh, "26 CFR 54.9815-2719(b)(2)(i)"), (advice, "2560.503-1(h)(3)(iii)")]),
    ] {
        for (place, language) in ["en", "es"].into_iter().enumerate() {
            let letter = letter(kind, "notice_received", "appeal_letter", language);
            for words in all.map(|words| words[place]) {
                let law = wanted.iter().find(|(w, _)| w[place] == words).map(|(_, cite)| *cite);
                match (asked(&letter, words), law) {
                    (Some(line), Some(cite)) => assert!(line.contains(cite), "{kind}: {cite} not behind\n{line}"),
                    (None, None) => {}
                    (line, law) => panic!("{kind} {language} `{words}`: {line:?}, wanted {law:?}\n{letter}"),
                }
            }
        }
    }
}

#[test]
fn where_no_rule_on_who_decides_was_read_the_letter_wishes_for_it_and_names_no_law() {
    let tricare = letter("tricare", "notice_received", "appeal_letter", "en");
    let line = asked(&tricare, "took no part in the first decision").unwrap_or_else(|| panic!("{tricare}"));
    assert!(line.contains("Please have") && !line.contains('('), "{line}");
}

#[test]
fn a_judge_or_an_outside_reviewer_is_not_asked_for_what_binds_those_who_decided_first() {
    for (kind, event, step, law) in [
        ("medicaid_managed_care", "final_notice_received", "fair hearing", "438.406(b)(2)"),
        ("medicare_original", "redetermination_notice_received", "reconsideration", "405.948"),
        ("medicare_advantage", "reconsideration_notice_received", "hearing", "422.590(h)"),
        ("erisa_self_funded", "final_notice_received", "external review", "2560.503-1(h)(3)"),
    ] {
        let letter = letter(kind, event, "appeal_letter", "en");
        assert!(letter.contains(step), "{kind}: not the letter of that step\n{letter}");
        assert!(!letter.contains(law) && !letter.contains("took no part"), "{kind}: {law}\n{letter}");
    }
}

#[test]
fn a_reviewer_of_the_same_specialty_is_a_duty_only_where_the_state_makes_it_one() {
    let in_state = |state: &str, network: &str| {
        let case = case("individual_market", "notice_received").replace("\"NV\"", &format!("{state:?}"));
        let more = format!("[coverage]\nsitus_state = {state:?}\nnetwork_type = {network:?}");
        let case = case.replace("[coverage]", &more);
        behind(&drafted_in(&case, "appeal_letter", jiff::civil::date(2026, 11, 20), "en").value)
    };
    let claim = "as State law provides";
    for (state, network, law) in [
        ("NY", "ppo", "4900(2)"),
        ("VA", "hmo", "32.1-137.7"),
        ("FL", "hmo", "641.47(3)"),
        ("CT", "epo", "38a-591a(7)"),
    ] {
        let letter = in_state(state, network);
        let line = asked(&letter, claim).unwrap_or_else(|| panic!("{state} {network}\n{letter}"));
        assert!(line.contains(law) && !letter.contains("Please choose a reviewer"), "{state}: {line}");
        // The statutes compare the reviewer with who usually treats such a condition, not with this physician.
        assert!(!line.contains("treating physician"), "{state}: {line}");
    }
    // Florida's rule binds HMOs; Indiana's and Oregon's are about the reviewer outside; Nevada has none.
    for (state, network) in [("FL", "ppo"), ("IN", "hmo"), ("OR", "ppo"), ("NV", "hmo")] {
        let letter = in_state(state, network);
        assert!(!letter.contains(claim), "{state}\n{letter}");
        // The Federal rule gives a reviewer of the field: what a law gives is not begged for beside it.
        assert!(
            letter.contains("trained and experienced in the field") && !letter.contains("Please choose"),
            "{state}\n{letter}"
        );
    }
    let tricare = letter("tricare", "notice_received", "appeal_letter", "en");
    assert!(tricare.contains("Please choose a reviewer"), "no law that we know gives one\n{tricare}");
}

#[test]
fn a_letter_cites_only_passages_that_somebody_has_read_and_the_person_is_told_of_the_others() {
    let drafted = drafted_in(&case("fehb", "notice_received"), "appeal_letter", jiff::civil::date(2026, 11, 20), "en");
    let (printed, law) = (text(&drafted.value).replace('\u{a0}', " "), behind(&drafted.value).replace('\u{a0}', " "));
    let known_at_second_hand = "5 CFR 890.105";
    assert!(law.contains(known_at_second_hand) && !printed.contains(known_at_second_hand), "{printed}");
    // What it says is asked for all the same.
    assert!(printed.contains("reconsider"), "{printed}");
    let told = drafted.findings.iter().find(|f| f.code == "citation_not_confirmed").unwrap();
    assert!(told.message.contains(known_at_second_hand), "{}", told.message);
}

/// An urgent first denial of a plan whose external review runs in a process.
fn urgent(kind: &str, process: &str) -> facts::Outcome<draft::Document> {
    let case =
        case(kind, "notice_received").replace("issuer = ", &format!("external_process = \"{process}\"\nissuer = "));
    drafted_in(&case, "appeal_letter", jiff::civil::date(2026, 11, 20), "en")
}

#[test]
fn a_fast_appeal_says_by_when_and_asks_for_the_fast_external_review_beside_it() {
    for (kind, process, words, law) in [
        ("erisa_self_funded", "federal", "this letter as the request for both", "2590.715-2719(d)(3)(i)(A)"),
        ("individual_market", "state", "do not make a patient wait", "147.136(c)(2)(iii)"),
    ] {
        let drafted = urgent(kind, process);
        let letter = text(&drafted.value).replace('\u{a0}', " ");
        let time = letter.lines().find(|l| l.contains("no later than 72 hours")).unwrap_or_else(|| panic!("{letter}"));
        assert!(time.contains("2560.503-1(i)(2)(i)"), "{time}");
        let both = letter.lines().find(|l| l.contains(words)).unwrap_or_else(|| panic!("{kind}: {letter}"));
        assert!(both.contains(law), "{both}");
        assert!(!letter.contains("If the decision stands, I may ask"), "{letter}");
        assert!(drafted.findings.iter().any(|f| f.code == "external_beside"), "{:?}", drafted.findings);
    }
    // No external review exists beside these; the hours are those of their own rules.
    let none = text(&urgent("grandfathered_group", "federal").value);
    assert!(none.contains("72 hours") && !none.contains("expedited external review"), "{none}");
}

#[test]
fn an_appeal_that_is_not_urgent_asks_for_nothing_at_the_same_time() {
    let case = case("erisa_self_funded", "notice_received")
        .replace("urgent = true", "urgent = false")
        .replace("expedite = true", "expedite = false");
    let letter = text(&drafted_in(&case, "appeal_letter", jiff::civil::date(2026, 11, 20), "en").value);
    assert!(!letter.contains("72 hours") && !letter.contains("expedited"), "{letter}");
    assert!(letter.contains("If the decision stands"), "{letter}");
}

/// Of an emergency the network is no question: the letter says which law takes the reason away, asks for nothing of the network
/// and names no search.
#[test]
fn an_emergency_outside_the_network_is_answered_by_the_law_on_emergencies() {
    let case = |setting: &str| {
        format!(
            r#"
[patient]
name = "Test Person"
[coverage]
kind = "erisa_insured"
issuer = "Example Mutual Health"
[claim]
kind = "post_service"
service = "emergency visit"
setting = "{setting}"
[[denial]]
reason = "out_of_network"
quote = "Your out-of-network benefit was applied."
[[event]]
kind = "notice_received"
date = 2026-11-02
"#
        )
    };
    // Its paragraphs without a source too.
    let letter = |setting: &str| {
        let drafted = drafted_in(&case(setting), "appeal_letter", jiff::civil::date(2026, 11, 20), "en").value;
        format!("{drafted:?} {}", behind(&drafted))
    };
    let emergency = letter("emergency");
    assert!(emergency.contains("at the in-network share") && emergency.contains("29 USC 1185e(a)(1)"), "{emergency}");
    assert!(!emergency.contains("name one"), "{emergency}");
    let planned = letter("outpatient");
    assert!(planned.contains("name one") && !planned.contains("1185e"), "{planned}");
}
