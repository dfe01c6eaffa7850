/// The characters of header fields (RFC 9110, sections 5.5 and 5.6.2).
enum HTTPField {
  /// Whether the byte may stand in a field name or another token.
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  static func isName(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isToken) }

  /// Whether the text can be sent as a value: no line break that would start a header of its own, no control character.
  static func isValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  /// ASCII lower case, which is all that names need.
  static func lowercased(_ name: String) -> String {
    String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// The bytes without spaces and tabs at the ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return rest
  }
}

/// The header fields of a response, in the order in which they came; names are compared without regard to case.
public struct HeaderFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Equatable {
    /// As sent by the server.
    public var name: String
    /// Without white space at the ends; UTF-8, or ISO-8859-1 where the bytes are not UTF-8.
    public var value: String
  }

  public private(set) var fields: [Field] = []

  public init() {}

  public init(_ fields: [(name: String, value: String)]) {
    self.fields = fields.map { Field(name: $0.name, value: $0.value) }
  }

  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of that name.
  public subscript(name: String) -> String? {
    let wanted = HTTPField.lowercased(name)
    return fields.first { HTTPField.lowercased($0.name) == wanted }?.value
  }

  /// Every value of that name.
  public func values(_ name: String) -> [String] {
    let wanted = HTTPField.lowercased(name)
    return fields.filter { HTTPField.lowercased($0.name) == wanted }.map(\.value)
  }

  mutating func append(name: String, value: String) { fields.append(Field(name: name, value: value)) }
}
