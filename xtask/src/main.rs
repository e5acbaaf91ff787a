//! `cargo xtask …`: tests, measurements and generated pages. One module is one program.
//!
//! ```text
//! cargo xtask test [--no-install]     every test; on Debian as root it installs what the tests need
//! cargo xtask browser                 the tour through the pages in a real browser
//! cargo xtask bench [NAME…]           speed and memory, as tables with a yardstick in the same run
//! cargo xtask eval letters|papers|opinions|criteria|packet   accuracy on our labelled cases
//! cargo xtask robust [FOLDER…]        every shared sample file through the readers; PDFs beside pdftotext
//! cargo xtask learn tells|opinions    counts the weights of kb/opinions/tells.toml and weights.toml from our labelled letters
//! cargo xtask learn judge             counts the weights of kb/opinions/judge.toml, which decide on a whole letter
//! cargo xtask learn folds [again]      reads opinion letters by weights that never saw their sets; `again` counts those anew
//! cargo xtask learn reasons [--check]  counts the weights of kb/notice/reason_weights.toml, or measures them by cross-validation
//! cargo xtask learn kinds [--check]  the same for kb/notice/kind_weights.toml: what kind of paper it is
//! cargo xtask learn decisions        the same for kb/notice/decision_weights.toml: which decision a plan's notice tells
//! cargo xtask learn asides [--check] the same for kb/notice/aside_weights.toml: sentences that name a reason and give none
//! cargo xtask learn tellings [--check SET…] the same for kb/notice/telling_weights.toml: which sentence of a letter tells which reason
//! cargo xtask learn scoring SET…          how rules, papers and sentences are put together for the reasons: fitted on sets that nothing was made from
//! cargo xtask learn gaps [--check]   the same for kb/notice/gap_weights.toml: values that no rule found
//! cargo xtask learn spans [--check]  the same for kb/notice/span_weights.toml: values in words
//! cargo xtask pages                   reference pages and the coverage page from kb/
//! cargo xtask sample-packet [DIR]     the demo's packet
//! cargo xtask samples [check] [NUMBER…]   makes the sample packets of docs/samples/, or says what differs from them now
//! ```
#![allow(clippy::disallowed_methods, clippy::panic, missing_docs)]

mod bench;
mod bench_app;
mod bench_evidence;
mod bench_opinion;
mod bench_packet;
mod bench_read;
mod bench_rights;
mod client;
mod eval_criteria;
mod eval_letters;
mod eval_opinions;
mod eval_packet;
mod learn;
mod learn_asides;
mod learn_decisions;
mod learn_gaps;
mod learn_kinds;
mod learn_reasons;
mod learn_scoring;
mod learn_spans;
mod learn_tellings;
mod pages;
mod paper;
mod robust;
mod samples;
mod test;

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("__worker") {
        extract::worker::serve_child();
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["bench"] | ["bench", "walk"] => bench::walk(),
        ["bench", "rights", rest @ ..] => bench_rights::run(rest),
        ["bench", "app", rest @ ..] => bench_app::run(rest),
        ["bench", "packet"] => bench_packet::packet(),
        ["bench", "opinion", rest @ ..] => bench_opinion::opinion(rest),
        ["bench", "read"] => bench_read::read(),
        ["eval", "letters", rest @ ..] => eval_letters::run(rest),
        ["eval", "papers", rest @ ..] => learn_kinds::eval(rest),
        ["eval", "opinions", rest @ ..] => eval_opinions::run(rest),
        ["bench", "evidence", rest @ ..] => bench_evidence::run(rest),
        ["eval", "criteria", rest @ ..] => eval_criteria::run(rest),
        ["eval", "packet", rest @ ..] => eval_packet::run(rest),
        ["browser"] => test::browser(),
        ["learn", rest @ ..] => learn::run(rest),
        ["pages"] => pages::write(),
        ["robust", rest @ ..] => robust::run(rest),
        ["robust-one", path] => robust::one(path),
        ["samples", rest @ ..] => samples::run(rest),
        ["sample-packet", rest @ ..] => test::sample_packet(rest.first().copied().unwrap_or("demo")),
        _ => {
            eprintln!(
                "usage: cargo xtask test | browser | bench [NAME] | eval NAME | learn NAME | robust [FOLDER] | pages | samples [NUMBER] | sample-packet [DIR]   (see xtask/src/main.rs)"
            );
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The project's root, wherever the command was started; `XTASK_ROOT` names another checkout, to measure it with the same program.
pub(crate) fn root() -> std::path::PathBuf {
    if let Some(other) = std::env::var_os("XTASK_ROOT") {
        return other.into();
    }
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(std::path::Path::new(".")).to_path_buf()
}
