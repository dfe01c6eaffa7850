import Articles
import Manifest
import Markup
import Values

/// Reads one figure, picture or image into a `Picture`.
struct PictureReader {
  let page: Page
  let rules: CompiledImageRules?
  /// Whether the page has a layout that the rules were not written for: what they do not find is looked for as without them.
  var isOtherLayout = false

  /// Whether the rules leave a part of a picture's words to the generic reader.
  private func leaveOpen(_ part: KeyPath<CompiledImageRules, [ValueRule]>) -> Bool {
    isOtherLayout || (rules?[keyPath: part].isEmpty ?? true)
  }

  /// Whether a rule finds words of a picture, be it that there are none.
  func hasWordsByRule(_ node: Node) -> Bool {
    guard let rules else { return true }
    return (rules.caption + rules.credit).contains {
      !$0.values(in: page, at: node).isEmpty || !$0.nodes(in: page, at: node).isEmpty
    }
  }

  /// The picture, and which rules gave its words; nil when the node holds no picture of the article.
  func read(_ node: Node) -> (picture: Picture, origins: [String: RuleOrigin])? {
    var chosen: (element: Node, renditions: [Rendition], identity: String)?
    for element in ImageSources.elements(in: node) {
      let found = page.renditions(of: element).filter(isWanted)
      guard let first = found.first else { continue }
      let identity = page.identity(first.href)
      if let main = chosen {
        // The same picture once more, as in the noscript beside a lazy image.
        if main.identity == identity {
          let known = Set(main.renditions.map(\.href))
          chosen?.renditions += found.filter { !known.contains($0.href) }
        }
      } else {
        if isTiny(element) { continue }
        chosen = (element, found, identity)
      }
    }
    guard let chosen else { return nil }
    let minimum = rules?.minWidth ?? 0
    if let widest = chosen.renditions.compactMap(\.width).max(), widest < minimum { return nil }
    var picture = Picture(isLead: false, renditions: chosen.renditions)
    let words = captionAndCredit(node, chosen.element)
    picture.caption = words.caption
    picture.credit = words.credit
    let (alt, altOrigin) = alt(node, chosen.element)
    picture.alt = alt
    var origins: [String: RuleOrigin] = [:]
    if picture.caption != nil { origins["images.caption"] = words.captionOrigin }
    if picture.credit != nil { origins["images.credit"] = words.creditOrigin }
    if picture.alt != nil { origins["images.alt"] = altOrigin }
    return (picture, origins)
  }

  private func isWanted(_ rendition: Rendition) -> Bool {
    guard let drop = rules?.drop else { return true }
    return drop.allSatisfy { !$0.matches(rendition.href) }
  }

  /// Pixels that count readers, icons.
  private func isTiny(_ element: Node) -> Bool {
    let width = ImageSources.pixels(element["width"])
    let height = ImageSources.pixels(element["height"])
    if let width, let height { return width <= 40 && height <= 40 || width < 4 || height < 4 }
    // A side of an icon; its other side follows from it.
    return (width ?? height).map { $0 <= 32 } ?? false
  }

  // MARK: Words

  private func alt(_ node: Node, _ element: Node) -> (String?, RuleOrigin) {
    for rule in rules?.alt ?? [] {
      if let value = rule.values(in: page, at: node).first { return (value, rule.origin) }
    }
    for attribute in ["alt", "data-alt"] {
      if let value = element[attribute].map(Whitespace.folded), !value.isEmpty { return (value, .generic) }
    }
    return (nil, .generic)
  }

  private struct Words {
    var caption: String?
    var credit: String?
    var captionOrigin = RuleOrigin.generic
    var creditOrigin = RuleOrigin.generic
  }

  private func captionAndCredit(_ node: Node, _ element: Node) -> Words {
    let frame = frame(around: node)
    var words = Words()
    var creditNodes: Set<Node> = []
    var credit: String?
    for rule in rules?.credit ?? [] {
      let values = rule.values(in: page, at: node)
      guard !values.isEmpty else { continue }
      credit = Self.unique(values).joined(separator: ", ")
      words.creditOrigin = rule.origin
      creditNodes = Set(rule.nodes(in: page, at: node).filter(\.isElement))
      break
    }
    if credit == nil {
      let found = genericCredits(frame).filter { !PictureCredits.isBareLabel($0.text) }
      creditNodes = Set(found)
      let texts = Self.unique(found.map(\.text).map(PictureCredits.cleaned))
      // One that another holds is the same once more.
      let outer = texts.filter { text in !texts.contains { $0 != text && $0.holds(text) } }
      credit = outer.isEmpty ? nil : PictureCredits.listed(outer.joined(separator: ", "))
    }
    var caption: String?
    // A rule may say that the words below a picture are all credit: then there is no caption, and none is looked for.
    var isEmptied = false
    for rule in rules?.caption ?? [] {
      let nodes = rule.nodes(in: page, at: node)
      let finding: ValueRule.Finding
      let strictlyInside = creditNodes.filter { credit in nodes.contains { $0 != credit && $0.contains(credit) } }
      if strictlyInside.isEmpty || !nodes.allSatisfy(\.isElement) {
        finding = rule.finding(in: page, at: node)
      } else {
        finding = rule.worked(nodes.map { $0.text(without: strictlyInside) })
      }
      switch finding {
      case .nothing: continue
      case .emptied: isEmptied = true
      case .values(let values):
        caption = values[0]
        words.captionOrigin = rule.origin
      }
      break
    }
    let isByRule = caption != nil
    if caption == nil, !isEmptied, let place = genericCaption(frame) ?? wordyFigure(frame) {
      if credit == nil, leaveOpen(\.credit),
        let part = Self.openingCredit(of: place) ?? Self.closingCredit(of: place)
      {
        creditNodes = [part]
        credit = PictureCredits.listed(PictureCredits.cleaned(part.text))
      }
      caption = place.text(without: (creditNodes.contains(place) ? [] : creditNodes).union(Self.buttons(in: place)))
      caption = caption.map(PictureCredits.withoutLabel)
    }
    if caption == nil, !isEmptied, leaveOpen(\.caption), let box = boxWords(around: node, frame: frame) {
      caption = box.caption
      if credit == nil, leaveOpen(\.credit) { credit = box.credit }
    }
    if caption == nil, !isEmptied, leaveOpen(\.caption) { caption = wordsBeside(node, element) }
    if let text = caption {
      if credit == nil || credit?.isEmpty == true {
        let (rest, found) = PictureCredits.split(text, boldly: !isByRule)
        if let found {
          caption = rest
          credit = isByRule ? found : PictureCredits.listed(found)
        }
      } else if text == credit || !isByRule && PictureCredits.alone(text) != nil {
        caption = nil
      }
    }
    if credit == nil || credit?.isEmpty == true, leaveOpen(\.credit) || !isByRule, frame.name == "figure" {
      // Beside the caption, under no name.
      let rest = (caption.map { frame.text.replacing($0, with: "") } ?? frame.text).trimmingSpaces
      if rest.characterCount < 120 {
        credit = (PictureCredits.split(rest, boldly: false).credit ?? PictureCredits.alone(rest)).map(
          PictureCredits.listed)
      }
    }
    if credit?.isEmpty ?? true, leaveOpen(\.credit) {
      credit = creditBeside(frame) ?? statedCredit(element) ?? Self.titledCredit(element)
    }
    words.caption = Self.nonEmpty(caption)
    words.credit = Self.nonEmpty(credit)
    return words
  }

  /// The part of a caption that says whose the picture is and nothing else tells so: a short element behind the words.
  private static func closingCredit(of caption: Node) -> Node? {
    let place = inmost(caption)
    guard let part = place.elements.last(where: { !$0.text.isEmpty }), part.isOne(of: creditParts) else { return nil }
    let (text, whole) = (part.text, place.text)
    guard whole.hasSuffix(text), (3...300).contains(text.characterCount) else { return nil }
    if PictureCredits.isLabelled(text) || text.first == "(" && text.last == ")" { return part }
    // Where a label stands in the words, the credit begins there.
    guard text.characterCount <= 60, !BlockFilter.endsSentence(text), text.first?.isUppercase == true,
      PictureCredits.split(whole, boldly: true).credit == nil
    else { return nil }
    let words = whole.dropLast(text.count).trimmingSpaces
    // A word set apart in a sentence is no part of its own.
    return words.characterCount > 20 && words.count > text.count && !",-–—:(".contains(words.last ?? " ") ? part : nil
  }

  /// The same in front of the words: labelled, or a credit by its form.
  private static func openingCredit(of caption: Node) -> Node? {
    let place = inmost(caption)
    guard let part = place.elements.first(where: { !$0.text.isEmpty }), part.isOne(of: creditParts) else { return nil }
    let (text, whole) = (part.text, place.text)
    guard whole.hasPrefix(text), text.characterCount < 80, whole.count > text.count + 20 else { return nil }
    return PictureCredits.isLabelled(text) || PictureCredits.alone(text) != nil ? part : nil
  }

  /// A box, or the one inside it that holds all its words.
  private static func inmost(_ box: Node) -> Node {
    var place = box
    while place.elements.count == 1, let inner = place.elements.first, inner.text == place.text { place = inner }
    return place
  }

  private static let creditParts: ElementSet = ["span", "small", "cite", "div", "p"]

  /// The element that holds the picture with its words: the figure, or a wrapper with a caption of its own.
  private func frame(around node: Node) -> Node {
    if node.name == "figure" { return withWordsBeside(node) }
    var credited: Node?
    for ancestor in node.ancestors.prefix(4) {
      if ancestor.name == "figure" { return withWordsBeside(ancestor) }
      // A section may be no more than a picture and whose it is.
      let isLarge = ancestor.isOne(of: .largeBoxes)
      if isLarge, ancestor.name != "section" || ancestor.text.characterCount > 200 { break }
      if ancestor.count(of: ["p"]) > 3 { break }
      if !isLarge, genericCaption(ancestor) != nil { return ancestor }
      if credited == nil, isCreditBox(ancestor) { credited = ancestor }
    }
    return credited ?? node
  }

  /// The figure, or what holds it together with the caption that was set behind it.
  private func withWordsBeside(_ figure: Node) -> Node {
    guard let parent = figure.parent, genericCaption(figure) == nil, genericCredits(figure).isEmpty else {
      return figure
    }
    let next = parent.elements.drop { $0 != figure }.dropFirst().first
    guard let next, next.name == "figcaption", Self.holdsOnePicture(parent, page) else { return figure }
    return parent
  }

  /// Whose picture it is, in a small box around the frame that is named so.
  private func creditBeside(_ frame: Node) -> String? {
    let own = frame.text.characterCount
    for box in frame.ancestors.prefix(5) {
      let length = box.text.characterCount
      guard !box.isOne(of: .largeBoxes), length < own + 120 else { break }
      // Nothing more than the frame says.
      if length == own { continue }
      guard Self.holdsOnePicture(box, page) else { break }
      let named = box.descendants.first { node in
        ClassTokens(node).containsAny(Self.pictureCreditTokens) && !node.text.isEmpty && !node.contains(frame)
          && !frame.contains(node)
      }
      if let named { return PictureCredits.listed(PictureCredits.cleaned(named.text)) }
    }
    return nil
  }

  /// Whose picture it is by the page's own data, where nothing is printed.
  private func statedCredit(_ element: Node) -> String? {
    let stated = page.pictureCredits
    guard !stated.isEmpty else { return nil }
    return page.renditions(of: element).lazy.compactMap { stated[page.identity($0.href)] }.first
  }

  /// Whose picture it is by its title, where that is the picture's description, a bar, and a few words.
  private static func titledCredit(_ element: Node) -> String? {
    guard let title = element["title"].map(Whitespace.folded), let alt = element["alt"].map(Whitespace.folded),
      !alt.isEmpty, title.hasPrefix(alt), title.utf8.count < alt.utf8.count + 100
    else { return nil }
    let rest = title.dropFirst(alt.count).trimmingSpaces
    guard rest.first == "|", rest.count > 3 else { return nil }
    return PictureCredits.listed(PictureCredits.cleaned(rest.dropFirst().trimmingSpaces))
  }

  /// The words that a picture says describe it, or that stand right behind it in an element named as a caption.
  private func wordsBeside(_ node: Node, _ element: Node) -> String? {
    for place in [node, element] {
      guard let name = place["aria-labelledby"] ?? place["aria-describedby"] ?? place["aria-details"] else { continue }
      let around = node.ancestors.prefix(4).last ?? page.document.root
      if let words = around.descendants.first(where: { $0["id"] == name }), Self.areWords(words) { return words.text }
    }
    guard let parent = node.parent, let next = parent.elements.drop(while: { $0 != node }).dropFirst().first,
      ClassTokens(next).containsAny(Self.captionTokens)
        || next.name == "p" && ClassTokens(next).containsAny(Self.infoTokens),
      Self.areWords(next)
    else { return nil }
    return next.text
  }

  private static let infoTokens: WordSet = ["infotext", "info"]

  private static func areWords(_ node: Node) -> Bool {
    (3...600).contains(node.text.characterCount) && !node.holds(.images) && node.count(of: ["p"]) < 3
  }

  /// What in a caption is pressed, not read: `Buy this picture`.
  private static func buttons(in caption: Node) -> [Node] {
    caption.descendants(named: .links).filter { ClassTokens($0).containsAny(buttonTokens) }
  }

  private static let buttonTokens: WordSet = ["btn", "button", "buynow", "buyphoto", "cta"]

  /// Whether an element holds a picture and, beside whose it is, nothing.
  private func isCreditBox(_ node: Node) -> Bool {
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

  private func genericCaption(_ frame: Node) -> Node? {
    let inside = frame.descendants
    if let caption = inside.first(where: { $0.name == "figcaption" && !$0.text.isEmpty }) { return caption }
    return inside.first { node in
      !node.isOne(of: .pictureParts)
        && ClassTokens(node).containsAny(Self.captionTokens) && !node.text.isEmpty
        && !node.holds(.plainImages)
    }
  }

  /// The words of a box that holds one picture and, under no name, a line or two: what is seen, and whose picture it is.
  private func boxWords(around node: Node, frame: Node) -> (caption: String?, credit: String?)? {
    guard isOtherLayout || rules?.select.isEmpty ?? true, genericCaption(frame) == nil, genericCredits(frame).isEmpty
    else { return nil }
    let isFigure = frame.name == "figure"
    // The largest element around the picture that holds nothing but it and few words.
    var box: Node?
    for place in [node] + node.ancestors.prefix(5) {
      if place.isOne(of: Self.notABox) { break }
      let text = place.text
      guard text.characterCount <= 400,
        !place.holds(["h1", "h2", "h3", "h4", "ul", "ol", "button", "form"]),
        // Paragraphs, quotations and links with words are text, or lead to another story.
        isFigure || Self.holdsNoText(place),
        Self.holdsOnePicture(place, page)
      else { break }
      if place.name == "a", !text.isEmpty, !isFigure { return nil }
      if !text.isEmpty { box = place }
    }
    guard let box, box != node || node.name == "figure" else { return nil }
    if box.descendants(named: .links).contains(where: { $0.text.count > 60 }) { return nil }
    // Words on both sides of a picture are text in which it stands, as in a list of persons with their portraits.
    if box != frame, Self.surrounds(box, frame) { return nil }
    var lines: [String] = []
    func collect(_ node: Node) {
      guard !BodyWalker.isSilent(node) else { return }
      let inner = node.elements.filter { !BodyWalker.isSilent($0) && !$0.text.isEmpty }
      let saysItself = node.children.contains { $0.isText && $0.rawText.contains { !$0.isWhitespace } }
      let isLeaf =
        inner.isEmpty || inner.allSatisfy { $0.isOne(of: Self.inlineOnly) }
        || saysItself && inner.allSatisfy { $0.isOne(of: BodyWalker.inlineElements) }
      if isLeaf || node.elements.isEmpty {
        if !node.text.isEmpty { lines.append(node.text) }
      } else {
        for child in inner { collect(child) }
      }
    }
    collect(box)
    lines = Self.unique(lines.filter { $0.count > 2 })
    // The name of an author, or the length of a film, is no caption.
    guard (1...3).contains(lines.count),
      !lines.contains(where: { Names.afterPrefix($0) != nil && $0.count < 60 || Lines.isDuration($0) })
    else { return nil }
    if lines.count == 1 {
      let (caption, credit) = PictureCredits.split(lines[0], boldly: true)
      // A line that says nothing of being a caption may be the text itself.
      return credit == nil && frame.name != "figure" && lines[0].count > 200 ? nil : (caption, credit)
    }
    let last = lines[lines.count - 1]
    let isCredit =
      PictureCredits.isLabelled(last) && last.count < 300 || last.count < 80 && !BlockFilter.endsSentence(last)
    guard isCredit else { return (lines[0], nil) }
    return (lines[0], PictureCredits.listed(PictureCredits.cleaned(last)))
  }

  /// Whether a box holds no paragraph, quotation or link with words; a single paragraph is no text either that ends like none, or
  /// in a box that stands between the paragraphs.
  private static func holdsNoText(_ box: Node) -> Bool {
    let texts = box.descendants(named: ["p", "blockquote", "q", "a"]).filter { !$0.text.isEmpty }
    guard let first = texts.first else { return true }
    guard texts.count == 1, first.name == "p", let parent = box.parent else { return false }
    if PictureCredits.isLabelled(first.text) { return true }
    if first.text.characterCount > 20, !BlockFilter.endsSentence(first.text), !Names.looksLikeName(first.text[...]) {
      return true
    }
    return parent.elements.count { $0.name == "p" && $0.text.utf8.count > 80 } > 2
  }

  /// Whether a box has words in front of one of its elements and behind it too.
  private static func surrounds(_ box: Node, _ frame: Node) -> Bool {
    var (before, after, isBehind) = (false, false, false)
    func look(_ node: Node) {
      if node == frame {
        isBehind = true
      } else if node.isText {
        guard node.rawText.contains(where: { !$0.isWhitespace }) else { return }
        if isBehind { after = true } else { before = true }
      } else if !BodyWalker.isSilent(node) {
        for child in node.children { look(child) }
      }
    }
    for child in box.children { look(child) }
    return before && after
  }

  private static func holdsOnePicture(_ node: Node, _ page: Page) -> Bool {
    let pictures = ImageSources.elements(in: node).compactMap {
      page.renditions(of: $0).first.map { page.identity($0.href) }
    }
    return Set(pictures).count == 1
  }

  private static let notABox: ElementSet = ["article", "main", "body", "section", "header", "html", "td"]
  private static let inlineOnly: ElementSet = ["a", "b", "strong", "em", "i", "time", "br", "wbr", "u", "abbr"]

  /// A figure whose words no name tells from the rest, as long as they are few and lead nowhere.
  private func wordyFigure(_ frame: Node) -> Node? {
    guard frame.name == "figure", !frame.holds(["a", "button", "figure", "p", "h2", "h3"]),
      (3...400).contains(frame.text.characterCount)
    else { return nil }
    return frame
  }

  private func genericCredits(_ frame: Node) -> [Node] {
    var found: [Node] = []
    for node in frame.descendants where !found.contains(where: { $0.contains(node) }) {
      let named =
        ClassTokens(node).containsAny(Self.creditTokens) || node.name == "footer" && frame.name == "figure"
        || node.hasAttribute("itemprop")
          && ["copyrightHolder", "author", "creditText"].contains(node["itemprop"] ?? "")
      guard named, !node.text.isEmpty, node.text.characterCount < 200, !node.holds(.plainImages) else { continue }
      // A wrapper around caption and credit is neither.
      if node.descendants.contains(where: { ClassTokens($0).containsAny(Self.captionTokens) }) { continue }
      found.append(node)
    }
    return found
  }

  static let captionTokens: WordSet = [
    "caption", "captions", "legend", "legende", "bildunterschrift", "bildtext", "pie", "didascalia", "bildtekst",
    "billedtekst", "figcaption", "imagecaption", "leyenda", "legenda",
  ]
  static let creditTokens: WordSet = [
    "credit", "credits", "copyright", "photographer", "fotograf", "photocredit", "imagecredit", "rights", "attribution",
    "urheber", "bildquelle", "quelle", "firma", "byline", "autor", "author", "source", "fotograaf", "fotocredit",
    "agency", "provider", "distributor",
  ]

  /// Those of them that are said of pictures alone.
  private static let pictureCreditTokens: WordSet = [
    "credit", "credits", "copyright", "photographer", "fotograf", "photocredit", "imagecredit", "rights", "attribution",
    "urheber", "bildquelle", "fotograaf", "fotocredit", "imagecopyright",
  ]

  private static func unique(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  private static func nonEmpty(_ text: String?) -> String? {
    guard let text = text?.trimmingSpaces, !text.isEmpty else { return nil }
    return text
  }
}
