//! Tables of weights as `cargo xtask learn` writes them: what words weigh for something, one line per feature.
//!
//! ```text
//! w:not yet<TAB>12 -80 4        a whole hundredth for each class
//! w:not yet<TAB>0:12 3:-80      or only for those it counts for
//! ```

use std::collections::HashMap;

use crate::table::KbError;

/// Weights are kept as whole hundredths.
const HUNDREDTHS: f32 = 100.0;

/// The features of a table. Takes the file's name, its lines, and what reads the part behind the tab.
///
/// # Errors
/// A [`KbError`] that names the line that is none.
pub fn features<T>(
    file: &str,
    lines: &str,
    numbers: impl Fn(&str) -> Option<T>,
) -> Result<HashMap<String, T>, KbError> {
    let read = |line: &str| {
        let (name, rest) = line.split_once('\t')?;
        Some((name.to_owned(), numbers(rest)?))
    };
    // Memory is taken at once: a table has tens of thousands of lines.
    let mut out = HashMap::with_capacity(lines.bytes().filter(|b| *b == b'\n').count());
    for line in lines.lines().filter(|l| !l.is_empty()) {
        let message = || format!("no feature with its weights: {line:?}");
        let (name, value) =
            read(line).ok_or_else(|| KbError { file: file.into(), place: None, message: message(), hint: None })?;
        out.insert(name, value);
    }
    Ok(out)
}

/// A weight for each class, in order: exactly so many whole hundredths.
pub fn each<const N: usize>(numbers: &str) -> Option<[f32; N]> {
    let mut out = [0.0; N];
    let mut numbers = numbers.split(' ');
    for weight in &mut out {
        *weight = hundredths(numbers.next()?)?;
    }
    numbers.next().is_none().then_some(out)
}

/// Weights of the classes a feature counts for: `class:hundredths`, classes counted from 0 below `classes`.
pub fn some(numbers: &str, classes: usize) -> Option<Vec<(usize, f32)>> {
    let one = |pair: &str| {
        let (class, weight) = pair.split_once(':')?;
        Some((class.parse().ok().filter(|c| *c < classes)?, hundredths(weight)?))
    };
    numbers.split(' ').map(one).collect()
}

fn hundredths(number: &str) -> Option<f32> {
    Some(f32::from(number.parse::<i16>().ok()?) / HUNDREDTHS)
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
        let table = features("x.toml", "w:not yet\t12 -80\n\nw:a\t0 5\n", each::<2>);
        assert_eq!(table.unwrap_or_else(|e| panic!("{e}")).get("w:not yet"), Some(&[0.12, -0.8]));
        let table = features("x.toml", "w:a\t1:5\n", |n| some(n, 2)).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(table.get("w:a"), Some(&vec![(1, 0.05)]));
        for line in ["w:a 1 2", "w:a\t1", "w:a\t1 2 3", "w:a\t1 x", "w:a\t1 99999"] {
            let error = features("x.toml", line, each::<2>).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains("x.toml") && error.contains("w:a"), "{line}: {error}");
        }
        assert_eq!(some("2:5", 2), None);
    }

    #[test]
    fn runs_are_one_to_three_neighbors_in_order() {
        let mut out = Vec::new();
        runs("w:", &["a", "b", "c"], &mut out);
        assert_eq!(out, ["w:a", "w:b", "w:c", "w:a b", "w:b c", "w:a b c"]);
    }
}
