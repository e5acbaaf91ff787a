//! The knowledge base: law, coverage and opinion rules as data, read from TOML files.
//!
//! ```text
//! a [Source] (files in memory) ──[Kb::load]──▶ Kb ──▶ rules by id, tables by path, a content hash
//! ```
//! The one type to know is [`Kb`]. It never touches a disk: the files come from whoever builds the [`Source`]
//! (the binary embeds `kb/`; a person may lay a folder of their own over it). Any other crate that keeps its own
//! words or figures in `kb/` reads them with [`Kb::table`], which gives errors with file, line and column.

mod cover;
mod fact_key;
mod files;
mod index;
mod language;
mod lint;
mod numbers;
mod read;
mod rule;
mod sentences;
mod source;
mod table;
pub mod weights;

pub use calendar::Date;
pub use cover::{Cover, CoverageRow, RuleRow, Shown, StateRow, cover, show};
pub use fact_key::FactKey;
pub use files::*;
pub use index::*;
pub use language::Untold;
pub use lint::{Level as LintLevel, Lint, debt, lint};
pub use numbers::number_word;
pub use rule::*;
pub use sentences::{Sentences, capital, filled};
pub use source::{File, Source, digest};
pub use table::KbError;

use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

/// A loaded knowledge base.
#[derive(Debug, Clone)]
pub struct Kb {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: Source,
    version: String,
    index: Index,
    /// How texts are said, when this is the knowledge base in another language.
    said: Option<(&'static str, language::Catalogues)>,
    /// The same in the other languages, made when first asked for.
    others: [OnceLock<Result<Kb, KbError>>; language::LANGUAGES.len()],
}

impl Kb {
    /// Takes the files and computes the content hash.
    ///
    /// # Errors
    /// A [`KbError`] naming the file and the place of the first thing that could not be understood.
    pub fn load(source: Source) -> Result<Kb, KbError> {
        let release = source.get("VERSION").map_or("0", |f| f.text.trim());
        let version = format!("{release}+sha256:{}", source.hash());
        Kb::of(source, version, None)
    }

    fn of(source: Source, version: String, said: Option<(&'static str, language::Catalogues)>) -> Result<Kb, KbError> {
        let index = Index::build(&source)?;
        Ok(Kb { inner: Arc::new(Inner { source, version, index, said, others: Default::default() }) })
    }

    /// The same knowledge base with its texts for people in another language (`es`); in English, and for a language it
    /// does not have, itself. It is made once and kept. Its version is the same: rules and figures do not differ.
    ///
    /// # Errors
    /// A [`KbError`] naming the catalogue of the language that could not be understood.
    pub fn speaking(&self, language: &str) -> Result<Kb, KbError> {
        let all = language::LANGUAGES.iter().zip(&self.inner.others);
        let Some((name, made)) = all.filter(|_| self.inner.said.is_none()).find(|(name, _)| **name == language) else {
            return Ok(self.clone());
        };
        made.get_or_init(|| {
            let catalogues = language::Catalogues::read(&self.inner.source, name)?;
            Kb::of(catalogues.translate(&self.inner.source), self.version(), Some((name, catalogues)))
        })
        .clone()
    }

    /// The language of the texts for people.
    pub fn language(&self) -> &'static str {
        self.inner.said.as_ref().map_or("en", |(name, _)| name)
    }

    /// An English text as it is said in the language of this knowledge base; as it stands, when that has no words for it.
    pub fn told<'a>(&'a self, text: &'a str) -> &'a str {
        self.inner.said.as_ref().and_then(|(_, c)| c.told(text)).unwrap_or(text)
    }

    /// Texts for people that a language has no words for, and words that no text asks for any more.
    ///
    /// # Errors
    /// A [`KbError`] naming the catalogue that could not be understood.
    pub fn untold(&self, language: &str) -> Result<Vec<Untold>, KbError> {
        Ok(language::Catalogues::read(&self.inner.source, language)?.untold(&self.inner.source))
    }

    /// The rules and words, ready to answer from.
    pub fn index(&self) -> &Index {
        &self.inner.index
    }

    /// What the State's folder holds, when there is one.
    ///
    /// # Errors
    /// The first thing in the folder that could not be understood.
    pub fn state(&self, code: &str) -> Option<Result<&StateIndex, KbError>> {
        self.inner.index.state(&self.inner.source, code)
    }

    /// `2026.11.0+sha256:…`: the release of the data and the hash of all files. A case keeps it.
    pub fn version(&self) -> String {
        self.inner.version.clone()
    }

    /// Reads one file of the knowledge base as the caller's own type.
    ///
    /// # Errors
    /// A [`KbError`] with file, line and column, for a file that is absent or is not of that shape.
    pub fn table<T: DeserializeOwned>(&self, path: &str) -> Result<T, KbError> {
        let file = self.inner.source.get(path).ok_or_else(|| KbError::absent(path))?;
        table::parse(file)
    }

    /// Reads a file of weights: all but its lines as the caller's own type, and the lines (`weights = '''` … `'''`) as they
    /// stand, which [`weights::Table`] takes. They are the most of such a file and are not copied.
    ///
    /// # Errors
    /// A [`KbError`] for a file that is absent, is not of that shape or has no lines.
    pub fn weighed<T: DeserializeOwned>(&self, path: &str) -> Result<(T, weights::Lines), KbError> {
        let file = self.inner.source.get(path).ok_or_else(|| KbError::absent(path))?;
        let (range, lines) = weights::Lines::of(file)?;
        Ok((table::parse_without(file, &range)?, lines))
    }

    /// Reads all files below a folder as the caller's own type, in the order of their paths. Examples
    /// (`*.examples.toml`) are left aside.
    ///
    /// # Errors
    /// A [`KbError`] for the first file that is not of that shape.
    pub fn tables<T: DeserializeOwned>(&self, folder: &str) -> Result<Vec<(String, T)>, KbError> {
        self.inner
            .source
            .below(folder)
            .filter(|f| f.path.ends_with(".toml") && !f.path.ends_with(".examples.toml"))
            .map(|f| Ok((f.path.clone(), table::parse(f)?)))
            .collect()
    }

    /// The files themselves.
    pub fn source(&self) -> &Source {
        &self.inner.source
    }
}
