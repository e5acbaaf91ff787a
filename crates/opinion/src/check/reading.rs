//! What the cues of a sentence say together about the service: a small grammar.
//!
//! A predicate has a sign (for, against), which every negation in its reach and every word of withholding between it and its
//! object turns around; and an object, the nearest thing on the side where the language puts it. Sign and object give the
//! pole. Conditions, order in time and alternatives are read from the sentence as a whole. Examples of every construction
//! stand as `[[reading]]` in `kb/opinions/cues/` and run as tests.

mod positions;
mod whole;

use super::cues::{Cue, Item, words};
use super::events::Pole;
use super::rules::Rules;

/// A pole read from a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) pole: Pole,
    /// The clause names the service.
    pub(super) named: bool,
    /// The clause is in the first person.
    pub(super) own: bool,
}

/// What a condition asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// A test, a result, another consultation.
    Test,
    /// The failure of something milder.
    Failure,
    /// Anything else.
    Open,
}

/// How many words a negation reaches, from one cue to the next.
const REACH: usize = 7;
/// A clause of so few words may leave its subject out ("Right choice.").
const SHORT: usize = 6;
/// How far from a predicate its object may stand.
const OBJECT: usize = 14;
/// How far from a wish its object may stand.
const NEAR: usize = 8;

/// What is known of the words around a sentence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// The insurer's view was told just before.
    pub(super) after_insurer: bool,
    /// The sentence names the service, in whoever's voice.
    pub(super) named_in_sentence: bool,
    /// The sentence is about another option.
    pub(super) elsewhere: bool,
    /// Whose view was told just before, when it was another's: whether it favours the service.
    pub(super) told: Option<bool>,
    /// What the sentence before is about, when it does not name the service: a pronoun may stand for it.
    pub(super) topic: Option<Topic>,
}

/// What a sentence is about, other than the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// A milder or a different treatment.
    Milder,
    /// A test.
    Test,
}

/// What a sentence is about, when it names a treatment or test and not the service.
pub(super) fn topic(text: &str, rules: &Rules) -> Option<Topic> {
    let c = Clause::new(text, rules);
    match (c.named(), c.has(Cue::Milder), c.has(Cue::Test)) {
        (true, ..) => None,
        (_, true, _) => Some(Topic::Milder),
        (_, _, true) => Some(Topic::Test),
        _ => None,
    }
}

/// Reads one sentence from its own clauses.
pub(super) fn sentence(clauses: &[String], around: Around, rules: &Rules) -> Vec<Read> {
    let parsed: Vec<Clause> = clauses.iter().map(|c| Clause::new(c, rules)).collect();
    let whole = Whole::new(&parsed);
    let mut out: Vec<Read> = Vec::new();
    let mut sides = Vec::new();
    for c in &parsed {
        let read: Vec<Read> = c.positions(around).into_iter().map(|r| whole.under_condition(r)).collect();
        sides.push((out_has(&read, &[Pole::For]), out_has(&read, &[Pole::Against])));
        out.extend(read);
    }
    // "The drug, yes; the bed, no." in one breath, clause against clause: a part is refused.
    let yes = sides.iter().position(|s| *s == (true, false));
    let no = sides.iter().rposition(|s| *s == (false, true));
    if matches!((yes, no), (Some(y), Some(n)) if y < n) && whole.condition.is_none() && !whole.has(Cue::Measure) {
        out.push(Read { pole: Pole::Change, named: true, own: parsed.iter().any(|c| c.first_person) });
    }
    whole.order(around, &mut out);
    whole.both_sides(&mut out);
    out.dedup();
    out
}

/// Whether a clause proposes something, rather than tells what was or what will not do; a few words without a verb do.
pub(super) fn proposes(clause: &str, rules: &Rules) -> bool {
    let c = Clause::new(clause, rules);
    !c.denies() && (c.count <= SHORT || c.plans())
}

/// Whether a clause says in so many words that something is wished or enough.
pub(super) fn wishes(clause: &str, rules: &Rules) -> bool {
    let c = Clause::new(clause, rules);
    !c.denies() && c.plans()
}

/// The cues of a clause in words, for people who write rules.
pub(super) fn explain(clause: &str, rules: &Rules) -> String {
    let words = words(clause);
    let said = |i: &Item| format!("{:?}({})", i.cue, words.get(i.start..i.end).unwrap_or_default().join(" "));
    rules.cues.items(&words).iter().map(said).collect::<Vec<_>>().join(" ")
}

/// A clause with its cues.
struct Clause {
    items: Vec<Item>,
    words: Vec<String>,
    count: usize,
    first_person: bool,
    /// It tells what was: "had", "was", "after".
    past: bool,
    /// It begins with "yes,".
    says_yes: bool,
    /// It stands after "Recommendation:" or the like.
    recommends: bool,
}

/// A clause without its label ("Recommendation:") and without an opening "yes", the label, and whether there was a yes.
fn without_opening<'a>(text: &'a str, rules: &Rules) -> (&'a str, Option<&'a str>, bool) {
    let label = text.split_once(": ").map(|(l, rest)| (l.trim_start_matches(['-', ' ']), rest));
    let label = label.filter(|(l, _)| rules.listed("labels", l));
    let text = label.map_or(text, |l| l.1);
    let yes = ["yes, ", "yes: ", "yes. ", "si, ", "si: ", "yes - "].iter().find_map(|y| text.strip_prefix(y));
    (yes.unwrap_or(text), label.map(|l| l.0), yes.is_some())
}

impl Clause {
    fn new(text: &str, rules: &Rules) -> Clause {
        let (text, label, says_yes) = without_opening(text, rules);
        let words = words(text);
        let items = rules.cues.items(&words);
        let any = |list: &str| words.iter().any(|w| rules.listed(list, w));
        Clause {
            items,
            count: words.len(),
            first_person: any("first_person"),
            past: any("past"),
            says_yes,
            recommends: label.is_some_and(|l| rules.listed("recommending_labels", l)),
            words: words.into_iter().map(str::to_string).collect(),
        }
    }

    /// "Drug, yes; bed, no.": a few words that end in a yes or a no.
    fn ends_in_answer(&self) -> Option<bool> {
        let judged = self.items.iter().any(|i| i.cue.judges() || i.cue == Cue::NoAnswer);
        let short = (2..=SHORT + 2).contains(&self.count) && !judged;
        let last = self.words.iter().rev().find(|w| !matches!(w.as_str(), "too" | "also" | "indeed" | "certainly"));
        match last.map(String::as_str).filter(|_| short) {
            Some("yes" | "si") => Some(true),
            Some("no") => Some(false),
            _ => None,
        }
    }

    /// Whether a wish may have a bare pronoun for its object: "he needs it", not "I would call it".
    fn wants_itself(&self, k: usize) -> bool {
        const VERBS: [&str; 11] =
            ["need", "needs", "want", "wants", "deserves", "let", "get", "have", "please", "necesita", "requiere"];
        let item = self.items.get(k);
        item.and_then(|i| self.words.get(i.end.wrapping_sub(1))).is_some_and(|w| VERBS.contains(&w.as_str()))
    }

    fn has(&self, cue: Cue) -> bool {
        self.items.iter().any(|i| i.cue == cue)
    }

    /// Whether something is wished, ordered, praised or called enough.
    fn plans(&self) -> bool {
        self.items.iter().any(|i| {
            matches!(i.cue, Cue::Want | Cue::Favor | Cue::Good | Cue::Enough | Cue::Change | Cue::Works)
                || matches!(i.cue, Cue::Order | Cue::Act | Cue::Withhold) && i.start == 0
        })
    }

    /// Whether something is denied, past, failed, asked or put under a condition.
    fn denies(&self) -> bool {
        self.items.iter().any(|i| {
            let denied = matches!(i.cue, Cue::Not | Cue::Bad | Cue::Oppose | Cue::Fails | Cue::Lack);
            denied || matches!(i.cue, Cue::Done | Cue::Whether | Cue::Told) || i.cue == Cue::If && i.start == 0
        })
    }

    fn named(&self) -> bool {
        self.has(Cue::Service)
    }

    fn read(&self, pole: Pole) -> Read {
        Read { pole, named: self.named(), own: self.first_person }
    }

    /// Whether an odd number of negations reaches item `k`.
    fn negated(&self, k: usize) -> bool {
        let Some(at) = self.items.get(k) else { return false };
        let (mut n, mut from) = (0, at.start);
        for i in self.items.iter().take(k).rev() {
            let stops = matches!(i.cue, Cue::Edge | Cue::And | Cue::If | Cue::Instead | Cue::Before | Cue::Until);
            if stops || from.saturating_sub(i.end) > REACH {
                break;
            }
            // "Without having met the surgeon, I find it right": a "without" reaches only the next words.
            let without = self.words.get(i.start).is_some_and(|w| w == "without" || w == "sin");
            let reaches = !without || at.start == i.end;
            from = i.start;
            let object = at.cue == Cue::Good && i.cue == Cue::Bad;
            n += usize::from(reaches && (matches!(i.cue, Cue::Not | Cue::Oppose) || object));
        }
        n % 2 == 1
    }

    /// The thing after item `k`, with the number of turns (negation, withholding) between.
    fn object_after(&self, k: usize) -> Option<(Cue, usize)> {
        let at = self.items.get(k)?;
        let (mut turns, mut found, mut act) = (0, None, None);
        for i in self.items.iter().skip(k + 1).take_while(|i| i.start.saturating_sub(at.end) <= OBJECT) {
            match i.cue {
                Cue::Not | Cue::Withhold if found.is_none() => turns += 1,
                // "Sorry to see it refused."
                Cue::Withhold if matches!(found, Some((Cue::Pronoun, _))) => {
                    found = found.map(|(c, t)| (c, t + 1));
                }
                Cue::Without if found.is_none() => return Some((Cue::Service, turns + 1)),
                Cue::Edge | Cue::If | Cue::Before | Cue::Until | Cue::Instead | Cue::Good | Cue::Bad => break,
                Cue::And if self.words.get(i.start).is_some_and(|w| w == "i" || w == "we") => break,
                // "With the diagnosis and the operation": the service counts when it follows.
                Cue::Diagnosis | Cue::Doctor | Cue::Pronoun => found = found.or(Some((i.cue, turns))),
                Cue::Service if found.is_some_and(|f| f.0 != Cue::Pronoun) => return Some((i.cue, turns)),
                c if c.is_thing() => return Some(found.unwrap_or((c, turns))),
                Cue::Act => act = act.or(Some((Cue::Act, turns))),
                _ => {}
            }
        }
        found.or(act)
    }

    /// The thing before item `k`, with the number of words of withholding before it.
    fn subject_before(&self, k: usize) -> Option<(Cue, usize)> {
        let before = self.items.get(..k)?;
        let last = before.iter().rposition(|i| matches!(i.cue, Cue::Edge | Cue::Instead | Cue::If | Cue::Until));
        let near = before.get(last.map_or(0, |l| l + 1)..)?;
        let turns = near.iter().filter(|i| matches!(i.cue, Cue::Withhold | Cue::Without)).count();
        // "The request for SVC", "Dr. DOC's plan": the service is meant before what stands around it.
        let things = || near.iter().map(|i| i.cue).filter(|c| c.is_thing());
        let main = |c: &Cue| matches!(c, Cue::Service | Cue::Alt | Cue::Milder | Cue::Test);
        match things().rfind(main).or_else(|| things().next_back()) {
            Some(t) => Some((t, turns)),
            None if near.iter().any(|i| i.cue == Cue::Act) => Some((Cue::Act, turns)),
            None => (turns > 0).then_some((Cue::Pronoun, turns)),
        }
    }

    /// Whether the clause gives a view, and no mere finding.
    fn speaks(&self) -> bool {
        let ordered = self.items.first().is_some_and(|i| i.cue == Cue::Order && i.start == 0);
        let views = |i: &Item| i.cue.judges() || matches!(i.cue, Cue::Want | Cue::Part | Cue::Yes | Cue::No);
        self.first_person || ordered || self.count <= SHORT || self.items.iter().any(views)
    }

    /// Whether a negation stands right before `cue`: "no sleep study".
    fn without(&self, cue: Cue) -> bool {
        self.items.windows(2).any(|w| matches!(w, [n, t] if n.cue == Cue::Not && t.cue == cue && t.start <= n.end + 2))
    }

    /// Whether something is wished or ordered and `cue` stands after it.
    fn wishes(&self, cue: Cue) -> bool {
        let wish = |i: &Item| i.cue == Cue::Want || i.cue == Cue::Order && i.start == 0;
        let from = self.items.iter().position(wish);
        from.is_some_and(|k| self.items.iter().skip(k + 1).any(|i| i.cue == cue))
    }
}

/// A sentence.
struct Whole<'a> {
    clauses: &'a [Clause],
    condition: Option<Condition>,
}

fn out_has(out: &[Read], poles: &[Pole]) -> bool {
    out.iter().any(|r| poles.contains(&r.pole))
}
