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
    feed.authors = reading.authors(names: head.authors.isEmpty ? more.creators : [], people: head.authors)
    var all = more
    all.links += head.links
    reading.addCommon(all, to: &feed)
    feed.items = entries.map { item($0, reading) }
    return feed
  }

  /// The page: the first alternate, HTML before other types.
  private static func alternate(_ links: [LinkWire]) -> LinkWire? {
    let pages = links.filter { $0.rel == "alternate" }
    return pages.first { $0.type == nil || $0.type == "text/html" || $0.type == "application/xhtml+xml" } ?? pages.first
  }

  private func item(_ wire: Entry, _ reading: Reading) -> FeedItem {
    let more = wire.more
    var item = FeedItem(id: wire.id?.text ?? "")
    let page = Self.alternate(wire.links)
    item.url = reading.url(more.origLink) ?? reading.url(page?.href, page?.place) ?? wire.id.flatMap { WebURL($0.text) }
    if let related = wire.links.first(where: { $0.rel == "related" }) {
      item.externalURL = reading.url(related.href, related.place)
    }
    item.title = reading.plain(wire.title ?? more.titles[.dcTitle]) ?? reading.plainHTML(more.media.about.title)
    let base = item.url
    let whole = wire.content ?? more.content
    let short = wire.summary ?? more.descriptions[.dcDescription] ?? more.descriptions[.dctermsAbstract]
    if let whole {
      reading.setContent(whole, of: &item, base: base)
      item.summary = reading.html(short, base: base)
    } else if let short {
      reading.setContent(short, of: &item, base: base)
    } else if let text = more.media.about.description {
      item.contentHTML = reading.html(TextWire(text: text, form: .html, place: XMLPlace()), base: base)
    }
    let published =
      wire.published ?? wire.issued ?? more.dates[.dctermsIssued] ?? more.dates[.dcDate] ?? wire.created
      ?? more.dates[.dctermsCreated]
    reading.setDates(of: &item, published: published, modified: wire.updated ?? more.dates[.dctermsModified])
    let people = wire.authors.isEmpty ? wire.sourceAuthors : wire.authors
    item.authors = reading.authors(names: people.isEmpty ? more.creators : [], people: people)
    let categories = wire.categories.compactMap { term, label in
      // Blogger and others put an address or a number there for machines.
      term.map { $0.isEmpty || $0.contains("://") } ?? true ? label ?? term : term
    }
    item.tags = reading.tags(categories + more.subjects + more.media.categories + more.keywords)
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
