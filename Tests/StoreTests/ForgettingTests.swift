import Testing
import Values

@testable import Store

@Suite("Forgetting")
struct ForgettingTests {
  private func article(_ key: String, version: Int = 1) -> ArticleRow {
    ArticleRow(
      publisher: "p", key: key, uri: "urn:\(key)", version: version, contentHash: "h", stagedID: "s-\(key)",
      queueName: "", state: .staged, firstSeen: instant(0), updatedAt: instant(0), url: "https://p.example/\(key)",
      headline: key)
  }

  @Test("forgotten articles wait again and keep their version numbers", arguments: Engine.allCases) func publisher(
    _ engine: Engine
  ) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    for item in try store.recordFetch(feed(etag: "\"1\""), [newItem("a"), newItem("b")]) {
      try store.itemDone(item.id, articleKey: item.key)
    }
    try store.transaction("test") {
      try store.commitVersion(article("a", version: 3))
      try store.commitVersion(article("b"))
    }
    #expect(try store.waitingCount() == 0)
    #expect(try store.forget(publisher: "p") == Forgotten(items: 2, articles: 2, sources: 1))
    #expect(try store.waitingCount() == 2)
    let kept = try #require(try store.article(publisher: "p", key: "a"))
    #expect(kept.version == 3 && kept.contentHash == "")
    #expect(try store.source("feed")?.etag == nil)
  }

  @Test("one article can be forgotten alone, and a stranger changes nothing", arguments: Engine.allCases) func single(
    _ engine: Engine
  ) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    for item in try store.recordFetch(feed(etag: "\"1\""), [newItem("a"), newItem("b")]) {
      try store.itemDone(item.id, articleKey: item.key)
    }
    #expect(try store.forget(publisher: "p", url: "https://p.example/b").items == 1)
    #expect(try store.waitingItems(now: .now(), limit: 9).map(\.key) == ["b"])
    #expect(try store.source("feed")?.etag == "\"1\"")
    #expect(try store.forget(publisher: "q") == Forgotten(items: 0, articles: 0, sources: 0))
  }

  @Test(
    "an article is known by its own address and by the one it is listed under",
    arguments: ["https://p.example/click-1", "https://p.example/canonical"], Engine.allCases
  ) func addresses(_ url: String, _ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    for (item, key) in zip(
      try store.recordFetch(feed(), [newItem("click-1"), newItem("click-2")]), ["canonical", "b"])
    {
      try store.itemDone(item.id, articleKey: key)
      try store.transaction("test") { try store.commitVersion(article(key)) }
    }
    #expect(try store.forget(publisher: "p", url: url) == Forgotten(items: 1, articles: 1, sources: 0))
    #expect(try store.waitingItems(now: .now(), limit: 9).map(\.key) == ["click-1"])
    #expect(try store.article(publisher: "p", key: "canonical")?.contentHash == "")
    #expect(try store.article(publisher: "p", key: "b")?.contentHash == "h")
  }

  @Test("a vacuum keeps everything", arguments: Engine.allCases) func vacuum(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    _ = try store.recordFetch(feed(), (0..<50).map { newItem("k\($0)") })
    try store.vacuum()
    try store.check(thorough: true)
    #expect(try store.waitingCount() == 50)
  }
}
