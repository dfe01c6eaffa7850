import Articles
import Markup
import Values

/// The body that JSON-LD states as plain text: a hint to where the body stands in the page, and the body itself where
/// the page shows less.
struct StatedBody {
  let text: String
  private let page: Page

  /// nil when the page states no body worth the name.
  init?(page: Page) {
    guard let stated = page.article?["articleBody"]?.string, stated.utf8.count > 200 else { return nil }
    self.page = page
    // Some escape the markup as if it were text.
    let decoded = stated.holds("</") ? stated : Entities.decoded(stated)
    text = decoded.holds("</") ? Sanitiser.text(decoded) : decoded
  }

  /// The deepest element that holds most of the stated text, when the amounts agree.
  func container(_ root: Node, _ mass: TextMass) -> Node? {
    let probes = Self.probes(text)
    // A short text may be no more than a summary.
    guard probes.count >= 5, text.utf8.count > 500 else { return nil }
    guard let body = root.elements.last(where: { $0.name == "body" }) else { return nil }
    let (visible, places) = Self.visibleText(body)
    // The text nodes in which the pieces are found to begin.
    let found = probes.compactMap { probe in Self.place(of: probe, in: visible).map { Self.node(at: $0, places) } }
    guard found.count * 10 >= probes.count * 6 else { return nil }
    var counts: [Node: Int] = [:]
    for node in found { for ancestor in node.ancestors { counts[ancestor, default: 0] += 1 } }
    var place = body
    while let child = place.elements.first(where: { child in
      child.name != "p" && !BodyWalker.isSilent(child) && counts[child, default: 0] * 10 >= found.count * 9
    }) {
      place = child
    }
    let stated = TextMass.weight(text).weight
    let prose = mass[place].prose
    return place != body && prose > stated * 0.6 && prose < stated * 1.8 ? place : nil
  }

  /// The stated text as blocks, for pages that show less than half of it.
  func blocks(insteadOf blocks: [WalkedBlock]) -> [WalkedBlock]? {
    let shown = blocks.reduce(0) { $0 + $1.weight }
    let stated = TextMass.weight(text).weight
    guard stated > 160, shown < stated * 0.5 else { return nil }
    let paragraphs = text.split(whereSeparator: \.isNewline).map { Self.plain(String($0)) }.filter { !$0.isEmpty }
    guard paragraphs.count > 1 || stated < 3000 else { return nil }
    return paragraphs.map { WalkedBlock(block: .paragraph([.text($0)]), node: page.document.root) }
  }

  /// A line without the marks of lightweight markup that some systems leave in their data.
  private static func plain(_ line: String) -> String {
    if line.hasPrefix("+++") || line.hasPrefix("![") || line.hasPrefix("[#") { return "" }
    var text = line.replacing(markdownLink) { String($0.output.1) }
    text = text.replacing("**", with: "").replacing("\\", with: "")
    text = text.replacing(emphasis) { String($0.output.1) }
    while text.first == "#" || text.first == ">" { text.removeFirst() }
    return Whitespace.folded(text)
  }

  nonisolated(unsafe) private static let markdownLink = /\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?/
  nonisolated(unsafe) private static let emphasis = /\B[*_]([^*_\s][^*_]*)[*_]\B/

  /// The letters and digits of what an element shows, and where the text nodes begin in them.
  private static func visibleText(_ root: Node) -> (bytes: [UInt8], places: [(start: Int, node: Node)]) {
    var bytes: [UInt8] = []
    var places: [(start: Int, node: Node)] = []
    func visit(_ node: Node) {
      var next = node.firstChild
      while let child = next {
        next = child.nextSibling
        if child.isText {
          places.append((bytes.count, child))
          child.withTextBytes { squeeze($0, into: &bytes) }
        } else if child.isElement, !child.isOne(of: hidden) {
          visit(child)
        }
      }
    }
    visit(root)
    return (bytes, places)
  }

  private static let hidden: ElementSet = [
    "script", "style", "template", "noscript", "iframe", "object", "svg", "annotation", "annotation-xml",
  ]

  private static func node(at place: Int, _ places: [(start: Int, node: Node)]) -> Node {
    var low = 0
    var high = places.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if places[middle].start <= place { low = middle } else { high = middle }
    }
    return places[low].node
  }

  private static func place(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard let first = needle.first, bytes.count >= needle.count else { return nil }
    return bytes.withUnsafeBufferPointer { hay in
      for start in 0...(hay.count - needle.count) where hay[start] == first {
        if needle.indices.allSatisfy({ hay[start + $0] == needle[$0] }) { return start }
      }
      return nil
    }
  }

  /// Letters and digits alone: quotes, spaces and markup differ between data and page.
  private static func squeeze(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: out.append(byte)
      case 0xE2 where index + 2 < bytes.count && (bytes[index + 1] < 0xBA):
        // U+2000 to U+2E7F: punctuation and signs.
        index += 2
      case 0xE3 where index + 2 < bytes.count && bytes[index + 1] == 0x80:
        // U+3000 to U+303F: punctuation of East Asia.
        index += 2
      case 0xC2: index += 1
      case 0x80...: out.append(byte)
      default: break
      }
      index += 1
    }
  }

  private static func squeezed(_ text: String) -> [UInt8] {
    var text = text
    var out: [UInt8] = []
    text.withUTF8 { squeeze($0, into: &out) }
    return out
  }

  /// Twelve short pieces from all over the text.
  private static func probes(_ text: String) -> [[UInt8]] {
    let letters = squeezed(String(text.prefix(40_000)))
    let length = 18
    guard letters.count > length * 12 else { return [] }
    let step = (letters.count - length) / 12
    return (0..<12).map { Array(letters[($0 * step)..<($0 * step + length)]) }
  }
}
