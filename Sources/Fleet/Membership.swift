public import PostgreSQL
public import Store
internal import Threads
public import Values

/// A node's place in the fleet: beats for it and keeps its leases.
///
/// Has a thread and a connection of its own, so that nothing else that the node does with its database delays a beat. A
/// call may wait for the database for as long as a beat may be late; `held` never waits.
public actor Membership {
  private let executor = ThreadExecutor(name: "fleet")
  private let table: PostgresLeases
  private var book: LeaseBook
  /// What the node may ask now.
  public nonisolated let held = HeldLeases()
  /// Why the database was last not to be had; nil when it was.
  public private(set) var problem: FleetError?
  /// Groups found at another node's, and for how long that is believed. Who wants one hands it to the group, not to the
  /// node, so an answer that has become old does no harm.
  private var elsewhere: [String: (node: String?, until: LeaseClock.Instant)] = [:]

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - instance: tells this machine's node from one of the same name elsewhere, and stays the same over restarts.
  ///   - lease: how long a beat holds.
  ///   - address: where people find the node; shown by `newswirectl fleet`.
  public init(
    target: PostgresTarget, node: String, instance: String, lease: Duration, version: String, address: String? = nil
  ) {
    table = PostgresLeases(
      target: target, node: node, instance: instance, lease: lease.nanoseconds, version: version, address: address)
    book = LeaseBook(name: node, lease: lease.nanoseconds) { Int64.random(in: 1...Int64.max) }
  }

  // MARK: Coming and going

  /// Registers the node. Where the name is that of a machine that seems to be gone, waits until that is certain: one
  /// lease. What this brings about is told by the first `beat`.
  public func join() async throws(FleetError) {
    var first: NodeMark?
    while true {
      if let error = turn(idle: { _ in true }) { throw error }
      guard case .shutOut(let mark, _) = book.phase else { return }
      if isOccupantAlive || (first != nil && first != mark) {
        throw FleetError(.nameTaken, "a node \(book.name) beats on another machine, or under another state directory")
      }
      first = mark
      let wait = max(100_000_000, min(mark.lease, book.lease) / 3 + 1_000_000)
      do { try await Task.sleep(for: .nanoseconds(wait)) } catch {
        throw FleetError(.unreachable, "joining the fleet was given up")
      }
    }
  }
  private var isOccupantAlive = false

  /// Gives everything back, for others to take at once. Call it when nothing is under way any more.
  public func leave() {
    if let statement = book.leave() {
      held.take(from: book)
      do throws(FleetError) { _ = try table.run(statement) } catch { problem = error }
    }
    table.disconnect()
  }

  // MARK: Beats

  /// The groups of all sources that the node's plugins have, instead of those before. Said to the database, and
  /// claimed, with the next beats.
  public func wish(_ groups: [GroupWish]) {
    book.wish(groups)
    held.take(from: book)
  }

  /// One beat: renews the leases, takes what the node's share leaves room for, gives back what it is to give back.
  ///
  /// - Parameters:
  ///   - idle: whether nothing of the group is under way. Asked twice of a group that is to be given back, before and
  ///     after
  ///     it ceases to be permitted: what marks its work before it asks for a permission is never overtaken.
  ///   - figures: what `newswirectl fleet` shows of the node: `sources`, `lag` in seconds, and more.
  /// - Returns: what has happened since the last beat, in order.
  public func beat(idle: @Sendable (String) -> Bool, figures: JSON = .null) -> [LeaseEvent] {
    table.figures = figures.object ?? JSONObject()
    _ = turn(idle: idle)
    if elsewhere.count > 10_000 {
      let now = LeaseClock.now()
      elsewhere = elsewhere.filter { $0.value.until > now }
    }
    return book.takeEvents()
  }

  /// How long the next beat may wait: a fifth of the lease, and less where there is something to be done soon.
  public var pause: Duration { .nanoseconds(book.pause(now: LeaseClock.now())) }

  /// Whether the node is to be emptied: nothing new should begin.
  public var isDraining: Bool { book.isDraining }

  private func turn(idle: (String) -> Bool) -> FleetError? {
    var statement: LeaseStatement? = book.begin(now: LeaseClock.now())
    var mayTryAgain = true
    problem = nil
    while let current = statement {
      held.take(from: book)
      let sentAt = LeaseClock.now()
      do throws(FleetError) {
        let answer = try table.run(current)
        let received = LeaseClock.now()
        if case .occupied(_, let isAlive) = answer { isOccupantAlive = isAlive }
        // All nodes plan by the database's clock. An answer that was long on its way says little about it.
        if case .overview(let overview) = answer, received - sentAt < 500_000_000 {
          CommonClock.follow(overview.clock, at: sentAt + (received - sentAt) / 2)
        }
        statement = book.receive(
          answer, to: current, sentAt: sentAt, now: received, wall: LeaseClock.wall(), idle: idle)
      } catch {
        // The connection may have been broken for long, and only be found so now.
        let isFirst = mayTryAgain && error.kind == .unreachable
        mayTryAgain = false
        if isFirst, LeaseClock.now() - sentAt < book.lease / 6 { continue }
        book.failed(current, now: LeaseClock.now())
        problem = error
        statement = nil
      }
      mayTryAgain = false
    }
    held.take(from: book)
    return problem
  }

  // MARK: Single groups

  /// What became of a wish for a group.
  public enum Acquisition: Sendable, Equatable {
    case held(Fence, before: PastHolder)
    /// Another node's; nil when it is nobody's at this moment, and not to be taken by this node.
    case elsewhere(node: String?)
    case unreachable
  }

  /// Takes the group of a page's host that no source is in. Such a lease is given back after ten minutes without work.
  public func acquire(_ group: String) -> Acquisition {
    let now = LeaseClock.now()
    if let fence = held.fence(group) { return .held(fence, before: .nobody) }
    if let known = elsewhere[group], known.until > now { return .elsewhere(node: known.node) }
    guard let statement = book.acquisition(of: group, now: now) else {
      return book.isDraining ? .elsewhere(node: nil) : .unreachable
    }
    do throws(FleetError) {
      switch try table.run(statement) {
      case .acquired(let row):
        book.acquired(row, now: LeaseClock.now())
        held.take(from: book)
        return held.fence(group).map { .held($0, before: row.before) } ?? .unreachable
      case .elsewhere(let node):
        if node != nil { elsewhere[group] = (node, now + book.lease) }
        return .elsewhere(node: node)
      default: return .unreachable
      }
    } catch {
      book.failed(statement, now: LeaseClock.now())
      problem = error
      return .unreachable
    }
  }

  /// Gives groups back before their time.
  public func release(_ groups: [String]) {
    guard let statement = book.giveBack(groups) else { return }
    held.take(from: book)
    do throws(FleetError) {
      book.settled(try table.run(statement), statement)
    } catch {
      book.failed(statement, now: LeaseClock.now())
      problem = error
    }
  }
}

// MARK: For tests

extension Membership {
  var statementCount: Int { table.statements }

  func dropConnection() { table.disconnect() }

  /// Breaks each connection before anything is said on it.
  func setCutOff(_ isCutOff: Bool) { table.isCutOff = isCutOff }
}
