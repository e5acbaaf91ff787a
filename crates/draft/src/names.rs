//! How a physician's name stands in a letter: in full once, by the family name after, without titles that repeat.

/// A physician's full name: with `Dr.` in front when it carries neither a title nor a degree of its own.
pub(crate) fn full_name(name: &str) -> String {
    let bare = name.trim();
    let degree = bare.contains(',') || bare.split_whitespace().next_back().is_some_and(is_degree);
    if degree || is_titled(bare) || bare.is_empty() { bare.to_string() } else { format!("Dr. {bare}") }
}

/// How a letter speaks of a physician after the first time: title and last name.
///
/// `Jane Q. Reyes, MD, FACS` → `Dr. Reyes`; two Spanish family names stay together. A single name gets the title.
pub(crate) fn short_name(name: &str, known: &opinion::Names) -> String {
    let bare = name.split(',').next().unwrap_or(name).trim();
    let mut words: Vec<&str> = bare.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|w| is_degree(w)) {
        words.pop();
    }
    let title = if is_titled(bare) { words.first().copied().unwrap_or("Dr.") } else { "Dr." };
    let given: Vec<&str> = words.iter().filter(|word| **word != title).copied().collect();
    match words.last() {
        Some(last) if known.has_two_family_names(&given) => {
            format!("{title} {} {last}", given.get(given.len().saturating_sub(2)).unwrap_or(last))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the repository's own knowledge base knows of names.
    fn known() -> opinion::Names {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
        #[allow(clippy::disallowed_methods)]
        let read = |name: &str| {
            let text = std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name.to_string(), text)
        };
        let files = ["opinions/names.toml", "opinions/words.toml", "codes/names.toml"].map(read);
        let kb = kb::Kb::load(kb::Source::new(files)).unwrap_or_else(|e| panic!("{e}"));
        opinion::Names::load(&kb).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_physician_is_named_in_full_once_and_by_the_last_name_after() {
        let cases = [
            ("Jane Q. Reyes, MD, FACS", "Jane Q. Reyes, MD, FACS", "Dr. Reyes"),
            ("Jane Reyes MD", "Jane Reyes MD", "Dr. Reyes"),
            ("Dr. Jane Reyes", "Dr. Jane Reyes", "Dr. Reyes"),
            ("Reyes", "Dr. Reyes", "Dr. Reyes"),
            ("Prof. José de la Cruz", "Prof. José de la Cruz", "Prof. Cruz"),
            ("Isabel Quintanar Ruiz, MD", "Isabel Quintanar Ruiz, MD", "Dr. Quintanar Ruiz"),
            ("Dra. Isabel Quintanar Ruiz", "Dra. Isabel Quintanar Ruiz", "Dra. Quintanar Ruiz"),
            ("María Elena Ruiz, MD", "María Elena Ruiz, MD", "Dr. Ruiz"),
            ("Mary Anne Smith, MD", "Mary Anne Smith, MD", "Dr. Smith"),
            ("Maria Q. Lopez, MD", "Maria Q. Lopez, MD", "Dr. Lopez"),
            ("Dr.", "Dr.", "Dr."),
            ("", "", ""),
        ];
        let known = known();
        for (name, full, short) in cases {
            assert_eq!((full_name(name).as_str(), short_name(name, &known).as_str()), (full, short));
        }
    }
}
