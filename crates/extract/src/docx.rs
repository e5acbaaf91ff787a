//! A Word document (DOCX) → text: paragraphs, tables row by row, text boxes, headers, footers, footnotes.
//!
//! Deleted text of tracked changes is left out; inserted text is kept. The archive and its XML are read with caps, and
//! no entity is ever expanded, so neither a zip bomb nor an entity bomb unfolds.

use std::io::{Cursor, Read};

use facts::{Finding, Page, TextFrom};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::draft::Draft;
use crate::grid::{self, Cell};
use crate::{ExtractError, Kind, Options};

/// The most parts an archive may have.
const MOST_PARTS: usize = 4_096;
/// With fewer letters than this, a document with pictures is a wrapper around scans.
const FEW_LETTERS: usize = 20;
/// The most pictures of such a wrapper that are read.
const MOST_PICTURES: usize = 200;
/// A paragraph longer than this is prose and stands apart; shorter ones are lines of a block (an address).
const PROSE: usize = 90;

/// Reads a DOCX.
pub(crate) fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Draft, ExtractError> {
    let mut parts = Parts::open(name, bytes, options)?;
    let main = parts.main().ok_or_else(|| ExtractError::damaged(name, "it has no document part"))?;
    let body =
        parts.text(name, &main)?.ok_or_else(|| ExtractError::damaged(name, "its document part cannot be unpacked"))?;
    let folder = main.rsplit_once('/').map_or("", |(f, _)| f).to_owned();
    let mut walk = Walk::default();
    for part in parts.beside(&folder, "header") {
        let text = parts.text(name, &part)?.unwrap_or_default();
        walk.header(&text);
    }
    let whole = walk.part(&body);
    for kind in ["footnotes", "endnotes", "footer"] {
        for part in parts.beside(&folder, kind) {
            let text = parts.text(name, &part)?.unwrap_or_default();
            walk.footer(&text);
        }
    }
    if !whole && !options.accept_damaged && walk.is_empty() {
        return Err(ExtractError::damaged(name, "its text cannot be read"));
    }
    let pictures = if walk.letters() < FEW_LETTERS { parts.pictures(name, &folder)? } else { Vec::new() };
    if !pictures.is_empty() {
        return Ok(Draft::of_each(TextFrom::Docx, pictures));
    }
    let mut draft = Draft::new(TextFrom::Docx, walk.pages());
    if !whole {
        let message = "This file is damaged: its text ends early. What could be read is here.";
        draft.document.findings.push(Finding::new("damaged", message));
    }
    Ok(draft)
}

/// The parts of the archive, unpacked within a budget.
struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    budget: u64,
}

impl<'a> Parts<'a> {
    fn open(name: &str, bytes: &'a [u8], options: &Options) -> Result<Self, ExtractError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| ExtractError::damaged(name, "its archive cannot be opened; it may be cut off"))?;
        if archive.len() > MOST_PARTS {
            return Err(ExtractError::too_large(name, &format!("its archive has {} parts", archive.len())));
        }
        let names = archive.file_names().flatten().map(|n| n.into_owned()).collect();
        Ok(Parts { archive, names, budget: options.max_unpacked as u64 })
    }

    /// The document part: named by the package's relations, else the usual one.
    fn main(&mut self) -> Option<String> {
        let is_main = |n: &&String| n.starts_with("word/document") && n.ends_with(".xml");
        self.names.iter().find(|n| *n == "word/document.xml").or_else(|| self.names.iter().find(is_main)).cloned()
    }

    /// Parts of a folder whose names begin so, in order of name.
    fn beside(&self, folder: &str, begins: &str) -> Vec<String> {
        let mut found: Vec<String> = self
            .names
            .iter()
            .filter(|n| {
                n.strip_prefix(folder)
                    .and_then(|n| n.strip_prefix('/'))
                    .is_some_and(|file| !file.contains('/') && file.ends_with(".xml") && file.starts_with(begins))
            })
            .cloned()
            .collect();
        found.sort();
        found.truncate(64);
        found
    }

    /// The pictures of the document, in order of their names (Word numbers them as they were put in).
    fn pictures(&mut self, name: &str, folder: &str) -> Result<Vec<(Kind, Vec<u8>)>, ExtractError> {
        let media = format!("{folder}/media/");
        let mut names: Vec<String> = self.names.iter().filter(|n| n.starts_with(&media)).cloned().collect();
        names.sort_by_key(|n| (n.len(), n.clone()));
        let mut found = Vec::new();
        for part in names.into_iter().take(MOST_PICTURES) {
            let bytes = self.bytes(name, &part)?.unwrap_or_default();
            let kind = crate::sniff(&bytes);
            if matches!(kind, Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Gif | Kind::Bmp) {
                found.push((kind, bytes));
            }
        }
        Ok(found)
    }

    fn text(&mut self, name: &str, part: &str) -> Result<Option<String>, ExtractError> {
        Ok(self.bytes(name, part)?.map(|bytes| crate::plain::decode(&bytes)))
    }

    /// Unpacks one part; `None` when its bytes are broken.
    fn bytes(&mut self, name: &str, part: &str) -> Result<Option<Vec<u8>>, ExtractError> {
        let Ok(file) = self.archive.by_name(part) else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = file.take(self.budget + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > self.budget {
            return Err(ExtractError::too_large(name, "it unfolds to more than a document can hold"));
        }
        self.budget -= bytes.len() as u64;
        // A part with a wrong checksum is still worth reading when most of it came out.
        Ok((read.is_ok() || !bytes.is_empty()).then_some(bytes))
    }
}

/// What the text under way belongs to.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Frame {
    Cell,
    TextBox,
}

/// Text under way.
#[derive(Debug, Default)]
struct Walk {
    pages: Vec<String>,
    paragraph: String,
    listed: bool,
    /// Paragraphs set aside: the one around a text box, the cells of rows.
    aside: Vec<(Frame, String)>,
    /// Tables under way, the innermost last, each as its rows so far.
    tables: Vec<Vec<Vec<Cell>>>,
    rows: Vec<Vec<Cell>>,
    /// How many columns each cell under way reaches over.
    reach: Vec<usize>,
    boxes: Vec<String>,
    headers: Vec<String>,
    footers: Vec<String>,
    skip: usize,
    in_text: bool,
}

impl Walk {
    fn is_empty(&self) -> bool {
        self.pages.iter().all(|p| p.trim().is_empty())
    }

    fn letters(&self) -> usize {
        let all = self.pages.iter().chain(&self.headers).chain(&self.footers);
        all.map(|p| p.chars().filter(|c| c.is_alphanumeric()).count()).sum()
    }

    fn header(&mut self, xml: &str) {
        let text = Walk::alone(xml);
        if !text.is_empty() && !self.headers.contains(&text) {
            self.headers.push(text);
        }
    }

    fn footer(&mut self, xml: &str) {
        let text = Walk::alone(xml);
        if !text.is_empty() && !self.footers.contains(&text) {
            self.footers.push(text);
        }
    }

    fn alone(xml: &str) -> String {
        let mut walk = Walk::default();
        walk.part(xml);
        walk.pages.join("\n").trim().to_owned()
    }

    /// The pages: headers before the first, footnotes and footers after the last.
    fn pages(mut self) -> Vec<Page> {
        if let Some(first) = self.pages.first_mut()
            && !self.headers.is_empty()
        {
            *first = format!("{}\n\n{}", self.headers.join("\n\n"), first.trim_start());
        }
        if let Some(last) = self.pages.last_mut()
            && !self.footers.is_empty()
        {
            *last = format!("{}\n\n{}", last.trim_end(), self.footers.join("\n\n"));
        }
        self.pages.iter().map(|p| Page::from_text(p.trim_matches('\n'))).collect()
    }

    /// Reads one part; `false` when its XML ends early or is broken.
    fn part(&mut self, xml: &str) -> bool {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        self.pages.push(String::new());
        loop {
            match reader.read_event() {
                Ok(Event::Start(e)) => self.open(&e, false),
                Ok(Event::Empty(e)) => self.open(&e, true),
                Ok(Event::End(e)) => self.close(e.local_name().as_ref()),
                Ok(Event::Text(t)) if self.in_text && self.skip == 0 => self.paragraph.push_str(&t.xml10_content()),
                Ok(Event::CData(t)) if self.in_text && self.skip == 0 => self.paragraph.push_str(&t.xml10_content()),
                Ok(Event::GeneralRef(r)) if self.in_text && self.skip == 0 => {
                    let known = r.resolve_char_ref().ok().flatten().or_else(|| predefined(&r.xml10_content()));
                    self.paragraph.extend(known);
                }
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(_) => {
                    self.end_part();
                    return false;
                }
            }
        }
        self.end_part();
        true
    }

    /// Puts down what was under way: a file that ends early keeps the rows that came.
    fn end_part(&mut self) {
        self.end_paragraph();
        while let Some((_, around)) = self.aside.pop() {
            let text = std::mem::replace(&mut self.paragraph, around);
            self.paragraph.push_str(text.trim());
        }
        self.reach.clear();
        let rows: Vec<Vec<Cell>> = self.tables.drain(..).flatten().chain(self.rows.drain(..)).collect();
        self.table_lines(&rows);
        self.end_paragraph();
    }

    fn open(&mut self, e: &BytesStart<'_>, empty: bool) {
        let name = e.local_name();
        let name: &str = name.as_ref();
        if self.skip > 0 || skipped(name) {
            self.skip += usize::from(!empty);
            return;
        }
        match name {
            "t" => self.in_text = !empty,
            "tab" | "ptab" if !self.paragraph.is_empty() => self.paragraph.push_str("   "),
            "br" if attribute(e, "type").is_some_and(|t| t == "page") => self.page_break(),
            "lastRenderedPageBreak" => self.page_break(),
            "br" | "cr" => self.paragraph.push('\n'),
            "noBreakHyphen" => self.paragraph.push('-'),
            "numPr" => self.listed = true,
            "sym" => {
                self.paragraph.push(if attribute(e, "char").is_some_and(|c| c.ends_with("FE")) { '☒' } else { '•' })
            }
            "p" if empty => self.end_paragraph(),
            "tbl" if !empty => self.tables.push(Vec::new()),
            "tr" if !empty => self.rows.push(Vec::new()),
            "tc" if !empty => self.set_aside(Frame::Cell),
            "gridSpan" => {
                let columns = attribute(e, "val").and_then(|v| v.parse().ok()).unwrap_or(1);
                self.reach.last_mut().into_iter().for_each(|reach| *reach = columns);
            }
            "txbxContent" if !empty => self.set_aside(Frame::TextBox),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match name {
            "t" => self.in_text = false,
            "p" => self.end_paragraph(),
            "tc" => self.end_cell(),
            "tr" => self.end_row(),
            "tbl" => self.end_table(),
            "txbxContent" => self.end_box(),
            _ => {}
        }
    }

    fn set_aside(&mut self, frame: Frame) {
        if self.aside.len() < 64 {
            self.aside.push((frame, std::mem::take(&mut self.paragraph)));
            if frame == Frame::Cell {
                self.reach.push(1);
            }
        }
    }

    fn page_break(&mut self) {
        if !self.aside.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.paragraph);
        self.put(text.trim_end());
        let full = self.pages.last().is_some_and(|p| !p.trim().is_empty());
        if full {
            self.pages.push(String::new());
        }
    }

    fn end_paragraph(&mut self) {
        if !self.aside.is_empty() {
            // Inside a cell or a box, paragraphs are lines of one text.
            if !self.paragraph.ends_with('\n') {
                self.paragraph.push('\n');
            }
            self.listed = false;
            return;
        }
        let mut text = std::mem::take(&mut self.paragraph);
        if std::mem::take(&mut self.listed) && !text.trim().is_empty() {
            text.insert_str(0, "• ");
        }
        self.put(text.trim_end());
        for text in std::mem::take(&mut self.boxes) {
            self.put(&text);
        }
    }

    fn end_cell(&mut self) {
        if !matches!(self.aside.last(), Some((Frame::Cell, _))) {
            return;
        }
        let Some((_, around)) = self.aside.pop() else { return };
        let text = std::mem::replace(&mut self.paragraph, around);
        let columns = self.reach.pop().unwrap_or(1);
        // Blanks inside a line may part the cells of a table that stands in this cell.
        let text = text.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
        if let Some(row) = self.rows.last_mut() {
            row.push(Cell { text, columns, rows: 1 });
        }
    }

    fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        match self.tables.last_mut() {
            Some(table) => table.push(row),
            None => self.table_lines(&[row]),
        }
    }

    fn end_table(&mut self) {
        let Some(rows) = self.tables.pop() else { return };
        self.table_lines(&rows);
    }

    fn table_lines(&mut self, rows: &[Vec<Cell>]) {
        for line in grid::lines(rows) {
            if self.aside.is_empty() {
                self.line(&line);
            } else {
                self.paragraph.push_str(&line);
                self.paragraph.push('\n');
            }
        }
    }

    fn end_box(&mut self) {
        if !matches!(self.aside.last(), Some((Frame::TextBox, _))) {
            return;
        }
        let Some((_, around)) = self.aside.pop() else { return };
        let text = std::mem::replace(&mut self.paragraph, around);
        let text = text.trim().to_owned();
        if !text.is_empty() {
            self.boxes.push(text);
        }
    }

    /// Puts a paragraph on the page; prose stands apart from its neighbours.
    fn put(&mut self, text: &str) {
        let Some(page) = self.pages.last_mut() else { return };
        if text.trim().is_empty() {
            if !page.is_empty() && !page.ends_with("\n\n") {
                page.push('\n');
            }
            return;
        }
        let before = page.trim_end().rsplit('\n').next().map_or(0, str::len);
        if !page.is_empty() && !page.ends_with("\n\n") && (text.len() > PROSE || before > PROSE) {
            page.push('\n');
        }
        page.push_str(text);
        page.push('\n');
    }

    fn line(&mut self, text: &str) {
        if let Some(page) = self.pages.last_mut()
            && !text.is_empty()
        {
            page.push_str(text);
            page.push('\n');
        }
    }
}

/// Parts of the text that a reader of the finished letter does not see.
fn skipped(name: &str) -> bool {
    matches!(name, "del" | "moveFrom" | "delText" | "instrText" | "Fallback" | "delInstrText" | "fldData" | "binData")
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    e.attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)
        .map(|a| a.value.into_owned())
}
