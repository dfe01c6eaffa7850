internal import Values

/// The entities that a document type declares (XML 1.0, sections 4.2 and 4.4), for documents that use them as
/// abbreviations: a few short texts without references to others. They are put in place before the document is scanned,
/// and the type is left away.
///
/// All others can blow up or read files. What is declared outside the document is never loaded: a parameter entity such
/// as the names of Latin 1, which old RSS 1.0 feeds begin with, is passed over, and every other declaration is left in
/// the document for the scanner to refuse.
struct DeclaredEntities {
  /// Where the document type ends.
  private(set) var end = 0
  /// Whether it names declarations outside the document, which stay unread.
  private(set) var namesOthers = false
  /// What each reference becomes: text without "<" and quotation marks, with no references but those to characters.
  private var texts: [[UInt8]: [UInt8]] = [:]

  private static let mostEntities = 64
  private static let longestText = 256
  private static let longestName = 64
  /// By how much a document may grow, all references together.
  private static let mostGrowth = 65_536

  /// nil without a document type, with one that declares no entities, and with one that the scanner has to refuse.
  /// `document` begins with it.
  init?(_ document: ArraySlice<UInt8>) {
    var reader = Cursor(bytes: document, at: document.startIndex)
    guard reader.take("<!doctype") else { return nil }
    var brackets = 0
    var sawEntity = false
    while let byte = reader.peek {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): guard reader.literal() != nil else { return nil }
      case UInt8(ascii: "["): (brackets, reader.at) = (brackets + 1, reader.at + 1)
      case UInt8(ascii: "]"): (brackets, reader.at) = (brackets - 1, reader.at + 1)
      case UInt8(ascii: ">") where brackets <= 0:
        end = reader.at + 1
        if sawEntity { return } else { return nil }
      case UInt8(ascii: "<"):
        if reader.take("<!--") {
          guard reader.pass("-->") else { return nil }
        } else if reader.take("<?") {
          guard reader.pass("?>") else { return nil }
        } else if reader.take("<!entity") {
          guard declaration(&reader) else { return nil }
          sawEntity = true
        } else {
          reader.at += 1
        }
      default: reader.at += 1
      }
    }
    return nil
  }

  /// Takes up one declaration; false where it is none of those that are allowed.
  private mutating func declaration(_ reader: inout Cursor) -> Bool {
    guard reader.space() else { return false }
    let isParameter = reader.take("%")
    if isParameter { guard reader.space() else { return false } }
    let name = reader.name(atMost: Self.longestName)
    guard !name.isEmpty, reader.space() else { return false }
    if isParameter {
      let isPublic = reader.take("public")
      guard isPublic || reader.take("system"), reader.space(), reader.literal() != nil else { return false }
      if isPublic { guard reader.space(), reader.literal() != nil else { return false } }
      namesOthers = true
    } else {
      guard let text = reader.literal(), let plain = Self.plain(text), texts.count < Self.mostEntities else {
        return false
      }
      // The first declaration counts (section 4.2); those of XML mean what they always do (section 4.6).
      if !Self.predefined.contains(name), texts[name] == nil { texts[name] = plain }
    }
    _ = reader.space()
    return reader.take(">")
  }

  private static let predefined = Set(["lt", "gt", "amp", "quot", "apos"].map { Array($0.utf8) })

  /// A text that means the same wherever it is put; nil for one that refers to other entities, holds tags, or is long.
  private static func plain(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count <= longestText else { return nil }
    var plain: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case UInt8(ascii: "<"), UInt8(ascii: "%"): return nil
      case UInt8(ascii: "\""): plain += Array("&#34;".utf8)
      case UInt8(ascii: "'"): plain += Array("&#39;".utf8)
      case UInt8(ascii: "&"):
        guard let close = text[index...].firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = text[(index + 1)..<close]
        guard name.first == UInt8(ascii: "#") || predefined.contains(Array(name)) else { return nil }
        plain += text[index...close]
        index = close
      default: plain.append(text[index])
      }
      index += 1
    }
    return plain
  }

  /// The document behind its type, with the references replaced that stand outside comments and CDATA; nil when it
  /// would grow too much.
  func applied(to document: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if texts.isEmpty { return document[end...] }
    var out: [UInt8] = []
    out.reserveCapacity(document.endIndex - end)
    var growth = 0
    var copied = end
    var reader = Cursor(bytes: document, at: end)
    while let byte = reader.peek {
      if byte == UInt8(ascii: "<") {
        if reader.take("<![CDATA[") {
          _ = reader.pass("]]>")
        } else if reader.take("<!--") {
          _ = reader.pass("-->")
        } else {
          reader.at += 1
        }
      } else if byte == UInt8(ascii: "&") {
        let start = reader.at
        reader.at += 1
        let name = reader.name(atMost: Self.longestName)
        guard reader.peek == UInt8(ascii: ";"), let text = texts[name] else { continue }
        reader.at += 1
        out += document[copied..<start]
        out += text
        copied = reader.at
        growth += max(0, text.count - (reader.at - start))
        guard growth <= Self.mostGrowth else { return nil }
      } else {
        reader.at += 1
      }
    }
    out += document[copied...]
    return out[...]
  }
}

/// Reads a document type.
private struct Cursor {
  let bytes: ArraySlice<UInt8>
  var at: Int

  var peek: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

  /// Passes over `text`, whose letters may be written in whatever case. Letters of `text` are small, or all capital.
  mutating func take(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard at + length <= bytes.endIndex else { return false }
    for place in 0..<length {
      let (byte, wanted) = (bytes[at + place], text.utf8Start[place])
      let isCapital = byte &- 0x41 < 26
      guard byte == wanted || (isCapital && byte | 0x20 == wanted) else { return false }
    }
    at += length
    return true
  }

  /// Passes over white space; whether there was any.
  mutating func space() -> Bool {
    let start = at
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D { at += 1 }
    return at > start
  }

  /// A name (XML 1.0, section 2.3), empty where none begins or it is longer than that.
  mutating func name(atMost longest: Int) -> [UInt8] {
    let start = at
    while let byte = peek, at - start <= longest,
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80 || "_:.-".utf8.contains(byte)
    { at += 1 }
    return at - start > longest ? [] : Array(bytes[start..<at])
  }

  /// What stands between quotation marks, past which it moves; nil without them.
  mutating func literal() -> ArraySlice<UInt8>? {
    guard let mark = peek, mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'"),
      let close = bytes[(at + 1)...].firstIndex(of: mark)
    else { return nil }
    defer { at = close + 1 }
    return bytes[(at + 1)..<close]
  }

  /// Moves past the next `text`; to the end, and false, without one.
  mutating func pass(_ text: StaticString) -> Bool {
    while let first = bytes[at...].firstIndex(of: text.utf8Start[0]) {
      at = first
      if take(text) { return true }
      at += 1
    }
    at = bytes.endIndex
    return false
  }
}
