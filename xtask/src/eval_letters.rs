//! How well `notice` reads our labelled letters, `tests/letters/`: those used for tuning (by the author of the phrases, and in
//! `voices/`, `blind/`, `more_voices/`, `unseen/`, `everyday/`, `mail/`, `post/` and `parcels/` by other writers), and those kept apart (`heldout/`, `fresh/`, `weekly/` to `weekly10/`), of which only
//! totals are printed. Short passages, a set's `reasons.toml`, are measured for the reasons alone.
//!
//! A value counts when it equals the label after folding case, white space and punctuation; descriptions, addresses and
//! names of policies also count when most of their words agree (token F1 of at least 0.7). Labels that begin with `may:`
//! are neither asked for nor counted wrong; where one gives another value of a field that is asked for once, either is right. An invented value is one whose quote is not in the letter at its span.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use facts::{Document, Page, Reading, TextFrom};

use crate::learn::told::{Told, same_place, words};

/// How often each letter is read for the time.
const RUNS: u32 = 9;

/// A folder of labelled letters.
struct Set<'s> {
    name: &'s str,
    folder: &'s str,
    /// Whether single letters and their mistakes may be looked at.
    open: bool,
}

const SETS: [Set<'static>; 48] = [
    Set { name: "tuning", folder: "tests/letters", open: true },
    Set { name: "voices", folder: "tests/letters/voices", open: true },
    Set { name: "heldout", folder: "tests/letters/heldout", open: false },
    Set { name: "blind", folder: "tests/letters/blind", open: true },
    Set { name: "more_voices", folder: "tests/letters/more_voices", open: true },
    Set { name: "fresh", folder: "tests/letters/fresh", open: false },
    Set { name: "unseen", folder: "tests/letters/unseen", open: true },
    Set { name: "urns", folder: "tests/letters/urns", open: true },
    Set { name: "crocks", folder: "tests/letters/crocks", open: true },
    Set { name: "flasks", folder: "tests/letters/flasks", open: true },
    Set { name: "jugs", folder: "tests/letters/jugs", open: true },
    Set { name: "mugs", folder: "tests/letters/mugs", open: true },
    Set { name: "bowls", folder: "tests/letters/bowls", open: true },
    Set { name: "kegs", folder: "tests/letters/kegs", open: true },
    Set { name: "pails", folder: "tests/letters/pails", open: true },
    Set { name: "tubs", folder: "tests/letters/tubs", open: true },
    Set { name: "vats", folder: "tests/letters/vats", open: true },
    Set { name: "churns", folder: "tests/letters/churns", open: true },
    Set { name: "trays", folder: "tests/letters/trays", open: true },
    Set { name: "drums", folder: "tests/letters/drums", open: true },
    Set { name: "flagons", folder: "tests/letters/flagons", open: true },
    Set { name: "weekly11", folder: "tests/letters/weekly11", open: false },
    Set { name: "weekly12", folder: "tests/letters/weekly12", open: false },
    Set { name: "passages", folder: "tests/letters/passages", open: true },
    Set { name: "everyday", folder: "tests/letters/everyday", open: true },
    Set { name: "mail", folder: "tests/letters/mail", open: true },
    Set { name: "post", folder: "tests/letters/post", open: true },
    Set { name: "parcels", folder: "tests/letters/parcels", open: true },
    Set { name: "sacks", folder: "tests/letters/sacks", open: true },
    Set { name: "satchels", folder: "tests/letters/satchels", open: true },
    Set { name: "pouches", folder: "tests/letters/pouches", open: true },
    Set { name: "bundles", folder: "tests/letters/bundles", open: true },
    Set { name: "hampers", folder: "tests/letters/hampers", open: true },
    Set { name: "trunks", folder: "tests/letters/trunks", open: true },
    Set { name: "cartons", folder: "tests/letters/cartons", open: true },
    Set { name: "baskets", folder: "tests/letters/baskets", open: true },
    Set { name: "tins", folder: "tests/letters/tins", open: true },
    Set { name: "casks", folder: "tests/letters/casks", open: true },
    Set { name: "weekly", folder: "tests/letters/weekly", open: false },
    Set { name: "weekly2", folder: "tests/letters/weekly2", open: false },
    Set { name: "weekly3", folder: "tests/letters/weekly3", open: false },
    Set { name: "weekly4", folder: "tests/letters/weekly4", open: false },
    Set { name: "weekly5", folder: "tests/letters/weekly5", open: false },
    Set { name: "weekly6", folder: "tests/letters/weekly6", open: false },
    Set { name: "weekly7", folder: "tests/letters/weekly7", open: false },
    Set { name: "weekly8", folder: "tests/letters/weekly8", open: false },
    Set { name: "weekly9", folder: "tests/letters/weekly9", open: false },
    Set { name: "weekly10", folder: "tests/letters/weekly10", open: false },
];

/// What the command line asks for.
struct Asked<'w> {
    set: Option<&'w str>,
    /// A folder of labelled letters beside the sets.
    folder: Option<&'w str>,
    only: Option<&'w str>,
    paper: Option<crate::paper::Paper>,
    keep: Option<&'w str>,
    mistakes: bool,
    /// Each letter once: no figure for the time.
    quick: bool,
}

impl<'w> Asked<'w> {
    fn from(words: &[&'w str]) -> Result<Self, String> {
        let after = |flag: &str| words.iter().position(|w| *w == flag).and_then(|i| words.get(i + 1)).copied();
        let paper = after("--as").map(crate::paper::Paper::named).transpose()?;
        let mistakes = words.contains(&"--mistakes");
        let quick = words.contains(&"--quick");
        Ok(Asked {
            set: after("--set"),
            folder: after("--folder"),
            only: after("--only"),
            paper,
            keep: after("--keep"),
            mistakes,
            quick,
        })
    }
}

/// Runs the measurement and prints its tables. `--set NAME` measures one set alone, `--folder DIR` a folder of letters of your own; `--mistakes` lists what went wrong in
/// the letters that may be looked at; `--quick` reads each letter once, without a figure for the time; `--only NAME` reads one of them and prints everything; `--as pdf|scan|photo` prints
/// each letter first and reads it back from that (`--keep FOLDER` keeps what was read, to measure changed rules on the same
/// scans: only as long as `extract` does not change); `--passages FILE` measures passages of your own; `--read FILE` prints what is read from a text; `--explain TEXT` prints the phrases of the data that stand in a text.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let root = crate::root();
    let kb = kb::Kb::load(folder(&root.join("kb"))?).map_err(|e| e.to_string())?;
    let start = std::time::Instant::now();
    let reader = notice::Reader::new(&kb).map_err(|e| e.to_string())?;
    let compiled = start.elapsed();
    if let ["--explain", text] = words {
        reader.explain(text).iter().for_each(|line| println!("{line}"));
        return Ok(());
    }
    if let ["--read", file] = words {
        let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
        let reading = reader.read(&[Document::from_text(*file, text)]);
        println!("document: {}", reading.documents.first().and_then(|d| d.kind.clone()).unwrap_or_default());
        reading.fields.iter().for_each(|f| println!("{}: {}", f.name, one_line(&f.value)));
        reading.reasons.iter().for_each(|r| println!("reason: {} ({})", r.reason, one_line(&r.quote)));
        return Ok(());
    }
    if let ["--passages", file] = words {
        measure_each(&reader, &passages(Path::new(file))?, true, true);
        return Ok(());
    }
    let asked = Asked::from(words)?;
    if let Some(folder) = asked.folder {
        let name = Path::new(folder).file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned());
        return measure(&Set { name: &name, folder, open: true }, &reader, &asked, &root);
    }
    for set in SETS.iter().filter(|s| asked.set.is_none_or(|n| n == s.name) && (s.open || asked.only.is_none())) {
        measure(set, &reader, &asked, &root)?;
    }
    println!("\nThe phrase data was compiled in {compiled:?}.");
    Ok(())
}

fn measure(set: &Set, reader: &notice::Reader, asked: &Asked, root: &Path) -> Result<(), String> {
    let mut letters = letters(&root.join(set.folder))?;
    letters.retain(|l| asked.only.is_none_or(|only| l.name.contains(only)));
    let told = match asked.folder {
        Some(folder) => Told::read_one(set.name, &Path::new(folder).join("sentences.txt"))?,
        None => Told::read(root)?,
    };
    letters.iter_mut().for_each(|l| l.told = told.of(set.name, &l.name).unwrap_or_default().to_vec());
    let mut tally = Tally::default();
    for letter in &mut letters {
        if let Some(paper) = asked.paper {
            letter.document = crate::paper::kept(&letter.document, paper, asked.keep.map(Path::new))?;
        }
        let letter = &*letter;
        let reading = reader.read(std::slice::from_ref(&letter.document));
        if !asked.quick {
            tally.time(letter, reader);
        }
        let mistakes = tally.compare(letter, &reading);
        if set.open && (asked.mistakes || asked.only.is_some()) {
            print_mistakes(letter, &mistakes);
        }
        if set.open && asked.only.is_some() {
            println!("{}", letter.document.text());
            println!("{}", serde_json::to_string_pretty(&reading).map_err(|e| e.to_string())?);
        }
    }
    if asked.only.is_none() {
        if !letters.is_empty() {
            tally.print(set, letters.len());
            if set.open && asked.mistakes {
                println!("\nQuoted from elsewhere:");
                tally.elsewhere.iter().for_each(|line| println!("- {line}"));
            }
        }
        measure_passages(set, reader, asked, root)?;
    }
    Ok(())
}

/// The reasons of short passages, each read as if it stood in a letter that denies a request.
fn measure_passages(set: &Set, reader: &notice::Reader, asked: &Asked, root: &Path) -> Result<(), String> {
    let passages = passages_in(&root.join(set.folder))?;
    if asked.paper.is_some() || passages.is_empty() {
        return Ok(());
    }
    println!("\n### Passages {}", set.name);
    measure_each(reader, &passages, set.open, asked.mistakes);
    Ok(())
}

/// The passages of a folder: those of all its files in the order of their names.
fn passages_in(folder: &Path) -> Result<Vec<Letter>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    Ok(files.iter().map(|f| passages(f)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// The reasons of passages; where they are open, each reason has its row, and mistakes are listed when asked for.
fn measure_each(reader: &notice::Reader, passages: &[Letter], open: bool, mistakes_too: bool) {
    let mut tally = Tally::default();
    for passage in passages {
        let reading = reader.read(std::slice::from_ref(&passage.document));
        let mut mistakes = Vec::new();
        tally.compare_reasons(passage, &reading, &mut mistakes);
        tally.exact += u32::from(mistakes.is_empty());
        if open && mistakes_too {
            print_mistakes(passage, &mistakes);
        }
    }
    println!("\n- passages: {}\n", passages.len());
    tally.print_reasons(open);
    println!("\n- passages without any mistake: {}", tally.exact);
}

/// A labelled text for those who count weights, by the name of the set it is from.
pub(crate) struct Labelled {
    pub(crate) set: String,
    /// The name of its page.
    pub(crate) name: String,
    pub(crate) document: Document,
    pub(crate) reasons: Vec<String>,
    /// Reasons that may be read or not.
    pub(crate) either: Vec<String>,
}

/// Every text that may be learned from: the papers and passages of the open sets, the examples
/// beside the rules, and what plans say in the cases of opinion letters.
pub(crate) fn learned_from(root: &Path) -> Result<Vec<Labelled>, String> {
    let mut out = Vec::new();
    let mut add = |set: &str, texts: Vec<Letter>| {
        out.extend(texts.into_iter().map(|l| {
            let of = |list: Vec<(String, Option<String>)>| {
                list.into_iter().filter(|(f, _)| f == "reason").filter_map(|(_, v)| v).collect()
            };
            let asked = l.asked.into_iter().map(|(f, v)| (f, Some(v))).collect();
            Labelled { set: set.into(), name: l.name, document: l.document, reasons: of(asked), either: of(l.allowed) }
        }));
    };
    for set in SETS.iter().filter(|s| s.open) {
        add(set.name, letters(&root.join(set.folder))?);
        add(set.name, passages_in(&root.join(set.folder))?);
    }
    add("examples", passages(&root.join("kb/notice/reasons.examples.toml"))?);
    add("cases", denials_of_cases(root)?);
    Ok(out)
}

/// The papers of the open or of the closed sets whose kind is beyond dispute: set, paper, kind.
pub(crate) fn kinds(root: &Path, open: bool) -> Result<Vec<(String, Document, String)>, String> {
    let mut out = Vec::new();
    for set in SETS.iter().filter(|s| s.open == open) {
        for letter in letters(&root.join(set.folder))? {
            let kind = letter.asked.iter().find(|(f, _)| f == "document").map(|(_, kind)| kind.clone());
            let disputed = letter.allowed.iter().any(|(f, _)| f == "document");
            out.extend(kind.filter(|_| !disputed).map(|kind| (set.name.to_owned(), letter.document, kind)));
        }
    }
    Ok(out)
}

/// A letter of an open set with the values that must and those that may be read.
pub(crate) struct Valued {
    pub(crate) set: String,
    pub(crate) document: Document,
    pub(crate) asked: Vec<(String, String)>,
    pub(crate) allowed: Vec<(String, Option<String>)>,
}

/// Every letter of the open sets whose fields are labelled.
pub(crate) fn valued(root: &Path) -> Result<Vec<Valued>, String> {
    let mut out = Vec::new();
    for set in SETS.iter().filter(|s| s.open) {
        for Letter { document, asked, allowed, fields, .. } in letters(&root.join(set.folder))? {
            out.extend(fields.then(|| Valued { set: set.name.to_owned(), document, asked, allowed }));
        }
    }
    Ok(out)
}

/// What the plans say in the cases of the opinion letters that are learned from: each case's quotes are one passage.
fn denials_of_cases(root: &Path) -> Result<Vec<Letter>, String> {
    let mut out = Vec::new();
    for (set, _) in crate::eval_opinions::SETS.iter().filter(|(_, apart)| !apart) {
        let folder = root.join("tests/opinions").join(set);
        for page in crate::eval_opinions::page::read_folder(&folder)? {
            let case = facts::Case::parse(&page.case).map_err(|e| format!("{}: {e}", page.name))?;
            let said: Vec<(String, String)> =
                case.denials.into_iter().filter_map(|d| Some((d.reason?, d.quote?))).collect();
            let (reasons, quotes): (Vec<String>, Vec<String>) = said.into_iter().unzip();
            if !quotes.is_empty() {
                out.push(passage(&quotes.join(" "), reasons));
            }
        }
    }
    Ok(out)
}

/// A passage as it is measured: part of a letter that denies a request.
fn passage(says: &str, reasons: Vec<String>) -> Letter {
    let text = format!("Example Health Plan\n\nWe have reviewed the request. It is denied. {says}");
    Letter {
        name: one_line(says),
        document: Document::from_text("passage", text),
        asked: reasons.into_iter().map(|reason| ("reason".to_owned(), reason)).collect(),
        allowed: Vec::new(),
        fields: false,
        told: Vec::new(),
    }
}

/// A labelled letter.
struct Letter {
    name: String,
    document: Document,
    /// Values that must be read, by field; `reason` and `document` are among the names.
    asked: Vec<(String, String)>,
    /// Values that may be read.
    allowed: Vec<(String, Option<String>)>,
    /// Whether fields are labelled at all.
    fields: bool,
    /// Where its reasons stand, as far as somebody said so: reason and words.
    told: Vec<(String, String)>,
}

pub(crate) fn folder(root: &Path) -> Result<kb::Source, String> {
    Ok(kb::Source::new(files(root)?))
}

/// The reader with another text of one file than the knowledge base has, or without that file.
pub(crate) fn reader_with(file: &str, text: Option<String>) -> Result<notice::Reader, String> {
    reader_with_all(vec![(file, text)])
}

/// The same with other texts of several files.
pub(crate) fn reader_with_all(others: Vec<(&str, Option<String>)>) -> Result<notice::Reader, String> {
    let mut files = files(&crate::root().join("kb"))?;
    files.retain(|(name, _)| others.iter().all(|(file, _)| name != file));
    files.extend(others.into_iter().filter_map(|(file, text)| Some((file.to_owned(), text?))));
    let kb = kb::Kb::load(kb::Source::new(files)).map_err(|e| e.to_string())?;
    notice::Reader::new(&kb).map_err(|e| e.to_string())
}

/// The text files below a folder, with their paths from there.
pub(crate) fn files(root: &Path) -> Result<Vec<(String, String)>, String> {
    let mut files = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).map_err(|e| format!("{}: {e}", dir.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let name = path.strip_prefix(root).map_err(|e| e.to_string())?.to_string_lossy().replace('\\', "/");
                files.push((name, text));
            }
        }
    }
    Ok(files)
}

fn letters(dir: &Path) -> Result<Vec<Letter>, String> {
    let entries = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "md") && p.file_stem().is_some_and(|s| s != "README"));
    paths.sort();
    paths.iter().map(|p| letter(p)).collect()
}

fn letter(path: &Path) -> Result<Letter, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let name = path.file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
    let (body, labels) = text.split_once("\n## Must be read\n").ok_or(format!("{name}: no section `Must be read`"))?;
    let pages =
        body.split("````text\n").skip(1).filter_map(|p| p.split_once("\n````")).map(|(p, _)| Page::from_text(p));
    let text_from = if name.starts_with("ocr_") { TextFrom::Ocr } else { TextFrom::Plain };
    let document = Document { text_from, pages: pages.collect(), ..Document::from_text(name.clone(), "") };
    let mut out = Letter { name, document, asked: Vec::new(), allowed: Vec::new(), fields: true, told: Vec::new() };
    for line in labels.lines().filter_map(|l| l.strip_prefix("- ")) {
        match line.strip_prefix("may: ") {
            Some(rest) => match rest.split_once(": ") {
                Some((field, value)) => out.allowed.push((field.trim().into(), Some(value.trim().into()))),
                None => out.allowed.push((rest.trim().into(), None)),
            },
            None => match line.split_once(": ") {
                Some(("fields", _)) => out.fields = false,
                Some((field, value)) => out.asked.push((field.trim().into(), value.trim().into())),
                None => return Err(format!("{}: cannot read the label `{line}`", out.name)),
            },
        }
    }
    Ok(out)
}

/// Labelled passages: `[[reason]]` (`[[example]]` beside the rules) with `says` and `reasons`.
fn passages(path: &Path) -> Result<Vec<Letter>, String> {
    #[derive(serde::Deserialize)]
    struct Passage {
        says: String,
        reasons: Vec<String>,
    }
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut file: BTreeMap<String, Vec<Passage>> =
        toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    let list = file.remove("reason").or_else(|| file.remove("example"));
    Ok(list.unwrap_or_default().into_iter().map(|p| passage(&p.says, p.reasons)).collect())
}

/// Right, wrong and missed of one field.
#[derive(Default, Clone, Copy)]
struct Count {
    right: u32,
    strict: u32,
    extra: u32,
    missed: u32,
}

impl Count {
    fn f1(self) -> (f64, f64, f64) {
        let ratio = |a: u32, b: u32| if b == 0 { 1.0 } else { f64::from(a) / f64::from(b) };
        let (p, r) = (ratio(self.right, self.right + self.extra), ratio(self.right, self.right + self.missed));
        (p, r, if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) })
    }

    fn add(&mut self, other: Count) {
        self.right += other.right;
        self.strict += other.strict;
        self.extra += other.extra;
        self.missed += other.missed;
    }
}

#[derive(Default)]
struct Tally {
    text: BTreeMap<String, Count>,
    scans: Count,
    reasons: BTreeMap<String, Count>,
    kinds_right: u32,
    exact: u32,
    invented: u32,
    /// Of the right reasons whose place is labelled: how many are quoted from there.
    quoted_there: u32,
    labelled_places: u32,
    elsewhere: Vec<String>,
    read: u32,
    /// Fastest of several runs, over all letters and of the letter that takes longest.
    total_time: std::time::Duration,
    longest: (std::time::Duration, String, usize),
    bytes: usize,
}

impl Tally {
    /// The fastest of a few runs: other work on the machine only ever adds.
    fn time(&mut self, letter: &Letter, reader: &notice::Reader) {
        let run = |_| {
            let start = std::time::Instant::now();
            let reading = reader.read(std::slice::from_ref(&letter.document));
            (start.elapsed(), reading.fields.len()).0
        };
        let fastest = (0..RUNS).map(run).min().unwrap_or_default();
        self.total_time += fastest;
        if fastest > self.longest.0 {
            let bytes = letter.document.pages.iter().map(|p| p.text.len()).sum();
            self.longest = (fastest, letter.name.clone(), bytes);
        }
    }

    fn compare(&mut self, letter: &Letter, reading: &Reading) -> Vec<String> {
        let mut mistakes = Vec::new();
        self.read += 1;
        self.bytes += letter.document.pages.iter().map(|p| p.text.len()).sum::<usize>();
        let kind = reading.documents.first().and_then(|d| d.kind.clone()).unwrap_or_default();
        let known = |field: &str, value: &str| {
            letter.allowed.iter().any(|(f, v)| f == field && v.as_ref().is_none_or(|v| v == value))
        };
        if letter.asked.iter().any(|(f, v)| f == "document" && *v == kind) || known("document", &kind) {
            self.kinds_right += 1;
        } else {
            mistakes.push(format!("document is read as {kind}"));
        }
        self.count_invented(letter, reading, &mut mistakes);
        self.compare_reasons(letter, reading, &mut mistakes);
        if letter.fields {
            self.compare_fields(letter, reading, &mut mistakes);
        }
        self.exact += u32::from(mistakes.is_empty());
        mistakes
    }

    fn count_invented(&mut self, letter: &Letter, reading: &Reading, mistakes: &mut Vec<String>) {
        let spans = reading.fields.iter().map(|f| (f.page, f.span, &f.quote));
        for (page, span, quote) in spans.chain(reading.reasons.iter().map(|r| (r.page, r.span, &r.quote))) {
            let text = letter.document.pages.get(page.wrapping_sub(1)).map_or("", |p| p.text.as_str());
            if text.get(span.0..span.1) != Some(quote.as_str()) || quote.is_empty() {
                self.invented += 1;
                mistakes.push(format!("invented: {quote}"));
            }
        }
    }

    fn compare_reasons(&mut self, letter: &Letter, reading: &Reading, mistakes: &mut Vec<String>) {
        for reason in &reading.reasons {
            let count = self.reasons.entry(reason.reason.clone()).or_default();
            if letter.asked.iter().any(|(f, v)| f == "reason" && *v == reason.reason) {
                count.right += 1;
                let mut places = letter.told.iter().filter(|(r, _)| *r == reason.reason).peekable();
                if places.peek().is_some() {
                    self.labelled_places += 1;
                    let quote = words(&reason.quote);
                    if places.any(|(_, told)| same_place(&quote, &words(told))) {
                        self.quoted_there += 1;
                    } else {
                        self.elsewhere.push(format!("{}: {}: {}", letter.name, reason.reason, one_line(&reason.quote)));
                    }
                }
            } else if !letter.allowed.iter().any(|(f, v)| f == "reason" && v.as_deref() == Some(&reason.reason)) {
                count.extra += 1;
                mistakes.push(format!("+ reason {}: {}", reason.reason, one_line(&reason.quote)));
            }
        }
        for (_, reason) in letter.asked.iter().filter(|(f, _)| f == "reason") {
            if !reading.reasons.iter().any(|r| r.reason == *reason) {
                self.reasons.entry(reason.clone()).or_default().missed += 1;
                mistakes.push(format!("- reason {reason}"));
            }
        }
    }

    fn compare_fields(&mut self, letter: &Letter, reading: &Reading, mistakes: &mut Vec<String>) {
        let mut open: Vec<&(String, String)> =
            letter.asked.iter().filter(|(f, _)| f != "reason" && f != "document").collect();
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for field in &reading.fields {
            let count = counts.entry(field.name.clone()).or_default();
            let found = open.iter().position(|(f, v)| *f == field.name && agrees(f, v, &field.value));
            match found {
                Some(i) => {
                    count.right += 1;
                    count.strict += u32::from(fold(&open.remove(i).1) == fold(&field.value));
                }
                None => {
                    let allowed = letter
                        .allowed
                        .iter()
                        .any(|(f, v)| *f == field.name && v.as_ref().is_none_or(|v| agrees(f, v, &field.value)));
                    let repeated = letter.asked.iter().any(|(f, v)| *f == field.name && agrees(f, v, &field.value));
                    if !allowed && !repeated {
                        count.extra += 1;
                        mistakes.push(format!("+ {}: {}", field.name, one_line(&field.value)));
                    }
                }
            }
        }
        let once = |field: &str| letter.asked.iter().filter(|(f, _)| f == field).count() == 1;
        for (field, value) in open {
            if letter.allowed.iter().any(|(f, v)| f == field && v.is_none()) {
                continue;
            }
            // The other reading of a value that is asked for once, where two careful readers could differ.
            let other =
                |v: &str| letter.allowed.iter().any(|(f, o)| f == field && o.as_ref().is_some_and(|o| agrees(f, o, v)));
            if once(field) && reading.all(field).any(|read| other(&read.value)) {
                counts.entry(field.clone()).or_default().right += 1;
                continue;
            }
            counts.entry(field.clone()).or_default().missed += 1;
            mistakes.push(format!("- {field}: {value}"));
        }
        for (field, count) in counts {
            if letter.document.text_from == TextFrom::Ocr {
                self.scans.add(count);
            } else {
                self.text.entry(field).or_default().add(count);
            }
        }
    }

    fn print(&self, set: &Set, letters: usize) {
        println!("\n### Letters {}: {letters}\n", set.name);
        println!("| field | right | extra | missed | precision | recall | F1 |");
        println!("|---|---|---|---|---|---|---|");
        let mut all = Count::default();
        for (field, count) in &self.text {
            all.add(*count);
            if set.open {
                row(field, *count);
            }
        }
        row("**all fields, text**", all);
        row("**all fields, text recognition**", self.scans);
        println!();
        self.print_reasons(set.open);
        let share = |n: u32| f64::from(n) / f64::from(self.read.max(1));
        println!("\n- values equal to the letter after folding: {} of {} right ones", all.strict, all.right);
        println!("- document kind right: {} of {} ({:.3})", self.kinds_right, self.read, share(self.kinds_right));
        println!(
            "- right reasons quoted from a place that tells them: {} of {}",
            self.quoted_there, self.labelled_places
        );
        println!("- letters without any mistake: {} of {}", self.exact, self.read);
        println!("- invented values: {}", self.invented);
        let per_letter = self.total_time / self.read.max(1);
        let (longest, name, bytes) = &self.longest;
        println!(
            "- time, fastest of {RUNS} runs: {per_letter:.2?} per letter of {} bytes on average; longest {longest:.2?} ({name}, {bytes} bytes)",
            self.bytes / letters.max(1)
        );
    }

    fn print_reasons(&self, open: bool) {
        println!("| reason | right | extra | missed | precision | recall | F1 |");
        println!("|---|---|---|---|---|---|---|");
        let mut micro = Count::default();
        let mut macro_f1 = 0.0;
        for (reason, count) in &self.reasons {
            micro.add(*count);
            macro_f1 += count.f1().2;
            if open {
                row(reason, *count);
            }
        }
        row("**micro**", micro);
        let reasons = u32::try_from(self.reasons.len().max(1)).unwrap_or(1);
        println!("\n- reasons macro F1: {:.3}", macro_f1 / f64::from(reasons));
    }
}

fn row(name: &str, count: Count) {
    let (p, r, f) = count.f1();
    println!("| {name} | {} | {} | {} | {p:.3} | {r:.3} | {f:.3} |", count.right, count.extra, count.missed);
}

/// Whether a value read agrees with a label.
pub(crate) fn agrees(field: &str, label: &str, value: &str) -> bool {
    let (a, b) = (fold(label), fold(value));
    let prose = matches!(
        field,
        "service.description"
            | "diagnosis.description"
            | "criteria.cited"
            | "criteria.quoted"
            | "plan.provision_cited"
            | "appeal.address"
            | "plan.issuer"
            | "plan.name"
            | "plan.kind_stated"
            | "provider.facility"
            | "provider.treating"
            | "reviewer.name"
    );
    a == b || prose && token_f1(&a, &b) >= 0.7
}

fn token_f1(a: &str, b: &str) -> f64 {
    let (x, mut y): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let all = x.len() + y.len();
    let mut shared = 0_u32;
    for word in x {
        if let Some(i) = y.iter().position(|w| *w == word) {
            y.swap_remove(i);
            shared += 1;
        }
    }
    2.0 * f64::from(shared) / f64::from(u32::try_from(all.max(1)).unwrap_or(1))
}

pub(crate) fn fold(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_alphanumeric() || c == '*' { c.to_ascii_lowercase() } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn print_mistakes(letter: &Letter, mistakes: &[String]) {
    if !mistakes.is_empty() {
        println!("\n{}", letter.name);
        mistakes.iter().for_each(|m| println!("    {m}"));
    }
}
