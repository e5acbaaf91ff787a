//! Drafts and what the OCR engine read → documents.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use facts::{Document, Finding, TextFrom};

use crate::draft::Draft;
use crate::ocr;
use crate::picture::Scan;
use crate::worker::{Fault, Kept, Launcher};
use crate::{ExtractError, Options};

/// Below this mean confidence a page is called hard to read.
const HARD: f32 = 75.0;

/// What became of one page that is a picture.
pub(crate) enum Outcome {
    Read(ocr::Read),
    /// The picture could not be made or the engine failed.
    Lost,
    /// There is no engine.
    NoEngine,
    /// Reading pictures was not asked for.
    NotAsked,
}

/// A page: its document, its place in it, what became of it.
pub(crate) type Result3 = (usize, usize, Outcome);

/// Reads pictures as they come, several at once, until the sender is gone.
pub(crate) fn read_all(
    pictures: &Mutex<Receiver<(usize, Scan)>>,
    options: &Options,
    launcher: &Launcher,
    kept: &dyn Kept,
) -> Vec<Result3> {
    let done = Mutex::new(Vec::new());
    let hands = std::thread::available_parallelism().map_or(1, |n| n.get().clamp(1, 4));
    std::thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                loop {
                    // The lock is held only while waiting for the next picture, not while reading it.
                    let next = pictures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
                    let Ok((document, scan)) = next else { break };
                    let outcome = match ocr::read(&scan, options, launcher) {
                        Ok(read) => {
                            kept.keep(document, scan.page, &read);
                            Outcome::Read(read)
                        }
                        Err(Fault::Missing) => Outcome::NoEngine,
                        Err(_) => Outcome::Lost,
                    };
                    let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    done.push((document, scan.page, outcome));
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Reads the pictures of drafts in this process.
pub(crate) fn here(drafts: Vec<Draft>, options: &Options) -> Result<Vec<Document>, ExtractError> {
    let launcher = Launcher::default();
    let mut results = Vec::new();
    let wanted = drafts.iter().any(|d| !d.pictures.is_empty());
    if wanted && options.ocr && ocr::available(options).is_ok() {
        let (send, receive) = sync_channel::<(usize, Scan)>(1);
        let receive = Mutex::new(receive);
        let mut lost = Vec::new();
        let mut failed = None;
        results = std::thread::scope(|scope| {
            let reading = scope.spawn(|| read_all(&receive, options, &launcher, &()));
            for (number, draft) in drafts.iter().enumerate() {
                let made = draft.each_picture(options, &mut |page, scan| match scan {
                    Some(scan) => send.send((number, scan)).is_ok(),
                    None => {
                        lost.push((number, page, Outcome::Lost));
                        true
                    }
                });
                failed = failed.take().or(made.err());
            }
            drop(send);
            reading.join().unwrap_or_default()
        });
        results.extend(lost);
        if let (Some(error), 1) = (failed, drafts.len()) {
            return Err(error);
        }
    } else {
        for (number, draft) in drafts.iter().enumerate() {
            let why = || if options.ocr { Outcome::NoEngine } else { Outcome::NotAsked };
            results.extend(draft.pictures.iter().map(|page| (number, *page, why())));
        }
    }
    let documents = drafts.into_iter().map(|d| d.document).collect();
    settle(documents, results)
}

/// Puts what was read into the documents.
pub(crate) fn settle(mut documents: Vec<Document>, mut results: Vec<Result3>) -> Result<Vec<Document>, ExtractError> {
    results.sort_by_key(|r| (r.0, r.1));
    let all: Vec<usize> = (0..documents.len()).collect();
    for number in all {
        let mine: Vec<Result3> = extract_if(&mut results, |r| r.0 == number);
        if let Some(document) = documents.get_mut(number)
            && let Some(error) = settle_one(document, mine)
        {
            // The paper itself cannot be read; for an attachment it is a finding.
            if number == 0 {
                return Err(error);
            }
            document.findings.push(Finding::new(error.code, error.message));
        }
    }
    Ok(documents)
}

fn extract_if(results: &mut Vec<Result3>, take: impl Fn(&Result3) -> bool) -> Vec<Result3> {
    let (mine, rest) = std::mem::take(results).into_iter().partition(|r| take(r));
    *results = rest;
    mine
}

fn settle_one(document: &mut Document, results: Vec<Result3>) -> Option<ExtractError> {
    let (pictures, mut read, mut no_engine, mut lost) = (results.len(), 0usize, false, false);
    for (_, index, outcome) in results {
        let number = index + 1;
        match outcome {
            Outcome::Read(page) => {
                read += 1;
                note_quality(document, number, &page);
                if let Some(place) = document.pages.get_mut(index) {
                    *place = page.page;
                }
            }
            Outcome::NoEngine => no_engine = true,
            Outcome::NotAsked => {
                let message = format!("Page {number} is a picture; its text was not read.");
                document.findings.push(Finding::new("picture_not_read", message));
            }
            Outcome::Lost => {
                lost = true;
                let message = format!("Page {number} is a picture that could not be read. Add a clear photo of it.");
                document.findings.push(Finding::new("page_lost", message));
            }
        }
    }
    if read * 2 >= document.pages.len().max(1) && read > 0 {
        document.text_from = TextFrom::Ocr;
    }
    let has_text = document.pages.iter().any(|p| !p.text.trim().is_empty());
    if no_engine {
        if !has_text {
            return Some(ocr::missing(&document.name));
        }
        let error = ocr::missing("Some pages are pictures; this program");
        document.findings.push(Finding::new(error.code, error.message));
    }
    if has_text || (pictures > 0 && read == 0 && !lost) {
        return None;
    }
    let message = format!("{} has no text that could be read. Add a clearer photo or a PDF of it.", document.name);
    Some(ExtractError::new(if lost { "unreadable" } else { "no_text" }, message))
}

fn note_quality(document: &mut Document, number: usize, page: &ocr::Read) {
    if page.page.text.trim().is_empty() {
        let message = format!("No text was found on page {number}.");
        document.findings.push(Finding::new("page_without_text", message));
    } else if page.confidence < HARD {
        let message = format!("Page {number} is hard to read. Check names, numbers and dates, or add a clearer photo.");
        document.findings.push(Finding::new("hard_to_read", message));
    }
}
