import Glibc
import Values

/// Reads HTML and writes harmless HTML or plain text from it in one pass, without a tree: for the sanitiser, which
/// meets thousands of small fragments, most of them well nested and some of them hostile.
///
/// Tags are found as the HTML standard finds them (section 13.2.5), and what is open is kept on a stack by simple forms
/// of its rules: a paragraph ends where a block begins, an item where the next begins, an end tag ends what it names
/// and all inside, and one that names nothing open counts nothing. What is written comes from that stack and from the
/// tables of `FragmentRule`, every text escaped, so that nothing of the input can stand in the output as markup,
/// however it is nested or broken.
///
/// Attributes are read in FragmentAttributes.swift, what is left out with its contents is passed over in
/// FragmentOmissions.swift.
struct FragmentReader {
  /// The fragment as harmless HTML. See `Sanitiser.html`.
  static func html(_ bytes: UnsafeBufferPointer<UInt8>, base: WebURL?) -> String {
    read(bytes, base: base, isPlain: false)
  }

  /// The fragment as plain text. See `Sanitiser.text`.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { read(bytes, base: nil, isPlain: true) }

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>, base: WebURL?, isPlain: Bool) -> String {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return "" }
    return withUnsafeTemporaryAllocation(of: Open.self, capacity: deepest) { open in
      let writer = FragmentWriter(capacity: bytes.count + bytes.count / 16 + 64, isPlain: isPlain)
      var reader = FragmentReader(
        bytes: start, end: bytes.count, writer: writer, base: base, open: open.baseAddress!)
      defer { reader.writer.free() }
      reader.run()
      return reader.writer.finished
    }
  }

  /// What is nested deeper is read as if its tags were not there.
  private static let deepest = 200

  struct Open {
    var rule: Int16
    /// Whether anything was written for it.
    var isWritten: Bool
  }

  let bytes: UnsafePointer<UInt8>
  let end: Int
  private var writer: FragmentWriter
  private let base: WebURL?
  private let table = FragmentRule.table
  var rules: UnsafePointer<FragmentRule> { table.rules }
  let open: UnsafeMutablePointer<Open>
  var depth = 0
  /// Of `open`.
  private var paragraphs = 0
  var at = 0
  /// Whether the fragment ends inside the tag read last: then it is no element.
  var isCut = false
  /// Searches that have come to the end without finding anything, so that they are not made again: a byte each for
  /// quotes, the end of a comment, and the end tags of elements that hold text.
  var absent: (single: Bool, double: Bool, comment: Bool) = (false, false, false)
  var absentEnds: Set<Int> = []
  private var textTags: TextTags
  /// Whether the picture read last has no address yet: then it is in the `noscript` behind it.
  private var isPictureMissing = false

  private init(
    bytes: UnsafePointer<UInt8>, end: Int, writer: FragmentWriter, base: WebURL?, open: UnsafeMutablePointer<Open>
  ) {
    self.bytes = bytes
    self.end = end
    self.writer = writer
    self.base = base
    self.open = open
    textTags = TextTags(bytes: bytes, end: end, isPlain: writer.isPlain)
  }

  private mutating func run() {
    // Text that is all markup's signs or links grows as it is written; beyond this it is no text that anyone reads.
    let most = 4 * end + 64 << 10
    while writer.count <= most {
      at = writer.text(bytes, from: at, to: end, isMarkup: true)
      if at >= end { break }
      if bytes[at] == UInt8(ascii: "<") { tag() } else { reference() }
    }
    while depth > 0 { closeLast() }
  }

  private mutating func reference() {
    if let reference = CharacterReference.read(bytes, at: at, end: end) {
      writer.scalar(reference.scalar)
      at = reference.end
    } else {
      literal()
    }
  }

  /// The byte stands for itself.
  private mutating func literal() {
    _ = writer.text(bytes + at, from: 0, to: 1, isMarkup: false)
    at += 1
  }

  // MARK: Tags

  private mutating func tag() {
    let next = at + 1 < end ? bytes[at + 1] : 0
    if Self.isLetter(next) {
      startTag()
    } else if next == UInt8(ascii: "/") {
      if at + 2 < end, Self.isLetter(bytes[at + 2]) {
        endTag()
      } else if at + 2 < end {
        skipDeclaration()
      } else {
        literal()
      }
    } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
      if !comment() { skipDeclaration() }
    } else {
      literal()
    }
  }

  /// A comment, false where none begins or it has no end.
  mutating func comment() -> Bool {
    guard at + 3 < end, bytes[at + 1] == UInt8(ascii: "!"), bytes[at + 2] == 0x2D, bytes[at + 3] == 0x2D else {
      return false
    }
    // "<!-->" and "<!--->" are whole.
    if at + 4 < end, bytes[at + 4] == UInt8(ascii: ">") {
      at += 5
      return true
    }
    if absent.comment { return false }
    var index = at + 4
    while let found = find(UInt8(ascii: ">"), from: index) {
      let isBang = bytes[found - 1] == UInt8(ascii: "!")
      let mark = isBang ? found - 1 : found
      if mark - 2 >= at + 3, bytes[mark - 1] == 0x2D, bytes[mark - 2] == 0x2D {
        at = found + 1
        return true
      }
      index = found + 1
    }
    absent.comment = true
    return false
  }

  /// What is no element, up to its ">"; without one before the next "<" it is text.
  private mutating func skipDeclaration() {
    let limit = find(UInt8(ascii: "<"), from: at + 2) ?? end
    if at + 2 < limit, let found = memchr(bytes + at + 2, 0x3E, limit - at - 2) {
      at = UnsafeRawPointer(found) - UnsafeRawPointer(bytes) + 1
    } else {
      literal()
    }
  }

  /// The rule of the name at `start`, and where the name ends.
  @inline(__always)
  func name(from start: Int) -> (rule: Int?, end: Int) {
    var index = start
    while index < end, !Self.endsName(bytes[index]) { index += 1 }
    let name = UnsafeBufferPointer(start: bytes + start, count: index - start)
    return (table.find(name, isSpacious: start + 8 <= end), index)
  }

  private mutating func endTag() {
    let (found, nameEnd) = name(from: at + 2)
    guard let close = find(UInt8(ascii: ">"), from: nameEnd) else {
      at = end
      return
    }
    at = close + 1
    guard let found else { return }
    let rule = rules[found]
    var index = depth - 1
    while index >= 0 {
      let other = rules[Int(open[index].rule)]
      if Int(open[index].rule) == found || rule.isHeading && other.isHeading {
        while depth > index { closeLast() }
        return
      }
      if other.rank > rule.rank { break }
      index -= 1
    }
    if rule.isParagraph { writer.boundary() } else if rule.isBreak { writer.void(rule) }
  }

  private mutating func closeLast() {
    depth -= 1
    let last = open[depth]
    let rule = rules[Int(last.rule)]
    if rule.isParagraph { paragraphs -= 1 }
    if rule.isQuotation, last.isWritten { writer.closeQuotation() }
    writer.close(rule, isWritten: last.isWritten)
  }

  private mutating func push(_ found: Int, isWritten: Bool) {
    if rules[found].isParagraph { paragraphs += 1 }
    open[depth] = Open(rule: Int16(found), isWritten: isWritten)
    depth += 1
  }

  private mutating func startTag() {
    let start = at
    let (found, nameEnd) = name(from: at + 1)
    if found == nil, textTags.isText(unknown: start + 1, nameEnd) { return literal() }
    at = nameEnd
    isCut = false
    startElement(found, start)
    if isCut, textTags.isText(cut: start + 1, nameEnd, isKnown: found != nil) {
      at = start
      literal()
    }
  }

  @inline(__always)
  private mutating func startElement(_ found: Int?, _ start: Int) {
    guard let found else {
      skipAttributes()
      return
    }
    let rule = rules[found]
    switch rule.role {
    case .inline:
      if writer.isPlain, at < end, bytes[at] != UInt8(ascii: ">"), textTags.isText(inline: start + 1, at) {
        at = start
        literal()
      } else if rule.isLink {
        link(found)
      } else {
        skipAttributes()
        if rule.isQuotation { quotation(found) } else { element(found) }
      }
    case .void:
      if rule.isImage {
        image()
      } else {
        skipAttributes()
        writer.void(rule)
      }
    case .rule:
      endOthers(rule)
      skipAttributes()
      writer.void(rule)
    case .cell:
      endOthers(rule)
      cell(found)
    case .droppedVoid: skipAttributes()
    case .dropped:
      let isKept = isPictureMissing && rule.isScriptless
      isPictureMissing = false
      if !skipAttributes(), !isKept { skipElement(found) }
    case .droppedText:
      skipAttributes()
      skipText(found)
    default:
      if paragraphs > 0 || rule.role != .container { endOthers(rule) }
      skipAttributes()
      element(found)
    }
  }

  /// Ends what the start of such an element ends, and all inside.
  private mutating func endOthers(_ rule: FragmentRule) {
    var last = depth
    var index = depth - 1
    while index >= 0 {
      let other = rules[Int(open[index].rule)]
      if other.shields(from: rule) { break }
      if other.isEnded(by: rule) { last = index }
      index -= 1
    }
    while depth > last { closeLast() }
  }

  private mutating func element(_ found: Int) {
    guard depth < Self.deepest, !isCut else { return }
    writer.open(rules[found], columns: nil, rows: nil)
    push(found, isWritten: rules[found].written != nil)
  }

  /// A quotation in a line, whose marks browsers add; where it has some of its own or around it those are enough.
  private mutating func quotation(_ found: Int) {
    guard depth < Self.deepest, !isCut else { return }
    let isUnmarked = beginsWithText && !writer.endsWithQuotationMark
    if isUnmarked { writer.openQuotation() }
    push(found, isWritten: isUnmarked)
  }

  /// Whether what the quotation that begins here holds is something, and begins with no quotation mark. Only a few tags
  /// are looked behind, so that many quotations without text stay bounded.
  private var beginsWithText: Bool {
    var (index, tags) = (at, 0)
    while index < end, tags < 8 {
      if Self.isSpace(bytes[index]) {
        index += 1
      } else if bytes[index] == UInt8(ascii: "<"), let close = find(UInt8(ascii: ">"), from: index) {
        if index + 2 < end, bytes[index + 1] == UInt8(ascii: "/"),
          name(from: index + 2).rule.map({ rules[$0].isQuotation }) == true
        {
          return false
        }
        tags += 1
        index = close + 1
      } else if bytes[index] == UInt8(ascii: "&"), let found = CharacterReference.read(bytes, at: index, end: end) {
        if found.scalar != "\u{A0}" { return !QuotationMarks.contains(found.scalar) }
        index = found.end
      } else {
        let first = UnsafeBufferPointer(start: bytes + index, count: min(4, end - index))
        return !QuotationMarks.contains(String(decoding: first, as: UTF8.self).unicodeScalars.first!)
      }
    }
    return index < end
  }

  private mutating func link(_ found: Int) {
    endOthers(rules[found])
    var href = Value()
    readAttributes { reader, name, value in
      if FragmentRule.key(name).low == 0x6665_7268, name.count == 4, !href.isGiven { href = value }
    }
    guard depth < Self.deepest, !isCut else { return }
    var isWritten = false
    if href.isGiven, !writer.isPlain {
      isWritten = decoded(href) { reader, address in
        let plain = Self.trimmed(address)
        if WebURL.isAsKept(plain) {
          reader.writer.link(plain)
          return true
        }
        guard var link = Sanitiser.link(UTF8Text.string(wellFormed: plain), base: reader.base) else { return false }
        link.withUTF8 { reader.writer.link($0) }
        return true
      }
    }
    push(found, isWritten: isWritten)
  }

  private mutating func image() {
    var (source, alt, width, height) = (Value(), Value(), Value(), Value())
    // What a script would show instead of the source, and lists of sizes.
    var (lazy, set, lazySet) = (Value(), Value(), Value())
    readAttributes { reader, name, value in
      let (low, high) = FragmentRule.key(name)
      switch (low, high) {
      case (0x63_7273, 0): if !source.isGiven { source = value }
      case (0x74_6C61, 0): if !alt.isGiven { alt = value }
      case (0x68_7464_6977, 0): if !width.isGiven { width = value }
      case (0x7468_6769_6568, 0): if !height.isGiven { height = value }
      // data-src, data-lazy-src and data-original.
      case (0x6372_732D_6174_6164, 0), (0x7A61_6C2D_6174_6164, 0x63_7273_2D79), (0x6972_6F2D_6174_6164, 0x6C_616E_6967):
        if !lazy.isGiven, value.end > value.start { lazy = value }
      // data-srcset, data-lazy-srcset and srcset.
      case (0x6372_732D_6174_6164, 0x74_6573), (0x7A61_6C2D_6174_6164, 0x7465_7363_7273_2D79): lazySet = value
      case (0x7465_7363_7273, 0): set = value
      default: break
      }
    }
    isPictureMissing = false
    guard !writer.isPlain, !isCut else { return }
    let (columns, rows) = (number(width, 1...100_000), number(height, 1...100_000))
    if source.isGiven {
      let isLazy = lazy.isGiven || lazySet.isGiven || set.isGiven
      // It counts readers, and shows them nothing. Of drawings and of pictures elsewhere some programs say the same.
      let isCounter = columns == 1 && rows == 1 && !isLazy && !isNamedAsPicture(source)
      let isShown = decoded(source) { reader, address in
        let plain = Self.trimmed(address)
        if isLazy, LazyPicture.isPlaceholder(plain) { return false }
        if isCounter, WebURL(plain, relativeTo: reader.base) != nil { return true }
        return reader.image(at: plain, alt, columns, rows)
      }
      if isShown { return }
    }
    if lazy.isGiven, decoded(lazy, { $0.image(at: Self.trimmed($1), alt, columns, rows) }) { return }
    for list in [lazySet, set] where list.isGiven {
      let address = decoded(list) { LazyPicture.largest($1) }
      guard var address, !LazyPicture.isPlaceholder(address) else { continue }
      if address.withUTF8({ image(at: $0, alt, columns, rows) }) { return }
    }
    isPictureMissing = true
  }

  private func isNamedAsPicture(_ address: Value) -> Bool {
    let raw = UnsafeBufferPointer(start: bytes + address.start, count: address.end - address.start)
    let name = String(decoding: raw, as: UTF8.self).lowercased()
    return [".jpg", ".jpeg", ".png", ".webp", ".avif", ".svg"].contains { name.holds($0) }
  }

  /// Writes a picture; false when that is no address.
  private mutating func image(
    at address: UnsafeBufferPointer<UInt8>, _ alt: Value, _ columns: Int?, _ rows: Int?
  ) -> Bool {
    // Nothing, which would be the page itself.
    if address.isEmpty || address.count == 1 && address[0] == UInt8(ascii: "#") { return false }
    if WebURL.isAsKept(address) {
      image(address, alt, columns, rows)
    } else if let url = WebURL(address, relativeTo: base) {
      var text = url.description
      text.withUTF8 { image($0, alt, columns, rows) }
    } else {
      return false
    }
    return true
  }

  private mutating func image(_ address: UnsafeBufferPointer<UInt8>, _ alt: Value, _ width: Int?, _ height: Int?) {
    guard alt.isGiven else { return writer.image(address, alt: nil, width: width, height: height) }
    decoded(alt) { reader, text in
      var folded = Whitespace.folded(text) ?? ""
      folded.withUTF8 { reader.writer.image(address, alt: $0, width: width, height: height) }
    }
  }

  private mutating func cell(_ found: Int) {
    var (colspan, rowspan) = (Value(), Value())
    readAttributes { reader, name, value in
      switch FragmentRule.key(name).low {
      case 0x6E_6170_736C_6F63 where !colspan.isGiven: colspan = value
      case 0x6E_6170_7377_6F72 where !rowspan.isGiven: rowspan = value
      default: break
      }
    }
    guard depth < Self.deepest, !isCut else { return }
    writer.open(rules[found], columns: number(colspan, 2...1000), rows: number(rowspan, 2...1000))
    push(found, isWritten: true)
  }

  // MARK: Bytes

  @inline(__always)
  func find(_ byte: UInt8, from start: Int) -> Int? {
    guard start < end, let found = memchr(bytes + start, Int32(byte), end - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
  }

  private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var (start, end) = (0, bytes.count)
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x0C
  }
  @inline(__always)
  static func endsName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || isSpace(byte)
  }
}
