//! The plan: who sends the letter, what the plan is called, what kind it says it is.

use facts::Certainty;

use crate::data::{Cue, Meaning, Reader, Section, holds};
use crate::found::{Found, LABELLED, PLACED, SAID, trim};
use crate::text::{Cell, Line};
use crate::values::{DateFound, Span};
use crate::view::View;

/// Within how many lines from the top an employer's plan may be named, and how many lines a signature takes.
const PLAN_LINE: usize = 16;
const SIGNATURE: usize = 8;

/// How many lines from the top a letterhead may take.
const LETTERHEAD: usize = 9;

impl Reader {
    /// The organisation of the letterhead: the plan that a line says it acts for, else the first line that names an
    /// organisation and is no title of the letter.
    pub(crate) fn letterhead(&self, view: &View) -> Option<Found> {
        if view.number != 1 {
            return None;
        }
        let lines = view.page.lines.iter().enumerate().filter(|(_, l)| !l.cells.is_empty()).take(LETTERHEAD);
        let mut named: Option<Found> = None;
        let mut fallback = None;
        for (n, (index, line)) in lines.enumerate() {
            if let Some(span) = self.acts_for(view, (line.start, line.end)) {
                // "CORVALE BENEFIT ADMINISTRATORS" above "on behalf of the Pruett Millworks Employee Health Plan"
                let kept = named.filter(|_| self.is_employers(view, span));
                return kept.or_else(|| Found::words(view, "plan.issuer", span, PLACED));
            }
            for (c, cell) in head_cells(line).iter().enumerate() {
                let span = self.before_address(view, trim(view.page.text, *cell));
                let words = view.page.slice(span.0, span.1);
                let range = (view.page.token_at(span.0), view.page.token_at(span.1));
                if range.1 - range.0 <= 2 && view.labels_in(range).any(|(r, l)| r == range && self.is_id_label(l)) {
                    continue; // "Medicaid ID"
                }
                if words.contains([':', '>', '@']) || words.len() > 80 || view.dates_in(span).next().is_some() {
                    continue;
                }
                let first = view.page.token_at(span.0);
                if view.cue(Cue::PlanNameCue).iter().any(|h| h.0 == first) {
                    continue; // "Administrator of the … Plan" names the plan, not who writes
                }
                let found = |rank| Found::words(view, "plan.issuer", self.with_next_line(view, span, index), rank);
                let department = n > 0 && self.is_department(view, span);
                let joined = self.with_line_above(view, span, index).filter(|_| n == 1 && c == 0);
                if let Some(whole) = joined.filter(|_| named.is_none()) {
                    named = Found::words(view, "plan.issuer", whole, PLACED);
                    continue;
                }
                match self.issuer_line(view, span) {
                    // "TALLGRASS NATIONAL" above "Benefit Services": the office of who is named above
                    Some(true) if fallback.is_some() && self.is_only_an_office(view, span) => {}
                    Some(true) if named.is_none() && !department => named = found(PLACED),
                    Some(false) if n == 0 && c == 0 => fallback = found(PLACED + 8),
                    _ => {}
                }
            }
        }
        named.or(fallback)
    }

    fn is_id_label(&self, label: usize) -> bool {
        self.labels.get(label).is_some_and(|l| l.kind == crate::data::ValueType::Id)
    }

    /// Whether a name is that of a plan that an employer or a union keeps.
    fn is_employers(&self, view: &View, span: Span) -> bool {
        let folded: Vec<String> =
            view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word).collect();
        let plan = folded.last().is_some_and(|w| matches!(w.as_str(), "pian" | "trust" | "fund"));
        plan && folded.iter().any(|w| holds(&self.words.employer_plan, w))
    }

    /// "for the Tidewater Boatworks Employee Benefit Plan" on a line of the letterhead: the plan that its sender serves.
    pub(crate) fn served_plan(&self, view: &View) -> Option<Found> {
        let lines = view.page.lines.iter().filter(|l| view.number == 1 && !l.cells.is_empty()).take(LETTERHEAD);
        lines.flat_map(|l| &l.cells).find_map(|c| {
            let at = view.page.token_at(c.start);
            let lead = view.page.tokens.get(at).filter(|t| t.norm == "for" && t.start == c.start);
            let acts = view.cue(Cue::ActsFor).iter().find(|h| h.0 >= at && view.bytes(**h).1 <= c.end).map(|h| h.1);
            let after = lead.map(|_| at + 1).or(acts)?;
            let span = self.proper_name(view, after).filter(|s| s.0 < c.end)?;
            let mut words = view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word);
            let words: Vec<String> = words.by_ref().collect();
            let employer = |w: &String| holds(&self.words.employer_plan, w) || holds(&self.words.company_forms, w);
            let plan = lead.is_some() || words.last().is_some_and(|w| w == "pian");
            let named = words.iter().any(|w| employer(&w.trim_end_matches('.').to_owned())) && plan && span.1 <= c.end;
            named.then(|| Found::words(view, "plan.name", span, PLACED))?
        })
    }

    /// "Platte Ironworks Employee Health Plan" as a line of its own: the plan of an employer or a union, where who writes is another.
    pub(crate) fn plan_line(&self, view: &View) -> Option<Found> {
        let lines = view.page.lines.iter().filter(|l| view.number == 1 && !l.cells.is_empty()).take(PLAN_LINE).skip(1);
        lines.into_iter().find_map(|l| {
            let [cell] = l.cells.as_slice() else { return None };
            let span = (cell.start, cell.end);
            let folded: Vec<String> =
                view.page.slice(span.0, span.1).split_whitespace().map(crate::phrase::fold_word).collect();
            let plan = folded.last().is_some_and(|w| matches!(w.as_str(), "pian" | "trust" | "fund"));
            let employer = folded.iter().any(|w| holds(&self.words.employer_plan, w));
            let plain = !view.page.slice(span.0, span.1).contains(':');
            let named = plan && employer && plain && folded.len() >= 3 && self.issuer_line(view, span) == Some(true);
            named.then(|| Found::words(view, "plan.name", span, PLACED + 2))?
        })
    }

    /// "Hospital Sisters' Employees Health Plan     Claims administered by Northgate Benefit Systems": the plan of an employer that
    /// heads the letter, where the letterhead says who administers it.
    pub(crate) fn headed_plan(&self, view: &View) -> Option<Found> {
        let lines = view.page.lines.iter().filter(|l| view.number == 1 && !l.cells.is_empty()).take(PLAN_LINE / 2);
        let cells: Vec<Cell> = lines.flat_map(|l| l.cells.iter().copied()).collect();
        let first = *cells.first()?;
        let served = |c: &Cell| {
            let (from, to) = (view.page.token_at(c.start), view.page.token_at(c.end));
            let cue = view.cue_between(Cue::IssuerCue, from, to).find(|h| h.0 <= from + 1 && h.1 < to);
            cue.and_then(|h| self.proper_name(view, h.1)).is_some_and(|s| s.1 <= c.end)
        };
        let whole = view.page.slice(first.start, first.end);
        let employers =
            self.is_employers(view, (first.start, first.end)) && !whole.contains(':') && whole.split(' ').count() >= 3;
        (employers && cells.iter().skip(1).any(served))
            .then(|| Found::words(view, "plan.name", (first.start, first.end), PLACED))?
    }

    /// The first line of the letterhead is the plan's name where the next line says who offers or runs it.
    pub(crate) fn offered_plan(&self, view: &View) -> Option<Found> {
        let lines: Vec<&Line> =
            view.page.lines.iter().filter(|l| view.number == 1 && !l.cells.is_empty()).take(LETTERHEAD).collect();
        lines.windows(2).find_map(|pair| {
            let [first, second] = pair else { return None };
            let aligned = |c: &&Cell| second.cells.iter().any(|b| b.left.abs_diff(c.left) <= 1);
            first.cells.iter().filter(aligned).find_map(|cell| {
                let below = second.cells.iter().find(|b| b.left.abs_diff(cell.left) <= 1)?;
                self.offered_by(view, cell, below)
            })
        })
    }

    /// The plan of one cell, where the cell under it begins with "offered by", "administered by" and a name.
    fn offered_by(&self, view: &View, cell: &Cell, below: &Cell) -> Option<Found> {
        let at = view.page.token_at(below.start);
        let offered = view.cue(Cue::IssuerCue).iter().any(|h| h.0 == at && h.1 <= at + 2);
        let who = offered.then(|| self.proper_name(view, at + 2)).flatten()?;
        let span = trim(view.page.text, (cell.start, cell.end));
        let last = view.page.slice(span.0, span.1).split_whitespace().last().map(crate::phrase::fold_word)?;
        let plan = last == "pian" || self.is_product(view, span);
        (plan && who.1 > who.0).then(|| Found::words(view, "plan.name", span, PLACED - 1))?
    }

    /// The organisation under the signature: "Member Relations, Clear Meadow Vision". The last resort.
    pub(crate) fn signature_issuer(&self, view: &View) -> Option<Found> {
        let closing = view.cue(Cue::Closing).iter().rfind(|h| view.starts_line(h.0))?;
        let first = view.page.tokens.get(closing.0)?.line;
        let cells = view.page.lines.iter().skip(first + 1).take(SIGNATURE).filter_map(|l| l.cells.first());
        cells.into_iter().find_map(|c| {
            let words = view.page.slice(c.start, c.end);
            let whole = (c.start, c.end);
            let tail = words.find(", ").map(|i| (c.start + i + 2, c.end));
            [Some(whole), tail].into_iter().flatten().find_map(|s| {
                let named = self.issuer_line(view, s) == Some(true) && !self.is_department(view, s);
                named.then(|| Found::words(view, "plan.issuer", s, PLACED + 10))?
            })
        })
    }

    /// "Care Management", "Payment Integrity": an office within the organisation that the line above names.
    fn is_department(&self, view: &View, span: Span) -> bool {
        let range = (view.page.token_at(span.0), view.page.token_at(span.1));
        view.page.tokens.get(range.0..range.1).unwrap_or(&[]).iter().any(|t| holds(&self.words.department, &t.norm))
    }

    /// "Benefit Services", "Claims Center": words of offices and nothing else.
    fn is_only_an_office(&self, view: &View, span: Span) -> bool {
        let range = (view.page.token_at(span.0), view.page.token_at(span.1));
        let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        let office = words.iter().any(|t| holds(&self.words.office_words, &t.norm));
        let general = |t: &crate::text::Token| {
            holds(&self.words.office_words, &t.norm)
                || holds(&self.words.department, &t.norm)
                || holds(&self.words.office_more, &t.norm)
        };
        office && words.iter().all(general)
    }

    /// "A review agent for Tamarack Valley Health Plan": the plan in whose name a line of the letterhead says it acts.
    fn acts_for(&self, view: &View, line: Span) -> Option<Span> {
        let hit = view.cue(Cue::ActsFor).iter().map(|h| view.bytes(*h)).find(|h| h.0 >= line.0 && h.1 <= line.1)?;
        let region = (hit.1, line.1);
        let words = view.page.slice(region.0, region.1);
        let end = words.find(['(', ',', '·', '|', ';']).unwrap_or(words.len());
        let span = trim(view.page.text, (region.0, region.0 + end));
        (self.issuer_line(view, span) == Some(true)).then_some(span)
    }

    /// "Meadow & Mint" and, on the line below, "Federal HMO": words that every plan's name may hold need the line above.
    fn with_line_above(&self, view: &View, span: Span, index: usize) -> Option<Span> {
        let [above] = view.page.lines.get(index.checked_sub(1)?)?.cells.as_slice() else { return None };
        let words = view.page.tokens.get(view.page.token_at(span.0)..view.page.token_at(span.1))?;
        let general = (1..=3).contains(&words.len()) && words.iter().all(|t| self.is_organisation_word(&t.norm));
        let name = self.issuer_line(view, (above.start, above.end)) == Some(false);
        (general && name).then_some((above.start, span.1))
    }

    /// "Sandpiper Assurance" and, on the line below, "Company of the Gulf".
    fn with_next_line(&self, view: &View, span: Span, index: usize) -> Span {
        let Some([cell]) = view.page.lines.get(index + 1).map(|l| l.cells.as_slice()) else { return span };
        let range = (view.page.token_at(cell.start), view.page.token_at(cell.end));
        let tokens = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        let goes_on = tokens.first().is_some_and(|t| holds(&self.words.organisation_more, &t.norm));
        let name = tokens.len() <= 5 && self.issuer_line(view, (cell.start, cell.end)).is_some();
        let ends_line = view.page.lines.get(index).is_some_and(|l| l.end == span.1);
        if goes_on && name && ends_line { (span.0, cell.end) } else { span }
    }

    /// The name before an address, a telephone number or what else a line of a letterhead goes on with.
    fn before_address(&self, view: &View, span: Span) -> Span {
        let words = view.page.slice(span.0, span.1);
        let mark = |m: &str| words.find(m);
        let marks = [" • ", " | ", " · ", " — ", " – ", " for ", " on behalf of ", " <", " ("];
        let comma = mark(", ").filter(|i| {
            let next = words.get(i + 2..).unwrap_or("").split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
            !holds(&self.words.company_forms, &crate::phrase::fold_word(next))
        });
        let cut = marks.iter().filter_map(|m| mark(m)).chain(comma).min();
        (span.0, span.0 + cut.unwrap_or(words.len()))
    }

    /// `true`: names an insurer or administrator; `false`: might be a name; nothing: is something else.
    fn issuer_line(&self, view: &View, span: Span) -> Option<bool> {
        let from = view.page.token_at(span.0);
        let to = view.page.token_at(span.1);
        let tokens = view.page.tokens.get(from..to)?;
        if tokens.is_empty() || tokens.len() > 10 {
            return None;
        }
        // "Northern Plains Managed Care" is one, "Managed by …" is none
        let care = |i: usize| {
            tokens.get(i).is_some_and(|t| t.norm == "managed") && tokens.get(i + 1).is_some_and(|t| t.norm == "care")
        };
        let noise = tokens.iter().enumerate().any(|(i, t)| holds(&self.words.not_issuer, &t.norm) && !care(i));
        // "State of Vermont" is no insurer, "Granite State Health Fund" is
        let public = tokens
            .windows(2)
            .any(|w| matches!(w, [a, b] if b.norm == "of" && holds(&self.words.public_bodies, &a.norm)));
        let noise = noise || public;
        let numbers = tokens.iter().filter(|t| t.has_digit && !t.norm.chars().any(char::is_alphabetic));
        let local = tokens.windows(2).any(|w| matches!(w, [a, b] if a.norm == "iocai" && b.has_digit));
        let digits = numbers.count() > usize::from(local);
        let capitals =
            tokens.iter().filter(|t| t.capital || holds(&self.words.particles, &t.norm) || t.norm.len() <= 3).count();
        if noise
            || digits
            || capitals < tokens.len()
            || view.page.slice(span.0, span.1).ends_with(['.', '?', '!']) && !ends_with_inc(view, span)
        {
            return None;
        }
        let named = tokens.iter().any(|t| self.is_organisation_word(&t.norm));
        Some(named)
    }

    /// Whether a stretch is the name of an insurer or administrator and nothing else.
    pub(crate) fn names_an_issuer(&self, view: &View, span: Span) -> bool {
        self.issuer_line(view, span) == Some(true) && !self.is_department(view, span)
    }

    fn is_organisation_word(&self, norm: &str) -> bool {
        holds(&self.words.organisation, norm)
            || ["biuecross", "biueshieid", "heaithcare", "heaithpian"].iter().any(|w| norm.starts_with(w))
    }

    /// The first line of the letterhead, when the address for appeals begins with the same name: it is who writes, whatever
    /// other lines of the letterhead sound like.
    pub(crate) fn issuer_twice(&self, view: &View, address: &Found) -> Option<Found> {
        let line = view.page.lines.iter().find(|l| view.number == 1 && !l.cells.is_empty())?;
        let cell = line.cells.first()?;
        let head = self.before_address(view, trim(view.page.text, (cell.start, cell.end)));
        let name = view.page.slice(head.0, head.1);
        let written = view.page.slice(address.span.0, address.span.1);
        let begins = written.get(..name.len()).is_some_and(|w| w.eq_ignore_ascii_case(name));
        let rest = written.get(name.len()..).unwrap_or("");
        // "Bright Acorn KidsCare Appeals, PO Box 9"
        let office = rest.split([',', '\n']).next().unwrap_or("").split_whitespace().map(crate::phrase::fold_word);
        let office: Vec<String> = office.collect();
        let office = rest.starts_with(' ')
            && (1..=3).contains(&office.len())
            && office.iter().any(|w| holds(&self.words.department, w) || holds(&self.words.appeal_units, w));
        let ends = office || rest.starts_with([',', '\n', '\r']);
        let plain = name.split(' ').count() >= 2 && !name.contains(|c: char| c.is_ascii_digit() || c == ':');
        (begins && ends && plain).then(|| Found::words(view, "plan.issuer", head, PLACED - 2))?
    }

    /// The first name of the address for appeals, when it is an insurer's: the last resort where no letterhead is printed.
    pub(crate) fn issuer_of_address(&self, view: &View, address: &Found) -> Option<Found> {
        let words = view.page.slice(address.span.0, address.span.1);
        let end = words.find([',', '\n', '·', ';']).unwrap_or(words.len());
        let span = trim(view.page.text, (address.span.0, address.span.0 + end));
        let range = (view.page.token_at(span.0), view.page.token_at(span.1));
        let office = view.cue_in(Cue::AppealsOffice, range).is_some() || view.cue_in(Cue::External, range).is_some();
        (!office && self.issuer_line(view, span) == Some(true))
            .then(|| Found::words(view, "plan.issuer", span, PLACED + 9))?
    }

    /// "You have the right to ask X to review": the name after the cue.
    pub(crate) fn said_issuer(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (from, to) in view.cue(Cue::IssuerCue) {
            let sentence = |i: usize| view.page.tokens.get(i).map(|t| t.sentence);
            if to.checked_sub(1).and_then(sentence) != sentence(*to) {
                continue;
            }
            let name = self.proper_name(view, *to).filter(|s| !view.page.slice(s.0, s.1).eq_ignore_ascii_case("plan"));
            let top = view.number == 1 && view.page.tokens.get(*from).is_some_and(|t| t.line < LETTERHEAD);
            let head = name.is_some_and(|s| top && self.issuer_line(view, s) == Some(true));
            let rank = if head { PLACED - 1 } else { SAID + 15 };
            out.extend(name.and_then(|s| Found::words(view, "plan.issuer", s, rank)));
        }
        out
    }

    /// The plan's name after a cue such as "on behalf of the" or "administrator for".
    pub(crate) fn said_plan_name(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::PlanNameCue) {
            let Some(span) = self.proper_name(view, *to) else { continue };
            let words = view.page.slice(span.0, span.1);
            let rules =
                words.split_whitespace().any(|w| holds(&self.words.criteria_core, &crate::phrase::fold_word(w)));
            if words.split_whitespace().count() >= 2 && !rules {
                out.extend(Found::words(view, "plan.name", span, SAID));
            }
        }
        out
    }

    /// "Larkmoor Advantage (HMO-POS)", "Capitol Crest High Option": the name of a product by what it ends with.
    pub(crate) fn product_names(&self, view: &View) -> Vec<Found> {
        let tokens = &view.page.tokens;
        let mut out = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| *at > 0) {
            let bracket = view.page.gap_after(at - 1) == " (" && holds(&self.words.network_kinds, &token.norm);
            let option = token.norm == "option" && token.capital && view.page.gap_after(at - 1) == " ";
            if !(bracket || option) {
                continue;
            }
            let mut from = at;
            while let Some(t) = from.checked_sub(1).and_then(|i| tokens.get(i)).filter(|t| t.sentence == token.sentence)
            {
                let joined = from == at || view.page.gap_after(from - 1) == " ";
                if !joined
                    || !(t.capital || t.has_digit)
                    || holds(&self.words.sentence_openers, &t.norm)
                    || at - from > 6
                {
                    break;
                }
                from -= 1;
            }
            let words = at - from + usize::from(option);
            let close = view.page.slice(token.end, view.page.text.len()).find(')').filter(|i| bracket && *i <= 12);
            let end = token.end + close.map_or(0, |i| i + 1);
            if words >= 3 || bracket && words >= 2 {
                out.extend(Found::words(
                    view,
                    "plan.name",
                    (tokens.get(from).map_or(token.start, |t| t.start), end),
                    PLACED,
                ));
            }
        }
        out
    }

    /// "your contract, the Evergreen Family HMO", "your Sagebrush Silver Standard coverage": capitalised words of a sentence among
    /// which, not first, stands one of products. The last resort.
    pub(crate) fn product_in_a_sentence(&self, view: &View) -> Option<Found> {
        /// The most words of such a name.
        const MOST: usize = 6;
        let tokens = &view.page.tokens;
        let product = |t: &crate::text::Token| {
            t.capital && (holds(&self.words.network_kinds, &t.norm) || holds(&self.words.tiers, &t.norm))
        };
        let named = |i: usize| {
            tokens.get(i).is_some_and(|t| {
                (t.capital || t.has_digit && view.page.slice(t.start, t.end).len() <= 5)
                    && !holds(&self.words.whose_plan, &t.norm)
                    && !holds(&self.words.sentence_openers, &t.norm)
            })
        };
        let joined = |i: usize| view.page.gap_after(i) == " ";
        (1..tokens.len()).filter(|i| tokens.get(*i).is_some_and(product)).find_map(|at| {
            let from = (at.saturating_sub(MOST)..at).rev().take_while(|i| named(*i) && joined(*i)).last()?;
            let to = (at + 1..at + MOST).take_while(|i| named(*i) && joined(*i - 1)).last().map_or(at + 1, |l| l + 1);
            let lead = from.checked_sub(1).and_then(|i| tokens.get(i));
            let whose = lead.is_some_and(|t| {
                holds(&self.words.whose_plan, &t.norm)
                    || matches!(t.norm.as_str(), "the" | "ei" | "ia" | "in" | "under" | "of" | "de")
            });
            let small = view
                .page
                .tokens
                .get(from..to)?
                .iter()
                .any(|t| view.page.slice(t.start, t.end).chars().skip(1).any(char::is_lowercase));
            let ours = !matches!(view.section(at), Section::Help);
            (whose && small && to - from >= 2 && ours)
                .then(|| Found::words(view, "plan.name", view.bytes((from, to)), PLACED + 6))?
        })
    }

    /// "under your BrightLens Select plan", "de su plan Paloverde Plata 2": the name beside the small word "plan", where a
    /// sentence says whose it is.
    pub(crate) fn plan_in_a_sentence(&self, view: &View) -> Option<Found> {
        /// The most words of such a name.
        const MOST: usize = 6;
        let tokens = &view.page.tokens;
        let whose = |i: usize| tokens.get(i).is_some_and(|t| holds(&self.words.whose_plan, &t.norm));
        let plans = tokens.iter().enumerate().filter(|(_, t)| t.norm == "pian" && !t.capital).map(|(i, _)| i);
        let named = |i: &usize| {
            tokens.get(*i).is_some_and(|t| (t.capital || t.has_digit) && !holds(&self.words.whose_plan, &t.norm))
        };
        plans.into_iter().find_map(|at| {
            let sentence = tokens.get(at)?.sentence;
            let same = |i: &usize| tokens.get(*i).is_some_and(|t| t.sentence == sentence);
            let blank = |i: usize| view.page.gap_after(i).chars().all(char::is_whitespace);
            let first = (at.saturating_sub(MOST)..at).rev().take_while(|i| named(i) && same(i) && blank(*i)).last();
            let before = first.filter(|f| f.checked_sub(1).is_some_and(whose)).map(|f| (f, at));
            let after = at.checked_sub(1).is_some_and(whose).then_some(at + 1).filter(|_| blank(at));
            let after = after.and_then(|f| {
                let on = |i: &usize| named(i) && same(i) && (*i == f || blank(*i - 1));
                (f..f + MOST).take_while(on).last().map(|l| (f, l + 1))
            });
            let (from, to) = before.or(after)?;
            let words = tokens.get(from..to)?;
            let plain = words.len() >= 2
                && words.iter().filter(|t| !t.has_digit).count() >= 2
                && !words
                    .iter()
                    .any(|t| holds(&self.words.criteria_core, &t.norm) || holds(&self.words.provision_core, &t.norm));
            let ours = view.section(at) != Section::Help;
            (plain && ours).then(|| Found::words(view, "plan.name", view.bytes((from, to)), SAID + 3))?
        })
    }

    /// A run of capitalised words (with `&`, `of`, `and` within) that begins at a token.
    pub(crate) fn proper_name(&self, view: &View, at: usize) -> Option<Span> {
        let page = &view.page;
        let mut from = at;
        while page.tokens.get(from).is_some_and(|t| holds(&self.words.service_lead, &t.norm)) {
            from += 1;
        }
        let mut to = from;
        let mut last = None;
        while let Some(t) = page.tokens.get(to) {
            let gap = if to > from { page.gap_after(to - 1) } else { "" };
            let row = gap.contains('\n') && begins_a_row(view, to);
            // "St. Brendan's Pain Clinic"
            let saint = gap == ". "
                && t.capital
                && to
                    .checked_sub(1)
                    .and_then(|i| page.tokens.get(i))
                    .is_some_and(|p| p.end - p.start <= 3 && holds(&self.words.particles, &p.norm));
            let company = saint
                || gap == ", " && holds(&self.words.company_forms, &t.norm) && t.capital
                || to > from + 1 && gap == ". " && t.capital && self.is_company_form(view, to - 1);
            if gap.contains("   ") && !gap.contains('\n')
                || gap.contains(['.', ',', ';', ':']) && !company
                || gap.contains("\n\n")
                || row
                || to - from > 10
            {
                break;
            }
            let small = matches!(t.norm.as_str(), "of" | "and" | "the" | "for" | "de" | "dei" | "ia" | "y");
            if gap.contains('(') && t.norm.len() > 5 || !(t.capital || small || t.has_digit) {
                break;
            }
            if !small {
                last = Some(to);
            }
            to += 1;
        }
        let last = last?;
        let span = view.bytes((from, last + 1));
        let close = view.page.slice(span.1, span.1 + 1) == ")";
        Some(trim(page.text, (span.0, span.1 + usize::from(close))))
    }

    /// "Inc" after a comma, within a name that goes on: "Ferrous Gate Foundry, Inc. Group Health Plan".
    fn is_company_form(&self, view: &View, at: usize) -> bool {
        let comma = at.checked_sub(1).is_some_and(|i| view.page.gap_after(i) == ", ");
        // "Dunmore Glass Co. Medical Plan"
        let plan = view.page.tokens.get(at + 1..at + 4).unwrap_or(&[]).iter().any(|t| t.norm.starts_with("pian"));
        (comma || plan) && view.page.tokens.get(at).is_some_and(|t| holds(&self.words.company_forms, &t.norm))
    }

    /// What kind of plan the letter says it is; the phrases that say most come first in the data.
    pub(crate) fn plan_kind(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (meaning, range) in &view.hits {
            let Meaning::PlanKind(i) = meaning else { continue };
            // "If you have a Medicare plan you have 65 days": what holds for others.
            let sentence = view.page.sentence_of(range.0);
            let before = view.page.tokens.get(sentence.0..range.0).unwrap_or(&[]);
            let for_others = before.iter().any(|t| holds(&self.words.for_others, &t.norm))
                && view.cue_in(Cue::Conditional, sentence).is_some();
            if for_others || view.section(range.0) == Section::Help {
                continue;
            }
            let span = view.bytes(*range);
            let rank = u8::try_from(*i).unwrap_or(u8::MAX).min(200);
            out.extend(Found::words(view, "plan.kind_stated", span, rank));
        }
        out.sort_by_key(|f| (f.rank, f.span.0, std::cmp::Reverse(f.span.1)));
        out.truncate(1);
        out
    }

    /// Coverage and network type that the stated kind settles, for the case file.
    pub(crate) fn plan_kind_meaning(&self, value: &str) -> (Option<String>, Option<String>) {
        let view = View::new(self, value, 1, Section::Body);
        let kind = view.hits.iter().filter_map(|(m, _)| match m {
            Meaning::PlanKind(i) => self.plan_kinds.get(*i),
            _ => None,
        });
        let kind: Vec<_> = kind.collect();
        (kind.iter().find_map(|k| k.coverage.clone()), kind.iter().find_map(|k| k.network.clone()))
    }
}

/// The cells of a line; words set wide apart ("CORNERSTONE  UNION  HEALTH") are one.
fn head_cells(line: &Line) -> Vec<Span> {
    let spaced = line.cells.len() > 1 && line.cells.windows(2).all(|w| matches!(w, [a, b] if b.left - a.right <= 3));
    match (spaced, line.cells.first(), line.cells.last()) {
        (true, Some(first), Some(last)) => vec![(first.start, last.end)],
        _ => line.cells.iter().map(|c| (c.start, c.end)).collect(),
    }
}

fn ends_with_inc(view: &View, span: Span) -> bool {
    let words = view.page.slice(span.0, span.1).to_lowercase();
    ["inc.", "co.", "corp.", "ltd.", "u.s."].iter().any(|s| words.ends_with(s))
}

/// Whether a line begins with one to three words and a colon: a labelled row, no second half of a name.
fn begins_a_row(view: &View, at: usize) -> bool {
    (at..at + 3).any(|i| view.page.gap_after(i).trim_start().starts_with(':'))
}

/// Whether a date is all that its line holds.
fn stands_alone(view: &View, date: &DateFound) -> bool {
    let line = view.page.lines.get(view.page.line_at(date.span.0));
    date.last.is_none() && line.is_some_and(|l| trim(view.page.text, (l.start, l.end)) == date.span)
}

/// "San Juan, Puerto Rico, 14 de septiembre de 2026": a cell that is a place and the date, as letters begin in Spanish.
fn is_place_and_date(view: &View, cell: Span, date: &DateFound) -> bool {
    let lead = view.page.slice(cell.0, date.span.0).trim();
    let words = lead.split([' ', ',']).filter(|w| !w.is_empty());
    let named =
        words.clone().all(|w| w.starts_with(char::is_uppercase) || w.len() <= 3) && (1..=6).contains(&words.count());
    let plain = !lead.contains(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ';' | '('));
    named
        && plain
        && (lead.ends_with([',', '–', '-']) || lead.ends_with(", a"))
        && view.page.slice(date.span.1, cell.1).trim_matches(['.', ' ']).is_empty()
}

/// Whether the line above is nothing but a label: the value below it is the label's.
pub(crate) fn under_a_label(view: &View, line: usize) -> bool {
    let Some([above]) = line.checked_sub(1).and_then(|i| view.page.lines.get(i)).map(|l| l.cells.as_slice()) else {
        return false;
    };
    let range = (view.page.token_at(above.start), view.page.token_at(above.end));
    view.labels_in(range).any(|(place, _)| place == range)
}

/// The date of the letter where no label gives it: a date alone on a line near the top, else before the greeting.
pub(crate) fn lone_date(view: &View, notices: &[String]) -> Vec<Found> {
    let mut out = Vec::new();
    if view.number != 1 {
        return out;
    }
    let greeting = view.greeting().map_or(usize::MAX, |r| view.bytes(r).0);
    for date in &view.dates {
        if date.last.is_some()
            || date.span.0 > greeting.saturating_add(0) && greeting != usize::MAX && date.span.0 > greeting + 200
        {
            continue;
        }
        let line = view.page.line_at(date.span.0);
        let Some(l) = view.page.lines.get(line) else { continue };
        if l.cells.len() >= 3 && !heads_the_page(view, line) {
            continue; // a row of a table
        }
        let cell = l.cells.iter().find(|c| c.start <= date.span.0 && date.span.0 < c.end).copied();
        let cell = cell.map(|c| between_dashes(view, c, date));
        let rest = cell.map_or(String::new(), |c| {
            format!("{}{}", view.page.slice(c.start, date.span.0), view.page.slice(date.span.1, c.end))
        });
        let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
        let placed = cell.is_some_and(|c: Cell| is_place_and_date(view, (c.start, c.end), date));
        let article = matches!(rest.trim().to_lowercase().as_str(), "the" | "el" | "a"); // "the 27th of January, 2026"
        let weekday = article || letters <= 14 && rest.to_lowercase().contains("day") || letters == 0 || placed;
        let at = view.page.token_at(date.span.0);
        let noise = view.cue_in(Cue::OtherDate, (view.page.token_at(label_begin(l, date.span.0)), at)).is_some()
            || under_a_label(view, line);
        if weekday && !noise && date.span.0 < greeting && line < 40 {
            let value = date.first.to_string();
            out.push(Found {
                certainty: Certainty::Normalized,
                ..Found::normalized(view, "notice.dated", value, date.span, PLACED)
            });
            break;
        }
    }
    if out.is_empty() {
        out.extend(
            view.dates
                .iter()
                .rfind(|d| stands_alone(view, d) && !under_a_label(view, view.page.line_at(d.span.0)))
                .map(|d| Found::normalized(view, "notice.dated", d.first.to_string(), d.span, PLACED + 3)),
        );
    }
    for (from, to) in view.cue(Cue::NoticeDate) {
        let Some(end) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { continue };
        if let Some(date) = view.dates_in((end.end, end.end + 12)).next() {
            let value = date.first.to_string();
            // "the request your doctor's office sent on October 30" is not when this letter was sent
            let first = view.page.sentence_of(*from).0;
            let by_others = view.page.tokens.get(first..*from).unwrap_or(&[]).len() > 2
                && !view.page.tokens.get(*from).is_some_and(|t| holds(notices, &t.norm))
                && !view.page.tokens.get(first..*from).unwrap_or(&[]).iter().any(|t| holds(notices, &t.norm));
            let rank = if by_others { PLACED + 2 } else { LABELLED + 1 };
            out.push(Found::normalized(view, "notice.dated", value, date.span, rank));
        }
    }
    out
}

/// The part of a cell between dashes or dots that holds a date: "Member correspondence - 09.30.2026 - Ref: 7".
fn between_dashes(view: &View, cell: Cell, date: &DateFound) -> Cell {
    let (before, after) = (view.page.slice(cell.start, date.span.0), view.page.slice(date.span.1, cell.end));
    let marks = [" - ", " – ", " — ", " / ", " // "];
    let start = marks.iter().filter(|m| before.ends_with(**m)).map(|_| date.span.0).next();
    let end = marks.iter().filter(|m| after.starts_with(**m)).map(|_| date.span.1).next();
    match (start, end) {
        (Some(start), Some(end)) => Cell { start, end, ..cell },
        (Some(start), None) if after.trim().is_empty() => Cell { start, ..cell },
        _ => cell,
    }
}

/// Where the words begin that may say which date a date is: its own cell, and the cell before it where that is short enough to
/// be a label ("Sent by e-mail and first-class mail" is none).
fn label_begin(line: &Line, date: usize) -> usize {
    /// The most bytes of a label.
    const LABEL: usize = 24;
    let own = line.cells.iter().rposition(|c| c.start <= date);
    let before =
        own.and_then(|i| i.checked_sub(1)).and_then(|i| line.cells.get(i)).filter(|c| c.end - c.start <= LABEL);
    before.or_else(|| own.and_then(|i| line.cells.get(i))).map_or(line.start, |c| c.start)
}

/// One of the first lines of a page, with labels in it: the same on every page, with the letter's date.
fn heads_the_page(view: &View, line: usize) -> bool {
    let above = view.page.lines.iter().take(line).filter(|l| !l.cells.is_empty()).count();
    let labelled = |c: &Cell| view.page.slice(c.start, c.end).contains(':');
    above < 3 && view.page.lines.get(line).is_some_and(|l| l.cells.iter().any(labelled))
}
