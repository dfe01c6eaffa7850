// Values: the small value types that formats and mechanisms share: JSON, instants, web addresses.
// It must not know files, sockets, or anything of news; of clocks only what tells "now": the machine's, or the one that
// a fleet goes by.

/// A JSON value (RFC 8259) that keeps the order of its members, so that what is written reads as it was built.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// The member `key` of an object; nil for every other value and for an absent member.
  public subscript(key: String) -> JSON? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at `index` of an array; nil for every other value and outside the bounds.
  public subscript(index: Int) -> JSON? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  /// The text of a string; nil for every other value.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The value of a boolean; nil for every other value.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The elements of an array; nil for every other value.
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  /// The members of an object; nil for every other value.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  /// True for `null` alone.
  public var isNull: Bool { self == .null }

  /// The value of a number without fraction that fits; nil for every other value.
  public var integer: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The value of any number; nil for every other value.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// The members of a JSON object in their order. A later member replaces an earlier one of the same name.
/// Look-up is linear, which is the fastest there is at the sizes articles have (under thirty members).
public struct JSONObject: Sendable, Equatable, Sequence {
  public private(set) var members: [(key: String, value: JSON)] = []

  public init() {}

  public init(_ members: [(key: String, value: JSON)]) {
    guard Self.repeatsName(members) else {
      self.members = members
      return
    }
    var places: [String: Int] = [:]
    for (key, value) in members {
      if let place = places[key] {
        self.members[place].value = value
      } else {
        places[key] = self.members.count
        self.members.append((key, value))
      }
    }
  }

  private static func repeatsName(_ members: [(key: String, value: JSON)]) -> Bool {
    // Comparing each with each is fastest for few. A stranger's object may have so many that it takes minutes.
    if members.count <= 64 {
      return members.indices.contains { last in members[..<last].contains { $0.key == members[last].key } }
    }
    var names = Set<String>(minimumCapacity: members.count)
    return !members.allSatisfy { names.insert($0.key).inserted }
  }

  public var isEmpty: Bool { members.isEmpty }
  public var count: Int { members.count }
  public var keys: [String] { members.map(\.key) }

  public subscript(key: String) -> JSON? {
    get { members.first { $0.key == key }?.value }
    set {
      let place = members.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  /// Sets `key` unless `value` is nil: absent data has no member, rather than a null one.
  public mutating func set(_ key: String, _ value: JSON?) {
    if let value { self[key] = value }
  }

  public mutating func set(_ key: String, _ value: String?) {
    if let value { self[key] = .string(value) }
  }

  public mutating func set(_ key: String, _ value: Int?) {
    if let value { self[key] = .integer(Int64(value)) }
  }

  public func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { members.makeIterator() }

  /// Equal when both hold the same members; their order carries no meaning (RFC 8259, section 4).
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.count == b.count && a.members.allSatisfy { b[$0.key] == $0.value }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
  public init(nilLiteral: ()) { self = .null }
}

extension JSON {
  public init(_ value: Int) { self = .integer(Int64(value)) }
}
