import Testing
import Values

@testable import Store

@Suite struct FairItemsTests {
  private func store(_ scratch: Scratch) throws -> Store {
    let store = try scratch.store()
    for publisher in ["p", "q"] {
      var source = feed(publisher + "/rss")
      source.publisher = publisher
      let items = (0..<5).map { newItem("\(publisher)\($0)") }
      _ = try store.recordFetch(source, items, now: instant(publisher == "p" ? 100 : 200))
    }
    return store
  }

  @Test(arguments: Engine.allCases) func aPublishersItemsComeInTheirOrderWithoutThoseUnderWay(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try store(scratch)
    let first = try store.waitingItems(publisher: "p", now: instant(150), limit: 2)
    #expect(first.map(\.key) == ["p0", "p1"])
    let underWay = Set(first.map(\.id))
    #expect(
      try store.waitingItems(publisher: "p", now: instant(150), underWay: underWay, limit: 9).map(\.key) == [
        "p2", "p3", "p4",
      ])
    #expect(try store.waitingItems(publisher: "q", now: instant(150), limit: 9).isEmpty)
    #expect(try store.waitingItems(publisher: "none", now: instant(150), limit: 9).isEmpty)
  }

  @Test(arguments: Engine.allCases) func publishersAreListedWithTheirFirstDueTime(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try store(scratch)
    let first = try #require(try store.waitingItems(publisher: "p", now: instant(150), limit: 1).first)
    try store.postpone(item: first.id, until: instant(900))
    func due() throws -> [String: Timestamp] {
      Dictionary(uniqueKeysWithValues: try store.waitingPublishers().map { ($0.publisher, $0.due) })
    }
    #expect(try due() == ["p": instant(100), "q": instant(200)])
    #expect(try store.nextItemTime(publisher: "p", after: instant(100)) == instant(900))
    #expect(try store.nextItemTime(publisher: "p", after: instant(900)) == nil)
    for item in try store.waitingItems(publisher: "q", now: instant(300), limit: 9) { try store.itemDone(item.id) }
    #expect(try due() == ["p": instant(100)])
  }

  @Test(arguments: Engine.allCases) func severalFetchesShareACommitOrFailTogether(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let results = try store.recordFetches(
      [(feed("p/a"), [newItem("1"), newItem("2")]), (feed("p/b"), [newItem("2"), newItem("3")])],
      saving: [feed("p/c", etag: "c")])
    #expect(results.map { $0?.map(\.key) } == [["1", "2"], ["3"]])
    #expect(try store.source("p/c")?.etag == "c")
    // A table that is gone stands for a disk that fails.
    try store.database.execute("test", "DROP TABLE fingerprints")
    #expect(throws: StoreError.self) {
      try store.recordFetches([(feed("p/a", etag: "new"), []), (feed("p/b"), [newItem("9")])], saving: [feed("p/d")])
    }
    #expect(try store.source("p/a")?.etag == nil && store.source("p/d") == nil)
  }

  @Test func whatDoesNotWaitForTheDiskLeavesTheOthersDurable() throws {
    let scratch = try Scratch()
    let store = try Store(path: scratch.database)
    func level() throws -> Int? { try store.database.first("test", "PRAGMA synchronous") { $0.int(0) } }
    try store.save([feed("p/a", etag: "1"), feed("p/b")], durably: false)
    // FULL.
    #expect(try level() == 2)
    #expect(try Store(path: scratch.database).source("p/a")?.etag == "1")
    // A table that is gone stands for a disk that fails.
    try store.database.execute("test", "DROP TABLE sources")
    #expect(throws: StoreError.self) { try store.save([feed("p/a")], durably: false) }
    #expect(try level() == 2)
  }

  @Test(arguments: Engine.allCases) func aScheduleHoldsThePublishersOwnSourcesOnly(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    for (id, publisher) in [("p/rss", "p"), ("p-two/rss", "p-two"), ("p/rss-2", "p"), ("q/rss", "q"), ("p0/rss", "p0")]
    {
      var source = feed(id)
      (source.publisher, source.failures, source.nextDue) = (publisher, 3, instant(7))
      try store.save(source)
    }
    let rows = try store.schedule(publisher: "p")
    #expect(rows.map(\.id).sorted() == ["p/rss", "p/rss-2"])
    #expect(
      rows.first
        == SourceSchedule(id: "p/rss", url: "https://p.example/p/rss", nextDue: instant(7), failures: 3, muted: false))
  }

  @Test(arguments: Engine.allCases) func healthSumsUpAPublisherWithoutItsSitemapsDocuments(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    var good = feed("p/rss")
    good.lastSuccess = instant(50)
    var bad = feed("p/sitemap")
    (bad.failures, bad.lastError, bad.lastSuccess) = (2, "timeout", instant(20))
    var document = feed("p/sitemap#https://p.example/1.xml")
    (document.failures, document.lastError) = (9, "other")
    try store.save([good, bad, document])
    #expect(try store.sourceHealth() == ["p": SourceHealth(lastSuccess: instant(50), failing: 1, lastError: "timeout")])
  }
}
