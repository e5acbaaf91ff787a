//! Adjustment codes as papers write them.

/// Whether a code as papers write it (`CO-4`, `CO 45`) carries the group of contractual obligations: the provider bears the amount.
pub(crate) fn is_owed_by_provider(code: &str) -> bool {
    let group = code.trim().get(..2).is_some_and(|g| g.eq_ignore_ascii_case("CO"));
    group && code.trim().get(2..).is_some_and(|rest| rest.starts_with(['-', ' ', '\u{a0}']))
}

/// Whether a code as papers write it (`CO-61`, `PR 61`, `CARC 61`, `61`) is this adjustment reason. A remark code of the
/// same digits (`N61`, `M61`) is another thing: letters stand before the number only with a space or a hyphen between,
/// or as the two letters of a group code.
pub(crate) fn is_adjustment_reason(code: &str, number: &str) -> bool {
    let Some(before) = code.trim().strip_suffix(number) else { return false };
    let group = before.trim_end_matches(['-', ' ', '\u{a0}', ':', '#']);
    let letters = !group.is_empty() && group.chars().all(|c| c.is_ascii_alphabetic());
    before.is_empty() || (letters && group.len() >= 2)
}
