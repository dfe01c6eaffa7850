internal import Markup
internal import Values

/// Atom 0.3 and 1.0 as written.
struct AtomWire {
  struct Head {
    var title: TextWire?
    var subtitle: TextWire?
    var links: [LinkWire] = []
    var id: (text: String, place: XMLPlace)?
    var icon: (text: String, place: XMLPlace)?
    var logo: (text: String, place: XMLPlace)?
    var authors: [PersonWire] = []
    var language: String?
    var more = ExtensionWire()
  }

  struct Entry {
    var title: TextWire?
    var summary: TextWire?
    var content: TextWire?
    var links: [LinkWire] = []
    var id: (text: String, place: XMLPlace)?
    var published: String?
    /// Atom 0.3.
    var issued: String?
    var updated: String?
    var created: String?
    var authors: [PersonWire] = []
    /// Of the feed that the entry was taken from.
    var sourceAuthors: [PersonWire] = []
    var categories: [(term: String?, label: String?)] = []
    var language: String?
    var more = ExtensionWire()
  }

  var head = Head()
  /// Entries are read one by one, while their texts are at hand.
  var finished: [FeedItem] = []
}

/// Collects the elements of Atom.
final class AtomCollector: XMLHandler {
  let home = XMLTag.Home.atom
  // Reached by the parser's events alone, one at a time.
  private let reading: Reading
  @exclusivity(unchecked) private(set) var wire = AtomWire()
  var itemCount: Int { wire.finished.count }

  @exclusivity(unchecked) private var entry: AtomWire.Entry?
  @exclusivity(unchecked) private var person: PersonWire?
  @exclusivity(unchecked) private var isInSource = false
  @exclusivity(unchecked) private var type: String?
  @exclusivity(unchecked) private var mode: String?
  @exclusivity(unchecked) private var link: LinkWire?

  init(_ reading: Reading) { self.reading = reading }

  func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    switch tag {
    case .feed:
      wire.head.language = reading.bases.languages[place.language]
      return .descend
    case .entry, .item:
      flush()
      entry = AtomWire.Entry()
      entry?.language =
        reading.bases.languages[place.language] == wire.head.language ? nil : reading.bases.languages[place.language]
      return .descend
    case .source:
      isInSource = entry != nil
      return isInSource ? .descend : .skip
    case .author:
      person = PersonWire(place: place)
      return .descend
    case .contributor: return .skip
    case .name, .uri, .url, .homepage, .email: return person == nil ? .skip : .text
    case _ where isInSource: return .skip
    case .title, .subtitle, .tagline, .summary, .content, .description:
      type = attributes["type"]?.lowercased()
      mode = attributes["mode"]?.lowercased()
      return .markup
    case .link:
      if let link = LinkWire(attributes, place) {
        if entry != nil { entry?.links.append(link) } else { wire.head.links.append(link) }
        return .skip
      }
      link = LinkWire(text: "", attributes, place)
      return .text
    case .category:
      entry?.categories.append((attributes["term"], attributes["label"]))
      return .text
    case .id, .published, .issued, .updated, .modified, .created, .icon, .logo: return .text
    default:
      var response: XMLResponse?
      more { response = $0.start(tag, attributes, place) }
      return response ?? .skip
    }
  }

  func finish(_ tag: XMLTag, _ value: XMLText) {
    let text = value.text
    switch tag {
    case .name: person?.name = text
    case .uri, .url, .homepage: person?.uri = text
    case .email: person?.email = text
    case .title:
      if entry != nil {
        if entry?.title == nil { entry?.title = construct(value) }
      } else if wire.head.title == nil {
        wire.head.title = construct(value)
      }
    case .subtitle, .tagline, .description:
      if entry == nil { wire.head.subtitle = wire.head.subtitle ?? construct(value) }
    case .summary: if entry?.summary == nil, !text.isEmpty { entry?.summary = construct(value) }
    case .content: if entry?.content == nil, !text.isEmpty { entry?.content = construct(value) }
    case .link:
      // An address between the tags instead of in "href".
      guard !text.isEmpty, var link else { return }
      link.href = text
      if entry != nil { entry?.links.append(link) } else { wire.head.links.append(link) }
    case .category:
      if let last = entry?.categories.last, last.term == nil, last.label == nil, let count = entry?.categories.count {
        entry?.categories[count - 1].term = text
      }
    case .id: if entry != nil { entry?.id = (text, value.place) } else { wire.head.id = (text, value.place) }
    case .published: entry?.published = text
    case .issued: entry?.issued = text
    case .updated, .modified: entry?.updated = text
    case .created: if entry?.created == nil { entry?.created = text }
    case .icon: wire.head.icon = (text, value.place)
    case .logo: wire.head.logo = (text, value.place)
    default: more { _ = $0.finish(tag, value) }
    }
  }

  func end(_ tag: XMLTag) {
    switch tag {
    case .entry, .item: flush()
    case .source: isInSource = false
    case .author:
      guard let finished = person else { return }
      person = nil
      if isInSource {
        entry?.sourceAuthors.append(finished)
      } else if entry != nil {
        entry?.authors.append(finished)
      } else {
        wire.head.authors.append(finished)
      }
    default: more { $0.end(tag) }
    }
  }

  private func flush() {
    if let entry = entry.take() { wire.finished.append(AtomWire.item(entry, reading)) }
    isInSource = false
    person = nil
  }

  private func more(_ edit: (inout ExtensionWire) -> Void) {
    if entry != nil { edit(&entry!.more) } else { edit(&wire.head.more) }
  }

  /// A text construct (RFC 4287, sections 3.1 and 4.1.3.3; Atom 0.3 has media types and a mode).
  private func construct(_ value: XMLText) -> TextWire {
    var text = value.text
    let type = type ?? ""
    if value.isMarkup {
      // Escaped HTML inside a div that should not be there: TypePad's way.
      if type == "html", value.elements == 1 { text = Entities.decoded(text) }
      return TextWire(text: text, form: .html, place: value.place)
    }
    let isText = ["", "text", "html", "xhtml"].contains(type) || type.hasPrefix("text/") || type.hasSuffix("xml")
    if mode == "base64" || !isText, let bytes = Base64.decoded(text),
      let plain = String(validating: bytes, as: UTF8.self)
    {
      text = trimmed(plain)
      return TextWire(text: text, form: type == "text/plain" ? .plain : .html, place: value.place)
    }
    switch type {
    case "text", "text/plain": return TextWire(text: text, form: .plain, place: value.place)
    case "":
      // The default is plain text, but what closes tags was meant as HTML.
      let looksLikeHTML = text.holds("<") && (text.contains("</") || text.contains("<br") || text.contains("<p>"))
      return TextWire(text: text, form: looksLikeHTML ? .html : .plain, place: value.place)
    default: return TextWire(text: text, form: .html, place: value.place)
    }
  }
}

/// Base64 as in RFC 4648, section 4, white space allowed.
enum Base64 {
  static func decoded(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 {
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
    return out
  }
}
