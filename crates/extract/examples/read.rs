//! Prints the text of files as the program sees it: `cargo run -p extract --example read -- letter.pdf`.
#![allow(clippy::disallowed_methods, reason = "an example reads files; the library does not")]

fn main() {
    let json = std::env::args().any(|a| a == "--json");
    for path in std::env::args().skip(1).filter(|a| a != "--json") {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) => {
                eprintln!("{path}: {e}");
                continue;
            }
        };
        let options = extract::Options { password: std::env::var("PASSWORD").ok(), ..extract::Options::default() };
        match extract::extract_all(&path, &bytes, &options) {
            Ok(documents) if json => println!("{}", serde_json::to_string(&documents).unwrap_or_default()),
            Ok(documents) => {
                for document in documents {
                    for finding in &document.findings {
                        eprintln!("{}: {}", finding.code, finding.message);
                    }
                    println!("{}", document.text());
                }
            }
            Err(e) => println!("{}: {}", e.code, e.message),
        }
    }
}
