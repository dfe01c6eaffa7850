public import Values

extension Edition {
  /// The edition as an IPTC ninjs 3.1 item. The schema allows no property beyond its own, so everything of ours sits
  /// in roles and rels; the roles are listed in docs/article.md.
  public var ninjs: JSON {
    var item = JSONObject()
    item["uri"] = .string(uri)
    item["standard"] = [
      "name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
    ]
    item["type"] = "text"
    item["representationType"] = article.isPartial ? "partial" : "full"
    item["profile"] = article.pictures.isEmpty ? "text" : "text-photo"
    item["version"] = .string(String(version))
    item["firstCreated"] = .string(firstSeen.rfc3339)
    item["versionCreated"] = .string((article.modified ?? firstSeen).rfc3339)
    item.set("contentCreated", article.published?.rfc3339)
    item["pubStatus"] = "usable"
    item.set("language", article.language)
    item.set("copyrightHolder", publisher.copyrightHolder)
    item.set("usageTerms", publisher.usageTerms)
    item.set("title", article.headline.isEmpty ? nil : article.headline)
    item.set("by", article.byline)
    item.set("headlines", list(headlines))
    item.set("descriptions", list([text("summary", article.standfirst)].compactMap { $0 }))
    item.set("bodies", list(bodies))
    item.set("people", list(article.authors.map { person($0) }))
    item.set(
      "organisations",
      list(article.authors.filter { $0.kind == .organisation }.map { ["name": .string($0.name), "rel": "author"] }))
    item.set("subjects", list(subjects))
    item.set("infoSources", list(infoSources))
    item.set("altIds", list(altIds))
    item.set("renditions", list(webRendition))
    item.set("genres", list(genres))
    item.set("associations", list(pictures + entries + related))
    return .object(item)
  }

  /// Absent rather than empty: consumers test for presence.
  private func list(_ elements: [JSON]) -> JSON? { elements.isEmpty ? nil : .array(elements) }

  private func text(_ role: String, _ value: String?) -> JSON? {
    guard let value, !value.isEmpty else { return nil }
    return ["role": .string(role), "contentType": "text/plain", "value": .string(value)]
  }

  private var headlines: [JSON] {
    [text("main", article.headline), text("kicker", article.kicker)].compactMap { $0 }
  }

  private var bodies: [JSON] {
    let plain = article.bodyText
    guard !plain.isEmpty else { return [] }
    let words = plain.wordCount
    return [
      [
        "role": "text", "contentType": "text/plain", "charCount": JSON(plain.count), "wordCount": JSON(words),
        "value": .string(plain),
      ],
      ["role": "html", "contentType": "text/html", "value": .string(article.bodyHTML)],
    ]
  }

  private func person(_ author: Author) -> JSON {
    var person = JSONObject([("name", .string(author.name)), ("rel", "author")])
    person.set("uri", author.url.flatMap { WebURL($0)?.description })
    return .object(person)
  }

  private var subjects: [JSON] {
    var subjects: [JSON] = []
    if let section = article.section { subjects.append(["name": .string(section), "rel": "section"]) }
    subjects += article.keywords.map { ["name": .string($0), "rel": "keyword"] }
    if let access = article.access {
      let name = access == .free ? "free access" : "subscription"
      subjects.append(["name": .string(name), "rel": "access", "literal": .string(access.rawValue)])
    }
    return subjects
  }

  private var infoSources: [JSON] {
    var sources: [JSON] = [
      ["name": .string(publisher.name), "role": "publisher", "uri": .string(publisher.url)]
    ]
    sources += article.agencies.map { ["name": .string($0), "role": "agency"] }
    return sources
  }

  private var altIds: [JSON] {
    var ids: [JSON] = []
    if let url = article.canonicalURL { ids.append(["role": "canonical", "value": .string(url)]) }
    if let guid = article.guid { ids.append(["role": "guid", "value": .string(guid)]) }
    return ids
  }

  private var webRendition: [JSON] {
    guard let url = article.canonicalURL.flatMap({ WebURL($0) }) else { return [] }
    return [["name": "web", "href": .string(url.description), "contentType": "text/html"]]
  }

  private var pictures: [JSON] {
    article.pictures.enumerated().compactMap { index, picture in
      guard let best = picture.best, let uri = WebURL(best.href) else { return nil }
      var association = JSONObject()
      association["name"] = .string("image-\(index + 1)")
      association["type"] = "picture"
      association["rel"] = picture.isLead ? "lead" : "inline"
      association["uri"] = .string(uri.description)
      association.set("by", picture.credit)
      association.set(
        "descriptions", list([text("caption", picture.caption), text("alt", picture.alt)].compactMap { $0 }))
      association["renditions"] = .array(renditions(of: picture))
      return .object(association)
    }
  }

  private func renditions(of picture: Picture) -> [JSON] {
    var names: Set<String> = []
    return picture.renditions.compactMap { rendition in
      guard let href = WebURL(rendition.href) else { return nil }
      let stem = rendition.width.map { "w\($0)" } ?? "original"
      var name = stem
      var count = 1
      while !names.insert(name).inserted {
        count += 1
        name = "\(stem)-\(count)"
      }
      var json = JSONObject([("name", .string(name)), ("href", .string(href.description))])
      json.set("width", rendition.width)
      json.set("height", rendition.height)
      json.set("contentType", rendition.contentType)
      return .object(json)
    }
  }

  /// What is no plain article, by the names of the IPTC's genres where they have one.
  private var genres: [JSON] {
    switch article.kind {
    case .article: []
    case .liveBlog: [["name": "Live blog", "literal": .string(article.kind.rawValue)]]
    case .video: [["name": "Video", "literal": .string(article.kind.rawValue)]]
    case .gallery: [["name": "Gallery", "literal": .string(article.kind.rawValue)]]
    }
  }

  /// The entries of a live blog, an item each. Where an entry has no address of its own, its number stands for one.
  private var entries: [JSON] {
    article.entries.enumerated().map { index, entry in
      var item = JSONObject()
      item["name"] = .string("entry-\(index + 1)")
      item["rel"] = "entry"
      item["type"] = "text"
      item["uri"] = .string(entry.url.flatMap { WebURL($0)?.description } ?? "\(uri):entry-\(index + 1)")
      item.set("contentCreated", entry.published?.rfc3339)
      item.set("headlines", list([text("main", entry.headline)].compactMap { $0 }))
      item.set("bodies", list([text("text", entry.text)].compactMap { $0 }))
      return .object(item)
    }
  }

  private var related: [JSON] {
    article.related.enumerated().compactMap { index, related in
      guard let url = WebURL(related.url) else { return nil }
      return [
        "name": .string("related-\(index + 1)"), "rel": "related", "uri": .string(url.description), "type": "text",
        "title": .string(related.title),
      ]
    }
  }
}
