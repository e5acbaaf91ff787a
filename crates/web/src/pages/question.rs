//! One question a page, in plain words, and "I don't know" is always an answer.

use facts::{Certainty, Origin, OriginKind};
use journal::Loaded;
use maud::{Markup, PreEscaped, html};

use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::questions::{Answer, Question, Questions, STATES};
use crate::words::Words;
use crate::{engine, facts_at};

/// The next open question, or what was answered so far when none is left.
pub(crate) fn next(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let study = engine::study(call, &loaded)?;
    let open = Questions::get().open(&loaded.state.case, &call.spoken(), call.app.today(), &study.entitlements);
    match open.first() {
        Some(question) if call.asked("list").is_none() => {
            Ok(Reply::See(format!("/case/{}/question/{}", loaded.id, question.id)))
        }
        // After the last answer a person wants to see where they stand.
        None if call.asked("next").is_some() => Ok(Reply::See(format!("/case/{}", loaded.id))),
        _ => {
            let left = Questions::get().left_open(&loaded.state.case, &call.spoken(), &study.entitlements);
            Ok(Reply::Page(answered(call, &loaded, open.first().map(|q| q.id.as_str()), &left)))
        }
    }
}

fn answered(call: &Call, loaded: &Loaded, open: Option<&str>, left: &[Question]) -> Markup {
    let w = call.words();
    let case = &loaded.state.case;
    let (title, text) = match (open, left) {
        (Some(_), _) => (Section::Questions.name(w), w.t("questions.open_text").to_string()),
        (None, []) => (w.t("questions.done_title"), w.t("questions.done_text").to_string()),
        (None, _) => (w.t("questions.left_title"), w.counted("questions.left", left.len())),
    };
    let settled = |q: &&Question| facts_at::get(case, &q.fact).is_some() || facts_at::is_unknown(case, &q.fact);
    let body = html! {
        h1 { (title) }
        p.lead { (text) }
        @if !left.is_empty() {
            ul { @for q in left { li { a href=(format!("/case/{}/question/{}", loaded.id, q.id)) { (q.words(w)) } } } }
        }
        div.buttons {
            @match open {
                Some(id) => a.button href=(format!("/case/{}/question/{id}", loaded.id)) { (w.t("questions.go")) },
                None => a.button href=(format!("/case/{}", loaded.id)) { (w.t("questions.overview")) },
            }
        }
        h2 { (w.t("questions.answers")) }
        ul.list {
            @for question in Questions::get().all.iter().filter(settled) {
                li.row {
                    div.grow {
                        span.soft { (question.words(w)) } br;
                        @for (i, line) in shown(call, loaded, question).lines().enumerate() { @if i > 0 { br; } (line) }
                    }
                    a href=(format!("/case/{}/question/{}", loaded.id, question.id)) {
                        (w.t("questions.change")) span.off { ": " (question.words(w)) }
                    }
                }
            }
        }
    };
    layout::case_page(call, loaded, Section::Questions, Section::Questions.name(w), &body)
}

/// An answer as a person would say it.
fn shown(call: &Call, loaded: &Loaded, question: &Question) -> String {
    match facts_at::get(&loaded.state.case, &question.fact) {
        Some(value) => named(call, question, value),
        None => call.words().t("questions.unknown").into(),
    }
}

/// A value of the case as the answer that a person would choose.
fn named(call: &Call, question: &Question, value: String) -> String {
    let w = call.words();
    match question.answer {
        Answer::Tree => w.of("coverage", &value),
        Answer::Date => {
            value.get(..10).and_then(|d| d.parse().ok()).map_or(value.clone(), |d| crate::dates::long(d, call.lang))
        }
        Answer::Choice => {
            w.get("option", &format!("{}_{value}", question.id)).map_or_else(|| w.of("value", &value), str::to_string)
        }
        Answer::YesNo => w.t(if value == "true" { "yes_no.yes" } else { "yes_no.no" }).into(),
        Answer::State => {
            STATES.iter().find(|(code, _)| *code == value).map_or(value.clone(), |(_, name)| (*name).into())
        }
        Answer::Money => value.parse().map_or(value.clone(), crate::dates::money),
        Answer::Text | Answer::Lines | Answer::Number => value,
    }
}

/// One question.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let question = &Questions::get().find(call.part(3), &call.spoken()).ok_or(Problem::NotFound)?;
    let w = call.words();
    let title = match node_of(call, question) {
        Some(node) => w.of("tree", &node.id),
        None => words(&loaded, question, w),
    };
    let offer = offer(call, &loaded, question)?;
    // The question comes before the answer that was read; what stands below the offer is for whoever knows it differently.
    let body = html! {
        (progress(call, &loaded, question)?)
        @if let Some(offer) = &offer { h1 { (title) } (offered(call, &loaded, question, offer)) }
        (asked(call, &loaded, question, None, offer.is_some()))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Questions, &title, &body)))
}

/// What the sentence about a wrong answer is called, for the fields it is about.
const WRONG: &str = "wrong";

fn node_of(call: &Call, question: &Question) -> Option<&'static crate::questions::Node> {
    let id = call.field("node").or(call.asked("node")).unwrap_or("from");
    (question.answer == Answer::Tree).then(|| Questions::get().node(id)).flatten()
}

/// An answer that stands in a paper and nobody has confirmed.
struct Offer {
    /// As the case keeps it; at a fork that is not the last one, the branch.
    value: String,
    /// The fork at which it is a branch.
    node: Option<String>,
    /// As a person would say it.
    says: String,
    quotes: Vec<course::HeardQuote>,
}

/// What was read and answers this question, or this fork of it: a value that the case has and nobody confirmed, else what
/// the plan's papers say.
fn offer(call: &Call, loaded: &Loaded, question: &Question) -> Result<Option<Offer>, Problem> {
    let case = &loaded.state.case;
    let w = call.words();
    let node = node_of(call, question);
    let at_start = node.is_none_or(|n| n.id == "from");
    if let Some(value) = facts_at::get(case, &question.fact) {
        let read = case.origin.iter().find(|o| o.fact == question.fact && !o.confirmed);
        let quote = read.filter(|_| at_start).and_then(|o| {
            let quote = o.quote.clone().filter(|q| !q.trim().is_empty())?;
            let (file, page) = (o.file.clone().unwrap_or_default(), o.page.unwrap_or(1));
            Some(course::HeardQuote { quote, file, page, span: o.span.unwrap_or_default() })
        });
        let says = named(call, question, value.clone());
        return Ok(quote.map(|q| Offer { value, node: None, says, quotes: vec![q] }));
    }
    let study = engine::study(call, loaded)?;
    let all = || study.heard.iter().filter(|h| h.fact == question.fact);
    let whole = all().find(|h| h.node.is_none() && at_start);
    let branch = || all().find(|h| h.node.is_some() && h.node.as_deref() == node.map(|n| n.id.as_str()));
    let found = whole.or_else(branch).filter(|h| h.node.is_some() || facts_at::set(case, &h.fact, &h.value).is_some());
    Ok(found.map(|h| Offer {
        value: h.value.clone(),
        node: h.node.clone(),
        says: match &h.node {
            Some(node) => w.of("tree", &format!("{node}_{}", h.value)),
            None => named(call, question, h.value.clone()),
        },
        quotes: h.quotes.clone(),
    }))
}

/// The offer, with one button that takes it; the question below stays as it is.
fn offered(call: &Call, loaded: &Loaded, question: &Question, offer: &Offer) -> Markup {
    let w = call.words();
    layout::form(
        call,
        loaded,
        &format!("/case/{}/question/{}", loaded.id, question.id),
        &html! {
            div.note.calm {
                p { strong { (w.t("questions.read")) } }
                @for q in &offer.quotes {
                    blockquote { "“" (q.quote) "”" div.quote-from { (q.file) ", " (w.f("reading.on_page", &[("n", &q.page.to_string())])) } }
                }
                p { (w.f("questions.read_means", &[("answer", &offer.says)])) " " strong { (w.t("questions.read_right")) } }
                @if let Some(node) = &offer.node { input type="hidden" name="node" value=(node); }
                @if let Some(back) = call.field("back").or(call.asked("back")) { input type="hidden" name="back" value=(back); }
                div.buttons { button name="read" value=(offer.value) { (w.t("questions.read_yes")) } }
            }
        },
    )
}

/// How far the questions are: more can follow from an answer, so the number of all is never promised.
fn progress(call: &Call, loaded: &Loaded, question: &Question) -> Result<Markup, Problem> {
    let study = engine::study(call, loaded)?;
    let case = &loaded.state.case;
    let open = Questions::get().open(case, &call.spoken(), call.app.today(), &study.entitlements);
    let left = open.iter().filter(|q| q.id != question.id).count();
    let is_open = left < open.len();
    let w = call.words();
    let says =
        if left == 0 { w.t("questions.after_this_none").into() } else { w.counted("questions.after_this", left) };
    Ok(html! { @if is_open { p.soft.small { (says) } } })
}

/// The form of a question; `wrong` is the sentence about an answer that did not fit; `below` an answer that was read.
fn asked(call: &Call, loaded: &Loaded, question: &Question, wrong: Option<&str>, below: bool) -> Markup {
    let w = call.words();
    let action = format!("/case/{}/question/{}", loaded.id, question.id);
    let value = call.field("value").map(str::to_string).or_else(|| facts_at::get(&loaded.state.case, &question.fact));
    let hint = w.get("hint", &question.id);
    let tree = node_of(call, question);
    let title = match tree {
        Some(node) => w.of("tree", &node.id),
        None => words(loaded, question, w),
    };
    let hint = match tree.filter(|n| n.id != "from") {
        Some(node) => w.get("hint", &format!("tree_{}", node.id)),
        None => hint,
    };
    let title = Title { text: if below { w.t("questions.read_no") } else { &title }, first: !below };
    layout::form(
        call,
        loaded,
        &action,
        &html! {
            @if let Some(wrong) = wrong { div.note role="alert" id=(WRONG) { p { strong { (w.t("questions.wrong")) } " " (wrong) } } }
            @match question.answer {
                Answer::Tree => { @if let Some(node) = tree { (fork(call, node, &title, hint)) } },
                Answer::Date => (date_fields(call, title, hint, value.as_deref(), wrong.is_some())),
                Answer::Choice => {
                    @let options: Vec<_> = question.options.iter().map(|o| {
                        let key = format!("{}_{o}", question.id);
                        let label = w.get("option", &key).map_or_else(|| w.of("value", o), str::to_string);
                        (o.clone(), label, w.get("option", &format!("{key}_help")).map(str::to_string))
                    }).collect();
                    (layout::choices("value", &title.heading(hint), &options, value.as_deref()))
                },
                Answer::YesNo => {
                    @let options = [("true", "yes_no.yes"), ("false", "yes_no.no")].map(|(v, k)| (v.to_string(), w.t(k).to_string(), None));
                    (layout::choices("value", &title.heading(hint), &options, value.as_deref()))
                },
                Answer::State => {
                    (title.label())
                    @if let Some(hint) = hint { p.soft { (hint) } }
                    select.short id="value" name="value" {
                        option value="" { (w.t("questions.choose")) }
                        @for (code, name) in STATES { option value=(code) selected[value.as_deref() == Some(code)] { (name) } }
                    }
                },
                Answer::Lines => {
                    (title.label())
                    @if let Some(hint) = hint { p.soft #value-hint { (hint) } }
                    div.field { textarea id="value" name="value" rows="4" aria-describedby=[hint.map(|_| "value-hint")] { (PreEscaped("\n")) (value.unwrap_or_default()) } }
                },
                Answer::Text | Answer::Number | Answer::Money => {
                    (title.label())
                    @if let Some(hint) = hint { p.soft #value-hint { (hint) } }
                    @let money = if question.answer == Answer::Money { value.as_deref().and_then(|v| v.parse::<i64>().ok()).map(|c| format!("{}.{:02}", c / 100, c % 100)) } else { None };
                    div.field { input type="text" id="value" name="value" value=(money.or(value).unwrap_or_default()) maxlength="2000" autocomplete="off"
                        inputmode=[(question.answer != Answer::Text).then_some("decimal")] aria-describedby=[hint.map(|_| "value-hint")]; }
                },
            }
            @if let Some(back) = call.field("back").or(call.asked("back")) { input type="hidden" name="back" value=(back); }
            details {
                summary { (w.t("questions.why")) }
                p { (w.get("why", &question.id).unwrap_or(w.t("questions.why_general"))) }
            }
            div.buttons {
                button { (w.t("questions.save")) }
                button.quiet name="unknown" value="1" formnovalidate { (w.t("questions.dont_know")) }
                a href=(format!("/case/{}", loaded.id)) { (w.t("questions.later")) }
            }
        },
    )
}

/// A question in its words, with the name of the doctor whom it is about.
fn words(loaded: &Loaded, question: &Question, w: &Words) -> String {
    let doctor = loaded.state.case.treating_physician.as_ref().and_then(|p| p.name.as_deref());
    match doctor.filter(|_| question.id == "doctor_field") {
        Some(name) => w.f("questions.field_of", &[("name", name)]),
        None => question.words(w),
    }
}

/// The heading of a question's form: the question itself, or, below an answer that was read, that another one goes here.
#[derive(Clone, Copy)]
struct Title<'a> {
    text: &'a str,
    first: bool,
}

impl Title<'_> {
    fn heading(self, hint: Option<&str>) -> Markup {
        html! {
            @if self.first { h1 tabindex="-1" autofocus { (self.text) } } @else { h2 { (self.text) } }
            @if let Some(hint) = hint { span.hint { (hint) } }
        }
    }

    fn label(self) -> Markup {
        let label = html! { label for="value" { (self.text) } };
        html! { @if self.first { h1 tabindex="-1" autofocus { (label) } } @else { h2 { (label) } } }
    }
}

fn fork(call: &Call, node: &crate::questions::Node, title: &Title<'_>, hint: Option<&str>) -> Markup {
    let w = call.words();
    let options: Vec<_> = node
        .options
        .iter()
        .map(|b| {
            let key = format!("{}_{}", node.id, b.id);
            (b.id.clone(), w.of("tree", &key), w.get("tree", &format!("{key}_help")).map(str::to_string))
        })
        .collect();
    html! {
        input type="hidden" name="node" value=(node.id);
        (layout::choices("value", &title.heading(hint), &options, None))
    }
}

/// Month, day and year as three fields: no picker to fight with, and no doubt about the order.
fn date_fields(call: &Call, title: Title<'_>, hint: Option<&str>, value: Option<&str>, wrong: bool) -> Markup {
    let w = call.words();
    let (invalid, about) = (wrong.then_some("true"), wrong.then_some(WRONG));
    let date = value.and_then(|v| v.get(..10)).and_then(|v| v.parse::<calendar::Date>().ok());
    let typed = |name: &str, from: Option<String>| call.field(name).map(str::to_string).or(from).unwrap_or_default();
    let month = typed("month", date.map(|d| d.month().to_string()));
    html! {
        fieldset {
            legend { (title.heading(hint)) }
            div.row {
                div {
                    label for="month" { (w.t("date.month")) }
                    select id="month" name="month" aria-invalid=[invalid] aria-describedby=[about] autofocus[wrong] {
                        option value="" { (w.t("questions.choose")) }
                        @for m in 1..=12 { option value=(m) selected[month == m.to_string()] { (w.of("month", &m.to_string())) } }
                    }
                }
                div {
                    label for="day" { (w.t("date.day")) }
                    input type="text" inputmode="numeric" id="day" name="day" size="2" maxlength="2" autocomplete="off" aria-invalid=[invalid] aria-describedby=[about] value=(typed("day", date.map(|d| d.day().to_string())));
                }
                div {
                    label for="year" { (w.t("date.year")) }
                    input type="text" inputmode="numeric" id="year" name="year" size="4" maxlength="4" autocomplete="off" aria-invalid=[invalid] aria-describedby=[about] value=(typed("year", date.map(|d| d.year().to_string())));
                }
            }
        }
    }
}

/// Keeps an answer and goes on to the next question.
pub(crate) fn answer(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let question = &Questions::get().find(call.part(3), &call.spoken()).ok_or(Problem::NotFound)?;
    // Whoever came from a paper goes back to it.
    let from = call.field("back").filter(|paper| loaded.state.paper(paper).is_some());
    let on = Ok(Reply::See(match from {
        Some(paper) => format!("/case/{}/paper/{paper}", loaded.id),
        None => format!("/case/{}/questions?next=1", loaded.id),
    }));
    if call.field("unknown").is_some() {
        return unknown(call, &mut loaded, question).and(on);
    }
    if let Some(read) = call.field("read") {
        return taken(call, loaded, question, read).and_then(|further| further.map_or(on, Ok));
    }
    let value = match given(call, question) {
        Ok(Given::Value(value)) => value,
        Ok(Given::Fork(node)) => {
            return Ok(Reply::See(format!("/case/{}/question/{}?node={node}", loaded.id, question.id)));
        }
        Ok(Given::Uncharted) => return unknown(call, &mut loaded, question).and(on),
        Err(key) => return Ok(again(call, &loaded, question, key)),
    };
    let Some(changed) = facts_at::set(&loaded.state.case, &question.fact, &value) else {
        return Ok(again(call, &loaded, question, "problem.value"));
    };
    loaded.state.case = changed;
    facts_at::set_origin(&mut loaded.state.case, &question.fact, OriginKind::Stated);
    call.keep(&loaded, &question.fact)?;
    on
}

/// Takes what was read as the answer, with its quote; the next fork where it is a branch of one. What is offered no longer (the
/// paper was taken out meanwhile) is asked again.
fn taken(call: &Call, mut loaded: Loaded, question: &Question, read: &str) -> Result<Option<Reply>, Problem> {
    let Some(offer) = offer(call, &loaded, question)?.filter(|o| o.value == read) else {
        return Ok(Some(again(call, &loaded, question, "problem.value")));
    };
    let value = match &offer.node {
        None => offer.value,
        Some(id) => {
            let branch = Questions::get().node(id).and_then(|n| n.options.iter().find(|b| b.id == offer.value));
            let branch = branch.ok_or(Problem::Bad("problem.form"))?;
            if let Some(next) = &branch.next {
                let to = format!("/case/{}/question/{}?node={next}", loaded.id, question.id);
                return Ok(Some(Reply::See(to)));
            }
            branch.sets.clone().ok_or(Problem::Bad("problem.form"))?
        }
    };
    let ahead = |day| crate::dates::is_still_ahead(&call.app.kb, &question.fact, day, call.app.today());
    if value.parse().is_ok_and(ahead) {
        return Ok(Some(again(call, &loaded, question, "problem.ahead")));
    }
    let Some(changed) = facts_at::set(&loaded.state.case, &question.fact, &value) else {
        return Ok(Some(again(call, &loaded, question, "problem.value")));
    };
    loaded.state.case = changed;
    let origins = &mut loaded.state.case.origin;
    // A value that was in the case keeps what is known of its place; the person's word is added.
    if let Some(known) = origins.iter_mut().find(|o| o.fact == question.fact && o.quote.is_some()) {
        known.confirmed = true;
    } else {
        let quote = offer.quotes.into_iter().next();
        origins.retain(|o| o.fact != question.fact);
        origins.push(Origin {
            fact: question.fact.clone(),
            kind: OriginKind::Derived,
            quote: quote.as_ref().map(|q| q.quote.clone()),
            file: quote.as_ref().map(|q| q.file.clone()),
            page: quote.as_ref().map(|q| q.page),
            span: quote.as_ref().map(|q| q.span),
            certainty: Some(Certainty::Inferred),
            confirmed: true,
        });
    }
    call.keep(&loaded, &question.fact)?;
    Ok(None)
}

fn again(call: &Call, loaded: &Loaded, question: &Question, key: &str) -> Reply {
    let w = call.words();
    let body = asked(call, loaded, question, Some(w.t(key)), false);
    let title = format!("{} {}", w.t("questions.wrong"), words(loaded, question, w));
    Reply::Page(layout::case_page(call, loaded, Section::Questions, &title, &body))
}

fn unknown(call: &Call, loaded: &mut Loaded, question: &Question) -> Result<i64, Problem> {
    if let Some(without) = facts_at::set(&loaded.state.case, &question.fact, "") {
        loaded.state.case = without;
    }
    facts_at::set_origin(&mut loaded.state.case, &question.fact, OriginKind::Unknown);
    call.keep(loaded, &question.fact)
}

enum Given {
    Value(String),
    Fork(String),
    Uncharted,
}

/// The answer as the case keeps it; the error is the key of a sentence.
fn given(call: &Call, question: &Question) -> Result<Given, &'static str> {
    if question.answer == Answer::Date {
        return date_given(call, question).map(Given::Value);
    }
    let text = call.field("value").ok_or("questions.empty")?;
    let value = match question.answer {
        Answer::Tree => {
            let node = node_of(call, question).ok_or("problem.form")?;
            let branch = node.options.iter().find(|b| b.id == text).ok_or("problem.form")?;
            return Ok(match (&branch.next, &branch.sets) {
                (Some(next), _) => Given::Fork(next.clone()),
                (None, Some(sets)) => Given::Value(sets.clone()),
                (None, None) => Given::Uncharted,
            });
        }
        Answer::Choice if !question.options.iter().any(|o| o == text) => return Err("problem.form"),
        Answer::State if !STATES.iter().any(|(code, _)| *code == text) => return Err("problem.form"),
        Answer::Money => super::papers::as_cents(text).map_err(|_| "problem.amount")?,
        _ => text.to_string(),
    };
    Ok(Given::Value(value))
}

fn date_given(call: &Call, question: &Question) -> Result<String, &'static str> {
    let part = |name: &str| call.field(name).and_then(|v| v.parse::<i16>().ok());
    if ["month", "day", "year"].iter().all(|n| call.field(n).is_none()) {
        return Err("questions.empty");
    }
    let (Some(month), Some(day), Some(year)) = (part("month"), part("day"), part("year")) else {
        return Err("problem.date");
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err("problem.date") };
    let today = call.app.today();
    let date = calendar::Date::new(crate::dates::year(year, today), month, day).map_err(|_| "problem.date")?;
    match date.year() {
        1900..=2199 if crate::dates::is_still_ahead(&call.app.kb, &question.fact, date, today) => Err("problem.ahead"),
        1900..=2199 => Ok(date.to_string()),
        _ => Err("problem.date"),
    }
}
