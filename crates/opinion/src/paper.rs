//! The paper that was given as the opinion letter, held against the case: whose it is, and what kind of paper.
//!
//! The check of a letter asks what it says. Before any word of it goes out under the second physician's name, this module
//! asks whether it is that physician's letter at all: (check, case, paper, its kind) → the check, with what was noticed.
//! It does not read what the letter says.

use calendar::Date;
use facts::{Candidate, Case, Document, Finding, Physician};
use kb::Kb;

use crate::attach::OLDER;
use crate::check::{self, Origin};
use crate::{Check, stopped_by};

/// Kinds of papers (`notice`) that are no physician's opinion, and the sentence that says so.
const OTHER_PAPERS: [(&str, &str); 6] = [
    ("denial_letter", "letter_of_the_plan"),
    ("eob", "letter_of_the_plan"),
    ("approval", "letter_of_the_plan"),
    ("request_for_information", "letter_of_the_plan"),
    ("bill", "a_bill"),
    ("insurance_card", "an_insurance_card"),
];

/// The sentence about a paper that no physician wrote, as far as it shows.
const LAY: &str = "no_physician";

/// The words of care that `notice` tells letters of physicians by.
#[derive(Debug, serde::Deserialize)]
struct OfCare {
    clinical_words: Vec<String>,
    clinical_endings: Vec<String>,
}

/// Whether a paper shows that somebody wrote it who treats patients: a signature with a degree, or one word of care at least. "I think
/// you should have the operation. Love, Aunt Joan" has neither. A paper without letters to go by is not judged.
fn is_of_care(letter: &Document, origin: &Origin, kb: &Kb) -> bool {
    let Ok(care) = kb.table::<OfCare>("notice/words.toml") else { return true };
    let text = letter.text().to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    let is = |w: &str| {
        let ends = care.clinical_endings.iter().any(|e| w.len() > e.len() && w.ends_with(e.as_str()));
        ends || care.clinical_words.iter().any(|c| c == w)
    };
    words.peek().is_none() || !origin.signed_by.is_empty() || words.any(is)
}

/// The check with what the paper is: findings `not_an_opinion`, `own_letter` and `another_writer`, from which nothing is
/// concluded; `older_than_visit`, `visit_day_differs`, `visit_kind_differs` and `in_spanish` beside the rest. `kind` is what the paper was
/// recognised as, whatever the case calls it. The texts are in the language of `kb`.
pub fn held_against(check: Check, case: &Case, letter: &Document, kind: Option<&str>, kb: &Kb) -> Check {
    let origin = check::origin(case, letter, kb);
    let about = |(key, value): (&str, &str)| {
        let text = kb::filled(&check::say(&format!("finding_{key}"), kb), &[("name", value)]);
        Finding::new(code(key), text).about(letter.name.clone())
    };
    let mut check = check;
    let lay = || !is_of_care(letter, &origin, kb);
    let stop = not_the_second_physicians(case, &origin, kind).or_else(|| lay().then(|| (LAY, String::new())));
    if let Some(stop) = stop {
        let found = about((stop.0, stop.1.as_str()));
        if stopped_by(&check).is_none() {
            check = check::nothing_concluded(case, kb, found);
        } else {
            check.findings.push(found);
        }
        return check;
    }
    if stopped_by(&check).is_some() {
        return check;
    }
    let noticed: Vec<Finding> = days(case, &check, &origin, kb).into_iter().map(|key| about((key, ""))).collect();
    check.findings.extend(noticed);
    // What the letter says of how its writer saw the patient is not what the case says.
    let entered = case.second_opinion.as_ref().and_then(|o| o.seen.as_deref());
    if entered.zip(origin.contact).is_some_and(|(entered, said)| entered != said) {
        check.findings.push(about((CONTACT_DIFFERS, "")));
    }
    if origin.spanish {
        check.findings.push(about(("in_spanish", "")));
    }
    check
}

/// The finding's code of a sentence about it.
fn code(key: &str) -> &str {
    if key == LAY || OTHER_PAPERS.iter().any(|(_, of)| *of == key) { "not_an_opinion" } else { key }
}

/// Why the paper is not the second physician's letter, with the name that shows it.
fn not_the_second_physicians(case: &Case, origin: &Origin, kind: Option<&str>) -> Option<(&'static str, String)> {
    let second = case.second_opinion.as_ref().and_then(|o| o.physician.as_ref()).and_then(|p| p.name.as_deref());
    let treating = case.treating_physician.as_ref().and_then(|p| p.name.as_deref());
    let signs = |name: &str| origin.signed_by.iter().any(|s| is_same_name(s, name));
    let own = |name: &&str| signs(name) || second.is_some_and(|s| is_same_name(s, name));
    if second.is_some_and(|s| signs(s) && !treating.is_some_and(|t| is_same_name(t, s))) {
        return None;
    }
    if let Some(name) = treating.filter(own) {
        return Some(("own_letter", name.to_string()));
    }
    // A physician's letter that quotes the plan at length may read like one of the plan's: it is known by who signs it.
    let signed = |key: &str| key == "letter_of_the_plan" && second.is_some_and(|s| origin.at_signature(s));
    let unknown = second.is_some() || origin.signed_by.is_empty() || origin.from_plan;
    let other = OTHER_PAPERS.iter().find(|(k, _)| Some(*k) == kind);
    if let Some((_, key)) = other.filter(|(_, key)| unknown && !signed(key)) {
        return Some((key, String::new()));
    }
    let signer = origin.signed_by.first().filter(|_| second.is_some_and(|s| !origin.names(s)));
    signer.map(|s| ("another_writer", s.clone()))
}

/// What a paper is in the case, after what its words say: a letter that the treating physician signed is no second opinion,
/// however it reads.
///
/// (kind by its words, case, paper, knowledge base) → kind.
pub fn kind_in_case(kind: &str, case: &Case, paper: &Document, kb: &Kb) -> String {
    let treating = case.treating_physician.as_ref().and_then(|p| p.name.as_deref());
    let second = case.second_opinion.as_ref().and_then(|o| o.physician.as_ref()).and_then(|p| p.name.as_deref());
    let own = |name: &str| !second.is_some_and(|s| is_same_name(s, name)) && is_signed_by(case, paper, name, kb);
    let is_own = kind == "opinion_letter" && treating.is_some_and(own);
    if is_own { "treating_letter".into() } else { kind.into() }
}

/// Whether a paper is signed by a physician, as the paper shows it: the name at its signature; where nobody signs with a
/// degree, the name in the letterhead. Words are given as a person's only where this holds.
///
/// (case, paper, name, knowledge base) → yes or no.
pub fn is_signed_by(case: &Case, paper: &Document, physician: &str, kb: &Kb) -> bool {
    let origin = check::origin(case, paper, kb);
    origin.at_signature(physician) || origin.signed_by.iter().any(|s| is_same_name(s, physician))
}

/// What the days of the letter say beside the day of the visit that the case names.
fn days(case: &Case, check: &Check, origin: &Origin, kb: &Kb) -> Option<&'static str> {
    let seen = case.second_opinion.as_ref().and_then(|o| o.seen_on);
    let older = seen.is_some_and(|day| !origin.days.is_empty() && origin.days.iter().all(|d| *d < day));
    let visit = check.elements.iter().find(|e| e.element == "basis_of_opinion").and_then(|e| e.quote.as_deref());
    let named: Vec<Date> = visit.map(|v| check::days_in(v, kb)).unwrap_or_default();
    let differs = seen.is_some_and(|day| !named.is_empty() && !named.contains(&day));
    [(older, OLDER), (differs, "visit_day_differs")].into_iter().find(|(is, _)| *is).map(|(_, key)| key)
}

const CONTACT_DIFFERS: &str = "visit_kind_differs";

/// Whether two ways to write a physician's name may mean the same person: a family name in common and first names (or
/// initials) that do not differ. Titles and degrees do not count.
///
/// # Example
/// ```
/// assert!(opinion::is_same_name("Samuel J. Whitcomb, MD", "Dr. S. Whitcomb"));
/// assert!(!opinion::is_same_name("Samuel Whitcomb, MD", "Priya Raman, MD"));
/// ```
pub fn is_same_name(one: &str, other: &str) -> bool {
    let (a, b) = (bare(one), bare(other));
    let (Some((first_a, rest_a)), Some((first_b, rest_b))) = (a.split_first(), b.split_first()) else { return false };
    match (rest_a.is_empty(), rest_b.is_empty()) {
        (true, true) => return first_a == first_b,
        (true, false) => return rest_b.contains(first_a),
        (false, true) => return rest_a.contains(first_b),
        (false, false) => {}
    }
    let family = rest_a.iter().any(|w| w.chars().count() > 1 && rest_b.contains(w));
    let initial = first_a.chars().count() == 1 || first_b.chars().count() == 1;
    family && (first_a == first_b || initial && first_a.chars().next() == first_b.chars().next())
}

/// The physician who gave the second opinion, with what the person typed of a physician of that name (`[[candidate]]`) where
/// nothing else is known. A board's certificate is of a specialty: it comes along only with that specialty.
pub fn second_physician(case: &Case) -> Option<Physician> {
    let mut known = case.second_opinion.as_ref()?.physician.clone()?;
    let name = known.name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or_default();
    let is_same = |c: &&Candidate| !name.is_empty() && c.name.as_deref().is_some_and(|typed| is_same_name(typed, name));
    let Some(typed) = case.candidates.iter().find(is_same) else { return Some(known) };
    let fill = |to: &mut Option<String>, from: &Option<String>| {
        if to.as_deref().is_none_or(|t| t.trim().is_empty()) {
            to.clone_from(from);
        }
    };
    let folded = |field: &Option<String>| check::folded(field.as_deref().unwrap_or_default());
    let same_field = known.specialty.is_none() || folded(&known.specialty) == folded(&typed.specialty);
    fill(&mut known.specialty, &typed.specialty);
    fill(&mut known.subspecialty, &typed.subspecialty);
    fill(&mut known.institution, &typed.institution);
    fill(&mut known.practice, &typed.practice);
    fill(&mut known.npi, &typed.npi);
    fill(&mut known.phone, &typed.phone);
    fill(&mut known.address, &typed.address);
    if same_field && known.certification_checked_at.is_none() {
        fill(&mut known.certified_by, &typed.certified_by);
        known.certification_checked_at.clone_from(&typed.certification_checked_at);
        known.checked_on = known.checked_on.or(typed.checked_on);
    }
    Some(known)
}

/// The family names of a physician, folded: every word of the name but the first.
pub(crate) fn family_names(name: &str) -> Vec<String> {
    let words = bare(name);
    let after_first = usize::from(words.len() > 1);
    words.into_iter().skip(after_first).filter(|w| w.chars().count() > 1).collect()
}

/// The words of a name without title and degrees, folded.
fn bare(name: &str) -> Vec<String> {
    const TITLES: [&str; 8] = ["dr", "dra", "prof", "professor", "doctor", "doctora", "mr", "ms"];
    let name = name.split(',').next().unwrap_or(name);
    let degree = |w: &str| {
        w.chars().filter(|c| c.is_alphabetic()).count() > 1 && w.chars().all(|c| c.is_uppercase() || c == '.')
    };
    let all_capitals = !name.chars().any(char::is_lowercase);
    let words = name.split(|c: char| c.is_whitespace() || c == '-').filter(|w| all_capitals || !degree(w));
    let folded = words.map(|w| check::folded(w).replace(|c: char| !c.is_alphanumeric(), ""));
    folded.filter(|w| !w.is_empty() && !TITLES.contains(&w.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_same_name, second_physician};
    use facts::{Candidate, Case, Physician, SecondOpinion};

    fn case(author: &str, field: Option<&str>, typed: &str) -> Case {
        let text = |t: &str| Some(t.to_string());
        let physician = Physician { name: text(author), specialty: field.map(str::to_string), ..Physician::default() };
        let typed = Candidate {
            name: text(typed),
            specialty: text("Medical Oncology"),
            institution: text("Example Cancer Center"),
            certification_checked_at: text("certificationmatters.org"),
            ..Candidate::default()
        };
        Case {
            second_opinion: Some(SecondOpinion { physician: Some(physician), ..SecondOpinion::default() }),
            candidates: vec![typed],
            ..Case::default()
        }
    }

    #[test]
    fn what_was_typed_of_a_physician_joins_the_author_of_the_letter_by_name() {
        let joined = |c: &Case| second_physician(c).unwrap_or_default();
        let same = joined(&case("Ingrid Muestra-Baptiste, MD, PhD", None, "Dr. Ingrid Muestra-Baptiste"));
        assert_eq!(same.name.as_deref(), Some("Ingrid Muestra-Baptiste, MD, PhD"), "the letter's own form stays");
        assert_eq!(same.institution.as_deref(), Some("Example Cancer Center"));
        assert_eq!(same.certification_checked_at.as_deref(), Some("certificationmatters.org"));
        let other = joined(&case("Ingrid Muestra-Baptiste, MD, PhD", None, "Samuel Otro, MD"));
        assert_eq!(
            (other.institution, other.certification_checked_at),
            (None, None),
            "another physician's are not hers"
        );
        let nobody = joined(&case(" ", None, "Samuel Otro, MD"));
        assert_eq!(nobody.institution, None, "without an author nobody is joined");
        let field = joined(&case("Ingrid Muestra-Baptiste, MD", Some("Hematology"), "Ingrid Muestra-Baptiste"));
        assert_eq!(field.specialty.as_deref(), Some("Hematology"));
        assert_eq!(field.certification_checked_at, None, "the certificate is of another field");
    }

    #[test]
    fn a_physician_is_known_however_the_name_is_written() {
        let doctor = "Beatriz Lugo Peña, MD";
        for name in ["Dra. Beatriz Lugo", "B. Lugo", "Beatriz Lugo-Peña M.D.", "Dr. Lugo", "BEATRIZ LUGO"] {
            assert!(is_same_name(doctor, name) && is_same_name(name, doctor), "{name}");
        }
        for name in ["Bruno Salas, MD", "Ana Lugo", "", "Beatriz Salas", "Dr. Beatriz"] {
            assert!(!is_same_name(doctor, name), "{name}");
        }
    }
}
