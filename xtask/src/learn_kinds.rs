//! `cargo xtask learn kinds`: counts the weights of `kb/notice/kind_weights.toml` from labelled papers of every kind, and
//! `cargo xtask eval papers`: how well kinds of paper are told apart.
//!
//! One logistic regression over all kinds, with a penalty on large weights, fitted by L-BFGS from zero: the same papers give
//! the same file. Learned from are the open sets of `tests/letters/`, `tests/opinions/` and `tests/papers/`. `--check` reads each
//! set with weights that were counted without it.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use facts::Document;

use crate::eval_letters;
use crate::eval_opinions;
use crate::learn::fit::{Fit, Found};
use crate::learn::work::{each, fingerprint, places, write};
use notice::{MOST_WORDS, TOP_LINES};

/// Where the weights stand.
const FILE: &str = "notice/kind_weights.toml";
const FIT: Fit = Fit { cost: 30.0, rounds: 60 };
/// How far the kinds count alike, however many papers there are of each.
const EVENLY: f64 = 0.7;
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 8;
/// By how much another kind's sum must be higher to be taken: chosen with `--check`.
const CLEARLY: f32 = 0.2;
/// The same where the rules read a plan's notice and it has `least_words`.
const NO_NOTICE: f32 = 1.8;
/// The same where both are notices.
const AMONG_NOTICES: f32 = 1.0;
/// A paper of fewer words tells too little for that.
const LEAST_WORDS: usize = 60;
/// Parts of `tests/papers/open/` for `--check`: each in turn is read with weights counted without it.
const PARTS: usize = 4;

/// All kinds, in the order of their sums.
const KINDS: [&str; 12] = [
    "approval",
    "bill",
    "clinical_policy",
    "denial_letter",
    "eob",
    "insurance_card",
    "medical_record",
    "opinion_letter",
    "other",
    "plan_document",
    "request_for_information",
    "treating_letter",
];

/// What stands above the weights.
const HEAD: &str = "\
# What the words of a paper weigh for its kind. Made by `cargo xtask learn kinds` from the labelled papers of the open sets in
# tests/letters/, tests/opinions/ and tests/papers/ (all invented; the sets kept apart for measuring are not among them): do not edit
# by hand. `papers`: how many. `most_words`: the most words of a paper that are weighed; `top_lines`: how many lines are its top.
# One line per feature: `w:` one or two words of the paper, `t:` of its top, `b:` those that begin its lines, `k:` what the rules
# score for a kind, `s:` what it shows as a whole; a tab; `kind:hundredths` for each kind (counted from 0) that it counts for.
# Another kind than the rules' is taken where its sum is higher by more than `clearly`, or by more
# than `no_notice` where the rules read a plan's notice and it has `least_words`, and by more than `among_notices` where both are notices. Sums are never shown: they are no chances.
";

/// A paper and its kind.
struct Paper {
    set: String,
    document: Document,
    kind: String,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    match words {
        [] => count(),
        ["--check"] => check(),
        _ => Err("usage: cargo xtask learn kinds [--check]".into()),
    }
}

/// The papers of all open or of all closed sets.
fn papers(root: &Path, closed: bool) -> Result<Vec<Paper>, String> {
    let mut out = Vec::new();
    for (set, document, kind) in eval_letters::kinds(root, !closed)? {
        out.push(Paper { set, document, kind });
    }
    for (set, _) in eval_opinions::SETS.iter().filter(|(_, apart)| *apart == closed) {
        for page in eval_opinions::page::read_folder(&root.join("tests/opinions").join(set))? {
            let document = Document::from_text(page.name, page.letter);
            out.push(Paper { set: format!("opinions/{set}"), document, kind: "opinion_letter".into() });
        }
    }
    let folder = root.join("tests/papers").join(if closed { "closed" } else { "open" });
    let mut files = eval_letters::files(&folder)?;
    files.sort();
    for (i, (path, text)) in files.into_iter().enumerate() {
        let (kind, name) = path.split_once('/').ok_or_else(|| format!("{path}: stands in no folder of a kind"))?;
        let set = if closed { "papers".into() } else { format!("papers/{}", i % PARTS) };
        out.push(Paper { set, document: Document::from_text(name, text), kind: kind.into() });
    }
    match out.iter().find(|p| !KINDS.contains(&p.kind.as_str())) {
        Some(p) => Err(format!("{} ({}): no kind of paper is called {}", p.document.name, p.set, p.kind)),
        None => Ok(out),
    }
}

fn count() -> Result<(), String> {
    let root = crate::root();
    let papers = papers(&root, false)?;
    let found = features(&papers, &reader(None)?);
    println!("{} papers", papers.len());
    write(&root.join("kb").join(FILE), &counted(&papers, &found, &|_| true))
}

/// The reader with other weights than those of the knowledge base, or with none.
fn reader(weights: Option<String>) -> Result<notice::Reader, String> {
    eval_letters::reader_with(FILE, weights)
}

fn features(papers: &[Paper], reader: &notice::Reader) -> Vec<Vec<(String, f32)>> {
    each(papers.len(), |i| reader.kind_features(&papers[i].document))
}

/// The file's text, counted from the papers that `of` lets in.
fn counted(papers: &[Paper], found: &[Vec<(String, f32)>], of: &dyn Fn(&Paper) -> bool) -> String {
    let let_in: Vec<usize> = (0..papers.len()).filter(|i| of(&papers[*i])).collect();
    let names = places(let_in.iter().map(|i| found[*i].as_slice()));
    let at: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let kind = |p: &Paper| KINDS.iter().position(|k| *k == p.kind).unwrap_or_default();
    let sample = |i: &usize| -> (Found, usize) {
        let f = found[*i].iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect();
        (f, kind(&papers[*i]))
    };
    let weights =
        FIT.one_of_evenly::<{ KINDS.len() }>(&let_in.iter().map(sample).collect::<Vec<_>>(), names.len(), EVENLY);
    let bias: Vec<String> = weights[names.len() * KINDS.len()..].iter().map(|w| format!("{w:.3}")).collect();
    let kinds: Vec<String> = KINDS.iter().map(|k| format!("{k:?}")).collect();
    let mut out = format!(
        "{HEAD}papers = {}\nfingerprint = {:?}\nmost_words = {MOST_WORDS}\ntop_lines = {TOP_LINES}\nclearly = {CLEARLY:?}\nno_notice = {NO_NOTICE:?}\namong_notices = {AMONG_NOTICES:?}\nleast_words = {LEAST_WORDS}\nkinds = [{}]\nbias = [{}]\nweights = '''\n",
        let_in.len(),
        print_of(let_in.iter().map(|i| &papers[*i])),
        kinds.join(", "),
        bias.join(", "),
    );
    for (name, of_name) in names.iter().zip(weights.chunks(KINDS.len())) {
        let hundredths = of_name.iter().map(|w| (w * 100.0).round() as i32).enumerate();
        let line: Vec<String> =
            hundredths.filter(|(_, w)| w.abs() >= SMALLEST).map(|(k, w)| format!("{k}:{w}")).collect();
        if !line.is_empty() {
            let _ = writeln!(out, "{name}\t{}", line.join(" "));
        }
    }
    out.push_str("'''\n");
    out
}

/// By which the papers and their kinds can be known again.
fn print_of<'p>(papers: impl Iterator<Item = &'p Paper>) -> String {
    fingerprint(papers.flat_map(|p| p.document.pages.iter().map(|p| p.text.as_str()).chain([p.kind.as_str()])))
}

/// Right and all, by kind; and what was taken for what.
#[derive(Default)]
struct Tally {
    kinds: BTreeMap<String, (usize, usize)>,
    taken: BTreeMap<(String, String), Vec<String>>,
}

impl Tally {
    fn add(&mut self, papers: &[&Paper], reader: &notice::Reader) {
        let read = each(papers.len(), |i| reader.read(std::slice::from_ref(&papers[i].document)));
        for (paper, reading) in papers.iter().zip(read) {
            let kind = reading.documents.first().and_then(|d| d.kind.clone()).unwrap_or_default();
            let (right, all) = self.kinds.entry(paper.kind.clone()).or_default();
            *right += usize::from(kind == paper.kind);
            *all += 1;
            if kind != paper.kind {
                let name = format!("{}/{}", paper.set, paper.document.name);
                self.taken.entry((paper.kind.clone(), kind)).or_default().push(name);
            }
        }
    }

    fn print(&self, title: &str, names: bool) {
        let (right, all) = self.kinds.values().fold((0, 0), |(r, a), (right, all)| (r + right, a + all));
        println!(
            "\n### {title}: {right} of {all} ({:.3})\n\n| kind | right | of |\n|---|---|---|",
            right as f64 / all.max(1) as f64
        );
        for (kind, (right, all)) in &self.kinds {
            println!("| {kind} | {right} | {all} |");
        }
        for ((kind, taken), papers) in &self.taken {
            let which = if names { format!(": {}", papers.join(", ")) } else { String::new() };
            println!("- {kind} taken for {taken}: {}{which}", papers.len());
        }
    }
}

/// Each open set read with weights that were counted without it, beside what the rules alone read.
fn check() -> Result<(), String> {
    let papers = papers(&crate::root(), false)?;
    let rules = reader(None)?;
    let found = features(&papers, &rules);
    let (mut alone, mut left_out) = (Tally::default(), Tally::default());
    alone.add(&papers.iter().collect::<Vec<_>>(), &rules);
    let sets: std::collections::BTreeSet<&str> = papers.iter().map(|p| p.set.as_str()).collect();
    for set in sets {
        let with = reader(Some(counted(&papers, &found, &|p| p.set != set)))?;
        left_out.add(&papers.iter().filter(|p| p.set == set).collect::<Vec<_>>(), &with);
    }
    alone.print("rules alone", false);
    left_out.print("words and rules, each set left out in turn", true);
    Ok(())
}

/// `eval papers`: the closed sets, of which only totals are printed, with the weights of the knowledge base.
pub(crate) fn eval(words: &[&str]) -> Result<(), String> {
    if !words.is_empty() {
        return Err("usage: cargo xtask eval papers".into());
    }
    let papers = papers(&crate::root(), true)?;
    let kb = eval_opinions::load(&crate::root().join("kb"))?;
    let with = notice::Reader::new(&kb).map_err(|e| e.to_string())?;
    let rules = reader(None)?;
    for (title, of) in [("letters of plans", "letters"), ("second opinions", "opinions"), ("other papers", "papers")] {
        let chosen: Vec<&Paper> = papers
            .iter()
            .filter(|p| match of {
                "letters" => !p.set.starts_with("opinions") && p.set != "papers",
                _ => p.set.starts_with(of),
            })
            .collect();
        for (reader, how) in [(&rules, "rules alone"), (&with, "words and rules")] {
            let mut tally = Tally::default();
            tally.add(&chosen, reader);
            tally.print(&format!("closed, {title}, {how}"), false);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Papers or their kinds were changed since the weights were counted: `cargo xtask learn kinds` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_papers_that_are_there() {
        let root = crate::root();
        let papers = super::papers(&root, false).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(super::print_of(papers.iter())));
    }
}
