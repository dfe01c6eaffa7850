import Feeds
import Testing
import Values

/// JSON Feeds as programs write them that do not keep to the specification, and as they arrive.
@Suite struct LooseJSONTests {
  /// What a cache writes behind a document says nothing about its end.
  @Test(arguments: ["\n<!-- Cached -->", ";", "\n{}", ", "])
  func textBehindJSONCostsNoItem(_ text: String) throws {
    let feed = try read(#"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}, {"id": "2"}]}"# + text)
    #expect(feed.items.map(\.id) == ["1", "2"])
    #expect(!feed.endsEarly && feed.repairs.count == 1)
  }

  /// Wherever a document is cut, the items before it are read.
  @Test func cutJSONKeepsWhatIsWhole() throws {
    let item = #"{"id": "1", "title": "\u043d\u0430", "x": [true, false, null, -1.5e3], "content_text": "\n\"a"}"#
    let whole = #"{"version": "https://jsonfeed.org/version/1.1", "items": [\#(item), \#(item), \#(item)]}"#
    let second = try #require(whole.ranges(of: item).dropFirst().first).upperBound
    for end in whole[second...].indices {
      let feed = try read(String(whole[..<end]))
      #expect(feed.endsEarly && feed.items.count >= 1, "\(whole[..<end].suffix(20))")
    }
  }
}
