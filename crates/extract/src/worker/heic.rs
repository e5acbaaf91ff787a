//! A HEIC photo (phones) → PNG, through the program `heif-convert` of the Debian package libheif-examples.

use std::path::Path;

use super::process::{Fault, Launcher, run};
use crate::{ExtractError, Options};

/// How long the converter may take, in seconds.
const SECONDS: u64 = 30;

/// Converts a photo. The converter needs files: they live in a folder of their own that is gone afterwards.
pub(crate) fn to_png(
    name: &str,
    bytes: &[u8],
    options: &Options,
    launcher: &Launcher,
) -> Result<Vec<u8>, ExtractError> {
    let failed = || ExtractError::damaged(name, "the photo cannot be converted");
    let folder = tempfile::tempdir().map_err(|_| failed())?;
    let (from, to) = (folder.path().join("photo.heic"), folder.path().join("photo.png"));
    write(&from, bytes).map_err(|_| failed())?;
    let mut command = launcher.command(&options.heif_convert, Some(folder.path()));
    command.arg(&from).arg(&to);
    match run(command, Vec::new(), 1 << 20, SECONDS) {
        Ok(_) => {}
        Err(Fault::Missing) => {
            let what = "is a HEIC photo, and the converter for it is not installed. Run: apt-get install libheif-examples (or save the photo as JPEG).";
            return Err(ExtractError::not_supported(name, what));
        }
        Err(_) => return Err(failed()),
    }
    // Bursts and live photos give numbered files; the first is the photo.
    read(&to).or_else(|_| read(&folder.path().join("photo-1.png"))).map_err(|_| failed())
}

#[allow(clippy::disallowed_methods, reason = "the converter takes files only; they are ours and temporary")]
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

#[allow(clippy::disallowed_methods, reason = "the converter gives files only; they are ours and temporary")]
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}
