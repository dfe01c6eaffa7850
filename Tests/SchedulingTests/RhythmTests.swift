import Testing
import Values

@testable import Scheduling

@Suite("Rhythm")
struct RhythmTests {
  /// 2026-03-02, a Monday, 00:00 UTC.
  private static let monday: Int64 = 1_772_409_600
  private func at(_ hours: Double) -> Timestamp { Timestamp(seconds: Self.monday + Int64(hours * 3600)) }

  /// A source that brings `perHour` items in each hour for which `isOpen` holds, visited every half hour.
  private func learned(
    days: Int, perHour: Int, dated: Bool = false, isOpen: (_ day: Int, _ hour: Int) -> Bool
  ) -> Rhythm {
    var rhythm = Rhythm()
    rhythm.begin(listed: 50, published: [], now: at(0))
    for half in 1...(days * 48) {
      let (begin, end) = (Double(half - 1) / 2, Double(half) / 2)
      let hour = Int(begin)
      let new = isOpen(hour / 24, hour % 24) ? (half % 2 == 0 ? perHour - perHour / 2 : perHour / 2) : 0
      let dates = dated ? (0..<new).map { _ in at(begin + 0.1) } : []
      rhythm.record(new: new, listed: 50, published: dates, from: at(begin), to: at(end))
    }
    return rhythm
  }

  @Test("a rhythm is not known before the source was watched for a few hours, or has shown dated items")
  func learning() {
    var rhythm = Rhythm()
    #expect(!rhythm.isLearned)
    rhythm.begin(listed: 5, published: [], now: at(0))
    rhythm.record(new: 0, from: at(0), to: at(1))
    #expect(!rhythm.isLearned)
    rhythm.record(new: 0, from: at(1), to: at(4))
    #expect(rhythm.isLearned)
    var dated = Rhythm()
    dated.begin(listed: 5, published: [at(-30), at(-20), at(-1)], now: at(0))
    #expect(dated.isLearned)
  }

  @Test("a steady stream is visited at the interval that balances waiting and requests")
  func steady() {
    let rhythm = learned(days: 20, perHour: 6) { _, _ in true }
    #expect(abs(rhythm.itemsPerDay - 144) < 8)
    // √(2·2400/r), r = 1/600 a second: 1697 s.
    let wait = rhythm.wait(from: at(20 * 24), patience: 2400, longest: 86_400)
    #expect(abs(wait - 1697) < 120)
    // Four times the patience, twice the interval.
    #expect(abs(rhythm.wait(from: at(20 * 24), patience: 9600, longest: 86_400) / wait - 2) < 0.2)
  }

  @Test("what a silence would usually have brought is told by what was known before it")
  func usual() {
    var rhythm = learned(days: 20, perHour: 1) { _, hour in hour >= 6 && hour < 18 }
    let end = 20.0 * 24
    // Twelve items a day, all between six and eighteen o'clock.
    #expect(abs(rhythm.usual(from: at(end), to: at(end + 24)) - 12) < 3)
    #expect(rhythm.usual(from: at(end), to: at(end + 5)) < 1.5)
    #expect(rhythm.usual(from: at(end), to: at(end)) == 0)
    // The same after ten days in which nothing came and much was forgotten.
    for hour in 0..<240 {
      rhythm.record(new: 0, listed: 50, from: at(end + Double(hour)), to: at(end + Double(hour) + 1))
    }
    #expect(rhythm.itemsPerDay < 4)
    #expect(rhythm.usual(from: at(end), to: at(end + 240)) > 60)
    // Of a source that nothing is known of nothing is expected.
    #expect(Rhythm().usual(from: at(0), to: at(240)) == 0)
  }

  @Test("a newsroom that sleeps is asked seldom at night and often by day", arguments: [false, true])
  func nights(_ dated: Bool) {
    let rhythm = learned(days: 10, perHour: 10, dated: dated) { _, hour in (8..<20).contains(hour) }
    let day = rhythm.wait(from: at(10 * 24 + 12), patience: 2400, longest: 7200)
    let night = rhythm.wait(from: at(10 * 24 + 1), patience: 2400, longest: 7200)
    #expect(day < 1700 && night == 7200)
    // Shortly before the first news it does not sleep past it.
    let dawn = rhythm.wait(from: at(10 * 24 + 7.5), patience: 2400, longest: 7200)
    #expect(dawn > 1800 && dawn < 4000)
  }

  @Test("free weekends are learned within weeks")
  func weekends() {
    let rhythm = learned(days: 28, perHour: 5) { day, _ in day % 7 < 5 }
    let sunday = rhythm.wait(from: at(34 * 24 + 12), patience: 2400, longest: 86_400)
    let tuesday = rhythm.wait(from: at(29 * 24 + 12), patience: 2400, longest: 86_400)
    #expect(sunday > 1.5 * tuesday)
  }

  @Test("a surge shortens the interval at once and is forgotten by the next day")
  func surge() {
    var rhythm = learned(days: 10, perHour: 2) { _, _ in true }
    let usual = rhythm.wait(from: at(240), patience: 2400, longest: 7200)
    rhythm.record(new: 20, listed: 50, from: at(240), to: at(240.5))
    #expect(rhythm.wait(from: at(240.5), patience: 2400, longest: 7200) < 0.6 * usual)
    for half in 481...528 {
      rhythm.record(new: 1, listed: 50, from: at(Double(half) / 2), to: at(Double(half + 1) / 2))
    }
    #expect(rhythm.wait(from: at(264.5), patience: 2400, longest: 7200) > 0.7 * usual)
  }

  @Test("the dates of the first list tell the rhythm before any waiting")
  func beginning() {
    var busy = Rhythm()
    busy.begin(listed: 30, published: (0..<30).map { at(Double(-$0) / 4) }, now: at(0))
    var quiet = Rhythm()
    quiet.begin(listed: 30, published: (0..<30).map { at(Double(-$0) * 48) }, now: at(0))
    #expect(busy.itemsPerDay > 60 && quiet.itemsPerDay < 2)
    #expect(busy.wait(from: at(0), patience: 2400, longest: 7200) < 2700)
    #expect(quiet.wait(from: at(0), patience: 2400, longest: 7200) == 7200)
  }

  @Test("a short list is visited before items can fall off its end")
  func shortList() {
    var rhythm = Rhythm()
    rhythm.begin(listed: 5, published: [], now: at(0))
    for hour in 0..<200 { rhythm.record(new: 12, listed: 5, from: at(Double(hour)), to: at(Double(hour + 1))) }
    // Two items of the five, at twelve an hour.
    #expect(rhythm.wait(from: at(200), patience: 100_000, longest: 86_400) < 700)
  }

  @Test("a source that stops is followed within days, one that begins again at once")
  func change() {
    var rhythm = learned(days: 10, perHour: 6) { _, _ in true }
    for hour in 240..<(240 + 24 * 14) { rhythm.record(new: 0, from: at(Double(hour)), to: at(Double(hour + 1))) }
    #expect(rhythm.itemsPerDay < 20)
    #expect(rhythm.wait(from: at(240 + 24 * 14), patience: 2400, longest: 7200) > 5000)
  }

  @Test("what is kept is small, and what was kept decides as before")
  func text() throws {
    let rhythm = learned(days: 30, perHour: 40) { day, hour in day % 7 < 6 && hour > 5 }
    let again = try #require(Rhythm(text: rhythm.text))
    for hour in stride(from: 720.0, to: 900, by: 1.3) {
      let (a, b) = (
        rhythm.wait(from: at(hour), patience: 2400, longest: 7200),
        again.wait(from: at(hour), patience: 2400, longest: 7200)
      )
      #expect(abs(a - b) < 2)
    }
    #expect(rhythm.text.utf8.count < 700)
    // Rounding must not keep what fades.
    var kept = again
    for hour in 720..<(720 + 24 * 120) {
      kept.record(new: 0, from: at(Double(hour)), to: at(Double(hour + 1)))
      kept = try #require(Rhythm(text: kept.text))
    }
    #expect(kept.itemsPerDay < 1)
  }

  @Test(
    "text that is no rhythm is none",
    arguments: [
      "", "1", "2 " + Array(repeating: "1", count: 67).joined(separator: " "),
      "1 " + Array(repeating: "1", count: 66).joined(separator: " "),
      "1 " + Array(repeating: "-1", count: 67).joined(separator: " "),
      "1 " + Array(repeating: "9223372036854775807", count: 67).joined(separator: " "),
      "1 " + Array(repeating: "x", count: 67).joined(separator: " "),
    ])
  func noText(_ text: String) { #expect(Rhythm(text: text) == nil) }

  @Test("no facts make a decision that is no time")
  func extremes() throws {
    var rhythm = Rhythm()
    rhythm.begin(listed: 0, published: [at(5), at(-1e6)], now: at(0))
    for (new, hours) in [(0, 0.0), (1_000_000, 0.01), (3, 1e6), (0, 1e7), (5, 1e7 + 1)] {
      rhythm.record(new: new, published: [at(-1), at(1e9)], from: at(0), to: at(hours))
      for patience in [0.001, 2400, 1e12] {
        let wait = rhythm.wait(from: at(hours), patience: patience, longest: 7200)
        #expect(wait >= 0 && wait <= 7200)
      }
      #expect(Rhythm(text: rhythm.text) != nil)
    }
  }
}
