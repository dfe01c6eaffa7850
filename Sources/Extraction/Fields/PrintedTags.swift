import Markup
import Values

/// The links on a page to what its article is filed under: categories, and tags below or above the text.
extension GenericFields {
  /// The category that the article is filed under, as systems link it that call it a tag too: `rel="category tag"`. The
  /// cards around the article have theirs.
  func printedCategory() -> [String] {
    guard let head = page.headlinePlace.node else { return [] }
    let own = links(rel: "category").first { link in
      Self.isCategory(link) && !page.others.areNamed(at: link) && !Self.unfiled.contains(link.text.lowercased())
        && link.ancestors.first { $0.isOne(of: Self.wholes) }?.contains(head) == true
    }
    return own.map { [$0.text] } ?? []
  }

  private static let wholes: ElementSet = ["article", "main"]

  /// What WordPress files an article under of which nobody has said more.
  private static let unfiled: Set<String> = [
    "uncategorized", "uncategorised", "featured", "allgemein", "unkategorisiert", "ohne kategorie", "без рубрики",
    "без категорії", "non classé", "sin categoría", "sem categoria", "senza categoria", "geen categorie",
    "niet gecategoriseerd", "bez kategorii", "nezařazené", "uncategorized @", "okategoriserade", "ukategorisert", "未分类",
    "未分類", "미분류", "غير مصنف", "genel",
  ]

  private func links(rel: String) -> [Node] {
    root.descendants(named: .links).filter { $0["rel"]?.split(separator: " ").contains(rel[...]) == true }
  }

  private static func isCategory(_ link: Node) -> Bool {
    let rels = link["rel"]?.split(separator: " ") ?? []
    return rels.contains("category") && rels.contains("tag")
  }

  /// The links in a list of tags below or above the text.
  func printedTags() -> [String] {
    let marked = links(rel: "tag")
    if !marked.isEmpty {
      return marked.filter { !Self.isCategory($0) }.prefix(20).map(\.text).filter { $0.count < 50 }
    }
    let list = root.descendants.first { node in
      guard node.isOne(of: .tagLists) || node.name.holds("-"),
        ClassTokens(node).containsAny(Self.tagTokens)
      else { return false }
      // Those of the site stand in its head and foot; an article may have a foot of its own.
      let isOutside = node.ancestors.contains { ancestor in
        ancestor.name == "footer" && !ancestor.ancestors.contains(where: { $0.isOne(of: .articles) })
          || ancestor.isOne(of: .pageHeads) && !ancestor.holds(.headings)
      }
      return !isOutside && (1...20).contains(node.count(of: ["a", "button"]))
    }
    let tags = list.map(Self.texts(ofTags:)) ?? []
    if tags.count > 1 { return tags }
    // What stands alone above the headline may be the first of those below the text.
    let labelled = labelledList().map(Self.texts(ofTags:)) ?? []
    return tags.allSatisfy(labelled.contains) ? labelled : tags
  }

  private static func texts(ofTags list: Node) -> [String] {
    // A button beside links is for following what they name.
    let links = list.descendants(named: .links).map(\.text).filter { !$0.isEmpty }
    let texts = links.isEmpty ? list.descendants(named: ["button"]).map(\.text) : links
    return Names.unique(texts).filter { (2...40).contains($0.count) }
  }

  /// A list of links behind words that say it is one of tags.
  private func labelledList() -> Node? {
    for label in root.descendants where label.isOne(of: Self.labelElements) {
      // What is dear to know of every element comes last.
      var next = label.nextSibling
      while let sibling = next, !sibling.isElement { next = sibling.nextSibling }
      guard let next, next.isOne(of: Self.labelledElements), !label.holds(.links), next.holds(.links) else { continue }
      let text = label.text
      guard text.utf8.count < 120, (2...40).contains(text.characterCount) else { continue }
      let bare = text.lowercased().split(whereSeparator: { !$0.isLetter && $0 != "-" }).joined(separator: " ")
      guard Self.labels.contains(bare), !label.ancestors.contains(where: { $0.isOne(of: Self.outside) }) else {
        continue
      }
      let links = next.descendants(named: .links)
      // Teasers lead to stories, and say so at length.
      if links.count <= 20, links.allSatisfy({ $0.text.characterCount < 30 }) { return next }
    }
    return nil
  }

  private static let labelElements: ElementSet = [
    "h2", "h3", "h4", "h5", "h6", "p", "span", "div", "strong", "b", "dt",
  ]
  private static let labelledElements: ElementSet = ["ul", "ol", "div", "p", "span", "section", "dd"]
  private static let outside: ElementSet = ["footer", "nav"]

  private static let tagTokens: WordSet = [
    "tags", "taglist", "tag", "topics", "topiclist", "keywords", "themen", "schlagworte", "posttags", "articletags",
    "articletopics", "etiquetas", "temas", "relatedtopics", "tagcloud", "keywordlist", "taggroup", "tagslist",
    "tagitems", "motscles", "etichette", "argomenti", "tagwrapper", "articletaglist", "storytags", "entrytags",
    "posttaglist", "stichworte", "stichwoerter", "themenliste", "emner", "emneord", "etiketter", "etiketler",
    "asiasanat", "stitky", "tagi", "topicslist", "topictags", "contenttags", "relatedtags", "newstags", "tagcontainer",
    "articlekeywords", "entities", "entitieslist",
  ]
}
