internal import CXML2
internal import Markup
internal import Values

/// What a handler wants of an element.
enum XMLResponse {
  /// Its children, one by one.
  case descend
  /// Nothing of it.
  case skip
  /// Its text, with that of the elements inside.
  case text
  /// Its text, or as HTML what stands in it when it has elements.
  case markup
}

/// Receives the elements of a feed.
protocol XMLHandler: AnyObject {
  var home: XMLTag.Home { get }
  func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse
  /// The text of an element for which `text` or `markup` was asked.
  func finish(_ tag: XMLTag, _ value: XMLText)
  /// The end of an element for which `descend` was asked.
  func end(_ tag: XMLTag)
  /// How many items are complete: what a damaged document is judged by.
  var itemCount: Int { get }
}

/// The base address and the language that hold at an element.
struct XMLPlace {
  /// Into `XMLScanner.bases`; 0 is the document's own address.
  var base = 0
  var language: String?
}

/// The text of an element.
struct XMLText {
  /// Trimmed; with `isMarkup`, HTML rebuilt from the elements.
  var text: String
  var isMarkup: Bool
  /// How many elements it had.
  var elements = 0
  var place: XMLPlace
}

/// The attributes of an element while it starts. Names are compared as bytes; a String is made of a value that is asked
/// for only.
struct XMLAttributes {
  fileprivate let start: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  let count: Int

  /// The value of the attribute of that local name, trimmed.
  subscript(name: StaticString) -> String? {
    for index in 0..<count where xmlScannerEquals(start![index * 5], name) { return value(index) }
    return nil
  }

  func value(_ index: Int) -> String {
    guard let from = start![index * 5 + 3], let to = start![index * 5 + 4] else { return "" }
    let bytes = UnsafeBufferPointer(start: from, count: to - from)
    let text = String(decoding: bytes, as: UTF8.self)
    // Without entity substitution libxml2 hands "&" in attributes over as a reference.
    let plain = text.utf8.contains(UInt8(ascii: "&")) ? Entities.decoded(text) : text
    return trimmed(plain)
  }

  fileprivate func prefixIsXML(_ index: Int) -> Bool { xmlScannerEquals(start![index * 5 + 1], "xml") }
  fileprivate func local(_ index: Int) -> UnsafePointer<xmlChar>? { start![index * 5] }
}

/// Whether a C string and a literal are the same bytes.
func xmlScannerEquals(_ bytes: UnsafePointer<xmlChar>?, _ name: StaticString) -> Bool {
  guard let bytes else { return false }
  let length = name.utf8CodeUnitCount
  for index in 0..<length where bytes[index] != name.utf8Start[index] { return false }
  return bytes[length] == 0
}

/// The text without white space at its ends.
func trimmed(_ text: String) -> String {
  let utf8 = text.utf8
  guard let first = utf8.first, let last = utf8.last, first <= 0x20 || last <= 0x20 else { return text }
  let head = utf8.drop { $0 <= 0x20 }
  var end = head.endIndex
  while end > head.startIndex, head[head.index(before: end)] <= 0x20 { end = head.index(before: end) }
  return String(head[head.startIndex..<end]) ?? text
}

/// Runs libxml2's SAX2 parser over a document in UTF-8 and hands the elements to a handler.
///
/// No tree is built and no entity is ever declared, so that memory is bounded by the size of the input; the parser's own
/// limits hold (256 levels, 10 MB for one text).
final class XMLScanner {
  struct Outcome {
    var isWellFormed = true
    var message: String?
    var line: Int?
    var byte: Int?
    var declaresEntities = false
    /// More items than are read.
    var isFull = false
  }

  /// Twice what a sitemap may list; beyond it the items would cost more memory than their bytes are worth.
  static let mostItems = 100_000
  /// Longer bases would be copied into every address.
  private static let longestBase = 1024

  private let handler: any XMLHandler
  private(set) var outcome = Outcome()
  /// Whether anything but the outermost element was there.
  private(set) var sawContent = false
  /// The addresses that relative references are resolved against; see `XMLPlace.base`.
  private(set) var bases: [WebURL?]

  private var context: xmlParserCtxtPtr?
  private let isRecovering: Bool
  private var rootNamespace: String?
  private var cache = TagCache()

  private var tags: [XMLTag] = []
  private var places: [(depth: Int, place: XMLPlace)] = []
  private var place = XMLPlace()
  private var skipDepth = 0

  // The element whose text is being collected.
  private var captureDepth = 0
  private var captureTag = XMLTag.unknown
  private var captureMarkup = false
  private var capturePlace = XMLPlace()
  private var hasElements: Bool { elements > 0 }
  private var elements = 0
  private var buffer: [UInt8] = []

  init(handler: any XMLHandler, url: WebURL?, isRecovering: Bool) {
    self.handler = handler
    self.isRecovering = isRecovering
    bases = [url]
    buffer.reserveCapacity(16_384)
  }

  /// Parses the whole document. The outcome tells whether it was sound; the handler has what could be read either way.
  func parse(_ bytes: UnsafeBufferPointer<UInt8>) {
    prepareMarkup()
    guard let context = xmlCreateMemoryParserCtxt(bytes.baseAddress, Int32(clamping: bytes.count)) else {
      outcome.isWellFormed = false
      outcome.message = "no memory"
      return
    }
    defer { xmlFreeParserCtxt(context) }
    self.context = context
    defer { self.context = nil }
    var options = XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue | XML_PARSE_NOWARNING.rawValue
    if isRecovering { options |= XML_PARSE_RECOVER.rawValue }
    xmlCtxtUseOptions(context, Int32(options))
    install(in: context.pointee.sax)
    withExtendedLifetime(self) {
      context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
      xmlParseDocument(context)
    }
    outcome.isWellFormed = context.pointee.wellFormed != 0
    if let document = context.pointee.myDoc {
      context.pointee.myDoc = nil
      xmlFreeDoc(document)
    }
  }

  private func install(in sax: UnsafeMutablePointer<xmlSAXHandler>) {
    sax.pointee = xmlSAXHandler()
    sax.pointee.initialized = UInt32(bitPattern: XML_SAX2_MAGIC_VALUE)
    sax.pointee.startElementNs = { user, local, prefix, uri, _, _, count, _, attributes in
      XMLScanner.from(user).start(local, prefix, uri, XMLAttributes(start: attributes, count: Int(count)))
    }
    sax.pointee.endElementNs = { user, local, _, _ in XMLScanner.from(user).end(local) }
    sax.pointee.characters = { user, bytes, count in XMLScanner.from(user).text(bytes, count) }
    sax.pointee.ignorableWhitespace = { user, bytes, count in XMLScanner.from(user).text(bytes, count) }
    sax.pointee.cdataBlock = { user, bytes, count in XMLScanner.from(user).text(bytes, count) }
    sax.pointee.entityDecl = { user, _, _, _, _, _ in XMLScanner.from(user).refuseEntities() }
    sax.pointee.unparsedEntityDecl = { user, _, _, _, _ in XMLScanner.from(user).refuseEntities() }
    sax.pointee.serror = { user, error in
      if let error { XMLScanner.from(user).note(error) }
    }
  }

  private static func from(_ user: UnsafeMutableRawPointer?) -> XMLScanner {
    Unmanaged<XMLScanner>.fromOpaque(user!).takeUnretainedValue()
  }

  private func refuseEntities() {
    outcome.declaresEntities = true
    outcome.line = context.map { Int($0.pointee.input.pointee.line) }
    outcome.byte = context.map { Int(xmlByteConsumed($0)) }
    xmlStopParser(context)
  }

  private func note(_ error: xmlErrorPtr) {
    let level = error.pointee.level
    guard level == XML_ERR_FATAL || level == XML_ERR_ERROR, outcome.message == nil, !outcome.declaresEntities
    else { return }
    // Undeclared prefixes are read as what they usually mean.
    if error.pointee.domain == Int32(XML_FROM_NAMESPACE.rawValue) { return }
    // The first line says what is wrong; others quote the document.
    outcome.message = error.pointee.message.map { String(cString: $0).prefix { !$0.isNewline } }.map { String($0) }
    outcome.line = Int(error.pointee.line)
    outcome.byte = context.map { Int(xmlByteConsumed($0)) }
  }

  // MARK: Events

  private func start(
    _ local: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
    _ attributes: XMLAttributes
  ) {
    tags.append(.unknown)
    let depth = tags.count
    guard skipDepth == 0 else { return }
    for index in 0..<attributes.count where attributes.prefixIsXML(index) { enter(attributes, index, depth) }
    if depth == 1 { rootNamespace = uri.map { String(cString: $0) } }
    if depth > 1 { sawContent = true }
    if captureDepth > 0 {
      if !isRecovering || depth > captureDepth + 1 || !interrupts(local, prefix, uri) {
        if captureMarkup { open(local, attributes) }
        return
      }
      finishCapture()
    }
    let tag = tag(local, prefix, uri)
    tags[depth - 1] = tag
    switch handler.start(tag, attributes, place) {
    case .descend: break
    case .skip: skipDepth = depth
    case .text: beginCapture(tag, depth, markup: false)
    case .markup: beginCapture(tag, depth, markup: true)
    }
  }

  private func end(_ local: UnsafePointer<xmlChar>?) {
    let depth = tags.count
    guard depth > 0 else { return }
    defer {
      tags.removeLast()
      while let last = places.last, last.depth == depth {
        place = last.place
        places.removeLast()
      }
    }
    if skipDepth > 0 {
      if skipDepth == depth { skipDepth = 0 }
      return
    }
    if captureDepth > 0 {
      if captureDepth == depth { finishCapture() } else if captureMarkup { close(local) }
      return
    }
    if tags[depth - 1] != .unknown { handler.end(tags[depth - 1]) }
    if handler.itemCount >= Self.mostItems {
      outcome.isFull = true
      xmlStopParser(context)
    }
  }

  private func text(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
    guard captureDepth > 0, skipDepth == 0, let bytes else { return }
    let piece = UnsafeBufferPointer(start: bytes, count: Int(count))
    if hasElements { appendEscaped(piece) } else { buffer.append(contentsOf: piece) }
  }

  // MARK: Base and language

  private func enter(_ attributes: XMLAttributes, _ index: Int, _ depth: Int) {
    if xmlScannerEquals(attributes.local(index), "base") {
      guard let url = WebURL(attributes.value(index), relativeTo: bases[place.base]),
        url.path.utf8.count + (url.query?.utf8.count ?? 0) <= Self.longestBase
      else { return }
      places.append((depth, place))
      bases.append(url)
      place.base = bases.count - 1
    } else if xmlScannerEquals(attributes.local(index), "lang") {
      places.append((depth, place))
      let value = attributes.value(index)
      place.language = value.isEmpty ? nil : value
    }
  }

  // MARK: Names

  private func tag(
    _ local: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?
  ) -> XMLTag {
    // libxml2 keeps one copy of each name for the whole parse, so that its address stands for it.
    if let known = cache[local, prefix, uri] { return known }
    let tag = XMLTag(
      local: local.map { String(cString: $0) } ?? "", prefix: prefix.map { String(cString: $0) },
      namespace: uri.map { String(cString: $0) }, home: handler.home, rootNamespace: rootNamespace)
    cache[local, prefix, uri] = tag
    return tag
  }

  /// Whether an element shows that the one being collected was never closed.
  private func interrupts(
    _ local: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?
  ) -> Bool {
    switch tag(local, prefix, uri) {
    case .item, .entry, .guid, .pubdate, .description, .published, .updated, .url, .sitemap, .loc: true
    case .link: !captureMarkup || captureTag == .title
    default: false
    }
  }

  // MARK: Collecting text

  private func beginCapture(_ tag: XMLTag, _ depth: Int, markup: Bool) {
    captureTag = tag
    captureDepth = depth
    captureMarkup = markup
    capturePlace = place
    elements = 0
    buffer.removeAll(keepingCapacity: true)
  }

  private func finishCapture() {
    captureDepth = 0
    let text = buffer.withUnsafeBufferPointer { bytes in
      var start = 0
      var end = bytes.count
      while start < end, bytes[start] <= 0x20 { start += 1 }
      while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    }
    handler.finish(captureTag, XMLText(text: text, isMarkup: hasElements, elements: elements, place: capturePlace))
  }

  private func open(_ local: UnsafePointer<xmlChar>?, _ attributes: XMLAttributes) {
    if !hasElements {
      let before = buffer
      buffer.removeAll(keepingCapacity: true)
      before.withUnsafeBufferPointer(appendEscaped)
    }
    elements += 1
    buffer.append(UInt8(ascii: "<"))
    append(local)
    for index in 0..<attributes.count where !attributes.prefixIsXML(index) {
      buffer.append(0x20)
      append(attributes.local(index))
      buffer.append(contentsOf: "=\"".utf8)
      var value = attributes.value(index)
      // Inside, another base may hold than the one for the whole text.
      if place.base != capturePlace.base,
        Self.addresses.contains(where: { xmlScannerEquals(attributes.local(index), $0) }),
        let url = WebURL(value, relativeTo: bases[place.base])
      {
        value = url.description
      }
      value.withUTF8(appendEscaped)
      buffer.append(UInt8(ascii: "\""))
    }
    buffer.append(UInt8(ascii: ">"))
  }

  private static let addresses: [StaticString] = ["href", "src", "cite"]
  private static let empty: [StaticString] = ["br", "img", "hr", "input", "col", "wbr", "meta", "link", "area"]

  private func close(_ local: UnsafePointer<xmlChar>?) {
    guard !Self.empty.contains(where: { xmlScannerEquals(local, $0) }) else { return }
    buffer.append(contentsOf: "</".utf8)
    append(local)
    buffer.append(UInt8(ascii: ">"))
  }

  private func append(_ name: UnsafePointer<xmlChar>?) {
    guard var name else { return }
    while name.pointee != 0 {
      buffer.append(name.pointee)
      name += 1
    }
  }

  private func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "&"): buffer.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): buffer.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): buffer.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): buffer.append(contentsOf: "&quot;".utf8)
      default: buffer.append(byte)
      }
    }
  }
}

/// libxml2 spells the constant as a C macro with a type Swift does not take over.
private let XML_SAX2_MAGIC_VALUE = Int32(bitPattern: 0xDEED_BEAF)

/// The tags of names met so far, by the addresses of their parts. Directly mapped: a clash only costs a look-up.
private struct TagCache {
  private struct Entry {
    var local: UnsafePointer<xmlChar>?
    var prefix: UnsafePointer<xmlChar>?
    var uri: UnsafePointer<xmlChar>?
    var tag: XMLTag
  }

  private var entries = [Entry?](repeating: nil, count: 512)

  private func place(_ local: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?) -> Int {
    let bits = UInt(bitPattern: local) &* 0x9E37_79B9_7F4A_7C15 ^ UInt(bitPattern: uri) &* 0xC2B2_AE3D_27D4_EB4F
    return Int(bits >> 55)
  }

  subscript(
    local: UnsafePointer<xmlChar>?, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?
  ) -> XMLTag? {
    get {
      guard let entry = entries[place(local, uri)], entry.local == local, entry.prefix == prefix, entry.uri == uri
      else { return nil }
      return entry.tag
    }
    set {
      entries[place(local, uri)] = newValue.map { Entry(local: local, prefix: prefix, uri: uri, tag: $0) }
    }
  }
}
