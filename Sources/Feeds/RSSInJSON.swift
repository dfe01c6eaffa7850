internal import Values

extension RSSWire {
  /// RSS 2.0 with JSON in the place of XML (scripting.com): `{"rss": {"channel": {…, "item": […]}}}`.
  init?(json: JSON) {
    guard let channel = json["rss"]?["channel"], channel.object != nil else { return nil }
    func text(_ json: JSON?) -> String? {
      let text = json?.string ?? json?["#value"]?.string ?? json?.integer.map { String($0) }
      return text.flatMap { $0.isEmpty ? nil : $0 }
    }
    func wire(_ json: JSON?) -> TextWire? {
      text(json).map { TextWire(text: $0, form: .html, place: XMLPlace()) }
    }
    func place(_ json: JSON?) -> (text: String, place: XMLPlace)? { text(json).map { ($0, XMLPlace()) } }
    /// One element or several.
    func all(_ json: JSON?) -> [JSON] { json?.array ?? json.map { [$0] } ?? [] }

    self.init()
    self.channel.title = wire(channel["title"])
    self.channel.link = place(channel["link"])
    self.channel.description = wire(channel["description"])
    self.channel.language = text(channel["language"])
    self.channel.editor = text(channel["managingEditor"])
    self.channel.ttl = text(channel["ttl"])
    self.channel.image = place(channel["image"]?["url"])
    items = all(channel["item"]).filter { $0.object != nil }.map { json in
      var item = Item()
      item.title = wire(json["title"])
      item.link = place(json["link"])
      item.description = wire(json["description"])
      if let guid = text(json["guid"]) {
        item.guid = (guid, text(json["guid"]?["isPermaLink"]) != "false", XMLPlace())
      }
      item.date = text(json["pubDate"])
      item.authors = all(json["author"]).compactMap { text($0) }
      item.categories = all(json["category"]).compactMap { text($0) }
      item.enclosures = all(json["enclosure"]).compactMap { file in
        text(file["url"]).map { ($0, text(file["type"]), text(file["length"]), XMLPlace()) }
      }
      return item
    }
  }
}
