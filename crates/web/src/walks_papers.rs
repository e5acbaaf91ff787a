//! Papers of every kind walked through without a network: what the case keeps of each. Everything in them is invented.
#![allow(clippy::unwrap_used, clippy::panic)]

use facts::Case;

use crate::facts_at::get;
use crate::http::Upload;
use crate::testing::Site;
use crate::words::Lang;

fn letter(name: &str, claim: &str) -> String {
    format!(
        "Example Health Plan\nNovember 2, 2026\nNotice of adverse benefit determination\nPatient: {name}\n\
         Member ID: XM-20417\nClaim number: {claim}\n\
         We are unable to approve your request for knee replacement because it is not medically necessary.\n\
         You have the right to appeal within 180 days of receiving this letter.\n"
    )
}

const OPINION: &str = "Second opinion on knee replacement\nI am an orthopedic surgeon. I examined the patient in person and \
    reviewed her records. In my opinion knee replacement is medically necessary. I have no relationship with the treating \
    physician.\nRosa Example, MD\n";

const LIST: &str = "TY  - JOUR\nTI  - A study of knees\nAU  - Example, R.\nPY  - 2020\nER  - \n";
const RETRACTED: &str = "PMID- 12345678\nTI  - A study that was withdrawn\nPT  - Retracted Publication\nDP  - 2019\n";

fn uploads(files: &[(&str, &str)]) -> Vec<Upload> {
    let one = |(name, text): &(&str, &str)| Upload {
        field: "paper".into(),
        name: (*name).into(),
        bytes: text.as_bytes().to_vec(),
    };
    files.iter().map(one).collect()
}

fn with_papers(files: &[(&str, &str)], kind: &str) -> (Site, String) {
    let site = Site::new();
    let id = site.case(&Case::default());
    post(&site, &id, "papers", &[("kind", kind)], uploads(files));
    (site, id)
}

fn post(site: &Site, id: &str, at: &str, fields: &[(&str, &str)], files: Vec<Upload>) -> String {
    let seen = site.loaded(id).revision.to_string();
    let mut form = vec![("_seen", seen.as_str())];
    form.extend(fields);
    site.post(&format!("/case/{id}/{at}"), &form, files).unwrap_or_else(|e| panic!("{at}: {e:?}"))
}

fn relabel(site: &Site, id: &str, name: &str, kind: &str) {
    let sha256 = site.loaded(id).state.papers.iter().find(|p| p.name == name).unwrap().sha256.clone();
    post(site, id, &format!("paper/{sha256}"), &[("act", "kind"), ("kind", kind)], Vec::new());
}

#[test]
fn a_paper_that_is_called_the_plans_letter_after_all_fills_the_case_and_empties_it_again() {
    let text = letter("Ana Example", "AB-1");
    let (site, id) = with_papers(&[("letter.txt", &text)], "office_note");
    assert_eq!(get(&site.loaded(&id).state.case, "claim.number"), None);
    relabel(&site, &id, "letter.txt", "denial_letter");
    let case = site.loaded(&id).state.case;
    assert_eq!(get(&case, "claim.number").as_deref(), Some("AB-1"));
    assert_eq!(case.denials.len(), 1);
    assert_eq!(case.claim.documents, ["letter.txt"]);
    relabel(&site, &id, "letter.txt", "other");
    let case = site.loaded(&id).state.case;
    assert_eq!(get(&case, "claim.number"), None);
    assert!(case.denials.is_empty() && case.claim.documents.is_empty() && case.origin.is_empty(), "{:?}", case.origin);
}

#[test]
fn a_paper_that_is_not_the_opinion_letter_after_all_leaves_none_behind() {
    let (site, id) = with_papers(&[("opinion.txt", OPINION)], "opinion_letter");
    let opinion = site.loaded(&id).state.case.second_opinion.unwrap();
    assert_eq!((opinion.letter.as_deref(), opinion.state.as_deref()), (Some("opinion.txt"), Some("received")));
    relabel(&site, &id, "opinion.txt", "treating_letter");
    let opinion = site.loaded(&id).state.case.second_opinion.unwrap();
    assert_eq!((opinion.letter, opinion.state), (None, None));
    relabel(&site, &id, "opinion.txt", "opinion_letter");
    let sha256 = site.loaded(&id).state.papers[0].sha256.clone();
    post(&site, &id, &format!("paper/{sha256}"), &[("act", "remove")], Vec::new());
    assert_eq!(site.loaded(&id).state.case.second_opinion.unwrap().letter, None, "it was taken out");
}

#[test]
fn the_date_of_a_final_decision_is_asked_and_kept_as_that() {
    let text = letter("Ana Example", "AB-1").replace(
        "Notice of adverse benefit determination",
        "Notice of final internal adverse benefit determination\nThis is our final decision. You have no further appeal to us.",
    );
    let (site, id) = with_papers(&[("final.txt", &text)], "denial_letter");
    let sha256 = site.loaded(&id).state.papers[0].sha256.clone();
    let at = format!("paper/{sha256}");
    let page = site.page(Lang::En, &format!("/case/{id}/{at}"));
    assert!(page.contains("name=\"event.final_notice_dated\" value=\"2026-11-02\""), "{page}");
    assert!(page.contains("Date of the final decision") && !page.contains("name=\"event.notice_dated\""));
    post(&site, &id, &at, &[("act", "confirm"), ("event.final_notice_dated", "2026-11-02")], Vec::new());
    let case = site.loaded(&id).state.case;
    assert_eq!(get(&case, "event.notice_dated"), None);
    assert!(
        case.origin.iter().any(|o| o.fact == "event.final_notice_dated" && o.quote.is_some()),
        "unchanged, so quoted"
    );
}

#[test]
fn two_papers_that_disagree_stand_side_by_side_until_one_is_chosen() {
    let (one, two) = (letter("Ana Example", "AB-1"), letter("Berta Sample", "AB-1"));
    let (site, id) = with_papers(&[("one.txt", &one), ("two.txt", &two)], "denial_letter");
    let overview = format!("/case/{id}");
    let page = site.page(Lang::En, &overview);
    assert!(page.contains("Two papers do not agree"), "{page}");
    assert!(page.contains("Ana Example") && page.contains("Berta Sample") && page.contains("two.txt"));
    let which = page.split("name=\"which\" value=\"").nth(1).and_then(|p| p.split('"').next()).unwrap().to_string();
    post(&site, &id, "differ", &[("which", &which), ("side", "1")], Vec::new());
    let case = site.loaded(&id).state.case;
    assert_eq!(case.patient.name.as_deref(), Some("Berta Sample"));
    let origin = case.origin.iter().find(|o| o.fact == "patient.name").unwrap();
    assert_eq!((origin.file.as_deref(), origin.confirmed), (Some("two.txt"), true));
    assert!(!site.page(Lang::En, &overview).contains("Two papers do not agree"), "it is settled");
}

#[test]
fn lists_of_studies_are_kept_and_a_damaged_one_takes_nothing_with_it() {
    let text = letter("Ana Example", "AB-1");
    let broken = "TY  - JOUR\nER  - \n";
    let files = [("broken.ris", broken), ("knees.ris", LIST), ("old.nbib", RETRACTED), ("letter.txt", &text)];
    let (site, id) = with_papers(&files, "");
    let state = site.loaded(&id).state;
    assert_eq!(state.papers.len(), 4, "every file stays");
    let titles: Vec<_> = state.case.references.iter().filter_map(|r| r.title.as_deref()).collect();
    assert_eq!(titles, ["A study of knees", "A study that was withdrawn"]);
    assert_eq!(get(&state.case, "claim.number").as_deref(), Some("AB-1"), "the letter was read too");
    let evidence = site.page(Lang::En, &format!("/case/{id}/evidence"));
    assert!(evidence.contains("withdrawn by its journal"), "{evidence}");
    let packet = site.page(Lang::En, &format!("/case/{id}/packet"));
    assert!(packet.contains("Papers of this kind stay out unless you put them in."), "a list is no exhibit: {packet}");
    assert!(!packet.contains("include = true"), "nobody in a browser has a case file to write into");
    let of = |name: &str| state.papers.iter().find(|p| p.name == name).unwrap();
    let page = site.page(Lang::En, &format!("/case/{id}/paper/{}", of("broken.ris").sha256));
    assert!(page.contains("has no title and was left out"), "{page}");
    assert_eq!(of("knees.ris").kind.as_deref(), Some("reference_list"));
}

#[test]
fn what_a_paper_added_to_the_lists_of_the_case_goes_with_it_and_what_others_say_stays() {
    let with_codes = |claim: &str, codes: &str| {
        letter("Ana Example", claim).replace("We are unable", &format!("Service code: {codes}\nWe are unable"))
    };
    let one = with_codes("AB-1", "CPT 27447");
    let two = with_codes("AB-1", "CPT 27447, CPT 29881").replace("Member", "Diagnosis code: M17.11\nMember");
    let (site, id) = with_papers(&[("one.txt", &one), ("two.txt", &two)], "denial_letter");
    let codes = |site: &Site| {
        let claim = site.loaded(&id).state.case.claim;
        (claim.codes.join(" "), claim.diagnosis_codes.join(" "))
    };
    assert_eq!(codes(&site), ("CPT 27447 CPT 29881".into(), "M17.11".into()));
    relabel(&site, &id, "two.txt", "other");
    assert_eq!(codes(&site), ("CPT 27447".into(), String::new()), "the other letter names the first code too");
    relabel(&site, &id, "two.txt", "denial_letter");
    assert_eq!(codes(&site), ("CPT 27447 CPT 29881".into(), "M17.11".into()));
    let sha256 = |name: &str| site.loaded(&id).state.papers.iter().find(|p| p.name == name).unwrap().sha256.clone();
    post(&site, &id, &format!("paper/{}", sha256("one.txt")), &[("act", "remove")], Vec::new());
    assert_eq!(codes(&site), ("CPT 27447 CPT 29881".into(), "M17.11".into()), "the letter that stays names all");
    // Somebody looked at the letter and agreed: then it is a fact of the case, with or without the paper.
    let paper = format!("paper/{}", sha256("two.txt"));
    post(&site, &id, &paper, &[("act", "confirm")], Vec::new());
    post(&site, &id, &paper, &[("act", "remove")], Vec::new());
    assert_eq!(codes(&site).0, "CPT 27447 CPT 29881");
}

#[test]
fn a_study_leaves_the_shelf_with_its_paper_unless_another_list_or_the_person_has_it() {
    let both = format!("{LIST}TY  - JOUR\nTI  - A study of hips\nAU  - Example, R.\nPY  - 2021\nER  - \n");
    let study = "The knee in old age\nAbstract\nBackground\nWe looked.\nMethods\nWe counted.\n\
                 Results\nWe found.\nDiscussion\nWe think.\nConclusions\nIt helps.\nReferences\n1. None.\n\ndoi: 10.1000/invented.2020.1\n";
    let (site, id) = with_papers(&[("knees.ris", LIST), ("both.ris", &both)], "");
    post(&site, &id, "papers", &[("kind", "literature")], uploads(&[("study.txt", study)]));
    let titles = |site: &Site| {
        let all = site.loaded(&id).state.case.references;
        all.iter().filter_map(|r| r.title.clone()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(titles(&site), "A study of knees; A study of hips; The knee in old age");
    let remove = |name: &str| {
        let sha256 = site.loaded(&id).state.papers.iter().find(|p| p.name == name).unwrap().sha256.clone();
        post(&site, &id, &format!("paper/{sha256}"), &[("act", "remove")], Vec::new());
    };
    remove("study.txt");
    assert_eq!(titles(&site), "A study of knees; A study of hips");
    remove("knees.ris");
    assert_eq!(titles(&site), "A study of knees; A study of hips", "the other list names it too");
    site.change(&id, |state| state.case.references[1].supports = Some("My hip is meant.".into()));
    remove("both.ris");
    assert_eq!(titles(&site), "A study of hips", "the person wrote something to it");
}

#[test]
fn a_list_of_studies_is_known_wherever_it_is_given() {
    let site = Site::new();
    let list = |field: &str| vec![Upload { field: field.into(), name: "knees.ris".into(), bytes: LIST.into() }];
    let to = site.post("/new", &[], list("letter")).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    let state = site.loaded(&id).state;
    assert_eq!((state.case.references.len(), state.papers[0].kind.as_deref()), (1, Some("reference_list")));
    assert!(state.case.claim.documents.is_empty(), "it is not the plan's letter");
    let other = site.case(&Case::default());
    post(&site, &other, "opinion/check", &[], list("letter"));
    let state = site.loaded(&other).state;
    assert_eq!(state.case.references.len(), 1);
    assert_eq!(state.case.second_opinion.unwrap_or_default().letter, None, "it is not the opinion letter");
}

#[test]
fn a_health_record_is_shown_in_words_and_not_in_its_code() {
    let record = "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>Visit note</title>\
        <component><structuredBody><component><section><title>Assessment</title>\
        <text>Knee pain since spring.</text></section></component></structuredBody></component></ClinicalDocument>";
    let (site, id) = with_papers(&[("record.xml", record)], "");
    let paper = site.loaded(&id).state.papers[0].clone();
    let page = site.page(Lang::En, &format!("/case/{id}/paper/{}", paper.sha256));
    assert!(page.contains("Knee pain since spring."), "{page}");
    assert!(!page.contains("ClinicalDocument") && !page.contains("structuredBody"));
    assert_ne!(paper.kind.as_deref(), Some("electronic_answer"));
}

#[test]
fn an_electronic_answer_that_is_damaged_says_so_in_words_for_people() {
    let broken = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *200101*1253*^*00501*1*0*P*:";
    let (site, id) = with_papers(&[("answer.835", broken)], "");
    let paper = site.loaded(&id).state.papers[0].clone();
    let page = site.page(Lang::En, &format!("/case/{id}/paper/{}", paper.sha256));
    assert!(page.contains("made by another program"), "{page}");
}

#[test]
fn an_address_that_is_confirmed_unchanged_keeps_the_words_it_was_read_from() {
    let text = letter("Ana Example", "AB-1")
        + "Send your appeal to:\nExample Health Plan Appeals Department\nP.O. Box 1200\nSpringfield, OH 45501\n";
    let (site, id) = with_papers(&[("letter.txt", &text)], "denial_letter");
    let address = get(&site.loaded(&id).state.case, "coverage.appeal_address").unwrap();
    assert!(address.contains('\n'), "{address}");
    let sha256 = site.loaded(&id).state.papers[0].sha256.clone();
    post(
        &site,
        &id,
        &format!("paper/{sha256}"),
        &[("act", "confirm"), ("coverage.appeal_address", &address.replace('\n', "\r\n"))],
        Vec::new(),
    );
    let case = site.loaded(&id).state.case;
    let origin = case.origin.iter().find(|o| o.fact == "coverage.appeal_address").unwrap();
    assert!(origin.quote.is_some() && origin.confirmed, "{origin:?}");
}
