//! `cargo xtask bench app [CASES]`: the app with many cases in its file. Time and weight of every page, time to the first
//! page, memory, typing to saved; and that nothing acknowledged is lost when it is killed, and no name can be read on
//! the disk.

use std::path::Path;
use std::time::{Duration, Instant};

use journal::{Journal, Key, State};

use crate::client::{App, value_of};

const TODAY: &str = "2026-10-29";
/// Stands in every invented name, so that the disk can be searched for it.
const MARK: &str = "Quillfeather";
const ROUNDS: usize = 200;
const WRITES: usize = 1_000;
const KILLS: usize = 20;

/// Runs all of it.
pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let cases = options.first().map_or(Ok(10_000), |n| n.parse()).map_err(|_| "how many cases?")?;
    let program = crate::bench::program()?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let began = Instant::now();
    let id = seed(folder.path(), cases)?;
    eprintln!("{cases} cases made in {:.0} s", began.elapsed().as_secs_f64());
    println!("| what | measured | goal |\n|---|---|---|");
    starts(&program, folder.path())?;
    let app = App::start(&program, folder.path(), TODAY)?;
    std::thread::sleep(Duration::from_secs(2));
    println!("| memory after the first page, idle | {:.0} MB | ≤ 80 MB |", app.memory());
    pages(&app, &id)?;
    typeset(&app, &id)?;
    saved(&app, &id)?;
    println!("| memory after all pages | {:.0} MB | – |", app.memory());
    drop(app);
    killed(&program, folder.path(), &id)?;
    readable(folder.path())
}

/// Makes the cases, the last of them with the papers of the demonstration.
fn seed(folder: &Path, cases: usize) -> Result<String, String> {
    let fail = |e: journal::Error| e.to_string();
    let key = Key::from_file(&folder.join("key")).map_err(fail)?;
    let mut journal = Journal::open(&folder.join("cases.db"), &key).map_err(fail)?;
    let now = jiff::Timestamp::now();
    let demo = crate::root().join("tests/walks/demo");
    let answers = std::fs::read_to_string(demo.join("answers.toml")).map_err(|e| e.to_string())?;
    let case = facts::Case::parse(&answers).map_err(|e| e.to_string())?;
    for n in 0..cases {
        let (id, seen) = journal.create(now).map_err(fail)?;
        let mut state = State { case: case.clone(), ..State::default() };
        state.case.patient.name = Some(format!("{MARK} {n}"));
        state.case.claim.service = Some(format!("{MARK} service {n}"));
        state.case.claim.diagnosis = Some(format!("{MARK} disease {n}"));
        journal.append(&id, "seed", &state, seen, now).map_err(fail)?;
    }
    let (id, mut seen) = journal.create(now).map_err(fail)?;
    let kinds = [
        ("denial", "denial_letter"),
        ("opinion", "opinion_letter"),
        ("therapy", "office_note"),
        ("imaging", "imaging"),
    ];
    for (name, _) in kinds {
        let file = format!("{name}.pdf");
        let bytes = std::fs::read(demo.join(&file)).map_err(|e| e.to_string())?;
        seen = journal.attach(&id, &file, &bytes, seen, now).map_err(fail)?.1;
    }
    let mut state = journal.case(&id).map_err(fail)?.state;
    state.case = facts::Case { records: Vec::new(), ..case };
    for (paper, (_, kind)) in state.papers.iter_mut().zip(kinds) {
        paper.kind = Some(kind.into());
        let record =
            facts::Record { file: Some(paper.name.clone()), kind: Some(kind.into()), ..facts::Record::default() };
        state.case.records.push(record);
    }
    state.case.claim.documents = vec!["denial.pdf".into()];
    journal.append(&id, "seed", &state, seen, now).map_err(fail)?;
    Ok(id)
}

/// From the start of the process to the first page.
fn starts(program: &Path, folder: &Path) -> Result<(), String> {
    let mut times = Vec::new();
    for _ in 0..7 {
        times.push(App::start(program, folder, TODAY)?.first_page);
    }
    times.sort();
    println!("| start to first page, median of 7 | {} | ≤ 300 ms |", ms(times[3]));
    Ok(())
}

/// Every page, again and again.
fn pages(app: &App, id: &str) -> Result<(), String> {
    let parts = [
        "",
        "papers",
        "questions?list=1",
        "rights",
        "opinion",
        "opinion/whom",
        "opinion/check",
        "opinion/compare",
        "treatments",
        "evidence",
        "letters",
        "letter/appeal_letter",
        "letter/appeal_letter?edit=1",
        "packet",
        "log",
        "history",
    ];
    let of_case = parts.iter().map(|p| format!("/case/{id}/{p}").trim_end_matches('/').to_string());
    let all: Vec<String> = ["/", "/?page=150", "/?q=service+77", "/new", "/settings", "/about"]
        .map(String::from)
        .into_iter()
        .chain(of_case)
        .collect();
    wait_until_read(app, id)?;
    let assets = assets(app)?;
    let mut slowest = (Duration::ZERO, String::new());
    let mut heaviest = (0, String::new());
    let mut lines = Vec::new();
    for path in &all {
        let shown = path.replace(id, "ID");
        let mut times = Vec::new();
        let mut weight = 0;
        for _ in 0..ROUNDS {
            let answer = app.get(path)?;
            if answer.status != 200 {
                return Err(format!("{shown} answered {}", answer.status));
            }
            weight = answer.body.len() + assets;
            times.push(answer.took);
        }
        times.sort();
        let p99 = times[ROUNDS * 99 / 100 - 1];
        lines.push(format!("| {shown} | {} | {} | {weight} |", ms(times[ROUNDS / 2]), ms(p99)));
        slowest = slowest.max((p99, shown.clone()));
        heaviest = heaviest.max((weight, shown));
    }
    println!("| slowest page, p99 of {ROUNDS} | {} ({}) | ≤ 50 ms |", ms(slowest.0), slowest.1);
    println!("| heaviest page, with styles and script | {} bytes ({}) | ≤ 60 000 |", heaviest.0, heaviest.1);
    eprintln!("\n| page | p50 | p99 | bytes |\n|---|---|---|---|\n{}\n", lines.join("\n"));
    Ok(())
}

/// The appeal as a PDF, drafted and typeset anew each time; then a hundred letters of several kinds in a row.
fn typeset(app: &App, id: &str) -> Result<(), String> {
    const KINDS: [&str; 5] =
        ["appeal_letter", "second_opinion_request", "claim_file_request", "records_request", "peer_to_peer_brief"];
    let file = |kind: &str| {
        let answer = app.get(&format!("/case/{id}/letter/{kind}/file/pdf"))?;
        if answer.body.starts_with(b"%PDF") { Ok(answer.took) } else { Err(format!("{kind} is no PDF")) }
    };
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| file("appeal_letter")).collect::<Result<_, _>>()?;
    times.sort();
    let p99 = times[ROUNDS * 99 / 100 - 1];
    println!("| the appeal as a PDF, warm, p50 / p99 | {} / {} | ≤ 40 ms |", ms(times[ROUNDS / 2]), ms(p99));
    let all: Vec<Duration> = (0..100).map(|n| file(KINDS[n % KINDS.len()])).collect::<Result<_, _>>()?;
    let each = all.iter().sum::<Duration>() / 100;
    println!("| 100 letters in a row, each | {} | ≤ 10 ms |", ms(each));
    Ok(())
}

fn wait_until_read(app: &App, id: &str) -> Result<(), String> {
    for _ in 0..120 {
        app.get(&format!("/case/{id}"))?;
        let papers = app.get(&format!("/case/{id}/papers"))?.text();
        if !papers.contains("Being read") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    Err("the papers of the demonstration were not read within a minute".into())
}

/// Bytes of the styles and scripts a page asks for.
fn assets(app: &App) -> Result<usize, String> {
    let page = app.get("/")?.text();
    let mut sum = 0;
    for piece in page.split("\"/assets/").skip(1) {
        let name = piece.split('"').next().unwrap_or_default();
        sum += app.get(&format!("/assets/{name}"))?.body.len();
    }
    Ok(sum)
}

/// What a pause in typing costs until it is on the disk.
fn saved(app: &App, id: &str) -> Result<(), String> {
    let path = format!("/case/{id}/letter/appeal_letter");
    let page = app.get(&format!("{path}?edit=1"))?.text();
    let mut seen = value_of(&page, "_seen").ok_or("no revision in the form")?;
    let mut times = Vec::new();
    for n in 0..ROUNDS {
        let text = format!("I am {MARK}, and this is version {n}.");
        let field =
            page.split("name=\"block-").nth(1).and_then(|p| p.split('"').next()).ok_or("no paragraph to edit")?;
        let answer = app.post(&path, &[("_seen", &seen), ("_script", "1"), (&format!("block-{field}"), &text)])?;
        let json: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|e| format!("not saved: {e}"))?;
        seen = json["seen"].to_string();
        times.push(answer.took);
    }
    times.sort();
    let p99 = times[ROUNDS * 99 / 100 - 1];
    println!("| typing to saved, p50 / p99 | {} / {} | ≤ 30 ms |", ms(times[ROUNDS / 2]), ms(p99));
    Ok(())
}

/// Kills the app in the middle of writing, again and again; what it acknowledged must be there afterwards.
fn killed(program: &Path, folder: &Path, id: &str) -> Result<(), String> {
    let (mut acknowledged, mut lost) = (0usize, 0usize);
    // The newest write that was acknowledged: round and number. A later one may have reached the disk unanswered.
    let mut last = (0usize, 0usize);
    for round in 0..KILLS {
        let app = App::start(program, folder, TODAY)?;
        let history = app.get(&format!("/case/{id}/history"))?.text();
        lost += usize::from(round > 0 && kept_title(&history) < Some(last));
        let first = value_of(&history, "_seen").ok_or("no revision")?.parse::<i64>().map_err(|e| e.to_string())?;
        let pid = app.child.id().to_string();
        // Not a round number of anything, so that the kill falls anywhere in a write.
        let wait = Duration::from_micros(61_731 + 37_717 * (round as u64 * 7 % 11));
        let killer = std::thread::spawn(move || {
            std::thread::sleep(wait);
            let _ = std::process::Command::new("kill").args(["-9", &pid]).status();
        });
        for (n, seen) in (0..WRITES).zip(first..) {
            let title = format!("{MARK} title {round}x{n}y");
            let Ok(answer) = app.post(&format!("/case/{id}/name"), &[("_seen", &seen.to_string()), ("title", &title)])
            else {
                break;
            };
            if answer.status != 303 {
                break;
            }
            acknowledged += 1;
            last = (round, n);
        }
        let _ = killer.join();
    }
    let app = App::start(program, folder, TODAY)?;
    lost += usize::from(kept_title(&app.get(&format!("/case/{id}/history"))?.text()) < Some(last));
    println!("| killed {KILLS} times during {acknowledged} acknowledged writes: writes lost | {lost} | 0 |");
    if lost == 0 { Ok(()) } else { Err("acknowledged writes were lost".into()) }
}

/// Round and number of the title that the case has now.
fn kept_title(history: &str) -> Option<(usize, usize)> {
    let rest = history.split(&format!("value=\"{MARK} title ")).nth(1)?;
    let (round, n) = rest.split('y').next()?.split_once('x')?;
    Some((round.parse().ok()?, n.parse().ok()?))
}

/// Searches every file beside the cases for the invented names.
fn readable(folder: &Path) -> Result<(), String> {
    let (mut bytes, mut found) = (0usize, 0usize);
    for entry in std::fs::read_dir(folder).map_err(|e| e.to_string())? {
        let content = std::fs::read(entry.map_err(|e| e.to_string())?.path()).map_err(|e| e.to_string())?;
        bytes += content.len();
        found += content.windows(MARK.len()).filter(|w| *w == MARK.as_bytes()).count();
    }
    println!("| names readable in {:.0} MB of files on the disk | {found} | 0 |", bytes as f64 / 1e6);
    if found == 0 { Ok(()) } else { Err("a name can be read on the disk".into()) }
}

fn ms(d: Duration) -> String {
    format!("{:.1} ms", d.as_secs_f64() * 1000.0)
}
