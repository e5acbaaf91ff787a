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

/// The open store.
pub(crate) struct Opened {
    pub(crate) journal: Journal,
    /// The key file that opened it; none when a passphrase did.
    pub(crate) key_file: Option<PathBuf>,
}

/// Opens the store, making it when it is not there.
pub(crate) fn open(given: Option<&Path>) -> Result<Journal, Failure> {
    open_by(given).map(|opened| opened.journal)
}

/// The same, and says what opened it.
///
/// The passphrase of the environment is tried first, then the key file, then whoever sits at the terminal is asked: a
/// change from one to the other that was cut short, or a variable that is still set, then locks nobody out.
pub(crate) fn open_by(given: Option<&Path>) -> Result<Opened, Failure> {
    let folder = folder(given)?;
    let about = folder.display().to_string();
    private_folder(&folder).map_err(|e| Failure::input(&about, format!("this folder cannot be made: {e}")))?;
    let cases = folder.join("cases.db");
    let fail = |e: journal::Error| failure(&about, &e);
    let file = journal::key_file_of(&cases);
    let words = std::env::var("CORROBORATE_PASSPHRASE").ok();
    let mut refused = None;
    if let Some(words) = words {
        match Journal::open(&cases, &Key::passphrase(words)) {
            Err(e) if e.kind() == journal::Kind::WrongKey && file.exists() => refused = Some(e),
            opened => return Ok(Opened { journal: opened.map_err(fail)?, key_file: None }),
        }
    }
    // Cases without a key file are locked with a passphrase; a new key would not open them.
    if file.exists() || !cases.exists() {
        match Journal::open(&cases, &Key::from_file(&file).map_err(fail)?) {
            Err(e) if e.kind() == journal::Kind::WrongKey => refused = refused.or(Some(e)),
            opened => return Ok(Opened { journal: opened.map_err(fail)?, key_file: Some(file) }),
        }
    }
    if let Some(e) = refused.take_if(|_| !std::io::stdin().is_terminal()) {
        return Err(fail(e));
    }
    let journal = Journal::open(&cases, &Key::passphrase(ask(&about)?)).map_err(fail)?;
    Ok(Opened { journal, key_file: None })
}

/// Asks for the passphrase where a person sits at a terminal.
fn ask(about: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::input(about, "these cases have no key file here, so a passphrase opens them")
            .hint("set CORROBORATE_PASSPHRASE, or put the key file back"));
    }
    typed(about, "Passphrase of your cases: ")
}

/// What a person types at the terminal after a prompt, without showing it.
pub(crate) fn typed(about: &str, prompt: &str) -> Result<String, Failure> {
    eprint!("{prompt}");
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
