import CXML2
import Values

/// Character references of HTML and XML, read from bytes.
public struct CharacterReference {
  public let scalar: Unicode.Scalar
  /// After its last byte.
  public let end: Int
  /// Whether an XML parser without a DTD takes it as it stands.
  public let isXML: Bool

  /// The reference that begins with the "&" at `start`; nil for an "&" that stands for itself. Names need their
  /// semicolon ("?a=1&copy=2" is an address), numbers do not. Numbers of Windows-1252 and of no character are read as
  /// browsers do (HTML standard, section 13.2.5.80); control characters become spaces.
  @inline(__always)
  public static func read(_ bytes: UnsafePointer<UInt8>, at start: Int, end: Int) -> CharacterReference? {
    let left = end - start
    // The five that nearly all are.
    if left >= 4 {
      let word =
        UInt32(bytes[start + 1]) << 24 | UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 8
        | (left > 4 ? UInt32(bytes[start + 4]) : 0)
      if word & 0xFFFF_FF00 == 0x6C74_3B00 { return .init(scalar: "<", end: start + 4, isXML: true) }
      if word & 0xFFFF_FF00 == 0x6774_3B00 { return .init(scalar: ">", end: start + 4, isXML: true) }
      if word == 0x616D_703B { return .init(scalar: "&", end: start + 5, isXML: true) }
      if left > 5, bytes[start + 5] == UInt8(ascii: ";") {
        if word == 0x7175_6F74 { return .init(scalar: "\"", end: start + 6, isXML: true) }
        if word == 0x6170_6F73 { return .init(scalar: "'", end: start + 6, isXML: true) }
      }
    }
    return readOther(bytes, at: start, end: end)
  }

  @inline(never)
  private static func readOther(_ bytes: UnsafePointer<UInt8>, at start: Int, end: Int) -> CharacterReference? {
    var index = start + 1
    guard index < end else { return nil }
    if bytes[index] == UInt8(ascii: "#") { return number(bytes, index + 1, end) }
    while index < end, index - start <= longestName, isName(bytes[index]) { index += 1 }
    guard index > start + 1, index < end, bytes[index] == UInt8(ascii: ";") else { return nil }
    let name = UnsafeBufferPointer(start: bytes + start + 1, count: index - start - 1)
    guard let scalar = named(name) else { return nil }
    return .init(scalar: scalar, end: index + 1, isXML: false)
  }

  private static func number(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> CharacterReference? {
    guard let number = digits(bytes, from, end) else { return nil }
    // A character beyond U+FFFF written as its two halves in UTF-16, as programs in Java and JavaScript do.
    if 0xD800...0xDBFF ~= number.value, end - number.end > 2, bytes[number.end] == UInt8(ascii: "&"),
      bytes[number.end + 1] == UInt8(ascii: "#"), let low = digits(bytes, number.end + 2, end),
      0xDC00...0xDFFF ~= low.value,
      let scalar = Unicode.Scalar(0x1_0000 + (number.value - 0xD800) << 10 + (low.value - 0xDC00))
    {
      return .init(scalar: scalar, end: low.end, isXML: false)
    }
    let scalar = meant(number.value)
    return .init(scalar: scalar, end: number.end, isXML: number.isXML && scalar.value == number.value)
  }

  /// The number after "&#", where it ends, and whether XML allows how it is written.
  private static func digits(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int
  ) -> (value: UInt32, end: Int, isXML: Bool)? {
    var index = from
    let isHex = index < end && bytes[index] | 0x20 == UInt8(ascii: "x")
    let isCapital = isHex && bytes[index] == UInt8(ascii: "X")
    if isHex { index += 1 }
    let first = index
    var value: UInt32 = 0
    while index < end, let digit = digit(bytes[index], isHex) {
      value = min(value * (isHex ? 16 : 10) + digit, 0x11_0000)
      index += 1
    }
    guard index > first else { return nil }
    let isClosed = index < end && bytes[index] == UInt8(ascii: ";")
    if isClosed { index += 1 }
    return (value, index, isClosed && !isCapital)
  }

  private static func digit(_ byte: UInt8, _ isHex: Bool) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46 where isHex: UInt32(byte - 0x37)
    case 0x61...0x66 where isHex: UInt32(byte - 0x57)
    default: nil
    }
  }

  private static func isName(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }

  /// What a browser shows for a number.
  private static func meant(_ value: UInt32) -> Unicode.Scalar {
    switch value {
    case 0x09, 0x0A, 0x0D: Unicode.Scalar(value)!
    case 0..<0x20: " "
    case 0x80...0x9F: Whitespace.windows1252[Int(value - 0x80)] ?? "\u{FFFD}"
    case 0xFFFE, 0xFFFF: "\u{FFFD}"
    default: Unicode.Scalar(value) ?? "\u{FFFD}"
    }
  }

  /// Copies a text with its references replaced; answers how many bytes that takes, never more than there were.
  static func replace(in text: UnsafeBufferPointer<UInt8>, into space: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let bytes = text.baseAddress else { return 0 }
    var count = 0
    var index = 0
    while index < text.count {
      if bytes[index] == 0x26, let reference = read(bytes, at: index, end: text.count) {
        // A reference is never shorter than its character.
        for byte in UTF8.encode(reference.scalar)! {
          space[count] = byte
          count += 1
        }
        index = reference.end
      } else {
        space[count] = bytes[index]
        count += 1
        index += 1
      }
    }
    return count
  }

  // MARK: Names

  private static let longestName = 16

  private struct Name: Hashable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
      for (index, byte) in bytes.enumerated() {
        let shifted = UInt64(byte) << (8 * UInt64(index & 7))
        if index < 8 { low |= shifted } else { high |= shifted }
      }
    }
  }

  static func named(_ name: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
    name.count <= longestName ? names[Name(name)] : nil
  }

  /// Those of HTML 4, which libxml2 knows and looks for one by one, and those of HTML5 that text meets.
  private static let names: [Name: Unicode.Scalar] = {
    var names: [Name: Unicode.Scalar] = [:]
    func add(_ name: String, _ scalar: Unicode.Scalar) {
      var name = name
      name.withUTF8 { names[Name($0)] = scalar }
    }
    // libxml2 has no way to list them; these are the blocks that HTML 4 names characters of.
    for block in [0x22...0x3E, 0xA0...0x192, 0x2C6...0x2DC, 0x391...0x3D6, 0x2002...0x2666] as [ClosedRange<UInt32>] {
      for value in block {
        guard let entity = htmlEntityValueLookup(value), let name = entity.pointee.name else { continue }
        if let scalar = Unicode.Scalar(value) { add(String(cString: name), scalar) }
      }
    }
    for (name, scalar) in Entities.html5 { add(name, scalar) }
    return names
  }()
}
