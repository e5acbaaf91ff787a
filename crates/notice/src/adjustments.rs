//! Adjustment and remark codes: why an amount was not paid (CARC, RARC, a plan's own).

use std::collections::HashMap;

use kb::{Kb, KbError};
use serde::Deserialize;

use crate::codes::lead;
use crate::data::{Reader, Reason, holds};
use crate::found::{Found, LABELLED, SAID};
use crate::values::Span;
use crate::view::View;

/// How many lines above an explanation its heading may stand.
const HEADING: usize = 3;

/// The least words of an explanation of a code.
const EXPLAINED: usize = 3;

/// The lists of standard codes, as far as reasons stand in them.
#[derive(Debug, Deserialize)]
struct StandardCodes {
    code: Vec<StandardCode>,
}

#[derive(Debug, Deserialize)]
struct StandardCode {
    code: String,
    #[serde(default)]
    reason: Option<String>,
}

/// The reasons of the standard adjustment and remark codes (`kb/codes`) of which `kb/notice/reasons.toml` says nothing itself: by code the place among
/// the reasons. An electronic remittance and one on paper are read by the same lists.
pub(crate) fn standard_codes(kb: &Kb, reasons: &[Reason]) -> Result<HashMap<String, usize>, KbError> {
    let mut out = HashMap::new();
    for file in ["codes/adjustment_reasons.toml", "codes/remarks.toml"] {
        if kb.source().get(file).is_none() {
            continue;
        }
        let list: StandardCodes = kb.table(file)?;
        for StandardCode { code, reason } in list.code {
            let place = reason.and_then(|reason| reasons.iter().position(|r| r.reason == reason));
            let is_said = reasons.iter().any(|r| r.codes.contains(&code));
            out.extend(place.filter(|_| !is_said).map(|place| (code, place)));
        }
    }
    Ok(out)
}

impl Reader {
    /// A plan's own codes: a line that begins with one and says what it means, where the code stands in a row of amounts or the
    /// line under words such as "Notes", "Remarks", "What the codes mean".
    pub(crate) fn legend_codes(&self, view: &View) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut last: Option<usize> = None;
        for number in 0..view.page.lines.len() {
            let Some(span) = legend(view, number) else { continue };
            let code = view.page.slice(span.0, span.1);
            let used = in_a_row_of_amounts(view, code, number);
            let lettered = !code.bytes().any(|b| b.is_ascii_digit());
            if lettered && !(used && ends_a_row(view, code, number)) {
                continue;
            }
            let listed = last.is_some_and(|l| number - l <= HEADING + 1) || self.under_a_heading_of_codes(view, number);
            if used || listed && code.len() >= 2 {
                last = Some(number);
                out.push(Found::normalized(view, "denial.code", code.to_owned(), span, SAID + 1));
            }
        }
        out
    }

    /// Whether one of the lines above, at most a few, is short and holds a word for remarks.
    fn under_a_heading_of_codes(&self, view: &View, number: usize) -> bool {
        let above = view.page.lines.get(..number).unwrap_or_default().iter().rev().filter(|l| !l.cells.is_empty());
        above.take(1).any(|l| {
            let words = view.page.slice(l.start, l.end);
            let folded = words.split(|c: char| !c.is_alphabetic()).map(crate::phrase::fold_word);
            words.len() <= 60 && folded.into_iter().any(|w| holds(&self.words.remark_heads, &w))
        })
    }
    /// Adjustment and remark codes in a region that is known to hold them.
    pub(crate) fn denial_codes_in(&self, view: &View, region: Span) -> Vec<Found> {
        let text = view.page.slice(region.0, region.1.min(region.0 + 60));
        let mut out = Vec::new();
        if let Some(((start, end), group, code)) = self.scan.adjustments(text).first().filter(|a| a.0.0 <= 2) {
            let span = (region.0 + start, region.0 + end);
            out.push(Found::normalized(view, "denial.code", format!("{group}-{code}"), span, LABELLED));
        }
        let mut at = 0;
        for word in text.split([' ', ',', ';', '/', '(', ')']) {
            let span = (region.0 + at, region.0 + at + word.len());
            at += word.len() + 1;
            if out.first().is_some_and(|f: &Found| span.0 < f.span.1) {
                continue;
            }
            if word.is_empty() || matches!(word.to_lowercase().as_str(), "and" | "y" | "&") {
                continue;
            }
            match denial_code(&self.words.adjustment_groups, word.trim_end_matches(['.', ':'])) {
                Some(value) => {
                    let len = word.trim_end_matches(['.', ':']).len();
                    out.push(Found::normalized(view, "denial.code", value, (span.0, span.0 + len), LABELLED));
                }
                None => break,
            }
        }
        out
    }

    pub(crate) fn stated_adjustments(&self, view: &View) -> Vec<Found> {
        let text = view.page.text;
        let mut out = Vec::new();
        for (span, group, code) in self.scan.adjustments(text) {
            let written = text.get(span.0..span.1).unwrap_or("");
            let lead = lead(text, span.0);
            if written.contains(' ') && !(lead.contains("code") || lead.contains("carc") || lead.contains("adj")) {
                continue;
            }
            out.push(Found::normalized(view, "denial.code", format!("{group}-{code}"), span, SAID));
            out.extend(remark_after(&self.words.adjustment_groups, view, span.1));
        }
        for (i, token) in view.page.tokens.iter().enumerate() {
            let system = match token.norm.as_str() {
                "carc" | "rarc" => true,
                "remark" | "reason" => view.page.tokens.get(i + 1).is_some_and(|t| {
                    let lettered = view.page.slice(t.start, t.end).starts_with(['N', 'M']) && t.has_digit;
                    t.norm.starts_with("code") || (lettered || is_number_alone(view, i + 1)) && token.norm == "remark"
                }),
                _ => false,
            };
            if system {
                out.extend(self.codes_after(view, i));
            }
        }
        out
    }

    fn codes_after(&self, view: &View, at: usize) -> Vec<Found> {
        let mut out = Vec::new();
        for n in 1..7 {
            let Some(t) = view.page.tokens.get(at + n) else { break };
            let written = view.page.slice(t.start, t.end);
            let groups = self.words.adjustment_groups.iter().any(|g| g == written);
            if let Some(value) = denial_code(&self.words.adjustment_groups, written).filter(|_| t.has_digit) {
                let after = view.page.slice(t.end, t.end + 2);
                let grouped = view.page.slice(t.start.saturating_sub(1), t.start) == "-";
                if !grouped
                    && !after.starts_with(['/', '%'])
                    && !(after.starts_with('.') && after.ends_with(|c: char| c.is_ascii_digit()))
                {
                    out.push(Found::normalized(view, "denial.code", value, (t.start, t.end), SAID));
                }
            } else if !groups
                && !matches!(t.norm.as_str(), "code" | "codes" | "and" | "no" | "number" | "carc" | "rarc")
            {
                break;
            }
        }
        out
    }
}

/// "(CO-4, N519)": a remark code that is joined to the adjustment code before it.
fn remark_after(groups: &[String], view: &View, at: usize) -> Option<Found> {
    let token = view.page.tokens.get(view.page.token_at(at))?;
    let joined = matches!(view.page.slice(at, token.start), ", " | "/" | " / " | "; ");
    let written = view.page.slice(token.start, token.end);
    let lettered = written.starts_with(['N', 'M']) && written.len() >= 2;
    let code = denial_code(groups, written).filter(|_| joined && lettered)?;
    Some(Found::normalized(view, "denial.code", code, (token.start, token.end), SAID))
}

/// `CO50`, `CO-50`, `50`, `N130`, `MA01` in one spelling; nothing for other words.
fn denial_code(groups: &[String], word: &str) -> Option<String> {
    let upper = word.trim_matches(['-', '–']);
    for group in groups {
        if let Some(rest) = upper.strip_prefix(group.as_str()) {
            let code = rest.trim_start_matches(['-', '–']);
            let digits = code.bytes().filter(u8::is_ascii_digit).count();
            return (digits > 0 && digits <= 3 && code.len() <= 3 && code.is_ascii())
                .then(|| format!("{group}-{code}"));
        }
    }
    let digits = upper.bytes().filter(u8::is_ascii_digit).count();
    let letters = upper.bytes().filter(u8::is_ascii_uppercase).count();
    let form = digits + letters == upper.len() && digits > 0 && digits <= 3 && letters <= 2;
    let known = letters == 0 || upper.starts_with(['N', 'M', 'A', 'B', 'D', 'P', 'W', 'Y']);
    (form && known && upper.ends_with(|c: char| c.is_ascii_digit())).then(|| upper.to_owned())
}

/// A code at the beginning of a line and a mark or a gap between it and words that say what it means. A number of one digit, an
/// item of a list and a code of a service are none.
pub(crate) fn legend(view: &View, number: usize) -> Option<Span> {
    let line = view.page.lines.get(number)?;
    let first = line.cells.first()?;
    let written = view.page.slice(first.start, line.end);
    let bare = written.trim_start_matches(['(', '*', '[']);
    let code = bare.get(..bare.find(|c: char| !c.is_ascii_alphanumeric())?)?;
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let form = (2..=5).contains(&code.len())
        && (digits >= 1
            || code.len() <= 3
                && first.end < line.end
                && (first.start, first.start + code.len()) == (first.start, first.end))
        && (code.len() < 5 || digits < 4)
        && !code.contains(|c: char| c.is_ascii_lowercase())
        && !(digits == code.len() && code.len() > 3);
    let start = first.start + written.len() - bare.len();
    let rest = view.page.slice(start + code.len(), line.end);
    let words = rest.trim_start_matches([' ', ')', ']', ':', '=', '-', '–', '—', '.', '|']);
    let mark = rest.get(..rest.len() - words.len())?;
    let item = digits == code.len() && mark.starts_with(['.', ')']);
    let parted = mark.len() >= 2 || mark.starts_with([':', '=']);
    let told = words.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).count() >= EXPLAINED
        && words.starts_with(char::is_alphabetic)
        && words.split_whitespace().any(|w| w.len() > 2 && w.starts_with(char::is_lowercase))
        && !words.contains("   ");
    (form && !item && parted && told && view.money_in((start, start + 12)).next().is_none())
        .then_some((start, start + code.len()))
}

/// Whether a code is a word of a line with cells and an amount, other than the line that explains it.
fn in_a_row_of_amounts(view: &View, code: &str, but: usize) -> bool {
    let word = |c: &crate::text::Cell| view.page.slice(c.start, c.end).split([' ', ',', ';', '/']).any(|w| w == code);
    view.page.lines.iter().enumerate().any(|(i, l)| {
        i != but && l.cells.len() >= 3 && l.cells.iter().any(word) && view.money_in((l.start, l.end)).next().is_some()
    })
}

/// Whether a code of letters alone is all of the last cell of a row of amounts: the column of remarks.
fn ends_a_row(view: &View, code: &str, but: usize) -> bool {
    view.page.lines.iter().enumerate().any(|(i, l)| {
        let last = l.cells.last().filter(|_| i != but && l.cells.len() >= 4);
        last.is_some_and(|c| view.page.slice(c.start, c.end) == code) && view.money_in((l.start, l.end)).count() >= 2
    })
}

/// "Remark 119.": a number of two or three digits with a mark after it.
fn is_number_alone(view: &View, at: usize) -> bool {
    let number = |t: &crate::text::Token| {
        view.page.slice(t.start, t.end).bytes().all(|b| b.is_ascii_digit()) && t.end - t.start <= 3
    };
    let closed = view.page.gap_after(at).starts_with(['.', ',', ')', ';', '\n']);
    closed && view.page.tokens.get(at).is_some_and(|t| t.end - t.start >= 2 && number(t))
}
