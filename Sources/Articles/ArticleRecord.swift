public import Values

/// Why a record from a worker is not an article.
public struct ArticleRecordError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Path of the offending member, such as `pictures[2].renditions`.
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(reason)" }
}

extension Article {
  /// The article as workers send it: plain JSON, documented in docs/worker-protocol.md.
  public var record: JSON {
    var json = JSONObject([("headline", .string(headline))])
    json.set("kicker", kicker)
    json.set("standfirst", standfirst)
    json.set("byline", byline)
    json.set("section", section)
    json.set("published", published?.rfc3339)
    json.set("modified", modified?.rfc3339)
    json.set("language", language)
    json.set("canonical_url", canonicalURL)
    json.set("guid", guid)
    json.set("access", access?.rawValue)
    json.set("publisher", publisher)
    if isPartial { json["partial"] = true }
    if !keywords.isEmpty { json["keywords"] = .array(keywords.map { .string($0) }) }
    if !agencies.isEmpty { json["agencies"] = .array(agencies.map { .string($0) }) }
    if !authors.isEmpty { json["authors"] = .array(authors.map(\.record)) }
    if !pictures.isEmpty { json["pictures"] = .array(pictures.map(\.record)) }
    if !related.isEmpty {
      json["related"] = .array(related.map { ["title": .string($0.title), "url": .string($0.url)] })
    }
    if kind != .article { json["kind"] = .string(kind.rawValue) }
    if !entries.isEmpty { json["entries"] = .array(entries.map(\.record)) }
    json["body"] = .array(body.map(\.record))
    return .object(json)
  }

  /// Reads a worker's record. A worker is not trusted: what is malformed is an error, what is unknown is ignored.
  public init(record json: JSON) throws(ArticleRecordError) {
    let reader = RecordReader(json)
    self.init(headline: try reader.required("headline"))
    kicker = try reader.text("kicker")
    standfirst = try reader.text("standfirst")
    byline = try reader.text("byline")
    section = try reader.text("section")
    published = try reader.time("published")
    modified = try reader.time("modified")
    language = try reader.text("language")
    canonicalURL = try reader.text("canonical_url")
    guid = try reader.text("guid")
    access = try reader.text("access").flatMap { Access(rawValue: $0) }
    publisher = try reader.text("publisher")
    isPartial = json["partial"]?.bool ?? false
    keywords = json["keywords"]?.array?.compactMap(\.string) ?? []
    agencies = json["agencies"]?.array?.compactMap(\.string) ?? []
    authors = try reader.each("authors") { (author) throws(ArticleRecordError) in
      Author(
        name: try author.required("name"), url: try author.text("url"),
        kind: try author.text("kind").flatMap { Author.Kind(rawValue: $0) } ?? .person)
    }
    pictures = try reader.each("pictures") { (picture) throws(ArticleRecordError) in
      let renditions = try picture.each("renditions") { (file) throws(ArticleRecordError) in
        Rendition(
          href: try file.required("href"), width: file.json["width"]?.integer, height: file.json["height"]?.integer,
          contentType: try file.text("content_type"))
      }
      if renditions.isEmpty { throw ArticleRecordError(path: picture.path + ".renditions", reason: "is empty") }
      return Picture(
        isLead: picture.json["lead"]?.bool ?? false, renditions: renditions, caption: try picture.text("caption"),
        credit: try picture.text("credit"), alt: try picture.text("alt"))
    }
    related = try reader.each("related") { (link) throws(ArticleRecordError) in
      Related(title: try link.required("title"), url: try link.required("url"))
    }
    kind = try reader.text("kind").flatMap { Kind(rawValue: $0) } ?? .article
    entries = try reader.each("entries") { (entry) throws(ArticleRecordError) in
      LiveEntry(
        published: try entry.time("published"), headline: try entry.text("headline"), text: try entry.required("text"),
        url: try entry.text("url"))
    }
    body = try reader.each("body") { (block) throws(ArticleRecordError) in try Block(block, depth: 0) }
    for case .figure(let index) in body where !pictures.indices.contains(index) {
      throw ArticleRecordError(path: "body", reason: "a figure names picture \(index), there are \(pictures.count)")
    }
  }
}

/// A JSON object with its path, for errors that say where.
struct RecordReader {
  let json: JSON
  let path: String

  init(_ json: JSON, path: String = "article") {
    self.json = json
    self.path = path
  }

  func text(_ key: String) throws(ArticleRecordError) -> String? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let text = value.string else { throw ArticleRecordError(path: "\(path).\(key)", reason: "is not a string") }
    return text
  }

  func required(_ key: String) throws(ArticleRecordError) -> String {
    guard let text = try text(key) else { throw ArticleRecordError(path: "\(path).\(key)", reason: "is missing") }
    return text
  }

  func time(_ key: String) throws(ArticleRecordError) -> Timestamp? {
    guard let text = try text(key) else { return nil }
    guard let time = Timestamp(rfc3339: text) else {
      throw ArticleRecordError(path: "\(path).\(key)", reason: "is not an RFC 3339 date")
    }
    return time
  }

  func each<T>(
    _ key: String, _ read: (RecordReader) throws(ArticleRecordError) -> T
  ) throws(ArticleRecordError) -> [T] {
    guard let value = json[key], !value.isNull else { return [] }
    guard let elements = value.array else {
      throw ArticleRecordError(path: "\(path).\(key)", reason: "is not an array")
    }
    var out: [T] = []
    out.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      out.append(try read(RecordReader(element, path: "\(path).\(key)[\(index)]")))
    }
    return out
  }
}

extension LiveEntry {
  fileprivate var record: JSON {
    var json = JSONObject()
    json.set("published", published?.rfc3339)
    json.set("headline", headline)
    json["text"] = .string(text)
    json.set("url", url)
    return .object(json)
  }
}

extension Author {
  fileprivate var record: JSON {
    var json = JSONObject([("name", .string(name))])
    json.set("url", url)
    if kind != .person { json["kind"] = .string(kind.rawValue) }
    return .object(json)
  }
}

extension Picture {
  fileprivate var record: JSON {
    var json = JSONObject()
    if isLead { json["lead"] = true }
    json.set("caption", caption)
    json.set("credit", credit)
    json.set("alt", alt)
    json["renditions"] = .array(
      renditions.map { rendition in
        var file = JSONObject([("href", .string(rendition.href))])
        file.set("width", rendition.width)
        file.set("height", rendition.height)
        file.set("content_type", rendition.contentType)
        return .object(file)
      })
    return .object(json)
  }
}
