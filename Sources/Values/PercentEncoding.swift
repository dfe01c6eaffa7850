/// `%xx` in addresses and forms (RFC 3986, section 2.1).
public enum PercentEncoding {
  /// The bytes that a text stands for. A percent sign without two hexadecimal digits after it stands for itself, as
  /// browsers read it.
  ///
  /// - Parameter plusIsSpace: as forms write it (`application/x-www-form-urlencoded`; WHATWG URL, section 5.1).
  public static func decoded(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
    let bytes = Array(text)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if bytes[at] == 0x25, at + 2 < bytes.count, let high = hexValue(bytes[at + 1]), let low = hexValue(bytes[at + 2])
      {
        out.append(high << 4 | low)
        at += 3
      } else {
        out.append(plusIsSpace && bytes[at] == 0x2B ? 0x20 : bytes[at])
        at += 1
      }
    }
    return out
  }

  /// The same as text; what is no UTF-8 is repaired.
  public static func text(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
    String(decoding: decoded(text.utf8, plusIsSpace: plusIsSpace), as: UTF8.self)
  }

  /// The value of a hexadecimal digit. `UInt8(_:radix:)` would take a sign as well.
  public static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
