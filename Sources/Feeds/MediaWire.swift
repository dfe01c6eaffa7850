/// Media RSS 1.5.1: contents, alone or in groups, with what is said about them at each level.
struct MediaWire {
  struct Content {
    var url: String?
    var type: String?
    var medium: String?
    var width: String?
    var height: String?
    var size: String?
    var duration: String?
    var about = About()
    var place = XMLPlace()
  }

  /// What may stand in a content, a group or an item, the nearest counting most.
  struct About {
    var title: String?
    var description: String?
    var text: String?
    var credits: [String] = []
    var thumbnails: [Content] = []

    func merged(with outer: About) -> About {
      var about = self
      about.title = title ?? outer.title
      about.description = description ?? outer.description
      about.text = text ?? outer.text
      if about.credits.isEmpty { about.credits = outer.credits }
      return about
    }
  }

  var contents: [Content] = []
  /// Thumbnails of all levels.
  var thumbnails: [Content] = []
  /// What is said of the item itself.
  var about = About()
  var categories: [String] = []

  private var group: (about: About, contents: [Content])?
  private var content: Content?

  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse? {
    switch tag {
    case .mediaGroup:
      group = (About(), [])
      return .descend
    case .mediaContent:
      close()
      content = Content(
        url: attributes["url"], type: attributes["type"], medium: attributes["medium"]?.lowercased(),
        width: attributes["width"], height: attributes["height"], size: attributes["fileSize"],
        duration: attributes["duration"], place: place)
      return .descend
    case .mediaThumbnail:
      let thumbnail = Content(
        url: attributes["url"], medium: "image", width: attributes["width"], height: attributes["height"], place: place)
      change { $0.thumbnails.append(thumbnail) }
      return .skip
    case .mediaTitle, .mediaDescription, .mediaText, .mediaCredit, .mediaKeywords, .mediaCategory: return .text
    default: return nil
    }
  }

  mutating func finish(_ tag: XMLTag, _ value: XMLText) -> Bool {
    let text = value.text
    switch tag {
    case .mediaTitle: change { $0.title = $0.title ?? text }
    case .mediaDescription: change { $0.description = $0.description ?? text }
    case .mediaText: change { $0.text = $0.text ?? text }
    case .mediaCredit: change { if $0.credits.count < 20, !$0.credits.contains(text) { $0.credits.append(text) } }
    case .mediaKeywords: categories += ExtensionWire.list(text)
    case .mediaCategory: categories.append(text)
    default: return false
    }
    return true
  }

  mutating func end(_ tag: XMLTag) {
    if tag == .mediaContent { close() }
    if tag == .mediaGroup, let finished = group {
      close()
      group = nil
      thumbnails += finished.about.thumbnails
      // A group offers one thing in several forms, and its words are the item's when it stands alone.
      if about.description == nil { about.description = finished.about.description }
      if about.title == nil { about.title = finished.about.title }
      contents += finished.contents.map { content in
        var content = content
        content.about = content.about.merged(with: finished.about)
        return content
      }
    }
  }

  private mutating func close() {
    guard let finished = content else { return }
    content = nil
    thumbnails += finished.about.thumbnails
    if group != nil { group?.contents.append(finished) } else { contents.append(finished) }
  }

  private mutating func change(_ edit: (inout About) -> Void) {
    if content != nil {
      edit(&content!.about)
    } else if group != nil {
      edit(&group!.about)
    } else {
      edit(&about)
    }
  }
}
