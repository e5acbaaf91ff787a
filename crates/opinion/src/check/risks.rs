//! Which sentences could harm the letter that has them: a promised result, an insult, a conclusion outside the writer's
//! field, a fact that is only assumed.
//!
//! The rules of `kb/opinions/check/hazards.toml` know ways of saying such a thing that somebody thought of; people find
//! others. Each sentence of the body is weighed by its words and by how it stands to the rules and to the writer's field,
//! with weights counted from letters whose harmful sentences people marked (`cargo xtask learn risks`). What is shown is the
//! sentence, never a share. Statements that speak against the care are [`super::hazards`]' own and [`super::tells`]'.

use std::collections::HashSet;

use kb::{Kb, KbError};

use super::hazards;
use super::letter::Letter;
use super::signs::Signs;
use super::subject::content;

/// Where the weights stand in the knowledge base.
const FILE: &str = "opinions/risks.toml";

/// The kinds of hazard that are weighed, words of the contract's closed list, in the order of the weights of a line.
pub const RISKS: [&str; 4] = ["guarantee", "beyond_specialty", "fact_not_in_record", "reviewer_attack"];

/// The weights.
pub(super) type Risks = Signs<{ RISKS.len() }>;

/// Reads them; none in a knowledge base without them.
pub(super) fn load(kb: &Kb) -> Result<Option<Risks>, KbError> {
    Signs::load(kb, FILE, &RISKS)
}

/// How a thing that a sentence names stands to the field of the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    /// Of the writer's own field, or of one that shares it.
    Own,
    /// Of the care in question.
    OfTheCase,
    /// Of another field.
    Other,
    /// The writer's field is not known.
    Unknown,
}

/// What is weighed of the sentences of one letter.
pub(super) struct Reader<'a> {
    l: &'a Letter<'a>,
    /// The fields the writer claims.
    fields: HashSet<&'a str>,
    /// Words of the service and the diagnosis.
    case: HashSet<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(l: &'a Letter<'a>) -> Self {
        let of = |text: &Option<String>| content(&super::text::fold(text.as_deref().unwrap_or_default()), l.rules);
        let case = of(&l.case.claim.service).into_iter().chain(of(&l.case.claim.diagnosis)).collect();
        Reader { l, fields: hazards::writer_fields(l), case }
    }

    /// The fields the writer claims.
    pub(super) fn fields(&self) -> &HashSet<&'a str> {
        &self.fields
    }

    /// What of a unit is weighed: its own words and cues, what the rules hear in it, and whose field it speaks of.
    pub(super) fn features(&self, i: usize) -> Vec<String> {
        let Some(unit) = self.l.units.get(i) else { return Vec::new() };
        // Runs of three words are more than so few sentences can carry.
        let few = |n: &&String| !n.starts_with("w:") || n.matches(' ').count() < 2;
        let mut out: Vec<String> = unit.names.iter().filter(few).cloned().collect();
        out.extend(unit.cues.iter().map(|c| format!("a:{c:?}")));
        let mut hint = |name: &str, is: bool| {
            if is {
                out.push(format!("x:{name}"));
            }
        };
        hint("others", unit.own.is_empty());
        hint("asks", unit.plain.ends_with('?'));
        hint("bullet", unit.bullet);
        for rule in ["hazard.guarantee", "hazard.assumes", "hazard.conclusion", "hazard.deferring", "hazard.law"] {
            hint(rule, self.l.own_is(i, rule));
        }
        hint("hazard.attack", self.l.is(i, "hazard.attack"));
        hint("beyond", hazards::beyond(self.l, i, &self.fields));
        hint("contradicts", hazards::contradicts(self.l, i));
        for thing in self.things(&unit.plain) {
            hint(&format!("thing {thing:?}"), true);
        }
        out.sort();
        out.dedup();
        out
    }

    /// Whose the things are that a sentence names.
    fn things(&self, plain: &str) -> Vec<Thing> {
        let rules = self.l.rules;
        let words: HashSet<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let about = content(plain, rules).iter().any(|w| self.case.contains(w));
        let mut out: Vec<Thing> = Vec::new();
        for rule in &rules.fields {
            let field = &rule.field;
            if !field.things.iter().any(|t| words.contains(t.as_str())) {
                continue;
            }
            let shared = field.shared_with.iter().any(|s| self.fields.contains(s.as_str()));
            let thing = match () {
                () if self.fields.contains(field.name.as_str()) => Thing::Own,
                () if about || field.things.iter().any(|t| self.case.contains(t.as_str())) => Thing::OfTheCase,
                () if self.fields.is_empty() => Thing::Unknown,
                () if shared => Thing::Own,
                () => Thing::Other,
            };
            if !out.contains(&thing) {
                out.push(thing);
            }
        }
        out
    }
}

/// The kinds that the words of a unit tell; none where nothing was counted.
pub(super) fn heard(reader: &Reader, i: usize) -> Option<[bool; RISKS.len()]> {
    let risks = reader.l.rules.risks.as_ref()?;
    let shares = risks.shares(&reader.features(i));
    let mut out = [false; RISKS.len()];
    for ((heard, share), at) in out.iter_mut().zip(shares).zip(risks.heard_at) {
        *heard = at > 0.0 && share >= at;
    }
    Some(out)
}
