import Feeds
import Testing
import Values

/// What an entry of Atom says elsewhere than it usually does.
@Suite struct AtomTests {
  private func feed(_ xml: String, language: String = "") throws -> Feed {
    try read("<feed xmlns='http://www.w3.org/2005/Atom' \(language)>\(xml)</feed>")
  }

  private func entry(_ xml: String, language: String = "") throws -> FeedItem {
    try #require(try feed("<entry><id>tag:1</id>\(xml)</entry>", language: language).items.first)
  }

  /// A content elsewhere (RFC 4287, section 4.1.3.2).
  @Test(
    arguments: [
      ("<content type='text/html' src='/full/1'/>", "https://paper.example/full/1", nil),
      ("<content src='/full/1'></content>", "https://paper.example/full/1", nil),
      ("<link href='/1'/><content type='text/html' src='/full/1'/>", "https://paper.example/1", nil),
      ("<content type='text/html; charset=utf-8' src='/full/1'/>", "https://paper.example/full/1", nil),
      ("<content type='html' src='/full/1'/>", "https://paper.example/full/1", nil),
      ("<content type='audio/mpeg' src='/a.mp3'/>", nil, "audio/mpeg"),
      ("<content type='application/pdf' src='/a'/><link href='/1'/>", "https://paper.example/1", "application/pdf"),
    ] as [(String, String?, String?)])
  func takesContentElsewhere(_ xml: String, url: String?, attachment: String?) throws {
    let item = try entry(xml)
    #expect(item.url?.description == url)
    #expect(item.attachments.map(\.mimeType) == (attachment.map { [$0] } ?? []))
  }

  @Test(
    arguments: [
      ("<content xml:lang='fr'>x</content>", "", "fr"), ("<title xml:lang='fr'>x</title>", "", "fr"),
      ("<link href='/1' hreflang='fr_CA'/>", "", "fr-CA"), ("<link href='/1' hreflang='fr'/>", "xml:lang='fr'", nil),
      ("<link href='/1' hreflang='fr'/>", "xml:lang='en'", "fr"),
      ("<content xml:lang='fr'>x</content>", "xml:lang='fr'", nil),
      ("<title xml:lang='en'>x</title><content xml:lang='fr'>x</content><link href='/1' hreflang='de'/>", "", "fr"),
      ("<link rel='enclosure' href='/1' hreflang='fr'/>", "", nil),
      ("<link href='/1' hreflang=''/>", "", nil), ("<link href='/1' hreflang='x-default'/>", "xml:lang='en'", nil),
    ] as [(String, String, String?)])
  func takesTheLanguageFromWhatIsWritten(_ xml: String, feed: String, language: String?) throws {
    #expect(try entry(xml, language: feed).language == language)
  }

  @Test func keepsTheIconBesideTheLogo() throws {
    let both = try feed("<icon>/i.ico</icon><logo>/l.png</logo>")
    #expect(both.icon == "https://paper.example/l.png" && both.favicon == "https://paper.example/i.ico")
    let one = try feed("<icon>/i.ico</icon>")
    #expect(one.icon == "https://paper.example/i.ico" && one.favicon == nil)
  }
}
