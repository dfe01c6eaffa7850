/// A mistake in a settings file, with the place an editor can jump to.
public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
  public var file: String
  public var position: Position
  public var message: String

  public init(file: String, position: Position, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }

  public var description: String { "\(file):\(position): \(message)" }
}

/// All problems of the files that were read together, in reading order.
public struct Problems: Error, Sendable, Equatable, CustomStringConvertible {
  public var all: [Problem]

  public init(_ all: [Problem]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}

/// Reads one table key by key, collecting every problem instead of stopping at the first. Call `finish()` last: keys
/// that nobody asked for are reported then, with the nearest known name.
public final class TableReader {
  public let table: TOMLTable
  /// Dotted name for messages, empty at the top.
  public let path: String
  /// Where the table itself stands, for what is missing in it.
  public let position: Position
  private let log: ProblemLog
  private var known: [String] = []

  /// Shared by the readers of one file.
  public final class ProblemLog {
    public let file: String
    public private(set) var problems: [Problem] = []

    public init(file: String) { self.file = file }

    public func add(_ message: String, at position: Position) {
      problems.append(Problem(file: file, position: position, message: message))
    }
  }

  public init(_ table: TOMLTable, path: String = "", position: Position, log: ProblemLog) {
    self.table = table
    self.path = path
    self.position = position
    self.log = log
  }

  /// Records a problem of this file.
  public func report(_ message: String, at position: Position) { log.add(message, at: position) }

  private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The entry under `key`, whatever its kind; counts the key as known.
  public func entry(_ key: String) -> TOMLTable.Entry? {
    known.append(key)
    return table.entry(key)
  }

  private func value<T>(_ key: String, _ kind: String, _ convert: (TOMLValue) -> T?) -> T? {
    guard let entry = entry(key) else { return nil }
    guard let value = convert(entry.value) else {
      report("\(name(key)) must be \(kind), not \(entry.value.kindName)", at: entry.value.position)
      return nil
    }
    return value
  }

  /// The same for a quantity, which may be written as a number or as a text with a unit: what is wrong with it is not
  /// its kind, so it is shown.
  private func quantity<T>(_ key: String, _ kind: String, _ convert: (TOMLValue) -> T?) -> T? {
    guard let entry = entry(key) else { return nil }
    guard let value = convert(entry.value) else {
      report("\(name(key)) must be \(kind), not \(Self.shown(entry.value))", at: entry.value.position)
      return nil
    }
    return value
  }

  private static func shown(_ value: TOMLValue) -> String {
    switch value.kind {
    case .string(let text): "\"\(text.prefix(40))\""
    case .integer(let number): "\(number)"
    case .float(let number): "\(number)"
    default: value.kindName
    }
  }

  private static let durationForm = "a duration in whole seconds or such as \"30s\", \"5m\", \"2h\" or \"7d\""

  public func string(_ key: String) -> String? {
    value(key, "a string") { if case .string(let text) = $0.kind { text } else { nil } }
  }

  /// A string that must be there and not be empty.
  public func requiredString(_ key: String, hint: String) -> String? {
    let entry = table.entry(key)
    let text = string(key)
    if entry == nil {
      report("\(name(key)) is missing: \(hint)", at: position)
    } else if let text, text.isEmpty, let entry {
      report("\(name(key)) is empty: \(hint)", at: entry.value.position)
    }
    return text?.isEmpty == true ? nil : text
  }

  public func integer(_ key: String, in range: ClosedRange<Int64>) -> Int? {
    guard let number = value(key, "an integer", { if case .integer(let number) = $0.kind { number } else { nil } })
    else { return nil }
    guard range.contains(number) else {
      report(
        "\(name(key)) must lie between \(range.lowerBound) and \(range.upperBound), not at \(number)",
        at: table.entry(key)?.value.position ?? position)
      return nil
    }
    return Int(number)
  }

  public func boolean(_ key: String) -> Bool? {
    value(key, "true or false") { if case .boolean(let flag) = $0.kind { flag } else { nil } }
  }

  /// The longest duration that any key takes, in seconds: a hundred years. Whoever adds it to a date or counts it in
  /// nanoseconds stays in the range of 64 bits.
  public static let longest = 36_500 * 86_400

  /// Seconds, from an integer or a text such as "90s", "5m", "2h", "7d".
  public func duration(_ key: String, in bounds: ClosedRange<Int> = 0...longest) -> Int? {
    guard let seconds = quantity(key, Self.durationForm, { Self.duration($0) }) else { return nil }
    return bounded(seconds, key, in: bounds, Self.writtenDuration)
  }

  /// Seconds each, from an array of durations; nil when the key is absent.
  public func durations(_ key: String) -> [Int]? {
    guard let entry = entry(key) else { return nil }
    return elements(of: entry).compactMap { element in
      guard let seconds = Self.duration(element) else {
        report(
          "\(name(key)) must hold durations such as \"30m\", \"6h\" or \"1d\", not \(Self.shown(element))",
          at: element.position)
        return nil
      }
      guard seconds <= Self.longest else {
        report(
          "\(name(key)) must hold durations of \(Self.writtenDuration(Self.longest)) at most, not \(Self.shown(element))",
          at: element.position)
        return nil
      }
      return seconds
    }
  }

  /// Bytes, from an integer or a text such as "64K", "10M", "2G".
  public func size(_ key: String, in bounds: ClosedRange<Int> = 0...Int.max) -> Int? {
    let found = quantity(key, "a size in bytes or such as \"64K\", \"10M\" or \"2G\"") { value -> Int? in
      switch value.kind {
      case .integer(let bytes): return bytes >= 0 ? Int(exactly: bytes) : nil
      case .string(let text):
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let unit = text.last, let factor = units[unit], let number = Int(text.dropLast()), number >= 0,
          number < 1 << 30
        else { return Int(text).flatMap { $0 >= 0 ? $0 : nil } }
        return number * factor
      default: return nil
      }
    }
    return found.flatMap { bounded($0, key, in: bounds, Self.writtenSize) }
  }

  private func bounded(
    _ number: Int, _ key: String, in bounds: ClosedRange<Int>, _ written: (Int) -> String
  ) -> Int? {
    if bounds.contains(number) { return number }
    guard let value = table.entry(key)?.value else { preconditionFailure("a number without its entry") }
    let bound =
      number < bounds.lowerBound
      ? "at least \(written(bounds.lowerBound))" : "at most \(written(bounds.upperBound))"
    report("\(name(key)) must be \(bound), not \(Self.shown(value))", at: value.position)
    return nil
  }

  private static func duration(_ value: TOMLValue) -> Int? {
    switch value.kind {
    case .integer(let seconds): seconds >= 0 ? Int(exactly: seconds) : nil
    case .string(let text): Self.seconds(text)
    default: nil
    }
  }

  public static func seconds(_ text: String) -> Int? {
    guard let unit = text.last, let factor = durationUnits.first(where: { $0.name == unit })?.seconds,
      let number = Int(text.dropLast()), number >= 0, number < 1 << 31
    else { return nil }
    return number * factor
  }

  private static let durationUnits: [(name: Character, seconds: Int)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  /// As somebody would write it: in the largest unit that holds it whole.
  private static func writtenDuration(_ seconds: Int) -> String {
    guard let unit = durationUnits.first(where: { seconds >= $0.seconds && seconds % $0.seconds == 0 }) else {
      return "0s"
    }
    return "\(seconds / unit.seconds)\(unit.name)"
  }

  private static func writtenSize(_ bytes: Int) -> String {
    for (name, shift) in [("G", 30), ("M", 20), ("K", 10)] where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(name)"
    }
    return "\(bytes)"
  }

  /// An array of strings; a single string counts as an array of one.
  public func strings(_ key: String) -> [(text: String, position: Position)] {
    guard let entry = entry(key) else { return [] }
    return elements(of: entry).compactMap { element in
      guard case .string(let text) = element.kind else {
        report("\(name(key)) must hold strings, not \(element.kindName)", at: element.position)
        return nil
      }
      return (text, element.position)
    }
  }

  /// The elements of an array value, or the value itself.
  public func elements(of entry: TOMLTable.Entry) -> [TOMLValue] {
    if case .array(let elements) = entry.value.kind { elements } else { [entry.value] }
  }

  /// A table of strings such as HTTP headers.
  public func stringTable(_ key: String) -> [(key: String, value: String)] {
    guard let reader = child(key) else { return [] }
    return reader.table.entries.compactMap { entry in reader.string(entry.key).map { (entry.key, $0) } }
  }

  /// The table under `key`.
  public func child(_ key: String) -> TableReader? {
    guard let entry = entry(key) else { return nil }
    guard case .table(let table) = entry.value.kind else {
      report("\(name(key)) must be a table, not \(entry.value.kindName)", at: entry.value.position)
      return nil
    }
    return TableReader(table, path: name(key), position: entry.position, log: log)
  }

  /// The tables of a `[[key]]`.
  public func children(_ key: String) -> [TableReader] {
    guard let entry = entry(key) else { return [] }
    guard case .array(let elements) = entry.value.kind else {
      report("\(name(key)) must be written [[\(name(key))]]", at: entry.position)
      return []
    }
    return elements.enumerated().compactMap { index, element in
      guard case .table(let table) = element.kind else {
        report("\(name(key)) must be an array of tables", at: element.position)
        return nil
      }
      return TableReader(table, path: "\(name(key))[\(index + 1)]", position: element.position, log: log)
    }
  }

  /// Reports the keys nobody asked for.
  public func finish() {
    for entry in table.entries where !known.contains(entry.key) {
      var message = "unknown key \(name(entry.key))"
      let near = known.map { ($0, Self.distance($0, entry.key)) }.min { $0.1 < $1.1 }
      if let near, near.1 <= max(1, entry.key.count / 3) {
        message += "; did you mean \(near.0)?"
      } else if !known.isEmpty {
        message += "; known here: \(Set(known).sorted().joined(separator: ", "))"
      }
      report(message, at: entry.position)
    }
  }

  /// Levenshtein's distance: insertions, deletions and replacements that turn one name into the other. For whoever
  /// suggests the name that was meant; the first 64 bytes count.
  public static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.utf8.prefix(64))
    let b = Array(b.utf8.prefix(64))
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var previous = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let replaced = previous + (a[i] == b[j] ? 0 : 1)
        previous = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
