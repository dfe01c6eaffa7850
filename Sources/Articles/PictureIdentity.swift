import Values

/// What stays the same in a picture's address when only its size, crop or format changes. Read by bytes: it is asked of
/// every rendition.
public enum PictureIdentity {
  public static func of(_ href: String) -> String {
    // A resizing service holds the original's address inside its own.
    let whole = innerAddress(href) ?? href
    var path = whole[...]
    if let mark = path.utf8.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
      path = path[..<mark]
    }
    path = withoutScheme(path)
    let segments = path.utf8.split(separator: UInt8(ascii: "/")).dropFirst().map { String(Substring($0)).lowercased() }
      .filter { !isSize($0) }
    guard let last = segments.last else { return path.lowercased() }
    if isScript(last), let parameters = telling(whole) {
      return folders(segments.dropLast()).joined(separator: "/") + "/" + last + "?" + parameters
    }
    let stem = withoutSizes(withoutExtensions(withoutVariant(last)))
    let length = stem.characterCount
    // A file called by its shape says nothing: `ratio3x2`. One of digits alone may be a time, behind the picture's
    // number.
    let isNumber = stem.utf8.allSatisfy(isDigit)
    if isNumber, let before = segments.dropLast().last, before.utf8.count > 5, before.utf8.allSatisfy(isDigit) {
      return before + "/" + stem
    }
    let isTelling =
      length >= 20
      || length >= 8 && stem.holdsByte(where: isNumeral) && stem.contains { $0.isNumber }
        && stem.wholeMatch(of: shape) == nil
    // A system's number of the picture, as in `article32650036.ece`, tells two files of one name apart.
    if isTelling,
      let number = segments.dropLast().last(where: {
        $0.holdsByte(where: isNumeral) && $0.wholeMatch(of: numbered) != nil
      })
    {
      return number + "/" + stem
    }
    return isTelling ? stem : folders(segments.dropLast()).joined(separator: "/") + "/" + stem
  }

  /// What stays the same between two looks at a page, weeks apart, when a picture's host, size or format changes. Less
  /// is taken for a size than among the pictures of one page: one that gives way to another often differs in a number.
  public static func place(of href: String) -> String {
    let whole = innerAddress(href) ?? href
    let path = withoutScheme(whole.prefix { $0 != "?" && $0 != "#" })
    let segments = path.split(separator: "/").dropFirst().map { $0.lowercased() }.filter { !isSurelySize($0) }
    guard let last = segments.last else { return path.lowercased() }
    let folders = segments.dropLast().joined(separator: "/")
    if isScript(last), let parameters = telling(whole) { return "\(folders)/\(last)?\(parameters)" }
    return folders + "/" + withoutSizes(withoutExtensions(withoutVariant(last)), bareDigits: 3...4)
  }

  private static func isSurelySize(_ segment: String) -> Bool {
    if segment.utf8.allSatisfy(isDigit) {
      return Int(segment).map { usualSizes.contains($0) || (100...9999).contains($0) && $0 % 10 == 0 } ?? false
    }
    return isSize(segment)
  }

  /// The last three names of folders, and the numbers among and behind them.
  private static func folders(_ segments: ArraySlice<String>) -> ArraySlice<String> {
    var names = 0
    let start = segments.lastIndex { segment in
      if !segment.utf8.allSatisfy(isDigit) { names += 1 }
      return names == 3
    }
    return start.map { segments[$0...] } ?? segments
  }

  nonisolated(unsafe) private static let shape = /[a-z]{0,10}[-_]?\d{1,2}x\d{1,2}/
  nonisolated(unsafe) private static let numbered = /[a-z]{3,}\d{6,}(?:\.[a-z]{2,4})?/

  private static func withoutScheme(_ path: Substring) -> Substring {
    let bytes = path.utf8
    var from = bytes.startIndex
    while let colon = bytes[from...].firstIndex(of: UInt8(ascii: ":")) {
      if bytes[colon...].starts(with: "://".utf8) { return path[bytes.index(colon, offsetBy: 3)...] }
      from = bytes.index(after: colon)
    }
    return path
  }

  /// A file's name without `.jpg`, `.jpg.webp`.
  private static func withoutExtensions(_ name: String) -> String {
    var stem = name[...]
    while let dot = stem.utf8.lastIndex(of: UInt8(ascii: ".")), stem[dot...].prefix(7).count <= 6 {
      stem = stem[..<dot]
    }
    return String(stem)
  }

  // MARK: Scripts

  /// Whether a path ends in a program that hands out pictures: which one, its parameters say. One that is called by a
  /// picture's own name is that picture.
  private static func isScript(_ last: String) -> Bool {
    guard let dot = last.utf8.lastIndex(of: UInt8(ascii: ".")) else { return handlers.contains(last) }
    let stem = last[..<dot]
    return programs.contains(String(last[dot...].dropFirst()))
      && (handlers.contains(String(stem))
        || stem.utf8.count < 14 && stem.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "_") })
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static let programs: Set<String> = ["php", "asp", "aspx", "ashx", "axd", "jsp", "cgi", "pl", "dll", "do"]
  private static let handlers: Set<String> = [
    "image", "img", "getimage", "showimage", "picture", "photo", "media", "file", "thumb", "thumbnail", "th",
  ]

  /// The parameters of an address that say which picture is meant; without one that is called so, all that do not ask
  /// for a size, a form or a fresh copy. nil when there are none.
  private static func telling(_ address: String) -> String? {
    guard let mark = address.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    let query = address[mark...].dropFirst().prefix { $0 != "#" }
    let pairs = query.replacing("&amp;", with: "&").split { $0 == "&" || $0 == ";" }.map { pair in
      let equals = pair.firstIndex(of: "=") ?? pair.endIndex
      return (name: pair[..<equals].lowercased(), value: pair[equals...])
    }
    let named = pairs.filter { names.contains($0.name) || $0.name.hasSuffix("id") && !wishes.contains($0.name) }
    let kept = named.isEmpty ? pairs.filter { !wishes.contains($0.name) } : named
    return kept.isEmpty ? nil : kept.map { $0.name + $0.value }.joined(separator: "&")
  }

  private static let names: Set<String> = [
    "id", "img", "image", "picture", "photo", "file", "filename", "src", "path", "p", "f", "i", "guid", "uuid",
  ]
  private static let wishes: Set<String> = [
    "w", "h", "q", "s", "v", "t", "c", "a", "o", "r", "x", "y", "cx", "cy", "_", "wid", "hei", "width", "height",
    "size",
    "sizes", "imgsize", "maxsize", "scale", "dpr", "quality", "qlt", "fit", "fill", "crop", "mode", "resize", "auto",
    "format", "fm", "fmt", "ext", "type", "rect", "bg", "maxw", "maxh", "maxwidth", "maxheight", "max_width",
    "max_height",
    "mw", "mh", "zc", "cropmode", "gravity", "strip", "preset", "variant", "resolution", "ver", "version", "ts",
    "timestamp", "time", "updated", "lm", "cb", "cache", "nocache", "cachebuster", "rev", "rnd", "rand", "token",
    "hash",
    "sig", "signature", "key", "expires", "imwidth", "impolicy", "ssl", "rs", "pid", "rik", "ehk", "eid", "sid",
    "sessionid",
    "utm_source", "utm_medium", "utm_campaign", "x-amz-date", "x-amz-signature", "x-amz-credential", "x-amz-expires",
  ]

  // MARK: Addresses in addresses

  /// The last address inside another one, or what a parameter of it gives as one.
  public static func innerAddress(_ href: String) -> String? {
    let decoded = percentDecoded(href)
    if let inner = lastAddress(decoded) { return inner }
    guard let query = href.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    for pair in percentDecoded(String(href[query...].dropFirst())).utf8.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2, parameters.contains(where: { parts[0].elementsEqual($0.utf8) }),
        parts[1].contains(UInt8(ascii: "/"))
      else { continue }
      return "https://x/" + String(Substring(parts[1]))
    }
    return nil
  }

  private static let parameters = ["url", "src", "image", "img"]

  private static func lastAddress(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    // The address's own beginning.
    let start = text.prefix(8).utf8.count
    guard
      let place = (start..<max(bytes.count, start)).last(where: { place in
        bytes[place] == UInt8(ascii: "h")
          && (bytes[place...].starts(with: "http:/".utf8) || bytes[place...].starts(with: "https:/".utf8))
      })
    else { return nil }
    let end = bytes[place...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
    let inner = String(decoding: bytes[place..<end], as: UTF8.self)
    return inner.holds("://") ? inner : inner.replacing(":/", with: "://", maxReplacements: 1)
  }

  private static func percentDecoded(_ text: String) -> String {
    text.holds("%") ? PercentEncoding.text(text) : text
  }

  // MARK: Sizes

  /// A path segment that says nothing but how large or how cut: `640`, `w_800,h_600`, `1200x675`, `fit-in`. Smaller
  /// numbers count pictures.
  private static func isSize(_ segment: String) -> Bool {
    if (3...20).contains(segment.utf8.count), segment.count <= 5, segment.allSatisfy({ $0.isNumber }) { return true }
    if services.contains(segment) { return true }
    return withoutSizes(segment).isEmpty || isListOfSizes(segment) || isNamedSize(segment)
  }

  /// `w_800,h_600`, `c_fill,f_auto,q_auto`: short names with a value each. A file's name may hold a comma too.
  private static func isListOfSizes(_ segment: String) -> Bool {
    guard segment.holds(","), segment.holds("_") else { return false }
    return segment.utf8.split(separator: UInt8(ascii: ",")).allSatisfy { part in
      part.count < 24
        && (part.firstIndex(of: UInt8(ascii: "_")) ?? part.firstIndex(of: UInt8(ascii: "=")))
          .map { (1...8).contains(part.distance(from: part.startIndex, to: $0)) } ?? (part.count < 8)
    }
  }

  /// `n-large2x-16x9-far`: words for a size or its shape, and nothing else.
  private static func isNamedSize(_ segment: String) -> Bool {
    guard segment.holds("-"), segment.holds("x"), segment.holdsByte(where: isDigit) else { return false }
    let parts = segment.split(separator: "-")
    return parts.contains { $0.wholeMatch(of: ratio) != nil }
      && parts.allSatisfy { part in
        part.wholeMatch(of: ratio) != nil || part.count == 1
          || sizes.contains(String(part.hasSuffix("2x") || part.hasSuffix("3x") ? part.dropLast(2) : part))
      }
  }

  nonisolated(unsafe) private static let ratio = /\d{1,2}x\d{1,2}/
  private static let sizes: Set<String> = [
    "small", "medium", "large", "xlarge", "wide", "narrow", "tall", "far", "near", "square", "portrait", "landscape",
    "original", "full", "crop", "thumb", "teaser", "2x", "3x",
  ]

  /// A file's name without what a system writes behind it for each of its sizes: `harbour-100~_v-16x9@2dM_-6c42a.jpg`.
  private static func withoutVariant(_ name: String) -> String {
    guard name.holds("~_v-"), let mark = name.utf8.firstIndex(of: UInt8(ascii: "~")) else { return name }
    return String(name[..<mark])
  }

  private static let services: Set<String> = [
    "fit-in", "smart", "crop", "resize", "thumbs", "thumbnail", "webp", "format", "image", "images",
  ]

  private static func withoutSizes(_ text: String, bareDigits: ClosedRange<Int> = 2...4) -> String {
    var text = text
    for (index, pattern) in sizePatterns.enumerated() where mayHoldSize(text, index) {
      text = text.replacing(pattern, with: "")
    }
    return withoutBareSize(text, bareDigits)
  }

  /// A name without a number at its end that is a width: `harbour-640`, never the `IMG_2043` of a camera or the second
  /// of three pictures, `harbour-02`.
  private static func withoutBareSize(_ text: String, _ lengths: ClosedRange<Int>) -> String {
    let digits = text.utf8.reversed().prefix(while: isDigit).count
    let stem = text.utf8.dropLast(digits)
    guard lengths.contains(digits), let mark = stem.last, mark == UInt8(ascii: "-") || mark == UInt8(ascii: "_"),
      let number = Int(text.utf8.suffix(digits).map { String(UnicodeScalar($0)) }.joined()),
      number % 10 == 0 || usualSizes.contains(number), text.utf8.dropFirst(stem.count).first != UInt8(ascii: "0")
    else { return text }
    let name = String(Substring(stem.dropLast()))
    return cameras.contains { name == $0 || name.hasSuffix("-" + $0) || name.hasSuffix("_" + $0) } ? text : name
  }

  private static let usualSizes: Set<Int> = [
    64, 96, 128, 192, 256, 375, 384, 512, 576, 615, 624, 768, 976, 992, 1024, 1152, 1366, 1536, 2048,
  ]
  /// What cameras call their pictures.
  private static let cameras = ["img", "dsc", "dscn", "dscf", "dsci", "pict", "sam", "mg", "dji", "gopr", "pxl"]

  /// Whether the pattern of that number can match: all but the last need a digit, all but the first a mark or an x.
  private static func mayHoldSize(_ text: String, _ pattern: Int) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let first = bytes.first, let last = bytes.last else { return false }
      // What stands behind the last mark.
      let mark = bytes.lastIndex { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
      let tail = bytes[(mark.map { $0 + 1 } ?? bytes.endIndex)...]
      switch pattern {
      case 0: return bytes.count < 12 && "whq".utf8.contains(first | 0x20) && (isDigit(last) || last >= 0x80)
      case 1:
        return bytes.indices.dropFirst(2).contains {
          bytes[$0] == UInt8(ascii: "x") && isNumeral(bytes[$0 - 1]) && isNumeral(bytes[$0 - 2])
        }
      case 2:
        return tail.first.map { isNumeral($0) || "whqsz".utf8.contains($0) } ?? false
          && (isNumeral(last) || "whx".utf8.contains(last))
      default: return (4...9).contains(tail.count) && sizeNames.contains { tail.elementsEqual($0.utf8) }
      }
    }
  }

  private static let sizeNames = [
    "scaled", "small", "medium", "large", "thumb", "thumbnail", "square", "original", "full", "default", "crop",
  ]

  private static func isNumeral(_ byte: UInt8) -> Bool { isDigit(byte) || byte >= 0x80 }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  nonisolated(unsafe) private static let sizePatterns: [Regex<Substring>] = [
    /^(?:w|h|q|width|height)[-_=]?\d{1,4}$/, /[-_.x]?\d{2,5}x\d{0,5}(?=$|[-_.])/,
    /[-_](?:(?:w|h|q|width|height|s|z)\d{2,4}(?:w|h|px)?|\d{2,4}(?:w|h|px))$/,
    /[-_](?:scaled|small|medium|large|thumb|thumbnail|square|original|full|default|crop)$/,
  ]
}
