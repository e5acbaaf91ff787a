//! The second opinion: does one help, is it covered, is it required, whom, what the letter says, both doctors compared.

use facts::{Candidate, SecondOpinion};
use journal::Loaded;
use maud::{Markup, html};
use opinion::{Check, Comparison, OpinionPlan, Said, SpecialistReport};

use crate::dates;
use crate::engine;
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::reading;
use crate::words::Lang;

const STATES: &[&str] = &["none", "planned", "asked", "seen", "received"];

fn tabs(call: &Call, id: &str, here: &str) -> Markup {
    let w = call.words();
    html! {
        nav aria-label=(w.t("opinion.parts")) {
            ul.tabs {
                @for (path, key) in [("opinion", "opinion.need"), ("opinion/whom", "opinion.whom"), ("letter/second_opinion_brief", "opinion.brief"), ("opinion/check", "opinion.check"), ("opinion/compare", "opinion.compare")] {
                    li { a href=(format!("/case/{id}/{path}")) aria-current=[(path == here).then_some("page")] { (w.t(key)) } }
                }
            }
        }
    }
}

/// Need, cover, requirement, schedule.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let study = engine::study(call, &loaded)?;
    let w = call.words();
    let body = html! {
        h1 { (Section::Opinion.name(w)) }
        (tabs(call, &loaded.id, "opinion"))
        @match &study.plan {
            Some(plan) => (planned(call, &loaded, plan, &study)),
            None => p.lead { (w.t("opinion.no_plan")) },
        }
        (state_form(call, &loaded))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Opinion, Section::Opinion.name(w), &body)))
}

fn planned(call: &Call, loaded: &Loaded, plan: &OpinionPlan, study: &engine::Study) -> Markup {
    let w = call.words();
    let check = study.check.as_ref();
    let kb = call.spoken();
    let said = |list: &str, word: &str| engine::opinion_word(&kb, list, word);
    html! {
        // Once the letter is here, what it says takes the place of what a letter is worth in general; where one hardly helps, that
        // still stands first, and nothing is to be chased for the letter.
        @let value = engine::value_word(plan);
        @let hardly = plan.hardly_helps();
        @match value.filter(|_| check.is_none() || hardly) {
            None if check.is_some() => {},
            Some(value) => p.lead { strong { (said("value", value)) } " " (said("value_text", value)) },
            None => p.lead { (w.t("opinion.no_plan")) },
        }
        @if let Some(check) = check {
            p.lead { strong { (w.of("outcome", &check.outcome)) } @if !(hardly && check.attach == "after_changes") { " " (engine::attach_word(call, &loaded.state.case, check)) } }
            p { a href=(format!("/case/{}/opinion/check", loaded.id)) { (w.t("overview.opinion_check")) } }
        }
        (layout::findings(call, loaded, &plan.findings))
        @for (reasons, because) in by_sentence(plan).into_iter().filter(|_| check.is_none()) {
            h2 { @for (i, reason) in reasons.iter().enumerate() { @if i > 0 { " · " } (w.of("reason", reason)) } }
            p { (because.says) }
            (layout::authorities(w, &because.authorities))
        }
        @if !plan.better_first_moves.is_empty() {
            h2 { (w.t("opinion.first_title")) }
            ul { @for first in &plan.better_first_moves { li { (first) } } }
        }
        h2 { (w.t("opinion.covered_title")) }
        (covered(call, plan))
        h2 { (w.t("opinion.required_title")) }
        p { strong { (said("required", &plan.required.state)) } }
        @if let Some(consequence) = &plan.required.consequence { p { (consequence) } }
        @let (lists, traces): (Vec<_>, Vec<_>) = plan.required.evidence.iter().partition(|e| e.kind == "procedure_list");
        @for evidence in traces {
            blockquote { "“" (evidence.quote) "”"
                div.quote-from { (said("required_by", &evidence.kind)) @if let Some(source) = &evidence.source { " · " (source) } }
            }
        }
        @if !lists.is_empty() {
            details {
                summary { (w.t("opinion.lists")) }
                ul { @for e in lists { li { (e.quote) @if let Some(source) = &e.source { span.soft { " · " (source) } } } } }
            }
        }
        // A letter that speaks against the care is not waited for: what is left is the day to appeal without it.
        @if check.is_some_and(|c| c.attach == "do_not_attach") {
            h2 { (w.t("opinion.without_title")) }
            @let by = study.next.as_ref().map(|n| n.file_by).or(study.letters_day.as_ref().map(|l| l.file_by));
            p { @match by {
                Some(by) => (w.f("opinion.without", &[("date", &dates::long(by, call.lang))])),
                None => (w.t("opinion.without_undated")),
            } }
        } @else if let Some(schedule) = &plan.schedule {
            h2 { (w.t("opinion.time_title")) }
            @if let Some(verdict) = engine::verdict_word(schedule) { p { strong { (said("verdict", verdict)) } } }
            @if !schedule.says.is_empty() && !schedule.moves.iter().any(|m| m.what == schedule.says) { p { (schedule.says) } }
            @if !schedule.here { p { (w.f("opinion.ready", &[("date", &dates::long(schedule.opinion_ready, call.lang))])) } }
            ol.steps {
                @for step in &schedule.moves { li { p { (step.what) } @if let Some(by) = step.by { p.soft { (w.f("overview.by", &[("date", &dates::long(by, call.lang))])) } } } }
            }
        }
    }
}

/// The reasons that have the same answer, together.
fn by_sentence(plan: &OpinionPlan) -> Vec<(Vec<&str>, &opinion::Because)> {
    let mut all: Vec<(Vec<&str>, &opinion::Because)> = Vec::new();
    for because in &plan.because {
        match all.iter_mut().find(|(_, b)| b.says == because.says) {
            Some((reasons, _)) => reasons.push(&because.reason),
            None => all.push((vec![&because.reason], because)),
        }
    }
    all
}

fn covered(call: &Call, plan: &OpinionPlan) -> Markup {
    let w = call.words();
    let kb = call.spoken();
    let c = &plan.coverage;
    html! {
        p { strong { (engine::opinion_word(&kb, "covered", &c.covered)) } }
        dl.facts {
            dt { (w.t("opinion.referral")) } dd { (engine::opinion_word(&kb, "referral", &c.referral)) }
            @if let Some(left) = c.cost.deductible_left_cents { dt { (w.t("opinion.deductible_left")) } dd { (dates::money(left)) } }
            @if let Some(percent) = c.cost.coinsurance_percent { dt { (w.t("opinion.coinsurance")) } dd { (percent) "%" } }
            @if let Some(copay) = c.cost.copay_cents { dt { (w.t("opinion.copay")) } dd { (dates::money(copay)) } }
            @if let Some(notes) = &c.cost.notes { dt { (w.t("opinion.cost")) } dd { (notes) } }
            @if let Some(network) = &c.network { dt { (w.t("opinion.network")) } dd { (network) } }
            @if let Some(out) = &c.out_of_network { dt { (w.t("opinion.out")) } dd { (out) } }
            @if let Some(third) = &c.third_opinion { dt { (w.t("opinion.third")) } dd { (third) } }
        }
        (layout::authorities(w, &c.authorities))
        @let script = if call.lang == Lang::Es { &c.ask_the_plan_es } else { &c.ask_the_plan };
        @if !script.is_empty() {
            details {
                summary { (w.t("opinion.ask_plan")) }
                ol { @for question in script { li { (question) } } }
            }
        }
    }
}

fn state_form(call: &Call, loaded: &Loaded) -> Markup {
    let w = call.words();
    let second = loaded.state.case.second_opinion.clone().unwrap_or_default();
    let options: Vec<_> = STATES.iter().map(|s| ((*s).to_string(), w.of("opinion_state", s), None)).collect();
    let day = |d: Option<calendar::Date>| d.map_or(String::new(), |d| d.to_string());
    html! {
        h2 #mine { (w.t("opinion.state_title")) }
        (layout::form(call, loaded, &format!("/case/{}/opinion/state", loaded.id), &html! {
            (layout::choices("state", &html! { (w.t("opinion.state")) }, &options, second.state.as_deref()))
            (layout::text("name", w.t("opinion.doctor"), None, second.physician.as_ref().and_then(|p| p.name.as_deref()).unwrap_or_default()))
            @let known = opinion::second_physician(&loaded.state.case).unwrap_or_default();
            @let said = |text: &Option<String>| text.clone().unwrap_or_default();
            (layout::text("specialty", w.t("whom.specialty"), Some(w.t("whom.specialty_hint")), &said(&known.specialty)))
            (layout::text("institution", w.t("whom.institution"), None, &said(&known.institution)))
            (layout::text("certification_checked_at", w.t("whom.checked"), Some(w.t("whom.checked_hint")), &said(&known.certification_checked_at)))
            (layout::input("date", "checked_on", w.t("whom.checked_on"), None, &day(known.checked_on)))
            (layout::input("date", "appointment_on", w.t("opinion.appointment"), None, &day(second.appointment_on)))
            (layout::input("date", "letter_expected_on", w.t("opinion.expected"), None, &day(second.letter_expected_on)))
            div.buttons { button.quiet { (w.t("act.save")) } }
        }))
    }
}

/// Keeps where things stand.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    if let Some(attach) = call.field("attach") {
        loaded.state.case.choices.attach_opinion = match attach {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        call.keep(&loaded, "opinion.attach")?;
        return Ok(Reply::See(format!("/case/{}/opinion/check", loaded.id)));
    }
    let appointment_on = super::treatments::day(call, "appointment_on")?;
    let letter_expected_on = super::treatments::day(call, "letter_expected_on")?;
    let checked_on = super::treatments::day(call, "checked_on")?;
    let text = |name: &str| call.field(name).map(str::to_string);
    let second = loaded.state.case.second_opinion.get_or_insert_with(SecondOpinion::default);
    second.state = call.field("state").filter(|s| STATES.contains(s)).map(str::to_string);
    second.appointment_on = appointment_on;
    second.letter_expected_on = letter_expected_on;
    let about = ["name", "specialty", "institution", "certification_checked_at"].map(text);
    if second.physician.is_some() || about.iter().any(Option::is_some) {
        let physician = second.physician.get_or_insert_with(Default::default);
        let [name, specialty, institution, checked_at] = about;
        physician.name = name;
        physician.specialty = specialty;
        physician.institution = institution;
        physician.checked_on = checked_on.filter(|_| checked_at.is_some());
        physician.certification_checked_at = checked_at;
    }
    call.keep(&loaded, "opinion.state")?;
    Ok(Reply::See(format!("/case/{}/opinion", loaded.id)))
}

/// Possible physicians, and the form that adds one.
pub(crate) fn whom(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let here = format!("/case/{}/opinion/whom", loaded.id);
    let body = html! {
        h1 { (w.t("opinion.whom")) }
        (tabs(call, &loaded.id, "opinion/whom"))
        @if loaded.state.case.second_opinion.as_ref().and_then(|o| o.state.as_deref()) == Some("received") {
            div.note.calm { p { strong { (w.t("whom.received")) } " " (w.t("whom.received_text")) " " a href=(format!("/case/{}/opinion/check", loaded.id)) { (w.t("opinion.check")) } } }
        }
        p.lead { (w.t("whom.text")) }
        (profile(call, &engine::specialist(call, &loaded)?))
        ul.list {
            @for (i, candidate) in loaded.state.case.candidates.iter().enumerate() {
                li.row {
                    div.grow { (one(call, candidate)) }
                    (layout::form(call, &loaded, &here, &html! {
                        button.quiet.mini name="remove" value=(i) { (w.t("act.remove")) span.off { ": " (candidate.name.as_deref().unwrap_or_default()) } }
                    }))
                }
            }
        }
        h2 { (w.t("whom.add_title")) }
        (layout::form(call, &loaded, &here, &html! {
            (layout::text("name", w.t("whom.name"), None, ""))
            (layout::text("specialty", w.t("whom.specialty"), Some(w.t("whom.specialty_hint")), ""))
            (layout::text("institution", w.t("whom.institution"), None, ""))
            (layout::text("phone", w.t("whom.phone"), None, ""))
            (layout::text("certification_checked_at", w.t("whom.checked"), Some(w.t("whom.checked_hint")), ""))
            (layout::input("date", "checked_on", w.t("whom.checked_on"), None, ""))
            (layout::input("date", "earliest_appointment", w.t("whom.earliest"), None, ""))
            fieldset {
                legend { (w.t("whom.facts")) }
                @for (name, key) in [("in_network", "whom.in_network"), ("same_practice_as_treating", "whom.same_practice"), ("operating_surgeon", "whom.surgeon"), ("writes_letters", "whom.writes"), ("peer_to_peer", "whom.peer"), ("examines", "whom.examines")] {
                    label.choice { input type="checkbox" name=(name) value="1"; span { (w.t(key)) } }
                }
            }
            div.buttons { button { (w.t("act.add")) } }
        }))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Opinion, w.t("opinion.whom"), &body)))
}

/// Who fits, and how the physicians entered compare, every point with its reason.
fn profile(call: &Call, report: &SpecialistReport) -> Markup {
    let w = call.words();
    html! {
        section.card.date { p.lead { (report.says) } }
        @for form in &report.state_forms { p { strong { (form.title) } " " (form.says) (layout::authorities(w, &form.authorities)) } }
        div {
            @if !report.look_in.is_empty() { details { summary { (w.t("whom.look_in")) } ul { @for place in &report.look_in { li { (place) } } @for center in &report.nci_centers { li { (center.name) } } } } }
            @if !report.questions.is_empty() { details { summary { (w.t("whom.ask")) } ul { @for q in report.questions.iter().chain(&report.independence_questions) { li { (q) } } } } }
        }
        @if !report.candidates.is_empty() {
            h2 { (w.t("whom.ranked")) }
            ol.steps {
                @for c in &report.candidates {
                    li {
                        h3 { (c.name) " " span.soft { (w.f("whom.points", &[("n", &c.points.to_string()), ("of", &c.of.to_string())])) } }
                        div {
                            @for warning in c.ties.iter().chain(&c.warnings) { p { span.tag.warn { (warning) } } }
                            // A number shows its sum.
                            details {
                                summary { (w.t("whom.sum")) span.off { ": " (c.name) } }
                                ul { @for point in &c.criteria { li { (point.title) ": " strong { (w.f("whom.points", &[("n", &point.points.to_string()), ("of", &point.of.to_string())])) } " " span.soft { (point.says) } } } }
                            }
                            @if let Some(certification) = &c.certification { p.soft { (certification) } }
                            @if !c.to_ask.is_empty() { details { summary { (w.t("whom.to_ask")) span.off { ": " (c.name) } } ul { @for q in &c.to_ask { li { (q) } } } } }
                        }
                    }
                }
            }
        }
    }
}

/// What `opinion` calls the case itself as a source.
const CASE_FILE: &str = "case file";

fn side_by_side(call: &Call, c: &Comparison) -> Markup {
    let w = call.words();
    let said = |s: &Said| {
        html! {
            @if s.stated { @if s.source.as_deref() == Some(CASE_FILE) { (s.quote) } @else { "“" (s.quote) "”" } @if let Some(source) = &s.source { div.quote-from { (if source == CASE_FILE { w.t("compare.told") } else { source }) @if let Some(n) = s.page { ", " (w.f("reading.on_page", &[("n", &n.to_string())])) } } }
                @for more in &s.also { " “" (more.quote) "” " span.quote-from { (w.f("reading.on_page", &[("n", &more.page.to_string())])) } } }
            @else { span.soft { (w.t("compare.silent")) } }
        }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("opinion.compare")) {
            table.compare {
                thead { tr { td {} th scope="col" { (w.t("compare.treating")) } th scope="col" { (w.t("compare.second")) } th scope="col" { (w.t("compare.reviewer")) } } }
                tbody {
                    @for row in &c.rows {
                        tr {
                            th scope="row" { (w.get("compare_row", &row.id).unwrap_or(&row.title)) }
                            td data-who=(w.t("compare.treating")) { (said(&row.treating)) }
                            td data-who=(w.t("compare.second")) { (said(&row.second)) }
                            td data-who=(w.t("compare.reviewer")) { (said(&row.reviewer)) }
                        }
                        @if !row.says.is_empty() { tr { td {} td.soft colspan="3" { (row.says) } } }
                    }
                }
            }
        }
    }
}

fn one(call: &Call, c: &Candidate) -> Markup {
    let w = call.words();
    html! {
        strong { (c.name.as_deref().unwrap_or_default()) }
        div.soft { (c.specialty.as_deref().unwrap_or_default()) @if let Some(place) = &c.institution { " · " (place) } @if let Some(phone) = &c.phone { " · " (phone) } }
        @if c.same_practice_as_treating == Some(true) || c.operating_surgeon == Some(true) { div { span.tag.warn { (w.t("whom.not_independent")) } } }
        @if let Some(day) = c.earliest_appointment { div { (w.t("whom.earliest")) ": " (dates::time(day, call.lang)) } }
    }
}

/// Adds or removes a physician.
pub(crate) fn add_candidate(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let list = &mut loaded.state.case.candidates;
    let what = match call.field("remove").and_then(|i| i.parse::<usize>().ok()) {
        Some(i) if i < list.len() => {
            list.remove(i);
            "candidate.removed"
        }
        _ => {
            list.push(candidate(call)?);
            "candidate.added"
        }
    };
    call.keep(&loaded, what)?;
    Ok(Reply::See(format!("/case/{}/opinion/whom", loaded.id)))
}

fn candidate(call: &Call) -> Result<Candidate, Problem> {
    let text = |name: &str| call.field(name).map(str::to_string);
    let ticked = |name: &str| call.field(name).map(|_| true);
    let checked = text("certification_checked_at");
    Ok(Candidate {
        name: Some(text("name").ok_or(Problem::Bad("whom.name_missing"))?),
        specialty: text("specialty"),
        institution: text("institution"),
        phone: text("phone"),
        checked_on: super::treatments::day(call, "checked_on")?.filter(|_| checked.is_some()),
        certification_checked_at: checked,
        earliest_appointment: super::treatments::day(call, "earliest_appointment")?,
        in_network: ticked("in_network"),
        same_practice_as_treating: ticked("same_practice_as_treating"),
        operating_surgeon: ticked("operating_surgeon"),
        writes_letters: ticked("writes_letters"),
        peer_to_peer: ticked("peer_to_peer"),
        examines: ticked("examines"),
        ..Candidate::default()
    })
}

/// What the opinion letter says and lacks.
pub(crate) fn check(call: &Call) -> Result<Reply, Problem> {
    check_page(call, None)
}

fn check_page(call: &Call, wrong: Option<&str>) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    reading::start(call, &loaded)?;
    let study = engine::study(call, &loaded)?;
    let w = call.words();
    let here = format!("/case/{}/opinion/check", loaded.id);
    let letter = loaded.state.papers.iter().find(|p| p.kind.as_deref() == Some("opinion_letter"));
    let body = html! {
        h1 { (w.t("opinion.check")) }
        (tabs(call, &loaded.id, "opinion/check"))
        @match (&study.check, letter) {
            (Some(check), _) => {
                @if engine::is_word_file(call, &loaded, letter)? { div.note { p { strong { (w.t("packet.as_text_opinion")) } " " (letter.map_or("", |l| l.name.as_str())) ". " (w.t("packet.as_text_how")) } } }
                (checked(call, &loaded, check, study.adverse.as_ref()))
            },
            (None, Some(letter)) => p.lead { (w.t("check.not_yet")) " " a href=(format!("/case/{}/paper/{}", loaded.id, letter.sha256)) { (letter.name) } },
            (None, None) => p.lead { (w.t("check.text")) },
        }
        @let add = html! {
            form method="post" action=(here) enctype="multipart/form-data" {
                (layout::tokens(call, Some(&loaded)))
                (super::cases::drop_zone("letter", w.t("check.add"), w.t("papers.hint"), false, wrong))
                div.buttons { button { (w.t("check.go")) } }
            }
        };
        @if letter.is_some() {
            details open[wrong.is_some()] { summary { (w.t("check.another")) } (add) }
        } @else {
            h2 { (w.t("check.add_title")) }
            (add)
        }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Opinion, w.t("opinion.check"), &body)))
}

fn checked(call: &Call, loaded: &Loaded, check: &Check, adverse: Option<&course::Adverse>) -> Markup {
    let w = call.words();
    let gaps = check.elements.iter().filter(|e| matches!(e.state.as_str(), "missing" | "partial"));
    let (needed, helpful): (Vec<_>, Vec<_>) = gaps.partition(|e| opinion::decides(&e.element, &e.state));
    let listed = |all: &[&opinion::ElementState]| {
        html! { ul.list.tight { @for e in all { li { div.row { span.grow { (w.of("element", &e.element)) } (mark(call, &e.state)) } } } } }
    };
    let told = |t: &course::Told| {
        html! { blockquote { "“" (t.quote) "”" div.quote-from { (w.f("reading.on_page", &[("n", &t.page.to_string())])) } } }
    };
    let warnings = adverse.map_or(&[][..], |a| &a.warnings);
    let reason = adverse.and_then(|a| a.reason.as_ref());
    html! {
        // What could harm the patient comes before everything that concerns the appeal.
        @if !warnings.is_empty() {
            section.note aria-labelledby="warning" {
                h2 #warning { (w.t("check.warning_title")) }
                @for warning in warnings { (told(warning)) }
                p { (w.t("check.warning_text")) }
            }
        }
        section.card.date {
            p.big { (w.of("outcome", &check.outcome)) }
            @match reason {
                Some(reason) => { p { (w.t("check.own_reason")) } (told(reason)) },
                None => @if let Some(quote) = &check.outcome_quote { blockquote { "“" (quote) "”" } },
            }
            p { (engine::attach_word(call, &loaded.state.case, check)) }
        }
        (layout::findings(call, loaded, &check.findings))
        // What the check says of a letter that waits for its writer does not hold where nothing waits.
        @let hurry = loaded.state.case.wants_fast() && check.outcome == "confirms" && check.attach == "after_changes";
        @if !check.next.is_empty() && !hurry { h2 { (w.t("check.next")) } ol { @for next in &check.next { li { (next) } } } }
        @if !check.hazards.is_empty() {
            h2 { (w.t("check.hazards")) }
            @for hazard in &check.hazards { p { strong { (w.of("hazard", &hazard.hazard)) } } blockquote { "“" (hazard.quote) "”" div.quote-from { (w.f("reading.on_page", &[("n", &hazard.page.to_string())])) } } }
        }
        // That a letter against the care "answers" a reason is no help to anybody.
        @if !check.reasons_answered.is_empty() && check.attach != "do_not_attach" {
            h2 { (w.t("check.reasons")) }
            ul.list { @for r in &check.reasons_answered {
                li { div.row { span.grow { (w.of("reason", &r.reason)) } (mark(call, &r.state)) } @if let Some(quote) = &r.quote { blockquote { "“" (quote) "”" } } }
            } }
        }
        @let adverse = check.attach == "do_not_attach";
        @if adverse {
            p { a href=(format!("/case/{}/letter/thank_you", loaded.id)) { (w.t("check.thank_you")) } }
            p { a href=(format!("/case/{}/opinion/whom", loaded.id)) { (w.t("check.third")) } }
        }
        // More words from a physician who does not agree would only be used against the person.
        @if !adverse && !(needed.is_empty() && helpful.is_empty()) {
            h2 { (w.t("check.gaps")) }
            p { (w.t("check.gaps_text")) " " a href=(format!("/case/{}/letter/please_add", loaded.id)) { (w.t("check.please_add")) } }
            // The sentences to ask for stand in that letter, and below among everything else.
            @if !needed.is_empty() { h3 { (w.t(if loaded.state.case.wants_fast() { "check.needed_fast" } else { "check.needed" })) } (listed(&needed)) }
            @if !helpful.is_empty() { h3 { (w.t("check.helpful")) } p.soft { (w.t("check.helpful_text")) } (listed(&helpful)) }
        }
        details {
            summary { (w.t("check.all")) }
            ul.list { @for e in &check.elements {
                li { div.row { strong.grow { (w.of("element", &e.element)) } (mark(call, &e.state)) }
                    @if let Some(quote) = &e.quote { blockquote { "“" (quote) "”" @if let Some(n) = e.page { div.quote-from { (w.f("reading.on_page", &[("n", &n.to_string())])) } } } }
                    @if let Some(ask) = &e.ask { p.soft { (ask) } } }
            } }
        }
        (attach_form(call, loaded, check))
    }
}

fn mark(call: &Call, state: &str) -> Markup {
    let w = call.words();
    let class = match state {
        "present" | "answered" => "tag",
        "partial" | "missing" | "touched" | "unanswered" => "tag warn",
        _ => "tag plain",
    };
    html! { span class=(class) { (w.of("state", state)) } }
}

fn attach_form(call: &Call, loaded: &Loaded, check: &Check) -> Markup {
    let w = call.words();
    let is_in = draft::attach(&loaded.state.case, Some(check)) == draft::Attach::Yes;
    let chosen = match loaded.state.case.choices.attach_opinion {
        Some(true) => "yes",
        Some(false) => "no",
        None => "later",
    };
    let options = [("later", "attach_choice.later"), ("yes", "attach_choice.yes"), ("no", "attach_choice.no")]
        .map(|(v, k)| (v.to_string(), w.t(k).to_string(), None));
    layout::form(
        call,
        loaded,
        &format!("/case/{}/opinion/state", loaded.id),
        &html! {
            p { (w.t(if is_in { "check.is_in" } else { "check.is_out" })) " " a href=(format!("/case/{}/packet", loaded.id)) { (w.t("menu.packet")) } }
            (layout::choices("attach", &html! { (w.t("check.attach_question")) }, &options, Some(chosen)))
            div.buttons { button.quiet { (w.t("act.save")) } }
        },
    )
}

/// Keeps the opinion letter.
pub(crate) fn add_letter(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case_to_change()?;
    let letters: Vec<_> = call.files.iter().filter(|f| f.field == "letter").collect();
    if let Some(wrong) = super::cases::unusable(call, &letters) {
        return check_page(call, Some(wrong));
    }
    let letter = letters.first().ok_or(Problem::Bad("new.no_file"))?;
    super::papers::keep(call, &loaded.id, &letter.name, &letter.bytes, Some("opinion_letter"), loaded.revision)?;
    let loaded = call.case()?;
    reading::start(call, &loaded)?;
    Ok(Reply::See(format!("/case/{}/opinion/check", loaded.id)))
}

/// Both physicians and the plan's reviewer side by side.
pub(crate) fn compare(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let body = html! {
        h1 { (w.t("opinion.compare")) }
        (tabs(call, &loaded.id, "opinion/compare"))
        p.lead { (w.t("compare.text")) }
        (side_by_side(call, &engine::compare(call, &loaded)?))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Opinion, w.t("opinion.compare"), &body)))
}
