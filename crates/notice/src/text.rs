//! A page's text as words, lines with their cells, and sentences. Byte offsets always are those of the page's text.

use crate::phrase::fold_word;

/// A word of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The word folded for comparison.
    pub(crate) norm: String,
    pub(crate) line: usize,
    pub(crate) sentence: usize,
    pub(crate) has_digit: bool,
    /// Whether it begins with a capital letter.
    pub(crate) capital: bool,
}

/// A run of text on a line between wide gaps: what a reader sees as one cell of a form or table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Column of its first and after its last character, in characters from the left.
    pub(crate) left: usize,
    pub(crate) right: usize,
}

/// A line without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) cells: Vec<Cell>,
}

/// The page cut up.
#[derive(Debug, Clone)]
pub(crate) struct PageText<'a> {
    pub(crate) text: &'a str,
    pub(crate) lines: Vec<Line>,
    pub(crate) tokens: Vec<Token>,
}

impl<'a> PageText<'a> {
    /// Cuts up a page. `abbreviations` (folded) do not end a sentence.
    pub(crate) fn new(text: &'a str, abbreviations: &[String]) -> Self {
        let lines = lines(text);
        let mut page = PageText { text, lines, tokens: Vec::new() };
        page.tokens = page.words();
        page.mark_sentences(abbreviations);
        page
    }

    /// The text between two byte offsets; empty when they do not fit.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The text of the tokens `from..to`.
    pub(crate) fn between(&self, from: usize, to: usize) -> &'a str {
        match (self.tokens.get(from), to.checked_sub(1).and_then(|i| self.tokens.get(i))) {
            (Some(a), Some(b)) => self.slice(a.start, b.end),
            _ => "",
        }
    }

    /// The text after a token, up to the next token (or the end of the page).
    pub(crate) fn gap_after(&self, token: usize) -> &'a str {
        let Some(t) = self.tokens.get(token) else { return "" };
        self.slice(t.end, self.tokens.get(token + 1).map_or(self.text.len(), |n| n.start))
    }

    /// The first token that begins at or after a byte offset.
    pub(crate) fn token_at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|t| t.start < offset)
    }

    /// The line that holds a byte offset.
    pub(crate) fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|l| l.end < offset).min(self.lines.len().saturating_sub(1))
    }

    /// The tokens of the sentence a token belongs to (end excluded).
    pub(crate) fn sentence_of(&self, token: usize) -> (usize, usize) {
        let Some(t) = self.tokens.get(token) else { return (0, 0) };
        self.sentence_tokens(t.sentence)
    }

    /// The tokens of a sentence (end excluded).
    pub(crate) fn sentence_tokens(&self, sentence: usize) -> (usize, usize) {
        let from = self.tokens.partition_point(|x| x.sentence < sentence);
        let to = self.tokens.partition_point(|x| x.sentence <= sentence);
        (from, to)
    }

    /// Byte range of a sentence, its closing mark included.
    pub(crate) fn sentence_span(&self, sentence: usize) -> (usize, usize) {
        let (from, to) = self.sentence_tokens(sentence);
        let (Some(a), Some(b)) = (self.tokens.get(from), to.checked_sub(1).and_then(|i| self.tokens.get(i))) else {
            return (0, 0);
        };
        let tail = self.slice(b.end, self.text.len());
        let close: usize =
            tail.chars().take_while(|c| matches!(c, '.' | '!' | '?' | '"' | '”' | ')')).map(char::len_utf8).sum();
        (a.start, b.end + close)
    }

    fn words(&self) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            let mut at = line.start;
            while let Some((start, end)) = next_word(self.text, at, line.end) {
                at = end;
                self.push_word(&mut tokens, start, end, number);
            }
        }
        tokens
    }

    /// Adds a word, joining what belongs together: `date(s)`, `pre-certification`, and a word broken at a line end.
    fn push_word(&self, tokens: &mut Vec<Token>, start: usize, end: usize, line: usize) {
        let word = self.slice(start, end);
        if let Some(last) = tokens.last_mut() {
            let gap = self.text.get(last.end..start).unwrap_or(" ");
            if gap == "(" && matches!(word, "s" | "es") && self.text.get(end..).is_some_and(|t| t.starts_with(')')) {
                last.end = end + 1;
                return;
            }
            // "N.º de afiliado"
            if matches!(last.norm.as_str(), "n" | "num") && gap == "." && matches!(word, "º" | "°" | "o" | "ª") {
                last.end = end;
                last.norm = fold_word("no");
                return;
            }
            let joins = matches!(last.norm.as_str(), "pre" | "non" | "re" | "co") && gap == "-";
            let broken = gap.starts_with('-')
                && gap.contains('\n')
                && gap.trim_start_matches('-').trim().is_empty()
                && !last.has_digit
                && word.chars().next().is_some_and(char::is_lowercase);
            if joins || broken {
                last.norm = fold_word(&format!("{}{word}", self.text.get(last.start..last.end).unwrap_or("")));
                last.end = end;
                last.line = line;
                return;
            }
        }
        tokens.push(Token {
            start,
            end,
            norm: fold_word(word),
            line,
            sentence: 0,
            has_digit: word.bytes().any(|b| b.is_ascii_digit()),
            capital: word.chars().next().is_some_and(char::is_uppercase) || is_misread_i(word),
        });
    }

    fn mark_sentences(&mut self, abbreviations: &[String]) {
        let widths = self.widths();
        let mut sentence = 0;
        for i in 0..self.tokens.len() {
            let widest = i.checked_sub(1).and_then(|b| self.tokens.get(b)).and_then(|t| widths.get(t.line));
            if i > 0 && self.breaks_before(i, abbreviations, widest.copied().unwrap_or(0)) {
                sentence += 1;
            }
            if let Some(t) = self.tokens.get_mut(i) {
                t.sentence = sentence;
            }
        }
    }

    /// How wide a line can be: as the widest of the page, or of its own paragraph where that is narrow and its sentences run on
    /// from line to line (a column, a letter in a box). In an address or a form no line begins with a small letter.
    fn widths(&self) -> Vec<usize> {
        /// The least lines of a paragraph that begin in the middle of a sentence.
        const RUN_ON: usize = 2;
        let width = |l: &Line| l.cells.first().map_or(0, |c| l.end - c.start);
        let widest = self.lines.iter().map(|l| l.end - l.start).max().unwrap_or(0);
        let mut out = vec![widest; self.lines.len()];
        let mut at = 0;
        while at < self.lines.len() {
            let block = self.lines.iter().skip(at).take_while(|l| l.cells.len() == 1);
            let block: Vec<&Line> = block.collect();
            let small = |l: &&&Line| self.slice(l.start, l.end).trim_start().starts_with(char::is_lowercase);
            let run_ons = block.iter().skip(1).filter(small).count();
            if run_ons >= RUN_ON && run_ons * 4 >= block.len() {
                let own = block.iter().map(|l| width(l)).max().unwrap_or(widest);
                out.iter_mut().skip(at).take(block.len()).for_each(|w| *w = own.min(widest));
            }
            at += block.len().max(1);
        }
        out
    }

    fn breaks_before(&self, i: usize, abbreviations: &[String], widest: usize) -> bool {
        let (Some(a), Some(b)) = (self.tokens.get(i - 1), self.tokens.get(i)) else { return true };
        let gap = self.slice(a.end, b.start);
        if a.line != b.line && self.line_breaks(a, b, gap, widest) {
            return true;
        }
        if a.line == b.line && gap.contains("   ") && !gap.trim_start().starts_with(':') {
            return true;
        }
        let opens = b.capital || b.has_digit;
        ends_sentence(gap)
            && opens
            && !self.is_list_number(a)
            && !(gap.starts_with('.') && self.is_abbreviation(a, b, abbreviations))
    }

    fn line_breaks(&self, a: &Token, b: &Token, gap: &str, widest: usize) -> bool {
        if gap.matches('\n').count() > 1 || gap.contains(['•', '·', '▪', '●', '*', '☐', '□']) {
            return true;
        }
        let lead = gap.rsplit('\n').next().unwrap_or("").trim();
        if matches!(lead, "-" | "–" | "—") {
            return true;
        }
        let after = self.text.get(b.end..).unwrap_or("");
        // "1. Pain", "b) six weeks"; "approval of the / U.S. Food and Drug Administration" is no list
        let dotted = after.strip_prefix(['.', ')']).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        let numbered = b.end - b.start <= 2 && dotted && (b.has_digit || b.end - b.start == 1);
        if numbered || (gap.contains('(') && b.end - b.start <= 2 && after.starts_with(')')) {
            return true;
        }
        let line = self.lines.get(a.line);
        let short = line.is_some_and(|l| (l.end - l.start) * 10 < widest * 6);
        let row = line.is_some_and(|l| l.cells.len() > 1);
        let opens = b.capital || b.has_digit;
        opens && (short || row || gap.trim_start().starts_with(':'))
    }

    /// `1.` or `a)` at the beginning of its line.
    fn is_list_number(&self, token: &Token) -> bool {
        let lead = self.lines.get(token.line).map_or("", |l| self.slice(l.start, token.start));
        token.end - token.start <= 2
            && (token.has_digit || token.end - token.start == 1)
            && !lead.contains(char::is_alphanumeric)
    }

    fn is_abbreviation(&self, a: &Token, b: &Token, abbreviations: &[String]) -> bool {
        let word = self.slice(a.start, a.end);
        let initial = word.chars().count() == 1 && a.capital && b.capital;
        let box_number = word.len() == 1 && b.norm == "box";
        initial || box_number || abbreviations.binary_search(&a.norm).is_ok()
    }
}

/// Whether the marks between two words end a sentence: a stop, then closing marks, then white space ("ed., 28" does not).
fn ends_sentence(gap: &str) -> bool {
    let Some(after) = gap.find(['.', '!', '?']).and_then(|p| gap.get(p + 1..)) else { return false };
    after.trim_start_matches(['.', '!', '?', '"', '”', '\'', '’', ')', ']']).starts_with(char::is_whitespace)
}

/// `lmaging`: text recognition read a capital I as a small l. No English or Spanish word begins with l and a consonant
/// other than l.
fn is_misread_i(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next() == Some('l')
        && chars.next().is_some_and(|c| c.is_ascii_uppercase() || c.is_ascii_lowercase() && !"aeiouylh".contains(c))
}

/// A word: letters and digits, with apostrophes inside it.
fn next_word(text: &str, from: usize, to: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..to)?;
    let start = from + rest.find(char::is_alphanumeric)?;
    let mut end = start;
    let mut chars = text.get(start..to)?.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let inner = matches!(c, '\'' | '’' | '\u{ad}' | '|') || unicode_normalization::char::is_combining_mark(c);
        if c.is_alphanumeric() {
            end = start + i + c.len_utf8();
        } else if !(inner && chars.peek().is_some_and(|(_, n)| n.is_alphabetic())) {
            break;
        }
    }
    Some((start, end))
}

/// The lines of a text with their cells.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut out = Vec::new();
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let body = raw.trim_end_matches(['\n', '\r']);
        out.push(Line { start, end: start + body.len(), cells: cells(body, start) });
        start += raw.len();
    }
    out
}

/// Cuts a line at tabs, at bars, and at runs of two or more blanks unless they only follow the end of a sentence. A bar
/// within a word is a misread letter, except on a line that begins with a bar.
fn cells(line: &str, offset: usize) -> Vec<Cell> {
    let ruled = line.trim_start().starts_with('|') && line.matches('|').count() >= 3;
    let mut out: Vec<Cell> = Vec::new();
    let mut open: Option<Cell> = None;
    let mut blanks = 0;
    let mut last = ' ';
    for (column, (i, c)) in line.char_indices().enumerate() {
        // a bullet between two blanks; text recognition leaves it as a full stop
        let stop = c == '.' && line.get(i + 1..).is_some_and(|rest| rest.starts_with(' '));
        let dot = (matches!(c, '·' | '•') || stop) && blanks > 0;
        if c.is_whitespace() || dot || (c == '|' && (ruled || blanks > 0 || !last.is_alphanumeric())) {
            let pause = matches!(last, '.' | '?' | '!' | ',' | ';') && blanks == 1;
            blanks += if dot || c == '\t' || c == '|' { 3 } else { 1 };
            if blanks >= 2 && !pause {
                out.extend(open.take());
            }
            continue;
        }
        let end = offset + i + c.len_utf8();
        match &mut open {
            Some(cell) => (cell.end, cell.right) = (end, column + 1),
            None => open = Some(Cell { start: offset + i, end, left: column, right: column + 1 }),
        }
        blanks = 0;
        last = c;
    }
    out.extend(open);
    out
}

/// White space runs to one blank, none at the ends. A word that a line's end breaks after its hyphen ("SUR-" and "118")
/// is whole again.
pub(crate) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|l| !l.is_empty()) {
        let broken = out.ends_with('-') && out.chars().rev().nth(1).is_some_and(char::is_alphanumeric);
        if !out.is_empty() && !broken {
            out.push(' ');
        }
        out.push_str(&line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_broken_after_its_hyphen_is_whole_again() {
        assert_eq!(tidy(" Policy SUR-\n  118  (2026) "), "Policy SUR-118 (2026)");
        assert_eq!(tidy("fusion -\nlumbar"), "fusion - lumbar");
    }

    fn sentences(text: &str) -> Vec<String> {
        let abbreviations = ["dr".to_owned(), "no".to_owned()];
        let page = PageText::new(text, &abbreviations);
        let count = page.tokens.last().map_or(0, |t| t.sentence + 1);
        (0..count).map(|s| page.sentence_span(s)).map(|(a, b)| tidy(page.slice(a, b))).collect()
    }

    #[test]
    fn sentences_end_at_stops_not_at_abbreviations_or_line_ends() {
        assert_eq!(
            sentences("We asked Dr. Lee for notes about the\nknee. None came, No. 7 aside. Why?\n\nNext"),
            ["We asked Dr. Lee for notes about the knee.", "None came, No. 7 aside.", "Why?", "Next"]
        );
    }

    #[test]
    fn list_items_are_sentences_of_their_own() {
        assert_eq!(
            sentences("The reasons:\n1. It is new\n2. It is far"),
            ["The reasons", "1. It is new", "2. It is far"]
        );
    }

    #[test]
    fn cells_are_cut_at_wide_gaps_tabs_and_bars() {
        let page = PageText::new("Member: Ana   ID: 7 | Group:\t9", &[]);
        let cells: Vec<&str> = page.lines[0].cells.iter().map(|c| page.slice(c.start, c.end)).collect();
        assert_eq!(cells, ["Member: Ana", "ID: 7", "Group:", "9"]);
    }

    #[test]
    fn words_broken_at_a_line_end_are_joined() {
        let page = PageText::new("one hun-\ndred, pre-certification of date(s)", &[]);
        let words: Vec<&str> = page.tokens.iter().map(|t| t.norm.as_str()).collect();
        assert_eq!(words, ["one", "hundred", "precertification", "of", "date"]);
    }
}
