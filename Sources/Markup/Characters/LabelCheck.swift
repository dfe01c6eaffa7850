/// Whether a label that names another encoding than UTF-8 is right: believed whatever the bytes are, it would turn a
/// text into letters of the right script that mean nothing.
enum LabelCheck {
  /// The encoding that bytes are clearly in instead of the one of their label; nil where the label may be right.
  static func contradiction(of label: String, _ bytes: [UInt8]) -> String? {
    if isDoubleByte(label) { return CharsetGuess.contradiction(of: label, bytes) }
    // Vietnamese has letters side by side, as other scripts do.
    if LatinGuess.bearsOut(label, bytes[...]) { return page(of: label, bytes) }
    return LatinGuess.contradiction(of: label, bytes[...]) ?? CharsetGuess.contradiction(of: label, bytes)
      ?? page(of: label, bytes)
  }

  /// How well an encoding reads bytes, for comparing two labels; 1 where all letters are those of one script or
  /// language.
  static func fit(_ encoding: String, _ bytes: [UInt8]) -> Double {
    max(
      CharsetGuess.fit(encoding, bytes) ?? 0, isDoubleByte(encoding) ? 0 : LatinGuess.fit(encoding, bytes[...]))
  }

  private static func isDoubleByte(_ encoding: String) -> Bool {
    ["gbk", "big5", "euc-kr", "euc-jp", "shift_jis", "iso-2022-jp"].contains(encoding)
  }

  // MARK: Signs of Windows

  /// Where encodings of ISO 8859 have control characters, which no text holds, those of Windows have quotation marks
  /// and letters. With such bytes a text is in the page of Windows that has been called by the name of its neighbour.
  private static func page(of label: String, _ bytes: [UInt8]) -> String? {
    guard label == "iso-8859-2" || label == "iso-8859-7", bytes.contains(where: { 0x80...0x9F ~= $0 }) else {
      return nil
    }
    // Of the letters that differ Greek has one, the capital Alpha with its accent, which begins words.
    if label == "iso-8859-7" {
      func count(_ alpha: UInt8) -> Int { zip(bytes, bytes.dropFirst()).count { $0 == alpha && $1 >= 0xC1 } }
      return count(0xA2) > count(0xB6) ? "windows-1253" : nil
    }
    return LatinGuess.fit("windows-1250", bytes[...]) >= LatinGuess.fit(label, bytes[...]) ? "windows-1250" : nil
  }

  /// A text that was read in an encoding of ISO 8859, with the signs of Windows instead of control characters; nil
  /// where it has none.
  static func withSigns(of label: String, _ text: [UInt8]) -> Charset.Decoded? {
    guard label.hasPrefix("iso-8859-") else { return nil }
    func isControl(_ index: Int) -> Bool {
      text[index] == 0xC2 && index + 1 < text.count && 0x80...0x9F ~= text[index + 1]
    }
    guard let first = text.indices.first(where: isControl) else { return nil }
    let page = pages[label] ?? "windows-1252"
    let letters = LatinGuess.letters(of: page)
    var out = Array(text[..<first])
    out.reserveCapacity(text.count + text.count / 16)
    var index = first
    while index < text.count {
      if isControl(index) {
        out.append(contentsOf: letters[Int(text[index + 1]) - 0x80])
        index += 2
      } else {
        out.append(text[index])
        index += 1
      }
    }
    return Charset.Decoded(out, label, damage: "bytes that are no \(label) read as \(page)")
  }

  private static let pages = [
    "iso-8859-2": "windows-1250", "iso-8859-4": "windows-1257", "iso-8859-5": "windows-1251",
    "iso-8859-6": "windows-1256", "iso-8859-7": "windows-1253", "iso-8859-8": "windows-1255",
    "iso-8859-13": "windows-1257", "iso-8859-16": "windows-1250",
  ]
}
