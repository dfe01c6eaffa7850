import CXML2

/// A question about the text of an element as XPath's `normalize-space()` gives it: without white space at its ends, a
/// single space for each run of it. Most are answered while the pieces are read, by the first character that decides
/// it.
struct FoldedText {
  enum Question {
    case isNotEmpty
    case begins
    case equals
    case holds
    /// Of the text as it is.
    case holdsUnfolded
    /// Is found by the regular expression.
    case matches(LazyPattern)
  }

  let question: Question
  private let wanted: [UInt8]

  init(_ question: Question, _ wanted: String = "") {
    self.question = question
    self.wanted = Array(wanted.utf8)
  }

  /// - Parameter cost: grows by one for every node and every 64 bytes that are read.
  func isText(of element: xmlNodePtr, _ cost: inout Int) throws(SelectorError) -> Bool {
    switch question {
    case .holds: return holds(Self.folded(element, &cost))
    case .holdsUnfolded: return holds(Self.unfolded(element, &cost))
    case .matches(let pattern):
      return try pattern.compiled().matches(String(decoding: Self.folded(element, &cost), as: UTF8.self))
    case .isNotEmpty, .begins, .equals: break
    }
    var comparison = Comparison(question: question, wanted: wanted)
    var verdict: Bool?
    Self.forEachPiece(of: element, &cost) { piece in
      verdict = comparison.read(piece)
      return verdict == nil
    }
    return verdict ?? comparison.verdictAtEnd
  }

  private func holds(_ text: [UInt8]) -> Bool {
    (text + [0]).withUnsafeBufferPointer { text in
      (wanted + [0]).withUnsafeBufferPointer { xmlStrstr(text.baseAddress, $0.baseAddress) != nil }
    }
  }

  private static func unfolded(_ element: xmlNodePtr, _ cost: inout Int) -> [UInt8] {
    var text: [UInt8] = []
    forEachPiece(of: element, &cost) { piece in
      text.append(contentsOf: UnsafeBufferPointer(start: piece, count: Int(xmlStrlen(piece))))
      return true
    }
    return text
  }

  private static func folded(_ element: xmlNodePtr, _ cost: inout Int) -> [UInt8] {
    var text: [UInt8] = []
    var isSpaceDue = false
    forEachPiece(of: element, &cost) { piece in
      var next = piece
      while next.pointee != 0 {
        let byte = next.pointee
        next += 1
        if XPathCursor.isSpace(byte) {
          isSpaceDue = !text.isEmpty
        } else {
          if isSpaceDue { text.append(0x20) }
          isSpaceDue = false
          text.append(byte)
        }
      }
      return true
    }
    return text
  }

  /// The texts inside an element, in document order, as long as the answer is true.
  private static func forEachPiece(
    of element: xmlNodePtr, _ cost: inout Int, _ tell: (UnsafePointer<xmlChar>) -> Bool
  ) {
    var next = element.pointee.children
    while let node = next {
      cost += 1
      switch node.pointee.type {
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        if let content = node.pointee.content {
          cost += Int(xmlStrlen(content)) >> 6
          if !tell(content) { return }
        }
      case XML_ELEMENT_NODE:
        if let child = node.pointee.children {
          next = child
          continue
        }
      default: break
      }
      var place = node
      while place.pointee.next == nil {
        guard let around = place.pointee.parent, around != element else { return }
        place = around
      }
      next = place.pointee.next
    }
  }

  /// What was read of a text, compared with what is wanted.
  private struct Comparison {
    let question: Question
    let wanted: [UInt8]
    private var at = 0
    private var isSpaceDue = false

    init(question: Question, wanted: [UInt8]) {
      self.question = question
      self.wanted = wanted
    }

    /// Whether the answer is yes; nil while it is open.
    mutating func read(_ piece: UnsafePointer<xmlChar>) -> Bool? {
      var next = piece
      while next.pointee != 0 {
        let byte = next.pointee
        next += 1
        if XPathCursor.isSpace(byte) {
          isSpaceDue = at > 0
          continue
        }
        if case .isNotEmpty = question { return true }
        if isSpaceDue {
          isSpaceDue = false
          if let answer = compare(0x20) { return answer }
        }
        if let answer = compare(byte) { return answer }
      }
      return nil
    }

    private mutating func compare(_ byte: UInt8) -> Bool? {
      guard at < wanted.count, wanted[at] == byte else { return false }
      at += 1
      if case .begins = question, at == wanted.count { return true }
      return nil
    }

    var verdictAtEnd: Bool { if case .equals = question { at == wanted.count } else { false } }
  }
}
