/// Reads chains of steps. What it does not know ends the chain, or makes it none: it may leave out, and never misread.
struct XPathChainParser {
  private var cursor: XPathCursor

  /// nil for names of other alphabets, and for brackets in brackets without end.
  init?(_ text: String) {
    cursor = XPathCursor(text)
    var depth = XPathDepth()
    for byte in cursor.bytes {
      if byte >= 0x80, depth.isOutside { return nil }
      depth.enter(byte)
      if depth.isTooDeep { return nil }
    }
  }

  mutating func chain() -> XPathChain? {
    cursor.skipSpace()
    let isGrouped = cursor.skip("(")
    var lists: [[CSSMatcher.Compound]] = []
    var isRelative: Bool?
    var end = 0
    repeat {
      cursor.skipSpace()
      let isOfNode = cursor.isNext(".//")
      guard isRelative == nil || isRelative == isOfNode else { return nil }
      isRelative = isOfNode
      if isOfNode { cursor.at += 1 }
      guard cursor.isNext("//"), let list = steps() else { return nil }
      lists.append(list)
      end = cursor.at
      cursor.skipSpace()
    } while cursor.skip("|")
    var pick: XPathChain.Pick?
    if isGrouped {
      // What follows a group without a place would belong to each of its nodes.
      guard cursor.skip(")"), let place = place() else { return nil }
      pick = place
      end = cursor.at
    } else if lists.count > 1, !cursor.isAtEnd {
      // What follows belongs to the last of the alternatives.
      return nil
    }
    cursor.at = end
    let attribute = attribute()
    var rest: XPathPart?
    if attribute == nil, case let tail = cursor.tail.trimmedForXPath, !tail.isEmpty {
      guard let part = Self.rest(tail, ofOne: isGrouped) else { return nil }
      rest = part
    }
    guard let matcher = CSSMatcher(lists: lists) else { return nil }
    return XPathChain(
      matcher: matcher, isRelative: isRelative == true, pick: pick, attribute: attribute, rest: rest)
  }

  /// The tail of an expression, from one node: steps, and before them conditions on a node that is the only one.
  private static func rest(_ tail: String, ofOne isOne: Bool) -> XPathPart? {
    guard tail.hasPrefix("/") || (isOne && tail.hasPrefix("[")) else { return nil }
    var cursor = XPathCursor(tail)
    while cursor.peek == UInt8(ascii: "[") {
      guard let condition = cursor.brackets(), XPathCondition.isQuestion(condition) else { return nil }
    }
    guard cursor.isAtEnd || cursor.peek == UInt8(ascii: "/") else { return nil }
    // No operator and nothing else that joins it with another expression.
    while let byte = cursor.peek {
      if byte == UInt8(ascii: "[") {
        guard cursor.brackets() != nil else { return nil }
      } else {
        guard XPathCursor.isNameByte(byte) || "/.:@*()".utf8.contains(byte) else { return nil }
        cursor.at += 1
      }
    }
    return XPathPart("self::node()" + tail)
  }

  private mutating func place() -> XPathChain.Pick? {
    guard let inside = cursor.brackets()?.trimmedForXPath else { return nil }
    if inside == "last()" { return .last }
    return Int(inside).flatMap { $0 > 0 ? .place($0) : nil }
  }

  /// `/@name` at the end.
  private mutating func attribute() -> String? {
    let start = cursor.at
    if cursor.skip("/@"), let name = cursor.name() {
      cursor.skipSpace()
      if cursor.isAtEnd { return name }
    }
    cursor.at = start
    return nil
  }

  /// All of the text as steps, of which libxml2 has to answer nothing.
  mutating func onlySteps() -> [CSSMatcher.Compound]? {
    guard let list = steps(), cursor.isAtEnd else { return nil }
    return list
  }

  /// As many steps as are understood, one at least; stands after them.
  private mutating func steps() -> [CSSMatcher.Compound]? {
    var list: [CSSMatcher.Compound] = []
    while true {
      let start = cursor.at
      let isInside = cursor.skip("//")
      guard isInside || cursor.skip("/"), var compound = step() else {
        cursor.at = start
        return list.isEmpty ? nil : list
      }
      compound.isChild = !isInside
      list.append(compound)
    }
  }

  /// A name or `*` with conditions that are all understood.
  private mutating func step() -> CSSMatcher.Compound? {
    var compound = CSSMatcher.Compound()
    if !cursor.skip("*") {
      guard let name = cursor.name() else { return nil }
      // An axis, a function or a test of the node's kind.
      if cursor.peek == UInt8(ascii: ":") || cursor.peek == UInt8(ascii: "(") { return nil }
      compound.tests.append(.name(number: ElementNumber.of(name), name))
    }
    var (insideQuestions, questions): ([CSSMatcher.Test], [CSSMatcher.Test]) = ([], [])
    while cursor.peek == UInt8(ascii: "[") {
      guard let condition = cursor.brackets() else { return nil }
      for part in XPathCondition.conjunction(condition) {
        if let test = XPathCondition.test(part) {
          if test.isOfElementAlone { compound.tests.append(test) } else { insideQuestions.append(test) }
        } else {
          guard XPathCondition.isQuestion(part), let question = XPathPart("boolean(\(part))") else { return nil }
          questions.append(.condition(question))
        }
      }
    }
    // The cheap ones first.
    compound.tests += insideQuestions + questions
    return compound
  }
}
