//! Any bytes and broken files for the readers of exchanged files. Nothing may panic, and every quote is where it says.
//!
//! `CORROBORATE_FUZZ_SECONDS=600 cargo test -p exchange --test hostile` goes on for ten minutes a test.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read sample files and the clock")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use exchange::{fhir_record, read_ccda, read_citations, read_x12};
use facts::{Document, Reading};
use kb::Kb;
use proptest::prelude::*;

fn knowledge() -> Kb {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/codes");
    let files = std::fs::read_dir(root).unwrap().flatten().map(|f| {
        (format!("codes/{}", f.file_name().to_string_lossy()), std::fs::read_to_string(f.path()).unwrap_or_default())
    });
    Kb::load(kb::Source::new(files.filter(|(p, _)| p.ends_with(".toml")).collect::<Vec<_>>())).unwrap()
}

fn honest(document: &Document, reading: &Reading) -> bool {
    let at = |page: usize, span: (usize, usize)| {
        document.pages.get(page.wrapping_sub(1)).and_then(|p| p.text.get(span.0..span.1))
    };
    reading.fields.iter().all(|f| at(f.page, f.span) == Some(f.quote.as_str()) && !f.value.is_empty())
        && reading.reasons.iter().all(|r| at(r.page, r.span) == Some(r.quote.as_str()))
}

/// Reads bytes with every reader; `false` when one lies about a place.
fn all_honest(bytes: &[u8], kb: &Kb) -> bool {
    let fhir = fhir_record("f", bytes, kb).is_ok_and(|r| !honest(&r.document, &r.reading));
    let x12 = read_x12("f", bytes, kb).is_ok_and(|(d, r)| !honest(&d, &r));
    let ccda = read_ccda("f", bytes).is_ok_and(|r| !honest(&r.document, &r.reading));
    let _ = read_citations("f", bytes);
    let _ = exchange::attachments("f", bytes);
    !(fhir || x12 || ccda)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_an_answer(start in 0usize..8, text in "\\PC{0,400}") {
        let starts = ["", "ISA*00*", "{\"resourceType\":\"ClaimResponse\",\"disposition\":\"", "<section>", "TY  - ", "PMID- ", "@article{", "%0 "];
        let whole = [starts[start], &text].concat();
        prop_assert!(all_honest(whole.as_bytes(), &knowledge()));
    }
}

const OWN: [&str; 6] = [
    "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261015*1200*^*00501*000000001*0*P*:~ST*835*1~CLP*1*4*10*0**12*C1~CAS*PR*61*10**50*3~NM1*QC*1*Ñ*ANA~SVC*HC:27447:RT*1*0~SE*7*1~",
    "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261015*1200*^*00501*000000001*0*P*:~ST*278*1~HCR*A3*X*1^2*Y~HI*ABK:M1711*ABF:I10~UM*HS*I*20~EB*1**20^30~SE*5*1~",
    r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"ExplanationOfBenefit","use":"claim","created":"2026-10-01","diagnosis":[{"diagnosisCodeableConcept":{"coding":[{"system":"icd-10","code":"M1711"}]}}],"item":[{"adjudication":[{"category":{"coding":[{"code":"noncovered"}]},"amount":{"value":15.5},"reason":{"coding":[{"system":"carc x12.org/codes","code":"50"}]}}]}]}},{"resource":{"resourceType":"MedicationRequest","medicationCodeableConcept":{"text":"é"},"authoredOn":"2026-01-01"}}]}"#,
    r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><section><title>é</title><text><table><tr><td ID="a">x</td></tr></table></text><observation><templateId root="2.16.840.1.113883.10.20.22.4.2"/><code displayName="CRP"/><value value="3" unit="m"/></observation></section></ClinicalDocument>"#,
    "TY  - JOUR\nTI  - Ñandú\nPY  - 2001/09//\nDO  - 10.1000/abc\nER  - \nPMID- 12\nTI  - x\n      y\n",
    "@article{a, title = {A {B} \\'e}, year = 2002}\n%0 Book\n%T t\n",
];

fn mutate(bytes: &[u8], seed: &mut u64) -> Vec<u8> {
    let mut roll = |below: usize| {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        (*seed % below.max(1) as u64) as usize
    };
    let mut out = bytes.to_vec();
    for _ in 0..1 + roll(5) {
        if out.is_empty() {
            break;
        }
        let at = roll(out.len());
        let end = (at + 1 + roll(40)).min(out.len());
        match roll(6) {
            0 => out[at] ^= 1 << roll(8),
            1 => drop(out.drain(at..end)),
            2 => {
                let part = out[at..end].to_vec();
                out.splice(at..at, part);
            }
            3 => out.truncate(at),
            4 => out[at] = b"*~:^\"{}[]<>,\n "[roll(14)],
            _ => drop(out.splice(at..at, "é٣😀".bytes())),
        }
    }
    out
}

#[test]
fn broken_files_are_an_answer() {
    let kb = knowledge();
    let mut files: Vec<Vec<u8>> = OWN.iter().map(|t| t.as_bytes().to_vec()).collect();
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    let root = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    for folder in ["fhir/pas", "fhir/carin", "x12", "ccda/hl7", "citations/jabref", "citations/rispy"] {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        files.extend(entries.filter_map(|e| std::fs::read(e.path()).ok()).filter(|b| b.len() < 60_000));
    }
    let seconds = std::env::var("CORROBORATE_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(2);
    let (mut seed, mut rounds, started) = (0x0dd5_eed5_u64, 0u64, Instant::now());
    while started.elapsed() < Duration::from_secs(seconds) {
        let pick = (seed >> 7) as usize % files.len();
        let bytes = mutate(&files[pick], &mut seed);
        assert!(all_honest(&bytes, &kb), "{}", String::from_utf8_lossy(&bytes));
        rounds += 1;
    }
    println!("{rounds} broken files");
}
