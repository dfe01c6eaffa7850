/// The characters of header fields (RFC 9110, sections 5.5 and 5.6.2), and which fields a request may carry beside its
/// own. Here and not with the fetcher, because a plugin is told of a field that could never be sent when it is read.
public enum HTTPField {
  /// Whether the byte may stand in a field name or another token.
  public static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  public static func isName(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isToken) }

  /// Whether the text can be sent as a value: no line break that would start a header of its own, no control character.
  public static func isValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  /// Fields that the fetcher makes itself, or that would change what a message means (RFC 9110, section 7.6.1).
  private static let reserved: Set<String> = [
    "accept-encoding", "connection", "content-length", "expect", "host", "http2-settings", "if-modified-since",
    "if-none-match", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// Whether a request may be given a field of that name.
  public static func maySet(_ name: String) -> Bool {
    let lower = lowercased(name)
    return isName(name) && !reserved.contains(lower) && !lower.hasPrefix("proxy-")
  }

  /// ASCII lower case, which is all that names need.
  public static func lowercased(_ name: String) -> String {
    String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// The bytes without spaces and tabs at the ends.
  public static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return rest
  }
}
