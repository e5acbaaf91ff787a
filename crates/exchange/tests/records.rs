//! C-CDA documents and lists of publications. All content is invented, except where shared sample files are read.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests read sample files from disk")]

use std::path::{Path, PathBuf};

use exchange::{read_ccda, read_citations};

const SUMMARY: &str = r##"<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><title>Summary</title>
<recordTarget><patientRole><patient><name><given>Ana</given><family>Example</family></name><birthTime value="19700102"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><title>Medications</title>
<text><table><thead><tr><th>Medicine</th><th>Since</th></tr></thead><tbody><tr><td><content ID="m1">Naproxen 500 MG</content></td><td>2026</td></tr></tbody></table></text>
<entry><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.16"/><statusCode code="completed"/>
<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><high value="20260401"/></effectiveTime><effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"/></effectiveTime>
<doseQuantity value="500" unit="mg"/><consumable><manufacturedProduct><manufacturedMaterial><code code="1"><originalText><reference value="#m1"/></originalText></code></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>
<entry><substanceAdministration moodCode="EVN" negationInd="true"><templateId root="2.16.840.1.113883.10.20.22.4.16"/><consumable><manufacturedProduct><manufacturedMaterial><code displayName="Never taken"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>
</section></component><component><section><title>Procedures</title><text>Injection of the knee</text>
<entry><procedure moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.14"/><code displayName="Knee injection"/><statusCode code="completed"/><effectiveTime value="20260301"/></procedure></entry>
<entry><procedure moodCode="RQO"><templateId root="2.16.840.1.113883.10.20.22.4.14"/><code displayName="Knee replacement"/></procedure></entry>
<entry><observation><templateId root="2.16.840.1.113883.10.20.22.4.4"/><effectiveTime><low value="20250601"/></effectiveTime><value displayName="Osteoarthritis of knee" code="239873007"><translation code="M17.11" codeSystem="2.16.840.1.113883.6.90"/></value></observation></entry>
<entry><observation><templateId root="2.16.840.1.113883.10.20.22.4.2"/><code displayName="CRP"/><effectiveTime value="20260201"/><value value="3.1" unit="mg/L"/></observation></entry>
<entry><encounter><templateId root="2.16.840.1.113883.10.20.22.4.49"/><code displayName="Office visit"/><effectiveTime value="20260110"/></encounter></entry>
</section></component></structuredBody></component></ClinicalDocument>"##;

#[test]
fn a_summary_gives_the_history_with_dates() {
    let record = read_ccda("summary.xml", SUMMARY.as_bytes()).unwrap();
    let history = &record.history;
    let what: Vec<_> = history.treatments.iter().filter_map(|t| t.what.as_deref()).collect();
    assert_eq!(what, ["Naproxen 500 MG", "Knee injection"], "neither what was refused nor what is planned");
    assert_eq!(history.treatments[0].dose.as_deref(), Some("500 mg"));
    assert_eq!(history.treatments[0].to.map(|d| d.to_string()).as_deref(), Some("2026-04-01"));
    assert_eq!(
        (history.problems[0].what.as_str(), history.problems[0].code.as_deref()),
        ("Osteoarthritis of knee", Some("M17.11"))
    );
    assert_eq!(history.results[0].value.as_deref(), Some("3.1 mg/L"));
    assert_eq!(history.encounters[0].what, "Office visit");
    assert_eq!(record.reading.get("patient.name").unwrap().value, "Ana Example");
    assert_eq!(record.reading.get("patient.date_of_birth").unwrap().value, "1970-01-02");
    let text = record.document.text();
    assert!(text.contains("Naproxen 500 MG   2026"), "{text}");
    for treatment in &history.treatments {
        assert!(record.document.pages[treatment.page.unwrap() - 1].text.contains(treatment.quote.as_deref().unwrap()));
    }
}

#[test]
fn a_summary_says_who_wrote_it_when_and_what_goes_on() {
    let head = r#"<effectiveTime value="20260930101500-0500"/><author><assignedAuthor><id root="1.2.3" extension="77"/><id extension="1447200987" root="2.16.840.1.113883.4.6"/>
        <assignedPerson><name><given>Ray</given><family>Doe</family><suffix>MD</suffix></name></assignedPerson></assignedAuthor></author>
        <author><assignedAuthor><assignedAuthoringDevice><softwareName>Portal 9</softwareName></assignedAuthoringDevice></assignedAuthor></author>
        <componentOf><encompassingEncounter><effectiveTime><low value="20260928"/></effectiveTime></encompassingEncounter></componentOf><recordTarget>"#;
    let over = r#"<entry><observation><templateId root="2.16.840.1.113883.10.20.22.4.4"/><effectiveTime><low value="20200101"/><high value="20210101"/></effectiveTime><value displayName="Sprain" code="1"><translation code="S83.91" codeSystem="2.16.840.1.113883.6.90"/></value></observation></entry></section></component></structuredBody>"#;
    let icd = r#"<translation code="M17.11" codeSystem="2.16.840.1.113883.6.90" displayName="Unilateral primary osteoarthritis, right knee"/>"#;
    let xml = SUMMARY
        .replacen("<recordTarget>", head, 1)
        .replace(r#"<translation code="M17.11" codeSystem="2.16.840.1.113883.6.90"/>"#, icd)
        .replace("</section></component></structuredBody>", over);
    let record = read_ccda("summary.xml", xml.as_bytes()).unwrap();
    let values = |name: &str| record.reading.all(name).map(|f| f.value.clone()).collect::<Vec<_>>();
    assert_eq!(values("notice.dated"), ["2026-09-30"]);
    assert_eq!(values("service.date"), ["2026-09-28"]);
    assert_eq!(values("provider.treating"), ["Ray Doe MD"], "a program writes no record");
    assert_eq!(values("diagnosis.code"), ["M17.11"], "what is over is no diagnosis");
    assert_eq!(values("diagnosis.description"), ["Unilateral primary osteoarthritis, right knee"]);
    assert!(record.document.text().contains("NPI 1447200987"));
    // The same without the template, known by the kind of problem.
    let bare = xml.replacen(
        r#"<templateId root="2.16.840.1.113883.10.20.22.4.4"/><effectiveTime><low value="20250601"/>"#,
        r#"<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><effectiveTime><low value="20250601"/>"#,
        1,
    );
    assert!(bare != xml);
    let bare = read_ccda("summary.xml", bare.as_bytes()).unwrap();
    assert_eq!(bare.reading.get("diagnosis.code").map(|f| f.value.as_str()), Some("M17.11"));
    for field in &record.reading.fields {
        let text = &record.document.pages[field.page - 1].text;
        assert_eq!(text.get(field.span.0..field.span.1), Some(field.quote.as_str()), "{}", field.name);
    }
}

#[test]
fn broken_and_foreign_xml_is_named() {
    assert_eq!(read_ccda("a.xml", b"nothing").unwrap_err().code, "damaged");
    assert_eq!(read_ccda("a.xml", b"<invoice/>").unwrap_err().code, "not_supported");
    let cut = &SUMMARY.as_bytes()[..SUMMARY.find("Knee replacement").unwrap()];
    let record = read_ccda("a.xml", cut).unwrap();
    assert!(record.reading.findings.iter().any(|f| f.code == "damaged"));
    assert!(record.history.treatments.iter().any(|t| t.what.as_deref() == Some("Knee injection")));
}

#[test]
fn medline_ris_endnote_and_bibtex_say_the_same() {
    let medline = "PMID- 12230038\nOWN - NLM\nDP  - 2002 Sep\nTI  - A study of knees that\n      goes on.\nPG  - 296-302\nLID - 10.1000/abc [doi]\nFAU - Example, Ana\nJT  - Journal of Knees\nVI  - 3\nIP  - 2\nPT  - Practice Guideline\n";
    let ris = "TY  - JOUR\nTI  - A study of knees that goes on.\nAU  - Example, Ana\nJF  - Journal of Knees\nPY  - 2002/09//\nVL  - 3\nIS  - 2\nSP  - 296\nEP  - 302\nDO  - 10.1000/abc\nER  - \n";
    let endnote = "%0 Journal Article\n%T A study of knees that goes on.\n%A Example, Ana\n%J Journal of Knees\n%D 2002\n%V 3\n%N 2\n%P 296-302\n%R 10.1000/abc\n";
    let bibtex = "@article{x, title = {A study of {knees} that goes on.}, author = \"Example, Ana\", journal={Journal of Knees}, year = 2002, volume = 3, number = {2}, pages = {296--302}, doi = {10.1000/abc}}";
    for (text, source) in [(medline, "nbib"), (ris, "ris"), (endnote, "endnote"), (bibtex, "bibtex")] {
        let read = read_citations("list", text.as_bytes()).unwrap();
        assert_eq!(read.value.len(), 1, "{source}");
        let r = &read.value[0];
        assert_eq!(r.title.as_deref(), Some("A study of knees that goes on."), "{source}");
        assert_eq!(r.authors, ["Example, Ana"], "{source}");
        assert_eq!((r.journal.as_deref(), r.year), (Some("Journal of Knees"), Some(2002)), "{source}");
        assert_eq!(
            (r.volume.as_deref(), r.issue.as_deref(), r.pages.as_deref()),
            (Some("3"), Some("2"), Some("296-302")),
            "{source}"
        );
        assert_eq!((r.doi.as_deref(), r.source.as_deref()), (Some("10.1000/abc"), Some(source)), "{source}");
    }
    assert_eq!(read_citations("l", medline.as_bytes()).unwrap().value[0].kind.as_deref(), Some("guideline"));
}

#[test]
fn what_cannot_be_used_is_named() {
    let list = "TY  - JOUR\nTI  - One\nDO  - 10.1000/abc\nPY  - nineteen\nER  - \nTY  - JOUR\nAU  - Nobody\nER  - \nTY  - JOUR\nTI  - One again\nDO  - https://doi.org/10.1000/ABC\nER  - \n";
    let read = read_citations("list.ris", list.as_bytes()).unwrap();
    assert_eq!(read.value.len(), 1);
    let codes: Vec<_> = read.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["reference_part_odd", "reference_without_title", "reference_twice"]);
    let retracted = "PMID- 1\nTI  - Wrong\nPT  - Retracted Publication\n";
    assert_eq!(read_citations("l.nbib", retracted.as_bytes()).unwrap().findings[0].code, "reference_retracted");
    assert_eq!(read_citations("l.txt", b"hello there").unwrap_err().code, "not_supported");
}

fn shared(folder: &str) -> Vec<PathBuf> {
    let root = std::env::var_os("CORROBORATE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    if found.is_empty() {
        eprintln!("skipped: no shared data ({folder})");
    }
    found
}

#[test]
fn every_vendor_summary_has_a_history() {
    for path in shared("ccda/vendor") {
        let record = read_ccda(&path.to_string_lossy(), &std::fs::read(&path).unwrap()).unwrap();
        assert!(record.reading.get("patient.name").is_some(), "{}", path.display());
        assert!(!record.history.is_empty(), "{}", path.display());
    }
    // Some of the standard's examples are fragments that are no part of a record (signatures, authorizations): those are
    // named, the rest is read.
    let fragments = shared("ccda/hl7");
    let refused = fragments.iter().filter(|p| read_ccda("x.xml", &std::fs::read(p).unwrap()).is_err()).count();
    assert!(refused * 10 <= fragments.len(), "{refused} of {} were refused", fragments.len());
}
