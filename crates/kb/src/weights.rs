//! Tables of weights as `cargo xtask learn` writes them: what words weigh for something, one line per feature.
//!
//! ```text
//! w:not yet<TAB>12 -80 4        a whole hundredth for each class
//! w:not yet<TAB>0:12 3:-80      or only for those it counts for
//! ```

use std::hash::{DefaultHasher, Hash, Hasher};

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
        let count = lines.bytes().filter(|b| *b == b'\n').count() + 1;
        let mut out = Table { lines: String::new(), slots: vec![0; (count * 2).next_power_of_two()] };
        let mut start = 0;
        for written in lines.split('\n') {
            let (from, line) = (start, written.trim_end_matches('\r'));
            start += written.len() + 1;
            if line.is_empty() {
                continue;
            }
            let sound = |rest: &str| if each { is_each(rest, classes) } else { some(rest, classes).is_some() };
            let name = line.split_once('\t').filter(|(_, rest)| sound(rest)).map(|(name, _)| name);
            let name = name.ok_or_else(|| wrong(format!("no feature with its weights: {line:?}")))?;
            let (slot, taken) = out.slot(&lines, name);
            if taken.is_some() {
                return Err(wrong(format!("the feature has its weights already: {line:?}")));
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
        self.slot(&self.lines, name).1
    }

    /// The slot of a name, and the numbers of its line when it has one.
    fn slot<'l>(&self, lines: &'l str, name: &str) -> (usize, Option<&'l str>) {
        let mut hash = DefaultHasher::new();
        name.hash(&mut hash);
        let mask = self.slots.len() - 1;
        // Only the low bits count, so what a narrow machine cuts off is of no use here.
        #[allow(clippy::cast_possible_truncation)]
        let mut at = hash.finish() as usize & mask;
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
}

/// Whether these are exactly so many numbers of no more than five digits: [`each`] can read them.
fn is_each(numbers: &str, classes: usize) -> bool {
    let number = |n: &[u8]| {
        let digits = n.strip_prefix(b"-").unwrap_or(n);
        (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
    };
    let mut found = 0;
    numbers.as_bytes().split(|b| *b == b' ').all(|n| {
        found += 1;
        number(n)
    }) && found == classes
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
