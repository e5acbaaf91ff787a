//! How the names of a service and of a diagnosis stand inside a sentence: `Lumbar fusion` → `lumbar fusion`, `Tezspire` as it is,
//! `spinal cord stimulator` → `a spinal cord stimulator`. One type for every room ([`Names`]); the words are data
//! (`kb/opinions/names.toml`). A reference block prints names as the case has them, and does not ask here.

use std::collections::BTreeSet;

use facts::Case;
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::words::icd;

/// What is known of names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    words: BTreeSet<String>,
    endings: Vec<String>,
    /// Short words that are never letters of an abbreviation.
    joining: BTreeSet<String>,
    /// Words by which a name is known to be Spanish.
    spanish: BTreeSet<String>,
    of_a_person: BTreeSet<String>,
    adjectives: Vec<String>,
    countable: BTreeSet<String>,
    stops: BTreeSet<String>,
    determined: BTreeSet<String>,
    spoken_vowel: String,
    spanish_endings: Vec<String>,
    spanish_given: BTreeSet<String>,
    spanish_family: BTreeSet<String>,
    family_endings: Vec<String>,
    spanish_beside: String,
    spanish_service: String,
    spanish_condition: String,
    #[serde(skip)]
    keep_capital: Vec<String>,
    #[serde(skip)]
    coded: Coded,
    /// Whether the sentences are English.
    #[serde(skip)]
    english: bool,
}

/// `kb/codes/names.toml`: plain English names of codes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Coded {
    service: Vec<CodeName>,
    condition: Vec<CodeName>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeName {
    codes: Vec<String>,
    name: String,
}

/// The name of the first code that has one.
fn named<'a>(list: &'a [CodeName], codes: &[String]) -> Option<&'a str> {
    let name = |code: &String| {
        let bare = icd(code);
        let of = |entry: &&CodeName| entry.codes.iter().any(|known| bare.starts_with(&icd(known)));
        list.iter().find(of).map(|entry| entry.name.as_str())
    };
    codes.iter().find_map(name)
}

impl Names {
    /// What the knowledge base knows of names.
    ///
    /// # Errors
    /// A [`KbError`] when a data file is absent or damaged.
    pub fn load(kb: &Kb) -> Result<Names, KbError> {
        let mut names: Names = kb.table("opinions/names.toml")?;
        names.keep_capital = kb.table::<crate::situation::Words>("opinions/words.toml")?.keep_capital;
        names.english = kb.language() == "en";
        names.coded = kb.table("codes/names.toml")?;
        Ok(names)
    }

    /// The same for sentences of another language than the knowledge base speaks: only English ones take an article, and only they
    /// need an English name.
    pub fn in_english(self, english: bool) -> Names {
        Names { english, ..self }
    }

    /// What was asked for, inside a sentence; none where the case does not say. In an English sentence about a
    /// case whose papers are in Spanish, a Spanish name stands behind the English one of its code, else in quotation marks as what it is.
    pub fn service_of(&self, case: &Case) -> Option<String> {
        let name = case.claim.service.as_deref().filter(|s| !s.trim().is_empty())?;
        let english = || named(&self.coded.service, &case.claim.codes);
        Some(self.foreign(case, name, english, &self.spanish_service).unwrap_or_else(|| self.service(name)))
    }

    /// The same of the diagnosis.
    pub fn condition_of(&self, case: &Case) -> Option<String> {
        let name = case.claim.diagnosis.as_deref().filter(|s| !s.trim().is_empty())?;
        let english = || named(&self.coded.condition, &case.claim.diagnosis_codes);
        Some(self.foreign(case, name, english, &self.spanish_condition).unwrap_or_else(|| self.condition(name)))
    }

    /// Whether the service, as the case has it, names the disease already: "re-irradiation of cancer of the tongue, for cancer of the
    /// tongue" says it twice. Where the diagnosis has appositions, its first part counts.
    pub fn names_condition(&self, case: &Case) -> bool {
        let words = |text: &str| -> Vec<String> {
            let folded = cite::fold(text);
            let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3);
            words.map(|w| w.trim_end_matches('s').to_string()).collect()
        };
        let service = words(case.claim.service.as_deref().unwrap_or_default());
        let condition = case.claim.diagnosis.as_deref().unwrap_or_default();
        let head = words(condition.split([',', ';', '(']).next().unwrap_or_default());
        !head.is_empty() && head.iter().all(|w| service.contains(w))
    }

    /// A name that a case with Spanish papers has in Spanish, for an English sentence.
    fn foreign<'a>(
        &'a self,
        case: &Case,
        name: &str,
        english: impl FnOnce() -> Option<&'a str>,
        alone: &str,
    ) -> Option<String> {
        // A name is taken for Spanish only where the person's papers may be.
        let spanish = self.english && case.patient.language.as_deref() == Some("es") && self.is_spanish(name);
        spanish.then(|| match english() {
            Some(english) => kb::filled(&self.spanish_beside, &[("english", english), ("name", name.trim())]),
            None => kb::filled(alone, &[("name", name.trim())]),
        })
    }

    /// A service inside a sentence, in English with an article where it needs one and has none.
    pub fn service(&self, name: &str) -> String {
        let said = self.inline(name);
        match self.article(&said).filter(|_| self.english) {
            Some(article) => format!("{article} {said}"),
            None => said,
        }
    }

    /// A diagnosis inside a sentence: no brand, so it loses its capital unless it may be a person's name.
    pub fn condition(&self, name: &str) -> String {
        let said = self.inline(name);
        let mut words = said.split_whitespace();
        let first = words.next().unwrap_or_default();
        let small = first.to_lowercase();
        let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let titled = first.chars().skip(1).all(|c| c.is_lowercase() || c == '-' || c == ',')
            && first.chars().skip(1).any(char::is_lowercase);
        let named = words.next().is_some_and(|next| self.of_a_person.contains(&bare(next)))
            && !self.adjectives.iter().any(|e| bare(first).ends_with(e.as_str()));
        let kept = named || self.keep_capital.iter().any(|k| small.starts_with(k.as_str()));
        if !titled || kept {
            return said;
        }
        format!("{small}{}", said.get(first.len()..).unwrap_or_default())
    }

    /// A field of medicine inside a sentence: `Orthopaedic Surgery` → `orthopaedic surgery`; abbreviations and names of persons (`ENT`, `Mohs`) stay.
    pub fn field_of_medicine(&self, name: &str) -> String {
        let small = |word: &str| {
            let small = word.to_lowercase();
            let one = word.chars().filter(|c| c.is_uppercase()).count() == 1 && word.starts_with(char::is_uppercase);
            let kept = self.keep_capital.iter().any(|k| small.starts_with(k.as_str()));
            if one && !kept { small } else { word.to_owned() }
        };
        name.trim().split(' ').map(small).collect::<Vec<_>>().join(" ")
    }

    /// Whether a name is Spanish, by a letter, a small word or an ending that English does not have.
    pub fn is_spanish(&self, name: &str) -> bool {
        let folded = name.to_lowercase();
        let ends = |w: &str| w.chars().count() > 7 && self.spanish_endings.iter().any(|e| w.ends_with(e.as_str()));
        let small = |w: &str| self.spanish.contains(w) || ends(w);
        folded.contains(['ñ', 'ó', 'í', 'á', 'é', 'ú']) || folded.split(|c: char| !c.is_alphanumeric()).any(small)
    }

    /// Whether a person's name, word by word and without title and degrees, ends in two Spanish family names, as in Spanish it does:
    /// the given name is a Spanish one, the last two words are family names, and the one before the last is no given name.
    pub fn has_two_family_names(&self, words: &[&str]) -> bool {
        let small: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
        let [first, .., before, last] = small.as_slice() else { return false };
        let family = |w: &String| {
            self.spanish_family.contains(w)
                || w.chars().count() > 4 && self.family_endings.iter().any(|e| w.ends_with(e.as_str()))
        };
        let own = before.chars().filter(|c| c.is_alphabetic()).count() > 2 && !self.joining.contains(before);
        self.spanish_given.contains(first) && !self.spanish_given.contains(before) && own && family(last)
    }

    /// A name as it stands inside a sentence, without an article: `Lumbar fusion` → `lumbar fusion`, `Humira` as it is.
    pub fn inline(&self, name: &str) -> String {
        let name = name.trim();
        if is_shouted(name) {
            return name.split(' ').map(|word| self.spoken(word)).collect::<Vec<_>>().join(" ");
        }
        if is_titled_name(name) {
            return name.split(' ').map(|word| self.untitled(word)).collect::<Vec<_>>().join(" ");
        }
        let first: String = name.chars().take_while(|c| c.is_alphabetic()).collect();
        let small = first.to_lowercase();
        let titled = first.chars().skip(1).all(char::is_lowercase) && first != small;
        if titled && self.is_common(&small) {
            format!("{small}{}", name.get(first.len()..).unwrap_or_default())
        } else {
            name.to_string()
        }
    }

    fn is_common(&self, small: &str) -> bool {
        self.words.contains(small) || self.endings.iter().any(|e| small.ends_with(e.as_str()))
    }

    /// A word of a name with a capital at each word: a common one loses its capital, a name of a person, a place or a drug keeps it.
    fn untitled(&self, word: &str) -> String {
        let small = word.to_lowercase();
        let bare = small.trim_matches(|c: char| !c.is_alphanumeric());
        let titled = word.chars().filter(|c| c.is_uppercase()).count() == 1 && word.starts_with(char::is_uppercase);
        if titled && self.is_common(bare) { small } else { word.to_string() }
    }

    /// A word of a name in capitals as a sentence has it. Abbreviations and levels (`MRI`, `L4-L5`) stay.
    fn spoken(&self, word: &str) -> String {
        let small = word.to_lowercase();
        let bare = small.trim_matches(|c: char| !c.is_alphanumeric());
        let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
        let common = letters > 3 || self.words.contains(bare) || self.joining.contains(bare);
        if common && !bare.chars().any(|c| c.is_ascii_digit()) { small } else { word.to_string() }
    }

    /// The article of a name: of one that can be counted and has none.
    fn article(&self, name: &str) -> Option<&'static str> {
        let head = name.split([',', '(', ';', ':', '/']).next().unwrap_or_default();
        let words: Vec<&str> = head.split_whitespace().collect();
        let (first, small) = (*words.first()?, |w: &str| w.to_lowercase());
        let determined = self.determined.contains(&small(first)) || first.starts_with(|c: char| c.is_ascii_digit());
        let until = words.iter().position(|w| self.stops.contains(&small(w))).unwrap_or(words.len());
        let last = words.get(until.checked_sub(1)?)?;
        if determined || !self.countable.contains(&small(last)) {
            return None;
        }
        let abbreviated = first.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        let sound = first.chars().next()?;
        let vowel = if abbreviated { self.spoken_vowel.contains(sound) } else { "aeioAEIO".contains(sound) };
        Some(if vowel { "an" } else { "a" })
    }
}

/// Whether a name of several words stands in capitals only, as forms print it.
fn is_shouted(name: &str) -> bool {
    long_words(name).count() > 1 && !name.chars().any(char::is_lowercase)
}

/// Whether a name of three long words or more has a capital at each of them, as a form prints a title.
fn is_titled_name(name: &str) -> bool {
    let titled = |w: &str| w.starts_with(char::is_uppercase) && w.chars().skip(1).all(|c| !c.is_uppercase());
    long_words(name).count() > 2 && long_words(name).all(titled)
}

fn long_words(name: &str) -> impl Iterator<Item = &str> {
    name.split_whitespace().filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Names {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/opinions");
        #[allow(clippy::disallowed_methods)]
        let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut names: Names = toml::from_str(&read("names.toml")).unwrap_or_else(|e| panic!("{e}"));
        let words: crate::situation::Words = toml::from_str(&read("words.toml")).unwrap_or_else(|e| panic!("{e}"));
        names.keep_capital = words.keep_capital;
        names.english = true;
        names
    }

    #[test]
    fn a_field_of_medicine_is_no_name_of_a_person() {
        let cases = [
            ("Orthopaedic Surgery", "orthopaedic surgery"),
            ("ENT", "ENT"),
            ("Obstetrics & Gynecology (OB/GYN)", "obstetrics & gynecology (OB/GYN)"),
            ("Mohs surgery", "Mohs surgery"),
            ("Genética Clínica", "genética clínica"),
        ];
        for (name, said) in cases {
            assert_eq!(known().field_of_medicine(name), said);
        }
    }

    #[test]
    fn a_name_stands_in_a_sentence_as_a_sentence_writes_it() {
        let cases = [
            ("CURRENT SKILLED NURSING FACILITY SERVICES", "current skilled nursing facility services"),
            ("MRI OF THE LUMBAR SPINE AT L4-L5", "MRI of the lumbar spine at L4-L5"),
            ("Current Skilled Nursing Facility Services", "current skilled nursing facility services"),
            ("Parkinson Disease Nursing Care", "Parkinson disease nursing care"),
            ("Amyotrophic lateral sclerosis", "amyotrophic lateral sclerosis"),
            ("Private duty nursing", "private duty nursing"),
            ("Crohn's disease", "Crohn's disease"),
            ("Parkinson disease", "Parkinson disease"),
            ("Transcatheter aortic valve replacement (TAVR)", "transcatheter aortic valve replacement (TAVR)"),
            ("Ozempic", "Ozempic"),
            ("HUMIRA", "HUMIRA"),
            ("Humira pen", "Humira pen"),
            ("Hyperbaric oxygen therapy, 30 sessions", "hyperbaric oxygen therapy, 30 sessions"),
            ("Oocyte cryopreservation", "oocyte cryopreservation"),
            ("Lanadelumab 300 mg", "lanadelumab 300 mg"),
        ];
        for (name, said) in cases {
            assert_eq!(known().inline(name), said);
        }
    }

    #[test]
    fn what_can_be_counted_has_an_article() {
        let cases = [
            (
                "Spinal cord stimulator, trial and permanent implant",
                "a spinal cord stimulator, trial and permanent implant",
            ),
            ("MRI of the lumbar spine", "an MRI of the lumbar spine"),
            ("Insulin pump", "an insulin pump"),
            ("HUMIRA", "HUMIRA"),
            ("the power wheelchair", "the power wheelchair"),
            ("2 hearing aids", "2 hearing aids"),
            ("bilateral hearing aid", "bilateral hearing aid"),
            ("Lumbar fusion with device", "lumbar fusion with device"),
            ("Total knee replacement", "total knee replacement"),
            ("", ""),
        ];
        for (name, said) in cases {
            assert_eq!(known().service(name), said);
        }
        assert_eq!(Names { english: false, ..known() }.service("Insulin pump"), "insulin pump", "no Spanish has it");
    }

    #[test]
    fn a_disease_that_the_service_names_is_known() {
        let case = |service: &str, diagnosis: &str| {
            let mut case = Case::default();
            case.claim.service = Some(service.into());
            case.claim.diagnosis = Some(diagnosis.into());
            case
        };
        let twice = case("Hyperbaric oxygen, left diabetic foot ulcer", "Diabetic foot ulcer, left heel");
        assert!(known().names_condition(&twice));
        let once = case("Liver transplant", "Hepatitis with liver failure");
        assert!(!known().names_condition(&once) && !known().names_condition(&case("Lumbar fusion", "")));
    }

    #[test]
    fn a_diagnosis_loses_its_capital_and_a_person_does_not() {
        let cases = [
            ("Personal history of breast cancer", "personal history of breast cancer"),
            (
                "Postlaminectomy syndrome, not elsewhere classified",
                "postlaminectomy syndrome, not elsewhere classified",
            ),
            ("Nonrheumatic aortic (valve) stenosis", "nonrheumatic aortic (valve) stenosis"),
            ("Anorexia nervosa", "anorexia nervosa"),
            ("Carpal tunnel syndrome", "carpal tunnel syndrome"),
            ("Metabolic syndrome", "metabolic syndrome"),
            ("Rett syndrome", "Rett syndrome"),
            ("Crohn's disease", "Crohn's disease"),
            ("Hodgkin lymphoma", "Hodgkin lymphoma"),
            ("Hypertension, essential", "hypertension, essential"),
            ("COPD", "COPD"),
            ("ADHD, combined", "ADHD, combined"),
            ("", ""),
        ];
        for (name, said) in cases {
            assert_eq!(known().condition(name), said);
        }
    }

    #[test]
    fn a_spanish_name_is_known_by_its_letters_words_or_endings() {
        for name in [
            "implantes cocleares bilaterales",
            "hipoacusia neurosensorial profunda",
            "fusión lumbar",
            "reemplazo de rodilla",
        ] {
            assert!(known().is_spanish(name), "{name}");
        }
        for name in ["cochlear implants", "care for females", "lumbar fusion", "Botox injections"] {
            assert!(!known().is_spanish(name), "{name}");
        }
    }
}
