//! Tables: a row of heads, then rows of values under them. Columns are matched by where they stand.

use crate::data::{Label, Meaning, Reader, Section, ValueType, holds};
use crate::found::Found;
use crate::text::{Cell, Line, tidy};
use crate::values::Span;
use crate::view::View;

/// How many lines one head may take.
const HEAD_LINES: usize = 5;
/// A line of one cell this long is running text: a table's head does not reach over it.
const PROSE: usize = 60;

/// A column: its place and the label its head is.
#[derive(Debug, Clone)]
struct Column {
    left: usize,
    right: usize,
    head: String,
    label: Option<usize>,
}

impl Reader {
    /// Values of all tables of a page. A head also serves rows that go on under it after a gap or a line between.
    pub(crate) fn tables(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let mut last: Option<Vec<Column>> = None;
        let mut at = 0;
        while let Some(line) = view.page.lines.get(at) {
            if let Some((columns, first_row)) = self.head(view, at) {
                let (found, next) = self.rows(view, &columns, first_row);
                out.extend(found);
                at = next.max(at + 1);
                last = Some(columns);
                continue;
            }
            let goes_on = line.cells.len() >= 3 && view.money_in((line.start, line.end)).next().is_some();
            match &last {
                Some(columns) if goes_on => {
                    let (found, next) = self.rows(view, columns, at);
                    out.extend(found);
                    at = next.max(at + 1);
                }
                _ => {
                    if line.cells.len() == 1 && line.end - line.start > PROSE && is_running_text(view, line) {
                        last = None;
                    }
                    at += 1;
                }
            }
        }
        out
    }

    /// The lines that heads of tables take: no labelled rows.
    pub(crate) fn head_lines(&self, view: &View) -> Vec<usize> {
        view.head_lines.get_or_init(|| self.find_head_lines(view)).clone()
    }

    fn find_head_lines(&self, view: &View) -> Vec<usize> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < view.page.lines.len() {
            let next = self.head(view, at).map_or(at, |(_, first_row)| first_row);
            out.extend(at..next);
            at = next.max(at + 1);
        }
        out
    }

    /// Whether a table on the page accounts for a claim: what was charged, and at least one more amount.
    pub(crate) fn has_account(&self, view: &View) -> bool {
        (0..view.page.lines.len()).filter_map(|at| self.head(view, at)).any(|(columns, first)| {
            let labels: Vec<&Label> = columns.iter().filter_map(|c| self.labels.get(c.label?)).collect();
            let charged = labels.iter().any(|l| l.field == "amount.billed");
            let amounts = view.page.lines.get(first).map_or(0, |l| view.money_in((l.start, l.end)).count());
            charged && amounts >= 2 && labels.len() >= 3
        }) || self.has_transposed_account(view)
    }

    /// A head that begins at a line, and the line after it.
    fn head(&self, view: &View, at: usize) -> Option<(Vec<Column>, usize)> {
        let line = view.page.lines.get(at)?;
        if view.grids.iter().any(|g| g.labels == at || g.values == at)
            || view.paired.contains(&at)
            || view.is_transposed(at)
        {
            return None;
        }
        if line.cells.len() < 3 || !is_head_line(view, &line.cells) {
            return None;
        }
        let mut columns: Vec<Column> = Vec::new();
        let mut next = at;
        for n in 0..HEAD_LINES {
            let Some(line) = view.page.lines.get(at + n) else { break };
            let ruled = !view.page.slice(line.start, line.end).contains(char::is_alphanumeric);
            // a line that is a place of care says who bills the rows below it
            let biller = matches!(line.cells.as_slice(), [c] if n > 0 && self.is_place(view, (c.start, c.end)));
            if line.cells.is_empty() || biller || (n > 0 && !ruled && !is_head_line(view, &line.cells)) {
                break;
            }
            if ruled {
                next = at + n + 1;
                continue;
            }
            for cell in line.cells.iter().flat_map(|c| head_parts(view, c)) {
                add_head(view, &mut columns, &cell);
            }
            next = at + n + 1;
        }
        columns.sort_by_key(|c| c.left);
        for column in &mut columns {
            column.label = self.head_label(&column.head);
        }
        self.name_beside_code(&mut columns);
        let known = columns.iter().filter(|c| c.label.is_some()).count();
        (known >= 2 && known * 2 >= columns.len()).then_some((columns, next))
    }

    /// "Code" and "Procedure" side by side: the second holds the names, although alone it could hold codes.
    fn name_beside_code(&self, columns: &mut [Column]) {
        let field = |c: &Column| c.label.and_then(|l| self.labels.get(l)).map_or("", |l| l.field.as_str());
        let coded: Vec<usize> =
            columns.iter().enumerate().filter(|(_, c)| field(c) == "service.code").map(|(i, _)| i).collect();
        let described = columns.iter().any(|c| field(c) == "service.description");
        let name = self.labels.iter().position(|l| l.head && l.field == "service.description");
        let code =
            |head: &str| head.split_whitespace().any(|w| holds(&self.words.code_words, &crate::phrase::fold_word(w)));
        let (Some(name), true) = (name, coded.len() >= 2 && !described) else { return };
        if coded.iter().any(|i| columns.get(*i).is_some_and(|c| code(&c.head))) {
            columns
                .iter_mut()
                .enumerate()
                .filter(|(i, c)| coded.contains(i) && !code(&c.head))
                .for_each(|(_, c)| c.label = Some(name));
        }
    }

    fn head_label(&self, head: &str) -> Option<usize> {
        let view = View::new(self, head, 1, Section::Body);
        let labels = view.hits.iter().filter_map(|(m, r)| match m {
            Meaning::Label(i) if !self.labels.get(*i).is_some_and(|l| l.opens) => {
                Some((r.1 - r.0, usize::MAX - r.0, *i))
            }
            _ => None,
        });
        let whole = crate::text::Cell { start: 0, end: head.len(), left: 0, right: 0 };
        labels.max().map(|(_, _, i)| i).or_else(|| self.bag_label(&view, whole))
    }

    fn rows(&self, view: &View, columns: &[Column], first: usize) -> (Vec<Found>, usize) {
        let mut out = Vec::new();
        let mut at = first;
        let mut rows = 0;
        let mut begun: Option<Cell> = None; // a description that runs on into the row below
        while let Some(line) = view.page.lines.get(at) {
            let blank = line.cells.is_empty();
            let next_blank = view.page.lines.get(at + 1).is_none_or(|l| l.cells.is_empty());
            if blank && (rows > 0 || next_blank) {
                break;
            }
            at += 1;
            let mut cells = line.cells.clone();
            if let [only] = cells.as_slice() {
                begun = Some(*only).filter(|c| !view.page.slice(c.start, c.end).contains(':'));
                continue;
            }
            if cells.len() < 2 || !self.is_data(view, (line.start, line.end)) {
                begun = None;
                continue;
            }
            if let (Some(above), Some(first)) = (begun.take(), cells.first_mut())
                && above.left.abs_diff(first.left) <= 2
            {
                first.start = above.start;
            }
            let shown = rows > 0 || columns.len() > cells.len();
            if shown && self.is_total(view, &cells) || self.is_payment(view, &cells) {
                continue;
            }
            rows += 1;
            let cells = if cells.len() < columns.len() { self.parted_amounts(view, columns, &cells) } else { cells };
            out.extend(self.grouped_codes(view, &cells));
            out.extend(self.cells(view, columns, &cells));
        }
        (out, at)
    }

    /// Whether a line of a table holds values: an amount, a date or a code.
    fn is_data(&self, view: &View, span: Span) -> bool {
        view.money_in(span).next().is_some()
            || view.dates_in(span).next().is_some()
            || !self.scan.procedures(view.page.slice(span.0, span.1)).is_empty()
    }

    /// Whether one of the first cells of a row says "Total".
    fn is_total(&self, view: &View, cells: &[Cell]) -> bool {
        cells.iter().take(4).any(|c| self.says_total(view.page.slice(c.start, c.end)))
    }

    /// Whether a row is what was paid or written off: "North Shore payment", "Contractual adjustment".
    fn is_payment(&self, view: &View, cells: &[Cell]) -> bool {
        let coded = cells.iter().any(|c| !self.scan.procedures(view.page.slice(c.start, c.end)).is_empty());
        let last = |c: &Cell| view.page.slice(c.start, c.end).split_whitespace().last().map(crate::phrase::fold_word);
        !coded && cells.iter().take(3).any(|c| last(c).is_some_and(|w| holds(&self.words.not_services, &w)))
    }

    fn says_total(&self, words: &str) -> bool {
        let folded = words.split_whitespace().take(2).map(|w| crate::phrase::fold_word(w.trim_end_matches(':')));
        folded.into_iter().any(|w| holds(&self.words.totals, &w))
    }

    /// Of every table with a row of totals: the head of each column of amounts, the sum of its lines, and the total.
    pub(crate) fn table_totals(&self, text: &str, number: usize) -> Vec<(String, i64, i64)> {
        let view = View::new(self, text, number, Section::Body);
        let mut out = Vec::new();
        let mut at = 0;
        while at < view.page.lines.len() {
            let Some((columns, first)) = self.head(&view, at) else {
                at += 1;
                continue;
            };
            at = first;
            let mut sums: Vec<(i64, usize)> = vec![(0, 0); columns.len()];
            while let Some(line) = view.page.lines.get(at).filter(|l| l.cells.len() >= 2) {
                at += 1;
                let total = self.is_total(&view, &line.cells);
                for cell in &line.cells {
                    let amount =
                        view.money_in((cell.start, cell.end)).next().and_then(|(_, v)| crate::crosscheck::cents(v));
                    let column = nearest(&columns, cell).and_then(|c| columns.iter().position(|x| x.left == c.left));
                    let (Some(amount), Some(i)) = (amount, column) else { continue };
                    match sums.get_mut(i) {
                        Some((sum, lines)) if total && *lines >= 2 => {
                            out.push((columns.get(i).map_or(String::new(), |c| c.head.clone()), *sum, amount))
                        }
                        Some((sum, lines)) if !total => (*sum, *lines) = (sum.saturating_add(amount), *lines + 1),
                        _ => {}
                    }
                }
            }
        }
        out
    }

    /// "PR  55": a group in a column of its own and the adjustment code in the next.
    fn grouped_codes(&self, view: &View, cells: &[Cell]) -> Vec<Found> {
        let pairs = cells.windows(2).filter_map(|w| {
            let [group, code] = w else { return None };
            let (g, c) = (view.page.slice(group.start, group.end), view.page.slice(code.start, code.end));
            let number = (1..=3).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_alphanumeric());
            let coded =
                number && c.bytes().any(|b| b.is_ascii_digit()) && self.words.adjustment_groups.iter().any(|x| x == g);
            coded.then(|| Found::normalized(view, "denial.code", format!("{g}-{c}"), (group.start, code.end), 1))
        });
        pairs.collect()
    }

    /// An amount at the end of a cell is a cell of its own where it stands after a bracket, with its sign, or under the head of a
    /// column of amounts: "Debride knee cartilage 1,675.00".
    fn parted_amounts(&self, view: &View, columns: &[Column], cells: &[Cell]) -> Vec<Cell> {
        let amounts = |c: &Cell| {
            let label = nearest(columns, c).and_then(|c| c.label).and_then(|l| self.labels.get(l));
            label.is_some_and(|l| l.kind == ValueType::Amount)
        };
        let mut out = Vec::new();
        for cell in cells {
            let amount =
                view.money_in((cell.start, cell.end)).last().filter(|(s, _)| s.1 == cell.end && s.0 > cell.start);
            let Some((span, _)) = amount else {
                out.push(*cell);
                continue;
            };
            let left = cell.right.saturating_sub(view.page.slice(span.0, span.1).chars().count());
            let lead = view.page.slice(cell.start, span.0);
            let signed = lead.ends_with(") ") && view.page.slice(span.0, span.1).starts_with('$');
            let second = Cell { start: span.0, left, ..*cell };
            if !(signed || lead.ends_with(' ') && lead.contains(char::is_alphabetic) && amounts(&second)) {
                out.push(*cell);
                continue;
            }
            out.push(Cell { end: span.0 - 1, right: left.saturating_sub(1), ..*cell });
            out.push(second);
        }
        out
    }

    fn cells(&self, view: &View, columns: &[Column], cells: &[Cell]) -> Vec<Found> {
        let mut out = Vec::new();
        // two heads with one blank between them are one column too few: then places count, not the order
        let apart = |c: &Column, x: &Cell| x.right <= c.left || c.right <= x.left;
        let elsewhere = |(i, x): &(usize, &Cell)| {
            columns.get(*i).is_some_and(|c| apart(c, x)) && columns.iter().any(|c| !apart(c, x))
        };
        let ruled = matches!(cells, [a, b, ..] if view.page.slice(a.end, b.start).contains('|'));
        let exact = cells.len() == columns.len() && (ruled || cells.iter().enumerate().filter(elsewhere).count() < 2);
        for (i, cell) in cells.iter().enumerate() {
            let column = if exact { columns.get(i) } else { nearest(columns, cell) };
            let known = column.and_then(|c| c.label).and_then(|l| self.labels.get(l));
            if known.is_none() && i == 0 {
                out.extend(self.coded_service(view, (cell.start, cell.end)));
            }
            let Some(label) = known else { continue };
            if label.kind == ValueType::Code {
                out.extend(self.name_after_code(view, (cell.start, cell.end)));
            }
            out.extend(
                self.parse(view, label, (cell.start, cell.end)).into_iter().map(|f| Found { rank: f.rank + 1, ..f }),
            );
        }
        out
    }

    /// "D2740 Crown, porcelain/ceramic": a code and its name in one cell, where two columns stand close together.
    fn name_after_code(&self, view: &View, cell: Span) -> Option<Found> {
        let words = view.page.slice(cell.0, cell.1);
        let code = self.scan.procedures(words).into_iter().next().filter(|c| c.0 == 0)?;
        let name = words.get(code.1..)?.strip_prefix(' ')?;
        let worded = name.starts_with(char::is_alphabetic) && name.chars().filter(|c| c.is_alphabetic()).count() >= 4;
        let span = (cell.1 - name.len(), cell.1);
        (worded && !self.is_generic_service(view, span)).then(|| Found::words(view, "service.description", span, 1))?
    }

    /// The first cell of a row whose column has no known head: a service, when a code stands in it.
    fn coded_service(&self, view: &View, region: Span) -> Vec<Found> {
        let found = self.parse_service(view, region, 1);
        if found.iter().any(|f| f.field == "service.code") { found } else { Vec::new() }
    }

    /// Tables whose columns were lost: several heads on one line, amounts of the rows in the same order.
    pub(crate) fn flat_tables(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let mut heads: Vec<&Label> = Vec::new();
        for line in &view.page.lines {
            let span = (line.start, line.end);
            let money: Vec<_> = view.money_in(span).collect();
            if money.is_empty() {
                let (from, to) = (view.page.token_at(line.start), view.page.token_at(line.end));
                let found = self.heads_in(view, (from, to));
                if line.cells.len() <= 2 && found.len() >= 3 && !view.page.slice(span.0, span.1).contains(':') {
                    heads = found;
                } else if line.cells.is_empty() {
                    heads.clear();
                }
                continue;
            }
            let amounts: Vec<&&Label> =
                heads.iter().filter(|l| matches!(l.kind, ValueType::Amount | ValueType::Boundary)).collect();
            let total = self.says_total(view.page.slice(span.0, span.1));
            if total || amounts.len() < money.len() || line.cells.len() > 2 {
                continue;
            }
            let labels = amounts.iter().filter(|l| l.kind == ValueType::Amount || l.field.is_empty());
            for (label, (span, value)) in labels.zip(money) {
                if let Some(field) = crate::field_name(&label.field) {
                    out.push(Found::normalized(view, field, value.clone(), *span, 1));
                }
            }
            let first = view.dates_in(span).next();
            if let Some(d) = first.filter(|_| heads.iter().any(|l| l.field == "service.date")) {
                out.push(Found::normalized(view, "service.date", d.iso(), d.span, 1));
            }
            let start = first.map_or(span.0, |d| d.span.1);
            let end = view.money_in(span).next().map_or(span.1, |(s, _)| s.0);
            let named = |field: &str| heads.iter().any(|l| l.field == field);
            out.extend(self.parse_service(view, (start, end), 1).into_iter().filter(|f| named(f.field)));
        }
        out
    }

    fn heads_in(&self, view: &View, range: (usize, usize)) -> Vec<&Label> {
        let mut hits: Vec<(usize, usize, usize)> =
            view.labels_in(range).map(|(place, label)| (place.0, place.1, label)).collect();
        let other = |label: usize| self.labels.get(label).is_none_or(|l| !l.head);
        hits.sort_by_key(|(from, to, label)| (*from, std::cmp::Reverse(*to), other(*label)));
        let mut reach = 0;
        let mut out = Vec::new();
        for (from, to, label) in hits {
            if from >= reach {
                reach = to;
                out.extend(self.labels.get(label));
            }
        }
        out
    }
}

fn is_head_line(view: &View, cells: &[Cell]) -> bool {
    cells.iter().all(|c| {
        let words = view.page.slice(c.start, c.end);
        words.len() <= 40
            && !words.contains(':')
            && !words.contains('$')
            && (words.ends_with('%') || words.bytes().filter(u8::is_ascii_digit).count() <= 1)
    })
}

/// Whether most longer words of a line are small: no name with an address of who bills the rows below.
fn is_running_text(view: &View, line: &Line) -> bool {
    let words = view.page.slice(line.start, line.end).split_whitespace().filter(|w| w.len() >= 3);
    let (small, all) = words.fold((0, 0), |(s, a), w| (s + usize::from(w.starts_with(char::is_lowercase)), a + 1));
    small * 2 > all
}

/// "Approved?  Provider": two heads that a mark before the blanks made one cell.
fn head_parts(view: &View, cell: &Cell) -> Vec<Cell> {
    let words = view.page.slice(cell.start, cell.end);
    let wide = words.split_once("  ").filter(|(f, _)| f.ends_with(['?', '.']));
    let asked = || words.find("? ").map(|i| (words.get(..=i).unwrap_or(""), words.get(i + 2..).unwrap_or("")));
    let Some((first, rest)) = wide.or_else(asked) else { return vec![*cell] };
    let second = rest.trim_start();
    let left = cell.right.saturating_sub(second.chars().count());
    let end = cell.start + first.len();
    let right = cell.left + first.chars().count();
    vec![Cell { end, right, ..*cell }, Cell { start: cell.end - second.len(), left, ..*cell }]
}

fn add_head(view: &View, columns: &mut Vec<Column>, cell: &Cell) {
    let words = view.page.slice(cell.start, cell.end);
    match columns.iter_mut().find(|c| cell.left < c.right && c.left < cell.right) {
        Some(column) => {
            column.head = format!("{} {}", column.head, tidy(words));
            column.left = column.left.min(cell.left);
            column.right = column.right.max(cell.right);
        }
        None => columns.push(Column { left: cell.left, right: cell.right, head: tidy(words), label: None }),
    }
}

fn nearest<'c>(columns: &'c [Column], cell: &Cell) -> Option<&'c Column> {
    let overlap = |c: &Column| cell.right.min(c.right).saturating_sub(cell.left.max(c.left));
    let best = columns.iter().max_by_key(|c| overlap(c)).filter(|c| overlap(c) > 0);
    best.or_else(|| {
        let middle = |l: usize, r: usize| (l + r) / 2;
        let distance = |c: &&Column| middle(c.left, c.right).abs_diff(middle(cell.left, cell.right));
        columns.iter().min_by_key(distance).filter(|c| distance(c) <= 12)
    })
}
