//! The invented case and the outside tools.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::panic)]

use std::io::Write;
use std::process::{Command, Stdio};

use draft::{CriteriaRow, CriterionState, Inputs};
use facts::Case;
use opinion::{Check, ElementState, ReasonAnswered};
use rights::Entitlements;

pub struct World {
    pub case: Case,
    pub entitlements: Entitlements,
    pub check: Option<Check>,
    pub criteria: Vec<CriteriaRow>,
    pub kb: kb::Kb,
}

pub fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 25)
}

/// A knowledge base without rules: what says how names stand in a sentence, and no more.
fn words_of_names() -> kb::Kb {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    for name in ["opinions/names.toml", "opinions/words.toml", "codes/names.toml"] {
        let text = std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        files.push((name.to_string(), text));
    }
    kb::Kb::load(kb::Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

pub fn knee_world() -> World {
    let case = Case::parse(include_str!("../../../draft/tests/cases/knee.toml")).unwrap_or_else(|e| panic!("{e}"));
    let element = |element: &str, quote: &str, page| ElementState {
        element: element.into(),
        state: "present".into(),
        quote: Some(quote.into()),
        page: Some(page),
        ask: None,
    };
    let check = Check {
        outcome: "confirms".into(),
        outcome_quote: Some("I agree that total knee replacement is needed.".into()),
        outcome_page: Some(1),
        elements: vec![
            element("independence", "I have no tie to Dr. Prueba or to her practice.", 2),
            element(
                "question_and_answer",
                "Yes: total knee replacement is medically necessary and is the appropriate standard of care for this patient.",
                1,
            ),
            element(
                "standard_of_care",
                "Replacement after failed non-surgical care is the accepted standard for a joint in this state.",
                1,
            ),
            element(
                "harm_of_delay",
                "Each month of waiting costs muscle and makes the result of the operation less certain.",
                2,
            ),
            opinion::ElementState {
                element: "credentials".into(),
                state: "missing".into(),
                quote: None,
                page: None,
                ask: Some("Please state your board certification and its field.".into()),
            },
        ],
        reasons_answered: vec![ReasonAnswered {
            reason: "not_medically_necessary".into(),
            state: "answered".into(),
            quote: Some(
                "The joint space is gone on the weight-bearing film and walking is limited to one block.".into(),
            ),
            page: Some(1),
        }],
        hazards: vec![],
        attach: "recommended".into(),
        next: vec![],
        findings: vec![],
    };
    let row = |criterion: &str, state, exhibit: Option<&str>, quote: &str| CriteriaRow {
        criterion: criterion.into(),
        state,
        exhibit: exhibit.map(Into::into),
        page: exhibit.map(|_| 1),
        quote: exhibit.map(|_| quote.into()),
        also: None,
    };
    World {
        case,
        entitlements: Entitlements::empty(today()),
        check: Some(check),
        criteria: vec![
            row(
                "Pain that limits daily activity for at least six months",
                CriterionState::Met,
                Some("opinion.pdf"),
                "pain for eleven months, walking limited to one block",
            ),
            row(
                "Joint damage on a weight-bearing X-ray",
                CriterionState::Met,
                Some("xray.pdf"),
                "medial joint space narrowed to bone on bone contact",
            ),
            row(
                "At least twelve weeks of non-surgical treatment",
                CriterionState::Met,
                Some("therapy.pdf"),
                "24 visits from February to July",
            ),
        ],
        kb: words_of_names(),
    }
}

impl World {
    pub fn inputs(&self) -> Inputs<'_> {
        Inputs {
            case: &self.case,
            entitlements: &self.entitlements,
            plan: None,
            check: self.check.as_ref(),
            criteria: &self.criteria,
            supports: None,
            kb: &self.kb,
            today: today(),
            language: "en",
            stage: None,
        }
    }

    pub fn draft(&self, name: &str) -> draft::Document {
        draft::draft(name, &self.inputs()).unwrap_or_else(|e| panic!("{e}")).value
    }
}

/// Writes a result into $CORROBORATE_LOOK for a person to look at.
pub fn look(name: &str, pdf: &[u8]) {
    if let Ok(folder) = std::env::var("CORROBORATE_LOOK") {
        let _ = std::fs::write(format!("{folder}/{name}.pdf"), pdf);
    }
}

fn tool(program: &str, args: &[&str], input: &[u8]) -> Option<(bool, String)> {
    let folder = std::env::temp_dir().join(format!(
        "corroborate-{program}-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::create_dir_all(&folder).ok()?;
    let file = folder.join("in.pdf");
    std::fs::File::create(&file).and_then(|mut f| f.write_all(input)).ok()?;
    let args: Vec<String> = args.iter().map(|a| a.replace("IN", &file.to_string_lossy())).collect();
    let output = Command::new(program).args(&args).stdin(Stdio::null()).output();
    let _ = std::fs::remove_dir_all(&folder);
    let Ok(output) = output else {
        eprintln!("skipped: {program} is not installed");
        return None;
    };
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Some((output.status.success(), text))
}

/// `qpdf --check` finds nothing.
pub fn qpdf_check(pdf: &[u8]) {
    if let Some((ok, text)) = tool("qpdf", &["--check", "IN"], pdf) {
        assert!(ok && !text.contains("WARNING"), "{text}");
    }
}

/// The text of a PDF, pages parted by form feeds.
pub fn pdftotext(pdf: &[u8]) -> Option<String> {
    tool("pdftotext", &["-layout", "IN", "-"], pdf).map(|(_, text)| text)
}

/// A plain PDF with one page per text, written by hand as other programs write them.
pub fn pdf_of_pages(pages: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: String| {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{body}\nendobj\n", places.len()).into_bytes());
    };
    let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 4 + 2 * i)).collect();
    object(&mut out, "<< /Type /Catalog /Pages 2 0 R >>".into());
    object(
        &mut out,
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> >>",
            kids.join(" "),
            pages.len()
        ),
    );
    object(&mut out, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>".into());
    for (i, text) in pages.iter().enumerate() {
        object(&mut out, format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", 5 + 2 * i));
        let content = format!("BT /F 14 Tf 72 700 Td ({text}) Tj ET");
        object(&mut out, format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let xref = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    out.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n", places.len() + 1).into_bytes(),
    );
    out
}

/// The text of one member of a ZIP archive.
pub fn zip_member(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap_or_else(|e| panic!("{e}"));
    let mut member = archive.by_name(name).unwrap_or_else(|e| panic!("{e}"));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut member, &mut text).unwrap_or_else(|e| panic!("{e}"));
    text
}

/// Whether qpdf finds nothing; none without qpdf.
pub fn qpdf_is_clean(pdf: &[u8]) -> Option<bool> {
    tool("qpdf", &["--check", "IN"], pdf).map(|(ok, text)| ok && !text.contains("WARNING"))
}

/// The text of a PDF in content order, when poppler opens it.
pub fn pdf_text(pdf: &[u8]) -> Option<String> {
    tool("pdftotext", &["-q", "-raw", "IN", "-"], pdf).and_then(|(ok, text)| ok.then_some(text))
}

/// A form with a filled field, a field that has a value and no appearance, a hidden note, a script and an attachment.
pub fn filled_form() -> Vec<u8> {
    let stream =
        |dict: &str, content: &str| format!("<< {dict} /Length {} >>\nstream\n{content}\nendstream", content.len());
    pdf_of_objects(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 8 0 R] /DR << /Font << /F 3 0 R >> >> >> /OpenAction 9 0 R /Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >> >>".into(),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 612 792] >>".into(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
        "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F 3 0 R >> >> /Annots [6 0 R 8 0 R 12 0 R] /AA << /O 9 0 R >> >>".into(),
        stream("", "BT /F 12 Tf 72 700 Td (Name:) Tj ET"),
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ana Ejemplo) /Rect [120 690 320 712] /F 4 /AP << /N 7 0 R >> /P 4 0 R >>".into(),
        stream("/Type /XObject /Subtype /Form /BBox [0 0 200 22]", "/Tx BMC q BT /F 12 Tf 2 6 Td (Ana Ejemplo) Tj ET Q EMC"),
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (city) /V (Austin) /Rect [120 650 320 672] /F 4 /P 4 0 R >>".into(),
        "<< /S /JavaScript /JS (app.alert) >>".into(),
        "<< /Type /Filespec /F (a.txt) /EF << /F 11 0 R >> >>".into(),
        stream("/Type /EmbeddedFile", "secret attachment"),
        "<< /Type /Annot /Subtype /FreeText /Contents (hidden note) /Rect [120 600 320 622] /F 2 /AP << /N 7 0 R >> >>".into(),
    ])
}

/// A PDF of these objects, the first of which is the catalog.
pub fn pdf_of_objects(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (i, body) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{body}\nendobj\n", i + 1).into_bytes());
    }
    let xref = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
    places.iter().for_each(|p| out.extend(format!("{p:010} 00000 n \n").into_bytes()));
    out.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n", places.len() + 1).into_bytes(),
    );
    out
}

/// The same PDF locked with a password by qpdf (AES, 256 bits); none without qpdf.
pub fn locked(pdf: &[u8], password: &str) -> Option<Vec<u8>> {
    let folder = std::env::temp_dir().join(format!("corroborate-lock-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let (plain, locked) = (folder.join("plain.pdf"), folder.join("locked.pdf"));
    std::fs::write(&plain, pdf).ok()?;
    let status = Command::new("qpdf")
        .args(["--encrypt", password, "owner", "256", "--"])
        .arg(&plain)
        .arg(&locked)
        .status()
        .ok()?;
    let bytes = status.success().then(|| std::fs::read(&locked).ok()).flatten();
    let _ = std::fs::remove_dir_all(&folder);
    bytes
}

/// A gray TIFF of several pages, with so many dots per inch across and down.
pub fn tiff(width: u32, height: u32, (across, down): (u32, u32), pages: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for data in pages {
        let pixels = out.len() as u32;
        out.extend(data);
        out.resize(out.len().next_multiple_of(2), 0);
        let fractions = out.len() as u32;
        [across, 1, down, 1].iter().for_each(|n| out.extend(n.to_le_bytes()));
        let directory = out.len() as u32;
        out[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let entries: [(u16, u16, u32); 11] = [
            (256, 4, width),
            (257, 4, height),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, pixels),
            (277, 3, 1),
            (278, 4, height),
            (279, 4, data.len() as u32),
            (282, 5, fractions),
            (283, 5, fractions + 8),
        ];
        out.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, value) in entries {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(1u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        link = out.len();
        out.extend([0; 4]);
    }
    out
}

/// The first bytes of a gray PNG that says it has so many dots.
pub fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        let mut body = kind.to_vec();
        body.extend(data);
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(&body);
        let mut crc = u32::MAX;
        for byte in &body {
            crc ^= u32::from(*byte);
            (0..8).for_each(|_| crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 });
        }
        out.extend((!crc).to_be_bytes());
    };
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    head.extend([8, 0, 0, 0, 0]);
    chunk(b"IHDR", &head);
    chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]);
    chunk(b"IEND", &[]);
    out
}
