//! Full-text search over imported decisions: the likest first, upheld ones shown as plainly as overturned.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, QueryParser, TermQuery};
use tantivy::schema::{Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TEXT, Value};
use tantivy::{IndexReader, TantivyDocument, Term, doc};

use super::{Decision, Ruling};

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
    index: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
}

#[derive(Clone, Copy)]
struct Fields {
    words: Field,
    ruling: Field,
    year: Field,
    whole: Field,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Index of decisions")
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = builder.add_text_field("words", TEXT);
    let ruling = builder.add_text_field("ruling", STRING);
    let year = builder.add_i64_field("year", INDEXED);
    let whole = builder.add_text_field("whole", STORED);
    (builder.build(), Fields { words, ruling, year, whole })
}

fn word(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Overturned => "overturned",
        Ruling::Partly => "partly",
        Ruling::Upheld => "upheld",
        Ruling::Unknown => "unknown",
    }
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
    /// The engine's own complaint, for a folder without an index.
    pub fn open(folder: &Path) -> Result<Index, SearchError> {
        let index = tantivy::Index::open_in_dir(folder)?;
        let reader = index.reader()?;
        Ok(Index { index, reader, fields: schema().1 })
    }

    fn fill(index: tantivy::Index, fields: Fields, decisions: &[Decision]) -> Result<Index, SearchError> {
        let mut writer = index.writer_with_num_threads(1, 64 << 20)?;
        for decision in decisions {
            let words = [
                &decision.diagnosis,
                &decision.diagnosis_detail,
                &decision.treatment,
                &decision.treatment_detail,
                &decision.kind,
                &decision.text,
            ]
            .map(String::as_str)
            .join(" ");
            let whole = serde_json::to_string(decision).map_err(|e| SearchError(e.to_string()))?;
            writer.add_document(doc!(
                fields.words => words,
                fields.ruling => word(decision.ruling),
                fields.year => i64::from(decision.year.unwrap_or(0)),
                fields.whole => whole,
            ))?;
        }
        writer.commit()?;
        let reader = index.reader()?;
        Ok(Index { index, reader, fields })
    }

    /// The decisions most like some words; `ruling` and `from_year` narrow it. Characters that mean something to the
    /// engine are taken as spaces, so any text of a letter may be given.
    ///
    /// # Errors
    /// The engine's own complaint.
    pub fn search(
        &self,
        text: &str,
        ruling: Option<Ruling>,
        from_year: Option<i32>,
        most: usize,
    ) -> Result<Vec<Found>, SearchError> {
        let text: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let parser = QueryParser::for_index(&self.index, vec![self.fields.words]);
        let (words, _) = parser.parse_query_lenient(&text.to_lowercase());
        let mut parts: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, words)];
        if let Some(ruling) = ruling {
            let term = Term::from_field_text(self.fields.ruling, word(ruling));
            parts.push((Occur::Must, Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
        }
        if let Some(year) = from_year {
            let from = Term::from_field_i64(self.fields.year, i64::from(year));
            parts.push((
                Occur::Must,
                Box::new(tantivy::query::RangeQuery::new(std::ops::Bound::Included(from), std::ops::Bound::Unbounded)),
            ));
        }
        let searcher = self.reader.searcher();
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
}
