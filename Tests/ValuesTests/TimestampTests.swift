import Testing
import Values

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "reads RFC 3339 and writes it back",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2024-02-29T12:30:45Z", 1_709_209_845),
      ("2025-01-13T21:37:00+09:00", 1_736_771_820),
      ("1969-12-31T23:59:59Z", -1), ("2038-01-19T03:14:08Z", 2_147_483_648), ("0001-01-01T00:00:00Z", -62_135_596_800),
      ("2024-05-02T20:53:56.250-04:30", 1_714_699_436),
    ])
  func roundTrip(text: String, seconds: Int64) throws {
    let time = try #require(Timestamp(rfc3339: text))
    #expect(time.seconds == seconds)
    #expect(time.rfc3339 == text)
  }

  @Test(
    "refuses what is no RFC 3339 date",
    arguments: [
      "", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
      "2024-01-01T00:00:00", "2024-01-01T00:00:00+0100", "2024-01-01T00:00:00.Z", "2024-01-01", "24-01-01T00:00:00Z",
      "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+25:00",
    ])
  func refuses(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test("equal instants are equal whatever their offsets")
  func equality() throws {
    let a = try #require(Timestamp(rfc3339: "2025-01-13T21:37:00+09:00"))
    let b = try #require(Timestamp(rfc3339: "2025-01-13T12:37:00Z"))
    #expect(a == b && a.hashValue == b.hashValue && !(a < b))
  }

  @Test("the calendar agrees with itself for every day of four centuries")
  func calendar() {
    var civil = CivilTime(year: 1800, month: 1, day: 1)
    for day in civil.dayNumber..<(civil.dayNumber + 146_097) {
      let back = CivilTime(localSeconds: Int64(day) * 86_400)
      #expect(back == civil && back.isValid && civil.dayNumber == day)
      civil.day += 1
      if civil.day > CivilTime.days(in: civil.month, of: civil.year) { (civil.day, civil.month) = (1, civil.month + 1) }
      if civil.month > 12 { (civil.month, civil.year) = (1, civil.year + 1) }
    }
  }

  @Test(
    "nothing that a header or a row may hold is out of bounds", arguments: [Int64.min, .min + 1, 0, .max - 1, .max])
  func extremes(_ number: Int64) {
    let time = Timestamp(seconds: number, nanoseconds: 999_999_999, offset: number < 0 ? -86_399 : 86_399)
    #expect(time.adding(seconds: .max).seconds == (number < 0 ? number + .max : .max))
    #expect(time.adding(seconds: .min).seconds == (number < 0 ? .min : number + .min))
    #expect(time.seconds(since: Timestamp(seconds: -60)).isFinite && !time.rfc3339.isEmpty)
    #expect(time.microseconds == (number == 0 ? 999_999 : number < 0 ? .min : .max))
    let kept = Timestamp(microseconds: number)
    #expect((0..<1_000_000_000).contains(kept.nanoseconds) && kept.microseconds == number)
    let civil = CivilTime(localSeconds: number)
    #expect((1...12).contains(civil.month) && (1...31).contains(civil.day) && (0...23).contains(civil.hour))
  }

  @Test("microseconds below zero are of the second before")
  func microseconds() {
    #expect(Timestamp(microseconds: -1) == Timestamp(seconds: -1, nanoseconds: 999_999_000))
    #expect(Timestamp(microseconds: -1_000_000) == Timestamp(seconds: -1))
    #expect(Timestamp(seconds: -1, nanoseconds: 999_999_000).microseconds == -1)
  }
}
