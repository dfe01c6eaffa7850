import CSandbox

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Takes everything from the process that reading bytes does not need: files, network, new processes, memory without
/// end. Applied by the worker to itself before it reads the first byte, so that it needs no privilege to start.
public enum Sandbox {
  /// What could not be applied, by name; empty when all of it holds.
  public struct Report: Sendable {
    public var missing: [String] = []
  }

  /// Bytes of address space a worker may use.
  public static let memoryLimit: UInt64 = 1 << 30
  /// Open files: the three descriptors, the rule sets of the sandbox itself, and room for libraries.
  private static let fileLimit: UInt64 = 16

  public static func apply() -> Report {
    var report = Report()
    // The worker must not outlive the daemon that gives it work.
    if newswire_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL)) != 0 { report.missing.append("parent-death signal") }
    preferForKilling()
    if newswire_close_from(3) != 0 { report.missing.append("closing inherited descriptors") }
    for (name, resource, value) in [
      ("memory limit", __rlimit_resource_t(RLIMIT_AS.rawValue), memoryLimit),
      ("file size limit", __rlimit_resource_t(RLIMIT_FSIZE.rawValue), 0),
      ("core limit", __rlimit_resource_t(RLIMIT_CORE.rawValue), 0),
      ("descriptor limit", __rlimit_resource_t(RLIMIT_NOFILE.rawValue), fileLimit),
      ("message queue limit", __rlimit_resource_t(__RLIMIT_MSGQUEUE.rawValue), 0),
    ] as [(String, __rlimit_resource_t, UInt64)] {
      var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      if setrlimit(resource, &limit) != 0 { report.missing.append(name) }
    }
    if newswire_prctl(PR_SET_NO_NEW_PRIVS, 1) != 0 { report.missing.append("no new privileges") }
    if !denyFiles() { report.missing.append("Landlock") }
    if !filterSystemCalls() { report.missing.append("seccomp") }
    return report
  }

  /// Where memory runs out, a worker can be replaced and the daemon cannot: the kernel shall choose the worker
  /// (proc(5), oom_score_adj). Where that cannot be said, nothing is lost.
  private static func preferForKilling() {
    let file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "500", 3)
    close(file)
  }

  /// Landlock with every right that the kernel knows handled and none granted.
  private static func denyFiles() -> Bool {
    let ruleset = newswire_landlock_begin()
    guard ruleset >= 0 else { return false }
    defer { close(ruleset) }
    return newswire_landlock_finish(ruleset) == 0
  }

  /// System calls that parsing needs. Every other one fails with EPERM, so that a library that tries and can do
  /// without goes on.
  private static let allowed = [
    "read", "write", "readv", "writev", "poll", "ppoll", "close", "fstat", "newfstatat", "lseek",
    "mmap", "munmap", "mremap", "mprotect", "madvise", "brk",
    "futex", "sched_yield", "sched_getaffinity", "rseq", "set_robust_list", "membarrier",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
    "clock_gettime", "clock_nanosleep", "nanosleep", "gettimeofday", "getrandom", "getrusage",
    "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo",
    "tgkill", "exit", "exit_group",
  ]

  private static func filterSystemCalls() -> Bool {
    guard let filter = seccomp_init(newswire_seccomp_refuse()) else { return false }
    defer { seccomp_release(filter) }
    for name in allowed {
      let number = seccomp_syscall_resolve_name(name)
      // A call that this architecture does not have needs no rule.
      guard number >= 0 else { continue }
      guard seccomp_rule_add_array(filter, newswire_seccomp_allow(), number, 0, nil) == 0 else { return false }
    }
    return seccomp_load(filter) == 0
  }
}
