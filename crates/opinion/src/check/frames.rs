//! The second reading: sentence frames, whole constructions written as patterns in `kb/opinions/check/outcomes.toml`.
//!
//! It knows fewer words than [`super::reading`] and more of how sentences are built; [`super::outcome`] weighs both.

use super::decide::Decision;
use super::outcome::{Pole, first_words, mentions, other_amount};
use super::rules::Rules;
use super::subject::Subject;
use super::text::{Unit, Zone};
use super::voice::{own_clauses, own_text};

/// A pole found in a unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) unit: usize,
    pub(super) pole: Pole,
    /// Names the service or a general word for it, in a clause that is not a concession.
    pub(super) named: bool,
}

/// Reads all poles and decides.
pub(super) fn read(units: &[Unit], subject: &Subject, rules: &Rules) -> (Decision, Vec<Event>) {
    let mut events = Vec::new();
    let mut question: Option<bool> = None;
    let mut speaker_third = false;
    for (i, u) in units.iter().enumerate() {
        if u.zone != Zone::Body || u.placeholder {
            continue;
        }
        let own = own_clauses(u, rules);
        // "He goes on to say that …" keeps the voice of the sentence before.
        if rules.is("voice.continued", &u.text) && speaker_third {
            continue;
        }
        speaker_third = own.is_empty();
        if own.is_empty() {
            continue;
        }
        let asks = u.plain.ends_with('?');
        if own.iter().any(|c| rules.is("position.differs", c)) && differs_from_doctor(units, i) {
            events.push(Event { unit: i, pole: Pole::Against, named: true });
        }
        let before =
            i.checked_sub(1).and_then(|k| units.get(k)).filter(|b| matches!(b.zone, Zone::Body | Zone::Reference));
        let scene = Scene {
            sentence: &u.text,
            before: before.map_or("", |b| b.text.as_str()),
            both_sides: subject.side == Some("both")
                || subject.quantities.iter().any(|q| q.unit == "level" && q.number > 1.0),
            one_level: subject.one_level(),
        };
        read_unit(i, u, &own, &scene, rules, question, asks, &mut events);
        if asks || rules.is("question.whether", &u.text) {
            question = if rules.is("question.negative", &u.text) {
                Some(false)
            } else {
                rules.is("question.positive", &u.text).then_some(true)
            };
        } else if !own.is_empty() && u.plain.split(' ').count() > 6 {
            question = None;
        }
    }
    decide(units, events, subject, rules)
}

/// What stands around a clause.
struct Scene<'a> {
    sentence: &'a str,
    before: &'a str,
    /// The service is asked for on both sides or at several levels, so that "not the left" is a change and no refusal.
    both_sides: bool,
    /// The service is asked for at one level, so that "single-level" repeats the request and changes nothing.
    one_level: bool,
}

/// Whether the view told just before is the treating physician's ("Dr. X would operate. I see it differently.").
fn differs_from_doctor(units: &[Unit], i: usize) -> bool {
    let near = units.get(i.saturating_sub(1)..=i).unwrap_or_default();
    let has = |w: &str| near.iter().any(|u| u.text.split(|c: char| !c.is_ascii_alphabetic()).any(|x| x == w));
    has("DOC") || has("DOCYOU") && !has("PLAN")
}

#[allow(clippy::too_many_arguments)]
fn read_unit(
    i: usize,
    u: &Unit,
    own: &[String],
    scene: &Scene,
    rules: &Rules,
    question: Option<bool>,
    asks: bool,
    events: &mut Vec<Event>,
) {
    let mut push = |pole, named| {
        if !events.iter().any(|e: &Event| e.unit == i && e.pole == pole && e.named == named) {
            events.push(Event { unit: i, pole, named });
        }
    };
    for clause in own {
        let clause = clause.trim_start_matches([',', ';', ':', '.', ')', '-', ' ']);
        if asks && !clause.ends_with('?') && clause.contains('?') {
            continue;
        }
        if !asks {
            for (pole, named) in positions(clause.trim_start_matches([',', ';', ':', '.', ')', '-', ' ']), scene, rules)
            {
                push(pole, named);
            }
        }
        if question == Some(true) || u.plain.contains('?') {
            if rules.is("answer.yes", clause) {
                push(Pole::For, true);
            } else if rules.is("answer.no", clause) && !asks {
                push(Pole::Against, true);
            }
        } else if question == Some(false) && !asks && rules.is("answer.no", clause)
            || rules.is("answer.yes_outright", clause)
        {
            push(Pole::For, true);
        } else if rules.is("answer.no_outright", clause) {
            push(Pole::Against, true);
        }
    }
    if asks {
        return;
    }
    let text = own_text(u, rules);
    let named = mentions(&text);
    let routine = rules.is("routine", &text);
    let done = rules.is("conservative.done", &text);
    if rules.is("workup.condition", &text) && !routine {
        push(Pole::Tests, named || rules.is("voice.own", &text));
    }
    if rules.is("workup.hint", &text) && !routine {
        push(Pole::TestHint, named);
    }
    let course = rules
        .find("conservative.other_course", &text)
        .is_some_and(|(s, e)| !mentions(text.get(s..e).unwrap_or_default()));
    if (rules.is("conservative.first", &text) || course) && (!done || rules.is("revisit", &text)) {
        push(Pole::Milder, named);
    }
    if rules.is("conservative.notyet", &text) {
        push(Pole::NotYet, named);
    }
    if rules.is("conservative.lacking", &text) {
        push(Pole::Lacking, named);
    }
    if rules.is("revisit", &text) {
        push(Pole::Later, named);
    }
    let as_asked = scene.one_level.then(|| rules.without("change.one_level", &text));
    if rules.is("change.wanted", as_asked.as_deref().unwrap_or(&text)) {
        push(Pole::Change, named);
    }
    if rules.is("decline", &text) {
        push(Pole::Declined, named);
    }
    if rules.is("both_ways", &text) {
        push(Pole::BothWays, named);
    }
    if rules.is("adverse.fact", &text) {
        push(Pole::Fact, named);
    }
}

/// What a predicate is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Service,
    Loose,
    Bare,
    Refused,
    Plan,
    Diagnosis,
    Milder,
    Other,
}

fn positions(clause: &str, scene: &Scene, rules: &Rules) -> Vec<(Pole, bool)> {
    let conditional = rules.is("position.conditional", scene.sentence);
    let part = scene.both_sides && rules.is("change.part", scene.sentence);
    let turn = |(pole, named): (Pole, bool)| match pole {
        Pole::For | Pole::WeaklyFor if conditional => (Pole::IfFor, named),
        Pole::Against if part => (Pole::Change, named),
        _ => (pole, named),
    };
    raw_positions(clause, scene, rules).into_iter().map(turn).collect()
}

fn raw_positions(clause: &str, scene: &Scene, rules: &Rules) -> Vec<(Pole, bool)> {
    let sentence = scene.sentence;
    let masked = mask(clause, rules);
    let mut out = Vec::new();
    let concession = rules.is("concession.lead", clause);
    let insurer_right = rules.is("position.insurer_right", clause);
    if insurer_right && !concession {
        out.push((Pole::InsurerRight, mentions(clause)));
    }
    if rules.is("position.insurer_wrong", clause) {
        out.push((Pole::InsurerWrong, mentions(clause)));
    }
    // What stands in an embedded question ("whether I would support it") is no position.
    let asked = rules.find("question.embedded", clause).map_or(usize::MAX, |m| m.0);
    // "Dilation is another option, but I advised against it": "it" is the option.
    let elsewhere = !mentions(sentence) && rules.is("target.alternative_sentence", sentence);
    // "I would send that" needs something nearby that "that" can stand for.
    let anchored = [sentence, scene.before].iter().any(|t| mentions(t) || rules.is("target.anchor", t));
    // "I disagree." after the insurer's view is told.
    let after_insurer = rules.is("target.insurer_near", scene.before) && !rules.is("target.doctor_near", scene.before);
    if rules.is("position.plain_for", clause) {
        out.push((Pole::For, !concession));
    }
    if rules.is("position.plain_against", clause) {
        out.push((Pole::Against, !concession));
    }
    let double = rules.find("position.double_negative", clause);
    if let Some((_, e)) = double {
        let after = clause.get(e..).unwrap_or_default();
        let target = target(after, rules);
        if target == Target::Plan || insurer_right {
            out.push((Pole::InsurerRight, mentions(clause)));
        } else if target != Target::Diagnosis {
            out.push((Pole::WeaklyFor, mentions(clause)));
        }
    }
    for (s, e) in rules.all("position.for", &masked).into_iter().filter(|m| m.0 < asked) {
        let after = clause.get(e..).unwrap_or_default();
        let negative = odd_negators(&masked, s, e, true, rules) ^ turned_after(after, rules);
        let waits = rules.is("polarity.until", last_words(masked.get(..s).unwrap_or_default(), 3));
        let target = target(after, rules);
        let agrees = rules.is("position.agrees", clause.get(s..e).unwrap_or_default());
        if waits {
            out.push((Pole::NotYet, mentions(clause)));
            continue;
        }
        if agrees && target == Target::Bare && after_insurer {
            out.push((if negative { Pole::InsurerWrong } else { Pole::InsurerRight }, mentions(clause)));
            continue;
        }
        if target == Target::Loose && !anchored {
            out.push((if negative { Pole::Against } else { Pole::Other }, false));
            continue;
        }
        if target == Target::Refused && rules.is("target.later", first_words(after, 16)) {
            out.push((Pole::Milder, true));
            continue;
        }
        let pole = match (target, negative) {
            (Target::Plan, _) => continue,
            (Target::Diagnosis, _) => continue,
            (Target::Service | Target::Loose | Target::Bare, false) => Pole::For,
            (Target::Service | Target::Loose | Target::Bare, true) => Pole::Against,
            (Target::Refused, false) => Pole::Against,
            (Target::Refused, true) => Pole::For,
            (Target::Milder | Target::Other, false) => Pole::Other,
            (Target::Milder | Target::Other, true) => continue,
        };
        if double.is_none() {
            // "I would not do it" is as plain a no as one that names the service.
            out.push((pole, !concession && (mentions(clause) || pole == Pole::Against)));
        }
    }
    for (s, e) in rules.all("position.needs", &masked).into_iter().filter(|m| m.0 < asked) {
        let after = clause.get(e.saturating_sub(4).max(s)..).unwrap_or_default();
        let negative =
            odd_negators(&masked, s, e, true, rules) ^ turned_after(clause.get(e..).unwrap_or_default(), rules);
        match (target(after, rules), negative) {
            (Target::Service, n) | (Target::Loose, n) => {
                out.push((if n { Pole::Against } else { Pole::For }, !concession && mentions(clause)))
            }
            (Target::Refused, false) => out.push((Pole::Against, !concession)),
            (Target::Milder, false) => out.push((Pole::Other, false)),
            _ => {}
        }
    }
    for (s, e) in rules.all("position.quality", &masked).into_iter().filter(|m| m.0 < asked) {
        if let Some(pole) = quality(clause, &masked, s, e, true, rules)
            && double.is_none()
        {
            out.push((pole, !concession && mentions(clause)));
        }
    }
    if double.is_none() {
        for (s, e) in rules.all("position.against", &masked).into_iter().filter(|m| m.0 < asked) {
            let after = clause.get(e..).unwrap_or_default();
            let flip = odd_negators(&masked, s, e, false, rules);
            match target(after, rules) {
                Target::Plan => out.push((Pole::InsurerWrong, mentions(clause))),
                Target::Bare if after_insurer && rules.is("position.disagrees", clause) => {
                    out.push((Pole::InsurerWrong, mentions(clause)))
                }
                // A doubt about the diagnosis is a reason to look further.
                Target::Diagnosis => out.push((Pole::TestHint, false)),
                Target::Milder => {}
                Target::Loose | Target::Bare if elsewhere => {}
                _ if flip => out.push((Pole::WeaklyFor, mentions(clause))),
                _ => out.push((Pole::Against, !concession)),
            }
        }
        for (s, e) in rules.all("position.unfit", &masked).into_iter().filter(|m| m.0 < asked) {
            if let Some(pole) = quality(clause, &masked, s, e, false, rules) {
                out.push((pole, !concession && mentions(clause)));
            }
        }
    }
    out
}

/// The pole of a predicate that says how good the service is: its subject stands before it, its object after.
fn quality(clause: &str, masked: &str, s: usize, e: usize, good: bool, rules: &Rules) -> Option<Pole> {
    let before = last_words(clause.get(..s).unwrap_or_default(), 12);
    let within = clause.get(s..e).unwrap_or_default();
    let after = first_words(clause.get(e..).unwrap_or_default(), 10);
    let near = last_words(before, 4);
    if rules.is("target.insurer_word", near) {
        let negative = odd_negators(masked, s, e, good, rules);
        return Some(if good ^ negative { Pole::InsurerRight } else { Pole::InsurerWrong });
    }
    let subject_named = mentions(before) || mentions(within) || rules.is("target.request", before);
    let other_subject = rules.is("target.alternative", before) && !mentions(last_words(before, 5))
        || rules.is("target.more_of", before);
    let about = if subject_named && !other_subject {
        true
    } else if other_subject {
        false
    } else {
        mentions(after) && !rules.is("target.refused", after)
            || rules.is("target.pronoun", before) && !rules.is("target.milder", after)
    };
    if !about {
        return None;
    }
    let refused = mentions(after) && rules.is("target.refused", after) && !subject_named;
    let negative = odd_negators(masked, s, e, good, rules) ^ refused;
    Some(match (good, negative) {
        (true, false) => Pole::For,
        (false, false) | (true, true) => Pole::Against,
        (false, true) => Pole::WeaklyFor,
    })
}

fn target(after: &str, rules: &Rules) -> Target {
    let after = first_words(after.trim_start_matches([',', ';', ':', ' ']), 16);
    if rules.is("target.plan", after) {
        return Target::Plan;
    }
    if rules.is("target.diagnosis", after) && !mentions(first_words(after, 8)) {
        return Target::Diagnosis;
    }
    if rules.is("target.refused", after) {
        return Target::Refused;
    }
    if rules.is("target.direct_pronoun", after) {
        return Target::Loose;
    }
    let service = after.find("SVC").or_else(|| after.find("GEN"));
    let milder = rules.find("target.milder", after).map(|m| m.0);
    match (service, milder) {
        (Some(s), Some(m)) if m < s => Target::Milder,
        (Some(_), _) => Target::Service,
        // "put him through another operation": the pronoun is not the object.
        (None, _) if rules.is("target.person_then_more", after) => Target::Other,
        (None, _) if rules.is("target.loose", after) && !milder.is_some_and(|m| m < 12) => Target::Loose,
        (None, Some(_)) => Target::Milder,
        (None, None) if after.trim_matches(|c: char| !c.is_ascii_alphanumeric()).is_empty() => Target::Bare,
        _ => Target::Other,
    }
}

/// "recommend that she not have it", "recommend against".
fn turned_after(after: &str, rules: &Rules) -> bool {
    rules.is("polarity.turned_after", first_words(after, 8))
}

/// Whether an odd number of negators stands before the predicate (and inside it, where `inside` says so).
fn odd_negators(masked: &str, s: usize, e: usize, inside: bool, rules: &Rules) -> bool {
    let before = last_words(masked.get(..s).unwrap_or_default(), 8);
    let scope = rules.all("polarity.boundary", before).last().map_or(before, |m| before.get(m.1..).unwrap_or_default());
    let mut n = rules.all("polarity.negator", scope).len();
    if inside {
        n += rules.all("polarity.negator", masked.get(s..e).unwrap_or_default()).len();
    }
    n % 2 == 1
}

/// Idioms that look like negations, blanked out; offsets stay.
fn mask(clause: &str, rules: &Rules) -> String {
    let mut bytes = clause.as_bytes().to_vec();
    for (s, e) in rules.all("polarity.idiom", clause) {
        for b in bytes.iter_mut().take(e).skip(s).filter(|b| **b != b' ') {
            *b = b'x';
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| clause.to_string())
}

fn last_words(text: &str, n: usize) -> &str {
    let mut seen = 0;
    for (i, c) in text.char_indices().rev() {
        if c == ' ' {
            seen += 1;
            if seen > n {
                return text.get(i + 1..).unwrap_or_default();
            }
        }
    }
    text
}

struct Found<'a> {
    events: &'a [Event],
    units: &'a [Unit],
}

impl Found<'_> {
    fn last(&self, pole: Pole) -> Option<usize> {
        self.events.iter().filter(|e| e.pole == pole).map(|e| e.unit).max()
    }
    fn last_named(&self, pole: Pole) -> Option<usize> {
        self.events.iter().filter(|e| e.pole == pole && e.named).map(|e| e.unit).max()
    }
    fn on(&self, unit: usize, pole: Pole) -> bool {
        self.events.iter().any(|e| e.unit == unit && e.pole == pole)
    }
    fn list(&self, pole: Pole) -> Vec<usize> {
        let mut v: Vec<usize> = self.events.iter().filter(|e| e.pole == pole).map(|e| e.unit).collect();
        v.dedup();
        v
    }
}

fn decide(units: &[Unit], events: Vec<Event>, subject: &Subject, rules: &Rules) -> (Decision, Vec<Event>) {
    let f = Found { events: &events, units };
    let decision = outcome(&f, subject, rules);
    (decision, events)
}

fn outcome(f: &Found, subject: &Subject, rules: &Rules) -> (&'static str, Option<usize>) {
    let considered = |u: usize| f.units.get(u).is_some_and(|x| rules.is("section.considered", &x.section));
    // A yes that is free of conditions and stands alone.
    let free = |u: &usize| {
        ![Pole::Tests, Pole::NotYet, Pole::Milder].iter().any(|p| f.on(*u, *p))
            && !(f.on(*u, Pole::Later) && !f.on(*u, Pole::InsurerWrong) && !rules.is("as_requested", &f.units[*u].text))
    };
    let yes_named = f.events.iter().filter(|e| e.pole == Pole::For && e.named).map(|e| e.unit).filter(free).max();
    let yes_loose = f.list(Pole::For).into_iter().chain(f.list(Pole::WeaklyFor)).filter(free).max();
    let wrong = f.last(Pole::InsurerWrong);
    let yes = yes_named.or(yes_loose).or(wrong.filter(|u| free(u)));
    let no_named = f.last_named(Pole::Against);
    let no = no_named.or_else(|| f.last(Pole::Against)).or_else(|| f.last(Pole::InsurerRight));
    let plain_yes = yes_named.is_some();
    let tests: Vec<usize> = f
        .events
        .iter()
        .filter(|e| e.pole == Pole::Tests && (e.named || considered(e.unit) || !plain_yes))
        .map(|e| e.unit)
        .collect();
    let milder = f.list(Pole::Milder);
    let notyet = f.list(Pole::NotYet);
    let later = f.list(Pole::Later);
    let lacking = f.list(Pole::Lacking);
    let change = change(f, subject, rules, yes);

    let waits = !notyet.is_empty()
        || !milder.is_empty() && (!later.is_empty() || !lacking.is_empty() || no.is_some() || yes.is_none());
    // A plain, later yes in the request's own form outweighs what earlier sentences left open.
    let settled = |mark: Option<usize>| yes_named.is_some_and(|y| mark.is_none_or(|m| y > m)) && no.is_none();
    let hangs = tests.iter().any(|t| f.units.get(*t).is_some_and(|u| rules.is("workup.strong", &u.text)));

    if !tests.is_empty() && (hangs || !settled(tests.last().copied())) {
        let first_test = tests.first().copied();
        let treatment_first = waits && milder.iter().any(|m| first_test.is_none_or(|t| *m <= t));
        return if treatment_first {
            ("conservative_first", milder.last().or(notyet.last()).copied())
        } else {
            ("needs_workup", tests.last().copied())
        };
    }
    if waits && !settled(milder.iter().chain(&notyet).chain(&later).max().copied()) {
        let held_out = !later.is_empty() || !notyet.is_empty();
        if milder.is_empty() && lacking.is_empty() && f.last(Pole::TestHint).is_some() {
            return ("needs_workup", f.last(Pole::TestHint));
        }
        let first =
            milder.iter().any(|m| f.units.get(*m).is_some_and(|u| rules.is("conservative.first_word", &u.text)));
        if held_out || yes.is_none() && no.is_none() && (first || !lacking.is_empty()) {
            return ("conservative_first", milder.last().or(notyet.last()).or(later.last()).copied());
        }
    }
    if let Some(c) = change.filter(|_| yes.is_some() || no.is_none()) {
        return ("confirms_with_changes", Some(c));
    }
    if yes.is_none()
        && no.is_none()
        && let Some(i) = f.last(Pole::IfFor)
    {
        return conditional(f, i, rules);
    }
    match (yes, no) {
        (Some(y), Some(n)) => contradiction(f, y, n, yes_named, no_named, rules),
        (Some(y), None) => assent(f, y, yes_named, rules),
        (None, Some(n)) => ("against", Some(n)),
        (None, None) => silence(f, &tests, rules),
    }
}

/// A yes alone: confirms, unless something beside it is left open.
fn assent(f: &Found, y: usize, yes_named: Option<usize>, rules: &Rules) -> (&'static str, Option<usize>) {
    let open = f.last(Pole::Declined).or_else(|| f.last(Pole::BothWays).filter(|b| *b > y));
    if let Some(o) = open {
        let plain = yes_named.is_some_and(|n| n > o)
            || f.units.get(y).is_some_and(|u| rules.is("voice.own", &u.text) && yes_named.is_some());
        if !plain {
            return ("unclear", Some(o));
        }
    }
    ("confirms", Some(yes_named.unwrap_or(y)))
}

/// A yes and a no: the later, named one counts when the other is loose; else nobody can tell.
fn contradiction(
    f: &Found,
    y: usize,
    n: usize,
    yes_named: Option<usize>,
    no_named: Option<usize>,
    rules: &Rules,
) -> (&'static str, Option<usize>) {
    let considered = |u: usize| f.units.get(u).is_some_and(|x| rules.is("section.considered", &x.section));
    if no_named.is_none()
        && yes_named.is_some_and(|v| v > n || f.last(Pole::Against).is_some() && f.last(Pole::InsurerRight).is_none())
    {
        return ("confirms", yes_named);
    }
    if yes_named.is_none() && no_named.is_some() {
        return ("against", no_named);
    }
    if n > y && considered(n) && !considered(y) {
        return ("against", Some(n));
    }
    ("unclear", Some(n.max(y)))
}

/// Only a yes under a condition: what the condition asks for decides.
fn conditional(f: &Found, i: usize, rules: &Rules) -> (&'static str, Option<usize>) {
    let text = f.units.get(i).map_or("", |u| u.text.as_str());
    let near = f.units.get(i.saturating_sub(2)..=i).unwrap_or_default();
    let milder_before = f.last(Pole::Milder).is_some_and(|m| m <= i);
    if milder_before {
        return ("conservative_first", f.last(Pole::Milder));
    }
    if rules.is("condition.test", text)
        || f.last(Pole::Tests).is_some()
        || near.iter().any(|u| rules.is("condition.test_near", &u.text))
        || f.last(Pole::TestHint).is_some()
    {
        return ("needs_workup", Some(i));
    }
    if rules.is("condition.milder", text)
        || [Pole::Milder, Pole::NotYet, Pole::Lacking, Pole::Later].iter().any(|p| f.last(*p).is_some())
    {
        return ("conservative_first", Some(i));
    }
    ("unclear", Some(i))
}

fn silence(f: &Found, tests: &[usize], rules: &Rules) -> (&'static str, Option<usize>) {
    if let Some(t) =
        tests.last().copied().or_else(|| (f.list(Pole::TestHint).len() >= 2).then(|| f.last(Pole::TestHint)).flatten())
    {
        return ("needs_workup", Some(t));
    }
    if let (Some(t), Some(_)) = (f.last(Pole::TestHint), f.last(Pole::Later))
        && f.last(Pole::Milder).is_none()
    {
        return ("needs_workup", Some(t));
    }
    if let Some(d) = f.last(Pole::Declined).or_else(|| f.last(Pole::BothWays)) {
        return ("unclear", Some(d));
    }
    if let Some(m) = f.last(Pole::Milder) {
        let first = f.units.get(m).is_some_and(|u| rules.is("conservative.first_word", &u.text));
        let held_out = first || f.last(Pole::Later).is_some() || f.last(Pole::Lacking).is_some();
        return (if held_out { "conservative_first" } else { "against" }, Some(m));
    }
    if let Some(l) = f.last(Pole::Lacking) {
        return ("conservative_first", Some(l));
    }
    ("unclear", f.last(Pole::Other))
}

/// The unit in which the service is wanted in another form.
fn change(f: &Found, subject: &Subject, rules: &Rules, yes: Option<usize>) -> Option<usize> {
    let implied = |u: &usize| {
        f.units.get(*u).is_some_and(|x| {
            let near =
                u.checked_sub(1).and_then(|k| f.units.get(k)).is_some_and(|b| b.block == x.block && mentions(&b.text));
            (mentions(&x.text) || near) && rules.is("change.implies_yes", &x.text)
        }) && f.last(Pole::Against).is_none()
    };
    let position = |u: usize| {
        [Pole::For, Pole::Against, Pole::WeaklyFor, Pole::Other].iter().any(|p| f.on(u, *p))
            || f.units.get(u).is_some_and(|x| {
                let beside =
                    yes.and_then(|y| f.units.get(y)).is_some_and(|y| y.block == x.block && x.zone == Zone::Body);
                rules.is("voice.own", &x.text)
                    || rules.is("section.considered", &x.section)
                    || beside && rules.is("change.about", &x.text) && rules.is("recommends", &x.text)
            })
    };
    let wanted = f.events.iter().filter(|e| e.pole == Pole::Change && position(e.unit)).map(|e| e.unit);
    let wanted: Vec<usize> = wanted
        .filter(|u| {
            f.units.get(*u).is_some_and(|x| {
                let about = mentions(&x.text) || other_amount(x, subject, rules) || rules.is("change.about", &x.text);
                about && !rules.is("change.none", &x.text)
            })
        })
        .collect();
    let amount =
        f.events.iter().filter(|e| matches!(e.pole, Pole::For | Pole::Other)).map(|e| e.unit).find(|u| {
            f.units.get(*u).is_some_and(|x| other_amount(x, subject, rules) && rules.is("recommends", &x.text))
        });
    match yes {
        Some(_) => wanted.last().copied().or(amount),
        None => f.list(Pole::Change).into_iter().rev().find(implied),
    }
}
