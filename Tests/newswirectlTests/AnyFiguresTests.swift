import Service
import Testing
import Values

@testable import newswirectl

/// What a daemon answers is another program's word: figures may be any.
@Suite struct AnyFiguresTests {
  @Test func figuresWithoutMeaning() throws {
    let now = Timestamp(seconds: 1_772_000_000)
    let source = try JSON(
      parsing: #"{"source": "a/rss", "items_per_day": 1e308, "min_interval": 9223372036854775807,"#
        + #" "max_interval": -9223372036854775808}"#)
    let text = SourceExplanation(source, now: now).text
    #expect(text.contains("every 106751991 d 4 h, at least every 0 µs"))
    #expect(text.contains("1000000000 new items a day"))
    let json = try JSON(parsing: #"{"state": "running", "queue": {"oldest_seconds": 9223372036854775807}}"#)
    let report = StatusReport(StatusSnapshot(json), now: now)
    #expect(report.heading.contains { $0.contains("the oldest for 106751991 d 4 h") })
  }
}
