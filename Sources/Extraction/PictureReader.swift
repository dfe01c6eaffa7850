import Articles
import Manifest
import Markup
import Values

/// Reads one figure, picture or image into a `Picture`.
struct PictureReader {
  let page: Page
  let rules: CompiledImageRules?

  /// The picture, and which rules gave its words; nil when the node holds no picture of the article.
  func read(_ node: Node) -> (picture: Picture, origins: [String: RuleOrigin])? {
    var chosen: (element: Node, renditions: [Rendition], identity: String)?
    for element in ImageSources.elements(in: node) {
      let found = ImageSources.renditions(of: element, base: page.base).filter(isWanted)
      guard let first = found.first else { continue }
      let identity = ImageSources.identity(first.href)
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
    return drop.allSatisfy { (try? $0.firstMatch(in: rendition.href)) == nil }
  }

  /// Pixels that count readers, icons.
  private func isTiny(_ element: Node) -> Bool {
    let width = ImageSources.pixels(element["width"])
    let height = ImageSources.pixels(element["height"])
    if let width, let height { return width <= 40 && height <= 40 || width < 4 || height < 4 }
    return width.map { $0 < 4 } ?? height.map { $0 < 4 } ?? false
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
      let outer = texts.filter { text in !texts.contains { $0 != text && $0.contains(text) } }
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
      caption = place.text(without: creditNodes.contains(place) ? [] : creditNodes)
      caption = caption.map(PictureCredits.withoutLabel)
    }
    if let text = caption {
      if credit == nil || credit?.isEmpty == true {
        let (rest, found) = PictureCredits.split(text, boldly: !isByRule)
        if let found {
          caption = rest
          credit = isByRule ? found : PictureCredits.listed(found)
        }
      } else if text == credit {
        caption = nil
      }
    }
    if credit == nil || credit?.isEmpty == true, rules?.credit.isEmpty ?? true, frame.name == "figure" {
      // Beside the caption, under no name.
      let rest = frame.text.replacing(caption ?? "", with: "").trimmingSpaces
      if rest.count < 120 { credit = PictureCredits.split(rest, boldly: false).credit.map(PictureCredits.listed) }
    }
    words.caption = Self.nonEmpty(caption)
    words.credit = Self.nonEmpty(credit)
    return words
  }

  /// The element that holds the picture with its words: the figure, or a wrapper with a caption of its own.
  private func frame(around node: Node) -> Node {
    if node.name == "figure" { return node }
    for ancestor in node.ancestors.prefix(4) {
      if ancestor.name == "figure" { return ancestor }
      if ["article", "main", "body", "section"].contains(ancestor.name) { break }
      if ancestor.descendants(named: ["p"]).count > 3 { break }
      if genericCaption(ancestor) != nil { return ancestor }
    }
    return node
  }

  private func genericCaption(_ frame: Node) -> Node? {
    let inside = frame.descendants
    if let caption = inside.first(where: { $0.name == "figcaption" && !$0.text.isEmpty }) { return caption }
    return inside.first { node in
      !["img", "picture", "source", "a", "figure"].contains(node.name)
        && ClassTokens(node).containsAny(Self.captionTokens) && !node.text.isEmpty
        && node.descendants(named: ["img"]).isEmpty
    }
  }

  /// A figure whose words no name tells from the rest, as long as they are few and lead nowhere.
  private func wordyFigure(_ frame: Node) -> Node? {
    guard frame.name == "figure", frame.descendants(named: ["a", "button", "figure", "p", "h2", "h3"]).isEmpty,
      (3...400).contains(frame.text.count)
    else { return nil }
    return frame
  }

  private func genericCredits(_ frame: Node) -> [Node] {
    var found: [Node] = []
    for node in frame.descendants where !found.contains(where: { $0.contains(node) }) {
      let named =
        ClassTokens(node).containsAny(Self.creditTokens)
        || ["copyrightHolder", "author", "creditText"].contains(node["itemprop"] ?? "")
      guard named, !node.text.isEmpty, node.text.count < 200, node.descendants(named: ["img"]).isEmpty else { continue }
      // A wrapper around caption and credit is neither.
      if node.descendants.contains(where: { ClassTokens($0).containsAny(Self.captionTokens) }) { continue }
      found.append(node)
    }
    return found
  }

  static let captionTokens: Set<String> = [
    "caption", "captions", "legend", "legende", "bildunterschrift", "bildtext", "pie", "didascalia", "bildtekst",
    "billedtekst", "figcaption", "imagecaption", "leyenda", "legenda",
  ]
  static let creditTokens: Set<String> = [
    "credit", "credits", "copyright", "photographer", "fotograf", "photocredit", "imagecredit", "rights", "attribution",
    "urheber", "bildquelle", "quelle", "firma", "byline", "autor", "author", "source", "fotograaf", "fotocredit",
    "agency", "provider", "distributor",
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
