internal import Dates
internal import Values

extension SitemapWire {
  /// The feed that the elements mean. Entries without an address are left out: there is nothing to fetch.
  func feed(_ reading: Reading) -> Feed {
    if isIndex {
      var feed = Feed(kind: .sitemapIndex)
      feed.sitemaps = entries.compactMap { entry in
        reading.url(entry.loc).map {
          SitemapReference(url: $0, lastModified: entry.lastModified.flatMap { reading.date($0)?.timestamp })
        }
      }
      return feed
    }
    var feed = Feed(kind: entries.contains { $0.isNews } ? .newsSitemap : .sitemap)
    feed.title = entries.lazy.compactMap { $0.publication }.first
    feed.language = entries.lazy.compactMap { $0.language }.first
    feed.items = entries.compactMap { item($0, reading, feedLanguage: feed.language) }
    return feed
  }

  private func item(_ wire: Entry, _ reading: Reading, feedLanguage: String?) -> FeedItem? {
    guard let url = reading.url(wire.loc) else { return nil }
    var item = FeedItem(id: url.description)
    item.url = url
    item.title = reading.plainHTML(wire.newsTitle ?? wire.videos.lazy.compactMap(\.title).first)
    reading.setDates(
      of: &item, published: [wire.newsDate, wire.videos.lazy.compactMap(\.date).first], modified: [wire.lastModified])
    item.tags = reading.tags(wire.keywords)
    item.language = wire.language == feedLanguage ? nil : wire.language
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
