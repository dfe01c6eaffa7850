import Articles
import Markup
import Values

/// Short lines that stand around and between the paragraphs of an article, known by their form.
enum Lines {
  /// Letters and digits alone, lower case: quotes, spaces and dashes differ between two places that say the same.
  static func squeezed(_ text: String) -> String { Comparable.squeezed(text) }

  /// Initials, an agency or both, as they stand below a text: `(dmk)`, `abc/dpa`, `MDR (dst)`.
  static func isSignature(_ text: String) -> Bool {
    if text.holds("@"), text.count < 80, !BlockFilter.endsSentence(text), text.firstMatch(of: mail) != nil {
      return true
    }
    if text.characterCount < 60, text.wholeMatch(of: editors) != nil { return true }
    if text.utf8.first == UInt8(ascii: "("), text.utf8.count < 100, text.wholeMatch(of: issue) != nil { return true }
    guard text.characterCount <= 24, !BlockFilter.endsSentence(text) else { return false }
    if text.wholeMatch(of: initials) != nil { return true }
    let parts = text.split(whereSeparator: { !$0.isLetter && $0 != "." })
    if text.holds("/"), !parts.isEmpty, parts.allSatisfy({ $0.count <= 4 || Names.isAgency(String($0)) }) {
      return true
    }
    // Several, with an agency among them: `abc, def, dpa`, `AFP/krott`.
    return parts.count > 1 && text.allSatisfy { $0.isLetter || $0 == " " || $0 == "," || $0 == "/" }
      && parts.contains { Names.isAgency(String($0)) }
      && parts.allSatisfy { $0.count <= 5 && ($0.allSatisfy(\.isLowercase) || Names.isAgency(String($0))) }
  }

  /// Who edited or reported it, in brackets: `(责任编辑：王明)`.
  nonisolated(unsafe) private static let editors =
    /[(\u{FF08}](?:责编|責編|责任编辑|責任編輯|编辑|編輯|記者|记者|作者|来源|來源)[:\u{FF1A}\s][^()]{1,40}[)\u{FF09}]/

  /// Where it was printed: `("Example", printed edition, 15.02.2026)`.
  nonisolated(unsafe) private static let issue = /\([^()]{3,80}?[. ](?:19|20)\d\d\)\.?/

  nonisolated(unsafe) private static let mail = /[\w.+\-]+@[\w\-]+\.[\w.\-]+/

  /// Digits of a pager, which page this is, a date alone, the name of a place that a template left empty.
  static func isRemnant(_ text: String) -> Bool {
    // An ornament.
    if text.utf8.count < 16, !text.contains(where: { $0.isLetter || $0.isNumber || $0 == "*" }) { return true }
    let mayBeName = text.utf8.first.map { "${[".utf8.contains($0) } ?? false
    if text.utf8.count <= 8 || mayBeName, text.wholeMatch(of: remnant) != nil { return true }
    if text.utf8.count < 40, text.utf8.last.map(Digits.isDigit) ?? false, text.wholeMatch(of: pageNumber) != nil {
      return true
    }
    return text.utf8.count < 100 && text.count < 24 && text.count { $0.isNumber } >= 6
      && text.allSatisfy { !$0.isLetter }
      && text.contains(where: { ":./-".contains($0) })
  }

  /// Where one is among several pictures: `1 / 3`.
  static func isCount(_ text: String) -> Bool {
    guard text.utf8.count < 12, text.holds("/") else { return false }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(\.trimmingSpaces)
    return parts.count == 2
      && parts.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy(Digits.isDigit) }
  }

  nonisolated(unsafe) private static let remnant =
    /\d{1,2}(?:\s?\/\s?\d{1,3})?|\$\$\w+\$\$|\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]/

  /// `Page 1 of 3`
  nonisolated(unsafe) private static let pageNumber =
    /(?:page|seite|página|pagina|strona|strana|stránka|side|sida|sivu|sayfa|страница|сторінка|halaman|trang)\s+\d{1,3}\s*(?:of|von|sur|de|di|van|z|ze|av|af|из|з|dari|\/)\s*\d{1,3}/
    .ignoresCase()

  nonisolated(unsafe) private static let initials =
    /(?:\p{Lu}{2,4}\s)?\(\s*[\p{L}.\/,]{2,12}\s*\)|[\p{Ll}]{2,4}(?:\/[\p{L}]{2,7})*/

  /// How long a film or a recording takes: `03:07 Min.`, `3 min`.
  static func isDuration(_ text: String) -> Bool {
    text.characterCount < 80 && text.holdsByte(where: Digits.isDigit) && text.firstMatch(of: duration) != nil
  }

  nonisolated(unsafe) private static let duration =
    /\b\d{1,2}:\d{2}\b(?!\s*(?:Uhr|h\b|a\.?m|p\.?m))|\b\d{1,3}\s*(?:min|Min|mn|sec|Sek)\b/

  /// What an article costs, or what a subscription does: a price in a short text.
  static func isOffer(_ text: String) -> Bool {
    text.characterCount < 200 && Digits.holdsPrice(text) && text.firstMatch(of: price) != nil
  }

  nonisolated(unsafe) private static let price =
    /(?:\d+[.,]\d{2}\s?(?:€|EUR|\$|£|CHF|kr|zł)|[€$£]\s?\d+[.,]\d{2}).{0,80}(?:\b(?:Artikel|article|Abo|month|Monat|mois|mes|week|Woche|artículo|articolo|subscri|abonn))/
    .ignoresCase()

  /// `3 Min.`, `Lesezeit 5 Min.`, `Lecture 4 min.`
  static func isReadingTime(_ text: String) -> Bool {
    text.utf8.last { $0 > 0x20 } == UInt8(ascii: ".") && text.firstMatch(of: readingTime) != nil
  }

  nonisolated(unsafe) private static let readingTime = /\d+\s*(?:min|mn)\.\s*$/.ignoresCase()

  /// How long ago something was said, as live reports head their entries.
  static func isAge(_ text: String) -> Bool { text.prefixMatch(of: age) != nil && !BlockFilter.endsSentence(text) }

  nonisolated(unsafe) private static let age =
    /\s*(?:(?:Published\s+|Updated\s+)?\d+\s*(?:mins?|minutes?|hours?|hrs?|days?)\s+ago|vor\s+\d+\s+(?:Minuten?|Stunden?|Tag(?:en)?)|il y a\s+\d+\s+(?:min|h|jours?)|hace\s+\d+\s+(?:min|horas?|días?))(?!\p{L})/
    .ignoresCase()

  /// Whether a line begins with an arrow, as links to other articles do; a list in the text may too. Quotations begin
  /// with one of the arrows in some languages: `»So it is«, she said`.
  static func pointsElsewhere(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == UInt8(ascii: ">") || first == 0xE2 || first == 0xC2 || first == 0xF0
    else {
      return false
    }
    if text.hasPrefix("»"), text.dropFirst().first?.isWhitespace == false, text.holds("«") { return false }
    return arrows.contains { text.hasPrefix($0) }
  }

  private static let arrows = ["▶", "►", ">>", "→", "➤", "»", "➡", "👉", "📲", "📩", "📱", "📧", "🎧", "📺", "🔗", "👇", "🗞"]

  /// The names of networks that a page can be shared on, one after the other: `FacebookTwitterCopy Link`.
  static func isShareBar(_ text: String) -> Bool {
    guard text.utf8.count < 120, let first = text.utf8.first, shareInitials.contains(first | 0x20) else { return false }
    var rest = squeezed(text)[...]
    while !rest.isEmpty {
      guard let name = networks.first(where: { rest.hasPrefix($0) }) else { return false }
      rest = rest.dropFirst(name.count)
    }
    return true
  }

  private static let networks = [
    "facebook", "twitter", "whatsapp", "linkedin", "pinterest", "telegram", "reddit", "instagram", "messenger",
    "copylink", "email", "mail", "print", "flipboard", "tumblr", "bluesky", "threads", "mastodon", "xing", "share",
    "viber", "line",
  ]
  private static let shareInitials = Set(networks.map { $0.utf8.first! })

  /// Something said between plus signs: `+++ Subscribe to our letter! +++`.
  static func isAnnouncement(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "+") && text.utf8.count > 10 && text.hasPrefix("+++") && text.hasSuffix("+++")
  }

  /// A label and, behind a colon, bar or arrow, nothing but a link: `Read also: …`, in whatever language.
  static func isLabelledLink(_ content: [Inline]) -> Bool {
    if content.count == 1 {
      switch content[0] {
      case .strong(let children), .emphasis(let children): return isLabelledLink(children)
      default: return false
      }
    }
    guard let place = content.firstIndex(where: isLink), place > 0,
      content[(place + 1)...].allSatisfy({ isLink($0) || [$0].plainText.allSatisfy { !$0.isLetter } })
    else { return false }
    let label = Array(content[..<place]).plainText.trimmingSpaces
    guard let last = label.last else { return false }
    guard ":|>»→".contains(last) else {
      return label.utf8.count < 40 && Boilerplate.isEndMark(Comparable.folded(label), isHeading: true)
    }
    return label.count < 40 && !BlockFilter.endsSentence(String(label.dropLast()))
  }

  private static func isLink(_ inline: Inline) -> Bool {
    switch inline {
    case .link: true
    case .strong(let children), .emphasis(let children): children.count == 1 && isLink(children[0])
    case .text, .lineBreak: false
    }
  }

  /// A caption that ends with whose the picture is: `The house in March © Example`, `The house (AFP / ANN ABLE)`.
  static func isCreditedCaption(_ text: String) -> Bool {
    guard text.utf8.count < 1200, text.characterCount < 300 else { return false }
    if text.utf8.count < 120, creditInitials.contains(text.utf8.first ?? 0), !BlockFilter.endsSentence(text),
      text.wholeMatch(of: creditLine) != nil
    {
      return true
    }
    // Looked for only where one of its signs is.
    guard text.utf8.contains(UInt8(ascii: ":")) || text.utf8.last == UInt8(ascii: ")") || text.holds("©") else {
      return false
    }
    let mayBe = text.utf8.last == UInt8(ascii: ")") && text.holds("/") || creditLabels.contains { text.holds($0) }
    return mayBe && text.firstMatch(of: creditAtEnd) != nil
  }

  /// The first bytes of such lines.
  private static let creditInitials: Set<UInt8> = [UInt8(ascii: "F"), UInt8(ascii: "P"), 0xD0]
  /// Whose the pictures are, in a line of its own: `Foto Ann Able`.
  nonisolated(unsafe) private static let creditLine =
    /(?:Foto|Fotos|Photo|Photos|Фото|Снимка|Fotó|Foton)\s+\p{Lu}[\p{L}.'’\-]+(?:\s+\p{Lu}[\p{L}.'’\-]+){0,3}/

  private static let creditLabels = ["©", "Bildrechte:", "Photo:", "Foto:", "Image:", "Bild:"]
  nonisolated(unsafe) private static let creditAtEnd =
    /(?:©|Bildrechte:|Photo:|Foto:|Image:|Bild:)\s*[^.!?©]{2,50}$|\((?:AFP|AP|Reuters|dpa|EPA|Getty(?: Images)?)\s*\/\s*[^()]{2,50}\)$/
}

/// What a text must hold before a dearer look at it can find something.
enum Digits {
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// How many digits of any script a text has.
  static func count(in text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      var count = 0
      for (place, byte) in bytes.enumerated() {
        switch byte {
        case 0x30...0x39: count += 1
        // Arabic and Persian; those of India; full width.
        case 0xD9 where place + 1 < bytes.count && (0xA0...0xA9).contains(bytes[place + 1]): count += 1
        case 0xDB where place + 1 < bytes.count && (0xB0...0xB9).contains(bytes[place + 1]): count += 1
        case 0xE0 where place + 2 < bytes.count && isIndic(bytes[place + 1], bytes[place + 2]): count += 1
        case 0xEF where place + 2 < bytes.count && bytes[place + 1] == 0xBC:
          if (0x90...0x99).contains(bytes[place + 2]) { count += 1 }
        default: break
        }
      }
      return count
    }
  }

  /// Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam; Thai.
  private static func isIndic(_ second: UInt8, _ third: UInt8) -> Bool {
    (0xA5...0xB5).contains(second) && second & 1 == 1 && (0xA6...0xAF).contains(third)
      || second == 0xB9 && (0x90...0x99).contains(third)
  }

  static func isDigitOrM(_ byte: UInt8) -> Bool { isDigit(byte) || byte | 0x20 == UInt8(ascii: "m") || byte >= 0x80 }

  /// A digit, a point or comma, and two digits.
  static func holdsPrice(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count > 3 else { return false }
      for at in 1..<(bytes.count - 2) where bytes[at] == UInt8(ascii: ".") || bytes[at] == UInt8(ascii: ",") {
        if isDigit(bytes[at - 1]), isDigit(bytes[at + 1]), isDigit(bytes[at + 2]) { return true }
      }
      return false
    }
  }
}
