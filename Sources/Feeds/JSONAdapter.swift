internal import Markup
internal import Values

extension JSONWire {
  /// The feed that a stranger's document means: texts sanitised, addresses resolved, our own extension ignored.
  func feed(_ reading: Reading) -> Feed {
    var feed = Feed(kind: .jsonFeed)
    feed.title = Self.line(title)
    feed.homePage = reading.url(homePage)
    feed.feedURL = reading.url(feedURL)
    feed.description = reading.html(description.map { TextWire(text: $0, form: .plain, place: XMLPlace()) }, base: nil)
    feed.icon = reading.url(icon)
    feed.language = language
    feed.authors = authors.compactMap { $0.author(reading) }
    feed.hubs = hubs.compactMap { reading.url($0) }
    feed.items = items.map { item($0, reading) }
    return feed
  }

  private func item(_ wire: Item, _ reading: Reading) -> FeedItem {
    var item = FeedItem(id: wire.id ?? "")
    item.url = reading.url(wire.url)
    item.externalURL = reading.url(wire.externalURL)
    item.title = Self.line(wire.title)
    item.contentHTML = reading.html(
      wire.contentHTML.map { TextWire(text: $0, form: .html, place: XMLPlace()) }, base: item.url)
    item.contentText = wire.contentText.flatMap { $0.isEmpty ? nil : $0 }
    item.summary = Self.line(wire.summary)
    reading.setDates(of: &item, published: [wire.published], modified: [wire.modified])
    item.authors = wire.authors.compactMap { $0.author(reading) }
    item.tags = wire.tags.map { Whitespace.folded($0) }.filter { !$0.isEmpty }
    item.language = wire.language
    for attachment in wire.attachments {
      reading.addFile(
        reading.url(attachment.url), type: attachment.mimeType, size: attachment.size.map { String($0) },
        duration: attachment.duration.map { String($0) }, title: attachment.title, to: &item)
    }
    reading.addImage(reading.url(wire.image), to: &item)
    reading.addImage(reading.url(wire.bannerImage), to: &item)
    return item
  }

  private static func line(_ text: String?) -> String? {
    guard let folded = text.map({ Whitespace.folded($0) }), !folded.isEmpty else { return nil }
    return folded
  }
}

extension JSONWire.Author {
  func author(_ reading: Reading) -> FeedAuthor? {
    var address = reading.url(url)?.description
    if let url, url.lowercased().hasPrefix("mailto:") { address = Reading.mailto(String(url.dropFirst(7))) }
    let name = name.flatMap { $0.isEmpty ? nil : Whitespace.folded($0) }
    return name == nil && address == nil ? nil : FeedAuthor(name: name, url: address)
  }
}
