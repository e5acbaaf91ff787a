//! The log: calls, letters, decisions. What is dated here and matters to the law becomes an event of the case.

use facts::{Event, When};
use journal::{Entry, Loaded};
use maud::{Markup, html};

use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::{dates, engine};

/// What happened, and the event of the case it stands for, when it starts or stops a clock.
const HAPPENED: &[(&str, &str, Option<&str>)] = &[
    ("call", "call", None),
    ("sent_appeal", "sent", Some("appeal_filed")),
    ("sent_second_appeal", "sent", Some("second_appeal_filed")),
    ("sent_external", "sent", Some("external_request_filed")),
    ("sent_records", "sent", Some("records_requested")),
    ("asked_continuation", "sent", Some("continuation_asked")),
    ("sent_other", "sent", None),
    ("received_request", "received", Some("information_requested")),
    ("received_extension", "received", Some("extension_notice_received")),
    ("received_decision", "decision", Some("decision_received")),
    ("received_final", "decision", Some("final_notice_received")),
    ("received_external", "decision", Some("iro_decision_received")),
    ("note", "note", None),
];
const WAYS: &[&str] = &["phone", "mail", "certified_mail", "fax", "portal", "email", "in_person"];
const RESULTS: &[&str] = &["overturned", "partly", "upheld"];

/// What the log calls an event that a person tells of by saying that they asked for it.
pub(crate) fn asked_as(event: &str) -> Option<&'static str> {
    HAPPENED.iter().find(|(id, _, is)| id.starts_with("asked_") && *is == Some(event)).map(|(id, ..)| *id)
}

/// The log and the form that adds to it.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    Ok(page(call, &loaded, None))
}

/// What does not fit in the form: the field, and the key of the sentence that says why.
type Wrong = (&'static str, &'static str);

fn page(call: &Call, loaded: &Loaded, wrong: Option<Wrong>) -> Reply {
    let w = call.words();
    let here = format!("/case/{}/log", loaded.id);
    let typed = |name: &str| call.field(name).filter(|_| wrong.is_some());
    let said = |name: &str| typed(name).unwrap_or_default();
    let about = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, key)| w.t(key));
    let today = call.app.today().to_string();
    let pick = |section: &str, words: &[&str]| -> Vec<(String, String)> {
        std::iter::once((String::new(), w.t("questions.choose").to_string()))
            .chain(words.iter().map(|x| ((*x).to_string(), w.of(section, x))))
            .collect()
    };
    let kinds: Vec<&str> = HAPPENED.iter().map(|(id, ..)| *id).collect();
    let body = html! {
        h1 { (Section::Log.name(w)) }
        p.lead { (w.t("log.text")) }
        ul.list { @for entry in loaded.state.log.iter().rev() { (line(call, loaded, entry)) } }
        @if loaded.state.log.is_empty() { p.soft { (w.t("log.none")) } }
        h2 { (w.t("log.add_title")) }
        (layout::form(call, loaded, &here, &html! {
            @if let Some(why) = about("happened") { p.wrong role="alert" { (why) } }
            (layout::select("happened", w.t("log.what"), &pick("happened", &kinds), typed("happened")))
            (layout::checked_input("date", "on", w.t("log.on"), Some(w.t("log.on_hint")), typed("on").unwrap_or(&today), about("on")))
            @if fast_is_open(loaded) {
                (layout::input("time", "at", w.t("log.at"), Some(w.t("log.at_hint")), said("at")))
                (layout::select("fast", w.t("log.fast"), &pick("log_fast", &["yes", "no"]), typed("fast")))
            }
            (layout::text("who", w.t("log.who"), Some(w.t("log.who_hint")), said("who")))
            (layout::select("how", w.t("log.how"), &pick("way", WAYS), typed("how")))
            (layout::text("reference", w.t("log.reference"), Some(w.t("log.reference_hint")), said("reference")))
            (layout::select("result", w.t("log.result"), &pick("result", RESULTS), typed("result")))
            (layout::area("text", w.t("log.said"), None, said("text")))
            div.buttons { button { (w.t("act.add")) } }
        }))
    };
    let title = match wrong {
        Some(_) => format!("{} {}", w.t("questions.wrong"), Section::Log.name(w)),
        None => Section::Log.name(w).to_string(),
    };
    Reply::Page(layout::case_page(call, loaded, Section::Log, &title, &body))
}

fn line(call: &Call, loaded: &Loaded, entry: &Entry) -> Markup {
    let w = call.words();
    let title = w.of("happened", entry.document.as_deref().unwrap_or(&entry.kind));
    html! {
        li.row {
            div.grow {
                strong { (title) } @if let Some(result) = &entry.result { " " span.tag { (w.of("result", result)) } }
                div.soft {
                    @if let Some(on) = entry.on { (dates::time(on, call.lang)) }
                    @if let Some(how) = &entry.how { " · " (w.of("way", how)) }
                    @if let Some(who) = &entry.who { " · " (who) }
                    @if let Some(reference) = &entry.reference { " · " (reference) }
                }
                @if let Some(text) = &entry.text { div { (text) } }
            }
            (layout::form(call, loaded, &format!("/case/{}/log", loaded.id), &html! {
                button.quiet.mini name="remove" value=(entry.id) { (w.t("act.remove")) span.off { ": " (title) } }
            }))
        }
    }
}

/// Adds or removes an entry; what stands for an event of the case goes with it.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let what = match call.field("remove") {
        Some(id) => {
            let id = id.to_string();
            remove(&mut loaded, &id);
            "log.removed"
        }
        None => {
            if let Some(wrong) = add(call, &mut loaded)? {
                return Ok(page(call, &loaded, Some(wrong)));
            }
            "log.added"
        }
    };
    call.keep(&loaded, what)?;
    // A decision, or something sent or asked, moves the dates: the person sees at once what comes next.
    let moves = |h: &str| ["sent_", "asked_", "received_"].iter().any(|start| h.starts_with(start));
    let moves = call.field("happened").is_some_and(moves);
    Ok(Reply::See(if moves { format!("/case/{}", loaded.id) } else { format!("/case/{}/log", loaded.id) }))
}

/// How an event of the case remembers the line of the log it came from.
fn mark(entry: &str) -> String {
    format!("log:{entry}")
}

fn remove(loaded: &mut Loaded, id: &str) {
    let mark = mark(id);
    loaded.state.case.events.retain(|e| e.note.as_deref() != Some(&mark));
    loaded.state.log.retain(|e| e.id != id);
}

/// The event that filing the open step is, in this case's own ladder: an appeal, a redetermination, a hearing …
fn filing_event(call: &Call, loaded: &Loaded) -> Result<Option<String>, Problem> {
    let study = engine::study(call, loaded)?;
    let words = call.app.kb.index().vocabulary();
    let gives = study.next.as_ref().and_then(|n| words.gives.get(&n.gives));
    Ok(gives.and_then(|g| g.filed.first().cloned()))
}

/// Whether the case may be heard at a fast pace: then the hour counts, and whether it was asked for.
fn fast_is_open(loaded: &Loaded) -> bool {
    loaded.state.case.claim.kind.as_deref() != Some("post_service") && loaded.state.case.wants_fast()
}

/// The day of the form, with its hour where one was given: the clock time of where the patient lives.
fn moment(call: &Call, on: calendar::Date) -> When {
    let at = call.field("at").filter(|at| at.parse::<jiff::civil::Time>().is_ok());
    at.and_then(|at| When::parse(&format!("{on}T{at}:00")).ok()).unwrap_or(When::Day(on))
}

/// The day of the form. Everything in the log has happened: a day on which somebody means to send keeps no time limit.
fn day(call: &Call) -> Result<calendar::Date, Wrong> {
    let on = super::treatments::day(call, "on").map_err(|_| ("on", "problem.date"))?.ok_or(("on", "log.on_missing"))?;
    if on > call.app.today() { Err(("on", "problem.ahead")) } else { Ok(on) }
}

/// Adds what the form says; what does not fit in it otherwise.
fn add(call: &Call, loaded: &mut Loaded) -> Result<Option<Wrong>, Problem> {
    let text = |name: &str| call.field(name).map(str::to_string);
    let Some(happened) = call.field("happened") else { return Ok(Some(("happened", "log.what_missing"))) };
    let (id, kind, event) = HAPPENED.iter().find(|(id, ..)| *id == happened).ok_or(Problem::Bad("problem.form"))?;
    let on = match day(call) {
        Ok(on) => on,
        Err(wrong) => return Ok(Some(wrong)),
    };
    let event = match *id {
        "sent_appeal" => filing_event(call, loaded)?.or(event.map(str::to_string)),
        _ => event.map(str::to_string),
    };
    let line = format!("e{}", loaded.revision + 1);
    loaded.state.log.push(Entry {
        id: line.clone(),
        kind: (*kind).into(),
        on: Some(on),
        who: text("who"),
        how: text("how").filter(|h| WAYS.contains(&h.as_str())),
        text: text("text"),
        reference: text("reference"),
        document: Some((*id).into()),
        result: text("result").filter(|r| *kind == "decision" && RESULTS.contains(&r.as_str())),
    });
    loaded.state.log.sort_by_key(|e| e.on);
    if let Some(fast) = call.field("fast").filter(|_| *kind == "sent") {
        loaded.state.case.choices.expedite = Some(fast == "yes");
    }
    if let Some(event) = event {
        let evidence = call.field("reference").is_some().then_some(true);
        loaded.state.case.events.push(Event { kind: event, date: moment(call, on), evidence, note: Some(mark(&line)) });
    }
    Ok(None)
}
