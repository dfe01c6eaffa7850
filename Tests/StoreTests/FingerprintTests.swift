import Testing
import Values

@testable import Store

@Suite("What sources say of an item")
struct FingerprintTests {
  @Test("two sources that word the same article differently do not change it in turn", arguments: Engine.allCases)
  func twoSources(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let feed = SourceState(id: "p/rss", publisher: "p", url: "https://p.example/rss")
    let sitemap = SourceState(id: "p/news-sitemap", publisher: "p", url: "https://p.example/news.xml")
    let first = try store.recordFetch(feed, [newItem("a", "feed 1")])
    #expect(first.count == 1)
    try store.itemDone(first[0].id)
    for _ in 0..<3 {
      #expect(try store.recordFetch(sitemap, [newItem("a", "sitemap 1")]).isEmpty)
      #expect(try store.recordFetch(feed, [newItem("a", "feed 1")]).isEmpty)
    }
    #expect(try store.recordFetch(sitemap, [newItem("a", "sitemap 2")]).map(\.isUpdate) == [true])
  }

  @Test("an item that left a list and comes back changed is seen as changed", arguments: Engine.allCases)
  func comesBack(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let feed = SourceState(id: "p/rss", publisher: "p", url: "https://p.example/rss")
    try store.itemDone(try #require(try store.recordFetch(feed, [newItem("a", "1")]).first).id)
    #expect(try store.recordFetch(feed, []).isEmpty)
    #expect(try store.recordFetch(feed, [newItem("a", "1")]).isEmpty)
    #expect(try store.recordFetch(feed, []).isEmpty)
    #expect(try store.recordFetch(feed, [newItem("a", "2")]).count == 1)
  }

  @Test(
    "an item that a list names twice waits once, whether it stood there before or not", arguments: Engine.allCases)
  func namedTwice(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let feed = SourceState(id: "p/rss", publisher: "p", url: "https://p.example/rss")
    let first = try store.recordFetch(feed, [newItem("a", "1"), newItem("a", "1")])
    #expect(first.map(\.key) == ["a"])
    try store.itemDone(first[0].id)
    for words in [["2", "2"], ["3", "4"]] {
      let changed = try store.recordFetch(feed, words.map { newItem("a", $0) })
      #expect(changed.map(\.key) == ["a"])
      try store.itemDone(first[0].id, revision: #require(try store.item(first[0].id)).revision)
    }
    #expect(try store.recordFetch(feed, [newItem("a", "4")]).isEmpty)
  }

  @Test("items of one key are told apart by their publisher on a list that both had", arguments: Engine.allCases)
  func sourceOfAnotherPublisher(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    // The id of a source begins with its publisher's; whoever hands in another one loses nothing by it.
    let mine = SourceState(id: "p/rss", publisher: "p", url: "https://p.example/rss")
    let other = SourceState(id: "p/rss", publisher: "q", url: "https://p.example/rss")
    #expect(try store.recordFetch(mine, [newItem("a")]).map(\.publisher) == ["p"])
    #expect(try store.recordFetch(other, [newItem("a")]).map(\.publisher) == ["q"])
    #expect(try store.recordFetch(mine, [newItem("a")]).isEmpty)
  }
}
