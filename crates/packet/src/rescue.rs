//! A second way in for PDFs that the fast reader refuses: another reader opens them and their pages are drawn anew, with
//! their text. Annotations are not carried over this way, and that is said.

use std::panic::{AssertUnwindSafe, catch_unwind};

use facts::Finding;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Object};
use jiff::civil::Date;
use serde_json::json;

use crate::import::{self, Opened, Why};
use crate::{letter, world};

/// More pages than this are not drawn anew (the fast way has no such limit).
const MOST_PAGES: usize = 2000;

/// Opens a file the fast reader refused for the reason `why`; the same reason when this reader refuses it too.
pub(crate) fn open(
    bytes: &[u8],
    password: Option<&str>,
    why: Why,
    about: &str,
    today: Date,
    findings: &mut Vec<Finding>,
) -> Result<Opened, Why> {
    let drawn = catch_unwind(AssertUnwindSafe(|| draw(bytes, password, today))).ok().flatten();
    let Some(opened) = drawn else { return Err(why) };
    let text = "This file is not quite in order. Its pages were drawn anew; look at them, and if a filled form or a note is missing, print the file to a new PDF and use that.";
    findings.push(Finding::new("drawn_anew", text).about(about));
    Ok(opened)
}

fn draw(bytes: &[u8], password: Option<&str>, today: Date) -> Option<Opened> {
    let read = Pdf::new_with_password(bytes.to_vec(), password.unwrap_or_default()).ok()?;
    let pages = read.pages();
    if pages.is_empty() || pages.len() > MOST_PAGES || listed(&read).is_some_and(|n| n > pages.len()) {
        return None;
    }
    let whole = |p: &hayro_syntax::page::Page| {
        !p.raw().contains_key("Contents") || p.page_stream().is_some_and(|s| !s.is_empty())
    };
    if !pages.iter().all(whole) || !pages.iter().any(|p| p.page_stream().is_some()) {
        return None;
    }
    let sizes: Vec<(f32, f32)> = pages.iter().map(hayro_syntax::page::Page::render_dimensions).collect();
    if sizes.iter().any(|(w, h)| !(1.0..=14_400.0).contains(w) || !(1.0..=14_400.0).contains(h)) {
        return None;
    }
    let data = json!({ "title": "exhibit", "pages": sizes });
    // The layout's reader takes no password; files locked with one stay with the fast reader.
    let typeset = world::typeset_with("rescue/main.typ", &data, Some(bytes.to_vec()), today).ok()?;
    let pdf = letter::export(&typeset, "exhibit", &[]).ok()?;
    let opened = import::open(&pdf, None).ok()?;
    (opened.pages.len() == sizes.len()).then_some(opened)
}

/// How many pages the page tree says there are.
fn listed(read: &Pdf) -> Option<usize> {
    let pages = read.xref().get::<Dict>(read.xref().root_id())?.get::<Dict>("Pages")?;
    match pages.get::<Object>("Count")? {
        Object::Number(n) => usize::try_from(n.as_i64()).ok(),
        _ => None,
    }
}
