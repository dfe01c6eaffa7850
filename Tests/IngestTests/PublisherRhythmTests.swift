import Foundation
import Glibc
import Store
import Testing
import Values

@testable import Ingest

@Suite struct HourCountsTests {
  @Test func countsAndForgets() {
    var counts = HourCounts()
    #expect(counts[100] == 0 && counts.latest == nil)
    counts.add(at: 500_000)
    counts.add(3, at: 500_000)
    counts.add(2, at: 499_990)
    #expect(counts[500_000] == 4 && counts[499_990] == 2 && counts.latest == 500_000)
    #expect(counts.sum(499_990..<500_001) == 6)
    // Older than the ring holds: not counted, and nothing else disturbed.
    counts.add(9, at: 500_000 - Int64(HourCounts.span))
    #expect(counts[500_000] == 4 && counts[500_000 - Int64(HourCounts.span)] == 0)
    // A jump ahead clears what it passes.
    counts.add(at: 500_000 + 2 * Int64(HourCounts.span))
    #expect(counts[500_000] == 0 && counts.latest == 500_000 + 2 * Int64(HourCounts.span))
  }

  @Test func aFullHourDoesNotOverflow() {
    var counts = HourCounts()
    counts.add(70_000, at: 1)
    counts.add(1, at: 1)
    #expect(counts[1] == 65_535)
  }
}

@Suite struct PublisherRhythmTests {
  /// Monday 2026-01-05, 00:00 UTC, in hours.
  static let monday: Int64 = 20_458 * 24

  /// Days of the same kind: articles from hour 6 to 21, `perHour` in each, but none on the days left out.
  static func rhythm(days: Int, perHour: Int, without: Set<Int64> = []) -> PublisherRhythm {
    var rhythm = PublisherRhythm()
    for day in 0..<Int64(days) where !without.contains(day) {
      for hour in Int64(6)..<22 { rhythm.note(articles: perHour, hour: monday + day * 24 + hour) }
    }
    return rhythm
  }

  static func time(day: Int64, hour: Int64, minute: Int64 = 0) -> Timestamp {
    Timestamp(seconds: (monday + day * 24 + hour) * 3600 + minute * 60)
  }

  @Test func todayAndUsual() {
    var rhythm = Self.rhythm(days: 14, perHour: 4)
    rhythm.note(articles: 5, hour: Self.monday + 14 * 24 + 7)
    let now = Self.time(day: 14, hour: 8, minute: 30)
    #expect(rhythm.today(now) == 5)
    // Two whole hours and half of the third.
    #expect(rhythm.usualByNow(now) == 10)
    #expect(rhythm.usualDay(now) == 64)
  }

  @Test func nothingIsUsualOnTheFirstDays() {
    let rhythm = Self.rhythm(days: 1, perHour: 4)
    #expect(rhythm.usualByNow(Self.time(day: 1, hour: 12)) == nil)
    #expect(PublisherRhythm().usualByNow(Self.time(day: 1, hour: 12)) == nil)
  }

  @Test func weekendsAreComparedWithWeekends() {
    // Nothing on Saturdays and Sundays, for four weeks.
    let rhythm = Self.rhythm(days: 28, perHour: 4, without: [5, 6, 12, 13, 19, 20, 26, 27])
    #expect(rhythm.usualDay(Self.time(day: 28, hour: 12)) == 64)
    #expect(rhythm.usualDay(Self.time(day: 33, hour: 12)) == 0)
  }

  @Test(arguments: [
    // Day, hour, whether it is a silence. The last article is of day 13, hour 21.
    (14, 5, false),  // night: no day has articles then
    (14, 7, false),  // one hour missing, four articles usual: too little to tell
    (14, 9, true),  // three hours, twelve articles
    (15, 12, true),  // a day and a half
  ])
  func silence(_ day: Int64, _ hour: Int64, _ isSilent: Bool) {
    let rhythm = Self.rhythm(days: 14, perHour: 4)
    #expect((rhythm.silence(at: Self.time(day: day, hour: hour)) != nil) == isSilent)
  }

  @Test func silenceSaysHowMuchIsMissing() {
    let rhythm = Self.rhythm(days: 14, perHour: 4)
    #expect(rhythm.silence(at: Self.time(day: 14, hour: 9)) == PublisherRhythm.Silence(hours: 11, usual: 12))
  }

  @Test func restOnSundaysIsNoSilence() {
    let weekdays = Self.rhythm(days: 26, perHour: 4, without: [5, 6, 12, 13, 19, 20])
    #expect(weekdays.silence(at: Self.time(day: 26, hour: 20)) == nil)  // the fourth Saturday
    #expect(weekdays.silence(at: Self.time(day: 27, hour: 20)) == nil)
  }

  @Test func aWeekMustBeKnown() {
    let rhythm = Self.rhythm(days: 5, perHour: 4)
    #expect(rhythm.silence(at: Self.time(day: 5, hour: 20)) == nil)
  }

  @Test func aRarePublisherMayBeQuietForLong() {
    var rhythm = PublisherRhythm()
    for day in 0..<Int64(28) { rhythm.note(hour: Self.monday + day * 24 + 9) }
    #expect(rhythm.silence(at: Self.time(day: 31, hour: 20)) == nil)
    // Seven days without its daily article are beyond anything it did before.
    #expect(rhythm.silence(at: Self.time(day: 35, hour: 20)) != nil)
  }

  @Test func driftsNeedEnoughAndComeBack() {
    var drift = PublisherRhythm.Drift()
    for _ in 0..<29 { drift.note(1) }
    #expect(drift.drop == 0)
    for _ in 0..<100 { drift.note(1) }
    for _ in 0..<12 { drift.note(0) }
    #expect(drift.drop > 0.6)
    for _ in 0..<20 { drift.note(1) }
    #expect(drift.drop < 0.1)
  }

  @Test func whatIsKeptComesBack() throws {
    var rhythm = PublisherRhythm()
    for number in 0..<40 { rhythm.fill.note(number % 4 == 0 ? 0.5 : 0.875) }
    rhythm.whole.note(1)
    var restored = PublisherRhythm()
    restored.restore(try JSON(parsing: rhythm.kept.text()))
    #expect(abs(restored.fill.recent - rhythm.fill.recent) < 0.001 && restored.fill.count == 40)
    #expect(restored.whole.recent == 1)
    for broken in [#"{"fill":[2,0.5,3]}"#, #"{"fill":"x","whole":[1]}"#, "[]", #"{"fill":[0.5,0.5,-1]}"#] {
      var untouched = PublisherRhythm()
      untouched.restore(try JSON(parsing: broken))
      #expect(untouched == PublisherRhythm(), "\(broken)")
    }
  }
}

@Suite struct AilmentTests {
  static let now = PublisherRhythmTests.time(day: 14, hour: 9)

  @Test(arguments: [
    (Ailment.Sources(all: 3), [Ailment.Kind]()),
    (Ailment.Sources(all: 3, failing: 1), []),  // once: the next attempt decides
    (Ailment.Sources(all: 3, failing: 1, failingOften: 1), [.sources]),
    (Ailment.Sources(all: 3, failing: 3), [.failing]),
    (Ailment.Sources(), []),
  ])
  func sources(_ sources: Ailment.Sources, _ kinds: [Ailment.Kind]) {
    #expect(Ailment.all(nil, sources, now: Self.now).map(\.kind) == kinds)
  }

  @Test func rhythmAndQuality() {
    var rhythm = PublisherRhythmTests.rhythm(days: 14, perHour: 4)
    for _ in 0..<60 {
      rhythm.whole.note(1)
      rhythm.fill.note(0.9)
    }
    #expect(Ailment.all(rhythm, .init(all: 1), now: PublisherRhythmTests.time(day: 13, hour: 22)) == [])
    for _ in 0..<10 {
      rhythm.whole.note(0)
      rhythm.fill.note(0.25)
    }
    let found = Ailment.all(rhythm, .init(all: 1), now: Self.now)
    #expect(found.map(\.kind) == [.silent, .partial, .unfilled])
    #expect(found[0].reason == "no article for 11 h, a time that usually brings 12")
    #expect(found[2].reason.hasPrefix("pages give 4"), "\(found[2].reason)")
  }

  /// A publisher whose pages nobody has ever read has no past, and is ailing all the same.
  @Test(arguments: [(9, []), (10, [Ailment.Kind.pages])])
  func lostPages(count: Int, kinds: [Ailment.Kind]) {
    let lost = Ailment.LostPages(count: count, reason: "the server answered 403")
    let found = Ailment.all(nil, .init(all: 1), lostPages: lost, now: Self.now)
    #expect(found.map(\.kind) == kinds)
    #expect(found.allSatisfy { $0.reason == "none of the last 10 pages could be read: the server answered 403" })
  }

  /// A publisher that never has whole texts is not ailing for it.
  @Test func habitIsNoAilment() {
    var rhythm = PublisherRhythm()
    for _ in 0..<100 {
      rhythm.whole.note(0)
      rhythm.fill.note(0.3)
    }
    #expect(Ailment.all(rhythm, .init(all: 1), now: Self.now) == [])
  }
}

@Suite struct ClockWatchTests {
  @Test func stepsAreSeenAndDriftIsNot() {
    var watch = ClockWatch()
    let start = Timestamp(seconds: 1_800_000_000)
    #expect(watch.step(now: start, uptime: 100) == nil)
    #expect(watch.step(now: start.adding(seconds: 10), uptime: 110.2) == nil)
    // A slow look is no step.
    #expect(watch.step(now: start.adding(seconds: 5000), uptime: 5100) == nil)
    #expect(watch.step(now: start.adding(seconds: 5000 - 10_800), uptime: 5100) == -10_800)
    #expect(watch.step(now: start.adding(seconds: 5010 - 10_800), uptime: 5110) == nil)
    #expect(watch.step(now: start.adding(seconds: 5020), uptime: 5120) == 10_800)
  }
}

@Suite struct RuleAilmentTests {
  @Test func brokenRulesAreAnAilmentOfTheirOwn() {
    let found = Ailment.all(nil, .init(all: 1), brokenRules: ["body", "headline"], now: Timestamp(seconds: 0))
    #expect(found.map(\.kind) == [.rules])
    #expect(found[0].reason.contains("body, headline"))
  }
}

@Suite struct OpenTraceTests {
  /// What a start takes for new: no file of ours that holds a table, in it or in its log.
  @Test func knowsAnEmptyDatabase() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-empty-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let database = folder + "/newswire.db"
    #expect(!OpenTrace.isEmpty(database: database), "none is not an empty one")
    let files = FileManager.default
    #expect(files.createFile(atPath: database, contents: nil))
    #expect(OpenTrace.isEmpty(database: database))
    let store = try Store(path: database)
    #expect(!OpenTrace.isEmpty(database: database), "its tables are in the log")
    // Copied beside the daemon, as cp does it: the file without its log.
    try files.copyItem(atPath: database, toPath: folder + "/copy.db")
    #expect(OpenTrace.isEmpty(database: folder + "/copy.db"))
    #expect(try Store(inspecting: folder + "/copy.db").isEmpty() && !store.isEmpty())
    try store.checkpoint()
    #expect(!OpenTrace.isEmpty(database: database))
    #expect(files.createFile(atPath: folder + "/other", contents: Data(repeating: 0, count: 4096)))
    #expect(!OpenTrace.isEmpty(database: folder + "/other"), "not ours to judge")
  }

  @Test func aLargeDatabaseIsCheckedOnlyAfterTheMachineWentDown() throws {
    let folder = "/tmp/nw-trace-\(UInt64.random(in: 0 ... .max))"
    #expect(mkdir(folder, 0o700) == 0)
    defer { rmdir(folder) }
    let database = folder + "/newswire.db"
    // Not there, or small: always.
    #expect(OpenTrace(database: database, boot: "a").wantsCheck)
    let file = open(database, O_WRONLY | O_CREAT, 0o600)
    #expect(file >= 0 && ftruncate(file, off_t(OpenTrace.small) + 1) == 0)
    close(file)
    defer { unlink(database) }
    let first = OpenTrace(database: database, boot: "a")
    #expect(!first.wantsCheck)
    first.leave()
    // Killed, and started again in the same boot: nothing can have been lost.
    #expect(!OpenTrace(database: database, boot: "a").wantsCheck)
    // The machine went down meanwhile.
    let second = OpenTrace(database: database, boot: "b")
    #expect(second.wantsCheck)
    second.leave()
    #expect(!OpenTrace(database: database, boot: "b").wantsCheck)
    second.remove()
    #expect(!OpenTrace(database: database, boot: "c").wantsCheck)
  }
}
