import PostgresServer
import Testing
import Values

@testable import PostgreSQL
@testable import Store

func query(_ sql: String, _ scratch: Scratch) throws -> String {
  PostgresServer.shared.query("SET search_path = newswire; " + sql, database: try scratch.name)
}

extension Scratch {
  /// The name of its database.
  var name: String { get throws { String(try target.description.split(separator: "/").last!) } }

  /// The same database through a link that can be cut.
  func store(through link: Link, node: String = "a") throws -> Store {
    try Store(postgres: PostgresTarget(url: link.url(name)), node: node, instance: "instance of \(node)")
  }
}

@Suite struct LostConnectionTests {
  private func error(_ body: () throws -> Void) -> StoreError? {
    do {
      try body()
      return nil
    } catch {
      return error as? StoreError
    }
  }

  @Test func aCommitWhoseAnswerIsLostIsFoundDone() throws {
    let scratch = try Scratch(.server)
    let link = Link(to: PostgresServer.shared.port)
    let store = try scratch.store(through: link)
    let error = error {
      try store.transaction("test") {
        try store.setFact("a", "1")
        #expect(try store.fact("a") == "1")
        link.mode = .answersLost
      }
    }
    #expect(error?.kind == .unreachable && error?.exitStatus == 75)
    #expect(store.isLost)
    #expect(throws: StoreError.self) { try store.fact("a") }
    link.mode = .open
    try store.reopen()
    #expect(!store.isLost)
    #expect(try store.fact("a") == "1")
  }

  /// The node was cut off, or stopped, inside a transaction; the server knows nothing of that.
  @Test func aBackendThatIsStillAliveCanNeverCommitOnceTheNodeIsBack() throws {
    let scratch = try Scratch(.server)
    let old = try scratch.store()
    let error = error {
      try old.transaction("test") {
        try old.setFact("a", "old")
        #expect(try old.fact("a") == "old")
        let new = try scratch.store()
        #expect(try new.fact("a") == nil)
        try new.setFact("b", "new")
      }
    }
    #expect(error?.kind == .unreachable)
    try old.reopen()
    #expect(try old.fact("a") == nil)
    #expect(try old.fact("b") == "new")
  }

  /// The old backend is at its commit, and slow: whoever comes next sees it done or undone for good.
  @Test func aCommitUnderWayIsDecidedBeforeTheNodeLooks() async throws {
    let scratch = try Scratch(.server)
    let link = Link(to: PostgresServer.shared.port)
    _ = try scratch.store()
    _ = try query(
      """
      CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON facts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.name = 'a') EXECUTE FUNCTION rest()
      """, scratch)
    let old = try scratch.store(through: link)
    try old.database.server!.with("test") { connection throws(PostgresError) in
      connection.patience = .milliseconds(100)
    }
    let error = error { try old.transaction("test") { try old.setFact("a", "1") } }
    #expect(error?.kind == .unreachable)
    #expect(error?.message.contains("no answer") == true)
    try old.reopen()
    let seen = try old.fact("a")
    try await Task.sleep(for: .milliseconds(800))
    #expect(try old.fact("a") == seen)
  }

  @Test func silenceEndsAWaitAndAServerThatStartsIsWaitedFor() throws {
    let server = PostgresServer()
    defer { server.stop() }
    let target = try PostgresTarget(url: server.url("postgres"))
    let store = try Store(postgres: target, node: "a", instance: "1")
    try store.setFact("a", "1")
    server.kill()
    #expect(error { try store.setFact("a", "2") }?.kind == .unreachable)
    #expect(error { try store.reopen() }?.kind == .unreachable)
    #expect(store.isLost)
    server.start(waiting: false)
    var errors: [StoreError] = []
    let deadline = ContinuousClock.now + .seconds(20)
    while store.isLost, ContinuousClock.now < deadline {
      do throws(StoreError) { try store.reopen() } catch { errors.append(error) }
    }
    #expect(errors.allSatisfy { $0.kind == .unreachable }, "\(errors.last.map(String.init(describing:)) ?? "")")
    #expect(try store.fact("a") == "1")
  }

  @Test func aReadOnlyDatabaseIsATemporaryFailureThatSaysSo() throws {
    let scratch = try Scratch(.server)
    let name = try scratch.name
    PostgresServer.shared.query("ALTER DATABASE \(name) SET default_transaction_read_only = on")
    let opening = error { _ = try scratch.store() }
    #expect(opening?.kind == .unreachable && opening?.sqlState == "25006")
    PostgresServer.shared.query("ALTER DATABASE \(name) RESET default_transaction_read_only")
    let store = try scratch.store()
    try store.database.execute("test", "SET default_transaction_read_only = on")
    let writing = error { try store.setFact("a", "1") }
    #expect(writing?.kind == .unreachable && writing?.hint.contains("standby") == true)
    #expect(try store.fact("a") == nil)
  }

  @Test func whatIsRefusedIsRefusedWithoutShowingWho() throws {
    let server = PostgresServer.shared
    server.query("CREATE ROLE stranger LOGIN")
    let database = try Scratch(.server).name
    let cases: [(String, String)] = [
      (server.url("nowhere"), "does not exist"), (server.url(database, user: "stranger"), "permission denied"),
      (server.url("postgres", user: "nobody-here"), "does not exist"),
    ]
    for (url, words) in cases {
      let error = error {
        _ = try Store(postgres: PostgresTarget(url: url, password: "hunter2"), node: "a", instance: "1")
      }
      #expect(error?.kind == .refused && error?.exitStatus == 78, "\(error.map(String.init(describing:)) ?? url)")
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
      #expect(error.map { !"\($0)".contains("hunter2") && !"\($0)".contains("nobody-here") } == true)
    }
  }

  @Test func lookingMakesAndChangesNothing() throws {
    let scratch = try Scratch(.server)
    #expect(error { _ = try Store(inspecting: scratch.target) }?.message == "no tables of newswire are there")
    let store = try scratch.store()
    try store.setFact("a", "1")
    let look = try Store(inspecting: scratch.target, node: "a")
    #expect(try look.fact("a") == "1")
    #expect(error { try look.setFact("a", "2") } != nil)
    #expect(try look.stagedOutbox().isEmpty)
    try look.check()
    #expect(try store.fact("a") == "1")
  }
}

@Suite struct NodesTests {
  @Test func aNodeOfTheSameNameOnAnotherMachineIsLeftAlone() throws {
    let scratch = try Scratch(.server)
    let first = try scratch.store(instance: "one")
    _ = try query(
      """
      INSERT INTO nodes (name, instance, session, expires_at, address)
      VALUES ('a', 'one', 1, now() + interval '1 hour', 'm.example')
      """, scratch)
    let error = #expect(throws: StoreError.self) { try scratch.store(instance: "two") }
    #expect(error?.kind == .busy)
    #expect(error?.message.contains("m.example") == true && error?.hint.contains("[fleet] node") == true)
    #expect(try first.fact("a") == nil)
    // Another name is another node; and once the first is gone its name is free.
    _ = try scratch.store(node: "b", instance: "two")
    _ = try query("UPDATE nodes SET expires_at = now()", scratch)
    _ = try scratch.store(instance: "two")
    #expect(throws: StoreError.self) { try first.fact("a") }
  }

  @Test func eachNodeHasItsOutboxAndItsLastName() throws {
    let scratch = try Scratch(.server)
    let (a, b) = (try scratch.store(node: "a"), try scratch.store(node: "b"))
    try a.transaction("test") {
      try a.commitVersion(article("x", name: "6ac1f0d8a3b2c7"))
      try a.setLastQueueName("6ac1f0d8a3b2c7")
    }
    #expect(try a.lastQueueName() == "6ac1f0d8a3b2c7" && b.lastQueueName() == nil)
    #expect(try a.stagedOutbox().map(\.stagedID) == ["x-1"] && b.stagedOutbox().isEmpty)
    #expect(try a.outbox(stagedIDs: ["x-1"]).count == 1 && b.outbox(stagedIDs: ["x-1"]).isEmpty)
    #expect(try a.publisher(ofElement: "6ac1f0d8a3b2c7") == "p" && b.publisher(ofElement: "6ac1f0d8a3b2c7") == nil)
    // The article itself is everyone's, and is staged as long as it is so anywhere.
    #expect(try b.article(publisher: "p", key: "x")?.state == .staged)
    try b.markPublished(stagedID: "x-1")
    #expect(try b.article(publisher: "p", key: "x")?.state == .staged)
    #expect(try b.prune(notListedSince: instant(1_000_000)).articles == 0)
    try b.transaction("test") { try b.commitVersion(article("x", version: 2, name: "6ac1f0d8a3b2c7", at: 60)) }
    let row = try #require(try b.stagedOutbox().first)
    try b.transaction("test") { try b.rename(row, to: "6ac1f0d8a3b2d0") }
    #expect(try a.outbox().map(\.queueName) == ["6ac1f0d8a3b2c7"])
    #expect(try b.outbox().map(\.queueName) == ["6ac1f0d8a3b2d0"])
    try a.markPublished(stagedID: "x-1")
    try b.markPublished(stagedID: "x-2")
    #expect(try a.article(publisher: "p", key: "x")?.state == .published)
    try b.transaction("test") { try b.withdraw(row, now: instant(70)) }
    #expect(try a.outbox().map(\.stagedID) == ["x-1"])
  }

  @Test func twoNodesThatListTheSameItemsAtOnceFindEachOnce() async throws {
    let scratch = try Scratch(.server)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for name in ["a", "b"] {
        let target = try scratch.target
        group.addTask {
          let store = try Store(postgres: target, node: name, instance: "instance of " + name)
          var count = 0
          for round in 0..<20 {
            let items = (0..<10).map { newItem("\(round * 5 + $0)") }
            count += try store.recordFetches([(feed("p/" + name), items)]).compactMap { $0 }.joined().count
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(counts == 105)
  }

  @Test func oneMachinesClockMovesNothingOfAFleet() throws {
    let scratch = try Scratch(.server)
    let store = try scratch.store()
    var source = feed()
    (source.lastAttempt, source.nextDue) = (instant(4_000_000_000), instant(4_000_000_100))
    let far = instant(Timestamp.now().seconds + 50 * 86_400)
    let item = try store.recordFetch(source, [newItem("a")], now: far)[0]
    #expect(try store.latestAttempt() == nil)
    try store.shiftPlans(seconds: -1000)
    #expect(try store.source("feed")?.nextDue == instant(4_000_000_100) && store.item(item.id)?.nextTry == far)
    let limit = Timestamp.now().adding(seconds: 86_400)
    try store.bringForward(waitingBeyond: limit)
    let brought = try #require(try store.item(item.id)?.nextTry)
    #expect(abs(brought.seconds - limit.seconds) <= 2)
  }

  @Test func aQuarantineIsOneMachines() throws {
    let scratch = try Scratch(.server)
    let (a, b) = (try scratch.store(node: "a"), try scratch.store(node: "b"))
    let entry = Quarantine(plugin: "p", failures: 5, until: instant(9), mark: "m")
    try a.save(entry)
    #expect(try a.quarantines() == [entry] && b.quarantines().isEmpty)
    try b.forgetQuarantine()
    #expect(try a.quarantines() == [entry])
    try a.forgetQuarantine(of: "p")
    #expect(try a.quarantines().isEmpty)
  }

  /// Another node lists an old item just when it is pruned: it waits for its turn, and then finds the item forgotten,
  /// with its trace, or kept.
  @Test func whatIsListedWhileItIsPrunedIsNeverTakenForNew() async throws {
    let scratch = try Scratch(.server)
    let store = try scratch.store(node: "a")
    let items = (0..<200).map { newItem("\($0)") }
    for item in try store.recordFetch(feed(), items, now: instant(0)) {
      try store.itemDone(item.id, articleKey: item.key)
    }
    _ = try store.recordFetch(feed(), [], now: instant(1))
    let target = try scratch.target
    let found = try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask {
        let store = try Store(postgres: target, node: "b", instance: "b")
        _ = try store.prune(notListedSince: instant(1000))
        return 0
      }
      group.addTask {
        let store = try Store(postgres: target, node: "c", instance: "c")
        return try items.indices.reduce(0) { try $0 + store.recordFetch(feed("p/\($1 % 7)"), [items[$1]]).count }
      }
      return try await group.reduce(0, +)
    }
    #expect(found == 0)
  }

  /// Each question costs a round trip, and the server may be far away.
  @Test func aListAsksAsOftenWhateverItsLength() throws {
    let scratch = try Scratch(.server)
    let store = try scratch.store()
    func trips(_ body: () throws -> Void) throws -> Int {
      func count() throws -> Int { try store.database.server!.with("test") { $0.roundTrips } }
      let before = try count()
      try body()
      return try count() - before
    }
    let items = (0..<100).map { newItem("\($0)") }
    var found = 0
    func record(_ items: [NewItem]) throws { found = try store.recordFetches([(feed(), items)])[0]?.count ?? -1 }
    // Known items, articles and traces, insertion, list, items, commit.
    #expect(try trips { try record(items) } == 6)
    #expect(found == 100)
    #expect(try trips { try record(items) } == 3)
    #expect(found == 0)
    for item in try store.waitingItems(now: .now(), limit: 100) { try store.itemDone(item.id) }
    // What other sources say of those that changed is one question more.
    #expect(try trips { try record((0..<100).map { newItem("\($0)", "2") }) } == 5)
    #expect(found == 100)
    #expect(try trips { try store.save((0..<50).map { feed("p/\($0)") }) } == 1)
    #expect(try trips { found = try store.waitingItems(publisher: "p", now: .now(), limit: 50).count } == 1)
    #expect(found == 50)
    try store.transaction("test") {
      for number in 0..<50 {
        try store.commitVersion(article("\(number)"))
        try store.itemDone(Int64(number + 1))
        try store.markPublished(stagedID: "\(number)-1")
      }
    }
    #expect(try store.stagedOutbox().isEmpty)
  }

  @Test func keysOfAnyLengthAreKnownAgain() throws {
    let scratch = try Scratch(.server)
    let store = try scratch.store()
    // Random, as what can be compressed takes less room.
    let long = "https://p.example/" + (0..<1000).map { _ in String(UInt64.random(in: 0 ..< .max), radix: 36) }.joined()
    let source = feed("p/sitemap#" + long)
    let items = try store.recordFetch(source, [newItem(long), newItem(long + "x")])
    #expect(items.count == 2)
    #expect(try store.recordFetch(source, [newItem(long), newItem(long + "x")]).isEmpty)
    #expect(try store.item(publisher: "p", key: long)?.id == items[0].id)
    #expect(try store.source(source.id)?.url == source.url)
    try store.transaction("test") {
      var row = article(long)
      row.stagedID = "staged"
      try store.commitVersion(row)
      try store.itemDone(items[0].id, articleKey: long)
      try store.markPublished(stagedID: "staged")
    }
    #expect(try store.article(publisher: "p", key: long)?.version == 1)
    _ = try store.recordFetch(source, [], now: instant(1))
    _ = try store.prune(notListedSince: .now())
    #expect(try store.article(publisher: "p", key: long) == nil)
    #expect(try store.trace(publisher: "p", key: long)?.version == 1)
    #expect(try store.recordFetch(source, [newItem(long)]).isEmpty)
  }
}

@Suite struct FenceTests {
  private func lease(_ group: String, _ node: String?, _ epoch: Int, _ scratch: Scratch) throws {
    let node = node.map { "'\($0)'" } ?? "NULL"
    _ = try query(
      """
      INSERT INTO leases (rate_group, node, epoch) VALUES ('\(group)', \(node), \(epoch))
      ON CONFLICT (rate_group) DO UPDATE SET node = excluded.node, epoch = excluded.epoch
      """, scratch)
  }

  @Test func aGroupIsHeldByItsNodeAndEpoch() throws {
    let scratch = try Scratch(.server)
    let store = try scratch.store()
    try lease("ours", "a", 3, scratch)
    try lease("theirs", "b", 3, scratch)
    try lease("nobodys", nil, 3, scratch)
    let fences = Set(
      [("ours", 3), ("ours", 2), ("theirs", 3), ("nobodys", 3), ("unknown", 1)].map {
        Fence(group: $0.0, epoch: Int64($0.1))
      })
    try store.transaction("test") {
      #expect(try store.held(fences) == [Fence(group: "ours", epoch: 3)])
      // Nobody can take it until the end.
      let taken = try query("SELECT count(*) FROM (SELECT FROM leases FOR UPDATE SKIP LOCKED) AS free", scratch)
      #expect(taken == "2")
    }
    #expect(try Scratch().store().held(fences) == fences)
  }

  @Test func whatWasFetchedUnderALostLeaseChangesNothing() throws {
    let scratch = try Scratch(.server)
    let store = try scratch.store()
    try lease("x", "a", 1, scratch)
    try lease("y", "b", 2, scratch)
    let fences = ["p/x": Fence(group: "x", epoch: 1), "p/y": Fence(group: "y", epoch: 1)]
    try store.save([feed("p/y", etag: "theirs")])
    let found = try store.recordFetches(
      [(feed("p/x", etag: "ours"), [newItem("1")]), (feed("p/y", etag: "late"), [newItem("2")])],
      saving: [feed("p/z", etag: "unguarded")], fences: fences)
    #expect(found.map { $0?.map(\.key) } == [["1"], nil])
    #expect(try store.source("p/x")?.etag == "ours" && store.source("p/y")?.etag == "theirs")
    #expect(try store.source("p/z")?.etag == "unguarded")
    for durably in [true, false] {
      try store.save([feed("p/x", etag: "\(durably)"), feed("p/y", etag: "late")], durably: durably, fences: fences)
      #expect(try store.source("p/x")?.etag == "\(durably)" && store.source("p/y")?.etag == "theirs")
    }
  }

  @Test func itemsAreHandedOverAndComeBack() throws {
    let scratch = try Scratch(.server)
    let (a, b) = (try scratch.store(node: "a"), try scratch.store(node: "b"))
    let keys = ["done", "failed", "given up", "postponed", "changed", "forgotten", "free", "dead", "theirs"]
    let items = try a.recordFetch(feed(), keys.map { newItem($0) }, now: instant(0))
    try lease("ours", "b", 1, scratch)
    try lease("dead", "c", 1, scratch)
    try lease("theirs", "d", 1, scratch)
    _ = try query(
      """
      INSERT INTO nodes (name, instance, expires_at) VALUES ('b', '1', now() + interval '1 hour'),
        ('c', '1', now()), ('d', '1', now() + interval '1 hour')
      """, scratch)
    for item in items {
      let group = ["free": "free", "dead": "dead", "theirs": "theirs"][item.key] ?? "ours"
      try a.handOver(item: item.id, to: "elsewhere")
      try a.handOver(item: item.id, to: group)
    }
    #expect(try a.waitingCount() == 0 && a.waitingPublishers().isEmpty)
    #expect(try b.handedItems(limit: 99).map(\.item.key) == keys.dropLast())
    #expect(try b.handedItems(limit: 2).map(\.group) == ["ours", "ours"])
    #expect(try a.handedItems(limit: 99).map(\.item.key) == ["free", "dead"])
    #expect(try b.handedItems(limit: 1).first?.item.state == .handed)
    // As waiting ones they are not pruned.
    _ = try a.recordFetch(feed(), [], now: instant(1))
    #expect(try a.prune(notListedSince: instant(1000)).items == 0)

    try b.itemDone(items[0].id, revision: items[0].revision, articleKey: "done")
    try b.itemFailed(items[1].id, error: "timeout", nextTry: instant(50))
    try b.itemFailed(items[2].id, error: "410", nextTry: nil)
    try b.postpone(item: items[3].id, until: instant(60))
    #expect(try a.recordFetch(feed(), [newItem("changed", "2")], now: instant(70)).map(\.key) == ["changed"])
    #expect(try a.forget(publisher: "p", url: "https://p.example/forgotten", now: instant(80)).items == 1)
    #expect(
      try a.waitingItems(now: instant(100), limit: 9).map(\.key) == ["failed", "postponed", "changed", "forgotten"])
    #expect(try query("SELECT count(*) FROM handed", scratch) == "3")
    // An item that is done cannot be handed over.
    try a.handOver(item: items[0].id, to: "ours")
    #expect(try a.item(items[0].id)?.state == .done)
    #expect(try query("SELECT count(*) FROM handed", scratch) == "3")
    #expect(try Scratch().store().handedItems(limit: 9).isEmpty)
  }

  @Test func whatAnotherNodeIsWakingIsLeftToIt() throws {
    let scratch = try Scratch(.server)
    let (a, b) = (try scratch.store(node: "a"), try scratch.store(node: "b"))
    for item in try a.recordFetch(feed(), [newItem("1"), newItem("2")]) {
      try a.itemDone(item.id, page: FetchedPage(revisit: instant(100)))
    }
    try a.transaction("test") { () throws in
      #expect(try a.wakeRevisits(now: instant(200), limit: 1) == ["p"])
      #expect(try b.wakeRevisits(now: instant(200), limit: 9) == ["p"])
      #expect(try b.wakeRevisits(now: instant(200), limit: 9).isEmpty)
      #expect(try b.waitingItems(now: .now(), limit: 9).map(\.key) == ["2"])
    }
    #expect(try b.waitingItems(now: .now(), limit: 9).map(\.key).sorted() == ["1", "2"])
  }
}
