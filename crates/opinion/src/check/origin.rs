//! Where a paper comes from: who signs it, which days it names, whether the plan's name stands over it, its language.

use calendar::Date;
use facts::{Case, Document};

use super::findings::parse_date;
use super::letter::Letter;
use super::rules::Rules;
use super::text::{Unit, Zone, fold};
use crate::is_same_name;

/// What a paper shows of its origin, without a word of what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Names with a degree at the signature, else in the letterhead, as they stand. Empty where none can be told.
    pub(crate) signed_by: Vec<String>,
    /// The words of the signature, folded.
    signature: String,
    /// Every name with a degree in the paper.
    named: Vec<String>,
    /// All words, folded.
    words: String,
    /// The full dates of the paper but for dates of birth.
    pub(crate) days: Vec<Date>,
    /// Whether the plan is named in the letterhead.
    pub(crate) from_plan: bool,
    /// Whether it is written in Spanish.
    pub(crate) spanish: bool,
    /// How the writer met the patient, in the words of the case (`in_person`, `video`, `records_only`); none where the paper says
    /// none or several.
    pub(crate) contact: Option<&'static str>,
}

impl Origin {
    /// Whether a physician's family name stands at the signature, with or without a degree.
    pub(crate) fn at_signature(&self, physician: &str) -> bool {
        let family = crate::paper::family_names(physician);
        self.signature.split(|c: char| !c.is_alphanumeric()).any(|w| family.iter().any(|f| f == w))
    }

    /// Whether a physician is named anywhere, in full or by the family name.
    pub(crate) fn names(&self, physician: &str) -> bool {
        let family = crate::paper::family_names(physician);
        let word = |w: &str| family.iter().any(|f| f == w);
        self.named.iter().any(|n| is_same_name(n, physician))
            || self.words.split(|c: char| !c.is_alphanumeric()).any(word)
    }
}

/// So many lines at the top of a letter are the writer's own.
const LETTERHEAD: usize = 3;

/// Reads the origin of a paper.
pub(super) fn read(case: &Case, document: &Document, rules: &Rules) -> Origin {
    let l = Letter::read(case, document, rules);
    let names = |u: &Unit| -> Vec<String> {
        let found = rules.all("raw.name_with_degree", &u.raw);
        found.into_iter().filter_map(|(s, e)| u.raw.get(s..e)).map(str::to_string).collect()
    };
    let copy =
        |u: &Unit| ["finding.addressee", "people.to_line", "zone.enclosure"].iter().any(|r| rules.is(r, &u.plain));
    let signs =
        |u: &&Unit| u.zone == Zone::Signature || u.zone != Zone::Enclosure && rules.is("signature.mark", &u.plain);
    let signature: Vec<String> = l.units.iter().filter(signs).filter(|u| !copy(u)).flat_map(names).collect();
    let count = |rule: &str| -> usize { l.units.iter().map(|u| rules.all(rule, &u.plain).len()).sum() };
    let born = |u: &&Unit| !rules.is("raw.birth", &u.raw);
    let head = || l.units.iter().filter(|u| matches!(u.zone, Zone::Letterhead | Zone::Signature) && !copy(u));
    // Below the first lines a letterhead names whom the letter goes to.
    let top = || l.units.iter().take(LETTERHEAD).filter(|u| u.zone == Zone::Letterhead && !copy(u)).flat_map(names);
    let words = |of: &dyn Fn(&Unit) -> bool| -> String {
        l.units.iter().filter(|u| of(u)).map(|u| u.plain.as_str()).collect::<Vec<_>>().join(" ")
    };
    let met = |rule: &str| l.body().any(|i| l.own_is(i, "basis.contact") && l.own_is(i, rule));
    // "A chart review" beside an examination is no opinion from records alone.
    let unseen = !l.body().any(|i| l.own_is(i, "basis.contact"));
    let kinds = [
        ("records_only", unseen && l.body().any(|i| l.own_is(i, "basis.records_only"))),
        ("video", met("basis.video")),
        ("in_person", met("basis.in_person")),
    ];
    let mut said = kinds.into_iter().filter(|(_, said)| *said).map(|(kind, _)| kind);
    Origin {
        contact: said.next().filter(|_| said.next().is_none()),
        from_plan: head().any(|u| l.subject.names_plan(&u.plain)),
        days: l.units.iter().filter(born).flat_map(|u| days(&u.plain, rules)).collect(),
        signed_by: if signature.is_empty() { top().collect() } else { signature },
        named: l.units.iter().flat_map(names).collect(),
        words: words(&|_| true),
        signature: words(&|u| u.zone == Zone::Signature && !copy(u)),
        spanish: count("finding.language_es") > count("finding.language_en"),
    }
}

/// The full dates of folded words.
pub(super) fn days(plain: &str, rules: &Rules) -> Vec<Date> {
    let found = rules.all("date.full", plain).into_iter().filter_map(|(s, e)| parse_date(plain.get(s..e)?));
    let day = |(y, m, d): (i64, i64, i64)| {
        let (y, m, d) = (i16::try_from(y).ok()?, i8::try_from(m).ok()?, i8::try_from(d).ok()?);
        Date::new(y, m, d).ok()
    };
    found.filter_map(day).collect()
}

/// The same of words as they stand.
pub(super) fn days_in(text: &str, rules: &Rules) -> Vec<Date> {
    days(&fold(text), rules)
}
