import Values

/// The addresses that a picture has besides `src`, on sites whose scripts load it when a reader comes near.
enum LazyPicture {
  /// Whether an address stands for a picture that is still to come: bytes of its own, or an empty file's name.
  static func isPlaceholder(_ address: UnsafeBufferPointer<UInt8>) -> Bool {
    if address.isEmpty || holds(address, 0, "data:") || holds(address, 0, "about:") { return true }
    var end = address.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? address.count
    while end > 0, address[end - 1] == UInt8(ascii: "/") { end -= 1 }
    var start = end
    while start > 0, address[start - 1] != UInt8(ascii: "/") { start -= 1 }
    let file = UnsafeBufferPointer(rebasing: address[start..<end])
    for index in file.indices {
      switch file[index] | 0x20 {
      case UInt8(ascii: "p"), UInt8(ascii: "b"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "l"),
        UInt8(ascii: "1"):
        if words.contains(where: { holds(file, index, $0) }) { return true }
      default: break
      }
    }
    return false
  }

  static func isPlaceholder(_ address: String) -> Bool {
    var address = address
    return address.withUTF8 { isPlaceholder($0) }
  }

  /// Each begins with one of the letters that are looked for.
  private static let words: [StaticString] = [
    "placeholder", "blank.", "spacer.", "transparent", "loading.", "lazy", "1x1", "pixel.gif",
  ]

  /// Whether a word of small letters stands at a place, in whatever case.
  private static func holds(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard index + length <= bytes.count else { return false }
    for place in 0..<length where bytes[index + place] | 0x20 != word.utf8Start[place] { return false }
    return true
  }

  private static let longestSet = 64 << 10

  /// The address of the largest picture in a `srcset`, nil without one. Addresses may hold commas.
  static func largest(_ set: UnsafeBufferPointer<UInt8>) -> String? {
    // A list of a few pictures; more would cost many times its bytes.
    guard set.count <= longestSet else { return nil }
    var best: (address: Substring, size: Double)?
    var last: Substring?
    for word in UTF8Text.string(wellFormed: set).split(whereSeparator: \.isWhitespace) {
      let bare = word.last == "," ? word.dropLast() : word
      if let unit = bare.last, unit == "w" || unit == "x", let size = Double(bare.dropLast()), let address = last {
        if size > best?.size ?? 0 { best = (address, size) }
        last = nil
      } else {
        if best == nil, let address = last { best = (address, 0) }
        last = bare
      }
    }
    if best == nil, let address = last { best = (address, 0) }
    return best.map { String($0.address) }
  }
}
