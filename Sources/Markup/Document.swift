// Markup: HTML and XML trees over libxml2, and the ways to ask them: XPath, CSS, JSON-LD, meta elements, sanitised
// text. It must not know news, articles or rules; it opens no file and no connection, whatever a document asks for.
import CXML2

/// Why bytes did not become a tree.
public struct MarkupError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    /// More bytes than the caller's limit.
    case tooLarge(bytes: Int, limit: Int)
    /// More elements than any page has.
    case tooManyElements(count: Int, limit: Int)
    /// Nothing that could become an element.
    case empty
    /// An XML document declares entities, which feeds and pages have no honest use for.
    case entityDeclaration
    /// libxml2 gave up.
    case malformed(message: String, line: Int)
  }
  public let reason: Reason

  public var description: String {
    switch reason {
    case .tooLarge(let bytes, let limit): "document of \(bytes) bytes is larger than the limit of \(limit)"
    case .tooManyElements(let count, let limit):
      "document of \(count) elements has more than the limit of \(limit)"
    case .empty: "document is empty"
    case .entityDeclaration: "document declares XML entities, which are refused"
    case .malformed(let message, let line): "document cannot be parsed: \(message) in line \(line)"
    }
  }
}

/// A parsed document; owns libxml2's tree and frees it with the last node that refers to it. Not Sendable: a tree
/// belongs to one thread at a time.
public final class Document {
  /// What a page may weigh before it is refused, in bytes.
  public static let standardLimit = 16 << 20
  /// Elements a page may have; the articles of 157 publishers have at most some four thousand.
  public static let elementLimit = 250_000

  /// The name of the character encoding that the bytes were read as.
  public let encoding: String
  /// Whether XML had to be repaired to be read. HTML is always read leniently and never counts as repaired.
  public let isRepaired: Bool
  let tree: xmlDocPtr
  let context: xmlXPathContextPtr
  let host: XPathHost
  private var detached: [xmlNodePtr] = []
  private let memory: TreeMemory
  /// Behind pointers, because the runtime checks every access to a class's own variables, which costs more than the
  /// look.
  let notes: UnsafeMutablePointer<NodeNotes>
  let names: UnsafeMutablePointer<ElementNames>
  /// The elements in order; nil after a change, until they are asked for.
  var order: ElementOrder?

  /// Reads HTML the way browsers forgive it. Encoding: byte order mark, then valid UTF-8, then the charset of
  /// `contentType`, then a `meta` element, then windows-1252.
  public convenience init(
    html bytes: [UInt8], contentType: String? = nil, limit: Int = standardLimit
  ) throws(MarkupError) {
    try self.init(html: bytes, contentType: contentType, limit: limit, isSheltering: true)
  }

  /// - Parameter isSheltering: false to parse the page as it came, which gives the same tree but for end tags inside
  ///   scripts.
  init(html bytes: [UInt8], contentType: String?, limit: Int, isSheltering: Bool) throws(MarkupError) {
    guard bytes.count <= limit else { throw MarkupError(reason: .tooLarge(bytes: bytes.count, limit: limit)) }
    prepareMarkup()
    let decoded = Charset.utf8(bytes, contentType: contentType, declaration: Charset.declaredInHTML)
    encoding = decoded.encoding
    isRepaired = false
    let memory = TreeMemory()
    defer { withExtendedLifetime(memory) {} }
    guard let parsed = memory.using({ Self.parseHTML(decoded.bytes, isSheltering) }) else {
      throw MarkupError(reason: .empty)
    }
    guard xmlDocGetRootElement(parsed) != nil, let context = xmlXPathNewContext(parsed) else {
      xmlFreeDoc(parsed)
      throw MarkupError(reason: .empty)
    }
    let count = xmlXPathOrderDocElems(parsed)
    guard count <= Self.elementLimit else {
      xmlXPathFreeContext(context)
      xmlFreeDoc(parsed)
      throw MarkupError(reason: .tooManyElements(count: count, limit: Self.elementLimit))
    }
    tree = parsed
    self.memory = memory
    self.context = context
    host = XPathHost(context)
    notes = .allocate(capacity: 1)
    names = .allocate(capacity: 1)
    notes.initialize(to: NodeNotes())
    names.initialize(to: ElementNames())
  }

  /// Reads XML: strictly first, and, where that fails, once more with repairs. Entity declarations are refused.
  public init(xml bytes: [UInt8], contentType: String? = nil, limit: Int = standardLimit) throws(MarkupError) {
    guard bytes.count <= limit else { throw MarkupError(reason: .tooLarge(bytes: bytes.count, limit: limit)) }
    prepareMarkup()
    let decoded = Charset.utf8(bytes, contentType: contentType, declaration: Charset.declaredInXML)
    encoding = decoded.encoding
    var failure = MarkupError(reason: .empty)
    var repaired = false
    let memory = TreeMemory()
    defer { withExtendedLifetime(memory) {} }
    var parsed = memory.using { Self.parseXML(decoded.bytes, recover: false, &failure) }
    if parsed == nil, case .malformed = failure.reason {
      repaired = true
      parsed = memory.using { Self.parseXML(decoded.bytes, recover: true, &failure) }
    }
    guard let parsed else { throw failure }
    guard xmlDocGetRootElement(parsed) != nil, let context = xmlXPathNewContext(parsed) else {
      xmlFreeDoc(parsed)
      throw failure
    }
    isRepaired = repaired
    tree = parsed
    self.memory = memory
    self.context = context
    host = XPathHost(context)
    notes = .allocate(capacity: 1)
    names = .allocate(capacity: 1)
    notes.initialize(to: NodeNotes())
    names.initialize(to: ElementNames())
    xmlXPathOrderDocElems(parsed)
  }

  deinit {
    notes.deinitialize(count: 1)
    names.deinitialize(count: 1)
    notes.deallocate()
    names.deallocate()
    xmlXPathFreeContext(context)
    for node in detached { xmlFreeNode(node) }
    xmlFreeDoc(tree)
  }

  /// The document node: the place from which absolute and relative selectors see everything.
  public var root: Node {
    Node(document: self, pointer: UnsafeMutableRawPointer(tree).assumingMemoryBound(to: xmlNode.self))
  }

  /// The outermost element (`html`, `rss` …).
  public var element: Node? { xmlDocGetRootElement(tree).map { Node(document: self, pointer: $0) } }

  /// Takes a node out of the tree. The node itself stays readable until the document goes.
  func detach(_ node: xmlNodePtr) {
    guard node.pointee.type != XML_HTML_DOCUMENT_NODE, node.pointee.type != XML_DOCUMENT_NODE,
      node.pointee.type != XML_ATTRIBUTE_NODE, node.pointee.parent != nil
    else { return }
    xmlUnlinkNode(node)
    detached.append(node)
    noteChange()
  }

  private static func parseHTML(_ bytes: [UInt8], _ isSheltering: Bool) -> xmlDocPtr? {
    if isSheltering, let tree = TreeBuilder.tree(of: bytes, ShelteredContents(bytes)) { return tree }
    return Entities.withoutHTML5References(bytes).withUnsafeBytes { raw in
      htmlReadMemory(raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, "UTF-8", htmlOptions)
    }
  }

  static let htmlOptions = Int32(
    HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
      | HTML_PARSE_NONET.rawValue | HTML_PARSE_COMPACT.rawValue | HTML_PARSE_IGNORE_ENC.rawValue)

  private static func parseXML(_ bytes: [UInt8], recover: Bool, _ failure: inout MarkupError) -> xmlDocPtr? {
    guard let parser = xmlNewParserCtxt() else { return nil }
    defer { xmlFreeParserCtxt(parser) }
    // Entities that refer to entities blow up when the text is read, even unexpanded: no declaration gets through.
    parser.pointee.sax.pointee.entityDecl = { context, _, _, _, _, _ in
      guard let context else { return }
      let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
      parser.pointee._private = context
      xmlStopParser(parser)
    }
    var options = XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue | XML_PARSE_NONET.rawValue
    options |= XML_PARSE_COMPACT.rawValue | XML_PARSE_IGNORE_ENC.rawValue
    if recover { options |= XML_PARSE_RECOVER.rawValue }
    let parsed = bytes.withUnsafeBytes { raw in
      xmlCtxtReadMemory(
        parser, raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, "UTF-8", Int32(options))
    }
    if parser.pointee._private != nil {
      if let parsed { xmlFreeDoc(parsed) }
      failure = MarkupError(reason: .entityDeclaration)
      return nil
    }
    if parsed == nil {
      let error = parser.pointee.lastError
      let message = error.message.map { Whitespace.folded(String(cString: $0)) } ?? "no reason given"
      failure = MarkupError(reason: .malformed(message: message, line: Int(error.line)))
    }
    return parsed
  }
}

/// Sets up libxml2 and the character decoders, once. Documents do it by themselves; a process that gives up its
/// files before it parses calls it first, because decoders of legacy encodings are loaded from files.
public func prepareMarkup() { _ = Library.ready }

private enum Library {
  static let ready: Bool = {
    TreeMemory.install()
    xmlInitParser()
    // A document that names a catalog would have libxml2 make one for the process, in the document's memory.
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE)
    // No document may read anything beside itself; XML_PARSE_NONET alone leaves file: addresses open.
    xmlSetExternalEntityLoader { _, _, _ in nil }
    Charset.openConverters()
    return true
  }()
}
