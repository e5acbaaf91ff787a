//! Small files made on the spot; every name in them is invented.
#![allow(dead_code, clippy::unwrap_used)]

/// A PDF of one page per content stream, with Helvetica as /F1.
pub(crate) fn pdf(pages: &[&str]) -> Vec<u8> {
    pdf_with(pages, "", &[])
}

/// The same with more page keys (`/Rotate 90`, `/Annots [20 0 R]`) and more objects, numbered from 20.
pub(crate) fn pdf_with(pages: &[&str], page_keys: &str, more: &[&str]) -> Vec<u8> {
    let mut objects: Vec<(usize, String)> = vec![(1, "<< /Type /Catalog /Pages 2 0 R >>".into())];
    let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 100 + 2 * i)).collect();
    objects.push((2, format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len())));
    objects.push((3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into()));
    for (i, text) in more.iter().enumerate() {
        objects.push((20 + i, (*text).to_owned()));
    }
    for (i, content) in pages.iter().enumerate() {
        let page = 100 + 2 * i;
        objects.push((page, format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R {page_keys} >>",
            page + 1
        )));
        objects.push((page + 1, format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())));
    }
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, body) in &objects {
        places.push((*number, out.len()));
        out.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let start = out.len();
    out.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, place) in &places {
        out.extend(format!("{number} 1\n{place:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer\n<< /Root 1 0 R /Size 1000 >>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// Lines of text as a content stream: (left, distance from the bottom, size, text).
pub(crate) fn lines(lines: &[(f32, f32, f32, &str)]) -> String {
    lines
        .iter()
        .map(|(x, y, size, text)| {
            let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            format!("BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n")
        })
        .collect()
}

/// A zip archive of the given files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A DOCX whose document body is the given XML.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())])
}

/// Numbers that look random and are the same on every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// A file with a few things wrong: bits turned, parts lost, doubled or moved, numbers blown up, its end cut off.
pub(crate) fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..1 + dice.roll(6) {
        if out.is_empty() {
            break;
        }
        let at = dice.roll(out.len());
        let end = (at + 1 + dice.roll(64)).min(out.len());
        match dice.roll(8) {
            0 => out[at] ^= 1 << dice.roll(8),
            1 => out[at] = dice.roll(256) as u8,
            2 => drop(out.drain(at..end)),
            3 => {
                let part = out[at..end].to_vec();
                out.splice(at..at, part);
            }
            4 => out.truncate(at),
            5 => {
                let part = out[at..end].to_vec();
                let to = dice.roll(out.len());
                out.splice(to..to, part);
            }
            6 => {
                if let Some(digit) = out.iter().skip(at).position(u8::is_ascii_digit) {
                    out.splice(at + digit..at + digit, *b"99999");
                }
            }
            _ => out[at..end].fill(b"\0\xff {}<>&\\"[dice.roll(9)]),
        }
    }
    out
}

/// How long to go on breaking files, in seconds: 2, or `CORROBORATE_FUZZ_SECONDS`.
pub(crate) fn fuzz_seconds() -> u64 {
    std::env::var("CORROBORATE_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(2)
}
