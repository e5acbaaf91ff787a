//! The reference pages (one per rule) and the coverage page, written from the knowledge base.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use kb::{Condition, ExamplesFile, Kb, Rule, RuleKind, Source, Span, Version};

/// Writes `docs/reference/` and `docs/coverage.md`.
pub(crate) fn write() -> Result<(), String> {
    let root = crate::root();
    let kb = knowledge_base(&root.join("kb"))?;
    let folder = root.join("docs/reference");
    let _ = std::fs::remove_dir_all(&folder);
    let cover = kb::cover(&kb, newest_comparison(&kb)?).map_err(|e| e.to_string())?;
    let rows: BTreeMap<&str, &kb::RuleRow> = cover
        .coverages
        .iter()
        .flat_map(|c| &c.rules)
        .chain(cover.states.iter().flat_map(|s| &s.rules))
        .map(|r| (r.id.as_str(), r))
        .collect();
    for id in rows.keys() {
        let page = rule_page(&kb, id)?;
        let path = folder.join(format!("{}.md", id.replace('.', "/")));
        put(&path, &page)?;
    }
    put(&root.join("docs/coverage.md"), &coverage_page(&cover))?;
    println!("wrote docs/coverage.md and {} pages in docs/reference/", rows.len());
    Ok(())
}

/// The knowledge base as it lies in the project.
pub(crate) fn knowledge_base(folder: &Path) -> Result<Kb, String> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    Kb::load(Source::new(files)).map_err(|e| e.to_string())
}

fn collect(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            collect(root, &path, into)?;
        } else if path.extension().is_some_and(|e| e == "toml") || path.file_name().is_some_and(|n| n == "VERSION") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            into.push((name, std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?));
        }
    }
    Ok(())
}

/// The pages are the same on every day on which the data are the same: staleness is judged as of the newest comparison.
fn newest_comparison(kb: &Kb) -> Result<kb::Date, String> {
    let rules: Vec<(String, toml::Table)> = kb.tables("us").map_err(|e| e.to_string())?;
    let days = rules.iter().filter_map(|(_, rule)| rule.get("version")?.as_array()).flatten();
    let newest = days.filter_map(|v| v.get("verified_on")?.to_string().parse::<kb::Date>().ok()).max();
    newest.ok_or_else(|| "no rule says when it was compared with the text".to_string())
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|e| format!("{}: {e}", path.display()))
}

fn rule_page(kb: &Kb, id: &str) -> Result<String, String> {
    let shown = kb::show(kb, id).map_err(|e| e.to_string())?;
    let rule = &shown.rule;
    let mut page = format!("# {}\n\n`{id}` · [kb/{}](/kb/{})\n", rule.title, shown.path, shown.path);
    gives(rule, &mut page);
    covers(rule, &mut page);
    for version in &rule.versions {
        counted(version, rule.versions.len() > 1, &mut page);
    }
    defeats(rule, &mut page);
    examples(kb, &shown.path, &mut page)?;
    authorities(rule, &mut page);
    for debt in &shown.debt {
        let _ = writeln!(
            page,
            "\n**Not yet confirmed:** {} Check with {}.",
            debt.what,
            debt.ask.as_deref().unwrap_or("the plan")
        );
    }
    Ok(page)
}

fn gives(rule: &Rule, page: &mut String) {
    page.push_str("\n## What it gives\n");
    let what = match rule.kind {
        RuleKind::Right => format!("`{}`, level {}, by the {}.", rule.gives, rule.level, rule.actor),
        RuleKind::NoRight => format!("There is no right to `{}`.", rule.gives),
        RuleKind::Entitled => format!("Something to ask for (`{}`).", rule.gives),
    };
    let _ = writeln!(page, "{what}");
    if let Some(message) = &rule.message {
        let _ = writeln!(page, "\n> {message}");
    }
}

fn covers(rule: &Rule, page: &mut String) {
    page.push_str("\n## Who it covers\n");
    let coverage: Vec<String> = rule.covers.coverage.iter().map(|c| c.replace('_', " ")).collect();
    let _ = writeln!(page, "{}.", coverage.join(", "));
    if let Some(state) = &rule.covers.state {
        let _ = writeln!(page, "Where the law of {state} governs.");
    }
    for (fact, condition) in &rule.when {
        let _ = writeln!(page, "- `{fact}` {}", condition_words(condition));
    }
}

fn condition_words(condition: &Condition) -> String {
    let list = |values: &[kb::Value]| values.iter().map(value_words).collect::<Vec<_>>().join(" or ");
    match condition {
        Condition::Is(value) => format!("is {}", value_words(value)),
        Condition::OneOf(values) => format!("is {}", list(values)),
        Condition::Long(long) if !long.begins.is_empty() => format!("begins with {}", long.begins.join(" or ")),
        Condition::Long(long) if long.below.is_some() => format!("is below {}", long.below.unwrap_or_default()),
        Condition::Long(long) if !long.only.is_empty() => format!("is nothing but {}", list(&long.only)),
        Condition::Long(long) if !long.not_only.is_empty() => format!("is more than {}", list(&long.not_only)),
        Condition::Long(long) if long.is.is_empty() => format!("is not {}", list(&long.not)),
        Condition::Long(long) => format!("is {}", list(&long.is)),
    }
}

fn value_words(value: &kb::Value) -> String {
    match value {
        kb::Value::Truth(b) => if *b { "yes" } else { "no" }.into(),
        kb::Value::Number(n) => n.to_string(),
        kb::Value::Word(w) => w.replace('_', " "),
    }
}

fn counted(version: &Version, several: bool, page: &mut String) {
    page.push_str("\n## How days are counted\n");
    if several {
        let end = version.effective_to.map_or("today's law".to_string(), |d| format!("until {d}"));
        let _ = writeln!(page, "From {} {end}:", version.effective_from);
    }
    clock(&version.clock(), page);
    for limit in &version.limits {
        let _ = writeln!(page, "- one limit{}:", limit.label.as_ref().map_or(String::new(), |l| format!(" ({l})")));
        clock(&limit.clock(), page);
    }
    if let Some(combine) = version.combine {
        let _ = writeln!(page, "- the limits together: {}", format!("{combine:?}").to_lowercase());
    }
    for choice in &version.choices {
        let when: Vec<String> = choice.when.iter().map(|(f, c)| format!("`{f}` {}", condition_words(c))).collect();
        let _ = writeln!(page, "- when {}:", when.join(" and "));
        clock(&choice.clock(), page);
    }
    for extension in &version.extensions {
        let _ = writeln!(page, "- can be longer by {}: {}", extension.by, extension.note);
    }
    for tolling in &version.tolling {
        let _ = writeln!(page, "- days that do not count: {}", tolling.note);
    }
    if let Some(own) = &version.promised {
        let _ = writeln!(page, "- fewer {} count where the plan itself promises them (`{}`)", own.unit, own.fact);
    }
    if let Some(filed) = &version.filed_when {
        let _ = writeln!(page, "- counts as filed: {}", filed.replace('_', " "));
    }
    for (field, why) in &version.reading {
        let _ = writeln!(page, "- the text is silent on `{field}`: {why}");
    }
    for note in &version.notes {
        let _ = writeln!(page, "- {note}");
    }
}

fn clock(clock: &kb::Clock, page: &mut String) {
    let starts: Vec<String> = clock.starts.iter().map(|s| s.event.replace('_', " ")).collect();
    if !starts.is_empty() {
        let _ = writeln!(page, "- runs from: {}", starts.join(", else "));
    }
    match &clock.period {
        Some(Span::Counted(period)) => {
            let _ = writeln!(page, "- lasts {period}; the day of the event is not counted, the last day is");
        }
        Some(Span::FromFact(fact)) => {
            let _ = writeln!(page, "- lasts as many {} as `{}` says", fact.unit, fact.fact);
        }
        Some(Span::Word(word)) => {
            let _ = writeln!(
                page,
                "- {}",
                format!("{word:?}")
                    .chars()
                    .flat_map(|c| if c.is_uppercase() { vec![' ', c.to_ascii_lowercase()] } else { vec![c] })
                    .collect::<String>()
                    .trim()
            );
        }
        None => {}
    }
    if let Some(days) = clock.presumed_receipt_days {
        let _ = writeln!(page, "- receipt is presumed {days} days after sending, unless shown otherwise");
    }
    if let Some(missing) = clock.missing_day {
        let _ = writeln!(page, "- when the month has no such day: {missing:?}");
    }
    match &clock.roll_over {
        Some(roll) => {
            let _ =
                writeln!(page, "- a last day on a weekend or holiday moves {:?} ({})", roll.direction, roll.calendar);
        }
        None if clock.period.is_some() => {
            page.push_str("- a last day on a weekend or holiday does not move; we advise the business day before\n")
        }
        None => {}
    }
}

fn defeats(rule: &Rule, page: &mut String) {
    page.push_str("\n## What defeats it\n");
    let missed = rule.versions.last().and_then(|v| v.if_missed.clone());
    let text = match (missed, rule.actor.as_str(), rule.kind) {
        (Some(missed), ..) => missed,
        (None, "claimant", RuleKind::Right) => "Letting the last day pass without filing in the way described.".into(),
        (None, _, RuleKind::NoRight) => "Nothing to defeat: the law gives no such right.".into(),
        _ => "No rule of ours says.".into(),
    };
    let _ = writeln!(page, "{text}");
}

fn examples(kb: &Kb, path: &str, page: &mut String) -> Result<(), String> {
    page.push_str("\n## Worked examples\n");
    let beside = path.replace(".toml", ".examples.toml");
    if kb.source().get(&beside).is_none() {
        page.push_str("None.\n");
        return Ok(());
    }
    let file: ExamplesFile = kb.table(&beside).map_err(|e| e.to_string())?;
    for example in file.examples {
        let given: Vec<String> = example
            .given
            .iter()
            .map(|(k, v)| format!("{} {}", k.replace('_', " "), v.to_string().trim_matches('"')))
            .collect();
        let due = example.expect.due.map_or(String::new(), |d| format!(" → {d}"));
        let _ = writeln!(page, "- {}: {}{due}", example.name, given.join(", "));
    }
    Ok(())
}

fn authorities(rule: &Rule, page: &mut String) {
    page.push_str("\n## Authority\n");
    for version in &rule.versions {
        for authority in &version.authorities {
            let link = authority.url.as_ref().map_or(authority.cite.clone(), |u| format!("[{}]({u})", authority.cite));
            let phrase = authority.phrase.as_ref().map_or(String::new(), |p| format!(": “{p}”"));
            let _ = writeln!(page, "- {link}{phrase}");
        }
        let _ = writeln!(page, "- compared on {}, known from: {:?}", version.verified_on, version.confidence);
    }
}

fn coverage_page(cover: &kb::Cover) -> String {
    let mut page = format!(
        "# What law is covered, and how well\n\nMade by `cargo xtask pages` from `kb/`. {} rules, {} worked examples.\n\n| Coverage | Rules | Known from |\n|---|---|---|\n",
        cover.rules, cover.examples
    );
    for row in &cover.coverages {
        let marks: Vec<String> =
            row.confidence.iter().map(|(mark, n)| format!("{n} {}", mark.replace('_', " "))).collect();
        let _ = writeln!(page, "| {} | {} | {} |", row.label, row.rules.len(), marks.join(", "));
    }
    page.push_str("\n| | State or territory | External review run by | Rules of its own |\n|---|---|---|---|\n");
    for row in &cover.states {
        let review = row.external_review.as_ref().map_or("not known".to_string(), |p| format!("{p:?}").to_lowercase());
        let _ =
            writeln!(page, "| {} | {} | {review} | {} |", row.code, row.name.as_deref().unwrap_or(""), row.rules.len());
    }
    page.push_str("\n## Not yet confirmed\nShown to a person as “not yet confirmed: check with …”.\n\n");
    for debt in &cover.unverified {
        let _ = writeln!(page, "- `{}`: {} Ask: {}.", debt.id, debt.what, debt.ask.as_deref().unwrap_or("the plan"));
    }
    page.push_str("\n## Not covered\n");
    for debt in &cover.uncovered {
        let _ = writeln!(page, "- {}: {}", debt.what, debt.why);
    }
    page
}
