//! How many cases a second go through `rights` on one core, and whether memory stays flat.
//!
//! The knowledge base is loaded once. 4 200 different invented cases (all coverages, kinds of claim, stages and States)
//! are asked again and again until a million answers are given. `assess` is what a bulk user needs: which rules apply
//! and every day; `entitlements` builds the whole answer with its sentences. Yardstick: cloning the case itself. The
//! machine may be busy with other work, so besides the clock the time really spent on a core is shown.

use std::hint::black_box;
use std::time::Instant;

use calendar::Date;
use facts::{Case, Event, When};
use kb::Kb;

/// Runs the measurement and prints its table. `--cases N` changes the million.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let wanted = words.iter().position(|w| *w == "--cases").and_then(|i| words.get(i + 1));
    let count: usize = wanted.map_or(Ok(1_000_000), |n| n.parse().map_err(|_| format!("`{n}` is not a number")))?;
    let source = crate::eval_letters::folder(&crate::root().join("kb"))?;
    let start = Instant::now();
    let kb = Kb::load(source.clone()).map_err(|e| e.to_string())?;
    let first = start.elapsed();
    let loads: Vec<f64> = (0..9)
        .map(|_| {
            let source = source.clone();
            let (start, busy) = (Instant::now(), core_seconds());
            black_box(Kb::load(source)).map_err(|e| e.to_string())?;
            let busy = core_seconds() - busy;
            Ok(if busy > 0.0 { busy } else { start.elapsed().as_secs_f64() } * 1000.0)
        })
        .collect::<Result<_, String>>()?;
    let today: Date = "2026-11-23".parse().map_err(|_| "date")?;
    let cases = cases(&kb)?;
    // Every State's folder is read on first use; that belongs to loading.
    for case in &cases {
        black_box(rights::assess(case, &kb, today).counts());
    }
    let mut sorted = loads;
    sorted.sort_by(f64::total_cmp);
    println!(
        "knowledge base: {:.1} ms of one core to load (median of 9; first on the clock {:.1} ms)\n",
        sorted[sorted.len() / 2],
        first.as_secs_f64() * 1000.0
    );
    println!(
        "| what | cases | s on the clock | s of one core | cases/s of one core | µs per case | resident before → after |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut rights_listed = 0usize;
    table("clone the case (yardstick)", count, |n| {
        black_box(cases[n % cases.len()].clone());
    });
    table("assess: rules and days", count, |n| {
        rights_listed += black_box(rights::assess(&cases[n % cases.len()], &kb, today)).counts().0;
    });
    table("entitlements: with every sentence", count / 10, |n| {
        black_box(rights::entitlements(&cases[n % cases.len()], &kb, today));
    });
    println!("\n{:.1} rights and duties listed per case", rights_listed as f64 / count as f64);
    Ok(())
}

fn table(what: &str, count: usize, mut one: impl FnMut(usize)) {
    let before = resident_mb();
    let (start, busy) = (Instant::now(), core_seconds());
    (0..count).for_each(&mut one);
    let (wall, busy) = (start.elapsed().as_secs_f64(), core_seconds() - busy);
    let seconds = if busy > 0.0 { busy } else { wall };
    println!(
        "| {what} | {count} | {wall:.2} | {seconds:.2} | {:.0} | {:.2} | {before:.1} → {:.1} MB |",
        count as f64 / seconds,
        seconds * 1e6 / count as f64,
        resident_mb()
    );
}

/// Seconds this program has really run on a core (other programs on the machine do not count); 0 where unknown.
fn core_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn resident_mb() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Invented cases: each coverage at several stages, kinds of claim and States.
fn cases(kb: &Kb) -> Result<Vec<Case>, String> {
    let stages: [&[(&str, &str)]; 5] = [
        &[("notice_dated", "2026-10-01"), ("notice_received", "2026-10-06")],
        &[("notice_received", "2026-10-30")],
        &[("notice_dated", "2026-08-03"), ("appeal_filed", "2026-10-01"), ("appeal_received", "2026-10-05")],
        &[
            ("notice_dated", "2026-05-04"),
            ("final_notice_received", "2026-10-12"),
            ("external_request_received", "2026-11-02"),
        ],
        &[
            ("notice_received", "2026-11-20T10:00:00-05:00"),
            ("effective_date", "2026-12-05"),
            ("reconsideration_notice_dated", "2026-09-14"),
        ],
    ];
    let mut out = Vec::new();
    for coverage in kb.index().vocabulary().coverages.names() {
        for kind in ["pre_service", "post_service", "urgent", "concurrent"] {
            for state in ["CA", "NY", "TX", "FL", "WA", "OH", "MO", "PR", "IL", "MA"] {
                for stage in stages {
                    let mut case = Case::default();
                    case.coverage.kind = Some(coverage.into());
                    case.coverage.internal_levels = Some(1);
                    case.claim.kind = Some(kind.into());
                    case.claim.item = Some("service".into());
                    case.claim.amount_cents = Some(125_000);
                    case.patient.state = Some(state.into());
                    for (kind, when) in stage {
                        let date = When::parse(when)?;
                        case.events.push(Event { kind: (*kind).into(), date, evidence: None, note: None });
                    }
                    out.push(case);
                }
            }
        }
    }
    Ok(out)
}
