import CXML2
public import Values

/// Turns HTML of unknown intent into HTML of a few harmless elements, or into plain text. What comes out is rebuilt
/// from the tree with every text escaped, never cut out of the input.
public enum Sanitiser {
  /// The fragment with nothing but allowed elements and attributes; links and pictures resolved against `base`, those
  /// that are no http, https or mailto address gone. Elements that are not allowed give way to their content, those
  /// that hold no text for readers go with it. Empty for input that cannot be read.
  public static func html(_ fragment: String, base: WebURL?) -> String {
    if let simple = FragmentReader.html(fragment, base: base) { return simple }
    return htmlOfTree(fragment, base: base)
  }

  /// The same by way of a tree, whatever the fragment is.
  static func htmlOfTree(_ fragment: String, base: WebURL?) -> String {
    guard let body = parsed(fragment) else { return "" }
    var writer = SanitisingWriter(base: base)
    writer.children(of: body)
    return Whitespace.trimmed(Array(writer.out.utf8))
  }

  /// The fragment as plain text: white space folded, blocks separated by a blank line, `br` a line break, list items
  /// and table rows on lines of their own.
  public static func text(_ fragment: String) -> String {
    if !fragment.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) {
      return Whitespace.folded(fragment)
    }
    if let simple = FragmentReader.text(fragment) { return simple }
    return textOfTree(fragment)
  }

  /// The same by way of a tree, whatever the fragment is.
  static func textOfTree(_ fragment: String) -> String {
    guard let body = parsed(fragment) else { return "" }
    var writer = PlainTextWriter()
    writer.children(of: body)
    return writer.finished
  }

  private static func parsed(_ fragment: String) -> Node? {
    guard !fragment.isEmpty else { return nil }
    let page = Array("<html><body><div>\(fragment)</div></body></html>".utf8)
    return (try? Document(html: page, contentType: "text/html; charset=utf-8"))?.root
  }

  /// The address of a link that may stay: http, https or mailto, absolute.
  static func link(_ reference: String, base: WebURL?) -> String? {
    if let url = WebURL(reference, relativeTo: base) { return url.description }
    let trimmed = Whitespace.folded(reference)
    guard trimmed.lowercased().hasPrefix("mailto:") else { return nil }
    let address = trimmed.dropFirst(7)
    let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E }
    return isPlain && !address.isEmpty ? "mailto:" + address : nil
  }

  /// Elements that go with everything inside.
  static let dropped: Set<String> = [
    "script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "annotation",
    "annotation-xml", "form", "button",
    "input", "select", "textarea", "option", "head", "title", "meta", "link", "base", "frame", "frameset", "noframes",
    "audio", "video", "canvas", "map", "xml", "plaintext", "xmp", "noembed", "dialog",
  ]

  static let allowed: Set<String> = [
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "a", "em", "strong", "b", "i", "figure", "img",
    "figcaption", "table", "thead", "tbody", "tr", "th", "td", "br", "pre", "code", "sup", "sub",
  ]
}

extension StringProtocol {
  /// The text with the five characters that mean something in HTML replaced by references.
  public var escapedForHTML: String {
    var text = String(self)
    return text.withUTF8 { bytes in
      guard var mark = bytes.firstIndex(where: { htmlReference($0) != nil }) else {
        return String(decoding: bytes, as: UTF8.self)
      }
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count + bytes.count / 8 + 16)
      var copied = 0
      // Runs between the marks are copied as a whole: feeds escape megabytes.
      while mark < bytes.count {
        if let reference = htmlReference(bytes[mark]) {
          out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<mark]))
          reference.withUTF8Buffer { out.append(contentsOf: $0) }
          copied = mark + 1
        }
        mark += 1
      }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
      return String(decoding: out, as: UTF8.self)
    }
  }
}

private func htmlReference(_ byte: UInt8) -> StaticString? {
  switch byte {
  case UInt8(ascii: "&"): "&amp;"
  case UInt8(ascii: "<"): "&lt;"
  case UInt8(ascii: ">"): "&gt;"
  case UInt8(ascii: "\""): "&quot;"
  case UInt8(ascii: "'"): "&#39;"
  default: nil
  }
}

private struct SanitisingWriter {
  let base: WebURL?
  var out = ""
  private var atSpace = true
  private var preformatted = 0

  init(base: WebURL?) { self.base = base }

  mutating func children(of node: Node) {
    for child in node.children { write(child) }
  }

  private mutating func write(_ node: Node) {
    if node.isText {
      if preformatted > 0 {
        out += node.rawText.escapedForHTML
        atSpace = false
        return
      }
      var text = node.rawText
      var bytes: [UInt8] = []
      text.withUTF8 { Whitespace.fold($0, into: &bytes, atSpace: &atSpace) }
      out += String(decoding: bytes, as: UTF8.self).escapedForHTML
      return
    }
    guard node.isElement, !Sanitiser.dropped.contains(node.name) else { return }
    let name = node.name == "h1" ? "h2" : node.name
    let isBlock = blockElements.contains(name)
    if isBlock { atSpace = true }
    defer { if isBlock { atSpace = true } }
    guard Sanitiser.allowed.contains(name) else {
      if isBlock, !out.isEmpty, !out.hasSuffix(">") { out += " " }
      children(of: node)
      if isBlock, !out.isEmpty, !out.hasSuffix(">"), !out.hasSuffix(" ") { out += " " }
      return
    }
    switch name {
    case "br":
      out += "<br>"
      atSpace = true
    case "img":
      guard let source = node["src"], let url = WebURL(source, relativeTo: base) else { return }
      out += "<img src=\"\(url.description.escapedForHTML)\""
      if let alt = node["alt"] { out += " alt=\"\(Whitespace.folded(alt).escapedForHTML)\"" }
      for side in ["width", "height"] {
        if let pixels = node[side].flatMap({ Int($0) }), (1...100_000).contains(pixels) {
          out += " \(side)=\"\(pixels)\""
        }
      }
      out += ">"
      atSpace = false
    case "a":
      guard let address = node["href"].flatMap({ Sanitiser.link($0, base: base) }) else { return children(of: node) }
      out += "<a href=\"\(address.escapedForHTML)\">"
      children(of: node)
      out += "</a>"
    default:
      out += "<\(name)"
      if name == "td" || name == "th" {
        for span in ["colspan", "rowspan"] {
          if let count = node[span].flatMap({ Int($0) }), (2...1000).contains(count) { out += " \(span)=\"\(count)\"" }
        }
      }
      out += ">"
      if name == "pre" { preformatted += 1 }
      children(of: node)
      if name == "pre" { preformatted -= 1 }
      out += "</\(name)>"
    }
  }
}

private struct PlainTextWriter {
  private var bytes: [UInt8] = []
  private var atSpace = true
  private var breaks = 0
  private var preformatted = 0

  var finished: String { Whitespace.trimmed(bytes) }

  mutating func children(of node: Node) {
    for child in node.children { write(child) }
  }

  /// At least `count` line breaks before what comes next.
  private mutating func separate(_ count: Int) {
    breaks = max(breaks, count)
    atSpace = true
  }

  private mutating func write(_ node: Node) {
    if node.isText {
      var text = node.rawText
      var folded: [UInt8] = []
      if preformatted > 0 {
        folded = Array(text.utf8)
        atSpace = false
      } else {
        text.withUTF8 { Whitespace.fold($0, into: &folded, atSpace: &atSpace) }
      }
      if folded.isEmpty { return }
      if breaks > 0, !bytes.isEmpty {
        while bytes.last == 0x20 { bytes.removeLast() }
        bytes.append(contentsOf: repeatElement(0x0A, count: breaks))
      }
      breaks = 0
      bytes.append(contentsOf: folded)
      return
    }
    guard node.isElement, !Sanitiser.dropped.contains(node.name) else { return }
    let space: Int
    switch node.name {
    case "br":
      separate(min(breaks + 1, 2))
      return
    case "li", "tr", "dt", "dd", "div", "section", "article", "header", "footer", "tbody", "thead": space = 1
    case "td", "th":
      if !atSpace { bytes.append(0x20) }
      atSpace = true
      space = 0
    default: space = blockElements.contains(node.name) ? 2 : 0
    }
    if space > 0 { separate(space) }
    if node.name == "pre" { preformatted += 1 }
    children(of: node)
    if node.name == "pre" { preformatted -= 1 }
    if space > 0 { separate(space) }
  }
}
