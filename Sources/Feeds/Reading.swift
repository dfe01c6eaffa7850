internal import Dates
internal import Glibc
internal import Markup
internal import Values

/// The addresses that relative references are resolved against, and the languages; see `XMLPlace`. The scanner adds to
/// them while items are read already.
final class Bases {
  @exclusivity(unchecked) var urls: [WebURL?]
  @exclusivity(unchecked) var languages: [String?] = [nil]

  init(_ url: WebURL?) { urls = [url] }
}

/// What the adapters of all formats share: how texts, addresses, dates, people and pictures become the model's.
struct Reading {
  let url: WebURL?
  let zone: Zone
  var bases: Bases
  var repairs: [String]
  /// Lines of the document that the parser does not get to see.
  var linesBefore = 0

  init(url: WebURL?, zone: Zone, repairs: [String]) {
    self.url = url
    self.zone = zone
    self.repairs = repairs
    bases = Bases(url)
  }

  /// Runs the parser, and a second time with recovery when the document is damaged.
  mutating func collect<Collector: XMLHandler>(
    _ text: ArraySlice<UInt8>, _ make: (Reading) -> Collector
  ) throws(FeedError) -> Collector {
    bases = Bases(url)
    let strict = make(self)
    var scanner = XMLScanner(handler: strict, bases: bases, isRecovering: false)
    text.withUnsafeBufferPointer { scanner.parse($0) }
    try refuseEntities(scanner.outcome)
    if scanner.outcome.isWellFormed || scanner.outcome.isFull {
      if scanner.outcome.isFull { repairs.append("only the first \(XMLScanner.mostItems) items read") }
      return strict
    }
    let first = scanner.outcome
    let firstBases = bases
    bases = Bases(url)
    let second = make(self)
    scanner = XMLScanner(handler: second, bases: bases, isRecovering: true)
    TagRepair.repaired(Array(text)).withUnsafeBufferPointer { scanner.parse($0) }
    try refuseEntities(scanner.outcome)
    let message = first.message ?? "damaged XML"
    let line = first.line.map { $0 + linesBefore }
    let useStrict = strict.itemCount > second.itemCount
    let best = useStrict ? strict : second
    if best.itemCount == 0, message.contains("Excessive depth") { throw FeedError(.tooDeep, line: line) }
    if best.itemCount == 0, !scanner.sawContent {
      throw FeedError(.malformed(message), line: line, byte: first.byte)
    }
    if useStrict { bases = firstBases }
    repairs.append("damaged XML: \(message)" + (line.map { ", line \($0)" } ?? ""))
    return best
  }

  private func refuseEntities(_ outcome: XMLScanner.Outcome) throws(FeedError) {
    if outcome.declaresEntities { throw FeedError(.entityDeclaration, line: outcome.line.map { $0 + linesBefore }) }
  }

  /// The most files, pictures and hubs that are kept of one item or feed.
  static let mostParts = 200

  // MARK: Addresses

  func url(_ text: String?, _ place: XMLPlace? = nil) -> WebURL? {
    guard let text, !text.isEmpty else { return nil }
    return Self.withoutUserinfo(WebURL(text, relativeTo: bases.urls[place?.base ?? 0]))
  }

  /// An address that has to be whole by itself.
  func absolute(_ text: String) -> WebURL? { Self.withoutUserinfo(WebURL(text)) }

  /// Names and passwords in a feed's addresses are a trap or a leak, never needed.
  private static func withoutUserinfo(_ url: WebURL?) -> WebURL? {
    guard let url, url.userinfo != nil else { return url }
    return WebURL(url.description)
  }

  func url(_ found: (text: String, place: XMLPlace)?) -> WebURL? { found.flatMap { url($0.text, $0.place) } }

  // MARK: Texts

  /// One line of plain text, nil when empty.
  func plain(_ text: TextWire?) -> String? {
    guard let text else { return nil }
    if text.form == .html { return plainHTML(text.text) }
    let folded = Whitespace.folded(text.text)
    return folded.isEmpty ? nil : folded
  }

  /// The same of a text that may be HTML.
  func plainHTML(_ text: String?) -> String? {
    guard let text else { return nil }
    var plain = text
    if Self.hasTags(text) {
      plain = Sanitiser.text(text)
    } else if text.holds("&") {
      plain = Entities.decoded(text)
    }
    plain = Whitespace.folded(plain)
    return plain.isEmpty ? nil : plain
  }

  /// Whether "<" begins a tag or a comment somewhere: "1 < 2" is no HTML.
  private static func hasTags(_ text: String) -> Bool {
    guard text.holds("<") else { return false }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if previous == UInt8(ascii: "<"), (0x61...0x7A).contains(byte | 0x20) || byte == 0x2F || byte == 0x21 {
        return true
      }
      previous = byte
    }
    return false
  }

  /// Harmless HTML, nil when empty. Relative links are meant against `xml:base`, else `base`, else the feed.
  func html(_ text: TextWire?, base: WebURL?) -> String? {
    guard let text, !text.text.isEmpty else { return nil }
    if text.form == .plain { return text.text.escapedForHTML }
    let isPlain = !text.text.holds("<") && !text.text.holds("&")
    let address = text.place.base > 0 ? bases.urls[text.place.base] : base ?? url
    let html =
      isPlain ? text.text.escapedForHTML : Sanitiser.html(Self.withoutFalseDeclarations(text.text), base: address)
    return html.isEmpty ? nil : html
  }

  /// The text with every "<!" that begins neither a comment nor a declaration with an end escaped: an HTML parser
  /// would swallow what follows.
  private static func withoutFalseDeclarations(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.holdDeclaration else { return nil }
      var out: [UInt8] = []
      var copied = 0
      var index = 0
      while index + 1 < bytes.count {
        defer { index += 1 }
        guard bytes[index] == UInt8(ascii: "<"), bytes[index + 1] == UInt8(ascii: "!") else { continue }
        let after = bytes[(index + 2)...]
        let end = after.first { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<") }
        let begins = after.first
        if begins == UInt8(ascii: "-") || begins == UInt8(ascii: "[") || end == UInt8(ascii: ">") { continue }
        out.append(contentsOf: bytes[copied..<index])
        out.append(contentsOf: "&lt;".utf8)
        copied = index + 1
      }
      if copied == 0 { return nil }
      return String(decoding: out + bytes[copied...], as: UTF8.self)
    } ?? text
  }

  /// The content, and the summary only besides a content: alone it is all the text there is.
  func setTexts(of item: inout FeedItem, whole: TextWire?, short: TextWire?, media: String?) {
    let media = media.map { TextWire(text: $0, form: .html, place: XMLPlace()) }
    if let text = whole ?? short ?? media {
      if text.form == .plain { item.contentText = text.text } else { item.contentHTML = html(text, base: item.url) }
    }
    if whole != nil, let short { item.summary = plain(short) }
  }

  /// The words of an item, and those that the modules add.
  func tags(_ words: [String], _ more: ExtensionWire) -> [String] {
    var words = words
    // Adding nothing would copy the list.
    if !more.subjects.isEmpty { words += more.subjects }
    if !more.media.categories.isEmpty { words += more.media.categories }
    if !more.keywords.isEmpty { words += more.keywords }
    return tags(words)
  }

  func tags(_ words: [String]) -> [String] {
    if words.isEmpty { return [] }
    var tags: [String] = []
    tags.reserveCapacity(words.count)
    var more: Set<String> = []
    for word in words {
      guard let word = plainHTML(word) else { continue }
      // Few words: looking through them is faster than a set.
      if tags.count < 20 {
        if tags.contains(where: { Self.isSame($0, word) }) { continue }
      } else {
        if more.isEmpty { more = Set(tags.map { $0.lowercased() }) }
        if !more.insert(word.lowercased()).inserted { continue }
      }
      tags.append(word)
    }
    return tags
  }

  /// Whether two words differ at most in upper and lower case.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    let answer = a.withUTF8 { first in
      b.withUTF8 { second -> Bool? in
        var isASCII = true
        var isSame = first.count == second.count
        for index in 0..<min(first.count, second.count) {
          if (first[index] | second[index]) >= 0x80 { isASCII = false }
          let (x, y) = (first[index], second[index])
          if x != y, x | 0x20 != y | 0x20 || (x | 0x20) &- 0x61 >= 26 { isSame = false }
        }
        if isASCII,
          first.count == second.count || !isSame && first.allSatisfy({ $0 < 0x80 }) && second.allSatisfy({ $0 < 0x80 })
        {
          return isSame
        }
        return nil
      }
    }
    return answer ?? (a.lowercased() == b.lowercased())
  }

  // MARK: Dates

  func date(_ text: String) -> ReadDate? {
    guard let date = DateReader.read(text, zone: zone) else { return nil }
    // An empty field of a content system comes out as the beginning of Unix time.
    return date.timestamp.seconds == 0 ? nil : date
  }

  /// Of several dates for the same thing the first that can be read counts.
  func setDates(of item: inout FeedItem, published: [String?], modified: [String?]) {
    let first = firstDate(published)
    let last = firstDate(modified)
    item.published = first.map { Self.toMilliseconds($0.timestamp) }
    item.modified = last.map { Self.toMilliseconds($0.timestamp) }
    item.dateGuessed = first.map { !$0.hasZone } ?? last.map { !$0.hasZone } ?? false
  }

  private func firstDate(_ texts: [String?]) -> ReadDate? {
    for text in texts {
      if let text, let date = date(text) { return date }
    }
    return nil
  }

  /// No finer than what is written back.
  private static func toMilliseconds(_ timestamp: Timestamp) -> Timestamp {
    var timestamp = timestamp
    timestamp.nanoseconds -= timestamp.nanoseconds % 1_000_000
    return timestamp
  }

  /// Hours without news, `24` meaning `0`.
  static func hours(_ texts: [String]) -> [Int] {
    Set(texts.compactMap { Int($0) }.filter { (0...24).contains($0) }.map { $0 % 24 }).sorted()
  }

  /// 1 for Monday to 7 for Sunday.
  static func days(_ texts: [String]) -> [Int] {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return Set(texts.compactMap { names.firstIndex(of: String($0.lowercased().prefix(3))) }.map { $0 + 1 }).sorted()
  }

  /// The parts that RSS and Atom have in common.
  func addCommon(_ more: ExtensionWire, to feed: inout Feed) {
    for link in more.links {
      guard let address = url(link.href, link.place) else { continue }
      switch link.rel {
      case "self": feed.feedURL = feed.feedURL ?? address
      case "hub": if feed.hubs.count < Self.mostParts, !feed.hubs.contains(address) { feed.hubs.append(address) }
      case "alternate": feed.homePage = feed.homePage ?? address
      case "next": feed.nextPage = feed.nextPage ?? address
      case "prev-archive": feed.previousArchive = feed.previousArchive ?? address
      default: break
      }
    }
    let units = ["hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000]
    if let unit = units[more.updatePeriod?.lowercased() ?? (more.updateFrequency == nil ? "" : "daily")] {
      let frequency = more.updateFrequency.flatMap { Int($0) } ?? 1
      feed.updatePeriod = max(60, unit / min(max(frequency, 1), 10_000))
    }
  }
}

extension String {
  /// Whether the byte stands anywhere in the text.
  func holds(_ scalar: Unicode.Scalar) -> Bool {
    var copy = self
    return copy.withUTF8 { bytes in
      bytes.baseAddress.map { memchr($0, Int32(scalar.value), bytes.count) != nil } ?? false
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether "<!" stands anywhere.
  fileprivate var holdDeclaration: Bool {
    guard let start = baseAddress else { return false }
    var at = 0
    while let found = memchr(start + at, 0x21, count - at) {
      at = UnsafeRawPointer(found) - UnsafeRawPointer(start) + 1
      if at > 1, self[at - 2] == UInt8(ascii: "<") { return true }
    }
    return false
  }
}
