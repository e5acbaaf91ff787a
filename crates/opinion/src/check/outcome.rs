//! What the letter says about the service: the poles of its sentences in the writer's own voice, and the outcome.
//!
//! [`super::voice`] says which clauses are the writer's own, [`super::reading`] what one sentence says, and
//! [`super::decide`] what all of them say together.

use super::decide::{decide, settle};
use super::events::{Event, Events, Pole};
use super::hearing::{self, Heard};
use super::reading::{self, Around};
use super::rules::Rules;
use super::subject::{Quantity, Subject, quantities};
use super::tells::{Sign, Told};
use super::text::{self, Unit, Zone};

/// The result.
#[derive(Debug)]
pub(super) struct Stance {
    pub(super) events: Events,
    pub(super) outcome: &'static str,
    /// Index of the unit it rests on.
    pub(super) unit: Option<usize>,
    /// Whether the position is said in direct words.
    pub(super) direct: bool,
    /// What of the letter is weighed for its outcome ([`super::judge`]).
    pub(super) evidence: super::judge::Evidence,
    /// What the network heard.
    pub(super) heard: Heard,
}

impl Stance {
    /// Whether unit `i` carries `pole`.
    pub(super) fn has(&self, i: usize, pole: Pole) -> bool {
        self.events.has(i, pole)
    }

    /// Whether unit `i` carries `pole` with at least this weight.
    pub(super) fn weighs(&self, i: usize, pole: Pole, least: u8) -> bool {
        self.events.weighs(i, pole, least)
    }

    /// Whether the position is for the service, in some form.
    pub(super) fn favourable(&self) -> bool {
        matches!(self.outcome, "confirms" | "confirms_with_changes")
    }
}

/// Reads all poles and decides.
pub(super) fn read(
    units: &[Unit],
    case: &facts::Case,
    subject: &Subject,
    told_by_each: &Told,
    rules: &Rules,
) -> Stance {
    let mut reader = Reader {
        units,
        rules,
        subject,
        events: Events::default(),
        question: None,
        told: None,
        one_level: subject.one_level(),
    };
    let mut speaker_third = false;
    let mut told = None;
    let mut doubted = Vec::new();
    for (i, u) in units.iter().enumerate() {
        if u.zone != Zone::Body || u.placeholder {
            continue;
        }
        // "He goes on to say that …" keeps the voice of the sentence before.
        if rules.is("voice.continued", &u.text) && speaker_third {
            continue;
        }
        speaker_third = u.own.is_empty();
        if speaker_third {
            told = told_view(u, rules).or(told);
            continue;
        }
        let before = told.take();
        reader.told = before;
        // A word about ties ("I will not be the one to operate") is no position.
        if !rules.is("stance.aside", &u.text) {
            reader.unit(i, u, &u.own);
            if super::doubts::mend(i, units, &mut reader.events, before, subject, rules) {
                doubted.push(i);
            }
            super::lower_level::turn(i, u, &mut reader.events, subject, rules);
        }
    }
    let events = reader.events;
    let said = decide(units, &considered(units, &events), subject, rules);
    let mut events = events;
    let heard = &mut events;
    for (i, u) in units.iter().enumerate().filter(|(_, u)| u.zone == Zone::Body && !u.placeholder) {
        if rules.is("adverse.fact", &u.own_text) {
            heard.add(Event { unit: i, pole: Pole::Fact, weight: 1 });
        }
        // Only a yes needs the second look.
        if said.0 == "confirms" {
            constructions(i, u, rules).into_iter().for_each(|e| heard.add(e));
        }
    }
    let said = settle(said, &considered(units, &events));
    let mut evidence = Vec::new();
    let heard = rules.hearing.as_ref().map_or_else(Heard::default, |hearing| {
        let body = hearing::body(units);
        hearing.hear(&hearing::sentences(units, &body, &events, case, subject, rules))
    });
    let (outcome, unit) = match &rules.weights {
        Some(weights) => {
            let weighed = weights.weigh(units, &events, told_by_each, &heard, said.0, subject, rules);
            evidence = weighed.evidence;
            // An answer that an insurer could quote against the service is no plain yes.
            let against = |i: usize| told_by_each.hears(i, Sign::Answer) && told_by_each.hears(i, Sign::Adverse);
            let doubtful = !weighed.judged
                && weighed.outcome == "confirms"
                && said.0 != "confirms"
                && (0..units.len()).any(against);
            let outcome = if doubtful { "unclear" } else { weighed.outcome };
            // A doubt that was heard leaves only a yes that stands on its own.
            let plain = |e: &Event| e.pole == Pole::For && e.weight >= 2 && !doubted.contains(&e.unit);
            let taken_back = outcome == "confirms" && !doubted.is_empty() && !events.iter().any(plain);
            let outcome = match taken_back {
                true if said.0 == "confirms" => "unclear",
                true => said.0,
                false => outcome,
            };
            let another_amount =
                super::amounts::another(units, &events, told_by_each, subject, rules).filter(|_| outcome == "confirms");
            let outcome = if another_amount.is_some() { "confirms_with_changes" } else { outcome };
            // Where both say the same, the sentence that the rules rest on is quoted.
            let unit = another_amount.or(said.1.filter(|_| said.0 == weighed.outcome)).or(weighed.unit);
            // Where nothing is clear, a sentence that takes no position is no quote.
            let speaks = |i: &usize| told_by_each.hears(*i, Sign::Answer) || !events.of(*i).is_empty();
            let spoken = unit.filter(speaks);
            // What the whole letter shows is quoted where it is said most clearly.
            let likeliest = || told_by_each.likeliest(Sign::Answer).filter(|_| weighed.judged).or(unit);
            (outcome, if outcome == "unclear" { spoken } else { spoken.or_else(likeliest) })
        }
        None => said,
    };
    let direct = unit.is_some_and(|u| {
        matches!(outcome, "needs_workup" | "conservative_first")
            || events.of(u).iter().any(|e| matches!(e.pole, Pole::For | Pole::Against | Pole::Change))
    });
    Stance { outcome, unit, direct, events, evidence, heard }
}

/// A letter of more body units than this says much that is no position.
const LONG_LETTER: usize = 10;
/// Weight of a statement in the first person or the conclusion.
const STATED: u8 = 3;

/// The poles that decide: in a long letter the stated positions and what stands beside them; all when there is none.
fn considered(units: &[Unit], events: &Events) -> Events {
    let body = units.iter().filter(|u| u.zone == Zone::Body).count();
    let position = |e: &Event| {
        let views = !matches!(e.pole, Pole::Fact | Pole::Lacking | Pole::Other | Pole::TestHint | Pole::InsurerWrong);
        let firm = [Pole::For, Pole::Against, Pole::Tests, Pole::IfFor, Pole::Declined, Pole::NotYet, Pole::Milder];
        let named = firm.contains(&e.pole) && e.weight + 1 >= STATED;
        views && e.weight >= STATED || named
    };
    let stated = events.only(position);
    let answered = events.iter().any(|e| matches!(e.pole, Pole::For | Pole::Against) && e.weight >= STATED);
    let near = |e: &Event| {
        e.weight >= STATED
            || (e.unit.saturating_sub(1)..=e.unit + 1).any(|u| !stated.of(u).is_empty())
            // Where no answer is given, a list of wanted tests says what it waits for.
            || !answered && e.pole == Pole::TestHint
    };
    let long = body > LONG_LETTER && stated.iter().next().is_some();
    if long { events.only(near) } else { events.clone() }
}

/// Whether a view that is told favours the service: by what is said, else by whose it is.
fn told_view(u: &Unit, rules: &Rules) -> Option<bool> {
    let clauses: Vec<String> = text::clauses(&u.text, rules).into_iter().map(str::to_string).collect();
    let read = reading::sentence(&clauses, Around::default(), rules);
    let has = |p: &[Pole]| read.iter().any(|r| p.contains(&r.pole));
    let yes = has(&[Pole::For, Pole::WeaklyFor]);
    let no = has(&[Pole::Against, Pole::Milder, Pole::Other, Pole::NotYet]);
    match (yes, no) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// What whole constructions say about tests, milder courses and answers that are not given: a second look at each own
/// sentence, by pattern. It never says yes or no; it can only make a yes of the cues doubtful.
fn constructions(i: usize, u: &Unit, rules: &Rules) -> Vec<Event> {
    let text = &u.own_text;
    if text.is_empty() || u.plain.ends_with('?') || rules.is("stance.aside", &u.text) {
        return Vec::new();
    }
    let routine = rules.is("routine", text);
    let done = rules.is("conservative.done", text) && !rules.is("revisit", text);
    let course = || {
        let found = rules.find("conservative.other_course", text);
        found.is_some_and(|(s, e)| !mentions(text.get(s..e).unwrap_or_default()))
    };
    let found = [
        (Pole::Tests, !routine && rules.is("workup.condition", text)),
        (Pole::TestHint, !routine && rules.is("workup.hint", text)),
        (Pole::Milder, !done && (rules.is("conservative.first", text) || course())),
        (Pole::NotYet, rules.is("conservative.notyet", text)),
        (Pole::Lacking, rules.is("conservative.lacking", text)),
        (Pole::Later, rules.is("revisit", text)),
        (Pole::Declined, rules.is("decline", text)),
        (Pole::BothWays, rules.is("both_ways", text)),
    ];
    let weight = 1 + u8::from(mentions(text)) + u8::from(rules.is("voice.own", text));
    found.into_iter().filter(|f| f.1).map(|(pole, _)| Event { unit: i, pole, weight }).collect()
}

struct Reader<'a> {
    units: &'a [Unit],
    rules: &'a Rules,
    subject: &'a Subject,
    events: Events,
    /// A question just asked, and whether yes means yes to the service.
    question: Option<bool>,
    /// Whether the view of another, told just before, favours the service.
    told: Option<bool>,
    /// The service is asked for at one level: "single-level" repeats the request and changes nothing.
    one_level: bool,
}

impl Reader<'_> {
    fn push(&mut self, unit: usize, pole: Pole, weight: u8) {
        self.events.add(Event { unit, pole, weight });
    }

    fn unit(&mut self, i: usize, u: &Unit, own: &[String]) {
        let rules = self.rules;
        if own.iter().any(|c| rules.is("position.differs", c)) && differs_from_doctor(self.units, i) {
            self.push(i, Pole::Against, STATED);
        }
        let asks = u.plain.ends_with('?');
        self.answers(i, own, asks);
        if !asks {
            self.sentence(i, u, own);
        }
        if asks || rules.is("question.whether", &u.text) {
            self.question = if rules.is("question.negative", &u.text) {
                Some(false)
            } else {
                rules.is("question.positive", &u.text).then_some(true)
            };
        } else if u.plain.split(' ').count() > 6 {
            self.question = None;
        }
    }

    /// "Does he need it? Yes."
    fn answers(&mut self, i: usize, own: &[String], asks: bool) {
        let rules = self.rules;
        for clause in own {
            let clause = clause.trim_start_matches([',', ';', ':', '.', ')', '-', ' ']);
            let clause = rules.find("answer.label", clause).and_then(|(_, end)| clause.get(end..)).unwrap_or(clause);
            let yes = match self.question {
                Some(positive) if rules.is("answer.yes", clause) => positive,
                Some(positive) if rules.is("answer.no", clause) && !asks => !positive,
                _ if rules.is("answer.yes_outright", clause) => true,
                _ if rules.is("answer.no_outright", clause) => false,
                _ => continue,
            };
            self.push(i, if yes { Pole::For } else { Pole::Against }, 4);
        }
    }

    fn sentence(&mut self, i: usize, u: &Unit, own: &[String]) {
        let rules = self.rules;
        let before = i.checked_sub(1).and_then(|k| self.units.get(k));
        let before = before.filter(|b| matches!(b.zone, Zone::Body | Zone::Reference)).map_or("", |b| b.text.as_str());
        let around = Around {
            after_insurer: rules.is("target.insurer_near", before) && !rules.is("target.doctor_near", before),
            named_in_sentence: mentions(&u.text),
            elsewhere: !mentions(&u.text) && rules.is("target.alternative_sentence", &u.text),
            told: self.told,
            topic: reading::topic(before, rules),
        };
        let considered = rules.is("section.considered", &u.section);
        let as_asked: Option<Vec<String>> =
            self.one_level.then(|| own.iter().map(|c| rules.without("change.one_level", c)).collect());
        for r in reading::sentence(as_asked.as_deref().unwrap_or(own), around, rules) {
            // In the conclusion an order ("six weeks of therapy first") is the writer's own; praise alone weighs less.
            let praise = matches!(r.pole, Pole::For | Pole::Against | Pole::WeaklyFor);
            let stated = if r.own || considered && !praise { 2 } else { u8::from(considered) };
            self.push(i, r.pole, 1 + u8::from(r.named) + stated);
        }
        let first_person = rules.is("voice.own", &u.text);
        let another = |c: &String| self.subject.names_other_form(c, rules) && reading::proposes(c, rules);
        if own.iter().any(another) {
            self.push(i, Pole::Change, 2 + u8::from(considered || first_person));
        } else if own.iter().any(|c| reading::wishes(c, rules)) && other_amount(u, self.subject, rules)
            || own.iter().any(|c| reading::proposes(c, rules) && bare_amount(c, self.subject, rules))
        {
            self.push(i, Pole::Change, 1 + u8::from(around.named_in_sentence) + u8::from(considered || first_person));
        }
    }
}

/// Whether the view told just before is the treating physician's ("Dr. X would operate. I see it differently.").
fn differs_from_doctor(units: &[Unit], i: usize) -> bool {
    let near = units.get(i.saturating_sub(1)..=i).unwrap_or_default();
    let has = |w: &str| near.iter().any(|u| u.text.split(|c: char| !c.is_ascii_alphabetic()).any(|x| x == w));
    has("DOC") || has("DOCYOU") && !has("PLAN")
}

/// Whether tagged words name the service or a general word for it.
pub(super) fn mentions(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w == "SVC" || w == "GEN")
}

/// The first words of a text.
pub(super) fn first_words(text: &str, n: usize) -> &str {
    let mut seen = 0;
    for (i, c) in text.char_indices() {
        if c == ' ' && i > 0 {
            seen += 1;
            if seen > n {
                return text.get(..i).unwrap_or_default();
            }
        }
    }
    text
}

/// Whether a sentence names the service in another amount than the case asks for.
pub(super) fn other_amount(u: &Unit, subject: &Subject, rules: &Rules) -> bool {
    let here = quantities(&u.plain, rules);
    subject.quantities.iter().any(|asked| {
        let same_unit: Vec<&Quantity> = here.iter().filter(|q| q.unit == asked.unit).collect();
        !same_unit.is_empty() && !same_unit.iter().any(|q| (q.number - asked.number).abs() < 1e-9)
    })
}

/// "I would support twelve.", "Stop at thirty.": a bare number, where the case asks for one quantity only, and another.
fn bare_amount(clause: &str, subject: &Subject, rules: &Rules) -> bool {
    let [asked] = subject.quantities.as_slice() else { return false };
    if rules.is("date.any", clause) {
        return false;
    }
    let words: Vec<&str> = clause.split(' ').collect();
    let leads =
        |i: usize| i.checked_sub(1).and_then(|k| words.get(k)).is_none_or(|w| rules.listed("before_bare_number", w));
    (0..words.len()).filter(|i| leads(*i)).any(|i| {
        let next = words.get(i + 1).copied().unwrap_or_default();
        let end = words.get(i).is_some_and(|w| w.ends_with([',', ';', '.', ':'])) || next.is_empty();
        let number = || quantities(words.get(i).copied().unwrap_or_default(), rules).into_iter().next();
        (end || rules.listed("after_bare_number", next))
            && number().is_some_and(|q| q.unit.is_empty() && (q.number - asked.number).abs() > 1e-9)
    })
}
