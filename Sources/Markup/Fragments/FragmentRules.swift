/// What the elements of HTML mean to `FragmentReader`. Elements that are not listed are nothing by themselves: their
/// content stands where they stood.
struct FragmentRule {
  enum Role: UInt8 {
    case inline, void, rule, paragraph, container, list, item, table, section, row, cell, terms, term, caption
    /// Goes with everything inside.
    case dropped
    /// The same; what stands in it is no markup.
    case droppedText
    /// The same; it has no content.
    case droppedVoid
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
    isBlock = blockElements.contains(text) || [.container, .list, .paragraph].contains(role)
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

  /// Whether the start of such an element ends this one, which is the innermost of those in the way.
  @inline(__always)
  func isEnded(by next: FragmentRule) -> Bool {
    switch next.role {
    case .paragraph, .container, .list, .table, .terms, .rule, .caption: isParagraph || isHeading && next.isHeading
    case .item: role == .item || isParagraph
    case .term: role == .term || isParagraph
    case .section: role == .section || role == .row || role == .cell
    case .row: role == .row || role == .cell
    case .cell: role == .cell
    case .inline: next.isLink && isLink
    default: false
    }
  }

  /// Whether an element that `next` would end is left alone when it lies outside of this one.
  @inline(__always)
  func shields(from next: FragmentRule) -> Bool {
    switch next.role {
    case .item: role == .list || role == .table || role == .cell
    case .term: role == .terms || role == .table || role == .cell
    case .section, .row, .cell: role == .table
    default: role == .table || role == .cell || role == .caption
    }
  }

  /// What an end tag reaches across: elements of a higher rank keep those outside open.
  var rank: UInt8 {
    switch role {
    case .container, .caption: 1
    case .cell: 2
    case .row: 3
    case .section: 4
    case .table: 5
    default: 0
    }
  }

  var isParagraph: Bool { low == 0x70 }
  var isHeading: Bool { low & 0xFF == 0x68 && (low >> 8) &- 0x31 < 6 }

  /// A script or a style.
  var isCode: Bool { low == 0x65_6C79_7473 || low == 0x7470_6972_6373 }
  /// A `noscript`.
  var isScriptless: Bool { low == 0x7470_6972_6373_6F6E }
  var isLink: Bool { low == 0x61 }
  var isQuotation: Bool { low == 0x71 }
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

    /// The index of a rule; nil for elements that are nothing by themselves.
    /// - Parameter isSpacious: whether eight bytes can be read from the name's start
    @inline(__always)
    func find(_ name: UnsafeBufferPointer<UInt8>, isSpacious: Bool) -> Int? {
      guard name.count <= 16 else { return nil }
      let (low, high): (UInt64, UInt64)
      if isSpacious, name.count <= 8, let base = name.baseAddress {
        // Small letters in one step: what is no letter and changes is in no name.
        let word = UInt64(littleEndian: UnsafeRawPointer(base).loadUnaligned(as: UInt64.self))
        let mask = name.count == 8 ? UInt64.max : 1 << UInt64(8 * name.count) - 1
        (low, high) = ((word | 0x2020_2020_2020_2020) & mask, 0)
      } else {
        (low, high) = FragmentRule.key(name)
      }
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
    FragmentRule("center", .container), FragmentRule("address", .container), FragmentRule("fieldset", .container),
    FragmentRule("form", .container), FragmentRule("caption", .caption), FragmentRule("hgroup", .container),
    FragmentRule("dir", .list), FragmentRule("menu", .list), FragmentRule("listing", .paragraph),
    FragmentRule("summary", .paragraph),
    FragmentRule("script", .droppedText), FragmentRule("style", .droppedText), FragmentRule("iframe", .droppedText),
    FragmentRule("noembed", .droppedText), FragmentRule("noframes", .droppedText), FragmentRule("xmp", .droppedText),
    FragmentRule("textarea", .droppedText), FragmentRule("title", .droppedText),
    FragmentRule("svg", .dropped), FragmentRule("object", .dropped), FragmentRule("applet", .dropped),
    FragmentRule("template", .dropped), FragmentRule("noscript", .dropped),
    FragmentRule("button", .dropped), FragmentRule("select", .dropped), FragmentRule("datalist", .dropped),
    FragmentRule("option", .dropped), FragmentRule("audio", .dropped), FragmentRule("video", .dropped),
    FragmentRule("canvas", .dropped), FragmentRule("map", .dropped), FragmentRule("xml", .dropped),
    FragmentRule("frameset", .dropped), FragmentRule("dialog", .dropped), FragmentRule("annotation", .dropped),
    FragmentRule("annotation-xml", .dropped),
    FragmentRule("embed", .droppedVoid), FragmentRule("input", .droppedVoid), FragmentRule("meta", .droppedVoid),
    FragmentRule("link", .droppedVoid), FragmentRule("base", .droppedVoid), FragmentRule("frame", .droppedVoid),
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
