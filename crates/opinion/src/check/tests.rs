//! The rules' own examples, and properties that hold for any letter.
#![allow(clippy::disallowed_methods)]

use std::path::Path;

use facts::{Case, Document};
use kb::{Kb, Source};
use proptest::prelude::*;

use super::elements::State;
use super::letter::Letter;
use super::rules::Rules;
use super::tells::Sign;
use super::{Checker, ELEMENTS};

fn folder(dir: &Path, base: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            folder(&path, base, out);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            out.push((path.strip_prefix(base).unwrap().to_string_lossy().into_owned(), text));
        }
    }
}

fn checker() -> &'static Checker {
    static KEPT: std::sync::OnceLock<Checker> = std::sync::OnceLock::new();
    KEPT.get_or_init(|| Checker::new(&kb()).unwrap_or_else(|e| panic!("{e}")))
}

pub(super) fn kb() -> Kb {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    folder(&base, &base, &mut files);
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn every_rule_matches_its_own_examples_and_not_its_counter_examples() {
    let rules = Rules::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let mut complaints = rules.complaints();
    complaints.extend(rules.marks.complaints());
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// A rule, list, mark, class or macro that nobody asks for is matched on every word of every letter, for nothing.
#[test]
fn nothing_in_the_rules_is_left_behind() {
    let folder_of_code = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut code = Vec::new();
    folder(&folder_of_code, &folder_of_code, &mut code);
    code.retain(|(path, _)| !path.ends_with("tests.rs"));
    let in_code = |name: &str| code.iter().any(|(_, text)| text.contains(&format!("\"{name}\"")));
    // `reply.X` is asked for by the name of the reason.
    let asked = |name: &&str| in_code(name) || name.strip_prefix("reply.").is_some_and(in_code);
    let kb = kb();
    let rules = Rules::load(&kb).unwrap_or_else(|e| panic!("{e}"));
    let patterns: Vec<String> = kb.source().below("opinions/check").map(|f| f.text.to_string()).collect();
    let ((named, macros), (marks, classes)) = (rules.names(&patterns), rules.marks.names());
    let mut unused: Vec<&str> =
        named.into_iter().chain(marks).chain(classes).filter(|n| !asked(n)).chain(macros).collect();
    unused.sort_unstable();
    assert!(unused.is_empty(), "used by nobody: {unused:?}");
}

fn case() -> Case {
    Case::parse(
        r#"
        [patient]
        name = "Marian Oakes"
        date_of_birth = 1957-03-11
        [coverage]
        issuer = "Bluestem Health"
        [claim]
        service = "Total knee arthroplasty, right"
        codes = ["CPT 27447"]
        [[denial]]
        reason = "not_medically_necessary"
        [treating_physician]
        name = "Peter Lund, MD"
        practice = "Lakeside Orthopedics"
        "#,
    )
    .unwrap_or_else(|e| panic!("{e}"))
}

fn findings_of(text: &str) -> (String, String, Vec<String>) {
    let check = checker().check(&case(), &Document::from_text("letter.txt", text));
    (check.outcome, check.attach, check.findings.into_iter().map(|f| f.code).collect())
}

#[test]
fn papers_that_are_no_usable_letter_are_said_plainly_and_nothing_is_guessed() {
    let yes =
        "I recommend total knee replacement. The operation is medically necessary for this patient and I support it.";
    for (text, code) in [
        ("  \n \n", "empty_scan"),
        (
            "Invoice number 4471\nOffice visit $240.00\nBalance due: $240.00\nPlease pay within 30 days",
            "bill_not_letter",
        ),
        (&format!("RE: Hollis Grant\n\nDear Plan,\n\n{yes}\n\nSincerely,\n/s/ A. Writer, MD"), "another_patient"),
        (
            &format!("RE: Marian Oakes, DOB 04/12/1980\n\nDear Plan,\n\n{yes}\n\nSincerely,\n/s/ A. Writer, MD"),
            "another_birth_date",
        ),
        (
            &format!(
                "Re: Marian Oakes\n\nDear Plan,\n\n{yes}\n\nSincerely,\nA. Writer, MD\n\nDear Ms. Oakes,\n\nI would not operate.\n\nSincerely,\nB. Other, MD"
            ),
            "two_letters",
        ),
        (
            "Sehr geehrte Damen und Herren, ich habe Frau Oakes untersucht und halte einen Kniegelenkersatz rechts aus medizinischer Sicht \
             angesichts der fortgeschrittenen Gonarthrose, nach dem Versagen aller konservativen Behandlungen, eindeutig geboten. Weitere \
             Physiotherapie wird keine Besserung bringen. Ich bitte um Genehmigung.",
            "language_not_supported",
        ),
    ] {
        let (outcome, attach, codes) = findings_of(text);
        assert!(codes.iter().any(|c| c == code), "{code} expected, found {codes:?}");
        assert_eq!((outcome.as_str(), attach.as_str()), ("unclear", "do_not_attach"), "{code}");
    }
}

#[test]
fn a_name_in_any_latin_spelling_is_a_name() {
    let letter = |re: &str, signed: &str| {
        format!(
            "Lakeview Orthopedic Institute\n\nRe: {re}\n\nDear Plan,\n\nI saw the patient and I recommend total knee \
             replacement.\n\nSincerely,\n{signed}"
        )
    };
    let mut polish = case();
    polish.patient.name = Some("Łukasz Wiśniewski".into());
    let stopped = |case: &Case, re: &str| {
        let check = checker().check(case, &Document::from_text("letter.txt", letter(re, "A. Writer, MD")));
        super::stopped_by(&check).map(|f| f.code.clone())
    };
    assert_eq!(stopped(&case(), "Łukasz Wiśniewski").as_deref(), Some("another_patient"));
    assert_eq!(stopped(&case(), "Lukasz Wisniewski").as_deref(), Some("another_patient"));
    // The same man, typed without the signs, or with the accents as characters of their own.
    for re in ["Łukasz Wiśniewski", "Lukasz Wisniewski", "Łukasz Wis\u{301}niewski"] {
        assert_eq!(stopped(&polish, re), None, "{re}");
    }
    assert_eq!(stopped(&polish, "Marian Oakes").as_deref(), Some("another_patient"));
    for name in
        ["Petr Novak", "Petr Černý", "Łukasz Nowak", "Ștefan Popescu", "Ayşe Yılmaz", "Đặng Nguyễn", "Åsa Øster"]
    {
        let check = checker().check(&case(), &Document::from_text("x", letter("Marian Oakes", &format!("{name}, MD"))));
        let identity = check.elements.iter().find(|e| e.element == "examiner_identity");
        assert_eq!(identity.map(|e| e.state.as_str()), Some("present"), "{name}");
    }
}

#[test]
fn a_form_of_something_else_is_no_change_of_the_request() {
    let outcome = |service: &str, says: &str| {
        let case = Case::parse(&format!("[claim]\nservice = \"{service}\"\n")).unwrap_or_else(|e| panic!("{e}"));
        let page = format!(
            "Re: the request\n\nDear Plan,\n\nI examined the patient on November 2, 2026 and read her records. {says}\n\n\
             Sincerely,\n/s/ A. Writer, MD"
        );
        let document = Document::from_text("letter.txt", &page);
        let events = super::letter::Letter::read(&case, &document, &checker().rules).stance.events;
        (checker().check(&case, &document).outcome, events.iter().any(|e| e.pole == super::events::Pole::Change))
    };
    for (service, says) in [
        ("Total knee replacement", "The simple fact is that I recommend total knee replacement."),
        ("Weekly allergy injections", "I support weekly allergy injections, with monthly laboratory tests."),
        ("Home infusion of antibiotics", "I support home infusion of antibiotics, with outpatient follow-up visits."),
        (
            "Inpatient admission",
            "I recommend inpatient admission. She should have an outpatient visit after discharge.",
        ),
    ] {
        let (outcome, change) = outcome(service, says);
        assert!(!change && outcome != "confirms_with_changes", "{says}: {outcome}, {change}");
    }
    for (service, says) in [
        ("Total knee replacement", "I would recommend a partial knee replacement instead."),
        ("Weekly allergy injections", "I would give the injections monthly."),
        ("Robotic prostatectomy", "I recommend open prostatectomy."),
        ("Inpatient admission for infusion", "The infusion should be outpatient."),
    ] {
        assert!(outcome(service, says).1, "{says}");
    }
}

#[test]
fn what_is_thin_is_held_against_the_letter_only_where_it_is_the_service() {
    let adverse = |says: &str| {
        let page = format!(
            "Re: Marian Oakes\n\nDear Plan,\n\nI examined Ms. Oakes on November 2, 2026. {says} I recommend total knee \
             replacement.\n\nSincerely,\n/s/ A. Writer, MD"
        );
        let check = checker().check(&case(), &Document::from_text("letter.txt", &page));
        assert_eq!(check.outcome, "confirms", "{says}");
        check.hazards.iter().any(|h| h.hazard == "adverse_statement" && h.quote == says)
    };
    for says in [
        "La paciente no puede esperar.",
        "The evidence for waiting is weak.",
        "The evidence that injections help is limited.",
        "The Academy does not recommend further injections.",
        "She completed the trial with no loss of balance.",
    ] {
        assert!(!adverse(says), "{says}");
    }
    for says in ["There is no great hurry.", "The evidence for knee replacement at her age is limited."] {
        assert!(adverse(says), "{says}");
    }
}

#[test]
fn another_service_and_unfilled_blanks_are_noticed_beside_the_result() {
    let (_, _, codes) = findings_of(
        "Re: Marian Oakes\n\nDear Plan,\n\nHer cataract was removed in May. Eyes are well.\n\nSincerely,\n/s/ A. Writer, MD",
    );
    assert_eq!(codes, ["service_not_named"]);
    let (_, _, codes) = findings_of(
        "Re: Marian Oakes\n\nDear Plan,\n\nI would do the right knee in total, as Dr. Lund plans.\n\nSincerely,\n/s/ A. Writer, MD",
    );
    assert_eq!(codes, [""; 0], "three words of the request name it");
    let (outcome, _, codes) = findings_of(
        "Re: Marian Oakes\n\nDear Plan,\n\nKnee replacement [is / is not] medically necessary because [REASONS].\n\nSincerely,\n______",
    );
    assert_eq!((outcome.as_str(), codes.contains(&"unfilled_blanks".to_string())), ("unclear", true));
}

#[test]
fn damaged_rules_conclude_nothing_and_name_the_file() {
    let broken = Source::new([(
        "opinions/check/x.toml".to_string(),
        "[[rule]]\nid = \"a\"\nsays = \"b\"\npatterns = [\"(\"]".to_string(),
    )]);
    let kb = Kb::load(broken).unwrap_or_else(|e| panic!("{e}"));
    let check = super::check(&case(), &Document::from_text("x", "I recommend surgery."), &kb);
    assert_eq!(check.outcome, "unclear");
    assert!(check.findings.iter().any(|f| f.code == "check_rules_unusable" && f.message.contains("x.toml")));
    // A fault of ours is never shown as a fault of the letter.
    assert!(super::stopped_by(&check).is_some());
}

/// The knowledge base with one thing changed in a file.
fn kb_with(path: &str, from: &str, to: &str) -> Kb {
    let mut files = Vec::new();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    folder(&base, &base, &mut files);
    let file = files.iter_mut().find(|f| f.0 == path).unwrap();
    assert!(file.1.contains(from), "{from} is not in {path}");
    file.1 = file.1.replacen(from, to, 1);
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_pattern_that_is_none_is_found_whatever_the_letter_says() {
    let path = "opinions/check/outcomes.toml";
    for broken in ["(", "[z-a]", "a{3,1}", "(?P<x>a)(?P<x>b)", "<test>)"] {
        let kb = kb_with(
            path,
            "id = \"workup.condition\"",
            &format!("id = \"x.y\"\nsays = \"z\"\npatterns = ['{broken}']\n[[rule]]\nid = \"workup.condition\""),
        );
        let error = Checker::new(&kb).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains(path) && error.contains("x.y"), "{broken}: {error}");
    }
    let kb = kb_with("opinions/check/language.toml", "third = \"", "third = \"(");
    let error = Checker::new(&kb).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(error.contains("language.toml") && error.contains("third"), "{error}");
}

#[test]
fn a_pattern_that_can_be_read_and_not_made_concludes_nothing_from_the_letter_that_needs_it() {
    // A letter outside ASCII in a pattern over folded text: only the making of the expression finds it out.
    let kb = kb_with(
        "opinions/check/outcomes.toml",
        "id = \"decline\"\n",
        "id = \"decline.x\"\nsays = \"z\"\npatterns = ['knee[é]']\n[[rule]]\nid = \"decline\"\n",
    );
    let checker = Checker::new(&kb).unwrap_or_else(|e| panic!("{e}"));
    assert!(!checker.rules.is("decline.x", "the hip is worn") && checker.rules.fault().is_none());
    assert!(!checker.rules.is("decline.x", "the knee is worn") && checker.rules.fault().is_some());
    let check = checker.check(&case(), &Document::from_text("x", "I recommend total knee replacement."));
    assert_eq!(check.outcome, "unclear");
    assert!(check.findings.iter().any(|f| f.code == super::RULES_UNUSABLE && f.message.contains("decline.x")));
}

#[test]
fn the_same_words_in_other_hands_are_not_the_writers() {
    for (says, outcome) in [
        ("The insurer states that knee replacement is not medically necessary. I recommend it.", "confirms"),
        ("Dr. Lund recommends knee replacement. I would not operate.", "against"),
        ("I do not disagree with Dr. Lund's recommendation of knee replacement.", "confirms"),
        ("I do not disagree with the insurer about the knee replacement.", "against"),
    ] {
        let (found, ..) =
            findings_of(&format!("Re: Marian Oakes\n\nDear Colleague,\n\n{says}\n\nSincerely,\n/s/ A. Writer, MD"));
        assert_eq!(found, outcome, "{says}");
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("I"),
        Just("recommend"),
        Just("not"),
        Just("surgery"),
        Just("knee"),
        Just("replacement"),
        Just("Dr. Lund"),
        Just("if"),
        Just("MRI"),
        Just("before"),
        Just("\n\n"),
        Just("."),
        Just("\"x"),
        Just("[NAME]"),
        Just("é–“"),
        Just("l0.5mg"),
        Just("period"),
        Just("comma"),
        Just("RE:"),
        Just("Sincerely,\n"),
        Just("\u{c}"),
        Just("3-4"),
        Just("½"),
        Just("(("),
        Just("1."),
        Just("\t- "),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|w| w.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// No text makes the check panic; all 19 elements come back in order; every quote stands on its page, or begins there
    /// and goes on at the top of the next.
    #[test]
    fn any_text_is_checked_and_every_quote_is_on_its_page(text in prop_oneof![words(), any::<String>()]) {
        let document = Document::from_text("x", text);
        let check = checker().check(&case(), &document);
        prop_assert_eq!(check.elements.iter().map(|e| e.element.as_str()).collect::<Vec<_>>(), ELEMENTS.to_vec());
        let tidy = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
        let pages: Vec<String> = document.pages.iter().map(|p| tidy(&p.text)).collect();
        let quotes = check.elements.iter().filter_map(|e| e.quote.clone().zip(e.page))
            .chain(check.hazards.iter().map(|h| (h.quote.clone(), h.page)));
        for (quote, page) in quotes {
            let from = |n: usize| pages.iter().skip(page - 1).take(n).cloned().collect::<Vec<_>>().join(" ");
            prop_assert!(from(1).contains(&quote) || from(2).contains(&quote), "{} not from page {}", quote, page);
        }
    }
}

/// Every `[[reading]]` of `kb/opinions/cues/`: the poles that a sentence of tagged words must give.
#[test]
fn cues_mean_together_what_their_examples_say() {
    let rules = Rules::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let wrong: Vec<String> = rules
        .cues
        .readings
        .iter()
        .filter_map(|r| {
            let around = super::reading::Around { named_in_sentence: true, ..Default::default() };
            let got = super::reading::sentence(std::slice::from_ref(&r.says), around, &rules);
            let got: std::collections::BTreeSet<String> = got.iter().map(|g| format!("{:?}", g.pole)).collect();
            let want: std::collections::BTreeSet<String> = r.means.iter().cloned().collect();
            (got != want).then(|| {
                format!("{}: {got:?}, should be {want:?} ({})", r.says, super::reading::explain(&r.says, &rules))
            })
        })
        .collect();
    assert!(rules.cues.readings.len() >= 20, "too few examples: {}", rules.cues.readings.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_faint_yes_beside_what_is_lacking_is_no_yes() {
    let case = facts::Case::parse("[claim]\nservice = \"Lecanemab\"\n").unwrap();
    let outcome = |says: &str| {
        let page = format!("{says}\n\nSincerely,\nOlin Marsh, MD\n");
        checker().check(&case, &Document::from_text("letter.txt", &page)).outcome
    };
    assert_ne!(outcome("She may be a candidate. Amyloid has not been shown by PET, and her MRI is old."), "confirms");
    assert_ne!(
        outcome("Let's watch through spring, treat the allergies with a nasal steroid, and meet again in June."),
        "confirms"
    );
}

#[test]
fn a_short_bill_and_a_short_note_in_another_language_stop_the_check() {
    let stopped = |text: &str| {
        let check = checker().check(&case(), &Document::from_text("x", text));
        super::stopped_by(&check).map(|f| f.code.clone())
    };
    let bill = "Riverbend Hospital STATEMENT\nPatient: Rosa Delgado  Account 99120\n06/01/2026 Office visit 99214 $210.00\nTotal due $210.00  Please pay by July 1.\n";
    assert_eq!(stopped(bill).as_deref(), Some("bill_not_letter"));
    let french = "Chère Madame, j'ai examiné votre patiente et je pense que cette opération est justifiée après l'échec du \
                  traitement médical bien conduit pendant six mois. Je reste à votre disposition.\nDr Jean Martin, chirurgien";
    assert_eq!(stopped(french).as_deref(), Some("language_not_supported"));
    let terse = "November 2, 2026\n\nRe: Marian Oakes\n\nDear Colleague,\n\nI endorse total knee arthroplasty without hesitation.\n\n\
                 Sincerely,\n/s/ Robin Writer, MD";
    assert_eq!(stopped(terse), None);
}

#[test]
fn a_sentence_that_goes_on_over_the_page_break_is_quoted_whole_and_a_heading_is_never_a_quote() {
    let letter = "Re: Marian Oakes\n\nDear Plan,\n\nDiagnosis\nEnd-stage osteoarthritis of the right knee.\n\nIn my opinion total \
                  knee replacement\u{c}is medically necessary for this patient.\n\nSincerely,\n/s/ A. Writer, MD";
    let check = checker().check(&case(), &Document::from_text("letter.txt", letter));
    assert_eq!(check.outcome, "confirms");
    assert_eq!(
        check.outcome_quote.as_deref(),
        Some("In my opinion total knee replacement is medically necessary for this patient.")
    );
    let diagnosis = check.elements.iter().find(|e| e.element == "diagnosis").and_then(|e| e.quote.as_deref());
    assert_eq!(diagnosis, Some("End-stage osteoarthritis of the right knee."));
}

#[test]
fn a_box_that_nobody_ticked_says_nothing_on_whichever_side_it_stands() {
    let of = |line: &str| {
        let seen =
            "I saw Ms. Oakes in my office on November 2, 2026 and went through her records and the films of the knee.";
        let letter = format!("Re: Marian Oakes\n\nDear Plan,\n\n{seen}\n\n{line}\n\nSincerely,\n/s/ A. Writer, MD");
        checker().check(&case(), &Document::from_text("letter.txt", &letter))
    };
    for line in [
        "Total knee replacement is medically necessary: yes [ ] no [x]",
        "I recommend total knee replacement [ ] I do not recommend total knee replacement [x]",
        "I recommend total knee replacement. [ ] I do not recommend total knee replacement. [x]",
        "Total knee replacement is medically necessary: [ ] yes [x] no",
        "Total knee replacement: supported [ ] not supported [x]",
        "☐ I recommend total knee replacement. ☒ I do not recommend total knee replacement.",
        "☐ I recommend total knee replacement.",
        "[ ] I recommend total knee replacement.",
        "[x] Total knee replacement is medically necessary [ ] not necessary, but only after the infection is cleared",
    ] {
        let check = of(line);
        assert!(super::stopped_by(&check).is_none(), "{line}: {:?}", check.findings);
        assert!(!["confirms", "confirms_with_changes"].contains(&check.outcome.as_str()), "{line}: {}", check.outcome);
    }
    let ticked = of("☒ I recommend total knee replacement. ☐ I do not recommend it.");
    assert_eq!(ticked.outcome, "confirms", "{:?}", ticked.findings);
}

/// A letter with the chart scanned behind it: twice the sentences ask twice as many questions of the rules, not four times.
#[test]
fn the_work_grows_with_the_letter_and_no_faster() {
    let checker = Checker::new(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let asked = |sentence: &str, times: usize| {
        let head = "Lakeside Orthopedics\nRef: Dr. Olin Marsh, cardiology\n\nRe: Marian Oakes\n\nDear Plan,\n\n";
        let letter = format!("{head}{}\n\nSincerely,\nA. Writer, MD\nCardiology", sentence.repeat(times));
        let before = checker.rules.asked.load(std::sync::atomic::Ordering::Relaxed);
        checker.check(&case(), &Document::from_text("letter.txt", &letter));
        checker.rules.asked.load(std::sync::atomic::Ordering::Relaxed) - before
    };
    for sentence in [
        "I saw her in my office.\n\n",
        "I conclude that this is due to alcohol.\n\n",
        "I examined Ms. Oakes and I recommend total knee replacement because therapy failed.\n\n",
        "Ref: the chart\n\n",
    ] {
        let (some, twice) = (asked(sentence, 150), asked(sentence, 300));
        assert!(twice < some * 5 / 2, "{sentence}: {some} questions, then {twice}");
    }
}

/// Sentences that are in no labelled letter, among others of an ordinary letter.
#[test]
fn a_sentence_is_heard_for_what_it_tells_and_for_nothing_far_from_it() {
    let says = [
        (Sign::Question, "You asked me whether Mrs. Oakes should have her right knee replaced."),
        (Sign::Contact, "I saw her in my office on October 6, 2026."),
        (Sign::Record, "I reviewed the radiographs of June 2026 and the notes of Lakeside Orthopedics."),
        (Sign::History, "Two steroid injections helped for about three weeks each, and physical therapy did not help."),
        (Sign::Objective, "Radiographs show bone-on-bone narrowing, and flexion is limited to 85 degrees."),
        (Sign::Denial, "Bluestem Health denied the operation as not medically necessary."),
        (Sign::Guideline, "The guideline of the American Academy of Orthopaedic Surgeons recommends it."),
        (Sign::Answer, "I recommend total knee arthroplasty on the right."),
        (Sign::Offer, "I would be glad to speak with your medical director at (555) 555-0144."),
    ];
    let letter: Vec<&str> = says.iter().map(|s| s.1).collect();
    let text = format!("Dear Dr. Lund,\n\n{}\n\nSincerely,\n/s/ Ruth Hale, MD", letter.join(" "));
    let case = case();
    let l = Letter::read(&case, &Document::from_text("letter.txt", text), &checker().rules);
    let unit = |words: &str| l.body().find(|i| l.units[*i].raw == words).unwrap_or_else(|| panic!("{words}"));
    for (sign, words) in says {
        assert!(l.tells(unit(words), sign), "{sign:?} not heard: {words}");
    }
    for (sign, words) in [
        (Sign::Adverse, says[1].1),
        (Sign::Answer, says[2].1),
        (Sign::Question, says[4].1),
        (Sign::Contact, says[5].1),
        (Sign::History, says[8].1),
    ] {
        assert!(!l.tells(unit(words), sign), "{sign:?} heard: {words}");
    }
}

/// A folder laid over the knowledge base may hold no weights: then the rules stand alone. Damaged ones are named.
#[test]
fn weights_that_are_damaged_are_named_and_without_them_the_rules_stand_alone() {
    for (file, from, to) in [
        ("opinions/tells.toml", "signs = [\"answer\"", "signs = [\"anser\""),
        ("opinions/tells.toml", "weights = '''\n", "weights = '''\nw:x\t1 2\n"),
        ("opinions/judge.toml", "classes = [\"against\"", "classes = [\"agaist\""),
        ("opinions/judge.toml", "weights = '''\n", "weights = '''\nlong longer\t1 2\n"),
    ] {
        let error = Checker::new(&kb_with(file, from, to)).err().map(|e| e.to_string());
        assert!(error.as_ref().is_some_and(|e| e.contains(file)), "{error:?}");
    }
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    folder(&base, &base, &mut files);
    files.retain(|f| !["opinions/tells.toml", "opinions/weights.toml", "opinions/judge.toml"].contains(&f.0.as_str()));
    let kb = Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"));
    let checker = Checker::new(&kb).unwrap_or_else(|e| panic!("{e}"));
    let letter = "Dear Dr. Lund,\n\nI recommend total knee arthroplasty on the right.\n\nSincerely,\n/s/ Ruth Hale, MD";
    assert_eq!(checker.check(&case(), &Document::from_text("letter.txt", letter)).outcome, "confirms");
}

/// Whoever agrees with the refusal names the service, and kindly: that is no yes, whatever the words weigh. Said outright and
/// with no yes beside it, it is a no.
#[test]
fn agreeing_with_the_refusal_is_never_read_as_a_yes() {
    for (says, outcome) in [
        ("I agree with the denial of total knee arthroplasty.", "against"),
        ("I concur with the reviewer's refusal of the knee replacement.", "against"),
        ("The insurer was right to deny total knee replacement.", "against"),
        ("The plan rightly refused the knee replacement.", "against"),
        ("I think the denial of total knee arthroplasty was fair.", "against"),
        ("In my view the reviewer's refusal of the operation was sound.", "against"),
        ("I cannot say whether the knee replacement is needed. You were right to deny it.", "unclear"),
        ("The insurer did well to turn this request down.", "against"),
        ("The denial ought to stand.", "against"),
        // The refusal is right, and something milder comes first: either is no yes.
        ("I would try bracing before total knee replacement. I agree with the denial as it was written.", "no yes"),
        // The same words, taken back.
        (
            "The denial was fair on the papers the plan had, but she needs total knee arthroplasty and I recommend it.",
            "confirms",
        ),
        ("The refusal is not right for her: she needs total knee replacement now, and I recommend it.", "confirms"),
    ] {
        let letter = format!(
            "Harbor Orthopedics\n\nNovember 2, 2026\n\nRe: Marian Oakes\n\nDear Dr. Lund,\n\nI saw Mrs. Oakes on October 20, 2026. \
             Her right knee is stiff and the films show narrowing. She had two injections without lasting relief. {says} \
             Please call me with questions.\n\nSincerely,\n/s/ Robin Writer, MD"
        );
        let check = checker().check(&case(), &Document::from_text("letter.txt", letter));
        match outcome {
            "no yes" => {
                assert!(["against", "conservative_first", "unclear"].contains(&check.outcome.as_str()), "{says}")
            }
            _ => assert_eq!(check.outcome, outcome, "{says}"),
        }
        assert!(check.outcome_quote.as_deref().is_none_or(|q| !q.starts_with("Sincerely")), "{says}");
    }
}

/// What is judged on the whole letter is never said without a sentence for it, and a missing element has none.
#[test]
fn what_is_judged_on_the_whole_letter_has_its_sentence() {
    let filler = "She walks to the shop and back. She sleeps well. Her daughter helps her at home. She likes to read. ";
    for says in [
        "Her right knee is stiff.",
        "I recommend total knee arthroplasty on the right. Without it she will lose her job by spring.",
        "You asked whether she needs total knee arthroplasty. She does. Injections failed, and a brace would not hold.",
    ] {
        let letter = format!(
            "Harbor Orthopedics\n\nNovember 2, 2026\n\nDear Dr. Lund,\n\n{filler}{filler}{says}\n\nSincerely,\n/s/ Robin Writer, MD"
        );
        let check = checker().check(&case(), &Document::from_text("letter.txt", letter.as_str()));
        for e in &check.elements {
            let held = matches!(e.state.as_str(), "present" | "partial");
            assert_eq!(held, e.quote.is_some(), "{says}: {} {}", e.element, e.state);
            assert!(
                e.quote.as_deref().is_none_or(|q| letter.contains(q)),
                "{says}: {} is not in the letter",
                e.element
            );
        }
    }
}

/// What the patient says that her doctor thinks is nobody's answer here; a plain yes is one, however short the letter; who
/// will not take a side is against nothing.
#[test]
fn a_told_view_is_no_answer_a_plain_yes_is_one_and_no_side_is_none() {
    let read = |says: &str| {
        let letter = format!(
            "Harbor Orthopedics\n\nNovember 2, 2026\n\nRe: Marian Oakes\n\nTo whom it may concern:\n\nI saw Mrs. Oakes on \
             October 20, 2026. {says}\n\n/s/ Robin Writer, MD"
        );
        checker().check(&case(), &Document::from_text("letter.txt", letter)).outcome
    };
    let told = "She has arthritis of the knee. She reports that Dr. Lund believes she should have total knee replacement and \
                that her insurer disagrees. Questions about the operation should go to her own doctor.";
    assert_eq!(read(told), "unclear");
    let yes = "I examined the knee and read the films of July. The question is whether total knee replacement is medically \
               necessary. My answer is yes: I agree with the treatment requested. She has end-stage arthritis. Two injections \
               failed in September.";
    assert_eq!(read(yes), "confirms");
    let none = "I was asked whether total knee replacement is indicated. I can't say that it is. I can't say that it isn't \
                either. Reasonable surgeons would differ, and I will not take a side.";
    assert_eq!(read(none), "unclear");
}

/// Where every reason stays unanswered, the element says so too.
#[test]
fn the_rebuttal_is_in_keeping_with_the_reasons() {
    use super::reasons::{Answer, in_keeping};
    let reasons = |states: &[Answer]| states.iter().map(|s| ("r".to_string(), *s, Some(4))).collect::<Vec<_>>();
    let none = reasons(&[Answer::Unanswered, Answer::Unanswered]);
    let all = reasons(&[Answer::Answered]);
    let some = reasons(&[Answer::Answered, Answer::Unanswered]);
    assert!(matches!(in_keeping((State::Present, Some(3)), &none), (State::Missing, None)));
    assert!(matches!(in_keeping((State::Missing, None), &all), (State::Partial, Some(4))));
    assert!(matches!(in_keeping((State::Present, Some(3)), &some), (State::Present, Some(3))));
}

#[test]
fn a_summary_of_the_visit_that_says_nothing_is_no_letter() {
    const HEAD: &str = "MODEL UNIVERSITY HOSPITAL\nAFTER VISIT SUMMARY\nMarian Oakes   11/18/2026\n\n";
    let read = |body: &str| checker().check(&case(), &Document::from_text("x.txt", format!("{HEAD}{body}")));
    let plain = read(
        "Reason for visit: second opinion about the knee\nInstructions: Continue walking. Next appointment: none scheduled.",
    );
    assert_eq!(super::stopped_by(&plain).map(|f| f.code.as_str()), Some("visit_summary"));
    assert!(
        plain.next.iter().all(|n| !n.contains("plain words")),
        "nobody is asked for seventeen points: {:?}",
        plain.next
    );
    // A summary that holds the doctor's own plain view is read as what it is.
    let view = read(
        "I examined Ms. Oakes on November 18, 2026. I recommend total knee replacement; it is medically necessary.",
    );
    assert!(super::stopped_by(&view).is_none(), "{:?}", view.findings);
}

#[test]
fn a_request_names_the_service_as_it_stands_in_a_sentence() {
    let case = Case::parse("[claim]\nservice = \"Lumbar fusion, L5-S1\"\n").unwrap_or_else(|e| panic!("{e}"));
    let page = "Dear Plan,\n\nI examined the patient on November 2, 2026 and read the records.\n\nSincerely,\n/s/ A. Writer, MD";
    let asks: String = checker()
        .check(&case, &Document::from_text("x.txt", page))
        .elements
        .into_iter()
        .filter_map(|e| e.ask)
        .collect();
    assert!(asks.contains("is lumbar fusion, L5-S1, medically necessary"), "{asks}");
    assert!(!asks.contains("Lumbar fusion"), "{asks}");
}

/// Where a stay is asked for, to find the step down wrong is a yes; what is granted before a "But" is none.
#[test]
fn the_lower_level_refused_is_a_yes_and_what_is_granted_before_a_turn_is_none() {
    let case = Case::parse(
        r#"
        [patient]
        name = "Jo Sample"
        [claim]
        service = "residential treatment for anorexia, three more weeks"
        [[denial]]
        reason = "level_of_care"
        quote = "Care can safely be given in a partial hospitalization program."
        "#,
    )
    .unwrap_or_else(|e| panic!("{e}"));
    let read = |says: &str| {
        let letter = format!(
            "St. Sample University\n\nNovember 2, 2026\n\nRe: Jo Sample\n\nTo the reviewer:\n\nI saw Jo by video on October 20, 2026 and reviewed \
             the weight chart. {says}\n\nSincerely,\n/s/ Robin Writer, MD"
        );
        checker().check(&case, &Document::from_text("letter.txt", letter)).outcome
    };
    for yes in [
        "To my mind a step-down on Monday would be a mistake, and I cannot endorse it. Meals are finished only with staff at the table.",
        "Ending residential care on Monday would undo six weeks of work.",
    ] {
        assert_ne!(read(yes), "against", "{yes}");
    }
    let no = "I have no quarrel with the insurer here. Jo is ready to step down on Monday with a safety plan.";
    assert_ne!(read(no), "confirms");
    // A denied danger is no word for the stay, and an evening at home none against it.
    assert_ne!(read("Discharge on Monday would be without risk."), "confirms");
    let home = "In my view Jo needs three more weeks of residential treatment, during which she can go home for Sunday supper.";
    assert_ne!(read(home), "against", "{home}");
    let granted = "The law gives her a total knee arthroplasty, and I do not dispute it. But she smokes again. Until she has been off \
                   cigarettes for three months, nobody should do this operation.";
    let letter = format!(
        "Harbor Orthopedics\n\nNovember 2, 2026\n\nRe: Marian Oakes\n\nI saw Mrs. Oakes on October 20, 2026. {granted}\n\n/s/ Robin Writer, MD"
    );
    let check = checker().check(&self::case(), &Document::from_text("letter.txt", letter));
    assert_ne!(check.outcome, "confirms");
    assert_ne!(check.attach, "recommended");
    // A turn against the plan takes nothing back.
    for yes in [
        "She is entitled to the total knee arthroplasty and I recommend it. But the plan never called me.",
        "I do not doubt that she needs the total knee arthroplasty. But the insurer's reviewer never examined her. Her pain limits her walking.",
    ] {
        let letter = format!(
            "Harbor Orthopedics\n\nNovember 2, 2026\n\nRe: Marian Oakes\n\nI saw Mrs. Oakes on October 20, 2026. {yes}\n\n/s/ Robin Writer, MD"
        );
        let check = checker().check(&self::case(), &Document::from_text("letter.txt", letter));
        assert_ne!(check.outcome, "against", "{yes}");
    }
}

/// Both sides are asked for and one is answered: no plain yes.
#[test]
fn one_side_of_two_is_another_extent() {
    let case = Case::parse("[claim]\nservice = \"bilateral cochlear implants\"\n").unwrap_or_else(|e| panic!("{e}"));
    let rules = &checker().rules;
    let subject = super::subject::Subject::new(&case, rules);
    assert!(subject.names_one_of_two("implant the right ear now"));
    assert!(!subject.names_one_of_two("implant both ears now"));
    assert!(!subject.names_one_of_two("the left and the right ear"));
}
