//! The worked examples beside the rules.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::panic)]

mod common;

#[test]
fn every_worked_example_comes_out_as_written() {
    let report = rights::examples::run(common::kb()).unwrap_or_else(|e| panic!("{e}"));
    let told: Vec<String> =
        report.failures.iter().map(|f| format!("kb/{}: {}\n    {}", f.file, f.example, f.message)).collect();
    println!("{} examples of {} rules", report.run, report.rules);
    assert!(report.unreached.is_empty(), "versions without an example: {:?}", report.unreached);
    assert!(told.is_empty(), "{} of {} examples fail\n{}", told.len(), report.run, told.join("\n"));
}
