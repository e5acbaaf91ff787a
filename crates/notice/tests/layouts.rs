//! Ways a paper can be laid out, each with what must and what must not be read from it. All people and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

use std::path::Path;
use std::sync::OnceLock;

use facts::{Document, Reading};

fn knowledge() -> &'static kb::Kb {
    static KB: OnceLock<kb::Kb> = OnceLock::new();
    KB.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/notice");
        let files = std::fs::read_dir(folder).expect("kb/notice is in the repository").flatten().map(|f| {
            let name = format!("notice/{}", f.file_name().to_string_lossy());
            (name, std::fs::read_to_string(f.path()).expect("a text file"))
        });
        kb::Kb::load(kb::Source::new(files)).expect("the data can be loaded")
    })
}

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
