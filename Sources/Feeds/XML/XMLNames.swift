internal import Markup
internal import Values

/// What the names of elements mean where they stand: the namespaces in force, and the tags of names met so far.
struct XMLNames {
  private struct Binding {
    /// Empty for elements without prefix.
    var prefix: String
    /// Empty where the binding is taken back.
    var namespace: String
  }

  /// The bindings in force; a number of its own for each set, so that tags can be remembered by it.
  private struct Scope: Hashable {
    var outer: Int
    var declarations: String
  }

  private struct Entry {
    var low: UInt64 = 0
    var middle: UInt64 = 0
    var high: UInt64 = 0
    var count: Int32 = -1
    var scope: Int32 = 0
    var tag = XMLTag.unknown
  }

  private static let slots = 512
  private static let longest = 24
  private static let mostScopes = 1000
  /// They are looked through one by one.
  private static let mostBindings = 256

  private let bytes: UnsafePointer<UInt8>
  private let count: Int
  private let home: XMLTag.Home
  private let entries: UnsafeMutablePointer<Entry>
  private var bindings: [Binding] = []
  private var left: [(depth: Int, bindings: Int, scope: Int)] = []
  private var scope = 0
  private var scopes: [Scope: Int] = [:]
  private var rootNamespace: String?
  /// The innermost element with declarations of its own.
  private(set) var deepest = 0

  init(bytes: UnsafePointer<UInt8>, count: Int, home: XMLTag.Home) {
    self.bytes = bytes
    self.count = count
    self.home = home
    entries = .allocate(capacity: Self.slots)
    entries.initialize(repeating: Entry(), count: Self.slots)
  }

  func free() { entries.deallocate() }

  // MARK: Scopes

  /// Takes up the declarations among the attributes of an element.
  mutating func enter(_ attributes: XMLAttributes, depth: Int) {
    var declared: [Binding] = []
    for index in 0..<attributes.count {
      let isDefault = attributes.start[index].localStart == attributes.start[index].nameStart
      if isDefault ? attributes.local(index).equals("xmlns") : attributes.prefix(index).equals("xmlns") {
        let value = attributes.store.text(attributes.start[index].valueStart, attributes.start[index].valueEnd)
        declared.append(
          Binding(
            prefix: isDefault ? "" : String(decoding: attributes.local(index), as: UTF8.self),
            namespace: attributes.store.string(value)))
      }
    }
    guard !declared.isEmpty, bindings.count + declared.count <= Self.mostBindings else { return }
    if depth == 1 { ofRoot = declared.count }
    left.append((depth, bindings.count, scope))
    deepest = depth
    bindings += declared
    let key = Scope(outer: scope, declarations: declared.map { "\($0.prefix)=\($0.namespace)" }.joined(separator: "\n"))
    if let known = scopes[key] {
      scope = known
    } else {
      nextScope += 1
      scope = nextScope
      if scopes.count < Self.mostScopes { scopes[key] = scope }
    }
  }

  private var nextScope = 0
  /// How many of the bindings the outermost element declares.
  private var ofRoot = 0

  mutating func leave(_ depth: Int) {
    guard let last = left.popLast() else { return }
    bindings.removeSubrange(last.bindings...)
    scope = last.scope
    deepest = left.last?.depth ?? 0
  }

  // MARK: Tags

  /// The tag of the name at these bytes.
  mutating func tag(_ from: Int, _ end: Int, isRoot: Bool) -> XMLTag {
    let length = end - from
    guard length <= Self.longest, !isRoot else { return make(from, end, isRoot: isRoot) }
    let low = word(from, min(length, 8))
    let middle = length > 8 ? word(from + 8, min(length - 8, 8)) : 0
    let high = length > 16 ? word(from + 16, length - 16) : 0
    let mixed =
      (low ^ (middle &* 0x9E37_79B9_7F4A_7C15) ^ (high << 7) ^ UInt64(truncatingIfNeeded: scope))
      &* 0xC2B2_AE3D_27D4_EB4F
    let slot = Int(truncatingIfNeeded: mixed >> 55)
    let entry = entries[slot]
    if entry.low == low, entry.middle == middle, entry.high == high, entry.count == Int32(length),
      entry.scope == Int32(truncatingIfNeeded: scope)
    {
      return entry.tag
    }
    let tag = make(from, end, isRoot: false)
    entries[slot] = Entry(
      low: low, middle: middle, high: high, count: Int32(length), scope: Int32(truncatingIfNeeded: scope), tag: tag)
    return tag
  }

  /// Up to eight bytes as a number.
  @inline(__always)
  private func word(_ from: Int, _ length: Int) -> UInt64 {
    if from + 8 <= count {
      let word = UInt64(littleEndian: UnsafeRawPointer(bytes + from).loadUnaligned(as: UInt64.self))
      return length >= 8 ? word : word & (1 << UInt64(8 * length) - 1)
    }
    var word: UInt64 = 0
    for index in 0..<length { word |= UInt64(bytes[from + index]) << UInt64(8 * index) }
    return word
  }

  private mutating func make(_ from: Int, _ end: Int, isRoot: Bool) -> XMLTag {
    let name = String(decoding: UnsafeBufferPointer(start: bytes + from, count: min(end - from, 200)), as: UTF8.self)
    var prefix: String?
    var local = name
    if let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) {
      prefix = String(name[..<colon])
      local = String(name[name.utf8.index(after: colon)...])
    }
    let place = bindings.lastIndex { $0.prefix == prefix ?? "" }
    var namespace = place.flatMap { bindings[$0].namespace.isEmpty ? nil : bindings[$0].namespace }
    if isRoot { rootNamespace = namespace }
    // What the outermost element says of elements without prefix is the format's own, by whatever name.
    if prefix == nil, let place, place < ofRoot, let given = namespace, !XMLTag.isKnown(given) { namespace = nil }
    return XMLTag(local: local, prefix: prefix, namespace: namespace, home: home, rootNamespace: rootNamespace)
  }
}

/// The addresses that relative references are resolved against, and the languages; see `XMLPlace`. The scanner adds to
/// them while items are read already.
final class Bases {
  @exclusivity(unchecked) var urls: [WebURL?]
  @exclusivity(unchecked) var languages: [String?] = [nil]

  init(_ url: WebURL?) { urls = [url] }

  /// Longer bases would be copied into every address.
  static let longest = 1024

  /// The base address that an attribute gives.
  func address(_ value: Slice, _ store: TextStore, relativeTo place: XMLPlace) -> WebURL? {
    guard let url = WebURL(store.bytes(value), relativeTo: urls[Int(place.base)]), Self.isShort(url) else { return nil }
    return url
  }

  static func isShort(_ url: WebURL) -> Bool { url.description.utf8.count <= longest }

  /// Puts what the outermost element says in the place of the document's own address.
  func setDocument(_ value: Slice, _ store: TextStore) {
    if let url = address(value, store, relativeTo: XMLPlace()) { urls[0] = url }
  }
}

/// Which base address and language hold where the scanner is (`xml:base`, `xml:lang`).
struct XMLPlaces {
  /// So many of a document are remembered; the rest of its bases and languages holds no longer than it has to.
  private static let most = 10_000

  let bases: Bases
  private(set) var place = XMLPlace()
  private var left: [(depth: Int, place: XMLPlace)] = []
  private(set) var deepest = 0

  init(bases: Bases) { self.bases = bases }

  mutating func enter(_ attributes: XMLAttributes, depth: Int) {
    let before = place
    for index in 0..<attributes.count where attributes.prefix(index).equals("xml") {
      let attribute = attributes.start[index]
      let value = attributes.store.text(attribute.valueStart, attribute.valueEnd)
      if attributes.local(index).equals("base"), bases.urls.count < Self.most {
        guard let url = bases.address(value, attributes.store, relativeTo: place) else { continue }
        if bases.urls.last == url {
          place.base = Int32(bases.urls.count - 1)
        } else {
          bases.urls.append(url)
          place.base = Int32(bases.urls.count - 1)
        }
      } else if attributes.local(index).equals("lang") {
        if value.isEmpty {
          place.language = 0
        } else {
          enter(language: Reading.language(attributes.store.string(value)))
        }
      }
    }
    if before.base != place.base || before.language != place.language {
      left.append((depth, before))
      deepest = depth
    }
  }

  private mutating func enter(language: String) {
    if bases.languages[Int(place.language)] == language { return }
    if let known = bases.languages.suffix(20).firstIndex(of: language) {
      place.language = Int32(known)
    } else if bases.languages.count < Self.most {
      bases.languages.append(language)
      place.language = Int32(bases.languages.count - 1)
    }
  }

  mutating func leave(_ depth: Int) {
    guard let last = left.popLast() else { return }
    place = last.place
    deepest = left.last?.depth ?? 0
  }
}
