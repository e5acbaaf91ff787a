//! The shapes of the files beside the rules: vocabulary, calendars, programs, amounts, notices, States, debt.

use std::fmt;
use std::marker::PhantomData;

use calendar::{Date, HolidayRule};
use cite::Confidence;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::read;
use crate::rule::{Condition, Covers};

/// A table whose order in the file matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<T> Ordered<T> {
    /// The entry of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The place of a name in the file's order.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(n, _)| n == name)
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(n, _)| n.as_str())
    }

    /// The known name most like `word`, when one is like it at all.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        nearest(word, self.names())
    }
}

/// The candidate most like `word`, when one is like it at all: in its letters, or in its words in another order
/// (`self_funded_erisa`), or because all its parts are among the candidate's (`erisa`). Of equals, the first.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    at_least(0.4, word, candidates)
}

/// The candidate of which `word` is a slip of the pen: nearly the same letters.
pub fn slip_of<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    at_least(0.8, word, candidates)
}

fn at_least<'a>(least: f64, word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let likeness = |a: &str, b: &str| strsim::normalized_damerau_levenshtein(a, b);
    candidates
        .map(|c| (likeness(&word, c).max(likeness(&sorted(&word), &sorted(c))).max(among(&word, c)), c))
        .min_by(|a, b| b.0.total_cmp(&a.0))
        .filter(|(likeness, _)| *likeness >= least)
        .map(|(_, c)| c)
}

/// How much it says that all parts of a word are among those of a name: more than a chance likeness of letters, less
/// than a slip of the pen.
fn among(word: &str, name: &str) -> f64 {
    let parts = |text: &'_ str| text.split(['_', '.', '-', ' ']).map(String::from).collect::<Vec<_>>();
    let of_name = parts(name);
    let all = parts(word).iter().all(|p| p.chars().count() > 2 && of_name.contains(p));
    if all { 0.75 } else { 0.0 }
}

/// The parts of a name in alphabetical order.
fn sorted(name: &str) -> String {
    let mut parts: Vec<&str> = name.split(['_', '.', '-', ' ']).collect();
    parts.sort_unstable();
    parts.join("_")
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for V<T> {
            type Value = Ordered<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Ordered(all))
            }
        }
        d.deserialize_map(V(PhantomData))
    }
}

/// `vocabulary.toml`: the closed words. Other rooms may keep words of their own in the same file.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Vocabulary {
    /// Coverage → in plain words.
    #[serde(default)]
    pub coverages: Ordered<String>,
    /// Rights and duties, in the order in which they are listed.
    #[serde(default)]
    pub gives: Ordered<Gives>,
    /// Actor → in plain words.
    #[serde(default)]
    pub actors: Ordered<String>,
    /// How a filing counts → in plain words.
    #[serde(default)]
    pub filed_when: Ordered<String>,
    /// Facts that conditions may ask about, with the question that settles each.
    #[serde(default)]
    pub fact: Ordered<FactWords>,
    /// Events.
    #[serde(default)]
    pub event: Ordered<EventWords>,
    /// When the expedited pace applies.
    #[serde(default)]
    pub pace: Paces,
    /// Path of a number in the case file → what it can be.
    #[serde(default)]
    pub possible: Ordered<Possible>,
    /// Path of a word in the case file that no condition asks about → the words it can be.
    #[serde(default)]
    pub word: Ordered<Listed>,
}

impl Vocabulary {
    /// Whether a number can stand at this path of the case file.
    pub fn fits(&self, path: &str, number: f64) -> bool {
        #[allow(clippy::cast_precision_loss)] // amounts of money are far below 2^52 cents
        let within = |p: &Possible| number >= p.min as f64 && p.max.is_none_or(|max| number <= max as f64);
        self.possible.get(path).is_none_or(within)
    }
}

/// The words that a place of the case file can hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The words known.
    pub values: Vec<String>,
    /// Other names for them, as people write them: name → word.
    #[serde(default)]
    pub also: std::collections::BTreeMap<String, String>,
    /// Another word is a person's own and may stand; only a slip of a known one is reported.
    #[serde(default)]
    pub open: bool,
}

/// What a number of the case can be. Another one is reported and does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Possible {
    /// The least.
    pub min: i64,
    /// The greatest.
    #[serde(default)]
    pub max: Option<i64>,
    /// The law that sets it, where a law does.
    #[serde(default)]
    pub cite: Option<String>,
}

/// A word of the rights and duties.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gives {
    /// In plain words.
    pub label: String,
    /// Events that are the step itself.
    #[serde(default)]
    pub filed: Vec<String>,
    /// Later events that show that it was taken.
    #[serde(default)]
    pub done: Vec<String>,
    /// Events that settle it in another lawful way once its clock runs: a dismissal, for one.
    #[serde(default)]
    pub settled: Vec<String>,
    /// Events any one of which shows that it was asked for. Before that nothing is owed; empty: its clock says so.
    #[serde(default)]
    pub asked: Vec<String>,
    /// What steps inside the plan give that come first: while one is open, this one at the ordinary pace is not the next.
    #[serde(default)]
    pub after: Vec<String>,
    /// What better steps give: this one is for those who missed them.
    #[serde(default)]
    pub only_if_missed: Vec<String>,
    /// Owed only in some cases, so that silence is never called overdue.
    #[serde(default)]
    pub only_sometimes: bool,
}

/// A fact that rules ask about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactWords {
    /// The question in plain words.
    pub ask: String,
    /// The closed list of values, where there is one.
    #[serde(default)]
    pub values: Vec<String>,
    /// For a fact that nobody enters: words by which the plan's sentence, or the name of what is in dispute, tells it.
    #[serde(default)]
    pub told_by: Vec<String>,
    /// Reasons of a denial beside which those words tell it.
    #[serde(default)]
    pub told_with: Vec<String>,
}

/// An event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventWords {
    /// Completes "counted from …".
    pub label: String,
    /// For receipt events: the events that show when the paper was sent, best first.
    #[serde(default)]
    pub sent: Vec<String>,
    /// Events that must have happened by then.
    #[serde(default)]
    pub not_before: Vec<String>,
    /// The fact of the case that holds its day when no such event is written down.
    #[serde(default)]
    pub fact: Option<String>,
    /// Whether it may lie in the future.
    #[serde(default)]
    pub planned: bool,
    /// Whether the program adds it itself: the day on which an answer that opens another step was due and had not come.
    #[serde(default)]
    pub overdue: bool,
    /// For such a day: events from which the time is counted too, to advise the earlier day.
    #[serde(default)]
    pub safe_from: Vec<String>,
}

/// Paces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paces {
    /// The expedited pace.
    #[serde(default)]
    pub expedited: PaceWords,
}

/// To which claims a pace applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceWords {
    /// Kinds of claim to which it applies of itself.
    #[serde(default)]
    pub claim_kinds: Vec<String>,
    /// Kinds of claim to which it never applies.
    #[serde(default)]
    pub never_for: Vec<String>,
}

/// A holiday calendar, `corroborate-calendar/1`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// `corroborate-calendar/1`.
    pub format: String,
    /// Its name in a sentence ("federal holidays").
    pub name: String,
    /// When it was compared with the text.
    #[serde(with = "read::day")]
    pub verified_on: Date,
    /// How well it is known.
    pub confidence: Confidence,
    /// Citation.
    pub cite: String,
    /// Address of the text.
    #[serde(default)]
    pub url: Option<String>,
    /// The holidays.
    #[serde(rename = "holiday", default)]
    pub holidays: Vec<HolidayRule>,
}

/// Time zones of the States, `corroborate-zones/1`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZonesFile {
    /// `corroborate-zones/1`.
    pub format: String,
    /// State → IANA name of the zone of most of its people.
    pub zone: Ordered<String>,
    /// States that lie in more than one zone.
    #[serde(default)]
    pub several: Vec<String>,
}

/// A program, `corroborate-program/1`: who is covered and the ladder of levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// `corroborate-program/1`.
    pub format: String,
    /// Its name.
    pub title: String,
    /// The coverages it describes.
    pub coverage: Vec<String>,
    /// Who is covered, in plain words.
    pub who: String,
    /// How to tell from a card or letter.
    #[serde(default)]
    pub recognize: Vec<String>,
    /// Who runs external review, unless the case says otherwise.
    #[serde(default)]
    pub external_process: ProcessChoice,
    /// Claims that follow the rules of another program.
    #[serde(rename = "sends", default)]
    pub sends: Vec<Sends>,
    /// Who enforces the rules.
    #[serde(default)]
    pub enforcer: Option<String>,
    /// Its telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Its site.
    #[serde(default)]
    pub url: Option<String>,
    /// What else to know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The ladder.
    #[serde(rename = "level", default)]
    pub levels: Vec<Level>,
    /// The law.
    #[serde(rename = "authority", default)]
    pub authorities: Vec<PlainAuthority>,
}

/// Claims of a program that follow another program's rules (a pharmacy drug in a Medicare Advantage plan follows Part D).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sends {
    /// The `claim.item` words of those claims.
    pub item: Vec<String>,
    /// The coverage whose rules they follow.
    pub to: String,
    /// For the person: why other rules are shown.
    pub message: String,
    /// The law.
    pub authority: PlainAuthority,
}

/// Who runs external review under a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessChoice {
    /// The program has no such review, or its own; nothing to choose.
    #[default]
    None,
    /// The federal process.
    Federal,
    /// As the State in which the insurance policy was issued has it.
    SitusState,
    /// As the State in which the patient lives has it.
    PatientState,
}

/// A rung of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// 1, 2, …
    pub number: u8,
    /// In plain words.
    pub name: String,
    /// A word of the rights.
    pub gives: String,
    /// Where to send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_to: Option<String>,
}

/// A citation with its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainAuthority {
    /// Citation.
    pub cite: String,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was compared.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "read::maybe_day")]
    pub verified_on: Option<Date>,
    /// How well it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

/// Amounts in controversy by year of filing, `corroborate-amounts/1`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// `corroborate-amounts/1`.
    pub format: String,
    /// What it is.
    #[serde(default)]
    pub title: Option<String>,
    /// The amounts.
    #[serde(rename = "amount", default)]
    pub amounts: Vec<Amount>,
}

/// One amount.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// The level, e.g. `hearing`.
    #[serde(rename = "for")]
    pub level: String,
    /// Calendar year of filing; absent: every year.
    #[serde(default)]
    pub year: Option<i16>,
    /// Cents.
    pub cents: i64,
    /// When it was compared.
    #[serde(with = "read::day")]
    pub verified_on: Date,
    /// How well it is known.
    pub confidence: Confidence,
    /// The law.
    pub authority: PlainAuthority,
}

/// Rules of several Departments in the same words, `corroborate-parallel/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParallelFile {
    /// `corroborate-parallel/1`.
    pub format: String,
    /// The texts.
    pub parallel: Vec<Parallel>,
}

/// The text that binds certain plans, where our rules cite another one that has the same words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parallel {
    /// The section that our rules cite.
    pub cite: String,
    /// Words of the closed list of coverages.
    pub coverage: Vec<String>,
    /// The section that binds these plans.
    pub own: String,
    /// Where it can be read.
    pub url: String,
    /// How the paragraphs begin that were compared and are the same.
    pub paragraphs: Vec<String>,
    /// When somebody compared.
    #[serde(with = "crate::read::day")]
    pub verified_on: Date,
    /// How well it is known.
    pub confidence: Confidence,
}

impl Parallel {
    /// The same paragraph in the text that binds the plan; none for another section, or a paragraph that was not compared.
    pub fn own_text(&self, authority: &cite::Authority) -> Option<cite::Authority> {
        let rest = authority.cite.strip_prefix(self.cite.as_str())?;
        let same =
            |p: &&String| rest.strip_prefix(p.as_str()).is_some_and(|r| r.is_empty() || r.starts_with(['(', ',', ' ']));
        self.paragraphs.iter().find(same)?;
        Some(cite::Authority {
            cite: format!("{}{rest}", self.own),
            url: Some(self.url.clone()),
            verified_on: Some(self.verified_on.to_string()),
            confidence: authority.confidence.map(|c| c.max(self.confidence)),
        })
    }
}

/// What a notice must contain, `corroborate-notice/1`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeFile {
    /// `corroborate-notice/1`.
    pub format: String,
    /// What it is.
    pub title: String,
    /// Whom it covers.
    pub covers: Covers,
    /// Kinds of notice (`notice.kind` of a Reading).
    pub notices: Vec<String>,
    /// What must be in it.
    #[serde(rename = "must", default)]
    pub must: Vec<NoticeItem>,
}

/// One thing a notice must contain.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeItem {
    /// Short name.
    pub id: String,
    /// In plain words: "the plan provision the denial rests on".
    pub title: String,
    /// Field names of a Reading; any one shows that it is there. Empty: only a reader can tell.
    #[serde(default)]
    pub found_by: Vec<String>,
    /// Conditions on facts of the case.
    #[serde(default)]
    pub when: std::collections::BTreeMap<String, Condition>,
    /// What to ask for when it is not found.
    pub ask: String,
    /// Citation.
    pub cite: String,
    /// Address.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was compared.
    #[serde(with = "read::day")]
    pub verified_on: Date,
    /// How well it is known.
    pub confidence: Confidence,
}

/// A State, D.C. or a territory, `corroborate-state/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateFile {
    /// `corroborate-state/1`.
    pub format: String,
    /// Two letters.
    pub code: String,
    /// Name.
    pub name: String,
    /// Who runs external review for insurance under its law.
    pub external_review: crate::rule::Process,
    /// The insurance regulator.
    pub regulator: Regulator,
    /// Who regulates HMOs instead, where that is another office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hmo_regulator: Option<Regulator>,
    /// What else to know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How well the choice of process is known.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// The law.
    #[serde(rename = "authority", default)]
    pub authorities: Vec<PlainAuthority>,
}

/// A State's insurance regulator and consumer help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulator {
    /// Name.
    pub name: String,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Consumer line.
    #[serde(default)]
    pub consumer_line: Option<String>,
    /// Site.
    #[serde(default)]
    pub url: Option<String>,
    /// Where to complain.
    #[serde(default)]
    pub complaint_url: Option<String>,
}

/// What is not confirmed or not covered: any file in `debt/`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Debt {
    /// Figures nobody has confirmed.
    #[serde(default)]
    pub unverified: Vec<Unverified>,
    /// Rights the knowledge base does not have.
    #[serde(default)]
    pub uncovered: Vec<Uncovered>,
}

/// A figure nobody has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unverified {
    /// Id of the rule.
    pub id: String,
    /// `effective_from` of the version.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "read::maybe_day")]
    pub version: Option<Date>,
    /// What is not confirmed.
    pub what: String,
    /// Whom to ask.
    #[serde(default)]
    pub ask: Option<String>,
}

/// A right the knowledge base does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncovered {
    /// What is missing.
    pub what: String,
    /// Why.
    pub why: String,
    /// Whom to ask meanwhile.
    #[serde(default)]
    pub ask: Option<String>,
}

/// Worked examples beside a rule, `<rule>.examples.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExamplesFile {
    /// The examples.
    #[serde(rename = "example", default)]
    pub examples: Vec<Example>,
}

/// One worked example.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in words.
    pub name: String,
    /// Which sort of example.
    pub kind: ExampleKind,
    /// The day for which the answer is asked.
    #[serde(default, with = "read::maybe_day")]
    pub today: Option<Date>,
    /// Facts: events by bare name, others by path.
    #[serde(default)]
    pub given: toml::Table,
    /// What the rule must give.
    pub expect: Expect,
}

/// Which sort of example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExampleKind {
    /// The ordinary case.
    Normal,
    /// The edge of the rule.
    Boundary,
    /// No lawful answer.
    Refusal,
    /// The day after the last day.
    DayAfter,
}

/// What an example expects; every key given is compared.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Expect {
    #[serde(with = "read::maybe_day")]
    pub due: Option<Date>,
    #[serde(with = "read::maybe_day")]
    pub file_by: Option<Date>,
    pub due_at: Option<String>,
    pub from: Option<String>,
    #[serde(with = "read::maybe_day")]
    pub from_date: Option<Date>,
    pub presumed: Option<bool>,
    pub decision_period: Option<String>,
    #[serde(with = "read::maybe_day")]
    pub decision_due: Option<Date>,
    pub refusal: Option<String>,
    pub needs: Vec<String>,
    pub absent: Option<bool>,
    pub passed: Option<bool>,
    pub dated: Option<bool>,
    pub threshold_cents: Option<i64>,
    pub meets: Option<bool>,
    pub says: Option<String>,
    pub send_to: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_that_was_compared_is_cited_in_the_plans_own_text_and_no_other() {
        let parallel = Parallel {
            cite: "45 CFR 147.136".into(),
            coverage: vec!["erisa_insured".into()],
            own: "29 CFR 2590.715-2719".into(),
            url: "https://example.org".into(),
            paragraphs: vec!["(b)(2)".into(), "(d)(1)(i)(A)".into()],
            verified_on: "2026-11-26".parse().unwrap_or_default(),
            confidence: Confidence::OfficialCopy,
        };
        let own = |cite: &str, known| {
            let authority = cite::Authority { confidence: Some(known), ..cite::Authority::new(cite) };
            parallel.own_text(&authority).map(|a| (a.cite, a.confidence))
        };
        let (copy, second) = (Confidence::OfficialCopy, Confidence::Secondary);
        let found = |cite: &str, known| Some((cite.to_string(), Some(known)));
        assert_eq!(own("45 CFR 147.136(b)(2)(ii)(C)", copy), found("29 CFR 2590.715-2719(b)(2)(ii)(C)", copy));
        assert_eq!(own("45 CFR 147.136(b)(2)", Confidence::OfficialText), found("29 CFR 2590.715-2719(b)(2)", copy));
        assert_eq!(own("45 CFR 147.136(b)(2)(i)", second), found("29 CFR 2590.715-2719(b)(2)(i)", second));
        for other in [
            "45 CFR 147.136(b)(3)(i)",
            "45 CFR 147.136(b)(20)",
            "45 CFR 147.1360(b)(2)",
            "45 CFR 147.136",
            "45 CFR 147.136(d)(1)(i)(C)",
        ] {
            assert_eq!(own(other, copy), None, "{other}");
        }
    }
}
