import ArgumentParser
import Glibc
import Queue
import Service
import Synchronization
import TOML
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
      One that runs longer than --timeout (90s, 10m, 2h, 1d) is ended with SIGTERM, five seconds later with SIGKILL, and \
      counts as failed; without --timeout it may take for ever, and after ten minutes one line says that it is at work. \
      Processes that it started are its own to end.

      Several may run at once, beside other consumers. The claims it holds are kept fresh, and those of consumers that \
      died are freed after ten minutes. On SIGTERM and SIGINT the running command may end its work, what was claimed is \
      given back, a command that failed then does not count, and the exit status is 0. After 30 seconds, or with a second \
      signal, the command is ended as by --timeout. With --drain it ends when the queue is empty. \
      A command that cannot be run ends it with 64, a process that the system refuses with 71; the article is given back. \
      An element that this user may not claim or read is told of once and passed over; --drain then ends with 77.

      EXAMPLES
        newswirectl queue consume -- ./into-database.sh
        newswirectl queue consume --drain --attempts 3 -- jq -r .title
        newswirectl queue consume --timeout 2m -- ./into-database.sh
      """)

  @OptionGroup var options: SpoolOptions
  @Option(help: "Failures after which an element is moved to bad/.") var attempts: UInt = 10
  @Option(
    help: ArgumentHelp(
      "How long a command may take before it is ended and has failed, as in 90s or 10m.", valueName: "duration"))
  var timeout: String?
  @Flag(help: "End when nothing is left.") var drain = false
  @Argument(parsing: .postTerminator, help: "The command and its arguments.") var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("Name a command after --, as in: queue consume -- ./my-program") }
    if attempts == 0 { throw ValidationError("--attempts must be at least 1.") }
    if let timeout, TableReader.seconds(timeout) ?? 0 < 1 {
      throw ValidationError("--timeout is a duration of at least a second, as in 90s, 10m, 2h or 1d.")
    }
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
    let end: Command.End
    do {
      let limit = timeout.flatMap(TableReader.seconds)
      end = try Command(command).run(
        input: element.article + [0x0A], environment: ["NEWSWIRE_ELEMENT": path], timeout: limit.map(Double.init),
        minute: {
          try? reader.refresh(path)
          for held in retries.paths { try? reader.refresh(held) }
        },
        long: {
          Terminal.write(
            "newswirectl: \(path): the command has been at work for ten minutes\(limit == nil ? "; --timeout would end it" : "")\n",
            to: 2)
        })
    } catch {
      // Nothing was done, or nobody knows. Released once: another consumer may have claimed it by the end of this one.
      retries.forget(path)
      try? reader.release(path)
      throw error
    }
    if end == .exited(0) {
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
    if end == .exited(128 + SIGTERM) || end == .exited(128 + SIGINT) { usleep(20_000) }
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
      Terminal.write(
        "newswirectl: \(path): the command failed \(failures) times (\(end.reason)); moved to bad/\n", to: 2)
    } else {
      let wait = retries.wait(path)
      Terminal.write("newswirectl: \(path): the command \(end); again in \(wait) s\n", to: 2)
    }
  }
}

/// SIGTERM and SIGINT as a wish to end after the present article, and SIGALRM to interrupt a long wait. The kernel
/// gives a signal to any thread; what it should interrupt is the thread that works, so it is handed on to that one.
enum Interruption {
  private static let asked = Atomic<Int>(0)
  private static let worker = Atomic<UInt>(0)

  static var isAsked: Bool { count > 0 }
  /// How often it was asked for.
  static var count: Int { asked.load(ordering: .relaxed) }

  /// Called on the thread that works. Without SA_RESTART, so that its waiting calls return.
  static func prepare() {
    worker.store(UInt(pthread_self()), ordering: .relaxed)
    for number in [SIGTERM, SIGINT, SIGALRM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let worker = pthread_t(Interruption.worker.load(ordering: .relaxed))
        if pthread_equal(pthread_self(), worker) == 0 {
          pthread_kill(worker, number)
        } else if number != SIGALRM {
          Interruption.asked.add(1, ordering: .relaxed)
        }
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
