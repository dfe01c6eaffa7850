public import Values

/// Turns HTML of unknown intent into HTML of a few harmless elements, or into plain text. What comes out is built from
/// the elements that `FragmentReader` finds, with every text escaped, never cut out of the input.
public enum Sanitiser {
  /// The fragment with nothing but allowed elements and attributes; links and pictures resolved against `base`, those
  /// that are no http, https or mailto address gone. Elements that are not allowed give way to their content, those
  /// that hold no text for readers go with it.
  public static func html(_ fragment: String, base: WebURL?) -> String {
    var fragment = fragment
    return fragment.withUTF8 { html($0, base: base) }
  }

  /// The same of bytes that are well-formed UTF-8.
  public static func html(_ fragment: UnsafeBufferPointer<UInt8>, base: WebURL?) -> String {
    FragmentReader.html(fragment, base: base)
  }

  /// The fragment as plain text: white space folded, blocks separated by a blank line, `br` a line break, list items
  /// and table rows on lines of their own.
  public static func text(_ fragment: String) -> String {
    var fragment = fragment
    return fragment.withUTF8 { text($0) }
  }

  /// The same of bytes that are well-formed UTF-8.
  public static func text(_ fragment: UnsafeBufferPointer<UInt8>) -> String { FragmentReader.text(fragment) }

  /// Plain text as it stands between tags: & < > escaped. The bytes are well-formed UTF-8.
  public static func escaped(_ text: UnsafeBufferPointer<UInt8>) -> String {
    func isEscaped(_ byte: UInt8) -> Bool { byte == 0x26 || byte & 0xFD == 0x3C }
    guard let first = text.firstIndex(where: isEscaped) else { return UTF8Text.string(wellFormed: text) }
    var out = Array(text[..<first])
    out.reserveCapacity(text.count + text.count / 8 + 16)
    for byte in text[first...] {
      switch byte {
      case 0x26: out.append(contentsOf: "&amp;".utf8)
      case 0x3C: out.append(contentsOf: "&lt;".utf8)
      case 0x3E: out.append(contentsOf: "&gt;".utf8)
      default: out.append(byte)
      }
    }
    return out.withUnsafeBufferPointer { UTF8Text.string(wellFormed: $0) }
  }

  /// The address of a link that may stay: http, https or mailto, absolute.
  static func link(_ reference: String, base: WebURL?) -> String? {
    if let url = WebURL(reference, relativeTo: base) { return url.description }
    let trimmed = Whitespace.folded(reference)
    guard trimmed.lowercased().hasPrefix("mailto:") else { return nil }
    let address = trimmed.dropFirst(7)
    let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E }
    return isPlain && !address.isEmpty ? "mailto:" + address : nil
  }

  static let allowed: Set<String> = [
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "a", "em", "strong", "b", "i", "figure", "img",
    "figcaption", "table", "thead", "tbody", "tr", "th", "td", "br", "pre", "code", "sup", "sub",
  ]
}

extension StringProtocol {
  /// The text with the five characters that mean something in HTML replaced by references.
  public var escapedForHTML: String {
    var text = String(self)
    return text.withUTF8 { bytes in
      guard var mark = bytes.firstIndex(where: { htmlReference($0) != nil }) else {
        return String(decoding: bytes, as: UTF8.self)
      }
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count + bytes.count / 8 + 16)
      var copied = 0
      // Runs between the marks are copied as a whole: feeds escape megabytes.
      while mark < bytes.count {
        if let reference = htmlReference(bytes[mark]) {
          out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<mark]))
          reference.withUTF8Buffer { out.append(contentsOf: $0) }
          copied = mark + 1
        }
        mark += 1
      }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
      return String(decoding: out, as: UTF8.self)
    }
  }
}

private func htmlReference(_ byte: UInt8) -> StaticString? {
  switch byte {
  case UInt8(ascii: "&"): "&amp;"
  case UInt8(ascii: "<"): "&lt;"
  case UInt8(ascii: ">"): "&gt;"
  case UInt8(ascii: "\""): "&quot;"
  case UInt8(ascii: "'"): "&#39;"
  default: nil
  }
}
