//! How a pattern is built, as far as [`super::sieve`] asks: the letters that must stand in it, and where anything may.
//!
//! [`read`] has its own quick reader for the few signs that nearly all patterns are made of. It takes only what it is sure of; all
//! else, faults among it, goes to the reader of `regex_syntax`. A test holds both against each other on every pattern.

use regex_syntax::ast::{
    AssertionKind, Ast, ClassPerlKind, ClassSet, ClassSetItem, RepetitionKind, RepetitionRange, parse::Parser,
};

use super::sieve::{EDGE, GAP, kind};

/// Where the private characters begin that stand for groups of words while a pattern is read.
pub(super) const FIRST: u32 = 0xe000;

/// The branches of a pattern, each its pieces from left to right.
pub(super) type Branches = Vec<Vec<Piece>>;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A letter, a gap or an edge.
    Letter(u8),
    /// Anything, or nothing.
    Open,
    /// One of these, once.
    Once(Branches),
    /// One of these, at least once.
    Some(Branches),
    /// A group of words, by its place.
    Group(usize),
}

/// How letters are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    /// How many groups of words there are.
    pub(super) groups: usize,
    /// Capitals count as small letters; then k and s have a third form.
    pub(super) any_case: bool,
}

impl Letters {
    fn of(self, c: char, out: &mut Vec<Piece>) {
        match u32::from(c).checked_sub(FIRST).map(|at| at as usize).filter(|at| *at < self.groups) {
            Some(at) => out.push(Piece::Group(at)),
            None if self.any_case && (matches!(c, 'k' | 'K' | 's' | 'S') || !c.is_ascii()) => out.push(Piece::Open),
            None => out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|b| Piece::Letter(kind(b)))),
        }
    }
}

/// Reads a pattern.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(pattern: &str, letters: Letters) -> Result<Branches, String> {
    match quick(pattern, letters) {
        Some(branches) => Ok(branches),
        None => thorough(pattern, letters),
    }
}

fn thorough(pattern: &str, letters: Letters) -> Result<Branches, String> {
    let ast = Parser::new().parse(pattern).map_err(|e| e.kind().to_string())?;
    Ok(branches(&ast, letters))
}

/// The pieces of a group: its own where it has one branch only.
fn once(branches: Branches, out: &mut Vec<Piece>) {
    match <[Vec<Piece>; 1]>::try_from(branches) {
        Ok([only]) => out.extend(only),
        Err(branches) => out.push(Piece::Once(branches)),
    }
}

fn quick(pattern: &str, letters: Letters) -> Option<Branches> {
    let mut reader = Quick { rest: pattern, letters };
    let branches = reader.branches()?;
    reader.rest.is_empty().then_some(branches)
}

/// The quick reader. `None` from any of its steps means: not sure.
struct Quick<'p> {
    rest: &'p str,
    letters: Letters,
}

impl Quick<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let found = self.rest.strip_prefix(sign);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..)?;
        Some(c)
    }

    fn branches(&mut self) -> Option<Branches> {
        let mut out = vec![self.branch()?];
        while self.take("|") {
            out.push(self.branch()?);
        }
        Some(out)
    }

    fn branch(&mut self) -> Option<Vec<Piece>> {
        let mut out = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with([')', '|']) {
            let mut atom = Vec::new();
            let repeats = self.atom(&mut atom)?;
            match self.least()? {
                None => out.append(&mut atom),
                Some(_) if !repeats => return None,
                Some(0) => out.push(Piece::Open),
                Some(_) => out.push(Piece::Some(vec![atom])),
            }
        }
        Some(out)
    }

    /// One character, class or group; whether it may be repeated.
    fn atom(&mut self, out: &mut Vec<Piece>) -> Option<bool> {
        if self.take("(?i)") || self.take("(?m)") {
            return Some(false);
        }
        if self.take("(?:") || self.take("(?i:") || !self.rest.starts_with("(?") && self.take("(") {
            let inner = self.branches()?;
            once(inner, out);
            return self.take(")").then_some(true);
        }
        match self.next()? {
            '[' => self.class(out)?,
            '\\' => match self.next()? {
                'b' => {
                    // `\b{start}` is another sign.
                    out.push(Piece::Letter(EDGE));
                    return (!self.rest.starts_with('{')).then_some(false);
                }
                'd' | 'w' => out.push(Piece::Open),
                's' => out.push(Piece::Letter(GAP)),
                c @ ('.' | '(' | ')' | '[' | ']' | '+' | '*' | '?' | '$' | '^' | '|' | '{' | '}' | '-' | '\\') => {
                    self.letters.of(c, out);
                }
                _ => return None,
            },
            '^' | '$' => {
                out.push(Piece::Letter(EDGE));
                return Some(false);
            }
            '.' => out.push(Piece::Open),
            '(' | '?' | '*' | '+' | '{' | '}' | ']' => return None,
            c => self.letters.of(c, out),
        }
        Some(true)
    }

    /// How often the atom before must come at least; nothing where it comes once.
    fn least(&mut self) -> Option<Option<u32>> {
        let least = match self.rest.chars().next() {
            Some('?' | '*') => {
                self.next();
                0
            }
            Some('+') => {
                self.next();
                1
            }
            Some('{') => {
                let (inside, behind) = self.rest.get(1..)?.split_once('}')?;
                let number = |n: &str| n.bytes().all(|b| b.is_ascii_digit()).then(|| n.parse::<u32>().ok()).flatten();
                let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
                let least = number(least)?;
                if !most.is_empty() && number(most)? < least {
                    return None;
                }
                self.rest = behind;
                least
            }
            _ => return Some(None),
        };
        self.take("?");
        // A repetition of a repetition is for the other reader.
        (!self.rest.starts_with(['?', '*', '+', '{'])).then_some(Some(least))
    }

    fn class(&mut self, out: &mut Vec<Piece>) -> Option<()> {
        let open = self.take("^");
        let mut gaps = true;
        let mut from: Option<char> = None;
        let mut first = true;
        loop {
            let c = self.next()?;
            let item = match c {
                ']' if !first => break,
                ']' | '[' | '&' | '~' => return None,
                '\\' => match self.next()? {
                    'd' | 'w' => {
                        gaps = false;
                        None
                    }
                    's' => None,
                    c @ ('.' | '(' | ')' | '[' | ']' | '-' | '\\' | '/' | '*' | '+' | '?' | '^' | '$') => Some(c),
                    _ => return None,
                },
                '-' if !first && !self.rest.starts_with(']') => {
                    // A range, or a sign that the other reader knows.
                    let (low, high) = (from.take()?, self.next()?);
                    if matches!(high, '[' | ']' | '\\' | '-' | '&' | '~') || high < low {
                        return None;
                    }
                    gaps = false;
                    first = false;
                    continue;
                }
                c => Some(c),
            };
            gaps &= item.is_none_or(|c| c.is_ascii() && kind(c as u8) == GAP);
            from = item;
            first = false;
        }
        out.push(if gaps && !open { Piece::Letter(GAP) } else { Piece::Open });
        Some(())
    }
}

fn branches(ast: &Ast, letters: Letters) -> Branches {
    let all = match ast {
        Ast::Alternation(all) => all.asts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let pieces = |a: &Ast| {
        let mut out = Vec::new();
        pieces(a, letters, &mut out);
        out
    };
    all.iter().map(pieces).collect()
}

/// Takes a branch apart, from left to right.
fn pieces(ast: &Ast, letters: Letters, out: &mut Vec<Piece>) {
    match ast {
        // `(?i)`: what it changes is known from the pattern as a whole.
        Ast::Empty(_) | Ast::Flags(_) => {}
        Ast::Concat(all) => all.asts.iter().for_each(|a| pieces(a, letters, out)),
        Ast::Literal(l) => letters.of(l.c, out),
        Ast::Assertion(a) => {
            let edge = !matches!(a.kind, AssertionKind::NotWordBoundary)
                && !matches!(a.kind, AssertionKind::WordBoundaryStartHalf | AssertionKind::WordBoundaryEndHalf);
            out.push(if edge { Piece::Letter(EDGE) } else { Piece::Open });
        }
        Ast::ClassPerl(c) if c.kind == ClassPerlKind::Space && !c.negated => out.push(Piece::Letter(GAP)),
        Ast::ClassBracketed(c) if !c.negated && only_gaps(&c.kind) => out.push(Piece::Letter(GAP)),
        Ast::Dot(_) | Ast::ClassUnicode(_) | Ast::ClassPerl(_) | Ast::ClassBracketed(_) => out.push(Piece::Open),
        Ast::Group(g) => once(branches(&g.ast, letters), out),
        Ast::Alternation(_) => once(branches(ast, letters), out),
        Ast::Repetition(r) => {
            let least = match &r.op.kind {
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => 0,
                RepetitionKind::OneOrMore => 1,
                RepetitionKind::Range(
                    RepetitionRange::Exactly(n) | RepetitionRange::AtLeast(n) | RepetitionRange::Bounded(n, _),
                ) => *n,
            };
            let mut atom = Vec::new();
            pieces(&r.ast, letters, &mut atom);
            out.push(if least == 0 { Piece::Open } else { Piece::Some(vec![atom]) });
        }
    }
}

/// Whether a class holds signs and white space only.
fn only_gaps(set: &ClassSet) -> bool {
    fn item(i: &ClassSetItem) -> bool {
        match i {
            ClassSetItem::Literal(l) => l.c.is_ascii() && kind(l.c as u8) == GAP,
            ClassSetItem::Union(u) => !u.items.is_empty() && u.items.iter().all(item),
            ClassSetItem::Perl(p) => p.kind == ClassPerlKind::Space && !p.negated,
            _ => false,
        }
    }
    matches!(set, ClassSet::Item(i) if item(i))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // reads the rules of the repository
mod tests {
    use proptest::prelude::*;

    use super::{Letters, quick, thorough};

    /// The pattern as both readers see it, when the quick one is sure.
    fn both(pattern: &str) -> Result<bool, String> {
        let letters = Letters { groups: 2, any_case: pattern.contains("(?i") };
        match quick(pattern, letters) {
            None => Ok(false),
            Some(quick) => match thorough(pattern, letters) {
                Ok(thorough) if quick == thorough => Ok(true),
                other => Err(format!("{pattern}: {quick:?} against {other:?}")),
            },
        }
    }

    #[test]
    fn the_quick_reader_sees_what_the_thorough_one_sees_in_every_pattern_of_the_rules() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/opinions/check");
        let (mut sure, mut all) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let file: toml::Table = text.parse().unwrap();
            let rules = file.get("rule").and_then(|r| r.as_array()).cloned().unwrap_or_default();
            let lists = rules.iter().flat_map(|r| [r.get("patterns"), r.get("unless")]).flatten();
            for pattern in lists.filter_map(|l| l.as_array()).flatten().filter_map(|p| p.as_str()) {
                all += 1;
                sure += usize::from(both(pattern).unwrap());
            }
        }
        assert!(all > 1000 && sure * 20 > all * 19, "the quick reader is sure of {sure} of {all}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_the_quick_reader_takes_the_thorough_one_takes_and_sees_alike(
            pieces in proptest::collection::vec(prop_oneof![
                Just("a"), Just("ks"), Just(" "), Just("é"), Just("\u{e001}"), Just("("), Just("(?:"), Just("(?i:"), Just("(?i)"),
                Just(")"), Just("|"), Just("?"), Just("*"), Just("+"), Just("{2}"), Just("{0,3}"), Just("{3,1}"), Just("{,2}"),
                Just("["), Just("[^"), Just("]"), Just("[ ,]"), Just("[a-z]"), Just("-"), Just("\\b"), Just("\\d"), Just("\\s"),
                Just("\\."), Just("\\p{L}"), Just("^"), Just("$"), Just("."), Just("&&"), Just("{"), Just("}"), Just("\\B"),
            ], 0..12)
        ) {
            let pattern = pieces.concat();
            prop_assert!(both(&pattern).is_ok(), "{:?}", both(&pattern));
        }
    }
}
