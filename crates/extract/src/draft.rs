//! What the parsing half hands to the OCR half.

use facts::{Document, Page, TextFrom};
use sha2::{Digest, Sha256};

use crate::picture::{self, Scan};
use crate::sniff::Kind;
use crate::{ExtractError, Options, pdf, render};

/// A document as far as it can be read without the OCR engine.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) document: Document,
    /// Indexes of the pages that are pictures of text.
    pub(crate) pictures: Vec<usize>,
    /// The files the pictures come from; only kept while there are any. One file for all pages, or one for each.
    source: Vec<(Kind, Vec<u8>)>,
}

impl Draft {
    pub(crate) fn new(text_from: TextFrom, pages: Vec<Page>) -> Self {
        let document = Document { name: String::new(), sha256: String::new(), text_from, pages, findings: Vec::new() };
        Draft { document, pictures: Vec::new(), source: Vec::new() }
    }

    /// A photo or scan: nothing but pictures.
    pub(crate) fn of_pictures(kind: Kind, bytes: &[u8]) -> Self {
        let pages = if kind == Kind::Tiff { picture::tiff_directories(bytes).len().max(1) } else { 1 };
        let mut draft = Draft::new(TextFrom::Ocr, vec![Page::default(); pages]);
        draft.pictures = (0..pages).collect();
        draft
    }

    /// A document that holds nothing but these pictures.
    pub(crate) fn of_each(text_from: TextFrom, pictures: Vec<(Kind, Vec<u8>)>) -> Self {
        let mut draft = Draft::new(text_from, vec![Page::default(); pictures.len()]);
        draft.pictures = (0..pictures.len()).collect();
        draft.source = pictures;
        draft
    }

    /// The same draft with the file's name (without its folder) and the hash of its bytes.
    pub(crate) fn named(mut self, name: &str, kind: Kind, bytes: &[u8]) -> Self {
        self.document.name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
        self.document.sha256 = sha256(bytes);
        if !self.pictures.is_empty() && self.source.is_empty() {
            self.source = vec![(kind, bytes.to_vec())];
        }
        self
    }

    /// Makes the pictures ready one by one; `take` gets the page's index and the picture, or `None` for one that is lost,
    /// and says whether to go on.
    pub(crate) fn each_picture(
        &self,
        options: &Options,
        take: &mut dyn FnMut(usize, Option<Scan>) -> bool,
    ) -> Result<(), ExtractError> {
        let name = &self.document.name;
        if let [(Kind::Pdf, bytes)] = self.source.as_slice() {
            let pdf = pdf::open(name, bytes, options)?;
            for page in &self.pictures {
                let scan = render::scan(&pdf, *page, options);
                if !take(*page, scan) {
                    break;
                }
            }
            return Ok(());
        }
        for page in &self.pictures {
            let (file, inside) =
                if self.source.len() > 1 { (self.source.get(*page), 0) } else { (self.source.first(), *page) };
            let Some((kind, bytes)) = file else { continue };
            let picture = match picture::decode(name, bytes, *kind, inside) {
                Ok(picture) => picture,
                Err(e) if self.pictures.len() == 1 => return Err(e),
                Err(_) => {
                    take(*page, None);
                    continue;
                }
            };
            let size = picture::page_size(picture.width, picture.height);
            if !take(*page, Some(picture::prepare(*page, picture, size, 0, options))) {
                break;
            }
        }
        Ok(())
    }
}

/// SHA-256, lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
