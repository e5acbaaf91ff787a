//! What a header says about its list: all, any, at least so many, none.

use super::Needs;
use crate::words::PolicyWords;

/// What a header says about its list: the last phrase in it counts.
pub(crate) fn quantifier(text: &str, words: &PolicyWords) -> Option<(Needs, Option<u32>)> {
    let text = cite::fold(text);
    let mut best: Option<(usize, usize, Needs, Option<u32>)> = None;
    let mut offer = |at: usize, len: usize, needs: Needs, count: Option<u32>| {
        if best.is_none_or(|(b, l, ..)| at + len > b + l || (at + len == b + l && len > l)) {
            best = Some((at, len, needs, count));
        }
    };
    for (needs, phrases) in
        [(Needs::All, &words.policy.all), (Needs::Any, &words.policy.any), (Needs::None, &words.policy.none)]
    {
        for phrase in phrases {
            if let Some(at) = find_word(&text, phrase) {
                offer(at, phrase.len(), needs, None);
            }
        }
    }
    for phrase in &words.policy.at_least {
        if let Some((at, len, n)) = find_counted(&text, phrase, words) {
            offer(at, len, if n == 1 { Needs::Any } else { Needs::AtLeast }, (n > 1).then_some(n));
        }
    }
    best.map(|(_, _, needs, count)| (needs, count)).or_else(|| at_end(&text, words))
}

/// A header that ends with nothing but the rule: "Arthritis, ALL:", "Any of:", "meets both:".
fn at_end(text: &str, words: &PolicyWords) -> Option<(Needs, Option<u32>)> {
    let body = text.trim_end().strip_suffix(':')?.trim_end();
    let ends = |phrase: &String| {
        body.strip_suffix(phrase.as_str()).is_some_and(|b| !b.ends_with(|c: char| c.is_alphanumeric() || c == '-'))
    };
    let p = &words.policy;
    let counted = p.end_at_least.iter().find_map(|phrase| {
        let (before, after) = phrase.split_once("{n}")?;
        let head = body.strip_suffix(after)?.trim_end();
        let word = head.rsplit(|c: char| c.is_whitespace()).next()?;
        let n = words.quantities.number(word)?;
        let free = head[..head.len() - word.len()].ends_with(before);
        (free && n >= 1.0 && n.fract() == 0.0).then_some(n as u32)
    });
    match counted {
        Some(1) => return Some((Needs::Any, None)),
        Some(n) => return Some((Needs::AtLeast, Some(n))),
        None => {}
    }
    [(Needs::None, &p.end_none), (Needs::Any, &p.end_any), (Needs::All, &p.end_all)]
        .into_iter()
        .find(|(_, phrases)| phrases.iter().any(ends))
        .map(|(needs, _)| (needs, None))
}

fn find_word(text: &str, phrase: &str) -> Option<usize> {
    let at = text.rfind(phrase)?;
    let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    (free(text[..at].chars().next_back()) && free(text[at + phrase.len()..].chars().next())).then_some(at)
}

/// Finds a phrase with `{n}` in it: place, length and number.
fn find_counted(text: &str, phrase: &str, words: &PolicyWords) -> Option<(usize, usize, u32)> {
    let (before, after) = phrase.split_once("{n}")?;
    let tail = text.rfind(after)?;
    let head = text[..tail].trim_end();
    let head = head.strip_suffix(')').and_then(|h| h.rfind('(').map(|p| h[..p].trim_end())).unwrap_or(head);
    let word = head.rsplit(|c: char| c.is_whitespace()).next()?;
    let n = words.quantities.number(word)?;
    let start = head.len() - word.len();
    (text[..start].ends_with(before) && n >= 1.0 && n.fract() == 0.0)
        .then(|| (start - before.len(), tail + after.len() - (start - before.len()), n as u32))
}

/// What a header asks for itself, apart from its rule: "failure of 12 weeks of care" of "Failure of 12 weeks of care,
/// including all of the following:". Lower case, white space folded; empty where it only names its list.
pub(crate) fn without_rule(header: &str, words: &PolicyWords) -> String {
    let p = &words.policy;
    let mut text = cite::fold(header).trim_end_matches([':', '.', ' ']).to_string();
    for phrase in &p.at_least {
        if let Some((at, len, _)) = find_counted(&text, phrase, words) {
            text.replace_range(at..at + len, " ");
        }
    }
    let mut phrases: Vec<&String> = [&p.all, &p.any, &p.none].into_iter().flatten().collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    for phrase in phrases {
        if let Some(at) = find_word(&text, phrase) {
            text.replace_range(at..at + phrase.len(), " ");
        }
    }
    loop {
        let body = text.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '%' | ']'));
        let ends = [&p.lead_ins, &p.end_all, &p.end_any, &p.end_none].into_iter().flatten();
        let cut = ends
            .filter_map(|e| body.strip_suffix(e.as_str()))
            .find(|b| !b.ends_with(|c: char| c.is_alphanumeric() || c == '-'));
        match cut {
            Some(rest) => text = rest.to_string(),
            None => break text = body.trim().to_string(),
        }
    }
    let bare = |w: &str| words.is_idle(w) || p.bare_heads.iter().any(|b| b == w);
    let asks = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).any(|w| !bare(w));
    if asks { text } else { String::new() }
}
