//! How a physician's name stands in a letter: in full once, by the family name after, without titles that repeat.

/// A physician's full name: with `Dr.` in front when it carries neither a title nor a degree of its own.
pub(crate) fn full_name(name: &str) -> String {
    let bare = name.trim();
    let degree = bare.contains(',') || bare.split_whitespace().next_back().is_some_and(is_degree);
    if degree || is_titled(bare) || bare.is_empty() { bare.to_string() } else { format!("Dr. {bare}") }
}

/// How a letter speaks of a physician after the first time: title and last name.
///
/// `Jane Q. Reyes, MD, FACS` → `Dr. Reyes`. A single name gets the title.
pub(crate) fn short_name(name: &str) -> String {
    let bare = name.split(',').next().unwrap_or(name).trim();
    let mut words: Vec<&str> = bare.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|w| is_degree(w)) {
        words.pop();
    }
    let title = if is_titled(bare) { words.first().copied().unwrap_or("Dr.") } else { "Dr." };
    match words.last() {
        Some(last) if *last != title => format!("{title} {last}"),
        _ => bare.to_string(),
    }
}

/// A physician's name without title and degrees; with the title where the family name alone is known.
pub(crate) fn name_alone(name: &str) -> String {
    let bare = name.split(',').next().unwrap_or(name).trim();
    let mut words: Vec<&str> = bare.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|w| is_degree(w)) {
        words.pop();
    }
    if words.len() > 2 && is_titled(bare) {
        words.remove(0);
    }
    words.join(" ")
}

fn is_titled(name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(first.as_str(), "dr" | "dr." | "dra." | "dra" | "prof" | "prof." | "professor" | "doctor")
}

/// Letters with stops between, or all in capitals: `M.D.`, `MD`, `FACS`, `III`.
fn is_degree(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1 && word.chars().all(|c| c.is_uppercase() || c == '.' || c == '-')
}
