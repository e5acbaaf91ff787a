//! The heads of e-mails, which say who wrote to whom: no words of the letter. They are blanked out for reading; what is read
//! keeps its place.

use crate::data::holds;
use crate::phrase::fold_word;
use crate::words::Words;

/// The fewest lines of a head that stands inside a text: that of a message which was sent on.
const HEAD: usize = 3;

/// The text with the heads of its e-mails blanked out, byte for byte; `None` where there are none. `mail`: the paper is an
/// e-mail and begins with its head. What is of the letter stays: its day, the person it is for, a subject with a number.
pub(crate) fn without_heads(text: &str, mail: bool, words: &Words) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        let head: Vec<&str> = rest.iter().copied().take_while(|l| label(l, words).is_some()).collect();
        let named = |list: &[String]| head.iter().filter_map(|l| label(l, words)).any(|l| holds(list, &l));
        let sent_on = head.len() >= HEAD && named(&words.mail_subject) && head.iter().any(|l| l.contains('@'));
        if head.is_empty() || !(sent_on || mail && at == 0) {
            out.push_str(line);
            at += 1;
            continue;
        }
        for line in &head {
            let field = label(line, words).unwrap_or_default();
            let kept = holds(&words.mail_date, &field)
                || holds(&words.mail_to, &field) && !line.contains('@')
                || holds(&words.mail_subject, &field) && numbered(line);
            if kept { out.push_str(line) } else { out.push_str(&blank(line)) }
        }
        at += head.len();
    }
    (out != text).then_some(out)
}

/// The label that a line of a head begins with, folded.
fn label(line: &str, words: &Words) -> Option<String> {
    let label = line.split_once(':')?.0.trim_start_matches(['>', ' ', '*']).trim_end_matches(['*', ' ']);
    let label = label.split_whitespace().map(fold_word).collect::<Vec<_>>().join(" ");
    [&words.mail_head, &words.mail_subject, &words.mail_date].into_iter().any(|l| holds(l, &label)).then_some(label)
}

/// Whether a subject names a number: "Your claim CV-778120".
fn numbered(line: &str) -> bool {
    line.split_whitespace().any(|w| w.chars().filter(char::is_ascii_digit).count() > 3)
}

/// As many blanks as the line has bytes.
fn blank(line: &str) -> String {
    let mut out = " ".repeat(line.trim_end_matches('\n').len());
    out.extend(line.chars().filter(|c| *c == '\n'));
    out
}
