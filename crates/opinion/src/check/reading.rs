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
    /// Something nearby that a pronoun can stand for is the service or the request.
    pub(super) anchored: bool,
    /// The insurer's view was told just before.
    pub(super) after_insurer: bool,
    /// The sentence names the service, in whoever's voice.
    pub(super) named_in_sentence: bool,
    /// The sentence is about another option.
    pub(super) elsewhere: bool,
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
    for c in &parsed {
        out.extend(c.positions(around).into_iter().map(|r| whole.under_condition(r)));
    }
    whole.order(around, &mut out);
    out.dedup();
    out
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
    count: usize,
    first_person: bool,
}

impl Clause {
    fn new(text: &str, rules: &Rules) -> Clause {
        const FIRST: [&str; 9] = ["i", "we", "my", "i'd", "i'll", "i'm", "i've", "our", "yo"];
        let words = words(text);
        let items = rules.cues.items(&words);
        Clause { items, count: words.len(), first_person: words.iter().any(|w| FIRST.contains(w)) }
    }

    fn has(&self, cue: Cue) -> bool {
        self.items.iter().any(|i| i.cue == cue)
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
            from = i.start;
            n += usize::from(matches!(i.cue, Cue::Not | Cue::Oppose));
        }
        n % 2 == 1
    }

    /// The thing after item `k`, with the number of turns (negation, withholding) between.
    fn object_after(&self, k: usize) -> Option<(Cue, usize)> {
        let at = self.items.get(k)?;
        let (mut turns, mut found) = (0, None);
        for i in self.items.iter().skip(k + 1).take_while(|i| i.start.saturating_sub(at.end) <= OBJECT) {
            match i.cue {
                Cue::Not | Cue::Withhold if found.is_none() => turns += 1,
                Cue::Edge | Cue::If | Cue::Before | Cue::Until | Cue::Instead | Cue::Good | Cue::Bad => break,
                // "With the diagnosis and the operation": the service counts when it follows.
                Cue::Diagnosis | Cue::Doctor | Cue::Pronoun => found = found.or(Some((i.cue, turns))),
                Cue::Service if found.is_some_and(|f| f.0 != Cue::Pronoun) => return Some((i.cue, turns)),
                c if c.is_thing() => return Some(found.unwrap_or((c, turns))),
                _ => {}
            }
        }
        found
    }

    /// The thing before item `k`, with the number of words of withholding before it.
    fn subject_before(&self, k: usize) -> Option<(Cue, usize)> {
        let before = self.items.get(..k)?;
        let last = before.iter().rposition(|i| matches!(i.cue, Cue::Edge | Cue::Instead | Cue::If | Cue::Until));
        let near = before.get(last.map_or(0, |l| l + 1)..)?;
        let turns = near.iter().filter(|i| i.cue == Cue::Withhold).count();
        // "The request for SVC", "Dr. DOC's plan": the service is meant before what stands around it.
        let things = || near.iter().map(|i| i.cue).filter(|c| c.is_thing());
        let main = |c: &Cue| matches!(c, Cue::Service | Cue::Milder | Cue::Test);
        match things().rfind(main).or_else(|| things().next_back()) {
            Some(t) => Some((t, turns)),
            None => (turns > 0).then_some((Cue::Pronoun, turns)),
        }
    }

    /// Whether the clause gives a view, and no mere finding.
    fn speaks(&self) -> bool {
        let ordered = self.items.first().is_some_and(|i| i.cue == Cue::Order && i.start == 0);
        let views = |i: &Item| i.cue.judges() || matches!(i.cue, Cue::Want | Cue::Part | Cue::Yes | Cue::No);
        self.first_person || ordered || self.count <= SHORT || self.items.iter().any(views)
    }

    /// Whether something is wished or ordered and `cue` stands after it.
    fn wishes(&self, cue: Cue) -> bool {
        let wish = |i: &Item| i.cue == Cue::Want || i.cue == Cue::Order && i.start == 0;
        let from = self.items.iter().position(wish);
        from.is_some_and(|k| self.items.iter().skip(k + 1).any(|i| i.cue == cue))
    }

    /// All positions of the clause.
    fn positions(&self, around: Around) -> Vec<Read> {
        // What is asked or told by others is no position.
        let end = self.items.iter().position(|i| matches!(i.cue, Cue::Whether | Cue::Told)).unwrap_or(self.items.len());
        let mut out: Vec<Read> = (0..end).filter_map(|k| self.position(k, around)).collect();
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
        match item.cue {
            Cue::Favor => self.verb(k, true, around),
            Cue::Oppose => self.verb(k, false, around),
            Cue::Good => self.quality(k, true, around),
            Cue::Bad => self.quality(k, false, around),
            Cue::Want => self.wish(k, around),
            Cue::Order if item.start == 0 => self.wish(k, around),
            Cue::Withhold => self.put_off(k),
            Cue::Instead => self.displaced(k),
            Cue::Works if self.negated(k) => {
                self.subject_before(k).filter(|t| t.0 == Cue::Service).map(|_| self.read(Pole::Against))
            }
            Cue::Yes | Cue::No => {
                let yes = (item.cue == Cue::Yes) ^ self.negated(k);
                Some(Read { named: true, ..self.read(if yes { Pole::For } else { Pole::Against }) })
            }
            Cue::Lack => Some(self.read(Pole::Lacking)),
            Cue::NoAnswer => Some(self.read(Pole::Declined)),
            Cue::BothWays => Some(self.read(Pole::BothWays)),
            Cue::TooEarly if !self.negated(k) => Some(self.read(Pole::NotYet)),
            Cue::Later if !self.negated(k) => Some(self.read(Pole::Later)),
            Cue::Change if !self.negated(k) && self.speaks() => Some(self.read(Pole::Change)),
            Cue::Enough if !self.negated(k) && (self.named() || self.has(Cue::Time)) => Some(self.read(Pole::Change)),
            _ => None,
        }
    }

    /// A predicate with an object: "I support SVC".
    fn verb(&self, k: usize, good: bool, around: Around) -> Option<Read> {
        // "I agree that SVC is needed": the complement carries the judgement, the verb only its sign.
        if self.complement(k) {
            return None;
        }
        let found = self.object_after(k).or_else(|| self.subject_before(k));
        let (object, turns) = found.unwrap_or((Cue::Nothing, 0));
        if object == Cue::Nothing && !(self.count <= 3 || self.first_person && self.count <= 2 * SHORT) {
            return None;
        }
        let negative = self.negated(k);
        // "I cannot disagree" is a weak yes.
        let weak = negative && !good;
        self.pole(object, good ^ negative ^ (turns % 2 == 1), weak, around)
    }

    /// Whether a later quality in the same clause carries the judgement of predicate `k`.
    fn complement(&self, k: usize) -> bool {
        let after = self.items.get(k + 1..).unwrap_or_default();
        after
            .iter()
            .take_while(|i| !matches!(i.cue, Cue::Edge | Cue::And | Cue::If))
            .any(|i| matches!(i.cue, Cue::Good | Cue::Bad))
    }

    /// A quality with a subject: "SVC is necessary", "it would be wrong to do SVC".
    fn quality(&self, k: usize, good: bool, around: Around) -> Option<Read> {
        let (thing, turns) = match (self.subject_before(k), self.object_after(k)) {
            (Some((Cue::Pronoun, t)), Some((a, u))) => (a, t + u),
            (Some(before), _) => before,
            (None, Some(after)) => after,
            // "Twenty days is fair": whether that is what was asked for is settled by the number.
            (None, None) if self.items.iter().take(k).any(|i| i.cue == Cue::Time) => (Cue::Nothing, 0),
            // "My assessment is that her risk does not justify it": blame in the first person needs no name.
            (None, None) if !good && self.first_person => (Cue::Nothing, 0),
            (None, None) if around.anchored && self.count <= SHORT => (Cue::Nothing, 0),
            (None, None) => return None,
        };
        self.pole(thing, good ^ self.negated(k) ^ (turns % 2 == 1), false, around)
    }

    /// A wish or an order: "I would do SVC", "she needs SVC", "start SVC".
    fn wish(&self, k: usize, around: Around) -> Option<Read> {
        let at = self.items.get(k)?;
        let next = self.items.get(k + 1..)?;
        // The wish belongs to the predicate after it: "I would support".
        if next.first().is_some_and(|n| n.cue.judges() && n.start <= at.end + 3) || self.complement(k) {
            return None;
        }
        let (object, turns) = self.object_after(k)?;
        let near = next.iter().find(|i| i.cue.is_thing()).is_some_and(|i| i.start <= at.end + NEAR);
        if !near || !matches!(object, Cue::Service | Cue::Milder | Cue::Test) {
            return None;
        }
        self.pole(object, !self.negated(k) ^ (turns % 2 == 1), false, around)
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
        let pole = match (thing, good) {
            (Cue::Pronoun | Cue::Nothing, _) if around.elsewhere => return None,
            (Cue::Pronoun, true) if around.topic == Some(Topic::Milder) && !named => Pole::Other,
            (Cue::Plan, true) => Pole::InsurerRight,
            (Cue::Plan, false) => Pole::InsurerWrong,
            (Cue::Diagnosis, false) | (Cue::Test, true) => Pole::TestHint,
            (Cue::Milder, true) => Pole::Other,
            (Cue::Diagnosis, true) | (Cue::Milder | Cue::Test, false) => return None,
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

    /// Whether something is wished, ordered or recommended in the sentence.
    fn wants(&self) -> bool {
        let ordered = |c: &Clause| c.items.first().is_some_and(|i| i.cue == Cue::Order && i.start == 0);
        self.has(Cue::Want) || self.has(Cue::Favor) || self.clauses.iter().any(ordered)
    }

    /// Whether the sentence is about something, itself or by a pronoun that stands for the topic of the one before.
    fn about(&self, cue: Cue, topic: Topic, around: Around) -> bool {
        let stands = around.topic == Some(topic) && !self.has(Cue::Service);
        self.has(cue) || stands && (self.has(Cue::Pronoun) || self.has(Cue::Both))
    }

    /// What comes first, and what the answer hangs on.
    fn order(&self, around: Around, out: &mut Vec<Read>) {
        let own = self.clauses.iter().any(|c| c.first_person);
        let named = self.has(Cue::Service);
        let mut push = |pole, named| out.push(Read { pole, named, own });
        let before = self.has(Cue::Before) || self.has(Cue::Until);
        let waits = before || self.has(Cue::First);
        let refused = self.has(Cue::NoAnswer) || self.has(Cue::TooEarly) || self.has(Cue::Not);
        let test = self.about(Cue::Test, Topic::Test, around) && !self.has(Cue::Routine);
        let results = self.condition == Some(Condition::Test);
        if test && (self.has(Cue::Hangs) || self.has(Cue::NoAnswer) || self.has(Cue::First)) {
            push(Pole::Tests, true);
        } else if test && before && (self.wants() || refused) {
            push(Pole::Tests, named || around.named_in_sentence);
        } else if self.clauses.iter().any(|c| c.wishes(Cue::Test) || c.has(Cue::Lack) && c.has(Cue::Test))
            || test && results
        {
            push(Pole::TestHint, named);
        }
        let holds = own || self.has(Cue::Want) || self.has(Cue::TooEarly) || self.has(Cue::NoAnswer);
        if self.has(Cue::Until) && refused && holds && !test {
            push(Pole::NotYet, named);
        }
        self.milder(around, waits, &mut push);
    }

    /// Something milder for a time, or first, or not tried yet.
    fn milder(&self, around: Around, waits: bool, push: &mut impl FnMut(Pole, bool)) {
        if !self.about(Cue::Milder, Topic::Milder, around) || self.has(Cue::Done) {
            return;
        }
        let named = self.has(Cue::Service);
        let timed = waits || self.has(Cue::Time) || self.has(Cue::Later);
        let judged = self.clauses.iter().any(|c| c.items.iter().any(|i| i.cue.judges()));
        // "Heat, walking, an NSAID for six weeks.": without a verb it is a plan.
        let short = self.clauses.iter().map(|c| c.count).sum::<usize>() <= 2 * SHORT;
        let plan = self.has(Cue::Time) && short && !judged && !self.has(Cue::Not) && !self.has(Cue::Lack);
        let supported = named && judged && !self.has(Cue::Before) && !self.has(Cue::Later);
        if timed && (self.wants() || self.has(Cue::First) || plan) && !supported {
            push(Pole::Milder, named);
        }
        if self.has(Cue::Lack) {
            push(Pole::Other, false);
        }
    }
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
    Some(if has(Cue::Test) || has(Cue::Result) {
        Condition::Test
    } else if has(Cue::Fails) || has(Cue::Milder) || has(Cue::Time) {
        Condition::Failure
    } else {
        Condition::Open
    })
}
