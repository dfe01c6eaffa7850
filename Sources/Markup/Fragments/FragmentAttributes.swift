import Glibc

/// Attributes of a tag, found as the HTML standard finds them (section 13.2.5.32 and what follows it).
extension FragmentReader {
  struct Value {
    var start = 0
    var end = 0
    var isGiven = false
  }

  /// Leaves out the attributes up to the tag's end; whether the tag ends itself, as in XML.
  @discardableResult
  @inline(__always)
  mutating func skipAttributes() -> Bool {
    if at < end, bytes[at] == UInt8(ascii: ">") {
      at += 1
      return false
    }
    return readAttributes { _, _, _ in }
  }

  /// Reads the attributes up to the tag's end; whether the tag ends itself, as in XML. A tag that another one
  /// interrupts ends there.
  @discardableResult
  @inline(__always)
  mutating func readAttributes(
    _ take: (inout FragmentReader, UnsafeBufferPointer<UInt8>, Value) -> Void
  ) -> Bool {
    while at < end {
      let byte = bytes[at]
      if byte == UInt8(ascii: ">") {
        at += 1
        return bytes[at - 2] == UInt8(ascii: "/")
      }
      if byte == UInt8(ascii: "<") { return false }
      if Self.isSpace(byte) || byte == UInt8(ascii: "/") {
        at += 1
        continue
      }
      let start = at
      // An "=" may begin a name, though not be in it.
      at += 1
      while at < end, !Self.endsName(bytes[at]), bytes[at] != UInt8(ascii: "="), bytes[at] != UInt8(ascii: "<") {
        at += 1
      }
      let name = UnsafeBufferPointer(start: bytes + start, count: at - start)
      while at < end, Self.isSpace(bytes[at]) { at += 1 }
      guard at < end, bytes[at] == UInt8(ascii: "=") else {
        take(&self, name, Value(start: start, end: start, isGiven: true))
        continue
      }
      at += 1
      while at < end, Self.isSpace(bytes[at]) { at += 1 }
      take(&self, name, value())
    }
    isCut = true
    return false
  }

  mutating func value() -> Value {
    guard at < end else { return Value(start: at, end: at, isGiven: true) }
    let quote = bytes[at]
    if quote == UInt8(ascii: "\"") ? !absent.double : quote == UInt8(ascii: "'") && !absent.single {
      if let close = find(quote, from: at + 1) {
        defer { at = close + 1 }
        return Value(start: at + 1, end: close, isGiven: true)
      }
      if quote == UInt8(ascii: "\"") { absent.double = true } else { absent.single = true }
    }
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") { at += 1 }
    let start = at
    while at < end, !Self.isSpace(bytes[at]), bytes[at] != UInt8(ascii: ">") { at += 1 }
    return Value(start: start, end: at, isGiven: true)
  }

  /// Hands over an attribute's value with its references replaced.
  @discardableResult
  mutating func decoded<Result>(
    _ value: Value, _ body: (inout FragmentReader, UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let raw = UnsafeBufferPointer(start: bytes + value.start, count: value.end - value.start)
    guard raw.count > 0, memchr(raw.baseAddress!, 0x26, raw.count) != nil else { return body(&self, raw) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: raw.count) { space in
      let count = CharacterReference.replace(in: raw, into: space)
      return body(&self, UnsafeBufferPointer(start: space.baseAddress!, count: count))
    }
  }

  func number(_ value: Value, _ range: ClosedRange<Int>) -> Int? {
    guard value.isGiven, value.end > value.start, value.end - value.start < 8 else { return nil }
    var number = 0
    for index in value.start..<value.end {
      guard bytes[index] &- 0x30 < 10 else { return nil }
      number = number * 10 + Int(bytes[index] - 0x30)
    }
    return range.contains(number) ? number : nil
  }
}
