import Glibc

/// Tells a "<" that only looks like the beginning of a tag: "On $p<q$", "a<b and c>d" and "Dear <your name>" are text.
///
/// What HTML's own rules make of them is an element of no known name, with the words behind it as its attributes; that
/// loses the reader the rest of a title. Only what no one can have meant as an element is text in HTML; in plain text,
/// where elements count for little, so is an unknown name without an end tag.
struct TextTags {
  private let bytes: UnsafePointer<UInt8>
  private let end: Int
  private let isPlain: Bool
  /// How many more end tags are looked for: each may cost the length of the text.
  private var searches = 32

  init(bytes: UnsafePointer<UInt8>, end: Int, isPlain: Bool) {
    self.bytes = bytes
    self.end = end
    self.isPlain = isPlain
  }

  /// Whether a tag whose name has no rule is text.
  mutating func isText(unknown start: Int, _ nameEnd: Int) -> Bool {
    var isOdd = false
    var holdsMark = false
    for index in start..<nameEnd {
      switch bytes[index] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
      case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "."): holdsMark = true
      // The attributes of a tag that was badly made, or the next tag.
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "="), UInt8(ascii: "<"): return false
      default: isOdd = true
      }
    }
    if isOdd { return true }
    // "<https://paper.example/>"
    if bytes[nameEnd - 1] == UInt8(ascii: ":"), nameEnd < end, bytes[nameEnd] == UInt8(ascii: "/") { return true }
    let attributes = attributes(from: nameEnd)
    if !attributes.isWhole { return !attributes.areGiven && nameEnd < end }
    guard isPlain, !attributes.areGiven, !holdsMark else { return false }
    let name = UnsafeBufferPointer(start: bytes + start, count: nameEnd - start)
    if Self.others.contains(String(decoding: name, as: UTF8.self).lowercased()) { return false }
    return !hasEndTag(start, nameEnd)
  }

  /// Whether the tag of an element that marks words in a line is text; asked in plain text only.
  mutating func isText(inline start: Int, _ nameEnd: Int) -> Bool {
    let attributes = attributes(from: nameEnd)
    return attributes.isWhole && !attributes.areGiven && attributes.words > 0 && !hasEndTag(start, nameEnd)
  }

  /// Whether a tag is text that the end of the text cuts off, rather than the beginning of an element.
  func isText(cut start: Int, _ nameEnd: Int, isKnown: Bool) -> Bool {
    let attributes = attributes(from: nameEnd)
    guard !attributes.areGiven, !attributes.isWhole else { return false }
    switch attributes.words {
    case 0:
      return !isKnown && nameEnd == end && start > 1 && bytes[start - 2] > 0x20 && bytes[start - 2] != UInt8(ascii: ">")
    case 1: return !isKnown
    default: return true
    }
  }

  /// What stands behind the name up to the tag's end: whether it has one, whether any attribute has a value, and how
  /// many words there are.
  private func attributes(from nameEnd: Int) -> (isWhole: Bool, areGiven: Bool, words: Int) {
    var words = 0
    var inWord = false
    var index = nameEnd
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: ">"): return (true, false, words)
      case UInt8(ascii: "<"): return (false, false, words)
      case UInt8(ascii: "="): return (false, true, words)
      case ...0x20, UInt8(ascii: "/"): inWord = false
      default:
        if !inWord { words += 1 }
        inWord = true
      }
      index += 1
    }
    return (false, false, words)
  }

  /// Whether an element of that name ends anywhere: then the name is meant as one.
  private mutating func hasEndTag(_ start: Int, _ nameEnd: Int) -> Bool {
    guard searches > 0 else { return true }
    searches -= 1
    var index = 0
    let length = nameEnd - start
    while index < end, let found = memchr(bytes + index, 0x3C, end - index) {
      let open = UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
      let name = open + 2
      if name + length <= end, bytes[open + 1] == UInt8(ascii: "/"),
        strncasecmp(
          UnsafeRawPointer(bytes + name).assumingMemoryBound(to: CChar.self),
          UnsafeRawPointer(bytes + start).assumingMemoryBound(to: CChar.self), length) == 0
      {
        return true
      }
      index = open + 1
    }
    return false
  }

  /// Elements that are nothing by themselves and that `FragmentRule` therefore leaves out.
  private static let others: Set<String> = [
    "html", "head", "body", "wbr", "strike", "acronym", "ruby", "rt", "rp", "rb", "rtc", "bdi", "bdo", "dfn", "label",
    "nobr", "colgroup", "col", "legend", "source", "track", "param", "area", "output", "progress", "meter", "slot",
    "search", "optgroup", "marquee", "blink", "basefont", "bgsound", "image", "plaintext", "data", "noindex", "mspace",
    "mpadded", "mphantom", "menclose", "merror",
  ]
}
