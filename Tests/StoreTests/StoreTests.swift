import Foundation
import Testing
import Values

@testable import Store

@Suite struct StoreFileTests {
  @Test func opensWithTheSettingsThatTheProtocolNeeds() throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    func pragma(_ name: String) throws -> String? { try store.database.first("test", "PRAGMA \(name)") { $0.text(0) } }
    #expect(try pragma("journal_mode") == "wal")
    #expect(try pragma("synchronous") == "2")
    #expect(try pragma("foreign_keys") == "1")
    #expect(try pragma("user_version") == "\(Schema.version)")
    try store.check()
  }

  /// What is written into a file that is no longer at its path is lost with the process; and what lies there instead is
  /// left alone.
  @Test(arguments: [false, true]) func noticesThatItsFileIsGone(isReplaced: Bool) throws {
    let scratch = try Scratch()
    do {
      let store = try Store(path: scratch.database)
      try store.verifyPlace()
      try store.vacuum()
      try store.verifyPlace()
      #expect(rename(scratch.database, scratch.path + "/aside") == 0)
      if isReplaced {
        for end in ["", "-wal"] { try Data("other".utf8).write(to: URL(fileURLWithPath: scratch.database + end)) }
      }
      #expect { try store.verifyPlace() } throws: { error in (error as? StoreError)?.exitStatus == 74 }
    }
    if isReplaced { #expect(try String(contentsOfFile: scratch.database + "-wal", encoding: .utf8) == "other") }
  }

  /// On a disk that its log fills there is room again once the log has been moved into the database.
  @Test func givesTheRoomOfItsLogBack() throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    func logSize() throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: scratch.database + "-wal")[.size] as? Int)
    }
    _ = try store.recordFetch(feed(), [newItem("a")])
    #expect(try logSize() > 0)
    let pages = try store.database.first("test", "PRAGMA page_count") { $0.int(0) } ?? 0
    try store.database.execute("test", "PRAGMA max_page_count = \(pages)")
    let many = (0..<500).map { newItem("\($0)", String(repeating: "x", count: 500)) }
    #expect { try store.recordFetch(feed(), many) } throws: { error in (error as? StoreError)?.kind == .full }
    #expect(try logSize() == 0)
    try store.database.execute("test", "PRAGMA max_page_count = 100000")
    #expect(try store.recordFetch(feed(), many).count == 500)
  }

  @Test func rejectsWhatItCannotUse() throws {
    func kind(_ prepare: (String) throws -> String) throws -> StoreError? {
      let scratch = try Scratch()
      let path = try prepare(scratch.path)
      do throws(StoreError) {
        _ = try Store(path: path)
        return nil
      } catch {
        return error
      }
    }
    let garbage = try kind { directory in
      try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: directory + "/state.db"))
      return directory + "/state.db"
    }
    #expect(garbage?.kind == .corrupt && garbage?.exitStatus == 65)

    let damaged = try kind { directory in
      let path = directory + "/state.db"
      do {
        let store = try Store(path: path)
        for number in 0..<500 {
          _ = try store.recordFetch(feed("feed\(number)"), [newItem("\(number)", String(repeating: "x", count: 500))])
        }
      }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      for page in 8..<40 {
        try file.seek(toOffset: UInt64(page) * 4096)
        try file.write(contentsOf: Data(repeating: 0x5A, count: 4096))
      }
      try file.close()
      return path
    }
    #expect(damaged?.kind == .corrupt)

    let missing = try kind { $0 + "/absent/state.db" }
    #expect(missing?.kind == .cannotCreate && missing?.exitStatus == 73)

    let stranger = try kind { directory in
      let other = try Database(path: directory + "/state.db")
      try other.execute("test", "CREATE TABLE songs (title TEXT)")
      return directory + "/state.db"
    }
    #expect(stranger?.kind == .corrupt)

    let newer = try kind { directory in
      let store = try Store(path: directory + "/state.db")
      try store.database.execute("test", "PRAGMA user_version = 99")
      return directory + "/state.db"
    }
    #expect(newer?.kind == .newerSchema && newer?.exitStatus == 78)
    for error in [garbage, damaged, missing, stranger, newer] {
      #expect(error?.description.contains("state.db") == true)
      #expect(error?.hint.isEmpty == false)
    }
  }

  @Test func backsUpWhileInUse() throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    _ = try store.recordFetch(feed(etag: "\"1\""), [newItem("a")])
    let copy = scratch.path + "/copy.db"
    try store.backUp(to: copy)
    _ = try store.recordFetch(feed(etag: "\"2\""), [newItem("b")])
    try store.backUp(to: copy)
    let restored = try Store(path: copy)
    #expect(try restored.waitingCount() == 2)
    #expect(try restored.source("feed")?.etag == "\"2\"")
    #expect(!FileManager.default.fileExists(atPath: copy + ".partial"))
  }

  /// The copy holds what the database holds, and nobody else may read it.
  @Test(arguments: [0o640, 0o600, 0o644]) func backupIsAsClosedAsTheDatabase(_ mode: mode_t) throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    #expect(chmod(scratch.database, mode) == 0)
    let before = umask(0)
    defer { umask(before) }
    let copy = scratch.path + "/copy.db"
    try store.backUp(to: copy)
    var status = stat()
    #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == mode)
  }

  /// A copy of a damaged database replaces none of a good one.
  @Test func damageIsNotBackedUp() throws {
    let scratch = try Scratch()
    let copy = scratch.path + "/copy.db"
    var page = 0
    do {
      let store = try Store(path: scratch.database)
      _ = try store.recordFetch(feed(), [newItem("a")])
      try store.checkpoint()
      try store.backUp(to: copy)
      // A page that nothing reads when the database is opened.
      let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'items'"
      page = try #require(try store.database.first("test", root) { $0.int(0) })
    }
    let good = try Data(contentsOf: URL(fileURLWithPath: copy))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
    bytes.replaceSubrange((page - 1) * 4096..<page * 4096, with: Data(repeating: 0x5A, count: 4096))
    try bytes.write(to: URL(fileURLWithPath: scratch.database))
    let error = #expect(throws: StoreError.self) { try Store(inspecting: scratch.database).backUp(to: copy) }
    #expect(error?.kind == .corrupt && error?.path == scratch.database)
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == good)
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(left.filter { $0.hasPrefix("copy.db") } == ["copy.db"])
  }

  /// By whatever name: what the database's user writes afterwards would go into a file without one.
  @Test func neverReplacesTheDatabaseItself() throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    let file = FileManager.default
    try file.createSymbolicLink(atPath: scratch.path + "/soft", withDestinationPath: "state.db")
    try file.createSymbolicLink(atPath: scratch.path + "/folder", withDestinationPath: scratch.path)
    try file.linkItem(atPath: scratch.database, toPath: scratch.path + "/hard")
    for target in [
      "/state.db", "/state.db-wal", "/state.db-shm", "/state.db-journal", "/state.db.open", "/lock", "/soft", "/hard",
      "/folder/state.db", "/../\(scratch.path.split(separator: "/").last!)/state.db-wal",
    ] {
      let error = #expect(throws: StoreError.self, "\(target)") { try store.backUp(to: scratch.path + target) }
      #expect(error?.exitStatus == 73 && error?.message.contains("of the database itself") == true)
    }
    _ = try store.recordFetch(feed(), [newItem("a")])
    #expect(try Store(inspecting: scratch.database).waitingCount() == 1)
    try store.backUp(to: scratch.path + "/copy.db")
    // Nor is a directory a place for it.
    try file.createDirectory(atPath: scratch.path + "/full/one", withIntermediateDirectories: true)
    let error = #expect(throws: StoreError.self) { try store.backUp(to: scratch.path + "/full") }
    #expect(error?.exitStatus == 73)
    #expect(!file.fileExists(atPath: scratch.path + "/full.partial"))
  }

  @Test(arguments: Engine.allCases) func transactionIsAllOrNothing(_ engine: Engine) throws {
    struct Stop: Error {}
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    #expect(throws: Stop.self) {
      try store.transaction("test") {
        try store.setFact("a", "1")
        throw Stop()
      }
    }
    #expect(try store.fact("a") == nil)
    try store.transaction("test") { try store.setFact("a", "2") }
    #expect(try store.fact("a") == "2")
  }

  /// A full database file: the transaction goes, the store stays usable.
  @Test func fullRollsBack() throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    let pages = try store.database.first("test", "PRAGMA page_count") { $0.int(0) } ?? 0
    try store.database.execute("test", "PRAGMA max_page_count = \(pages + 2)")
    let items = (0..<500).map { newItem("\($0)", String(repeating: "x", count: 400)) }
    do throws(StoreError) {
      _ = try store.recordFetch(feed(etag: "new"), items)
      Issue.record("a full database took 500 items")
    } catch {
      #expect(error.kind == .full && error.exitStatus == 75)
    }
    #expect(try store.source("feed") == nil)
    #expect(try store.waitingCount() == 0)
    try store.database.execute("test", "PRAGMA max_page_count = 100000")
    #expect(try store.recordFetch(feed(etag: "new"), items).count == 500)
  }

  @Test func lockNamesItsHolder() throws {
    let scratch = try Scratch()
    var first: StateLock? = try StateLock(directory: scratch.path)
    do throws(StoreError) {
      _ = try StateLock(directory: scratch.path)
      Issue.record("the lock was given twice")
    } catch {
      #expect(error.kind == .busy)
      #expect(error.message == "held by process \(getpid())")
    }
    withExtendedLifetime(first) {}
    first = nil
    _ = try StateLock(directory: scratch.path)
    #expect(throws: StoreError.self) { try StateLock(directory: scratch.path + "/absent") }
  }

  /// Made by root, as by `newswirectl state`, it keeps the directory's owner from nothing.
  @Test(.enabled(if: geteuid() == 0)) func theLockBelongsToTheDirectorysOwner() throws {
    let scratch = try Scratch()
    #expect(chown(scratch.path, 4242, 4343) == 0)
    let lock = try StateLock(directory: scratch.path)
    var status = stat()
    #expect(stat(scratch.path + "/lock", &status) == 0 && status.st_uid == 4242 && status.st_gid == 4343)
    withExtendedLifetime(lock) {}
  }
}

@Suite struct SourceStateTests {
  @Test(arguments: Engine.allCases) func keepsEveryFieldExactly(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let full = SourceState(
      id: "bbc#1", publisher: "bbc", url: "https://feeds.example/ä?a=b",
      // A server has no room for a NUL.
      etag: engine == .file ? "W/\"a\u{0}b\"" : "W/\"a\u{1}b\"",
      lastModified: " Thu, 01  Jan 1970 ", bodyHash: "00ff",
      lastAttempt: Timestamp(seconds: 5, nanoseconds: 123_456_000),
      lastSuccess: instant(-7), nextDue: instant(253_402_300_799), failures: 3, lastStatus: 503, lastError: "it's down",
      permanentTo: "https://new.example/", permanentSeen: 2, permanentSince: instant(9), newestItem: instant(10),
      itemsPerDay: 12.5, muted: true)
    let empty = SourceState(id: "bbc#2", publisher: "bbc", url: "https://feeds.example/2")
    for state in [full, empty] {
      try store.save(state)
      #expect(try store.source(state.id) == state)
    }
    try store.save(SourceState(id: "bbc#1", publisher: "bbc", url: "u"))
    #expect(try store.source("bbc#1") == SourceState(id: "bbc#1", publisher: "bbc", url: "u"))
    #expect(try store.allSources().map(\.id) == ["bbc#1", "bbc#2"])
    #expect(try store.source("none") == nil)
  }

  @Test(arguments: Engine.allCases) func survivesReopening(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    do { _ = try scratch.store().recordFetch(feed(etag: "e"), [newItem("a")]) }
    let store = try scratch.store()
    #expect(try store.source("feed")?.etag == "e")
    #expect(try store.waitingItems(now: .now(), limit: 9).map(\.key) == ["a"])
  }
}

@Suite struct DiscoveredItemTests {
  @Test(arguments: Engine.allCases) func onlyNewAndChangedItemsWait(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let first = try store.recordFetch(feed(), [newItem("a"), newItem("b"), newItem("a")], now: instant(100))
    #expect(first.map(\.key) == ["a", "b"])
    #expect(first.allSatisfy { $0.state == .waiting && !$0.isUpdate && $0.discoveredAt == instant(100) })
    #expect(try store.recordFetch(feed(), [newItem("a"), newItem("b")], now: instant(200)).isEmpty)
    for item in first { try store.itemDone(item.id, articleKey: item.key) }
    #expect(try store.waitingCount() == 0)
    let changed = try store.recordFetch(feed(), [newItem("a", "2"), newItem("b")], now: instant(300))
    #expect(changed.map(\.key) == ["a"])
    #expect(changed.first?.isUpdate == true && changed.first?.nextTry == instant(300))
    // Already waiting: the change is taken in, but it is not reported as newly waiting.
    #expect(try store.recordFetch(feed(), [newItem("a", "3")], now: instant(400)).isEmpty)
    #expect(try store.waitingCounts() == ["p": 1])
  }

  @Test(arguments: Engine.allCases) func articleFromElsewhereIsKnown(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try store.transaction("test") { try store.commitVersion(article("a")) }
    #expect(try store.recordFetch(feed(), [newItem("a", "1"), newItem("b")]).map(\.key) == ["b"])
    #expect(try store.recordFetch(feed(), [newItem("a", "2")]).map(\.key) == ["a"])
  }

  @Test(arguments: Engine.allCases) func failuresBackOffAndGiveUp(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let id = try store.recordFetch(feed(), [newItem("a")], now: instant(100))[0].id
    #expect(try store.nextItemTime() == instant(100))
    try store.itemFailed(id, error: "timeout", nextTry: instant(500))
    #expect(try store.waitingItems(now: instant(499), limit: 10).isEmpty)
    #expect(try store.waitingItems(now: instant(500), limit: 10).map(\.attempts) == [1])
    #expect(try store.nextItemTime() == instant(500))
    try store.itemFailed(id, error: "gone", nextTry: nil)
    #expect(try store.item(id)?.state == .failed)
    #expect(try store.item(id)?.lastError == "gone")
    #expect(try store.nextItemTime() == nil)
    #expect(try store.recordFetch(feed(), [newItem("a", "2")]).map(\.attempts) == [0])
  }

  @Test(arguments: Engine.allCases) func changeWhileThePageIsFetchedIsNotLost(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let read = try store.recordFetch(feed(), [newItem("a")])[0]
    _ = try store.recordFetch(feed(), [newItem("a", "2")])
    try store.itemDone(read.id, revision: read.revision, articleKey: "a")
    let again = try store.waitingItems(now: .now(), limit: 1)
    #expect(again.map(\.revision) == [1])
    try store.itemDone(read.id, revision: 1, articleKey: "a")
    #expect(try store.waitingCount() == 0)
  }

  /// Also not when the visit ends for good: what has changed is visited once more.
  @Test(arguments: [(told: true, state: DiscoveredItem.State.waiting), (false, .failed)], Engine.allCases)
  func changeWhileThePageFailsIsNotLost(
    _ change: (told: Bool, state: DiscoveredItem.State), _ engine: Engine
  ) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let read = try store.recordFetch(feed(), [newItem("a")])[0]
    if change.told { _ = try store.recordFetch(feed(), [newItem("a", "2")]) }
    try store.itemFailed(read.id, revision: read.revision, error: "403", nextTry: nil)
    #expect(try store.item(read.id)?.state == change.state)
    #expect(try store.waitingItems(now: .now(), limit: 9).count == (change.told ? 1 : 0))
    try store.itemFailed(read.id, revision: change.told ? 1 : 0, error: "403", nextTry: nil)
    #expect(try store.item(read.id)?.state == .failed)
  }

  @Test(arguments: Engine.allCases) func oldestDueComesFirst(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    for (key, time) in [("c", 30), ("a", 10), ("b", 20)] {
      _ = try store.recordFetch(feed(key), [newItem(key)], now: instant(Int64(time)))
    }
    #expect(try store.waitingItems(now: instant(100), limit: 2).map(\.key) == ["a", "b"])
  }
}

func article(_ key: String, version: Int = 1, name: String = "6ac1f0d8a3b2c7", at time: Int64 = 50) -> ArticleRow {
  ArticleRow(
    publisher: "p", key: key, uri: "urn:newswire:p:\(key)", version: version, contentHash: "hash \(version)",
    stagedID: "\(key)-\(version)", queueName: name, state: .staged, firstSeen: instant(40), updatedAt: instant(time),
    url: "https://p.example/\(key)", headline: "Headline")
}

@Suite struct SeenArticleTests {
  @Test(arguments: Engine.allCases) func versionsReplaceEachOther(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try store.transaction("test") { try store.commitVersion(article("a")) }
    #expect(try store.article(publisher: "p", key: "a") == article("a"))
    try store.markPublished(stagedID: "a-1")
    #expect(try store.article(publisher: "p", key: "a")?.state == .published)
    try store.transaction("test") { try store.commitVersion(article("a", version: 2, name: "6ac1f0d8a3b2d0", at: 60)) }
    #expect(try store.article(publisher: "p", key: "a")?.version == 2)
    #expect(try store.stagedOutbox().map(\.stagedID) == ["a-2"])
    #expect(try store.outbox().map(\.stagedID) == ["a-1", "a-2"])
    #expect(try store.articleTotal(publisher: "p") == 1)
    #expect(try store.latestArticles(publisher: "p", limit: 5).map(\.version) == [2])
    // The same version twice is a bug of the caller, and refused.
    #expect(throws: StoreError.self) { try store.commitVersion(article("a", version: 2)) }
  }

  @Test(arguments: [(1, "a"), (1, "item"), (2, "a"), (2, "item")], Engine.allCases)
  func withdrawnVersionIsFetchedAgain(_ version: (number: Int, itemKey: String), _ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let (version, itemKey) = version
    let item = try store.recordFetch(feed(), [newItem(itemKey), newItem("z")])[0]
    for id in [item.id, item.id + 1] { try store.itemDone(id, articleKey: id == item.id ? "a" : "z") }
    try store.transaction("test") {
      for number in 1...version { try store.commitVersion(article("a", version: number)) }
    }
    let row = try #require(try store.outbox().first { $0.version == version })
    try store.transaction("test") { try store.withdraw(row, now: instant(90)) }
    #expect(try store.waitingItems(now: instant(90), limit: 9).map(\.key) == [itemKey])
    #expect(try store.outbox().count == version - 1)
    #expect(try store.article(publisher: "p", key: "a")?.contentHash == (version == 1 ? nil : ""))
  }
}
