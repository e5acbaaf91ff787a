//! The elements about the patient and the treatment.

use super::cues::Cue;
use super::elements::{Found, State, graded};
use super::letter::Letter;
use super::outcome::mentions;
use super::subject::Kind;
use super::tells::Sign;
use super::text::Zone;

/// `records_reviewed`: two kinds of outside records, one of them dated.
pub(super) fn records_reviewed(l: &Letter) -> Found {
    let mut kinds: Vec<String> = Vec::new();
    let mut dated = false;
    let mut best = None;
    let mut inside_list = false;
    for i in l.body() {
        let Some(u) = l.units.get(i) else { continue };
        let section = u.section.starts_with("record")
            || u.section.starts_with("material")
            || u.section.starts_with("document")
            || u.section.starts_with("data")
            || u.section.starts_with("reviewed");
        let reviewed = l.is(i, "records.verb") && !l.is(i, "denial.mentioned_only");
        inside_list = section || reviewed && u.raw.ends_with(':') || inside_list && u.bullet;
        let outside_test = l.plain_is(i, "records.outside_test") || l.tells(i, Sign::Record);
        let dated_record =
            l.plain_is(i, "date.loose") && !l.is(i, "basis.contact") && !l.is(i, "denial.mentioned_only");
        if !(reviewed || section || inside_list || outside_test || dated_record)
            || l.is(i, "records.own_test") && !reviewed
        {
            continue;
        }
        let text = strip_tests_ordered(l, i);
        let mut here: Vec<String> =
            l.rules.all("records.kind", &text).into_iter().filter_map(|(s, e)| text.get(s..e)).map(kind_key).collect();
        if reviewed || section || inside_list || l.tells(i, Sign::Record) {
            here.extend(dated_items(l, &text));
        }
        if here.is_empty() {
            continue;
        }
        best = best.or(Some(i));
        dated |= l.plain_is(i, "date.loose");
        kinds.extend(here);
    }
    kinds.sort();
    kinds.dedup();
    let general = l.body().find(|i| l.is(*i, "records.general") && l.is(*i, "records.verb"));
    let general = general.or_else(|| l.told.clearest(Sign::Record));
    match best {
        Some(i) if kinds.len() >= 2 && dated => (State::Present, Some(i)),
        one => graded(None, one.or(general)),
    }
}

/// Whatever stands with a date of its own among the papers read ("the gene report of March 3"), by its last word.
fn dated_items(l: &Letter, text: &str) -> Vec<String> {
    let items = l.rules.all("records.dated_item", text).into_iter().filter_map(|(s, e)| text.get(s..e));
    items
        .filter_map(|m| m.split(' ').next())
        .filter(|w| !l.rules.is("records.kind", w) && !l.rules.is("records.no_item", w))
        .map(str::to_string)
        .collect()
}

/// The words of a unit without tests that are only wanted.
fn strip_tests_ordered(l: &Letter, i: usize) -> String {
    let text = l.units.get(i).map(|u| u.plain.clone()).unwrap_or_default();
    if l.own_is(i, "workup.hint") && !l.is(i, "records.verb") && !l.plain_is(i, "date.loose") {
        String::new()
    } else {
        text
    }
}

/// Different words for one kind of record count once.
fn kind_key(word: &str) -> String {
    let w = word.trim_end_matches('s');
    for (key, stems) in [
        ("note", &["note", "chart", "file", "record"][..]),
        ("ct", &["ct"]),
        ("mri", &["mri", "resonancia"]),
        ("film", &["x-ray", "radiograph", "film", "radiografia"]),
        ("echo", &["echo"]),
        ("lab", &["lab", "blood"]),
        ("path", &["path", "slide", "biops", "core biopsy", "outside path"]),
    ] {
        if stems.iter().any(|s| w.starts_with(s) || w.ends_with(s)) {
            return key.to_string();
        }
    }
    w.to_string()
}

/// `diagnosis`: a specific diagnosis of the writer's own, with objective support.
pub(super) fn diagnosis(l: &Letter) -> Found {
    let says = |i: &usize| l.own_is(*i, "diagnosis.statement") || l.own_is(*i, "diagnosis.rejected");
    let matches_case = |i: &usize| {
        let words = super::subject::content(&l.units[*i].plain, l.rules);
        !l.subject.diagnosis.is_empty() && l.subject.diagnosis.iter().any(|d| words.contains(d))
    };
    let specific = |i: &usize| matches_case(i) || l.plain_is(*i, "diagnosis.disease");
    // Any own sentence that names a disease states it, unless it retells or only fears one.
    let names = |i: &usize| {
        specific(i)
            && l.own_words(*i).is_some()
            && !l.plain_is(*i, "diagnosis.by_others")
            && !l.is(*i, "denial.mentioned_only")
            && !l.own_is(*i, "harm.concrete")
            && !l.units[*i].section.starts_with("hist")
    };
    let stated: Vec<usize> = l.body().filter(|i| says(i) && specific(i) || names(i)).collect();
    let announced =
        stated.iter().copied().find(|i| l.plain_is(*i, "diagnosis.announced") || l.own_is(*i, "diagnosis.rejected"));
    let stated_one = announced
        .or_else(|| stated.iter().copied().find(|i| !l.plain_is(*i, "diagnosis.by_others")))
        .or(stated.first().copied());
    let stated_one = stated_one.or_else(|| l.told.clearest(Sign::Diagnosis));
    let support = l.telling(Sign::Objective, |i| l.plain_is(*i, "diagnosis.support"));
    let named = l
        .anywhere()
        .find(|i| l.units[*i].zone == Zone::Body && (matches_case(i) || l.plain_is(*i, "diagnosis.disease")));
    let rejected = l.own("diagnosis.rejected");
    let provisional = l.body().find(|i| {
        l.own_is(*i, "diagnosis.provisional")
            && (says(i)
                || matches_case(i)
                || l.is(*i, "diagnosis.unsettled")
                || l.units[*i].section.starts_with("assess")
                || l.units[*i].section.starts_with("impress"))
            && !l.is(*i, "harm.concrete")
    });
    if let (Some(p), None) = (provisional, rejected) {
        return (State::Partial, Some(p));
    }
    match (stated_one, support) {
        (Some(s), Some(_)) => (State::Present, Some(s)),
        (one, _) => graded(None, one.or(named)),
    }
}

/// `question_and_answer`: the question stated and answered in direct words.
pub(super) fn question_and_answer(l: &Letter) -> Found {
    let question = l.anywhere().find(|i| {
        let zone = l.units[*i].zone;
        let stated = l.is(*i, "question.stated");
        stated
            && (zone != Zone::Letterhead || l.is(*i, "question.in_head"))
            && !l.is(*i, "question.not_about")
            && (mentions(&l.units[*i].text) || !l.is(*i, "question.needs_service"))
    });
    let question = question.or_else(|| l.told.clearest(Sign::Question));
    let answered = l.stance.outcome != "unclear" && l.stance.unit.is_some();
    let direct = answered && direct(l);
    match (question, direct) {
        (Some(_), true) => (State::Present, l.stance.unit),
        (Some(q), false) if answered => (State::Partial, Some(q)),
        (Some(q), false) => (if l.is(q, "question.plain") { State::Partial } else { State::Missing }, Some(q)),
        (None, _) => graded(None, l.stance.unit.filter(|_| answered)),
    }
}

/// Whether the position is said in direct words: by the rules, or by a sentence that tells the answer.
fn direct(l: &Letter) -> bool {
    l.stance.direct || l.told.clearest(Sign::Answer).is_some()
}

/// `treatment_concurrence`: a position on the service, which is named and pinned down by a detail.
pub(super) fn treatment_concurrence(l: &Letter) -> Found {
    if l.stance.outcome == "unclear" || l.stance.unit.is_none() {
        return (State::Missing, None);
    }
    let named = l.anywhere().any(|i| {
        l.units[i].text.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w == "SVC") || mentions(&l.units[i].text)
    });
    let detail = l.anywhere().any(|i| {
        let u = &l.units[i];
        let position = Some(i) == l.stance.unit && l.stance.favourable() || l.tells(i, Sign::Answer);
        (position || u.zone == Zone::Reference || mentions(&u.text)) && l.plain_is(i, "concurrence.detail")
    });
    let indirect = !direct(l);
    match (named && detail, indirect) {
        (true, false) => (State::Present, l.stance.unit),
        _ => (State::Partial, l.stance.unit),
    }
}

/// `alternatives_and_history`: earlier treatment with its result, and an alternative weighed with a reason.
pub(super) fn alternatives_and_history(l: &Letter) -> Found {
    let went = |i: &usize| tried(l, *i) && [*i, i + 1].iter().any(|k| resulted(l, *k));
    let history = l.telling(Sign::History, |i| went(i) || l.marked(*i, "history.tried") || failed(l, *i));
    let weighed = l.body().filter(|i| !l.told.denies(*i, Sign::Alternative)).find(|i| {
        let says = l.own_is(*i, "alternatives.weighed") || l.own_marked(*i, "alternatives.weighed");
        says && !l.is(*i, "harm.only") && !l.own_is(*i, "independence.denial")
    });
    let by_cue = || l.body().find(|i| Some(*i) != history && weighs(l, *i) && !l.told.denies(*i, Sign::Alternative));
    let by_words = || l.told.clearest(Sign::Alternative);
    match (history, weighed.or_else(by_cue).or_else(|| named_then_reason(l)).or_else(by_words)) {
        (Some(_), Some(w)) => (State::Present, Some(w)),
        (one, other) => graded(None, one.or(other)),
    }
}

/// Whether a unit tells of an earlier treatment; for a test, of earlier work-up.
fn tried(l: &Letter, i: usize) -> bool {
    if l.is(i, "history.not_treatment") || l.is(i, "denial.mentioned_only") {
        return false;
    }
    let past = l.cue(i, Cue::Done) || l.cue(i, Cue::Time) || l.plain_is(i, "date.loose") || l.cue(i, Cue::Fails);
    let work_up = l.subject.kind == Kind::Test && l.cue(i, Cue::Test) && l.cue(i, Cue::Result);
    l.plain_is(i, "history.tried") || l.cue(i, Cue::Milder) && past && !l.cue(i, Cue::Want) || work_up
}

/// Whether a unit tells of an earlier treatment that did not do: "four months of ointment, half the plaques flattened".
fn failed(l: &Letter, i: usize) -> bool {
    let told = l.cue(i, Cue::Fails) || l.cue(i, Cue::Done) || l.plain_is(i, "history.result");
    l.cue(i, Cue::Milder) && told && !l.cue(i, Cue::Want) && !l.cue(i, Cue::First) && !l.is(i, "denial.mentioned_only")
}

/// Whether a body unit tells how it went.
fn resulted(l: &Letter, i: usize) -> bool {
    l.units.get(i).is_some_and(|u| u.zone == Zone::Body) && l.plain_is(i, "history.result")
}

/// Whether another treatment is set against a reason in the writer's own words.
fn weighs(l: &Letter, i: usize) -> bool {
    let own = l.own_words(i).is_some();
    let option = l.cue(i, Cue::Milder) || l.cue(i, Cue::Alt);
    let judged = l.own_is(i, "alternatives.judged")
        || l.cue(i, Cue::Bad)
        || l.cue(i, Cue::Equal)
        || l.cue(i, Cue::Edge) && (l.cue(i, Cue::Not) || l.cue(i, Cue::Works));
    own && option && judged && !l.is(i, "denial.mentioned_only")
}

/// An option that is named, and the reason in the sentence after it.
fn named_then_reason(l: &Letter) -> Option<usize> {
    l.body().find(|i| {
        let same = l.units.get(i + 1).is_some_and(|n| n.block == l.units[*i].block);
        l.own_is(*i, "alternatives.named") && same && l.own_is(i + 1, "alternatives.reason")
    })
}

/// `standard_of_care`: said in so many words, with a named guideline or society.
pub(super) fn standard_of_care(l: &Letter) -> Found {
    let said: Vec<usize> = l.body().filter(|i| l.own_is(*i, "standard.said") || l.tells(*i, Sign::Standard)).collect();
    // The plan's own guideline and a law are no standard of medicine.
    let other = |i: usize| l.is(i, "standard.law") || names_the_policy(l, i);
    let named = |i: &usize| (l.raw_is(*i, "raw.guideline_named") || l.tells(*i, Sign::Guideline)) && !other(*i);
    let backed = || l.body().find(|i| named(i) && l.own_marked(*i, "standard.word"));
    let whole = said.iter().copied().find(named).or_else(backed);
    let source = || l.body().find(|i| named(i) && l.own_is(*i, "standard.source"));
    graded(whole.or_else(source), said.first().copied())
}

/// Whether a sentence names the policy on which the plan relies: a word of its name with a number ("BH-12").
fn names_the_policy(l: &Letter, i: usize) -> bool {
    let plain = &l.units[i].plain;
    let word = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_string();
    let number = |w: &String| w.chars().any(char::is_alphabetic) && w.chars().any(|c| c.is_ascii_digit());
    let policies = l.case.denials.iter().filter_map(|d| d.policy.as_deref()).map(super::text::fold);
    let codes: Vec<String> = policies.flat_map(|p| p.split(' ').map(word).filter(number).collect::<Vec<_>>()).collect();
    plain.split(' ').map(word).any(|w| codes.contains(&w))
}

/// `literature`: a study that can be found from the letter.
pub(super) fn literature(l: &Letter) -> Found {
    let about_papers = |i: usize| l.is(i, "basis.contact") || l.is(i, "records.verb");
    let cited = |i: usize| l.raw_is(i, "raw.study_cited");
    let named = |i: usize| l.raw_is(i, "raw.study_named") && !l.raw_is(i, "raw.guideline_only") && !about_papers(i);
    let study = l.body().find(|i| cited(*i) || named(*i));
    graded(study, l.body().find(|i| l.is(*i, "literature.general")))
}

/// `regulatory_status`: FDA, CLIA or compendium status for this use; only for experimental or off-label denials.
pub(super) fn regulatory_status(l: &Letter) -> Found {
    if !l.reasons().iter().any(|r| l.rules.listed("regulatory_reasons", r)) {
        return (State::NotApplicable, None);
    }
    let full = l.body().find(|i| l.own_is(*i, "regulatory.status") && l.own_is(*i, "regulatory.authority"));
    graded(full, l.body().find(|i| l.own_is(*i, "regulatory.authority")))
}

/// `harm_of_delay`: what happens to this patient if it is late or refused.
pub(super) fn harm_of_delay(l: &Letter) -> Found {
    let safe = l.own("wait.safe");
    let threats: Vec<usize> = l
        .body()
        .filter(|i| threatens(l, *i) && !l.own_is(*i, "history.past_only") && !l.told.denies(*i, Sign::Harm))
        .collect();
    // A sentence on what waiting does carries it best; what else is told of the course stands in.
    let waits = threats.iter().copied().find(|i| l.own_is(*i, "harm.delay_word"));
    let told = l.told.clearest(Sign::Harm);
    let concrete = waits.or(threats.first().copied()).or(told);
    if safe.is_some()
        || !l.stance.favourable()
            && l.stance.outcome != "unclear"
            && told.is_none()
            && concrete.is_some_and(|i| !l.own_is(i, "harm.delay_word") && !l.own_marked(i, "harm.concrete"))
    {
        return (State::Missing, None);
    }
    let urgent = || l.body().find(|i| l.own_marked(*i, "harm.urgent"));
    graded(concrete, l.own("harm.urgent").or_else(urgent))
}

/// Whether a sentence says what waiting or refusal would do, in itself or under a heading or question about delay.
fn threatens(l: &Letter, i: usize) -> bool {
    let announced = || under_heading(l, i, "heading.delay") && l.own_marked(i, "harm.event");
    l.own_is(i, "harm.concrete") || l.own_marked(i, "harm.concrete") || announced()
}

/// Whether the nearest short line above a unit (a heading or a question, at most four back) carries a mark.
fn under_heading(l: &Letter, i: usize, mark: &str) -> bool {
    let heading = |k: &usize| {
        l.units.get(*k).is_some_and(|u| u.plain.split(' ').count() <= 6 && (*k + 1 == i || !u.plain.ends_with('.')))
    };
    (i.saturating_sub(4)..i).rev().find(heading).is_some_and(|k| l.marked(k, mark))
}
