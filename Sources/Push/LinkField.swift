/// The Link header field (RFC 8288), as far as hubs use it: targets and their relations.
public enum LinkField {
  /// The targets with the relation, in their order, as written.
  public static func targets(_ values: [String], rel: String) -> [String] {
    values.flatMap(links).filter { $0.rels.contains(rel) }.map(\.target)
  }

  private static func links(_ value: String) -> [(target: String, rels: [String])] {
    var found: [(String, [String])] = []
    var rest = value[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let target = String(rest[rest.index(after: open)..<close])
      rest = rest[rest.index(after: close)...]
      // Up to the comma that begins the next link; commas within quotes belong to a parameter.
      var isQuoted = false
      let end =
        rest.firstIndex { character in
          if character == "\"" { isQuoted.toggle() }
          return character == "," && !isQuoted
        } ?? rest.endIndex
      var rels: [String] = []
      for parameter in rest[..<end].split(separator: ";") {
        let parts = parameter.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, trimmed(parts[0]).lowercased() == "rel" else { continue }
        rels += trimmed(parts[1]).lowercased().split(separator: " ").map(String.init)
      }
      found.append((target, rels))
      rest = rest[end...]
    }
    return found
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" || $0 == "\"" }
    while let last = text.last, last == " " || last == "\t" || last == "\"" { text.removeLast() }
    return String(text)
  }
}
