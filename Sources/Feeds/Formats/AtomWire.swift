internal import Markup
internal import Values

/// Atom 0.3 and 1.0 as written.
struct AtomWire {
  struct Category {
    var term: Slice?
    var label: Slice?
  }

  struct Head {
    var title: TextWire?
    var subtitle: TextWire?
    var rights: TextWire?
    var generator: Slice?
    var updated: Slice?
    var links: [LinkWire] = []
    var categories: [Category] = []
    var id: PlacedText?
    var icon: PlacedText?
    var logo: PlacedText?
    var authors: [PersonWire] = []
    /// Into `Bases.languages`.
    var language: Int32 = 0
    var more = ExtensionWire()
  }

  struct Entry {
    struct Fields {
      var title: TextWire?
      var summary: TextWire?
      var content: TextWire?
      var rights: TextWire?
      var id: PlacedText?
      var published: Slice?
      /// Atom 0.3.
      var issued: Slice?
      var updated: Slice?
      var created: Slice?
      var sourceTitle: TextWire?
      var sourceLink: LinkWire?
      var elsewhere: Elsewhere?
      /// What differs from the feed's, into `Bases.languages`.
      var language: Int32 = 0
      var contentLanguage: Int32 = 0
      var titleLanguage: Int32 = 0
    }

    /// The address of a content (`src`) and its media type.
    struct Elsewhere {
      var address: Slice
      var type: Slice?
      var place: XMLPlace
    }

    var fields = Fields()
    var links: [LinkWire] = []
    var authors: [PersonWire] = []
    /// Of the feed that the entry was taken from.
    var sourceAuthors: [PersonWire] = []
    var categories: [Category] = []
    var more = ExtensionWire()

    /// Makes it empty, keeping the memory of its lists.
    mutating func reset() {
      fields = Fields()
      if !links.isEmpty { links.removeAll(keepingCapacity: true) }
      if !authors.isEmpty { authors.removeAll(keepingCapacity: true) }
      if !sourceAuthors.isEmpty { sourceAuthors.removeAll(keepingCapacity: true) }
      if !categories.isEmpty { categories.removeAll(keepingCapacity: true) }
      more.reset()
    }
  }

  var head = Head()
  /// Entries are read one by one, while their texts are at hand.
  var finished: [FeedItem] = []
}

/// Collects the elements of Atom.
struct AtomCollector: XMLHandler {
  let home = XMLTag.Home.atom
  private let reading: Reading
  private(set) var wire = AtomWire()
  var itemCount: Int { wire.finished.count }
  private(set) var weight = 0

  private var entry = AtomWire.Entry()
  private var isInEntry = false
  private var person = PersonWire()
  private var isInPerson = false
  private var isInSource = false
  private var type: Slice?
  private var mode: Slice?
  private var link: LinkWire?
  /// What the store held when the entry began.
  private var mark = 0

  init(_ reading: Reading) { self.reading = reading }

  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    switch tag {
    case .feed:
      wire.head.language = place.language
      return .descend
    case .entry, .item:
      flush()
      isInEntry = true
      mark = reading.store.mark
      entry.fields.language = language(place)
      return .descend
    case .source:
      isInSource = isInEntry
      return isInSource ? .descend : .skip
    case .author:
      isInPerson = true
      person = PersonWire(place: place)
      return .childrenOrText
    case .contributor: return .skip
    case .name, .uri, .url, .homepage, .email: return isInPerson ? .text : .skip
    case _ where isInSource:
      if tag == .title {
        setType(attributes)
        return .markup
      }
      if tag == .link, let link = LinkWire(attributes, place), link.relation == .alternate {
        entry.fields.sourceLink = entry.fields.sourceLink ?? link
      }
      return .skip
    case .content:
      setType(attributes)
      if isInEntry, entry.fields.elsewhere == nil, let address = attributes["src"] {
        entry.fields.elsewhere = .init(address: address, type: type, place: place)
      }
      return .markup
    case .title, .subtitle, .tagline, .summary, .description, .rights, .copyright:
      setType(attributes)
      return .markup
    case .link:
      if let link = LinkWire(attributes, place) {
        add(link)
        return .skip
      }
      link = LinkWire(text: .empty, attributes, place)
      return .text
    case .category:
      let category = AtomWire.Category(term: attributes["term"], label: attributes["label"])
      if isInEntry { entry.categories.append(category) } else { wire.head.categories.append(category) }
      return .text
    case .id, .published, .issued, .updated, .modified, .created, .icon, .logo, .generator: return .text
    default:
      return (isInEntry ? entry.more.start(tag, attributes, place) : wire.head.more.start(tag, attributes, place))
        ?? .skip
    }
  }

  /// The language of a place where it is not that of the feed.
  private func language(_ place: XMLPlace) -> Int32 { place.language == wire.head.language ? 0 : place.language }

  private mutating func setType(_ attributes: XMLAttributes) {
    guard attributes.count > 0 else {
      (type, mode) = (nil, nil)
      return
    }
    type = attributes["type"]
    mode = attributes["mode"]
  }

  private mutating func add(_ link: LinkWire) {
    if isInEntry { entry.links.append(link) } else { wire.head.links.append(link) }
  }

  mutating func finish(_ tag: XMLTag, _ value: XMLText) {
    let text = value.text
    switch tag {
    case .name: person.name = text
    case .uri, .url, .homepage: person.uri = text
    case .email: person.email = text
    case .author: finishAuthor(text)
    case .title:
      if isInSource {
        entry.fields.sourceTitle = entry.fields.sourceTitle ?? construct(value)
      } else if text.isEmpty {
        return
      } else if isInEntry {
        guard entry.fields.title == nil else { return }
        entry.fields.title = construct(value)
        entry.fields.titleLanguage = language(value.place)
      } else if wire.head.title == nil {
        wire.head.title = construct(value)
      }
    case .subtitle, .tagline, .description:
      if !isInEntry {
        wire.head.subtitle = wire.head.subtitle ?? construct(value)
      } else if tag == .description, entry.fields.summary == nil, !text.isEmpty {
        entry.fields.summary = construct(value)
      }
    case .summary: if isInEntry, entry.fields.summary == nil, !text.isEmpty { entry.fields.summary = construct(value) }
    case .content:
      guard isInEntry, entry.fields.content == nil, !text.isEmpty else { return }
      let content = construct(value)
      guard !content.text.isEmpty else { return }
      entry.fields.content = content
      entry.fields.contentLanguage = language(value.place)
    case .rights, .copyright:
      if isInEntry { entry.fields.rights = construct(value) } else { wire.head.rights = construct(value) }
    case .link:
      // An address between the tags instead of in "href".
      guard !text.isEmpty, var link else { return }
      link.href = text
      add(link)
    case .category: finishCategory(text)
    case .id, .published, .issued, .updated, .modified, .created:
      // An empty one says nothing, whatever said something before.
      if !text.isEmpty { finishFact(tag, text, value.place) }
    // An entry's texts go with it, so what it says of the feed is not taken.
    case .icon: if !isInEntry { wire.head.icon = PlacedText(text: text, place: value.place) }
    case .logo: if !isInEntry { wire.head.logo = PlacedText(text: text, place: value.place) }
    case .generator: if !isInEntry { wire.head.generator = text }
    default: if isInEntry { entry.more.finish(tag, value, reading) } else { wire.head.more.finish(tag, value, reading) }
    }
  }

  /// Takes up an id or a date.
  private mutating func finishFact(_ tag: XMLTag, _ text: Slice, _ place: XMLPlace) {
    switch tag {
    case .id:
      let id = PlacedText(text: text, place: place)
      if isInEntry { entry.fields.id = id } else { wire.head.id = id }
    case .published: if isInEntry { entry.fields.published = text }
    case .issued: if isInEntry { entry.fields.issued = text }
    case .updated, .modified: if isInEntry { entry.fields.updated = text } else { wire.head.updated = text }
    case .created: if isInEntry, entry.fields.created == nil { entry.fields.created = text }
    default: break
    }
  }

  /// A name between the tags instead of in an element of its own.
  private mutating func finishAuthor(_ text: Slice) {
    isInPerson = false
    guard !text.isEmpty, !isInSource else { return }
    if isInEntry { entry.more.creators.append(text) } else { wire.head.more.creators.append(text) }
  }

  /// A word between the tags counts where the attributes give none.
  private mutating func finishCategory(_ text: Slice) {
    guard !text.isEmpty else { return }
    if isInEntry {
      if let last = entry.categories.indices.last, entry.categories[last].term == nil,
        entry.categories[last].label == nil
      {
        entry.categories[last].term = text
      }
    } else if let last = wire.head.categories.indices.last, wire.head.categories[last].term == nil,
      wire.head.categories[last].label == nil
    {
      wire.head.categories[last].term = text
    }
  }

  mutating func end(_ tag: XMLTag) {
    switch tag {
    case .entry, .item: flush()
    case .source: isInSource = false
    case .author:
      guard isInPerson else { return }
      isInPerson = false
      if isInSource {
        entry.sourceAuthors.append(person)
      } else if isInEntry {
        entry.authors.append(person)
      } else {
        wire.head.authors.append(person)
      }
    default: if isInEntry { entry.more.end(tag) } else { wire.head.more.end(tag) }
    }
  }

  private mutating func flush() {
    isInSource = false
    isInPerson = false
    guard isInEntry else { return }
    let finished = AtomWire.item(entry, feedLanguage: wire.head.language, reading)
    weight += finished.weight
    wire.finished.append(finished)
    entry.reset()
    isInEntry = false
    reading.store.truncate(to: mark)
  }

  /// A text construct (RFC 4287, sections 3.1 and 4.1.3.3; Atom 0.3 has media types and a mode).
  private func construct(_ value: XMLText) -> TextWire {
    let store = reading.store
    let type = type.map { store.bytes($0) } ?? UnsafeBufferPointer(start: nil, count: 0)
    // A picture or a document is no text, in whatever form it comes (RFC 4287, section 4.1.3.3).
    if type.begins("image/") || type.begins("audio/") || type.begins("video/") || type.equals("application/pdf") {
      return TextWire(text: .empty, form: .plain, place: value.place)
    }
    if value.isMarkup {
      // Escaped HTML inside a div that should not be there: TypePad's way.
      guard type.equals("html"), value.elements == 1 else {
        return TextWire(text: value.text, form: .html, place: value.place)
      }
      return TextWire(
        text: store.slice(Entities.decoded(store.string(value.text))), form: .html, place: value.place)
    }
    let isPlain = type.equals("text") || type.equals("text/plain")
    let isText =
      type.isEmpty || isPlain || type.equals("html") || type.equals("xhtml") || type.begins("text/")
      || store.string(self.type ?? .empty).lowercased().hasSuffix("xml")
    if store.equals(mode, "base64") || !isText, let bytes = Base64.decoded(store.bytes(value.text)),
      let plain = String(validating: bytes, as: UTF8.self)
    {
      return TextWire(
        text: store.trimmed(store.slice(plain)), form: type.equals("text/plain") ? .plain : .html, place: value.place)
    }
    if isPlain { return TextWire(text: value.text, form: .plain, place: value.place) }
    guard type.isEmpty else { return TextWire(text: value.text, form: .html, place: value.place) }
    // The default is plain text, but what closes tags was meant as HTML.
    return TextWire(
      text: value.text, form: store.bytes(value.text).looksLikeHTML ? .html : .plain, place: value.place)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a text that may be plain has tags that end.
  var looksLikeHTML: Bool {
    guard holds(0x3C) else { return false }
    let text = String(decoding: self, as: UTF8.self)
    return text.contains("</") || text.contains("<br") || text.contains("<p>")
  }
}

/// Base64 as in RFC 4648, section 4, white space allowed.
enum Base64 {
  static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="), 0x20, 0x0A, 0x0D, 0x09: continue
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        bits &= (1 << UInt32(count)) - 1
      }
    }
    // Control characters mean that it was something else; none may pass.
    return out.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 && $0 != 0x0D } ? nil : out
  }
}
