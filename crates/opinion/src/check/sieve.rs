//! Which texts a pattern could match at all, told from the letters that must stand beside each other in them.
//!
//! ```text
//! pattern ──syntax──▶ pieces ──▶ Need: all of / one of / these groups of three letters
//! text ──▶ Grams: the groups of three letters that stand in it ──Need::fits──▶ "no", or "look for it"
//! ```
//! Most of the rules say nothing of most sentences, and a regular expression costs most of its time when it is made. So it is
//! made when the first text comes that has what the pattern needs. A "no" is certain; a "look for it" is not: no result
//! depends on this file, only the time.

use std::collections::HashMap;

use super::syntax::{Branches, FIRST, Letters, Piece, read};

/// Any character that is no letter, digit or `_`, and the ends of a text.
pub(super) const GAP: u8 = b' ';
/// An edge of a word where no character is used up.
pub(super) const EDGE: u8 = b'|';
/// Bits of [`Grams`]: enough that a sentence of 400 letters fills a fifth of them.
const BITS: u32 = 2048;
/// How many letters of what stands beside a group are looked at together with it.
const BESIDE: usize = 2;

/// The groups of three neighbors in a text, each one bit (several may share one).
#[derive(Debug, Clone)]
pub(super) struct Grams([u64; (BITS / 64) as usize]);

impl Grams {
    /// The groups of a text, from edge to edge.
    pub(super) fn of(text: &str) -> Grams {
        let mut bits = [0u64; (BITS / 64) as usize];
        let mut last = u32::from(GAP);
        let mut add = |c: u8| {
            last = (last << 8 | u32::from(kind(c))) & 0x00ff_ffff;
            let at = place(last);
            if let Some(word) = bits.get_mut(usize::from(at / 64)) {
                *word |= 1 << (at % 64);
            }
        };
        text.bytes().for_each(&mut add);
        add(GAP);
        Grams(bits)
    }

    fn has(&self, at: u16) -> bool {
        self.0.get(usize::from(at / 64)).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

fn place(three: u32) -> u16 {
    (three.wrapping_mul(0x9e37_79b1) >> (32 - BITS.trailing_zeros())) as u16
}

/// A character as both sides write it: a small letter, a digit, `_`, or a gap.
pub(super) fn kind(c: u8) -> u8 {
    if c.is_ascii_alphanumeric() || c == b'_' { c.to_ascii_lowercase() } else { GAP }
}

/// What a text must have for a pattern to match.
#[derive(Debug, Clone)]
pub(super) enum Need {
    /// Nothing in particular.
    Nothing,
    /// These groups of three.
    Letters(Box<[u16]>),
    All(Box<[Need]>),
    Either(Box<[Need]>),
    /// One of the needs of [`Needs`]: a group of words used by several patterns.
    Shared(usize),
}

impl Need {
    /// Whether a text with these groups may match.
    pub(super) fn fits(&self, grams: &Grams, shared: &[Need]) -> bool {
        match self {
            Need::Nothing => true,
            Need::Letters(all) => all.iter().all(|at| grams.has(*at)),
            Need::All(all) => all.iter().all(|n| n.fits(grams, shared)),
            Need::Either(all) => all.iter().any(|n| n.fits(grams, shared)),
            Need::Shared(at) => shared.get(*at).is_none_or(|n| n.fits(grams, shared)),
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Need::Nothing)
    }

    fn cost(&self) -> u8 {
        match self {
            Need::Nothing | Need::Letters(_) => 0,
            Need::All(_) => 1,
            Need::Either(_) => 2,
            Need::Shared(_) => 3,
        }
    }
}

/// Letters right beside a group, at most [`BESIDE`].
type Beside = Vec<u8>;

/// Reads patterns, and keeps what they share.
pub(super) struct Needs {
    /// The names of the groups of words, and how they are built.
    groups: Vec<(String, Branches)>,
    seen: HashMap<(usize, Beside, Beside), usize>,
    shared: Vec<Need>,
}

impl Needs {
    /// Reads the groups of words.
    ///
    /// # Errors
    /// The name of the group that is no pattern, and what is wrong with it.
    pub(super) fn new<'m>(groups: impl Iterator<Item = (&'m str, &'m str)> + Clone) -> Result<Needs, (String, String)> {
        let names = groups.clone().map(|(name, _)| (name.to_string(), Branches::new())).collect();
        let mut out = Needs { groups: names, seen: HashMap::new(), shared: Vec::new() };
        for (at, (name, words)) in groups.enumerate() {
            let branches = out.read(words, true).map_err(|why| (name.to_string(), why))?;
            if let Some(group) = out.groups.get_mut(at) {
                group.1 = branches;
            }
        }
        Ok(out)
    }

    /// What a pattern needs. `named` says whether `<name>` stands for a group of words in it.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub(super) fn of(&mut self, pattern: &str, named: bool) -> Result<Need, String> {
        let branches = self.read(pattern, named)?;
        Ok(self.either(&branches, &[], &[]))
    }

    /// What the patterns share, for [`Need::fits`].
    pub(super) fn into_shared(self) -> Vec<Need> {
        self.shared
    }

    fn read(&self, pattern: &str, named: bool) -> Result<Branches, String> {
        let mut text = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('<').filter(|_| named) {
            text.push_str(before);
            let name = after.split_once('>').map_or("", |(name, _)| name);
            match self.groups.iter().position(|(n, _)| n == name && !name.is_empty()) {
                Some(at) => {
                    text.extend(char::from_u32(FIRST + at as u32));
                    rest = after.get(name.len() + 1..).unwrap_or_default();
                }
                None => {
                    text.push('<');
                    rest = after;
                }
            }
        }
        text.push_str(rest);
        read(&text, Letters { groups: self.groups.len(), any_case: !named && pattern.contains("(?i") })
    }

    fn either(&mut self, branches: &[Vec<Piece>], left: &[u8], right: &[u8]) -> Need {
        if let [only] = branches {
            return self.need(only, left, right);
        }
        let all: Vec<Need> = branches.iter().map(|b| self.need(b, left, right)).collect();
        if all.iter().any(Need::is_nothing) { Need::Nothing } else { Need::Either(all.into()) }
    }

    fn need(&mut self, pieces: &[Piece], left: &[u8], right: &[u8]) -> Need {
        let mut all = Vec::new();
        let mut run = left.to_vec();
        for (i, piece) in pieces.iter().enumerate() {
            if let Piece::Letter(c) = piece {
                push(&mut run, *c);
                continue;
            }
            let before = run.get(run.len().saturating_sub(BESIDE)..).unwrap_or_default().to_vec();
            let after = || beside(pieces.get(i + 1..).unwrap_or_default(), right);
            letters(&mut run, &mut all);
            all.push(match piece {
                Piece::Letter(_) | Piece::Open => Need::Nothing,
                Piece::Some(branches) => self.either(branches, &[], &[]),
                Piece::Once(branches) => self.either(branches, &before, &after()),
                Piece::Group(at) => self.group(*at, before, after()),
            });
        }
        right.iter().for_each(|c| push(&mut run, *c));
        letters(&mut run, &mut all);
        all.retain(|n| !n.is_nothing());
        all.sort_by_key(Need::cost);
        match all.len() {
            0 => Need::Nothing,
            1 => all.remove(0),
            _ => Need::All(all.into()),
        }
    }

    /// The need of a group of words, made once for what stands beside it.
    fn group(&mut self, at: usize, before: Beside, after: Beside) -> Need {
        let key = (at, before, after);
        if let Some(known) = self.seen.get(&key) {
            return if self.shared.get(*known).is_none_or(Need::is_nothing) {
                Need::Nothing
            } else {
                Need::Shared(*known)
            };
        }
        // Kept before it is made: a group that names itself needs nothing.
        let place = self.shared.len();
        self.shared.push(Need::Nothing);
        self.seen.insert(key.clone(), place);
        let Some(branches) = self.groups.get_mut(at).map(|g| std::mem::take(&mut g.1)) else { return Need::Nothing };
        let need = if branches.is_empty() { Need::Nothing } else { self.either(&branches, &key.1, &key.2) };
        if let Some(group) = self.groups.get_mut(at) {
            group.1 = branches;
        }
        let nothing = need.is_nothing();
        if let Some(kept) = self.shared.get_mut(place) {
            *kept = need;
        }
        if nothing { Need::Nothing } else { Need::Shared(place) }
    }
}

/// Adds a letter to a run; an edge and a gap beside each other are one place.
fn push(run: &mut Vec<u8>, c: u8) {
    match (run.last().copied(), c) {
        (Some(GAP | EDGE), EDGE) => {}
        (Some(EDGE), GAP) => {
            run.pop();
            run.push(GAP);
        }
        _ => run.push(c),
    }
}

/// The letters that follow, and behind the last piece what stands right of the whole.
fn beside(pieces: &[Piece], right: &[u8]) -> Beside {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Letter(c) if out.len() < BESIDE => push(&mut out, *c),
            _ => return out,
        }
    }
    right.iter().for_each(|c| push(&mut out, *c));
    out.truncate(BESIDE);
    out
}

/// Ends a run of letters.
fn letters(run: &mut Vec<u8>, all: &mut Vec<Need>) {
    for c in run.iter_mut().filter(|c| **c == EDGE) {
        *c = GAP;
    }
    let of = |w: &[u8]| w.iter().fold(0u32, |n, c| n << 8 | u32::from(*c));
    let groups: Vec<u16> = run.windows(3).map(|w| place(of(w))).collect();
    if !groups.is_empty() {
        all.push(Need::Letters(groups.into()));
    }
    run.clear();
}
