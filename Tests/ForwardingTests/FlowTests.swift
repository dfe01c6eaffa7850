import Testing

@testable import Forwarding

@Suite("Flow: from the queue into the stream")
struct FlowTests {
  /// A machine that is connected and looks at the queue.
  private func connected(_ change: (inout Flow.Limits) -> Void = { _ in }) -> Flow {
    var limits = Flow.Limits()
    limits.articles = 3
    change(&limits)
    var flow = Flow(limits: limits, seed: 1)
    #expect(flow.handle(.start, now: 0) == [.connect])
    #expect(flow.handle(.connected, now: 0) == [.look])
    return flow
  }

  private static let stored = StreamAnswer.stored(isDuplicate: false)

  @Test("an article leaves the queue only when the stream has it")
  func straight() {
    var flow = connected()
    #expect(flow.handle(.claimed(1, bytes: 10), now: 0) == [.send(1, 1), .look])
    #expect(flow.handle(.nothing, now: 0) == [.look])
    #expect(flow.handle(.answered(1, Self.stored), now: 0) == [.remove(1)])
    #expect(flow.held == 1, "until the queue says so")
    #expect(flow.handle(.left(1), now: 0) == [])
    #expect((flow.held, flow.stored) == (0, 1))
  }

  @Test("no more is claimed than may be under way, in articles and in bytes")
  func bounds() {
    var flow = connected()
    #expect(flow.handle(.claimed(1, bytes: 1), now: 0) == [.send(1, 1), .look])
    #expect(flow.handle(.claimed(2, bytes: 1), now: 0) == [.send(2, 2), .look])
    #expect(flow.handle(.claimed(3, bytes: 1), now: 0) == [.send(3, 3)])
    #expect(flow.handle(.answered(2, Self.stored), now: 0) == [.remove(2)], "it is not out of the queue yet")
    #expect(flow.handle(.left(2), now: 0) == [.look])
    var large = connected { $0.bytes = 100 }
    #expect(large.handle(.claimed(1, bytes: 100), now: 0) == [.send(1, 1)])
    #expect(large.handle(.answered(1, Self.stored), now: 0) == [.remove(1)])
    #expect(large.handle(.left(1), now: 0) == [.look])
  }

  @Test("what was under way when the connection broke is sent again, in order, under other tokens")
  func lost() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.claimed(2, bytes: 1), now: 0)
    #expect(flow.handle(.lost(Trouble(.away, "broken")), now: 1) == [])
    #expect(flow.trouble == Trouble(.away, "broken"))
    #expect(flow.handle(.answered(1, Self.stored), now: 1) == [], "an answer to a sending that is not trusted any more")
    let retry = flow.retry ?? 0
    #expect(retry >= 1.125 && retry <= 1.25)
    #expect(flow.wake == retry)
    #expect(flow.handle(.tick, now: retry) == [.connect])
    #expect(flow.handle(.connected, now: retry) == [.send(3, 1), .send(4, 2)])
    #expect(flow.trouble == nil)
    #expect(flow.handle(.answered(3, .stored(isDuplicate: true)), now: retry) == [.remove(1)])
    #expect(flow.duplicates == 1)
  }

  @Test("waits grow while connecting fails, end only at their limit, and are short again after a success")
  func backoff() {
    var flow = Flow(seed: 7)
    var now = 0.0
    var waits: [Double] = []
    #expect(flow.handle(.start, now: now) == [.connect])
    for _ in 0..<40 {
      #expect(flow.handle(.lost(Trouble(.away, "refused")), now: now) == [])
      waits.append((flow.retry ?? 0) - now)
      now += waits.last ?? 0
      #expect(flow.handle(.tick, now: now) == [.connect], "it never gives up")
    }
    #expect(waits[0] <= 0.25 && waits[5] > 3)
    #expect(waits.allSatisfy { $0 <= 30 } && waits.suffix(10).allSatisfy { $0 >= 15 })
    #expect(Set(waits.suffix(10)).count > 5, "spread")
    _ = flow.handle(.connected, now: now)
    _ = flow.handle(.claimed(1, bytes: 1), now: now)
    _ = flow.handle(.answered(1, Self.stored), now: now)
    _ = flow.handle(.lost(Trouble(.away, "again")), now: now)
    #expect((flow.retry ?? 0) - now <= 0.25)
  }

  @Test("a connection on which nothing is acknowledged counts as lost")
  func silence() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 5)
    #expect(flow.wake == 15)
    #expect(flow.handle(.tick, now: 14.9) == [])
    #expect(flow.handle(.tick, now: 15) == [.disconnect])
    #expect(flow.trouble?.kind == .away && !flow.isConnected)
  }

  @Test("a full stream is tried with one article at a time, and then all go on")
  func full() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.claimed(2, bytes: 1), now: 0)
    #expect(flow.handle(.answered(1, .full("maximum messages exceeded")), now: 0) == [])
    #expect(flow.handle(.answered(2, .full("maximum messages exceeded")), now: 0) == [])
    #expect(flow.trouble?.kind == .full && flow.isConnected)
    let first = flow.retry ?? 0
    #expect(flow.handle(.tick, now: first) == [.send(3, 1)], "the oldest alone")
    #expect(flow.handle(.answered(3, .full("still")), now: first) == [])
    let second = flow.retry ?? 0
    #expect(second > first)
    #expect(flow.handle(.tick, now: second) == [.send(4, 1)])
    #expect(flow.handle(.answered(4, Self.stored), now: second) == [.remove(1), .send(5, 2)])
    #expect(flow.trouble == nil)
  }

  @Test("an answer to what was sent before the stream was full does not end the pause")
  func lateAnswer() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.claimed(2, bytes: 1), now: 0)
    _ = flow.handle(.answered(1, .full("full")), now: 0)
    #expect(flow.handle(.answered(2, Self.stored), now: 0) == [.remove(2)])
    #expect(flow.trouble?.kind == .full)
  }

  @Test("an article that is too large is set aside, and blocks no other")
  func tooLarge() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.claimed(2, bytes: 1), now: 0)
    #expect(flow.handle(.answered(1, .tooLarge("2 MB")), now: 0) == [.setAside(1, reason: "2 MB")])
    #expect(flow.handle(.answered(2, Self.stored), now: 0) == [.remove(2)])
    #expect(flow.trouble == nil && flow.setAside == 1)
  }

  @Test("a too large article as the probe of a full stream gives its place to the next")
  func tooLargeProbe() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.claimed(2, bytes: 1), now: 0)
    _ = flow.handle(.answered(1, .full("full")), now: 0)
    _ = flow.handle(.answered(2, .full("full")), now: 0)
    let retry = flow.retry ?? 0
    _ = flow.handle(.tick, now: retry)
    #expect(flow.handle(.answered(3, .tooLarge("x")), now: retry) == [.setAside(1, reason: "x"), .send(4, 2)])
  }

  @Test("an article that is refused while others are taken is set aside in the end")
  func odd() {
    var flow = connected { $0.articles = 100 }
    var now = 0.0
    var key: Flow.Key = 1
    var actions = flow.handle(.claimed(1, bytes: 1), now: now)
    var removed = 0
    // The stream refuses article 1 alone; others come one at a time.
    for _ in 0..<200 where flow.setAside == 0 {
      var next: [Flow.Action] = []
      for action in actions {
        switch action {
        case .send(let token, let sent):
          next += flow.handle(.answered(token, sent == 1 ? .odd("bad header") : Self.stored), now: now)
        case .remove(let gone):
          removed += 1
          next += flow.handle(.left(gone), now: now)
        case .look:
          key += 1
          next += flow.handle(.claimed(key, bytes: 1), now: now)
        default: break
        }
      }
      if next.isEmpty {
        now = flow.wake ?? now + 1
        next = flow.handle(.tick, now: now)
      }
      actions = next
    }
    #expect(flow.setAside == 1 && removed >= 4)
  }

  @Test("an article that is refused alone is kept: the fault may be the stream's")
  func oddAlone() {
    var flow = connected()
    var actions = flow.handle(.claimed(1, bytes: 1), now: 0)
    var now = 0.0
    for _ in 0..<50 {
      for case .send(let token, _) in actions { _ = flow.handle(.answered(token, .odd("no")), now: now) }
      now = max(now, flow.wake ?? now)
      actions = flow.handle(.tick, now: now)
    }
    #expect(flow.setAside == 0 && flow.held == 1)
  }

  @Test("when nobody listens the stream is looked up anew")
  func nobody() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    #expect(flow.handle(.answered(1, .nobody("gone")), now: 0) == [.disconnect])
    #expect(flow.trouble?.kind == .misfit && !flow.isConnected)
    let retry = flow.retry ?? 0
    #expect(flow.handle(.tick, now: retry) == [.connect])
    let missing = Trouble(.misfit, "there is no stream", remedy: "make it")
    #expect(flow.handle(.lost(missing), now: retry) == [])
    #expect(flow.trouble == missing)
  }

  @Test("an element that is no article is set aside without being sent")
  func unusable() {
    var flow = connected()
    #expect(
      flow.handle(.unusable(1, reason: "it has no uri"), now: 0) == [.setAside(1, reason: "it has no uri"), .look])
  }

  @Test("a stop gives back what is not sent, waits for the stream's word on the rest, and then ends")
  func stop() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.claimed(2, bytes: 1), now: 0)
    #expect(flow.handle(.stop, now: 1) == [])
    #expect(flow.wake == 4)
    #expect(flow.handle(.claimed(3, bytes: 1), now: 1) == [.giveBack(3)], "what the queue gave meanwhile")
    #expect(flow.handle(.left(3), now: 1) == [])
    #expect(flow.handle(.answered(1, Self.stored), now: 1) == [.remove(1)])
    #expect(flow.handle(.left(1), now: 1) == [])
    #expect(flow.handle(.tick, now: 4) == [.giveBack(2)], "the stream did not answer in time")
    #expect(flow.wake == nil)
    #expect(flow.handle(.left(2), now: 4) == [.finished])
    #expect(flow.handle(.tick, now: 5) == [], "once")
  }

  @Test("a stop without a connection waits for nothing")
  func stopWhileAway() {
    var flow = connected()
    _ = flow.handle(.claimed(1, bytes: 1), now: 0)
    _ = flow.handle(.nothing, now: 0)
    _ = flow.handle(.lost(Trouble(.away, "x")), now: 1)
    #expect(flow.handle(.nothing, now: 1) == [])
    #expect(flow.handle(.stop, now: 1) == [.giveBack(1)])
    #expect(flow.handle(.left(1), now: 1) == [.finished])
  }
}
