internal import Dates
internal import Values

extension RSSWire {
  /// The feed that the elements mean.
  func feed(_ reading: Reading) -> Feed {
    var feed = Feed(kind: isCDF ? .cdf : isRDF ? .rdf : .rss)
    let more = channel.more
    let fields = more.fields
    feed.title = reading.plain(channel.title ?? fields.dcTitle ?? fields.itunesTitle ?? fields.atomTitle)
    feed.homePage = reading.url(channel.link)
    feed.description = reading.html(
      channel.description ?? fields.dcDescription ?? fields.atomSubtitle ?? fields.itunesSummary
        ?? fields.itunesSubtitle,
      base: feed.homePage)
    feed.language =
      reading.language(channel.language ?? fields.language) ?? reading.bases.languages[Int(language)]
    feed.icon = reading.icon(channel.image) ?? reading.icon(fields.image)
    feed.ttl = channel.ttl.flatMap { reading.store.bytes($0).integer }
      .flatMap { $0 > 0 && $0 < 1_000_000 ? $0 * 60 : nil }
    feed.skipHours = reading.hours(channel.skipHours)
    feed.skipDays = reading.days(channel.skipDays)
    feed.authors = reading.authors(
      names: channel.editor.map { [$0] } ?? more.names, people: more.people)
    if feed.authors.isEmpty, let name = fields.publisher ?? fields.plainCreator {
      feed.authors = reading.authors(names: [name], people: [])
    }
    feed.copyright = reading.plain(channel.copyright)
    feed.generator = reading.plainHTML(channel.generator)
    feed.tags = reading.tags(channel.categories, more.subjects, more.keywords)
    feed.published = reading.date(channel.date ?? fields.dcDate ?? fields.plainDate)
      .map { Reading.toMilliseconds($0.timestamp) }
    feed.modified = reading.date(channel.lastBuild ?? fields.dctermsModified ?? fields.atomUpdated)
      .map { Reading.toMilliseconds($0.timestamp) }
    reading.addCommon(more, to: &feed)
    feed.items = finished
    return feed
  }

  static func item(_ wire: Item, _ reading: Reading) -> FeedItem {
    let fields = wire.fields
    let more = wire.more.fields
    // A permalink without its host is one all the same; a number says that it is one only by a slip.
    let path = fields.guid.flatMap {
      fields.isPermaLink && reading.store.bytes($0.text).begins("/") ? reading.url($0) : nil
    }
    var item = FeedItem(id: path?.description ?? reading.string(fields.guid?.text ?? more.id ?? fields.about) ?? "")
    item.url =
      reading.url(more.origLink) ?? reading.url(fields.link) ?? reading.firstPage(wire.more.links)
      ?? fields.guid.flatMap { fields.isPermaLink ? reading.absolute($0.text) : nil } ?? path
      ?? reading.url(fields.about) ?? reading.url(more.prismURL)
    item.title = reading.plain(fields.title ?? more.dcTitle ?? more.itunesTitle ?? more.atomTitle)
    if item.title == nil { item.title = reading.plain(wire.more.media.about.title) }

    let short =
      fields.description ?? more.dcDescription ?? more.dctermsAbstract ?? more.atomSummary ?? more.itunesSummary
      ?? more.itunesSubtitle ?? more.prismTeaser
    // A description besides a summary, which RSS does not know, is the content, if it says more.
    let isContent = (fields.description?.text.count ?? 0) > (more.atomSummary?.text.count ?? .max)
    let whole = more.content ?? fields.body ?? (isContent ? fields.description : nil)
    let isTextOfMedia = reading.setTexts(
      of: &item, whole: whole, short: more.content == nil && fields.body == nil && isContent ? more.atomSummary : short,
      media: reading.words(
        of: wire.more.media, beside: wire.enclosures.map { ($0.type, reading.url($0.url, $0.place)) }))

    reading.setDates(
      of: &item,
      published: reading.date(fields.date) ?? reading.date(more.dctermsIssued) ?? reading.date(more.atomPublished)
        ?? reading.date(more.dcDate) ?? reading.date(more.dctermsCreated) ?? reading.date(more.prismPublished)
        ?? reading.date(more.plainDate),
      modified: reading.date(more.dctermsModified) ?? reading.date(more.atomUpdated) ?? reading.date(fields.modified)
        ?? reading.date(more.prismModified))
    item.authors = authors(wire, reading)
    item.tags = reading.tags(wire.categories, wire.more.subjects, wire.more.media.categories, wire.more.keywords)
    item.language = reading.language(more.language) ?? reading.bases.languages[Int(fields.language)]
    for enclosure in wire.enclosures {
      reading.addFile(
        reading.url(enclosure.url, enclosure.place), type: enclosure.type, size: enclosure.length,
        duration: more.duration, to: &item)
    }
    reading.addEnclosures(wire.more.links, to: &item)
    reading.addMedia(wire.more.media, isTextOfItem: isTextOfMedia, to: &item)
    for image in wire.images { reading.addImage(reading.url(image), to: &item) }
    reading.addImage(reading.url(more.image), to: &item)
    if let comments = fields.comments { item.details.commentsURL = reading.url(comments) }
    if let source = fields.source { item.details.sourceURL = reading.url(source) }
    if let title = fields.sourceTitle { setSource(title, of: &item, reading) }
    reading.addDetails(wire.more, to: &item)
    return item
  }

  /// What stands in a `source`: its feed's title, or an address where that is not in its place.
  private static func setSource(_ text: Slice, of item: inout FeedItem, _ reading: Reading) {
    if item.details.sourceURL == nil, let address = reading.absolute(text) {
      item.details.sourceURL = address
    } else {
      item.details.sourceTitle = reading.plainHTML(text)
    }
  }

  private static func authors(_ wire: Item, _ reading: Reading) -> [FeedAuthor] {
    let (names, people) = (wire.more.names, wire.more.people)
    let other = wire.fields.editor ?? wire.more.fields.plainCreator
    if wire.authors.isEmpty, names.isEmpty, people.isEmpty, let other {
      return reading.authors(names: [other], people: [])
    }
    // RSS asks for an address in "author"; where that is all it gives, Dublin Core has the name.
    let hasNames = wire.authors.contains { !reading.isOnlyAddress($0) }
    guard hasNames || !people.isEmpty, !names.isEmpty, wire.authors.count <= Byline.mostJoined else {
      return reading.authors(names: hasNames || names.isEmpty ? wire.authors : names, people: people)
    }
    let others = (hasNames ? wire.more.creators : names).filter { name in
      !wire.authors.contains { reading.store.bytes($0).holdsName(reading.store.bytes(name)) }
        && !reading.isOnlyAddress(name)
    }
    let authors = reading.authors(names: hasNames ? wire.authors : [], people: people)
    return others.isEmpty ? authors : Byline.joined(authors, reading.authors(names: others, people: []))
  }
}
