import Store

@testable import Fleet

/// What PostgreSQL does with a book's statements, in memory: each is one step that nothing comes between.
struct SimulatedDatabase {
  struct Row {
    var instance: String
    var session: Int64
    var beat: Int64
    /// nil when the node is gone.
    var lease: Int64?
    var expires: Int64
    var isDraining = false
    var holding = Holding(leases: 0, weight: 0, wished: 0)
  }
  struct Lease {
    var node: String?
    var epoch: Int64
    var weight: Int
    var freeAt: Int64 = .min
    var wasHeld = false
  }

  var nodes: [String: Row] = [:]
  var leases: [String: Lease] = [:]
  /// How far the clock has been set from true time, in microseconds. May be changed at any moment.
  var setBy: Int64 = 0
  /// Rows that somebody else works with are passed over.
  var isLocked: (String) -> Bool = { _ in false }

  private func isGone(_ node: String?) -> Bool { node.map { nodes[$0]?.lease == nil } ?? false }

  private func isIn(_ name: String, _ session: Int64) -> Bool {
    nodes[name].map { $0.session == session && $0.lease != nil } ?? false
  }

  /// - Parameter time: true time, in nanoseconds.
  mutating func run(
    _ statement: LeaseStatement, by name: String, instance: String, lease: Int64, time: Int64
  ) -> LeaseAnswer {
    let now = time / 1000 + setBy
    switch statement {
    case .join(let session, let trusts, let over):
      if let row = nodes[name] {
        let mark = NodeMark(name: name, session: row.session, beat: row.beat, lease: row.lease ?? 0)
        let isFree =
          row.session == session || row.lease == nil || (trusts && row.instance == instance)
          || over.contains { $0.session == row.session && $0.beat == row.beat }
        guard isFree else { return .occupied(mark, isAlive: row.expires > now) }
      }
      let draining = nodes[name]?.isDraining ?? false
      nodes[name] = Row(
        instance: instance, session: session, beat: now, lease: lease, expires: now + lease / 1000, isDraining: draining
      )
      return .joined(isDraining: draining)
    case .adopt(let session):
      guard isIn(name, session) else { return .leases([]) }
      for (group, row) in leases where row.node == name { leases[group]!.epoch += 1 }
      return .leases(rows(of: name))
    case .list(let session): return .leases(isIn(name, session) ? rows(of: name) : [])
    case .beat(let session, let holding):
      let isRenewed = isIn(name, session)
      if isRenewed {
        nodes[name]!.beat = now
        nodes[name]!.expires = now + lease / 1000
        nodes[name]!.holding = holding
      }
      let found = nodes.map { name, row in
        Overview.Node(
          mark: NodeMark(name: name, session: row.session, beat: row.beat, lease: row.lease ?? 0),
          isDraining: row.isDraining, isGone: row.lease == nil,
          weight: row.lease != nil
            ? row.holding.weight : leases.values.reduce(0) { $0 + ($1.node == name ? $1.weight : 0) },
          wished: row.holding.wished)
      }
      return .overview(
        Overview(
          isRenewed: isRenewed, isDraining: nodes[name]?.isDraining ?? false, nodes: found,
          free: leases.values.reduce(0) { $0 + ($1.node == nil ? $1.weight : 0) }, clock: Double(now) / 1e6))
    case .wish(let wishes):
      for wish in wishes {
        leases[wish.group, default: Lease(node: nil, epoch: now / 1_000_000, weight: wish.weight)].weight = wish.weight
      }
      return .done
    case .bury(let marks):
      var buried: [String] = []
      for mark in marks {
        guard let row = nodes[mark.name], row.session == mark.session, row.beat == mark.beat else { continue }
        nodes[mark.name]!.session = 0
        nodes[mark.name]!.lease = nil
        nodes[mark.name]!.expires = .min
        buried.append(mark.name)
      }
      return .buried(buried)
    case .claim(let session, let weight, let limit, let only):
      guard isIn(name, session) else { return .claimed([]) }
      var left = weight
      var taken: [LeaseRow] = []
      for (group, row) in leases.sorted(by: { $0.key < $1.key }) where left > 0 && taken.count < limit {
        let isFree = row.node == nil && (row.freeAt <= now || row.freeAt > now + 60_000_000)
        guard row.weight > 0, isFree || isGone(row.node), only?.contains(group) != false, !isLocked(group) else {
          continue
        }
        left -= row.weight
        taken.append(take(group, by: name))
      }
      return .claimed(taken)
    case .release(_, let fences, let holding):
      var kept: [String] = []
      for fence in fences {
        guard let row = leases[fence.group], row.node == name, row.epoch == fence.epoch else { continue }
        if isLocked(fence.group) {
          kept.append(fence.group)
        } else {
          leases[fence.group]!.node = nil
          leases[fence.group]!.freeAt = now + 1_000_000
        }
      }
      nodes[name]?.holding = holding
      return .kept(kept)
    case .note(let session, let holding):
      if isIn(name, session) { nodes[name]!.holding = holding }
      return .done
    case .acquire(let session, let group):
      guard isIn(name, session) else { return .elsewhere(node: leases[group]?.node ?? nil) }
      guard let row = leases[group] else {
        leases[group] = Lease(node: name, epoch: now / 1_000_000, weight: 0, wasHeld: true)
        return .acquired(LeaseRow(group: group, epoch: now / 1_000_000, weight: 0, before: .nobody))
      }
      guard (row.node == nil && row.freeAt <= now) || isGone(row.node) else { return .elsewhere(node: row.node) }
      var taken = take(group, by: name)
      taken.before = .active
      return .acquired(taken)
    case .tidy: return .done
    case .leave(let session):
      if isIn(name, session) {
        nodes[name]!.session = -1
        nodes[name]!.lease = nil
        nodes[name]!.expires = .min
      }
      return .done
    }
  }

  private mutating func take(_ group: String, by name: String) -> LeaseRow {
    let before = leases[group]!
    leases[group]!.node = name
    leases[group]!.epoch += 1
    leases[group]!.wasHeld = true
    let isSilent = before.node.map { nodes[$0]?.session == 0 } ?? false
    return LeaseRow(
      group: group, epoch: before.epoch + 1, weight: before.weight,
      before: isSilent ? .silent : before.wasHeld ? .active : .nobody)
  }

  private func rows(of name: String) -> [LeaseRow] {
    leases.filter { $0.value.node == name }.map {
      LeaseRow(group: $0.key, epoch: $0.value.epoch, weight: $0.value.weight, before: .active)
    }
  }
}
