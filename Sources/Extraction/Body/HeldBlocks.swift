import Markup
import Values

/// Copy that the data of a script hold as a list of parts, as editors' programs save it: each an object with a type and
/// words, `{"type": "paragraph", "text": "…"}`.
enum HeldBlocks {
  /// The parts as HTML, and how much there is to read; nil where a list is none of such parts.
  static func copy(_ elements: [JSON]) -> (html: String, weight: Double)? {
    guard elements.count >= fewest else { return nil }
    var (html, weight, paragraphs) = ("", 0.0, 0)
    for element in elements {
      guard case .object(let object) = element, let type = typeKeys.lazy.compactMap({ object[$0]?.string }).first,
        // Other articles have a type and words as well, and an address to go to.
        !listKeys.contains(where: { object[$0] != nil })
      else { return nil }
      let words = words(of: element, 0)
      if words.isEmpty { continue }
      let isMarkup = words.holds("</") || words.holds("<br")
      let text = isMarkup ? Sanitiser.text(words) : words
      let kind = type.lowercased()
      // What readers write, and what is for sale.
      if othersKinds.contains(where: { kind.holds($0) }) || othersKeys.contains(where: { object[$0] != nil }) {
        continue
      }
      if headings.contains(where: { kind.holds($0) }) {
        html += "<h2>\(text.escapedForHTML)</h2>"
        continue
      }
      html += isMarkup ? "<div>\(words)</div>" : "<p>\(words.escapedForHTML)</p>"
      let measured = TextMass.weight(text)
      guard measured.sentence, measured.weight > 40 else { continue }
      weight += measured.weight
      paragraphs += 1
    }
    return paragraphs >= fewest && paragraphs * 3 >= elements.count ? (html, weight) : nil
  }

  /// The words of a part: those under the first key for words that has any, in however many pieces.
  private static func words(of value: JSON, _ depth: Int) -> String {
    guard depth < 8 else { return "" }
    switch value {
    case .string(let text): return text
    case .array(let pieces): return pieces.map { words(of: $0, depth + 1) }.joined()
    case .object(let object):
      return wordKeys.lazy.compactMap { object[$0] }.map { words(of: $0, depth + 1) }.first { !$0.isEmpty } ?? ""
    case .null, .bool, .integer, .number: return ""
    }
  }

  private static let fewest = 3
  private static let typeKeys = [
    "type", "_type", "__typename", "kind", "blockType", "nodeType", "tagName", "component",
  ]
  private static let wordKeys = [
    "html", "text", "content", "value", "children", "paragraph", "markup", "copy", "body", "data", "model",
  ]
  private static let listKeys = ["headline", "slug", "teaser", "publishedAt", "datePublished", "authors"]
  private static let othersKinds = ["comment", "answer", "reply", "review", "product", "message"]
  private static let othersKeys = ["user", "username", "likes", "votes", "upvotes", "replies", "rating", "price"]
  private static let headings = ["heading", "header", "subtitle", "subhead", "crosshead", "intertitle", "h2", "h3"]
}
