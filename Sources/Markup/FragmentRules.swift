/// The elements that `FragmentReader` reads by itself, and which of them may stand in which.
///
/// Only nestings are listed that the HTML parser takes as written: it closes nothing early and moves nothing. For all
/// others, and for all other elements, the tree decides.
struct FragmentRule {
  enum Role: UInt8 {
    case inline, void, rule, paragraph, container, list, item, table, section, row, cell, terms, term, caption,
      dropped
  }

  /// The name's bytes, little end first.
  let low: UInt64
  let high: UInt64
  let name: StaticString
  let role: Role
  /// What comes out in HTML; nil when the content stands for itself.
  let written: StaticString?
  let isBlock: Bool
  /// Line breaks around it in plain text.
  let breaks: Int

  private init(_ name: StaticString, _ role: Role) {
    (low, high) = Self.key(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    self.name = name
    self.role = role
    let text = "\(name)"
    written = text == "h1" ? "h2" : Sanitiser.allowed.contains(text) ? name : nil
    isBlock = blockElements.contains(text)
    breaks =
      switch text {
      case "li", "tr", "dt", "dd", "div", "section", "article", "header", "footer", "tbody", "thead": 1
      case "td", "th": 0
      default: isBlock ? 2 : 0
      }
  }

  /// Up to sixteen bytes as two words, lower case.
  static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> (low: UInt64, high: UInt64) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var index = min(bytes.count, 16)
    while index > 0 {
      index -= 1
      let byte = bytes[index]
      let lower = UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)
      if index < 8 { low = low << 8 | lower } else { high = high << 8 | lower }
    }
    return (low, high)
  }

  /// Whether the HTML parser leaves such a child where it is.
  func takes(_ child: FragmentRule) -> Bool {
    switch child.role {
    case .inline, .void, .dropped:
      switch role {
      case .list, .table, .section, .row, .terms: false
      default: !(child.isLink && isLink)
      }
    case .paragraph, .container, .list, .table, .terms, .rule:
      role == .container || role == .item || role == .cell || role == .caption && child.role == .paragraph
        || isLink && (child.role == .paragraph || child.role == .container)
    case .item: role == .list
    case .section: role == .table
    case .row: role == .table || role == .section
    case .cell: role == .row
    case .term: role == .terms
    case .caption: role == .container
    }
  }

  /// Whether the HTML parser ends this element where such a one begins.
  func isEnded(by next: FragmentRule) -> Bool {
    switch role {
    case .paragraph:
      guard isParagraph else { return false }
      return switch next.role {
      case .paragraph, .list, .table, .terms, .rule: true
      default: false
      }
    case .item: return next.role == .item
    default: return false
    }
  }

  /// Whether its end may be left to that of the element around it.
  var mayLackEnd: Bool { isParagraph || role == .item }
  /// Whether its end is that of paragraphs and items inside.
  var endsImplied: Bool {
    switch role {
    case .container, .list, .item, .cell: true
    default: false
    }
  }
  var isParagraph: Bool { low == 0x70 }
  /// What stands in it is no markup.
  var isRaw: Bool { low == 0x65_6C79_7473 || low == 0x7470_6972_6373 || isAnnotation }
  private var isAnnotation: Bool { role == .dropped && low == 0x6974_6174_6F6E_6E61 }

  var isLink: Bool { low == 0x61 }
  var isImage: Bool { low == 0x67_6D69 }
  var isBreak: Bool { low == 0x7262 }
  var isPreformatted: Bool { low == 0x65_7270 }

  // MARK: Look-up

  private static let slots = 256

  private static func slot(_ low: UInt64, _ high: UInt64) -> Int {
    Int(truncatingIfNeeded: ((low ^ (high &* 0x9E37_79B9)) &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }

  /// Openly addressed, made once; entries are indices into `all`, -1 for none.
  static let table: FragmentTable = {
    let places = UnsafeMutablePointer<Int16>.allocate(capacity: slots)
    places.initialize(repeating: -1, count: slots)
    let rules = UnsafeMutablePointer<FragmentRule>.allocate(capacity: all.count)
    for (index, rule) in all.enumerated() {
      (rules + index).initialize(to: rule)
      var place = slot(rule.low, rule.high)
      while places[place] >= 0 { place = (place + 1) % slots }
      places[place] = Int16(index)
    }
    return FragmentTable(rules: UnsafePointer(rules), places: UnsafePointer(places))
  }()

  struct FragmentTable: @unchecked Sendable {
    let rules: UnsafePointer<FragmentRule>
    let places: UnsafePointer<Int16>

    /// The index of a rule, nil for elements that only the tree knows.
    func find(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
      guard name.count <= 16 else { return nil }
      let (low, high) = FragmentRule.key(name)
      var place = FragmentRule.slot(low, high)
      while places[place] >= 0 {
        let index = Int(places[place])
        if rules[index].low == low, rules[index].high == high { return index }
        place = (place + 1) % FragmentRule.slots
      }
      return nil
    }
  }

  /// The first stands for the fragment itself.
  private static let all: [FragmentRule] = [
    FragmentRule("div", .container), FragmentRule("section", .container), FragmentRule("article", .container),
    FragmentRule("aside", .container), FragmentRule("header", .container), FragmentRule("footer", .container),
    FragmentRule("main", .container), FragmentRule("nav", .container), FragmentRule("blockquote", .container),
    FragmentRule("figure", .container), FragmentRule("figcaption", .caption),
    FragmentRule("p", .paragraph), FragmentRule("h1", .paragraph), FragmentRule("h2", .paragraph),
    FragmentRule("h3", .paragraph), FragmentRule("h4", .paragraph), FragmentRule("h5", .paragraph),
    FragmentRule("h6", .paragraph), FragmentRule("pre", .paragraph),
    FragmentRule("ul", .list), FragmentRule("ol", .list), FragmentRule("li", .item),
    FragmentRule("dl", .terms), FragmentRule("dt", .term), FragmentRule("dd", .term),
    FragmentRule("table", .table), FragmentRule("thead", .section), FragmentRule("tbody", .section),
    FragmentRule("tr", .row), FragmentRule("td", .cell), FragmentRule("th", .cell),
    FragmentRule("br", .void), FragmentRule("img", .void), FragmentRule("hr", .rule),
    FragmentRule("a", .inline), FragmentRule("b", .inline), FragmentRule("i", .inline), FragmentRule("em", .inline),
    FragmentRule("strong", .inline), FragmentRule("span", .inline), FragmentRule("code", .inline),
    FragmentRule("sup", .inline), FragmentRule("sub", .inline), FragmentRule("u", .inline),
    FragmentRule("s", .inline), FragmentRule("del", .inline), FragmentRule("ins", .inline),
    FragmentRule("small", .inline), FragmentRule("cite", .inline), FragmentRule("abbr", .inline),
    FragmentRule("q", .inline), FragmentRule("tt", .inline), FragmentRule("kbd", .inline),
    FragmentRule("var", .inline), FragmentRule("samp", .inline), FragmentRule("mark", .inline),
    FragmentRule("time", .inline), FragmentRule("font", .inline), FragmentRule("picture", .inline),
    FragmentRule("big", .inline), FragmentRule("tfoot", .section), FragmentRule("details", .container),
    FragmentRule("center", .container),
    FragmentRule("summary", .paragraph), FragmentRule("iframe", .dropped), FragmentRule("style", .dropped),
    FragmentRule("script", .dropped), FragmentRule("annotation", .dropped),
    // MathML: its text stays.
    FragmentRule("math", .inline), FragmentRule("semantics", .inline), FragmentRule("mrow", .inline),
    FragmentRule("mi", .inline), FragmentRule("mn", .inline), FragmentRule("mo", .inline),
    FragmentRule("mtext", .inline), FragmentRule("msup", .inline), FragmentRule("msub", .inline),
    FragmentRule("msubsup", .inline), FragmentRule("mfrac", .inline), FragmentRule("msqrt", .inline),
    FragmentRule("mover", .inline), FragmentRule("munder", .inline), FragmentRule("munderover", .inline),
    FragmentRule("mstyle", .inline), FragmentRule("mtable", .inline), FragmentRule("mtr", .inline),
    FragmentRule("mtd", .inline),
  ]
}
