/// An address on the web: http or https, absolute, normalised as browsers do it where feeds and pages need that.
///
/// Parsing follows RFC 3986 with the WHATWG URL standard's forgiveness: white space at the ends is dropped, tabs and
/// line breaks inside too, backslashes become slashes, characters outside the URL alphabet are percent-encoded,
/// scheme and host become lower case, default ports go, dot segments are removed. A host outside ASCII is kept as it
/// is; the fetcher turns it into its IDNA form.
///
/// It is kept as one text with the places of its parts: most addresses of a feed are written as they are kept, and
/// then cost no copy.
public struct WebURL: Sendable, Hashable, CustomStringConvertible {
  /// The whole address, userinfo left out: what may be shown, logged and compared.
  public private(set) var description: String
  /// `user:password` as written, never part of `description`'s redacted form or of any log line.
  public private(set) var userinfo: String?
  /// nil for the scheme's default port.
  public private(set) var port: Int?
  private var isSecure: Bool
  // Where the parts end, in bytes of `description`. Without query or fragment, theirs are where the part before ends.
  private var hostEnd: Int32
  private var pathStart: Int32
  private var pathEnd: Int32
  private var queryEnd: Int32

  public var scheme: String { isSecure ? "https" : "http" }
  /// Lower case; an IPv6 address keeps its brackets.
  public var host: String { part(hostStart, hostEnd) }
  /// Starts with a slash.
  public var path: String {
    get { part(pathStart, pathEnd) }
    set { assemble(origin: origin, path: newValue, query: query, fragment: fragment) }
  }
  /// Without the question mark.
  public var query: String? {
    get { queryEnd > pathEnd ? part(pathEnd + 1, queryEnd) : nil }
    set { assemble(origin: origin, path: path, query: newValue, fragment: fragment) }
  }
  /// Without the number sign.
  public var fragment: String? {
    get { queryEnd < Int32(description.utf8.count) ? part(queryEnd + 1, Int32(description.utf8.count)) : nil }
    set { assemble(origin: origin, path: path, query: query, fragment: newValue) }
  }

  private var hostStart: Int32 { isSecure ? 8 : 7 }

  private func part(_ start: Int32, _ end: Int32) -> String {
    var copy = description
    return copy.withUTF8 { String(decoding: UnsafeBufferPointer(rebasing: $0[Int(start)..<Int(end)]), as: UTF8.self) }
  }

  private mutating func assemble(origin: String, path: String, query: String?, fragment: String?) {
    var text = origin
    text.reserveCapacity(origin.utf8.count + path.utf8.count + (query?.utf8.count ?? 0) + 2)
    pathStart = Int32(text.utf8.count)
    text += path
    pathEnd = Int32(text.utf8.count)
    if let query {
      text += "?"
      text += query
    }
    queryEnd = Int32(text.utf8.count)
    if let fragment {
      text += "#"
      text += fragment
    }
    description = text
  }

  /// Reads an absolute http or https address; nil for anything else.
  public init?(_ text: String) {
    if let plain = Self(asKept: text) {
      self = plain
      return
    }
    let clean = Self.trimmed(text)
    guard let colon = clean.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let scheme = String(decoding: clean[..<colon], as: UTF8.self).lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    self.init(scheme: scheme, afterScheme: clean[(colon + 1)...])
  }

  /// Resolves a reference as found in a feed or page against `base` (RFC 3986, section 5.2).
  /// nil when the result is not an http or https address (mailto:, javascript:, data: and the like).
  public init?(_ reference: String, relativeTo base: WebURL?) {
    if let plain = Self(asKept: reference) {
      self = plain
      return
    }
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

  /// The same of bytes that are well-formed UTF-8. `base` is only asked for where the reference needs one.
  public init?(_ reference: UnsafeBufferPointer<UInt8>, relativeTo base: @autoclosure () -> WebURL?) {
    var plain = reference
    while let last = plain.last, last <= 0x20 { plain = UnsafeBufferPointer(rebasing: plain.dropLast()) }
    while let first = plain.first, first <= 0x20 { plain = UnsafeBufferPointer(rebasing: plain.dropFirst()) }
    if let parts = Self.partsAsKept(plain) {
      self.init(UTF8Text.string(wellFormed: plain), parts)
    } else {
      self.init(UTF8Text.string(wellFormed: plain), relativeTo: base())
    }
  }

  private init(
    _ text: String, _ parts: (isSecure: Bool, hostEnd: Int, pathEnd: Int, queryEnd: Int)
  ) {
    description = text
    isSecure = parts.isSecure
    hostEnd = Int32(parts.hostEnd)
    pathStart = Int32(parts.hostEnd)
    pathEnd = Int32(parts.pathEnd)
    queryEnd = Int32(parts.queryEnd)
  }

  private init?(relative bytes: [UInt8], base: WebURL) {
    let bytes = bytes.map { $0 == 0x5C ? 0x2F : $0 }
    if bytes.starts(with: [0x2F, 0x2F]) {
      self.init(scheme: base.scheme, afterScheme: bytes[...])
      return
    }
    self = base
    let (bytesOfPath, bytesOfQuery, bytesOfFragment) = Self.split(bytes[...])
    var pathBytes = bytesOfPath
    let fragment = bytesOfFragment.map { Self.encoded($0, keep: Self.fragmentCharacters) }
    let query = bytesOfQuery.map { Self.encoded($0, keep: Self.queryCharacters) }
    if pathBytes.isEmpty {
      assemble(origin: base.origin, path: base.path, query: query ?? base.query, fragment: fragment)
      return
    }
    if !pathBytes.starts(with: [0x2F]) {
      let path = base.path
      let directory = path.utf8.prefix(through: path.utf8.lastIndex(of: 0x2F) ?? path.utf8.startIndex)
      pathBytes = (Array(directory) + pathBytes)[...]
    }
    let path = Self.withoutDotSegments(Self.encoded(pathBytes, keep: Self.pathCharacters))
    assemble(origin: base.origin, path: path, query: query, fragment: fragment)
  }

  /// The address of a text that is just as it will be kept: http or https, a plain host, nothing to encode, no port,
  /// no dot segment. nil says only that it takes the longer way.
  private init?(asKept text: String) {
    var copy = text
    guard let parts = copy.withUTF8({ Self.partsAsKept($0) }) else { return nil }
    self.init(copy, parts)
  }

  /// Whether the bytes are an address that reads back as they are; false says only that it takes `init`.
  public static func isAsKept(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { partsAsKept(bytes) != nil }

  private static func partsAsKept(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (isSecure: Bool, hostEnd: Int, pathEnd: Int, queryEnd: Int)? {
    let end = bytes.count
    guard end > 10, end < 1 << 20, bytes[0] == 0x68, bytes[1] == 0x74, bytes[2] == 0x74, bytes[3] == 0x70
    else { return nil }
    let isSecure = bytes[4] == 0x73
    var index = isSecure ? 5 : 4
    guard bytes[index] == 0x3A, bytes[index + 1] == 0x2F, bytes[index + 2] == 0x2F else { return nil }
    index += 3
    let start = index
    let classes = Self.classes
    while index < end, classes[Int(bytes[index])] & Self.inHost != 0 { index += 1 }
    guard index > start, index < end, bytes[index] == 0x2F else { return nil }
    let hostEnd = index
    while index < end, classes[Int(bytes[index])] & Self.inPath != 0 {
      // "/." and "/%2e" may begin a dot segment.
      if bytes[index] == 0x2F, index + 1 < end, bytes[index + 1] == 0x2E || bytes[index + 1] == 0x25 { return nil }
      index += 1
    }
    let pathEnd = index
    if index < end, bytes[index] == 0x3F {
      index += 1
      while index < end, classes[Int(bytes[index])] & Self.inQuery != 0 { index += 1 }
    }
    let queryEnd = index
    if index < end, bytes[index] == 0x23 {
      index += 1
      while index < end, classes[Int(bytes[index])] & Self.inFragment != 0 { index += 1 }
    }
    return index == end ? (isSecure, hostEnd, pathEnd, queryEnd) : nil
  }

  private init?(scheme: String, afterScheme: ArraySlice<UInt8>) {
    var userinfo: String?
    var port: Int?
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
    let host = String(decoding: authority, as: UTF8.self).lowercased()
    let (pathBytes, queryBytes, fragmentBytes) = Self.split(rest)
    let encoded = Self.encoded(ArraySlice(pathBytes.map { $0 == 0x5C ? 0x2F : $0 }), keep: Self.pathCharacters)
    self.userinfo = userinfo
    self.port = port
    isSecure = scheme == "https"
    hostEnd = Int32((isSecure ? 8 : 7) + host.utf8.count)
    (description, pathStart, pathEnd, queryEnd) = ("", 0, 0, 0)
    assemble(
      origin: "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? ""),
      path: Self.withoutDotSegments(encoded.isEmpty ? "/" : encoded),
      query: queryBytes.map { Self.encoded($0, keep: Self.queryCharacters) },
      fragment: fragmentBytes.map { Self.encoded($0, keep: Self.fragmentCharacters) })
  }

  /// `scheme://host[:port]`
  public var origin: String { part(0, pathStart) }

  /// The port that a connection goes to.
  public var effectivePort: Int { port ?? (isSecure ? 443 : 80) }

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

  private static let pathCharacters = inPath
  private static let queryCharacters = inQuery
  private static let fragmentCharacters = inFragment

  private static let inPath: UInt8 = 1
  private static let inQuery: UInt8 = 2
  private static let inFragment: UInt8 = 4
  private static let inHost: UInt8 = 8

  private struct Classes: @unchecked Sendable {
    let bits: UnsafePointer<UInt8>
    subscript(index: Int) -> UInt8 { bits[index] }
  }

  /// Where each byte may stand unencoded.
  private static let classes: Classes = {
    let bits = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    bits.initialize(repeating: 0, count: 256)
    for byte in 0..<UInt8(128) {
      let isPlain = isLetter(byte) || isDigit(byte)
      if isPlain { bits[Int(byte)] = inPath | inQuery | inFragment }
      if isPlain, !(0x41...0x5A).contains(byte) { bits[Int(byte)] |= inHost }
    }
    for byte in "-.".utf8 { bits[Int(byte)] |= inHost }
    for byte in "!$%&'()*+,-./:;=@_~[]|".utf8 { bits[Int(byte)] |= inPath }
    for byte in "!$%&()*+,-./:;=?@_~[]|{}^`".utf8 { bits[Int(byte)] |= inQuery }
    for byte in "!$%&'()*+,-./:;=?@_~[]|{}^#".utf8 { bits[Int(byte)] |= inFragment }
    return Classes(bits: UnsafePointer(bits))
  }()

  private static func encoded(_ bytes: ArraySlice<UInt8>, keep: UInt8) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let classes = classes
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes {
      if classes[Int(byte)] & keep != 0 {
        out.append(byte)
      } else {
        out.append(contentsOf: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// RFC 3986, section 5.2.4, for a path that starts with a slash.
  private static func withoutDotSegments(_ path: String) -> String {
    guard path.utf8.contains(UInt8(ascii: ".")), path.holds("/.") || path.holds("/%2") else { return path }
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
