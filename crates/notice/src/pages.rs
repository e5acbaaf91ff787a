//! Photos of one letter: which of the papers given together look like pages of one, for the person to say yes to. Nothing is
//! joined here (`packet::join` does it).

use std::collections::{BTreeMap, BTreeSet};

use facts::{Document, Finding, TextFrom};

use crate::data::{Reader, holds};

impl Reader {
    /// The groups of photos that look like pages of one paper, each in the order of its pages: photos that count themselves as
    /// pages of one whole ("page 1 of 2", "page 2 of 2"), and photos whose file names differ by a running number alone and of
    /// which no two count themselves the same. (papers) → groups of their places.
    pub fn pages_of_one(&self, documents: &[Document]) -> Vec<Vec<usize>> {
        let mut counted: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
        // Two photos that count themselves the same are of two letters, and nobody can say which belongs to which.
        let mut doubtful: BTreeSet<usize> = BTreeSet::new();
        let mut named: BTreeMap<String, BTreeMap<u64, usize>> = BTreeMap::new();
        for (place, document) in documents.iter().enumerate() {
            let photo = document.text_from == TextFrom::Ocr && document.pages.len() == 1;
            let Some(page) = document.pages.first().filter(|_| photo) else { continue };
            match self.page_of(&page.text) {
                Some((number, all)) => {
                    if counted.entry(all).or_default().insert(number, place).is_some() {
                        doubtful.insert(all);
                    }
                }
                None => {
                    if let Some((stem, number)) = running_number(&document.name) {
                        named.entry(stem).or_default().insert(number, place);
                    }
                }
            }
        }
        let whole = counted.into_iter().filter(|(all, pages)| pages.len() > 1 && !doubtful.contains(all));
        let whole = whole.map(|(_, pages)| pages.into_values().collect());
        // A gap in the numbers parts two letters that were photographed one after the other.
        let runs = named.into_values().flat_map(|photos| {
            let mut groups: Vec<Vec<usize>> = Vec::new();
            let mut last = None;
            for (number, place) in photos {
                match groups.last_mut().filter(|_| last.is_some_and(|n| n + 1 == number)) {
                    Some(group) => group.push(place),
                    None => groups.push(vec![place]),
                }
                last = Some(number);
            }
            groups
        });
        whole.chain(runs.filter(|g: &Vec<usize>| g.len() > 1)).collect()
    }

    /// Which page of how many a photo says it is: "Page 2 of 3", "Página 2 de 3".
    fn page_of(&self, text: &str) -> Option<(usize, usize)> {
        let words: Vec<String> = text
            .split(|c: char| c.is_whitespace() || c == '/')
            .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|w| !w.is_empty())
            .map(String::from)
            .collect();
        words.windows(4).find_map(|w| {
            let [page, number, of, all] = w else { return None };
            let joins = matches!(of.to_lowercase().as_str(), "of" | "de");
            let (number, all) = (number.parse::<usize>().ok()?, all.parse::<usize>().ok()?);
            let named = holds(&self.words.page_words, &crate::phrase::fold_word(page));
            (named && joins && (1..=all).contains(&number)).then_some((number, all))
        })
    }

    /// What to tell about photos that look like pages of one paper.
    pub(crate) fn photos_of_one(&self, documents: &[Document]) -> Vec<Finding> {
        let name = |place: &usize| documents.get(*place).map_or(String::new(), |d| d.name.clone());
        let told = self.pages_of_one(documents).into_iter().map(|group| {
            let names: Vec<String> = group.iter().map(name).collect();
            let message = format!(
                "These photos look like pages of one letter: {}. If they are, join them in this order, so that they are read and sent as one paper.",
                names.join(", ")
            );
            Finding::new("pages_of_one_paper", message).about(names.first().cloned().unwrap_or_default())
        });
        told.collect()
    }
}

/// A file's name without its last number, and that number: `notice-photo-2.jpg` is 2 of `notice-photo-.jpg`.
fn running_number(name: &str) -> Option<(String, u64)> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let digits = stem.chars().rev().take_while(char::is_ascii_digit).count();
    let (lead, number) = stem.split_at(stem.len() - digits);
    Some((format!("{lead}.{ending}").to_lowercase(), number.parse().ok()?))
}

/// The groups of photos that look like pages of one paper. See [`Reader::pages_of_one`]. None when the phrase data cannot be used.
pub fn pages_of_one(documents: &[Document], kb: &kb::Kb) -> Vec<Vec<usize>> {
    crate::reader(kb).map(|reader| reader.pages_of_one(documents)).unwrap_or_default()
}
