//! A sentence of a paper prepared for comparison: its terms with their polarity, its numbers, dates, age and sides.

use calendar::Date;

use crate::answered::asked_and_answered;
use crate::dates::{self, Dated};
use crate::person;
use crate::quantity::Quantity;
use crate::report::Paper;
use crate::sentences::sentences;
use crate::text::{Token, places, tokens};
use crate::words::PolicyWords;

/// A term of a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) token: Token,
    /// Whether the clause denies it.
    pub(crate) negated: bool,
    /// Whether the clause is uncertain, conditional or of the future.
    pub(crate) hedged: bool,
}

/// What a sentence or a criterion says, apart from where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) folded: String,
    pub(crate) unified: String,
    pub(crate) terms: Vec<Term>,
    pub(crate) quantities: Vec<Quantity>,
    pub(crate) dates: Vec<Dated>,
    /// Dates of the text in its unified form are the same dates; this is how long things lasted, in days.
    pub(crate) lasted: Vec<f64>,
    /// Stretches from one date to another.
    pub(crate) ranges: Vec<(Date, Date)>,
    pub(crate) age: Option<f64>,
    pub(crate) of_another: bool,
    pub(crate) left: bool,
    pub(crate) right: bool,
    pub(crate) both: bool,
}

impl Said {
    /// Reads a text.
    pub(crate) fn of(text: &str, today: Option<Date>, words: &PolicyWords) -> Said {
        let folded = cite::fold(text);
        let unified = words.unify(text);
        let q = &words.quantities;
        let dates = dates::find(&unified, &q.time);
        let mut plain = dates::blank(&unified, &dates);
        for (a, b) in q.age_spans(&plain) {
            plain.replace_range(a..b, &" ".repeat(b - a));
        }
        let quantities = q.find(&plain);
        let ranges = dates::ranges(&unified, &dates, &q.time);
        let mut lasted: Vec<f64> = ranges.iter().map(|(a, b)| calendar::days_between(*a, *b) as f64).collect();
        lasted.extend(dates::since(&unified, &dates, today, &q.time));
        let terms = terms(&unified, &quantities, words);
        let c = &words.compare;
        let has = |phrases: &[String]| !places(&folded, phrases).is_empty();
        Said {
            age: q.age(&folded),
            of_another: has(&c.others),
            left: has(&c.left),
            right: has(&c.right),
            both: has(&c.both),
            folded,
            unified,
            terms,
            quantities,
            dates,
            lasted,
            ranges,
        }
    }
}

/// A sentence of a paper.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) paper: &'a Paper,
    pub(crate) page: usize,
    pub(crate) span: (usize, usize),
    pub(crate) said: Said,
    /// What it repeats of a list, each with its answer: "Six months of abstinence: 29 days".
    pub(crate) told: Vec<(Said, Said)>,
    /// Whether it can speak against a "no …" criterion.
    pub(crate) asserts: bool,
    /// Words of the first lines of the paper, and the first date there: what the paper is and when it is of.
    pub(crate) head: &'a Head,
}

/// The head of a paper.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) words: Vec<String>,
    pub(crate) date: Option<Date>,
    /// The patient's name as the head gives it, in lower case.
    pub(crate) patient: Option<String>,
}

impl Line<'_> {
    pub(crate) fn quote(&self) -> &str {
        self.paper.document.pages.get(self.page - 1).and_then(|p| p.text.get(self.span.0..self.span.1)).unwrap_or("")
    }
}

/// The heads of the papers, in their order.
pub(crate) fn heads(papers: &[Paper], words: &PolicyWords) -> Vec<Head> {
    papers
        .iter()
        .map(|paper| {
            let first = paper.document.pages.first().map_or("", |p| p.text.as_str());
            let top: Vec<&str> = first.lines().filter(|l| !l.trim().is_empty()).take(12).collect();
            let title = words.unify(&top.iter().take(4).copied().collect::<Vec<_>>().join(" \n "));
            let dates = dates::find(&cite::fold(&top.join(" \n ")), &words.quantities.time);
            let patient = top.iter().find_map(|l| person::labelled(l, words));
            Head {
                patient,
                words: tokens(&title, words).into_iter().map(|t| t.word).collect(),
                date: dates.first().map(|d| d.date),
            }
        })
        .collect()
}

/// All sentences of the papers.
pub(crate) fn lines<'a>(
    papers: &'a [Paper],
    heads: &'a [Head],
    today: Option<Date>,
    words: &PolicyWords,
) -> Vec<Line<'a>> {
    let mut all = Vec::new();
    for (paper, head) in papers.iter().zip(heads) {
        for (index, page) in paper.document.pages.iter().enumerate() {
            for span in sentences(&page.text) {
                let mut said = Said::of(&page.text[span.0..span.1], today, words);
                said.of_another |=
                    head.patient.as_deref().is_some_and(|p| person::names_another(&said.folded, p, words));
                let asserts = !places(&said.folded, &words.compare.asserts).is_empty();
                let pairs = asked_and_answered(&page.text[span.0..span.1]).into_iter();
                let told = pairs.map(|(a, b)| (Said::of(a, today, words), Said::of(b, today, words))).collect();
                all.push(Line { paper, page: index + 1, span, said, told, asserts, head });
            }
        }
    }
    all
}

fn terms(unified: &str, quantities: &[Quantity], words: &PolicyWords) -> Vec<Term> {
    let negated = denied(unified, quantities, words);
    let hedged = uncertain(unified, words);
    let within = |spans: &[(usize, usize)], at: usize| spans.iter().any(|(a, b)| (*a..*b).contains(&at));
    tokens(unified, words)
        .into_iter()
        .map(|token| Term { negated: within(&negated, token.span.0), hedged: within(&hedged, token.span.0), token })
        .collect()
}

/// The stretches of a text that it denies.
fn denied(unified: &str, quantities: &[Quantity], words: &PolicyWords) -> Vec<(usize, usize)> {
    let c = &words.compare;
    let in_bound = |at: usize| quantities.iter().any(|q| (q.span.0..q.at).contains(&at));
    let forward = places(unified, &c.negations);
    let mut spans: Vec<(usize, usize)> = Vec::new();
    spans.extend(forward.iter().filter(|(a, _)| !in_bound(*a)).map(|(_, end)| (*end, reach(unified, *end, words))));
    for (start, _) in places(unified, &c.negations_after) {
        if forward.iter().any(|(a, b)| (*a..*b).contains(&start)) {
            continue;
        }
        let from = unified[..start].rfind([',', ';', '.']).map_or(0, |p| p + 1);
        spans.push((from, start));
    }
    spans
}

/// Where the reach of a denial that ends at `from` ends itself: at the clause's end; a list joined by "or" stays in it.
fn reach(unified: &str, from: usize, words: &PolicyWords) -> usize {
    let rest = &unified[from..];
    let hard = rest.find([';', '.', ':', '\n']).unwrap_or(rest.len());
    let ends = places(&rest[..hard], &words.compare.clause_ends);
    let hard = ends.iter().map(|(a, _)| *a).min().unwrap_or(hard);
    let list = rest[..hard].contains(" or ") || rest[..hard].contains(" nor ") || rest[..hard].contains(" ni ");
    let soft = if list { None } else { rest[..hard].find(',') };
    from + soft.unwrap_or(hard)
}

/// Whether a text denies, doubts or asks anything at all.
pub(crate) fn is_doubted(unified: &str, words: &PolicyWords) -> bool {
    !denied(unified, &[], words).is_empty() || !uncertain(unified, words).is_empty()
}

/// The clauses of a text that are uncertain, conditional, general or of the future.
fn uncertain(unified: &str, words: &PolicyWords) -> Vec<(usize, usize)> {
    let mut clauses = Vec::new();
    let mut from = 0;
    for (at, _) in unified.match_indices([';']).chain(unified.match_indices(" but ")) {
        if at >= from {
            clauses.push((from, at));
            from = at;
        }
    }
    clauses.push((from, unified.len()));
    if is_question_or_order(unified, words) {
        return vec![(0, unified.len())];
    }
    clauses.retain(|(a, b)| !places(&unified[*a..*b], &words.compare.hedges).is_empty());
    clauses
}

/// A question, or an order like "Watch for infection", documents nothing.
fn is_question_or_order(unified: &str, words: &PolicyWords) -> bool {
    let first = unified.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or("");
    let rest = unified.split_once(first).map_or("", |(_, rest)| rest);
    let order = words.compare.commands.iter().any(|c| c == first) && rest.starts_with(' ');
    order || unified.trim_end().ends_with('?')
}
