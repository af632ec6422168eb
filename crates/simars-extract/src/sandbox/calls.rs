//! Which system calls a child may still make.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch, apply_filter,
};

use super::Refusal;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// What a parser on its threads needs whatever the arguments: standard input and output, memory,
/// locks, signals of its own, clocks, randomness and its end.
const ALLOWED: [c_long; 30] = [
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_set_tid_address,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_restart_syscall,
    libc::SYS_getrandom,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What neither the recognition program nor the office program has any business with. They may do
/// all else, since they are ordinary programs with their own needs; Landlock keeps them from files
/// and ports.
const DENIED: [c_long; 29] = [
    libc::SYS_connect,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_kill,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_open_by_handle_at,
    libc::SYS_setuid,
    libc::SYS_setgid,
];

/// What the recognition program may not do either.
const SOCKETS: [c_long; 2] = [libc::SYS_socket, libc::SYS_accept4];
/// The office program is told that these went well, and nothing happens: it wants to listen for
/// others of its kind, in a folder that everybody uses, and does not work when it cannot.
const PRETENDED: [c_long; 2] = [libc::SYS_bind, libc::SYS_listen];

/// The old ways to start a process; newer processors have only `clone`.
#[cfg(target_arch = "x86_64")]
const FORKS: [c_long; 2] = [libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const FORKS: [c_long; 0] = [];

/// Lets this process make the calls of a parser and no other.
pub(super) fn allow_few(refusal: Refusal) -> Result<(), seccompiler::Error> {
    let otherwise = match refusal {
        Refusal::Kill => SeccompAction::KillProcess,
        Refusal::Tell => SeccompAction::Errno(libc::EPERM as u32),
    };
    // Where the flags of a new thread or process lie in memory, no filter can see them. Told that
    // this call does not exist, the C library uses the one whose flags are an argument. All
    // filters are asked about each call, and the stricter answer counts.
    let no_clone3 = Rules::from([(libc::SYS_clone3, Vec::new())]);
    apply(no_clone3, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32))?;
    // The C library's allocator asks a file of the kernel whether it may give memory back, and
    // does without when it gets no answer; to die for that would be too hard.
    let no_file = Rules::from([(libc::SYS_openat, Vec::new())]);
    apply(no_file, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))?;
    apply(parser_rules()?, otherwise, SeccompAction::Allow)
}

/// Keeps this process, and what it becomes, from calls that only an attacker makes.
pub(super) fn deny_dangerous() -> Result<(), seccompiler::Error> {
    let rules =
        DENIED.iter().chain(&SOCKETS).chain(&PRETENDED).map(|&call| (call, Vec::new())).collect();
    apply(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))
}

/// The same for the office program, which moreover may neither start others nor leave its group. It
/// may have sockets for this machine, which lead nowhere: they have no name and are not connected.
pub(super) fn deny_more() -> Result<(), seccompiler::Error> {
    // As in [`allow_few`].
    let no_clone3 = Rules::from([(libc::SYS_clone3, Vec::new())]);
    apply(no_clone3, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32))?;
    let pretended = PRETENDED.iter().map(|&call| (call, Vec::new())).collect();
    apply(pretended, SeccompAction::Allow, SeccompAction::Errno(0))?;
    let whole = |argument, comparison, value| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, comparison, value)
    };
    // The kind stands in the lowest four bits; above them are flags.
    let stream = SeccompCmpOp::MaskedEq(0xf);
    let mut same_machine = Vec::new();
    for kind in (0..16).filter(|kind| *kind != libc::SOCK_STREAM as u64) {
        same_machine.push(SeccompRule::new(vec![whole(1, stream.clone(), kind)?])?);
    }
    let elsewhere = whole(0, SeccompCmpOp::Ne, libc::AF_UNIX as u64)?;
    same_machine.push(SeccompRule::new(vec![elsewhere])?);
    let no_thread = whole(0, SeccompCmpOp::MaskedEq(libc::CLONE_THREAD as u64), 0)?;
    let mut rules = Rules::from([
        (libc::SYS_socket, same_machine),
        (libc::SYS_clone, vec![SeccompRule::new(vec![no_thread])?]),
    ]);
    let never = [libc::SYS_setsid, libc::SYS_setpgid].into_iter().chain(FORKS);
    rules.extend(never.chain(DENIED).map(|call| (call, Vec::new())));
    apply(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))
}

fn parser_rules() -> Result<Rules, BackendError> {
    let mut rules: Rules = ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
    // Refused already, each with its error; see `allow_few`.
    rules.insert(libc::SYS_clone3, Vec::new());
    rules.insert(libc::SYS_openat, Vec::new());
    let has = |argument, bits: u64, value: u64| {
        let same = SeccompCmpOp::MaskedEq(bits);
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, same, value)?;
        SeccompRule::new(vec![condition])
    };
    let whole = u64::MAX;
    // A thread of this process, never a process.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, vec![has(0, thread, thread)?]);
    // No memory that can be run.
    let executable = libc::PROT_EXEC as u64;
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![has(2, executable, 0)?]);
    }
    // Only itself, so that an abort shows as one.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![has(0, whole, own)?]);
    // The names of threads and of memory.
    let named = [libc::PR_SET_NAME as u64, libc::PR_SET_VMA as u64];
    let named: Result<_, _> = named.into_iter().map(|option| has(0, whole, option)).collect();
    rules.insert(libc::SYS_prctl, named?);
    Ok(rules)
}

fn apply(
    rules: Rules,
    otherwise: SeccompAction,
    matching: SeccompAction,
) -> Result<(), seccompiler::Error> {
    let machine = TargetArch::try_from(std::env::consts::ARCH)?;
    let filter = SeccompFilter::new(rules, otherwise, matching, machine)?;
    apply_filter(&BpfProgram::try_from(filter)?)
}
