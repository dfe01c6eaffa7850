internal import HeapModule
public import Values

/// What is due when: a heap of due times with one entry a number. Setting a new time replaces the old one.
/// Every operation costs the logarithm of the number of entries, and an entry 28 bytes: numbers should be dense.
public struct DueHeap: Sendable {
  private struct Entry: Comparable {
    /// Microseconds since 1970.
    let due: Int64
    let number: Int32
    /// An entry counts only while its serial is its number's latest.
    let serial: UInt32

    static func < (a: Entry, b: Entry) -> Bool { (a.due, a.number) < (b.due, b.number) }
  }

  private var heap = Heap<Entry>()
  /// By number; `none` where nothing is set.
  private var dues: [Int64] = []
  private var serials: [UInt32] = []
  public private(set) var count = 0

  private static let none = Int64.max

  public init() {}

  public mutating func set(_ number: Int, due: Timestamp) {
    while dues.count <= number {
      dues.append(Self.none)
      serials.append(0)
    }
    if dues[number] == Self.none { count += 1 }
    dues[number] = Self.microseconds(due)
    serials[number] &+= 1
    heap.insert(Entry(due: dues[number], number: Int32(number), serial: serials[number]))
    // Replaced entries stay until they reach the top; many replacements must not pile up.
    if heap.count > 2 * count + 64 { rebuild() }
  }

  public mutating func remove(_ number: Int) {
    guard dues.indices.contains(number), dues[number] != Self.none else { return }
    dues[number] = Self.none
    count -= 1
  }

  public func due(_ number: Int) -> Timestamp? {
    guard dues.indices.contains(number), dues[number] != Self.none else { return nil }
    return Timestamp(microseconds: dues[number])
  }

  /// The earliest due time; nil when nothing is scheduled.
  public mutating func next() -> Timestamp? {
    dropStale()
    return (heap.min?.due).map { Timestamp(microseconds: $0) }
  }

  /// Takes out the earliest entry that is due by `now`.
  public mutating func pop(by now: Timestamp) -> Int? {
    dropStale()
    guard let first = heap.min, first.due <= Self.microseconds(now) else { return nil }
    _ = heap.popMin()
    remove(Int(first.number))
    return Int(first.number)
  }

  private func isLive(_ entry: Entry) -> Bool {
    let number = Int(entry.number)
    return dues[number] != Self.none && serials[number] == entry.serial
  }

  private mutating func dropStale() {
    while let first = heap.min, !isLive(first) { _ = heap.popMin() }
  }

  private mutating func rebuild() { heap = Heap(heap.unordered.filter(isLive)) }

  private static func microseconds(_ time: Timestamp) -> Int64 {
    let seconds = min(max(time.seconds, -1 << 42), 1 << 42)
    return Timestamp(seconds: seconds, nanoseconds: time.nanoseconds).microseconds
  }
}
