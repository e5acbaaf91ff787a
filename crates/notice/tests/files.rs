//! What the kind of file brings with it: the head of an e-mail, the end of a page, the words of an electronic answer. All
//! people and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::knowledge;
use facts::{Document, Reading, TextFrom};

fn values(reading: &Reading, field: &str) -> Vec<String> {
    reading.all(field).map(|f| f.value.clone()).collect()
}

/// Reads a paper; every quote stands where it says.
fn read(document: &Document) -> Reading {
    let reading = notice::read(std::slice::from_ref(document), knowledge());
    for field in &reading.fields {
        let text = &document.pages[field.page - 1].text;
        assert_eq!(text.get(field.span.0..field.span.1), Some(field.quote.as_str()), "{}", field.name);
    }
    for reason in &reading.reasons {
        let text = &document.pages[reason.page - 1].text;
        assert_eq!(text.get(reason.span.0..reason.span.1), Some(reason.quote.as_str()), "{}", reason.reason);
    }
    reading
}

const LETTER: &str = "Evergreen Health Plan\nDear Owen Blake:\nWe denied your request for acupuncture. It is not medically necessary.\n\
    You may appeal within 180 days of the day you receive this letter.";

#[test]
fn the_head_of_a_mail_is_no_part_of_the_letter() {
    let head = "From: Nora Quill <nora@portal.example>\nTo: owen@example.com\nDate: Wed, 4 Nov 2026 09:00:00 -0500\nSubject: RE: plan question\n\n";
    let mut mail = Document::from_text("a.eml", format!("{head}{LETTER}"));
    mail.text_from = TextFrom::Email;
    let reading = read(&mail);
    assert_eq!(values(&reading, "plan.issuer"), ["Evergreen Health Plan"]);
    assert_eq!(values(&reading, "notice.dated"), ["2026-11-04"], "a letter sent by mail bears the mail's day");
    for field in &reading.fields {
        for word in ["Nora", "owen@", "plan question"] {
            assert!(!field.value.contains(word), "{}: {}", field.name, field.value);
        }
    }
    assert_eq!(reading.reasons[0].reason, "not_medically_necessary");
}

#[test]
fn a_head_inside_a_text_is_that_of_a_message_sent_on_and_a_fax_cover_is_none() {
    let sent_on = "---- Forwarded ----\nFrom: Nora Quill <nora@portal.example>\nSent: November 4, 2026\nTo: Owen Blake\nSubject: Acupuncture for everyone\n\n";
    let reading = read(&Document::from_text("a.txt", format!("{sent_on}{LETTER}")));
    assert!(!values(&reading, "service.description").iter().any(|v| v.contains("everyone")));
    assert_eq!(values(&reading, "plan.issuer"), ["Evergreen Health Plan"]);
    let cover =
        "FAX\nTo: Owen Blake\nFrom: Evergreen Health Plan\nRe: Claim number E26-4471\nDate: November 4, 2026\n\n";
    let reading = read(&Document::from_text("a.txt", format!("{cover}{LETTER}")));
    assert_eq!(values(&reading, "claim.number"), ["E26-4471"], "the lines of a fax cover are read");
}

#[test]
fn an_address_over_a_page_break_is_whole() {
    let first = format!(
        "Evergreen Health Plan\nOctober 5, 2026\n\n{LETTER}\n\nYour right to appeal\nSend your appeal to:\nEvergreen Health Plan\nMember Appeals Department"
    );
    let second = "P.O. Box 44188\nColumbus, OH 43218-4188\nFax: 1-888-555-0142\n\nSincerely,\nUtilization Management";
    for (foot, head) in
        [("", ""), ("\nPage 1 of 2", "Page 2 of 2\n"), ("\nEvergreen 8-800-555-0000\n- 1 -", "Owen Blake\nPage 2\n\n")]
    {
        let end = foot.replace('1', "2"); // the foot of a page stands on each
        let document = Document::from_text("a.pdf", format!("{first}{foot}\u{c}{head}{second}{end}"));
        let reading = read(&document);
        let address = reading.get("appeal.address").unwrap_or_else(|| panic!("with {foot:?} and {head:?}"));
        assert!(address.value.contains("Member Appeals Department"), "{}", address.value);
        assert!(address.value.ends_with("P.O. Box 44188 Columbus, OH 43218-4188"), "{}", address.value);
        assert!(!address.value.contains("Page"), "{}", address.value);
        assert_eq!(values(&reading, "appeal.fax"), ["1-888-555-0142"]);
        let case = notice::to_case(&reading, knowledge());
        let envelope = case.coverage.appeal_address.unwrap();
        assert_eq!(envelope.replace('\n', " "), address.value);
        assert!(envelope.contains("Member Appeals Department\nP.O. Box 44188"), "{envelope}");
    }
}

#[test]
fn pages_of_different_letters_are_not_sewn_together() {
    let first = format!("{LETTER}\n\nSincerely,\nEvergreen Health Plan");
    let second = "Riverside Spine Hospital\n12 Main Street\nDover, DE 19903\nPatient: Owen Blake";
    let reading = read(&Document::from_text("a.pdf", format!("{first}\u{c}{second}")));
    assert_eq!(values(&reading, "appeal.address"), Vec::<String>::new(), "a hospital's letterhead takes no appeals");
}

#[test]
fn a_code_is_quoted_with_what_the_paper_says_it_means() {
    let eob = "EXPLANATION OF BENEFITS\nEvergreen Health Plan\nPatient: Owen Blake\n\n\
        Date       Service        Code    Billed    Not covered   Remark\n\
        03/05/26   3D RENDERING   76377   $420.00   $420.00       N20\n\n\
        Remark codes\nN20  Service not payable with other service rendered on the same date.\n";
    let reading = read(&Document::from_text("eob.txt", eob));
    let coded = reading.reasons.iter().find(|r| r.quote.contains("N20")).unwrap();
    assert_eq!(coded.quote, "N20  Service not payable with other service rendered on the same date.");
}

/// CARC 22 says that another insurer pays first; a plan that numbers its own remarks may mean anything by 22.
#[test]
fn a_number_that_the_plan_explains_itself_is_no_standard_code() {
    let eob = |code: &str, says: &str| {
        format!(
            "EXPLANATION OF BENEFITS\nExample Health Plan\nMember ID: ZZ12345678\n\n\
             Date       Service        Code    Billed    Not paid   Reason\n\
             03/05/26   SKIN BIOPSY    11102   $420.00   $420.00    {code}\n\n\
             Reason codes\n{code}  {says}\n"
        )
    };
    let reasons = |text: String| -> Vec<String> {
        read(&Document::from_text("eob.txt", text)).reasons.into_iter().map(|r| r.reason).collect()
    };
    let own = reasons(eob("22", "The same biopsy appears twice for the same spot and the same day."));
    assert!(!own.contains(&"coordination_of_benefits".to_owned()), "{own:?}");
    let standard = reasons(eob("CO-22", "This care may be covered by another payer."));
    assert!(standard.contains(&"coordination_of_benefits".to_owned()), "{standard:?}");
}

/// What the electronic remittance says by its lists, the one on paper says too.
#[test]
fn a_standard_code_means_the_same_on_paper() {
    let text = "EXPLANATION OF BENEFITS\nExample Health Plan\nMember ID: ZZ12345678\n\n\
                Date       Service        Code    Billed    Not paid   Reason\n\
                03/05/26   PT, 30 MIN     97110   $420.00   $420.00    CO-151\n";
    let reasons: Vec<String> =
        read(&Document::from_text("eob.txt", text)).reasons.into_iter().map(|r| r.reason).collect();
    assert_eq!(reasons, ["not_medically_necessary"], "CARC 151: what was sent does not show a need for so many");
}

/// A code that both the phrase data and the lists of `kb/codes` know stands for one reason, whichever paper it is on.
#[test]
fn no_code_means_one_thing_on_paper_and_another_in_a_remittance() {
    #[derive(serde::Deserialize)]
    struct Codes {
        code: Vec<toml::Table>,
    }
    #[derive(serde::Deserialize)]
    struct Reasons {
        reason: Vec<toml::Table>,
    }
    let text = |t: &toml::Table, key: &str| t.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let mut listed = std::collections::HashMap::new();
    for file in ["adjustment_reasons.toml", "remarks.toml"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/codes").join(file);
        let list: Codes = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        listed.extend(list.code.iter().filter_map(|c| Some((text(c, "code")?, text(c, "reason")?))));
    }
    let mut both = 0;
    for reason in knowledge().table::<Reasons>("notice/reasons.toml").unwrap().reason {
        let name = text(&reason, "reason").unwrap();
        for code in reason.get("codes").and_then(toml::Value::as_array).into_iter().flatten() {
            let Some(other) = listed.get(code.as_str().unwrap()) else { continue };
            assert_eq!(*other, name, "{code}");
            both += 1;
        }
    }
    assert!(both > 40, "only {both} codes stand in both");
}

#[test]
fn words_of_an_electronic_answer_give_reasons_as_a_letters_do() {
    let heard = |words: &str, kind: Option<&str>| {
        let document = Document::from_text("answer.x12", format!("MSG*{words}"));
        let mut reading = Reading::default();
        reading.not_found.push("second_opinion.required_stated".into());
        reading.fields.extend(kind.map(|kind| facts::Field {
            name: "notice.kind".into(),
            value: kind.into(),
            quote: "MSG".into(),
            document: 0,
            page: 1,
            span: (0, 3),
            certainty: facts::Certainty::Inferred,
        }));
        notice::hear(&mut reading, &document, &[(1, (4, 4 + words.len()))], knowledge());
        for reason in &reading.reasons {
            assert_eq!(document.pages[0].text.get(reason.span.0..reason.span.1), Some(reason.quote.as_str()));
        }
        reading
    };
    let reasons = |reading: &Reading| reading.reasons.iter().map(|r| r.reason.clone()).collect::<Vec<_>>();
    let needless = heard("Requested service not medically necessary", Some("initial_denial"));
    assert_eq!(reasons(&needless), ["not_medically_necessary"]);
    let second = heard("SECOND SURGICAL OPINION REQUIRED", Some("initial_denial"));
    assert_eq!(values(&second, "second_opinion.required_stated"), ["true"]);
    assert!(second.not_found.is_empty());
    assert!(reasons(&heard("Requested service not medically necessary", Some("approval"))).is_empty());
    assert!(reasons(&heard("Denied", Some("initial_denial"))).is_empty(), "a word that gives no reason");
    let none = heard("Second opinion not required", None);
    assert!(none.get("second_opinion.required_stated").is_none());
}

#[test]
fn sums_are_checked_as_far_as_a_page_is_looked_at() {
    let table = "Service        Billed    Not covered\nVisit          $10.00    $1.00\nTest           $20.00    $2.00\nTotal          $99.00    $3.00\n";
    let wrong = |text: &str| {
        let reading = read(&Document::from_text("eob.txt", text));
        reading.findings.iter().any(|f| f.code == "amounts_do_not_add_up")
    };
    assert!(wrong(&format!("Explanation of benefits\n\n{table}")), "the total is not that of the lines");
    // A book in one piece is looked at in its beginning only: the rest would take minutes.
    assert!(!wrong(&format!("Explanation of benefits\n\n{}\n{table}", "words of a long text\n".repeat(4_000))));
}
