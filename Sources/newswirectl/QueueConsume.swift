import ArgumentParser
import Glibc
import Queue
import Service
import Values

/// `newswirectl queue watch`: names as they arrive.
struct QueueWatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Write the name of each element as it arrives.",
    discussion: """
      Goes on until it is stopped; takes nothing. With --json the article is written as well, one object a line:
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
    var last = all ? nil : try reporting { () throws(QueueError) in try reader.list() }.last?.name
    while true {
      for entry in try reporting({ () throws(QueueError) in try reader.list() }) {
        // Names grow: what is greater than the last one seen is new.
        if let last, entry.name <= last { continue }
        last = entry.name
        write(entry, reader)
      }
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
      Claims the oldest free element and runs COMMAND with the article on its standard input (ninjs 3.1, one line) and
      the element's name in $NEWSWIRE_ELEMENT. When the command exits with 0 the element is removed. Otherwise it is
      given back and tried again, after 1 s, 2 s, 4 s and so on up to 5 min; after --attempts failures it is moved to
      bad/. A command that dies after its work was done sees the article again: key on the article's uri and version.

      Several may run at once, beside other consumers. Ends when it is stopped; with --drain when the queue is empty.

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
    let reader = try options.reader()
    let watch = try reporting { () throws(QueueError) in try QueueWatch(path: options.spool) }
    var retries = Retries()
    while true {
      let now = Timestamp.now()
      var worked = false
      for entry in try reporting({ () throws(QueueError) in try reader.list(includingClaimed: false) })
      where retries.isDue(entry.path, now: now) {
        if try take(entry.path, reader, &retries) { worked = true }
      }
      if worked { continue }
      if drain, retries.isEmpty { return }
      watch.wait(seconds: retries.secondsToNext(now: .now()) ?? QueueWatch.rescan)
    }
  }

  /// Works on one element; false when another consumer was faster.
  private func take(_ path: String, _ reader: QueueReader, _ retries: inout Retries) throws -> Bool {
    guard try reporting({ () throws(QueueError) in try reader.claim(path) }) else { return false }
    let element: QueueElement
    do throws(QueueError) {
      element = try reader.read(path)
    } catch {
      guard error.kind == .damaged else { try fail(error.description, .inputOutput) }
      try reporting { () throws(QueueError) in try reader.setAside(path) }
      Terminal.write("newswirectl: \(path) is damaged and was moved to bad/\n", to: 2)
      return true
    }
    let status: Int32
    do {
      status = try Command(command).run(input: element.article + [0x0A], environment: ["NEWSWIRE_ELEMENT": path])
    } catch {
      // Nothing was done: nobody should have to wait for the claim to grow old.
      try reporting { () throws(QueueError) in try reader.release(path) }
      throw error
    }
    if status == 0 {
      try reporting { () throws(QueueError) in try reader.acknowledge(path) }
      retries.forget(path)
      return true
    }
    let failures = retries.failed(path, now: .now())
    if failures >= Int(attempts) {
      try reporting { () throws(QueueError) in try reader.setAside(path) }
      retries.forget(path)
      Terminal.write("newswirectl: \(path): the command failed \(failures) times (\(status)); moved to bad/\n", to: 2)
    } else {
      try reporting { () throws(QueueError) in try reader.release(path) }
      let wait = retries.wait(path)
      Terminal.write("newswirectl: \(path): the command exited with \(status); again in \(wait) s\n", to: 2)
    }
    return true
  }
}

/// Which elements failed, how often, and when each is tried again. Pure.
struct Retries {
  private var failures: [String: (count: Int, due: Timestamp)] = [:]

  /// Seconds; the first wait is one.
  static let longest = 300

  var isEmpty: Bool { failures.isEmpty }

  func isDue(_ path: String, now: Timestamp) -> Bool { failures[path].map { $0.due <= now } ?? true }

  /// Counts a failure and gives their number.
  mutating func failed(_ path: String, now: Timestamp) -> Int {
    let count = (failures[path]?.count ?? 0) + 1
    failures[path] = (count, now.adding(seconds: Int64(Self.wait(after: count))))
    return count
  }

  mutating func forget(_ path: String) { failures[path] = nil }

  func wait(_ path: String) -> Int { Self.wait(after: failures[path]?.count ?? 1) }

  func secondsToNext(now: Timestamp) -> Double? {
    failures.values.map(\.due).min().map { max(0.05, $0.seconds(since: now)) }
  }

  private static func wait(after count: Int) -> Int { min(longest, 1 << min(count - 1, 20)) }
}

/// A program run with bytes on its standard input.
private struct Command {
  let words: [String]

  init(_ words: [String]) { self.words = words }

  /// Runs it to its end. The result is its exit status, or 128 and the signal that ended it, as shells have it.
  func run(input: [UInt8], environment: [String: String]) throws -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      try fail("no socket for the command: \(String(cString: strerror(errno)))", .system)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    for (key, value) in environment { setenv(key, value, 1) }
    let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, words[0], &actions, nil, argv, environ)
    close(ends[0])
    guard code == 0 else {
      close(ends[1])
      try fail("cannot run \(words[0]): \(String(cString: strerror(code)))", .usage)
    }
    var sent = 0
    while sent < input.count {
      let count = input.withUnsafeBytes {
        send(ends[1], $0.baseAddress! + sent, input.count - sent, Int32(MSG_NOSIGNAL))
      }
      // A command that does not want the rest of its input may still succeed.
      if count <= 0, errno != EINTR { break }
      sent += max(count, 0)
    }
    shutdown(ends[1], Int32(SHUT_WR))
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    close(ends[1])
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
