//! Several files as one ZIP, the same bytes for the same files.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::{Error, seal};

/// Packs named files. Names are made relative and free of `..`; a name that comes twice gets a number.
///
/// # Errors
/// An [`Error`] when the archive cannot be written, which is our fault.
pub fn zip(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let fail = |e: zip::result::ZipError| Error::ours(format!("zip: {e}"));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut taken: Vec<String> = Vec::new();
    for (name, bytes) in files {
        let name = free_name(&safe_name(name), &taken);
        // What is compressed already only costs time to compress again.
        let packed = [".pdf", ".jpg", ".png", ".docx", ".zip"].iter().any(|e| name.to_lowercase().ends_with(e));
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
        writer.start_file(name.as_str(), options).map_err(fail)?;
        writer.write_all(bytes).map_err(|e| Error::ours(format!("zip: {e}")))?;
        taken.push(name);
    }
    let entries = taken.iter().map(String::as_str).zip(files.iter().map(|(_, bytes)| bytes.as_slice()));
    writer.set_comment(seal::of_entries(entries)).map_err(fail)?;
    Ok(writer.finish().map_err(fail)?.into_inner())
}

fn safe_name(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|p| !p.is_empty() && *p != "." && *p != "..");
    let kept: Vec<String> = parts.map(|p| p.chars().filter(|c| !c.is_control() && *c != ':').collect()).collect();
    if kept.is_empty() { "file".into() } else { kept.join("/") }
}

fn free_name(name: &str, taken: &[String]) -> String {
    let mut candidate = name.to_string();
    let mut n = 2;
    while taken.iter().any(|t| t.eq_ignore_ascii_case(&candidate)) {
        candidate = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => format!("{stem} ({n}).{end}"),
            _ => format!("{name} ({n})"),
        };
        n += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_folder_and_none_replaces_another() {
        assert_eq!(safe_name("../../etc/c:pass"), "etc/cpass");
        assert_eq!(safe_name("/.."), "file");
        assert_eq!(free_name("a.pdf", &["A.pdf".into(), "a (2).pdf".into()]), "a (3).pdf");
    }

    #[test]
    fn the_same_files_give_the_same_archive() {
        let files = vec![("letter.txt".to_string(), b"Dear plan".to_vec()), ("x.pdf".to_string(), vec![0; 100])];
        let first = zip(&files).unwrap_or_else(|e| panic!("{e}"));
        assert!(first.starts_with(b"PK"));
        assert_eq!(Ok(first), zip(&files));
    }
}
