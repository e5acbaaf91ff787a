//! Reading as a whole: the invariant of the contract on any text, and what letters must and must not yield. All people
//! and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

use std::path::{Path, PathBuf};

mod common;

use common::knowledge;
use facts::{Document, Reading};
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(text: &str) -> Reading {
    notice::read(&[Document::from_text("letter.txt", text)], knowledge())
}

fn values(reading: &Reading, field: &str) -> Vec<String> {
    reading.all(field).map(|f| f.value.clone()).collect()
}

fn reasons(text: &str) -> Vec<String> {
    read(text).reasons.into_iter().map(|r| r.reason).collect()
}

/// The contract's invariant, for one set of papers.
fn holds(documents: &[Document], reading: &Reading) {
    assert_eq!(documents.len(), reading.documents.len());
    let quotes = reading.fields.iter().map(|f| (f.document, f.page, f.span, &f.quote));
    for (document, page, span, quote) in
        quotes.chain(reading.reasons.iter().map(|r| (r.document, r.page, r.span, &r.quote)))
    {
        let text = &documents[document].pages[page - 1].text;
        assert_eq!(text.get(span.0..span.1), Some(quote.as_str()), "the words at the span are the quote");
        assert!(!quote.trim().is_empty(), "a value without a quote does not exist");
    }
    for field in &reading.fields {
        assert!(notice::FIELDS.contains(&field.name.as_str()), "{} is a name of the contract", field.name);
        assert!(!field.value.is_empty());
        if field.certainty == facts::Certainty::Verbatim {
            assert_eq!(field.value, field.quote);
        }
    }
    for name in &reading.not_found {
        assert!(reading.get(name).is_none(), "{name} is both found and not found");
    }
}

/// The letters of `tests/letters`, the pages as they stand there.
fn letters() -> Vec<Document> {
    let mut out = Vec::new();
    for folder in ["tests/letters", "tests/letters/heldout"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("labelled letters").flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let pages: Vec<&str> =
                text.split("````text\n").skip(1).filter_map(|p| p.split_once("\n````")).map(|p| p.0).collect();
            if !pages.is_empty() {
                out.push(Document::from_text(entry.file_name().to_string_lossy(), pages.join("\u{c}")));
            }
        }
    }
    assert!(out.len() >= 80, "the labelled letters are there");
    out
}

#[test]
fn every_labelled_letter_keeps_the_invariant_whole_and_cut_anywhere() {
    for letter in letters() {
        holds(std::slice::from_ref(&letter), &notice::read(std::slice::from_ref(&letter), knowledge()));
        let text = letter.text();
        for cut in (0..text.len()).step_by(397).filter(|c| text.is_char_boundary(*c)) {
            let part = Document::from_text("part", &text[cut..]);
            holds(std::slice::from_ref(&part), &notice::read(std::slice::from_ref(&part), knowledge()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_keeps_the_invariant(text in "(\\PC|\\n|\u{c}| {1,4}|:|\\$|[0-9]{1,5}|/|-){0,400}") {
        let document = Document::from_text("any", text);
        holds(std::slice::from_ref(&document), &notice::read(std::slice::from_ref(&document), knowledge()));
    }

    #[test]
    fn rows_and_sentences_in_any_order_keep_the_invariant(picks in proptest::collection::vec((0..PIECES.len(), 0..4usize), 0..40)) {
        let text: String = picks.iter().map(|(i, gap)| format!("{}{}", PIECES[*i], ["\n", "   ", " ", "\n\n"][*gap])).collect();
        let document = Document::from_text("pieces", text);
        holds(std::slice::from_ref(&document), &notice::read(std::slice::from_ref(&document), knowledge()));
    }
}

const PIECES: [&str; 26] = [
    "Date of Notice:",
    "October 15, 2026",
    "Member ID:",
    "W123 456 78",
    "We have denied",
    "the request for",
    "CPT 27447",
    "(M17.11)",
    "is not medically necessary",
    "because",
    "You may appeal within one hundred eighty (180) days",
    "Send it to:",
    "Example Appeals, PO Box 1, Springfield, IL 62701",
    "Fax: 217-555-0100",
    "if",
    "Billed",
    "$1,250.00",
    "CO-50",
    "Dr. Ana Díaz, M.D.",
    "InterQual 2026",
    "Section 4.2 of the Certificate of Coverage",
    "“experimental”",
    "180 días",
    "¿",
    "é̶",
    "30 de octubre de 2026",
];

#[test]
fn windows_are_told_apart() {
    let head = "Example Health Plan\nOctober 1, 2026\nDear Ana Díaz,\nWe have denied your request.\n\n";
    for (sentence, window) in [
        ("You may appeal within 180 days of receiving this letter.", Some("180 days")),
        ("You have one hundred eighty (180) calendar days to file an appeal.", Some("180 days")),
        (
            "Ask for an appeal within 60 calendar days. We will decide within 30 days after we get your appeal.",
            Some("60 days"),
        ),
        ("You can ask us to reconsider within six months.", Some("6 months")),
        ("An appeal must reach us within ten business days.", Some("10 business days")),
        ("Puede apelar dentro de los sesenta días a partir de esta carta.", Some("60 days")),
        ("We decide expedited appeals within 72 hours.", None),
        ("Please send us the missing records within 45 days.", None),
        ("You may appeal. Our office is open 24 hours.", None),
    ] {
        let reading = read(&format!("{head}{sentence}"));
        assert_eq!(values(&reading, "appeal.window_stated").first().map(String::as_str), window, "{sentence}");
    }
}

#[test]
fn the_plans_own_appeal_comes_before_outside_review() {
    let text = "Example Health Plan\nWe have denied your request.\nYou may ask for an external review within four months of our final decision. \
                You may appeal to us within 180 days of this letter.";
    assert_eq!(values(&read(text), "appeal.window_stated"), ["180 days"]);
}

#[test]
fn which_of_many_dates_is_the_notices() {
    let rows = "Example Health Plan\nReceived: 09/20/2026\nDate of Birth: 01/02/1960\nDate of Notice: 10/02/2026\nDate of Service: 09/01/2026 - 09/03/2026\nYour claim was denied.";
    let reading = read(rows);
    assert_eq!(values(&reading, "notice.dated"), ["2026-10-02"]);
    assert_eq!(values(&reading, "service.date"), ["2026-09-01/2026-09-03"]);
    assert_eq!(values(&reading, "patient.date_of_birth"), ["1960-01-02"]);
    for (written, iso) in [
        ("October 2nd, 2026", "2026-10-02"),
        ("2 Oct 2026", "2026-10-02"),
        ("2026-10-02", "2026-10-02"),
        ("Oct. 2, 2026", "2026-10-02"),
        ("1O/O2/2026", "2026-10-02"),
        ("2 de octubre de 2026", "2026-10-02"),
        ("Friday, October 2, 2026", "2026-10-02"),
    ] {
        let reading = read(&format!("Example Health Plan\n\n{written}\n\nDear Ana Díaz:\n\nYour claim was denied."));
        assert_eq!(values(&reading, "notice.dated"), [iso], "{written}");
    }
    let impossible = read("Example Health Plan\n\nFebruary 30, 2026\n\nDear Ana Díaz:\n\nYour claim was denied.");
    assert!(impossible.get("notice.dated").is_none(), "a day that does not exist is not read");
}

#[test]
fn boilerplate_negation_and_reported_words_give_no_reason() {
    for text in [
        "Your claim was denied. If the denial was based on medical necessity or experimental treatment, you may ask for an explanation.",
        "Your claim was denied. This is not a determination of medical necessity.",
        "Your claim was denied. We did not review whether the care was medically necessary.",
        "Your claim was denied.\n\nYour right to appeal\nIf you think the service is not experimental, tell us.",
        "Your claim was denied. In your appeal you said that the treatment is not experimental.",
    ] {
        assert_eq!(reasons(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn reasons_in_the_plans_words() {
    for (text, expected) in [
        ("We denied the request because the service is not medically necessary.", "not_medically_necessary"),
        (
            "The request is denied. This treatment is considered experimental or investigational.",
            "experimental_investigational",
        ),
        ("The claim is denied because no referral was on file.", "referral_missing"),
        ("The claim is denied: prior authorization was not obtained.", "prior_authorization_missing"),
        ("The claim is denied. A second surgical opinion was not obtained before surgery.", "second_opinion_missing"),
        ("We denied the drug because you have not tried two preferred drugs first.", "step_therapy"),
        ("Your coverage was terminated on May 1, 2026, so the claim is denied.", "eligibility"),
        ("El servicio fue negado porque no es médicamente necesario.", "not_medically_necessary"),
    ] {
        assert_eq!(reasons(text), [expected], "{text}");
    }
}

#[test]
fn approvals_and_requests_for_information_are_no_denials() {
    let approval = read(
        "Example Health Plan\nWe have approved the MRI. It is medically necessary. This approval is not a guarantee of payment.",
    );
    assert_eq!(approval.documents[0].kind.as_deref(), Some("approval"));
    assert_eq!(values(&approval, "notice.kind"), ["approval"]);
    assert!(approval.reasons.is_empty());
    let request = read(
        "Example Health Plan\nWe need more information before we can decide. Please send office notes within 45 days. If we do not get them, the request may be denied as not medically necessary. This is not a denial.",
    );
    assert_eq!(request.documents[0].kind.as_deref(), Some("request_for_information"));
    assert!(request.reasons.is_empty());
    assert!(request.get("appeal.window_stated").is_none());
}

#[test]
fn numbers_that_look_like_telephones_are_read_by_their_label() {
    let reading =
        read("Example Health Plan\nClaim Number: 217-555-0100\nYour claim was denied.\nTo appeal, call 217-555-0199.");
    assert_eq!(values(&reading, "claim.number"), ["217-555-0100"]);
    assert_eq!(values(&reading, "appeal.phone"), ["217-555-0199"]);
}

#[test]
fn the_appeals_address_is_not_the_letterheads() {
    let text = "Example Health Plan\n1 Main Street, Springfield, IL 62701\n\nAna Díaz\n2 Oak Street\nChicago, IL 60601\n\nYour claim was denied. \
                You may appeal within 180 days. Mail your appeal to:\nExample Appeals\nPO Box 9\nPeoria, IL 61602\n";
    assert_eq!(values(&read(text), "appeal.address"), ["Example Appeals PO Box 9 Peoria, IL 61602"]);
}

#[test]
fn a_child_is_the_patient_and_the_parent_the_member() {
    let letter = |greeting: &str| {
        read(&format!(
            "Example Health Plan\nOctober 1, 2026\nTo the parent or guardian of Mia Lopez\n12 Oak Street\nReno, NV 89501\n\n{greeting}\n\nWe have denied the request."
        ))
    };
    let both = letter("Dear Ana Lopez:");
    assert_eq!(values(&both, "patient.name"), ["Mia Lopez"]);
    assert_eq!(values(&both, "member.name"), ["Ana Lopez"]);
    let case = notice::to_case(&both, knowledge());
    assert_eq!(case.patient.name.as_deref(), Some("Mia Lopez"), "the appeal is for the child");
    let one = letter("Dear Parent:");
    assert_eq!(values(&one, "patient.name"), ["Mia Lopez"]);
    assert_eq!(values(&one, "member.name"), ["Mia Lopez"], "nobody else is named");
}

#[test]
fn only_an_amount_that_was_charged_is_billed() {
    let head = "Example Health Plan\nOctober 1, 2026\nWe have denied part of your claim.\n\n";
    for (line, billed) in [
        ("08/19/2026  CT abdomen 74160  $2,914.00", Some("2914.00")),
        ("08/01/2026  J0717 x 400 charge 5,120.00", Some("5120.00")),
        ("1. 20610, injection of a large joint, August 12, 2026, $310.00.", Some("310.00")),
        ("08/19/2026   99213   Office visit   $120.00   $0.00", Some("120.00")),
        ("08/19/2026  99213  Plan paid $20.00", None),
        ("08/19/2026  99213  Your share $15.00", None),
        ("1. 99213, office visit, your share $15.00. Denied $105.00.", None),
        ("08/19/2026  99213  Denied $105.00", None),
        ("08/19/2026  99213  Allowed amount $88.00", None),
        ("08/19/2026  99213  Member paid $20.00", None),
    ] {
        let read = values(&read(&format!("{head}{line}")), "amount.billed");
        assert_eq!(read.first().map(String::as_str), billed, "{line}");
    }
}

/// Four times the words may take four times as long, and half as much again; what looks at every pair of words takes sixteen
/// times as long.
#[test]
fn one_long_sentence_costs_what_its_words_cost() {
    let sentence = |times: usize| {
        let words = "the records do not show that you tried the preferred drug or any therapy before the surgery and ";
        format!("Example Health Plan\nYour request is denied because {}so on.", words.repeat(times))
    };
    let time = |text: &str| {
        let run = |_| {
            let start = std::time::Instant::now();
            assert!(!read(text).reasons.is_empty());
            start.elapsed()
        };
        (0..3).map(run).min().unwrap_or_default()
    };
    let (short, long) = (sentence(120), sentence(480));
    let (a, b) = (time(&short), time(&long));
    assert!(b < a * 8, "{} words took {a:?}, {} words {b:?}", short.split(' ').count(), long.split(' ').count());
}

#[test]
fn a_house_number_is_no_service() {
    let head = "Example Health Plan\nOctober 1, 2026\nYour claim was denied.\n\n";
    for text in [
        "12500, Wilshire Boulevard\nLos Angeles, CA 90025",
        "12500 - Wilshire Boulevard, Suite 4, Los Angeles, CA 90025",
        "Lakeside Clinic\n12500, Wilshire Boulevard\n",
    ] {
        let reading = read(&format!("{head}{text}"));
        assert_eq!(values(&reading, "service.description"), Vec::<String>::new(), "{text}");
        assert_eq!(values(&reading, "service.code"), Vec::<String>::new(), "{text}");
    }
    for text in [
        "20610 - Injection of a large joint, $310.00",
        "20610 - Injection of a large joint, August 12, 2026",
        "20610 - Injection of a large joint (M17.11)",
        "20610 - Injection of a large joint\n76942 - Guidance for a needle",
        "D2740 - Injection of a large joint",
    ] {
        let read = values(&read(&format!("{head}{text}")), "service.description");
        assert!(read.iter().any(|d| d.starts_with("Injection of a large joint")), "{text}: {read:?}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let reading = read("Example Health Plan\nYour claim was denied.");
    for field in ["reviewer.specialty", "appeal.window_stated", "plan.provision_cited"] {
        assert!(reading.not_found.iter().any(|n| n == field), "{field} is named");
    }
    assert!(
        read("A shopping list: milk, eggs.").not_found.is_empty(),
        "nothing was looked for in a paper of another kind"
    );
}

#[test]
fn papers_that_disagree_and_dates_out_of_order_are_findings() {
    let letter = |id: &str| {
        Document::from_text(
            format!("{id}.txt"),
            format!(
                "Example Health Plan\nMember ID: {id}\nDate of Notice: 10/02/2026\nYour claim was denied. You must appeal by January 5, 2025."
            ),
        )
    };
    let reading = notice::read(&[letter("A100"), letter("B200")], knowledge());
    let codes: Vec<&str> = reading.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(codes.contains(&"papers_disagree"), "{codes:?}");
    assert!(codes.contains(&"dates_out_of_order"), "{codes:?}");
    let fine = read(
        "Example Health Plan\nMember ID: A100\nDate of Notice: 10/02/2026\nYour claim was denied. You must appeal by March 31, 2027, within 180 days.",
    );
    assert!(fine.findings.is_empty(), "{:?}", fine.findings);
}

#[test]
fn lines_that_do_not_add_up_are_a_finding() {
    let table = |total: &str| {
        format!(
            "Example Health Plan\nExplanation of Benefits\n\nService date   Code    Billed     Not covered\n01/02/2026     99213   $100.00    $100.00\n01/03/2026     99214   $150.00    $150.00\nTotal                  {total}    $250.00\n"
        )
    };
    let codes = |text: &str| read(text).findings.into_iter().map(|f| f.code).collect::<Vec<_>>();
    assert_eq!(codes(&table("$250.00")), Vec::<String>::new());
    assert_eq!(codes(&table("$260.00")), ["amounts_do_not_add_up"]);
}

#[test]
fn a_reading_becomes_a_case_with_origins_and_nothing_confirmed() {
    let reading = read(
        "Example Health Plan HMO\nDate of Notice: 10/02/2026\nMember ID: A100\nPatient Name: Ana Díaz\nProvider: Dr. Ben Ruiz\n\
         Service: Knee replacement (CPT 27447)\nDate of service: 09/01/2026\nThe claim is denied because it is not medically necessary.",
    );
    let case = notice::to_case(&reading, knowledge());
    assert_eq!(case.patient.name.as_deref(), Some("Ana Díaz"));
    assert_eq!(case.claim.codes, ["CPT 27447"]);
    assert_eq!(case.claim.kind.as_deref(), Some("post_service"));
    assert_eq!(case.coverage.network_type.as_deref(), Some("hmo"));
    assert_eq!(case.treating_physician.and_then(|p| p.name).as_deref(), Some("Ben Ruiz"));
    assert_eq!(case.events[0].kind, "notice_dated");
    assert_eq!(case.denials[0].reason.as_deref(), Some("not_medically_necessary"));
    assert!(case.origin.iter().all(|o| !o.confirmed && o.quote.is_some()));
    assert!(case.origin.iter().any(|o| o.fact == "patient.name"));
}

#[test]
fn data_that_cannot_be_used_is_said_not_hidden() {
    let empty = kb::Kb::load(kb::Source::default()).expect("an empty knowledge base loads");
    let reading = notice::read(&[Document::from_text("a", "Your claim was denied.")], &empty);
    assert_eq!(reading.findings[0].code, "knowledge_base_unusable");
    assert!(reading.fields.is_empty());
}

#[test]
fn a_book_in_one_page_is_read_at_its_beginning_and_that_is_said() {
    let letter = "Example Health Plan\nOctober 15, 2026\nMember ID: ZZ12345678\nWe denied your request because the service is not medically necessary.\n";
    let book = format!("{letter}{}", "The plan may ask for more. You can appeal.\n".repeat(6_000));
    let reading = read(&book);
    assert_eq!(values(&reading, "member.id"), ["ZZ12345678"]);
    assert!(reading.findings.iter().any(|f| f.code == "page_too_long"), "{:?}", reading.findings);
    assert!(read(letter).findings.iter().all(|f| f.code != "page_too_long"));
}

#[test]
fn what_the_policy_demands_of_everybody_is_no_reason() {
    let letter = "NOTICE OF ADVERSE BENEFIT DETERMINATION\nOctober 15, 2026\nWe are unable to approve this request because the service is not medically necessary.\nThe policy requires all of the following:\n\n1. Instability shown on imaging;\n2. At least 6 weeks of physical therapy within the last 12 months; and\n3. No nicotine use for at least 6 weeks before surgery.\n\nThe records do not show instability on imaging.\n";
    let reasons: Vec<String> = read(letter).reasons.into_iter().map(|r| r.reason).collect();
    assert_eq!(reasons, ["not_medically_necessary"]);
    // nor are the words that open the list quoted as the plan's reason
    let bare = letter.replace("\n\nThe records do not show instability on imaging.", "");
    assert!(read(&bare).reasons.iter().all(|r| !r.quote.contains("requires all")), "{:?}", read(&bare).reasons);
    let said = letter.replace("instability on imaging.", "a complete trial of conservative treatment.");
    let quotes: Vec<String> = read(&said).reasons.into_iter().map(|r| r.quote).collect();
    assert!(quotes.iter().any(|q| q.starts_with("The records do not show")), "{quotes:?}");
    assert!(quotes.iter().all(|q| !q.contains("At least 6 weeks")), "{quotes:?}");
}

// Invented papers.
#[test]
fn records_are_told_apart_by_their_own_words() {
    for (text, kind) in [
        ("MRI LUMBAR SPINE WITHOUT CONTRAST\nTECHNIQUE: sagittal\nFINDINGS: a slip\nIMPRESSION: mild slip.", "imaging"),
        ("Physical therapy discharge summary\nAttended 24 visits.\nAssessment: little change.", "office_note"),
        ("Specimen: serum. Collected 01/02/2026. Reference range 3.5-5.0. Result 4.1", "lab_result"),
    ] {
        assert_eq!(
            notice::record_kind(&Document::from_text("a paper", text), knowledge()).as_deref(),
            Some(kind),
            "{text}"
        );
    }
}

#[test]
fn broken_words_for_records_are_said_not_hidden() {
    let folder = root().join("kb/notice");
    let files = std::fs::read_dir(folder).expect("kb/notice is in the repository").flatten().map(|f| {
        let name = format!("notice/{}", f.file_name().to_string_lossy());
        let text = std::fs::read_to_string(f.path()).expect("a text file");
        let broken = name.ends_with("papers.toml");
        (name, if broken { text.replace("\"mri\"", "\"[mri\"") } else { text })
    });
    let kb = kb::Kb::load(kb::Source::new(files)).expect("the data can be loaded");
    let reading = notice::read(&[Document::from_text("a", "Your claim was denied.")], &kb);
    assert_eq!(reading.findings[0].code, "knowledge_base_unusable");
    assert!(reading.findings[0].message.contains("papers.toml"), "{}", reading.findings[0].message);
}

#[test]
fn an_account_number_on_a_bill_is_no_group_number() {
    let bill = |row: &str| {
        let text = format!(
            "Lakeside Hospital\nPatient Statement\n{row}\nPlease pay this amount: $120.00\nDue date: 10/02/2026\nMake checks payable to Lakeside Hospital.\n"
        );
        let reading = read(&text);
        assert_eq!(reading.documents[0].kind.as_deref(), Some("bill"));
        values(&reading, "plan.group_number")
    };
    assert_eq!(bill("Account Number: 4471-220"), Vec::<String>::new());
    assert_eq!(bill("Group Number: 77120"), ["77120"]);
    assert_eq!(bill("Group Number: 77120   Account Number: 4471-220"), ["77120"]);
}

#[test]
fn who_bills_and_on_which_day_is_told_above_the_table() {
    let notice = "Medicare Summary Notice\nDate of This Notice   March 16, 2026\nTHIS IS NOT A BILL\n\nJanuary 8, 2026\nPresque Isle Dermatology, (814) 555-0136\n310 Peach St, Erie, PA 16501\n\n\
                  Service Provided        Service     Amount      See\n& Billing Code          Approved?   Charged     Notes\n\
                  Office visit (99213)    Yes         $168.00\nSkin tags (11200)       NO          $215.00     A\n\n\
                  February 2, 2026\nLakeside Clinic, (814) 555-0199\n12 Oak St, Erie, PA 16502\n\n\
                  Service Provided        Service     Amount      See\n& Billing Code          Approved?   Charged     Notes\n\
                  Blood test (80053)      NO          $90.00      A\n\nA  Medicare does not pay for this.\n";
    let reading = read(notice);
    assert_eq!(values(&reading, "provider.facility"), ["Presque Isle Dermatology", "Lakeside Clinic"]);
    assert_eq!(values(&reading, "service.date"), ["2026-01-08", "2026-02-02"]);
    assert_eq!(values(&reading, "amount.billed"), ["168.00", "215.00", "90.00"]);
}

#[test]
fn a_table_of_a_bill_gives_both_codes_of_a_cell_and_no_adjustment() {
    let bill = "Three Sisters Regional Hospital\nPatient Statement\nPlease pay this amount: $120.00\nDue date: 11/27/2026\nMake checks payable to Three Sisters Regional Hospital\n\n\
                Date         Description            Rev/CPT      Charges      You owe\n\
                09/22/2026   Emergency room visit   0450/99284   $1,860.00    $247.60\n\
                             Adjustment                          -$500.00\n";
    let reading = read(bill);
    assert_eq!(values(&reading, "service.code"), ["0450", "99284"]);
    assert_eq!(values(&reading, "service.description"), ["Emergency room visit"]);
    assert_eq!(values(&reading, "provider.facility"), ["Three Sisters Regional Hospital"]);
}

#[test]
fn a_column_of_names_beside_one_of_codes_holds_no_codes() {
    let table = "Pearl Dental Plans\nYour claim was denied.\n\n   Tooth   Code     Procedure           Fee        Plan pays\n   8       D2962    Porcelain veneer    $1,150.00  $0.00\n";
    let reading = read(table);
    assert_eq!(values(&reading, "service.description"), ["Porcelain veneer"]);
    assert_eq!(values(&reading, "service.code"), ["D2962"]);
}

#[test]
fn a_mark_of_a_note_is_no_code() {
    let table = |notes: &str| {
        let head = "Example Health Plan\nExplanation of Benefits\n\nDate         Service              Billed    Not covered   Remarks\n";
        read(&format!("{head}09/14/2026   99204 Office visit   310.00    310.00        1\n\n{notes}"))
    };
    assert_eq!(values(&table("1   CO-288 No referral was found."), "denial.code"), ["CO-288"]);
    assert_eq!(values(&table(""), "denial.code"), ["1"], "a code that no note explains stays");
}

#[test]
fn whose_letter_it_is_and_who_is_covered() {
    let rows = read(
        "TRICARE Explanation of Benefits\nDate of Notice: 10/27/2026\nSponsor: Tobias Wren\nBeneficiary: Amaryllis Wren\nYour claim was denied.",
    );
    assert_eq!(values(&rows, "member.name"), ["Tobias Wren"]);
    assert_eq!(values(&rows, "patient.name"), ["Amaryllis Wren"]);
    let opinion = read(
        "Dagny Solheim, MD\nNovember 20, 2026\n\nRe: Second opinion, Fitzgerald Amoah, date of birth December 3, 1959\n\nI saw Mr. Amoah for a second opinion. I reviewed the notes. In my opinion the hip replacement is needed. I agree with his surgeon.",
    );
    assert_eq!(values(&opinion, "patient.name"), ["Fitzgerald Amoah"]);
    let served = read(
        "Ashgrove Benefit Services\nfor the Tidewater Boatworks Employee Benefit Plan\n\nExplanation of Benefits\nYour claim was denied.",
    );
    assert_eq!(values(&served, "plan.name"), ["Tidewater Boatworks Employee Benefit Plan"]);
    assert_eq!(values(&served, "plan.issuer"), ["Ashgrove Benefit Services"]);
}

#[test]
fn a_short_year_with_dashes_counts_only_in_a_cell_of_its_own() {
    let letter = |line: &str| {
        values(&read(&format!("Example Health Plan                 {line}\n\nYour claim was denied.")), "notice.dated")
    };
    assert_eq!(letter("5-6-26"), ["2026-05-06"]);
    assert_eq!(letter("form 5-6-26 b"), Vec::<String>::new());
}

#[test]
fn what_a_notice_says_it_is_not_is_not_its_kind() {
    let text = "Example Advantage (HMO)\nDETAILED EXPLANATION OF NON-COVERAGE\nDate: 11/10/2026\nThis notice explains why we will not pay for your nursing facility services after 11/13/2026. This notice is not the decision on your appeal.\n";
    assert_eq!(values(&read(text), "notice.kind"), ["reduction_or_termination"]);
}

#[test]
fn a_patients_own_appeal_names_the_service() {
    let letter = |sentence: &str| {
        let text = format!(
            "Ana Díaz\n12 Oak Street\nReno, NV 89501\n\nOctober 1, 2026\n\nTo the appeals department\n\n{sentence} My doctor says I need it. I have had pain for two years and I cannot work. Please look at my case again. I am sending my records with this letter.\n\nSincerely,\nAna Díaz"
        );
        let reading = read(&text);
        assert_eq!(reading.documents[0].kind.as_deref(), Some("other"), "{sentence}");
        values(&reading, "service.description")
    };
    for (sentence, service) in [
        ("I am writing to appeal your denial of coverage for an MRI of my lower back.", "MRI of my lower back"),
        ("I am appealing your decision not to pay for my knee replacement.", "knee replacement"),
        ("I want to appeal the denial of a spinal cord stimulator for my back pain.", "spinal cord stimulator"),
        ("You refused to cover physical therapy after my stroke.", "physical therapy"),
        ("This is my appeal. You denied the breast reduction that Dr. Marsh asked for.", "breast reduction"),
        ("You turned down my claim for a sleep study.", "sleep study"),
        ("Please reconsider your refusal to approve the drug Humira.", "drug Humira"),
        ("On May 3 you told me that you would not approve an insulin pump.", "insulin pump"),
        ("I ask you to pay for the wheelchair that my doctor ordered.", "wheelchair"),
        ("I am asking for an appeal because you denied my son's speech therapy.", "speech therapy"),
        ("Your letter says that you will not cover my hysterectomy.", "hysterectomy"),
        ("Le escribo para apelar la denegación de mi cirugía de rodilla.", "cirugía de rodilla"),
    ] {
        let read = letter(sentence);
        assert!(read.iter().any(|r| r.starts_with(service)), "{sentence}: {read:?}");
    }
}

#[test]
fn who_writes_is_told_by_the_first_line_and_the_address_for_appeals() {
    let medicaid = read(
        "COMMUNITY FIRST OF ARIZONA\nAHCCCS Complete Care\n\nNotice of Adverse Benefit Determination\nDate: August 8, 2026\n\nWe will pay for 1 pair of shoes. We will not pay for the other 2 pairs.\nYou can ask for an appeal within 60 days. Send a letter to:\nCommunity First of Arizona\nGrievance and Appeals\n4350 E Cotton Center Blvd\nPhoenix, AZ 85040\n",
    );
    assert_eq!(values(&medicaid, "plan.issuer"), ["COMMUNITY FIRST OF ARIZONA"]);
    assert_eq!(values(&medicaid, "notice.kind"), ["partial_denial"]);
    let manager = read(
        "RxHarbor\nPharmacy Benefit Manager for Lakota County Employees Health Plan\n\nDecember 2, 2026\n\nYour request could not be approved.",
    );
    assert_eq!(values(&manager, "plan.issuer"), ["RxHarbor"]);
    assert_eq!(values(&manager, "plan.name"), ["Lakota County Employees Health Plan"]);
}

#[test]
fn a_middle_letter_without_a_stop_and_a_licence_in_brackets() {
    let reading = read(
        "Example Health Plan\n\n04/17/2026\n\nJOSEPHINE A TRAVERS                  Case #: 260417-00933\n77 BIRCH HOLLOW RD\nGREENVILLE SC 29601\n\nDear Ms. Travers:\n\nWe received a request from Dr. Lionel Abara for the following: Custom scoliosis brace, CPT L1300. It is denied. The decision was made by Helen Okafor MD, board certified in pediatrics (SC lic. 22817).",
    );
    assert_eq!(values(&reading, "member.name"), ["JOSEPHINE A TRAVERS"]);
    assert_eq!(values(&reading, "service.description"), ["Custom scoliosis brace"]);
    assert_eq!(values(&reading, "reviewer.license"), ["22817"]);
}

#[test]
fn an_office_above_the_date_of_a_letter_is_no_place_of_care() {
    let letter = "Meridian Valley Health Plan\nBehavioral Health Services\n\nMarch 12, 2026\n\nMember: Dalia Renshaw\nWe are unable to certify more days.";
    assert_eq!(values(&read(letter), "provider.facility"), Vec::<String>::new());
}

/// What physicians write has no words that only one kind has: the whole of it tells.
#[test]
fn what_a_physician_writes_is_known_by_its_whole() {
    let opinion = "Dear Ms. Okonkwo,\n\nThank you for coming to see me on Monday with your films. You asked whether the operation on your neck that Dr. Brandt has planned is the right thing to do, or whether you should go on with the exercises as your insurer would have it.\n\nI have been through the two MRI scans, the injection notes and the nerve test. The disc between C5 and C6 presses on the root that goes to your thumb, and the weakness I found in your wrist fits it. Six months of therapy have not brought the strength back. Were you my sister I would tell you to have it done, and soon.\n\nI do not work with Dr. Brandt and will not be the one to operate.\n\nWith kind regards,\nLudmila Castellano, MD\nNeurosurgery";
    let treating = "To the appeals department\n\nI have looked after Mr. Haddad's asthma since 2019. He has been in the emergency room four times since January in spite of the two inhalers and the tablets I prescribed, and each time left on steroids that raise his sugar. I ordered the injections in May and you turned them down. I am asking you to approve them now, before the winter. He has been taking what you ask him to try first for years, as the list I enclose shows. Please call me on my direct line.\n\nTheodora Winslow, MD\nPulmonary Medicine\nfor her patient, Karim Haddad";
    let record = "OFFICE VISIT  10/14/2026   MRN 0044812\n\nCC: left knee pain\nHPI: 61 y/o M, pain 6 months, worse on stairs. Tried naproxen, PT x8. Insurance denied MRI.\nPMH: HTN, DM2.\nMeds: metformin 1000 BID, lisinopril 20.\nExam: BP 138/82. Mild effusion, medial joint line tender, McMurray pos.\nX-ray: moderate medial narrowing.\nA/P: 1. OA L knee, meniscal tear suspected. Resubmit MRI. Continue PT. RTC 6 wk.\nElectronically signed: J. Abara, PA-C";
    let own = "To whom it may concern\n\nI am writing about my husband's claim. He cannot write himself since the stroke. You paid for ten visits and then stopped. We have paid our premiums for eleven years and never asked for anything. His speech was coming back and now it is not. I am asking you to look at this again and to tell me who decided it. I am enclosing the bills and a photo of him with his grandson.\n\nRosa Lindqvist";
    for (text, kind) in
        [(opinion, "opinion_letter"), (treating, "treating_letter"), (record, "medical_record"), (own, "other")]
    {
        let reading = read(text);
        assert_eq!(reading.documents[0].kind.as_deref(), Some(kind), "{text}");
        let document = Document::from_text("paper.txt", text);
        assert_eq!(notice::kind_of(&document, knowledge()).as_deref(), Some(kind), "the short way says the same");
    }
}

#[test]
fn the_day_on_which_care_ends_or_is_cut_is_read_and_the_days_to_act_by_are_not() {
    let days = |text: &str| -> Vec<(String, String)> {
        read(text).days.into_iter().map(|f| (f.name.replace("event.", ""), f.value)).collect()
    };
    let ends = |day: &str| vec![("effective_date".into(), day.to_string()), ("services_end".into(), day.to_string())];
    let nomnc = "Sunrise Health Advantage (HMO)\nNotice of Medicare Non-Coverage\nPatient name: Alba Ortiz\n\
        The Effective Date Coverage of Your Current Skilled Nursing Facility Services Will End: November 28, 2026\n\
        Your plan has decided that coverage of your current services should end.\n\
        You must ask no later than noon of the day before the effective date.";
    assert_eq!(days(nomnc), ends("2026-11-28"));
    let stay = "Lakeview Behavioral\nDate: November 12, 2026\nPatient: Dana Hope   Reference 55-2211\n\
        Starting November 14, 2026 we will no longer authorize inpatient psychiatric care. The patient no longer meets \
        acute criteria.\nTo appeal call 1-800-555-0111.";
    assert_eq!(days(stay), ends("2026-11-14"));
    let cut = "Great Lakes Community Health Plan\nDate: November 15, 2026\nDear Ms. Delgado:\n\
        Beginning December 1, 2026 we will reduce your private duty nursing hours from 112 to 70 a week. The notes do \
        not show a need for skilled care.\nIf you ask on or before December 3, 2026 your hours stay the same. You have \
        60 days to appeal.";
    assert_eq!(days(cut), [("effective_date".into(), "2026-12-01".to_string())]);
    let denied = "Granite Health\nOctober 2, 2026\nDear Mr. Voss: We cannot cover knee arthroscopy. It is not medically \
        necessary. You must appeal by December 1, 2026.";
    assert_eq!(days(denied), Vec::<(String, String)>::new());
}

#[test]
fn a_terse_letter_that_decides_is_a_denial() {
    let kind = |text: &str| read(text).documents[0].kind.clone().unwrap_or_default();
    for text in [
        "Brightwater Dental and Medical\n11/18/2026\nPatient: Lena Ostrow, DOB 02/29/2000\nRequested: sleeve gastrectomy (43775)\n\
         Determination: NOT APPROVED\nRationale: criteria not met. A supervised diet is not documented.\nAppeal deadline: May 17, 2027",
        "County Medical Plan\nNovember 6, 2026\nTo Brian Tully\nWe reviewed whole exome sequencing (81415) for your daughter. \
         The notes do not show how it would change treatment. We therefore find it not medically necessary and will not authorize it.",
        "Harbor Federal Program\nOctober 30, 2026\nDear Ms. Lund:\nYou asked us to reconsider our denial of payment for drugs. \
         We have reconsidered and affirm the denial. If you disagree, you may ask for a review within 90 days.",
    ] {
        assert_eq!(kind(text), "denial_letter", "{text}");
    }
    assert_ne!(
        kind("Progress note\nPt reports less pain. Plan: continue therapy. The plan will decide about more visits."),
        "denial_letter"
    );
}
