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
    guard let stated = page.article?["articleBody"]?.string, stated.utf8.count > 500 else { return nil }
    self.page = page
    text = stated.contains("</") || stated.contains("&lt;") ? Sanitiser.text(stated) : Entities.decoded(stated)
  }

  /// The deepest element that holds most of the stated text, when the amounts agree.
  func container(_ root: Node, _ mass: TextMass) -> Node? {
    let probes = Self.probes(text)
    guard probes.count >= 5 else { return nil }
    guard let body = root.elements.last(where: { $0.name == "body" }) else { return nil }
    let visible = Self.visibleText(body)
    let found = probes.filter { visible.contains($0) }
    guard found.count * 10 >= probes.count * 6 else { return nil }
    var place = body
    descent: while true {
      for child in place.elements where !BodyWalker.isSilent(child) && child.name != "p" {
        let text = Self.visibleText(child)
        if found.count(where: { text.contains($0) }) * 10 >= found.count * 9 {
          place = child
          continue descent
        }
      }
      break
    }
    let stated = TextMass.weight(text).weight
    let prose = mass[place].prose
    return place != body && prose > stated * 0.6 && prose < stated * 1.8 ? place : nil
  }

  /// The stated text as blocks, for pages that show less than half of it.
  func blocks(insteadOf blocks: [WalkedBlock]) -> [WalkedBlock]? {
    let shown = blocks.reduce(0) { $0 + TextMass.weight($1.block.plainText.joined(separator: " ")).weight }
    let stated = TextMass.weight(text).weight
    guard stated > 600, shown < stated * 0.5 else { return nil }
    let paragraphs = text.split(separator: "\n").map { Self.plain(String($0)) }.filter { !$0.isEmpty }
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

  private static func visibleText(_ node: Node) -> String {
    squeezed(node.text)
  }

  /// Letters and digits alone: quotes, spaces and markup differ between data and page.
  private static func squeezed(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xC0..<0x2000, 0x2E80..<0x3000, 0x3040..<0xFE00, 0x10000...:
        out.append(scalar)
      default: break
      }
    }
    return String(out)
  }

  /// Twelve short pieces from all over the text.
  private static func probes(_ text: String) -> [String] {
    let letters = Array(squeezed(text).unicodeScalars.prefix(40_000))
    let length = 18
    guard letters.count > length * 12 else { return [] }
    let step = (letters.count - length) / 12
    return (0..<12).map { String(String.UnicodeScalarView(letters[($0 * step)..<($0 * step + length)])) }
  }
}
