import Testing
import Values

@testable import Scheduling

@Suite("Cadence")
struct CadenceTests {
  private let cadence = Cadence(minInterval: 300, maxInterval: 7200, retry: 300)
  private static let now = Timestamp(seconds: 1_772_409_600)

  /// What a source with so many items a day has taught in ten days.
  private static func rhythm(perDay: Int) -> Rhythm {
    var rhythm = Rhythm()
    rhythm.begin(listed: 100, published: [], now: now.adding(seconds: -864_000))
    for step in 0..<240 {
      let begin = now.adding(seconds: Int64(step - 240) * 3600)
      rhythm.record(
        new: perDay * (step + 1) / 24 - perDay * step / 24, listed: 100, from: begin, to: begin.adding(seconds: 3600))
    }
    return rhythm
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var perDay: Int?
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
      Case(name: "a busy source: as often as allowed", perDay: 12_000, seconds: 300, reason: .shortest),
      Case(name: "between the two: its own rhythm", perDay: 240, seconds: 1330, reason: .rhythm),
      Case(name: "a silent source: as seldom as allowed", perDay: 0, seconds: 7200, reason: .longest),
      Case(name: "freshness is obeyed", perDay: 12_000, fresh: 900, seconds: 900, reason: .freshness),
      Case(name: "freshness of a year is not", perDay: 12_000, fresh: 31_536_000, seconds: 7200, reason: .freshness),
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
        now: Self.now, rhythm: test.perDay.map(Self.rhythm), freshFor: test.fresh, failures: test.failures,
        retryAfter: test.retryAfter, jitter: 0)
    )
    #expect(decision.reason == test.reason)
    #expect(abs(decision.seconds - test.seconds) <= (test.reason == .rhythm ? 60 : 0))
  }

  @Test("what rests on this side is not laid on the server")
  func restOfOurs() {
    for reason in [Cadence.Decision.Reason.login, .program] {
      let facts = Cadence.Facts(now: Self.now, failures: 1, retryAfter: 3600, retryReason: reason, jitter: 0)
      #expect(cadence.next(facts) == Cadence.Decision(seconds: 3600, reason: reason))
      #expect(!reason.rawValue.contains("server") && Cadence.Decision.Reason(word: reason.word) == reason)
    }
  }

  @Test("jitter spreads and stays within a tenth after a success, a fifth after a failure")
  func jitter() {
    let success = stride(from: 0, to: 1, by: 0.1).map { cadence.next(.init(now: Self.now, jitter: $0)).seconds }
    #expect(success.min() == 300 && success.max()! <= 330 && Set(success).count > 5)
    let failure = stride(from: 0, to: 1, by: 0.1).map {
      cadence.next(.init(now: Self.now, failures: 2, jitter: $0)).seconds
    }
    #expect(failure.min() == 480 && failure.max()! <= 720 && Set(failure).count > 5)
  }
}
