//! Lists of what must be met: "is covered when: (1) …; (2) …", "the following are needed:" and items on lines of their own.
//!
//! A list counts where the words before it speak of cover or criteria and of nothing else (reasons, papers, rights, an
//! address). The quotation begins with the first item, or with the words that say how many are needed.

use crate::data::{Reader, Section};
use crate::found::{Found, SAID};
use crate::values::Span;
use crate::view::View;
use crate::words::Words;

/// How far back the words before a list are read, in bytes.
const LEAD: usize = 260;
/// How far the rule of a list may stand before it.
const RULE: usize = 60;
/// The most items, and the most bytes of one.
const ITEMS: usize = 14;
const ITEM: usize = 700;

const BULLETS: &[char] = &['•', '*', '▪', '●', '·', '–', '-', '◦', '□', '☐'];

/// How the items of a list are marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// `(1)`, `(a)`; the sign is that of the first.
    Brackets(char),
    /// `1.`, `1)`, `a.`, `a)`.
    Plain(char, char),
    Bullet(char),
}

impl Marks {
    /// The marks of a list whose first item begins a text.
    fn of(text: &str) -> Option<Marks> {
        let mut chars = text.chars();
        let first = chars.next()?;
        let (second, third) = (chars.next(), chars.next());
        match (first, second, third) {
            ('(', Some(sign @ ('1' | 'a' | 'A' | 'i')), Some(')')) => Some(Marks::Brackets(sign)),
            (sign @ ('1' | 'a' | 'A'), Some(close @ ('.' | ')')), Some(c)) if c.is_whitespace() => {
                Some(Marks::Plain(sign, close))
            }
            (bullet, Some(c), _) if BULLETS.contains(&bullet) && c.is_whitespace() => Some(Marks::Bullet(bullet)),
            _ => None,
        }
    }

    /// The mark of the item with a number, counted from 0.
    fn mark(self, number: usize) -> Option<String> {
        let sign = |first: char| -> Option<String> {
            Some(match first {
                '1' => (number + 1).to_string(),
                'i' => ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"].get(number)?.to_string(),
                letter => char::from_u32(letter as u32 + u32::try_from(number).ok()?)?.to_string(),
            })
        };
        Some(match self {
            Marks::Brackets(first) => format!("({})", sign(first)?),
            Marks::Plain(first, close) => format!("{}{close}", sign(first)?),
            Marks::Bullet(bullet) => bullet.to_string(),
        })
    }

    /// Where the next item begins, within the item before it.
    fn next(self, text: &str, number: usize) -> Option<usize> {
        let mark = self.mark(number)?;
        let lines_only = !matches!(self, Marks::Brackets(_));
        let free = |at: usize| {
            let before = &text[..at];
            let own_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
            let after = text[at + mark.len()..].starts_with(char::is_whitespace);
            after
                && (own_line
                    || before.ends_with(char::is_whitespace)
                        && (!lines_only || before.trim_end().ends_with([';', ','])))
        };
        // An empty line between two items parts them only where the next one is not there.
        text.match_indices(&mark).map(|(at, _)| at).find(|at| free(*at) && text[..*at].matches("\n\n").count() <= 1)
    }
}

impl Reader {
    /// The lists of a page that say what must be met.
    pub(crate) fn listed_criteria(&self, view: &View) -> Vec<Found> {
        let text = view.page.text;
        let mut out = Vec::new();
        let mut reach = 0;
        for (at, _) in text.match_indices(':').chain(text.match_indices(" (1)")).chain(text.match_indices(" (a)")) {
            if at < reach {
                continue;
            }
            let token = view.page.token_at(at);
            if matches!(view.section(token.saturating_sub(1)), Section::Rights | Section::Help) {
                continue;
            }
            if let Some(span) = list_after(text, at, &self.words) {
                reach = span.1;
                out.extend(Found::words(view, "criteria.quoted", span, SAID));
            }
        }
        out
    }
}

/// The list that begins right after a place, where the words before it lead to criteria.
fn list_after(text: &str, at: usize, words: &Words) -> Option<Span> {
    let rest = text.get(at..)?;
    let start = at + rest.len() - rest.trim_start_matches(|c: char| c == ':' || c.is_whitespace()).len();
    let marks = Marks::of(text.get(start..)?)?;
    let from = floor(text, at.saturating_sub(LEAD));
    let lead = text.get(from..at)?;
    let begins = sentence_start(lead);
    let lead = lead.get(begins..)?;
    let folded = lead.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let has = |list: &[String]| list.iter().any(|w| folded.contains(w.trim_end()));
    if !has(&words.criteria_leads) || has(&words.criteria_not_leads) {
        return None;
    }
    let end = list_end(text, start, marks)?;
    let rule = words.criteria_rules.iter().filter_map(|r| lead.to_lowercase().rfind(r.as_str())).max();
    let rule = rule.filter(|r| lead.is_char_boundary(*r) && lead.len() - r <= RULE).map(|r| from + begins + r);
    Some((rule.unwrap_or(start), end))
}

/// Where the last sentence of a text begins.
fn sentence_start(text: &str) -> usize {
    let ends = |at: usize| {
        let word = text[..at].rsplit(|c: char| c.is_whitespace()).next().unwrap_or("");
        word.chars().count() >= 3 || word.ends_with(|c: char| c.is_ascii_digit())
    };
    let stop = text
        .match_indices(". ")
        .chain(text.match_indices(".\n"))
        .filter(|(at, _)| ends(*at))
        .map(|(at, _)| at + 2)
        .max();
    let gap = text.rfind("\n\n").map(|at| at + 2);
    stop.max(gap).unwrap_or(0)
}

/// The end of a list of at least two items; its last item ends with its sentence, its paragraph or the list's indent.
fn list_end(text: &str, start: usize, marks: Marks) -> Option<usize> {
    let mut at = start;
    let mut count = 1;
    while count < ITEMS {
        let item = text.get(at + 1..floor(text, (at + ITEM).min(text.len())))?;
        match marks.next(item, count) {
            Some(next) => at += 1 + next,
            None => break,
        }
        count += 1;
    }
    let item = text.get(at..)?;
    (count >= 2).then(|| at + item_end(item))
}

/// The end of the last item, without its full stop: a full stop before a space and a capital, a blank line, or a line that begins a new sentence.
fn item_end(item: &str) -> usize {
    let skip = item.find(char::is_whitespace).unwrap_or(0);
    let body = &item[skip..];
    let line_stop = body.match_indices('\n').map(|(at, _)| at).find(|at| {
        let next = &body[at + 1..];
        next.trim_start_matches([' ', '\t']).starts_with('\n')
            || next.starts_with(char::is_uppercase)
            || next.trim().is_empty()
    });
    let stop = body.match_indices('.').map(|(at, _)| at).find(|at| {
        let next = &body[*at + 1..];
        next.is_empty()
            || next.starts_with(char::is_whitespace)
                && next.trim_start().starts_with(|c: char| c.is_uppercase() || !c.is_alphanumeric())
    });
    skip + [line_stop, stop].into_iter().flatten().min().unwrap_or(body.len())
}

/// The next place at or before a byte that is a character's boundary.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Option<&str> {
        let start = text.find(": ").or_else(|| text.find(":\n"))? + 1;
        let start = start + text[start..].len() - text[start..].trim_start().len();
        let marks = Marks::of(&text[start..])?;
        text.get(start..list_end(text, start, marks)?)
    }

    #[test]
    fn a_list_ends_with_the_sentence_of_its_last_item() {
        let text = "covered when: (1) pain; (2) 12 weeks of care failed; and (3) no smoking. You may appeal (2) times.";
        assert_eq!(list(text), Some("(1) pain; (2) 12 weeks of care failed; and (3) no smoking"));
        let text = "needed:\n  - Six weeks of therapy\n  - No nicotine\n\nYou may appeal.";
        assert_eq!(list(text), Some("- Six weeks of therapy\n  - No nicotine"));
        assert_eq!(list("needed: 1. One thing only. And more."), None);
    }
}
