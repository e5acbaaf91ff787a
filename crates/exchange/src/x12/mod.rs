//! X12 835, 278 and 271 → readable text (one segment per line) and reading.

mod benefits;
mod people;
mod remittance;
mod review;
mod segments;

use facts::{Finding, TextFrom};
use kb::Kb;

use crate::codes::Codes;
use crate::sheet::{Place, Sheet};
use crate::{Error, History, Record};
use segments::{Interchange, Segment};

/// A segment on the page.
pub(super) struct Line<'a> {
    segment: &'a Segment,
    place: Option<Place>,
}

impl Line<'_> {
    fn id(&self) -> &str {
        self.segment.id()
    }

    fn element(&self, number: usize) -> &str {
        self.segment.element(number)
    }

    /// Where an element stands on the page.
    fn at(&self, number: usize) -> Option<Place> {
        let (start, end) = self.segment.span(number)?;
        self.place.as_ref()?.part(start, end)
    }

    /// Where several elements, with the separators between them, stand.
    fn span_of(&self, first: usize, last: usize) -> Option<Place> {
        let (start, _) = self.segment.span(first)?;
        let (_, end) = self.segment.span(last)?;
        self.place.as_ref()?.part(start, end)
    }

    /// Where a part of an element stands, for elements made of several.
    fn part(&self, number: usize, part: usize, separator: char) -> Option<Place> {
        let (start, _) = self.segment.span(number)?;
        let mut at = start;
        for (index, piece) in self.element(number).split(separator).enumerate() {
            if index == part {
                return self.place.as_ref()?.part(at, at + piece.len());
            }
            at += piece.len() + separator.len_utf8();
        }
        None
    }
}

/// What the readers of the three kinds share.
pub(super) struct Walk<'a> {
    sheet: Sheet,
    codes: &'a Codes,
    component: char,
    repetition: char,
}

/// Reads an interchange.
pub(crate) fn read(name: &str, bytes: &[u8], kb: &Kb) -> Result<Record, Error> {
    let codes = Codes::load(kb)?;
    let interchange = segments::split(name, bytes)?;
    let kinds = transactions(&interchange);
    let Interchange { segments, cut, component, repetition } = &interchange;
    let mut walk = Walk { sheet: Sheet::new(), codes: &codes, component: *component, repetition: *repetition };
    let lines: Vec<Line<'_>> =
        segments.iter().map(|segment| Line { segment, place: walk.sheet.verbatim(&segment.text) }).collect();
    // What has no end may be half of a code: it is shown, and no value is read from it.
    let read = lines.split_last().filter(|_| *cut).map_or(lines.as_slice(), |(_, before)| before);
    let mut looked_for: Vec<&str> = Vec::new();
    for transaction in read.split(|l| l.id() == "SE") {
        let Some(kind) = transaction.iter().find(|l| l.id() == "ST").map(|l| l.element(1)) else { continue };
        match kind {
            "835" => {
                looked_for.extend(remittance::LOOKED_FOR);
                remittance::read(&mut walk, transaction);
            }
            "278" => {
                looked_for.extend(review::LOOKED_FOR);
                review::read(&mut walk, transaction);
            }
            "271" | "270" => {
                looked_for.extend(benefits::LOOKED_FOR);
                benefits::read(&mut walk, transaction, kind);
            }
            _ => {}
        }
    }
    note_envelope(&mut walk.sheet, segments, *cut, &kinds);
    looked_for.sort_unstable();
    looked_for.dedup();
    let said = walk.sheet.take_said();
    let (document, reading) = walk.sheet.finish(name, bytes, TextFrom::X12, &looked_for);
    Ok(Record { document, reading, history: History::default(), said })
}

fn transactions(interchange: &Interchange) -> Vec<String> {
    interchange.segments.iter().filter(|s| s.id() == "ST").map(|s| s.element(1).to_owned()).collect()
}

/// A file that was cut off, or whose counts do not add up, is said to be so.
fn note_envelope(sheet: &mut Sheet, segments: &[Segment], cut: bool, kinds: &[String]) {
    let has = |id: &str| segments.iter().any(|s| s.id() == id);
    let missing: Vec<&str> = ["SE", "GE", "IEA"].into_iter().filter(|id| !has(id)).collect();
    if !missing.is_empty() {
        let message = format!("The file ends without {}: its end may be missing.", missing.join(", "));
        sheet.finding(Finding::new("x12_cut_off", message));
    }
    if let Some(last) = segments.last().filter(|_| cut) {
        let message =
            format!("The file stops within its last segment ({}). Nothing was read from that one.", last.id());
        sheet.finding(Finding::new("x12_cut_off", message));
    }
    if kinds.is_empty() {
        sheet.finding(Finding::new("x12_no_transaction", "The file holds no transaction (no ST segment)."));
    }
    for kind in kinds.iter().filter(|k| !["835", "278", "271", "270"].contains(&k.as_str())) {
        let message = format!("An X12 {kind} holds no decision that is used here; its text is shown as it stands.");
        sheet.finding(Finding::new("x12_kind_not_used", message).about(kind));
    }
    let mut start = None;
    for (index, segment) in segments.iter().enumerate() {
        match segment.id() {
            "ST" => start = Some(index),
            "SE" => {
                let counted = start.take().map(|s| index - s + 1);
                let stated = segment.element(1).parse::<usize>().ok();
                if let (Some(counted), Some(stated)) = (counted, stated)
                    && counted != stated
                {
                    let message =
                        format!("The file says it has {stated} segments; {counted} were found. Parts may be missing.");
                    sheet.finding(Finding::new("x12_count_differs", message));
                }
            }
            _ => {}
        }
    }
}
