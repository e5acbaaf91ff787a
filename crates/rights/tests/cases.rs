//! Whole cases written from the law (`tests/rights/*.toml`), asked as a program would ask. `tests/rights/README.md` has
//! the lines.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub, dead_code)] // tests fail by panicking, read files
#![allow(clippy::panic)]

mod common;

use common::{kb, written};
use rights::{Entitlements, Right, entitlements};

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
        "done" => Some(right.done.to_string()),
        "after" => right.waits.as_ref().map(|w| w.step.clone()),
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
    let (mut run, mut failed) = (0, Vec::new());
    for (file, written) in written() {
        run += 1;
        assert!(!written.law.is_empty() && !written.expect.is_empty(), "{}: needs its law and a line", written.name);
        let all = entitlements(&written.case(), kb(), written.today());
        let wrong: Vec<&String> = written.expect.iter().filter(|line| !holds(&all, line)).collect();
        if !wrong.is_empty() {
            failed.push(format!(
                "{file}: {} ({})\n   wanted {wrong:?}\n   came{}",
                written.name,
                written.law,
                told(&all)
            ));
        }
    }
    println!("{run} cases");
    assert!(run > 0 && failed.is_empty(), "{} of {run} cases fail\n{}", failed.len(), failed.join("\n"));
}
