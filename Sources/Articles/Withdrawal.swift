public import Values

/// The notice that a publisher has taken an article back: the last version of its `uri`, without its text.
public struct Withdrawal: Sendable, Equatable {
  public var uri: String
  public var version: Int
  public var headline: String
  /// The article's address, as last published.
  public var url: String
  public var publisher: PublisherFacts
  /// When newswire first saw the article.
  public var firstSeen: Timestamp
  /// When newswire found that it is gone.
  public var noticed: Timestamp

  public init(
    uri: String, version: Int, headline: String, url: String, publisher: PublisherFacts, firstSeen: Timestamp,
    noticed: Timestamp
  ) {
    self.uri = uri
    self.version = version
    self.headline = headline
    self.url = url
    self.publisher = publisher
    self.firstSeen = firstSeen
    self.noticed = noticed
  }

  /// The notice as an IPTC ninjs 3.1 item with `pubStatus` `canceled`. What was withdrawn is not repeated: headline,
  /// address and publisher say which article it was.
  public var ninjs: JSON {
    var item = JSONObject()
    item["uri"] = .string(uri)
    item["standard"] = [
      "name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
    ]
    item["type"] = "text"
    item["representationType"] = "partial"
    item["profile"] = "text"
    item["version"] = .string(String(version))
    item["firstCreated"] = .string(firstSeen.rfc3339)
    item["versionCreated"] = .string(noticed.rfc3339)
    item["pubStatus"] = "canceled"
    item.set("copyrightHolder", publisher.copyrightHolder)
    if !headline.isEmpty {
      item["title"] = .string(headline)
      item["headlines"] = [["role": "main", "contentType": "text/plain", "value": .string(headline)]]
    }
    item["infoSources"] = [
      ["name": .string(publisher.name), "role": "publisher", "uri": .string(publisher.url)]
    ]
    item["altIds"] = [["role": "canonical", "value": .string(url)]]
    item["renditions"] = [["name": "web", "href": .string(url), "contentType": "text/html"]]
    return .object(item)
  }
}
