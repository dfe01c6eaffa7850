internal import Values

extension RSSWire {
  /// The feed that the elements mean.
  func feed(_ reading: Reading) -> Feed {
    var feed = Feed(kind: isCDF ? .cdf : isRDF ? .rdf : .rss)
    let more = channel.more
    feed.title = reading.plain(
      channel.title ?? more.titles[.dcTitle] ?? more.titles[.itunesTitle] ?? more.titles[.atomTitle])
    feed.homePage = reading.url(channel.link)
    feed.description = reading.html(
      channel.description ?? more.descriptions[.dcDescription] ?? more.descriptions[.itunesSummary]
        ?? more.descriptions[.itunesSubtitle], base: feed.homePage)
    feed.language = channel.language ?? more.language ?? language
    feed.icon = reading.url(channel.image) ?? reading.url(more.imageAddress)
    feed.ttl = channel.ttl.flatMap { Int($0) }.flatMap { $0 > 0 && $0 < 1_000_000 ? $0 * 60 : nil }
    feed.skipHours = Reading.hours(channel.skipHours)
    feed.skipDays = Reading.days(channel.skipDays)
    feed.authors = reading.authors(
      names: [channel.editor].compactMap { $0 } + (channel.editor == nil ? more.names : []), people: more.people)
    reading.addCommon(more, to: &feed)
    feed.items = finished + items.map { Self.item($0, reading) }
    return feed
  }

  static func item(_ wire: Item, _ reading: Reading) -> FeedItem {
    let more = wire.more
    var item = FeedItem(id: wire.guid?.text ?? more.id ?? "")
    let alternate = more.links.first { $0.rel == "alternate" }
    item.url =
      reading.url(more.origLink) ?? reading.url(wire.link) ?? reading.url(alternate?.href, alternate?.place)
      ?? wire.guid.flatMap { $0.isPermaLink ? reading.absolute($0.text) : nil } ?? reading.url(wire.about)
    if item.id.isEmpty, let about = wire.about { item.id = about }
    item.title = reading.plain(
      wire.title ?? more.titles[.dcTitle] ?? more.titles[.itunesTitle] ?? more.titles[.atomTitle])
    if item.title == nil { item.title = reading.plainHTML(more.media.about.title) }

    let short =
      wire.description ?? more.descriptions[.dcDescription] ?? more.descriptions[.dctermsAbstract]
      ?? more.descriptions[.atomSummary] ?? more.descriptions[.itunesSummary] ?? more.descriptions[.itunesSubtitle]
    reading.setTexts(
      of: &item, whole: more.content ?? wire.body, short: short, media: more.media.about.description)

    let dates = more.dates
    reading.setDates(
      of: &item,
      published: [wire.date, dates[.dctermsIssued], dates[.atomPublished], dates[.dcDate], dates[.dctermsCreated]],
      modified: [dates[.dctermsModified], dates[.atomUpdated], wire.modified])
    // RSS asks for an address in "author"; where that is all it gives, Dublin Core has the name.
    let hasNames = wire.authors.contains { Reading.author($0).name?.contains("@") == false }
    item.authors = reading.authors(
      names: hasNames || more.names.isEmpty ? wire.authors : more.names, people: more.people)
    item.tags = reading.tags(wire.categories, more)
    item.language = more.language ?? wire.language
    for enclosure in wire.enclosures {
      reading.addFile(
        reading.url(enclosure.url, enclosure.place), type: enclosure.type, size: enclosure.length,
        duration: more.duration, to: &item)
    }
    for link in more.links where link.rel == "enclosure" {
      reading.addFile(reading.url(link.href, link.place), type: link.type, size: link.length, to: &item)
    }
    reading.addMedia(more.media, to: &item)
    for image in wire.images { reading.addImage(reading.url(image), to: &item) }
    reading.addImage(reading.url(more.imageAddress), to: &item)
    return item
  }
}
