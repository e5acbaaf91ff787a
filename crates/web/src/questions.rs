//! Which question to ask next: only those whose answer changes something.

use std::sync::OnceLock;

use calendar::Date;
use facts::Case;
use kb::Kb;
use rights::Entitlements;
use serde::Deserialize;

use crate::facts_at;

/// The file of questions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Questions {
    #[serde(rename = "question")]
    pub(crate) all: Vec<Question>,
    #[serde(rename = "node")]
    nodes: Vec<Node>,
}

/// A question and the fact it settles.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub(crate) id: String,
    pub(crate) fact: String,
    pub(crate) answer: Answer,
    #[serde(default)]
    pub(crate) options: Vec<String>,
    #[serde(default)]
    always: bool,
    /// Not asked while a fact has this value.
    unless: Option<Is>,
    /// Asked only while a fact has this value.
    only: Option<Is>,
    /// Asked only when this fact is known.
    with: Option<String>,
    /// Asked only while all of these facts are unknown.
    #[serde(default)]
    without: Vec<String>,
    /// The question's own words, for one that the rules ask and the words files do not know.
    #[serde(skip)]
    pub(crate) ask: Option<String>,
}

/// A fact and its value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Is {
    fact: String,
    is: String,
}

impl Is {
    fn holds(&self, case: &Case) -> bool {
        facts_at::get(case, &self.fact).as_deref() == Some(&self.is)
    }
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Tree,
    Date,
    Choice,
    YesNo,
    State,
    Text,
    /// Text of several lines.
    Lines,
    Number,
    Money,
}

/// A fork on the way to the coverage.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) options: Vec<Branch>,
}

/// A branch of a fork: a further fork, the coverage, or neither (we do not know this law yet).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Branch {
    pub(crate) id: String,
    pub(crate) next: Option<String>,
    pub(crate) sets: Option<String>,
}

impl Questions {
    pub(crate) fn get() -> &'static Questions {
        static ALL: OnceLock<Questions> = OnceLock::new();
        ALL.get_or_init(|| {
            toml::from_str(include_str!("../questions.toml"))
                .unwrap_or(Questions { all: Vec::new(), nodes: Vec::new() })
        })
    }

    /// The question with this id; `fact:claim.setting` is the question the rules ask about a fact.
    pub(crate) fn find(&self, id: &str, kb: &Kb) -> Option<Question> {
        match id.strip_prefix("fact:") {
            Some(fact) => Question::of_rules(fact, kb),
            None => self.all.iter().find(|q| q.id == id).cloned(),
        }
    }

    pub(crate) fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.id == id)
    }

    /// The question whose answer settles a fact that a refusal or a letter asks for.
    pub(crate) fn for_need(&self, need: &str, kb: &Kb) -> Option<Question> {
        let known = self.all.iter().find(|q| q.fact == need);
        // Rules may speak of `plan.grandfathered` or plainly of `notice_received`.
        let last = need.strip_prefix("plan.").or((!need.contains('.')).then_some(need));
        known
            .cloned()
            .or_else(|| Question::of_rules(need, kb))
            .or_else(|| self.all.iter().find(|q| last.is_some() && q.fact.rsplit('.').next() == last).cloned())
    }

    /// Open questions: ours in their order, then what else the rules ask.
    pub(crate) fn open(&self, case: &Case, kb: &Kb, today: Date, now: &Entitlements) -> Vec<Question> {
        let asked: Vec<String> = rights::questions(now, kb).into_iter().map(|q| q.fact).collect();
        let unknown = |fact: &str| facts_at::get(case, fact).is_none() && !facts_at::is_unknown(case, fact);
        let ours = self
            .all
            .iter()
            .filter(|q| unknown(&q.fact))
            .filter(|q| q.fits(case))
            .filter(|q| q.always || asked.contains(&q.fact) || q.changes_something(case, kb, today))
            .cloned();
        // A day that has not come yet (a decision, a filing) is told in the log, not asked for here.
        let more =
            asked.iter().filter(|f| !f.starts_with("event.") && unknown(f) && !self.all.iter().any(|q| q.fact == **f));
        ours.chain(more.filter_map(|f| Question::of_rules(f, kb))).collect()
    }
}

impl Questions {
    /// Questions that were answered with "I don't know" and whose answer a right or a date still waits for.
    pub(crate) fn left_open(&self, case: &Case, kb: &Kb, now: &Entitlements) -> Vec<Question> {
        let asked = rights::questions(now, kb).into_iter().map(|q| q.fact);
        let open = asked.filter(|fact| facts_at::is_unknown(case, fact) && facts_at::get(case, fact).is_none());
        open.filter_map(|fact| self.for_need(&fact, kb)).filter(|q| q.fits(case)).collect()
    }
}

impl Question {
    /// Whether earlier answers leave room for it.
    pub(crate) fn fits(&self, case: &Case) -> bool {
        self.unless.as_ref().is_none_or(|u| !u.holds(case))
            && self.only.as_ref().is_none_or(|o| o.holds(case))
            && self.with.as_ref().is_none_or(|fact| facts_at::get(case, fact).is_some())
            && self.without.iter().all(|fact| facts_at::get(case, fact).is_none())
    }

    /// A question in the words of the rules' own vocabulary.
    fn of_rules(fact: &str, kb: &Kb) -> Option<Question> {
        let words = kb.index().vocabulary();
        let (ask, options) = match (fact.strip_prefix("event."), words.fact.get(fact)) {
            (Some(kind), _) => (Some(words.event.get(kind)?.label.clone()), Vec::new()),
            (None, Some(known)) => (Some(known.ask.clone()), known.values.clone()),
            // A fact that no rule asks for, but a letter says or needs: it is asked for by its name.
            (None, None) if crate::intake::paths().any(|path| path == fact) => (None, Vec::new()),
            (None, None) => return None,
        };
        let takes = |text: &str| facts_at::set(&Case::default(), fact, text).is_some();
        let answer = match options.as_slice() {
            [a, b] if a == "true" && b == "false" => Answer::YesNo,
            [_, ..] => Answer::Choice,
            [] if fact.ends_with("_cents") => Answer::Money,
            [] if takes("x") => Answer::Text,
            [] if takes("2026-01-01") => Answer::Date,
            [] if takes("1") => Answer::Number,
            [] => return None,
        };
        let id = format!("fact:{fact}");
        let fact = fact.to_string();
        Some(Question {
            id,
            fact,
            answer,
            options,
            always: false,
            unless: None,
            only: None,
            with: None,
            without: Vec::new(),
            ask,
        })
    }

    /// The question in a language.
    pub(crate) fn words(&self, w: &crate::words::Words) -> String {
        if self.ask.is_none() && self.id.starts_with("fact:") {
            let name = crate::pages::papers::fact_name(w, &self.fact);
            return w.f("questions.enter", &[("name", &name)]);
        }
        self.ask.clone().unwrap_or_else(|| w.of("ask", &self.id))
    }

    /// Whether two of the possible answers lead to different rights, dates or refusals.
    fn changes_something(&self, case: &Case, kb: &Kb, today: Date) -> bool {
        let answers: Vec<&str> = match self.answer {
            Answer::Choice => self.options.iter().map(String::as_str).collect(),
            Answer::YesNo => vec!["true", "false"],
            _ => return false,
        };
        let mut outcomes =
            answers.iter().filter_map(|a| facts_at::set(case, &self.fact, a)).map(|c| outcome(&c, kb, today));
        let first = outcomes.next();
        outcomes.any(|o| Some(&o) != first.as_ref())
    }
}

type Dated = (String, Option<Date>, Option<Date>);

/// What a person would see: every right with its dates, and every refusal.
fn outcome(case: &Case, kb: &Kb, today: Date) -> (Vec<Dated>, Vec<String>) {
    let e = rights::entitlements(case, kb, today);
    let rights = e.rights.into_iter().map(|r| (r.id, r.due, r.file_by)).collect();
    (rights, e.refusals.into_iter().map(|r| r.right).collect())
}

/// Two-letter codes and names of the States, D.C. and the territories (ANSI INCITS 38).
pub(crate) const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
    ("AS", "American Samoa"),
    ("GU", "Guam"),
    ("MP", "Northern Mariana Islands"),
    ("PR", "Puerto Rico"),
    ("VI", "U.S. Virgin Islands"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::kb;
    use crate::words::Lang;

    #[test]
    fn every_question_can_be_asked_in_every_language_and_settles_a_fact() {
        let questions = Questions::get();
        assert!(toml::from_str::<Questions>(include_str!("../questions.toml")).is_ok());
        for question in &questions.all {
            for lang in [Lang::En, Lang::Es] {
                let w = lang.words();
                assert!(w.get("ask", &question.id).is_some(), "ask.{}", question.id);
                assert!(w.get("why", &question.id).is_some(), "why.{}", question.id);
                for option in &question.options {
                    assert!(
                        w.get("option", &format!("{}_{option}", question.id)).is_some(),
                        "option.{}_{option}",
                        question.id
                    );
                }
            }
            let sample = match question.answer {
                Answer::Tree => "erisa_insured",
                Answer::Date => "2026-11-01",
                Answer::YesNo => "true",
                Answer::State => "CA",
                Answer::Number | Answer::Money => "90",
                Answer::Choice => &question.options[0],
                Answer::Text | Answer::Lines => "x",
            };
            assert!(facts_at::set(&Case::default(), &question.fact, sample).is_some(), "{}", question.fact);
        }
    }

    #[test]
    fn every_path_through_the_tree_ends_and_is_written_out() {
        let questions = Questions::get();
        let mut open = vec!["from"];
        let mut seen = Vec::new();
        while let Some(id) = open.pop() {
            assert!(!seen.contains(&id), "{id} is reached twice");
            seen.push(id);
            let node = questions.node(id).unwrap_or_else(|| panic!("{id}"));
            for lang in [Lang::En, Lang::Es] {
                assert!(lang.words().get("tree", id).is_some(), "tree.{id}");
                for branch in &node.options {
                    assert!(
                        lang.words().get("tree", &format!("{id}_{}", branch.id)).is_some(),
                        "tree.{id}_{}",
                        branch.id
                    );
                    if let Some(kind) = &branch.sets {
                        assert!(lang.words().get("coverage", kind).is_some(), "coverage.{kind}");
                    }
                }
            }
            open.extend(node.options.iter().filter_map(|b| b.next.as_deref()));
        }
        assert_eq!(seen.len(), questions.nodes.len());
    }

    #[test]
    fn a_need_of_the_rules_finds_its_question() {
        let (questions, kb) = (Questions::get(), kb());
        for (need, id) in [
            ("event.notice_received", "received"),
            ("notice_received", "received"),
            ("plan.grandfathered", "grandfathered"),
            ("coverage.kind", "coverage"),
            ("claim.setting", "fact:claim.setting"),
        ] {
            assert_eq!(questions.for_need(need, kb).map(|q| q.id).as_deref(), Some(id));
        }
        for need in ["something.else", "second_opinion.physician.name"] {
            assert_eq!(questions.for_need(need, kb), None, "another's name is not the patient's");
        }
        assert_eq!(questions.find("fact:claim.setting", kb).map(|q| q.answer), Some(Answer::Choice));
    }

    #[test]
    fn only_questions_that_matter_are_asked() {
        let (questions, kb) = (Questions::get(), kb());
        let today = "2026-11-25".parse().unwrap();
        let mut case = Case::default();
        let ids = |case: &Case| {
            let now = rights::entitlements(case, kb, today);
            questions.open(case, kb, today, &now).into_iter().map(|q| q.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&case).first().map(String::as_str), Some("coverage"));
        assert!(ids(&case).contains(&"received".to_string()));
        let of_final = facts_at::set(&case, "event.final_notice_dated", "2026-11-02").unwrap();
        let open = ids(&of_final);
        assert!(open.contains(&"final_received".into()) && !open.contains(&"received".into()), "{open:?}");
        assert!(ids(&case).contains(&"appeal_address".into()) && !open.contains(&"appeal_address".into()), "{open:?}");
        for known in ["coverage.appeal_address", "coverage.appeal_fax", "coverage.appeal_portal"] {
            let known = facts_at::set(&case, known, "P.O. Box 1\nSpringfield, IL 62701").unwrap();
            assert!(!ids(&known).contains(&"appeal_address".into()), "a letter can be sent");
        }
        case = facts_at::set(&case, "coverage.kind", "medicare_original").unwrap();
        assert!(!ids(&case).contains(&"hearing_window".to_string()), "a Medicaid question is not asked of Medicare");
        case = facts_at::set(&case, "coverage.kind", "medicaid_managed_care").unwrap();
        let open = ids(&case);
        assert!(!open.contains(&"levels".to_string()), "{open:?}");
        facts_at::set_origin(&mut case, "patient.state", facts::OriginKind::Unknown);
        assert!(!ids(&case).contains(&"state".to_string()), "what a person does not know is not asked again");
    }

    #[test]
    fn whoever_signs_for_another_is_asked_for_their_name_and_what_they_are_to_the_patient() {
        let (questions, kb) = (Questions::get(), kb());
        let today = "2026-11-25".parse().unwrap();
        let asked = |role: &str| {
            let case = facts_at::set(&Case::default(), "patient.role", role).unwrap();
            let open = questions.open(&case, kb, today, &rights::entitlements(&case, kb, today));
            let of_writer = |q: &Question| matches!(q.id.as_str(), "writer" | "writer_name" | "relation");
            open.into_iter().filter(of_writer).map(|q| q.id).collect::<Vec<_>>()
        };
        assert_eq!(asked(""), ["writer"]);
        assert_eq!(asked("patient"), [""; 0]);
        assert_eq!(asked("parent"), ["writer_name"]);
        assert_eq!(asked("representative"), ["writer_name", "relation"]);
    }
}
