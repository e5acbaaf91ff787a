//! What one paper of the plan says, to be checked and corrected beside its pages: its own dates, names and reasons.

use facts::{Certainty, Field, OriginKind, Reading};
use journal::{Loaded, Paper};
use maud::{Markup, html};

use super::papers::{as_cents, fact_name};
use crate::http::{Call, Problem, Reply};
use crate::{dates, facts_at, intake, layout, reading as reader};

/// A field that does not fit, and the key of the sentence that says why.
pub(crate) type Wrong = (String, &'static str);

/// The fields and reasons of a paper that speaks for the plan.
pub(crate) fn fields(
    call: &Call,
    loaded: &Loaded,
    paper: &Paper,
    reading: &Reading,
    wrong: Option<&Wrong>,
) -> Result<Markup, Problem> {
    let w = call.words();
    let own = Own { loaded, paper, says: notice::to_case(reading, &call.app.kb) };
    let here = format!("/case/{}/paper/{}", loaded.id, paper.sha256);
    let shown: Vec<(usize, &Field, &str)> = shown(loaded, reading);
    Ok(html! {
        @if shown.is_empty() && reading.reasons.is_empty() { div.note.calm { p { (w.t("reading.nothing")) } } }
        (reasons(call, &own, &here, reading))
        (layout::form(call, loaded, &here, &html! {
            @if !shown.is_empty() {
                h2 { (w.t("reading.values")) }
                @for (i, field, path) in &shown { (one_field(call, &own, *i, field, path, wrong)) }
            }
            div.buttons { button name="act" value="confirm" { (w.t("reading.confirm")) } }
        }))
        (add_a_fact(call, loaded, paper, &shown))
        (had_to_say(call, loaded, reading, &shown)?)
    })
}

/// One paper in its case: what is its own, and what another paper or the person said.
struct Own<'a> {
    loaded: &'a Loaded,
    paper: &'a Paper,
    /// What this paper says, by itself.
    says: facts::Case,
}

impl Own<'_> {
    fn case(&self) -> &facts::Case {
        &self.loaded.state.case
    }

    /// Whether what the case has of a fact is this paper's. What the person told with no paper at hand is shown with the first one.
    fn has(&self, fact: &str) -> bool {
        let from = self.case().origin.iter().find(|o| o.fact == fact).and_then(|o| o.file.as_deref());
        match from {
            Some(file) => file == self.paper.name,
            None => self.is_first() || facts_at::get(self.case(), fact).is_none(),
        }
    }

    fn is_first(&self) -> bool {
        let first = self.loaded.state.papers.iter().find(|p| reader::fills(p.kind.as_deref()));
        first.is_some_and(|p| p.sha256 == self.paper.sha256)
    }

    /// What the page shows of a fact: of a list what this paper adds to it, else the case's value where it is this paper's.
    fn value(&self, fact: &str) -> String {
        if let Some(said) = self.paper.said.get(fact).filter(|_| intake::is_list(fact)) {
            return said.clone();
        }
        let of = if intake::is_list(fact) || !self.has(fact) { &self.says } else { self.case() };
        facts_at::get(of, fact).unwrap_or_default()
    }

    /// The reasons of the case that this paper gives, by their places.
    fn reasons(&self, reading: &Reading) -> Vec<(usize, &facts::Denial)> {
        let quoted = |d: &facts::Denial| reading.reasons.iter().any(|r| Some(&r.quote) == d.quote.as_ref());
        let all = self.case().denials.iter().enumerate();
        all.filter(|(n, d)| quoted(d) || self.has(&format!("denial.{n}.reason"))).collect()
    }
}

/// Why the plan said no, by this paper: each reason can be changed or taken out, and another one added. What stands in another
/// paper is on that one's page.
fn reasons(call: &Call, own: &Own<'_>, here: &str, reading: &Reading) -> Markup {
    let (w, loaded) = (call.words(), own.loaded);
    let all: Vec<_> = w.section("reason").into_iter().map(|(id, name)| (id.to_string(), name.to_string())).collect();
    let denials = own.reasons(reading);
    let of_others = reading.reasons.iter().enumerate();
    let of_others: Vec<_> =
        of_others.filter(|(_, r)| !denials.iter().any(|(_, d)| d.reason.as_ref() == Some(&r.reason))).collect();
    let mark = |quote: &str| reading.reasons.iter().position(|r| r.quote == quote);
    html! {
        h2 #reasons { (w.t("reading.reasons")) }
        @if denials.is_empty() && of_others.is_empty() { p.soft { (w.t("reading.no_reason")) } }
        @for (i, reason) in of_others {
            p { strong { (w.of("reason", &reason.reason)) } }
            blockquote { a href=(format!("#r{i}")) { "“" (reason.quote) "”" } div.quote-from { (w.t("reading.reason_elsewhere")) } }
        }
        @for (at, (n, denial)) in denials.iter().enumerate() {
            @let reason = denial.reason.as_deref().unwrap_or("other");
            p { strong { (w.of("reason", reason)) } }
            // The same sentence may give two reasons; it is shown once, below the last of them.
            @if let Some(quote) = denial.quote.as_deref().filter(|q| denials.get(at + 1).is_none_or(|(_, d)| d.quote.as_deref() != Some(*q))) {
                blockquote { @match mark(quote) { Some(i) => a href=(format!("#r{i}")) { "“" (quote) "”" }, None => { "“" (quote) "”" } } }
            }
            details {
                summary { (w.t("reading.reason_change")) span.off { ": " (w.of("reason", reason)) } }
                (layout::form(call, loaded, here, &html! {
                    input type="hidden" name="at" value=(n);
                    (reason_fields(call, &format!("-{n}"), &all, reason, denial.quote.as_deref().unwrap_or_default()))
                    div.buttons {
                        button.quiet name="act" value="reason_set" { (w.t("act.save")) }
                        button.danger.mini name="act" value="reason_remove" { (w.t("reading.reason_remove")) }
                    }
                }))
            }
        }
        details open[denials.is_empty()] {
            summary { (w.t("reading.reason_add")) }
            (layout::form(call, loaded, here, &html! {
                (reason_fields(call, "-new", &all, "other", ""))
                div.buttons { button.quiet name="act" value="reason_add" { (w.t("act.add")) } }
            }))
        }
    }
}

fn reason_fields(call: &Call, end: &str, all: &[(String, String)], reason: &str, quote: &str) -> Markup {
    let w = call.words();
    let (select, words) = (format!("reason{end}"), format!("words{end}"));
    html! {
        div.field {
            label for=(select) { (w.t("reading.reason")) }
            select id=(select) name="reason" { @for (id, name) in all { option value=(id) selected[id == reason] { (name) } } }
        }
        div.field {
            label for=(words) { (w.t("reading.reason_words")) }
            textarea id=(words) name="words" rows="3" autocomplete="off" { "\n" (quote) }
        }
    }
}

/// Adds a reason, changes one or takes one out. The person's own entry stays when papers are read again.
pub(crate) fn change_reason(call: &Call, paper: &Paper, act: &str) -> Result<(), Problem> {
    let mut loaded = call.case_to_change()?;
    let known = |r: &&str| call.app.kb.index().values_of(kb::FactKey::DenialReason).iter().any(|v| v == r);
    let at = call.field("at").and_then(|n| n.parse::<usize>().ok());
    let case = &mut loaded.state.case;
    if act == "reason_remove" {
        let at = at.filter(|n| *n < case.denials.len()).ok_or(Problem::Bad("problem.form"))?;
        intake::take_out_denial(case, at);
        call.keep(&loaded, "denial.removed")?;
        return Ok(());
    }
    let reason = call.field("reason").filter(known).ok_or(Problem::Bad("problem.form"))?.to_string();
    let quote = call.field("words").map(str::trim).filter(|q| !q.is_empty()).map(String::from);
    let place = match (act, at) {
        ("reason_set", Some(n)) if n < case.denials.len() => n,
        ("reason_set", _) => return Err(Problem::Bad("problem.form")),
        _ => {
            case.denials.push(facts::Denial::default());
            case.denials.len() - 1
        }
    };
    if let Some(denial) = case.denials.get_mut(place) {
        (denial.reason, denial.quote) = (Some(reason), quote);
    }
    stated_of(case, &format!("denial.{place}.reason"), paper);
    call.keep(&loaded, if act == "reason_set" { "denial.changed" } else { "denial.added" })?;
    Ok(())
}

/// Facts that stand in few letters: the rules ask for them where they count.
const SELDOM: &[&str] = &[
    "claim.care_before",
    "claim.care_after",
    "claim.approved_course_ends",
    "coverage.external_address",
    "coverage.external_fax",
    "coverage.internal_levels",
    "coverage.second_appeal_window_days",
    "coverage.court_window_days",
    "coverage.appeal_decision_days",
    "coverage.second_appeal_decision_days",
];

/// What the letter may say and nothing was read for: each with the question that takes it.
fn add_a_fact(call: &Call, loaded: &Loaded, paper: &Paper, shown: &[(usize, &Field, &str)]) -> Markup {
    let w = call.words();
    let kb = call.spoken();
    // What a letter seldom has is named where the law asks for it, not in a list of everything a case can hold.
    let wanted = |path: &str| {
        let said = facts_at::get(&loaded.state.case, path).is_some();
        said || !SELDOM.contains(&path)
    };
    let open = |path: &&str| {
        let kind = matches!(*path, "coverage.kind" | "coverage.network_type");
        let other = path.starts_with("event.") && facts_at::get(&loaded.state.case, path).is_none();
        let dated = other && matches!(*path, "event.effective_date" | "event.services_end" | "event.notice_dated");
        !kind && !shown.iter().any(|(.., p)| p == path) && (dated || !path.starts_with("event.")) && wanted(path)
    };
    let questions = crate::questions::Questions::get();
    let all: Vec<_> = intake::paths().filter(open).filter_map(|p| Some((p, questions.for_need(p, &kb)?))).collect();
    html! {
        @if !all.is_empty() {
            details #add {
                summary { (w.t("reading.add_fact")) }
                p.soft { (w.t("reading.add_fact_text")) }
                ul { @for (path, question) in &all {
                    li {
                        a href=(format!("/case/{}/question/{}?back={}", loaded.id, question.id, paper.sha256)) { (fact_name(w, path)) }
                        @if let Some(value) = facts_at::get(&loaded.state.case, path) { ": " (value) }
                    }
                } }
            }
        }
    }
}

/// The fields whose fact the case keeps, one per fact.
fn shown<'r>(loaded: &Loaded, reading: &'r Reading) -> Vec<(usize, &'r Field, &'static str)> {
    let mut seen = Vec::new();
    let mut all = Vec::new();
    for (i, field) in reading.fields.iter().enumerate() {
        // "Self-funded" is a word of the letter, not a kind of coverage: the question about that stays open.
        // What the person answered does not come from those words either.
        let read = |p: &str| loaded.state.case.origin.iter().any(|o| o.fact == p && o.kind != OriginKind::Stated);
        let known = |p: &&str| *p != "coverage.kind" || read(p);
        if field.name == "amount.billed" && reading.get("amount.denied").is_some() {
            continue;
        }
        if let Some(path) = intake::fact_of(&field.name, reading).filter(|p| !seen.contains(p)).filter(known) {
            seen.push(path);
            all.push((i, field, path));
        }
    }
    all
}

fn one_field(call: &Call, own: &Own<'_>, index: usize, field: &Field, path: &str, wrong: Option<&Wrong>) -> Markup {
    let w = call.words();
    let value = own.value(path);
    let value_as_read = value.clone();
    let (kind, value) = match path {
        "claim.amount_cents" => {
            ("text", value.parse().map_or(String::new(), |c: i64| format!("{}.{:02}", c / 100, c % 100)))
        }
        "event.notice_dated" | "event.final_notice_dated" | "claim.date_of_service" | "patient.date_of_birth" => {
            ("date", value)
        }
        _ => ("text", value),
    };
    // Nothing that was typed is lost when one field does not fit.
    let value = wrong.and_then(|_| call.field(path)).map_or(value, str::to_string);
    let wrong = wrong.filter(|(of, _)| of == path).map(|(_, key)| w.t(key));
    let (hint_id, wrong_id) = (format!("{path}-hint"), format!("{path}-wrong"));
    let described = if wrong.is_some() { format!("{wrong_id} {hint_id}") } else { hint_id.clone() };
    html! {
        div.field {
            label for=(path) { (fact_name(w, path)) }
            span.hint id=(hint_id) {
                // The words are repeated only where the value is not simply those words.
                @if field.quote == value_as_read { a href=(format!("#f{index}")) { (w.f("reading.on_page", &[("n", &field.page.to_string())])) } }
                @else { a href=(format!("#f{index}")) { "“" (field.quote) "”" } ", " (w.f("reading.on_page", &[("n", &field.page.to_string())])) }
                @if field.certainty == Certainty::Inferred { ". " (w.t("reading.inferred")) }
            }
            @if let Some(wrong) = wrong { p.wrong id=(wrong_id) role="alert" { (wrong) } }
            @if path == "coverage.kind" {
                p { (w.of("coverage", &value)) }
            } @else if kind == "text" && (path == "coverage.appeal_address" || value.chars().count() > ONE_LINE) {
                textarea id=(path) name=(path) rows=(rows(&value)) autocomplete="off" aria-describedby=(described) { "\n" (value) }
            } @else {
                input type=(kind) id=(path) name=(path) value=(value) autocomplete="off" aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")] autofocus[wrong.is_some()];
            }
        }
    }
}

/// Letters that fit a field beside the page's picture; a longer value gets room to be read whole.
const ONE_LINE: usize = 34;

/// The rows that a value takes.
fn rows(value: &str) -> usize {
    value.lines().map(|line| line.chars().count().div_ceil(ONE_LINE).max(1)).sum::<usize>().max(2)
}

/// What the law asks of such a letter, and what was found; without a known coverage, what was not found at all.
fn had_to_say(
    call: &Call,
    loaded: &Loaded,
    reading: &Reading,
    shown: &[(usize, &Field, &str)],
) -> Result<Markup, Problem> {
    let w = call.words();
    // What the same page shows as read under another name is not missing; a flag of a program is nothing that a letter says.
    let lacks = |name: &&String| {
        let there = intake::fact_of(name, reading).is_some_and(|fact| shown.iter().any(|(.., path)| *path == fact));
        !there && !name.ends_with(".flag")
    };
    let lacking: Vec<&String> = reading.not_found.iter().filter(lacks).collect();
    Ok(match rights::audit(&loaded.state.case, &call.kb()?, Some(reading), call.app.today()) {
        Some(audit) => audited(call, loaded, &audit),
        None => html! {
            @if !lacking.is_empty() {
                details {
                    summary { (w.t("reading.not_found")) }
                    p.soft { (w.t("reading.not_found_text")) }
                    ul { @for name in lacking { li { (w.of("field", &name.replace('.', "_"))) } } }
                }
            }
        },
    })
}

fn audited(call: &Call, loaded: &Loaded, audit: &rights::NoticeAudit) -> Markup {
    let w = call.words();
    let absent = audit.items.iter().any(|i| i.state == "not_found");
    html! {
        details #must open[call.asked("must").is_some()] {
            summary { (w.t("reading.must_title")) }
            p.soft { (w.t("reading.must_text")) }
            ul.list {
                @for item in &audit.items {
                    li {
                        div.row {
                            span.grow { (item.title) }
                            @match item.state.as_str() {
                                "found" => span.tag { (w.t("audit.found")) },
                                "not_found" => span.tag.warn { (w.t("audit.not_found")) },
                                _ => span.tag.plain { (w.t("audit.look")) },
                            }
                        }
                        div.soft.small { (item.authority.cite) }
                    }
                }
            }
            @if absent { p { a href=(format!("/case/{}/letter/claim_file_request", loaded.id)) { (w.t("reading.must_ask")) } } }
        }
    }
}

/// Writes down that the person said it of a paper.
fn stated_of(case: &mut facts::Case, fact: &str, paper: &Paper) {
    facts_at::set_origin(case, fact, OriginKind::Stated);
    if let Some(origin) = case.origin.iter_mut().find(|o| o.fact == fact) {
        origin.file = Some(paper.name.clone());
    }
}

/// Keeps what the person corrected on the page of a paper: with the paper, and in the case where the fact is this paper's. The
/// value of another paper stays as it is. Gives the field that does not fit.
fn correct(call: &Call, loaded: &mut Loaded, paper: &mut Paper, reading: &Reading) -> Option<Wrong> {
    let typed: Vec<(&String, &String)> =
        call.form.iter().filter(|(n, _)| n.contains('.')).map(|(n, v)| (n, v)).collect();
    for (path, value) in typed {
        let wrong = |key| Some((path.clone(), key));
        let value = match path == "claim.amount_cents" {
            true => match as_cents(value) {
                Ok(cents) => cents,
                Err(_) => return wrong("problem.amount"),
            },
            false => value.trim().to_string(),
        };
        let own = Own { loaded, paper, says: notice::to_case(reading, &call.app.kb) };
        let (was, has) = (own.value(path), own.has(path));
        if was == value {
            continue;
        }
        let ahead = |day| dates::is_still_ahead(&call.app.kb, path, day, call.app.today());
        if value.parse().is_ok_and(ahead) {
            return wrong("problem.ahead");
        }
        let case = &loaded.state.case;
        let listed = intake::is_list(path).then(|| intake::list_with(case, path, &was, &value));
        let new = listed.or_else(|| has.then(|| facts_at::set(case, path, &value)));
        match new {
            Some(Some(changed)) => {
                loaded.state.case = changed;
                stated_of(&mut loaded.state.case, path, paper);
            }
            Some(None) => return wrong("problem.value"),
            None => {}
        }
        paper.said.insert(path.clone(), value);
    }
    None
}

/// The person has looked: their corrections are kept, the rest counts as confirmed.
pub(crate) fn confirm(call: &Call, paper: &Paper) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let mut paper = paper.clone();
    if let Some(document) = reader::document(call, &loaded.id, &paper.sha256)? {
        let reading = reader::of(call, &loaded.id, &paper, &document)?;
        if let Some(wrong) = correct(call, &mut loaded, &mut paper, &reading) {
            return super::papers::page(call, Some(&wrong));
        }
    }
    for origin in loaded.state.case.origin.iter_mut().filter(|o| o.file.as_deref() == Some(&paper.name)) {
        origin.confirmed = true;
    }
    paper.confirmed = true;
    super::papers::replace(&mut loaded, paper);
    call.keep(&loaded, "paper.confirmed")?;
    let next = loaded.state.papers.iter().find(|p| !p.confirmed && reader::fills(p.kind.as_deref()));
    Ok(Reply::See(match next {
        Some(next) => format!("/case/{}/paper/{}", loaded.id, next.sha256),
        None => format!("/case/{}/questions?next=1", loaded.id),
    }))
}
