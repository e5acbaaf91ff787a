//! Which authority stands behind a sentence, for the coverage at hand: `templates/law.toml`, and the entitlements.

use cite::{Authority, Confidence};
use serde::Deserialize;

use crate::DraftError;
use crate::view::View;
use crate::words::Once;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// How a note about a source begins that is no part of its citation.
    #[serde(default)]
    reading_notes: Vec<String>,
    law: Vec<Law>,
    /// Rules that no statement names, and why. Read by people and by a test.
    #[serde(default)]
    #[allow(dead_code)]
    left_out: Vec<toml::Table>,
}

/// A statement of law that letters make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Law {
    id: String,
    /// What the person is entitled to in this case: ids of the knowledge base's rules, or the ends of ids.
    #[serde(default)]
    entitled: Vec<String>,
    /// Rights of the entitlements whose authorities carry the statement, by what they give.
    #[serde(default)]
    gives: Vec<String>,
    /// Only rights of this pace (`standard`, `expedited`).
    #[serde(default)]
    pace: Option<String>,
    /// Only rights of the step that the letter takes: of its level.
    #[serde(default)]
    own_step: bool,
    /// Only the right that keeps the care going while the step of the letter is decided.
    #[serde(default)]
    continuation: bool,
    #[serde(default)]
    by: Vec<ByCoverage>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByCoverage {
    /// Kinds of coverage; `*` for all.
    coverage: Vec<String>,
    cite: Vec<String>,
    /// A condition of the view without which the row does not count.
    #[serde(default)]
    when: Option<String>,
    #[serde(default)]
    url: Option<String>,
    confidence: Confidence,
}

static FILE: Once<File> = Once::new("law.toml");

/// Reads the table of law, or says what is wrong with it.
pub(crate) fn table() -> Result<(), DraftError> {
    FILE.get().map(|_| ())
}

/// The table, which `draft` has read before (`table`).
fn file() -> Option<&'static File> {
    FILE.get().ok()
}

/// Whether somebody read the passage itself: only such a citation is printed in a letter. A computed right of no named
/// standing counts as read; the knowledge base names the standing of every authority.
pub(crate) fn is_read(authority: &Authority) -> bool {
    !is_web_page(&authority.cite) && authority.confidence.is_none_or(|c| c <= Confidence::OfficialCopy)
}

/// Whether a source is an agency's page (`tricare.mil, Factual appeals`): it tells of the law and is none, and a letter cites law.
fn is_web_page(cite: &str) -> bool {
    let first = cite.split([',', ' ']).next().unwrap_or_default();
    first.contains('.')
        && !first.ends_with('.')
        && first.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '-'))
}

/// A citation as a letter prints it: without a note in brackets on when its page was read.
pub(crate) fn printed(cite: &str) -> String {
    let mut out = cite.trim().to_string();
    for note in file().iter().flat_map(|f| &f.reading_notes) {
        let start = out.find(&format!(" ({note}"));
        let end = start.and_then(|s| out.get(s..)?.find(')').map(|e| s + e + 1));
        if let (Some(start), Some(end)) = (start, end) {
            out.replace_range(start..end, "");
        }
    }
    out
}

/// The ids of all statements of law, for the test that documents name only these.
#[cfg(test)]
pub(crate) fn ids() -> Vec<&'static str> {
    file().iter().flat_map(|f| &f.law).map(|l| l.id.as_str()).collect()
}

/// The authorities for a statement under the case's coverage: those of what the person is entitled to, else those of the
/// computed rights, else the table's. None means that the statement may not be made for this coverage.
pub(crate) fn authorities(view: &View, id: &str) -> Vec<Authority> {
    let Some(law) = file().and_then(|f| f.law.iter().find(|l| l.id == id)) else { return Vec::new() };
    let found = [of_entitled, of_rights, of_table].iter().map(|source| source(view, law)).find(|f| !f.is_empty());
    found.unwrap_or_default()
}

fn of_entitled(view: &View, law: &Law) -> Vec<Authority> {
    let all = &view.inputs.entitlements.entitled_to;
    // In the order of the table, so that the rule that says most comes first.
    let pairs = law.entitled.iter().flat_map(|name| all.iter().map(move |e| (name, e)));
    known(pairs.filter(|(name, e)| is_named(&e.id, name)).flat_map(|(_, e)| &e.authorities))
}

/// Whether a rule's id is this one or ends with it: `claim_file` names `us.erisa.claim_file`.
fn is_named(id: &str, name: &str) -> bool {
    id.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn of_rights(view: &View, law: &Law) -> Vec<Authority> {
    let rights = &view.inputs.entitlements.rights;
    let step = view.right().map(|r| r.level).filter(|_| law.own_step);
    let paced = |r: &&rights::Right| {
        law.pace.as_ref().is_none_or(|p| *p == r.pace) && step.is_none_or(|level| level == r.level)
    };
    if law.continuation {
        return known(view.continuation().into_iter().flat_map(|r| &r.authorities));
    }
    let fits = rights.iter().filter(|r| law.gives.contains(&r.gives)).filter(paced);
    known(fits.flat_map(|r| &r.authorities))
}

/// Each authority once, without those that nobody has verified.
fn known<'a>(authorities: impl Iterator<Item = &'a Authority>) -> Vec<Authority> {
    let mut found: Vec<Authority> = Vec::new();
    for authority in authorities {
        if authority.confidence != Some(Confidence::Unverified) && !found.contains(authority) {
            found.push(authority.clone());
        }
    }
    found
}

/// The table's rows, in the text that binds the plan, as those of the rights are already.
fn of_table(view: &View, law: &Law) -> Vec<Authority> {
    let kind = view.coverage();
    let rows = law.by.iter().filter(|b| b.coverage.iter().any(|c| c == "*" || (!kind.is_empty() && c == kind)));
    let rows = rows.filter(|b| b.when.as_deref().is_none_or(|when| view.holds(when)));
    let cites = rows.flat_map(|b| b.cite.iter().map(move |cite| (cite, b)));
    let authority = |(cite, b): (&String, &ByCoverage)| {
        let as_written =
            Authority { url: b.url.clone(), confidence: Some(b.confidence), ..Authority::new(cite.clone()) };
        view.inputs.kb.index().own_text(kind, &as_written)
    };
    cites.map(authority).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn a_note_on_when_a_page_was_read_is_not_printed() {
        let cases = [
            ("tricare.mil, Factual appeals (page read 2026)", "tricare.mil, Factual appeals"),
            ("Manual (page of 2014-07-14), chapter 2", "Manual, chapter 2"),
            ("215 ILCS 180/35 (standard)", "215 ILCS 180/35 (standard)"),
            ("29 CFR 2560.503-1(h)(1)", "29 CFR 2560.503-1(h)(1)"),
            ("broken (page read", "broken (page read"),
        ];
        for (cite, wanted) in cases {
            assert_eq!(printed(cite), wanted);
        }
    }

    #[test]
    fn a_page_on_the_web_is_no_law_to_cite() {
        let read = |cite: &str| is_read(&Authority::new(cite));
        assert!(
            !read("tricare.mil, Factual appeals (page read 2026)") && !read("va.gov, Clinical appeals (page copy)")
        );
        assert!(read("32 CFR 199.10") && read("N.Y. Pub. Health Law 4910") && read("tit. 18, sec. 332 Del. Code"));
    }

    #[test]
    fn every_statement_of_law_that_a_document_makes_is_in_the_table() {
        let known = ids();
        assert!(!known.is_empty());
        for folder in words::folders() {
            let Some(text) = words::template(&format!("{folder}/document.toml")) else { continue };
            for rest in text.split("law = \"").skip(1) {
                let id = rest.split('"').next().unwrap_or_default();
                assert!(known.contains(&id), "{folder}: law `{id}` is not in templates/law.toml");
            }
        }
    }
}
