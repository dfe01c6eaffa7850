import CXML2

/// A set of element names, asked of every element of a page again and again. The names that HTML and publishers' rules
/// know have numbers; an element's is found once, and a set of them is a few bits.
public struct ElementSet: Sendable, ExpressibleByArrayLiteral {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// Names without a number, which pages hardly ever use.
  private var others: [String] = []

  public init(arrayLiteral names: String...) { self.init(names) }

  public init(_ names: some Sequence<String>) {
    for name in names {
      let number = ElementNumber.of(name)
      if number == ElementNumber.unknown { others.append(name) } else { set(number) }
    }
  }

  public func contains(_ name: String) -> Bool {
    let number = ElementNumber.of(name)
    return number == ElementNumber.unknown ? others.contains(name) : contains(number: number)
  }

  public func union(_ other: ElementSet) -> ElementSet {
    var copy = self
    copy.bits.0 |= other.bits.0
    copy.bits.1 |= other.bits.1
    copy.bits.2 |= other.bits.2
    copy.bits.3 |= other.bits.3
    copy.others += other.others
    return copy
  }

  public func subtracting(_ other: ElementSet) -> ElementSet {
    var copy = self
    copy.bits.0 &= ~other.bits.0
    copy.bits.1 &= ~other.bits.1
    copy.bits.2 &= ~other.bits.2
    copy.bits.3 &= ~other.bits.3
    copy.others.removeAll { other.others.contains($0) }
    return copy
  }

  @inline(__always)
  func contains(number: UInt8) -> Bool {
    let bit = UInt64(1) << UInt64(number & 63)
    switch number >> 6 {
    case 0: return bits.0 & bit != 0
    case 1: return bits.1 & bit != 0
    case 2: return bits.2 & bit != 0
    default: return bits.3 & bit != 0
    }
  }

  @inline(__always)
  func contains(number: UInt8, _ node: xmlNodePtr) -> Bool {
    if number != ElementNumber.unknown { return contains(number: number) }
    if others.isEmpty { return false }
    return node.pointee.name.map { others.contains(String(cString: $0)) } ?? false
  }

  private mutating func set(_ number: UInt8) {
    let bit = UInt64(1) << UInt64(number & 63)
    switch number >> 6 {
    case 0: bits.0 |= bit
    case 1: bits.1 |= bit
    case 2: bits.2 |= bit
    default: bits.3 |= bit
    }
  }
}

/// The numbers of the names.
enum ElementNumber {
  static let unknown: UInt8 = 0

  /// By number; the first stands for names without one.
  static let names: [String] =
    [""]
      + """
      a abbr acronym address amp-ad amp-analytics amp-iframe amp-img amp-sidebar annotation annotation-xml applet area
      article aside audio b base bdi bdo big blockquote body br button canvas caption center cite code col colgroup data
      datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset
      h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd label legend li link main map mark
      menu meta meter nav nobr noframes noscript object ol optgroup option output p param picture pre progress q rb rp rt
      ruby s samp script section select small source span strike strong style sub summary sup svg table tbody td template
      textarea tfoot th thead time title tr track tt u ul var video wbr path g use defs symbol circle rect math
      """.split { $0 == " " || $0 == "\n" }.map(String.init)

  /// Open addressing over a hash of the name; 0 marks a free place.
  private static let table: [(name: PackedName, number: UInt8)] = {
    precondition(names.count < 256, "a number is a byte")
    var table = [(name: PackedName, number: UInt8)](repeating: (PackedName(), unknown), count: size)
    for (number, name) in names.enumerated().dropFirst() {
      let packed = Array(name.utf8).withUnsafeBufferPointer { PackedName($0) }
      guard let packed else { preconditionFailure("\(name): a name has at most sixteen bytes") }
      var place = packed.hash & (size - 1)
      while table[place].number != unknown { place = (place + 1) & (size - 1) }
      table[place] = (packed, UInt8(number))
    }
    return table
  }()
  private static let size = 1024

  static func of(_ name: String) -> UInt8 {
    var name = name
    return name.withUTF8 { find($0) }
  }

  static func of(_ node: xmlNodePtr) -> UInt8 {
    guard node.pointee.type == XML_ELEMENT_NODE, let name = node.pointee.name else { return unknown }
    return find(UnsafeBufferPointer(start: name, count: Int(xmlStrlen(name))))
  }

  private static func find(_ name: UnsafeBufferPointer<UInt8>) -> UInt8 {
    guard let packed = PackedName(name) else { return unknown }
    let table = table
    var place = packed.hash & (size - 1)
    while table[place].number != unknown {
      if table[place].name == packed { return table[place].number }
      place = (place + 1) & (size - 1)
    }
    return unknown
  }

  /// A short name as two numbers, which are compared at once.
  private struct PackedName: Equatable {
    var first: UInt64 = 0
    var second: UInt64 = 0

    init() {}

    /// nil for a name of more than sixteen bytes.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard bytes.count <= 16 else { return nil }
      for byte in bytes.prefix(8) { first = first << 8 | UInt64(byte) }
      for byte in bytes.dropFirst(8) { second = second << 8 | UInt64(byte) }
    }

    var hash: Int {
      let mixed = (first ^ second &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
      return Int(truncatingIfNeeded: mixed >> 40)
    }
  }

  // MARK: Sets that Markup itself asks for

  static let silent = ElementSet(silentElements)
  static let block = ElementSet(blockElements.union(["br"]))
}

extension Node {
  /// Whether this is an element whose name is HTML's, or one that pages share; those of a publisher's own making are
  /// not.
  public var hasUsualName: Bool {
    isElement && document.notes.pointee.elementNumber(of: pointer) != ElementNumber.unknown
  }

  /// Whether this is an element of one of the names.
  public func isOne(of names: ElementSet) -> Bool {
    isElement && names.contains(number: document.notes.pointee.elementNumber(of: pointer), pointer)
  }
}
