//! The positions of one clause: each predicate with its sign and its object.

use super::{Around, Clause, NEAR, Read, SHORT, Topic};
use crate::check::cues::{Cue, Item};
use crate::check::events::Pole;

impl Clause {
    /// All positions of the clause.
    pub(super) fn positions(&self, around: Around) -> Vec<Read> {
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
