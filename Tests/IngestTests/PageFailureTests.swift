import Service
import Testing
import Values

@testable import Ingest

@Suite("Pages that cannot be had")
struct PageFailureTests {
  private struct Case {
    var failure: PageFailure
    /// Tries of five: when it is met first, where its feed's text stands, and where the page was read before.
    var tries: (first: Int, ofFeed: Int, known: Int)
    /// Whether it is looked at again: where its feed's text stands, and where the page was read before.
    var looks: (ofFeed: Bool, known: Bool)
  }

  private static func failure(
    _ status: Int?, mayPass: Bool = true, mostTries: Int? = nil, retryAfter: Int? = nil
  ) -> PageFailure {
    PageFailure(
      kind: .pageFailed, message: "", status: status, outcome: "", mayPass: mayPass, mostTries: mostTries,
      retryAfter: retryAfter)
  }

  @Test func triesAndLooks() {
    let robots = PageFailure(kind: .robotsRefused, message: "", outcome: "robots", mayPass: false)
    let unreachable = PageFailure(kind: .robotsRefused, message: "", outcome: "robots-unreachable")
    let address = PageFailure(kind: .addressRefused, message: "", outcome: "address")
    let cases = [
      // Outages.
      Case(failure: Self.failure(nil), tries: (5, 5, 5), looks: (true, true)),
      Case(failure: Self.failure(503), tries: (5, 5, 5), looks: (true, true)),
      Case(failure: Self.failure(429), tries: (5, 5, 5), looks: (true, true)),
      // Questions, robot checks, nothing: the server answers, but not with the article.
      Case(failure: Self.failure(200), tries: (5, 1, 5), looks: (true, true)),
      Case(failure: Self.failure(200, mostTries: 3), tries: (3, 3, 3), looks: (true, true)),
      // Paywalls cost a request a look.
      Case(failure: Self.failure(401, mayPass: false), tries: (1, 1, 1), looks: (true, false)),
      Case(failure: Self.failure(402, mayPass: false), tries: (1, 1, 1), looks: (true, false)),
      Case(failure: Self.failure(403, mostTries: 2), tries: (2, 1, 1), looks: (true, false)),
      Case(failure: Self.failure(403, retryAfter: 60), tries: (5, 1, 5), looks: (true, false)),
      Case(failure: Self.failure(404), tries: (5, 1, 5), looks: (true, false)),
      // What may not be asked for is not.
      Case(failure: robots, tries: (1, 1, 1), looks: (false, false)),
      Case(failure: unreachable, tries: (5, 5, 5), looks: (true, true)),
      Case(failure: address, tries: (5, 5, 5), looks: (true, false)),
    ]
    for test in cases {
      let failure = test.failure
      let name = "\(failure.status ?? 0) \(failure.outcome)"
      #expect(failure.tries(of: 5, isUpdate: false, isOfFeed: false) == test.tries.first, "\(name)")
      #expect(failure.tries(of: 5, isUpdate: true, isOfFeed: true) == test.tries.ofFeed, "\(name)")
      #expect(failure.tries(of: 5, isUpdate: true, isOfFeed: false) == test.tries.known, "\(name)")
      #expect(failure.mayReturn(hasFallback: true, isUpdate: true) == test.looks.ofFeed, "\(name)")
      #expect(failure.mayReturn(hasFallback: true, isUpdate: false) == test.looks.ofFeed, "\(name)")
      #expect(failure.mayReturn(hasFallback: false, isUpdate: true) == test.looks.known, "\(name)")
    }
    // Nothing to publish, and a server that answers: it is told of, and not waited for.
    #expect(!Self.failure(200).mayReturn(hasFallback: false, isUpdate: false))
  }

  @Test(
    "a redirect to the home page",
    arguments: [
      ("https://www.a.test/story/1", "https://www.a.test/", true),
      ("https://a.test/story/1", "https://www.a.test", true),
      ("https://a.test/story/1", "https://a.test/?utm_source=gone", true),
      ("https://feeds.other.test/r/12", "https://www.a.test/", true),
      ("https://feeds.other.test/r/12", "https://a.test/story/1", false),
      ("https://a.test/story/1", "https://a.test/news/", false),
      // An article at the root of its own host, one named by a query, and the home page itself.
      ("https://a.test/special", "https://special.a.test/", false),
      ("https://a.test/?p=123", "https://a.test/slug", false),
      ("https://a.test/slug", "https://a.test/?p=123", false), ("http://a.test/", "https://www.a.test/", false),
      ("https://a.test/index.html", "https://a.test/", false),
      ("https://a.test/index.php?id=7", "https://a.test/", true),
    ])
  func leadsHome(from: String, to: String, isHome: Bool) throws {
    let publisher = try #require(WebURL("https://www.a.test/"))
    let (from, to) = (try #require(WebURL(from)), try #require(WebURL(to)))
    #expect(Ingester.leadsHome(from: from, to: to, of: publisher) == isHome)
  }
}
