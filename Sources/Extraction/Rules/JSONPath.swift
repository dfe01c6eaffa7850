import Markup
import Values

/// A path into JSON as rules write it: names joined by dots, `*` for every element or member, `**` for everything at
/// any depth, a number for one element, `name[key=value]` for those whose member says so. Arrays on the way are taken
/// apart by themselves, and a string that holds JSON is read where the path goes on inside it.
struct JSONPath {
  private struct Step {
    var name: String
    /// A member that must have a value.
    var filter: (key: String, value: String)?
  }

  private let steps: [Step]
  /// The most values that one step may hand on: `**` in a page's whole state is no small thing.
  private static let most = 20_000

  init(_ text: String) {
    steps = Self.parts(text).map { part in
      guard let open = part.firstIndex(of: "["), part.last == "]" else { return Step(name: part) }
      let inside = part[part.index(after: open)...].dropLast().split(separator: "=", maxSplits: 1)
      guard inside.count == 2 else { return Step(name: part) }
      let value = inside[1].trimmingSpaces.filter { !"\"'".contains($0) }
      return Step(name: part[..<open].trimmingSpaces, filter: (inside[0].trimmingSpaces, value))
    }
  }

  /// The parts between dots, those inside brackets left whole.
  private static func parts(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if character == ".", depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map { $0.trimmingSpaces }.filter { !$0.isEmpty }
  }

  /// The text of every value the path leads to: strings, numbers and booleans, arrays of them taken apart. Line breaks
  /// stay.
  func strings(in value: JSON, resolve: (JSON) -> JSON = { $0 }) -> [String] {
    values(in: value, resolve: resolve).flatMap(Self.texts)
  }

  func values(in value: JSON, resolve: (JSON) -> JSON) -> [JSON] {
    steps.reduce([value]) { values, step in
      var found: [JSON] = []
      for value in values where found.count < Self.most { Self.step(step, into: resolve(value), resolve, &found) }
      guard let filter = step.filter else { return found }
      // As one list, so that a number behind it counts those that are left.
      return [
        .array(Self.elements(found).filter { Self.texts(resolve($0)[filter.key] ?? .null).contains(filter.value) })
      ]
    }
  }

  private static func step(_ step: Step, into value: JSON, _ resolve: (JSON) -> JSON, _ found: inout [JSON]) {
    if step.name == "**" {
      everything(in: value, 0, &found)
      return
    }
    switch value {
    case .object(let object):
      if step.name == "*" {
        found += object.members.map(\.value)
      } else if let member = object[step.name] {
        found.append(member)
      }
    case .array(let elements):
      if step.name == "*" {
        found += elements
      } else if let index = Int(step.name) {
        if elements.indices.contains(index) { found.append(elements[index]) }
      } else {
        for element in elements { Self.step(step, into: resolve(element), resolve, &found) }
      }
    case .string(let text):
      guard let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
        let inner = try? JSON(parsing: text)
      else { return }
      Self.step(step, into: inner, resolve, &found)
    case .null, .bool, .integer, .number: return
    }
  }

  private static func everything(in value: JSON, _ depth: Int, _ found: inout [JSON]) {
    guard depth < 64, found.count < most else { return }
    switch value {
    case .object(let object):
      found.append(value)
      for member in object.members { everything(in: member.value, depth + 1, &found) }
    case .array(let elements): for element in elements { everything(in: element, depth + 1, &found) }
    default: return
    }
  }

  private static func elements(_ values: [JSON]) -> [JSON] { values.flatMap { $0.array ?? [$0] } }

  private static func texts(_ value: JSON) -> [String] {
    switch value {
    case .string(let text): return text.isEmpty ? [] : [Entities.decoded(text)]
    case .integer(let number): return [String(number)]
    case .number(let number): return [String(number)]
    case .bool(let flag): return [flag ? "true" : "false"]
    case .array(let elements): return elements.flatMap(texts)
    case .null, .object: return []
    }
  }
}

/// A path over a page's JSON-LD. A first step that is a type's name (`NewsArticle.author.name`) takes only objects of
/// that type.
struct JSONLDPath {
  private let type: String?
  private let path: JSONPath

  init(_ text: String) {
    let head = text.prefix { $0 != "." }
    if let first = head.first, first.isUppercase, head.count < text.count {
      type = String(head)
      path = JSONPath(String(text.dropFirst(head.count + 1)))
    } else {
      type = nil
      path = JSONPath(text)
    }
  }

  func strings(in page: Page) -> [String] {
    var sources = page.objects
    if let type {
      let direct = sources.filter { Page.types(of: $0).contains(type) }
      let named =
        direct.isEmpty ? sources.flatMap { nested(in: $0, depth: 0) }.filter { !page.isElsewhere($0) } : direct
      // Pages of one publisher call their articles by different types; a rule that names one means them all.
      sources = named.isEmpty && Page.isArticleType(type) ? sources.filter(Page.isArticle) : named
    }
    for source in sources {
      let found = path.strings(in: source) { Self.thing($0, in: page) }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The object that a value is, points to or names: a text may stand in place of one, as in `"author": "Ann Able"`.
  private static func thing(_ value: JSON, in page: Page) -> JSON {
    guard case .string(let text) = value, let first = text.utf8.first, !"{[".utf8.contains(first), !text.holds("://")
    else { return page.resolved(value) }
    return .object(JSONObject([("name", value)]))
  }

  /// Objects of the type inside others, as in `WebPage.mainEntity`.
  private func nested(in value: JSON, depth: Int) -> [JSON] {
    guard let type, depth < 8 else { return [] }
    switch value {
    case .object(let object):
      if Page.types(of: value).contains(type) { return [value] }
      return object.members.flatMap { nested(in: $0.value, depth: depth + 1) }
    case .array(let elements): return elements.flatMap { nested(in: $0, depth: depth + 1) }
    default: return []
    }
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  var trimmingSpaces: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop { $0.isWhitespace })
  }
}
