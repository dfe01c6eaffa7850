import Glibc
import Synchronization
import Testing
import Values

@testable import Service

@Suite struct EventLogTests {
  let sink = RecordingSink()

  @Test func everyFieldArrives() throws {
    let log = EventLog(sinks: [sink])
    log.record(
      .feedFetched, "34 items, 3 new", publisher: "bbc-news", source: "world", url: WebURL("https://u:p@x.org/rss"),
      article: "urn:newswire:bbc-news:1", status: 200, bytes: 34_100, duration: .milliseconds(182), outcome: "new",
      next: "again in 5 min", errno: ETIMEDOUT, fields: ["items": "34"])
    let record = try #require(sink.records.first)
    #expect(record.kind == .feedFetched)
    #expect(record.level == .info)
    #expect(record.message == "34 items, 3 new")
    #expect(record.publisher == "bbc-news")
    #expect(record.source == "world")
    #expect(record.url == "https://x.org/rss")
    #expect(record.article == "urn:newswire:bbc-news:1")
    #expect(record.status == 200)
    #expect(record.bytes == 34_100)
    #expect(record.duration == 182_000)
    #expect(record.outcome == "new")
    #expect(record.next == "again in 5 min")
    #expect(record.errno == 110)
    #expect(record.fields == ["items": "34"])
    #expect(record.code?.file == "ServiceTests/EventLogTests.swift")
    #expect(abs(record.time.seconds(since: .now())) < 5)
  }

  @Test func hostileValuesAreClean() throws {
    let log = EventLog(sinks: [sink])
    log.record(
      .articleRefused, "Title\u{1B}]0;owned\u{7}\nMESSAGE_ID=1", publisher: "a\nb",
      source: "https://user:secret@x.org/?token=abc", outcome: "\u{202E}", next: "x\u{0}",
      fields: ["error": "Bearer abcdef0123456789\r\n"])
    let record = try #require(sink.records.first)
    #expect(record.message == "Title\\u{1b}]0;owned\\u{7}\\nMESSAGE_ID=1")
    #expect(record.publisher == "a\\nb")
    #expect(record.source == "https://x.org/?token=…")
    #expect(record.outcome == "\\u{202e}")
    #expect(record.next == "x\\u{0}")
    #expect(record.fields["error"] == "Bearer …\\r\\n")
  }

  @Test func levels() {
    let levels = EventLevels(.notice)
    let log = EventLog(sinks: [sink], levels: levels)
    let evaluated = Mutex(0)
    func message(_ text: String) -> String {
      evaluated.withLock { $0 += 1 }
      return text
    }
    log.record(.feedFetched, message("info, too low"), publisher: "a")
    #expect(evaluated.withLock { $0 } == 0, "a record below the level costs no message")
    log.record(.daemonReady, message("notice"))
    log.record(.feedFetched, message("raised"), level: .error, publisher: "a")
    levels.set(.debug, publisher: "a")
    log.record(.articleDiscovered, message("debug of a"), publisher: "a")
    log.record(.articleDiscovered, message("debug of b"), publisher: "b")
    log.record(.articleDiscovered, message("debug of none"))
    levels.set(nil, publisher: "a")
    log.record(.articleDiscovered, message("debug of a again"), publisher: "a")
    levels.set(.error)
    log.record(.feedFailed, message("warning"))
    #expect(sink.records.map(\.message) == ["notice", "raised", "debug of a"])
    #expect(sink.records.map(\.level) == [.notice, .error, .debug])
  }

  @Test func everySinkGetsTheSameRecord() {
    let second = RecordingSink()
    let log = EventLog(sinks: [sink, second])
    log.record(.daemonStopped, "bye")
    #expect(sink.records == second.records)
    #expect(sink.records.count == 1)
    EventLog.silent.record(.daemonFailed, "nobody hears")
  }
}

@Suite struct JournalTests {
  let record = EventRecord(
    time: someTime, level: .warning, kind: .feedFailed, message: "No answer within 30 s", publisher: "bbc-news",
    source: "world", url: "https://x.org/rss", article: "urn:newswire:bbc-news:1", status: 503, bytes: 812,
    duration: 30_000_000, outcome: "timeout", next: "again in 10 min", errno: 110,
    fields: ["fetch": "f1", "user-agent": "x", "message": "no clash"],
    code: .init(file: "Ingest/Pipeline.swift", line: 12, function: "fetch()"))

  @Test func fields() {
    let fields = record.journalFields(identifier: "newswired").map { "\($0.name)=\($0.value)" }
    #expect(
      fields == [
        "MESSAGE=bbc-news: No answer within 30 s (503, 812 B, 30 s, timeout) → again in 10 min", "PRIORITY=4",
        "SYSLOG_IDENTIFIER=newswired", "MESSAGE_ID=\(EventKind.feedFailed.messageID)",
        "CODE_FILE=Ingest/Pipeline.swift", "CODE_LINE=12", "CODE_FUNC=fetch()", "ERRNO=110",
        "NEWSWIRE_EVENT=feed.failed", "NEWSWIRE_MESSAGE=No answer within 30 s", "NEWSWIRE_PUBLISHER=bbc-news",
        "NEWSWIRE_SOURCE=world", "NEWSWIRE_URL=https://x.org/rss", "NEWSWIRE_ARTICLE=urn:newswire:bbc-news:1",
        "NEWSWIRE_HTTP_STATUS=503", "NEWSWIRE_BYTES=812", "NEWSWIRE_DURATION_USEC=30000000",
        "NEWSWIRE_OUTCOME=timeout", "NEWSWIRE_NEXT=again in 10 min", "NEWSWIRE_FETCH=f1", "NEWSWIRE_USER_AGENT=x",
      ])
  }

  @Test func sentences() {
    func sentence(_ change: (inout EventRecord) -> Void) -> String {
      var record = EventRecord(time: someTime, level: .info, kind: .pageFetched, message: "page fetched")
      change(&record)
      return record.sentence
    }
    #expect(sentence { _ in } == "page fetched")
    #expect(sentence { $0.publisher = "a" } == "a: page fetched")
    #expect(sentence { $0.source = "world" } == "page fetched world")
    #expect(
      sentence { record in
        record.source = "world"
        record.url = "https://x.org/"
        record.status = 200
        record.next = "extracted"
      } == "page fetched (200) https://x.org/ → extracted")
    #expect(
      sentence { record in
        record.url = "https://x.org/"
        record.article = "urn:newswire:a:1"
      } == "page fetched")
  }

  @Test func fieldNames() {
    let table: [(String, String?)] = [
      ("fetch", "NEWSWIRE_FETCH"), ("Max-Age", "NEWSWIRE_MAX_AGE"), ("ü", "NEWSWIRE___"), ("", nil),
      (String(repeating: "a", count: 99), "NEWSWIRE_" + String(repeating: "A", count: 55)),
    ]
    for (key, expected) in table { #expect(EventRecord.journalName(key) == expected) }
  }

  /// What journalctl prints of an entry is the record again, but for the place in the code.
  @Test func roundTrip() {
    var members: [(key: String, value: JSON)] = record.journalFields(identifier: "newswired").map {
      (key: $0.name, value: .string($0.value))
    }
    members.append(("__REALTIME_TIMESTAMP", "1795368299000000"))
    members.append(("_SOURCE_REALTIME_TIMESTAMP", "1795368245250000"))
    var expected = record
    expected.code = nil
    expected.fields = ["fetch": "f1", "user_agent": "x"]
    #expect(EventRecord(journal: .object(JSONObject(members))) == expected)
  }

  @Test func foreignEntries() throws {
    let systemd: JSON = [
      "__REALTIME_TIMESTAMP": "1795368245250000", "MESSAGE": "Started newswired.service.", "PRIORITY": "6",
      "SYSLOG_IDENTIFIER": "systemd", "MESSAGE_ID": "39f53479d3a045ac8e11786248231fbf",
    ]
    let started = try #require(EventRecord(journal: systemd))
    #expect(started.kind == nil && started.fields == ["from": "systemd"] && started.level == .info)
    #expect(started.time == someTime)

    // Bytes that are no UTF-8 come as an array of numbers.
    let binary: JSON = ["__REALTIME_TIMESTAMP": "1", "MESSAGE": [72, 105, 255, 10]]
    #expect(EventRecord(journal: binary)?.message == "Hi\u{FFFD}\\n")
    let twice: JSON = ["__REALTIME_TIMESTAMP": "1", "MESSAGE": ["one", "two"]]
    #expect(EventRecord(journal: twice)?.message == "one")
    for broken: JSON in [
      [:], ["MESSAGE": "no time"], ["__REALTIME_TIMESTAMP": "1"], ["__REALTIME_TIMESTAMP": "x", "MESSAGE": "m"],
      ["__REALTIME_TIMESTAMP": "-1", "MESSAGE": "m"], "text", nil,
    ] {
      #expect(EventRecord(journal: broken) == nil)
    }
  }

  @Test func whatTheJournalRefusesGoesToTheOtherDoor() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    let sent = Mutex(0)
    let sink = JournalSink(
      identifier: "newswired",
      send: { _ in
        sent.withLock {
          $0 += 1
          return $0 == 1 ? 0 : -ENOENT
        }
      }, fallback: LineSink(descriptor: ends[1], priorities: true))
    sink.write(record)
    sink.write(record)
    close(ends[1])
    #expect(readAll(ends[0]) == "<4>bbc-news: No answer within 30 s (503, 812 B, 30 s, timeout) → again in 10 min\n")
    close(ends[0])
  }
}

@Suite struct LineSinkTests {
  @Test func plainAndPrioritised() {
    let record = EventRecord(
      time: someTime, level: .info, kind: .articlePublished, message: "Bridge \"reopens\"", publisher: "bbc-news",
      url: "https://x.org/a", bytes: 12_400, outcome: "new", fields: ["note": "two words", "fetch": "f1"])
    let table: [(Bool, String)] = [
      (true, "<6>bbc-news: Bridge \"reopens\" (12.4 kB, new) https://x.org/a\n"),
      (
        false,
        "2026-11-22T17:24:05.250Z info article.published bbc-news Bridge \"reopens\" (12.4 kB, new)"
          + " url=https://x.org/a fetch=f1 note=\"two words\"\n"
      ),
    ]
    for (priorities, expected) in table {
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      LineSink(descriptor: ends[1], priorities: priorities).write(record)
      close(ends[1])
      #expect(readAll(ends[0]) == expected)
      close(ends[0])
    }
  }

  /// A reader that stands still costs lines, never the daemon.
  @Test func aStandingReaderIsNotWaitedFor() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let sink = LineSink(descriptor: ends[1], priorities: false)
    let long = EventRecord(time: someTime, level: .info, message: String(repeating: "x", count: 9000))
    let before = monotonicMicroseconds()
    for _ in 0..<20 { sink.write(long) }
    #expect(monotonicMicroseconds() - before < 5_000_000)
    // 16 lines of 4 kB fill a pipe's 64 kB.
    var chunk = [UInt8](repeating: 0, count: 1 << 17)
    let count = read(ends[0], &chunk, chunk.count)
    let lines = String(decoding: chunk[..<count], as: UTF8.self).split(separator: "\n")
    #expect(lines.count < 20 && lines.count >= 8)
    #expect(lines.allSatisfy { $0.utf8.count < 4096 && $0.hasSuffix("…") })
    sink.write(EventRecord(time: someTime, level: .info, message: "again"))
    let more = read(ends[0], &chunk, chunk.count)
    let text = String(decoding: chunk[..<more], as: UTF8.self)
    #expect(text.hasPrefix("\(20 - lines.count) log lines were lost: the reader is too slow\n"))
    #expect(text.hasSuffix("again\n"))
  }
}
