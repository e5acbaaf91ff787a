//! `corroborate rights CASE`: what the person is entitled to and by when.

use std::path::Path;
use std::process::ExitCode;

use rights::{Entitlements, Refusal, Right, Why};

use crate::args::Args;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, HEADING, QUIET};
use crate::{files, world};

pub(crate) fn run(
    args: &Args,
    case: &Path,
    explain: Option<&str>,
    calendar: Option<&Path>,
) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let case_file = case;
    let case = files::case(case)?;
    let entitlements = rights::entitlements(&case, &kb, world::today(args.today));
    if let Some(path) = calendar {
        files::not_over(path, [case_file.to_path_buf()])?;
        files::write(path, packet::ics(&entitlements, "", "").as_bytes())?;
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
            show_right(right, &entitlements, true);
        }
    } else if args.json {
        screen::json(&entitlements)?;
    } else {
        show(&case, &entitlements, &kb)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints all rights for a person.
///
/// # Errors
/// When what presses cannot be read from the knowledge base: a page without the next date would look like a whole one.
pub(crate) fn show(case: &facts::Case, entitlements: &Entitlements, kb: &kb::Kb) -> Result<(), Failure> {
    let next = course::next_date(case, entitlements, kb)?;
    screen::heading("Your rights and dates");
    let named =
        entitlements.coverage.as_deref().map(|c| kb.index().vocabulary().coverages.get(c).map_or(c, String::as_str));
    screen::wrapped("  ", named.unwrap_or("The kind of coverage is not known."));
    let today = entitlements.today;
    if let Some(next) = next {
        let by = if next.file_by == today { "today".to_string() } else { format!("by {}", screen::day(next.file_by)) };
        screen::wrapped("  Next: ", &format!("{}, {by}", next.title));
    }
    let (yours, theirs): (Vec<&Right>, Vec<&Right>) = entitlements.rights.iter().partition(|r| r.actor == "claimant");
    for right in yours {
        show_right(right, entitlements, false);
    }
    if !theirs.is_empty() {
        screen::heading("What others must do");
    }
    for right in theirs {
        show_right(right, entitlements, false);
    }
    if !entitlements.entitled_to.is_empty() {
        screen::heading("You can ask for");
        for item in &entitlements.entitled_to {
            screen::wrapped("  ", &item.title);
            screen::sources("    ", &item.authorities);
        }
    }
    let (later, refused): (Vec<&Refusal>, Vec<&Refusal>) =
        entitlements.refusals.iter().partition(|r| r.why == Why::FactMissing);
    if !refused.is_empty() {
        screen::heading("What does not exist or is not known here");
        for refusal in refused {
            screen::wrapped("  ", &refusal.message);
            screen::sources("    ", &refusal.authorities);
        }
    }
    if !later.is_empty() {
        screen::heading("What we cannot say yet");
        for refusal in later {
            screen::wrapped("  ", &refusal.message);
            screen::sources("    ", &refusal.authorities);
        }
    }
    show_findings(&entitlements.findings);
    Ok(())
}

fn show_right(right: &Right, entitlements: &Entitlements, whole: bool) {
    say!("  {HEADING}{}{HEADING:#}{}", right.title, if right.pace == "expedited" { " (fast)" } else { "" });
    match right.waits.as_ref().filter(|_| !right.done) {
        // A step that waits has no day to act on yet.
        Some(first) => {
            let when = if first.only_if_missed { "only if you miss the time for" } else { "opens after the answer to" };
            screen::wrapped("    ", &format!("{when}: {}", first.title));
        }
        None => show_day(right, entitlements),
    }
    if let Some(decision) = &right.decision_due {
        let date = decision.date.map_or(String::new(), |d| format!(": {}", screen::day(d)));
        say!("    answer due {} after {}{date}", decision.period, decision.after.replace('_', " "));
    }
    for least in &right.thresholds {
        let here = match least.meets {
            Some(true) => "; this case has that much",
            Some(false) => "; this case has less",
            None => "",
        };
        say!(
            "    at least {} must be in dispute (what you file in {}){here}",
            screen::dollars(least.cents),
            least.year
        );
    }
    if !whole
        && right.waits.is_none()
        && let Some(note) = right.derivation.iter().find(|d| d.starts_with("Counted from"))
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
            screen::wrapped("    Send to: ", to);
        }
    }
    say!("    {QUIET}{} · {}{QUIET:#}", screen::cites(&right.authorities), right.id);
}

/// The day by which a step is to be taken, or how it stands.
fn show_day(right: &Right, entitlements: &Entitlements) {
    let today = entitlements.today;
    let found = |code| entitlements.findings.iter().any(|f| f.code == code && f.about.as_deref() == Some(&right.id));
    match (right.advised(today), right.due, &right.due_at) {
        _ if right.done && found("filed_late") => say!("    {CARE}done, but late{CARE:#}"),
        _ if right.done && right.actor == "claimant" => say!("    {GOOD}done, as the case shows{GOOD:#}"),
        // What others owe may be done, or past because the case went on without it.
        _ if right.done => say!("    {QUIET}no longer open, as the case shows{QUIET:#}"),
        (_, Some(due), _) if due < today && found("answer_overdue") => {
            say!("    {CARE}was due by {}: it is overdue{CARE:#}", screen::day(due));
        }
        (_, Some(due), _) if due < today && found("deadline_passed") => {
            say!("    {QUIET}the last lawful day was {}: it is over{QUIET:#}", screen::day(due));
        }
        (_, Some(due), _) if due < today => {
            say!("    {QUIET}by {}, counted from what is known so far{QUIET:#}", screen::day(due));
        }
        (Some(by), Some(due), _) if by == today => {
            let last = if by == due {
                "it is the last day".to_string()
            } else {
                format!("the last lawful day is {}", screen::day(due))
            };
            say!("    {CARE}today{CARE:#}; {last}");
        }
        (Some(by), Some(due), _) if by != due => {
            say!("    {CARE}by {}{CARE:#}; the last lawful day is {}", screen::day(by), screen::day(due));
        }
        (_, Some(due), None) => say!("    {CARE}by {}{CARE:#}", screen::day(due)),
        (_, _, Some(at)) => say!("    {CARE}by {}{CARE:#}", screen::moment(at)),
        _ => {}
    }
}
