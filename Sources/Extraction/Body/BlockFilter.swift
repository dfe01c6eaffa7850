import Articles
import Markup
import Values

/// Takes out of a generic body what is no part of the text: dates, bylines and standfirst above it, invitations and
/// links between its paragraphs, remarks below it.
struct BlockFilter {
  private let page: Page
  let standfirst: String?
  /// Where the headline is printed, and the standfirst.
  private let headline: Node?
  private let introduction: Node?
  /// The names of those who wrote it, as they are written and folded.
  private let authors: [String]
  private let names: Set<String>
  /// What the site is called, letters and digits alone.
  private let sites: Set<String>
  /// What the page's titles say, letters and digits alone.
  private let titles: Set<String>
  /// What the page says of its pictures.
  private let pictureTexts: Set<String>

  /// - Parameter introduction: where the standfirst is printed, if it was found there.
  init(
    page: Page, headline: String?, standfirst: String?, introduction: Node? = nil, names: [String] = [],
    sites: [String] = []
  ) {
    self.page = page
    self.introduction = introduction
    self.sites = Set(sites)
    self.headline = page.headlinePlace.node
    self.standfirst = standfirst.map(Comparable.folded)
    authors = names
    self.names = Set(names.map(Comparable.folded))
    let heads = page.document.root.descendants(named: .headings).map(\.text)
    titles = Set((heads + [headline].compactMap { $0 }).map(Lines.squeezed).filter { $0.characterCount > 8 })
    pictureTexts = page.pictureTexts
  }

  func filtered(_ blocks: [WalkedBlock]) -> [WalkedBlock] {
    var kept: [WalkedBlock] = []
    var seen: Set<ByteKey> = []
    var hasProse = false
    for walked in PullQuotes.removed(from: BodyBounds(headline: headline).blocks(of: blocks)) {
      if walked.node.name == "h1", !hasProse { continue }
      if case .figure = walked.block {
        kept.append(walked)
        continue
      }
      let folded = Comparable.folded(walked.text)
      if isRepeated(walked, folded, beforeProse: !hasProse) || isBoilerplate(walked, folded) { continue }
      if !hasProse, isFurniture(walked), !isHeaded(walked, by: kept.last) { continue }
      if folded.characterCount > 40, !seen.insert(ByteKey(folded)).inserted { continue }
      if case .paragraph = walked.block, walked.weight > 60 { hasProse = true }
      kept.append(walked)
    }
    return Self.withoutDanglingHeadings(withoutSignature(Biography.removed(from: kept, of: authors)))
  }

  /// The blocks without the initials, names and agencies that sign a text at its end.
  private func withoutSignature(_ blocks: [WalkedBlock]) -> [WalkedBlock] {
    var blocks = blocks
    var rest = 2
    while rest > 0, let place = blocks.lastIndex(where: { if case .figure = $0.block { false } else { true } }) {
      guard case .paragraph(let content) = blocks[place].block else { break }
      let text = content.plainText
      let bare = text.characterCount < 120 ? Names.afterPrefix(text) ?? text : text
      let isName =
        text.utf8.count < 400 && names.contains(Comparable.folded(Names.cleaned(bare))) || Names.isAgency(text)
        || text.utf8.count < 60 && sites.contains(Lines.squeezed(text))
      guard isName || Lines.isSignature(text) || isRemark(text) || saysWhence(text) else { break }
      blocks.remove(at: place)
      rest -= 1
    }
    return blocks
  }

  /// How one reaches who wrote it, said below a text: `Contact Ann Able at …`
  private func isRemark(_ text: String) -> Bool {
    guard text.utf8.count < 400, let name = authors.first(where: { $0.holds(" ") && text.holds($0) }) else {
      return false
    }
    return Self.invitations.contains { text.hasPrefix($0 + name) }
  }

  /// `Ann Able reported from Leeds.`, with her whole name or the last of it.
  private func saysWhence(_ text: String) -> Bool {
    guard text.utf8.count < 300, text.holds(" reported from ") else { return false }
    return authors.contains { name in
      text.hasPrefix(name + " ") || name.split(separator: " ").last.map { text.hasPrefix($0 + " reported") } ?? false
    }
  }

  private static let invitations = [
    "Contact ", "Reach ", "Email ", "E-mail ", "Follow ", "Write to ", "Schreiben Sie ",
  ]

  /// The opening paragraph, when it stands apart from the next one and says what the page's description says: that is
  /// the standfirst, not the body.
  static func standfirst(in blocks: [WalkedBlock], descriptions: Set<String>) -> WalkedBlock? {
    let prose = blocks.filter { walked in
      switch walked.block {
      case .paragraph, .heading: walked.weight > 40
      default: false
      }
    }
    guard prose.count > 3 else { return nil }
    // What is set like none of the text is no part of it.
    let apart = prose.prefix(descriptions.isEmpty ? 0 : 4).enumerated().first { index, walked in
      isSetApart(walked.node, from: prose[(index + 1)...]) && descriptions.contains(Comparable.folded(walked.text))
    }
    if let apart { return apart.element }
    for (index, walked) in prose.prefix(2).enumerated() {
      let folded = Comparable.folded(walked.text)
      // An agency's dateline opens a text, never a standfirst.
      guard descriptions.contains(folded) || descriptions.contains(where: { isPlaced(folded, $0) }),
        !isDatelined(folded)
      else { continue }
      let next = prose[index + 1]
      if case .heading = walked.block { return walked }
      if ([walked.node] + walked.node.ancestors.prefix(2)).contains(where: { GenericFields.isLead($0) }) {
        return walked
      }
      guard walked.node.parent != next.node.parent else { return nil }
      // Something stands between the standfirst and the text: a picture, a date, who wrote it.
      let from = blocks.firstIndex { $0.node == walked.node } ?? 0
      let to = blocks.firstIndex { $0.node == next.node } ?? 0
      return to > from + 1 ? walked : nil
    }
    return nil
  }

  /// Whether a paragraph has a class that the paragraphs after it have not, which all have one or all none.
  private static func isSetApart(_ node: Node, from others: ArraySlice<WalkedBlock>) -> Bool {
    guard node.name == "p", let own = node["class"]?.lowercased(), !firstWords.contains(where: { own.holds($0) }) else {
      return false
    }
    let classes = Array(others.lazy.map(\.node).filter { $0.name == "p" }.prefix(4)).map { $0["class"] ?? "" }
    return classes.count > 2 && classes[0] != node["class"] && classes.allSatisfy { $0 == classes[0] }
  }

  /// What the first paragraph of a text is called for its first letter.
  private static let firstWords = ["first", "drop", "initial"]

  /// Two or more headings that nothing but a picture divides from the text, and their box: lines below the headline.
  static func openingHeadings(_ blocks: [WalkedBlock]) -> (lines: [String], box: Node)? {
    let opening = blocks.prefix { if case .paragraph = $0.block { $0.weight <= 60 } else { true } }
    let headings = opening.filter { walked in
      guard case .heading(_, let content) = walked.block, walked.node.name != "h1" else { return false }
      return walked.weight > 15 && linkShare(content) < 0.5
    }
    guard (2...4).contains(headings.count), let box = headings[0].node.parent else { return nil }
    let nodes = headings.map(\.node)
    let areAlone = box.elements.allSatisfy { nodes.contains($0) || $0.text.isEmpty }
    return areAlone && nodes.allSatisfy { $0.parent == box } ? (headings.map(\.text), box) : nil
  }

  /// The first paragraph, when it alone is set in bold.
  static func boldOpening(_ blocks: [WalkedBlock], descriptions: Set<String>) -> WalkedBlock? {
    func isBold(_ walked: WalkedBlock) -> Bool {
      guard case .paragraph(let content) = walked.block, content.count == 1, case .strong = content[0] else {
        return false
      }
      return true
    }
    let lines = blocks.filter { if case .paragraph = $0.block { $0.weight > 20 } else { false } }
    let prose = lines.filter { $0.weight > 60 }
    guard prose.count > 3, let place = lines.firstIndex(where: { $0.node == prose[0].node }), isBold(prose[0]),
      !lines[(place + 1)...].prefix(2).contains(where: isBold)
    else { return nil }
    let text = prose[0].text
    let folded = Comparable.folded(text)
    return (endsSentence(text) || descriptions.contains(folded)) && !isDatelined(folded) ? prose[0] : nil
  }

  /// Whether a text is a description behind the name of a place.
  private static func isPlaced(_ folded: String, _ description: String) -> Bool {
    folded.hasSuffix(". " + description) && folded.utf8.count < description.utf8.count + 30
  }

  private static func isDatelined(_ folded: String) -> Bool {
    folded.holds("(") && folded.prefixMatch(of: dateline) != nil
  }

  nonisolated(unsafe) private static let dateline = /[^()]{2,60}\((?:ap|reuters|afp|dpa|upi|efe|ansa)\)/

  /// Whether the block says again what the headline, the standfirst or a picture's description says.
  private func isRepeated(_ walked: WalkedBlock, _ folded: String, beforeProse: Bool) -> Bool {
    let text = walked.text
    if let standfirst, !standfirst.isEmpty, folded.hasPrefix(standfirst),
      folded == standfirst || Comparable.folded(Names.withoutSignature(text, of: authors)) == standfirst
    {
      return true
    }
    // With a label in front; a place in front of it ends in a mark.
    if let standfirst, standfirst.utf8.count > 60, folded.hasSuffix(standfirst),
      folded.utf8.count < standfirst.utf8.count + 30,
      folded.dropLast(standfirst.count).last(where: { $0 != " " })?.isLetter ?? false
    {
      return true
    }
    // An introduction may have several paragraphs.
    if let introduction, introduction.contains(walked.node) { return true }
    let squeezed = Lines.squeezed(text)
    if titles.contains(squeezed) { return true }
    // A kicker and the headline in one.
    if beforeProse, walked.node.name != "p",
      titles.contains(where: { squeezed.hasSuffix($0) && $0.count * 3 > squeezed.count })
    {
      return true
    }
    if case .paragraph = walked.block, walked.node.name != "p" || !BlockFilter.endsSentence(text) {
      return pictureTexts.contains(folded)
    }
    return false
  }

  /// What stands above the text: dates, bylines, reading times, labels.
  private func isFurniture(_ walked: WalkedBlock) -> Bool {
    guard case .paragraph(let content) = walked.block else {
      if case .list(_, let items) = walked.block {
        return items.allSatisfy { item in item.allSatisfy { Self.isShort($0) } }
      }
      return false
    }
    let (text, weight) = (walked.text, walked.weight)
    // An hour ends like a sentence.
    let endsSentence =
      Self.endsSentence(text) && !text.hasSuffix("a.m.") && !text.hasSuffix("p.m.")
      && !text.hasSuffix(" น.")
    if weight < 30, !endsSentence { return true }
    if names.contains(Comparable.folded(text)) || saysWhence(text) || Biography.listsOne(of: authors, text) {
      return true
    }
    if weight < 120, text.holdsByte(where: Digits.isDigitOrM), text.firstMatch(of: Self.dateLine) != nil,
      !endsSentence || Lines.isReadingTime(text)
    {
      return true
    }
    if weight < 100, text.prefixMatch(of: Self.bylineStart) != nil, !endsSentence { return true }
    return weight < 60 && Self.linkShare(content) > 0.9
  }

  /// Whether a list stands below a heading of its own, to be read, and says nothing of who wrote and when.
  private func isHeaded(_ walked: WalkedBlock, by head: WalkedBlock?) -> Bool {
    guard case .list = walked.block, let head, case .heading = head.block else { return false }
    return head.weight < 30 && walked.text.firstMatch(of: Self.dateLine) == nil
      && walked.text.prefixMatch(of: Self.bylineStart) == nil
  }

  private static func isShort(_ block: Block) -> Bool {
    let text = block.plainText.joined(separator: " ")
    return TextMass.weight(text).weight < 30 && !endsSentence(text)
  }

  private func isBoilerplate(_ walked: WalkedBlock, _ folded: String) -> Bool {
    let (text, weight) = (walked.text, walked.weight)
    if weight < 400, Boilerplate.matches(text, folded: folded, linked: walked.linkedPart) { return true }
    if LinkedLines.isOne(walked) || LinkedLines.labelsLinks(walked, on: page) { return true }
    switch walked.block {
    case .paragraph(let content):
      if weight < 40, Self.linkShare(content) > 0.95 { return true }
      if weight < 60,
        Lines.isAge(text) || Lines.isRemnant(text) || Self.isMoment(walked) || DateLabel.opensDate(text)
      {
        return true
      }
      if Lines.isAnnouncement(text) || Lines.isShareBar(text) || weight < 20 && Lines.isDuration(text) { return true }
      // What heads a list of other articles may be no heading.
      if weight < 60, text.last == ":", Boilerplate.isEndMark(folded, isHeading: true) { return true }
      return Lines.isCreditedCaption(text)
    case .heading(_, let content):
      return Self.linkShare(content) > 0.95
    case .list:
      // When it appeared and when it was changed.
      let items = walked.node.elements
      return weight < 120 && !items.isEmpty
        && items.allSatisfy { item in
          item.text.holdsByte(where: Digits.isDigit) && item.first(of: Self.moments)?.text == item.text
        }
    case .quote, .figure, .table, .preformatted: return false
    }
  }

  /// Whether a line is nothing but a moment that the markup says is one, as live reports head their entries.
  private static func isMoment(_ walked: WalkedBlock) -> Bool {
    guard walked.text.holdsByte(where: Digits.isDigit) else { return false }
    let node = walked.node
    return node.isOne(of: moments) || node.isSet("itemprop", to: "datePublished")
      || node.descendants.contains {
        ($0.isOne(of: moments) || $0.isSet("itemprop", to: "datePublished")) && $0.text == walked.text
      }
  }

  private static let moments: ElementSet = ["time"]

  /// Subheads without text after them, and so those before side matter that has gone.
  static func withoutDanglingHeadings(_ blocks: [WalkedBlock]) -> [WalkedBlock] {
    var kept: [WalkedBlock] = []
    var hasText = false
    for walked in blocks.reversed() {
      switch walked.block {
      case .heading(_, let content) where !hasText:
        // A last paragraph that is set in bold is read as a heading.
        guard walked.node.name == "p", endsSentence(walked.text), walked.text.last != ":" else { continue }
        hasText = true
        kept.append(WalkedBlock(block: .paragraph([.strong(content)]), node: walked.node))
        continue
      case .heading: hasText = true
      case .figure: break
      default: hasText = true
      }
      kept.append(walked)
    }
    return kept.reversed()
  }

  static func linkShare(_ content: [Inline]) -> Double {
    let all = content.plainText.characterCount
    guard all > 0 else { return 0 }
    return Double(linkedCount(content)) / Double(all)
  }

  fileprivate static func linkedCount(_ content: [Inline]) -> Int {
    content.reduce(0) { sum, inline in
      switch inline {
      case .link(_, let children): sum + children.plainText.characterCount
      case .strong(let children), .emphasis(let children): sum + linkedCount(children)
      case .text, .lineBreak: sum
      }
    }
  }

  static func endsSentence(_ text: String) -> Bool {
    guard let last = text.unicodeScalars.last(where: { !"\"'”“’»«)] ".unicodeScalars.contains($0) }) else {
      return false
    }
    return ".!?…。！？｡।॥:؟۔።။។".unicodeScalars.contains(last)
  }

  nonisolated(unsafe) private static let dateLine =
    /\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b|\bmin(?:ute)?s?\b(?: read)?|\b\d{1,2}\.\d{1,2}\./.ignoresCase()
  nonisolated(unsafe) private static let bylineStart =
    /\s*(?:By|Von|Par|Por|Di|Av|Af|Door|Updated|Published|Aktualisiert|Veröffentlicht|Publié|Mis à jour|Publicado|Actualizado|Stand|Quelle)\b[\s:]/
    .ignoresCase()
}

extension WalkedBlock {
  /// Whether the block holds a link.
  var holdsLink: Bool {
    switch block {
    case .paragraph(let content), .heading(_, let content): BlockFilter.linkedCount(content) > 0
    default: node.holds(.links)
    }
  }
}
