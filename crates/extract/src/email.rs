//! An e-mail → its text, and its attachments as further documents.

use facts::{Finding, Page, TextFrom};
use mail_parser::{Address, MessageParser, MimeHeaders};

use crate::draft::Draft;
use crate::{ExtractError, Options, html, plain, sniff};

/// The most attachments of one e-mail that are read.
const MOST_ATTACHMENTS: usize = 100;

/// Reads an e-mail: its own text first, then its attachments. `depth` is how many e-mails it lies inside of.
pub(crate) fn read(name: &str, bytes: &[u8], options: &Options, depth: usize) -> Result<Vec<Draft>, ExtractError> {
    let Some(message) = MessageParser::default().parse(bytes) else { return Ok(vec![plain::read(bytes)]) };
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        if !value.trim().is_empty() {
            text.push_str(&format!("{label}: {}\n", value.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    };
    line("From", people(message.from()));
    line("To", people(message.to()));
    line("Cc", people(message.cc()));
    line("Date", message.date().map(|d| d.to_rfc822()).unwrap_or_default());
    line("Subject", message.subject().unwrap_or_default().to_owned());
    text.push('\n');
    text.push_str(&body(&message));
    let mut main = Draft::new(TextFrom::Email, vec![Page::from_text(text.trim_end())]);
    let mut drafts = Vec::new();
    for (number, part) in message.attachments().enumerate().take(MOST_ATTACHMENTS) {
        let named = part.attachment_name().map_or_else(|| format!("attachment {}", number + 1), str::to_owned);
        let nested = part.message().map(|m| m.raw_message().to_vec());
        let contents = nested.as_deref().unwrap_or_else(|| part.contents());
        match attachment(&named, contents, options, depth) {
            Ok(found) => drafts.extend(found),
            Err(e) => main.document.findings.push(Finding::new("attachment_not_read", e.message).about(named)),
        }
    }
    if message.attachments().count() > MOST_ATTACHMENTS {
        let text = format!("{name} has more than {MOST_ATTACHMENTS} attachments; the rest was not read.");
        main.document.findings.push(Finding::new("attachment_not_read", text));
    }
    drafts.insert(0, main);
    Ok(drafts)
}

fn attachment(name: &str, bytes: &[u8], options: &Options, depth: usize) -> Result<Vec<Draft>, ExtractError> {
    if depth >= 4 {
        return Err(ExtractError::not_supported(
            name,
            "lies too deep inside other e-mails. Save it and add it by itself.",
        ));
    }
    if sniff(bytes) == sniff::Kind::Heic {
        return Err(ExtractError::not_supported(
            name,
            "is a HEIC photo inside an e-mail. Save it and add it by itself.",
        ));
    }
    crate::parse_at(name, bytes, options, depth + 1)
}

/// The text a reader sees: the plain part, else the visible text of the HTML part.
fn body(message: &mail_parser::Message<'_>) -> String {
    let plain = (0..message.text_body_count()).filter_map(|n| message.body_text(n)).collect::<Vec<_>>().join("\n");
    // A mail of HTML alone gets its plain text made from it; ours keeps tables.
    let has_plain = message.text_part(0).is_some_and(|p| !p.is_text_html());
    if has_plain && !plain.trim().is_empty() {
        return plain.replace("\r\n", "\n");
    }
    (0..message.html_body_count())
        .filter_map(|n| message.body_html(n))
        .map(|h| html::visible_text(&h))
        .collect::<Vec<_>>()
        .join("\n")
}

fn people(address: Option<&Address<'_>>) -> String {
    let Some(address) = address else { return String::new() };
    address
        .iter()
        .map(|a| match (a.name(), a.address()) {
            (Some(name), Some(at)) => format!("{name} <{at}>"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => String::new(),
        })
        .collect::<Vec<_>>()
        .join(", ")
}
