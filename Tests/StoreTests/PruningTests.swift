import Testing
import Values

@testable import Store

@Suite struct PruningTests {
  let day: Int64 = 86_400

  private func published(_ store: Store, _ keys: [String], at time: Int64, source: String = "feed") throws {
    for item in try store.recordFetch(feed(source), keys.map { newItem($0) }, now: instant(time)) {
      try store.transaction("test") {
        try store.commitVersion(article(item.key, at: time))
        try store.itemDone(item.id, articleKey: item.key)
        try store.markPublished(stagedID: "\(item.key)-1")
      }
    }
  }

  @Test(arguments: Engine.allCases) func forgetsWhatLeftEveryListing(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try published(store, ["a", "b"], at: 0)
    try published(store, ["b"], at: 10 * day)
    #expect(try store.prune(notListedSince: instant(10 * day)) == Pruned(items: 0, articles: 0, outbox: 2))
    #expect(try store.prune(notListedSince: instant(10 * day + 1)) == Pruned(items: 1, articles: 1, outbox: 0))
    #expect(try store.article(publisher: "p", key: "b") != nil)
    #expect(try store.recordFetch(feed(), [newItem("b")]).isEmpty)
  }

  /// A source that answers 304 for a year lists its items all the while.
  @Test(arguments: Engine.allCases) func keepsWhatAnUnchangedSourceLists(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try published(store, ["a"], at: 0)
    var source = feed()
    source.lastSuccess = instant(365 * day)
    try store.save(source)
    #expect(try store.prune(notListedSince: instant(364 * day)).items == 0)
    #expect(try store.recordFetch(feed(), [newItem("a")], now: instant(365 * day)).isEmpty)
    // It leaves the list a year later, and may come back the next day.
    try published(store, ["z"], at: 366 * day)
    #expect(try store.prune(notListedSince: instant(365 * day)).items == 0)
    #expect(try store.recordFetch(feed(), [newItem("a")], now: instant(367 * day)).isEmpty)
  }

  @Test(arguments: Engine.allCases) func keepsWhatOneOfTwoSourcesLists(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try published(store, ["a"], at: 0, source: "one")
    try published(store, ["a"], at: 1, source: "two")
    try published(store, ["b"], at: 2, source: "two")
    #expect(try store.prune(notListedSince: instant(100 * day)).items == 0)
    #expect(try store.recordFetch(feed("one"), [newItem("a")]).isEmpty)
  }

  @Test(arguments: Engine.allCases) func keepsWhatIsUnfinished(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    _ = try store.recordFetch(feed(), [newItem("waiting")], now: instant(0))
    _ = try store.recordFetch(feed(), [], now: instant(1))
    try store.transaction("test") { try store.commitVersion(article("staged", at: 0)) }
    #expect(try store.prune(notListedSince: instant(100 * day)) == Pruned(items: 0, articles: 0, outbox: 0))
  }

  /// The item's own key differs from the article's (guid and canonical URL): the article lives as long as the item.
  @Test(arguments: Engine.allCases) func articleLivesAsLongAsItsItem(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let item = try store.recordFetch(feed(), [newItem("guid-1")], now: instant(0))[0]
    try store.transaction("test") {
      try store.commitVersion(article("canonical", at: 0))
      try store.itemDone(item.id, articleKey: "canonical")
      try store.markPublished(stagedID: "canonical-1")
    }
    #expect(try store.prune(notListedSince: instant(100 * day)).articles == 0)
    _ = try store.recordFetch(feed(), [], now: instant(1))
    #expect(try store.prune(notListedSince: instant(100 * day)) == Pruned(items: 1, articles: 1, outbox: 0))
  }

  /// An article whose page went, under an address that is not its own, and an item that never became an article.
  @Test(arguments: Engine.allCases) func whatWasGivenUpComesAgainOnlyIfItNeverWasAnArticle(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let items = try store.recordFetch(feed(), [newItem("guid-1"), newItem("guid-2")], now: instant(0))
    try store.transaction("test") {
      try store.commitVersion(article("canonical", at: 0))
      try store.itemDone(items[0].id, articleKey: "canonical")
      try store.markPublished(stagedID: "canonical-1")
    }
    for item in items { try store.itemFailed(item.id, error: "gone", nextTry: nil) }
    _ = try store.recordFetch(feed(), [], now: instant(1))
    #expect(try store.prune(notListedSince: instant(100 * day)).items == 2)
    let again = try store.recordFetch(feed(), [newItem("guid-1"), newItem("guid-2")], now: instant(101 * day))
    #expect(again.map(\.key) == ["guid-2"])
  }

  /// Listed again after years: it is no news, its changes are, and its version number goes on.
  @Test(arguments: Engine.allCases) func whatIsPrunedNeverComesBackAsNew(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try published(store, ["a", "b"], at: 0)
    try store.transaction("test") { try store.commitVersion(article("a", version: 7, at: 1)) }
    try store.markPublished(stagedID: "a-7")
    _ = try store.recordFetch(feed(), [], now: instant(2))
    #expect(try store.prune(notListedSince: instant(500 * day)) == Pruned(items: 2, articles: 2, outbox: 3))
    #expect(try store.article(publisher: "p", key: "a") == nil)
    #expect(
      try store.trace(publisher: "p", key: "a") == ArticleTrace(version: 7, firstSeen: instant(0), content: "hash 7"))
    #expect(try store.trace(publisher: "q", key: "a") == nil)
    #expect(try store.recordFetch(feed(), [newItem("a"), newItem("b")], now: instant(3000 * day)).isEmpty)
    #expect(
      try store.recordFetch(feed(), [newItem("a", "2"), newItem("c")], now: instant(3001 * day)).map(\.key) == [
        "a", "c",
      ])
    // A second pruning keeps the higher number.
    _ = try store.recordFetch(feed(), [], now: instant(3002 * day))
    for item in try store.waitingItems(now: instant(4000 * day), limit: 9) { try store.itemDone(item.id) }
    #expect(try store.prune(notListedSince: instant(4000 * day)).items == 3)
    #expect(try store.trace(publisher: "p", key: "a")?.version == 7)
  }

  /// The address that a feed gives an article may be another than the article's own, which only its page tells: a trace
  /// of the address says nothing of the article.
  @Test(arguments: Engine.allCases) func whatIsListedAgainKeepsTheArticlesKey(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try published(store, ["own"], at: 0)
    let item = try store.recordFetch(feed("other"), [newItem("click")], now: instant(0))[0]
    try store.transaction("test") {
      try store.commitVersion(article("canonical", at: 0))
      try store.itemDone(item.id, articleKey: "canonical")
      try store.markPublished(stagedID: "canonical-1")
    }
    for source in ["feed", "other"] { _ = try store.recordFetch(feed(source), [], now: instant(1)) }
    #expect(try store.prune(notListedSince: instant(100 * day)) == Pruned(items: 2, articles: 2, outbox: 2))
    #expect(try store.recordFetch(feed(), [newItem("click"), newItem("own")]).isEmpty)
    #expect(try #require(try store.item(publisher: "p", key: "click")).articleKey == nil)
    #expect(try #require(try store.item(publisher: "p", key: "own")).articleKey == "own")
    #expect(try store.recordFetch(feed(), [newItem("click", "2")]).map(\.isUpdate) == [true])
  }

  /// However small the steps are, together they do what one does, and each does little.
  @Test(arguments: [1, 2, 3, 100], Engine.allCases) func goesInSteps(_ limit: Int, _ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try published(store, ["a", "b", "c", "d", "e"], at: 0)
    try published(store, ["young"], at: 9 * day, source: "other")
    for source in ["feed", "other"] { _ = try store.recordFetch(feed(source), [newItem("c")], now: instant(1)) }
    var pruned = Pruned(items: 0, articles: 0, outbox: 0)
    var mark: PruningMark? = .start
    var steps = 0
    while let from = mark {
      let step = try store.prune(from: from, notListedSince: instant(5 * day), limit: limit)
      #expect(step.pruned.items + step.pruned.articles + step.pruned.outbox <= limit)
      pruned.items += step.pruned.items
      pruned.articles += step.pruned.articles
      pruned.outbox += step.pruned.outbox
      mark = step.next
      steps += 1
      try #require(steps < 40, "at \(from)")
    }
    #expect(pruned == Pruned(items: 5, articles: 4, outbox: 6))
    #expect(try store.articleTotal(publisher: "p") == 2)
    #expect(try store.prune(notListedSince: instant(5 * day)) == Pruned(items: 0, articles: 0, outbox: 0))
  }

  /// What was given up never was an article: listed again it gets another try.
  @Test(arguments: Engine.allCases) func whatWasGivenUpLeavesNoTrace(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let item = try store.recordFetch(feed(), [newItem("a")], now: instant(0))[0]
    try store.itemFailed(item.id, error: "404", nextTry: nil)
    _ = try store.recordFetch(feed(), [], now: instant(1))
    #expect(try store.prune(notListedSince: instant(100 * day)).items == 1)
    #expect(try store.recordFetch(feed(), [newItem("a")]).count == 1)
  }
}
