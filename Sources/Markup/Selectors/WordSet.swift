import CXML2

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Names that elements may carry, such as those of side matter. Made once; a look-up costs a few instructions.
public struct WordSet: Sendable, ExpressibleByArrayLiteral {
  /// Open addressing; 0 marks a free place.
  private let table: [UInt64]

  public init(arrayLiteral words: String...) { self.init(words) }

  public init(_ words: [String]) {
    var size = 16
    while size < words.count * 3 { size *= 2 }
    var table = [UInt64](repeating: 0, count: size)
    for word in words {
      let hash = NameHash.of(word)
      var place = Int(truncatingIfNeeded: hash) & (size - 1)
      while table[place] != 0, table[place] != hash { place = (place + 1) & (size - 1) }
      table[place] = hash
    }
    self.table = table
  }

  func contains(_ hash: UInt64) -> Bool {
    let mask = table.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while table[place] != 0 {
      if table[place] == hash { return true }
      place = (place + 1) & mask
    }
    return false
  }
}

/// FNV-1a over lower-case ASCII: two of the thousand words in use never meet.
enum NameHash {
  static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  static func of(_ word: String) -> UInt64 {
    word.utf8.reduce(start) { hash, byte in adding((0x41...0x5A).contains(byte) ? byte | 0x20 : byte, to: hash) }
  }
}

/// What is asked of elements again and again, kept with the document. An element's `_private` says where its answers
/// are.
struct NodeNotes {
  struct Note {
    var wordsStart: Int32 = -1
    var wordsEnd: Int32 = -1
    /// Two bits an answer: known, yes.
    var answers: UInt16 = 0
    var elementNumber: UInt8 = 0
    /// Its place in the order of elements, and that behind the last element inside it; of the order with that number.
    var order: Int32 = 0
    var end: Int32 = 0
    var ofOrder: Int32 = 0
    /// What the element has, as bits; 0 until it is asked for.
    var signature: UInt64 = 0
  }

  private var notes: [Note] = []
  private var words: [UInt64] = []
  /// By place: the texts of elements, as far as they were asked for and are short.
  private var texts: [String?] = []
  /// How many orders were made.
  private var orders: Int32 = 0

  mutating func place(of node: xmlNodePtr) -> Int {
    if let known = node.pointee._private { return Int(bitPattern: known) - 1 }
    var note = Note()
    note.elementNumber = ElementNumber.of(node)
    notes.append(note)
    node.pointee._private = UnsafeMutableRawPointer(bitPattern: notes.count)
    return notes.count - 1
  }

  mutating func isNamed(_ node: xmlNodePtr, in set: WordSet) -> Bool {
    let place = place(of: node)
    if notes[place].wordsStart < 0 {
      notes[place].wordsStart = Int32(words.count)
      Self.readWords(of: node, into: &words)
      notes[place].wordsEnd = Int32(words.count)
    }
    for index in Int(notes[place].wordsStart)..<Int(notes[place].wordsEnd) where set.contains(words[index]) {
      return true
    }
    return false
  }

  mutating func answer(_ question: Int, of node: xmlNodePtr) -> Bool? {
    let bits = notes[place(of: node)].answers >> UInt16(question * 2)
    return bits & 1 == 0 ? nil : bits & 2 != 0
  }

  mutating func remember(_ answer: Bool, _ question: Int, of node: xmlNodePtr) {
    notes[place(of: node)].answers |= (answer ? 3 : 1) << UInt16(question * 2)
  }

  mutating func elementNumber(of node: xmlNodePtr) -> UInt8 { notes[place(of: node)].elementNumber }

  // MARK: Order

  /// The elements below a node. That of the whole tree is kept in the notes of the elements.
  mutating func ordered(below root: xmlNodePtr, isWhole: Bool) -> ElementOrder {
    var nodes: [xmlNodePtr] = []
    var numbers: [UInt8] = []
    if isWhole {
      orders += 1
      nodes.reserveCapacity(notes.count)
      numbers.reserveCapacity(notes.count)
    }
    var next = root.pointee.children
    while let node = next {
      if node.pointee.type == XML_ELEMENT_NODE {
        let place = place(of: node)
        if isWhole {
          notes[place].order = Int32(nodes.count)
          notes[place].end = Int32(nodes.count + 1)
          notes[place].ofOrder = orders
        }
        nodes.append(node)
        numbers.append(notes[place].elementNumber)
        if let child = node.pointee.children {
          next = child
          continue
        }
      }
      // Behind it, or behind the first element around it that something stands behind.
      var place = node
      next = nil
      while true {
        if let behind = place.pointee.next {
          next = behind
          break
        }
        guard let parent = place.pointee.parent, parent != root else { break }
        if isWhole { notes[self.place(of: parent)].end = Int32(nodes.count) }
        place = parent
      }
    }
    return ElementOrder(nodes: nodes, numbers: numbers)
  }

  /// What an element has, as bits that other elements may share: see `ElementSignature`.
  mutating func signature(of node: xmlNodePtr) -> UInt64 { numberAndSignature(of: node).1 }

  mutating func numberAndSignature(of node: xmlNodePtr) -> (UInt8, UInt64) {
    let place = place(of: node)
    if notes[place].signature == 0 { notes[place].signature = ElementSignature.of(node) }
    return (notes[place].elementNumber, notes[place].signature)
  }

  /// The places of what is inside an element; nil for one that is not in the tree.
  mutating func rangeInside(_ node: xmlNodePtr) -> Range<Int>? {
    let note = notes[place(of: node)]
    return note.ofOrder == orders && orders > 0 ? Int(note.order) + 1..<Int(note.end) : nil
  }

  // MARK: Texts

  /// Longer texts are not kept: those of elements around elements would be kept as often as they are deep.
  private static let longestText = 2048

  mutating func text(of node: xmlNodePtr) -> String? {
    let place = place(of: node)
    return place < texts.count ? texts[place] : nil
  }

  mutating func remember(text: String, of node: xmlNodePtr) {
    guard text.utf8.count <= Self.longestText else { return }
    let place = place(of: node)
    if place >= texts.count { texts += Array(repeating: nil, count: max(notes.count, place + 1) - texts.count) }
    texts[place] = text
  }

  mutating func forgetTexts() { if !texts.isEmpty { texts = [] } }

  // MARK: Words

  /// Where class names are made up by a build, those that its authors gave for tests, counts and styles say what a part
  /// is.
  private static let named: [StaticString] = [
    "class", "id", "role", "data-component", "data-testid", "data-test", "data-test-tag", "data-qa", "data-cy",
    "data-module", "data-module-id", "data-gu-name", "data-spacefinder-role", "data-atom-type", "data-name",
    "data-type", "data-role", "data-block-type", "data-manual",
  ]
  /// Longer values are no names.
  private static let longest = 2000

  private static func readWords(of node: xmlNodePtr, into words: inout [UInt64]) {
    var next = node.pointee.properties
    while let property = next {
      next = property.pointee.next
      guard let name = property.pointee.name, Self.isInitial(name[0]), let text = property.pointee.children,
        text.pointee.next == nil, let content = text.pointee.content, isNaming(name)
      else { continue }
      let count = Int(xmlStrlen(content))
      if count < longest { split(UnsafeBufferPointer(start: content, count: count), into: &words) }
    }
  }

  private static func isNaming(_ name: UnsafePointer<xmlChar>) -> Bool {
    let length = Int(xmlStrlen(name))
    return named.contains { $0.utf8CodeUnitCount == length && memcmp($0.utf8Start, name, length) == 0 }
  }

  /// Whether one of the attributes begins with the letter.
  private static func isInitial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "c"), UInt8(ascii: "i"), UInt8(ascii: "d"), UInt8(ascii: "r"): true
    default: false
    }
  }

  /// The words of names written with hyphens, underscores or humps, and each two neighbours as one:
  /// `articleBody__main-text` is article, body, main, text, articlebody, bodymain and maintext.
  private static func split(_ bytes: UnsafeBufferPointer<UInt8>, into words: inout [UInt64]) {
    var own = NameHash.start
    // The word before, continued by this one; nil at the start of a name.
    var pair: UInt64?
    var before: UInt64?
    var isEmpty = true
    var afterLower = false
    func end(_ words: inout [UInt64], isNameOver: Bool) {
      if !isEmpty {
        words.append(own)
        if let pair { words.append(pair) }
        before = own
      }
      if isNameOver { before = nil }
      own = NameHash.start
      pair = before
      isEmpty = true
    }
    for byte in bytes {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
        end(&words, isNameOver: true)
        afterLower = false
        continue
      case 0x41...0x5A:
        if afterLower { end(&words, isNameOver: false) }
        afterLower = false
      case 0x61...0x7A, 0x80...: afterLower = true
      case 0x30...0x39: afterLower = false
      default:
        end(&words, isNameOver: false)
        afterLower = false
        continue
      }
      let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      own = NameHash.adding(lower, to: own)
      if let before = pair { pair = NameHash.adding(lower, to: before) }
      isEmpty = false
    }
    end(&words, isNameOver: true)
  }
}

extension Node {
  /// Whether a word in the element's class, id, role or test names is one of a set. Words are read once an element.
  public func isNamed(in set: WordSet) -> Bool { isElement && document.notes.pointee.isNamed(pointer, in: set) }

  /// A question that costs more than a look: its answer is kept. Questions have numbers from 0 to 7, and their answers
  /// must not change while the document lives.
  public func remembering(_ question: Int, _ answer: () -> Bool) -> Bool {
    if let known = document.notes.pointee.answer(question, of: pointer) { return known }
    let found = answer()
    document.notes.pointee.remember(found, question, of: pointer)
    return found
  }

  /// A small number that stands for the node as long as its document lives, for tables of what is known of nodes.
  public var number: Int { document.notes.pointee.place(of: pointer) }

  /// The bytes of a text node as they stand in the tree; an empty buffer for other kinds.
  public func withTextBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    guard isText, let content = pointer.pointee.content else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
    return body(UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content))))
  }

  /// The attributes whose name begins with `prefix` and whose value has more than `count` bytes.
  public func attributes(beginning prefix: StaticString, longerThan count: Int) -> [String] {
    guard isElement else { return [] }
    var found: [String] = []
    var next = pointer.pointee.properties
    while let property = next {
      next = property.pointee.next
      guard let name = property.pointee.name, let text = property.pointee.children, text.pointee.next == nil,
        let content = text.pointee.content,
        strncmp(
          UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self),
          UnsafeRawPointer(prefix.utf8Start).assumingMemoryBound(to: CChar.self), prefix.utf8CodeUnitCount) == 0,
        Int(xmlStrlen(content)) > count
      else { continue }
      found.append(String(cString: content))
    }
    return found
  }
}
