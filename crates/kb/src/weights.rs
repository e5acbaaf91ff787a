//! Tables of weights as `cargo xtask learn` writes them: what words weigh for something, one line per feature.
//!
//! ```text
//! w:not yet<TAB>12 -80 4        a whole hundredth for each class
//! w:not yet<TAB>0:12 3:-80      or only for those it counts for
//! ```

use std::borrow::Cow;
use std::ops::Range;

use crate::source::File;
use crate::table::KbError;

/// Weights are kept as whole hundredths.
const HUNDREDTHS: f32 = 100.0;
/// Of every so many bytes of a table the first line is known by its place; the few lines up to the next are gone through.
const APART: usize = 512;
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
    /// The lines of a file, and which part of its text (their name included) they are.
    pub(crate) fn of(file: &File) -> Result<(Range<usize>, Lines), KbError> {
        let open = file.text.find(OPEN).map(|at| (at + 1, at + OPEN.len()));
        let close = |from: usize| Some(from - 1 + file.text.get(from - 1..)?.find(CLOSE)?);
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
/// program that starts for one letter should not make them all into numbers and names first.
#[derive(Debug)]
pub struct Table {
    lines: Cow<'static, str>,
    /// Where lines begin, about [`APART`] from each other.
    known: Vec<usize>,
}

impl Table {
    /// Takes the file's name, its lines, and how many classes a line may weigh for; `each` class has its number, or only those
    /// that are named. Every line is looked at, but not those that are part of the program: its tests have read them
    /// ([`checked`](Table::checked)), and they are many.
    ///
    /// # Errors
    /// A [`KbError`] that names the line that is none, or whose feature has one already.
    pub fn new(file: &str, lines: impl Into<Lines>, classes: usize, each: bool) -> Result<Table, KbError> {
        match lines.into() {
            Lines(Cow::Borrowed(lines)) => Ok(Table::known(Cow::Borrowed(lines))),
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
                let is_each = || numbers.split(' ').map(hundredths).collect::<Option<Vec<_>>>();
                let is_sound =
                    if each { is_each().is_some_and(|n| n.len() == classes) } else { some(numbers, classes).is_some() };
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
        Ok(Table::known(Cow::Owned(written.join("\n"))))
    }

    fn known(lines: Cow<'static, str>) -> Table {
        let mut known = Vec::with_capacity(lines.len() / APART + 1);
        let mut at = 0;
        while at < lines.len() {
            known.push(at);
            let rest = lines.as_bytes().get(at + APART..).unwrap_or_default();
            at = rest.iter().position(|b| *b == b'\n').map_or(lines.len(), |end| at + APART + end + 1);
        }
        Table { lines, known }
    }

    /// What features sum up to for each class, from the sums without any (`bias`). The numbers are those of some classes each.
    pub fn sums<'f>(&self, bias: &[f32], features: impl Iterator<Item = (&'f str, f32)>) -> Vec<f32> {
        let mut sums = bias.to_vec();
        for (name, value) in features {
            let weights = self.get(name).and_then(|n| some(n, sums.len()));
            for (i, weight) in weights.into_iter().flatten() {
                if let Some(sum) = sums.get_mut(i) {
                    *sum += weight * value;
                }
            }
        }
        sums
    }

    /// The numbers of a feature as they are written.
    pub fn get(&self, of: &str) -> Option<&str> {
        let from = |at: &usize| self.lines.get(*at..).unwrap_or_default();
        let after = self.known.partition_point(|at| name(from(at)) <= of);
        let to = self.known.get(after).copied().unwrap_or(self.lines.len());
        let few = self.lines.get(*self.known.get(after.checked_sub(1)?)?..to)?;
        few.split('\n').find_map(|line| line.strip_prefix(of)?.strip_prefix('\t')).map(|n| n.trim_end_matches('\r'))
    }
}

/// The name of a line's feature; what stands behind the line does not matter.
fn name(line: &str) -> &str {
    line.split_once('\t').map_or(line, |l| l.0)
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
        let file = File { path: "x.toml".into(), text: format!("a = 1{OPEN}{lines}'''\n[b]\nc = 2\n").into() };
        let (range, Lines(found)) = Lines::of(&file).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(found, lines);
        assert_eq!([&file.text[..range.start], &file.text[range.end..]].concat(), "a = 1\n[b]\nc = 2\n");
        let table = Table::known(found);
        assert!(names.iter().all(|n| table.get(n) == Some("5")));
        assert_eq!((table.get("q:"), table.get("q:0"), table.get("r")), (None, None, None));
    }

    #[test]
    fn runs_are_one_to_three_neighbors_in_order() {
        let mut out = Vec::new();
        runs("w:", &["a", "b", "c"], &mut out);
        assert_eq!(out, ["w:a", "w:b", "w:c", "w:a b", "w:b c", "w:a b c"]);
    }
}
