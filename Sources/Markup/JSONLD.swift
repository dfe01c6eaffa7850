public import Values

extension Document {
  /// The objects of every JSON-LD block in document order: arrays taken apart, the members of `@graph` in place of
  /// the object around them, broken JSON repaired as far as it goes. A block that is no JSON at all counts as absent.
  public var jsonLD: [JSON] {
    root.descendants.filter(Self.isJSONLD).flatMap { script -> [JSON] in
      guard let value = Self.json(inScript: script.rawText) else { return [] }
      return Self.flattened(value)
    }
  }

  /// The JSON inside a script's text: without comment or CDATA wrappers, a variable's name before it or a semicolon
  /// after it. nil when there is none.
  public static func json(inScript text: String) -> JSON? {
    var body = text[...]
    func trim() {
      while let first = body.unicodeScalars.first, first.properties.isWhitespace || first == "\u{FEFF}" {
        body.unicodeScalars.removeFirst()
      }
    }
    trim()
    for opening in ["<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[", "// <![CDATA["] where body.hasPrefix(opening) {
      body = body.dropFirst(opening.count)
      trim()
    }
    if let first = body.utf8.first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[") {
      // window.state = {…}; or JSON.parse of nothing we can follow
      guard let start = body.utf8.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }),
        body[..<start].utf8.count < 256
      else { return nil }
      body = body[start...]
    }
    if body.isEmpty { return nil }
    if let value = try? JSON(parsing: String(body)) { return value }
    if let value = try? JSON(parsing: String(body), .repairing) { return value }
    // Some publishers escape the whole block as if it were text.
    let decoded = Entities.decoded(String(body))
    return decoded == body ? nil : try? JSON(parsing: decoded, .repairing)
  }

  private static func isJSONLD(_ node: Node) -> Bool {
    guard node.name == "script", let type = node["type"] else { return false }
    return type.lowercased().contains("ld+json")
  }

  private static func flattened(_ value: JSON) -> [JSON] {
    switch value {
    case .array(let elements): return elements.flatMap(flattened)
    case .object(var object):
      guard case .array(let graph)? = object["@graph"] else { return [value] }
      object["@graph"] = nil
      let rest = object.keys.contains { $0 != "@context" && $0 != "@id" } ? [JSON.object(object)] : []
      return rest + graph.flatMap(flattened)
    default: return []
    }
  }
}
