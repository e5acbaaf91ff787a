//! Cues: words and phrases of `kb/opinions/cues/` that carry one meaning each, found in the tagged words of a clause.
//!
//! A phrase is words; `x*` is any word that begins with `x`, `*x` any that ends with it, `_` one word, `..` up to three,
//! `#` a number, `#-x` a number joined to x.
//! Longer phrases win over shorter ones at the same place, so that an idiom ("no doubt") hides the words it is made of.
//! What cues mean together is the business of [`super::reading`].

use std::collections::HashMap;

use kb::{Kb, KbError};
use serde::Deserialize;

/// What a cue means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cue {
    /// A predicate for its object: agree, recommend, benefit from.
    Favor,
    /// Agreement, which may be with a finding: agree, concur.
    Assent,
    /// A predicate against its object: disagree, advise against.
    Oppose,
    /// Praise of its subject: necessary, indicated, the right choice.
    Good,
    /// Blame of its subject: premature, unnecessary, a mistake.
    Bad,
    /// What a useful treatment does: helps, relieves; counts only when it is denied.
    Works,
    /// A part of the service: a side, a level, a number.
    Part,
    /// To keep the service away: deny, delay, withhold, stop.
    Withhold,
    /// Turns the next predicate around.
    Not,
    /// A wish or duty: would, should, needs, please.
    Want,
    /// A verb that orders when it begins a clause: start, give, obtain.
    Order,
    /// Before, prior to, ahead of.
    Before,
    /// First, to begin with.
    First,
    /// Until.
    Until,
    /// Opens a condition: if, once, provided, should he.
    If,
    /// Rather than, instead of.
    Instead,
    /// Ends the reach of a negation or an object: because, which, than.
    Edge,
    /// Held out for later: revisit, reassess, in reserve.
    Later,
    /// Not yet, too early.
    TooEarly,
    /// A milder step was not taken.
    Lack,
    /// A milder step is behind the patient or would not help.
    Done,
    /// Failure of something: fails, persists, still.
    Fails,
    /// A result: shows, confirms, positive.
    Result,
    /// In another form, dose, place or part.
    Change,
    /// A smaller amount is called enough.
    Enough,
    /// Leaves the request as it is: as requested.
    AsAsked,
    /// No answer is given.
    NoAnswer,
    /// The answer hangs on something: depends on, would decide.
    Hangs,
    /// "Both", "the two": stands for what was named before.
    Both,
    /// Both courses are defensible.
    BothWays,
    /// A concession before the main point.
    Concede,
    /// A whole clause that says yes.
    Yes,
    /// A whole clause that says no.
    No,
    /// The insurer or its decision.
    Plan,
    /// The treating physician or the recommendation.
    Doctor,
    /// The diagnosis.
    Diagnosis,
    /// A pronoun or "the request".
    Pronoun,
    /// The service of the case.
    Service,
    /// A milder or different treatment.
    Milder,
    /// A test or consultation.
    Test,
    /// A span of time: six weeks, some months.
    Time,
    /// Joins; a negation does not reach over it.
    And,
    /// Somebody else says or wants what follows.
    Told,
    /// Opens a question in which nothing is said.
    Whether,
    /// Routine preparation.
    Routine,
    /// A verb that means doing the service: operate, implant, take out, treat.
    Act,
    /// A comparison with a number: under 35, above 300, a rise of.
    Measure,
    /// A record or test that is old, poor or not there.
    Poor,
    /// Something that is measured was not measured: "has never been sent".
    Untested,
    /// The service in another setting or form than the case asks for ("outpatient SVC").
    Alt,
    /// Words that by themselves say that the answer waits.
    AnswerWaits,
    /// What a test is for: to settle, to decide.
    Purpose,
    /// Something else is called equally good.
    Equal,
    /// "No SVC", "without SVC".
    Without,
    /// What happens if nothing is done: "without it", "left untreated".
    Harm,
    /// Ties, fees, calls and thanks: a clause with such a word takes no position.
    Aside,
    /// Words that only look like a cue.
    Nothing,
}

impl Cue {
    /// Whether the cue is a thing a predicate can be about.
    pub(super) fn is_thing(self) -> bool {
        matches!(
            self,
            Cue::Plan | Cue::Doctor | Cue::Diagnosis | Cue::Pronoun | Cue::Service | Cue::Alt | Cue::Milder | Cue::Test
        )
    }

    /// Whether the cue judges its object or subject.
    pub(super) fn judges(self) -> bool {
        matches!(self, Cue::Favor | Cue::Assent | Cue::Oppose | Cue::Good | Cue::Bad)
    }
}

/// A cue in a clause; words are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) cue: Cue,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Word(String),
    Begins(String),
    Ends(String),
    Any,
    Gap,
    /// A number, with the rest of the word after a hyphen ("six-week").
    Number(String),
}

impl Piece {
    fn new(word: &str) -> Piece {
        match word {
            "_" => Piece::Any,
            ".." => Piece::Gap,
            _ if word.starts_with('#') => Piece::Number(word.trim_start_matches(['#', '-']).into()),
            _ if word.ends_with('*') => Piece::Begins(word.trim_end_matches('*').into()),
            _ if word.starts_with('*') => Piece::Ends(word.trim_start_matches('*').into()),
            _ => Piece::Word(word.into()),
        }
    }

    fn fits(&self, word: &str) -> bool {
        match self {
            Piece::Word(w) => w == word,
            Piece::Begins(w) => word.starts_with(w.as_str()),
            Piece::Ends(w) => word.len() > w.len() && word.ends_with(w.as_str()),
            Piece::Any | Piece::Gap => true,
            Piece::Number(rest) if rest.is_empty() => is_number(word),
            Piece::Number(rest) => word.rsplit_once('-').is_some_and(|(n, r)| r == rest && is_number(n)),
        }
    }
}

fn is_number(word: &str) -> bool {
    // "Once" is a number in Spanish only.
    word.starts_with(|c: char| c.is_ascii_digit()) || word != "once" && kb::number_word(word).is_some()
}

#[derive(Debug, Clone)]
struct Phrase {
    pieces: Vec<Piece>,
    cue: Cue,
    /// Matches only at the beginning of a clause.
    opens: bool,
}

/// A file of `kb/opinions/cues/`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CueFile {
    cue: Vec<CueData>,
    reading: Vec<ReadingData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CueData {
    kind: Cue,
    /// What the words mean, for people who read the file.
    says: String,
    words: Vec<String>,
    /// The words count only at the beginning of a clause.
    #[serde(default)]
    opens: bool,
}

/// A sentence with the poles that must be read from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadingData {
    /// Tagged words.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) says: String,
    /// Names of poles.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) means: Vec<String>,
}

/// All cues.
#[derive(Debug, Default)]
pub(super) struct Cues {
    /// By the first word, when it is a plain one.
    first: HashMap<String, Vec<Phrase>>,
    /// By the first three letters, when the first word ends in `*`.
    prefix: HashMap<String, Vec<Phrase>>,
    /// Those that begin with a number.
    numbers: Vec<Phrase>,
    /// All others.
    other: Vec<Phrase>,
    /// Examples, run as tests.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) readings: Vec<ReadingData>,
}

impl Cues {
    /// Reads `opinions/cues/`.
    pub(super) fn load(kb: &Kb) -> Result<Cues, KbError> {
        let mut out = Cues::default();
        for (path, file) in kb.tables::<CueFile>("opinions/cues")? {
            for c in file.cue {
                if c.says.is_empty() {
                    return Err(KbError { file: path, place: None, message: "a cue says nothing".into(), hint: None });
                }
                c.words.iter().for_each(|w| out.add(w, c.kind, c.opens));
            }
            out.readings.extend(file.reading);
        }
        Ok(out)
    }

    fn add(&mut self, words: &str, cue: Cue, opens: bool) {
        let pieces: Vec<Piece> = words.split_whitespace().map(Piece::new).collect();
        let phrase = Phrase { pieces, cue, opens };
        match phrase.pieces.first() {
            Some(Piece::Word(w)) => self.first.entry(w.clone()).or_default().push(phrase),
            Some(Piece::Begins(w)) if w.len() >= 3 => {
                self.prefix.entry(w.chars().take(3).collect()).or_default().push(phrase);
            }
            Some(Piece::Number(_)) => self.numbers.push(phrase),
            Some(_) => self.other.push(phrase),
            None => {}
        }
    }

    /// The cues of a clause, from left to right, none within another.
    pub(super) fn items(&self, words: &[&str]) -> Vec<Item> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.longest(words, at) {
                Some(item) => {
                    at = item.end;
                    out.push(item);
                }
                None => at += 1,
            }
        }
        out
    }

    fn longest(&self, words: &[&str], at: usize) -> Option<Item> {
        let word = words.get(at)?;
        let head = word.get(..3).and_then(|h| self.prefix.get(h));
        // Most words are no number, and are asked that once and not for every phrase.
        let number = is_number(word) || word.rsplit_once('-').is_some_and(|(n, _)| is_number(n));
        let numbers = if number { self.numbers.as_slice() } else { &[] };
        let near = self.first.get(*word).into_iter().chain(head).flatten().chain(numbers).chain(&self.other);
        near.filter(|p| !p.opens || at == 0)
            .filter_map(|p| ends(&p.pieces, words, at).map(|end| (end, p)))
            // A phrase of plain words wins over one with open places of the same length.
            .max_by_key(|(end, p)| (*end, p.pieces.iter().filter(|x| matches!(x, Piece::Word(_))).count()))
            .map(|(end, p)| Item { cue: p.cue, start: at, end })
    }
}

/// Where a phrase that begins at `at` ends.
fn ends(pieces: &[Piece], words: &[&str], at: usize) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else { return Some(at) };
    if *piece == Piece::Gap {
        return (0..=3).find_map(|skip| ends(rest, words, at + skip));
    }
    let word = words.get(at)?;
    piece.fits(word).then(|| ends(rest, words, at + 1)).flatten()
}

/// The words of a clause without signs and without the words that join it to the one before.
pub(super) fn words(clause: &str) -> Vec<&str> {
    const JOINING: [&str; 9] = ["and", "but", "so", "yet", "therefore", "thus", "y", "pero", "hence"];
    let mut out: Vec<&str> = clause
        .split([' ', '/'])
        .map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '%'))
        .map(|w| w.strip_suffix("'s").filter(|s| s.bytes().all(|b| b.is_ascii_uppercase())).unwrap_or(w))
        .filter(|w| !w.is_empty())
        .collect();
    let joins = out.iter().take_while(|w| JOINING.contains(w)).count();
    out.drain(..joins);
    out
}
