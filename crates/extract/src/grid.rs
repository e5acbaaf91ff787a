//! The rows of a table of a web page, a Word document or a text with tabs → lines whose columns stand under one another,
//! as they stand on paper. An empty cell leaves its place empty.

use crate::table::LEAST;

/// Cells longer than this, in letters, do not push the columns after them aside.
const LONGEST: usize = 100;
/// With a line longer than this, a cell of several lines holds prose.
const PROSE: usize = 60;
/// The farthest place at which a column begins, in letters.
const FARTHEST: usize = 240;
/// The most columns that are put under one another.
const MOST_COLUMNS: usize = 64;

/// A cell: its lines, and over how many columns and rows it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

impl Cell {
    /// A cell of one column and one row.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Cell { text: text.into(), columns: 1, rows: 1 }
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.trim_matches('\n').lines().map(str::trim_end)
    }

    fn width(&self) -> usize {
        self.lines().map(|l| l.chars().count()).max().unwrap_or(0)
    }
}

/// The lines of a table. A row whose cells hold several lines becomes as many lines; where one of them holds prose, the
/// table only puts text side by side, and the cells follow one another.
pub(crate) fn lines(rows: &[Vec<Cell>]) -> Vec<String> {
    let placed = placed(rows);
    let starts = starts(&placed);
    placed.iter().flat_map(|row| written(row, &starts)).collect()
}

/// Each cell with the column it stands in: a cell that reaches down keeps its columns in the rows below.
fn placed(rows: &[Vec<Cell>]) -> Vec<Vec<(usize, &Cell)>> {
    let mut held = [0usize; MOST_COLUMNS];
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut next = held.map(|rows| rows.saturating_sub(1));
        let (mut column, mut cells) = (0, Vec::with_capacity(row.len()));
        for cell in row {
            while held.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            let end = (column + cell.columns.max(1)).min(MOST_COLUMNS);
            next.iter_mut().take(end).skip(column).for_each(|rows| *rows = (*rows).max(cell.rows.saturating_sub(1)));
            cells.push((column, cell));
            column = end.max(column + 1);
        }
        held = next;
        out.push(cells);
    }
    out
}

/// Where each column begins, in letters.
fn starts(rows: &[Vec<(usize, &Cell)>]) -> Vec<usize> {
    let columns = rows.iter().flatten().map(|(column, _)| column + 1).max().unwrap_or(0).min(MOST_COLUMNS);
    let mut starts = vec![0usize; columns + 1];
    for column in 0..columns {
        let from = starts.get(column).copied().unwrap_or(0);
        // What ends with this column: its own cells, and those that reach over it from the left.
        let ends = rows
            .iter()
            .flatten()
            .filter(|(at, cell)| !cell.is_empty() && cell.width() <= LONGEST && at + cell.columns.max(1) == column + 1);
        let widest = ends.map(|(at, cell)| starts.get(*at).copied().unwrap_or(0) + cell.width() + LEAST).max();
        if let Some(next) = starts.get_mut(column + 1) {
            *next = widest.unwrap_or(from).max(from).min(FARTHEST);
        }
    }
    starts
}

fn written(row: &[(usize, &Cell)], starts: &[usize]) -> Vec<String> {
    let full = || row.iter().map(|(_, cell)| *cell).filter(|cell| !cell.is_empty());
    let several = full().any(|cell| cell.lines().count() > 1);
    if several && (full().count() < 2 || full().any(|cell| cell.width() > PROSE)) {
        let cells: Vec<Vec<String>> = full().map(|cell| cell.lines().map(str::to_owned).collect()).collect();
        return cells.join(&String::new());
    }
    let height = full().map(|cell| cell.lines().count()).max().unwrap_or(0);
    let mut out = Vec::with_capacity(height);
    for number in 0..height {
        let mut line = String::new();
        let mut letters = 0;
        for (column, cell) in row {
            let Some(text) = cell.lines().nth(number).filter(|t| !t.is_empty()) else { continue };
            let start = starts.get(*column).copied().unwrap_or(FARTHEST);
            let gap = start.saturating_sub(letters).max(if letters > 0 { LEAST } else { 0 });
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(text);
            letters += gap + text.chars().count();
        }
        out.push(line);
    }
    out
}

/// Puts the columns of neighbouring lines with tabs under one another. A line without a tab, and one alone, stays as it is.
pub(crate) fn untab(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let all: Vec<&str> = text.split('\n').collect();
    // A tab that only indents, and one at the end, parts nothing.
    let parted = |line: &str| line.trim().contains('\t');
    for (number, group) in all.chunk_by(|a, b| parted(a) && parted(b)).enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if group.len() < 2 {
            out.push_str(&group.concat());
            continue;
        }
        let rows: Vec<Vec<Cell>> =
            group.iter().map(|line| line.trim_end().split('\t').map(|c| Cell::new(c.trim())).collect()).collect();
        out.push_str(&lines(&rows).join("\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<Cell> {
        cells.iter().map(|c| Cell::new(*c)).collect()
    }

    fn column(line: &str, word: &str) -> usize {
        line.find(word).map(|at| line[..at].chars().count()).unwrap_or(usize::MAX)
    }

    #[test]
    fn an_empty_cell_keeps_its_place_and_a_wide_one_reaches_over_its_columns() {
        let mut total = row(&["Total", "$270.00", "$120.00"]);
        total[0].columns = 2;
        let rows = [
            row(&["Service", "Code", "Billed", "Not covered"]),
            row(&["Acupuncture", "97810", "$120.00", "$120.00"]),
            row(&["Office visit", "", "$150.00", ""]),
            total,
        ];
        let lines = lines(&rows);
        assert_eq!(column(&lines[0], "Billed"), column(&lines[1], "$120.00"));
        assert_eq!(column(&lines[0], "Billed"), column(&lines[2], "$150.00"), "the empty cell leaves its place");
        assert_eq!(column(&lines[0], "Billed"), column(&lines[3], "$270.00"), "the wide cell takes two");
        assert_eq!(column(&lines[0], "Not covered"), column(&lines[3], "$120.00"));
    }

    #[test]
    fn a_cell_that_reaches_down_keeps_its_column() {
        let mut first = row(&["Ana", "Visit"]);
        first[0].rows = 2;
        let lines = lines(&[first, row(&["MRI"])]);
        assert_eq!(column(&lines[0], "Visit"), column(&lines[1], "MRI"));
    }

    #[test]
    fn lines_in_a_cell_are_lines_on_the_page() {
        let lines = lines(&[row(&["Not\ncovered", "You\nowe"]), row(&["$1.00", "$2.00"])]);
        assert_eq!(lines, ["Not       You", "covered   owe", "$1.00     $2.00"]);
    }

    #[test]
    fn long_text_pushes_no_column_away() {
        let long = "word ".repeat(40);
        let lines = lines(&[row(&["Note", "Amount"]), row(&[long.trim(), "$5.00"])]);
        assert_eq!(lines[0], "Note   Amount");
        assert!(lines[1].ends_with("word   $5.00"));
        let stacked = super::lines(&[row(&[&format!("{long}\nmore"), "beside"])]);
        assert_eq!(stacked[1..], ["more", "", "beside"], "columns of prose are read one after the other");
    }

    #[test]
    fn tabs_become_columns_where_lines_stand_together() {
        assert_eq!(untab("A\tB\tC\nlonger\t\tx\n\nalone\tstays"), "A        B   C\nlonger       x\n\nalone\tstays");
        assert_eq!(untab("\tindented\n\ttwice"), "\tindented\n\ttwice");
    }
}
