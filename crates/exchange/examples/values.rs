//! Prints the values of FHIR and X12 files: `cargo run -p exchange --example values -- kb eob.json`.
#![allow(clippy::disallowed_methods, reason = "an example reads files; the library does not")]

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "kb".into());
    let files = std::fs::read_dir(format!("{folder}/codes")).into_iter().flatten().flatten().filter_map(|f| {
        let name = f.file_name().to_string_lossy().into_owned();
        name.ends_with(".toml")
            .then(|| (format!("codes/{name}"), std::fs::read_to_string(f.path()).unwrap_or_default()))
    });
    let Ok(kb) = kb::Kb::load(kb::Source::new(files)) else { return };
    for path in arguments {
        let bytes = std::fs::read(&path).unwrap_or_default();
        println!("## {path}");
        let read = if bytes.starts_with(b"ISA") {
            exchange::read_x12(&path, &bytes, &kb)
        } else {
            exchange::read_fhir(&path, &bytes, &kb)
        };
        match read {
            Ok((_, reading)) => {
                for field in reading.fields.iter().take(60) {
                    println!("  {} = {} [{}]", field.name, field.value, field.quote);
                }
                for reason in &reading.reasons {
                    println!("  reason {} [{}]", reason.reason, reason.quote);
                }
                println!("  not found: {}", reading.not_found.join(" "));
                for finding in &reading.findings {
                    println!("  {}: {}", finding.code, finding.message);
                }
            }
            Err(e) => println!("  {}: {}", e.code, e.message),
        }
    }
}
