// The little HTML that the interface puts into its texts: strong, em, a, br and entities. Everything else is left out
// and its text kept.
import Articles
import Values

struct TextMarkup {
  private var rest: Substring
  /// Whether the text is one subhead.
  let isHeading: Bool

  init(_ html: String) {
    rest = html[...]
    isHeading = html.hasPrefix("<h")
  }

  mutating func inlines(until end: String? = nil) -> [Inline] {
    var out: [Inline] = []
    while !rest.isEmpty {
      guard rest.first == "<", let close = rest.firstIndex(of: ">") else {
        let next = rest.dropFirst().firstIndex(of: "<") ?? rest.endIndex
        out.append(.text(Self.decoded(rest[..<next])))
        rest = rest[next...]
        continue
      }
      let tag = rest[rest.index(after: rest.startIndex)..<close]
      rest = rest[rest.index(after: close)...]
      if tag.first == "/" {
        if String(tag.dropFirst()) == end { return out }
        continue
      }
      let name = String(tag.prefix { !$0.isWhitespace && $0 != "/" })
      switch name {
      case "strong", "b": out.append(.strong(inlines(until: name)))
      case "em", "i": out.append(.emphasis(inlines(until: name)))
      case "br": out.append(.lineBreak)
      case "a":
        let href = Self.attribute("href", of: tag).flatMap { WebURL($0)?.description }
        let content = inlines(until: name)
        out += href.map { [.link(href: $0, content)] } ?? content
      default: break
      }
    }
    return out
  }

  private static func attribute(_ name: String, of tag: Substring) -> String? {
    let parts = tag.split(separator: "\"", omittingEmptySubsequences: false)
    for (key, value) in zip(parts, parts.dropFirst()) where key.hasSuffix(name + "=") { return decoded(value) }
    return nil
  }

  private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}"]

  private static func decoded(_ text: Substring) -> String {
    var out = ""
    var rest = text
    while let mark = rest.firstIndex(of: "&") {
      out += rest[..<mark]
      rest = rest[mark...].dropFirst()
      guard let end = rest.prefix(10).firstIndex(of: ";") else {
        out += "&"
        continue
      }
      let name = rest[..<end]
      let isHex = name.hasPrefix("#x")
      let number = name.hasPrefix("#") ? UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10) : nil
      if let character = entities[String(name)] ?? number.flatMap(Unicode.Scalar.init).map({ String(Character($0)) }) {
        out += character
        rest = rest[end...].dropFirst()
      } else {
        out += "&"
      }
    }
    return out + rest
  }
}
