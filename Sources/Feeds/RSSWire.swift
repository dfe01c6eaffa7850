/// RSS 0.9 to 2.0, RDF and CDF as written: one field an element.
struct RSSWire {
  struct Channel {
    var title: TextWire?
    var link: (text: String, place: XMLPlace)?
    var description: TextWire?
    var language: String?
    var editor: String?
    var ttl: String?
    var skipHours: [String] = []
    var skipDays: [String] = []
    var image: (text: String, place: XMLPlace)?
    var more = ExtensionWire()
  }

  struct Item {
    var about: String?
    var title: TextWire?
    var link: (text: String, place: XMLPlace)?
    var description: TextWire?
    /// `fullitem` of CDF's time and `body` without a namespace.
    var body: TextWire?
    var guid: (text: String, isPermaLink: Bool, place: XMLPlace)?
    var date: String?
    var modified: String?
    var authors: [String] = []
    var categories: [String] = []
    var enclosures: [(url: String, type: String?, length: String?, place: XMLPlace)] = []
    var images: [(text: String, place: XMLPlace)] = []
    var language: String?
    var more = ExtensionWire()
  }

  var isCDF = false
  var isRDF = false
  var language: String?
  var channel = Channel()
  /// Of documents in JSON; those of XML are read one by one, while their texts are at hand.
  var items: [Item] = []
  var finished: [FeedItem] = []
}

/// Collects the elements of RSS.
final class RSSCollector: XMLHandler {
  let home = XMLTag.Home.rss
  // Reached by the parser's events alone, one at a time.
  private let reading: Reading
  @exclusivity(unchecked) private(set) var wire = RSSWire()
  var itemCount: Int { wire.finished.count }

  @exclusivity(unchecked) private var item: RSSWire.Item?
  @exclusivity(unchecked) private var isInImage = false
  @exclusivity(unchecked) private var isPermaLink = true
  @exclusivity(unchecked) private var linkAddress: String?

  init(_ reading: Reading) { self.reading = reading }

  func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    switch tag {
    case .rss, .rdf:
      wire.isRDF = tag == .rdf
      wire.language = reading.bases.languages[place.language]
      return .descend
    case .channel:
      if let address = attributes["href"] {
        wire.isCDF = true
        wire.channel.link = (address, place)
      }
      if wire.language == nil { wire.language = reading.bases.languages[place.language] }
      return .descend
    case .item:
      flush()
      item = RSSWire.Item()
      item?.about = attributes["about"]
      item?.language =
        reading.bases.languages[place.language] == wire.language ? nil : reading.bases.languages[place.language]
      if let address = attributes["href"] { item?.link = (address, place) }
      item?.modified = attributes["lastmod"]
      return .descend
    case .image:
      isInImage = true
      if let address = attributes["href"] { take(image: address, place) }
      return .descend
    case .url: return isInImage ? .text : .skip
    case .source, .textinput, .items: return .skip
    case .enclosure:
      if let address = attributes["url"] ?? attributes["href"] {
        item?.enclosures.append((address, attributes["type"], attributes["length"], place))
      }
      return .skip
    case .link:
      if isInImage { return .skip }
      linkAddress = attributes["href"]
      if linkAddress != nil, let rel = attributes["rel"]?.lowercased(), rel != "alternate" {
        // Atom's link without its namespace.
        if let link = LinkWire(attributes, place) { more { $0.links.append(link) } }
        return .skip
      }
      return .text
    case .guid:
      isPermaLink = attributes["isPermaLink"]?.lowercased() != "false"
      return .text
    case .title, .description, .abstract: return isInImage ? .skip : .markup
    case .body, .fullitem: return .markup
    case .skiphours, .skipdays: return .descend
    case .hour, .day, .ttl, .language, .pubdate, .author, .category, .managingeditor: return .text
    default:
      var response: XMLResponse?
      more { response = $0.start(tag, attributes, place) }
      return response ?? .skip
    }
  }

  func finish(_ tag: XMLTag, _ value: XMLText) {
    let text = value.text
    switch tag {
    case .url: take(image: text, value.place)
    case .hour: wire.channel.skipHours.append(text)
    case .day: wire.channel.skipDays.append(text)
    case .ttl: wire.channel.ttl = text
    case .language: if item == nil { wire.channel.language = text } else { item?.language = text }
    case .managingeditor: wire.channel.editor = text
    case .title:
      if item != nil {
        if item?.title == nil { item?.title = TextWire(value) }
      } else if wire.channel.title == nil {
        wire.channel.title = TextWire(value)
      }
    case .description, .abstract:
      if item != nil {
        if item?.description == nil { item?.description = TextWire(value) }
      } else if wire.channel.description == nil {
        wire.channel.description = TextWire(value)
      }
    case .link:
      let address = text.isEmpty ? linkAddress ?? "" : text
      guard !address.isEmpty else { return }
      if item != nil {
        if item?.link == nil { item?.link = (address, value.place) }
      } else if wire.channel.link == nil {
        wire.channel.link = (address, value.place)
      }
    case .guid: if !text.isEmpty { item?.guid = (text, isPermaLink, value.place) }
    case .pubdate: if item?.date == nil, !text.isEmpty { item?.date = text }
    case .author:
      if item == nil { more { $0.creators.append(text) } } else if !text.isEmpty { item?.authors.append(text) }
    case .category: if !text.isEmpty { item?.categories.append(text) }
    case .body, .fullitem: item?.body = TextWire(value)
    default: more { _ = $0.finish(tag, value) }
    }
  }

  func end(_ tag: XMLTag) {
    switch tag {
    case .item: flush()
    case .image: isInImage = false
    default: more { $0.end(tag) }
    }
  }

  private func flush() {
    if let item = item.take() { wire.finished.append(RSSWire.item(item, reading)) }
    isInImage = false
  }

  private func take(image address: String, _ place: XMLPlace) {
    guard !address.isEmpty else { return }
    if item != nil { item?.images.append((address, place)) } else { wire.channel.image = (address, place) }
  }

  private func more(_ edit: (inout ExtensionWire) -> Void) {
    if item != nil { edit(&item!.more) } else { edit(&wire.channel.more) }
  }
}
