/// The marks around a quotation, of any language.
enum QuotationMarks {
  static func contains(_ scalar: Unicode.Scalar) -> Bool { marks.contains(scalar) }

  private static let marks = Set("\"'“”„‟‘’‚«»‹›「」『』＂".unicodeScalars)
}
