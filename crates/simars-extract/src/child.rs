//! The parent's side of reading in a child process: start it, listen, stop it in time.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use simars_record::{Finding, FindingCode};

use crate::answer::{self, Task};

/// The first argument that makes the program the child: see [`crate::child_main`].
pub const CHILD_COMMAND: &str = "extract-child";

/// How often it is looked whether a program has ended that nobody listens to.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Has a child process do `task` with `file`, and gives what it answers to `decode`. Whatever
/// keeps it from answering properly within the wall time of its limits is the finding. The child
/// is gone when this returns.
pub(crate) fn run<T>(
    program: &Path,
    file: &File,
    task: &Task,
    decode: impl FnOnce(&[u8]) -> Result<T, &'static str>,
) -> Result<T, Finding> {
    run_with(program, file, task, &[], decode)
}

/// The same, with further arguments for the child.
pub(crate) fn run_with<T>(
    program: &Path,
    file: &File,
    task: &Task,
    arguments: &[String],
    decode: impl FnOnce(&[u8]) -> Result<T, &'static str>,
) -> Result<T, Finding> {
    let wall = task.limits.wall;
    let deadline = Instant::now() + wall;
    let mut child = start(program, file, task, arguments)
        .map_err(|error| failed(format!("the reading process could not be started: {error}")))?;
    let heard = match child.0.stdout.take() {
        Some(stdout) => listen(stdout, answer::most_bytes(task), deadline),
        None => Ok(Vec::new()),
    };
    let status = child.stop();
    match heard {
        // An answer that is whole counts, however the child ended.
        Ok(message) => answer::unframe(&message)
            .and_then(decode)
            .map_err(|wrong| describe_end(&status, wrong, &task.limits)),
        Err(Silence::TooLate) => {
            let detail = format!("reading was stopped after {:.1} s", wall.as_secs_f32());
            Err(Finding::file(FindingCode::TimedOut, detail))
        }
        Err(Silence::TooLong) => Err(failed("the answer is longer than the limits allow")),
        Err(Silence::Broken(error)) => Err(failed(format!("the answer broke off: {error}"))),
    }
}

fn failed(detail: impl Into<String>) -> Finding {
    Finding::file(FindingCode::ReaderFailed, detail)
}

/// A child that does not outlive its owner.
struct Reaped(Child);

impl Reaped {
    /// Kills the child if it still runs and takes its status. A child that ended by itself keeps
    /// the status it ended with.
    fn stop(&mut self) -> io::Result<ExitStatus> {
        self.0.kill()?;
        self.0.wait()
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "a reading process could not be stopped");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that starts processes")]
fn start(program: &Path, mut file: &File, task: &Task, arguments: &[String]) -> io::Result<Reaped> {
    // The child shares this descriptor's offset, which looking at the head has moved.
    file.rewind()?;
    let task = serde_json::to_string(task)?;
    Command::new(program)
        .arg(CHILD_COMMAND)
        .arg(task)
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(file.try_clone()?))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map(Reaped)
}

/// What a program says that reads no foreign bytes, or confines itself before it does: everything
/// it writes, up to `most` bytes, until it closes its output or `wall` has passed. It is gone when
/// this returns.
#[expect(clippy::disallowed_methods, reason = "the one place that starts processes")]
pub(crate) fn hear(
    program: &Path,
    arguments: &[&str],
    input: Option<&File>,
    most: usize,
    wall: Duration,
) -> Result<Vec<u8>, String> {
    let deadline = Instant::now() + wall;
    let input = match input {
        Some(mut file) => file.rewind().and_then(|()| file.try_clone()).map(Stdio::from),
        None => Ok(Stdio::null()),
    };
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .stdin(input.map_err(|error| error.to_string())?)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map(Reaped).map_err(|error| format!("it could not start: {error}"))?;
    let heard = match child.0.stdout.take() {
        Some(stdout) => listen(stdout, most, deadline),
        None => Ok(Vec::new()),
    };
    // Its output is closed, so it is about to end; killing it now would hide how.
    let status = if heard.is_ok() { child.0.wait() } else { child.stop() };
    match (heard, status) {
        (Ok(answer), Ok(status)) if status.success() => Ok(answer),
        (Ok(_), Ok(status)) => Err(format!("it ended with {status}")),
        (Ok(_), Err(error)) | (Err(Silence::Broken(error)), _) => Err(format!("{error}")),
        (Err(Silence::TooLate), _) => Err(format!("it took more than {} s", wall.as_secs())),
        (Err(Silence::TooLong), _) => Err("its answer is longer than possible".to_owned()),
    }
}

/// How a program ended that was run for what it leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was stopped because its time was over.
    TooLate,
}

/// Runs a program that confines itself, says nothing and leaves something behind. It is the first
/// of a group of its own, and the whole group is gone when this returns.
///
/// # Errors
/// When it cannot be started or waited for.
#[expect(clippy::disallowed_methods, reason = "the one place that starts processes")]
pub(crate) fn run_apart(program: &Path, arguments: &[&str], wall: Duration) -> io::Result<End> {
    let deadline = Instant::now() + wall;
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let group = Pid::from_child(&child);
    let mut child = Reaped(child);
    // Looked at without taking its status: as long as that is not taken, its number is nobody
    // else's, and the group can be ended by it.
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let mut ended = false;
    while !ended && Instant::now() < deadline {
        ended = waitid(WaitId::Pid(group), look)?.is_some();
        if !ended {
            std::thread::sleep(LOOK_EVERY);
        }
    }
    // The leader is there, if only as a status; more than it may be.
    kill_process_group(group, Signal::KILL)?;
    let status = child.0.wait()?;
    Ok(match (ended, status.code(), status.signal()) {
        (false, ..) => End::TooLate,
        (true, Some(code), _) => End::Code(code),
        (true, None, signal) => End::Signal(signal.unwrap_or_default()),
    })
}

enum Silence {
    TooLate,
    TooLong,
    Broken(io::Error),
}

impl From<io::Error> for Silence {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Reads until the child closes its side, for at most `most` bytes and until `deadline`.
fn listen(mut stdout: ChildStdout, most: usize, deadline: Instant) -> Result<Vec<u8>, Silence> {
    let mut message = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        if !readable(&stdout, deadline)? {
            return Err(Silence::TooLate);
        }
        let count = match stdout.read(&mut chunk) {
            Ok(0) => return Ok(message),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if message.len() + count > most {
            return Err(Silence::TooLong);
        }
        message.extend_from_slice(&chunk[..count]);
    }
}

/// Waits until there is something to read (or the end); false when the deadline passes first.
fn readable(stdout: &ChildStdout, deadline: Instant) -> Result<bool, Silence> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
        let mut watched = [PollFd::new(stdout, PollFlags::IN)];
        match poll(&mut watched, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(io::Error::from(error).into()),
        }
    }
}

/// Turns the way a child ended into a finding.
fn describe_end(status: &io::Result<ExitStatus>, wrong: &str, limits: &crate::Limits) -> Finding {
    let Ok(status) = status else { return failed(wrong) };
    match status.signal() {
        Some(signal) if signal == Signal::XCPU.as_raw() => {
            let detail = format!("reading used more than {} s of processor", limits.cpu.as_secs());
            Finding::file(FindingCode::TimedOut, detail)
        }
        Some(signal) if signal == Signal::SYS.as_raw() => {
            failed("the reader was ended for a system call that no reader makes")
        }
        Some(signal) => failed(format!("the reader was ended by signal {signal}")),
        None => match status.code() {
            Some(0) | None => failed(wrong),
            Some(code) => failed(format!("the reader ended with code {code}")),
        },
    }
}
