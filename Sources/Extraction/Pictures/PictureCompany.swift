import Articles
import Markup
import Values

/// What the company of a picture tells of it. Those of films, of persons, and the small ones that open a gallery are
/// none of the article's own; one in front of the article may be; and whose one is may be told by how the others say
/// it.
extension PictureCollector {
  /// Whether a picture announces a film: it stands in a box that is named so and holds no other picture.
  func isFilm(_ node: Node) -> Bool {
    let inner = node.name == "img" ? nil : node.descendants(named: .images).first
    return ([inner, node].compactMap { $0 } + node.ancestors.prefix(3)).contains { box in
      guard !box.isOne(of: .wholes) else { return false }
      let tokens = ClassTokens(box)
      guard tokens.containsAny(Self.filmTokens), !tokens.containsAny(Self.notFilmTokens) else { return false }
      // A box with a text is named for the whole.
      if box.text.characterCount >= 400 { return false }
      return box.name == "img" || !tokens.containsAny(Self.photoTokens) && PictureReader.holdsOnePicture(box, page)
    }
  }

  /// Whether a film may be what leads the article: it stands above the text, and not in it.
  func mayLead(_ node: Node, _ firstText: Node?, _ containers: Containers) -> Bool {
    guard let firstText else { return true }
    return node.precedes(firstText) && containers.first(around: node) { !$0.holds(.headings) } == nil
  }

  private static let filmTokens: WordSet = [
    "video", "videos", "videoplayer", "mediaplayer", "player", "videoposter", "videothumbnail", "videopreview",
  ]
  /// A box named for both may hold either.
  private static let photoTokens: WordSet = ["image", "images", "photo", "photos", "picture", "foto", "bild"]
  /// Sounds have players too, and `aspect-video` is a shape.
  private static let notFilmTokens: WordSet = [
    "audio", "podcast", "aspectvideo",
  ]

  /// Whether a picture without words is no larger than those that lead to others, as in the strip below a gallery.
  func isThumbnail(_ picture: Picture) -> Bool {
    guard picture.caption == nil, picture.credit == nil else { return false }
    let widths = picture.renditions.map(\.width)
    return widths.allSatisfy { $0 != nil } && widths.compactMap { $0 }.max() ?? 0 <= Self.thumbnail
  }

  private static let thumbnail = 200

  /// Whether a picture shows the person that a box around it is about, or the author that its words name.
  func isPersonBox(_ node: Node, _ picture: Picture) -> Bool {
    if let words = picture.caption {
      guard words.characterCount < 80, let author = Names.afterPrefix(words) else { return false }
      return Names.looksLikeName(author.prefix { $0 != "," && $0 != "|" && !$0.isNumber })
    }
    if picture.credit != nil { return false }
    if ClassTokens(node).containsAny(Self.portraitTokens) { return true }
    return node.ancestors.prefix(3).contains { box in
      !box.isOne(of: .wholes) && box.hasAttribute("itemtype") && (box["itemtype"]?.hasSuffix("/Person") ?? false)
        && PictureReader.holdsOnePicture(box, page)
    }
  }

  private static let portraitTokens: WordSet = ["avatar", "profile", "profilepicture", "headshot"]

  /// The captioned picture in front of the element that the article is, or of a box around it, where nothing in it
  /// leads.
  func leadBefore(_ scope: Node) -> Node? {
    for place in [scope] + scope.ancestors.prefix(2) where place.name != "body" {
      for box in (place.parent?.elements.prefix { $0 != place } ?? []).suffix(4).reversed() {
        guard box.text.characterCount < 500, !isNamedSideMatter(box), !box.holds(Self.otherMatter), hasWords(box),
          PictureReader.holdsOnePicture(box, page),
          !([box] + box.descendants).contains(where: { ClassTokens($0).containsAny(Self.soundTokens) })
        else { continue }
        return box.name == "figure" ? box : box.descendants(named: ["figure", "picture", "img"]).first
      }
    }
    return nil
  }

  private static let soundTokens: WordSet = ["audio", "podcast", "player", "mediaplayer"]
  private static let otherMatter: ElementSet = ["h2", "h3", "h4", "ul", "nav", "form", "article"]

  /// Takes bare names in brackets out of captions, on pages that print whose a picture is in brackets at a caption's
  /// end: `The mill at dusk (Ann Able)` beside `The bridge at noon (Photo: Bo Baker)`.
  func nameInBrackets(_ pictures: inout [Picture], _ printed: [String]) {
    let open = pictures.indices.filter { pictures[$0].credit == nil && pictures[$0].caption?.last == ")" }
    guard !open.isEmpty, rules?.caption.isEmpty ?? true, rules?.credit.isEmpty ?? true,
      pictures.contains(where: { picture in
        guard let credit = picture.credit, let caption = picture.caption else { return false }
        return printed.contains { $0.hasPrefix(caption + " (") && $0.hasSuffix(credit + ")") }
      })
    else { return }
    for index in open {
      guard let caption = pictures[index].caption, let match = caption.wholeMatch(of: Self.bracketedName),
        Names.looksLikeName(match.output.2), match.output.2.split(separator: " ").count > 1
      else { continue }
      pictures[index].caption = String(match.output.1)
      pictures[index].credit = String(match.output.2)
    }
  }

  nonisolated(unsafe) private static let bracketedName = /(.{20,}?)\s*\(([^()\d\/]{5,40})\)/
}
