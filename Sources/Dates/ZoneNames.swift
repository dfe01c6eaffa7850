/// The zones that dates name by letters. RFC 822, section 5, fixes a few; the rest is what publishers print.
enum ZoneNames {
  /// The offset a name means: one of the publisher's own zone first ("IST" is another time in Dublin than in Delhi),
  /// then the usual reading. nil for a word that is no zone.
  static func offset(_ word: String, zone: Zone, local: Int64) -> Int32? {
    if let offset = zone.offset(abbreviation: word) { return offset }
    if let minutes = fixed[word] { return minutes * 60 }
    guard let rule = changing[word] else { return nil }
    return Zone(name: word, transitions: [], kindOfTransition: [], kinds: [], rule: rule).offset(atLocal: local)
  }

  /// Whether a word can be followed by an offset that replaces it, as in "GMT+1".
  static func isUniversal(_ word: String) -> Bool { ["gmt", "utc", "ut", "z"].contains(word) }

  /// Minutes east of UTC.
  private static let fixed: [String: Int32] = [
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "uct": 0, "zulu": 0,
    "west": 60, "bst": 60, "cet": 60, "met": 60, "mez": 60, "wat": 60,
    "cest": 120, "mest": 120, "mesz": 120, "cedt": 120, "eet": 120, "sast": 120, "cat": 120, "idt": 180,
    "eest": 180, "msk": 180, "eat": 180, "trt": 180, "fet": 180, "ast": -240, "irst": 210, "irdt": 270,
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
}
