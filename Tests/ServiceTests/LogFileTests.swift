import Glibc
import Synchronization
import Testing
import Values

@testable import Service

@Suite struct LogFileTests {
  let scratch = ScratchDirectory()
  var path: String { scratch.path + "/newswired.jsonl" }

  private func record(_ number: Int, _ kind: EventKind = .feedFetched, publisher: String = "a") -> EventRecord {
    EventRecord(
      time: someTime.adding(seconds: Int64(number)), level: kind.level, kind: kind, message: "\(number)",
      publisher: publisher)
  }

  @Test func aRecordReadsBack() throws {
    let full = EventRecord(
      time: someTime, level: .error, kind: .queueError, message: "Quote \" and \\", publisher: "p", source: "s",
      url: "https://x.org/", article: "urn:x", status: 500, bytes: 1, duration: 2, outcome: "o", next: "n", errno: 28,
      fields: ["b": "2", "a": "1"])
    FileSink(path: path).write(full)
    let text = try #require(scratch.text("newswired.jsonl"))
    #expect(
      text == #"{"time":"2026-11-22T17:24:05.250Z","level":"error","event":"queue.error","message":"Quote \" and \\","#
        + #""publisher":"p","source":"s","url":"https://x.org/","article":"urn:x","status":500,"bytes":1,"#
        + #""duration_usec":2,"outcome":"o","next":"n","errno":28,"fields":{"a":"1","b":"2"}}"# + "\n")
    var log = try LogFile(path: path)
    #expect(try log.last(nil, matching: EventFilter()) == [full])
  }

  @Test func filesTurnOver() throws {
    let size = record(10).json.bytes().count + 1
    let sink = FileSink(path: path, maximumSize: size * 3, files: 3)
    for number in 10..<21 { sink.write(record(number)) }
    #expect(scratch.names == ["newswired.jsonl", "newswired.jsonl.1", "newswired.jsonl.2"])
    func numbers(_ name: String) -> [String] {
      (scratch.text(name) ?? "").split(separator: "\n").map { line in
        (try? JSON(parsing: String(line)))?["message"]?.string ?? "broken"
      }
    }
    #expect(numbers("newswired.jsonl.2") == ["13", "14", "15"])
    #expect(numbers("newswired.jsonl.1") == ["16", "17", "18"])
    #expect(numbers("newswired.jsonl") == ["19", "20"])
    // A new sink goes on where the old one ended.
    let successor = FileSink(path: path, maximumSize: size * 3, files: 3)
    successor.write(record(21))
    successor.write(record(22))
    #expect(numbers("newswired.jsonl") == ["22"])
    #expect(numbers("newswired.jsonl.1") == ["19", "20", "21"])

    var log = try LogFile(path: path)
    #expect(try log.last(nil, matching: EventFilter()).map(\.message) == (16...22).map(String.init))
    var again = try LogFile(path: path)
    #expect(try again.last(5, matching: EventFilter()).map(\.message) == ["18", "19", "20", "21", "22"])
    var none = try LogFile(path: path)
    #expect(try none.last(0, matching: EventFilter()).isEmpty)
  }

  @Test func onlyOneFile() {
    let sink = FileSink(path: path, maximumSize: 1, files: 1)
    for number in 1...3 { sink.write(record(number)) }
    #expect(scratch.names == ["newswired.jsonl"])
    #expect((scratch.text("newswired.jsonl") ?? "").split(separator: "\n").count == 1)
  }

  @Test func aFileThatCannotBeWrittenDoesNoHarm() {
    let sink = FileSink(path: scratch.path + "/\(String(repeating: "x", count: 300))/log")
    sink.write(record(1))
    sink.write(record(2))
    #expect(scratch.names.isEmpty)
  }

  @Test func aFileThatCannotBeWrittenIsToldOnceEachTime() {
    let told = Mutex<[EventRecord]>([])
    mkdir(path, 0o700)
    let sink = FileSink(path: path) { record in told.withLock { $0.append(record) } }
    #expect(sink.problem == nil)
    sink.write(record(1))
    sink.write(record(2))
    #expect(told.withLock { $0.map(\.kind) } == [.logLost])
    #expect(told.withLock { $0.first?.message } == "the log file \(path) cannot be written: Is a directory")
    #expect(sink.problem == "the log file \(path) cannot be written: Is a directory")
    rmdir(path)
    let log = EventLog(sinks: [sink])
    #expect(log.fileProblem == sink.problem && EventLog.silent.fileProblem == nil)
  }

  @Test func aFileThatIsTakenAwayIsBegunAnew() {
    let sink = FileSink(path: path)
    sink.write(record(1))
    sink.look()
    sink.write(record(2))
    #expect((scratch.text("newswired.jsonl") ?? "").split(separator: "\n").count == 2)
    rename(path, path + ".old")
    sink.write(record(3))
    #expect(scratch.names == ["newswired.jsonl.old"])
    EventLog(sinks: [sink]).lookAtFile()
    sink.write(record(4))
    unlink(path)
    sink.look()
    sink.write(record(5))
    #expect((scratch.text("newswired.jsonl") ?? "").contains("\"message\":\"5\""))
    #expect((scratch.text("newswired.jsonl.old") ?? "").split(separator: "\n").count == 3)
    // By itself in time; another's file in its place is gone on with.
    let watchful = FileSink(path: path, lookEvery: 0)
    watchful.write(record(6))
    unlink(path)
    FileSink(path: path).write(record(7))
    watchful.write(record(8))
    #expect((scratch.text("newswired.jsonl") ?? "").split(separator: "\n").count == 2)
    // Nor is a link in its place followed.
    unlink(path)
    #expect(symlink(scratch.path + "/elsewhere", path) == 0)
    watchful.write(record(9))
    #expect(scratch.names == ["newswired.jsonl", "newswired.jsonl.old"])
    #expect(watchful.problem != nil)
  }

  @Test func aDeviceIsTheSameEachTime() {
    let sink = FileSink(path: "/dev/null", lookEvery: 0)
    for number in 1...3 { sink.write(record(number)) }
    #expect(sink.problem == nil)
  }

  @Test func missingDirectoriesAreMade() {
    let deep = scratch.path + "/a/b/newswired.jsonl"
    FileSink(path: deep).write(record(1))
    #expect(access(deep, R_OK) == 0)
    unlink(deep)
    rmdir(scratch.path + "/a/b")
    rmdir(scratch.path + "/a")
  }

  /// A symbolic link in the place of the log is not followed: the state directory is the daemon's, its log is not a
  /// door.
  @Test func linksAreNotFollowed() {
    #expect(symlink(scratch.path + "/elsewhere", path) == 0)
    FileSink(path: path).write(record(1))
    #expect(scratch.names == ["newswired.jsonl"])
  }

  @Test func following() throws {
    let size = record(10).json.bytes().count + 1
    let sink = FileSink(path: path, maximumSize: size * 3, files: 3)
    sink.write(record(10))
    var log = try LogFile(path: path)
    let all = EventFilter()
    #expect(try log.last(nil, matching: all).map(\.message) == ["10"])
    #expect(try log.next(matching: all).isEmpty)
    sink.write(record(11))
    #expect(try log.next(matching: all).map(\.message) == ["11"])
    // Over the turn: the rest of the old file and the beginning of the new one.
    for number in 12...14 { sink.write(record(number)) }
    #expect(try log.next(matching: all).map(\.message) == ["12", "13", "14"])
    #expect(try log.next(matching: all).isEmpty)
  }

  @Test func halfALineWaits() throws {
    let line = record(1).json.text() + "\n"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(descriptor) }
    Terminal.write("not json\n{\"time\":\"x\"}\n" + line + String(line.prefix(20)), to: descriptor)
    var log = try LogFile(path: path)
    #expect(try log.last(nil, matching: EventFilter()).count == 1)
    Terminal.write(String(line.dropFirst(20).prefix(5)), to: descriptor)
    #expect(try log.next(matching: EventFilter()).isEmpty)
    Terminal.write(String(line.dropFirst(25)), to: descriptor)
    #expect(try log.next(matching: EventFilter()).map(\.message) == ["1"])
    // Emptied in place.
    #expect(ftruncate(descriptor, 0) == 0)
    Terminal.write(line, to: descriptor)
    #expect(try log.next(matching: EventFilter()).map(\.message) == ["1"])
  }

  @Test func aMissingFileIsTold() {
    do throws(LogFileError) {
      let log = try LogFile(path: path)
      Issue.record("opened \(log.path)")
    } catch {
      #expect(error.exitStatus == .unavailable)
      #expect(error.description == "The log file \(path) cannot be read: No such file or directory.")
    }
  }

  /// A folder can be opened and not read; so can a file on a disk that fails.
  @Test func aFileThatCannotBeReadIsTold() throws {
    var folder = try LogFile(path: scratch.path)
    do throws(LogFileError) {
      _ = try folder.last(50, matching: EventFilter())
      Issue.record("read a folder")
    } catch {
      #expect(error.exitStatus == .inputOutput && error.reason == "Is a directory")
    }
    do throws(LogFileError) {
      _ = try folder.next(matching: EventFilter())
      Issue.record("read a folder")
    } catch {
      #expect(error.exitStatus == .inputOutput)
    }
    // So is one that the log was turned over to; one that is not there is the end.
    FileSink(path: path).write(record(1))
    #expect(mkdir(path + ".2", 0o700) == 0)
    var log = try LogFile(path: path)
    #expect(try log.last(nil, matching: EventFilter()).count == 1)
    #expect(mkdir(path + ".1", 0o700) == 0)
    var again = try LogFile(path: path)
    do throws(LogFileError) {
      _ = try again.last(nil, matching: EventFilter())
      Issue.record("read a folder")
    } catch {
      #expect(error.path == path + ".1" && error.exitStatus == .inputOutput)
    }
  }

  /// What is read back is cleaned again: the file may have been written by somebody else.
  @Test func hostileFiles() {
    let json: JSON = [
      "time": "2026-11-22T17:24:05Z", "message": "\u{1B}[2J", "url": "https://a:b@x.org/", "level": "loud",
      "event": "no.such", "status": "200", "fields": ["a": 1, "b": "\n"],
    ]
    let record = EventRecord(json: json)
    #expect(record?.message == "\\u{1b}[2J")
    #expect(record?.url == "https://x.org/")
    #expect(record?.level == .info && record?.kind == nil && record?.status == nil)
    #expect(record?.fields == ["b": "\\n"])
  }

  @Test func filters() {
    let records = [
      record(1, .feedFetched), record(2, .feedFailed), record(3, .articlePublished, publisher: "b"),
      record(4, .queueError), EventRecord(time: someTime.adding(seconds: 5), level: .notice, message: "5"),
    ]
    func matching(_ change: (inout EventFilter) -> Void) -> [String] {
      var filter = EventFilter()
      change(&filter)
      return records.filter(filter.matches).map(\.message)
    }
    #expect(matching { _ in } == ["1", "2", "3", "4", "5"])
    #expect(matching { $0.publisher = "b" } == ["3"])
    #expect(matching { $0.level = .warning } == ["2", "4"])
    #expect(matching { $0.kinds = [.feedFetched, .articlePublished] } == ["1", "3"])
    #expect(matching { $0.since = someTime.adding(seconds: 4) } == ["4", "5"])
    #expect(
      matching { filter in
        filter.publisher = "a"
        filter.level = .warning
        filter.since = someTime.adding(seconds: 3)
      } == ["4"])
  }

  @Test func eventNames() {
    #expect(EventFilter.kinds(named: "article.published") == [.articlePublished])
    #expect(EventFilter.kinds(named: "Article.Published") == [.articlePublished])
    #expect(
      EventFilter.kinds(named: "worker") == [
        .workerStarted, .workerStopped, .workerCrashed, .workerTimeout, .workerLimit,
      ])
    #expect(
      EventFilter.kinds(named: "failed") == [
        .feedFailed, .pageFailed, .daemonFailed, .programFailed, .loginFailed, .pushFailed, .forwardFailed,
      ])
    #expect(EventFilter.kinds(named: "nonsense").isEmpty)
    #expect(EventFilter.kinds(named: "").isEmpty)
  }

  @Test func journalArguments() {
    var filter = EventFilter()
    let base = ["--output=json", "--all", "--quiet", "--no-pager", "--unit=newswired.service"]
    #expect(filter.journalArguments(unit: "newswired.service", lines: nil, follow: false) == base + ["--lines=all"])
    filter.publisher = "bbc-news"
    filter.level = .warning
    filter.kinds = [.pageFailed, .feedFailed]
    filter.since = someTime
    #expect(
      filter.journalArguments(unit: "newswired.service", lines: 20, follow: true) == base + [
        "--follow", "--lines=20", "--since=@1795368245", "--priority=4", "NEWSWIRE_PUBLISHER=bbc-news",
        "NEWSWIRE_EVENT=feed.failed", "NEWSWIRE_EVENT=page.failed",
      ])
  }

  @Test func times() {
    // 17:24:05 UTC is 18:24:05 there.
    let table: [(String, Int64?)] = [
      ("now", 0), ("10m", -600), ("2 hours ago", -7200), ("90s", -90), ("-3d", -259_200), ("1 week", -604_800),
      ("2026-11-22T17:24:00Z", -5), ("2026-11-22t18:24:00+01:00", -5), ("18:24", -5), ("18:24:05", 0),
      ("today", -66_245), ("yesterday", -152_645), ("2026-11-22", -66_245), ("2026-11-22 18:24:04", -1),
      ("2026-11-22T18:24", -5), (" Today ", -66_245), ("2026-02-30", nil), ("25:00", nil), ("10", nil),
      ("10 parsecs", nil),
      ("", nil), ("99999999999999999999m", nil), ("2026-11-22 18:24 extra", nil), ("18:24:05:06", nil),
      ("0000-01-01", nil),
    ]
    for (text, expected) in table {
      let time = LogTime.read(text, now: someTime) { _ in 3600 }
      #expect(time.map { $0.seconds - someTime.seconds } == expected, "\(text)")
    }
  }
}
