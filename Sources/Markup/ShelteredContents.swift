import CXML2
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Scripts and styles are more than half of most pages, long values of attributes a third of the rest, and libxml2 reads
/// them character by character to find their end. Here they are taken out before the parser runs, a short mark in their
/// place, and put back into the tree.
///
/// A guess at where one begins may be wrong, as inside a comment: every mark must be found again, once, as the whole
/// content of a script or style or the whole value of an attribute. Otherwise the page is parsed as it came.
struct ShelteredContents {
  /// The page with marks.
  private(set) var bytes: [UInt8] = []
  /// Where in the page as it came the contents stand.
  private var contents: [Range<Int>] = []

  /// Shorter ones are not worth it.
  private static let least = 48
  /// U+F8FF, a character for private use, and a number between two of them.
  private static let mark: [UInt8] = [0xEF, 0xA3, 0xBF]
  /// What a mark takes at most.
  private static let markLength = 16

  /// nil where nothing is to be gained, or where the page holds marks of its own.
  init?(_ page: [UInt8]) {
    let isMade = page.withUnsafeBufferPointer { page in
      page.baseAddress.map { find($0, page.count) } ?? false
    }
    guard isMade, !contents.isEmpty else { return nil }
    bytes.reserveCapacity(page.count - contents.reduce(0) { $0 + $1.count } + contents.count * Self.markLength)
    var copied = 0
    for (number, range) in contents.enumerated() {
      bytes += page[copied..<range.lowerBound]
      bytes += Self.mark
      bytes += String(number).utf8
      bytes += Self.mark
      copied = range.upperBound
    }
    bytes += page[copied...]
  }

  // MARK: Finding

  private mutating func find(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
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
    /// The place of the last of three bytes.
    func end(of first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int? {
      var from = start + 2
      while let hit = place(of: third, from: from) {
        if base[hit - 1] == second, base[hit - 2] == first { return hit }
        from = hit + 1
      }
      return nil
    }
    if end(of: Self.mark[0], Self.mark[1], Self.mark[2], from: 0) != nil { return false }
    var at = 0
    while let open = place(of: 0x3C, from: at) {
      at = open + 1
      guard at < count else { break }
      if isNamed("!--", at: at) {
        guard let close = end(of: 0x2D, 0x2D, 0x3E, from: at + 3) else { break }
        at = close + 1
        continue
      }
      guard (base[at] | 0x20) &- 0x61 < 26 else { continue }
      var name: StaticString?
      if isNamed("script", at: at) {
        name = "script"
      } else if isNamed("style", at: at) {
        name = "style"
      }
      if let text = name {
        let next = at + text.utf8CodeUnitCount
        if next < count, base[next] != 0x3E, base[next] != 0x2F, base[next] > 0x20 { name = nil }
      }
      // What has no end is not looked at a second time.
      guard let start = tag(base, at, count) else { break }
      guard let name else {
        at = start
        continue
      }
      // The end is the first closing tag of that name, whatever follows it.
      var end: Int?
      var from = start
      while let next = place(of: 0x3C, from: from) {
        from = next + 1
        if from < count, base[from] == 0x2F, isNamed(name, at: from + 1) {
          end = next
          break
        }
      }
      guard let end else { break }
      if end - start >= Self.least, Self.isKept(base, start, end) { contents.append(start..<end) }
      at = end + 2
    }
    return true
  }

  /// Where the content behind a start tag begins; nil for a tag without end. Takes up the long values of its attributes.
  private mutating func tag(_ base: UnsafePointer<UInt8>, _ from: Int, _ count: Int) -> Int? {
    let before = contents.count
    var index = from
    // The last "=", as long as nothing but white space follows it.
    var equals = -1
    while index < count {
      let byte = base[index]
      if byte == 0x3E { return index + 1 }
      if byte == 0x22 || byte == 0x27 {
        guard let hit = memchr(base + index + 1, Int32(byte), count - index - 1) else { break }
        let close = base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
        if equals > from, close - index > Self.least, !Self.isIdentity(base, equals, from),
          Self.isVerbatim(base, index + 1, close)
        {
          contents.append(index + 1..<close)
        }
        index = close
        equals = -1
      } else if byte == 0x3D {
        equals = index
      } else if byte > 0x20 {
        equals = -1
      }
      index += 1
    }
    contents.removeSubrange(before...)
    return nil
  }

  /// Whether the attribute is one by which libxml2 remembers its element while it parses: `id` or `name`.
  private static func isIdentity(_ base: UnsafePointer<UInt8>, _ equals: Int, _ from: Int) -> Bool {
    var start = equals
    while start > from, base[start - 1] <= 0x20 { start -= 1 }
    let end = start
    while start > from, base[start - 1] > 0x20, base[start - 1] != 0x22, base[start - 1] != 0x27 { start -= 1 }
    let name = UnsafeBufferPointer(start: base + start, count: end - start)
    return name.count <= 2 || name.count == 4 && name[0] | 0x20 == 0x6E
  }

  /// Whether the parser takes a value as it stands: it replaces references.
  private static func isVerbatim(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    memchr(base + start, 0x26, end - start) == nil && memchr(base + start, 0x0D, end - start) == nil
      && isKept(base, start, end)
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

  // MARK: Putting back

  /// Puts the contents into the tree; false when one mark is not where it should be.
  func restore(in tree: xmlDocPtr, from page: [UInt8]) -> Bool {
    var isBack = [Bool](repeating: false, count: contents.count)
    var left = contents.count
    let isWhole = page.withUnsafeBufferPointer { page -> Bool in
      /// Puts the content of a node back when it is a mark; false when it holds one that does not fit.
      func putBack(_ node: xmlNodePtr) -> Bool {
        guard let text = node.pointee.content, Self.begins(text) else { return true }
        guard node.pointee.next == nil, let number = Self.number(text), number < contents.count, !isBack[number] else {
          return false
        }
        let range = contents[number]
        guard let copy = xmlStrndup(page.baseAddress! + range.lowerBound, Int32(range.count)) else { return false }
        newswire_xml_free(text)
        node.pointee.content = copy
        isBack[number] = true
        left -= 1
        return true
      }
      var node = xmlDocGetRootElement(tree)
      while let at = node {
        if at.pointee.type == XML_ELEMENT_NODE {
          var next = at.pointee.properties
          while let property = next {
            if let value = property.pointee.children, value.pointee.type == XML_TEXT_NODE {
              guard putBack(value) else { return false }
            }
            next = property.pointee.next
          }
          if let content = at.pointee.children, content.pointee.type == XML_CDATA_SECTION_NODE {
            guard putBack(content) else { return false }
          }
        }
        node = Self.following(at)
      }
      return true
    }
    return isWhole && left == 0
  }

  private static func begins(_ text: UnsafePointer<xmlChar>) -> Bool {
    text[0] == mark[0] && text[1] == mark[1] && text[2] == mark[2]
  }

  /// The number of a text that is a mark and nothing else.
  private static func number(_ text: UnsafePointer<xmlChar>) -> Int? {
    var number = 0
    var index = mark.count
    while text[index] &- 0x30 < 10, index < markLength {
      number = number * 10 + Int(text[index] - 0x30)
      index += 1
    }
    return begins(text + index) && text[index + mark.count] == 0 ? number : nil
  }

  /// The next node in document order; what is inside anything but elements is left out.
  private static func following(_ node: xmlNodePtr) -> xmlNodePtr? {
    if node.pointee.type == XML_ELEMENT_NODE, let child = node.pointee.children { return child }
    var up: xmlNodePtr? = node
    while let at = up {
      if let next = at.pointee.next { return next }
      up = at.pointee.parent
      if let parent = up, parent.pointee.type != XML_ELEMENT_NODE { return nil }
    }
    return nil
  }
}
