//! The elements about the writer and the paper: who, with what standing, on what basis, signed and dated or not.

use std::cell::OnceCell;

use super::letter::Letter;
use super::tells::Sign;
use super::text::Zone;

/// State of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Missing,
    Partial,
    Present,
    NotApplicable,
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            State::Present => "present",
            State::Partial => "partial",
            State::Missing => "missing",
            State::NotApplicable => "not_applicable",
        }
    }
}

/// A state with the unit that best carries it.
pub(super) type Found = (State, Option<usize>);

/// Present where the whole is found, partial where only a part is.
pub(super) fn graded(full: Option<usize>, half: Option<usize>) -> Found {
    match (full, half) {
        (Some(i), _) => (State::Present, Some(i)),
        (None, Some(i)) => (State::Partial, Some(i)),
        (None, None) => (State::Missing, None),
    }
}

/// `examiner_identity`: full name with degree and the practice or institution.
pub(super) fn examiner_identity(l: &Letter) -> Found {
    let name = writer_name(l);
    let practice = practice_line(l);
    match (name, practice) {
        (Some(n), Some(_)) => (State::Present, Some(n)),
        (one, other) => graded(None, one.or(other)),
    }
}

/// The unit with the writer's name and degree.
pub(super) fn writer_name(l: &Letter) -> Option<usize> {
    let candidate = |i: &usize| {
        let Some(u) = l.units.get(*i) else { return false };
        let named = l.rules.is("raw.name_with_degree", &u.raw);
        named && !only_others(l, &u.raw)
    };
    l.units
        .iter()
        .enumerate()
        .filter(|(_, u)| matches!(u.zone, Zone::Signature | Zone::Letterhead | Zone::Reference) && !u.placeholder)
        .map(|(i, _)| i)
        .filter(|i| !l.plain_is(*i, "finding.addressee"))
        .filter(candidate)
        .max_by_key(|i| l.units.get(*i).map(|u| u.zone == Zone::Signature))
        .or_else(|| l.body().filter(|i| l.plain_is(*i, "identity.self_line")).find(candidate))
        .or_else(|| l.anywhere().find(|i| l.plain_is(*i, "identity.spoken")))
}

/// Whether every name with a degree in a line is the treating physician's.
fn only_others(l: &Letter, raw: &str) -> bool {
    let all = l.rules.all("raw.name_with_degree", raw);
    all.iter().all(|(s, e)| raw.get(*s..*e).is_some_and(|n| l.subject.names_doctor(&super::text::fold(n))))
}

fn practice_line(l: &Letter) -> Option<usize> {
    let head = l.heads().find(|i| {
        let Some(u) = l.units.get(*i) else { return false };
        if l.subject.names_plan(&u.plain) || l.plain_is(*i, "finding.addressee") {
            return false;
        }
        let rest = without_names(l, &u.raw);
        names_an_institution(l, &rest) || names_a_place_of_work(l, &rest, u.zone)
    });
    let beside = || writer_name(l).filter(|i| names_an_institution(l, &without_names(l, &l.units[*i].raw)));
    // The first line of the letter, when it is no name, title or date, is the practice's own name.
    let first = || {
        l.heads().next().filter(|i| {
            let u = &l.units[*i];
            let rest = without_names(l, &u.raw);
            let words = rest.split(' ').filter(|w| w.len() > 1).count();
            let all_field = rest
                .split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|w| w.len() > 1)
                .all(|w| l.rules.is("identity.field_word", w));
            u.zone == Zone::Letterhead
                && (2..=7).contains(&words)
                && !rest.contains([':', '@'])
                && !all_field
                && !l.rules.is("identity.not_a_place", &rest)
                && !l.rules.is("date.full", &rest)
                && !l.raw_is(*i, "raw.name_with_degree")
                && (!l.raw_is(*i, "raw.name_plain") || l.rules.is("identity.practice_hint", &rest))
        })
    };
    // A note without a salutation may have its practice's name above its first heading, in whatever zone.
    let top = || {
        (0..l.units.len().min(4)).find(|i| {
            let Some(u) = l.units.get(*i).filter(|u| u.zone == Zone::Body && !u.raw.contains(':')) else {
                return false;
            };
            let rest = without_names(l, &u.raw);
            rest.split(' ').count() <= 8
                && !l.subject.names_plan(&u.plain)
                && l.rules.is("identity.practice_line", &rest)
        })
    };
    head.or_else(first).or_else(top).or_else(beside).or_else(|| {
        l.body().find(|i| l.plain_is(*i, "identity.practice_body") && !l.subject.names_practice(&l.units[*i].plain))
    })
}

/// Whether a line, or a part of it between commas or brackets, names a practice or institution.
fn names_an_institution(l: &Letter, rest: &str) -> bool {
    let parts = rest.split(['(', ')', ',', ';', '|']).map(str::trim);
    l.rules.is("identity.practice_line", rest) || parts.skip(1).any(|p| l.rules.is("identity.practice_part", p))
}

/// The folded line without names and degrees.
fn without_names(l: &Letter, raw: &str) -> String {
    let mut out = raw.to_string();
    for (s, e) in l.rules.all("raw.name_with_degree", raw).into_iter().rev() {
        if out.is_char_boundary(s) && out.is_char_boundary(e) {
            out.replace_range(s..e, "");
        }
    }
    super::text::fold(&out)
}

/// A line such as "Redwood Neurosurgery": a field of practice beside a word that is none.
fn names_a_place_of_work(l: &Letter, rest: &str, zone: Zone) -> bool {
    let words: Vec<&str> =
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').filter(|w| w.len() > 1).collect();
    let field = words.iter().filter(|w| l.rules.is("identity.field_word", w)).count();
    let plain_title = l.rules.is("identity.not_a_place", rest);
    matches!(zone, Zone::Letterhead | Zone::Signature)
        && field > 0
        && field < words.len()
        && words.len() <= 8
        && !plain_title
}

/// `credentials`: the field and one checkable qualification.
pub(super) fn credentials(l: &Letter) -> Found {
    let field = field_units(l);
    // "Dear Medical Director," tells what the reader is
    let aside = |i: &usize| !matches!(l.units.get(*i).map(|u| u.zone), Some(Zone::Body | Zone::Salutation));
    let own_unit = |i: &usize| l.plain_is(*i, "credentials.self") || aside(i) && !l.plain_is(*i, "finding.addressee");
    let says = |i: &usize| {
        own_unit(i) && l.plain_is(*i, "credentials.checkable")
            || (writers_line(l, *i) || l.has_word(*i, "cred_own_board") && !l.has_word(*i, "reviewer_is"))
                && l.own_marked(*i, "credentials.checkable")
    };
    let checkable = l.anywhere().find(says);
    match (field.first(), checkable) {
        (Some(_), Some(c)) => (State::Present, Some(c)),
        (Some(f), None) => (State::Partial, Some(*f)),
        (None, Some(c)) => (State::Partial, Some(c)),
        (None, None) => (State::Missing, None),
    }
}

/// A line about the writer: of the letterhead or signature, or a sentence that speaks of "I" or names the writer.
fn writers_line(l: &Letter, i: usize) -> bool {
    let Some(u) = l.units.get(i) else { return false };
    let head = matches!(u.zone, Zone::Letterhead | Zone::Signature) && !l.plain_is(i, "finding.addressee");
    head || l.has_word(i, "own_i") || l.raw_is(i, "raw.name_with_degree") && !only_others(l, &u.raw)
}

/// Units in which the writer names a field of practice.
pub(super) fn field_units(l: &Letter) -> Vec<usize> {
    // Searched for once, and only in a letter with such a line.
    let writer = OnceCell::new();
    let writers = |i: usize| *writer.get_or_init(|| writer_name(l)) == Some(i);
    let own_unit = |i: &usize| {
        let zone = l.units.get(*i).map(|u| u.zone);
        matches!(zone, Some(Zone::Letterhead | Zone::Signature | Zone::Reference))
            && !l.plain_is(*i, "finding.addressee")
            && (zone != Some(Zone::Reference) || l.plain_is(*i, "identity.spoken") || writers(*i))
            || l.plain_is(*i, "credentials.self") && l.plain_is(*i, "credentials.field_sentence")
            || l.has_word(*i, "cred_own_board") && !l.has_word(*i, "reviewer_is")
    };
    l.anywhere()
        .filter(own_unit)
        .filter(|i| l.units.get(*i).is_some_and(|u| l.rules.fields.iter().any(|f| l.rules.names_field(f, &u.plain))))
        .collect()
}

/// `independence`: an explicit denial of a tie with the treating doctor or practice, not contradicted.
pub(super) fn independence(l: &Letter) -> Found {
    let marked = |i: usize| l.marked(i, "independence.denial");
    let limited = |i: usize| l.own_marked(i, "independence.label");
    let said = |i: usize| l.is(i, "independence.denial") && !l.is(i, "independence.insurer_only") && about_tie(l, i);
    let denies = |i: &usize| marked(*i) || said(*i) && !limited(*i);
    let denial = l.body().chain(l.heads()).find(denies);
    let tie = l.body().find(|i| l.own_is(*i, "independence.tie") && !marked(*i));
    let label = l.anywhere().find(|i| l.plain_is(*i, "independence.label") || l.own_marked(*i, "independence.label"));
    let of_insurer = |i: &usize| l.own_is(*i, "independence.insurer_only") && l.marked(*i, "independence.tie_word");
    let insurer = l.body().find(of_insurer);
    // "No partnership with Dr. X": the words of a tie within its denial disclose none.
    if let Some(t) = tie.filter(|t| denial != Some(*t)) {
        return (State::Partial, Some(t));
    }
    if same_practice(l) {
        return graded(None, denial.or(label).or(insurer));
    }
    graded(denial, label.or(insurer))
}

/// "No relationship" must not be about something else; a physician, a practice, or nobody in particular.
fn about_tie(l: &Letter, i: usize) -> bool {
    !l.is(i, "independence.elsewhere")
}

/// Whether the writer works in the treating physician's practice, by the letterhead, the signature or the case.
pub(super) fn same_practice(l: &Letter) -> bool {
    let own_head = |i: &usize| !l.is(*i, "independence.denial") && !inside_address(l, *i);
    let stated = l.heads().filter(own_head).any(|i| {
        l.units.get(i).is_some_and(|u| {
            let treating = l.case.treating_physician.as_ref();
            let full = treating.and_then(|t| t.practice.as_deref()).map(super::text::fold);
            let exact = full.is_some_and(|f| same_name(&f, &u.plain));
            exact
                || l.subject.names_doctor(&u.plain)
                    && l.raw_is(i, "raw.name_with_degree_short")
                    && !l.plain_is(i, "finding.addressee")
                    && u.zone == Zone::Letterhead
                    && !l.plain_is(i, "people.to_line")
        })
    });
    let by_case = || {
        let writer = l.case.second_opinion.as_ref().and_then(|s| s.physician.as_ref());
        let treating = l.case.treating_physician.as_ref();
        match (writer.and_then(|w| w.practice.as_deref()), treating.and_then(|t| t.practice.as_deref())) {
            (Some(a), Some(b)) => super::text::fold(a) == super::text::fold(b),
            _ => false,
        }
    };
    let said = l.own("independence.same_practice").is_some();
    stated || by_case() || said
}

/// Whether a head line is the address of the treating physician to whom the letter is written: it stands below the
/// letter's date or right above the salutation.
fn inside_address(l: &Letter, i: usize) -> bool {
    let Some(greeting) = l.units.iter().position(|u| u.zone == Zone::Salutation) else { return false };
    let to_doctor = l.units.get(greeting).is_some_and(|u| l.subject.names_doctor(&u.plain)) || l.addressed_to_doctor();
    let dated = || (0..i).any(|k| l.units[k].zone == Zone::Letterhead && l.plain_is(k, "date.full"));
    to_doctor && i < greeting && (greeting - i <= 3 && i > 0 || dated())
}

/// Whether a letterhead line carries a practice's name ("&" and "and" are the same).
fn same_name(practice: &str, line: &str) -> bool {
    let words = |s: &str| -> Vec<String> {
        s.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty() && *w != "and")
            .map(str::to_string)
            .collect()
    };
    let (p, line) = (words(practice), words(line));
    p.len() >= 2 && line.windows(p.len()).any(|w| w == p.as_slice())
}

/// `basis_of_opinion`: the kind of contact, with its date when it was a visit.
pub(super) fn basis_of_opinion(l: &Letter) -> Found {
    if let Some(i) = l.anywhere().find(|i| records_only(l, *i)) {
        return (State::Present, Some(i));
    }
    let met = |i: usize| l.is(i, "basis.contact") || l.own_marked(i, "basis.contact") || l.tells(i, Sign::Contact);
    let contact: Vec<usize> = l.anywhere().filter(|i| met(*i)).collect();
    let dated = contact.iter().copied().find(|i| l.plain_is(*i, "date.any"));
    // The letter is searched for a dated note once, and only where no sentence of the contact has its date.
    let first = contact.first().copied();
    let note = || first.filter(|_| l.anywhere().any(|j| l.plain_is(j, "basis.dated_note")));
    let implied = || l.body().find(|i| l.is(*i, "basis.implied"));
    graded(dated.or_else(note), first.or_else(implied))
}

/// Whether a unit says that the writer saw papers only.
fn records_only(l: &Letter, i: usize) -> bool {
    let body = l.units.get(i).is_some_and(|u| u.zone == Zone::Body);
    body && l.is(i, "basis.records_only") && !l.is(i, "voice.third") || l.own_marked(i, "basis.records_only")
}

/// The last unit that says in words that the letter is signed ("/s/", "electronically signed by").
fn signature_mark(l: &Letter) -> Option<usize> {
    let units = l.units.iter().enumerate().rev();
    let own = units.filter(|(_, u)| !u.placeholder && u.zone != Zone::Enclosure).map(|(i, _)| i);
    own.into_iter().find(|i| l.plain_is(*i, "signature.mark"))
}

/// Whether all that lacks is a signature, which the text of a letter cannot show: it is dated, and a name stands at its end. Ink is
/// seen on the paper only, so the person looks, and nobody is asked for what may be there.
pub(super) fn is_signature_unseen(l: &Letter) -> bool {
    let named = |u: &super::text::Unit| u.zone == Zone::Signature && !u.placeholder && !u.raw.trim().is_empty();
    let denied = (0..l.units.len()).any(|i| l.plain_is(i, "signature.none"));
    !denied && signature_mark(l).is_none() && letter_date(l).is_some() && l.units.iter().any(named)
}

/// `signature_and_date`: a signature mark and the letter's date.
pub(super) fn signature_and_date(l: &Letter) -> Found {
    let (mark, date) = (signature_mark(l), letter_date(l));
    match (mark, date) {
        (Some(m), Some(_)) => (State::Present, Some(m)),
        (one, other) => graded(None, one.or(other)),
    }
}

/// The unit with the date of the letter: a dated line of the letterhead or signature, not a visit's or a birth's date.
fn letter_date(l: &Letter) -> Option<usize> {
    let line = |i: &usize| {
        let Some(u) = l.units.get(*i) else { return false };
        let short = u.plain.split(' ').count() <= 14;
        let edge = matches!(u.zone, Zone::Letterhead | Zone::Signature | Zone::Salutation);
        l.plain_is(*i, "date.keyed")
            || edge
                && l.plain_is(*i, "date.full")
                && (short && !l.plain_is(*i, "date.of_visit") || l.plain_is(*i, "signature.mark"))
            || l.plain_is(*i, "signature.mark") && l.plain_is(*i, "date.full")
            || u.zone == Zone::Reference && l.plain_is(*i, "date.full") && l.plain_is(*i, "date.bare_line")
    };
    l.units.iter().enumerate().filter(|(_, u)| !u.placeholder && u.zone != Zone::Enclosure).map(|(i, _)| i).find(line)
}

/// `peer_to_peer_offer`: an offer to speak with the insurer, and a number or times.
pub(super) fn peer_to_peer_offer(l: &Letter) -> Found {
    let offers = |i: &usize| {
        l.marked(*i, "peer.offer")
            || l.is(*i, "peer.offer") && !l.has_word(*i, "not_caller")
            || l.tells(*i, Sign::Offer)
    };
    let to_insurer = |i: usize| l.is(i, "peer.to_insurer") || l.marked(i, "peer.insurer") || l.addressed_to_plan();
    let all: Vec<usize> = l.body().chain(l.heads()).filter(offers).collect();
    let offer = all.iter().copied().find(|i| to_insurer(*i)).or(all.first().copied());
    let reachable = |i: usize| {
        let near = [i, i + 1].iter().any(|k| l.plain_is(*k, "peer.times"));
        near || l.anywhere().any(|k| l.plain_is(k, "phone"))
    };
    match offer {
        Some(i) if to_insurer(i) && reachable(i) => (State::Present, Some(i)),
        Some(i) => (State::Partial, Some(i)),
        None => graded(None, l.anywhere().find(|i| l.is(*i, "peer.general"))),
    }
}

/// `reviewer_qualification`: asks for a same-specialty reviewer or the reviewer's credentials.
pub(super) fn reviewer_qualification(l: &Letter) -> Found {
    let judged = l.reasons().iter().any(|r| l.rules.listed("clinical_judgement_reasons", r));
    if !judged {
        return (State::NotApplicable, None);
    }
    let asked =
        l.body().chain(l.heads()).find(|i| l.own_is(*i, "reviewer.asked") || l.own_marked(*i, "reviewer.asked"));
    graded(asked, l.body().find(|i| l.is(*i, "reviewer.remark") || l.marked(*i, "reviewer.remark")))
}
