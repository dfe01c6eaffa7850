/// Whether a text speaks to its readers, or of the house as "we": `Read our privacy policy`,
/// `Mit der Anmeldung stimmen Sie zu`.
enum ReaderAddress {
  static func isFound(in text: String) -> Bool {
    var beginsSentence = true
    for word in text.split(separator: " ") {
      let bare = word.drop { !$0.isLetter }.prefix(while: \.isLetter)
      if words.contains(bare.lowercased()) || !beginsSentence && polite.contains(bare) { return true }
      beginsSentence = word.last.map { ".!?:“”»\"".contains($0) } ?? false
    }
    return false
  }

  private static let words: Set<String> = [
    "our", "us", "you", "your", "unser", "unsere", "unserem", "unseren", "unserer", "unseres", "uns", "du", "dein",
    "deine", "deinem", "deinen", "deiner", "dich", "dir", "notre", "nos", "nous", "votre", "vos", "vous", "nuestro",
    "nuestra", "nuestros", "nuestras", "tu", "te", "usted", "nosso", "nossa", "nossos", "você", "nostro", "nostra",
    "nostri", "ons", "onze", "je", "jouw", "vår", "vårt", "våre", "våra", "vores", "nasz", "naszym", "naszego", "naszą",
    "nostru",
  ]
  /// Words of which a small letter makes others: `Sie` are the readers, `sie` are they.
  private static let polite: Set<Substring> = ["Sie", "Ihr", "Ihre", "Ihrem", "Ihren", "Ihrer", "Ihnen"]
}
