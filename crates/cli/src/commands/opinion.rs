//! `corroborate opinion …`: the second opinion, from whether to get one to what its letter says.

use std::path::Path;
use std::process::ExitCode;

use opinion::{Because, Check, OpinionPlan};

use crate::args::{Args, Language, Opinion};
use crate::commands::draft;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, HEADING, QUIET, STOP};
use crate::walk::{self, Loaded};
use crate::{noticed, papers, world};

pub(crate) fn run(args: &Args, what: &Opinion, asked: Option<Language>) -> Result<ExitCode, Failure> {
    match what {
        Opinion::Need { case } => {
            let (loaded, language) = spoken(case, args, asked)?;
            answer(args, &loaded, &loaded.walk(language)?.plan, |plan| show_plan(plan, &loaded.kb))
        }
        Opinion::Coverage { case } => {
            let (loaded, language) = spoken(case, args, asked)?;
            let plan = loaded.walk(language)?.plan;
            answer(args, &loaded, &plan.coverage, |c| show_page(&opinion::coverage_page(c, &loaded.kb)))
        }
        Opinion::Required { case } => {
            let (loaded, language) = spoken(case, args, asked)?;
            let plan = loaded.walk(language)?.plan;
            answer(args, &loaded, &plan.required, |r| show_page(&opinion::required_page(r, &loaded.kb)))
        }
        Opinion::Schedule { case } => {
            let (loaded, _) = spoken(case, args, asked)?;
            let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
            let schedule = opinion::schedule(&loaded.case, &loaded.kb, loaded.today, Some(&entitlements))?;
            answer(args, &loaded, &schedule, |s| show_page(&opinion::schedule_page(s, &loaded.kb)))
        }
        Opinion::Specialist { case } => {
            let (loaded, _) = spoken(case, args, asked)?;
            let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
            let report = opinion::specialist(&loaded.case, &loaded.kb, Some(&entitlements))?;
            answer(args, &loaded, &report, |s| show_page(&opinion::specialist_page(s, &loaded.kb)))
        }
        Opinion::Brief { case } => show_brief(args, case, asked),
        Opinion::Compare { case } => {
            let (loaded, _) = spoken(case, args, asked)?;
            answer(args, &loaded, &compare(&loaded)?, |c| show_page(&opinion::compare_page(c, &loaded.kb)))
        }
        Opinion::Check { case, letter } => check(args, case, letter, asked),
    }
}

/// The language asked for, else the person's own.
fn language(case: &facts::Case, asked: Option<Language>) -> &'static str {
    match (asked, case.patient.language.as_deref()) {
        (Some(Language::Es), _) | (None, Some("es")) => "es",
        _ => "en",
    }
}

/// A case with its papers and the knowledge base in the language of the answer.
fn spoken(case: &Path, args: &Args, asked: Option<Language>) -> Result<(Loaded, &'static str), Failure> {
    let mut loaded = walk::load(case, args)?;
    let language = language(&loaded.case, asked);
    loaded.kb = loaded.kb.speaking(language)?;
    Ok((loaded, language))
}

/// The brief is for a physician: in English unless another language is asked for. In Spanish it is the letter of that name.
/// What the person should know of it goes to standard error, so that it never stands in what is handed on.
fn show_brief(args: &Args, case: &Path, asked: Option<Language>) -> Result<ExitCode, Failure> {
    if asked == Some(Language::Es) && !args.json {
        let request = draft::Request {
            document: "second_opinion_brief",
            output: None,
            lint: false,
            language: asked,
            with_blanks: true,
            edited: None,
            keep: false,
        };
        return draft::run(args, case, &request);
    }
    let loaded = walk::load(case, args)?;
    let page = brief(&loaded, &loaded.kb)?;
    let spoken = loaded.kb.speaking(language(&loaded.case, asked))?;
    // What the person should know of it is told in the person's own language.
    let own = if spoken.language() == loaded.kb.language() { page.clone() } else { brief(&loaded, &spoken)? };
    let say = |key: &str| spoken.index().sentences().say(key, &[]);
    if !args.json {
        if asked.is_none() && spoken.language() != loaded.kb.language() {
            note!("{}", say("page_brief_english"));
        }
        for finding in &own.findings {
            note!("{}", screen::tame(&finding.message, 500));
        }
    }
    let done = if args.json {
        answer(args, &loaded, &page, |_| ())?
    } else {
        show_page(&opinion::brief_page(&page, &loaded.kb));
        let entitlements = rights::entitlements(&loaded.case, &spoken, loaded.today);
        let wrong = noticed::of_loaded(&loaded, &entitlements).into_iter().filter(noticed::is_of_input);
        wrong.for_each(|f| note!("{}", screen::tame(&f.message, 500)));
        ExitCode::SUCCESS
    };
    let lacking = opinion::records_page(&own);
    if !args.json && !lacking.is_empty() {
        note!("\n{}", say("page_brief_records"));
        lacking.lines().for_each(|line| note!("{}", screen::tame(line, 4000)));
    }
    Ok(done)
}

/// The answer, and with it what was noticed about the case: to a program all of it, to a person what is wrong in the case file.
fn answer<T: serde::Serialize>(
    args: &Args,
    loaded: &Loaded,
    value: &T,
    show: impl Fn(&T),
) -> Result<ExitCode, Failure> {
    let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
    told(args, &noticed::of_loaded(loaded, &entitlements), &loaded.kb, value, show)
}

fn told<T: serde::Serialize>(
    args: &Args,
    of_case: &[facts::Finding],
    kb: &kb::Kb,
    value: &T,
    show: impl Fn(&T),
) -> Result<ExitCode, Failure> {
    if args.json {
        screen::json(&noticed::beside(value, of_case)?)?;
    } else {
        show(value);
        let wrong: Vec<facts::Finding> = of_case.iter().filter(|f| noticed::is_of_input(f)).cloned().collect();
        show_noticed(&wrong, kb);
    }
    Ok(ExitCode::SUCCESS)
}

fn check(args: &Args, case: &Path, letter: &Path, asked: Option<Language>) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let case = crate::files::case(case)?;
    let kb = kb.speaking(language(&case, asked))?;
    // The rules are read while the worker reads the letter.
    let papers = std::thread::scope(|scope| {
        scope.spawn(|| opinion::prepare(&kb));
        papers::while_preparing(&kb, || papers::open(letter, args, &kb))
    })?;
    let paper =
        papers.first().ok_or_else(|| Failure::input(letter.display().to_string(), "no text was found in this file"))?;
    // Both read the letter and neither needs the other.
    let (check, kind) = std::thread::scope(|scope| {
        let kind = scope.spawn(|| kind_of(paper, &kb));
        let check = opinion::check(&case, &paper.document, &kb);
        (check, kind.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let check = opinion::held_against(check, &case, &paper.document, kind.as_deref(), &kb);
    let names = element_names(&kb)?;
    let adverse = course::adverse(&check, &paper.document, &kb)?;
    let of_case = noticed::of_case(&case, &kb, world::today(args.today))?;
    told(args, &of_case, &kb, &check, |c| {
        adverse.iter().for_each(|a| show_adverse(a, &kb));
        show_check(c, &names, &kb);
    })
}

/// What comes first of a letter that does not support the care: a warning to the patient, and the physician's own reason.
fn show_adverse(adverse: &course::Adverse, kb: &kb::Kb) {
    let spanish = kb.language() == "es";
    let say = |english: &'static str, spanish_text: &'static str| if spanish { spanish_text } else { english };
    let quoted = |told: &course::Told| {
        let page = kb.index().sentences().say("check_page", &[("page", &told.page.to_string())]);
        screen::wrapped("    ", &format!("“{}” {page}", screen::tame(&told.quote, 2000)));
    };
    if !adverse.warnings.is_empty() {
        screen::heading(say(
            "The doctor warns of a danger to the patient",
            "El médico advierte de un peligro para el paciente",
        ));
        adverse.warnings.iter().for_each(quoted);
        let talk = say(
            "Talk with the treating doctor about this before anything else.",
            "Hable de esto con el médico tratante antes que nada.",
        );
        screen::wrapped("  ", talk);
    }
    if let Some(reason) = &adverse.reason {
        screen::heading(say("The doctor's own reason", "La razón del propio médico"));
        quoted(reason);
    }
}

/// The plain names of what an opinion letter must address, in the language of the knowledge base.
pub(crate) fn element_names(kb: &kb::Kb) -> Result<course::ElementNames, Failure> {
    Ok(course::ElementNames::load(kb, kb.language())?)
}

/// What kind of paper it is by its own words: the no of a plan's letter would be read as the physician's.
fn kind_of(paper: &papers::Paper, kb: &kb::Kb) -> Option<String> {
    match &paper.reading {
        Some(reading) => reading.documents.first().and_then(|d| d.kind.clone()),
        None => notice::kind_of(&paper.document, kb),
    }
}

fn brief(loaded: &Loaded, kb: &kb::Kb) -> Result<opinion::Brief, Failure> {
    let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
    let plan_documents: Vec<_> = loaded
        .papers
        .iter()
        .filter(|p| p.kind.as_deref() == Some("plan_document"))
        .map(|p| p.document.clone())
        .collect();
    Ok(opinion::brief(&loaded.case, kb, loaded.today, Some(&entitlements), &plan_documents)?)
}

fn compare(loaded: &Loaded) -> Result<opinion::Comparison, Failure> {
    let paper = course::opinion_paper(&loaded.case, &loaded.papers);
    let letter = paper.map(|p| &p.document);
    let check = paper.map(|p| {
        let kind = p.reading.as_ref().and_then(|r| r.documents.first()).and_then(|d| d.kind.as_deref());
        let check = opinion::check(&loaded.case, &p.document, &loaded.kb);
        opinion::held_against(check, &loaded.case, &p.document, kind, &loaded.kb)
    });
    let of = |kind: &str| loaded.papers.iter().find(|p| p.kind.as_deref() == Some(kind));
    let treating = of("treating_letter").map(|p| &p.document);
    let denial = of("denial_letter").and_then(|p| p.reading.as_ref());
    Ok(opinion::compare(&loaded.case, &loaded.kb, treating, letter, check.as_ref(), denial)?)
}

/// Prints a page of plain text line by line, nothing in it able to reach the terminal as a command.
fn show_page(page: &str) {
    for line in page.lines() {
        let indent = line.len() - line.trim_start().len();
        say!("{}{}", &line[..indent], screen::tame(line, 4000));
    }
}

/// Why an opinion helps or not: each answer once, with what it rests on. It names the reason itself.
fn show_why(because: &[Because], kb: &kb::Kb) {
    let mut told: Vec<&str> = Vec::new();
    for one in because {
        if !told.contains(&one.says.as_str()) {
            told.push(&one.says);
            screen::wrapped("  ", &one.says);
            screen::sources_in("  ", &one.authorities, kb);
        }
    }
}

/// Prints whether a second opinion helps, costs and is needed, in the language of the knowledge base.
pub(crate) fn show_plan(plan: &OpinionPlan, kb: &kb::Kb) {
    let sentences = kb.index().sentences();
    let say = |key: &str| sentences.say(key, &[]);
    screen::heading(&say("page_need"));
    // With the letter in hand "it helps" is no news.
    let here = plan.schedule.as_ref().is_some_and(|s| s.here);
    match plan.value.as_deref() {
        _ if here => screen::wrapped("  ", &say("need_here")),
        Some(value) => {
            say!("  {HEADING}{}{HEADING:#}", say(&format!("value_{value}")));
            screen::wrapped("  ", &say(&format!("value_text_{value}")));
        }
        None => say!("  {HEADING}{}{HEADING:#}", say("value_unknown")),
    }
    show_why(&plan.because, kb);
    if !plan.better_first_moves.is_empty() {
        say!("  {}", say("page_first"));
    }
    for better in &plan.better_first_moves {
        screen::wrapped("  · ", better);
    }
    screen::heading(&say("page_required"));
    screen::wrapped("  ", &plan.required.says);
    if let Some(consequence) = &plan.required.consequence {
        screen::wrapped("  ", consequence);
    }
    screen::heading(&say("page_cover"));
    screen::wrapped("  ", &plan.coverage.says);
    if let Some(notes) = &plan.coverage.cost.notes {
        screen::wrapped("  ", notes);
    }
    screen::sources_in("  ", &plan.coverage.authorities, kb);
    if let Some(schedule) = &plan.schedule {
        screen::heading(&say("page_time"));
        screen::wrapped("  ", &schedule.says);
        if !schedule.here {
            screen::wrapped("  ", &sentences.say("page_ready", &[("day", &sentences.long(schedule.opinion_ready))]));
        }
    }
    show_noticed(&plan.findings, kb);
}

/// What was noticed, in the person's language. Each message says itself what it is about.
fn show_noticed(findings: &[facts::Finding], kb: &kb::Kb) {
    if !findings.is_empty() {
        screen::heading(&kb.index().sentences().say("page_findings", &[]));
    }
    for finding in findings {
        screen::wrapped("  ", &screen::tame(&finding.message, 500));
    }
}

/// Prints what a letter says and lacks, in the language of the knowledge base.
pub(crate) fn show_check(check: &Check, names: &course::ElementNames, kb: &kb::Kb) {
    let sentences = kb.index().sentences();
    let say = |word: &str| sentences.say(&format!("check_{word}"), &[]);
    screen::heading(&say("title"));
    show_noticed(&check.findings, kb);
    if opinion::stopped_by(check).is_some() {
        say!("  {QUIET}{}{QUIET:#}", say("nothing"));
        return;
    }
    let style = match check.outcome.as_str() {
        "confirms" => GOOD,
        "against" | "conservative_first" => STOP,
        _ => CARE,
    };
    say!("  {style}{}{style:#}", say(&check.outcome));
    if let Some(quote) = &check.outcome_quote {
        screen::wrapped("  ", &format!("“{}”", screen::tame(quote, 400)));
    }
    for reason in &check.reasons_answered {
        let name = web::word_of(kb.language(), "reason", &reason.reason);
        screen::wrapped("  ", &sentences.say(&format!("check_reason_{}", reason.state), &[("reason", &name)]));
    }
    screen::heading(&say("elements"));
    for element in check.elements.iter().filter(|e| e.state != "not_applicable") {
        let style = match element.state.as_str() {
            "present" => GOOD,
            "partial" => CARE,
            _ => STOP,
        };
        say!("  {style}{:<8}{style:#} {}", say(&element.state), names.get(&element.element));
        // A letter that stays out is asked for nothing: more of its words could only be used against the person.
        if let Some(ask) = element.ask.as_ref().filter(|_| check.attach != "do_not_attach") {
            screen::wrapped("           ", &sentences.say("check_ask", &[("ask", ask)]));
        }
    }
    for hazard in &check.hazards {
        let page = sentences.say("check_page", &[("page", &hazard.page.to_string())]);
        say!("  {STOP}{}{STOP:#} {QUIET}{page}{QUIET:#}", say(&hazard.hazard));
        screen::wrapped("    ", &format!("“{}”", screen::tame(&hazard.quote, 400)));
    }
    say!("\n  {}", sentences.say("check_attach", &[("answer", &say(attach_word(check)))]));
    for next in &check.next {
        screen::wrapped("  · ", next);
    }
}

/// The word for whether to attach a letter. Where nothing is asked of the physician, only the signature is left to look for: ink is
/// not in a text.
fn attach_word(check: &opinion::Check) -> &str {
    let asked = check.elements.iter().any(|e| e.ask.is_some());
    let open = check.reasons_answered.iter().any(|r| r.state != "answered") || !check.hazards.is_empty();
    if check.attach == "after_changes" && !asked && !open { "after_look" } else { &check.attach }
}
