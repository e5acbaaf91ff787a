//! What the tests of this crate share.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::OnceLock;

use kb::{Kb, Source};

/// The repository's knowledge base, loaded once.
pub(crate) fn kb() -> &'static Kb {
    static KB: OnceLock<Kb> = OnceLock::new();
    KB.get_or_init(|| {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb"));
        let mut files = Vec::new();
        read(root, root, &mut files);
        Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
    })
}

fn read(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.push((path.strip_prefix(root).unwrap().to_string_lossy().into_owned(), text));
        }
    }
}
