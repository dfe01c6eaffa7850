import Articles
import Markup
import Values

extension GenericFields {
  // MARK: The byline as printed

  func byline() -> String? {
    let lines = nearest(within: HeadlinePlace.near) { isByline($0) && (3...120).contains($0.text.count) }.map { node in
      let names = Self.namesInParts(node)
      return names.count > 1 ? names.joined(separator: ", ") : Self.spaced(node)
    }
    return lines.first { !$0.holdsByte(where: Digits.isDigit) } ?? lines.first
  }

  private static let bylineTokens: WordSet = ["byline", "bylines", "articleauthor", "authorname", "authors"]
  static let lineTokens: WordSet = [
    "byline", "bylines", "authors", "articleauthors", "authorlist", "articlemeta", "author", "autoren", "autor",
    "writers", "listwriter", "writerlist", "reporters", "reporterlist", "journalists",
  ]
  private static let nameTokens: WordSet = ["author", "autor", "autoren", "writer", "reporter"]

  private func isByline(_ node: Node) -> Bool {
    let isMarked = node.isSet("itemprop", to: "author") || node.isSet("rel", to: "author")
    return (isMarked || ClassTokens(node).containsAny(Self.bylineTokens)) && !BodyWalker.isSilent(node)
  }

  /// Of the elements that are meant those that stand together by the headline; where none is near, the nearest.
  private func nearest(within limit: Int = .max, _ isMeant: (Node) -> Bool) -> [Node] {
    let all = root.descendants
    let nearby = page.headlinePlace.nearby
    func isFound(_ index: Int) -> Bool { isMeant(all[index]) && !page.others.areNamed(at: all[index]) }
    // Most elements of a page are far off, and need not be looked at.
    var found = nearby.filter(isFound)
    if found.isEmpty, limit > HeadlinePlace.near {
      found = all.indices.filter {
        !nearby.contains($0) && page.headlinePlace.distance(to: $0) ?? 0 < limit && isFound($0)
      }
    }
    return page.headlinePlace.nearestGroup(found).map { all[$0] }
  }

  /// The names in the page's own byline.
  func printedNames() -> [String] {
    for name in ["author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator"] {
      let names = page.meta[name].filter { !$0.holds("://") }.flatMap {
        Self.catalogued.contains(name) ? Names.catalogued($0) : Names.split($0)
      }
      // A word in small letters is what somebody is called by a system.
      let isPerson = { (name: String) in
        kind(of: name) == .person && (name.holds(" ") || name.first?.isLowercase != true)
      }
      if names.contains(where: isPerson), !names.contains(where: isSite) {
        return names
      }
    }
    let ways = [
      { markedNames() }, { linkedNames() }, bylineNames, shortNames, namesBelowHeadline, nameBesideDate, koreanNames,
    ]
    for way in ways {
      let names = way().map(Names.beforePhrase)
      // Beside who wrote it some print for whom.
      let persons = names.filter { !isSite($0) }
      if !names.isEmpty { return persons.isEmpty ? names : persons }
    }
    return []
  }

  /// The names that the markup says are the authors'.
  func markedNames(inBylineOnly: Bool = false) -> [String] {
    let nodes = markedNodes(inBylineOnly: inBylineOnly)
    return Self.completed(names(of: nodes), nodes)
  }

  func markedNodes(inBylineOnly: Bool = false) -> [Node] {
    let nodes = nearest(within: inBylineOnly ? HeadlinePlace.near : .max) {
      ($0.isSet("rel", to: "author") || $0.isSet("itemprop", to: "author")) && !BodyWalker.isSilent($0)
    }
    return Self.withOthersInList(
      inBylineOnly ? Self.inOneByline(nodes) : nodes.prefix(Self.mostMarked).filter(Self.isOfAuthors))
  }

  /// The names by the headline that lead to authors' pages.
  func linkedNames(inBylineOnly: Bool = false) -> [String] {
    let nodes = linkedNodes(inBylineOnly: inBylineOnly)
    let names = names(of: nodes).filter { $0.split(separator: " ").count < 6 && !Names.isPhrase($0) }
    return Self.completed(names, nodes)
  }

  /// The names, with those that stand in one line with them and lead nowhere: `By <a>Ann Able</a> and Bob Baker`.
  private static func completed(_ names: [String], _ nodes: [Node]) -> [String] {
    guard !names.isEmpty, let line = nodes.first?.parent?.text, line.utf8.count < 200, !isOfEditors(line) else {
      return names
    }
    let all = Names.split(line)
    let isComplete =
      all.count > names.count && all.count < 6 && names.allSatisfy(all.contains)
      && all.allSatisfy { Names.looksLikeName($0[...]) || Names.isAgency($0) }
    return isComplete ? all : names
  }

  func linkedNodes(inBylineOnly: Bool = false) -> [Node] {
    let links = nearest(within: inBylineOnly ? HeadlinePlace.near : 2 * HeadlinePlace.near) { link in
      // Most links are told by their address as it stands: of no such folder, and relative to none.
      guard link.isOne(of: .links), let href = link["href"] else { return false }
      if href.utf8.first == UInt8(ascii: "/") || href.holds("://") {
        var lower = href.lowercased()
        guard lower.withUTF8({ Self.folderIndex.matchesAnywhere(in: $0) }) else { return false }
      }
      guard let url = WebURL(href, relativeTo: page.base) else { return false }
      return Self.isAuthorPage(url) && !BodyWalker.isSilent(link) && !Names.split(link.text).isEmpty
    }
    return Self.withOthersInList(
      inBylineOnly ? Self.inOneByline(links) : links.prefix(Self.mostMarked).filter(Self.isOfAuthors))
  }

  /// Who wrote with the one whom an element names, behind a word for with: `By Ann Able with Bob Baker`.
  func namesBeside(_ node: Node) -> [String] {
    for box in node.ancestors.prefix(2) {
      let line = box.text
      guard line.utf8.count < 200 else { return [] }
      let others = line.ranges(of: node.text).first.map { Names.behindWith(line[$0.upperBound...]) } ?? []
      if !others.isEmpty { return others }
    }
    return []
  }

  /// The elements and, where the first is an item of a list of names, the other items.
  private static func withOthersInList(_ nodes: [Node]) -> [Node] {
    guard let item = nodes.first?.ancestors.prefix(4).first(where: { $0.name == "li" }), let list = item.parent else {
      return nodes
    }
    let items = list.elements
    guard (2...8).contains(items.count), items.contains(where: { item in !nodes.contains { item.contains($0) } }) else {
      return nodes
    }
    let areNames = items.allSatisfy { item in
      let text = item.text
      guard item.name == "li", text.utf8.count < 80 else { return false }
      let names = Names.split(text)
      return names.count == 1 && Names.looksLikeName(names[0][...])
    }
    return areNames ? items.map { item in nodes.first { item.contains($0) } ?? item } : nodes
  }

  /// Those of the elements that stand in the same byline as the first.
  private static func inOneByline(_ nodes: [Node]) -> [Node] {
    let byline = nodes.first?.ancestors.last { ClassTokens($0).containsAny(lineTokens) && $0.text.utf8.count < 300 }
    guard let byline, !isOfEditors(byline.text) else { return [] }
    return nodes.filter { byline.contains($0) }
  }

  /// Elements of a byline that are looked at.
  private static let mostMarked = 40

  private static func isOfAuthors(_ node: Node) -> Bool { node.parent.map { !isOfEditors($0.text) } ?? true }

  /// Whether a line says who edited the text: `Redaktion: Ann Able`.
  private static func isOfEditors(_ line: String) -> Bool {
    let start = line.prefix(30)
    if start.lowercased().hasPrefix("edited by ") { return true }
    let label = start.prefix { $0 != ":" && $0 != "\u{FF1A}" }
    return label.count < start.count && editorLabels.contains(label.trimmingSpaces.lowercased())
  }

  private static let editorLabels: Set<String> = [
    "redaktion", "redaktör", "redaktør", "redactie", "redazione", "rédaction", "editing", "edited by", "editor",
    "editors", "edición", "edição", "edité par", "redakcja", "redakce", "редактор", "редакторы", "редактори",
    "编辑", "編輯", "責任編輯", "责任编辑", "责编", "編集", "편집",
  ]

  /// The names that elements say, of those inside one another the inmost.
  func names(of nodes: [Node]) -> [String] {
    let nodes = nodes.prefix(Self.mostMarked)
    let inmost = nodes.filter { node in !nodes.contains { $0 != node && node.contains($0) } }
    return Names.unique(
      inmost.prefix(8).flatMap { node in
        Names.split((node.descendants.first { $0["itemprop"] == "name" } ?? node).text)
      })
  }

  /// The names in elements called byline or the like.
  private func bylineNames() -> [String] {
    let nodes = nearest { isByline($0) && (3...200).contains($0.text.count) }
    guard let first = nodes.first else { return [] }
    let parted = Self.namesInParts(first)
    if !parted.isEmpty { return parted }
    // Elements inside the line may tell where a name ends better than its words do.
    let line = Names.split(Self.spaced(first))
    let parts = names(of: nodes).filter(Names.isLikely)
    return parts.count > line.count || line.contains { name in parts.contains { name.hasPrefix($0) } } ? parts : line
  }

  /// The names in a box whose parts have an element each and no sign between them: of names and roles the first, of
  /// parts that are set alike all that may be names: `<li>Ann Able</li><li>Bob Baker</li>`.
  private static func namesInParts(_ box: Node) -> [String] {
    let parts = box.descendants.filter { $0.elements.isEmpty && !$0.text.isEmpty && !BodyWalker.isSilent($0) }
    guard (2...8).contains(parts.count), let first = parts.first(where: { Names.looksLikeName($0.text[...]) }),
      first == parts[0] || parts[0].text.utf8.count < 5
    else { return [] }
    // Nothing between them that would say how they belong together.
    guard parts.map(\.text).joined().utf8.count == box.text.utf8.count(where: { $0 != 0x20 }) + spaces(parts) else {
      return []
    }
    // Behind a label of their own stand those who took the pictures, or edited the text.
    let named = parts.prefix { part in
      part == first || Names.looksLikeName(part.text[...])
        || !(part.text.last == ":" || labelEnds.contains(part.text.split(separator: " ").last?.lowercased() ?? ""))
    }
    // With a word between them they are one line.
    if parts.contains(where: { joining.contains($0.text.split(separator: " ").first?.lowercased() ?? "") }) {
      return []
    }
    let alike = named.filter { part in
      part.name == first.name && part["class"] == first["class"] && part.parent?.name == first.parent?.name
        && Names.looksLikeName(part.text[...])
        && !part.text.split(separator: " ").contains {
          Names.roles.contains($0.lowercased()) || notOfNames.contains($0.lowercased())
        }
    }
    let agencies = named.filter { part in !alike.contains(part) && Names.isAgency(part.text) }
    return Names.unique((Array(alike) + agencies).map { Names.cleaned($0.text) })
  }

  private static let labelEnds: Set<String> = ["by", "von", "par", "de", "door", "por", "di", "av", "af", "da"]
  private static let joining: Set<String> = ["and", "und", "et", "y", "e", "en", "og", "och", "&", "i", "with", "mit"]
  private static let notOfNames: Set<String> = [
    "read", "bio", "profile", "profil", "follow", "more", "ressort", "zum", "zur", "alle", "see", "view", "about",
  ]

  private static func spaces(_ parts: [Node]) -> Int { parts.reduce(0) { $0 + $1.text.utf8.count { $0 == 0x20 } } }

  /// The text of an element, with a space where two words of different elements would be one:
  /// `<b>Ann Able</b><span>Political editor</span>`.
  private static func spaced(_ node: Node) -> String {
    var text = ""
    func add(_ node: Node) {
      if node.isText {
        let part = node.rawText
        if let last = text.last, let next = part.first, last.isLetter || last.isNumber, next.isUppercase || next == "@"
        {
          text += " "
        }
        text += part
      } else if !BodyWalker.isSilent(node) {
        node.children.forEach(add)
      }
    }
    add(node)
    return Whitespace.folded(text)
  }

  /// Names in a short line of an element named for its author, or in one for the address of who wrote the article:
  /// "von Ann Able", "Ann Able, Example City".
  private func shortNames() -> [String] {
    let nodes = nearest {
      ClassTokens($0).containsAny(Self.nameTokens) && (3...60).contains($0.text.count) && !BodyWalker.isSilent($0)
    }
    for node in nodes {
      let linked = node.descendants(named: .links).map(\.text).filter { Names.looksLikeName($0[...]) }
      if linked.count > 1 { return Names.unique(linked) }
      let parted = Self.namesInParts(node)
      if !parted.isEmpty { return parted }
      let names = Names.split(Self.spaced(node))
      if let first = names.first, Names.isUncasedName(first) {
        let isListed = node.text.contains { ",،、".contains($0) }
        return isListed ? [first] : names.filter(Names.isUncasedName)
      }
      if let name = names.first, name.holds(" "), name.count(where: \.isUppercase) > 1 {
        // Of "Ann Able, Example City" the first alone is a name; of "Ann Able, Bo Brown y Carl Case" all are.
        let areParted =
          !node.text.holds(",") || names.count > 2 && Names.isJoined(names[names.count - 1], in: node.text)
        let areNames = names.allSatisfy { Names.looksLikeName(Names.withoutParticles($0)[...]) }
        return names.count > 1 && areNames && areParted ? names : [name]
      }
    }
    let addresses = nearest(within: HeadlinePlace.near) {
      $0.name == "address" && (5...200).contains($0.text.count) && !BodyWalker.isSilent($0)
    }
    return addresses.first.map { Names.split($0.text).filter { Names.looksLikeName($0[...]) } } ?? []
  }

  /// The names of a line below the headline that begins with "By" or its like, whatever its element is called.
  private func namesBelowHeadline() -> [String] {
    for node in linesBelowHeadline(5...160) {
      guard Names.afterPrefix(node.text) != nil else { continue }
      let text = Self.spaced(node)
      guard let rest = Names.afterPrefix(text) else { continue }
      // Of "By Ann Able, in News · 3 March" the first alone is a name.
      let isLabelled = text.holds(":") || text.holds("\u{FF1A}")
      let names = Names.split(rest).prefix { name in
        // Scripts without capitals give no other hint than the label and the length.
        let isUncased = name.allSatisfy { $0.isLetter && !$0.isCased }
        return isUncased
          ? isLabelled && name.count < 6
          : name.first?.isLowercase == false && Self.isNamed(Names.withoutParticles(name))
      }
      if !names.isEmpty, !BlockFilter.endsSentence(text) { return Array(names.prefix(5)) }
    }
    return []
  }

  /// A name and nothing else in a line with the date: `Ann Able | 3 March 2026`.
  private func nameBesideDate() -> [String] {
    for node in linesBelowHeadline(5...50) {
      guard let box = node.parent, box.text.utf8.count < 120, box.text.holdsByte(where: Digits.isDigit) else {
        continue
      }
      let name = Names.cleaned(node.text)
      guard Names.looksLikeName(name[...]) else { continue }
      if PrintedDate.isDated(box) { return [name] }
    }
    return []
  }

  /// Short lines between the headline and the text.
  private func linesBelowHeadline(_ lengths: ClosedRange<Int>) -> [Node] {
    let all = root.descendants
    guard let head = page.headlinePlace.node, let start = all.firstIndex(of: head) else { return [] }
    let below = all[start...].dropFirst().prefix(Self.belowHeadline)
    return below.prefix { $0.name != "p" || $0.text.utf8.count <= 300 }.filter {
      lengths.contains($0.text.utf8.count) && !BodyWalker.isSilent($0)
    }
  }

  /// Elements in which a byline is looked for.
  private static let belowHeadline = 80

  /// Names with the Korean word for a reporter behind them, by the headline or below the text.
  private func koreanNames() -> [String] {
    guard page.document.root.text.holds("기자") else { return [] }
    let nodes = nearest {
      $0.descendants.count < 12 && $0.text.utf8.count < 100 && $0.text.holds("기자") && !BodyWalker.isSilent($0)
    }
    return Names.unique(nodes.flatMap { Names.korean(Names.beforeKoreanPicture($0.text)) })
  }
}
