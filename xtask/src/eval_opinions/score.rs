//! Counts of right and wrong readings of opinion letters, and their printing.

use std::collections::BTreeMap;

use opinion::Check;

use super::page::Labelled;

/// How much of the mistakes is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Details {
    /// Figures over the whole set only.
    Totals,
    /// Also tables by element, reason and kind of hazard.
    Tables,
    /// Also every mistake.
    Mistakes,
}

/// True positives, false positives, false negatives.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    tp: usize,
    fp: usize,
    fn_: usize,
}

impl Counts {
    fn note(&mut self, truth: bool, read: bool) {
        match (truth, read) {
            (true, true) => self.tp += 1,
            (false, true) => self.fp += 1,
            (true, false) => self.fn_ += 1,
            (false, false) => {}
        }
    }

    fn f1(self) -> f64 {
        let whole = 2 * self.tp + self.fp + self.fn_;
        if whole == 0 { 1.0 } else { 2.0 * self.tp as f64 / whole as f64 }
    }
}

/// Right ones out of all.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Share {
    right: usize,
    all: usize,
}

impl Share {
    pub(crate) fn note(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&share(self.right, self.all))
    }
}

/// `27/32 = 0.844`
pub(super) fn share(right: usize, all: usize) -> String {
    format!("{right}/{all} = {:.3}", right as f64 / all.max(1) as f64)
}

const HAZARDS: [&str; 5] =
    ["guarantee", "adverse_statement", "beyond_specialty", "fact_not_in_record", "reviewer_attack"];
const STATES: [&str; 4] = ["present", "partial", "missing", "not_applicable"];

/// The tally of one set of letters.
#[derive(Debug, Default)]
pub(crate) struct Score {
    outcome: Share,
    confusion: BTreeMap<(String, String), usize>,
    dangerous: Vec<String>,
    states: Share,
    per_state: BTreeMap<String, Counts>,
    per_element: BTreeMap<String, (Share, BTreeMap<String, Counts>)>,
    reasons: Share,
    per_reason_state: BTreeMap<String, Counts>,
    per_reason: BTreeMap<String, Share>,
    hazard_sentence: Counts,
    hazard_kind: Counts,
    per_hazard: BTreeMap<&'static str, Counts>,
    attach: Share,
}

impl Score {
    /// Compares one check with the label.
    pub(crate) fn add(&mut self, p: &Labelled, c: &Check, details: Details) {
        let mut wrong = Vec::new();
        self.outcome(p, c, &mut wrong);
        self.elements(p, c, &mut wrong);
        self.reasons(p, c, &mut wrong);
        self.hazards(p, c, &mut wrong);
        let attached = allowed(p).contains(&c.attach.as_str());
        self.attach.note(attached);
        if !attached {
            wrong.push(format!("attach {} read as {}", p.attach, c.attach));
        }
        if details == Details::Mistakes && !wrong.is_empty() {
            println!("\n{}", p.name);
            wrong.iter().for_each(|w| println!("  {w}"));
        }
    }

    fn outcome(&mut self, p: &Labelled, c: &Check, wrong: &mut Vec<String>) {
        *self.confusion.entry((p.outcome.clone(), c.outcome.clone())).or_default() += 1;
        self.outcome.note(p.outcome == c.outcome);
        if p.outcome != c.outcome {
            wrong.push(format!(
                "outcome {} read as {} on: {}",
                p.outcome,
                c.outcome,
                quote(c.outcome_quote.as_deref())
            ));
        }
        if dangerous(&p.outcome, Some(&p.attach), c) {
            self.dangerous.push(format!("{}: {} → {} / {}", p.name, p.outcome, c.outcome, c.attach));
        }
    }

    fn elements(&mut self, p: &Labelled, c: &Check, wrong: &mut Vec<String>) {
        for e in &c.elements {
            let truth = p.elements.get(&e.element).map_or("?", String::as_str);
            let (share, counts) = self.per_element.entry(e.element.clone()).or_default();
            self.states.note(truth == e.state);
            share.note(truth == e.state);
            if truth != e.state {
                wrong.push(format!("{} {truth} read as {} on: {}", e.element, e.state, quote(e.quote.as_deref())));
            }
            for s in STATES {
                self.per_state.entry(s.into()).or_default().note(truth == s, e.state == s);
                counts.entry(s.into()).or_default().note(truth == s, e.state == s);
            }
        }
    }

    fn reasons(&mut self, p: &Labelled, c: &Check, wrong: &mut Vec<String>) {
        for r in &c.reasons_answered {
            let truth = p.reasons.get(&r.reason).map_or("?", String::as_str);
            self.reasons.note(truth == r.state);
            self.per_reason.entry(r.reason.clone()).or_default().note(truth == r.state);
            for s in ["answered", "touched", "unanswered"] {
                self.per_reason_state.entry(s.into()).or_default().note(truth == s, r.state == s);
            }
            if truth != r.state {
                wrong.push(format!(
                    "reason {} {truth} read as {} on: {}",
                    r.reason,
                    r.state,
                    quote(r.quote.as_deref())
                ));
            }
        }
    }

    fn hazards(&mut self, p: &Labelled, c: &Check, wrong: &mut Vec<String>) {
        let mut used = vec![false; c.hazards.len()];
        for (kind, sentence) in &p.hazards {
            let hit = c
                .hazards
                .iter()
                .zip(&used)
                .position(|(h, u)| !*u && h.hazard == *kind && same_sentence(&h.quote, sentence));
            match hit {
                Some(i) => {
                    used[i] = true;
                    self.hazard_sentence.tp += 1;
                }
                None => {
                    self.hazard_sentence.fn_ += 1;
                    wrong.push(format!("hazard {kind} not seen: {sentence}"));
                }
            }
        }
        for (h, _) in c.hazards.iter().zip(&used).filter(|(_, u)| !**u) {
            self.hazard_sentence.fp += 1;
            wrong.push(format!("hazard {} seen: {}", h.hazard, h.quote));
        }
        for kind in HAZARDS {
            let (truth, read) = (p.hazards.iter().any(|h| h.0 == kind), c.hazards.iter().any(|h| h.hazard == kind));
            self.hazard_kind.note(truth, read);
            self.per_hazard.entry(kind).or_default().note(truth, read);
        }
    }

    /// The totals on one line.
    pub(super) fn line(&self) -> String {
        let missing = self.per_state.get("missing").copied().unwrap_or_default().f1();
        format!(
            "outcome {}, dangerous {}, states {}, missing F1 {missing:.3}, reasons {}, hazards F1 {:.3} / {:.3}, attach {}",
            self.outcome,
            self.dangerous.len(),
            self.states,
            self.reasons,
            self.hazard_kind.f1(),
            self.hazard_sentence.f1(),
            self.attach
        )
    }

    /// Prints the figures.
    pub(crate) fn print(&self, details: Details) {
        println!("outcome accuracy   {}", self.outcome);
        println!("dangerous errors   {}", self.dangerous.len());
        println!("element states     {}", self.states);
        for (s, c) in &self.per_state {
            println!("   F1 {s:<15} {:.3}", c.f1());
        }
        println!("reasons            {}", self.reasons);
        for (s, c) in &self.per_reason_state {
            println!("   F1 {s:<15} {:.3}", c.f1());
        }
        println!(
            "hazards F1         {:.3} by sentence, {:.3} by kind",
            self.hazard_sentence.f1(),
            self.hazard_kind.f1()
        );
        println!("attach             {}", self.attach);
        println!("confusion (truth → read):");
        for ((t, r), k) in &self.confusion {
            println!("   {t:<22} → {r:<22} {k}");
        }
        if details != Details::Totals {
            self.print_tables();
        }
    }

    fn print_tables(&self) {
        self.dangerous.iter().for_each(|d| println!("DANGEROUS {d}"));
        println!("per element: states right; F1 of present, partial, missing");
        for (e, (share, counts)) in &self.per_element {
            let f1 = |s: &str| counts.get(s).copied().unwrap_or_default().f1();
            println!("   {e:<26} {share:<16} {:.2} {:.2} {:.2}", f1("present"), f1("partial"), f1("missing"));
        }
        println!("per reason: states right");
        self.per_reason.iter().for_each(|(r, share)| println!("   {r:<30} {share}"));
        println!("per kind of hazard: F1");
        self.per_hazard.iter().for_each(|(k, c)| println!("   {k:<30} {:.2}", c.f1()));
    }
}

fn quote(q: Option<&str>) -> &str {
    q.unwrap_or("-")
}

/// Whether two quotes are the same sentence, or one lies in the other.
fn same_sentence(a: &str, b: &str) -> bool {
    let (a, b) = (cite::fold(a), cite::fold(b));
    a.contains(&b) || b.contains(&a) || overlap(&a, &b) > 0.6
}

fn overlap(a: &str, b: &str) -> f64 {
    let words = |s: &str| s.split_whitespace().map(str::to_string).collect::<std::collections::BTreeSet<_>>();
    let (a, b) = (words(a), words(b));
    a.intersection(&b).count() as f64 / a.len().min(b.len()).max(1) as f64
}

/// Dangerous (end of the decision rules): a letter that must not be attached is to be attached, or an adverse or conditional
/// one reads as a yes.
pub(super) fn dangerous(outcome: &str, attach: Option<&str>, c: &Check) -> bool {
    let adverse = matches!(outcome, "against" | "conservative_first" | "needs_workup");
    let barred = adverse || attach == Some("do_not_attach");
    barred && matches!(c.attach.as_str(), "recommended" | "after_changes") || adverse && c.outcome == "confirms"
}

/// The attach decisions that section 5 of the decision rules accepts for a letter.
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
