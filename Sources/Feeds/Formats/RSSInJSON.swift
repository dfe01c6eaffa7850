internal import Values

extension RSSWire {
  /// RSS 2.0 with JSON in the place of XML (scripting.com): `{"rss": {"channel": {…, "item": […]}}}`.
  init?(json: JSON, _ reading: Reading) {
    guard let channel = json["rss"]?["channel"], channel.object != nil else { return nil }
    func text(_ json: JSON?) -> Slice? {
      let text = json?.string ?? json?["#value"]?.string ?? json?.integer.map { String($0) }
      return text.flatMap { $0.isEmpty ? nil : reading.store.slice($0) }
    }
    func wire(_ json: JSON?) -> TextWire? {
      text(json).map { TextWire(text: $0, form: .html, place: XMLPlace()) }
    }
    func place(_ json: JSON?) -> PlacedText? { text(json).map { PlacedText(text: $0, place: XMLPlace()) } }
    /// One element or several.
    func all(_ json: JSON?) -> [JSON] { json?.array ?? json.map { [$0] } ?? [] }

    self.init()
    self.channel.title = wire(channel["title"])
    self.channel.link = place(channel["link"])
    self.channel.description = wire(channel["description"])
    self.channel.language = text(channel["language"])
    self.channel.editor = text(channel["managingEditor"])
    self.channel.ttl = text(channel["ttl"])
    self.channel.generator = text(channel["generator"])
    self.channel.copyright = wire(channel["copyright"])
    self.channel.date = text(channel["pubDate"])
    self.channel.lastBuild = text(channel["lastBuildDate"])
    self.channel.image = place(channel["image"]?["url"])
    for json in all(channel["item"]).prefix(Reading.mostItems) where json.object != nil {
      let mark = reading.store.mark
      var item = Item()
      item.fields.title = wire(json["title"])
      item.fields.link = place(json["link"])
      item.fields.description = wire(json["description"])
      item.fields.guid = place(json["guid"])
      item.fields.isPermaLink =
        json["guid"]?["isPermaLink"]?.string != "false" && json["guid"]?["isPermaLink"]?.bool != false
      item.fields.date = text(json["pubDate"])
      item.more.fields.content = wire(json["content:encoded"])
      item.more.creators = all(json["dc:creator"]).compactMap { text($0) }
      item.more.fields.dcDate = text(json["dc:date"])
      item.more.fields.atomUpdated = text(json["atom:updated"])
      item.fields.comments = place(json["comments"])
      item.authors = all(json["author"]).compactMap { text($0) }
      item.categories = all(json["category"]).compactMap { text($0) }
      item.enclosures = all(json["enclosure"]).compactMap { file in
        text(file["url"]).map {
          Item.Enclosure(url: $0, type: text(file["type"]), length: text(file["length"]), place: XMLPlace())
        }
      }
      finished.append(Self.item(item, reading))
      reading.store.truncate(to: mark)
    }
  }
}
