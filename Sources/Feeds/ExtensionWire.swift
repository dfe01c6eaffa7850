internal import Values

/// A link as Atom writes it.
struct LinkWire {
  var href: String
  var rel: String
  var type: String?
  var title: String?
  var length: String?
  var place: XMLPlace

  /// nil without an address.
  init?(_ attributes: XMLAttributes, _ place: XMLPlace) {
    guard let href = attributes["href"] else { return nil }
    self.init(text: href, attributes, place)
  }

  init(text: String, _ attributes: XMLAttributes, _ place: XMLPlace) {
    href = text
    rel = attributes["rel"]?.lowercased() ?? "alternate"
    if rel.isEmpty { rel = "alternate" }
    let registry = "http://www.iana.org/assignments/relation/"
    if rel.hasPrefix(registry) { rel = String(rel.dropFirst(registry.count)) }
    type = attributes["type"]
    title = attributes["title"]
    length = attributes["length"]
    self.place = place
  }
}

/// A person as Atom writes it.
struct PersonWire {
  var name: String?
  var uri: String?
  var email: String?
  var place = XMLPlace()
}

/// A text with the way it is written.
struct TextWire {
  enum Form { case plain, html }
  var text: String
  var form: Form
  var place: XMLPlace

  /// Of formats that leave open what a text is: RSS in all its versions.
  init(_ value: XMLText) {
    text = value.text
    form = .html
    place = value.place
  }

  init(text: String, form: Form, place: XMLPlace) {
    self.text = text
    self.form = form
    self.place = place
  }
}

/// What the modules add to a channel, a feed, an item or an entry: Dublin Core, Media RSS, content, iTunes,
/// syndication, FeedBurner, and Atom's elements inside RSS.
struct ExtensionWire {
  var titles = TagMap<TextWire>()
  var creators: [String] = []
  /// Who counts when nobody else is named.
  var itunesAuthor: String?
  var subjects: [String] = []
  var language: String?
  var dates = TagMap<String>()
  /// `content:encoded`, `xhtml:body`, `atom:content`.
  var content: TextWire?
  /// Descriptions by the element they come from.
  var descriptions = TagMap<TextWire>()
  var links: [LinkWire] = []
  var people: [PersonWire] = []
  var id: String?
  var origLink: String?
  var imageAddress: (String, XMLPlace)?
  var duration: String?
  var keywords: [String] = []
  var updatePeriod: String?
  var updateFrequency: String?
  var media = MediaWire()

  /// The names of Dublin Core, else iTunes.
  var names: [String] { creators.isEmpty ? [itunesAuthor].compactMap { $0 } : creators }

  private var person: PersonWire?
  private var isAtomPlain = false

  /// nil when the element is not one of these.
  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse? {
    switch tag {
    case .dcCreator, .dcAuthor, .dcSubject, .dcDate, .dcLanguage, .dctermsCreated,
      .dctermsIssued, .dctermsModified, .itunesAuthor, .itunesDuration, .itunesKeywords, .updatePeriod,
      .updateFrequency,
      .origLink, .atomUpdated, .atomPublished, .atomID, .atomIcon, .atomLogo, .atomName, .atomURI, .atomEmail:
      return .text
    case .contentEncoded, .xhtmlBody, .xhtmlDiv, .dcTitle, .dcDescription, .dctermsAbstract, .itunesTitle,
      .itunesSubtitle, .itunesSummary, .atomTitle:
      return .markup
    case .atomContent, .atomSummary:
      isAtomPlain = ["text", "text/plain"].contains(attributes["type"] ?? "html")
      return .markup
    case .atomLink:
      if let link = LinkWire(attributes, place) { links.append(link) }
      return .skip
    case .atomAuthor:
      person = PersonWire(place: place)
      return .descend
    case .itunesImage:
      if let address = attributes["href"] ?? attributes["url"] { imageAddress = (address, place) }
      return .skip
    case .itunesLink:
      if attributes["rel"] == "image", let address = attributes["href"] { imageAddress = (address, place) }
      return .skip
    case .itunesOwner: return .skip
    case .itunesCategory:
      if let word = attributes["text"] { keywords.append(word) }
      return .descend
    default: return media.start(tag, attributes, place)
    }
  }

  mutating func finish(_ tag: XMLTag, _ value: XMLText) -> Bool {
    let text = value.text
    guard !text.isEmpty else { return true }
    switch tag {
    case .dcCreator, .dcAuthor: creators.append(text)
    case .itunesAuthor: itunesAuthor = text
    case .dcSubject: subjects.append(text)
    case .dcLanguage: language = language ?? text
    case .dcDate, .dctermsCreated, .dctermsIssued, .dctermsModified, .atomUpdated, .atomPublished:
      if dates[tag] == nil { dates[tag] = text }
    case .contentEncoded, .xhtmlBody, .xhtmlDiv, .atomContent:
      if content == nil || tag == .contentEncoded { content = TextWire(value) }
      if tag == .atomContent, isAtomPlain, !value.isMarkup { content?.form = .plain }
    case .dcDescription, .dctermsAbstract, .itunesSummary, .itunesSubtitle:
      if descriptions[tag] == nil { descriptions[tag] = TextWire(value) }
    case .atomSummary:
      descriptions[tag] = TextWire(
        text: text, form: isAtomPlain && !value.isMarkup ? .plain : .html, place: value.place)
    case .dcTitle, .itunesTitle, .atomTitle: if titles[tag] == nil { titles[tag] = TextWire(value) }
    case .itunesDuration: duration = text
    case .itunesKeywords: keywords += Self.list(text)
    case .updatePeriod: updatePeriod = text
    case .updateFrequency: updateFrequency = text
    case .origLink: origLink = text
    case .atomID: id = text
    case .atomIcon, .atomLogo: if imageAddress == nil { imageAddress = (text, value.place) }
    case .atomName: person?.name = text
    case .atomURI: person?.uri = text
    case .atomEmail: person?.email = text
    default: return media.finish(tag, value)
    }
    return true
  }

  mutating func end(_ tag: XMLTag) {
    if tag == .atomAuthor, let finished = person {
      people.append(finished)
      person = nil
    } else {
      media.end(tag)
    }
  }

  /// The parts of a list with commas or, without them, semicolons.
  static func list(_ text: String) -> [String] {
    let separator = text.holds(",") ? UInt8(ascii: ",") : UInt8(ascii: ";")
    var copy = text
    return copy.withUTF8 { bytes in
      var words: [String] = []
      var start = 0
      while start <= bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != separator { end += 1 }
        var (first, last) = (start, end)
        while first < last, bytes[first] <= 0x20 { first += 1 }
        while last > first, bytes[last - 1] <= 0x20 { last -= 1 }
        if last > first { words.append(UTF8Text.string(UnsafeBufferPointer(rebasing: bytes[first..<last]))) }
        start = end + 1
      }
      return words
    }
  }
}
