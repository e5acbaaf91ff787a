//! What kind of paper it is, and what kind of notice.

use std::collections::HashSet;

use crate::data::{Cue, DocumentKind, Meaning, Reader, Section};
use crate::found::Found;
use crate::text::Token;
use crate::view::{Range, View};

/// The kinds settled for a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kinds {
    /// A word of the vocabulary: `denial_letter`, `eob` …
    pub(crate) document: String,
    /// The kind of notice with the words it follows from.
    pub(crate) notice: Option<Found>,
    /// Whether it speaks with a plan's voice.
    pub(crate) from_plan: bool,
}

impl Kinds {
    /// Whether the paper is a plan's notice about a request or claim.
    pub(crate) fn is_notice(&self) -> bool {
        is_notice(&self.document)
    }

    /// Whether a plan sends it: a notice, a card, or another letter in a plan's voice.
    pub(crate) fn is_from_plan(&self) -> bool {
        self.is_notice() || self.document == "insurance_card" || self.document == "other" && self.from_plan
    }

    /// Whether what comes next lies outside the plan: a final denial, or a decision of a reviewer outside.
    pub(crate) fn is_last_of_plan(&self) -> bool {
        let kind = self.notice.as_ref().map_or("", |n| n.value.as_str());
        matches!(kind, "final_internal_denial" | "external_decision")
    }

    pub(crate) fn is_external_decision(&self) -> bool {
        self.notice.as_ref().is_some_and(|n| n.value == "external_decision")
    }

    /// Whether it says no to something.
    pub(crate) fn denies(&self) -> bool {
        matches!(self.document.as_str(), "denial_letter" | "eob")
    }
}

/// Whether a kind of paper is a plan's notice about a request or claim.
pub(crate) fn is_notice(kind: &str) -> bool {
    matches!(kind, "denial_letter" | "eob" | "approval" | "request_for_information")
}

/// Kinds of paper that only a plan (or a reviewer in its place) writes.
fn is_plans(kind: &str) -> bool {
    matches!(
        kind,
        "denial_letter"
            | "eob"
            | "approval"
            | "request_for_information"
            | "clinical_policy"
            | "plan_document"
            | "bill"
            | "insurance_card"
    )
}

/// What the name of a kind of paper weighs as a title.
const TITLE: u8 = 10;

/// What it weighs for a denial that a paper gives a time within which to appeal.
const APPEALABLE: u32 = 4;

/// How far before words of decision a "whether" makes them a question.
const WHETHER: usize = 14;

/// Lines of the first page in which a title may stand.
const TITLE_LINES: usize = 14;

/// For which kind of paper a hit speaks, and how strongly.
fn evidence(view: &View, meaning: Meaning, range: Range) -> Option<(usize, u8)> {
    match meaning {
        Meaning::Document(kind, weight) => Some((kind, weight)),
        Meaning::Title(kind) => is_title(view, range).then_some((kind, TITLE)),
        _ => None,
    }
}

/// A title stands near the top, ends its cell or is followed by a mark (no colon), and only capitalised words come before it.
fn is_title(view: &View, range: Range) -> bool {
    let page = &view.page;
    let Some(first) = page.tokens.get(range.0).filter(|t| view.number == 1 && t.line < TITLE_LINES) else {
        return false;
    };
    let Some(line) = page.lines.get(first.line) else { return false };
    let Some(cell) = line.cells.iter().find(|c| c.start <= first.start && first.start < c.end) else { return false };
    let lead = page.slice(cell.start, first.start);
    let rest = page.slice(view.bytes(range).1, cell.end).trim_start();
    let lead = lead.trim_start_matches(['(', '"', '*', '-', ' ']);
    let rest = rest.trim_start_matches([')', '"', '*']).trim_start();
    let named = !lead.contains(':') && lead.split_whitespace().all(|w| !w.starts_with(char::is_lowercase));
    let ends = rest.is_empty() || rest.starts_with(['—', '–', '-', '|', '(', '·', '•']) || rest.starts_with("for ");
    first.capital && named && ends
}

/// Whether a sentence says what was decided about this request or claim: no policy or plan document does.
fn decides_here(views: &[View], by_plan: bool) -> bool {
    let told = |v: &View, h: &Range| {
        let start = v.page.sentence_of(h.0).0;
        v.cue_in(Cue::ToldBy, (start, h.0)).is_some()
    };
    let here = |v: &View, h: &Range| {
        let start = v.page.sentence_of(h.0).0;
        let open = v.cue_between(Cue::Undecided, start, h.0).any(|c| h.1 <= c.1);
        !v.sentence_has(h.0, Cue::Conditional) && !open && !told(v, h)
    };
    status(views).is_some()
        || by_plan && ticked(views).is_some()
        || views.iter().any(|v| v.cue(Cue::DecidedHere).iter().any(|h| here(v, h)))
}

/// What a line near the top says that is nothing but the status of a request or claim, as an app shows it: "DENIED", "Approved".
fn status(views: &[View]) -> Option<(Range, bool)> {
    let view = views.first()?;
    let whole = |h: &&Range| {
        let span = view.bytes(**h);
        let number = view.page.line_at(span.0);
        let line = view.page.lines.get(number).filter(|_| number < TITLE_LINES);
        matches!(line.map(|l| l.cells.as_slice()), Some([c]) if (c.start, c.end) == span)
    };
    let first = |cue: Cue| view.cue(cue).iter().find(whole).copied();
    let (yes, no) = (first(Cue::Approved), first(Cue::RowNotApproved));
    match (yes, no) {
        (Some(yes), None) => Some((yes, true)),
        (None, Some(no)) => Some((no, false)),
        _ => None,
    }
}

/// What the checked box of a form answers: "[X] no", "[X] Denied". Boxes under the rights are the person's own.
fn ticked(views: &[View]) -> Option<bool> {
    let mut answers = views.iter().flat_map(|view| {
        view.checked().iter().filter_map(move |span| {
            let at = view.page.token_at(span.0);
            let begins = |cue: Cue| view.cue(cue).iter().any(|h| h.0 == at && view.bytes(*h).1 <= span.1);
            if view.section(at) == Section::Rights {
                return None;
            }
            begins(Cue::AnswerNo).then_some(false).or_else(|| begins(Cue::AnswerYes).then_some(true))
        })
    });
    let first = answers.next()?;
    answers.all(|a| a == first).then_some(first)
}

/// Whether a checked box, or a line near the top that is nothing but a status, says yes or no.
pub(crate) fn answers_outright(views: &[View]) -> bool {
    ticked(views).is_some() || status(views).is_some()
}

/// What a paper shows as a whole, beside its phrases.
struct Signs {
    words: usize,
    /// "I" and "my" rather than "we" and "you".
    own_words: bool,
    /// A sentence decides this case.
    decided: bool,
    /// Rows name a person's numbers.
    personal: bool,
    /// It greets someone.
    greets: bool,
    /// A title at its top names a plan's booklet or a chapter of one.
    booklet: bool,
    /// It gives a time within which to appeal.
    appealable: bool,
    /// A table accounts for a claim: several columns of amounts.
    accounts: bool,
    /// It speaks with a plan's voice.
    as_plan: bool,
    /// A line near the top is nothing but a status: whether it approves.
    status: Option<bool>,
    /// A checked box answers: whether it approves. A box of somebody's own paper answers nothing: "I, Ada Quill, agree. [x] Yes".
    ticked: Option<bool>,
}

/// What the rules see in a paper, found once for all who weigh it.
pub(crate) struct Seen {
    signs: Signs,
    /// The evidence for each kind, whether the paper can be of it or not.
    scores: Vec<u32>,
}

impl Seen {
    /// Whether words may make it another paper than a notice: not where a line near the top is nothing but a status.
    pub(crate) fn may_be_no_notice(&self) -> bool {
        self.signs.own_words || self.signs.status.is_none()
    }

    /// Whether the rules allow that it is of a kind.
    pub(crate) fn allows(&self, kind: &DocumentKind) -> bool {
        self.signs.allow(kind)
    }
}

impl Signs {
    /// Whether the paper can be of a kind.
    fn allow(&self, kind: &DocumentKind) -> bool {
        let name = kind.kind.as_str();
        let too_long = kind.most_words.is_some_and(|most| self.words > most);
        let not_a_plan = self.own_words && is_plans(name);
        let notice = is_notice(name);
        let spoken_to =
            self.personal || self.greets && self.appealable || self.decided && (self.greets || !self.booklet);
        let general = spoken_to && matches!(name, "clinical_policy" | "plan_document");
        let card = self.greets && name == "insurance_card";
        let undecided = self.decided && matches!(name, "insurance_card" | "other" | "medical_record" | "bill");
        let notice_only = (self.personal || self.greets && !self.booklet) && self.appealable;
        !(too_long || not_a_plan || general || card || !self.own_words && !notice && (undecided || notice_only))
    }

    /// Whether a time to appeal in it follows a decision about somebody, not a rule of a booklet.
    fn may_deny(&self) -> bool {
        let about_somebody = self.personal || self.greets && !self.booklet;
        self.appealable && about_somebody && !self.own_words
    }

    fn speak_of_a_denial(&self) -> bool {
        !self.own_words && self.personal && (self.decided || self.appealable)
    }
}

/// "This notice is not the decision on your appeal": a "not" right before some words.
fn is_denied_before(view: &View, from: usize, at: usize) -> bool {
    let near = view.page.tokens.get(from.max(at.saturating_sub(2))..at).unwrap_or(&[]);
    near.iter().any(|t| matches!(t.norm.as_str(), "not" | "isnt"))
}

/// "180 days from the final decision to ask for external review": what a time is counted from has not come yet.
fn counts_from(view: &View, from: usize, at: usize) -> bool {
    let near = view.page.tokens.get(from.max(at.saturating_sub(3))..at).unwrap_or(&[]);
    near.iter().any(|t| matches!(t.norm.as_str(), "from" | "after" | "foiiowing" | "receipt" | "desde" | "tras"))
}

/// Whether the sentence before speaks of what a public body approves: "Oravantib is approved for arthritis" goes on with it.
fn of_a_drug(view: &View, at: usize) -> bool {
    let start = view.page.sentence_of(at).0;
    start.checked_sub(1).is_some_and(|before| view.sentence_has(before, Cue::NotOurApproval))
}

/// "You may request an external review. Gulfstream uses an accredited Independent Review Organization.": who would review is told
/// right after the offer, and has decided nothing yet.
fn follows_an_offer(view: &View, at: usize) -> bool {
    let before = view.page.sentence_of(at).0.checked_sub(1);
    before.is_some_and(|b| view.sentence_has(b, Cue::Conditional) && view.sentence_has(b, Cue::ExternalOffer))
}

/// "NOTICE OF FINAL ADVERSE BENEFIT DETERMINATION": a heading that names the plan's last decision, and no review outside.
fn is_heading_of_plan(view: &View, hit: Range) -> bool {
    /// The least words: "final decision" alone also heads what others decide.
    const WORDS: usize = 3;
    let line = view.page.tokens.get(hit.0).and_then(|t| view.page.lines.get(t.line));
    let outside = line.is_some_and(|l| {
        let range = (view.page.token_at(l.start), view.page.token_at(l.end));
        view.cue_in(Cue::OutsideReview, range).is_some()
    });
    hit.1 - hit.0 >= WORDS && is_title(view, hit) && !outside
}

fn is_question(view: &View, sentence: usize) -> bool {
    let span = view.page.sentence_span(sentence);
    view.page.slice(span.0, span.1).ends_with('?')
}

impl Reader {
    /// Weighs the evidence of all pages.
    pub(crate) fn kinds(&self, views: &[View]) -> Kinds {
        let seen = self.seen(views);
        let scores = self.kind_scores(&seen);
        let best = scores.iter().enumerate().max_by_key(|(i, (_, s))| (*s, usize::MAX - i));
        let document = match best {
            Some((_, (kind, score))) if *score >= 3 => kind,
            _ if seen.signs.speak_of_a_denial() => "denial_letter",
            _ => "other",
        };
        let said = |cue: Cue| views.iter().any(|v| !v.cue(cue).is_empty());
        let pends = document == "request_for_information" && !said(Cue::NotADenial);
        let open = said(Cue::Undecided) && !seen.signs.appealable;
        let pends = pends && (!open || seen.signs.decided);
        let document = if pends && self.says_no(views) { "denial_letter" } else { document };
        let document = self.kind_by_words(views, &seen, document).unwrap_or(document);
        // A note or report is no letter, though its words lean to one.
        let record = matches!(document, "opinion_letter" | "treating_letter") && self.is_headed_as_record(views);
        let document = if record { "medical_record" } else { document };
        // "My doctor says I need it": the person's own letter, whatever it argues.
        let persons = document == "treating_letter" && self.is_of_a_patient(views);
        let document = if persons { "other" } else { document };
        // "I think you should have it. Love, Aunt Joan": agreeing alone makes no physician's letter.
        let lay = matches!(document, "opinion_letter" | "treating_letter") && !self.speaks_of_care(views);
        let document = if lay { "other" } else { document };
        // The form that stands in for a letter prints the plan's own words; it is the physician's once somebody filled it in.
        let document = match self.own_form(views) {
            Some(true) => "opinion_letter",
            Some(false) => "other",
            None => document,
        };
        let granted = matches!(document, "denial_letter" | "approval") && self.grants(views);
        let document = if granted { "approval" } else { document };
        let kinds = Kinds { from_plan: seen.signs.as_plan, ..self.settle(views, document) };
        self.decided_by_words(views, kinds)
    }

    /// Whether a word of care stands in the paper.
    fn speaks_of_care(&self, views: &[View]) -> bool {
        let ends =
            |word: &str| self.words.clinical_endings.iter().any(|e| word.len() > e.len() && word.ends_with(e.as_str()));
        let of_care = |t: &Token| crate::data::holds(&self.words.clinical_words, &t.norm) || ends(&t.norm);
        views.iter().any(|v| v.page.tokens.iter().any(of_care)) || self.is_signed_by_a_clinician(views)
    }

    /// Whether the paper is the form in place of an opinion letter, and then whether it is filled in: a box is ticked, or a
    /// clinician signed it.
    fn own_form(&self, views: &[View]) -> Option<bool> {
        let first = views.first()?;
        let form = first.cue(Cue::OwnForm).iter().any(|h| is_title(first, *h));
        let ticked = || views.iter().any(|v| !v.checked().is_empty());
        form.then(|| ticked() || self.is_signed_by_a_clinician(views))
    }

    /// Whether the paper says yes to all that was asked: a refusal is taken back, or a request granted, nothing of it is refused
    /// in part, and no later sentence decides otherwise. What was refused before may be told around it.
    fn grants(&self, views: &[View]) -> bool {
        let own = |v: &View, h: &Range| {
            let sentence = v.page.sentence_of(h.0);
            let open = v.cue_in(Cue::Conditional, sentence).is_some() || v.cue_in(Cue::ToldBy, sentence).is_some();
            // "you asked that the denial be reversed", "we have not overturned": not said; "we decided to overturn" is
            let near = v.page.tokens.get(sentence.0.max(h.0.saturating_sub(4))..h.0).unwrap_or(&[]);
            let asked = v.page.tokens.get(h.0..h.1).unwrap_or(&[]).iter().any(|t| t.norm == "be");
            let resolved = near.iter().any(|t| crate::data::holds(&self.words.resolved, &t.norm));
            let denied = !resolved && (asked || near.iter().any(|t| crate::data::holds(&self.words.nots, &t.norm)));
            let aside = matches!(v.section(h.0), Section::Rights | Section::Help);
            !open && !denied && !aside && !is_question(v, v.page.tokens.get(h.0).map_or(0, |t| t.sentence))
        };
        let partial = |v: &View| v.cue(Cue::Partial).iter().any(|h| own(v, h));
        if views.iter().any(partial) || ticked(views) == Some(false) {
            return false;
        }
        let first =
            |cue: Cue| views.iter().find_map(|v| v.cue(cue).iter().find(|h| own(v, h)).map(|h| (v.number, h.1)));
        // after a refusal was taken back only what is refused later counts; beside a plain yes nothing may be refused anywhere
        let (from, said_yes) = match (first(Cue::Reversed), first(Cue::Granted)) {
            (Some(taken_back), _) => (taken_back, taken_back),
            (None, Some(granted)) => ((0, 0), granted),
            (None, None) => return false,
        };
        let refused = |v: &View, h: &Range| {
            let sentence = v.page.sentence_of(h.0);
            // "We approved the surgery. We denied the injection.": what is told after the yes is not past
            let past = (v.number, h.0) < said_yes || said_yes == from;
            let past = past && v.cue_in(Cue::Past, sentence).is_some();
            let yes = past || [Cue::Reversed, Cue::Granted].iter().any(|c| v.cue_in(*c, sentence).is_some());
            let general = v.page.tokens.get(h.0).is_some_and(|t| v.is_general(t.sentence));
            let undecided = v.cue_in(Cue::Undecided, sentence).is_some();
            (v.number, h.0) > from && v.sentence_has(h.0, Cue::Decision) && own(v, h) && !yes && !general && !undecided
        };
        !views.iter().any(|v| v.cue(Cue::DecidedHere).iter().any(|h| refused(v, h)))
    }

    /// What each kind scores; nothing for kinds that the paper cannot be.
    pub(crate) fn kind_scores(&self, seen: &Seen) -> Vec<(&str, u32)> {
        let signs = &seen.signs;
        let scored = self.documents.iter().zip(&seen.scores);
        let weigh = |(kind, score): (&'_ DocumentKind, u32)| match kind.kind.as_str() {
            _ if !signs.allow(kind) => 0,
            // an account that greets nobody is no letter
            "eob" if signs.accounts => score + u32::from(TITLE) + u32::from(!signs.greets),
            // a time to appeal follows a denial
            "denial_letter" => {
                score
                    + if signs.may_deny() { APPEALABLE } else { 0 }
                    + if signs.ticked == Some(false) { u32::from(TITLE) } else { 0 }
            }
            "approval" if signs.status == Some(true) || signs.ticked == Some(true) => score + u32::from(TITLE),
            _ => score,
        };
        scored.map(|(kind, score)| (kind.kind.as_str(), weigh((kind, *score)))).collect()
    }

    /// What the rules see, as features for the weighing of words: `k:` the score of a kind, `s:` a sign of the whole.
    pub(crate) fn kind_signs(&self, seen: &Seen) -> Vec<(String, f32)> {
        /// A score of so much counts as one.
        const FULL: f32 = 20.0;
        let signs = &seen.signs;
        let all = [
            ("own_words", signs.own_words),
            ("decided", signs.decided),
            ("personal", signs.personal),
            ("greets", signs.greets),
            ("booklet", signs.booklet),
            ("appealable", signs.appealable),
            ("accounts", signs.accounts),
            ("as_plan", signs.as_plan),
        ];
        let shown = all.into_iter().filter(|(_, shown)| *shown).map(|(name, _)| (format!("s:{name}"), 1.0));
        let score = |s: u32| f32::from(u16::try_from(s).unwrap_or(u16::MAX)).min(FULL) / FULL;
        let scores = self.documents.iter().zip(&seen.scores).filter(|(_, s)| **s > 0);
        scores.map(|(kind, s)| (format!("k:{}", kind.kind), score(*s))).chain(shown).collect()
    }

    /// What the rules see in a paper.
    pub(crate) fn seen(&self, views: &[View]) -> Seen {
        Seen { signs: self.signs(views), scores: self.scores(views) }
    }

    fn signs(&self, views: &[View]) -> Signs {
        let personal = self.is_about_a_person(views);
        let greets = views.iter().any(|v| v.greeting().is_some());
        let (own, plans) = self.voices(views);
        let by_plan = personal || greets || plans > 0 || own == 0;
        Signs {
            words: views.iter().map(|v| v.page.tokens.len()).sum(),
            own_words: self.speaks_for_oneself(views),
            decided: decides_here(views, by_plan),
            personal,
            booklet: self.is_titled_as(views, "plan_document"),
            greets,
            appealable: views.iter().any(|v| self.invites_appeal(v)),
            accounts: views.iter().any(|v| self.has_account(v) || self.has_stacked_account(v)),
            as_plan: self.speaks_as_plan(views),
            status: status(views).map(|s| s.1),
            ticked: ticked(views).filter(|_| by_plan),
        }
    }

    /// Whether rows of amounts account for several services, each in a block of its own: what was charged and what was not covered.
    fn has_stacked_account(&self, view: &View) -> bool {
        let places = self.label_places(view);
        let rows = |field: &str| {
            let row = |p: &&crate::labels::Place| {
                let line = view.page.lines.get(p.line);
                let paid = line.is_some_and(|l| view.money_in((p.end, l.end)).count() == 1);
                p.is_row() && paid && self.labels.get(p.label).is_some_and(|l| l.field == field)
            };
            places.iter().filter(row).count()
        };
        rows("amount.billed") >= 2 && rows("amount.denied") >= 2
    }

    /// Whether a title of a kind of paper stands at the top.
    fn is_titled_as(&self, views: &[View], kind: &str) -> bool {
        self.is_titled(views, |k| k == kind)
    }

    /// The same of one of several kinds.
    pub(crate) fn is_titled(&self, views: &[View], of: impl Fn(&str) -> bool) -> bool {
        let titles = views.iter().flat_map(|v| v.hits.iter().map(move |(m, r)| (v, *m, *r)));
        let mut titles = titles.filter_map(|(v, m, r)| if let Meaning::Title(i) = m { Some((v, i, r)) } else { None });
        titles.any(|(v, i, r)| self.documents.get(i).is_some_and(|d| of(&d.kind)) && is_title(v, r))
    }

    /// Whether a sentence gives a time within which to appeal.
    fn invites_appeal(&self, view: &View) -> bool {
        self.appeal_windows(view).iter().any(|w| w.rank < crate::found::OUTSIDE)
            || self.deadlines(view).iter().any(|d| view.sentence_has(view.page.token_at(d.span.0), Cue::Appeal))
    }

    /// The evidence for each kind: each wording once, of overlapping ones the strongest, more near the top.
    fn scores(&self, views: &[View]) -> Vec<u32> {
        let mut scores: Vec<u32> = vec![0; self.documents.len()];
        let mut seen: HashSet<(usize, String)> = HashSet::new();
        for view in views {
            let hits = view.hits.iter().filter_map(|(m, range)| Some((evidence(view, *m, *range)?, *range)));
            let mut hits: Vec<((usize, u8), Range)> = hits.filter(|((k, _), r)| self.counts(view, *k, *r)).collect();
            hits.sort_by_key(|((_, weight), range)| (std::cmp::Reverse(*weight), *range));
            let mut counted: Vec<(usize, Range)> = Vec::new();
            for ((kind, weight), range) in hits {
                let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]).iter();
                let words: Vec<&str> = words.map(|t| t.norm.as_str()).collect();
                let overlaps = counted.iter().any(|(k, r)| *k == kind && r.0 < range.1 && range.0 < r.1);
                if overlaps || !seen.insert((kind, words.join(" "))) {
                    continue;
                }
                counted.push((kind, range));
                let top = view.number == 1 && view.page.tokens.get(range.0).is_some_and(|t| t.line <= 20);
                let factor = if top && weight > 1 { 2 } else { 1 };
                if let Some(s) = scores.get_mut(kind) {
                    *s += u32::from(weight) * factor;
                }
            }
        }
        scores
    }

    /// Whether rows name a member's number, a claim or a case: then it is no policy and no plan document.
    fn is_about_a_person(&self, views: &[View]) -> bool {
        let mut fields: Vec<&str> = Vec::new();
        for view in views {
            for place in self.label_places(view).iter().filter(|p| p.is_row()) {
                let Some(label) = self.labels.get(place.label).filter(|l| !l.weak) else { continue };
                let personal = matches!(
                    label.field.as_str(),
                    "member.id"
                        | "claim.number"
                        | "reference.number"
                        | "service.date"
                        | "patient.date_of_birth"
                        | "member.name"
                        | "patient.name"
                );
                if personal && !fields.contains(&label.field.as_str()) {
                    fields.push(&label.field);
                }
            }
        }
        fields.len() >= 2
    }

    /// Whether the paper says "I" and "my" far more than "we" and "you": a letter of a patient or physician, not a plan's.
    fn speaks_for_oneself(&self, views: &[View]) -> bool {
        let (own, plans) = self.voices(views);
        own >= 3 && own > plans
    }

    /// How often the paper says "I" and "my", questions apart ("What if I disagree?" is a plan's heading), and "we".
    fn voices(&self, views: &[View]) -> (usize, usize) {
        let count = |list: &[String]| {
            let words = views.iter().flat_map(|v| v.page.tokens.iter().map(move |t| (v, t)));
            // "Portland, ME", "Lansing, MI"
            let state = |v: &View, t: &Token| {
                let written = v.page.slice(t.start, t.end);
                written.len() == 2 && self.words.states.iter().any(|s| s == written)
            };
            let spoken = words.filter(|(v, t)| crate::data::holds(list, &t.norm) && !state(v, t));
            spoken.filter(|(v, t)| !is_question(v, t.sentence)).count()
        };
        (count(&self.words.first_person), count(&self.words.plan_voice))
    }

    /// Whether it says "we" and speaks of appeals or members: a plan's letter.
    fn speaks_as_plan(&self, views: &[View]) -> bool {
        let (own, plans) = self.voices(views);
        plans >= 2 && plans > own && views.iter().any(|v| !v.cue(Cue::Appeal).is_empty())
    }

    /// Whether a sentence denies outright: then missing papers are the reason, not a request.
    fn says_no(&self, views: &[View]) -> bool {
        let index = self.documents.iter().position(|d| d.kind == "denial_letter").unwrap_or(usize::MAX);
        views.iter().any(|v| v.hits.iter().any(|(m, r)| *m == Meaning::Document(index, 4) && self.counts(v, index, *r)))
    }

    /// Denials, approvals and requests are only counted where the sentence states a decision, not under "if".
    fn counts(&self, view: &View, kind: usize, range: Range) -> bool {
        let name = self.documents.get(kind).map_or("", |d| d.kind.as_str());
        if !matches!(name, "denial_letter" | "approval") {
            return true;
        }
        let sentence = view.page.sentence_of(range.0);
        let conditional = view.cue_between(Cue::Conditional, sentence.0, range.1).any(|c| c.1 <= sentence.1);
        let reported = view.cue_between(Cue::Reported, sentence.0, range.0).any(|c| c.1 <= range.0)
            || name == "approval" && view.cue_in(Cue::NotOurApproval, sentence).is_some();
        let told = view.cue_in(Cue::ToldBy, (sentence.0, range.0)).is_some();
        let help = view.section(range.0) == Section::Help;
        // "todavía no podemos tomar una decisión": the words are part of those for an open question
        let open = |c: Range| c.0 <= range.0 && range.1 <= c.1;
        let told = told || view.cue_between(Cue::Undecided, sentence.0, range.0).any(open);
        !(told || conditional || reported || help || self.asks_whether(view, sentence.0, range.0))
    }

    /// "before we can decide whether your plan will cover it": no decision.
    fn asks_whether(&self, view: &View, from: usize, at: usize) -> bool {
        let near = view.page.tokens.get(from.max(at.saturating_sub(WHETHER))..at).unwrap_or(&[]);
        let whether = near.iter().rposition(|t| t.norm == "whether");
        whether.is_some_and(|w| !near.iter().skip(w).any(|t| crate::data::holds(&self.words.whether_ends, &t.norm)))
    }

    fn settle(&self, views: &[View], document: &str) -> Kinds {
        let first = |cue: Cue| {
            views.iter().find_map(|v| {
                let hit = v.cue(cue).iter().find(|h| {
                    let s = v.page.sentence_of(h.0);
                    !v.cue_between(Cue::Conditional, s.0, h.1).any(|c| c.1 <= s.1)
                        && v.section(h.0) != Section::Rights
                        && !(cue == Cue::Partial && v.sentence_has(h.0, Cue::NotOurApproval))
                        && !(cue == Cue::Final && (is_denied_before(v, s.0, h.0) || counts_from(v, s.0, h.0)))
                        && !(cue == Cue::Reduction && self.names_a_procedure(v, **h))
                })?;
                Some((v, *hit))
            })
        };
        let anywhere = |cue: Cue| views.iter().find_map(|v| v.cue(cue).first().map(|h| (v, *h)));
        let unconditional = |cue: Cue| {
            views.iter().find_map(|v| {
                let hit = v.cue(cue).iter().find(|h| {
                    !v.sentence_has(h.0, Cue::Conditional)
                        && v.section(h.0) != Section::Rights
                        && !follows_an_offer(v, h.0)
                })?;
                Some((v, *hit))
            })
        };
        let mut document = document.to_owned();
        // the heading of the plan's last decision outranks what is said of a reviewer outside further down
        let headed = views.iter().any(|v| v.cue(Cue::Final).iter().any(|h| is_heading_of_plan(v, *h)));
        let external = unconditional(Cue::ExternalDecision)
            .filter(|_| !headed && matches!(document.as_str(), "denial_letter" | "approval"));
        let mut pick = None;
        if let Some(hit) = external {
            pick = Some(("external_decision", hit));
            let overturned =
                self.grants(views) || anywhere(Cue::Overturned).is_some() && anywhere(Cue::Upheld).is_none();
            document = if overturned { "approval".into() } else { "denial_letter".into() };
        }
        // what is approved in part, with a time to appeal the rest, is a denial
        // further down, the rest must be refused in one of the next sentences
        let refused = |v: &View, h: Range| {
            let sentence = v.page.tokens.get(h.0).map_or(0, |t| t.sentence);
            (sentence..=sentence + 2).any(|s| {
                let range = v.page.sentence_tokens(s);
                v.cue_in(Cue::DecidedHere, range).is_some()
                    && v.cue_in(Cue::Decision, range).is_some()
                    && v.cue_in(Cue::Conditional, range).is_none()
                    && v.section(range.0) != Section::Rights
            })
        };
        let top = |(v, h): &(&View, Range)| {
            let line = v.page.tokens.get(h.0).map_or(usize::MAX, |t| t.line);
            v.number == 1 && (line < TITLE_LINES || line < 2 * TITLE_LINES && refused(v, *h))
        };
        let in_part = first(Cue::Partial).filter(|h| document == "approval" && pick.is_none() && top(h));
        if in_part.is_some() && views.iter().any(|v| self.invites_appeal(v)) {
            document = "denial_letter".into();
        }
        let evidence = |kind: &str| self.first_evidence(views, kind);
        let (name, hit) = match (pick, document.as_str()) {
            (Some(p), _) => (p.0, Some(p.1)),
            (None, "eob") => ("eob", evidence("eob")),
            (None, "approval") => ("approval", evidence("approval")),
            (None, "request_for_information") => ("request_for_information", evidence("request_for_information")),
            (None, "denial_letter") => {
                let special = [
                    ("final_internal_denial", Cue::Final),
                    ("partial_denial", Cue::Partial),
                    ("reduction_or_termination", Cue::Reduction),
                ];
                let special = special.into_iter().find_map(|(n, cue)| first(cue).map(|h| (n, Some(h))));
                // "[X] Denied", where another box says "Approved in part"
                let whole = ticked(views) == Some(false);
                let special = special.filter(|(name, _)| !(whole && *name == "partial_denial"));
                let split = || self.split_rows(views).or_else(|| self.split_cells(views));
                let special = special.or_else(|| split().filter(|_| !whole).map(|h| ("partial_denial", Some(h))));
                let in_part = || {
                    let approved = self.strong_evidence(views, "approval").filter(|_| !whole);
                    approved.map(|h| ("partial_denial", Some(h)))
                };
                special
                    .or_else(in_part)
                    .unwrap_or(("initial_denial", evidence("denial_letter").or_else(|| first(Cue::Decision))))
            }
            _ => return Kinds { document, ..Kinds::default() },
        };
        let notice = hit.map(|(view, range)| {
            let sentence = view.page.tokens.get(range.0).map_or(0, |t| t.sentence);
            Found::inferred(view, "notice.kind", name, view.page.sentence_span(sentence), 0)
        });
        Kinds { document, notice, ..Kinds::default() }
    }

    /// "Procedure: reduction of the right breast": words within the row that names the service, or that name an operation, say what
    /// was asked for and cut no care.
    fn names_a_procedure(&self, view: &View, hit: Range) -> bool {
        let Some(line) = view.page.tokens.get(hit.0).map(|t| t.line) else { return false };
        let start = view.bytes(hit).0;
        let row = |number: usize| {
            let mut places = self.label_places(view).into_iter().filter(move |p| p.line == number && p.is_row());
            places.rfind(|p| p.end <= start)
        };
        // a row may go on in the line below
        let row = row(line).or_else(|| line.checked_sub(1).and_then(row).filter(|_| !view.starts_line(hit.0)));
        let service = row.is_some_and(|p| self.labels.get(p.label).is_some_and(|l| l.field == "service.description"));
        let sentence = view.page.sentence_of(hit.0);
        service || view.cue_between(Cue::ProcedureName, sentence.0, hit.1).any(|c| c.0 < hit.1 && hit.0 < c.1)
    }

    /// The cell that is not approved, where the cells of a table's column say both: "Approved" above "Denied".
    fn split_cells<'v, 'a>(&self, views: &'v [View<'a>]) -> Option<(&'v View<'a>, Range)> {
        let whole = |view: &View, r: Range| {
            let span = view.bytes(r);
            let line = view.page.lines.get(view.page.line_at(span.0));
            line.is_some_and(|l| l.cells.len() >= 2 && l.cells.iter().skip(1).any(|c| (c.start, c.end) == span))
        };
        views.iter().find_map(|view| {
            let no = view.cue(Cue::RowNotApproved).iter().copied().find(|h| whole(view, *h))?;
            let column = |r: Range| {
                let at = view.bytes(r).0;
                view.page
                    .lines
                    .get(view.page.line_at(at))
                    .and_then(|l| l.cells.iter().find(|c| c.start == at))
                    .map(|c| c.left)
            };
            let line = |r: Range| view.page.line_at(view.bytes(r).0);
            // "APPROVED" and "NOT APPROVED" under two services side by side
            let beside = |h: Range| {
                let cells = view.page.lines.get(line(h)).map(|l| l.cells.as_slice());
                let first = matches!(cells, Some([a, _]) if (a.start, a.end) == view.bytes(h));
                first && line(h) == line(no)
            };
            let same = |h: &Range| *h != no && (whole(view, *h) && column(*h) == column(no) || beside(*h));
            view.cue(Cue::RowApproved).iter().any(same).then_some((view, no))
        })
    }

    /// The row that is not approved, where rows give both: "Approved: 18 hours" and "Not approved: 12 hours".
    fn split_rows<'v, 'a>(&self, views: &'v [View<'a>]) -> Option<(&'v View<'a>, Range)> {
        views.iter().find_map(|view| {
            let rows = |cue: Cue| view.cue(cue).iter().copied().filter(|h| view.starts_line(h.0)).collect::<Vec<_>>();
            let (yes, no) = (rows(Cue::RowApproved), rows(Cue::RowNotApproved));
            let hit = no.first().copied()?;
            yes.iter().any(|h| no.iter().all(|n| n.0 != h.0)).then_some((view, hit))
        })
    }

    /// Words that approve something, outside the rights and not under "if".
    fn strong_evidence<'v, 'a>(&self, views: &'v [View<'a>], kind: &str) -> Option<(&'v View<'a>, Range)> {
        let index = self.documents.iter().position(|d| d.kind == kind)?;
        views.iter().find_map(|view| {
            let hit = view.hits.iter().find(|(m, range)| {
                *m == Meaning::Document(index, 4)
                    && self.counts(view, index, *range)
                    && view.section(range.0) != Section::Rights
                    && !view.sentence_has(range.0, Cue::Decision)
                    && !of_a_drug(view, range.0)
            })?;
            Some((view, hit.1))
        })
    }

    fn first_evidence<'v, 'a>(&self, views: &'v [View<'a>], kind: &str) -> Option<(&'v View<'a>, Range)> {
        let index = self.documents.iter().position(|d| d.kind == kind)?;
        let mut best: Option<(u8, &'v View<'a>, Range)> = None;
        for view in views {
            for (meaning, range) in &view.hits {
                if let Some((i, weight)) = evidence(view, *meaning, *range)
                    && i == index
                    && self.counts(view, index, *range)
                    && best.as_ref().is_none_or(|b| weight > b.0)
                {
                    best = Some((weight, view, *range));
                }
            }
        }
        best.map(|(_, view, range)| (view, range))
    }
}
