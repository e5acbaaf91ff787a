//! Letters on paper: text → a printed PDF, a DOCX, a clean scan, or a bad phone photo, and back through `extract`.
//!
//! With it `cargo xtask eval letters|opinions --as pdf|docx|scan|photo` measures reading and understanding together. The print keeps
//! lines, wraps long ones and puts the cells of tables in columns; page breaks fall where the paper ends.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Cursor, Write};
use std::path::Path;

use facts::Document;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

/// Lines on a page, and letters on a line.
const LINES: usize = 58;
const LETTERS: usize = 96;
const SIZE: f32 = 10.0;

/// How a letter comes to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    Pdf,
    Docx,
    Scan,
    Photo,
}

impl Paper {
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        match name {
            "pdf" => Ok(Paper::Pdf),
            "docx" => Ok(Paper::Docx),
            "scan" => Ok(Paper::Scan),
            "photo" => Ok(Paper::Photo),
            other => Err(format!("--as {other}: one of pdf, docx, scan, photo")),
        }
    }
}

/// As [`through`], once per letter and folder: the second time the pages come from the folder.
pub(crate) fn kept(document: &Document, paper: Paper, folder: Option<&Path>) -> Result<Document, String> {
    let Some(folder) = folder else { return through(document, paper) };
    let mut text = DefaultHasher::new();
    document.pages.iter().for_each(|p| p.text.hash(&mut text));
    let file = folder.join(format!("{}-{paper:?}-{:016x}.json", document.name, text.finish()));
    if let Ok(known) = std::fs::read(&file) {
        return serde_json::from_slice(&known).map_err(|e| format!("{}: {e}", file.display()));
    }
    let read = through(document, paper)?;
    let json = serde_json::to_vec(&read).map_err(|e| e.to_string())?;
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, json)).map_err(|e| e.to_string())?;
    Ok(read)
}

/// Prints a letter and reads it back.
pub(crate) fn through(document: &Document, paper: Paper) -> Result<Document, String> {
    let options = extract::Options::default();
    let name = document.name.as_str();
    if paper == Paper::Docx {
        let texts: Vec<&str> = document.pages.iter().map(|p| p.text.as_str()).collect();
        return extract::extract(name, &docx(&texts)?, &options).map_err(|e| e.message);
    }
    let pages: Vec<String> = document.pages.iter().flat_map(|p| streams(&p.text)).collect();
    let pdf = pdf(&pages);
    if paper == Paper::Pdf {
        return extract::extract(name, &pdf, &options).map_err(|e| e.message);
    }
    let mut read: Option<Document> = None;
    for number in 1..=pages.len() {
        let dpi = if paper == Paper::Scan { 300.0 } else { 170.0 };
        let png = extract::render::page_png(&pdf, number, dpi, &options).map_err(|e| e.message)?;
        let picture = if paper == Paper::Photo { photo(&png, number)? } else { png };
        let page = match extract::extract(name, &picture, &options) {
            Ok(page) => page,
            // A last sheet with a line or two may hold nothing the engine is sure of; it is a page without words then.
            Err(e) if e.code == "no_text" && pages.len() > 1 => Document::from_text(name, ""),
            Err(e) => return Err(e.message),
        };
        match &mut read {
            Some(all) => all.pages.extend(page.pages),
            None => read = Some(page),
        }
    }
    read.ok_or_else(|| format!("{name} has no pages"))
}

/// A line this long was broken because the paper ended: in a DOCX the paragraph goes on.
const FULL: usize = 70;

/// Texts of pages as a DOCX, as an office program writes one: a paragraph is one run of text however long, the lines of a
/// letterhead and of a list are paragraphs of their own, columns are tabs, and a new page is a break.
fn docx(texts: &[&str]) -> Result<Vec<u8>, String> {
    let mut body = String::new();
    for (page, text) in texts.iter().enumerate() {
        if page > 0 {
            body.push_str("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>");
        }
        paragraphs(text).iter().for_each(|p| body.push_str(&paragraph(p)));
    }
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let files = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/word/document.xml\" ContentType=\"{kind}\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}\" Target=\"word/document.xml\"/></Relationships>"
            ),
        ),
        ("word/document.xml", format!("<w:document xmlns:w=\"{main}\"><w:body>{body}</w:body></w:document>")),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).map_err(|e| e.to_string())?;
        zip.write_all(format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{text}").as_bytes())
            .map_err(|e| e.to_string())?;
    }
    Ok(zip.finish().map_err(|e| e.to_string())?.into_inner())
}

/// The lines of a text as an office program holds them.
fn paragraphs(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let trimmed = line.trim();
        let item = trimmed.starts_with(['-', '•', '*', '[', '☐', '☒'])
            || trimmed
                .split_once(['.', ')'])
                .is_some_and(|(n, _)| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()));
        match out.last_mut().filter(|_| open && !trimmed.is_empty() && !item) {
            Some(last) => {
                last.push(' ');
                last.push_str(trimmed);
            }
            None => out.push(trimmed.to_owned()),
        }
        open = line.chars().count() >= FULL;
    }
    out
}

fn paragraph(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let cells: Vec<&str> = escaped.split("   ").map(str::trim).filter(|c| !c.is_empty()).collect();
    let runs: Vec<String> = cells.iter().map(|c| format!("<w:r><w:t xml:space=\"preserve\">{c}</w:t></w:r>")).collect();
    format!("<w:p>{}</w:p>", runs.join("<w:r><w:tab/></w:r>"))
}

/// A text as a printed PDF.
pub(crate) fn print(text: &str) -> Vec<u8> {
    pdf(&streams(text))
}

/// Texts of pages as a PDF.
pub(crate) fn printed(texts: &[String]) -> Vec<u8> {
    pdf(&texts.iter().flat_map(|t| streams(t)).collect::<Vec<_>>())
}

/// A page's text as the drawing instructions of one or more sheets.
fn streams(text: &str) -> Vec<String> {
    let lines: Vec<String> = text.lines().flat_map(wrap).collect();
    lines.chunks(LINES).map(sheet).collect()
}

/// Breaks a line that is too long for the paper between words.
fn wrap(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    if line.chars().count() <= LETTERS {
        return vec![line.to_owned()];
    }
    for word in line.split(' ') {
        let last = out.last().map_or(0, |l| l.chars().count());
        if last > 0 && last + 1 + word.chars().count() > LETTERS {
            out.push(String::new());
        }
        if let Some(last) = out.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    out
}

/// Draws lines: cells (parted by two or more spaces) start where they stand on the line.
fn sheet(lines: &[String]) -> String {
    let mut out = String::new();
    for (row, line) in lines.iter().enumerate() {
        let y = 742.0 - 12.0 * row as f32;
        let mut column = 0;
        for cell in line.split("  ") {
            let start = column + cell.chars().take_while(|c| *c == ' ').count();
            let text = cell.trim();
            if !text.is_empty() {
                let x = 60.0 + 5.15 * start as f32;
                out.push_str(&format!("BT /F1 {SIZE} Tf {x} {y} Td <{}> Tj ET\n", hex(text)));
            }
            column += cell.chars().count() + 2;
        }
    }
    out
}

/// Letters in the encoding of the font, windows-1252.
fn hex(text: &str) -> String {
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn pdf(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 4 + 2 * i)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for (index, content) in pages.iter().enumerate() {
        let contents = 5 + 2 * index;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {contents} 0 R >>"
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut out = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    places.iter().for_each(|p| out.push_str(&format!("{p:010} 00000 n \n")));
    out.push_str(&format!("trailer\n<< /Root 1 0 R /Size {} >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

/// A page held a little askew under a lamp: turned, shaded towards one corner, noisy, saved as a small JPEG.
fn photo(png: &[u8], seed: usize) -> Result<Vec<u8>, String> {
    let page = image::load_from_memory(png).map_err(|e| e.to_string())?.into_luma8();
    let (width, height) = page.dimensions();
    let angle = if seed.is_multiple_of(2) { 1.7f32 } else { -2.3 }.to_radians();
    let (sin, cos) = angle.sin_cos();
    let mut noise = 0x9e37_79b9_u32.wrapping_mul(seed as u32 + 1);
    let picture = GrayImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - width as f32 / 2.0, y as f32 - height as f32 / 2.0);
        let (sx, sy) = (dx * cos - dy * sin + width as f32 / 2.0, dx * sin + dy * cos + height as f32 / 2.0);
        let paper = if sx >= 0.0 && sy >= 0.0 && (sx as u32) < width && (sy as u32) < height {
            f32::from(page.get_pixel(sx as u32, sy as u32).0[0])
        } else {
            255.0
        };
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let shade = 0.95 - 0.45 * (x as f32 / width as f32) * (y as f32 / height as f32);
        let ink = 40.0 + paper * 0.8;
        Luma([(ink * shade + (noise % 25) as f32 - 12.0).clamp(0.0, 255.0) as u8])
    });
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(picture).write_to(&mut out, ImageFormat::Jpeg).map_err(|e| e.to_string())?;
    Ok(out.into_inner())
}
