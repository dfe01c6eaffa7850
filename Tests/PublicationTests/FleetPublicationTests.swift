import DrillWorld
import PostgresServer
import Testing
import Values

@testable import PostgreSQL
@testable import Publication
@testable import Queue
@testable import Store

/// Two nodes of one fleet, each with its own queue, and one node whose server goes away.
@Suite struct FleetPublicationTests {
  private let target: PostgresTarget
  private let link: Link

  init() throws {
    let url = PostgresServer.shared.database()
    target = try PostgresTarget(url: url)
    link = Link(to: PostgresServer.shared.port)
  }

  private var name: String { String(target.description.split(separator: "/").last!) }

  private func query(_ sql: String) {
    PostgresServer.shared.query("SET search_path = newswire; " + sql, database: name)
  }

  /// Lets `body` happen once, between the plan of one node and its commit.
  private func between(_ desk: Desk, _ point: CrashPoint = .tmpSynced, _ body: @escaping () throws -> Void) throws {
    var isDone = false
    desk.restart { place in
      guard place == point, !isDone else { return }
      isDone = true
      try body()
    }
    _ = try desk.publisher.recover()
  }

  @Test func aVersionThatAnotherNodePublishedMeanwhileIsFollowed() throws {
    let (a, b) = (try Desk(target: target, node: "a"), try Desk(target: target, node: "b"))
    try between(a) { _ = try b.publisher.publish([b.article("x", "theirs"), b.article("y", "same")]) }
    let outcome = try a.publisher.publish([a.article("x", "ours"), a.article("y", "same"), a.article("z")])
    #expect(outcome.published.map { "\($0.key) v\($0.version)" } == ["x v2", "z v1"])
    #expect(outcome.unchanged == 1 && outcome.left.isEmpty)
    #expect(try b.queued() == ["x theirs v1", "y same v1"] && a.queued() == ["x ours v2", "z 1 v1"])
    #expect(try a.spool.stagedIDs().isEmpty)
  }

  @Test func anArticleWhoseGroupWentToAnotherNodeIsLeftToIt() throws {
    let desk = try Desk(target: target)
    query("INSERT INTO leases (rate_group, node, epoch) VALUES ('x', 'b', 2), ('y', 'a', 1)")
    let items = try desk.discover("x", "y", "z")
    var batch = zip(["x", "y", "z"], items).map { desk.article($0, item: $1) }
    batch[0].fence = Fence(group: "x", epoch: 1)
    batch[1].fence = Fence(group: "y", epoch: 1)
    let outcome = try desk.publisher.publish(batch)
    #expect(outcome.left == [0] && outcome.published.map(\.key) == ["y", "z"])
    #expect(try desk.store.waitingItems(now: desk.now, limit: 9).map(\.key) == ["x"])
    #expect(try desk.spool.stagedIDs().isEmpty)
    let all = try desk.publisher.publish([batch[0]])
    #expect(all.left == [0] && all.published.isEmpty)
  }

  /// Each question costs a round trip: what is known, the traces of the others, whether it is still so, the commit.
  @Test func aBatchAsksAsOftenWhateverItsLength() throws {
    let desk = try Desk(target: target)
    let keys = (0..<50).map { "\($0)" }
    let items = try desk.store.recordFetch(
      SourceState(id: "feed", publisher: "p", url: "https://p.example/"),
      keys.map { NewItem(key: $0, url: "https://p.example/\($0)", record: "{}", fingerprint: "1") }, now: desk.now)
    func trips(_ content: String) throws -> (trips: Int, outcome: PublicationOutcome) {
      func count() throws -> Int { try desk.store.database.server!.with("test") { $0.roundTrips } }
      let before = try count()
      let outcome = try desk.publisher.publish(zip(keys, items).map { desk.article($0, content, item: $1) })
      return (try count() - before, outcome)
    }
    let new = try trips("1")
    #expect(new.trips == 4 && new.outcome.published.count == 50)
    let changed = try trips("2")
    #expect(changed.trips == 3 && changed.outcome.published.map(\.version) == Array(repeating: 2, count: 50))
    let same = try trips("2")
    #expect(same.trips == 2 && same.outcome.unchanged == 50)
  }

  /// A version number is never used twice, long after the article was pruned.
  @Test func aPrunedArticleGoesOnAfterItsLastVersion() throws {
    let desk = try Desk(target: target)
    let long = String(repeating: "k", count: 3000)
    for content in ["1", "2"] {
      _ = try desk.publisher.publish([desk.article("x", content), desk.article(long, content)])
    }
    try desk.publisher.flush()
    #expect(try desk.store.prune(notListedSince: desk.now.adding(seconds: 1)).articles == 2)
    // Unchanged it is no version at all.
    #expect(try desk.publisher.publish([desk.article("x", "2"), desk.article(long, "2")]).unchanged == 2)
    let outcome = try desk.publisher.publish([desk.article("x", "3"), desk.article(long, "3")])
    #expect(outcome.published.map(\.version) == [3, 3])
  }

  /// The server undoes one of two that wait for each other, or the like.
  @Test func whatTheServerUndidIsTriedAgain() throws {
    let desk = try Desk(target: target)
    query(
      """
      CREATE SEQUENCE tries; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') <= 2 THEN RAISE SQLSTATE '40P01' USING MESSAGE = 'deadlock'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON articles FOR EACH ROW EXECUTE FUNCTION refuse()
      """)
    let outcome = try desk.publisher.publish([desk.article("x")])
    #expect(outcome.published.map(\.version) == [1])
    #expect(try desk.queued() == ["x 1 v1"])
  }

  /// Where the connection goes, and whether the commit arrived.
  @Test(arguments: [(CrashPoint.begin, false), (.tmpSynced, false), (.rowsWritten, false), (.rowsWritten, true)])
  func aServerThatGoesAwayLosesNothingAndDoublesNothing(_ point: CrashPoint, _ arrives: Bool) throws {
    let desk = try Desk(target: PostgresTarget(url: link.url(name)))
    _ = try desk.publisher.publish([desk.article("before")])
    let items = try desk.discover("x", "y")
    try between(desk, point) {
      if arrives {
        link.mode = .answersLost
      } else {
        let store = try Store(inspecting: target)
        _ = store
        query(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'newswired a'
          """)
      }
    }
    let batch = [desk.article("x", item: items[0]), desk.article("y", item: items[1])]
    let error = #expect(throws: (any Error).self) { try desk.publisher.publish(batch) }
    if let error = error as? PublicationError {
      guard case .unreachable = error else { throw error }
      #expect(error.exitStatus == 75)
    } else {
      #expect((error as? StoreError)?.kind == .unreachable)
    }
    #expect(desk.store.isLost)
    // Nothing goes on before it is known how far it came.
    #expect(throws: (any Error).self) { try desk.publisher.publish(batch) }
    link.mode = .open
    try desk.store.reopen()
    let report = try desk.publisher.recover()
    #expect(report.published.count == (arrives ? 2 : 0))
    #expect(try desk.store.waitingCount() == (arrives ? 0 : 2))
    let again = try desk.publisher.publish(batch)
    #expect(again.unchanged == (arrives ? 2 : 0))
    #expect(try desk.queued() == ["before 1 v1", "x 1 v1", "y 1 v1"])
    #expect(try desk.store.waitingCount() == 0 && desk.spool.stagedIDs().isEmpty)
  }

  /// What was published and not yet marked when the connection went is marked by recovery.
  @Test func whatWasPublishedIsNotPublishedAgain() throws {
    let desk = try Desk(target: target)
    _ = try desk.publisher.publish([desk.article("x")])
    _ = try Store(postgres: target, node: "a", instance: "instance of a")
    #expect(throws: (any Error).self) { try desk.publisher.flush() }
    try desk.store.reopen()
    #expect(try desk.publisher.recover().finished == 1)
    #expect(try desk.store.stagedOutbox().isEmpty && desk.queued() == ["x 1 v1"])
  }
}
