// The queue verbs of newswirectl: the reference consumer of the queue directory. Thin over QueueReader; they need no
// daemon, only the right to read and write the directory.

import ArgumentParser
import Glibc
import Queue
import Values

struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Look at the queue of articles, and take from it.",
    discussion: """
      Works on the queue directory itself and needs no daemon. Several consumers may work on one queue at the same \
      time, dirq's among them. An element is named by its directory and file: 6ac1f0c0/6ac1f0d8a3b2c7.

      EXAMPLE: take one article, work on it, remove it
        name=$(newswirectl queue claim) &&
          newswirectl queue show "$name" >article.json &&
          my-program <article.json && newswirectl queue ack "$name"
      A pipe from show would hide that it failed, and ack remove what is damaged.
      """,
    subcommands: [
      QueueList.self, QueueShow.self, QueueClaim.self, QueueAck.self, QueueRelease.self, QueuePurge.self,
      QueueStats.self, QueueCheck.self, QueueWatchCommand.self, QueueConsume.self,
    ])
}

struct SpoolOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The queue directory.", valueName: "dir"))
  var spool = "/var/spool/newswire"

  /// The queue, or the end of the program with a message that says what to do.
  func reader() throws -> QueueReader {
    try reporting { () throws(QueueError) in try QueueReader(path: spool) }
  }
}

private struct QueueList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the elements in the order they were published.",
    discussion: """
      One line an element: name, state, bytes, time of publication. With --json one JSON object a line.

      EXAMPLE: the names nobody has claimed
        newswirectl queue list --unclaimed | cut -f1
      """)

  @OptionGroup var options: SpoolOptions
  @Flag(help: "Leave claimed elements out.") var unclaimed = false
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let reader = try options.reader()
    let entries = try reporting { () throws(QueueError) in try reader.list(includingClaimed: !unclaimed) }
    for entry in entries {
      let published = Timestamp(seconds: entry.name.seconds).rfc3339
      if json {
        let line: JSON = [
          "name": .string(entry.path), "claimed": .bool(entry.isClaimed), "bytes": .integer(entry.bytes),
          "published": .string(published),
        ]
        print(line.text())
      } else {
        print("\(entry.path)\t\(entry.isClaimed ? "claimed" : "pending")\t\(entry.bytes)\t\(published)")
      }
    }
    if tellPassedOver(reader) { throw ExitCode(77) }
  }
}

private struct QueueShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Write an element's article, verified, to standard output.",
    discussion: """
      The article is ninjs 3.1 JSON, on one line; --pretty breaks it into lines. The element stays where it is.

      EXAMPLE: the headline of an element
        newswirectl queue show 6ac1f0c0/6ac1f0d8a3b2c7 | jq -r .title
      """)

  @OptionGroup var options: SpoolOptions
  @Argument(help: "The element's name.") var name: String
  @Flag(help: "Break the JSON into indented lines.") var pretty = false
  // What is written is JSON in any case; the flag is there because every verb that writes for programs has it.
  @Flag(help: "Write JSON (always so).") var json = false

  func run() throws {
    let reader = try options.reader()
    let element = try reporting { () throws(QueueError) in try reader.read(name) }
    if pretty, let article = try? element.json() {
      print(article.text(pretty: true))
    } else {
      print(String(decoding: element.article, as: UTF8.self))
    }
  }
}

private struct QueueClaim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim", abstract: "Claim an element, so that no other consumer takes it.",
    discussion: """
      Without a name the oldest element that nobody holds. Writes the name, with --json the article as well: \
      {"name": …, "item": {…}}. Exits with status 1 when there is nothing to claim, with --wait only after that time. \
      A claim lasts until ack or release; queue purge frees those older than ten minutes. With --json an element whose \
      digest is wrong is moved to bad/, and the next one claimed. An element that this user may not claim is passed over; \
      when nothing else is left, the exit status is 77.

      EXAMPLE: wait up to a minute for the next article
        newswirectl queue claim --wait 60 --json
      """)

  @OptionGroup var options: SpoolOptions
  @Argument(help: "The element's name; default: the oldest that is free.") var name: String?
  @Option(help: ArgumentHelp("Wait this long for an element.", valueName: "seconds")) var wait: UInt = 0
  @Flag(help: "Write JSON, the article included.") var json = false

  func run() throws {
    let reader = try options.reader()
    let end = Moment.now().adding(seconds: Double(wait))
    var hasPassedOver = false
    while true {
      let claimed = try claim(reader)
      hasPassedOver = tellPassedOver(reader) || hasPassedOver
      if let claimed {
        if try write(claimed, reader) { return }
        if name == nil { continue }
        throw ExitCode(65)
      }
      guard Moment.now() < end else {
        complain(
          name.map { "\($0) is held or was taken by another consumer" } ?? "nothing to claim in \(options.spool)")
        throw ExitCode(hasPassedOver ? 77 : 1)
      }
      usleep(250_000)
    }
  }

  private func claim(_ reader: QueueReader) throws -> String? {
    try reporting { () throws(QueueError) in
      guard let name else { return try reader.claimNext()?.path }
      return try reader.claim(name) ? name : nil
    }
  }

  /// False when the element was damaged, and has been set aside.
  private func write(_ claimed: String, _ reader: QueueReader) throws -> Bool {
    guard json else {
      print(claimed)
      return true
    }
    let element = try reporting { () throws(QueueError) -> QueueElement? in
      do throws(QueueError) {
        return try reader.read(claimed)
      } catch {
        guard error.kind == .damaged else {
          try? reader.release(claimed)
          throw error
        }
        if reader.setDamagedAside(claimed) { complain("\(error.path): \(error.message); moved to bad/") }
        return nil
      }
    }
    guard let element else { return false }
    let prefix = JSON.object(JSONObject([(key: "name", value: .string(claimed))])).text().dropLast()
    print("\(prefix),\"item\":\(String(decoding: element.article, as: UTF8.self))}")
    return true
  }
}

private struct QueueAck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ack", abstract: "Remove claimed elements: their work is done.",
    discussion: """
      One that is gone, or not claimed, is told of and keeps nobody from the others; the exit status is the greatest that \
      one of them would give.

      EXAMPLE:
        newswirectl queue ack 6ac1f0c0/6ac1f0d8a3b2c7
      """)

  @OptionGroup var options: SpoolOptions
  @Argument(help: "The elements' names.") var names: [String]

  func run() throws {
    let reader = try options.reader()
    try withEach(names) { name throws(QueueError) in try reader.acknowledge(name) }
  }
}

private struct QueueRelease: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Give claimed elements back, for any consumer to take.",
    discussion: """
      One that is gone, or not claimed, is told of and keeps nobody from the others, as with ack.

      EXAMPLE: give everything back that is claimed
        newswirectl queue list | awk '$2 == "claimed" { print $1 }' |
          xargs -r newswirectl queue release
      """)

  @OptionGroup var options: SpoolOptions
  @Argument(help: "The elements' names.") var names: [String]

  func run() throws {
    let reader = try options.reader()
    try withEach(names) { name throws(QueueError) in try reader.release(name) }
  }
}

private struct QueuePurge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Free stale claims, remove stale temporary files and empty directories.",
    discussion: """
      Articles are never removed. A consumer that works longer than --max-lock on one article may see another consumer \
      take it as well. The newest directory stays. What may not be removed is told and passed over; the exit status is 77 \
      then.

      EXAMPLE: as a timer would run it
        newswirectl queue purge --max-lock 1800
      """)

  @OptionGroup var options: SpoolOptions
  @Option(help: ArgumentHelp("Free claims older than this; 0: none.", valueName: "seconds")) var maxLock: Int64 = 600
  @Option(help: ArgumentHelp("Remove temporary files older than this; 0: none.", valueName: "seconds"))
  var maxTemp: Int64 = 300
  @Flag(help: "Write JSON.") var json = false

  func validate() throws {
    if maxLock < 0 || maxTemp < 0 { throw ValidationError("a time limit cannot be negative") }
  }

  func run() throws {
    let reader = try options.reader()
    let now = Timestamp.now().seconds
    let purge = try reporting { () throws(QueueError) in
      try reader.purge(now: now, maxLock: maxLock, maxTemporary: maxTemp)
    }
    if json {
      func names(_ list: [String]) -> JSON { .array(list.map { .string($0) }) }
      let report: JSON = [
        "released": names(purge.released), "temporary": names(purge.temporary), "directories": names(purge.buckets),
      ]
      print(report.text())
    } else {
      for path in purge.released { print("released\t\(path)") }
      for path in purge.temporary { print("removed\t\(path)") }
      for path in purge.buckets { print("removed\t\(path)/") }
    }
    if tellPassedOver(reader) { throw ExitCode(77) }
  }
}

private struct QueueStats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count elements, bytes and claims, and tell the oldest element's age.",
    discussion: """
      EXAMPLE: for monitoring
        newswirectl queue stats --json | jq .pending
      """)

  @OptionGroup var options: SpoolOptions
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let reader = try options.reader()
    let now = Timestamp.now().seconds
    let stats = try reporting { () throws(QueueError) in try reader.stats(now: now) }
    if json {
      let report: JSON = [
        "pending": JSON(stats.pending), "claimed": JSON(stats.claimed), "bytes": .integer(stats.bytes),
        "oldest_age_seconds": stats.oldestAge.map { .integer($0) } ?? .null, "directories": JSON(stats.buckets),
        "quarantined": JSON(stats.quarantined),
      ]
      print(report.text())
    } else {
      print("pending      \(stats.pending)")
      print("claimed      \(stats.claimed)")
      print("bytes        \(stats.bytes)")
      print("oldest       \(stats.oldestAge.map { "\($0) s" } ?? "-")")
      print("directories  \(stats.buckets)")
      print("quarantined  \(stats.quarantined)")
    }
    if tellPassedOver(reader) { throw ExitCode(77) }
  }
}

private struct QueueCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Verify the digest of every element.",
    discussion: """
      Exits with status 1 when an element is damaged, and with 77 when one could not be read, which is passed over. With \
      --quarantine damaged elements are moved to bad/, where no consumer sees them; what a consumer holds stays until its \
      claim has ended.

      EXAMPLE: after a disk failed
        newswirectl queue check --quarantine
      """)

  @OptionGroup var options: SpoolOptions
  @Flag(help: "Move damaged elements to bad/.") var quarantine = false
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let reader = try options.reader()
    let check = try reporting { () throws(QueueError) in try reader.check(quarantine: quarantine) }
    for error in check.passedOver { complain("passed over: \(error)") }
    if json {
      let report: JSON = [
        "checked": JSON(check.checked),
        "damaged": .array(
          check.damaged.map { damage in
            var object = JSONObject()
            object.set("name", damage.path)
            object.set("reason", damage.reason)
            object["quarantined"] = .bool(damage.isQuarantined)
            object.set("obstacle", damage.obstacle)
            return .object(object)
          }),
        "passed_over": .array(check.passedOver.map { .string($0.path) }),
      ]
      print(report.text())
    } else {
      for damage in check.damaged {
        let end = damage.isQuarantined ? "; moved to bad/" : damage.obstacle.map { "; not moved: \($0)" } ?? ""
        print("damaged\t\(damage.path)\t\(damage.reason)\(end)")
      }
      let others = check.passedOver.isEmpty ? "" : ", \(check.passedOver.count) passed over"
      print("\(check.checked) checked, \(check.damaged.count) damaged\(others)")
    }
    if !check.passedOver.isEmpty { throw ExitCode(77) }
    if !check.damaged.isEmpty { throw ExitCode(1) }
  }
}

// MARK: Errors

/// Runs a call on the queue; its failure becomes a message on standard error and an exit status of sysexits.h.
func reporting<T>(_ body: () throws(QueueError) -> T) throws -> T {
  do throws(QueueError) {
    return try body()
  } catch {
    complain(error.description)
    throw ExitCode(exitStatus(of: error))
  }
}

/// The same with one element after the other: an error of one keeps nobody from the others. A device that fails is no
/// error of one.
private func withEach(_ names: [String], _ body: (String) throws(QueueError) -> Void) throws {
  var greatest: Int32 = 0
  for name in names {
    do throws(QueueError) {
      try body(name)
    } catch {
      complain(error.description)
      greatest = max(greatest, exitStatus(of: error))
      if error.kind == .ioError || error.kind == .readOnly { break }
    }
  }
  if greatest != 0 { throw ExitCode(greatest) }
}

private func exitStatus(of error: QueueError) -> Int32 {
  switch error.kind {
  case .permission, .readOnly: 77
  case .notFound, .notClaimed: 1
  case .damaged: 65
  case .unsuitable, .noQueue: 78
  case .busy: 75
  case .exhausted: 71
  case .spaceExhausted, .ioError, .replaced, .failed: 74
  }
}

/// Tells of elements that were passed over since this was asked last; whether there were any.
func tellPassedOver(_ reader: QueueReader) -> Bool {
  let errors = reader.takePassedOver()
  for error in errors { complain("passed over: \(error)") }
  return !errors.isEmpty
}

private func complain(_ message: String) {
  let line = Array("newswirectl: \(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
}
