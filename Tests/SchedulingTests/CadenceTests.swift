import Testing

@testable import Scheduling

@Suite("Cadence")
struct CadenceTests {
  private let cadence = Cadence(minInterval: 300, maxInterval: 7200, retry: 300)

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var perDay: Double?
    var fresh: Int?
    var failures = 0
    var retryAfter: Int?
    var seconds: Int
    var reason: Cadence.Decision.Reason
    var testDescription: String { name }
  }

  @Test(
    "the next visit",
    arguments: [
      Case(name: "unknown rhythm: soon", seconds: 300, reason: .shortest),
      Case(name: "a busy source: as often as allowed", perDay: 500, seconds: 300, reason: .shortest),
      Case(name: "half the gap between items", perDay: 24, seconds: 1800, reason: .rhythm),
      Case(name: "a quiet source: as seldom as allowed", perDay: 0.5, seconds: 7200, reason: .longest),
      Case(name: "a silent source: as seldom as allowed", perDay: 0, seconds: 7200, reason: .longest),
      Case(name: "freshness is obeyed", perDay: 500, fresh: 900, seconds: 900, reason: .freshness),
      Case(name: "freshness of a year is not", perDay: 500, fresh: 31_536_000, seconds: 7200, reason: .freshness),
      Case(name: "freshness below the interval changes nothing", fresh: 60, seconds: 300, reason: .shortest),
      Case(name: "first failure", failures: 1, seconds: 240, reason: .backoff),
      Case(name: "fourth failure", failures: 4, seconds: 1920, reason: .backoff),
      Case(name: "hundredth failure: once a day, never given up", failures: 100, seconds: 69_120, reason: .backoff),
      Case(name: "Retry-After beyond the back-off", failures: 1, retryAfter: 3600, seconds: 3600, reason: .retryAfter),
      Case(name: "Retry-After of a year", failures: 1, retryAfter: 31_536_000, seconds: 86_400, reason: .retryAfter),
      Case(name: "Retry-After below the back-off", failures: 4, retryAfter: 5, seconds: 1920, reason: .backoff),
    ])
  func next(_ test: Case) {
    let decision = cadence.next(
      .init(
        itemsPerDay: test.perDay, freshFor: test.fresh, failures: test.failures, retryAfter: test.retryAfter, jitter: 0)
    )
    #expect(decision == .init(seconds: test.seconds, reason: test.reason))
  }

  @Test("jitter spreads and stays within a tenth after a success, a fifth after a failure")
  func jitter() {
    let success = stride(from: 0, to: 1, by: 0.1).map { cadence.next(.init(jitter: $0)).seconds }
    #expect(success.min() == 300 && success.max()! <= 330 && Set(success).count > 5)
    let failure = stride(from: 0, to: 1, by: 0.1).map { cadence.next(.init(failures: 2, jitter: $0)).seconds }
    #expect(failure.min() == 480 && failure.max()! <= 720 && Set(failure).count > 5)
  }

  @Test("the rhythm follows what a source does, slowly enough for a burst not to count as its habit")
  func rhythm() throws {
    #expect(Cadence.rhythm(nil, new: 10, elapsed: 86_400) == 10)
    #expect(Cadence.rhythm(10, new: 0, elapsed: 86_400) == 0)
    #expect(Cadence.rhythm(10, new: 3, elapsed: 0.5) == 10)
    let burst = try #require(Cadence.rhythm(24, new: 10, elapsed: 300))
    #expect(burst > 24 && burst < 40)
  }
}
