import CXML2
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Scripts and styles are more than half of most pages, and libxml2 reads them character by character to find their
/// end. Here their content is taken out before the parser runs, a short mark in its place, and put back into the tree.
///
/// A guess at where a script begins may be wrong, as inside a comment: every mark must be found again, once, as the
/// whole content of a script or style. Otherwise the page is parsed as it came.
struct ShelteredScripts {
  /// The page with marks.
  private(set) var bytes: [UInt8] = []
  /// Where in the page as it came the contents stand.
  private var contents: [Range<Int>] = []

  /// Shorter ones are not worth it.
  private static let least = 48
  /// U+F8FF, a character for private use, and a number between two of them.
  private static let mark: [UInt8] = [0xEF, 0xA3, 0xBF]

  /// nil where nothing is to be gained, or where the page holds marks of its own.
  init?(_ page: [UInt8]) {
    let isMade = page.withUnsafeBufferPointer { find($0) }
    guard isMade, !contents.isEmpty else { return nil }
    bytes.reserveCapacity(page.count - contents.reduce(0) { $0 + $1.count } + contents.count * 16)
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

  private mutating func find(_ page: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = page.baseAddress else { return false }
    let count = page.count
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
      let name: StaticString
      if isNamed("script", at: at) {
        name = "script"
      } else if isNamed("style", at: at) {
        name = "style"
      } else {
        continue
      }
      at += name.utf8CodeUnitCount
      guard at < count, base[at] == 0x3E || base[at] == 0x2F || base[at] <= 0x20, let start = tagEnd(base, at, count)
      else { continue }
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

  /// Where the content behind a start tag begins.
  private func tagEnd(_ base: UnsafePointer<UInt8>, _ from: Int, _ count: Int) -> Int? {
    var quote: UInt8 = 0
    for index in from..<count {
      let byte = base[index]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == 0x3E {
        return index + 1
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      }
    }
    return nil
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

  /// Puts the contents into the scripts and styles of the tree; false when one mark is not where it should be.
  func restore(in tree: xmlDocPtr, from page: [UInt8]) -> Bool {
    var next = 0
    let isWhole = page.withUnsafeBufferPointer { page -> Bool in
      var node = xmlDocGetRootElement(tree)
      while let at = node {
        if at.pointee.type == XML_ELEMENT_NODE, let content = at.pointee.children,
          content.pointee.type == XML_CDATA_SECTION_NODE, let text = content.pointee.content,
          text[0] == Self.mark[0], text[1] == Self.mark[1], text[2] == Self.mark[2]
        {
          guard content.pointee.next == nil, next < contents.count, isMark(text, next) else { return false }
          let range = contents[next]
          next += 1
          guard let copy = xmlStrndup(page.baseAddress! + range.lowerBound, Int32(range.count)) else { return false }
          newswire_xml_free(text)
          content.pointee.content = copy
        }
        node = Self.following(at)
      }
      return true
    }
    return isWhole && next == contents.count
  }

  private func isMark(_ text: UnsafePointer<xmlChar>, _ number: Int) -> Bool {
    let wanted = Self.mark + Array(String(number).utf8) + Self.mark
    return Int(xmlStrlen(text)) == wanted.count && wanted.indices.allSatisfy { text[$0] == wanted[$0] }
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
