import Feeds
import Testing
import Values

/// What Media RSS says of an item's pictures at the level of the item.
@Suite struct MediaTests {
  private func item(_ xml: String) throws -> FeedItem {
    try #require(try read(rss("<item><title>T</title>\(xml)</item>")).items.first)
  }

  private static let words = "<media:description>Caption</media:description><media:credit>Ann</media:credit>"

  @Test(
    arguments: [
      "<media:thumbnail url='/a.jpg'/>", "<enclosure url='/a.jpg' type='image/jpeg' length='1'/>",
      "<media:content url='/a.jpg' medium='image'/>",
    ])
  func holdsForAllPictures(_ picture: String) throws {
    for xml in [picture + Self.words, Self.words + picture] {
      let item = try item("<description>Text</description>" + xml)
      #expect(item.images.map(\.caption) == ["Caption"])
      #expect(item.images.map(\.credit) == ["Ann"])
      #expect(item.contentHTML == "Text")
    }
  }

  /// An item without a text of its own has no other.
  @Test func isTheTextWhereThereIsNone() throws {
    let item = try item("<media:thumbnail url='/a.jpg'/>" + Self.words)
    #expect(item.contentHTML == "Caption")
    #expect(item.images.map(\.caption) == [nil] && item.images.map(\.credit) == ["Ann"])
  }

  @Test func readsCaptions() throws {
    let picture = "<media:content url='/a.jpg' medium='image'><media:caption>Caption</media:caption></media:content>"
    #expect(try item(picture).images.map(\.caption) == ["Caption"])
  }
}
