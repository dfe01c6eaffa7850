internal import Glibc

/// Tells formats by their first element.
enum Sniffer {
  enum Format: Equatable {
    case rss, atom, sitemap, json, html
    case xml(root: String)
    case unknown
  }

  struct Result {
    var format: Format
    /// Where the document begins: at its document type, else at its outermost element. Declaration and comments before
    /// it say nothing that counts, and are often broken.
    var start: Int
    /// Whether something else than white space stands before it.
    var droppedText: Bool
  }

  /// How far a document may begin behind stray text, such as the warnings of a content system.
  private static let window = 8192
  /// The same behind what is known as such text, or as a page that has ended: notices come by the hundred.
  private static let farWindow = 262_144
  /// How many beginnings are looked at there.
  private static let mostBeginnings = 16
  /// How long a comment or a document type before the outermost element may be.
  private static let longestProlog = 65_536

  static func sniff(_ bytes: [UInt8]) -> Result {
    var start = bytes.firstIndex { $0 > 0x20 } ?? 0
    if bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
      return Result(format: .json, start: start, droppedText: false)
    }
    let first = start
    // What the first tag says, where it is that of another document.
    var other: Format?
    while start < min(bytes.count, first + window) {
      guard let open = bytes[start...].firstIndex(of: UInt8(ascii: "<")), open < first + window else { break }
      let (format, begin, end) = root(bytes, open)
      if format == .rss || format == .atom || format == .sitemap {
        // A page may hold the beginning of a feed, though not one that declares to be XML.
        if other == nil || mayBeNotice(bytes, first) || begins(bytes, open, "<?xml") {
          return Result(format: format, start: begin, droppedText: open > first)
        }
      } else if open == first, format != .unknown {
        other = format
      }
      // What stands between is declarations and comments, read already.
      start = max(open, end) + 1
    }
    return farther(bytes, first, from: start, other)
      ?? Result(format: other ?? .unknown, start: first, droppedText: false)
  }

  /// The feed that begins beyond the window: declared behind notices, text or the end of a page, and behind notices
  /// also without a declaration.
  private static func farther(_ bytes: [UInt8], _ first: Int, from start: Int, _ other: Format?) -> Result? {
    let isNotice = isNotice(bytes, first)
    guard isNotice || other == nil || other == .html || mayBeNotice(bytes, first) else { return nil }
    let last = min(bytes.count, first + farWindow)
    var at = start
    var left = mostBeginnings
    while left > 0, let open = place(of: UInt8(ascii: "<"), bytes, at, last) {
      at = open + 1
      guard
        begins(bytes, open, "<?xml") && (other != .html || followsPage(bytes, open))
          || isNotice && roots.contains(where: { begins(bytes, open, $0) })
      else { continue }
      left -= 1
      let (format, begin, _) = root(bytes, open)
      if format == .rss || format == .atom || format == .sitemap {
        return Result(format: format, start: begin, droppedText: true)
      }
    }
    return isNotice ? json(bytes, first, last) : nil
  }

  private static let roots: [StaticString] = ["<rss", "<rdf:rdf", "<feed", "<urlset", "<sitemapindex"]

  /// Whether a document begins as PHP's notices do, in HTML or in plain text.
  private static func isNotice(_ bytes: [UInt8], _ first: Int) -> Bool {
    let beginnings: [StaticString] = [
      "<br", "<b>", "<font", "warning:", "notice:", "deprecated:", "strict standards:", "php warning:", "php notice:",
      "php deprecated:",
    ]
    return beginnings.contains { begins(bytes, first, $0) }
  }

  /// Whether a page ends before what stands there: what follows is not in it.
  private static func followsPage(_ bytes: [UInt8], _ index: Int) -> Bool {
    var end = index
    while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
    return end >= 7 && begins(bytes, end - 7, "</html>")
  }

  /// The JSON between notices and the end of a document.
  private static func json(_ bytes: [UInt8], _ first: Int, _ last: Int) -> Result? {
    guard bytes.last(where: { $0 > 0x20 }) == UInt8(ascii: "}") else { return nil }
    var at = first
    while let open = place(of: UInt8(ascii: "{"), bytes, at, last) {
      at = open + 1
      var before = open
      while before > first, bytes[before - 1] <= 0x20 { before -= 1 }
      let isApart = before > first && bytes[before - 1] == UInt8(ascii: ">") || bytes[open - 1] == 0x0A
      if isApart, bytes[at...].first(where: { $0 > 0x20 }) == UInt8(ascii: "\"") {
        return Result(format: .json, start: open, droppedText: true)
      }
    }
    return nil
  }

  private static func place(of byte: UInt8, _ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
    guard start < end else { return nil }
    return bytes.withUnsafeBytes { bytes in
      memchr(bytes.baseAddress! + start, Int32(byte), end - start).map {
        bytes.baseAddress!.distance(to: UnsafeRawPointer($0))
      }
    }
  }

  /// Whether a document begins with what a program printed before the feed: a notice in PHP's form, or a script.
  private static func mayBeNotice(_ bytes: [UInt8], _ first: Int) -> Bool {
    (["<br", "<b>", "<p>", "<pre", "<font", "<table", "<script", "<style"] as [StaticString]).contains {
      begins(bytes, first, $0)
    }
  }

  /// The format of the document that begins with a "<" at `index`, by its outermost element, and where that or its
  /// document type stands; and how far that was read.
  private static func root(_ bytes: [UInt8], _ index: Int) -> (Format, start: Int, end: Int) {
    var at = index
    var doctype: Int?
    var isHTML = false
    while at + 1 < bytes.count, bytes[at] == UInt8(ascii: "<") {
      switch bytes[at + 1] {
      case UInt8(ascii: "?"):
        guard let end = end(bytes, at, "?>") else { return (.unknown, index, at) }
        at = end
      case UInt8(ascii: "!"):
        if begins(bytes, at, "<!--") {
          guard let end = end(bytes, at, "-->") else { return (.unknown, index, at) }
          at = end
        } else {
          isHTML = isHTML || begins(bytes, at, "<!doctype html")
          guard begins(bytes, at, "<!doctype"), let end = endOfDoctype(bytes, at) else { return (.unknown, index, at) }
          doctype = doctype ?? at
          at = end
        }
      default:
        let name = bytes[(at + 1)...].prefix(128).prefix { !" \t\r\n/>".utf8.contains($0) }
        let format = format(String(decoding: name, as: UTF8.self))
        if isHTML {
          // Some feeds carry the document type of a page.
          guard format == .rss || format == .atom || format == .sitemap else { return (.html, index, at) }
          return (format, at, at)
        }
        return (format, doctype ?? at, at)
      }
      while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    }
    return (isHTML ? .html : .unknown, index, at - 1)
  }

  private static func format(_ name: String) -> Format {
    let local = (name.split(separator: ":").last.map(String.init) ?? name).lowercased()
    switch local {
    case "rss", "rdf", "channel": return .rss
    case "feed", "entry": return .atom
    case "urlset", "sitemapindex": return .sitemap
    // A declaration whose "?" is missing.
    case "xml", "xml-stylesheet": return .unknown
    case "html", "head", "body", "script", "div", "meta", "title", "p", "h1", "center": return .html
    default:
      let isName = local.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 >= 0x80
      }
      return local.isEmpty || !isName || local.hasPrefix("-") ? .unknown : .xml(root: local)
    }
  }

  private static func begins(_ bytes: [UInt8], _ index: Int, _ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard index + length <= bytes.count else { return false }
    return (0..<length).allSatisfy { place in
      let byte = bytes[index + place]
      return ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == text.utf8Start[place]
    }
  }

  private static func end(_ bytes: [UInt8], _ index: Int, _ text: StaticString) -> Int? {
    var at = index
    let last = min(bytes.count, index + longestProlog)
    while at < last, let found = bytes[at..<last].firstIndex(of: text.utf8Start[0]) {
      if begins(bytes, found, text) { return found + text.utf8CodeUnitCount }
      at = found + 1
    }
    return nil
  }

  private static func endOfDoctype(_ bytes: [UInt8], _ index: Int) -> Int? {
    var brackets = 0
    var at = index
    let last = min(bytes.count, index + longestProlog)
    while at < last {
      switch bytes[at] {
      case UInt8(ascii: "<") where begins(bytes, at, "<!--"):
        guard let close = end(bytes, at, "-->") else { return nil }
        at = close - 1
      case UInt8(ascii: "\""), UInt8(ascii: "'"): at = bytes[(at + 1)..<last].firstIndex(of: bytes[at]) ?? at
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets -= 1
      case UInt8(ascii: ">") where brackets <= 0: return at + 1
      default: break
      }
      at += 1
    }
    return nil
  }
}
