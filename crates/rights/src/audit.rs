//! What a notice had to contain under a coverage, and what was found in this one. Never an accusation: a thing that was
//! not found may still stand in the letter or in a page that was not read.

use facts::{Case, Reading};
use kb::{Kb, NoticeItem};
use serde::{Deserialize, Serialize};

use crate::assess::{Tri, all};
use crate::view::View;
use calendar::Date;

/// What a notice had to contain, thing by thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoticeAudit {
    /// The kind of notice for which it was judged (a word of `notice.kind`), and how we know it.
    pub notice: String,
    /// `stated` in the reading, or `assumed` from the events of the case.
    pub notice_from: String,
    /// The things, in the order of the law.
    pub items: Vec<AuditItem>,
    /// What a missing thing gives, in words.
    pub says: Vec<String>,
}

/// One thing a notice had to contain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditItem {
    /// Short name, e.g. `plan_provision`.
    pub id: String,
    /// In plain words.
    pub title: String,
    /// `found`, `not_found` (in this letter) or `look` (only a reader can tell).
    pub state: String,
    /// The words found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The page on which they stand, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
    /// The sentence by which to ask for it.
    pub ask: String,
    /// The law.
    pub authority: cite::Authority,
}

/// Compares a notice with what the law of the coverage asks of it. Without a reading, the list alone is given.
pub fn audit(case: &Case, kb: &Kb, reading: Option<&Reading>, today: Date) -> Option<NoticeAudit> {
    let coverage = case.coverage.kind.as_deref()?;
    let stated = reading.and_then(|r| r.get("notice.kind")).map(|f| f.value.clone());
    let from = if stated.is_some() { "stated" } else { "assumed" };
    let notice = stated.unwrap_or_else(|| assumed(case).to_string());
    let view = View::new(case, kb.index(), today, &mut Vec::new());
    let mut items = Vec::new();
    for (_, file) in kb.index().notices() {
        let covered = file.covers.coverage.iter().any(|c| c == coverage);
        if !covered || !file.notices.contains(&notice) {
            continue;
        }
        for must in &file.must {
            let applies = kb.index().tests_of(&must.when).is_ok_and(|t| all(&view, &t, &mut Vec::new()) == Tri::Yes);
            if applies {
                let mut item = item(must, reading);
                item.authority = kb.index().own_text(coverage, &item.authority);
                items.push(item);
            }
        }
    }
    if items.is_empty() {
        return None;
    }
    let says = ["audit_costs_nothing", "audit_look_once"].map(|key| kb.index().sentences().say(key, &[])).to_vec();
    Some(NoticeAudit { notice, notice_from: from.into(), items, says })
}

fn assumed(case: &Case) -> &'static str {
    let last = case.events.iter().any(|e| matches!(e.kind.as_str(), "final_notice_dated" | "final_notice_received"));
    if last { "final_internal_denial" } else { "initial_denial" }
}

fn item(must: &NoticeItem, reading: Option<&Reading>) -> AuditItem {
    let found = reading.and_then(|r| find(must, r));
    let state = match (&found, must.found_by.is_empty() || reading.is_none()) {
        (Some(_), _) => "found",
        (None, true) => "look",
        (None, false) => "not_found",
    };
    let (quote, page) = found.map_or((None, None), |(q, p)| (Some(q), Some(p)));
    AuditItem {
        id: must.id.clone(),
        title: must.title.clone(),
        state: state.into(),
        quote,
        page,
        ask: must.ask.clone(),
        authority: cite::Authority {
            cite: must.cite.clone(),
            url: must.url.clone(),
            verified_on: Some(must.verified_on.to_string()),
            confidence: Some(must.confidence),
        },
    }
}

/// The first words of the reading that show the thing. `reasons` stands for any stated reason.
fn find(must: &NoticeItem, reading: &Reading) -> Option<(String, usize)> {
    must.found_by.iter().find_map(|name| {
        if name == "reasons" {
            return reading.reasons.first().map(|r| (r.quote.clone(), r.page));
        }
        reading.get(name).map(|f| (f.quote.clone(), f.page))
    })
}
