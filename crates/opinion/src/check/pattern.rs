//! The patterns of a rule: read at once, made into regular expressions when a text comes that they could match.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use kb::KbError;
use regex_automata::Input;
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use super::sieve::{Grams, Need, Needs};

/// What all patterns share: the groups of words that stand for `<name>`, and the first fault found in one.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Each with the groups within it written out.
    groups: BTreeMap<String, String>,
    needs: Vec<Need>,
    fault: OnceLock<KbError>,
}

/// How deep groups of words may stand in each other.
const DEEP: usize = 6;

impl Words {
    /// Takes the groups as written; [`Words::learned`] takes what the patterns need once all are read.
    pub(super) fn new(written: &BTreeMap<String, String>) -> Words {
        let mut groups = written.clone();
        for _ in 0..DEEP {
            groups = groups.iter().map(|(name, words)| (name.clone(), written_out(words, written))).collect();
        }
        Words { groups, ..Words::default() }
    }

    pub(super) fn learned(&mut self, needs: Needs) {
        self.needs = needs.into_shared();
    }

    /// What is wrong with a pattern that could be read and not be made; nothing may be concluded then.
    pub(super) fn fault(&self) -> Option<&KbError> {
        self.fault.get()
    }
}

/// The text with each `<name>` of a group replaced by its words.
fn written_out(text: &str, groups: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let found = after.split_once('>').and_then(|(name, behind)| Some((groups.get(name)?, behind)));
        match found {
            Some((words, behind)) => {
                out.push_str("(?:");
                out.push_str(words);
                out.push(')');
                rest = behind;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// One pattern.
#[derive(Debug)]
struct Pattern {
    /// With its edges, groups of words by name.
    source: String,
    need: Need,
    /// Quick to make, slow to run.
    light: OnceLock<Option<Regex>>,
    /// Quick to run.
    full: OnceLock<Option<Regex>>,
    runs: AtomicU32,
}

/// How often a pattern is run before the expression is made that runs faster: making it costs as much as many runs.
const FEW: u32 = 24;

/// Patterns of which any may match, and others of which none may.
#[derive(Debug)]
pub(super) struct Patterns {
    path: String,
    id: String,
    raw: bool,
    any: Vec<Pattern>,
    unless: Vec<Pattern>,
}

/// Where a rule matches: first byte and the byte after the last.
pub(super) type Place = (usize, usize);

impl Patterns {
    /// Reads patterns; `raw` ones read capitals as they are and know no groups of words.
    ///
    /// # Errors
    /// A [`KbError`] that names the rule whose pattern cannot be read.
    pub(super) fn read(
        path: &str,
        id: &str,
        (any, unless): (&[String], &[String]),
        raw: bool,
        needs: &mut Needs,
    ) -> Result<Patterns, KbError> {
        let mut read = |patterns: &[String]| -> Result<Vec<Pattern>, KbError> {
            let one = |p: &String| {
                let source = with_edges(p, raw);
                let need = needs.of(&source, !raw).map_err(|why| problem(path, format!("rule `{id}`: {why}: {p}")))?;
                Ok(Pattern { source, need, light: OnceLock::new(), full: OnceLock::new(), runs: AtomicU32::new(0) })
            };
            patterns.iter().map(one).collect()
        };
        let (any, unless) = (read(any)?, read(unless)?);
        Ok(Patterns { path: path.into(), id: id.into(), raw, any, unless })
    }

    /// The patterns as written, for the words in them.
    pub(super) fn sources(&self) -> impl Iterator<Item = &str> {
        self.any.iter().map(|p| p.source.as_str())
    }

    /// Whether the rule matches.
    pub(super) fn is(&self, text: &str, words: &Words) -> bool {
        let grams = Grams::of(text);
        self.hits(&self.any, &grams, text, words) && !self.hits(&self.unless, &grams, text, words)
    }

    /// Where the rule matches first.
    pub(super) fn find(&self, text: &str, words: &Words) -> Option<Place> {
        let grams = Grams::of(text);
        let found = first(&self.possible(&self.any, &grams, words), text, 0)?;
        (!self.hits(&self.unless, &grams, text, words)).then_some(found)
    }

    /// All places where the rule matches, from left to right, none in another.
    pub(super) fn all(&self, text: &str, words: &Words) -> Vec<Place> {
        let grams = Grams::of(text);
        let possible = self.possible(&self.any, &grams, words);
        let mut out: Vec<Place> = Vec::new();
        if possible.is_empty() || self.hits(&self.unless, &grams, text, words) {
            return out;
        }
        let mut at = 0;
        while let Some(mut found) = first(&possible, text, at) {
            // Nothing at the end of the match before is no further match.
            if found.0 == found.1 && out.last().is_some_and(|last| last.1 == found.1) {
                match first(&possible, text, at + 1) {
                    Some(next) => found = next,
                    None => break,
                }
            }
            out.push(found);
            at = found.1;
        }
        out
    }

    fn hits(&self, patterns: &[Pattern], grams: &Grams, text: &str, words: &Words) -> bool {
        let possible = patterns.iter().filter(|p| p.need.fits(grams, &words.needs));
        possible.filter_map(|p| self.made(p, words)).any(|r| r.is_match(text))
    }

    fn possible<'p>(&self, patterns: &'p [Pattern], grams: &Grams, words: &Words) -> Vec<&'p Regex> {
        patterns.iter().filter(|p| p.need.fits(grams, &words.needs)).filter_map(|p| self.made(p, words)).collect()
    }

    fn made<'p>(&self, pattern: &'p Pattern, words: &Words) -> Option<&'p Regex> {
        let full = pattern.runs.fetch_add(1, Relaxed) >= FEW;
        let make = || match self.make(pattern, words, full) {
            Ok(regex) => Some(regex),
            Err(fault) => {
                let _ = words.fault.set(fault);
                None
            }
        };
        if full { &pattern.full } else { &pattern.light }.get_or_init(make).as_ref()
    }

    fn make(&self, pattern: &Pattern, words: &Words, full: bool) -> Result<Regex, KbError> {
        let source = if self.raw { pattern.source.clone() } else { written_out(&pattern.source, &words.groups) };
        let limits =
            meta::Config::new().utf8_empty(false).nfa_size_limit(Some(40 << 20)).hybrid_cache_capacity(8 << 20);
        let engines = if full { limits } else { limits.hybrid(false).dfa(false).onepass(false).auto_prefilter(false) };
        let syntax = syntax::Config::new().unicode(self.raw).utf8(false);
        meta::Builder::new().syntax(syntax).configure(engines).build(&source).map_err(|e| {
            let why = e.syntax_error().map_or_else(|| e.to_string(), ToString::to_string);
            problem(&self.path, format!("rule `{}`: {}", self.id, why.lines().last().unwrap_or_default()))
        })
    }

    /// Makes every pattern, for the tests of the knowledge base.
    #[cfg(test)]
    pub(super) fn make_all(&self, words: &Words) -> Vec<String> {
        let all = self.any.iter().chain(&self.unless);
        all.filter_map(|p| self.make(p, words, true).err()).map(|e| e.to_string()).collect()
    }
}

/// The match that begins first, of those that begin at one place the one of the earlier pattern: what all patterns as the
/// branches of one would find.
fn first(possible: &[&Regex], text: &str, at: usize) -> Option<Place> {
    let mut best: Option<Place> = None;
    if at > text.len() {
        return None;
    }
    for regex in possible {
        let found = regex.search(&Input::new(text).range(at..)).map(|m| (m.start(), m.end()));
        best = match (best, found) {
            (Some(b), Some(f)) if f.0 < b.0 => Some(f),
            (None, f) => f,
            (b, _) => b,
        };
    }
    best
}

fn problem(path: &str, message: String) -> KbError {
    KbError { file: path.into(), place: None, message, hint: None }
}

/// The pattern with the edges of words before and behind it, where it begins and ends with words. A `*` behind a word leaves
/// its end open.
fn with_edges(p: &str, raw: bool) -> String {
    let begins = p.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '<' || c == '(');
    let start = if begins && !raw { r"\b" } else { "" };
    let stem = p.strip_suffix('*').filter(|q| q.ends_with(|c: char| c.is_ascii_alphanumeric()));
    let closed = |p: &str| p.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '>' || c == ')') && !open_end(p);
    let end = if stem.is_none() && closed(p) && !raw { r"\b" } else { "" };
    format!("(?:{start}(?:{}){end})", stem.unwrap_or(p))
}

/// Whether a pattern ends in a group that may match a sign or the end of the text, where no word edge can be asked for.
fn open_end(pattern: &str) -> bool {
    let tail = pattern.rfind("(?:").map_or(pattern, |i| pattern.get(i..).unwrap_or_default());
    ["$", "[,", "[^", "[.", ".{", " )", ")?"].iter().any(|s| tail.contains(s))
}
