import Values

/// The addresses that a picture has besides `src`, on sites whose scripts load it when a reader comes near.
enum LazyPicture {
  /// Whether an address stands for a picture that is still to come: bytes of its own, or an empty file's name.
  static func isPlaceholder(_ address: UnsafeBufferPointer<UInt8>) -> Bool {
    isPlaceholder(UTF8Text.string(wellFormed: address))
  }

  static func isPlaceholder(_ address: String) -> Bool {
    let text = address.lowercased()
    if text.isEmpty { return true }
    if text.hasPrefix("data:") || text.hasPrefix("about:") { return true }
    let file = text.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").last ?? ""
    return words.contains { file.contains($0) }
  }

  private static let words = [
    "placeholder", "blank.", "spacer.", "transparent", "loading.", "lazy", "1x1", "pixel.gif",
  ]

  /// The address of the largest picture in a `srcset`, nil without one. Addresses may hold commas.
  static func largest(_ set: UnsafeBufferPointer<UInt8>) -> String? {
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
