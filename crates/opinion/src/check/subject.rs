//! What the letter should be about: the case's service, people and plan, and how they are named in the letter.
//!
//! Every unit gets a tagged copy of its words, in which `SVC` stands for the service, `GEN` for a general word for it
//! ("the operation"), `DOC` for the treating physician, `PLAN` for the insurer, `PT` for the patient and `QUOTE` for words
//! between quotation marks. "You" becomes `DOCYOU`, `PLANYOU` or `PTYOU` after the salutation.

use std::collections::HashSet;

use facts::Case;

use super::rules::Rules;
use super::text::{Unit, Zone, fold};

/// The kind of service, which decides by which general words it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Surgery,
    Drug,
    Test,
    Level,
    Therapy,
    Equipment,
    Other,
}

impl Kind {
    fn list(self) -> &'static str {
        match self {
            Kind::Surgery => "general_surgery",
            Kind::Drug => "general_drug",
            Kind::Test => "general_test",
            Kind::Level => "general_level",
            Kind::Therapy => "general_therapy",
            Kind::Equipment => "general_equipment",
            Kind::Other => "general_other",
        }
    }
}

/// A number with its unit, e.g. 200 `mg`, 4 `week`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    pub(super) number: f64,
    pub(super) unit: String,
}

/// The names and words of the case.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) kind: Kind,
    heads: HashSet<String>,
    acronyms: HashSet<String>,
    doctor: HashSet<String>,
    pub(super) practice: HashSet<String>,
    plan: HashSet<String>,
    patient: HashSet<String>,
    pub(super) patient_name: Option<String>,
    pub(super) codes: Vec<String>,
    one_level: bool,
    /// Where on the body the service is asked for: levels of the spine and a side.
    places: Places,
    pub(super) quantities: Vec<Quantity>,
    pub(super) diagnosis: HashSet<String>,
    pub(super) service_text: String,
    /// Words for another form than the one asked for (setting, approach, extent).
    other_forms: Vec<String>,
    addressee: &'static str,
}

/// Whether folded words ask for exactly one level of the spine (`l4-l5`, `l5-s1`, `c5-6`), which is then one place.
fn one_level(service: &str) -> bool {
    let mut places: Vec<(char, u8, char, u8)> = Vec::new();
    for word in service.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let Some((from, to)) = word.split_once('-') else { continue };
        let Some((part, a)) = vertebra(from) else { continue };
        let Some((end, b)) = vertebra(to).or_else(|| Some((part, to.parse().ok()?))) else { continue };
        if !places.contains(&(part, a, end, b)) {
            places.push((part, a, end, b));
        }
    }
    let next = |(part, a, end, b): (char, u8, char, u8)| {
        part == end && b == a + 1
            || matches!((part, a, end, b), ('c', 7, 't', 1) | ('t', 12, 'l', 1) | ('l', 5, 's', 1))
    };
    matches!(places.as_slice(), [only] if next(*only))
}

fn vertebra(word: &str) -> Option<(char, u8)> {
    let part = word.chars().next().filter(|c| matches!(c, 'c' | 't' | 'l' | 's'))?;
    Some((part, word.get(1..)?.parse().ok().filter(|n| (1..=12).contains(n))?))
}

/// Levels of the spine and sides that words name.
#[derive(Debug, Default)]
struct Places {
    levels: HashSet<(char, u8, char, u8)>,
    sides: HashSet<&'static str>,
}

impl Places {
    fn of(folded: &str) -> Places {
        let mut out = Places::default();
        for word in folded.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            match word {
                "left" | "izquierdo" | "izquierda" | "l-sided" => out.sides.insert("left"),
                "right" | "derecho" | "derecha" | "r-sided" => out.sides.insert("right"),
                "bilateral" | "bilaterally" | "both" | "bilaterales" | "ambos" | "ambas" => {
                    out.sides.extend(["left", "right"]);
                    true
                }
                _ => false,
            };
            let Some((from, to)) = word.split_once('-') else { continue };
            let Some((part, a)) = vertebra(from) else { continue };
            let end = vertebra(to).or_else(|| Some((part, to.parse().ok().filter(|n| (1..=12).contains(n))?)));
            out.levels.extend(end.map(|(end, b)| (part, a, end, b)));
        }
        out
    }
}

impl Subject {
    /// Whether words name a level of the spine or a side, and none of those that the service is asked for.
    pub(super) fn names_another_place(&self, plain: &str) -> bool {
        let here = Places::of(plain);
        let other_level =
            !self.places.levels.is_empty() && !here.levels.is_empty() && self.places.levels.is_disjoint(&here.levels);
        let other_side =
            self.places.sides.len() == 1 && here.sides.len() == 1 && self.places.sides.is_disjoint(&here.sides);
        other_level || other_side
    }

    /// Whether words name one side, where both are asked for.
    pub(super) fn names_one_of_two(&self, plain: &str) -> bool {
        self.places.sides.len() == 2 && Places::of(plain).sides.len() == 1
    }

    /// The request is for one level of the spine.
    pub(super) fn one_level(&self) -> bool {
        self.one_level
    }

    /// Reads the case.
    pub(super) fn new(case: &Case, rules: &Rules) -> Subject {
        let service = fold(case.claim.service.as_deref().unwrap_or_default());
        let kind = kind_of(case, &service, rules);
        let (heads, acronyms) = heads(&service, rules);
        let doctor = case.treating_physician.as_ref();
        let names = |s: &str| name_words(s, rules);
        let plan_source = [&case.coverage.issuer, &case.coverage.plan_name];
        Subject {
            kind,
            heads,
            acronyms,
            doctor: doctor.and_then(|d| d.name.as_deref()).map(names).unwrap_or_default(),
            practice: doctor
                .into_iter()
                .flat_map(|d| [d.practice.as_deref(), d.institution.as_deref()])
                .flatten()
                .flat_map(|p| practice_words(p, rules))
                .collect(),
            plan: plan_source.into_iter().flatten().flat_map(|p| practice_words(p, rules)).collect(),
            patient: case.patient.name.as_deref().map(names).unwrap_or_default(),
            patient_name: case.patient.name.clone(),
            codes: case.claim.codes.iter().map(|c| code(c)).filter(|c| c.len() >= 4).collect(),
            one_level: one_level(&service),
            places: Places::of(&service),
            quantities: quantities(&service, rules),
            diagnosis: content(&fold(case.claim.diagnosis.as_deref().unwrap_or_default()), rules),
            other_forms: other_forms(&service, rules),
            service_text: service,
            addressee: "",
        }
    }

    /// Learns from the salutation who "you" is, then writes the tagged copy of every unit.
    pub(super) fn tag(&mut self, units: &mut [Unit], rules: &Rules) {
        self.addressee =
            units.iter().find(|u| u.zone == Zone::Salutation).map_or("PLAN", |u| self.addressee_of(&u.plain, rules));
        for u in units {
            u.text = self.tagged(&u.plain, rules);
        }
    }

    fn addressee_of(&self, salutation: &str, rules: &Rules) -> &'static str {
        let words: Vec<&str> = salutation.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let any = |set: &HashSet<String>| words.iter().any(|w| set.contains(*w));
        if any(&self.patient) {
            "PT"
        } else if any(&self.doctor) || rules.is("people.dear_doctor", salutation) {
            "DOC"
        } else if any(&self.plan) || rules.is("people.dear_plan", salutation) {
            "PLAN"
        } else if rules.is("people.dear_person", salutation) {
            "PT"
        } else {
            "PLAN"
        }
    }

    /// The tagged copy of folded text.
    pub(super) fn tagged(&self, plain: &str, rules: &Rules) -> String {
        let plain = unquote(plain);
        let mut out: Vec<String> = Vec::new();
        for word in plain.split(' ') {
            let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let (bare, possessive) = core.strip_suffix("'s").map_or((core, false), |b| (b, true));
            let tag = self.tag_of(bare, rules);
            match tag {
                Some(t) => {
                    let t = if possessive { format!("{t}'s") } else { t };
                    let joined = word.replacen(core, &t, 1);
                    // "total knee replacement surgery": one mention is enough.
                    if out.last().is_some_and(|l| *l == t && (t == "SVC" || t == "PLAN" || t == "DOC")) {
                        out.pop();
                    }
                    out.push(joined);
                }
                None => out.push(word.to_string()),
            }
        }
        self.tag_other_forms(&mut out, rules);
        out.join(" ")
    }

    /// "Outpatient SVC", "an ordinary SVC": another form of the service is tagged `ALT`.
    fn tag_other_forms(&self, words: &mut [String], rules: &Rules) {
        for i in 1..words.len() {
            let (before, here) = words.split_at_mut(i);
            let Some(word) = here.first_mut().filter(|w| w.contains("SVC") || w.contains("GEN")) else { continue };
            let other = before.iter().rev().take(1).any(|b| {
                let b = b.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                self.other_forms.iter().any(|f| f == b) || rules.listed("another_form", b) && !self.asks_for(b)
            });
            if other {
                *word = word.replace("SVC", "ALT").replace("GEN", "ALT");
            }
        }
        // "Medical treatment", "tratamiento sistemico": a general word with another kind's adjective is not the service.
        for i in 0..words.len() {
            let kind = |k: Option<usize>| {
                k.and_then(|k| words.get(k))
                    .map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
                    .is_some_and(|w| rules.listed("other_kinds", w) && !self.asks_for(w))
            };
            let other = kind(i.checked_sub(1)) || kind(Some(i + 1));
            if let Some(word) = words.get_mut(i).filter(|w| other && w.starts_with("GEN")) {
                *word = word.replace("GEN", "OTHER");
            }
        }
    }

    fn asks_for(&self, word: &str) -> bool {
        has_words(&self.service_text, word)
    }

    /// Whether tagged words name another form than the one asked for. A bare adjective is one only where it is said of the
    /// service or of nothing else: "outpatient SVC" and "it can be outpatient", not "an outpatient visit afterwards".
    pub(super) fn names_other_form(&self, text: &str, rules: &Rules) -> bool {
        self.other_forms.iter().any(|form| {
            let mut found = word_matches(text, form);
            match rules.listed("bare_forms", form) {
                true => found.any(|i| self.said_of_service(text.get(i + form.len()..).unwrap_or_default(), rules)),
                false => found.next().is_some(),
            }
        })
    }

    /// Whether what follows an adjective is the service, perhaps after more words of the request, or no noun at all.
    fn said_of_service(&self, after: &str, rules: &Rules) -> bool {
        let Some(after) = after.strip_prefix(' ') else { return !after.starts_with('-') };
        let mut words = after.split(' ').map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
        let next = words.find(|w| w.is_empty() || has_tag(w) || !self.asks_for(w));
        next.is_none_or(|w| w.len() < 3 || has_tag(w) || rules.listed("stop", w) || rules.listed("no_nouns", w))
    }

    /// The words of the request that stand in folded text: its nouns, modifiers and numbers.
    pub(super) fn request_words(&self, plain: &str) -> HashSet<String> {
        let tokens = |s: &str| -> HashSet<String> {
            s.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .filter(|w| w.len() >= 2 || w.bytes().all(|b| b.is_ascii_digit()))
                .map(|w| kb::number_word(w).map_or_else(|| stem(w).to_string(), |n| n.to_string()))
                .filter(|w| {
                    !matches!(w.as_str(), "with" | "and" | "of" | "the" | "for" | "in" | "every" | "to" | "on" | "by")
                })
                .collect()
        };
        let asked = tokens(&self.service_text);
        let mut out: HashSet<String> = tokens(plain).into_iter().filter(|w| asked.contains(w)).collect();
        out.extend(self.service_words(plain));
        out
    }

    fn tag_of(&self, word: &str, rules: &Rules) -> Option<String> {
        let owned = |s: &str| Some(s.to_string());
        match word {
            "" => return None,
            "you" | "usted" | "ustedes" => return Some(format!("{}YOU", self.addressee)),
            "your" | "yours" => return Some(format!("{}YOUR", self.addressee)),
            _ => {}
        }
        if self.doctor.contains(word) {
            return owned("DOC");
        }
        if self.patient.contains(word) {
            return owned("PT");
        }
        if self.is_service(word) || self.codes.iter().any(|c| c == word) {
            return owned("SVC");
        }
        if self.plan.contains(word) {
            return owned("PLAN");
        }
        let of_service = rules.listed("service_nouns", word)
            && !matches!(word, "days" | "hours")
            && self.service_text.split(' ').any(|w| w.trim_matches(',') == word);
        if rules.listed(self.kind.list(), word) || of_service {
            return owned("GEN");
        }
        None
    }

    /// Whether a folded word names the service.
    pub(super) fn is_service(&self, word: &str) -> bool {
        self.acronyms.contains(word) || self.heads.contains(stem(word)) || self.heads.iter().any(|h| kin(h, word)) || {
            // "L3-L5" and "re-operation" stay whole; "biopsy/ablation" is two words.
            word.contains('/') && word.split('/').any(|w| self.heads.contains(stem(w)))
        }
    }

    /// The service's own words in folded text.
    pub(super) fn service_words(&self, plain: &str) -> HashSet<String> {
        let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| self.is_service(w));
        words.map(|w| stem(w).to_string()).collect()
    }

    /// Whether the case names a service at all.
    pub(super) fn known(&self) -> bool {
        !self.heads.is_empty() || !self.codes.is_empty()
    }

    /// Whether words name the treating physician's practice.
    pub(super) fn names_practice(&self, plain: &str) -> bool {
        !self.practice.is_empty() && {
            let words: HashSet<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric()).collect();
            self.practice.iter().all(|p| words.contains(p.as_str()))
        }
    }

    /// Whether words name the treating physician.
    pub(super) fn names_doctor(&self, plain: &str) -> bool {
        plain.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| self.doctor.contains(w))
    }

    /// Whether words name the patient by surname.
    pub(super) fn names_patient(&self, plain: &str) -> bool {
        plain.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| self.patient.contains(w))
    }

    /// Whether words name the insurer.
    pub(super) fn names_plan(&self, plain: &str) -> bool {
        plain.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| self.plan.contains(w))
    }
}

/// The words for other forms of a service than the one a request names.
fn other_forms(service: &str, rules: &Rules) -> Vec<String> {
    let asked = rules.forms.iter().filter(|f| f.asked.iter().any(|a| has_words(service, a)));
    asked.flat_map(|f| &f.other).filter(|o| !has_words(service, o)).cloned().collect()
}

/// Whether folded text holds a phrase as whole words.
fn has_words(text: &str, phrase: &str) -> bool {
    word_matches(text, phrase).next().is_some()
}

/// Where a phrase stands as whole words.
fn word_matches<'t>(text: &'t str, phrase: &'t str) -> impl Iterator<Item = usize> + 't {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    text.match_indices(phrase).map(|(i, _)| i).filter(move |i| {
        let before = text.get(..*i).and_then(|t| t.chars().next_back());
        let after = text.get(i + phrase.len()..).and_then(|t| t.chars().next());
        edge(before) && edge(after)
    })
}

/// Whether a tagged word is the service, a general word for it, or another form of it.
fn has_tag(word: &str) -> bool {
    ["SVC", "GEN", "ALT"].iter().any(|t| word.starts_with(t))
}

/// Whether two words are of one family: "resection" and "resect", "stimulator" and "stimulation".
fn kin(head: &str, word: &str) -> bool {
    let shared = head.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
    shared >= 5 && shared * 20 >= head.len().max(word.len()) * 11
}

/// Takes out what stands between quotation marks.
fn unquote(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    let parts: Vec<&str> = plain.split('"').collect();
    let paired = parts.len() % 2 == 1;
    for (i, part) in parts.iter().enumerate() {
        if i % 2 == 0 || !paired && i + 1 == parts.len() {
            out.push_str(part);
        } else {
            out.push_str("QUOTE");
            if part.ends_with(['.', ',', ';']) {
                out.push_str(part.get(part.len() - 1..).unwrap_or_default());
            }
        }
    }
    out
}

/// A word without its plural ending.
pub(super) fn stem(word: &str) -> &str {
    match word
        .strip_suffix("ies")
        .or_else(|| word.strip_suffix("es").filter(|w| w.ends_with(['s', 'x', 'z']) || w.ends_with("sh")))
    {
        Some(w) if w.len() >= 4 && !word.ends_with("ies") => w,
        _ => word
            .strip_suffix('s')
            .filter(|w| w.len() >= 4 && !w.ends_with('s') && !w.ends_with('i') && !w.ends_with('u'))
            .unwrap_or(word),
    }
}

/// Content words of folded text, stemmed.
pub(super) fn content(plain: &str, rules: &Rules) -> HashSet<String> {
    plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| w.len() >= 3 && !w.bytes().all(|b| b.is_ascii_digit()) && !rules.listed("stop", w))
        .map(|w| stem(w).to_string())
        .collect()
}

fn name_words(name: &str, rules: &Rules) -> HashSet<String> {
    let plain = fold(name);
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '\'')
        .filter(|w| w.len() >= 2 && !rules.listed("titles", w))
        .collect();
    words.into_iter().filter(|w| w.len() >= 3 && !rules.listed("common_name_words", w)).map(str::to_string).collect()
}

fn practice_words(name: &str, rules: &Rules) -> Vec<String> {
    fold(name)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| w.len() >= 3 && !rules.listed("practice_words", w))
        .map(str::to_string)
        .collect()
}

/// `CPT 27447` → `27447`, lower case.
fn code(text: &str) -> String {
    fold(text).split(' ').next_back().unwrap_or_default().trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_string()
}

/// The words that name a service, with their synonyms, and its acronyms.
fn heads(service: &str, rules: &Rules) -> (HashSet<String>, HashSet<String>) {
    let mut heads = HashSet::new();
    let mut acronyms = HashSet::new();
    let words: Vec<&str> =
        service.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    for w in &words {
        let digits = w.bytes().any(|b| b.is_ascii_digit());
        if w.len() >= 3
            && !digits
            && kb::number_word(w).is_none()
            && !rules.listed("service_modifiers", w)
            && !rules.listed("stop", w)
        {
            heads.insert(stem(w).to_string());
        }
    }
    // When every word is a modifier ("inpatient admission, 3 days") the longest ones stand for the service.
    if heads.is_empty() {
        heads.extend(
            words
                .iter()
                .filter(|w| w.len() >= 5 && !w.bytes().any(|b| b.is_ascii_digit()))
                .map(|w| stem(w).to_string()),
        );
    }
    let before_comma = service.split([',', '(']).next().unwrap_or_default();
    let parts: Vec<&str> =
        before_comma.split([' ', '-']).filter(|w| w.len() > 2 && !w.bytes().any(|b| b.is_ascii_digit())).collect();
    for from in 0..parts.len() {
        let initials: String = parts.iter().skip(from).filter_map(|w| w.chars().next()).collect();
        if initials.len() >= 3 {
            acronyms.insert(initials.clone());
            if let Some(short) = initials.get(..initials.len() - 1).filter(|s| s.len() >= 3) {
                acronyms.insert(short.to_string());
            }
        }
    }
    for group in &rules.same {
        let mentioned = group.iter().any(|g| {
            if g.contains(' ') { service.contains(g.as_str()) } else { words.iter().any(|w| stem(w) == stem(g)) }
        });
        if mentioned {
            for g in group {
                if g.len() <= 5 && !g.contains(' ') {
                    acronyms.insert(g.clone());
                }
                heads.extend(
                    g.split([' ', '-'])
                        .filter(|w| w.len() >= 4 && !rules.listed("service_modifiers", w))
                        .map(|w| stem(w).to_string()),
                );
            }
        }
    }
    (heads, acronyms)
}

fn kind_of(case: &Case, service: &str, rules: &Rules) -> Kind {
    let table = [
        ("kind.test", Kind::Test),
        ("kind.level", Kind::Level),
        ("kind.equipment", Kind::Equipment),
        ("kind.drug", Kind::Drug),
        ("kind.surgery", Kind::Surgery),
        ("kind.therapy", Kind::Therapy),
    ];
    if let Some((_, k)) = table.iter().find(|(id, _)| rules.is(id, service)) {
        return *k;
    }
    match case.claim.item.as_deref() {
        Some("drug" | "part_b_drug") => return Kind::Drug,
        Some("equipment") => return Kind::Equipment,
        _ => {}
    }
    let codes = fold(&case.claim.codes.join(" ; "));
    table
        .iter()
        .zip(["code.test", "code.level", "code.equipment", "code.drug", "code.surgery", "code.therapy"])
        .find(|(_, id)| rules.is(id, &codes))
        .map_or(Kind::Other, |(t, _)| t.1)
}

/// Number words of folded text ("fourteen weeks" → 14); "a" and "an" count as one.
fn number_word(word: &str) -> Option<f64> {
    match word {
        "a" | "an" | "una" => Some(1.0),
        _ => kb::number_word(word).map(f64::from),
    }
}

/// "weekly" is every one week; "q8w" every eight weeks.
fn rate(word: &str, before: &str) -> Option<Quantity> {
    let every = |number: f64, unit: &str| Some(Quantity { number, unit: unit.to_string() });
    match word {
        "weekly" if before != "twice" => every(1.0, "week"),
        "monthly" => every(1.0, "month"),
        "daily" => every(1.0, "day"),
        "biweekly" => every(2.0, "week"),
        _ => {
            let inner = word.strip_prefix('q')?;
            let (n, unit) = inner.split_at(inner.find(|c: char| !c.is_ascii_digit())?);
            match unit {
                "w" => every(n.parse().ok()?, "week"),
                "m" => every(n.parse().ok()?, "month"),
                _ => None,
            }
        }
    }
}

/// Numbers with units in folded text. A number without a known unit keeps the following word as its unit.
pub(super) fn quantities(plain: &str, rules: &Rules) -> Vec<Quantity> {
    placed(plain, rules, NEAR_UNIT).into_iter().map(|(_, quantity)| quantity).collect()
}

/// A unit stands among so many words after its number.
const NEAR_UNIT: usize = 4;

/// The same, each with the place of its number among the words, and units among `near` words: "24 further outpatient physical
/// therapy visits".
pub(super) fn placed(plain: &str, rules: &Rules, near: usize) -> Vec<(usize, Quantity)> {
    let words: Vec<&str> = plain.split(' ').collect();
    let mut out = Vec::new();
    for (i, raw) in words.iter().enumerate() {
        let word = raw.trim_matches(|c: char| "()[],;:\"'".contains(c)).trim_end_matches('.');
        if let Some(q) = rate(word, words.get(i.wrapping_sub(1)).copied().unwrap_or_default()) {
            out.push((i, q));
            continue;
        }
        let (digits, tail) =
            word.split_at(word.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(word.len()));
        let number = digits.trim_end_matches(['.', ',']).replace(',', "").parse::<f64>().ok();
        let spelled = if number.is_none() { number_word(word) } else { None };
        let Some(number) = number.or(spelled) else { continue };
        let tail = if spelled.is_some() { "" } else { tail };
        let upper = tail
            .strip_prefix('-')
            .and_then(|t| t.split(|c: char| !c.is_ascii_digit()).next())
            .and_then(|t| t.parse::<f64>().ok());
        let mut unit = tail.trim_matches('-').trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').to_string();
        let ends = raw.ends_with([',', ';', '.', ':']) && i + 1 < words.len() || i + 1 == words.len();
        if unit.is_empty() && !ends {
            let next = words
                .get(i + 1..)
                .unwrap_or_default()
                .iter()
                .map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '%'));
            unit = next
                .clone()
                .take(near)
                .take_while(|w| !w.starts_with(|c: char| c.is_ascii_digit()))
                .find(|w| rules.listed("units", stem(w)) || rules.listed("units", w))
                .or_else(|| next.clone().next())
                .unwrap_or_default()
                .to_string();
        }
        let unit = stem(&unit).to_string();
        // "a" and "one" count only before a unit of measure.
        if spelled == Some(1.0) && !rules.listed("units", &unit) {
            continue;
        }
        out.push((i, Quantity { number, unit: unit.clone() }));
        if let Some(u) = upper {
            out.push((i, Quantity { number: u, unit }));
        }
    }
    out
}

/// Numbers that follow a named measure: `bmi 38.4`, `bmi of 38.4`, `a1c 8.1%`.
pub(super) fn labelled(plain: &str) -> Vec<(String, f64)> {
    let words: Vec<&str> = plain.split(' ').collect();
    let mut out = Vec::new();
    for (i, w) in words.iter().enumerate() {
        let digits = w.trim_matches(|c: char| !c.is_ascii_alphanumeric()).trim_end_matches('%');
        let Ok(n) = digits.parse::<f64>() else { continue };
        if (1900.0..2100.0).contains(&n) && digits.len() == 4 {
            continue;
        }
        let label = (1..=3)
            .filter_map(|k| i.checked_sub(k))
            .filter_map(|k| words.get(k))
            .map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
            .find(|w| !matches!(*w, "of" | "is" | "was" | "at" | "a" | "an" | "score" | "about" | "grade" | ""));
        if let Some(label) = label.filter(|l| l.len() >= 2 && !l.bytes().all(|b| b.is_ascii_digit()))
            && !out.iter().any(|(k, _): &(String, f64)| k == label)
            && !is_month(label)
        {
            out.push((label.to_string(), n));
        }
    }
    out
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    MONTHS.iter().any(|m| word.starts_with(m))
}

#[cfg(test)]
mod level_tests {
    use super::one_level;

    #[test]
    fn one_level_is_two_neighbors() {
        assert!(one_level("lumbar fusion, l4-l5, with instrumentation"));
        assert!(one_level("fusion l5-s1") && one_level("discectomy c5-6"));
        assert!(!one_level("fusion l3-l5") && !one_level("fusion l4-l5 and l5-s1") && !one_level("knee replacement"));
    }
}
