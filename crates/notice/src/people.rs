//! People in prose: who treats and where, the member of the address block or greeting; amounts and days that sentences name.

use crate::data::{Cue, Meaning, Reader, Section, holds};
use crate::found::{Found, PLACED, SAID, trim};
use crate::names::Person;
use crate::text::{Cell, Line, Token};
use crate::values::{DateFound, Span};
use crate::view::{Range, View};

/// Lines with words at the top of a paper that are its letterhead.
const HEAD: usize = 4;

/// The most days of service that sentences give.
const DAYS: usize = 4;

/// How many providers of the prose are kept, best first: the first may turn out to be the plan's own.
const KEPT: usize = 3;

/// The rank of a member's name that counts only where nothing else names the member.
const LAST_RESORT: u8 = PLACED + 9;

impl Reader {
    /// "the records from Dr. Whitacre", "a plan submitted by Dr. Yamauchi", "Dr. Thorne's notes": from whom something was read.
    pub(crate) fn is_source(&self, view: &View, p: &Person) -> bool {
        let first = view.page.token_at(p.span.0);
        let before =
            |n: usize| first.checked_sub(n).and_then(|i| view.page.tokens.get(i)).map_or("", |t| t.norm.as_str());
        let handed = before(1) == "by" && holds(&self.words.handed_over, before(2));
        let owner = view.page.slice(p.span.1, view.page.text.len()).starts_with(['\'', '’']);
        let gave = view.page.gap_after(p.next.saturating_sub(1)) == " "
            && view.page.tokens.get(p.next).is_some_and(|t| holds(&self.words.handed_over, &t.norm));
        holds(&self.words.from_whom, before(1)) || handed || owner || gave
    }

    /// People with a title or credential within a stretch of tokens.
    pub(crate) fn titled_people(&self, view: &View, range: Range) -> Vec<Person> {
        let mut out: Vec<Person> = Vec::new();
        let mut at = range.0;
        while at < range.1 {
            match self.person_at(view, at, range.1) {
                Some(p) if p.is_titled() && p.words >= 1 && (p.words >= 2 || p.title) => {
                    at = p.next.max(at + 1);
                    out.push(p);
                }
                _ => at += 1,
            }
        }
        out
    }

    /// Providers in prose: a titled name in a sentence that says who asked, treated or ordered; else the first titled
    /// name of the body that is no reviewer.
    pub(crate) fn said_providers(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let end = view.cue(Cue::Closing).iter().map(|r| r.0).max().unwrap_or(view.page.tokens.len());
        let mut at = 0;
        while at < view.page.tokens.len() {
            let range = view.page.sentence_of(at);
            let next = range.1.max(at + 1);
            let panel = at.checked_sub(1).is_some_and(|i| view.sentence_has(i, Cue::Panel));
            let skip = panel
                || at >= end
                || view.cue_in(Cue::ReviewerCue, range).is_some()
                || view.section(at) == Section::Help;
            if skip && at < end && view.section(at) != Section::Help {
                out.extend(self.named_doctor(view, range));
                let sources = self.titled_people(view, range).into_iter().filter(|p| self.is_source(view, p));
                let doctor = sources.filter(|p| !self.is_courtesy(view, p)).map(|p| p.span);
                out.extend(doctor.filter_map(|s| Found::words(view, "provider.treating", s, SAID + 2)));
            }
            if !skip {
                let said = view.cue_in(Cue::ProviderCue, range).is_some();
                out.extend(self.named_doctor(view, range));
                for p in self.titled_people(view, range) {
                    let courtesy = self.is_courtesy(view, &p);
                    // "sleeve gastrectomy, CPT 43775, by Marisela Thornquist, MD, at …"
                    let by = view.page.token_at(p.span.0).checked_sub(1).and_then(|i| view.page.tokens.get(i));
                    let by = by.is_some_and(|t| matches!(t.norm.as_str(), "by" | "por"))
                        && self.place_at(view, p.next + 1, SAID).is_some();
                    if !courtesy && (said || p.title || by) {
                        let rank = if said || by { SAID } else { PLACED };
                        out.extend(Found::words(view, "provider.treating", p.span, rank));
                    }
                }
            }
            at = next;
        }
        out.sort_by_key(|f| (f.rank, f.span.0));
        out.truncate(KEPT);
        out
    }

    /// "Your surgeon, Paula Reed, asked": a name without a title right after the word for who treats.
    fn named_doctor(&self, view: &View, range: Range) -> Option<Found> {
        let hits = view.cue(Cue::YourDoctor).iter().filter(|h| h.0 >= range.0 && h.1 <= range.1);
        let people = hits.filter_map(|(_, to)| {
            let joined = matches!(view.page.gap_after(to.checked_sub(1)?).trim(), "," | "" | "(");
            let verb = view.page.tokens.get(*to).is_some_and(|t| holds(&self.words.be, &t.norm));
            self.person_at(view, to + usize::from(verb), range.1).filter(|p| joined && p.words >= 2)
        });
        people.map(|p| Found::words(view, "provider.treating", p.span, SAID)).next()?
    }

    /// "Mr.", "Ms.": a title that is no doctor's.
    fn is_courtesy(&self, view: &View, p: &Person) -> bool {
        let first = view.page.slice(p.span.0, p.span.1).split(['.', ' ']).next().unwrap_or("").to_lowercase();
        !p.credential && !matches!(first.as_str(), "dr" | "dra" | "doctor" | "doctora")
    }

    /// Facilities in prose: the capitalised name after "at", or after a physician "of", that names a place of care.
    pub(crate) fn said_facilities(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::FacilityCue).iter().filter(|h| !is_shouted(view, h.0)) {
            let place = self.place_at(view, *to, SAID + 1);
            out.extend(place.filter(|p| view.dates_in(p.span).next().is_none()));
        }
        for (from, _) in view.cue(Cue::ProviderCue) {
            out.extend(self.asking_place(view, *from));
        }
        out.extend(self.place_of_a_day(view));
        out.extend(self.place_written_to(view));
        for person in self.titled_people(view, (0, view.page.tokens.len())) {
            let joins = view.page.tokens.get(person.next).is_some_and(|t| holds(&self.words.at_place, &t.norm));
            let gap = view.page.gap_after(person.next - 1);
            let office = view.page.tokens.get(person.next).is_some_and(|t| holds(&self.words.own_places, &t.norm));
            if joins && gap.trim_matches(',').trim().trim_matches(',').is_empty() {
                out.extend(self.place_at(view, person.next + 1, SAID));
            } else if office && gap.trim().is_empty() && view.page.gap_after(person.next).starts_with(", ") {
                out.extend(self.place_at(view, person.next + 1, SAID + 1)); // "Dr. Teague's office, Piedmont Oncology"
            } else if gap.len() >= 3 && gap.trim().is_empty() && !gap.contains('\n') {
                // "Dr. Ravindra Holcomb      St. Brendan's Pain Clinic": two cells of a line
                out.extend(self.place_at(view, person.next, SAID + 2));
            } else if matches!(gap, ", " | " - " | ". - " | " – " | " — " | ", with ")
                && !view.sentence_has(person.next - 1, Cue::ReviewerCue)
                && !self.is_specialty_at(view, person.next)
            {
                out.extend(self.place_at(view, person.next, SAID + 1)); // "Dr. Ana Ruiz, Lakeside Clinic"
            }
        }
        for (i, t) in view.page.tokens.iter().enumerate() {
            // "de la clínica Palabras del Río"
            if !t.capital
                && holds(&self.words.place_nouns, &t.norm)
                && view.page.tokens.get(i + 1).is_some_and(|n| n.capital)
            {
                let name = self.proper_name(view, i + 1).filter(|s| view.page.slice(s.0, s.1).contains(' '));
                out.extend(name.and_then(|s| Found::words(view, "provider.facility", s, SAID + 1)));
            }
        }
        out.sort_by_key(|f: &Found| (f.rank, f.span.0));
        out.truncate(1);
        out
    }

    /// A hospital or clinic that the letter is written to: a line of its own that names a place of care and no plan, above a
    /// greeting to a colleague or provider.
    fn place_written_to(&self, view: &View) -> Option<Found> {
        /// The most lines from the place down to the greeting.
        const ABOVE: usize = 16;
        let (from, to) = view.greeting().filter(|_| view.number == 1)?;
        let end = view.page.lines.get(view.page.tokens.get(from)?.line)?.end;
        let greeted = view.page.tokens.get(to..view.page.token_at(end)).unwrap_or(&[]);
        let doctor = greeted.first().is_some_and(|t| matches!(t.norm.as_str(), "dr" | "dra" | "doctor" | "doctora"));
        let colleague = doctor || greeted.iter().any(|t| holds(&self.words.colleagues, &t.norm));
        let number = view.page.tokens.get(from)?.line;
        let lines = view.page.lines.get(number.saturating_sub(ABOVE)..number)?.iter().filter(|_| colleague);
        lines.rev().filter(|l| l.cells.len() == 1).find_map(|l| {
            let span = trim(view.page.text, (l.start, l.end));
            let words = view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word);
            let plan =
                words.into_iter().any(|w| holds(&self.words.not_facility, &w) || holds(&self.words.not_issuer, &w));
            let named =
                !plan && !view.page.slice(span.0, span.1).contains([':', '.', ',']) && self.is_place(view, span);
            (named && l.start > 0).then(|| Found::words(view, "provider.facility", span, PLACED))?
        })
    }

    /// "for the visit of April 2, 2026 at Optique Sandhill": the name after a day of service and "at", whatever its words.
    fn place_of_a_day(&self, view: &View) -> Option<Found> {
        view.cue(Cue::ServiceDate).iter().find_map(|(_, to)| {
            let end = view.page.tokens.get(to.checked_sub(1)?)?.end;
            let date = view.dates_in((end, end + 6)).next()?;
            let at = view.page.token_at(date.span.1);
            let lead = view.page.tokens.get(at).filter(|t| matches!(t.norm.as_str(), "at" | "en" | "by" | "por"))?;
            let close = view.page.slice(date.span.1, lead.start).chars().all(char::is_whitespace);
            let span = self.proper_name(view, at + 1).filter(|_| close)?;
            let words = view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word);
            let words: Vec<String> = words.collect();
            let plan = words.iter().any(|w| w == "pian" || holds(&self.words.not_facility, w));
            let ours = matches!(view.section(at), Section::Rights | Section::Help);
            let by = matches!(lead.norm.as_str(), "by" | "por");
            let person = self.person_at(view, at + 1, view.page.tokens.len()).is_some_and(|p| p.is_titled());
            let named = !by || self.is_place(view, span) && !person;
            (words.len() >= 2 && !plan && !ours && named)
                .then(|| Found::words(view, "provider.facility", span, SAID + 2))?
        })
    }

    /// "Dr. Percival Adeyemi, Orthopaedic Surgery": what a physician practices, all of it, and no place.
    fn is_specialty_at(&self, view: &View, at: usize) -> bool {
        let ends = |to: usize| view.page.gap_after(to - 1).contains([',', '\n', ';', ')']);
        view.hits.iter().any(|(m, r)| *m == Meaning::Specialty && r.0 == at && r.1 > r.0 && ends(r.1))
    }

    /// "Bright Steps Autism Center asked on June 1": the place that begins the sentence and whose name ends at the verb.
    fn asking_place(&self, view: &View, verb: usize) -> Option<Found> {
        let start = view.page.sentence_of(verb).0;
        // "On July 10, 2026 Cardinal Home Nursing, Inc. asked": after the day
        let day = view.page.tokens.get(start..verb).unwrap_or(&[]).first().and_then(|t| {
            view.dates_in((t.start, t.start + 8)).next().map(|d| view.page.token_at(d.span.1)).filter(|at| *at < verb)
        });
        let start = day.unwrap_or(start);
        let near = verb > start && verb - start <= 9;
        let place = self.place_at(view, start, SAID).filter(|_| near)?;
        (view.page.token_at(place.span.1) == verb).then_some(place)
    }

    /// A line of its own that is a place of care (its telephone may follow), above a line with a day, an amount or a table's
    /// head: who bills the lines under it. An address may stand between.
    pub(crate) fn billing_places(&self, view: &View) -> Vec<Found> {
        let lines: Vec<&Line> = view.page.lines.iter().filter(|l| !l.cells.is_empty()).collect();
        let heads = self.head_lines(view);
        let charged = |l: &Line| {
            view.money_in((l.start, l.end)).next().is_some()
                || view.dates_in((l.start, l.end)).next().is_some()
                || heads.contains(&view.page.line_at(l.start))
        };
        let zips = self.ends_of_addresses(view);
        let mut out = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let [cell] = line.cells.as_slice() else { continue };
            if view.number == 1 && i < HEAD {
                continue; // an office of the plan, above the date of its letter
            }
            let under = lines.get(i + 1..).unwrap_or_default();
            let zip = under.first().is_some_and(|l| zips.iter().any(|z| z.0 >= l.start && z.1 <= l.end));
            let below = under.get(usize::from(zip)).is_some_and(|l| charged(l));
            // the day may stand two lines up, the physician between
            let above = lines.get(i.wrapping_sub(1)).copied();
            let physician = above.is_some_and(|l| {
                let range = (view.page.token_at(l.start), view.page.token_at(l.end));
                self.person_at(view, range.0, range.1).is_some_and(|p| p.is_titled())
            });
            let dated = self
                .day_above(view, above)
                .or_else(|| self.day_above(view, lines.get(i.wrapping_sub(2)).copied()).filter(|_| physician));
            let at = view.page.token_at(cell.start);
            let phone = view.phones.iter().map(|p| p.0).find(|p| *p > cell.start && *p < cell.end).unwrap_or(cell.end);
            let addressed = zips.iter().find(|z| z.0 >= cell.start && z.1 <= cell.end);
            let listed = dated.is_some() && (phone < cell.end || addressed.is_some()); // under the day, with its number or address
            if charged(line) || !below && !listed {
                continue;
            }
            let Some(place) = self.place_at(view, at, PLACED) else { continue };
            let rest = view.page.slice(place.span.1, phone.max(place.span.1));
            let street = listed && phone == cell.end && rest.starts_with(", ");
            if (street || rest.trim_matches([' ', ',', '(', ':']).is_empty()) && view.page.token_at(place.span.0) == at
            {
                out.extend(dated);
                out.push(place);
            }
        }
        out
    }

    /// The day that is all of the line above who bills: the day of the services below, as in a Medicare Summary Notice.
    fn day_above(&self, view: &View, line: Option<&Line>) -> Option<Found> {
        let span = line.map(|l| trim(view.page.text, (l.start, l.end)))?;
        let date = view.dates_in(span).next().filter(|d| d.span == span)?;
        Some(Found::normalized(view, "service.date", date.iso(), date.span, SAID))
    }

    /// The place of care at the head of a bill, or to which checks are payable.
    pub(crate) fn billers(&self, view: &View) -> Vec<Found> {
        let cues = view.cue(Cue::PayableTo).iter().filter_map(|(_, to)| self.place_at(view, *to, SAID));
        let top = view.page.lines.iter().filter(|l| !l.cells.is_empty()).take(4).flat_map(|l| &l.cells);
        let top = top.filter(|c| self.is_place(view, (c.start, c.end)));
        let top = top.filter_map(|c| Found::words(view, "provider.facility", (c.start, c.end), PLACED - 1));
        cues.chain(top.filter(|_| view.number == 1)).collect()
    }

    pub(crate) fn place_at(&self, view: &View, at: usize, rank: u8) -> Option<Found> {
        let span = self.proper_name(view, at)?;
        // "Prairie Kids Therapy for Percival's disorder"
        let words = view.page.slice(span.0, span.1);
        let whose = words.rfind(" for").filter(|i| {
            let rest = words.get(i + 4..).unwrap_or("");
            rest.starts_with(char::is_whitespace) && (rest.ends_with("'s") || rest.ends_with("’s"))
        });
        let span = (span.0, whose.map_or(span.1, |i| span.0 + i));
        let folded = view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word);
        let words: Vec<String> = folded.collect();
        let noun = words.len() >= 2 && words.first().is_some_and(|w| holds(&self.words.place_nouns, w));
        let place = noun || words.iter().skip(1).any(|w| self.words.is_place(w));
        let sentence = words.iter().any(|w| w == "not" || holds(&self.words.plan_voice, w));
        let office = sentence
            || words.iter().any(|w| {
                holds(&self.words.not_issuer, w) && !holds(&self.words.street_names, w)
                    || holds(&self.words.not_facility, w)
                    || holds(&self.words.organisation, w) && !self.words.is_place(w)
            });
        let ours = matches!(view.section(at), Section::Rights | Section::Help);
        (place && !office && !ours).then(|| Found::words(view, "provider.facility", span, rank))?
    }

    /// The member where no label gives one: after "Re:", in the address block, in the greeting. Whose parent or estate is
    /// written to is the patient, and the member only where nobody else is named.
    pub(crate) fn addressee(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        if view.number != 1 {
            return out;
        }
        for (_, to) in view.cue(Cue::PatientCue) {
            if let Some(p) = self
                .person_at(view, *to, (*to + 8).min(view.page.tokens.len()))
                .filter(|p| p.words >= 2 && !p.credential)
            {
                out.extend(Found::words(view, "patient.name", p.span, SAID));
                out.extend(Found::words(view, "member.name", p.span, LAST_RESORT));
            }
        }
        let greeting = view.greeting();
        out.extend(self.re_line(view));
        if let Some((_, mut to)) = greeting {
            // "Estimado señor Anselmo Rivadeneira"
            while view.page.tokens.get(to).is_some_and(|t| !t.capital && holds(&self.words.titles, &t.norm)) {
                to += 1;
            }
            let line_end = view
                .page
                .tokens
                .get(to.saturating_sub(1))
                .and_then(|t| view.page.lines.get(t.line))
                .map_or(0, |l| l.end);
            let person = self.person_at(view, to, view.page.token_at(line_end)).filter(|p| !p.credential);
            if let Some(p) = person {
                out.extend(self.full_name(view, &p));
            }
        }
        out.extend(self.address_block_name(view, greeting));
        out
    }

    /// A greeting gives the name when it is whole; a family name alone is completed from the lines above it.
    fn full_name(&self, view: &View, p: &Person) -> Option<Found> {
        if p.words >= 2 {
            let name = self.untitled(view, p);
            return Found::words(view, "member.name", name, PLACED);
        }
        let alone = self.untitled(view, p);
        let given = view.page.slice(alone.0, alone.1);
        let whole = |q: &Person| {
            let words = view.page.slice(q.span.0, q.span.1);
            q.words >= 2 && !q.is_titled() && words.split_whitespace().any(|w| w.eq_ignore_ascii_case(given))
        };
        let named =
            (0..view.page.tokens.len()).filter_map(|at| self.person_at(view, at, (at + 5).min(view.page.tokens.len())));
        let found = named.filter(whole).find(|q| !self.is_office(view, (view.page.token_at(q.span.0), q.next)));
        found.and_then(|q| Found::words(view, "member.name", q.span, PLACED + 4))
    }

    /// "Mr. Tobias Renner" → "Tobias Renner".
    fn untitled(&self, view: &View, p: &Person) -> Span {
        let mut at = view.page.token_at(p.span.0);
        while view.page.tokens.get(at).is_some_and(|t| holds(&self.words.titles, &t.norm) && t.end < p.span.1) {
            at += 1;
        }
        (view.page.tokens.get(at).map_or(p.span.0, |t| t.start), p.span.1)
    }

    fn re_line(&self, view: &View) -> Vec<Found> {
        for line in &view.page.lines {
            let from = view.page.token_at(line.start);
            let Some(first) = view.page.tokens.get(from) else { break };
            if first.start < line.start
                || !matches!(first.norm.as_str(), "re" | "regarding" | "asunto")
                || first.end > line.end
            {
                continue;
            }
            let end = view.page.token_at(line.end);
            let person = self.person_at(view, from + 1, end).filter(|p| p.words >= 2 && !p.credential);
            match person {
                Some(p) => {
                    return Found::words(view, "member.name", self.untitled(view, &p), SAID).into_iter().collect();
                }
                None => {
                    let mut found = self.re_service(view, (first.end, line.end));
                    found.extend(self.re_person(view, (first.end, line.end)));
                    return found;
                }
            }
        }
        Vec::new()
    }

    /// "Re: Second opinion, Ana Ruiz, born May 1, 1960": the part of the line that is a name and before a day of birth.
    pub(crate) fn re_person(&self, view: &View, region: Span) -> Option<Found> {
        let words = view.page.slice(region.0, region.1);
        let mut at = region.0;
        let mut parts: Vec<Span> = Vec::new();
        for part in words.split([',', ';', '|']) {
            parts.push(trim(view.page.text, (at, at + part.len())));
            at += part.len() + 1;
        }
        let born = |s: &Span| {
            let range = (view.page.token_at(s.0), view.page.token_at(s.1));
            view.labels_in(range).any(|(_, l)| self.labels.get(l).is_some_and(|l| l.field == "patient.date_of_birth"))
        };
        let named = parts.windows(2).filter_map(|pair| if let [a, b] = pair { born(b).then_some(*a) } else { None });
        let whole = named.filter_map(|s| {
            let range = (view.page.token_at(s.0), view.page.token_at(s.1));
            let p = self
                .person_at(view, range.0, range.1)
                .filter(|p| p.next == range.1 && p.words >= 2 && !p.credential)?;
            Found::words(view, "patient.name", self.untitled(view, &p), SAID)
        });
        whole.into_iter().next()
    }

    /// The subject line of a letter that no plan writes: whom it is about.
    pub(crate) fn subject(&self, view: &View) -> Option<Found> {
        let line = view.page.lines.iter().find(|l| {
            let first = view.page.tokens.get(view.page.token_at(l.start)).filter(|t| t.end <= l.end);
            first.is_some_and(|t| matches!(t.norm.as_str(), "re" | "regarding" | "asunto"))
        })?;
        let first = view.page.tokens.get(view.page.token_at(line.start))?;
        self.re_person(view, (first.end, line.end))
    }

    /// "RE: Speech therapy, 48 visits (92507)": a service, when a code stands beside it.
    fn re_service(&self, view: &View, region: Span) -> Vec<Found> {
        let coded = self.parse_service(view, region, SAID);
        if coded.iter().any(|f| f.field == "service.code") {
            return coded;
        }
        let range = (view.page.token_at(region.0), view.page.token_at(region.1));
        let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        let about = |t: &Token| holds(&self.words.service_generic, &t.norm) || holds(&self.words.not_names, &t.norm);
        let plain =
            words.len() >= 2 && !words.iter().any(about) && !view.page.slice(region.0, region.1).contains([':', '#']);
        if plain { self.parse_service(view, region, PLACED) } else { Vec::new() }
    }

    /// A line near the top that is a name, with an address under it or a title before it.
    fn address_block_name(&self, view: &View, greeting: Option<Range>) -> Option<Found> {
        let limit = greeting.map_or(usize::MAX, |r| view.bytes(r).0);
        let zips: Vec<usize> = self.ends_of_addresses(view).iter().map(|s| view.page.line_at(s.1)).collect();
        for (number, line) in view.page.lines.iter().enumerate().take(40) {
            for (n, cell) in line.cells.iter().enumerate().filter(|(_, c)| c.start <= limit) {
                let range = (view.page.token_at(cell.start), view.page.token_at(cell.end));
                let Some(p) =
                    self.person_at(view, range.0, range.1).filter(|p| p.words >= 2 && p.words <= 4 && !p.credential)
                else {
                    continue;
                };
                let whole = p.next == range.1;
                let addressed = whole
                    && zips.iter().any(|z| *z > number && *z <= number + 3 && self.is_block(view, number, *z))
                    && (n == 0 || self.zip_below(view, cell, number));
                let titled = n == 0 && p.title && (whole || view.page.gap_after(p.next - 1).trim() == ",");
                if (addressed || titled) && !self.is_office(view, range) {
                    return Found::words(view, "member.name", self.untitled(view, &p), PLACED + 2);
                }
            }
        }
        None
    }

    /// Whether the cells right under a cell, one to three of them, end with a State and a ZIP code.
    fn zip_below(&self, view: &View, cell: &Cell, number: usize) -> bool {
        let under = view.page.lines.iter().skip(number + 1).take(3);
        let mut under = under.map_while(|l| l.cells.iter().find(|c| c.left.abs_diff(cell.left) <= 1));
        let zips = self.ends_of_addresses(view);
        under.any(|c| zips.iter().any(|z| c.start <= z.0 && z.1 <= c.end))
    }

    /// Whether no blank line parts two lines.
    fn is_block(&self, view: &View, from: usize, to: usize) -> bool {
        view.page.lines.get(from..=to).is_some_and(|lines| lines.iter().all(|l| !l.cells.is_empty()))
    }

    fn is_office(&self, view: &View, range: Range) -> bool {
        let tokens = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        tokens.iter().any(|t| {
            holds(&self.words.organisation, &t.norm)
                || holds(&self.words.facility, &t.norm)
                || holds(&self.words.not_issuer, &t.norm)
        })
    }

    /// Amounts that a sentence names: "the amount not covered is $780.00".
    pub(crate) fn said_amounts(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (cue, field) in [(Cue::BilledCue, "amount.billed"), (Cue::DeniedAmountCue, "amount.denied")] {
            for (_, to) in view.cue(cue) {
                let Some(t) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { continue };
                if let Some((span, value)) = view.money_in((t.end, t.end + 24)).next() {
                    let rest = view.page.slice(span.1, (span.1 + 8).min(view.page.text.len()));
                    let threshold = self.words.thresholds.iter().any(|m| rest.trim_start().starts_with(m.as_str()));
                    let outside =
                        view.sentence_has(to - 1, Cue::External) && view.sentence_has(to - 1, Cue::Conditional);
                    if threshold || outside {
                        continue; // "if the amount in dispute is $300 or more, a hearing may be requested"
                    }
                    out.push(Found::normalized(view, field, value.clone(), *span, SAID));
                }
            }
        }
        // "$388.00 was charged", "$22,148.00 is denied": the verb that follows says more than a word before.
        for (span, value) in &view.money {
            if let Some(field) = self.amount_by_verb(view, *span) {
                out.retain(|f: &Found| f.span != *span);
                out.push(Found::normalized(view, field, value.clone(), *span, SAID));
            }
        }
        out
    }

    /// The field that the verb right after an amount makes it.
    fn amount_by_verb(&self, view: &View, amount: Span) -> Option<&'static str> {
        let at = view.page.token_at(amount.1);
        let sentence = view.page.sentence_of(view.page.token_at(amount.0));
        let follows = at < sentence.1 && view.page.slice(amount.1, amount.1 + 1) == " ";
        // "$425.00 denied"
        let at_once = |cue: Cue| follows && view.cue_between(cue, at, at).any(|h| h.1 <= sentence.1);
        let refused = |i: usize| view.page.tokens.get(i).is_some_and(|t| holds(&self.words.refused, &t.norm));
        if at_once(Cue::Decision) && refused(at) {
            return Some("amount.denied");
        }
        view.page.tokens.get(at).filter(|t| follows && holds(&self.words.be, &t.norm))?;
        let hit = |cue: Cue| view.cue_between(cue, at + 1, at + 1).any(|h| h.1 <= sentence.1);
        match (hit(Cue::Decision), hit(Cue::BilledCue)) {
            (true, _) => Some("amount.denied"),
            (_, true) => Some("amount.billed"),
            _ => None,
        }
    }

    /// The day of service that a sentence names.
    pub(crate) fn said_service_dates(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::ServiceDate) {
            let Some(t) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { continue };
            if let Some(date) = view.dates_in((t.end, t.end + 6)).next() {
                out.push(Found::normalized(view, "service.date", date.iso(), date.span, SAID));
                out.extend(
                    joined_dates(view, date).map(|d| Found::normalized(view, "service.date", d.iso(), d.span, SAID)),
                );
            }
        }
        for date in &view.dates {
            // "On October 23, 2026 you saw Dr. Ruiz"
            let next = view.page.token_at(date.span.1);
            let (from, _) = view.page.sentence_of(view.page.token_at(date.span.0));
            let opens = view.page.token_at(date.span.0) <= from + 8;
            if opens
                && view.cue_between(Cue::DatedCare, next, next + 1).next().is_some()
                && !view.sentence_has(next, Cue::Conditional)
            {
                let earlier = view.dates.iter().rfind(|d| d.span.1 <= date.span.0);
                let same = earlier.filter(|d| {
                    let gap = view.page.slice(d.span.1, date.span.0);
                    gap.len() <= 24
                        && gap.split_whitespace().all(|w| holds(&self.words.day_joiners, &crate::phrase::fold_word(w)))
                });
                out.extend(same.map(|d| Found::normalized(view, "service.date", d.iso(), d.span, SAID + 1)));
                out.push(Found::normalized(view, "service.date", date.iso(), date.span, SAID + 1));
            }
        }
        if out.is_empty() {
            out.extend(self.days_of_a_code(view));
        }
        for date in view.dates.iter().filter(|d| d.last.is_some()) {
            // "asked for speech therapy from May 4 to July 31 (92507)"
            let sentence = view.page.sentence_of(view.page.token_at(date.span.0));
            if out.is_empty() && view.cue_in(Cue::ServiceAsked, sentence).is_some() {
                out.push(Found::normalized(view, "service.date", date.iso(), date.span, SAID + 2));
            }
        }
        out.truncate(DAYS);
        out
    }
}

impl Reader {
    /// "physical therapy (97110, 97140) on June 2, 9 and 16, 2026": the days after a bracket that a code closes.
    fn days_of_a_code(&self, view: &View) -> Vec<Found> {
        let text = view.page.text;
        let days = self.scan.procedures(text).into_iter().find_map(|code| {
            let rest = text.get(code.1..)?.strip_prefix(')')?;
            let at = view.page.token_at(code.1);
            let lead = view.page.tokens.get(at).filter(|t| matches!(t.norm.as_str(), "on" | "from" | "ei" | "dei"))?;
            let close = rest.get(..lead.start - code.1 - 1)?.chars().all(char::is_whitespace);
            let date = view.dates_in((lead.end, lead.end + 6)).next().filter(|_| close)?;
            let ends = view.sentence_has(at, Cue::Reduction); // "we will end home care (T1019) on July 29"
            let plain = !ends && !view.sentence_has(at, Cue::Conditional) && view.section(at) != Section::Rights;
            plain.then_some(date)
        });
        let found = |d: &DateFound| Found::normalized(view, "service.date", d.iso(), d.span, SAID + 2);
        days.map(|d| std::iter::once(found(d)).chain(joined_dates(view, d).map(found)).collect()).unwrap_or_default()
    }
}

/// "on November 12 and November 19, 2025": the days that follow one, with nothing but a mark or "and" between.
fn joined_dates<'v>(view: &'v View, first: &DateFound) -> impl Iterator<Item = &'v DateFound> {
    let mut end = first.span.1;
    let after = view.dates.iter().skip_while(move |d| d.span.0 < end);
    after.take_while(move |d| {
        let gap = view.page.slice(end, d.span.0);
        end = d.span.1;
        matches!(gap.trim().trim_start_matches(',').trim(), "" | "and" | "y" | "&")
    })
}

/// Whether a longer sentence has no small letter: there capitals do not show a name.
fn is_shouted(view: &View, at: usize) -> bool {
    let range = view.page.sentence_of(at);
    let words = view.page.between(range.0, range.1);
    range.1 - range.0 >= 6 && !words.contains(char::is_lowercase)
}
