internal import Values

/// JSON Feed 1.0 and 1.1 as written: one where a list is due counts as a list of it, other members of a wrong type are
/// left out.
struct JSONWire {
  struct Author {
    var name: String?
    var url: String?
    var avatar: String?
    /// Of our own extension.
    var email: String?

    init?(_ json: JSON) {
      // Some write the name alone.
      name = json.string ?? json["name"]?.string
      url = json["url"]?.string
      avatar = json["avatar"]?.string
      email = json["_newswire"]?["email"]?.string
      if name == nil, url == nil { return nil }
    }
  }

  struct Attachment {
    var url: String
    var mimeType: String?
    var title: String?
    var size: Int?
    var duration: Int?

    init?(_ json: JSON) {
      guard let url = json["url"]?.string else { return nil }
      self.url = url
      mimeType = json["mime_type"]?.string
      title = json["title"]?.string
      size = Self.number(json["size_in_bytes"])
      duration = Self.number(json["duration_in_seconds"])
    }

    private static func number(_ json: JSON?) -> Int? {
      json?.number.flatMap { Int(exactly: $0.rounded()) } ?? json?.string.flatMap { Int($0) }
    }
  }

  struct Item {
    var id: String?
    var url: String?
    var externalURL: String?
    var title: String?
    var contentHTML: String?
    var contentText: String?
    var summary: String?
    var image: String?
    var bannerImage: String?
    var published: String?
    var modified: String?
    var authors: [Author]
    var tags: [String]
    var language: String?
    var attachments: [Attachment]
    /// Our own extension.
    var newswire: JSON?

    init(_ json: JSON) {
      // The specification asks for a string; "any other type must be made one".
      id = json["id"]?.string ?? json["id"]?.integer.map { String($0) } ?? json["id"]?.number.map { String($0) }
      url = json["url"]?.string
      externalURL = json["external_url"]?.string
      title = json["title"]?.string
      contentHTML = json["content_html"]?.string
      contentText = json["content_text"]?.string
      summary = json["summary"]?.string
      image = json["image"]?.string ?? json["image"]?["url"]?.string
      bannerImage = json["banner_image"]?.string ?? json["banner_image"]?["url"]?.string
      published = Self.date(json["date_published"])
      modified = Self.date(json["date_modified"])
      authors = JSONWire.authors(json)
      let words = json["tags"]
      tags =
        JSONWire.elements(words)?.compactMap { $0.string ?? $0["name"]?.string }
        ?? words?.string?.split(separator: ",").map(String.init) ?? []
      language = json["language"]?.string
      attachments = JSONWire.list(json["attachments"]).compactMap { Attachment($0) }
      newswire = json["_newswire"]
    }

    /// A date as its text; a number is one since 1970, as programs write it.
    private static func date(_ json: JSON?) -> String? {
      json?.string ?? json?.number.flatMap { Int(exactly: $0.rounded(.down)) }.map { String($0) }
    }
  }

  var title: String?
  var homePage: String?
  var feedURL: String?
  var description: String?
  var icon: String?
  var favicon: String?
  var language: String?
  var authors: [Author]
  var hubs: [String]
  var nextURL: String?
  /// No more will come.
  var isExpired: Bool
  /// Each makes an `Item`; all at once would need much memory.
  var items: [JSON]
  /// There are more items than are read.
  var isFull: Bool
  var newswire: JSON?

  /// nil when the value is no JSON Feed.
  init?(_ json: JSON, mostItems: Int = Reading.mostItems) {
    guard json.object != nil else { return nil }
    let isNamed = json["version"]?.string?.contains("jsonfeed.org") == true
    guard let items = Self.elements(json["items"]) ?? (isNamed ? [] : nil),
      isNamed || items.contains(where: { $0["id"] != nil || $0["url"] != nil })
    else { return nil }
    title = json["title"]?.string
    homePage = json["home_page_url"]?.string
    feedURL = json["feed_url"]?.string
    description = json["description"]?.string
    icon = json["icon"]?.string
    favicon = json["favicon"]?.string
    language = json["language"]?.string
    authors = Self.authors(json)
    hubs = Self.list(json["hubs"]).filter(Self.isWebSub).compactMap { $0["url"]?.string }
    nextURL = json["next_url"]?.string
    isExpired = json["expired"]?.bool ?? false
    isFull = items.count > mostItems
    self.items = items.prefix(mostItems).filter { $0.object != nil }
    newswire = json["_newswire"]
  }

  /// Hubs of another kind, such as rssCloud's, know nothing of WebSub's requests.
  private static func isWebSub(_ hub: JSON) -> Bool {
    hub["type"]?.string.map { ["", "websub", "pubsubhubbub"].contains($0.lowercased()) } ?? true
  }

  /// `authors` of version 1.1, else `author` of 1.0.
  private static func authors(_ json: JSON) -> [Author] {
    let authors = list(json["authors"]).compactMap { Author($0) }
    return authors.isEmpty ? list(json["author"]).compactMap { Author($0) } : authors
  }

  private static func list(_ json: JSON?) -> [JSON] { elements(json) ?? json.map { [$0] } ?? [] }

  /// What a list holds, nil for anything else. PHP writes one that it took something out of as an object of numbers.
  private static func elements(_ json: JSON?) -> [JSON]? {
    if let array = json?.array { return array }
    guard let object = json?.object, !object.isEmpty, object.allSatisfy({ Int($0.key) != nil }) else { return nil }
    return object.map(\.value)
  }
}
