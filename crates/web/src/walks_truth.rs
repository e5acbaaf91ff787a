//! One truth on every page: days that have come, the clock that runs, the paper that says it, and nothing promised that is not
//! there. All invented.
#![allow(clippy::unwrap_used, clippy::panic)]

use facts::{Case, Denial, Event, Physician, SecondOpinion, When};

use crate::facts_at::get;
use crate::http::Upload;
use crate::testing::Site;
use crate::words::Lang;

const LETTER: &str = "Example Health Plan (HMO)\nNovember 9, 2026\nNotice of Denial of Medical Coverage\nMember: Ana Example\n\
    We denied the knee replacement because it is not medically necessary. The records you sent do not show 12 weeks of \
    physical therapy.\nYou must ask for an appeal within 65 calendar days of the date of this notice.\n";

const BILL: &str = "Example Health Plan (HMO)\nExplanation of Benefits\nTHIS IS NOT A BILL\nDate: November 20, 2026\n\
    Member: Ana Example\nClaim number: 88-0001\nDate of service: November 18, 2026\nOffice visit\nAmount denied: $410.00\n\
    PR-242: Services not provided by network/primary care providers.\n";

const OPINION: &str = "Second Opinion Consultation\nNovember 18, 2026\nI am Rosa Invented, MD, an orthopedic surgeon. I examined \
    Ana Example in person and reviewed her records. In my opinion the knee replacement is medically necessary. Further delay \
    risks permanent loss of motion in the knee. I have no relationship with the treating physician.\nRosa Invented, MD\n";

fn denied() -> Case {
    let mut case = Case::default();
    case.coverage.kind = Some("medicare_advantage".into());
    case.patient.name = Some("Ana Example".into());
    case.patient.state = Some("OH".into());
    case.claim.kind = Some("pre_service".into());
    case.claim.service = Some("knee replacement".into());
    let quote = "not medically necessary. The records you sent do not show 12 weeks of physical therapy.";
    let reason = Some("not_medically_necessary".into());
    case.denials.push(Denial { reason, quote: Some(quote.into()), ..Denial::default() });
    case.events.push(event("notice_dated", "2026-11-09"));
    case
}

fn event(kind: &str, day: &str) -> Event {
    Event { kind: kind.into(), date: When::Day(day.parse().unwrap()), evidence: None, note: None }
}

fn form<'a>(seen: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    std::iter::once(("_seen", seen)).chain(fields.iter().copied()).collect()
}

fn post(site: &Site, id: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let seen = site.loaded(id).revision.to_string();
    site.post(&format!("/case/{id}/{path}"), &form(&seen, fields), Vec::new()).unwrap()
}

fn refused(site: &Site, id: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let seen = site.loaded(id).revision.to_string();
    site.post_for_page(&format!("/case/{id}/{path}"), &form(&seen, fields), Vec::new())
}

fn add(site: &Site, id: &str, name: &str, bytes: &[u8], kind: &str) {
    let seen = site.loaded(id).revision.to_string();
    let file = Upload { field: "paper".into(), name: name.into(), bytes: bytes.to_vec() };
    site.post(&format!("/case/{id}/papers"), &form(&seen, &[("kind", kind)]), vec![file]).unwrap();
}

fn overview(site: &Site, id: &str) -> String {
    site.page(Lang::En, &format!("/case/{id}"))
}

/// The page of a paper, by the name of its file.
fn paper(site: &Site, id: &str, name: &str) -> String {
    let sha256 = site.loaded(id).state.papers.iter().find(|p| p.name == name).unwrap().sha256.clone();
    format!("paper/{sha256}")
}

#[test]
fn a_day_that_has_not_come_is_refused_beside_the_field_and_the_time_limit_stays() {
    let site = Site::new();
    let id = site.case(&denied());
    let sent = [("happened", "sent_appeal"), ("on", "2026-12-20"), ("who", "the appeals desk")];
    let page = refused(&site, &id, "log", &sent);
    assert!(page.contains("That day has not come yet") && page.contains("aria-invalid=\"true\""), "{page}");
    assert!(page.contains("the appeals desk") && page.contains("2026-12-20"), "what was typed stays");
    assert!(site.loaded(&id).state.log.is_empty() && overview(&site, &id).contains("File by"));
    let received = [("month", "12"), ("day", "13"), ("year", "26")];
    let page = refused(&site, &id, "question/received", &received);
    assert!(page.contains("That day has not come yet") && page.contains("aria-describedby=\"wrong\""), "{page}");
    post(&site, &id, "question/received", &[("month", "11"), ("day", "13"), ("year", "26")]);
    assert_eq!(get(&site.loaded(&id).state.case, "event.notice_received").as_deref(), Some("2026-11-13"));
    // What may lie ahead is taken.
    site.change(&id, |state| state.case.claim.kind = Some("concurrent".into()));
    post(&site, &id, "question/effective", &[("month", "12"), ("day", "13"), ("year", "2026")]);
}

#[test]
fn after_a_second_no_the_page_tells_who_has_the_case_and_not_the_first_letters_day() {
    let site = Site::new();
    let id = site.case(&denied());
    add(&site, &id, "letter.txt", LETTER.as_bytes(), "denial_letter");
    post(&site, &id, "log", &[("happened", "sent_appeal"), ("on", "2026-11-20")]);
    post(&site, &id, "log", &[("happened", "received_decision"), ("on", "2026-11-24"), ("result", "upheld")]);
    let page = overview(&site, &id);
    assert!(page.contains("Nothing to file now") && page.contains("must send your case on by itself"), "{page}");
    assert!(page.contains("Ask for a hearing before an administrative law judge"), "{page}");
    assert!(!page.contains("January 13") && !page.contains("File by"), "{page}");
    let spanish = site.page(Lang::Es, &format!("/case/{id}"));
    assert!(spanish.contains("Ahora no hay nada que presentar"), "{spanish}");
    assert!(!site.page(Lang::En, "/").contains("January 13"));
}

#[test]
fn an_urgent_appeal_on_file_shows_the_fast_clock_everywhere() {
    let site = Site::new();
    let mut case = denied();
    case.claim.urgent = Some(true);
    let id = site.case(&case);
    let sent = [("happened", "sent_appeal"), ("on", "2026-11-25"), ("at", "09:30"), ("fast", "yes")];
    post(&site, &id, "log", &sent);
    let page = overview(&site, &id);
    let answer = page.split("They must answer by").nth(1).unwrap();
    assert!(answer.contains("November 28, 2026") && answer.contains("9:30 a.m."), "{page}");
    assert!(!page.contains("December 25"), "one clock on one page: {page}");
    assert!(!page.contains("answer to your appeal is late"), "{page}");
    // Told that the normal pace was asked for, the page waits for that answer.
    site.change(&id, |state| state.case.choices.expedite = Some(false));
    let page = overview(&site, &id);
    // November 28 may stand there as the day of the second opinion, which is no answer of the plan's.
    let answer = page.split("They must answer by").nth(1).and_then(|rest| rest.split("</").next()).unwrap_or_default();
    assert!(!answer.contains("November 28") && !page.contains("9:30 a.m."), "{page}");
    assert!(page.contains("December 25"), "{page}");
}

#[test]
fn an_urgent_case_has_one_step_that_asks_and_says_why_it_is_today() {
    let site = Site::new();
    let mut case = denied();
    case.claim.urgent = Some(true);
    let page = overview(&site, &site.case(&case));
    assert_eq!(page.matches("fast reconsideration</h3>").count(), 0, "told once: {page}");
    assert!(page.contains("we advise to do it today") && !page.contains("keeps your right alive"), "{page}");
    assert!(page.contains("any physician asks for it"), "the sure way stands in the step: {page}");
}

#[test]
fn a_file_that_nothing_can_open_is_promised_to_nobody_and_named_above_the_button() {
    let site = Site::new();
    let id = site.case(&denied());
    add(&site, &id, "letter.txt", LETTER.as_bytes(), "denial_letter");
    add(&site, &id, "damaged.pdf", b"%PDF-1.4\nthis is cut off", "");
    let packet = site.page(Lang::En, &format!("/case/{id}/packet"));
    assert!(!packet.contains("Medical record"), "{packet}");
    let (before, after) = packet.split_once("Download the packet").or(packet.split_once("Download a draft")).unwrap();
    assert!(before.contains("could not be opened and are not in it") && before.contains("damaged.pdf"), "{packet}");
    assert!(!after.contains("damaged.pdf"), "{packet}");
    let letter = site.page(Lang::En, &format!("/case/{id}/letter/appeal_letter"));
    assert!(!letter.contains("Medical record") && !letter.contains("damaged.pdf"), "{letter}");
}

#[test]
fn whoever_signs_for_the_patient_is_told_of_the_form_first_and_at_the_packet() {
    let site = Site::new();
    let mut case = denied();
    case.patient.role = Some("representative".into());
    case.patient.representative = Some("Eva Example".into());
    let id = site.case(&case);
    let first = overview(&site, &id);
    let first = first.split("class=\"steps\"").nth(1).unwrap().split("</li>").next().unwrap().to_string();
    assert!(first.contains("letter/authorized_representative") && first.contains("class=\"button\""), "{first}");
    assert!(site.page(Lang::En, &format!("/case/{id}/packet")).contains("letter/authorized_representative"));
    add(
        &site,
        &id,
        "form.txt",
        b"Appointment of Representative. Signed: Ana Example, Eva Example",
        "authorization_form",
    );
    assert!(!overview(&site, &id).contains("letter/authorized_representative"), "the form is there");
}

#[test]
fn a_doctors_word_on_waiting_is_offered_and_the_fast_step_is_named_while_nobody_has_said() {
    let site = Site::new();
    let mut case = denied();
    case.second_opinion = Some(SecondOpinion {
        state: Some("received".into()),
        physician: Some(Physician { name: Some("Rosa Invented, MD".into()), ..Physician::default() }),
        ..SecondOpinion::default()
    });
    let id = site.case(&case);
    let rights = site.page(Lang::En, &format!("/case/{id}/rights"));
    assert!(rights.contains("fast-possible") && rights.contains("Only when waiting is dangerous"), "{rights}");
    add(&site, &id, "opinion.txt", OPINION.as_bytes(), "opinion_letter");
    let page = site.page(Lang::En, &format!("/case/{id}/question/urgent"));
    assert!(page.contains("Further delay risks permanent loss of motion") && page.contains("opinion.txt"), "{page}");
    post(&site, &id, "question/urgent", &[("read", "true")]);
    assert_eq!(site.loaded(&id).state.case.claim.urgent, Some(true));
    let letter = site.page(Lang::En, &format!("/case/{id}/letter/appeal_letter"));
    assert!(!letter.contains("We found no sentence in your papers"), "{letter}");
}

#[test]
fn which_day_is_counted_from_is_said_as_it_is() {
    let site = Site::new();
    let id = site.case(&denied());
    let page = overview(&site, &id);
    assert!(page.contains("The law takes the letter to have reached you on Saturday, November 14, 2026"), "{page}");
    assert!(page.contains("your last day is sooner") && !page.contains("You may have more time"), "{page}");
    let question = site.page(Lang::En, &format!("/case/{id}/question/received"));
    assert!(!question.contains("so it is safe"), "{question}");
    // Counted from the letter's own date, a later receipt can only add time.
    let mut work = denied();
    work.coverage.kind = Some("erisa_self_funded".into());
    assert!(overview(&site, &site.case(&work)).contains("You may have more time"));
}

#[test]
fn each_paper_is_checked_by_itself_and_what_is_corrected_there_stays_there() {
    let site = Site::new();
    let id = site.case(&Case::default());
    add(&site, &id, "letter.txt", LETTER.as_bytes(), "denial_letter");
    add(&site, &id, "eob.txt", BILL.as_bytes(), "eob");
    let eob = paper(&site, &id, "eob.txt");
    let page = site.page(Lang::En, &format!("/case/{id}/{eob}"));
    assert!(page.contains("value=\"2026-11-20\"") && !page.contains("value=\"2026-11-09\""), "{page}");
    assert!(!page.contains("We denied the knee replacement"), "another paper's reason: {page}");
    assert!(page.contains("PR-242"), "{page}");
    post(&site, &id, &eob, &[("act", "confirm"), ("event.notice_dated", "2026-11-21")]);
    let case = site.loaded(&id).state.case;
    assert_eq!(get(&case, "event.notice_dated").as_deref(), Some("2026-11-09"), "the letter's date is the letter's");
    assert!(site.page(Lang::En, &format!("/case/{id}/{eob}")).contains("value=\"2026-11-21\""));
    let letter = paper(&site, &id, "letter.txt");
    let page = refused(&site, &id, &letter, &[("act", "confirm"), ("event.notice_dated", "2026-12-09")]);
    assert!(page.contains("That day has not come yet"), "{page}");
    post(&site, &id, &letter, &[("act", "confirm"), ("event.notice_dated", "2026-11-10")]);
    assert_eq!(get(&site.loaded(&id).state.case, "event.notice_dated").as_deref(), Some("2026-11-10"));
    assert!(site.page(Lang::En, &format!("/case/{id}/{eob}")).contains("value=\"2026-11-21\""), "untouched");
}

#[test]
fn records_that_the_plan_did_not_see_come_before_a_second_opinion() {
    let site = Site::new();
    let id = site.case(&denied());
    let page = overview(&site, &id);
    let place = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what}: {page}"));
    assert!(place("letter/records_request") < place("opinion/whom"));
    assert!(page.contains("letter/medical_necessity_outline") && page.contains("letter/peer_to_peer_brief"));
    let mut other = denied();
    other.denials[0].quote = Some("The operation is not medically necessary.".into());
    assert!(!overview(&site, &site.case(&other)).contains("letter/records_request"));
}

#[test]
fn what_is_missing_from_the_opinion_is_the_same_on_every_page() {
    let site = Site::new();
    let id = site.case(&denied());
    add(&site, &id, "opinion.txt", OPINION.as_bytes(), "opinion_letter");
    let check = site.page(Lang::En, &format!("/case/{id}/opinion/check"));
    let (needed, helpful) = check.split_once("Would make it stronger").unwrap();
    assert!(helpful.contains("Studies") && !needed.contains("Studies"), "{check}");
    let page = overview(&site, &id);
    let step = page.split("add what is missing").nth(1).or(page.split("add more").nth(1)).unwrap();
    let step = step.split("</li>").next().unwrap();
    let letter = site.page(Lang::En, &format!("/case/{id}/letter/please_add"));
    assert_eq!(needed.contains("Needed before it goes out"), page.contains("add what is missing"), "{page}");
    assert!(!needed.contains("Needed before") || !step.contains("one or two studies"), "{step} {letter}");
    site.change(&id, |state| state.case.claim.urgent = Some(true));
    for path in ["", "/opinion", "/opinion/check"] {
        let page = site.page(Lang::En, &format!("/case/{id}{path}"));
        assert!(!page.contains("Ask for the missing parts first"), "nothing holds an urgent appeal: {path} {page}");
    }
}

#[test]
fn later_steps_are_folded_and_who_comes_between_plan_and_judge_is_said() {
    let site = Site::new();
    let id = site.case(&denied());
    let page = site.page(Lang::En, &format!("/case/{id}/rights"));
    let (now, later) = page.split_once("later steps, if the answer is no").unwrap();
    assert!(now.contains("independent reviewer decides"), "{now}");
    assert!(!now.contains("<h2 id=\"us.medicare_advantage.court-title\""), "{now}");
    assert!(later.contains("us.medicare_advantage.court-title"), "{later}");
    assert!(!page.contains("must be free unless") && page.contains("can cost a copay"), "{page}");
}

#[test]
fn one_press_turns_the_language_and_the_person_stays_where_they_are() {
    let site = Site::new();
    let id = site.case(&denied());
    let here = format!("/case/{id}/packet");
    assert!(site.page(Lang::En, &here).contains(&format!("name=\"back\" value=\"{here}\"")));
    let go = |back: &str| site.post("/settings/language", &[("language", "es"), ("back", back)], Vec::new()).unwrap();
    assert_eq!(go(&here), here);
    for foreign in ["//example.org", "https://example.org/", "/import", "/nothing/here"] {
        assert_eq!(go(foreign), "/settings", "{foreign}");
    }
}

#[test]
fn a_file_that_is_missing_is_said_beside_its_field() {
    let site = Site::new();
    let page = site.post_for_page("/new", &[], Vec::new());
    assert!(page.contains("letter-wrong") && page.contains("No file was chosen"), "{page}");
    let id = site.case(&denied());
    let page = refused(&site, &id, "papers", &[("kind", "")]);
    assert!(page.contains("paper-wrong") && page.contains("This case"), "the menu stays: {page}");
}

#[test]
fn what_an_opinion_against_leaves_is_told_without_a_word_to_file_it() {
    let site = Site::new();
    let id = site.case(&denied());
    let against = OPINION.replace(
        "In my opinion the knee replacement is medically necessary. Further delay risks permanent loss of motion in the knee.",
        "I do not recommend the knee replacement. It is not medically necessary for her.",
    );
    add(&site, &id, "opinion.txt", against.as_bytes(), "opinion_letter");
    let page = site.page(Lang::En, &format!("/case/{id}/opinion"));
    assert!(
        page.contains("If you appeal all the same") && page.contains("You can appeal without this letter"),
        "{page}"
    );
    assert!(!page.contains("Will it be in time?"), "{page}");
}

#[test]
fn the_history_names_the_paper_that_a_step_back_would_take() {
    let site = Site::new();
    let id = site.case(&denied());
    add(&site, &id, "letter.txt", LETTER.as_bytes(), "denial_letter");
    add(&site, &id, "opinion.txt", OPINION.as_bytes(), "opinion_letter");
    let page = site.page(Lang::En, &format!("/case/{id}/history"));
    assert!(page.contains("Paper added: opinion.txt") && page.contains("Paper added: letter.txt"), "{page}");
    assert!(!page.contains("Paper added: opinion.txt, letter.txt"), "{page}");
}

#[test]
fn a_letter_that_is_a_case_already_is_said_to_be_one() {
    let site = Site::new();
    let (first, second) = (site.case(&denied()), site.case(&denied()));
    add(&site, &first, "letter.txt", LETTER.as_bytes(), "denial_letter");
    assert!(!overview(&site, &first).contains("in another case too"));
    add(&site, &second, "letter.txt", LETTER.as_bytes(), "denial_letter");
    let page = overview(&site, &second);
    assert!(page.contains("in another case too") && page.contains(&format!("/case/{first}\"")), "{page}");
}
