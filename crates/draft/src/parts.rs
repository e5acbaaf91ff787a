//! Parts of documents that are computed from the case: tables, lists and quotes, each with its sources.

use facts::{Denial, Finding, Treatment};

use crate::argument::{self, opinion_source, quoted};
use crate::ask;
use crate::build::Builder;
use crate::consult;
use crate::dates;
use crate::document::*;
use crate::exhibits::ExhibitPlan;
use crate::inputs::CriterionState;
use crate::law;
use crate::network;
use crate::references;
use crate::words::Words;

/// Adds a part by its name. An unknown name is a finding (a test makes sure that no shape has one).
pub(crate) fn part(b: &mut Builder, name: &str, out: &mut Vec<Block>) {
    match name {
        "arguments" => argument::arguments(b, out),
        "criteria" => criteria_table(b, out),
        "history" => history(b, out),
        "literature" => references::literature(b, out),
        "support" => references::support(b, out),
        "search_log" => network::search_log(b, out),
        "search_log_summary" => network::search_log_summary(b, out),
        "named_in_log" => network::named_in_log(b, out),
        "timeliness" => timeliness(b, out),
        "opinion_intro" => opinion_intro(b, out),
        "urgency" => urgency(b, out),
        "reviewer_field" => reviewer_field(b, out),
        "summary" => summary(b, out),
        "alternative" => alternative(b, out),
        "uncited" => uncited(b, out),
        "reasons" => reasons(b, out),
        "plan_criteria" => plan_criteria(b, out),
        "deadlines" => deadlines(b, out),
        "entitled_to" => entitled_to(b, out),
        "records" => records(b, out),
        "please_add" => ask::please_add(b, out),
        "reasons_to_answer" => ask::reasons_to_answer(b, out),
        "hazards" => ask::hazards(b, out),
        "facts" => argument::facts(b, None, &["record", "treating"], out),
        "facts_of_records" => argument::facts(b, None, &["record"], out),
        "facts_of_network" => {
            let reasons = ["out_of_network", "network_provider_available"];
            argument::facts(b, Some(&reasons), &["record", "treating"], out);
        }
        "points" => consult::points(b, out),
        "records_of_brief" => consult::records(b, out),
        "fill_points" => consult::fill_points(b, out),
        "phone_questions" => ask::phone_questions(b, out),
        "question" => consult::question(b, out),
        "ask_the_plan" => ask::ask_the_plan(b, out),
        "requirement" => ask::requirement(b, out),
        "overdue" => ask::overdue(b, out),
        "events_in_order" => ask::events_in_order(b, out),
        "missing_answer" => ask::missing_answer(b, out),
        other => b.findings.push(Finding::new("part_unknown", format!("There is no part `{other}`.")).about(other)),
    }
}

pub(crate) fn paragraph(out: &mut Vec<Block>, sentences: Vec<Sentence>) {
    if !sentences.is_empty() {
        out.push(Block::Paragraph { sentences });
    }
}

pub(crate) fn plain(b: &mut Builder, key: &str) -> Sentence {
    Sentence::plain(b.text(key))
}

/// The plan's criteria, one row each: met or not, and where the record shows it.
pub(crate) fn criteria_table(b: &mut Builder, out: &mut Vec<Block>) {
    let rows = &b.view.criteria.clone();
    if rows.is_empty() {
        return;
    }
    if !criteria_are_shown(rows) {
        let text = "None of the plan's criteria is shown by your papers yet, so the letter has no table of them. Add the papers that show them.";
        return b.findings.push(Finding::new("criteria_not_shown", text));
    }
    let (shown, open): (Vec<_>, Vec<_>) = rows.iter().cloned().partition(|r| r.state == CriterionState::Met);
    if open.is_empty() || !b.view.holds("to_the_plan") {
        let lead = plain(b, "criteria.lead");
        paragraph(out, vec![lead]);
        return out.push(criteria_block(rows, &b.view.plan, b.view.language));
    }
    // A gap is for the person to close. The letter does not hand it to the plan.
    let (denied, silent): (Vec<_>, Vec<_>) = open.iter().partition(|r| r.state == CriterionState::NotMet);
    for (code, rows) in [("criteria_gap", silent), ("criteria_not_met", denied)] {
        let listed: Vec<String> = rows.iter().map(|r| quoted(&r.criterion)).collect();
        if !listed.is_empty() {
            let text = b.text_with(&format!("finding.{code}"), &[("criteria", &listed.join("; "))]);
            b.findings.push(Finding::new(code, text));
        }
    }
    let lead = plain(b, "criteria.lead_shown");
    paragraph(out, vec![lead]);
    out.push(criteria_block(&shown, &b.view.plan, b.view.language));
}

/// Whether a table of the criteria helps: some row of it shows something.
pub fn criteria_are_shown(rows: &[crate::CriteriaRow]) -> bool {
    rows.iter().any(|r| r.state == CriterionState::Met)
}

/// The criteria as a table: the plan's words, met or not, and the place in the record, for a letter or a packet's map.
pub fn criteria_block(rows: &[crate::CriteriaRow], plan: &ExhibitPlan, language: &str) -> Block {
    let words = Words::of("common", language);
    let say = |key: &str| words.get(key).unwrap_or(key).to_string();
    let heads = [("criteria.head_criterion", 6), ("criteria.head_state", 2), ("criteria.head_where", 9)];
    let columns = heads.iter().map(|(key, width)| Column { head: say(key), width: *width }).collect();
    let rows = rows.iter().map(|row| criteria_row(&say, plan, row, language)).collect();
    Block::Table { caption: say("criteria.caption"), columns, rows }
}

fn criteria_row(
    say: &dyn Fn(&str) -> String,
    plan: &ExhibitPlan,
    row: &crate::CriteriaRow,
    language: &str,
) -> Vec<Vec<Sentence>> {
    let state = match row.state {
        CriterionState::Met => "criteria.met",
        CriterionState::NotMet => "criteria.not_met",
        CriterionState::NotDocumented => "criteria.not_documented",
    };
    let exhibit = row.exhibit.as_deref().and_then(|e| plan.find(e));
    let source = exhibit.map(|e| Source::Exhibit { label: e.label.clone(), page: row.page });
    let shown = row.quote.as_deref().unwrap_or_default();
    // What no paper says is no quotation: it was entered in the case, with its days as programs write them.
    let text = match &source {
        Some(_) if !shown.trim().is_empty() => quoted(shown),
        _ => dates::in_words(shown, language),
    };
    let place: Vec<Sentence> = match (&source, text.is_empty()) {
        (None, true) => vec![],
        _ => vec![Sentence::claim(
            if source.is_some() { Claim::Medical } else { Claim::Plain },
            text,
            source.into_iter().collect(),
        )],
    };
    let also = row.also.iter().zip(exhibit).map(|((quote, page), e)| {
        Sentence::claim(
            Claim::Medical,
            quoted(quote),
            vec![Source::Exhibit { label: e.label.clone(), page: Some(*page) }],
        )
    });
    let place = place.into_iter().chain(also).collect();
    vec![vec![Sentence::plain(row.criterion.clone())], vec![Sentence::plain(say(state))], place]
}

/// The plan's definition in its own parts, each beside the second physician's sentence of the same letter: the outline of the
/// answer is the plan's. True where a table was made. A part without an answer is for the person to know, not for the plan.
pub(crate) fn definition_table(b: &mut Builder, out: &mut Vec<Block>) -> bool {
    let parts = b.view.inputs.supports.map(|s| s.definition.clone()).unwrap_or_default();
    if !b.view.opinion_speaks() || !parts.iter().any(|p| p.answer.is_some()) {
        return false;
    }
    let mut rows = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for part in parts {
        let answered = part.answer.clone().and_then(|(quote, page)| Some((quote, opinion_source(b, Some(page))?)));
        let Some((quote, source)) = answered else {
            open.push(quoted(&part.plan));
            continue;
        };
        let plan = b.view.plan.of_source(&part.file).map(|e| e.label.clone());
        let plan = plan.map(|label| Source::Exhibit { label, page: Some(part.page) }).into_iter().collect();
        b.quoted.insert(cite::fold(&quote));
        rows.push(vec![
            vec![Sentence::claim(Claim::Fact, quoted(&part.plan), plan)],
            vec![Sentence::claim(Claim::Medical, quoted(&quote), vec![source])],
        ]);
    }
    if !open.is_empty() {
        let text = b.text_with("finding.definition_gap", &[("parts", &open.join("; "))]);
        b.findings.push(Finding::new("definition_gap", text));
    }
    let lead = plain(b, "definition.lead");
    paragraph(out, vec![lead]);
    let heads = [("definition.head_plan", 1), ("definition.head_answer", 1)];
    let columns = heads.iter().map(|(key, width)| Column { head: b.text(key), width: *width }).collect();
    out.push(Block::Table { caption: b.text("definition.caption"), columns, rows });
    true
}

/// Treatments that were tried, with dates and results.
pub(crate) fn history(b: &mut Builder, out: &mut Vec<Block>) {
    let treatments = &b.view.case.treatments;
    if treatments.is_empty() {
        return;
    }
    let lead = plain(b, "history.lead");
    paragraph(out, vec![lead]);
    let heads = [("history.head_what", 5), ("history.head_when", 4), ("history.head_result", 7)];
    let columns = heads.iter().map(|(key, width)| Column { head: b.text(key), width: *width }).collect();
    let rows = treatments.iter().map(|t| history_row(b, t)).collect();
    out.push(Block::Table { caption: b.text("history.caption"), columns, rows });
}

fn history_row(b: &mut Builder, t: &Treatment) -> Vec<Vec<Sentence>> {
    let mut what = t.what.clone().unwrap_or_else(|| b.blank("treatment"));
    if let Some(dose) = &t.dose {
        what = format!("{what}, {dose}");
    }
    let when = match (t.from, t.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (b.view.day(from), b.view.day(to));
            b.text_with("history.from_to", &[("from", &from), ("to", &to)])
        }
        (Some(from), None) => {
            let from = b.view.day(from);
            // What was stopped does not go on, though nobody wrote down until when it was taken.
            let key = if t.stopped_because.as_deref().is_some_and(|why| !why.trim().is_empty()) {
                "history.begun"
            } else {
                "history.since"
            };
            b.text_with(key, &[("from", &from)])
        }
        (None, Some(to)) => {
            let to = b.view.day(to);
            b.text_with("history.until", &[("to", &to)])
        }
        (None, None) => String::new(),
    };
    let result = [&t.result, &t.stopped_because].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
    let source = t.source.as_deref().and_then(|s| b.view.plan.find(s));
    let source = source.map(|e| Source::Exhibit { label: e.label.clone(), page: t.page });
    let claim = if source.is_some() { Claim::Medical } else { Claim::Fact };
    vec![
        vec![Sentence::plain(what)],
        vec![Sentence::plain(when)],
        vec![Sentence::claim(claim, result, source.into_iter().collect())],
    ]
}

/// That the letter is in time, with the law: only when the date is known and not past.
fn timeliness(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(right) = b.view.right() else { return };
    let Some(due) = right.due else { return };
    if b.view.inputs.today > due {
        let key = if b.view.holds("stage:fast_appeal") { "finding.past_due_fast" } else { "finding.past_due" };
        let (text, rule) = (b.text(key), right.id.clone());
        b.findings.push(Finding::new("past_due", text).about(rule));
        return;
    }
    let sources: Vec<Source> = right.authorities.iter().cloned().map(Source::Authority).collect();
    if !sources.is_empty() {
        // The two days prove more than the claim; they are named where the clock runs from a day that is known.
        let received = b.view.value("received_on");
        let from = right.counted_from.as_ref().filter(|c| !c.presumed && c.event.ends_with("received"));
        let from = from.map(|c| b.view.day(c.date)).filter(|day| received.as_ref() == Some(day));
        let text = match from {
            Some(day) => b.text_with("timely_dates", &[("received", &day), ("last", &b.view.day(due))]),
            None => b.text("timely"),
        };
        paragraph(out, vec![Sentence::claim(Claim::Legal, text, sources)]);
    }
}

/// The second physician by name, field and place, and the letter's own answer; the person is shown the sentence first.
fn opinion_intro(b: &mut Builder, out: &mut Vec<Block>) {
    if !b.view.opinion_speaks() {
        return;
    }
    let source = opinion_source(b, None);
    let independent = is_independent(b);
    let intro = b.text(if independent { "opinion.intro_independent" } else { "opinion.intro" });
    let mut sentences = vec![Sentence::claim(Claim::Fact, intro, source.into_iter().collect())];
    if b.view.noticed_of_opinion("in_spanish") && b.view.language != "es" {
        sentences.push(plain(b, "opinion.in_spanish"));
    }
    // Where the case does not say what field the writer is in, the letter's own words do.
    let own = (!b.view.holds("has.second_as")).then(|| credentials(b)).flatten();
    let said = opinion_answer(b).filter(|(quote, _)| own.as_ref().is_none_or(|(own, _)| own != quote));
    if let Some((quote, source)) = own {
        sentences.push(plain(b, "opinion.introduces"));
        paragraph(out, std::mem::take(&mut sentences));
        b.quoted.insert(cite::fold(&quote));
        out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, quoted(&quote), vec![source]), by: None });
    }
    match (b.view.holds("has.seen"), said.is_some()) {
        (true, true) => sentences.push(Sentence::claim(Claim::Fact, b.text("opinion.seen"), vec![])),
        (true, false) => sentences.push(Sentence::claim(Claim::Fact, b.text("opinion.seen_only"), vec![])),
        (false, true) => sentences.push(Sentence::claim(Claim::Fact, b.text("opinion.writes"), vec![])),
        (false, false) => {}
    }
    paragraph(out, sentences);
    if let Some((quote, source)) = said {
        let text = b.text_with("finding.opinion_sentence", &[("quote", &quoted(&quote))]);
        b.findings.push(Finding::new("opinion_sentence", text).about("second_opinion.letter"));
        b.quoted.insert(cite::fold(&quote));
        out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, quoted(&quote), vec![source]), by: None });
    }
}

/// The second physician's own words on training and certification, with their place.
fn credentials(b: &Builder) -> Option<(String, Source)> {
    let check = b.view.inputs.concluded().filter(|_| b.view.opinion_speaks())?;
    let element = check.elements.iter().find(|e| e.element == "credentials" && e.state == "present")?;
    let quote = element.quote.clone().filter(|quote| !argument::is_hazard(b, quote))?;
    let alone = b.view.inputs.supports.is_none_or(|s| s.stands_alone(&quote));
    let source = opinion_source(b, element.page)?;
    alone.then_some((quote, source))
}

/// The second physician's own answer, with its place: what the plan could use against the person is none, nor what leans on
/// a sentence that is not quoted. A sentence that names the service goes before one that does not.
pub(crate) fn opinion_answer(b: &Builder) -> Option<(String, Source)> {
    let check = b.view.inputs.concluded().filter(|_| b.view.opinion_speaks())?;
    let of = |element: &str| {
        let shown = check.elements.iter().find(|e| e.element == element && e.state == "present");
        shown.and_then(|e| Some((e.quote.clone()?, e.page)))
    };
    let outcome = check.outcome_quote.clone().map(|quote| (quote, check.outcome_page));
    // What is recommended instead of the request is asked for in the alternative, and is no answer to it.
    let agrees = if check.outcome == "confirms" { of("treatment_concurrence") } else { None };
    let alone = |quote: &str| b.view.inputs.supports.is_none_or(|s| s.stands_alone(quote));
    let said: Vec<(String, Option<usize>)> = [of("question_and_answer"), agrees, outcome]
        .into_iter()
        .flatten()
        .filter(|(quote, _)| alone(quote) && !argument::is_hazard(b, quote))
        .collect();
    // The answer to the question stands with its question; what names nothing ("Have the office appeal.") is no answer.
    let answer = of("question_and_answer");
    let named = said.iter().find(|(quote, _)| names_the_service(b, quote));
    let (quote, page) = named.or_else(|| said.iter().find(|s| answer.as_ref() == Some(s)))?;
    Some((quote.clone(), opinion_source(b, *page)?))
}

/// Whether a sentence names what was asked for: a word of its name, or a code.
fn names_the_service(b: &Builder, quote: &str) -> bool {
    let claim = &b.view.case.claim;
    let words = |text: &str| -> Vec<String> {
        let folded = cite::fold(text);
        folded.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3).map(str::to_string).collect()
    };
    let wanted: Vec<String> = claim.service.iter().chain(&claim.codes).flat_map(|s| words(s)).collect();
    words(quote).iter().any(|w| wanted.contains(w))
}

/// What the second physician recommends instead, asked for in the alternative and in that physician's own words: only where the
/// person chose to enclose an opinion that confirms with changes. (Else the letter would ask for less than the person does.)
fn alternative(b: &mut Builder, out: &mut Vec<Block>) {
    let chosen = b.view.attached && b.view.case.choices.attach_opinion == Some(true);
    let check = b.view.inputs.concluded().filter(|c| chosen && c.outcome == "confirms_with_changes");
    let Some((quote, page)) = check.and_then(|c| Some((c.outcome_quote.clone()?, c.outcome_page))) else { return };
    let Some(source) = opinion_source(b, page).filter(|_| b.view.holds("has.second")) else { return };
    let lead = plain(b, "alternative.lead");
    b.quoted.insert(cite::fold(&quote));
    paragraph(out, vec![lead]);
    out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, quoted(&quote), vec![source]), by: None });
}

/// Who says that waiting is dangerous, in that person's words: the fast pace rests on them. Any physician who knows the case may say
/// so; words are given as a physician's only where that one signs the paper. Without such words nothing is said, and the person is told.
fn urgency(b: &mut Builder, out: &mut Vec<Block>) {
    use course::Speaker::{Record, Second, Treating};
    let said = b.view.inputs.supports.and_then(|s| s.urgency.as_ref());
    let named = |u: &&course::Urgent| match u.from {
        Treating => b.view.holds("has.treating"),
        Second => b.view.opinion_speaks() && b.view.holds("has.second"),
        Record => true,
    };
    let enclosed = said.filter(named).and_then(|u| Some((u, b.view.plan.of_source(&u.file)?.label.clone())));
    let Some((urgent, label)) = enclosed else {
        let text = b.text("finding.urgency_not_certified");
        return b.findings.push(Finding::new("urgency_not_certified", text).about("claim.urgent"));
    };
    let (quote, source) = (quoted(&urgent.quote), Source::Exhibit { label, page: Some(urgent.page) });
    b.quoted.insert(cite::fold(&urgent.quote));
    let lead = plain(
        b,
        match urgent.from {
            Treating => "urgency.treating_says",
            Second => "urgency.second_says",
            Record => "urgency.record_says",
        },
    );
    paragraph(out, vec![lead]);
    out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, quote, vec![source]), by: None });
}

/// Who decided first, in the plan's words, beside what the second physician asks for: only where that field is not the one at issue.
fn reviewer_field(b: &mut Builder, out: &mut Vec<Block>) {
    let said = b.view.inputs.supports.and_then(|s| s.plan_reviewer.as_ref());
    let Some(said) = said else { return };
    let Some(exhibit) = b.view.plan.of_source(&said.file) else { return };
    let source = Source::Exhibit { label: exhibit.label.clone(), page: Some(said.page) };
    let quote = said.quote.clone();
    let folded = cite::fold(&quote);
    let field = b.view.value("review_field");
    let check = b.view.inputs.concluded().filter(|_| b.view.opinion_speaks());
    let asked = check.and_then(|c| c.elements.iter().find(|e| e.element == "reviewer_qualification"));
    let asked = asked.filter(|e| e.state == "present").and_then(|e| Some((e.quote.clone()?, e.page)));
    let asked = asked.filter(|(quote, _)| !argument::is_hazard(b, quote) && !b.quoted.contains(&cite::fold(quote)));
    let same = field.as_deref().is_some_and(|f| folded.contains(&cite::fold(f)));
    let within = opinion::names_the_field(b.view.case, b.view.inputs.kb, &quote).ok().flatten();
    // Without a condition the map knows the care alone, and that may be given in the first reviewer's field too.
    let within = within.filter(|_| field.is_some() || b.view.condition_known());
    if same || within == Some(true) || within.is_none() && field.is_none() && asked.is_none() {
        return;
    }
    let lead = plain(b, "reviewer.first");
    paragraph(out, vec![lead]);
    out.push(Block::Quote { sentence: Sentence::claim(Claim::Fact, quoted(&quote), vec![source]), by: None });
    if let Some((quote, source)) = asked.and_then(|(quote, page)| Some((quote, opinion_source(b, page)?))) {
        let lead = plain(b, "opinion.writes");
        paragraph(out, vec![lead]);
        out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, quoted(&quote), vec![source]), by: None });
    }
}

/// The case in a few lines, for the first page.
fn summary(b: &mut Builder, out: &mut Vec<Block>) {
    let mut items = Vec::new();
    let met = b.view.criteria.iter().filter(|r| r.state == CriterionState::Met).count();
    let all = b.view.criteria.len();
    // That a criterion is not shown yet is for the person to know, not for the first page.
    if met == all && all > 0 {
        let key = if all == 1 { "summary.criteria_one" } else { "summary.criteria_all" };
        let text = b.text_with(key, &[("all", &all.to_string())]);
        items.push(vec![Sentence::plain(text)]);
    }
    let tried = b.view.case.treatments.len();
    if tried > 0 {
        let what = b.view.case.treatments.first().and_then(|t| t.what.clone()).filter(|w| !w.trim().is_empty());
        let key = match (tried, &what) {
            (1, Some(_)) => "summary.history_named",
            (1, None) => "summary.history_one",
            _ => "summary.history",
        };
        let known = [("count", tried.to_string()), ("what", what.unwrap_or_default())];
        let known = known.each_ref().map(|(name, value)| (*name, value.as_str()));
        items.push(vec![Sentence::plain(b.text_with(key, &known))]);
    }
    if references::usable(b).any(|w| references::is_guideline(&w.reference)) {
        items.push(vec![plain(b, "summary.guideline")]);
    }
    if !b.view.case.contacts.is_empty() && b.view.holds("reason:out_of_network | reason:network_provider_available") {
        let log = b.exhibit_of_kind("search_log").into_iter().collect();
        items.push(vec![Sentence::claim(Claim::Fact, b.text("summary.network"), log)]);
    }
    if !items.is_empty() {
        let lead = plain(b, "summary.lead");
        paragraph(out, vec![lead]);
        out.push(Block::List { ordered: false, items });
    }
}

/// Whether the opinion letter says that its writer has no tie to the case.
fn is_independent(b: &Builder) -> bool {
    let told = |c: &opinion::Check| c.elements.iter().any(|e| e.element == "independence" && e.state == "present");
    b.view.inputs.concluded().is_some_and(told)
}

/// The exhibits that nothing before points to, so that each is named at least once.
fn uncited(b: &mut Builder, out: &mut Vec<Block>) {
    let cited = cited(out);
    let exhibits = b.view.plan.exhibits.clone();
    let rest = exhibits.iter().filter(|e| !cited.contains(&e.label));
    let shown = b.view.inputs.supports.map_or(&[][..], |s| &s.borne_out);
    let items: Vec<Vec<Sentence>> = rest
        .map(|e| {
            // What the physician relies on is tied to the page of the record that shows it.
            let shows = shown.iter().find(|s| b.view.plan.of_source(&s.file).is_some_and(|of| of.label == e.label));
            let source = Source::Exhibit { label: e.label.clone(), page: shows.map(|s| s.page) };
            let text = match shows {
                Some(s) => format!("{}: {}", e.title, quoted(&s.quote)),
                None => e.title.clone(),
            };
            vec![Sentence::claim(Claim::Fact, text, vec![source])]
        })
        .collect();
    if !items.is_empty() {
        let lead = plain(b, "uncited.lead");
        paragraph(out, vec![lead]);
        out.push(Block::List { ordered: false, items });
    }
}

/// The labels of the exhibits that blocks point to.
pub(crate) fn cited(blocks: &[Block]) -> Vec<String> {
    let mut labels = Vec::new();
    for block in blocks {
        for source in block.sentences().into_iter().flat_map(|s| &s.sources) {
            if let Source::Exhibit { label, .. } = source
                && !labels.contains(label)
            {
                labels.push(label.clone());
            }
        }
    }
    labels
}

/// The texts on which the plan rests a reason, by its own letter: its policy, and the provision of its plan or brochure.
fn basis(denial: &Denial) -> Option<String> {
    let texts = [&denial.policy, &denial.provision].into_iter().flatten().map(|t| t.trim().trim_end_matches('.'));
    let texts: Vec<&str> = texts.filter(|t| !t.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// The same under a reason of the appeal, each text once: a reviewer is held to it. An exclusion is named in the answer to it.
pub(crate) fn rests_on(b: &mut Builder, group: &[usize], out: &mut Vec<Block>) {
    let brochure = b.view.holds("coverage:fehb | coverage:pshb");
    let ask = if brochure { "argument.rests_on_ask_brochure" } else { "argument.rests_on_ask" };
    for &place in group {
        let Some(denial) = b.view.case.denials.get(place) else { continue };
        let excluded = denial.reason.as_deref() == Some("benefit_exclusion");
        let Some(basis) = basis(denial).filter(|_| !(excluded && denial.provision.is_some())) else { continue };
        if b.quoted.insert(cite::fold(&basis)) {
            let text = b.text_with("argument.rests_on", &[("basis", &basis)]);
            let source = b.exhibit_of_reason(place).into_iter().collect();
            let ask = plain(b, ask);
            paragraph(out, vec![Sentence::claim(Claim::Fact, text, source), ask]);
        }
    }
}

/// The plan's reasons, quoted, without answers. A sentence that stands for several of them is quoted once, under all their names.
fn reasons(b: &mut Builder, out: &mut Vec<Block>) {
    let case = b.view.case;
    let mut told: Vec<(Option<String>, Vec<String>, usize)> = Vec::new();
    for (at, denial) in case.denials.iter().enumerate() {
        let reason = denial.reason.as_deref().unwrap_or("other");
        let title = b.text(&format!("reason.{}.title", argument::plan_of(reason).map_or("other", |p| &p.reason)));
        let quote = denial.quote.as_deref().map(cite::fold);
        match told.iter_mut().find(|(known, ..)| known.is_some() && *known == quote) {
            Some((_, titles, _)) if titles.contains(&title) => {}
            Some((_, titles, _)) => titles.push(lower_first(&title)),
            None => told.push((quote, vec![title], at)),
        }
    }
    let mut items = Vec::new();
    for (_, titles, at) in told {
        let source: Vec<Source> = b.exhibit_of_reason(at).into_iter().collect();
        let titles = titles.join("; ");
        let text = match case.denials.get(at).and_then(|d| d.quote.as_deref()) {
            Some(quote) => format!("{titles}: {}", quoted(quote)),
            None => format!("{titles}."),
        };
        let mut item = vec![Sentence::claim(Claim::Fact, text, source)];
        if let Some(basis) = case.denials.get(at).and_then(basis) {
            item.push(Sentence::plain(b.text_with("reasons_basis", &[("basis", &basis)])));
        }
        items.push(item);
    }
    if !items.is_empty() {
        out.push(Block::List { ordered: true, items });
    }
}

/// The plan's criteria and definitions, as the case has them.
pub(crate) fn plan_criteria(b: &mut Builder, out: &mut Vec<Block>) {
    let case = b.view.case;
    let criteria = criteria_in_words(b);
    if !criteria.is_empty() {
        let lead = plain(b, "plan_criteria.lead");
        paragraph(out, vec![lead]);
        let items = criteria.iter().map(|c| vec![Sentence::plain(c.clone())]).collect();
        out.push(Block::List { ordered: true, items });
    }
    let definitions = [
        (&case.coverage.plan_definition, "plan_criteria.definition"),
        (&case.coverage.experimental_definition, "plan_criteria.experimental"),
    ];
    for (definition, key) in definitions {
        if let Some(text) = definition {
            let lead = plain(b, key);
            paragraph(out, vec![lead]);
            out.push(Block::Quote { sentence: Sentence::plain(quoted(text)), by: None });
        }
    }
}

/// The plan's criteria one by one: as they were taken apart, else as the denials list them, each once.
pub(crate) fn criteria_in_words(b: &Builder) -> Vec<String> {
    let apart = b.view.criteria.iter().map(|r| r.criterion.clone());
    let listed = b.view.case.denials.iter().flat_map(|d| d.criteria.iter().cloned());
    let mut criteria: Vec<String> = Vec::new();
    for criterion in if b.view.criteria.is_empty() { listed.collect::<Vec<_>>() } else { apart.collect() } {
        if !criteria.contains(&criterion) {
            criteria.push(criterion);
        }
    }
    criteria
}

/// The claimant's dates with their law.
fn deadlines(b: &mut Builder, out: &mut Vec<Block>) {
    let rights: Vec<rights::Right> = b
        .view
        .inputs
        .entitlements
        .rights
        .iter()
        .filter(|r| r.actor == "claimant" && r.due.is_some())
        .cloned()
        .collect();
    if rights.is_empty() {
        return;
    }
    let heads = [("deadlines.head_what", 7), ("deadlines.head_by", 4), ("deadlines.head_law", 5)];
    let columns = heads.iter().map(|(key, width)| Column { head: b.text(key), width: *width }).collect();
    let mut rows = Vec::new();
    for right in rights {
        let day = right.advised(b.view.inputs.today).map(|d| b.view.day(d)).unwrap_or_default();
        let mut law: Vec<String> = Vec::new();
        for cite in right.authorities.iter().filter(|a| law::is_read(a)).map(|a| law::printed(&a.cite)) {
            if !law.contains(&cite) {
                law.push(cite);
            }
        }
        let law = law.join("; ");
        let cells = [right.title.clone(), day, law];
        rows.push(cells.into_iter().map(|t| vec![Sentence::plain(t)]).collect());
    }
    out.push(Block::Table { caption: b.text("deadlines.caption"), columns, rows });
}

/// What can be asked for free of charge, as the entitlements list it.
fn entitled_to(b: &mut Builder, out: &mut Vec<Block>) {
    let entitled = b.view.inputs.entitlements.entitled_to.clone();
    let items: Vec<Vec<Sentence>> = entitled
        .into_iter()
        .filter(|e| !e.authorities.is_empty())
        .map(|e| {
            vec![Sentence::claim(
                Claim::Legal,
                upper_first(&e.title),
                e.authorities.into_iter().map(Source::Authority).collect(),
            )]
        })
        .collect();
    if !items.is_empty() {
        out.push(Block::List { ordered: false, items });
    }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(crate) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    // An abbreviation keeps its capitals.
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_string(),
    }
}

/// Whether there are papers to list (see [`records`]).
pub(crate) fn has_records(plan: &ExhibitPlan) -> bool {
    plan.exhibits.iter().any(is_record)
}

fn is_record(exhibit: &crate::Exhibit) -> bool {
    exhibit.kind != "opinion_letter" && exhibit.made.is_none()
}

/// The papers of the case with their dates; what the opinion letter is kept out of stays out here too.
pub(crate) fn records(b: &mut Builder, out: &mut Vec<Block>) {
    let exhibits = b.view.plan.exhibits.clone();
    let items: Vec<Vec<Sentence>> = exhibits
        .iter()
        .filter(|e| is_record(e))
        .map(|e| {
            let dated = e.dated.as_deref().and_then(|d| d.parse().ok()).map(|d| b.view.day(d));
            vec![Sentence::plain(match dated {
                Some(day) => format!("{}, {day}", e.title),
                None => e.title.clone(),
            })]
        })
        .collect();
    if items.is_empty() {
        let text = b.text("records.none");
        paragraph(out, vec![Sentence::plain(text)]);
    } else {
        out.push(Block::List { ordered: false, items });
    }
}
