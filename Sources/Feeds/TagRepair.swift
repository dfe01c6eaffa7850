/// Repairs tags, for documents that the parser has refused: attributes without quotes or without a value, attributes
/// given twice, and "<" that begins no tag. CDATA, comments and instructions are left alone.
struct TagRepair {
  private let bytes: [UInt8]
  private var out: [UInt8] = []
  private var at = 0

  /// The bytes, repaired where that was needed.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var repair = TagRepair(bytes: bytes)
    repair.run()
    return repair.out
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    out.reserveCapacity(bytes.count + 1024)
  }

  private func byte(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }
  private var isAtEnd: Bool { at >= bytes.count }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
  private static func isNameStart(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
  }
  private static func isName(_ byte: UInt8) -> Bool {
    isNameStart(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x3A].contains(byte)
  }

  private mutating func run() {
    while !isAtEnd {
      guard byte() == UInt8(ascii: "<") else {
        out.append(byte())
        at += 1
        continue
      }
      if let end = bytes.withUnsafeBufferPointer({ TextRepair.endOfSection($0, at) }) {
        out.append(contentsOf: bytes[at..<end])
        at = end
      } else if Self.isNameStart(byte(1)) {
        startTag()
      } else if byte(1) == UInt8(ascii: "/"), Self.isNameStart(byte(2)) {
        out.append(byte())
        at += 1
      } else {
        out.append(contentsOf: "&lt;".utf8)
        at += 1
      }
    }
  }

  private mutating func startTag() {
    out.append(byte())
    at += 1
    while Self.isName(byte()) {
      out.append(byte())
      at += 1
    }
    var names: Set<ArraySlice<UInt8>> = []
    while !isAtEnd {
      while Self.isSpace(byte()) { at += 1 }
      switch byte() {
      case UInt8(ascii: ">"):
        out.append(byte())
        at += 1
        return
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: ">"):
        out.append(contentsOf: "/>".utf8)
        at += 2
        return
      case UInt8(ascii: "<"):
        out.append(UInt8(ascii: ">"))
        return
      case let byte where Self.isNameStart(byte):
        attribute(&names)
      default:
        at += 1
      }
    }
  }

  private mutating func attribute(_ names: inout Set<ArraySlice<UInt8>>) {
    let start = at
    while Self.isName(byte()) { at += 1 }
    let name = bytes[start..<at]
    var value = name
    while Self.isSpace(byte()) { at += 1 }
    if byte() == UInt8(ascii: "=") {
      at += 1
      while Self.isSpace(byte()) { at += 1 }
      let quote = byte()
      if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        at += 1
        let begin = at
        while !isAtEnd, byte() != quote { at += 1 }
        value = bytes[begin..<min(at, bytes.count)]
        at += 1
      } else {
        let begin = at
        while !isAtEnd, !Self.isSpace(byte()), byte() != UInt8(ascii: ">"), byte() != UInt8(ascii: "<") { at += 1 }
        value = bytes[begin..<at]
      }
    }
    guard names.insert(name).inserted else { return }
    out.append(0x20)
    out.append(contentsOf: name)
    out.append(contentsOf: "=\"".utf8)
    for byte in value {
      switch byte {
      case UInt8(ascii: "<"): out.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: "\""): out.append(contentsOf: "&quot;".utf8)
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
