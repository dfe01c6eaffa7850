import Values

/// Texts made comparable: case, white space, quotes and dashes folded.
enum Comparable {
  static func folded(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      if isFolded(bytes) { return nil }
      let out = fold(bytes)
      return out.withUnsafeBufferPointer { UTF8Text.string($0) }
    } ?? text
  }

  /// Letters and digits of the folded text alone.
  static func squeezed(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      let folded = fold(bytes)
      var out: [UInt8] = []
      out.reserveCapacity(folded.count)
      folded.withUnsafeBufferPointer { folded in
        var at = 0
        while at < folded.count {
          let byte = folded[at]
          if byte < 0x80 {
            if (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) { out.append(byte) }
            at += 1
            continue
          }
          let (scalar, length) = scalar(folded, at)
          if isWord(scalar) { for index in at..<(at + length) { out.append(folded[index]) } }
          at += length
        }
      }
      return out.withUnsafeBufferPointer { UTF8Text.string($0) }
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2010...0x2027, 0x2030...0x205E, 0x3000...0x3004: return false
    case 0xDF...0xF6, 0xF8...0xFF, 0x430...0x45F, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return true
    default: return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
  }

  /// Whether a text is ASCII that folding leaves as it is.
  private static func isFolded(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if bytes.first == 0x20 || bytes.last == 0x20 { return false }
    var before: UInt8 = 0
    for byte in bytes {
      switch byte {
      case 0x20: if before == 0x20 { return false }
      case 0x21...0x40, 0x5B...0x5F, 0x61...0x7E: break
      default: return false
      }
      before = byte
    }
    return true
  }

  /// The scalar at a place of well-formed UTF-8 that is not ASCII, and its length.
  private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (Unicode.Scalar, Int) {
    let first = UInt32(bytes[at])
    func tail(_ offset: Int) -> UInt32 { at + offset < bytes.count ? UInt32(bytes[at + offset] & 0x3F) : 0 }
    let (value, length): (UInt32, Int)
    switch first {
    case ..<0xE0: (value, length) = ((first & 0x1F) << 6 | tail(1), 2)
    case ..<0xF0: (value, length) = ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
    default: (value, length) = ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", min(length, bytes.count - at))
  }

  /// The value of the scalar at a place of well-formed UTF-8; moves the place behind it.
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> UInt32 {
    if bytes[at] < 0x80 {
      at += 1
      return UInt32(bytes[at - 1])
    }
    let (scalar, length) = scalar(bytes, at)
    at += length
    return scalar.value
  }

  private static func fold(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var space = false
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 0x80 {
        at += 1
        if byte == 0x20 || byte == 0x0A || byte == 0x09 {
          space = !out.isEmpty
          continue
        }
        if space { out.append(0x20) }
        space = false
        out.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte == 0x60 ? 0x27 : byte)
        continue
      }
      let (scalar, length) = scalar(bytes, at)
      let start = at
      at += length
      switch scalar {
      case "\u{A0}", "\u{202F}", "\u{3000}", "\u{2009}":
        space = !out.isEmpty
        continue
      case "\u{200B}", "\u{AD}", "\u{2060}", "\u{FEFF}": continue
      default: break
      }
      if space { out.append(0x20) }
      space = false
      switch scalar {
      case "’", "‘", "´": out.append(0x27)
      case "“", "”", "„", "«", "»": out.append(0x22)
      case "–", "—", "‑": out.append(0x2D)
      default:
        switch scalar.value {
        case 0xC0...0xDE where scalar.value != 0xD7: out += [0xC3, bytes[start + 1] + 0x20]
        // Without case, or lower case already.
        case 0xDF...0xFF, 0x430...0x45F, 0x2010...0x205E, 0x3001...0x9FFF, 0xAC00...0xD7A3:
          for index in start..<at { out.append(bytes[index]) }
        default: out += scalar.properties.lowercaseMapping.utf8
        }
      }
    }
    return out
  }
}

/// A text as a member of a set, compared by its bytes: a string would be normalised anew for every look.
struct ByteKey: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (one: ByteKey, other: ByteKey) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
