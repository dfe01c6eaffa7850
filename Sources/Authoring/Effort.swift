#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What a search may cost. Counted in work and not in time, so that a busy machine comes to the same end as an idle
/// one; the processor's time is only the last resort, for pages on which a step costs far more than elsewhere.
final class Effort {
  private var left: Int
  private let processorLimit: Double
  private let began = Effort.processorSeconds()

  /// - Parameter limit: what may be taken in all.
  init(_ limit: Int, processorSeconds: Double = 10) {
    left = limit
    processorLimit = processorSeconds
  }

  /// Whether that much may still be done; then it counts as done.
  func take(_ amount: Int) -> Bool {
    guard left >= amount, Self.processorSeconds() - began < processorLimit else {
      left = 0
      return false
    }
    left -= amount
    return true
  }

  /// What this thread has had of a processor.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
