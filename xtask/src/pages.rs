//! The reference pages and the coverage page, written from the knowledge base by the program itself.

use std::process::Command;

/// Writes `docs/reference/` through `corroborate kb cover --json` and `kb show`.
pub(crate) fn write() -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "cli", "--", "kb", "cover"])
        .current_dir(crate::root())
        .status()
        .map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err("`corroborate kb cover` failed".into()) }
}
