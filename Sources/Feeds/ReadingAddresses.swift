internal import Glibc
internal import Markup
internal import Values

// The addresses that texts of a document are.
extension Reading {
  func url(_ text: Slice?, _ place: XMLPlace = XMLPlace()) -> WebURL? {
    guard let text, !text.isEmpty, text.count <= Self.longestAddress else { return nil }
    var bytes = store.bytes(text)
    if bytes[0] >= 0x80 || bytes[bytes.count - 1] >= 0x80 { bytes = Self.withoutInvisible(bytes) }
    if bytes.isEmpty { return nil }
    switch bytes[0] {
    // The place that a template left, and the beginning of one that was never filled.
    case UInt8(ascii: "#") where bytes.count == 1: return nil
    case UInt8(ascii: "{") where bytes.count > 1 && bytes[1] == bytes[0]: return nil
    // A link as a page has it, which some content systems put where its address belongs.
    case UInt8(ascii: "<"):
      return Self.linked(bytes, base: bases.urls[Int(place.base)]) ?? Self.lastAddress(bytes)
    case UInt8(ascii: "w") where Self.isHost(bytes):
      return Self.withoutUserinfo(WebURL("https://" + UTF8Text.string(wellFormed: bytes)))
    // Words before the address, or the warning of a program.
    case let first where first | 0x20 != UInt8(ascii: "h") && first != UInt8(ascii: "/") && bytes.holds(0x20):
      if let last = Self.lastAddress(bytes) { return last }
    default: break
    }
    if let inner = Self.innerAddress(bytes) {
      let rest = UnsafeBufferPointer(rebasing: bytes[inner...])
      return Self.withoutUserinfo(WebURL(rest, relativeTo: nil))
    }
    // In CDATA, or escaped twice.
    if bytes.holds(0x26), bytes.holdsEscapedSign {
      let written = Entities.decoded(UTF8Text.string(wellFormed: bytes))
      return Self.withoutUserinfo(WebURL(written, relativeTo: bases.urls[Int(place.base)]))
    }
    return Self.withoutUserinfo(WebURL(bytes, relativeTo: bases.urls[Int(place.base)]))
  }

  /// The address of a link in HTML, nil when none begins the text.
  private static func linked(_ html: UnsafeBufferPointer<UInt8>, base: WebURL?) -> WebURL? {
    let clean = Sanitiser.html(html, base: base)
    guard clean.hasPrefix("<a href=\""), let end = clean.dropFirst(9).firstIndex(of: "\"") else { return nil }
    return WebURL(Entities.decoded(String(clean[..<end].dropFirst(9))))
  }

  /// The last whole address among other words; nil without one.
  @inline(never)
  private static func lastAddress(_ bytes: UnsafeBufferPointer<UInt8>) -> WebURL? {
    let words = bytes.split { $0 <= 0x20 || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
    let address = words.last { UnsafeBufferPointer(rebasing: $0).begins("http") && $0.contains(UInt8(ascii: ":")) }
    return address.flatMap { withoutUserinfo(WebURL(UnsafeBufferPointer(rebasing: $0), relativeTo: nil)) }
  }

  /// Longer ones are no addresses; resolving them would cost many times their size.
  private static let longestAddress = 64 << 10

  /// Without the spaces that do not break, the zero-width spaces and the byte order marks that editors leave at both
  /// ends.
  static func withoutInvisible(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var rest = bytes[...]
    let marks: [[UInt8]] = [[0xC2, 0xA0], [0xE2, 0x80, 0x8B], [0xEF, 0xBB, 0xBF]]
    while let mark = marks.first(where: { rest.starts(with: $0) }) { rest = rest.dropFirst(mark.count) }
    while let mark = marks.first(where: { rest.suffix($0.count).elementsEqual($0) }) {
      rest = rest.dropLast(mark.count)
    }
    return UnsafeBufferPointer(rebasing: rest)
  }

  /// Where a whole address begins to which a program has put the site's once more:
  /// `https://a.examplehttps://a.example/1`.
  private static func innerAddress(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    // Few addresses have a second colon.
    guard let base = bytes.baseAddress, bytes.count > 14,
      let colon = memchr(base + 8, Int32(UInt8(ascii: ":")), bytes.count - 8)
    else { return nil }
    let end = base.distance(to: colon.assumingMemoryBound(to: UInt8.self))
    guard bytes.begins("http"), bytes[(end + 1)...].starts(with: "//".utf8),
      !bytes[8..<end].contains(where: { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) })
    else { return nil }
    for scheme in ["https", "http"] where end >= 7 + scheme.utf8.count {
      let start = end - scheme.utf8.count
      if bytes[start..<end].elementsEqual(scheme.utf8) { return start }
    }
    return nil
  }

  /// Whether an address begins with the name of a host: `www.paper.example/story`.
  private static func isHost(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.begins("www.") else { return false }
    let host = bytes.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    return host.dropFirst(4).contains(UInt8(ascii: ".")) && host.last != UInt8(ascii: ".")
  }

  func url(_ found: PlacedText?) -> WebURL? { found.flatMap { url($0.text, $0.place) } }

  /// An address that has to be whole by itself.
  func absolute(_ text: Slice) -> WebURL? {
    // What is no address costs the more the longer it is.
    guard store.bytes(text).begins("http") else { return nil }
    return Self.withoutUserinfo(WebURL(store.bytes(text), relativeTo: nil))
  }

  /// Names and passwords in a feed's addresses are a trap or a leak, never needed.
  static func withoutUserinfo(_ url: WebURL?) -> WebURL? {
    guard let url, url.userinfo != nil else { return url }
    return WebURL(url.description)
  }
}
