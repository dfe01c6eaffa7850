internal import Dates
internal import Glibc
internal import Markup
internal import Values

/// What the adapters of all formats share: how texts, addresses, dates, people and pictures become the model's.
struct Reading {
  let url: WebURL?
  let zone: Zone
  var bases: Bases
  var repairs: [String]
  /// Whether the document stops before its end.
  var endsEarly = false
  /// Whether more was read behind the end of the outermost element.
  var goesOn = false
  /// Lines of the document that the scanner does not get to see.
  var linesBefore = 0
  /// The texts of the document.
  let store: TextStore

  init(url: WebURL?, zone: Zone, repairs: [String], store: TextStore) {
    self.url = url
    self.zone = zone
    self.repairs = repairs
    self.store = store
    bases = Bases(url)
  }

  /// Scans a document, and a second time with recovery when it is damaged, and gives what the handler has collected.
  mutating func collect<Handler: XMLHandler>(
    _ document: UnsafeBufferPointer<UInt8>, _ make: (Reading) -> Handler
  ) throws(FeedError) -> Handler {
    bases = Bases(url)
    var best = try scan(document, make(self), isRecovering: false)
    guard let damage = best.damage else {
      noteRepairs(of: best)
      return best.handler
    }
    let line = lineNumber(damage.at, document)
    let isComplete = best.isComplete
    if !best.isComplete || best.goesOn {
      let count = best.handler.itemCount
      for isRecovering in [true, false] where isRecovering || best.handler.itemCount < count {
        // The items of two readings would need twice the memory.
        best.handler = make(self)
        bases = Bases(url)
        best = try scan(document, make(self), isRecovering: isRecovering)
      }
    }
    if best.handler.itemCount == 0, best.isTooDeep { throw FeedError(.tooDeep, line: line) }
    if best.handler.itemCount == 0, !best.sawContent {
      throw FeedError(.malformed(damage.message), line: line, byte: damage.at)
    }
    noteRepairs(of: best)
    goesOn = best.goesOn
    endsEarly = !isComplete && !best.isComplete && !best.isFull
    repairs.append("damaged XML: \(damage.message), line \(line)")
    return best.handler
  }

  private func scan<Handler: XMLHandler>(
    _ document: UnsafeBufferPointer<UInt8>, _ handler: Handler, isRecovering: Bool
  ) throws(FeedError) -> XMLScanner<Handler> {
    // What a small document lists can need more memory than the document; see docs/measurements-feeds.md.
    let most = FeedItem.plainWeight * (Self.fewestItems + document.count / Self.bytesOfItem)
    var scanner = XMLScanner(
      handler: handler, document: document, store: store, bases: bases, isRecovering: isRecovering,
      mostItems: Self.mostItems, mostWeight: most)
    scanner.run()
    scanner.free()
    if scanner.declaresEntities {
      throw FeedError(.entityDeclaration, line: lineNumber(scanner.damage?.at ?? 0, document))
    }
    return scanner
  }

  /// Twice what a sitemap may list.
  static let mostItems = 100_000
  static let fewestItems = 20_000
  /// An item of a list so long has at least so many bytes.
  static let bytesOfItem = 100

  private mutating func noteRepairs<Handler: XMLHandler>(of scanner: XMLScanner<Handler>) {
    if scanner.isFull { repairs.append("only the first \(scanner.handler.itemCount) items read") }
    if store.didName { repairs.append("undeclared entities replaced by their characters") }
    if store.didUnwrap { repairs.append("CDATA inside of CDATA unwrapped") }
    if store.didEscape { repairs.append("bare ampersands escaped") }
  }

  private func lineNumber(_ place: Int, _ document: UnsafeBufferPointer<UInt8>) -> Int {
    linesBefore + 1 + document[..<min(place, document.count)].count { $0 == 0x0A }
  }

  /// The most files, pictures and hubs that are kept of one item or feed.
  static let mostParts = 200

  // MARK: Texts

  func string(_ text: Slice?) -> String? { store.string(text) }

  func language(_ text: Slice?) -> String? { text.map { Self.language(store.string($0)) } }

  /// A language tag with hyphens (RFC 5646, section 2.1): the names of locales have underscores.
  static func language(_ text: String) -> String { text.utf8.contains(0x5F) ? text.replacing("_", with: "-") : text }

  /// One line of plain text, nil when empty. Programs replace characters by references in plain texts, too.
  func plain(_ text: TextWire?) -> String? {
    guard let text else { return nil }
    let bytes = store.bytes(text.text)
    if text.form == .html { return plainHTML(text.text) }
    return bytes.holds(0x26) ? Self.words(UTF8Text.string(wellFormed: bytes)) : Whitespace.folded(bytes)
  }

  /// The same of a text that may be HTML.
  func plainHTML(_ text: Slice?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    return Self.plainHTML(store.bytes(text))
  }

  static func plainHTML(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    if hasTags(bytes) {
      let text = Sanitiser.text(bytes)
      return text.isEmpty ? nil : folded(text)
    }
    if bytes.holds(0x26) { return words(UTF8Text.string(wellFormed: bytes)) }
    return Whitespace.folded(bytes)
  }

  /// nil when empty.
  static func folded(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { Whitespace.folded($0) }
  }

  /// Whether "<" begins a tag or a comment somewhere: "1 < 2" is no HTML.
  private static func hasTags(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.holds(0x3C) else { return false }
    var previous: UInt8 = 0
    for byte in bytes {
      if previous == UInt8(ascii: "<"), (byte | 0x20) &- 0x61 < 26 || byte == 0x2F || byte == 0x21 { return true }
      previous = byte
    }
    return false
  }

  /// Whether there is more in HTML than words and, among them, some marks of words in a line, each begun and ended
  /// between two blank lines. A text of nothing but links would grow the more for its paragraphs.
  private static func hasBlocks(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    var (index, marks, open, last) = (0, 0, 0, 0)
    // What is open begins with its tag, so that its attributes are looked at with its text.
    func isParted(_ end: Int) -> Bool {
      let piece = bytes[last..<end]
      let inside = open > 0 ? piece : piece.prefix { $0 != UInt8(ascii: ">") }
      return last > 0 && UnsafeBufferPointer(rebasing: inside).holdsBlankLine
    }
    while index < bytes.count, let found = memchr(base + index, 0x3C, bytes.count - index) {
      index = base.distance(to: found.assumingMemoryBound(to: UInt8.self)) + 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "!") { return true }
      let isEnd = index < bytes.count && bytes[index] == UInt8(ascii: "/")
      if isEnd { index += 1 }
      guard index < bytes.count, (bytes[index] | 0x20) &- 0x61 < 26 else { continue }
      let name = bytes[index...].prefix { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
      marks += 1
      let isMark = marksOfWords.contains { UnsafeBufferPointer(rebasing: name).equals($0) }
      if !isMark || marks > 20 + bytes.count / 32 || isParted(index) { return true }
      last = index
      open = isEnd ? max(open - 1, 0) : open + 1
    }
    return isParted(bytes.count)
  }

  private static let marksOfWords: [StaticString] = [
    "a", "b", "strong", "i", "em", "u", "span", "font", "sup", "sub", "small", "q", "cite", "abbr",
  ]

  /// Harmless HTML, nil when empty. Relative links are meant against `xml:base`, else `base`, else the feed.
  func html(_ text: TextWire?, base: WebURL?) -> String? {
    guard let text, !text.text.isEmpty else { return nil }
    let bytes = store.bytes(text.text)
    let address = text.place.base > 0 ? bases.urls[Int(text.place.base)] : base.map(Self.bounded) ?? url
    if text.form == .html, !Self.hasTags(bytes), var once = Self.unescapedOnce(bytes) {
      let html = once.withUTF8 { Sanitiser.html($0, base: address) }
      return html.isEmpty ? nil : html
    }
    if !Self.hasBlocks(bytes), bytes.holdsBlankLine { return paragraphs(bytes, text.form, base: address) }
    if text.form == .plain || !bytes.holds(0x3C) && !bytes.holds(0x26) { return Sanitiser.escaped(bytes) }
    let html = Sanitiser.html(bytes, base: address)
    return html.isEmpty ? nil : html
  }

  /// An address that is short enough to be copied into those that are meant against it, else its site's.
  private static func bounded(_ base: WebURL) -> WebURL {
    Bases.isShort(base) ? base : WebURL(base.origin + "/") ?? base
  }

  /// A text without blocks whose paragraphs are parted by blank lines.
  private func paragraphs(
    _ bytes: UnsafeBufferPointer<UInt8>, _ form: TextWire.Form, base: WebURL?
  ) -> String? {
    var written = ""
    var start = 0
    func end(at end: Int) {
      let paragraph = UnsafeBufferPointer(rebasing: bytes[start..<end])
      let html = form == .plain ? Sanitiser.escaped(paragraph) : Sanitiser.html(paragraph, base: base)
      if html.contains(where: { !$0.isWhitespace }) { written += "<p>" + html + "</p>" }
    }
    // Where the last line break was, when only white space has followed.
    var blankFrom: Int?
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0A {
        if let blank = blankFrom {
          if blank > start { end(at: blank) }
          start = index + 1
        }
        blankFrom = index
      } else if byte > 0x20 {
        blankFrom = nil
      }
    }
    if start < bytes.count { end(at: bytes.count) }
    return written.isEmpty ? nil : written
  }

  /// The content, and the summary only besides a content: alone it is all the text there is.
  /// - Returns: whether what is said of the item's files had to do, for want of either
  func setTexts(
    of item: inout FeedItem, whole: TextWire?, short: TextWire?, media: @autoclosure () -> TextWire?
  ) -> Bool {
    if let whole { setContent(of: &item, whole) }
    if whole != nil, !Self.isBlank(item) {
      if let short { item.summary = plain(short) }
    } else if let text = short ?? media() {
      (item.contentText, item.contentHTML) = (nil, nil)
      setContent(of: &item, text)
      return short == nil
    }
    return false
  }

  private func setContent(of item: inout FeedItem, _ text: TextWire) {
    if text.form == .plain {
      item.contentText = text.text.isEmpty ? nil : Self.lines(store.string(text.text))
    } else {
      item.contentHTML = html(text, base: item.url)
    }
  }

  /// Whether there is nothing to read or see in what was the content: a script, a drawing, an empty paragraph.
  private static func isBlank(_ item: FeedItem) -> Bool {
    guard item.contentText == nil, let html = item.contentHTML else { return item.contentText == nil }
    var isInTag = false
    for byte in html.utf8 {
      switch byte {
      case UInt8(ascii: "<"): isInTag = true
      case UInt8(ascii: ">"): isInTag = false
      // The two of a space that does not break.
      case 0...0x20, 0xC2, 0xA0: break
      default: if !isInTag { return false }
      }
    }
    return !html.contains("<img")
  }

  /// The most words that are kept of an item or feed.
  private static let mostTags = 1000

  /// Words without those that differ from an earlier one in case only.
  func tags(_ words: [Slice]...) -> [String] {
    var tags: [String] = []
    var more: Set<String> = []
    for list in words where !list.isEmpty {
      if tags.isEmpty { tags.reserveCapacity(list.count) }
      for word in list {
        guard tags.count < Self.mostTags, !isForMachines(word), let word = plainHTML(word), !Byline.isNothing(word)
        else { continue }
        // Few words: looking through them is faster than a set.
        if tags.count < 20 {
          if tags.contains(where: { Self.isSame($0, word) }) { continue }
        } else {
          if more.isEmpty { more = Set(tags.map { $0.lowercased() }) }
          if !more.insert(word.lowercased()).inserted { continue }
        }
        tags.append(word)
      }
    }
    return tags
  }

  /// Whether two words differ at most in upper and lower case.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    let answer = a.withUTF8 { first in
      b.withUTF8 { second -> Bool? in
        // Most differ in their first letter.
        if let x = first.first, let y = second.first, (x | y) < 0x80, x | 0x20 != y | 0x20 { return false }
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

  /// Appends the parts of a list with commas or, without them, semicolons.
  func appendList(_ text: Slice, to words: inout [Slice]) {
    let bytes = store.bytes(text)
    let separator = bytes.holds(0x2C) ? UInt8(ascii: ",") : UInt8(ascii: ";")
    var start = 0
    while start <= bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != separator { end += 1 }
      var (first, last) = (start, end)
      while first < last, bytes[first] <= 0x20 { first += 1 }
      while last > first, bytes[last - 1] <= 0x20 { last -= 1 }
      if last > first {
        words.append(Slice(Int(text.start) + first, Int(text.start) + last, isStored: text.isStored))
      }
      start = end + 1
    }
  }

  // MARK: Dates

  func date(_ text: Slice?) -> ReadDate? {
    guard let text, !text.isEmpty, let date = DateReader.read(store.bytes(text), zone: zone) else { return nil }
    // An empty field of a content system comes out as the beginning of Unix time or as a year without news; another
    // date of the item may be right.
    let seconds = date.timestamp.seconds
    return Self.beginning.contains(seconds) || !Self.yearsOfNews.contains(seconds) ? nil : date
  }

  /// The beginning of Unix time as the clocks of the earth showed it.
  private static let beginning: ClosedRange<Int64> = -50_400...50_400
  /// 1900 to 2099, as seconds.
  private static let yearsOfNews: Range<Int64> = -2_208_988_800..<4_102_444_800

  /// Of several dates for the same thing the first that can be read counts.
  func setDates(of item: inout FeedItem, published first: ReadDate?, modified last: ReadDate?) {
    item.published = first.map { Self.toMilliseconds($0.timestamp) }
    item.modified = last.map { Self.toMilliseconds($0.timestamp) }
    item.dateGuessed = first?.hasZone == false || last?.hasZone == false
  }

  /// No finer than what is written back.
  static func toMilliseconds(_ timestamp: Timestamp) -> Timestamp {
    var timestamp = timestamp
    timestamp.nanoseconds -= timestamp.nanoseconds % 1_000_000
    return timestamp
  }

  /// Hours without news, `24` meaning `0`.
  func hours(_ texts: [Slice]) -> [Int] {
    Set(texts.compactMap { store.bytes($0).integer }.filter { (0...24).contains($0) }.map { $0 % 24 }).sorted()
  }

  /// 1 for Monday to 7 for Sunday.
  func days(_ texts: [Slice]) -> [Int] {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return Set(
      texts.compactMap { names.firstIndex(of: String(store.string($0).lowercased().prefix(3))) }.map { $0 + 1 }
    )
    .sorted()
  }
}
