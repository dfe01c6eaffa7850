import Manifest
import Markup
import Values

/// What a candidate does to each value found: split, replace, match, drop, in this order.
struct ValueTreatment {
  private let split: Regex<AnyRegexOutput>?
  private let replacements: [(pattern: TextPattern, template: String)]
  private let match: TextPattern?
  private let drop: TextPattern?

  init(_ candidate: Candidate) throws {
    split = try candidate.split.map { try Regex($0) }
    replacements = try candidate.replace.map { (try TextPattern($0.pattern), $0.with) }
    match = try candidate.match.map { try TextPattern($0) }
    drop = try candidate.drop.map { try TextPattern($0) }
  }

  /// - Parameter texts: none of them empty.
  func treated(_ texts: [String], keepingLines: Bool) -> ValueRule.Finding {
    var values = texts
    if let split {
      values = values.flatMap { $0.split(separator: split).map(String.init) }
      values.removeAll { $0.isEmpty }
      if values.isEmpty { return .nothing }
    }
    for (pattern, template) in replacements { values = values.map { $0.replacing(pattern, template: template) } }
    if values.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { return .emptied }
    if let match {
      values = values.compactMap { value in
        guard let found = match.firstMatch(in: value) else { return nil }
        guard found.output.count > 1 else { return value }
        return found.output[1].substring.map(String.init)
      }
    }
    if let drop { values = values.filter { !drop.matches($0) } }
    if !keepingLines { values = values.map(Whitespace.folded) }
    values.removeAll { $0.isEmpty }
    return values.isEmpty ? .nothing : .values(values)
  }
}

extension String {
  /// Every match replaced by the template, in which `$1` stands for a group's text and `$$` for a dollar sign.
  func replacing(_ pattern: TextPattern, template: String) -> String {
    if !template.holds("$") { return pattern.replaced(in: self) { _ in template } }
    return pattern.replaced(in: self) { match in
      var out = ""
      var rest = template[...]
      while let mark = rest.firstIndex(of: "$") {
        out += rest[..<mark]
        rest = rest[mark...].dropFirst()
        if rest.first == "$" {
          out += "$"
          rest = rest.dropFirst()
        } else if let digit = rest.first?.wholeNumberValue {
          if digit < match.output.count, let group = match.output[digit].substring { out += group }
          rest = rest.dropFirst()
        } else {
          out += "$"
        }
      }
      return out + rest
    }
  }
}
