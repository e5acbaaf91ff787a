//! What each sentence of a letter tells: an earlier treatment, the answer, a harm of waiting, a mention of the denial …
//!
//! The rules of `kb/opinions/check/` know the ways of saying a thing that somebody thought of. Beside them each sentence is
//! weighed word by word for what it tells ([`Sign`]), with weights counted from sentences that people labelled one by one
//! (`tests/opinions/sentences/`, by `cargo xtask learn tells`). A sign is heard from `heard_at` upwards, the share at which
//! it was right most often on letters that were left out when it was counted. No share is ever shown; what is shown is the
//! sentence. A letter's answer is looked for where the answer stands: [`super::weigh`] listens to each sentence as far as it
//! tells one.

use kb::{Kb, KbError};

use super::rules::Rules;
use super::signs::Signs;
use super::text::Unit;

/// Where the weights stand in the knowledge base.
const FILE: &str = "opinions/tells.toml";

/// What a sentence can tell, of the labels explained in `tests/opinions/sentences/README.md` those that are learned well enough to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Answer,
    History,
    Alternative,
    Question,
    Harm,
    Denial,
    Policy,
    Meets,
    Standard,
    Guideline,
    Diagnosis,
    Objective,
    Record,
    Contact,
    Adverse,
    Offer,
    Rebuts,
}

/// The labels, in the order of [`Sign`] and of the weights of a line.
pub const SIGNS: [&str; 17] = [
    "answer",
    "history",
    "alternative",
    "question",
    "harm",
    "denial",
    "policy",
    "meets",
    "standard",
    "guideline",
    "diagnosis",
    "objective",
    "record",
    "contact",
    "adverse",
    "offer",
    "rebuts",
];

/// The signs that only the writer's own words can carry.
const OF_THE_WRITER: [Sign; 8] = [
    Sign::Answer,
    Sign::Alternative,
    Sign::Harm,
    Sign::Standard,
    Sign::Meets,
    Sign::Diagnosis,
    Sign::Adverse,
    Sign::Rebuts,
];

type Shares = [f32; SIGNS.len()];

/// The weights of what a sentence tells.
pub(super) type Tells = Signs<{ SIGNS.len() }>;

/// Reads them; none in a knowledge base without them.
pub(super) fn load(kb: &Kb) -> Result<Option<Tells>, KbError> {
    Signs::load(kb, FILE, &SIGNS)
}

/// What the sentences of one letter tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Per unit; none for units outside the body.
    shares: Vec<Option<Shares>>,
    heard_at: Shares,
}

impl Told {
    /// Weighs the units of the body.
    pub(super) fn read(units: &[Unit], body: &[usize], rules: &Rules) -> Told {
        let Some(tells) = rules.tells.as_ref() else { return Told::default() };
        let mut shares = vec![None; units.len()];
        for (at, i) in body.iter().enumerate() {
            if let Some(s) = shares.get_mut(*i) {
                let mut told = tells.shares(&features(units, body, at));
                // Another's view is not the writer's, whatever its words.
                if units.get(*i).is_some_and(|u| u.own.is_empty()) {
                    for sign in OF_THE_WRITER {
                        told[sign as usize] = 0.0;
                    }
                }
                *s = Some(told);
            }
        }
        Told { shares, heard_at: tells.heard_at }
    }

    /// How far a unit tells something: 0 to 1; 0 where nothing was weighed.
    pub(super) fn share(&self, i: usize, sign: Sign) -> f32 {
        self.shares.get(i).copied().flatten().and_then(|s| s.get(sign as usize).copied()).unwrap_or(0.0)
    }

    /// The same for a sign by its place in [`SIGNS`].
    pub(super) fn share_at(&self, i: usize, sign: usize) -> f32 {
        self.shares.get(i).copied().flatten().and_then(|s| s.get(sign).copied()).unwrap_or(0.0)
    }

    /// Whether a unit tells something.
    pub(super) fn hears(&self, i: usize, sign: Sign) -> bool {
        let at = self.heard_at.get(sign as usize).copied().unwrap_or(1.0);
        at > 0.0 && self.share(i, sign) >= at
    }

    /// Whether a unit surely does not tell it: weighed, and far below where it would be heard.
    pub(super) fn denies(&self, i: usize, sign: Sign) -> bool {
        let at = self.heard_at.get(sign as usize).copied().unwrap_or(1.0);
        self.shares.get(i).copied().flatten().is_some() && self.share(i, sign) < at * SURELY_NOT
    }

    /// The unit that tells it most clearly, when one is heard.
    pub(super) fn clearest(&self, sign: Sign) -> Option<usize> {
        let heard = (0..self.shares.len()).filter(|i| self.hears(*i, sign));
        heard.max_by(|a, b| self.share(*a, sign).total_cmp(&self.share(*b, sign)))
    }
}

impl Told {
    /// The unit that tells it most clearly of those that are near to being heard: for a quote where the whole letter shows that
    /// the thing is said.
    pub(super) fn likeliest(&self, sign: Sign) -> Option<usize> {
        let at = self.heard_at.get(sign as usize).copied().unwrap_or(1.0);
        let near = (0..self.shares.len()).filter(|i| self.share(*i, sign) >= at * NEAR);
        near.max_by(|a, b| self.share(*a, sign).total_cmp(&self.share(*b, sign)))
    }
}

/// From this part of `heard_at` a sentence may be quoted for the thing.
const NEAR: f32 = 0.4;

/// Below this part of `heard_at` a sentence surely does not tell the thing.
const SURELY_NOT: f32 = 0.15;

/// What of a sentence is weighed: its own words and cues, the section and place it stands in, and the cues of its neighbors.
pub(super) fn features(units: &[Unit], body: &[usize], at: usize) -> Vec<String> {
    let Some(unit) = body.get(at).and_then(|i| units.get(*i)) else { return Vec::new() };
    // Runs of three words, and of three or four letters, are more than so few sentences can carry.
    let few = |n: &&String| match n.get(..2) {
        Some("w:") => n.matches(' ').count() < 2,
        Some("c:") => n.chars().count() == 7,
        _ => true,
    };
    let mut out: Vec<String> = unit.names.iter().filter(few).cloned().collect();
    if unit.own.is_empty() {
        out.push("s:others".to_string());
    }
    out.push(format!("s:in {}", unit.section));
    out.push(format!("s:place {}", at * 5 / body.len().max(1)));
    if unit.bullet {
        out.push("s:bullet".to_string());
    }
    let mut near = |kind: &str, i: Option<&usize>| {
        let Some(u) = i.and_then(|i| units.get(*i)) else { return };
        out.extend(u.cues.iter().map(|c| format!("{kind}{c:?}")));
    };
    near("a:", body.get(at));
    near("b:", at.checked_sub(1).and_then(|i| body.get(i)));
    near("f:", body.get(at + 1));
    out.sort();
    out.dedup();
    out
}
