use crate::http::{Call, Problem, Reply};
use crate::layout;

/// Styles, script and icon, packed into the program.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let (media, text) = layout::asset(call.part(1)).ok_or(Problem::NotFound)?;
    Ok(Reply::Asset { media, text })
}
