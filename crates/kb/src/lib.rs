//! The knowledge base: law, coverage and opinion rules as data, read from TOML files.
//!
//! ```text
//! a [Source] (files in memory) ──[Kb::load]──▶ Kb ──▶ rules by id, tables by path, a content hash
//! ```
//! The one type to know is [`Kb`]. It never touches a disk: the files come from whoever builds the [`Source`]
//! (the binary embeds `kb/`; a person may lay a folder of their own over it). Any other crate that keeps its own
//! words or figures in `kb/` reads them with [`Kb::table`], which gives errors with file, line and column.

mod cover;
mod files;
mod index;
mod lint;
mod numbers;
mod read;
mod rule;
mod source;
mod table;

pub use calendar::Date;
pub use cover::{Cover, CoverageRow, RuleRow, Shown, StateRow, cover, show};
pub use files::*;
pub use index::*;
pub use lint::{Level as LintLevel, Lint, debt, lint};
pub use numbers::number_word;
pub use rule::*;
pub use source::{File, Source};
pub use table::KbError;

use std::sync::Arc;

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
}

impl Kb {
    /// Takes the files and computes the content hash.
    ///
    /// # Errors
    /// A [`KbError`] naming the file and the place of the first thing that could not be understood.
    pub fn load(source: Source) -> Result<Kb, KbError> {
        let release = source.get("VERSION").map_or("0", |f| f.text.trim());
        let version = format!("{release}+sha256:{}", source.hash());
        let index = Index::build(&source)?;
        Ok(Kb { inner: Arc::new(Inner { source, version, index }) })
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
