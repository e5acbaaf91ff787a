//! The case at a glance: the next date, what the plan said, what to do, in that order.

use course::NextDate;
use facts::Case;
use journal::Loaded;
use maud::{Markup, html};
use rights::Right;

use crate::engine::{self, Study};
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::questions::Questions;
use crate::timeline::{self, Point};
use crate::{dates, facts_at, reading};

/// The overview.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    reading::start(call, &loaded)?;
    let loaded = call.case()?;
    let study = engine::study(call, &loaded)?;
    let w = call.words();
    let questions = Questions::get();
    let open = questions.open(&loaded.state.case, &call.app.kb, call.app.today(), &study.entitlements).len();
    let name = loaded.state.name().unwrap_or_else(|| w.t("case.unnamed").to_string());
    let body = html! {
        h1.case-name { (name) }
        (about(call, &loaded.state.case))
        (stands(call, &loaded, &study, open))
        (super::join::proposals(call, &loaded)?)
        (twice(call, &loaded)?)
        (unchecked(call, &loaded))
        (super::differ::cards(call, &loaded, &study))
        (verdict(call, &study))
        (next_date(call, &loaded, &study, open))
        (changes(call, &loaded, &study)?)
        (steps(call, &loaded, &study))
        (denials(call, &loaded, &study))
        (opinion(call, &loaded, &study))
        (layout::findings(call, &loaded, &study.findings))
        (line(call, &loaded, &study))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Overview, &name, &body)))
}

fn about(call: &Call, case: &Case) -> Markup {
    let w = call.words();
    let claim = case.claim.number.as_ref().map(|n| w.f("overview.claim", &[("number", n)]));
    let amount = case.claim.amount_cents.map(dates::money);
    let parts: Vec<String> = [case.coverage.issuer.clone(), claim, amount].into_iter().flatten().collect();
    html! { @if !parts.is_empty() { p.soft { (parts.join(" · ")) } } }
}

/// The same letter in another open case: two cases of one dispute would tell two truths.
fn twice(call: &Call, loaded: &Loaded) -> Result<Markup, Problem> {
    let w = call.words();
    let letter = loaded.state.papers.iter().find(|p| p.kind.as_deref() == Some("denial_letter"));
    let others = match letter {
        Some(letter) => call.journal(|j| j.cases_with(&letter.sha256, &loaded.id))?,
        None => Vec::new(),
    };
    Ok(html! {
        @if let Some((id, name)) = others.first() {
            div.note {
                p { strong { (w.t("overview.twice")) } " " a href=(format!("/case/{id}")) { (name.as_deref().unwrap_or(w.t("case.unnamed"))) } }
                p { (w.t("overview.twice_text")) }
            }
        }
    })
}

/// A letter nobody has looked at yet comes before everything.
fn unchecked(call: &Call, loaded: &Loaded) -> Markup {
    let w = call.words();
    let letter = loaded.state.papers.iter().find(|p| !p.confirmed && reading::fills(p.kind.as_deref()));
    html! {
        @if let Some(letter) = letter {
            div.note.calm {
                p { strong { (w.t("overview.check_title")) } " " (w.f("overview.check_text", &[("name", &letter.name)])) }
                p { a.button href=(format!("/case/{}/paper/{}", loaded.id, letter.sha256)) { (w.t("overview.check_go")) span.off { ": " (letter.name) } } }
            }
        }
    }
}

fn next_date(call: &Call, loaded: &Loaded, study: &Study, open: usize) -> Markup {
    let w = call.words();
    html! {
        section.card.date aria-labelledby="next" {
            h2 #next .off { (w.t("overview.next")) }
            @match &study.next {
                Some(next) => (dated(call, loaded, study, next)),
                None => (undated(call, loaded, study)),
            }
            @if open > 0 {
                div.buttons {
                    a.button href=(format!("/case/{}/questions", loaded.id)) {
                        (w.counted("overview.questions", open))
                    }
                }
            }
        }
    }
}

/// Without a step of the person's own to date: the answer that is due, the day that the plan's own letter gives, or why there is
/// none, with the answers that would settle it.
fn undated(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    let today = call.app.today();
    let left = Questions::get().left_open(&loaded.state.case, &call.spoken(), &study.entitlements);
    html! {
        @if let Some((answer, due)) = course::answer_due(&loaded.state.case, &study.entitlements).and_then(|r| Some((r, r.due?))) {
            p.soft { (answer.title) }
            @let hour = answer.due_at.as_deref().and_then(|at| at.get(11..16));
            p.big { (w.t("overview.answer_by")) " " time datetime=(due.to_string()) { (dates::long(due, call.lang)) } (before(call, hour)) }
            p.away { (dates::away(due, today, w)) }
            p { (w.t(if due < today { "overview.answer_late" } else { "overview.answer_wait" })) }
        } @else if let Some(own) = &study.letters_day {
            p.soft { (w.t("overview.letters_day")) }
            p.big { (w.t("overview.file_by")) " " time datetime=(own.file_by.to_string()) { (dates::long(own.file_by, call.lang)) } }
            p.away { (dates::away(own.file_by, today, w)) }
            p {
                @match &own.window {
                    Some(window) => (w.f("overview.letter_window", &[("period", &dates::period(window, w))])),
                    None => (w.t("overview.letter_day")),
                }
            }
        } @else if let Some(hearing) = course::either_forwarded_or_heard(&study.entitlements) {
            p.big { (w.t("overview.which_program")) }
            p { (w.f("overview.which_medicaid", &[("title", &hearing.title)])) }
            p { (w.t("overview.which_medicare")) }
        } @else if let Some(level) = course::forwarded(&study.entitlements) {
            (forwarded(call, study, level))
        } @else if let Some(step) = course::next_undated(&study.entitlements).filter(|_| engine::has_filed(&study.entitlements)) {
            p.soft { (step.title) }
            p.big { (w.t("overview.no_last_day")) }
            p { (w.t("overview.no_last_day_text")) }
        } @else {
            p.big { (w.t("overview.no_date")) }
            p { (why_no_date(call, study)) }
        }
        @if !left.is_empty() {
            p { (w.t("overview.left_open")) }
            ul { @for question in &left { li { a href=(format!("/case/{}/question/{}", loaded.id, question.id)) { (question.words(w)) } } } }
        }
    }
}

/// After the plan's second no the case goes on by itself: who has it, what to do meanwhile, and the step after that.
fn forwarded(call: &Call, study: &Study, level: &Right) -> Markup {
    let w = call.words();
    let after = study.entitlements.rights.iter().filter(|r| r.actor == "claimant" && !r.done && r.level > level.level);
    let after = after.min_by_key(|r| r.level);
    html! {
        p.soft { (w.t("overview.forwarded")) }
        p.big { (w.t("overview.nothing_to_file")) }
        p { (w.f("overview.forwarded_text", &[("who", &w.of("actor", &level.actor))])) }
        @if let Some(next) = after {
            p {
                (w.f("overview.forwarded_next", &[("title", &next.title)]))
                @if let Some(window) = &next.window { " " (w.f("overview.forwarded_window", &[("period", &dates::period(&window.period, w)), ("from", &window.from)])) }
            }
        }
    }
}

/// The number to call for a step that a call is enough for: as the letter gives it, else where it can be entered.
pub(crate) fn phone(call: &Call, loaded: &Loaded) -> Markup {
    let w = call.words();
    let known = facts_at::get(&loaded.state.case, "coverage.appeal_phone");
    html! {
        @match known {
            Some(number) => p { (w.t("overview.phone")) " " @match dates::dialed(&number) { Some(to) => a href=(format!("tel:{to}")) { strong { (number) } }, None => strong { (number) } } },
            None => p { a href=(format!("/case/{}/question/fact:coverage.appeal_phone", loaded.id)) { (w.t("overview.phone_add")) } },
        }
    }
}

/// `, before 12 noon`, where the last day ends earlier.
pub(crate) fn before(call: &Call, clock: Option<&str>) -> String {
    let w = call.words();
    clock.map_or(String::new(), |at| w.f("overview.before", &[("time", &dates::clock(at, w))]))
}

/// What is said of a day of receipt that the law presumes: the person may have told the true one. Else the day that is counted
/// from is named: where it lies after the letter's own, a letter that came sooner has an earlier last day.
pub(crate) fn presumed(call: &Call, loaded: &Loaded, right: Option<&Right>) -> String {
    let w = call.words();
    let told = |kind: &str| crate::facts_at::get(&loaded.state.case, &format!("event.{kind}"));
    if told("notice_received").or(told("final_notice_received")).is_some() {
        return w.t("overview.presumed_known").into();
    }
    let day = |text: String| text.get(..10).and_then(|d| d.parse::<calendar::Date>().ok());
    let dated = told("notice_dated").or(told("final_notice_dated")).and_then(day);
    match right.and_then(|r| r.counted_from.as_ref()).map(|c| c.date) {
        Some(from) if dated.is_some_and(|dated| from > dated) => {
            w.f("overview.presumed_later", &[("date", &dates::long(from, call.lang))])
        }
        _ => w.t("overview.presumed").into(),
    }
}

fn dated(call: &Call, loaded: &Loaded, study: &Study, next: &NextDate) -> Markup {
    let w = call.words();
    let today = call.app.today();
    let late = next.due < today;
    let asked = engine::is_asked(&next.gives);
    html! {
        p.soft { (next.title) }
        @let on_last_day = next.clock.as_deref().filter(|_| next.file_by == next.due);
        p.big {
            (if late { w.t("overview.was_due") } else if next.by_phone { w.t("overview.call_by") } else { w.t(by_word(&next.gives)) }) " "
            time datetime=(next.file_by.to_string()) { (dates::long(next.file_by, call.lang)) } (before(call, on_last_day))
        }
        p.away { (dates::away(next.file_by, today, w)) }
        @if next.due != next.file_by { p.soft { (w.f("overview.last_day", &[("date", &format!("{}{}", dates::long(next.due, call.lang), before(call, next.clock.as_deref())))])) } }
        @if next.by_phone && !late { (phone(call, loaded)) }
        @if next.presumed { p.soft { (presumed(call, loaded, study.entitlements.rights.iter().find(|r| r.id == next.right))) } }
        @if !next.last_known { p.soft { (w.t("overview.last_unknown")) } }
        @if late {
            p { (w.t(if asked { "overview.late_asked" } else { "overview.late" })) }
            @if !asked { p { (late_says(call, study.entitlements.rights.iter().find(|r| r.id == next.right))) } }
        }
        p { a href=(format!("/case/{}/rights#{}", loaded.id, next.right)) { (w.t("overview.why_date")) } }
    }
}

/// What the rule of a step says of a request that comes after its last day, or that no rule is known that takes it.
pub(crate) fn late_says(call: &Call, right: Option<&Right>) -> String {
    let unknown = || call.spoken().index().sentences().say("late_unknown", &[]);
    right.and_then(|r| r.late.clone()).unwrap_or_else(unknown)
}

/// What stands before the last day of a step of the person's own: what is asked for is not filed.
pub(crate) fn by_word(gives: &str) -> &'static str {
    if engine::is_asked(gives) { "overview.ask_by" } else { "overview.file_by" }
}

fn why_no_date(call: &Call, study: &Study) -> String {
    let w = call.words();
    let refusals = &study.entitlements.refusals;
    let no_right = !refusals.is_empty() && refusals.iter().all(|r| r.why == rights::Why::NoRight);
    w.t(if no_right { "overview.no_right" } else { "overview.no_date_text" }).into()
}

/// Dates that a newer knowledge base computes differently.
fn changes(call: &Call, loaded: &Loaded, study: &Study) -> Result<Markup, Problem> {
    let w = call.words();
    let changed = engine::changed_since(call, loaded, &study.entitlements)?;
    let title =
        |id: &str| study.entitlements.rights.iter().find(|r| r.id == id).map_or(id.to_string(), |r| r.title.clone());
    Ok(html! {
        @if !changed.is_empty() {
            div.note {
                p { strong { (w.t("overview.changed")) } }
                ul { @for (id, was, now) in &changed { li { (title(id)) ": " (was) " → " (now) } } }
            }
        }
    })
}

fn denials(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    let case = &loaded.state.case;
    let page = |i: usize| case.origin.iter().find(|o| o.fact == format!("denial.{i}.reason"));
    html! {
        @if !case.denials.is_empty() {
            section aria-labelledby="why" {
                h2 #why { (w.t("overview.why_title")) }
                @for (i, denial) in case.denials.iter().enumerate() {
                    h3 { (w.of("reason", denial.reason.as_deref().unwrap_or("other"))) }
                    p { (w.of("meaning", denial.reason.as_deref().unwrap_or("other"))) }
                    @if let Some(quote) = denial.quote.as_ref().filter(|q| case.denials.get(i + 1).and_then(|d| d.quote.as_ref()) != Some(q)) {
                        blockquote {
                            "“" (quote) "”"
                            @if let Some(origin) = page(i) {
                                div.quote-from { (origin.file.as_deref().unwrap_or_default()) @if let Some(n) = origin.page { ", " (w.f("reading.on_page", &[("n", &n.to_string())])) } }
                            }
                        }
                    }
                }
                (unsaid(call, loaded, study))
            }
        }
    }
}

/// How many things the letter had to say were not found in it.
fn unsaid(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    let count = study.audit.iter().flat_map(|a| &a.items).filter(|i| i.state == "not_found").count();
    let letter = loaded.state.papers.iter().find(|p| reading::fills(p.kind.as_deref()));
    html! {
        @if let Some(letter) = letter.filter(|_| count > 0) {
            p { a href=(format!("/case/{}/paper/{}?must=1#must", loaded.id, letter.sha256)) {
                (w.counted("overview.unsaid", count))
            } }
        }
    }
}

/// Where a doctor's letter will hardly change the answer, that is said before anything is asked of the person.
fn verdict(call: &Call, study: &Study) -> Markup {
    let kb = call.spoken();
    let hardly = study.plan.as_ref().filter(|p| p.hardly_helps());
    html! {
        @if let Some((plan, value)) = hardly.and_then(|p| Some((p, engine::value_word(p)?))) {
            div.note.calm {
                p { strong { (engine::opinion_word(&kb, "value", value)) } @for why in reasons_of(plan) { " " (why) } }
                @if !plan.better_first_moves.is_empty() {
                    p { (call.words().t("overview.may_help")) }
                    ul { @for first in &plan.better_first_moves { li { (first) } } }
                }
            }
        }
    }
}

/// Why an opinion is worth what it is, each sentence once.
fn reasons_of(plan: &opinion::OpinionPlan) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for because in plan.because.iter().filter(|b| Some(&b.value) == plan.value.as_ref()) {
        if !all.contains(&because.says.as_str()) {
            all.push(&because.says);
        }
    }
    all
}

/// Where the case stands: five things, done or open.
fn stands(call: &Call, loaded: &Loaded, study: &Study, open: usize) -> Markup {
    let w = call.words();
    let state = &loaded.state;
    let logged = |what: &str| state.log.iter().any(|e| e.document.as_deref().is_some_and(|d| d.starts_with(what)));
    let opinion = state.case.second_opinion.as_ref().and_then(|o| o.state.as_deref()) == Some("received");
    let wanted = study.plan.as_ref().is_none_or(|p| !p.hardly_helps());
    let mut from_plan = state.papers.iter().filter(|p| reading::fills(p.kind.as_deref())).peekable();
    let checked = from_plan.peek().is_some() && from_plan.all(|p| p.confirmed);
    let mut all = vec![("papers", "stand.letter", checked), ("questions?list=1", "stand.questions", open == 0)];
    if wanted || opinion {
        all.push(("opinion/check", "stand.opinion", opinion));
    }
    all.extend([("packet", "stand.sent", logged("sent_")), ("log", "stand.decided", logged("received_"))]);
    html! {
        ul.stand aria-label=(w.t("stand.title")) {
            @for (path, key, done) in all {
                li class=[done.then_some("done")] {
                    a href=(format!("/case/{}/{path}", loaded.id)) { (w.t(key)) }
                    span.off { " " (w.t(if done { "stand.done" } else { "stand.open" })) }
                }
            }
        }
    }
}

/// So many steps are shown at once.
const FIRST_STEPS: usize = 3;

fn steps(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    // The step that keeps the right alive is never folded away.
    let filed = study.steps.iter().position(|s| s.id == "file").map_or(0, |at| at + 1);
    let (now, then) = study.steps.split_at(study.steps.len().min(FIRST_STEPS.max(filed)));
    html! {
        @if !study.steps.is_empty() {
            section aria-labelledby="steps" {
                h2 #steps { (w.t("overview.steps_title")) }
                ol.steps { @for (i, step) in now.iter().enumerate() { (one_step(call, loaded, step, i == 0)) } }
                @if !then.is_empty() {
                    details {
                        summary { (w.counted("overview.more_steps", then.len())) }
                        ol.steps { @for step in then { (one_step(call, loaded, step, false)) } }
                    }
                }
            }
        }
    }
}

/// What else is at hand for a step: further letters that it names.
fn more_ways(step: &str) -> &'static [(&'static str, &'static str)] {
    match step {
        "complete_record" => &[
            ("letter/medical_necessity_outline", "letter.medical_necessity_outline"),
            ("letter/peer_to_peer_brief", "letter.peer_to_peer_brief"),
        ],
        "ask_fast" => &[("letter/phone_script", "letter.phone_script")],
        "get_opinion" => &[("opinion/check", "overview.have_letter")],
        _ => &[],
    }
}

/// Where a step is done, and the words of its link.
fn way(step: &str) -> Option<(&'static str, &'static str)> {
    Some(match step {
        "ask_claim_file" => ("letter/claim_file_request", "overview.write"),
        "protective_appeal" => ("letter/protective_appeal", "overview.write"),
        "please_add" | "please_add_more" => ("letter/please_add", "overview.write"),
        "ask_fast" => ("packet", "overview.packet"),
        "ask_fast_if_missed" | "ask_exception" => ("letters", "menu.letters"),
        "complete_record" => ("letter/records_request", "letter.records_request"),
        "sign_form" | "sign_form_medicare" | "sign_form_advantage" => {
            ("letter/authorized_representative", "overview.sign_form")
        }
        "forwarded" => ("letter/appeal_letter", "overview.forwarded_write"),
        "file_undated" => ("question/fact:coverage.second_appeal_window_days", "overview.answer"),
        "file" | "file_together" => ("packet", "overview.packet"),
        "get_opinion" | "get_required_opinion" => ("opinion/whom", "opinion.whom"),
        id if id.starts_with("opinion_") => ("opinion/check", "opinion.check"),
        "confirm_receipt" => ("question/received", "overview.answer"),
        "watch_decision" => ("log", "menu.log"),
        "late_answer" => ("letter/late_answer", "menu.letters"),
        _ => return None,
    })
}

/// A step; the first one has its way as the button of the page.
fn one_step(call: &Call, loaded: &Loaded, step: &engine::Step, first: bool) -> Markup {
    let w = call.words();
    let way = way(step.id.as_str());
    html! {
        li {
            // The step of filing carries the name of the right.
            h3 { @match step.right.as_ref().filter(|_| step.id == "file") { Some(title) => (title), None => (step.what) } }
            p.soft { (step.why) }
            @let clock = before(call, step.clock.as_deref());
            @if let Some(by) = step.by { p { strong { (w.f("overview.by", &[("date", &format!("{}{clock}", dates::long(by, call.lang)))])) } " " span.soft { (dates::away(by, call.app.today(), w)) } } }
            @if step.by_phone { (phone(call, loaded)) }
            @if let Some((path, label)) = way {
                div.buttons.ways {
                    a.button.quiet[!first].mini[!first] href=(format!("/case/{}/{path}", loaded.id)) { (w.t(label)) span.off { ": " (step.what) } }
                    @for (path, label) in more_ways(&step.id) { a href=(format!("/case/{}/{path}", loaded.id)) { (w.t(label)) } }
                }
            }
            @if !step.notes.is_empty() { ul { @for note in &step.notes { li { (note) } } } }
            @if let Some(asked) = step.asked_as { (asked_form(call, loaded, asked)) }
            @if !step.authorities.is_empty() {
                details.law { summary { (w.t("law.of_step")) span.off { ": " (step.what) } } (layout::authorities(w, &step.authorities)) }
            }
        }
    }
}

/// Tells that a step was taken by asking for it: on which day, and whom. It is a line of the log like any other.
fn asked_form(call: &Call, loaded: &Loaded, asked: &str) -> Markup {
    let w = call.words();
    layout::form(
        call,
        loaded,
        &format!("/case/{}/log", loaded.id),
        &html! {
            input type="hidden" name="happened" value=(asked);
            (layout::input("date", "on", w.t("overview.asked_on"), None, &call.app.today().to_string()))
            (layout::text("who", w.t("overview.asked_whom"), Some(w.t("log.who_hint")), ""))
            div.buttons { button.quiet { (w.of("happened", asked)) } }
        },
    )
}

/// Whether a second opinion helps; once its letter is here, what it says.
fn opinion(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    let value = study.plan.as_ref().and_then(engine::value_word);
    html! {
        @if study.check.is_some() || value.is_some() {
            section aria-labelledby="second" {
                h2 #second { (w.t("menu.opinion")) }
                @match (&study.check, value) {
                    (Some(check), _) => {
                        @let sent = engine::has_filed(&study.entitlements);
                        @let hardly = study.plan.as_ref().is_some_and(opinion::OpinionPlan::hardly_helps);
                        p { strong { (w.of("outcome", &check.outcome)) } @if !sent && !(hardly && check.attach == "after_changes") { " " (engine::attach_word(call, &loaded.state.case, check)) } }
                        p { a href=(format!("/case/{}/opinion/check", loaded.id)) { (w.t("overview.opinion_check")) } }
                    },
                    (None, Some(value)) => {
                        @let kb = call.spoken();
                        p { strong { (engine::opinion_word(&kb, "value", value)) } " " (engine::opinion_word(&kb, "value_text", value)) }
                        p { a href=(format!("/case/{}/opinion", loaded.id)) { (w.t("overview.opinion_more")) } }
                    },
                    (None, None) => {},
                }
            }
        }
    }
}

/// An event in a few words of ours, else in those of the rules.
fn event(call: &Call, kind: &str) -> String {
    let told = || {
        let kb = call.spoken();
        let label = kb.index().vocabulary().event.get(kind)?.label.clone();
        let mut rest = label.chars();
        rest.next().map(|first| first.to_uppercase().chain(rest).collect())
    };
    let w = call.words();
    w.get("event", kind).map(str::to_string).or_else(told).unwrap_or_else(|| w.of("event", kind))
}

/// Everything with a day: what happened, and what is to come.
fn line(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    let ends = loaded.state.case.events.iter().find(|e| e.kind == "services_end").map(|e| e.date.date());
    // The end of the services is the change that takes effect.
    let twice = |e: &&facts::Event| e.kind == "effective_date" && ends == Some(e.date.date());
    let happened = loaded.state.case.events.iter().filter(|e| !twice(e)).map(|e| Point {
        date: e.date.date(),
        label: event(call, &e.kind),
        strong: false,
    });
    let service = facts_at::get(&loaded.state.case, "claim.date_of_service").and_then(|d| d.parse().ok());
    // The day on which the services end may have been read as the day of the care as well: one event stands once.
    let told = |day: &calendar::Date| {
        let ends = |kind: &str| matches!(kind, "services_end" | "effective_date" | "discharge");
        loaded.state.case.events.iter().any(|e| ends(&e.kind) && e.date.date() == *day)
    };
    let service = service.filter(|day| !told(day));
    let service = service.map(|date| Point { date, label: w.t("event.service").into(), strong: false });
    let next = study.next.as_ref().map(|n| n.right.as_str());
    // A later rung is not shown while an earlier one is open: its day would move with the answer to that one. The page of
    // rights tells it, with how it is counted.
    let rungs = study.entitlements.rights.iter().filter(|r| next == Some(r.id.as_str())).map(|r| r.level).max();
    // Of an answer that is owed at two paces the one is shown that the card tells.
    let owed = course::answer_due(&loaded.state.case, &study.entitlements);
    let told = |r: &Right| owed.is_none_or(|o| o.gives != r.gives || o.level != r.level || o.id == r.id);
    let pace = |r: &Right| r.pace != "expedited" || owed.is_some_and(|o| o.id == r.id);
    let now =
        |r: &&Right| !r.done && r.waits.is_none() && pace(r) && told(r) && rungs.is_none_or(|rung| r.level <= rung);
    let ahead = study.entitlements.rights.iter().filter(now).filter_map(|r| {
        let advised = study.next.as_ref().filter(|n| n.right == r.id).map(|n| n.file_by);
        let label = format!("{}{}", r.title, before(call, r.clock.as_deref()));
        Some(Point { date: advised.or(r.advised(call.app.today()))?, label, strong: next == Some(r.id.as_str()) })
    });
    let points: Vec<Point> = happened.chain(service).chain(ahead).collect();
    html! {
        @if !points.is_empty() {
            section aria-labelledby="dates" {
                h2 #dates { (w.t("overview.dates_title")) }
                (timeline::draw(&points, call.app.today(), call.lang))
                p { a href=(format!("/case/{}/rights/dates.ics", loaded.id)) { (w.t("overview.calendar")) } }
            }
        }
    }
}
