internal import Values

/// Media RSS 1.5.1: contents, alone or in groups, with what is said about them at each level.
struct MediaWire {
  struct Content {
    var url: Slice?
    var type: Slice?
    var medium: Slice?
    var width: Slice?
    var height: Slice?
    var size: Slice?
    var duration: Slice?
    /// A page with a player, of contents without a file.
    var player: Slice?
    var about = About()
    var place = XMLPlace()
    /// Which group it stands in, from one on; 0 for none.
    var group: Int32 = 0
    /// Whether its group's other forms are for those who cannot show this one.
    var isDefault = false
  }

  /// What may stand in a content, a group or an item, the nearest counting most.
  struct About {
    var title: TextWire?
    var description: TextWire?
    var text: TextWire?
    /// Whose a content or a group is; of an item it is the text's.
    var copyright: Slice?
    /// Where its credits begin and end in `MediaWire.credits`.
    var firstCredit: Int32 = 0
    var creditCount: Int32 = 0

    /// Whether there is a caption or a credit.
    var isSaid: Bool { description != nil || text != nil || creditCount > 0 }

    func merged(with outer: About) -> About {
      var about = self
      about.title = title ?? outer.title
      about.description = description ?? outer.description
      about.text = text ?? outer.text
      about.copyright = copyright ?? outer.copyright
      if about.creditCount == 0 { (about.firstCredit, about.creditCount) = (outer.firstCredit, outer.creditCount) }
      return about
    }
  }

  var contents: [Content] = []
  /// Thumbnails of all levels.
  var thumbnails: [Content] = []
  /// What is said of the item itself.
  var about = About()
  var categories: [Slice] = []
  var credits: [Slice] = []

  /// Of more most could not be kept.
  private static let mostContents = 5 * Reading.mostParts

  private enum Level { case item, group, content }
  private var level: Level { isInContent ? .content : isInGroup ? .group : .item }
  private var isInGroup = false
  private var isInContent = false
  private var group = About()
  private var firstOfGroup = 0
  private var groups: Int32 = 0
  private var content = Content()
  private var isHTML = false

  mutating func reset() {
    about = About()
    isInGroup = false
    isInContent = false
    if !contents.isEmpty { contents.removeAll(keepingCapacity: true) }
    if !thumbnails.isEmpty { thumbnails.removeAll(keepingCapacity: true) }
    if !categories.isEmpty { categories.removeAll(keepingCapacity: true) }
    if !credits.isEmpty { credits.removeAll(keepingCapacity: true) }
  }

  var isEmpty: Bool { contents.isEmpty && thumbnails.isEmpty }

  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse? {
    switch tag {
    case .mediaGroup:
      isInGroup = true
      group = About()
      groups += 1
      firstOfGroup = contents.count
      return .descend
    case .mediaContent:
      close()
      isInContent = true
      content = Content(
        url: attributes["url"], type: attributes["type"], medium: attributes["medium"], width: attributes["width"],
        height: attributes["height"], size: attributes["filesize"], duration: attributes["duration"], place: place)
      content.group = isInGroup ? groups : 0
      content.isDefault = attributes.store.equals(attributes["isdefault"], "true")
      return .descend
    case .mediaThumbnail:
      let thumbnail = Content(
        url: attributes["url"], width: attributes["width"], height: attributes["height"], place: place)
      if thumbnails.count < Self.mostContents { thumbnails.append(thumbnail) }
      // Some write the address between the tags.
      return thumbnail.url == nil ? .text : .skip
    case .mediaPlayer:
      let address = attributes["url"]
      if isInContent { content.player = address }
      return .skip
    case .mediaTitle, .mediaDescription, .mediaText, .mediaCaption:
      isHTML = attributes.count > 0 && attributes.store.equals(attributes["type"], "html")
      return .text
    case .mediaCategory:
      // What readers see; the text is for machines.
      guard attributes.count > 0, let label = attributes["label"], !label.isEmpty else { return .text }
      categories.append(label)
      return .skip
    case .mediaCredit, .mediaKeywords, .mediaCopyright: return .text
    default: return nil
    }
  }

  mutating func finish(_ tag: XMLTag, _ value: XMLText, _ reading: Reading) {
    let text = value.text
    switch tag {
    case .mediaTitle:
      let wire = wire(value, reading)
      change { $0.title = $0.title ?? wire }
    case .mediaDescription:
      let wire = wire(value, reading)
      change { $0.description = $0.description ?? wire }
    // In no version of Media RSS, but clear.
    case .mediaText, .mediaCaption:
      let wire = wire(value, reading)
      change { $0.text = $0.text ?? wire }
    case .mediaCredit: addCredit(text)
    case .mediaCopyright where level != .item && !text.isEmpty: change { $0.copyright = $0.copyright ?? text }
    case .mediaKeywords: reading.appendList(text, to: &categories)
    case .mediaCategory: categories.append(text)
    case .mediaThumbnail: if let last = thumbnails.indices.last { thumbnails[last].url = text }
    default: break
    }
  }

  /// Plain text is the default, but what closes tags was meant as HTML, and so was a reference in a text without tags.
  private func wire(_ value: XMLText, _ reading: Reading) -> TextWire {
    let bytes = reading.store.bytes(value.text)
    let isPlain = !isHTML && !bytes.looksLikeHTML && (bytes.holds(0x3C) || bytes.holds(0x0A) && !bytes.holds(0x26))
    return TextWire(text: value.text, form: isPlain ? .plain : .html, place: value.place)
  }

  /// Credits of one level stand together, as long as nothing comes between.
  private mutating func addCredit(_ text: Slice) {
    let place = Int32(credits.count)
    var isTaken = false
    change { about in
      if about.creditCount == 0 { about.firstCredit = place }
      guard about.creditCount < 20, about.firstCredit + about.creditCount == place else { return }
      about.creditCount += 1
      isTaken = true
    }
    if isTaken { credits.append(text) }
  }

  mutating func end(_ tag: XMLTag) {
    if tag == .mediaContent {
      close()
    } else if tag == .mediaGroup {
      endGroup()
    }
  }

  private mutating func endGroup() {
    guard isInGroup else { return }
    close()
    isInGroup = false
    // A group offers one thing in several forms, and its words are the item's when it stands alone.
    if about.description == nil { about.description = group.description }
    if about.title == nil { about.title = group.title }
    for index in firstOfGroup..<max(firstOfGroup, contents.count) {
      contents[index].about = contents[index].about.merged(with: group)
    }
  }

  private mutating func close() {
    guard isInContent else { return }
    isInContent = false
    if contents.count < Self.mostContents { contents.append(content) }
  }

  private mutating func change(_ edit: (inout About) -> Void) {
    switch level {
    case .content: edit(&content.about)
    case .group: edit(&group)
    case .item: edit(&about)
    }
  }
}
