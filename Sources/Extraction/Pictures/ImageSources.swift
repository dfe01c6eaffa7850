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
      guard seen.insert(href).inserted else {
        // One place may say how wide a file is that another only names.
        if let width, let known = found.firstIndex(where: { $0.href == href }), found[known].width == nil {
          found[known].width = width
        }
        return
      }
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
    // Attributes of the publisher's own, as `data-gl-src`, where the usual ones name no file.
    if found.isEmpty, element.isOne(of: pictures) {
      for (name, value) in element.attributes where name.hasPrefix("data-") && name.holds("src") {
        for candidate in srcset(value) { add(candidate.url, width: candidate.width, height: nil, type: nil) }
      }
    } else if found.count > 1, let shown = standIn(of: element, found, base) {
      found.removeAll { $0.href == shown }
    }
    if element.name != "source", let picture = owner(of: element) {
      for source in picture.descendants(named: ["source"]) { read(source) }
    } else if element.name == "source", let picture = owner(of: element) {
      for source in picture.descendants(named: ["source"]) where source != element { read(source) }
    }
    return found
  }

  /// What the templates among an element's addresses give, filled in after the page's complete ones.
  static func renditions(of element: Node, base: WebURL, beside complete: () -> [Rendition]) -> [Rendition] {
    guard element.isOne(of: pictures) || element.isOne(of: sources) else { return [] }
    for attribute in singleAttributes + setAttributes {
      guard let value = element[attribute], value.holds("{") || value.holds("%7"), !value.holds(" "),
        let open = WebURL(value, relativeTo: base), let template = OpenAddress(open.description)
      else { continue }
      var found: [Rendition] = []
      for address in template.filled(for: element, beside: complete()) {
        guard let url = WebURL(address, relativeTo: base), isPicture(url) else { continue }
        found.append(Rendition(href: url.withoutFragment.description, width: widthInAddress(url)))
      }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// What a page shows until a script loads the picture: another file than the one that the lazy attributes name.
  private static func standIn(of element: Node, _ found: [Rendition], _ base: WebURL) -> String? {
    guard let lazy = ["data-src", "data-lazy-src", "data-original"].lazy.compactMap({ element[$0] }).first,
      let shown = element["src"].flatMap({ WebURL($0, relativeTo: base) })?.withoutFragment.description,
      let loaded = WebURL(lazy, relativeTo: base)?.withoutFragment.description, shown != loaded,
      !fileName(shown).elementsEqual(fileName(loaded)), found.contains(where: { $0.href == shown }),
      found.contains(where: { $0.href == loaded }),
      PictureIdentity.of(shown) != PictureIdentity.of(loaded)
    else { return nil }
    return shown
  }

  private static func fileName(_ href: String) -> Substring.UTF8View {
    let path = href.utf8.prefix { $0 != UInt8(ascii: "?") }
    return path.suffix(from: path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)
  }

  /// The `picture` element around an image.
  static func owner(of element: Node) -> Node? { element.ancestors.prefix(6).first { $0.name == "picture" } }

  private static let singleAttributes = [
    "src", "data-src", "data-lazy-src", "data-original", "data-original-src", "data-lazy", "data-hi-res-src",
    "data-img-src", "data-lazy-img", "data-image", "data-image-src", "data-orig-file", "data-large-file",
    "data-full-src", "data-url", "data-src-medium", "data-src-large", "data-desktop-src", "data-runner-src",
    "xlink:href", "href-img",
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
    // name-1024x768.jpg, as WordPress names its sizes, or a folder 120x80 of a service that resizes.
    guard url.path.holds("x") else { return nil }
    let parts = url.path.split(separator: "/")
    let stem = parts.last?.split(separator: ".").first ?? ""
    return width(in: stem.split(separator: "-").last ?? "", 16...10_000)
      ?? parts.dropLast().lazy.compactMap { $0.utf8.count < 10 ? width(in: $0, 40...10_000) : nil }.first
  }

  /// The first number of `1024x768`.
  private static func width(in size: Substring, _ usual: ClosedRange<Int>) -> Int? {
    guard let cross = size.firstIndex(of: "x"), let width = Int(size[..<cross]), usual.contains(width),
      let height = Int(size[size.index(after: cross)...]), usual.lowerBound < 40 || usual.contains(height)
    else { return nil }
    return width
  }

  /// Whether an address may be a picture of the article: no pixel that counts readers, no stand-in while loading.
  private static func isPicture(_ url: WebURL) -> Bool {
    let path = url.path.lowercased()
    // A resizing service may have nothing but the original's address to tell pictures apart.
    if path == "/", PictureIdentity.innerAddress(url.description) == nil { return false }
    if path.holds("{") || path.holds("%7b") { return false }
    guard let file = path.utf8.split(separator: UInt8(ascii: "/")).last else { return true }
    var name = String(Substring(file))
    if name.hasSuffix(".svg") { return false }
    return !name.withUTF8 { standIns.matchesAnywhere(in: $0) }
  }

  /// Whether an address is that of a logo, an icon or somebody's portrait, by the words in its last parts.
  static func isFurniture(_ href: String) -> Bool {
    let path = href.lowercased().utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    return path.split(separator: UInt8(ascii: "/")).suffix(3).contains { part in
      let words = part.split { !(0x61...0x7A).contains($0) && $0 < 0x80 }
      return words.count < 6 && words.contains { furniture.contains(String(Substring($0))) }
    }
  }

  private static let furniture: Set<String> = [
    "logo", "logos", "icon", "icons", "avatar", "avatars", "gravatar", "author", "authors", "autor", "autores",
    "autoren", "auteurs", "autori", "headshot", "headshots", "byline", "bylines", "favicon", "sprite", "sprites",
    "emoji", "qr", "badge", "badges", "banner", "banners", "blocker", "adblock", "paywall", "appstore", "playstore",
    "googleplay", "columnist", "columnists", "ewm", "qrcode", "zxcode", "werbung", "advertisement", "skyline",
    "profilepics", "userpics", "weather",
  ]

  private static let standIns = PhraseIndex([
    "placeholder", "spacer", "blank.", "transparent", "pixel.", "1x1", "loading.", "lazyload", "dummy.",
    "empty.", "fallback.", "grey-placeholder", "trans.gif", "clear.gif", "fallback-image", "no-image", "noimage",
  ])
}
