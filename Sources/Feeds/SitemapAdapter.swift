internal import Dates
internal import Values

extension SitemapWire {
  /// Adds what an entry means. Entries without an address are left out: there is nothing to fetch.
  mutating func take(_ entry: Entry, _ reading: Reading) {
    count += 1
    if isIndex {
      guard let url = reading.url(entry.loc) else { return }
      let date = entry.lastModified.flatMap { reading.date($0)?.timestamp }
      sitemaps.append(SitemapReference(url: url, lastModified: date))
      return
    }
    if entry.isNews { isNews = true }
    if publication == nil { publication = entry.publication }
    if language == nil { language = entry.language }
    if let item = Self.item(entry, reading) { finished.append(item) }
  }

  /// The feed that the elements mean.
  func feed(_ reading: Reading) -> Feed {
    if isIndex {
      var feed = Feed(kind: .sitemapIndex)
      feed.sitemaps = sitemaps
      return feed
    }
    var feed = Feed(kind: isNews ? .newsSitemap : .sitemap)
    feed.title = publication
    feed.language = language
    feed.items = finished
    if let language {
      for index in feed.items.indices where feed.items[index].language == language { feed.items[index].language = nil }
    }
    return feed
  }

  private static func item(_ wire: Entry, _ reading: Reading) -> FeedItem? {
    guard let url = reading.url(wire.loc) else { return nil }
    var item = FeedItem(id: url.description)
    item.url = url
    item.title = reading.plainHTML(wire.newsTitle ?? wire.videos.lazy.compactMap(\.title).first)
    reading.setDates(
      of: &item, published: [wire.newsDate, wire.videos.lazy.compactMap(\.date).first], modified: [wire.lastModified])
    item.tags = reading.tags(wire.keywords)
    item.language = wire.language
    for image in wire.images {
      reading.addImage(reading.url(image.loc), caption: reading.plainHTML(image.caption ?? image.title), to: &item)
    }
    for video in wire.videos {
      reading.addFile(
        reading.url(video.content), type: nil, size: nil, duration: video.duration,
        title: reading.plainHTML(video.title), to: &item)
      reading.addImage(reading.url(video.thumbnail), caption: nil, to: &item)
    }
    return item
  }
}
