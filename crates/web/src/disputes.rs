//! What the plan's papers say differently: values of which a case has only one, each with its words, and the choice.

use cite::fold;
use facts::{Case, Certainty, Field, Origin, OriginKind, Reading};
use sha2::{Digest, Sha256};

use crate::{facts_at, intake};

/// Papers that give different values for one fact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dispute {
    /// Names the fact and the values: a further paper with another value is a dispute of its own.
    pub(crate) id: String,
    /// The path of the fact.
    pub(crate) fact: &'static str,
    /// Two or more.
    pub(crate) sides: Vec<Side>,
}

/// What one paper says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    pub(crate) value: String,
    pub(crate) quote: String,
    pub(crate) file: String,
    pub(crate) page: usize,
    span: (usize, usize),
    certainty: Certainty,
}

/// The disputes of all papers together that nobody has settled.
pub(crate) fn open(reading: &Reading, settled: &[String]) -> Vec<Dispute> {
    let all = notice::disputes(reading).into_iter().filter_map(|fields| dispute(reading, &fields));
    all.filter(|d| !settled.contains(&d.id)).collect()
}

fn dispute(reading: &Reading, fields: &[&Field]) -> Option<Dispute> {
    let name = &fields.first()?.name;
    let side = |f: &&Field| Side {
        value: f.value.clone(),
        quote: f.quote.clone(),
        file: reading.documents.get(f.document).map_or(String::new(), |d| d.name.clone()),
        page: f.page,
        span: f.span,
        certainty: f.certainty,
    };
    let sides: Vec<Side> = fields.iter().map(side).collect();
    Some(Dispute { id: id(name, &sides), fact: intake::fact_of(name, reading)?, sides })
}

fn id(name: &str, sides: &[Side]) -> String {
    let mut values: Vec<String> = sides.iter().map(|s| fold(&s.value)).collect();
    values.sort();
    let hash: String = Sha256::digest(values.join("\n")).iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("differ.{name}.{hash}")
}

/// The case with the value of one side, its words as the origin, confirmed by the person.
pub(crate) fn choose(case: &Case, dispute: &Dispute, side: &Side) -> Option<Case> {
    let mut case = facts_at::set(case, dispute.fact, &side.value)?;
    case.origin.retain(|o| o.fact != dispute.fact);
    case.origin.push(Origin {
        fact: dispute.fact.into(),
        kind: OriginKind::Quoted,
        quote: Some(side.quote.clone()),
        file: Some(side.file.clone()),
        page: Some(side.page),
        span: Some(side.span),
        certainty: Some(side.certainty),
        confirmed: true,
    });
    Some(case)
}
