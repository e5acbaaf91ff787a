//! A sentence that goes through a list → what it repeats of the list, and what it answers.
//!
//! "TP-9: MELD of 15 or more: 34. Six months of abstinence: 29 days." The words before the colon are the plan's, and the amount in
//! them is what is asked. Only what follows is the writer's answer.

/// The labels of a text with what stands behind each: `("Six months of abstinence", "29 days.")`. A label begins at the clause before
/// its colon, and an answer ends where the next label begins.
///
/// # Example
/// ```
/// let told = evidence::asked_and_answered("TP-9: Six months of abstinence: 29 days; Social support: yes.");
/// assert_eq!(told[1], ("Six months of abstinence", "29 days;"));
/// assert_eq!(told[2], ("Social support", "yes."));
/// ```
pub fn asked_and_answered(text: &str) -> Vec<(&str, &str)> {
    let colons: Vec<usize> = text.match_indices(": ").map(|(at, _)| at).collect();
    let begins = |colon: usize| {
        let before = text.get(..colon).unwrap_or_default();
        let cuts = [": ", "; ", ". "].iter().filter_map(|cut| before.rfind(cut).map(|at| at + cut.len()));
        cuts.max().unwrap_or(0)
    };
    let told = |(at, colon): (usize, &usize)| {
        let end = colons.get(at + 1).map_or(text.len(), |next| begins(*next).max(colon + 2));
        let label = text.get(begins(*colon)..*colon)?.trim();
        Some((label, text.get(colon + 2..end)?.trim()))
    };
    colons.iter().enumerate().filter_map(told).filter(|(label, _)| !label.is_empty()).collect()
}
