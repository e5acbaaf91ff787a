//! Whether a sentence can be quoted alone, and which sentence it takes along when it cannot.
//!
//! "Both are documented: …" says nothing to a reader who has not read the sentence before. The words by which such a
//! sentence is known are data (`kb/course/quotes.toml`). A quote is only ever made longer, by the sentence that stands
//! before it in the same paragraph, so that it stays word for word what the paper says.

use std::collections::BTreeMap;

use evidence::{Also, CriteriaReport};
use facts::Document;
use kb::{Kb, KbError};
use opinion::Check;
use serde::Deserialize;

use crate::CasePaper;

const FILE: &str = "course/quotes.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code)]
    format: String,
    leaning: Vec<String>,
    asked: Vec<String>,
    requests: Vec<String>,
    bare: Vec<String>,
    bare_longest: usize,
    turning: Vec<String>,
    turning_anywhere: Vec<String>,
    pointing: Vec<String>,
    standing: Vec<String>,
    empty: Vec<String>,
    diagnosis: Vec<String>,
    against: Vec<String>,
    denied: Vec<String>,
    abbreviations: Vec<String>,
    longest: usize,
    shortest: usize,
    treating: Vec<String>,
    urgency: Urgency,
    telling: Telling,
    plan: PlanWords,
    facts: FactWords,
    named_paper: NamedPaperWords,
    reason: Vec<ReasonEntry>,
}

/// Whether most of a sentence stands in quotation marks: "You write that “an implant is less costly”."
fn is_anothers_words(sentence: &str) -> bool {
    let (mut inside, mut quoted, mut all) = (false, 0_usize, 0_usize);
    for c in sentence.chars() {
        match c {
            '“' | '«' => inside = true,
            '”' | '»' => inside = false,
            '"' => inside = !inside,
            _ => {
                all += usize::from(c.is_alphanumeric());
                quoted += usize::from(inside && c.is_alphanumeric());
            }
        }
    }
    2 * quoted > all
}

/// What makes one sentence answer the plan's words better than another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Telling {
    letters: usize,
    stem: usize,
    strong: usize,
    common: Vec<String>,
    others: Vec<String>,
    restating: Vec<String>,
    answer: usize,
    need: Vec<String>,
}

/// Which sentences of a denial letter give its reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanWords {
    why: Vec<String>,
    why_not: Vec<String>,
    most: usize,
    reviewer: Vec<String>,
    reviewer_labels: Vec<String>,
    defines: Vec<String>,
}

/// Which sentences of a record tell a fact that bears on a reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactWords {
    most: usize,
    not: Vec<String>,
    weakens: Vec<String>,
    kind: Vec<FactKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactKind {
    kind: String,
    #[serde(default)]
    figures: bool,
    #[serde(default)]
    beside: bool,
    words: Vec<String>,
}

/// How a paper that the plan misses says that it was sent, and by whom it is signed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPaperWords {
    sent: Vec<String>,
    signed: Vec<String>,
}

/// The words of a sentence by which a physician says that waiting is dangerous: one of `outright` and of `what`, or one of each
/// of the other lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Urgency {
    outright: Vec<String>,
    grave: Vec<String>,
    soon: Vec<String>,
    ahead: Vec<String>,
    unlikely: Vec<String>,
    waiting: Vec<String>,
    harm: Vec<String>,
    what: Vec<String>,
    not: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonEntry {
    reason: String,
    #[serde(default)]
    elements: Vec<String>,
    #[serde(default)]
    about: Vec<String>,
    #[serde(default)]
    shows: Option<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    carry: Vec<String>,
    #[serde(default)]
    facts: Vec<String>,
    #[serde(default)]
    calls: Vec<String>,
}

/// What chooses among the sentences of papers: `kb/course/quotes.toml`.
#[derive(Debug)]
pub struct Quotes {
    file: File,
    reasons: BTreeMap<String, usize>,
}

impl Quotes {
    /// Reads the lists.
    ///
    /// # Errors
    /// A [`KbError`] when `kb/course/quotes.toml` is absent or damaged, or names an element that no check has.
    pub fn load(kb: &Kb) -> Result<Quotes, KbError> {
        let file: File = kb.table(FILE)?;
        let known = |e: &&String| !opinion::ELEMENTS.contains(&e.as_str());
        if let Some(odd) = file.reason.iter().flat_map(|r| &r.elements).find(known) {
            let message = format!("`{odd}` is no element of a physician's letter");
            return Err(KbError { file: FILE.into(), place: None, message, hint: None });
        }
        let kinds = |k: &&String| !file.facts.kind.iter().any(|own| own.kind == **k);
        if let Some(odd) = file.reason.iter().flat_map(|r| &r.facts).find(kinds) {
            let message = format!("`{odd}` is no kind of fact of this file");
            return Err(KbError { file: FILE.into(), place: None, message, hint: None });
        }
        let reasons = file.reason.iter().enumerate().map(|(at, r)| (r.reason.clone(), at)).collect();
        Ok(Quotes { file, reasons })
    }

    /// Whether a sentence can be read without the one before it: it does not begin with a word that leans on that one, is
    /// no question, and is neither too short nor too long to be a sentence of prose.
    pub fn stands_alone(&self, quote: &str) -> bool {
        let words = quote.split_whitespace().count();
        let fits = (self.file.shortest..=self.file.longest).contains(&words);
        fits && !self.leans(quote) && !asks(quote) && !self.retells(quote)
    }

    /// Whether a quote says no more than what its writer was asked.
    fn retells(&self, quote: &str) -> bool {
        let folded = cite::fold(quote);
        let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
        self.file.asked.iter().any(|phrase| begins_with(bare, phrase)) && self.sentences(quote).len() == 1
    }

    /// Whether a quote only asks: a question, or something that its writer wants of the plan.
    pub(crate) fn only_asks(&self, quote: &str) -> bool {
        let folded = cite::fold(quote);
        let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
        asks(quote) || self.sentences(quote).len() == 1 && self.file.requests.iter().any(|r| begins_with(bare, r))
    }

    /// Whether a quote is a bare yes or no, understood only with its question.
    fn is_bare(&self, bare: &str) -> bool {
        bare.split_whitespace().count() <= self.file.bare_longest
            && self.file.bare.iter().any(|phrase| begins_with(bare, phrase))
    }

    /// Whether a quote leans on the sentence before it. One that begins with a small letter began inside a sentence.
    pub(crate) fn leans(&self, quote: &str) -> bool {
        let folded = cite::fold(quote);
        let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
        let begins = |phrase: &String| begins_with(bare, phrase);
        let small = quote.trim_start().starts_with(char::is_lowercase);
        let ends = |word: &String| {
            let rest = bare.trim_end_matches(|c: char| !c.is_alphanumeric());
            rest.strip_suffix(cite::fold(word).as_str()).is_some_and(|before| before.ends_with(' '))
        };
        let points = self.file.pointing.iter().any(ends);
        small
            || points
            || self.turns_on_what_stands_before(bare)
            || self.is_bare(bare)
            || self.file.leaning.iter().any(begins) && !self.file.standing.iter().any(begins)
    }

    /// Whether a folded sentence of one clause or more says something only of what the sentence before names: "For this patient it is
    /// not: …". A quote of several sentences has what stands before in it.
    fn turns_on_what_stands_before(&self, bare: &str) -> bool {
        let first = self.sentences(bare).into_iter().next().unwrap_or_default();
        let closes = |at: usize, word: &str| {
            let rest = first.get(at + cite::fold(word).len()..).unwrap_or_default();
            rest.is_empty() || rest.starts_with([':', '.', ';', ','])
        };
        let turning = self.file.turning.iter().any(|word| places(&first, word).into_iter().any(|at| closes(at, word)));
        turning || self.file.turning_anywhere.iter().any(|word| !places(&first, word).is_empty())
    }

    /// Whether a quote says nothing to a reader who has not read the sentence before it, or says only what was asked.
    pub(crate) fn says_nothing_alone(&self, quote: &str) -> bool {
        self.leans(quote) || self.retells(quote)
    }

    /// The sentence of a page to which a quote points back ("recorded with the functional score above."): the nearest one before
    /// it that has a figure and names the same thing. None where the quote points to nothing, or where that is not found.
    pub fn pointed_to(&self, quote: &str, page: &str) -> Option<String> {
        let folded = cite::fold(quote);
        let ends = |at: usize, word: &str| {
            let rest = folded.get(at + word.len()..).unwrap_or_default().trim_start_matches(['"', '”', ')']);
            rest.trim().is_empty() || rest.starts_with(['.', ',', ';'])
        };
        let place = |word: &String| places(&folded, word).into_iter().find(|at| ends(*at, word));
        let at = self.file.pointing.iter().find_map(place)?;
        let thing = folded.get(..at)?.split_whitespace().next_back()?.trim_matches(|c: char| !c.is_alphanumeric());
        let wanted = tidy(quote);
        let sentences = self.sentences(page);
        let own = sentences.iter().position(|s| s.contains(&wanted) || wanted.contains(s.as_str()))?;
        let names = |s: &&String| has(s, thing) && s.chars().any(|c| c.is_ascii_digit()) && !s.contains(&wanted);
        sentences.get(..own)?.iter().rev().find(names).cloned()
    }

    /// A report whose sentences take along what they point back to.
    pub(crate) fn with_what_is_pointed_to(&self, report: &mut CriteriaReport, papers: &[CasePaper]) {
        for leaf in report.leaves.iter_mut().filter(|l| l.also.is_none()) {
            let (Some(quote), Some(source), Some(page)) = (&leaf.quote, &leaf.source, leaf.page) else { continue };
            let paper = papers.iter().find(|p| p.file == *source);
            let text = paper.and_then(|p| p.document.pages.get(page.checked_sub(1)?)).map(|p| p.text.as_str());
            leaf.also = text.and_then(|t| self.pointed_to(quote, t)).map(|quote| Also { quote, page });
        }
    }

    /// The words as they can be quoted: the quote alone where it stands alone, else with the sentence before it in its
    /// paragraph. None where that does not help.
    pub fn whole(&self, quote: &str, page: &str) -> Option<String> {
        if self.stands_alone(quote) {
            return Some(quote.to_string());
        }
        if asks(quote) {
            return None;
        }
        let wanted = tidy(quote);
        let paragraph = paragraphs(page).into_iter().find(|p| p.contains(&wanted))?;
        let at = paragraph.find(&wanted)?;
        let before = self.last_sentence(paragraph.get(..at)?.trim_end())?;
        let both = format!("{before} {wanted}");
        // A bare yes is read with its question; else a question is no statement.
        let folded = cite::fold(quote);
        let answers = self.is_bare(folded.trim_start_matches(|c: char| !c.is_alphanumeric()));
        // Still one passage of the page, word for word, and one that needs nothing more.
        (paragraph.contains(&both) && self.stands_alone(&both) && (answers || !asks(before))).then_some(both)
    }

    /// The last whole sentence of a text that ends with one.
    fn last_sentence<'t>(&self, text: &'t str) -> Option<&'t str> {
        if !text.ends_with(['.', '!', '?', '"', '”', ')', ';']) {
            return None;
        }
        let inner = text.get(..text.char_indices().next_back()?.0)?;
        let mut ends = inner.match_indices(['.', '!', '?']).filter(|(at, _)| self.is_end(text, *at));
        let from = ends.next_back().map_or(0, |(at, _)| at + 1);
        let sentence = text.get(from..)?.trim_start_matches(|c: char| c.is_whitespace() || "\"”)’".contains(c));
        sentence.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()).then_some(sentence)
    }

    /// Whether the point at a place ends a sentence: white space follows, and no abbreviation or initial stands before.
    fn is_end(&self, text: &str, at: usize) -> bool {
        let rest = text.get(at + 1..).unwrap_or_default();
        let after = rest.trim_start_matches(['"', '”', ')', '’']);
        let word = text.get(..at).unwrap_or_default().rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
        let initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "i";
        // A bracket that closes with its sentence holds nothing together.
        let inside = rest.len() == after.len() && cite::stop_inside(text, at);
        !inside
            && !in_quotation(text, at)
            && after.starts_with(char::is_whitespace)
            && !initial
            && !self.file.abbreviations.contains(&word)
    }

    /// A check whose quotes lean on nothing, where the paper gives the sentence before: the rest stays as it is.
    pub(crate) fn whole_thoughts(&self, check: &mut Check, letter: &Document) {
        let page = |n: Option<usize>| letter.pages.get(n?.checked_sub(1)?).map(|p| p.text.as_str());
        let adverse: Vec<String> = check.hazards.iter().map(|h| cite::fold(&h.quote)).collect();
        let longer = |quote: &str, n: Option<usize>| {
            let whole = self.whole(quote, page(n)?)?;
            // What could be held against the person is not taken along.
            let folded = cite::fold(&whole);
            (!adverse.iter().any(|a| folded.contains(a.as_str()) && !cite::fold(quote).contains(a.as_str())))
                .then_some(whole)
        };
        let elements = check.elements.iter_mut().map(|e| (&mut e.quote, e.page));
        let answers = check.reasons_answered.iter_mut().map(|r| (&mut r.quote, r.page));
        let outcome = [(&mut check.outcome_quote, check.outcome_page)];
        for (quote, n) in elements.chain(answers).chain(outcome) {
            if let Some(whole) = quote.as_deref().and_then(|q| longer(q, n)) {
                *quote = Some(whole);
            }
        }
    }

    /// The elements of a physician's letter whose sentence answers a reason, best first.
    pub(crate) fn elements(&self, reason: &str) -> &[String] {
        self.entry(reason).map_or(&[], |r| &r.elements)
    }

    /// Whether a criterion of the plan is about a reason.
    pub(crate) fn is_about(&self, reason: &str, criterion: &str) -> bool {
        self.entry(reason).is_some_and(|r| r.about.is_empty() || r.about.iter().any(|word| has(criterion, word)))
    }

    /// Whether a sentence bears on a reason that has words of its own (what was tried before, say); where it has none, any does.
    pub(crate) fn bears_on(&self, reason: &str, sentence: &str) -> bool {
        self.is_about(reason, sentence)
    }

    /// How much a sentence says against the plan's words: the telling words it shares with them and the reason's own words count
    /// one, the words by which a sentence states a need or a fact two (they tell in whatever language the plan wrote).
    pub(crate) fn weight(&self, reason: &str, plan: &str, sentence: &str) -> usize {
        let of_plan = self.telling_words(plan);
        let mut own = self.telling_words(sentence);
        own.retain(|w| of_plan.contains(w));
        let carry = self.entry(reason).map_or(&[][..], |e| &e.carry);
        let count = |list: &[String]| list.iter().filter(|word| has(sentence, word)).count();
        own.len() + 2 * count(&self.file.telling.need) + count(carry)
    }

    /// Whether a weight is that of a sentence which speaks to the plan's words.
    pub(crate) fn is_strong(&self, weight: usize) -> bool {
        weight >= self.file.telling.strong
    }

    /// Whether a sentence may give what somebody else says (the plan, a reviewer): it is no word of its writer's own.
    pub(crate) fn may_be_anothers(&self, sentence: &str) -> bool {
        self.file.telling.others.iter().any(|word| has(sentence, word))
    }

    /// The sentences of a letter that stand right behind one in which it gives the plan's words ("You write that “…”"), in its order:
    /// its answer to them.
    /// Where the letter answers several reasons, what it gives is of the one whose words it has most of, and of one of which it has
    /// half as many at least.
    pub(crate) fn after_the_plans_words(
        &self,
        (reason, plan): (&str, &str),
        others: &[(String, String)],
        page: &str,
    ) -> Vec<String> {
        let mut out = Vec::new();
        for paragraph in paragraphs(page) {
            let sentences = self.sentences(&paragraph);
            let mut left = 0;
            for sentence in sentences {
                if self.restates(&sentence) {
                    let own = self.shares(reason, plan, &sentence);
                    // "… that it is not necessary, and that no therapy was documented" has the words of both
                    let best = others.iter().all(|(r, p)| self.shares(r, p, &sentence) <= 2 * own);
                    let gives = best && (self.gives(plan, &sentence) || self.calls(reason, &sentence));
                    left = if gives { self.file.telling.answer } else { 0 };
                } else if left > 0
                    && sentence.ends_with('.')
                    && (sentence.split(' ').count() >= self.file.shortest || self.leans(&sentence))
                {
                    left -= 1;
                    out.push(sentence);
                }
            }
        }
        out
    }

    /// Whether a sentence names the plan's reason by a word of its own.
    fn calls(&self, reason: &str, sentence: &str) -> bool {
        self.entry(reason).is_some_and(|e| e.calls.iter().any(|word| has(sentence, word)))
    }

    /// How much a sentence that gives what the plan says has of a reason: the telling words of the plan's sentence, and its name.
    fn shares(&self, reason: &str, plan: &str, sentence: &str) -> usize {
        let of_plan = self.telling_words(plan);
        let own = self.telling_words(sentence);
        let named = if self.calls(reason, sentence) { self.file.telling.strong } else { 0 };
        own.iter().filter(|w| of_plan.contains(*w)).count() + named
    }

    /// Whether a sentence begins by giving what the plan says.
    pub(crate) fn restates(&self, sentence: &str) -> bool {
        let folded = cite::fold(sentence);
        let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
        self.file.telling.restating.iter().any(|phrase| begins_with(bare, phrase))
    }

    /// Whether a sentence gives the plan's words for a reason: what stands between its quotation marks is of them; where it quotes
    /// nothing, it shares enough of their telling words.
    fn gives(&self, plan: &str, sentence: &str) -> bool {
        let folded = cite::fold(plan);
        let pieces = cite::fold(sentence);
        let quoted = pieces.split('"').skip(1).step_by(2).map(|q| q.trim_matches(['.', ',', ' ']).to_string());
        let quoted: Vec<String> = quoted.filter(|q| q.split(' ').count() > 1).collect();
        let of_plan = self.telling_words(plan);
        let shared = |text: &str| {
            let own = self.telling_words(text);
            (own.iter().filter(|w| of_plan.contains(*w)).count(), own.len())
        };
        if quoted.is_empty() {
            return shared(sentence).0 >= self.file.telling.strong;
        }
        let mostly = |(of, all): (usize, usize)| of >= self.file.telling.strong && 2 * of > all;
        quoted.iter().any(|q| folded.contains(q) || mostly(shared(q)))
    }

    /// The beginnings of the words of a text that are long and not common, each once.
    fn telling_words(&self, text: &str) -> std::collections::BTreeSet<String> {
        let t = &self.file.telling;
        let folded = cite::fold(text);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() >= t.letters);
        words
            .filter(|w| !t.common.iter().any(|c| places(w, c).contains(&0)))
            .map(|w| w.chars().take(t.stem).collect())
            .collect()
    }

    /// The sentences of a denial letter that say why, beside the one that is known: what is missing or excluded, by its words.
    pub(crate) fn said_why(&self, known: &[String], page: &str) -> Vec<String> {
        let p = &self.file.plan;
        let any = |list: &[String], s: &str| list.iter().any(|word| has(s, word));
        let shown = |s: &str| {
            let folded = cite::fold(s);
            known.iter().any(|k| k.contains(&folded) || folded.contains(k.as_str()))
        };
        let mut out = self.sentences(page);
        out.retain(|s| self.is_prose(s) && any(&p.why, s) && !any(&p.why_not, s) && !shown(s));
        out.truncate(p.most);
        out
    }

    /// Whether a sentence of a denial letter says what a word of the contract means.
    pub(crate) fn defines(&self, sentence: &str) -> bool {
        self.file.plan.defines.iter().any(|phrase| has(sentence, phrase))
    }

    /// The sentence of a denial letter that says who decided: a phrase of the list and a name behind it; else the line or sentence
    /// that does so behind a label ("Reviewer: Ada Probe, MD, Pediatrics").
    pub(crate) fn names_reviewer(&self, page: &str) -> Option<String> {
        let named = |s: &String| {
            let words = s.split_whitespace().filter(|w| w.starts_with(char::is_uppercase)).count();
            words > 3 && s.contains(',')
        };
        let plan = &self.file.plan;
        let says = |s: &String| plan.reviewer.iter().any(|phrase| has(s, phrase));
        let labelled = |s: &String| {
            let label = s.split_once(':').map(|(label, _)| cite::fold(label));
            label.is_some_and(|l| plan.reviewer_labels.iter().any(|own| l == cite::fold(own)))
        };
        // A line with its label may hold more fields to the right: those are another column.
        let field = |line: &str| line.trim().split("   ").next().unwrap_or_default().trim().to_string();
        let sentences = self.sentences(page);
        let prose = sentences.iter().find(|s| self.is_prose(s) && says(s) && named(s)).cloned();
        let lines = page.lines().map(field);
        let label = || lines.chain(sentences).find(|s| self.is_short(s) && labelled(s) && named(s));
        prose.or_else(label)
    }

    /// Whether a text is no longer than a sentence may be.
    fn is_short(&self, text: &str) -> bool {
        text.split_whitespace().count() <= self.file.longest
    }

    /// Whether a text has the length and the end of a sentence of prose.
    fn is_prose(&self, text: &str) -> bool {
        let words = text.split_whitespace().count();
        let ends = text.trim_end_matches(['"', '”', ')']).ends_with('.');
        (self.file.shortest..=self.file.longest).contains(&words) && ends
    }

    fn entry(&self, reason: &str) -> Option<&ReasonEntry> {
        self.reasons.get(reason).and_then(|at| self.file.reason.get(*at))
    }

    /// Whether a paper of a kind is one in which the treating physician speaks to the plan.
    pub fn is_treating(&self, kind: Option<&str>) -> bool {
        kind.is_some_and(|k| self.file.treating.iter().any(|t| t == k))
    }

    /// Whether a sentence says that waiting is dangerous, and nothing that may turn it round.
    pub(crate) fn is_urgent(&self, sentence: &str) -> bool {
        let u = &self.file.urgency;
        let any = |list: &Vec<String>| list.iter().any(|word| has(sentence, word));
        let says = any(&u.outright) && any(&u.what) || [&u.waiting, &u.harm, &u.what].into_iter().all(any);
        says && !any(&u.not)
    }

    /// Whether a sentence says that a death or a loss is near: "He will probably die within weeks if he is not listed" (the "not" is
    /// the condition). A physician who writes to the plan says so of what is to come; a record tells of days that were.
    pub(crate) fn is_grave(&self, sentence: &str) -> bool {
        let u = &self.file.urgency;
        let any = |list: &Vec<String>| list.iter().any(|word| has(sentence, word));
        [&u.grave, &u.soon, &u.ahead].into_iter().all(any) && !any(&u.unlikely)
    }

    /// Whether a sentence can answer a reason: it does more than introduce, ask or offer, is more than somebody else's words, and
    /// holds no word that could be held against the person.
    pub(crate) fn answers(&self, sentence: &str) -> bool {
        let folded = cite::fold(sentence);
        let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
        !self.file.empty.iter().any(|e| begins_with(bare, e)) && !is_anothers_words(sentence) && !self.turns(sentence)
    }

    fn turns(&self, quote: &str) -> bool {
        // The plan's words that a quote takes along for its answer are no word of its writer.
        let mut sentences = self.sentences(quote);
        if sentences.len() > 1 && sentences.first().is_some_and(|first| self.restates(first)) {
            sentences.remove(0);
        }
        let text = cite::fold(&sentences.join(" "));
        self.file.against.iter().flat_map(|word| places(&text, word)).any(|at| !self.is_denied(&text, at))
    }

    /// Whether a word that denies stands among the three before a place of a folded text.
    fn is_denied(&self, text: &str, at: usize) -> bool {
        let before = text.get(..at).unwrap_or_default();
        before.split_whitespace().rev().take(3).any(|w| self.file.denied.iter().any(|d| d == w))
    }

    /// Whether a quote only names the disease, and the reason is another than that it is not shown.
    pub(crate) fn is_only_a_diagnosis(&self, reason: &str, quote: &str) -> bool {
        let folded = cite::fold(quote);
        let labelled = self.file.diagnosis.iter().any(|label| {
            folded.strip_prefix(cite::fold(label).as_str()).is_some_and(|rest| rest.starts_with([':', ' ']))
        });
        labelled && self.looks_for(reason) != Some("diagnosis") && self.sentences(quote).len() == 1
    }

    fn looks_for(&self, reason: &str) -> Option<&str> {
        self.entry(reason)?.shows.as_deref()
    }

    /// How many kinds of facts that bear on a reason a record's sentence tells; none of one that tells of somebody else or would speak
    /// against the person.
    pub(crate) fn facts_told(&self, reason: &str, sentence: &str) -> usize {
        let f = &self.file.facts;
        let text = cite::fold(sentence);
        let says = |word: &String| places(&text, word).into_iter().any(|at| !self.is_denied(&text, at));
        let Some(entry) = self.entry(reason).filter(|_| !f.not.iter().any(|word| has(sentence, word))) else {
            return 0;
        };
        if f.weakens.iter().any(says) {
            return 0;
        }
        let figures = sentence.chars().any(|c| c.is_ascii_digit());
        let told = |k: &&FactKind| entry.facts.contains(&k.kind) && (figures || !k.figures) && k.words.iter().any(says);
        let (beside, alone): (Vec<_>, Vec<_>) = f.kind.iter().filter(told).partition(|k| k.beside);
        if alone.is_empty() { 0 } else { alone.len() + beside.len() }
    }

    /// So many sentences of records at most are chosen under one reason for the facts that they tell.
    pub(crate) fn most_facts(&self) -> usize {
        self.file.facts.most
    }

    /// The sentence of a page in which the paper says that it was sent to somebody of this name.
    pub(crate) fn was_sent(&self, to: &str, page: &str) -> Option<String> {
        let name = cite::fold(to);
        let says = |s: &String| self.file.named_paper.sent.iter().any(|word| has(s, word));
        let mut own = self.sentences(page).into_iter();
        own.find(|s| !name.is_empty() && s.ends_with('.') && says(s) && cite::fold(s).contains(&name))
    }

    /// The line of a page that says who signed it.
    pub(crate) fn signed_line(&self, page: &str) -> Option<String> {
        let says = |line: &&str| {
            let folded = cite::fold(line);
            let label = |word: &String| {
                let rest = folded.strip_prefix(cite::fold(word).as_str());
                rest.is_some_and(|rest| rest.starts_with([':', ' ']) && rest.trim_matches([':', ' ']).contains(' '))
            };
            self.file.named_paper.signed.iter().any(label)
        };
        page.lines().map(str::trim).find(says).filter(|line| self.is_short(line)).map(tidy)
    }

    /// Whether something is looked for in the records of a case even where the plan has no criteria to hold against them.
    pub fn looks_in_records(&self, case: &facts::Case) -> bool {
        if case.denials.is_empty() {
            return true;
        }
        let mut reasons = case.denials.iter().filter_map(|d| d.reason.as_deref());
        let tried = case.treatments.iter().any(|t| t.source.is_some());
        let in_words = |r: &str| self.entry(r).is_some_and(|e| !e.says.is_empty() || !e.elements.is_empty());
        let facts = |r: &str| self.entry(r).is_some_and(|e| !e.facts.is_empty());
        reasons
            .any(|r| in_words(r) || facts(r) || self.looked_for(r, case).is_some() || tried && self.is_about_history(r))
    }

    /// Whether what was tried before answers a reason.
    pub(crate) fn is_about_history(&self, reason: &str) -> bool {
        self.elements(reason).iter().any(|e| e == "alternatives_and_history")
    }

    /// The fact of the case that records are to show for a reason.
    pub(crate) fn looked_for(&self, reason: &str, case: &facts::Case) -> Option<String> {
        match self.looks_for(reason) {
            Some("diagnosis") => case.claim.diagnosis.clone().filter(|d| !d.trim().is_empty()),
            _ => None,
        }
    }

    /// The sentences of a page that answer a reason by their words, the best first.
    pub(crate) fn told(&self, reason: &str, page: &str) -> Vec<String> {
        let wanted = self.entry(reason).map_or(&[][..], |e| &e.says);
        let sentences: Vec<String> = if wanted.is_empty() { Vec::new() } else { self.sentences(page) };
        let plain = |s: &&String| s.ends_with('.') && !self.file.urgency.not.iter().any(|word| has(s, word));
        let of = |word: &String| sentences.iter().filter(plain).filter(|s| has(s, word)).cloned().collect::<Vec<_>>();
        wanted.iter().flat_map(of).collect()
    }

    /// The sentences of a page, each with its white space as single spaces.
    pub(crate) fn sentences(&self, page: &str) -> Vec<String> {
        let mut out = Vec::new();
        for paragraph in paragraphs(page) {
            let ends =
                paragraph.match_indices(['.', '!', '?']).map(|(at, _)| at).filter(|at| self.is_end(&paragraph, *at));
            let mut from = 0;
            for end in ends.collect::<Vec<_>>() {
                // The mark that closes a quotation belongs to its sentence.
                let rest = paragraph.get(end + 1..).unwrap_or_default();
                let marks = rest.len() - rest.trim_start_matches(['"', '”', ')', '’']).len();
                out.extend(paragraph.get(from..=end + marks).map(|s| s.trim().to_string()));
                from = end + 1 + marks;
            }
            out.extend(paragraph.get(from..).map(|s| s.trim().to_string()));
        }
        out.retain(|s| !s.is_empty());
        out
    }
}

/// Whether a folded text begins with a phrase as whole words.
fn begins_with(text: &str, phrase: &str) -> bool {
    let rest = text.strip_prefix(cite::fold(phrase).as_str());
    rest.is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '-'))
}

/// Whether a text holds a word or phrase; a `*` at its end takes any ending.
pub(crate) fn has(text: &str, phrase: &str) -> bool {
    !places(&cite::fold(text), phrase).is_empty()
}

/// Where a word or phrase stands in a folded text.
pub(crate) fn places(text: &str, phrase: &str) -> Vec<usize> {
    let (stem, open) = phrase.strip_suffix('*').map_or((phrase, false), |stem| (stem, true));
    let stem = cite::fold(stem);
    let word = |c: char| c.is_alphanumeric();
    let whole = |at: &usize| {
        let after = text.get(at + stem.len()..).unwrap_or_default();
        !text.get(..*at).unwrap_or_default().ends_with(word) && (open || !after.starts_with(word))
    };
    text.match_indices(stem.as_str()).map(|(at, _)| at).filter(whole).collect()
}

/// A quotation goes on for so many bytes behind a stop at most; what is not closed by then was never opened.
const QUOTATION: usize = 300;

/// Whether a stop stands within a quotation that goes on behind it: "You write that “A is new. B is not covered.” It is".
fn in_quotation(text: &str, at: usize) -> bool {
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
    let open = match (before.rfind('“'), before.rfind('”')) {
        (Some(open), close) => close.is_none_or(|close| close < open),
        (None, _) => before.matches('"').count() % 2 == 1,
    };
    let closes = after.find(['"', '”']).is_some_and(|end| (1..QUOTATION).contains(&end));
    open && closes
}

fn asks(quote: &str) -> bool {
    quote.trim_end_matches(['"', '”', ')', ' ']).ends_with('?')
}

/// A text on one line.
pub(crate) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// So many words at most has the line of a salutation.
const SALUTATION: usize = 6;

/// A line that ends so many characters before the place where the next word would have ended it was ended on purpose.
const ROOM: usize = 8;
/// So long is a line of running text at least; in shorter ones nothing can be seen of where lines end.
const RUNNING: usize = 60;

/// Whether a line (of a letterhead, a date, a title) was ended on purpose before the next one: it ends without a mark, the next begins
/// with a capital or a figure, and its first word would have had room.
fn was_ended(line: &str, next: &str, longest: usize) -> bool {
    let (line, next) = (line.trim(), next.trim());
    let word = next.split_whitespace().next().unwrap_or_default();
    longest >= RUNNING
        && line.ends_with(char::is_alphanumeric)
        && word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && line.chars().count() + 1 + word.chars().count() + ROOM <= longest
}

/// The paragraphs of a page (an empty line, a salutation or the end of a title stands between), each on one line.
fn paragraphs(page: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let longest = page.lines().map(|l| l.trim().chars().count()).max().unwrap_or_default();
    let mut before = "";
    for line in page.lines() {
        if was_ended(std::mem::replace(&mut before, line), line, longest) {
            out.push(String::new());
        }
        if line.trim().is_empty() {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push_str(line);
            last.push('\n');
            // A salutation is a line of a few words that ends with a colon, and the sentence after it is another.
            if line.trim_end().ends_with(':') && line.split_whitespace().count() <= SALUTATION {
                out.push(String::new());
            }
        }
    }
    out.iter().map(|p| tidy(p)).filter(|p| !p.is_empty()).collect()
}
