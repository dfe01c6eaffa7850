internal import Markup
internal import Values

/// A text and where it stands.
struct PlacedText {
  var text: Slice
  var place: XMLPlace
}

/// A link as Atom writes it.
struct LinkWire {
  enum Relation {
    case alternate, selfLink, hub, related, enclosure, replies, license
    /// RFC 5005.
    case next, previousArchive, current
    case other
  }

  var href: Slice
  var relation: Relation
  var type: Slice?
  var title: Slice?
  /// Of the page behind it (`hreflang`).
  var language: Slice?
  var length: Slice?
  /// RFC 4685.
  var count: Slice?
  var place: XMLPlace

  /// nil without an address.
  init?(_ attributes: XMLAttributes, _ place: XMLPlace) {
    guard let href = attributes["href"] else { return nil }
    self.init(text: href, attributes, place)
  }

  init(text: Slice, _ attributes: XMLAttributes, _ place: XMLPlace) {
    href = text
    relation = attributes["rel"].map { Self.relation(attributes.store.bytes($0)) } ?? .alternate
    type = attributes["type"]
    title = attributes["title"]
    length = attributes["length"]
    language = relation == .alternate ? attributes["hreflang"] : nil
    count = relation == .replies ? attributes["count"] : nil
    self.place = place
  }

  private static func relation(_ bytes: UnsafeBufferPointer<UInt8>) -> Relation {
    var bytes = bytes
    // RFC 4287, section 4.2.7.2: the registry's address before the name means the name.
    for registry in ["http://www.iana.org/assignments/relation/"] as [StaticString] where bytes.begins(registry) {
      bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst(registry.utf8CodeUnitCount))
    }
    if bytes.isEmpty { return .alternate }
    for (name, relation) in names where bytes.equals(name) { return relation }
    return .other
  }

  private static let names: [(StaticString, Relation)] = [
    ("alternate", .alternate), ("self", .selfLink), ("enclosure", .enclosure), ("hub", .hub), ("related", .related),
    ("replies", .replies), ("license", .license), ("next", .next), ("prev-archive", .previousArchive),
    ("current", .current),
  ]
}

/// A person as Atom writes it.
struct PersonWire {
  var name: Slice?
  var uri: Slice?
  var email: Slice?
  var place = XMLPlace()

  init(place: XMLPlace = XMLPlace()) { self.place = place }

  /// A person in elements of Atom's names where a name was expected, such as RSS's author; nil when none of them is
  /// there.
  init?(elements: Slice, _ place: XMLPlace, _ store: TextStore) {
    // Most are names.
    guard store.bytes(elements).holds(0x3C) else { return nil }
    self.place = place
    func content(_ opening: StaticString, _ closing: StaticString) -> Slice? {
      let text = store.bytes(elements)
      guard let start = TextScan.place(of: opening, in: text).map({ $0 + opening.utf8CodeUnitCount }),
        let end = TextScan.place(of: closing, in: text, from: start)
      else { return nil }
      return store.slice(Sanitiser.text(String(decoding: text[start..<end], as: UTF8.self)))
    }
    name = content("<name>", "</name>")
    email = content("<email>", "</email>")
    uri = content("<uri>", "</uri>") ?? content("<url>", "</url>")
    if name == nil, email == nil { return nil }
  }
}

/// A text with the way it is written.
struct TextWire {
  enum Form { case plain, html }
  var text: Slice
  var form: Form
  var place: XMLPlace

  /// Of formats that leave open what a text is: RSS in all its versions.
  init(_ value: XMLText) {
    text = value.text
    form = .html
    place = value.place
  }

  init(text: Slice, form: Form, place: XMLPlace) {
    self.text = text
    self.form = form
    self.place = place
  }
}

/// What the modules add to a channel, a feed, an item or an entry: Dublin Core, Media RSS, content, iTunes,
/// syndication, FeedBurner, slash, threading, GeoRSS, PRISM, Creative Commons, and Atom's elements inside RSS, where
/// some publishers leave out their prefixes.
struct ExtensionWire {
  /// What there is one of.
  struct Fields {
    var dcTitle, itunesTitle, atomTitle: TextWire?
    var dcDescription, dctermsAbstract, atomSummary, atomSubtitle, itunesSummary, itunesSubtitle, prismTeaser: TextWire?
    /// `content:encoded`, `xhtml:body`, `atom:content`.
    var content: TextWire?
    var isEncodedContent = false
    var dcDate, dctermsCreated, dctermsIssued, dctermsModified, atomUpdated, atomPublished: Slice?
    var prismPublished, prismModified: Slice?
    /// Who counts when nobody else is named.
    var itunesAuthor, publisher, prismByline: Slice?
    /// Dublin Core's, perhaps, without a prefix. Some feeds call other things so: they count when there is no other.
    var plainCreator, plainDate: Slice?
    var language, id, identifier, origLink, prismURL: Slice?
    var image: PlacedText?
    var duration, season, episode, explicit: Slice?
    var updatePeriod, updateFrequency, updateBase: Slice?
    var newFeed: Slice?
    var commentCount, threadTotal, section: Slice?
    var replyTo: PlacedText?
    var rights: TextWire?
    var license: PlacedText?
    var point, latitude, longitude, placeName: Slice?
    var isHistoryComplete = false
    var isArchive = false
    var person: PersonWire?
    var isAtomPlain = false
  }

  var fields = Fields()
  var creators: [Slice] = []
  var subjects: [Slice] = []
  var links: [LinkWire] = []
  var people: [PersonWire] = []
  var keywords: [Slice] = []
  var media = MediaWire()

  /// The names of Dublin Core, else iTunes, else PRISM.
  var names: [Slice] {
    creators.isEmpty ? (fields.itunesAuthor ?? fields.prismByline).map { [$0] } ?? [] : creators
  }

  /// Makes it empty, keeping the memory of its lists.
  mutating func reset() {
    fields = Fields()
    if !creators.isEmpty { creators.removeAll(keepingCapacity: true) }
    if !subjects.isEmpty { subjects.removeAll(keepingCapacity: true) }
    if !links.isEmpty { links.removeAll(keepingCapacity: true) }
    if !people.isEmpty { people.removeAll(keepingCapacity: true) }
    if !keywords.isEmpty { keywords.removeAll(keepingCapacity: true) }
    media.reset()
  }

  /// nil when the element is not one of these.
  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse? {
    switch tag {
    case .dcCreator, .dcAuthor, .dcSubject, .dcDate, .dcLanguage, .dcPublisher, .dcContributor, .dcIdentifier,
      .dctermsCreated, .dctermsIssued, .dctermsModified, .dctermsAvailable, .itunesAuthor, .itunesDuration,
      .itunesKeywords, .itunesSeason, .itunesEpisode, .itunesExplicit, .itunesNewFeed, .updatePeriod, .updateFrequency,
      .updateBase, .origLink, .atomUpdated, .atomPublished, .atomID, .atomIcon, .atomLogo, .atomName, .atomURI,
      .atomEmail, .slashComments, .slashSection, .threadTotal, .georssPoint, .georssName, .gmlPosition, .geoLatitude,
      .geoLongitude, .prismPublished, .prismModified, .prismSection, .prismURL, .prismKeyword, .prismByline,
      .creativeLicense, .published, .updated, .issued, .modified, .created, .creator, .date:
      return .text
    case .contentEncoded, .xhtmlBody, .xhtmlDiv, .yandexFullText, .ramblerFullText, .mailFullText, .turboContent,
      .dcTitle, .dcDescription, .dctermsAbstract, .itunesTitle,
      .itunesSubtitle, .itunesSummary, .atomTitle, .dcRights, .atomRights, .prismTeaser, .prismCopyright, .keywords,
      .tags:
      return .markup
    case .georssWhere, .gmlPoint, .geoPoint: return .descend
    case .atomContent, .atomSummary, .atomSubtitle, .summary:
      let type = attributes["type"]
      fields.isAtomPlain =
        attributes.store.equals(type, "text") || attributes.store.equals(type, "text/plain")
      return .markup
    case .atomLink:
      if let link = LinkWire(attributes, place) { links.append(link) }
      return .skip
    case .atomAuthor:
      fields.person = PersonWire(place: place)
      return .childrenOrText
    case .atomCategory:
      let category = AtomWire.Category(term: attributes["term"], label: attributes["label"])
      guard let word = category.word(attributes.store) else { return .text }
      subjects.append(word)
      return .skip
    case .itunesImage:
      if let address = attributes["href"] ?? attributes["url"] {
        fields.image = PlacedText(text: address, place: place)
      }
      // Some write the address between the tags.
      return fields.image == nil ? .text : .skip
    case .itunesLink:
      if attributes.store.equals(attributes["rel"], "image"), let address = attributes["href"] {
        fields.image = PlacedText(text: address, place: place)
      }
      return .skip
    case .itunesOwner: return .skip
    case .itunesCategory:
      if let word = attributes["text"] { keywords.append(word) }
      return .descend
    case .threadReply:
      if let address = attributes["href"] ?? attributes["ref"] {
        fields.replyTo = fields.replyTo ?? PlacedText(text: address, place: place)
      }
      return .skip
    case .ccLicense:
      if let address = attributes["resource"] { fields.license = PlacedText(text: address, place: place) }
      return fields.license == nil ? .text : .skip
    case .historyComplete:
      fields.isHistoryComplete = true
      return .skip
    case .historyArchive:
      fields.isArchive = true
      return .skip
    default: return media.start(tag, attributes, place)
    }
  }

  /// - Parameter reading: for texts that are lists
  mutating func finish(_ tag: XMLTag, _ value: XMLText, _ reading: Reading) {
    let text = value.text
    guard !text.isEmpty else { return }
    switch tag {
    case .dcCreator, .dcAuthor:
      let name = reading.withoutNotice(text)
      if !name.isEmpty { creators.append(name) }
    case .creator: fields.plainCreator = fields.plainCreator ?? text
    case .dcContributor: break
    case .dcPublisher: fields.publisher = fields.publisher ?? text
    case .itunesAuthor: fields.itunesAuthor = text
    case .prismByline: fields.prismByline = fields.prismByline ?? text
    case .dcSubject: subjects.append(text)
    case .dcLanguage: fields.language = fields.language ?? text
    case .dcIdentifier: fields.identifier = fields.identifier ?? text
    case .dcDate: fields.dcDate = fields.dcDate ?? text
    case .date: fields.plainDate = fields.plainDate ?? text
    case .dctermsCreated, .created: fields.dctermsCreated = fields.dctermsCreated ?? text
    case .dctermsIssued, .dctermsAvailable, .issued: fields.dctermsIssued = fields.dctermsIssued ?? text
    case .dctermsModified, .modified: fields.dctermsModified = fields.dctermsModified ?? text
    case .atomUpdated, .updated: fields.atomUpdated = fields.atomUpdated ?? text
    case .atomPublished, .published: fields.atomPublished = fields.atomPublished ?? text
    case .prismPublished: fields.prismPublished = fields.prismPublished ?? text
    case .prismModified: fields.prismModified = fields.prismModified ?? text
    case .contentEncoded, .xhtmlBody, .xhtmlDiv, .atomContent, .yandexFullText, .ramblerFullText, .mailFullText,
      .turboContent:
      guard fields.content == nil || tag == .contentEncoded && !fields.isEncodedContent else { return }
      fields.content = TextWire(value)
      fields.isEncodedContent = tag == .contentEncoded
      if tag == .atomContent, fields.isAtomPlain, !value.isMarkup { fields.content?.form = .plain }
    case .dcDescription: fields.dcDescription = fields.dcDescription ?? TextWire(value)
    case .dctermsAbstract: fields.dctermsAbstract = fields.dctermsAbstract ?? TextWire(value)
    case .itunesSummary: fields.itunesSummary = fields.itunesSummary ?? TextWire(value)
    case .itunesSubtitle: fields.itunesSubtitle = fields.itunesSubtitle ?? TextWire(value)
    case .prismTeaser: fields.prismTeaser = fields.prismTeaser ?? TextWire(value)
    case .atomSummary: fields.atomSummary = guestText(value)
    case .summary: fields.atomSummary = fields.atomSummary ?? guestText(value)
    case .atomSubtitle: fields.atomSubtitle = fields.atomSubtitle ?? guestText(value)
    case .dcTitle: fields.dcTitle = fields.dcTitle ?? TextWire(value)
    case .itunesTitle: fields.itunesTitle = fields.itunesTitle ?? TextWire(value)
    case .atomTitle: fields.atomTitle = fields.atomTitle ?? TextWire(value)
    case .dcRights, .atomRights, .prismCopyright: fields.rights = fields.rights ?? TextWire(value)
    case .creativeLicense, .ccLicense:
      fields.license = fields.license ?? PlacedText(text: text, place: value.place)
    case .itunesDuration: fields.duration = text
    case .itunesSeason: fields.season = text
    case .itunesEpisode: fields.episode = text
    case .itunesExplicit: fields.explicit = text
    case .itunesNewFeed: fields.newFeed = text
    case .itunesKeywords: reading.appendList(text, to: &keywords)
    // Elements of their own would be one word together.
    case .keywords, .tags: if !value.isMarkup { reading.appendList(text, to: &keywords) }
    case .atomCategory: subjects.append(text)
    case .atomAuthor:
      fields.person = nil
      creators.append(text)
    case .prismKeyword: keywords.append(text)
    case .itunesImage: fields.image = fields.image ?? PlacedText(text: text, place: value.place)
    case .updatePeriod: fields.updatePeriod = text
    case .updateFrequency: fields.updateFrequency = text
    case .updateBase: fields.updateBase = text
    case .origLink: fields.origLink = text
    case .prismURL: fields.prismURL = text
    case .slashComments: fields.commentCount = text
    case .threadTotal: fields.threadTotal = text
    case .slashSection, .prismSection: fields.section = fields.section ?? text
    case .georssPoint, .gmlPosition: fields.point = fields.point ?? text
    case .georssName: fields.placeName = text
    case .geoLatitude: fields.latitude = text
    case .geoLongitude: fields.longitude = text
    case .atomID: fields.id = text
    case .atomIcon, .atomLogo: fields.image = fields.image ?? PlacedText(text: text, place: value.place)
    case .atomName: fields.person?.name = text
    case .atomURI: fields.person?.uri = text
    case .atomEmail: fields.person?.email = text
    default: media.finish(tag, value, reading)
    }
  }

  /// A text of Atom, as its type says.
  private func guestText(_ value: XMLText) -> TextWire {
    TextWire(text: value.text, form: fields.isAtomPlain && !value.isMarkup ? .plain : .html, place: value.place)
  }

  mutating func end(_ tag: XMLTag) {
    if tag == .atomAuthor {
      if let finished = fields.person { people.append(finished) }
      fields.person = nil
    } else {
      media.end(tag)
    }
  }
}
