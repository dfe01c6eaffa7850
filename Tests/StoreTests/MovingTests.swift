import Foundation
import PostgresServer
import Testing
import Values

@testable import PostgreSQL
@testable import Store

@Suite struct MovingTests {
  /// A single machine's state with something in every table.
  private func filled(_ scratch: Scratch) throws -> Store {
    let store = try Store(path: scratch.database)
    var source = feed("p/rss", etag: "W/\"ä\t\\\"")
    source.itemsPerDay = 2.5
    source.details.movedTo = "https://p.example/new"
    source.lastError = "it's\nlong"
    let keys = ["a", "b", "c\\N", String(repeating: "k", count: 3000)]
    let items = try store.recordFetch(source, keys.map { newItem($0) }, now: instant(100))
    try store.transaction("test") {
      try store.commitVersion(article("a", version: 1, name: "6ac1f0d8a3b2c7"))
      try store.commitVersion(article("a", version: 2, name: "6ac1f0d8a3b2d0"))
      try store.setLastQueueName("6ac1f0d8a3b2d0")
      try store.setQueuePlace("1 2 /queue")
      try store.itemDone(items[0].id, articleKey: "a", page: FetchedPage(etag: "e", revisit: instant(9)))
      try store.markPublished(stagedID: "a-1")
    }
    try store.itemFailed(items[1].id, error: "404", nextTry: nil)
    try store.save(Quarantine(plugin: "q", failures: 5, until: instant(9), mark: "m"))
    try store.saveHold(group: "p.example", until: instant(4_000_000_000))
    _ = try store.recordFetch(source, keys.dropFirst().map { newItem($0) }, now: instant(200))
    return store
  }

  @Test func everythingArrivesAndGoesOn() throws {
    let (scratch, fleet) = (try Scratch(), try Scratch(.server))
    let store = try filled(scratch)
    var told: [String] = []
    let moved = try store.move(to: fleet.target, node: "a") { table, _ in told.append(table) }
    #expect(
      Dictionary(uniqueKeysWithValues: moved.counts.map { ($0.table, $0.rows) }) == [
        "sources": 1, "items": 4, "listed": 3, "fingerprints": 4, "articles": 1, "outbox": 2, "traces": 0, "facts": 4,
      ])
    #expect(told.count >= 8)
    let there = try fleet.store(node: "a")
    #expect(try there.source("p/rss") == store.source("p/rss"))
    for key in ["a", "b", "c\\N"] {
      #expect(try there.item(publisher: "p", key: key) == store.item(publisher: "p", key: key))
    }
    #expect(try there.article(publisher: "p", key: "a") == store.article(publisher: "p", key: "a"))
    #expect(try there.outbox() == store.outbox())
    #expect(try there.lastQueueName() == "6ac1f0d8a3b2d0")
    #expect(try there.queuePlace() == "1 2 /queue" && fleet.store(node: "b").queuePlace() == nil)
    #expect(try there.quarantines() == store.quarantines())
    #expect(try there.holds(now: instant(0)).map(\.group) == ["p.example"])
    #expect(
      try there.waitingItems(now: .now(), limit: 9).map(\.id) == store.waitingItems(now: .now(), limit: 9).map(\.id))
    // What was known is known, long keys too, and new rows get new numbers.
    let long = String(repeating: "k", count: 3000)
    let new = try there.recordFetch(feed("p/rss"), [newItem("a"), newItem(long), newItem("new")])
    #expect(new.map(\.key) == ["new"])
    try there.transaction("test") { try there.commitVersion(article("new")) }
    #expect(try there.article(publisher: "p", key: "new")?.version == 1)
    #expect(try fleet.store(node: "b").outbox().isEmpty)
  }

  @Test func aDatabaseThatHoldsStateIsLeftAlone() throws {
    let (scratch, fleet) = (try Scratch(), try Scratch(.server))
    let store = try filled(scratch)
    try fleet.store(node: "b").setFact("a", "1")
    let error = #expect(throws: StoreError.self) { try store.move(to: fleet.target, node: "a") }
    #expect(error?.message.contains("facts") == true && error?.hint.contains("DROP SCHEMA") == true)
    #expect(try fleet.store(node: "b").allSources().isEmpty)
  }

  /// The server refuses the last table: nothing of the others is left, and it works the next time.
  @Test func aMoveThatFailsLeavesNothing() throws {
    let (scratch, fleet) = (try Scratch(), try Scratch(.server))
    let store = try filled(scratch)
    _ = try fleet.store()
    _ = try query("ALTER TABLE facts ADD CONSTRAINT broken CHECK (name = 'x')", fleet)
    #expect(throws: StoreError.self) { try store.move(to: fleet.target, node: "a") }
    for table in ["sources", "items", "outboxes"] { #expect(try query("SELECT count(*) FROM \(table)", fleet) == "0") }
    _ = try query("ALTER TABLE facts DROP CONSTRAINT broken", fleet)
    #expect(try store.move(to: fleet.target, node: "a").counts.count == 8)
  }

  @Test func manyRowsArrive() throws {
    let (scratch, fleet) = (try Scratch(), try Scratch(.server))
    let store = try Store(path: scratch.database)
    let record = String(repeating: "text ", count: 100)
    _ = try store.recordFetch(
      feed("p/rss"),
      (0..<6_000).map {
        NewItem(key: "\($0)", url: "https://p.example/\($0)", record: record, fingerprint: "1")
      })
    let moved = try store.move(to: fleet.target, node: "a")
    #expect(moved.counts.first { $0.table == "items" }?.rows == 6_000)
    #expect(try fleet.store().waitingCount() == 6_000)
  }

  @Test func aFileThatWasMovedIsNotStartedAnew() throws {
    let scratch = try Scratch()
    _ = try Store(path: scratch.database)
    try FileManager.default.moveItem(atPath: scratch.database, toPath: scratch.database + Store.movedSuffix)
    let error = #expect(throws: StoreError.self) { try Store(path: scratch.database) }
    #expect(error?.kind == .cannotCreate && error?.hint.contains("[state] url") == true)
    #expect(!FileManager.default.fileExists(atPath: scratch.database))
  }
}
