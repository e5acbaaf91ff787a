//! Tables of weights as `cargo xtask learn` writes them: what words weigh for something, one line per feature.
//!
//! ```text
//! w:not yet<TAB>12 -80 4        a whole hundredth for each class
//! w:not yet<TAB>0:12 3:-80      or only for those it counts for
//! ```

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use crate::source::File;
use crate::table::KbError;

/// Weights are kept as whole hundredths.
const HUNDREDTHS: f32 = 100.0;
/// How the lines of a file begin and end.
const OPEN: &str = "\nweights = '''\n";
const CLOSE: &str = "\n'''\n";

/// The lines of a table as they stand in their file.
#[derive(Debug, Clone)]
pub struct Lines(Cow<'static, str>);

impl From<String> for Lines {
    fn from(lines: String) -> Lines {
        Lines(lines.into())
    }
}

impl Lines {
    /// The lines of a file, and which part of its text (their name included) they are. They are the last such text of their
    /// file: its end is looked for from behind, for the lines are megabytes.
    pub(crate) fn of(file: &File) -> Result<(Range<usize>, Lines), KbError> {
        let open = file.text.find(OPEN).map(|at| (at + 1, at + OPEN.len()));
        let close = |from: usize| Some(from - 1 + file.text.get(from - 1..)?.rfind(CLOSE)?);
        let Some((name, from, to)) = open.and_then(|(name, from)| Some((name, from, close(from)? + 1))) else {
            let message = "no lines of weights stand between `weights = '''` and `'''`".into();
            return Err(KbError { file: file.path.clone(), place: None, message, hint: None });
        };
        let lines = match &file.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(from..to).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(from..to).unwrap_or_default().to_owned()),
        };
        Ok((name..to + CLOSE.len() - 1, Lines(lines)))
    }
}

/// The lines of a table, found by the name of their feature. The lines are kept as they are written, in the order of their
/// names, and a line's numbers are read when a text holds its feature: a letter holds few of the tens of thousands, and a
/// program that starts for one letter should neither make them all into numbers and names first nor look at each.
#[derive(Debug)]
pub struct Table(Cow<'static, str>);

impl Table {
    /// Takes the file's name, its lines, and how many classes a line may weigh for; `each` class has its number, or only those
    /// that are named. Every line is looked at, but not those that are part of the program: its tests have read them
    /// ([`checked`](Table::checked)), and they are many.
    ///
    /// # Errors
    /// A [`KbError`] that names the line that is none, or whose feature has one already.
    pub fn new(file: &str, lines: impl Into<Lines>, classes: usize, each: bool) -> Result<Table, KbError> {
        match lines.into() {
            Lines(Cow::Borrowed(lines)) => Ok(Table(Cow::Borrowed(lines))),
            Lines(Cow::Owned(lines)) => Table::checked(file, &lines, classes, each),
        }
    }

    /// The same, every line looked at and put in its place.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn checked(file: &str, lines: &str, classes: usize, each: bool) -> Result<Table, KbError> {
        let wrong = |what: &str, line: &str| KbError {
            file: file.into(),
            place: None,
            message: format!("{what}: {line:?}"),
            hint: None,
        };
        let mut written: Vec<&str> = lines.lines().filter(|l| !l.is_empty()).collect();
        for line in &written {
            let sound = line.split_once('\t').is_some_and(|(name, numbers)| {
                let is_each = || numbers.split(' ').map(|n| hundredths(n.as_bytes())).collect::<Option<Vec<_>>>();
                let is_sound =
                    if each { is_each().is_some_and(|n| n.len() == classes) } else { are_some(numbers, classes) };
                !name.is_empty() && is_sound
            });
            if !sound {
                return Err(wrong("no feature with its weights", line));
            }
        }
        written.sort_unstable_by_key(|l| name(l));
        if let Some(twice) = written.windows(2).find(|w| w.first().map(|l| name(l)) == w.last().map(|l| name(l))) {
            return Err(wrong("the feature has its weights already", twice.last().unwrap_or(&"")));
        }
        Ok(Table(Cow::Owned(written.join("\n"))))
    }

    /// What features sum up to for each class, from the sums without any (`bias`). The numbers are those of some classes each.
    pub fn sums<'f>(&self, bias: &[f32], features: impl Iterator<Item = (&'f str, f32)>) -> Vec<f32> {
        let mut sums = bias.to_vec();
        for (name, value) in features {
            for (i, weight) in self.some(name) {
                if let Some(sum) = sums.get_mut(i) {
                    *sum += weight * value;
                }
            }
        }
        sums
    }

    /// The classes that a feature counts for, each with its weight.
    pub fn some(&self, of: &str) -> impl Iterator<Item = (usize, f32)> {
        let pairs = self.get(of).unwrap_or_default().as_bytes().split(|b| *b == b' ');
        pairs.filter_map(|pair| {
            let colon = pair.iter().position(|b| *b == b':')?;
            Some((usize::try_from(whole(pair.get(..colon)?)?).ok()?, hundredths(pair.get(colon + 1..)?)?))
        })
    }

    /// The numbers of a feature as they are written.
    pub fn get(&self, of: &str) -> Option<&str> {
        let lines = self.0.as_bytes();
        // The line, if there is one, begins at or behind `from` and before `to`.
        let (mut from, mut to) = (0, lines.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let start = lines.get(from..middle)?.iter().rposition(|b| *b == b'\n').map_or(from, |at| from + at + 1);
            let rest = lines.get(start..)?;
            match order(rest, of.as_bytes()) {
                Ordering::Equal => {
                    let numbers = self.0.get(start + of.len() + 1..)?;
                    return numbers.split('\n').next().map(|n| n.trim_end_matches('\r'));
                }
                Ordering::Less => from = start + rest.iter().position(|b| *b == b'\n')? + 1,
                Ordering::Greater => to = start,
            }
        }
        None
    }
}

/// How the line that a text begins with stands to that of a feature. A tab ends the name, and no name holds a byte below it.
fn order(line: &[u8], of: &[u8]) -> Ordering {
    let name = line.get(..of.len()).unwrap_or(line);
    name.cmp(of).then_with(|| line.get(of.len()).cmp(&Some(&b'\t')))
}

/// The name of a line's feature; what stands behind the line does not matter.
fn name(line: &str) -> &str {
    line.split_once('\t').map_or(line, |l| l.0)
}

/// A weight for each class, in order, as [`Table::new`] with `each` lets them through.
pub fn each(numbers: &str) -> impl Iterator<Item = f32> {
    numbers.as_bytes().split(|b| *b == b' ').filter_map(hundredths)
}

/// Whole thousandths, parted by white space, as numbers; nothing where one is none.
#[allow(clippy::cast_precision_loss)]
pub fn thousandths(numbers: &str) -> Option<Vec<f32>> {
    let one = |n: &[u8]| Some(whole(n)? as f32 / 1000.0);
    numbers.as_bytes().split(u8::is_ascii_whitespace).filter(|n| !n.is_empty()).map(one).collect()
}

/// Whether a line's numbers are `class:hundredths` each, classes counted from 0 below `classes`.
fn are_some(numbers: &str, classes: usize) -> bool {
    numbers.split(' ').all(|pair| {
        let sound = |(class, weight): (&str, &str)| {
            class.parse().is_ok_and(|c: usize| c < classes) && hundredths(weight.as_bytes()).is_some()
        };
        pair.split_once(':').is_some_and(sound)
    })
}

#[allow(clippy::cast_precision_loss)]
fn hundredths(number: &[u8]) -> Option<f32> {
    // No more than five digits, which a float holds exactly.
    Some(whole(number).filter(|n| n.unsigned_abs() < 100_000)? as f32 / HUNDREDTHS)
}

/// A whole number of up to six digits. They are read hundreds of thousands of times for one letter.
fn whole(number: &[u8]) -> Option<i32> {
    let (minus, digits) = match number.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, number),
    };
    let sound = (1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let value = digits.iter().fold(0, |n, d| n * 10 + i32::from(d.wrapping_sub(b'0')));
    sound.then_some(if minus { -value } else { value })
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
        assert_eq!(read.some("w:a").collect::<Vec<_>>(), [(1, 0.05)]);
        assert_eq!(read.some("w:b").count(), 0);
        for line in [
            "w:a 1 2",
            "w:a\t1",
            "w:a\t1 2 3",
            "w:a\t1 x",
            "w:a\t1 999999",
            "w:a\t1 -",
            "w:a\t1 +5",
            "w:a\t1  2",
            "w:b\t1 2\nw:a\t1 2\nw:a\t1 2",
        ] {
            let error = table(line, 2, true).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains("x.toml") && error.contains("w:a"), "{line}: {error}");
        }
        assert!(table("w:a\t2:5", 2, false).is_err());
    }

    /// Every line is found, however many there are and in whatever order they were written.
    #[test]
    fn each_of_many_lines_is_found() {
        let lines: String = (0..5000).map(|i| format!("w:{i}\t{i}\n")).collect();
        let table = Table::new("x.toml", lines, 1, true).unwrap_or_else(|e| panic!("{e}"));
        for i in 0..5000 {
            assert_eq!(table.get(&format!("w:{i}")), Some(i.to_string().as_str()));
        }
        for none in ["w:5000", "w:", "", "a", "z", "w:0 1", "w:00"] {
            assert_eq!(table.get(none), None, "{none}");
        }
    }

    /// Lines that are part of the program are taken as they stand, in the order of their names, and found likewise.
    #[test]
    fn lines_of_the_program_are_found_where_they_stand() {
        let mut names: Vec<String> = (0..3000).map(|i| format!("q:{i} {}", i % 7)).collect();
        names.sort_unstable();
        let lines: String = names.iter().map(|n| format!("{n}\t5\n")).collect();
        let file = File::new("x.toml", format!("a = 1{OPEN}{lines}'''\n[b]\nc = 2\n"));
        let (range, Lines(found)) = Lines::of(&file).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(found, lines);
        assert_eq!([&file.text[..range.start], &file.text[range.end..]].concat(), "a = 1\n[b]\nc = 2\n");
        let table = Table(found);
        assert!(names.iter().all(|n| table.get(n) == Some("5")));
        assert_eq!((table.get("q:"), table.get("q:0"), table.get("r")), (None, None, None));
    }

    #[test]
    fn thousandths_are_whole_numbers_between_spaces() {
        assert_eq!(thousandths("1 -20\n 3000 "), Some(vec![0.001, -0.02, 3.0]));
        assert_eq!(thousandths(""), Some(vec![]));
        assert_eq!(thousandths("1 x"), None);
    }

    #[test]
    fn runs_are_one_to_three_neighbors_in_order() {
        let mut out = Vec::new();
        runs("w:", &["a", "b", "c"], &mut out);
        assert_eq!(out, ["w:a", "w:b", "w:c", "w:a b", "w:b c", "w:a b c"]);
    }
}
