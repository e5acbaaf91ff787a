//! Reading what a person gave and writing what we made: bounded in, whole or not at all out.

use std::io::Write as _;
use std::path::Path;

use facts::Case;

use crate::failure::Failure;

/// Larger files are refused by name: no letter, record or plan document comes near it.
const LARGEST_FILE: u64 = 512 << 20;

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let about = path.display().to_string();
    let meta = std::fs::metadata(path).map_err(|e| {
        let failure = Failure::input(&about, reason(&e));
        if e.kind() == std::io::ErrorKind::NotFound { failure.hint("check the name and the folder") } else { failure }
    })?;
    if meta.is_dir() {
        return Err(Failure::input(about, "this is a folder; name the files in it"));
    }
    if meta.len() > LARGEST_FILE {
        return Err(Failure::input(
            about,
            format!("this file has {} MB; at most {} MB can be read", meta.len() >> 20, LARGEST_FILE >> 20),
        )
        .hint("split it, or give only the pages that matter"));
    }
    let bytes = std::fs::read(path).map_err(|e| Failure::input(&about, reason(&e)))?;
    if bytes.is_empty() {
        return Err(Failure::input(about, "this file is empty").hint("download or scan it again"));
    }
    Ok(bytes)
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "this file may not be read by you".into(),
        _ => format!("this file cannot be read: {error}"),
    }
}

/// The folder in which a case file lies: the names of its papers are from there.
pub(crate) fn folder_of(case: &Path) -> &Path {
    case.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A case file, TOML or JSON.
pub(crate) fn case(path: &Path) -> Result<Case, Failure> {
    let about = path.display().to_string();
    let bytes = read(path).map_err(|failure| match failure.message.as_str() {
        "this file is empty" => failure.hint("`corroborate case new FILES` makes one from your papers"),
        _ => failure,
    })?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let failure = Failure::input(&about, "this is not a case file: it is not text in UTF-8");
        // A text of another coding has few signs that no text has.
        let odd = e.as_bytes().iter().filter(|b| **b < 9).count();
        let wide = e.as_bytes().starts_with(&[0xff, 0xfe]) || e.as_bytes().starts_with(&[0xfe, 0xff]);
        failure.hint(match wide || odd == 0 {
            true => "save it as UTF-8: in Notepad, “Save as”, and choose UTF-8 under “Encoding”",
            false => "a case file is TOML or JSON; to read a letter, use `corroborate read`",
        })
    })?;
    Case::parse(&text).map_err(|e| {
        let place = e.place.map_or(String::new(), |(line, column)| format!(":{line}:{column}"));
        let failure = Failure::input(format!("{about}{place}"), e.message.clone());
        match e.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

/// Writes a file under a temporary name and renames it, so that a half-written file never carries the name. What is
/// not a plain file (a device, a pipe) is written into, never replaced; a link is followed, not replaced.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let about = path.display().to_string();
    let there = std::fs::metadata(path).ok();
    if there.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(Failure::input(about, "this is a folder").hint("name a file in it"));
    }
    if there.as_ref().is_some_and(|m| !m.is_file()) {
        let into = std::fs::OpenOptions::new().write(true).open(path);
        return into.and_then(|mut f| f.write_all(bytes).and_then(|()| f.flush())).map_err(|e| unwritten(about, &e));
    }
    let followed = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let path = followed.as_path();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    attempt().map_err(|e| unwritten(about, &e))
}

/// As [`write`], for a file that a person may have worked on: what stood there and differs is kept beside it, unless it is a file
/// of ours in which nothing was changed since.
pub(crate) fn write_keeping(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let theirs = |old: &Vec<u8>| !old.is_empty() && old != bytes && !packet::is_as_written(old);
    let old = if path.is_file() { std::fs::read(path).ok().filter(theirs) } else { None };
    if let Some(old) = old {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
        let name = |n: u32| path.with_file_name(format!("{stem}.before-{n}{ending}"));
        let kept = (1..).map(name).find(|p| !p.exists()).unwrap_or_else(|| name(0));
        write(&kept, &old)?;
        note!("{} was there already; it is kept as {}", path.display(), kept.display());
    }
    write(path, bytes)
}

/// Refuses to write over one of the papers that a command reads.
pub(crate) fn not_over(output: &Path, papers: impl IntoIterator<Item = std::path::PathBuf>) -> Result<(), Failure> {
    let Ok(target) = std::fs::canonicalize(output) else { return Ok(()) };
    match papers.into_iter().any(|p| std::fs::canonicalize(p).is_ok_and(|p| p == target)) {
        true => Err(Failure::input(output.display().to_string(), "this is one of the papers of the case")
            .hint("nothing was written; choose another name")),
        false => Ok(()),
    }
}

fn unwritten(about: String, error: &std::io::Error) -> Failure {
    let why = match error.kind() {
        std::io::ErrorKind::StorageFull => "the disk is full".into(),
        std::io::ErrorKind::PermissionDenied => "you may not write there".into(),
        std::io::ErrorKind::ReadOnlyFilesystem => "that disk can only be read".into(),
        _ => error.to_string(),
    };
    Failure::input(about, format!("this file cannot be written: {why}"))
        .hint("nothing was written; check the folder and the space left")
}
