use facts::{Document, Page, TextFrom};
use sha2::{Digest, Sha256};

/// A document as far as it can be read without the OCR engine.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) document: Document,
    /// Indexes of the pages that are pictures of text.
    pub(crate) pictures: Vec<usize>,
}

impl Draft {
    pub(crate) fn new(text_from: TextFrom, pages: Vec<Page>) -> Self {
        let document =
            Document { name: String::new(), sha256: String::new(), text_from, pages, findings: Vec::new() };
        Draft { document, pictures: Vec::new() }
    }

    /// The same draft with the file's name (without its folder) and the hash of its bytes.
    pub(crate) fn named(mut self, name: &str, bytes: &[u8]) -> Self {
        self.document.name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
        self.document.sha256 = hex(&Sha256::digest(bytes));
        self
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
