//! Packs the knowledge base, so that one binary holds everything: writes a table of
//! `(path, text, digest)` for `kb/`.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../kb");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut code = String::from("pub(crate) static FILES: &[(&str, &str, &str)] = &[\n");
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let from = file.canonicalize().unwrap_or_else(|_| file.clone());
        let digest: String = match std::fs::read(file) {
            Ok(bytes) => Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect(),
            Err(e) => return println!("cargo::error=cannot read {}: {e}", file.display()),
        };
        let _ = writeln!(code, "    ({name:?}, include_str!({from:?}), {digest:?}),");
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default()).join("kb_files.rs");
    if let Err(e) = std::fs::write(&out, code) {
        println!("cargo::error=cannot write {}: {e}", out.display());
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|e| e.ok().map(|e| e.path())) {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|e| e == "toml") || path.file_name().is_some_and(|n| n == "VERSION") {
            println!("cargo::rerun-if-changed={}", path.display());
            into.push(path);
        }
    }
}
