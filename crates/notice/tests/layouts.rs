//! Ways a paper can be laid out, each with what must and what must not be read from it. All people and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs, unreachable_pub, dead_code)]

mod common;

use common::knowledge;
use facts::{Document, Reading};

fn read(text: &str) -> Reading {
    notice::read(&[Document::from_text("paper.txt", text)], knowledge())
}

fn values(reading: &Reading, field: &str) -> Vec<String> {
    reading.all(field).map(|f| f.value.clone()).collect()
}

fn kind(reading: &Reading) -> &str {
    reading.documents[0].kind.as_deref().unwrap_or_default()
}

#[test]
fn boxes_of_a_form_have_numbers_and_items_of_a_list_name_no_box() {
    let form = "FERN DENTAL INDEMNITY CO.\n=====\n1 SUBSCRIBER            | 2 SUBSCRIBER NO.       | 3 GROUP NO.\n  Hyacinth Bellwether   |   CDI-4400913          |   G-21178\n-----\n9 DENTIST                                        | 10 PLAN\n  Anneliese Corrigan, DMD                        |    Fern Classic Dental\n=====\nThe crown is not covered. You may appeal within 60 days.\n";
    let reading = read(form);
    assert_eq!(values(&reading, "member.name"), ["Hyacinth Bellwether"]);
    assert_eq!(values(&reading, "member.id"), ["CDI-4400913"]);
    assert_eq!(values(&reading, "plan.group_number"), ["G-21178"]);
    assert_eq!(values(&reading, "provider.treating"), ["Anneliese Corrigan, DMD"]);
    assert_eq!(values(&reading, "plan.name"), ["Fern Classic Dental"]);
    let list =
        read("Fern Health Plan\n\nYour request is denied.\n\n2. Provider\nOne Physician of our staff looked at it.\n");
    assert!(values(&list, "provider.treating").is_empty());
}

#[test]
fn a_card_beside_the_members_number_names_member_plan_and_issuer() {
    let app = "9:02\n< Care requests\n\nApproved\nRequest R7-4410-2286\n\nOcrelizumab infusion\nJ2350\n\nDecided Nov 18, 2026\n\nNikolai Abara-Finch\nMember CWV-20 448 117\nCottonwood Valley Health Co-op\nCo-op Bronze HSA 6500\n\nQuestions? Tap to call 402-555-0105\n";
    let reading = read(app);
    assert_eq!(kind(&reading), "approval", "a status alone on its line is the decision");
    assert_eq!(values(&reading, "member.name"), ["Nikolai Abara-Finch"]);
    assert_eq!(values(&reading, "member.id"), ["CWV-20 448 117"]);
    assert_eq!(values(&reading, "plan.issuer"), ["Cottonwood Valley Health Co-op"]);
    assert_eq!(values(&reading, "plan.name"), ["Co-op Bronze HSA 6500"]);
}

#[test]
fn codes_of_letters_alone_count_in_the_column_of_remarks_that_a_legend_explains() {
    let eob = |last: &str| {
        format!(
            "Costa Health Plan\nExplanation of Benefits\n\nDate        Code    Service           Billed     Paid      Not covered   Note\n07/21/2026  99203   Visit, new        $165.00    $0.00     $165.00       {last}\n07/21/2026  73721   MRI of the knee   $890.00    $0.00     $890.00       PA\n\nNotes\n  FR   The provider is not in the network of your plan.\n  PA   This study needed approval before it was done.\n"
        )
    };
    assert_eq!(values(&read(&eob("FR")), "denial.code"), ["FR", "PA"]);
    assert_eq!(values(&read(&eob("")), "denial.code"), ["PA"], "a code that no row has is none");
}

#[test]
fn lines_of_a_narrow_column_go_on_in_the_next_line() {
    let letter = "Fern Hollow Behavioral                                                 Notice of adverse determination, dated April 30, 2026\n\nWe will not pay for the stay after\nMay 1, 2026, since the notes show\nno danger. Your attending doctor is\nZuleika Farnsworth, DO, and she spoke\nwith our staff on the phone.\n";
    assert_eq!(values(&read(letter), "provider.treating"), ["Zuleika Farnsworth, DO"]);
}

#[test]
fn who_signs_with_a_specialty_and_a_license_reviewed() {
    let letter = |under: &str| {
        format!(
            "Shore Health Plan\n\nDear Ana Ruiz:\n\nWe cannot approve the surgery.\n\nOctavia Bromley, M.D.\n{under}\n"
        )
    };
    let reading = read(&letter("Ophthalmology\nRI license MD 11872"));
    assert_eq!(values(&reading, "reviewer.name"), ["Octavia Bromley, M.D."]);
    assert_eq!(values(&reading, "reviewer.license"), ["MD 11872"]);
    assert!(values(&read(&letter("Member Services")), "reviewer.name").is_empty());
}

#[test]
fn what_is_still_open_is_no_denial_and_a_state_is_no_first_person() {
    let open = "LUMBRE SALUD\n\nSOLICITUD DE INFORMACIÓN\n\nEstimado Sr. Paz:\n\nTodavía no podemos tomar una decisión porque nos falta la receta. Envíenos la receta antes del 20 de noviembre de 2026.\n";
    assert_eq!(kind(&read(open)), "request_for_information");
    let maine = "Fern Health Plan, PO Box 1, Portland, ME 04101\nOffices: Bath, ME; Saco, ME; Bangor, ME\n\nDear Ana Ruiz:\n\nThe request was not approved. You may appeal within 180 days.\n";
    assert_eq!(kind(&read(maine)), "denial_letter");
}

#[test]
fn a_plan_of_an_employer_is_the_plan_and_who_administers_it_writes() {
    let letter = "CORVALE BENEFIT ADMINISTRATORS\non behalf of the Pruett Millworks Employee Health Plan\n\nDear Mr. Achterberg:\n\nWe are unable to approve it.\n";
    let reading = read(letter);
    assert_eq!(values(&reading, "plan.issuer"), ["CORVALE BENEFIT ADMINISTRATORS"]);
    assert_eq!(values(&reading, "plan.name"), ["Pruett Millworks Employee Health Plan"]);
}

#[test]
fn a_zip_code_after_a_state_written_out_is_no_code_of_a_service() {
    let letter = "Fern Health Plan\n\nYour request is denied. To appeal, write to Fern Health Plan, P.O. Box 3308, Dayton, Ohio\n45401, or send a fax to 937-555-0172.\n";
    let reading = read(letter);
    assert!(values(&reading, "service.code").is_empty());
    assert!(values(&reading, "service.description").is_empty());
}

#[test]
fn a_checked_box_answers_and_an_empty_one_says_nothing() {
    let form = |answer: &str| {
        format!(
            "LITTLE HARBOR KIDS PLAN\n\nMember ID: LHK 30 558172        Date of notice: 11/18/2026\nItem requested: Cranial orthosis (S1040)\n\nAnswer   {answer}\n\nYou have 60 days from the date of this notice to appeal.\n"
        )
    };
    let no = read(&form("[ ] yes     [ ] approved in part     [X] denied"));
    assert_eq!(kind(&no), "denial_letter");
    assert_eq!(values(&no, "notice.kind"), ["initial_denial"], "the empty box speaks of a part");
    let yes = read(&form("[X] approved     [ ] approved in part     [ ] denied"));
    assert_eq!(kind(&yes), "approval");
}

#[test]
fn what_is_granted_is_no_denial_whatever_was_refused_before() {
    let head = "Acme Health Plan\n\nOctober 5, 2026\n\nDear Ms. Carter:\n\n";
    for won in [
        "We have reversed our earlier decision. The MRI (73721), first denied as not medically necessary, is now approved.",
        "The denial of your MRI as not medically necessary has been overturned.",
        "We approved your request for an MRI of the knee (73721). Services that are not medically necessary are not covered.",
        "Your exception request for Humira has been granted. It is not on our formulary, but we will cover it.",
    ] {
        let reading = read(&format!("{head}{won}\n"));
        assert_eq!(kind(&reading), "approval", "{won}");
        assert!(reading.reasons.is_empty(), "{won}");
    }
    for lost in [
        "We have not overturned our denial. The MRI is not medically necessary. You may ask for external review.",
        "We approved 6 of the 12 visits. The other 6 are not approved because they are not medically necessary.",
        "You asked that the denial be reversed. We are not changing our decision. The MRI is not medically necessary.",
    ] {
        assert_eq!(kind(&read(&format!("{head}{lost}\n"))), "denial_letter", "{lost}");
    }
}

#[test]
fn days_without_blanks_and_years_first_are_days() {
    for (written, day) in [
        ("15JUL2026", "2026-07-15"),
        ("15-Jul-26", "2026-07-15"),
        ("11/ago/2026", "2026-08-11"),
        ("2026/03/25", "2026-03-25"),
    ] {
        let text =
            format!("Acme Health Plan\n\nDate of notice: {written}\nMember ID: A1234567\n\nYour request was denied.\n");
        assert_eq!(values(&read(&text), "notice.dated"), [day], "{written}");
    }
}

#[test]
fn the_day_of_mailing_comes_before_the_day_of_printing() {
    let text = "Acme Health Plan\n\nPrint Date: 10/07/2026\nNotice Date: 10/05/2026\nMember ID: A1234567\n\nYour request was denied because it is not medically necessary.\n";
    assert_eq!(values(&read(text), "notice.dated"), ["2026-10-05"]);
}

#[test]
fn an_initial_is_part_of_a_name_and_a_state_is_no_credential() {
    let text = "Acme Health Plan\n\nOctober 5, 2026\n\nPatient Name: Jane M. Carter\nProvider: Susan M. Oyelaran, MD\n\nYour request was denied because it is not medically necessary.\nWrite to the Office of Personnel Management, 1900 E Street, NW, Washington, DC 20415.\n";
    let reading = read(text);
    assert_eq!(values(&reading, "patient.name"), ["Jane M. Carter"]);
    assert_eq!(values(&reading, "provider.treating"), ["Susan M. Oyelaran, MD"]);
}

#[test]
fn a_charts_number_is_no_members_number() {
    let report = "CAPITAL RADIOLOGY GROUP\nMRI LUMBAR SPINE\nPatient: KOWALCZYK, DEBORAH     DOB: 03/14/1971   MRN: 4471120\nExam date: 08/27/2026\n\nFINDINGS: L4-L5: Grade 1 anterolisthesis.\nIMPRESSION:\n1. Grade 1 spondylolisthesis.\nElectronically signed by Paul Ritter, MD\n";
    let reading = read(report);
    assert_eq!(kind(&reading), "medical_record");
    assert!(values(&reading, "member.id").is_empty());
}

#[test]
fn an_account_that_states_no_reason_has_none() {
    let account = "EXPLANATION OF BENEFITS\nThis is not a bill\n\nMember ID: A1234567     Claim: 26-1188-04\n\nService date   Code    Description     Billed    Discount   Not covered   Plan paid   You owe\n10/01/2026     99213   Office visit    165.00    66.80      0.00          78.56       19.64\n10/01/2026     20610   Injection       310.00    168.00     0.00          142.00      0.00\nTotals                                 475.00    234.80     0.00          220.56      19.64\n";
    let reading = read(account);
    assert!(reading.reasons.is_empty(), "{:?}", reading.reasons);
}

#[test]
fn labels_with_the_number_of_a_box_head_their_values() {
    let form = "LITTLE HARBOR KIDS PLAN (CHIP)\n--------------------------------------------------------------------------\na. Child                    b. Child's plan number      c. Birth date\n   Odette Farnsworth           LHK-30-558172               April 19, 2022\n--------------------------------------------------------------------------\nYour request was denied because the diagnosis has not been confirmed. You have 60 days from the date of this notice to appeal.\n";
    let reading = read(form);
    assert_eq!(values(&reading, "member.id"), ["LHK-30-558172"]);
    assert_eq!(values(&reading, "patient.date_of_birth"), ["2022-04-19"]);
}
