import Articles

/// The paragraphs and pictures of a text that a worker has already sanitised. Only strings are looked at here: the
/// daemon parses no markup from outside.
struct FeedText {
  private(set) var paragraphs: [String] = []
  private(set) var captions: [String] = []
  private(set) var pictures: [Picture] = []

  /// Without the captions of its pictures, unless there is nothing else.
  var body: [String] { paragraphs.isEmpty ? captions : paragraphs }

  /// Plain text: a line is a paragraph.
  init(_ text: String) { paragraphs = Self.lines(text) }

  init(html: String) {
    var open: String?
    for character in html {
      if open == nil {
        if character == "<" { open = "" } else { text.append(character) }
      } else if character != ">" {
        if let count = open?.utf8.count, count < Self.longestTag { open?.append(character) }
      } else {
        take(open ?? "")
        open = nil
      }
    }
    endParagraphs()
  }

  /// What has been read since the last caption or its beginning.
  private var text = ""
  /// The picture that a caption is of.
  private var open: Int?

  private mutating func take(_ tag: String) {
    let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }.lowercased()
    switch name {
    case "figcaption":
      if tag.first == "/" { endCaption() } else { endParagraphs() }
    case "figure": open = nil
    case "img":
      guard pictures.count < Self.mostPictures, let picture = Self.picture(tag, isLead: pictures.isEmpty),
        !pictures.contains(where: { $0.isSame(picture) })
      else { return }
      open = pictures.count
      pictures.append(picture)
    default: break
    }
    text += Self.blocks.contains(name) ? "\n\n" : Self.cells.contains(name) ? " " : ""
  }

  private mutating func endParagraphs() {
    paragraphs += Self.lines(Self.decoded(text))
    text = ""
  }

  private mutating func endCaption() {
    let lines = Self.lines(Self.decoded(text))
    text = ""
    captions += lines
    if let open, pictures[open].caption == nil, !lines.isEmpty {
      pictures[open].caption = lines.joined(separator: " ")
    }
  }

  /// Room for a picture's address and its text; longer ones are cut.
  private static let longestTag = 4096
  /// The most pictures that are looked for.
  private static let mostPictures = 50

  private static let blocks: Set<String> = [
    "p", "div", "br", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "figure",
    "figcaption", "pre",
  ]

  private static let cells: Set<String> = ["td", "th"]

  /// The picture of a tag as a sanitiser writes it; nil for one so small that it only counts readers.
  private static func picture(_ tag: String, isLead: Bool) -> Picture? {
    guard let address = attribute("src", of: tag), !address.isEmpty else { return nil }
    let (width, height) = (
      attribute("width", of: tag).flatMap { Int($0) }, attribute("height", of: tag).flatMap { Int($0) }
    )
    if let width, width < smallest { return nil }
    if let height, height < smallest { return nil }
    let alt = attribute("alt", of: tag)
    return Picture(
      isLead: isLead, renditions: [Rendition(href: address, width: width, height: height)],
      alt: alt?.isEmpty == false ? alt : nil)
  }

  private static let smallest = 10

  private static func attribute(_ name: String, of tag: String) -> String? {
    guard let start = tag.firstRange(of: " " + name + "=\"") else { return nil }
    let rest = tag[start.upperBound...]
    return rest.firstIndex(of: "\"").map { decoded(String(rest[..<$0])) }
  }

  static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { line in
      line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.isEmpty }
  }

  /// The five references that a sanitiser writes.
  private static func decoded(_ text: String) -> String {
    guard text.contains("&") else { return text }
    var out = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      out += rest[..<start]
      rest = rest[start...]
      let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
      if let (reference, character) = known.first(where: { rest.hasPrefix($0.0) }) {
        out += character
        rest = rest.dropFirst(reference.count)
      } else {
        out += "&"
        rest = rest.dropFirst()
      }
    }
    return out + rest
  }
}

extension Picture {
  fileprivate func isSame(_ other: Picture) -> Bool {
    PictureIdentity.of(renditions[0].href) == PictureIdentity.of(other.renditions[0].href)
  }
}

/// What content systems put behind the texts of a feed: where the text is from, and the way to its page.
enum FeedClosing {
  /// Paragraphs without what closes them.
  static func removed(from paragraphs: [String], title: String) -> [String] {
    var paragraphs = paragraphs
    for _ in 0..<most {
      guard let last = paragraphs.last else { break }
      let rest = withoutLabel(withoutOrigin(last, title: title), title: title)
      if rest == last { break }
      if rest.isEmpty { paragraphs.removeLast() } else { paragraphs[paragraphs.count - 1] = rest }
      if let last = paragraphs.last { paragraphs[paragraphs.count - 1] = withoutEllipsis(last[...]) }
    }
    return paragraphs
  }

  /// One text has at most a few.
  private static let most = 4

  /// WordPress's line: what begins it, and what stands between the article's title and the site's name.
  private static let origins = [
    ("The post ", " appeared first on "), ("Der Beitrag ", " erschien zuerst auf "),
    ("L’article ", " est apparu en premier sur "), ("L'article ", " est apparu en premier sur "),
    ("La entrada ", " se publicó primero en "), ("La entrada ", " aparece primero en "),
    ("L'articolo ", " proviene da "), ("O post ", " apareceu primeiro em "), ("Het bericht ", " verscheen eerst op "),
  ]

  private static func withoutOrigin(_ text: String, title: String) -> String {
    for (beginning, middle) in origins where text.contains(middle) {
      guard let place = text.ranges(of: beginning).last, let second = text[place.upperBound...].ranges(of: middle).last
      else { continue }
      let (name, site) = (text[place.upperBound..<second.lowerBound], text[second.upperBound...])
      // A sentence about somebody's post goes on in lower case, and hardly ends a text with the name of a site.
      guard !name.isEmpty, name.count < 300, (1..<100).contains(site.count), !site.contains(". "),
        text[..<place.lowerBound].isEmpty || !text[..<place.lowerBound].last!.isLetter,
        same(String(name), title) || name.first?.isLowercase == false && site.first?.isLowercase == false
      else { continue }
      return withoutEllipsis(text[..<place.lowerBound])
    }
    return text
  }

  private static let labels: Set<String> = [
    "continue reading", "read more", "read the full article", "read full article", "read the full story",
    "weiterlesen", "mehr lesen", "lire la suite", "leer más", "seguir leyendo", "leggi tutto", "continua a leggere",
    "lees verder", "lees meer", "läs mer", "les mer", "læs mere", "czytaj dalej", "continue lendo", "leia mais",
  ]

  private static func withoutLabel(_ text: String, title: String) -> String {
    let bare = trimmed(text)
    if labels.contains(bare.drop { "[(…".contains($0) || $0.isWhitespace }.lowercased()) { return "" }
    for label in labels where bare.utf8.count > label.utf8.count {
      // "Continue reading Mayor resigns →"
      if bare.lowercased().hasPrefix(label + " "), same(String(bare.dropFirst(label.count + 1)), title) { return "" }
      // Behind a sentence, with a sign that words of it would not have.
      guard bare.utf8.count < text.utf8.count, bare.lowercased().hasSuffix(" " + label), text.last?.isLetter == false,
        !text.hasSuffix(".") || text.hasSuffix("...")
      else { continue }
      let rest = bare.dropLast(label.count + 1)
      if let last = rest.last, ".!?…]”\"»".contains(last) { return withoutEllipsis(rest) }
    }
    return text
  }

  /// Without the dots, brackets and arrows behind a label.
  private static func trimmed(_ text: String) -> Substring {
    func isSign(_ character: Character) -> Bool {
      character.isWhitespace || character.isPunctuation || "→›»>⟶➔➡".contains(character)
    }
    var rest = text[...]
    while let last = rest.last, isSign(last) { rest.removeLast() }
    return rest
  }

  /// Without the mark of what was left out: that goes on behind a whole sentence.
  private static func withoutEllipsis(_ text: Substring) -> String {
    var rest = text
    func trim() { while rest.last?.isWhitespace == true { rest.removeLast() } }
    trim()
    let whole = String(rest)
    for mark in ["[…]", "[...]"] where rest.hasSuffix(mark) {
      rest = rest.dropLast(mark.count)
      trim()
      return rest.last.map { ".!?”\"".contains($0) } ?? true ? String(rest) : whole
    }
    return whole
  }

  private static func same(_ a: String, _ b: String) -> Bool {
    a.lowercased().filter { $0.isLetter || $0.isNumber } == b.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
