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
  /// How many more pictures are looked for, and which there were.
  private var mostPictures = 100
  private var known: Set<String> = []
  /// The picture that a caption is of.
  private var open: Int?

  private mutating func take(_ tag: String) {
    let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }.lowercased()
    switch name {
    case "figcaption":
      if tag.first == "/" { endCaption() } else { endParagraphs() }
    case "figure": open = nil
    case "img":
      guard mostPictures > 0 else { return }
      mostPictures -= 1
      guard let picture = Self.picture(tag, isLead: pictures.isEmpty),
        known.insert(PictureIdentity.of(picture.renditions[0].href)).inserted
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
      guard let before = paragraphs.popLast().map({ withoutEllipsis($0[...]) }) else { break }
      if !before.isEmpty { paragraphs.append(before) }
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
    let tail = text.suffix(longestLine)
    for (beginning, middle) in origins where tail.contains(middle) {
      // The title may hold either.
      guard let second = tail.ranges(of: middle).last else { continue }
      let places = tail[..<second.lowerBound].ranges(of: beginning)
      func name(_ place: Range<Substring.Index>) -> String { String(tail[place.upperBound..<second.lowerBound]) }
      guard let place = places.first(where: { same(name($0), title) }) ?? places.last else { continue }
      let (name, site) = (name(place), tail[second.upperBound...])
      guard !name.isEmpty, (1..<100).contains(site.count), !site.contains(". "),
        text[..<place.lowerBound].last?.isLetter != true,
        // A sentence about somebody's post goes on in lower case.
        same(name, title) || name.first?.isLowercase == false && site.first?.isLowercase == false
      else { continue }
      return withoutEllipsis(text[..<place.lowerBound])
    }
    return text
  }

  /// As much as is looked at, in characters.
  private static let longestLine = 600

  private static let labels: Set<String> = [
    "continue reading", "read more", "read the full article", "read full article", "read the full story",
    "weiterlesen", "mehr lesen", "lire la suite", "leer más", "seguir leyendo", "leggi tutto", "continua a leggere",
    "lees verder", "lees meer", "läs mer", "les mer", "læs mere", "czytaj dalej", "continue lendo", "leia mais",
  ]

  private static func withoutLabel(_ text: String, title: String) -> String {
    let bare = trimmed(text)
    let tail = bare.suffix(longestLine)
    let lowercased = tail.drop { "[(…".contains($0) || $0.isWhitespace }.lowercased()
    if labels.contains(lowercased) { return "" }
    // "Continue reading Mayor resigns →"
    if tail.startIndex == text.startIndex,
      labels.contains(where: { lowercased.hasPrefix($0 + " ") && same(String(lowercased.dropFirst($0.count)), title) })
    {
      return ""
    }
    // Behind a sentence, with a sign that words of it would not have.
    guard bare.endIndex < text.endIndex, !text.hasSuffix(".") || text.hasSuffix("..."),
      let label = labels.first(where: { lowercased.hasSuffix(" " + $0) })
    else { return text }
    let rest = bare.dropLast(label.count + 1)
    return rest.last.map { ".!?…]”\"»".contains($0) } == true ? withoutEllipsis(rest) : text
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
