//! Which way the sentences of a letter point: poles, each found in a unit with a weight.

/// Which way a clause points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pole {
    /// For the service.
    For,
    /// A refusal that is itself refused ("I do not disagree").
    WeaklyFor,
    /// The insurer is called wrong, or asked to approve.
    InsurerWrong,
    /// Against the service.
    Against,
    /// The insurer is called right.
    InsurerRight,
    /// The answer hangs on a test.
    Tests,
    /// A test is wanted or was not done.
    TestHint,
    /// Something milder first.
    Milder,
    /// Too early.
    NotYet,
    /// A milder treatment was not used.
    Lacking,
    /// Held out as a later step.
    Later,
    /// Another form, dose, place or part.
    Change,
    /// No answer.
    Declined,
    /// Both courses are defensible.
    BothWays,
    /// For the service under a condition.
    IfFor,
    /// Another treatment or course is recommended.
    Other,
    /// A fact that could be quoted against the service.
    Fact,
}

/// A pole found in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) unit: usize,
    pub(super) pole: Pole,
    /// 1 for loose words, one more when the service is named, two more in the first person or in the conclusion.
    pub(super) weight: u8,
}

/// The poles of a letter in the order of its units, each pole once a unit.
#[derive(Debug, Clone, Default)]
pub(super) struct Events(Vec<Event>);

impl Events {
    /// Adds a pole; of two equal ones in a unit the weightier stays.
    pub(super) fn add(&mut self, new: Event) {
        let end = self.0.partition_point(|e| e.unit <= new.unit);
        let start = self.start(new.unit);
        match self.0.get_mut(start..end).and_then(|here| here.iter_mut().find(|e| e.pole == new.pole)) {
            Some(e) => e.weight = e.weight.max(new.weight),
            None => self.0.insert(end, new),
        }
    }

    /// Takes a pole from a unit.
    pub(super) fn remove(&mut self, unit: usize, pole: Pole) {
        self.0.retain(|e| e.unit != unit || e.pole != pole);
    }

    /// Those of a unit.
    pub(super) fn of(&self, unit: usize) -> &[Event] {
        let start = self.start(unit);
        let rest = self.0.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|e| e.unit == unit)).unwrap_or_default()
    }

    /// Whether a unit carries a pole.
    pub(super) fn has(&self, unit: usize, pole: Pole) -> bool {
        self.weighs(unit, pole, 0)
    }

    /// Whether a unit carries a pole with at least this weight.
    pub(super) fn weighs(&self, unit: usize, pole: Pole, least: u8) -> bool {
        self.of(unit).iter().any(|e| e.pole == pole && e.weight >= least)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter()
    }

    /// Only those that fit.
    pub(super) fn only(&self, fits: impl Fn(&Event) -> bool) -> Events {
        Events(self.0.iter().filter(|e| fits(e)).copied().collect())
    }

    fn start(&self, unit: usize) -> usize {
        self.0.partition_point(|e| e.unit < unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_stand_in_the_order_of_units_and_the_weightier_of_two_stays() {
        let mut events = Events::default();
        for (unit, pole, weight) in [
            (3, Pole::For, 1),
            (1, Pole::Fact, 1),
            (3, Pole::Change, 2),
            (3, Pole::For, 4),
            (2, Pole::For, 2),
            (3, Pole::For, 2),
        ] {
            events.add(Event { unit, pole, weight });
        }
        let got: Vec<_> = events.iter().map(|e| (e.unit, e.pole, e.weight)).collect();
        assert_eq!(got, [(1, Pole::Fact, 1), (2, Pole::For, 2), (3, Pole::For, 4), (3, Pole::Change, 2)]);
        assert_eq!(events.of(3).len(), 2);
        assert!(events.of(0).is_empty() && events.of(9).is_empty());
        assert!(events.weighs(3, Pole::For, 4) && !events.weighs(3, Pole::Change, 3) && !events.has(2, Pole::Fact));
    }
}
