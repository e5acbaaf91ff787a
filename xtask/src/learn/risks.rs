//! `cargo xtask learn risks`: counts the weights of `kb/opinions/risks.toml`, which sentences could harm the letter.
//!
//! Counted from the sentences that the open labelled letters name as hazards, and from the passages of `tests/opinions/risks/`,
//! written for this: such sentences are rare in letters. The share from which a kind is heard is found on letters alone, each
//! set read by weights that never saw it: in the passages they are far more frequent than in life.

use std::path::{Path, PathBuf};

use facts::{Case, Document};
use opinion::{Checker, RISKS};

use super::fit::{Fit, Found, share};
use super::folds::FOLDS;
use super::work::{each, fingerprint, places, write};
use super::{Asked, best_threshold, by_name, found, heard_at, lines};
use crate::eval_opinions::{self, page};

pub(super) const FILE: &str = "opinions/risks.toml";

const FIT: Fit = Fit { cost: 5.0, rounds: 60 };
/// Features whose largest weight is below this many hundredths are left out.
const SMALLEST: i32 = 25;

/// One in so many named sentences may be lost because the letter is cut into sentences otherwise.
const MOST_LOST: usize = 20;

const HEAD: &str = "\
# What words of a sentence of a second-opinion letter weigh for a hazard in it. Made by `cargo xtask learn risks` from the
# sentences that labelled letters in tests/opinions/ name as one and from the passages in tests/opinions/risks/ (all invented):
# do not edit by hand. `letters` (passages among them), `sentences`: how many. One line per feature: `w:` words, `c:` letters of a
# word, `g:` how it stands to what was asked for, `q:` the writer's cues in order, `a:` cues, `x:` what the rules hear and whose
# field the sentence speaks of (crates/opinion/src/check/risks.rs); a tab; hundredths for each kind in order.
# `heard_at`: the share from which a kind is heard, the one that was right most often on sets left out when it was counted.
# Shares are never shown: they are no chances.
";

/// What is weighed of a text's sentences, each with the kinds of hazard it is.
struct Counted {
    /// None for a passage.
    set: Option<String>,
    sentences: Vec<Weighed>,
}

/// The features of a sentence, and which kinds of hazard it is.
type Weighed = (Vec<(String, f32)>, [bool; RISKS.len()]);

/// A text with the sentences that are named in it.
struct Text {
    set: Option<String>,
    case: Case,
    letter: Document,
    hazards: Vec<(String, String)>,
}

/// Counts the weights and writes them.
pub(super) fn run(root: &Path, checker: &Checker, asked: &Asked) -> Result<(), String> {
    let texts = texts(root, &asked.without)?;
    let counted = counted(checker, &texts)?;
    let names = places(counted.iter().flat_map(|t| &t.sentences).map(|s| s.0.as_slice()));
    let file = asked.kb.join(FILE);
    let heard = if asked.keep_heard { Some(heard_at(&root.join("kb").join(FILE))?) } else { None };
    let all: Vec<&Counted> = counted.iter().collect();
    let columns = each(RISKS.len(), |k| {
        let weights = weights(&all, &names, k);
        let threshold = heard.as_ref().and_then(|h| h.get(k)).copied().unwrap_or_else(|| {
            let (threshold, right) = best_threshold(&left_out(&counted, k));
            let told = all.iter().flat_map(|t| &t.sentences).filter(|s| s.1[k]).count();
            println!("{:20} {told:4} sentences, F1 on sets left out {right:.3} from {threshold}", RISKS[k]);
            threshold
        });
        (weights, threshold)
    });
    let (columns, heard_at): (Vec<Vec<f64>>, Vec<f64>) = columns.into_iter().unzip();
    let list = |numbers: Vec<f64>| numbers.iter().map(|b| format!("{b:.3}")).collect::<Vec<_>>().join(", ");
    let signs: Vec<String> = RISKS.iter().map(|o| format!("{o:?}")).collect();
    let mut out = format!(
        "{HEAD}letters = {}\nsentences = {}\nfingerprint = {:?}\nsigns = [{}]\nbias = [{}]\nheard_at = [{}]\nweights = '''\n",
        texts.len(),
        counted.iter().map(|t| t.sentences.len()).sum::<usize>(),
        print_of(&texts),
        signs.join(", "),
        list(columns.iter().filter_map(|c| c.last().copied()).collect()),
        list(heard_at)
    );
    lines(&names, |i| columns.iter().map(|c| c[i]).collect(), SMALLEST, &mut out);
    write(&file, &out)
}

/// The weights for a kind, counted from some texts.
fn weights(of: &[&Counted], names: &[&str], kind: usize) -> Vec<f64> {
    let at = by_name(names);
    let sentences = || of.iter().flat_map(|t| &t.sentences);
    let samples: Vec<Found> = sentences().map(|s| found(&at, &s.0)).collect();
    let told: Vec<(&Found, bool)> = samples.iter().zip(sentences()).map(|(f, s)| (f, s.1[kind])).collect();
    FIT.yes_or_no(&told, names.len())
}

/// How far each sentence of a letter is a hazard by weights counted without the sets of its fold, with the truth.
fn left_out(counted: &[Counted], kind: usize) -> Vec<(f64, bool)> {
    let mut out = Vec::new();
    for fold in FOLDS {
        let of_fold = |t: &&Counted| t.set.as_deref().is_some_and(|s| fold.contains(&s));
        let (apart, rest): (Vec<&Counted>, Vec<&Counted>) = counted.iter().partition(of_fold);
        let names = places(rest.iter().flat_map(|t| &t.sentences).map(|s| s.0.as_slice()));
        let weights = weights(&rest, &names, kind);
        let (at, bias) = (by_name(&names), weights.last().copied().unwrap_or_default());
        let sum = |f: &Found| bias + f.iter().map(|(i, v)| weights[*i] * v).sum::<f64>();
        out.extend(apart.iter().flat_map(|t| &t.sentences).map(|s| (share(sum(&found(&at, &s.0))), s.1[kind])));
    }
    out
}

fn counted(checker: &Checker, texts: &[Text]) -> Result<Vec<Counted>, String> {
    let one = |i: usize| {
        let t = &texts[i];
        let risky = checker.risky(&t.case, &t.letter);
        let named =
            |raw: &str, kind: &str| t.hazards.iter().any(|(k, sentence)| k == kind && is_the_same(raw, sentence));
        let sentences: Vec<_> =
            risky.into_iter().map(|(raw, features)| (features, RISKS.map(|kind| named(&raw, kind)))).collect();
        let heard = sentences.iter().map(|s| s.1.iter().filter(|is| **is).count()).sum::<usize>();
        let named = t.hazards.iter().filter(|(k, _)| RISKS.contains(&k.as_str())).count();
        (named, named.saturating_sub(heard), Counted { set: t.set.clone(), sentences })
    };
    let all = each(texts.len(), one);
    // A sentence that is cut otherwise than it is quoted would be counted as harmless.
    let (named, lost) = all.iter().fold((0, 0), |sum, (n, l, _)| (sum.0 + n, sum.1 + l));
    if lost * MOST_LOST > named {
        return Err(format!("{lost} of {named} sentences that are named as hazards are not found in their texts"));
    }
    println!("{named} sentences named, {lost} not found");
    Ok(all.into_iter().map(|(.., counted)| counted).collect())
}

/// Whether a sentence of a letter is the one that is named, or most of it.
fn is_the_same(sentence: &str, named: &str) -> bool {
    let (sentence, named) = (cite::fold(sentence), cite::fold(named));
    sentence.contains(&named) || named.contains(&sentence) && sentence.len() * 2 >= named.len()
}

/// The open labelled letters and the passages.
fn texts(root: &Path, without: &[String]) -> Result<Vec<Text>, String> {
    let mut out = passages(root)?;
    let folder = root.join("tests/opinions");
    for (set, _) in eval_opinions::SETS.iter().filter(|s| !s.1 && !without.iter().any(|w| w == s.0)) {
        for p in page::read_folder(&folder.join(set))? {
            let case = Case::parse(&p.case).map_err(|e| format!("{}: {e}", p.name))?;
            let letter = Document::from_text(&p.name, p.letter.as_str());
            out.push(Text { set: Some((*set).into()), case, letter, hazards: p.hazards });
        }
    }
    Ok(out)
}

/// The passages: blocks `== name`, `field:`, `diagnosis:`, `service:`, the text, and lines `hazard kind | sentence`.
fn passages(root: &Path) -> Result<Vec<Text>, String> {
    let folder = root.join("tests/opinions/risks");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x == "txt")).collect();
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        for block in text.split("\n== ").map(|b| b.trim_start_matches("== ")).filter(|b| !b.trim().is_empty()) {
            out.push(passage(block).map_err(|e| format!("{}: {e}", file.display()))?);
        }
    }
    Ok(out)
}

fn passage(block: &str) -> Result<Text, String> {
    let (name, rest) = block.split_once('\n').ok_or("a block of one line")?;
    let (mut hazards, mut body) = (Vec::new(), Vec::new());
    let mut head = std::collections::HashMap::new();
    for line in rest.lines() {
        if let Some((kind, sentence)) = line.strip_prefix("hazard ").and_then(|l| l.split_once(" | ")) {
            if !RISKS.contains(&kind) {
                return Err(format!("{name}: no such kind: {kind}"));
            }
            hazards.push((kind.to_owned(), sentence.trim().to_owned()));
        } else if let Some((key, value)) = line
            .split_once(": ")
            .filter(|(key, _)| matches!(*key, "field" | "diagnosis" | "service") && body.is_empty())
        {
            head.insert(key, value);
        } else {
            body.push(line);
        }
    }
    let get = |key: &str| head.get(key).copied().ok_or(format!("{name}: no `{key}:`"));
    let case = format!(
        "[patient]\nname = \"Alex Jones\"\n[coverage]\nissuer = \"Plainview Health\"\n[claim]\nservice = {:?}\ndiagnosis = {:?}\n[[denial]]\nreason = \"not_medically_necessary\"\n[treating_physician]\nname = \"Dr. Ruth Vance\"",
        get("service")?,
        get("diagnosis")?
    );
    let letter = format!(
        "Robin Writer, MD\n{}\nNovember 2, 2026\n\nRe: Alex Jones\n\nDear Colleague,\n\nI am board certified in {}.\n\n{}\n\nSincerely,\n/s/ Robin Writer, MD",
        get("field")?,
        get("field")?,
        body.join("\n").trim()
    );
    Ok(Text {
        set: None,
        case: Case::parse(&case).map_err(|e| format!("{name}: {e}"))?,
        letter: Document::from_text("passage", letter),
        hazards,
    })
}

fn print_of(texts: &[Text]) -> String {
    fingerprint(texts.iter().flat_map(|t| {
        let pages = t.letter.pages.iter().map(|p| p.text.as_str());
        let hazards = t.hazards.iter().flat_map(|(kind, sentence)| [kind.as_str(), sentence.as_str()]);
        pages.chain(hazards).collect::<Vec<_>>()
    }))
}

#[cfg(test)]
mod tests {
    use super::super::work;

    /// Letters, passages or what they name were changed since the weights were counted: `cargo xtask learn risks`.
    #[test]
    fn what_could_harm_was_counted_from_the_texts_that_are_there() {
        let root = crate::root();
        let texts = super::texts(&root, &[]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(work::kept(&root.join("kb").join(super::FILE)), Some(super::print_of(&texts)));
    }
}
