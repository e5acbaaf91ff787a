//! Criteria of a case: treatment history, windows, ages, the policy's own dates; the shelf.
//! All cases and papers are invented.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic)]

use calendar::Date;
use evidence::shelf::{self, Style};
use evidence::{CriteriaReport, LeafState, Paper, PolicyWords, policy};
use facts::{Case, Document, Reference};
use kb::{Kb, Source};

fn kb() -> Kb {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb/evidence");
    let files = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{e}")).map(|e| {
        let path = e.unwrap_or_else(|e| panic!("{e}")).path();
        let name = format!("evidence/{}", path.file_name().unwrap_or_default().to_string_lossy());
        (name, std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{e}")))
    });
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

const TODAY: Date = Date::constant(2026, 11, 25);

fn case(text: &str) -> Case {
    Case::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

fn hold(policy_text: &str, case: &Case, records: &[(&str, &str)]) -> CriteriaReport {
    let kb = kb();
    let words = PolicyWords::load(&kb).unwrap_or_else(|e| panic!("{e}"));
    let policy = policy::parse(&Document::from_text("policy", policy_text), &words);
    let papers: Vec<Paper> = records
        .iter()
        .map(|(name, text)| Paper { name: (*name).into(), exhibit: None, document: Document::from_text(*name, *text) })
        .collect();
    evidence::criteria_for_case(policy, &papers, case, TODAY, "en", &kb).unwrap_or_else(|e| panic!("{e}"))
}

fn codes(report: &CriteriaReport) -> Vec<&str> {
    report.findings.iter().map(|f| f.code.as_str()).collect()
}

#[test]
fn the_treatment_history_documents_a_criterion() {
    let case = case(
        "[[treatment]]\nwhat = \"Physical therapy\"\nfrom = 2026-01-05\nto = 2026-04-20\nresult = \"no relief\"\n",
    );
    let report = hold("All of the following:\n1. At least 6 weeks of physical therapy\n2. BMI below 40", &case, &[]);
    assert_eq!(report.leaves[0].state, LeafState::Documented);
    assert_eq!(report.leaves[0].source.as_deref(), Some("treatment history"));
    assert_eq!(report.leaves[1].state, LeafState::NotDocumented);
    assert_eq!(report.leaves[1].proof.as_deref(), Some("measurement"));
}

#[test]
fn an_age_follows_from_the_date_of_birth_and_nothing_else_does() {
    let case = case("[patient]\ndate_of_birth = 1970-05-01\n");
    let text = "All of the following:\n1. Age 18 years or older\n2. Breast cancer diagnosed at age 50 or younger";
    let states: Vec<LeafState> = hold(text, &case, &[]).leaves.iter().map(|l| l.state).collect();
    assert_eq!(states, [LeafState::Documented, LeafState::NotDocumented]);
}

#[test]
fn an_age_beside_an_illness_is_met_by_the_date_of_birth_and_the_record() {
    let text = "All of the following:\n1. Age 12 or older with severe asthma\n2. Something else entirely";
    let states = |born: &str, paper: &str| {
        let case = case(&format!("[patient]\ndate_of_birth = {born}\n"));
        hold(text, &case, &[("note.txt", paper)]).leaves[0].state
    };
    let note = "She has severe asthma and wheezes at night.";
    assert_eq!(states("1982-07-08", note), LeafState::Documented);
    assert_eq!(states("1982-07-08", "She has hay fever."), LeafState::NotDocumented);
    assert_eq!(states("2020-07-08", note), LeafState::Contradicted);
}

#[test]
fn a_window_is_held_against_the_date_of_the_paper() {
    let text = "All of the following:\n1. MRI within the last 12 months\n2. Something else entirely";
    let states = |date: &str| {
        let paper = format!("MRI OF THE LUMBAR SPINE\nDate of exam: {date}\n\nThe MRI shows severe stenosis.");
        hold(text, &Case::default(), &[("mri.pdf", &paper)]).leaves[0].state
    };
    assert_eq!(states("2026-06-14"), LeafState::Documented);
    assert_eq!(states("2024-06-14"), LeafState::NotDocumented);
}

#[test]
fn papers_that_disagree_are_named() {
    let text = "All of the following:\n1. BMI of 40 or greater\n2. Diabetes";
    let report = hold(text, &Case::default(), &[("a", "BMI 42."), ("b", "BMI 36.")]);
    assert!(codes(&report).contains(&"papers_disagree"), "{:?}", report.findings);
}

const POLICY: &str = "Lumbar Spinal Fusion\nPolicy number: 0214   Effective date: 01/01/2026\nLast review: 10/12/2025\n\n\
    Fusion is medically necessary when all of the following are met:\n1. Spondylolisthesis\n2. Instability\n\n\
    References\n1. A. J Invented. 2009;3:1.\n2. B. J Invented. 2014;3:1.\n";

#[test]
fn a_policy_says_its_number_dates_and_the_age_of_its_references() {
    let report = hold(POLICY, &case("[claim]\nservice = \"Lumbar fusion\"\n"), &[]);
    let own = &report.policy.own;
    assert_eq!(own.number.as_deref(), Some("0214"));
    assert_eq!(own.effective, Some(Date::constant(2026, 1, 1)));
    assert_eq!(own.reviewed, Some(Date::constant(2025, 10, 12)));
    assert_eq!((own.newest_reference, own.references), (Some(2014), 2));
    assert!(codes(&report).contains(&"policy_references_old"));
    assert!(!codes(&report).contains(&"policy_for_another_service"));
    assert_eq!(report.leaves.len(), 2);
}

#[test]
fn the_wrong_policy_is_noticed() {
    let other = case(
        "[claim]\nservice = \"Cochlear implant\"\n[[denial]]\npolicy = \"Clinical Policy 0999 (2023)\"\n[[event]]\nkind = \"notice_dated\"\ndate = 2025-03-01\n",
    );
    let report = hold(POLICY, &other, &[]);
    for code in
        ["policy_for_another_service", "policy_not_the_one_cited", "policy_not_in_force", "policy_other_version"]
    {
        assert!(codes(&report).contains(&code), "{code}: {:?}", codes(&report));
    }
}

#[test]
fn a_policy_without_text_is_called_a_scan() {
    let report = hold("  \n", &Case::default(), &[]);
    assert_eq!(codes(&report), ["policy_without_text"]);
}

#[test]
fn a_denial_that_quotes_other_numbers_or_other_criteria_is_named() {
    let text = "Covered when all of the following are met:\n1. At least 6 weeks of physical therapy\n2. BMI below 40";
    let denial =
        |criteria: &str| case(&format!("[[denial]]\nreason = \"not_medically_necessary\"\ncriteria = [{criteria}]\n"));
    let codes_of = |criteria: &str| -> Vec<String> {
        codes(&hold(text, &denial(criteria), &[])).into_iter().map(str::to_string).collect()
    };
    assert!(codes_of("\"1. At least 6 weeks of physical therapy\", \"2. BMI below 40\"").is_empty());
    assert!(codes_of("\"All of: 1. At least 6 weeks of physical therapy; and 2. BMI below 40\"").is_empty());
    assert_eq!(codes_of("\"At least 12 weeks of physical therapy\""), ["denial_quotes_other_number"]);
    assert_eq!(codes_of("\"A letter from the employer about lifting\""), ["denial_asks_for_more"]);
}

#[test]
fn criteria_for_care_that_goes_on_do_not_count_for_a_first_request() {
    let text = "INITIAL APPROVAL CRITERIA\nMust meet all of the following:\n- Diabetes\n\nCONTINUED APPROVAL CRITERIA\nMust meet all of the following:\n- Weight loss of 5%\n\n";
    let first = hold(text, &Case::default(), &[]);
    assert_eq!(first.leaves.iter().map(|l| l.criterion.as_str()).collect::<Vec<_>>(), ["Diabetes"]);
    assert!(codes(&first).contains(&"criteria_for_continuation"));
    let ongoing = hold(text, &case("[claim]\nkind = \"concurrent\"\n"), &[]);
    assert_eq!(ongoing.leaves.len(), 2, "{ongoing:?}");
}

#[test]
fn a_paper_of_another_person_shows_nothing_and_is_named() {
    let vega = case("[patient]\nname = \"Marisol Vega\"\n");
    let text = "All of the following:\n1. Diabetes\n2. BMI below 40";
    let note = |name: &str| format!("Progress note\nPatient: {name}    DOB: 01/01/1970\nShe has diabetes. BMI 31.");
    let states = |report: &CriteriaReport| report.leaves.iter().map(|l| l.state).collect::<Vec<_>>();
    let report = hold(text, &vega, &[("note", &note("Vega, Marisol"))]);
    assert_eq!(states(&report), [LeafState::Documented; 2], "{report:?}");
    let report = hold(text, &vega, &[("note", &note("Norman Nobody"))]);
    assert_eq!(states(&report), [LeafState::NotDocumented; 2]);
    assert!(codes(&report).contains(&"paper_of_another_person"));
}

#[test]
fn a_criterion_that_points_elsewhere_is_named() {
    let report = hold("All of the following:\n1. Meets criteria in Section B\n2. Diabetes", &Case::default(), &[]);
    assert!(codes(&report).contains(&"criterion_points_elsewhere"));
}

#[test]
fn four_hundred_pages_are_taken_apart_in_reasonable_time() {
    let words = PolicyWords::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let page = "Background text of a policy that goes on and on.\n  More    words of it.\n".repeat(25);
    let mut pages: Vec<facts::Page> = (0..400).map(|_| facts::Page::from_text(&page)).collect();
    pages[250] = facts::Page::from_text("All of the following:\n1. Diabetes\n2. BMI below 40\n");
    let document = Document { pages, ..Document::from_text("long", "") };
    let start = std::time::Instant::now();
    let leaves: usize = policy::parse(&document, &words).sections.iter().map(|s| s.leaves().len()).sum();
    assert_eq!(leaves, 2);
    // Unoptimized, on a loaded machine; in a release build it is a small part of this.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

fn reference(title: &str) -> Reference {
    Reference {
        title: Some(title.into()),
        authors: vec!["Okafor, Ada M.".into(), "Lee, J-H".into()],
        journal: Some("J Invented Spine".into()),
        year: Some(2021),
        volume: Some("12".into()),
        issue: Some("3".into()),
        pages: Some("1123-1131".into()),
        source: Some("person".into()),
        ..Reference::default()
    }
}

fn shelve(references: &[Reference], style: Style) -> shelf::Shelf {
    shelf::shelve(references, TODAY, style, &kb()).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn references_are_typeset_in_two_styles() {
    let mut one = reference("Fusion for instability of the lumbar spine");
    one.doi = Some("https://doi.org/10.1000/XYZ.1".into());
    assert_eq!(
        shelve(std::slice::from_ref(&one), Style::Ama).works[0].citation,
        "Okafor AM, Lee JH. Fusion for instability of the lumbar spine. J Invented Spine. 2021;12(3):1123-1131. doi:10.1000/xyz.1."
    );
    assert!(shelve(&[one.clone()], Style::Vancouver).works[0].citation.contains("2021;12(3):1123-31."));
    one.authors = (1..=7).map(|i| format!("Author{i}, A")).collect();
    assert!(
        shelve(&[one.clone()], Style::Ama).works[0].citation.starts_with("Author1 A, Author2 A, Author3 A, et al. ")
    );
    assert!(shelve(&[one], Style::Vancouver).works[0].citation.contains("Author6 A, et al. "));
}

#[test]
fn the_same_work_stands_once_and_keeps_what_both_entries_know() {
    let mut second = reference("Fusion for Instability of the Lumbar Spine: a randomized trial.");
    second.pmid = Some("12345678".into());
    let shelf = shelve(&[reference("Fusion for instability of the lumbar spine"), second], Style::Ama);
    assert_eq!(shelf.works.len(), 1);
    assert_eq!(shelf.works[0].reference.pmid.as_deref(), Some("12345678"));
    assert!(shelf.findings.iter().any(|f| f.code == "reference_duplicate"));
}

#[test]
fn malformed_entries_are_named_and_a_work_without_a_source_reaches_no_letter() {
    let mut bad = reference("Something about something of the spine");
    (bad.doi, bad.pmid, bad.year, bad.source) = (Some("10.12".into()), Some("PMC99".into()), Some(2091), None);
    let shelf = shelve(&[bad], Style::Ama);
    let codes: Vec<&str> = shelf.findings.iter().map(|f| f.code.as_str()).collect();
    for code in
        ["reference_doi_malformed", "reference_pmid_malformed", "reference_year_unlikely", "reference_without_source"]
    {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    assert!(!shelf.works[0].usable);
}

#[test]
fn a_retracted_work_stays_out_unless_the_person_insists() {
    let mut one = reference("A trial that its journal withdrew");
    one.retracted = Some("pubmed".into());
    let shelf = shelve(std::slice::from_ref(&one), Style::Ama);
    assert!(!shelf.works[0].usable);
    assert!(shelf.findings.iter().any(|f| f.code == "reference_retracted"));
    one.use_anyway = Some(true);
    let shelf = shelve(&[one], Style::Ama);
    assert!(shelf.works[0].usable);
    assert!(shelf.findings.iter().any(|f| f.code == "reference_retracted_used"), "it is said all the same");
}

#[test]
fn a_study_and_its_entry_in_a_list_are_one_work_without_a_word() {
    let mut listed = reference("Outcomes of lumbar fusion in adults");
    listed.doi = Some("10.1000/xyz.1".into());
    let paper = Reference {
        doi: Some("10.1000/XYZ.1".into()),
        file: Some("a.pdf".into()),
        source: Some("a.pdf".into()),
        ..Reference::default()
    };
    let shelf = shelve(&[paper, listed], Style::Ama);
    assert_eq!((shelf.works.len(), shelf.findings.len()), (1, 0), "{:?}", shelf.findings);
    assert_eq!(shelf.works[0].reference.file.as_deref(), Some("a.pdf"));
    assert_eq!(shelf.works[0].reference.journal.as_deref(), Some("J Invented Spine"));
}

#[test]
fn a_published_study_is_told_from_a_record_that_cites_one() {
    let published = |text: &str| shelf::published(&Document::from_text("p.pdf", text), &kb()).unwrap_or_default();
    let study = "J Invented 2021;1:1 doi:10.1000/xyz.1\nOutcomes of lumbar fusion in some adults\nAbstract\nBackground. We saw.\nMethods: we did.\nResults\n";
    assert_eq!(published(study).and_then(|w| w.doi).as_deref(), Some("10.1000/xyz.1"));
    assert_eq!(published("Progress note\nSee doi:10.1000/xyz.1 for the method.\nAssessment and plan\n"), None);
    assert_eq!(published(&study.replace("doi:10.1000/xyz.1", "")), None, "nothing to find it by");
}

#[test]
fn coverage_documents_and_approvals_are_known_by_their_numbers() {
    let offices = evidence::official::Offices::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let known = [
        ("NCD 220.6.17", "coverage_document", "NCD 220.6.17"),
        ("l35094", "coverage_document", "LCD L35094"),
        ("LCD ID: L35094", "coverage_document", "LCD L35094"),
        ("Article A57778", "coverage_document", "Article A57778"),
        ("PMA P130016/S012", "approval", "PMA P130016/S012"),
        ("510(k) K123456", "approval", "510(k) K123456"),
        ("BLA 125514", "approval", "BLA 125514"),
    ];
    for (typed, kind, number) in known {
        let named = offices.named(typed).unwrap_or_else(|| panic!("{typed}"));
        assert_eq!((named.kind.as_deref(), named.number.as_deref()), (Some(kind), Some(number)), "{typed}");
        assert!(named.source.is_none(), "a number alone proves nothing");
    }
    for typed in ["220.6.17", "125514", "P13", "my plan", "Medical policy 7.204"] {
        assert_eq!(offices.named(typed), None, "{typed}");
    }
}

#[test]
fn a_coverage_document_is_typeset_with_number_version_and_day() {
    let offices = evidence::official::Offices::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let reference = Reference {
        title: Some("Facet joint interventions".into()),
        version: Some("R12".into()),
        dated: Some(Date::constant(2025, 7, 7)),
        source: Some("person".into()),
        ..offices.named("LCD L33930").unwrap_or_default()
    };
    let shelf = shelve(&[reference], Style::Ama);
    assert!(shelf.works[0].usable);
    assert_eq!(
        shelf.works[0].citation,
        "Medicare Administrative Contractor. Facet joint interventions. LCD L33930. Version R12. 2025-07-07."
    );
}

#[test]
fn a_paper_gives_its_doi_and_title() {
    let text = "J Invented Spine 2021; 12: 1\nhttps://doi.org/10.1000/xyz.1\nFusion for instability\nOutcomes of lumbar fusion in adults with\nspondylolisthesis\nA. Okafor, J. Lee\n";
    let found = shelf::from_document(&Document::from_text("paper.pdf", text)).unwrap_or_default();
    assert_eq!(found.doi.as_deref(), Some("10.1000/xyz.1"));
    assert_eq!(found.title.as_deref(), Some("Outcomes of lumbar fusion in adults with spondylolisthesis"));
    assert_eq!(found.source.as_deref(), Some("paper.pdf"));
    assert_eq!(shelf::from_document(&Document::from_text("x", "a b")), None);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, ..Default::default() })]
    /// Nothing a file may hold stops the program, and every quote stands at its place.
    #[test]
    fn no_text_stops_it(policy in "[ \\n\\t•o\\-(\\[\\]a-dñó1-4.):;,]{0,160}", record in "\\PC{0,120}") {
        let report = hold(&policy, &Case::default(), &[("r", &record)]);
        for leaf in &report.leaves {
            if let Some(quote) = &leaf.quote {
                proptest::prop_assert!(record.contains(quote.as_str()));
            }
        }
    }
}

const FUSION: &str = "Lumbar fusion is medically necessary when all of the following are met:\n\
    1. Spondylolisthesis, with one of the following:\n   a. Grade II or higher; or\n   b. Instability of at least 3 mm;\n\
    2. Failure of 12 weeks of conservative therapy, including:\n   a. physical therapy, and\n   b. epidural steroid injection\n";

#[test]
fn what_a_lists_header_asks_for_belongs_to_its_items() {
    let states = |note: &str| {
        let report = hold(FUSION, &Case::default(), &[("note", note)]);
        report.leaves.iter().map(|l| l.state).collect::<Vec<_>>()
    };
    use LeafState::{Documented, NotDocumented};
    // The treatments alone do not say that they failed, nor for how long.
    let bare = "Physical therapy was done. Epidural steroid injection on 6/20/2026.";
    assert_eq!(states(bare)[2..], [NotDocumented; 2]);
    let whole = "Physical therapy from 3/2/2026 to 6/1/2026, no relief. Epidural steroid injection 6/20/2026, no lasting relief.";
    assert_eq!(states(whole)[2..], [Documented; 2]);
    let short = "Physical therapy from 3/2/2026 to 3/20/2026, no relief. Epidural steroid injection 6/20/2026, no lasting relief.";
    assert_eq!(states(short)[2..], [NotDocumented; 2]);
}

#[test]
fn one_alternative_spares_the_others_and_its_header_is_said() {
    let report = hold(FUSION, &Case::default(), &[("note", "Spondylolisthesis at L4-L5 with instability of 5 mm.")]);
    let (first, second) = (&report.leaves[0], &report.leaves[1]);
    assert_eq!((second.state, second.spared), (LeafState::Documented, false));
    assert!(first.spared && first.ask.is_none(), "{first:?}");
    assert_eq!(first.under, ["Spondylolisthesis, with one of the following:"]);
    assert_eq!(second.whole(), "Spondylolisthesis, with one of the following: … Instability of at least 3 mm");
    let open = hold(FUSION, &Case::default(), &[("note", "Instability of 5 mm.")]);
    assert_eq!(open.leaves[1].state, LeafState::NotDocumented);
    assert!(open.leaves[1].ask.as_deref().is_some_and(|a| a.contains("Spondylolisthesis")), "{:?}", open.leaves[1].ask);
}

#[test]
fn an_address_and_what_to_send_are_no_criteria() {
    let letter = "The request is denied.\n\nOur address:\n   Harbor Health Plan\n   P.O. Box 301\n   Dayton, OH 45401\n\n\
        Send the following with your form:\n   - Office notes\n   - Imaging reports\n";
    let report = hold(letter, &Case::default(), &[]);
    assert!(report.leaves.is_empty(), "{:?}", report.leaves);
}

#[test]
fn criteria_quoted_in_one_line_are_taken_apart() {
    for quoted in [
        "1. Spondylolisthesis of 3 mm; 2. Twelve weeks of care; and 3. No tobacco use",
        "all of the following are needed: - Spondylolisthesis of 3 mm - Twelve weeks of care - No tobacco use",
        "(1) spondylolisthesis of 3 mm; (2) twelve weeks of care; and (3) no tobacco use",
    ] {
        let kb = kb();
        let words = PolicyWords::load(&kb).unwrap_or_else(|e| panic!("{e}"));
        let parsed = policy::parse_entries(&[quoted.to_string()], &words);
        let leaves: Vec<&str> = parsed.sections.iter().flat_map(|s| s.leaves()).map(|l| l.quote.as_str()).collect();
        assert_eq!(leaves.len(), 3, "{quoted}: {leaves:?}");
        assert!(!leaves.iter().any(|l| l.contains("3.") || l.ends_with("and")), "{leaves:?}");
    }
}
