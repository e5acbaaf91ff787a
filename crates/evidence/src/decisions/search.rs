//! Full-text search over imported decisions: the likest first, upheld ones shown as plainly as overturned.
//!
//! Each ruling has a field of words of its own: a search for one ruling is then a plain union of words, in which the
//! engine can skip what cannot be among the likest.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::{
    Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{IndexReader, Searcher, TantivyDocument, Term};

use super::{Decision, Ruling};

/// Of a long text, so many of the rarest words are searched for.
const MOST_WORDS: usize = 32;

/// Why a search index could not be used.
#[derive(Debug)]
pub struct SearchError(String);

impl std::fmt::Display for SearchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SearchError {}

impl From<tantivy::TantivyError> for SearchError {
    fn from(e: tantivy::TantivyError) -> Self {
        SearchError(format!("the index of decisions cannot be used: {e}"))
    }
}

/// A decision that was found, with how like it is (only the order has a meaning).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The decision.
    pub decision: Decision,
    /// The engine's score: compare within one answer only.
    pub likeness: f32,
}

/// An index of decisions, in memory or in a folder.
pub struct Index {
    reader: IndexReader,
    fields: Fields,
}

#[derive(Clone, Copy)]
struct Fields {
    /// The words of the decisions with each ruling, in the order of [`RULINGS`].
    words: [Field; 4],
    year: Field,
    /// Categories: `diagnosis:…`, `treatment:…`, `type:…` in lower case.
    group: Field,
    whole: Field,
}

const RULINGS: [(Ruling, &str); 4] = [
    (Ruling::Overturned, "overturned"),
    (Ruling::Partly, "partly"),
    (Ruling::Upheld, "upheld"),
    (Ruling::Unknown, "unknown"),
];

/// What narrows a search. Categories are compared without regard to capitals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Only decisions with this ruling.
    pub ruling: Option<Ruling>,
    /// From this year on.
    pub from_year: Option<i32>,
    /// Only this diagnosis category.
    pub diagnosis: Option<String>,
    /// Only this treatment category.
    pub treatment: Option<String>,
    /// Only this type of dispute.
    pub kind: Option<String>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Index of decisions")
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("default").set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    let words = RULINGS.map(|(_, name)| builder.add_text_field(name, text.clone()));
    let year = builder.add_i64_field("year", INDEXED);
    let group = builder.add_text_field("group", STRING);
    let whole = builder.add_text_field("whole", STORED);
    (builder.build(), Fields { words, year, group, whole })
}

impl Fields {
    fn of(&self, ruling: Ruling) -> Option<Field> {
        RULINGS.iter().zip(self.words).find(|((r, _), _)| *r == ruling).map(|(_, field)| field)
    }

    fn document(&self, decision: &Decision) -> Result<TantivyDocument, SearchError> {
        let parts = [
            &decision.diagnosis,
            &decision.diagnosis_detail,
            &decision.treatment,
            &decision.treatment_detail,
            &decision.kind,
            &decision.text,
        ];
        let mut document = TantivyDocument::new();
        if let Some(words) = self.of(decision.ruling) {
            document.add_text(words, parts.map(String::as_str).join(" "));
        }
        document.add_i64(self.year, i64::from(decision.year.unwrap_or(0)));
        for (name, value) in
            [("diagnosis", &decision.diagnosis), ("treatment", &decision.treatment), ("type", &decision.kind)]
        {
            document.add_text(self.group, group(name, value));
        }
        document.add_text(self.whole, serde_json::to_string(decision).map_err(|e| SearchError(e.to_string()))?);
        Ok(document)
    }
}

fn group(name: &str, value: &str) -> String {
    format!("{name}:{}", value.trim().to_lowercase())
}

impl Index {
    /// Builds an index in memory.
    ///
    /// # Errors
    /// The engine's own complaint.
    pub fn in_memory(decisions: &[Decision]) -> Result<Index, SearchError> {
        let (schema, fields) = schema();
        Index::fill(tantivy::Index::create_in_ram(schema), fields, decisions)
    }

    /// Builds an index in an empty folder that exists.
    ///
    /// # Errors
    /// The engine's own complaint, for a folder that cannot be written or already holds an index.
    pub fn in_folder(folder: &Path, decisions: &[Decision]) -> Result<Index, SearchError> {
        let (schema, fields) = schema();
        Index::fill(tantivy::Index::create_in_dir(folder, schema)?, fields, decisions)
    }

    /// Opens an index that was built before.
    ///
    /// # Errors
    /// The engine's own complaint, for a folder without an index; a word about an index of an older version.
    pub fn open(folder: &Path) -> Result<Index, SearchError> {
        let index = tantivy::Index::open_in_dir(folder)?;
        if index.schema() != schema().0 {
            return Err(SearchError("this index was made by another version: import the files again".into()));
        }
        let reader = index.reader()?;
        Ok(Index { reader, fields: schema().1 })
    }

    fn fill(index: tantivy::Index, fields: Fields, decisions: &[Decision]) -> Result<Index, SearchError> {
        let mut writer = index.writer_with_num_threads(1, 64 << 20)?;
        for decision in decisions {
            writer.add_document(fields.document(decision)?)?;
        }
        writer.commit()?;
        let reader = index.reader()?;
        Ok(Index { reader, fields })
    }

    /// The decisions most like some words. Any text of a letter may be given: of a long one the rarest words count.
    ///
    /// # Errors
    /// The engine's own complaint.
    pub fn search(&self, text: &str, narrow: &Narrow, most: usize) -> Result<Vec<Found>, SearchError> {
        let searcher = self.reader.searcher();
        let mut parts = self.words(text, narrow.ruling, &searcher)?;
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let limits = self.limits(narrow);
        if !limits.is_empty() {
            parts = vec![(Occur::Must, Box::new(BooleanQuery::new(parts)) as Box<dyn Query>)];
            parts.extend(limits.into_iter().map(|limit| (Occur::Must, limit)));
        }
        let top = searcher.search(&BooleanQuery::new(parts), &TopDocs::with_limit(most.max(1)).order_by_score())?;
        let mut found = Vec::with_capacity(top.len());
        for (likeness, address) in top {
            let stored: TantivyDocument = searcher.doc(address)?;
            let whole = stored.get_first(self.fields.whole).and_then(|v| v.as_str()).unwrap_or("");
            if let Ok(decision) = serde_json::from_str(whole) {
                found.push(Found { decision, likeness });
            }
        }
        Ok(found)
    }

    /// The words of a text in the fields of a ruling, or of all: each once, the rarest [`MOST_WORDS`].
    fn words(&self, text: &str, ruling: Option<Ruling>, searcher: &Searcher) -> Result<Vec<Part>, SearchError> {
        let fields: Vec<Field> = match ruling {
            Some(ruling) => self.fields.of(ruling).into_iter().collect(),
            None => self.fields.words.to_vec(),
        };
        let mut words: Vec<String> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
        words.sort_unstable();
        words.dedup();
        let mut terms: Vec<(u64, Term)> = Vec::new();
        for term in words.iter().flat_map(|w| fields.iter().map(move |f| Term::from_field_text(*f, w))) {
            terms.push((searcher.doc_freq(&term)?, term));
        }
        terms.retain(|(count, _)| *count > 0);
        terms.sort_by_key(|(count, _)| *count);
        terms.truncate(MOST_WORDS * fields.len());
        let query = |term| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>;
        Ok(terms.into_iter().map(|(_, term)| (Occur::Should, query(term))).collect())
    }

    fn limits(&self, narrow: &Narrow) -> Vec<Box<dyn Query>> {
        let groups = [("diagnosis", &narrow.diagnosis), ("treatment", &narrow.treatment), ("type", &narrow.kind)];
        let mut limits: Vec<Box<dyn Query>> = Vec::new();
        for (name, value) in groups {
            if let Some(value) = value {
                let term = Term::from_field_text(self.fields.group, &group(name, value));
                limits.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
            }
        }
        if let Some(year) = narrow.from_year {
            let from = std::ops::Bound::Included(Term::from_field_i64(self.fields.year, i64::from(year)));
            limits.push(Box::new(RangeQuery::new(from, std::ops::Bound::Unbounded)));
        }
        limits
    }
}

type Part = (Occur, Box<dyn Query>);
