//! What is wrong with the rules as data: every operative figure is proved, versions fit together, examples stand beside.
//!
//! Files that cannot be read at all never get here: [`Kb::load`](crate::Kb::load) names them. The examples themselves
//! are run by the `rights` crate, which has the engine.

use std::collections::BTreeSet;

use calendar::Date;
use cite::Confidence;
use serde::Serialize;

use crate::files::{Debt, ExampleKind, ExamplesFile};
use crate::index::{format_of, id_of, is_rule, state_of};
use crate::numbers::numbers_in;
use crate::rule::{Clock, Rule, RuleKind, Span, Version};
use crate::source::File;
use crate::{Kb, KbError, table};

/// Something wrong with, or doubtful about, a file of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// `error` must be mended; `warning` is to be looked at.
    pub level: Level,
    /// Stable name, e.g. `figure_not_in_phrase`.
    pub code: String,
    /// Path below `kb/`.
    pub file: String,
    /// Line and column, counted from 1.
    pub line: usize,
    /// Column.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Must be mended.
    Error,
    /// To be looked at.
    Warning,
}

impl std::fmt::Display for Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = if self.level == Level::Error { "error" } else { "warning" };
        write!(f, "kb/{}:{}:{}: {level}: {}", self.file, self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// A figure older than this is looked at again.
const STALE_AFTER_DAYS: i64 = 365;

/// Checks every rule of the knowledge base as of a day.
///
/// # Errors
/// A [`KbError`] for a file of a State's folder, of `debt/` or of examples that cannot be read.
pub fn lint(kb: &Kb, today: Date) -> Result<Vec<Lint>, KbError> {
    let debt = debt(kb)?;
    let mut out = Vec::new();
    for file in kb.source().below("").filter(|f| is_rule(f)) {
        // Reading it through the index checks its words too; a State's folder is otherwise read only on demand.
        let ready = kb.index().ready(file)?;
        let rule = &ready.rule;
        let mut page = Page { file, out: &mut out };
        times(&mut page, rule);
        for (n, version) in rule.versions.iter().enumerate() {
            check_version(&mut page, rule, n, version, &debt, today);
        }
        let examples = file.path.replace(".toml", ".examples.toml");
        match kb.source().get(&examples) {
            None => page.say(Level::Error, "no_examples", None, "no worked examples stand beside this rule", None),
            Some(beside) => check_examples(&mut page, &table::parse(beside)?),
        }
        if let Some(code) = state_of(&file.path)
            && rule.covers.state.as_deref() != Some(&code)
        {
            page.say(
                Level::Error,
                "state_missing",
                None,
                "a rule in a State's folder names its State",
                Some(format!("state = \"{code}\" under [covers]")),
            );
        }
    }
    orphans(kb, &mut out);
    coverages(kb, &mut out);
    Ok(out)
}

/// Everything in `debt/`, read together.
///
/// # Errors
/// The first file that cannot be read.
pub fn debt(kb: &Kb) -> Result<Debt, KbError> {
    let mut all = Debt::default();
    for file in kb.source().below("debt").filter(|f| f.path.ends_with(".toml")) {
        let one: Debt = table::parse(file)?;
        all.unverified.extend(one.unverified);
        all.uncovered.extend(one.uncovered);
    }
    Ok(all)
}

struct Page<'a> {
    file: &'a File,
    out: &'a mut Vec<Lint>,
}

impl Page<'_> {
    fn say(&mut self, level: Level, code: &str, at: Option<usize>, message: &str, hint: Option<String>) {
        let (line, column) = table::place(&self.file.text, at.unwrap_or(0));
        self.out.push(Lint {
            level,
            code: code.into(),
            file: self.file.path.clone(),
            line,
            column,
            message: message.into(),
            hint,
        });
    }

    /// Where the n-th version begins.
    fn version(&self, n: usize) -> Option<usize> {
        self.file.text.match_indices("[[version]]").nth(n).map(|(at, _)| at)
    }

    /// Where a field of the n-th version stands, else where the version begins.
    fn field(&self, n: usize, name: &str) -> Option<usize> {
        let start = self.version(n)?;
        let end = self.version(n + 1).unwrap_or(self.file.text.len());
        let body = self.file.text.get(start..end)?;
        let found = body.match_indices(name).find(|(at, _)| {
            body.get(..*at).is_some_and(|b| b.trim_end_matches([' ', '[']).ends_with('\n') || b.ends_with("version."))
        });
        Some(start + found.map_or(0, |(at, _)| at))
    }
}

/// Versions neither overlap nor leave a gap that nobody meant.
fn times(page: &mut Page<'_>, rule: &Rule) {
    for (n, pair) in rule.versions.windows(2).enumerate() {
        let [one, two] = pair else { continue };
        let at = page.version(n + 1);
        if two.effective_from <= one.effective_from {
            page.say(
                Level::Error,
                "versions_out_of_order",
                at,
                "versions are written from the oldest to the newest",
                None,
            );
            continue;
        }
        let Some(end) = one.effective_to else {
            page.say(Level::Error, "versions_overlap", at, "the version before this one has no `effective_to`", None);
            continue;
        };
        let next = calendar::next_day(end);
        if two.effective_from < next {
            page.say(Level::Error, "versions_overlap", at, "this version begins before the one before it ends", None);
        } else if two.effective_from > next && one.gap.is_none() {
            let hint = "write `gap = \"why\"` on the earlier version if it is meant";
            page.say(Level::Error, "versions_gap", at, "nothing is in force between two versions", Some(hint.into()));
        }
    }
}

fn check_version(page: &mut Page<'_>, rule: &Rule, n: usize, version: &Version, debt: &Debt, today: Date) {
    if version.authorities.is_empty() {
        let at = page.version(n);
        page.say(Level::Error, "no_authority", at, "a version needs an authority", None);
    }
    if rule.kind == RuleKind::Right {
        proved(page, n, version);
    }
    let mut days = vec![version.verified_on];
    days.extend(version.authorities.iter().filter_map(|a| a.verified_on));
    let at = page.field(n, "verified_on");
    if days.iter().any(|d| *d > today) {
        page.say(Level::Error, "verified_in_the_future", at, "`verified_on` lies after today", None);
    }
    if days.iter().any(|d| calendar::days_between(*d, today) > STALE_AFTER_DAYS) {
        page.say(Level::Warning, "stale", at, "last compared with the text more than a year ago", None);
    }
    let worst = version.authorities.iter().filter_map(|a| a.confidence).chain([version.confidence]).max();
    let id = id_of(&page.file.path);
    let owed = debt.unverified.iter().any(|d| id == d.id || id.starts_with(&format!("{}.", d.id)));
    let at = page.field(n, "confidence");
    if worst == Some(Confidence::Unverified) && !owed {
        let hint = format!("add [[unverified]] with id = \"{id}\" to a file in debt/");
        page.say(
            Level::Error,
            "unverified_not_in_debt",
            at,
            "an unverified figure must be listed in debt/",
            Some(hint),
        );
    }
    if matches!(version.confidence, Confidence::Unverified | Confidence::Secondary) && version.check_with.is_none() {
        page.say(Level::Warning, "no_check_with", at, "say with whom a person should check (`check_with`)", None);
    }
    check_addresses(page, n, version);
    for authority in &version.authorities {
        if let Some(phrase) = authority.phrase.as_deref().filter(|p| p.len() > 220) {
            let at = page.file.text.find(phrase);
            page.say(
                Level::Warning,
                "phrase_too_long",
                at,
                "a phrase is a short fragment that carries the figure",
                None,
            );
        }
    }
}

/// The lines of an envelope say nothing that the words for the person do not, and an office is not the plan.
fn check_addresses(page: &mut Page<'_>, n: usize, version: &Version) {
    for address in &version.send_to {
        let at = page.field(n, "send_to");
        let said = cite::fold(&address.text);
        if let Some(line) = address.office.iter().find(|l| l.trim().is_empty() || !said.contains(&cite::fold(l))) {
            let message = format!("`text` does not say the line \"{line}\" of `office`");
            page.say(Level::Error, "office_not_in_text", at, &message, None);
        }
        if address.plan && !address.office.is_empty() {
            page.say(Level::Error, "office_and_plan", at, "either an office takes it or the plan", None);
        }
    }
}

/// Every operative field stands in some `proves` or `reading`, and its figures in a phrase that proves it.
fn proved(page: &mut Page<'_>, n: usize, version: &Version) {
    for (field, figures) in operative(version) {
        let proving: Vec<_> = version.authorities.iter().filter(|a| a.proves.iter().any(|p| p == field)).collect();
        let at = page.field(n, field);
        if proving.is_empty() {
            if !version.reading.contains_key(field) {
                let hint = format!(
                    "add \"{field}\" to `proves` of the authority that says it, or explain it under [version.reading]"
                );
                page.say(
                    Level::Error,
                    "not_proved",
                    at,
                    &format!("`{field}` is not proved by any authority"),
                    Some(hint),
                );
            }
            continue;
        }
        let named: BTreeSet<u32> = proving.iter().filter_map(|a| a.phrase.as_deref()).flat_map(numbers_in).collect();
        let wordless = proving.iter().all(|a| a.phrase.is_none());
        let unread = proving.iter().all(|a| a.confidence.unwrap_or(version.confidence) == Confidence::Unverified);
        for figure in figures {
            if named.contains(&figure) || version.reading.contains_key(field) || (wordless && unread) {
                continue;
            }
            let message = format!("`{field}` says {figure}, and no phrase that proves it does");
            let hint = "give the fragment of the law that carries the figure, in digits or words";
            page.say(Level::Error, "figure_not_in_phrase", at, &message, Some(hint.into()));
        }
    }
}

/// The fields that decide a date, with the figures in each.
fn operative(version: &Version) -> Vec<(&'static str, Vec<u32>)> {
    let mut out = Vec::new();
    let base = version.clock();
    clock_fields(&base, &mut out);
    let mut nested = |name: &'static str, clocks: Vec<Clock>| {
        let mut inner = Vec::new();
        clocks.iter().for_each(|c| clock_fields(c, &mut inner));
        if !clocks.is_empty() {
            out.push((name, inner.into_iter().filter(|(f, _)| *f == "period").flat_map(|(_, n)| n).collect()));
        }
    };
    nested("limit", version.limits.iter().map(|l| l.clock()).collect());
    nested("choice", version.choices.iter().map(|c| c.clock()).collect());
    if !version.extensions.is_empty() {
        out.push(("extension", version.extensions.iter().map(|e| e.by.count).collect()));
    }
    if !version.tolling.is_empty() {
        out.push(("tolling", Vec::new()));
    }
    if !version.opens.is_empty() {
        out.push(("opens", Vec::new()));
    }
    if version.filed_when.is_some() {
        out.push(("filed_when", Vec::new()));
    }
    out
}

fn clock_fields(clock: &Clock, out: &mut Vec<(&'static str, Vec<u32>)>) {
    if !clock.starts.is_empty() {
        out.push(("starts", Vec::new()));
    }
    match &clock.period {
        Some(Span::Counted(p)) => out.push(("period", vec![p.count])),
        Some(Span::FromFact(f)) => out.push(("period", f.min.into_iter().chain(f.max).collect())),
        Some(Span::Word(_)) => out.push(("period", Vec::new())),
        None => {}
    }
    for (name, used) in [
        ("direction", clock.direction.is_some()),
        ("at", clock.at.is_some()),
        ("to_end_of_year", clock.to_end_of_year),
        ("missing_day", clock.missing_day.is_some()),
        ("roll_over", clock.roll_over.is_some()),
    ] {
        if used {
            out.push((name, Vec::new()));
        }
    }
    if let Some(days) = clock.presumed_receipt_days {
        out.push(("presumed_receipt_days", vec![days]));
    }
}

fn check_examples(page: &mut Page<'_>, file: &ExamplesFile) {
    let has = |kind| file.examples.iter().any(|e| e.kind == kind);
    let mut missing = Vec::new();
    for (kind, name) in [
        (ExampleKind::Normal, "a normal one"),
        (ExampleKind::Refusal, "a refusal"),
        (ExampleKind::DayAfter, "one for the day after"),
    ] {
        if !has(kind) {
            missing.push(name);
        }
    }
    if file.examples.len() < 3 || !missing.is_empty() {
        let message = format!("{} examples; missing: {}", file.examples.len(), missing.join(", "));
        page.say(Level::Error, "too_few_examples", None, &message, None);
    }
}

/// Example files without a rule.
fn orphans(kb: &Kb, out: &mut Vec<Lint>) {
    for file in kb.source().below("").filter(|f| f.path.starts_with("us") && f.path.ends_with(".examples.toml")) {
        if kb.source().get(&file.path.replace(".examples.toml", ".toml")).is_none() {
            Page { file, out }.say(
                Level::Error,
                "orphan_examples",
                None,
                "there is no rule beside these examples",
                None,
            );
        }
    }
}

/// Every coverage of the vocabulary has a program and at least one rule.
fn coverages(kb: &Kb, out: &mut Vec<Lint>) {
    let Some(file) = kb.source().get("vocabulary.toml") else { return };
    let index = kb.index();
    for (n, coverage) in index.vocabulary().coverages.names().enumerate() {
        let at = file.text.find(&format!("\n{coverage} =")).map(|at| at + 1);
        let mut page = Page { file, out };
        if index.program(coverage).is_none() {
            page.say(Level::Error, "no_program", at, &format!("no program.toml describes `{coverage}`"), None);
        }
        if index.of_coverage(n).is_empty() {
            page.say(Level::Error, "no_rule", at, &format!("no rule covers `{coverage}`"), None);
        }
    }
    for file in kb.source().below("us").filter(|f| f.path.ends_with(".toml") && format_of(&f.text).is_none()) {
        if !file.path.ends_with(".examples.toml") {
            Page { file, out }.say(Level::Error, "no_format", None, "the file does not say its `format`", None);
        }
    }
}
