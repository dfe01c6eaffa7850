import Articles
import Markup
import Values

/// Where the links around a picture lead: to the article that it announces, or to the picture itself.
extension PictureCollector {
  /// A link around a picture and a headline leads to another article, unless it is the picture that it leads to.
  func isTeaser(_ node: Node) -> Bool {
    node.isOne(of: .links) && node.holds(Self.announced) && !node.holds(.captions) && !leadsToPicture(node)
  }

  private func leadsToPicture(_ link: Node) -> Bool {
    guard let url = link["href"].flatMap({ WebURL($0, relativeTo: page.base) }), url.path != page.url.path else {
      return false
    }
    return elsewhere(link, onAnySite: true) == nil
  }

  /// Whether a picture announces another article, or shows who wrote one: a link to it is around the picture alone, or
  /// the picture stands in a nested article with a linked headline. What has words of its own is the article's own.
  func leadsElsewhere(_ node: Node, _ containers: Containers) -> Bool {
    var outer = [node]
    for ancestor in node.ancestors {
      if containers.standIn(ancestor) || ancestor.name == "figure" && hasWords(ancestor) { break }
      outer.append(ancestor)
    }
    if hasWords(node) { return false }
    if node.name == "figure" {
      outer += node.descendants(named: .links).filter { !ImageSources.elements(in: $0).isEmpty }
    }
    let leads = outer.contains { place in
      if place.name == "a", let address = elsewhere(place), !isPageOfPicture(address, node) {
        // With words of its own it announces what it leads to.
        if place.text.characterCount > 25 { return true }
        if RelatedLinks.looksLikeArticle(address) || GenericFields.isAuthorPage(address) { return true }
      }
      return place != node && isTeaserArticle(place, containers)
    }
    // A link around one picture in a box with its caption leads to the page of that picture.
    return leads && !node.ancestors.prefix(3).contains(where: isCaptionedPicture)
  }

  /// The pictures that a rule selects without those in cards between the paragraphs, which announce other articles.
  /// What stands above the text the author of the rule has seen.
  func withoutCards(_ nodes: [Node], behind text: Node?, _ containers: Containers) -> [Node] {
    guard let text, nodes.count <= Self.most else { return nodes }
    // The body's rules may name figures as well.
    let selected = Set(nodes)
    let texts = Containers(containers.nodes.filter { !selected.contains($0) })
    return nodes.filter { node in
      let isBehind = text.document === node.document && text.precedes(node) && !node.contains(text)
      return !isBehind || !leadsElsewhere(node, texts)
    }
  }

  /// Whether an article stands in another and is no more than a linked headline, its picture and a few words.
  private func isTeaserArticle(_ node: Node, _ containers: Containers) -> Bool {
    guard node.name == "article", node.text.characterCount < 600, !node.holds(.headings),
      !containers.standIn(node)
    else { return false }
    return node.descendants(named: ["h2", "h3", "h4"]).contains { head in
      ([head.parent].compactMap { $0 } + head.descendants).contains { $0.name == "a" && elsewhere($0) != nil }
    }
  }

  /// Whether an address is named as the picture's file is: a page that shows the picture at large.
  private func isPageOfPicture(_ address: WebURL, _ node: Node) -> Bool {
    guard let last = address.path.split(separator: "/").last else { return false }
    let stem = last.prefix { $0 != "." }
    return stem.count > 7
      && ImageSources.elements(in: node).contains { element in
        page.renditions(of: element).contains { $0.href.holds(String(stem)) }
      }
  }

  /// Whether a link around a figure's picture leads to another page, of this site or another, as those of
  /// announcements and advertisements do. A caption may be theirs as well.
  func isLinkedElsewhere(_ figure: Node, in box: Node) -> Bool {
    guard let image = ImageSources.elements(in: figure).first else { return false }
    return image.ancestors.prefix { $0 != box.parent }.contains { link in
      link.isOne(of: .links) && elsewhere(link, onAnySite: true).map { !isPageOfPicture($0, figure) } ?? false
    }
  }

  /// Where a link leads, if that is another page of the site: neither this one nor a file or gallery of pictures.
  private func elsewhere(_ link: Node, onAnySite: Bool = false) -> WebURL? {
    guard let url = link["href"].flatMap({ WebURL($0, relativeTo: page.base) }),
      GenericFields.isSameSite(url.host, page.url.host) ? url.path != page.url.path : onAnySite
    else { return nil }
    let path = url.path.lowercased()
    // A gallery that is announced by a title of its own is another story; `Open the 12 pictures` is none.
    if link.text.characterCount > 40, !Self.pictureEndings.contains(where: path.hasSuffix) { return url }
    if path.hasPrefix(page.url.path.lowercased()), page.url.path.count > 1 { return nil }
    if Self.pictureEndings.contains(where: path.hasSuffix) || Self.galleries.contains(where: { path.holds($0) }) {
      return nil
    }
    return url
  }

  private static let pictureEndings = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"]
  private static let galleries = [
    "photo", "foto", "image", "bild", "galler", "galeri", "picture", "media", "slideshow", "diaporama", "attachment",
  ]
}
