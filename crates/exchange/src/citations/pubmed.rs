//! PubMed XML → references.

use facts::Reference;

use super::{Draft, doi, tidy, year};
use crate::xml::{self, Element};

/// Reads a list.
pub(super) fn read(text: &str) -> Vec<Draft> {
    let Some((root, _)) = xml::read(text) else { return Vec::new() };
    let entries = root.walk().into_iter().filter(|e| matches!(e.name.as_str(), "PubmedArticle" | "PubmedBookArticle"));
    entries.enumerate().map(|(index, entry)| one(entry, index + 1)).collect()
}

fn one(entry: &Element, number: usize) -> Draft {
    let all = entry.walk();
    let find = |name: &str| all.iter().find(|e| e.name == name).copied();
    let text = |name: &str| find(name).and_then(|e| tidy(&e.text()));
    let book = entry.name == "PubmedBookArticle";
    let kinds: Vec<String> =
        all.iter().filter(|e| e.name == "PublicationType").map(|e| e.text().to_lowercase()).collect();
    let number_of = |kind: &str| {
        let mut ids = all.iter().filter(|e| matches!(e.name.as_str(), "ELocationID" | "ArticleId"));
        ids.find(|e| e.attribute("EIdType") == Some(kind) || e.attribute("IdType") == Some(kind)).map(|e| e.text())
    };
    let kind = if book {
        "book"
    } else if kinds.iter().any(|k| k.contains("guideline")) {
        "guideline"
    } else {
        "article"
    };
    let journal = find("Journal")
        .and_then(|j| j.at(&["Title"]).or_else(|| j.at(&["ISOAbbreviation"])))
        .and_then(|t| tidy(&t.text()));
    let dated = find("PubDate").or_else(|| find("ContributionDate"));
    let reference = Reference {
        title: text("ArticleTitle").or_else(|| text("BookTitle")),
        authors: all.iter().filter(|e| e.name == "Author").filter_map(|e| author(e)).collect(),
        journal: journal.or_else(|| text("MedlineTA")),
        year: dated.and_then(|d| year(&d.text())),
        volume: text("Volume"),
        issue: text("Issue"),
        pages: text("MedlinePgn"),
        doi: number_of("doi").and_then(|d| doi(&d)),
        pmid: text("PMID").filter(|p| p.bytes().all(|b| b.is_ascii_digit())),
        kind: Some(kind.into()),
        publisher: text("PublisherName"),
        source: Some("pubmed_xml".into()),
        ..Reference::default()
    };
    let retracted = kinds.iter().any(|k| k == "retracted publication");
    Draft { reference, place: format!("Entry {number}"), retracted, ..Draft::default() }
}

fn author(element: &Element) -> Option<String> {
    let part = |name: &str| element.at(&[name]).and_then(|e| tidy(&e.text()));
    let given = part("ForeName").or_else(|| part("Initials"));
    match (part("LastName"), given) {
        (Some(last), Some(given)) => Some(format!("{last}, {given}")),
        (last, given) => last.or(given).or_else(|| part("CollectiveName")),
    }
}
