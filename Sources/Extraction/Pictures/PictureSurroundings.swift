import Articles
import Markup
import Values

/// What stands around a picture's frame and says whose it is or what it shows, and what in a caption is no part of it.
extension PictureReader {
  /// Whose picture it is, in a small box around the frame that is named so.
  func creditBeside(_ frame: Node) -> String? {
    let own = frame.text.characterCount
    for box in frame.ancestors.prefix(5) {
      guard !box.isOne(of: .largeBoxes), Self.holdsFewPictures(box) else { break }
      let length = box.text.characterCount
      guard length < own * 2 + 120 else { break }
      // Nothing more than the frame says.
      if length == own { continue }
      guard Self.holdsOnePicture(box, page) else { break }
      let named = box.descendants.first { node in
        ClassTokens(node).containsAny(Self.pictureCreditTokens) && !node.text.isEmpty && !node.contains(frame)
          && !frame.contains(node)
      }
      if let named { return PictureCredits.listed(PictureCredits.cleaned(named.text)) }
    }
    let behind = behind(frame) { next in
      ClassTokens(next).containsAny(Self.pictureCreditTokens) && (3...120).contains(next.text.characterCount)
        && !next.holds(.images) && Self.namesOwner(next.text)
    }
    if let behind { return PictureCredits.listed(PictureCredits.cleaned(behind.text)) }
    return headCredit(frame)
  }

  /// Whether a text is a name alone, and not `By Ann Able`, who wrote the text, or a sentence about its rights.
  private static func namesOwner(_ text: String) -> Bool {
    let name = PictureCredits.cleaned(text)
    return PictureCredits.looksLikeCredit(name, isBracketed: true) && Names.afterPrefix(name) == nil
  }

  /// Whose picture it is, beside the headline: the only one of a header that names one.
  private func headCredit(_ frame: Node) -> String? {
    guard let head = frame.ancestors.first(where: { $0.isOne(of: Self.heads) }), head.holds(.headings),
      Self.holdsOnePicture(head, page)
    else { return nil }
    let named = head.descendants.filter { node in
      ClassTokens(node).containsAny(Self.pictureCreditTokens) && !node.text.isEmpty && !node.holds(.plainImages)
    }
    guard let credit = named.first, named.allSatisfy({ credit.contains($0) || $0 == credit }),
      credit.text.characterCount < 120
    else { return nil }
    return PictureCredits.listed(PictureCredits.cleaned(credit.text))
  }

  private static let heads: ElementSet = ["header"]

  /// Whose picture it is by the page's own data, where nothing is printed.
  func statedCredit(_ element: Node) -> String? {
    let stated = page.pictureCredits
    guard !stated.isEmpty else { return nil }
    return page.renditions(of: element).lazy.compactMap { stated[page.identity($0.href)] }.first
  }

  /// Whose picture it is by its title, where that is the picture's description, a bar, and a few words.
  static func titledCredit(_ element: Node) -> String? {
    guard let title = element["title"].map(Whitespace.folded), let alt = element["alt"].map(Whitespace.folded),
      !alt.isEmpty, title.hasPrefix(alt), title.utf8.count < alt.utf8.count + 100
    else { return nil }
    let rest = title.dropFirst(alt.count).trimmingSpaces
    guard rest.first == "|", rest.count > 3 else { return nil }
    return PictureCredits.listed(PictureCredits.cleaned(rest.dropFirst().trimmingSpaces))
  }

  /// The words that a picture says describe it.
  func describingWords(_ node: Node, _ element: Node) -> String? {
    for place in [node, element] {
      guard let name = place["aria-labelledby"] ?? place["aria-describedby"] ?? place["aria-details"] else { continue }
      let around = node.ancestors.prefix(4).last ?? page.document.root
      if let words = around.descendants.first(where: { $0["id"] == name }), Self.areWords(words) { return words.text }
    }
    return nil
  }

  /// What stands right behind a picture, or behind the wrappers that hold nothing else, and is a caption by its name
  /// or by the credit in it.
  func captionBeside(_ node: Node, frame: Node) -> Node? {
    guard genericCaption(frame) == nil, genericCredits(frame).isEmpty else { return nil }
    return behind(node, Self.isCaption)
  }

  /// The element right behind a picture, or behind the wrappers that hold little else, that is one of the wanted.
  private func behind(_ node: Node, _ isWanted: (Node) -> Bool) -> Node? {
    var place = node
    for box in node.ancestors.prefix(4) {
      if let next = Self.next(after: place), isWanted(next) { return next }
      guard !box.isOne(of: .largeBoxes), Self.holdsFewPictures(box), box.text.characterCount < 25,
        Self.holdsOnePicture(box, page)
      else { break }
      place = box
    }
    return nil
  }

  private static func next(after node: Node) -> Node? {
    var next = node.nextSibling
    while let sibling = next {
      if sibling.isElement { return sibling }
      // Words in between are text.
      if sibling.isText, sibling.rawText.contains(where: { !$0.isWhitespace }) { return nil }
      next = sibling.nextSibling
    }
    return nil
  }

  private static func isCaption(_ next: Node) -> Bool {
    guard !BodyWalker.isSilent(next), !next.isOne(of: .pictureParts), Self.areWords(next) else { return false }
    let tokens = ClassTokens(next)
    // Named for both, it holds both.
    if tokens.containsAny(Self.creditTokens) { return false }
    if tokens.containsAny(Self.captionTokens) || next.name == "p" && tokens.containsAny(Self.infoTokens) { return true }
    if isCreditedLine(next) { return true }
    return next.isOne(of: Self.captionBoxes) && next.text.characterCount < 400
      && next.descendants.contains { inner in
        ClassTokens(inner).containsAny(Self.creditTokens) && PictureCredits.isLabelled(PictureCredits.bare(inner.text))
      }
  }

  /// Whether a short line behind a picture says at its end whose it is, as `The old mill. Photo: Ann Able` does. The
  /// text, in a box or with breaks of its own, may end in whose that is, and a paragraph in who wrote it, `(AFP/dpa)`.
  private static func isCreditedLine(_ next: Node) -> Bool {
    guard next.isOne(of: lines) else { return false }
    let text = next.text
    // In italics as a whole, with its credit in brackets.
    if next.name == "p", text.utf8.last == UInt8(ascii: ")"), text.utf8.count < 400, next.elements.count == 1,
      let italics = next.elements.first, italics.isOne(of: slanted), italics.text == text, hasTextBeside(next),
      let open = text.lastIndex(of: "("), text.first?.isLetter == true, !text.prefix(24).contains(":"),
      case let name = String(text[text.index(after: open)...].dropLast()),
      name.holds("/") || PictureCredits.isBracketedOrLabelled(name)
        || PictureCredits.alone(name) != nil && BlockFilter.endsSentence(text[..<open].trimmingSpaces),
      PictureCredits.split(text, boldly: true).credit != nil
    {
      return true
    }
    guard text.utf8.count < 250, text.characterCount < 160, Lines.isCreditedCaption(text),
      text.utf8.last != UInt8(ascii: ")") || text.split(separator: "(").last?.contains(":") ?? false,
      next.name != "p" || hasTextBeside(next)
    else { return false }
    var line = next
    while line.elements.count == 1, let inner = line.elements.first, inner.text == line.text { line = inner }
    return !line.holds(parts) && line.count(of: ["br"]) < (line.name == "div" ? 1 : 2)
  }

  private static let slanted: ElementSet = ["em", "i"]

  private static func hasTextBeside(_ line: Node) -> Bool {
    line.parent?.elements.contains { $0.name == "p" && $0 != line && $0.text.characterCount > 60 } ?? false
  }

  /// What stands behind a picture and says no more than what describes the picture.
  func repeatedAlt(behind node: Node, _ element: Node) -> String? {
    guard let alt = element["alt"].map(Whitespace.folded), alt.count > 10 else { return nil }
    return behind(node) { next in
      guard !next.isOne(of: .pictureParts) else { return false }
      let text = next.text
      // The site's name may stand behind it.
      return text == alt || text.characterCount > 10 && alt.hasPrefix(text + " - ") && alt.count < text.count + 40
    }?.text
  }

  private static let captionBoxes: ElementSet = ["div", "p"]
  private static let lines: ElementSet = ["p", "div", "small", "em", "i", "span", "center", "tr"]
  private static let parts: ElementSet = ["p", "div", "td", "th", "li", "h1", "h2", "h3", "h4", "h5", "h6"]

  /// What a data attribute of the picture, of the link that shows it at large, or of an element of its frame, says.
  static func stated(_ names: [StaticString], _ element: Node, _ frame: Node) -> String? {
    let link = element.ancestors.prefix(2).filter { $0.isOne(of: .links) }
    let places =
      [element] + link + (frame == element || frame.isOne(of: .largeBoxes) ? [] : [frame] + frame.descendants)
    for place in places {
      for name in names where place.hasAttribute(name) {
        let text = Whitespace.folded(place[name.description] ?? "")
        if (3...600).contains(text.count), !text.holds("<"), !text.holds("{") { return text }
      }
    }
    return nil
  }

  static let statedCaptions: [StaticString] = ["data-caption", "data-c-caption"]
  static let statedCredits: [StaticString] = ["data-credit", "data-c-credit", "data-copyright"]

  /// The words of a credit without those that are read out or pressed: `Open the picture`.
  static func withoutLabels(_ credit: Node) -> String {
    let labels = credit.descendants.filter { ClassTokens($0).containsAny(labelTokens) || $0.isOne(of: pressed) }
    guard !labels.isEmpty else { return credit.text }
    let rest = credit.text(without: Set(labels))
    return rest.isEmpty ? credit.text : rest
  }

  private static let labelTokens: WordSet = [
    "label", "visuallyhidden", "sronly", "screenreader", "screenreadertext", "offscreen",
  ]
  /// What says which field of a form a picture is, and what is read out only.
  static let unseenLabels: WordSet = [
    "fieldlabel", "visuallyhidden", "sronly", "screenreader", "screenreadertext", "offscreen",
  ]

  private static let infoTokens: WordSet = ["infotext"]

  private static func areWords(_ node: Node) -> Bool {
    (3...600).contains(node.text.characterCount) && !node.holds(.images) && node.count(of: ["p"]) < 3
  }

  /// What in a caption is pressed or counts: `Buy this picture`, `1 of 3`.
  static func buttons(in caption: Node) -> [Node] {
    caption.descendants.filter { node in
      node.isOne(of: .links) && ClassTokens(node).containsAny(buttonTokens) || node.isOne(of: pressed)
        || ClassTokens(node).containsAny(toggleTokens)
        || ClassTokens(node).containsAny(counterTokens) && node.text.characterCount < 12
    }
  }

  private static let pressed: ElementSet = ["button"]
  private static let counterTokens: WordSet = ["counter", "imagecounter", "slidecounter"]
  private static let toggleTokens: WordSet = ["togglecaption", "hidecaption", "showcaption", "captiontoggle"]
  private static let buttonTokens: WordSet = ["btn", "button", "buynow", "buyphoto", "cta"]

  /// Whether an element holds a picture and, beside whose it is, nothing.
  func isCreditBox(_ node: Node) -> Bool {
    let text = node.text
    guard !text.isEmpty, text.characterCount < 120, !node.holds(["h1", "h2", "h3", "time", "button"]) else {
      return false
    }
    let isNamed = node.descendants.contains { inner in
      ClassTokens(inner).containsAny(Self.pictureCreditTokens) && inner.text == text
        && !inner.holds(.plainImages)
    }
    return isNamed && Self.holdsOnePicture(node, page)
  }
}
