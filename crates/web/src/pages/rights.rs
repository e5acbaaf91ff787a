//! Rights and dates: each with its day, why that day, and the law.

use journal::Loaded;
use maud::{Markup, html};
use rights::{Entitled, Entitlements, Refusal, Right, Why};

use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::pages::overview;
use crate::questions::Questions;
use crate::{dates, engine, facts_at};

/// All rights of the case.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let study = engine::study(call, &loaded)?;
    let w = call.words();
    let all = &study.entitlements;
    let (mine, theirs): (Vec<&Right>, Vec<&Right>) = all.rights.iter().partition(|r| r.actor == "claimant");
    let body = html! {
        h1 { (Section::Rights.name(w)) }
        p.lead {
            @match &all.coverage {
                Some(kind) => { (w.t("rights.coverage")) " " strong { (w.of("coverage", kind)) } "." },
                None => (w.t("rights.no_coverage")),
            }
        }
        @let (now, later): (Vec<&Right>, Vec<&Right>) = mine.iter().copied().partition(|r| !is_later(r, &mine, study.next.as_ref()));
        @for right in &now { (one(call, &loaded, right, study.next.as_ref(), &engine::follows(call, right, all)?, all)) }
        (fast_if_urgent(call, &loaded, all))
        @if !later.is_empty() {
            details {
                summary { (w.counted("rights.later_steps", later.len())) }
                p.soft { (w.t("rights.later_steps_text")) }
                @for right in &later { (one(call, &loaded, right, study.next.as_ref(), &engine::follows(call, right, all)?, all)) }
            }
        }
        @if mine.is_empty() && all.refusals.is_empty() { p { (w.t("rights.none")) } }
        (open_refusals(call, &loaded, all, &later))
        @if !all.entitled_to.is_empty() {
            h2 { (w.t("rights.ask_title")) }
            p { (w.t("rights.ask_text")) }
            (to_ask_for(&all.entitled_to))
        }
        @if !theirs.is_empty() {
            h2 { (w.t("rights.theirs_title")) }
            p { (w.t("rights.theirs_text")) }
            @let (dated, later): (Vec<_>, Vec<_>) = theirs.iter().partition(|r| r.due.is_some() || r.due_at.is_some());
            @if !dated.is_empty() { ul.list { @for right in dated { (other(call, right)) } } }
            @if !later.is_empty() {
                details {
                    summary { (w.counted("rights.theirs_later", later.len())) }
                    ul.list { @for right in later { (other(call, right)) } }
                }
            }
        }
        (no_rights(call, all))
        p.soft.small { (w.f("rights.computed", &[("day", &dates::long(all.today, call.lang)), ("kb", all.kb.split('+').next().unwrap_or_default())])) }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Rights, Section::Rights.name(w), &body)))
}

/// Whether a step of the person's own is for a later answer: a rung above the one at hand, with no day yet. It stays folded, so that
/// whoever starts out is not met by a judge and a court.
fn is_later(right: &Right, mine: &[&Right], next: Option<&course::NextDate>) -> bool {
    let rung = |id: &str| mine.iter().find(|r| r.id == id).map(|r| r.level);
    let first = || mine.iter().filter(|r| !r.done).map(|r| r.level).min();
    let at_hand = next.and_then(|n| rung(&n.right)).or_else(first);
    !right.done && right.due.is_none() && at_hand.is_some_and(|rung| right.level > rung)
}

/// The level to which a no of the plan goes on by itself: nobody files it.
fn sent_on<'a>(right: &Right, all: &'a Entitlements) -> Option<&'a Right> {
    let decides = format!("{}.decide", right.gives.strip_suffix(".file")?);
    let above = |r: &&Right| r.actor != "claimant" && r.gives == decides && r.level == right.level + 1;
    all.rights.iter().filter(above).min_by_key(|r| r.pace != right.pace)
}

/// What the rules call a fast pace that the case may ask for once somebody says that waiting is dangerous.
const FAST_POSSIBLE: &str = "fast_pace_possible";

/// While nobody has said whether waiting is dangerous, the fast step is named all the same, with the question that opens it.
fn fast_if_urgent(call: &Call, loaded: &Loaded, all: &Entitlements) -> Markup {
    let w = call.words();
    let possible = all.findings.iter().any(|f| f.code == FAST_POSSIBLE);
    let urgent = possible.then(|| facts_at::set(&loaded.state.case, "claim.urgent", "true")).flatten();
    let then =
        urgent.map(|case| rights::entitlements(&case, &call.spoken(), call.app.today()).rights).unwrap_or_default();
    let fast = then.iter().find(|r| {
        let known = all.rights.iter().any(|o| o.id == r.id);
        r.actor == "claimant" && r.pace == "expedited" && !known && !r.done && r.waits.is_none()
    });
    html! {
        @if let Some(fast) = fast {
            section.card aria-labelledby="fast-possible" {
                h2 #fast-possible { (fast.title) }
                p { span.tag { (w.t("rights.fast")) } }
                p.lead { (w.t("rights.fast_if")) }
                @if let Some(answer) = &fast.decision_due { p { (w.t("rights.answer")) " " (w.f("rights.answer_after", &[("period", &dates::period(&answer.period, w))])) } }
                @if fast.filed_when.as_deref() == Some("oral_ok") { (overview::phone(call, loaded)) }
                div.buttons { a.button.quiet href=(format!("/case/{}/question/urgent", loaded.id)) { (w.of("ask", "urgent")) } }
                (behind(call, fast))
            }
        }
    }
}

fn one(
    call: &Call,
    loaded: &Loaded,
    right: &Right,
    advised: Option<&course::NextDate>,
    follows: &course::Follows<'_>,
    all: &Entitlements,
) -> Markup {
    let w = call.words();
    let after =
        all.rights.iter().filter(|r| r.actor == "claimant" && r.level > right.level + 1).min_by_key(|r| r.level);
    html! {
        section.card id=(right.id) aria-labelledby=(format!("{}-title", right.id)) {
            h2 id=(format!("{}-title", right.id)) { (right.title) }
            @if right.pace == "expedited" || right.actor != "claimant" {
                p {
                    @if right.pace == "expedited" { span.tag { (w.t("rights.fast")) } " " }
                    @if right.actor != "claimant" { span.tag.plain { (w.of("actor", &right.actor)) } }
                }
            }
            (when(call, loaded, right, advised))
            dl.facts {
                @if let Some(how) = &right.filed_when { dt { (w.t("rights.counts")) } dd { (w.of("filed", how)) } }
                @if let Some(mind) = right.mind.as_ref().filter(|_| advised.is_some_and(|n| n.right == right.id)) {
                    dt { (w.t("rights.mind")) } dd { (mind) }
                }
                @if let Some(to) = &right.send_to { dt { (w.t("rights.send_to")) } dd { (to) } }
                @if let Some(answer) = answer(call, right, follows) { dt { (w.t("rights.answer")) } dd { (answer) } }
                @if let Some(then) = &follows.then { dt { (w.t("rights.then")) } dd { (then) } }
                @match (follows.next, &follows.next_says) {
                    (Some(next), _) => { dt { (w.t("rights.next")) } dd { a href=(format!("#{}", next.id)) { (next.title) } } },
                    (None, Some(says)) => { dt { (w.t("rights.next")) } dd { (says) } },
                    (None, None) => { @if let Some(level) = sent_on(right, all) {
                        dt { (w.t("rights.next")) }
                        dd {
                            (w.f("rights.sent_on", &[("who", &w.of("actor", &level.actor))])) " " a href=(format!("#{}", level.id)) { (level.title) } "."
                            @if let Some(after) = after { " " (w.t("rights.sent_on_after")) " " a href=(format!("#{}", after.id)) { (after.title) } "." }
                        }
                    } },
                }
                @for t in &right.thresholds {
                    dt { (w.t("rights.threshold")) }
                    dd { (dates::money(t.cents)) " (" (t.year) ")" @if let Some(meets) = t.meets { ", " (w.t(if meets { "rights.threshold_met" } else { "rights.threshold_not_met" })) } }
                }
            }
            (behind(call, right))
        }
    }
}

/// Who must answer a step, and by when: the day, else how long it takes after which event.
fn answer(call: &Call, right: &Right, follows: &course::Follows<'_>) -> Option<String> {
    let w = call.words();
    let duty = follows.answer;
    let dated = right.decision_due.as_ref().and_then(|d| d.date).or(duty.and_then(|d| d.due));
    let length = right.decision_due.as_ref().map(|d| {
        let period = dates::period(&d.period, w);
        let kb = call.spoken();
        match kb.index().vocabulary().event.get(&d.after).filter(|_| d.after != "filing") {
            // A clock that does not start with the filing is told by what starts it.
            Some(event) => w.f("rights.window", &[("period", &period), ("from", &event.label)]),
            None => w.f("rights.answer_after", &[("period", &period)]),
        }
    });
    let when = dated.map(|day| dates::long(day, call.lang)).or(length);
    match (duty.map(|d| w.of("actor", &d.actor)), when) {
        (Some(who), Some(when)) => Some(format!("{who}: {when}")),
        (Some(who), None) => Some(who),
        (None, when) => when,
    }
}

/// What may be asked for.
fn to_ask_for(all: &[Entitled]) -> Markup {
    let cites = |item: &Entitled| item.authorities.iter().map(|a| a.cite.as_str()).collect::<Vec<_>>().join("; ");
    html! { ul { @for item in all { li { (item.title) " " small.soft { (cites(item)) } } } } }
}

/// Why this date, what else to know, and the law: folded away.
fn behind(call: &Call, right: &Right) -> Markup {
    let w = call.words();
    html! {
        @if !(right.derivation.is_empty() && right.notes.is_empty() && right.authorities.is_empty()) {
            details {
                summary { (w.t("rights.why")) span.off { ": " (right.title) } }
                @if !right.derivation.is_empty() { ol { @for step in &right.derivation { li { (step) } } } }
                @if !right.notes.is_empty() { ul { @for note in &right.notes { li { (note) } } } }
                (layout::authorities(w, &right.authorities))
            }
        }
    }
}

/// A duty of somebody else: one line, the rest folded away.
fn other(call: &Call, right: &Right) -> Markup {
    let w = call.words();
    html! {
        li id=(right.id) {
            div.row {
                strong.grow { (right.title) }
                span {
                    @match (right.advised(call.app.today()), &right.due_at) {
                        (Some(by), _) => { (dates::time(by, call.lang)) " " span.soft { (dates::away(by, call.app.today(), w)) } },
                        (None, Some(at)) => (at),
                        (None, None) => span.soft { (right.decision_due.as_ref().map_or(w.t("rights.later").to_string(), |d| w.f("rights.answer_after", &[("period", &dates::period(&d.period, w))]))) },
                    }
                }
            }
            div.soft.small { (w.of("actor", &right.actor)) @if right.pace == "expedited" { " · " (w.t("rights.fast")) } }
            // A duty without a date is told with its law only; its notes come with its date.
            @if right.due.is_some() || right.due_at.is_some() { (behind(call, right)) } @else { (law(right)) }
        }
    }
}

fn law(right: &Right) -> Markup {
    let mut cites: Vec<&str> = right.authorities.iter().map(|a| a.cite.as_str()).collect();
    let mut seen = std::collections::HashSet::new();
    cites.retain(|c| seen.insert(*c));
    html! { div.soft.small { (cites.join("; ")) } }
}

fn when(call: &Call, loaded: &Loaded, right: &Right, advised: Option<&course::NextDate>) -> Markup {
    let w = call.words();
    let mine = right.actor == "claimant";
    let clock = right.clock.as_deref();
    let urged = advised.filter(|n| n.right == right.id).map(|n| n.file_by);
    let length = right
        .window
        .as_ref()
        .map(|l| w.f("rights.window", &[("period", &dates::period(&l.period, w)), ("from", &l.from)]));
    html! {
        @if right.done { p { span.tag { (w.t("rights.done")) } } }
        @else if let Some(first) = &right.waits {
            p.lead { (w.f(if first.only_if_missed { "rights.if_missed" } else { "rights.after" }, &[("title", &first.title)])) }
            @if let Some(last) = right.outside_limit() { p { (w.f("rights.outside", &[("day", &dates::long(last, call.lang))])) } }
            @if let Some(length) = &length { p.soft { (length) } }
        } @else if right.stands_in && right.due.is_some_and(|due| due < call.app.today()) {
            p.soft { (w.t("rights.runs_later")) }
        } @else { @match (urged.or(right.advised(call.app.today())), right.due, &right.due_at) {
            (Some(by), due, _) => {
                p.lead {
                    (w.t(if mine { overview::by_word(&right.gives) } else { "rights.must_by" })) " "
                    strong { time datetime=(by.to_string()) { (dates::long(by, call.lang)) } (overview::before(call, clock.filter(|_| due == Some(by)))) }
                    " " span.soft { (dates::away(by, call.app.today(), w)) }
                }
                @if let Some(due) = due.filter(|d| *d != by) { p.soft { (w.f("overview.last_day", &[("date", &format!("{}{}", dates::long(due, call.lang), overview::before(call, clock)))])) } }
                @if mine && due.is_none() { p.soft { (w.t("overview.last_unknown")) } }
                @if mine && due.is_some_and(|d| d < call.app.today()) { p { (overview::late_says(call, Some(right))) } }
                @if mine && right.filed_when.as_deref() == Some("oral_ok") { (overview::phone(call, loaded)) }
                @if right.counted_from.as_ref().is_some_and(|c| c.presumed) { p.soft { (overview::presumed(call, loaded, Some(right))) } }
            },
            (None, _, Some(at)) => p.lead { (w.t("rights.must_by")) " " strong { (at) } },
            (None, _, None) => p.soft { (length.as_deref().unwrap_or(w.t("rights.no_date"))) },
        } }
    }
}

/// What cannot be said yet, each with the question that settles it.
fn open_refusals(call: &Call, loaded: &Loaded, all: &Entitlements, later: &[&Right]) -> Markup {
    let w = call.words();
    // A later step says itself what it is counted from.
    let of_later = |r: &Refusal| r.id.as_ref().is_some_and(|id| later.iter().any(|l| l.id == *id));
    let open: Vec<&Refusal> = all.refusals.iter().filter(|r| r.why != Why::NoRight && !of_later(r)).collect();
    html! {
        @if !open.is_empty() {
            h2 { (w.t("rights.open_title")) }
            ul.list {
                @for refusal in open {
                    li {
                        p { (refusal.message) }
                        @let questions: Vec<_> = refusal.needs.iter().filter_map(|n| Questions::get().for_need(n, &call.spoken())).filter(|q| q.fits(&loaded.state.case)).collect();
                        @for question in questions {
                            p { a href=(format!("/case/{}/question/{}", loaded.id, question.id)) { (question.words(w)) } }
                        }
                    }
                }
            }
        }
    }
}

fn no_rights(call: &Call, all: &Entitlements) -> Markup {
    let w = call.words();
    let none: Vec<&Refusal> = all.refusals.iter().filter(|r| r.why == Why::NoRight).collect();
    html! {
        @if !none.is_empty() {
            details {
                summary { (w.t("rights.none_title")) }
                ul {
                    @for refusal in none {
                        li {
                            (refusal.message)
                            (layout::authorities(w, &refusal.authorities))
                        }
                    }
                }
            }
        }
    }
}

/// The person's dates as a calendar file with reminders. The case's id keeps the dates of two cases apart.
pub(crate) fn calendar(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let study = engine::study(call, &loaded)?;
    let service = loaded.state.case.claim.service.as_deref().unwrap_or_default();
    let text = packet::ics(&study.entitlements, service, &loaded.id);
    Ok(Reply::Download { name: "deadlines.ics".into(), media: "text/calendar", bytes: text.into_bytes() })
}
