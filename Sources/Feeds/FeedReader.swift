public import Dates
internal import Markup
public import Values

/// Reads any feed. What the bytes are is told by the bytes; the media type only helps to find their encoding.
public enum FeedReader {
  /// As much as a sitemap may have (sitemaps.org).
  public static let standardLimit = 50 << 20

  /// - Parameters:
  ///   - bytes: the body, with transfer and content coding undone
  ///   - url: where it came from; relative links are resolved against it
  ///   - contentType: the header of that name
  ///   - zone: the zone of dates that name none
  ///   - limit: the most bytes that are read
  /// - Throws: `FeedError` when there is no feed in the bytes. Damage that leaves items is repaired instead, and
  ///   recorded in `Feed.repairs`.
  public static func read(
    _ bytes: [UInt8], url: WebURL? = nil, contentType: String? = nil, zone: Zone = .utc, limit: Int = standardLimit
  ) throws(FeedError) -> Feed {
    guard bytes.count <= limit else { throw FeedError(.tooLarge(limit: limit)) }
    precondition(bytes.count < 1 << 30, "a limit beyond what places in a document can say")
    if bytes.starts(with: [0x1F, 0x8B]) { throw FeedError(.unknownFormat("gzip data, to be unpacked first"), byte: 0) }
    var repairs: [String] = []
    let decoded = Charset.utf8(bytes, contentType: contentType, declaration: Charset.declaredInXML)
    let text = decoded.bytes
    guard text.contains(where: { $0 > 0x20 }) else { throw FeedError(.empty) }
    if let wrong = Charset.mislabelling(
      bytes, contentType: contentType, encoding: decoded.encoding, declaration: Charset.declaredInXML)
    {
      repairs.append(wrong)
    }
    if let damage = decoded.damage { repairs.append(damage) }
    let sniffed = Sniffer.sniff(text)
    if sniffed.droppedText { repairs.append("text before the document dropped") }
    var feed: Feed
    switch sniffed.format {
    case .json:
      let store = TextStore(document: UnsafeBufferPointer(start: nil, count: 0))
      defer { store.free() }
      let json = sniffed.droppedText ? Array(text[sniffed.start...]) : text
      feed = try JSONFormat.read(json, Reading(url: url, zone: zone, repairs: repairs, store: store))
    case .rss, .atom, .sitemap:
      let repaired = DocumentRepair.repaired(text[sniffed.start...])
      if repaired.didStrip { repairs.append("control characters removed") }
      var linesBefore = text[..<sniffed.start].count { $0 == 0x0A }
      var body = repaired.bytes
      if let entities = DeclaredEntities(body) {
        let type = body[..<entities.end].count { $0 == 0x0A }
        guard let resolved = entities.applied(to: body) else {
          throw FeedError(.entityDeclaration, line: linesBefore + 1)
        }
        if entities.namesOthers { repairs.append("entities declared elsewhere not loaded") }
        (body, linesBefore) = (resolved, linesBefore + type)
      }
      feed = try body.withUnsafeBufferPointer { (document) throws(FeedError) in
        let store = TextStore(document: document)
        defer { store.free() }
        var reading = Reading(url: url, zone: zone, repairs: repairs, store: store)
        reading.linesBefore = linesBefore
        return switch sniffed.format {
        case .atom: try AtomFormat.read(document, reading)
        case .sitemap: try SitemapFormat.read(document, reading)
        default: try RSSFormat.read(document, reading)
        }
      }
    case .html: throw FeedError(.htmlPage(feeds: FeedLinks.find(in: text, url: url)))
    case .xml(let root): throw FeedError(.unknownFormat("XML with the root element <\(root)>"), line: 1)
    case .unknown: throw FeedError(.notAFeed, byte: 0)
    }
    Identity.settle(&feed)
    return feed
  }
}
