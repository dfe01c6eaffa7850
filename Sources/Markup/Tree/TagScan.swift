#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Reads a start tag as libxml2's HTML parser does: it finds the values in quotation marks whose attributes have a name
/// and come once.
struct TagScan {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  /// Behind the name, then behind each value, at last behind the tag.
  private(set) var at = 0
  private(set) var isClosed = false
  private var names: [Range<Int>] = []

  /// libxml2 cuts longer names.
  private static let longestName = 99

  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    self.base = base
    self.count = count
  }

  /// At the name of the next tag.
  mutating func begin(_ start: Int) {
    at = start
    isClosed = false
    names.removeAll(keepingCapacity: true)
    skipName()
  }

  /// The place of the next value that may be taken out; nil at the end of the tag, and where it has none.
  mutating func nextValue() -> Range<Int>? {
    while true {
      skipBlanks()
      guard at < count else { return nil }
      if base[at] == 0x3E {
        at += 1
        isClosed = true
        return nil
      }
      if base[at] == 0x2F, at + 1 < count, base[at + 1] == 0x3E {
        at += 2
        isClosed = true
        return nil
      }
      let start = at
      guard Self.beginsName(base[at]) else {
        skipOddity()
        continue
      }
      skipName()
      let name = start..<at
      skipBlanks()
      guard at < count, base[at] == 0x3D else {
        names.append(name)
        continue
      }
      at += 1
      skipBlanks()
      guard at < count else { return nil }
      let quote = base[at]
      guard quote == 0x22 || quote == 0x27 else {
        while at < count, base[at] > 0x20, base[at] != 0x3E { at += 1 }
        names.append(name)
        continue
      }
      guard let hit = memchr(base + at + 1, Int32(quote), count - at - 1) else {
        at = count
        return nil
      }
      let value = at + 1..<base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
      at = value.upperBound + 1
      if isTaken(name) { return value }
    }
  }

  /// Whether the value of an attribute may be taken out. By `id` and `name` libxml2 remembers elements while it parses;
  /// it drops an attribute that comes again.
  private mutating func isTaken(_ name: Range<Int>) -> Bool {
    defer { names.append(name) }
    let first = base[name.lowerBound] | 0x20
    if name.count <= 2 || name.count == 4 && first == 0x6E || name.count > Self.longestName { return false }
    return !names.contains { other in
      other.count == name.count && base[other.lowerBound] | 0x20 == first
        && strncasecmp(
          UnsafeRawPointer(base + other.lowerBound).assumingMemoryBound(to: CChar.self),
          UnsafeRawPointer(base + name.lowerBound).assumingMemoryBound(to: CChar.self), name.count) == 0
    }
  }

  private mutating func skipBlanks() {
    while at < count, base[at] == 0x20 || base[at] == 0x0A || base[at] == 0x09 || base[at] == 0x0D { at += 1 }
  }

  /// What begins no name is dropped up to the next white space.
  private mutating func skipOddity() {
    while at < count, !(base[at] == 0x20 || base[at] == 0x0A || base[at] == 0x09 || base[at] == 0x0D), base[at] != 0x3E,
      !(base[at] == 0x2F && at + 1 < count && base[at + 1] == 0x3E)
    { at += 1 }
  }

  private mutating func skipName() {
    while at < count {
      switch base[at] {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x2E, 0x3A, 0x5F: at += 1
      default: return
      }
    }
  }

  private static func beginsName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x3A || byte == 0x2E
  }
}
