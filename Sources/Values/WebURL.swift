/// An address on the web: http or https, absolute, normalised as browsers do it where feeds and pages need that.
///
/// Parsing follows RFC 3986 with the WHATWG URL standard's forgiveness: white space at the ends is dropped, tabs and
/// line breaks inside too, backslashes become slashes, characters outside the URL alphabet are percent-encoded,
/// scheme and host become lower case, default ports go, dot segments are removed. A host outside ASCII is kept as it
/// is; the fetcher turns it into its IDNA form.
public struct WebURL: Sendable, Hashable, CustomStringConvertible {
  public private(set) var scheme: String
  /// `user:password` as written, never part of `description`'s redacted form or of any log line.
  public private(set) var userinfo: String?
  /// Lower case; an IPv6 address keeps its brackets.
  public private(set) var host: String
  /// nil for the scheme's default port.
  public private(set) var port: Int?
  /// Starts with a slash.
  public var path: String
  /// Without the question mark.
  public var query: String?
  /// Without the number sign.
  public var fragment: String?

  /// Reads an absolute http or https address; nil for anything else.
  public init?(_ text: String) {
    let clean = Self.trimmed(text)
    guard let colon = clean.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let scheme = String(decoding: clean[..<colon], as: UTF8.self).lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    self.init(scheme: scheme, afterScheme: clean[(colon + 1)...])
  }

  /// Resolves a reference as found in a feed or page against `base` (RFC 3986, section 5.2).
  /// nil when the result is not an http or https address (mailto:, javascript:, data: and the like).
  public init?(_ reference: String, relativeTo base: WebURL?) {
    let clean = Self.trimmed(reference)
    if let scheme = Self.scheme(of: clean) {
      guard scheme == "http" || scheme == "https" else { return nil }
      let rest = clean[(scheme.utf8.count + 1)...]
      if let base, scheme == base.scheme, !rest.starts(with: [0x2F]), !rest.starts(with: [0x5C]) {
        self.init(relative: Array(rest), base: base)  // "http:page.html": an old form that browsers still read
        return
      }
      self.init(scheme: scheme, afterScheme: rest)
      return
    }
    guard let base else { return nil }
    self.init(relative: clean, base: base)
  }

  private init?(relative bytes: [UInt8], base: WebURL) {
    let bytes = bytes.map { $0 == 0x5C ? 0x2F : $0 }
    if bytes.starts(with: [0x2F, 0x2F]) {
      self.init(scheme: base.scheme, afterScheme: bytes[...])
      return
    }
    self = base
    var (pathBytes, queryBytes, fragmentBytes) = Self.split(bytes[...])
    fragment = fragmentBytes.map { Self.encoded($0, keep: Self.fragmentCharacters) }
    if pathBytes.isEmpty {
      if let queryBytes { query = Self.encoded(queryBytes, keep: Self.queryCharacters) }
      return
    }
    query = queryBytes.map { Self.encoded($0, keep: Self.queryCharacters) }
    if !pathBytes.starts(with: [0x2F]) {
      let directory = base.path.utf8.prefix(through: base.path.utf8.lastIndex(of: 0x2F) ?? base.path.utf8.startIndex)
      pathBytes = (Array(directory) + pathBytes)[...]
    }
    path = Self.withoutDotSegments(Self.encoded(pathBytes, keep: Self.pathCharacters))
  }

  private init?(scheme: String, afterScheme: ArraySlice<UInt8>) {
    self.scheme = scheme
    var rest = afterScheme.drop { $0 == 0x2F || $0 == 0x5C }
    let end = rest.firstIndex { [0x2F, 0x5C, 0x3F, 0x23].contains($0) } ?? rest.endIndex
    var authority = rest[rest.startIndex..<end]
    rest = rest[end...]
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
      userinfo = String(decoding: authority[..<at], as: UTF8.self)
      authority = authority[(at + 1)...]
    }
    let bracket = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
    if let colon = authority[bracket...].lastIndex(of: UInt8(ascii: ":")) {
      let digits = String(decoding: authority[(colon + 1)...], as: UTF8.self)
      authority = authority[..<colon]
      if !digits.isEmpty {
        guard let number = UInt16(digits) else { return nil }
        port = Int(number) == (scheme == "http" ? 80 : 443) ? nil : Int(number)
      }
    }
    // A quote or a second colon comes from markup glued to an address; no host has one, and the address as written
    // back would read differently.
    let isBracketed = authority.first == UInt8(ascii: "[") && authority.last == UInt8(ascii: "]")
    guard !authority.isEmpty, isBracketed || !authority.contains(UInt8(ascii: ":")),
      !authority.contains(where: { $0 <= 0x20 || [0x22, 0x25, 0x3C, 0x3E, 0x5E, 0x7C].contains($0) })
    else { return nil }
    host = String(decoding: authority, as: UTF8.self).lowercased()
    let (pathBytes, queryBytes, fragmentBytes) = Self.split(rest)
    let encoded = Self.encoded(ArraySlice(pathBytes.map { $0 == 0x5C ? 0x2F : $0 }), keep: Self.pathCharacters)
    path = Self.withoutDotSegments(encoded.isEmpty ? "/" : encoded)
    query = queryBytes.map { Self.encoded($0, keep: Self.queryCharacters) }
    fragment = fragmentBytes.map { Self.encoded($0, keep: Self.fragmentCharacters) }
  }

  /// The whole address, userinfo left out: what may be shown, logged and compared.
  public var description: String {
    origin + path + (query.map { "?" + $0 } ?? "") + (fragment.map { "#" + $0 } ?? "")
  }

  /// `scheme://host[:port]`
  public var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

  /// The port that a connection goes to.
  public var effectivePort: Int { port ?? (scheme == "http" ? 80 : 443) }

  /// The same address without its fragment.
  public var withoutFragment: WebURL {
    var copy = self
    copy.fragment = nil
    return copy
  }

  // MARK: Parts

  /// The bytes without white space and control characters at the ends, tabs and line breaks anywhere.
  private static func trimmed(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    return Array(bytes.drop { $0 <= 0x20 }.filter { ![0x09, 0x0A, 0x0D].contains($0) })
  }

  private static func scheme(of bytes: [UInt8]) -> String? {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
    let name = bytes[..<colon]
    guard isLetter(name[0]), name.allSatisfy({ isLetter($0) || isDigit($0) || [0x2B, 0x2D, 0x2E].contains($0) })
    else { return nil }
    return String(decoding: name, as: UTF8.self).lowercased()
  }

  private static func split(_ bytes: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?, ArraySlice<UInt8>?) {
    var rest = bytes
    var query: ArraySlice<UInt8>?
    var fragment: ArraySlice<UInt8>?
    if let hash = rest.firstIndex(of: 0x23) {
      fragment = rest[(hash + 1)...]
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: 0x3F) {
      query = rest[(mark + 1)...]
      rest = rest[..<mark]
    }
    return (rest, query, fragment)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static let pathCharacters = Set("!$%&'()*+,-./:;=@_~[]|".utf8)
  private static let queryCharacters = Set("!$%&()*+,-./:;=?@_~[]|{}^`".utf8)
  private static let fragmentCharacters = Set("!$%&'()*+,-./:;=?@_~[]|{}^#".utf8)

  private static func encoded(_ bytes: ArraySlice<UInt8>, keep: Set<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes {
      if isLetter(byte) || isDigit(byte) || keep.contains(byte) {
        out.append(byte)
      } else {
        out.append(contentsOf: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// RFC 3986, section 5.2.4, for a path that starts with a slash.
  private static func withoutDotSegments(_ path: String) -> String {
    guard path.utf8.contains(UInt8(ascii: ".")) else { return path }
    var out: [Substring] = []
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      switch segment.lowercased() {
      case ".", "%2e":
        if isLast { out.append("") }
      case "..", ".%2e", "%2e.", "%2e%2e":
        if !out.isEmpty { out.removeLast() }
        if isLast { out.append("") }
      default: out.append(segment)
      }
    }
    return "/" + out.joined(separator: "/")
  }
}
