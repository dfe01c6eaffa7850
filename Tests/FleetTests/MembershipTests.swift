import PostgreSQL
import PostgresServer
import Synchronization
import Testing
import Values

@testable import Fleet
@testable import Store

/// Nodes on a real PostgreSQL.
@Suite(.serialized, .timeLimit(.minutes(3))) struct MembershipTests {
  private static let lease = Duration.seconds(5)
  private static let groups = (0..<60).map { GroupWish(group: "g\($0)", weight: 1 + $0 % 2) }

  /// A database with tables.
  final class World: Sendable {
    let url: String
    private let connection: Mutex<PostgresConnection>
    let server: PostgresServer

    init(_ server: PostgresServer = .shared) throws {
      self.server = server
      url = server.database()
      let made = try PostgresConnection(PostgresTarget(url: url), name: "a test")
      try PostgresSchema.migrate(made)
      connection = Mutex(made)
    }

    func node(_ name: String, instance: String? = nil, lease: Duration = MembershipTests.lease) throws -> Membership {
      Membership(
        target: try PostgresTarget(url: url), node: name, instance: instance ?? "instance of \(name)", lease: lease,
        version: "1.0.0")
    }

    func run(_ sql: String) throws { _ = try connection.withLock { try $0.run(sql) } }
    func number(_ sql: String) throws -> Int { try connection.withLock { try $0.first(sql) { $0.int(0) } ?? 0 } }
  }

  /// Beats for a node as its daemon does, until it is stopped.
  final class Runner: Sendable {
    let membership: Membership
    private let state = Mutex<(events: [LeaseEvent], busy: Set<String>)>(([], []))
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ membership: Membership, _ wishes: [GroupWish] = MembershipTests.groups) async throws {
      self.membership = membership
      try await membership.join()
      await membership.wish(wishes)
      let loop = Task { [self] in
        while !Task.isCancelled {
          let events = await membership.beat(idle: { group in !self.state.withLock { $0.busy.contains(group) } })
          state.withLock { $0.events += events }
          try? await Task.sleep(for: await membership.pause)
        }
      }
      task.withLock { $0 = loop }
    }

    var events: [LeaseEvent] { state.withLock { $0.events } }
    var groups: Set<String> { Set(membership.held.groups) }
    func setBusy(_ groups: Set<String>) { state.withLock { $0.busy = groups } }

    /// Ends as kill -9 does: nothing is given back.
    func die() async {
      let loop = task.withLock { $0 }
      loop?.cancel()
      await loop?.value
      await membership.dropConnection()
    }
  }

  private func until(
    _ what: String, within limit: Duration = .seconds(25), _ condition: () async throws -> Bool
  ) async throws -> Duration {
    let clock = ContinuousClock()
    let begin = clock.now
    while !(try await condition()) {
      if clock.now - begin > limit {
        Issue.record("not within \(limit): \(what)")
        break
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return clock.now - begin
  }

  private func areShared(_ runners: [Runner]) -> Bool {
    let all = runners.map(\.groups)
    let weights = all.map { $0.reduce(0) { $0 + (Int($1.dropFirst())! % 2) + 1 } }
    return all.reduce(0) { $0 + $1.count } == 60 && Set(all.joined()).count == 60
      && weights.max()! - weights.min()! <= 2
  }

  @Test func threeShareAndOneDies() async throws {
    let world = try World()
    let a = try await Runner(world.node("a"))
    _ = try await until("a has all") { a.groups.count == 60 }
    let b = try await Runner(world.node("b"))
    let c = try await Runner(world.node("c"))
    _ = try await until("three have a third each") { areShared([a, b, c]) }
    #expect(a.events.contains(.joined(nodes: 1)) && c.events.contains(.joined(nodes: 3)))
    // Those that came from a have to rest first; those that nobody had do not.
    #expect(a.events.contains(.gained(group: "g0", before: .nobody)))
    #expect(b.groups.allSatisfy { b.events.contains(.gained(group: $0, before: .active)) })
    let lost = a.groups
    let fences = lost.map { a.membership.held.fence($0)! }
    await a.die()
    let took = try await until("the others have all") { areShared([b, c]) }
    #expect(took < Self.lease * 2)
    // Nobody has asked them for so long that they need not rest.
    #expect(
      lost.allSatisfy {
        b.events.contains(.gained(group: $0, before: .silent)) != c.events.contains(.gained(group: $0, before: .silent))
      })
    #expect(b.events.contains(.gone(node: "a")) || c.events.contains(.gone(node: "a")))
    // Under greater epochs, each of them.
    for fence in fences {
      let now = b.membership.held.fence(fence.group) ?? c.membership.held.fence(fence.group)
      #expect(try #require(now).epoch > fence.epoch)
    }
    #expect(!a.membership.held.permits(lost.first!))
    // Under its name it comes back at once, with nothing, and gets its share.
    let again = try await Runner(world.node("a"))
    _ = try await until("a has a third again") { areShared([again, b, c]) }
    for runner in [again, b, c] { await runner.die() }
  }

  /// The database closes each connection of one node as soon as it is made.
  @Test func oneIsCutOff() async throws {
    let world = try World()
    let (a, b) = (try await Runner(world.node("a")), try await Runner(world.node("b")))
    _ = try await until("both have half") { areShared([a, b]) }
    let mine = a.groups
    await a.membership.setCutOff(true)
    let silent = try await until("a permits nothing") { mine.allSatisfy { !a.membership.held.permits($0) } }
    #expect(silent < Self.lease)
    #expect(mine.isDisjoint(with: b.groups))
    _ = try await until("b has all") { b.groups.count == 60 }
    #expect(a.events.contains(.cutOff))
    await a.membership.setCutOff(false)
    _ = try await until("both have half again") { areShared([a, b]) }
    let events = a.events
    #expect(events.contains(.back))
    for group in mine { #expect(events.contains(.lost(group: group, why: .expired))) }
    for runner in [a, b] { await runner.die() }
  }

  @Test func namesAreUnique() async throws {
    let world = try World()
    let a = try await Runner(world.node("a"))
    let other = try world.node("a", instance: "another machine")
    let error = await #expect(throws: FleetError.self) { try await other.join() }
    #expect(error?.kind == .nameTaken && error?.exitStatus == 78)
    // Nothing of the first was touched.
    _ = try await until("a has all") { a.groups.count == 60 }
    #expect(!a.events.contains(.ousted))
    await a.die()
    // Its time is not over yet.
    await #expect(throws: FleetError.self) { try await other.join() }
    try world.run("UPDATE nodes SET beat_at = beat_at - interval '1 hour', expires_at = expires_at - interval '1 hour'")
    // Over by the database's clock, which may have been set: certain after a lease without a beat.
    let clock = ContinuousClock()
    let begin = clock.now
    let heir = try await Runner(other)
    #expect(clock.now - begin >= Self.lease - .milliseconds(100))
    _ = try await until("the heir has all") { heir.groups.count == 60 }
    await heir.die()
  }

  /// A machine was copied with its state: both are the same instance. One of the two lives on.
  @Test func aCopyOustsTheOriginal() async throws {
    let world = try World()
    let a = try await Runner(world.node("a"))
    _ = try await until("a has all") { a.groups.count == 60 }
    let copy = try await Runner(world.node("a"))
    _ = try await until("a knows") { a.events.contains(.ousted) }
    #expect(a.groups.isEmpty)
    _ = try await until("the copy has all") { copy.groups.count == 60 }
    try await Task.sleep(for: Self.lease)
    #expect(a.groups.isEmpty && copy.groups.count == 60 && !copy.events.contains(.ousted))
    await copy.die()
    _ = try await until("the original is in again") { a.groups.count == 60 }
    await a.die()
  }

  @Test func drainAndUndo() async throws {
    let world = try World()
    let (a, b) = (try await Runner(world.node("a")), try await Runner(world.node("b")))
    _ = try await until("both have half") { areShared([a, b]) }
    let busy = try #require(a.groups.first)
    a.setBusy([busy])
    try world.run("UPDATE nodes SET is_draining = true WHERE name = 'a'")
    _ = try await until("b has all but one") { b.groups.count == 59 }
    #expect(a.groups == [busy] && a.events.contains(.draining(true)) && !a.events.contains(.drained))
    #expect(await a.membership.acquire("page.test") == .elsewhere(node: nil))
    a.setBusy([])
    _ = try await until("b has all") { b.groups.count == 60 }
    _ = try await until("a says so") { a.events.contains(.drained) }
    // Over a restart as well.
    await a.membership.leave()
    await a.die()
    let again = try await Runner(world.node("a"))
    try await Task.sleep(for: Self.lease / 2)
    #expect(again.groups.isEmpty && b.groups.count == 60)
    try world.run("UPDATE nodes SET is_draining = false WHERE name = 'a'")
    _ = try await until("both have half again") { areShared([again, b]) }
    for runner in [again, b] { await runner.die() }
  }

  @Test func leavingIsFollowedAtOnce() async throws {
    let world = try World()
    let (a, b) = (try await Runner(world.node("a")), try await Runner(world.node("b")))
    _ = try await until("both have half") { areShared([a, b]) }
    await a.die()
    await a.membership.leave()
    let took = try await until("b has all") { b.groups.count == 60 }
    #expect(took < Self.lease / 3 + .seconds(1))
    #expect(b.groups.allSatisfy { !b.events.contains(.gained(group: $0, before: .silent)) })
    await b.die()
  }

  /// The server goes away and comes back, first for less than a lease, then for more: nobody loses what is his.
  @Test func theServerGoesAndComesBack() async throws {
    let server = PostgresServer()
    defer { server.stop() }
    let world = try World(server)
    let (a, b) = (try await Runner(world.node("a")), try await Runner(world.node("b")))
    _ = try await until("both have half") { areShared([a, b]) }
    let before = [a.groups, b.groups]
    let epochs = before[0].map { a.membership.held.fence($0)! }
    server.kill()
    server.start()
    try await Task.sleep(for: Self.lease)
    #expect([a.groups, b.groups] == before)
    #expect(!a.events.contains(.cutOff))
    server.kill()
    try await Task.sleep(for: Self.lease)
    #expect(a.groups.isEmpty && a.events.contains(.cutOff))
    #expect(await a.membership.problem?.kind == .unreachable)
    #expect(await a.membership.acquire("page.test") == .unreachable)
    server.start()
    _ = try await until("both are back") { a.events.contains(.back) && b.events.contains(.back) }
    _ = try await until("both have what they had") { [a.groups, b.groups] == before }
    #expect(epochs.allSatisfy { a.membership.held.fence($0.group) == $0 })
    for runner in [a, b] { await runner.die() }
  }

  @Test func groupsOfPages() async throws {
    let world = try World()
    let (a, b) = (try await Runner(world.node("a")), try await Runner(world.node("b")))
    _ = try await until("both have half") { areShared([a, b]) }
    guard case .held(let fence, let before) = await a.membership.acquire("page.test") else {
      Issue.record("not held")
      return
    }
    #expect(fence.group == "page.test" && fence.epoch > 1_700_000_000 && before == .nobody)
    #expect(await a.membership.acquire("page.test") == .held(fence, before: .nobody))
    #expect(await b.membership.acquire("page.test") == .elsewhere(node: "a"))
    let theirs = try #require(a.groups.subtracting(["page.test"]).first)
    #expect(await b.membership.acquire(theirs) == .elsewhere(node: "a"))
    // No share is counted in it.
    try await Task.sleep(for: Self.lease)
    #expect(a.groups.contains("page.test"))
    await a.membership.release(["page.test"])
    #expect(!a.groups.contains("page.test"))
    let third = try world.node("c")
    try await third.join()
    // It rests for a second.
    #expect(await third.acquire("page.test") == .elsewhere(node: nil))
    try await Task.sleep(for: .milliseconds(1100))
    guard case .held(let next, .active) = await third.acquire("page.test") else {
      Issue.record("not held by the next")
      return
    }
    #expect(next.epoch == fence.epoch + 1)
    for runner in [a, b] { await runner.die() }
  }

  /// Groups of plugins that only one node has stay with it, whatever the shares say.
  @Test func eachTakesOnlyWhatItsPluginsWant() async throws {
    let world = try World()
    let own = (0..<20).map { GroupWish(group: "own\($0)", weight: 1) }
    let a = try await Runner(world.node("a"), own)
    let b = try await Runner(world.node("b"), [GroupWish(group: "b", weight: 1)])
    _ = try await until("each has what it wants") { a.groups.count == 20 && b.groups == ["b"] }
    try await Task.sleep(for: Self.lease * 2)
    _ = try await until("and keeps it") { a.groups.count == 20 && b.groups == ["b"] }
    for runner in [a, b] { await runner.die() }
  }

  /// A node with nothing to do asks one thing a beat.
  @Test func aBeatIsOneStatement() async throws {
    let world = try World()
    let a = try world.node("a")
    try await a.join()
    await a.wish(Self.groups)
    for _ in 0..<4 { _ = await a.beat(idle: { _ in true }) }
    #expect(a.held.count == 60)
    // One machine, one clock.
    #expect(abs(a.held.clockLead) < 1)
    let before = await a.statementCount
    for _ in 0..<10 { #expect(await a.beat(idle: { _ in true }).isEmpty) }
    #expect(await a.statementCount == before + 10)
    await a.leave()
  }

  /// Many groups are a matter of few statements.
  @Test func manyGroups() async throws {
    let world = try World()
    let many = (0..<20_000).map { GroupWish(group: "group\($0).test", weight: 1) }
    let a = try world.node("a", lease: .seconds(15))
    try await a.join()
    let before = await a.statementCount
    await a.wish(many)
    _ = try await until("a has all") {
      _ = await a.beat(idle: { _ in true })
      return a.held.count == 20_000
    }
    #expect(await a.statementCount - before <= 60)
    await a.leave()
  }

  /// What a cut-off node saves under an old epoch is refused, and rows that somebody works with are given back later.
  @Test func whatIsWorkedWithIsGivenBackLater() async throws {
    let world = try World()
    let a = try world.node("a")
    try await a.join()
    await a.wish(Self.groups)
    for _ in 0..<3 { _ = await a.beat(idle: { _ in true }) }
    let saving = try PostgresConnection(PostgresTarget(url: world.url), name: "a test")
    try saving.run("BEGIN")
    #expect(
      try saving.first("SELECT epoch FROM leases WHERE rate_group = 'g1' AND node = 'a' FOR SHARE") { $0.int(0) } != nil
    )
    await a.release(["g1", "g2"])
    #expect(!a.held.permits("g1") && !a.held.permits("g2"))
    #expect(try world.number("SELECT count(*) FROM leases WHERE node IS NULL") == 1)
    try saving.run("COMMIT")
    // Given back with the next beat, and taken again as nobody else is there, once it has rested.
    _ = await a.beat(idle: { _ in true })
    _ = try await until("g1 is back") {
      _ = await a.beat(idle: { _ in true })
      return a.held.permits("g1") && a.held.permits("g2")
    }
    let epochs = try world.number("SELECT max(epoch) - min(epoch) FROM leases")
    #expect(epochs == 1)
    await a.leave()
  }

  /// A return whose sender gave up waiting, executed when the group has changed hands and come back, takes nothing.
  @Test func aLateReturnTakesNothing() throws {
    let world = try World()
    let table = PostgresLeases(
      target: try PostgresTarget(url: world.url), node: "a", instance: "i", lease: 5_000_000_000, version: "1",
      address: nil)
    let holding = Holding(leases: 0, weight: 0, wished: 1)
    #expect(try table.run(.join(session: 7, trustsInstance: true, over: [])) == .joined(isDraining: false))
    _ = try table.run(.wish([GroupWish(group: "g", weight: 1)]))
    func claim() throws -> Fence? {
      guard case .claimed(let rows) = try table.run(.claim(session: 7, weight: 1, limit: 10, only: nil)) else {
        return nil
      }
      return rows.first.map { Fence(group: $0.group, epoch: $0.epoch) }
    }
    let first = try #require(try claim())
    #expect(try table.run(.release(session: 7, [first], holding: holding)) == .kept([]))
    // It rests.
    #expect(try claim() == nil)
    try world.run("UPDATE leases SET free_at = now()")
    let second = try #require(try claim())
    #expect(second.epoch == first.epoch + 1)
    #expect(try table.run(.release(session: 7, [first], holding: holding)) == .kept([]))
    #expect(try world.number("SELECT count(*) FROM leases WHERE node = 'a'") == 1)
    // Nor does a claim or a beat of a session that has ended.
    _ = try table.run(.release(session: 7, [second], holding: holding))
    try world.run("UPDATE leases SET free_at = now()")
    _ = try table.run(.leave(session: 7))
    #expect(try claim() == nil)
    guard case .overview(let overview) = try table.run(.beat(session: 7, holding: holding)) else {
      Issue.record("no overview")
      return
    }
    #expect(!overview.isRenewed && overview.nodes.map(\.isGone) == [true] && overview.free == 1)
  }

  /// What is shown of a fleet, and a node emptied from outside.
  @Test func viewAndDrain() async throws {
    let world = try World()
    let (a, b) = (try await Runner(world.node("a")), try await Runner(world.node("b")))
    _ = try await until("both have half") { areShared([a, b]) }
    let view = try FleetView(PostgresTarget(url: world.url))
    #expect(try view.freeGroups() == 0)
    #expect(try view.nodes().map(\.name) == ["a", "b"] && view.nodes().allSatisfy { $0.state == .up })
    #expect(try view.nodes().map(\.leases) == [a.groups.count, b.groups.count])
    #expect(try view.nodes().allSatisfy { $0.figures["wished"]?.integer == 90 && $0.version == "1.0.0" })
    #expect(try view.nodes().allSatisfy { ($0.lastBeat ?? 99) < 5 })
    let groups = try view.groups()
    #expect(groups.count == 60 && groups.allSatisfy { ($0.node == "a" ? a : b).groups.contains($0.name) })
    #expect(groups.allSatisfy { $0.sources > 0 && $0.heldFor != nil })
    #expect(try !view.drain("c", true))
    #expect(try view.drain("a", true))
    #expect(try view.nodes().first?.state == .draining)
    _ = try await until("a is empty") { try view.nodes().first?.state == .drained }
    // With nobody there to declare it gone it stays silent.
    for runner in [a, b] { await runner.die() }
    _ = try await until("a is silent") { try view.nodes().first?.state == .silent }
    let again = try await Runner(world.node("b"))
    _ = try await until("a is gone") { try view.nodes().first?.state == .gone }
    // Those of one that is gone are nobody's.
    await again.die()
    await again.membership.leave()
    #expect(try view.freeGroups() == 60)
    #expect(try view.groups().allSatisfy { $0.node == nil && $0.heldFor == nil })
    // A database without tables is no fleet's.
    let empty = try FleetView(PostgresTarget(url: world.server.database()))
    let error = #expect(throws: FleetError.self) { try empty.nodes() }
    #expect(error?.kind == .refused)
  }

  @Test(arguments: [
    ("postgresql://127.0.0.1:1/nowhere", FleetError.Kind.unreachable),
    ("", FleetError.Kind.failed),
  ]) func badServers(url: String, kind: FleetError.Kind) async throws {
    // Without tables, the server says so.
    let url = url.isEmpty ? PostgresServer.shared.database() : url
    let node = Membership(
      target: try PostgresTarget(url: url), node: "a", instance: "i", lease: Self.lease, version: "1")
    let error = await #expect(throws: FleetError.self) { try await node.join() }
    #expect(error?.kind == kind)
  }
}
