/// The zones that dates name by letters. RFC 822, section 5, fixes a few; the rest is what publishers print.
enum ZoneNames {
  /// The offset a name means: one of the publisher's own zone first ("IST" is another time in Dublin than in Delhi),
  /// then the usual reading. nil for a word that is no zone.
  static func offset(_ word: String, zone: Zone, local: Int64) -> Int32? {
    if let offset = zone.offset(abbreviation: word) { return offset }
    // Australians leave out the A of AEST and its like.
    if word.hasSuffix("st") || word.hasSuffix("dt"), let offset = zone.offset(abbreviation: "a" + word) {
      return offset
    }
    if word.utf8.contains(UInt8(ascii: "/")) { return place(word, zone: zone)?.offset(atLocal: local) }
    if let minutes = fixed[word] { return minutes * 60 }
    guard let rule = changing[word] else { return nil }
    return Zone(name: word, transitions: [], kindOfTransition: [], kinds: [], rule: rule).offset(atLocal: local)
  }

  /// Those that are words of the languages that dates are written in, too.
  static let areWords: Set<String> = ["et", "est", "met", "ist", "art", "cat", "pet", "eat", "bot", "wit"]

  /// Whether a word can be followed by an offset that replaces it, as in "GMT+1".
  static func isUniversal(_ word: String) -> Bool { ["gmt", "utc", "ut", "z"].contains(word) }

  /// Minutes east of UTC.
  private static let fixed: [String: Int32] = [
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "uct": 0, "zulu": 0,
    "west": 60, "bst": 60, "cet": 60, "met": 60, "mez": 60, "wat": 60,
    "cest": 120, "mest": 120, "mesz": 120, "cedt": 120, "eet": 120, "sast": 120, "cat": 120, "idt": 180,
    "eest": 180, "msk": 180, "мск": 180, "eat": 180, "trt": 180, "fet": 180, "ast": -240, "irst": 210, "irdt": 270,
    "msd": 240, "gst": 240, "samt": 240, "azt": 240, "aft": 270, "pkt": 300, "uzt": 300, "yekt": 300, "ist": 330,
    "npt": 345, "bdt": 360, "almt": 360, "omst": 360, "mmt": 390, "ict": 420, "wib": 420, "krat": 420, "novt": 420,
    "hkt": 480, "sgt": 480, "myt": 480, "pht": 480, "phst": 480, "wita": 480, "awst": 480, "irkt": 480,
    "jst": 540, "kst": 540, "wit": 540, "yakt": 540, "acst": 570, "aest": 600, "vlat": 600, "acdt": 630, "aedt": 660,
    "nzst": 720, "nzdt": 780, "nst": -210, "ndt": -150, "adt": -180, "brt": -180, "brst": -120, "art": -180,
    "uyt": -180,
    "clt": -240, "clst": -180, "bot": -240, "vet": -240, "pyt": -180, "cot": -300, "pet": -300, "ect": -300,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "hast": -600, "sst": -660,
  ]

  /// Letters that leave open whether daylight time is meant: the season decides.
  private static let changing: [String: PosixRule] = [
    "et": PosixRule("EST5EDT,M3.2.0,M11.1.0")!,
    "ct": PosixRule("CST6CDT,M3.2.0,M11.1.0")!,
    "mt": PosixRule("MST7MDT,M3.2.0,M11.1.0")!,
    "pt": PosixRule("PST8PDT,M3.2.0,M11.1.0")!,
    "aet": PosixRule("AEST-10AEDT,M10.1.0,M4.1.0/3")!,
  ]

  // MARK: Long names

  /// Whether a name in lower case is one of the time zone database.
  static func isPlace(_ name: String, zone: Zone) -> Bool { place(name, zone: zone) != nil }

  private static func place(_ name: String, zone: Zone) -> Zone? {
    if zone.name.lowercased() == name { return zone }
    return ZonePlaces.rule(name).map { Zone(name: name, transitions: [], kindOfTransition: [], kinds: [], rule: $0) }
  }

  /// Whether a name in words may begin with this one.
  static func beginsLong(_ word: String) -> Bool { firstWords.contains(word) }

  /// The letters for a name in words, in lower case.
  static func short(_ name: String) -> String? { long[name] }

  private static let firstWords = Set(long.keys.map { String($0.prefix { $0.isLetter }) })

  private static let long: [String: String] = {
    var long = [
      "greenwich mean time": "gmt", "coordinated universal time": "utc", "universal time": "utc",
      "british summer time": "bst", "irish standard time": "bst", "western european time": "wet",
      "western european summer time": "west", "central european time": "cet", "central european standard time": "cet",
      "central european summer time": "cest", "eastern european time": "eet",
      "eastern european summer time": "eest", "moscow standard time": "msk", "moscow time": "msk",
      "india standard time": "ist", "indian standard time": "ist", "pakistan standard time": "pkt",
      "singapore time": "sgt", "singapore standard time": "sgt", "hong kong time": "hkt", "japan standard time": "jst",
      "korea standard time": "kst", "korean standard time": "kst", "new zealand standard time": "nzst",
      "new zealand daylight time": "nzdt", "south africa standard time": "sast", "east africa time": "eat",
      "west africa time": "wat", "central africa time": "cat", "hawaii standard time": "hst",
      "alaska standard time": "akst", "alaska daylight time": "akdt", "atlantic standard time": "ast",
      "atlantic daylight time": "adt", "newfoundland standard time": "nst", "newfoundland daylight time": "ndt",
      "australian eastern standard time": "aest", "australian eastern daylight time": "aedt",
      "australian central standard time": "acst", "australian central daylight time": "acdt",
      "australian western standard time": "awst", "argentina time": "art", "brasilia time": "brt",
    ]
    let american = [("eastern", "e", 5), ("central", "c", 6), ("mountain", "m", 7), ("pacific", "p", 8)]
    for (name, letter, hours) in american {
      long[name] = letter + "t"
      for prefix in ["", "us "] { long[prefix + name + " time"] = letter + "t" }
      long[name + " standard time"] = letter + "st"
      long[name + " daylight time"] = letter + "dt"
      // As POSIX has it.
      long["\(letter)st\(hours)\(letter)dt"] = letter + "t"
    }
    return long
  }()
}
