import Testing
import Values

@testable import Service

@Suite struct RendererTests {
  private func renderer(_ width: Int, colour: Bool = false) -> EventRenderer {
    EventRenderer(style: .columns(width: width, colour: colour)) { _ in 3600 }
  }

  private let published = EventRecord(
    time: someTime, level: .info, kind: .articlePublished, message: "Harbour bridge reopens after two years",
    publisher: "the-examiner", url: "https://www.example.org/news/2026/11/harbour-bridge-reopens", bytes: 12_400,
    duration: 84_000)
  private let failed = EventRecord(
    time: someTime, level: .warning, kind: .feedFailed, message: "No answer within 30 s", publisher: "bbc-news",
    url: "https://x.org/rss", outcome: "timeout", next: "again in 10 min")

  @Test func columns() {
    let table: [(EventRecord, Int, String)] = [
      (
        published, 150,
        "18:24:05  the-examiner        article.published   Harbour bridge reopens after two years  12.4 kB · 84 ms"
          + "  example.org/news/2026…arbour-bridge-reopens"
      ),
      (
        published, 100,
        "18:24:05  the-examiner   article.published   Harbour bridge reopens after two years  12.4 kB · 84 ms"
      ),
      (published, 80, "18:24:05  the-examiner   published   Harbour bridge reopens after two years"),
      (published, 60, "18:24:05  the-exa…  published   Harbour bridge reopens afte…"),
      (failed, 100, "18:24:05  bbc-news       feed.failed         No answer within 30 s  timeout  → again in 10 min"),
      (failed, 80, "18:24:05  bbc-news       failed      No answer within 30 s  → again in 10 min"),
      (failed, 60, "18:24:05  bbc-news  failed      No answer wit…  → again in …"),
    ]
    for (record, width, expected) in table {
      var renderer = renderer(width)
      let line = renderer.render(record)
      #expect(line == expected)
      #expect(Terminal.columns(line) <= width, "\(width)")
    }
  }

  /// Whatever the values, a record is one line within its width.
  @Test(arguments: [40, 60, 80, 100, 120, 200]) func neverWiderThanTheTerminal(width: Int) {
    let words = ["", "x", "漢字漢字漢字漢字漢字漢字漢字漢字漢字", "🎈🎈🎈🎈", String(repeating: "word ", count: 60), "e\u{301}te\u{301}"]
    for message in words {
      for other in words {
        var renderer = renderer(width)
        let record = EventRecord(
          time: someTime, level: .info, kind: .articleDiscovered, message: message, publisher: other, url: other,
          status: 200, bytes: 1_000_000, duration: 5, outcome: other, next: other)
        let line = renderer.render(record)
        #expect(Terminal.columns(line) <= max(width, 45), "\(line)")
        #expect(!line.contains("\n"))
      }
    }
  }

  @Test func colourIsByLevel() {
    let table: [(EventLevel, EventKind, String)] = [
      (.critical, .daemonFailed, "\u{1B}[1;31m"), (.error, .queueError, "\u{1B}[31m"),
      (.warning, .feedFailed, "\u{1B}[33m"), (.notice, .daemonReady, "\u{1B}[36m"),
      (.info, .articlePublished, "\u{1B}[32m"), (.debug, .articleDiscovered, "\u{1B}[2m"),
    ]
    for (level, kind, escape) in table {
      var coloured = renderer(100, colour: true)
      var plain = renderer(100)
      let record = EventRecord(time: someTime, level: level, kind: kind, message: "m", publisher: "p")
      let line = coloured.render(record)
      #expect(line.contains(escape + Terminal.pad(kind.rawValue, 18)), "\(level)")
      let stripped = line.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated().map {
        $0.offset == 0 ? $0.element : $0.element.drop { $0 != "m" }.dropFirst()
      }.joined()
      #expect(stripped == plain.render(record))
    }
  }

  @Test func aNewDayHasAHeading() {
    var renderer = renderer(100)
    func at(_ seconds: Int64) -> EventRecord {
      EventRecord(time: Timestamp(seconds: seconds), level: .info, message: "m")
    }
    // 23:59:59 and 00:00:00 at an offset of one hour.
    let midnight: Int64 = 1_795_388_400
    #expect(!renderer.render(at(midnight - 1)).contains("──"))
    #expect(!renderer.render(at(midnight - 1)).contains("──"))
    let lines = renderer.render(at(midnight)).split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("── 2026-11-23 ─") && lines[1].hasPrefix("00:00:00"))
    #expect(!renderer.render(at(midnight + 1)).contains("──"))
  }

  @Test func plainIsComplete() {
    var renderer = EventRenderer(style: .plain)
    #expect(
      renderer.render(failed)
        == "2026-11-22T17:24:05.250Z warning feed.failed bbc-news No answer within 30 s (timeout) url=https://x.org/rss"
        + " → again in 10 min")
  }

  @Test func layoutGivesUpTheLeastImportantFirst() {
    var record = failed
    record.status = 503
    let details = "503 · timeout"
    let table: [(Int, (String, String, String, String))] = [
      (80, ("No answer within 30 s", details, "https://x.org/rss", "→ again in 10 min")),
      (56, ("No answer within 30 s", details, "", "→ again in 10 min")),
      (54, ("No answer within 30 s", "", "", "→ again in 10 min")),
      (40, ("No answer within 30 s", "", "", "→ again in 10 min")),
      (24, ("No answer w…", "", "", "→ again i…")),
    ]
    for (room, expected) in table {
      let layout = EventRenderer.Layout(record: record, room: room)
      #expect((layout.message, layout.details, layout.place, layout.next) == expected, "\(room)")
    }
  }

  @Test func readable() {
    let sizes: [(Int, String)] = [
      (0, "0 B"), (812, "812 B"), (999, "999 B"), (1000, "1.0 kB"), (34_100, "34.1 kB"), (999_949, "999.9 kB"),
      (999_950, "1.0 MB"), (5_000_000, "5.0 MB"), (12_345_678_901, "12.3 GB"), (7_000_000_000_000, "7.0 TB"),
    ]
    for (count, expected) in sizes { #expect(readableBytes(count) == expected) }
    let durations: [(Int, String)] = [
      (-5, "0 µs"), (850, "850 µs"), (1000, "1 ms"), (182_000, "182 ms"), (999_499, "999 ms"), (999_500, "1.0 s"),
      (1_440_000, "1.4 s"), (9_950_000, "10 s"), (59_400_000, "59 s"), (60_000_000, "1 min"),
      (125_000_000, "2 min 5 s"),
      (3_600_000_000, "1 h"), (5_400_000_000, "1 h 30 min"), (180_000_000_000, "2 d 2 h"),
      (.max, "106751991 d 4 h"), (.min, "0 µs"),
    ]
    for (microseconds, expected) in durations { #expect(readableDuration(microseconds: microseconds) == expected) }
    let distances: [(Int64, String)] = [
      (0, "now"), (8, "in 8 s"), (-8, "8 s ago"), (330, "in 5 min"), (-5400, "90 min ago"), (7200, "in 2 h"),
      (-100_000, "27 h ago"), (-200_000, "2 d ago"), (4_000_000_000, "far ahead"), (-4_000_000_000, "long ago"),
    ]
    #expect(readableDuration(seconds: .max) == "106751991 d 4 h" && readableDuration(seconds: 125) == "2 min 5 s")
    let spans = [
      (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 d"),
    ]
    for (seconds, expected) in spans { #expect(readableSpan(seconds: seconds) == expected) }
    for (seconds, expected) in distances {
      #expect(readableDistance(someTime.adding(seconds: seconds), from: someTime) == expected, "\(seconds)")
    }
  }
}

@Suite struct TerminalTests {
  @Test func columns() {
    let table: [(String, Int)] = [
      ("", 0), ("abc", 3), ("café", 4), ("cafe\u{301}", 4), ("漢字", 4), ("🎈", 2), ("한국", 4), ("ｆｕｌｌ", 8), ("→…", 2),
    ]
    for (text, expected) in table { #expect(Terminal.columns(text) == expected, "\(text)") }
  }

  @Test func fitting() {
    let table: [(String, Int, String, String, String)] = [
      ("abc", 5, "abc", "abc", "abc  "), ("abc", 3, "abc", "abc", "abc"), ("abcdef", 5, "abcd…", "ab…ef", "abcd…"),
      ("abcdef", 4, "abc…", "ab…f", "abc…"), ("abcdef", 1, "…", "…", "…"), ("abcdef", 0, "", "", ""),
      ("漢字漢字", 5, "漢字…", "漢…字", "漢字…"), ("漢字漢字", 4, "漢…", "漢…", "漢… "),
    ]
    for (text, width, fit, fold, pad) in table {
      #expect(Terminal.fit(text, width) == fit, "fit \(text) \(width)")
      #expect(Terminal.fold(text, width) == fold, "fold \(text) \(width)")
      #expect(Terminal.pad(text, width) == pad, "pad \(text) \(width)")
    }
  }

  @Test func colourNeedsConsent() {
    let table: [([String: String], Bool)] = [
      (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": ""], true),
      (["TERM": "xterm", "NO_COLOR": "1"], false),
      (["TERM": "dumb"], false), ([:], false),
    ]
    for (variables, expected) in table { #expect(Terminal.allowsColour(variables) == expected, "\(variables)") }
    #expect(!Terminal.isTerminal(-1))
    #expect(Terminal.width(-1) == 80)
  }

  @Test func tables() {
    var table = Table([.init("NAME", isFlexible: true), .init("COUNT", .right), .init("NOTE")])
    table.rows = [["a", "1", "x"], [.init("a-very-long-name", .red), "1234", "hostile\n\u{1B}"]]
    #expect(
      table.text(width: 80, colour: false) == """
        NAME              COUNT  NOTE
        a                     1  x
        a-very-long-name   1234  hostile\\n\\u{1b}

        """)
    #expect(
      table.text(width: 36, colour: false) == """
        NAME          COUNT  NOTE
        a                 1  x
        a-very-long…   1234  hostile\\n\\u{1b}

        """)
    #expect(table.text(width: 80, colour: true).contains("\u{1B}[31ma-very-long-name\u{1B}[0m   1234"))
    #expect(table.plainText() == "NAME\tCOUNT\tNOTE\na\t1\tx\na-very-long-name\t1234\thostile\\n\\u{1b}\n")
  }
}
