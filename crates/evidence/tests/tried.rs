//! Treatments that papers tell of are proposed with dates, result and quote; what is no treatment is not.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic)] // tests fail by panicking

use evidence::{Paper, tried};
use facts::{Case, Document, Treatment};

fn read_kb() -> kb::Kb {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb/evidence");
    let files = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{e}")).map(|e| {
        let path = e.unwrap_or_else(|e| panic!("{e}")).path();
        let name = format!("evidence/{}", path.file_name().unwrap_or_default().to_string_lossy());
        (name, std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{e}")))
    });
    kb::Kb::load(kb::Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

fn knowledge() -> &'static kb::Kb {
    static KB: std::sync::OnceLock<kb::Kb> = std::sync::OnceLock::new();
    KB.get_or_init(read_kb)
}

fn paper(name: &str, text: &str) -> Paper {
    Paper { name: name.into(), exhibit: None, document: Document::from_text(name, text) }
}

fn lines(found: &[Treatment]) -> Vec<String> {
    let day = |d: Option<jiff::civil::Date>| d.map_or("…".to_string(), |d| d.to_string());
    let line = |t: &Treatment| {
        let (dose, result) = (t.dose.as_deref().unwrap_or("-"), t.result.as_deref().unwrap_or("-"));
        format!("{} | {dose} | {} to {} | {result}", t.what.as_deref().unwrap_or("-"), day(t.from), day(t.to))
    };
    found.iter().map(line).collect()
}

fn of(text: &str) -> Vec<String> {
    lines(&tried::named(&[paper("paper.txt", text)], &Case::default(), knowledge()).unwrap())
}

#[test]
fn lines_of_medicines_with_dates_and_result() {
    let note = "Progress note\n\n47-year-old woman with cancer. First line\ngemcitabine, cisplatin, durvalumab January 12 to May 4, 2026: progression. Second\n\
        line FOLFOX June 1 to October 30, 2026: progression, new liver lesions. ECOG 1.";
    assert_eq!(
        of(note),
        [
            "gemcitabine, cisplatin, durvalumab | - | 2026-01-12 to 2026-05-04 | progression",
            "FOLFOX | - | 2026-06-01 to 2026-10-30 | progression, new liver lesions",
        ]
    );
    let letter = "I confirm the diagnosis, progressing after gemcitabine, cisplatin and durvalumab (January 12 to May 4, 2026) and after FOLFOX \
        (June 1 to October 30, 2026).";
    assert_eq!(
        of(letter),
        [
            "gemcitabine, cisplatin and durvalumab | - | 2026-01-12 to 2026-05-04 | -",
            "FOLFOX | - | 2026-06-01 to 2026-10-30 | -",
        ]
    );
    // The same told twice is one, from the paper that tells the result.
    let both = [paper("letter.txt", letter), paper("note.txt", note)];
    let found = tried::named(&both, &Case::default(), knowledge()).unwrap();
    assert_eq!(found.len(), 2);
    assert!(
        found.iter().all(|t| t.result.is_some() && t.source.as_deref() == Some("note.txt") && t.page == Some(1)),
        "{found:?}"
    );
    // What the case lists already is not proposed again.
    let case = Case { treatments: vec![found[0].clone()], ..Case::default() };
    assert_eq!(tried::named(&both, &case, knowledge()).unwrap().len(), 1);
}

#[test]
fn therapy_a_dose_and_spanish() {
    assert_eq!(
        of(
            "Mr. Example attended 30 visits of supervised physical therapy from February 2, 2026 to May 28, 2026 for low back pain.\n\nOutcome: no lasting relief.\n"
        ),
        ["supervised physical therapy | - | 2026-02-02 to 2026-05-28 | no lasting relief"]
    );
    assert_eq!(
        of("RA, on methotrexate 20 mg weekly since April 6, 2026. Morning stiffness 90 minutes."),
        ["methotrexate | 20 mg weekly | 2026-04-06 to … | -"]
    );
    assert_eq!(
        of("Recibió terapia física del 2 de febrero de 2026 al 28 de mayo de 2026, sin mejoría."),
        ["terapia física | - | 2026-02-02 to 2026-05-28 | sin mejoría"]
    );
    assert_eq!(
        of("Trial of naproxen from November 3 to January 5, 2026 without relief."),
        ["naproxen | - | 2025-11-03 to 2026-01-05 | without relief"]
    );
}

#[test]
fn a_list_of_a_chart_with_months_visits_and_why_it_stopped() {
    let record = "Tried: gabapentin 1800 mg/day, March 2023 to January 2024, stopped for sedation, no benefit. Duloxetine 60 mg from February 2024, partial. Physical\n\
        therapy 24 visits, April to October 2023, no lasting benefit. Transforaminal epidural steroid injection L5 May 2024 and November 2024: 30% for 2 weeks.";
    assert_eq!(
        of(record),
        [
            "gabapentin | 1800 mg/day | 2023-03-01 to 2024-01-31 | stopped for sedation, no benefit",
            "Physical therapy | 24 visits | 2023-04-01 to 2023-10-31 | no lasting benefit",
            "Duloxetine | 60 mg | 2024-02-01 to … | partial",
            "Transforaminal epidural steroid injection L5 | - | 2024-05-01 to … | 30% for 2 weeks",
            "Transforaminal epidural steroid injection L5 | - | 2024-11-01 to … | 30% for 2 weeks",
        ]
    );
    assert_eq!(
        of("On Breo. Tried Symbicort 160/4.5 January to June 2025, stopped, not controlled. ACT 12."),
        ["Symbicort | 160/4.5 | 2025-01-01 to 2025-06-30 | stopped, not controlled"]
    );
    for none in [
        "A steroid injection is planned for May 2027.",
        "Injection requested May 2026.",
        "Breo 200/25 January to June 2025.",
    ] {
        assert_eq!(of(none), Vec::<String>::new(), "{none}");
    }
}

/// What a physician relies on is tied to the sentence of the record with the same number or grade; words alone tie nothing, nor
/// does what is denied.
#[test]
fn a_finding_of_a_letter_is_tied_to_the_record_that_shows_it() {
    let letter = Document::from_text(
        "letter.txt",
        "I examined Ms. Example in person on November 23, 2026.\n\nDiagnosis: I confirm metastatic cholangiocarcinoma, HER2-positive (IHC 3+), progressing \
         after two lines.\n\nOn flexion-extension films the translation is 6 mm.",
    );
    let shown = |text: &str| {
        let found = evidence::borne::borne_out(&letter, &[paper("record.txt", text)], knowledge()).unwrap();
        found.into_iter().map(|b| b.shown.0).next().unwrap_or_default()
    };
    let pathology = "Collected: July 9, 2026\n\nDIAGNOSIS: Adenocarcinoma, consistent with cholangiocarcinoma.\nHER2 immunohistochemistry: POSITIVE (score 3+).\nMMR proteins intact.";
    assert_eq!(shown(pathology), "HER2 immunohistochemistry: POSITIVE (score 3+).");
    let films = "FINDINGS: Grade I slip.\nOn flexion, 9 mm; on extension, 3 mm; dynamic translation of 6 mm.\nDisc space narrowing.";
    assert_eq!(shown(films), "On flexion, 9 mm; on extension, 3 mm; dynamic translation of 6 mm.");
    for other in [
        "HER2 immunohistochemistry: positive.",
        "HER2 was not positive (score 3+).",
        "Seen on November 23, 2026 in person.",
        "Pain 3+ at rest.",
    ] {
        assert_eq!(shown(other), "", "{other}");
    }
}

#[test]
fn papers_illnesses_and_absences_are_no_treatments() {
    for text in [
        "I reviewed the physical therapy notes from February 2 through May 28, 2026 and your letter.",
        "I reviewed the oncology notes of Dr. Example from January through November 2026.",
        "Patient missed two weeks in March because of influenza (March 9 to March 20, 2026).",
        "Attendance: 22 of 24 visits since August 12, 2026 (twice weekly).",
        "The plan covered her from January 1, 2026 to December 31, 2026.",
        "Physical therapy is planned.",
        "",
    ] {
        assert_eq!(of(text), Vec::<String>::new(), "{text}");
    }
}
