//! A document as DOCX, to be edited in any word processor: real styles, headings, lists, and tables with a header row.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use draft::{Block, Document, Sentence, Style};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::{Error, seal};

/// Writes a document as DOCX. The same document gives the same bytes.
///
/// # Errors
/// An [`Error`] when the archive cannot be written, which is our fault.
pub fn docx(document: &Document) -> Result<Vec<u8>, Error> {
    let fail = |e: zip::result::ZipError| Error::ours(format!("docx: {e}"));
    let mut files = [
        ("[Content_Types].xml", CONTENT_TYPES.to_string()),
        ("_rels/.rels", PACKAGE_LINKS.to_string()),
        ("docProps/core.xml", String::new()),
        ("word/_rels/document.xml.rels", DOCUMENT_LINKS.to_string()),
        ("word/document.xml", body(document)),
        ("word/styles.xml", styles(document)),
        ("word/numbering.xml", numbering(document)),
        ("word/footer1.xml", footer(document)),
    ];
    // The properties hold the mark by which the copy is known again as ours; it is of all the rest.
    let mark = seal::of_entries(files.iter().map(|(name, text)| (*name, text.as_bytes())));
    files.iter_mut().filter(|(_, text)| text.is_empty()).for_each(|(_, text)| *text = core(document, &mark));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, text) in files {
        writer.start_file(name, options).map_err(fail)?;
        writer.write_all(text.as_bytes()).map_err(|e| Error::ours(format!("docx: {e}")))?;
    }
    Ok(writer.finish().map_err(fail)?.into_inner())
}

/// Text for XML: the five signs escaped, characters XML forbids left out.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control()
                || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {}
            c => out.push(c),
        }
    }
    out
}

fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", xml(text))
}

fn paragraph(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{}</w:p>", run(text))
}

fn joined(document: &Document, sentences: &[Sentence]) -> String {
    sentences.iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join(" ")
}

fn body(document: &Document) -> String {
    let mut out = String::from(HEAD);
    out.push_str("<w:body>");
    if document.style == Style::Letter {
        letter_head(document, &mut out);
    } else {
        out.push_str(&paragraph("Title", &document.title));
        out.push_str(&paragraph("Contact", &document.date_printed));
    }
    for line in &document.about {
        let label = format!("<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">{}: </w:t></w:r>", xml(&line.label));
        let _ = write!(out, "<w:p><w:pPr><w:pStyle w:val=\"About\"/></w:pPr>{label}{}</w:p>", run(&line.value));
    }
    out.extend(document.salutation.iter().map(|s| paragraph("Salutation", s)));
    let mut lists = 0;
    for piece in &document.blocks {
        block(document, piece, &mut lists, &mut out);
    }
    tail(document, &mut out);
    out.push_str("<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/><w:pgSz w:w=\"12240\" w:h=\"15840\"/><w:pgMar w:top=\"1368\" w:right=\"1612\" w:bottom=\"1440\" w:left=\"1612\" w:header=\"720\" w:footer=\"720\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>");
    out
}

fn letter_head(document: &Document, out: &mut String) {
    out.push_str(&paragraph("Sender", &document.from.name));
    if !document.from.lines.is_empty() {
        out.push_str(&paragraph("Contact", &document.from.lines.join("  ·  ")));
    }
    out.push_str(&paragraph("Date", &document.date_printed));
    out.extend(document.delivery.iter().map(|l| paragraph("Address", l)));
    out.extend(std::iter::once(&document.to.name).chain(&document.to.lines).map(|l| paragraph("Address", l)));
}

fn block(document: &Document, block: &Block, lists: &mut usize, out: &mut String) {
    match block {
        Block::Heading { level, text } => {
            out.push_str(&paragraph(if *level == 1 { "Heading1" } else { "Heading2" }, text))
        }
        Block::Paragraph { sentences } => out.push_str(&paragraph("BodyText", &joined(document, sentences))),
        Block::Quote { sentence, .. } => out.push_str(&paragraph("Quote", &sentence.printed(&document.labels))),
        Block::List { ordered, items } => {
            // Each numbered list starts anew: it has a numbering of its own.
            let number = if *ordered {
                *lists += 1;
                *lists + 1
            } else {
                1
            };
            for item in items {
                let _ = write!(
                    out,
                    "<w:p><w:pPr><w:pStyle w:val=\"ListParagraph\"/><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{number}\"/></w:numPr></w:pPr>{}</w:p>",
                    run(&joined(document, item))
                );
            }
        }
        Block::Table { columns, rows, .. } => table(document, columns, rows, out),
        Block::Fill { label, lines } => {
            out.push_str(&paragraph("BodyText", label));
            (0..*lines).for_each(|_| out.push_str(LINE_TO_WRITE_ON));
        }
        Block::Tick { ticked, sentences } => {
            let mark = if *ticked { "☒" } else { "☐" };
            out.push_str(&paragraph("BodyText", &format!("{mark} {}", joined(document, sentences))));
        }
    }
}

/// A line to write on: the lower border of an empty paragraph, which typed words do not push apart.
const LINE_TO_WRITE_ON: &str = "<w:p><w:pPr><w:pStyle w:val=\"BodyText\"/><w:pBdr><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"1\" w:color=\"7F7F7F\"/></w:pBdr></w:pPr></w:p>";

fn table(document: &Document, columns: &[draft::Column], rows: &[Vec<Vec<Sentence>>], out: &mut String) {
    let parts: u32 = columns.iter().map(|c| u32::from(c.width)).sum::<u32>().max(1);
    let widths: Vec<u32> = columns.iter().map(|c| 9016 * u32::from(c.width) / parts).collect();
    out.push_str("<w:tbl><w:tblPr><w:tblStyle w:val=\"Quiet\"/><w:tblW w:w=\"9016\" w:type=\"dxa\"/><w:tblLook w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>");
    widths.iter().for_each(|w| {
        let _ = write!(out, "<w:gridCol w:w=\"{w}\"/>");
    });
    out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    for (column, width) in columns.iter().zip(&widths) {
        cell(out, *width, "TableHead", &column.head);
    }
    out.push_str("</w:tr>");
    for row in rows {
        out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for (text, width) in row.iter().zip(&widths) {
            cell(out, *width, "TableText", &joined(document, text));
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    out.push_str(&paragraph("TableText", ""));
}

fn cell(out: &mut String, width: u32, style: &str, text: &str) {
    let _ =
        write!(out, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>", paragraph(style, text));
}

fn tail(document: &Document, out: &mut String) {
    if let Some(closing) = &document.closing {
        out.push_str(&paragraph("Closing", &closing.phrase));
        out.push_str(&paragraph("Signature", &closing.name));
        out.extend(closing.lines.iter().map(|l| paragraph("Address", l)));
    }
    if !document.enclosures.is_empty() {
        out.push_str(&paragraph("Heading2", &document.labels.enclosures));
        out.extend(document.enclosures.iter().map(|e| paragraph("Address", &format!("{}   {}", e.label, e.title))));
    }
    if !document.cc.is_empty() {
        out.push_str(&paragraph("Address", &format!("{}: {}", document.labels.cc, document.cc.join("; "))));
    }
}

fn core(document: &Document, mark: &str) -> String {
    let date = document.date;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator><dc:language>{}</dc:language><dc:identifier>{mark}</dc:identifier><dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:created></cp:coreProperties>",
        xml(&document.title),
        xml(&document.from.name),
        document.language
    )
}

fn footer(document: &Document) -> String {
    let field = |name: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {name} </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    let labels = &document.labels;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:ftr xmlns:w=\"{W}\"><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr>{}{}{}{}</w:p></w:ftr>",
        run(&format!("{}  ·  {} ", document.title, labels.page_long)),
        field("PAGE"),
        run(&format!(" {} ", labels.of)),
        field("NUMPAGES")
    )
}

/// One bulleted list, and as many numbered ones as the document has.
fn numbering(document: &Document) -> String {
    let lists = document.blocks.iter().filter(|b| matches!(b, Block::List { ordered: true, .. })).count();
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:numbering xmlns:w=\"{W}\">");
    let level = |format: &str, text: &str| {
        format!(
            "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"454\" w:hanging=\"340\"/></w:pPr></w:lvl>"
        )
    };
    let _ = write!(out, "<w:abstractNum w:abstractNumId=\"0\">{}</w:abstractNum>", level("bullet", "•"));
    for i in 1..=lists {
        let _ = write!(out, "<w:abstractNum w:abstractNumId=\"{i}\">{}</w:abstractNum>", level("decimal", "%1."));
    }
    for i in 0..=lists {
        let _ = write!(out, "<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"{i}\"/></w:num>", i + 1);
    }
    out.push_str("</w:numbering>");
    out
}

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">";

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/><Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/><Override PartName=\"/word/numbering.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml\"/><Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/><Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>";

const PACKAGE_LINKS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>";

const DOCUMENT_LINKS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering\" Target=\"numbering.xml\"/><Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer\" Target=\"footer1.xml\"/></Relationships>";

/// The styles, as data: id, name, base, paragraph properties, run properties.
const STYLES: [(&str, &str, &str, &str); 17] = [
    ("BodyText", "Body Text", "<w:spacing w:after=\"140\" w:line=\"276\" w:lineRule=\"auto\"/>", ""),
    ("Title", "Title", "<w:spacing w:after=\"80\"/>", "<w:b/><w:color w:val=\"1D3557\"/><w:sz w:val=\"34\"/>"),
    (
        "Heading1",
        "heading 1",
        "<w:keepNext/><w:spacing w:before=\"300\" w:after=\"120\"/><w:outlineLvl w:val=\"0\"/>",
        "<w:b/><w:color w:val=\"1D3557\"/><w:sz w:val=\"25\"/>",
    ),
    (
        "Heading2",
        "heading 2",
        "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"100\"/><w:outlineLvl w:val=\"1\"/>",
        "<w:b/><w:i/><w:color w:val=\"1D3557\"/><w:sz w:val=\"22\"/>",
    ),
    ("Sender", "Sender", "<w:spacing w:after=\"40\"/>", "<w:b/><w:color w:val=\"1D3557\"/><w:sz w:val=\"30\"/>"),
    (
        "Contact",
        "Contact",
        "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"6\" w:color=\"1D3557\"/></w:pBdr><w:spacing w:after=\"360\"/>",
        "<w:color w:val=\"444444\"/><w:sz w:val=\"19\"/>",
    ),
    ("Date", "Date", "<w:spacing w:after=\"200\"/>", ""),
    ("Address", "Address", "<w:spacing w:after=\"0\"/>", ""),
    (
        "About",
        "About",
        "<w:pBdr><w:left w:val=\"single\" w:sz=\"16\" w:space=\"8\" w:color=\"1D3557\"/></w:pBdr><w:spacing w:after=\"20\"/><w:ind w:left=\"160\"/>",
        "<w:sz w:val=\"20\"/>",
    ),
    ("Salutation", "Salutation", "<w:spacing w:before=\"260\" w:after=\"160\"/>", ""),
    (
        "Quote",
        "Quote",
        "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"10\" w:color=\"9AA7B8\"/></w:pBdr><w:spacing w:after=\"160\"/><w:ind w:left=\"340\" w:right=\"340\"/>",
        "<w:sz w:val=\"21\"/>",
    ),
    ("ListParagraph", "List Paragraph", "<w:spacing w:after=\"80\"/>", ""),
    (
        "TableHead",
        "Table Head",
        "<w:keepNext/><w:spacing w:before=\"40\" w:after=\"40\"/>",
        "<w:b/><w:color w:val=\"1D3557\"/><w:sz w:val=\"18\"/>",
    ),
    ("TableText", "Table Text", "<w:spacing w:before=\"40\" w:after=\"40\"/>", "<w:sz w:val=\"19\"/>"),
    ("Closing", "Closing", "<w:keepNext/><w:spacing w:before=\"300\" w:after=\"760\"/>", ""),
    (
        "Signature",
        "Signature",
        "<w:pBdr><w:top w:val=\"single\" w:sz=\"4\" w:space=\"2\" w:color=\"1B1B1B\"/></w:pBdr><w:spacing w:after=\"160\"/><w:ind w:right=\"5600\"/>",
        "<w:b/>",
    ),
    ("Footer", "footer", "<w:jc w:val=\"center\"/>", "<w:color w:val=\"555555\"/><w:sz w:val=\"17\"/>"),
];

fn styles(document: &Document) -> String {
    let language = if document.language == "es" { "es-US" } else { "en-US" };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:styles xmlns:w=\"{W}\"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Libertinus Serif\" w:hAnsi=\"Libertinus Serif\" w:cs=\"Times New Roman\" w:eastAsia=\"Times New Roman\"/><w:sz w:val=\"22\"/><w:lang w:val=\"{language}\"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>"
    );
    for (id, name, paragraph, run) in STYLES {
        let _ = write!(
            out,
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        );
    }
    out.push_str("<w:style w:type=\"table\" w:styleId=\"Quiet\"><w:name w:val=\"Quiet\"/><w:tblPr><w:tblBorders><w:top w:val=\"single\" w:sz=\"8\" w:color=\"1D3557\"/><w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"B9BEC7\"/><w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"B9BEC7\"/></w:tblBorders></w:tblPr></w:style></w:styles>");
    out
}
