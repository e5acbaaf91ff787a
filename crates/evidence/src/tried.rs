//! What was tried before, as letters and records tell it: treatments with their dates and result, each with its quote.
//!
//! (papers, knowledge base) → proposals for the treatment history. Nothing of it is a fact of the case until the person says
//! yes. It does not know medicine: a name is taken where dates stand behind it and a word of `kb/evidence/tried.toml` in it.

use calendar::Date;
use facts::{Case, Document, Treatment};
use kb::{Kb, KbError};
use regex::Regex;
use serde::Deserialize;

use crate::quantity::TimeWords;
use crate::sentences::sentences;
use crate::words::PolicyWords;
use crate::{dates, report::Paper};

const FILE: &str = "evidence/tried.toml";

/// The most words of a name.
const LONGEST: usize = 8;
/// The most letters of a result.
const RESULT: usize = 90;

/// `kb/evidence/tried.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TriedWords {
    #[allow(dead_code)]
    format: String,
    words: Vec<String>,
    stems: Vec<String>,
    not_words: Vec<String>,
    not_told: Vec<String>,
    none: Vec<String>,
    leads: Vec<String>,
    lines: Vec<String>,
    before_dates: Vec<String>,
    since: Vec<String>,
    result_leads: Vec<String>,
    result_labels: Vec<String>,
    units: Vec<String>,
    counts: Vec<String>,
    once: Vec<String>,
    named_by: Vec<String>,
}

impl TriedWords {
    /// Whether a sentence says that something was refused, called off, had by somebody else, or begins with "no".
    fn tells_of_none(&self, sentence: &str) -> bool {
        let text = format!(" {} ", tidy(sentence).to_lowercase());
        let plain: String = text.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
        let first = plain.split_whitespace().next().unwrap_or_default();
        self.not_told.iter().any(|w| plain.contains(&format!(" {w} "))) || self.none.iter().any(|w| w == first)
    }
}

/// Treatments that the papers name with dates and that the case does not list yet, in the order of their first day. The same
/// treatment told by several papers is one, from the paper that tells its result.
///
/// # Errors
/// A [`KbError`] when the word lists cannot be read.
///
/// # Example
/// ```
/// # use evidence::Paper;
/// # fn show(papers: &[Paper], kb: &kb::Kb) -> Result<(), kb::KbError> {
/// for treatment in evidence::tried::named(papers, &facts::Case::default(), kb)? {
///     assert!(treatment.quote.is_some());
/// }
/// # Ok(())
/// # }
/// ```
pub fn named(papers: &[Paper], case: &Case, kb: &Kb) -> Result<Vec<Treatment>, KbError> {
    let words: TriedWords = kb.table(FILE)?;
    let policy = PolicyWords::load(kb)?;
    let times = &policy.quantities.time;
    let wrong = |e: regex::Error| KbError { file: FILE.into(), place: None, message: e.to_string(), hint: None };
    let shapes = Shapes::new(&words, times).map_err(wrong)?;
    let mut all: Vec<Treatment> = Vec::new();
    for paper in papers {
        for found in shapes.of(&paper.document, &words, times) {
            let found = Treatment { source: Some(paper.name.clone()), ..found };
            if case.treatments.iter().any(|t| same(t, &found)) {
                continue;
            }
            match all.iter_mut().find(|t| same(t, &found)) {
                Some(known) if known.result.is_none() && found.result.is_some() => *known = found,
                Some(_) => {}
                None => all.push(found),
            }
        }
    }
    all.sort_by_key(|t| t.from);
    Ok(all)
}

/// Whether two entries tell of one treatment: the same first day, and a word of the name in common.
fn same(one: &Treatment, other: &Treatment) -> bool {
    let words = |t: &Treatment| -> Vec<String> {
        let name = t.what.as_deref().unwrap_or_default().to_lowercase();
        name.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 3).map(String::from).collect()
    };
    let (a, b) = (words(one), words(other));
    one.from == other.from
        && (a.iter().any(|w| b.contains(w)) || a.is_empty() && b.is_empty() && one.what == other.what)
}

/// How stretches of time are written.
struct Shapes {
    range: Regex,
    since: Regex,
    once: Regex,
    dose: Regex,
}

impl Shapes {
    fn new(words: &TriedWords, times: &TimeWords) -> Result<Shapes, regex::Error> {
        let any = |list: &[String]| {
            let all = list.iter().filter(|w| *w != "and").map(|w| regex::escape(w).replace(' ', r"\s+"));
            all.collect::<Vec<_>>().join("|")
        };
        let names = times.months.iter().map(|(m, _)| regex::escape(m)).collect::<Vec<_>>().join("|");
        let months = format!(r"(?:{names})\b");
        let year = "(?:19|20)\\d\\d";
        let day = format!(
            r"(?:{months}\.?,?\s+(?:de\s+)?{year}\b|{months}\.?\s+\d{{1,2}}(?:,?\s+{year})?|\d{{1,2}}/\d{{1,2}}/{year}|\d{{1,2}}/{year}|{year}-\d\d-\d\d|\d{{1,2}}\s+de\s+{months}(?:\s+de\s+{year})?)"
        );
        let until = any(&times.until);
        Ok(Shapes {
            range: Regex::new(&format!(r"(?i)\b(?P<from>{day}|{months})\s*(?:{until})\s*(?:el\s+)?(?P<to>{day})"))?,
            since: Regex::new(&format!(r"(?i)\b(?:{})\s+(?P<from>{day})", any(&words.since)))?,
            // "steroid injection L5 May 2024 and November 2024": what is done in a day
            once: Regex::new(&format!(
                r"(?i)\b(?:{})\b(?:\s+[\w-]{{1,6}}){{0,2}},?\s+(?:(?:on|in|el|en)\s+)?(?P<from>{day})(?:\s*(?:,|and|y)\s+(?P<to>{day}))?",
                any(&words.once)
            ))?,
            dose: Regex::new(&format!(
                r"(?i)^(?P<what>.*?\S),?\s+(?P<dose>\d+(?:[.,]\d+)?(?:/\d+(?:[.,]\d+)?)?(?:\s*(?:{})\b.*)?)$",
                [any(&words.units), any(&words.counts)].join("|")
            ))?,
        })
    }

    /// What a paper tells, in its order.
    fn of(&self, paper: &Document, words: &TriedWords, times: &TimeWords) -> Vec<Treatment> {
        let mut out = Vec::new();
        for (number, page) in paper.pages.iter().enumerate() {
            let all = sentences(&page.text);
            for (i, span) in all.iter().enumerate() {
                let Some(sentence) = page.text.get(span.0..span.1) else { continue };
                let found = self.in_sentence(sentence, words, times);
                let alone = found.len() == 1;
                for mut treatment in found {
                    treatment.page = Some(number + 1);
                    if treatment.result.is_none() && alone {
                        let next = all.iter().skip(i + 1).take(3).filter_map(|s| page.text.get(s.0..s.1));
                        treatment.result = next.filter_map(|s| labelled_result(s, words)).next();
                    }
                    out.push(treatment);
                }
            }
        }
        out
    }

    fn in_sentence(&self, sentence: &str, words: &TriedWords, times: &TimeWords) -> Vec<Treatment> {
        let mut out = Vec::new();
        if words.tells_of_none(sentence) {
            return out;
        }
        let mut begin = 0;
        let mut found: Vec<_> = self.range.captures_iter(sentence).map(|c| (c, true)).collect();
        let begun: Vec<usize> = found.iter().filter_map(|(c, _)| c.name("from")).map(|m| m.start()).collect();
        // "from February 2 to May 28" is a stretch, no beginning.
        let open = |c: &regex::Captures| c.name("from").is_some_and(|m| !begun.contains(&m.start()));
        found.extend(self.since.captures_iter(sentence).filter(open).map(|c| (c, false)));
        found.sort_by_key(|(c, range)| (c.get(0).map_or(0, |m| m.start()), !range));
        let days: Vec<(usize, usize)> =
            found.iter().filter_map(|(c, _)| c.get(0)).map(|m| (m.start(), m.end())).collect();
        for (captures, range) in found {
            let Some(whole) = captures.get(0).filter(|m| m.start() >= begin) else { continue };
            let (Some(from), to) = (captures.name("from"), captures.name("to")) else { continue };
            let to = to.and_then(|m| last_day(m.as_str(), times));
            let Some(first) = one_day(from.as_str(), to, times) else { continue };
            if range && to.is_none_or(|to| to < first) {
                continue;
            }
            let before = sentence.get(begin..whole.start()).unwrap_or_default();
            begin = whole.end();
            let Some((what, dose)) = self.name_at_end(before, words) else { continue };
            let after = sentence.get(whole.end()..).unwrap_or_default();
            out.push(Treatment {
                what: Some(what),
                dose,
                from: Some(first),
                to,
                result: result_behind(after, words),
                quote: Some(sentence.to_string()),
                ..Treatment::default()
            });
        }
        out.extend(self.done_in_a_day(sentence, &days, words, times));
        out
    }

    /// What is done in a day ("injection L5 May 2024 and November 2024"), once for each day; `taken`: the dates that tell stretches.
    fn done_in_a_day(
        &self,
        sentence: &str,
        taken: &[(usize, usize)],
        words: &TriedWords,
        times: &TimeWords,
    ) -> Vec<Treatment> {
        let mut out = Vec::new();
        for captures in self.once.captures_iter(sentence) {
            let (Some(whole), Some(from)) = (captures.get(0), captures.name("from")) else { continue };
            if taken.iter().any(|(a, b)| *a < whole.end() && whole.start() < *b) {
                continue;
            }
            let before = sentence.get(..from.start()).unwrap_or_default();
            let Some((what, dose)) = self.name_at_end(before, words) else { continue };
            let result = result_behind(sentence.get(whole.end()..).unwrap_or_default(), words);
            for day in [Some(from), captures.name("to")].into_iter().flatten() {
                let Some(first) = one_day(day.as_str(), None, times) else { continue };
                out.push(Treatment {
                    what: Some(what.clone()),
                    dose: dose.clone(),
                    from: Some(first),
                    result: result.clone(),
                    quote: Some(sentence.to_string()),
                    ..Treatment::default()
                });
            }
        }
        out
    }

    /// What is named right before the dates, and its dose or number of visits: behind the last lead, when it can be something that
    /// was tried. After words that say so ("Tried Symbicort") any short name can.
    fn name_at_end(&self, before: &str, words: &TriedWords) -> Option<(String, Option<String>)> {
        let mut text = tidy(before);
        // Brackets, commas and words such as "from" belong to the dates.
        loop {
            let cut = text.trim_end_matches(['(', ',', ' ', '[']).to_string();
            let lead = words.before_dates.iter().find_map(|w| without_last(&cut, w));
            let next = lead.unwrap_or(cut);
            if next == text {
                break;
            }
            text = next;
        }
        let clause = text.rsplit([';', ':', '(', ')', '?']).next()?.trim();
        let clause = clause.rsplit(". ").next()?.trim();
        let lower = clause.to_lowercase();
        if lower.len() != clause.len() {
            return None;
        }
        let starts = |lead: &String| {
            let hits = lower.match_indices(lead.as_str()).map(|(at, w)| (at, at + w.len()));
            hits.filter(|(a, b)| is_word(&lower, *a, *b)).map(|(_, b)| b).max()
        };
        let lines = words.lines.iter().filter_map(starts).max();
        let lead = words.leads.iter().filter_map(starts).max();
        let start = lines.max(lead).unwrap_or(0);
        let name = clause.get(start..)?.trim_matches([',', ' ', '-', '–']);
        let name = ["the ", "a ", "an ", "his ", "her ", "my ", "la ", "el ", "los ", "las "]
            .iter()
            .find_map(|article| name.strip_prefix(article))
            .unwrap_or(name);
        let (what, dose) = match self.dose.captures(name) {
            Some(c) => (c["what"].to_string(), Some(c["dose"].trim_end_matches(',').to_string())),
            None => (name.to_string(), None),
        };
        let led = text.get(..text.len().saturating_sub(name.len())).unwrap_or_default().trim_end();
        let led = led.trim_end_matches([':', ',']).to_lowercase();
        let said = words.named_by.iter().any(|w| without_last(&led, w).is_some());
        is_tried(&what, words, said).then_some((what, dose))
    }
}

/// Whether a name can be that of something tried. `said`: words right before it say that it was tried.
fn is_tried(name: &str, words: &TriedWords, said: bool) -> bool {
    /// The most words of a name that is known by nothing but what stands before it.
    const FEW: usize = 3;
    let parts: Vec<String> = name
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '.'))
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let known = |w: &String| {
        words.words.contains(w) || w.len() > 5 && words.stems.iter().any(|stem| w.ends_with(stem.as_str()))
    };
    !parts.is_empty()
        && parts.len() <= LONGEST
        && (parts.iter().any(known) || said && parts.len() <= FEW && name.starts_with(char::is_alphabetic))
        && !parts.iter().any(|w| words.not_words.contains(w))
}

/// "…: progression, new liver lesions." and "… with relief of less than two weeks": what is said of the result behind the dates.
fn result_behind(after: &str, words: &TriedWords) -> Option<String> {
    let rest = after.trim_start_matches([')', ',', ' ', '\n', ']']);
    let rest = tidy(rest);
    let lower = rest.to_lowercase();
    let lead = words.result_leads.iter().find(|l| {
        lower.starts_with(l.as_str()) && (l.chars().all(|c| !c.is_alphabetic()) || is_word(&lower, 0, l.len()))
    })?;
    let body = if lead.chars().any(char::is_alphabetic) { rest.as_str() } else { rest.get(lead.len()..)? };
    let end = body.find([';', '(', ':']).unwrap_or(body.len());
    let result = body.get(..end)?.trim().trim_end_matches('.').trim();
    (!result.is_empty() && result.chars().count() <= RESULT).then(|| result.to_string())
}

/// "Outcome: no lasting relief.": a sentence that says what it gives.
fn labelled_result(sentence: &str, words: &TriedWords) -> Option<String> {
    let (label, rest) = sentence.split_once(':')?;
    let label = label.trim().to_lowercase();
    let result = tidy(rest);
    let result = result.trim_end_matches('.');
    (words.result_labels.contains(&label) && !result.is_empty() && result.chars().count() <= RESULT)
        .then(|| result.to_string())
}

/// The last day of a stretch: of a month without a day its last.
fn last_day(text: &str, times: &TimeWords) -> Option<Date> {
    let day = one_day(text, None, times)?;
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).count();
    // "10/2024" names a month as "October 2024" does.
    let month = text.trim().len() <= "10/2024".len() && text.contains('/');
    Some(if numbers == 1 || numbers == 2 && month { day.last_of_month() } else { day })
}

/// A day as written; without a year, in that of the last day of its stretch (the year before where it would come after it).
fn one_day(text: &str, last: Option<Date>, times: &TimeWords) -> Option<Date> {
    let text = tidy(text).to_lowercase();
    if let Some(dated) = dates::find(&text, times).first() {
        return Some(dated.date);
    }
    let last = last?;
    let spanish = text.contains(" de ");
    [last.year(), last.year() - 1].into_iter().find_map(|year| {
        let full = if spanish { format!("{text} de {year}") } else { format!("{text}, {year}") };
        dates::find(&full, times).first().map(|d| d.date).filter(|d| *d <= last)
    })
}

fn without_last(text: &str, word: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let rest = lower.strip_suffix(word)?;
    (rest.is_empty() || rest.ends_with([' ', '('])).then(|| text.get(..rest.len()).unwrap_or_default().to_string())
}

fn is_word(text: &str, from: usize, to: usize) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '-';
    !text.get(..from).unwrap_or_default().ends_with(inside) && !text.get(to..).unwrap_or_default().starts_with(inside)
}

/// One blank between words.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
