import Store
import Synchronization

/// What the fetcher asks before each request: whether this node holds the group's lease, and has prepared for it. A
/// group that was another node's rests for its gap first, and that has to be known to the fetcher before it asks.
final class FetchPermission: Sendable {
  private struct State {
    var held: (@Sendable (String) -> Fence?)?
    var opened: [String: Int64] = [:]
  }

  private let state = Mutex(State())

  /// - Parameter held: the lease of a group that is this node's at this moment.
  func use(_ held: @escaping @Sendable (String) -> Fence?) { state.withLock { $0.held = held } }

  /// What has been opened under an earlier lease is not under this one.
  func open(_ fence: Fence) { state.withLock { $0.opened[fence.group] = fence.epoch } }

  func close(_ group: String) { state.withLock { $0.opened[group] = nil } }

  /// The lease of a group that may be fetched from now.
  func fence(_ group: String) -> Fence? {
    state.withLock { state in
      guard let fence = state.held?(group), state.opened[group] == fence.epoch else { return nil }
      return fence
    }
  }

  func permits(_ group: String) -> Bool { fence(group) != nil }
}

/// The groups in which something is under way. Marked before the right to a group is asked for, so that a lease is
/// never given back between the two.
final class BusyGroups: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  func begin(_ group: String) { counts.withLock { $0[group, default: 0] += 1 } }

  func end(_ group: String) {
    counts.withLock {
      let left = $0[group, default: 1] - 1
      $0[group] = left > 0 ? left : nil
    }
  }

  func isIdle(_ group: String) -> Bool { counts.withLock { $0[group] == nil } }
}
