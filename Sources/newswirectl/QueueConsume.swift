import ArgumentParser
import Glibc
import Queue
import Service
import Synchronization
import Values

/// `newswirectl queue watch`: names as they arrive.
struct QueueWatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Write the name of each element as it arrives.",
    discussion: """
      Goes on until it is stopped; takes nothing. With --json the article is written as well, one object a line: \
      {"name": …, "item": {…}}. --all begins with what is there already.

      EXAMPLE: the headlines as they come
        newswirectl queue watch --json | jq -r .item.title
      """)

  @OptionGroup var options: SpoolOptions
  @Flag(help: "Begin with the elements that are there already.") var all = false
  @Flag(help: "Write JSON, the article included.") var json = false

  func run() throws {
    let reader = try options.reader()
    let watch = try reporting { () throws(QueueError) in try QueueWatch(path: options.spool) }
    var known: Set<String> = []
    var isNew = all
    while true {
      let entries = try reporting { () throws(QueueError) in try reader.list() }
      _ = tellPassedOver(reader)
      // One directory is listed after the other: a name may come later than a greater one.
      if isNew { for entry in entries where !known.contains(entry.path) { write(entry, reader) } }
      known = Set(entries.lazy.map(\.path))
      isNew = true
      watch.wait(seconds: QueueWatch.rescan)
    }
  }

  private func write(_ entry: QueueReader.Entry, _ reader: QueueReader) {
    guard json else {
      Terminal.write(entry.path + "\n")
      return
    }
    // Taken or damaged meanwhile: there is nothing to show.
    guard let item = try? reader.read(entry.path) else { return }
    Terminal.write("{\"name\":\"\(entry.path)\",\"item\":\(String(decoding: item.article, as: UTF8.self))}\n")
  }
}

/// `newswirectl queue consume`: a command for every article.
struct QueueConsume: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consume", abstract: "Run a command for every article, and remove those it has taken.",
    discussion: """
      Claims the oldest free element and runs COMMAND with the article on its standard input (ninjs 3.1, one line) and \
      the element's name in $NEWSWIRE_ELEMENT. When the command exits with 0 the element is removed. Otherwise it is \
      kept claimed and tried again, after 1 s, 2 s, 4 s and so on up to 5 min; after --attempts failures it is moved to \
      bad/. A command that dies after its work was done sees the article again: key on the article's uri and version.

      Several may run at once, beside other consumers. The claims it holds are kept fresh, and those of consumers that \
      died are freed after ten minutes. On SIGTERM and SIGINT the running command ends, what was claimed is given back, \
      a command that failed then does not count, and the exit status is 0. With --drain it ends when the queue is empty. \
      A command that cannot be run ends it with 64, a process that the system refuses with 71; the article is given back. \
      An element that this user may not claim or read is told of once and passed over; --drain then ends with 77.

      EXAMPLES
        newswirectl queue consume -- ./into-database.sh
        newswirectl queue consume --drain --attempts 3 -- jq -r .title
      """)

  @OptionGroup var options: SpoolOptions
  @Option(help: "Failures after which an element is moved to bad/.") var attempts: UInt = 10
  @Flag(help: "End when nothing is left.") var drain = false
  @Argument(parsing: .postTerminator, help: "The command and its arguments.") var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("Name a command after --, as in: queue consume -- ./my-program") }
    if attempts == 0 { throw ValidationError("--attempts must be at least 1.") }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    Interruption.prepare()
    let reader = try options.reader()
    let watch = try reporting { () throws(QueueError) in try QueueWatch(path: options.spool) }
    var retries = Retries()
    var tended: Moment?
    var hasPassedOver = false
    // However this ends, nobody should have to wait for the claims to grow old.
    defer { for path in retries.paths { try? reader.release(path) } }
    while !Interruption.isAsked {
      if tended.map({ Moment.now().seconds(since: $0) >= Double(Self.tending) }) ?? true {
        tended = .now()
        try tend(reader, &retries)
      }
      // What failed and is due again comes before what is new: it is older.
      if let path = retries.due(now: .now()) {
        try work(on: path, reader, &retries)
        continue
      }
      if retries.count < Self.mostHeld {
        let claim = try reporting { () throws(QueueError) in try reader.claimNext() }
        hasPassedOver = tellPassedOver(reader) || hasPassedOver
        if let claim {
          try work(on: claim.path, reader, &retries)
          continue
        }
      }
      if drain, retries.count == 0 {
        if hasPassedOver { throw ExitCode(77) }
        return
      }
      // Short, as a signal that comes just before the wait interrupts nothing.
      watch.wait(seconds: min(retries.secondsToNext(now: .now()) ?? QueueWatch.rescan, 5))
    }
  }

  /// Seconds between two rounds of keeping own claims fresh and freeing those of the dead.
  static let tending: Int64 = 60
  /// Failed elements held at once; one that always fails must not let this consumer hoard the queue.
  static let mostHeld = 1000

  private func tend(_ reader: QueueReader, _ retries: inout Retries) throws {
    for path in retries.paths {
      // Taken away by somebody with a right to: it is ours no more.
      if (try? reader.refresh(path)) == nil { retries.forget(path) }
    }
    _ = try reporting { () throws(QueueError) in try reader.purge(now: Timestamp.now().seconds) }
  }

  /// Works on one element that is claimed already.
  private func work(on path: String, _ reader: QueueReader, _ retries: inout Retries) throws {
    let element: QueueElement
    do throws(QueueError) {
      element = try reader.read(path)
    } catch {
      if error.kind == .notFound { return retries.forget(path) }
      guard error.kind == .damaged else {
        retries.forget(path)
        try? reader.release(path)
        try fail(error.description, .inputOutput)
      }
      // Ours no more, however that ends.
      retries.forget(path)
      if reader.setDamagedAside(path) {
        Terminal.write("newswirectl: \(path) is damaged and was moved to bad/: \(error.message)\n", to: 2)
      }
      return
    }
    let status: Int32
    do {
      status = try Command(command).run(input: element.article + [0x0A], environment: ["NEWSWIRE_ELEMENT": path]) {
        try? reader.refresh(path)
        for held in retries.paths { try? reader.refresh(held) }
      }
    } catch {
      // Nothing was done, or nobody knows. Released once: another consumer may have claimed it by the end of this one.
      retries.forget(path)
      try? reader.release(path)
      throw error
    }
    if status == 0 {
      // Done, whatever follows: one that cannot be removed is not given back.
      retries.forget(path)
      do throws(QueueError) {
        try reader.acknowledge(path)
      } catch {
        guard error.kind == .notFound || error.kind == .notClaimed else { try fail(error.description, .inputOutput) }
        Terminal.write("newswirectl: \(path): the claim was taken away; another consumer may see the article\n", to: 2)
      }
      return
    }
    // Ctrl-C and the service manager stop the command together with this program, one after the other.
    if status == 128 + SIGTERM || status == 128 + SIGINT { usleep(20_000) }
    if Interruption.isAsked {
      // Stopped, or near enough: nothing is known of the article.
      try? reader.release(path)
      retries.forget(path)
      return
    }
    let failures = retries.failed(path, now: .now())
    if UInt(failures) >= attempts {
      retries.forget(path)
      try reporting { () throws(QueueError) in try reader.setAside(path) }
      Terminal.write("newswirectl: \(path): the command failed \(failures) times (\(status)); moved to bad/\n", to: 2)
    } else {
      let wait = retries.wait(path)
      Terminal.write("newswirectl: \(path): the command exited with \(status); again in \(wait) s\n", to: 2)
    }
  }
}

/// SIGTERM and SIGINT as a wish to end after the present article, and SIGALRM to interrupt a long wait. The kernel
/// gives a signal to any thread; what it should interrupt is the thread that works, so it is handed on to that one.
enum Interruption {
  private static let asked = Atomic<Bool>(false)
  private static let worker = Atomic<UInt>(0)

  static var isAsked: Bool { asked.load(ordering: .relaxed) }

  /// Called on the thread that works. Without SA_RESTART, so that its waiting calls return.
  static func prepare() {
    worker.store(UInt(pthread_self()), ordering: .relaxed)
    for number in [SIGTERM, SIGINT, SIGALRM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        if number != SIGALRM { Interruption.asked.store(true, ordering: .relaxed) }
        let worker = pthread_t(Interruption.worker.load(ordering: .relaxed))
        if pthread_equal(pthread_self(), worker) == 0 { pthread_kill(worker, number) }
      }
      sigaction(number, &action, nil)
    }
  }
}

/// Which elements failed, how often, and when each is tried again. Pure.
struct Retries {
  private var failures: [String: (count: Int, due: Moment)] = [:]

  /// Seconds; the first wait is one.
  static let longest = 300

  var count: Int { failures.count }

  /// All that failed and wait.
  var paths: [String] { failures.keys.sorted() }

  /// The one that is due longest; nil when none is.
  func due(now: Moment) -> String? {
    failures.filter { $0.value.due <= now }.min { ($0.value.due, $0.key) < ($1.value.due, $1.key) }?.key
  }

  /// Counts a failure and gives their number.
  mutating func failed(_ path: String, now: Moment) -> Int {
    let count = (failures[path]?.count ?? 0) + 1
    failures[path] = (count, now.adding(seconds: Double(Self.wait(after: count))))
    return count
  }

  mutating func forget(_ path: String) { failures[path] = nil }

  func wait(_ path: String) -> Int { Self.wait(after: failures[path]?.count ?? 1) }

  func secondsToNext(now: Moment) -> Double? {
    failures.values.map(\.due).min().map { max(0.05, $0.seconds(since: now)) }
  }

  private static func wait(after count: Int) -> Int { min(longest, 1 << min(count - 1, 20)) }
}

/// A program run with bytes on its standard input.
private struct Command {
  let words: [String]

  init(_ words: [String]) { self.words = words }

  /// Why a program cannot be run whose reason is in the command line, and not in the state of the machine.
  private static let mistakes = [ENOENT, EACCES, ENOEXEC, ENOTDIR, ELOOP, ENAMETOOLONG, E2BIG]

  /// fcntl's F_SETPIPE_SZ, which Glibc's module leaves out.
  private static let setPipeSize: Int32 = 1031

  /// Runs it to its end. The result is its exit status, or 128 and the signal that ended it, as shells have it.
  /// `minute` is called each minute until then.
  func run(input: [UInt8], environment: [String: String], minute: () -> Void) throws -> Int32 {
    // A pipe and no socket: Linux opens none as /dev/stdin.
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { try fail("no pipe for the command: \(String(cString: strerror(errno)))", .system) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Room for nearly all articles: a command that ends unread, but leaves its standard input to another process, keeps
    // nobody waiting. Less will do.
    _ = fcntl(ends[1], Self.setPipeSize, 1 << 20)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // What this program ignores is no business of the command's.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    for (key, value) in environment { setenv(key, value, 1) }
    let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, words[0], &actions, &attributes, argv, environ)
    close(ends[0])
    guard code == 0 else {
      close(ends[1])
      try fail(
        "cannot run \(words[0]): \(String(cString: strerror(code)))", Self.mistakes.contains(code) ? .usage : .system)
    }
    alarm(60)
    defer { alarm(0) }
    func interrupted() {
      if alarm(60) == 0 { minute() }
    }
    var sent = 0
    while sent < input.count {
      let count = input.withUnsafeBytes { write(ends[1], $0.baseAddress! + sent, input.count - sent) }
      // A command that does not want the rest of its input may still succeed.
      if count < 0, errno != EINTR { break }
      sent += max(count, 0)
      // Only a signal ends a write before all is written.
      if sent < input.count { interrupted() }
    }
    close(ends[1])
    var status: Int32 = 0
    var ended = waitpid(pid, &status, 0)
    while ended < 0, errno == EINTR {
      interrupted()
      ended = waitpid(pid, &status, 0)
    }
    guard ended == pid else {
      try fail("cannot learn how \(words[0]) ended: \(String(cString: strerror(errno)))", .system)
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
