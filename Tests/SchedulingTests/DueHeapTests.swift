import Testing
import Values

@testable import Scheduling

@Suite("Due heap")
struct DueHeapTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

  @Test("gives what is due, the earliest first, and nothing before its time")
  func order() {
    var heap = DueHeap()
    heap.set("b", due: at(20))
    heap.set("a", due: at(10))
    heap.set("c", due: at(30))
    #expect(heap.next() == at(10))
    #expect(heap.pop(by: at(9)) == nil)
    #expect([heap.pop(by: at(25)), heap.pop(by: at(25)), heap.pop(by: at(25))] == ["a", "b", nil])
    #expect(heap.count == 1)
  }

  @Test("a new time takes the place of the old one, earlier or later")
  func replaces() {
    var heap = DueHeap()
    heap.set("a", due: at(10))
    heap.set("a", due: at(50))
    heap.set("b", due: at(40))
    heap.set("b", due: at(5))
    #expect(heap.pop(by: at(45)) == "b")
    #expect(heap.pop(by: at(45)) == nil)
    #expect(heap.next() == at(50))
    heap.remove("a")
    #expect(heap.next() == nil && heap.count == 0)
  }

  @Test("agrees with a sorted list over many random changes")
  func model() {
    var heap = DueHeap()
    var model: [String: Int64] = [:]
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<5000 {
      let id = "s\(random(50))"
      switch random(4) {
      case 0:
        heap.remove(id)
        model[id] = nil
      case 1:
        let now = Int64(random(1000))
        let popped = heap.pop(by: at(now))
        let earliest = model.values.min()
        #expect((popped == nil) == (earliest.map { $0 > now } ?? true))
        if let popped { #expect(model.removeValue(forKey: popped) == earliest) }
      default:
        let due = Int64(random(1000))
        heap.set(id, due: at(due))
        model[id] = due
      }
      #expect(heap.count == model.count)
    }
  }
}
