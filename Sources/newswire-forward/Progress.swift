import Synchronization

/// What the watchdog looks at: a counter for each part that could hang. A part that has nothing to do counts as well,
/// when the loop says so.
final class Progress: Sendable {
  private let loop = Atomic<UInt64>(0)
  private let queue = Atomic<UInt64>(0)
  private let stream = Atomic<UInt64>(0)

  func turned() { loop.wrappingAdd(1, ordering: .relaxed) }
  func usedQueue() { queue.wrappingAdd(1, ordering: .relaxed) }
  func usedStream() { stream.wrappingAdd(1, ordering: .relaxed) }

  var counters: [(name: String, count: @Sendable () -> UInt64)] {
    [
      ("loop", { self.loop.load(ordering: .relaxed) }), ("queue", { self.queue.load(ordering: .relaxed) }),
      ("stream", { self.stream.load(ordering: .relaxed) }),
    ]
  }
}
