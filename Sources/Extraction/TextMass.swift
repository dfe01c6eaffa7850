import Markup

/// How much running text each element of a page holds, and how much other text: the measure by which the generic
/// extractor tells an article from what surrounds it.
struct TextMass {
  struct Mass {
    /// Weighted characters of running text.
    var prose = 0.0
    /// Weighted characters of all text, links and labels included.
    var all = 0.0
    /// Weighted characters inside links.
    var linked = 0.0
    /// How many paragraphs the running text stands in.
    var paragraphs = 0

    static func += (a: inout Mass, b: Mass) {
      a.prose += b.prose
      a.all += b.all
      a.linked += b.linked
      a.paragraphs += b.paragraphs
    }
  }

  /// By the numbers of the elements.
  private var table: [Mass?] = []
  private let leaves: (Node) -> Bool

  /// Measures everything below `root`; elements for which `leaves` holds count as empty.
  init(_ root: Node, leavingOut leaves: @escaping (Node) -> Bool = { _ in false }) {
    self.leaves = leaves
    _ = measure(root)
  }

  subscript(node: Node) -> Mass {
    let number = node.number
    return number < table.count ? table[number] ?? Mass() : Mass()
  }

  private mutating func measure(_ node: Node) -> Mass {
    var mass = Mass()
    // The text that stands in this element itself, inline elements included.
    var own = 0.0
    var linked = 0.0
    var hasSentence = false
    func inline(_ node: Node, inLink: Bool) -> Bool {
      var next = node.firstChild
      while let child = next {
        next = child.nextSibling
        if child.isText {
          let (weight, sentence) = child.withTextBytes { Self.weight($0) }
          own += weight
          if inLink { linked += weight }
          if sentence, !inLink { hasSentence = true }
        } else if child.isElement, !BodyWalker.isSilent(child) {
          if child.isOne(of: BodyWalker.inlineElements), !Self.wrapsBlocks(child) {
            _ = inline(child, inLink: inLink || child.name == "a")
          } else if !leaves(child) {
            mass += measure(child)
          }
        }
      }
      return true
    }
    _ = inline(node, inLink: node.name == "a")
    if own > 0 {
      mass.all += own
      mass.linked += linked
      let free = own - linked
      let isItem = node.name == "li" || node.name == "td" || node.name == "dd"
      let isHeading = node.name.utf8.count == 2 && node.name.first == "h" && node.name != "hr"
      let threshold = node.name == "p" ? 25.0 : 50
      if free >= threshold, linked < own * 0.5, hasSentence || free > 120, !isHeading {
        mass.prose += isItem ? free * 0.5 : free
        mass.paragraphs += 1
      }
    }
    if mass.all > 0 {
      let number = node.number
      while table.count <= number { table.append(nil) }
      table[number] = mass
    }
    return mass
  }

  /// Whether an inline element is used as a block, as a `span` around paragraphs is.
  private static func wrapsBlocks(_ node: Node) -> Bool {
    node.elements.contains { $0.isOne(of: BodyWalker.blockElements) }
  }

  /// The characters that are no white space, those of scripts without spaces between words counted double, and whether
  /// the text holds a mark that ends or divides a sentence.
  static func weight(_ text: String) -> (weight: Double, sentence: Bool) {
    var text = text
    return text.withUTF8 { weight($0) }
  }

  /// The same for UTF-8 bytes. ASCII, which most markup is, is counted by byte.
  private static func weight(_ bytes: UnsafeBufferPointer<UInt8>) -> (weight: Double, sentence: Bool) {
    var count = 0
    var sentence = false
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x09, 0x0A, 0x0D, 0x20: break
      case 0x2E, 0x21, 0x3F, 0x2C, 0x3B:
        sentence = true
        count += 1
      case 0x80...:
        let rest = weight(ofScalars: UnsafeBufferPointer(rebasing: bytes[index...]))
        return (Double(count) + rest.weight, sentence || rest.sentence)
      default: count += 1
      }
    }
    return (Double(count), sentence)
  }

  private static func weight(ofScalars bytes: UnsafeBufferPointer<UInt8>) -> (weight: Double, sentence: Bool) {
    var weight = 0.0
    var sentence = false
    var at = 0
    while at < bytes.count {
      let value = Comparable.scalar(bytes, &at)
      switch value {
      case 0x09, 0x0A, 0x0D, 0x20, 0xA0: break
      case 0x2E, 0x21, 0x3F, 0x2C, 0x3B, 0x2026, 0x0964, 0x061F, 0x06D4, 0x1362, 0x0589:
        sentence = true
        weight += 1
      case 0x3001, 0x3002, 0xFF01, 0xFF1F, 0xFF0C:
        sentence = true
        weight += 2
      case 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF: weight += 2
      default: weight += 1
      }
    }
    return (weight, sentence)
  }
}
