//! Criteria told in sentences, where a policy has no list: the sentences that say what must be.
//!
//! Only what stands under no heading such as "Background" or "Coding" counts, and only where some sentence speaks of
//! coverage at all.

use super::items::Item;
use super::{Criterion, Needs, leaf, tidy};
use crate::sentences::sentences;
use crate::text::places;
use crate::words::PolicyWords;

/// A line of at most so many words without a full stop is a heading.
const HEADING_WORDS: usize = 8;

/// The sentences that require something, as a list of which all must be met.
pub(super) fn requirements(roots: &[Item], words: &PolicyWords) -> Option<Criterion> {
    let mut leaves = Vec::new();
    let mut covered = false;
    let mut apart = false;
    for root in roots {
        if is_line_of_heading(root, words) {
            apart = super::is_heading(&root.text, words);
            continue;
        }
        if apart || root.note {
            continue;
        }
        for (from, to) in sentences(&root.text) {
            let sentence = &root.text[from..to];
            let folded = cite::fold(sentence);
            let has = |phrases: &[String]| !places(&folded, phrases).is_empty();
            let p = &words.policy;
            covered |= has(&p.prose_coverage);
            if has(&p.prose_requires) && !has(&p.prose_skips) && !has(&p.exclusions) {
                leaves.push(leaf(None, sentence, root.page, root.span));
            }
        }
    }
    let first = leaves.first().filter(|_| covered)?;
    let (page, span) = (first.page, first.span);
    Some(Criterion { needs: Needs::All, children: leaves.clone(), ..leaf(None, tidy(""), page, span) })
}

fn is_line_of_heading(item: &Item, words: &PolicyWords) -> bool {
    let plain = !item.text.trim_end().ends_with(['.', ';', ',']) && item.marker.is_none();
    super::is_heading(&item.text, words)
        || super::is_opening(&item.text, words)
        || plain && item.text.split_whitespace().count() <= HEADING_WORDS
}
