//! `cargo xtask learn spans`: counts the weights of `kb/notice/span_weights.toml`, by which values in words are read that no
//! rule found.
//!
//! For each field two logistic regressions over the words of the letters, that its value begins there and that it ends there,
//! with a penalty on large weights, fitted by L-BFGS from zero: the same letters give the same file. Learned from are the open
//! sets of `tests/letters/`; from which share a value is read is found as in [`crate::learn_gaps`].

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use notice::{WORDED, Word, likeliest, stretches};

use crate::eval_letters::{self, Valued, agrees};
use crate::learn::fit::Fit;
use crate::learn::named::{Named, biases, is_check, lines, of_sum};
use crate::learn::work::{each, write};
use crate::learn_gaps::{Top, of_field, pooled, print, print_of};

/// Where the weights stand.
const FILE: &str = "notice/span_weights.toml";
const FIT: Fit = Fit { cost: 1.0, rounds: 100 };
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 6;
/// Of the words that are no value one in so many is counted, and all that stand so near to one.
const ONE_IN: usize = 4;
const NEAR: usize = 4;

/// The share of a value that takes another's place.
const BETTER: f32 = 0.3;
/// So many wrong values show enough to drop or replace them.
const ENOUGH: usize = 4;

/// What stands above the weights.
const HEAD: &str = "\
# What stands around a word, weighed for whether a value begins or ends there that no rule found. Made by `cargo xtask learn spans` from
# the labelled letters of the open sets in tests/letters/ (all invented; the sets kept apart for measuring are not among them): do
# not edit by hand. `read_at`: the share from which a field's best stretch of words is read (1.0: never), found on sets left out.
# `dropped_below`: the share below which a value of the rules is not read; `replaced_below`: the same where another stretch has a share of
# `replaced_by` at least (0.0: never).
# One line per feature: `w:` the word, `l:` words and marks before (the nearest count most), `l0:` to `l2:` the last three by place, `p:`
# the last two or three together, `q:` the last one with the word, `r:` words after, `r0:` to `r2:` by place, `n:` the next two, `o:` the
# word with the next, `b:` its label beside, `u:` its label above, `f:` its form with those of its neighbors, `s:` its place; a tab;
# `sum:hundredths`: twice the field's number (counted from 0) for a beginning, one more for an end. Shares are never shown: they are no chances.
";

/// A letter with its words.
struct Letter {
    labels: Valued,
    open: Vec<&'static str>,
    words: Vec<Word>,
    /// For each word its features.
    features: Vec<Vec<(String, f32)>>,
    /// For each field of [`WORDED`]: its values in the letter, as folded words; whether the letter may be learned from.
    values: Vec<Values>,
}

/// What a letter says of a field.
#[derive(Default)]
struct Values {
    stated: Vec<Vec<String>>,
    /// Where values begin, and where they end.
    edges: [HashSet<usize>; 2],
    /// Words of values that careful readers could see differently.
    either: HashSet<usize>,
    /// A stated value stands nowhere in the letter as it is written.
    unclear: bool,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let check = is_check(words, "spans")?;
    let root = crate::root();
    let letters = letters(&root)?;
    println!("{} letters", letters.len());
    let left_out = tops(&letters);
    let least = pooled(&left_out);
    let read_at: Vec<f32> = left_out.iter().map(|tops| of_field(tops, least)).collect();
    print(WORDED.iter().copied(), &left_out, &read_at);
    let doubted: Vec<(f32, f32)> = left_out.iter().map(|tops| (dropped_below(tops), replaced_below(tops))).collect();
    for (field, (dropped, replaced)) in WORDED.iter().zip(&doubted) {
        println!("- {field}: dropped below {dropped}, replaced below {replaced}");
    }
    if check {
        return Ok(());
    }
    write(&root.join("kb").join(FILE), &counted(&letters, &read_at, &doubted))
}

fn letters(root: &Path) -> Result<Vec<Letter>, String> {
    let reader = eval_letters::reader_with(FILE, None)?;
    let labelled = eval_letters::valued(root)?;
    let read = each(labelled.len(), |i| reader.gap_words(&labelled[i].document));
    let letter = |(labels, (open, words)): (Valued, (Vec<&'static str>, Vec<Word>))| {
        let values = WORDED.iter().map(|field| values(&reader, &labels, field, &words)).collect();
        let features = words.iter().map(|w| w.features.clone().into_iter().collect()).collect();
        Letter { labels, open, words, features, values }
    };
    Ok(labelled.into_iter().zip(read).map(letter).collect())
}

fn values(reader: &notice::Reader, labels: &Valued, field: &str, words: &[Word]) -> Values {
    let mut out = Values::default();
    let found = |value: &[String]| -> Vec<usize> {
        let here = |at: &usize| words[*at..].iter().take(value.len()).map(|w| &w.norm).eq(value);
        (0..words.len()).filter(here).collect()
    };
    for (_, label) in labels.asked.iter().filter(|(f, _)| f == field) {
        let value = reader.folded_words(label);
        let places = found(&value);
        out.unclear |= places.is_empty();
        for at in places {
            out.edges[0].insert(at);
            out.edges[1].insert(at + value.len() - 1);
        }
        out.stated.push(value);
    }
    for (_, label) in labels.allowed.iter().filter(|(f, _)| f == field) {
        let Some(label) = label else {
            out.unclear = true;
            continue;
        };
        let value = reader.folded_words(label);
        for at in found(&value) {
            out.either.extend(at..at + value.len());
        }
    }
    out
}

/// The places of words that are counted for a field: letter and word.
fn counted_words(letters: &[Letter], field: usize, of: &dyn Fn(&Letter) -> bool) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (l, letter) in letters.iter().enumerate().filter(|(_, l)| of(l)) {
        let values = &letter.values[field];
        if values.unclear {
            continue;
        }
        let edge = |at: usize| values.edges.iter().any(|e| e.contains(&at));
        let near = |at: usize| (at.saturating_sub(NEAR)..=at + NEAR).any(edge);
        let counts = |at: &usize| near(*at) || (at + l).is_multiple_of(ONE_IN);
        let open = |at: &usize| edge(*at) || !values.either.contains(at);
        out.extend((0..letter.words.len()).filter(counts).filter(open).map(|at| (l, at)));
    }
    out
}

/// The weights of one sum: a field's beginnings or ends.
fn fitted<'l>(letters: &'l [Letter], words: &[(usize, usize)], field: usize, edge: usize) -> Named<'l> {
    let sample = |(l, at): &(usize, usize)| {
        let letter = &letters[*l];
        (letter.features[*at].as_slice(), letter.values[field].edges[edge].contains(at), 1.0)
    };
    Named::fitted(FIT, &words.iter().map(sample).collect::<Vec<_>>())
}

/// Below which share a value of the rules is dropped: wrong ones must be many times the right ones, on sets left out.
fn dropped_below(tops: &[Top]) -> f32 {
    let values: Vec<(f32, bool)> = tops.iter().flat_map(|t| t.read_by_rules.iter().copied()).collect();
    sound(|least, right| values.iter().filter(|(share, r)| share < least && *r == right).count())
}

/// The same where the likeliest stretch is another one, with a share of [`BETTER`] at least, and is right more often.
fn replaced_below(tops: &[Top]) -> f32 {
    let best = |t: &Top| t.read_by_rules.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0));
    let pairs: Vec<(f32, bool, bool)> = tops
        .iter()
        .filter(|t| t.share >= BETTER)
        .filter_map(|t| best(t).map(|(share, right)| (share, right, t.right)))
        .collect();
    sound(|least, right| {
        let worse = |(share, rules, ours): &&(f32, bool, bool)| {
            share < least && if right { *rules && !*ours } else { !*rules && *ours }
        };
        pairs.iter().filter(worse).count()
    })
}

/// The largest share below which `ENOUGH` wrong values fall and a fifth as many right ones at most.
fn sound(below: impl Fn(&f32, bool) -> usize) -> f32 {
    let fits = |least: &f32| {
        let (right, wrong) = (below(least, true), below(least, false));
        wrong >= ENOUGH && 5 * right <= wrong
    };
    [0.06, 0.04, 0.03, 0.02, 0.015, 0.01, 0.005].into_iter().find(fits).unwrap_or(0.0)
}

/// For each field its likeliest stretch in each letter, with weights counted without the letter's set.
fn tops(letters: &[Letter]) -> Vec<Vec<Top>> {
    let sets: Vec<&str> = letters.iter().map(|l| l.labels.set.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let work = WORDED.len() * sets.len();
    let parts = each(work, |i| {
        let (field, set) = (i / sets.len(), sets[i % sets.len()]);
        let words = counted_words(letters, field, &|l| l.labels.set != set);
        let sums = [0, 1].map(|edge| fitted(letters, &words, field, edge));
        letters.iter().filter(|l| l.labels.set == set).filter_map(|l| top(l, field, &sums)).collect::<Vec<_>>()
    });
    let mut out: Vec<Vec<Top>> = WORDED.iter().map(|_| Vec::new()).collect();
    for (i, part) in parts.into_iter().enumerate() {
        out[i / sets.len()].extend(part);
    }
    out
}

fn top(letter: &Letter, field: usize, sums: &[Named; 2]) -> Option<Top> {
    let of = |at: usize, edge: usize| sums[edge].share(&letter.features[at]);
    let name = WORDED[field];
    let (share, first, last) = likeliest(&letter.words, name, |at| (of(at, 0), of(at, 1)))?;
    let read: Vec<&str> = letter.words[first..=last].iter().map(|w| w.norm.as_str()).collect();
    let read = read.join(" ");
    let values = &letter.values[field];
    let stated = values.stated.iter().any(|v| agrees(name, &v.join(" "), &read));
    let own = |(first, last): &(usize, usize)| {
        let value: Vec<&str> = letter.words[*first..=*last].iter().map(|w| w.norm.as_str()).collect();
        let right = values.stated.iter().any(|v| agrees(name, &v.join(" "), &value.join(" ")))
            || (*first..=*last).all(|at| values.either.contains(&at));
        ((of(*first, 0) * of(*last, 1)).sqrt(), right)
    };
    let read_by_rules = stretches(&letter.words, name).iter().map(own).collect();
    let any = letter.labels.allowed.iter().any(|(f, v)| f == name && v.is_none());
    if any && !stated {
        return None; // whatever is read there tells nothing
    }
    let right = stated || (first..=last).all(|at| values.either.contains(&at));
    Some(Top {
        share,
        right,
        gap: letter.open.contains(&name),
        stated: !values.stated.is_empty(),
        what: format!("{}/{}: {read}", letter.labels.set, letter.labels.document.name),
        read_by_rules,
    })
}

fn counted(letters: &[Letter], read_at: &[f32], doubted: &[(f32, f32)]) -> String {
    let fits = each(2 * WORDED.len(), |i| fitted(letters, &counted_words(letters, i / 2, &|_| true), i / 2, i % 2));
    let names: Vec<String> = WORDED.iter().map(|f| format!("{f:?}")).collect();
    let list =
        |of: fn(&(f32, f32)) -> f32| doubted.iter().map(|d| format!("{:.3}", of(d))).collect::<Vec<_>>().join(", ");
    let shares: Vec<String> = read_at.iter().map(|s| format!("{s:.2}")).collect();
    format!(
        "{HEAD}letters = {}\nfingerprint = {:?}\nfields = [{}]\nread_at = [{}]\ndropped_below = [{}]\nreplaced_below = [{}]\nreplaced_by = {BETTER:?}\nbias = [{}]\nweights = '''\n{}'''\n",
        letters.len(),
        print_of(letters.iter().map(|l| &l.labels)),
        names.join(", "),
        shares.join(", "),
        list(|d| d.0),
        list(|d| d.1),
        biases(&fits),
        lines(&fits, SMALLEST, of_sum),
    )
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Letters or their labels were changed since the weights were counted: `cargo xtask learn spans` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_letters_that_are_there() {
        let root = crate::root();
        let letters = crate::eval_letters::valued(&root).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(super::print_of(letters.iter())));
    }
}
