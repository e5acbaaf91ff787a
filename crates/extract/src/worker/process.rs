//! Running another program on bytes, within limits.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Why a program gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no such program.
    Missing,
    /// It took too long and was ended.
    TooSlow,
    /// It gave more than was allowed.
    TooMuch,
    /// It failed.
    Failed,
}

/// How helper programs are started: directly, or through this program's own worker, which first gives up network, files
/// and memory (see `worker`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Launcher {
    pub(crate) worker: Option<PathBuf>,
}

impl Launcher {
    /// The command for a program; `writes` is the one folder it may write to.
    pub(crate) fn command(&self, program: &str, writes: Option<&Path>) -> Command {
        match &self.worker {
            None => Command::new(program),
            Some(worker) => {
                let mut command = Command::new(worker);
                command.args(["__worker", "run"]);
                command.arg(writes.map_or_else(|| "-".into(), |w| w.as_os_str().to_owned()));
                command.arg(program);
                command
            }
        }
    }
}

/// The exit status by which the worker says that a program does not exist (as shells do).
pub(crate) const NOT_FOUND: i32 = 127;

/// Runs a command with bytes as its input and gives its output.
pub(crate) fn run(mut command: Command, input: Vec<u8>, most: usize, seconds: u64) -> Result<Vec<u8>, Fault> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Fault::Missing,
        _ => Fault::Failed,
    })?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    std::thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A program that stops reading early has said all it will say.
            let _ = stdin.write_all(&input);
        }
    });
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut out = Vec::new();
        if let Some(stdout) = stdout {
            let _ = stdout.take(most as u64 + 1).read_to_end(&mut out);
        }
        let _ = send.send(out);
    });
    let out = receive.recv_timeout(Duration::from_secs(seconds));
    if out.as_ref().map_or(true, |o| o.len() > most) {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|_| Fault::Failed)?;
    let out = out.map_err(|_| Fault::TooSlow)?;
    if out.len() > most {
        return Err(Fault::TooMuch);
    }
    match status.code() {
        Some(0) => Ok(out),
        Some(NOT_FOUND) => Err(Fault::Missing),
        _ => Err(Fault::Failed),
    }
}
