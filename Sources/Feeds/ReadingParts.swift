internal import Markup
internal import Values

// People, files and pictures.
extension Reading {
  func authors(names: [String], people: [PersonWire]) -> [FeedAuthor] {
    var authors: [FeedAuthor] = []
    for person in people {
      let address = url(person.uri, person.place)?.description ?? person.email.flatMap(Self.mailto)
      var author = FeedAuthor(name: plainHTML(person.name), url: address)
      if author.name == nil { author.name = person.email.flatMap { plainHTML($0) } }
      if author.name != nil || author.url != nil { authors.append(author) }
    }
    for name in names {
      // "Name <address>" is no HTML.
      let author = Self.author(name.contains("@") ? Entities.decoded(name) : plainHTML(name) ?? "")
      if author.name != nil || author.url != nil { authors.append(author) }
    }
    if authors.count < 2 { return authors }
    var seen: Set<FeedAuthor> = []
    return authors.filter { seen.insert($0).inserted }
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
    name = Whitespace.folded(name)
    while let last = name.last, ",;-".contains(last) { name = trimmed(String(name.dropLast())) }
    return FeedAuthor(name: name.isEmpty ? email : name, url: address)
  }

  static func mailto(_ email: String) -> String? {
    let isPlain = email.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"<>\\".utf8.contains($0) }
    return isPlain && email.contains("@") ? "mailto:" + email : nil
  }

  func addFile(
    _ address: WebURL?, type: String?, size: String?, duration: String? = nil, title: String? = nil,
    to item: inout FeedItem
  ) {
    guard let address, item.attachments.count < Self.mostParts,
      !item.attachments.contains(where: { $0.url == address })
    else { return }
    item.attachments.append(
      FeedAttachment(
        url: address, mimeType: type.flatMap { $0.isEmpty ? nil : $0 } ?? Self.type(of: address), title: title,
        size: size.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }, duration: duration.flatMap(Self.seconds)))
    if type?.lowercased().hasPrefix("image/") == true || type?.isEmpty != false && Self.looksLikeImage(address) {
      addImage(address, mimeType: type.flatMap { $0.isEmpty ? nil : $0 }, to: &item)
    }
  }

  func addImage(
    _ address: WebURL?, width: String? = nil, height: String? = nil, mimeType: String? = nil, caption: String? = nil,
    credit: String? = nil, to item: inout FeedItem
  ) {
    guard let address, item.images.count < Self.mostParts else { return }
    func pixels(_ text: String?) -> Int? {
      text.flatMap { Int($0.prefix { ("0"..."9").contains($0) }) }.flatMap { (1...100_000).contains($0) ? $0 : nil }
    }
    if let place = item.images.firstIndex(where: { $0.url == address }) {
      item.images[place].width = item.images[place].width ?? pixels(width)
      item.images[place].height = item.images[place].height ?? pixels(height)
      item.images[place].mimeType = item.images[place].mimeType ?? mimeType
      item.images[place].caption = item.images[place].caption ?? caption
      item.images[place].credit = item.images[place].credit ?? credit
      return
    }
    item.images.append(
      FeedImage(
        url: address, width: pixels(width), height: pixels(height), mimeType: mimeType, caption: caption, credit: credit
      ))
  }

  func addMedia(_ media: MediaWire, to item: inout FeedItem) {
    for content in media.contents {
      guard let address = url(content.url, content.place) else { continue }
      let about = content.about.merged(with: media.about)
      let type = content.type?.lowercased() ?? ""
      let isImage =
        content.medium == "image" || type.hasPrefix("image/")
        || (content.medium == nil && type.isEmpty && Self.looksLikeImage(address))
      if isImage {
        addImage(
          address, width: content.width, height: content.height, mimeType: content.type, caption: caption(about),
          credit: credit(about), to: &item)
      } else {
        addFile(
          address, type: content.type, size: content.size, duration: content.duration,
          title: plainHTML(content.about.title), to: &item)
      }
    }
    for thumbnail in media.thumbnails + media.about.thumbnails {
      addImage(
        url(thumbnail.url, thumbnail.place), width: thumbnail.width, height: thumbnail.height,
        credit: credit(media.about), to: &item)
    }
  }

  private func caption(_ about: MediaWire.About) -> String? {
    plainHTML(about.description) ?? plainHTML(about.text) ?? plainHTML(about.title)
  }

  private func credit(_ about: MediaWire.About) -> String? {
    let names = about.credits.compactMap { plainHTML($0) }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  private static func looksLikeImage(_ address: WebURL) -> Bool {
    let path = address.path.lowercased()
    return [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"].contains { path.hasSuffix($0) }
  }

  /// The media type that a file's name says, for publishers who do not.
  private static func type(of address: WebURL) -> String {
    let types = [
      ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".mp4": "video/mp4", ".m4v": "video/mp4",
      ".mov": "video/quicktime", ".webm": "video/webm", ".m3u8": "application/vnd.apple.mpegurl", ".jpg": "image/jpeg",
      ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".pdf": "application/pdf",
    ]
    let path = address.path.lowercased()
    return types.first { path.hasSuffix($0.key) }?.value ?? "application/octet-stream"
  }

  /// `3600`, `60:00` or `1:00:00` in seconds.
  static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double(trimmed(String($0))) }
    guard (1...3).contains(parts.count) else { return nil }
    var total = 0.0
    for part in parts {
      guard let part, (0..<10_000_000).contains(part) else { return nil }
      total = total * 60 + part
    }
    return total > 0 ? Int(total) : nil
  }
}
