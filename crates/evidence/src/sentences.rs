//! A page cut into sentences with their byte spans.

/// A sentence on a page: byte range, trimmed.
pub(crate) fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let end = match c {
            '.' | '?' | '!' => at + 1 + closing(text, at + 1),
            '\n' if is_break(text, at) => at,
            _ => continue,
        };
        if c == '.' && end == at + 1 && (!ends_sentence(text, at, bytes) || cite::stop_inside(text, at)) {
            continue;
        }
        push(text, start, end, &mut found);
        start = end;
    }
    push(text, start, text.len(), &mut found);
    found
}

/// The length of the quotation mark that closes with a sentence: what follows "… is required.” She has" is another's words.
fn closing(text: &str, at: usize) -> usize {
    let mut after = text.get(at..).unwrap_or_default().chars();
    let mark = after.next().filter(|c| "\"”".contains(*c)).map_or(0, char::len_utf8);
    let opens = after.next().is_some_and(char::is_whitespace)
        && after.find(|c| !c.is_whitespace()).is_some_and(char::is_uppercase);
    if opens { mark } else { 0 }
}

fn push(text: &str, start: usize, end: usize, into: &mut Vec<(usize, usize)>) {
    let part = &text[start..end];
    let lead = part.len() - part.trim_start().len();
    let body = part.trim();
    if body.chars().any(char::is_alphanumeric) {
        into.push((start + lead, start + lead + body.len()));
    }
}

/// A line end is a break when an empty line, a list marker or a table row follows.
fn is_break(text: &str, at: usize) -> bool {
    let rest = &text[at + 1..];
    let line = rest.lines().next().unwrap_or("").trim_start();
    let previous = text[..at].lines().next_back().unwrap_or("");
    line.is_empty()
        || line.starts_with(['•', '-', '*', '▪', '●', '·'])
        || starts_with_marker(line)
        || previous.trim_end().ends_with(':')
        || (previous.chars().count() < 60 && line.chars().next().is_some_and(char::is_uppercase))
}

fn starts_with_marker(line: &str) -> bool {
    let marker: String = line.chars().take_while(|c| !c.is_whitespace()).collect();
    marker.len() <= 5 && marker.ends_with(['.', ')']) && marker.trim_matches(['(', ')', '.']).chars().count() <= 3
}

/// A full stop ends a sentence unless it belongs to a number, an initial or a short title.
fn ends_sentence(text: &str, at: usize, bytes: &[u8]) -> bool {
    if bytes.get(at + 1).is_some_and(|b| !b.is_ascii_whitespace()) {
        return false;
    }
    let word = text[..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    let lower = word.to_lowercase();
    let title = matches!(
        lower.as_str(),
        "dr" | "mr"
            | "ms"
            | "mrs"
            | "no"
            | "vs"
            | "dra"
            | "sr"
            | "sra"
            | "st"
            | "approx"
            | "e.g"
            | "i.e"
            | "fig"
            | "inc"
            | "jr"
    );
    !(title
        || (word.chars().count() == 1 && word.chars().all(char::is_uppercase))
        || (word.chars().all(|c| c.is_ascii_digit()) && word.len() <= 2 && line_start(text, at, word)))
}

fn line_start(text: &str, at: usize, word: &str) -> bool {
    text[..at - word.len()].chars().next_back().is_none_or(|c| c == '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_numbers_and_lists_are_kept_whole() {
        let text = "Dr. Okafor saw her. Movement was 6.5 mm.\n1. First item\n2. Second item";
        let found: Vec<&str> = sentences(text).iter().map(|(a, b)| &text[*a..*b]).collect();
        assert_eq!(found, ["Dr. Okafor saw her.", "Movement was 6.5 mm.", "1. First item", "2. Second item"]);
    }

    #[test]
    fn the_words_of_another_end_with_their_quotation_mark() {
        let text = "You wrote that \"coverage requires a trial.\" She has had none (see Minn. Stat. 62A.043).";
        let found: Vec<&str> = sentences(text).iter().map(|(a, b)| &text[*a..*b]).collect();
        assert_eq!(
            found,
            ["You wrote that \"coverage requires a trial.\"", "She has had none (see Minn. Stat. 62A.043)."]
        );
    }
}
