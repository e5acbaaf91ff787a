//! What the terminal says to a person: in the person's language, and what a letter says beside its fields. All cases are invented.
#![allow(clippy::unwrap_used, missing_docs)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

use std::path::Path;
use std::process::{Command, Output};

fn corroborate(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corroborate")).args(words).current_dir(folder).output().unwrap()
}

const SMALL_CASE: &str = r#"format = "corroborate-case/1"
[patient]
name = "Ana Ejemplo"
language = "es"
[coverage]
kind = "erisa_self_funded"
issuer = "Example Mutual Health"
member_id = "EM-1"
[claim]
number = "EX-1"
service = "total knee replacement"
[[event]]
kind = "notice_dated"
date = 2026-10-15
[[denial]]
reason = "not_medically_necessary"
quote = "The service is not medically necessary."
"#;

#[test]
fn what_a_letter_says_beside_its_fields_is_offered_and_not_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let letter = "Example Administrators\nNovember 2, 2026\nNotice of adverse benefit determination (pre-service)\n\
        Member: Ana Example\nMember ID: EX-1\nClaim number: C-1\n\
        We have denied your request for knee replacement because it is not medically necessary.\n\
        You have the right to appeal within 180 days of receiving this letter.\n";
    std::fs::write(folder.path().join("letter.txt"), letter).unwrap();
    let output = corroborate(folder.path(), &["case", "new", "letter.txt", "-o", "case.toml"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("Also read, and not put in") && said.contains("claim.kind = pre_service"), "{said}");
    let case = std::fs::read_to_string(folder.path().join("case.toml")).unwrap();
    assert!(!case.contains("pre_service"), "{case}");
}

#[test]
fn rights_in_the_terminal_speak_the_persons_language() {
    let folder = tempfile::tempdir().unwrap();
    let page = |language: &str| {
        let case = SMALL_CASE.replace("language = \"es\"", &format!("language = \"{language}\""));
        std::fs::write(folder.path().join("case.toml"), case).unwrap();
        let output = corroborate(folder.path(), &["rights", "case.toml", "--today", "2026-11-27"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let spanish = page("es");
    assert!(spanish.contains("Sus derechos y fechas") && spanish.contains("a más tardar el"), "{spanish}");
    for english in ["Your rights", "What others must do", "You can ask for", "answer due", "not yet confirmed", "Next:"]
    {
        assert!(!spanish.contains(english), "{english}: {spanish}");
    }
    let english = page("en");
    assert!(english.contains("Your rights and dates") && english.contains("What others must do"), "{english}");
}

/// A day that ends at noon is said with its hour: who reads only the day calls too late.
#[test]
fn a_step_that_ends_at_noon_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let page = |language: &str, today: &str| {
        let case = format!(
            "format = \"corroborate-case/1\"\n[patient]\nname = \"Ana Example\"\nlanguage = \"{language}\"\n\
             [coverage]\nkind = \"medicare_advantage\"\n[claim]\nkind = \"concurrent\"\nservice = \"nursing home stay\"\n\
             [[event]]\nkind = \"services_end\"\ndate = 2026-11-29\n"
        );
        std::fs::write(folder.path().join("case.toml"), case).unwrap();
        let output = corroborate(folder.path(), &["rights", "case.toml", "--today", today]);
        String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for today in ["2026-11-26", "2026-11-27"] {
        let text = page("en", today);
        assert_eq!(
            text.matches("November 28, 2026 (Saturday), before 12 noon").count(),
            2,
            "the next step and the step itself: {text}"
        );
    }
    let last = page("en", "2026-11-28");
    assert!(last.contains("today; it is the last day, before 12 noon"), "{last}");
    assert!(page("es", "2026-11-27").contains(", antes de las 12 del mediodía"));
}

#[test]
fn where_no_law_gives_a_day_the_letters_own_is_told_and_stands_in_the_calendar() {
    let folder = tempfile::tempdir().unwrap();
    let letter = "Example Sharing Community\nA health care sharing ministry. This is not insurance.\n\nOctober 30, 2026\n\
        Member: Ana Example\nMember number EX-1\n\nDear Ana,\nYour need for hernia repair was denied: it is not eligible for sharing.\n\
        You may appeal within 30 days of the date of this letter.\n";
    std::fs::write(folder.path().join("letter.txt"), letter).unwrap();
    let case = "format = \"corroborate-case/1\"\n[coverage]\nkind = \"health_sharing_ministry\"\n[claim]\n[[event]]\n\
        kind = \"notice_dated\"\ndate = 2026-10-30\n[[record]]\nfile = \"letter.txt\"\nkind = \"denial_letter\"\n";
    std::fs::write(folder.path().join("case.toml"), case).unwrap();
    let output = corroborate(folder.path(), &["--today", "2026-11-27", "rights", "case.toml", "--calendar", "out.ics"]);
    let said = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Next: Appeal by the letter's own date"), "{said}");
    assert!(said.contains("they end November 29, 2026 (Sunday)"), "{said}");
    let calendar = std::fs::read_to_string(folder.path().join("out.ics")).unwrap();
    assert!(calendar.contains("DTSTART;VALUE=DATE:20261127"), "{calendar}");
}

#[test]
fn a_day_that_is_over_is_never_a_day_to_file_by() {
    let folder = tempfile::tempdir().unwrap();
    let case = "format = \"corroborate-case/1\"\n[coverage]\nkind = \"medicare_part_d\"\n[claim]\nkind = \"pre_service\"\n[[denial]]\n\
        reason = \"non_formulary\"\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-09-08\n";
    std::fs::write(folder.path().join("case.toml"), case).unwrap();
    let output = corroborate(folder.path(), &["--today", "2026-11-27", "rights", "case.toml"]);
    let said = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("the last day was November 12, 2026 (Thursday). File today, say why it is late"), "{said}");
    assert!(said.contains("it can be asked for again with new facts"), "{said}");
}
