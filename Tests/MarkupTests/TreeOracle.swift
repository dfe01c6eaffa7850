import Values

@testable import Markup

/// What a sanitiser makes of the tree that libxml2 builds: slow, and for well nested markup the judge of
/// `FragmentReader`, which builds none.
enum TreeOracle {
  static func html(_ fragment: String, base: WebURL?) -> String {
    guard let body = parsed(fragment) else { return "" }
    var writer = SanitisingWriter(base: base)
    writer.children(of: body)
    return Whitespace.trimmed(Array(writer.out.utf8))
  }

  static func text(_ fragment: String) -> String {
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

  static let dropped: Set<String> = [
    "script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "annotation",
    "annotation-xml", "button", "input", "select", "textarea", "option", "head", "title", "meta", "link", "base",
    "frame",
    "frameset", "noframes", "audio", "video", "canvas", "map", "xml", "plaintext", "xmp", "noembed", "dialog",
  ]
}

private struct SanitisingWriter {
  let base: WebURL?
  var out = ""
  private var atSpace = true
  private var preformatted = 0
  /// Where the line begins that is being written, and whether what comes next begins another.
  private var lineStart = 0
  private var isBreakDue = false

  init(base: WebURL?) { self.base = base }

  private var length: Int { out.utf8.count }

  private mutating func begin() {
    guard isBreakDue else { return }
    while out.hasSuffix(" ") { out.removeLast() }
    out += "<br>"
    isBreakDue = false
    lineStart = length
  }

  /// A block that is not written ends a line all the same.
  private mutating func endLine() {
    if length > lineStart { isBreakDue = true }
    atSpace = true
  }

  /// A tag; of one at the start of a line, the line still begins behind it.
  private mutating func tag(_ text: String, isBlock: Bool) {
    if isBlock { (isBreakDue, atSpace) = (false, true) }
    let isAtStart = length == lineStart
    out += text
    if isBlock || isAtStart { lineStart = length }
  }

  mutating func children(of node: Node) {
    for child in node.children { write(child) }
  }

  private mutating func write(_ node: Node) {
    if node.isText {
      if preformatted > 0 {
        var raw = node.rawText
        begin()
        out += raw.withUTF8 { Sanitiser.escaped($0) }
        atSpace = false
        return
      }
      var text = node.rawText
      var bytes: [UInt8] = []
      text.withUTF8 { Whitespace.fold($0, into: &bytes, atSpace: &atSpace) }
      if !bytes.isEmpty { begin() }
      out += bytes.withUnsafeBufferPointer { Sanitiser.escaped($0) }
      return
    }
    guard node.isElement, !TreeOracle.dropped.contains(node.name) else { return }
    let name = node.name == "h1" ? "h2" : node.name
    let isBlock = blockElements.contains(name)
    guard Sanitiser.allowed.contains(name) else {
      if isBlock { endLine() }
      children(of: node)
      if isBlock { endLine() }
      return
    }
    switch name {
    case "br":
      tag("<br>", isBlock: true)
    case "img":
      guard let source = node["src"], let url = WebURL(source, relativeTo: base) else { return }
      begin()
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
      begin()
      tag("<a href=\"\(address.escapedForHTML)\">", isBlock: false)
      children(of: node)
      tag("</a>", isBlock: false)
    default:
      if !isBlock { begin() }
      var start = "<\(name)"
      if name == "td" || name == "th" {
        for span in ["colspan", "rowspan"] {
          if let count = node[span].flatMap({ Int($0) }), (2...1000).contains(count) {
            start += " \(span)=\"\(count)\""
          }
        }
      }
      tag(start + ">", isBlock: isBlock)
      if name == "pre" { preformatted += 1 }
      children(of: node)
      if name == "pre" { preformatted -= 1 }
      tag("</\(name)>", isBlock: isBlock)
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
    guard node.isElement, !TreeOracle.dropped.contains(node.name) else { return }
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
