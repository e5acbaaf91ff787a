//! The rules of `kb/opinions/check/`: phrases with names, compiled once.
//!
//! A rule is a name, a sentence saying what it means, patterns, and example sentences that must and must not match; the
//! examples run as tests. Patterns are regular expressions over folded text (see `text::fold`) in which `<name>` stands for
//! a group of words defined once under `[macros]`. What a set of matches means is decided in the code that asks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use kb::{Kb, KbError};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::cues::Cues;
use super::marks::Marks;
use super::tells::Tells;
use super::weigh::Weights;

/// A file of `kb/opinions/check/`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RuleFile {
    /// Words that patterns use as `<name>`.
    macros: BTreeMap<String, String>,
    /// Plain word lists.
    lists: BTreeMap<String, Vec<String>>,
    /// Groups of words that mean the same service.
    same: Vec<Vec<String>>,
    /// Groups of words that mean the same in a criterion.
    alike: Vec<Vec<String>>,
    /// Forms of a service, and words for another form.
    form: Vec<Form>,
    /// Fields of practice.
    field: Vec<Field>,
    /// The rules.
    rule: Vec<RuleData>,
    /// Sentences to request, by element.
    ask: Vec<Ask>,
    /// Sentences for the person.
    say: BTreeMap<String, String>,
}

/// A field of practice: its words, and the words of the subjects that belong to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Field {
    /// Short name.
    pub(super) name: String,
    /// Pattern of the words by which a physician names the field.
    pub(super) named: String,
    /// Pattern of conclusions that belong to the field.
    pub(super) concludes: String,
    /// Names of other fields that may conclude the same.
    pub(super) shared_with: Vec<String>,
}

/// A form in which a service can be asked for, and words for another one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Form {
    /// Words of the request.
    pub(super) asked: Vec<String>,
    /// Words for another form.
    pub(super) other: Vec<String>,
}

/// What to ask the physician to add, for one element.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Ask {
    /// The element.
    pub(super) element: String,
    /// Only for this denial reason; empty for all.
    pub(super) reason: String,
    /// When nothing is there.
    pub(super) missing: String,
    /// When something is there.
    pub(super) partial: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RuleData {
    id: String,
    says: String,
    patterns: Vec<String>,
    unless: Vec<String>,
    /// Patterns read the letter's own capitals instead of folded text.
    raw: bool,
    /// Few letters need the rule: it is compiled at its first use. Its syntax is checked by the rules' own tests.
    late: bool,
    yes: Vec<String>,
    no: Vec<String>,
}

struct Rule {
    made: OnceLock<Option<Made>>,
    /// What a late rule is made of.
    written: Option<(String, RuleData)>,
    /// Sentences the rule must match, run as tests.
    #[cfg_attr(not(test), allow(dead_code))]
    yes: Vec<String>,
    /// Sentences it must not match.
    #[cfg_attr(not(test), allow(dead_code))]
    no: Vec<String>,
}

/// The compiled patterns of a rule.
struct Made {
    patterns: Regex,
    unless: Option<Regex>,
}

impl Made {
    fn new(path: &str, r: &RuleData, macros: &BTreeMap<String, String>) -> Result<Made, KbError> {
        let patterns = compile(path, &r.id, &r.patterns, macros, r.raw)?;
        let unless = match r.unless.is_empty() {
            true => None,
            false => Some(compile(path, &r.id, &r.unless, macros, r.raw)?),
        };
        Ok(Made { patterns, unless })
    }

    fn find(&self, text: &str) -> Option<(usize, usize)> {
        let m = self.patterns.find(text.as_bytes())?;
        let barred = self.unless.as_ref().is_some_and(|u| u.is_match(text.as_bytes()));
        (!barred).then(|| (m.start(), m.end()))
    }
}

/// Compiles rules on all processors: it is most of the time that a check of one letter takes.
fn compiled(
    written: Vec<(String, RuleData)>,
    macros: &BTreeMap<String, String>,
) -> Result<HashMap<String, Rule>, KbError> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
    let mut shares: Vec<Vec<(String, RuleData)>> = (0..workers).map(|_| Vec::new()).collect();
    // The longest first, dealt out in turn, so that no share is much heavier than another.
    let mut written = written;
    written.sort_by_key(|(_, r)| std::cmp::Reverse(r.patterns.iter().map(String::len).sum::<usize>()));
    for (share, rule) in (0..workers).cycle().zip(written) {
        if let Some(share) = shares.get_mut(share) {
            share.push(rule);
        }
    }
    std::thread::scope(|scope| {
        let work = |share: Vec<(String, RuleData)>| {
            share.into_iter().map(|(path, r)| Rule::compile(&path, r, macros)).collect::<Result<Vec<_>, KbError>>()
        };
        let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || work(share))).collect();
        let mut all = HashMap::new();
        for worker in running {
            // A panic of a worker is a panic of ours; there is no rule that could cause one.
            all.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}

impl Rule {
    fn compile(path: &str, mut r: RuleData, macros: &BTreeMap<String, String>) -> Result<(String, Rule), KbError> {
        let (id, yes, no) = (r.id.clone(), std::mem::take(&mut r.yes), std::mem::take(&mut r.no));
        let made = OnceLock::new();
        let written = if r.late {
            Some((path.to_string(), r))
        } else {
            let _ = made.set(Some(Made::new(path, &r, macros)?));
            None
        };
        Ok((id, Rule { made, written, yes, no }))
    }

    fn made(&self, macros: &BTreeMap<String, String>) -> Option<&Made> {
        let make = || self.written.as_ref().and_then(|(path, r)| Made::new(path, r, macros).ok());
        let made = self.made.get_or_init(make).as_ref();
        debug_assert!(made.is_some(), "a late rule of kb/opinions/check cannot be compiled");
        made
    }
}

/// All rules, compiled.
pub(super) struct Rules {
    rules: HashMap<String, Rule>,
    macros: BTreeMap<String, String>,
    lists: HashMap<String, HashSet<String>>,
    pub(super) same: Vec<Vec<String>>,
    pub(super) alike: Vec<Vec<String>>,
    pub(super) forms: Vec<Form>,
    pub(super) fields: Vec<(Field, Regex, Option<Regex>)>,
    pub(super) asks: Vec<Ask>,
    say: BTreeMap<String, String>,
    lexicon: HashSet<String>,
    pub(super) cues: Cues,
    pub(super) marks: Marks,
    pub(super) weights: Option<Weights>,
    pub(super) tells: Option<Tells>,
    /// How often a rule was asked, for the test that the work grows with the letter and no faster.
    #[cfg(test)]
    pub(super) asked: std::sync::atomic::AtomicUsize,
}

impl Rules {
    /// Reads and compiles `opinions/check/`.
    pub(super) fn load(kb: &Kb) -> Result<Rules, KbError> {
        let files = kb.tables::<RuleFile>("opinions/check")?;
        let mut macros = BTreeMap::new();
        for (_, f) in &files {
            macros.extend(f.macros.clone());
        }
        let mut out = Rules {
            rules: HashMap::new(),
            macros: BTreeMap::new(),
            lists: HashMap::new(),
            same: Vec::new(),
            alike: Vec::new(),
            forms: Vec::new(),
            fields: Vec::new(),
            asks: Vec::new(),
            say: BTreeMap::new(),
            lexicon: HashSet::new(),
            cues: Cues::load(kb)?,
            marks: Marks::load(kb)?,
            weights: Weights::load(kb)?,
            tells: Tells::load(kb)?,
            #[cfg(test)]
            asked: Default::default(),
        };
        let mut written = Vec::new();
        for (path, f) in files {
            out.add(&path, f, &macros, &mut written)?;
        }
        out.rules = compiled(written, &macros)?;
        out.macros = macros;
        Ok(out)
    }

    fn add(
        &mut self,
        path: &str,
        f: RuleFile,
        macros: &BTreeMap<String, String>,
        written: &mut Vec<(String, RuleData)>,
    ) -> Result<(), KbError> {
        for m in f.macros.values() {
            self.learn(m);
        }
        for (name, words) in f.lists {
            words.iter().for_each(|w| self.learn(w));
            self.lists.entry(name).or_default().extend(words);
        }
        self.same.extend(f.same);
        self.alike.extend(f.alike);
        self.forms.extend(f.form);
        for field in f.field {
            let named = compile(path, &field.name, std::slice::from_ref(&field.named), macros, false)?;
            let concludes = match field.concludes.is_empty() {
                true => None,
                false => Some(compile(path, &field.name, std::slice::from_ref(&field.concludes), macros, false)?),
            };
            self.learn(&field.named);
            self.learn(&field.concludes);
            self.fields.push((field, named, concludes));
        }
        for r in f.rule {
            r.patterns.iter().for_each(|p| self.learn(p));
            if written.iter().any(|(_, w)| w.id == r.id) || r.says.is_empty() {
                return Err(problem(path, format!("rule `{}` is defined twice or says nothing", r.id)));
            }
            written.push((path.to_string(), r));
        }
        self.asks.extend(f.ask);
        self.say.extend(f.say);
        Ok(())
    }

    /// Adds the words of a pattern to the words a scan may be mended to.
    fn learn(&mut self, pattern: &str) {
        let words = pattern.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() >= 3);
        self.lexicon.extend(words.map(str::to_ascii_lowercase));
    }

    /// Whether a word is one of the rules' own.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.lexicon.contains(word)
    }

    /// Whether rule `id` matches.
    pub(super) fn is(&self, id: &str, text: &str) -> bool {
        self.find(id, text).is_some()
    }

    /// Where rule `id` matches first.
    pub(super) fn find(&self, id: &str, text: &str) -> Option<(usize, usize)> {
        #[cfg(test)]
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let rule = self.rules.get(id);
        debug_assert!(rule.is_some(), "no rule `{id}` in kb/opinions/check");
        rule?.made(&self.macros)?.find(text)
    }

    /// All places where rule `id` matches, `unless` apart.
    pub(super) fn all(&self, id: &str, text: &str) -> Vec<(usize, usize)> {
        match self.rules.get(id).and_then(|r| r.made(&self.macros)) {
            Some(m) if m.unless.as_ref().is_none_or(|u| !u.is_match(text.as_bytes())) => {
                m.patterns.find_iter(text.as_bytes()).map(|m| (m.start(), m.end())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a word stands in a list.
    pub(super) fn listed(&self, list: &str, word: &str) -> bool {
        debug_assert!(self.lists.contains_key(list), "no list `{list}` in kb/opinions/check");
        self.lists.get(list).is_some_and(|l| l.contains(word))
    }

    /// A sentence for the person, by its key.
    pub(super) fn say(&self, key: &str) -> String {
        debug_assert!(self.say.contains_key(key), "no sentence `{key}` in kb/opinions/check");
        self.say.get(key).cloned().unwrap_or_default()
    }

    /// The text without the places where rule `id` matches.
    pub(super) fn without(&self, id: &str, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (start, end) in self.all(id, text) {
            out.push_str(text.get(from..start).unwrap_or_default());
            from = end.max(from);
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    /// Whether a line is a heading on its own.
    pub(super) fn is_heading(&self, line: &str) -> bool {
        line.len() <= 60
            && line.split_whitespace().count() <= 6
            && self.is("text.heading_line", &super::text::fold(line))
    }

    /// Whether the words hold a blank or a bracket nobody filled in.
    pub(super) fn placeholder(&self, raw: &str) -> bool {
        self.is("text.placeholder", raw)
    }

    /// Byte offsets at which a new clause begins.
    pub(super) fn clause_break(&self, text: &str) -> Vec<usize> {
        self.all("text.clause_break", text).into_iter().map(|m| m.0).filter(|at| *at > 0).collect()
    }

    /// The names of all rules and lists, and of the macros that no pattern and no other macro uses.
    #[cfg(test)]
    pub(super) fn names(&self, patterns: &[String]) -> (Vec<&str>, Vec<&str>) {
        let named = self.rules.keys().chain(self.lists.keys()).map(String::as_str).collect();
        let used = |m: &str| patterns.iter().chain(self.macros.values()).any(|p| p.contains(&format!("<{m}>")));
        (named, self.macros.keys().map(String::as_str).filter(|m| !used(m)).collect())
    }

    /// Runs every rule's own examples; each complaint names the rule and the sentence.
    #[cfg(test)]
    pub(super) fn complaints(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (id, rule) in &self.rules {
            let says = |s: &String| {
                let t = if id.starts_with("raw.") || ["text.placeholder", "people.titled_other"].contains(&id.as_str())
                {
                    s.clone()
                } else {
                    fold_example(s)
                };
                rule.made(&self.macros).is_some_and(|m| m.find(&t).is_some())
            };
            out.extend(rule.yes.iter().filter(|s| !says(s)).map(|s| format!("{id} should match: {s}")));
            out.extend(rule.no.iter().filter(|s| says(s)).map(|s| format!("{id} should not match: {s}")));
            if rule.yes.is_empty() {
                out.push(format!("{id} has no example"));
            }
        }
        out.sort();
        out
    }
}

/// Folds an example sentence; the tags (`SVC`, `DOC` …) stay capitals.
#[cfg(test)]
pub(super) fn fold_example(s: &str) -> String {
    const TAGS: [&str; 6] = ["SVC", "GEN", "DOC", "PLAN", "PT", "QUOTE"];
    let tag = |w: &str| TAGS.iter().any(|t| w.starts_with(t)) && !w.starts_with("PTS");
    s.split(' ').map(|w| if tag(w) { w.to_string() } else { super::text::fold(w) }).collect::<Vec<_>>().join(" ")
}

fn problem(path: &str, message: String) -> KbError {
    KbError { file: path.into(), place: None, message, hint: None }
}

/// Whether a pattern ends in a group that may match a sign or the end of the text, where no word edge can be asked for.
fn open_end(pattern: &str) -> bool {
    let tail = pattern.rfind("(?:").map_or(pattern, |i| pattern.get(i..).unwrap_or_default());
    ["$", "[,", "[^", "[.", ".{", " )", ")?"].iter().any(|s| tail.contains(s))
}

/// One regular expression out of the patterns of a rule.
fn compile(
    path: &str,
    id: &str,
    patterns: &[String],
    macros: &BTreeMap<String, String>,
    raw: bool,
) -> Result<Regex, KbError> {
    let mut parts = Vec::new();
    for p in patterns {
        let start =
            if p.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '<' || c == '(') && !raw { r"\b" } else { "" };
        let (p, open) = p.strip_suffix('*').filter(|q| q.ends_with(|c: char| c.is_ascii_alphanumeric())).map_or_else(
            || (p.clone(), p.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '>' || c == ')') && !open_end(p)),
            |q| (q.to_string(), false),
        );
        let end = if open && !raw { r"\b" } else { "" };
        parts.push(format!("(?:{start}(?:{p}){end})"));
    }
    let mut source = parts.join("|");
    for _ in 0..6 {
        if !raw && source.contains('<') {
            for (name, words) in macros {
                source = source.replace(&format!("<{name}>"), &format!("(?:{words})"));
            }
        }
    }
    RegexBuilder::new(&source)
        .unicode(raw)
        .size_limit(40 << 20)
        .dfa_size_limit(8 << 20)
        .build()
        .map_err(|e| problem(path, format!("rule `{id}`: {}", e.to_string().lines().last().unwrap_or_default())))
}
