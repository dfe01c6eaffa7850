import CXML2
import Glibc
import Synchronization
import Values

/// Which encoding a document's bytes are in, and the way from there to UTF-8.
public enum Charset {
  /// A document in UTF-8, and what it was before.
  public struct Decoded: Sendable {
    /// Valid UTF-8 without byte order mark and NUL.
    public let bytes: [UInt8]
    /// The name of what the bytes were.
    public let encoding: String
    /// What had to be mended or was lost, as a phrase; nil when every byte had a meaning in the encoding.
    public let damage: String?

    init(_ bytes: [UInt8], _ encoding: String, damage: String? = nil) {
      (self.bytes, self.encoding, self.damage) = (bytes, encoding, damage)
    }
  }

  /// The bytes as UTF-8.
  public static func utf8(
    _ bytes: [UInt8], contentType: String?, declaration: (ArraySlice<UInt8>) -> String?
  ) -> Decoded {
    var rest = bytes[...]
    // Each program that a file goes through may add a mark of its own.
    while rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    if rest.count < bytes.count {
      if rest.withUnsafeBufferPointer({ UTF8Text.isValid($0) }) { return Decoded(clean(rest), "utf-8") }
      if let mixed = MixedText(rest) { return mended(mixed) }
      // With hardly a character of UTF-8 the mark is that of a file that a program has written its text into.
      return MixedText.isOther(rest)
        ? utf8(Array(rest), contentType: contentType, declaration: declaration) : mended(MixedText(replacing: rest))
    }
    if let wide = wide(bytes) {
      return decoded(bytes[wide.start...], converter: wide.converter, encoding: wide.converter.lowercased())
    }
    // A label is often wrong, while text in another encoding is hardly ever valid UTF-8 by chance. An encoding that
    // shifts with escapes is all ASCII, though: its label counts, and without that only what is it in every detail.
    let isUTF8 = isValid(bytes)
    if isUTF8, !holdsEscape(bytes) { return Decoded(clean(bytes), "utf-8") }
    let label = label(inContentType: contentType) ?? declaration(bytes.prefix(4096)).map(canonical)
    if isUTF8, label != "iso-2022-jp" {
      if shiftsToKanji(bytes), let text = converted(bytes[...], from: "ISO-2022-JP"), lostShare(text) == 0 {
        return Decoded(text, "iso-2022-jp")
      }
      return Decoded(clean(bytes), "utf-8")
    }
    let declared = declaration(bytes.prefix(4096)).map(canonical)
    let mayBeUTF8 = label == nil || label == "windows-1252" || label?.hasPrefix("utf-") == true
    if label != "iso-2022-jp", let mixed = MixedText(bytes[...], isOtherLikely: !mayBeUTF8) { return mended(mixed) }
    for candidate in better(declared, label, bytes) ? [declared, label] : [label, declared] {
      guard let candidate else { continue }
      if candidate.hasPrefix("utf-") { continue }
      // Windows-1252 can be read out of any bytes; the others show when they are wrong.
      if candidate == "windows-1252" {
        if candidate == label, declared != label, isOfServer(contentType) { continue }
        break
      }
      guard let name = converters[candidate] else { continue }
      if let other = LabelCheck.contradiction(of: candidate, bytes) {
        return decoded(bytes[...], converter: converters[other] ?? name, encoding: other)
      }
      guard let text = converted(bytes[...], from: name) else { continue }
      let lost = lostShare(text)
      // So much that is no character means that the label is wrong.
      if lost > 0.05 { continue }
      if let mended = LabelCheck.withSigns(of: candidate, text) { return mended }
      return Decoded(text, candidate, damage: lost > 0 ? losses(candidate) : nil)
    }
    let guess =
      (LatinGuess.isVietnamese(bytes[...]) ? "windows-1258" : nil) ?? CharsetGuess.guess(bytes)
      ?? LatinGuess.guess(bytes[...])
      ?? [label, declared].compactMap { $0 }.first { converters[$0] != nil }
    // FF is no letter of Western Europe: that is no text in Windows-1252 with a wrong label.
    if guess == nil, label?.hasPrefix("utf-") == true, bytes.contains(0xFF) {
      return mended(MixedText(replacing: bytes[...]))
    }
    let encoding = guess ?? "windows-1252"
    return decoded(bytes[...], converter: converters[encoding] ?? "CP1252", encoding: encoding)
  }

  /// Whether of two labels that disagree the second one's encoding reads the bytes clearly better.
  private static func better(_ declared: String?, _ label: String?, _ bytes: [UInt8]) -> Bool {
    guard let declared, let label, declared != label else { return false }
    for name in [declared, label] where name == "windows-1252" || converters[name] == nil { return false }
    return LabelCheck.fit(declared, bytes) >= LabelCheck.fit(label, bytes) + 0.1
  }

  private static func holdsEscape(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in raw.baseAddress.map { memchr($0, 0x1B, raw.count) != nil } ?? false }
  }

  /// Whether a text of ASCII holds Kanji as ISO-2022-JP writes them (RFC 1468): in pairs of visible signs, behind an
  /// escape and before one that leads back. A terminal's escapes, and Kanji that a program has cut off, are text in no
  /// encoding: what follows them would be read as Kanji.
  private static func shiftsToKanji(_ bytes: [UInt8]) -> Bool {
    var kanji: Int?
    var (index, holdsKanji) = (0, false)
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x1B else {
        if byte >= 0x80 || kanji != nil && byte &- 0x21 > 0x5D { return false }
        index += 1
        continue
      }
      guard index + 2 < bytes.count else { return false }
      switch (bytes[index + 1], bytes[index + 2]) {
      case (UInt8(ascii: "$"), UInt8(ascii: "B")), (UInt8(ascii: "$"), UInt8(ascii: "@")):
        if kanji != nil { return false }
        kanji = index + 3
      case (UInt8(ascii: "("), UInt8(ascii: "B")), (UInt8(ascii: "("), UInt8(ascii: "J")):
        if let start = kanji {
          if (index - start) % 2 != 0 { return false }
          holdsKanji = true
        }
        kanji = nil
      default: return false
      }
      index += 3
    }
    return holdsKanji && kanji == nil
  }

  private static func mended(_ mixed: MixedText) -> Decoded {
    Decoded(clean(mixed.text[...]), "utf-8", damage: mixed.damage)
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>, converter: String, encoding: String) -> Decoded {
    guard let text = converted(bytes, from: converter) else { return mended(MixedText(replacing: bytes)) }
    return Decoded(text, encoding, damage: lostShare(text) > 0 ? losses(encoding) : nil)
  }

  private static func losses(_ encoding: String) -> String { "bytes without a meaning in \(encoding) replaced" }

  /// UTF-16 and UTF-32, by their mark or by the zeros beside the first character; and where the text begins.
  private static func wide(_ bytes: [UInt8]) -> (converter: String, start: Int)? {
    guard bytes.count >= 4 else { return nil }
    func isText(_ byte: UInt8) -> Bool { byte == 0x09 || byte == 0x0A || byte == 0x0D || (0x20...0x7E).contains(byte) }
    switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
    case (0xFF, 0xFE, 0, 0): return ("UTF-32LE", 4)
    case (0, 0, 0xFE, 0xFF): return ("UTF-32BE", 4)
    case (0xFE, 0xFF, _, _): return ("UTF-16BE", 2)
    case (0xFF, 0xFE, _, _): return ("UTF-16LE", 2)
    case (let byte, 0, 0, 0) where isText(byte): return ("UTF-32LE", 0)
    case (0, 0, 0, let byte) where isText(byte): return ("UTF-32BE", 0)
    case (let byte, 0, let other, 0) where isText(byte) && isText(other): return ("UTF-16LE", 0)
    case (0, let byte, 0, let other) where isText(byte) && isText(other): return ("UTF-16BE", 0)
    default: return nil
    }
  }

  /// Which part of a converted text outside ASCII was no character in its encoding.
  private static func lostShare(_ text: [UInt8]) -> Double {
    var (wrong, others) = (0, 0)
    for index in text.indices where text[index] >= 0xC2 {
      let isWrong =
        text[index] == 0xEF && index + 2 < text.count && text[index + 1] == 0xBF && text[index + 2] == 0xBD
      if isWrong { wrong += 1 } else { others += 1 }
    }
    return wrong == 0 ? 0 : Double(wrong) / Double(wrong + others)
  }

  /// The bytes as UTF-8, read in the encoding of that canonical name; nil for a name that is not known.
  static func decoded(_ bytes: ArraySlice<UInt8>, from name: String) -> [UInt8]? {
    converters[name].flatMap { converted(bytes, from: $0) }
  }

  /// What is wrong with the label that bytes were given, as a phrase; nil when it is right, or when nothing outside
  /// ASCII shows it to be wrong. `encoding` is what `utf8` found.
  public static func mislabelling(
    _ bytes: [UInt8], contentType: String?, encoding: String, declaration: (ArraySlice<UInt8>) -> String?
  ) -> String? {
    let label = label(inContentType: contentType) ?? declaration(bytes.prefix(4096)).map(canonical)
    guard label != encoding, encoding == "iso-2022-jp" || bytes.contains(where: { $0 >= 0x80 }) else { return nil }
    switch label {
    case let label?:
      return encoding.hasPrefix("utf-16") || encoding.hasPrefix("utf-32")
        ? nil : "charset label \(label) is wrong, read as \(encoding)"
    case nil: return encoding.hasPrefix("utf") ? nil : "no charset label, read as \(encoding)"
    }
  }

  /// Whether a Content-Type has the charset that servers put beside everything unless they are told otherwise: what the
  /// document says itself is worth more.
  private static func isOfServer(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    return contentType.lowercased().contains(/charset=["' ]*iso-8859-1(?![0-9])/)
  }

  /// The `charset` parameter of a Content-Type, under its canonical name.
  static func label(inContentType contentType: String?) -> String? {
    guard let contentType, let range = contentType.lowercased().firstRange(of: "charset=") else { return nil }
    let rest = contentType.lowercased()[range.upperBound...]
    let name = rest.prefix { $0 != ";" && $0 != "," }.filter { !"\"' \t".contains($0) }
    return name.isEmpty ? nil : canonical(name)
  }

  /// The encoding that a `meta` element near the start of HTML names.
  public static func declaredInHTML(_ head: ArraySlice<UInt8>) -> String? {
    let text = String(decoding: head, as: UTF8.self).lowercased()
    var rest = text[...]
    while let meta = rest.firstRange(of: "<meta") {
      rest = rest[meta.upperBound...]
      let element = rest.prefix { $0 != ">" }
      guard let place = element.firstRange(of: "charset") else { continue }
      let value = element[place.upperBound...].drop { " \t\r\n".contains($0) }
      guard value.first == "=" else { continue }
      let name = value.dropFirst().drop { " \t\r\n\"'".contains($0) }.prefix { !" \t\r\n\"';/".contains($0) }
      if !name.isEmpty { return String(name) }
    }
    return nil
  }

  /// The encoding that an XML declaration names.
  public static func declaredInXML(_ head: ArraySlice<UInt8>) -> String? {
    head.prefix(256).withUnsafeBufferPointer { head in
      guard let start = TextScan.place(of: "<?xml", in: head), let end = TextScan.place(of: "?>", in: head),
        start + 5 <= end, let place = TextScan.place(of: "encoding", in: head, from: start + 5), place + 8 <= end
      else { return nil }
      let rest = String(decoding: head[(place + 8)..<end], as: UTF8.self).drop { " =\"'\t\r\n".contains($0) }
      let name = rest.prefix { !"\"' ".contains($0) }
      return name.isEmpty ? nil : String(name)
    }
  }

  // MARK: Names

  /// The name that browsers understand under a label (WHATWG Encoding, section 4.2, the labels met in the wild).
  static func canonical(_ label: String) -> String {
    let name = label.lowercased()
    if let known = aliases[name] { return known }
    if converters[name] != nil { return name }
    // "windows1251", "cp-1251", "win1251": no standard's labels, but clear.
    let plain = name.filter { $0 != "-" && $0 != "_" && $0 != " " }
    for prefix in ["windows", "win", "cp", "xcp"] where plain.hasPrefix(prefix) {
      let page = "windows-" + plain.dropFirst(prefix.count)
      if converters[page] != nil { return page }
    }
    return name
  }

  private static let aliases: [String: String] = [
    "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-16": "utf-16le", "unicode": "utf-16le",
    "ascii": "windows-1252", "us-ascii": "windows-1252", "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252",
    "iso_8859-1": "windows-1252", "latin1": "windows-1252", "l1": "windows-1252", "cp1252": "windows-1252",
    "x-cp1252": "windows-1252", "ansi": "windows-1252", "cp1250": "windows-1250", "x-cp1250": "windows-1250",
    "cp1251": "windows-1251", "x-cp1251": "windows-1251", "win-1251": "windows-1251", "cp1253": "windows-1253",
    "iso-8859-9": "windows-1254", "latin5": "windows-1254", "cp1254": "windows-1254", "cp1255": "windows-1255",
    "cp1256": "windows-1256", "cp1257": "windows-1257", "cp1258": "windows-1258", "iso-8859-11": "windows-874",
    "tis-620": "windows-874", "latin2": "iso-8859-2", "iso8859-2": "iso-8859-2", "iso8859-15": "iso-8859-15",
    "latin9": "iso-8859-15", "iso-8859-8-i": "iso-8859-8", "koi8": "koi8-r", "koi": "koi8-r",
    "sjis": "shift_jis", "shift-jis": "shift_jis", "x-sjis": "shift_jis", "windows-31j": "shift_jis",
    "ms_kanji": "shift_jis", "cp932": "shift_jis", "x-euc-jp": "euc-jp", "eucjp": "euc-jp",
    "gb2312": "gbk", "gb_2312-80": "gbk", "x-gbk": "gbk", "gb18030": "gbk", "cp936": "gbk", "chinese": "gbk",
    "big5-hkscs": "big5", "cn-big5": "big5", "x-x-big5": "big5", "euckr": "euc-kr", "ks_c_5601-1987": "euc-kr",
    "korean": "euc-kr", "windows-949": "euc-kr", "cp949": "euc-kr", "uhc": "euc-kr", "cp866": "ibm866",
    "866": "ibm866", "csibm866": "ibm866", "x-mac-ukrainian": "x-mac-cyrillic", "dos-874": "windows-874",
    "ms932": "shift_jis", "mac": "macintosh", "x-mac-roman": "macintosh", "koi8-ru": "koi8-u", "cp437": "ibm437",
    "437": "ibm437", "cp850": "ibm850", "850": "ibm850", "cp852": "ibm852", "852": "ibm852", "cp855": "ibm855",
    "855": "ibm855", "cp857": "ibm857", "857": "ibm857", "cp862": "ibm862", "862": "ibm862",
  ]

  /// Canonical names and what iconv calls them, mostly the vendor's superset.
  private static let converters: [String: String] = [
    "windows-1250": "CP1250", "windows-1251": "CP1251", "windows-1252": "CP1252", "windows-1253": "CP1253",
    "windows-1254": "CP1254", "windows-1255": "CP1255", "windows-1256": "CP1256", "windows-1257": "CP1257",
    "windows-1258": "CP1258", "windows-874": "CP874", "iso-8859-2": "ISO-8859-2", "iso-8859-3": "ISO-8859-3",
    "iso-8859-4": "ISO-8859-4", "iso-8859-5": "ISO-8859-5", "iso-8859-6": "ISO-8859-6", "iso-8859-7": "ISO-8859-7",
    "iso-8859-8": "ISO-8859-8", "iso-8859-10": "ISO-8859-10", "iso-8859-13": "ISO-8859-13",
    "iso-8859-14": "ISO-8859-14", "iso-8859-15": "ISO-8859-15", "iso-8859-16": "ISO-8859-16", "koi8-r": "KOI8-R",
    "koi8-u": "KOI8-U", "macintosh": "MACINTOSH", "x-mac-cyrillic": "MAC-CYRILLIC",
    "ibm437": "CP437", "ibm850": "CP850", "ibm852": "CP852", "ibm855": "CP855", "ibm857": "CP857", "ibm862": "CP862",
    "ibm866": "CP866", "shift_jis": "CP932", "euc-jp": "EUC-JP-MS",
    "iso-2022-jp": "ISO-2022-JP", "gbk": "GB18030", "big5": "BIG5-HKSCS", "euc-kr": "CP949",
  ]

  // MARK: Conversion

  private static let open = Mutex<[String: Converter]>([:])

  /// Loads the decoders while the process may still read files, and keeps them.
  static func openConverters() {
    open.withLock { table in
      for name in Array(converters.values) + ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"] where table[name] == nil {
        table[name] = Converter(name)
      }
    }
  }

  private static func converted(_ bytes: ArraySlice<UInt8>, from name: String) -> [UInt8]? {
    open.withLock { table in
      if table[name] == nil { table[name] = Converter(name) }
      return table[name]?.utf8(Array(bytes))
    }.map { clean($0[...]) }
  }

  private static func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { UTF8Text.isValid($0) } }

  private static func clean(_ bytes: [UInt8]) -> [UInt8] {
    let holdsNUL = bytes.withUnsafeBytes { raw in raw.baseAddress.map { memchr($0, 0, raw.count) != nil } ?? false }
    return holdsNUL ? bytes.filter { $0 != 0 } : bytes
  }

  /// libxml2 ends a text at NUL, so NUL goes, as it does in browsers.
  private static func clean(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.contains(0) ? bytes.filter { $0 != 0 } : Array(bytes)
  }
}

/// One open iconv descriptor; used under the table's lock only.
private final class Converter: @unchecked Sendable {
  private let descriptor: iconv_t
  private let isDoubleByte: Bool

  init?(_ name: String) {
    isDoubleByte = ["EUC-JP-MS", "CP932", "CP949", "GB18030", "BIG5-HKSCS"].contains(name)
    guard let opened = iconv_open("UTF-8", name), opened != iconv_t(bitPattern: -1) else { return nil }
    descriptor = opened
  }

  deinit { iconv_close(descriptor) }

  /// Converts everything; a byte that has no meaning becomes U+FFFD.
  func utf8(_ bytes: [UInt8]) -> [UInt8] {
    iconv(descriptor, nil, nil, nil, nil)
    var input = bytes
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 3 / 2)
    input.withUnsafeMutableBytes { raw in
      var from = raw.bindMemory(to: CChar.self).baseAddress
      var left = raw.count
      var buffer = [UInt8](repeating: 0, count: 16_384)
      var isEnd = false
      while !isEnd {
        isEnd = left == 0
        let (status, cause, written) = buffer.withUnsafeMutableBytes { space -> (Int, Int32, Int) in
          var to = space.bindMemory(to: CChar.self).baseAddress
          var room = space.count
          // Where an accent may follow, the last letter comes at the end only.
          let status =
            isEnd ? iconv(descriptor, nil, nil, &to, &room) : iconv(descriptor, &from, &left, &to, &room)
          return (status, errno, space.count - room)
        }
        out.append(contentsOf: buffer[..<written])
        if status != -1 || cause == E2BIG { continue }
        out.append(contentsOf: [0xEF, 0xBF, 0xBD])
        if isEnd || cause != EILSEQ { break }
        // Read from its second half, a character that is missing would take all behind it with it.
        let skipped = isDoubleByte && left > 1 && from.map { UInt8(bitPattern: $0[1]) >= 0x80 } == true ? 2 : 1
        from = from?.advanced(by: skipped)
        left -= skipped
      }
    }
    return out
  }
}
