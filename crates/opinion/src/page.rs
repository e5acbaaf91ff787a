//! The answers as short pages of plain text (Markdown), for a screen without colors, a printed sheet, or a test a nurse
//! can read. Nothing is computed here; a page shows what the types hold, in the order in which a person asks, in the language of the
//! knowledge base it is given. The brief is for a physician and is in English.

use std::fmt::Write;

use kb::{Kb, Sentences};

use crate::compare::CASE_FILE;
use crate::words::inside;
use crate::{
    Brief, BriefReason, Comparison, ComparisonRow, OpinionCoverage, OpinionPlan, Requirement, Said, Schedule,
    SpecialistReport, Wanted,
};

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

/// The sentences of the pages, in the language of the knowledge base they come from.
#[derive(Clone, Copy)]
struct Labels<'a>(&'a Sentences);

impl Labels<'_> {
    fn say(self, key: &str) -> String {
        self.0.say(key, &[])
    }

    /// A word of a closed list in plain words; a word without any stays as it is.
    fn word(self, list: &str, word: &str) -> String {
        let said = self.say(&format!("{list}_{word}"));
        if said.is_empty() { words(word) } else { said }
    }

    fn labeled(self, page: &mut Page, label: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|t| !t.trim().is_empty()) {
            let fill = [("label", self.say(label)), ("text", text.trim().to_owned())];
            page.say(&self.0.say("page_label", &fill.each_ref().map(|(name, value)| (*name, value.as_str()))));
        }
    }

    fn cites(self, authorities: &[cite::Authority]) -> Option<String> {
        let one = |a: &cite::Authority| match a.confidence {
            Some(cite::Confidence::Unverified) => self.0.say("page_unconfirmed", &[("cite", &a.cite)]),
            _ => a.cite.clone(),
        };
        let all: Vec<String> = authorities.iter().map(one).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn rests(self, page: &mut Page, authorities: &[cite::Authority]) {
        self.labeled(page, "page_rests", self.cites(authorities).as_deref());
    }
}

/// Whether a second opinion helps, with coverage, requirement and schedule.
pub fn plan_page(plan: &OpinionPlan, kb: &Kb) -> String {
    let labels = Labels(kb.index().sentences());
    let mut page = Page(String::new());
    page.heading(&labels.say("page_need"));
    // With the letter in hand "it helps" is no news.
    let here = plan.schedule.as_ref().is_some_and(|s| s.here);
    match plan.value.as_deref() {
        _ if here => page.say(&labels.say("need_here")),
        Some(value) => page.say(&format!("{} {}", labels.word("value", value), labels.word("value_text", value))),
        None => page.say(&labels.say("value_unknown")),
    }
    let mut told: Vec<&str> = Vec::new();
    for because in &plan.because {
        if told.contains(&because.says.as_str()) {
            continue;
        }
        told.push(&because.says);
        page.say(&format!("\n{}", because.says));
        labels.rests(&mut page, &because.authorities);
    }
    if !plan.better_first_moves.is_empty() {
        page.say(&format!("\n{}", labels.say("page_first")));
        page.list(&plan.better_first_moves);
    }
    for finding in &plan.findings {
        page.say(&format!("\n{}", finding.message));
    }
    page.0.push('\n');
    page.0.push_str(&required_page(&plan.required, kb));
    page.0.push('\n');
    page.0.push_str(&coverage_page(&plan.coverage, kb));
    if let Some(schedule) = &plan.schedule {
        page.0.push('\n');
        page.0.push_str(&schedule_page(schedule, kb));
    }
    page.0
}

/// Whether the plan pays, what it costs, and what to ask.
pub fn coverage_page(c: &OpinionCoverage, kb: &Kb) -> String {
    let sentences = kb.index().sentences();
    let labels = Labels(sentences);
    let mut page = Page(String::new());
    page.heading(&labels.say("page_cover"));
    // Where no opinion helps, that comes first, and nobody is sent to the telephone.
    let (instead, notes) = if c.no_help { c.notes.split_at(1.min(c.notes.len())) } else { c.notes.split_at(0) };
    page.say(&instead.concat());
    page.say(&format!("{} {}", labels.word("covered", &c.covered), c.says));
    for quote in &c.plan_quotes {
        let (number, words) = (quote.page.to_string(), one_line(&quote.quote));
        let fill = [("document", quote.document.as_str()), ("page", &number), ("quote", &words)];
        page.say(&sentences.say("page_quote", &fill));
    }
    labels.labeled(&mut page, "page_cost", c.cost.notes.as_deref());
    page.say(c.cost.worked.as_ref().map_or("", |w| w.says.as_str()));
    labels.labeled(&mut page, "page_referral", Some(&labels.word("referral", &c.referral)));
    labels.labeled(&mut page, "page_network", c.network.as_deref());
    labels.labeled(&mut page, "page_outside", c.out_of_network.as_deref());
    labels.labeled(&mut page, "page_third", c.third_opinion.as_deref());
    labels.labeled(&mut page, "page_employer", c.employer_benefit.as_deref());
    page.list(notes);
    labels.rests(&mut page, &c.authorities);
    let script = if kb.language() == "es" { &c.ask_the_plan_es } else { &c.ask_the_plan };
    if !script.is_empty() && !c.no_help {
        page.say(&format!("\n{}", labels.say("page_phone")));
        page.list(script);
    }
    page.0
}

/// Whether one is required, what says so, and what to argue.
pub fn required_page(r: &Requirement, kb: &Kb) -> String {
    let sentences = kb.index().sentences();
    let labels = Labels(sentences);
    let mut page = Page(String::new());
    page.heading(&labels.say("page_required"));
    page.say(&r.says);
    // A list of operations tells what other plans asked for, some long ago: no word of this plan, so it is not quoted as one.
    let lists_only = r.authorities.is_empty();
    let (lists, said): (Vec<_>, Vec<_>) = r.evidence.iter().partition(|e| lists_only && e.kind == "procedure_list");
    for e in said {
        let at = e.page.map(|p| sentences.say("page_at", &[("page", &p.to_string())]));
        let place: Vec<String> = [e.source.clone(), at, e.year.clone()].into_iter().flatten().collect();
        let place = if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) };
        page.say(&format!("- {}: “{}”{place}", kb::capital(&labels.word("required_by", &e.kind)), e.quote));
    }
    labels.labeled(&mut page, "page_follows", r.consequence.as_deref());
    if !lists.is_empty() {
        let source = |e: &&crate::RequirementEvidence| {
            let year = e.year.as_ref().map(|y| format!(" ({y})")).unwrap_or_default();
            e.source.as_ref().map(|s| format!("{s}{year}"))
        };
        let sources: Vec<String> = lists.iter().filter_map(source).collect();
        page.say(&sentences.say("page_lists", &[("sources", &sources.join("; "))]));
    }
    if !r.arguments.is_empty() {
        // Before the care nothing was skipped yet.
        let skipped = r.arguments.iter().any(|a| a.id == "retrospective");
        page.say(&format!("\n{}", labels.say(if skipped { "page_skipped" } else { "page_asks_still" })));
        for a in &r.arguments {
            let fits = match a.fits {
                Some(true) => labels.say("page_fits"),
                Some(false) => labels.say("page_fits_not"),
                None => String::new(),
            };
            let proof = sentences.say("page_proof", &[("proofs", &a.prove_with.join("; "))]);
            page.say(&format!("- {}{fits}. {} {proof}", a.title, a.says));
        }
    }
    labels.rests(&mut page, &r.authorities);
    page.0
}

/// Whether it will be in time, with the steps; days as the knowledge base writes them.
pub fn schedule_page(s: &Schedule, kb: &Kb) -> String {
    let sentences = kb.index().sentences();
    let labels = Labels(sentences);
    let mut page = Page(String::new());
    page.heading(&labels.say("page_time"));
    page.say(&s.says);
    if !s.here && !s.no_help {
        page.say(&sentences.say("page_ready", &[("day", &sentences.plain(s.opinion_ready))]));
    }
    for step in &s.moves {
        let by = step.by.map(|d| format!("{}: ", sentences.plain(d))).unwrap_or_default();
        let right = step.right.as_ref().map(|r| format!(" [{r}]")).unwrap_or_default();
        page.say(&format!("- {by}{}{right}", step.what));
    }
    page.0
}

/// Who fits, and how the doctors compare.
pub fn specialist_page(r: &SpecialistReport, kb: &Kb) -> String {
    let sentences = kb.index().sentences();
    let labels = Labels(sentences);
    let mut page = Page(String::new());
    page.heading(&labels.say("page_who"));
    page.say(&r.says);
    for w in &r.profile.specialties {
        page.say(&format!("- {}", field(w, kb)));
    }
    for c in &r.profile.centers {
        page.say(&format!("- {}", sentences.say("page_center", &[("center", &c.says)])));
    }
    for n in &r.nci_centers {
        page.say(&format!("- {} ({})", n.name, n.state));
    }
    if !r.candidates.is_empty() {
        page.say(&format!("\n{}", r.order));
    }
    for c in &r.candidates {
        let figures = [("rank", c.rank.to_string()), ("points", c.points.to_string()), ("of", c.of.to_string())];
        let mut fill: Vec<(&str, &str)> = figures.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill.push(("name", &c.name));
        page.say(&format!("\n{}", sentences.say("page_points", &fill)));
        // A warning first; what is not known yet in one line.
        page.list(&c.warnings);
        for x in c.criteria.iter().filter(|x| x.state != "unknown") {
            page.say(&format!("- {}: {}/{}. {}", x.title, x.points, x.of, x.says));
        }
        let open: Vec<String> =
            c.criteria.iter().filter(|x| x.state == "unknown").map(|x| inside(&x.title, &[])).collect();
        if !open.is_empty() {
            page.say(&format!("- {}", sentences.say("page_to_ask", &[("titles", &open.join("; "))])));
        }
    }
    for f in &r.state_forms {
        page.say(&format!("\n{}: {}", f.title, f.says));
    }
    page.say(&format!("\n{}", labels.say("page_look")));
    page.list(&r.look_in);
    page.say(&format!("\n{}", labels.say("page_independent")));
    page.list(&r.independence_questions);
    // The answer itself may say it already.
    for finding in r.findings.iter().filter(|f| !r.says.contains(&f.message)) {
        page.say(&format!("\n{}", finding.message));
    }
    page.0
}

/// A field as directories list it, and what it is called where another language is spoken.
fn field(w: &Wanted, kb: &Kb) -> String {
    let sub = w.subspecialty.as_ref();
    let listed = format!("{}{}", w.specialty, sub.map(|s| format!(", {s}")).unwrap_or_default());
    let key = format!("{}{}", w.specialty, sub.map(|s| format!(" > {s}")).unwrap_or_default());
    match kb.told(&key) {
        said if said == key && kb.language() == "en" => format!("{listed} ({})", w.wanted_for),
        said if said == key => listed,
        said => format!("{said} ({listed})"),
    }
}

/// The brief, one page for the physician alone: [`records_page`] is for the person. `kb` writes the days.
pub fn brief_page(b: &Brief, kb: &Kb) -> String {
    let mut page = Page(String::new());
    let sentences = kb.index().sentences();
    page.heading("Request for a second opinion");
    let born = b.date_of_birth.map(|day| format!(", born {}", sentences.plain(day)));
    page.labeled("Patient", b.patient.as_ref().map(|name| name.clone() + &born.unwrap_or_default()).as_deref());
    page.labeled("Plan", b.plan.as_deref());
    page.labeled("Claim", b.claim_number.as_deref());
    page.labeled("Treatment", coded(&b.service, &b.codes).as_deref());
    page.labeled("Diagnosis", coded(&b.diagnosis, &b.diagnosis_codes).as_deref());
    page.say(&format!("\nThe question: {}", b.question));
    page.say(&b.neutral);
    page.say(&b.first_opinion_note);
    page.say(&b.deadline);
    page.say(&b.send_to);
    for (said, asks) in each_quote(&b.denial) {
        page.say(&format!("\nThe plan says: “{said}”"));
        page.list(asks);
    }
    if !b.criteria.is_empty() {
        page.say("\nThe plan's criteria:");
        for (at, c) in b.criteria.iter().enumerate() {
            page.say(&format!("{}. “{c}”", at + 1));
        }
    }
    for (label, quoted) in [("Medically necessary", &b.plan_definition), ("Experimental", &b.experimental_definition)] {
        page.labeled(label, quoted.as_ref().map(|q| q.quote.as_str()));
    }
    page.say("\nWhat only you can tell:");
    for (at, point) in b.points.iter().enumerate() {
        page.say(&format!("{}. {}", at + 1, point.says));
    }
    page.say(&format!("\n{}", b.office));
    page.say("\nRecords ([x] enclosed, [ ] not here yet):");
    for r in &b.records {
        let papers = if r.have { format!(": {}", r.papers.join(", ")) } else { String::new() };
        page.say(&format!("- [{}] {}{papers}", if r.have { "x" } else { " " }, r.title));
    }
    page.say(&format!("\n{}", b.avoid.join(" ")));
    page.0
}

/// A name with its codes.
fn coded(name: &Option<String>, codes: &[String]) -> Option<String> {
    let name = name.as_ref()?;
    Some(if codes.is_empty() { name.clone() } else { format!("{name} ({})", codes.join(", ")) })
}

/// The plan's sentences, each once, with what all the reasons that it stands for ask.
fn each_quote(denial: &[BriefReason]) -> Vec<(String, Vec<&String>)> {
    let mut out: Vec<(String, Vec<&String>)> = Vec::new();
    for d in denial {
        let said = one_line(d.quote.as_deref().unwrap_or(&words(&d.reason)));
        // A quotation mark that the plan's letter opened before the sentence, or closes behind it, is no part of it.
        let odd = said.matches(['"', '“', '”']).count() % 2 == 1;
        let said = if odd { said.trim_matches(['"', '“', '”']).to_owned() } else { said };
        match out.iter_mut().find(|(known, _)| cite::fold(known) == cite::fold(&said)) {
            Some((_, asks)) => asks.extend(&d.answer_with),
            None => out.push((said, d.answer_with.iter().collect())),
        }
    }
    out
}

/// For the person, not for the physician: how to get the records that the brief still lacks. Those that are had in the same
/// way stand together, and the way is told once. Empty when none is lacking, or the
/// letter is here already.
pub fn records_page(b: &Brief) -> String {
    let mut page = Page(String::new());
    if b.here {
        return page.0;
    }
    let lacking = || b.records.iter().filter(|r| !r.have);
    let mut ways: Vec<&str> = Vec::new();
    for way in lacking().map(|r| r.how_to_get.as_deref().unwrap_or_default()) {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    for way in ways {
        page.say(way);
        for r in lacking().filter(|r| r.how_to_get.as_deref().unwrap_or_default() == way) {
            page.say(&format!("- {}", r.title));
        }
    }
    page.0
}

/// The three views side by side, row by row.
pub fn compare_page(c: &Comparison, kb: &Kb) -> String {
    let sentences = kb.index().sentences();
    let labels = Labels(sentences);
    let mut page = Page(String::new());
    page.heading(&labels.say("page_compare"));
    let source = |name: &str| if name == CASE_FILE { labels.say("page_from_case") } else { name.to_owned() };
    let side = |s: &Said| match (&s.source, s.page) {
        _ if !s.stated => labels.say("page_not_stated"),
        (Some(name), Some(p)) => {
            let at = |p: usize| sentences.say("page_at", &[("page", &p.to_string())]);
            let also = s.also.iter().map(|q| format!("; “{}” ({})", one_line(&q.quote), at(q.page)));
            format!("“{}” ({}, {}){}", one_line(&s.quote), source(name), at(p), also.collect::<String>())
        }
        (Some(name), None) => format!("“{}” ({})", one_line(&s.quote), source(name)),
        _ => s.quote.clone(),
    };
    page.say(&c.notes.join("\n"));
    // A side that says nothing anywhere has no line; what nobody speaks to is told in one.
    type Side = (&'static str, fn(&ComparisonRow) -> &Said);
    let sides: [Side; 3] =
        [("page_treating", |r| &r.treating), ("page_second", |r| &r.second), ("page_reviewer", |r| &r.reviewer)];
    let speaks = |row: &ComparisonRow| sides.iter().any(|(_, said)| said(row).stated);
    for row in c.rows.iter().filter(|row| speaks(row)) {
        page.say(&format!("\n{}", row.title));
        for (who, said) in sides.iter().filter(|(_, said)| c.rows.iter().any(|r| said(r).stated)) {
            page.say(&format!("- {}: {}", labels.say(who), side(said(row))));
        }
        page.say(&row.says);
    }
    let silent: Vec<String> = c.rows.iter().filter(|row| !speaks(row)).map(|row| inside(&row.title, &[])).collect();
    if !silent.is_empty() {
        page.say(&format!("\n{}", sentences.say("page_nobody", &[("rows", &silent.join(", "))])));
    }
    page.0
}
