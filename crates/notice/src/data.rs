//! The phrase data of `kb/notice/` as types, and the [`Reader`]: all of it compiled once.

use std::collections::HashMap;

use kb::{Kb, KbError};
use serde::Deserialize;

use crate::concepts::{Combination, Concepts};
use crate::phrase::{Phrases, fold_word};
use crate::plausible::Implausible;
use crate::records::Papers;
use crate::values::Scanners;
use crate::weigh::Weights;
use crate::words::Words;

/// What a phrase found in the text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A field label: index into [`Reader::labels`].
    Label(usize),
    /// A cue of prose.
    Cue(Cue),
    /// A denial reason: index into [`Reader::reasons`], and where it counts.
    Reason(usize, Weight),
    /// A phrase that takes a reason back in the same sentence.
    Unless(usize),
    /// An idea of which reasons are made: index into [`Reader::concepts`].
    Concept(usize),
    /// The heading of a section.
    Section(Section),
    /// Evidence for a kind of document: index into [`Reader::documents`] and its weight.
    Document(usize, u8),
    /// The name of a kind of document, which counts as a title only.
    Title(usize),
    /// A way to state what kind of plan it is: index into [`Reader::plan_kinds`].
    PlanKind(usize),
    /// The name of a physician's specialty.
    Specialty,
}

/// Where words that state a reason count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Wherever the sentence speaks of this decision, also beside a reason that tells more.
    Plain,
    /// Wherever the sentence speaks of this decision.
    Stated,
    /// Only beside words of decision.
    BesideDecision,
    /// Only where no other reason is stated.
    Fallback,
    /// Beside words of decision, where not even a fallback is stated.
    Last,
}

/// Cues of prose: groups of phrases with one use each. The phrases are in `kb/notice/cues.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub(crate) enum Cue {
    Decision,
    DecidedHere,
    Conditional,
    Negation,
    NotADenial,
    Undecided,
    Reported,
    ToldBy,
    CountedFrom,
    Approved,
    NotOurApproval,
    Reversed,
    Granted,
    Past,
    AnswerYes,
    AnswerNo,
    RowApproved,
    RowNotApproved,
    Appeal,
    FileBy,
    PlanDecides,
    External,
    ExternalOffer,
    OtherClock,
    Deadline,
    SendTo,
    AppealsOffice,
    NotAppealContact,
    OtherOffice,
    SendsOn,
    ExpeditedOffer,
    ClaimFileOffer,
    SecondOpinionRequired,
    ServiceAsked,
    ServiceDate,
    NoticeDate,
    OtherDate,
    CriteriaName,
    CriteriaUsed,
    CriteriaQuote,
    ProvisionCue,
    ProvisionNoise,
    ReviewerCue,
    SigningReviewer,
    DatedCare,
    Panel,
    ReviewerSpecialty,
    ReviewerLicense,
    ProviderCue,
    YourDoctor,
    FacilityCue,
    DiagnosisCue,
    PlanNameCue,
    IssuerCue,
    ActsFor,
    Partial,
    Reduction,
    /// Operations whose name holds a word for a cut: "breast reduction".
    ProcedureName,
    /// The title of our own form in place of an opinion letter.
    OwnForm,
    /// A reviewer outside the plan, as headings name one.
    OutsideReview,
    /// That the care was asked for and not yet given.
    BeforeCare,
    NeverGiven,
    CareThatRuns,
    /// Right before and right after a date that is no day of care.
    /// That coverage itself is taken back.
    Rescission,
    NoDayBefore,
    NoDayAfter,
    CareEnds,
    CareCut,
    DayOfChange,
    OneLevel,
    TwoLevels,
    FirstLevel,
    LaterLevel,
    EachLevel,
    VoluntaryLevel,
    CourtAction,
    LevelsOfLaw,
    AppealDecided,
    NotTheDecision,
    PersonActs,
    NegatedFinding,
    OthersLook,
    Final,
    ExternalDecision,
    Upheld,
    Overturned,
    FlagSecondOpinion,
    Greeting,
    Closing,
    Fax,
    Phone,
    PhoneNoise,
    PatientCue,
    BilledCue,
    DeniedAmountCue,
    PayableTo,
}

/// Sections of a letter, by what stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Section {
    /// Whatever comes before the first heading that is known.
    Body,
    /// Why the plan decided so.
    Reason,
    /// Appeal rights.
    Rights,
    /// Help, languages, definitions: nothing about this case.
    Help,
}

/// How the words after a label are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValueType {
    Date,
    Id,
    Name,
    Provider,
    Text,
    Organisation,
    /// The name of a plan's product: "Select PPO"; nothing else.
    Product,
    Amount,
    Service,
    Diagnosis,
    Code,
    DiagnosisCode,
    DenialCode,
    Phone,
    Fax,
    Specialty,
    Criteria,
    /// Read only to know where the value before it ends.
    Boundary,
}

/// A field label.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    /// The contract's field name; absent for a boundary.
    #[serde(default)]
    pub(crate) field: String,
    #[serde(rename = "type")]
    pub(crate) kind: ValueType,
    /// A short or ambiguous label: counts only at the beginning of a cell or right before a colon.
    #[serde(default)]
    pub(crate) weak: bool,
    /// Counts only where it begins its cell and a colon follows.
    #[serde(default)]
    pub(crate) opens: bool,
    /// Counts only as the head of a table's column.
    #[serde(default)]
    pub(crate) head: bool,
    /// How far it stands behind other labels of its field: the day a letter was mailed before the day it was printed.
    #[serde(default)]
    pub(crate) behind: u8,
    /// The field it names when a number sign follows: `Member #` is an id, `Member` a name.
    #[serde(default)]
    pub(crate) hash: String,
    pub(crate) phrases: Vec<String>,
}

/// What a label that no phrase names must mean, by the words in it: one of `any`, one of `with` where given, none of
/// `without`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bag {
    field: String,
    #[serde(rename = "type")]
    kind: ValueType,
    any: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    /// Index of the label made of it in [`Reader::labels`].
    #[serde(skip)]
    pub(crate) label: usize,
}

impl Bag {
    /// Whether a label of these folded words is meant.
    pub(crate) fn fits(&self, words: &[&str]) -> bool {
        let has = |list: &[String]| words.iter().any(|w| holds(list, w));
        has(&self.any) && (self.with.is_empty() || has(&self.with)) && !has(&self.without)
    }

    fn as_label(&self) -> Label {
        let (field, kind) = (self.field.clone(), self.kind);
        Label {
            field,
            kind,
            weak: false,
            opens: false,
            head: true,
            behind: 0,
            hash: String::new(),
            phrases: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelFile {
    label: Vec<Label>,
    bag: Vec<Bag>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
    cue: HashMap<Cue, Vec<String>>,
}

/// A denial reason and how plans state it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// A word of the closed list.
    pub(crate) reason: String,
    /// Phrases that say it outright: neither a reason that tells more nor other words of the sentence take it away.
    #[serde(default)]
    pub(crate) plainly: Vec<String>,
    /// Phrases that state it wherever they stand.
    #[serde(default)]
    pub(crate) stated: Vec<String>,
    /// Phrases that state it beside a decision or under a heading that asks why.
    #[serde(default)]
    pub(crate) beside_decision: Vec<String>,
    /// Phrases that state it where the paper states no other reason.
    #[serde(default)]
    pub(crate) fallback: Vec<String>,
    /// Combinations of concepts that state it: wherever they stand, beside a decision, and where nothing else is stated.
    #[serde(default)]
    concepts: Vec<String>,
    #[serde(default)]
    concepts_beside_decision: Vec<String>,
    #[serde(default)]
    concepts_fallback: Vec<String>,
    /// Combinations that tell that a reason is stated, whichever it is.
    #[serde(default)]
    concepts_last: Vec<String>,
    /// All of them, and where each counts.
    #[serde(skip)]
    pub(crate) combined: Vec<(Combination, Weight)>,
    /// Phrases that take it back when they stand in the same sentence.
    #[serde(default)]
    pub(crate) unless: Vec<String>,
    /// Adjustment codes (CARC) and remark codes (RARC) that state it.
    #[serde(default)]
    pub(crate) codes: Vec<String>,
    /// Reasons that say less and are dropped when this one is read from the same sentence.
    #[serde(default)]
    pub(crate) over: Vec<String>,
    /// Reasons that say less and are dropped when both are read from the same words.
    #[serde(default)]
    pub(crate) over_same_words: Vec<String>,
}

impl Reason {
    /// Reads the combinations of concepts.
    fn combine(&mut self, known: &Concepts) -> Result<(), KbError> {
        let lists = [
            (&self.concepts, Weight::Stated),
            (&self.concepts_beside_decision, Weight::BesideDecision),
            (&self.concepts_fallback, Weight::Fallback),
            (&self.concepts_last, Weight::Last),
        ];
        let written = lists.iter().flat_map(|(list, weight)| list.iter().map(move |source| (source, *weight)));
        let read = written.map(|(source, weight)| Ok((known.combination(source)?, weight)));
        self.combined = read.collect::<Result<_, _>>().map_err(|message| not_read("reasons", message))?;
        Ok(())
    }
}

pub(crate) fn not_read(file: &str, message: String) -> KbError {
    let hint = Some("kb/notice/README.md explains how phrases are written".into());
    KbError { file: format!("notice/{file}.toml"), place: None, message, hint }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonFile {
    reason: Vec<Reason>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionFile {
    section: HashMap<Section, Vec<String>>,
}

/// Evidence for one kind of document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentKind {
    pub(crate) kind: String,
    /// A paper with more words is of another kind.
    #[serde(default)]
    pub(crate) most_words: Option<usize>,
    /// Phrases that nearly settle it.
    #[serde(default)]
    strong: Vec<String>,
    /// Phrases that speak for it.
    #[serde(default)]
    some: Vec<String>,
    /// Names of such papers: count as `strong` where they begin a short cell, else not at all.
    #[serde(default)]
    title: Vec<String>,
}

/// How a letter says what kind of plan it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanKind {
    phrases: Vec<String>,
    /// Coverage of the case file, where the words settle it.
    #[serde(default)]
    pub(crate) coverage: Option<String>,
    /// Network type of the case file.
    #[serde(default)]
    pub(crate) network: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    document: Vec<DocumentKind>,
    plan: Vec<PlanKind>,
}

/// When two dates of one letter look like a slip.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checks {
    pub(crate) most_years_apart: u32,
    pub(crate) deadline_slack_days: u64,
}

/// Everything the reader looks for, compiled once. [`Reader::read`] then takes milliseconds.
#[derive(Debug)]
pub struct Reader {
    pub(crate) phrases: Phrases,
    pub(crate) meanings: Vec<Meaning>,
    pub(crate) labels: Vec<Label>,
    pub(crate) bags: Vec<Bag>,
    pub(crate) reasons: Vec<Reason>,
    /// Standard codes beyond those of the reasons: the place of the reason that each states.
    pub(crate) standard_codes: HashMap<String, usize>,
    pub(crate) concepts: Concepts,
    pub(crate) documents: Vec<DocumentKind>,
    pub(crate) plan_kinds: Vec<PlanKind>,
    pub(crate) words: Words,
    pub(crate) months: HashMap<String, i8>,
    pub(crate) scan: Scanners,
    pub(crate) checks: Checks,
    pub(crate) papers: Papers,
    /// What the value of a field can never be.
    pub(crate) implausible: Implausible,
    /// What words weigh for reasons, where the knowledge base says so.
    pub(crate) reason_weights: Option<Weights>,
    pub(crate) asides: Option<crate::asides::Asides>,
    pub(crate) tellings: Option<crate::tellings::Tellings>,
    pub(crate) gaps: Option<crate::gaps::Gaps>,
    pub(crate) spans: Option<crate::spans::Spans>,
    /// What words weigh for kinds of paper, where the knowledge base says so.
    pub(crate) kind_words: Option<crate::kind_words::KindWords>,
    /// What words weigh for which decision a notice tells, likewise.
    pub(crate) decision_words: Option<crate::decision_words::DecisionWords>,
}

impl Reader {
    /// Compiles the phrase data of `kb/notice/`; a second thread makes what needs no phrases.
    ///
    /// # Errors
    /// A [`KbError`] naming file and place for data that is absent, of another shape, or holds a phrase that cannot be
    /// looked for.
    pub fn new(kb: &Kb) -> Result<Reader, KbError> {
        std::thread::scope(|scope| {
            let beside = scope.spawn(|| Beside::new(kb));
            Reader::compiled(kb, || beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    fn compiled(kb: &Kb, beside: impl FnOnce() -> Result<Beside, KbError>) -> Result<Reader, KbError> {
        let mut labels: LabelFile = kb.table("notice/labels.toml")?;
        let cues: CueFile = kb.table("notice/cues.toml")?;
        let mut reasons: ReasonFile = kb.table("notice/reasons.toml")?;
        let concepts: Concepts = kb.table("notice/concepts.toml")?;
        let concepts = concepts.ready().map_err(|message| not_read("concepts", message))?;
        reasons.reason.iter_mut().try_for_each(|r| r.combine(&concepts))?;
        let sections: SectionFile = kb.table("notice/sections.toml")?;
        let kinds: KindFile = kb.table("notice/kinds.toml")?;
        let words: Words = kb.table("notice/words.toml")?;
        let mut compiler = Compiler::default();
        for (i, label) in labels.label.iter().enumerate() {
            compiler.add("labels", Meaning::Label(i), &label.phrases)?;
        }
        for (cue, phrases) in &cues.cue {
            compiler.add("cues", Meaning::Cue(*cue), phrases)?;
        }
        let known = |list: &[String]| list.iter().map(|p| concepts.with_contractions(p)).collect::<Vec<_>>();
        for (i, reason) in reasons.reason.iter().enumerate() {
            compiler.add("reasons", Meaning::Reason(i, Weight::Plain), &known(&reason.plainly))?;
            compiler.add("reasons", Meaning::Reason(i, Weight::Stated), &known(&reason.stated))?;
            compiler.add("reasons", Meaning::Reason(i, Weight::BesideDecision), &known(&reason.beside_decision))?;
            compiler.add("reasons", Meaning::Reason(i, Weight::Fallback), &known(&reason.fallback))?;
            compiler.add("reasons", Meaning::Unless(i), &known(&reason.unless))?;
        }
        for (i, concept) in concepts.concept.iter().enumerate() {
            compiler.add("concepts", Meaning::Concept(i), &known(&concept.words))?;
        }
        for (section, phrases) in &sections.section {
            compiler.add("sections", Meaning::Section(*section), phrases)?;
        }
        for (i, kind) in kinds.document.iter().enumerate() {
            compiler.add("kinds", Meaning::Document(i, 4), &kind.strong)?;
            compiler.add("kinds", Meaning::Document(i, 1), &kind.some)?;
            compiler.add("kinds", Meaning::Title(i), &kind.title)?;
        }
        for (i, plan) in kinds.plan.iter().enumerate() {
            compiler.add("kinds", Meaning::PlanKind(i), &plan.phrases)?;
        }
        compiler.add("words", Meaning::Specialty, &words.specialties)?;
        for bag in &mut labels.bag {
            bag.label = labels.label.len();
            labels.label.push(bag.as_label());
            for list in [&mut bag.any, &mut bag.with, &mut bag.without] {
                fold_list(list);
            }
        }
        let Beside {
            scan,
            papers,
            implausible,
            reason_weights,
            asides,
            tellings,
            gaps,
            spans,
            kinds: of_kinds,
            decisions,
        } = beside()?;
        Ok(Reader {
            phrases: compiler.phrases,
            meanings: compiler.meanings,
            labels: labels.label,
            bags: labels.bag,
            standard_codes: crate::adjustments::standard_codes(kb, &reasons.reason)?,
            reasons: reasons.reason,
            concepts,
            documents: kinds.document,
            plan_kinds: kinds.plan,
            months: months(&words),
            words: words.folded(),
            scan,
            checks: kb.table("notice/checks.toml")?,
            papers,
            implausible,
            reason_weights,
            asides,
            tellings,
            gaps,
            spans,
            kind_words: of_kinds,
            decision_words: decisions,
        })
    }
}

/// What of a [`Reader`] needs no phrases.
struct Beside {
    scan: Scanners,
    papers: Papers,
    implausible: Implausible,
    reason_weights: Option<Weights>,
    asides: Option<crate::asides::Asides>,
    tellings: Option<crate::tellings::Tellings>,
    gaps: Option<crate::gaps::Gaps>,
    spans: Option<crate::spans::Spans>,
    kinds: Option<crate::kind_words::KindWords>,
    decisions: Option<crate::decision_words::DecisionWords>,
}

impl Beside {
    fn new(kb: &Kb) -> Result<Beside, KbError> {
        Ok(Beside {
            scan: Scanners::new(),
            papers: Papers::new(kb)?,
            implausible: Implausible::new(kb)?,
            reason_weights: Weights::load(kb)?,
            asides: crate::asides::Asides::load(kb)?,
            tellings: crate::tellings::Tellings::load(kb)?,
            gaps: crate::gaps::Gaps::load(kb)?,
            spans: crate::spans::Spans::load(kb)?,
            kinds: crate::kind_words::KindWords::load(kb)?,
            decisions: crate::decision_words::DecisionWords::load(kb)?,
        })
    }
}

fn months(words: &Words) -> HashMap<String, i8> {
    let numbered = words.months.iter().zip(1i8..);
    numbered.flat_map(|(names, n)| names.iter().map(move |name| (fold_word(name), n))).collect()
}

/// Folds a list and makes it ready for [`holds`].
pub(crate) fn fold_list(list: &mut Vec<String>) {
    list.iter_mut().for_each(|w| *w = w.split(' ').map(fold_word).collect::<Vec<_>>().join(" "));
    list.sort_unstable();
    list.dedup();
}

/// Whether a folded, sorted list holds a folded word.
pub(crate) fn holds(list: &[String], word: &str) -> bool {
    list.binary_search_by(|w| w.as_str().cmp(word)).is_ok()
}

#[derive(Default)]
struct Compiler {
    phrases: Phrases,
    meanings: Vec<Meaning>,
}

impl Compiler {
    fn add(&mut self, file: &str, meaning: Meaning, phrases: &[String]) -> Result<(), KbError> {
        let tag = u32::try_from(self.meanings.len()).unwrap_or(u32::MAX);
        self.meanings.push(meaning);
        for phrase in phrases {
            self.phrases.add(tag, phrase).map_err(|message| not_read(file, message))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_of_any_file_may_begin_with_a_number() {
        for file in ["labels", "cues", "reasons", "concepts", "sections", "kinds", "words"] {
            let mut compiler = Compiler::default();
            compiler.add(file, Meaning::Specialty, &["# days left".into()]).unwrap_or_else(|e| panic!("{e}"));
            let page = crate::text::PageText::new("You have 30 days left.", &[]);
            assert_eq!(compiler.phrases.find(&page.tokens).len(), 1, "{file}");
        }
    }
}
