import Markup
import Values

struct SectionPageError: Error {
  var message: String
  var hint: String?
}

/// Reads a section page of a publisher without feeds: the links that a selector names, as a feed.
enum SectionPage {
  static func feed(
    _ body: [UInt8], url: WebURL, contentType: String?, select: String
  ) throws(SectionPageError) -> JSON {
    let selector: XPath
    let document: Document
    do {
      selector =
        select.hasPrefix("css:") ? try XPath(css: String(select.dropFirst(4))) : try XPath(String(select.dropFirst(6)))
      document = try Document(html: body, contentType: contentType)
    } catch {
      throw SectionPageError(message: "\(error)")
    }
    var seen: Set<String> = []
    var items: [JSON] = []
    for node in selector.nodes(at: document.root) {
      let link = node.name == "a" ? node : node.descendants(named: ["a"]).first
      guard let href = link?["href"], let target = WebURL(href, relativeTo: url)?.withoutFragment.description,
        seen.insert(target).inserted
      else { continue }
      var item = JSONObject([("id", .string(target)), ("url", .string(target))])
      if let title = link?.text, !title.isEmpty { item["title"] = .string(title) }
      items.append(.object(item))
    }
    if items.isEmpty {
      throw SectionPageError(
        message: "the selector \(select.prefix(80)) finds no link on the page",
        hint: "the page's layout may have changed: correct select in the plugin")
    }
    return [
      "version": "https://jsonfeed.org/version/1.1", "title": .string(document.first(titlePath)?.text ?? url.host),
      "home_page_url": .string(url.description), "items": .array(items),
      "_newswire": ["kind": "html", "ends_early": .bool(!PageEnd.isThere(body))],
    ]
  }

  private static var titlePath: XPath {
    guard let path = try? XPath("//title") else { preconditionFailure("the expression is a constant") }
    return path
  }
}
