import Articles
import Markup
import Values

/// What a page's JSON-LD says of the pictures it names, by schema.org's `ImageObject`.
struct StatedPictures {
  let page: Page

  func credits() -> [String: String] {
    var found: [String: String] = [:]
    let nested = ["image", "thumbnail", "associatedMedia", "primaryImageOfPage"].flatMap { key in
      [page.article?[key]].compactMap { $0 }.flatMap { $0.array ?? [$0] }
    }
    for object in (nested + page.objects).map(page.resolved) where Page.types(of: object).contains("ImageObject") {
      guard let credit = credit(object) else { continue }
      for key in ["contentUrl", "url", "@id"] {
        guard let url = object[key]?.string.flatMap({ WebURL($0, relativeTo: page.base) }), url.path.count > 1 else {
          continue
        }
        let identity = page.identity(url.description)
        if found[identity] == nil { found[identity] = credit }
      }
    }
    return found
  }

  private func credit(_ object: JSON) -> String? {
    for key in ["creditText", "copyrightNotice", "copyrightHolder"] {
      guard let value = object[key].map(page.resolved) else { continue }
      // An organisation holds the rights of all its pages, and so says nothing of this picture.
      if Page.types(of: value).contains(where: { $0.hasSuffix("Organization") }) { continue }
      guard let text = value.string ?? value["name"]?.string else { continue }
      let credit = PictureCredits.listed(PictureCredits.cleaned(Whitespace.folded(Entities.decoded(text))))
      // `© 2026 The Example`
      if (2...100).contains(credit.count), credit.count(where: \.isNumber) < 4, !credit.holds("://") { return credit }
    }
    return nil
  }
}

/// Pictures that scripts load: the page prints their words, and its data name the file.
extension PictureCollector {
  /// The article's picture by the page's data, where no file is in the page but the words of one are.
  ///
  /// - Parameter matches: what the rules say are pictures; nil where there are none.
  func statedLead(_ matches: [Node]?, _ reader: PictureReader) -> Picture? {
    guard let file = statedFile() else { return nil }
    guard let box = matches.map(\.first) ?? awaitingBox(), ImageSources.elements(in: box).isEmpty else { return nil }
    var picture = Picture(isLead: true, renditions: [file])
    (picture.caption, picture.credit) = reader.words(of: box)
    return picture.caption == nil && picture.credit == nil ? nil : picture
  }

  private func statedFile() -> Rendition? {
    let image = page.article?["image"].flatMap { $0.array?.first ?? $0 }.map(page.resolved)
    let address = image.flatMap { $0.string ?? $0["url"]?.string ?? $0["contentUrl"]?.string }
    guard let url = address.flatMap({ WebURL($0, relativeTo: page.base) }), url.path.count > 1,
      !ImageSources.isFurniture(url.description)
    else { return nil }
    return Rendition(
      href: url.withoutFragment.description, width: ImageSources.pixels(image?["width"]?.string),
      height: ImageSources.pixels(image?["height"]?.string))
  }

  /// The first small box with an empty place for a picture and a caption below it.
  private func awaitingBox() -> Node? {
    page.document.root.descendants.lazy
      .filter { ClassTokens($0).containsAny(Self.placeTokens) && $0.text.isEmpty }
      .compactMap { place in
        place.ancestors.prefix(3).first { box in
          !box.isOne(of: .largeBoxes) && (20...800).contains(box.text.characterCount) && !box.holds(.images)
            && !Boilerplate.matches(box.text, linked: LinkedPart(of: box))
            && box.descendants.contains {
              ClassTokens($0).containsAny(PictureReader.captionTokens) && !$0.text.isEmpty
            }
        }
      }
      .first { _ in true }
  }

  private static let placeTokens: WordSet = [
    "placeholder", "imageplaceholder", "mediaplaceholder", "lazyloadplaceholder",
  ]
}
