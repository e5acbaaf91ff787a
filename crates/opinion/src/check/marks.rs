//! Marks: what a sentence holds when words of certain classes stand together in it.
//!
//! `kb/opinions/marks/` has classes of words (`offer`, `to_speak`, `never`) and marks: lists of classes that must all occur
//! within a number of words of each other in one clause. A mark so covers combinations nobody wrote down. Each mark has
//! sentences that must and must not carry it; they run as tests.

use std::collections::{BTreeMap, HashMap};

use kb::{Kb, KbError};
use serde::Deserialize;

/// A file of `kb/opinions/marks/`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MarkFile {
    /// Words and phrases by class; `*` at the end of a word stands for any ending, before a word for any
    /// beginning, `#` for a number in digits.
    class: BTreeMap<String, Vec<String>>,
    mark: Vec<MarkData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MarkData {
    id: String,
    says: String,
    /// Each a list of class names of which all must occur; one list is enough.
    any: Vec<Vec<String>>,
    /// No word of these classes may stand among or near them.
    not: Vec<String>,
    /// Words between the first and the last.
    within: usize,
    /// Whether the classes must come in the order given.
    ordered: bool,
    /// Whether a semicolon may stand among them.
    across: bool,
    yes: Vec<String>,
    no: Vec<String>,
}

struct Mark {
    any: Vec<Vec<usize>>,
    not: Vec<usize>,
    within: usize,
    ordered: bool,
    across: bool,
    /// Sentences that must carry the mark, run as tests.
    #[cfg_attr(not(test), allow(dead_code))]
    yes: Vec<String>,
    /// Sentences that must not.
    #[cfg_attr(not(test), allow(dead_code))]
    no: Vec<String>,
}

/// All classes and marks.
pub(super) struct Marks {
    names: HashMap<String, usize>,
    /// First word → the rest of a phrase and its class.
    phrases: HashMap<String, Vec<(Vec<String>, usize)>>,
    /// Phrases whose first word ends in `*`, by the first two letters.
    open: HashMap<String, Vec<(Vec<String>, usize)>>,
    /// Single words given by their ending (`*mab`).
    endings: Vec<(String, usize)>,
    /// Several marks of one id are alternatives.
    marks: HashMap<String, Vec<Mark>>,
}

/// A word of a class in a sentence: class, first word, word after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    class: usize,
    start: usize,
    end: usize,
}

/// The classes found in a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Hits(Vec<Hit>);

/// How far beside a mark a forbidden word is looked for.
const BESIDE: usize = 5;

fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for piece in text.split(' ') {
        for w in piece.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').filter(|w| !w.is_empty()) {
            out.push(w.trim_matches('\'').to_string());
        }
        if piece.ends_with(';') || piece == "|" {
            out.push(";".into());
        }
    }
    out
}

fn fits(word: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None if pattern == "#" => word.starts_with(|c: char| c.is_ascii_digit()),
        None => word == pattern,
    }
}

fn key(word: &str) -> String {
    word.chars().take(2).collect()
}

impl Marks {
    /// Reads `opinions/marks/`.
    pub(super) fn load(kb: &Kb) -> Result<Marks, KbError> {
        let files = kb.tables::<MarkFile>("opinions/marks")?;
        let mut out = Marks {
            names: HashMap::new(),
            phrases: HashMap::new(),
            open: HashMap::new(),
            endings: Vec::new(),
            marks: HashMap::new(),
        };
        for (_, f) in &files {
            for (name, list) in &f.class {
                let next = out.names.len();
                let class = *out.names.entry(name.clone()).or_insert(next);
                list.iter().for_each(|p| out.learn(class, p));
            }
        }
        for (path, f) in files {
            for m in f.mark {
                let mark = out.mark(&path, &m)?;
                out.marks.entry(m.id).or_default().push(mark);
            }
        }
        Ok(out)
    }

    fn learn(&mut self, class: usize, phrase: &str) {
        if let Some(ending) = phrase.strip_prefix('*') {
            self.endings.push((ending.to_string(), class));
            return;
        }
        let mut all: Vec<String> =
            phrase.split(' ').flat_map(|p| p.split(['-', '/'])).filter(|w| !w.is_empty()).map(str::to_string).collect();
        if all.is_empty() {
            return;
        }
        let first = all.remove(0);
        if first == "#" || first.ends_with('*') {
            let mut rest = vec![first.clone()];
            rest.extend(all);
            self.open.entry(if first == "#" { "#".into() } else { key(&first) }).or_default().push((rest, class));
        } else {
            self.phrases.entry(first).or_default().push((all, class));
        }
    }

    fn mark(&self, path: &str, m: &MarkData) -> Result<Mark, KbError> {
        let class = |n: &String| {
            self.names.get(n).copied().ok_or_else(|| KbError {
                file: path.into(),
                place: None,
                message: format!("mark `{}` names the class `{n}`, which is not defined", m.id),
                hint: None,
            })
        };
        let list = |l: &Vec<String>| l.iter().map(class).collect::<Result<Vec<_>, KbError>>();
        if m.says.is_empty() || m.any.is_empty() {
            let message = format!("mark `{}` says or needs nothing", m.id);
            return Err(KbError { file: path.into(), place: None, message, hint: None });
        }
        Ok(Mark {
            any: m.any.iter().map(list).collect::<Result<_, _>>()?,
            not: list(&m.not)?,
            within: if m.within == 0 { 14 } else { m.within },
            ordered: m.ordered,
            across: m.across,
            yes: m.yes.clone(),
            no: m.no.clone(),
        })
    }

    /// Finds the words of all classes in a folded (tagged) text.
    pub(super) fn hits(&self, text: &str) -> Hits {
        let words = words(text);
        let mut out = Vec::new();
        let mut add = |list: &[(Vec<String>, usize)], at: usize, from: usize| {
            for (rest, class) in list {
                let here = words.get(from..from + rest.len());
                if here.is_some_and(|h| h.iter().zip(rest).all(|(w, p)| fits(w, p))) {
                    out.push(Hit { class: *class, start: at, end: from + rest.len() });
                }
            }
        };
        for (i, w) in words.iter().enumerate() {
            if let Some(list) = self.phrases.get(w) {
                add(list, i, i + 1);
            }
            if let Some(list) = self.open.get(&key(w)) {
                add(list, i, i);
            }
            let number = w.starts_with(|c: char| c.is_ascii_digit());
            if let Some(list) = self.open.get("#").filter(|_| number) {
                add(list, i, i);
            }
            let ended = self.endings.iter().filter(|(e, _)| w.len() > e.len() + 1 && w.ends_with(e.as_str()));
            ended.for_each(|(_, class)| add(&[(Vec::new(), *class)], i, i + 1));
            // The end of a clause is a wall that no mark reaches across.
            if w == ";" {
                add(&[(Vec::new(), usize::MAX)], i, i + 1);
            }
        }
        Hits(out)
    }

    /// Whether a text with these words carries a mark.
    pub(super) fn has(&self, id: &str, hits: &Hits) -> bool {
        let marks = self.marks.get(id);
        debug_assert!(marks.is_some(), "no mark `{id}` in kb/opinions/marks");
        marks.is_some_and(|all| all.iter().any(|m| m.any.iter().any(|need| m.found(need, hits))))
    }

    /// Whether a class occurs.
    pub(super) fn class(&self, name: &str, hits: &Hits) -> bool {
        let class = self.names.get(name);
        debug_assert!(class.is_some(), "no class `{name}` in kb/opinions/marks");
        class.is_some_and(|c| hits.0.iter().any(|h| h.class == *c))
    }

    /// The names of all marks, and of the classes that stand in no mark.
    #[cfg(test)]
    pub(super) fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let in_marks: std::collections::HashSet<usize> =
            self.marks.values().flatten().flat_map(|m| m.any.iter().flatten().chain(&m.not)).copied().collect();
        let classes = self.names.iter().filter(|(_, at)| !in_marks.contains(at)).map(|(n, _)| n.as_str()).collect();
        (self.marks.keys().map(String::as_str).collect(), classes)
    }

    /// Runs the examples of all marks.
    #[cfg(test)]
    pub(super) fn complaints(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (id, marks) in &self.marks {
            for m in marks {
                let says = |s: &String| {
                    let hits = self.hits(&super::rules::fold_example(s));
                    m.any.iter().any(|need| m.found(need, &hits))
                };
                out.extend(m.yes.iter().filter(|s| !says(s)).map(|s| format!("{id} should mark: {s}")));
                out.extend(m.no.iter().filter(|s| says(s)).map(|s| format!("{id} should not mark: {s}")));
                if m.yes.is_empty() {
                    out.push(format!("mark {id} has no example"));
                }
            }
        }
        out.sort();
        out
    }
}

impl Mark {
    fn found(&self, need: &[usize], hits: &Hits) -> bool {
        let mut chosen: Vec<Hit> = Vec::new();
        self.choose(need, hits, &mut chosen)
    }

    /// Chooses one word for each class, in turn, near enough to those chosen before.
    fn choose(&self, need: &[usize], hits: &Hits, chosen: &mut Vec<Hit>) -> bool {
        let Some((class, rest)) = need.split_first() else { return self.free(hits, chosen) };
        for h in hits.0.iter().filter(|h| h.class == *class) {
            let apart = chosen.iter().all(|c| h.start >= c.end || h.end <= c.start);
            let after = !self.ordered || chosen.last().is_none_or(|c| h.start >= c.end);
            let low = chosen.iter().map(|c| c.start).min().unwrap_or(h.start).min(h.start);
            let high = chosen.iter().map(|c| c.end).max().unwrap_or(h.end).max(h.end);
            if !apart || !after || high - low > self.within {
                continue;
            }
            chosen.push(*h);
            if self.choose(rest, hits, chosen) {
                return true;
            }
            chosen.pop();
        }
        false
    }

    /// Whether no wall and no forbidden word stands among the chosen ones.
    fn free(&self, hits: &Hits, chosen: &[Hit]) -> bool {
        let low = chosen.iter().map(|c| c.start).min().unwrap_or(0);
        let high = chosen.iter().map(|c| c.end).max().unwrap_or(0);
        !hits.0.iter().any(|h| {
            let wall = !self.across && h.class == usize::MAX && h.start > low && h.end < high;
            let near = h.start + BESIDE >= low && h.end <= high + BESIDE;
            wall || near && self.not.contains(&h.class)
        })
    }
}
