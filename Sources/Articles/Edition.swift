public import Values

/// Who publishes, as the plugin states it; the same for every article of the publisher.
public struct PublisherFacts: Sendable, Equatable {
  public var id: String
  public var name: String
  public var url: String
  public var copyrightHolder: String?
  public var usageTerms: String?

  public init(id: String, name: String, url: String, copyrightHolder: String? = nil, usageTerms: String? = nil) {
    self.id = id
    self.name = name
    self.url = url
    self.copyrightHolder = copyrightHolder
    self.usageTerms = usageTerms
  }
}

/// One published version of an article: the article, and what newswire knows of it.
public struct Edition: Sendable, Equatable {
  public var article: Article
  public var publisher: PublisherFacts
  /// `urn:newswire:<publisher>:<hash>`, stable over all versions.
  public var uri: String
  /// 1, 2, …
  public var version: Int
  /// When newswire first saw the article.
  public var firstSeen: Timestamp

  public init(article: Article, publisher: PublisherFacts, uri: String, version: Int, firstSeen: Timestamp) {
    self.article = article
    self.publisher = publisher
    self.uri = uri
    self.version = version
    self.firstSeen = firstSeen
  }
}
