/// Sitemaps and sitemap indexes as written (sitemaps.org, with Google's news, image and video extensions).
struct SitemapWire {
  struct Image {
    var loc: String?
    var title: String?
    var caption: String?
  }

  struct Video {
    var thumbnail: String?
    var title: String?
    var description: String?
    var content: String?
    var duration: String?
    var date: String?
  }

  struct Entry {
    var loc: String?
    var lastModified: String?
    var isNews = false
    var newsTitle: String?
    var newsDate: String?
    var language: String?
    var publication: String?
    var keywords: [String] = []
    var images: [Image] = []
    var videos: [Video] = []
  }

  var isIndex = false
  /// How many entries there were, with an address or without.
  var count = 0
  var isNews = false
  var publication: String?
  var language: String?
  // Entries are read one by one, while their texts are at hand.
  var finished: [FeedItem] = []
  var sitemaps: [SitemapReference] = []
}

/// Collects the elements of sitemaps.
final class SitemapCollector: XMLHandler {
  let home = XMLTag.Home.sitemap
  // Reached by the parser's events alone, one at a time.
  private let reading: Reading
  @exclusivity(unchecked) private(set) var wire = SitemapWire()
  var itemCount: Int { wire.count }

  @exclusivity(unchecked) private var entry: SitemapWire.Entry?
  @exclusivity(unchecked) private var image: SitemapWire.Image?
  @exclusivity(unchecked) private var video: SitemapWire.Video?

  init(_ reading: Reading) { self.reading = reading }

  func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    switch tag {
    case .sitemapindex:
      wire.isIndex = true
      return .descend
    case .urlset, .newsPublication: return .descend
    case .url, .sitemap:
      flush()
      entry = SitemapWire.Entry()
      return .descend
    case .newsNews:
      entry?.isNews = true
      return .descend
    case .imageImage:
      image = SitemapWire.Image()
      return .descend
    case .videoVideo:
      video = SitemapWire.Video()
      return .descend
    case .loc, .lastmod, .newsTitle, .newsDate, .newsLanguage, .newsName, .newsKeywords, .newsGenres, .imageLoc,
      .imageTitle, .imageCaption, .videoThumbnail, .videoTitle, .videoDescription, .videoContent, .videoDuration,
      .videoTag, .videoDate:
      return .text
    default: return .skip
    }
  }

  func finish(_ tag: XMLTag, _ value: XMLText) {
    let text = value.text
    guard !text.isEmpty else { return }
    switch tag {
    case .loc: if entry?.loc == nil { entry?.loc = text }
    case .lastmod: entry?.lastModified = text
    case .newsTitle: entry?.newsTitle = text
    case .newsDate: entry?.newsDate = text
    case .newsLanguage: entry?.language = text
    case .newsName: entry?.publication = text
    case .newsKeywords: entry?.keywords += ExtensionWire.list(text)
    case .imageLoc: image?.loc = text
    case .imageTitle: image?.title = text
    case .imageCaption: image?.caption = text
    case .videoThumbnail: video?.thumbnail = text
    case .videoTitle: video?.title = text
    case .videoDescription: video?.description = text
    case .videoContent: video?.content = text
    case .videoDuration: video?.duration = text
    case .videoTag: entry?.keywords.append(text)
    case .videoDate: video?.date = text
    default: break
    }
  }

  func end(_ tag: XMLTag) {
    switch tag {
    case .url, .sitemap: flush()
    case .imageImage:
      if let finished = image.take() { entry?.images.append(finished) }
    case .videoVideo:
      if let finished = video.take() { entry?.videos.append(finished) }
    default: break
    }
  }

  private func flush() {
    if let entry = entry.take() { wire.take(entry, reading) }
    image = nil
    video = nil
  }
}
