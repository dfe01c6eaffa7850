import Articles
import Values

/// Work on inline content.
enum Inlines {
  /// The content ready for a block: no white space or breaks at the ends, neighbouring texts joined; empty when there
  /// is nothing to read.
  static func finished(_ content: [Inline]) -> [Inline] {
    var all = joined(content)
    if !hasText(all) { return [] }
    trimStart(&all)
    trimEnd(&all)
    return all
  }

  /// Cuts a line where a single break divides what are paragraphs by themselves: sentences before it, a good part of
  /// text on both sides. Addresses, poems and tables of lines stay whole.
  /// - Parameter isOneParagraph: whether the markup calls all of it a paragraph, whose first words may be set in bold.
  static func paragraphs(_ content: [Inline], isOneParagraph: Bool) -> [[Inline]] {
    var parts: [[Inline]] = [[]]
    for inline in content {
      if case .lineBreak = inline {
        parts.append([])
      } else {
        parts[parts.count - 1].append(inline)
      }
    }
    guard parts.count > 1 else { return [content] }
    // A subhead in bold, and its text in the next line.
    if !isOneParagraph, parts[0].count == 1, case .strong(let head) = parts[0][0], isSubhead(head.plainText) {
      let rest = finished(Array(parts.dropFirst().joined(separator: [.lineBreak])))
      let text = rest.plainText
      if TextMass.weight(text).weight > 60, BlockFilter.endsSentence(text) {
        return [parts[0]] + paragraphs(rest, isOneParagraph: false)
      }
    }
    let isDivided = parts.dropLast().allSatisfy { part in
      let text = part.plainText
      return TextMass.weight(text).weight > 60 && BlockFilter.endsSentence(text)
    }
    guard isDivided else { return [content] }
    let last = parts[parts.count - 1].plainText
    let weight = TextMass.weight(last).weight
    // What heads a list is short.
    guard weight > 60 || weight > 30 && last.hasSuffix(":") else { return [content] }
    return parts.map { finished($0) }
  }

  private static func isSubhead(_ text: String) -> Bool {
    (4...160).contains(text.utf8.count) && text.last != ":" && (!BlockFilter.endsSentence(text) || text.last == "?")
  }

  private static func hasText(_ content: [Inline]) -> Bool {
    content.plainText.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x21..<0x7F: true
      case ..<0x100: scalar.value > 0xA0
      default: !scalar.properties.isWhitespace && scalar != "\u{200C}" && scalar != "\u{200D}"
      }
    }
  }

  private static func joined(_ content: [Inline]) -> [Inline] {
    var all: [Inline] = []
    // Added to in place: a text may come in as many pieces as there are elements in its line.
    var line = ""
    func endText() {
      if !line.isEmpty { all.append(.text(line)) }
      line = ""
    }
    for inline in content {
      switch inline {
      case .text(let text):
        line += text
        continue
      case .lineBreak:
        if line.last == " " { line.removeLast() }
        endText()
        if case .lineBreak? = all.last { continue }
        all.append(.lineBreak)
      case .strong(let children):
        endText()
        if !children.isEmpty { all.append(.strong(joined(children))) }
      case .emphasis(let children):
        endText()
        if !children.isEmpty { all.append(.emphasis(joined(children))) }
      case .link(let href, let children):
        endText()
        if !children.isEmpty { all.append(.link(href: href, joined(children))) }
      }
    }
    endText()
    return all
  }

  private static func trimStart(_ content: inout [Inline]) {
    while let first = content.first {
      switch first {
      case .lineBreak: content.removeFirst()
      case .text(let text):
        let trimmed = text.drop { $0 == " " || $0 == "\u{3000}" }
        if trimmed.isEmpty {
          content.removeFirst()
          continue
        }
        content[0] = .text(String(trimmed))
        return
      case .strong(var children):
        trimStart(&children)
        if replace(&content, 0, children, { .strong($0) }) { return }
      case .emphasis(var children):
        trimStart(&children)
        if replace(&content, 0, children, { .emphasis($0) }) { return }
      case .link(let href, var children):
        trimStart(&children)
        if replace(&content, 0, children, { .link(href: href, $0) }) { return }
      }
    }
  }

  private static func trimEnd(_ content: inout [Inline]) {
    while let last = content.last {
      let place = content.count - 1
      switch last {
      case .lineBreak: content.removeLast()
      case .text(let text):
        var trimmed = text[...]
        // Magazines set a square where a text ends.
        while let end = trimmed.last, end == " " || end == "\u{3000}" || end == "\n" || end == "■" || end == "∎" {
          trimmed.removeLast()
        }
        if trimmed.isEmpty {
          content.removeLast()
          continue
        }
        content[place] = .text(String(trimmed))
        return
      case .strong(var children):
        trimEnd(&children)
        if replace(&content, place, children, { .strong($0) }) { return }
      case .emphasis(var children):
        trimEnd(&children)
        if replace(&content, place, children, { .emphasis($0) }) { return }
      case .link(let href, var children):
        trimEnd(&children)
        if replace(&content, place, children, { .link(href: href, $0) }) { return }
      }
    }
  }

  private static func replace(
    _ content: inout [Inline], _ place: Int, _ children: [Inline], _ make: ([Inline]) -> Inline
  ) -> Bool {
    if children.isEmpty {
      content.remove(at: place)
      return false
    }
    content[place] = make(children)
    return true
  }
}

enum Links {
  /// An absolute http, https or mailto address; nil for anything else.
  static func resolved(_ reference: String, base: WebURL) -> String? {
    let trimmed = reference.trimmingSpaces
    if trimmed.isEmpty || trimmed.hasPrefix("#") { return nil }
    if trimmed.lowercased().hasPrefix("mailto:") {
      let plain = trimmed.utf8.dropFirst(7).allSatisfy {
        $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E
      }
      return plain ? trimmed : nil
    }
    return WebURL(trimmed, relativeTo: base)?.description
  }
}
