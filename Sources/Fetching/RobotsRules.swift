public import Values

/// The rules of a robots.txt for one product (RFC 9309). Pure; any bytes are a valid file.
public struct RobotsRules: Sendable, Equatable {
  struct Rule: Sendable, Equatable {
    var isAllowed: Bool
    /// Normalised as `normalised(_:isPattern:)` says.
    var pattern: [UInt8]
  }

  let rules: [Rule]
  /// Seconds between requests that the file asks for; not part of RFC 9309, but widely meant.
  public let crawlDelay: Double?
  /// The Sitemap lines, which belong to no group.
  public let sitemaps: [String]

  /// Everything is allowed.
  public static let allowAll = RobotsRules(rules: [], crawlDelay: nil, sitemaps: [])

  /// More of a file than this is not read (RFC 9309, section 2.5, asks for at least 500 KiB).
  public static let byteLimit = 500 << 10

  private init(rules: [Rule], crawlDelay: Double?, sitemaps: [String]) {
    self.rules = rules
    self.crawlDelay = crawlDelay
    self.sitemaps = sitemaps
  }

  /// Reads a file. The groups that name the product are merged; where none does, those of `*` are (section 2.2.1).
  /// - Parameter agent: the product token, as in the User-Agent field before the slash.
  public init(parsing file: [UInt8], agent: String) {
    var named = Collected()
    var general = Collected()
    var sitemaps: [String] = []
    var isNamed = false
    var isGeneral = false
    var inRules = false
    let token = HTTPField.lowercased(agent)
    var content = file.prefix(Self.byteLimit)
    if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }

    for line in content.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let text = HTTPField.trimmed(line.prefix { $0 != UInt8(ascii: "#") })
      guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let key = HTTPField.lowercased(String(decoding: HTTPField.trimmed(text[..<colon]), as: UTF8.self))
      let value = HTTPField.trimmed(text[(colon + 1)...])
      switch key {
      case "user-agent", "useragent", "user agent":
        // Consecutive user-agent lines share the rules that follow; one after a rule starts a new group.
        if inRules { (isNamed, isGeneral, inRules) = (false, false, false) }
        if value.first == UInt8(ascii: "*") {
          isGeneral = true
        } else {
          // Products are compared by token, so "Newswire/2.0" means us too.
          let name = value.prefix { HTTPField.isToken($0) && $0 != UInt8(ascii: "*") }
          if HTTPField.lowercased(String(decoding: name, as: UTF8.self)) == token {
            isNamed = true
            named.exists = true
          }
        }
      case "allow", "disallow":
        inRules = true
        guard !value.isEmpty else { continue }
        let rule = Rule(isAllowed: key == "allow", pattern: Self.normalised(value, isPattern: true))
        if isNamed { named.rules.append(rule) }
        if isGeneral { general.rules.append(rule) }
      case "crawl-delay":
        inRules = true
        guard let delay = Double(String(decoding: value, as: UTF8.self)), delay.isFinite, delay >= 0 else { continue }
        if isNamed { named.crawlDelay = max(named.crawlDelay ?? 0, delay) }
        if isGeneral { general.crawlDelay = max(general.crawlDelay ?? 0, delay) }
      case "sitemap":
        if let text = String(validating: value, as: UTF8.self), !text.isEmpty { sitemaps.append(text) }
      default: continue
      }
    }
    let chosen = named.exists ? named : general
    self.init(rules: chosen.rules, crawlDelay: chosen.crawlDelay, sitemaps: sitemaps)
  }

  private struct Collected {
    var exists = false
    var rules: [Rule] = []
    var crawlDelay: Double?
  }

  /// Whether the address may be fetched: the longest matching pattern decides, Allow wins between equals (section
  /// 2.2.2). robots.txt itself always may.
  public func allows(_ url: WebURL) -> Bool {
    if url.path == "/robots.txt" { return true }
    let path = Self.normalised(ArraySlice((url.path + (url.query.map { "?" + $0 } ?? "")).utf8), isPattern: false)
    var best: (length: Int, isAllowed: Bool) = (-1, true)
    for rule in rules where rule.pattern.count >= best.length {
      guard rule.pattern.count > best.length || rule.isAllowed else { continue }
      if Self.matches(rule.pattern, path) { best = (rule.pattern.count, rule.isAllowed) }
    }
    return best.isAllowed
  }

  // MARK: Matching

  /// One spelling for what is the same octet (section 2.2.2): `%xx` of unreserved characters decoded, all other
  /// escapes in upper case, octets outside ASCII encoded. `*` and `$` stay special in a pattern and are encoded in a
  /// path, so that a pattern's `%2A` and `%24` mean the characters; a `$` before a pattern's end is the character too.
  static func normalised(_ bytes: ArraySlice<UInt8>, isPattern: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    func escape(_ byte: UInt8) { out += [0x25, Hex.digits[Int(byte >> 4)], Hex.digits[Int(byte & 15)]] }
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let byte = bytes[at]
      if byte == 0x25, at + 2 < bytes.endIndex, let high = Hex.value(bytes[at + 1]), let low = Hex.value(bytes[at + 2])
      {
        let decoded = high << 4 | low
        if isUnreserved(decoded) { out.append(decoded) } else { escape(decoded) }
        at += 3
        continue
      }
      switch byte {
      case UInt8(ascii: "*") where isPattern:
        if out.last != byte { out.append(byte) }
      case UInt8(ascii: "$") where isPattern && at == bytes.endIndex - 1: out.append(byte)
      case UInt8(ascii: "*"), UInt8(ascii: "$"), 0...0x20, 0x7F...0xFF: escape(byte)
      default: out.append(byte)
      }
      at += 1
    }
    return out
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }

  /// Whether the pattern matches from the path's start. Takes the first place for each part between stars, which is
  /// enough, and never goes back: time is linear in path and pattern, whatever the file says.
  static func matches(_ pattern: [UInt8], _ path: [UInt8]) -> Bool {
    var parts = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
    let isAnchored = parts[parts.count - 1].last == UInt8(ascii: "$")
    if isAnchored { parts[parts.count - 1].removeLast() }
    guard path.starts(with: parts[0]) else { return false }
    var at = parts[0].count
    if parts.count == 1 { return !isAnchored || at == path.count }
    for part in parts[1..<(parts.count - 1)] {
      guard let found = first(part, in: path, from: at) else { return false }
      at = found + part.count
    }
    let last = parts[parts.count - 1]
    if isAnchored { return path.count - at >= last.count && path.suffix(last.count).elementsEqual(last) }
    return first(last, in: path, from: at) != nil
  }

  /// Knuth, Morris and Pratt's search: a plain one takes quadratic time on repetitive text, and both texts are theirs.
  private static func first(_ part: ArraySlice<UInt8>, in path: [UInt8], from start: Int) -> Int? {
    let part = Array(part)
    if part.isEmpty { return start }
    guard path.count - start >= part.count else { return nil }
    var borders = [0]
    var length = 0
    for byte in part.dropFirst() {
      while length > 0, part[length] != byte { length = borders[length - 1] }
      if part[length] == byte { length += 1 }
      borders.append(length)
    }
    var matched = 0
    for at in start..<path.count {
      while matched > 0, part[matched] != path[at] { matched = borders[matched - 1] }
      if part[matched] == path[at] { matched += 1 }
      if matched == part.count { return at + 1 - matched }
    }
    return nil
  }
}
