//! What the cues of a sentence say together about the service: a small grammar.
//!
//! A predicate has a sign (for, against), which every negation in its reach and every word of withholding between it and its
//! object turns around; and an object, the nearest thing on the side where the language puts it. Sign and object give the
//! pole. Conditions, order in time and alternatives are read from the sentence as a whole. Examples of every construction
//! stand as `[[reading]]` in `kb/opinions/cues/` and run as tests.

use super::cues::{Cue, Item, words};
use super::outcome::Pole;
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

    /// All positions of the clause.
    fn positions(&self, around: Around) -> Vec<Read> {
        if self.has(Cue::Aside) {
            return Vec::new();
        }
        // What is asked or told by others is no position.
        let end = self.items.iter().position(|i| matches!(i.cue, Cue::Whether | Cue::Told)).unwrap_or(self.items.len());
        let mut at: Vec<(usize, Read)> = (0..end).filter_map(|k| self.position(k, around).map(|r| (k, r))).collect();
        self.split_by_and(&mut at);
        let mut out: Vec<Read> = at.into_iter().map(|(_, r)| r).collect();
        let tied =
            self.items.iter().any(|i| matches!(i.cue, Cue::If | Cue::Told | Cue::Whether | Cue::Until | Cue::Before));
        // "Recommendation: laparoscopic SVC."
        let bare = |i: &Item| {
            !(i.cue.judges() || matches!(i.cue, Cue::Not | Cue::Milder | Cue::Test | Cue::Without | Cue::Withhold))
        };
        if self.recommends && self.named() && !tied && self.items.iter().all(bare) {
            out.push(Read { own: true, ..self.read(Pole::For) });
        }
        if self.says_yes && !tied {
            out.push(Read { named: true, ..self.read(Pole::For) });
        }
        let divided = self.words.iter().any(|w| w == "some" || w == "others");
        if divided && self.ends_in_negation() {
            out.push(self.read(Pole::BothWays));
        } else if self.ends_in_negation() && (self.has(Cue::Want) || !self.first_person) {
            out.push(self.read(Pole::Against));
        }
        if let Some(yes) = self.ends_in_answer() {
            out.push(self.read(if yes { Pole::For } else { Pole::Against }));
        }
        // "I recommend against it before that is done", "not until", "cannot support it yet".
        let waits = [Cue::Before, Cue::Until, Cue::TooEarly].iter().any(|c| self.has(*c));
        if waits {
            out.iter_mut().filter(|r| r.pole == Pole::Against).for_each(|r| r.pole = Pole::NotYet);
        }
        if self.has(Cue::BothWays) {
            out.retain(|r| !matches!(r.pole, Pole::For | Pole::Against));
        }
        if self.has(Cue::Concede) {
            out.iter_mut().for_each(|r| (r.named, r.own) = (false, false));
        }
        out
    }

    fn position(&self, k: usize, around: Around) -> Option<Read> {
        let item = self.items.get(k)?;
        // "Before I agree to SVC": what follows is not agreed to.
        let last_word = |i: &Item| self.words.get(i.end.wrapping_sub(1)).map(String::as_str);
        let before = |i: &Item| {
            matches!(i.cue, Cue::Before | Cue::Until)
                || i.cue == Cue::Hangs && (i.start == 0 || last_word(i) == Some("before"))
        };
        let waits = self.items.iter().take(k).any(before);
        let read = self.pole_at(k, item, around)?;
        let dropped = waits && matches!(read.pole, Pole::For | Pole::WeaklyFor)
            || read.pole == Pole::Against && self.insurer_speaks(k);
        (!dropped).then_some(read)
    }

    /// "The plan has turned it down as not necessary": before item `k` the insurer is the one who speaks.
    fn insurer_speaks(&self, k: usize) -> bool {
        let plan = self.items.iter().take(k).rfind(|i| i.cue == Cue::Plan).map(|i| i.end);
        let at = self.items.get(k).map_or(0, |i| i.start);
        let own = |w: &String| matches!(w.as_str(), "i" | "we" | "i'd" | "i'm" | "my");
        plan.is_some_and(|p| self.words.get(p..at).is_some_and(|w| !w.iter().any(own)))
    }

    fn pole_at(&self, k: usize, item: &Item, around: Around) -> Option<Read> {
        match item.cue {
            Cue::Favor | Cue::Assent => self.verb(k, true, around),
            Cue::Oppose => self.verb(k, false, around),
            Cue::Good => self.quality(k, true, around),
            Cue::Bad => self.quality(k, false, around),
            Cue::Want => self.wish(k, around),
            Cue::Order | Cue::Act if item.start == 0 => self.order_at_start(k, around),
            Cue::Withhold => self.put_off(k),
            // "Plan: no SVC."
            Cue::Without if item.start <= 1 && self.count <= SHORT && !self.items.iter().any(|i| i.cue.judges()) => {
                Some(self.read(Pole::Against))
            }
            Cue::Instead => self.displaced(k),
            Cue::Service if item.start == 0 && self.commands(k) => Some(self.read(Pole::For)),
            Cue::Works if self.negated(k) => {
                self.subject_before(k).filter(|t| t.0 == Cue::Service).map(|_| self.read(Pole::Against))
            }
            // "I do not think so": about whatever was said or asked just before.
            Cue::No if self.words.get(item.end.wrapping_sub(1)).is_some_and(|w| w == "so") => match around.told {
                _ if around.after_insurer => Some(self.read(Pole::InsurerWrong)),
                Some(told) => Some(self.read(if told { Pole::Against } else { Pole::For })),
                None if around.topic.is_some() => None,
                None => Some(Read { pole: Pole::Against, named: false, own: false }),
            },
            Cue::Yes | Cue::No => {
                let yes = (item.cue == Cue::Yes) ^ self.negated(k);
                let other = self.subject_before(k).map(|t| t.0).filter(|_| !self.named_before(k));
                let unknown = item.start > 0
                    && self.words.get(item.start).is_some_and(|w| w == "is" || w == "es")
                    && !self
                        .items
                        .iter()
                        .take(k)
                        .any(|i| matches!(i.cue, Cue::Service | Cue::Pronoun | Cue::Act | Cue::Doctor | Cue::Want));
                let noun =
                    unknown && self.words.get(item.start + 1).is_some_and(|w| w == "the" || w == "el" || w == "la");
                Some(match other {
                    _ if yes && noun => self.read(Pole::Other),
                    // "Lithium is the treatment."
                    Some(Cue::Milder) if yes => self.read(Pole::Other),
                    Some(Cue::Alt) if yes => self.read(Pole::Change),
                    Some(Cue::Test) if yes => self.read(Pole::TestHint),
                    _ => Read { named: true, ..self.read(if yes { Pole::For } else { Pole::Against }) },
                })
            }
            Cue::Equal if !self.negated(k) => Some(self.read(Pole::Against)),
            Cue::Lack => Some(self.read(Pole::Lacking)),
            Cue::NoAnswer => Some(self.read(Pole::Declined)),
            Cue::BothWays => Some(self.read(Pole::BothWays)),
            Cue::TooEarly if !self.negated(k) => Some(self.read(Pole::NotYet)),
            Cue::Later if !self.negated(k) => Some(self.read(Pole::Later)),
            Cue::Change if !self.negated(k) && self.speaks() => Some(self.read(Pole::Change)),
            Cue::AsAsked if self.as_asked(k) => Some(self.read(Pole::For)),
            Cue::Enough if !self.negated(k) && (self.named() || self.has(Cue::Time)) => Some(self.read(Pole::Change)),
            _ => None,
        }
    }

    /// "Fuse it.", "Replace the valve.": the service's own verb begins the clause and takes an object.
    fn commands(&self, k: usize) -> bool {
        const OBJECTS: [&str; 9] = ["it", "him", "her", "them", "the", "this", "these", "those", "both"];
        let next = self.items.get(k).and_then(|i| self.words.get(i.end)).map(String::as_str).unwrap_or_default();
        let part = self.items.get(k + 1).is_some_and(|n| n.cue == Cue::Part && n.start <= 1);
        (OBJECTS.contains(&next) || part)
            && !self.items.iter().any(|i| i.cue.judges() || matches!(i.cue, Cue::Not | Cue::Want))
    }

    /// "Fuse one level and leave the others alone": a yes, "and", a no: a part is refused.
    fn split_by_and(&self, at: &mut [(usize, Read)]) {
        let yes = at.iter().find(|(_, r)| r.pole == Pole::For).map(|(k, _)| *k);
        let Some(yes) = yes else { return };
        let and = |k: usize| self.items.get(yes..k).is_some_and(|between| between.iter().any(|i| i.cue == Cue::And));
        at.iter_mut()
            .filter(|(k, r)| *k > yes && r.pole == Pole::Against && and(*k))
            .for_each(|(_, r)| r.pole = Pole::Change);
    }

    /// Whether the service is named before item `k`.
    fn named_before(&self, k: usize) -> bool {
        self.items.iter().take(k).any(|i| i.cue == Cue::Service)
    }

    /// "It should not.", "The tip work isn't.": a clause that ends in its negation.
    fn ends_in_negation(&self) -> bool {
        let last = self.items.last().is_some_and(|i| i.cue == Cue::Not && i.end == self.count);
        last && self.count >= 3
            && !self
                .items
                .iter()
                .any(|i| i.cue.judges() || matches!(i.cue, Cue::Milder | Cue::If | Cue::Edge | Cue::Fails))
    }

    /// "SVC as proposed.": a clause without any judgement that repeats the request.
    fn as_asked(&self, k: usize) -> bool {
        let judged = self.items.iter().any(|i| i.cue.judges() || i.cue == Cue::Not);
        let thing = self.items.iter().take(k).any(|i| matches!(i.cue, Cue::Service | Cue::Act | Cue::Order));
        thing && !judged && !self.items.iter().any(|i| matches!(i.cue, Cue::Plan | Cue::Done | Cue::Milder))
    }

    /// A predicate with an object: "I support SVC".
    fn verb(&self, k: usize, good: bool, around: Around) -> Option<Read> {
        // "I agree that SVC is needed": the complement carries the judgement, the verb only its sign.
        if self.complement(k) {
            return None;
        }
        let found = self.object_after(k).or_else(|| self.subject_before(k));
        let (object, turns) = found.unwrap_or((Cue::Nothing, 0));
        let displaces = self.items.iter().skip(k).any(|i| i.cue == Cue::Instead);
        if object == Cue::Nothing && displaces
            || object == Cue::Nothing && !(self.count <= 3 || self.first_person && self.count <= 2 * SHORT)
        {
            return None;
        }
        // "Como le aconsejo el Dr. DOC" (aconsejó): folded words have lost the accent; the doctor is the subject.
        let past = self.items.get(k).and_then(|i| self.words.get(i.start)).is_some_and(|w| w.ends_with('o'));
        if past
            && object == Cue::Doctor
            && self.words.iter().any(|w| matches!(w.as_str(), "el" | "la" | "como" | "que"))
        {
            return None;
        }
        let assents = self.items.get(k).is_some_and(|i| i.cue == Cue::Assent);
        if assents && matches!(object, Cue::Test | Cue::Milder | Cue::Diagnosis) {
            return None;
        }
        if let Some(told) =
            around.told.filter(|_| matches!(object, Cue::Pronoun | Cue::Nothing) && self.about_a_view(k))
        {
            let with = good ^ self.negated(k);
            return Some(self.read(if with == told { Pole::For } else { Pole::Against }));
        }
        let kept_away = object == Cue::Nothing && self.withheld_after(k);
        let around = if assents { Around { topic: None, ..around } } else { around };
        let negative = self.negated(k) ^ kept_away;
        // "I cannot disagree" is a weak yes.
        let weak = negative && !good;
        self.pole(object, good ^ negative ^ (turns % 2 == 1), weak, around)
    }

    /// Whether predicate `k` is about a view that was told: "I disagree", "I do not share that", "I see it differently".
    fn about_a_view(&self, k: usize) -> bool {
        const VIEWS: [&str; 8] =
            ["agree", "disagree", "differ", "differently", "share", "concur", "comparto", "coincido"];
        let words = self.items.get(k).and_then(|i| self.words.get(i.start..i.end)).unwrap_or_default();
        words.iter().any(|w| VIEWS.iter().any(|v| w.starts_with(v)))
    }

    /// Whether the predicate is about keeping something away: "no reason to wait", "no ground on which it could be withheld".
    fn withheld_after(&self, k: usize) -> bool {
        let after = self.items.iter().skip(k + 1);
        after.take_while(|i| !matches!(i.cue, Cue::And | Cue::Not)).any(|i| i.cue == Cue::Withhold)
    }

    /// Whether a later quality in the same clause carries the judgement of predicate `k`.
    fn complement(&self, k: usize) -> bool {
        let favors = self.items.get(k).is_some_and(|i| matches!(i.cue, Cue::Favor | Cue::Assent));
        let mut thing = false;
        for i in self.items.iter().skip(k + 1) {
            match i.cue {
                Cue::Edge | Cue::And | Cue::If => return false,
                Cue::Good | Cue::Bad => return true,
                // "My advice is not to give it": the second predicate carries the object.
                c if favors && !thing && c.judges() => return true,
                c => thing |= c.is_thing() && c != Cue::Pronoun,
            }
        }
        false
    }

    /// A quality with a subject: "SVC is necessary", "it would be wrong to do SVC".
    fn quality(&self, k: usize, good: bool, around: Around) -> Option<Read> {
        if good && self.chosen_is_unknown(k) {
            return Some(self.read(Pole::Other));
        }
        let (thing, turns) = match (self.subject_before(k), self.object_after(k)) {
            (Some((Cue::Pronoun, t)), Some((a, u))) => (a, t + u),
            (Some(before), _) => before,
            (None, Some(after)) => after,
            // "Twenty days is fair": whether that is what was asked for is settled by the number.
            (None, None) if self.items.iter().take(k).any(|i| i.cue == Cue::Time) => (Cue::Nothing, 0),
            // "My assessment is that her risk does not justify it": blame in the first person needs no name.
            (None, None) if !good && self.first_person => (Cue::Nothing, 0),
            (None, None) if around.topic.is_none() && self.count <= 2 * SHORT => (Cue::Nothing, 0),
            (None, None) => return None,
        };
        if thing == Cue::Nothing && around.after_insurer {
            return None;
        }
        // "No reason to wait": the waiting is blamed, not the thing.
        let kept_away = self.object_after(k).is_none() && self.withheld_after(k);
        self.pole(thing, good ^ self.negated(k) ^ (turns % 2 == 1) ^ kept_away, false, around)
    }

    /// "Hospice is what I recommend": the choice is something that is neither the service nor a pronoun for it.
    fn chosen_is_unknown(&self, k: usize) -> bool {
        let Some(at) = self
            .items
            .get(k)
            .filter(|i| self.words.get(i.start..i.end).is_some_and(|w| w.contains(&"what".to_string())))
        else {
            return false;
        };
        let from = self.items.iter().take(k).rfind(|i| matches!(i.cue, Cue::And | Cue::Edge)).map_or(0, |i| i.end);
        let things = self
            .items
            .iter()
            .take(k)
            .any(|i| i.start >= from && (i.cue.is_thing() || matches!(i.cue, Cue::Act | Cue::AsAsked)));
        let noun = |w: &String| w.len() >= 5 && !w.ends_with("ly");
        !things && self.words.get(from..at.start).is_some_and(|w| w.iter().any(noun))
    }

    /// A wish or an order: "I would do SVC", "she needs SVC", "start SVC", "the tonsils ought to come out".
    fn wish(&self, k: usize, around: Around) -> Option<Read> {
        let at = self.items.get(k)?;
        let next = self.items.get(k + 1..)?;
        // The wish belongs to the predicate after it: "I would support".
        if next.first().is_some_and(|n| n.cue.judges() && n.start <= at.end + 3) || self.complement(k) {
            return None;
        }
        let (object, turns) = self.wished(k).or_else(|| self.wished_before(k))?;
        // "He should have it", "she needs it" is a position without an "I".
        let read = self.pole(object, !self.negated(k) ^ (turns % 2 == 1), false, around)?;
        let patient = self.items.get(k).and_then(|i| self.words.get(i.start.checked_sub(1)?)).is_some_and(|w| {
            matches!(w.as_str(), "he" | "she" | "they" | "PT" | "patient" | "child" | "boy" | "girl" | "PTYOU")
        });
        Some(Read { own: read.own || patient && object != Cue::Test, ..read })
    }

    /// "Start SVC.", "Fuse it.", "Biopsy it."
    fn order_at_start(&self, k: usize, around: Around) -> Option<Read> {
        match self.wish(k, around) {
            None if self.items.get(k)?.cue == Cue::Act && self.count <= SHORT => {
                self.pole(Cue::Act, true, false, around)
            }
            read => read,
        }
    }

    /// "Residential care is the level she needs now.": the wish closes the clause, its object stands before.
    fn wished_before(&self, k: usize) -> Option<(Cue, usize)> {
        let closes =
            self.items.get(k + 1..).is_some_and(<[Item]>::is_empty) && self.count <= self.items.get(k)?.end + 2;
        let thing = self.subject_before(k).filter(|t| matches!(t.0, Cue::Service | Cue::Alt | Cue::Milder))?;
        (closes && self.wants_itself(k)).then_some(thing)
    }

    /// What is wished: the thing near the wish. A verb of doing ("operate") means the service, unless another thing is
    /// what it is done with ("treat with methotrexate").
    fn wished(&self, k: usize) -> Option<(Cue, usize)> {
        let at = self.items.get(k)?;
        let next = self.items.get(k + 1..)?;
        let reach = |i: &&Item| i.start <= at.end + NEAR;
        let ends =
            |i: &&Item| matches!(i.cue, Cue::Edge | Cue::If | Cue::Before | Cue::Until | Cue::Instead | Cue::Hangs);
        let within = || next.iter().take_while(|i| !ends(i) && reach(i));
        let turns = within().take_while(|i| !i.cue.is_thing() && i.cue != Cue::Act);
        let turns = turns.filter(|i| matches!(i.cue, Cue::Not | Cue::Withhold)).count();
        let has = |cue: Cue| within().any(|i| i.cue == cue);
        if within().take_while(|i| !i.cue.is_thing()).any(|i| matches!(i.cue, Cue::Later | Cue::NoAnswer | Cue::Hangs))
        {
            return None;
        }
        let first = within().map(|i| i.cue).find(|c| c.is_thing() || matches!(c, Cue::Act | Cue::Without))?;
        if first == Cue::Without {
            return Some((Cue::Service, turns + 1));
        }
        let thing = match first {
            Cue::Service | Cue::Alt | Cue::Milder | Cue::Test => first,
            Cue::Act | Cue::Pronoun if has(Cue::Alt) => Cue::Alt,
            Cue::Act | Cue::Pronoun if has(Cue::Service) => Cue::Service,
            Cue::Act if has(Cue::Milder) => Cue::Milder,
            Cue::Act => Cue::Act,
            Cue::Pronoun if has(Cue::Milder) => Cue::Milder,
            Cue::Pronoun if has(Cue::Act) => Cue::Act,
            Cue::Pronoun if self.wants_itself(k) && next.first().is_some_and(|n| n.start <= at.end + 1) => Cue::Pronoun,
            _ => return None,
        };
        Some((thing, turns))
    }

    /// "X rather than SVC": the service is displaced.
    fn displaced(&self, k: usize) -> Option<Read> {
        let next = self.items.get(k + 1)?;
        let near = next.start <= self.items.get(k)?.end + 4;
        let stated = self.items.iter().take(k).any(|i| i.cue.judges() || matches!(i.cue, Cue::Want | Cue::Milder));
        (near && stated && next.cue == Cue::Service).then(|| self.read(Pole::Against))
    }

    /// A word of withholding without a judgement: "should not be delayed", "I would hold off".
    fn put_off(&self, k: usize) -> Option<Read> {
        if self.items.iter().any(|i| i.cue.judges()) {
            return None;
        }
        let wanted = self.items.iter().take(k).any(|i| i.cue == Cue::Want);
        match (self.negated(k), wanted) {
            (true, _) => Some(self.read(Pole::WeaklyFor)),
            (false, true) => Some(self.read(Pole::NotYet)),
            (false, false) => None,
        }
    }

    /// Sign and object make the pole.
    fn pole(&self, thing: Cue, good: bool, weak: bool, around: Around) -> Option<Read> {
        let named = self.named();
        // "The plan has turned it down as not necessary": the insurer speaks.
        let pole = match (thing, good) {
            (Cue::Pronoun | Cue::Nothing, _) if around.elsewhere => return None,
            (Cue::Pronoun, true) if around.topic == Some(Topic::Milder) && !named => Pole::Other,
            (Cue::Pronoun | Cue::Nothing, false) if around.topic == Some(Topic::Milder) && !named => return None,
            (Cue::Pronoun, true) if around.topic == Some(Topic::Test) && !named => Pole::TestHint,
            (Cue::Alt, true) => Pole::Change,
            (Cue::Alt, false) => return None,
            (Cue::Plan, true) => Pole::InsurerRight,
            (Cue::Plan, false) => Pole::InsurerWrong,
            (Cue::Diagnosis, false) | (Cue::Test, true) => Pole::TestHint,
            (Cue::Milder, true) => Pole::Other,
            (Cue::Diagnosis, true) | (Cue::Milder | Cue::Test, false) => return None,
            (Cue::Pronoun, false) if around.after_insurer && !named => Pole::InsurerWrong,
            (Cue::Nothing, true) if around.after_insurer => Pole::InsurerRight,
            (Cue::Nothing, false) if around.after_insurer => Pole::InsurerWrong,
            (_, true) if weak => Pole::WeaklyFor,
            (_, true) => Pole::For,
            (_, false) => Pole::Against,
        };
        Some(self.read(pole))
    }
}

/// A sentence.
struct Whole<'a> {
    clauses: &'a [Clause],
    condition: Option<Condition>,
}

impl<'a> Whole<'a> {
    fn new(clauses: &'a [Clause]) -> Whole<'a> {
        let condition = clauses.iter().enumerate().find_map(|(n, c)| {
            let k = c.items.iter().position(|i| i.cue == Cue::If)?;
            condition(c, k, clauses.get(n + 1))
        });
        // "With a peak under 10 I would treat": a measure beside a wish is a condition.
        let measured = |c: &Clause| {
            c.has(Cue::Measure) && (c.has(Cue::Want) || c.has(Cue::Act) || c.has(Cue::Yes)) && !c.has(Cue::Done)
        };
        let condition = condition.or_else(|| clauses.iter().any(measured).then_some(Condition::Test));
        Whole { clauses, condition }
    }

    fn has(&self, cue: Cue) -> bool {
        self.clauses.iter().any(|c| c.has(cue))
    }

    /// A yes or no under a condition is what the condition asks for.
    fn under_condition(&self, r: Read) -> Read {
        let judged = matches!(r.pole, Pole::For | Pole::WeaklyFor | Pole::Against);
        match (self.condition, r.pole) {
            (Some(Condition::Test), _) if judged => Read { pole: Pole::Tests, named: true, ..r },
            (Some(Condition::Failure), _) if judged => Read { pole: Pole::Later, ..r },
            (Some(Condition::Open), Pole::For | Pole::WeaklyFor) => Read { pole: Pole::IfFor, ..r },
            // "I see no need for the left": a part is refused, not the service.
            (None, Pole::Against) if self.has(Cue::Part) && !self.has(Cue::Service) => Read { pole: Pole::Change, ..r },
            _ => r,
        }
    }

    /// "Above 35 I would implant; below it I would not": a yes on one side of a measure and a no on the other wait for it.
    fn both_sides(&self, out: &mut Vec<Read>) {
        let has = |p: &[Pole]| out.iter().any(|r| p.contains(&r.pole));
        let yes = has(&[Pole::For, Pole::WeaklyFor, Pole::IfFor]);
        let no = has(&[Pole::Against]);
        let conditions = self.clauses.iter().flat_map(|c| &c.items).filter(|i| i.cue == Cue::If).count();
        if yes && no && (conditions > 0 || self.has(Cue::Measure)) && !self.has(Cue::Milder) {
            let own = out.iter().any(|r| r.own);
            out.retain(|r| !matches!(r.pole, Pole::For | Pole::WeaklyFor | Pole::IfFor | Pole::Against));
            out.push(Read { pole: Pole::Tests, named: true, own });
        }
    }

    /// Whether something is wished, ordered or recommended in the sentence.
    fn wants(&self) -> bool {
        let ordered = |c: &Clause| c.items.first().is_some_and(|i| i.cue == Cue::Order && i.start == 0);
        self.has(Cue::Want) || self.has(Cue::Favor) || self.has(Cue::Assent) || self.clauses.iter().any(ordered)
    }

    /// Whether the sentence is about something, itself or by a pronoun that stands for the topic of the one before.
    fn about(&self, cue: Cue, topic: Topic, around: Around) -> bool {
        let stands = around.topic == Some(topic) && !self.has(Cue::Service);
        self.has(cue) || stands && (self.has(Cue::Pronoun) || self.has(Cue::Both))
    }

    /// What comes first, and what the answer hangs on.
    fn order(&self, around: Around, out: &mut Vec<Read>) {
        // "Without it I expect a helmet and medication": what will happen is no course that is proposed.
        if self.has(Cue::Harm) {
            return;
        }
        let own = self.clauses.iter().any(|c| c.first_person);
        let named = self.has(Cue::Service);
        let approved = out_has(out, &[Pole::For, Pole::WeaklyFor, Pole::Against]);
        let mut push = |pole, named| out.push(Read { pole, named, own });
        let before = self.has(Cue::Before) || self.has(Cue::Until);
        let waits = before || self.has(Cue::First);
        let refused = self.has(Cue::NoAnswer) || self.has(Cue::TooEarly) || self.has(Cue::Not);
        let waiting = self.has(Cue::AnswerWaits);
        let hangs = waiting || self.has(Cue::Hangs) || self.has(Cue::Purpose) && self.has(Cue::Test);
        let untested = self.has(Cue::Untested);
        let test =
            (self.about(Cue::Test, Topic::Test, around) || untested || hangs && around.topic == Some(Topic::Test))
                && !self.has(Cue::Routine);
        let results = self.condition == Some(Condition::Test);
        let lacking = |c: &Clause| {
            c.wishes(Cue::Test) || (c.has(Cue::Lack) || c.has(Cue::Poor)) && c.has(Cue::Test) || c.without(Cue::Test)
        };
        // "I cannot answer until the titers are back": whatever is waited for, it is an answer that waits.
        let answer_waits = before && self.has(Cue::NoAnswer) || waiting && !approved;
        let ordered = |c: &Clause| {
            let put_first = [Cue::Hangs, Cue::NoAnswer, Cue::First, Cue::Later].iter().any(|x| c.has(*x));
            put_first && (c.has(Cue::Test) || c.has(Cue::Untested))
        };
        let same_clause = self.clauses.iter().any(ordered) || around.topic == Some(Topic::Test);
        if test
            && (hangs
                || self.has(Cue::NoAnswer)
                || same_clause && (self.has(Cue::First) || named && self.has(Cue::Later)))
            || answer_waits
        {
            push(Pole::Tests, named || answer_waits || around.named_in_sentence);
        } else if test && before && (self.wants() || refused) {
            push(Pole::Tests, named || around.named_in_sentence);
        } else if self.clauses.iter().any(lacking) || untested || test && results {
            push(Pole::TestHint, named);
        }
        let holds = own || self.has(Cue::Want) || self.has(Cue::TooEarly) || self.has(Cue::NoAnswer);
        if self.has(Cue::Until) && refused && holds && !test && !answer_waits {
            push(Pole::NotYet, named);
        }
        // "I want her to lose thirty pounds before I would operate."
        let put_after = |c: &Clause| {
            let at = c.items.iter().position(|i| i.cue == Cue::Before);
            at.is_some_and(|k| {
                c.items.iter().take(k).any(|i| matches!(i.cue, Cue::Want | Cue::Order | Cue::Favor))
                    && c.items.iter().skip(k).any(|i| matches!(i.cue, Cue::Service | Cue::Act))
            })
        };
        if own && !test && self.clauses.iter().any(put_after) {
            push(Pole::NotYet, named);
        }
        self.milder(around, waits, &mut push);
    }

    /// Something milder for a time, or first, or not tried yet.
    fn milder(&self, around: Around, waits: bool, push: &mut impl FnMut(Pole, bool)) {
        let alt = self.has(Cue::Alt) && self.has(Cue::First);
        let failed = self.has(Cue::Fails) && self.condition.is_none() && !waits && !self.has(Cue::Later);
        if !(alt || self.about(Cue::Milder, Topic::Milder, around)) || self.has(Cue::Done) || failed {
            return;
        }
        let named = self.has(Cue::Service);
        let timed = waits || self.has(Cue::Time) || self.has(Cue::Later);
        let judged = self.clauses.iter().any(|c| c.items.iter().any(|i| i.cue.judges()));
        let planned = self.wants() || self.has(Cue::First) || self.has(Cue::Later) || self.has(Cue::Good);
        // "Heat, walking, an NSAID for six weeks.": without a verb it is a plan.
        let plan = self.clauses.iter().any(|c| {
            let quiet = !c.items.iter().any(|i| i.cue.judges() || matches!(i.cue, Cue::Not | Cue::Lack | Cue::Fails));
            c.has(Cue::Time) && c.count <= 3 * SHORT && !c.past && quiet
        });
        let supported = named && judged && !self.has(Cue::Before) && !self.has(Cue::Later);
        if timed && (planned || plan) && !supported {
            push(Pole::Milder, named);
        }
        if self.clauses.iter().any(|c| c.without(Cue::Milder) && c.past) {
            push(Pole::Lacking, false);
        }
        if self.has(Cue::Lack) {
            push(Pole::Other, false);
        }
    }
}

fn out_has(out: &[Read], poles: &[Pole]) -> bool {
    out.iter().any(|r| poles.contains(&r.pole))
}

/// What a condition asks for; `None` when it is no condition on the answer ("if it is delayed").
fn condition(c: &Clause, k: usize, next: Option<&Clause>) -> Option<Condition> {
    let inside: Vec<Cue> = c.items.get(k + 1..).unwrap_or_default().iter().map(|i| i.cue).collect();
    // A condition of two words ("if so") is no condition.
    if c.count < 3 && next.is_none() {
        return None;
    }
    let first_judge = inside.iter().position(|c| c.judges()).unwrap_or(inside.len());
    let within = inside.get(..first_judge.max(1)).unwrap_or(&inside);
    if within.contains(&Cue::Withhold) {
        return None;
    }
    let has = |cue: Cue| inside.contains(&cue);
    Some(if has(Cue::Test) || has(Cue::Result) || has(Cue::Measure) {
        Condition::Test
    } else if has(Cue::Fails) || has(Cue::Milder) || has(Cue::Time) {
        Condition::Failure
    } else {
        Condition::Open
    })
}
