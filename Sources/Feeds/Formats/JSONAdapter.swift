internal import Dates
internal import Markup
internal import Values

extension JSONWire {
  /// The feed that a stranger's document means: texts sanitised, addresses resolved, our own extension ignored.
  func feed(_ reading: Reading) -> Feed {
    var feed = Feed(kind: .jsonFeed)
    feed.title = title.flatMap(Reading.words)
    feed.homePage = reading.url(homePage)
    feed.feedURL = reading.url(feedURL)
    feed.description = description.flatMap {
      var text = $0
      return text.isEmpty ? nil : text.withUTF8 { Sanitiser.escaped($0) }
    }
    feed.icon = (reading.url(icon) ?? reading.url(favicon))?.description
    feed.favicon = reading.url(icon).flatMap { _ in reading.url(favicon)?.description }
    feed.language = language.map(Reading.language)
    feed.authors = authors.flatMap { $0.people(reading) }
    feed.hubs = hubs.compactMap { reading.url($0) }
    feed.nextPage = reading.url(nextURL)
    feed.isExpired = isExpired
    feed.items = items.map { item(Item($0), reading) }
    return feed
  }

  private func item(_ wire: Item, _ reading: Reading) -> FeedItem {
    var item = FeedItem(id: wire.id ?? "")
    // "Ideally, the id is the full URL of the resource" (JSON Feed 1.1).
    item.url = reading.url(wire.url) ?? wire.id.flatMap { $0.hasPrefix("http") ? WebURL($0) : nil }
    item.externalURL = reading.url(wire.externalURL)
    item.title = wire.title.flatMap(Reading.words)
    if let html = wire.contentHTML { item.contentHTML = reading.html(html, base: item.url) }
    item.contentText = wire.contentText.flatMap { $0.isEmpty ? nil : Reading.lines($0) }
    item.summary = wire.summary.flatMap(Reading.sentence)
    reading.setDates(of: &item, published: reading.date(wire.published), modified: reading.date(wire.modified))
    item.authors = wire.authors.flatMap { $0.people(reading) }
    var seen: Set<String> = []
    item.tags = wire.tags.compactMap(Reading.words).filter {
      !Byline.isNothing($0) && seen.insert($0.lowercased()).inserted
    }
    item.language = wire.language.map(Reading.language)
    for attachment in wire.attachments {
      reading.addFile(
        reading.url(attachment.url), type: attachment.mimeType, size: attachment.size, duration: attachment.duration,
        title: attachment.title, to: &item)
    }
    reading.addImage(reading.url(wire.image), to: &item)
    reading.addImage(reading.url(wire.bannerImage), to: &item)
    return item
  }
}

// Of texts that are Strings already.
extension Reading {
  /// A text without mark-up, also of one in which what closes tags was meant as HTML.
  static func sentence(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { $0.looksLikeHTML ? plainHTML($0) : nil } ?? words(text)
  }

  func url(_ text: String?) -> WebURL? {
    guard let text else { return nil }
    let mark = store.mark
    defer { store.truncate(to: mark) }
    return url(store.trimmed(store.slice(text)))
  }

  func html(_ text: String, base: WebURL?) -> String? {
    var text = text
    let html = text.withUTF8 { bytes in
      bytes.holds(0x3C) || bytes.holds(0x26) ? Sanitiser.html(bytes, base: base ?? url) : Sanitiser.escaped(bytes)
    }
    return html.isEmpty ? nil : html
  }

  func date(_ text: String?) -> ReadDate? {
    guard let text else { return nil }
    let mark = store.mark
    defer { store.truncate(to: mark) }
    return date(store.slice(text))
  }
}

extension JSONWire.Author {
  func people(_ reading: Reading) -> [FeedAuthor] {
    var address = reading.url(url)?.description
    if let url, url.lowercased().hasPrefix("mailto:") { address = Reading.mailto(url) }
    let names = name.flatMap(Reading.words).map(Byline.people) ?? []
    // An address is one person's.
    if names.count > 1 { return names.map { FeedAuthor(name: $0) } }
    if names.isEmpty, address == nil { return [] }
    return [FeedAuthor(name: names.first, url: address, avatar: reading.url(avatar)?.description)]
  }
}
