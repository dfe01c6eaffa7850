public import Values

extension Feed {
  /// Reads back what `jsonFeed` wrote, unchanged: for the daemon, which has it from its own worker. nil for anything
  /// else; a stranger's JSON Feed goes through `FeedReader`.
  public init?(jsonFeed json: JSON) {
    guard let wire = JSONWire(json), let more = wire.newswire,
      let kind = more["kind"]?.string.flatMap(Kind.init(rawValue:))
    else { return nil }
    self.init(kind: kind)
    title = wire.title.flatMap { $0.isEmpty ? nil : $0 }
    homePage = wire.homePage.flatMap { WebURL($0) }
    feedURL = wire.feedURL.flatMap { WebURL($0) }
    description = wire.description
    icon = wire.icon
    favicon = wire.favicon
    language = wire.language
    authors = wire.authors.map { FeedAuthor(name: $0.name, url: $0.url, avatar: $0.avatar, email: $0.email) }
    hubs = wire.hubs.compactMap { WebURL($0) }
    ttl = more["ttl"]?.integer
    skipHours = (more["skip_hours"]?.array ?? []).compactMap(\.integer)
    skipDays = (more["skip_days"]?.array ?? []).compactMap(\.integer)
    updatePeriod = more["update_period"]?.integer
    updateBase = more["update_base"]?.string.flatMap { Timestamp(rfc3339: $0) }
    nextPage = wire.nextURL.flatMap { WebURL($0) }
    isExpired = wire.isExpired
    previousArchive = more["previous_archive_url"]?.string.flatMap { WebURL($0) }
    currentDocument = more["current_url"]?.string.flatMap { WebURL($0) }
    isComplete = more["complete"]?.bool ?? false
    movedTo = more["moved_to"]?.string.flatMap { WebURL($0) }
    copyright = more["copyright"]?.string
    generator = more["generator"]?.string
    tags = (more["tags"]?.array ?? []).compactMap(\.string)
    published = more["date_published"]?.string.flatMap { Timestamp(rfc3339: $0) }
    modified = more["date_modified"]?.string.flatMap { Timestamp(rfc3339: $0) }
    sitemaps = (more["sitemaps"]?.array ?? []).compactMap { json in
      json["url"]?.string.flatMap { WebURL($0) }.map {
        SitemapReference(url: $0, lastModified: json["last_modified"]?.string.flatMap { Timestamp(rfc3339: $0) })
      }
    }
    endsEarly = more["ends_early"]?.bool ?? false
    repairs = (more["repairs"]?.array ?? []).compactMap(\.string)
    items = wire.items.map { FeedItem(JSONWire.Item($0)) }
  }
}

extension FeedItem {
  /// Reads back what `json` wrote; nil for anything without an id.
  public init?(json: JSON) {
    let wire = JSONWire.Item(json)
    guard wire.id != nil else { return nil }
    self.init(wire)
  }

  init(_ wire: JSONWire.Item) {
    self.init(id: wire.id ?? "")
    url = wire.url.flatMap { WebURL($0) }
    var details = ItemDetails(wire.newswire)
    details.externalURL = wire.externalURL.flatMap { WebURL($0) }
    if details != ItemDetails() { self.details = details }
    title = wire.title
    contentHTML = wire.contentHTML
    contentText = wire.contentText.flatMap { $0.isEmpty ? nil : $0 }
    summary = wire.summary
    published = wire.published.flatMap { Timestamp(rfc3339: $0) }
    modified = wire.modified.flatMap { Timestamp(rfc3339: $0) }
    dateGuessed = wire.newswire?["date_guessed"]?.bool ?? false
    authors = wire.authors.map { FeedAuthor(name: $0.name, url: $0.url, avatar: $0.avatar, email: $0.email) }
    tags = wire.tags
    language = wire.language
    attachments = wire.attachments.compactMap { attachment in
      WebURL(attachment.url).map {
        FeedAttachment(
          url: $0, mimeType: attachment.mimeType, title: attachment.title, size: attachment.size,
          duration: attachment.duration)
      }
    }
    images = (wire.newswire?["images"]?.array ?? []).compactMap { json in
      json["url"]?.string.flatMap { WebURL($0) }.map {
        FeedImage(
          url: $0, width: json["width"]?.integer, height: json["height"]?.integer, mimeType: json["mime_type"]?.string,
          caption: json["caption"]?.string, credit: json["credit"]?.string)
      }
    }
  }
}
