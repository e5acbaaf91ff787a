//! What stands first on the page of rights: what is late, what is the next step, by when, to whom and how.

use course::{LettersDay, NextDate};
use facts::Case;
use rights::Right;

use super::rights::Page;
use crate::failure::Failure;
use crate::screen;

/// How long before a last day that does not wait a person is told beside the step that comes first, in days.
const LOOK_AHEAD: i64 = 183;

/// A line of the page with what stands before it.
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) text: String,
}

/// The lines, in order.
pub(super) fn lines(
    case: &Case,
    page: &Page<'_>,
    next: Option<&NextDate>,
    own: Option<&LettersDay>,
) -> Result<Vec<Line>, Failure> {
    let mut out = Vec::new();
    out.extend(late(page));
    if let Some(stops) = course::care_ends(case, page.all.today) {
        let day = page.day(stops);
        let text = match page.is_spanish() {
            true => format!("la atención termina el {day}. Llame hoy."),
            false => format!("the care ends on {day}. Call today."),
        };
        out.push(Line { label: said(page, "  First: ", "  Primero: "), text });
    }
    let label = said(page, "  Next: ", "  Lo próximo: ");
    let (text, right) = match next {
        Some(next) => (Some(dated(next, page)), page.all.rights.iter().find(|r| r.id == next.right)),
        None => undated(page, own)?,
    };
    out.extend(text.map(|text| Line { label, text }));
    out.extend(right.into_iter().flat_map(|right| details(right, page)));
    Ok(out)
}

fn said(page: &Page<'_>, english: &'static str, spanish: &'static str) -> &'static str {
    if page.is_spanish() { spanish } else { english }
}

/// The answer that is overdue, with what follows from that in law.
fn late(page: &Page<'_>) -> Option<Line> {
    let answer = page.all.late_answer();
    let late = answer.or_else(|| page.all.late_claim())?;
    let day = page.day(late.due?);
    let mut text = match page.is_spanish() {
        true => format!("{}: vencía el {day} y no consta ninguna.", late.title),
        false => format!("{}: due by {day}, and none is on file.", late.title),
    };
    // What a nearer law gives stands in the place of the general one.
    let given: Vec<_> = page.all.given_by_lateness(late).collect();
    for item in &given {
        text += &format!(" {}.", item.title.trim_end_matches('.'));
        item.notes.iter().for_each(|note| text += &format!(" {note}"));
    }
    if let Some(follows) = late.if_missed.as_ref().filter(|_| given.is_empty()) {
        text += &format!(" {follows}");
    }
    text += match (answer.is_some(), page.is_spanish()) {
        (true, true) => " Escriba hoy (corroborate draft late_answer).",
        (true, false) => " Write today (corroborate draft late_answer).",
        (false, true) => " Escriba hoy y pida la decisión.",
        (false, false) => " Write today and ask for the decision.",
    };
    Some(Line { label: said(page, "  Late: ", "  Atrasado: "), text })
}

/// The next step, which has a day.
fn dated(next: &NextDate, page: &Page<'_>) -> String {
    let today = page.all.today;
    if next.due < today {
        return past(next, page);
    }
    let by = if next.file_by == today { page.say("today", "hoy").to_string() } else { page.by(next.file_by) };
    let clock = page.before(next.clock.as_deref().filter(|_| next.file_by == next.due));
    let mut text = format!("{}, {by}{clock}", next.title);
    let short = page.all.rights.iter().find(|r| r.id == next.right).and_then(Right::short_of);
    if let Some(least) = short.map(screen::dollars) {
        text += &match page.is_spanish() {
            true => format!(
                ": solo junto con otros reclamos que lleguen a {least}. Este caso por sí solo tiene menos, y solo se rechaza"
            ),
            false => format!(
                ": only together with other claims that bring it to {least}. This case alone has less, and alone it is turned away"
            ),
        };
    }
    if !next.last_known {
        text += page.no_last_day(next.file_by);
    }
    text
}

/// A step whose last day is over: what its own rule says of that.
fn past(next: &NextDate, page: &Page<'_>) -> String {
    let (title, due) = (&next.title, page.day(next.due));
    // A court takes nothing late for good cause; whether a plan's own time binds it is for a lawyer.
    if next.gives.starts_with("court") {
        return match page.is_spanish() {
            true => format!(
                "{title}: el plazo del propio plan parece haber terminado el {due}. Vea a un abogado hoy: un tribunal puede no exigirlo."
            ),
            false => format!(
                "{title}: the plan's own time seems to have ended on {due}. See a lawyer today: a court may not hold you to it."
            ),
        };
    }
    let right = page.all.rights.iter().find(|r| r.id == next.right);
    let unknown = || page.kb.index().sentences().say("late_unknown", &[]);
    let late = right.and_then(|r| r.late.clone()).unwrap_or_else(unknown);
    let act = match next.by_phone {
        true => page.say("Call today.", "Llame hoy."),
        false => page.say("File today, say why it is late.", "Preséntelo hoy, diga por qué llega tarde."),
    };
    match page.is_spanish() {
        true => format!("{title}: el último día fue el {due}. {act} {late}"),
        false => format!("{title}: the last day was {due}. {act} {late}"),
    }
}

/// The next step where none has a day, with its right where it is one.
fn undated<'a>(page: &Page<'a>, own: Option<&LettersDay>) -> Result<(Option<String>, Option<&'a Right>), Failure> {
    let all = page.all;
    if let Some(own) = own {
        return Ok((Some(page.own_day(own)), None));
    }
    if let Some(hearing) = course::either_forwarded_or_heard(all) {
        let title = &hearing.title;
        let text = match page.is_spanish() {
            true => format!(
                "¿es un servicio de Medicaid? Entonces nada sigue por sí mismo: {title}, a más tardar el día que dice la decisión del plan. ¿Es un servicio de Medicare? Entonces el plan debe enviar el caso por sí mismo."
            ),
            false => format!(
                "is this a Medicaid service? Then nothing goes on by itself: {title}, by the day in the plan's decision. Is it a Medicare service? Then the plan must send the case on by itself."
            ),
        };
        return Ok((Some(text), None));
    }
    if let Some(level) = course::forwarded(all) {
        let who = page.kb.index().vocabulary().actors.get(&level.actor).map_or(level.actor.as_str(), String::as_str);
        let text = match page.is_spanish() {
            true => format!(
                "no hay nada que presentar: el plan debe enviar el caso por sí mismo. Quien decide ahora es {who}. Mándele hoy lo que el plan no tuvo (corroborate draft appeal_letter)."
            ),
            false => format!(
                "nothing to file: the plan must send the case on by itself. Now {who} decides. Send it today what the plan did not have (corroborate draft appeal_letter)."
            ),
        };
        return Ok((Some(text), None));
    }
    if let Some(step) = course::next_undated(all) {
        return Ok((Some(open(step, page)), Some(step)));
    }
    if all.late_answer().is_none() && all.late_claim().is_some() {
        let ask = page.say(
            "ask in writing today for the decision, and keep proof that you did",
            "pida hoy por escrito la decisión y guarde la prueba de que la pidió",
        );
        return Ok((Some(ask.into()), None));
    }
    let contract = course::only_by_contract(all).map(|_| course::contract_step(page.kb)).transpose()?;
    Ok((contract.flatten(), None))
}

/// A step that is open and has no day: whether its time runs, and what would give the day.
fn open(step: &Right, page: &Page<'_>) -> String {
    let soon = match step.counted_from.is_some() {
        true => page.say(
            "send it this week. Its time is running, and the decision or the plan's booklet names the days",
            "envíela esta semana. Su plazo ya corre, y la decisión o el manual del plan nombra los días",
        ),
        false if step.still_open => {
            page.say("it is open, as far as is known; file now", "está abierta, según lo que se sabe; preséntela ahora")
        }
        false => page.say("no last day is known; as soon as you can", "no se conoce un último día; lo antes que pueda"),
    };
    let needs = page.all.refusals.iter().filter(|r| r.id.as_deref() == Some(step.id.as_str()));
    let events = &page.kb.index().vocabulary().event;
    let mut needs = needs.flat_map(|r| &r.needs).filter_map(|n| events.get(n.strip_prefix("event.")?));
    let exact = needs.next().map(|event| match page.is_spanish() {
        true => format!(". Para ver el último día, ponga {}", event.label),
        false => format!(". To see the last day, enter {}", event.label),
    });
    format!("{}: {soon}{}", step.title, exact.unwrap_or_default())
}

/// Under the next step: to whom, by what it is in time, the one note that changes what a person does, and a later step whose
/// last day does not wait for the answer to this one.
fn details(right: &Right, page: &Page<'_>) -> Vec<Line> {
    let mut out = Vec::new();
    let mut add = |label: &'static str, text: String| out.push(Line { label, text });
    if let Some(to) = &right.send_to {
        add(said(page, "        To: ", "        A: "), to.clone());
    }
    let how = right.filed_when.as_ref().and_then(|how| page.kb.index().vocabulary().filed_when.get(how));
    if let Some(how) = how {
        add(said(page, "        In time: ", "        A tiempo: "), how.clone());
    }
    if let Some(mind) = &right.mind {
        add(said(page, "        Note: ", "        Nota: "), mind.clone());
    }
    let today = page.all.today;
    let near = |day: &calendar::Date| calendar::days_between(today, *day) <= LOOK_AHEAD;
    for later in page.all.rights.iter().filter(|r| r.waits.as_ref().is_some_and(|w| w.step == right.id)) {
        let Some(day) = later.outside_limit().filter(near).map(|day| page.day(day)) else { continue };
        let text = match page.is_spanish() {
            true => format!(
                "{}: su último día es el {day}, llegue o no la respuesta a este paso. Vea a un abogado ahora.",
                later.title
            ),
            false => format!(
                "{}: its last day is {day}, whether or not this step is answered by then. See a lawyer now.",
                later.title
            ),
        };
        add(said(page, "        Note: ", "        Nota: "), text);
    }
    out
}
