//! Tables of weights as `cargo xtask learn` writes them: what words weigh for something, one line per feature.
//!
//! ```text
//! w:not yet<TAB>12 -80 4        a whole hundredth for each class
//! w:not yet<TAB>0:12 3:-80      or only for those it counts for
//! ```

use crate::table::KbError;

/// Weights are kept as whole hundredths.
const HUNDREDTHS: f32 = 100.0;

/// The lines of a table, found by the name of their feature. The lines are kept as they are written and a line's numbers are
/// read when a text holds its feature: a letter holds few of the tens of thousands, and a program that starts for one letter
/// should not make them all into numbers and names first.
#[derive(Debug)]
pub struct Table {
    lines: String,
    /// Where each line begins, one more, at the place its name hashes to or the next free one; 0 where there is none.
    slots: Vec<u32>,
}

impl Table {
    /// Takes the file's name, its lines, and how many classes a line may weigh for; `each` class has its number, or only those
    /// that are named.
    ///
    /// # Errors
    /// A [`KbError`] that names the line that is none, or whose feature has one already.
    pub fn new(file: &str, lines: String, classes: usize, each: bool) -> Result<Table, KbError> {
        let wrong = |message: String| KbError { file: file.into(), place: None, message, hint: None };
        if u32::try_from(lines.len()).is_err() {
            return Err(wrong("the table is too large".into()));
        }
        // A line is hardly shorter than this; a table of shorter ones only has more neighbors.
        let mut out = Table { lines: String::new(), slots: vec![0; (lines.len() / SHORTEST + 1).next_power_of_two()] };
        let mut count = 0;
        let mut start = 0;
        while start < lines.len() {
            let rest = lines.as_bytes().get(start..).unwrap_or_default();
            let read = line(rest, each.then_some(classes));
            let written = lines.get(start..start + read.length).unwrap_or_default().trim_end_matches('\r');
            let from = start;
            start += read.length + 1;
            if written.is_empty() {
                continue;
            }
            let numbers = || written.split_once('\t').map_or("", |l| l.1);
            if read.name.is_none_or(|n| n == 0) || !(each && read.sound || !each && some(numbers(), classes).is_some())
            {
                return Err(wrong(format!("no feature with its weights: {written:?}")));
            }
            count += 1;
            if count * 2 > out.slots.len() {
                out.grow(&lines);
            }
            let name = written.get(..read.name.unwrap_or_default()).unwrap_or_default();
            let (slot, taken) = out.slot(&lines, name, read.hash);
            if taken.is_some() {
                return Err(wrong(format!("the feature has its weights already: {written:?}")));
            }
            if let (Some(slot), Ok(at)) = (out.slots.get_mut(slot), u32::try_from(from + 1)) {
                *slot = at;
            }
        }
        out.lines = lines;
        Ok(out)
    }

    /// The numbers of a feature as they are written.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.slot(&self.lines, name, hash(name)).1
    }

    /// The slot of a name, and the numbers of its line when it has one.
    fn slot<'l>(&self, lines: &'l str, name: &str, hash: u64) -> (usize, Option<&'l str>) {
        let mask = self.slots.len() - 1;
        // Only the low bits count, so what a narrow machine cuts off is of no use here.
        #[allow(clippy::cast_possible_truncation)]
        let mut at = (hash ^ hash >> 32) as usize & mask;
        loop {
            let begins = self.slots.get(at).copied().unwrap_or(0) as usize;
            // Half of the slots stay free, so the search ends.
            let Some(line) = begins.checked_sub(1).and_then(|b| lines.get(b..)) else { return (at, None) };
            if let Some(numbers) = line.strip_prefix(name).and_then(|l| l.strip_prefix('\t')) {
                let end = numbers.find(['\n', '\r']).unwrap_or(numbers.len());
                return (at, numbers.get(..end));
            }
            at = (at + 1) & mask;
        }
    }

    /// Twice as many slots, each name at its new place.
    fn grow(&mut self, lines: &str) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![0; old.len() * 2];
        for begins in old.into_iter().filter(|b| *b > 0) {
            let line = lines.get(begins as usize - 1..).unwrap_or_default();
            let name = line.split_once('\t').map_or("", |l| l.0);
            let at = self.slot(lines, name, hash(name)).0;
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = begins;
            }
        }
    }
}

/// Bytes of the shortest line to be expected: a short name and a number for one class.
const SHORTEST: usize = 16;

/// FNV-1a, byte by byte: names are short, and nobody who could choose them gains by a slow search.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

fn hash(name: &str) -> u64 {
    name.bytes().fold(BASIS, |h, b| (h ^ u64::from(b)).wrapping_mul(PRIME))
}

/// A line as it is gone through once.
struct Line {
    /// Bytes up to its end.
    length: usize,
    /// Bytes of its name, where a tab ends one.
    name: Option<usize>,
    hash: u64,
    /// Whether so many whole numbers as asked for, of no more than five digits, stand behind the name: [`each`] can read them.
    sound: bool,
}

/// Goes through a line once: its name, the name's hash, and, where a number of `classes` is given, its numbers.
fn line(bytes: &[u8], classes: Option<usize>) -> Line {
    let mut hash = BASIS;
    let mut name = None;
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        match b {
            b'\t' => {
                name = Some(at);
                break;
            }
            b'\n' => break,
            _ => hash = (hash ^ u64::from(*b)).wrapping_mul(PRIME),
        }
        at += 1;
    }
    if name.is_some() {
        at += 1;
    }
    let end = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
    };
    let (Some(_), Some(classes)) = (name, classes) else {
        return Line { length: end(at), name, hash, sound: false };
    };
    let (mut found, mut digits, mut minus, mut sound) = (0, 0, false, true);
    loop {
        match bytes.get(at) {
            Some(b'0'..=b'9') => digits += 1,
            Some(b'-') if digits == 0 && !minus => minus = true,
            Some(b' ') => {
                sound &= (1..=5).contains(&digits);
                (found, digits, minus) = (found + 1, 0, false);
            }
            None | Some(b'\n' | b'\r') => break,
            _ => sound = false,
        }
        at += 1;
    }
    sound &= (1..=5).contains(&digits) && found + 1 == classes;
    Line { length: end(at), name, hash, sound }
}

/// A weight for each class, in order, as [`Table::new`] with `each` lets them through.
pub fn each(numbers: &str) -> impl Iterator<Item = f32> {
    numbers.split(' ').filter_map(hundredths)
}

/// Weights of the classes a feature counts for: `class:hundredths`, classes counted from 0 below `classes`.
pub fn some(numbers: &str, classes: usize) -> Option<Vec<(usize, f32)>> {
    let one = |pair: &str| {
        let (class, weight) = pair.split_once(':')?;
        Some((class.parse().ok().filter(|c| *c < classes)?, hundredths(weight)?))
    };
    numbers.split(' ').map(one).collect()
}

#[allow(clippy::cast_precision_loss)]
fn hundredths(number: &str) -> Option<f32> {
    // No more than five digits, which a float holds exactly.
    Some(number.parse::<i32>().ok().filter(|n| n.unsigned_abs() < 100_000)? as f32 / HUNDREDTHS)
}

/// Names of features for runs of one to three neighbors: `kind` before each.
pub fn runs(kind: &str, of: &[impl AsRef<str>], out: &mut Vec<String>) {
    for n in 1..=3 {
        out.extend(of.windows(n).map(|w| {
            let joined: Vec<&str> = w.iter().map(AsRef::as_ref).collect();
            format!("{kind}{}", joined.join(" "))
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written_and_any_other_is_named() {
        let table = |lines: &str, classes, each| Table::new("x.toml", lines.to_string(), classes, each);
        let read = table("w:not yet\t12 -80\n\nw:a\t0 5\n", 2, true).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(read.get("w:not yet").map(|n| each(n).collect()), Some(vec![0.12, -0.8]));
        assert_eq!(read.get("w:a").map(|n| each(n).collect()), Some(vec![0.0, 0.05]));
        assert_eq!((read.get("w:"), read.get("w:not"), read.get("")), (None, None, None));
        let read = table("w:a\t1:5", 2, false).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(read.get("w:a").and_then(|n| some(n, 2)), Some(vec![(1, 0.05)]));
        for line in [
            "w:a 1 2",
            "w:a\t1",
            "w:a\t1 2 3",
            "w:a\t1 x",
            "w:a\t1 999999",
            "w:a\t1  2",
            "w:b\t1 2\nw:a\t1 2\nw:a\t1 2",
        ] {
            let error = table(line, 2, true).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains("x.toml") && error.contains("w:a"), "{line}: {error}");
        }
        assert!(table("w:a\t2:5", 2, false).is_err());
    }

    /// Every line is found, however many there are and wherever their names hash to.
    #[test]
    fn each_of_many_lines_is_found() {
        let lines: String = (0..5000).map(|i| format!("w:{i}\t{i}\n")).collect();
        let table = Table::new("x.toml", lines, 1, true).unwrap_or_else(|e| panic!("{e}"));
        for i in 0..5000 {
            assert_eq!(table.get(&format!("w:{i}")), Some(i.to_string().as_str()));
        }
        assert_eq!(table.get("w:5000"), None);
    }

    #[test]
    fn runs_are_one_to_three_neighbors_in_order() {
        let mut out = Vec::new();
        runs("w:", &["a", "b", "c"], &mut out);
        assert_eq!(out, ["w:a", "w:b", "w:c", "w:a b", "w:b c", "w:a b c"]);
    }
}
