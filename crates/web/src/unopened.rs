//! Files that nothing could open → kept out of letter and packet. Nobody knows what such a file is: it is promised to no one.

use journal::{Loaded, Paper};

use crate::engine;
use crate::http::{Call, Problem};
use crate::jobs::Stage;
use crate::reading;

/// Why such a file stays out, as the packet's list names it.
pub(crate) const REASON: &str = "unreadable";

/// What a paper is called of which only its pages are known.
const UNKNOWN: &str = "other";

/// The papers without a text whose pages cannot be shown either. One that is still being read may be none of them.
pub(crate) fn papers<'a>(call: &Call, loaded: &'a Loaded) -> Result<Vec<&'a Paper>, Problem> {
    let mut lost = Vec::new();
    for paper in unread(call, loaded)? {
        let busy = matches!(call.app.jobs.stage(&loaded.id, &paper.sha256), Some(Stage::Running { .. }));
        if !busy && engine::picture(call, &loaded.id, paper, 1)?.is_none() {
            lost.push(paper);
        }
    }
    Ok(lost)
}

fn unread<'a>(call: &Call, loaded: &'a Loaded) -> Result<Vec<&'a Paper>, Problem> {
    let read = reading::read_so_far(call, &loaded.id)?;
    Ok(loaded.state.papers.iter().filter(|p| !read.iter().any(|name| name.ends_with(&p.sha256))).collect())
}

/// The case as it goes out: without the files that nothing can open. Pages that can be shown and have no words go in under the
/// name of their file.
pub(crate) fn left_at_home(call: &Call, loaded: &Loaded) -> Result<Loaded, Problem> {
    let (lost, unread) = (papers(call, loaded)?, unread(call, loaded)?);
    let is = |all: &[&Paper], file: Option<&str>| all.iter().any(|p| Some(p.name.as_str()) == file);
    let mut sent = loaded.clone();
    let records = &mut sent.state.case.records;
    records.retain(|r| !is(&lost, r.file.as_deref()));
    for record in records.iter_mut().filter(|r| r.kind.is_none() && is(&unread, r.file.as_deref())) {
        record.kind = Some(UNKNOWN.into());
        record.title = record.title.take().or_else(|| record.file.clone());
    }
    Ok(sent)
}
