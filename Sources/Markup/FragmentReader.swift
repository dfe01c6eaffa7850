import CXML2
import Glibc
import Values

/// Reads HTML fragments of simple, properly nested markup, as nearly all feeds carry them, without building a tree.
///
/// It gives up at the first thing of which it is not sure that the HTML parser takes it literally: an element it does
/// not know, a nesting the parser would mend, anything unclosed. So its results are the tree's, or none.
struct FragmentReader {
  /// The fragment as harmless HTML; nil where the tree has to decide. See `Sanitiser.html`.
  static func html(_ fragment: String, base: WebURL?) -> String? { read(fragment, base: base, isPlain: false) }

  /// The fragment as plain text; nil where the tree has to decide. See `Sanitiser.text`.
  static func text(_ fragment: String) -> String? { read(fragment, base: nil, isPlain: true) }

  private static func read(_ fragment: String, base: WebURL?, isPlain: Bool) -> String? {
    guard fragment.utf8.count < Document.standardLimit - 64 else { return nil }
    var fragment = fragment
    return fragment.withUTF8 { bytes in
      guard bytes.count > 0 else { return nil }
      let writer = FragmentWriter(capacity: bytes.count + bytes.count / 8 + 64, isPlain: isPlain)
      var reader = FragmentReader(bytes: bytes, writer: writer, base: base)
      let isRead = reader.run()
      defer { reader.writer.free() }
      return isRead ? reader.writer.finished : nil
    }
  }

  private static let deepest = 100

  private let bytes: UnsafeBufferPointer<UInt8>
  private var writer: FragmentWriter
  private let base: WebURL?
  private let table = FragmentRule.table
  private var at = 0
  /// For values of attributes.
  private var scratch: [UInt8] = []
  /// The open elements, and whether anything was written for them.
  private var open: [(rule: Int, isWritten: Bool)] = []

  private struct Value {
    var start = 0
    var end = 0
    var isGiven = false
  }

  private struct Attributes {
    var href = Value()
    var src = Value()
    var alt = Value()
    var width = Value()
    var height = Value()
    var colspan = Value()
    var rowspan = Value()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, writer: FragmentWriter, base: WebURL?) {
    self.bytes = bytes
    self.writer = writer
    self.base = base
  }

  private func byte(_ offset: Int) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }

  private mutating func run() -> Bool {
    while true {
      at = writer.text(bytes, from: at, isMarkup: true)
      if at < 0 { return false }
      if at == bytes.count {
        while !open.isEmpty { closeLast() }
        return true
      }
      guard bytes[at] == UInt8(ascii: "<") ? tag() : reference() else { return false }
    }
  }

  // MARK: Tags

  private mutating func tag() -> Bool {
    let next = byte(1)
    if next == UInt8(ascii: "!") { return comment() }
    if next == UInt8(ascii: "/") { return endTag() }
    return Self.isLetter(next) && startTag()
  }

  private mutating func comment() -> Bool {
    guard byte(2) == 0x2D, byte(3) == 0x2D, byte(4) != UInt8(ascii: ">"), byte(4) != 0x2D else { return false }
    var index = at + 4
    while index + 2 < bytes.count {
      if bytes[index] == 0x2D, bytes[index + 1] == 0x2D {
        guard bytes[index + 2] == UInt8(ascii: ">") else { return false }
        at = index + 3
        return true
      }
      if bytes[index] < 0x20, !Self.isSpace(bytes[index]) { return false }
      index += 1
    }
    return false
  }

  private mutating func name(from start: Int) -> Int? {
    var end = start
    while end < bytes.count, Self.isLetter(bytes[end]) || bytes[end] &- 0x30 < 10 { end += 1 }
    guard end < bytes.count else { return nil }
    guard let found = table.find(UnsafeBufferPointer(rebasing: bytes[start..<end])) else { return nil }
    at = end
    return found
  }

  private mutating func endTag() -> Bool {
    guard !open.isEmpty, let found = name(from: at + 2) else { return false }
    while Self.isSpace(byte(0)) { at += 1 }
    guard byte(0) == UInt8(ascii: ">") else { return false }
    at += 1
    if table.rules[found].endsImplied {
      while let last = open.last, last.rule != found, table.rules[last.rule].mayLackEnd { closeLast() }
    }
    guard let last = open.last, last.rule == found else { return false }
    closeLast()
    return true
  }

  private mutating func closeLast() {
    let last = open.removeLast()
    writer.close(table.rules[last.rule], isWritten: last.isWritten)
  }

  private mutating func startTag() -> Bool {
    guard let found = name(from: at + 1) else { return false }
    if let last = open.last, table.rules[last.rule].isEnded(by: table.rules[found]) { closeLast() }
    let parent = open.last?.rule ?? 0
    let isVoid = table.rules[found].role == .void || table.rules[found].role == .rule
    guard table.rules[parent].takes(table.rules[found]), open.count < Self.deepest else { return false }
    // Two levels up matters too: the parser knows no link inside another.
    if table.rules[found].isLink, open.contains(where: { table.rules[$0.rule].isLink }) { return false }
    var attributes = Attributes()
    while true {
      let start = at
      while Self.isSpace(byte(0)) { at += 1 }
      if byte(0) == UInt8(ascii: ">") {
        at += 1
        break
      }
      if byte(0) == UInt8(ascii: "/") {
        guard isVoid, byte(1) == UInt8(ascii: ">") else { return false }
        at += 2
        break
      }
      guard at > start, attribute(&attributes) else { return false }
    }
    return emit(found, isVoid, attributes)
  }

  private mutating func attribute(_ attributes: inout Attributes) -> Bool {
    let start = at
    guard Self.isLetter(byte(0)) else { return false }
    while Self.isName(byte(0)) { at += 1 }
    let name = UnsafeBufferPointer(rebasing: bytes[start..<at])
    guard name.count < 64 else { return false }
    if byte(0) != UInt8(ascii: "=") {
      // Without a value: nothing that is kept.
      let next = byte(0)
      return name.count > 2 && (Self.isSpace(next) || next == UInt8(ascii: ">")) && !Self.isKept(name)
    }
    at += 1
    let quote = byte(0)
    let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    if isQuoted { at += 1 }
    let begin = at
    while at < bytes.count {
      let byte = bytes[at]
      if isQuoted ? byte == quote : byte == UInt8(ascii: ">") || Self.isSpace(byte) { break }
      if byte < 0x20, !Self.isSpace(byte) { return false }
      if !isQuoted, "\"'<`=&".utf8.contains(byte) { return false }
      // U+FFFE and U+FFFF are no characters to the parser.
      if byte == 0xEF, self.byte(1) == 0xBF, self.byte(2) >= 0xBE { return false }
      at += 1
    }
    guard at < bytes.count, isQuoted || at > begin else { return false }
    let value = Value(start: begin, end: at, isGiven: true)
    if isQuoted { at += 1 }
    guard name.count <= 8 else { return true }
    switch FragmentRule.key(name).low {
    case 0x6665_7268: Self.take(value, &attributes.href)
    case 0x63_7273: Self.take(value, &attributes.src)
    case 0x74_6C61: Self.take(value, &attributes.alt)
    case 0x68_7464_6977: Self.take(value, &attributes.width)
    case 0x7468_6769_6568: Self.take(value, &attributes.height)
    case 0x6E_6170_736C_6F63: Self.take(value, &attributes.colspan)
    case 0x6E_6170_7377_6F72: Self.take(value, &attributes.rowspan)
    default: break
    }
    return true
  }

  private static func isKept(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    [0x6665_7268, 0x63_7273, 0x74_6C61, 0x68_7464_6977, 0x7468_6769_6568, 0x6E_6170_736C_6F63, 0x6E_6170_7377_6F72]
      .contains(FragmentRule.key(name).low)
  }

  /// The first of a name counts.
  private static func take(_ value: Value, _ place: inout Value) {
    if !place.isGiven { place = value }
  }

  private mutating func emit(_ found: Int, _ isVoid: Bool, _ attributes: Attributes) -> Bool {
    let rule = table.rules[found]
    if rule.role == .dropped { return skip(found) }
    if rule.isImage {
      guard !writer.isPlain, attributes.src.isGiven else { return true }
      guard let source = string(attributes.src), let alt = optional(attributes.alt),
        let width = optional(attributes.width), let height = optional(attributes.height)
      else { return false }
      guard let url = WebURL(source, relativeTo: base) else { return true }
      writer.image(
        url.description, alt: attributes.alt.isGiven ? Whitespace.folded(alt) : nil,
        width: Self.number(width, 1...100_000),
        height: Self.number(height, 1...100_000))
      return true
    }
    if isVoid {
      writer.void(rule)
      return true
    }
    if rule.isLink {
      var address: String?
      if attributes.href.isGiven, !writer.isPlain {
        guard decode(attributes.href) else { return false }
        if scratch.withUnsafeBufferPointer({ WebURL.isAsKept($0) }) {
          scratch.withUnsafeBufferPointer { writer.link($0) }
          open.append((found, true))
          return true
        }
        let text = scratch.withUnsafeBufferPointer { UTF8Text.string($0) }
        address = Sanitiser.link(text, base: base)
      }
      if let address { writer.link(address) }
      open.append((found, address != nil))
      return true
    }
    var columns: Int?
    var rows: Int?
    if rule.role == .cell, attributes.colspan.isGiven || attributes.rowspan.isGiven {
      guard let colspan = optional(attributes.colspan), let rowspan = optional(attributes.rowspan) else { return false }
      columns = Self.number(colspan, 2...1000)
      rows = Self.number(rowspan, 2...1000)
    }
    writer.open(rule, columns: columns, rows: rows)
    open.append((found, rule.written != nil))
    return true
  }

  /// Leaves out an element that goes with everything inside, as long as there is nothing inside, or only a style.
  private mutating func skip(_ found: Int) -> Bool {
    while at < bytes.count, bytes[at] != UInt8(ascii: "<") {
      if !table.rules[found].isRaw, !Self.isSpace(bytes[at]) { return false }
      if bytes[at] < 0x20, !Self.isSpace(bytes[at]) { return false }
      at += 1
    }
    guard byte(1) == UInt8(ascii: "/"), name(from: at + 2) == found, byte(0) == UInt8(ascii: ">") else { return false }
    at += 1
    return true
  }

  private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  // MARK: References

  private enum Reference {
    case scalar(Unicode.Scalar, end: Int)
    /// "&" stands for itself.
    case literal
    case unsure
  }

  private mutating func reference() -> Bool {
    switch reference(at: at) {
    case .scalar(let scalar, let end):
      guard writer.scalar(scalar) else { return false }
      at = end
    case .literal:
      guard writer.scalar("&") else { return false }
      at += 1
    case .unsure: return false
    }
    return true
  }

  private func reference(at start: Int) -> Reference {
    var index = start + 1
    guard index < bytes.count else { return .unsure }
    if bytes[index] == UInt8(ascii: "#") {
      index += 1
      let isHex = index < bytes.count && bytes[index] | 0x20 == UInt8(ascii: "x")
      if isHex { index += 1 }
      var value: UInt32 = 0
      let first = index
      while index < bytes.count, index - first < 7, let digit = Self.digit(bytes[index], isHex) {
        value = value * (isHex ? 16 : 10) + digit
        index += 1
      }
      guard index > first, index < bytes.count, bytes[index] == UInt8(ascii: ";"), value >= 0x20,
        value < 0xD800 || (0xE000..<0xFFFE).contains(value) || (0x10000..<0x110000).contains(value),
        let scalar = Unicode.Scalar(value)
      else { return .unsure }
      return .scalar(scalar, end: index + 1)
    }
    guard Self.isLetter(bytes[index]) else {
      let isOther = bytes[index] < 0x80 && bytes[index] != UInt8(ascii: "_") && bytes[index] != UInt8(ascii: ":")
      return isOther ? .literal : .unsure
    }
    while index < bytes.count, index - start < 64, Self.isName(bytes[index]) { index += 1 }
    guard index < bytes.count, index - start < 64, bytes[index] < 0x80 else { return .unsure }
    // "?a=1&b=2": no reference without its semicolon.
    guard bytes[index] == UInt8(ascii: ";") else { return .literal }
    let name = UnsafeBufferPointer(rebasing: bytes[(start + 1)..<index])
    if name.count <= 4 {
      var word: UInt32 = 0
      for byte in name { word = word << 8 | UInt32(byte) }
      switch word {
      case 0x61_6D70: return .scalar("&", end: index + 1)
      case 0x6C74: return .scalar("<", end: index + 1)
      case 0x6774: return .scalar(">", end: index + 1)
      case 0x7175_6F74: return .scalar("\"", end: index + 1)
      case 0x6E62_7370: return .scalar("\u{A0}", end: index + 1)
      default: break
      }
    }
    guard let entity = htmlEntityLookup(String(decoding: name, as: UTF8.self)),
      let scalar = Unicode.Scalar(UInt32(entity.pointee.value))
    else { return .unsure }
    return .scalar(scalar, end: index + 1)
  }

  private static func digit(_ byte: UInt8, _ isHex: Bool) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46 where isHex: UInt32(byte - 0x37)
    case 0x61...0x66 where isHex: UInt32(byte - 0x57)
    default: nil
    }
  }

  /// An attribute's value, empty where it is not given; nil when unsure.
  private mutating func optional(_ value: Value) -> String? { value.isGiven ? string(value) : "" }

  private mutating func string(_ value: Value) -> String? {
    let slice = UnsafeBufferPointer(rebasing: bytes[value.start..<value.end])
    guard let base = slice.baseAddress, memchr(base, 0x26, slice.count) != nil else { return UTF8Text.string(slice) }
    return decode(value) ? scratch.withUnsafeBufferPointer { UTF8Text.string($0) } : nil
  }

  /// An attribute's value with its references replaced, in `scratch`; false when unsure.
  private mutating func decode(_ value: Value) -> Bool {
    scratch.removeAll(keepingCapacity: true)
    var index = value.start
    var copied = index
    while index < value.end {
      guard bytes[index] == UInt8(ascii: "&") else {
        index += 1
        continue
      }
      guard case .scalar(let scalar, let end) = reference(at: index) else {
        if case .literal = reference(at: index) {
          index += 1
          continue
        }
        return false
      }
      guard end <= value.end else { return false }
      scratch.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<index]))
      if scalar.isASCII {
        scratch.append(UInt8(scalar.value))
      } else {
        scratch.append(contentsOf: UTF8.encode(scalar)!)
      }
      index = end
      copied = end
    }
    scratch.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<value.end]))
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  private static func isName(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte &- 0x30 < 10 || byte == 0x5F || byte == 0x2D || byte == 0x3A || byte == 0x2E
  }
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
