import Values

/// Documents of other kinds that come where a page was asked for, known by how they begin.
enum OtherDocuments {
  /// What the bytes are and what to do about it; nil for what may be a page.
  static func name(_ bytes: [UInt8]) -> String? {
    for (start, name) in magic where bytes.starts(with: start) { return "it is \(name)" }
    let head = bytes.prefix(1024).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let text = String(decoding: head, as: UTF8.self)
    guard !text.holds("<html"), !text.holds("<!doctype html"),
      let first = text.firstRange(of: roots).map({ text[$0] })
    else { return nil }
    // Nothing but a prolog, comments and instructions stands before the root of a feed.
    let before = text[..<first.startIndex].filter { !$0.isWhitespace && $0 != "\u{FEFF}" }
    return before.isEmpty || before.hasPrefix("<?xml") || before.hasPrefix("<!--")
      ? "it is a feed or sitemap, which “newswirectl parse” reads" : nil
  }

  nonisolated(unsafe) private static let roots = /<(?:rss|feed|rdf:rdf|urlset|sitemapindex)[\s>]/

  private static let magic: [([UInt8], String)] = [
    (Array("%PDF-".utf8), "a PDF document"), ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
    ([0xFF, 0xD8, 0xFF], "a JPEG picture"), (Array("GIF8".utf8), "a GIF picture"),
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive"),
    ([0x1F, 0x8B], "compressed with gzip: unpack it first"),
  ]
}
