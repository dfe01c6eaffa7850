import Feeds
import Fetching
import Manifest
import Service
import Store
import Testing
import Values

@testable import Ingest

private func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }

@Suite("Quiet time")
struct QuietTimeTests {
  @Test(
    "a visit that falls into quiet waits for its end",
    arguments: [
      // 2026-03-02 is a Monday.
      (hours: [0, 1, 2, 3], days: [Int](), from: "2026-03-02T02:30:00Z", to: "2026-03-02T04:00:00Z"),
      (hours: [0, 1, 2, 3], days: [], from: "2026-03-02T04:00:00Z", to: "2026-03-02T04:00:00Z"),
      (hours: [22, 23, 0, 1], days: [], from: "2026-03-02T22:10:00Z", to: "2026-03-03T02:00:00Z"),
      (hours: [], days: [6, 7], from: "2026-03-07T00:00:00Z", to: "2026-03-09T00:00:00Z"),
      (hours: [], days: [6, 7], from: "2026-03-06T23:59:59Z", to: "2026-03-06T23:59:59Z"),
      (hours: [], days: [1], from: "2026-03-02T12:00:00Z", to: "2026-03-03T00:00:00Z"),
      (hours: [0], days: [7], from: "2026-03-08T12:00:00Z", to: "2026-03-09T01:00:00Z"),
      // Six days are not believed: two at most.
      (hours: [], days: [1, 2, 3, 4, 5, 6], from: "2026-03-02T12:00:00Z", to: "2026-03-04T12:00:00Z"),
      // Quiet at all times says nothing.
      (hours: Array(0...23), days: [], from: "2026-03-02T12:00:00Z", to: "2026-03-02T12:00:00Z"),
      (hours: [], days: Array(1...7), from: "2026-03-02T12:00:00Z", to: "2026-03-02T12:00:00Z"),
      (hours: [25, -1], days: [0, 8], from: "2026-03-02T12:00:00Z", to: "2026-03-02T12:00:00Z"),
    ] as [(hours: [Int], days: [Int], from: String, to: String)])
  func ends(hours: [Int], days: [Int], from: String, to: String) {
    #expect(QuietTime(hours: hours, days: days).end(from: at(from)) == at(to))
  }

  @Test("it is said in words")
  func spoken() {
    #expect(QuietTime(hours: [0, 1], days: [6, 7]).spoken == "hours 0, 1 UTC; Sat, Sun")
  }
}

@Suite("Permanent redirects")
struct MovePolicyTests {
  private func state() -> SourceState { SourceState(id: "a/rss", publisher: "a", url: "https://a.example/old") }
  private let new = "https://a.example/new"

  @Test("one is believed after five sightings over a day, and only then")
  func adopted() {
    var state = state()
    let start = at("2026-03-02T12:00:00Z")
    var said = (0..<5).map { MovePolicy.saw(new, in: &state, now: start.adding(seconds: Int64($0) * 3600)) }
    #expect(said == [false, false, false, false, false])
    #expect(MovePolicy.address(state, now: start) == nil)
    #expect(state.permanentSeen == 5)
    let day = start.adding(seconds: 86_400)
    // Said once.
    said = (0..<2).map { MovePolicy.saw(new, in: &state, now: day.adding(seconds: Int64($0) * 60)) }
    #expect(said == [true, false])
    #expect(MovePolicy.address(state, now: day)?.description == new)
    // The plugin's own address is asked again after a week.
    #expect(MovePolicy.address(state, now: day.adding(seconds: 60 + 7 * 86_400)) == nil)
  }

  @Test("four sightings over a month are not enough, and another target begins anew")
  func notYet() {
    var state = state()
    let start = at("2026-03-02T12:00:00Z")
    for week in 0..<4 { _ = MovePolicy.saw(new, in: &state, now: start.adding(seconds: Int64(week) * 604_800)) }
    #expect(state.details.movedTo == nil)
    _ = MovePolicy.saw("https://a.example/newer", in: &state, now: start.adding(seconds: 4 * 604_800))
    #expect(state.permanentSeen == 1)
  }

  @Test("an answer without a permanent redirect, or a failure at the new address, forgets it")
  func forgotten() {
    var state = state()
    let start = at("2026-03-02T12:00:00Z")
    for hour in 0..<30 { _ = MovePolicy.saw(new, in: &state, now: start.adding(seconds: Int64(hour) * 3600)) }
    let later = start.adding(seconds: 30 * 3600)
    #expect(MovePolicy.address(state, now: later) != nil)
    var failing = state
    MovePolicy.failed(&failing)
    #expect(MovePolicy.address(failing, now: later) == nil && failing.permanentSeen == 0)
    _ = MovePolicy.saw(nil, in: &state, now: later)
    #expect(MovePolicy.address(state, now: later) == nil && state.permanentTo == nil)
  }
}

@Suite("Whole fetches")
struct WholeFetchTests {
  private let start = at("2026-03-02T12:00:00Z")

  private func state(_ change: (inout SourceState) -> Void = { _ in }) -> SourceState {
    var state = SourceState(id: "a/rss", publisher: "a", url: "https://a.example/", etag: "\"x\"")
    state.lastWhole = start
    change(&state)
    return state
  }

  @Test(
    "when validators are left out",
    arguments: [
      (days: 6.9, every: Int?.none, lies: false, punished: false, due: false),
      (days: 7.1, every: nil, lies: false, punished: false, due: true),
      (days: 2, every: 86_400, lies: false, punished: false, due: true),
      (days: 400, every: 0, lies: false, punished: false, due: false),
      (days: 1.1, every: nil, lies: true, punished: false, due: true),
      (days: 0.9, every: nil, lies: true, punished: false, due: false),
      (days: 20, every: nil, lies: false, punished: true, due: false),
      (days: 29, every: nil, lies: false, punished: true, due: true),
      // The clock was ahead when it was asked for last.
      (days: -400, every: nil, lies: false, punished: false, due: true),
      (days: -400, every: 0, lies: false, punished: false, due: false),
      (days: -1, every: nil, lies: false, punished: true, due: false),
    ] as [(days: Double, every: Int?, lies: Bool, punished: Bool, due: Bool)])
  func due(days: Double, every: Int?, lies: Bool, punished: Bool, due: Bool) {
    let state = state {
      $0.details.validatorsLie = lies
      if punished { $0.details.wholePunished = start }
    }
    let now = start.adding(seconds: Int64(days * 86_400))
    #expect(WholeFetch.isDue(state, every: every, now: now) == due)
  }

  @Test("a source without validators has nothing to leave out")
  func none() {
    var state = state()
    state.etag = nil
    #expect(!WholeFetch.isDue(state, every: nil, now: start.adding(seconds: 864_000)))
  }

  @Test("an item older than the last 304 that was unknown shows that it was none")
  func lie() {
    let hour: Int64 = 3600
    #expect(WholeFetch.isLie(newItemDates: [start.adding(seconds: -2 * hour)], lastNotModified: start))
    #expect(!WholeFetch.isLie(newItemDates: [start.adding(seconds: -hour / 2)], lastNotModified: start))
    #expect(!WholeFetch.isLie(newItemDates: [start.adding(seconds: hour)], lastNotModified: start))
    #expect(!WholeFetch.isLie(newItemDates: [start.adding(seconds: -2 * hour)], lastNotModified: nil))
    #expect(!WholeFetch.isLie(newItemDates: [], lastNotModified: start))
  }
}

@Suite("Logins that failed")
struct LoginFailureTests {
  @Test(
    "stand for a day at most, whatever clock noted them",
    arguments: [(0, true), (3599, true), (3600, false), (-86_400, false)])
  func stands(_ seconds: Int64, _ stands: Bool) {
    let start = at("2026-03-02T12:00:00Z")
    let failure = LoginFailure(message: "", hint: "", until: start.adding(seconds: 3600))
    #expect(failure.stands(at: start.adding(seconds: seconds)) == stands)
  }
}

@Suite("Archives")
struct ArchiveWalkTests {
  private func feed(_ previous: String?) -> Feed {
    var feed = Feed(kind: .atom)
    feed.previousArchive = previous.flatMap { WebURL($0) }
    return feed
  }

  @Test("the walk ends where the pages end, where they lead back, and after as many as the plugin asked for")
  func walk() {
    var details = SourceDetails()
    ArchiveWalk.begin(feed("https://a.example/3"), pages: 0, &details)
    #expect(details.archiveNext == nil)
    ArchiveWalk.begin(feed("https://a.example/3"), pages: 2, &details)
    #expect(details.archiveNext == "https://a.example/3" && details.archiveLeft == 2)
    var short = details
    ArchiveWalk.step(feed(nil), at: WebURL("https://a.example/3")!, &short)
    #expect(short.archiveNext == nil && short.archiveLeft == 0 && short.archiveRead == 1)
    var circle = details
    ArchiveWalk.step(feed("https://a.example/3"), at: WebURL("https://a.example/3")!, &circle)
    #expect(circle.archiveNext == nil)
    var broken = details
    ArchiveWalk.step(nil, at: WebURL("https://a.example/3")!, &broken)
    #expect(broken.archiveNext == nil && broken.archiveRead == 0)
    ArchiveWalk.step(feed("https://a.example/2"), at: WebURL("https://a.example/3")!, &details)
    #expect(details.archiveNext == "https://a.example/2" && details.archiveLeft == 1)
    ArchiveWalk.step(feed("https://a.example/1"), at: WebURL("https://a.example/2")!, &details)
    #expect(details.archiveNext == nil && details.archiveRead == 2)
  }

  @Test(
    "a page that may be had later holds the walk up, and one that will not be ends it",
    arguments: [
      (500, Int?.none, 1, false), (nil, nil, 1, false), (429, 60, 1, false), (403, 60, 1, false), (304, nil, 1, false),
      (403, nil, 1, true), (404, nil, 1, true), (410, nil, 1, true), (500, nil, 11, false), (500, nil, 12, true),
    ] as [(Int?, Int?, Int, Bool)])
  func ends(_ status: Int?, _ retryAfter: Int?, _ failures: Int, _ isEnd: Bool) {
    let failure = ListingFailure(kind: .feedFailed, message: "", status: status, outcome: "", retryAfter: retryAfter)
    #expect(ArchiveWalk.endsAt(failure, failures: failures) == isEnd)
    let unreadable = ListingFailure(kind: .feedRefused, message: "", status: 200, outcome: "not-a-feed")
    #expect(ArchiveWalk.endsAt(unreadable, failures: 1))
  }
}

@Suite("Starts")
struct StartSpreadTests {
  @Test("a start brings no storm: new and overdue sources are spread, the others keep their time")
  func spread() {
    let now = at("2026-03-10T12:00:00Z")
    var spread = StartSpread()
    var perSecond: [Int64: Int] = [:]
    for number in 0..<1000 {
      let known = number % 2 == 0 ? nil : now.adding(seconds: -Int64(number))
      perSecond[spread.due(known, now: now).seconds - now.seconds, default: 0] += 1
    }
    #expect(perSecond.values.max() == StartSpread.freshPerSecond + StartSpread.latePerSecond)
    #expect(perSecond.keys.max() == 24)
    #expect(spread.due(now.adding(seconds: 77), now: now) == now.adding(seconds: 77))
  }

  @Test("of a node that is gone, what is late is due at once, the latest first")
  func takeOver() {
    let now = at("2026-03-10T12:00:00Z")
    var spread = StartSpread(takingOver: true)
    let dues = (0..<5000).map { spread.due(now.adding(seconds: -Int64($0) - 1), now: now) }
    #expect(dues == (0..<5000).map { now.adding(seconds: -Int64($0) - 1) })
    #expect((0..<40).map { _ in spread.due(nil, now: now).seconds - now.seconds }.max() == 1)
    #expect(spread.due(now.adding(seconds: 77), now: now) == now.adding(seconds: 77))
  }
}

@Suite("Choices")
struct ChoiceTests {
  private func map(_ name: String, _ date: String?) -> SitemapReference {
    SitemapReference(url: WebURL("https://a.example/\(name)")!, lastModified: date.map(at))
  }
  private func names(_ all: [SitemapReference]) -> [String] { all.map { String($0.url.path.dropFirst()) } }

  @Test("of an index only what changed is read, and what is old is left alone")
  func sitemaps() {
    let now = at("2026-03-10T12:00:00Z")
    let all = [
      map("old", "2020-01-01T00:00:00Z"), map("today", "2026-03-10T11:00:00Z"),
      map("yesterday", "2026-03-09T11:00:00Z"), map("undated", nil),
    ]
    #expect(names(SitemapChoice.due(all, now: now) { _ in nil }) == ["today", "yesterday"])
    #expect(
      names(SitemapChoice.due(all, now: now) { $0.path == "/today" ? at("2026-03-10T10:00:00Z") : nil })
        == ["today", "yesterday"])
    #expect(
      names(SitemapChoice.due(all, now: now) { $0.path == "/today" ? at("2026-03-10T11:00:00Z") : nil })
        == ["yesterday"])
    // The newest is read however old it is.
    #expect(names(SitemapChoice.due([map("old", "2020-01-01T00:00:00Z")], now: now) { _ in nil }) == ["old"])
    #expect(SitemapChoice.due((0..<9).map { map("m\($0)", nil) }, now: now) { _ in nil }.count == 4)
    let many = (0..<20).map { map("m\($0)", "2026-03-10T11:\(10 + $0):00Z") }
    #expect(names(SitemapChoice.due(many, now: now) { _ in nil }) == (14..<20).reversed().map { "m\($0)" })
  }

  @Test("sitemaps that rest after a failure give their places to others")
  func resting() {
    let now = at("2026-03-10T12:00:00Z")
    let dated = (0..<9).map { map("m\($0)", "2026-03-10T11:0\($0):00Z") }
    let undated = (0..<9).map { map("m\($0)", nil) }
    func rests(_ url: WebURL) -> Bool { url.path != "/m0" && url.path != "/m2" }
    #expect(names(SitemapChoice.due(dated, now: now, known: { _ in nil }, rests: rests)) == ["m2", "m0"])
    #expect(names(SitemapChoice.due(undated, now: now, known: { _ in nil }, rests: rests)) == ["m0", "m2"])
    // The archive behind them is left alone while they rest.
    let first = SitemapChoice.due(undated, now: now, known: { _ in nil }, rests: { $0.path == "/m1" })
    #expect(names(first) == ["m0", "m2", "m3"])
    #expect(PartRest.rests(now.adding(seconds: 1), now: now) && PartRest.rests(now.adding(seconds: 86_400), now: now))
    #expect(!PartRest.rests(nil, now: now) && !PartRest.rests(now, now: now))
    // Planned by a clock that was ahead.
    #expect(!PartRest.rests(now.adding(seconds: 10 * 86_400), now: now))
  }

  @Test(
    "an index fails when all of its sitemaps failed that were asked for",
    arguments: [
      (["new": 1, "also": 3], "none of its sitemaps can be read: the server answered 500"),
      (["new": 1, "also": 0], nil),
      (["also": 2], "none of its sitemaps can be read: the server answered 500"), ([:], nil),
      // What holds no news any more does not count.
      (["new": 1, "old": 0], "none of its sitemaps can be read: the server answered 500"), (["old": 1], nil),
    ] as [([String: Int], String?)])
  func failing(_ failures: [String: Int], _ reason: String?) {
    let all = [
      map("old", "2020-01-01T00:00:00Z"), map("new", "2026-03-10T11:00:00Z"), map("also", "2026-03-09T11:00:00Z"),
    ]
    let found = SitemapChoice.failure(of: all, now: at("2026-03-10T12:00:00Z")) { url in
      failures[String(url.path.dropFirst())].map { count in
        var part = SourcePart(failures: count)
        part.lastError = count > 0 ? "the server answered 500" : nil
        return part
      }
    }
    #expect(found == reason)
  }

  @Test(
    "a list is read again when the plugin's choice of its items is corrected",
    arguments: [
      // An earlier version noted nothing, and takes everything up where it is.
      (String?.none, String?.none, false), (nil, "b", false), ("a", "a", false), ("a", "b", true), ("a", nil, true),
    ] as [(String?, String?, Bool)])
  func corrected(_ noted: String?, _ digest: String?, _ isReadAgain: Bool) {
    var state = SourceState(
      id: "a/rss", publisher: "a", url: "https://a.example/", etag: "e", lastModified: "m", bodyHash: "h")
    (state.details.listedAt, state.details.selection) = (at("2026-03-10T12:00:00Z"), noted)
    ListSelection.heed(digest, &state)
    #expect((state.etag == nil && state.lastModified == nil && state.bodyHash == nil) == isReadAgain)
    #expect((state.details.listedAt == nil) == isReadAgain)
    #expect(state.details.selection == digest)
  }

  @Test("the choice is what keep, drop, select and their like say")
  func selection() throws {
    let plain = try #require(try exampleManifest("a", sources: 1).sources.first)
    #expect(ListSelection.digest(plain) == nil)
    var digests: Set<String?> = [nil]
    for change in [
      { $0.keep = "/x/" }, { $0.keep = "/y/" }, { $0.drop = "/x/" }, { $0.sitemapKeep = "/x/" },
      { $0.sitemapDrop = "/x/" },
    ] as [(inout Source) -> Void] {
      var source = plain
      change(&source)
      digests.insert(ListSelection.digest(source))
    }
    #expect(digests.count == 6)
    var section = plain
    section.section = "Sport"
    #expect(ListSelection.digest(section) == nil)
  }

  @Test(
    "a page's main feed is chosen",
    arguments: [
      (["https://a.example/feed/", "https://a.example/comments/feed/"], "https://a.example/feed/"),
      (["https://a.example/comments/feed/", "https://a.example/feed/"], "https://a.example/feed/"),
      (["https://feeds.other.example/x", "https://rss.a.example/all"], "https://rss.a.example/all"),
      (["https://feeds.other.example/x"], "https://feeds.other.example/x"),
      (["https://a.example/sitemap.xml", "https://a.example/sitemap-news.xml"], "https://a.example/sitemap-news.xml"),
    ])
  func feeds(_ links: [String], _ best: String) {
    let home = WebURL("https://www.a.example/")!
    #expect(FeedChoice.best(links.map { WebURL($0)! }, home: home)?.description == best)
  }

  @Test(
    "how long a group rests",
    arguments: [
      (429, Int?.none, Int?.some(60)), (429, 7200, 7200), (429, 31_536_000, 86_400), (403, nil, nil), (403, 90, 90),
      (503, nil, 60), (503, 86_400, 300), (500, 600, nil), (404, nil, nil),
    ] as [(Int, Int?, Int?)])
  func rest(_ status: Int, _ asked: Int?, _ seconds: Int?) {
    #expect(Ingester.groupRest(status: status, retryAfter: asked) == seconds)
  }
}
