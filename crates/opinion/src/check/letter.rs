//! The letter as the element checks see it: units with zones, the writer's stance, and small searches over them.

use facts::{Case, Document};
use kb::Kb;

use super::cues::Cue;
use super::marks::Hits;
use super::outcome::{self, Stance};
use super::rules::Rules;
use super::subject::Subject;
use super::tells::{Sign, Told};
use super::text::{self, Unit, Zone};
use super::{voice, weigh, zones};

/// Everything the checks need.
pub(super) struct Letter<'a> {
    pub(super) case: &'a Case,
    pub(super) rules: &'a Rules,
    /// Says our texts in the person's language; the rules hold them in English.
    pub(super) kb: Option<&'a Kb>,
    pub(super) units: Vec<Unit>,
    pub(super) subject: Subject,
    pub(super) stance: Stance,
    /// What each sentence of the body tells, by its words.
    pub(super) told: Told,
    /// The marked words of each unit, whoever speaks.
    hits: Vec<Hits>,
    /// Those of the writer's own clauses.
    own_hits: Vec<Hits>,
    /// Whether the text has any letters at all.
    pub(super) empty: bool,
}

impl<'a> Letter<'a> {
    /// Reads the document against the case.
    pub(super) fn read(case: &'a Case, document: &Document, rules: &'a Rules) -> Letter<'a> {
        let mut subject = Subject::new(case, rules);
        let mut units = text::units(document, rules);
        super::forms::leave_unticked_out(&mut units, rules);
        zones::mark(&mut units, rules);
        subject.tag(&mut units, rules);
        voice::hear(&mut units, rules);
        units.iter_mut().filter(|u| in_body(u)).for_each(|u| u.names = weigh::names(u, &subject, rules));
        let hits = units.iter().map(|u| rules.marks.hits(&u.text)).collect();
        let own_hits = units.iter().map(|u| rules.marks.hits(&u.own_text)).collect();
        let body: Vec<usize> = (0..units.len()).filter(|i| in_body(&units[*i])).collect();
        let told = Told::read(&units, &body, rules);
        let stance = outcome::read(&units, case, &subject, &told, rules);
        let empty = document.pages.iter().all(|p| p.text.chars().filter(|c| c.is_alphanumeric()).count() < 20);
        Letter { case, rules, kb: None, units, subject, stance, told, hits, own_hits, empty }
    }

    /// A text of ours in the person's language.
    pub(super) fn told(&self, text: &str) -> String {
        self.kb.map_or(text, |kb| kb.told(text)).to_string()
    }

    /// A sentence for the person, by its key.
    pub(super) fn say(&self, key: &str) -> String {
        self.told(&self.rules.say(key))
    }

    /// Indices of units in the body.
    pub(super) fn body(&self) -> impl Iterator<Item = usize> + '_ {
        self.units.iter().enumerate().filter(|(_, u)| in_body(u)).map(|(i, _)| i)
    }

    /// The unit itself, or where it is a bare heading the first one below it: a heading carries nothing.
    pub(super) fn below_heading(&self, i: usize) -> usize {
        let bare = |u: &Unit| u.zone == Zone::Body && !u.raw.contains(": ") && self.rules.is_heading(&u.raw);
        let below = self.units.get(i + 1).is_some_and(|u| u.zone == Zone::Body);
        if below && self.units.get(i).is_some_and(bare) { i + 1 } else { i }
    }

    /// Indices of filled-in units of any zone but enclosures.
    pub(super) fn anywhere(&self) -> impl Iterator<Item = usize> + '_ {
        self.units.iter().enumerate().filter(|(_, u)| u.zone != Zone::Enclosure && !u.placeholder).map(|(i, _)| i)
    }

    /// How many filled-in sentences the body has.
    pub(super) fn sentences(&self) -> usize {
        self.body().count()
    }

    /// Indices of units in the letterhead and the signature block.
    pub(super) fn heads(&self) -> impl Iterator<Item = usize> + '_ {
        self.units
            .iter()
            .enumerate()
            .filter(|(_, u)| matches!(u.zone, Zone::Letterhead | Zone::Signature) && !u.placeholder)
            .map(|(i, _)| i)
    }

    /// The first body unit whose own words match a rule.
    pub(super) fn own(&self, rule: &str) -> Option<usize> {
        self.body().find(|i| self.own_is(*i, rule))
    }

    /// The writer's own words of a unit, where there are any.
    pub(super) fn own_words(&self, i: usize) -> Option<&str> {
        self.units.get(i).map(|u| u.own_text.as_str()).filter(|t| !t.is_empty())
    }

    /// Whether the writer's own words of a unit match.
    pub(super) fn own_is(&self, i: usize, rule: &str) -> bool {
        self.own_words(i).is_some_and(|t| self.rules.is(rule, t))
    }

    /// Whether a unit of the body tells something, by its words.
    pub(super) fn tells(&self, i: usize, sign: Sign) -> bool {
        self.told.hears(i, sign)
    }

    /// The unit that tells something: the first one that the rule finds and that does not surely tell something else, or the
    /// one whose words tell it most clearly.
    pub(super) fn telling(&self, sign: Sign, rule: impl Fn(&usize) -> bool) -> Option<usize> {
        let ruled = self.body().filter(|i| !self.told.denies(*i, sign)).find(rule);
        ruled.or_else(|| self.told.clearest(sign))
    }

    /// Whether the tagged words of a unit match.
    pub(super) fn is(&self, i: usize, rule: &str) -> bool {
        self.units.get(i).is_some_and(|u| self.rules.is(rule, &u.text))
    }

    /// Whether the untagged words match.
    pub(super) fn plain_is(&self, i: usize, rule: &str) -> bool {
        self.units.get(i).is_some_and(|u| self.rules.is(rule, &u.plain))
    }

    /// Whether the letter's own capitals match.
    pub(super) fn raw_is(&self, i: usize, rule: &str) -> bool {
        self.units.get(i).is_some_and(|u| self.rules.is(rule, &u.raw))
    }

    /// Whether a unit holds a cue.
    pub(super) fn cue(&self, i: usize, cue: Cue) -> bool {
        self.units.get(i).is_some_and(|u| u.cues.contains(&cue))
    }

    /// Whether a unit carries a mark, whoever speaks.
    pub(super) fn marked(&self, i: usize, mark: &str) -> bool {
        self.hits.get(i).is_some_and(|h| self.rules.marks.has(mark, h))
    }

    /// Whether the writer's own words of a unit carry a mark.
    pub(super) fn own_marked(&self, i: usize, mark: &str) -> bool {
        self.own_hits.get(i).is_some_and(|h| self.rules.marks.has(mark, h))
    }

    /// Whether a word of a class of `opinions/marks/` stands in a unit.
    pub(super) fn has_word(&self, i: usize, class: &str) -> bool {
        self.hits.get(i).is_some_and(|h| self.rules.marks.class(class, h))
    }

    /// Whether "you" is the insurer.
    pub(super) fn addressed_to_plan(&self) -> bool {
        self.units.iter().any(|u| u.text.contains("PLANYOU"))
    }

    /// Whether "you" is the treating physician.
    pub(super) fn addressed_to_doctor(&self) -> bool {
        self.units.iter().any(|u| u.text.contains("DOCYOU"))
    }

    /// The denial reasons of the case, in order, each once.
    pub(super) fn reasons(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for r in self.case.denials.iter().filter_map(|d| d.reason.clone()) {
            if !out.contains(&r) {
                out.push(r);
            }
        }
        out
    }
}

/// Whether a unit is a filled-in sentence of the body.
fn in_body(u: &Unit) -> bool {
    u.zone == Zone::Body && !u.placeholder
}
