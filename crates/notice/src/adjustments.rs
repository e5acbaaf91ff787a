//! Adjustment and remark codes: why an amount was not paid (CARC, RARC, a plan's own).

use crate::codes::lead;
use crate::data::Reader;
use crate::found::{Found, LABELLED, SAID};
use crate::values::Span;
use crate::view::View;

impl Reader {
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
            match denial_code(word.trim_end_matches(['.', ':'])) {
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
            out.extend(remark_after(view, span.1));
        }
        for (i, token) in view.page.tokens.iter().enumerate() {
            let system = match token.norm.as_str() {
                "carc" | "rarc" => true,
                "remark" | "reason" => view.page.tokens.get(i + 1).is_some_and(|t| {
                    let lettered = view.page.slice(t.start, t.end).starts_with(['N', 'M']) && t.has_digit;
                    t.norm.starts_with("code") || lettered && token.norm == "remark"
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
            let groups = matches!(written, "CO" | "PR" | "OA" | "PI" | "CR");
            if let Some(value) = denial_code(written).filter(|_| t.has_digit) {
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
fn remark_after(view: &View, at: usize) -> Option<Found> {
    let token = view.page.tokens.get(view.page.token_at(at))?;
    let joined = matches!(view.page.slice(at, token.start), ", " | "/" | " / " | "; ");
    let written = view.page.slice(token.start, token.end);
    let lettered = written.starts_with(['N', 'M']) && written.len() >= 2;
    let code = denial_code(written).filter(|_| joined && lettered)?;
    Some(Found::normalized(view, "denial.code", code, (token.start, token.end), SAID))
}

/// `CO50`, `CO-50`, `50`, `N130`, `MA01` in one spelling; nothing for other words.
fn denial_code(word: &str) -> Option<String> {
    let upper = word.trim_matches(['-', '–']);
    for group in ["CO", "PR", "OA", "PI", "CR"] {
        if let Some(rest) = upper.strip_prefix(group) {
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
