import TOML

/// Where settings were written, for what only their users find wrong with them. No part of what the settings say: two
/// that differ in nothing else are equal.
public struct SettingPlaces: Sendable, Equatable {
  /// Where a value stands in a file.
  struct Origin: Sendable, CustomStringConvertible {
    let file: String
    let position: Position
    var description: String { "\(file):\(position)" }
  }

  private enum Place {
    case file(Origin)
    /// Such as an option of the command line.
    case elsewhere(String)

    var text: String {
      switch self {
      case .file(let origin): origin.description
      case .elsewhere(let text): text
      }
    }
  }

  /// By dotted key; by dotted key and text for the elements of lists.
  private var places: [String: Place] = [:]
  /// What of a list stands in a file and not in a later one, whose list counts instead: the earlier element's place by
  /// dotted key and text.
  private var dropped: [String: [String: String]] = [:]

  public init() {}

  public static func == (a: SettingPlaces, b: SettingPlaces) -> Bool { true }

  /// Notes every value of a file's table. A key of a later file stands where it was written last.
  mutating func note(_ table: TOMLTable, file: String, path: String = "") {
    for entry in table.entries {
      let key = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      if case .table(let inner) = entry.value.kind {
        note(inner, file: file, path: key)
        continue
      }
      let before = elements(of: key)
      put(key, at: .file(Origin(file: file, position: entry.value.position)))
      // A text by itself is a list of one, wherever a list is read.
      let elements = if case .array(let elements) = entry.value.kind { elements } else { [entry.value] }
      for element in elements {
        guard case .string(let text) = element.kind else { continue }
        places[Self.name(key, text)] = .file(Origin(file: file, position: element.position))
      }
      dropped[key, default: [:]].merge(before) { $1 }
      for text in self.elements(of: key).keys { dropped[key]?[text] = nil }
    }
  }

  /// The places of a list's elements by their texts.
  private func elements(of key: String) -> [String: String] {
    let start = Self.name(key, "")
    var found: [String: String] = [:]
    for (name, place) in places where name.hasPrefix(start) { found[String(name.dropFirst(start.count))] = place.text }
    return found
  }

  /// The elements of a list that an earlier file has and the one that counts has not, sorted, with their places.
  public func dropped(from key: String) -> [(element: String, place: String)] {
    (dropped[key] ?? [:]).sorted { $0.key < $1.key }.map { (element: $0.key, place: $0.value) }
  }

  /// Says that a setting comes from somewhere else than a file, such as an option of the command line.
  public mutating func put(_ key: String, at place: String) {
    put(key, at: .elsewhere(place))
    dropped[key] = nil
  }

  private mutating func put(_ key: String, at place: Place) {
    places = places.filter { !$0.key.hasPrefix(Self.name(key, "")) }
    places[key] = place
  }

  /// Where a setting stands in a file; nil when it stands in none.
  func origin(_ key: String) -> Origin? {
    if case .file(let origin) = places[key] { origin } else { nil }
  }

  /// Where a setting stands, or of a list the element with that text; nil when it is as it is by default.
  public func place(_ key: String, element: String? = nil) -> String? {
    (element.flatMap { places[Self.name(key, $0)] } ?? places[key])?.text
  }

  private static func name(_ key: String, _ element: String) -> String { key + "\0" + element }
}
