internal import Values

/// Atom 0.3 and 1.0 (RFC 4287).
enum AtomFormat {
  static func read(_ document: UnsafeBufferPointer<UInt8>, _ reading: Reading) throws(FeedError) -> Feed {
    var reading = reading
    let collector = try reading.collect(document) { AtomCollector($0) }
    var feed = collector.wire.feed(reading)
    feed.repairs = reading.repairs
    if reading.goesOn { Identity.dropRepeated(&feed) }
    feed.endsEarly = reading.endsEarly
    return feed
  }
}
