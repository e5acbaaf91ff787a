//! A reason that only a code states, quoted with what the paper itself says the code means: "N20  Service not payable with other
//! service rendered on the same date." tells a person more than "N20".

use crate::adjustments::legend;
use crate::data::{Reader, Weight};
use crate::reasons::ReasonFound;
use crate::values::Span;
use crate::view::View;

impl Reader {
    /// The reasons with the place of their explanation instead of the bare code, where the paper has a line that explains it. A number without
    /// its group that the paper explains is a plan's own and may mean anything ("22 The same test appears twice"): its words decide, and the
    /// standard meaning is only half heard.
    pub(crate) fn explained(&self, mut reasons: Vec<ReasonFound>, views: &[View]) -> Vec<ReasonFound> {
        for reason in reasons.iter_mut().filter(|r| r.coded) {
            let Some(view) = views.iter().find(|v| v.number == reason.page) else { continue };
            let written = view.page.slice(reason.span.0, reason.span.1);
            let code = written.rsplit(['-', ' ']).next().unwrap_or(written).to_owned();
            let here = explanation(view, &code).map(|span| (view.number, span));
            let found = here.or_else(|| views.iter().find_map(|v| Some((v.number, explanation(v, &code)?))));
            if let Some((page, span)) = found {
                if written.trim().chars().all(|c| c.is_ascii_digit()) {
                    (reason.coded, reason.weight) = (false, Weight::Fallback);
                }
                (reason.page, reason.span) = (page, span);
            }
        }
        reasons
    }
}

/// The line that begins with a code and says what it means, to the end of its sentence.
fn explanation(view: &View, code: &str) -> Option<Span> {
    let lines = (0..view.page.lines.len()).filter_map(|number| legend(view, number));
    let (start, end) = lines.into_iter().find(|(start, end)| view.page.slice(*start, *end) == code)?;
    let first = view.page.tokens.get(view.page.token_at(end))?;
    Some((start, view.page.sentence_span(first.sentence).1))
}
