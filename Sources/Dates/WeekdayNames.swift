/// The days of the week in the languages whose programs print them before a numeric date.
enum WeekdayNames {
  /// 0 for Sunday; nil for another word. In lower case, whole or shortened.
  static func number(_ word: String) -> Int? {
    if let short = short[word] { return short }
    return word.count > 3 && isWhole(word) ? short[String(word.prefix(3))] : nil
  }

  private static func isWhole(_ word: String) -> Bool {
    endings.contains { word.hasSuffix($0) } || word == "mittwoch" || word == "sábado" || word == "domingo"
  }

  /// What whole names end in: Monday, Montag, lundi, lunes, lunedì, maandag, segunda.
  private static let endings = [
    "day", "tag", "abend", "di", "anche", "nes", "tes", "les", "ves", "nes", "dì", "nica", "ato", "dag", "nda", "ça",
    "rta", "nta", "xta",
  ]

  private static let short: [String: Int] = {
    let names: [[String]] = [
      ["sun", "so", "son", "dim", "dom", "zo", "zon"], ["mon", "mo", "lun", "ma", "maa", "seg"],
      ["tue", "tues", "di", "die", "mar", "din", "ter"], ["wed", "mi", "mit", "mer", "mié", "woe", "qua"],
      ["thu", "thur", "thurs", "do", "don", "jeu", "jue", "gio", "qui"],
      ["fri", "fr", "fre", "ven", "vie", "vr", "vri", "sex"], ["sat", "sa", "sam", "sáb", "sab", "za", "zat"],
    ]
    return Dictionary(names.enumerated().flatMap { number, names in names.map { ($0, number) } }) { first, _ in first }
  }()
}
