import Service
import Testing
import Values

@testable import newswirectl

@Suite struct WatchKeyReaderTests {
  static let cases: [(String, [WatchKey])] = [
    ("q", [.character("q")]),
    ("\u{1B}[A\u{1B}[B", [.up, .down]),
    ("\u{1B}OA\u{1B}OB", [.up, .down]),  // application mode
    ("\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[4~", [.pageUp, .pageDown, .home, .end]),
    ("\u{1B}[1;5A", [.up]),  // with Control
    ("\u{1B}[1~\u{1B}[8~", [.home, .end]),
    ("\r\n", [.enter, .enter]),
    ("\u{7F}\u{8}", [.backspace, .backspace]),
    ("\u{3}\u{1A}", [.interrupt, .suspend]),
    ("é日", [.character("é"), .character("日")]),
    ("\u{1B}[200~x", [.character("x")]),  // a sequence nobody knows
    ("\u{1B}xj", [.character("j")]),  // Alt and a key
    ("\u{1B}\u{1B}[A", [.escape, .up]),
    ("\u{1}\u{2}", []),
  ]

  @Test(arguments: cases)
  func keys(_ text: String, _ keys: [WatchKey]) {
    var reader = WatchKeyReader()
    #expect(reader.take(text.utf8) == keys)
    // The same byte by byte.
    var slow = WatchKeyReader()
    #expect(text.utf8.flatMap { slow.take([$0]) } == keys)
  }

  @Test func aLoneEscapeIsOneWhenNothingFollows() {
    var reader = WatchKeyReader()
    #expect(reader.take([0x1B]) == [] && reader.isUndecided)
    #expect(reader.flush() == [.escape] && !reader.isUndecided)
  }

  @Test func anyBytesAreSurvived() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var reader = WatchKeyReader()
      let bytes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
        [0x1B, 0x5B, 0x4F, 0x7E, 0x3B, 0xE2, 0x82, UInt8.random(in: 0...255, using: &generator)]
          .randomElement(using: &generator) ?? 0
      }
      _ = reader.take(bytes)
      _ = reader.flush()
      #expect(reader.take([UInt8(ascii: "q")]) == [.character("q")])
    }
  }
}

@Suite struct WatchScreenTests {
  static let now = Timestamp(seconds: 1_800_000_000)

  static func publisher(_ id: String, today: Int = 0, failing: Int = 0, kind: String? = nil) -> JSON {
    var json = JSONObject([
      ("id", .string(id)), ("name", .string("The \(id)")), ("sources", 2), ("failing", JSON(failing)),
      ("articles_today", JSON(today)), ("last_success", .string(now.adding(seconds: -65).rfc3339)),
      ("next_fetch", .string(now.adding(seconds: 300).rfc3339)), ("usual_by_now", 30), ("fill", 0.875),
    ])
    if let kind { json["ailments"] = [["kind": .string(kind), "reason": "no article for 9 h"]] }
    return .object(json)
  }

  static func screen(_ publishers: [JSON]) -> WatchScreen {
    var screen = WatchScreen()
    screen.show([
      "version": "1.0.0", "state": "running", "publishers": .array(publishers),
      "queue": ["pending": 7, "path": "/q", "state": "open"],
    ])
    return screen
  }

  static let many = (0..<100).map { publisher("paper-\($0 < 10 ? "0" : "")\($0)", today: $0) }

  func text(_ screen: inout WatchScreen, _ width: Int = 100, _ height: Int = 20) -> [String] {
    screen.lines(width: width, height: height, now: Self.now, colour: false)
  }

  @Test func everySizeIsFilledExactly() {
    for width in [1, 10, 40, 80, 200] {
      for height in [1, 2, 5, 6, 12, 24, 120] {
        for keys in ["", "?", "/x", "\r"] {
          var screen = Self.screen(Self.many)
          var reader = WatchKeyReader()
          for key in reader.take(keys.utf8) { _ = screen.press(key) }
          let lines = screen.lines(width: width, height: height, now: Self.now, colour: false)
          #expect(lines.count == height)
          guard width >= 40 else { continue }
          for line in lines { #expect(Terminal.columns(line) <= width, "\(line)") }
        }
      }
    }
  }

  @Test func scrollsToWhatIsMarked() {
    var screen = Self.screen(Self.many)
    #expect(text(&screen).contains { $0.hasPrefix("> paper-00") })
    _ = screen.press(.end)
    let lines = text(&screen)
    #expect(lines.contains { $0.hasPrefix("> paper-99") } && !lines.contains { $0.contains("paper-00") })
    _ = screen.press(.pageUp)
    #expect(text(&screen).contains { $0.hasPrefix("> ") })
    _ = screen.press(.home)
    #expect(text(&screen).contains { $0.hasPrefix("> paper-00") })
  }

  @Test func theMarkStaysOnItsPublisherWhenTheOrderChanges() {
    var screen = Self.screen(Self.many)
    _ = screen.press(.down)
    _ = screen.press(.character("s"))  // trouble
    _ = screen.press(.character("s"))  // today, most first
    #expect(screen.rows.first?.id == "paper-99")
    #expect(text(&screen).contains { $0.hasPrefix("> paper-01") })
    _ = screen.press(.character("S"))
    #expect(screen.rows.first?.id == "paper-00")
  }

  @Test func filtersAsOneTypes() {
    var screen = Self.screen(Self.many + [Self.publisher("bbc", failing: 2, kind: "failing")])
    for character in "/BBC" { _ = screen.press(.character(character)) }
    #expect(screen.rows.map(\.id) == ["bbc"])
    #expect(text(&screen).last?.hasPrefix("filter: BBC") == true)
    _ = screen.press(.enter)
    #expect(screen.press(.escape) == .none && screen.rows.count == 101)
    _ = screen.press(.character("e"))
    #expect(screen.rows.map(\.id) == ["bbc"])
    // The first escape drops the filter, the second leaves.
    #expect(screen.press(.escape) == .none)
    #expect(screen.press(.escape) == .quit)
  }

  @Test func detailsAskAndComeBack() {
    var screen = Self.screen([Self.publisher("bbc", kind: "silent")])
    #expect(screen.press(.enter) == .open("bbc"))
    screen.show(details: "bbc/rss  https://feeds.example/\n  next     in 5 min", of: "bbc")
    let lines = text(&screen)
    #expect(lines.contains { $0.contains("usually 30 by now") } && lines.contains { $0.contains("next     in 5 min") })
    #expect(lines.contains { $0.contains("silent: no article for 9 h") })
    // An answer that comes late, about another one, changes nothing.
    screen.show(details: "wrong", of: "other")
    #expect(!text(&screen).contains { $0.contains("wrong") && !$0.contains("silent") })
    #expect(screen.press(.escape) == .none)
    #expect(text(&screen).contains { $0.hasPrefix("> bbc") })
  }

  @Test func aDaemonThatIsGoneLeavesTheLastPicture() {
    var screen = Self.screen([Self.publisher("bbc")])
    screen.show(failure: "newswired does not run")
    let lines = text(&screen)
    #expect(lines.contains { $0.hasPrefix("> bbc") } && lines.last == "newswired does not run")
    var empty = WatchScreen()
    empty.show(failure: "newswired does not run")
    #expect(text(&empty).last == "newswired does not run")
  }

  /// Names come from plugins and errors from the network: nothing of them may move the cursor.
  @Test func textFromOutsideCannotSpeakToTheTerminal() {
    var screen = Self.screen([
      ["id": "x\u{1B}[2J", "name": "n\u{7}", "sources": 1, "failing": 1, "last_error": "e\u{1B}]0;t\u{7}"]
    ])
    for _ in 0..<2 {
      for line in text(&screen) { #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }) }
      _ = screen.press(.enter)
    }
  }
}

@Suite struct ReportTests {
  static func status(_ publishers: [JSON], state: String = "running", reason: String? = nil) -> JSON {
    var json = JSONObject([("state", .string(state)), ("publishers", .array(publishers)), ("version", "1")])
    json.set("reason", reason)
    return .object(json)
  }

  static let healthCases: [(JSON, Int, String)] = [
    (status([WatchScreenTests.publisher("a")]), 0, "1 publisher, 0 articles in the queue"),
    (
      status([WatchScreenTests.publisher("a"), WatchScreenTests.publisher("b", kind: "silent")]), 1,
      "1 of 2 publishers are silent: b"
    ),
    (
      status([
        WatchScreenTests.publisher("a", failing: 2, kind: "failing"), WatchScreenTests.publisher("b", kind: "unfilled"),
      ]), 1, "1 of 2 publishers fail: a; 1 of 2 publishers are worse than usual: b"
    ),
    (status([WatchScreenTests.publisher("a", failing: 2, kind: "failing")]), 2, "all of 1 publisher fail: a"),
    (status([WatchScreenTests.publisher("a", failing: 1)]), 0, "1 publisher, 0 articles in the queue"),
    (status([], state: "paused", reason: "queue at 95%"), 1, "fetching rests: queue at 95%"),
    (["error": "disk gone", "publishers": []], 2, "disk gone"),
    (
      .object(
        JSONObject([
          ("publishers", .array([WatchScreenTests.publisher("a")])),
          ("log_problem", "the log file /l cannot be written"),
          ("settings_problems", ["f.toml:1:1: d is not there"]),
          ("refused_plugins", [["id": "b", "problems": ["b/plugin.toml:1:1: wrong"]], ["id": "c", "problems": []]]),
        ])), 1, "2 plugins refused: b, c; f.toml:1:1: d is not there; the log file /l cannot be written"
    ),
  ]

  @Test(arguments: healthCases)
  func health(_ status: JSON, _ level: Int, _ reason: String) {
    let health = Health(StatusSnapshot(status))
    #expect(health.level == level && health.reason == reason, "\(health)")
  }

  @Test func metricsInBothFormats() {
    var json = Self.status([WatchScreenTests.publisher("a\"b\\", today: 3, kind: "silent")])
    if case .object(var object) = json {
      object["totals"] = ["articles": 12]
      json = .object(object)
    }
    let open = Metrics(json).text(.openMetrics)
    #expect(open.hasSuffix("# EOF\n"))
    #expect(open.contains("# TYPE newswire_articles counter\nnewswire_articles_total 12\n"))
    #expect(open.contains(#"newswire_publisher_articles_today{publisher="a\"b\\"} 3"#))
    #expect(open.contains(#"newswire_publisher_fill_ratio{publisher="a\"b\\"} 0.875"#))
    #expect(open.contains(#"newswire_publisher_ailing{publisher="a\"b\\",kind="silent"} 1"#))
    let classic = Metrics(json).text(.prometheus)
    #expect(classic.contains("# TYPE newswire_articles_total counter\nnewswire_articles_total 12\n"))
    #expect(!classic.contains("EOF"))
    #expect(Metrics(nil).text(.openMetrics).contains("newswire_up 0\n"))
  }

  @Test(
    "a pause is as old as it is, a run as old as the daemon",
    arguments: [
      ("running", "newswired 1: running for 1 min 48 s"), ("paused", "newswired 1: paused for 3 s, up for 1 min 48 s"),
      ("stopping", "newswired 1: stopping for 3 s, up for 1 min 48 s"),
    ])
  func heading(state: String, line: String) {
    let now = WatchScreenTests.now
    let status: JSON = [
      "version": "1", "state": .string(state), "since": .string(now.adding(seconds: -108).rfc3339),
      "state_since": .string(now.adding(seconds: -3).rfc3339), "publishers": [],
    ]
    #expect(StatusReport(StatusSnapshot(status), now: now).heading.first == line)
  }

  @Test func pluginsRefusedAreNamed() {
    let status: JSON = [
      "publishers": [], "refused_plugins": [["id": "b", "problems": ["b/plugin.toml:1:1: wrong", "again"]]],
      "log_problem": "no log",
    ]
    let report = StatusReport(StatusSnapshot(status), now: WatchScreenTests.now)
    #expect(report.problems == ["b: refused: b/plugin.toml:1:1: wrong (and 1 more problem)", "no log"])
    #expect(report.heading.contains { $0.hasPrefix("publishers 0, 1 plugin refused") })
    #expect(Metrics(status).text(.openMetrics).contains("newswire_refused_plugins 1\n"))
  }

  @Test(
    "only a source that was read, or is going to be, went well",
    arguments: [
      (["outcome": "new"], true), (["outcome": "nothing new"], true), (["outcome": "unchanged"], true),
      (["outcome": "started"], true), (["outcome": "new", "error": "a part of it failed"], false),
      (["outcome": "unknown"], false), (["outcome": "offline"], false), (["outcome": "gone"], false), ([:], false),
    ] as [(JSON, Bool)])
  func outcomes(source: JSON, isWell: Bool) { #expect(FetchCommand.isWell(source) == isWell) }

  @Test func theTableSaysWhatIsWrong() {
    let report = StatusReport(
      StatusSnapshot(Self.status([WatchScreenTests.publisher("bbc", today: 3, kind: "silent")])),
      now: WatchScreenTests.now)
    let line = report.table.lines(width: 120, colour: false)[1]
    #expect(
      line.split(separator: " ").map(String.init) == [
        "bbc", "65", "s", "5", "min", "3", "30", "0", "0", "88%", "–", "silent",
      ])
    #expect(report.problems == ["bbc: silent: no article for 9 h"])
  }
}
