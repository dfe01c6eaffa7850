/// The elements that feeds mean something with, named as they are usually written. Elements of the format's own
/// namespace have no prefix.
enum XMLTag: String, CaseIterable {
  case unknown = "?"

  // RSS, RDF, CDF
  case rss, rdf, channel, item, title, link, description, language, copyright, pubdate, lastbuilddate, category, ttl
  case image, url, skiphours, hour, skipdays, day, guid, author, enclosure, source, comments, managingeditor, webmaster
  case textinput, body, fullitem, abstract, lastmod, logo
  case items, width, height, keywords, tags, categories, authors, creator, date

  // Atom
  case feed, entry, id, updated, published, summary, content, subtitle, rights, contributor, name, uri, email, icon
  case generator, tagline, modified, issued, created, info, homepage

  case urlset, sitemapindex, sitemap, loc

  // Atom elsewhere
  case atomLink = "atom:link"
  case atomAuthor = "atom:author"
  case atomUpdated = "atom:updated"
  case atomPublished = "atom:published"
  case atomSummary = "atom:summary"
  case atomContent = "atom:content"
  case atomTitle = "atom:title"
  case atomName = "atom:name"
  case atomURI = "atom:uri"
  case atomEmail = "atom:email"
  case atomID = "atom:id"
  case atomIcon = "atom:icon"
  case atomLogo = "atom:logo"
  case atomRights = "atom:rights"
  case atomCategory = "atom:category"
  case atomSubtitle = "atom:subtitle"

  case contentEncoded = "content:encoded"
  case yandexFullText = "yandex:full-text"
  case ramblerFullText = "rambler:fulltext"
  case mailFullText = "mailru:full-text"
  case turboContent = "turbo:content"
  case xhtmlBody = "xhtml:body"
  case xhtmlDiv = "xhtml:div"
  case xhtmlLink = "xhtml:link"

  case dcTitle = "dc:title"
  case dcCreator = "dc:creator"
  case dcAuthor = "dc:author"
  case dcSubject = "dc:subject"
  case dcDescription = "dc:description"
  case dcDate = "dc:date"
  case dcLanguage = "dc:language"
  case dctermsCreated = "dcterms:created"
  case dctermsIssued = "dcterms:issued"
  case dctermsModified = "dcterms:modified"
  case dctermsAbstract = "dcterms:abstract"
  case dcRights = "dc:rights"
  case dctermsAvailable = "dcterms:available"
  case dctermsValid = "dcterms:valid"
  case dcPublisher = "dc:publisher"
  case dcContributor = "dc:contributor"
  case dcIdentifier = "dc:identifier"
  case dcType = "dc:type"

  case mediaGroup = "media:group"
  case mediaContent = "media:content"
  case mediaThumbnail = "media:thumbnail"
  case mediaTitle = "media:title"
  case mediaDescription = "media:description"
  case mediaText = "media:text"
  case mediaCredit = "media:credit"
  case mediaCategory = "media:category"
  case mediaKeywords = "media:keywords"
  case mediaPlayer = "media:player"
  case mediaCaption = "media:caption"
  case mediaCopyright = "media:copyright"

  case itunesTitle = "itunes:title"
  case itunesAuthor = "itunes:author"
  case itunesSubtitle = "itunes:subtitle"
  case itunesSummary = "itunes:summary"
  case itunesImage = "itunes:image"
  case itunesLink = "itunes:link"
  case itunesDuration = "itunes:duration"
  case itunesKeywords = "itunes:keywords"
  case itunesCategory = "itunes:category"
  case itunesOwner = "itunes:owner"

  case itunesSeason = "itunes:season"
  case itunesEpisode = "itunes:episode"
  case itunesExplicit = "itunes:explicit"
  case itunesBlock = "itunes:block"
  case itunesNewFeed = "itunes:new-feed-url"

  case slashComments = "slash:comments"
  case slashSection = "slash:section"
  case wfwCommentRSS = "wfw:commentrss"
  case threadTotal = "thr:total"
  case threadReply = "thr:in-reply-to"

  case georssPoint = "georss:point"
  case georssName = "georss:featurename"
  case georssWhere = "georss:where"
  case gmlPoint = "gml:point"
  case gmlPosition = "gml:pos"
  case geoPoint = "geo:point"
  case geoLatitude = "geo:lat"
  case geoLongitude = "geo:long"

  case prismPublished = "prism:publicationdate"
  case prismModified = "prism:modificationdate"
  case prismSection = "prism:section"
  case prismIdentifier = "prism:doi"
  case prismURL = "prism:url"
  case prismKeyword = "prism:keyword"
  case prismTeaser = "prism:teaser"
  case prismByline = "prism:byteline"
  case prismCopyright = "prism:copyright"

  case creativeLicense = "creativecommons:license"
  case ccLicense = "cc:license"
  case historyComplete = "fh:complete"
  case historyArchive = "fh:archive"

  case updatePeriod = "sy:updateperiod"
  case updateFrequency = "sy:updatefrequency"
  case updateBase = "sy:updatebase"
  case origLink = "feedburner:origlink"

  case newsNews = "news:news"
  case newsPublication = "news:publication"
  case newsName = "news:name"
  case newsLanguage = "news:language"
  case newsDate = "news:publication_date"
  case newsTitle = "news:title"
  case newsKeywords = "news:keywords"
  case newsGenres = "news:genres"
  case imageImage = "image:image"
  case imageLoc = "image:loc"
  case imageTitle = "image:title"
  case imageCaption = "image:caption"
  case videoVideo = "video:video"
  case videoThumbnail = "video:thumbnail_loc"
  case videoTitle = "video:title"
  case videoDescription = "video:description"
  case videoContent = "video:content_loc"
  case videoPlayer = "video:player_loc"
  case videoDuration = "video:duration"
  case videoTag = "video:tag"
  case videoDate = "video:publication_date"

  /// Asked at every element; `!=` would compare names.
  var isUnknown: Bool {
    switch self {
    case .unknown: true
    default: false
    }
  }

  /// Whether it has a prefix.
  var isOfModule: Bool { rawValue.utf8.contains(UInt8(ascii: ":")) }

  /// What a feed is a list of; one never stands in another.
  var isRepeated: Bool {
    switch self {
    case .item, .entry, .url, .sitemap: true
    default: false
    }
  }

  /// Where elements without prefix belong.
  enum Home { case rss, atom, sitemap }

  /// The tag of an element. An undeclared prefix is taken for the namespace that it usually stands for.
  init(local: String, prefix: String?, namespace: String?, home: Home, rootNamespace: String?) {
    let name = local.lowercased()
    var space: String?
    if let namespace {
      if namespace != rootNamespace { space = Self.space(of: namespace) ?? Self.usual(prefix) ?? "?" }
    } else {
      space = prefix?.lowercased()
    }
    // Dublin Core's terms repeat its elements.
    if space == "dcterms" {
      if Self.elementsOfDublinCore.contains(name) { space = "dc" } else if name == "license" { space = "cc" }
    }
    switch (home, space) {
    case (.rss, "rss"), (.rss, "rdf"), (.rss, "sitemap"), (.atom, "atom"), (.atom, "rss"), (.sitemap, "sitemap"):
      space = nil
    // Of the modules of sitemaps the one for news has names that are its own without its prefix, too.
    case (.sitemap, nil) where XMLTag(rawValue: "news:" + name) != nil: space = "news"
    default: break
    }
    self = XMLTag(rawValue: (space.map { $0 + ":" } ?? "") + name) ?? .unknown
  }

  private static let elementsOfDublinCore: Set<String> = [
    "creator", "title", "date", "subject", "description", "language", "rights", "identifier", "publisher",
  ]

  static func isKnown(_ namespace: String) -> Bool { space(of: namespace) != nil }

  /// A prefix that usually stands for a namespace that is known here: publishers make addresses up, but not the prefix.
  private static func usual(_ prefix: String?) -> String? {
    guard let prefix = prefix?.lowercased() else { return nil }
    return usualPrefixes.contains(prefix) ? prefix : nil
  }

  private static let usualPrefixes = Set(spaces.values)

  /// The usual prefix of a namespace. Compared without scheme, case and closing sign: publishers vary all three.
  private static func space(of namespace: String) -> String? {
    var key = namespace.lowercased()[...]
    while key.first?.isWhitespace == true { key = key.dropFirst() }
    for scheme in ["http://", "https://"] where key.hasPrefix(scheme) { key = key.dropFirst(scheme.count) }
    if key.hasPrefix("www.") { key = key.dropFirst(4) }
    while let last = key.last, last == "/" || last == "#" || last.isWhitespace { key = key.dropLast() }
    return spaces[String(key)]
  }

  private static let spaces: [String: String] = [
    "w3.org/2005/atom": "atom", "purl.org/atom/ns": "atom", "example.com/newformat": "atom",
    "example.com/necho": "atom", "purl.org/echo": "atom", "uri/of/echo/namespace": "atom", "purl.org/pie": "atom",
    "purl.org/rss/1.0": "rss", "my.netscape.com/rdf/simple/0.9": "rss", "channel.netscape.com/rdf/simple/0.9": "rss",
    "my.netscape.com/publish/formats/rss-0.91.dtd": "rss", "purl.org/net/rss1.1": "rss",
    "backend.userland.com/rss": "rss", "backend.userland.com/rss2": "rss", "backend.userland.com/rss091": "rss",
    "blogs.law.harvard.edu/tech/rss": "rss", "cyber.law.harvard.edu/rss/rss.html": "rss",
    "rssboard.org/rss-specification": "rss",
    "purl.org/rss/2.0": "rss", "w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "purl.org/rss/1.0/modules/content": "content", "web.resource.org/rss/1.0/modules/content": "content",
    "dublincore.org/documents/dcmi-namespace": "dc", "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "cc",
    "purl.org/dc/elements/1.1": "dc", "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms", "search.yahoo.com/mrss": "media", "tools.search.yahoo.com/mrss": "media",
    "video.search.yahoo.com/mrss": "media", "yahoo.com/mrss": "media", "search.yahoo.com/mrss/1.0": "media",
    "rssboard.org/media-rss": "media",
    "itunes.com/dtds/podcast-1.0.dtd": "itunes", "itunes.com/dtds/podcast-1.0": "itunes",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "purl.org/rss/1.0/modules/syndication": "sy", "purl.org/rss/1.0/modules/slash": "slash",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner", "w3.org/1999/xhtml": "xhtml",
    "sitemaps.org/schemas/sitemap/0.9": "sitemap", "google.com/schemas/sitemap/0.84": "sitemap",
    "google.com/schemas/sitemap/0.9": "sitemap", "google.com/schemas/sitemap-news/0.9": "news",
    "google.com/schemas/sitemap-image/1.1": "image", "google.com/schemas/sitemap-video/1.1": "video",
    "w3.org/xml/1998/namespace": "xml", "purl.org/syndication/thread/1.0": "thr",
    "wellformedweb.org/commentapi": "wfw", "georss.org/georss": "georss", "georss.org/georss/10": "georss",
    "opengis.net/gml": "gml", "w3.org/2003/01/geo/wgs84_pos": "geo",
    "prismstandard.org/namespaces/basic/2.0": "prism", "prismstandard.org/namespaces/1.2/basic": "prism",
    "prismstandard.org/namespaces/basic/1.2": "prism", "prismstandard.org/namespaces/basic/2.1": "prism",
    "prismstandard.org/namespaces/basic/3.0": "prism", "purl.org/rss/1.0/modules/prism": "prism",
    "backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "news.yandex.ru": "yandex", "news.rambler.ru": "rambler", "news.mail.ru": "mailru", "turbo.yandex.ru": "turbo",
    "creativecommons.org/ns": "cc", "web.resource.org/cc": "cc", "purl.org/syndication/history/1.0": "fh",
  ]
}
