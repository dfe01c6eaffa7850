import Testing
import Values

@testable import Store

@Suite struct RevisitTests {
  @Test(arguments: Engine.allCases) func itemsWaitAgainWhenTheirTimeComes(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let items = try store.recordFetch(feed(), [newItem("a"), newItem("b"), newItem("c")], now: instant(0))
    for (item, revisit) in zip(items, [100, 200, nil] as [Int64?]) {
      let page = FetchedPage(etag: "\"\(item.key)\"", lastModified: "then", revisit: revisit.map { instant($0) })
      try store.itemDone(item.id, revision: item.revision, articleKey: "article-\(item.key)", page: page)
    }
    #expect(try store.wakeRevisits(now: instant(99), limit: 9).isEmpty)
    #expect(try store.wakeRevisits(now: instant(150), limit: 9) == ["p"])
    let woken = try store.waitingItems(now: instant(150), limit: 9)
    #expect(
      woken.map(\.key) == ["a"] && woken[0].isUpdate && woken[0].etag == "\"a\"" && woken[0].lastModified == "then")
    #expect(woken[0].articleKey == "article-a")
    #expect(try store.wakeRevisits(now: instant(150), limit: 9).isEmpty)
    #expect(try store.wakeRevisits(now: instant(999), limit: 9) == ["p"])
    #expect(try store.waitingItems(now: instant(999), limit: 9).map(\.key) == ["a", "b"])
  }

  /// What is known of the page, and of its feed's idle claims, is as it was.
  @Test(arguments: Engine.allCases) func aMissedLookLeavesTheNext(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let item = try store.recordFetch(feed(), [newItem("a")], now: instant(0))[0]
    let page = FetchedPage(etag: "\"1\"", revisit: instant(100))
    for _ in 0..<3 { try store.itemDone(item.id, articleKey: "a", page: page, idleAt: instant(1)) }
    for (look, revisit) in [(100, 200), (200, 300)] as [(Int64, Int64)] {
      #expect(try store.wakeRevisits(now: instant(look), limit: 9) == ["p"])
      try store.itemFailed(
        item.id, revision: item.revision, error: "down", nextTry: nil, revisit: instant(revisit))
      #expect(try store.item(item.id)?.state == .done)
    }
    #expect(try store.wakeRevisits(now: instant(300), limit: 9) == ["p"])
    let woken = try #require(try store.waitingItems(now: instant(300), limit: 9).first)
    #expect(woken.isUpdate && woken.attempts == 2 && woken.etag == "\"1\"")
    try store.itemDone(item.id, revision: woken.revision, page: page, idleAt: instant(301))
    let changed = try store.recordFetch(feed(), [newItem("a", "2")], now: instant(400))
    #expect(changed.map(\.nextTry) == [instant(400 + Store.restAfterIdleVisits(3))])
    // A change that came while the look was missed is fetched at once.
    try store.itemFailed(item.id, revision: woken.revision, error: "down", nextTry: nil, revisit: instant(9999))
    #expect(try store.item(item.id)?.nextTry == changed[0].nextTry)
    #expect(try store.item(item.id)?.state == .waiting)
  }

  /// It waits for its page's next look, and its list may tell more of it before.
  @Test(arguments: Engine.allCases) func whatNeverWasAnArticleIsNoUpdateOfOne(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let items = try store.recordFetch(feed(), [newItem("look"), newItem("retry")], now: instant(0))
    try store.itemFailed(items[0].id, error: "down", nextTry: nil, revisit: instant(500))
    try store.itemFailed(items[1].id, error: "down", nextTry: instant(500))
    #expect(try store.wakeRevisits(now: instant(999), limit: 9).isEmpty)
    #expect(try store.waitingItems(now: instant(499), limit: 9).isEmpty)
    #expect(try store.waitingItems(now: instant(500), limit: 9).map(\.isUpdate) == [false, false])
    let told = try store.recordFetch(feed(), [newItem("look", "2"), newItem("retry", "2")], now: instant(10))
    #expect(told.map(\.key) == ["look"] && told[0].nextTry == instant(10) && !told[0].isUpdate)
    #expect(told[0].attempts == 0)
    #expect(try store.item(items[1].id)?.nextTry == instant(500))
    // Once more, it waits as any other does.
    #expect(try store.recordFetch(feed(), [newItem("look", "3"), newItem("retry", "2")], now: instant(11)).isEmpty)
  }

  /// A look that a clock which was ahead planned comes at most as late as the farthest there is, and the age of what it
  /// discovered is counted by the right one.
  @Test(arguments: Engine.allCases) func looksFollowTheClock(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let (now, day) = (Timestamp.now(), Int64(86_400))
    let ahead = now.adding(seconds: 1000 * day)
    let items = try store.recordFetch(feed(), [newItem("near"), newItem("far"), newItem("waiting")], now: ahead)
    for (item, seconds) in zip(items, [3600, 1000 * day]) {
      try store.itemDone(item.id, page: FetchedPage(revisit: ahead.adding(seconds: seconds)))
    }
    try store.shiftPlans(seconds: -1000 * day, now: now)
    try store.bringForward(lookingBeyond: now.adding(seconds: 2 * day), now: now)
    // The plans of a fleet are no one machine's.
    #expect(try store.wakeRevisits(now: now.adding(seconds: 3660), limit: 9) == (engine == .file ? ["p"] : []))
    #expect(try store.wakeRevisits(now: now.adding(seconds: 2 * day - 60), limit: 9).isEmpty)
    #expect(try store.wakeRevisits(now: now.adding(seconds: 2 * day + 60), limit: 9) == ["p"])
    #expect(try store.waitingCount() == 3)
    let discovered = try items.map { try store.item($0.id)?.discoveredAt.seconds }
    #expect(discovered == [now.seconds, now.seconds, engine == .file ? now.seconds : ahead.seconds])
  }

  /// The feed says that it changed: the page is asked for unconditionally, also when that arrives while it is fetched.
  @Test(arguments: Engine.allCases) func aChangeTellsThePageAnew(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let item = try store.recordFetch(feed(), [newItem("a")], now: instant(0))[0]
    let page = FetchedPage(etag: "\"1\"", revisit: instant(100))
    try store.itemDone(item.id, revision: item.revision, page: page)
    let changed = try store.recordFetch(feed(), [newItem("a", "2")], now: instant(10))
    #expect(changed.count == 1 && changed[0].etag == nil)
    _ = try store.recordFetch(feed(), [newItem("a", "3")], now: instant(20))
    try store.itemDone(item.id, revision: changed[0].revision, page: page)
    let again = try store.waitingItems(now: instant(30), limit: 9)
    #expect(again.map(\.key) == ["a"] && again[0].etag == nil)
  }
}
