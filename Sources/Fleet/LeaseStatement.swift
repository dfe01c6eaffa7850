internal import Store

/// What a node asks of the fleet's database, each in one statement. The book that keeps a node's leases is written in
/// terms of these, and so knows no database: a simulation answers them as well as PostgreSQL.
enum LeaseStatement: Sendable, Equatable {
  /// Registers the node under a session that it chose. Refused where the name belongs to another session, unless that
  /// one is gone, is of the same instance and that is trusted, or is one of `over`.
  case join(session: Int64, trustsInstance: Bool, over: [NodeMark])
  /// Takes on the leases that an earlier session of this node left, with new epochs.
  case adopt(session: Int64)
  /// Renews the node's row, and with it every lease it holds, and tells how the others are.
  case beat(session: Int64, holding: Holding)
  /// What this node holds by the database.
  case list(session: Int64)
  /// Makes rows of groups that have none.
  case wish([GroupWish])
  /// Declares nodes gone that have not beaten since these marks.
  case bury([NodeMark])
  /// Takes groups that nobody holds, or whose holder is gone, until they weigh that much: any, or only these.
  case claim(session: Int64, weight: Int, limit: Int, only: [String]?)
  /// Gives back what is still held under that epoch. Rows that somebody works with are kept, and named in the answer.
  case release(session: Int64, [Fence], holding: Holding)
  /// Tells the others what this node holds, between two beats.
  case note(session: Int64, holding: Holding)
  /// Takes one group, with a row made for it if there is none.
  case acquire(session: Int64, group: String)
  /// Forgets rows that nothing has needed for days.
  case tidy
  /// Takes the node out. Unlike those of one that was declared gone, its groups may have been at work a moment ago.
  case leave(session: Int64)
}

enum LeaseAnswer: Sendable, Equatable {
  case joined(isDraining: Bool)
  /// The name is in use.
  case occupied(NodeMark, isAlive: Bool)
  case leases([LeaseRow])
  case overview(Overview)
  case buried([String])
  case claimed([LeaseRow])
  case kept([String])
  case acquired(LeaseRow)
  case elsewhere(node: String?)
  case done
}

/// A node as it was seen: the same mark again means that it has not beaten in between.
struct NodeMark: Sendable, Hashable {
  var name: String
  var session: Int64
  /// Microseconds of the database's clock. Only compared for equality: that clock may be set.
  var beat: Int64
  /// How long a beat of that node holds, in nanoseconds; nodes may differ, while their settings are changed.
  var lease: Int64
}

struct LeaseRow: Sendable, Hashable {
  var group: String
  var epoch: Int64
  var weight: Int
  var before: PastHolder
}

/// What a node holds, as the others see it.
struct Holding: Sendable, Hashable {
  var leases: Int
  var weight: Int
  /// What all the groups weigh that its plugins want.
  var wished: Int
}

/// The fleet as one beat found it.
struct Overview: Sendable, Equatable {
  struct Node: Sendable, Equatable {
    var mark: NodeMark
    var isDraining: Bool
    /// Left, or declared gone: its leases are free to take.
    var isGone: Bool
    /// What it holds by its own account; of a node that is gone, what it has left.
    var weight: Int
    var wished: Int
  }

  /// Whether the node's row was still that of its session, and is renewed.
  var isRenewed: Bool
  var isDraining: Bool
  /// Every node, the asking one included.
  var nodes: [Node]
  /// What the groups that nobody holds weigh.
  var free: Int
  /// Seconds of the database's clock.
  var clock: Double
}
