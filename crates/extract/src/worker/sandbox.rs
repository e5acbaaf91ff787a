//! What a child process gives up before it touches bytes from elsewhere: memory beyond a limit, processor time, the
//! network, files, and starting programs. On systems that lack a means, the others still hold.

/// Limits of a child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Megabytes of address space.
    pub(crate) memory_mb: u64,
    /// Seconds of processor time.
    pub(crate) cpu_seconds: u64,
}

/// For the child that parses: no files, no network, no programs.
pub(crate) fn for_parsing(bounds: Bounds) {
    limits(bounds, 0);
    #[cfg(target_os = "linux")]
    {
        linux::no_files();
        linux::refuse(&[linux::NETWORK, linux::PROGRAMS, linux::FILES, linux::SYSTEM]);
    }
}

/// For a child that becomes a helper program: reads the system's own files, writes to one folder, no network.
pub(crate) fn for_helper(bounds: Bounds, writes: Option<&std::path::Path>) {
    limits(bounds, 256 << 20);
    #[cfg(target_os = "linux")]
    {
        linux::system_files(writes);
        linux::refuse(&[linux::NETWORK, linux::SYSTEM]);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = writes;
}

#[cfg(target_os = "linux")]
fn limits(bounds: Bounds, file_bytes: u64) {
    use rlimit::Resource;
    let set = |resource: Resource, value: u64| {
        // A limit that is already lower stays.
        let hard = resource.get().map_or(u64::MAX, |(_, hard)| hard);
        let _ = resource.set(value.min(hard), value.min(hard));
    };
    set(Resource::AS, bounds.memory_mb << 20);
    set(Resource::CPU, bounds.cpu_seconds);
    set(Resource::FSIZE, file_bytes);
    set(Resource::CORE, 0);
}

#[cfg(not(target_os = "linux"))]
fn limits(_: Bounds, _: u64) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::path::Path;

    use landlock::{ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, path_beneath_rules};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

    /// Where systems keep programs, their libraries and their data.
    const SYSTEM_FOLDERS: [&str; 12] = [
        "/usr",
        "/bin",
        "/lib",
        "/lib64",
        "/opt",
        "/etc",
        "/nix",
        "/proc",
        "/sys",
        "/dev/null",
        "/dev/urandom",
        "/snap",
    ];

    pub(super) const NETWORK: &[libc::c_long] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
    ];
    pub(super) const PROGRAMS: &[libc::c_long] = &[libc::SYS_execve, libc::SYS_execveat, libc::SYS_kill];
    pub(super) const FILES: &[libc::c_long] = &[
        #[cfg(target_arch = "x86_64")]
        libc::SYS_open,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_creat,
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_unlinkat,
        libc::SYS_mkdirat,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_fchmodat,
        libc::SYS_memfd_create,
    ];
    pub(super) const SYSTEM: &[libc::c_long] = &[
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_bpf,
        libc::SYS_keyctl,
        libc::SYS_userfaultfd,
        libc::SYS_io_uring_setup,
        libc::SYS_perf_event_open,
        libc::SYS_setns,
        libc::SYS_unshare,
    ];

    /// Makes these system calls fail from now on, for this process and all it starts.
    pub(super) fn refuse(lists: &[&[libc::c_long]]) {
        let rules: BTreeMap<i64, Vec<_>> =
            lists.iter().flat_map(|l| l.iter()).map(|call| (*call, Vec::new())).collect();
        let filter = std::env::consts::ARCH
            .try_into()
            .ok()
            .and_then(|arch| {
                SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32), arch).ok()
            })
            .and_then(|filter| BpfProgram::try_from(filter).ok());
        if let Some(filter) = filter {
            let _ = seccompiler::apply_filter(&filter);
        }
    }

    /// No file can be opened.
    pub(super) fn no_files() {
        let _ = ruleset().and_then(|r| r.restrict_self());
    }

    /// System files can be read and run, one folder written.
    pub(super) fn system_files(writes: Option<&Path>) {
        let abi = ABI::V5;
        let read = AccessFs::from_read(abi);
        let _ = ruleset()
            .and_then(|r| r.add_rules(path_beneath_rules(SYSTEM_FOLDERS, read)))
            .and_then(|r| r.add_rules(path_beneath_rules(writes, AccessFs::from_all(abi))))
            .and_then(|r| r.restrict_self());
    }

    fn ruleset() -> Result<landlock::RulesetCreated, landlock::RulesetError> {
        Ruleset::default().handle_access(AccessFs::from_all(ABI::V5))?.create()
    }
}
