//! Writes the sample packets of `docs/samples/` from its invented cases, and pictures of their first pages. By hand:
//! `cargo test -p packet --test packet write_the_samples -- --ignored`

use std::path::Path;

use crate::common;

#[test]
#[ignore = "writes docs/samples"]
fn write_the_samples() {
    let folder = std::env::var("CORROBORATE_SAMPLES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/samples").into());
    let folder = Path::new(&folder);
    let mut cases: Vec<_> =
        std::fs::read_dir(folder.join("cases")).into_iter().flatten().flatten().map(|e| e.path()).collect();
    cases.sort();
    assert!(cases.len() >= 10);
    for path in cases {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let case = facts::Case::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_string();
        let packet = sample(&name, case);
        assert!(packet.manifest.blocked_by.is_empty(), "{name}: {:?}", packet.manifest.blocked_by);
        assert!(packet.manifest.contents_verified, "{name}: {:?}", packet.manifest.findings);
        let pdf = folder.join(format!("{name}.pdf"));
        std::fs::write(&pdf, &packet.pdf).unwrap_or_else(|e| panic!("{e}"));
        let picture = folder.join(&name);
        let _ = std::process::Command::new("pdftoppm")
            .args(["-r", "50", "-f", "1", "-l", "1", "-png", "-singlefile"])
            .arg(&pdf)
            .arg(&picture)
            .status();
    }
}

fn sample(name: &str, case: facts::Case) -> packet::Packet {
    let mut world = common::knee_world();
    let confirming = case.second_opinion.as_ref().is_some_and(|o| o.outcome.is_none());
    if !name.starts_with("01") {
        world.criteria.clear();
        if let Some(check) = world.check.as_mut() {
            check.elements.clear();
            check.reasons_answered.clear();
            check.outcome_quote = None;
        }
    }
    if !confirming {
        world.check = None;
    }
    let language = if case.patient.language.as_deref() == Some("es") { "es" } else { "en" };
    world.case = case;
    let inputs = draft::Inputs { language, ..world.inputs() };
    let letter = draft::draft("appeal_letter", &inputs).unwrap_or_else(|e| panic!("{e}")).value;
    let plan = draft::exhibits(&world.case, world.check.as_ref(), language);
    let log = draft::draft("search_log", &inputs).unwrap_or_else(|e| panic!("{e}")).value;
    let papers: Vec<Vec<u8>> = plan
        .exhibits
        .iter()
        .map(|e| common::pdf_of_pages(&[&format!("An invented paper: {}", e.source), "Second page"]))
        .collect();
    let exhibits: Vec<packet::ExhibitInput<'_>> = plan
        .exhibits
        .iter()
        .zip(&papers)
        .map(|(e, paper)| packet::ExhibitInput {
            exhibit: e.clone(),
            content: if e.made.is_some() { packet::Content::Made(&log) } else { packet::Content::Bytes(paper) },
            password: None,
        })
        .collect();
    let input = packet::PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &plan.withheld,
        criteria: &world.criteria,
        stamp_prefix: "SAMPLE",
        draft: false,
        worker: None,
    };
    packet::build(&input).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Every document of one case as a PDF, to be looked at: `CORROBORATE_LOOK=folder`.
#[test]
fn every_document_can_be_typeset_in_both_languages() {
    let world = common::knee_world();
    for kind in draft::KINDS {
        for language in ["en", "es"] {
            let inputs = draft::Inputs { language, ..world.inputs() };
            let document = draft::draft(kind.id, &inputs).unwrap_or_else(|e| panic!("{e}")).value;
            let pdf = packet::letter_pdf(&document, false).unwrap_or_else(|e| panic!("{} {language}: {e}", kind.id));
            common::look(&format!("{}-{language}", kind.id), &pdf);
            assert!(packet::docx(&document).is_ok());
        }
    }
}
