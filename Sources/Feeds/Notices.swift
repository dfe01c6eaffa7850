internal import Values

// What PHP prints into the fields of a feed.
extension Reading {
  /// A text without the warnings that begin it.
  @inline(__always)
  func withoutNotice(_ text: Slice) -> Slice {
    guard let first = store.bytes(text).first else { return text }
    switch first {
    case UInt8(ascii: "<"), UInt8(ascii: "W"), UInt8(ascii: "N"), UInt8(ascii: "D"): return withoutNotices(text)
    default: return text
    }
  }

  @inline(never)
  private func withoutNotices(_ text: Slice) -> Slice {
    let bytes = store.bytes(text)
    var start = 0
    for _ in 0..<Self.mostNotices {
      guard let end = Self.endOfNotice(UnsafeBufferPointer(rebasing: bytes[start...])) else { break }
      start += end
    }
    return start == 0
      ? text : store.trimmed(Slice(Int(text.start) + start, Int(text.start) + bytes.count, isStored: text.isStored))
  }

  private static let mostNotices = 20
  private static let longestNotice = 2000

  /// Where a notice ends that begins the text: `<b>Warning</b>: … on line <b>12</b><br />`, or the same without tags and
  /// a line of its own. nil for a headline that begins with "Warning:".
  private static func endOfNotice(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var rest = bytes[...]
    func skipSpace() { rest = rest.drop { $0 <= 0x20 } }
    func skip(_ word: StaticString) -> Bool {
      guard UnsafeBufferPointer(rebasing: rest).begins(word) else { return false }
      rest = rest.dropFirst(word.utf8CodeUnitCount)
      return true
    }
    func skipBreak() -> Bool {
      guard UnsafeBufferPointer(rebasing: rest).begins("<br"),
        let end = rest.prefix(8).firstIndex(of: UInt8(ascii: ">"))
      else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    skipSpace()
    if skipBreak() { skipSpace() }
    let isHTML = skip("<b>")
    guard kinds.contains(where: skip), !isHTML || skip("</b>"), skip(":") else { return nil }
    let message = UnsafeBufferPointer(rebasing: rest.prefix(longestNotice))
    guard let place = TextScan.place(of: " on line ", in: message) else { return nil }
    rest = rest.dropFirst(place + 9)
    if isHTML, !skip("<b>") { return nil }
    let digits = rest.prefix { $0 &- 0x30 < 10 }
    rest = rest.dropFirst(digits.count)
    guard !digits.isEmpty, !isHTML || skip("</b>") else { return nil }
    if skipBreak() { return rest.startIndex }
    guard let next = rest.first else {
      return isHTML || TextScan.place(of: ".php", in: message) != nil ? rest.startIndex : nil
    }
    if isHTML ? next > 0x20 : next != 0x0A { return nil }
    return rest.startIndex
  }

  private static let kinds: [StaticString] = [
    "warning", "notice", "deprecated", "strict standards", "php warning", "php notice", "php deprecated",
  ]
}
