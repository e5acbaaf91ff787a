//! (plan terms, law as data, plan papers) → does the plan pay for the second opinion, and what will it cost?
//!
//! Three layers, the stronger over the weaker: the kind of coverage (`kb/opinions/coverage/kinds/`), the law of the
//! State for insured plans (`states.toml`), and the plan's own papers, quoted with their page. What the person entered
//! (deductible, copay, whether a referral is needed) always wins over what is usual.

mod cost;
mod states;

use calendar::Date;
use cite::{Authority, Confidence};
use facts::{Case, Document};
use kb::{Kb, KbError, Sentences};
use serde::Deserialize;

use crate::OpinionCoverage;
use crate::clauses::{PlanPaper, plan_papers};
use crate::need::worth_in;
use crate::situation::Situation;
use crate::words::{Folded, set_in};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    cover: Vec<Cover>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cover {
    kinds: Vec<String>,
    covered: String,
    referral: String,
    pub(super) cost_rule: String,
    state_law: String,
    #[serde(default)]
    employer_benefit: bool,
    says: String,
    network: Option<String>,
    out_of_network: Option<String>,
    third_opinion: Option<String>,
    notes: Vec<String>,
    #[serde(default)]
    when: Vec<CoverWhen>,
    #[serde(default)]
    authority: Vec<Authority>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoverWhen {
    fact: CoverFact,
    covered: String,
    says: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CoverFact {
    Cosmetic,
    SurgeryOrMajor,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Network {
    referral: String,
    network: String,
    out_of_network: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    opening: String,
    opening_es: String,
    /// The name of a caller who is not the patient.
    for_other: String,
    for_other_es: String,
    /// Another opening for coverages where the call goes elsewhere.
    opening_for: Vec<Ask>,
    closing: String,
    closing_es: String,
    ask: Vec<Ask>,
    employer: Employer,
    after_care: Employer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    says: String,
    es: String,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    surgery: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Employer {
    says: String,
}

/// Whether and how the plan covers a second opinion, with the cost worked out from what is known.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn coverage(case: &Case, kb: &Kb, today: Date, plan_documents: &[Document]) -> Result<OpinionCoverage, KbError> {
    coverage_in(case, kb, today, &Situation::read(case, kb, today)?, &plan_papers(plan_documents, kb)?)
}

/// As [`coverage`], for a situation and plan papers that were read already.
pub(crate) fn coverage_in(
    case: &Case,
    kb: &Kb,
    today: Date,
    situation: &Situation,
    papers: &[PlanPaper],
) -> Result<OpinionCoverage, KbError> {
    let script: Script = kb.table("opinions/scripts/ask_the_plan.toml")?;
    let kinds: Vec<(String, KindFile)> = kb.tables("opinions/coverage/kinds")?;
    let kind = case.coverage.kind.as_deref();
    let cover = kind.and_then(|k| kinds.iter().flat_map(|(_, f)| &f.cover).find(|c| c.kinds.iter().any(|x| x == k)));
    let Some(cover) = cover else {
        return Ok(unknown_kind(case, situation, &script, kind, kb));
    };
    let network = network(case, kb)?;
    let mut out = by_kind(case, kb, today, cover, &network, situation)?;
    match cover.state_law.as_str() {
        "applies" => states::apply(case, kb, situation, &mut out)?,
        "may_not_apply" => states::may_not_apply(kb, &mut out)?,
        _ => {}
    }
    for paper in papers {
        plan_text(paper, kb.index().sentences(), &mut out);
    }
    if let Some(stated) = case.coverage.referral_required {
        out.referral = if stated { "required" } else { "not_required" }.into();
    }
    if cover.employer_benefit {
        out.employer_benefit = Some(script.employer.says.clone());
    }
    if situation.done == Some(true) {
        out.notes.insert(0, script.after_care.says.clone());
    }
    if let Some(instead) = worth_in(case, kb, situation)?.no_help(kb.index().sentences()) {
        out.no_help = true;
        out.notes.insert(0, instead.paragraph());
    }
    (out.ask_the_plan, out.ask_the_plan_es) = ask(case, &script, situation);
    // "Plan terms: check …" is ours to say; a citation stays as it is.
    out.authorities.iter_mut().for_each(|a| a.cite = kb.told(&a.cite).to_string());
    Ok(out)
}

/// The time that the law of the State sets for a second opinion, with its citation, where that law reaches the plan.
pub(crate) fn second_opinion_time(case: &Case, kb: &Kb, today: Date) -> Result<Option<(String, String)>, KbError> {
    let kinds: Vec<(String, KindFile)> = kb.tables("opinions/coverage/kinds")?;
    let reached =
        |c: &Cover| c.state_law == "applies" && case.coverage.kind.as_ref().is_some_and(|k| c.kinds.contains(k));
    if !kinds.iter().flat_map(|(_, f)| &f.cover).any(reached) {
        return Ok(None);
    }
    states::time(case, kb, &Situation::read(case, kb, today)?)
}

fn by_kind(
    case: &Case,
    kb: &Kb,
    today: Date,
    cover: &Cover,
    network: &Network,
    situation: &Situation,
) -> Result<OpinionCoverage, KbError> {
    let fit = cover.when.iter().find(|w| match w.fact {
        CoverFact::Cosmetic => situation.cosmetic,
        CoverFact::SurgeryOrMajor => situation.surgery || situation.major_procedure,
    });
    Ok(OpinionCoverage {
        covered: fit.map_or(&cover.covered, |w| &w.covered).clone(),
        says: fit.map_or(&cover.says, |w| &w.says).clone(),
        cost: cost::cost(case, kb, today, cover)?,
        referral: referral(case, cover, network, situation),
        network: cover.network.clone().or_else(|| Some(network.network.clone())),
        out_of_network: cover.out_of_network.clone().or_else(|| Some(network.out_of_network.clone())),
        third_opinion: cover.third_opinion.clone(),
        notes: cover.notes.clone(),
        authorities: cover.authority.clone(),
        ..OpinionCoverage::default()
    })
}

fn network(case: &Case, kb: &Kb) -> Result<Network, KbError> {
    let mut table: std::collections::BTreeMap<String, Network> = kb.table("opinions/coverage/network.toml")?;
    let stated = case.coverage.network_type.as_deref().map(str::to_lowercase);
    let found = stated.and_then(|n| table.remove(&n)).or_else(|| table.remove("unknown"));
    Ok(found.unwrap_or(Network { referral: "unknown".into(), network: String::new(), out_of_network: String::new() }))
}

/// What is usual; the person's own answer is laid over it by the caller.
fn referral(case: &Case, cover: &Cover, network: &Network, situation: &Situation) -> String {
    match cover.referral.as_str() {
        "by_network" => network.referral.clone(),
        "medicare_advantage" => match case.coverage.network_type.as_deref().map(str::to_lowercase).as_deref() {
            Some("ppo" | "indemnity") => "not_required".into(),
            _ => "unknown".into(),
        },
        "tricare" => {
            let plan =
                Folded::of([&case.coverage.plan_name, &case.coverage.issuer].into_iter().flatten().map(String::as_str));
            if plan.any(&situation.words.tricare_prime) {
                "required".into()
            } else if plan.any(&situation.words.tricare_select) {
                "not_required".into()
            } else {
                "unknown".into()
            }
        }
        stated => stated.into(),
    }
}

/// The plan's own words stand above what is usual.
fn plan_text(paper: &PlanPaper, sentences: &Sentences, out: &mut OpinionCoverage) {
    for clause in paper.clauses.iter().filter(|c| c.kind == "second_opinion" || c.kind == "second_surgical_opinion") {
        let Some(grants) = clause.covers else { continue };
        out.plan_quotes.push(crate::PlanQuote {
            kind: clause.kind.clone(),
            quote: clause.quote.clone(),
            document: paper.name.clone(),
            page: clause.page,
        });
        if out.plan_quotes.len() > 1 {
            continue;
        }
        let page = clause.page.to_string();
        out.covered = if grants { "yes" } else { "no" }.into();
        out.authorities.retain(|a| !a.cite.starts_with("Plan terms"));
        out.authorities.insert(
            0,
            Authority {
                cite: sentences.say("page_of", &[("paper", &paper.name), ("page", &page)]),
                url: None,
                verified_on: None,
                confidence: Some(Confidence::OfficialText),
            },
        );
        let sentence = if grants { "cover_in_papers" } else { "cover_not_in_papers" };
        out.says = sentences.say(sentence, &[("page", &page)]);
    }
}

fn unknown_kind(case: &Case, situation: &Situation, script: &Script, kind: Option<&str>, kb: &Kb) -> OpinionCoverage {
    let sentences = kb.index().sentences();
    let says = match kind {
        // The question that settles it is the same as everywhere else.
        None => {
            let ask = kb.index().vocabulary().fact.get("coverage.kind").map_or("", |f| f.ask.as_str());
            sentences.say("cover_kind_missing", &[("ask", ask)])
        }
        Some(kind) => sentences.say("cover_kind_unknown", &[("kind", kind)]),
    };
    let (ask_the_plan, ask_the_plan_es) = ask(case, script, situation);
    OpinionCoverage {
        covered: "not_stated".into(),
        says,
        referral: match case.coverage.referral_required {
            Some(true) => "required".into(),
            Some(false) => "not_required".into(),
            None => "unknown".into(),
        },
        ask_the_plan,
        ask_the_plan_es,
        ..OpinionCoverage::default()
    }
}

/// The phone script in English and in Spanish, filled with what is known. Nothing is made up: an unknown value stays a
/// blank to fill in.
fn ask(case: &Case, script: &Script, situation: &Situation) -> (Vec<String>, Vec<String>) {
    let kind = case.coverage.kind.as_deref().unwrap_or_default();
    let known = &situation.names;
    let english = [known.service_of(case), known.condition_of(case)];
    let spanish = [&case.claim.service, &case.claim.diagnosis].map(|name| name.as_deref().map(|n| known.inline(n)));
    let patient = case.patient.name.as_deref().unwrap_or("____");
    let role = case.patient.role.as_deref();
    // Somebody calls for the patient also where the name is not entered: a mother never says that she is her daughter.
    let unnamed = role.filter(|r| *r != "patient").map(|_| "____");
    let other = case.patient.representative.as_deref().filter(|_| role != Some("patient")).or(unnamed);
    let caller = |for_other: &str| match other {
        Some(other) => for_other.replace("{other}", other).replace("{patient}", patient),
        None => patient.to_owned(),
    };
    let fill = |text: &str, for_other: &str, named: &[Option<String>; 2], unknown: [&str; 2]| {
        let [service, condition] = [0, 1].map(|at| named[at].as_deref().unwrap_or(unknown[at]));
        let text = text
            .replace("{name}", &caller(for_other))
            .replace("{member}", case.coverage.member_id.as_deref().unwrap_or("____"))
            .replace("{days}", "____");
        set_in(&set_in(&text, "service", service), "condition", condition)
    };
    let names = |list: &[String]| list.iter().any(|k| k == kind);
    let fits =
        |a: &&Ask| (a.only.is_empty() || names(&a.only)) && !names(&a.never) && (!a.surgery || situation.surgery);
    let asks: Vec<&Ask> = script.ask.iter().filter(fits).collect();
    type Said<'a> = (&'a str, &'a [Option<String>; 2], [&'a str; 2]);
    let lines = |opening: &str, middle: &dyn Fn(&Ask) -> String, closing: &str, (for_other, named, unknown): Said| {
        let all = std::iter::once(opening.to_owned()).chain(asks.iter().map(|a| middle(a)));
        all.chain(std::iter::once(closing.to_owned())).map(|text| fill(&text, for_other, named, unknown)).collect()
    };
    let other = script.opening_for.iter().find(|o| names(&o.only));
    (
        lines(
            other.map_or(&script.opening, |o| &o.says),
            &|a| a.says.clone(),
            &script.closing,
            (&script.for_other, &english, ["my treatment", "my condition"]),
        ),
        lines(
            other.map_or(&script.opening_es, |o| &o.es),
            &|a| a.es.clone(),
            &script.closing_es,
            (&script.for_other_es, &spanish, ["mi tratamiento", "mi enfermedad"]),
        ),
    )
}
