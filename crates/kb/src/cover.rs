//! What the knowledge base covers, how well, and what it owes: data for `kb show` and `kb cover`.

use std::collections::BTreeMap;

use calendar::Date;
use cite::Confidence;
use serde::Serialize;

use crate::files::{Debt, ExamplesFile, Program, Uncovered, Unverified};
use crate::index::{Ready, is_rule};
use crate::rule::{Rule, RuleKind};
use crate::{Kb, KbError, lint, table};

/// One rule, for `kb show ID`.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Id.
    pub id: String,
    /// Path below `kb/`.
    pub path: String,
    /// The rule as data.
    pub rule: Rule,
    /// The names of its worked examples.
    pub examples: Vec<String>,
    /// What is owed on it.
    pub debt: Vec<Unverified>,
    /// The file itself.
    pub text: String,
}

/// Everything about one rule; for an unknown id, the nearest known one is in the error.
///
/// # Errors
/// A [`KbError`] naming the nearest id.
pub fn show(kb: &Kb, id: &str) -> Result<Shown, KbError> {
    let wanted = id.trim_start_matches("kb.");
    let files = || kb.source().below("").filter(|f| is_rule(f));
    let Some(file) = files().find(|f| crate::index::id_of(&f.path) == wanted) else {
        let ids: Vec<String> = files().map(|f| crate::index::id_of(&f.path)).collect();
        let hint = crate::files::nearest(wanted, ids.iter().map(String::as_str));
        return Err(KbError {
            file: wanted.replace('.', "/"),
            place: None,
            message: format!("there is no rule `{wanted}`"),
            hint: hint.map(|n| format!("did you mean `{n}`?")),
        });
    };
    let examples = match kb.source().get(&file.path.replace(".toml", ".examples.toml")) {
        Some(beside) => table::parse::<ExamplesFile>(beside)?.examples.into_iter().map(|e| e.name).collect(),
        None => Vec::new(),
    };
    let debt = lint::debt(kb)?.unverified.into_iter().filter(|d| owes(d, wanted)).collect();
    Ok(Shown {
        id: wanted.into(),
        path: file.path.clone(),
        rule: table::parse(file)?,
        examples,
        debt,
        text: file.text.to_string(),
    })
}

fn owes(debt: &Unverified, id: &str) -> bool {
    id == debt.id || id.starts_with(&format!("{}.", debt.id))
}

/// What is covered, for `kb cover` and the coverage page.
#[derive(Debug, Clone, Serialize)]
pub struct Cover {
    /// Version and hash.
    pub kb: String,
    /// The day for which staleness was judged.
    pub today: Date,
    /// How many rules, and how many of them were last compared more than a year ago.
    pub rules: usize,
    /// How many rules have a version last compared more than a year ago.
    pub stale: usize,
    /// How many worked examples.
    pub examples: usize,
    /// Per coverage.
    pub coverages: Vec<CoverageRow>,
    /// Per State, D.C. and territory.
    pub states: Vec<StateRow>,
    /// Figures not confirmed.
    pub unverified: Vec<Unverified>,
    /// Rights not covered.
    pub uncovered: Vec<Uncovered>,
}

/// One coverage.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageRow {
    /// The word.
    pub coverage: String,
    /// In plain words.
    pub label: String,
    /// The program's title and ladder.
    pub program: Option<Program>,
    /// How well its rules are known: confidence → number of rules (by each rule's newest version).
    pub confidence: BTreeMap<String, usize>,
    /// The oldest day on which a rule was compared with the text.
    pub verified_since: Option<Date>,
    /// Its rules.
    pub rules: Vec<RuleRow>,
}

/// One rule.
#[derive(Debug, Clone, Serialize)]
pub struct RuleRow {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Right, written "no right", or something to ask for.
    pub kind: RuleKind,
    /// What it gives.
    pub gives: String,
    /// Rung.
    pub level: u8,
    /// How well the newest version is known.
    pub confidence: Confidence,
    /// When it was last compared.
    pub verified_on: Date,
    /// Citations of the newest version.
    pub cites: Vec<String>,
}

/// One State.
#[derive(Debug, Clone, Serialize)]
pub struct StateRow {
    /// Two letters.
    pub code: String,
    /// Name, when there is a folder.
    pub name: Option<String>,
    /// `state` or `federal`.
    pub external_review: Option<crate::rule::Process>,
    /// Its rules.
    pub rules: Vec<RuleRow>,
}

/// What the knowledge base covers on a day.
///
/// # Errors
/// A [`KbError`] for a State's folder or a file of `debt/` that cannot be read.
pub fn cover(kb: &Kb, today: Date) -> Result<Cover, KbError> {
    let index = kb.index();
    let mut out = Cover {
        kb: kb.version(),
        today,
        rules: 0,
        stale: 0,
        examples: 0,
        coverages: Vec::new(),
        states: Vec::new(),
        unverified: Vec::new(),
        uncovered: Vec::new(),
    };
    for (n, (coverage, label)) in index.vocabulary().coverages.0.iter().enumerate() {
        let rules: Vec<RuleRow> =
            index.of_coverage(n).iter().filter_map(|i| index.rules().get(*i)).filter_map(row).collect();
        let mut confidence = BTreeMap::new();
        for rule in &rules {
            *confidence.entry(word(rule.confidence).to_string()).or_insert(0) += 1;
        }
        let verified_since = rules.iter().map(|r| r.verified_on).min();
        let program = index.program(coverage).cloned();
        out.coverages.push(CoverageRow {
            coverage: coverage.clone(),
            label: label.clone(),
            program,
            confidence,
            verified_since,
            rules,
        });
    }
    for code in index.state_codes() {
        let folder = kb.state(code).transpose()?;
        let state = folder.and_then(|f| f.state.as_ref());
        out.states.push(StateRow {
            code: code.to_string(),
            name: state.map(|s| s.name.clone()),
            external_review: state.map(|s| s.external_review),
            rules: folder.map(|f| f.rules.iter().filter_map(row).collect()).unwrap_or_default(),
        });
    }
    for file in kb.source().below("").filter(|f| f.path.starts_with("us") && f.path.ends_with(".examples.toml")) {
        out.examples += table::parse::<ExamplesFile>(file)?.examples.len();
    }
    out.rules = kb.source().below("").filter(|f| is_rule(f)).count();
    let warnings = lint::lint(kb, today)?;
    let stale: std::collections::BTreeSet<&str> =
        warnings.iter().filter(|l| l.code == "stale").map(|l| l.file.as_str()).collect();
    out.stale = stale.len();
    let Debt { unverified, uncovered } = lint::debt(kb)?;
    (out.unverified, out.uncovered) = (unverified, uncovered);
    Ok(out)
}

fn row(ready: &Ready) -> Option<RuleRow> {
    let newest = ready.rule.versions.last()?;
    Some(RuleRow {
        id: ready.id.clone(),
        title: ready.rule.title.clone(),
        kind: ready.rule.kind,
        gives: ready.rule.gives.clone(),
        level: ready.rule.level,
        confidence: newest.confidence,
        verified_on: newest.verified_on,
        cites: newest.authorities.iter().map(|a| a.cite.clone()).collect(),
    })
}

/// The word of a confidence, as the files write it.
pub(crate) fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::OfficialText => "official_text",
        Confidence::OfficialCopy => "official_copy",
        Confidence::Secondary => "secondary",
        Confidence::Unverified => "unverified",
    }
}
