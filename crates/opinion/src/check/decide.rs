//! What the poles of all sentences say together.
//!
//! Order of decision (opinion-annotation.md section 2): tests first beats treatment first; something milder first beats a
//! plain no; a changed request beats a yes; of a yes and a no the weightier one counts, and when they weigh the same nobody
//! can tell. A yes with anything unexplained beside it is `unclear`, never `confirms`.

use super::events::{Event, Events, Pole};
use super::outcome::{mentions, other_amount};
use super::rules::Rules;
use super::subject::Subject;
use super::text::Unit;

/// An outcome and the unit it rests on.
pub(super) type Decision = (&'static str, Option<usize>);

/// Weight of words in the first person or the conclusion.
const PLAIN: u8 = 3;
/// Sentences up to which one yes is enough.
const SHORT_LETTER: usize = 12;
/// How much support a longer letter must hold to be read as a yes.
const ENOUGH: i32 = 2;

/// What the poles of the letter say together.
pub(super) fn decide(units: &[Unit], events: &Events, subject: &Subject, rules: &Rules) -> Decision {
    Poles { events, units, rules, subject }.outcome()
}

/// A yes stands only where nothing in the letter is left open; else nobody can tell.
pub(super) fn settle(said: Decision, events: &Events) -> Decision {
    match unsettled(said, events) {
        Some(open) => ("unclear", Some(open)),
        None => said,
    }
}

/// For a yes: the last unit that speaks against it, waits or declines, with no plain yes at or after it.
fn unsettled(decision: Decision, events: &Events) -> Option<usize> {
    if decision.0 != "confirms" {
        return None;
    }
    let strongest = events.iter().filter(|e| e.pole == Pole::For).map(|e| e.weight).max().unwrap_or(0);
    let least = if strongest > PLAIN { PLAIN } else { 2 };
    let yes_unit = decision.1;
    let open = |e: &&Event| match e.pole {
        Pole::NotYet | Pole::Milder | Pole::Tests if Some(e.unit) == yes_unit => e.weight >= 2,
        Pole::Against | Pole::NotYet | Pole::Milder | Pole::Tests => e.weight >= least,
        Pole::IfFor | Pole::Declined => true,
        _ => false,
    };
    // A faint yes ("she may be a candidate") is none beside a wanted test, something lacking or a later look.
    let faint = |e: &&Event| {
        let hints =
            [Pole::TestHint, Pole::Lacking, Pole::Later, Pole::NotYet, Pole::Milder, Pole::Tests, Pole::Against];
        hints.contains(&e.pole) && yes_unit.is_none_or(|y| e.unit >= y)
    };
    if strongest <= 1
        && let Some(e) = events.iter().find(faint)
    {
        return Some(e.unit);
    }
    // A yes in the same breath as a test, a condition or something milder is no plain one.
    let tied = |u: usize| {
        let ties = [Pole::Milder, Pole::Tests, Pole::NotYet, Pole::IfFor];
        events.of(u).iter().any(|e| e.weight >= 2 && ties.contains(&e.pole))
    };
    let plain = |e: &&Event| e.pole == Pole::For && e.weight >= PLAIN && !tied(e.unit);
    let last_yes = events.iter().filter(plain).map(|e| e.unit).max();
    let last_open = events.iter().filter(open).map(|e| e.unit).max()?;
    last_yes.is_none_or(|y| y < last_open).then_some(last_open)
}

struct Poles<'a> {
    events: &'a Events,
    units: &'a [Unit],
    rules: &'a Rules,
    subject: &'a Subject,
}

impl Poles<'_> {
    fn all(&self, pole: Pole) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |e| e.pole == pole)
    }

    fn last(&self, pole: Pole) -> Option<usize> {
        self.all(pole).map(|e| e.unit).max()
    }

    fn first(&self, pole: Pole) -> Option<usize> {
        self.all(pole).map(|e| e.unit).min()
    }

    fn on(&self, unit: usize, pole: Pole) -> bool {
        self.events.has(unit, pole)
    }

    fn considered(&self, unit: usize) -> bool {
        self.units.get(unit).is_some_and(|u| self.rules.is("section.considered", &u.section))
    }

    fn is(&self, unit: usize, rule: &str) -> bool {
        self.units.get(unit).is_some_and(|u| self.rules.is(rule, &u.text))
    }

    /// A yes that stands without a test, a condition or something milder in its own sentence.
    fn free(&self, unit: usize) -> bool {
        let tied = [Pole::Tests, Pole::NotYet, Pole::Milder, Pole::IfFor].iter().any(|p| self.on(unit, *p));
        let later = self.on(unit, Pole::Later) && !self.on(unit, Pole::InsurerWrong);
        !tied && (!later || self.is(unit, "as_requested"))
    }

    /// The weightiest of some poles, the last one among equals; the named poles count at most 1 in weight.
    fn top(&self, full: Pole, light: &[Pole], fits: impl Fn(usize) -> bool) -> Option<(u8, usize)> {
        let plain = self.all(full).map(|e| (e.weight, e.unit));
        let lesser = self.events.iter().filter(|e| light.contains(&e.pole)).map(|e| (1, e.unit));
        plain.chain(lesser).filter(|(_, u)| fits(*u)).max()
    }

    fn outcome(&self) -> Decision {
        let yes = self.top(Pole::For, &[Pole::WeaklyFor, Pole::InsurerWrong], |u| self.free(u));
        let no = self.top(Pole::Against, &[Pole::InsurerRight], |_| true);
        // "As outpatient rather than inpatient surgery", beside a yes: another form is wanted, the service is not refused.
        let no = no.filter(|n| !(yes.is_some_and(|y| y.1 != n.1) && self.on(n.1, Pole::Change)));
        self.tests(yes, no)
            .or_else(|| self.milder_first(yes, no))
            .or_else(|| self.changed(yes, no))
            .or_else(|| self.conditional(yes, no))
            .unwrap_or_else(|| match (yes, no) {
                (Some(y), Some(n)) => self.both(y, n),
                (Some(y), None) => self.assent(y),
                // In a long letter a loose word of blame is no answer either.
                (None, Some(n)) if n.0 < 2 && self.long() => ("unclear", Some(n.1)),
                (None, Some(n)) => ("against", Some(n.1)),
                (None, None) => self.silence(),
            })
    }

    /// A plain yes after `mark`, with no plain no: what earlier sentences left open is settled.
    fn settled(&self, mark: Option<usize>, yes: Option<(u8, usize)>, no: Option<(u8, usize)>) -> bool {
        let strongest = mark.and_then(|m| self.events.of(m).iter().map(|e| e.weight).max()).unwrap_or(0);
        let least = PLAIN.max(strongest.min(PLAIN + 1));
        let last = self.all(Pole::For).filter(|e| e.weight >= least && self.free(e.unit)).map(|e| e.unit).max();
        yes.is_some() && no.is_none_or(|n| n.0 < 2) && last.is_some_and(|y| mark.is_none_or(|m| y > m))
    }

    /// The answer hangs on tests.
    fn tests(&self, yes: Option<(u8, usize)>, no: Option<(u8, usize)>) -> Option<Decision> {
        let plain_yes = yes.is_some_and(|y| y.0 >= 2);
        let counts = |e: &&Event| e.weight >= 2 || self.considered(e.unit) || !plain_yes;
        let last = self.all(Pole::Tests).filter(counts).map(|e| e.unit).max()?;
        if self.settled(Some(last), yes, no) {
            return None;
        }
        let first = self.first(Pole::Tests);
        let milder = self.all(Pole::Milder).any(|e| first.is_none_or(|t| e.unit <= t) && e.weight >= 2);
        if milder && self.last(Pole::Later).is_some() {
            return Some(("conservative_first", self.last(Pole::Milder)));
        }
        Some(("needs_workup", Some(last)))
    }

    /// Something milder first, or too early.
    fn milder_first(&self, yes: Option<(u8, usize)>, no: Option<(u8, usize)>) -> Option<Decision> {
        let (milder, early, later) = (self.last(Pole::Milder), self.last(Pole::NotYet), self.last(Pole::Later));
        let lacking = self.last(Pole::Lacking);
        let waits = early.is_some()
            || milder.is_some()
                && (later.is_some() || lacking.is_some() || yes.is_none() || self.last(Pole::IfFor).is_some());
        if !waits || self.settled(milder.max(early).max(later), yes, no) {
            return None;
        }
        let nothing_milder = milder.is_none() && self.last(Pole::Other).is_none() && lacking.is_none();
        if let Some(t) = self.last(Pole::TestHint).filter(|_| nothing_milder) {
            return Some(("needs_workup", Some(t)));
        }
        let named_yes = yes.is_some_and(|y| y.0 >= 2);
        let later = later.or(self.last(Pole::IfFor));
        // A plain no beside a course of something milder, with nothing held out, stays a no.
        if early.is_none() && later.is_none() && lacking.is_none() && no.is_some_and(|n| n.0 > PLAIN) {
            return None;
        }
        let first = self.all(Pole::Milder).any(|e| self.is(e.unit, "conservative.first_word"));
        let held_out = early.is_some() || later.is_some() || lacking.is_some() || first;
        (held_out && !(named_yes && early.is_none() && later.is_none()))
            .then(|| ("conservative_first", milder.or(early).or(later)))
    }

    /// "The chair is needed. The lift is not.": a yes and a no, side by side, on different words of the request, or in one
    /// breath.
    fn parts(&self, yes: Option<(u8, usize)>, no: Option<(u8, usize)>) -> Option<usize> {
        let (y, n) = (yes?, no?);
        if y.1 == n.1 {
            return self.on(y.1, Pole::Change).then_some(y.1);
        }
        let words = |u: usize| self.units.get(u).map(|x| self.subject.request_words(&x.plain)).unwrap_or_default();
        let (a, b) = (words(y.1), words(n.1));
        let near = y.1.abs_diff(n.1) <= 2;
        let apart = !a.is_empty() && !b.is_empty() && a.is_disjoint(&b);
        // "I agree with the hysterectomy. The ovaries I would leave.": the no names no word of the service itself.
        let beside = n.1 > y.1
            && self.events.weighs(y.1, Pole::For, 2)
            && !self.units.get(n.1).is_some_and(|u| mentions(&u.text));
        (near && (apart || beside && y.1.abs_diff(n.1) == 1)).then_some(n.1)
    }

    /// The service is wanted in another form.
    fn changed(&self, yes: Option<(u8, usize)>, no: Option<(u8, usize)>) -> Option<Decision> {
        if let Some(part) = self.parts(yes, no) {
            return Some(("confirms_with_changes", Some(part)));
        }
        let refused = no.is_some_and(|n| n.0 >= PLAIN && yes.is_none_or(|y| y.0 < n.0));
        let y = yes.filter(|_| !refused);
        let near = |u: usize| y.is_some_and(|y| u.abs_diff(y.1) <= 1);
        let positional = |u: usize| {
            [Pole::For, Pole::Against, Pole::WeaklyFor, Pole::Other].iter().any(|p| self.on(u, *p))
                || self.considered(u)
                || near(u)
        };
        let wanted = |e: &&Event| {
            let Some(unit) = self.units.get(e.unit) else { return false };
            let about =
                mentions(&unit.text) || other_amount(unit, self.subject, self.rules) || e.weight >= 2 || near(e.unit);
            let stated = other_amount(unit, self.subject, self.rules) || another_form(unit, self.subject, self.rules);
            positional(e.unit) && about && (stated || !self.rules.is("change.none", &unit.text))
        };
        let amount = || {
            let stated = self.events.iter().filter(|e| matches!(e.pole, Pole::For | Pole::Other | Pole::Change));
            stated
                .map(|e| e.unit)
                .filter(|u| self.units.get(*u).is_some_and(|x| other_amount(x, self.subject, self.rules)))
                .max()
        };
        let implied = || {
            self.all(Pole::Change)
                .filter(|e| e.weight >= 2 || self.is(e.unit, "change.implies_yes"))
                .map(|e| e.unit)
                .max()
        };
        // "I see no need for three a week. I propose two for 24 weeks, and then measure again."
        let instead = |n: (u8, usize)| {
            let stated = |e: &&Event| e.unit >= n.1 && e.weight >= PLAIN && self.on(e.unit, Pole::For);
            self.all(Pole::Change).filter(stated).map(|e| e.unit).max()
        };
        let unit = match y {
            Some(_) => self.all(Pole::Change).filter(wanted).map(|e| e.unit).max().or_else(amount),
            None if no.is_none() => implied(),
            None => no.and_then(instead),
        };
        unit.map(|u| ("confirms_with_changes", Some(u)))
    }

    /// Only a yes under a condition: what the condition asks for decides.
    fn conditional(&self, yes: Option<(u8, usize)>, no: Option<(u8, usize)>) -> Option<Decision> {
        let (i, weight) = self.all(Pole::IfFor).map(|e| (e.unit, e.weight)).max()?;
        let lighter = yes.is_none_or(|y| y.0 < PLAIN && y.0 + 1 < weight);
        if !lighter || no.is_some() {
            return None;
        }
        if self.all(Pole::TestHint).any(|e| e.unit.abs_diff(i) <= 1) {
            return Some(("needs_workup", Some(i)));
        }
        if let Some(m) = self.last(Pole::Milder) {
            return Some(("conservative_first", Some(m)));
        }
        if self.last(Pole::TestHint).is_some() {
            return Some(("needs_workup", Some(i)));
        }
        let milder = [Pole::NotYet, Pole::Lacking, Pole::Later].iter().any(|p| self.last(*p).is_some());
        Some((if milder { "conservative_first" } else { "unclear" }, Some(i)))
    }

    /// A yes alone: confirms, unless something beside it is left open.
    fn assent(&self, yes: (u8, usize)) -> Decision {
        let open = self.last(Pole::Declined).or_else(|| self.last(Pole::BothWays).filter(|b| *b > yes.1));
        // In a long letter a loose word of praise is no answer.
        let lost = self.long() && yes.0 <= PLAIN && self.support() < ENOUGH && !self.considered(yes.1);
        match open {
            Some(o) if yes.0 < PLAIN => ("unclear", Some(o)),
            None if lost => ("unclear", Some(yes.1)),
            _ => ("confirms", Some(yes.1)),
        }
    }

    fn long(&self) -> bool {
        self.units.iter().filter(|u| u.zone == super::text::Zone::Body).count() > SHORT_LETTER
    }

    /// How much the free yeses weigh together, less what speaks the other way.
    fn support(&self) -> i32 {
        let yes = |e: &&Event| e.pole == Pole::For && self.free(e.unit);
        let no = |e: &&Event| {
            matches!(e.pole, Pole::Against | Pole::InsurerRight | Pole::NotYet | Pole::Milder) && e.weight >= 2
        };
        let sum = |f: &dyn Fn(&&Event) -> bool| self.events.iter().filter(f).map(|e| i32::from(e.weight)).sum::<i32>();
        sum(&yes) - sum(&no)
    }

    /// A yes and a no: the weightier one counts; else nobody can tell.
    fn both(&self, yes: (u8, usize), no: (u8, usize)) -> Decision {
        if yes.0 > no.0 {
            return self.assent(yes);
        }
        if no.0 > yes.0 || self.considered(no.1) && !self.considered(yes.1) && no.1 > yes.1 {
            return ("against", Some(no.1));
        }
        ("unclear", Some(no.1.max(yes.1)))
    }

    /// Neither yes nor no.
    fn silence(&self) -> Decision {
        let declined = self.last(Pole::Declined);
        let hints = self.all(Pole::TestHint).count();
        let hint = self.last(Pole::TestHint);
        if hint.is_some() && self.last(Pole::Milder).is_none() {
            let open = declined.or(self.last(Pole::Later)).or(self.last(Pole::Lacking)).is_some();
            if open || hints >= 2 {
                return ("needs_workup", hint);
            }
        }
        if let Some(d) = declined.or_else(|| self.last(Pole::BothWays)) {
            return ("unclear", Some(d));
        }
        if let Some(m) = self.last(Pole::Milder) {
            return ("conservative_first", Some(m));
        }
        let other = self.last(Pole::Other);
        if let Some(later) = self.last(Pole::Later).filter(|_| other.is_some()) {
            return ("conservative_first", Some(later));
        }
        if let Some(l) = self.last(Pole::Lacking).filter(|_| other.is_some()) {
            return ("conservative_first", other.or(Some(l)));
        }
        if let Some(o) = self.all(Pole::Other).filter(|e| e.weight >= 2).map(|e| e.unit).max() {
            return ("against", Some(o));
        }
        if let Some(t) = hint.filter(|_| other.is_none()) {
            return ("needs_workup", Some(t));
        }
        ("unclear", None)
    }
}

/// Whether a sentence names another form than the one asked for, in its tagged or in its plain words.
fn another_form(unit: &Unit, subject: &Subject, rules: &Rules) -> bool {
    [&unit.text, &unit.plain].into_iter().any(|t| subject.names_other_form(t, rules))
}
