//! The text of a clinical policy → a tree of what must be met.
//!
//! Numbered, decimal, lettered, roman and bulleted lists, nested by their markers; lists within a sentence; "and"/"or" at
//! the end of an item or alone on a line; tables flattened to text; running heads and page numbers left out; notes,
//! exceptions, references and lists of what is not covered kept apart. What the text does not say (are all needed, or
//! one?) is read as all, the stricter way, and noticed.

mod cited;
mod columns;
mod inline;
mod items;
mod nest;
mod own;
mod prose;
pub(crate) mod quantifier;

use facts::{Document, Finding};
use serde::{Deserialize, Serialize};

use crate::words::PolicyWords;
use items::{FOOTNOTE_MARKS, Item, Join, end_join, ends_header};
pub use own::Own;
pub(crate) use own::findings as own_findings;
use quantifier::quantifier;

/// A policy taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Policy {
    /// The lists of criteria, in the order of the text. Most policies have one.
    pub sections: Vec<Criterion>,
    /// Sentences that belong to the policy and are no criteria: notes, exceptions, definitions.
    pub notes: Vec<String>,
    /// What the policy says of itself.
    #[serde(default)]
    pub own: Own,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// A node of the tree: a leaf, or a list with a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// The marker as written, e.g. `1`, `b`, `ii`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The policy's words, white space folded.
    pub quote: String,
    /// The page, counted from 1.
    pub page: usize,
    /// Byte range on that page.
    pub span: (usize, usize),
    /// What the node needs.
    pub needs: Needs,
    /// How many, where `needs` is `at_least`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Whether a section is for care that goes on, not for a first approval.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_continuation: bool,
    /// The items of the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Criterion>,
}

/// What a node of the tree needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The node itself is the thing to show.
    Leaf,
    /// Every item.
    All,
    /// One item.
    Any,
    /// So many items.
    AtLeast,
    /// No item.
    None,
}

impl Criterion {
    /// The leaves below, in order.
    pub fn leaves(&self) -> Vec<&Criterion> {
        if self.needs == Needs::Leaf {
            return vec![self];
        }
        self.children.iter().flat_map(Criterion::leaves).collect()
    }
}

/// Takes a policy apart.
pub fn parse(document: &Document, words: &PolicyWords) -> Policy {
    let mut policy = Policy { own: own::read(document, words), ..Policy::default() };
    let roots = nest::nest(items::items(document, words), words);
    let mut continuing = false;
    for root in roots.clone() {
        if root.children.is_empty() {
            // A heading says for whom the lists below it are.
            continuing = speaks_of_continuation(&root.text, words, continuing);
        }
        let known = policy.sections.len();
        let own = speaks_of_continuation(&root.text, words, continuing);
        sections(root, words, &mut policy);
        policy.sections.iter_mut().skip(known).for_each(|s| s.for_continuation = own);
    }
    if policy.sections.is_empty()
        && let Some(told) = prose::requirements(&roots, words)
    {
        policy.findings.push(Finding::new(
            "criteria_in_sentences",
            "This policy has no list. We took the sentences that say what must be; read them beside the policy.",
        ));
        policy.sections.push(told);
    }
    points_elsewhere(&mut policy, words);
    if policy.sections.is_empty() {
        policy.findings.push(if document.pages.iter().all(|p| p.text.trim().is_empty()) {
            Finding::new(
                "policy_without_text",
                "This policy holds no text we can read: it may be a scan. Ask the plan for a copy with text, or type the criteria.",
            )
        } else {
            Finding::new(
                "no_criteria_found",
                "No list of criteria was found in this text. Give the pages that say what must be met.",
            )
        });
    }
    policy
}

/// Whether a heading or header leads to criteria for care that goes on; a text that says neither leaves it as it was.
fn speaks_of_continuation(text: &str, words: &PolicyWords, before: bool) -> bool {
    let folded = cite::fold(text);
    let says = |phrases: &[String]| !crate::text::places(&folded, phrases).is_empty();
    if says(&words.policy.continuation) { true } else { before && !says(&words.policy.initial) }
}

/// For a first request the criteria for care that goes on are set aside, where the policy has both; they are said.
pub(crate) fn for_first_request(policy: &mut Policy) {
    if policy.sections.iter().all(|s| s.for_continuation) {
        return;
    }
    let aside: Vec<String> = policy.sections.iter().filter(|s| s.for_continuation).map(|s| s.quote.clone()).collect();
    if let Some(first) = aside.first() {
        let text = "The policy also lists criteria for care that goes on after a first approval. They do not count for a first request.";
        policy.findings.push(Finding::new("criteria_for_continuation", text).about(first.clone()));
        policy.sections.retain(|s| !s.for_continuation);
        policy.notes.extend(aside);
    }
}

/// A criterion that only points to another part of the policy cannot be shown by itself; two that point to each other never.
fn points_elsewhere(policy: &mut Policy, words: &PolicyWords) {
    let leaves = policy.sections.iter().flat_map(Criterion::leaves);
    let points = |l: &&Criterion| {
        let folded = cite::fold(&l.quote);
        !crate::text::places(&folded, &words.policy.pointers).is_empty()
    };
    let found: Vec<Finding> = leaves
        .filter(points)
        .map(|l| {
            let text = "This criterion points to another part of the policy. Read that part too; if the two point at each other, ask the plan what must be met.";
            Finding::new("criterion_points_elsewhere", text).about(l.quote.clone())
        })
        .collect();
    policy.findings.extend(found);
}

/// Takes criteria apart that are already given one by one, or as one text.
pub fn parse_entries(entries: &[String], words: &PolicyWords) -> Policy {
    if let [one] = entries {
        let document = Document::from_text("criteria", one.clone());
        let parsed = parse(&document, words);
        if !parsed.sections.is_empty() {
            return Policy { own: Own::default(), ..parsed };
        }
        // "1. …; 2. …; and 3. …": a list without any words before it.
        let roots = nest::nest(items::items(&document, words), words);
        if roots.len() >= 2 && roots.iter().all(|r| r.marker.is_some() && !r.note) {
            let mut policy = Policy::default();
            let needs = joined(&roots, "", &mut policy.findings);
            let children = roots.into_iter().map(|r| criterion(r, words, &mut policy)).collect();
            policy.sections.push(Criterion { needs, children, ..leaf(None, "", 1, (0, 0)) });
            return policy;
        }
    }
    let mut findings = Vec::new();
    let leaves: Vec<Criterion> = entries.iter().flat_map(|e| entry(e, words, &mut findings)).collect();
    let all = Criterion { needs: Needs::All, children: leaves, ..leaf(None, "", 1, (0, 0)) };
    let sections = if entries.is_empty() { Vec::new() } else { vec![all] };
    Policy { sections, findings, ..Policy::default() }
}

/// One entry of several: a leaf, or a list of its own.
fn entry(text: &str, words: &PolicyWords, findings: &mut Vec<Finding>) -> Vec<Criterion> {
    let parsed = parse(&Document::from_text("criteria", text), words);
    if parsed.sections.is_empty() {
        // "2. At least 6 weeks …": the number is the item's, not the criterion's.
        let (label, skip) = items::marker(text, None).map_or((None, 0), |(m, skip)| (m.label, skip));
        return vec![leaf(label, &text[skip..], 1, (skip, text.len()))];
    }
    findings.extend(parsed.findings);
    parsed.sections
}

/// A root that is a list becomes a section; a heading gives its lists; prose, notes and lists of what is not covered are
/// no criteria.
fn sections(root: Item, words: &PolicyWords, policy: &mut Policy) {
    if root.note || is_heading(&root.text, words) {
        policy.notes.push(root.text);
        return;
    }
    if root.children.iter().all(|c| c.note) {
        policy.notes.extend(root.children.into_iter().map(|c| c.text));
        return;
    }
    let said = quantifier(&root.text, words);
    if said.is_none_or(|(n, _)| n != Needs::None) && excludes(&root.text, words) {
        exclusion(root, said.is_some(), words, policy);
        return;
    }
    if said.is_none() && (leads_elsewhere(&root.text, words) || is_address(&root, words)) {
        policy.notes.push(root.text);
        return;
    }
    let joined = root.children.iter().any(|c| c.joined.is_some() || end_join(&c.text).is_some());
    let lists = root.children.iter().any(|c| c.children.iter().any(|g| !g.note));
    if said.is_none() && !joined && !ends_header(&root.text, words) && lists {
        for child in root.children {
            sections(child, words, policy);
        }
        return;
    }
    if said.is_none() && !joined && !ends_header(&root.text, words) && root.children.len() == 1 {
        // One numbered heading under a title is no list.
        policy.notes.push(root.text);
        return;
    }
    let section = criterion(root, words, policy);
    policy.sections.push(section);
}

/// A list of what is not covered. "Not covered when any of the following" says what may not be there; a bare list of
/// other uses says nothing about this one.
fn exclusion(root: Item, said: bool, words: &PolicyWords, policy: &mut Policy) {
    if said {
        let mut section = criterion(root, words, policy);
        section.needs = Needs::None;
        section.count = None;
        policy.sections.push(section);
        return;
    }
    policy.findings.push(
        Finding::new(
            "list_of_exclusions",
            "The policy also lists what it does not cover. Check that your care is not in that list.",
        )
        .about(tidy(&root.text)),
    );
    policy.notes.push(root.text);
}

/// Whether the words right before a list lead to something else than criteria: an address, telephone numbers, rights.
fn leads_elsewhere(text: &str, words: &PolicyWords) -> bool {
    let last = text.trim_end().rsplit(['.', '?', '!']).find(|s| s.chars().any(char::is_alphabetic)).unwrap_or(text);
    let folded = cite::fold(last);
    !crate::text::places(&folded, &words.policy.other_lists).is_empty()
}

/// Whether an item of a list is a line of an address, whatever the words before the list say.
fn is_address(root: &Item, words: &PolicyWords) -> bool {
    let of_one = |text: &str| {
        let folded = cite::fold(text);
        !crate::text::places(&folded, &words.policy.address).is_empty() || ends_with_post_code(text)
    };
    root.children.iter().any(|c| of_one(&c.text))
}

/// "Columbus, OH 43218-4188": two capitals and five digits at the end.
fn ends_with_post_code(text: &str) -> bool {
    let mut last = text.trim_end_matches('.').split_whitespace().rev();
    let code = last.next().unwrap_or("");
    let state = last.next().unwrap_or("").trim_end_matches(',');
    let plain = code.split('-').next().unwrap_or("");
    plain.len() == 5
        && code.chars().all(|c| c.is_ascii_digit() || c == '-')
        && state.len() == 2
        && state.chars().all(|c| c.is_ascii_uppercase())
}

fn excludes(text: &str, words: &PolicyWords) -> bool {
    let folded = cite::fold(text);
    !crate::text::places(&folded, &words.policy.exclusions).is_empty()
}

/// Whether a line is one of the headings under which no criteria stand.
fn is_heading(text: &str, words: &PolicyWords) -> bool {
    is_one_of(text, &words.policy.headings)
}

/// Whether a line is one of the headings under which criteria may stand.
fn is_opening(text: &str, words: &PolicyWords) -> bool {
    is_one_of(text, &words.policy.openings)
}

fn is_one_of(text: &str, headings: &[String]) -> bool {
    let folded = cite::fold(text);
    let plain = folded.trim_matches(|c: char| !c.is_alphabetic() && c != ')');
    headings.iter().any(|h| h == plain)
}

fn criterion(item: Item, words: &PolicyWords, policy: &mut Policy) -> Criterion {
    let label = item.marker.as_ref().and_then(|m| m.label.clone());
    let (notes, mut children): (Vec<Item>, Vec<Item>) = item.children.into_iter().partition(|c| c.note);
    policy.notes.extend(notes.into_iter().map(|n| n.text));
    if children.is_empty() {
        return leaf(label, &item.text, item.page, item.span);
    }
    let said = quantifier(&item.text, words);
    if said.is_none() && children.len() == 1 && children[0].children.iter().any(|g| !g.note) {
        return criterion(children.remove(0), words, policy);
    }
    let (needs, count) = said.unwrap_or_else(|| (joined(&children, &item.text, &mut policy.findings), None));
    let children: Vec<Criterion> = children.into_iter().map(|c| criterion(c, words, policy)).collect();
    if count.is_some_and(|n| n as usize > children.len()) {
        policy.findings.push(
            Finding::new(
                "list_cannot_be_met",
                "The policy asks for more items than its list holds. Ask the plan for the full list.",
            )
            .about(tidy(&item.text)),
        );
    }
    let quote = tidy(&item.text).into();
    Criterion { label, quote, page: item.page, span: item.span, needs, count, for_continuation: false, children }
}

fn leaf(label: Option<String>, text: &str, page: usize, span: (usize, usize)) -> Criterion {
    Criterion {
        label,
        quote: tidy(text).into(),
        page,
        span,
        needs: Needs::Leaf,
        count: None,
        for_continuation: false,
        children: Vec::new(),
    }
}

/// The words without the joint and the footnote marks at their end.
fn tidy(text: &str) -> &str {
    let mut text = without_marks(text.trim());
    loop {
        let lower = text.to_lowercase();
        let cut = ["; and", "; or", ", and", ", or", ";", ",", " and/or", " and", " or", "; y", "; o"]
            .iter()
            .find(|e| lower.ends_with(*e));
        match cut {
            Some(end) if text.len() == lower.len() => {
                text = without_marks(text[..text.len() - end.len()].trim_end());
            }
            _ => return text,
        }
    }
}

/// Without marks of footnotes that stand glued to the last word: `level²`, `care*`, `following(1)(2)`, `pain[B]`.
fn without_marks(mut text: &str) -> &str {
    loop {
        let cut = text.trim_end_matches(FOOTNOTE_MARKS).trim_end_matches('*');
        let bracketed = cut.strip_suffix([')', ']']).and_then(|inside| {
            let open = inside.rfind(['(', '['])?;
            let mark = &inside[open + 1..];
            let short = mark.len() <= 2 && !mark.is_empty();
            let like =
                mark.chars().all(|c| c.is_ascii_digit()) || mark.len() == 1 && mark.starts_with(char::is_uppercase);
            let glued = inside[..open].ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | ']'));
            (short && like && glued).then(|| &inside[..open])
        });
        let next = bracketed.unwrap_or(cut);
        if next.len() == text.len() || next.is_empty() {
            return text;
        }
        text = next;
    }
}

/// How the items are joined where the header does not say.
fn joined(children: &[Item], header: &str, findings: &mut Vec<Finding>) -> Needs {
    let joins: Vec<Join> = children
        .iter()
        .take(children.len().saturating_sub(1))
        .filter_map(|c| c.joined.or_else(|| end_join(&c.text)))
        .collect();
    let ors = joins.iter().filter(|j| **j == Join::Or).count();
    match (ors, joins.len() - ors) {
        (0, 0) => {
            findings.push(
                Finding::new(
                    "list_rule_not_said",
                    "The policy does not say whether all items of a list are needed or one. We read it as all.",
                )
                .about(tidy(header)),
            );
            Needs::All
        }
        (_, 0) => Needs::Any,
        (0, _) => Needs::All,
        _ => {
            findings.push(
                Finding::new(
                    "list_rule_mixed",
                    "A list joins its items with both “and” and “or”. We read it as all; ask the plan how it reads it.",
                )
                .about(tidy(header)),
            );
            Needs::All
        }
    }
}
