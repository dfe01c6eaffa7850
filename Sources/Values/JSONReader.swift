/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  public let reason: String
  /// Byte offset from the start of the text.
  public let offset: Int
  public var description: String { "\(reason) at byte \(offset)" }
}

/// How much of RFC 8259 a reader insists on.
public enum JSONLeniency: Sendable {
  /// Nothing but RFC 8259.
  case strict
  /// What publishers put in pages as well: raw line breaks and tabs in strings, unknown escapes, trailing commas,
  /// single missing commas, quotes inside a string, comments, members that have a word of another language for a value
  /// (`undefined`, `NaN`, `True`), and text after the value. A text cut off in the middle keeps what was complete.
  case repairing
}

extension JSON {
  /// Reads one JSON value from UTF-8 bytes. Cost is linear in the size; nesting stops at 256 levels with an error.
  /// - Parameter keepingDigits: whether a whole number of more than 64 bits becomes a string of its digits, for texts
  ///   in which numbers are names
  public init(
    parsing bytes: [UInt8], _ leniency: JSONLeniency = .strict, keepingDigits: Bool = false
  ) throws(JSONError) {
    var reader = JSONReader(bytes: bytes, repairing: leniency == .repairing)
    reader.keepsDigits = keepingDigits
    self = try reader.document()
  }

  public init(parsing text: String, _ leniency: JSONLeniency = .strict) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), leniency)
  }

  /// Reads one value as `.repairing` does, and says whether the text ends before the value: then its last part may be
  /// half of one. Moreover a bracket may be missing or be one too many, and a list in the outermost object goes on
  /// behind an object that cannot be read.
  public static func repaired(
    _ bytes: [UInt8], keepingDigits: Bool = false
  ) throws(JSONError) -> (value: JSON, isCut: Bool) {
    var reader = JSONReader(bytes: bytes, repairing: true, mending: true)
    reader.keepsDigits = keepingDigits
    let value = try reader.document()
    return (value, reader.isCut)
  }
}

/// A recursive descent over RFC 8259; how strings are read is in an extension.
struct JSONReader {
  let bytes: [UInt8]
  let repairing: Bool
  /// Whether brackets are mended. Where it matters whose a member is, as in what a page says of several articles, one
  /// wrong guess gives an article the date of another.
  let mending: Bool
  /// Whether whole numbers that do not fit stay as written, as strings.
  var keepsDigits = false
  var at = 0
  var depth = 0
  /// Whether the text ended inside an object or an array.
  var isCut = false
  /// What was wrong where a bracket was first mended or an object passed over.
  private var slip: JSONError?
  /// The place behind the last comma and the space after it.
  private var behindComma = 0

  init(bytes: [UInt8], repairing: Bool, mending: Bool = false) {
    self.bytes = bytes
    self.repairing = repairing
    self.mending = mending
  }

  mutating func document() throws(JSONError) -> JSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    skipSpace()
    let value = try value()
    skipSpace()
    if at < bytes.count, !repairing { throw failure("text after the value") }
    // Mended in the wrong place, the brackets do not come out even.
    if let slip, isCut || at < bytes.count { throw slip }
    return value
  }

  func failure(_ reason: String) -> JSONError { JSONError(reason: reason, offset: at) }
  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = peek {
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      case 0xC2 where repairing && at + 1 < bytes.count && bytes[at + 1] == 0xA0: at += 2
      case UInt8(ascii: "/") where repairing && skipComment(): break
      default: return
      }
    }
  }

  private mutating func skipComment() -> Bool {
    guard at + 1 < bytes.count else { return false }
    if bytes[at + 1] == UInt8(ascii: "/") {
      while let byte = peek, byte != 0x0A { at += 1 }
      return true
    }
    guard bytes[at + 1] == UInt8(ascii: "*") else { return false }
    at += 2
    while at + 1 < bytes.count, !(bytes[at] == UInt8(ascii: "*") && bytes[at + 1] == UInt8(ascii: "/")) { at += 1 }
    at = min(at + 2, bytes.count)
    return true
  }

  private mutating func value(_ place: StringPlace = .element) throws(JSONError) -> JSON {
    guard let byte = peek else { throw failure("end of text where a value is due") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string(place))
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "u") where repairing: return try word("undefined", .null)
    case UInt8(ascii: "N") where repairing: return try word("NaN", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("unexpected character")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let length = min(text.utf8CodeUnitCount, bytes.count - at)
    guard (0..<length).allSatisfy({ bytes[at + $0] == text.utf8Start[$0] }) else { throw failure("unexpected word") }
    at += length
    if length < text.utf8CodeUnitCount { throw failure("end of text inside a word") }
    return value
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    at += 1
    if depth > 256 { throw failure("nested deeper than 256 levels") }
  }

  private mutating func object() throws(JSONError) -> JSON {
    try enter()
    defer { depth -= 1 }
    var members: [(key: String, value: JSON)] = []
    while true {
      skipSpace()
      switch peek {
      case UInt8(ascii: "}"):
        at += 1
        return .object(JSONObject(members))
      case UInt8(ascii: ",") where repairing || !members.isEmpty:
        at += 1
        skipSpace()
        behindComma = at
        if peek == UInt8(ascii: "}"), !repairing { throw failure("comma before the end of an object") }
        continue
      // The end of this object is missing: an outer list ends, or goes on with an object that begins alike.
      case UInt8(ascii: "]") where mending && depth > 1 && !members.isEmpty,
        UInt8(ascii: "{") where mending && depth > 1 && at == behindComma && beginsAlike(members.first?.key):
        slip = slip ?? failure("a member's name is due")
        return .object(JSONObject(members))
      case UInt8(ascii: "\""):
        if !members.isEmpty, !repairing, !follows(UInt8(ascii: ",")) { throw failure("missing comma") }
      case nil where repairing:
        isCut = true
        return .object(JSONObject(members))
      default:
        throw failure("a member's name is due")
      }
      do throws(JSONError) {
        let key = try string(.name)
        skipSpace()
        guard peek == UInt8(ascii: ":") else { throw failure("colon is due") }
        at += 1
        skipSpace()
        // A template that had nothing to fill in.
        let isEmpty = repairing && (peek == UInt8(ascii: ",") || peek == UInt8(ascii: "}"))
        members.append((key, isEmpty ? .null : repairing ? try looseValue() : try value(.member)))
      } catch {
        guard repairing, at >= bytes.count else { throw error }
        isCut = true
        return .object(JSONObject(members))
      }
    }
  }

  /// A member's value; null for a word that is none.
  private mutating func looseValue() throws(JSONError) -> JSON {
    guard let byte = peek, !"{[\"".utf8.contains(byte) else { return try value(.member) }
    let start = at
    if let value = try? value(.member) {
      skipSpace()
      if peek.map({ ",}]\"".utf8.contains($0) }) ?? true { return value }
    }
    at = start
    while let byte = peek, !",}]\"\n{[".utf8.contains(byte) { at += 1 }
    guard at > start, let byte = peek, ",}]\n".utf8.contains(byte) else { throw failure("a value is due") }
    return .null
  }

  private mutating func array() throws(JSONError) -> JSON {
    try enter()
    defer { depth -= 1 }
    var elements: [JSON] = []
    var damage: JSONError?
    while true {
      skipSpace()
      switch peek {
      case UInt8(ascii: "]"):
        if let damage, elements.isEmpty { throw damage }
        at += 1
        return .array(elements)
      case UInt8(ascii: ",") where repairing || !elements.isEmpty:
        at += 1
        skipSpace()
        behindComma = at
        if peek == UInt8(ascii: "]"), !repairing { throw failure("comma before the end of an array") }
        continue
      // One too many behind an object of the list, or the end of this array is missing.
      case UInt8(ascii: "}") where mending && (!isMainList || follows(UInt8(ascii: "}")) && goesOn(behind: at)):
        slip = slip ?? failure("unexpected character")
        guard isMainList else { return .array(elements) }
        at += 1
        continue
      case nil where repairing:
        isCut = true
        return .array(elements)
      default:
        if !elements.isEmpty, !repairing, !follows(UInt8(ascii: ",")) { throw failure("missing comma") }
      }
      let start = at
      do throws(JSONError) {
        elements.append(try value())
      } catch {
        guard repairing else { throw error }
        if at >= bytes.count {
          isCut = true
          return .array(elements)
        }
        let end = at
        guard mending, isMainList, skipObject(from: start) else {
          at = end
          throw error
        }
        damage = error
        slip = slip ?? error
      }
    }
  }

  /// Whether the innermost array is one of the outermost object's: what is damaged inside goes alone.
  private var isMainList: Bool { depth == 2 }

  /// Whether after a comma another object follows what stands at `place`.
  private func goesOn(behind place: Int) -> Bool {
    let comma = nextByte(place + 1)
    return comma < bytes.count && bytes[comma] == UInt8(ascii: ",") && byte(nextByte(comma + 1)) == UInt8(ascii: "{")
  }

  /// Whether the object here begins with the member of this name.
  private func beginsAlike(_ name: String?) -> Bool {
    guard let name else { return false }
    return bytes[nextByte(at + 1)...].starts(with: "\"\(name)\"".utf8)
  }

  /// Goes behind the damaged object that begins here, as its brackets outside of strings say. false where they do not
  /// end it before a comma or the end of the list.
  private mutating func skipObject(from start: Int) -> Bool {
    let brace = UInt8(ascii: "{")
    guard byte(start) == brace else { return false }
    at = start
    var open: [UInt8] = []
    repeat {
      switch peek {
      case UInt8(ascii: "\""):
        if (try? string(.element)) == nil { return false }
        continue
      case UInt8(ascii: ","):
        at += 1
        skipSpace()
        // An object behind a comma is an element, not a member: an end is missing, and whose is not said.
        if peek == brace, open.last == brace { return false }
        continue
      case brace, UInt8(ascii: "["):
        open.append(bytes[at])
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // Two characters lie between the brackets of a pair; the end of what is not paired is missing.
        let opening = bytes[at] - 2
        if open.last != opening { open.removeLast() }
        guard open.popLast() == opening else { return false }
      case nil:
        return false
      default:
        break
      }
      at += 1
    } while !open.isEmpty
    skipSpace()
    return peek == UInt8(ascii: ",") || peek == UInt8(ascii: "]")
  }

  func byte(_ place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

  /// The first place from this one on that is no white space.
  func nextByte(_ from: Int) -> Int {
    var place = from
    while place < bytes.count {
      if bytes[place] <= 0x20 {
        place += 1
      } else if bytes[place] == 0xC2, byte(place + 1) == 0xA0 {
        // A space that does not break.
        place += 2
      } else {
        break
      }
    }
    return place
  }

  /// Whether the last character before the current one, white space left out, is `byte`.
  private func follows(_ byte: UInt8) -> Bool {
    var place = at - 1
    while place >= 0, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place -= 1 }
    return place >= 0 && bytes[place] == byte
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = at
    var isInteger = true
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }
    if peek == UInt8(ascii: "-") { at += 1 }
    guard isDigit(peek) else { throw failure("a digit is due") }
    if peek == UInt8(ascii: "0"), !repairing, at + 1 < bytes.count, isDigit(bytes[at + 1]) {
      throw failure("number with a leading zero")
    }
    while isDigit(peek) { at += 1 }
    if peek == UInt8(ascii: ".") {
      isInteger = false
      at += 1
      guard isDigit(peek) else { throw failure("a digit is due") }
      while isDigit(peek) { at += 1 }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      at += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
      guard isDigit(peek) else { throw failure("a digit is due") }
      while isDigit(peek) { at += 1 }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    if isInteger, keepsDigits { return .string(text) }
    guard let value = Double(text) else { throw failure("number out of range") }
    return .number(value)
  }
}
