internal import Values

/// Sitemaps, news sitemaps and sitemap indexes.
enum SitemapFormat {
  static func read(_ document: UnsafeBufferPointer<UInt8>, _ reading: Reading) throws(FeedError) -> Feed {
    var reading = reading
    let collector = try reading.collect(document) { SitemapCollector($0) }
    var feed = collector.wire.feed(reading)
    feed.repairs = reading.repairs
    feed.endsEarly = reading.endsEarly
    return feed
  }
}
