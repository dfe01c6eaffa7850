internal import Markup
internal import Values

/// RSS 0.9 to 2.0, RDF and CDF as written: one field an element.
struct RSSWire {
  struct Channel {
    var title: TextWire?
    var link: PlacedText?
    var description: TextWire?
    var language: Slice?
    var editor: Slice?
    var copyright: TextWire?
    var generator: Slice?
    var date: Slice?
    var lastBuild: Slice?
    var ttl: Slice?
    var skipHours: [Slice] = []
    var skipDays: [Slice] = []
    var categories: [Slice] = []
    var image: PlacedText?
    var more = ExtensionWire()
  }

  struct Item {
    struct Fields {
      var about: Slice?
      var title: TextWire?
      var link: PlacedText?
      var description: TextWire?
      /// `fullitem` of CDF's time and `body` without a namespace.
      var body: TextWire?
      var guid: PlacedText?
      var isPermaLink = true
      var date: Slice?
      var modified: Slice?
      var comments: PlacedText?
      var source: PlacedText?
      var sourceTitle: Slice?
      /// `managingEditor`, which belongs to a channel, but some write it of an item.
      var editor: Slice?
      var language: Int32 = 0
    }

    struct Enclosure {
      var url: Slice
      var type: Slice?
      var length: Slice?
      var place: XMLPlace
    }

    var fields = Fields()
    var authors: [Slice] = []
    var categories: [Slice] = []
    var enclosures: [Enclosure] = []
    var images: [PlacedText] = []
    var more = ExtensionWire()

    /// Makes it empty, keeping the memory of its lists.
    mutating func reset() {
      fields = Fields()
      if !authors.isEmpty { authors.removeAll(keepingCapacity: true) }
      if !categories.isEmpty { categories.removeAll(keepingCapacity: true) }
      if !enclosures.isEmpty { enclosures.removeAll(keepingCapacity: true) }
      if !images.isEmpty { images.removeAll(keepingCapacity: true) }
      more.reset()
    }
  }

  var isCDF = false
  var isRDF = false
  /// Into `Bases.languages`.
  var language: Int32 = 0
  var channel = Channel()
  /// Items are read one by one, while their texts are at hand.
  var finished: [FeedItem] = []
}

/// Collects the elements of RSS.
struct RSSCollector: XMLHandler {
  let home = XMLTag.Home.rss
  private let reading: Reading
  private(set) var wire = RSSWire()
  var itemCount: Int { wire.finished.count }
  private(set) var weight = 0

  private var item = RSSWire.Item()
  private var isInItem = false
  private var isInImage = false
  /// Whether the document is RSS or RDF by its outermost element; where that is a channel, it is CDF or damaged.
  private var hasRoot = false
  private var hasChannel = false
  private var linkAddress: Slice?
  /// What the store held when the item began.
  private var mark = 0

  init(_ reading: Reading) { self.reading = reading }

  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    switch tag {
    case .rss, .rdf:
      hasRoot = true
      wire.isRDF = tag == .rdf
      wire.language = place.language
      return .descend
    case .channel:
      if !hasChannel, attributes.count > 0 { startChannel(attributes, place) }
      hasChannel = true
      if wire.language == 0 { wire.language = place.language }
      return .descend
    case .item:
      flush()
      isInItem = true
      mark = reading.store.mark
      item.fields.language = place.language == wire.language ? 0 : place.language
      guard attributes.count > 0 else { return .descend }
      item.fields.about = attributes["about"]
      if let address = attributes["href"] {
        if !hasRoot { wire.isCDF = true }
        item.fields.link = PlacedText(text: address, place: place)
      }
      item.fields.modified = attributes["lastmod"]
      return .descend
    case .image:
      isInImage = true
      if let address = attributes["href"] ?? attributes["url"] { take(image: PlacedText(text: address, place: place)) }
      // Some write the address of an item's picture between the tags.
      return isInItem ? .childrenOrText : .descend
    case .url: return isInImage ? .text : .skip
    case .source:
      guard isInItem else { return .skip }
      if let address = attributes["url"] { item.fields.source = PlacedText(text: address, place: place) }
      return .text
    case .textinput: return .skip
    // RSS 1.0 lists addresses there, RSS 1.1 the items themselves.
    case .items: return .descend
    // Some put the elements of a kind into one more.
    case .categories, .authors: return .descend
    case .enclosure:
      if isInItem, let address = attributes["url"] ?? attributes["href"] {
        item.enclosures.append(
          .init(url: address, type: attributes["type"], length: attributes["length"], place: place))
      }
      return .skip
    case .link: return startLink(attributes, place)
    case .guid:
      item.fields.isPermaLink = !attributes.store.equals(attributes["ispermalink"], "false")
      return .text
    case .title, .description, .abstract: return isInImage ? .skip : .markup
    case .body, .fullitem, .content, .copyright, .author: return .markup
    case .skiphours, .skipdays: return .descend
    case .hour, .day, .ttl, .language, .pubdate, .lastbuilddate, .category, .managingeditor, .comments,
      .generator:
      return tag == .category && attributes.count > 0 && reading.isForMachines(attributes) ? .skip : .text
    default:
      return (isInItem ? item.more.start(tag, attributes, place) : wire.channel.more.start(tag, attributes, place))
        ?? .skip
    }
  }

  private mutating func startChannel(_ attributes: XMLAttributes, _ place: XMLPlace) {
    let address = attributes["href"]
    let base = attributes.unprefixed("base")
    guard address != nil || base != nil else { return }
    wire.isCDF = true
    keepForChannel()
    if let base, place.base == 0 { reading.bases.setDocument(base, reading.store) }
    if let address { wire.channel.link = PlacedText(text: address, place: place) }
  }

  private mutating func startLink(_ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse {
    if isInImage { return .skip }
    linkAddress = nil
    guard attributes.count > 0, let address = attributes["href"] else { return .text }
    linkAddress = address
    // Atom's link without its namespace.
    let link = LinkWire(text: address, attributes, place)
    guard link.relation != .alternate else { return .text }
    if isInItem { item.more.links.append(link) } else { wire.channel.more.links.append(link) }
    return .skip
  }

  mutating func finish(_ tag: XMLTag, _ value: XMLText) {
    let text = value.text
    switch tag {
    case .url: take(image: PlacedText(text: text, place: value.place))
    case .image:
      isInImage = false
      if reading.absolute(text) != nil { take(image: PlacedText(text: text, place: value.place)) }
    case .hour:
      keepForChannel()
      wire.channel.skipHours.append(text)
    case .day:
      keepForChannel()
      wire.channel.skipDays.append(text)
    case .ttl:
      guard !isInItem || wire.channel.ttl == nil else { return }
      keepForChannel()
      wire.channel.ttl = text
    case .language: if !isInItem { wire.channel.language = text } else { item.more.fields.language = text }
    case .managingeditor: if !isInItem { wire.channel.editor = text } else { item.fields.editor = text }
    case .copyright: if !isInItem { wire.channel.copyright = TextWire(value) }
    case .generator: if !isInItem { wire.channel.generator = text }
    case .lastbuilddate:
      if !isInItem { wire.channel.lastBuild = text } else if item.fields.modified == nil { item.fields.modified = text }
    // Programs that print every field print empty ones, too.
    case .title where !text.isEmpty:
      if isInItem {
        guard item.fields.title == nil else { return }
        var title = TextWire(value)
        title.text = reading.withoutNotice(text)
        if !title.text.isEmpty { item.fields.title = title }
      } else if wire.channel.title == nil {
        wire.channel.title = TextWire(value)
      }
    case .description where !text.isEmpty, .abstract where !text.isEmpty:
      if isInItem {
        if item.fields.description == nil { item.fields.description = TextWire(value) }
      } else if wire.channel.description == nil {
        wire.channel.description = TextWire(value)
      }
    case .link:
      let address = text.isEmpty ? linkAddress ?? text : value.isMarkup ? addressText(text) : text
      guard !address.isEmpty else { return }
      if isInItem {
        if item.fields.link == nil { item.fields.link = PlacedText(text: address, place: value.place) }
      } else if wire.channel.link == nil {
        wire.channel.link = PlacedText(text: address, place: value.place)
      }
    case .guid:
      let text = reading.withoutNotice(text)
      if !text.isEmpty { item.fields.guid = PlacedText(text: text, place: value.place) }
    case .pubdate:
      guard !text.isEmpty else { return }
      if !isInItem { wire.channel.date = text } else if item.fields.date == nil { item.fields.date = text }
    case .author:
      guard !text.isEmpty else { return }
      if value.isMarkup, let person = PersonWire(elements: text, value.place, reading.store) {
        if isInItem { item.more.people.append(person) } else { wire.channel.more.people.append(person) }
        return
      }
      let name = value.isMarkup ? reading.store.slice(Sanitiser.text(reading.store.string(text))) : text
      if isInItem { item.authors.append(name) } else { wire.channel.more.creators.append(name) }
    case .category:
      guard !text.isEmpty else { return }
      if isInItem { item.categories.append(text) } else { wire.channel.categories.append(text) }
    case .comments: if isInItem, !text.isEmpty { item.fields.comments = PlacedText(text: text, place: value.place) }
    // Elements in it would be one word together.
    case .source: if isInItem, value.elements == 0 { item.fields.sourceTitle = text }
    case .body, .fullitem, .content: if isInItem, !text.isEmpty { item.fields.body = TextWire(value) }
    default:
      if isInItem { item.more.finish(tag, value, reading) } else { wire.channel.more.finish(tag, value, reading) }
    }
  }

  /// What stands in a link that holds elements: a link of HTML, or words.
  private func addressText(_ markup: Slice) -> Slice {
    reading.store.bytes(markup).begins("<")
      ? markup : reading.store.slice(Sanitiser.text(reading.store.string(markup)))
  }

  mutating func end(_ tag: XMLTag) {
    switch tag {
    case .item: flush()
    case .image: isInImage = false
    default: if isInItem { item.more.end(tag) } else { wire.channel.more.end(tag) }
    }
  }

  private mutating func flush() {
    isInImage = false
    guard isInItem else { return }
    let finished = RSSWire.item(item, reading)
    weight += finished.weight
    wire.finished.append(finished)
    item.reset()
    isInItem = false
    reading.store.truncate(to: mark)
  }

  /// What belongs to the channel may stand in an item, where a tag is missing; it outlives that item.
  private mutating func keepForChannel() { mark = reading.store.mark }

  private mutating func take(image: PlacedText) {
    guard !image.text.isEmpty else { return }
    if isInItem { item.images.append(image) } else { wire.channel.image = image }
  }
}
