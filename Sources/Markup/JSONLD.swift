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
    if let value = try? JSON(parsing: String(body)) { return value }
    for span in spans(in: body) {
      if let value = try? JSON(parsing: String(span)) { return value }
    }
    // window.state = {…}, cut off or written with liberties.
    guard let start = body.utf8.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }),
      body[..<start].utf8.count < 256
    else { return nil }
    body = body[start...]
    if let value = try? JSON(parsing: String(body), .repairing) { return value }
    // Some publishers escape the whole block as if it were text.
    let decoded = Entities.decoded(String(body))
    return decoded == body ? nil : try? JSON(parsing: decoded, .repairing)
  }

  /// The longest of the bracketed pieces that begin among the first statements of a script: the argument of a call, the
  /// value of an assignment.
  private static func spans(in text: Substring) -> [Substring] {
    let bytes = Array(text.utf8)
    var found: [Range<Int>] = []
    var place = 0
    while place < bytes.count, place < 4096, found.count < 16 {
      guard bytes[place] == UInt8(ascii: "{") || bytes[place] == UInt8(ascii: "[") else {
        place += 1
        continue
      }
      guard let end = closing(in: bytes, from: place) else { break }
      found.append(place..<end)
      place = end
    }
    return found.sorted { $0.count > $1.count }.prefix(3).map { range in
      let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
      return text[start..<text.utf8.index(start, offsetBy: range.count)]
    }
  }

  /// The place after the bracket that closes the one at `start`; brackets inside strings do not count.
  private static func closing(in bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var place = start
    var inString = false
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "\""): inString.toggle()
      case UInt8(ascii: "{") where !inString, UInt8(ascii: "[") where !inString: depth += 1
      case UInt8(ascii: "}") where !inString, UInt8(ascii: "]") where !inString:
        depth -= 1
        if depth == 0 { return place + 1 }
      default: break
      }
      place += 1
    }
    return nil
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
