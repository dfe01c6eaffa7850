import Testing

@testable import Values

/// The clock is the process's: what a test sets it takes back.
@Suite("Common clock", .serialized) struct CommonClockTests {
  private func wall() -> Double {
    let now = Timestamp.wallClock()
    return Double(now.seconds) + Double(now.nanoseconds) / 1e9
  }

  @Test("goes by the other machine's clock, and small differences are its answer's way")
  func follow() {
    defer { CommonClock.stop() }
    CommonClock.follow(wall() + 300, at: CommonClock.uptime)
    #expect(abs(Timestamp.now().seconds(since: .wallClock()) - 300) < 0.2)
    CommonClock.follow(wall() + 300.3, at: CommonClock.uptime)
    #expect(abs(Timestamp.now().seconds(since: .wallClock()) - 300) < 0.2)
    CommonClock.follow(wall() - 42, at: CommonClock.uptime)
    #expect(abs(Timestamp.now().seconds(since: .wallClock()) + 42) < 0.2)
    let before = Timestamp.now()
    #expect(Timestamp.now() >= before)
  }

  @Test(
    "a time that has no room among the instants is not followed", arguments: [Double.nan, .infinity, 1e300, -1e300])
  func noTime(_ time: Double) {
    defer { CommonClock.stop() }
    CommonClock.stop()
    CommonClock.follow(time, at: CommonClock.uptime)
    #expect(abs(Timestamp.now().seconds(since: .wallClock())) < 0.2)
  }

  @Test("a machine alone goes by its own")
  func alone() {
    CommonClock.stop()
    #expect(abs(Timestamp.now().seconds(since: .wallClock())) < 0.2)
  }
}
