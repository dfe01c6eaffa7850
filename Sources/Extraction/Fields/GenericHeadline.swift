import Markup
import Values

extension GenericFields {
  // MARK: Headline

  /// The headline among the titles a page gives itself: what is printed as such, the title of the link that is shared,
  /// the title in JSON-LD and that of the browser's window.
  func headline() -> String? {
    let site = sites
    let section = section().map { Lines.squeezed($0) }
    func title(_ text: String?) -> String? {
      let clean = text.map { Self.withoutSection(Self.withoutSite(Self.plain($0), site), section) } ?? ""
      return clean.isEmpty ? nil : clean
    }
    let sharedTitle = title(page.meta.first("og:title"))
    let card = title(page.meta.first("twitter:title"))
    let structuredTitle = title(data("headline").first)
    let window = title(root.first(of: ["title"])?.text)
    let stated = [sharedTitle, structuredTitle, window, card].compactMap { $0 }
    let printedHeads = root.descendants(named: ["h1"]).filter { head in
      !BodyWalker.isSilent(head) && !head.ancestors.contains { $0.isOne(of: Self.unshown) && BodyWalker.isSilent($0) }
        && !isMasthead(head)
    }
    // A line above the headline is part of it where the page's data say so.
    let heads = printedHeads.map { head in
      let whole = Self.words(of: head)
      return stated.contains {
        Self.agree(whole, $0) || Self.isDivided($0, whole) && $0.prefix { $0 != ":" }.contains(" ")
      }
        ? whole : Self.withoutMark(head, stated) ?? Self.withoutKicker(head)
    }.filter { $0.count > 3 }
    let shared = sharedTitle.map { Self.whole($0, heads, stated) }
    let structured = structuredTitle.map { Self.whole($0, heads, stated) }
    // Some print the headline as an h2, and keep the h1 for a title written for search engines.
    if let structured, let shared, let first = heads.first, Self.agree(shared, first),
      ![shared, first].map(Lines.squeezed).contains(Lines.squeezed(structured)), let head = headlineNode(structured)
    {
      return Self.isDivided(structured, head.text) ? structured : head.text
    }
    // A heading of which a line was taken for a kicker: where the shared title goes on behind a colon, that line was
    // the headline.
    if let shared, let first = heads.first, printedHeads.first.map({ $0.text != first }) ?? false,
      Comparable.folded(shared).hasPrefix(Comparable.folded(first) + ":")
    {
      return shared
    }
    // What is printed is a headline as long as the page's data agree that it is.
    let printed = heads.first { head in stated.contains { Self.agree(head, $0) } }

    // Shared with another line before it than the one that is printed above it.
    if let shared, let first = heads.first, first != printedHeads.first?.text,
      Comparable.folded(shared).hasSuffix(Comparable.folded(first))
    {
      return first
    }
    let chosen: String?
    if let shared, let printed = printed ?? heads.first, !Self.agree(shared, printed) {
      if Self.isPart(shared, of: printed) {
        // Printed with a kicker before it or an afterthought behind it.
        chosen = shared
      } else if let structured, Self.agree(structured, printed), Self.isBracket(shared, behind: printed) {
        // Shared with a remark that is no part of it: `(Published 2019)`.
        chosen = printed
      } else if card.map({ !Self.agree($0, shared) }) ?? true {
        // Nobody wrote it for networks in general: it is the editors' own.
        chosen = shared
      } else if let structured, let window, Self.agree(structured, window) {
        chosen = structured
      } else if [structured, window].contains(where: { $0.map { Self.agree($0, printed) } ?? false }) {
        chosen = printed
      } else {
        chosen = shared
      }
    } else if printed == nil, shared == nil, card == nil, structured == nil, let head = page.headlinePlace.node,
      head.isOne(of: .headings), head.text.characterCount > 20
    {
      // The window's title is for those who search; a reader sees what is printed.
      chosen = Self.withoutKicker(head)
    } else if shared == nil, card == nil, structured == nil, let window, let head = page.headlinePlace.node,
      Self.opens(window, with: Self.words(of: head))
    {
      // Behind it stands the name of the site, whatever that is.
      chosen = Self.words(of: head)
    } else {
      chosen = printed ?? shared ?? card ?? structured ?? window ?? heads.first
    }
    guard let chosen else { return nil }
    // The same title may be written with and without a section's or the site's name behind it.
    let named = title(page.meta.first("headline", "parsely-title", "sailthru.title", "dc.title", "title"))
    let same = [printed, structured, named].compactMap { $0 }.filter {
      // Behind a colon stands the rest of a headline, not a name.
      $0.count < chosen.count && Self.agree($0, chosen, before: "-|·ㅣ｜")
    }
    // A section before a bar, which the page's data leave out. A heading that is shorter than what stands before the
    // bar is the name of the section or the site, printed above the headline.
    let behindBar =
      structured.flatMap { chosen.hasSuffix("| " + $0) ? $0 : nil }
      ?? (printed ?? heads.first).flatMap { head in
        chosen.hasSuffix("| " + head) && head.count > chosen.dropLast(head.count + 2).trimmingSpaces.count ? head : nil
      }
    let headline = same.first ?? behindBar ?? chosen
    // Two lines of one heading have nothing between them but their look; the page's data may say what stands there.
    return [structured, shared, card, window].compactMap { $0 }.first { Self.isDivided($0, headline) } ?? headline
  }

  /// A title, or the one of others that goes on where it was cut short. One that is printed so ends so: what goes on in
  /// others is a site's name.
  private static func whole(_ title: String, _ heads: [String], _ others: [String]) -> String {
    guard isCut(title) else { return title }
    let stem = without(".… ", atEnd: title)
    guard isLong(stem), !heads.contains(where: { without(".… ", atEnd: $0) == stem }) else { return title }
    return (heads + others).first { $0.count > stem.count && !isCut($0) && $0.hasPrefix(stem) && !$0.hasPrefix(title) }
      ?? title
  }

  /// Whether a title is another with words in brackets behind it.
  private static func isBracket(_ title: String, behind other: String) -> Bool {
    title.hasPrefix(other) && title.hasSuffix(")") && title.dropFirst(other.count).trimmingSpaces.hasPrefix("(")
  }

  /// Whether a title is another with a colon between two of its words.
  private static func isDivided(_ title: String, _ other: String) -> Bool {
    title.utf8.count == other.utf8.count + 1 && title.holds(": ") && title.replacing(": ", with: " ") == other
  }

  /// What a heading says without the line above the headline, where that stands in the same element under its own name.
  private static func withoutKicker(_ head: Node) -> String {
    let kickers = head.descendants.filter { $0.isNamed(in: kickerTokens) || $0.isOne(of: controls) }
    guard !kickers.isEmpty else { return head.text }
    var text = head.text(without: Set(kickers))
    while let first = text.first, first.isWhitespace || ":|–—-•·".contains(first) { text.removeFirst() }
    return text.count > 15 ? text : head.text
  }

  /// What a heading says without the word at its beginning or end that marks it, `Premium`, where one of the page's
  /// titles is the rest.
  private static func withoutMark(_ head: Node, _ titles: [String]) -> String? {
    let parts = head.elements
    for mark in [parts.first, parts.last].compactMap({ $0 }) where isMark(mark.text) {
      let rest = head.text(without: [mark])
      if !rest.isEmpty, titles.contains(where: { agree(rest, $0) }) { return rest }
    }
    return nil
  }

  /// Whether a text is one word, or a few letters and a sign: `Premium`, `S+`.
  private static func isMark(_ text: String) -> Bool {
    text.allSatisfy(\.isLetter) || text.count < 4 && text.first?.isLetter ?? false && text.last == "+"
  }

  /// What a heading says, without what is pressed in it.
  private static func words(of head: Node) -> String {
    let pressed = head.descendants.filter { $0.isOne(of: controls) }
    return pressed.isEmpty ? head.text : head.text(without: Set(pressed))
  }

  /// Whether a heading is the site's own: nothing to read but what leads to the home page.
  private func isMasthead(_ head: Node) -> Bool {
    let text = head.text
    guard let link = head.first(of: .links) ?? head.ancestors.prefix(2).first(where: { $0.isOne(of: .links) }),
      text.isEmpty || link.contains(head) || link.text == text,
      let url = link["href"].flatMap({ WebURL($0, relativeTo: page.base) })
    else { return text.isEmpty }
    return url.path.utf8.count < 2 && page.url.path.utf8.count > 1
  }

  private static let unshown: ElementSet = ["noscript", "template"]
  private static let controls: ElementSet = ["button", "svg", "script", "style", "input"]

  /// Whether a title begins with a headline and goes on behind a bar or dash.
  private static func opens(_ title: String, with headline: String) -> Bool {
    guard headline.utf8.count > 5, title.hasPrefix(headline), title.count > headline.count else { return false }
    let rest = title.dropFirst(headline.count).drop(while: \.isWhitespace)
    guard let sign = rest.first else { return false }
    return "|-–—·•｜»".contains(sign) || isLong(headline) && ("：_«".contains(sign) || rest.hasPrefix("::"))
  }

  private static let kickerTokens: WordSet = [
    "kicker", "overline", "dachzeile", "topline", "roofline", "eyebrow", "surtitle", "surtitre", "antetitulo",
    "volanta", "occhiello", "spitzmarke", "preheadline", "pretitle", "supertitle", "overtitle", "titlekicker",
    "headlinekicker", "visuallyhidden", "sronly", "screenreaderonly", "screenreadertext",
  ]

  /// The heading that prints a headline; nil where none does. Headings of menus do not count.
  func headlineNode(_ headline: String) -> Node? {
    let wanted = Lines.squeezed(headline)
    guard wanted.count > 8 else { return nil }
    return root.descendants(named: ["h1", "h2"]).first { node in
      Lines.squeezed(node.text) == wanted && !BodyWalker.isSilent(node)
        && !node.ancestors.contains { $0.name == "nav" || $0.name == "aside" || $0.name == "footer" || $0.name == "a" }
    }
  }

  private static func divides(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "-", "–", "—", "|", "ㅣ", "·": true
    default: false
    }
  }

  /// The title without the section's name behind a dash or bar.
  private static func withoutSection(_ title: String, _ section: String?) -> String {
    guard let section, section.count > 1, let place = title.unicodeScalars.lastIndex(where: Self.divides) else {
      return title
    }
    let rest = title[..<place].trimmingSpaces
    guard rest.count > 10, Lines.squeezed(String(title[title.index(after: place)...])) == section else { return title }
    return rest
  }

  /// Whether a title is so long that no other begins with it by chance; some scripts take fewer characters for that.
  private static func isLong(_ title: String) -> Bool {
    title.count > 15 || TextMass.weight(title).weight > 15
  }

  /// Whether two titles are one, whatever the site sets behind a dash or bar (or what other separators are given).
  private static func agree(_ a: String, _ b: String, before separators: String = "-|·:ㅣ：｜") -> Bool {
    let (a, b) = (Comparable.folded(a), Comparable.folded(b))
    if a == b { return true }
    let (short, long) = a.count < b.count ? (a, b) : (b, a)
    guard isLong(short), long.hasPrefix(short) else { return false }
    return long.dropFirst(short.count).first { $0 != " " }.map { separators.contains($0) } ?? false
  }

  /// Whether a title is the beginning or the end of another, and a good part of it.
  private static func isPart(_ title: String, of other: String) -> Bool {
    let (part, whole) = (Comparable.folded(title), Comparable.folded(other))
    guard part.count * 5 >= whole.count * 2, isLong(part) else { return false }
    if whole.hasSuffix(part) { return true }
    // Before a quotation mark an attribute may have ended early.
    return whole.hasPrefix(part) && whole.dropFirst(part.count).first { $0 != " " } != "\""
  }

  func siteNames() -> [String] {
    var names = house + page.meta["og:site_name"] + page.meta["application-name"]
    names += data("publisher.name")
    let host = page.url.host.split(separator: ".").filter { !["www", "m", "amp"].contains($0) }
    names.append(host.joined(separator: "."))
    if let first = host.first { names.append(String(first)) }
    if host.count > 2 { names.append(String(host[1])) }
    names += names.filter { $0.hasPrefix("The ") }.map { String($0.dropFirst(4)) }
    return names.map(Lines.squeezed).filter { $0.count > 1 }
  }

  /// The title without the site's name at its end or start.
  static func withoutSite(_ title: String, _ sites: [String]) -> String {
    let text = Whitespace.folded(title)
    func isSite(_ part: Substring) -> Bool {
      let folded = Lines.squeezed(String(part))
      if folded.isEmpty { return false }
      return sites.contains {
        $0 == folded || ($0.count > 3 && folded.hasPrefix($0) && folded.count < $0.count + 14)
          || (folded.count > 3 && $0.hasPrefix(folded))
      }
    }
    for separator in [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ", "｜", "：", "|", "ㅣ", "ᅵ", "_"]
    // In scripts without capitals; elsewhere it stands inside a word.
    where text.holds(separator) && (separator != "_" || text.utf8.last ?? 0 > 0x7F) {
      let places = text.ranges(of: separator)
      if let last = places.last, isSite(text[last.upperBound...]) {
        return withoutSite(String(text[..<last.lowerBound]).trimmingSpaces, sites)
      }
      if let first = places.first, separator != " - ", separator != "_", isSite(text[..<first.lowerBound]) {
        return String(text[first.upperBound...]).trimmingSpaces
      }
    }
    return text
  }
}
