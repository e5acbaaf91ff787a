//! What of a case a group of conditions and services is recognized by: words and numbers of the service, words and codes of
//! the diagnosis. The two are read together: what the service shares among several groups belongs to the one whose disease it
//! is, and a longer name goes before a shorter one that stands inside it.

use kb::Sentences;

use super::profile::{CODE_ALONE, Group, within};
use crate::words::{Folded, icd};

/// What one group was recognized by.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// Words of the group in the service, each with its places.
    service: Vec<(&'a str, Vec<(usize, usize)>)>,
    /// The number of the service, as the case writes it.
    pub(super) code: Option<&'a String>,
    /// The longest beginning of a diagnosis code, and that code.
    icd: Option<(usize, &'a String)>,
    /// The longest word of the diagnosis.
    diagnosis: Option<&'a str>,
}

/// What the other groups may hold against one: the evidence of a group that is no catch-all.
#[derive(Debug)]
pub(super) struct Rival {
    id: String,
    spans: Vec<(usize, usize)>,
    code: Option<String>,
    of_disease: bool,
}

impl Rival {
    pub(super) fn of(group: &Group, evidence: &Evidence<'_>) -> Self {
        let own = !group.fallback;
        Rival {
            id: group.id.clone(),
            spans: if own { evidence.spans().collect() } else { Vec::new() },
            code: evidence.code.filter(|_| own).cloned(),
            of_disease: own && evidence.of_disease(),
        }
    }

    fn of_service(&self) -> bool {
        self.code.is_some() || !self.spans.is_empty()
    }
}

impl<'a> Evidence<'a> {
    pub(super) fn of(
        group: &'a Group,
        service: &Folded,
        diagnosis: &Folded,
        icds: &[(String, &'a String)],
        codes: &[(String, &'a String)],
    ) -> Self {
        let prefix = |code: &str| {
            let beginnings = group.icd.iter().map(|p| icd(p)).filter(|p| code.starts_with(p.as_str()));
            beginnings.map(|p| p.len()).max().unwrap_or(0)
        };
        let places = |w: &'a String| (w.as_str(), service.spans(w));
        Evidence {
            service: group.words.iter().map(places).filter(|(_, spans)| !spans.is_empty()).collect(),
            code: codes.iter().find(|(c, _)| group.codes.iter().any(|r| within(c, r))).map(|(_, code)| *code),
            icd: icds.iter().map(|(c, said)| (prefix(c), *said)).filter(|(l, _)| *l > 0).max_by_key(|(l, _)| *l),
            diagnosis: group.words.iter().map(String::as_str).filter(|w| diagnosis.has(w)).max_by_key(|w| w.len()),
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.service.is_empty() || self.code.is_some() || self.of_disease()
    }

    fn of_disease(&self) -> bool {
        self.icd.is_some() || self.diagnosis.is_some()
    }

    fn spans(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.service.iter().flat_map(|(_, spans)| spans.iter().copied())
    }

    /// Takes out what belongs to another group. A technique or level of care (`leads`, or a group that knows no diagnosis) is
    /// given for many diseases, so no diagnosis speaks against it.
    pub(super) fn give_way(&mut self, group: &Group, rivals: &[Rival], drug: bool) {
        if group.leads || group.icd.is_empty() {
            return;
        }
        let others: Vec<&Rival> = rivals.iter().filter(|r| r.id != group.id).collect();
        // "Bone-anchored" inside "bone-anchored prosthesis" is not the hearing aid.
        let inside = |s: (usize, usize), t: (usize, usize)| t.0 <= s.0 && s.1 <= t.1 && s.1 - s.0 < t.1 - t.0;
        let part_of_longer = |s: (usize, usize)| others.iter().flat_map(|r| &r.spans).any(|t| inside(s, *t));
        self.service.retain(|(_, spans)| !spans.iter().all(|s| part_of_longer(*s)));
        if self.of_disease() {
            return;
        }
        let of_disease: Vec<&&Rival> = others.iter().filter(|r| r.of_disease).collect();
        let meets = |s: (usize, usize), t: (usize, usize)| s.0 < t.1 && t.0 < s.1;
        let shared = |s: (usize, usize)| of_disease.iter().flat_map(|r| &r.spans).any(|t| meets(s, *t));
        self.service.retain(|(_, spans)| !spans.iter().all(|s| shared(*s)));
        if self.code.is_some_and(|c| of_disease.iter().any(|r| r.code.as_ref() == Some(c))) {
            self.code = None;
        }
        // A word alone says less than service and diagnosis together; a drug is given for many diseases, so there the disease decides.
        let together = of_disease.iter().any(|r| r.of_service());
        if (together && self.code.is_none()) || (drug && !of_disease.is_empty()) {
            self.service.clear();
            self.code = None;
        }
    }

    /// How well the group fits: what was asked for counts before the diagnosis, longer words and codes before shorter ones. The
    /// weights only order the groups; a person sees what each was recognized by.
    pub(super) fn score(&self, sentences: &Sentences) -> Option<(usize, bool, Vec<String>)> {
        let mut by = Vec::new();
        let mut named = 0;
        if let Some(word) = self.service.iter().map(|(w, _)| *w).max_by_key(|w| w.len()) {
            named = 60 + word.len();
            by.push(sentences.say("by_service", &[("word", word.trim_matches('*'))]));
        }
        if let Some(code) = self.code {
            by.push(sentences.say("by_code", &[("code", code)]));
        }
        // Name and code of a service are one piece of evidence: a drug given for many diseases must not outweigh the disease.
        let mut total = match (named, self.code.is_some()) {
            (0, true) => CODE_ALONE,
            (n, true) => n + 10,
            (n, false) => n,
        };
        if let Some((len, code)) = self.icd {
            total += 30 + 5 * len;
            by.push(sentences.say("by_diagnosis_code", &[("code", code)]));
        }
        if let Some(word) = self.diagnosis {
            total += 35 + word.len();
            by.push(sentences.say("by_diagnosis", &[("word", word.trim_matches('*'))]));
        }
        (total > 0).then_some((total, named > 0 || self.code.is_some(), by))
    }
}
