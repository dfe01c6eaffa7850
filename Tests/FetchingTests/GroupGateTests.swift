import Testing
import Values

@testable import Fetching

@Suite struct GroupGateTests {
  /// Starts everything that may start at that time.
  private func start(_ gate: inout GroupGate, at now: Int64) -> [Int] {
    var started: [Int] = []
    while let (id, _) = gate.next(now: now) { started.append(id) }
    return started
  }

  @Test func concurrencyOfAGroup() {
    var gate = GroupGate(maxConcurrent: 10)
    for id in 1...4 { gate.enqueue(id, group: "a", priority: 0, concurrency: 2, gap: 0) }
    #expect(start(&gate, at: 0) == [1, 2])
    #expect(gate.nextWake(now: 0) == nil)
    gate.finish(group: "a", now: 5)
    #expect(start(&gate, at: 5) == [3])
    #expect(gate.waiting == 1)
    #expect(gate.running == 2)
  }

  @Test func gapOfAGroup() {
    var gate = GroupGate(maxConcurrent: 10)
    for id in 1...3 { gate.enqueue(id, group: "a", priority: 0, concurrency: 5, gap: 100) }
    #expect(start(&gate, at: 0) == [1])
    #expect(gate.nextWake(now: 10) == 100)
    #expect(start(&gate, at: 99) == [])
    #expect(start(&gate, at: 100) == [2])
    #expect(start(&gate, at: 250) == [3])
  }

  @Test("the gap is counted from the sending, however long the connection took")
  func gapFromTheSending() {
    var gate = GroupGate(maxConcurrent: 10)
    for id in 1...2 { gate.enqueue(id, group: "a", priority: 0, concurrency: 5, gap: 100) }
    #expect(start(&gate, at: 0) == [1])
    gate.departed(group: "a", now: 60)
    #expect(start(&gate, at: 100) == [])
    #expect(gate.nextWake(now: 100) == 160)
    #expect(start(&gate, at: 160) == [2])
    // A group that has been forgotten stays so.
    gate.departed(group: "b", now: 5)
    #expect(gate.knownGroups == 1)
  }

  @Test func gapOutlivesAnIdleGroup() {
    var gate = GroupGate(maxConcurrent: 10)
    gate.enqueue(1, group: "a", priority: 0, concurrency: 1, gap: 100)
    #expect(start(&gate, at: 0) == [1])
    gate.finish(group: "a", now: 10)
    gate.enqueue(2, group: "a", priority: 0, concurrency: 1, gap: 100)
    #expect(start(&gate, at: 50) == [])
    #expect(start(&gate, at: 100) == [2])
  }

  @Test func groupsTakeTurns() {
    var gate = GroupGate(maxConcurrent: 1)
    for id in 1...3 { gate.enqueue(id, group: "long", priority: 9, concurrency: 5, gap: 0) }
    gate.enqueue(10, group: "b", priority: 0, concurrency: 5, gap: 0)
    gate.enqueue(20, group: "c", priority: 0, concurrency: 5, gap: 0)
    var order: [Int] = []
    while let (id, group) = gate.next(now: 0) {
      order.append(id)
      gate.finish(group: group, now: 0)
    }
    #expect(order == [1, 10, 20, 2, 3])
  }

  @Test func priorityThenArrival() {
    var gate = GroupGate(maxConcurrent: 1)
    for (id, priority) in [(1, 0), (2, 5), (3, 5), (4, 9), (5, -1)] {
      gate.enqueue(id, group: "a", priority: priority, concurrency: 1, gap: 0)
    }
    var order: [Int] = []
    while let (id, group) = gate.next(now: 0) {
      order.append(id)
      gate.finish(group: group, now: 0)
    }
    #expect(order == [4, 2, 3, 1, 5])
  }

  @Test func eachRequestKeepsItsOwnNumbers() {
    var gate = GroupGate(maxConcurrent: 10)
    gate.enqueue(1, group: "a", priority: 0, concurrency: 3, gap: 0)
    gate.enqueue(2, group: "a", priority: 0, concurrency: 1, gap: 0)
    #expect(start(&gate, at: 0) == [1])
    gate.finish(group: "a", now: 1)
    #expect(start(&gate, at: 1) == [2])
  }

  @Test func cancelWaiting() {
    var gate = GroupGate(maxConcurrent: 1)
    gate.enqueue(1, group: "a", priority: 0, concurrency: 1, gap: 0)
    gate.enqueue(2, group: "b", priority: 0, concurrency: 1, gap: 0)
    #expect(start(&gate, at: 0) == [1])
    let answers = [gate.cancel(2), gate.cancel(2), gate.cancel(1)]
    #expect(answers == [true, false, false])
    gate.finish(group: "a", now: 0)
    #expect(start(&gate, at: 0) == [])
    #expect(gate.running == 0)
    #expect(gate.waiting == 0)
  }

  @Test func holdAndRelease() {
    var gate = GroupGate(maxConcurrent: 4)
    gate.hold(group: "a", until: 500)
    gate.hold(group: "a", until: 300)
    gate.enqueue(1, group: "a", priority: 0, concurrency: 1, gap: 0)
    gate.enqueue(2, group: "b", priority: 0, concurrency: 1, gap: 0)
    #expect(start(&gate, at: 0) == [2])
    #expect(gate.nextWake(now: 0) == 500)
    #expect(start(&gate, at: 499) == [])
    #expect(start(&gate, at: 500) == [1])
  }

  @Test func forgetsIdleGroups() {
    var gate = GroupGate(maxConcurrent: 1)
    for id in 0..<2000 {
      gate.enqueue(id, group: "g\(id)", priority: 0, concurrency: 1, gap: 10)
      let now = Int64(id) * 100
      #expect(start(&gate, at: now) == [id])
      gate.finish(group: "g\(id)", now: now + 50)
    }
    #expect(gate.knownGroups < 300)
  }

  /// Random events; after each, no limit is broken and nothing that may start is left waiting.
  @Test(arguments: 0..<20) func invariants(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    var gate = GroupGate(maxConcurrent: 3)
    var now: Int64 = 0
    var running: [String: Int] = [:]
    var lastStart: [String: Int64] = [:]
    var waiting: [Int: String] = [:]
    var served = 0
    for id in 0..<400 {
      now += Int64(random.next() % 40)
      let group = "g\(random.next() % 5)"
      switch random.next() % 4 {
      case 0, 1:
        gate.enqueue(id, group: group, priority: Int(random.next() % 3), concurrency: 2, gap: 25)
        waiting[id] = group
      case 2:
        if let busy = running.keys.sorted().randomElement(using: &random) {
          gate.finish(group: busy, now: now)
          running[busy] = running[busy]! == 1 ? nil : running[busy]! - 1
        }
      default:
        if let some = waiting.keys.sorted().randomElement(using: &random) {
          let wasWaiting = gate.cancel(some)
          #expect(wasWaiting)
          waiting[some] = nil
        }
      }
      while let (started, group) = gate.next(now: now) {
        #expect(waiting.removeValue(forKey: started) == group)
        running[group, default: 0] += 1
        served += 1
        #expect(running[group]! <= 2)
        #expect(now - (lastStart[group] ?? -1000) >= 25)
        lastStart[group] = now
      }
      let total = running.values.reduce(0, +)
      #expect(total <= 3 && gate.running == total && gate.waiting == waiting.count)
      if total < 3 {
        let ready = waiting.values.contains { (running[$0] ?? 0) < 2 && now - (lastStart[$0] ?? -1000) >= 25 }
        #expect(!ready)
      }
    }
    #expect(served > 50)
  }
}
