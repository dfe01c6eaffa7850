import CXML2

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Makes libxml2's tree of a page, as its own handlers do, with less work: names are kept once a document instead of
/// once an element, short values inside their nodes, and what was sheltered is copied from the page when its mark is
/// read.
///
/// libxml2's handlers still decide where an element goes and what becomes of text; only attributes are made here.
struct TreeBuilder {
  private let page: UnsafeBufferPointer<UInt8>
  private var contents: [ShelteredContents.Content]
  private var isBack: [Bool]
  private var left: Int
  /// For contents that are not copied as they stand.
  private var room = UnsafeMutableBufferPointer<xmlChar>(start: nil, count: 0)

  /// The tree of a page; nil where there is none, or where a mark was not found again where it should be.
  static func tree(of page: [UInt8], _ sheltered: ShelteredContents?) -> xmlDocPtr? {
    guard let parser = htmlNewParserCtxt() else { return nil }
    defer { htmlFreeParserCtxt(parser) }
    let bytes = Entities.withoutHTML5References(sheltered?.bytes ?? page)
    return page.withUnsafeBufferPointer { page in
      var builder = TreeBuilder(page: page, sheltered?.contents ?? [])
      let tree = withUnsafeMutablePointer(to: &builder) { builder in
        parser.pointee._private = UnsafeMutableRawPointer(builder)
        Self.setHandlers(&parser.pointee.sax.pointee)
        return bytes.withUnsafeBytes { raw in
          htmlCtxtReadMemory(
            parser, raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, "UTF-8", Document.htmlOptions)
        }
      }
      parser.pointee._private = nil
      builder.room.deallocate()
      guard builder.left > 0, let tree else { return tree }
      xmlFreeDoc(tree)
      return nil
    }
  }

  private init(page: UnsafeBufferPointer<UInt8>, _ contents: [ShelteredContents.Content]) {
    self.page = page
    self.contents = contents
    left = contents.count
    isBack = Array(repeating: false, count: left)
  }

  /// What stands behind a mark, which is taken as found; nil for what is no mark. It lasts until the next is asked for.
  private mutating func content(behind number: Int) -> UnsafeBufferPointer<xmlChar>? {
    guard number < isBack.count, !isBack[number] else { return nil }
    isBack[number] = true
    left -= 1
    let content = contents[number]
    let whole = UnsafeBufferPointer(rebasing: page[content.range])
    let isLast = content.range.upperBound + Self.looksAhead > page.count
    return content.isEscaped || isLast ? copied(whole, isEscaped: content.isEscaped) : whole
  }

  /// How many bytes behind a text libxml2's handler looks at, to see what comes next.
  private static let looksAhead = 2

  private mutating func copied(
    _ text: UnsafeBufferPointer<xmlChar>, isEscaped: Bool
  ) -> UnsafeBufferPointer<xmlChar> {
    if room.count < text.count + Self.looksAhead {
      room.deallocate()
      room = .allocate(capacity: text.count * 2 + Self.looksAhead)
    }
    let count = isEscaped ? CharacterReference.replace(in: text, into: room) : room.update(fromContentsOf: text)
    for place in count..<count + Self.looksAhead { room[place] = 0 }
    return UnsafeBufferPointer(rebasing: room[..<count])
  }

  // MARK: Handlers

  private static func setHandlers(_ handlers: inout xmlSAXHandler) {
    handlers.startDocument = { context in
      xmlSAX2StartDocument(context)
      guard let parser = TreeBuilder.parser(context), let tree = parser.pointee.myDoc, tree.pointee.dict == nil else {
        return
      }
      tree.pointee.dict = parser.pointee.dict
      xmlDictReference(parser.pointee.dict)
      parser.pointee.dictNames = 1
    }
    handlers.startElement = { context, name, attributes in
      guard let parser = TreeBuilder.parser(context), let name else { return }
      let around = parser.pointee.node
      xmlSAX2StartElement(context, name, nil)
      // An element too deep is not taken.
      guard let element = parser.pointee.node, element != around else { return }
      let dictionary = parser.pointee.dict
      // Of a name with a colon libxml2 keeps what is behind it.
      if let own = element.pointee.name, xmlDictOwns(dictionary, own) == 0,
        let kept = TreeBuilder.kept(xmlStrEqual(own, name) == 1 ? name : own, in: dictionary)
      {
        element.pointee.name = kept
        newswire_xml_free(UnsafeMutableRawPointer(mutating: own))
      }
      guard var next = attributes else { return }
      while let name = next[0] {
        TreeBuilder.addAttribute(name, next[1], to: element, parser)
        next += 2
      }
    }
    handlers.characters = { TreeBuilder.hand(over: $1, $2, of: $0, to: xmlSAX2Characters) }
    handlers.cdataBlock = { TreeBuilder.hand(over: $1, $2, of: $0, to: xmlSAX2CDataBlock) }
  }

  /// Gives libxml2's handler a text, or what stands behind the mark that it is.
  private static func hand(
    over text: UnsafePointer<xmlChar>?, _ count: Int32, of context: UnsafeMutableRawPointer?,
    to handler: (UnsafeMutableRawPointer?, UnsafePointer<xmlChar>?, Int32) -> Void
  ) {
    guard let text, let content = content(context, text, Int(count)) else { return handler(context, text, count) }
    handler(context, content.baseAddress, Int32(content.count))
  }

  private static func parser(_ context: UnsafeMutableRawPointer?) -> xmlParserCtxtPtr? {
    context?.assumingMemoryBound(to: xmlParserCtxt.self)
  }

  private static func content(
    _ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>, _ count: Int
  ) -> UnsafeBufferPointer<xmlChar>? {
    guard let number = ShelteredContents.number(text, count), let builder = parser(context)?.pointee._private else {
      return nil
    }
    return builder.assumingMemoryBound(to: TreeBuilder.self).pointee.content(behind: number)
  }

  /// The document's own copy of a name; most come from the parser as that.
  private static func kept(_ name: UnsafePointer<xmlChar>, in dictionary: xmlDictPtr?) -> UnsafePointer<xmlChar>? {
    xmlDictOwns(dictionary, name) == 1 ? name : xmlDictLookup(dictionary, name, -1)
  }

  // MARK: Attributes

  private static func addAttribute(
    _ name: UnsafePointer<xmlChar>, _ value: UnsafePointer<xmlChar>?, to element: xmlNodePtr, _ parser: xmlParserCtxtPtr
  ) {
    guard let kept = kept(name, in: parser.pointee.dict),
      let attribute = xmlNewNsPropEatName(element, nil, UnsafeMutablePointer(mutating: kept), nil),
      let value = value ?? (htmlIsBooleanAttr(name) == 1 ? name : nil),
      let text = xmlNewDocText(parser.pointee.myDoc, nil)
    else { return }
    let count = Int(xmlStrlen(value))
    let content = content(UnsafeMutableRawPointer(parser), value, count)
    setContent(of: text, content ?? UnsafeBufferPointer(start: value, count: count))
    attribute.pointee.children = text
    attribute.pointee.last = text
    text.pointee.parent = UnsafeMutableRawPointer(attribute).assumingMemoryBound(to: xmlNode.self)
    if xmlIsID(parser.pointee.myDoc, element, attribute) == 1 { xmlAddID(nil, parser.pointee.myDoc, value, attribute) }
  }

  /// A text has no attributes: libxml2 keeps a short one where an element has them (XML_PARSE_COMPACT).
  private static func setContent(of text: xmlNodePtr, _ value: UnsafeBufferPointer<xmlChar>) {
    guard value.count < 2 * MemoryLayout<UnsafeRawPointer>.size else {
      text.pointee.content = xmlStrndup(value.baseAddress, Int32(value.count))
      return
    }
    let inside = UnsafeMutableRawPointer(text).advanced(by: MemoryLayout<xmlNode>.offset(of: \.properties)!)
    let place = inside.assumingMemoryBound(to: xmlChar.self)
    for (index, byte) in value.enumerated() { place[index] = byte }
    place[value.count] = 0
    text.pointee.content = place
  }
}
