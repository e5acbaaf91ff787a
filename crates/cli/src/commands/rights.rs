//! `corroborate rights CASE`: what the person is entitled to and by when.

use std::path::Path;
use std::process::ExitCode;

use rights::{Entitlements, Refusal, Right, Why};

use crate::args::Args;
use crate::commands::next;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, HEADING, QUIET};
use crate::{files, walk, world};

pub(crate) fn run(
    args: &Args,
    case: &Path,
    explain: Option<&str>,
    calendar: Option<&Path>,
) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let case_file = case;
    let case = files::case(case)?;
    // The page is for the person: it speaks as the case says the person does.
    let kb = kb.speaking(case.patient.language.as_deref().unwrap_or("en"))?;
    let entitlements = rights::entitlements(&case, &kb, world::today(args.today));
    // Where no law gives a day, the letter's own is better than none. Only then are the papers read.
    let own = match course::next_date(&case, &entitlements, &kb)? {
        Some(_) => None,
        // The letter's time is for the first step: once that is on file it says nothing of the next.
        None if entitlements.rights.iter().any(|r| r.actor == "claimant" && r.done) => None,
        None => {
            let loaded = walk::load(case_file, args)?;
            course::letters_day(&loaded.papers, &kb, entitlements.today)
        }
    };
    if let Some(path) = calendar {
        files::not_over(path, walk::papers_on_disk(&case, case_file))?;
        let more = other_days(&case, &entitlements, own.as_ref(), &kb);
        files::write_keeping(path, packet::ics_with(&entitlements, "", "", more).as_bytes())?;
        note!("wrote {}", path.display());
    }
    if let Some(id) = explain {
        let right = entitlements.rights.iter().find(|r| r.id == id).ok_or_else(|| {
            let known: Vec<&str> = entitlements.rights.iter().map(|r| r.id.as_str()).collect();
            Failure::input(id, "this case has no right of that id").hint(format!("it has: {}", known.join(", ")))
        })?;
        if args.json {
            screen::json(right)?;
        } else {
            show_right(right, &Page { all: &entitlements, kb: &kb }, true);
        }
    } else if args.json {
        screen::json(&entitlements)?;
    } else {
        show(&case, &entitlements, &kb, own.as_ref())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Dates for the calendar that no right gives: the day on which running care stops, and the last day by the letter alone.
fn other_days(
    case: &facts::Case,
    entitlements: &Entitlements,
    own: Option<&course::LettersDay>,
    kb: &kb::Kb,
) -> Vec<packet::Event> {
    let page = Page { all: entitlements, kb };
    let stops = course::care_ends(case, entitlements.today).map(|day| packet::Event {
        id: "care_ends".into(),
        at: facts::When::Day(day),
        title: page
            .say("The care is to stop: act before this day", "La atención va a terminar: actúe antes de este día")
            .into(),
        note: String::new(),
    });
    let own = own.map(|own| packet::Event {
        id: "letters_day".into(),
        at: facts::When::Day(own.file_by),
        title: page.say("The letter's own last day to appeal", "El último día para apelar según la carta").into(),
        note: page.own_day(own),
    });
    stops.into_iter().chain(own).collect()
}

/// Prints all rights for a person.
///
/// # Errors
/// When what presses cannot be read from the knowledge base: a page without the next date would look like a whole one.
pub(crate) fn show(
    case: &facts::Case,
    entitlements: &Entitlements,
    kb: &kb::Kb,
    own: Option<&course::LettersDay>,
) -> Result<(), Failure> {
    let next = course::next_date(case, entitlements, kb)?;
    let page = Page { all: entitlements, kb };
    screen::heading(page.say("Your rights and dates", "Sus derechos y fechas"));
    let named =
        entitlements.coverage.as_deref().map(|c| kb.index().vocabulary().coverages.get(c).map_or(c, String::as_str));
    let unknown = page.say("The kind of coverage is not known.", "No se sabe qué tipo de cobertura es.");
    screen::wrapped("  ", named.unwrap_or(unknown));
    for line in next::lines(case, &page, next.as_ref(), own)? {
        screen::wrapped(line.label, &line.text);
    }
    let (yours, theirs): (Vec<&Right>, Vec<&Right>) = entitlements.rights.iter().partition(|r| r.actor == "claimant");
    for right in yours {
        show_right(right, &page, false);
    }
    if !theirs.is_empty() {
        screen::heading(page.say("What others must do", "Lo que otros deben hacer"));
    }
    for right in theirs {
        show_right(right, &page, false);
    }
    if !entitlements.entitled_to.is_empty() {
        screen::heading(page.say("You can ask for", "Puede pedir"));
        for item in &entitlements.entitled_to {
            screen::wrapped("  ", &item.title);
            page.sources(&item.authorities);
        }
    }
    let (later, refused): (Vec<&Refusal>, Vec<&Refusal>) =
        entitlements.refusals.iter().partition(|r| r.why == Why::FactMissing);
    let none = page.say("What does not exist or is not known here", "Lo que aquí no existe o no se sabe");
    let open = page.say("What we cannot say yet", "Lo que todavía no podemos decir");
    for (heading, refusals) in [(none, refused), (open, later)].into_iter().filter(|(_, list)| !list.is_empty()) {
        screen::heading(heading);
        for refusal in refusals {
            screen::wrapped("  ", &refusal.message);
            page.sources(&refusal.authorities);
        }
    }
    show_findings(&entitlements.findings);
    Ok(())
}

/// The page of rights in the language of the knowledge base.
pub(super) struct Page<'a> {
    pub(super) all: &'a Entitlements,
    pub(super) kb: &'a kb::Kb,
}

impl Page<'_> {
    pub(super) fn say<'t>(&self, english: &'t str, spanish: &'t str) -> &'t str {
        if self.is_spanish() { spanish } else { english }
    }

    /// The clock time before which a step must be taken on its last day, where the rule ends before the day does.
    pub(super) fn before(&self, clock: Option<&str>) -> String {
        match clock {
            None => String::new(),
            Some("12:00") => self.say(", before 12 noon", ", antes de las 12 del mediodía").to_string(),
            Some(at) => format!("{} {at}", self.say(", before", ", antes de las")),
        }
    }

    /// The last day by the letter alone, said to be that.
    pub(super) fn own_day(&self, own: &course::LettersDay) -> String {
        let (by, day) = (self.day(own.file_by), self.day(own.day));
        match (&own.window, self.is_spanish()) {
            (Some(window), false) => {
                format!(
                    "Appeal by the letter's own date: have it there by {by} (the letter gives {window}; they end {day}). No law of ours stands behind this date; the plan's own terms do."
                )
            }
            (None, false) => {
                format!(
                    "Appeal by the letter's own date: have it there by {by} (the letter says {day}). No law of ours stands behind this date; the plan's own terms do."
                )
            }
            (Some(window), true) => {
                let window = window
                    .replace("days", "días")
                    .replace("day", "día")
                    .replace("months", "meses")
                    .replace("month", "mes");
                format!(
                    "Apele antes de la fecha de la propia carta: que llegue a más tardar el {by} (la carta da {window}; terminan el {day}). Detrás de esta fecha no está una ley que conozcamos, sino las reglas del plan."
                )
            }
            (None, true) => {
                format!(
                    "Apele antes de la fecha de la propia carta: que llegue a más tardar el {by} (la carta dice el {day}). Detrás de esta fecha no está una ley que conozcamos, sino las reglas del plan."
                )
            }
        }
    }

    pub(super) fn is_spanish(&self) -> bool {
        self.kb.language() == "es"
    }

    pub(super) fn day(&self, day: calendar::Date) -> String {
        if self.is_spanish() { self.kb.index().sentences().plain(day) } else { screen::day(day) }
    }

    pub(super) fn by(&self, day: calendar::Date) -> String {
        format!("{} {}", self.say("by", "a más tardar el"), self.day(day))
    }

    fn cites(&self, authorities: &[cite::Authority]) -> String {
        if self.is_spanish() { screen::cites_in(authorities, self.kb) } else { screen::cites(authorities) }
    }

    fn sources(&self, authorities: &[cite::Authority]) {
        if !authorities.is_empty() {
            say!("    {QUIET}{}{QUIET:#}", self.cites(authorities));
        }
    }

    /// From what an answer is counted: an event in the words of the vocabulary, else the filing.
    fn event(&self, kind: &str) -> String {
        let known = self.kb.index().vocabulary().event.get(kind).map(|e| e.label.clone());
        known.unwrap_or_else(|| self.say(&kind.replace('_', " "), "presentarla").to_string())
    }

    /// That no last lawful day is known, after the day we advise.
    pub(super) fn no_last_day(&self, by: calendar::Date) -> &'static str {
        match (by == self.all.today, self.is_spanish()) {
            (true, false) => "; no last lawful day is known",
            (true, true) => "; no se conoce un último día legal",
            (false, false) => "; the last lawful day is not known, and this one is safe",
            (false, true) => "; no se conoce el último día legal, y este es seguro",
        }
    }

    /// The last day of a step that waits, where that day does not wait with it.
    fn outside(&self, last: calendar::Date) -> String {
        let day = self.day(last);
        match self.is_spanish() {
            true => format!(
                "su último día no espera esa respuesta: {day}. Si la respuesta puede llegar después, vea a un abogado ahora"
            ),
            false => format!(
                "its last day does not wait for that answer: {day}. If the answer may come later, see a lawyer now"
            ),
        }
    }
}

fn show_right(right: &Right, page: &Page<'_>, whole: bool) {
    // The Spanish titles say it themselves.
    let fast = if right.pace == "expedited" { page.say(" (fast)", "") } else { "" };
    say!("  {HEADING}{}{HEADING:#}{fast}", right.title);
    match right.waits.as_ref().filter(|_| !right.done) {
        // A step that waits has no day to act on yet.
        Some(first) => {
            let when = match first.only_if_missed {
                true => page.say("only if you miss the time for", "solo si se le pasa el plazo de"),
                false => page.say("opens after the answer to", "se abre después de la respuesta a"),
            };
            screen::wrapped("    ", &format!("{when}: {}", first.title));
            if let Some(last) = right.outside_limit() {
                screen::wrapped("    ", &page.outside(last));
            }
        }
        None => show_day(right, page),
    }
    if let Some(decision) = &right.decision_due {
        let date = decision.date.map_or(String::new(), |d| format!(": {}", page.day(d)));
        let (due, after) = (page.say("answer due", "respuesta en"), page.say("after", "después de:"));
        let from = page.event(&decision.after);
        say!("    {due} {} {after} {from}{date}", decision.period);
    }
    for least in &right.thresholds {
        let here = match least.meets {
            Some(true) => page.say("; this case has that much", "; este caso llega a eso"),
            Some(false) => page.say("; this case has less", "; este caso tiene menos"),
            None => "",
        };
        let (dollars, year) = (screen::dollars(least.cents), least.year);
        match page.is_spanish() {
            true => say!("    deben estar en disputa al menos {dollars} (lo que presente en {year}){here}"),
            false => say!("    at least {dollars} must be in dispute (what you file in {year}){here}"),
        }
    }
    let counted = page.say("Counted from", "Se cuenta desde");
    if !whole
        && right.waits.is_none()
        && !runs_later(right, page)
        && let Some(note) = right.derivation.iter().find(|d| d.starts_with(counted))
    {
        screen::wrapped("    ", note);
    }
    if whole {
        for step in &right.derivation {
            screen::wrapped("    ", step);
        }
        for note in &right.notes {
            screen::wrapped("    ", note);
        }
        if let Some(to) = &right.send_to {
            screen::wrapped(page.say("    Send to: ", "    Enviar a: "), to);
        }
    }
    say!("    {QUIET}{} · {}{QUIET:#}", page.cites(&right.authorities), right.id);
}

/// Whether the day of a step is over that only stands in for one which has not begun to run.
fn runs_later(right: &Right, page: &Page<'_>) -> bool {
    right.stands_in && right.due.is_some_and(|due| due < page.all.today)
}

/// The day by which a step is to be taken, or how it stands.
fn show_day(right: &Right, page: &Page<'_>) {
    let today = page.all.today;
    let found = |code| page.all.findings.iter().any(|f| f.code == code && f.about.as_deref() == Some(&right.id));
    let clock = page.before(right.clock.as_deref());
    let last_is =
        |due| format!("{} {}{clock}", page.say("the last lawful day is", "el último día legal es"), page.day(due));
    match (right.advised(today), right.due, &right.due_at) {
        _ if right.done && found("filed_late") => {
            say!("    {CARE}{}{CARE:#}", page.say("done, but late", "hecho, pero tarde"));
        }
        _ if right.done && right.settled && right.actor == "claimant" => {
            let over = page.say("no longer open, as the case shows", "ya no está abierto, según el caso");
            say!("    {QUIET}{over}{QUIET:#}");
        }
        _ if right.done && right.actor == "claimant" => {
            say!("    {GOOD}{}{GOOD:#}", page.say("done, as the case shows", "hecho, según el caso"));
        }
        // What was decided on a request can be asked for again, with new facts.
        _ if right.done && right.gives == "exception_request.decide" => {
            let again = page.say(
                "answered; it can be asked for again with new facts",
                "respondida; se puede pedir otra vez con hechos nuevos",
            );
            say!("    {QUIET}{again}{QUIET:#}");
        }
        // What others owe may be done, or past because the case went on without it.
        _ if right.done => {
            let over = page.say("no longer open, as the case shows", "ya no está abierto, según el caso");
            say!("    {QUIET}{over}{QUIET:#}");
        }
        (_, Some(due), _) if due < today && found("answer_overdue") => {
            let (was, late) = (page.say("was due by", "vencía el"), page.say("it is overdue", "está atrasada"));
            say!("    {CARE}{was} {}: {late}{CARE:#}", page.day(due));
        }
        (_, Some(due), _) if due < today && found("deadline_passed") => {
            let last = page.say("the last lawful day was", "el último día legal fue el");
            say!("    {QUIET}{last} {}: {}{QUIET:#}", page.day(due), page.say("it is over", "ya pasó"));
        }
        _ if runs_later(right, page) => {
            let later = page.say(
                "its time runs from the answer to the step before, which is not on file",
                "su plazo corre desde la respuesta al paso anterior, que no consta",
            );
            say!("    {QUIET}{later}{QUIET:#}");
        }
        (_, Some(due), _) if due < today => {
            let counted = page.say("counted from what is known so far", "según lo que se sabe hasta ahora");
            say!("    {QUIET}{}, {counted}{QUIET:#}", page.by(due));
        }
        (Some(by), Some(due), _) if by == today => {
            let last = page.say("it is the last day", "es el último día");
            let last = if by == due { format!("{last}{clock}") } else { last_is(due) };
            say!("    {CARE}{}{CARE:#}; {last}", page.say("today", "hoy"));
        }
        (Some(by), Some(due), _) if by != due => say!("    {CARE}{}{CARE:#}; {}", page.by(by), last_is(due)),
        (_, Some(due), None) => say!("    {CARE}{}{clock}{CARE:#}", page.by(due)),
        (Some(by), None, None) => {
            let safe = page.no_last_day(by);
            let by = if by == today { page.say("today", "hoy").to_string() } else { page.by(by) };
            say!("    {CARE}{by}{CARE:#}{safe}");
        }
        (None, None, None) if right.opened_by_silence => {
            let open = page.say(
                "open now: an answer that was due did not come",
                "ya está abierto: no llegó una respuesta que vencía",
            );
            say!("    {CARE}{open}{CARE:#}");
        }
        (_, _, Some(at)) if !page.is_spanish() => say!("    {CARE}by {}{CARE:#}", screen::moment(at)),
        (_, due, Some(at)) => {
            let day = due.map_or_else(|| at.clone(), |d| page.day(d));
            say!("    {CARE}a más tardar el {day}, {}{CARE:#}", at.get(11..16).unwrap_or_default());
        }
        _ => {}
    }
}
