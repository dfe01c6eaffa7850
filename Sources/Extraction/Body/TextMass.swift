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

  /// Measures everything below `root`.
  init(_ root: Node) { self.init(TextParts(root)) }

  /// Adds up what was measured; parts for which `leaves` holds count as empty.
  init(_ parts: TextParts, leavingOut leaves: (Node) -> Bool = { _ in false }) {
    table.reserveCapacity(parts.parts.count)
    _ = add(parts.parts, 0, leaves)
  }

  subscript(node: Node) -> Mass {
    let number = node.number
    return number < table.count ? table[number] ?? Mass() : Mass()
  }

  private mutating func add(_ parts: [TextParts.Part], _ index: Int, _ leaves: (Node) -> Bool) -> Mass {
    var mass = Mass()
    var inner = index + 1
    while inner < parts[index].end {
      if !leaves(parts[inner].node) { mass += add(parts, inner, leaves) }
      inner = parts[inner].end
    }
    mass += parts[index].own
    if mass.all > 0 {
      let number = parts[index].node.number
      while table.count <= number { table.append(nil) }
      table[number] = mass
    }
    return mass
  }

  /// The characters that are no white space, those of scripts without spaces between words counted double, and whether
  /// the text holds a mark that ends or divides a sentence.
  static func weight(_ text: String) -> (weight: Double, sentence: Bool) {
    var text = text
    return text.withUTF8 { TextParts.weight($0) }
  }
}

/// The parts of a page that texts stand in, each with its own text measured, so that several sums cost one measuring.
struct TextParts {
  struct Part {
    let node: Node
    /// Of the text that stands in this element itself, inline elements included.
    var own = TextMass.Mass()
    /// Behind the last part inside this one.
    var end = 0
  }

  /// In document order.
  fileprivate private(set) var parts: [Part] = []

  init(_ root: Node) { measure(root) }

  private mutating func measure(_ node: Node) {
    let index = parts.count
    parts.append(Part(node: node))
    var own = 0.0
    var linked = 0.0
    var hasSentence = false
    func inline(_ node: Node, inLink: Bool) {
      var next = node.firstChild
      while let child = next {
        next = child.nextSibling
        if child.isText {
          let (weight, sentence) = child.withTextBytes { Self.weight($0) }
          own += weight
          if inLink { linked += weight }
          if sentence, !inLink { hasSentence = true }
        } else if child.isElement, !BodyWalker.isSilent(child) {
          if child.isOne(of: BodyWalker.inlineElements), !child.hasChild(of: BodyWalker.blockElements) {
            inline(child, inLink: inLink || child.isOne(of: .links))
          } else {
            measure(child)
          }
        }
      }
    }
    inline(node, inLink: node.isOne(of: .links))
    parts[index].end = parts.count
    guard own > 0 else { return }
    var mass = TextMass.Mass(all: own, linked: linked)
    let free = own - linked
    let threshold = node.isOne(of: Self.paragraphs) ? 25.0 : 50
    if free >= threshold, linked < own * 0.5, hasSentence || free > 120, !node.isOne(of: Self.headings) {
      mass.prose = node.isOne(of: Self.items) ? free * 0.5 : free
      mass.paragraphs = 1
    }
    parts[index].own = mass
  }

  private static let paragraphs: ElementSet = ["p"]
  private static let items: ElementSet = ["li", "td", "dd"]
  private static let headings: ElementSet = ["h1", "h2", "h3", "h4", "h5", "h6"]

  /// The same as `TextMass.weight` for UTF-8 bytes. ASCII, which most markup is, is counted by byte.
  fileprivate static func weight(_ bytes: UnsafeBufferPointer<UInt8>) -> (weight: Double, sentence: Bool) {
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
    var unspaced = 0
    var at = 0
    while at < bytes.count {
      let value = Comparable.scalar(bytes, &at)
      switch value {
      case 0x09, 0x0A, 0x0D, 0x20, 0xA0: break
      case 0x2E, 0x21, 0x3F, 0x2C, 0x3B, 0x2026, 0x0964, 0x061F, 0x06D4, 0x1362, 0x0589:
        sentence = true
        weight += 1
      case 0x3001, 0x3002, 0xFF01, 0xFF1F, 0xFF0C, 0x104A, 0x104B, 0x17D4, 0x17D5, 0x0F0D:
        sentence = true
        weight += 2
      // Thai, Lao, Tibetan, Burmese, Khmer: no spaces between words, and in most of them no mark at a sentence's end.
      case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF:
        unspaced += 1
        if unspaced > 40 { sentence = true }
        weight += 1.5
      case 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF: weight += 2
      default: weight += 1
      }
    }
    return (weight, sentence)
  }
}
