//! Which parts of a web page its styles hide: `display:none` in a class, a preheader in letters of no size.
//!
//! Only what hides or shows is understood of a style sheet, with the order in which rules outweigh one another. Rules for
//! a narrow screen or for paper are not those of the page as a reader sees it.

use std::collections::HashMap;

use scraper::node::Element;
use scraper::{Html, Selector};

/// Letters of this size, in pixels, are there to be hidden.
const TINY: f32 = 2.5;
/// The most comparisons of rules with elements; the rest of an enormous style sheet is left.
const MOST_WORK: usize = 40_000_000;

/// How an element looks.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Look {
    /// It and everything inside it is not shown.
    pub(crate) hidden: bool,
    /// Its letters are too small to be seen (`Some(true)`), can be seen, or are as those around it.
    pub(crate) tiny: Option<bool>,
}

/// The rules of a page that hide or show, by element, the weightiest last.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    /// An element is known by where it lies in the page's tree.
    by_element: HashMap<*const Element, Vec<(Weight, Declarations)>>,
}

/// How exact a selector is, and its place in the page.
type Weight = (usize, usize);
type Declarations = Vec<(String, String)>;

impl Styles {
    /// The rules of a page's `<style>` elements.
    pub(crate) fn of(page: &Html) -> Self {
        let mut out = Styles::default();
        let Ok(sheets) = Selector::parse("style") else { return out };
        let everywhere = |media: &str| media.trim().is_empty() || for_screen(media);
        let sheets = page.select(&sheets).filter(|s| everywhere(s.value().attr("media").unwrap_or_default()));
        let css: String = sheets.flat_map(|s| s.text().chain(["\n"])).collect();
        let nodes = page.tree.nodes().len().max(1);
        for (order, (selector, body)) in rules(&css).into_iter().take(MOST_WORK / nodes).enumerate() {
            let declared = declarations(&body);
            for one in selector.split(',').filter(|_| !declared.is_empty()) {
                let Ok(parsed) = Selector::parse(one.trim()) else { continue };
                for element in page.select(&parsed) {
                    let known = out.by_element.entry(std::ptr::from_ref(element.value())).or_default();
                    known.push(((exactness(one), order), declared.clone()));
                }
            }
        }
        out.by_element.values_mut().for_each(|rules| rules.sort_by_key(|(weight, _)| *weight));
        out
    }

    /// How an element looks, by the rules and its own `style` and `hidden`.
    pub(crate) fn look(&self, element: &Element) -> Look {
        let own = declarations(element.attr("style").unwrap_or_default());
        let rules = self.by_element.get(&std::ptr::from_ref(element)).map(Vec::as_slice).unwrap_or_default();
        let all = || rules.iter().map(|(_, declared)| declared).chain([&own]).flatten();
        let mut facts: HashMap<&str, &str> = HashMap::new();
        if element.attr("hidden").is_some() {
            facts.insert("display", "none");
        }
        facts.extend(all().filter(|(_, value)| !is_important(value)).map(|(name, value)| (name.as_str(), bare(value))));
        facts.extend(all().filter(|(_, value)| is_important(value)).map(|(name, value)| (name.as_str(), bare(value))));
        let is = |name: &str, values: &[&str]| facts.get(name).is_some_and(|v| values.contains(v));
        let none = |name: &str| facts.get(name).is_some_and(|v| pixels(v) == Some(0.0));
        let hidden = is("display", &["none"])
            || is("visibility", &["hidden", "collapse"])
            || is("mso-hide", &["all"])
            || none("opacity")
            || (is("overflow", &["hidden"]) && (none("max-height") || none("height")));
        let tiny = facts.get("font-size").and_then(|size| pixels(size)).map(|size| size <= TINY);
        Look { hidden, tiny }
    }
}

/// What hides or shows, in lower case, with its `!important`.
fn declarations(body: &str) -> Declarations {
    const KNOWN: [&str; 8] =
        ["display", "visibility", "mso-hide", "opacity", "overflow", "max-height", "height", "font-size"];
    let pairs = body.split(';').filter_map(|d| d.split_once(':'));
    let pairs = pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase()));
    pairs.filter(|(name, _)| KNOWN.contains(&name.as_str())).collect()
}

fn is_important(value: &str) -> bool {
    value.contains('!')
}

fn bare(value: &str) -> &str {
    value.split('!').next().unwrap_or_default().trim()
}

/// A size in pixels; nothing for words and for parts of the size around it, but of none there is none.
fn pixels(value: &str) -> Option<f32> {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f32 = value.strip_suffix(unit)?.parse().ok()?;
    match unit {
        _ if number == 0.0 => Some(0.0),
        "" | "px" => Some(number),
        "pt" => Some(number * 4.0 / 3.0),
        "rem" => Some(number * 16.0),
        _ => None,
    }
}

/// Ids weigh more than classes, classes more than names.
fn exactness(selector: &str) -> usize {
    let marks = |marks: &[char]| selector.matches(marks).count();
    let names =
        selector.split([' ', '>', '+', '~']).filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic())).count();
    10_000 * marks(&['#']) + 100 * marks(&['.', '[', ':']) + names
}

fn for_screen(media: &str) -> bool {
    media.split(',').any(|m| matches!(m.trim().trim_start_matches("only ").trim(), "all" | "screen"))
}

/// The rules of a style sheet as selector and body.
fn rules(css: &str) -> Vec<(String, String)> {
    let css = without_comments(css);
    let mut out = Vec::new();
    let mut rest = css.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let prelude = before.rsplit(['}', ';']).next().unwrap_or_default().trim();
        if let Some(at) = prelude.strip_prefix('@') {
            let screen = at.strip_prefix("media").is_some_and(|m| for_screen(&m.to_ascii_lowercase()));
            rest = if screen { after } else { after_block(after) };
            continue;
        }
        let Some((body, after)) = after.split_once('}') else { break };
        out.push((prelude.to_owned(), body.to_owned()));
        rest = after;
    }
    out
}

/// What follows the block whose opening brace was read.
fn after_block(css: &str) -> &str {
    let mut depth = 1usize;
    for (at, c) in css.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return css.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

fn without_comments(css: &str) -> String {
    let css = css.replace("<!--", " ").replace("-->", " ");
    let mut out = String::with_capacity(css.len());
    let mut rest = css.as_str();
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        out.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}
