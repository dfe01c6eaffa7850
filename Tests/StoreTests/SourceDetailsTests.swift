import Testing
import Values

@testable import Store

@Suite struct SourceDetailsTests {
  @Test("everything about a source comes back as it was saved", arguments: Engine.allCases) func roundTrip(
    _ engine: Engine
  ) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let time = Timestamp(seconds: 1_772_000_000)
    var state = SourceState(id: "a/rss", publisher: "a", url: "https://a.example/{yyyy}")
    state.promised = 3600
    (state.quietHours, state.quietDays, state.dueReason, state.lastWhole) = (5, 96, "quiet", time)
    state.attempts.add(Attempt(at: time, status: nil, outcome: "time out/x"))
    state.attempts.add(Attempt(at: time.adding(seconds: 60), status: 200, outcome: "nothing new", items: 25, new: 3))
    state.details.movedTo = "https://a.example/new"
    state.details.movedAt = time
    state.details.document = "https://a.example/2026"
    state.details.feed = "https://a.example/feed"
    state.details.validatorsLie = true
    state.details.wholePunished = time
    (state.details.archiveNext, state.details.archiveLeft, state.details.archiveRead) = ("https://a.example/p2", 4, 1)
    (state.details.cut, state.details.selection) = ("0f", "1e")
    var push = PushSubscription(
      hub: "https://hub.example/", topic: "t", token: "k", secret: "s", state: .active, askedAt: time)
    (push.since, push.leaseEnd, push.lastPush, push.reason, push.failures) = (time, time, time, "r", 2)
    state.details.push = push
    try store.save(state)
    let back = try store.source("a/rss")
    #expect(back == state)
    #expect(state.attempts.list.map(\.outcome) == ["nothing-new", "time-out-x"])
    #expect(try store.pushSubscriptions() == ["a/rss": push])
    // What is ordinary takes no room.
    try store.save(SourceState(id: "b/rss", publisher: "b", url: "https://b.example/"))
    let details = try store.database.first("test", "SELECT details FROM sources WHERE id = 'b/rss'") { $0.isNull(0) }
    #expect(details == true)
  }

  @Test(
    "a damaged row is read, whatever its numbers", arguments: [Int64.min, .min + 1, -1, .max - 1, .max],
    Engine.allCases)
  func damagedRow(_ number: Int64, _ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try store.save(SourceState(id: "a/rss", publisher: "a", url: "https://a.example/"))
    let details = #"{"archive_left":\#(number),"archive_read":\#(number),"moved_at":\#(number)}"#
    try store.database.run(
      "test",
      """
      UPDATE sources SET next_due = ?, last_attempt = ?, last_whole = ?, permanent_since = ?, failures = ?,
        permanent_seen = ?, details = ?, attempts = ?
      """, .integer(number), .integer(number), .integer(number), .integer(number), .integer(number), .integer(number),
      .text(details), .text("\(number)/200/ok/1/1"))
    let state = try #require(try store.source("a/rss"))
    #expect((0...1_000_000).contains(state.failures) && (0...1_000_000).contains(state.permanentSeen))
    #expect((0...1_000_000).contains(state.details.archiveLeft) && (0...1_000_000).contains(state.details.archiveRead))
    #expect(state.nextDue?.microseconds == number && state.lastWhole?.microseconds == number)
    let schedule = try store.schedule(publisher: "a")
    #expect(schedule.map(\.failures) == [state.failures] && schedule.map(\.nextDue) == [state.nextDue])
    // What was read is written again.
    try store.save(state)
    #expect(try store.source("a/rss") == state)
  }

  @Test(
    "a damaged item is counted on and moved, whatever its numbers", arguments: [Int64.min, .min + 1, .max - 1, .max],
    Engine.allCases)
  func damagedItem(_ number: Int64, _ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let source = SourceState(id: "p/rss", publisher: "p", url: "https://p.example/")
    func item(_ fingerprint: String) -> NewItem {
      NewItem(key: "a", url: "https://p.example/a", record: "{}", fingerprint: fingerprint)
    }
    let id = try #require(try store.recordFetch(source, [item("1")], now: .now()).first?.id)
    func damage() throws {
      let value = SQLValue.integer(number)
      try store.database.run(
        "test", "UPDATE items SET attempts = ?, revision = ?, next_try = ?, revisit_at = ?, discovered_at = ?", value,
        value, value, value, value)
      try store.database.run("test", "UPDATE sources SET next_due = ?", value)
    }
    try damage()
    let before = try #require(try store.item(id))
    try store.itemFailed(id, revision: before.revision, error: "down", nextTry: nil)
    #expect(try store.item(id)?.lastError == "down")
    try damage()
    for seconds in [Int64.min, -3600, 3600, .max] { try store.shiftPlans(seconds: seconds) }
    _ = try store.recordFetch(source, [item("2")], now: .now())
    #expect(try store.item(id)?.revision != before.revision)
  }

  @Test("only the last five attempts are kept")
  func attempts() {
    var attempts = Attempts()
    for number in 0..<9 {
      attempts.add(Attempt(at: Timestamp(seconds: Int64(number)), status: 304, outcome: "unchanged"))
    }
    #expect(attempts.list.map(\.at.seconds) == [8, 7, 6, 5, 4])
  }

  @Test(
    "sitemaps that no index has led to for long are forgotten, and what they listed may go", arguments: Engine.allCases)
  func parts(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let now = Timestamp(seconds: 1_772_000_000)
    for (id, age) in [("a/sitemap#old", 20), ("a/sitemap#new", 1), ("a/sitemap", 20)] {
      var state = SourceState(id: id, publisher: "a", url: "https://a.example/\(id)")
      state.lastAttempt = now.adding(seconds: -Int64(age) * 86_400)
      state.details.listedAt = now
      let item = NewItem(key: id, url: "https://a.example/\(age)", record: "{}", fingerprint: "")
      _ = try store.recordFetch(state, [item], now: now)
    }
    var listed = SourcePart()
    listed.listedAt = now
    #expect(try store.parts(source: "a/sitemap") == ["a/sitemap#old": listed, "a/sitemap#new": listed])
    try store.forgetParts(notVisitedSince: now.adding(seconds: -14 * 86_400), now: now)
    #expect(try store.source("a/sitemap#old") == nil)
    #expect(try store.source("a/sitemap#new") != nil && store.source("a/sitemap") != nil)
    let sources = try store.database.rows("test", "SELECT source FROM listed ORDER BY source") { $0.text(0) }
    #expect(sources == ["a/sitemap", "a/sitemap#new"])
  }

  @Test("a sitemap that was never read is known by its failures", arguments: Engine.allCases)
  func failedPart(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    var state = SourceState(id: "a/sitemap#x", publisher: "a", url: "https://a.example/x")
    (state.failures, state.lastError, state.nextDue) = (2, "500", Timestamp(seconds: 1_772_000_000))
    try store.save(state)
    try store.save(SourceState(id: "a/sitemap", publisher: "a", url: "https://a.example/"))
    #expect(try store.parts(source: "a/sitemap") == ["a/sitemap#x": SourcePart(state)])
    #expect(SourcePart(state).failures == 2 && SourcePart(state).nextDue == state.nextDue)
  }

  @Test("holds are remembered until they end", arguments: Engine.allCases) func holds(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let now = Timestamp(seconds: 1_772_000_000)
    try store.saveHold(group: "a.example", until: now.adding(seconds: 60))
    try store.saveHold(group: "a.example", until: now.adding(seconds: 90))
    try store.saveHold(group: "b.example", until: now.adding(seconds: 10))
    let holds = try store.holds(now: now.adding(seconds: 20))
    #expect(holds.map(\.group) == ["a.example"] && holds.first?.until == now.adding(seconds: 90))
    #expect(try store.holds(now: now.adding(seconds: 100)).isEmpty)
    // Saved by a clock that was ahead by ten years: it ends a day after that was noticed, however often it is asked
    // for.
    try store.saveHold(group: "a.example", until: now.adding(seconds: 315_360_000))
    #expect(try store.holds(now: now).first?.until == now.adding(seconds: 86_400))
    #expect(try store.holds(now: now.adding(seconds: 60)).first?.until == now.adding(seconds: 86_400))
    #expect(try store.holds(now: now.adding(seconds: 86_401)).isEmpty)
  }

  @Test("a program's quarantine is remembered until it is forgotten, one a plugin", arguments: Engine.allCases)
  func quarantines(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let now = Timestamp(seconds: 1_772_000_000)
    func one(_ plugin: String, _ failures: Int, mark: String = "m") -> Quarantine {
      Quarantine(plugin: plugin, failures: failures, until: now, mark: mark)
    }
    for entry in [one("b", 5), one("a", 5), one("a", 6, mark: "n")] { try store.save(entry) }
    try store.saveHold(group: "quarantine.example", until: now.adding(seconds: 60))
    #expect(try store.quarantines() == [one("a", 6, mark: "n"), one("b", 5)])
    try store.forgetQuarantine(of: "a")
    #expect(try store.quarantines() == [one("b", 5)])
    try store.forgetQuarantine()
    #expect(try store.quarantines().isEmpty && store.holds(now: now).count == 1)
  }

  @Test("an item whose dates change without a reason waits longer each time", arguments: Engine.allCases) func idle(
    _ engine: Engine
  ) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let start = Timestamp(seconds: 1_772_000_000)
    let source = SourceState(id: "a/rss", publisher: "a", url: "https://a.example/")
    func list(_ fingerprint: String, at time: Timestamp) throws -> DiscoveredItem? {
      let item = NewItem(key: "k", url: "https://a.example/1", record: "{}", fingerprint: fingerprint)
      return try store.recordFetch(source, [item], now: time).first
    }
    let first = try #require(try list("0", at: start))
    try store.itemDone(first.id, revision: first.revision, articleKey: "k")
    var waits: [Int64] = []
    for round in 1...4 {
      let time = start.adding(seconds: Int64(round) * 100_000)
      let item = try #require(try list("\(round)", at: time))
      waits.append(item.nextTry.seconds - time.seconds)
      // A further change while it waits does not bring it forward.
      _ = try list("\(round) again", at: time.adding(seconds: 1))
      let again = try #require(try store.item(item.id))
      #expect(again.nextTry == item.nextTry)
      try store.itemDone(item.id, revision: again.revision, articleKey: "k", idleAt: time)
    }
    #expect(waits == [0, 900, 1800, 3600])
    let last = try #require(try list("changed", at: start.adding(seconds: 900_000)))
    try store.itemDone(last.id, revision: last.revision, articleKey: "k")
    let after = try #require(try list("and again", at: start.adding(seconds: 1_000_000)))
    #expect(after.nextTry == start.adding(seconds: 1_000_000))
  }

  @Test(
    "a change that is claimed while the page is under way waits too, when the page brings nothing",
    arguments: Engine.allCases) func idleUnderWay(_ engine: Engine) throws
  {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let start = Timestamp(seconds: 1_772_000_000)
    let source = SourceState(id: "a/rss", publisher: "a", url: "https://a.example/")
    func list(_ fingerprint: String, at time: Timestamp) throws -> DiscoveredItem? {
      let item = NewItem(key: "k", url: "https://a.example/1", record: "{}", fingerprint: fingerprint)
      return try store.recordFetch(source, [item], now: time).first
    }
    let first = try #require(try list("0", at: start))
    try store.itemDone(first.id, revision: first.revision, articleKey: "k")
    let second = try #require(try list("1", at: start.adding(seconds: 10)))
    // The page of the second is being fetched.
    _ = try list("2", at: start.adding(seconds: 11))
    try store.itemDone(second.id, revision: second.revision, articleKey: "k", idleAt: start.adding(seconds: 12))
    let third = try #require(try store.item(second.id))
    #expect(third.state == .waiting && third.nextTry == start.adding(seconds: 912))
    // A page that brought something is no reason to wait.
    _ = try list("3", at: start.adding(seconds: 1000))
    try store.itemDone(third.id, revision: third.revision, articleKey: "k")
    #expect(try store.item(third.id)?.nextTry == start.adding(seconds: 912))
  }

  @Test("a change that several lists tell of is one change", arguments: Engine.allCases) func toldTwice(
    _ engine: Engine
  ) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let start = Timestamp(seconds: 1_772_000_000)
    func list(_ source: String, _ fingerprint: String, after seconds: Int64) throws -> DiscoveredItem? {
      try store.listed(by: source, fingerprint, at: start.adding(seconds: seconds))
    }
    let first = try #require(try list("a/rss", "0", after: 0))
    _ = try list("a/atom", "0", after: 1)
    try store.itemDone(first.id, revision: first.revision, articleKey: "k")

    // Fetched before the second list tells of it.
    let second = try #require(try list("a/rss", "1", after: 10))
    try store.itemDone(second.id, revision: second.revision, articleKey: "k")
    #expect(try list("a/atom", "1", after: 11) == nil)
    #expect(try store.item(first.id)?.state == .done)

    // While the page is waited for or under way.
    let third = try #require(try list("a/rss", "2", after: 20))
    #expect(third.nextTry == start.adding(seconds: 20))
    _ = try list("a/atom", "2", after: 21)
    #expect(try store.item(first.id)?.revision == third.revision)

    // The page had not changed yet: who tells of it later is a reason to look once more, after a rest.
    try store.itemDone(third.id, revision: third.revision, articleKey: "k", idleAt: start.adding(seconds: 22))
    let fourth = try #require(try list("a/rss", "3", after: 2000))
    try store.itemDone(fourth.id, revision: fourth.revision, articleKey: "k", idleAt: start.adding(seconds: 2001))
    let again = try #require(try list("a/atom", "3", after: 2010))
    #expect(again.nextTry == start.adding(seconds: 2010 + 1800))
  }

  @Test("a change told in other words while its page brings it is no idle claim", arguments: Engine.allCases)
  func toldUnderWay(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let start = Timestamp(seconds: 1_772_000_000)
    func list(_ source: String, _ fingerprint: String, after seconds: Int64) throws -> DiscoveredItem? {
      try store.listed(by: source, fingerprint, at: start.adding(seconds: seconds))
    }
    let first = try #require(try list("a/rss", "0", after: 0))
    _ = try list("a/map", "O", after: 1)
    try store.itemDone(first.id, revision: first.revision, articleKey: "k")
    let second = try #require(try list("a/rss", "1", after: 10))
    _ = try list("a/map", "I", after: 11)
    try store.itemDone(second.id, revision: second.revision, articleKey: "k")
    let third = try #require(try store.item(first.id))
    #expect(third.state == .waiting)
    try store.itemDone(third.id, revision: third.revision, articleKey: "k", idleAt: start.adding(seconds: 13))
    #expect(try list("a/rss", "2", after: 20)?.nextTry == start.adding(seconds: 20))
  }

  @Test("a change that a list tells with its first word of an article is not lost", arguments: Engine.allCases)
  func toldWithTheFirstWord(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let start = Timestamp(seconds: 1_772_000_000)
    func list(_ source: String, _ fingerprint: String, after seconds: Int64) throws -> DiscoveredItem? {
      let waiting = try store.listed(by: source, fingerprint, at: start.adding(seconds: seconds))
      if let waiting { try store.itemDone(waiting.id, revision: waiting.revision, articleKey: "k") }
      return waiting
    }
    #expect(try list("a/atom", "0", after: 0) != nil)
    // The page was fetched before it changed; the second list names it when it has.
    #expect(try list("a/rss", "1", after: 2) == nil)
    #expect(try list("a/rss", "1", after: 3) == nil)
    #expect(try list("a/atom", "1", after: 7) != nil)
    // A list that comes late tells of nothing, whether it named the article before or not.
    #expect(try list("a/map", "1", after: 8) == nil)
    #expect(try list("a/rss", "1", after: 9) == nil)
    // Changed and changed back, while the others still say the first.
    #expect(try list("a/atom", "2", after: 10) != nil)
    #expect(try list("a/atom", "1", after: 11) != nil)
    #expect(try list("a/map", "1", after: 12) == nil)
    #expect(try list("a/rss", "2", after: 13) != nil)
  }
}

extension Store {
  /// What waits when a list of the publisher names its one article so.
  fileprivate func listed(by source: String, _ fingerprint: String, at time: Timestamp) throws -> DiscoveredItem? {
    let item = NewItem(key: "k", url: "https://a.example/1", record: "{}", fingerprint: fingerprint)
    return try recordFetch(SourceState(id: source, publisher: "a", url: "https://a.example/"), [item], now: time).first
  }
}
