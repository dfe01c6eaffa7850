import Testing

@testable import newswirectl

/// Which failed elements are tried when, by a clock that nobody sets.
@Suite struct RetriesTests {
  @Test func waitsDoubleUpToFiveMinutes() {
    var retries = Retries()
    var now = Moment.now()
    for (failures, wait) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
      #expect(retries.failed("a", now: now) == failures && retries.wait("a") == wait)
      #expect(retries.due(now: now.adding(seconds: Double(wait) - 0.5)) == nil)
      now = now.adding(seconds: Double(wait))
      #expect(retries.due(now: now) == "a")
    }
    for _ in 0..<20 { _ = retries.failed("a", now: now) }
    #expect(retries.wait("a") == 300)
    retries.forget("a")
    #expect(retries.count == 0 && retries.secondsToNext(now: now) == nil)
  }

  @Test func momentsGrow() {
    let first = Moment.now()
    #expect(Moment.now() >= first && first.adding(seconds: 2).seconds(since: first) == 2)
  }
}
