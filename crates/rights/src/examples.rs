//! The worked examples that stand beside the rules, run against the engine. `kb/README.md` explains their shape.

use std::collections::BTreeSet;

use calendar::Date;
use facts::Case;
use kb::{Example, ExamplesFile, Kb, KbError, Rule};
use serde::Serialize;

use crate::{Entitlements, Refusal, Right, Why, assess, entitlements};

/// An example that did not come out as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Path of the examples file below `kb/`.
    pub file: String,
    /// The example's name.
    pub example: String,
    /// What was expected and what came.
    pub message: String,
}

/// The outcome of all examples of a knowledge base.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many examples were run.
    pub run: usize,
    /// How many rules have examples.
    pub rules: usize,
    /// Those that did not come out as written.
    pub failures: Vec<Failure>,
    /// Versions of rules that no example reaches, as `id@effective_from`.
    pub unreached: Vec<String>,
}

/// Runs every `*.examples.toml` of the knowledge base.
///
/// # Errors
/// A [`KbError`] for a file that cannot be read as examples or whose rule is missing.
pub fn run(kb: &Kb) -> Result<Report, KbError> {
    let mut report = Report::default();
    let files: Vec<String> = kb
        .source()
        .below("")
        .filter(|f| f.path.ends_with(".examples.toml") && f.path.starts_with("us"))
        .map(|f| f.path.clone())
        .collect();
    for file in files {
        let examples: ExamplesFile = kb.table(&file)?;
        let path = file.replace(".examples.toml", ".toml");
        let rule: Rule = kb.table(&path)?;
        report.rules += 1;
        let mut reached = BTreeSet::new();
        for example in &examples.examples {
            report.run += 1;
            if let Ok((case, today)) = case_of(&rule, example) {
                reached.extend(versions(&case, kb, today, &id_of(&path)));
            }
            if let Err(message) = check(kb, &path, &rule, example) {
                report.failures.push(Failure { file: file.clone(), example: example.name.clone(), message });
            }
        }
        let missed = rule.versions.iter().enumerate().filter(|(n, _)| !reached.contains(n));
        report.unreached.extend(missed.map(|(_, v)| format!("{}@{}", id_of(&path), v.effective_from)));
    }
    Ok(report)
}

fn id_of(path: &str) -> String {
    path.trim_end_matches(".toml").replace('/', ".")
}

/// The versions of a rule that a case reaches.
fn versions(case: &Case, kb: &Kb, today: Date, id: &str) -> Vec<usize> {
    let all = assess::read(case, kb, today, false);
    let lines = all.lines.iter().filter(|l| l.ready.id == id).map(|l| l.version);
    let open = all.open.iter().filter_map(|o| o.ready.filter(|(r, _)| r.id == id).map(|(_, v)| v));
    lines.chain(open).collect()
}

/// The case an example describes, and its day.
///
/// # Errors
/// A sentence, for a given fact that a case file cannot hold.
pub fn case_of(rule: &Rule, example: &Example) -> Result<(Case, Date), String> {
    let mut root = toml::Table::new();
    let mut events = Vec::new();
    let proved: Vec<&str> = match example.given.get("evidence") {
        Some(toml::Value::Array(all)) => all.iter().filter_map(|v| v.as_str()).collect(),
        _ => Vec::new(),
    };
    for (key, value) in &example.given {
        match key.as_str() {
            "evidence" => {}
            "coverage" => set(&mut root, "coverage.kind", value.clone()),
            // "open": nobody has said who runs external review.
            "process" if value.as_str() == Some("open") => {}
            "process" => set(&mut root, "coverage.external_process", value.clone()),
            "reasons" => {
                let reasons = value.as_array().cloned().unwrap_or_default();
                let denial = |r: toml::Value| toml::Value::Table([("reason".to_string(), r)].into_iter().collect());
                root.insert("denial".into(), reasons.into_iter().map(denial).collect::<Vec<_>>().into());
            }
            path if path.contains('.') => set(&mut root, path, value.clone()),
            event => {
                let mut entry = toml::Table::new();
                entry.insert("kind".into(), event.into());
                entry.insert("date".into(), value.clone());
                entry.insert("evidence".into(), proved.contains(&event).into());
                events.push(toml::Value::Table(entry));
            }
        }
    }
    if !example.given.contains_key("coverage")
        && let Some(first) = rule.covers.coverage.first()
    {
        set(&mut root, "coverage.kind", first.as_str().into());
    }
    if let Some(process) = rule.covers.process
        && !example.given.contains_key("process")
    {
        let word = if process == kb::Process::State { "state" } else { "federal" };
        set(&mut root, "coverage.external_process", word.into());
    }
    if let Some(state) = &rule.covers.state
        && !example.given.contains_key("patient.state")
    {
        set(&mut root, "patient.state", state.as_str().into());
    }
    root.insert("event".into(), events.into());
    let text = toml::to_string(&root).map_err(|e| e.to_string())?;
    let case = Case::parse(&text).map_err(|e| e.to_string())?;
    let today = match example.today {
        Some(day) => day,
        None => DEFAULT_TODAY.parse().map_err(|_| "no default day".to_string())?,
    };
    Ok((case, today))
}

/// The day for which an example is computed when it names none.
pub const DEFAULT_TODAY: &str = "2026-11-23";

fn set(root: &mut toml::Table, path: &str, value: toml::Value) {
    let mut table = root;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            table.insert(part.to_string(), value);
            return;
        }
        let next = table.entry(part.to_string()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        let toml::Value::Table(next) = next else { return };
        table = next;
    }
}

fn check(kb: &Kb, path: &str, rule: &Rule, example: &Example) -> Result<(), String> {
    let (case, today) = case_of(rule, example)?;
    let id = id_of(path);
    let all = entitlements(&case, kb, today);
    let right = all.rights.iter().find(|r| r.id == id);
    let refusal = all.refusals.iter().find(|r| r.id.as_deref() == Some(&id));
    let entitled = all.entitled_to.iter().find(|e| e.id == id);
    let expect = &example.expect;
    if expect.absent == Some(true) {
        return match (right, refusal, entitled) {
            (None, None, None) => Ok(()),
            _ => Err(format!("expected that the rule does not apply; it gave {}", told(right, refusal))),
        };
    }
    if let Some(why) = &expect.refusal {
        check_refusal(why, expect, refusal, &all)?;
    } else if right.is_none() && entitled.is_none() {
        return Err(format!("the rule did not apply; {}", told(right, refusal)));
    }
    if let Some(right) = right {
        check_right(expect, right, refusal)?;
    }
    if let Some(words) = &expect.says {
        let mut text = right.map(|r| [r.derivation.join(" "), r.notes.join(" ")].join(" ")).unwrap_or_default();
        text.push_str(refusal.map_or("", |r| &r.message));
        text.push_str(&entitled.map(|e| e.notes.join(" ")).unwrap_or_default());
        if !text.contains(words.as_str()) {
            return Err(format!("expected the words `{words}` in: {text}"));
        }
    }
    if let Some(passed) = expect.passed {
        let found = all.findings.iter().any(|f| {
            matches!(f.code.as_str(), "deadline_passed" | "answer_overdue") && f.about.as_deref() == Some(id.as_str())
        });
        same("passed", &passed, &found)?;
    }
    Ok(())
}

fn check_refusal(why: &str, expect: &kb::Expect, refusal: Option<&Refusal>, all: &Entitlements) -> Result<(), String> {
    // A refusal that stands for several rules (coverage, process) carries no id.
    let refusal = refusal.or_else(|| all.refusals.iter().find(|r| r.id.is_none()));
    let Some(refusal) = refusal else { return Err(format!("expected a refusal `{why}`; there was none")) };
    let word = match refusal.why {
        Why::NotInForce => "not_in_force",
        Why::FactMissing => "fact_missing",
        Why::NotCoveredByKb => "not_covered_by_kb",
        Why::NoRight => "no_right",
    };
    same("refusal", &why, &word)?;
    match expect.needs.iter().find(|n| !refusal.needs.contains(n)) {
        Some(missing) => Err(format!("expected that {missing} is asked for; asked for {:?}", refusal.needs)),
        None => Ok(()),
    }
}

fn check_right(expect: &kb::Expect, right: &Right, refusal: Option<&Refusal>) -> Result<(), String> {
    if let Some(due) = expect.due
        && right.due != Some(due)
    {
        return Err(format!("expected due {due}; it gave {}", told(Some(right), refusal)));
    }
    if let Some(file_by) = expect.file_by {
        same("file_by", &Some(file_by), &right.file_by)?;
    }
    if expect.due_at.is_some() {
        same("due_at", &expect.due_at, &right.due_at)?;
    }
    let counted = right.counted_from.as_ref();
    if expect.from.is_some() {
        same("from", &expect.from, &counted.map(|c| c.event.clone()))?;
    }
    if let Some(date) = expect.from_date {
        same("from_date", &Some(date), &counted.map(|c| c.date))?;
    }
    if let Some(presumed) = expect.presumed {
        same("presumed", &presumed, &counted.is_some_and(|c| c.presumed))?;
    }
    if let Some(dated) = expect.dated {
        same("dated", &dated, &right.due.is_some())?;
    }
    let decision = right.decision_due.as_ref();
    if expect.decision_period.is_some() {
        same("decision_period", &expect.decision_period, &decision.map(|d| d.period.clone()))?;
    }
    if let Some(date) = expect.decision_due {
        same("decision_due", &Some(date), &decision.and_then(|d| d.date))?;
    }
    let threshold = right.thresholds.first();
    if expect.threshold_cents.is_some() {
        same("threshold_cents", &expect.threshold_cents, &threshold.map(|t| t.cents))?;
    }
    if expect.meets.is_some() {
        same("meets", &expect.meets, &threshold.and_then(|t| t.meets))?;
    }
    match &expect.send_to {
        Some(words) if !right.send_to.as_ref().is_some_and(|s| s.contains(words.as_str())) => {
            Err(format!("expected send_to with `{words}`; got {:?}", right.send_to))
        }
        _ => Ok(()),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected:?}, got {got:?}")) }
}

fn told(right: Option<&Right>, refusal: Option<&Refusal>) -> String {
    let right = right.map_or("no date".to_string(), |r| {
        format!("due {:?}, file_by {:?}, due_at {:?}: {}", r.due, r.file_by, r.due_at, r.derivation.join(" "))
    });
    let refusal = refusal.map_or(String::new(), |r| format!(" refusal {:?} {:?}: {}", r.why, r.needs, r.message));
    format!("{right}{refusal}")
}
