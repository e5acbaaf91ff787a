//! Reading in a child process of the same program, so that a hostile or broken file can at worst end the child.
//!
//! ```text
//! parent ──job──▶ child: gives up network, files, programs, memory; parses; draws pages that are pictures
//! parent ◀─frames─ child: text and word places, then pictures one by one
//! parent ──picture──▶ OCR engine, started through the same program, which gives up network and files first
//! ```
//! The parent is [`run`]. A program that calls it must call [`serve_child`] first thing when its first argument is
//! `__worker`, and do nothing else then.

mod heic;
mod process;
mod sandbox;
mod wire;

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use facts::Document;

use crate::finish::{self, Outcome, Result3};
pub use crate::ocr::Read as Recognized;
use crate::picture::Scan;
use crate::{ExtractError, Options, parse, render};
pub(crate) use heic::to_png;
use process::NOT_FOUND;
pub(crate) use process::{Fault, Launcher, run as run_program};
use sandbox::Bounds;
use wire::{Frame, Job, Task};

/// How much a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Megabytes of address space.
    pub memory_mb: u64,
    /// Seconds without a sign of life after which the child is ended. A page that is a picture is such a sign.
    pub seconds: u64,
    /// Seconds of processor time for the whole file.
    pub cpu_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { memory_mb: 3_072, seconds: 60, cpu_seconds: 900 }
    }
}

/// How often a waiting parent looks whether it was stopped.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Stack of the thread that parses: deep nesting must not end the child when it need not.
const STACK: usize = 64 << 20;

/// Reads a file in a child process of the program `exe`: the paper first, then the files attached to it.
///
/// # Errors
/// An [`ExtractError`] for a file that cannot be read; `unreadable` when the child failed, took too long or wanted too
/// much memory.
pub fn run(
    exe: &Path,
    name: &str,
    bytes: &[u8],
    options: &Options,
    limits: Limits,
) -> Result<Vec<Document>, ExtractError> {
    run_watched(exe, name, bytes, options, limits, &Watch::default(), &())
}

/// Keeps what the OCR engine read, page by page, so that a long reading that was cut short goes on where it stood.
pub trait Kept: Sync {
    /// The pages read before: document (0 for the file itself), page counted from 0, and what was read.
    fn known(&self) -> Vec<(usize, usize, Recognized)>;
    /// A page that was just read.
    fn keep(&self, document: usize, page: usize, read: &Recognized);
}

/// Nothing is kept.
impl Kept for () {
    fn known(&self) -> Vec<(usize, usize, Recognized)> {
        Vec::new()
    }

    fn keep(&self, _: usize, _: usize, _: &Recognized) {}
}

/// How far a reading has come, and the way to stop it. Share it between the reader and whoever shows it.
#[derive(Debug, Default)]
pub struct Watch {
    pictures: AtomicUsize,
    read: AtomicUsize,
    stopped: AtomicBool,
}

impl Watch {
    /// How many pages went to the OCR engine so far, and how many there are. Pages of text are quick and not counted.
    pub fn progress(&self) -> (usize, usize) {
        (self.read.load(Ordering::Relaxed), self.pictures.load(Ordering::Relaxed))
    }

    /// So many steps are to come, none is done.
    pub fn expect(&self, steps: usize) {
        self.read.store(0, Ordering::Relaxed);
        self.pictures.store(steps, Ordering::Relaxed);
    }

    /// A step is done.
    pub fn step(&self) {
        self.read.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends the reading soon: at the latest when the page being recognized is done.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether somebody stopped it.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// As [`run`], watched, and with pages read before in place of reading them again.
///
/// # Errors
/// As [`run`], and `stopped` when the watch was stopped.
pub fn run_watched(
    exe: &Path,
    name: &str,
    bytes: &[u8],
    options: &Options,
    limits: Limits,
    watch: &Watch,
    kept: &dyn Kept,
) -> Result<Vec<Document>, ExtractError> {
    let launcher = Launcher { worker: Some(exe.to_path_buf()) };
    let converted = crate::converted(name, bytes, options, &launcher)?;
    let known = kept.known();
    let done = known.iter().map(|(document, page, _)| (*document, *page)).collect();
    let job = Job { name: name.to_owned(), task: Task::Read, options: options.clone(), done };
    let child = Running::start(exe, &job, converted.as_deref().unwrap_or(bytes), limits)
        .map_err(|e| ExtractError::unreadable(name, &format!("the reader could not be started ({e})")))?;
    let helpers = Helpers { options, limits, launcher: &launcher, watch, kept };
    let mut documents = collect(name, child, known, &helpers)?;
    if converted.is_some()
        && let Some(first) = documents.first_mut()
    {
        first.sha256 = crate::draft::sha256(bytes);
    }
    Ok(documents)
}

/// Draws a page in a child process; see [`render::page_png`].
///
/// # Errors
/// As [`render::page_png`] and [`run`].
pub fn page_png(
    exe: &Path,
    bytes: &[u8],
    page: usize,
    dpi: f32,
    options: &Options,
    limits: Limits,
) -> Result<Vec<u8>, ExtractError> {
    let name = "This file";
    let launcher = Launcher { worker: Some(exe.to_path_buf()) };
    let converted = crate::converted(name, bytes, options, &launcher)?;
    let job = Job { name: name.to_owned(), task: Task::Draw(page, dpi), options: options.clone(), done: Vec::new() };
    let child = Running::start(exe, &job, converted.as_deref().unwrap_or(bytes), limits)
        .map_err(|e| ExtractError::unreadable(name, &format!("the reader could not be started ({e})")))?;
    match child.next(limits) {
        Said::Frame(Frame::Png(png)) => Ok(png),
        Said::Frame(Frame::Failed(error)) => Err(error),
        Said::Frame(_) | Said::Ended | Said::Stopped => Err(gone(name)),
        Said::Silent => Err(slow(name, limits)),
    }
}

/// A HEIC or AVIF photo as an upright PNG, through the converter, started by the program `exe`, which gives up its rights
/// first.
///
/// # Errors
/// An [`ExtractError`] when the converter is not installed or cannot convert the photo.
pub fn photo_png(exe: &Path, bytes: &[u8], options: &Options) -> Result<Vec<u8>, ExtractError> {
    to_png("This photo", bytes, options, &Launcher { worker: Some(exe.to_path_buf()) })
}

fn stopped(name: &str) -> ExtractError {
    ExtractError::new("stopped", format!("Reading {name} was stopped."))
}

fn gone(name: &str) -> ExtractError {
    ExtractError::unreadable(name, "reading it failed or needed more memory than is allowed")
}

fn slow(name: &str, limits: Limits) -> ExtractError {
    ExtractError::unreadable(name, &format!("reading it took longer than {} seconds", limits.seconds))
}

/// A child at work. It ends with this value.
struct Running {
    child: Child,
    frames: Receiver<Frame>,
}

/// What came from the child.
enum Said {
    Frame(Frame),
    Ended,
    Silent,
    Stopped,
}

impl Running {
    fn start(exe: &Path, job: &Job, bytes: &[u8], limits: Limits) -> std::io::Result<Self> {
        let mut child = Command::new(exe)
            .args(["__worker", "read", &limits.memory_mb.to_string(), &limits.cpu_seconds.to_string()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let input = wire::job(job, bytes);
        std::thread::spawn(move || {
            if let Some(mut stdin) = stdin {
                // A child that died stops reading; what it said until then decides.
                let _ = std::io::Write::write_all(&mut stdin, &input);
            }
        });
        // Room for one frame: a child that is ahead waits, and pictures do not pile up in memory.
        let (send, frames) = sync_channel(1);
        std::thread::spawn(move || {
            let Some(stdout) = stdout else { return };
            let mut stdout = BufReader::with_capacity(1 << 16, stdout);
            while let Ok(frame) = Frame::read(&mut stdout) {
                let end = matches!(frame, Frame::End);
                if send.send(frame).is_err() || end {
                    break;
                }
            }
        });
        Ok(Running { child, frames })
    }

    /// As [`Running::next`], and gives up within a moment when the watch is stopped.
    fn next_watched(&self, limits: Limits, watch: &Watch) -> Said {
        // Counted in waits, not by a clock: this crate reads none.
        let wait = LOOK_UP.min(Duration::from_secs(limits.seconds));
        for _ in 0..=limits.seconds.saturating_mul(1_000) / LOOK_UP.as_millis() as u64 {
            if watch.is_stopped() {
                return Said::Stopped;
            }
            match self.frames.recv_timeout(wait) {
                Ok(frame) => return Said::Frame(frame),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Said::Ended,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            }
        }
        Said::Silent
    }

    fn next(&self, limits: Limits) -> Said {
        match self.frames.recv_timeout(Duration::from_secs(limits.seconds)) {
            Ok(frame) => Said::Frame(frame),
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Said::Silent,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Said::Ended,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a reading works with.
#[derive(Clone, Copy)]
struct Helpers<'a> {
    options: &'a Options,
    limits: Limits,
    launcher: &'a Launcher,
    watch: &'a Watch,
    kept: &'a dyn Kept,
}

/// Takes the text, then the pictures, which are read while the child makes the next.
fn collect(
    name: &str,
    child: Running,
    known: Vec<(usize, usize, Recognized)>,
    helpers: &Helpers<'_>,
) -> Result<Vec<Document>, ExtractError> {
    let Helpers { options, limits, launcher, watch, kept } = *helpers;
    let (documents, pictures) = match child.next_watched(limits, watch) {
        Said::Frame(Frame::Documents(documents, pictures)) if !documents.is_empty() => (documents, pictures),
        Said::Frame(Frame::Failed(error)) => return Err(error),
        Said::Frame(_) | Said::Ended => return Err(gone(name)),
        Said::Silent => return Err(slow(name, limits)),
        Said::Stopped => return Err(stopped(name)),
    };
    let known: Vec<Result3> = known
        .into_iter()
        .filter(|(d, p, _)| pictures.contains(&(*d, *p)))
        .map(|(d, p, read)| (d, p, Outcome::Read(read)))
        .collect();
    watch.expect(pictures.len());
    known.iter().for_each(|_| watch.step());
    if pictures.is_empty() {
        return finish::settle(documents, Vec::new());
    }
    let (send, receive) = sync_channel::<(usize, Scan)>(1);
    let receive = Mutex::new(receive);
    let (mut results, rest) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| finish::read_all(&receive, options, launcher, kept));
        let rest = forward(&child, limits, send, watch);
        (reading.join().unwrap_or_default(), rest)
    });
    if watch.is_stopped() {
        return Err(stopped(name));
    }
    results.extend(known);
    match rest {
        Rest::Failed(error) if documents.len() == 1 => return Err(error),
        Rest::Failed(_) => {}
        Rest::Pages(pages) => results.extend(pages),
    }
    // Pages whose picture never came: the child was ended, or it failed.
    let missing = pictures.into_iter().filter(|(d, p)| !results.iter().any(|r| (r.0, r.1) == (*d, *p)));
    let missing: Vec<Result3> = missing.map(|(d, p)| (d, p, Outcome::Lost)).collect();
    results.extend(missing);
    finish::settle(documents, results)
}

enum Rest {
    /// Pages without a picture.
    Pages(Vec<Result3>),
    Failed(ExtractError),
}

fn forward(child: &Running, limits: Limits, send: SyncSender<(usize, Scan)>, watch: &Watch) -> Rest {
    let mut pages = Vec::new();
    loop {
        match child.next_watched(limits, watch) {
            Said::Frame(Frame::Picture(document, scan)) => {
                if send.send((document, scan)).is_err() {
                    return Rest::Pages(pages);
                }
                watch.step();
            }
            Said::Frame(Frame::Lost(document, page)) => pages.push((document, page, Outcome::Lost)),
            Said::Frame(Frame::Failed(error)) => return Rest::Failed(error),
            _ => return Rest::Pages(pages),
        }
    }
}

/// The child's part: reads its arguments (`read MEMORY CPU`, `run FOLDER PROGRAM …`, or `probe`), gives up its rights, works,
/// and never returns. Call it when the program's first argument is `__worker`.
pub fn serve_child() -> ! {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(2).collect();
    let word = |n: usize| arguments.get(n).map(|a| a.to_string_lossy().into_owned()).unwrap_or_default();
    let status = match word(0).as_str() {
        "read" => {
            let bounds =
                Bounds { memory_mb: word(1).parse().unwrap_or(2_048), cpu_seconds: word(2).parse().unwrap_or(60) };
            serve_read(bounds)
        }
        "run" => become_helper(&arguments),
        "probe" => probe(),
        _ => 2,
    };
    std::process::exit(status)
}

fn serve_read(bounds: Bounds) -> i32 {
    // A panic is an answer for the parent, not a message on somebody's screen: it may hold words of the letter.
    std::panic::set_hook(Box::new(|_| {}));
    sandbox::for_parsing(bounds);
    let work = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        let mut output = std::io::stdout().lock();
        let Ok((job, bytes)) = wire::read_job(std::io::stdin().lock()) else { return 2 };
        let name = job.name.clone();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| serve_job(&job, &bytes, &mut output)));
        match done {
            Ok(Ok(())) => 0,
            Ok(Err(_)) => 1,
            Err(_) => i32::from(
                Frame::Failed(ExtractError::unreadable(&name, "it is built in a way that cannot be read"))
                    .write(&mut output)
                    .is_err(),
            ),
        }
    });
    work.ok().and_then(|w| w.join().ok()).unwrap_or(1)
}

fn serve_job(job: &Job, bytes: &[u8], output: &mut impl std::io::Write) -> std::io::Result<()> {
    let options = &job.options;
    if let Task::Draw(page, dpi) = job.task {
        return match render::page_png(bytes, page, dpi, options) {
            Ok(png) => Frame::Png(png).write(output),
            Err(error) => Frame::Failed(error).write(output),
        };
    }
    let mut drafts = match parse(&job.name, bytes, options) {
        Ok(drafts) => drafts,
        Err(error) => return Frame::Failed(error).write(output),
    };
    let pictures = drafts.iter().enumerate().flat_map(|(n, d)| d.pictures.iter().map(move |p| (n, *p))).collect();
    Frame::Documents(drafts.iter().map(|d| d.document.clone()).collect(), pictures).write(output)?;
    let mut broken = None;
    for (number, draft) in drafts.iter_mut().enumerate() {
        draft.pictures.retain(|page| !job.done.contains(&(number, *page)));
        let made = draft.each_picture(options, &mut |page, scan| {
            let frame = scan.map_or(Frame::Lost(number, page), |scan| Frame::Picture(number, scan));
            broken = frame.write(output).err();
            broken.is_none()
        });
        if let Some(error) = broken.take() {
            return Err(error);
        }
        if let Err(error) = made {
            return Frame::Failed(error).write(output);
        }
    }
    Frame::End.write(output)
}

/// Tries what a parsing child must not be able to do, and prints a word for each thing that it could.
fn probe() -> i32 {
    sandbox::for_parsing(Bounds { memory_mb: 1_024, cpu_seconds: 10 });
    let could = [
        ("read", std::fs::File::open("/etc/hostname").is_ok()),
        ("write", std::fs::File::create(std::env::temp_dir().join("corroborate-probe")).is_ok()),
        ("network", std::net::UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("program", Command::new("/bin/true").status().is_ok_and(|s| s.success())),
    ];
    for (name, _) in could.iter().filter(|(_, could)| *could) {
        println!("{name}");
    }
    println!("probed");
    0
}

/// Becomes the helper program: gives up rights first, which the program inherits.
fn become_helper(arguments: &[std::ffi::OsString]) -> i32 {
    let [_, folder, program, rest @ ..] = arguments else { return 2 };
    let writes = (folder != "-").then(|| PathBuf::from(folder));
    sandbox::for_helper(Bounds { memory_mb: 3_072, cpu_seconds: 180 }, writes.as_deref());
    let mut command = Command::new(program);
    command.args(rest);
    become_program(command)
}

#[cfg(unix)]
fn become_program(mut command: Command) -> i32 {
    use std::os::unix::process::CommandExt;
    match command.exec().kind() {
        std::io::ErrorKind::NotFound => NOT_FOUND,
        _ => 126,
    }
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> i32 {
    match command.status() {
        Ok(status) => status.code().unwrap_or(1),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => NOT_FOUND,
        Err(_) => 126,
    }
}
