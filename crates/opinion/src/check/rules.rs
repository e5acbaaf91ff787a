//! The rules of `kb/opinions/check/`: phrases with names, compiled once.
//!
//! A rule is a name, a sentence saying what it means, patterns, and example sentences that must and must not match; the
//! examples run as tests. Patterns are regular expressions over folded text (see `text::fold`) in which `<name>` stands for
//! a group of words defined once under `[macros]`. What a set of matches means is decided in the code that asks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use kb::{Kb, KbError};
use serde::Deserialize;

use super::cues::Cues;
use super::hearing::Hearing;
use super::judge::Judge;
use super::marks::Marks;
use super::pattern::{Patterns, Place, Words};
use super::risks::{self, Risks};
use super::sieve::Needs;
use super::tells::{self, Tells};
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
    /// Words, folded, for what the field is about: organs, diseases, drugs, its physicians.
    pub(super) things: Vec<String>,
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
    yes: Vec<String>,
    no: Vec<String>,
}

/// A rule.
struct Rule {
    patterns: Patterns,
    /// Sentences the rule must match, run as tests.
    #[cfg_attr(not(test), allow(dead_code))]
    yes: Vec<String>,
    /// Sentences it must not match.
    #[cfg_attr(not(test), allow(dead_code))]
    no: Vec<String>,
}

/// A field of practice with its patterns.
pub(super) struct FieldRule {
    pub(super) field: Field,
    named: Patterns,
    concludes: Option<Patterns>,
}

/// All rules.
pub(super) struct Rules {
    rules: HashMap<String, Rule>,
    /// The groups of words as written.
    macros: BTreeMap<String, String>,
    words: Words,
    lists: HashMap<String, HashSet<String>>,
    pub(super) same: Vec<Vec<String>>,
    pub(super) alike: Vec<Vec<String>>,
    pub(super) forms: Vec<Form>,
    pub(super) fields: Vec<FieldRule>,
    pub(super) asks: Vec<Ask>,
    say: BTreeMap<String, String>,
    /// The words a scan may be mended to, gathered for the first scan.
    lexicon: OnceLock<HashSet<String>>,
    pub(super) cues: Cues,
    pub(super) marks: Marks,
    pub(super) weights: Option<Weights>,
    pub(super) tells: Option<Tells>,
    pub(super) risks: Option<Risks>,
    pub(super) judge: Option<Judge>,
    pub(super) hearing: Option<Hearing>,
    /// How often a rule was asked, for the test that the work grows with the letter and no faster.
    #[cfg(test)]
    pub(super) asked: std::sync::atomic::AtomicUsize,
}

impl Rules {
    /// Reads all that the check goes by. Every pattern is read here, so that a fault in one is found; it is made into a
    /// regular expression when a sentence comes that it could match.
    pub(super) fn load(kb: &Kb) -> Result<Rules, KbError> {
        std::thread::scope(|scope| {
            let weights = scope.spawn(|| {
                let hearing = Hearing::load(kb)?;
                Ok::<_, KbError>((Weights::load(kb)?, tells::load(kb)?, risks::load(kb)?, Judge::load(kb)?, hearing))
            });
            let mut out = Rules::read(kb)?;
            // A panic of the other thread is a panic of ours; nothing in it could cause one.
            (out.weights, out.tells, out.risks, out.judge, out.hearing) =
                weights.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok(out)
        })
    }

    fn read(kb: &Kb) -> Result<Rules, KbError> {
        let files = kb.tables::<RuleFile>("opinions/check")?;
        let mut macros = BTreeMap::new();
        for (_, f) in &files {
            macros.extend(f.macros.clone());
        }
        let place = |name: &str| files.iter().find(|(_, f)| f.macros.contains_key(name)).map_or("", |(path, _)| path);
        let mut needs = Needs::new(macros.iter().map(|(n, w)| (n.as_str(), w.as_str())))
            .map_err(|(name, why)| problem(place(&name), format!("group of words `{name}`: {why}")))?;
        let mut out = Rules {
            rules: HashMap::new(),
            words: Words::new(&macros),
            macros,
            lists: HashMap::new(),
            same: Vec::new(),
            alike: Vec::new(),
            forms: Vec::new(),
            fields: Vec::new(),
            asks: Vec::new(),
            say: BTreeMap::new(),
            lexicon: OnceLock::new(),
            cues: Cues::load(kb)?,
            marks: Marks::load(kb)?,
            weights: None,
            tells: None,
            risks: None,
            judge: None,
            hearing: None,
            #[cfg(test)]
            asked: Default::default(),
        };
        for (path, f) in files {
            out.add(&path, f, &mut needs)?;
        }
        out.words.learned(needs);
        Ok(out)
    }

    /// What is wrong with a rule that could be read at loading and not be used afterwards.
    pub(super) fn fault(&self) -> Option<&KbError> {
        self.words.fault()
    }

    fn add(&mut self, path: &str, f: RuleFile, needs: &mut Needs) -> Result<(), KbError> {
        for (name, words) in f.lists {
            self.lists.entry(name).or_default().extend(words);
        }
        self.same.extend(f.same);
        self.alike.extend(f.alike);
        self.forms.extend(f.form);
        for field in f.field {
            let mut one = |p: &String| Patterns::read(path, &field.name, (std::slice::from_ref(p), &[]), false, needs);
            let named = one(&field.named)?;
            let concludes = Some(&field.concludes).filter(|c| !c.is_empty()).map(one).transpose()?;
            self.fields.push(FieldRule { field, named, concludes });
        }
        for r in f.rule {
            if self.rules.contains_key(&r.id) || r.says.is_empty() {
                return Err(problem(path, format!("rule `{}` is defined twice or says nothing", r.id)));
            }
            let patterns = Patterns::read(path, &r.id, (&r.patterns, &r.unless), r.raw, needs)?;
            self.rules.insert(r.id, Rule { patterns, yes: r.yes, no: r.no });
        }
        self.asks.extend(f.ask);
        self.say.extend(f.say);
        Ok(())
    }

    /// Whether words name a field of practice.
    pub(super) fn names_field(&self, of: &FieldRule, text: &str) -> bool {
        of.named.is(text, &self.words)
    }

    /// Whether a conclusion belongs to a field of practice.
    pub(super) fn concludes(&self, of: &FieldRule, text: &str) -> bool {
        of.concludes.as_ref().is_some_and(|c| c.is(text, &self.words))
    }

    /// Whether a word is one of the rules' own: words a scan may be mended to.
    pub(super) fn knows(&self, word: &str) -> bool {
        let gather = || {
            let fields = self.fields.iter().flat_map(|f| [&f.field.named, &f.field.concludes]).map(String::as_str);
            let lists = self.lists.values().flatten().map(String::as_str);
            let patterns = self.rules.values().flat_map(|r| r.patterns.sources());
            let all = self.macros.values().map(String::as_str).chain(fields).chain(lists).chain(patterns);
            let words = all.flat_map(|p| p.split(|c: char| !c.is_ascii_alphabetic()));
            words.filter(|w| w.len() >= 3).map(str::to_ascii_lowercase).collect()
        };
        self.lexicon.get_or_init(gather).contains(word)
    }

    fn rule(&self, id: &str) -> Option<&Patterns> {
        #[cfg(test)]
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let rule = self.rules.get(id);
        debug_assert!(rule.is_some(), "no rule `{id}` in kb/opinions/check");
        rule.map(|r| &r.patterns)
    }

    /// Whether rule `id` matches.
    pub(super) fn is(&self, id: &str, text: &str) -> bool {
        self.rule(id).is_some_and(|r| r.is(text, &self.words))
    }

    /// Where rule `id` matches first.
    pub(super) fn find(&self, id: &str, text: &str) -> Option<Place> {
        self.rule(id)?.find(text, &self.words)
    }

    /// All places where rule `id` matches, `unless` apart.
    pub(super) fn all(&self, id: &str, text: &str) -> Vec<Place> {
        self.rule(id).map_or(Vec::new(), |r| r.all(text, &self.words))
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
            out.extend(rule.patterns.make_all(&self.words));
            let says = |s: &String| {
                let t = if id.starts_with("raw.") || ["text.placeholder", "people.titled_other"].contains(&id.as_str())
                {
                    s.clone()
                } else {
                    fold_example(s)
                };
                rule.patterns.is(&t, &self.words)
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
