import Values

/// Credits that no label names: what stands before them at the end of a caption tells, a bar, a dash, a slash, brackets.
extension PictureCredits {
  /// `（AP＝共同）` behind a caption: agencies alone.
  static func agencyInWideBrackets(_ text: String) -> (caption: String, credit: String?)? {
    guard text.hasSuffix("）"), let open = text.lastIndex(of: "（") else { return nil }
    let name = text[text.index(after: open)...].dropLast().trimmingSpaces
    let parts = name.split(whereSeparator: { "＝=・/／".contains($0) })
    guard name.count < 30, !parts.isEmpty, parts.allSatisfy({ Names.isAgency(String($0)) }) else { return nil }
    return (text[..<open].trimmingSpaces, name)
  }

  /// `会見する市長＝東京都で5月1日、AP`: an agency behind a Japanese comma or equals sign.
  static func agencyBehindComma(_ text: String) -> (caption: String, credit: String?)? {
    guard text.utf8.last ?? 0 != 0x29, let mark = text.lastIndex(where: { "、＝".contains($0) }) else { return nil }
    let name = text[text.index(after: mark)...].trimmingSpaces
    guard (2...12).contains(name.count), Names.isAgency(name) else { return nil }
    return (text[..<mark].trimmingSpaces, name)
  }

  /// `A. Able`
  nonisolated(unsafe) private static let initial = /\p{Lu}\.\s?\p{Lu}/

  /// `What is seen | A. Able/Agency`: an agency, with its photographer or alone, behind a bar.
  static func behindBar(_ text: String) -> (caption: String, credit: String?)? {
    guard let bar = text.ranges(of: " | ").last else { return nil }
    let (caption, name) = (text[..<bar.lowerBound].trimmingSpaces, text[bar.upperBound...].trimmingSpaces)
    guard caption.characterCount > 10, (2...60).contains(name.characterCount),
      namesAgency(name)
        || name.holds("/") && name.prefixMatch(of: initial) != nil
          && name.split(separator: "/").last?.trimmingSpaces.prefixMatch(of: initial) == nil,
      looksLikeCredit(name, isBracketed: true), split(caption, boldly: true).credit == nil
    else { return nil }
    return (caption, cleaned(name))
  }

  /// `What is seen - Ann Able/Agency`: a name of several words with whom it works for, behind a dash between spaces.
  static func nameBehindDash(_ text: String) -> (caption: String, credit: String?)? {
    guard text.holds("/"), let dash = text.ranges(of: /\s[-–—]\s/).last else { return nil }
    let (caption, name) = (text[..<dash.lowerBound].trimmingSpaces, text[dash.upperBound...].trimmingSpaces)
    guard caption.characterCount > 10, !caption.contains(":"), !looksLikeCredit(caption, isBracketed: true),
      labelAtStart(of: caption) == nil,
      let person = name.split(separator: "/").first?.split(separator: " "), (2...4).contains(person.count),
      person.allSatisfy({ $0.first?.isUppercase == true }), looksLikeCredit(name, isBracketed: true)
    else { return nil }
    return (caption, name)
  }

  /// `설명 /연합뉴스`: an agency behind a slash, in scripts whose words have no capitals.
  static func agencyBehindSlash(_ text: String) -> (caption: String, credit: String?)? {
    guard let slash = text.firstRange(of: " /"), text.utf8.first ?? 0 > 0xE2 else { return nil }
    let (caption, name) = (text[..<slash.lowerBound], text[slash.upperBound...].trimmingSpaces)
    return caption.holds(" ") && Names.isAgency(name) ? (String(caption), name) : nil
  }

  /// `What is seen here. (Ann Able/Agency)`: a name, a slash and whom it works for, in a bracket behind a sentence.
  static func nameAndHouse(_ text: String, _ signs: CreditSigns) -> (caption: String, credit: String?)? {
    guard signs.endsInBracket, text.holds("/"), let match = text.firstMatch(of: boldPatterns[0]) else { return nil }
    let name = String(match.output.2).trimmingSpaces
    guard let person = name.split(separator: "/").first, name.holds("/"), looksLikeCredit(name, isBracketed: true),
      (2...4).contains(person.split(separator: " ").count) || namesAgency(name)
    else { return nil }
    return (String(match.output.1).trimmingSpaces, name)
  }

  /// `What is seen here (Example)`: the site itself in a bracket at the end. `sites` are its names, letters and digits
  /// alone.
  static func house(endOf text: String, sites: [String]) -> (caption: String, credit: String)? {
    guard text.last == ")", let open = text.lastIndex(of: "("), text.startIndex < open else { return nil }
    let name = text[text.index(after: open)...].dropLast().trimmingSpaces
    let squeezed = Lines.squeezed(name)
    // A site may be called `Example Online`.
    guard squeezed.count > 3, sites.contains(where: { $0 == squeezed || squeezed.count > 5 && $0.hasPrefix(squeezed) })
    else { return nil }
    return (text[..<open].trimmingSpaces, name)
  }
}
