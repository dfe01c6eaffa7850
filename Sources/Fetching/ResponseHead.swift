internal import Values

/// Status line and header fields as curl hands them over, a line at a time.
struct ResponseHead {
  private(set) var status = 0
  private(set) var fields = HeaderFields()
  /// The validators' bytes, one character a byte.
  private(set) var etag: String?
  private(set) var lastModified: String?
  /// All lines so far, those of interim answers and trailers included.
  private(set) var bytes = 0
  private var isComplete = false

  /// Whether the answer sends us elsewhere (RFC 9110, section 15.4): then its body is of no interest.
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && fields["Location"] != nil }

  /// Content-Length, before decoding.
  var contentLength: Int? { fields["Content-Length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

  mutating func receive(_ line: UnsafeRawBufferPointer) {
    bytes += line.count
    var text = ArraySlice(line)
    while let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
    if text.starts(with: "HTTP/".utf8) {
      // A new answer: the one before was interim (1xx), or a challenge.
      fields = HeaderFields()
      etag = nil
      lastModified = nil
      isComplete = false
      let afterVersion = text.drop { $0 != 0x20 }.drop { $0 == 0x20 }
      status = Int(String(decoding: afterVersion.prefix(3), as: UTF8.self)) ?? 0
      return
    }
    if text.isEmpty {
      isComplete = true
      return
    }
    // Trailers may not change what the head said (RFC 9110, section 6.5.1).
    guard !isComplete, let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = String(decoding: HTTPField.trimmed(text[..<colon]), as: UTF8.self)
    let value = HTTPField.trimmed(text[(colon + 1)...])
    fields.append(name: name, value: String(validating: value, as: UTF8.self) ?? Self.latin1(value))
    switch HTTPField.lowercased(name) {
    case "etag": etag = value.isEmpty ? nil : Self.latin1(value)
    case "last-modified": lastModified = value.isEmpty ? nil : Self.latin1(value)
    default: break
    }
  }

  static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
    return String(scalars)
  }

  /// The bytes that such a text stands for; nil when it holds anything else.
  static func bytes(latin1 text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
