internal import Values

// What is said of an item's pictures.
extension Reading {
  /// What is said of the item itself, for items without words of their own; of one whose files are all pictures it is
  /// their caption.
  func words(of media: MediaWire, beside files: @autoclosure () -> [(type: Slice?, address: WebURL?)]) -> TextWire? {
    guard let words = media.about.description else { return nil }
    if !media.contents.isEmpty {
      let arePictures = media.contents.allSatisfy { content in
        url(content.url, content.place).map { isImage(content, at: $0) } ?? false
      }
      return arePictures ? nil : words
    }
    let files = files()
    let arePictures = files.allSatisfy { type, address in
      guard let address else { return false }
      guard let type, !store.bytes(type).isEmpty else { return Self.looksLikeImage(address) }
      let isPicture = store.bytes(type).begins("image")
      return isPicture || Self.isVague(store.string(type)) && Self.looksLikeImage(address)
    }
    return !files.isEmpty && arePictures ? nil : words
  }

  func caption(_ about: MediaWire.About, of address: WebURL, title: String?) -> String? {
    if let stated = plain(about.description) ?? plain(about.text), !Self.isFileName(stated, of: address) {
      return stated
    }
    guard let words = plain(about.title), Self.isCaption(words, of: address, title: title) else { return nil }
    return words
  }

  /// Whether a picture's title says what it shows. Content systems put the file's name there, or the item's title.
  static func isCaption(_ title: String?, of address: WebURL?, title itemTitle: String?) -> Bool {
    guard let title, title != itemTitle else { return false }
    let hasWords = title.utf8.contains(0x20) || title.unicodeScalars.contains(where: needsNoSpaces)
    return hasWords && !(address.map { folded(stem(of: $0)) == foldedStem(title) } ?? false)
  }

  /// Scripts of South-East and East Asia that part no words.
  private static func needsNoSpaces(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0xA4CF, 0xF900...0xFAFF, 0xFF66...0xFF9F,
      0x2_0000...0x3_FFFF:
      true
    default: false
    }
  }

  /// Whether a text is the name of a picture's file and no word: "DSC_001.jpg".
  private static func isFileName(_ text: String, of address: WebURL) -> Bool {
    // Sentences are no names.
    guard text.utf8.count < longestName, !text.utf8.contains(0x20) else { return false }
    let looksLikeName = text.utf8.contains { $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    guard looksLikeName || endings.contains(where: { text.lowercased().hasSuffix($0) }) else { return false }
    return folded(stem(of: address)) == foldedStem(text)
  }

  private static let longestName = 200
  private static let endings = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"]

  /// The name of an address's file, without what says its kind and size.
  private static func stem(of address: WebURL) -> Substring {
    withoutSize(withoutEnding(address.path[...].split(separator: "/").last ?? ""))
  }

  private static func foldedStem(_ text: String) -> String { folded(withoutSize(withoutEnding(text[...]))) }

  private static func withoutEnding(_ name: Substring) -> Substring {
    let lowercased = name.lowercased()
    return endings.first { lowercased.hasSuffix($0) }.map { name.dropLast($0.utf8.count) } ?? name
  }

  /// Without the "-scaled" and "-300x200" that WordPress puts behind names.
  private static func withoutSize(_ name: Substring) -> Substring {
    guard let dash = name.lastIndex(of: "-") else { return name }
    let last = name[name.index(after: dash)...]
    let sides = last.split(separator: "x", omittingEmptySubsequences: false)
    let isSize = sides.count == 2 && sides.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 &- 0x30 < 10 } }
    return last == "scaled" || isSize ? name[..<dash] : name
  }

  private static func folded(_ name: Substring) -> String {
    String(name.lowercased().map { "-_+ ".contains($0) ? " " : $0 })
  }
}
