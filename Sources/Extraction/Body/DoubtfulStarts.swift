/// Beginnings of invitations that any news may begin with as well: `Mehr zu diesem Vorfall wollte die Polizei nicht sagen.`,
/// `Les mer bøker, lyder rådet.` They count in a line that is no sentence, in one most of which is a link, and in one that
/// sends its readers to a link: `Mehr zu diesem Thema lesen Sie hier.` By language; `Boilerplate` asks for them.
enum DoubtfulStarts {
  /// Whether a text ends with the word for where its link is.
  static func pointsHere(_ text: String) -> Bool {
    text.split(whereSeparator: { !$0.isLetter }).last.map { here.contains($0.lowercased()) } ?? false
  }

  private static let here: Set<String> = [
    "here", "hier", "ici", "aquí", "acá", "aqui", "qui", "her", "här", "täältä", "tästä", "zde", "tutaj", "ovdje",
    "ovde",
    "тук", "здесь", "тут", "εδώ", "burada", "itt", "aici",
  ]

  static let all: [String] = english + german + romance + northern + eastern

  private static let english = [
    "don't miss", "download our", "got a story", "have a story", "got a tip", "for the latest on", "to read more",
    "top stories", "latest news", "most read", "in case you missed", "for more news",
  ]

  private static let german = [
    "auch interessant", "fehler gefunden", "mit material von", "mehr news", "mehr nachrichten", "mehr zu diesem",
    "mehr auf ", "mehr zur lage", "mehr hintergründe", "alle nachrichten ", "alle news ", "alle texte von ",
    "mit informationen von", "hier gibt es mehr", "fotostrecke mit", "zum podcast",
  ]

  private static let romance = [
    "lire notre", "lire nos", "à écouter", "ver también", "leer más", "te puede interesar", "le puede interesar",
    "sigue toda", "para no perderte", "conozca más", "lea más", "leia mais", "saiba mais", "veja mais",
    "guarda il video", "guarda le foto", "seguici", "avec la collaboration de",
  ]

  private static let northern = [
    "niets missen", "lees meer", "les mer", "læs mere", "läs mer", "lue lisää", "følg med på", "se også", "se också",
    "se även", "hør også", "katso myös", "kuuntele myös", "lesa meira", "lestu meira",
  ]

  private static let eastern = [
    "pozrite si", "podívejte se na", "prečítajte si", "pogledajte i", "čtěte i", "czytaj więcej", "не пропустіть",
    "olvasott már", "διαβάστε",
  ]
}
