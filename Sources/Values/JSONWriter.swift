extension JSON {
  /// The value as JSON text (RFC 8259). With `pretty`, two-space indented, one member a line.
  /// Numbers that JSON cannot express (NaN, infinities) are written as null.
  public func text(pretty: Bool = false) -> String {
    String(decoding: bytes(pretty: pretty), as: UTF8.self)
  }

  /// The UTF-8 bytes of `text(pretty:)`.
  public func bytes(pretty: Bool = false) -> [UInt8] {
    var writer = JSONWriter(pretty: pretty)
    writer.write(self)
    return writer.out
  }
}

private struct JSONWriter {
  let pretty: Bool
  var out: [UInt8] = []
  var depth = 0

  init(pretty: Bool) { self.pretty = pretty }

  mutating func write(_ value: JSON) {
    switch value {
    case .null: raw("null")
    case .bool(let value): raw(value ? "true" : "false")
    case .integer(let value): raw(String(value))
    case .number(let value):
      if !value.isFinite {
        raw("null")
      } else if value == value.rounded(), value.magnitude < 1e15 {
        raw(String(Int64(value)))
      } else {
        raw(String(value))
      }
    case .string(let value): string(value)
    case .array(let elements):
      list("[", "]", elements) { writer, element in writer.write(element) }
    case .object(let object):
      list("{", "}", object.members) { writer, member in
        writer.string(member.key)
        writer.raw(writer.pretty ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  private mutating func list<T>(_ open: String, _ close: String, _ items: [T], _ item: (inout JSONWriter, T) -> Void) {
    raw(open)
    depth += 1
    for (index, value) in items.enumerated() {
      if index > 0 { raw(",") }
      newline()
      item(&self, value)
    }
    depth -= 1
    if !items.isEmpty { newline() }
    raw(close)
  }

  private mutating func newline() {
    guard pretty else { return }
    out.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { raw("  ") }
  }

  private mutating func raw(_ text: String) { out.append(contentsOf: text.utf8) }

  private mutating func string(_ value: String) {
    out.append(UInt8(ascii: "\""))
    var value = value
    value.withUTF8 { bytes in
      // Runs between what has to be escaped are copied as a whole.
      var copied = 0
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
          index += 1
          continue
        }
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<index]))
        escaped(byte)
        index += 1
        copied = index
      }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
    }
    out.append(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case UInt8(ascii: "\n"): raw("\\n")
    case UInt8(ascii: "\r"): raw("\\r")
    case UInt8(ascii: "\t"): raw("\\t")
    default:
      let digits: StaticString = "0123456789abcdef"
      raw("\\u00")
      out.append(digits.utf8Start[Int(byte >> 4)])
      out.append(digits.utf8Start[Int(byte & 15)])
    }
  }
}
