internal import Dates
internal import Markup
internal import Values

// People, files, pictures, and what the modules add.
extension Reading {
  // MARK: People

  func authors(names: [Slice], people: [PersonWire]) -> [FeedAuthor] {
    var authors: [FeedAuthor] = []
    for person in people {
      let site = url(person.uri, person.place)?.description
      let email = person.email.flatMap { Self.mailto(store.string($0)) }
      if person.uri == nil, person.email == nil, let name = plainHTML(person.name), name.contains("@") {
        authors += Self.authors(name)
        continue
      }
      let names = plainHTML(person.name).map(Byline.people) ?? []
      // An address is one person's.
      if names.count > 1 {
        authors += names.map { FeedAuthor(name: $0) }
        continue
      }
      var author = FeedAuthor(name: names.first ?? plainHTML(person.email), url: site ?? email)
      if site != nil { author.email = email.map { String($0.dropFirst("mailto:".count)) } }
      if author.name != nil || author.url != nil { authors.append(author) }
    }
    for name in names where !name.isEmpty && authors.count < Self.mostParts {
      let bytes = store.bytes(name)
      if bytes.holds(0x40) {
        // "Name <address>" is no HTML.
        authors += Self.authors(Entities.decoded(UTF8Text.string(wellFormed: bytes)))
      } else if let name = Self.plainHTML(bytes) {
        authors += Byline.people(in: name).map { FeedAuthor(name: $0) }
      }
    }
    if authors.count < 2 { return authors }
    var seen: Set<FeedAuthor> = []
    return authors.filter { seen.insert($0).inserted }
  }

  /// Whether the text of an author gives an address and no name, or is none at all by its length.
  func isOnlyAddress(_ text: Slice) -> Bool {
    guard store.bytes(text).holds(0x40) else { return false }
    return text.count > Byline.longest || Self.author(store.string(text)).name?.contains("@") != false
  }

  /// The people of a text that holds an address: several with an address each, or one address and the names beside it.
  static func authors(_ text: String) -> [FeedAuthor] {
    guard text.utf8.count <= Byline.longest else { return [FeedAuthor(name: text)] }
    let pieces = text.count { $0 == "@" } > 1 ? text.split { $0 == "," || $0 == ";" }.map(String.init) : [text]
    var authors: [FeedAuthor] = []
    for piece in pieces {
      let author = Self.author(Whitespace.folded(piece))
      guard let name = author.name, author.url != nil, !name.contains("@") else {
        if author.name != nil || author.url != nil { authors.append(author) }
        continue
      }
      let names = Byline.people(in: name)
      // An address is one person's.
      authors += names.count > 1 ? names.map { FeedAuthor(name: $0) } : [FeedAuthor(name: names.first, url: author.url)]
    }
    return authors
  }

  /// RSS asks for an address with the name in parentheses; publishers write that, the reverse, or either alone.
  static func author(_ text: String) -> FeedAuthor {
    guard let sign = text.firstIndex(of: "@") else { return FeedAuthor(name: text.isEmpty ? nil : text) }
    func isPart(_ character: Character) -> Bool {
      !character.isWhitespace && !"()<>[],;:\"".contains(character)
    }
    var start = sign
    while start > text.startIndex, isPart(text[text.index(before: start)]) { start = text.index(before: start) }
    var end = text.index(after: sign)
    while end < text.endIndex, isPart(text[end]) { end = text.index(after: end) }
    let email = String(text[start..<end])
    // "@nytimes" is a name.
    guard start < sign, text.index(after: sign) < end, let address = mailto(email) else {
      return FeedAuthor(name: text)
    }
    var name = String(text[..<start]) + " " + String(text[end...])
    name = name.replacing("mailto:", with: " ")
    name = String(name.map { "()<>[]\"".contains($0) ? " " : $0 })
    func isSign(_ character: Character) -> Bool { ",;-".contains(character) || character.isWhitespace }
    while let first = name.first, isSign(first) { name.removeFirst() }
    while let last = name.last, isSign(last) { name.removeLast() }
    name = Whitespace.folded(name)
    return FeedAuthor(name: name.isEmpty ? email : name, url: address)
  }

  static func mailto(_ email: String) -> String? {
    let email = email.lowercased().hasPrefix("mailto:") ? String(email.dropFirst("mailto:".count)) : email
    let isPlain = email.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"<>\\".utf8.contains($0) }
    return isPlain && email.contains("@") ? "mailto:" + email : nil
  }

  // MARK: Files and pictures

  func addFile(
    _ address: WebURL?, type: Slice?, size: Slice? = nil, duration: Slice? = nil, title: String? = nil,
    to item: inout FeedItem
  ) {
    addFile(
      address, type: string(type), size: size.flatMap { store.bytes($0).integer },
      duration: duration.flatMap { Self.seconds(store.string($0)) }, title: title, to: &item)
  }

  func addFile(
    _ address: WebURL?, type: String?, size: Int?, duration: Int?, title: String?, to item: inout FeedItem
  ) {
    guard let address, item.attachments.count < Self.mostParts,
      !item.attachments.contains(where: { $0.url == address })
    else { return }
    let isVague = type.map(Self.isVague) ?? true
    let named = Self.named(address)
    let type = isVague ? named ?? type.flatMap { $0.isEmpty ? nil : $0 } : type
    item.attachments.append(
      FeedAttachment(
        url: address, mimeType: type ?? Self.type(of: address), title: title,
        size: size.flatMap { $0 > 0 ? $0 : nil }, duration: duration))
    let isFilm = named.map { $0.hasPrefix("audio/") || $0.hasPrefix("video/") } ?? false
    if !isFilm, type?.lowercased().hasPrefix("image") == true || type == nil && Self.looksLikeImage(address) {
      addImage(address, mimeType: type, to: &item)
    }
  }

  func addEnclosures(_ links: [LinkWire], to item: inout FeedItem) {
    for link in links where link.relation == .enclosure {
      addFile(
        url(link.href, link.place), type: link.type, size: link.length, title: plainHTML(link.title), to: &item)
    }
  }

  func addImage(
    _ address: WebURL?, width: Slice? = nil, height: Slice? = nil, mimeType: String? = nil, caption: String? = nil,
    credit: String? = nil, to item: inout FeedItem
  ) {
    // The face of whoever wrote it is no picture of the article.
    guard let address, item.images.count < Self.mostParts, !address.host.hasSuffix("gravatar.com") else { return }
    func pixels(_ text: Slice?) -> Int? {
      guard let text else { return nil }
      let digits = store.bytes(text).prefix { $0 &- 0x30 < 10 }
      return UnsafeBufferPointer(rebasing: digits).integer.flatMap { (1...100_000).contains($0) ? $0 : nil }
    }
    let (width, height) = (pixels(width), pixels(height))
    if let place = item.images.firstIndex(where: { $0.url == address }) {
      item.images[place].width = item.images[place].width ?? width
      item.images[place].height = item.images[place].height ?? height
      item.images[place].mimeType = item.images[place].mimeType ?? mimeType
      item.images[place].caption = item.images[place].caption ?? caption
      item.images[place].credit = item.images[place].credit ?? credit
      return
    }
    item.images.append(
      FeedImage(url: address, width: width, height: height, mimeType: mimeType, caption: caption, credit: credit))
  }

  /// - Parameter isTextOfItem: whether what is said of the item's files has become its text
  func addMedia(_ media: MediaWire, isTextOfItem: Bool, to item: inout FeedItem) {
    if media.isEmpty, !media.about.isSaid { return }
    var found = media.contents.map { (content: $0, address: url($0.url, $0.place)) }
    if found.count > 1 { putBestFirst(&found) }
    for (content, address) in found {
      let about = content.about.merged(with: media.about)
      guard let address else {
        // A film that only a player shows.
        if let player = url(content.player, content.place) {
          addFile(player, type: "text/html", size: nil, duration: nil, title: plain(about.title), to: &item)
        }
        continue
      }
      if isImage(content, at: address) {
        addImage(
          address, width: content.width, height: content.height,
          mimeType: content.type.flatMap { $0.isEmpty ? nil : store.string($0) },
          caption: caption(about, of: address, title: item.title),
          credit: credit(about, media), to: &item)
      } else {
        addFile(
          address, type: content.type, size: content.size, duration: content.duration,
          title: plain(content.about.title), to: &item)
      }
    }
    for thumbnail in media.thumbnails {
      addImage(
        url(thumbnail.url, thumbnail.place), width: thumbnail.width, height: thumbnail.height,
        credit: credit(media.about, media), to: &item)
    }
    // What is said of the item holds for all its files (Media RSS 1.5.1, "Optional elements"), however they came.
    guard media.contents.isEmpty, media.about.isSaid else { return }
    let caption = isTextOfItem ? nil : plain(media.about.description) ?? plain(media.about.text)
    let credit = credit(media.about, media)
    for index in item.images.indices {
      item.images[index].caption = item.images[index].caption ?? caption
      item.images[index].credit = item.images[index].credit ?? credit
    }
  }

  /// Publishers name a picture by its medium or its type, by halves of a type, by its file's name alone, or only by
  /// giving it a width and a height.
  func isImage(_ content: MediaWire.Content, at address: WebURL) -> Bool {
    if let medium = content.medium, !medium.isEmpty {
      if ["image", "photo", "picture"].contains(where: { store.equals(medium, $0) }) { return true }
      return content.type.map { store.bytes($0).begins("image/") } == true
    }
    guard let type = content.type, !type.isEmpty else {
      if Self.looksLikeImage(address) { return true }
      let hasSize = content.width != nil && content.height != nil
      return hasSize && content.duration == nil && content.player == nil && Self.named(address) == nil
    }
    let bytes = store.bytes(type)
    if bytes.begins("image") { return true }
    return Self.isVague(UTF8Text.string(wellFormed: bytes)) && Self.looksLikeImage(address)
  }

  /// "image" and "jpg" are no media types, and "application/octet-stream" is none of a picture.
  static func isVague(_ type: String) -> Bool {
    !type.contains("/") || type == "application/octet-stream" || type == "text/html"
  }

  /// The media type that a file's ending says.
  static func named(_ address: WebURL) -> String? {
    let path = address.path.lowercased()
    return types.first { path.hasSuffix($0.ending) }?.type
  }

  /// Puts of the forms of one picture, which a group holds or one path with other queries, the one that counts before
  /// the others: the group's default, else the widest.
  private func putBestFirst(_ found: inout [(content: MediaWire.Content, address: WebURL?)]) {
    // Without widths there is nothing to choose by.
    guard found.contains(where: { $0.content.width != nil || $0.content.isDefault }) else { return }
    let keys = found.map { content, address -> String? in
      guard let address, isImage(content, at: address) else { return nil }
      return content.group > 0 ? "\(content.group)" : address.host + address.path
    }
    var best: [String: (index: Int, width: Int)] = [:]
    for (index, (content, _)) in found.enumerated() {
      guard let key = keys[index] else { continue }
      let width = content.isDefault ? Int.max : content.width.flatMap { store.bytes($0).integer } ?? 0
      if let known = best[key], known.width >= width { continue }
      best[key] = (index, width)
    }
    var begun: Set<String> = []
    let before = found
    found.removeAll(keepingCapacity: true)
    for index in before.indices {
      guard let key = keys[index], let chosen = best[key]?.index else {
        found.append(before[index])
        continue
      }
      if begun.insert(key).inserted { found.append(before[chosen]) }
      if index != chosen { found.append(before[index]) }
    }
  }

  private func credit(_ about: MediaWire.About, _ media: MediaWire) -> String? {
    guard about.creditCount > 0 else { return plainHTML(about.copyright) }
    let first = Int(about.firstCredit)
    if about.creditCount == 1 { return plainHTML(media.credits[first]) }
    var names: [String] = []
    for slice in media.credits[first..<first + Int(about.creditCount)] {
      if let name = plainHTML(slice), !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  static func looksLikeImage(_ address: WebURL) -> Bool {
    let path = address.path.lowercased()
    return [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"].contains { path.hasSuffix($0) }
  }

  /// The media type that a file's name says, for publishers who do not.
  private static func type(of address: WebURL) -> String {
    named(address) ?? "application/octet-stream"
  }

  private static let types: [(ending: String, type: String)] = [
    (".mp3", "audio/mpeg"), (".m4a", "audio/mp4"), (".ogg", "audio/ogg"), (".mp4", "video/mp4"), (".m4v", "video/mp4"),
    (".mov", "video/quicktime"), (".webm", "video/webm"), (".m3u8", "application/vnd.apple.mpegurl"),
    (".jpg", "image/jpeg"), (".jpeg", "image/jpeg"), (".png", "image/png"), (".gif", "image/gif"),
    (".webp", "image/webp"), (".pdf", "application/pdf"),
  ]

  /// `3600`, `60:00` or `1:00:00` in seconds.
  static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map {
      Double(Whitespace.folded(String($0)))
    }
    guard (1...3).contains(parts.count) else { return nil }
    var total = 0.0
    for part in parts {
      guard let part, (0..<10_000_000).contains(part) else { return nil }
      total = total * 60 + part
    }
    return total > 0 ? Int(total) : nil
  }

  // MARK: Links

  /// As written where that is the whole address already but for capitals, which hosts do not tell apart.
  func icon(_ found: PlacedText?) -> String? {
    guard let found, let address = url(found)?.description else { return nil }
    let written = store.string(found.text)
    return written.lowercased() == address.lowercased() ? written : address
  }

  /// The first page among links: of RSS, where Atom's links are guests.
  func firstPage(_ links: [LinkWire]) -> WebURL? {
    for link in links where link.relation == .alternate { return url(link.href, link.place) }
    return nil
  }

  func isFeed(_ link: LinkWire) -> Bool {
    guard let type = link.type else { return false }
    return store.string(type).lowercased().hasSuffix("xml")
  }

  /// The parts that RSS and Atom have in common.
  func addCommon(_ more: ExtensionWire, to feed: inout Feed) {
    for link in more.links {
      guard let address = url(link.href, link.place) else { continue }
      switch link.relation {
      case .selfLink: feed.feedURL = feed.feedURL ?? address
      case .hub: if feed.hubs.count < Self.mostParts, !feed.hubs.contains(address) { feed.hubs.append(address) }
      case .alternate: feed.homePage = feed.homePage ?? address
      case .next: feed.nextPage = feed.nextPage ?? address
      case .previousArchive: feed.previousArchive = feed.previousArchive ?? address
      case .current: feed.currentDocument = feed.currentDocument ?? address
      case .related, .enclosure, .replies, .license, .other: break
      }
    }
    feed.isComplete = more.fields.isHistoryComplete
    feed.movedTo = url(more.fields.newFeed)
    if feed.copyright == nil { feed.copyright = plain(more.fields.rights) }
    let units = ["hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000]
    let period = string(more.fields.updatePeriod)?.lowercased()
    if let unit = units[period ?? (more.fields.updateFrequency == nil ? "" : "daily")] {
      let frequency = more.fields.updateFrequency.flatMap { store.bytes($0).integer } ?? 1
      feed.updatePeriod = max(60, unit / min(max(frequency, 1), 10_000))
    }
    feed.updateBase = date(more.fields.updateBase).map { Self.toMilliseconds($0.timestamp) }
  }

  /// What few items say.
  func addDetails(_ more: ExtensionWire, to item: inout FeedItem) {
    let fields = more.fields
    guard
      fields.commentCount != nil || fields.threadTotal != nil || fields.section != nil || fields.replyTo != nil
        || fields.rights != nil || fields.license != nil || fields.point != nil || fields.latitude != nil
        || fields.season != nil || fields.episode != nil || fields.explicit != nil || fields.identifier != nil
    else { return }
    var details = item.details
    let count = (fields.threadTotal ?? fields.commentCount).flatMap { store.bytes($0).integer }
    details.commentCount = count.flatMap { $0 >= 0 ? $0 : nil } ?? details.commentCount
    details.section = plainHTML(fields.section)
    details.replyTo = fields.replyTo.flatMap { url($0)?.description ?? string($0.text) }
    details.rights = details.rights ?? plain(fields.rights)
    details.license = details.license ?? fields.license.flatMap { url($0)?.description }
    details.season = fields.season.flatMap { store.bytes($0).integer }
    details.episode = fields.episode.flatMap { store.bytes($0).integer }
    details.isExplicit = fields.explicit.flatMap { explicit(store.bytes($0)) }
    details.identifier = plainHTML(fields.identifier)
    details.place = place(fields)
    item.details = details
  }

  private func explicit(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    if bytes.equals("yes") || bytes.equals("true") || bytes.equals("explicit") { return true }
    return bytes.equals("no") || bytes.equals("false") || bytes.equals("clean") ? false : nil
  }

  /// GeoRSS writes latitude and longitude with white space between, some with a comma.
  private func place(_ fields: ExtensionWire.Fields) -> FeedPlace? {
    var numbers: [Double] = []
    if let point = fields.point {
      numbers = store.string(point).split(maxSplits: 2) { $0 == "," || $0.isWhitespace }.compactMap { Double($0) }
    } else if let latitude = fields.latitude, let longitude = fields.longitude {
      numbers = [latitude, longitude].compactMap { Double(store.string($0)) }
    }
    guard numbers.count >= 2, (-90...90).contains(numbers[0]), (-180...180).contains(numbers[1]) else { return nil }
    return FeedPlace(latitude: numbers[0], longitude: numbers[1], name: plainHTML(fields.placeName))
  }
}
