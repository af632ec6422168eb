//! What a child process gives up before it looks at a single foreign byte.
//!
//! Three layers, each of which would do alone for most attacks: resource limits (always), Landlock
//! (no file, no port; Linux 5.13 and later) and seccomp (no system call but the few that an
//! allocator, threads and standard input and output need). Where the kernel lacks one of the last
//! two the child goes on with what there is, and [`report::SystemReport`] says so.

mod calls;
mod report;

use std::io;
use std::path::Path;
use std::time::Duration;

use landlock::{
    ABI, Access, AccessFs, AccessNet, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr,
    Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::Limits;

pub use report::{Attempt, Landlock, LimitsInForce, Refuser, Seccomp, SystemReport, system_report};
pub(crate) use report::{decode_findings, probe};

/// Children yield to whoever answers a question: this is added to their niceness.
const NICER_BY: i32 = 5;

/// The newest Landlock of which everything is asked for; an older kernel gives what it has.
const LANDLOCK: ABI = ABI::V6;

/// What the office program reads beside those: how it was set up, and the list of fonts.
const OFFICE_PLACES: [&str; 6] = [
    "/etc/libreoffice",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
    "/etc/fonts",
    "/var/cache/fontconfig",
    "/dev/urandom",
];

/// The length of a file that the office program writes, in bytes.
const OFFICE_FILE_BYTES: u64 = 256 << 20;

/// Where programs, their libraries and the loader's own files lie.
const PROGRAM_PLACES: [&str; 8] = [
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
];

/// What a child is for, and so what it may still do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Profile<'a> {
    /// Parses a file of this many bytes: opens nothing, starts nothing.
    Reader {
        /// The length of the file, which comes on top of the memory allowed.
        file_bytes: u64,
    },
    /// Turns itself into the recognition program, which reads its own files and these folders.
    Recogniser {
        /// Folders beside the system's own, such as that of the language data.
        folders: &'a [&'a Path],
    },
    /// Turns itself into the office program, which also writes, in one folder.
    Converter {
        /// Folders beside the system's own, such as that of the program.
        folders: &'a [&'a Path],
        /// The folder that is all its own.
        workplace: &'a Path,
    },
}

/// How a child under [`Profile::Reader`] learns that a system call is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It dies.
    Kill,
    /// The call gives an error; only for finding out what is forbidden.
    Tell,
}

/// Which layers could be laid.
#[derive(Debug)]
pub(crate) struct Laid {
    /// What Landlock answered; `None` if it failed.
    pub(crate) landlock: Option<RestrictionStatus>,
    /// Whether the system calls are filtered.
    pub(crate) seccomp: bool,
}

/// Takes from this process what its profile does not need. To be called while it has one thread.
///
/// # Errors
/// When a resource limit cannot be set. A kernel without Landlock or seccomp is no error.
pub(crate) fn confine(profile: Profile<'_>, limits: &Limits, refusal: Refusal) -> io::Result<Laid> {
    // The first question for the time makes rustix look up where the kernel keeps its clock, which
    // takes a call (and on older kernels a file) that is forbidden from here on.
    let _ = clock_gettime(ClockId::ProcessCPUTime);
    // Only fails for those who want to be less nice.
    let _ = nice(NICER_BY);
    rustix::thread::set_no_new_privs(true)?;
    // Before the limit on descriptors, because it needs one.
    let landlock = restrict_files(profile);
    set_limits(profile, limits)?;
    let seccomp = match profile {
        Profile::Reader { .. } => calls::allow_few(refusal),
        Profile::Recogniser { .. } => calls::deny_dangerous(),
        Profile::Converter { .. } => calls::deny_more(),
    };
    Ok(Laid { landlock, seccomp: seccomp.is_ok() })
}

/// [`confine`] for a child that is about to become the recognition program; `folders` are those
/// it reads beside the system's own.
///
/// # Errors
/// When a resource limit cannot be set.
pub(crate) fn confine_recogniser(limits: &Limits, folders: &[&Path]) -> io::Result<()> {
    confine(Profile::Recogniser { folders }, limits, Refusal::Kill).map(drop)
}

/// [`confine`] for a child that is about to become the office program; `folders` are those it reads
/// beside the system's own, `workplace` is the one it may also write to.
///
/// # Errors
/// When a resource limit cannot be set.
pub(crate) fn confine_converter(
    limits: &Limits,
    folders: &[&Path],
    workplace: &Path,
) -> io::Result<()> {
    confine(Profile::Converter { folders, workplace }, limits, Refusal::Kill).map(drop)
}

fn restrict_files(profile: Profile<'_>) -> Option<RestrictionStatus> {
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(LANDLOCK))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(LANDLOCK)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(LANDLOCK)))
        .and_then(Ruleset::create)
        .ok()?;
    let ruleset = match profile {
        Profile::Reader { .. } => ruleset,
        Profile::Recogniser { folders } => {
            let read = AccessFs::from_read(LANDLOCK);
            let places = PROGRAM_PLACES.iter().map(Path::new).chain(folders.iter().copied());
            ruleset.add_rules(path_beneath_rules(places, read)).ok()?
        }
        Profile::Converter { folders, workplace } => {
            let read = AccessFs::from_read(LANDLOCK);
            let places = PROGRAM_PLACES.iter().chain(&OFFICE_PLACES).map(Path::new);
            let places = places.chain(folders.iter().copied());
            // Everything but running what lies there.
            let own = AccessFs::from_all(LANDLOCK) & !AccessFs::Execute;
            ruleset
                .add_rules(path_beneath_rules(places, read))
                .and_then(|ruleset| ruleset.add_rules(path_beneath_rules([workplace], own)))
                .ok()?
        }
    };
    ruleset.restrict_self().ok()
}

fn set_limits(profile: Profile<'_>, limits: &Limits) -> io::Result<()> {
    let limit = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
    };
    limit(Resource::Core, 0)?;
    let (descriptors, more_memory, written) = match profile {
        // Standard input, output and error are open already; nothing else ever is.
        Profile::Reader { file_bytes } => (3, file_bytes, 0),
        Profile::Recogniser { .. } => (64, 0, 0),
        Profile::Converter { .. } => (256, 0, OFFICE_FILE_BYTES),
    };
    limit(Resource::Fsize, written)?;
    limit(Resource::Nofile, descriptors)?;
    limit(Resource::As, limits.memory_bytes.saturating_add(more_memory))?;
    let cpu = limits.cpu.max(Duration::from_secs(1)).as_secs();
    // A second between the two: the soft limit tells its reason by its signal.
    setrlimit(Resource::Cpu, Rlimit { current: Some(cpu), maximum: Some(cpu + 1) })?;
    Ok(())
}
