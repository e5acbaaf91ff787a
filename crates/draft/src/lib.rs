//! The content of every letter, form and checklist: (case, entitlements, opinion, check, criteria) → [`Document`].
//!
//! ```text
//! templates/<kind>/document.toml   order and conditions
//! templates/<kind>/words.en.toml   the words (words.es.toml in Spanish)      ──[draft]──▶ Document ──packet──▶ PDF, DOCX, text
//! the case and what was computed   values, quotes, authorities, exhibits
//! ```
//! The one function to know is [`draft`], the one type [`Document`]: blocks of [`Sentence`]s, where each statement of
//! law carries its authority and each medical statement its exhibit and page. A fact the words need and the case lacks
//! stands as a blank and is named in [`Document::missing`]; nothing is made up.
//!
//! [`lint`] reads a finished document the way a careful colleague would before it goes out.
//!
//! This crate does not lay out pages, reads no clock and no file; its words are embedded.

mod argument;
mod ask;
mod build;
mod codes;
mod consult;
mod dates;
mod decision;
mod document;
pub mod edits;
mod exhibits;
mod going_on;
mod inputs;
mod law;
mod lint;
mod names;
mod network;
mod offers;
mod openings;
mod parties;
mod parts;
mod readability;
mod references;
mod stage;
mod view;
mod words;

pub use dates::long_date;
pub use document::*;
pub use exhibits::{Attach, Exhibit, ExhibitPlan, Withheld, attach, exhibits, label};
pub use inputs::{CriteriaRow, CriterionState, Inputs, criteria_rows};
pub use lint::lint;
pub use offers::offered;
pub use parts::{criteria_are_shown, criteria_block};
pub use readability::grade;
pub use words::{Words, folders, template};

use facts::{Finding, Outcome};

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name for programs and on the command line.
    pub id: &'static str,
    /// What it is, in a few plain words.
    pub what: &'static str,
    /// Who it goes to.
    pub to: &'static str,
}

/// Every kind of document that can be drafted.
pub const KINDS: &[Kind] = &[
    Kind { id: "appeal_letter", what: "the appeal, for the step that is open", to: "plan or reviewer" },
    Kind {
        id: "protective_appeal",
        what: "a short appeal that files in time and is completed later",
        to: "plan or reviewer",
    },
    Kind {
        id: "external_review_request",
        what: "asks for the external review, beside or after the appeal",
        to: "plan or reviewer",
    },
    Kind { id: "reading_copy", what: "the appeal in the person's own language, to read and not to send", to: "you" },
    Kind { id: "supplement", what: "evidence that completes an appeal already filed", to: "plan or reviewer" },
    Kind { id: "second_opinion_request", what: "asks a physician for a second opinion", to: "second physician" },
    Kind {
        id: "second_opinion_brief",
        what: "the question, the reasons, the criteria and the records",
        to: "second physician",
    },
    Kind { id: "opinion_template", what: "a form of points for the opinion letter", to: "second physician" },
    Kind {
        id: "referral_letter",
        what: "refers the patient for a second opinion; the treating physician signs",
        to: "second physician",
    },
    Kind {
        id: "please_add",
        what: "asks the second physician for the sentences still missing",
        to: "second physician",
    },
    Kind { id: "thank_you", what: "thanks the second physician", to: "second physician" },
    Kind {
        id: "medical_necessity_outline",
        what: "what a letter of medical necessity should say for these reasons",
        to: "treating physician",
    },
    Kind { id: "peer_to_peer_brief", what: "one page for a call with the plan's physician", to: "treating physician" },
    Kind { id: "records_request", what: "asks a provider for the patient's own records", to: "provider" },
    Kind { id: "claim_file_request", what: "asks for the claim file and the criteria", to: "plan" },
    Kind { id: "reviewer_identity_request", what: "asks who made the medical decision", to: "plan" },
    Kind { id: "second_opinion_coverage_request", what: "asks the plan to cover a second opinion", to: "plan" },
    Kind { id: "gap_exception", what: "asks for care outside the network at the network's cost", to: "plan" },
    Kind { id: "network_clinician_request", what: "asks the plan to name a clinician in the network", to: "plan" },
    Kind { id: "search_log", what: "the log of the search for a network clinician", to: "plan or reviewer" },
    Kind { id: "sso_plan", what: "answers a denial for a missing second surgical opinion (code 61)", to: "plan" },
    Kind {
        id: "sso_billing",
        what: "asks the billing office to hold the bill (claim denied with code 61)",
        to: "provider's billing office",
    },
    Kind { id: "authorized_representative", what: "names somebody who may act for the patient", to: "plan" },
    Kind { id: "hipaa_authorization", what: "lets a provider send records", to: "provider" },
    Kind { id: "late_answer", what: "says that no decision on the appeal came, and asks for it", to: "plan" },
    Kind { id: "regulator_complaint", what: "asks the office that watches over the plan for help", to: "regulator" },
    Kind { id: "phone_script", what: "what to ask the plan on the phone, with room for the answers", to: "you" },
    Kind { id: "withdrawal", what: "ends an appeal", to: "plan or reviewer" },
];

/// Why a document could not be drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftError {
    /// There is no such kind; the nearest known one is named.
    UnknownKind {
        /// What was asked for.
        asked: String,
        /// The nearest known kind.
        nearest: Option<&'static str>,
    },
    /// A template file is broken (a user folder, or our fault).
    Template(String),
    /// The document would do harm, or ask for nothing, in this case.
    NotForThisCase {
        /// Why, for the person.
        why: String,
        /// What to do instead.
        instead: String,
    },
}

impl std::fmt::Display for DraftError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DraftError::UnknownKind { asked, nearest: Some(near) } => {
                write!(f, "there is no document `{asked}`\n  hint: did you mean `{near}`?")
            }
            DraftError::UnknownKind { asked, nearest: None } => {
                let known: Vec<&str> = KINDS.iter().map(|k| k.id).collect();
                write!(f, "there is no document `{asked}`\n  hint: there are {}", known.join(", "))
            }
            DraftError::Template(why) => f.write_str(why),
            DraftError::NotForThisCase { why, instead } => write!(f, "{why}\n  hint: {instead}"),
        }
    }
}

impl std::error::Error for DraftError {}

/// Finds a kind by its name; `-` and `_` are the same, capitals do not matter.
///
/// # Errors
/// [`DraftError::UnknownKind`] with the nearest known name.
pub fn kind(name: &str) -> Result<&'static Kind, DraftError> {
    let wanted = name.trim().to_lowercase().replace(['-', ' '], "_");
    KINDS.iter().find(|k| k.id == wanted).ok_or_else(|| DraftError::UnknownKind {
        asked: name.into(),
        nearest: KINDS.iter().map(|k| k.id).find(|id| {
            wanted.len() > 2
                && (id.contains(&wanted) || wanted.contains(id) || id.split('_').next() == wanted.split('_').next())
        }),
    })
}

/// The step of an external review, a word of the contract's `gives` list.
const EXTERNAL_REVIEW: &str = "external_review.file";

/// Drafts a document from a case. What is missing stands as a blank and is listed; what was noticed travels beside.
///
/// # Errors
/// [`DraftError::UnknownKind`] for a name that is not in [`KINDS`]; [`DraftError::Template`] when a file that documents are
/// made from cannot be read; [`DraftError::NotForThisCase`] for a request to complete an opinion that gives no yes, or that
/// lacks nothing.
pub fn draft(name: &str, inputs: &Inputs) -> Result<Outcome<Document>, DraftError> {
    let kind = kind(name)?;
    words::tables_read()?;
    if kind.id == "please_add"
        && let Some(key) = ask::nothing_to_ask_for(inputs)
    {
        let (why, instead) = (told(inputs, key), told(inputs, &format!("{key}_instead")));
        return Err(DraftError::NotForThisCase { why, instead });
    }
    // A request for external review is the appeal for that step, whichever step comes first in the case.
    let external = Inputs { stage: Some(EXTERNAL_REVIEW), ..*inputs };
    let own_language = Inputs { language: spoken(inputs), ..*inputs };
    // What is about an appeal that is filed already goes to where that appeal lies, and not to whoever decides next.
    let of_filed = ABOUT_WHAT_IS_FILED.contains(&kind.id) && inputs.stage.is_none();
    let filed = stage::taken_last(inputs).filter(|_| of_filed && !stage::stage(inputs).is_forwarded());
    let filed = Inputs { stage: filed.map_or(inputs.stage, |s| Some(s.gives.as_str())), ..*inputs };
    let (folder, inputs) = match kind.id {
        id if ABOUT_WHAT_IS_FILED.contains(&id) => (id, &filed),
        "external_review_request" => ("appeal_letter", &external),
        "reading_copy" => ("appeal_letter", &own_language),
        id => (id, inputs),
    };
    let shape = build::shape(folder).map_err(DraftError::Template)?;
    let mut view = view::View::new(inputs, folder)?;
    if kind.id == "reading_copy" && spoken(inputs) != "en" {
        view.is_copy_of_another_language();
    }
    let mut findings = noticed(inputs, shape.rests_on_the_opinion());
    let (gone, gone_step) = (no_such_step(kind.id, inputs, &view), view.stage.gives.clone());
    findings.extend(gone.clone());
    let again = matches!(kind.id, "appeal_letter" | "protective_appeal" | "reading_copy") && view.holds("on_file");
    if again {
        let key = if view.holds("answer_late") { "step_on_file_late" } else { "step_on_file" };
        findings.push(Finding::new("step_on_file", told(inputs, key)).about("event.appeal_filed"));
    }
    let idle = of_filed && !stage::is_pending(inputs);
    if idle {
        findings.push(Finding::new("nothing_pending", told(inputs, "nothing_pending")).about("event.appeal_filed"));
    }
    if let Some(form) = view.stage.form.as_deref().filter(|_| STEPS.contains(&kind.id)) {
        findings.push(Finding::new("form_needed", told(inputs, "form_needed").replace("{form}", form)));
    }
    if shape.names_works() {
        findings.extend(view.shelf.findings.clone());
        findings.extend(references::by_physicians(inputs));
    }
    let (mut document, more) = build::Builder::new(view).build(kind.id, &shape);
    findings.extend(more);
    if again {
        document.missing.push(told(inputs, "no_step_on_file"));
    }
    if idle {
        document.missing.push(told(inputs, "no_step_pending"));
    }
    if gone.is_some() {
        // What has nothing to rest on is no finished letter, whoever prints it.
        let own = stage::stage(&Inputs { stage: None, ..*inputs });
        let missing = no_step(inputs, &own, &gone_step);
        if !document.missing.contains(&missing) {
            document.missing.push(missing);
        }
    }
    findings.extend(not_cited(&document, inputs));
    findings.extend(for_reading(&mut document, inputs));
    findings.extend(edits::apply(&mut document, &inputs.case.edits));
    let mut told: Vec<Finding> = Vec::new();
    for finding in findings {
        // One thing is said once, whichever part of the document noticed it.
        if !told.iter().any(|f| f.code == finding.code && f.message == finding.message) {
            told.push(finding);
        }
    }
    let findings = told;
    Ok(Outcome { value: document, findings })
}

/// The language of a copy that the person reads: Spanish where that is the person's, else the document's.
fn spoken<'a>(inputs: &Inputs<'a>) -> &'a str {
    if inputs.case.patient.language.as_deref() == Some("es") { "es" } else { inputs.language }
}

/// Makes a letter a copy for reading: marked on every page, without signature line, delivery and copies. What is to be
/// known of it, or of a letter of which such a copy helps.
fn for_reading(document: &mut Document, inputs: &Inputs) -> Vec<Finding> {
    let words = Words::of("common", &document.language);
    let say = |key: &str| words.get(key).unwrap_or_default().to_string();
    let told = |code: &str| Finding::new(code, self::told(inputs, code));
    if document.id != "reading_copy" {
        let helps = document.id == "appeal_letter" && document.language != spoken(inputs);
        return helps.then(|| told("reading_copy")).into_iter().collect();
    }
    document.title = say("reading_copy.title").replace("{title}", &document.title);
    document.mark = Some(say("reading_copy.mark"));
    document.delivery.clear();
    document.cc.clear();
    document.closing = None;
    let notice = Block::Paragraph { sentences: vec![Sentence::plain(say("reading_copy.notice"))] };
    document.blocks.insert(0, notice);
    let edited = inputs.case.edits.iter().any(|e| e.document == "appeal_letter");
    edited.then(|| told("reading_copy_edited")).into_iter().collect()
}

/// The law that a document rests on and does not cite, because nobody has read the passage itself yet.
fn not_cited(document: &Document, inputs: &Inputs) -> Option<Finding> {
    let mut cites: Vec<String> = Vec::new();
    for source in document.sentences().into_iter().flat_map(|s| &s.sources) {
        if let Source::Authority(a) = source
            && !law::is_read(a)
            && !cites.contains(&law::printed(&a.cite))
        {
            cites.push(law::printed(&a.cite));
        }
    }
    let text = told(inputs, "not_cited").replace("{cites}", &cites.join("; "));
    (!cites.is_empty()).then(|| Finding::new("citation_not_confirmed", text))
}

/// Documents that take a step of the dispute.
const STEPS: [&str; 5] =
    ["appeal_letter", "external_review_request", "reading_copy", "protective_appeal", "supplement"];

/// Documents about an appeal that is filed and not answered yet.
const ABOUT_WHAT_IS_FILED: [&str; 2] = ["supplement", "withdrawal"];

/// That the step of a letter does not exist for this case: the rules refuse it, or, for a request of external review, do not
/// give it.
fn no_such_step(kind: &str, inputs: &Inputs, view: &view::View) -> Option<Finding> {
    let all = inputs.entitlements;
    let step = view.stage.gives.as_str();
    let given = all.rights.iter().any(|r| r.gives == step && r.actor == "claimant");
    let refused = all.refusals.iter().any(|r| r.right == step && r.why == rights::Why::NoRight);
    let refused = refused && !view.holds("by_contract");
    let gone = !given && (refused || kind == "external_review_request");
    let key = if step == EXTERNAL_REVIEW { "no_external_review" } else { "no_such_step" };
    let told = || Finding::new("document_not_for_this_case", told(inputs, key)).about("coverage.kind");
    (gone && STEPS.contains(&kind)).then(told)
}

/// What a letter for a step that does not exist lacks: the kind of coverage where that is unknown, else a step that this
/// coverage has.
fn no_step(inputs: &Inputs, own: &stage::Stage, gone: &str) -> String {
    if inputs.case.coverage.kind.as_deref().unwrap_or_default().is_empty() {
        return "coverage.kind".into();
    }
    if own.gives == gone {
        return told(inputs, "no_step_now");
    }
    let words = Words::of("common", spoken(inputs));
    let next = words.get(&format!("stage_name.{}", own.slug())).unwrap_or_default();
    told(inputs, "no_step_here").replace("{step}", next)
}

/// What the person is told, in the language in which they read.
fn told(inputs: &Inputs, key: &str) -> String {
    let words = Words::of("common", spoken(inputs));
    words.get(&format!("finding.{key}")).unwrap_or_default().to_string()
}

/// What is worth saying about any document of this case, and about the opinion letter where the document rests on it.
fn noticed(inputs: &Inputs, of_opinion: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !matches!(inputs.language, "en" | "es") {
        let text = format!("There are no words in `{}` yet: the document is in English.", inputs.language);
        findings.push(Finding::new("language_not_available", text));
    }
    findings.extend(lint::signed_by_a_child(inputs));
    if of_opinion {
        findings.extend(of_the_opinion(inputs).map(|code| Finding::new(code, told(inputs, code))));
        findings.extend(inputs.check.and_then(opinion::stopped_by).cloned());
        let of_paper = inputs.check.into_iter().flat_map(|c| &c.findings);
        let attached = attach(inputs.case, inputs.check) == Attach::Yes;
        findings.extend(of_paper.filter(|f| attached && OF_THE_PAPER.contains(&f.code.as_str())).cloned());
    }
    findings
}

/// What the person should know of the opinion letter before the packet goes out.
fn of_the_opinion(inputs: &Inputs) -> Option<&'static str> {
    let entered = inputs.case.second_opinion.as_ref().and_then(|o| o.outcome.as_deref());
    let outcome = inputs.check.map(|c| c.outcome.as_str()).or(entered);
    let advice = inputs.check.map_or("", |c| c.attach.as_str());
    match (attach(inputs.case, inputs.check), outcome) {
        (Attach::NotSupportive, _) => Some("opinion_not_attached"),
        (Attach::HarmfulSentence, _) => Some("opinion_harmful_sentence"),
        (Attach::NotChecked, _) => Some("opinion_not_checked"),
        // The finding of the check says whose or what paper it is; this, that it stays out whatever was chosen.
        (never, _) if never.is_never() => Some("opinion_never_attached"),
        // Where nothing is asked of the physician, nothing is told to be missing.
        (Attach::Yes, Some("confirms")) if advice == "after_changes" => {
            ask::nothing_to_ask_for(inputs).is_none().then_some("opinion_after_changes")
        }
        (Attach::Yes, Some("confirms")) => None,
        (Attach::Yes, Some("confirms_with_changes")) => Some("opinion_with_changes"),
        (Attach::Yes, Some("against" | "conservative_first" | "needs_workup")) => Some("opinion_adverse"),
        (Attach::Yes, _) => Some("opinion_no_yes"),
        _ => None,
    }
}

/// Findings of the check that bear on how a letter may speak of the opinion.
const OF_THE_PAPER: [&str; 4] = ["older_than_visit", "visit_day_differs", "visit_kind_differs", "in_spanish"];
