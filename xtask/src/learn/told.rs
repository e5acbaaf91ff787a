//! Where in a letter each reason stands: the labels of `tests/letters/sentences/`, one file a set.
//!
//! A file has a block `== NAME` for each paper of its set that gives or may give a reason, with a line `reason | the words` for every place.
//! A sentence of such a paper that is not here tells none of its reasons.

use std::collections::HashMap;
use std::path::Path;

/// By set and paper: the reasons and the words that tell them.
pub(crate) struct Told(HashMap<(String, String), Vec<(String, String)>>);

impl Told {
    /// Reads every file of the folder.
    pub(crate) fn read(root: &Path) -> Result<Told, String> {
        let mut out = Told(HashMap::new());
        for (name, text) in crate::eval_letters::files(&root.join("tests/letters/sentences"))? {
            if let Some(set) = name.strip_suffix(".txt") {
                out.add(set, &text).map_err(|e| format!("{name}: {e}"))?;
            }
        }
        Ok(out)
    }

    /// Reads the file of one set; none where there is no such file.
    pub(crate) fn read_one(set: &str, file: &Path) -> Result<Told, String> {
        let mut out = Told(HashMap::new());
        if file.exists() {
            let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
            out.add(set, &text).map_err(|e| format!("{}: {e}", file.display()))?;
        }
        Ok(out)
    }

    fn add(&mut self, set: &str, text: &str) -> Result<(), String> {
        let mut places: Option<&mut Vec<(String, String)>> = None;
        for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            if let Some(paper) = line.strip_prefix("== ") {
                places = Some(self.0.entry((set.to_owned(), paper.trim().to_owned())).or_default());
            } else if let (Some(places), Some((reason, words))) = (places.as_mut(), line.split_once(" | ")) {
                places.push((reason.trim().to_owned(), words.trim().to_owned()));
            } else {
                return Err(format!("line {}: neither `== paper` nor `reason | words`", number + 1));
            }
        }
        Ok(())
    }

    /// The places of a paper; none where nobody labelled it.
    pub(crate) fn of(&self, set: &str, paper: &str) -> Option<&[(String, String)]> {
        self.0.get(&(set.to_owned(), paper.to_owned())).map(Vec::as_slice)
    }
}

/// The letters and digits of a text in lower case, word by word.
pub(crate) fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a sentence and some quoted words are the same place: most words of the shorter one stand in the other without a gap.
pub(crate) fn same_place(sentence: &[String], quoted: &[String]) -> bool {
    let (short, long) = if sentence.len() <= quoted.len() { (sentence, quoted) } else { (quoted, sentence) };
    let needed = (short.len() * 3).div_ceil(4).max(1);
    !short.is_empty() && short.windows(needed).any(|run| long.windows(needed).any(|other| run == other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_found_in_its_sentence_and_nowhere_else() {
        let is = |a: &str, b: &str| same_place(&words(a), &words(b));
        assert!(is(
            "because we thought your present\nprocessor still did its work",
            "We did not cover it because we thought your present processor still did its work."
        ));
        assert!(is("Not covered: cosmetic", "not covered - COSMETIC"));
        assert!(!is("We did not cover it.", "Your present processor still does its work."));
        assert!(!is("", "anything"));
    }

    /// A label is worth nothing when its words are not in its letter, or its reason is not among the letter's.
    #[test]
    fn every_labelled_place_stands_in_its_letter() {
        let root = crate::root();
        let told = Told::read(&root).unwrap_or_else(|e| panic!("{e}"));
        let texts = crate::eval_letters::learned_from(&root).unwrap_or_else(|e| panic!("{e}"));
        let mut papers = 0;
        for text in &texts {
            let Some(places) = told.of(&text.set, &text.name) else { continue };
            papers += 1;
            let whole = words(&text.document.text());
            for (reason, quoted) in places {
                let name = format!("{}/{}", text.set, text.name);
                assert!(text.reasons.contains(reason) || text.either.contains(reason), "{name}: {reason} is no label");
                assert!(same_place(&whole, &words(quoted)), "{name}: “{quoted}” is not in the letter");
            }
        }
        assert_eq!(papers, told.0.len(), "a labelled paper is in no open set");
    }
}
