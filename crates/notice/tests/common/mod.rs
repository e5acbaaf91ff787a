//! The phrase data as the tests read it.

use std::path::Path;
use std::sync::OnceLock;

/// The files of `kb/notice`.
pub fn source() -> kb::Source {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/notice");
    let files = std::fs::read_dir(folder).expect("kb/notice is in the repository").flatten().map(|f| {
        let name = format!("notice/{}", f.file_name().to_string_lossy());
        (name, std::fs::read_to_string(f.path()).expect("a text file"))
    });
    kb::Source::new(files)
}

/// The knowledge base of these files, loaded once.
pub fn knowledge() -> &'static kb::Kb {
    static KB: OnceLock<kb::Kb> = OnceLock::new();
    KB.get_or_init(|| kb::Kb::load(source()).expect("the data can be loaded"))
}
