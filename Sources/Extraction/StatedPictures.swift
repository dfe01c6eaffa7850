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
