// Feeds: what publishers offer as lists of their articles (RSS 0.9 to 2.0, Atom 0.3 and 1.0, JSON Feed, sitemaps and
// news sitemaps), read into one model. It must not know files, sockets, publishers, or what becomes of the items.
public import Values

/// A list of articles as a publisher offers it.
public struct Feed: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case rss, rdf, atom
    case jsonFeed = "json-feed"
    /// A sitemap with at least one entry of the Google News schema.
    case newsSitemap = "news-sitemap"
    case sitemap
    /// A list of further sitemaps, in `sitemaps`.
    case sitemapIndex = "sitemap-index"
    /// Links of a web page, chosen by a plugin's selector.
    case html
    /// Microsoft's Channel Definition Format of 1997.
    case cdf
  }

  public var kind: Kind
  /// Plain text, as all titles here.
  public var title: String?
  public var homePage: WebURL?
  /// Where the feed says that it lives (`rel="self"`).
  public var feedURL: WebURL?
  /// HTML reduced to harmless elements, or plain text; escaped either way.
  public var description: String?
  /// An http or https address, absolute; its host in the letters that the feed wrote.
  public var icon: String?
  /// A small one beside it (JSON Feed `favicon`; Atom `icon` beside a `logo`), written likewise.
  public var favicon: String?
  /// BCP 47, as written but for underscores, which become hyphens.
  public var language: String?
  public var authors: [FeedAuthor] = []
  /// WebSub hubs.
  public var hubs: [WebURL] = []
  /// How long the feed may be kept, in seconds (RSS 2.0 `ttl`).
  public var ttl: Int?
  /// Hours of the day, 0...23 in UTC, in which nothing new comes (RSS 2.0 `skipHours`).
  public var skipHours: [Int] = []
  /// Days without news, 1 for Monday to 7 for Sunday (RSS 2.0 `skipDays`).
  public var skipDays: [Int] = []
  /// Seconds between updates that the feed promises (RSS 1.0 syndication module).
  public var updatePeriod: Int?
  /// An instant from which those periods count (the same module's `updateBase`).
  public var updateBase: Timestamp?
  /// The page with the entries before these (RFC 5005, section 3: `rel="next"`).
  public var nextPage: WebURL?
  /// The archive before this document (RFC 5005, section 4: `rel="prev-archive"`).
  public var previousArchive: WebURL?
  /// Where the feed's present document is, when this is an archive (RFC 5005, section 4: `rel="current"`).
  public var currentDocument: WebURL?
  /// Whether the document says that it holds every item of the feed (RFC 5005, section 2: `fh:complete`).
  public var isComplete = false
  /// Whether nothing more will come (JSON Feed `expired`).
  public var isExpired = false
  /// Where the feed has moved to, as it says itself (`itunes:new-feed-url`).
  public var movedTo: WebURL?
  /// Plain text.
  public var copyright: String?
  /// The program that wrote the feed, as it calls itself. Plain text.
  public var generator: String?
  /// What the whole feed is about.
  public var tags: [String] = []
  public var published: Timestamp?
  /// When the feed last changed, as it says itself; no reason to trust it.
  public var modified: Timestamp?
  public var items: [FeedItem] = []
  /// Of a sitemap index: the sitemaps it lists.
  public var sitemaps: [SitemapReference] = []
  /// Whether the document stops before its end, so that items may be missing: cut off on its way, or by its writer.
  public var endsEarly = false
  /// What had to be repaired to read the bytes, one sentence each; empty for a sound document.
  public var repairs: [String] = []

  public init(kind: Kind) { self.kind = kind }
}

/// One entry of a feed.
public struct FeedItem: Sendable, Equatable {
  /// The publisher's own identity of the item, unique in its feed: guid or id, else the link, else a hash of title and
  /// content.
  public var id: String
  public var url: WebURL?
  public var title: String?
  /// HTML reduced to harmless elements, links absolute. What the feed offers as the item's text, be it whole or short.
  public var contentHTML: String?
  /// Plain text, of feeds that offer it instead of HTML.
  public var contentText: String?
  /// Plain text. Given only where the feed offers both a summary and a content.
  public var summary: String?
  public var published: Timestamp?
  public var modified: Timestamp?
  /// True when a date names no zone, so that the publisher's was assumed.
  public var dateGuessed = false
  public var authors: [FeedAuthor] = []
  public var tags: [String] = []
  public var attachments: [FeedAttachment] = []
  public var images: [FeedImage] = []
  /// BCP 47, as written but for underscores, which become hyphens.
  public var language: String?
  private var more: Box<ItemDetails>?

  public init(id: String) { self.id = id }

  /// The page elsewhere that the item is about (JSON Feed; Atom `rel="related"`).
  public var externalURL: WebURL? {
    get { more?.value.externalURL }
    set { if newValue != nil || more != nil { details.externalURL = newValue } }
  }

  /// What few items say.
  public var details: ItemDetails {
    get { more?.value ?? ItemDetails() }
    set { more = newValue == ItemDetails() ? nil : Box(newValue) }
  }

  /// Whether there is anything in `details`: asking costs nothing.
  public var hasDetails: Bool { more != nil }
}

extension FeedItem {
  /// How much memory the item's parts take beside its texts: those of an item with nothing else are its `plainWeight`.
  var weight: Int { Self.plainWeight + attachments.count + images.count + (hasDetails ? 1 : 0) }
  static let plainWeight = 2
}

/// What few items say: apart, so that the others need no room for it.
public struct ItemDetails: Sendable, Equatable {
  public var externalURL: WebURL?
  /// The page with the readers' comments (RSS `comments`; Atom `rel="replies"`, RFC 4685).
  public var commentsURL: WebURL?
  /// How many there are (`slash:comments`, `thr:total`, `thr:count`).
  public var commentCount: Int?
  /// The part of the paper (`slash:section`, `prism:section`). Plain text.
  public var section: String?
  /// The id or address of what the item answers (`thr:in-reply-to`).
  public var replyTo: String?
  /// Plain text (Atom `rights`, Dublin Core, PRISM).
  public var rights: String?
  /// The address of a licence (Creative Commons, `rel="license"`).
  public var license: String?
  /// The feed that the item was taken from (RSS and Atom `source`).
  public var sourceTitle: String?
  public var sourceURL: WebURL?
  /// An identifier that is no address, such as a DOI (`dc:identifier`).
  public var identifier: String?
  public var place: FeedPlace?
  /// Of a recording (`itunes:season`, `itunes:episode`, `itunes:explicit`).
  public var season: Int?
  public var episode: Int?
  public var isExplicit: Bool?
  /// The same page in other languages (`xhtml:link` with `hreflang` in sitemaps).
  public var translations: [FeedTranslation] = []
  /// Of a news sitemap: PressRelease, Blog, OpEd and the like.
  public var genres: [String] = []

  public init() {}
}

/// The page of an item in another language.
public struct FeedTranslation: Sendable, Equatable {
  /// BCP 47, or `x-default`.
  public var language: String
  public var url: WebURL

  public init(language: String, url: WebURL) {
    self.language = language
    self.url = url
  }
}

/// Where on earth an item belongs (GeoRSS, W3C Basic Geo).
public struct FeedPlace: Sendable, Equatable {
  /// Degrees north.
  public var latitude: Double
  /// Degrees east.
  public var longitude: Double
  /// Plain text.
  public var name: String?

  public init(latitude: Double, longitude: Double, name: String? = nil) {
    self.latitude = latitude
    self.longitude = longitude
    self.name = name
  }
}

/// A value elsewhere in memory.
final class Box<Value: Sendable & Equatable>: Sendable, Equatable {
  let value: Value
  init(_ value: Value) { self.value = value }
  static func == (a: Box, b: Box) -> Bool { a === b || a.value == b.value }
}

/// A person or an organisation behind a feed or an item.
public struct FeedAuthor: Sendable, Hashable {
  public var name: String?
  /// An http, https or mailto address.
  public var url: String?
  /// The address of a picture (JSON Feed `avatar`).
  public var avatar: String?
  /// Without "mailto:", where `url` is another address.
  public var email: String?

  public init(name: String?, url: String? = nil, avatar: String? = nil, email: String? = nil) {
    self.name = name
    self.url = url
    self.avatar = avatar
    self.email = email
  }
}

/// A file that comes with an item: a recording, a film, a document.
public struct FeedAttachment: Sendable, Equatable {
  public var url: WebURL
  public var mimeType: String?
  public var title: String?
  /// Bytes.
  public var size: Int?
  /// Seconds.
  public var duration: Int?

  public init(url: WebURL, mimeType: String? = nil, title: String? = nil, size: Int? = nil, duration: Int? = nil) {
    self.url = url
    self.mimeType = mimeType
    self.title = title
    self.size = size
    self.duration = duration
  }
}

/// A picture that belongs to an item.
public struct FeedImage: Sendable, Equatable {
  public var url: WebURL
  /// Pixels.
  public var width: Int?
  public var height: Int?
  public var mimeType: String?
  /// Plain text.
  public var caption: String?
  public var credit: String?

  public init(
    url: WebURL, width: Int? = nil, height: Int? = nil, mimeType: String? = nil, caption: String? = nil,
    credit: String? = nil
  ) {
    self.url = url
    self.width = width
    self.height = height
    self.mimeType = mimeType
    self.caption = caption
    self.credit = credit
  }
}

/// A sitemap named by a sitemap index.
public struct SitemapReference: Sendable, Equatable {
  public var url: WebURL
  public var lastModified: Timestamp?

  public init(url: WebURL, lastModified: Timestamp? = nil) {
    self.url = url
    self.lastModified = lastModified
  }
}
