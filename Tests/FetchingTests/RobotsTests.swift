import Testing
import Values

@testable import Fetching

@Suite struct RobotsRulesTests {
  private func rules(_ file: String, agent: String = "newswire") -> RobotsRules {
    RobotsRules(parsing: Array(file.utf8), agent: agent)
  }

  /// pattern, path, whether `Disallow: pattern` keeps us from the path.
  @Test(arguments: [
    ("/", "/", true), ("/", "/a", true), ("", "/a", false), ("/a", "/a", true), ("/a", "/abc", true),
    ("/a", "/A", false),
    ("/a/", "/a", false), ("/a/", "/a/b", true), ("/*.gif$", "/x/y.gif", true), ("/*.gif$", "/x.gif?b", false),
    ("/*.gif", "/x.gif?b", true), ("/a*b", "/ab", true), ("/a*b", "/axxbyy", true), ("/a*b$", "/axxbyy", false),
    ("/a*b$", "/axbyb", true), ("*", "/x", true), ("/*/print", "/a/b/print", true), ("/a$", "/a", true),
    ("/a$", "/ab", false), ("/a$b", "/a$bc", true), ("/a%24", "/a$", true), ("/a%2A", "/a*b", true),
    ("/a%2A", "/axb", false), ("/a**b", "/ab", true), ("/caf\u{E9}", "/caf%C3%A9", true),
    ("/caf%c3%a9", "/caf\u{E9}", true),
    ("/a%41", "/aA", true), ("/aA", "/a%41", true), ("/a%2Fb", "/a/b", false), ("/a/b", "/a%2Fb", false),
    ("/?q=", "/?q=1", true), ("/x?*y", "/x?aay", true), ("/%7Ejoe", "/~joe", true), ("/$", "/", true),
    ("/$", "/a", false),
    ("/a*$", "/abc", true), ("*.php", "/x.php", true), ("/a*a*a", "/aa", false), ("/ab*b$", "/ab", false),
  ]) func patterns(_ pattern: String, _ path: String, _ isKept: Bool) throws {
    let url = try #require(WebURL("https://news.test" + path))
    #expect(rules("User-agent: *\nDisallow: \(pattern)").allows(url) == !isKept)
  }

  @Test(arguments: [
    // The longest match decides.
    ("Allow: /p\nDisallow: /", "/page", true), ("Disallow: /\nAllow: /p", "/page", true),
    ("Allow: /page\nDisallow: /*.htm", "/page.htm", false), ("Allow: /folder\nDisallow: /folder", "/folder/x", true),
    ("Disallow: /a\nAllow: /a", "/a", true), ("Allow: /$\nDisallow: /", "/", true),
    ("Allow: /$\nDisallow: /", "/page.htm", false), ("Disallow: /a/b\nAllow: /a/", "/a/b/c", false),
    // robots.txt itself.
    ("Disallow: /", "/robots.txt", true), ("", "/x", true),
    // Odd lines are passed over.
    ("Disallow /x\nDisallow: /y # why\n:\nFoo: bar", "/y", false), ("DISALLOW : /y", "/y", false),
  ]) func decisions(_ lines: String, _ path: String, _ isAllowed: Bool) throws {
    let url = try #require(WebURL("https://news.test" + path))
    #expect(rules("User-agent: newswire\n" + lines).allows(url) == isAllowed)
  }

  @Test(arguments: [
    // file, agent, allowed to /x
    ("User-agent: *\nDisallow: /x", "newswire", false),
    ("User-agent: *\nDisallow: /x\nUser-agent: newswire\nDisallow: /y", "newswire", true),
    ("User-agent: newswire\nDisallow:\nUser-agent: *\nDisallow: /", "newswire", true),
    ("User-agent: NewsWire/2.0\nDisallow: /x", "newswire", false),
    ("User-agent: newswirebot\nDisallow: /x", "newswire", true),
    ("User-agent: news\nDisallow: /x", "newswire", true),
    ("User-agent: other\nUser-agent: newswire\nDisallow: /x", "newswire", false),
    (
      "User-agent: newswire\nDisallow: /a\nUser-agent: other\nDisallow: /\nUser-agent: newswire\nDisallow: /x",
      "newswire", false
    ),
    ("User-agent: newswire\nSitemap: https://a/\nUser-agent: other\nDisallow: /x", "newswire", false),
    ("User-agent: newswire\nCrawl-delay: 1\nUser-agent: other\nDisallow: /x", "newswire", true),
    ("Disallow: /x", "newswire", true),
    ("\u{FEFF}User-agent: *\r\nDisallow: /x\r\n", "newswire", false),
    ("User-agent: *\rDisallow: /x", "newswire", false),
  ]) func groups(_ file: String, _ agent: String, _ isAllowed: Bool) throws {
    let url = try #require(WebURL("https://news.test/x"))
    #expect(rules(file, agent: agent).allows(url) == isAllowed)
  }

  @Test func delayAndSitemaps() {
    let file = """
      Sitemap: https://news.test/a.xml
      User-agent: *
      Crawl-delay: 2.5
      Crawl-delay: nonsense
      Crawl-delay: -1
      Sitemap:https://news.test/b.xml
      """
    #expect(rules(file).crawlDelay == 2.5)
    #expect(rules(file).sitemaps == ["https://news.test/a.xml", "https://news.test/b.xml"])
    #expect(rules("User-agent: *\nCrawl-delay: inf").crawlDelay == nil)
  }

  @Test func fileIsCutAtItsLimit() throws {
    let filler = String(repeating: "# filler\n", count: RobotsRules.byteLimit / 9 + 1)
    let url = try #require(WebURL("https://news.test/x"))
    #expect(!rules("User-agent: *\nDisallow: /x\n" + filler).allows(url))
    #expect(rules("User-agent: *\n" + filler + "Disallow: /x\n").allows(url))
  }

  @Test func anyBytesAreAFile() throws {
    let url = try #require(WebURL("https://news.test/x?y"))
    var random = SplitMix(seed: 7)
    for _ in 0..<300 {
      let noise = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let file = Array("User-agent: *\nDisallow: ".utf8) + noise + Array("\nAllow: *".utf8) + noise
      _ = RobotsRules(parsing: file, agent: "newswire").allows(url)
    }
  }

  /// Takes minutes if the matcher goes back.
  @Test func repetitivePatternsAreLinear() throws {
    let path = "/" + String(repeating: "a", count: 4000)
    let pattern = "/" + String(repeating: "*" + String(repeating: "a", count: 50), count: 70) + "b"
    let url = try #require(WebURL("https://news.test" + path))
    let file = "User-agent: *\n" + String(repeating: "Disallow: \(pattern)\n", count: 100)
    let clock = ContinuousClock()
    let time = clock.measure { #expect(rules(file).allows(url)) }
    #expect(time < .seconds(5))
  }
}

@Suite struct RobotsCacheTests {
  private let url = WebURL("https://news.test/x?a#b")!
  private let start = Timestamp(seconds: 1_700_000_000)
  private let blocking = Array("User-agent: *\nDisallow: /x\nCrawl-delay: 3".utf8)

  @Test func asksFirst() {
    let cache = RobotsCache(agent: "newswire")
    #expect(cache.decision(for: url, now: start) == .unknown(url: WebURL("https://news.test/robots.txt")!))
  }

  @Test(
    arguments: [
      (200, false), (204, false), (301, true), (400, true), (401, true), (403, true), (404, true), (410, true),
      (429, false), (500, false), (503, false), (nil, false),
    ] as [(Int?, Bool)]) func statuses(_ status: Int?, _ isAllowed: Bool)
  {
    var cache = RobotsCache(agent: "newswire")
    cache.record(status.map { ($0, blocking, HeaderFields()) }, for: url, now: start)
    switch cache.decision(for: url, now: start) {
    case .allowed: #expect(isAllowed)
    case .disallowed: #expect(!isAllowed && status.map { (200...299).contains($0) } ?? false)
    // Asked for again soon, and then less and less often.
    case .unreachable(let seconds, let told):
      #expect(!isAllowed && seconds == RobotsCache.retry && told == status)
    case .unknown: Issue.record("\(status as Any) tells nothing")
    }
  }

  @Test func lifetime() {
    var cache = RobotsCache(agent: "newswire")
    let other = WebURL("https://news.test/y")!
    cache.record((200, blocking, ["Cache-Control": "max-age=7200"]), for: url, now: start)
    #expect(cache.decision(for: other, now: start.adding(seconds: 7199)) == .allowed(crawlDelay: 3))
    #expect(cache.decision(for: other, now: start.adding(seconds: 7200)) != .allowed(crawlDelay: 3))
    cache.record((200, blocking, ["Cache-Control": "max-age=999999999"]), for: url, now: start)
    #expect(cache.decision(for: url, now: start.adding(seconds: 86_399)) == .disallowed)
    #expect(cache.decision(for: url, now: start.adding(seconds: 86_400)) != .disallowed)
    cache.record((200, blocking, ["Cache-Control": "no-store"]), for: url, now: start)
    #expect(cache.decision(for: url, now: start.adding(seconds: 3599)) == .disallowed)
  }

  @Test func failuresToFetch() {
    func decision(_ error: FetchError) -> RobotsCache.Decision {
      var cache = RobotsCache(agent: "newswire")
      cache.record(.failure(error), for: url, now: start)
      return cache.decision(for: url, now: start)
    }
    let unknown = RobotsCache.Decision.unknown(url: WebURL("https://news.test/robots.txt")!)
    let unreachable = RobotsCache.Decision.unreachable(seconds: RobotsCache.retry, status: nil)
    #expect(decision(FetchError(.connect, url: url, message: "")) == unreachable)
    #expect(decision(FetchError(.tls, url: url, message: "")) == unreachable)
    #expect(decision(FetchError(.undelivered, url: url, message: "")) == unknown)
    #expect(decision(FetchError(.redirectLoop, url: url, message: "")) == .allowed(crawlDelay: nil))
    #expect(decision(FetchError(.tooManyRedirects, url: url, message: "")) == .allowed(crawlDelay: nil))
    #expect(decision(FetchError(.connect, url: url, message: "", isLocal: true)) == unknown)
    #expect(decision(FetchError(.cancelled, url: url, message: "")) == unknown)
    // Nothing was sent, because the server wants a rest.
    #expect(decision(FetchError(.held, url: url, message: "")) == unknown)
  }

  @Test func aFailingServerIsAskedLessAndLess() {
    var cache = RobotsCache(agent: "newswire")
    var now = start
    var waits: [Int64] = []
    for _ in 0..<10 {
      cache.record(nil, for: url, now: now)
      guard case .unreachable(let seconds, _) = cache.decision(for: url, now: now) else { break }
      waits.append(seconds)
      now = now.adding(seconds: seconds)
    }
    #expect(waits == [15, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800])
    cache.record((200, blocking, HeaderFields()), for: url, now: now)
    cache.record(nil, for: url, now: now.adding(seconds: 90_000))
    // Rules that are known outlive the failure.
    #expect(cache.decision(for: url, now: now.adding(seconds: 90_000)) == .disallowed)
  }

  @Test(arguments: [
    (429, "3600", 3600), (503, "3600", 3600), (500, "600", 600), (503, "1", RobotsCache.retry),
    (429, "999999999", RobotsCache.longest), (429, "nonsense", RobotsCache.retry),
    (503, "Wed, 15 Nov 2023 00:00:00 GMT", 6400),
  ]) func retryAfter(_ status: Int, _ field: String, _ seconds: Int64) {
    var cache = RobotsCache(agent: "newswire")
    cache.record((status, [], ["Retry-After": field]), for: url, now: start)
    #expect(cache.decision(for: url, now: start) == .unreachable(seconds: seconds, status: status))
    guard case .unknown = cache.decision(for: url, now: start.adding(seconds: seconds)) else {
      Issue.record("not asked for again")
      return
    }
  }

  @Test func originsAreApart() {
    var cache = RobotsCache(agent: "newswire")
    cache.record((200, blocking, HeaderFields()), for: url, now: start)
    for text in ["http://news.test/x", "https://news.test:8443/x", "https://www.news.test/x"] {
      guard case .unknown = cache.decision(for: WebURL(text)!, now: start) else {
        Issue.record("\(text) shares an origin")
        continue
      }
    }
  }

  @Test func oldRulesOutliveAFailingServer() {
    var cache = RobotsCache(agent: "newswire")
    let other = WebURL("https://news.test/y")!
    cache.record((200, blocking, HeaderFields()), for: url, now: start)
    let later = start.adding(seconds: 90_000)
    cache.record((503, [], HeaderFields()), for: url, now: later)
    #expect(cache.decision(for: url, now: later) == .disallowed)
    #expect(cache.decision(for: other, now: later) == .allowed(crawlDelay: 3))
    guard case .unknown = cache.decision(for: other, now: later.adding(seconds: RobotsCache.retry)) else {
      Issue.record("a failure is remembered too long")
      return
    }
    let muchLater = start.adding(seconds: 31 * 86_400)
    cache.record(nil, for: url, now: muchLater)
    #expect(cache.decision(for: other, now: muchLater) == .unreachable(seconds: 2 * RobotsCache.retry, status: nil))
    cache.removeExpired(now: muchLater.adding(seconds: 2 * 86_400))
    #expect(cache.count == 0)
  }
}
