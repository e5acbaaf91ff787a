//! The world handed to the logic: the knowledge base, the day, the folders.

use std::path::{Path, PathBuf};

use calendar::Date;
use kb::{Kb, Source};

use crate::failure::Failure;

include!(concat!(env!("OUT_DIR"), "/kb_files.rs"));

/// Loads the knowledge base packed into the binary, with a person's own folder laid over it when one is given
/// (`--kb DIR` or `CORROBORATE_KB`).
pub(crate) fn knowledge_base(over: Option<&Path>) -> Result<Kb, Failure> {
    let mut source = embedded();
    let named = std::env::var_os("CORROBORATE_KB").map(PathBuf::from);
    if let Some(folder) = over.map(Path::to_path_buf).or(named) {
        let over = folder_source(&folder)?;
        if !is_of_kb(&folder) {
            let failure =
                Failure::input(folder.display().to_string(), "there is no file of a knowledge base in this folder");
            return Err(failure.hint("its files lie as in the program's own `kb/`, like us-xx/external_review.toml"));
        }
        source = source.overlaid(over);
    }
    Kb::load(source).map_err(|e| Failure::input("knowledge base", e.to_string()))
}

/// The files packed into the binary.
pub(crate) fn embedded() -> Source {
    Source::of(FILES.iter().map(|(path, text, digest)| kb::File::packed(path, text, digest)))
}

/// The TOML files below a folder.
pub(crate) fn folder_source(folder: &Path) -> Result<Source, Failure> {
    let mut files = Vec::new();
    walk(folder, folder, &mut files)
        .map_err(|e| Failure::input(folder.display().to_string(), format!("this folder cannot be read: {e}")))?;
    Ok(Source::new(files))
}

/// Whether a folder holds something that lies where the knowledge base has its files.
fn is_of_kb(folder: &Path) -> bool {
    let known =
        |name: &str| name.starts_with("us") || FILES.iter().any(|(path, _, _)| path.split('/').next() == Some(name));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|e| e.file_name().to_str().is_some_and(known))
}

fn walk(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, into)?;
        } else if path.extension().is_some_and(|e| e == "toml") || path.file_name().is_some_and(|n| n == "VERSION") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            into.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// The day: `--today` when given, else the machine's clock in its own time zone.
pub(crate) fn today(given: Option<Date>) -> Date {
    given.unwrap_or_else(|| jiff::Zoned::now().date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_each_packed_file_is_that_of_its_text() {
        assert!(FILES.len() > 500, "{} files are packed", FILES.len());
        for (path, text, digest) in FILES {
            assert_eq!(kb::digest(text), *digest, "{path}");
        }
    }
}
