import Testing
import Values

@testable import Service

@Suite struct EventFolderTests {
  static func record(
    _ second: Double, _ kind: EventKind = .pageFailed, _ publisher: String = "bbc", _ message: String = "no answer"
  ) -> EventRecord {
    EventRecord(
      time: Timestamp(seconds: 1_000_000 + Int64(second)), level: kind.level, kind: kind, message: message,
      publisher: publisher)
  }

  @Test func theFirstIsShownAtOnceAndRepeatsAreCounted() {
    var folder = EventFolder()
    #expect(folder.take(Self.record(0)).map(\.message) == ["no answer"])
    for second in 1..<20 { #expect(folder.take(Self.record(Double(second))) == []) }
    #expect(folder.isHolding)
    // Another event after the minute brings the count first.
    let shown = folder.take(Self.record(61, .articlePublished, "bbc", "Bridge reopens"))
    #expect(shown.map(\.message) == ["19 more: no answer", "Bridge reopens"])
    #expect(shown[0].kind == .pageFailed && shown[0].publisher == "bbc" && shown[0].level == .warning)
    #expect(!folder.isHolding)
    // A new minute, a new first.
    #expect(folder.take(Self.record(62)).map(\.message) == ["no answer"])
  }

  @Test func differentThingsAreNoRepeats() {
    var folder = EventFolder()
    let records = [
      Self.record(0), Self.record(1, .pageFailed, "elpais"), Self.record(2, .feedFailed),
      Self.record(3, .pageFailed, "bbc", "gone"),
    ]
    #expect(records.flatMap { folder.take($0) } == records)
    #expect(folder.flush() == [])
  }

  @Test func unchangedFeedsOfAllPublishersFoldIntoOne() {
    var folder = EventFolder()
    var shown: [EventRecord] = []
    for (index, publisher) in ["a", "b", "c", "b", "d"].enumerated() {
      shown += folder.take(Self.record(Double(index), .feedUnchanged, publisher, "not modified"))
    }
    #expect(shown.map(\.publisher) == ["a"])
    let rest = folder.flush()
    #expect(rest.map(\.message) == ["4 more unchanged: b, c, d"])
    #expect(rest[0].publisher == nil)
  }

  /// One repeat takes no less room as a count than as itself.
  @Test func aSingleRepeatIsShownAsItIs() {
    var folder = EventFolder()
    _ = folder.take(Self.record(0))
    _ = folder.take(Self.record(5))
    #expect(folder.flush() == [Self.record(5)])
  }

  /// Who waits with what is younger shows all in order.
  @Test func nothingOlderThanWhatIsHeldCanCome() {
    var folder = EventFolder()
    _ = folder.take(Self.record(0))
    #expect(folder.heldSince == nil)
    _ = folder.take(Self.record(5))
    _ = folder.take(Self.record(10, .feedFailed, "elpais", "gone"))
    _ = folder.take(Self.record(20, .feedFailed, "elpais", "gone"))
    #expect(folder.heldSince == Self.record(5).time)
    _ = folder.take(Self.record(61, .articlePublished))
    #expect(folder.heldSince == Self.record(20).time)
  }

  @Test func timeEndsAGroupInBothDirections() {
    var folder = EventFolder()
    _ = folder.take(Self.record(0))
    _ = folder.take(Self.record(1))
    _ = folder.take(Self.record(2))
    #expect(folder.flush(by: Timestamp(seconds: 1_000_059)) == [])
    #expect(folder.flush(by: Timestamp(seconds: 999_990)).count == 1)
    #expect(folder.flush() == [])
  }

  /// Nothing is shown twice and every record is accounted for, whatever the order.
  @Test func nothingIsLost() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      var folder = EventFolder()
      var shown: [EventRecord] = []
      var time = 0.0
      let count = 400
      for _ in 0..<count {
        time += Double.random(in: 0..<8, using: &generator)
        let publisher = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
        let kind = [EventKind.pageFailed, .feedUnchanged, .pageFetched].randomElement(using: &generator) ?? .pageFailed
        shown += folder.take(Self.record(time, kind, publisher, "m"))
      }
      shown += folder.flush()
      let accounted = shown.reduce(0) { $0 + (Int($1.message.prefix { $0.isNumber }) ?? 1) }
      #expect(accounted == count)
    }
  }
}

@Suite struct TableLinesTests {
  static let table: Table = {
    var table = Table([
      .init("NAME", isFlexible: true, isKept: true), .init("A", .right), .init("B", .right),
      .init("STATE", isFlexible: true, isKept: true),
    ])
    table.rows = [["the-harbour-courier", "12", "345", "silent"], ["bbc", "1", "2", ""]]
    return table
  }()

  @Test(arguments: [200, 60, 40, 30, 20, 12, 5])
  func noLineIsWiderThanAsked(_ width: Int) {
    for colour in [false, true] {
      let lines = Self.table.lines(width: width, colour: colour, marked: 0)
      #expect(lines.count == 3)
      guard !colour, width >= 20 else { continue }
      for line in lines { #expect(Terminal.columns(line) <= width, "\(line)") }
    }
  }

  @Test func columnsThatDoNotFitGoAndKeptOnesStay() {
    let lines = Self.table.lines(width: 24, colour: false)
    #expect(lines[0].hasPrefix("NAME") && lines[0].contains("STATE") && !lines[0].contains("B"), "\(lines[0])")
  }

  @Test func theMarkIsSeenWithAndWithoutColours() {
    #expect(Self.table.lines(width: 80, colour: false, marked: 1)[2].hasPrefix("> bbc"))
    #expect(Self.table.lines(width: 80, colour: true, marked: 1)[2].hasPrefix("\u{1B}[7mbbc"))
  }
}
