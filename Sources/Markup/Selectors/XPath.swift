import CXML2

/// Why a selector cannot be used.
public struct SelectorError: Error, Sendable, Equatable, CustomStringConvertible {
  public let message: String
  /// Characters from the start of the selector.
  public let offset: Int
  public init(message: String, offset: Int) {
    self.message = message
    self.offset = offset
  }
  public var description: String { "\(message) at character \(offset + 1)" }
}

/// An XPath 1.0 expression, compiled once and evaluated on any document of the same thread. Beside the core
/// functions it knows `re:test(string, pattern, flags?)` of EXSLT, with Swift's regular expressions; flag `i` ignores
/// case.
public final class XPath {
  public enum Value {
    case nodes([Node])
    case string(String)
    case number(Double)
    case bool(Bool)
  }

  /// The expression as given; for CSS, the selector.
  public let source: String
  private let compiled: xmlXPathCompExprPtr
  /// What does the same faster: for most CSS selectors, and for most paths.
  private let matcher: CSSMatcher?
  private let chain: XPathChain?

  public init(_ expression: String) throws(SelectorError) {
    source = expression
    matcher = nil
    compiled = try Self.compile(expression)
    chain = XPathChain(expression)
  }

  static func compile(_ expression: String) throws(SelectorError) -> xmlXPathCompExprPtr {
    prepareMarkup()
    if let error = FunctionNames.firstUnknown(in: expression) ?? PatternArguments.firstBad(in: expression) {
      throw error
    }
    guard let context = xmlXPathNewContext(nil) else { throw SelectorError(message: "out of memory", offset: 0) }
    defer { xmlXPathFreeContext(context) }
    let host = XPathHost(context)
    if let compiled = xmlXPathCtxtCompile(context, expression) { return compiled }
    throw SelectorError(message: host.message ?? "not an XPath 1.0 expression", offset: host.offset)
  }

  /// Takes an expression that was made from a selector in another language.
  init(source: String, expression: String) throws(SelectorError) {
    self.source = source
    matcher = CSSMatcher(source)
    chain = nil
    compiled = try Self.compile(expression)
  }

  deinit { xmlXPathFreeCompExpr(compiled) }

  /// Evaluates with `node` as the context. Throws for an expression that fails on this document, such as one that
  /// needs more steps than a page may cost.
  public func evaluate(at node: Node) throws(SelectorError) -> Value {
    let document = node.document
    // Steps are counted from here, those of an expression's parts with them.
    document.context.pointee.opCount = 0
    document.context.pointee.opLimit = 100_000_000
    if document.tree.pointee.type == XML_HTML_DOCUMENT_NODE {
      if let matcher { return .nodes(try matcher.nodes(inside: node)) }
      if let value = try chain?.value(at: node) { return value }
    }
    return try Self.value(of: compiled, at: node)
  }

  /// The same by libxml2 alone, for comparison.
  func evaluateWhole(at node: Node) throws(SelectorError) -> Value {
    node.document.context.pointee.opCount = 0
    node.document.context.pointee.opLimit = 100_000_000
    return try Self.value(of: compiled, at: node)
  }

  /// Whether it is answered without libxml2 walking through the page.
  var isFast: Bool { matcher != nil || chain != nil }

  static func value(of compiled: xmlXPathCompExprPtr, at node: Node) throws(SelectorError) -> Value {
    let document = node.document
    let context = document.context
    context.pointee.node = node.pointer
    document.host.message = nil
    guard let result = xmlXPathCompiledEval(compiled, context) else {
      throw SelectorError(message: document.host.message ?? "evaluation failed", offset: 0)
    }
    defer { xmlXPathFreeObject(result) }
    switch result.pointee.type {
    case XPATH_NODESET, XPATH_XSLT_TREE:
      guard let set = result.pointee.nodesetval, let table = set.pointee.nodeTab else { return .nodes([]) }
      return .nodes(
        (0..<Int(set.pointee.nodeNr)).compactMap { index in
          guard let found = table[index], found.pointee.type != XML_NAMESPACE_DECL else { return nil }
          return Node(document: document, pointer: found)
        })
    case XPATH_STRING: return .string(result.pointee.stringval.map { String(cString: $0) } ?? "")
    case XPATH_NUMBER: return .number(result.pointee.floatval)
    case XPATH_BOOLEAN: return .bool(result.pointee.boolval != 0)
    default: return .nodes([])
    }
  }

  /// The nodes found, in document order; none for an expression of another type or that fails.
  public func nodes(at node: Node) -> [Node] {
    guard case .nodes(let found)? = try? evaluate(at: node) else { return [] }
    return found
  }

  public func first(at node: Node) -> Node? { nodes(at: node).first }

  /// What the expression says as text; nothing for one that fails.
  public func strings(at node: Node) -> [String] { (try? evaluate(at: node))?.strings ?? [] }

  /// Whether the expression holds; false for one that fails.
  public func holds(at node: Node) -> Bool { (try? evaluate(at: node))?.holds ?? false }
}

extension XPath.Value {
  /// The value as text: the folded text of each node, or the one string, number or boolean.
  public var strings: [String] {
    switch self {
    case .nodes(let found): found.map(\.text)
    case .string(let text): [Whitespace.folded(text)]
    case .number(let number): number.isNaN ? [] : [Int(exactly: number).map(String.init) ?? String(number)]
    case .bool(let value): [value ? "true" : "false"]
    }
  }

  /// The value as XPath's `boolean()` understands it.
  public var holds: Bool {
    switch self {
    case .nodes(let found): !found.isEmpty
    case .string(let text): !text.isEmpty
    case .number(let number): number != 0 && !number.isNaN
    case .bool(let value): value
    }
  }
}

extension Document {
  public func nodes(_ path: XPath) -> [Node] { path.nodes(at: root) }
  public func first(_ path: XPath) -> Node? { path.first(at: root) }
}

/// What an evaluation context carries: the last complaint and the regular expressions seen.
final class XPathHost {
  var message: String?
  var offset = 0
  private var patterns: [String: TextPattern?] = [:]

  /// `context` refers to this object as long as it lives; the owner frees the context first.
  init(_ context: xmlXPathContextPtr) {
    let address = Unmanaged.passUnretained(self).toOpaque()
    context.pointee.userData = address
    context.pointee.error = { address, error in
      guard let address, let error else { return }
      let host = Unmanaged<XPathHost>.fromOpaque(address).takeUnretainedValue()
      host.message = error.pointee.message.map { Whitespace.folded(String(cString: $0)) }
      host.offset = Int(error.pointee.int1)
    }
    xmlXPathRegisterNs(context, "re", "http://exslt.org/regular-expressions")
    xmlXPathRegisterFuncNS(context, "test", "http://exslt.org/regular-expressions", regularExpressionTest)
  }

  /// nil for a pattern that is no regular expression.
  func matches(_ text: String, _ pattern: String, _ flags: String) -> Bool? {
    let key = flags + "/" + pattern
    if patterns[key] == nil {
      patterns[key] = .some(try? TextPattern(pattern, flags: flags))
    }
    guard let known = patterns[key] ?? nil else {
      message = "re:test: not a regular expression: \(pattern)"
      return nil
    }
    return known.matches(text)
  }
}

private func regularExpressionTest(_ parser: xmlXPathParserContextPtr?, _ count: Int32) {
  guard let parser else { return }
  guard count == 2 || count == 3 else {
    xmlXPathErr(parser, Int32(XPATH_INVALID_ARITY.rawValue))
    return
  }
  func pop() -> String {
    guard let text = xmlXPathPopString(parser) else { return "" }
    defer { newswire_xml_free(text) }
    return String(cString: text)
  }
  let flags = count == 3 ? pop() : ""
  let pattern = pop()
  let text = pop()
  guard let address = parser.pointee.context.pointee.userData else { return }
  let host = Unmanaged<XPathHost>.fromOpaque(address).takeUnretainedValue()
  guard let matches = host.matches(text, pattern, flags) else {
    // The evaluation fails with the host's message.
    parser.pointee.error = Int32(XPATH_EXPR_ERROR.rawValue)
    return
  }
  valuePush(parser, xmlXPathNewBoolean(matches ? 1 : 0))
}
