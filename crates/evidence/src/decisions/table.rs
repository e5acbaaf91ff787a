//! Bytes of a table (CSV with commas, semicolons or tabs; XLSX) → rows of text with their line numbers.

/// A row with the line it begins on.
pub(super) type Row = (usize, Vec<String>);

/// A field with more line ends than this has lost its closing quote.
const MOST_LINES: usize = 200;

/// The rows of a table, and the lines at which a quote was never closed.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) unclosed: Vec<usize>,
}

/// Reads a table.
///
/// # Errors
/// A sentence for a person, when a spreadsheet cannot be opened.
pub(super) fn read(bytes: &[u8]) -> Result<Table, String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(Table { rows: spreadsheet(bytes)?, unclosed: Vec::new() });
    }
    Ok(separated(&decoded(bytes)))
}

/// UTF-8, else each byte as the character of its number (Latin-1): older exports are written so.
fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

fn separated(text: &str) -> Table {
    let head = text.lines().next().unwrap_or(text);
    let count = |c: u8| head.bytes().filter(|b| *b == c).count();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|c| count(*c)).unwrap_or(b',');
    let mut table = Table { rows: Vec::new(), unclosed: Vec::new() };
    for row in records(text, 1, delimiter, true) {
        if row.1.iter().all(|f| f.matches('\n').count() <= MOST_LINES) {
            table.rows.push(row);
            continue;
        }
        // A quote that was never closed swallowed what follows: these lines are read again one by one.
        table.unclosed.push(row.0);
        let lost = row.1.iter().map(|f| f.matches('\n').count()).sum::<usize>() + 1;
        let lines: Vec<&str> = text.lines().skip(row.0.saturating_sub(1)).take(lost).collect();
        table.rows.extend(records(&lines.join("\n"), row.0, delimiter, false));
    }
    table
}

fn records(text: &str, first_line: usize, delimiter: u8, quoting: bool) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let line = record.position().map_or(0, |p| p.line() as usize) + first_line - 1;
        rows.push((line, record.iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect()));
    }
    rows
}

fn spreadsheet(bytes: &[u8]) -> Result<Vec<Row>, String> {
    use calamine::Reader as _;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes))
        .map_err(|e| format!("this spreadsheet cannot be opened: {e}"))?;
    let range = book
        .worksheet_range_at(0)
        .ok_or("this spreadsheet has no sheet")?
        .map_err(|e| format!("the first sheet cannot be read: {e}"))?;
    Ok(range.rows().enumerate().map(|(i, r)| (i + 1, r.iter().map(ToString::to_string).collect())).collect())
}
