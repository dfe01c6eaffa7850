// Fleet: several nodes that share one state. Which rate groups a node may ask is leased to it, and this module keeps
// the leases: who holds which group, for how long, how nodes share them, and what happens when one is gone. It must not
// know what is fetched, or how; it gives permissions and takes them.

/// What happened to a node's leases, in the order in which it did.
public enum LeaseEvent: Sendable, Equatable {
  /// The node is part of the fleet, which has that many nodes that beat.
  case joined(nodes: Int)
  /// The group is this node's to ask from now on.
  case gained(group: String, before: PastHolder)
  case lost(group: String, why: Loss)
  /// The lease has run out, because the database could not be reached in time. Nothing is permitted until `back`.
  case cutOff
  /// The database is reached again. Groups that were lost meanwhile follow, each with an event of its own.
  case back
  /// An operator wants the node empty, or no longer does. Nothing new should begin while it is so: a group is given
  /// back once it is idle.
  case draining(Bool)
  /// The node is to be empty, and is.
  case drained
  /// Another process lives under this node's name. Nothing is permitted until it has gone.
  case ousted
  /// Another node no longer beats, and its groups are taken over.
  case gone(node: String)
  /// How far this machine's clock is ahead of the database's. Leases do not depend on it, times in articles do.
  case skew(seconds: Double)

  /// Why a group was lost.
  public enum Loss: String, Sendable, Equatable {
    /// Another node had too little, or no plugin of this node wants the group any more.
    case givenBack = "given-back"
    case drained
    /// The node was silent for too long, and others may have taken the group.
    case expired
    case ousted
  }
}

/// Who had a group before, and so when its last request may have been.
public enum PastHolder: Sendable, Equatable {
  case nobody
  /// Another node, or an earlier life of this one, up to a moment ago: the group has to rest for its gap first.
  case active
  /// A node that was declared gone. The last time at which it was permitted anything is past by `quiet` at least.
  case silent

  /// Seconds. A node permits nothing for the last two seconds and more of its lease, and is not declared gone before
  /// the lease has ended. What was sent before has the time in between, less this, to arrive.
  public static let quiet = 1.0

  /// How long a request may be on its way, so that after a node was declared gone nothing of it arrives any more.
  public static func deliveryLimit(lease: Duration) -> Duration {
    .nanoseconds(LeaseBook.margin(of: lease.nanoseconds)) - .seconds(quiet)
  }
}

/// A rate group that plugins of this node have sources in.
public struct GroupWish: Sendable, Hashable {
  public var group: String
  /// How many sources: what shares are counted in.
  public var weight: Int

  public init(group: String, weight: Int) {
    self.group = group
    self.weight = max(1, weight)
  }
}
