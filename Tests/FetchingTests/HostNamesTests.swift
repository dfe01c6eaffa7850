import Testing

@testable import Fetching

struct HostNamesTests {
  /// The first looks up, the others follow it, and afterwards nobody has to for a while.
  @Test func firstAloneThenAll() async {
    var names = HostNames()
    #expect(names.turn("a.example", now: 0) == .first)
    #expect(names.turn("b.example", now: 0) == .first)
    #expect(names.turn("a.example", now: 1) == .follows)
    names.settle("a.example", isKnown: true, now: 2)
    #expect(names.turn("a.example", now: 3) == .known)
    #expect(names.turn("b.example", now: 3) == .follows)
    #expect(names.turn("a.example", now: 50_000_000_000) == .known)
    #expect(names.turn("a.example", now: 60_000_000_000) == .first)
  }

  /// Where there is no answer, those that waited try for themselves at once, and the next to come is first again.
  @Test func failureReleasesAll() async {
    var names = HostNames()
    #expect(names.turn("a.example", now: 0) == .first)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        let (stream, continuation) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        group.addTask { await withCheckedContinuation { continuation.yield($0) } }
        for await follower in stream {
          names.follow("a.example", follower)
          break
        }
      }
      names.settle("a.example", isKnown: false, now: 1)
      await group.waitForAll()
    }
    #expect(names.turn("a.example", now: 2) == .first)
  }

  /// The end of a transfer that had its answer long ago takes nothing back.
  @Test func settlesOnce() {
    var names = HostNames()
    #expect(names.turn("a.example", now: 0) == .first)
    names.settle("a.example", isKnown: true, now: 1)
    names.settle("a.example", isKnown: false, now: 2)
    #expect(names.turn("a.example", now: 3) == .known)
    names.forgetOld(now: 100_000_000_000)
    #expect(names.turn("a.example", now: 3) == .first)
  }
}
