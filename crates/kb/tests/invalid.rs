//! Files with one fault each: the fault is named, with file, line and a hint where there is one.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used, clippy::panic)]

use kb::{Kb, KbError, Source};

const VOCABULARY: &str = r#"
format = "corroborate-vocabulary/1"
[coverages]
erisa_self_funded = "a plan"
[gives."internal_appeal.file"]
label = "Appeal"
filed = ["appeal_filed"]
[actors]
claimant = "you"
plan = "the plan"
[filed_when]
received = "received"
[fact."claim.kind"]
ask = "Which?"
values = ["pre_service", "urgent"]
[event.notice_dated]
label = "the date on the letter"
[event.notice_received]
label = "the day you received the letter"
sent = ["notice_dated"]
[event.appeal_filed]
label = "the day the appeal was filed"
"#;

const CALENDAR: &str = r#"
format = "corroborate-calendar/1"
name = "federal holidays"
verified_on = 2026-11-20
confidence = "official_copy"
cite = "5 U.S.C. 6103(a)"
[[holiday]]
name = "Independence Day"
month = 7
day = 4
"#;

const RULE: &str = r#"format = "corroborate-rule/1"
title  = "Appeal"
gives  = "internal_appeal.file"
actor  = "claimant"
level  = 1
[covers]
coverage = ["erisa_self_funded"]
[[version]]
effective_from = 2003-01-01
verified_on    = 2026-11-20
confidence     = "official_copy"
starts         = "notice_received"
period         = "180 days"
filed_when     = "received"
[[version.authority]]
cite   = "29 CFR 2560.503-1(h)(3)(i)"
proves = ["starts", "period", "filed_when"]
phrase = "at least 180 days following receipt"
"#;

const EXAMPLES: &str = r#"
[[example]]
name = "a"
kind = "normal"
given = { notice_received = 2026-10-30 }
expect = {}
[[example]]
name = "b"
kind = "refusal"
given = {}
expect = {}
[[example]]
name = "c"
kind = "day_after"
given = {}
expect = {}
"#;

const PROGRAM: &str = r#"
format = "corroborate-program/1"
title = "A plan"
coverage = ["erisa_self_funded"]
who = "People in it."
"#;

fn source(rule: &str) -> Source {
    let files = [
        ("vocabulary.toml", VOCABULARY),
        ("calendars/us_federal.toml", CALENDAR),
        ("us/erisa/program.toml", PROGRAM),
        ("us/erisa/appeal.toml", rule),
        ("us/erisa/appeal.examples.toml", EXAMPLES),
    ];
    Source::new(files.map(|(p, t)| (p.to_string(), t.to_string())))
}

fn refused(from: &str, to: &str) -> KbError {
    assert!(RULE.contains(from), "the test's own text: {from}");
    Kb::load(source(&RULE.replacen(from, to, 1))).err().unwrap_or_else(|| panic!("accepted: {to}"))
}

fn lints(from: &str, to: &str) -> Vec<(String, usize)> {
    assert!(RULE.contains(from), "the test's own text: {from}");
    let kb = Kb::load(source(&RULE.replacen(from, to, 1))).unwrap_or_else(|e| panic!("{e}"));
    let all = kb::lint(&kb, "2026-11-25".parse().unwrap()).unwrap_or_else(|e| panic!("{e}"));
    all.into_iter().map(|l| (l.code, l.line)).collect()
}

#[test]
fn the_file_without_a_fault_has_no_lint() {
    assert_eq!(lints("title", "title"), []);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    let e = refused("period         =", "perod          =");
    assert_eq!((e.file.as_str(), e.place.map(|p| p.0)), ("us/erisa/appeal.toml", Some(13)));
    assert_eq!(e.hint.as_deref(), Some("did you mean `period`?"));
}

#[test]
fn unknown_words_are_refused_at_their_place() {
    for (from, to, line, hint) in [
        ("\"notice_received\"", "\"notice_recieved\"", 12, "notice_received"),
        ("\"internal_appeal.file\"", "\"internal_apeal.file\"", 3, "internal_appeal.file"),
        ("\"claimant\"", "\"claimont\"", 4, "claimant"),
        ("\"erisa_self_funded\"", "\"erisa_selffunded\"", 7, "erisa_self_funded"),
        ("filed_when     = \"received\"", "filed_when     = \"receved\"", 14, "received"),
    ] {
        let e = refused(from, to);
        assert_eq!(e.place.map(|p| p.0), Some(line), "{e}");
        assert!(e.hint.as_deref().unwrap_or_default().contains(hint), "{e}");
    }
}

#[test]
fn an_unknown_condition_fact_or_value_is_refused() {
    let e = refused("[[version]]", "[when]\n\"claim.knd\" = \"urgent\"\n[[version]]");
    assert!(e.to_string().contains("claim.kind"), "{e}");
    let e = refused("[[version]]", "[when]\n\"claim.kind\" = \"urgnt\"\n[[version]]");
    assert!(e.to_string().contains("urgent"), "{e}");
}

#[test]
fn another_format_is_refused() {
    // A file of another format is not a rule, so the lint sees a coverage without rules.
    let kb = Kb::load(source(&RULE.replace("corroborate-rule/1", "corroborate-rule/2"))).unwrap();
    let all = kb::lint(&kb, "2026-11-25".parse().unwrap()).unwrap();
    assert!(all.iter().any(|l| l.code == "no_rule"));
}

#[test]
fn bad_periods_and_dates_are_refused() {
    assert_eq!(refused("\"180 days\"", "\"180 dais\"").place.map(|p| p.0), Some(13));
    assert_eq!(refused("2003-01-01", "2003-02-30").place.map(|p| p.0), Some(9));
    let e = refused("\"180 days\"", "\"4 months\"");
    assert!(e.message.contains("missing_day"), "{e}");
}

#[test]
fn a_right_without_a_clock_and_a_no_right_without_words_are_refused() {
    assert!(refused("period         = \"180 days\"\n", "").message.contains("period"));
    assert!(refused("level  = 1", "kind = \"no_right\"").message.contains("message"));
}

#[test]
fn a_figure_that_no_phrase_carries_is_an_error_at_the_field() {
    assert_eq!(lints("\"180 days\"", "\"181 days\""), [("figure_not_in_phrase".into(), 13)]);
}

#[test]
fn a_field_that_nothing_proves_is_an_error_unless_a_reading_explains_it() {
    assert_eq!(lints("\"period\", ", ""), [("not_proved".into(), 13)]);
    let read = "proves = [\"starts\", \"filed_when\"]\nphrase = \"x\"\n[version.reading]\nperiod = \"because\"\n";
    let from = "proves = [\"starts\", \"period\", \"filed_when\"]\nphrase = \"at least 180 days following receipt\"\n";
    assert_eq!(lints(from, read), []);
}

#[test]
fn versions_that_overlap_or_leave_a_gap_are_errors() {
    let second = "\n[[version]]\neffective_from = 2020-01-01\nverified_on = 2026-11-20\nconfidence = \"official_copy\"\nstarts = \"notice_received\"\nperiod = \"180 days\"\n[[version.authority]]\ncite = \"x\"\nproves = [\"starts\", \"period\"]\nphrase = \"180 days\"\n";
    let with = |end: &str| {
        let rule = RULE.replace("effective_from = 2003-01-01", &format!("effective_from = 2003-01-01{end}"));
        let kb = Kb::load(source(&format!("{rule}{second}"))).unwrap_or_else(|e| panic!("{e}"));
        let all = kb::lint(&kb, "2026-11-25".parse().unwrap()).unwrap();
        all.into_iter().map(|l| l.code).collect::<Vec<_>>()
    };
    assert_eq!(with(""), ["versions_overlap"]);
    assert_eq!(with("\neffective_to = 2020-06-01"), ["versions_overlap"]);
    assert_eq!(with("\neffective_to = 2019-06-01"), ["versions_gap"]);
    assert_eq!(with("\neffective_to = 2019-06-01\ngap = \"the rule was suspended\""), Vec::<String>::new());
    assert_eq!(with("\neffective_to = 2019-12-31"), Vec::<String>::new());
}

#[test]
fn unverified_figures_must_be_in_debt_and_old_ones_are_warned_about() {
    let codes = |from: &str, to: &str| lints(from, to).into_iter().map(|l| l.0).collect::<Vec<_>>();
    assert_eq!(codes("\"official_copy\"", "\"unverified\""), ["unverified_not_in_debt", "no_check_with"]);
    assert_eq!(codes("verified_on    = 2026-11-20", "verified_on    = 2025-11-20"), ["stale"]);
    assert_eq!(codes("verified_on    = 2026-11-20", "verified_on    = 2027-11-20"), ["verified_in_the_future"]);
}

#[test]
fn the_lines_of_an_envelope_say_what_the_words_for_the_person_say() {
    let with = |office: &str| {
        let to = format!("filed_when     = \"received\"\nsend_to = {{ text = \"The Board, Box 1, Reno\", {office} }}");
        lints("filed_when     = \"received\"", &to).into_iter().map(|l| l.0).collect::<Vec<_>>()
    };
    assert_eq!(with("office = [\"Board\", \"Box 1\", \"Reno\"]"), Vec::<String>::new());
    assert_eq!(with("office = [\"Board\", \"Box 2\"]"), ["office_not_in_text"]);
    assert_eq!(with("office = [\"Board\", \"\"]"), ["office_not_in_text"]);
    assert_eq!(with("office = [\"Board\"], plan = true"), ["office_and_plan"]);
}

#[test]
fn a_user_folder_is_laid_over_and_changes_the_hash() {
    let one = Kb::load(source(RULE)).unwrap();
    let over = Source::new([("us/erisa/appeal.toml".to_string(), RULE.replace("Appeal", "My appeal"))]);
    let two = Kb::load(source(RULE).overlaid(over)).unwrap();
    assert_ne!(one.version(), two.version());
    assert_eq!(two.index().rules()[0].rule.title, "My appeal");
}

#[test]
fn a_packed_file_counts_for_the_hash_as_the_same_file_read_from_a_folder() {
    let text = "a = 1\n";
    let digest: &'static str = kb::digest(text).leak();
    let packed = Source::of([kb::File::packed("x.toml", text, digest)]);
    assert_eq!(packed.hash(), Source::new([("x.toml".to_string(), text)]).hash());
    assert_ne!(packed.hash(), Source::new([("x.toml".to_string(), "a = 2\n")]).hash());
    assert_ne!(packed.hash(), Source::new([("y.toml".to_string(), text)]).hash());
}
