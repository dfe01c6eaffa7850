import Articles
import Manifest
import Markup
import Values

/// Reads one figure, picture or image into a `Picture`.
struct PictureReader {
  let page: Page
  let rules: CompiledImageRules?
  /// Whether the page has a layout that the rules were not written for: what they do not find is looked for as without
  /// them.
  var isOtherLayout = false

  /// Whether the rules leave a part of a picture's words to the generic reader.
  func leaveOpen(_ part: KeyPath<CompiledImageRules, [ValueRule]>) -> Bool {
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
  /// `printed` are the words as they stand below it, credit and all.
  func read(_ node: Node) -> (picture: Picture, origins: [String: RuleOrigin], printed: String?)? {
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
    return (picture, origins, words.printed)
  }

  /// The words of a box without the picture itself.
  func words(of box: Node) -> (caption: String?, credit: String?) {
    let words = captionAndCredit(box, box)
    return (words.caption, words.credit)
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
    var printed: String?
    var captionOrigin = RuleOrigin.generic
    var creditOrigin = RuleOrigin.generic
  }

  private func captionAndCredit(_ node: Node, _ element: Node) -> Words {
    let frame = frame(around: node)
    let beside = leaveOpen(\.caption) ? captionBeside(node, frame: frame) : nil
    var words = Words()
    var creditNodes: Set<Node> = []
    var credit: String?
    // What a rule took for a credit and is none: it stays in the caption.
    var remark: String?
    for rule in rules?.credit ?? [] {
      let values = rule.values(in: page, at: node)
      guard !values.isEmpty else { continue }
      credit = Self.unique(values).joined(separator: ", ")
      let texts = rule.nodes(in: page, at: node).map(\.text)
      if let found = credit,
        PictureCredits.isPartOfCaption(found) || texts.contains(where: { PictureCredits.isAbbreviation(found, in: $0) })
      {
        (credit, remark) = (nil, found)
        break
      }
      words.creditOrigin = rule.origin
      creditNodes = Set(rule.nodes(in: page, at: node).filter(\.isElement))
      break
    }
    if credit == nil {
      let all = genericCredits(frame) + (beside.map(genericCredits) ?? [])
      let found = all.filter { !PictureCredits.isBareLabel($0.text) }
      // The word for a credit goes with the credit that stands beside it.
      creditNodes = found.isEmpty ? [] : Set(all)
      let texts = Self.unique(found.map(Self.withoutLabels).map(PictureCredits.cleaned).map(PictureCredits.withoutStop))
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
        let texts = nodes.map { $0.text(without: strictlyInside) }
        finding = texts.allSatisfy(\.isEmpty) ? .emptied : rule.worked(texts)
      }
      switch finding {
      case .nothing: continue
      case .emptied: isEmptied = true
      case .values(let values):
        caption = values[0]
        if let remark, !values[0].holds(remark), let whole = nodes.first?.text, whole.holds(remark) { caption = whole }
        words.captionOrigin = rule.origin
      }
      break
    }
    let isByRule = caption != nil
    if caption == nil, !isEmptied, let place = genericCaption(frame) ?? beside ?? wordyFigure(frame) {
      if credit == nil, leaveOpen(\.credit),
        let part = Self.openingCredit(of: place) ?? Self.closingCredit(of: place)
      {
        creditNodes = [part]
        credit = PictureCredits.listed(PictureCredits.cleaned(part.text))
      }
      caption = place.text(without: (creditNodes.contains(place) ? [] : creditNodes).union(Self.buttons(in: place)))
      caption = caption.map(PictureCredits.withoutLabel)
      // Printed in the caption and beside it.
      if let text = caption, let credit, credit.utf8.count > 2, text.hasSuffix(" " + credit) {
        caption = PictureCredits.withoutLabel(String(text.dropLast(credit.count)).trimmingSpaces)
      }
      words.printed = place.text
    }
    if caption == nil, !isEmptied, leaveOpen(\.caption), let box = boxWords(around: node, frame: frame) {
      caption = box.caption
      if credit == nil, leaveOpen(\.credit) { credit = box.credit }
    }
    if caption == nil, !isEmptied, leaveOpen(\.caption) {
      caption =
        describingWords(node, element) ?? repeatedAlt(behind: node, element)
        ?? Self.stated(Self.statedCaptions, element, frame)
    }
    words.printed = words.printed ?? caption
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
        // Whose it is opens what describes it: `Agency A heron on a post`.
        if credit == nil, (3...60).contains(rest.count), let alt = element["alt"].map(Whitespace.folded),
          alt.hasPrefix(rest + " ")
        {
          credit = rest
        }
      }
    }
    if credit?.isEmpty ?? true, leaveOpen(\.credit) {
      credit =
        creditBeside(frame) ?? Self.stated(Self.statedCredits, element, frame).map(PictureCredits.cleaned)
        ?? statedCredit(element) ?? Self.titledCredit(element)
    }
    if let text = caption, PictureCredits.isBareLabel(text), text.last == ":" { caption = nil }
    words.caption = Self.nonEmpty(isByRule ? caption : caption.map(Self.withoutPointer))
    words.credit = Self.nonEmpty(credit)
    return words
  }

  /// A caption without the sign that points at its picture, or its number among several: `▲ The mill`,
  /// `1 of 3 | The mill`.
  private static func withoutPointer(_ caption: String) -> String {
    guard let first = caption.first else { return caption }
    if "▲▼◀▶◄►↑↓←→".contains(first) { return String(caption.dropFirst()).trimmingSpaces }
    guard first.isASCII, first.isNumber, let number = caption.prefixMatch(of: count) else { return caption }
    return String(caption[number.range.upperBound...])
  }

  nonisolated(unsafe) private static let count =
    /\d{1,3}\s?(?:of|von|sur|de|di|van|av|af|\/)\s?\d{1,3}\s?(?:[|:·–—\-]\s*|$)/

  /// The element that holds the picture with its words: the figure, or a wrapper with a caption of its own.
  func frame(around node: Node) -> Node {
    if node.name == "figure" { return withWordsBeside(node) }
    // One of several in a figure.
    if node.name == "li" { return node }
    var credited: Node?
    for ancestor in node.ancestors.prefix(4) {
      if ancestor.name == "figure" { return withWordsBeside(ancestor) }
      // A section may be no more than a picture and whose it is.
      let isLarge = ancestor.isOne(of: .largeBoxes)
      if isLarge, ancestor.name != "section" || ancestor.text.characterCount > 200 { break }
      if ancestor.count(of: ["p"]) > 3 { break }
      if !isLarge, let caption = genericCaption(ancestor) {
        if isOfAnother(caption, than: node, in: ancestor) { break }
        return ancestor
      }
      if credited == nil, isCreditBox(ancestor) { credited = ancestor }
    }
    return credited ?? node
  }

  /// Whether a caption stands with another picture in a box of their own.
  private func isOfAnother(_ caption: Node, than node: Node, in frame: Node) -> Bool {
    caption.ancestors.prefix { $0 != frame }.contains { box in
      !box.contains(node)
        && ImageSources.elements(in: box).contains { image in
          guard !isTiny(image), let file = page.renditions(of: image).first else { return false }
          return !ImageSources.isFurniture(file.href)
        }
    }
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

  func genericCaption(_ frame: Node) -> Node? {
    let inside = frame.descendants
    if let caption = inside.first(where: { $0.name == "figcaption" && !$0.text.isEmpty && !Self.isCreditAlone($0) }) {
      return caption
    }
    return inside.first { node in
      !node.isOne(of: .pictureParts)
        && ClassTokens(node).containsAny(Self.captionTokens) && !node.text.isEmpty
        && !node.holds(.plainImages)
    }
  }

  /// Whether a box may be that of one picture. To ask this first keeps the words and pictures of a long gallery from
  /// being read again for each of its pictures.
  static func holdsFewPictures(_ node: Node) -> Bool { node.count(of: .images) <= 50 }

  static func holdsOnePicture(_ node: Node, _ page: Page) -> Bool {
    guard holdsFewPictures(node) else { return false }
    let pictures = ImageSources.elements(in: node).compactMap {
      page.renditions(of: $0).first.map { page.identity($0.href) }
    }
    return Set(pictures).count == 1
  }

  /// A figure whose words no name tells from the rest, as long as they are few and lead nowhere.
  private func wordyFigure(_ frame: Node) -> Node? {
    guard frame.name == "figure", !frame.holds(["a", "button", "figure", "p", "h2", "h3"]),
      (3...400).contains(frame.text.characterCount)
    else { return nil }
    return frame
  }

  func genericCredits(_ frame: Node) -> [Node] {
    var found: [Node] = []
    for node in frame.descendants where !found.contains(where: { $0.contains(node) }) {
      let named =
        ClassTokens(node).containsAny(Self.creditTokens) || node.isOne(of: Self.footers) && frame.name == "figure"
        || node.isOne(of: Self.cites) && Self.isOfPicture(node)
        || node.hasAttribute("itemprop") && Self.isStatedCredit(node)
      guard named, !node.text.isEmpty, node.text.characterCount < 200, !node.holds(.plainImages) else { continue }
      // Named for both: the caption has the credit in it or beside it.
      if node.isSet("itemprop", to: "caption") || Self.isCaptionOfBlock(node) { continue }
      // A wrapper around caption and credit is neither.
      if node.descendants.contains(where: {
        ClassTokens($0).containsAny(Self.captionTokens) || Self.isCredit($0, in: node)
      }) {
        continue
      }
      found.append(node)
    }
    return found
  }

  /// Whether the markup says whose a picture is. Who wrote the article is named like that as well.
  private static func isStatedCredit(_ node: Node) -> Bool {
    switch node["itemprop"] {
    case "copyrightHolder", "creditText": true
    case "author": !([node] + node.ancestors.prefix(4)).contains { ClassTokens($0).containsAny(writersLines) }
    default: false
    }
  }

  private static let writersLines: WordSet = ["byline", "bylines"]

  /// Whether an element names whose the picture is, and what stands beside it in a box that is called for credits as
  /// well is the caption.
  private static func isCredit(_ node: Node, in box: Node) -> Bool {
    guard ClassTokens(node).containsAny(creditTokens), PictureCredits.isBracketedOrLabelled(node.text),
      box.text.hasSuffix(node.text)
    else { return false }
    let rest = box.text.dropLast(node.text.count).trimmingSpaces
    return !rest.isEmpty && !PictureCredits.isBareLabel(rest) && PictureCredits.alone(rest) == nil
      && !PictureCredits.looksLikeCredit(rest, isBracketed: true)
  }

  /// Whether a class says that an element is the caption of a block that is named for credits: `attribution__caption`.
  private static func isCaptionOfBlock(_ node: Node) -> Bool {
    guard let names = node["class"], names.holds("__") else { return false }
    return names.split(separator: " ").contains { $0.hasSuffix("__caption") || $0.hasSuffix("__text") }
  }

  /// Whether a work is cited beside a caption, or at the end of one.
  private static func isOfPicture(_ cite: Node) -> Bool {
    guard let parent = cite.parent else { return false }
    if parent.isOne(of: .captions) {
      return parent.text.hasSuffix(cite.text) && parent.text.utf8.count > cite.text.utf8.count
    }
    return parent.elements.contains { $0.isOne(of: .captions) }
  }

  private static let footers: ElementSet = ["footer"]
  private static let cites: ElementSet = ["cite"]

  /// Whether a caption is named as whose the picture is, and for nothing else.
  private static func isCreditAlone(_ caption: Node) -> Bool {
    let tokens = ClassTokens(caption)
    return tokens.containsAny(["credit", "imagecredit", "photocredit", "copyright"])
      && !tokens.containsAny(captionTokens)
      && caption.text.characterCount < 100
  }

  static let captionTokens: WordSet = [
    "caption", "captions", "legend", "legende", "bildunterschrift", "bildtext", "pie", "didascalia", "bildtekst",
    "billedtekst", "figcaption", "imagecaption", "leyenda", "legenda", "fotopopis", "popisfoto", "popisek",
    "kuvateksti", "fotoonderschrift", "mediasubtitle", "pictext", "epigrafe", "imgcap", "imagedescription",
    "imgdescription",
  ]
  static let creditTokens: WordSet = [
    "credit", "credits", "copyright", "photographer", "fotograf", "photocredit", "imagecredit", "rights", "attribution",
    "urheber", "bildquelle", "quelle", "firma", "byline", "autor", "author", "source", "fotograaf", "fotocredit",
    "agency", "provider", "distributor", "imageauthor", "photoauthor", "imgauthor",
  ]

  /// Those of them that are said of pictures alone.
  static let pictureCreditTokens: WordSet = [
    "credit", "credits", "copyright", "photographer", "fotograf", "photocredit", "imagecredit", "rights", "attribution",
    "urheber", "bildquelle", "fotograaf", "fotocredit", "imagecopyright",
  ]

  static func unique(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  private static func nonEmpty(_ text: String?) -> String? {
    guard let text = text?.trimmingSpaces, !text.isEmpty else { return nil }
    return text
  }
}
