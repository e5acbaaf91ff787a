//! E-mail, RTF and HTML through the front door. All content is invented.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used)]

mod common;

use common::{lines, pdf};
use extract::{Options, extract, extract_all};
use facts::TextFrom;

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .map(|c| {
            let n = c.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - c.len()));
            (0..4)
                .map(|i| if i <= c.len() { char::from(LETTERS[(n >> (18 - 6 * i)) as usize & 63]) } else { '=' })
                .collect::<String>()
        })
        .collect()
}

#[test]
fn an_email_and_its_attachments() {
    let letter = pdf(&[&lines(&[(72.0, 700.0, 11.0, "Claim 55-1029 is denied")])]);
    let mail = format!(
        "From: Plan Appeals <appeals@plan.example>\r\nTo: Ana Example <ana@example.org>\r\nSubject: =?utf-8?Q?Su_decisi=C3=B3n?=\r\n\
         Date: Thu, 15 Oct 2026 09:00:00 -0400\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease see the attached letter.\r\n\
         --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"letter.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
         --b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\"x.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        base64(&letter),
        base64(b"PK\x03\x04 nothing here")
    );
    let documents = extract_all("mail.eml", mail.as_bytes(), &Options::default()).unwrap();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0].text_from, TextFrom::Email);
    let text = documents[0].text();
    assert!(text.contains("Subject: Su decisión") && text.contains("Please see the attached letter."), "{text}");
    assert!(text.contains("From: Plan Appeals <appeals@plan.example>"), "{text}");
    assert_eq!((documents[1].name.as_str(), documents[1].text_from), ("letter.bin", TextFrom::PdfText));
    assert_eq!(documents[1].text(), "Claim 55-1029 is denied");
    assert_eq!(documents[0].findings[0].code, "attachment_not_read");
    assert_eq!(documents[0].findings[0].about.as_deref(), Some("x.zip"));
}

#[test]
fn an_html_mail_keeps_its_table() {
    let mail = "From: a@plan.example\r\nSubject: EOB\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Hello</p><table><tr><td>Billed</td><td>$5</td></tr></table>";
    let text = extract("mail.eml", mail.as_bytes(), &Options::default()).unwrap().text();
    assert!(text.contains("Billed   $5"), "{text}");
}

#[test]
fn rich_text_and_web_pages_by_their_bytes() {
    let rtf = extract("letter.doc", b"{\\rtf1\\ansi We deny your claim.\\par Sincerely}", &Options::default()).unwrap();
    assert_eq!((rtf.text_from, rtf.text().as_str()), (TextFrom::Rtf, "We deny your claim.\nSincerely"));
    let html =
        b"<html><head><meta charset=\"windows-1252\"></head><body><p>Se\xf1ora, su apelaci\xf3n</p></body></html>";
    let html = extract("letter.txt", html, &Options::default()).unwrap();
    assert_eq!((html.text_from, html.text().as_str()), (TextFrom::Html, "Señora, su apelación"));
}

#[test]
fn tables_of_word_files_and_texts_with_tabs_keep_their_columns() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |cells: &[&str]| format!("<w:tr>{}</w:tr>", cells.iter().map(|c| cell(c)).collect::<String>());
    let wide = format!(
        "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>Total</w:t></w:r></w:p></w:tc>{}</w:tr>",
        cell("$270.00")
    );
    let table = [row(&["Service", "Code", "Billed"]), row(&["Office visit", "", "$150.00"]), wide].concat();
    let word = common::docx(&format!("<w:tbl>{table}</w:tbl>"));
    let tabs = "Service\tCode\tBilled\nOffice visit\t\t$150.00\nTotal\t\t$270.00\n";
    for (name, bytes) in [("eob.docx", word.as_slice()), ("eob.txt", tabs.as_bytes())] {
        let text = extract(name, bytes, &Options::default()).unwrap().text();
        let lines: Vec<&str> = text.lines().collect();
        let at = |line: usize, word: &str| lines[line].find(word);
        assert!(at(0, "Billed").is_some(), "{name}: {text}");
        assert_eq!(at(0, "Billed"), at(1, "$150.00"), "{name}: {text}");
        assert_eq!(at(0, "Billed"), at(2, "$270.00"), "{name}: {text}");
    }
}

#[test]
fn a_table_that_the_file_breaks_off_keeps_the_rows_that_came() {
    let body = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Claim number E26-4471 was refused</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>cut";
    let options = Options { accept_damaged: true, ..Options::default() };
    let text = extract("cut.docx", &common::docx(body), &options).unwrap().text();
    assert!(text.contains("E26-4471") && text.contains("cut"), "{text}");
}

#[test]
fn a_text_of_more_pages_or_words_than_a_paper_has_is_named() {
    let options = Options { max_pages: 20, max_text: 1_000, ..Options::default() };
    let error = extract("pages.txt", "page\u{c}".repeat(30).as_bytes(), &options).unwrap_err();
    assert!(error.code == "too_large" && error.message.contains("30 pages"), "{}", error.message);
    let error = extract("long.txt", "words ".repeat(400).as_bytes(), &options).unwrap_err();
    assert!(error.code == "too_large" && error.message.contains("of text"), "{}", error.message);
    assert!(extract("short.txt", "words ".repeat(100).as_bytes(), &options).is_ok());
}
