import CXML2

/// What an element has, as one bit for each word of its class, for its identifier and for the name of each attribute,
/// told by a hash: an element without a bit has not what the bit stands for.
enum ElementSignature {
  enum Kind: UInt64 { case word = 1, id, attribute }

  static func bit(_ text: String, _ kind: Kind) -> UInt64 {
    var text = text
    return text.withUTF8 { bit(of: $0, kind) }
  }

  /// Never 0, so that it is seen to be known: every element has the highest bit.
  static func of(_ node: xmlNodePtr) -> UInt64 {
    var signature: UInt64 = 1 << 63
    guard node.pointee.type == XML_ELEMENT_NODE else { return signature }
    var next = node.pointee.properties
    while let property = next {
      next = property.pointee.next
      guard let name = property.pointee.name else { continue }
      let bytes = UnsafeBufferPointer(start: name, count: Int(xmlStrlen(name)))
      signature |= bit(of: bytes, .attribute)
      let isClass = bytes.elementsEqual("class".utf8)
      guard isClass || bytes.elementsEqual("id".utf8) else { continue }
      guard let text = property.pointee.children, text.pointee.next == nil, let content = text.pointee.content else {
        // A value in several pieces: nothing can be told from it.
        if property.pointee.children != nil { return ~0 }
        continue
      }
      let value = UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content)))
      if isClass {
        signature |= bits(ofWords: value)
      } else {
        signature |= bit(of: value, .id)
      }
    }
    return signature
  }

  private static func bits(ofWords text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let start = start(.word)
    var (bits, hash) = (UInt64(0), start)
    for byte in text {
      if XPathCursor.isSpace(byte) {
        if hash != start { bits |= bit(hash) }
        hash = start
      } else {
        hash = NameHash.adding(byte, to: hash)
      }
    }
    return hash == start ? bits : bits | bit(hash)
  }

  private static func bit(of bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> UInt64 {
    var hash = start(kind)
    for byte in bytes { hash = NameHash.adding(byte, to: hash) }
    return bit(hash)
  }

  private static func start(_ kind: Kind) -> UInt64 {
    NameHash.adding(UInt8(truncatingIfNeeded: kind.rawValue), to: NameHash.start)
  }

  private static func bit(_ hash: UInt64) -> UInt64 { 1 << ((hash ^ hash >> 32) % 63) }
}
