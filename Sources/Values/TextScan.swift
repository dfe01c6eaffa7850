#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Questions about texts that are asked thousands of times a page, answered from their bytes.
extension String {
  /// Whether another text stands in this one, byte for byte.
  public func holds(_ other: String) -> Bool {
    var (text, part) = (self, other)
    return text.withUTF8 { text in part.withUTF8 { TextScan.holds(text, $0) } }
  }

  /// Whether the text in lower case is another one. Most texts differ at their first byte.
  public func isEqual(toLowercase other: String) -> Bool {
    var (text, wanted) = (self, other)
    let bytewise: Bool? = text.withUTF8 { text in
      wanted.withUTF8 { wanted in
        for (at, byte) in text.enumerated() {
          if byte >= 0x80 { return nil }
          let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
          guard at < wanted.count else { return false }
          if lower != wanted[at] { return wanted[at] >= 0x80 ? nil : false }
        }
        return text.count == wanted.count
      }
    }
    return bytewise ?? (lowercased() == other)
  }

  /// How many characters a reader counts: the same as `count`, without looking at each where no two of the text's
  /// scalars can be one character.
  public var characterCount: Int {
    var text = self
    return text.withUTF8 { TextScan.plainCount($0) } ?? count
  }

  /// How many words stand in the text: what white space divides.
  public var wordCount: Int {
    var text = self
    return text.withUTF8 { TextScan.words($0) }
  }

  /// Whether one of the bytes stands in the text; for ASCII characters.
  public func holdsByte(where test: (UInt8) -> Bool) -> Bool {
    var text = self
    return text.withUTF8 { bytes in
      for byte in bytes where test(byte) { return true }
      return false
    }
  }
}

extension Substring {
  public func holds(_ other: String) -> Bool {
    var (text, part) = (self, other)
    return text.withUTF8 { text in part.withUTF8 { TextScan.holds(text, $0) } }
  }
}

public enum TextScan {
  public static func holds(_ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
    place(of: part, in: text) != nil
  }

  /// Where a part stands in a text for the first time from `start` on, in bytes; nil when it does not.
  public static func place(
    of part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int = 0
  ) -> Int? {
    guard let wanted = part.baseAddress, !part.isEmpty else { return start }
    guard let base = text.baseAddress, text.count >= part.count else { return nil }
    var at = start
    let last = text.count - part.count
    while at <= last, let hit = memchr(base + at, Int32(wanted[0]), last - at + 1) {
      let place = base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
      if memcmp(base + place, wanted, part.count) == 0 { return place }
      at = place + 1
    }
    return nil
  }

  /// The same for a part that is known when this is compiled.
  public static func place(
    of part: StaticString, in text: UnsafeBufferPointer<UInt8>, from start: Int = 0
  ) -> Int? {
    place(
      of: UnsafeBufferPointer(start: part.utf8Start, count: part.utf8CodeUnitCount), in: text, from: start)
  }

  static func words(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    var isInside = false
    var at = 0
    while at < bytes.count {
      let length = spaceLength(bytes, at)
      if length > 0 {
        isInside = false
      } else if !isInside {
        isInside = true
        count += 1
      }
      at += max(1, length)
    }
    return count
  }

  /// How many bytes the white space takes that stands at a place (Unicode, White_Space); 0 where none does.
  private static func spaceLength(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    func next(_ offset: Int) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }
    switch bytes[at] {
    case 0x09...0x0D, 0x20: return 1
    case 0xC2: return next(1) == 0x85 || next(1) == 0xA0 ? 2 : 0
    case 0xE1: return next(1) == 0x9A && next(2) == 0x80 ? 3 : 0
    case 0xE2:
      switch (next(1), next(2)) {
      case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
      default: return 0
      }
    case 0xE3: return next(1) == 0x80 && next(2) == 0x80 ? 3 : 0
    default: return 0
    }
  }

  /// The number of characters where each scalar is one: no marks that join what stands before, no joiners, no line ends
  /// of two scalars, no flags or syllables put together. nil for other texts.
  static func plainCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = bytes.baseAddress else { return 0 }
    let end = bytes.count
    var count = 0
    var at = 0
    while at < end {
      let byte = base[at]
      switch byte {
      case 0x0D: return nil
      case ..<0x80:
        count += 1
        at += 1
      // U+0080–U+02FF, and U+0380–U+047F.
      case 0xC2...0xCB, 0xCE...0xD1:
        count += 1
        at += 2
      case 0xE2:
        // U+2010–U+2027 and U+2030–U+203F: dashes, quotation marks, the ellipsis.
        guard at + 2 < end, base[at + 1] == 0x80, (0x90...0xA7).contains(base[at + 2]) || base[at + 2] >= 0xB0,
          base[at + 2] != 0xBC
        else { return nil }
        count += 1
        at += 3
      case 0xE3:
        // Kana and the punctuation before them.
        guard at + 2 < end else { return nil }
        switch (base[at + 1], base[at + 2]) {
        case (0x80, 0x80...0xA9), (0x81, _), (0x83, _): break
        case (0x82, let third) where third != 0x99 && third != 0x9A: break
        default: return nil
        }
        count += 1
        at += 3
      case 0xE4...0xE9:
        count += 1
        at += 3
      default: return nil
      }
    }
    return count
  }
}
