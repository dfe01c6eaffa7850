import Testing
import Values

@testable import Ingest

@Suite("Network watch")
struct NetworkWatchTests {
  /// The verdict and the change in a word each.
  private func fail(_ watch: inout NetworkWatch, _ host: String, known: Int = 9, at second: Int64) -> [String] {
    let (verdict, change) = watch.unreachable("\(host)/rss", host: host, known: known, now: at(second))
    return ["\(verdict)"] + (change.map { ["\($0)"] } ?? [])
  }

  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

  @Test("an outage counts against nobody, its first failures included; an answer ends it")
  func outage() {
    var watch = NetworkWatch()
    let words = ["a", "a", "b", "c"].enumerated().map { fail(&watch, $1, at: Int64($0)) }
    #expect(words == [["ours"], ["ours"], ["ours"], ["ours", "wentDown"]])
    #expect(watch.isDown(at(10)) && watch.isSuspected && watch.nextProbe == at(33))
    #expect(!watch.isDown(at(33)))
    // Those that were under way are no probes.
    let underWay = fail(&watch, "d", at: 20)
    #expect(underWay == ["ours"])
    #expect(watch.nextProbe == at(33))
    // Probes become rarer, up to one in five minutes.
    var now: Int64 = 40
    for wait in [60, 120, 240, 300, 300] as [Int64] {
      let probe = fail(&watch, "a", at: now)
      #expect(probe == ["ours"])
      #expect(watch.nextProbe == at(now + wait))
      now += wait
    }
    let change = watch.answered("a/rss")
    let second = watch.answered("a/rss")
    #expect(change == .cameBack && second == nil && !watch.isDown(at(now)) && !watch.isSuspected)
  }

  @Test("a source that fails alone is let off twice, then it is its own fault, until it answers")
  func single() {
    var watch = NetworkWatch()
    var words: [[String]] = []
    for number in 0..<4 {
      words.append(fail(&watch, "dead", at: Int64(number) * 30))
      _ = watch.answered("other/rss")
    }
    #expect(words == [["ours"], ["ours"], ["theirs"], ["theirs"]])
    #expect(!watch.isSuspected)
    _ = watch.answered("dead/rss")
    let anew = fail(&watch, "dead", at: 500)
    #expect(anew == ["ours"])
  }

  @Test("where only one host is known, it is asked seldom and never blamed for what cannot be told")
  func alone() {
    var watch = NetworkWatch()
    let first = fail(&watch, "a", known: 1, at: 0)
    #expect(first == ["ours", "wentDown"])
    #expect(watch.nextProbe == at(30))
  }
}
