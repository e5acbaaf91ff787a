//! The whole walk for one set of papers: pages in, the best of everything found out.

use facts::{Certainty, Document, DocumentSummary, Field, Finding, Page, Reading, StatedReason};

use crate::agree::{
    network_of_a_name_is_no_kind, own_address_is_none_for_appeals, plan_under_review, reviewer_gives_no_care,
    same_value, second_date_is_of_service,
};
use crate::columns::Reflowed;
use crate::data::{Cue, Reader, Section, holds};
use crate::found::{Found, OUTSIDE, SAID, WEAKLY_LABELLED};
use crate::kinds::Kinds;
use crate::labels::Place;
use crate::phrase::fold_word;
use crate::tellings::ReasonInputs;
use crate::values::Span;
use crate::view::View;
use crate::weigh::Weighed;

/// Every field name of the machine contract, in its order.
pub const FIELDS: [&str; 39] = [
    "notice.dated",
    "notice.kind",
    "plan.issuer",
    "plan.name",
    "plan.group_number",
    "plan.kind_stated",
    "member.id",
    "member.name",
    "patient.name",
    "patient.date_of_birth",
    "claim.number",
    "reference.number",
    "service.description",
    "service.code",
    "service.date",
    "diagnosis.code",
    "diagnosis.description",
    "amount.billed",
    "amount.denied",
    "provider.treating",
    "provider.facility",
    "denial.code",
    "criteria.cited",
    "criteria.quoted",
    "plan.provision_cited",
    "appeal.window_stated",
    "appeal.deadline_stated",
    "appeal.address",
    "appeal.fax",
    "appeal.phone",
    "appeal.portal",
    "expedited.offered",
    "external_review.offered",
    "claim_file.offered",
    "reviewer.name",
    "reviewer.specialty",
    "reviewer.license",
    "second_opinion.required_stated",
    "second_opinion.flag",
];

/// Fields of which a paper has one value; the best stays.
const SINGLE: [&str; 21] = [
    "notice.dated",
    "notice.kind",
    "plan.issuer",
    "plan.name",
    "plan.group_number",
    "plan.kind_stated",
    "member.id",
    "member.name",
    "patient.name",
    "patient.date_of_birth",
    "appeal.window_stated",
    "appeal.deadline_stated",
    "appeal.address",
    "appeal.portal",
    "expedited.offered",
    "external_review.offered",
    "claim_file.offered",
    "second_opinion.required_stated",
    "provider.treating",
    "provider.facility",
    "diagnosis.description",
];

/// Fields that any paper may show, not only a plan's notice.
const ANY_PAPER: [&str; 16] = [
    "plan.name",
    "plan.group_number",
    "member.id",
    "member.name",
    "patient.name",
    "patient.date_of_birth",
    "claim.number",
    "reference.number",
    "service.code",
    "service.date",
    "service.description",
    "diagnosis.code",
    "diagnosis.description",
    "provider.treating",
    "provider.facility",
    "amount.billed",
];

/// Fields that a plan's booklet or policy may show: it is about nobody.
const OF_A_BOOKLET: [&str; 4] = ["plan.name", "plan.group_number", "plan.issuer", "service.code"];

/// A reason that phrases state and the words around them speak against: said, not dropped in silence.
fn doubted_reason(reason: &StatedReason, paper: &str) -> Finding {
    let text = format!(
        "These words could also be a reason of the plan: “{}”. They were not counted as one ({}); add it if the plan gives it.",
        crate::text::tidy(&reason.quote),
        reason.reason.replace('_', " ")
    );
    Finding::new("reason_doubted", text).about(paper.to_owned())
}

/// Whether a value is the name of a specialty and nothing else.
fn is_specialty(views: &[View], found: &Found) -> bool {
    let view = views.iter().find(|v| v.number == found.page);
    view.is_some_and(|v| v.hits.iter().any(|(m, r)| *m == crate::data::Meaning::Specialty && v.bytes(*r) == found.span))
}

/// The contract's own name for a field, when it is one.
pub(crate) fn field_name(name: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|f| *f == name)
}

/// The beginning of a page, as much of it as is looked at: up to the last line end before `most` bytes, or right up to them
/// where the last line is so long that half of the page would be lost with it.
pub(crate) fn looked_at(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = text.get(..end).unwrap_or_default();
    start.rfind('\n').filter(|line| *line > most / 2).and_then(|line| start.get(..line)).unwrap_or(start)
}

/// A page as it is read: as it stands, without the heads of e-mails, or in reading order where it has two columns of text.
pub(crate) struct PageRead<'a> {
    page: &'a Page,
    masked: Option<String>,
    ordered: Option<Reflowed>,
}

impl PageRead<'_> {
    pub(crate) fn text(&self) -> &str {
        let plain = self.masked.as_ref().unwrap_or(&self.page.text);
        self.ordered.as_ref().map_or(plain, |r| &r.text)
    }
}

/// Gives a reason the place and the words that it has on the page.
fn quote_page(reason: &mut StatedReason, pages: &[PageRead]) {
    let Some(read) = reason.page.checked_sub(1).and_then(|i| pages.get(i)) else { return };
    if let Some(ordered) = &read.ordered {
        reason.span = ordered.quote_on(&read.page.text, reason.span);
        reason.quote = read.page.text.get(reason.span.0..reason.span.1).unwrap_or("").to_owned();
    }
}

/// "She has no heart failure", "You do not have a diagnosis of type 2 diabetes", "no record of gout (M10.9)": a disease that somebody
/// is said not to have is no diagnosis.
fn is_denied_finding(views: &[View], links: &[String], found: &Found) -> bool {
    /// The most words of a disease before its code.
    const DISEASE: usize = 5;
    let beyond = match found.field {
        "diagnosis.description" => 0,
        "diagnosis.code" => DISEASE,
        _ => return false,
    };
    let Some(v) = views.iter().find(|v| v.number == found.page) else { return false };
    let at = v.page.token_at(found.span.0);
    let from = v.page.sentence_of(at).0;
    v.cue(Cue::NegatedFinding).iter().filter(|h| from <= h.0 && h.1 <= at).any(|h| {
        let between = v.page.tokens.get(h.1..at).unwrap_or(&[]);
        let linked = between.iter().take_while(|t| crate::data::holds(links, &t.norm)).count();
        let rest = between.get(linked..).unwrap_or(&[]);
        let plain =
            rest.iter().all(|t| !matches!(t.norm.as_str(), "in" | "for" | "with" | "from" | "after" | "your" | "to"));
        rest.len() <= beyond && (rest.is_empty() || plain)
    })
}

/// Whether a paper takes back coverage itself: it names no service and judges no illness, whatever words stand in it. One that
/// accounts for a claim refuses that claim.
fn rescinds(views: &[View], found: &[Found]) -> bool {
    let claimed = found.iter().any(|f| matches!(f.field, "service.code" | "claim.number" | "reference.number"));
    let said = |v: &View| {
        let plain = |h: &(usize, usize)| {
            let start = v.page.sentence_of(h.0).0;
            let words = v.page.tokens.get(start..h.0).unwrap_or(&[]);
            // "This is not a rescission", "protection against rescission", "a rescission is a decision": said in general.
            let general = words.iter().any(|t| matches!(t.norm.as_str(), "not" | "no" | "against" | "have"))
                || v.page.tokens.get(h.1).is_some_and(|t| matches!(t.norm.as_str(), "is" | "means"));
            !general
                && !v.sentence_has(h.0, Cue::Conditional)
                && !matches!(v.section(h.0), Section::Rights | Section::Help)
        };
        v.cue(Cue::Rescission).iter().any(plain)
    };
    !claimed && views.iter().any(said)
}

/// Sentences before an address in which the review outside the plan is offered.
const OFFERED_BEFORE: usize = 2;

impl Reader {
    /// "Policy RX-88 names breast cancer only": a physician who writes of a policy by its number names the plan's rule. Whose
    /// policy it is by its number, "Policy number 5520931", is the person's.
    fn is_policy(&self, views: &[View], found: &Found) -> bool {
        let view = views.iter().find(|v| v.number == found.page).filter(|_| found.field == "member.id");
        view.is_some_and(|v| {
            let before = v.page.token_at(found.span.0).checked_sub(1).and_then(|i| v.page.tokens.get(i));
            before.is_some_and(|t| crate::data::holds(&self.words.criteria_core, &t.norm))
        })
    }

    /// Reads papers with the compiled data. See [`crate::read`].
    pub fn read(&self, documents: &[Document]) -> Reading {
        let mut reading = Reading::default();
        let mut looked_for = false;
        for (number, document) in documents.iter().enumerate() {
            looked_for |= self.read_one(document, number, &mut reading);
        }
        if looked_for {
            let missing = FIELDS.iter().filter(|f| reading.get(f).is_none());
            reading.not_found = missing.map(|f| (*f).to_owned()).collect();
        }
        let checked = self.crosscheck(&reading, documents);
        reading.findings.extend(checked);
        reading.findings.extend(documents.iter().filter_map(|d| self.too_long(d)));
        reading
    }

    /// A paper with a page that is looked at in part only.
    fn too_long(&self, document: &Document) -> Option<Finding> {
        let most = self.words.page_bytes;
        document.pages.iter().any(|p| p.text.len() > most).then(|| {
            let text = format!(
                "This paper has a page of more than {} KB of text. Only its beginning was searched for what a plan's letter says; give the letter alone, or as a PDF with its pages.",
                most / 1000
            );
            Finding::new("page_too_long", text).about(document.name.clone())
        })
    }

    /// Reads one paper into the reading; whether it is a plan's notice.
    fn read_one(&self, document: &Document, number: usize, reading: &mut Reading) -> bool {
        let mut summary = DocumentSummary::from(document);
        let structured =
            matches!(document.text_from, facts::TextFrom::Fhir | facts::TextFrom::X12 | facts::TextFrom::Ccda);
        if structured {
            reading.documents.push(summary); // `exchange` reads these
            return false;
        }
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == facts::TextFrom::Ocr);
        let kinds = self.kinds(&views);
        summary.kind = Some(kinds.document.clone());
        reading.documents.push(summary);
        let (found, rescinds) = self.fields_of(&views, &kinds);
        if kinds.denies() {
            let Weighed { mut kept, mut doubted, .. } =
                self.denied_because(&views, &kinds, &found, (&pages, number), rescinds);
            self.with_grounds(&mut kept, &views);
            kept.iter_mut().chain(&mut doubted).for_each(|r| quote_page(r, &pages));
            reading.reasons.extend(kept);
            reading.findings.extend(doubted.iter().map(|r| doubted_reason(r, &document.name)));
            let days = self.change_days(&views).into_iter().filter_map(|f| field(f, number, &pages));
            reading.days.extend(days);
            let stage = self.stage_of_care(&views, &kinds, &found);
            let runs = stage.as_ref().is_some_and(|s| s.value == "concurrent")
                || kinds.notice.as_ref().is_some_and(|n| n.value == "reduction_or_termination");
            let course = runs.then(|| self.approved_until(&views)).flatten();
            let terms = self.levels(&views).into_iter().chain(self.reductions(&views)).chain(stage).chain(course);
            let terms = terms.chain(self.outside_address(&views, &kinds));
            let terms = terms.filter_map(|f| field(f, number, &pages));
            reading.terms.extend(terms);
        }
        let fields = found.into_iter().filter_map(|f| field(f, number, &pages));
        reading.fields.extend(fields);
        kinds.is_notice()
    }

    /// The reasons of a paper that denies. `rescinds`: it takes the whole coverage back.
    fn denied_because(
        &self,
        views: &[View],
        kinds: &Kinds,
        found: &[Found],
        (pages, number): (&[PageRead], usize),
        rescinds: bool,
    ) -> Weighed {
        let mut reasons = Vec::new();
        let asides = self.asides(views, found);
        views.iter().for_each(|v| reasons.extend(self.said_reasons(v)));
        self.demands_are_no_reasons(&mut reasons, found);
        crate::asides::leave_out(&mut reasons, views, &asides);
        reasons.extend(self.explained(self.coded_reasons(found), views));
        if kinds.document == "approval" {
            return Weighed::default(); // overturned: the reasons no longer hold
        }
        let texts: Vec<&str> = pages.iter().map(PageRead::text).collect();
        // an illness that an application did not tell is no illness that the plan doubts
        let doubts_illness = |r: &StatedReason| rescinds && r.reason == "diagnosis_not_established";
        let mut stated = self.stated(&reasons, number, &texts);
        stated.retain(|r| !doubts_illness(r));
        let mut weighed = self.weighed(views, &reasons, found, &asides, stated, number);
        weighed.kept.retain(|r| !doubts_illness(r));
        weighed
    }

    /// What speaks for each reason of a paper and against it, for those who count weights; nothing of a paper that denies nothing.
    pub fn reason_inputs(&self, document: &Document) -> Vec<(String, ReasonInputs)> {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == facts::TextFrom::Ocr);
        let kinds = self.kinds(&views);
        let (found, rescinds) = self.fields_of(&views, &kinds);
        if !kinds.denies() {
            return Vec::new();
        }
        self.denied_because(&views, &kinds, &found, (&pages, 0), rescinds).inputs
    }

    /// What stands in the fields of a paper, in order, and whether it takes the whole coverage back.
    fn fields_of(&self, views: &[View], kinds: &Kinds) -> (Vec<Found>, bool) {
        let mut found = self.best(self.collect(views, kinds), kinds);
        let weighed = self.fill_gaps(views, kinds, &found);
        found.extend(weighed);
        found = self.weigh_words(views, kinds, found);
        found.retain(|f| !is_denied_finding(views, &self.words.negated_links, f) && !self.is_no_day_of_care(views, f));
        self.reviewers_field(views, &mut found);
        let rescinds = kinds.denies() && rescinds(views, &found);
        if rescinds {
            found.retain(|f| !f.field.starts_with("service.") && !f.field.starts_with("diagnosis."));
        }
        found.sort_by_key(in_order);
        (found, rescinds)
    }

    /// The pages of a paper as they are read. Of a page too long to be one, only what is looked at can be put in order.
    pub(crate) fn in_reading_order<'d>(&self, document: &'d Document) -> Vec<PageRead<'d>> {
        let short = |page: &&Page| page.text.len() <= self.words.page_bytes;
        let mail = document.text_from == facts::TextFrom::Email;
        let read = |page: &'d Page| {
            let masked = Some(page).filter(short);
            let masked = masked.and_then(|p| crate::mail::without_heads(&p.text, mail, &self.words));
            let plain = masked.as_deref().unwrap_or(&page.text);
            let ordered = Some(page).filter(short).and_then(|_| crate::columns::in_reading_order(plain));
            PageRead { page, masked, ordered }
        };
        document.pages.iter().map(read).collect()
    }

    pub(crate) fn views<'a>(&self, pages: &'a [PageRead<'a>], misread: bool) -> Vec<View<'a>> {
        let mut views: Vec<View<'a>> = Vec::new();
        for (i, page) in pages.iter().enumerate() {
            let before = views.last().map_or(Section::Body, View::last_section);
            let read = if misread { View::misread } else { View::new };
            views.push(read(self, looked_at(page.text(), self.words.page_bytes), i + 1, before));
        }
        views
    }

    /// Everything that was found, labelled rows first.
    pub(crate) fn collect(&self, views: &[View], kinds: &Kinds) -> Vec<Found> {
        let mut out = Vec::new();
        let hearing_only = kinds.document == "denial_letter" && self.hearing_only(views);
        for view in views {
            let places = self.label_places(view);
            let mut labelled = self.labelled(view, &places);
            if kinds.document == "bill" {
                labelled.retain(|f| !self.is_account(view, &places, f));
            }
            if !kinds.is_from_plan() {
                labelled.retain(|f| !self.is_chart_number(view, f));
            }
            out.extend(labelled);
            out.extend(self.tables(view));
            out.extend(self.transposed(view));
            out.extend(self.legend_codes(view));
            out.extend(self.said_ids(view));
            out.extend(self.about_line(view, &places));
            out.extend(self.flat_tables(view));
            out.extend(self.stated_codes(view));
            out.extend(self.said_diagnosis(view));
            out.extend(self.coded_diagnoses(view));
            out.extend(self.coded_lines(view));
            out.extend(self.said_providers(view));
            out.extend(self.said_facilities(view));
            out.extend(self.diseases(view));
            out.extend(self.stacked_services(view));
            out.extend(self.billing_places(view));
            if kinds.document == "bill" {
                out.extend(self.billers(view));
            }
            out.extend(self.asked_service(view));
            out.extend(self.charge_lines(view));
            if !kinds.is_from_plan() {
                out.extend(self.subject(view));
            }
            if kinds.is_from_plan() {
                self.sender_and_member(view, &mut out);
                out.extend(self.card_blocks(view, &places));
                out.extend(self.claim_card(view, &places));
            }
            if kinds.is_notice() {
                self.notice_only(view, kinds, hearing_only, &mut out);
            }
        }
        if kinds.is_notice() && views.len() > 1 {
            let ends = kinds.is_last_of_plan() || hearing_only;
            let appeals = |v: &View| self.says_to_appeal(v, kinds);
            if kinds.denies() || kinds.document == "approval" || views.iter().any(appeals) {
                out.extend(self.over_breaks(views, ends));
            }
        }
        if !kinds.is_notice() {
            let of_bill = |f: &Found| matches!(f.field, "notice.dated" | "plan.issuer") && f.rank < SAID;
            let dated = |f: &Found| kinds.document == "bill" && of_bill(f);
            let senders =
                |f: &Found| dated(f) || kinds.is_from_plan() && matches!(f.field, "plan.issuer" | "notice.dated");
            out.retain(|f| ANY_PAPER.contains(&f.field) || senders(f));
        }
        out.retain(|f| !is_denied_finding(views, &self.words.negated_links, f));
        if !kinds.is_from_plan() {
            out.retain(|f| !self.is_policy(views, f));
        }
        // "Plan: Physical therapy, then MRI." in a physician's note is no health plan; "Henry Adeyemi, MD, Surgical Oncology" no place
        if !kinds.is_from_plan() && kinds.document != "bill" {
            out.retain(|f| !(matches!(f.field, "plan.name" | "plan.issuer") && self.is_plan_of_care(views, f)));
        }
        out.retain(|f| f.field != "provider.facility" || !is_specialty(views, f));
        if matches!(kinds.document.as_str(), "clinical_policy" | "plan_document") {
            out.retain(|f| OF_A_BOOKLET.contains(&f.field)); // rules for everybody
        }
        self.beneficiary_of_sponsor(views, &mut out);
        self.drop_footnote_marks(views, &mut out);
        out.retain(|f| self.implausible.allows(f));
        out.retain(|f| f.field != "amount.denied" || f.value.bytes().any(|b| matches!(b, b'1'..=b'9')));
        second_date_is_of_service(&mut out);
        if kinds.is_external_decision() {
            plan_under_review(&mut out);
        }
        reviewer_gives_no_care(&mut out);
        own_address_is_none_for_appeals(&mut out);
        network_of_a_name_is_no_kind(&mut out);
        if !out.iter().any(|f| f.field == "plan.issuer") {
            let plan = out.iter().find(|f| f.field == "plan.name" && f.rank < SAID).cloned();
            out.extend(plan.map(|p| Found { field: "plan.issuer", ..p }));
        }
        out
    }

    /// Whether the label before a value is "Plan" and nothing else: what a physician means to do.
    fn is_plan_of_care(&self, views: &[View], found: &Found) -> bool {
        let Some(view) = views.iter().find(|v| v.number == found.page) else { return false };
        let line = view.page.lines.get(view.page.line_at(found.span.0)).map_or(found.span.0, |l| l.start);
        let before = view.page.slice(line, found.span.0).trim().trim_end_matches([':', '-', ' ']);
        let label = before.rsplit([' ', '/', '\t']).next().unwrap_or("");
        before.is_empty() || matches!(label.to_lowercase().as_str(), "plan" | "a/p" | "p" | "plan/recommendations")
    }

    /// "MRN: 4471120": the number of a hospital's chart, which is no member's number but in a plan's own papers.
    fn is_chart_number(&self, view: &View, found: &Found) -> bool {
        /// The most bytes between the label and the number.
        const NEAR: usize = 40;
        let line = view.page.lines.get(view.page.line_at(found.span.0)).map_or(found.span.0, |l| l.start);
        let from = view.page.token_at(line.max(found.span.0.saturating_sub(NEAR)));
        let before = view.page.tokens.get(from..view.page.token_at(found.span.0)).unwrap_or(&[]);
        let last: Vec<&str> = before.iter().rev().take(3).map(|t| t.norm.as_str()).collect();
        let written = before.last().map_or("", |t| view.page.slice(t.start, t.end));
        let chart = ["medicai", "heaith", "record", "chart"];
        found.field == "member.id"
            && (written.eq_ignore_ascii_case("mrn") || last.iter().filter(|w| chart.contains(w)).count() >= 2)
    }

    /// Rows "Sponsor:" and "Beneficiary:" with two people: the second is the patient.
    fn beneficiary_of_sponsor(&self, views: &[View], found: &mut [Found]) {
        let row = |f: &Found, words: &[String]| {
            let view = views.iter().find(|v| v.number == f.page);
            let line =
                view.and_then(|v| v.page.lines.get(v.page.line_at(f.span.0)).map(|l| v.page.slice(l.start, f.span.0)));
            let label = line.unwrap_or("").rsplit("  ").find(|c| !c.trim().is_empty()).unwrap_or("");
            f.field == "member.name"
                && f.rank < SAID
                && label.split(|c: char| !c.is_alphanumeric()).map(fold_word).any(|w| holds(words, &w))
        };
        let Some(sponsor) = found.iter().find(|f| row(f, &self.words.policyholder)).map(|f| f.value.clone()) else {
            return;
        };
        let named = found.iter().any(|f| f.field == "patient.name" && f.rank < SAID);
        for f in found.iter_mut().filter(|f| !named && f.value != sponsor && row(f, &self.words.beneficiary)) {
            f.field = "patient.name";
        }
    }

    /// "1" in a column of remarks is no code where a line below begins with "1" and says what it means.
    fn drop_footnote_marks(&self, views: &[View], found: &mut Vec<Found>) {
        let marks = |view: &View, mark: &str| {
            let text = view.page.text;
            view.page.lines.iter().any(|l| {
                let rest = text
                    .get(l.start..l.end)
                    .and_then(|line| line.trim_start_matches([' ', '(', '*']).strip_prefix(mark));
                let after = rest
                    .map(|r| r.trim_start_matches([' ', '.', ')', ':', '-', '=']))
                    .filter(|r| rest.is_some_and(|x| x.len() > r.len()));
                after.is_some_and(|r| {
                    r.split_whitespace().filter(|w| w.len() > 2).count() >= 2 && r.starts_with(char::is_alphabetic)
                })
            })
        };
        let coded = |f: &Found| f.value.len() >= 2; // codes of one digit give no reason to deny
        found.retain(|f| f.field != "denial.code" || coded(f) || !views.iter().any(|v| marks(v, &f.value)));
    }

    /// Whether the row that gives a group number names an account: on a bill that number is the provider's.
    fn is_account(&self, view: &View, places: &[Place], f: &Found) -> bool {
        let group = |p: &&Place| self.labels.get(p.label).is_some_and(|l| l.field == "plan.group_number");
        let row = places.iter().filter(|p| p.start <= f.span.0).rfind(group);
        let words = row.map_or("", |p| view.page.slice(p.start, p.end)).split(|c: char| !c.is_alphanumeric());
        f.field == "plan.group_number" && words.map(fold_word).any(|w| holds(&self.words.account, &w))
    }

    /// Who writes to whom, and when: on any paper that a plan sends.
    fn sender_and_member(&self, view: &View, out: &mut Vec<Found>) {
        out.extend(crate::plan::lone_date(view, &self.words.notices));
        out.extend(self.letterhead(view));
        out.extend(self.said_issuer(view));
        out.extend(self.said_plan_name(view));
        out.extend(self.plan_in_a_sentence(view));
        out.extend(self.product_in_a_sentence(view));
        out.extend(self.product_names(view));
        out.extend(self.served_plan(view));
        out.extend(self.plan_line(view));
        out.extend(self.headed_plan(view));
        out.extend(self.offered_plan(view));
        out.extend(self.signature_issuer(view));
        out.extend(self.plan_kind(view));
        out.extend(self.addressee(view));
    }

    fn notice_only(&self, view: &View, kinds: &Kinds, hearing_only: bool, out: &mut Vec<Found>) {
        out.extend(kinds.notice.clone().filter(|n| n.page == view.number));
        out.extend(self.said_amounts(view));
        out.extend(self.said_service_dates(view));
        out.extend(self.criteria(view));
        out.extend(self.criteria_with_lists(view));
        out.extend(self.provisions(view));
        out.extend(self.reviewers(view));
        out.extend(self.signing_reviewer(view));
        out.extend(self.offers(view));
        if kinds.denies() || kinds.document == "approval" || self.says_to_appeal(view, kinds) {
            let outside = kinds.is_last_of_plan() || hearing_only;
            let kept = |f: &Found| outside || f.rank < OUTSIDE;
            out.extend(self.appeal_windows(view).into_iter().filter(kept));
            out.extend(self.deadlines(view));
            let mut addresses: Vec<Found> = self.addresses(view).into_iter().filter(kept).collect();
            addresses.sort_by_key(|a| (a.rank, a.span));
            out.extend(addresses.first().and_then(|a| self.issuer_of_address(view, a)));
            out.extend(addresses.iter().find_map(|a| self.issuer_twice(view, a)));
            let address = addresses.first().map(|a| a.span);
            out.extend(addresses);
            out.extend(self.contacts(view, address, outside));
        }
    }

    /// Where a paper that still has an appeal to the plan says that the review outside it is asked for. Of a last decision the address
    /// to appeal to is that one (`notice::to_case`).
    fn outside_address(&self, views: &[View], kinds: &Kinds) -> Option<Found> {
        if kinds.is_last_of_plan() {
            return None;
        }
        // A department of insurance is also where complaints go: only beside words that offer the review is its address that one.
        let offered = |v: &View, f: &Found| {
            let last = v.page.tokens.get(v.page.token_at(f.span.0)).map_or(0, |t| t.sentence);
            (last.saturating_sub(OFFERED_BEFORE)..=last)
                .any(|s| v.cue_in(Cue::ExternalOffer, v.page.sentence_tokens(s)).is_some())
        };
        let of = |v: &View| {
            let all = self.addresses(v).into_iter().filter(|f| f.rank >= OUTSIDE && offered(v, f));
            all.min_by_key(|f| f.span)
        };
        let found = views.iter().find_map(of)?;
        Some(Found { field: "coverage.external_address", ..found })
    }

    /// A notice of a public agency that offers a hearing and no appeal before it: words for an appeal stand in no sentence but
    /// those about a body outside.
    fn hearing_only(&self, views: &[View]) -> bool {
        let word = |v: &View, at: usize, list: &[String]| {
            v.page.tokens.get(at).is_some_and(|t| list.iter().any(|w| t.norm.starts_with(w.as_str())))
        };
        let others = |v: &View| {
            (0..v.page.tokens.len())
                .any(|at| word(v, at, &self.words.appeal_words) && !v.sentence_has(at, Cue::External))
        };
        let heard = |v: &View| v.cue(Cue::External).iter().any(|h| word(v, h.1 - 1, &self.words.hearing_words));
        views.iter().any(heard) && !views.iter().any(others)
    }

    /// Whether a request for papers also gives a time within which to appeal.
    fn says_to_appeal(&self, view: &View, kinds: &Kinds) -> bool {
        kinds.document == "request_for_information" && self.appeal_windows(view).iter().any(|w| w.rank < OUTSIDE)
    }

    /// Keeps the best value of a field that has one, and each value once of a field that may have several.
    pub(crate) fn best(&self, mut found: Vec<Found>, kinds: &Kinds) -> Vec<Found> {
        found.sort_by_key(|f| (f.rank, f.page, f.span));
        let mut out: Vec<Found> = Vec::new();
        for f in found {
            let same = |o: &&Found| o.field == f.field;
            let known = out.iter().find(same);
            let repeated = out.iter().filter(same).any(|o| same_value(o, &f));
            // each claim of an explanation of benefits has its own place
            let several =
                kinds.document == "eob" && f.field == "provider.facility" && known.is_some_and(|k| k.rank == f.rank);
            let several = several || kinds.document == "eob" && f.field == "patient.name" && f.rank < WEAKLY_LABELLED;
            let single = SINGLE.contains(&f.field) && known.is_some() && !several;
            // a sentence adds nothing to what a labelled row gives
            let weaker = known.is_some_and(|k| k.rank + 5 < f.rank)
                && !matches!(f.field, "service.code" | "diagnosis.code" | "denial.code");
            let enough = out.iter().filter(same).count() >= limit(f.field);
            if !(repeated || single || weaker || enough) {
                out.push(f);
            }
        }
        crate::agree::agree(&mut out);
        out.sort_by_key(in_order);
        out
    }
}

/// Fields as the contract lists them, of each the surest first.
fn in_order(f: &Found) -> (usize, u8, usize, Span) {
    (FIELDS.iter().position(|n| *n == f.field).unwrap_or(FIELDS.len()), f.rank, f.page, f.span)
}

/// How many values of a field are kept.
fn limit(field: &str) -> usize {
    match field {
        "appeal.fax" | "appeal.phone" => 2,
        "service.description" => 12,
        "reference.number" | "reviewer.name" | "criteria.cited" | "plan.provision_cited" => 4,
        "reviewer.specialty" | "reviewer.license" => 2,
        _ => 60,
    }
}

/// The field as the contract gives it; nothing when the span does not fit the page (which would be our fault).
fn field(f: Found, document: usize, pages: &[PageRead]) -> Option<Field> {
    let read = pages.get(f.page.checked_sub(1)?)?;
    let span = read.ordered.as_ref().map_or(f.span, |r| r.on_page(f.span));
    let quote = read.page.text.get(span.0..span.1).filter(|q| !q.is_empty())?.to_owned();
    let verbatim = f.certainty != Certainty::Verbatim || f.value == quote;
    Some(Field {
        name: f.field.into(),
        value: f.value,
        quote,
        document,
        page: f.page,
        span,
        certainty: if verbatim { f.certainty } else { Certainty::Normalized },
    })
}

#[cfg(test)]
mod tests {
    use super::looked_at;

    #[test]
    fn a_long_page_is_cut_at_a_line_and_a_long_line_where_it_must() {
        assert_eq!(looked_at("one\ntwo\nthree", 100), "one\ntwo\nthree");
        assert_eq!(looked_at("one\ntwo\nthree", 9), "one\ntwo");
        assert_eq!(looked_at("a\nb c d e f g h i", 10), "a\nb c d e ");
        assert_eq!(looked_at("éééééé", 5), "éé");
    }
}
