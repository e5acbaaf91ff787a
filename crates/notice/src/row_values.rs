//! The value after a label, read by the label's type: a person, a place of care, an identifier, a service …

use crate::data::{Label, Reader, ValueType, holds};
use crate::found::{Found, LABELLED, PLACED, WEAKLY_LABELLED, trim};
use crate::names;
use crate::values::Span;
use crate::view::View;

impl Reader {
    /// Reads a region by the label's type.
    pub(crate) fn parse(&self, view: &View, label: &Label, region: Span) -> Vec<Found> {
        let Some(field) = crate::field_name(&label.field) else { return Vec::new() };
        match label.kind {
            ValueType::Date => self.parse_dates(view, field, region),
            ValueType::Amount => view
                .money_in((region.0, region.1.min(region.0 + 30)))
                .next()
                .map(|(span, value)| Found::normalized(view, field, value.clone(), *span, LABELLED))
                .into_iter()
                .collect(),
            ValueType::Id => {
                let span = id(view, region)
                    .or_else(|| self.group_id(view, field, region))
                    .filter(|s| !is_toll_free(view, *s) && !is_idaho(view, *s))
                    .filter(|s| !(label.weak && view.phones.iter().any(|p| p.0 <= s.0 && s.1 <= p.1)));
                match span.filter(|s| !label.weak || s.1 - s.0 >= 4) {
                    Some(s) => {
                        let mut found: Vec<Found> = Found::words(view, field, s, LABELLED).into_iter().collect();
                        found.extend(self.more_ids(view, field, s, region));
                        found.extend(self.plan_of_group(view, field, (region.0, s.0)));
                        found
                    }
                    None if field == "member.id" && label.weak => self.named_policy(view, region),
                    None => Vec::new(),
                }
            }
            ValueType::Name => {
                // "To: Ana Ruiz, MD, Lakeside Clinic": written to who gives the care
                if label.opens
                    && self.person(view, region).is_some_and(|p| p.credential || self.is_doctor_of(view, &p, region))
                {
                    return self.parse_provider(view, region);
                }
                let mut person = self.parse_person(view, field, region);
                let number = person.first().and_then(|p| self.number_after_name(view, p, region));
                person.extend(number);
                let small = view.page.slice(region.0, region.1).trim_start().starts_with(char::is_lowercase);
                // "For: physical therapy at …", "For: Excision by laparoscope, 58662"
                let coded = !self.scan.procedures(view.page.slice(region.0, region.1)).is_empty();
                if label.opens && (small || coded) && person.is_empty() {
                    self.parse_service(view, region, LABELLED)
                } else {
                    person
                }
            }
            ValueType::Provider if label.opens => {
                // "CC: Gideon Marlowe, MD (Rivermouth Breast Center)": who gets a copy, where no row says who gives the care
                let titled = self.person(view, region).is_some_and(|p| p.is_titled());
                let found = if titled { self.parse_provider(view, region) } else { Vec::new() };
                found.into_iter().map(|f| Found { rank: WEAKLY_LABELLED, ..f }).collect()
            }
            ValueType::Provider => self.parse_provider(view, region),
            ValueType::Criteria => plain(view, field, before_clause(self, view, region))
                .into_iter()
                .filter(|f| !is_sentence(&f.value))
                .filter_map(|f| {
                    let span = crate::criteria_names::whole(view.page.text, f.span, &self.words)?;
                    Found::words(view, f.field, span, f.rank)
                })
                .collect(),
            ValueType::Text => plain(view, field, region),
            ValueType::Organisation if field == "plan.issuer" && self.names_a_product(view, region) => {
                let words = view.page.slice(region.0, region.1);
                let end = words.find([',', ';', '(']).unwrap_or(words.len());
                Found::words(view, "plan.name", (region.0, region.0 + end), LABELLED).into_iter().collect()
            }
            ValueType::Product => {
                let words = view.page.slice(region.0, region.1);
                let end = region.0 + words.find([',', ';', '(']).unwrap_or(words.len());
                let named = self.is_product(view, (region.0, end));
                let name = Found::words(view, field, (region.0, end), LABELLED + 2);
                name.into_iter().filter(|_| named).collect()
            }
            ValueType::Organisation => names::organisation(view, region)
                .map(|s| self.without_note(view, before_person(self, view, s)))
                .map(|s| if field == "provider.facility" { self.without_city(view, s) } else { s })
                .filter(|s| !view.page.slice(s.0, s.1).starts_with(char::is_lowercase))
                .filter(|s| {
                    field != "provider.facility" || !view.page.slice(s.0, s.1).starts_with(|c: char| c.is_ascii_digit())
                })
                .and_then(|s| Found::words(view, field, s, LABELLED))
                .into_iter()
                .collect(),
            ValueType::Service => self.parse_service(view, region, LABELLED),
            ValueType::Diagnosis => self.parse_diagnosis(view, region, LABELLED),
            ValueType::Code => self.codes_in(view, region, LABELLED),
            ValueType::DiagnosisCode => self.diagnosis_codes_in(view, region, LABELLED),
            ValueType::DenialCode => self.denial_codes_in(view, region),
            ValueType::Phone | ValueType::Fax | ValueType::Boundary => Vec::new(),
            ValueType::Specialty => self.specialty_in(view, region, LABELLED).into_iter().collect(),
        }
    }

    /// "Policy: Juniper Silver 70": the product's name where a number could stand.
    pub(crate) fn named_policy(&self, view: &View, region: Span) -> Vec<Found> {
        let whole = trim(view.page.text, region);
        let words = view.page.slice(whole.0, whole.1).split(' ').filter(|w| !w.is_empty());
        let capital = |w: &str| w.starts_with(char::is_uppercase) || w.bytes().all(|b| b.is_ascii_digit());
        let named = (2..=6).contains(&words.clone().count()) && words.clone().all(capital);
        let tokens = view.page.tokens.get(view.page.token_at(whole.0)..view.page.token_at(whole.1)).unwrap_or(&[]);
        let product = tokens.iter().any(|t| t.has_digit || holds(&self.words.organisation, &t.norm));
        let plain = (product || self.is_product(view, whole))
            && !view.page.slice(whole.0, whole.1).contains(['.', ',', ':', '#']);
        let name = Found::words(view, "plan.name", whole, LABELLED).filter(|_| named && plain);
        name.into_iter().collect()
    }

    fn parse_dates(&self, view: &View, field: &'static str, region: Span) -> Vec<Found> {
        let several = field == "service.date";
        let limit = if several { region.1 } else { region.1.min(region.0 + 24) };
        let mut last: Option<usize> = None;
        let dates = view.dates_in((region.0, limit)).take_while(move |d| {
            // "the service date 08/30/2025; another can be paid from 08/30/2027" gives one
            let words = last.map_or("", |l| view.page.slice(l, d.span.0)).split_whitespace();
            last = Some(d.span.1);
            words.filter(|w| w.len() > 3).count() == 0
        });
        let found = dates.map(|d| {
            let value = if several { d.iso() } else { d.first.to_string() };
            Found::normalized(view, field, value, d.span, LABELLED)
        });
        found.take(if several { 4 } else { 1 }).collect()
    }

    fn parse_person(&self, view: &View, field: &'static str, region: Span) -> Vec<Found> {
        let place = until_mark(view, region);
        if self.is_place(view, place) {
            let facility = Found::words(view, "provider.facility", place, PLACED);
            return facility.into_iter().collect();
        }
        let span = match self.person(view, region) {
            Some(person) => person.span,
            None => match self.bare_name(view, region) {
                Some(span) => span,
                None => return Vec::new(),
            },
        };
        Found::words(view, field, span, LABELLED).into_iter().collect()
    }

    /// A group is often named before its number ("Port of Calder, 7120"), or has letters alone ("LUMENCO").
    fn group_id(&self, view: &View, field: &str, region: Span) -> Option<Span> {
        if field != "plan.group_number" {
            return None;
        }
        let last = view.page.slice(region.0, region.1).rfind(['·', ',', '#', '(', '–', '|']);
        let after = last.and_then(|i| {
            id(view, (region.0 + i + view.page.slice(region.0 + i, region.1).chars().next()?.len_utf8(), region.1))
        });
        let whole = trim(view.page.text, region);
        let word = view.page.slice(whole.0, whole.1);
        let letters = word.len() >= 3 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'-');
        let tail = word.rsplit(' ').next().unwrap_or("");
        let number = tail.len() >= 3 && tail.len() < word.len() && tail.bytes().any(|b| b.is_ascii_digit());
        let tail = number.then(|| id(view, (whole.1 - tail.len(), whole.1))).flatten();
        after.or(tail).or(letters.then_some(whole))
    }

    /// "Group: Bayou Marine Contractors Welfare Plan (No. 60928)": the plan that a group's row names before its number.
    fn plan_of_group(&self, view: &View, field: &str, region: Span) -> Option<Found> {
        let words = view.page.slice(region.0, region.1);
        let end = region.0 + words.find(['(', '#', ',']).unwrap_or(words.len());
        let span = trim(view.page.text, (region.0, end));
        let folded: Vec<String> =
            view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word).collect();
        let plan = folded.last().is_some_and(|w| matches!(w.as_str(), "pian" | "trust" | "fund"));
        let employer = folded.iter().any(|w| holds(&self.words.employer_plan, w));
        (field == "plan.group_number" && plan && employer && folded.len() >= 3)
            .then(|| Found::words(view, "plan.name", span, LABELLED + 1))?
    }

    /// A value that is nothing but two to four capitalised words, not all of them words of forms.
    fn bare_name(&self, view: &View, region: Span) -> Option<Span> {
        let span = trim(view.page.text, region);
        let tokens = view.page.tokens.get(view.page.token_at(span.0)..view.page.token_at(span.1))?;
        let name = (2..=4).contains(&tokens.len())
            && tokens.iter().all(|t| t.capital && !t.has_digit)
            && tokens.iter().any(|t| !holds(&self.words.not_names, &t.norm))
            && view
                .page
                .slice(span.0, span.1)
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\''));
        name.then_some(span)
    }

    /// Who gives or asks for care, and where: "Dr. Ana Ruiz, Lakeside Clinic", "Lakeside Clinic; Ana Ruiz, MD".
    fn parse_provider(&self, view: &View, region: Span) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut add = |field: &'static str, span: Span| {
            if !out.iter().any(|f| f.field == field) {
                out.extend(Found::words(view, field, span, LABELLED));
            }
        };
        let first =
            self.person(view, region).filter(|p| p.is_titled() || !self.is_place(view, until_mark(view, region)));
        let noted = |p: &crate::names::Person| {
            let rest = (p.span.0, region.1);
            !p.is_titled() && self.without_note(view, rest).1 == p.span.1 && self.without_note(view, rest) != rest
        };
        let first = first.filter(|p| !noted(p)); // "Imágenes del Valle (in network)"
        let first = first.filter(|p| !self.is_company(view, p)); // "Monadnock Orthopaedics, PA"

        let rest = match first {
            Some(person) => {
                add("provider.treating", person.span);
                (person.span.1, region.1)
            }
            None => {
                let whole =
                    names::organisation(view, region).map(|s| self.without_note(view, before_person(self, view, s)));
                let named = whole.filter(|s| {
                    let words = view.page.slice(s.0, s.1);
                    let mut folded = words.split_whitespace().map(crate::phrase::fold_word);
                    words.starts_with(char::is_uppercase)
                        && !folded.any(|w| w == "not" || holds(&self.words.plan_voice, &w))
                });
                named.into_iter().for_each(|s| add("provider.facility", s));
                (named.map_or(region.0, |s| s.1), region.1)
            }
        };
        let range = (view.page.token_at(rest.0), view.page.token_at(rest.1));
        self.titled_people(view, range).first().into_iter().for_each(|p| add("provider.treating", p.span));
        parts(view, rest).find(|s| self.is_place(view, *s)).into_iter().for_each(|s| add("provider.facility", s));
        out
    }

    /// "To: Dr. Ana Ruiz, Lakeside Clinic": a doctor at a place of care.
    fn is_doctor_of(&self, view: &View, p: &crate::names::Person, region: Span) -> bool {
        let rest = (p.span.1, region.1.max(p.span.1));
        p.title && parts(view, rest).any(|s| s.1 > s.0 && self.is_place(view, s))
    }

    /// A place of care whose form of company reads like a credential: "PA", "PC".
    fn is_company(&self, view: &View, p: &crate::names::Person) -> bool {
        let words = view.page.slice(p.span.0, p.span.1);
        let Some((name, tail)) = words.split_once(", ").or_else(|| words.rsplit_once(' ')) else { return false };
        let form = holds(&self.words.company_forms, &crate::phrase::fold_word(tail.trim_end_matches('.')));
        form && !p.title && self.is_place(view, (p.span.0, p.span.0 + name.len()))
    }

    /// "Health plan: Upper Lakes Blue PPO": a product by its kind of network.
    fn names_a_product(&self, view: &View, region: Span) -> bool {
        let words = view.page.slice(region.0, region.1);
        let end = words.find([',', ';']).unwrap_or(words.len());
        self.is_product(view, (region.0, region.0 + end))
    }

    /// "Lakeside Clinic, Salem": a place of care without the town, or the address, that follows it.
    fn without_city(&self, view: &View, span: Span) -> Span {
        let words = view.page.slice(span.0, span.1);
        let first = words.find(", ").filter(|i| {
            let rest = words.get(i + 2..).unwrap_or("");
            let next = crate::phrase::fold_word(rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or(""));
            let named = rest.split_whitespace().any(|w| self.words.is_place(&crate::phrase::fold_word(w)));
            !holds(&self.words.company_forms, &next) && !holds(&self.words.credentials, &next) && !named
        });
        match first {
            Some(i) if self.is_place(view, (span.0, span.0 + i)) => (span.0, span.0 + i),
            _ => span,
        }
    }

    /// Whether a stretch of text is the name of a place of care.
    pub(crate) fn is_place(&self, view: &View, span: Span) -> bool {
        let words = view.page.slice(span.0, span.1);
        let folded = words.split_whitespace().map(|w| crate::phrase::fold_word(w.trim_matches([',', '.', '(', ')'])));
        let capital = words.split_whitespace().filter(|w| w.len() > 3).all(|w| !w.starts_with(char::is_lowercase));
        let mut folded = folded.enumerate();
        let long = words.split_whitespace().count() >= 4; // "Endocrinología Pediátrica del Río"
        let named = words.contains(" & ")
            || folded.any(|(i, w)| self.words.is_place(&w) && (i > 0 || long || holds(&self.words.place_nouns, &w)));
        capital && words.trim_start().starts_with(char::is_uppercase) && named
    }
}

/// The region up to the first mark that parts a person from a place.
fn until_mark(view: &View, region: Span) -> Span {
    let words = view.page.slice(region.0, region.1);
    let end = region.0 + words.find([',', ';', '(']).unwrap_or(words.len());
    // "Kestrel Neurology fax 303-555-0121"
    let phone = view.phones.iter().map(|p| p.0).find(|p| *p > region.0 && *p < end);
    let before = phone.map(|p| view.page.token_at(p)).and_then(|at| view.page.tokens.get(at.checked_sub(1)?));
    (region.0, before.filter(|t| t.start > region.0).map_or(end, |t| trim(view.page.text, (region.0, t.start)).1))
}

/// An organisation's name up to "; …", to " for Dr. …" and to a person after a comma or a dash ("Wren Hollow Physical Therapy –
/// S. Abernathy, PT"); never to nothing.
fn before_person(reader: &Reader, view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let end = reader.words.for_doctor.iter().filter_map(|m| words.find(m.as_str())).min();
    let end = span.0 + end.unwrap_or(words.len());
    let range = (view.page.token_at(span.0), view.page.token_at(end));
    let mut people = reader.titled_people(view, range).into_iter().map(|p| p.span.0);
    let person = people.find(|at| {
        let before = view.page.slice(span.0, *at).trim_end();
        before.len() >= 4 && before.ends_with([',', '–', '—', '-', '/', '('])
    });
    trim(view.page.text, (span.0, person.unwrap_or(end).min(end)))
}

/// A name up to a clause that says what it says: "Guideline BH-31, which states: …".
fn before_clause(reader: &Reader, view: &View, region: Span) -> Span {
    let words = view.page.slice(region.0, region.1);
    let marks = &reader.words.clause_marks;
    let end = marks.iter().filter_map(|m| words.find(m.as_str()).filter(|i| *i > 3)).min();
    (region.0, region.0 + end.unwrap_or(words.len()))
}

/// Whether a value is a sentence and no name: eight words or more, most of them small.
fn is_sentence(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let small = words.iter().filter(|w| w.starts_with(char::is_lowercase)).count();
    words.len() >= 8 && small * 3 > words.len() * 2
}

/// What stands between the marks `,` `;` `(` `)` `/` and the long dashes of a region.
fn parts<'v>(view: &'v View, region: Span) -> impl Iterator<Item = Span> + 'v {
    let mut at = region.0;
    view.page.slice(region.0, region.1).split_inclusive([',', ';', '(', ')', '/', '–', '—']).map(move |part| {
        let bare = part.trim_end_matches([',', ';', '(', ')', '/', '–', '—']);
        let span = (at, at + bare.len());
        at += part.len();
        trim(view.page.text, span)
    })
}

/// A toll-free number is no identifier.
fn is_toll_free(view: &View, span: Span) -> bool {
    let written = view.page.slice(span.0, span.1);
    let code = written.strip_prefix("1-").unwrap_or(written).get(..4);
    let free = code.is_some_and(|c| ["800-", "833-", "844-", "855-", "866-", "877-", "888-"].contains(&c));
    free && view.phones.iter().any(|p| p.0 <= span.0 && span.1 <= p.1)
}

/// "Boise, ID 83701": a ZIP code after the letters of a State that are also a label.
fn is_idaho(view: &View, span: Span) -> bool {
    let lead = view.page.slice(0, span.0).trim_end();
    let zip = view.page.slice(span.0, span.1).get(..5).is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()));
    zip && lead
        .strip_suffix(['D', 'd'])
        .and_then(|l| l.strip_suffix(['I', 'l', '1', '|'])) // as text recognition may leave it
        .is_some_and(|l| l.ends_with(", ") && l.trim_end_matches(", ").ends_with(char::is_alphabetic))
}

pub(crate) fn has_digits(view: &View, span: Span, least: usize) -> bool {
    view.page.slice(span.0, span.1).bytes().filter(u8::is_ascii_digit).count() >= least
}

fn plain(view: &View, field: &'static str, region: Span) -> Vec<Found> {
    let span = trim(view.page.text, region);
    let words = view.page.slice(span.0, span.1);
    let span = (span.0, span.0 + words.trim_end_matches('.').len());
    let none = matches!(words.to_lowercase().as_str(), "n/a" | "na" | "none" | "ninguno");
    if none { Vec::new() } else { Found::words(view, field, span, LABELLED).into_iter().collect() }
}

/// An identifier at the beginning of a region: the first group with a digit, and the groups that belong to it.
pub(crate) fn id(view: &View, region: Span) -> Option<Span> {
    let text = view.page.slice(region.0, region.1);
    let skipped = text.len()
        - text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '#' | '.' | '=' | '(')).len();
    let start = region.0 + skipped;
    let body = text.get(skipped..)?;
    let mut end: Option<usize> = None;
    let mut digits = false;
    let mut at = 0;
    for (n, group) in body.split(' ').enumerate() {
        let bare = group.trim_end_matches([',', ';', '.', ')', ':', '?']);
        let has_digit = bare.bytes().any(|b| b.is_ascii_digit());
        let form = !bare.is_empty()
            && !bare.starts_with('/')
            && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '*' | '.' | '_'));
        let shout = !bare.chars().any(char::is_lowercase) || has_digit && bare.len() > 4;
        let prefix = n == 0 && !has_digit && bare.len() <= 5 && shout;
        let last = at + group.len() == body.len() || body.get(at + group.len()..).is_some_and(|t| t.starts_with("  "));
        if digits && last && bare.len() == 1 && bare.bytes().all(|b| b.is_ascii_uppercase()) {
            end = Some(start + at + 1); // "948 22 0175 Q"
            break;
        }
        let is_date = bare.matches('/').count() == 2;
        if !form || is_date && digits || !(has_digit && (n == 0 || shout) || prefix) || bare.len() > 40 || n > 4 {
            break;
        }
        digits |= has_digit;
        if digits {
            end = Some(start + at + bare.len());
        }
        if bare.len() < group.len() {
            break;
        }
        at += group.len() + 1;
    }
    end.filter(|e| *e > start).map(|e| (start, e))
}
