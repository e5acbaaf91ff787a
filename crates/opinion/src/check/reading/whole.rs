//! What the clauses of a sentence say together: conditions, order in time, a yes against a no.

use super::{Around, Clause, Condition, Read, SHORT, Topic, Whole, out_has};
use crate::check::cues::Cue;
use crate::check::events::Pole;

impl<'a> Whole<'a> {
    pub(super) fn new(clauses: &'a [Clause]) -> Whole<'a> {
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

    pub(super) fn has(&self, cue: Cue) -> bool {
        self.clauses.iter().any(|c| c.has(cue))
    }

    /// A yes or no under a condition is what the condition asks for.
    pub(super) fn under_condition(&self, r: Read) -> Read {
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
    pub(super) fn both_sides(&self, out: &mut Vec<Read>) {
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
    pub(super) fn order(&self, around: Around, out: &mut Vec<Read>) {
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
