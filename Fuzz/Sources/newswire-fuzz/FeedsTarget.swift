import Feeds
import Glibc
import Values

/// A feed or a sitemap of any format. A trap is a finding; so are a result that breaks a promise, and memory beyond
/// eight times the document and 16 MB.
enum FeedsTarget {
  /// The first byte tells how the document came.
  private static let contentTypes: [String?] = [
    nil, "text/xml", "text/xml; charset=utf-8", "application/rss+xml; charset=iso-8859-1", "text/xml; charset=utf-16le",
    "application/feed+json", "text/xml; charset=shift_jis", "text/xml; charset=windows-1251",
  ]

  private static let address = WebURL("https://fuzz.example/news/feed")
  nonisolated(unsafe) private static var residentAtStart = 0

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let first = bytes.first else { return }
    if residentAtStart == 0 { residentAtStart = residentPeak() }
    // Seeds are plain documents, which begin with none of these.
    let isMarked = first < 8
    let document = isMarked ? Array(bytes.dropFirst()) : Array(bytes)
    let contentType = isMarked ? contentTypes[Int(first)] : nil
    if let feed = try? FeedReader.read(document, url: address, contentType: contentType) { check(feed) }
    let most = 8 * max(bytes.count, 1 << 16) + 16 << 20 + slack
    if residentPeak() - residentAtStart > most { fatalError("more memory than eight times the document and 16 MB") }
  }

  /// What the fuzzer itself keeps: inputs, coverage, the allocator's free lists.
  private static let slack = 256 << 20

  private static func residentPeak() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }

  /// What has to hold of every feed, however damaged.
  private static func check(_ feed: Feed) {
    // Dear, and the same code for all: one document in four.
    if feed.items.count % 4 == 1 || feed.items.isEmpty {
      guard let json = try? JSON(parsing: feed.jsonFeedBytes), Feed(jsonFeed: json) == feed else {
        fatalError("does not come back from its JSON")
      }
    }
    if let description = feed.description { checkMarkup(description) }
    for item in feed.items {
      if item.id.isEmpty { fatalError("an item without an id") }
      if let html = item.contentHTML { checkMarkup(html) }
      for url in [item.url, item.externalURL] + item.attachments.map(\.url) + item.images.map(\.url) {
        if let url, url.scheme != "https", url.scheme != "http" { fatalError("an address of another scheme") }
      }
    }
  }

  private static let allowedTags: Set<String> = [
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "a", "em", "strong", "b", "i", "figure", "img",
    "figcaption", "table", "thead", "tbody", "tr", "th", "td", "br", "pre", "code", "sup", "sub",
  ]
  private static let allowedAttributes: Set<String> = ["href", "src", "alt", "width", "height", "colspan", "rowspan"]

  /// The HTML is well nested, of allowed elements and attributes only.
  private static func checkMarkup(_ html: String) {
    let bytes = Array(html.utf8)
    var open: [String] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "<") else {
        if bytes[index] == UInt8(ascii: ">") { fatalError("a \">\" that ends no tag") }
        index += 1
        continue
      }
      guard let end = bytes[index...].firstIndex(of: UInt8(ascii: ">")) else { fatalError("a tag without end") }
      let tag = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
      index = end + 1
      if tag.utf8.first == UInt8(ascii: "/") {
        if open.popLast() != String(decoding: tag.utf8.dropFirst(), as: UTF8.self) {
          fatalError("</\(tag)> ends nothing")
        }
        continue
      }
      let name = String(tag.prefix { $0 != " " })
      if !allowedTags.contains(name) { fatalError("lets <\(name)> through") }
      if name != "br", name != "img" { open.append(name) }
      checkAttributes(tag.dropFirst(name.count))
    }
    if !open.isEmpty { fatalError("<\(open[0])> never ends") }
  }

  /// By bytes: a character that combines with the one before would make one Character of it and a quote.
  private static func checkAttributes(_ text: Substring) {
    var rest = text.utf8
    while !rest.isEmpty {
      guard rest.first == UInt8(ascii: " "), let equals = rest.firstIndex(of: UInt8(ascii: "=")),
        let name = String(rest[..<equals].dropFirst()), allowedAttributes.contains(name)
      else { fatalError("an attribute that is not allowed: \(Substring(rest))") }
      let quoted = rest[rest.index(after: equals)...]
      guard quoted.first == UInt8(ascii: "\""), let end = quoted.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else {
        fatalError("a value without quotes")
      }
      let value = Substring(quoted[quoted.index(after: quoted.startIndex)..<end])
      if name == "href" || name == "src" {
        guard ["http://", "https://", "mailto:"].contains(where: { value.utf8.starts(with: $0.utf8) }) else {
          fatalError("an address of another scheme: \(value)")
        }
      }
      rest = quoted[quoted.index(after: end)...]
    }
  }
}
