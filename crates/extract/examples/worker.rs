//! The smallest program that can be its own worker: reads files in child processes and says what came out. The tests start
//! it, as they cannot be their own workers.
#![allow(clippy::disallowed_methods, reason = "an example reads files; the library does not")]

fn main() {
    if std::env::args().nth(1).as_deref() == Some("__worker") {
        extract::worker::serve_child();
    }
    let Ok(exe) = std::env::current_exe() else { return };
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        match extract::worker::run(
            &exe,
            &path,
            &bytes,
            &extract::Options::default(),
            extract::worker::Limits::default(),
        ) {
            Ok(documents) => documents.iter().for_each(|d| println!("{}", d.text())),
            Err(e) => println!("{}: {}", e.code, e.message),
        }
    }
}
