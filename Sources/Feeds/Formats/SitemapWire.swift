internal import Values

/// Sitemaps and sitemap indexes as written (sitemaps.org, with Google's news, image and video extensions).
struct SitemapWire {
  struct Image {
    var loc: Slice?
    var title: Slice?
    var caption: Slice?
  }

  struct Video {
    var thumbnail: Slice?
    var title: Slice?
    var description: Slice?
    var content: Slice?
    var player: Slice?
    var duration: Slice?
    var date: Slice?
  }

  struct Entry {
    struct Fields {
      var loc: PlacedText?
      var lastModified: Slice?
      var isNews = false
      var newsTitle: Slice?
      var newsDate: Slice?
      var language: Slice?
      var publication: Slice?
    }

    var fields = Fields()
    var keywords: [Slice] = []
    var genres: [Slice] = []
    var images: [Image] = []
    var videos: [Video] = []
    var translations: [(language: Slice, href: Slice)] = []

    /// Makes it empty, keeping the memory of its lists.
    mutating func reset() {
      fields = Fields()
      if !keywords.isEmpty { keywords.removeAll(keepingCapacity: true) }
      if !genres.isEmpty { genres.removeAll(keepingCapacity: true) }
      if !images.isEmpty { images.removeAll(keepingCapacity: true) }
      if !videos.isEmpty { videos.removeAll(keepingCapacity: true) }
      if !translations.isEmpty { translations.removeAll(keepingCapacity: true) }
    }
  }

  var isIndex = false
  /// How many entries there were, with an address or without.
  var count = 0
  var weight = 0
  var isNews = false
  var publication: String?
  var language: String?
  // Entries are read one by one, while their texts are at hand.
  var finished: [FeedItem] = []
  var sitemaps: [SitemapReference] = []
}

/// Collects the elements of sitemaps.
struct SitemapCollector: XMLHandler {
  let home = XMLTag.Home.sitemap
  private let reading: Reading
  private(set) var wire = SitemapWire()
  var itemCount: Int { wire.count }
  var weight: Int { wire.weight }

  private var entry = SitemapWire.Entry()
  private var isInEntry = false
  /// Whether in a picture or a film, where a title without prefix is no headline.
  private var isInMedia = false
  private var image = SitemapWire.Image()
  private var video = SitemapWire.Video()
  /// What the store held when the entry began.
  private var mark = 0

  init(_ reading: Reading) { self.reading = reading }

  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    switch tag {
    case .sitemapindex:
      wire.isIndex = true
      return .descend
    case .urlset, .newsPublication: return .descend
    case .url, .sitemap:
      flush()
      isInEntry = true
      mark = reading.store.mark
      return .descend
    case .newsNews:
      entry.fields.isNews = true
      isInMedia = false
      return .descend
    case .imageImage:
      image = SitemapWire.Image()
      isInMedia = true
      return .descend
    case .videoVideo:
      video = SitemapWire.Video()
      isInMedia = true
      return .descend
    case .xhtmlLink:
      if isInEntry, let language = attributes["hreflang"], let href = attributes["href"],
        attributes.store.equals(attributes["rel"], "alternate"), entry.translations.count < Reading.mostParts
      {
        entry.translations.append((language, href))
      }
      return .skip
    case .newsTitle, .newsDate, .newsLanguage, .newsName, .newsKeywords, .newsGenres:
      return isInEntry && !isInMedia ? .text : .skip
    case .loc, .lastmod, .imageLoc, .imageTitle, .imageCaption, .videoThumbnail, .videoTitle, .videoDescription,
      .videoContent, .videoPlayer, .videoDuration, .videoTag, .videoDate:
      return isInEntry ? .text : .skip
    default: return .skip
    }
  }

  mutating func finish(_ tag: XMLTag, _ value: XMLText) {
    let text = value.text
    guard !text.isEmpty else { return }
    switch tag {
    case .loc: if entry.fields.loc == nil { entry.fields.loc = PlacedText(text: text, place: value.place) }
    case .lastmod: entry.fields.lastModified = text
    case .newsTitle: entry.fields.newsTitle = text
    case .newsDate: entry.fields.newsDate = text
    case .newsLanguage: entry.fields.language = text
    case .newsName: entry.fields.publication = text
    case .newsKeywords: reading.appendList(text, to: &entry.keywords)
    case .newsGenres: reading.appendList(text, to: &entry.genres)
    case .imageLoc: image.loc = text
    case .imageTitle: image.title = text
    case .imageCaption: image.caption = text
    case .videoThumbnail: video.thumbnail = text
    case .videoTitle: video.title = text
    case .videoDescription: video.description = text
    case .videoContent: video.content = text
    case .videoPlayer: video.player = text
    case .videoDuration: video.duration = text
    case .videoTag: entry.keywords.append(text)
    case .videoDate: video.date = text
    default: break
    }
  }

  mutating func end(_ tag: XMLTag) {
    switch tag {
    case .url, .sitemap: flush()
    case .imageImage:
      isInMedia = false
      if isInEntry { entry.images.append(image) }
    case .videoVideo:
      isInMedia = false
      if isInEntry { entry.videos.append(video) }
    default: break
    }
  }

  private mutating func flush() {
    guard isInEntry else { return }
    wire.take(entry, reading)
    entry.reset()
    image = SitemapWire.Image()
    video = SitemapWire.Video()
    (isInEntry, isInMedia) = (false, false)
    reading.store.truncate(to: mark)
  }
}
