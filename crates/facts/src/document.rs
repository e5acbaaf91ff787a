use serde::{Deserialize, Serialize};

use crate::Finding;

/// A file turned into pages of text. Made by `extract`; read by `notice`, `opinion` and `evidence`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The file's name as the person knows it, without its folder.
    pub name: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// How the text was got.
    pub text_from: TextFrom,
    /// The pages in order. A format without pages (plain text, HTML) has one, or one per form feed.
    pub pages: Vec<Page>,
    /// What was noticed while reading: a page that is only a picture, a file that was cut off but could still be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

impl Document {
    /// A one-page document from text that is already at hand (tests, pasted text).
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Document {
            name: name.into(),
            sha256: String::new(),
            text_from: TextFrom::Plain,
            pages: text.into().split('\u{c}').map(Page::from_text).collect(),
            findings: Vec::new(),
        }
    }

    /// The text of all pages, a form feed between two.
    pub fn text(&self) -> String {
        self.pages.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\u{c}")
    }
}

/// How the text of a document was got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum TextFrom {
    PdfText,
    Ocr,
    Docx,
    Html,
    Plain,
    Rtf,
    Email,
    Fhir,
    X12,
    Ccda,
}

/// One page of text in reading order, with the place of each word where it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Page {
    /// The page's text, lines separated by `\n`, paragraphs by an empty line where the layout shows one.
    pub text: String,
    /// Width and height in points as a reader sees the page (after rotation), when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(f32, f32)>,
    /// The words with their places, in the order of `text`. Empty where places are unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Word>,
}

impl Page {
    /// A page without places.
    pub fn from_text(text: impl Into<String>) -> Self {
        Page { text: text.into(), ..Page::default() }
    }
}

/// A word on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Byte range of the word in the page's text.
    pub span: (usize, usize),
    /// Left, top, right, bottom in points from the top left corner as a reader sees the page.
    pub bounds: (f32, f32, f32, f32),
    /// How sure the OCR engine was, 0 to 100; absent for text that was never an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
}
