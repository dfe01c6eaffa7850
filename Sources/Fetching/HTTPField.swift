internal import Values

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
