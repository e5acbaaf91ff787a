//! Decided reviews: import, counts, search. Rows are invented; the real file is read where it is beside the project.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};

use evidence::decisions::{Index, Narrow, Ruling, for_case, import, wilson};
use facts::Case;
use kb::{Kb, Source};

fn kb() -> Kb {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/decisions");
    let files = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{e}")).map(|e| {
        let path = e.unwrap_or_else(|e| panic!("{e}")).path();
        let name = format!("decisions/{}", path.file_name().unwrap_or_default().to_string_lossy());
        (name, std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{e}")))
    });
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

fn shared(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data")).join(name);
    if !path.exists() {
        eprintln!("skipped: no shared data ({name})");
        return None;
    }
    Some(path)
}

#[test]
fn a_current_file_and_an_older_one_are_read() {
    let current = "ReferenceID,ReportYear,DiagnosisCategory,DiagnosisSubCategory,TreatmentCategory,TreatmentSubCategory,Determination,Type,AgeRange,PatientGender,IMRType,DaysToReview,DaysToAdopt,Findings\n\
        X-1,2024,Cancer,Breast,\"Diagnostic Imaging, Screening and Testing\",MRI,Overturned Decision of Health Plan,Medical Necessity,41-50,Female,Standard,20,3,\"Nature of the dispute, in short: imaging.\"\n";
    let older = "Reference ID;Report Year;Diagnosis Category;Determination;Type\nX-2;2010;Cancer;Upheld Decision of Health Plan;Medical Necessity\n";
    let one = import("a.csv", current.as_bytes(), &kb()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((one.decisions[0].ruling, one.decisions[0].year), (Ruling::Overturned, Some(2024)));
    assert!(one.decisions[0].text.contains("imaging"));
    let two = import("b.csv", older.as_bytes(), &kb()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((two.decisions[0].ruling, two.decisions[0].diagnosis.as_str()), (Ruling::Upheld, "Cancer"));
}

#[test]
fn new_yorks_export_is_read_with_its_brackets_and_summaries() {
    let text = "Case Number,Treatment,Diagnosis,Health Plan,Coverage Type,Appeal Decision,Denial Reason,Gender,Age Range,Decision Year,Agent,Summary 1,Summary 2\n\
        202101-1,[Inpatient Hospital],[Skin Disorders],A Plan,HMO,Overturned in Part,Medical necessity,Female,50-59,2021,X,First words.,More words.\n";
    let got = import("ny.csv", text.as_bytes(), &kb()).unwrap_or_else(|e| panic!("{e}"));
    let one = &got.decisions[0];
    assert_eq!((one.treatment.as_str(), one.diagnosis.as_str()), ("Inpatient Hospital", "Skin Disorders"));
    assert_eq!((one.ruling, one.year, one.kind.as_str()), (Ruling::Partly, Some(2021), "Medical necessity"));
    assert_eq!(one.text, "First words.\nMore words.");
}

#[test]
fn a_quote_that_is_never_closed_loses_no_rows() {
    let mut text = String::from("ReferenceID,ReportYear,DiagnosisCategory,Determination\nA-0,2020,\"Cancer,Upheld\n");
    for i in 1..=300 {
        text.push_str(&format!("A-{i},2020,Cancer,Upheld\n"));
    }
    let got = import("x.csv", text.as_bytes(), &kb()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(got.decisions.len() + got.lost.len(), 301);
    assert!(got.decisions.len() >= 300);
    assert!(got.findings.iter().any(|f| f.code == "quote_not_closed" && f.message.contains("line 2")));
}

#[test]
fn an_export_in_an_older_encoding_keeps_its_letters() {
    let text = b"ReferenceID,DiagnosisCategory,Determination\nA-1,M\xe9ni\xe8re,Upheld\n";
    let got = import("x.csv", text, &kb()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(got.decisions[0].diagnosis, "Ménière");
}

#[test]
fn exports_that_overlap_count_each_decision_once() {
    let one = import("a.csv", b"ReferenceID,Determination\nA-1,Upheld\nA-2,Pending\n", &kb()).unwrap();
    let two = import("b.csv", b"ReferenceID,Determination\nA-1,Upheld\nA-3,Overturned\n", &kb()).unwrap();
    assert!(one.findings.iter().any(|f| f.code == "rows_without_ruling"), "a word we do not know is named");
    let joined = evidence::decisions::join(vec![one, two]);
    let ids: Vec<&str> = joined.decisions.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(ids, ["A-1", "A-2", "A-3"]);
    assert!(joined.findings.iter().any(|f| f.code == "decisions_twice"));
}

#[test]
fn a_file_that_is_no_table_of_decisions_says_so() {
    let got = import("x.csv", b"name,age\nA,3\n", &kb()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((got.decisions.len(), got.findings[0].code.as_str()), (0, "no_decisions"));
}

#[test]
fn a_damaged_export_is_mended_or_its_rows_are_named() {
    let (Some(good), Some(bad)) = (shared("imr/dmhc_2001_2016.csv"), shared("imr/dmhc_2001_2016_damaged_export.csv"))
    else {
        return;
    };
    let read = |p: &Path| import("imr", &std::fs::read(p).unwrap_or_default(), &kb()).unwrap_or_else(|e| panic!("{e}"));
    let (good, bad) = (read(&good), read(&bad));
    assert_eq!(good.decisions.len(), 19_228);
    let overturned = |d: &[evidence::decisions::Decision]| d.iter().filter(|d| d.ruling == Ruling::Overturned).count();
    assert_eq!(overturned(&good.decisions), 8_452);
    eprintln!("damaged export: {} read, {} mended, {} lost", bad.decisions.len(), bad.mended, bad.lost.len());
    assert!(bad.decisions.len() + bad.lost.len() >= 19_228, "rows vanished without a word");
    let truth: std::collections::HashMap<&str, &evidence::decisions::Decision> =
        good.decisions.iter().map(|d| (d.id.as_str(), d)).collect();
    let wrong = bad
        .decisions
        .iter()
        .filter(|d| {
            truth
                .get(d.id.as_str())
                .is_some_and(|t| t.diagnosis != d.diagnosis || t.treatment != d.treatment || t.ruling != d.ruling)
        })
        .count();
    assert_eq!(wrong, 0, "mended rows differ from the whole file");
}

#[test]
fn a_count_is_of_the_same_program_and_the_same_step_or_there_is_none() {
    let counts = |coverage: &str, state: &str, step: Option<&str>| {
        let mut case = Case::default();
        case.coverage.kind = Some(coverage.into());
        case.patient.state = (!state.is_empty()).then(|| state.into());
        let before = for_case(&case, step, &kb()).unwrap_or_else(|e| panic!("{e}"));
        before.counts.iter().map(|c| c.body.clone()).collect::<Vec<_>>()
    };
    let second = ["Medicare Part D, second level (independent review)"];
    assert_eq!(counts("medicare_part_d", "MI", Some("reconsideration.file")), second);
    assert!(counts("medicare_part_d", "MI", Some("redetermination.file")).is_empty(), "another level");
    assert!(counts("medicare_advantage", "FL", Some("fast_appeal.file")).is_empty(), "a fast appeal is another step");
    assert!(counts("medicaid_managed_care", "TX", Some("internal_appeal.file")).is_empty());
    assert!(counts("fehb", "LA", Some("carrier_reconsideration.file")).is_empty());
    assert!(
        counts("erisa_self_funded", "OH", Some("internal_appeal.file")).is_empty(),
        "Marketplace is another market"
    );
    assert_eq!(counts("individual_market", "OH", Some("internal_appeal.file")).len(), 1);
    assert!(counts("individual_market", "PA", Some("internal_appeal.file")).is_empty(), "a marketplace of its own");
    assert!(counts("individual_market", "", Some("internal_appeal.file")).is_empty(), "the State is not known");
    assert!(counts("individual_market", "OH", None).is_empty(), "no step at hand");
}

#[test]
fn the_nearest_counts_come_first_with_their_caveat() {
    let text = "[coverage]\nkind = \"erisa_insured\"\n[patient]\nstate = \"CA\"\n[claim]\nservice = \"Lumbar fusion\"\ndiagnosis_codes = [\"M43.16\"]\n[[denial]]\nreason = \"not_medically_necessary\"\n";
    let case = Case::parse(text).unwrap_or_else(|e| panic!("{e}"));
    let before = for_case(&case, Some("external_review.file"), &kb()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(before.counts[0].what, "Orthopedic/Musculoskeletal, Orthopedic, Medical Necessity");
    assert!(before.counts.iter().all(|c| c.what.contains("Medical Necessity")), "of the kind of dispute at hand");
    assert!(before.counts.windows(2).all(|w| w[0].decided <= w[1].decided), "from the nearest to the widest");
    let share = |c: &evidence::decisions::Count| 100.0 * c.overturned as f64 / c.decided as f64;
    assert!(before.counts.iter().all(|c| !c.caveat.is_empty() && c.interval_percent.0 <= share(c)));
    let elsewhere = Case::parse(text.replace("CA", "OH").as_str()).unwrap_or_else(|e| panic!("{e}"));
    assert!(for_case(&elsewhere, Some("external_review.file"), &kb()).unwrap().counts.is_empty(), "another State");
}

#[test]
fn the_interval_is_wilsons() {
    // Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81 of 263 gives 0.2553 to 0.3662.
    assert_eq!(wilson(81, 263), (25.5, 36.6));
    assert_eq!(wilson(0, 0), (0.0, 100.0));
}

#[test]
fn search_finds_the_likest_and_shows_both_rulings() {
    let text = "Reference ID;Report Year;Diagnosis Category;Treatment Category;Determination;Type\n\
        1;2015;Orthopedic;Lumbar fusion;Upheld Decision of Health Plan;Medical Necessity\n\
        2;2016;Orthopedic;Lumbar fusion;Overturned Decision of Health Plan;Medical Necessity\n\
        3;2016;Cancer;Proton therapy;Overturned Decision of Health Plan;Experimental/Investigational\n";
    let decisions = import("x", text.as_bytes(), &kb()).unwrap_or_else(|e| panic!("{e}")).decisions;
    let index = Index::in_memory(&decisions).unwrap_or_else(|e| panic!("{e}"));
    let ids = |narrow: Narrow| -> Vec<String> {
        let mut ids: Vec<String> = index
            .search("lumbar fusion: \"L4\" AND (", &narrow, 10)
            .unwrap_or_else(|e| panic!("{e}"))
            .into_iter()
            .map(|f| f.decision.id)
            .collect();
        ids.sort();
        ids
    };
    let any = Narrow::default;
    assert_eq!(ids(any()), ["1", "2"]);
    assert_eq!(ids(Narrow { ruling: Some(Ruling::Upheld), ..any() }), ["1"]);
    assert_eq!(ids(Narrow { from_year: Some(2016), ..any() }), ["2"]);
    assert_eq!(ids(Narrow { diagnosis: Some("orthopedic".into()), from_year: Some(2015), ..any() }), ["1", "2"]);
    assert!(ids(Narrow { kind: Some("Urgent Care".into()), ..any() }).is_empty());
    assert!(
        index.search(" ( ", &any(), 10).unwrap_or_else(|e| panic!("{e}")).is_empty(),
        "no words, nothing like them"
    );
}
