//! What two outside readers, an attorney and a nurse, found read wrongly in invented papers: one test for each class. All people
//! and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::knowledge;
use facts::{Case, Document, Reading};

fn read(text: &str) -> Reading {
    let reading = notice::read(&[Document::from_text("letter.txt", text)], knowledge());
    assert!(!reading.findings.iter().any(|f| f.code == "knowledge_base_unusable"), "{:?}", reading.findings);
    reading
}

fn case_of(papers: &[(&str, &str)]) -> Case {
    let papers: Vec<Document> = papers.iter().map(|(name, text)| Document::from_text(*name, *text)).collect();
    notice::to_case(&notice::read(&papers, knowledge()), knowledge())
}

fn value(reading: &Reading, field: &str) -> Option<String> {
    reading.get(field).map(|f| f.value.clone())
}

fn events(case: &Case) -> Vec<(String, String)> {
    let day = |w: &facts::When| match w {
        facts::When::Day(d) => d.to_string(),
        _ => "?".into(),
    };
    case.events.iter().map(|e| (e.kind.clone(), day(&e.date))).collect()
}

const DENIAL: &str = "Alder Creek Health Plan\nP.O. Box 10, Boise, ID 83701\n\nNovember 4, 2026\nMember: Nora Quill\nMember ID: AC 4471 20\n\
    Service: MRI of the knee (CPT 73721)\n\nDear Nora Quill:\nWe denied your doctor's request. The MRI is not medically necessary.\n\
    You may appeal within 180 days of the date of this letter.\n";
const FINAL: &str = "Alder Creek Health Plan\nP.O. Box 10, Boise, ID 83701\n\nJanuary 8, 2027\nMember: Nora Quill\nMember ID: AC 4471 20\n\n\
    NOTICE OF FINAL ADVERSE BENEFIT DETERMINATION\nYour appeal of November 20, 2026 is denied. The MRI of the knee is not medically necessary.\n\
    You may request an external review within 4 months. Alder Creek uses an accredited Independent Review Organization. Send the request to \
    Alder Creek, External Review, P.O. Box 11, Boise, ID 83701.\n";
const BILL: &str = "SAWTOOTH IMAGING LLC\nBilling Office, P.O. Box 99, Boise, ID 83705\n\nSTATEMENT      Statement date: October 30, 2026\n\
    Patient: Nora Quill      Account number: SI-44812\nDate of service: 10/02/2026\nMRI knee (73721)     $1,140.00\n\
    BALANCE DUE FROM PATIENT     $1,140.00\nPlease pay by December 1, 2026.\n";

#[test]
fn the_heading_of_the_last_decision_outranks_what_is_said_of_reviewers_outside() {
    assert_eq!(value(&read(FINAL), "notice.kind").as_deref(), Some("final_internal_denial"));
    let outside = FINAL.replace("NOTICE OF FINAL ADVERSE BENEFIT DETERMINATION", "EXTERNAL REVIEW DECISION").replace(
        "Your appeal of November 20, 2026 is denied.",
        "We are an independent review organization. We upheld the plan's denial.",
    );
    assert_eq!(value(&read(&outside), "notice.kind").as_deref(), Some("external_decision"));
}

#[test]
fn only_a_paper_of_the_plan_is_the_notice_and_the_order_of_the_files_says_nothing() {
    for papers in [[("a.txt", BILL), ("b.txt", DENIAL)], [("a.txt", DENIAL), ("b.txt", BILL)]] {
        let case = case_of(&papers);
        assert_eq!(events(&case), [("notice_dated".to_string(), "2026-11-04".to_string())]);
        assert_eq!(case.claim.codes, ["CPT 73721"], "a code on both papers is one");
    }
    assert_eq!(events(&case_of(&[("a.txt", BILL)])), [], "a bill starts no clock");
}

#[test]
fn of_two_notices_each_stage_has_its_day_and_the_earlier_counts() {
    let both = [
        ("notice_dated".to_string(), "2026-11-04".to_string()),
        ("final_notice_dated".to_string(), "2027-01-08".to_string()),
    ];
    assert_eq!(events(&case_of(&[("a.txt", FINAL), ("b.txt", DENIAL)])), both);
    let later = DENIAL.replace("November 4, 2026", "November 19, 2026");
    let case = case_of(&[("a.txt", &later), ("b.txt", DENIAL)]);
    assert_eq!(events(&case), both[..1]);
}

#[test]
fn a_heading_is_no_name() {
    let text = "BAYOU MANAGED LONG TERM CARE\nP.O. Box 10, Metairie, LA 70001\n\nINITIAL ADVERSE DETERMINATION\nNOTICE TO REDUCE BENEFITS\n\n\
        Date of notice: November 18, 2026\nEnrollee: Odile Fontenot     Enrollee ID: BY20041185\n\nDear Odile Fontenot:\n\
        On December 1, 2026, the plan will REDUCE your personal care services.\nThe services are not medically necessary. Your assessment of \
        October 28, 2026 shows that your family is able to help with meals.\n\nYou have 60 calendar days from the date of this notice to appeal.\n";
    let reading = read(text);
    assert_eq!(value(&reading, "member.name").as_deref(), Some("Odile Fontenot"));
    assert_eq!(value(&reading, "service.date"), None, "the day of the change is no day of care");
    assert!(reading.reasons.iter().any(|r| r.quote.contains("able to help with meals")), "{:?}", reading.reasons);
    assert!(!reading.reasons.iter().any(|r| r.quote.contains("REDUCE")), "what was decided is no ground");
}

#[test]
fn an_operation_with_reduction_in_its_name_cuts_no_care() {
    let text = "Tecumseh Benefit Administrators\n\nDate: November 5, 2026\nPatient: Ana Ruiz\nProcedure: Reconstruction, left, and reduction of the right breast for symmetry (CPT 19318)\n\n\
        ADVERSE BENEFIT DETERMINATION\n\nDear Ms. Ruiz,\nThe request for reduction of the right breast is denied. It is not medically necessary.\n\
        You may appeal within 180 days.\n";
    let reading = read(text);
    assert_eq!(value(&reading, "notice.kind").as_deref(), Some("initial_denial"));
    let hours = text.replace(
        "The request for reduction of the right breast is denied.",
        "We will reduce your home health hours from 20 to 8 a week.",
    );
    assert_eq!(value(&read(&hours), "notice.kind").as_deref(), Some("reduction_or_termination"));
}

#[test]
fn what_was_asked_for_and_not_given_is_before_the_service() {
    assert_eq!(case_of(&[("a.txt", DENIAL)]).claim.kind.as_deref(), Some("pre_service"));
    let asked = DENIAL.replace("(CPT 73721)\n", "(CPT 73721), requested August 3, 2026, not yet provided\n");
    let case = case_of(&[("a.txt", &asked)]);
    assert_eq!(case.claim.date_of_service, None);
    assert_eq!(case.claim.kind.as_deref(), Some("pre_service"));
    let given = DENIAL.replace(
        "We denied your doctor's request.",
        "Date of service: October 2, 2026\nClaim number: 26-4471-01\nWe denied this claim.",
    );
    assert_eq!(case_of(&[("a.txt", &given)]).claim.kind.as_deref(), Some("post_service"));
}

#[test]
fn approved_through_a_day_is_the_end_of_the_course() {
    let text = "Lakeshore Behavioral\nPO Box 771, Minneapolis, MN 55440\n\nNovember 24, 2026\n\nPatient: Jo Pelter\nMember ID: LEB 55102\n\
        Service: Residential treatment, eating disorder\n\nNOTICE OF ADVERSE BENEFIT DETERMINATION - CONCURRENT REVIEW\n\n\
        We have approved residential treatment through November 30, 2026. Days after November 30, 2026 are not approved.\n\n\
        The clinical information does not show that you still need residential care. Care can safely be given in a partial hospitalization program.\n\n\
        You may appeal within 180 days after you receive this notice.\n";
    let case = case_of(&[("a.txt", text)]);
    assert_eq!(case.claim.date_of_service, None);
    assert_eq!(case.claim.kind.as_deref(), Some("concurrent"));
    assert_eq!(case.claim.approved_course_ends.map(|d| d.to_string()).as_deref(), Some("2026-11-30"));
}

#[test]
fn the_prescribers_field_is_not_the_reviewers() {
    let text = "Front Range Health, Inc.\nP.O. Box 9021, Denver, CO 80201\n\nNovember 9, 2026\n\nMember: Dee Okon\nMember ID: FRX-771-20934\n\
        Drug: Tezspire 210 mg every 4 weeks\nPrescriber: Colin Abernathy, MD, family medicine\n\nDear Dee Okon:\n\
        We cannot approve this request. You must try a preferred biologic first. Pharmacy records show that the inhaler was filled 4 times in 12 months.\n\n\
        The decision was made by Gail Whitcomb, PharmD.\n\nYou may appeal within 180 days of the date you receive this letter.\n";
    let reading = read(text);
    assert_eq!(value(&reading, "reviewer.specialty"), None);
    assert!(reading.reasons[0].quote.contains("filled 4 times in 12 months"), "{}", reading.reasons[0].quote);
    let own = text.replace("PharmD.", "MD, board certified in Pediatrics.");
    assert_eq!(value(&read(&own), "reviewer.specialty").as_deref(), Some("Pediatrics"));
}

#[test]
fn the_quote_of_a_reason_is_whole_sentences_without_its_list_mark() {
    let text = "Tecumseh Benefit Administrators\n\nDate: November 5, 2026\nPatient: Ana Ruiz\n\nADVERSE BENEFIT DETERMINATION\n\nDear Ms. Ruiz,\n\
        The request for the flap is denied. (1) Your plan does not cover cosmetic services because they only improve appearance. (3) Dr.\nFeinberg-Cole is not in the network.\n\n\
        You may appeal within 180 days.\n";
    let quotes: Vec<String> = read(text).reasons.iter().map(|r| r.quote.clone()).collect();
    assert!(quotes.iter().any(|q| q.starts_with("Your plan does not cover cosmetic")), "{quotes:?}");
    assert!(quotes.iter().any(|q| q.contains("Feinberg-Cole is not in the network.")), "{quotes:?}");
    assert!(!quotes.iter().any(|q| q.starts_with(['1', '3'])), "{quotes:?}");
}

/// In a long letter one sentence tells a reason in words that no rule knows, beside general text that names others.
#[test]
fn a_reason_told_in_one_sentence_of_a_long_letter_is_read_with_that_sentence() {
    let text = "Larch Hollow Health Plan\nP.O. Box 5, Fargo, ND 58102\n\nNovember 9, 2026\n\nMember: Ines Torp   Member ID: LH-20771\nRequest number: 26-118-4\n\n\
        Dear Ms. Torp:\n\nYour doctor asked us to approve a lumbar disc replacement (CPT 22857). We looked at the request and we are not able to approve it.\n\n\
        Our spine policy describes who is helped by this operation. Your doctor sent the office note of October 2 and the pictures of September. We read both with care. \
        The note tells of back pain for five months and of tablets taken at night. You have not yet worked with a physical therapist, and our policy asks for twelve weeks of that before an operation on a disc.\n\n\
        Care is called experimental when too little is known about it, and custodial when it helps with daily living. These words stand in your booklet and were not used here.\n\n\
        You may appeal within 180 days of the date of this letter. Write to Larch Hollow Appeals, P.O. Box 6, Fargo, ND 58102.\n";
    let reading = read(text);
    let reasons: Vec<&str> = reading.reasons.iter().map(|r| r.reason.as_str()).collect();
    assert_eq!(reasons, ["conservative_treatment_first"]);
    assert!(reading.reasons[0].quote.contains("physical therapist"), "{}", reading.reasons[0].quote);
}

#[test]
fn the_service_begins_after_the_verb_and_a_setting_is_none() {
    let text = DENIAL.replace("Service: MRI of the knee (CPT 73721)\n", "").replace(
        "We denied your doctor's request.",
        "We denied the power wheelchair (HCPCS K0861) your doctor asked for.",
    );
    assert_eq!(value(&read(&text), "service.description").as_deref(), Some("power wheelchair"));
    let cell = DENIAL.replace(
        "Service: MRI of the knee (CPT 73721)\n",
        "                Transcatheter valve replacement, transfemoral approach,\n Service / item\n                CPT 33361, inpatient\n",
    );
    let found = value(&read(&cell), "service.description");
    assert_eq!(found.as_deref(), Some("Transcatheter valve replacement, transfemoral approach"));
}

#[test]
fn an_office_keeps_its_first_word_and_a_broken_name_is_one_line() {
    let text = DENIAL.replace(
        "You may appeal within 180 days of the date of this letter.\n",
        "You may appeal to the panel of seven members within 30 days of the date of this letter. Mail the appeal to Appeals Panel, P.O. Box 415, Boise, ID 83701.\n",
    );
    assert_eq!(value(&read(&text), "appeal.address").as_deref(), Some("Appeals Panel, P.O. Box 415, Boise, ID 83701"));
    let text = DENIAL.replace(
        "You may appeal within 180 days of the date of this letter.\n",
        "You may appeal within 180 days of the date of this letter. Write to Alder Creek\nHealth Plan, Grievance Department, P.O. Box 7729,\nBoise, ID 83702.\n",
    );
    let case = case_of(&[("a.txt", &text)]);
    assert_eq!(
        case.coverage.appeal_address.as_deref(),
        Some("Alder Creek Health Plan, Grievance Department, P.O. Box 7729\nBoise, ID 83702")
    );
}

/// Two desks stand in one letter: the plan's own, and where the review outside it is asked for.
#[test]
fn the_address_of_the_review_outside_is_kept_apart_from_the_plans_own() {
    let own = "You may appeal within 180 days of the date of this letter. Mail the appeal to Alder Creek Appeals, P.O. Box 40, Boise, ID 83702.\n";
    let text = DENIAL.replace(
        "You may appeal within 180 days of the date of this letter.\n",
        &format!("{own}If we uphold our decision, you may ask for an independent external review. Send the request for external review to State External Review Office, P.O. Box 77, Boise, ID 83720.\n"),
    );
    let case = case_of(&[("a.txt", &text)]);
    assert!(case.coverage.appeal_address.as_deref().is_some_and(|a| a.contains("P.O. Box 40")), "{:?}", case.coverage);
    assert!(
        case.coverage.external_address.as_deref().is_some_and(|a| a.contains("P.O. Box 77")),
        "{:?}",
        case.coverage
    );
    // Where complaints go is no place to ask for the review.
    let complaint = text.replace(
        "If we uphold our decision, you may ask for an independent external review. Send the request for external review to State External Review Office,",
        "If you have a complaint about us, write to the Department of Insurance, Consumer Services,",
    );
    assert_eq!(case_of(&[("a.txt", &complaint)]).coverage.external_address, None);
    let none = DENIAL.replace("You may appeal within 180 days of the date of this letter.\n", own);
    assert_eq!(case_of(&[("a.txt", &none)]).coverage.external_address, None);
}

#[test]
fn of_the_amounts_of_a_claim_the_total_is_in_dispute() {
    let text = "PRAIRIE LAKES HEALTH INSURANCE COMPANY\nP.O. Box 60214, Peoria, IL 61601\n\nEXPLANATION OF BENEFITS\n\nStatement date: November 4, 2026\n\
        Patient: Mari Betten\nMember ID: PLK 7704412\nClaim number: 26-3090-55187\nDate of service: September 12, 2026\n\n\
        Service            Code    Billed      Allowed    Not covered   Plan paid\n\
        Emergency visit    99285   $2,140.00   $386.00    $1,754.00     $231.60\n\
        CT abdomen         74177   $612.00     $118.00    $494.00       $70.80\n\
        Total                      $2,752.00   $504.00    $2,248.00     $302.40\n\n\
        If you disagree you may ask for a review within 180 days of receiving this statement.\n";
    let read: Vec<String> = read(text).all("amount.denied").map(|f| f.value.clone()).collect();
    assert_eq!(case_of(&[("a.txt", text)]).claim.amount_cents, Some(224_800), "{read:?}");
}

#[test]
fn coverage_taken_back_names_no_service_and_no_illness() {
    let text = "Sable Ridge Insurance Company\nP.O. Box 88, Houston, TX 77001\nNovember 3, 2026\nPolicyholder: Wini Ache    Member ID: SR-401-772\n\
        NOTICE OF RESCISSION OF COVERAGE\nDear Ms. Ache: We are cancelling your coverage back to January 1, 2026 because your application did not disclose a diagnosis of lupus made in 2021.\n\
        You may appeal within 180 days after you receive this notice. Mail: Sable Ridge Appeals, P.O. Box 89, Houston, TX 77001.\n";
    let reading = read(text);
    for field in ["service.description", "service.date", "diagnosis.description"] {
        assert_eq!(value(&reading, field), None, "{field}");
    }
    let reasons: Vec<&str> = reading.reasons.iter().map(|r| r.reason.as_str()).collect();
    assert_eq!(reasons, ["eligibility"]);
    assert!(reading.reasons[0].quote.starts_with("We are cancelling your coverage"), "{}", reading.reasons[0].quote);
}

#[test]
fn a_letterhead_states_no_reason() {
    let text = "Good Steward Sharing Community\nA health care sharing ministry. This is not insurance.\nP.O. Box 410, Boise, ID 83701\n\nOctober 30, 2026\n\
        Member: Pat Ilves   Member number GS-40188\nDate of service: August 18, 2026\nAmount submitted: $18,740.00   Amount shared: $0.00\n\nDear Pat,\n\
        Your need for laparoscopic hernia repair was found not eligible for sharing. Guideline 7.C: conditions that existed in the 24 months\n\
        before membership are not shareable. Your records of March 2025 mention a bulge in the groin.\nYou may appeal within 30 days of the date of this letter.\n";
    let reading = read(text);
    let reasons: Vec<&str> = reading.reasons.iter().map(|r| r.reason.as_str()).collect();
    assert_eq!(reasons.first(), Some(&"eligibility"), "{:?}", reading.reasons);
    assert!(!reading.reasons.iter().any(|r| r.quote.contains("not insurance")), "{:?}", reading.reasons);
    assert!(reading.reasons.iter().any(|r| r.quote.contains("24 months")), "{:?}", reading.reasons);
    assert_eq!(value(&reading, "service.description").as_deref(), Some("laparoscopic hernia repair"));
}

#[test]
fn experimental_is_not_put_into_the_plans_mouth() {
    let text = DENIAL.replace(
        "The MRI is not medically necessary.",
        "The MRI is considered not medically necessary because it has not been shown to improve outcomes over plain films.",
    );
    let reasons: Vec<String> = read(&text).reasons.iter().map(|r| r.reason.clone()).collect();
    assert_eq!(reasons, ["not_medically_necessary"]);
    let said = text.replace("considered not medically necessary because it has", "considered experimental. It has");
    assert!(read(&said).reasons.iter().any(|r| r.reason == "experimental_investigational"));
}

#[test]
fn a_rule_that_asks_more_than_the_records_show_is_a_reason() {
    let text = DENIAL.replace(
        "We denied your doctor's request. The MRI is not medically necessary.",
        "We affirm our denial. Section 5(a) of the brochure covers the test only when \"the results will directly change the treatment.\" The records do not show that the result changed your treatment.",
    );
    let reading = read(&text);
    assert!(!reading.reasons.is_empty());
    assert!(reading.reasons[0].quote.contains("records do not show"), "{}", reading.reasons[0].quote);
}

#[test]
fn what_is_billed_above_the_allowed_amount_is_no_limit_used_up() {
    let text = DENIAL.replace(
        "The MRI is not medically necessary.",
        "This provider is not in your network. The amount over our allowed amount is not covered. The provider may bill you for the difference.",
    );
    let reasons: Vec<String> = read(&text).reasons.iter().map(|r| r.reason.clone()).collect();
    assert!(!reasons.contains(&"benefit_limit_reached".to_string()), "{reasons:?}");
    assert!(reasons.contains(&"out_of_network".to_string()), "{reasons:?}");
}

#[test]
fn the_day_of_a_cut_is_no_day_of_care_in_the_case() {
    let text = "BAYOU MANAGED LONG TERM CARE\nP.O. Box 10, Metairie, LA 70001\n\nDate of notice: November 18, 2026\nEnrollee: Odile Fontenot     Enrollee ID: BY20041185\n\n\
        Dear Odile Fontenot:\nOn December 1, 2026, the plan will reduce your personal care services.\n\
        You now get: 56 hours a week. From December 1, 2026 you will get: 35 hours a week.\nThe services are not medically necessary.\n\nYou have 60 calendar days from the date of this notice to appeal.\n";
    let case = case_of(&[("a.txt", text)]);
    assert_eq!(case.claim.date_of_service, None);
}

/// What a short letter decides: a yes and a no in one, a no taken back, and no "final" from what may only come after it.
#[test]
fn a_short_letter_is_of_the_kind_that_it_decides() {
    let kb = common::knowledge();
    for (says, kind) in [
        (
            "We approved the surgery (29914) on December 3, 2026. We denied the PRP injection (0232T) because it is unproven.",
            "partial_denial",
        ),
        (
            "On June 30, 2026 we denied the knee prosthesis (L5856) as not medically necessary. After your appeal we have reversed that decision and will pay for it.",
            "approval",
        ),
        (
            "We denied the knee prosthesis (L5856). It is not medically necessary. You have 180 days to appeal. You may ask for external review within four months after our final decision.",
            "initial_denial",
        ),
        ("Se negó la prótesis de rodilla (L5856). No es médicamente necesaria.", "initial_denial"),
        (
            "We decided to uphold our denial of June 30, 2026 of the glucose monitor (E2103). You do not take insulin. We sent your case to the independent review entity, Maximus Federal Services, 3750 Monroe Ave, Suite 702, Pittsford, NY 14534.",
            "final_internal_denial",
        ),
        (
            "Payment for the knee prosthesis (L5856) is $0. The knee prosthesis is not medically necessary.",
            "initial_denial",
        ),
    ] {
        let text = format!("Summit Peak Health Plans\nAugust 27, 2026\nMember: Hector Lund   ID: SPK200881903\n{says}");
        let reading = notice::read(&[Document::from_text("letter", text)], kb);
        let read = reading.all("notice.kind").map(|f| f.value.as_str()).next();
        let read = read.unwrap_or(reading.documents[0].kind.as_deref().unwrap_or_default());
        assert_eq!(read, kind, "{says}");
    }
}
