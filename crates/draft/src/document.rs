//! A letter, form or checklist as typed content: what it says, and what each sentence rests on.

use calendar::Date;
use cite::Authority;
use serde::{Deserialize, Serialize};

use crate::{edits, law};

/// One document, ready for a layout. Nothing in it is markup: a layout prints every string as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The document's kind, a word of [`crate::KINDS`].
    pub id: String,
    /// Its title, e.g. for a bookmark or a file.
    pub title: String,
    /// The language of its words, `en` or `es`.
    pub language: String,
    /// `letter` (sender, addressee, date, salutation, signature) or `sheet` (a title and its content).
    pub style: Style,
    /// Whether a professional or a person reads it; decides the reading level that [`crate::lint`] expects.
    pub reader: Reader,
    /// How close it is set.
    #[serde(default)]
    pub density: Density,
    /// Who writes.
    pub from: Party,
    /// Who reads.
    pub to: Party,
    /// The day of the letter.
    pub date: Date,
    /// The day as the letter prints it.
    pub date_printed: String,
    /// How it is sent, one line each, e.g. `By fax to 555-0100`.
    #[serde(default)]
    pub delivery: Vec<String>,
    /// The lines that identify the case, above the salutation.
    pub about: Vec<AboutLine>,
    /// `Dear Appeals Reviewer:`
    pub salutation: Option<String>,
    /// The content.
    pub blocks: Vec<Block>,
    /// The end of a letter.
    pub closing: Option<Closing>,
    /// Exhibits that go with it, in order.
    pub enclosures: Vec<Enclosure>,
    /// Who gets a copy.
    pub cc: Vec<String>,
    /// Facts the text needs and the case does not have, as paths of the case file. Blanks stand in the text.
    pub missing: Vec<String>,
    /// Words that stand across every page, of a document that must not be taken for another: a copy that is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// The few fixed words a layout needs in the document's language.
    pub labels: Labels,
}

/// How a document looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Style {
    Letter,
    Sheet,
}

/// How close a document is set: what a busy reader gets should be one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Density {
    #[default]
    Normal,
    Compact,
}

/// Who reads a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Reader {
    Professional,
    Person,
}

/// Sender or addressee: a name and the lines below it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Party {
    /// The name.
    pub name: String,
    /// Further lines: department, street, phone.
    pub lines: Vec<String>,
}

/// A line of the reference block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AboutLine {
    /// The value's name in the words' blanks, e.g. `claim_number`.
    #[serde(default)]
    pub name: String,
    pub label: String,
    pub value: String,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading; level 1 is a main section.
    Heading {
        /// 1 or 2.
        level: u8,
        /// The words.
        text: String,
    },
    /// Sentences that run on.
    Paragraph {
        /// The sentences.
        sentences: Vec<Sentence>,
    },
    /// Somebody's own words, set apart.
    Quote {
        /// The words with their source.
        sentence: Sentence,
        /// Who says so, when it is not clear from the text before.
        by: Option<String>,
    },
    /// A list.
    List {
        /// Numbered rather than marked.
        ordered: bool,
        /// The entries.
        items: Vec<Vec<Sentence>>,
    },
    /// A small table.
    Table {
        /// What it shows.
        caption: String,
        /// Column heads with relative widths.
        columns: Vec<Column>,
        /// Rows of cells; every row has as many cells as there are columns.
        rows: Vec<Vec<Vec<Sentence>>>,
    },
    /// Lines to write on.
    Fill {
        /// What to write.
        label: String,
        /// How many lines.
        lines: u8,
    },
    /// A box to tick.
    Tick {
        /// Whether it is ticked already.
        ticked: bool,
        /// What it stands for.
        sentences: Vec<Sentence>,
    },
}

/// A column of a [`Block::Table`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// Its share of the width, in parts.
    pub width: u8,
}

/// A sentence and what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// The words, without the reference in brackets that [`Sentence::runs`] adds.
    pub text: String,
    /// What kind of statement it is. A legal or medical statement must have a source.
    pub claim: Claim,
    /// What it rests on.
    pub sources: Vec<Source>,
    /// A person's own words: printed as they stand, with the references they wrote themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_written: bool,
    /// The sentence after it rests on the same law and prints the citation for both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cited_after: bool,
}

/// What kind of statement a sentence makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A request, a courtesy, a sentence that leads over.
    Plain,
    /// Something the writer knows and says (who, when).
    Fact,
    /// What the law or the plan gives.
    Legal,
    /// Something about health, care or evidence.
    Medical,
}

/// What a sentence rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    /// Law or a published rule.
    Authority(Authority),
    /// A paper in the packet.
    Exhibit {
        /// The exhibit's label, e.g. `C`.
        label: String,
        /// The page of the paper, counted from 1, when known.
        page: Option<usize>,
    },
    /// A paper by its title, where there is no packet (the plan's own text, a record).
    Plan {
        /// What it is called.
        title: String,
    },
    /// A published work of the reference list.
    Reference {
        /// Its number in the list.
        number: usize,
    },
}

/// A stretch of printed text, perhaps a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The words.
    pub text: String,
    /// The exhibit and page it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<(String, usize)>,
}

impl Sentence {
    /// A sentence that claims nothing.
    pub fn plain(text: impl Into<String>) -> Self {
        Sentence::claim(Claim::Plain, text, Vec::new())
    }

    /// A statement with what it rests on, each once: two authorities that are printed alike are one.
    pub fn claim(claim: Claim, text: impl Into<String>, sources: Vec<Source>) -> Self {
        let mut once: Vec<Source> = Vec::new();
        for source in sources {
            match once.iter_mut().find(|s| s.is_same(&source)) {
                // Of one passage known in two ways, the way that may be printed stays.
                Some(Source::Authority(known)) if !law::is_read(known) => {
                    *known = source.authority().unwrap_or(known.clone())
                }
                Some(_) => {}
                None => once.push(source),
            }
        }
        Sentence { text: text.into(), claim, sources: once, as_written: false, cited_after: false }
    }

    /// The sentence as it is printed: its sources in brackets before the final stop, exhibits as links. Law that is known from
    /// a secondary source only stays among the sources and is not printed.
    ///
    /// # Example
    /// ```
    /// use draft::{Claim, Labels, Sentence, Source};
    /// let s = Sentence::claim(Claim::Medical, "The scan shows a tear.", vec![Source::Exhibit { label: "C".into(), page: Some(4) }]);
    /// let text: String = s.runs(&Labels::default()).into_iter().map(|r| r.text).collect();
    /// assert_eq!(text, "The scan shows a tear (Exhibit\u{a0}C, p.\u{a0}4).");
    /// ```
    pub fn runs(&self, labels: &Labels) -> Vec<Run> {
        if self.as_written {
            return edits::runs(&self.text, labels);
        }
        // A reference stands in the sentence itself; only exhibits and law are printed in brackets.
        let shown: Vec<&Source> = self
            .sources
            .iter()
            .filter(|s| !matches!(s, Source::Reference { .. }))
            .filter(|s| !matches!(s, Source::Authority(a) if self.cited_after || !law::is_read(a)))
            .collect();
        if shown.is_empty() {
            return vec![Run { text: self.text.clone(), exhibit: None }];
        }
        let (body, stop) = split_stop(&self.text);
        let opening = if body.is_empty() { "(" } else { " (" };
        let mut runs = vec![Run { text: format!("{body}{opening}"), exhibit: None }];
        for (i, source) in shown.into_iter().enumerate() {
            if i > 0 {
                runs.push(Run { text: "; ".into(), exhibit: None });
            }
            runs.push(source.run(labels));
        }
        runs.push(Run { text: format!("){stop}"), exhibit: None });
        runs
    }

    /// The sentence as printed, as one string.
    pub fn printed(&self, labels: &Labels) -> String {
        self.runs(labels).into_iter().map(|r| r.text).collect()
    }
}

/// The sentence without its final stop, and the stop. A stop inside closing quotation marks stays there.
fn split_stop(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    match text.strip_suffix(['.', '?', '!', ':']) {
        Some(body) => (body, &text[body.len()..]),
        None => (text, ""),
    }
}

impl Source {
    fn authority(self) -> Option<Authority> {
        match self {
            Source::Authority(a) => Some(a),
            _ => None,
        }
    }

    /// Whether both are pages of one exhibit.
    pub(crate) fn is_paper_of(&self, other: &Source) -> bool {
        matches!((self, other), (Source::Exhibit { label: a, .. }, Source::Exhibit { label: b, .. }) if a == b)
    }

    /// Whether two sources are printed alike.
    fn is_same(&self, other: &Source) -> bool {
        match (self, other) {
            (Source::Authority(a), Source::Authority(b)) => law::printed(&a.cite) == law::printed(&b.cite),
            _ => self == other,
        }
    }

    fn run(&self, labels: &Labels) -> Run {
        match self {
            Source::Authority(a) => Run { text: no_break(&law::printed(&a.cite)), exhibit: None },
            Source::Plan { title } => Run { text: title.clone(), exhibit: None },
            Source::Reference { number } => Run { text: format!("{} {number}", labels.reference), exhibit: None },
            Source::Exhibit { label, page: Some(page) } => Run {
                text: format!("{}\u{a0}{label}, {}\u{a0}{page}", labels.exhibit, labels.page),
                exhibit: Some((label.clone(), *page)),
            },
            Source::Exhibit { label, page: None } => {
                Run { text: format!("{}\u{a0}{label}", labels.exhibit), exhibit: Some((label.clone(), 0)) }
            }
        }
    }
}

/// Marks the sentences of a paragraph whose law is that of the next sentence, so that it is printed once, after both.
pub(crate) fn cite_once(block: &mut Block) {
    let Block::Paragraph { sentences } = block else { return };
    let law = |s: &Sentence| {
        let cites = s.sources.iter().filter_map(|s| match s {
            Source::Authority(a) if law::is_read(a) => Some(law::printed(&a.cite)),
            _ => None,
        });
        cites.collect::<Vec<_>>()
    };
    let cites: Vec<Vec<String>> = sentences.iter().map(law).collect();
    for (sentence, pair) in sentences.iter_mut().zip(cites.windows(2)) {
        sentence.cited_after = matches!(pair, [this, next] if !this.is_empty() && this == next);
    }
}

/// A citation whose title, code and section stay on one line.
fn no_break(cite: &str) -> String {
    ["CFR", "USC", "FR"].iter().fold(cite.replace("§ ", "§\u{a0}"), |text, code| {
        text.replace(&format!(" {code} "), &format!("\u{a0}{code}\u{a0}"))
    })
}

/// The end of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// `Respectfully,`
    pub phrase: String,
    /// Who signs.
    pub name: String,
    /// Lines below the name.
    pub lines: Vec<String>,
}

/// An exhibit as the letter lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Enclosure {
    pub label: String,
    pub title: String,
}

/// The fixed words a layout needs, in the document's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Labels {
    pub exhibit: String,
    pub page: String,
    pub page_long: String,
    pub of: String,
    pub reference: String,
    pub about: String,
    pub enclosures: String,
    pub cc: String,
    pub draft: String,
    pub contents: String,
    pub packet: String,
    pub pages: String,
    pub dated: String,
    #[serde(default)]
    pub packet_page: String,
    pub letter: String,
    pub text_of_file: String,
    pub page_unreadable: String,
    pub part: String,
    pub fax_cover: String,
    pub fax_note: String,
    pub to: String,
    pub from: String,
    pub date: String,
    pub to_follow: String,
    pub criteria_map: String,
    pub shortened: String,
    pub packet_total: String,
}

impl Default for Labels {
    /// The English words; the Spanish ones come with a Spanish document.
    fn default() -> Self {
        crate::words::labels("en")
    }
}

impl Block {
    /// The sentences of the block, in order.
    pub fn sentences(&self) -> Vec<&Sentence> {
        match self {
            Block::Paragraph { sentences } | Block::Tick { sentences, .. } => sentences.iter().collect(),
            Block::Quote { sentence, .. } => vec![sentence],
            Block::List { items, .. } => items.iter().flatten().collect(),
            Block::Table { rows, .. } => rows.iter().flatten().flatten().collect(),
            Block::Heading { .. } | Block::Fill { .. } => Vec::new(),
        }
    }
}

impl Block {
    /// The sentences of the block, to be changed.
    pub(crate) fn sentences_mut(&mut self) -> Vec<&mut Sentence> {
        match self {
            Block::Paragraph { sentences } | Block::Tick { sentences, .. } => sentences.iter_mut().collect(),
            Block::Quote { sentence, .. } => vec![sentence],
            Block::List { items, .. } => items.iter_mut().flatten().collect(),
            Block::Table { rows, .. } => rows.iter_mut().flatten().flatten().collect(),
            Block::Heading { .. } | Block::Fill { .. } => Vec::new(),
        }
    }
}

impl Document {
    /// Every sentence of the content, in order.
    pub fn sentences(&self) -> Vec<&Sentence> {
        self.blocks.iter().flat_map(Block::sentences).collect()
    }

    /// The labels of the exhibits that the content refers to, each once, in order of first use.
    pub fn cited_exhibits(&self) -> Vec<String> {
        crate::parts::cited(&self.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law_shared_by_neighbours_is_printed_after_the_last_of_them() {
        let law = |text: &str, cites: &[&str]| {
            let sources = cites.iter().map(|c| Source::Authority(Authority::new(*c))).collect();
            Sentence::claim(Claim::Legal, text, sources)
        };
        let sentences = vec![
            law("One.", &["A 1"]),
            law("Two.", &["A 1", "A 1"]),
            law("Three.", &["B 2"]),
            Sentence::plain("Four."),
            Sentence::plain("Five."),
        ];
        let mut block = Block::Paragraph { sentences };
        cite_once(&mut block);
        let printed: Vec<String> = block.sentences().iter().map(|s| s.printed(&Labels::default())).collect();
        assert_eq!(printed, ["One.", "Two (A 1).", "Three (B 2).", "Four.", "Five."]);
        assert!(block.sentences().iter().take(3).all(|s| !s.sources.is_empty()));
    }
}
