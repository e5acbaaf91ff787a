//! The Flesch–Kincaid grade of English text.

/// The school grade at which a text can be read: 0.39 × words per sentence + 11.8 × syllables per word − 15.59
/// (Kincaid, Fishburne, Rogers & Chissom 1975). None for a text without words. English only.
pub fn grade(text: &str) -> Option<f64> {
    let words: Vec<&str> = text.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).collect();
    if words.is_empty() {
        return None;
    }
    let ends = |w: &&&str| w.trim_end_matches(['"', '”', ')', '\'']).ends_with(['.', '!', '?', ':']);
    let sentences = words.iter().filter(ends).count().max(1);
    let syllables: usize = words.iter().map(|w| syllables(w)).sum();
    let count = words.len() as f64;
    Some(0.39 * count / sentences as f64 + 11.8 * syllables as f64 / count - 15.59)
}

/// Groups of vowels, less a silent final e; at least one.
fn syllables(word: &str) -> usize {
    let word: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut groups = 0;
    let mut inside = false;
    for c in &word {
        if vowel(c) && !inside {
            groups += 1;
        }
        inside = vowel(c);
    }
    let silent = word.len() > 2 && word.ends_with(&['e']) && !word.ends_with(&['l', 'e']) && groups > 1;
    (groups - usize::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_common_words() {
        for (word, count) in
            [("care", 1), ("the", 1), ("table", 2), ("denied", 2), ("medical", 3), ("necessity", 4), ("Dr", 1)]
        {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn short_sentences_read_easier_than_long_ones() {
        let easy = grade("The plan said no. I ask you to look again. My doctor agrees.");
        let hard = grade(
            "Notwithstanding the aforementioned determination, reconsideration of the utilization management organization's interpretation is respectfully requested",
        );
        assert!(easy < Some(3.0), "{easy:?}");
        assert!(hard > Some(16.0), "{hard:?}");
        assert_eq!(grade(" 12 -- "), None);
    }
}
