import CXML2

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A place in a document's tree: the document itself, an element, a text, an attribute or a comment. Holding a node
/// keeps its document alive. Equality is identity.
public struct Node: Hashable {
  public enum Kind: Sendable { case document, element, text, attribute, comment, other }

  public let document: Document
  let pointer: xmlNodePtr

  init(document: Document, pointer: xmlNodePtr) {
    self.document = document
    self.pointer = pointer
  }

  public static func == (a: Node, b: Node) -> Bool { a.pointer == b.pointer }
  public func hash(into hasher: inout Hasher) { hasher.combine(pointer) }

  public var kind: Kind {
    switch pointer.pointee.type {
    case XML_ELEMENT_NODE: .element
    case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: .text
    case XML_ATTRIBUTE_NODE: .attribute
    case XML_COMMENT_NODE: .comment
    case XML_HTML_DOCUMENT_NODE, XML_DOCUMENT_NODE: .document
    default: .other
    }
  }
  public var isElement: Bool { pointer.pointee.type == XML_ELEMENT_NODE }
  public var isText: Bool {
    pointer.pointee.type == XML_TEXT_NODE || pointer.pointee.type == XML_CDATA_SECTION_NODE
  }

  /// The name of an element (lower case in HTML) or attribute, without namespace prefix; empty for other kinds.
  public var name: String {
    switch pointer.pointee.type {
    case XML_ELEMENT_NODE:
      switch document.notes.pointee.elementNumber(of: pointer) {
      case ElementNumber.unknown: pointer.pointee.name.map { document.names.pointee[$0] } ?? ""
      case let number: ElementNumber.names[Int(number)]
      }
    case XML_ATTRIBUTE_NODE: pointer.pointee.name.map { document.names.pointee[$0] } ?? ""
    default: ""
    }
  }

  /// The namespace of an element in XML.
  public var namespace: String? {
    guard isElement, let space = pointer.pointee.ns, let href = space.pointee.href else { return nil }
    return String(cString: href)
  }

  // MARK: Attributes

  /// The value of an attribute, nil when the element has none of that name. Names compare exactly; HTML has them in
  /// lower case.
  public subscript(attribute: String) -> String? {
    guard isElement, pointer.pointee.properties != nil, !attribute.isEmpty else { return nil }
    var attribute = attribute
    return attribute.withUTF8 { wanted in
      property(where: { name in
        strncmp(
          UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self),
          UnsafeRawPointer(wanted.baseAddress!).assumingMemoryBound(to: CChar.self), wanted.count) == 0
          && name[wanted.count] == 0
      })
    }.map { value(of: $0) }
  }

  /// Whether an attribute has exactly that value; makes no string of it.
  public func isSet(_ attribute: StaticString, to value: StaticString) -> Bool {
    guard let found = property(attribute), let text = found.pointee.children, text.pointee.next == nil,
      let content = text.pointee.content
    else { return false }
    return Self.isEqual(content, value)
  }

  /// Whether the element has the attribute.
  public func hasAttribute(_ name: StaticString) -> Bool { property(name) != nil }

  private func property(_ name: StaticString) -> UnsafeMutablePointer<xmlAttr>? {
    isElement ? property(where: { Self.isEqual($0, name) }) : nil
  }

  private func property(where isWanted: (UnsafePointer<xmlChar>) -> Bool) -> UnsafeMutablePointer<xmlAttr>? {
    var next = pointer.pointee.properties
    while let property = next {
      if let name = property.pointee.name, isWanted(name) { return property }
      next = property.pointee.next
    }
    return nil
  }

  private static func isEqual(_ text: UnsafePointer<xmlChar>, _ wanted: StaticString) -> Bool {
    text[0] == wanted.utf8Start[0]
      && strcmp(
        UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self),
        UnsafeRawPointer(wanted.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
  }

  /// All attributes in their order.
  public var attributes: [(name: String, value: String)] {
    guard isElement else { return [] }
    var all: [(name: String, value: String)] = []
    var next = pointer.pointee.properties
    while let property = next {
      if let name = property.pointee.name { all.append((String(cString: name), value(of: property))) }
      next = property.pointee.next
    }
    return all
  }

  private func value(of property: UnsafeMutablePointer<xmlAttr>) -> String {
    guard let child = property.pointee.children else { return "" }
    if child.pointee.next == nil, child.pointee.type == XML_TEXT_NODE {
      return child.pointee.content.map { String(cString: $0) } ?? ""
    }
    guard let text = xmlNodeListGetString(document.tree, child, 1) else { return "" }
    defer { newswire_xml_free(text) }
    return String(cString: text)
  }

  // MARK: Relatives

  private func node(_ pointer: xmlNodePtr?) -> Node? { pointer.map { Node(document: document, pointer: $0) } }

  /// The element (or document) around this node; nil for the document and for what was removed.
  public var parent: Node? { node(pointer.pointee.parent) }
  public var firstChild: Node? {
    switch kind {
    case .element, .document: node(pointer.pointee.children)
    default: nil
    }
  }
  public var nextSibling: Node? { kind == .attribute ? nil : node(pointer.pointee.next) }
  public var previousSibling: Node? { kind == .attribute ? nil : node(pointer.pointee.prev) }

  /// The children of every kind, in order.
  public var children: [Node] {
    var all: [Node] = []
    var next = firstChild
    while let child = next {
      all.append(child)
      next = child.nextSibling
    }
    return all
  }

  /// The children that are elements, in order.
  public var elements: [Node] {
    var all: [Node] = []
    var next = firstChild
    while let child = next {
      if child.isElement { all.append(child) }
      next = child.nextSibling
    }
    return all
  }

  /// Whether one of the children is an element of one of the names.
  public func hasChild(of names: ElementSet) -> Bool {
    var next = firstChild
    while let child = next {
      if child.isOne(of: names) { return true }
      next = child.nextSibling
    }
    return false
  }

  /// Whether `other` is this node or inside it.
  public func contains(_ other: Node) -> Bool {
    var place: xmlNodePtr? = other.pointer
    while let at = place {
      if at == pointer { return true }
      place = at.pointee.parent
    }
    return false
  }

  /// The elements around this one, the nearest first.
  public var ancestors: [Node] {
    var all: [Node] = []
    var place = parent
    while let node = place, node.isElement {
      all.append(node)
      place = node.parent
    }
    return all
  }

  /// Whether this node starts before `other` in the document. Both must be in the tree.
  public func precedes(_ other: Node) -> Bool { xmlXPathCmpNodes(pointer, other.pointer) == 1 }

  /// Takes the node out of its document. It and what is inside stay readable; selectors on the document do not find
  /// them any more. Attributes and the document itself stay where they are.
  public func remove() { document.detach(pointer) }

  // MARK: Text

  /// The text as a reader sees it: white space folded, scripts and styles left out, a space between blocks.
  public var text: String {
    let isKept = isElement
    if isKept, let known = document.notes.pointee.text(of: pointer) { return known }
    var out: [UInt8] = []
    var atSpace = true
    appendText(pointer, &out, &atSpace, document)
    let text = Whitespace.trimmed(out)
    if isKept { document.notes.pointee.remember(text: text, of: pointer) }
    return text
  }

  /// The text as in `text`, with what stands inside `removed` left out.
  public func text(without removed: Set<Node>) -> String {
    if removed.isEmpty { return text }
    var out: [UInt8] = []
    var atSpace = true
    appendText(pointer, &out, &atSpace, document, leavingOut: Set(removed.map(\.pointer)))
    return Whitespace.trimmed(out)
  }

  /// Every character inside, exactly as parsed: the content of a script, of `pre`, of an attribute.
  public var rawText: String {
    switch kind {
    case .document: return document.element?.rawText ?? ""
    default: break
    }
    guard let content = xmlNodeGetContent(pointer) else { return "" }
    defer { newswire_xml_free(content) }
    return String(cString: content)
  }
}

private func appendText(
  _ node: xmlNodePtr, _ out: inout [UInt8], _ atSpace: inout Bool, _ document: Document,
  leavingOut removed: Set<xmlNodePtr> = []
) {
  if !removed.isEmpty, removed.contains(node) { return }
  switch node.pointee.type {
  case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
    guard let content = node.pointee.content else { return }
    Whitespace.fold(UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content))), into: &out, atSpace: &atSpace)
  case XML_ATTRIBUTE_NODE:
    guard let content = xmlNodeGetContent(node) else { return }
    defer { newswire_xml_free(content) }
    Whitespace.fold(UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content))), into: &out, atSpace: &atSpace)
  case XML_ELEMENT_NODE, XML_HTML_DOCUMENT_NODE, XML_DOCUMENT_NODE:
    var isBlock = false
    if node.pointee.type == XML_ELEMENT_NODE {
      let number = document.notes.pointee.elementNumber(of: node)
      if ElementNumber.silent.contains(number: number) { return }
      isBlock = ElementNumber.block.contains(number: number)
    }
    if isBlock, !atSpace {
      out.append(0x20)
      atSpace = true
    }
    var next = node.pointee.children
    while let child = next {
      appendText(child, &out, &atSpace, document, leavingOut: removed)
      next = child.pointee.next
    }
    if isBlock, !atSpace {
      out.append(0x20)
      atSpace = true
    }
  default: return
  }
}

/// Elements whose content is never shown as text.
let silentElements: Set<String> = [
  "script", "style", "template", "noscript", "iframe", "object", "svg", "annotation", "annotation-xml",
]

/// Elements that browsers show as blocks.
let blockElements: Set<String> = [
  "address", "article", "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
  "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
  "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
]
