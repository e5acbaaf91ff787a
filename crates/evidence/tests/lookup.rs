//! Requests and answers of PubMed and Crossref, in the shape the services document. All works are invented.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic, missing_docs)]

use evidence::lookup::{Asks, Services, Wanted, found_pmids};
use kb::{Kb, Source};

fn services() -> Services {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb/evidence/services.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let kb = Kb::load(Source::new([("evidence/services.toml".to_string(), text)])).unwrap_or_else(|e| panic!("{e}"));
    Services::load(&kb).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn the_request_holds_what_was_asked_for_and_nothing_else() {
    let wanted = Wanted {
        pmids: vec!["PMID: 99000001".into(), "99000001".into(), "not a number".into()],
        dois: vec!["https://doi.org/10.5555/ABC(1)".into()],
        words: Some("lumbar fusion & instability".into()),
    };
    let plan = services().plan(&wanted);
    let urls: Vec<&str> = plan.requests.iter().map(|r| r.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi?db=pubmed&retmode=xml&tool=corroborate&id=99000001",
            "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi?db=pubmed&retmode=json&sort=relevance&tool=corroborate&retmax=10&term=lumbar%20fusion%20%26%20instability",
            "https://api.crossref.org/works/10.5555%2Fabc%281%29",
            "https://api.crossref.org/works?rows=20&filter=updates:10.5555%2Fabc%281%29",
        ]
    );
    assert_eq!(plan.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["pmid_malformed"]);
    assert_eq!(plan.requests[0].asks, Asks::PubmedWorks(vec!["99000001".into()]));
}

#[test]
fn a_search_gives_numbers_and_an_odd_answer_is_named() {
    let body = br#"{"header":{"type":"esearch"},"esearchresult":{"count":"2","idlist":["99000002","99000001"]}}"#;
    assert_eq!(found_pmids(body).unwrap(), ["99000002", "99000001"]);
    assert!(found_pmids(b"<html>busy</html>").unwrap_err().to_string().contains("no JSON"));
    assert!(found_pmids(br#"{"esearchresult":{"ERROR":"busy"}}"#).unwrap_err().to_string().contains("idlist"));
}

#[test]
fn a_work_of_crossref_becomes_a_reference_with_its_notices() {
    let body = r#"{"status":"ok","message-type":"work","message":{"DOI":"10.5555/INV.1","type":"journal-article","title":["Fusion in <i>invented</i> adults"],
        "author":[{"given":"Ada M.","family":"Okonkwo","sequence":"first"},{"name":"Invented Study Group"}],"container-title":["Invented Journal of Spine"],
        "issued":{"date-parts":[[2021,3]]},"volume":"10","issue":"2","page":"55-70","publisher":"Invented Press",
        "updated-by":[{"DOI":"10.5555/inv.9","type":"correction"},{"DOI":"10.5555/inv.10","type":"retraction","source":"publisher"}]}}"#;
    let (work, notices) = services().crossref_work(body.as_bytes()).unwrap();
    assert_eq!(work.title.as_deref(), Some("Fusion in invented adults"));
    assert_eq!(work.authors, ["Okonkwo, Ada M.", "Invented Study Group"]);
    assert_eq!((work.year, work.doi.as_deref()), (Some(2021), Some("10.5555/inv.1")));
    assert_eq!(work.source.as_deref(), Some("crossref"));
    assert_eq!(notices.len(), 1, "a correction withdraws nothing: {notices:?}");
    assert!(notices[0].withdraws && notices[0].doi.as_deref() == Some("10.5555/inv.10"));
    assert!(services().crossref_work(br#"{"status":"ok","message":{}}"#).is_err());
}

#[test]
fn notices_about_another_work_do_not_count() {
    let body = r#"{"status":"ok","message":{"total-results":2,"items":[
        {"DOI":"10.5555/n1","update-to":[{"DOI":"10.5555/OTHER","type":"retraction"}]},
        {"DOI":"10.5555/n2","update-to":[{"DOI":"10.5555/Inv.1","type":"expression_of_concern"}]}]}}"#;
    let notices = services().crossref_notices(body.as_bytes(), "10.5555/inv.1").unwrap();
    assert_eq!(notices.len(), 1);
    assert!(!notices[0].withdraws);
}
