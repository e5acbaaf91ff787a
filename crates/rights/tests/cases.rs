//! Whole cases written from the law (`tests/rights/*.toml`), asked as a program would ask. `tests/rights/README.md` has
//! the lines.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub, dead_code)] // tests fail by panicking, read files
#![allow(clippy::panic)]

mod common;

use common::kb;
use facts::Case;
use rights::{Entitlements, Right, entitlements};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    law: String,
    today: Option<toml::value::Datetime>,
    given: toml::Table,
    expect: Vec<String>,
}

/// The case file that `given` describes.
fn case_of(given: &toml::Table) -> Case {
    let mut root = toml::Table::new();
    let mut events = Vec::new();
    let proved: Vec<&str> =
        given.get("evidence").and_then(|v| v.as_array()).into_iter().flatten().filter_map(|v| v.as_str()).collect();
    for (key, value) in given {
        let path = match key.as_str() {
            "evidence" => continue,
            "reasons" => {
                let denial = |r: &toml::Value| toml::Table::from_iter([("reason".to_string(), r.clone())]).into();
                let all: Vec<toml::Value> = value.as_array().into_iter().flatten().map(denial).collect();
                root.insert("denial".into(), all.into());
                continue;
            }
            "coverage" => "coverage.kind",
            "process" => "coverage.external_process",
            "levels" => "coverage.internal_levels",
            "kind" => "claim.kind",
            "item" => "claim.item",
            "state" => "patient.state",
            path if path.contains('.') => path,
            event => {
                let mut entry = toml::Table::new();
                entry.insert("kind".into(), event.into());
                entry.insert("date".into(), value.clone());
                entry.insert("evidence".into(), proved.contains(&event).into());
                events.push(toml::Value::Table(entry));
                continue;
            }
        };
        let (table, name) = path.split_once('.').unwrap();
        let table = root.entry(table).or_insert_with(|| toml::Table::new().into());
        table.as_table_mut().unwrap().insert(name.into(), value.clone());
    }
    root.insert("event".into(), events.into());
    Case::parse(&toml::to_string(&root).unwrap()).unwrap_or_else(|e| panic!("{e}: {root}"))
}

/// One field of a right as the lines name it.
fn field(right: &Right, name: &str) -> Option<String> {
    let from = right.counted_from.as_ref();
    let decision = right.decision_due.as_ref();
    match name {
        "id" => Some(right.id.clone()),
        "due" => right.due.map(|d| d.to_string()),
        "file_by" => right.file_by.map(|d| d.to_string()),
        "due_at" => right.due_at.clone(),
        "filed_when" => right.filed_when.clone(),
        "from" => from.map(|c| c.event.clone()),
        "from_date" => from.map(|c| c.date.to_string()),
        "decide" => decision.map(|d| d.period.replace(' ', "_")),
        "decide_by" => decision.and_then(|d| d.date).map(|d| d.to_string()),
        "cents" => right.thresholds.first().map(|t| t.cents.to_string()),
        "meets" => right.thresholds.first().and_then(|t| t.meets).map(|m| m.to_string()),
        other => panic!("the lines know no `{other}`"),
    }
}

/// `gives[/pace][@actor] field=value …`
fn rights_like<'a>(all: &'a Entitlements, line: &'a str) -> impl Iterator<Item = &'a Right> {
    let mut words = line.split(' ');
    let head = words.next().unwrap_or_default();
    let (head, actor) = head.split_once('@').map_or((head, None), |(h, a)| (h, Some(a)));
    let (gives, pace) = head.split_once('/').map_or((head, None), |(h, p)| (h, Some(p)));
    let wanted: Vec<(&str, &str)> = words.map(|w| w.split_once('=').unwrap()).collect();
    all.rights.iter().filter(move |r| {
        r.gives == gives
            && pace.is_none_or(|p| r.pace == p)
            && actor.is_none_or(|a| r.actor == a)
            && wanted.iter().all(|(name, value)| field(r, name).as_deref().unwrap_or("none") == *value)
    })
}

fn told(all: &Entitlements) -> String {
    let rights = all.rights.iter().map(|r| {
        format!(
            "\n      {}/{}@{} due {:?} file_by {:?} at {:?} ({})",
            r.gives, r.pace, r.actor, r.due, r.file_by, r.due_at, r.id
        )
    });
    let refusals = all.refusals.iter().map(|r| format!("\n      refused {} {} {:?}", r.right, why(r.why), r.needs));
    let entitled = all.entitled_to.iter().map(|e| format!("\n      entitled {} ({})", e.gives, e.id));
    rights
        .chain(refusals)
        .chain(entitled)
        .chain(all.findings.iter().map(|f| format!("\n      finding {}", f.code)))
        .collect()
}

fn why(why: rights::Why) -> String {
    serde_json::to_value(why).unwrap().as_str().unwrap().to_string()
}

fn holds(all: &Entitlements, line: &str) -> bool {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "absent" => rights_like(all, rest).next().is_none(),
        "refused" => {
            let words: Vec<&str> = rest.split(' ').collect();
            let needs: Vec<&str> =
                words.iter().filter_map(|w| w.strip_prefix("needs=")).flat_map(|n| n.split(',')).collect();
            all.refusals.iter().any(|r| {
                r.right == words[0] && why(r.why) == words[1] && needs.iter().all(|n| r.needs.iter().any(|x| x == n))
            })
        }
        "not_refused" => all.refusals.iter().all(|r| r.right != rest),
        "finding" => all.findings.iter().any(|f| f.code == rest),
        "entitled" => all.entitled_to.iter().any(|e| e.gives == rest || e.id == rest),
        _ => rights_like(all, line).next().is_some(),
    }
}

#[test]
fn every_case_comes_out_as_the_law_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/rights");
    let (mut run, mut failed) = (0, Vec::new());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let file: File =
            toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        for written in &file.case {
            run += 1;
            assert!(
                !written.law.is_empty() && !written.expect.is_empty(),
                "{}: needs its law and a line",
                written.name
            );
            let today = written.today.map_or("2026-11-23".to_string(), |d| d.to_string());
            let all = entitlements(&case_of(&written.given), kb(), today.parse().unwrap());
            let wrong: Vec<&String> = written.expect.iter().filter(|line| !holds(&all, line)).collect();
            if !wrong.is_empty() {
                let name = path.file_name().unwrap().to_string_lossy();
                failed.push(format!(
                    "{name}: {} ({})\n   wanted {wrong:?}\n   came{}",
                    written.name,
                    written.law,
                    told(&all)
                ));
            }
        }
    }
    println!("{run} cases");
    assert!(run > 0 && failed.is_empty(), "{} of {run} cases fail\n{}", failed.len(), failed.join("\n"));
}
