//! A letter that does not support the care → what its reader must know first: a warning to the patient, and why the physician
//! says no. Everything is quoted; nothing is concluded. The words by which a warning is known are data
//! (`kb/course/adverse.toml`).

use facts::Document;
use kb::{Kb, KbError};
use opinion::Check;
use serde::{Deserialize, Serialize};

use crate::quotes::{Quotes, places, tidy};

const FILE: &str = "course/adverse.toml";

/// What is told first of a letter that does not support the care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Adverse {
    /// Sentences that say the care could harm this patient.
    pub warnings: Vec<Told>,
    /// The physician's own reason: the sentence that says no, and those of its paragraph that go on from it.
    pub reason: Option<Told>,
}

/// Words of the letter with their page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The words; line breaks of the page are spaces.
    pub quote: String,
    /// The page, counted from 1.
    pub page: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code)]
    format: String,
    warning: Vec<String>,
    denied: Vec<String>,
    calm: Vec<String>,
    most_warnings: usize,
    reason_sentences: usize,
    because: Vec<String>,
    stops: Vec<String>,
}

/// What is told first of the letter that was checked; none where it does not speak against the care.
///
/// # Errors
/// A [`KbError`] when `kb/course/adverse.toml` or `kb/course/quotes.toml` is absent or damaged.
pub fn adverse(check: &Check, letter: &Document, kb: &Kb) -> Result<Option<Adverse>, KbError> {
    if !matches!(check.outcome.as_str(), "against" | "conservative_first" | "needs_workup") {
        return Ok(None);
    }
    let file: File = kb.table(FILE)?;
    let quotes = Quotes::load(kb)?;
    let pages: Vec<Vec<String>> = letter.pages.iter().map(|p| quotes.sentences(&p.text)).collect();
    let reason = reason(check, letter, &pages, &file);
    let answer: Vec<&str> = check.outcome_quote.as_deref().unwrap_or_default().split_whitespace().collect();
    let answer = answer.join(" ");
    let is_answer = |s: &str| answer.contains(s) || !answer.is_empty() && s.contains(&answer);
    let mut warnings: Vec<Told> = Vec::new();
    for (page, sentences) in pages.iter().enumerate() {
        for (at, sentence) in sentences.iter().enumerate().filter(|(_, s)| file.warns(s)) {
            let before = at.checked_sub(1).and_then(|i| sentences.get(i));
            let told: Option<&mut Told> = warnings.last_mut();
            // Sentences that stand side by side are one quote.
            match (told, before) {
                (Some(told), Some(b)) if told.page == page + 1 && told.quote.ends_with(b.as_str()) => {
                    told.quote.push(' ');
                    told.quote.push_str(sentence);
                    continue;
                }
                _ => {}
            }
            // The fact about this patient may stand in the sentence before; the answer itself stands below.
            let before = before.filter(|b| file.goes_with(b, sentence) && !is_answer(b));
            let quote = before.map_or_else(|| sentence.clone(), |b| format!("{b} {sentence}"));
            warnings.push(Told { quote, page: page + 1 });
        }
    }
    warnings.truncate(file.most_warnings);
    Ok(Some(Adverse { warnings, reason }))
}

impl File {
    fn warns(&self, sentence: &str) -> bool {
        let text = cite::fold(sentence);
        let denied = |at: usize| {
            let before = text.get(..at).unwrap_or_default().trim_end();
            let is_last = |no: &String| {
                before.strip_suffix(cite::fold(no).as_str()).is_some_and(|b| !b.ends_with(char::is_alphanumeric))
            };
            self.denied.iter().any(is_last)
        };
        let calm = self.calm.iter().any(|word| !places(&text, word).is_empty());
        // What is denied at one place may be said at another.
        !calm && self.warning.iter().flat_map(|word| places(&text, word)).any(|at| !denied(at))
    }

    /// Whether a sentence gives a ground for something: "because", "as long as".
    fn gives_a_ground(&self, sentence: &str) -> bool {
        let text = cite::fold(sentence);
        self.because.iter().any(|word| !places(&text, word).is_empty())
    }

    /// Whether a sentence is about something else than the reason: ties, thanks, an offer to talk.
    fn ends_the_reason(&self, sentence: &str) -> bool {
        let text = cite::fold(sentence);
        self.stops.iter().any(|word| !places(&text, word).is_empty())
    }

    /// Whether a sentence is the fact on which a warning rests: one of the same paragraph that is about the patient. A line that
    /// ends otherwise than a sentence (a heading, an address) is none.
    fn goes_with(&self, before: &str, warning: &str) -> bool {
        let is_sentence = before.ends_with('.') && before.split_whitespace().count() > 3;
        let short = warning.split_whitespace().count() <= before.split_whitespace().count() * 2;
        is_sentence && short
    }
}

/// The sentences in which the physician says no, with those that follow, as far as they stand so on the page.
fn reason(check: &Check, letter: &Document, pages: &[Vec<String>], file: &File) -> Option<Told> {
    let wanted = tidy(check.outcome_quote.as_deref()?);
    let page = check.outcome_page?;
    let sentences = pages.get(page.checked_sub(1)?)?;
    let text = tidy(&letter.pages.get(page.checked_sub(1)?)?.text);
    // The quote may be part of a sentence, or longer than one.
    let holds = |from: usize, to: usize| sentences.get(from..=to).is_some_and(|s| s.join(" ").contains(&wanted));
    let (from, to) = (0..sentences.len())
        .find_map(|to| (0..=to).rev().take(LONGEST_ANSWER).find(|from| holds(*from, to)).map(|from| (from, to)))?;
    let goes_on = |s: &&String| s.ends_with(['.', '!', '”', '"']) && !file.ends_the_reason(s);
    // "She takes her inhaler every third day. As long as that is so, …": the ground may stand before the answer.
    let own_ground = sentences.get(from..=to).is_some_and(|s| s.iter().any(|s| file.gives_a_ground(s)));
    let ground =
        (from.saturating_sub(GROUND)..from).find(|i| sentences.get(*i).is_some_and(|s| file.gives_a_ground(s)));
    let apart = |i: &usize| sentences.get(*i..from).is_some_and(|s| s.iter().all(|s| goes_on(&s)));
    let from = ground.filter(|i| !own_ground && apart(i)).unwrap_or(from);
    let more = sentences.iter().skip(to + 1).take_while(goes_on).take(file.reason_sentences).count();
    let quote = (to..=to + more).rev().find_map(|last| {
        let quote = sentences.get(from..=last)?.join(" ");
        text.contains(&quote).then_some(quote)
    });
    Some(Told { quote: quote.unwrap_or(wanted), page })
}

/// So many sentences before the answer are looked through for its ground.
const GROUND: usize = 3;
/// More sentences than this are no answer that a check quotes.
const LONGEST_ANSWER: usize = 8;
