import CXML2
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Scripts and styles are more than half of most pages, and values of attributes and texts most of the rest. libxml2
/// reads them character by character to find their end. Here they are taken out before the parser runs, one character
/// in their place, which `TreeBuilder` puts back when the parser hands it over.
///
/// A guess at where one begins may be wrong: every mark must come back once, as the whole content of a script or style,
/// the whole value of an attribute or a text of its own. Otherwise the page is parsed as it came.
struct ShelteredContents {
  struct Content {
    var range: Range<Int>
    /// Whether it holds character references, which the parser would have replaced.
    var isEscaped: Bool
  }

  /// The page with marks.
  private(set) var bytes: [UInt8] = []
  /// Where in the page as it came the contents stand.
  private(set) var contents: [Content] = []

  /// Shorter ones are not worth it, in bytes.
  private static let least = 8
  /// How soon the parser must see that a text is more than white space.
  private static let blankLimit = 500
  /// Marks are the characters of the last plane, which is for private use: U+100000 and so on.
  private static let firstMark: UInt32 = 0x100000
  private static let marks = 65_000
  private static let lead: UInt8 = 0xF4

  /// nil where nothing is to be gained, or where the page holds marks of its own.
  init?(_ page: [UInt8]) {
    let isMade = page.withUnsafeBufferPointer { page in
      guard let base = page.baseAddress, memchr(base, Int32(Self.lead), page.count) == nil else { return false }
      find(base, page.count)
      guard !contents.isEmpty else { return false }
      bytes.reserveCapacity(page.count - contents.reduce(0) { $0 + $1.range.count - 4 })
      var copied = 0
      for (number, content) in contents.enumerated() {
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: page[copied..<content.range.lowerBound]))
        bytes.append(Self.lead)
        bytes.append(0x80 | UInt8(number >> 12))
        bytes.append(0x80 | UInt8(number >> 6 & 0x3F))
        bytes.append(0x80 | UInt8(number & 0x3F))
        copied = content.range.upperBound
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: page[copied...]))
      return true
    }
    if !isMade || refersToMark { return nil }
  }

  /// Whether a reference that the parser will replace is one to the character of a mark.
  private var refersToMark: Bool {
    bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      var from = 0
      while from < bytes.count, let hit = memchr(base + from, 0x26, bytes.count - from) {
        let mark = base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
        let reference = CharacterReference.read(base, at: mark, end: bytes.count)
        if let reference, reference.scalar.value >= Self.firstMark { return true }
        from = mark + 1
      }
      return false
    }
  }

  /// The number of a text that is a mark and nothing else.
  @inline(__always)
  static func number(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    guard count == 4, text[0] == lead else { return nil }
    return Int(text[1] & 0x0F) << 12 | Int(text[2] & 0x3F) << 6 | Int(text[3] & 0x3F)
  }

  // MARK: Finding

  private mutating func find(_ base: UnsafePointer<UInt8>, _ count: Int) {
    func place(of byte: UInt8, from start: Int) -> Int? {
      guard start < count, let hit = memchr(base + start, Int32(byte), count - start) else { return nil }
      return base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
    }
    func isNamed(_ name: StaticString, at start: Int) -> Bool {
      guard start + name.utf8CodeUnitCount < count else { return false }
      return strncasecmp(
        UnsafeRawPointer(base + start).assumingMemoryBound(to: CChar.self),
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), name.utf8CodeUnitCount) == 0
    }
    var tag = TagScan(base, count)
    var at = 0
    // Behind a tag: what follows is text up to the next sign that may begin another.
    var isText = false
    while contents.count < Self.marks, let open = place(of: 0x3C, from: at) {
      if isText, open - at >= Self.least { addText(base, at, open) }
      isText = false
      at = open + 1
      guard at < count else { break }
      if isNamed("!--", at: at) {
        var from = at + 5
        var close: Int?
        while let hit = place(of: 0x3E, from: from) {
          if base[hit - 1] == 0x2D, base[hit - 2] == 0x2D {
            close = hit
            break
          }
          from = hit + 1
        }
        guard let close else { break }
        at = close + 1
        continue
      }
      if base[at] == 0x2F, at + 1 < count, Self.isLetter(base[at + 1]) {
        guard let close = place(of: 0x3E, from: at) else { break }
        at = close + 1
        isText = true
        continue
      }
      guard Self.isLetter(base[at]) else { continue }
      tag.begin(at)
      let name = base + at
      let length = tag.at - at
      // The parser makes these two itself where they are missing, and takes no others then.
      let isTaken = !(length == 4 && (isNamed("body", at: at) || isNamed("html", at: at)))
      let before = contents.count
      while let value = tag.nextValue() {
        if isTaken, contents.count < Self.marks, value.count >= Self.least { addValue(base, value) }
      }
      // What has no end is not looked at a second time.
      guard tag.isClosed else {
        contents.removeSubrange(before...)
        break
      }
      at = tag.at
      let raw: StaticString? =
        length == 6 && isNamed("script", at: base.distance(to: name))
        ? "script" : length == 5 && isNamed("style", at: base.distance(to: name)) ? "style" : nil
      guard let raw else {
        isText = true
        continue
      }
      // The end is the first closing tag of that name, whatever follows it.
      var end: Int?
      var from = at
      while let next = place(of: 0x3C, from: from) {
        from = next + 1
        if from < count, base[from] == 0x2F, isNamed(raw, at: from + 1) {
          end = next
          break
        }
      }
      guard let end else { break }
      if end - at >= Self.least, contents.count < Self.marks, Self.isKept(base, at, end) {
        contents.append(Content(range: at..<end, isEscaped: false))
      }
      at = end
    }
  }

  private mutating func addValue(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) {
    guard memchr(base + range.lowerBound, 0x0D, range.count) == nil,
      Self.isKept(base, range.lowerBound, range.upperBound),
      let isEscaped = Self.isEscaped(base, range.lowerBound, range.upperBound)
    else { return }
    contents.append(Content(range: range, isEscaped: isEscaped))
  }

  private mutating func addText(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
    guard (start..<min(end, start + Self.blankLimit)).contains(where: { base[$0] > 0x20 }) else { return }
    addValue(base, start..<end)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// Whether character references stand in it; nil where one is that the parser reads in another way than we do. A name
  /// without a semicolon is none.
  private static func isEscaped(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool? {
    var isEscaped = false
    var from = start
    while from < end, let hit = memchr(base + from, 0x26, end - from) {
      let mark = base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
      if let reference = CharacterReference.read(base, at: mark, end: end) {
        // Numbers that mean something else than they say are what browsers replace.
        guard reference.isXML || base[mark + 1] != UInt8(ascii: "#") else { return nil }
        isEscaped = true
        from = reference.end
        continue
      }
      var index = mark + 1
      while index < end, isLetter(base[index]) || base[index] &- 0x30 < 10 { index += 1 }
      guard index < end else { return nil }
      switch base[index] {
      case UInt8(ascii: ";"), UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
        UInt8(ascii: "_"), 0x80...:
        return nil
      default: from = index
      }
    }
    return isEscaped
  }

  /// Whether the parser keeps every byte: it drops control characters and U+FFFE and U+FFFF.
  private static func isKept(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var index = start
    while true {
      index = ByteScan.control(base, index, end)
      guard index < end else { return true }
      switch base[index] {
      case 0x0D: index += 1
      case 0xEF:
        if index + 2 < end, base[index + 1] == 0xBF, base[index + 2] >= 0xBE { return false }
        index += 1
      default: return false
      }
    }
  }
}
