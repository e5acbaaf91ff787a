//! What the values of one paper say about each other: which of two stays, and what another one makes of it.

use crate::found::{Found, PLACED, SAID, WEAKLY_LABELLED};
use crate::phrase::fold_word;

/// A date of its own line at the top, or one that a label gives for sure, is the letter's; a row "Date:" with an earlier day, or
/// below the line, is then the day of service.
pub(crate) fn second_date_is_of_service(found: &mut [Found]) {
    let dates = || found.iter().filter(|f| f.field == "notice.dated" && f.page == 1);
    let top = dates().filter(|f| f.rank == PLACED).map(|f| f.span.0).min();
    let served = found.iter().any(|f| f.field == "service.date");
    let sure = dates().filter(|f| f.rank < WEAKLY_LABELLED && !served).map(|f| f.value.clone()).next();
    let rows = found.iter_mut().filter(|f| f.field == "notice.dated" && f.rank == WEAKLY_LABELLED);
    let other =
        |f: &Found| top.is_some_and(|t| f.page > 1 || f.span.0 > t) || sure.as_ref().is_some_and(|day| f.value < *day);
    rows.filter(|f| other(f)).for_each(|f| f.field = "service.date");
}

/// Whom the plan names as its reviewer is not who gives the care, where only a sentence names them ("Dr. Osei can be reached
/// at …").
pub(crate) fn reviewer_gives_no_care(found: &mut Vec<Found>) {
    let surname = |f: &Found| {
        let name = f.value.split(',').next().unwrap_or("").trim_end_matches('.').to_owned();
        let last = name.split_whitespace().rfind(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 2);
        last.map(str::to_lowercase).unwrap_or_default()
    };
    let reviewers: Vec<String> = found.iter().filter(|f| f.field == "reviewer.name").map(surname).collect();
    let said = |f: &Found| f.field == "provider.treating" && f.rank >= SAID;
    found.retain(|f| !(said(f) && reviewers.contains(&surname(f))));
}

/// Where the person lives is not where the appeal goes.
pub(crate) fn own_address_is_none_for_appeals(found: &mut Vec<Found>) {
    let people: Vec<String> = found.iter().filter(|f| is_patient(f)).map(|f| f.value.to_lowercase()).collect();
    found.retain(|f| {
        let written = f.value.to_lowercase();
        f.field != "appeal.address" || !people.iter().any(|p| written.starts_with(p.as_str()))
    });
}

/// "PPO" within the plan's or the insurer's own name says how it is called, not what kind of plan the letter says it is.
pub(crate) fn network_of_a_name_is_no_kind(found: &mut Vec<Found>) {
    let names: Vec<Found> = found.iter().filter(|f| matches!(f.field, "plan.name" | "plan.issuer")).cloned().collect();
    found.retain(|f| {
        let within = |n: &Found| n.page == f.page && n.span.0 <= f.span.0 && f.span.1 <= n.span.1;
        let again = |n: &Found| n.value.split(|c: char| !c.is_alphanumeric()).any(|w| w == f.value);
        f.field != "plan.kind_stated" || f.value.len() > 4 || !names.iter().any(|n| within(n) || again(n))
    });
}

/// In a decision of a reviewer outside, the row "Plan:" names whose denial was reviewed; no further outside review is offered.
pub(crate) fn plan_under_review(found: &mut Vec<Found>) {
    let labelled = found.iter().any(|f| f.field == "plan.issuer" && f.rank < SAID);
    let plan = found.iter().find(|f| f.field == "plan.name" && f.rank < SAID).cloned();
    if let Some(plan) = plan.filter(|_| !labelled) {
        found.push(Found { field: "plan.issuer", ..plan });
    }
    found.retain(|f| f.field != "external_review.offered");
}

pub(crate) fn same_value(a: &Found, b: &Found) -> bool {
    a.value.eq_ignore_ascii_case(&b.value)
}

/// Whether two values are the same words, slips of text recognition apart.
fn same_words(a: &str, b: &str) -> bool {
    let folded = |s: &str| s.split_whitespace().map(fold_word).collect::<Vec<_>>();
    folded(a) == folded(b)
}

/// Whether two names of people share a longer word: "Dr. Vantongeren" is Odalys Vantongeren.
fn same_family(a: &str, b: &str) -> bool {
    let words = |s: &str| {
        let bare = s.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\''));
        bare.filter(|w| w.len() > 4).map(str::to_lowercase).collect::<Vec<_>>()
    };
    let known = words(a);
    words(b).iter().any(|w| known.contains(w))
}

/// Whose care it is about: neither who gives it nor who reviewed it.
fn is_patient(f: &Found) -> bool {
    matches!(f.field, "member.name" | "patient.name")
}

/// Whether a value of the same field gives the same person with more names.
fn is_fuller(of: &Found, f: &Found) -> bool {
    let names = |s: &str| s.split_whitespace().filter(|w| w.len() > 2 && !w.ends_with('.')).count();
    of.field == f.field && of.span != f.span && same_family(&of.value, &f.value) && names(&of.value) > names(&f.value)
}

/// Fields that exclude each other: one span is one value; an adjustment code with its group covers the bare one.
pub(crate) fn agree(found: &mut Vec<Found>) {
    let all = found.clone();
    found.retain(|f| match f.field {
        "denial.code" => !all.iter().any(|o| o.field == f.field && o.value.ends_with(&format!("-{}", f.value))),
        "reference.number" => !all
            .iter()
            .any(|o| matches!(o.field, "claim.number" | "member.id" | "plan.group_number") && o.value == f.value),
        "service.description" if all.iter().any(|o| o.field == "plan.issuer" && same_words(&o.value, &f.value)) => {
            false
        }
        "service.description" => !all.iter().any(|o| {
            o.field == f.field
                && o.value.len() > f.value.len()
                && o.value.to_lowercase().contains(&f.value.to_lowercase())
        }),
        "reviewer.name" | "provider.treating" if all.iter().any(|o| is_patient(o) && same_value(o, f)) => false,
        "provider.treating" => {
            !all.iter().any(|o| o.field == "reviewer.name" && o.value == f.value && o.rank <= f.rank)
        }
        "reviewer.name" if all.iter().any(|o| is_fuller(o, f)) => false, // "Dr. Batsford" beside "Lemuel Batsford, MD"
        "reviewer.name" => {
            !all.iter().any(|o| o.field == "provider.treating" && o.rank < f.rank && same_family(&o.value, &f.value))
        }
        // "Policy ID: 0441-778-9921" is the member's number, no clinical policy
        "criteria.cited" => !all.iter().any(|o| {
            matches!(o.field, "member.id" | "claim.number" | "reference.number" | "plan.group_number")
                && f.value.ends_with(&o.value)
                && o.page == f.page
                && o.span.1 == f.span.1
        }),
        "plan.provision_cited"
            if all.iter().any(|o| {
                matches!(o.field, "reference.number" | "claim.number" | "member.id")
                    && o.page == f.page
                    && f.span.0 <= o.span.0
                    && f.span.1 == o.span.1
            }) =>
        {
            false
        }
        "plan.provision_cited" => !all.iter().any(|o| {
            let within = o.span.0 <= f.span.0 && f.span.1 <= o.span.1 || o.span.0 == f.span.0;
            o.field == "criteria.cited" && o.page == f.page && within
        }),
        "provider.facility" => !all.iter().any(|o| o.field == "plan.issuer" && o.value.eq_ignore_ascii_case(&f.value)),
        "service.code" => !all.iter().any(|o| {
            o.field != f.field
                && o.page == f.page
                && o.span.0 <= f.span.0
                && f.span.1 <= o.span.1
                && o.span != f.span
                && matches!(
                    o.field,
                    "claim.number"
                        | "member.id"
                        | "reference.number"
                        | "plan.group_number"
                        | "appeal.address"
                        | "criteria.cited"
                )
        }),
        _ => true,
    });
}
