import Markup
import Values

/// A path into JSON as rules write it: names joined by dots, `*` for every element or member, a number for one element.
/// Arrays on the way are taken apart by themselves.
struct JSONPath {
  private let steps: [String]

  init(_ text: String) {
    steps = text.split(separator: ".").map { $0.trimmingSpaces }
  }

  /// The text of every value the path leads to: strings, numbers and booleans, arrays of them taken apart. Line breaks
  /// stay.
  func strings(in value: JSON, resolve: (JSON) -> JSON = { $0 }) -> [String] {
    values(in: value, resolve: resolve).flatMap(Self.texts)
  }

  func values(in value: JSON, resolve: (JSON) -> JSON) -> [JSON] {
    steps.reduce([value]) { values, step in values.flatMap { Self.step(step, into: resolve($0), resolve: resolve) } }
  }

  private static func step(_ step: String, into value: JSON, resolve: (JSON) -> JSON) -> [JSON] {
    switch value {
    case .object(let object):
      if step == "*" { return object.members.map(\.value) }
      return object[step].map { [$0] } ?? []
    case .array(let elements):
      if step == "*" { return elements }
      if let index = Int(step) { return elements.indices.contains(index) ? [elements[index]] : [] }
      return elements.flatMap { Self.step(step, into: resolve($0), resolve: resolve) }
    default: return []
    }
  }

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
      sources = direct.isEmpty ? sources.flatMap { nested(in: $0, depth: 0) } : direct
    }
    for source in sources {
      let found = path.strings(in: source, resolve: page.resolved)
      if !found.isEmpty { return found }
    }
    return []
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
