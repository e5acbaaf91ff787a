//! Formats of tagged lines: Medline/NBIB (`PMID- 1`), RIS (`TY  - JOUR`), EndNote (`%T Title`).

use facts::Reference;

use super::{Draft, doi, tidy, year};

/// Which format a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Medline,
    Ris,
    EndNote,
}

/// Reads a list. Lines that belong to no tag continue the value before them or are left aside.
pub(super) fn read(text: &str) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut entry: Vec<(String, String)> = Vec::new();
    let (mut format, mut start) = (Format::Ris, 1);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        match tag(line) {
            Some((found, tag, value)) => {
                let begins = match found {
                    Format::Medline => tag == "PMID" && entry.iter().any(|(t, _)| t == "PMID"),
                    Format::Ris => tag == "TY" && !entry.is_empty(),
                    Format::EndNote => tag == "%0" && entry.iter().any(|(t, _)| t == "%T"),
                };
                if begins {
                    drafts.extend(finish(format, std::mem::take(&mut entry), start));
                }
                if entry.is_empty() {
                    start = index + 1;
                }
                format = found;
                if found == Format::Ris && tag == "ER" {
                    drafts.extend(finish(format, std::mem::take(&mut entry), start));
                } else {
                    entry.push((tag.to_owned(), value.to_owned()));
                }
            }
            None if line.trim().is_empty() => {
                // An empty line ends an entry where the format has no end mark.
                if format != Format::Ris && !entry.is_empty() {
                    drafts.extend(finish(format, std::mem::take(&mut entry), start));
                }
            }
            None => {
                if let Some((_, value)) = entry.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
        }
    }
    drafts.extend(finish(format, entry, start));
    drafts
}

fn tag(line: &str) -> Option<(Format, &str, &str)> {
    let upper = |t: &str| t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if let (Some(tag), Some("  -")) = (line.get(..2), line.get(2..5))
        && upper(tag)
        && (line.len() == 5 || line.get(5..6) == Some(" "))
    {
        // `TI  - ` is both RIS and Medline: Medline's four-letter field is padded. Medline lists begin with PMID.
        return Some((Format::Ris, tag, line.get(5..).unwrap_or_default().trim()));
    }
    if let (Some(tag), Some("-")) = (line.get(..4), line.get(4..5))
        && upper(tag.trim_end())
        && !tag.trim_end().is_empty()
        && !tag.starts_with(' ')
    {
        return Some((Format::Medline, tag.trim_end(), line.get(5..).unwrap_or_default().trim()));
    }
    let mut letters = line.chars();
    if let (Some('%'), Some(c), None | Some(' ')) = (letters.next(), letters.next(), letters.next()) {
        let end = 1 + c.len_utf8();
        return Some((Format::EndNote, line.get(..end)?, line.get(end..).unwrap_or_default().trim()));
    }
    None
}

fn finish(format: Format, entry: Vec<(String, String)>, line: usize) -> Option<Draft> {
    if entry.iter().all(|(_, v)| v.is_empty()) {
        return None;
    }
    // A list of Medline entries has two-letter tags that look like RIS; a PMID or no TY tells them apart.
    let medline = entry.iter().any(|(t, _)| t == "PMID" || t == "STAT") || (format == Format::Medline);
    let mut draft = match format {
        Format::EndNote => endnote(&entry),
        _ if medline && !entry.iter().any(|(t, _)| t == "TY") => self::medline(&entry),
        _ => ris(&entry),
    };
    draft.place = format!("The entry at line {line}");
    Some(draft)
}

/// All values of the first tag that has any.
fn all(entry: &[(String, String)], tags: &[&str]) -> Vec<String> {
    tags.iter()
        .map(|tag| entry.iter().filter(|(t, _)| t == tag).filter_map(|(_, v)| tidy(v)).collect::<Vec<_>>())
        .find(|values| !values.is_empty())
        .unwrap_or_default()
}

fn first(entry: &[(String, String)], tags: &[&str]) -> Option<String> {
    all(entry, tags).into_iter().next()
}

/// A year, or word that the date was odd.
fn dated(entry: &[(String, String)], tags: &[&str], draft: &mut Draft) {
    let Some(text) = first(entry, tags) else { return };
    draft.reference.year = year(&text);
    if draft.reference.year.is_none() {
        draft.odd.push(format!("the date \"{text}\""));
    }
}

fn medline(entry: &[(String, String)]) -> Draft {
    let kinds: Vec<String> = entry.iter().filter(|(t, _)| t == "PT").map(|(_, v)| v.to_lowercase()).collect();
    let numbers =
        entry.iter().filter(|(t, v)| matches!(t.as_str(), "LID" | "AID") && v.ends_with("[doi]")).map(|(_, v)| v);
    let reference = Reference {
        title: first(entry, &["TI", "BTI"]),
        authors: all(entry, &["FAU", "AU", "CN"]),
        journal: first(entry, &["JT", "TA"]),
        volume: first(entry, &["VI"]),
        issue: first(entry, &["IP"]),
        pages: first(entry, &["PG"]),
        doi: numbers.into_iter().find_map(|v| doi(v)),
        pmid: first(entry, &["PMID"]).filter(|p| p.bytes().all(|b| b.is_ascii_digit())),
        kind: Some(if kinds.iter().any(|k| k.contains("guideline")) { "guideline" } else { "article" }.into()),
        publisher: first(entry, &["PB"]),
        source: Some("nbib".into()),
        ..Reference::default()
    };
    let retracted = kinds.iter().any(|k| k == "retracted publication") || entry.iter().any(|(t, _)| t == "RIN");
    let mut draft = Draft { reference, retracted, ..Draft::default() };
    dated(entry, &["DP", "DEP"], &mut draft);
    draft
}

fn ris(entry: &[(String, String)]) -> Draft {
    let kind = first(entry, &["TY"]).map(|t| match t.as_str() {
        "BOOK" | "CHAP" | "EBOOK" | "ECHAP" | "EDBOOK" => "book",
        _ => "article",
    });
    let (start, end) = (first(entry, &["SP"]), first(entry, &["EP"]));
    let pages = match (start, end) {
        (Some(s), Some(e)) if !s.contains('-') && s != e => Some(format!("{s}-{e}")),
        (s, e) => s.or(e),
    };
    let reference = Reference {
        title: first(entry, &["TI", "T1", "CT", "BT"]),
        authors: all(entry, &["AU", "A1", "A2", "A3"]),
        journal: first(entry, &["JF", "JO", "T2", "JA", "J1", "J2"]),
        volume: first(entry, &["VL"]),
        issue: first(entry, &["IS"]),
        pages,
        doi: first(entry, &["DO", "M3", "UR", "L3"]).and_then(|d| doi(&d)),
        pmid: first(entry, &["AN", "C2"])
            .filter(|p| (6..=9).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit())),
        kind: kind.map(str::to_owned),
        publisher: first(entry, &["PB"]),
        url: first(entry, &["UR", "L2"]),
        source: Some("ris".into()),
        ..Reference::default()
    };
    let mut draft = Draft { reference, ..Draft::default() };
    dated(entry, &["PY", "Y1", "DA"], &mut draft);
    draft
}

fn endnote(entry: &[(String, String)]) -> Draft {
    let book = first(entry, &["%0"]).is_some_and(|k| k.to_lowercase().contains("book"));
    let reference = Reference {
        title: first(entry, &["%T"]),
        authors: all(entry, &["%A", "%E"]),
        journal: first(entry, &["%J", "%B"]),
        volume: first(entry, &["%V"]),
        issue: first(entry, &["%N"]),
        pages: first(entry, &["%P"]),
        doi: first(entry, &["%R", "%U"]).and_then(|d| doi(&d)),
        pmid: first(entry, &["%M"]).filter(|p| p.bytes().all(|b| b.is_ascii_digit())),
        kind: Some(if book { "book" } else { "article" }.into()),
        publisher: first(entry, &["%I"]),
        url: first(entry, &["%U"]),
        source: Some("endnote".into()),
        ..Reference::default()
    };
    let mut draft = Draft { reference, ..Draft::default() };
    dated(entry, &["%D", "%8"], &mut draft);
    draft
}
