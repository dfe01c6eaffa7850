/// A cap on what all transfers together receive: a bucket that fills with so many bytes a second and holds one second's
/// worth. Pure: it is told what came and when. What has been received already may overdraw it, by at most what the
/// transfers' buffers hold; nothing more is taken until the debt is paid, so that the mean rate holds.
struct Bandwidth {
  /// Nanoseconds of a clock that never goes back.
  typealias Instant = Int64

  private let bytesPerSecond: Double
  private var level: Double
  private var last: Instant

  init(bytesPerSecond: Int, now: Instant) {
    self.bytesPerSecond = Double(bytesPerSecond)
    level = Double(bytesPerSecond)
    last = now
  }

  private mutating func fill(_ now: Instant) {
    guard now > last else { return }
    level = min(bytesPerSecond, level + Double(now - last) / 1e9 * bytesPerSecond)
    last = now
  }

  /// Counts bytes that have come.
  mutating func take(_ bytes: Int, now: Instant) {
    fill(now)
    level -= Double(bytes)
  }

  /// Whether more may be received.
  mutating func isOpen(now: Instant) -> Bool {
    fill(now)
    return level > 0
  }

  /// When it opens again; nil when it is open.
  mutating func opensAt(now: Instant) -> Instant? {
    if isOpen(now: now) { return nil }
    // A little more than the debt, so that an opening is worth its turn.
    return now + Int64((-level / bytesPerSecond + 0.01) * 1e9)
  }
}
