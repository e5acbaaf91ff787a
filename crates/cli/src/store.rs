//! The person's own case store: where it lies and how it is opened.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use journal::{Journal, Key};

use crate::failure::Failure;

/// The store's folder: given, or `CORROBORATE_HOME`, or the system's place for a person's data.
pub(crate) fn folder(given: Option<&Path>) -> Result<PathBuf, Failure> {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    given
        .map(Path::to_path_buf)
        .or_else(|| from("CORROBORATE_HOME"))
        .or_else(|| from("XDG_DATA_HOME").map(|p| p.join("corroborate")))
        .or_else(|| from("LOCALAPPDATA").map(|p| p.join("Corroborate")))
        .or_else(|| from("HOME").map(|p| p.join(".local/share/corroborate")))
        .ok_or_else(|| Failure::input("case store", "no home folder was found").hint("name a folder with --data DIR"))
}

/// The key file beside the store; none when a passphrase is used.
pub(crate) fn key_file(folder: &Path) -> Option<PathBuf> {
    Some(folder.join("key")).filter(|file| std::env::var_os("CORROBORATE_PASSPHRASE").is_none() && file.exists())
}

/// Opens the store, making it when it is not there.
pub(crate) fn open(given: Option<&Path>) -> Result<Journal, Failure> {
    let folder = folder(given)?;
    let about = folder.display().to_string();
    private_folder(&folder).map_err(|e| Failure::input(&about, format!("this folder cannot be made: {e}")))?;
    let cases = folder.join("cases.db");
    let key = match (std::env::var("CORROBORATE_PASSPHRASE"), folder.join("key")) {
        (Ok(words), _) => Key::passphrase(words),
        // Cases without a key file are locked with a passphrase; a new key would not open them.
        (Err(_), file) if cases.exists() && !file.exists() => Key::passphrase(ask(&about)?),
        (Err(_), file) => Key::from_file(&file).map_err(|e| failure(&about, &e))?,
    };
    Journal::open(&cases, &key).map_err(|e| failure(&about, &e))
}

/// Asks for the passphrase where a person sits at a terminal.
fn ask(about: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::input(about, "these cases have no key file here, so a passphrase opens them")
            .hint("set CORROBORATE_PASSPHRASE, or put the key file back"));
    }
    eprint!("Passphrase of your cases: ");
    let quiet = |on: &str| std::process::Command::new("stty").arg(on).status();
    let _ = quiet("-echo");
    let mut words = String::new();
    let read = std::io::stdin().read_line(&mut words);
    let _ = quiet("echo");
    eprintln!();
    read.map_err(|e| Failure::input(about, format!("no passphrase was read: {e}")))?;
    Ok(words.trim_end_matches(['\r', '\n']).to_string())
}

/// Makes the folder so that only its owner may look into it.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A journal's error in the words of the command line.
pub(crate) fn failure(about: &str, error: &journal::Error) -> Failure {
    Failure::input(about, error.to_string())
}
