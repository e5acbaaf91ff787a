//! The answers as short pages of plain text (Markdown), for a screen without colors, a printed sheet, or a test a nurse
//! can read. Nothing is computed here; a page shows what the types hold, in the order in which a person asks.

use std::fmt::Write;

use kb::Sentences;

use crate::words::dollars;
use crate::{Brief, Comparison, OpinionCoverage, OpinionPlan, Requirement, Said, Schedule, SpecialistReport};

struct Page(String);

impl Page {
    fn heading(&mut self, text: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.0, "{gap}# {text}\n");
    }

    fn say(&mut self, text: &str) {
        if !text.trim().is_empty() {
            // A text that begins with an empty line begins a paragraph.
            let gap = if text.starts_with('\n') { "\n" } else { "" };
            let _ = writeln!(self.0, "{gap}{}", text.trim());
        }
    }

    fn list<'a>(&mut self, items: impl IntoIterator<Item = &'a String>) {
        for item in items {
            let _ = writeln!(self.0, "- {}", item.trim());
        }
    }

    fn labeled(&mut self, label: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|t| !t.trim().is_empty()) {
            let _ = writeln!(self.0, "{label}: {}", text.trim());
        }
    }
}

fn words(key: &str) -> String {
    key.replace('_', " ")
}

/// A quote without its line breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A key as the beginning of a sentence.
fn capital(key: &str) -> String {
    let text = words(key);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Which paper shows that an opinion is required, in a person's words.
fn trace(kind: &str) -> String {
    match kind {
        "carc_61" => "the code on the explanation of benefits".into(),
        "hcr04" => "the plan's electronic answer (HCR04)".into(),
        "pas_flag" => "the plan's electronic answer".into(),
        "plan_text" => "the plan's own text".into(),
        "notice" => "the letter".into(),
        "procedure_list" => "a list of operations".into(),
        other => words(other),
    }
}

fn cites(authorities: &[cite::Authority]) -> Option<String> {
    let all: Vec<String> = authorities
        .iter()
        .map(|a| match a.confidence {
            Some(cite::Confidence::Unverified) => format!("{} (not yet confirmed)", a.cite),
            _ => a.cite.clone(),
        })
        .collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Whether a second opinion helps, with coverage, requirement and schedule.
pub fn plan_page(plan: &OpinionPlan, sentences: &Sentences) -> String {
    let mut page = Page(String::new());
    page.heading("Would a second opinion help?");
    page.say(&format!("{} · {}", plan.value.as_deref().map_or("not known yet".into(), words), words(&plan.timing)));
    for because in &plan.because {
        page.say(&format!("\n{} ({}): {}", words(&because.reason), because.value, because.says));
        page.labeled("Rests on", cites(&because.authorities).as_deref());
    }
    if !plan.better_first_moves.is_empty() {
        page.say("\nFirst:");
        page.list(&plan.better_first_moves);
    }
    for finding in &plan.findings {
        page.say(&format!("\n{}", finding.message));
    }
    page.0.push('\n');
    page.0.push_str(&required_page(&plan.required));
    page.0.push('\n');
    page.0.push_str(&coverage_page(&plan.coverage));
    if let Some(schedule) = &plan.schedule {
        page.0.push('\n');
        page.0.push_str(&schedule_page(schedule, sentences));
    }
    page.0
}

/// Whether the plan pays, what it costs, and what to ask.
pub fn coverage_page(c: &OpinionCoverage) -> String {
    let mut page = Page(String::new());
    page.heading("Does the plan pay for it?");
    page.say(&format!("Covered: {}. {}", words(&c.covered), c.says));
    for quote in &c.plan_quotes {
        page.say(&format!("{}, page {}: “{}”", quote.document, quote.page, one_line(&quote.quote)));
    }
    page.labeled("Cost", c.cost.notes.as_deref());
    page.say(c.cost.worked.as_ref().map_or("", |w| w.says.as_str()));
    page.labeled("Deductible left", c.cost.deductible_left_cents.map(dollars).as_deref());
    page.labeled("Referral", Some(&words(&c.referral)));
    page.labeled("Network", c.network.as_deref());
    page.labeled("Outside the network", c.out_of_network.as_deref());
    page.labeled("Third opinion", c.third_opinion.as_deref());
    page.labeled("Employer", c.employer_benefit.as_deref());
    page.list(&c.notes);
    page.labeled("Rests on", cites(&c.authorities).as_deref());
    page.say("\nOn the phone:");
    page.list(&c.ask_the_plan);
    page.0
}

/// Whether one is required, what says so, and what to argue.
pub fn required_page(r: &Requirement) -> String {
    let mut page = Page(String::new());
    page.heading("Is one required?");
    page.say(&r.says);
    for e in &r.evidence {
        let place: Vec<String> =
            [e.source.clone(), e.page.map(|p| format!("page {p}")), e.year.clone()].into_iter().flatten().collect();
        let place = if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) };
        page.say(&format!("- {}: “{}”{place}", capital(&trace(&e.kind)), e.quote));
    }
    page.labeled("What follows", r.consequence.as_deref());
    if !r.arguments.is_empty() {
        page.say("\nIf it was skipped:");
        for a in &r.arguments {
            let fits = match a.fits {
                Some(true) => " (fits your case)",
                Some(false) => " (does not seem to fit)",
                None => "",
            };
            page.say(&format!("- {}{fits}. {} Proof: {}.", a.title, a.says, a.prove_with.join("; ")));
        }
    }
    page.labeled("Rests on", cites(&r.authorities).as_deref());
    page.0
}

/// Whether it will be in time, with the steps; days as the knowledge base writes them.
pub fn schedule_page(s: &Schedule, sentences: &Sentences) -> String {
    let mut page = Page(String::new());
    page.heading("Will it be in time?");
    page.say(&s.says);
    if !s.here {
        page.say(&format!("The letter can be expected by {}.", sentences.plain(s.opinion_ready)));
    }
    for step in &s.moves {
        let by = step.by.map(|d| format!("{}: ", sentences.plain(d))).unwrap_or_default();
        let right = step.right.as_ref().map(|r| format!(" [{r}]")).unwrap_or_default();
        page.say(&format!("- {by}{}{right}", step.what));
    }
    page.0
}

/// Who fits, and how the doctors compare.
pub fn specialist_page(r: &SpecialistReport) -> String {
    let mut page = Page(String::new());
    page.heading("Who should give it?");
    page.say(&r.says);
    for w in &r.profile.specialties {
        let sub = w.subspecialty.as_ref().map(|s| format!(", {s}")).unwrap_or_default();
        page.say(&format!("- {}{sub} ({})", w.specialty, w.wanted_for));
    }
    for c in &r.profile.centers {
        page.say(&format!("- Center: {}", c.says));
    }
    for n in &r.nci_centers {
        page.say(&format!("- {} ({})", n.name, n.state));
    }
    if !r.candidates.is_empty() {
        page.say(&format!("\n{}", r.order));
    }
    for c in &r.candidates {
        page.say(&format!("\n{}. {}: {} of {} points", c.rank, c.name, c.points, c.of));
        for x in &c.criteria {
            page.say(&format!("- {}: {}/{}. {}", x.title, x.points, x.of, x.says));
        }
        page.list(&c.warnings);
    }
    for f in &r.state_forms {
        page.say(&format!("\n{}: {}", f.title, f.says));
    }
    page.say("\nWhere to look:");
    page.list(&r.look_in);
    page.say("\nAre you independent?");
    page.list(&r.independence_questions);
    for finding in &r.findings {
        page.say(&format!("\n{}", finding.message));
    }
    page.0
}

/// The one-page brief.
pub fn brief_page(b: &Brief) -> String {
    let mut page = Page(String::new());
    page.heading("Request for a second opinion");
    page.labeled("Patient", b.patient.as_deref());
    page.labeled("Plan", b.plan.as_deref());
    page.labeled("Claim", b.claim_number.as_deref());
    page.labeled("Treatment", b.service.as_deref());
    page.labeled("Diagnosis", b.diagnosis.as_deref());
    page.say(&format!("\nThe question: {}", b.question));
    page.say(&b.neutral);
    page.say(&b.first_opinion_note);
    page.say(&b.deadline);
    for d in &b.denial {
        page.say(&format!("\nThe plan's reason: “{}”", one_line(d.quote.as_deref().unwrap_or(&words(&d.reason)))));
        page.list(&d.answer_with);
    }
    for c in &b.criteria {
        page.say(&format!("Criterion: “{c}”"));
    }
    for (label, quoted) in [("Medically necessary", &b.plan_definition), ("Experimental", &b.experimental_definition)] {
        page.labeled(label, quoted.as_ref().map(|q| q.quote.as_str()));
    }
    page.say("\nRecords:");
    for r in b.records.iter().filter(|r| r.have) {
        page.say(&format!("- [x] {}: {}", r.title, r.papers.join(", ")));
    }
    // Records that are had in the same way stand together, and the way is told once.
    let mut ways: Vec<&str> = Vec::new();
    for way in b.records.iter().filter(|r| !r.have).map(|r| r.how_to_get.as_deref().unwrap_or_default()) {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    for way in ways {
        page.say(way);
        for r in b.records.iter().filter(|r| !r.have && r.how_to_get.as_deref().unwrap_or_default() == way) {
            page.say(&format!("- [ ] {}", r.title));
        }
    }
    page.say("\nPlease address:");
    for m in &b.must_address {
        page.say(&format!("- {}: {}", m.title, m.asks));
    }
    page.say("\nPlease leave out:");
    page.list(&b.avoid);
    page.0
}

/// The three views side by side, row by row.
pub fn compare_page(c: &Comparison) -> String {
    let mut page = Page(String::new());
    page.heading("Side by side");
    let side = |s: &Said| match (&s.source, s.page) {
        (Some(source), Some(p)) => format!("“{}” ({source}, page {p})", one_line(&s.quote)),
        (Some(source), None) => format!("“{}” ({source})", one_line(&s.quote)),
        _ => s.quote.clone(),
    };
    for row in &c.rows {
        page.say(&format!("\n{}", row.title));
        page.say(&format!("- Your doctor: {}", side(&row.treating)));
        page.say(&format!("- Second doctor: {}", side(&row.second)));
        page.say(&format!("- The plan: {}", side(&row.reviewer)));
        page.say(&row.says);
    }
    page.0
}
