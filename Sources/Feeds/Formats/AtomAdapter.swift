internal import Dates
internal import Values

extension AtomWire {
  /// The feed that the elements mean.
  func feed(_ reading: Reading) -> Feed {
    var feed = Feed(kind: .atom)
    let more = head.more
    feed.title = reading.plain(head.title ?? more.fields.dcTitle)
    feed.homePage = Self.page(head.links, reading)
    feed.description = reading.html(head.subtitle, base: nil)
    feed.language = reading.bases.languages[Int(head.language)] ?? reading.language(more.fields.language)
    let (logo, icon) = (reading.icon(head.logo), reading.icon(head.icon))
    feed.icon = logo ?? icon ?? reading.icon(more.fields.image)
    if logo != nil { feed.favicon = icon }
    feed.authors = reading.authors(names: head.authors.isEmpty ? more.names : [], people: head.authors)
    feed.copyright = reading.plain(head.rights)
    feed.generator = reading.plainHTML(head.generator)
    feed.tags = reading.tags(head.categories.compactMap { $0.word(reading.store) }, more.subjects, more.keywords)
    feed.modified = reading.date(head.updated).map { Reading.toMilliseconds($0.timestamp) }
    var all = more
    all.links += head.links
    reading.addCommon(all, to: &feed)
    feed.items = finished
    return feed
  }

  private static func page(_ links: [LinkWire], _ reading: Reading) -> WebURL? {
    pageLink(links, reading).flatMap { reading.url($0.href, $0.place) }
  }

  /// The page: the first alternate, HTML before other types.
  private static func pageLink(_ links: [LinkWire], _ reading: Reading) -> LinkWire? {
    var first: LinkWire?
    for link in links where link.relation == .alternate {
      if link.type == nil || isPage(link.type, reading) { return link }
      if first == nil { first = link }
    }
    return first
  }

  private static func isPage(_ type: Slice?, _ reading: Reading) -> Bool {
    guard let type else { return false }
    // Without its parameters.
    let bytes = reading.store.bytes(type)
    let name = UnsafeBufferPointer(rebasing: bytes.prefix { $0 != UInt8(ascii: ";") && $0 > 0x20 })
    return name.equals("text/html") || name.equals("application/xhtml+xml") || name.equals("html")
      || name.equals("xhtml")
  }

  /// Of a content that is elsewhere (RFC 4287, section 4.1.3.2) a page is the entry's where nothing else is, and
  /// anything else a file that comes with it.
  private static func addContent(_ wire: Entry.Elsewhere, to item: inout FeedItem, _ reading: Reading) {
    let address = reading.url(wire.address, wire.place)
    if wire.type == nil || isPage(wire.type, reading) {
      item.url = item.url ?? address
    } else {
      reading.addFile(address, type: wire.type, to: &item)
    }
  }

  /// - Parameter feedLanguage: what an entry is in that says nothing else, into `Bases.languages`
  static func item(_ wire: Entry, feedLanguage: Int32, _ reading: Reading) -> FeedItem {
    let fields = wire.fields
    let more = wire.more.fields
    var item = FeedItem(id: reading.string(fields.id?.text) ?? "")
    item.url =
      reading.url(more.origLink) ?? page(wire.links, reading)
      ?? fields.id.flatMap { reading.absolute($0.text) }
    if let elsewhere = fields.elsewhere { addContent(elsewhere, to: &item, reading) }
    item.title = reading.plain(fields.title ?? more.dcTitle) ?? reading.plain(wire.more.media.about.title)
    let whole = fields.content ?? more.content
    let short = fields.summary ?? more.dcDescription ?? more.dctermsAbstract
    let isTextOfMedia = reading.setTexts(
      of: &item, whole: whole, short: short,
      media: reading.words(
        of: wire.more.media,
        beside: wire.links.filter { $0.relation == .enclosure }.map { ($0.type, reading.url($0.href, $0.place)) }))
    reading.setDates(
      of: &item,
      published: reading.date(fields.published) ?? reading.date(fields.issued) ?? reading.date(more.dctermsIssued)
        ?? reading.date(more.dcDate) ?? reading.date(fields.created) ?? reading.date(more.dctermsCreated)
        ?? reading.date(more.prismPublished),
      modified: reading.date(fields.updated) ?? reading.date(more.dctermsModified)
        ?? reading.date(more.prismModified))
    let people = wire.authors.isEmpty ? wire.sourceAuthors : wire.authors
    item.authors = reading.authors(names: people.isEmpty ? wire.more.names : [], people: people)
    item.tags = reading.tags(
      wire.categories.compactMap { $0.word(reading.store) }, wire.more.subjects, wire.more.media.categories,
      wire.more.keywords)
    item.language =
      reading.language(more.language) ?? reading.bases.languages[Int(fields.language)]
      ?? reading.bases.languages[Int(fields.contentLanguage)]
      ?? reading.bases.languages[Int(fields.titleLanguage)]
    if item.language == nil, let named = pageLink(wire.links, reading)?.language {
      let language = reading.language(named)
      let isOne = language.map { !$0.isEmpty && $0.lowercased() != "x-default" } ?? false
      if isOne, language != reading.bases.languages[Int(feedLanguage)] { item.language = language }
    }
    reading.addEnclosures(wire.links, to: &item)
    reading.addMedia(wire.more.media, isTextOfItem: isTextOfMedia, to: &item)
    reading.addImage(reading.url(more.image), to: &item)
    for link in wire.links {
      switch link.relation {
      case .related:
        if item.externalURL == nil { item.externalURL = reading.url(link.href, link.place) }
      case .replies where item.details.commentsURL == nil || !reading.isFeed(link):
        item.details.commentsURL = reading.url(link.href, link.place)
        if let count = link.count { item.details.commentCount = reading.store.bytes(count).integer }
      case .license: item.details.license = reading.url(link.href, link.place)?.description
      default: break
      }
    }
    if let source = fields.sourceTitle { item.details.sourceTitle = reading.plain(source) }
    if let source = fields.sourceLink { item.details.sourceURL = reading.url(source.href, source.place) }
    if let rights = fields.rights { item.details.rights = reading.plain(rights) }
    reading.addDetails(wire.more, to: &item)
    return item
  }
}

extension AtomWire.Category {
  /// What a reader is meant to see: the term, but Blogger and others put an address or a number there for machines.
  func word(_ store: TextStore) -> Slice? {
    guard let term, !term.isEmpty else { return label }
    let bytes = store.bytes(term)
    let isAddress = bytes.begins("http://") || bytes.begins("https://") || bytes.begins("tag:")
    let isNumber = bytes.allSatisfy { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }
    return isAddress || isNumber ? label ?? term : term
  }
}
