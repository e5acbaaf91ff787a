//! Every test with one command: formatting, lints, tests of all crates, the walks, the browser tour.

use std::path::Path;
use std::process::Command;

/// What the tests use beside Rust: the program looked for, and the Debian package that brings it.
const TOOLS: &[(&str, &str)] =
    &[("qpdf", "qpdf"), ("pdftotext", "poppler-utils"), ("tesseract", "tesseract-ocr tesseract-ocr-spa")];

/// What the browser tour uses.
const BROWSER_TOOLS: &[(&str, &str)] = &[("chromium", "chromium"), ("node", "nodejs npm")];

/// Runs everything. `--no-install` leaves the machine as it is; tests that need an absent tool say "skipped".
pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let may_install = !options.contains(&"--no-install");
    if may_install {
        install(TOOLS);
        install(BROWSER_TOOLS);
    }
    let root = crate::root();
    step("formatting", Command::new(env!("CARGO")).args(["fmt", "--all", "--check"]).current_dir(&root))?;
    step(
        "lints",
        Command::new(env!("CARGO"))
            .args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
            .current_dir(&root),
    )?;
    step("tests", Command::new(env!("CARGO")).args(["test", "--workspace", "--no-fail-fast"]).current_dir(&root))?;
    // The tests of `cli` have just built the program; building it again would build half of it anew with fewer features.
    eprintln!("── samples");
    crate::samples::run_with(&built(), &["check"])?;
    match browser_is_ready(may_install) {
        Ok(()) => tour(),
        Err(why) => {
            eprintln!(
                "\n!! SKIPPED: the browser tour. {why}\n!! The pages were not walked through and not held against axe.\n"
            );
            Ok(())
        }
    }
}

fn step(name: &str, command: &mut Command) -> Result<(), String> {
    eprintln!("── {name}");
    let status = command.status().map_err(|e| format!("{name}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed")) }
}

/// Installs what is missing, on Debian as root; elsewhere names it.
fn install(tools: &[(&str, &str)]) {
    let missing: Vec<&str> =
        tools.iter().filter(|(tool, _)| !has(tool)).flat_map(|(_, package)| package.split(' ')).collect();
    if missing.is_empty() {
        return;
    }
    let may = Path::new("/usr/bin/apt-get").exists() && std::fs::metadata("/root").is_ok() && is_root();
    if !may {
        eprintln!("some tests will be skipped; to run them, install: {}", missing.join(" "));
        return;
    }
    let quiet = |args: &[&str]| {
        let _ = Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").status();
    };
    quiet(&["update", "-qq"]);
    let mut words = vec!["install", "-y", "-qq", "--no-install-recommends"];
    words.extend(&missing);
    quiet(&words);
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"))
}

fn has(tool: &str) -> bool {
    Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().is_ok_and(|o| o.status.success())
}

/// The tour through the pages in a real browser, with a program built for it (`cargo xtask browser`).
pub(crate) fn browser() -> Result<(), String> {
    install(BROWSER_TOOLS);
    browser_is_ready(true)?;
    step(
        "browser: program",
        Command::new(env!("CARGO")).args(["build", "--package", "cli"]).current_dir(crate::root()),
    )?;
    tour()
}

/// Whether the tour can run: the browser, node, and the two packages of the lock file. The error says what is missing.
fn browser_is_ready(may_fetch: bool) -> Result<(), String> {
    let missing: Vec<&str> = ["chromium", "node", "npm"].into_iter().filter(|tool| !has(tool)).collect();
    if !missing.is_empty() {
        return Err(format!("Not on this machine: {}.", missing.join(", ")));
    }
    let folder = crate::root().join("tests/browser");
    if !may_fetch {
        let there = folder.join("node_modules/playwright-core").exists();
        return if there { Ok(()) } else { Err("Run `npm ci` in tests/browser first.".into()) };
    }
    step(
        "browser: packages",
        Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder),
    )
    .map_err(|_| "Its packages could not be had from npm (see above).".to_string())
}

/// The program as the tests have just built it.
fn built() -> std::path::PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), std::path::PathBuf::from);
    target.join("debug/corroborate")
}

fn tour() -> Result<(), String> {
    let root = crate::root();
    step("browser: tour", Command::new("node").arg("tour.mjs").arg(built()).current_dir(root.join("tests/browser")))
}

/// Writes the demo's packet with a release build.
pub(crate) fn sample_packet(folder: &str) -> Result<(), String> {
    step(
        "sample packet",
        Command::new(env!("CARGO"))
            .args(["run", "--release", "--package", "cli", "--", "demo", "-o", folder])
            .current_dir(crate::root()),
    )
}
