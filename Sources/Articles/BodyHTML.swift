/// Writes the body as HTML from the typed tree. Only the elements written here can appear, every text is escaped and
/// every address is http, https or mailto, so the result holds no markup of the publisher's.
struct BodyHTML {
  private(set) var text = ""
  private let pictures: [Picture]

  init(_ article: Article) {
    pictures = article.pictures
    for block in article.body { write(block) }
  }

  private mutating func write(_ block: Block) {
    switch block {
    case .paragraph(let content): element("p", content)
    case .heading(let level, let content): element("h\(min(max(level, 2), 4))", content)
    case .list(let ordered, let items):
      let tag = ordered ? "ol" : "ul"
      text += "<\(tag)>"
      for item in items {
        text += "<li>"
        // A single paragraph is the item itself, as in any hand-written list.
        if item.count == 1, case .paragraph(let content) = item[0] {
          write(content)
        } else {
          for block in item { write(block) }
        }
        text += "</li>"
      }
      text += "</\(tag)>"
    case .quote(let blocks):
      text += "<blockquote>"
      for block in blocks { write(block) }
      text += "</blockquote>"
    case .figure(let index):
      if pictures.indices.contains(index) { figure(pictures[index]) }
    case .table(let rows):
      text += "<table>"
      for row in rows {
        text += "<tr>"
        for cell in row.cells { element(cell.isHeader ? "th" : "td", cell.content) }
        text += "</tr>"
      }
      text += "</table>"
    case .preformatted(let content): text += "<pre>\(Self.escaped(content))</pre>"
    }
  }

  private mutating func element(_ tag: String, _ content: [Inline]) {
    text += "<\(tag)>"
    write(content)
    text += "</\(tag)>"
  }

  private mutating func write(_ content: [Inline]) {
    for inline in content {
      switch inline {
      case .text(let value): text += Self.escaped(value)
      case .strong(let children): element("strong", children)
      case .emphasis(let children): element("em", children)
      case .link(let href, let children):
        guard Self.isSafe(href) else {
          write(children)
          continue
        }
        text += "<a href=\"\(Self.escaped(href))\">"
        write(children)
        text += "</a>"
      case .lineBreak: text += "<br>"
      }
    }
  }

  private mutating func figure(_ picture: Picture) {
    guard let best = picture.best, Self.isSafe(best.href) else { return }
    text += "<figure><img src=\"\(Self.escaped(best.href))\" alt=\"\(Self.escaped(picture.alt ?? ""))\""
    if let width = best.width { text += " width=\"\(width)\"" }
    if let height = best.height { text += " height=\"\(height)\"" }
    text += ">"
    let lines = [picture.caption, picture.credit].compactMap { $0 }.filter { !$0.isEmpty }
    if !lines.isEmpty { text += "<figcaption>\(Self.escaped(lines.joined(separator: " ")))</figcaption>" }
    text += "</figure>"
  }

  static func isSafe(_ href: String) -> Bool {
    let lower = href.prefix(8).lowercased()
    return lower.hasPrefix("http://") || lower.hasPrefix("https://") || lower.hasPrefix("mailto:")
  }

  /// Escapes for element content and quoted attributes alike; control characters go.
  static func escaped(_ value: String) -> String {
    var out = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "&": out += "&amp;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

extension Article {
  /// The body as text/html, rebuilt from the typed tree.
  public var bodyHTML: String { BodyHTML(self).text }
}
