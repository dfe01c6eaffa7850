import Articles
import Extraction
import Manifest
import Testing
import Values

@testable import Ingest

/// What makes a new version: pairs of pages as a publisher serves them an hour apart. The text of an article makes one;
/// what stands around it, what counts and what tells the time does not.
@Suite("What makes a new version")
struct UpdateTests {
  /// What an article says.
  struct Story {
    var headline = "Harbour ferries return after storm"
    var standfirst = "Three routes are open again; the night boat stays in port until Friday."
    var author = "Ada Moor"
    var paragraphs = [
      "The first ferry left the harbour at dawn on Tuesday, with eleven passengers and a van of letters on board.",
      "The company said that the eastern route would follow in the afternoon, once divers had looked at the pier.",
      "Fishermen had waited for nine days. “We have never had so quiet a week,” said one of them at the quay.",
      "The council meets on Thursday to decide who pays for the lights that the storm has taken from the breakwater.",
    ]
    var picture = "https://img.courier.example/2026/03/ferry.jpg"
    var caption = "The ferry Star at the eastern pier"
  }

  /// What a template puts around it, different at each visit.
  struct Chrome {
    var nav = ["News", "Sport", "Culture"]
    var advertisement = "Buy a boat today"
    var comments = 4
    var shares = 120
    var mostRead = ["Mayor resigns", "Rain expected"]
    var clock = "09:14"
    var token = "a81f"
    var width = 640
    var modified = "2026-03-03T08:00:00+00:00"
    var minutes = 3
  }

  private func page(_ story: Story, _ chrome: Chrome) -> String {
    """
    <!DOCTYPE html><html lang="en"><head><title>\(story.headline) | Courier</title>
    <link rel="canonical" href="https://www.courier.example/news/ferries">
    <meta property="og:title" content="\(story.headline)"><meta property="article:modified_time" content="\(chrome.modified)">
    <meta name="description" content="\(story.standfirst)"><meta name="csrf" content="\(chrome.token)">
    <script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",
    "headline":"\(story.headline)","author":{"@type":"Person","name":"\(story.author)"},
    "datePublished":"2026-03-03T07:00:00+00:00","dateModified":"\(chrome.modified)","commentCount":\(chrome.comments)}</script>
    </head><body class="v-\(chrome.token)"><header><a href="/">Courier</a><span class="clock">\(chrome.clock)</span>
    <nav><ul>\(chrome.nav.map { "<li><a href=\"/\($0.lowercased())\">\($0)</a></li>" }.joined())</ul></nav></header>
    <div class="ad ad-top" id="ad-\(chrome.token)"><p>\(chrome.advertisement)</p></div>
    <main><article data-id="\(chrome.token)"><h1>\(story.headline)</h1><p class="standfirst">\(story.standfirst)</p>
    <div class="meta"><a rel="author" href="/people/ada">\(story.author)</a>
    <time datetime="\(chrome.modified)">Updated \(chrome.clock)</time><span class="reading-time">\(chrome.minutes) min read</span>
    <span class="share-count">\(chrome.shares) shares</span></div>
    <figure><img src="\(story.picture)?w=\(chrome.width)&amp;sig=\(chrome.token)" width="\(chrome.width)">
    <figcaption>\(story.caption)</figcaption></figure>
    <div class="article-body">\(story.paragraphs[0...1].map { "<p>\($0)</p>" }.joined(separator: "\n"))
    <div class="ad ad-inline"><p>Advertisement</p><p>\(chrome.advertisement)</p></div>
    \(story.paragraphs[2...].map { "<p>\($0)</p>" }.joined(separator: "\n"))</div></article>
    <section class="comments"><h2>\(chrome.comments) comments</h2></section>
    <aside class="most-read"><h2>Most read</h2><ol>\(chrome.mostRead.map { "<li><a href=\"/x\">\($0)</a></li>" }.joined())</ol></aside>
    </main><footer><p>Courier, \(chrome.clock)</p></footer></body></html>
    """
  }

  private static let rules = """
    [publisher]
    id = "courier"
    name = "Courier"
    url = "https://www.courier.example/"
    country = "gb"
    language = "en"
    zone = "Europe/London"
    [article]
    headline = ["css:article h1"]
    body = ["css:div.article-body"]
    remove = ["css:.ad"]
    """

  private func signature(_ html: String, generic: Bool = false) throws -> String {
    let manifest = generic ? nil : try Manifest(parsing: Self.rules, file: "plugin.toml")
    let url = WebURL("https://www.courier.example/news/ferries")!
    let found = try PageExtractor(manifest: manifest).extract(
      Array(html.utf8), url: url, contentType: "text/html; charset=utf-8")
    return found.article.contentHash
  }

  private func chrome(_ random: inout SplitMix) -> Chrome {
    let words = ["Weather", "Chess", "Mayor", "Tides", "Letters", "Markets", "Rowing", "Gardens", "Trains"]
    func some(_ count: Int) -> [String] { (0..<count).map { _ in words[Int(random.next() % UInt64(words.count))] } }
    return Chrome(
      nav: some(Int(random.next() % 8) + 1), advertisement: some(4).joined(separator: " "),
      comments: Int(random.next() % 900), shares: Int(random.next() % 9000), mostRead: some(Int(random.next() % 6) + 1),
      clock: "\(10 + random.next() % 10):\(10 + random.next() % 50)", token: String(random.next(), radix: 16),
      width: [320, 640, 1280][Int(random.next() % 3)],
      modified: "2026-03-0\(3 + random.next() % 6)T1\(random.next() % 9):0\(random.next() % 9):00+00:00",
      minutes: Int(random.next() % 9) + 1)
  }

  @Test("chrome, advertisements, counters and dates make none", arguments: [false, true])
  func chromeMakesNone(generic: Bool) throws {
    var random = SplitMix(seed: 6)
    let first = try signature(page(Story(), Chrome()), generic: generic)
    for round in 0..<60 {
      #expect(try signature(page(Story(), chrome(&random)), generic: generic) == first, "round \(round)")
    }
  }

  @Test("one thing of each kind alone makes none", arguments: [false, true]) func eachKindAlone(generic: Bool) throws {
    let first = try signature(page(Story(), Chrome()), generic: generic)
    let changes: [(String, (inout Chrome) -> Void)] = [
      ("navigation", { $0.nav.append("Elections") }), ("advertisement", { $0.advertisement = "A house by the sea" }),
      ("comments", { $0.comments = 977 }), ("shares", { $0.shares = 12_000 }),
      ("most read", { $0.mostRead = ["Other"] }),
      ("clock", { $0.clock = "23:59" }), ("token", { $0.token = "ffff" }), ("picture size", { $0.width = 1280 }),
      ("modified date", { $0.modified = "2026-03-05T18:30:00+00:00" }), ("reading time", { $0.minutes = 7 }),
    ]
    for (name, change) in changes {
      var chrome = Chrome()
      change(&chrome)
      #expect(try signature(page(Story(), chrome), generic: generic) == first, "\(name)")
    }
  }

  @Test("every change of what the article says makes one", arguments: [false, true])
  func contentMakesOne(generic: Bool) throws {
    let changes: [(String, (inout Story) -> Void)] = [
      ("headline", { $0.headline = "Harbour ferries return after the storm" }),
      ("author", { $0.author = "Ada Moor-Lee" }),
      ("a word", { $0.paragraphs[1] = $0.paragraphs[1].replacing("eastern", with: "western") }),
      ("a number", { $0.paragraphs[0] = $0.paragraphs[0].replacing("eleven", with: "twelve") }),
      ("a comma", { $0.paragraphs[3] = $0.paragraphs[3].replacing("decide who", with: "decide, who") }),
      ("a paragraph more", { $0.paragraphs.append("The company apologised to its passengers on Wednesday evening.") }),
      ("a paragraph less", { $0.paragraphs.removeLast() }),
      ("order", { $0.paragraphs.swapAt(2, 3) }),
      ("picture", { $0.picture = "https://img.courier.example/2026/03/pier.jpg" }),
      ("caption", { $0.caption = "The ferry Star at the western pier" }),
    ]
    var random = SplitMix(seed: 7)
    var seen = [try signature(page(Story(), Chrome()), generic: generic)]
    for (name, change) in changes {
      var story = Story()
      change(&story)
      let changed = try signature(page(story, chrome(&random)), generic: generic)
      #expect(!seen.contains(changed), "\(name)")
      // Once per change: the changed article, seen again with other chrome, is the same.
      #expect(try signature(page(story, chrome(&random)), generic: generic) == changed, "\(name), again")
      seen.append(changed)
    }
  }
}
