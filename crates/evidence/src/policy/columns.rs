//! Lines that hold more than one column: text set side by side is read one column after the other, and of a table whose
//! head names a column of criteria that column becomes a list.

use super::items::Row;
use crate::words::PolicyWords;

/// Fewest lines that must have the same gutter before a page counts as set in two columns.
const FEWEST_LINES: usize = 5;
/// A gutter stands between these columns of characters.
const GUTTER: std::ops::Range<usize> = 20..110;

/// A cell of a line: its text and the byte at which it begins in the line.
type Cell<'a> = (usize, &'a str);

/// Unfolds columns and tables.
pub(super) fn unfold<'a>(rows: Vec<Option<Row<'a>>>, words: &PolicyWords) -> Vec<Option<Row<'a>>> {
    let mut out = Vec::new();
    let mut page: Vec<Option<Row<'a>>> = Vec::new();
    let mut number = 1;
    for row in rows {
        if let Some(row) = &row
            && row.page != number
        {
            number = row.page;
            out.extend(of_page(std::mem::take(&mut page), words));
        }
        page.push(row);
    }
    out.extend(of_page(page, words));
    out
}

fn of_page<'a>(rows: Vec<Option<Row<'a>>>, words: &PolicyWords) -> Vec<Option<Row<'a>>> {
    match gutter(&rows) {
        Some(at) => side_by_side(rows, at),
        None if rows.iter().flatten().any(|r| head_of_table(r, words).is_some()) => tables(rows, words),
        None => rows,
    }
}

/// The column of characters at which the second of two columns of running text begins.
fn gutter(rows: &[Option<Row<'_>>]) -> Option<usize> {
    let lines: Vec<&Row<'_>> = rows.iter().flatten().collect();
    // Most pages have no gap within their lines: they are left at once.
    if lines.iter().filter(|r| r.body.contains("  ")).count() < FEWEST_LINES {
        return None;
    }
    let split = |at: usize| lines.iter().filter_map(move |r| halves(r, at)).collect::<Vec<_>>();
    let best = GUTTER.max_by_key(|at| split(*at).len())?;
    let found = split(best);
    let long = lines.iter().filter(|r| r.indent + r.body.chars().count() > best).count();
    // Running text goes on in small letters; cells of a table do not.
    let running = found.iter().filter(|(_, right)| right.1.starts_with(char::is_lowercase)).count();
    let enough = found.len() >= FEWEST_LINES && found.len() * 5 >= long * 3 && running * 3 >= found.len();
    enough.then_some(best)
}

/// The two halves of a line whose second begins exactly at a column, after two spaces.
fn halves<'a>(row: &Row<'a>, at: usize) -> Option<(&'a str, Cell<'a>)> {
    let (byte, _) = row.body.char_indices().nth(at.checked_sub(row.indent)?)?;
    let (left, right) = row.body.split_at(byte);
    let starts = left.ends_with("  ") && !right.starts_with(char::is_whitespace);
    (starts && !left.trim().is_empty()).then(|| (left.trim_end(), (byte, right)))
}

/// Left column, then right column; a line across both ends what stands beside each other.
fn side_by_side<'a>(rows: Vec<Option<Row<'a>>>, at: usize) -> Vec<Option<Row<'a>>> {
    let mut out = Vec::new();
    let (mut left, mut right): (Vec<Option<Row<'a>>>, Vec<Option<Row<'a>>>) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(row) = row else {
            left.push(None);
            right.push(None);
            continue;
        };
        match halves(&row, at) {
            Some((first, second)) => {
                right.push(Some(part(&row, second)));
                left.push(Some(part(&row, (0, first))));
            }
            None if row.indent >= at => right.push(Some(row)),
            None if row.indent + row.body.chars().count() <= at => left.push(Some(row)),
            None => {
                out.append(&mut left);
                out.append(&mut right);
                out.push(Some(row));
            }
        }
    }
    out.append(&mut left);
    out.push(None);
    out.append(&mut right);
    out
}

fn part<'a>(row: &Row<'a>, (byte, text): Cell<'a>) -> Row<'a> {
    Row {
        body: text,
        page: row.page,
        span: (row.span.0 + byte, row.span.0 + byte + text.len()),
        indent: row.indent + row.body[..byte].chars().count(),
        after_page: row.after_page,
        cell: false,
        listed: false,
    }
}

/// The cells of a line: between bars, or after gaps of two spaces or a tab.
fn cells<'a>(body: &'a str) -> Vec<Cell<'a>> {
    let bars = body.starts_with('|');
    let mut found: Vec<Cell<'a>> = Vec::new();
    let mut start = 0;
    let mut push = |from: usize, to: usize| {
        let text = &body[from..to];
        let lead = text.len() - text.trim_start().len();
        if bars || !text.trim().is_empty() {
            found.push((from + lead, text.trim()));
        }
    };
    for (at, gap) in body.match_indices(if bars { "|" } else { "  " }).chain(body.match_indices('\t')) {
        if at >= start {
            push(start, at);
            start = at + gap.len();
        }
    }
    push(start, body.len());
    found
}

/// The cell of a table's head that names criteria, and how many cells the head has.
fn head_of_table(row: &Row<'_>, words: &PolicyWords) -> Option<(usize, usize)> {
    let cells = cells(row.body);
    let named = |name: &String| cells.iter().position(|(_, c)| c.to_lowercase() == *name);
    let at = words.policy.table_heads.iter().find_map(named)?;
    (cells.iter().filter(|(_, c)| !c.is_empty()).count() >= 2).then_some((at, cells.len()))
}

/// Each table's column of criteria as items of a list under the line before it, or under its own head.
fn tables<'a>(rows: Vec<Option<Row<'a>>>, words: &PolicyWords) -> Vec<Option<Row<'a>>> {
    let mut out: Vec<Option<Row<'a>>> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for row in rows {
        let Some(row) = row else {
            open = None;
            out.push(None);
            continue;
        };
        if let Some(head) = head_of_table(&row, words) {
            open = Some(head);
            let announced = out.iter().rev().flatten().next().is_some_and(|r| super::items::ends_header(r.body, words));
            if !announced {
                out.push(None);
                out.push(Some(row));
            }
            continue;
        }
        let found = cells(row.body);
        let cell = open.filter(|(_, width)| found.len() == *width).and_then(|(at, _)| found.get(at));
        match cell.filter(|(_, text)| !text.is_empty()) {
            Some(cell) => out.push(Some(Row { listed: true, ..part(&row, *cell) })),
            None => out.push(Some(row)),
        }
    }
    out
}
