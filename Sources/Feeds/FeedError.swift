public import Values

/// Why bytes are no feed, where that shows, and what to do about it.
public struct FeedError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case empty
    case tooLarge(limit: Int)
    /// A web page came instead; the feeds that it links to.
    case htmlPage(feeds: [WebURL])
    /// Neither XML nor JSON.
    case notAFeed
    /// XML or JSON of another kind.
    case unknownFormat(String)
    /// Entities that refer to others, to files or to long texts can blow up or read files, and no feed needs them.
    case entityDeclaration
    /// XML or JSON that cannot be read even with repairs.
    case malformed(String)
    /// Deeper nesting than any feed has.
    case tooDeep
  }

  public let reason: Reason
  /// 1 for the first line; nil where a place says nothing.
  public let line: Int?
  /// Bytes from the start of the document in UTF-8.
  public let byte: Int?

  public init(_ reason: Reason, line: Int? = nil, byte: Int? = nil) {
    self.reason = reason
    self.line = line
    self.byte = byte
  }

  /// What a person should do next.
  public var hint: String {
    switch reason {
    case .empty: "fetch again later; when it stays empty, check the source's url in plugin.toml"
    case .tooLarge: "check that the source's url leads to a feed; split a sitemap into those of its index"
    case .htmlPage(let feeds) where feeds.isEmpty:
      "check the source's url in plugin.toml, or read the page with kind = \"html\""
    case .htmlPage(let feeds): "use one of the feeds it links to: " + feeds.map(\.description).joined(separator: ", ")
    case .notAFeed, .unknownFormat: "check the source's url in plugin.toml"
    case .entityDeclaration: "ask the publisher for the feed without a DTD"
    case .malformed, .tooDeep: "check the document with a validator, and tell the publisher"
    }
  }

  public var description: String {
    let what =
      switch reason {
      case .empty: "the body is empty"
      case .tooLarge(let limit): "the body is larger than \(limit) bytes"
      case .htmlPage: "a web page instead of a feed"
      case .notAFeed: "neither XML nor JSON"
      case .unknownFormat(let name): "not a feed: \(name)"
      case .entityDeclaration:
        "the document declares entities that refer to others, to files or to long texts, which is refused"
      case .malformed(let message): "cannot be read: \(message)"
      case .tooDeep: "nested too deeply"
      }
    let place =
      switch (line, byte) {
      case (let line?, let byte?): " (line \(line), byte \(byte))"
      case (let line?, nil): " (line \(line))"
      case (nil, let byte?): " (byte \(byte))"
      case (nil, nil): ""
      }
    return "\(what)\(place); \(hint)"
  }
}
