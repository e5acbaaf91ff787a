//! What the worker says on its output, and the job on its input: frames of a tag, a length and bytes.
//!
//! Text goes as JSON, word places and pictures as plain numbers: a record of 300 pages has 150 000 words.

use std::io::{self, Read, Write};

use facts::{Document, Word};
use serde::{Deserialize, Serialize};

use crate::picture::{Gray, Scan};
use crate::{ExtractError, Options};

/// The most bytes of one frame.
const MOST_FRAME: u64 = 512 << 20;

/// What the worker says.
#[derive(Debug)]
pub(crate) enum Frame {
    /// The documents as far as they could be read without the OCR engine, and the pages that are pictures (document, page).
    Documents(Vec<Document>, Vec<(usize, usize)>),
    /// A page that is a picture.
    Picture(usize, Scan),
    /// A page that is a picture that could not be made: its document and index.
    Lost(usize, usize),
    /// An image of a page as PNG.
    Png(Vec<u8>),
    /// The file cannot be read.
    Failed(ExtractError),
    /// All is said.
    End,
}

/// What the worker is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Read the file.
    Read,
    /// Draw a page (from 1) at so many dots per inch.
    Draw(usize, f32),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) task: Task,
    pub(crate) options: Options,
    /// Pages that are pictures and have been read before (document, page): their pictures are not made again.
    pub(crate) done: Vec<(usize, usize)>,
}

/// A job as bytes: the order, then the file.
pub(crate) fn job(job: &Job, bytes: &[u8]) -> Vec<u8> {
    let order = serde_json::to_vec(job).unwrap_or_default();
    let mut out = Vec::with_capacity(order.len() + bytes.len() + 8);
    out.extend((order.len() as u64).to_le_bytes());
    out.extend(order);
    out.extend(bytes);
    out
}

pub(crate) fn read_job(mut input: impl Read) -> io::Result<(Job, Vec<u8>)> {
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let order = take(&mut input, u64::from_le_bytes(length).min(1 << 20))?;
    let job = serde_json::from_slice(&order)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok((job, bytes))
}

fn take(input: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    input.take(length).read_to_end(&mut out)?;
    if out.len() as u64 == length { Ok(out) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

impl Frame {
    pub(crate) fn write(self, output: &mut impl Write) -> io::Result<()> {
        let (tag, bytes) = match self {
            Frame::Documents(documents, pictures) => (b'D', pack_documents(documents, pictures)),
            Frame::Picture(document, scan) => (b'S', pack_scan(document, &scan)),
            Frame::Lost(document, page) => {
                (b'L', [document, page].iter().flat_map(|n| (*n as u32).to_le_bytes()).collect())
            }
            Frame::Png(bytes) => (b'P', bytes),
            Frame::Failed(error) => (b'X', serde_json::to_vec(&error)?),
            Frame::End => (b'E', Vec::new()),
        };
        output.write_all(&[tag])?;
        output.write_all(&(bytes.len() as u64).to_le_bytes())?;
        output.write_all(&bytes)?;
        output.flush()
    }

    pub(crate) fn read(input: &mut impl Read) -> io::Result<Frame> {
        let mut head = [0; 9];
        input.read_exact(&mut head)?;
        let [tag, length @ ..] = head;
        let length = u64::from_le_bytes(length);
        if length > MOST_FRAME {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let bytes = take(input, length)?;
        let bad = || io::Error::from(io::ErrorKind::InvalidData);
        let mut cursor = Cursor { bytes: &bytes };
        Ok(match tag {
            b'D' => unpack_documents(&mut cursor).ok_or_else(bad)?,
            b'S' => unpack_scan(&mut cursor).ok_or_else(bad)?,
            b'L' => Frame::Lost(cursor.number().ok_or_else(bad)?, cursor.number().ok_or_else(bad)?),
            b'P' => Frame::Png(bytes),
            b'X' => Frame::Failed(serde_json::from_slice(&bytes)?),
            b'E' => Frame::End,
            _ => return Err(bad()),
        })
    }
}

/// The documents without their words as JSON, then the words.
fn pack_documents(mut documents: Vec<Document>, pictures: Vec<(usize, usize)>) -> Vec<u8> {
    let words: Vec<Vec<Vec<Word>>> =
        documents.iter_mut().map(|d| d.pages.iter_mut().map(|p| std::mem::take(&mut p.words)).collect()).collect();
    let head = serde_json::to_vec(&(documents, pictures)).unwrap_or_default();
    let mut out = (head.len() as u32).to_le_bytes().to_vec();
    out.extend(head);
    for page in words.iter().flatten() {
        out.extend((page.len() as u32).to_le_bytes());
        for word in page {
            out.extend((word.span.0 as u32).to_le_bytes());
            out.extend((word.span.1 as u32).to_le_bytes());
            let (l, t, r, b) = word.bounds;
            [l, t, r, b].iter().for_each(|v| out.extend(v.to_le_bytes()));
            out.push(word.confidence.unwrap_or(u8::MAX));
        }
    }
    out
}

fn unpack_documents(cursor: &mut Cursor<'_>) -> Option<Frame> {
    let length = cursor.number()?;
    let (mut documents, pictures): (Vec<Document>, Vec<(usize, usize)>) =
        serde_json::from_slice(cursor.bytes(length)?).ok()?;
    for page in documents.iter_mut().flat_map(|d| &mut d.pages) {
        let count = cursor.number()?;
        page.words.reserve(count.min(100_000));
        for _ in 0..count {
            let span = (cursor.number()?, cursor.number()?);
            // Nothing from the worker is taken on trust: a span must be of this text.
            page.text.get(span.0..span.1)?;
            let bounds = (cursor.float()?, cursor.float()?, cursor.float()?, cursor.float()?);
            let confidence = cursor.bytes(1)?.first().copied().filter(|c| *c != u8::MAX);
            page.words.push(Word { span, bounds, confidence });
        }
    }
    Some(Frame::Documents(documents, pictures))
}

fn pack_scan(document: usize, scan: &Scan) -> Vec<u8> {
    let numbers = [document, scan.page, scan.image.width, scan.image.height];
    let mut out: Vec<u8> = numbers.iter().flat_map(|n| (*n as u32).to_le_bytes()).collect();
    let floats = scan.to_page.iter().chain([&scan.size.0, &scan.size.1]);
    out.extend(floats.flat_map(|f| f.to_le_bytes()));
    out.extend_from_slice(&scan.image.data);
    out
}

fn unpack_scan(cursor: &mut Cursor<'_>) -> Option<Frame> {
    let (document, page, width, height) = (cursor.number()?, cursor.number()?, cursor.number()?, cursor.number()?);
    let mut floats = [0.0; 8];
    for float in &mut floats {
        *float = cursor.float()?;
    }
    let [a, b, c, d, e, f, w, h] = floats;
    let image = Gray::new(width, height, cursor.bytes.to_vec())?;
    Some(Frame::Picture(document, Scan { page, image, to_page: [a, b, c, d, e, f], size: (w, h) }))
}

/// Bytes still to be read.
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(count)?;
        self.bytes = tail;
        Some(head)
    }

    fn four(&mut self) -> Option<[u8; 4]> {
        self.bytes(4)?.try_into().ok()
    }

    fn number(&mut self) -> Option<usize> {
        self.four().map(|b| u32::from_le_bytes(b) as usize)
    }

    fn float(&mut self) -> Option<f32> {
        self.four().map(f32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_went() {
        let mut document = Document::from_text("a.txt", "One two\u{c}drei");
        document.pages[0].words = vec![Word { span: (0, 3), bounds: (1.0, 2.0, 3.0, 4.5), confidence: None }];
        document.pages[1].words = vec![Word { span: (0, 4), bounds: (0.0, 0.0, 1.0, 1.0), confidence: Some(88) }];
        let scan = Scan {
            page: 3,
            image: Gray { width: 2, height: 1, data: vec![7, 9] },
            to_page: [1.0, 0.0, 0.0, 1.0, 5.0, 6.0],
            size: (10.0, 20.0),
        };
        let mut out = Vec::new();
        Frame::Documents(vec![document.clone()], vec![(0, 3)]).write(&mut out).unwrap();
        Frame::Picture(0, scan.clone()).write(&mut out).unwrap();
        Frame::End.write(&mut out).unwrap();
        let mut input = out.as_slice();
        assert!(matches!(Frame::read(&mut input).unwrap(), Frame::Documents(d, p) if d == [document] && p == [(0, 3)]));
        assert!(matches!(Frame::read(&mut input).unwrap(), Frame::Picture(0, s) if s == scan));
        assert!(matches!(Frame::read(&mut input).unwrap(), Frame::End));
        assert!(Frame::read(&mut input).is_err());
    }

    #[test]
    fn a_lying_worker_is_refused() {
        let mut document = Document::from_text("a.txt", "short");
        document.pages[0].words = vec![Word { span: (0, 99), bounds: (0.0, 0.0, 0.0, 0.0), confidence: None }];
        let mut out = Vec::new();
        Frame::Documents(vec![document], Vec::new()).write(&mut out).unwrap();
        assert!(Frame::read(&mut out.as_slice()).is_err());
        assert!(Frame::read(&mut b"D\xff\xff\xff\xff\xff\xff\xff\xff".as_slice()).is_err());
    }
}
