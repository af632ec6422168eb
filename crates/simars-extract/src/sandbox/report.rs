//! What protects this machine from a hostile file, found by trying to do harm in a child.

use std::fs::File;
use std::io;
use std::process::Command;
use std::time::Instant;

use landlock::{LandlockStatus, RulesetStatus};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use serde::{Deserialize, Serialize};

use super::{Laid, Profile, Refusal, confine};
use crate::{Extractor, Limits};

/// What keeps a reading process from doing harm on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemReport {
    /// The kernel's rules about files and ports.
    pub landlock: Landlock,
    /// The kernel's filter of system calls.
    pub seccomp: Seccomp,
    /// The limits that were in force in the child.
    pub limits: LimitsInForce,
    /// What the child tried, and who refused it.
    pub attempts: Vec<Attempt>,
    /// How long the child took to give everything up, in microseconds.
    pub setup_micros: u64,
    /// One English sentence for each protection that is missing, and what that means. Empty when
    /// nothing is.
    pub missing: Vec<String>,
}

/// What Landlock does here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landlock {
    /// Whether it is in force.
    pub available: bool,
    /// Whether all that was asked for is in force; an older kernel has only a part.
    pub complete: bool,
    /// The version of its interface; `None` where there is none.
    pub abi: Option<u32>,
}

/// What seccomp does here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seccomp {
    /// Whether it is in force.
    pub available: bool,
}

/// The limits of a reading process; `None` means that there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsInForce {
    /// Address space in bytes, for an empty file.
    pub memory_bytes: Option<u64>,
    /// Processor time in seconds.
    pub cpu_seconds: Option<u64>,
    /// The length of a file it may write, in bytes.
    pub file_bytes: Option<u64>,
    /// Open files, with standard input, output and error.
    pub open_files: Option<u64>,
}

/// One thing that the child tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What it tried, for example `open a file`.
    pub what: String,
    /// Who refused it; `None` when it worked.
    pub refused_by: Option<Refuser>,
}

/// Who refused an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refuser {
    /// The filter of system calls.
    Seccomp,
    /// The rules about files and ports.
    Landlock,
    /// A resource limit.
    Limit,
    /// Something else of the system.
    Other,
}

/// Finds out what protects this machine: starts this very program as a child that gives up what
/// a reading process gives up and then tries to do what a hostile file would want.
///
/// Takes some milliseconds. It never fails: what cannot be found out counts as missing.
pub fn system_report() -> SystemReport {
    match std::env::current_exe() {
        Ok(program) => Extractor::new(program, Limits::default()).system_report(),
        Err(error) => SystemReport::unknown(&format!("this program's place is unknown: {error}")),
    }
}

impl SystemReport {
    /// The report when the child did not answer.
    pub(crate) fn unknown(why: &str) -> Self {
        let missing = format!("What protects this machine could not be found out: {why}.");
        Self { missing: vec![missing], ..Self::default() }
    }
}

/// The child's part: confines itself and tries. To be called while it has one thread.
pub(crate) fn probe(limits: &Limits) -> io::Result<SystemReport> {
    let started = Instant::now();
    let laid = confine(Profile::Reader { file_bytes: 0 }, limits, Refusal::Tell)?;
    let setup_micros = started.elapsed().as_micros() as u64;
    let mut report = SystemReport {
        landlock: landlock(&laid),
        seccomp: Seccomp { available: laid.seccomp },
        // With seccomp in force the limits can no longer be asked for.
        limits: if laid.seccomp { LimitsInForce::of(limits) } else { LimitsInForce::now() },
        attempts: attempts(),
        setup_micros,
        missing: Vec::new(),
    };
    report.missing = missing(&report);
    Ok(report)
}

/// Reads what [`probe`] found.
pub(crate) fn decode_findings(body: &[u8]) -> Result<SystemReport, &'static str> {
    serde_json::from_slice(body).map_err(|_| "the answer is not readable")
}

impl LimitsInForce {
    fn now() -> Self {
        let current = |resource| getrlimit(resource).current;
        Self {
            memory_bytes: current(Resource::As),
            cpu_seconds: current(Resource::Cpu),
            file_bytes: current(Resource::Fsize),
            open_files: current(Resource::Nofile),
        }
    }

    /// Those that [`confine`] has set, or it would have failed.
    fn of(limits: &Limits) -> Self {
        Self {
            memory_bytes: Some(limits.memory_bytes),
            cpu_seconds: Some(limits.cpu.as_secs().max(1)),
            file_bytes: Some(0),
            open_files: Some(3),
        }
    }
}

fn landlock(laid: &Laid) -> Landlock {
    let Some(status) = &laid.landlock else { return Landlock::default() };
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            Some(kernel_abi.map_or(effective_abi as u32, |abi| abi.unsigned_abs()))
        }
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => None,
    };
    Landlock {
        available: status.ruleset != RulesetStatus::NotEnforced,
        complete: status.ruleset == RulesetStatus::FullyEnforced,
        abi,
    }
}

fn attempts() -> Vec<Attempt> {
    let attempt = |what: &str, result: io::Result<()>| Attempt {
        what: what.to_owned(),
        refused_by: result.err().map(|error| refuser(&error)),
    };
    vec![
        attempt("open a file", File::open("/etc/passwd").map(drop)),
        attempt("write a file", File::create("/tmp/simars-probe").map(drop)),
        attempt("make a socket", std::os::unix::net::UnixDatagram::unbound().map(drop)),
        attempt("start a program", start_program()),
    ]
}

#[expect(clippy::disallowed_methods, reason = "this must fail; that it does is the point")]
fn start_program() -> io::Result<()> {
    // Nothing is redirected, so that starting is the first thing that can be refused.
    Command::new("/bin/true").spawn()?.wait().map(drop)
}

/// Each layer has its own error.
fn refuser(error: &io::Error) -> Refuser {
    match Errno::from_io_error(error) {
        Some(Errno::PERM) => Refuser::Seccomp,
        Some(Errno::ACCESS) => Refuser::Landlock,
        Some(Errno::MFILE | Errno::FBIG) => Refuser::Limit,
        _ => Refuser::Other,
    }
}

fn missing(report: &SystemReport) -> Vec<String> {
    let mut missing = Vec::new();
    if !report.landlock.available {
        let what = "This kernel has no Landlock (Linux 5.13 and later, enabled at boot), so a \
                    reading process is kept from files by its limits and the filter of system \
                    calls only.";
        missing.push(what.to_owned());
    } else if !report.landlock.complete {
        let what = "This kernel has an older Landlock that does not cover network ports and \
                    signals, so these are refused by the filter of system calls only.";
        missing.push(what.to_owned());
    }
    if !report.seccomp.available {
        let what = "This kernel has no seccomp filters, so a reading process that a hostile file \
                    takes over could still start programs and reach more of the kernel.";
        missing.push(what.to_owned());
    }
    for attempt in report.attempts.iter().filter(|attempt| attempt.refused_by.is_none()) {
        let what = &attempt.what;
        missing.push(format!("A reading process could {what}, and nothing refused it."));
    }
    missing
}
