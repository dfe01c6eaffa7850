import Articles
import Markup
import Values

extension GenericFields {
  // MARK: People

  /// Those that the page's data name.
  func statedAuthors() -> [Author] {
    let found = structuredAuthors()
    if !found.isEmpty { return found }
    for name in [
      "author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
      "citation_author", "article:author_name", "cxenseparse:author", "authors", "twitter:data1",
    ] {
      let values = page.meta[name].filter { !$0.holds("://") }
      let names = values.flatMap { Self.catalogued.contains(name) ? Names.catalogued($0) : Names.split($0) }
      guard !names.isEmpty, !(name == "twitter:data1" && names.contains { $0.contains(where: \.isNumber) }) else {
        continue
      }
      // Some repeat the element for the house and for who wrote it.
      let others = values.count > 1 ? names.filter { !isSite($0) } : names
      return (others.isEmpty ? names : others).map { Author(name: $0) }
    }
    return []
  }

  func authors() -> [Author] {
    var found = statedAuthors()
    if found.isEmpty {
      found = printedNames().prefix(8).map { Author(name: $0) }
    } else if case let isOfHouse = found.allSatisfy({ isHouse($0) || Self.isLogin($0.name) }),
      isOfHouse || found.allSatisfy(isDesk)
    {
      // The data name the house or a desk alone; the byline may know better, for a desk that by the headline. What is
      // signed in small letters is a desk or somebody's initials.
      let printed = isOfHouse ? printedNames() : markedNames(inBylineOnly: true) + linkedNames(inBylineOnly: true)
      let persons = Names.unique(printed).filter {
        kind(of: $0) == .person && $0.first?.isLowercase == false && !Names.isPhrase($0)
      }
      if !persons.isEmpty, persons.count < 6 { found = persons.map { Author(name: $0) } }
    } else {
      // The data name one of several who are printed.
      for nodes in [markedNodes(inBylineOnly: true), linkedNodes(inBylineOnly: true)] {
        var printed = names(of: nodes).filter { !Names.isPhrase($0) }
        if printed.count <= found.count, let last = nodes.last, last.text.hasSuffix(found[found.count - 1].name) {
          printed = found.map(\.name) + namesBeside(last)
        }
        let known = Set(printed.map { $0.lowercased() })
        guard printed.count > found.count, printed.count < 6, found.allSatisfy({ known.contains($0.name.lowercased()) })
        else { continue }
        found = printed.map { name in
          found.first { $0.name.lowercased() == name.lowercased() } ?? Author(name: name)
        }
      }
    }
    let all = found.map { author in
      var author = author
      if author.kind == .person { author.kind = kind(of: author.name) }
      return author
    }
    // Some data name the house beside who wrote for it.
    let others = all.filter { !isHouse($0) }
    return others.contains { $0.kind == .person } ? others : all
  }

  /// Meta elements in which some write names as catalogues do.
  static let catalogued: Set<String> = ["dc.creator", "dcterms.creator", "citation_author"]

  /// Whether an author is the publisher itself.
  func isHouse(_ author: Author) -> Bool {
    let folded = Lines.squeezed(author.name)
    // Whoever is at home where the site begins, unless it is somebody's own site: people have two names, in most
    // scripts.
    if author.kind == .organisation || !author.name.contains(" "), let url = author.url.flatMap({ WebURL($0) }),
      url.path.utf8.count < 2, url.query == nil,
      Self.isSameSite(url.host, page.url.host)
    {
      return true
    }
    // `Example Leeds` is the house's office there.
    let words = author.name.split(separator: " ")
    if words.count == 2, words[1].first?.isUppercase == true, !Names.isAgency(String(words[0])),
      sites.contains(Lines.squeezed(String(words[0])))
    {
      return true
    }
    return sites.contains {
      $0 == folded || author.kind == .organisation && ($0.hasPrefix(folded) || folded.hasPrefix($0))
    }
  }

  /// Whether an author names nobody in particular: the publisher itself, a desk, an agency.
  func isNobody(_ author: Author) -> Bool { author.kind == .organisation || isHouse(author) }

  /// Whether names are those of persons, and of nothing else but the agencies they write for: such take the place of an
  /// agency or a desk.
  func arePersons(_ names: [String]) -> Bool {
    names.contains { kind(of: $0) == .person }
      && names.allSatisfy { Self.isNamed($0) || !$0.contains(where: \.isCased) && $0.count < 30 }
  }

  /// Whether an author is a desk or a newsroom, which may stand for whoever wrote.
  private func isDesk(_ author: Author) -> Bool {
    (author.kind == .organisation || Names.isOrganisation(author.name, publisher: nil)) && !Names.isAgency(author.name)
  }

  /// Whether a name is that of an account: `web03`.
  private static func isLogin(_ name: String) -> Bool {
    name.holdsByte(where: Digits.isDigit)
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || Digits.isDigit($0) || $0 == 0x5F }
  }

  /// Whether an address is that of somebody who writes for the site.
  static func isAuthorPage(_ url: WebURL) -> Bool {
    url.path.lowercased().split(separator: "/").dropLast().contains { authorFolders.contains(String($0)) }
  }

  static let folderIndex = PhraseIndex(authorFolders.map { "/" + $0 })
  static let authorFolders: Set<String> = [
    "author", "authors", "autor", "autoren", "auteur", "auteurs", "autores", "autore", "profile", "people", "staff",
    "journalist", "journalisten", "redaktion", "by", "reporter", "writers", "contributors", "verfasser", "forfatter",
    "skribent", "team", "signataires", "firmas", "firma", "journalists", "reporters", "columnists", "redakteure",
    "journaliste", "journalistes", "penulis", "tac-gia", "yazar", "yazarlar", "editor", "firme", "autori", "redaktor",
    "medarbejder", "author-profile",
  ]

  /// Whether a name is a person's, or that of an agency, a desk or the house itself.
  func kind(of name: String) -> Author.Kind {
    if Names.isOrganisation(name, publisher: nil) || isSite(name) { return .organisation }
    let folded = name.lowercased()
    func isStated(_ value: JSON?) -> Bool {
      guard let value else { return false }
      if let list = value.array { return list.contains { isStated($0) } }
      let object = page.resolved(value)
      return object["name"]?.string?.lowercased() == folded
        && Page.types(of: object).contains { $0.hasSuffix("Organization") }
    }
    for key in ["author", "creator", "publisher", "sourceOrganization"] where isStated(page.article?[key]) {
      return .organisation
    }
    return .person
  }

  func isSite(_ name: String) -> Bool {
    let folded = Lines.squeezed(name)
    return sites.contains(folded)
  }

  /// The authors with whom the page's data give an address.
  func addressedAuthors() -> [Author] { structuredAuthors().filter { $0.url != nil } }

  private func structuredAuthors() -> [Author] {
    guard let value = page.article?["author"] ?? page.article?["creator"] else { return [] }
    var found: [Author] = []
    func add(_ value: JSON) {
      switch page.resolved(value) {
      case .array(let elements): for element in elements { add(element) }
      case .string(let text):
        if !text.holds("://") {
          for name in Names.split(Entities.decoded(text)) { found.append(Author(name: name)) }
        }
      case .object(let object):
        if case .array(let names)? = object["name"] {
          for name in names { add(name) }
          return
        }
        let parts = [object["givenName"], object["familyName"]].compactMap { $0?.string }.filter { !$0.isEmpty }
        guard let text = object["name"]?.string ?? (parts.isEmpty ? nil : parts.joined(separator: " ")),
          !text.holds("://")
        else { return }
        let isOrganisation = Page.types(of: .object(object)).contains { $0.hasSuffix("Organization") }
        let url = (object["url"]?.string).flatMap(address)
        let names =
          isOrganisation
          ? [Names.cleaned(Entities.decoded(text), isOrganisation: true)] : Names.ofOne(Entities.decoded(text))
        for name in names where !name.isEmpty {
          found.append(
            Author(name: name, url: names.count == 1 ? url : nil, kind: isOrganisation ? .organisation : .person))
        }
      default: break
      }
    }
    add(value)
    var seen: Set<String> = []
    return found.filter { seen.insert($0.name.lowercased()).inserted }
  }

  /// An author's address; nil for what only looks like one, as a name of the publisher's system does.
  private func address(_ text: String) -> String? {
    guard text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") || text.holds("://") else {
      return nil
    }
    return WebURL(text, relativeTo: page.base)?.description
  }

  // MARK: Names beside the text

  /// Who signed a text above its first or below its last paragraph, where the page's data name nobody.
  func signature(of blocks: [WalkedBlock]) -> (names: [String], line: String)? {
    let lines = blocks.filter { if case .figure = $0.block { false } else { true } }
    guard let first = lines.firstIndex(where: Self.isProse), let last = lines.lastIndex(where: Self.isProse) else {
      return nil
    }
    let signed = lines[last...].prefix(2).lazy.compactMap { Names.inJapaneseBrackets($0.text) }.first
    if let signed { return (signed, signed.joined(separator: "、")) }
    let dated = Names.inDateline(lines[first].text)
    if !dated.isEmpty { return (dated, dated.joined(separator: "、")) }
    for walked in lines[..<first] + lines[(last + 1)...].prefix(3) {
      guard case .paragraph(let content) = walked.block else { continue }
      let text = content.plainText
      guard text.count < 120, !BlockFilter.endsSentence(text) else { continue }
      if let rest = Names.afterPrefix(text), text.holds(":") || Self.isNamed(rest) {
        let names = Names.split(rest)
        let areShort = names.allSatisfy { $0.split(separator: " ").count < 6 }
        if !names.isEmpty, areShort, !page.others.areNamed(at: walked.node) { return (names, text) }
      }
      // Behind a comma a place may stand.
      let name = text.prefix { $0 != "," }
      let place = text.dropFirst(name.count + 1).split(separator: " ")
      guard content.count == 1, Names.looksLikeName(name), place.count < 3,
        place.allSatisfy({ $0.first?.isUppercase == true }),
        !page.others.areNamed(at: walked.node)
      else { continue }
      switch content[0] {
      case .strong, .emphasis:
        if !Self.isHeading(name) { return ([String(name).trimmingSpaces], text) }
      case .text, .link, .lineBreak: continue
      }
    }
    return nil
  }

  /// Whether a line in bold is no name but a heading, as `About Example` and `Investor Relations` are at the end of what
  /// companies send out.
  private static func isHeading(_ line: Substring) -> Bool {
    line.split(separator: " ").first.map { headWords.contains($0.lowercased()) } ?? false
  }

  private static let headWords: Set<String> = [
    "about", "contact", "contacts", "über", "kontakt", "kontakte", "sobre", "acerca", "over", "investor", "investors",
    "relations", "forward-looking",
  ]

  /// Who is named with a label and a colon in the lines that follow the text's box: `Author: Ann Able`.
  func signature(behind box: Node) -> (names: [String], line: String)? {
    var place = box.nextSibling
    var looks = 40
    while let next = place, looks > 0 {
      place = next.nextSibling
      guard next.isElement else { continue }
      for node in [next] + next.descendants.prefix(looks) {
        looks -= 1
        let text = node.text
        guard (5...160).contains(text.utf8.count), text.holds(":"), let rest = Names.afterPrefix(text),
          !BodyWalker.isSilent(node), !page.others.areNamed(at: node)
        else { continue }
        let names = Names.split(rest)
        if !names.isEmpty, names.allSatisfy(Self.isNamed) { return (names, text) }
      }
    }
    return nil
  }

  static func isNamed(_ text: String) -> Bool {
    let first = text.prefix { $0 != "," }
    return Names.looksLikeName(first) || Names.isOrganisation(String(first), publisher: nil)
  }

  private static func isProse(_ walked: WalkedBlock) -> Bool {
    guard case .paragraph = walked.block else { return false }
    let text = walked.text
    return TextMass.weight(text).weight > 60 && BlockFilter.endsSentence(text)
  }
}
