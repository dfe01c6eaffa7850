public import Values

/// An address that holds the date: `https://www.example.org/sitemap-{yyyy}-{mm}.xml`, as the publisher's clock shows
/// it.
public struct AddressTemplate: Sendable, Equatable {
  /// The placeholders, with the number of digits; 0 for as many as it takes.
  public enum Field: String, Sendable, CaseIterable {
    case yyyy, yy, mm, m, dd, d
  }

  /// As written in plugin.toml.
  public let text: String

  /// nil when the text holds no placeholder.
  public init?(_ text: String) {
    guard Field.allCases.contains(where: { text.contains("{\($0.rawValue)}") }) else { return nil }
    self.text = text
  }

  /// The first thing in braces that is no placeholder, with its braces. Addresses hold no braces of their own.
  static func unknownPlaceholder(in text: String) -> String? {
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(where: { $0 == "}" || $0 == "{" }), rest[close] == "}" else { continue }
      if Field(rawValue: String(rest[..<close])) == nil { return "{" + rest[...close] }
      rest = rest[rest.index(after: close)...]
    }
    return nil
  }

  /// The address on a day; nil when that is none.
  public func url(on day: CivilTime) -> WebURL? {
    var rest = text[...]
    var out = ""
    while let open = rest.firstIndex(of: "{") {
      out += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}"),
        let field = Field(rawValue: String(rest[rest.index(after: open)..<close]))
      else {
        out.append(rest.removeFirst())
        continue
      }
      out += Self.digits(field, day)
      rest = rest[rest.index(after: close)...]
    }
    return WebURL(out + rest)
  }

  private static func digits(_ field: Field, _ day: CivilTime) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return switch field {
    case .yyyy: "\(day.year)"
    case .yy: two(day.year % 100)
    case .mm: two(day.month)
    case .m: "\(day.month)"
    case .dd: two(day.day)
    case .d: "\(day.day)"
    }
  }
}
