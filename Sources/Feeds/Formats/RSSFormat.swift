internal import Values

/// RSS 0.9x, 1.0 (RDF), 2.0 and CDF.
enum RSSFormat {
  static func read(_ document: UnsafeBufferPointer<UInt8>, _ reading: Reading) throws(FeedError) -> Feed {
    var reading = reading
    let collector = try reading.collect(document) { RSSCollector($0) }
    var feed = collector.wire.feed(reading)
    feed.repairs = reading.repairs
    if reading.goesOn { Identity.dropRepeated(&feed) }
    feed.endsEarly = reading.endsEarly
    return feed
  }
}
