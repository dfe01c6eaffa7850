import TOML

/// Where settings were written, for what only their users find wrong with them. No part of what the settings say: two
/// that differ in nothing else are equal.
public struct SettingPlaces: Sendable, Equatable {
  /// `file:line:column` by dotted key; by dotted key and text for the elements of lists.
  private var places: [String: String] = [:]

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
      put(key, at: "\(file):\(entry.value.position)")
      guard case .array(let elements) = entry.value.kind else { continue }
      for element in elements {
        guard case .string(let text) = element.kind else { continue }
        places[Self.name(key, text)] = "\(file):\(element.position)"
      }
    }
  }

  /// Says that a setting comes from somewhere else than a file, such as an option of the command line.
  public mutating func put(_ key: String, at place: String) {
    places = places.filter { !$0.key.hasPrefix(key + "\0") }
    places[key] = place
  }

  /// Where a setting stands, or of a list the element with that text; nil when it is as it is by default.
  public func place(_ key: String, element: String? = nil) -> String? {
    element.flatMap { places[Self.name(key, $0)] } ?? places[key]
  }

  private static func name(_ key: String, _ element: String) -> String { key + "\0" + element }
}
