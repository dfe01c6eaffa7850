import Articles
import Dates
import Extraction
import Foundation
import Manifest
import Testing
import Values

/// A news app shows a paper's article between its own furniture: each part of the article must land in its place in the
/// item, and none of the furniture anywhere. Read without rules and by a plugin, from a page that names its parts and
/// from one whose class names say nothing.
@Suite struct AppPageTests {
  enum Classes: String, CaseIterable, Sendable {
    case telling, hashed

    var names: [String: String] {
      switch self {
      case .telling:
        [
          "A": "app-promo", "B": "article", "C": "author", "D": "image-block", "E": "caption", "F": "article-body",
          "G": "signup-wall", "H": "related-stories", "I": "app-footer",
        ]
      case .hashed:
        Dictionary(uniqueKeysWithValues: "ABCDEFGHI".map { (String($0), "sc-\($0)x\($0.lowercased())7 k\($0)qW") })
      }
    }
  }

  private static let plugin = """
    [publisher]
    id = "harbour-standard"
    name = "Harbour Standard"
    url = "https://www.newsbox.example/publishers/harbour-standard"
    country = "gb"
    language = "en"
    zone = "Europe/London"
    copyright_holder = "Harbour Standard"
    [[sources]]
    kind = "rss"
    url = "https://www.newsbox.example/publishers/harbour-standard/rss"
    [article]
    remove = ["xpath://div[h3[normalize-space(.) = 'Related Stories' or starts-with(., 'Sign up')]]"]
    headline = ["css:h1"]
    standfirst = ["xpath:(//h1/following::p)[1][strong]"]
    body_remove = ["xpath:(//h1/following::p)[1][strong]", "xpath://div[img]/div"]
    authors = ["jsonld:author.name"]
    section = ["xpath://a[starts-with(@href, '/sections/')]"]
    body = ["xpath://div[p[strong]]"]
    [article.images]
    select = ["xpath://h1/following::div[img and div]"]
    caption = [{ xpath = "div", replace = [["(\\\\s*-?\\\\s*\\\\([^()]*\\\\))+$", ""]] }]
    credit = [{ xpath = "div", replace = [["\\\\)\\\\s*-?\\\\s*\\\\(([^()]+)\\\\)$", ", $1)"]], match = "\\\\(([^()]*)\\\\)$" }]
    """

  private func item(_ classes: Classes, withPlugin: Bool) throws -> (json: JSON, article: Article) {
    let path = "\(#filePath)".split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
    var page = try String(contentsOfFile: path + "/Fixtures/Extraction/app-page.html", encoding: .utf8)
    for (mark, name) in classes.names { page = page.replacingOccurrences(of: "%\(mark)%", with: name) }
    let url = WebURL("https://www.newsbox.example/news/mayor-tells-bridge-partners")!
    let manifest = withPlugin ? try Manifest(parsing: Self.plugin, file: "plugin.toml", checkingZone: false) : nil
    let article = try PageExtractor(manifest: manifest, zone: .utc).extract(Array(page.utf8), url: url).article
    let facts = PublisherFacts(
      id: "harbour-standard", name: manifest?.publisher.name ?? article.publisher ?? "?",
      url: "https://www.newsbox.example/")
    let edition = Edition(
      article: article, publisher: facts, uri: "urn:newswire:x:1", version: 1, firstSeen: Timestamp(seconds: 0))
    return (edition.ninjs, article)
  }

  @Test(arguments: Classes.allCases, [false, true])
  func eachPartInItsPlace(_ classes: Classes, _ withPlugin: Bool) throws {
    let (json, _) = try item(classes, withPlugin: withPlugin)
    func value(_ list: String, _ key: String, _ word: String) -> JSON? {
      json[list]?.array?.first { $0[key]?.string == word }
    }
    let headline = "Mayor tells bridge partners to ‘double their share’ of repairs"
    #expect(value("headlines", "role", "main")?["value"]?.string == headline)
    #expect(json["title"]?.string == headline)
    #expect(json["by"]?.string == "Ida Marsh")
    #expect(value("people", "rel", "author")?["name"]?.string == "Ida Marsh")
    #expect(json["people"]?.array?.count == 1)
    #expect(value("subjects", "rel", "section")?["name"]?.string == "Politics")
    #expect(value("subjects", "rel", "access")?["literal"]?.string == "paid")
    #expect(value("infoSources", "role", "publisher")?["name"]?.string == "Harbour Standard")
    #expect(json["contentCreated"]?.string?.hasPrefix("2026-03-05T14:20:00") ?? false)
    #expect(
      value("altIds", "role", "canonical")?["value"]?.string
        == "https://www.newsbox.example/news/mayor-tells-bridge-partners")
    #expect(
      value("descriptions", "role", "summary")?["value"]?.string
        == "Partners must “double their share” of the money for the swing bridge, the mayor has told a meeting of the towns that use it."
    )

    let text = value("bodies", "role", "text")?["value"]?.string ?? ""
    let paragraphs = text.split(separator: "\n\n").map(String.init)
    #expect(paragraphs.count == 7)
    #expect(paragraphs.first?.hasPrefix("She joined the yearly call") ?? false)
    #expect(paragraphs.last?.hasPrefix("One of the partners") ?? false)
    let html = value("bodies", "role", "html")?["value"]?.string ?? ""
    #expect(html.contains("<figure>") && html.contains("pier-inline-7718.jpg"))

    let pictures = json["associations"]?.array?.filter { $0["type"]?.string == "picture" } ?? []
    #expect(pictures.map { $0["rel"]?.string } == ["lead", "inline"])
    #expect(pictures.map { $0["by"]?.string } == ["Tessa Quay/PA, PA Wire", "Ivo Lamm/AP photo, AP"])
    #expect(
      pictures.map { $0["descriptions"]?[0]?["value"]?.string } == [
        "The mayor led the call from the harbour office on Thursday while most partners sat together at the town hall",
        "A diver looks at the third pier below the swing bridge, where the stone has been washed out",
      ])
    #expect(pictures.first?["renditions"]?.array?.compactMap { $0["width"]?.integer } == [640, 1280])
  }

  @Test(arguments: Classes.allCases, [false, true])
  func theFurnitureNowhere(_ classes: Classes, _ withPlugin: Bool) throws {
    let (json, article) = try item(classes, withPlugin: withPlugin)
    let all = json.text()
    for words in [
      "Sign up", "Already a member", "Sign in", "Read news from", "Our Picks", "Fourteen days", "Download the app",
      "One app", "One membership", "trusted sources", "Start reading", "All your papers", "Related Stories",
      "Top stories",
      "kept the bell", "ends at a stove", "harbour-logo", "ferry-small", "newsbox right now", "| newsbox",
    ] {
      #expect(!all.contains(words), "“\(words)” has landed in the item")
    }
    // What the app sets beside the article may stand as related links, and nowhere else.
    #expect(article.pictures.count == 2)
  }
}
