// TOML: reads TOML 1.0 and remembers where every key and value stood, so that a wrong setting can be shown as
// file:line:column. It must not know what the keys mean.

/// A place in a text: both count from one; a column counts characters.
public struct Position: Sendable, Equatable, Comparable, CustomStringConvertible {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public var description: String { "\(line):\(column)" }
  public static func < (a: Position, b: Position) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A value with the place where it begins.
public struct TOMLValue: Sendable {
  public indirect enum Kind: Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date or time as written; nothing here computes with it.
    case date(String)
    case array([TOMLValue])
    case table(TOMLTable)
  }

  public var kind: Kind
  public var position: Position

  public init(_ kind: Kind, at position: Position) {
    self.kind = kind
    self.position = position
  }

  /// The kind in an author's words, for messages.
  public var kindName: String {
    switch kind {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a number"
    case .boolean: "true or false"
    case .date: "a date"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// A table's entries in the order of the text.
public struct TOMLTable: Sendable {
  public struct Entry: Sendable {
    public var key: String
    /// Where the key stands.
    public var position: Position
    public var value: TOMLValue
  }

  public internal(set) var entries: [Entry] = []
  /// Tables made by a header or braces cannot be opened again (TOML 1.0, "Table").
  var isClosed = false
  var isHeaderDefined = false

  public init() {}

  public subscript(key: String) -> TOMLValue? { entries.first { $0.key == key }?.value }
  public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }
}

/// Why a text is not TOML.
public struct TOMLError: Error, Sendable, Equatable, CustomStringConvertible {
  public let position: Position
  public let reason: String
  public var description: String { "\(position): \(reason)" }
}
