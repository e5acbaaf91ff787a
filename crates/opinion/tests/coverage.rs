//! Is the second opinion covered, and what does it cost: every coverage, every network type, several States.
//! The cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use facts::Document;
use opinion::OpinionCoverage;
use support::{case, day, kb, today};

fn cover(text: &str) -> OpinionCoverage {
    opinion::coverage(&case(text), &kb(), today(), &[]).unwrap_or_else(|e| panic!("{e}"))
}

fn cites(c: &OpinionCoverage) -> Vec<&str> {
    c.authorities.iter().map(|a| a.cite.as_str()).collect()
}

const KINDS: [&str; 21] = [
    "erisa_self_funded",
    "erisa_insured",
    "individual_market",
    "grandfathered_group",
    "grandfathered_individual",
    "non_federal_governmental_self_funded",
    "church_plan_self_funded",
    "medicare_original",
    "medicare_advantage",
    "medicare_dsnp_integrated",
    "medicare_part_d",
    "medicaid_managed_care",
    "medicaid_fee_for_service",
    "chip",
    "fehb",
    "pshb",
    "tricare",
    "va",
    "short_term",
    "excepted_benefit",
    "health_sharing_ministry",
];

#[test]
fn every_coverage_and_network_gets_a_whole_answer() {
    let kb = kb();
    for kind in KINDS {
        for network in ["hmo", "ppo", "epo", "pos", "hdhp", "indemnity", ""] {
            for state in ["CA", "OH", "WI", ""] {
                let line = |k: &str, v: &str| if v.is_empty() { String::new() } else { format!("{k} = \"{v}\"\n") };
                let text = format!(
                    "[patient]\n{}[coverage]\nkind = \"{kind}\"\n{}[claim]\nservice = \"total knee replacement\"",
                    line("state", state),
                    line("network_type", network)
                );
                let c = opinion::coverage(&case(&text), &kb, today(), &[]).unwrap_or_else(|e| panic!("{e}"));
                assert!(["yes", "conditional", "not_stated", "no"].contains(&c.covered.as_str()), "{text}");
                assert!(["required", "not_required", "unknown"].contains(&c.referral.as_str()), "{text}");
                assert!(!c.authorities.is_empty() && !c.says.is_empty() && c.ask_the_plan.len() >= 5, "{text}");
                assert!(c.cost.notes.as_ref().is_some_and(|n| !n.is_empty()), "{text}");
                assert!(c.network.as_ref().is_some_and(|n| !n.is_empty()), "{text}");
            }
        }
    }
}

#[test]
fn original_medicare_by_year() {
    let text = "[coverage]\nkind = \"medicare_original\"\ndeductible_met_cents = 10000\n[claim]\nservice = \"cardiac catheterization\"";
    let c = cover(text);
    assert_eq!((c.covered.as_str(), c.referral.as_str()), ("yes", "not_required"));
    assert_eq!(
        (c.cost.deductible_cents, c.cost.deductible_left_cents, c.cost.coinsurance_percent),
        (Some(28300), Some(18300), Some(20.0))
    );
    // $400: $183 first, then 20% of $217 = $43.40.
    assert_eq!(c.cost.worked.as_ref().map(|w| w.you_pay_cents), Some(18300 + 4340));
    assert!(c.third_opinion.is_some());
    assert!(cites(&c).iter().any(|c| c.contains("ch. 15, § 30")));
    let year = |d: &str| opinion::coverage(&case(text), &kb(), day(d), &[]).unwrap_or_else(|e| panic!("{e}")).cost;
    assert_eq!(year("2025-06-01").deductible_cents, Some(25700));
    let unknown = year("2027-01-02");
    assert_eq!(unknown.deductible_cents, None, "a year that is not in the data is not guessed");
    assert!(unknown.notes.is_some_and(|n| n.contains("do not know") && n.contains("2027")));
}

#[test]
fn the_year_is_the_year_of_the_visit() {
    let text = "[coverage]\nkind = \"medicare_original\"\n[claim]\nservice = \"hip replacement\"\n[second_opinion]\nappointment_on = 2027-01-10";
    assert_eq!(cover(text).cost.deductible_cents, None);
}

#[test]
fn medicare_does_not_cover_an_opinion_about_cosmetic_surgery() {
    assert_eq!(
        cover("[coverage]\nkind = \"medicare_original\"\n[claim]\nservice = \"cosmetic rhinoplasty\"").covered,
        "no"
    );
    assert_eq!(
        cover("[coverage]\nkind = \"medicare_original\"\n[claim]\nservice = \"skilled nursing\"").covered,
        "conditional"
    );
}

#[test]
fn medicaid_managed_care_costs_nothing() {
    let c = cover("[coverage]\nkind = \"medicaid_managed_care\"");
    assert_eq!((c.covered.as_str(), c.cost.copay_cents, c.cost.deductible_cents), ("yes", Some(0), Some(0)));
    assert!(cites(&c).contains(&"42 CFR 438.206(b)(3)"));
}

#[test]
fn tricare_prime_needs_a_referral_and_select_does_not() {
    let with = |plan: &str| cover(&format!("[coverage]\nkind = \"tricare\"\nplan_name = \"{plan}\"")).referral;
    assert_eq!(with("TRICARE Prime"), "required");
    assert_eq!(with("TRICARE Select"), "not_required");
    assert_eq!(with("TRICARE"), "unknown");
}

#[test]
fn what_the_person_entered_wins_over_what_is_usual() {
    let c = cover(
        "[coverage]\nkind = \"individual_market\"\nnetwork_type = \"hmo\"\nreferral_required = false\ncopay_specialist_cents = 4000",
    );
    assert_eq!(c.referral, "not_required");
    assert_eq!(c.cost.copay_cents, Some(4000));
    assert_eq!(c.cost.worked.map(|w| w.you_pay_cents), Some(4000));
}

#[test]
fn network_types_differ_in_referral() {
    let with = |n: &str| cover(&format!("[coverage]\nkind = \"erisa_self_funded\"\nnetwork_type = \"{n}\"")).referral;
    assert_eq!(
        (with("hmo"), with("ppo"), with("epo"), with("hdhp")),
        ("required".into(), "not_required".into(), "not_required".into(), "unknown".into())
    );
}

#[test]
fn worked_cost_of_a_deductible_and_coinsurance() {
    let c = cover(
        "[coverage]\nkind = \"erisa_self_funded\"\nnetwork_type = \"ppo\"\ndeductible_cents = 150000\ndeductible_met_cents = 140000\ncoinsurance_percent = 30",
    );
    // $400: the $100 left, then 30% of $300 = $90.
    assert_eq!(c.cost.worked.map(|w| w.you_pay_cents), Some(19000));
    assert_eq!(c.cost.deductible_left_cents, Some(10000));
    let nothing = cover("[coverage]\nkind = \"erisa_self_funded\"");
    assert_eq!(nothing.cost.worked, None, "no example without figures");
    assert!(nothing.cost.notes.is_some_and(|n| n.contains("do not know")));
}

#[test]
fn california_law_for_insured_plans_only() {
    let with = |kind: &str| {
        cover(&format!(
            "[patient]\nstate = \"CA\"\n[coverage]\nkind = \"{kind}\"\nnetwork_type = \"hmo\"\n[claim]\nservice = \"hysterectomy\""
        ))
    };
    let insured = with("erisa_insured");
    assert_eq!(insured.covered, "yes");
    assert!(cites(&insured).contains(&"Cal. Health & Safety Code 1383.15"));
    assert!(insured.notes.iter().any(|n| n.contains("72 hours")));
    let own = with("erisa_self_funded");
    assert_eq!(own.covered, "not_stated");
    assert!(!cites(&own).iter().any(|c| c.contains("Cal.")));
    assert!(own.notes.iter().any(|n| n.contains("may not apply")));
    assert_eq!(with("medicare_original").state, None, "State mandates are not looked at for Medicare");
}

#[test]
fn a_group_policy_follows_the_state_where_it_was_issued() {
    let c = cover(
        "[patient]\nstate = \"CA\"\n[coverage]\nkind = \"erisa_insured\"\nsitus_state = \"OH\"\nnetwork_type = \"ppo\"",
    );
    assert_eq!(c.state.as_deref(), Some("OH"));
    assert_eq!(c.covered, "not_stated");
    assert!(c.notes.iter().any(|n| n.contains("Ohio") && n.contains("California")));
}

#[test]
fn missouri_cancer_and_florida_hmo() {
    let mo = |dx: &str| {
        cover(&format!(
            "[patient]\nstate = \"MO\"\n[coverage]\nkind = \"individual_market\"\nnetwork_type = \"ppo\"\n[claim]\nservice = \"radiation\"\ndiagnosis = \"{dx}\""
        ))
    };
    assert_eq!(mo("newly diagnosed breast cancer").covered, "yes");
    // The law is for newly found cancer; a diagnosis that does not say so leaves it open.
    assert_eq!(mo("breast cancer").covered, "conditional");
    assert_eq!(mo("metastatic breast cancer").covered, "conditional");
    assert_eq!(mo("migraine").covered, "not_stated");
    let fl = |network: &str| {
        cover(&format!(
            "[patient]\nstate = \"FL\"\n[coverage]\nkind = \"individual_market\"\nnetwork_type = \"{network}\"\n[claim]\nservice = \"spinal fusion\""
        ))
    };
    assert_eq!(fl("hmo").covered, "yes");
    assert_eq!(fl("ppo").covered, "not_stated");
}

#[test]
fn recalled_law_is_never_an_authority() {
    for (state, cite) in [("WI", "609.22"), ("IN", "27-13-37"), ("NY", "3216(i)(19)")] {
        let c = cover(&format!(
            "[patient]\nstate = \"{state}\"\n[coverage]\nkind = \"individual_market\"\nnetwork_type = \"hmo\"\n[claim]\ndiagnosis = \"breast cancer\"\nservice = \"chemotherapy\""
        ));
        assert!(!cites(&c).iter().any(|x| x.contains(cite)), "{state}");
        assert!(
            c.notes.iter().any(|n| n.starts_with("Not yet confirmed") && n.contains(cite)),
            "{state}: {:?}",
            c.notes
        );
        assert_eq!(c.covered, "not_stated", "{state}");
    }
}

#[test]
fn the_plan_document_decides_and_is_quoted_with_its_page() {
    let document = Document::from_text(
        "spd.pdf",
        "Page one\u{c}Second Opinions\nThe plan covers a second opinion at no cost when you ask for it.",
    );
    let text = "[coverage]\nkind = \"erisa_self_funded\"\nnetwork_type = \"ppo\"";
    let c = opinion::coverage(&case(text), &kb(), today(), &[document]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(c.covered, "yes");
    assert_eq!(c.authorities[0].cite, "spd.pdf, page 2");
    assert_eq!(c.plan_quotes[0].page, 2);
}

#[test]
fn employer_plans_are_told_to_ask_the_employer() {
    assert!(cover("[coverage]\nkind = \"erisa_self_funded\"").employer_benefit.is_some());
    assert!(cover("[coverage]\nkind = \"individual_market\"").employer_benefit.is_none());
}

#[test]
fn the_phone_script_fits_the_coverage() {
    let medicare = cover("[coverage]\nkind = \"medicare_original\"\n[claim]\nservice = \"hysterectomy\"");
    assert!(!medicare.ask_the_plan.iter().any(|a| a.contains("network")), "Original Medicare has no network");
    let hmo =
        cover("[coverage]\nkind = \"individual_market\"\nnetwork_type = \"hmo\"\n[claim]\nservice = \"hysterectomy\"");
    assert!(hmo.ask_the_plan.iter().any(|a| a.contains("network-gap")));
    assert!(hmo.ask_the_plan.iter().any(|a| a.contains("require a second opinion before hysterectomy")));
    assert!(hmo.ask_the_plan.iter().all(|a| !a.contains('{')), "no blank of ours is left");
}

#[test]
fn an_unknown_kind_of_coverage_is_said() {
    let c = cover("");
    assert_eq!(c.covered, "not_stated");
    assert!(c.says.contains("do not know"));
    assert!(!c.ask_the_plan.is_empty());
}

#[test]
fn care_that_was_given_already_is_told_apart() {
    let said = |kind: &str| {
        let text = format!(
            "[coverage]\nkind = \"medicare_original\"\n[claim]\nkind = \"{kind}\"\nservice = \"knee replacement\""
        );
        cover(&text).notes.iter().any(|n| n.contains("already given"))
    };
    assert!(said("post_service"));
    assert!(!said("pre_service"));
}

#[test]
fn nobody_is_told_of_an_employer_without_one() {
    for kind in
        ["short_term", "excepted_benefit", "health_sharing_ministry", "medicaid_fee_for_service", "individual_market"]
    {
        let c = cover(&format!("[patient]\nstate = \"OH\"\n[coverage]\nkind = \"{kind}\""));
        assert!(!c.notes.iter().any(|n| n.contains("employer")), "{kind}: {:?}", c.notes);
        assert_eq!(c.employer_benefit, None, "{kind}");
    }
}

#[test]
fn a_parent_calls_in_the_parents_name_in_both_languages() {
    let c = cover(
        "[patient]\nname = \"Leo Invented\"\nrole = \"parent\"\nrepresentative = \"Dana Invented\"\n[coverage]\nkind = \"erisa_insured\"",
    );
    assert!(
        c.ask_the_plan[0].contains("my name is Dana Invented, and I call for Leo Invented"),
        "{}",
        c.ask_the_plan[0]
    );
    assert!(
        c.ask_the_plan_es[0].contains("me llamo Dana Invented, y llamo por Leo Invented"),
        "{}",
        c.ask_the_plan_es[0]
    );
    assert_eq!(c.ask_the_plan.len(), c.ask_the_plan_es.len());
}

#[test]
fn state_law_is_conditional_while_nobody_knows_whether_the_plan_is_insured() {
    let open = cover("[patient]\nstate = \"CA\"\n[coverage]\nkind = \"grandfathered_group\"\nnetwork_type = \"hmo\"");
    assert_eq!(open.covered, "conditional");
    assert!(open.notes.iter().any(|n| n.contains("only if the plan is insured")), "{:?}", open.notes);
    let issued = cover(
        "[patient]\nstate = \"CA\"\n[coverage]\nkind = \"grandfathered_group\"\nnetwork_type = \"hmo\"\nsitus_state = \"CA\"",
    );
    assert_eq!(issued.covered, "yes");
}

/// A copay with some of the deductible left: what comes first decides, so both amounts are told.
#[test]
fn a_copay_is_no_promise_while_a_deductible_is_left() {
    let worked = |extra: &str| {
        let c = cover(&format!("[coverage]\nkind = \"individual_market\"\ncopay_specialist_cents = 6500\n{extra}"));
        c.cost.worked.unwrap_or_else(|| panic!("no example: {extra}"))
    };
    let left = worked("deductible_cents = 200000\ndeductible_met_cents = 30000");
    assert!(left.says.contains("$65") && left.says.contains("$400 when the deductible comes first"), "{}", left.says);
    let some = worked("deductible_cents = 200000\ndeductible_met_cents = 190000");
    assert!(some.says.contains("$165"), "what is left, and the copay: {}", some.says);
    let met = worked("deductible_cents = 200000\ndeductible_met_cents = 200000");
    assert!(!met.says.contains("deductible") && met.you_pay_cents == 6500, "{}", met.says);
    assert!(worked("").says.contains("unless a deductible comes first"));
    let high = worked("network_type = \"hdhp\"\ndeductible_cents = 200000");
    assert_eq!(high.you_pay_cents, 40000, "in a high-deductible plan the deductible comes first");
}

#[test]
fn the_call_goes_to_whoever_pays_the_visit() {
    let d = cover("[coverage]\nkind = \"medicare_part_d\"\n[claim]\nservice = \"upadacitinib\"");
    for script in [&d.ask_the_plan, &d.ask_the_plan_es] {
        assert!(script[0].contains("1-800-MEDICARE"), "{}", script[0]);
    }
    assert!(d.ask_the_plan.iter().all(|q| !q.contains("Does my plan cover")), "{:?}", d.ask_the_plan);
    assert!(!d.out_of_network.unwrap_or_default().contains("kind of network"));
    let unknown = cover("[claim]\nservice = \"knee MRI\"");
    assert!(unknown.says.contains("What kind of coverage is it?"), "{}", unknown.says);
    assert!(!unknown.ask_the_plan.is_empty());
}

#[test]
fn where_no_opinion_helps_that_comes_first_and_nobody_is_sent_to_the_telephone() {
    let page = |reason: &str| {
        let text = format!(
            "[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nservice = \"MRI\"\n[[denial]]\nreason = \"{reason}\""
        );
        opinion::coverage_page(&cover(&text), &kb())
    };
    let late = page("timely_filing");
    let first = late.lines().nth(2).unwrap_or_default();
    assert!(first.contains("does not help") && first.contains("Do this instead"), "{late}");
    assert!(!late.contains("On the phone"), "{late}");
    assert_eq!(late.matches("Do this instead").count(), 1, "{late}");
    let medical = page("not_medically_necessary");
    assert!(!medical.contains("does not help") && medical.contains("On the phone"), "{medical}");
}

#[test]
fn the_telephone_asks_nothing_that_the_page_has_answered() {
    let script = |kind: &str| {
        cover(&format!("[coverage]\nkind = \"{kind}\"\n[claim]\nservice = \"fusion\"")).ask_the_plan.join("\n")
    };
    let medicaid = script("medicaid_managed_care");
    assert!(
        !medicaid.contains("What will I pay") && !medicaid.contains("in-network cost"),
        "it costs nothing: {medicaid}"
    );
    assert!(script("individual_market").contains("What will I pay"));
    let original = script("medicare_original");
    assert!(
        original.contains("doctor's office") && !original.contains("On which page of the plan"),
        "no plan: {original}"
    );
    let va = script("va");
    assert!(va.contains("VA doctor") && !va.contains("network") && !va.contains("my plan"), "{va}");
}

#[test]
fn in_the_script_words_with_a_comma_read_as_a_sentence() {
    let c = cover("[coverage]\nkind = \"individual_market\"\n[claim]\ndiagnosis = \"Spondylolisthesis, L5-S1\"");
    assert!(c.ask_the_plan.iter().any(|q| q.contains("treat spondylolisthesis, L5-S1, and have an opening")));
}
