//! Parts of the papers to the second physician: the points of the one-page brief, and the form that answers them. Both are those of
//! `opinion::brief`, so that no paper asks another thing than the next.

use crate::argument::quoted;
use crate::build::Builder;
use crate::document::*;
use crate::parts;

/// The brief in the document's language; none where the knowledge base has been given in another one.
fn brief(b: &Builder) -> Option<opinion::Brief> {
    let inputs = b.view.inputs;
    let kb = inputs.kb.speaking(b.view.language).ok().filter(|kb| kb.language() == b.view.language)?;
    opinion::brief(inputs.case, &kb, inputs.today, Some(inputs.entitlements), &[]).ok()
}

/// The one neutral question: that of the brief, so that every paper asks the consultant the same, in every language. Where the
/// knowledge base has been given in another one, the words of the templates.
pub(crate) fn question(b: &mut Builder, out: &mut Vec<Block>) {
    let text = match brief(b) {
        Some(brief) => brief.question,
        None => {
            let keys = b.view.case.denials.iter().filter_map(|d| Some(format!("question.{}", d.reason.as_deref()?)));
            let known = keys.into_iter().find(|k| b.view.words.get(k).is_some());
            b.text(&known.unwrap_or_else(|| "question.default".into()))
        }
    };
    out.push(Block::Quote { sentence: Sentence::plain(text), by: None });
}

/// What only the physician can tell, a handful of points; then what the office adds.
pub(crate) fn points(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(brief) = brief(b) else {
        let keys = opinion::ELEMENTS.iter().map(|e| format!("element_title.{e}"));
        let items = keys.map(|key| vec![Sentence::plain(b.text(&key))]).collect();
        return out.push(Block::List { ordered: true, items });
    };
    let items = brief.points.iter().map(|p| vec![Sentence::plain(p.says.clone())]).collect();
    out.push(Block::List { ordered: true, items });
    parts::paragraph(out, vec![Sentence::plain(brief.office)]);
}

/// The records: what goes with the brief, and what is still to come.
pub(crate) fn records(b: &mut Builder, out: &mut Vec<Block>) {
    let mut enclosed = Vec::new();
    parts::records(b, &mut enclosed);
    out.append(&mut enclosed);
    // Once the letter is here nothing more is sent.
    let lacking = brief(b).filter(|brief| !brief.here).map(|brief| brief.records).unwrap_or_default();
    let titles: Vec<String> = lacking.iter().filter(|r| !r.have).map(|r| parts::lower_first(&r.title)).collect();
    if !titles.is_empty() {
        let text = b.text_with("records_lacking", &[("records", &titles.join("; "))]);
        parts::paragraph(out, vec![Sentence::plain(text)]);
    }
}

/// The points as a form. The plan's sentences and criteria stand there one by one, and the answer to the question has boxes.
pub(crate) fn fill_points(b: &mut Builder, out: &mut Vec<Block>) {
    let points = brief(b).map(|brief| brief.points).unwrap_or_default();
    for point in points {
        let about = |element: &str| point.elements.iter().any(|e| e == element);
        if about("question_and_answer") {
            answers_to_tick(b, out);
        } else if about("denial_reason_rebutted") && each_quote(b).next().is_some() {
            let fills = each_quote(b).map(|label| Block::Fill { label, lines: 2 }).collect();
            under(point.says, fills, out);
        } else if about("criteria_met") && !parts::criteria_in_words(b).is_empty() {
            let criteria = parts::criteria_in_words(b);
            under(point.says, criteria.into_iter().map(|label| Block::Fill { label, lines: 1 }).collect(), out);
        } else {
            let lines = if about("standard_of_care") { 1 } else { 2 };
            out.push(Block::Fill { label: point.says, lines });
        }
    }
}

fn under(lead: String, mut fills: Vec<Block>, out: &mut Vec<Block>) {
    parts::paragraph(out, vec![Sentence::plain(lead)]);
    out.append(&mut fills);
}

/// The plan's sentences, each once.
fn each_quote<'a>(b: &'a Builder) -> impl Iterator<Item = String> + 'a {
    let denials = &b.view.case.denials;
    let said = |at: usize| denials.get(at).and_then(|d| d.quote.as_deref()).map(cite::fold);
    let first = move |at: &usize| said(*at).is_some() && !(0..*at).any(|before| said(before) == said(*at));
    (0..denials.len()).filter(first).filter_map(|at| denials.get(at)?.quote.as_deref().map(quoted))
}

fn answers_to_tick(b: &mut Builder, out: &mut Vec<Block>) {
    let lead = Sentence::plain(b.text("answer.lead"));
    parts::paragraph(out, vec![lead]);
    for key in ["yes", "with_changes", "not_yet", "no"] {
        let sentences = vec![Sentence::plain(b.text(&format!("answer.{key}")))];
        out.push(Block::Tick { ticked: false, sentences });
    }
    out.push(Block::Fill { label: b.text("answer.why"), lines: 2 });
}
