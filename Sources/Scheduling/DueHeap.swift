internal import HeapModule
public import Values

/// What is due when: a heap of due times with one entry an identifier. Setting a new time replaces the old one.
/// Every operation costs the logarithm of the number of entries.
public struct DueHeap: Sendable {
  private struct Entry: Comparable {
    let due: Timestamp
    let id: String
    /// An entry counts only while its serial is the identifier's latest.
    let serial: UInt64

    static func < (a: Entry, b: Entry) -> Bool { (a.due, a.serial) < (b.due, b.serial) }
  }

  private var heap = Heap<Entry>()
  private var latest: [String: (serial: UInt64, due: Timestamp)] = [:]
  private var serial: UInt64 = 0

  public init() {}

  public var count: Int { latest.count }

  public mutating func set(_ id: String, due: Timestamp) {
    serial += 1
    latest[id] = (serial, due)
    heap.insert(Entry(due: due, id: id, serial: serial))
  }

  public mutating func remove(_ id: String) { latest[id] = nil }

  public func due(_ id: String) -> Timestamp? { latest[id]?.due }

  /// The earliest due time; nil when nothing is scheduled.
  public mutating func next() -> Timestamp? {
    dropStale()
    return heap.min?.due
  }

  /// Takes out the earliest entry that is due by `now`.
  public mutating func pop(by now: Timestamp) -> String? {
    dropStale()
    guard let first = heap.min, first.due <= now else { return nil }
    _ = heap.popMin()
    latest[first.id] = nil
    return first.id
  }

  private mutating func dropStale() {
    while let first = heap.min, latest[first.id]?.serial != first.serial { _ = heap.popMin() }
  }
}
