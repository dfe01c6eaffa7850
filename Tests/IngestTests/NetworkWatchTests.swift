import Testing
import Values

@testable import Ingest

@Suite("Network watch")
struct NetworkWatchTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

  @Test("three different hosts in a row mean that the network here is down; an answer ends it")
  func outage() {
    var watch = NetworkWatch()
    #expect(watch.unreachable("a", now: at(0)) == nil)
    #expect(watch.unreachable("a", now: at(1)) == nil)
    #expect(watch.unreachable("b", now: at(2)) == nil)
    #expect(watch.unreachable("c", now: at(3)) == .wentDown)
    #expect(watch.isDown(at(10)) && watch.isSuspected)
    #expect(!watch.isDown(at(3 + NetworkWatch.probe)))
    #expect(watch.unreachable("a", now: at(40)) == nil)
    #expect(watch.isDown(at(41)))
    #expect(watch.answered() == .cameBack)
    #expect(!watch.isDown(at(42)) && watch.answered() == nil)
  }

  @Test("answers in between keep single failures with their hosts")
  func single() {
    var watch = NetworkWatch()
    for number in 0..<10 {
      #expect(watch.unreachable("h\(number)", now: at(Int64(number))) == nil)
      _ = watch.answered()
    }
    #expect(!watch.isSuspected)
  }
}
