import CSandbox

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Becomes the program of a plugin after taking from the process everything that such a program has no business with:
/// the network, other processes, every file but its own folder and the system's libraries and interpreters, memory
/// without end. The daemon starts `newswire-worker --confine`, because between fork and exec of its own it may do next
/// to nothing.
public enum Confinement {
  /// What is read and executed but never written: libraries, interpreters, and what Python reads when it starts.
  private static let readable = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache"]
  private static let devices = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"]

  /// `arguments` are those after `--confine`: the plugin's folder, bytes of memory, `--`, the program, its arguments.
  /// Returns only when it failed, with a line on standard error and the exit status.
  public static func become(_ arguments: [String]) -> Int32 {
    guard arguments.count >= 4, arguments[2] == "--", let memory = UInt64(arguments[1]) else {
      return fail("usage: newswire-worker --confine FOLDER BYTES -- PROGRAM [ARGUMENT…]", 64)
    }
    // The program is started from its folder, where a path from here would lead nowhere.
    let folder = absolute(arguments[0])
    let command = [absolute(arguments[3])] + arguments[4...]
    guard access(command[0], X_OK) == 0 else {
      let code = errno
      let remedy =
        code == EACCES && isOnNoExec(command[0])
        ? "nothing may be executed there. In the service: 'systemctl edit newswired', [Service], "
          + "ExecPaths=\(Self.parent(of: folder))"
        : code == ENOENT ? "it is not there: build it, or correct program.command" : "make it executable with chmod +x"
      return fail("\(command[0]): \(String(cString: strerror(code))); \(remedy)", 126)
    }
    guard chdir(folder) == 0 else { return fail("\(folder): \(String(cString: strerror(errno)))", 126) }
    if let missing = apply(folder: folder, memory: memory) {
      return fail("\(missing) is missing on this system, so programs of plugins are not run", 126)
    }
    let argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    execv(command[0], argv)
    return fail("\(command[0]): \(String(cString: strerror(errno))); is its interpreter installed?", 126)
  }

  /// ST_NOEXEC of statvfs(3), which the headers show to GNU sources only.
  private static let noExecution: UInt = 8

  /// Whether a file has the permission to be executed, and a mount that does not let it.
  private static func isOnNoExec(_ path: String) -> Bool {
    var file = stat()
    var mount = statvfs()
    return stat(path, &file) == 0 && file.st_mode & 0o111 != 0 && statvfs(path, &mount) == 0
      && mount.f_flag & noExecution != 0
  }

  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return String(cString: here) + "/" + path
  }

  private static func parent(of folder: String) -> Substring {
    folder.lastIndex(of: "/").map { folder[..<$0] } ?? folder[...]
  }

  private static func fail(_ text: String, _ status: Int32) -> Int32 {
    let bytes = Array(("<3>" + text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
    return status
  }

  /// The name of what could not be applied; nil when all of it holds.
  private static func apply(folder: String, memory: UInt64) -> String? {
    guard newswire_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL)) == 0 else { return "the parent-death signal" }
    _ = newswire_close_from(3)
    for (name, resource, value) in [
      ("the memory limit", __rlimit_resource_t(RLIMIT_AS.rawValue), memory),
      ("the file size limit", __rlimit_resource_t(RLIMIT_FSIZE.rawValue), 0),
      ("the core limit", __rlimit_resource_t(RLIMIT_CORE.rawValue), 0),
      ("the descriptor limit", __rlimit_resource_t(RLIMIT_NOFILE.rawValue), 64),
      ("the message queue limit", __rlimit_resource_t(__RLIMIT_MSGQUEUE.rawValue), 0),
    ] as [(String, __rlimit_resource_t, UInt64)] {
      var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      guard setrlimit(resource, &limit) == 0 else { return name }
    }
    guard newswire_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0 else { return "no new privileges" }
    guard restrictFiles(to: folder) else { return "Landlock" }
    guard filterSystemCalls() else { return "seccomp" }
    return nil
  }

  private static func restrictFiles(to folder: String) -> Bool {
    let ruleset = newswire_landlock_begin()
    guard ruleset >= 0 else { return false }
    defer { close(ruleset) }
    for path in readable + pythons() + [folder] {
      // What this system does not have needs no rule.
      guard newswire_landlock_allow(ruleset, path, false) == 0 || errno == ENOENT else { return false }
    }
    for path in devices {
      guard newswire_landlock_allow(ruleset, path, true) == 0 || errno == ENOENT else { return false }
    }
    return newswire_landlock_finish(ruleset) == 0
  }

  /// Debian's Python reads its site customisation from /etc.
  private static func pythons() -> [String] {
    guard let folder = opendir("/etc") else { return [] }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("python3") { found.append("/etc/" + name) }
    }
    return found
  }

  /// System calls that fail with EPERM: the network, other processes, memory beyond the limit, the machine.
  private static let denied = [
    "socket", "socketpair", "bind", "connect", "listen", "accept", "accept4", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "fork", "vfork", "setsid", "setpgid", "tkill", "rt_sigqueueinfo", "pidfd_open",
    "pidfd_send_signal", "pidfd_getfd", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
    "process_mrelease", "kcmp", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "mount",
    "umount2", "pivot_root", "chroot", "unshare", "setns", "fsopen", "fsmount", "fsconfig", "fspick", "move_mount",
    "open_tree", "open_by_handle_at", "name_to_handle_at", "kexec_load", "kexec_file_load", "init_module",
    "finit_module", "delete_module", "reboot", "swapon", "swapoff", "sethostname", "setdomainname", "settimeofday",
    "clock_settime", "clock_adjtime", "adjtimex", "ioperm", "iopl", "quotactl", "acct", "syslog", "mq_open", "shmget",
    "shmat", "semget", "msgget", "memfd_create", "memfd_secret", "setpriority", "sched_setscheduler", "sched_setattr",
    "sched_setparam", "ioprio_set", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups",
    "capset", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "utimensat", "setxattr",
    "lsetxattr", "fsetxattr", "mknod", "mknodat", "fanotify_init", "inotify_init1", "seccomp",
  ]

  /// CLONE_THREAD of clone(2), which glibc declares only with _GNU_SOURCE.
  private static let cloneThread: UInt64 = 0x10000

  private static func filterSystemCalls() -> Bool {
    guard let filter = seccomp_init(newswire_seccomp_allow()) else { return false }
    defer { seccomp_release(filter) }
    func refuse(_ name: String, _ action: UInt32, _ comparison: scmp_arg_cmp? = nil) -> Bool {
      let number = seccomp_syscall_resolve_name(name)
      guard number >= 0 else { return true }
      guard var comparison else { return seccomp_rule_add_array(filter, action, number, 0, nil) == 0 }
      return seccomp_rule_add_array(filter, action, number, 1, &comparison) == 0
    }
    let refused = newswire_seccomp_refuse()
    let own = UInt64(getpid())
    for name in denied { guard refuse(name, refused) else { return false } }
    // Threads, but no processes. The flags of clone3 lie in memory, so glibc is made to fall back to clone.
    guard refuse("clone", refused, newswire_compare(0, SCMP_CMP_MASKED_EQ, cloneThread, 0)) else { return false }
    guard refuse("clone3", newswire_seccomp_absent()) else { return false }
    // Signals to itself alone, limits of itself alone, and the parent-death signal stays.
    for name in ["kill", "tgkill", "rt_tgsigqueueinfo"] {
      guard refuse(name, refused, newswire_compare(0, SCMP_CMP_NE, own, 0)) else { return false }
    }
    guard refuse("prlimit64", refused, newswire_compare(0, SCMP_CMP_NE, 0, 0)) else { return false }
    guard refuse("prctl", refused, newswire_compare(0, SCMP_CMP_EQ, UInt64(PR_SET_PDEATHSIG), 0)) else { return false }
    return seccomp_load(filter) == 0
  }
}
