/// The marks around a quotation.
enum QuotationMarks {
  /// Whether HTML begins with one of any language, as a character or a reference to it.
  static func begin(_ html: UnsafeBufferPointer<UInt8>) -> Bool {
    marks.contains { mark in
      let length = mark.utf8CodeUnitCount
      return html.count >= length && (0..<length).allSatisfy { html[$0] == mark.utf8Start[$0] }
    }
  }

  private static let marks: [StaticString] = [
    "\"", "'", "“", "”", "„", "‟", "‘", "’", "‚", "«", "»", "‹", "›", "「", "『", "＂",
    "&quot;", "&ldquo;", "&rdquo;", "&bdquo;", "&lsquo;", "&rsquo;", "&sbquo;", "&laquo;", "&raquo;",
    "&#34;", "&#39;", "&#8216;", "&#8217;", "&#8220;", "&#8221;", "&#8222;", "&#171;", "&#187;",
  ]
}
