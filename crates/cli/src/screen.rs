//! The terminal: calm lines, colour only where a terminal shows it, nothing a letter could smuggle in.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::failure::Failure;

/// A heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// Something good, or done.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Something to look at.
pub(crate) const CARE: Style = AnsiColor::Yellow.on_default();
/// Something in the way.
pub(crate) const STOP: Style = AnsiColor::Red.on_default();
/// Sources and asides.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// Why standard output could not take the answer; the first complaint is kept, nothing panics.
static COMPLAINT: Mutex<Option<std::io::Error>> = Mutex::new(None);
/// Whether anything was put on standard output.
static SPOKEN: AtomicBool = AtomicBool::new(false);

/// A line on standard output.
macro_rules! say {
    () => { $crate::screen::put(format_args!("\n")) };
    ($($words:tt)*) => { $crate::screen::put(format_args!("{}\n", format_args!($($words)*))) };
}
/// Text on standard output as it is.
macro_rules! show {
    ($($words:tt)*) => { $crate::screen::put(format_args!($($words)*)) };
}
/// A line on standard error: progress and warnings. Whether anybody reads it does not matter to the answer.
macro_rules! note {
    ($($words:tt)*) => { $crate::screen::aside(format_args!($($words)*)) };
}

/// Puts text on standard output. A full disk or a reader who went away is remembered for [`finish`].
pub(crate) fn put(words: Arguments<'_>) {
    SPOKEN.store(true, Ordering::Relaxed);
    if let Err(error) = anstream::stdout().lock().write_fmt(words) {
        remember(error);
    }
}

/// Puts a line on standard error.
pub(crate) fn aside(words: Arguments<'_>) {
    let _ = writeln!(anstream::stderr().lock(), "{words}");
}

fn remember(error: std::io::Error) {
    if let Ok(mut first) = COMPLAINT.lock() {
        first.get_or_insert(error);
    }
}

/// Whether anything was said on standard output so far.
pub(crate) fn spoken() -> bool {
    SPOKEN.load(Ordering::Relaxed)
}

/// Says whether the whole answer reached standard output. A reader who closed the pipe has seen enough: no failure.
pub(crate) fn finish() -> Result<(), Failure> {
    if let Err(error) = std::io::stdout().flush() {
        remember(error);
    }
    match COMPLAINT.lock().ok().and_then(|mut first| first.take()) {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::input("standard output", format!("the answer could not be written: {error}"))
                .hint("check the space left where the output goes"))
        }
        _ => Ok(()),
    }
}

/// Prints one JSON document on standard output.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::ours(format!("the answer could not be written as JSON: {e}")))?;
    say!("{text}");
    Ok(())
}

/// Text from a document made harmless for a terminal: control characters and direction marks are left out, long
/// words and long texts are cut with an ellipsis.
pub(crate) fn tame(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        {
            continue;
        }
        if space {
            out.push(' ');
            count += 1;
            space = false;
        }
        if count >= most {
            out.push('…');
            break;
        }
        out.push(c);
        count += 1;
    }
    out
}

/// A heading line with an empty line above.
pub(crate) fn heading(text: &str) {
    say!("\n{HEADING}{text}{HEADING:#}");
}

/// Wraps text to the width of a page: the first line after the indent as given, the others under it.
pub(crate) fn wrapped(indent: &str, text: &str) {
    wrapped_to(indent, text, 92, Style::new());
}

fn wrapped_to(indent: &str, text: &str, edge: usize, style: Style) {
    let width = edge.saturating_sub(indent.chars().count());
    let under = " ".repeat(indent.chars().count());
    let mut lead = indent;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            say!("{lead}{style}{line}{style:#}");
            lead = &under;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        say!("{lead}{style}{line}{style:#}");
    }
}

/// What a statement rests on, in small print.
pub(crate) fn sources(indent: &str, authorities: &[cite::Authority]) {
    if authorities.is_empty() {
        return;
    }
    say!("{indent}{QUIET}{}{QUIET:#}", cites(authorities));
}

/// The same in the language of the knowledge base.
pub(crate) fn sources_in(indent: &str, authorities: &[cite::Authority], kb: &kb::Kb) {
    if authorities.is_empty() {
        return;
    }
    say!("{indent}{QUIET}{}{QUIET:#}", cites_in(authorities, kb));
}

/// [`cites`] in the language of the knowledge base.
pub(crate) fn cites_in(authorities: &[cite::Authority], kb: &kb::Kb) -> String {
    each_cite(authorities, |cite, open| match open {
        true => kb.index().sentences().say("page_unconfirmed", &[("cite", cite)]),
        false => cite.to_owned(),
    })
}

/// Citations in a line, each once; one that is not confirmed, in whichever of its places, says so.
pub(crate) fn cites(authorities: &[cite::Authority]) -> String {
    each_cite(authorities, |cite, open| format!("{cite}{}", if open { " (not yet confirmed)" } else { "" }))
}

fn each_cite(authorities: &[cite::Authority], told: impl Fn(&str, bool) -> String) -> String {
    let mut all: Vec<(&str, bool)> = Vec::new();
    for authority in authorities {
        let open = authority.confidence == Some(cite::Confidence::Unverified);
        match all.iter_mut().find(|(cite, _)| *cite == authority.cite) {
            Some((_, unconfirmed)) => *unconfirmed |= open,
            None => all.push((&authority.cite, open)),
        }
    }
    all.iter().map(|(cite, open)| told(cite, *open)).collect::<Vec<_>>().join("; ")
}

/// The width of a label that is a few words long.
const LABEL: usize = 40;

/// A row whose label is a few words long; a long value goes on under itself.
pub(crate) fn labelled(label: &str, value: &str) {
    wrapped_to(&format!("  {label:<LABEL$} "), value, 110, Style::new());
}

/// Under such a row: where the value comes from.
pub(crate) fn labelled_aside(words: &str) {
    wrapped_to(&" ".repeat(LABEL + 3), words, 110, QUIET);
}

/// A day as a person writes it: `October 15, 2026 (Thursday)`.
pub(crate) fn day(date: calendar::Date) -> String {
    date.strftime("%B %-d, %Y (%A)").to_string()
}

/// Cents in whole dollars, with the cents where there are some: `$1,960`, `$200.50`.
pub(crate) fn dollars(cents: i64) -> String {
    let whole = cents.unsigned_abs() / 100;
    let mut digits = whole.to_string();
    for at in (1..digits.len()).rev().filter(|at| (digits.len() - at).is_multiple_of(3)).collect::<Vec<_>>() {
        digits.insert(at, ',');
    }
    match cents.unsigned_abs() % 100 {
        0 => format!("${digits}"),
        rest => format!("${digits}.{rest:02}"),
    }
}

/// Missing facts in words: `the date on the letter (event.notice_dated)`.
pub(crate) fn missing(facts: &[String], kb: &kb::Kb) -> String {
    let words = kb.index().vocabulary();
    let told = |fact: &String| match fact.strip_prefix("event.").and_then(|e| words.event.get(e)) {
        Some(event) => format!("{} ({fact})", event.label),
        None => fact.clone(),
    };
    facts.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// A moment written as RFC 3339, as a person writes it: `November 26, 2026 (Thursday), 12:00 noon`. The clock is that of
/// the place the offset stands for; a text that is no moment is shown as it is.
pub(crate) fn moment(text: &str) -> String {
    let Some((date, time)) = text.get(..10).and_then(|d| d.parse().ok()).zip(text.get(11..16)) else {
        return text.to_string();
    };
    let hour = time.get(..2).and_then(|h| h.parse::<u8>().ok()).unwrap_or(0);
    let minute = time.get(3..).unwrap_or("00");
    let clock = match (hour, minute) {
        (12, "00") => "12:00 noon".to_string(),
        (0, "00") => "midnight at the beginning of the day".to_string(),
        (0, m) => format!("12:{m} a.m."),
        (h @ 1..=11, m) => format!("{h}:{m} a.m."),
        (12, m) => format!("12:{m} p.m."),
        (h, m) => format!("{}:{m} p.m.", h.saturating_sub(12)),
    };
    format!("{}, {clock}", day(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_marks_do_not_reach_the_terminal() {
        assert_eq!(tame("a\u{1b}[31mred\u{202e}x\n y", 80), "a[31mredx y");
    }

    #[test]
    fn a_moment_is_told_as_a_person_says_it() {
        let cases = [
            ("2026-11-26T12:00:00-05:00", "November 26, 2026 (Thursday), 12:00 noon"),
            ("2026-11-26T16:05:00-08:00", "November 26, 2026 (Thursday), 4:05 p.m."),
            ("2026-11-26T00:30:00Z", "November 26, 2026 (Thursday), 12:30 a.m."),
            ("soon", "soon"),
        ];
        for (text, told) in cases {
            assert_eq!(moment(text), told);
        }
    }

    #[test]
    fn a_citation_stands_once_and_says_when_it_is_not_confirmed() {
        let law = |cite: &str, confidence| cite::Authority { confidence, ..cite::Authority::new(cite) };
        let open = Some(cite::Confidence::Unverified);
        let all = [law("29 CFR 1", None), law("42 CFR 2", None), law("42 CFR 2", open), law("29 CFR 1", None)];
        assert_eq!(cites(&all), "29 CFR 1; 42 CFR 2 (not yet confirmed)");
    }

    #[test]
    fn dollars_have_groups_and_cents_where_there_are_some() {
        for (cents, told) in [(0, "$0"), (20_000, "$200"), (196_000, "$1,960"), (123_456_789, "$1,234,567.89")] {
            assert_eq!(dollars(cents), told);
        }
    }

    #[test]
    fn a_long_word_is_cut() {
        assert_eq!(tame(&"x".repeat(10_000), 10), format!("{}…", "x".repeat(10)));
    }
}
