internal import Glibc

/// A value bound to a statement. The server takes its type from where it stands.
public enum PostgresValue: Sendable {
  case null
  case integer(Int64)
  case real(Double)
  /// A NUL, which the server has no room for, is kept as U+FFFD.
  case text(String)
  case bool(Bool)
  /// Arrays, for `= ANY (?)` and `unnest(?::text[])`.
  case texts([String?])
  case integers([Int64?])

  public static func integer(_ value: Int) -> PostgresValue { .integer(Int64(value)) }
  public static func text(_ value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }
  public static func integer(_ value: Int64?) -> PostgresValue { value.map { .integer($0) } ?? .null }

  /// Appends the value as the server reads it, with a NUL at its end; false for null.
  func append(to bytes: inout [CChar]) -> Bool {
    switch self {
    case .null: return false
    case .integer(let value): Self.append("\(value)", to: &bytes)
    case .real(let value): Self.append("\(value)", to: &bytes)
    case .text(let value): Self.append(value, to: &bytes)
    case .bool(let value): Self.append(value ? "t" : "f", to: &bytes)
    case .texts(let values): Self.append(Self.array(values.map { $0.map(Self.quoted) }), to: &bytes)
    case .integers(let values): Self.append(Self.array(values.map { $0.map(String.init) }), to: &bytes)
    }
    bytes.append(0)
    return true
  }

  private static func append(_ text: String, to bytes: inout [CChar]) {
    for byte in text.utf8 {
      if byte == 0 {
        bytes += [CChar(bitPattern: 0xEF), CChar(bitPattern: 0xBF), CChar(bitPattern: 0xBD)]
      } else {
        bytes.append(CChar(bitPattern: byte))
      }
    }
  }

  private static func array(_ elements: [String?]) -> String {
    "{" + elements.map { $0 ?? "NULL" }.joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String {
    var result: [UInt8] = [0x22]
    for byte in text.utf8 {
      if byte == 0x22 || byte == 0x5C { result.append(0x5C) }
      result.append(byte)
    }
    return String(decoding: result + [0x22], as: UTF8.self)
  }
}

extension PostgresValue {
  /// As a field of COPY's text format.
  func appendForCopy(to bytes: inout [CChar]) {
    var plain: [CChar] = []
    guard append(to: &plain) else {
      bytes += [0x5C, 0x4E]
      return
    }
    for byte in plain.dropLast() {
      switch byte {
      case 0x5C: bytes += [0x5C, 0x5C]
      case 0x09: bytes += [0x5C, 0x74]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0D: bytes += [0x5C, 0x72]
      default: bytes.append(byte)
      }
    }
  }
}

/// One row of an answer; valid only while it is being read.
public struct PostgresRow {
  unowned(unsafe) let library: LibPQ
  let result: LibPQ.Result
  let index: Int32

  public func isNull(_ column: Int32) -> Bool { library.isNull(result, index, column) != 0 }

  /// A number, or a truth value as 1 or 0; 0 for null.
  public func int64(_ column: Int32) -> Int64 {
    guard let text = library.value(result, index, column) else { return 0 }
    return text[0] == 0x74 /* t */ ? 1 : strtoll(text, nil, 10)
  }
  public func int(_ column: Int32) -> Int { Int(int64(column)) }
  public func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }
  public func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }
  public func real(_ column: Int32) -> Double? {
    isNull(column) ? nil : library.value(result, index, column).map { strtod($0, nil) }
  }
  public func bool(_ column: Int32) -> Bool { int64(column) != 0 }

  /// Empty for null.
  public func text(_ column: Int32) -> String {
    guard let bytes = library.value(result, index, column) else { return "" }
    let count = Int(library.length(result, index, column))
    return bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
      String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
    }
  }
  public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}
