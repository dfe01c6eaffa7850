import Values

/// UTF-8 with other bytes among it: a page or a feed put together from texts that were not all in one encoding, or one
/// whose characters were cut in two.
///
/// What decides is not how much there is of either. A sequence that is well-formed hardly ever stands in a text of
/// Western Europe's encodings by chance, however few of them a text in English holds; the bytes that are none of UTF-8
/// are then read one by one. Scripts whose letters stand together outside ASCII form such sequences by chance, so that
/// there the sound ones must be many more.
struct MixedText {
  /// What is wrong with the bytes, as a phrase.
  let damage: String
  let text: [UInt8]

  /// nil for bytes that are no UTF-8 but for some.
  /// - Parameter isOtherLikely: whether a label names another encoding than UTF-8 and Windows-1252, which is often
  ///   written on either: then there must be many more sound sequences.
  init?(_ written: ArraySlice<UInt8>, isOtherLikely: Bool = false) {
    let (bytes, didJoin) = Self.joiningSurrogates(written)
    let count = Count(bytes)
    guard didJoin || count.broken > 0, isOtherLikely ? count.isMostlyUTF8 : count.isUTF8 else { return nil }
    if count.broken == 0 {
      self.init(damage: "halves of characters joined", text: Array(bytes))
      return
    }
    guard count.isWestern else {
      self.init(replacing: bytes)
      return
    }
    let encoding =
      LatinGuess.guess(bytes.indices.lazy.filter { !count.isSound($0, bytes) }, in: bytes) ?? "windows-1252"
    let letters = LatinGuess.letters(of: encoding)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + 2 * count.broken)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let length = Self.soundLength(bytes, index)
      if length == 1 || length > 1 && !Self.isChance(bytes, index, length) {
        text.append(contentsOf: bytes[index..<index + length])
        index += length
        continue
      }
      let cut = Self.cutLength(bytes, index)
      text.append(contentsOf: cut > 0 ? [0xEF, 0xBF, 0xBD] : letters[Int(bytes[index]) - 0x80])
      index += max(cut, 1)
    }
    self.init(damage: "bytes that are no UTF-8 read as \(encoding)", text: text)
  }

  /// Every ill-formed sequence replaced by U+FFFD.
  init(replacing bytes: ArraySlice<UInt8>) {
    self.init(damage: "bytes that are no UTF-8 replaced", text: Array(String(decoding: bytes, as: UTF8.self).utf8))
  }

  /// Whether bytes are those of another encoding: hardly ever well-formed.
  static func isOther(_ bytes: ArraySlice<UInt8>) -> Bool { Count(bytes).isMostlyBroken }

  private init(damage: String, text: [UInt8]) {
    self.damage = damage
    self.text = text
  }

  /// Characters beyond the first 65,536 as programs write them that think in UTF-16: the two halves apart, each as if
  /// it were a character (CESU-8). A half alone becomes U+FFFD.
  private static func joiningSurrogates(_ bytes: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, didJoin: Bool) {
    func half(_ index: Int) -> UInt32? {
      guard index + 2 < bytes.endIndex, bytes[index] == 0xED, bytes[index + 1] & 0xE0 == 0xA0,
        bytes[index + 2] & 0xC0 == 0x80
      else { return nil }
      return 0xD000 | UInt32(bytes[index + 1] & 0x3F) << 6 | UInt32(bytes[index + 2] & 0x3F)
    }
    guard var index = bytes.indices.first(where: { half($0) != nil }) else { return (bytes, false) }
    var out = Array(bytes[..<index])
    out.reserveCapacity(bytes.count)
    while index < bytes.endIndex {
      guard let high = half(index) else {
        out.append(bytes[index])
        index += 1
        continue
      }
      let low = half(index + 3)
      if high < 0xDC00, let low, low >= 0xDC00,
        let scalar = Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF))
      {
        out.append(contentsOf: UTF8.encode(scalar)!)
        index += 6
      } else {
        out.append(contentsOf: [0xEF, 0xBF, 0xBD])
        index += 3
      }
    }
    return (out[...], true)
  }

  /// How long the well-formed sequence at `index` is; 0 where none begins.
  private static func soundLength(_ bytes: ArraySlice<UInt8>, _ index: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return 1 }
    guard first >= 0xC2, first < 0xF5 else { return 0 }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard index + length <= bytes.endIndex else { return 0 }
    for place in 1..<length where bytes[index + place] & 0xC0 != 0x80 { return 0 }
    switch (first, bytes[index + 1]) {
    case (0xE0, ..<0xA0), (0xED, 0xA0...), (0xF0, ..<0x90), (0xF4, 0x90...): return 0
    default: return length
    }
  }

  /// Whether a well-formed sequence alone is also what ends a word in Windows-1252: "beauté" before a space that does
  /// not break and a quotation mark. The signs that begin Western Europe's letters and marks in UTF-8 end no words.
  private static func isChance(_ bytes: ArraySlice<UInt8>, _ index: Int, _ length: Int) -> Bool {
    switch bytes[index] {
    case 0xC2...0xC5, 0xCE...0xD1, 0xE2, 0xEF...: return false
    case 0xE1 where bytes[index + 1] >= 0xB8: return false
    default: break
    }
    let end = index + length
    guard bytes[(index + 1)..<end].allSatisfy(isMark) else { return false }
    let isBehind = index > bytes.startIndex && bytes[index - 1] & 0xC0 == 0x80
    return !isBehind && (end == bytes.endIndex || soundLength(bytes, end) < 2)
  }

  /// Punctuation of Windows-1252 that stands behind a word.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x85, 0x91...0x97, 0x99, 0x9B, 0xA0, 0xAB, 0xAE, 0xB0, 0xB2, 0xB3, 0xB9, 0xBB: true
    default: false
    }
  }

  /// How long the beginning of a character is that was cut off at `index`; 0 for anything else. Only what is no text in
  /// Windows-1252 counts: "â€" without more, and an "Ã" or "Â" that ends a word.
  private static func cutLength(_ bytes: ArraySlice<UInt8>, _ index: Int) -> Int {
    let next = index + 1 < bytes.endIndex ? bytes[index + 1] : 0
    switch bytes[index] {
    case 0xC2, 0xC3: return (next | 0x20) &- 0x61 < 26 || next >= 0x80 ? 0 : 1
    case 0xE2 where next == 0x80 || next == 0x82: return 2
    default: return 0
    }
  }

  /// What the bytes outside ASCII are.
  private struct Count {
    var broken = 0
    /// Broken bytes that stand as the letters of other scripts do.
    private var together = 0
    /// Well-formed sequences.
    private var sound = 0
    /// Well-formed sequences of three and four bytes.
    private var long = 0
    /// What speaks for UTF-8: the sequences that no text in Windows-1252 holds by chance, the longer the more.
    private var evidence = 0
    /// Those of Western Europe's letters, and the punctuation that all scripts share.
    private var western = 0

    init(_ bytes: ArraySlice<UInt8>) {
      var word = ByteWord()
      var index = bytes.startIndex
      while index < bytes.endIndex {
        let length = MixedText.soundLength(bytes, index)
        if length == 1, !word.takes(bytes[index]) { together += word.end() }
        let isBehind = index > bytes.startIndex && bytes[index - 1] >= 0x80
        if length == 0, !isBehind, let cut = Self.cutBeforeASCII(bytes, index) {
          // The beginning of a character that a program has cut off: in no other encoding it stands alone.
          broken += 1
          evidence += 1
          index += cut
          continue
        }
        if length == 0 {
          broken += 1
          word.add(1, beside: isBehind || index + 1 < bytes.endIndex && bytes[index + 1] >= 0x80)
        } else if length > 1 {
          word.add(length, beside: false)
          sound += 1
          if length > 2 { long += 1 }
          if !MixedText.isChance(bytes, index, length) { evidence += length == 2 ? 1 : 3 }
          switch bytes[index] {
          case 0xC2...0xC5, 0xE2, 0xF0: western += 1
          default: break
          }
        }
        index += max(length, 1)
      }
      together += word.end()
    }

    var isMostlyBroken: Bool { sound < broken }

    private static func cutBeforeASCII(_ bytes: ArraySlice<UInt8>, _ index: Int) -> Int? {
      let cut = MixedText.cutLength(bytes, index)
      guard cut == 2, index + cut == bytes.endIndex || bytes[index + cut] < 0x80 else { return nil }
      return cut
    }

    /// Whether the broken bytes are letters between those of ASCII, in a text that mostly has such letters.
    var isWestern: Bool { western * 2 >= sound && (together * 2 <= broken || together <= 4) }

    /// Texts of Asia that a program has cut by bytes, one a few characters: no encoding of theirs gives long sequences
    /// by chance as often as that.
    var isMostlyUTF8: Bool { sound > 4 * broken || long >= 3 && long * 2 >= broken }

    var isUTF8: Bool {
      if isMostlyUTF8 { return true }
      return isWestern && evidence > 0 && (evidence >= 3 || evidence * 8 >= broken)
    }

    /// Whether a byte is one of ASCII or of a well-formed sequence.
    func isSound(_ index: Int, _ bytes: ArraySlice<UInt8>) -> Bool {
      if bytes[index] < 0x80 { return true }
      var start = index
      while start > bytes.startIndex, index - start < 3, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      return MixedText.soundLength(bytes, start) > index - start
    }
  }
}
