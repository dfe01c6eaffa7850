import Glibc
import Testing

@testable import newswirectl

/// What is done about a command that goes on, by a clock that nobody sets.
@Suite struct CommandPatienceTests {
  private let start = Moment.now()

  /// What is done at each of some seconds; 0 and more, with how often the consumer was asked to end by then.
  private func steps(timeout: Double?, _ times: [(second: Double, asked: Int)]) -> [CommandPatience.Step] {
    var patience = CommandPatience(timeout: timeout, began: start)
    // A little later each time: the difference of two moments is not exact.
    return times.enumerated().map { index, time in
      patience.next(now: start.adding(seconds: time.second + 0.001 * Double(index + 1)), asked: time.asked)
    }
  }

  @Test func claimsAreKeptFreshAndLongWorkIsToldOnce() {
    #expect(
      steps(timeout: nil, [(1, 0), (59, 0), (60, 0), (61, 0), (120, 0)]) == [.wait, .wait, .refresh, .wait, .refresh])
    #expect(steps(timeout: nil, [(600, 0), (601, 0), (602, 0), (659, 0)]) == [.refresh, .tell, .wait, .wait])
  }

  @Test func itIsEndedAfterItsTime() {
    #expect(
      steps(timeout: 10, [(9, 0), (10, 0), (11, 0), (14, 0), (15, 0)])
        == [.wait, .end(SIGTERM), .wait, .wait, .end(SIGKILL)])
  }

  @Test func itMayFinishWhenItsConsumerIsToEnd() {
    #expect(
      steps(timeout: nil, [(5, 1), (34, 1), (35, 1), (39, 1), (40, 1)])
        == [.wait, .wait, .end(SIGTERM), .wait, .end(SIGKILL)])
    #expect(steps(timeout: 10, [(5, 1), (10, 1)]) == [.wait, .end(SIGTERM)])
  }

  @Test func aSecondSignalEndsItAtOnceAndAThirdKillsIt() {
    #expect(steps(timeout: nil, [(5, 1), (6, 2), (7, 2), (11, 2)]) == [.wait, .end(SIGTERM), .wait, .end(SIGKILL)])
    #expect(steps(timeout: nil, [(5, 2), (6, 3)]) == [.end(SIGTERM), .end(SIGKILL)])
  }

  @Test func theReasonIsKept() {
    var patience = CommandPatience(timeout: 10, began: start)
    _ = patience.next(now: start.adding(seconds: 1), asked: 0)
    #expect(patience.ending == nil)
    _ = patience.next(now: start.adding(seconds: 10.1), asked: 0)
    _ = patience.next(now: start.adding(seconds: 11), asked: 2)
    #expect(patience.ending == .timeout)
    var asked = CommandPatience(timeout: 10, began: start)
    _ = asked.next(now: start.adding(seconds: 2), asked: 2)
    #expect(asked.ending == .asked)
  }
}
