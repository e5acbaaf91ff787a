//! The app's own sentences, in every language, from `words.en.toml` and `words.es.toml`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// A language the app speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    En,
    Es,
}

impl Lang {
    /// The first language of ours in a list such as `es-MX,es;q=0.9,en;q=0.8`; English without one.
    pub(crate) fn of(list: &str) -> Lang {
        list.split(',')
            .find_map(|l| match l.trim().get(..2) {
                Some("es") => Some(Lang::Es),
                Some("en") => Some(Lang::En),
                _ => None,
            })
            .unwrap_or(Lang::En)
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
        }
    }

    pub(crate) fn words(self) -> &'static Words {
        static EN: OnceLock<Words> = OnceLock::new();
        static ES: OnceLock<Words> = OnceLock::new();
        match self {
            Lang::En => EN.get_or_init(|| Words::parse(include_str!("../words.en.toml"))),
            Lang::Es => ES.get_or_init(|| Words::parse(include_str!("../words.es.toml"))),
        }
    }
}

/// The sentences of one language by key (`section.name`).
pub(crate) struct Words {
    by_key: HashMap<String, String>,
}

impl Words {
    /// All words of a section, by their keys, in the order of their sentences.
    pub(crate) fn section(&self, section: &str) -> Vec<(&str, &str)> {
        let start = format!("{section}.");
        let mut all: Vec<(&str, &str)> =
            self.by_key.iter().filter_map(|(k, v)| Some((k.strip_prefix(&start)?, v.as_str()))).collect();
        all.sort_by_key(|(_, sentence)| *sentence);
        all
    }

    fn parse(text: &str) -> Words {
        let table: toml::Table = toml::from_str(text).unwrap_or_default();
        let mut by_key = HashMap::new();
        for (section, words) in table {
            if let toml::Value::Table(words) = words {
                for (name, sentence) in words {
                    by_key.insert(format!("{section}.{name}"), sentence.as_str().unwrap_or_default().to_string());
                }
            }
        }
        Words { by_key }
    }

    /// The sentence; a missing one shows its key (a test sees to it that none is missing).
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.by_key.get(key).map_or(key, String::as_str)
    }

    /// The sentence for a word of a closed list, or the word itself with spaces when the list has grown.
    pub(crate) fn of(&self, section: &str, word: &str) -> String {
        self.by_key.get(&format!("{section}.{word}")).cloned().unwrap_or_else(|| plain(word))
    }

    /// The same, or nothing.
    pub(crate) fn get(&self, section: &str, word: &str) -> Option<&str> {
        self.by_key.get(&format!("{section}.{word}")).map(String::as_str)
    }

    /// The sentence for a number of things, `{n}`; one of them has a sentence of its own (`…_one`).
    pub(crate) fn counted(&self, key: &str, n: usize) -> String {
        match (n, self.by_key.get(&format!("{key}_one"))) {
            (1, Some(one)) => one.clone(),
            _ => self.f(key, &[("n", &n.to_string())]),
        }
    }

    /// The sentence with `{name}` replaced.
    pub(crate) fn f(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.t(key).to_string(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// `not_medically_necessary` as `Not medically necessary`.
fn plain(word: &str) -> String {
    let text = word.replace(['_', '.'], " ");
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(lang: Lang) -> BTreeSet<String> {
        lang.words().by_key.keys().cloned().collect()
    }

    fn holes(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for lang in [Lang::En, Lang::Es] {
            let text =
                if lang == Lang::En { include_str!("../words.en.toml") } else { include_str!("../words.es.toml") };
            toml::from_str::<toml::Table>(text).unwrap_or_else(|e| panic!("words.{}.toml: {e}", lang.code()));
        }
        let (en, es) = (keys(Lang::En), keys(Lang::Es));
        assert!(en.len() > 100);
        assert_eq!(en.difference(&es).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in Spanish");
        assert_eq!(es.difference(&en).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
        for key in &en {
            let (a, b) = (Lang::En.words().t(key), Lang::Es.words().t(key));
            assert!(!a.trim().is_empty() && !b.trim().is_empty(), "{key} is empty");
            assert_eq!(holes(a), holes(b), "{key}");
        }
    }

    /// Every key the source uses exists: `t("…")`, `f("…"`, `Bad("…")` and whatever else looks like one of our keys.
    #[test]
    fn every_sentence_used_is_there() {
        let known = keys(Lang::En);
        let sections: BTreeSet<&str> = known.iter().filter_map(|k| k.split('.').next()).collect();
        let mut used = 0;
        for file in sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            let text = std::fs::read_to_string(&file).unwrap();
            for call in ["t(\"", "f(\"", "counted(\"", "Bad(\""] {
                for key in text.split(call).skip(1).filter_map(|p| p.split('"').next()) {
                    if key.split_once('.').is_some_and(|(s, _)| sections.contains(s)) {
                        assert!(known.contains(key), "{}: `{key}` is in no words file", file.display());
                        used += 1;
                    }
                }
            }
        }
        assert!(used > 100, "{used}");
    }

    /// Every key is used: whole (`"cases.title"`), or by its section when a word of a list is looked up (`of("paper", …`).
    #[test]
    fn every_sentence_that_is_there_is_used() {
        let files = sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        let code: String = files.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
        let looked_up = |section: &str| {
            ["of(\"", "get(\""].iter().any(|call| code.contains(&format!("{call}{section}\"")))
                || code.contains(&format!("pick(\"{section}\""))
        };
        let unused: Vec<String> = keys(Lang::En)
            .into_iter()
            .filter(|key| !code.contains(&format!("\"{}\"", key.trim_end_matches("_one"))))
            .filter(|key| !key.split_once('.').is_some_and(|(section, _)| looked_up(section)))
            .collect();
        assert!(unused.is_empty(), "in the words files and nowhere else: {unused:?}");
    }

    fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all.extend(sources(&path));
            } else if path.extension().is_some_and(|e| e == "rs") {
                all.push(path);
            }
        }
        all
    }

    #[test]
    fn the_language_follows_the_browser() {
        assert_eq!(Lang::of("es-MX,es;q=0.9,en;q=0.8"), Lang::Es);
        assert_eq!(Lang::of("fr-CA, es;q=0.5"), Lang::Es);
        assert_eq!(Lang::of("zh"), Lang::En);
        assert_eq!(Lang::of("é"), Lang::En);
    }

    /// Flesch–Kincaid grade of all English sentences together (Kincaid et al. 1975): 0.39 words per sentence + 11.8
    /// syllables per word − 15.59.
    #[test]
    fn the_english_reads_at_grade_eight_or_below() {
        let text: Vec<&str> =
            Lang::En.words().by_key.values().map(String::as_str).filter(|s| s.ends_with(['.', '?', '!'])).collect();
        let all = text.join(" ");
        let sentences = all.split(['.', '?', '!', ':']).filter(|s| s.split_whitespace().count() > 1).count();
        let words: Vec<&str> = all.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).collect();
        let syllables: usize = words.iter().map(|w| syllables(w)).sum();
        let (w, s) = (words.len() as f64, sentences as f64);
        let grade = 0.39 * w / s + 11.8 * syllables as f64 / w - 15.59;
        assert!(grade <= 8.0, "grade {grade:.1}");
    }

    fn syllables(word: &str) -> usize {
        let word: String = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
        let vowel = |c: char| "aeiouy".contains(c);
        let mut groups = word.chars().fold((0, false), |(n, was), c| (n + usize::from(vowel(c) && !was), vowel(c))).0;
        if word.ends_with('e') && !word.ends_with("le") && groups > 1 {
            groups -= 1;
        }
        groups.max(1)
    }
}
