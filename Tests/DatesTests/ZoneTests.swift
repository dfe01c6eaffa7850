import Dates
import Testing
import Values

@Suite struct ZoneTests {
  @Test(arguments: [
    ("Europe/London", "2020-01-15T12:00:00Z", 0), ("Europe/London", "2020-07-15T12:00:00Z", 3600),
    ("Europe/London", "2090-07-15T12:00:00Z", 3600), ("Europe/London", "2090-12-15T12:00:00Z", 0),
    ("Europe/London", "2020-03-29T00:59:59Z", 0), ("Europe/London", "2020-03-29T01:00:00Z", 3600),
    ("Europe/London", "2077-03-28T00:59:59Z", 0), ("Europe/London", "2077-03-28T01:00:00Z", 3600),
    ("Australia/Sydney", "2060-01-15T12:00:00Z", 39600), ("Australia/Sydney", "2060-07-15T12:00:00Z", 36000),
    ("Asia/Kolkata", "2020-07-15T12:00:00Z", 19800), ("America/New_York", "1990-07-15T12:00:00Z", -14400),
    ("America/Sao_Paulo", "2040-01-15T12:00:00Z", -10800), ("Asia/Tokyo", "1800-01-01T00:00:00Z", 33539),
    ("UTC", "2020-01-01T00:00:00Z", 0),
  ])
  func knowsOffsets(_ name: String, instant: String, offset: Int) throws {
    let zone = try Zone(name: name)
    let seconds = try #require(Timestamp(rfc3339: instant)).seconds
    #expect(Int(zone.offset(at: seconds)) == offset)
  }

  @Test(arguments: [
    // Skipped and doubled hours of 2020 in Berlin, and around them.
    ("2020-03-29T01:59:59Z", 3600), ("2020-03-29T02:30:00Z", 3600), ("2020-03-29T03:00:00Z", 7200),
    ("2020-10-25T01:59:59Z", 7200), ("2020-10-25T02:30:00Z", 7200), ("2020-10-25T03:00:00Z", 3600),
  ])
  func readsLocalTimes(_ civil: String, offset: Int) throws {
    let zone = try Zone(name: "Europe/Berlin")
    let seconds = try #require(Timestamp(rfc3339: civil)).seconds
    #expect(Int(zone.offset(atLocal: seconds)) == offset)
  }

  @Test func hasFixedOffsets() {
    #expect(Zone(offset: -12600).offset(at: 0) == -12600)
    #expect(Zone(offset: -12600).name == "-03:30")
    #expect(Zone.utc.offset(atLocal: 1) == 0)
    #expect(Zone.utc.offset(at: .max) == 0)
  }

  @Test(arguments: ["Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "", "Europe", "Europe/London\n"])
  func refusesUnknownNames(_ name: String) {
    #expect(throws: ZoneError.self) { try Zone(name: name) }
  }

  @Test func readsBytesAndFooter() throws {
    let zone = try Zone(name: "Test", tzif: Self.file(rule: "<+01>-1<+02>,M3.5.0,M10.5.0/3"))
    #expect(zone.offset(at: 1_590_415_380) == 7200)
    #expect(zone.offset(at: 1_580_000_000) == 3600)
  }

  @Test func refusesDamagedBytes() {
    let whole = Self.file(rule: "CET-1")
    for length in 0..<(whole.count - 7) {
      #expect(throws: ZoneError.self) { try Zone(name: "Test", tzif: Array(whole[..<length])) }
    }
    #expect(throws: ZoneError.self) { try Zone(name: "Test", tzif: Self.file(rule: "CET-1CEST,M13.5.0,M10.5.0")) }
  }

  /// A version 2 file with one local time type (UTC+1) and no transitions.
  static func file(rule: String) -> [UInt8] {
    func header() -> [UInt8] {
      Array("TZif2".utf8) + Array(repeating: 0, count: 15) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        + [0, 0, 0, 1, 0, 0, 0, 4]
    }
    let body: [UInt8] = [0, 0, 0x0E, 0x10, 0, 0] + Array("CET\0".utf8)
    return header() + body + header() + body + Array("\n\(rule)\n".utf8)
  }
}
