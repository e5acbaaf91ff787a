//! Which kind of medical record a paper is, by words that such records carry (`kb/notice/papers.toml`).

use facts::Document;
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::data::{Reader, not_read};
use crate::headings::Headings;
use crate::phrase::Phrases;
use crate::text::PageText;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaperFile {
    /// How many different phrases a paper must hold before we name it.
    enough: usize,
    /// Only so much of the beginning is looked at, in letters: a long record quotes papers of every kind.
    looked_at: usize,
    /// How far from the beginning the title stands, in letters.
    head: usize,
    /// Phrases that head a record of care, and those that head a paper of another sort.
    record_headings: Vec<String>,
    other_headings: Vec<String>,
    /// Labels of what an examination was of, and of the day a paper gives itself, the best first; in small letters.
    exam_labels: Vec<String>,
    day_labels: Vec<String>,
    paper: Vec<Paper>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    kind: String,
    /// One of these near the beginning is enough.
    #[serde(default)]
    sure: Vec<String>,
    any: Vec<String>,
}

/// The kinds of records, ready to be told apart.
#[derive(Debug)]
pub(crate) struct Papers {
    enough: usize,
    looked_at: usize,
    head: usize,
    kinds: Vec<String>,
    phrases: Phrases,
    /// What each phrase speaks for: an index into `kinds`, and whether it settles it.
    meanings: Vec<(usize, bool)>,
    pub(crate) headings: Headings,
    pub(crate) exam_labels: Vec<String>,
    pub(crate) day_labels: Vec<String>,
}

impl Papers {
    /// Reads `kb/notice/papers.toml`.
    ///
    /// # Errors
    /// A [`KbError`] for data that is absent, of another shape, or holds a phrase that cannot be looked for.
    pub(crate) fn new(kb: &Kb) -> Result<Papers, KbError> {
        let file: PaperFile = kb.table("notice/papers.toml")?;
        let kinds = file.paper.iter().map(|p| p.kind.clone()).collect();
        let (enough, looked_at, head) = (file.enough, file.looked_at, file.head);
        let headings = Headings::new(&file.record_headings, &file.other_headings);
        let headings = headings.map_err(|message| not_read("papers", message))?;
        let mut exam_labels = file.exam_labels;
        exam_labels.sort();
        let day_labels = file.day_labels;
        let (phrases, meanings) = (Phrases::default(), Vec::new());
        let mut out = Papers { enough, looked_at, head, kinds, phrases, meanings, headings, exam_labels, day_labels };
        for (kind, paper) in file.paper.iter().enumerate() {
            let phrases = paper.sure.iter().map(|p| (p, true)).chain(paper.any.iter().map(|p| (p, false)));
            for (phrase, sure) in phrases {
                let tag = u32::try_from(out.meanings.len()).unwrap_or(u32::MAX);
                out.phrases.add(tag, phrase).map_err(|message| not_read("papers", message))?;
                out.meanings.push((kind, sure));
            }
        }
        Ok(out)
    }

    /// The kind with the most of its words; nothing when none has enough of them or two have equally many.
    fn kind(&self, text: &str) -> Option<&str> {
        let end = text.char_indices().nth(self.looked_at).map_or(text.len(), |(i, _)| i);
        let head = text.char_indices().nth(self.head).map_or(text.len(), |(i, _)| i);
        let page = PageText::new(text.get(..end)?, &[]);
        let mut hits: Vec<(u32, usize)> = self.phrases.find(&page.tokens).iter().map(|h| (h.tag, h.from)).collect();
        hits.sort_unstable();
        hits.dedup_by_key(|(tag, _)| *tag); // each phrase once, where it stands first
        let mut scores: Vec<(usize, usize)> = (0..self.kinds.len()).map(|kind| (0, kind)).collect();
        let mut settled = vec![false; self.kinds.len()];
        for (tag, from) in hits {
            let Some((kind, sure)) = usize::try_from(tag).ok().and_then(|t| self.meanings.get(t)) else { continue };
            let top = page.tokens.get(from).is_some_and(|t| t.start < head);
            let worth = match (sure, settled.get_mut(*kind)) {
                (false, _) => 1,
                (true, Some(settled)) if top && !*settled => {
                    *settled = true;
                    self.enough
                }
                _ => 0,
            };
            if let Some((score, _)) = scores.get_mut(*kind) {
                *score += worth;
            }
        }
        scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        match scores.as_slice() {
            [(best, kind), (second, _), ..] if *best >= self.enough && best > second => {
                self.kinds.get(*kind).map(String::as_str)
            }
            _ => None,
        }
    }
}

impl Reader {
    /// Which kind of medical record a paper is. See [`record_kind`].
    pub fn record_kind(&self, document: &Document) -> Option<String> {
        self.papers.kind(&document.text()).map(str::to_owned)
    }
}

/// Which kind of medical record a paper is (`imaging`, `lab_result`, `office_note`, …): the one with the most of its words,
/// or nothing when none has enough of them or two have equally many. Nothing when the phrase data cannot be used
/// ([`crate::read`] says so).
pub fn record_kind(document: &Document, kb: &Kb) -> Option<String> {
    crate::reader(kb).ok()?.record_kind(document)
}
