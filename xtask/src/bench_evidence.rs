//! Decided reviews: import, index and search at size; and how well shrunken rates of the older years say those of the last two.
//!
//! The rows are the public file's own, repeated to the size asked; they are read from `../shared/data` and stay there.

use std::collections::BTreeMap;
use std::time::Instant;

use evidence::decisions::{Decision, Index, Narrow, Ruling, import};

const FILE: &str = "imr/dmhc_2001_2016.csv";
/// How many earlier cases a cell's own rate is weighed against: the strength of the shrinkage.
const STRENGTH: f64 = 30.0;

/// Runs the measurement over so many rows (100 000 without a number).
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let rows: usize = words.first().map_or(Ok(100_000), |w| w.parse()).map_err(|_| "how many rows?".to_string())?;
    let kb = kb::Kb::load(crate::eval_criteria::source(&crate::root().join("kb"))?).map_err(|e| e.to_string())?;
    let named = std::env::var_os("CORROBORATE_DATA").map(std::path::PathBuf::from);
    let path = named.unwrap_or_else(|| crate::root().join("../shared/data")).join(FILE);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no shared data ({FILE})");
        return Ok(());
    };
    let (head, body) = text.split_once('\n').ok_or("the file has no header")?;
    let lines: Vec<&str> = body.lines().collect();
    let mut big = format!("{head}\n");
    for i in 0..rows {
        big.push_str(lines[i % lines.len()]);
        big.push('\n');
    }
    let start = Instant::now();
    let imported = import("large.csv", big.as_bytes(), &kb).map_err(|e| e.to_string())?;
    let read = start.elapsed();
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let start = Instant::now();
    let index = Index::in_folder(folder.path(), &imported.decisions).map_err(|e| e.to_string())?;
    let built = start.elapsed();
    let entries = std::fs::read_dir(folder.path()).map_err(|e| e.to_string())?;
    let size: u64 = entries.filter_map(|e| Some(e.ok()?.metadata().ok()?.len())).sum();
    let ratio = size as f64 / big.len() as f64;
    println!("| what | measured | goal |\n|---|---|---|");
    println!(
        "| import of {} decisions | {:.2} s | ≤ 20 s with the index |",
        imported.decisions.len(),
        read.as_secs_f64()
    );
    println!("| index of them | {:.2} s | |", built.as_secs_f64());
    println!("| index size / text size | {ratio:.2} | ≤ 1.5 |");
    let mut times = Vec::new();
    let upheld = Narrow { ruling: Some(Ruling::Upheld), ..Narrow::default() };
    for d in imported.decisions.iter().step_by((rows / 500).max(1)) {
        let words = format!("{} {}", d.diagnosis, d.treatment);
        // The fastest of five: the machine is shared, and what others do on it is not the search.
        let mut fastest = f64::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            index.search(&words, &upheld, 10).map_err(|e| e.to_string())?;
            fastest = fastest.min(start.elapsed().as_secs_f64() * 1000.0);
        }
        times.push(fastest);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    println!(
        "| search, warm, {} searches, each the fastest of five: p50 / p95 | {:.2} / {:.2} ms | p95 ≤ 5 ms |",
        times.len(),
        at(0.5),
        at(0.95)
    );
    rates(&text, &kb)
}

/// Overturned and decided of a group.
#[derive(Default, Clone, Copy)]
struct Cell {
    overturned: f64,
    decided: f64,
}

/// The last two years are kept apart; the older ones give the rates.
fn rates(text: &str, kb: &kb::Kb) -> Result<(), String> {
    let all = import(FILE, text.as_bytes(), kb).map_err(|e| e.to_string())?.decisions;
    let last = all.iter().filter_map(|d| d.year).max().ok_or("no years")?;
    let (old, new): (Vec<&Decision>, Vec<&Decision>) = all.iter().partition(|d| d.year.is_some_and(|y| y < last - 1));
    let key = |d: &Decision| format!("{}|{}|{}", d.kind, d.diagnosis, d.treatment);
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    let mut total = Cell::default();
    for d in old {
        for cell in [cells.entry(key(d)).or_default(), &mut total] {
            cell.decided += 1.0;
            cell.overturned += f64::from(u8::from(d.ruling == Ruling::Overturned));
        }
    }
    let overall = total.overturned / total.decided;
    let shrunken = |d: &Decision| {
        let c = cells.get(&key(d)).copied().unwrap_or_default();
        (c.overturned + STRENGTH * overall) / (c.decided + STRENGTH)
    };
    let n = new.len() as f64;
    let hit = |d: &Decision| f64::from(u8::from(d.ruling == Ruling::Overturned));
    let brier = |rate: &dyn Fn(&Decision) -> f64| new.iter().map(|d| (rate(d) - hit(d)).powi(2)).sum::<f64>() / n;
    println!(
        "\n| rates from before {}, held against {} decisions of {} and {last} | Brier score |\n|---|---|---|",
        last - 1,
        new.len(),
        last - 1
    );
    println!("| plain overall rate ({overall:.3}) | {:.4} |", brier(&|_| overall));
    println!("| shrunken rate of the cell (strength {STRENGTH}) | {:.4} |", brier(&shrunken));
    let mut bins: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
    for d in &new {
        let rate = shrunken(d);
        let bin = bins.entry((rate * 10.0) as usize).or_default();
        bin.0 += 1.0;
        bin.1 += rate;
        bin.2 += hit(d);
    }
    println!("\n| shrunken rate | n | mean rate said | share overturned |\n|---|---|---|---|");
    for (bin, (count, said, was)) in bins {
        println!("| {} to {} in 100 | {count} | {:.3} | {:.3} |", bin * 10, bin * 10 + 10, said / count, was / count);
    }
    Ok(())
}
