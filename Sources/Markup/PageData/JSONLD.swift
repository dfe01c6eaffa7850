public import Values

extension Document {
  /// The objects of every JSON-LD block in document order: arrays taken apart, the members of `@graph` in place of
  /// the object around them, broken JSON repaired as far as it goes. A block that is no JSON at all counts as absent.
  public var jsonLD: [JSON] {
    root.descendants(named: ["script"]).filter(Self.isJSONLD).flatMap { script -> [JSON] in
      let text = script.rawText
      guard let value = (try? JSON(parsing: text)) ?? Self.sequence(text) ?? Self.json(inScript: text) else {
        return []
      }
      return Self.flattened(value)
    }
  }

  /// The JSON inside a script's text: without comment or CDATA wrappers, a variable's name before it or a semicolon
  /// after it. nil when there is none. `readingCalls`: what it hands to `JSON.parse` is looked for in there, too.
  public static func json(inScript text: String, readingCalls: Bool = true) -> JSON? {
    var body = text[...]
    func trim() {
      while let first = body.unicodeScalars.first, first.properties.isWhitespace || first == "\u{FEFF}" {
        body.unicodeScalars.removeFirst()
      }
    }
    trim()
    // The marks stand in each other, and systems write them each in its way.
    while let first = body.utf8.first, "/*-<".utf8.contains(first),
      let mark = wrappers.first(where: { body.utf8.starts(with: $0.utf8) })
    {
      body = body[body.utf8.index(body.startIndex, offsetBy: mark.utf8.count)...]
      trim()
    }
    if let value = try? JSON(parsing: String(body)) { return value }
    if readingCalls, let value = parsed(in: body) { return value }
    for span in spans(in: body) {
      if let value = try? JSON(parsing: String(span)) { return value }
    }
    // window.state = {…}, cut off or written with liberties.
    guard let start = body.utf8.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }),
      // What a string holds has escapes of its own.
      body[..<start].utf8.count < 256, body[..<start].utf8.last.map({ !"\"'".utf8.contains($0) }) ?? true
    else { return nil }
    body = body[start...]
    if let value = try? JSON(parsing: String(body), .repairing) { return value }
    // Some publishers escape the whole block as if it were text.
    let decoded = Entities.decoded(String(body))
    return decoded == body ? nil : try? JSON(parsing: decoded, .repairing)
  }

  /// What hides a script from those who do not know scripts.
  private static let wrappers = ["<![CDATA[", "<!--", "-->", "/*", "*/", "//>", "//"]

  /// The objects of a script that holds nothing but several, one behind the other, where one list of them is due.
  private static func sequence(_ text: String) -> JSON? {
    let bytes = Array(text.utf8)
    var values: [JSON] = []
    var at = 0
    while at < bytes.count {
      if bytes[at] <= 0x20 || bytes[at] == UInt8(ascii: ",") || bytes[at] == UInt8(ascii: ";") {
        at += 1
        continue
      }
      guard bytes[at] == UInt8(ascii: "{"), let end = closing(in: bytes, from: at), values.count < 64 else {
        return nil
      }
      // One object that is broken or alone is read as before.
      if values.isEmpty, bytes[end...].allSatisfy({ $0 <= 0x20 || $0 == UInt8(ascii: ";") }) { return nil }
      guard let (value, _) = value(in: bytes, at: at) else { return nil }
      values.append(value)
      at = end
    }
    return values.count > 1 ? .array(values) : nil
  }

  /// The values that a script assigns to a name: `name = {…}`, `name = JSON.parse("…")`, `"name": {…}`. At most
  /// sixteen.
  public static func json(assignedTo name: String, inScript text: String) -> [JSON] {
    guard !name.isEmpty, text.utf8.count >= name.utf8.count, text.holds(name) else { return [] }
    let bytes = Array(text.utf8)
    let needle = Array(name.utf8)
    var found: [JSON] = []
    var place = 0
    // A name in every second line of a hostile script must not cost a walk to its end each time.
    var attempts = 0
    while found.count < 16, attempts < 64, let start = Self.place(of: needle, in: bytes, from: place) {
      place = start + needle.count
      // Part of a longer name.
      if start > 0, isNamePart(bytes[start - 1]) { continue }
      var at = place
      while at < bytes.count, bytes[at] <= 0x20 || "\"']".utf8.contains(bytes[at]) { at += 1 }
      guard at < bytes.count, bytes[at] == UInt8(ascii: "=") || bytes[at] == UInt8(ascii: ":") else { continue }
      attempts += 1
      at += 1
      while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
      if bytes[at...].starts(with: parseCall) {
        guard let (value, end) = parsed(in: bytes, from: at + parseCall.count) else { continue }
        found.append(value)
        place = end
        continue
      }
      guard at < bytes.count else { break }
      if let (value, end) = value(in: bytes, at: at) {
        found.append(value)
        place = end
      }
    }
    return found
  }

  private static let parseCall = Array("JSON.parse(".utf8)

  /// What a script hands to `JSON.parse`, if that is most of the script.
  private static func parsed(in text: Substring) -> JSON? {
    guard let call = text.prefix(1024).firstRange(of: "JSON.parse(") else { return nil }
    let bytes = Array(text[call.upperBound...].utf8)
    return parsed(in: bytes, from: 0).flatMap { value, end in end * 2 > bytes.count ? value : nil }
  }

  /// The value that is written as a string at a place, in either kind of quotation marks, and the place behind it.
  private static func parsed(in bytes: [UInt8], from start: Int) -> (JSON, Int)? {
    guard let at = bytes[start...].firstIndex(where: { $0 > 0x20 }), let (text, end) = string(in: bytes, at: at),
      let json = (try? JSON(parsing: text)) ?? (try? JSON(parsing: text, .repairing))
    else { return nil }
    return (json, end)
  }

  /// The string that a script writes at a place, and the place behind it.
  private static func string(in bytes: [UInt8], at start: Int) -> (String, Int)? {
    let mark = bytes[start]
    guard mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") else { return nil }
    // The same string as JSON writes it: that has one kind of marks.
    var written: [UInt8] = [UInt8(ascii: "\"")]
    var at = start + 1
    while at < bytes.count, bytes[at] != mark {
      if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count {
        at += 1
        if bytes[at] == UInt8(ascii: "x") {
          written += "\\u00".utf8
          at += 1
          continue
        }
        if bytes[at] != UInt8(ascii: "'") { written.append(UInt8(ascii: "\\")) }
      } else if bytes[at] == UInt8(ascii: "\"") {
        written.append(UInt8(ascii: "\\"))
      }
      written.append(bytes[at])
      at += 1
    }
    guard at < bytes.count else { return nil }
    let text = String(decoding: written, as: UTF8.self) + "\""
    return (try? JSON(parsing: text))?.string.map { ($0, at + 1) }
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }

  private static func place(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var at = start
    while at + needle.count <= bytes.count {
      guard let hit = bytes[at...].firstIndex(of: needle[0]) else { return nil }
      if bytes[hit...].starts(with: needle) { return hit }
      at = hit + 1
    }
    return nil
  }

  /// The object, array or string that begins at a place, and the place behind it.
  private static func value(in bytes: [UInt8], at start: Int) -> (JSON, Int)? {
    let end: Int
    switch bytes[start] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard let close = closing(in: bytes, from: start) else { return nil }
      end = close
    case UInt8(ascii: "\""):
      var at = start + 1
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
      guard at < bytes.count else { return nil }
      end = at + 1
    default: return nil
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard let json = (try? JSON(parsing: text)) ?? (try? JSON(parsing: text, .repairing)) else { return nil }
    return (json, end)
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
    guard let type = node["type"] else { return false }
    return type.lowercased().holds("ld+json")
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
