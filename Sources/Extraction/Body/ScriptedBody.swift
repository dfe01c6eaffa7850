import Markup
import Values

/// The body of a page that is built in the browser, out of the list of content elements that Arc XP leaves in a script.
enum ScriptedBody {
  /// The elements as a document of their own; nil where the page has no such list.
  static func document(_ page: Page) -> Document? {
    for value in page.values(assignedTo: "Fusion.globalContent") {
      guard let elements = value["content_elements"]?.array, elements.count >= fewest else { continue }
      let markup = elements.compactMap(markup).joined()
      return try? Document(html: Array("<div>\(markup)</div>".utf8), contentType: "text/html; charset=utf-8")
    }
    return nil
  }

  private static let fewest = 3

  /// An element as HTML; nil for one that is no part of the text, such as a link to another article.
  private static func markup(_ element: JSON) -> String? {
    let content = element["content"]?.string ?? ""
    switch element["type"]?.string {
    case "text": return "<p>\(content)</p>"
    case "header":
      let level = min(max(element["level"]?.integer ?? 2, 2), 4)
      return "<h\(level)>\(content)</h\(level)>"
    case "list":
      let items = element["items"]?.array?.compactMap { $0["content"]?.string.map { "<li>\($0)</li>" } } ?? []
      let name = element["list_type"]?.string == "ordered" ? "ol" : "ul"
      return "<\(name)>\(items.joined())</\(name)>"
    case "quote":
      let inner = element["content_elements"]?.array?.compactMap(markup).joined() ?? content
      return "<blockquote>\(inner)</blockquote>"
    case "image":
      guard let address = element["url"]?.string else { return nil }
      let credit = (element["credits"]?["by"]?.array?.first?["name"] ?? element["copyright"])?.string ?? ""
      return """
        <figure><img src="\(address.escapedForHTML)"><figcaption>\((element["caption"]?.string ?? "").escapedForHTML)\
        <span class="credit">\(credit.escapedForHTML)</span></figcaption></figure>
        """
    default: return nil
    }
  }
}
