internal import Values

extension AtomWire {
  /// The feed that the elements mean.
  func feed(_ reading: Reading) -> Feed {
    var feed = Feed(kind: .atom)
    let more = head.more
    feed.title = reading.plain(head.title ?? more.titles[.dcTitle])
    let page = Self.alternate(head.links)
    feed.homePage = reading.url(page?.href, page?.place)
    feed.description = reading.html(head.subtitle, base: nil)
    feed.language = head.language ?? more.language
    feed.icon = reading.url(head.logo) ?? reading.url(head.icon) ?? reading.url(more.imageAddress)
    feed.authors = reading.authors(names: head.authors.isEmpty ? more.names : [], people: head.authors)
    var all = more
    all.links += head.links
    reading.addCommon(all, to: &feed)
    feed.items = finished
    return feed
  }

  /// The page: the first alternate, HTML before other types.
  private static func alternate(_ links: [LinkWire]) -> LinkWire? {
    let pages = links.filter { $0.rel == "alternate" }
    return pages.first { $0.type == nil || $0.type == "text/html" || $0.type == "application/xhtml+xml" } ?? pages.first
  }

  static func item(_ wire: Entry, _ reading: Reading) -> FeedItem {
    let more = wire.more
    var item = FeedItem(id: wire.id?.text ?? "")
    let page = Self.alternate(wire.links)
    item.url =
      reading.url(more.origLink) ?? reading.url(page?.href, page?.place)
      ?? wire.id.flatMap { reading.absolute($0.text) }
    if let related = wire.links.first(where: { $0.rel == "related" }) {
      item.externalURL = reading.url(related.href, related.place)
    }
    item.title = reading.plain(wire.title ?? more.titles[.dcTitle]) ?? reading.plainHTML(more.media.about.title)
    let whole = wire.content ?? more.content
    let short = wire.summary ?? more.descriptions[.dcDescription] ?? more.descriptions[.dctermsAbstract]
    reading.setTexts(of: &item, whole: whole, short: short, media: more.media.about.description)
    let dates = more.dates
    reading.setDates(
      of: &item,
      published: [
        wire.published, wire.issued, dates[.dctermsIssued], dates[.dcDate], wire.created, dates[.dctermsCreated],
      ], modified: [wire.updated, dates[.dctermsModified]])
    let people = wire.authors.isEmpty ? wire.sourceAuthors : wire.authors
    item.authors = reading.authors(names: people.isEmpty ? more.names : [], people: people)
    let categories = wire.categories.compactMap { term, label in
      // Blogger and others put an address or a number there for machines.
      term.map { $0.isEmpty || $0.holds(":") && $0.contains("://") } ?? true ? label ?? term : term
    }
    item.tags = reading.tags(categories, more)
    item.language = more.language ?? wire.language
    for link in wire.links where link.rel == "enclosure" {
      reading.addFile(
        reading.url(link.href, link.place), type: link.type, size: link.length, title: link.title, to: &item)
    }
    reading.addMedia(more.media, to: &item)
    reading.addImage(reading.url(more.imageAddress), to: &item)
    return item
  }
}
