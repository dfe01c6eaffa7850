internal import Digests
internal import Glibc
public import Values

/// The bytes of an element: line 1 is the article, one line of JSON in UTF-8; line 2 is `#sha256=` and the 64
/// hexadecimal digits of the SHA-256 of line 1 without its line feed. Both lines end with a line feed, and nothing
/// follows.
public struct QueueElement: Sendable, Equatable {
  /// Line 1 without its line feed.
  public let article: [UInt8]

  private static let mark = Array("#sha256=".utf8)
  private static let trailerLength = mark.count + 64 + 1

  private static func hasLineFeed(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBytes { $0.baseAddress.map { memchr($0, 0x0A, bytes.count) } ?? nil } != nil
  }

  /// - Precondition: `json` is one line; a writer that breaks lines is a bug of ours.
  public init(article json: [UInt8]) {
    precondition(!Self.hasLineFeed(json[...]) && !json.isEmpty, "an element is one line of JSON")
    article = json
  }

  /// The file's content.
  public var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(article.count + 1 + Self.trailerLength)
    out += article
    out.append(0x0A)
    out += Self.mark
    out += SHA256.hex(article).utf8
    out.append(0x0A)
    return out
  }

  /// Reads a file's content and verifies it: nil unless it is complete and unchanged.
  public init?(verifying bytes: [UInt8]) {
    let split = bytes.count - Self.trailerLength - 1
    guard split > 0, bytes[split] == 0x0A, bytes.last == 0x0A, !Self.hasLineFeed(bytes[..<split]) else { return nil }
    let trailer = bytes[(split + 1)...].dropLast()
    guard trailer.starts(with: Self.mark),
      trailer.dropFirst(Self.mark.count).elementsEqual(SHA256.hex(bytes[..<split]).utf8)
    else { return nil }
    article = Array(bytes[..<split])
  }

  /// The article as JSON.
  public func json() throws(JSONError) -> JSON { try JSON(parsing: article) }
}
