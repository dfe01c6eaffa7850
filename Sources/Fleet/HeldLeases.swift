public import Store
internal import Synchronization

/// What a node may ask at this moment. Read from any thread, without waiting for anything: the permission ends by the
/// machine's own clock, whatever the thread that renews it is doing.
public final class HeldLeases: Sendable {
  private struct State {
    var leases: [String: LeaseBook.Held] = [:]
    var validUntil = LeaseClock.Instant.min
    var clockLead = 0.0
  }

  private let state = Mutex(State())
  private let clock: @Sendable () -> LeaseClock.Instant

  init(clock: @escaping @Sendable () -> LeaseClock.Instant = LeaseClock.now) { self.clock = clock }

  /// The right to the group; nil when it is not held, or when the time has run out.
  public func fence(_ group: String) -> Fence? {
    let now = clock()
    return state.withLock { state in
      guard now < state.validUntil, let lease = state.leases[group] else { return nil }
      return Fence(group: group, epoch: lease.epoch)
    }
  }

  public func permits(_ group: String) -> Bool { fence(group) != nil }

  /// The groups that are held, in no order; empty when the time has run out.
  public var groups: [String] {
    let now = clock()
    return state.withLock { now < $0.validUntil ? Array($0.leases.keys) : [] }
  }

  public var count: Int {
    let now = clock()
    return state.withLock { now < $0.validUntil ? $0.leases.count : 0 }
  }

  /// Seconds by which this machine's clock was ahead of the database's at the last beat, as far as an answer's way lets
  /// that be known. What nodes tell each other in times has to be in the database's.
  public var clockLead: Double { state.withLock { $0.clockLead } }

  func take(from book: LeaseBook) {
    state.withLock {
      $0.leases = book.held
      $0.validUntil = book.validUntil
      $0.clockLead = book.clockLead
    }
  }
}
