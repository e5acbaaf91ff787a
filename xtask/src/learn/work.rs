//! What all counting shares: work on every core, the features that are no chance, and how the texts counted from are known
//! again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A feature of fewer texts is chance.
const LEAST: usize = 3;

/// What `one` gives for each number below `count`, in order; worked out on every core.
pub(crate) fn each<T: Send>(count: usize, one: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= count {
                return;
            }
            let given = one(i);
            // Another thread's panic is a panic of all: the scope hands it on.
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(i, given);
        }
    };
    std::thread::scope(|s| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            s.spawn(work);
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}

/// The features that are no chance, in order of their names.
pub(crate) fn places<'a>(texts: impl Iterator<Item = &'a [(String, f32)]>) -> Vec<&'a str> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in texts.flatten() {
        *counted.entry(name).or_default() += 1;
    }
    // A feature must not end the text it is written in.
    let fit = |n: &str| !n.contains("''") && !n.contains(['\t', '\n']);
    counted.into_iter().filter(|(n, c)| *c >= LEAST && fit(n)).map(|(n, _)| n).collect()
}

/// By which texts and labels can be known again: FNV-1a of 64 bits over all of them, in order, each ended.
pub(crate) fn fingerprint<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let bytes = parts.flat_map(|p| p.bytes().chain(std::iter::once(0)));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// The fingerprint that stands in a file of weights.
#[cfg(test)]
pub(crate) fn kept(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|l| l.strip_prefix("fingerprint = \"")).and_then(|l| l.strip_suffix('"')).map(str::to_string)
}

/// Writes a file and says so.
pub(crate) fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))?;
    println!("{} written", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_comes_back_in_order_and_texts_are_known_by_what_they_say() {
        assert_eq!(each(100, |i| i * 2), (0..100).map(|i| i * 2).collect::<Vec<_>>());
        let of = |parts: &[&str]| fingerprint(parts.iter().copied());
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    }
}
