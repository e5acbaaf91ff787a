//! `cargo xtask eval opinions [-v] [NAME…]`: how well the check of opinion letters reads our labelled letters.
//!
//! Three folders of `tests/opinions/` are measured apart: `open` (rules were built with these in view), `heldout` (written
//! before the rules, for testing only) and `adversarial` (written after the first measurement, in another voice).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use facts::{Case, Document};
use opinion::Check;

#[path = "../../tests/opinions/page.rs"]
mod page;
use page::Labelled;

/// Runs the measurement.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let verbose = words.contains(&"-v");
    let only: Vec<&&str> = words.iter().filter(|w| **w != "-v").collect();
    let root = crate::root();
    let kb = load(&root.join("kb"))?;
    let checker = opinion::Checker::new(&kb).map_err(|e| e.to_string())?;
    conclusions(&root, &checker, verbose)?;
    for half in ["open", "heldout", "adversarial"] {
        let folder = root.join("tests/opinions").join(half);
        if !folder.exists() {
            continue;
        }
        let pages: Vec<Labelled> = page::read_folder(&folder)?
            .into_iter()
            .filter(|p| only.is_empty() || only.iter().any(|o| p.name.starts_with(**o) || half.starts_with(**o)))
            .collect();
        if pages.is_empty() {
            continue;
        }
        let mut score = Score::default();
        let mut spent = 0.0;
        for p in &pages {
            let case = Case::parse(&p.case).map_err(|e| format!("{}: {e}", p.name))?;
            let letter = Document::from_text(p.name.clone(), p.letter.clone());
            checker.check(&case, &letter);
            let begun = Instant::now();
            let check = checker.check(&case, &letter);
            spent += begun.elapsed().as_secs_f64();
            score.add(p, &check, verbose);
        }
        score.print(half, pages.len(), spent * 1000.0 / pages.len() as f64);
    }
    Ok(())
}

/// Short conclusions: outcome accuracy and dangerous errors.
fn conclusions(root: &Path, checker: &opinion::Checker, verbose: bool) -> Result<(), String> {
    let text = std::fs::read_to_string(root.join("tests/opinions/conclusions.toml")).map_err(|e| e.to_string())?;
    let all: page::Conclusions = toml::from_str(&text).map_err(|e| e.to_string())?;
    let (mut right, mut dangerous) = (0, 0);
    for c in &all.conclusion {
        let (case, letter) = c.as_letter()?;
        let check = checker.check(&case, &letter);
        right += usize::from(check.outcome == c.outcome);
        let adverse = matches!(c.outcome.as_str(), "against" | "conservative_first" | "needs_workup");
        let danger = adverse
            && (check.outcome == "confirms" || check.attach == "recommended" || check.attach == "after_changes");
        dangerous += usize::from(danger);
        if verbose && (check.outcome != c.outcome) {
            let on = check.outcome_quote.as_deref().unwrap_or("-");
            println!(
                "{}{} read as {}: [{}] {} ON: {on}",
                if danger { "DANGEROUS " } else { "" },
                c.outcome,
                check.outcome,
                c.service,
                c.says
            );
        }
    }
    println!(
        "== conclusions: outcome {right}/{} = {:.3}, dangerous {dangerous} ==",
        all.conclusion.len(),
        right as f64 / all.conclusion.len() as f64
    );
    Ok(())
}

fn load(folder: &Path) -> Result<kb::Kb, String> {
    fn walk(dir: &Path, base: &Path, out: &mut Vec<(String, String)>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(dir)?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, out)?;
            } else if let (Ok(text), Ok(rel)) = (std::fs::read_to_string(&path), path.strip_prefix(base)) {
                out.push((rel.to_string_lossy().replace('\\', "/"), text));
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(folder, folder, &mut files).map_err(|e| e.to_string())?;
    kb::Kb::load(kb::Source::new(files)).map_err(|e| e.to_string())
}

/// True positives, false positives, false negatives.
#[derive(Default, Clone, Copy)]
struct Counts {
    tp: usize,
    fp: usize,
    fn_: usize,
}

impl Counts {
    fn f1(self) -> f64 {
        let whole = 2 * self.tp + self.fp + self.fn_;
        if whole == 0 { 1.0 } else { 2.0 * self.tp as f64 / whole as f64 }
    }
}

#[derive(Default)]
struct Score {
    outcome_right: usize,
    confusion: BTreeMap<(String, String), usize>,
    dangerous: Vec<String>,
    state_right: usize,
    states: usize,
    per_state: BTreeMap<String, Counts>,
    per_element: BTreeMap<String, (usize, usize, Counts)>,
    reasons_right: usize,
    reasons: usize,
    hazard_sentence: Counts,
    hazard_kind: Counts,
    attach_right: usize,
    letters: usize,
}

impl Score {
    fn add(&mut self, p: &Labelled, c: &Check, verbose: bool) {
        self.letters += 1;
        let mut wrong = Vec::new();
        *self.confusion.entry((p.outcome.clone(), c.outcome.clone())).or_default() += 1;
        if p.outcome == c.outcome {
            self.outcome_right += 1;
        } else {
            wrong.push(format!(
                "outcome {} read as {} on: {}",
                p.outcome,
                c.outcome,
                c.outcome_quote.as_deref().unwrap_or("-")
            ));
        }
        if dangerous(p, c) {
            self.dangerous.push(format!("{}: {} → {} / {}", p.name, p.outcome, c.outcome, c.attach));
        }
        for e in &c.elements {
            let truth = p.elements.get(&e.element).map_or("?", String::as_str);
            self.states += 1;
            let entry = self.per_element.entry(e.element.clone()).or_default();
            entry.1 += 1;
            if truth == e.state {
                self.state_right += 1;
                entry.0 += 1;
            } else {
                wrong.push(format!(
                    "{} {} read as {} on: {}",
                    e.element,
                    truth,
                    e.state,
                    e.quote.as_deref().unwrap_or("-")
                ));
            }
            for s in ["present", "partial", "missing", "not_applicable"] {
                let one = self.per_state.entry(s.into()).or_default();
                count(one, truth == s, e.state == s);
                if s == "missing" {
                    count(&mut entry.2, truth == s, e.state == s);
                }
            }
        }
        for r in &c.reasons_answered {
            self.reasons += 1;
            let truth = p.reasons.get(&r.reason).map_or("?", String::as_str);
            if truth == r.state {
                self.reasons_right += 1;
            } else {
                wrong.push(format!(
                    "reason {} {} read as {} on: {}",
                    r.reason,
                    truth,
                    r.state,
                    r.quote.as_deref().unwrap_or("-")
                ));
            }
        }
        self.hazards(p, c, &mut wrong);
        if allowed(p).contains(&c.attach.as_str()) {
            self.attach_right += 1;
        } else {
            wrong.push(format!("attach {} read as {}", p.attach, c.attach));
        }
        if verbose && !wrong.is_empty() {
            println!("\n{}", p.name);
            wrong.iter().for_each(|w| println!("  {w}"));
        }
    }

    fn hazards(&mut self, p: &Labelled, c: &Check, wrong: &mut Vec<String>) {
        let same = |a: &str, b: &str| {
            let (a, b) = (cite::fold(a), cite::fold(b));
            a.contains(&b) || b.contains(&a) || overlap(&a, &b) > 0.6
        };
        let mut used = vec![false; c.hazards.len()];
        for (kind, quote) in &p.hazards {
            let hit = c
                .hazards
                .iter()
                .enumerate()
                .find(|(i, h)| !used[*i] && h.hazard == *kind && same(&h.quote, quote))
                .map(|h| h.0);
            match hit {
                Some(i) => {
                    used[i] = true;
                    self.hazard_sentence.tp += 1;
                }
                None => {
                    self.hazard_sentence.fn_ += 1;
                    wrong.push(format!("hazard {kind} not seen: {quote}"));
                }
            }
        }
        for (h, _) in c.hazards.iter().zip(&used).filter(|(_, u)| !**u) {
            self.hazard_sentence.fp += 1;
            wrong.push(format!("hazard {} seen: {}", h.hazard, h.quote));
        }
        for kind in ["guarantee", "adverse_statement", "beyond_specialty", "fact_not_in_record", "reviewer_attack"] {
            count(
                &mut self.hazard_kind,
                p.hazards.iter().any(|h| h.0 == kind),
                c.hazards.iter().any(|h| h.hazard == kind),
            );
        }
    }

    fn print(&self, half: &str, n: usize, ms: f64) {
        println!("\n== {half}: {n} letters, {ms:.1} ms each ==");
        println!(
            "outcome accuracy   {}/{} = {:.3}",
            self.outcome_right,
            self.letters,
            self.outcome_right as f64 / self.letters as f64
        );
        println!("dangerous errors   {}", self.dangerous.len());
        self.dangerous.iter().for_each(|d| println!("   {d}"));
        println!("element states     {:.3}", self.state_right as f64 / self.states as f64);
        for (s, c) in &self.per_state {
            println!("   F1 {s:<15} {:.3}", c.f1());
        }
        println!("reasons            {:.3}", self.reasons_right as f64 / self.reasons.max(1) as f64);
        println!(
            "hazards F1         {:.3} by sentence, {:.3} by kind",
            self.hazard_sentence.f1(),
            self.hazard_kind.f1()
        );
        println!("attach             {:.3}", self.attach_right as f64 / self.letters as f64);
        println!("confusion (truth → read):");
        for ((t, r), k) in &self.confusion {
            println!("   {t:<22} → {r:<22} {k}");
        }
        println!("per element: states right, F1 of missing");
        for (e, (right, all, c)) in &self.per_element {
            println!("   {e:<26} {right:>3}/{all:<3} {:.2}", c.f1());
        }
    }
}

fn count(c: &mut Counts, truth: bool, read: bool) {
    match (truth, read) {
        (true, true) => c.tp += 1,
        (false, true) => c.fp += 1,
        (true, false) => c.fn_ += 1,
        (false, false) => {}
    }
}

fn overlap(a: &str, b: &str) -> f64 {
    let words = |s: &str| s.split_whitespace().map(str::to_string).collect::<std::collections::BTreeSet<_>>();
    let (a, b) = (words(a), words(b));
    a.intersection(&b).count() as f64 / a.len().min(b.len()).max(1) as f64
}

/// Whether a letter that must not be attached is to be attached, or an adverse or conditional one reads as a yes.
fn dangerous(p: &Labelled, c: &Check) -> bool {
    let adverse = matches!(p.outcome.as_str(), "against" | "conservative_first" | "needs_workup");
    adverse && (c.outcome == "confirms" || c.attach == "recommended" || c.attach == "after_changes")
}

/// The attach decisions that `opinion-annotation.md` section 5 accepts for a letter.
fn allowed(p: &Labelled) -> Vec<&str> {
    let mut out = vec![p.attach.as_str()];
    out.extend(match (p.outcome.as_str(), p.attach.as_str()) {
        ("conservative_first" | "needs_workup", _) => &["person_decides"][..],
        ("unclear", _) => &["do_not_attach", "person_decides"],
        ("confirms_with_changes", _) | ("confirms", "person_decides") => &["after_changes"],
        _ => &[],
    });
    out
}
