import Foundation
import Testing
import Values

@testable import Store

@Suite struct SchemaTests {
  /// Every database ever released opens, keeps what it holds, and leaves a copy of itself.
  @Test(arguments: 1..<Schema.version) func migratesForwardWithABackup(from version: Int) throws {
    let scratch = try Scratch()
    do {
      let old = try Database(path: scratch.database)
      try Schema.migrate(old, Array(Schema.migrations.prefix(version)))
      try old.execute("test", "INSERT INTO facts VALUES ('last queue name', '6ac1f0d8a3b2c7')")
      try old.execute(
        "test",
        """
        INSERT INTO items (publisher, source, key, url, record, discovered_at, last_listed, next_try)
        VALUES ('p', 'feed', 'a', 'https://p.example/a', '{}', 0, 0, 0);
        INSERT INTO items
          (publisher, source, key, url, record, discovered_at, last_listed, next_try, state, article_key)
        VALUES ('p', 'feed', 'b', 'https://p.example/b', '{}', 0, 0, 0, 1, 'canonical');
        INSERT INTO listed VALUES ('feed', 2);
        INSERT INTO fingerprints (source, item, fingerprint) VALUES ('feed', 2, '1');
        INSERT INTO articles
          (publisher, key, uri, version, content_hash, staged_id, queue_name, first_seen, updated_at, url, headline)
        VALUES ('p', 'canonical', 'urn:newswire:p:1', 3, 'hash', 'id-3', '6ac1f0d8a3b2c7', 7, 9, 'https://p.example/b', 'B'),
          ('p', 'older', 'urn:newswire:p:2', 1, 'other', 'older-1', '6ac1f0d8a3b2a0', 5, 5, 'https://p.example/c', 'C');
        INSERT INTO outbox (staged_id, publisher, key, version, queue_name, state, committed_at)
        VALUES ('id-3', 'p', 'canonical', 3, '6ac1f0d8a3b2c7', 0, 9), ('id-2', 'p', 'canonical', 2, '6ac1f0d8a3b2b0', 1, 8);
        """)
    }
    let store = try Store(path: scratch.database)
    #expect(try store.lastQueueName() == "6ac1f0d8a3b2c7")
    #expect(try store.waitingItems(now: .now(), limit: 9).map(\.key) == ["a"])
    // Articles, what is staged of them and the order of the outbox.
    let article = try #require(try store.article(publisher: "p", key: "canonical"))
    #expect(article.version == 3 && article.contentHash == "hash" && article.state == .staged)
    #expect(article.firstSeen == Timestamp(seconds: 0, nanoseconds: 7000) && article.headline == "B")
    #expect(try store.article(publisher: "p", key: "older")?.state == .published)
    #expect(try store.latestArticles(publisher: "p", limit: 9).map(\.key) == ["canonical", "older"])
    #expect(try store.outbox().map(\.stagedID) == ["id-2", "id-3"])
    #expect(try store.stagedOutbox().map(\.stagedID) == ["id-3"])
    #expect(try store.outbox(stagedIDs: ["id-2", "unknown"]).map(\.version) == [2])
    #expect(try store.publisher(ofElement: "6ac1f0d8a3b2b0") == "p")
    // What the source said is remembered, and which item is whose: the same again is no change, and nothing is
    // forgotten.
    #expect(try store.recordFetch(feed(), [newItem("b")], now: instant(10)).isEmpty)
    #expect(try store.prune(notListedSince: instant(10)).articles == 1)
    #expect(try store.article(publisher: "p", key: "canonical") != nil)
    try store.check()
    #expect(try store.database.first("test", "PRAGMA user_version") { $0.int(0) } == Schema.version)
    let backup = try Database(path: scratch.database + ".v\(version).bak", access: .readOnly)
    #expect(try backup.first("test", "PRAGMA user_version") { $0.int(0) } == version)
    #expect(try backup.first("test", "SELECT count(*) FROM items") { $0.int(0) } == 2)
    // Opened again, nothing is left to do.
    _ = try Store(path: scratch.database)
  }

  /// No backup, no migration: the old database stays as it was.
  @Test func withoutABackupNothingIsMigrated() throws {
    let scratch = try Scratch()
    do { try Schema.migrate(try Database(path: scratch.database), Array(Schema.migrations.prefix(1))) }
    let obstacle = scratch.database + ".v1.bak.partial/full"
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
    #expect(throws: StoreError.self) { try Store(path: scratch.database) }
    let old = try Database(path: scratch.database)
    #expect(try old.first("test", "PRAGMA user_version") { $0.int(0) } == 1)
  }

  @Test func aMigrationThatFailsChangesNothing() throws {
    let scratch = try Scratch()
    _ = try Store(path: scratch.database)
    let database = try Database(path: scratch.database)
    #expect(throws: StoreError.self) {
      try Schema.migrate(
        database, Schema.migrations + ["CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE half (b INTEGER);"])
    }
    try? database.execute("test", "ROLLBACK")
    #expect(try database.first("test", "PRAGMA user_version") { $0.int(0) } == Schema.version)
    #expect(try database.first("test", "SELECT count(*) FROM sqlite_schema WHERE name = 'half'") { $0.int(0) } == 0)
  }

  /// Looking changes nothing: no migration, no lock, no file.
  @Test func inspectingLeavesEverythingAsItIs() throws {
    let scratch = try Scratch()
    do { try Schema.migrate(try Database(path: scratch.database), Array(Schema.migrations.prefix(1))) }
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
    try Store(inspecting: scratch.database).check()
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.database)) == before)
    #expect(throws: StoreError.self) { try Store(inspecting: scratch.path + "/absent.db") }
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/absent.db"))
    let frozen = try Database(path: scratch.database, access: .frozen)
    #expect(try frozen.first("test", "SELECT count(*) FROM items") { $0.int(0) } == 0)
    #expect(throws: StoreError.self) { try frozen.execute("test", "DELETE FROM items") }
  }
}

@Suite struct SchemaDamageTests {
  /// One byte of the schema's text that leaves it readable: SQLite's own checks find nothing.
  @Test(
    "a damaged byte in the schema",
    arguments: [
      ("next_due INTEGER", "next_duf INTEGER", "column sources.next_due is missing"),
      (
        "failures INTEGER NOT NULL DEFAULT 0,\n  last_status", "failures INTEGER NOT NULL DEFAULT 1,\n  last_status",
        "column sources.failures is not as it was made"
      ),
      (
        "CREATE INDEX items_old ON items (last_listed)", "CREATE INDEX items_old ON items (next_try   )",
        "index items_old is not as it was made"
      ),
      (
        "WHERE article_key <> key", "WHERE article_key >= key", "condition of items_other_key is not as it was made"
      ),
      ("REFERENCES items (id)", "REFERENCES itemq (id)", "is not as it was made"),
    ])
  func text(_ original: String, _ damaged: String, _ finding: String) throws {
    let scratch = try Scratch()
    try scratch.store().checkpoint()
    try damage(scratch.database) { file in
      let place = try #require(file.firstRange(of: Array(original.utf8)))
      file.replaceSubrange(place, with: Array(damaged.utf8).prefix(place.count))
    }
    for open in [{ try Store(path: $0) }, { try Store(inspecting: $0) }] as [(String) throws -> Store] {
      let error = #expect(throws: StoreError.self) { _ = try open(scratch.database) }
      #expect(error?.kind == .corrupt)
      #expect(error?.message.contains(finding) == true, "\(String(describing: error))")
    }
  }

  @Test("a damaged byte in the header", arguments: [(18, 0xFD as UInt8), (18, 3), (47, 0xBB)])
  func header(_ offset: Int, _ byte: UInt8) throws {
    let scratch = try Scratch()
    try scratch.store().checkpoint()
    try damage(scratch.database) { $0[offset] = byte }
    for open in [{ try Store(path: $0) }, { try Store(inspecting: $0) }] as [(String) throws -> Store] {
      let error = #expect(throws: StoreError.self) {
        let store = try open(scratch.database)
        _ = try store.fact("a")
      }
      #expect(error?.kind == .corrupt, "\(String(describing: error))")
    }
  }

  /// What an operator may do to a database, and what SQLite does.
  @Test func othersPartsAreNoDamage() throws {
    let scratch = try Scratch()
    _ = try scratch.store()
    do {
      let database = try Database(path: scratch.database)
      try database.execute(
        "test",
        """
        CREATE INDEX own ON items (section) WHERE section IS NOT NULL;
        CREATE TABLE own_table (a INTEGER REFERENCES items (id));
        CREATE TRIGGER own_trigger AFTER INSERT ON own_table BEGIN DELETE FROM own_table; END;
        ANALYZE;
        VACUUM;
        """)
    }
    _ = try Store(path: scratch.database)
    try Store(inspecting: scratch.database).check()
  }

  private func damage(_ path: String, _ change: (inout [UInt8]) throws -> Void) throws {
    var file = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try change(&file)
    try Data(file).write(to: URL(filePath: path))
  }
}
