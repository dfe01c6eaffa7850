import Articles
import Extraction
import Testing
import Values

@testable import Authoring

@Suite("Suggested rules")
struct SuggestionTests {
  private let paragraphs = (1...6).map { number in
    "<p>Paragraph \(number): it was early and cold when boat number \(number) left the quay with \(number * 7) people and "
      + "\(number * 3) cars, and a crowd of \(number * 11) watched from the pier.</p>"
  }.joined()

  private func suggested(_ body: String) throws -> DraftRules {
    let html = Array(
      """
      <html lang="en-GB"><head><title>Ferries return – The Courier</title><meta property="og:site_name" content="The Courier">
      <meta property="og:type" content="article"></head><body>\(body)</body></html>
      """.utf8)
    let url = try #require(WebURL("https://courier.example/news/ferries"))
    let extraction = try PageExtractor(manifest: nil).extract(html, url: url)
    let report = try Suggestion.report(
      html, url: url, contentType: nil, extraction: ["article": extraction.article.record, "rules": [:]])
    #expect(report["facts"]?["name"]?.string == "The Courier")
    return DraftRules(json: report["suggested"])
  }

  @Test("the body is pinned to its container, and boxes in it are taken out")
  func body() throws {
    let rules = try suggested(
      """
      <main><article><h1>Ferries return</h1><div class="story-body">\(paragraphs)
      <div class="harbour-club"><p>The harbour guide has all the boats, from the first one to the last, every day.</p><input
      type="email"></div>
      <p>Nobody would say on Sunday whether the timetable holds through the winter, although all hoped it.</p></div>
      </article></main>
      """)
    #expect(rules["body"] == ["css:div.story-body"])
    #expect(rules["body_remove"].contains("css:div.harbour-club"), "\(rules.toml)")
  }

  @Test("no rule is made of generated names or places")
  func generated() throws {
    let rules = try suggested(
      #"<div class="sc-bdVaJa"><h1 class="css-1x2y3z">Ferries return</h1><div class="css-9k2j1h">\#(paragraphs)</div></div>"#
    )
    #expect(rules["body"].isEmpty, "\(rules.toml)")
  }

  @Test(
    "a container is named only by what is there on every page and after the next deployment",
    arguments: [
      "class=nfyQp", "class=g_fK", "class=\"justify-center space-y-4 medium-12\"", "class=Article_siteAreaNews__Frmfx",
      "class=story-2026", "id=story-4711", "id=ferries-return-to-harbour", "class=category-ferries",
      "data-type=story17",
      "class=\"columns flex\"", "class=\"is-active pt-small\"",
    ])
  func unstable(name: String) throws {
    let rules = try suggested("<h1>Ferries return to harbour</h1><div \(name)>\(paragraphs)</div>")
    #expect(rules["body"].isEmpty, "\(rules.toml)")
  }

  @Test(
    "what looks like a name made of words is one",
    arguments: [
      ("story-body", true), ("LongDesc", true), ("c-article-content", true), ("mbl-news-link", true),
      ("notPrint", true),
      ("ue-c-article__kicker-group", true), ("nfyQp", false), ("g_fK", false), ("kAbeD", false), ("x", false),
      ("qqrs-bcd", false), ("eBr", false),
    ])
  func wordy(name: String, isWordy: Bool) { #expect(SelectorMaker.isWordy(name) == isWordy) }

  @Test("a search ends by the work that it took")
  func effort() {
    let effort = Effort(10)
    #expect(effort.take(6) && effort.take(4) && !effort.take(1))
    let other = Effort(10)
    #expect(!other.take(11) && !other.take(1), "what is over stays over")
    #expect(!Effort(10, processorSeconds: 0).take(1))
  }

  @Test("a line of the page that has only the page in common with the headline is none of the article's")
  func far() throws {
    let summary =
      "<div class=top-summary><p class=summary-text>Six other stories of the day, told in one line for all.</p></div>"
    let article =
      "<main><div><article><header><h1>Ferries return</h1>%</header><div class=story-body>\(paragraphs)</div></article></div></main>"
    let far = try suggested(summary + "<h3 class=section-title>More of it</h3>" + article.replacing("%", with: ""))
    #expect(far["standfirst"].isEmpty && far["section"].isEmpty, "\(far.toml)")
    // In the article, and yet not where such a line stands: before the headline, or below the text.
    let misplaced = try suggested(
      article.replacing("<header>", with: "<header>" + summary).replacing("%", with: "")
        .replacing("</div></article>", with: "</div><h3 class=section-title>More of it</h3></article>"))
    #expect(misplaced["standfirst"].isEmpty && misplaced["section"].isEmpty, "\(misplaced.toml)")
    let near = try suggested(article.replacing("%", with: "<p class=rubric-name>Harbour</p>"))
    #expect(near["section"] == ["css:p.rubric-name"], "\(near.toml)")
  }

  @Test("a kicker is what stands at the headline and is named so")
  func kicker() throws {
    let page = { (line: String) in
      "<main><article>\(line)<h1>Ferries return</h1><div class=\"story-body\">\(paragraphs)</div></article></main>"
    }
    #expect(try suggested(page(#"<p class="story-kicker">Harbour</p>"#))["kicker"] == ["css:p.story-kicker"])
    // The same words as the headline, and a line far away, are none.
    #expect(try suggested(page(#"<p class="story-kicker">Ferries return</p>"#))["kicker"].isEmpty)
  }

  @Test("rules of several pages are joined, those of more pages first")
  func merged() {
    var (one, two, three) = (DraftRules(), DraftRules(), DraftRules())
    one["body"] = ["css:.a"]
    two["body"] = ["css:.b"]
    three["body"] = ["css:.b"]
    three["body_remove"] = ["css:.x"]
    let merged = DraftRules.merged([one, two, three])
    #expect(merged["body"] == ["css:.b", "css:.a"] && merged["body_remove"] == ["css:.x"])
  }
}

@Suite("Facts of a page")
struct PageFactTests {
  private func facts(_ head: String, at address: String) throws -> JSON? {
    let html = Array("<html><head>\(head)</head><body><h1>A headline of some words</h1></body></html>".utf8)
    let url = try #require(WebURL(address))
    return try Suggestion.report(html, url: url, contentType: nil, extraction: nil)["facts"]
  }

  @Test(
    "an address is no name, unless nothing else is said",
    arguments: [
      ("https://www.courier.example", "Courier"), ("https://www.courier.example/", "Courier"),
      ("www.courier.example", "Courier"), ("courier.example", "Courier"), ("Courier.example", "Courier.example"),
      ("The Courier", "The Courier"),
    ])
  func names(stated: String, name: String) throws {
    let head = "<meta property=og:site_name content='\(stated)'><title>A headline | Courier</title>"
    #expect(try facts(head, at: "https://www.courier.example/a")?["name"]?.string == name)
    // A title's end that is none of the site's names counts less than an address that is stated.
    let other = head.replacing("| Courier", with: "| Politics")
    let expected = stated == "courier.example" ? stated : name == "Courier" ? "Politics" : name
    #expect(try facts(other, at: "https://www.courier.example/a")?["name"]?.string == expected)
  }

  @Test("what a page calls its system is one word, whatever it holds")
  func system() throws {
    let found = try facts("<meta name=generator content='Press\n[publisher]\nid = 1'>", at: "https://x.example/")
    #expect(found?["cms"]?.string == "Press")
  }
}

@Suite("Plugins as text")
struct DraftTests {
  @Test(
    "ids are made of names",
    arguments: [
      ("The Examiner", "the-examiner"), ("Süddeutsche Zeitung", "sueddeutsche-zeitung"), ("L'Équipe", "lequipe"),
      ("El País", "el-pais"), ("20 Minuten!", "20-minuten"), ("---", ""), ("  A  B ", "a-b"),
    ])
  func ids(name: String, id: String) { #expect(PluginDraft.id(from: name) == id) }

  @Test(
    "text is quoted as TOML wants it",
    arguments: [
      ("a\"b\\c", #""a\"b\\c""#), ("tab\there", #""tab\there""#), ("\u{1}", #""\u0001""#), ("ü", "\"ü\""),
    ])
  func quoted(text: String, toml: String) { #expect(TOMLText.quoted(text) == toml) }
}

@Suite("Site configs")
struct SiteConfigTests {
  @Test(
    "every directive is carried over, needless, or lost with a reason",
    arguments: [
      ("body: //div", 0, 0), ("prune: no", 0, 1), ("prune: yes", 1, 0), ("tidy: no", 0, 1),
      ("convert_double_br_tags: yes", 0, 1),
      ("next_page_link: //a", 1, 0), ("find_string: a", 1, 0), ("replace_string(a): b", 1, 0),
      ("http_header(Cookie): a=b", 1, 0),
      ("http_header(referer): https://x.example/", 0, 0), ("strip_image_src: /pixel", 0, 0), ("dissolve: //b", 0, 1),
      ("move_into(//a): //b", 1, 0), ("native_ad_clue: //x", 1, 0), ("login_uri: https://x.example/", 1, 0),
      ("bodi: //a", 1, 0),
      ("body: //div[", 1, 0), ("no colon", 1, 0), ("# a comment", 0, 0), ("insert_detected_image: no", 0, 1),
      ("wrap_in(h2): //p", 0, 0), ("wrap_in(blockquote): //p", 1, 0), ("strip_id_or_class: \"a'b\"", 0, 0),
      ("title:", 1, 0),
    ])
  func directives(line: String, lost: Int, needless: Int) {
    let config = SiteConfig(line + "\n", fileName: "x.example.txt")
    #expect(config.lost.count == lost, "\(config.lost)")
    #expect(config.needless.count == needless, "\(config.needless)")
  }

  @Test("a mark of byte order and lines that end in CR LF are no part of the directives")
  func linesOfOtherSystems() throws {
    let config = SiteConfig("\u{FEFF}title: //h1\r\n# c\r\nbody: //div\r\nbodi: //a\r\n", fileName: "x.example.txt")
    let plain = SiteConfig("title: //h1\n# c\nbody: //div\nbodi: //a\n", fileName: "x.example.txt")
    #expect(String(describing: config) == String(describing: plain))
    #expect(config.lost.map(\.line) == [4])
  }

  @Test(
    "the host is the file's name",
    arguments: [
      ("www.x.example.txt", "www.x.example"), (".x.example.txt", "x.example"), ("X.example.txt", "x.example"),
    ])
  func hosts(file: String, host: String) { #expect(SiteConfig("body: //p", fileName: file).host == host) }
}

@Suite("OPML")
struct OPMLTests {
  private func entries(_ outlines: String) throws -> [OPML.Entry] {
    OPML.entries(try OPML.report(Array("<opml version=\"2.0\"><body>\(outlines)</body></opml>".utf8), contentType: nil))
      .entries
  }

  @Test("feeds of one site are one publisher, with what their titles share as its name")
  func sites() throws {
    let found = OPML.sites(
      try entries(
        """
        <outline text="a"><outline text="BBC News - World" xmlUrl="https://feeds.bbc.example/world" htmlUrl="https://www.bbc.example/news"/>
        <outline text="BBC News - UK" xmlUrl="https://feeds.bbc.example/uk" htmlUrl="https://www.bbc.example/news"/></outline>
        <outline text="Same" xmlUrl="https://feeds.bbc.example/uk"/><outline text="Other" xmlUrl="https://rss.other.example/all"/>
        """))
    #expect(found.sites.map(\.name) == ["BBC News", "Other"])
    #expect(found.sites[0].feeds.map { OPML.section($0, of: found.sites[0]) } == ["World", "UK"])
    #expect(found.sites[1].host == "other.example")
  }

  @Test("a site has so many feeds and no more; those left out are told")
  func limits() throws {
    let many = (0..<60).map { "<outline text=\"F\($0)\" xmlUrl=\"https://x.example/\($0)\"/>" }.joined()
    let found = OPML.sites(try entries(many))
    #expect(found.sites.count == 1 && found.sites[0].feeds.count == OPML.feedsPerSite && found.left.count == 10)
  }

  @Test("what is no list of feeds is refused", arguments: ["", "<rss/>", "<opml><body>", "not xml"])
  func refused(text: String) {
    if text == "<opml><body>" {
      #expect((try? OPML.report(Array(text.utf8), contentType: nil))?["entries"]?.array?.isEmpty == true)
    } else {
      #expect(throws: OPML.Failure.self) { try OPML.report(Array(text.utf8), contentType: nil) }
    }
  }
}
