import Articles
import Markup
import Values

/// The files that one element offers for a picture.
enum ImageSources {
  /// The elements inside (and including) `node` that may carry a picture's address, in document order.
  static func elements(in node: Node) -> [Node] {
    ([node] + node.descendants).filter { element in
      if element.isOne(of: pictures) || isCustomPicture(element) { return true }
      if element.isOne(of: sources) {
        // A source without an image after it stands for itself; others are read with their image.
        return owner(of: element).map { !$0.holds(["img", "amp-img"]) } ?? false
      }
      return element.hasAttribute("data-srcset") || (element.isOne(of: boxes) && element.hasAttribute("data-src"))
    }
  }

  private static let pictures: ElementSet = ["img", "amp-img", "image"]
  private static let sources: ElementSet = ["source"]
  private static let boxes: ElementSet = ["div"]

  /// An element of the publisher's own making that stands for a picture, as `<site-image src=…>` does.
  static func isCustomPicture(_ element: Node) -> Bool {
    if element.hasUsualName { return false }
    let name = element.name
    guard name.holds("-"), name.holds("image") || name.holds("img") else { return false }
    return ["src", "srcset", "data-src", "data-srcset"].contains { element[$0]?.isEmpty == false }
  }

  /// Everything on offer for the picture of `element`: its own attributes, then those of the `picture` around it.
  static func renditions(of element: Node, base: WebURL) -> [Rendition] {
    var found: [Rendition] = []
    var seen: Set<String> = []
    func add(_ reference: String, width: Int?, height: Int?, type: String?) {
      guard let url = WebURL(reference, relativeTo: base), isPicture(url) else { return }
      let href = url.withoutFragment.description
      guard seen.insert(href).inserted else { return }
      found.append(Rendition(href: href, width: width ?? widthInAddress(url), height: height, contentType: type))
    }
    func read(_ element: Node) {
      let type = element["type"].flatMap { $0.hasPrefix("image/") ? $0 : nil }
      for attribute in singleAttributes {
        guard let value = element[attribute], !value.isEmpty, !value.hasPrefix("["), !value.hasPrefix("{") else {
          continue
        }
        if attribute.hasPrefix("data-"), value.holds(" "), value.holds(",") {
          for candidate in srcset(value) { add(candidate.url, width: candidate.width, height: nil, type: type) }
          continue
        }
        let isMain = attribute == "src" || attribute == "data-src"
        add(
          value, width: isMain ? pixels(element["width"]) : nil, height: isMain ? pixels(element["height"]) : nil,
          type: type)
      }
      for attribute in setAttributes {
        guard let value = element[attribute] else { continue }
        for candidate in srcset(value) { add(candidate.url, width: candidate.width, height: nil, type: type) }
      }
    }
    read(element)
    if element.name != "source", let picture = owner(of: element) {
      for source in picture.descendants(named: ["source"]) { read(source) }
    } else if element.name == "source", let picture = owner(of: element) {
      for source in picture.descendants(named: ["source"]) where source != element { read(source) }
    }
    return found
  }

  /// The `picture` element around an image.
  static func owner(of element: Node) -> Node? { element.ancestors.prefix(6).first { $0.name == "picture" } }

  private static let singleAttributes = [
    "src", "data-src", "data-lazy-src", "data-original", "data-original-src", "data-lazy", "data-hi-res-src",
    "data-img-src", "data-image", "data-image-src", "data-orig-file", "data-large-file", "data-full-src", "data-url",
    "data-src-medium", "data-src-large", "data-desktop-src", "data-runner-src", "xlink:href", "href-img",
  ]
  private static let setAttributes = ["srcset", "data-srcset", "data-lazy-srcset", "data-src-set", "data-original-set"]

  /// The candidates of a `srcset` attribute (HTML standard, 4.8.4.2.1).
  static func srcset(_ text: String) -> [(url: String, width: Int?)] {
    var found: [(url: String, width: Int?)] = []
    let comma = UInt8(ascii: ",")
    var rest = Array((text.holds("\u{A0}") ? text.replacing("\u{A0}", with: " ") : text).utf8)[...]
    func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }
    while found.count < 100 {
      rest = rest.drop { isSpace($0) || $0 == comma }
      if rest.isEmpty { break }
      var url = rest.prefix { !isSpace($0) }
      rest = rest[url.endIndex...]
      var width: Int?
      if url.last == comma {
        while url.last == comma { url.removeLast() }
      } else {
        let descriptor = rest.prefix { $0 != comma }
        rest = rest[descriptor.endIndex...]
        for word in descriptor.split(whereSeparator: isSpace) where word.last == UInt8(ascii: "w") {
          width = Int(String(decoding: word.dropLast(), as: UTF8.self))
        }
      }
      if !url.isEmpty { found.append((String(decoding: url, as: UTF8.self), width)) }
    }
    return found
  }

  static func pixels(_ text: String?) -> Int? {
    guard let text else { return nil }
    let number = text.hasSuffix("px") ? text.dropLast(2) : text[...]
    guard let value = Int(number.trimmingSpaces), (1...20_000).contains(value) else { return nil }
    return value
  }

  private static func widthInAddress(_ url: WebURL) -> Int? {
    for pair in (url.query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2, ["w", "width", "imwidth"].contains(parts[0]), let width = pixels(String(parts[1])) {
        return width
      }
    }
    // name-1024x768.jpg, as WordPress names its sizes.
    let stem = url.path.split(separator: "/").last?.split(separator: ".").first ?? ""
    guard let tail = stem.split(separator: "-").last, let cross = tail.firstIndex(of: "x") else { return nil }
    guard let width = Int(tail[..<cross]), Int(tail[tail.index(after: cross)...]) != nil else { return nil }
    return (16...10_000).contains(width) ? width : nil
  }

  /// Whether an address may be a picture of the article: no pixel that counts readers, no stand-in while loading.
  private static func isPicture(_ url: WebURL) -> Bool {
    let path = url.path.lowercased()
    // A resizing service may have nothing but the original's address to tell pictures apart.
    if path == "/", innerAddress(url.description) == nil { return false }
    if path.holds("{") || path.holds("%7b") { return false }
    guard let file = path.utf8.split(separator: UInt8(ascii: "/")).last else { return true }
    var name = String(Substring(file))
    if name.hasSuffix(".svg") { return false }
    return !name.withUTF8 { standIns.matchesAnywhere(in: $0) }
  }

  /// Whether an address is that of a logo, an icon or somebody's portrait, by the words in its last parts.
  static func isFurniture(_ href: String) -> Bool {
    let path = href.prefix { $0 != "?" && $0 != "#" }
    return path.split(separator: "/").suffix(3).contains { part in
      let words = part.lowercased().split { !$0.isLetter }.map(String.init)
      return words.contains { furniture.contains($0) } && words.count < 6
    }
  }

  private static let furniture: Set<String> = [
    "logo", "logos", "icon", "icons", "avatar", "avatars", "gravatar", "author", "authors", "autor", "autores",
    "autoren",
    "auteurs", "autori", "headshot", "headshots", "byline", "bylines", "favicon", "sprite", "sprites", "emoji", "qr",
    "badge", "badges", "banner", "banners", "blocker", "adblock", "paywall", "appstore", "playstore", "googleplay",
    "columnist", "columnists", "skyline", "profilepics", "userpics", "weather",
  ]

  private static let standIns = PhraseIndex([
    "placeholder", "spacer", "blank.", "transparent", "pixel.", "1x1", "loading.", "lazyload", "dummy.",
    "empty.", "fallback.", "grey-placeholder", "trans.gif", "clear.gif", "fallback-image", "no-image", "noimage",
  ])

  // MARK: Identity

  /// What stays the same when only size, crop or format of a picture changes.
  static func identity(_ href: String) -> String {
    var path = href
    // A resizing service holds the original's address inside its own.
    if let inner = innerAddress(href) { path = inner }
    if let mark = path.firstIndex(where: { $0 == "?" || $0 == "#" }) { path = String(path[..<mark]) }
    if let scheme = path.firstRange(of: "://") { path = String(path[scheme.upperBound...]) }
    var segments = path.split(separator: "/").dropFirst().map { $0.lowercased() }
    segments = segments.filter { !isSize($0) }
    guard let last = segments.last else { return path.lowercased() }
    var stem = String(last)
    while let dot = stem.lastIndex(of: "."), stem.distance(from: dot, to: stem.endIndex) <= 6 {
      stem = String(stem[..<dot])
    }
    stem = withoutSizes(stem)
    let isTelling = stem.count >= 8 && stem.contains { $0.isNumber } || stem.count >= 20
    // A system's number of the picture, as in `article32650036.ece`, tells two files of one name apart.
    if isTelling,
      let number = segments.dropLast().last(where: {
        $0.holdsByte(where: isNumeral) && $0.wholeMatch(of: numbered) != nil
      })
    {
      return number + "/" + stem
    }
    return isTelling ? stem : segments.dropLast().suffix(3).joined(separator: "/") + "/" + stem
  }

  nonisolated(unsafe) private static let numbered = /[a-z]{3,}\d{6,}(?:\.[a-z]{2,4})?/

  private static func innerAddress(_ href: String) -> String? {
    let decoded = percentDecoded(href)
    let body = decoded.dropFirst(8)
    guard body.holds("http"),
      let place = body.ranges(of: "http").last(where: { range in
        let rest = body[range.lowerBound...]
        return rest.hasPrefix("http://") || rest.hasPrefix("https://") || rest.hasPrefix("https:/")
          || rest.hasPrefix("http:/")
      })
    else {
      if let query = href.firstIndex(of: "?") {
        for pair in percentDecoded(String(href[query...].dropFirst())).split(separator: "&") {
          let parts = pair.split(separator: "=", maxSplits: 1)
          if parts.count == 2, ["url", "src", "image", "img"].contains(parts[0]), String(parts[1]).holds("/") {
            return "https://x/" + parts[1]
          }
        }
      }
      return nil
    }
    var inner = String(body[place.lowerBound...])
    if let end = inner.firstIndex(of: "&") { inner = String(inner[..<end]) }
    return inner.holds("://") ? inner : inner.replacing(":/", with: "://", maxReplacements: 1)
  }

  private static func percentDecoded(_ text: String) -> String {
    guard text.holds("%") else { return text }
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "%"), bytes.count >= 2,
        let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(value)
        bytes = bytes.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// A path segment that says nothing but how large or how cut: `640`, `w_800,h_600`, `1200x675`, `fit-in`.
  private static func isSize(_ segment: String) -> Bool {
    if segment.count <= 5, segment.allSatisfy({ $0.isNumber }) { return true }
    if ["fit-in", "smart", "crop", "resize", "thumbs", "thumbnail", "webp", "format", "image", "images"].contains(
      segment)
    {
      return true
    }
    return withoutSizes(segment).isEmpty || segment.holds(",") && segment.holds("_")
  }

  private static func withoutSizes(_ text: String) -> String {
    var text = text
    for (index, pattern) in sizePatterns.enumerated() where mayHoldSize(text, index) {
      text = text.replacing(pattern, with: "")
    }
    return text
  }

  /// Whether the pattern of that number can match: all but the last need a digit, all but the first a mark or an x.
  private static func mayHoldSize(_ text: String, _ pattern: Int) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let first = bytes.first, let last = bytes.last else { return false }
      let hasMark = bytes.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
      switch pattern {
      case 0: return bytes.count < 12 && "whq".utf8.contains(first | 0x20) && (Digits.isDigit(last) || last >= 0x80)
      case 1:
        return bytes.indices.dropFirst(2).contains { bytes[$0] == UInt8(ascii: "x") && isNumeral(bytes[$0 - 1]) }
      case 2: return hasMark && (isNumeral(last) || last == UInt8(ascii: "w") || last == UInt8(ascii: "x"))
      default: return hasMark && (0x61...0x7A).contains(last)
      }
    }
  }

  private static func isNumeral(_ byte: UInt8) -> Bool { Digits.isDigit(byte) || byte >= 0x80 }

  nonisolated(unsafe) private static let sizePatterns: [Regex<Substring>] = [
    /^(?:w|h|q|width|height)[-_=]?\d{1,4}$/, /[-_.x]?\d{2,5}x\d{0,5}(?=$|[-_.])/,
    /[-_](?:w|h|q|width|height|s|z)?\d{2,4}(?:w|h|px)?$/,
    /[-_](?:scaled|small|medium|large|thumb|thumbnail|square|original|full|default|crop)$/,
  ]
}
