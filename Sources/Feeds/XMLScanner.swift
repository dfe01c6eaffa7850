internal import CXML2
internal import Markup
internal import Values

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
  // The parser calls back one event at a time, and nothing else reaches these: checks at each event would cost a tenth
  // of the time.
  @exclusivity(unchecked) private(set) var outcome = Outcome()
  /// Whether anything but the outermost element was there.
  @exclusivity(unchecked) private(set) var sawContent = false
  private let bases: Bases

  @exclusivity(unchecked) private var context: xmlParserCtxtPtr?
  private let isRecovering: Bool
  @exclusivity(unchecked) private var rootNamespace: String?
  @exclusivity(unchecked) private var cache = TagCache()

  @exclusivity(unchecked) private var tags: [XMLTag] = []
  @exclusivity(unchecked) private var places: [(depth: Int, place: XMLPlace)] = []
  @exclusivity(unchecked) private var place = XMLPlace()
  @exclusivity(unchecked) private var skipDepth = 0

  // The element whose text is being collected.
  @exclusivity(unchecked) private var captureDepth = 0
  @exclusivity(unchecked) private var captureTag = XMLTag.unknown
  @exclusivity(unchecked) private var captureMarkup = false
  @exclusivity(unchecked) private var capturePlace = XMLPlace()
  private var hasElements: Bool { elements > 0 }
  @exclusivity(unchecked) private var elements = 0
  @exclusivity(unchecked) private var buffer: [UInt8] = []

  init(handler: any XMLHandler, bases: Bases, isRecovering: Bool) {
    self.handler = handler
    self.isRecovering = isRecovering
    self.bases = bases
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
      XMLScanner.with(user) { $0.start(local, prefix, uri, XMLAttributes(start: attributes, count: Int(count))) }
    }
    sax.pointee.endElementNs = { user, local, _, _ in XMLScanner.with(user) { $0.end(local) } }
    sax.pointee.characters = { user, bytes, count in XMLScanner.with(user) { $0.text(bytes, count) } }
    sax.pointee.ignorableWhitespace = { user, bytes, count in XMLScanner.with(user) { $0.text(bytes, count) } }
    sax.pointee.cdataBlock = { user, bytes, count in XMLScanner.with(user) { $0.text(bytes, count) } }
    sax.pointee.entityDecl = { user, _, _, _, _, _ in XMLScanner.with(user) { $0.refuseEntities() } }
    sax.pointee.unparsedEntityDecl = { user, _, _, _, _ in XMLScanner.with(user) { $0.refuseEntities() } }
    sax.pointee.serror = { user, error in
      if let error { XMLScanner.with(user) { $0.note(error) } }
    }
  }

  /// Without counting a reference at each event: `parse` holds one.
  private static func with(_ user: UnsafeMutableRawPointer?, _ body: (XMLScanner) -> Void) {
    Unmanaged<XMLScanner>.fromOpaque(user!)._withUnsafeGuaranteedRef(body)
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
      while !places.isEmpty, places[places.count - 1].depth == depth { place = places.removeLast().place }
    }
    if skipDepth > 0 {
      if skipDepth == depth { skipDepth = 0 }
      return
    }
    if captureDepth > 0 {
      if captureDepth == depth { finishCapture() } else if captureMarkup { close(local) }
      return
    }
    if !tags[depth - 1].isUnknown { handler.end(tags[depth - 1]) }
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
      guard let url = WebURL(attributes.value(index), relativeTo: bases.urls[place.base]),
        url.path.utf8.count + (url.query?.utf8.count ?? 0) <= Self.longestBase
      else { return }
      places.append((depth, place))
      bases.urls.append(url)
      place.base = bases.urls.count - 1
    } else if xmlScannerEquals(attributes.local(index), "lang") {
      places.append((depth, place))
      let value = attributes.value(index)
      if value.isEmpty {
        place.language = 0
      } else if bases.languages[place.language] != value {
        bases.languages.append(value)
        place.language = bases.languages.count - 1
      }
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
      return UTF8Text.string(UnsafeBufferPointer(rebasing: bytes[start..<end]))
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
        let url = WebURL(value, relativeTo: bases.urls[place.base])
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
