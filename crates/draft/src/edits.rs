//! A person's own words in a document: found in an edited copy, kept in the case, put back whenever the document is
//! drafted again.
//!
//! ```text
//! the document as drafted ─┐
//!                          ├─[changes]─▶ edits of the case ─[apply]─▶ the next draft, with the person's words
//! the copy the person edited ─┘
//! ```
//! A passage is a heading, a paragraph or an entry of a list, as it is printed. An edit remembers what the program had
//! written; when the facts change and the program would now write something else, the person's words stay and a
//! finding shows what would have changed. Quotations and tables are the words of others: they are not edited here.

use std::ops::Range;

use facts::{Edit, Finding, Outcome};
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use crate::document::*;
use crate::words::short;

/// From this likeness on (shared words of both, 0 to 1), a passage counts as the same one, written anew.
const SAME_PASSAGE: f32 = 0.6;

/// A passage as it is printed, and where it stands.
struct Passage {
    text: String,
    /// The block.
    block: usize,
    /// The entry, in a list.
    item: Option<usize>,
    /// Whether a person may change it. Quotations and tables are the words of others.
    editable: bool,
}

impl Passage {
    fn key(&self) -> String {
        key(&self.text)
    }
}

/// A text for comparison: case, white space, quotation marks and the signs before an entry do not matter.
fn key(text: &str) -> String {
    let folded = cite::fold(text);
    folded.trim_start_matches(['•', '☐', '☒', ' ']).trim_end().to_string()
}

/// A text with one blank wherever there is white space, and without the sign before an entry.
fn spaced(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().filter(|w| !matches!(*w, "•" | "☐" | "☒")).collect();
    words.join(" ")
}

/// A passage as it is printed: its sentences with their references.
pub fn printed(document: &Document, sentences: &[Sentence]) -> String {
    sentences.iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join(" ")
}

fn passages(document: &Document) -> Vec<Passage> {
    let mut all = Vec::new();
    for (block, content) in document.blocks.iter().enumerate() {
        let mut add = |text: String, item: Option<usize>, editable: bool| {
            all.push(Passage { text, block, item, editable });
        };
        match content {
            Block::Heading { text, .. } => add(text.clone(), None, true),
            Block::Paragraph { sentences } | Block::Tick { sentences, .. } => {
                add(printed(document, sentences), None, true);
            }
            Block::Quote { sentence, .. } => add(sentence.printed(&document.labels), None, false),
            Block::List { items, .. } => {
                for (item, sentences) in items.iter().enumerate() {
                    add(printed(document, sentences), Some(item), true);
                }
            }
            Block::Table { rows, .. } => {
                for cell in rows.iter().flatten() {
                    add(printed(document, cell), None, false);
                }
            }
            Block::Fill { .. } => {}
        }
    }
    all
}

/// What a person changed: the lines of the document as it was drafted (`before`) against those of the edited copy.
///
/// Both must have come through the same reader, one passage a line. A changed line that is no passage of the text (the
/// address, the date, a quotation, a table) gives a finding that says where it is changed instead, and no edit.
///
/// # Example
/// See `crates/draft/tests/edits.rs`.
pub fn changes(document: &Document, before: &[String], after: &[String]) -> Outcome<Vec<Edit>> {
    let passages = passages(document);
    let (old, new): (Vec<String>, Vec<String>) =
        (before.iter().map(|l| spaced(l)).collect(), after.iter().map(|l| spaced(l)).collect());
    let mut hunks = Hunks { document, passages: &passages, before, after, edits: Vec::new(), findings: Vec::new() };
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        match op {
            DiffOp::Equal { .. } => {}
            op => hunks.take(op.old_range(), op.new_range()),
        }
    }
    Outcome { value: hunks.edits, findings: hunks.findings }
}

struct Hunks<'a> {
    document: &'a Document,
    passages: &'a [Passage],
    before: &'a [String],
    after: &'a [String],
    edits: Vec<Edit>,
    findings: Vec<Finding>,
}

impl Hunks<'_> {
    /// One stretch that differs: lines are paired by likeness, in order; what is left over was taken out or added.
    fn take(&mut self, old: Range<usize>, new: Range<usize>) {
        let pairs = pair(&self.before[old.clone()], &self.after[new.clone()]);
        for (i, line) in old.clone().enumerate() {
            let now = pairs.iter().find(|(o, _)| *o == i).map(|(_, n)| self.after[new.start + n].clone());
            self.replaced(line, now.unwrap_or_default());
        }
        for (i, line) in new.clone().enumerate().filter(|(i, _)| !pairs.iter().any(|(_, n)| n == i)) {
            let follows = if line > 0 { self.after.get(line - 1).cloned() } else { None };
            // After a line that was changed too, the added one follows what that line was.
            let follows = match pairs.iter().find(|(_, n)| i > 0 && *n == i - 1) {
                Some((o, _)) => self.before.get(old.start + o).cloned(),
                None => follows,
            };
            self.added(line, follows);
        }
    }

    fn replaced(&mut self, line: usize, now: String) {
        let Some(was) = self.before.get(line).filter(|l| !l.trim().is_empty()) else { return };
        let wanted = key(was);
        match self.passages.iter().find(|p| p.key() == wanted) {
            Some(passage) if passage.editable => {
                let was = Some(passage.text.clone());
                let now = now.trim().trim_start_matches('•').trim_start().to_string();
                self.edits.push(Edit { was, now, ..self.edit() });
            }
            Some(_) => self.findings.push(
                Finding::new(
                    "edit_of_quoted_words",
                    format!("These are the words of somebody else, or of a table, and stay as they are: {}", short(was)),
                )
                .about(short(was)),
            ),
            None => self.findings.push(
                Finding::new(
                    "edit_outside_text",
                    format!(
                        "This line is not part of the text. Names, addresses, dates and numbers are changed in the case, so that every document has them: {}",
                        short(was)
                    ),
                )
                .about(short(was)),
            ),
        }
    }

    fn added(&mut self, line: usize, follows: Option<String>) {
        let Some(now) = self.after.get(line).map(|l| l.trim().to_string()).filter(|l| !l.is_empty()) else { return };
        let after = follows.map(|f| {
            let wanted = key(&f);
            let known = self.passages.iter().find(|p| p.key() == wanted).map(|p| p.text.clone());
            known.unwrap_or_else(|| f.trim().to_string())
        });
        self.edits.push(Edit { now, after, ..self.edit() });
    }

    fn edit(&self) -> Edit {
        Edit { document: self.document.id.clone(), language: Some(self.document.language.clone()), ..Edit::default() }
    }
}

/// Pairs lines of two stretches: equally many go together in order, else each takes the likest that keeps the order.
fn pair(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    if old.len() == new.len() {
        return (0..old.len()).map(|i| (i, i)).collect();
    }
    let mut pairs = Vec::new();
    let mut next = 0;
    for (o, line) in old.iter().enumerate() {
        let likest = (next..new.len())
            .map(|n| (n, likeness(line, &new[n])))
            .filter(|(_, like)| *like >= SAME_PASSAGE)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((n, _)) = likest {
            pairs.push((o, n));
            next = n + 1;
        }
    }
    pairs
}

/// How much two texts share, word by word: 0 nothing, 1 everything.
fn likeness(a: &str, b: &str) -> f32 {
    let (a, b) = (key(a), key(b));
    TextDiff::from_words(a.as_str(), b.as_str()).ratio()
}

/// The edit whose words a passage of the document is, if the person changed it.
pub fn edit_of<'a>(document: &Document, passage: &str, edits: &'a [Edit]) -> Option<&'a Edit> {
    let wanted = key(passage);
    let mine = |e: &&Edit| e.document == document.id && e.language.as_deref().unwrap_or("en") == document.language;
    edits.iter().filter(mine).find(|e| key(&e.now) == wanted)
}

/// Adds edits to those of a case. An edit of words that the person had changed before, or of the same words of the
/// program, takes the place of the earlier one: the case remembers what the program wrote and what the person wants now.
pub fn merge(kept: &mut Vec<Edit>, new: Vec<Edit>) {
    for edit in new {
        let earlier = kept.iter_mut().find(|k| {
            k.document == edit.document
                && k.language == edit.language
                && edit.was.as_deref().is_some_and(|was| {
                    let again = !k.now.is_empty() && key(was) == key(&k.now);
                    again || k.was.as_deref().is_some_and(|first| key(was) == key(first))
                })
        });
        match earlier {
            Some(earlier) => {
                earlier.now = edit.now;
                earlier.on = edit.on;
            }
            None => kept.push(edit),
        }
    }
    kept.retain(|k| !(k.was.is_none() && k.now.trim().is_empty()));
    kept.retain(|k| k.was.as_deref().is_none_or(|was| spaced(was) != spaced(&k.now)));
}

/// Puts the person's words into a freshly drafted document.
///
/// Findings: `edit_over_changed_text` where the program would now write something else than what the person changed
/// (their words stay), `edit_without_place` where the passage is gone (their words stand at the end of the text).
pub(crate) fn apply(document: &mut Document, edits: &[Edit]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let language = document.language.clone();
    let mine = |e: &&Edit| e.document == document.id && e.language.as_deref().unwrap_or("en") == language;
    for edit in edits.iter().filter(mine).cloned().collect::<Vec<_>>() {
        match edit.was.as_deref() {
            Some(was) => replace(document, &edit, was, &mut findings),
            None => insert(document, &edit, &mut findings),
        }
    }
    document.blocks.retain(|b| !matches!(b, Block::List { items, .. } if items.is_empty()));
    findings
}

fn replace(document: &mut Document, edit: &Edit, was: &str, findings: &mut Vec<Finding>) {
    let all = passages(document);
    let wanted = key(was);
    if let Some(passage) = all.iter().find(|p| p.editable && p.key() == wanted) {
        return put(document, passage, &edit.now);
    }
    if all.iter().any(|p| p.key() == key(&edit.now)) {
        return;
    }
    let likest = all
        .iter()
        .filter(|p| p.editable)
        .map(|p| (p, likeness(&p.text, was)))
        .filter(|(_, like)| *like >= SAME_PASSAGE)
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((passage, _)) = likest {
        let text = format!(
            "You wrote this passage in your own words, and they are kept. The case has changed since: {}. Check whether your words still fit: {}",
            difference(was, &passage.text),
            short(&edit.now)
        );
        findings.push(Finding::new("edit_over_changed_text", text).about(short(&edit.now)));
        return put(document, passage, &edit.now);
    }
    if edit.now.trim().is_empty() {
        return;
    }
    let text = format!(
        "The passage that you changed is no longer part of this document. Your words stand at the end of the text: {}",
        short(&edit.now)
    );
    findings.push(Finding::new("edit_without_place", text).about(short(&edit.now)));
    let sentence = own_words(document, &edit.now, Claim::Plain);
    document.blocks.push(Block::Paragraph { sentences: vec![sentence] });
}

fn insert(document: &mut Document, edit: &Edit, findings: &mut Vec<Finding>) {
    let all = passages(document);
    if edit.now.trim().is_empty() || all.iter().any(|p| p.key() == key(&edit.now)) {
        return;
    }
    let sentence = own_words(document, &edit.now, Claim::Plain);
    let at = match edit.after.as_deref().map(key) {
        None => Some((0, None)),
        Some(after) => all.iter().find(|p| p.key() == after).map(|p| (p.block + 1, p.item)),
    };
    match at {
        Some((block, Some(item))) => {
            if let Some(Block::List { items, .. }) = document.blocks.get_mut(block - 1) {
                items.insert((item + 1).min(items.len()), vec![sentence]);
            }
        }
        Some((block, None)) => {
            document.blocks.insert(block.min(document.blocks.len()), Block::Paragraph { sentences: vec![sentence] });
        }
        None => {
            let text = format!(
                "The place where you added this is no longer part of the document. Your words stand at the end of the text: {}",
                short(&edit.now)
            );
            findings.push(Finding::new("edit_without_place", text).about(short(&edit.now)));
            document.blocks.push(Block::Paragraph { sentences: vec![sentence] });
        }
    }
}

/// Gives a passage other words; empty ones take it out.
fn put(document: &mut Document, passage: &Passage, now: &str) {
    let empty = now.trim().is_empty();
    let claim = strongest(document, passage);
    let sentence = own_words(document, now, claim);
    match (document.blocks.get_mut(passage.block), passage.item) {
        (Some(Block::List { items, .. }), Some(item)) if item < items.len() => {
            if empty {
                items.remove(item);
            } else {
                items[item] = vec![sentence];
            }
        }
        (Some(_), _) if empty => {
            document.blocks.remove(passage.block);
        }
        (Some(Block::Heading { text, .. }), _) => *text = now.trim().to_string(),
        (Some(Block::Paragraph { sentences } | Block::Tick { sentences, .. }), _) => *sentences = vec![sentence],
        _ => {}
    }
}

/// What kind of statement the passage makes: a statement of law or medicine stays one in other words, and needs its
/// source still.
fn strongest(document: &Document, passage: &Passage) -> Claim {
    let sentences = match (document.blocks.get(passage.block), passage.item) {
        (Some(Block::List { items, .. }), Some(item)) => {
            items.get(item).map(|i| i.iter().collect()).unwrap_or_default()
        }
        (Some(block), _) => block.sentences(),
        (None, _) => Vec::new(),
    };
    let has = |claim: Claim| sentences.iter().any(|s| s.claim == claim);
    [Claim::Medical, Claim::Legal, Claim::Fact].into_iter().find(|c| has(*c)).unwrap_or(Claim::Plain)
}

/// The person's words as a sentence: its sources are the references that stand in it.
fn own_words(document: &Document, text: &str, claim: Claim) -> Sentence {
    let folded = cite::fold(text);
    let mut sources: Vec<Source> = references(text, &document.labels)
        .into_iter()
        .map(|(_, label, page)| Source::Exhibit { label, page: (page > 0).then_some(page) })
        .collect();
    for source in document.sentences().into_iter().flat_map(|s| &s.sources) {
        if let Source::Authority(a) = source
            && folded.contains(&cite::fold(&a.cite))
            && !sources.contains(source)
        {
            sources.push(source.clone());
        }
    }
    Sentence { text: text.trim().to_string(), claim, sources, as_written: true, cited_after: false }
}

/// A person's words as they are printed, with each `Exhibit C, p. 4` leading to its page.
pub(crate) fn runs(text: &str, labels: &Labels) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut from = 0;
    for (span, label, page) in references(text, labels) {
        if span.start > from {
            runs.push(Run { text: text[from..span.start].to_string(), exhibit: None });
        }
        runs.push(Run { text: text[span.clone()].to_string(), exhibit: Some((label, page)) });
        from = span.end;
    }
    if from < text.len() || runs.is_empty() {
        runs.push(Run { text: text[from..].to_string(), exhibit: None });
    }
    runs
}

/// The references to exhibits in a text: where, which, and the page (0: none).
fn references(text: &str, labels: &Labels) -> Vec<(Range<usize>, String, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(&labels.exhibit).map(|i| i + from) {
        from = at + labels.exhibit.len();
        let rest = &text[from..];
        let name = rest.trim_start_matches([' ', '\u{a0}']);
        let label: String = name.chars().take_while(char::is_ascii_uppercase).collect();
        let next = name[label.len()..].chars().next();
        if label.is_empty() || label.len() > 2 || name.len() == rest.len() || next.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let mut end = text.len() - name.len() + label.len();
        let mut page = 0;
        if let Some((number, length)) = page_after(&text[end..], labels) {
            page = number;
            end += length;
        }
        found.push((at..end, label, page));
        from = end;
    }
    found
}

/// `, p. 4` at the beginning of a text: the number, and how many bytes it takes.
fn page_after(text: &str, labels: &Labels) -> Option<(usize, usize)> {
    let blank = [' ', '\u{a0}'];
    let rest = text.strip_prefix(',')?.trim_start_matches(blank).strip_prefix(labels.page.as_str())?;
    let number = rest.trim_start_matches(blank);
    let digits = number.len() - number.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let page = number.get(..digits)?.parse().ok()?;
    Some((page, text.len() - number.len() + digits))
}

/// What differs between two texts, each change as `old → new`; three at most.
fn difference(old: &str, new: &str) -> String {
    let diff = TextDiff::from_words(old, new);
    let mut pieces: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal if change.value().trim().is_empty() => {
                if let Some((a, b)) = pieces.last_mut().filter(|_| open) {
                    a.push(' ');
                    b.push(' ');
                }
            }
            ChangeTag::Equal => open = false,
            tag => {
                if !open {
                    pieces.push(Default::default());
                    open = true;
                }
                if let Some((a, b)) = pieces.last_mut() {
                    if tag == ChangeTag::Delete { a } else { b }.push_str(change.value());
                }
            }
        }
    }
    let shown: Vec<String> = pieces
        .iter()
        .take(3)
        .map(|(a, b)| match (a.trim(), b.trim()) {
            ("", b) => format!("“{b}” is new"),
            (a, "") => format!("“{a}” is gone"),
            (a, b) => format!("“{a}” is now “{b}”"),
        })
        .collect();
    shown.join("; ")
}
