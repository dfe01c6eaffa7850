internal import Markup

/// Repairs what makes XML unreadable before the parser sees it: control characters, bare ampersands, references to
/// HTML entities that no DTD declares, references to characters that XML has not. CDATA, comments and instructions are
/// left alone but for control characters.
struct TextRepair {
  private(set) var repairs: [String] = []
  private var didStrip = false
  private var didName = false
  private var didEscape = false
  private var out: [UInt8] = []

  /// The bytes, repaired where that was needed. `bytes` is valid UTF-8.
  static func repaired(_ bytes: ArraySlice<UInt8>) -> (bytes: ArraySlice<UInt8>, repairs: [String]) {
    guard needsRepair(bytes) else { return (bytes, []) }
    var repair = TextRepair()
    repair.run(bytes)
    if repair.didStrip { repair.repairs.append("control characters removed") }
    if repair.didName { repair.repairs.append("undeclared entities replaced by their characters") }
    if repair.didEscape { repair.repairs.append("bare ampersands escaped") }
    return repair.repairs.isEmpty ? (bytes, []) : (repair.out[...], repair.repairs)
  }

  /// Whether there is anything suspicious, in CDATA or out of it. Nearly all feeds end here or after one CDATA.
  private static func needsRepair(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        while index + 8 <= bytes.count, isPlain(bytes, index) { index += 8 }
        guard index < bytes.count else { return false }
        let byte = bytes[index]
        if byte < 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { return true }
        if byte == 0xEF, isNonCharacter(bytes, index) { return true }
        if byte == UInt8(ascii: "&") {
          guard case .sound(let end) = reference(bytes, index) else { return true }
          index = end
          continue
        }
        index += 1
      }
      return false
    }
  }

  /// Whether eight bytes hold no control character, no "&" and nothing that may begin a non-character.
  @inline(__always)
  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    let word = UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: UInt64.self)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    // The sign of each byte that is below 0x20, or equal to "&" or 0xEF.
    let low = (word &- ones &* 0x20) & ~word
    let ampersand = word ^ ones &* 0x26
    let presentation = word ^ ones &* 0xEF
    let hits = low | (ampersand &- ones) & ~ampersand | (presentation &- ones) & ~presentation
    return hits & highs == 0
  }

  /// U+FFFE and U+FFFF, which XML does not allow.
  private static func isNonCharacter(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    index + 2 < bytes.count && bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE
  }

  private enum Reference {
    case sound(end: Int)
    /// Stands for these bytes, of which `<` and `&` have to be escaped.
    case replacement([UInt8], end: Int)
    case bare
  }

  private static func reference(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Reference {
    var at = index + 1
    guard at < bytes.count else { return .bare }
    if bytes[at] == UInt8(ascii: "#") {
      at += 1
      let isHex = at < bytes.count && bytes[at] | 0x20 == UInt8(ascii: "x")
      let isCapital = isHex && bytes[at] == UInt8(ascii: "X")
      if isHex { at += 1 }
      var value: UInt32 = 0
      let start = at
      while at < bytes.count, let digit = hexDigit(bytes[at]), digit < (isHex ? 16 : 10) {
        value = min(value * (isHex ? 16 : 10) + digit, 0x11_0000)
        at += 1
      }
      guard at > start else { return .bare }
      let isClosed = at < bytes.count && bytes[at] == UInt8(ascii: ";")
      if isClosed { at += 1 }
      if isClosed, !isCapital, isXMLCharacter(value), !(0x80...0x9F).contains(value) { return .sound(end: at) }
      return .replacement(Array(String(character(value)).utf8), end: at)
    }
    let start = at
    while at < bytes.count, at - start < 32,
      (0x61...0x7A).contains(bytes[at] | 0x20) || (at > start && (0x30...0x39).contains(bytes[at]))
    {
      at += 1
    }
    guard at > start, at < bytes.count, bytes[at] == UInt8(ascii: ";") else { return .bare }
    let name = UnsafeBufferPointer(rebasing: bytes[start..<at])
    for known in ["amp", "lt", "gt", "quot", "apos"] as [StaticString]
    where known.utf8CodeUnitCount == name.count && name.indices.allSatisfy({ name[$0] == known.utf8Start[$0] }) {
      return .sound(end: at + 1)
    }
    let text = "&" + String(decoding: name, as: UTF8.self) + ";"
    let decoded = Entities.decoded(text)
    return decoded == text ? .bare : .replacement(Array(decoded.utf8), end: at + 1)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x37)
    case 0x61...0x66: UInt32(byte - 0x57)
    default: nil
    }
  }

  private static func isXMLCharacter(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// What a browser shows for a number: those of Windows-1252 between 128 and 159 are meant as such.
  private static func character(_ value: UInt32) -> Unicode.Scalar {
    if (0x80...0x9F).contains(value) { return Unicode.Scalar(windows1252[Int(value - 0x80)]) ?? "\u{FFFD}" }
    guard isXMLCharacter(value) else { return value < 0x20 ? " " : "\u{FFFD}" }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  private static let windows1252: [UInt32] = [
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
    0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0xFFFD, 0x017E, 0x0178,
  ]

  private mutating func run(_ bytes: ArraySlice<UInt8>) {
    out.reserveCapacity(bytes.count + 256)
    bytes.withUnsafeBufferPointer { bytes in
      // What is sound is copied as a whole when something else comes.
      var copied = 0
      var index = 0
      func drop(_ count: Int) {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<index]))
        index += count
        copied = index
      }
      func strip(to end: Int) {
        while index < end {
          while index + 8 <= end, Self.isPlain(bytes, index) { index += 8 }
          guard index < end else { return }
          let byte = bytes[index]
          if byte < 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 {
            didStrip = true
            drop(1)
          } else if byte == 0xEF, Self.isNonCharacter(bytes, index) {
            didStrip = true
            drop(3)
          } else {
            index += 1
          }
        }
      }
      while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "<"): strip(to: Self.endOfSection(bytes, index) ?? index + 1)
        case UInt8(ascii: "&"):
          switch Self.reference(bytes, index) {
          case .sound(let end): index = end
          case .replacement(let replacement, let end):
            drop(end - index)
            for byte in replacement {
              switch byte {
              case UInt8(ascii: "&"): out.append(contentsOf: "&amp;".utf8)
              case UInt8(ascii: "<"): out.append(contentsOf: "&lt;".utf8)
              default: out.append(byte)
              }
            }
            didName = true
          case .bare:
            drop(1)
            out.append(contentsOf: "&amp;".utf8)
            didEscape = true
          }
        case 0..<0x20, 0xEF: strip(to: index + 1)
        default: index += 1
        }
      }
      drop(0)
    }
  }

  /// Where CDATA, a comment, an instruction or a document type that begins at `index` ends; nil for an element.
  static func endOfSection(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
    func begins(_ text: StaticString) -> Bool {
      index + text.utf8CodeUnitCount <= bytes.count
        && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
    }
    func end(_ a: UInt8, _ b: UInt8?, from start: Int) -> Int {
      var at = start
      while at < bytes.count {
        if bytes[at] == UInt8(ascii: ">"), at >= 1, bytes[at - 1] == a, b == nil || bytes[at - 2] == b { return at + 1 }
        at += 1
      }
      return bytes.count
    }
    if begins("<![CDATA[") { return end(UInt8(ascii: "]"), UInt8(ascii: "]"), from: index + 11) }
    if begins("<!--") { return end(UInt8(ascii: "-"), UInt8(ascii: "-"), from: index + 6) }
    if begins("<?") { return end(UInt8(ascii: "?"), nil, from: index + 3) }
    guard begins("<!DOCTYPE") || begins("<!doctype") else { return nil }
    var at = index
    var brackets = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "[") { brackets += 1 }
      if bytes[at] == UInt8(ascii: "]") { brackets -= 1 }
      if bytes[at] == UInt8(ascii: ">"), brackets <= 0 { return at + 1 }
      at += 1
    }
    return bytes.count
  }
}
