use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A file of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below `kb/`, with `/` between folders.
    pub path: String,
    /// Its text: borrowed where it is part of the program.
    pub text: Cow<'static, str>,
    /// The digest of its text where that was taken when the program was built.
    digest: Option<&'static str>,
}

impl File {
    /// A file as it was read just now.
    pub fn new(path: impl Into<String>, text: impl Into<Cow<'static, str>>) -> File {
        File { path: path.into(), text: text.into(), digest: None }
    }

    /// A file that is part of the program, with the digest of its text ([`digest`](fn@digest)): the tables of weights are
    /// many megabytes, and a program that starts for one letter should not hash them anew.
    pub fn packed(path: &str, text: &'static str, digest: &'static str) -> File {
        File { path: path.into(), text: text.into(), digest: Some(digest) }
    }

    fn digest(&self) -> Cow<'static, str> {
        self.digest.map_or_else(|| digest(&self.text).into(), Cow::Borrowed)
    }
}

/// SHA-256 of a text, lower-case hex.
pub fn digest(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes()).as_slice())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The files of a knowledge base, in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    files: BTreeMap<String, File>,
}

impl Source {
    /// A source of the given files; a later file replaces an earlier one of the same path.
    pub fn new<T: Into<Cow<'static, str>>>(files: impl IntoIterator<Item = (String, T)>) -> Self {
        Source::of(files.into_iter().map(|(path, text)| File::new(path, text)))
    }

    /// The same of files as they are.
    pub fn of(files: impl IntoIterator<Item = File>) -> Self {
        Source { files: files.into_iter().map(|f| (f.path.clone(), f)).collect() }
    }

    /// The same files with `over` laid on top: its files replace those of the same path and add the others.
    #[must_use]
    pub fn overlaid(mut self, over: Source) -> Self {
        self.files.extend(over.files);
        self
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// All files below a folder, by path.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a File> {
        let folder = folder.trim_end_matches('/');
        self.files
            .values()
            .filter(move |f| folder.is_empty() || f.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// SHA-256 over every path and the digest of its text in order, lower-case hex.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for file in self.files.values() {
            for part in [file.path.as_str(), &file.digest()] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hex(hasher.finalize().as_slice())
    }
}
