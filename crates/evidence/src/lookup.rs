//! Look-ups of published work at PubMed and Crossref: what would be asked, and what an answer says. No socket here.
//!
//! ```text
//! Wanted (PMIDs, DOIs, words) ──[plan]──▶ Requests (the exact addresses, shown to the person first)
//! answers ──[found_pmids · crossref_work · crossref_notices]──▶ PMIDs, a Reference, withdrawals
//! ```
//! PubMed's works come as XML that `exchange` reads. Addresses and words are data in `kb/evidence/services.toml`. Whoever
//! sends a request needs the person's permission for it, and nothing but the address is sent.

use facts::{Finding, Reference};
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shelf;

/// The services, from `kb/evidence/services.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    #[allow(dead_code)]
    format: String,
    tool: String,
    /// The longest answer that is read, in bytes.
    pub most_bytes: u64,
    /// How long an answer is waited for, in seconds.
    pub wait_seconds: u64,
    pubmed: Pubmed,
    crossref: Crossref,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pubmed {
    title: String,
    fetch: String,
    search: String,
    most: usize,
    pause_milliseconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Crossref {
    title: String,
    work: String,
    updates: String,
    pause_milliseconds: u64,
    withdraws: Vec<String>,
    warns: Vec<String>,
    books: Vec<String>,
}

/// What a person wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// PubMed's numbers, as typed.
    pub pmids: Vec<String>,
    /// DOIs, as typed.
    pub dois: Vec<String>,
    /// Words to search PubMed for.
    pub words: Option<String>,
}

/// What a request asks, and so how its answer is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// PubMed: the works with these numbers.
    PubmedWorks(Vec<String>),
    /// PubMed: the numbers of works for words.
    PubmedSearch(String),
    /// Crossref: the work with this DOI.
    CrossrefWork(String),
    /// Crossref: notices that change the work with this DOI.
    CrossrefNotices(String),
}

/// One request, exactly as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it asks.
    pub asks: Asks,
    /// The service's name.
    pub service: String,
    /// The address: all that is sent.
    pub url: String,
    /// How long to wait after it, in milliseconds, as the service wishes.
    pub pause_milliseconds: u64,
}

/// What will be asked, and what of the wanted cannot be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Plan {
    /// The requests in their order.
    pub requests: Vec<Request>,
    /// Numbers that are none.
    pub findings: Vec<Finding>,
}

/// A notice about a work: withdrawn, or warned of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The service's word, e.g. `retraction`.
    pub kind: String,
    /// Whether it withdraws the work; else it warns of it.
    pub withdraws: bool,
    /// The DOI of the notice.
    pub doi: Option<String>,
}

/// An answer that is not what the service documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddAnswer(&'static str);

impl std::fmt::Display for OddAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the answer is not what the service documents: {}", self.0)
    }
}

impl std::error::Error for OddAnswer {}

impl Services {
    /// Reads the services.
    ///
    /// # Errors
    /// A [`KbError`] when `kb/evidence/services.toml` cannot be read.
    pub fn load(kb: &Kb) -> Result<Services, KbError> {
        kb.table("evidence/services.toml")
    }

    /// The requests for what is wanted. Numbers that cannot be are named and not sent.
    pub fn plan(&self, wanted: &Wanted) -> Plan {
        let mut plan = Plan::default();
        let pmids = checked(&wanted.pmids, shelf::pmid, "PMID", &mut plan.findings);
        let dois = checked(&wanted.dois, shelf::doi, "DOI", &mut plan.findings);
        if !pmids.is_empty() {
            plan.requests.push(self.pubmed_works(pmids));
        }
        plan.requests.extend(wanted.words.as_deref().filter(|w| !w.trim().is_empty()).map(|w| self.search(w)));
        plan.requests.extend(dois.into_iter().flat_map(|doi| self.crossref(doi)));
        plan
    }

    /// The request for works by their PMIDs.
    pub fn pubmed_works(&self, pmids: Vec<String>) -> Request {
        let url = self.pubmed.fetch.replace("{tool}", &self.tool).replace("{ids}", &pmids.join(","));
        self.pubmed_request(Asks::PubmedWorks(pmids), url)
    }

    fn search(&self, words: &str) -> Request {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let url = self.pubmed.search.replace("{tool}", &self.tool).replace("{most}", &self.pubmed.most.to_string());
        let url = url.replace("{words}", &escaped(&words));
        self.pubmed_request(Asks::PubmedSearch(words), url)
    }

    fn pubmed_request(&self, asks: Asks, url: String) -> Request {
        let pause_milliseconds = self.pubmed.pause_milliseconds;
        Request { asks, service: self.pubmed.title.clone(), url, pause_milliseconds }
    }

    fn crossref(&self, doi: String) -> [Request; 2] {
        let request = |asks: Asks, pattern: &str| Request {
            asks,
            service: self.crossref.title.clone(),
            url: pattern.replace("{doi}", &escaped(&doi)),
            pause_milliseconds: self.crossref.pause_milliseconds,
        };
        [
            request(Asks::CrossrefWork(doi.clone()), &self.crossref.work),
            request(Asks::CrossrefNotices(doi.clone()), &self.crossref.updates),
        ]
    }

    /// Crossref's answer about one work: the reference and the notices that stand in it.
    ///
    /// # Errors
    /// [`OddAnswer`] when the bytes are no such answer.
    pub fn crossref_work(&self, body: &[u8]) -> Result<(Reference, Vec<Notice>), OddAnswer> {
        let answer: Value = serde_json::from_slice(body).map_err(|_| OddAnswer("it is no JSON"))?;
        let work = answer.get("message").filter(|m| m.is_object()).ok_or(OddAnswer("it has no `message`"))?;
        let reference = self.reference(work);
        if reference.title.is_none() && reference.doi.is_none() {
            return Err(OddAnswer("the work has neither title nor DOI"));
        }
        let notices = list(work, "updated-by").filter_map(|n| self.notice(n, text(n, "DOI"))).collect();
        Ok((reference, notices))
    }

    /// Crossref's answer about notices: those that change the work with this DOI.
    ///
    /// # Errors
    /// [`OddAnswer`] when the bytes are no such answer.
    pub fn crossref_notices(&self, body: &[u8], doi: &str) -> Result<Vec<Notice>, OddAnswer> {
        let answer: Value = serde_json::from_slice(body).map_err(|_| OddAnswer("it is no JSON"))?;
        let items = answer.pointer("/message/items").and_then(Value::as_array).ok_or(OddAnswer("it has no `items`"))?;
        let about = |update: &&Value| text(update, "DOI").and_then(|d| shelf::doi(&d)).as_deref() == Some(doi);
        Ok(items
            .iter()
            .flat_map(|item| list(item, "update-to").filter(about).map(move |update| (item, update)))
            .filter_map(|(item, update)| self.notice(update, text(item, "DOI")))
            .collect())
    }

    fn notice(&self, update: &Value, doi: Option<String>) -> Option<Notice> {
        let kind = text(update, "type")?.to_lowercase();
        let withdraws = self.crossref.withdraws.contains(&kind);
        (withdraws || self.crossref.warns.contains(&kind)).then_some(Notice { kind, withdraws, doi })
    }

    fn reference(&self, work: &Value) -> Reference {
        let first = |name: &str| list(work, name).next().and_then(Value::as_str).map(plain).filter(|t| !t.is_empty());
        let year = work.pointer("/issued/date-parts/0/0").and_then(Value::as_i64).and_then(|y| i32::try_from(y).ok());
        let title = match (first("title"), first("subtitle")) {
            (Some(title), Some(sub)) if !title.contains(&sub) => Some(format!("{title}: {sub}")),
            (title, _) => title,
        };
        let kind = text(work, "type").unwrap_or_default();
        Reference {
            title,
            authors: list(work, "author").filter_map(author).collect(),
            journal: first("container-title"),
            year,
            volume: text(work, "volume"),
            issue: text(work, "issue"),
            pages: text(work, "page"),
            doi: text(work, "DOI").and_then(|d| shelf::doi(&d)),
            kind: Some(if self.crossref.books.contains(&kind) { "book" } else { "article" }.into()),
            publisher: text(work, "publisher").filter(|_| self.crossref.books.contains(&kind)),
            source: Some("crossref".into()),
            ..Reference::default()
        }
    }
}

/// PubMed's answer to a search: the PMIDs, the nearest first.
///
/// # Errors
/// [`OddAnswer`] when the bytes are no such answer.
pub fn found_pmids(body: &[u8]) -> Result<Vec<String>, OddAnswer> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| OddAnswer("it is no JSON"))?;
    let ids = answer.pointer("/esearchresult/idlist").and_then(Value::as_array);
    let ids = ids.ok_or(OddAnswer("it has no `idlist`"))?;
    Ok(ids.iter().filter_map(Value::as_str).filter_map(shelf::pmid).collect())
}

fn checked(typed: &[String], read: fn(&str) -> Option<String>, what: &str, findings: &mut Vec<Finding>) -> Vec<String> {
    let mut good: Vec<String> = Vec::new();
    for one in typed {
        match read(one) {
            Some(number) if !good.contains(&number) => good.push(number),
            Some(_) => {}
            None => {
                let code = format!("{}_malformed", what.to_lowercase());
                let text = format!("“{one}” is no {what}, so nothing is asked about it.");
                findings.push(Finding::new(code, text).about(one.clone()));
            }
        }
    }
    good
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_string())
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn author(value: &Value) -> Option<String> {
    match (text(value, "family"), text(value, "given")) {
        (Some(family), Some(given)) => Some(format!("{family}, {given}")),
        (Some(family), None) => Some(family),
        _ => text(value, "name"),
    }
}

/// Text without markup (`<i>…</i>`) and with single spaces.
fn plain(marked: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let mut rest = marked.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '<' if rest.peek().is_some_and(|n| n.is_alphabetic() || *n == '/') => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            _ => out.push(c),
        }
    }
    let out = out.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Percent-encoding of everything but unreserved characters (RFC 3986, 2.3).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_encoded() {
        assert_eq!(escaped("10.1000/a(1)"), "10.1000%2Fa%281%29");
        assert_eq!(escaped("knee & \"hip\"\n"), "knee%20%26%20%22hip%22%0A");
    }

    #[test]
    fn markup_in_titles_goes() {
        assert_eq!(plain("Role of <i>BRCA1</i>\n in p < 0.05 &amp; more"), "Role of BRCA1 in p < 0.05 & more");
        assert_eq!(plain("<jats:p>Sub</jats:p><sub>2</sub>"), "Sub2");
    }
}
