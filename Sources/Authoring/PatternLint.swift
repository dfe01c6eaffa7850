internal import Markup
internal import TOML

/// Regular expressions that a long text can keep busy until the page's time is up: unlike XPath they have no limit of
/// steps.
extension Lint {
  /// Read from the text once more: what rules are made of does not remember where its patterns stood.
  static func patternRemarks(_ text: String) -> [(position: Position, message: String)] {
    guard let table = try? TOMLTable(parsing: text) else { return [] }
    var remarks: [(position: Position, message: String)] = []
    for entry in table.entries where ["sources", "article", "layouts"].contains(entry.key) {
      for (name, pattern, position) in patterns(of: entry.value, key: entry.key, name: entry.key) {
        for group in RepeatedGroups.ambiguous(in: pattern) {
          remarks.append(
            (
              position,
              "\(name): \"\(group)\" repeats what can match one text in many ways, and a long text that does not fit "
                + "keeps it busy until the page's time is up: begin each turn with what parts it from the one before, "
                + "as in \\w+(?:\\s\\w+)*"
            ))
        }
      }
    }
    return remarks
  }

  private static let patternKeys: Set<String> = [
    "match", "drop", "split", "replace", "keep", "sitemap_keep", "sitemap_drop",
  ]

  private static func patterns(
    of value: TOMLValue, key: String, name: String
  ) -> [(name: String, pattern: String, position: Position)] {
    switch value.kind {
    case .table(let table):
      return table.entries.flatMap { patterns(of: $0.value, key: $0.key, name: "\(name).\($0.key)") }
    case .array(let elements):
      guard key == "replace" else { return elements.flatMap { patterns(of: $0, key: key, name: name) } }
      return elements.flatMap { pair -> [(name: String, pattern: String, position: Position)] in
        guard case .array(let texts) = pair.kind, let pattern = texts.first else { return [] }
        return patterns(of: pattern, key: key, name: name)
      }
    case .string(let text):
      if patternKeys.contains(key) { return [(name, text, value.position)] }
      return XPath.patterns(in: text).map { (name, $0, value.position) }
    default: return []
    }
  }
}
