import Testing
import Values

@testable import Scheduling

@Suite("Due heap")
struct DueHeapTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

  @Test("gives what is due, the earliest first, and nothing before its time")
  func order() {
    var heap = DueHeap()
    heap.set(1, due: at(20))
    heap.set(0, due: at(10))
    heap.set(2, due: at(30))
    #expect(heap.next() == at(10))
    #expect(heap.pop(by: at(9)) == nil)
    #expect([heap.pop(by: at(25)), heap.pop(by: at(25)), heap.pop(by: at(25))] == [0, 1, nil])
    #expect(heap.count == 1)
  }

  @Test("a new time takes the place of the old one, earlier or later")
  func replaces() {
    var heap = DueHeap()
    heap.set(0, due: at(10))
    heap.set(0, due: at(50))
    heap.set(1, due: at(40))
    heap.set(1, due: at(5))
    #expect(heap.pop(by: at(45)) == 1)
    #expect(heap.pop(by: at(45)) == nil)
    #expect(heap.next() == at(50))
    heap.remove(0)
    #expect(heap.next() == nil && heap.count == 0)
  }

  @Test("keeps parts of a second, and holds times that no clock shows")
  func extremes() {
    var heap = DueHeap()
    let odd = Timestamp(seconds: 7, nanoseconds: 123_456_000)
    heap.set(0, due: odd)
    heap.set(1, due: Timestamp(seconds: .max))
    heap.set(2, due: Timestamp(seconds: .min))
    #expect(heap.due(0) == odd && heap.due(9) == nil)
    #expect(heap.pop(by: at(0)) == 2)
    #expect(heap.pop(by: Timestamp(seconds: 7, nanoseconds: 123_455_000)) == nil)
    #expect(heap.pop(by: odd) == 0)
    #expect(heap.pop(by: at(1 << 40)) == nil && heap.count == 1)
  }

  @Test("agrees with a sorted list over many random changes")
  func model() {
    var heap = DueHeap()
    var model: [Int: Int64] = [:]
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<20_000 {
      let number = random(50)
      switch random(4) {
      case 0:
        heap.remove(number)
        model[number] = nil
      case 1:
        let now = Int64(random(1000))
        let popped = heap.pop(by: at(now))
        let earliest = model.values.min()
        #expect((popped == nil) == (earliest.map { $0 > now } ?? true))
        if let popped { #expect(model.removeValue(forKey: popped) == earliest) }
      default:
        let due = Int64(random(1000))
        heap.set(number, due: at(due))
        model[number] = due
      }
      #expect(heap.count == model.count)
    }
  }

  @Test("instants beyond all plans keep their order", arguments: [Int64.min, .max])
  func extremes(_ seconds: Int64) throws {
    var heap = DueHeap()
    heap.set(1, due: Timestamp(seconds: seconds, nanoseconds: 999_999_999))
    heap.set(2, due: at(5))
    #expect(heap.pop(by: Timestamp(seconds: .max)) == (seconds < 0 ? 1 : 2))
    #expect(heap.count == 1)
  }
}
