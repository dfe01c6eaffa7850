import Feeds
import Foundation
import Testing
import Values

/// The bytes of a fixture.
func fixture(_ name: String) throws -> [UInt8] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/Feeds/\(name)")))
}

func read(
  _ text: String, url: String? = "https://paper.example/feed.xml", contentType: String? = nil
) throws(FeedError) -> Feed {
  try FeedReader.read(Array(text.utf8), url: url.flatMap { WebURL($0) }, contentType: contentType)
}

/// An RSS feed with these items, or whatever stands in their place.
func rss(_ items: String) -> String {
  #"<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>\#(items)</channel></rss>"#
}
