import Testing
import Values

@testable import Fetching

@Suite struct HTTPDateTests {
  static let now = Timestamp(rfc3339: "2026-03-01T00:00:00Z")!

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"), ("sun, 6 nov 1994 08:49:37 gmt", "1994-11-06T08:49:37Z"),
    ("Thu, 29 Feb 2024 23:59:60 GMT", "2024-03-01T00:00:00Z"),
    ("Sun, 06 Nov 1994 08:49:37 UTC", "1994-11-06T08:49:37Z"),
    ("Sun, 06-Nov-1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Sunday, 06-Nov-75 08:49:37 GMT", "2075-11-06T08:49:37Z"),
    ("Sunday, 06-Nov-77 08:49:37 GMT", "1977-11-06T08:49:37Z"),
  ]) func reads(_ text: String, _ expected: String) {
    #expect(HTTPDate.parse(text, now: Self.now)?.rfc3339 == expected)
  }

  @Test(arguments: [
    "", "0", "-1", "never", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 EST",
    "Sun, 31 Feb 2024 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 8:49:37 GMT",
    "Xyz, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37:00 GMT",
  ]) func refuses(_ text: String) { #expect(HTTPDate.parse(text, now: Self.now) == nil) }
}

@Suite struct FreshnessTests {
  static let now = Timestamp(rfc3339: "2026-03-01T12:00:00Z")!

  @Test(
    arguments: [
      ([], nil, false),
      ([("Cache-Control", "max-age=300")], 300, false),
      ([("cache-control", "public, MAX-AGE=300")], 300, false),
      ([("Cache-Control", "max-age=\"300\"")], 300, false),
      ([("Cache-Control", "max-age=300"), ("Age", "100")], 200, false),
      ([("Cache-Control", "max-age=300"), ("Age", "1000")], 0, false),
      ([("Cache-Control", "max-age=300"), ("Age", "soon")], 300, false),
      ([("Cache-Control", "s-maxage=60")], 60, false),
      ([("Cache-Control", "s-maxage=60, max-age=300")], 300, false),
      ([("Cache-Control", "public"), ("Cache-Control", "max-age=10")], 10, false),
      ([("Cache-Control", "max-age=10, max-age=999")], 10, false),
      ([("Cache-Control", "max-age=-5")], 0, false),
      ([("Cache-Control", "max-age=99999999999999999999")], 1 << 31, false),
      ([("Cache-Control", "no-cache")], 0, true),
      ([("Cache-Control", "no-store, max-age=300")], 0, true),
      ([("Cache-Control", "no-cache=\"set-cookie, x\", max-age=60")], 60, false),
      ([("Expires", "Sun, 01 Mar 2026 12:10:00 GMT")], 600, false),
      ([("Expires", "Sun, 01 Mar 2026 11:00:00 GMT")], 0, false),
      ([("Expires", "Sun, 01 Mar 2026 15:10:00 GMT"), ("Date", "Sun, 01 Mar 2026 15:00:00 GMT")], 600, false),
      ([("Expires", "0")], 0, false),
      ([("Expires", "0"), ("Cache-Control", "max-age=5")], 5, false),
    ] as [([(String, String)], Int64?, Bool)])
  func seconds(_ fields: [(String, String)], _ seconds: Int64?, _ mustRevalidate: Bool) {
    let headers = HeaderFields(fields.map { (name: $0.0, value: $0.1) })
    #expect(Freshness(headers, now: Self.now) == Freshness(seconds: seconds, mustRevalidate: mustRevalidate))
  }

  @Test(
    arguments: [
      ("120", 120), (" 7 ", 7), ("0", 0), ("Sun, 01 Mar 2026 12:01:00 GMT", 60), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
      ("-1", nil), ("soon", nil), ("", nil), ("1.5", nil), ("99999999999999999999", 1 << 31),
    ] as [(String, Int64?)]) func retryAfter(_ text: String, _ expected: Int64?)
  {
    #expect(RetryAfter.seconds(["retry-after": text], now: Self.now) == expected)
  }

  @Test func noRetryAfter() { #expect(RetryAfter.seconds(HeaderFields(), now: Self.now) == nil) }
}
