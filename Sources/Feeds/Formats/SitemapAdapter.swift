internal import Dates
internal import Values

extension SitemapWire {
  /// Adds what an entry means. Entries without an address are left out: there is nothing to fetch.
  mutating func take(_ entry: Entry, _ reading: Reading) {
    count += 1
    if isIndex {
      guard let url = reading.url(entry.fields.loc) else { return }
      let modified = reading.date(entry.fields.lastModified).map { Reading.toMilliseconds($0.timestamp) }
      sitemaps.append(SitemapReference(url: url, lastModified: modified))
      weight += FeedItem.plainWeight
      return
    }
    if entry.fields.isNews { isNews = true }
    if publication == nil { publication = reading.string(entry.fields.publication) }
    if language == nil { language = reading.language(entry.fields.language) }
    guard let url = reading.url(entry.fields.loc) else { return }
    // Filled in its place: a sitemap has so many that moving each would show.
    finished.append(FeedItem(id: url.description))
    Self.fill(&finished[finished.count - 1], url, entry, reading, feedLanguage: language)
    weight += finished[finished.count - 1].weight
  }

  /// The feed that the elements mean.
  func feed(_ reading: Reading) -> Feed {
    if isIndex {
      var feed = Feed(kind: .sitemapIndex)
      feed.sitemaps = sitemaps
      return feed
    }
    var feed = Feed(kind: isNews ? .newsSitemap : .sitemap)
    feed.title = publication
    feed.language = language
    feed.items = finished
    return feed
  }

  private static func fill(
    _ item: inout FeedItem, _ url: WebURL, _ wire: Entry, _ reading: Reading, feedLanguage: String?
  ) {
    let fields = wire.fields
    item.url = url
    item.title = reading.plainHTML(fields.newsTitle)
    var published = reading.date(fields.newsDate)
    for video in wire.videos {
      if item.title == nil { item.title = reading.plainHTML(video.title) }
      if published == nil { published = reading.date(video.date) }
      if item.contentHTML == nil, let text = video.description {
        item.contentHTML = reading.html(TextWire(text: text, form: .html, place: XMLPlace()), base: url)
      }
    }
    reading.setDates(of: &item, published: published, modified: reading.date(fields.lastModified))
    item.tags = reading.tags(wire.keywords)
    if let language = fields.language {
      let own = reading.language(language)
      if own != feedLanguage { item.language = own }
    }
    for image in wire.images {
      let address = reading.url(image.loc)
      let caption = reading.plainHTML(image.caption ?? image.title)
      let isWords = image.caption != nil || Reading.isCaption(caption, of: address, title: item.title)
      reading.addImage(address, caption: isWords ? caption : nil, to: &item)
    }
    for video in wire.videos {
      let title = reading.plainHTML(video.title)
      if video.content != nil {
        reading.addFile(reading.url(video.content), type: nil, duration: video.duration, title: title, to: &item)
      } else if let player = video.player {
        reading.addFile(
          reading.url(player), type: "text/html", size: nil,
          duration: video.duration.flatMap { Reading.seconds(reading.store.string($0)) }, title: title, to: &item)
      }
      reading.addImage(reading.url(video.thumbnail), caption: nil, to: &item)
    }
    if !wire.translations.isEmpty || !wire.genres.isEmpty {
      item.details.translations = wire.translations.compactMap { translation in
        reading.url(translation.href).map {
          FeedTranslation(language: reading.store.string(translation.language), url: $0)
        }
      }
      item.details.genres = reading.tags(wire.genres)
    }
  }
}
