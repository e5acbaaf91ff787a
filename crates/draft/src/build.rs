//! A document from its three files: `document.toml` (order and conditions), the words, and the case.

use std::collections::BTreeSet;

use calendar::Date;
use facts::Finding;
use serde::Deserialize;

use crate::document::*;
use crate::view::View;
use crate::{decision, law, parts, words};

/// `templates/<document>/document.toml`: what stands in the document, in order, and when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shape {
    style: Style,
    reader: Reader,
    /// Who writes: `sender`, `treating`, `second`.
    #[serde(default = "sender")]
    from: String,
    /// Who reads: `plan`, `reviewer`, `treating`, `second`, `provider`, `billing`, `regulator`, `person`.
    to: String,
    /// The case the document is meant for, as a condition; its blocks know it as `meant_for`. A case that is another one
    /// takes the title `title_other` and gets a finding.
    #[serde(default)]
    meant_for: Option<String>,
    /// The case in which nobody can do what the document asks, as a condition, and the finding that says so (`finding.<code>`): it
    /// stays a draft.
    #[serde(default)]
    no_addressee: Option<NoAddressee>,
    /// The case in which the document lacks what only the person can add, as a condition, and what that is (`finding.<lacks>`).
    #[serde(default)]
    unfinished: Option<Unfinished>,
    /// `normal`, or `compact` for what must stay on one page.
    #[serde(default)]
    density: Density,
    /// Rows of the reference block, by the value's name.
    #[serde(default)]
    about: Vec<String>,
    /// Values without which the document is not finished.
    #[serde(default)]
    needs: Vec<String>,
    /// Whether the exhibits are listed as enclosures: `all`, `opinion_material` or `none`.
    #[serde(default = "none")]
    enclosures: String,
    /// Who gets a copy.
    #[serde(default)]
    cc: Vec<String>,
    #[serde(rename = "block")]
    blocks: Vec<Piece>,
}

/// When nobody can do what a document asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoAddressee {
    when: String,
    finding: String,
}

/// When a document lacks what only the person can add.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unfinished {
    when: String,
    lacks: String,
}

fn sender() -> String {
    "sender".into()
}

fn none() -> String {
    "none".into()
}

/// One entry of `document.toml`. Exactly one of the content keys is given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Piece {
    when: Option<String>,
    heading: Option<String>,
    subheading: Option<String>,
    paragraph: Option<Vec<Line>>,
    list: Option<Vec<Line>>,
    numbered: Option<Vec<Line>>,
    ticks: Option<Vec<Line>>,
    fill: Option<String>,
    lines: Option<u8>,
    /// A part computed from the case.
    part: Option<String>,
}

/// A sentence of the words: its key alone, or with what it rests on and when it is said.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Line {
    Key(String),
    Full(FullLine),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullLine {
    pub(crate) words: String,
    pub(crate) when: Option<String>,
    /// Statement of law in `templates/law.toml` that the sentence makes.
    pub(crate) law: Option<String>,
    /// Left out, and said to be, where nobody has read that law itself yet: a sentence that is worth nothing without its citation.
    pub(crate) cited_only: bool,
    /// Kind of exhibit that shows it.
    pub(crate) exhibit: Option<String>,
    pub(crate) claim: Option<Claim>,
    pub(crate) ticked: bool,
}

/// What is gathered while a document is built.
pub(crate) struct Builder<'a> {
    pub(crate) view: View<'a>,
    pub(crate) missing: Vec<String>,
    pub(crate) findings: Vec<Finding>,
    /// Sentences of the opinion letter that stand in the document already, folded.
    pub(crate) quoted: BTreeSet<String>,
    /// Sentences of the records that stand in the document as they are written: nobody but the person knows that each helps.
    pub(crate) of_records: Vec<String>,
}

/// Spanish prepositions before the words of `in_english.service`.
const CONTRACTIONS: [(&str, &str); 2] =
    [(" de el servicio “", " del servicio “"), (" a el servicio “", " al servicio “")];

/// Takes out headings under which nothing stands: the case had nothing for them.
fn drop_empty_headings(blocks: &mut Vec<Block>) {
    let level = |block: &Block| match block {
        Block::Heading { level, .. } => Some(*level),
        _ => None,
    };
    let mut next = None;
    for at in (0..blocks.len()).rev() {
        let own = blocks.get(at).and_then(level);
        let empty = own.is_some_and(|own| next.is_none_or(|next: Option<u8>| next.is_some_and(|next| next <= own)));
        if empty {
            blocks.remove(at);
        } else {
            next = Some(own);
        }
    }
}

impl Shape {
    /// Whether the document goes out with the papers of the case, or rests on the check of the opinion letter: what is to be
    /// known of that letter matters there.
    pub(crate) fn rests_on_the_opinion(&self) -> bool {
        self.enclosures == "all" || self.needs.iter().any(|n| n == "check")
    }

    /// Whether published work may stand in the document, so that what is wrong with it must be said.
    pub(crate) fn names_works(&self) -> bool {
        self.blocks.iter().any(|b| matches!(b.part.as_deref(), Some("arguments" | "literature")))
    }
}

/// Reads the shape of a document.
///
/// # Errors
/// A sentence naming the file and what is wrong with it.
pub(crate) fn shape(document: &str) -> Result<Shape, String> {
    words::table(&format!("{document}/document.toml"))
}

impl<'a> Builder<'a> {
    pub(crate) fn new(view: View<'a>) -> Self {
        Builder { view, missing: Vec::new(), findings: Vec::new(), quoted: BTreeSet::new(), of_records: Vec::new() }
    }

    /// Builds the document.
    pub(crate) fn build(mut self, id: &str, shape: &Shape) -> (Document, Vec<Finding>) {
        for name in &shape.needs {
            if self.view.holds(&format!("has.{name}")) {
                continue;
            }
            // Care still to come has no number of a claim, and many notices bear none: the member's number tells who is meant, and
            // the person is asked without the letter being held back.
            if name == "any_number" && self.view.holds("has.member_id") {
                let text = self.text("finding.number_not_known");
                self.findings.push(Finding::new("number_not_known", text).about("claim.number"));
                continue;
            }
            self.note_missing(name);
        }
        self.view.set_fact("to_the_plan", matches!(shape.to.as_str(), "plan" | "reviewer"));
        let title = self.title(shape);
        let mut blocks = Vec::new();
        for piece in &shape.blocks {
            if piece.when.as_deref().is_none_or(|c| self.view.holds(c)) {
                self.piece(piece, &mut blocks);
            }
        }
        self.note_beside(shape);
        if !self.of_records.is_empty() {
            let text = self.text_with("finding.record_sentences", &[("quotes", &self.of_records.join(" "))]);
            self.findings.push(Finding::new("record_sentences", text).about("record"));
        }
        if let Some(none) = shape.no_addressee.as_ref().filter(|n| self.view.holds(&n.when)) {
            let text = self.text(&format!("finding.{}", none.finding));
            self.findings.push(Finding::new("document_not_for_this_case", text).about("coverage.kind"));
            let missing = self.text("finding.no_such_addressee");
            self.missing.push(missing);
        }
        if let Some(lacks) = shape.unfinished.as_ref().filter(|u| self.view.holds(&u.when)) {
            let missing = self.text(&format!("finding.{}", lacks.lacks));
            self.missing.push(missing);
        }
        if shape.enclosures != "all" {
            self.name_papers(&mut blocks);
        }
        drop_empty_headings(&mut blocks);
        blocks.iter_mut().for_each(cite_once);
        let document = Document {
            id: id.into(),
            title,
            language: self.view.language.into(),
            style: shape.style,
            reader: shape.reader,
            density: shape.density,
            from: self.party(&shape.from),
            to: self.reached_in_time(shape),
            date: self.today(),
            date_printed: self.view.day(self.today()),
            delivery: self.delivery(shape),
            about: self.about(shape),
            salutation: (shape.style == Style::Letter).then(|| self.salutation(&shape.to)),
            blocks,
            closing: (shape.style == Style::Letter).then(|| self.closing(&shape.from)),
            enclosures: self.enclosures(shape),
            cc: self.cc(shape),
            missing: Vec::new(),
            mark: None,
            labels: words::labels(self.view.language),
        };
        (Document { missing: self.missing, ..document }, self.findings)
    }

    /// The title; another one, and a finding, where the document is meant for another case.
    fn title(&mut self, shape: &Shape) -> String {
        let meant = shape.meant_for.as_deref().is_none_or(|c| self.view.holds(c));
        self.view.set_fact("meant_for", meant);
        if meant {
            let title = self.staged("title");
            // Who opens the mail reads the title first.
            let fast = shape.to == "reviewer" && self.view.asks_fast();
            return if fast { self.text_with("expedited.title", &[("title", &title)]) } else { title };
        }
        let text = self.text("finding.no_such_reason");
        self.findings.push(Finding::new("document_not_for_this_case", text).about("denial"));
        self.text("title_other")
    }

    /// What the person is told beside a letter to whoever decides: that an authorization is wanting, that another letter may
    /// go out with it.
    fn note_beside(&mut self, shape: &Shape) {
        for (folder, when, code, about) in [
            ("appeal_letter", "external_early", "external_early", "event.final_notice_dated"),
            ("second_opinion_request", "opinion_seen", "visit_is_past", "second_opinion.state"),
            ("sso_plan", "meant_for !service_open !attached", "ground_open", "second_opinion"),
            ("records_request", "by_representative !authorization", "proof_not_enclosed", "record"),
            ("appeal_letter", "run_out", "run_out", "claim.approved_course_ends"),
            ("appeal_letter", "amount_short", "amount_short", "claim.amount_cents"),
            ("appeal_letter", "mended_by_correction", "corrected_claim", "denial"),
            ("appeal_letter", "mended_by_correction owed_by_provider", "owed_by_provider", "denial"),
            ("appeal_letter", "keeps_care care_refused !stage:fast_appeal", "care_not_kept", "claim.kind"),
            ("appeal_letter", "by_contract", "by_contract", "coverage.kind"),
            ("regulator_complaint", "!complaint_grounded", "nothing_overdue", "event"),
            ("appeal_letter", "coverage:fehb | coverage:pshb", "brochure_terms", "denial"),
            ("appeal_letter", "asks_exception !prescriber_letter", "prescriber_statement", "treating_physician"),
        ] {
            if self.view.folder == folder && self.view.holds(when) {
                let text = self.text(&format!("finding.{code}"));
                self.findings.push(Finding::new(code, text).about(about));
            }
        }
        if shape.to != "reviewer" || shape.enclosures != "all" {
            return;
        }
        if decision::is_not_enclosed(self.view.case, &self.view.plan) {
            let when = self.view.value("decision_when").map(|w| format!(" ({w})")).unwrap_or_default();
            let text = self.text_with("finding.decision_not_enclosed", &[("when", &when)]);
            self.findings.push(Finding::new("decision_not_enclosed", text).about("record"));
        }
        // What the rules say of the review outside: its fee, its form, what the doctor must add.
        let form = self.view.say("form_note").to_string();
        let outside = self.view.right().filter(|r| r.gives == "external_review.file");
        let notes = outside.iter().flat_map(|r| r.notes.iter().map(|note| (r.id.clone(), note.clone())));
        let notes: Vec<(String, String)> = notes.filter(|(_, note)| !note.starts_with(&form)).collect();
        self.findings.extend(notes.into_iter().map(|(rule, note)| Finding::new("step_note", note).about(rule)));
        let told = [
            ("stage:external_review has.step_form", "step_form", "claim"),
            ("by_representative !authorization", "authorization_not_enclosed", "record"),
            ("external_too", "external_beside", "claim.urgent"),
        ];
        for (when, code, about) in told {
            if self.view.holds(when) {
                let text = self.text(&format!("finding.{code}"));
                self.findings.push(Finding::new(code, text).about(about));
            }
        }
    }

    /// A document that goes out without the packet has no exhibits: its sources are named by their titles.
    fn name_papers(&self, blocks: &mut [Block]) {
        for source in blocks.iter_mut().flat_map(Block::sentences_mut).flat_map(|s| &mut s.sources) {
            if let Source::Exhibit { label, page } = source {
                let title = self.view.plan.find(label).map_or_else(|| label.clone(), |e| e.title.clone());
                let place = page.map(|p| format!(", {}\u{a0}{p}", words::labels(self.view.language).page));
                *source = Source::Plan { title: format!("{title}{}", place.unwrap_or_default()) };
            }
        }
    }

    fn today(&self) -> Date {
        self.view.inputs.today
    }

    fn piece(&mut self, piece: &Piece, out: &mut Vec<Block>) {
        if let Some(key) = &piece.heading {
            out.push(Block::Heading { level: 1, text: self.text(key) });
        }
        if let Some(key) = &piece.subheading {
            out.push(Block::Heading { level: 2, text: self.text(key) });
        }
        if let Some(lines) = &piece.paragraph {
            let sentences: Vec<Sentence> = lines.iter().filter_map(|l| self.line(l)).collect();
            if !sentences.is_empty() {
                out.push(Block::Paragraph { sentences });
            }
        }
        for (lines, ordered) in [(&piece.list, false), (&piece.numbered, true)] {
            if let Some(lines) = lines {
                let items: Vec<Vec<Sentence>> = lines.iter().filter_map(|l| self.line(l)).map(|s| vec![s]).collect();
                if !items.is_empty() {
                    out.push(Block::List { ordered, items });
                }
            }
        }
        for line in piece.ticks.iter().flatten() {
            let ticked = matches!(line, Line::Full(f) if f.ticked);
            if let Some(sentence) = self.line(line) {
                out.push(Block::Tick { ticked, sentences: vec![sentence] });
            }
        }
        if let Some(key) = &piece.fill {
            out.push(Block::Fill { label: self.text(key), lines: piece.lines.unwrap_or(1) });
        }
        if let Some(part) = &piece.part {
            parts::part(self, part, out);
        }
    }

    fn line(&mut self, line: &Line) -> Option<Sentence> {
        match line {
            Line::Key(key) => self.full(&FullLine { words: key.clone(), ..FullLine::default() }),
            Line::Full(full) => self.full(&full.clone()),
        }
    }

    /// A sentence, or none when its condition does not hold or no law stands behind it for this coverage.
    pub(crate) fn full(&mut self, line: &FullLine) -> Option<Sentence> {
        if !line.when.as_deref().is_none_or(|c| self.view.holds(c)) {
            return None;
        }
        let mut sources = Vec::new();
        let mut claim = line.claim.unwrap_or(Claim::Plain);
        if let Some(id) = &line.law {
            claim = Claim::Legal;
            let authorities = law::authorities(&self.view, id);
            if authorities.is_empty() {
                return None;
            }
            if line.cited_only && !authorities.iter().any(law::is_read) {
                let cites: Vec<String> = authorities.iter().map(|a| law::printed(&a.cite)).collect();
                let text = self.text_with("finding.law_left_out", &[("cites", &cites.join("; "))]);
                self.findings.push(Finding::new("law_left_out", text));
                return None;
            }
            sources.extend(authorities.into_iter().map(Source::Authority));
        }
        if let Some(kind) = &line.exhibit {
            claim = line.claim.unwrap_or(if claim == Claim::Plain { Claim::Fact } else { claim });
            sources.extend(self.exhibit_of_kind(kind));
        }
        let text = self.text(&line.words);
        (!text.trim().is_empty()).then(|| Sentence::claim(claim, text, sources))
    }

    /// The reference to the first exhibit of a kind; for the plan's decision, to the one that the letter is about.
    pub(crate) fn exhibit_of_kind(&self, kind: &str) -> Option<Source> {
        let exhibit = match kind {
            "denial_letter" => decision::exhibit(self.view.case, &self.view.plan)?,
            _ => self.view.plan.of_kind(kind)?,
        };
        Some(Source::Exhibit { label: exhibit.label.clone(), page: None })
    }

    /// The reference to the paper in which the plan gives its reason at this place.
    pub(crate) fn exhibit_of_reason(&self, place: usize) -> Option<Source> {
        let exhibit = decision::exhibit_of_reason(self.view.case, &self.view.plan, place)?;
        let page = decision::page_of_reason(self.view.case, place);
        Some(Source::Exhibit { label: exhibit.label.clone(), page })
    }

    /// The words of the stage: `stage.<slug>.<key>`, else `stage.default.<key>`, else the key alone.
    pub(crate) fn staged(&mut self, key: &str) -> String {
        let keys = [format!("stage.{}.{key}", self.view.stage.slug()), format!("stage.default.{key}"), key.to_string()];
        let found = keys.iter().find(|k| self.view.words.get(k).is_some()).cloned();
        self.text_of(&found.unwrap_or_else(|| key.to_string()))
    }

    /// The key of words that ask the plan for something, as they are where somebody else decides: `<key>_outside`, if there are such.
    pub(crate) fn of_forum(&self, key: String) -> String {
        let outside = format!("{key}_outside");
        let there = !self.view.holds("own_review") && self.view.words.get(&outside).is_some();
        if there { outside } else { key }
    }

    /// The words for a key with their blanks filled. `stage:opening` takes the words of the stage.
    pub(crate) fn text(&mut self, key: &str) -> String {
        match key.strip_prefix("stage:") {
            Some(key) => self.staged(key),
            None => self.text_of(key),
        }
    }

    /// The same with more values at hand.
    pub(crate) fn text_with(&mut self, key: &str, more: &[(&str, &str)]) -> String {
        let Some(words) = self.view.words.get(key).map(str::to_string) else {
            self.findings.push(Finding::new("words_missing", format!("No words for `{key}`.")).about(key));
            return String::new();
        };
        let mut gone = Vec::new();
        let text = {
            let view = &self.view;
            let value = |name: &str| {
                more.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_string()).or_else(|| view.value(name))
            };
            words::fill(&words, &value, &mut |name| {
                gone.push(name.to_string());
                format!("[{}]", view.words.get(&format!("blank.{name}")).unwrap_or(name))
            })
        };
        gone.iter().for_each(|name| self.note_missing(name));
        // "de" and "a" grow together with the article of a name put in; no quoted word is touched.
        CONTRACTIONS.iter().fold(text, |text, (apart, together)| text.replace(apart, together))
    }

    fn text_of(&mut self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// Notes a value that the case does not have, by the path a person would fill in.
    pub(crate) fn note_missing(&mut self, name: &str) {
        // Who writes for another is named in another place than the patient.
        let own = name != "sender" || !self.view.holds("by_other");
        let key = if own { name } else { "representative" };
        let path = self.view.words.get(&format!("path.{key}")).unwrap_or(name).to_string();
        if !self.missing.contains(&path) {
            self.missing.push(path);
        }
    }

    fn about(&mut self, shape: &Shape) -> Vec<AboutLine> {
        let rows = shape.about.iter().filter_map(|name| {
            let value = self.view.about_value(name)?;
            let label = self.view.words.get(&format!("about.{name}"))?.to_string();
            Some(AboutLine { name: name.clone(), label, value })
        });
        rows.collect()
    }

    fn delivery(&self, shape: &Shape) -> Vec<String> {
        let plan = self.takes_plan_fax(&shape.to);
        let fax = self.view.value("appeal_fax").filter(|_| plan);
        let phone = self.view.value("appeal_phone").filter(|_| plan && self.may_be_phoned(&shape.to));
        let by = |key: &str, to: Option<String>| {
            to.map(|to| self.view.say(&format!("delivery.{key}")).replace(&format!("{{{key}}}"), &to))
        };
        [by("phone", phone), by("fax", fax)].into_iter().flatten().collect()
    }

    /// Whether the step of the letter may be taken by a call, and cannot wait for the mail.
    fn may_be_phoned(&self, to: &str) -> bool {
        let by_phone = self.view.right().is_some_and(|r| r.filed_when.as_deref() == Some("oral_ok"));
        to == "reviewer" && self.view.asks_fast() && by_phone
    }

    /// The addressee. An urgent letter of which only a post office box is known may lie there for days: the person is told.
    fn reached_in_time(&mut self, shape: &Shape) -> Party {
        let to = self.party(&shape.to);
        let boxes = self.view.say("address.boxes").to_string();
        let is_box = |line: &String| boxes.split('|').any(|mark| cite::fold(line).contains(mark));
        let to_the_plan = matches!(shape.to.as_str(), "plan" | "reviewer");
        let fast = to_the_plan && self.view.asks_fast();
        if fast && to.lines.iter().any(is_box) && !self.takes_fax(shape) {
            let key =
                if self.view.holds("has.appeal_phone") { "finding.only_a_box" } else { "finding.only_a_box_no_phone" };
            let text = self.text(key);
            self.findings.push(Finding::new("only_a_box", text).about("coverage.appeal_fax"));
        }
        to
    }

    fn takes_fax(&self, shape: &Shape) -> bool {
        self.takes_plan_fax(&shape.to) && self.view.holds("has.appeal_fax")
    }

    fn enclosures(&self, shape: &Shape) -> Vec<Enclosure> {
        if shape.enclosures != "all" {
            return Vec::new();
        }
        let exhibits = self.view.plan.exhibits.iter();
        exhibits.map(|e| Enclosure { label: e.label.clone(), title: e.title.clone() }).collect()
    }

    fn cc(&self, shape: &Shape) -> Vec<String> {
        let treating = || self.view.value("treating_full");
        shape.cc.iter().filter_map(|who| if who == "treating" { treating() } else { None }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    /// Every key of words that a piece names.
    fn keys(piece: &Piece) -> Vec<String> {
        let lines = [&piece.paragraph, &piece.list, &piece.numbered, &piece.ticks];
        let of_lines = lines.into_iter().flatten().flatten().map(|line| match line {
            Line::Key(key) => key.clone(),
            Line::Full(full) => full.words.clone(),
        });
        let single = [&piece.heading, &piece.subheading, &piece.fill].into_iter().flatten().cloned();
        of_lines.chain(single).collect()
    }

    #[test]
    fn a_sentence_that_is_said_in_rare_cases_only_has_its_words_too() {
        for folder in crate::words::folders() {
            if crate::words::template(&format!("{folder}/document.toml")).is_none() {
                continue;
            }
            let shape = shape(&folder).unwrap_or_else(|e| panic!("{e}"));
            for language in ["en", "es"] {
                let words = Words::of(&folder, language);
                for key in shape.blocks.iter().flat_map(keys) {
                    let said = match key.strip_prefix("stage:") {
                        Some(of_stage) => words.get(&format!("stage.default.{of_stage}")).or(words.get(of_stage)),
                        None => words.get(&key),
                    };
                    assert!(said.is_some(), "{folder} has no words for `{key}` in {language}");
                }
            }
        }
    }
}
