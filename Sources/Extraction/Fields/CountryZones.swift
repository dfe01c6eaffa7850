import Dates
import Markup
import Values

/// The time zone that a page without a known publisher keeps, told from its country or its language.
enum CountryZones {
  /// The zone's name; nil where neither the host's country nor the page's language tells one.
  static func name(for page: Page) -> String? {
    let domain = page.url.host.split(separator: ".").last.map { $0.lowercased() } ?? ""
    if let zone = zones[domain == "uk" ? "gb" : domain] { return zone }
    let tags = [page.document.element?["lang"], page.meta.first("og:locale")].compactMap { $0 }
    for tag in tags {
      let parts = tag.split(whereSeparator: { $0 == "-" || $0 == "_" })
      if parts.count > 1, let last = parts.last, let zone = zones[last.lowercased()] { return zone }
    }
    return tags.lazy.compactMap { tag in
      let parts = tag.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" })
      // A country that keeps several times is named on purpose.
      if parts.dropFirst().contains(where: { $0.count == 2 }) { return nil }
      return parts.first.flatMap { languages[String($0)] }.flatMap { zones[$0] }
    }.first
  }

  /// Languages that keep one time wherever newsrooms write them, each with a country that keeps it: better than
  /// universal time for a page that names no country.
  private static let languages: [String: String] = [
    "bg": "bg", "bs": "ba", "cs": "cz", "da": "dk", "de": "de", "el": "gr", "et": "ee", "fi": "fi", "gu": "in",
    "he": "il", "hi": "in", "hr": "hr", "hu": "hu", "hy": "am", "id": "id", "is": "is", "it": "it", "ja": "jp",
    "ka": "ge", "km": "kh", "kn": "in", "ko": "kr", "lt": "lt", "lv": "lv", "mk": "mk", "ml": "in", "mr": "in",
    "nb": "no", "ne": "np", "nl": "nl", "nn": "no", "no": "no", "pl": "pl", "ro": "ro", "si": "lk", "sk": "sk",
    "sl": "si", "sq": "al", "sr": "rs", "sv": "se", "te": "in", "th": "th", "tr": "tr", "uk": "ua", "vi": "vn",
  ]

  /// The zone of a country where all newsrooms keep one time.
  static func zone(of country: String) -> String? { zones[country] }

  /// The zones themselves, read once: a worker reads them before it gives up files.
  static let loaded: [String: Zone] = Dictionary(
    Set(zones.values).compactMap { name in (try? Zone(name: name)).map { (name, $0) } }
  ) { first, _ in first }

  /// Countries whose newsrooms all keep one time, or all but those of islands and of a few far provinces.
  private static let zones: [String: String] = [
    "ad": "Europe/Andorra", "ae": "Asia/Dubai", "al": "Europe/Tirane", "am": "Asia/Yerevan",
    "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna",
    "az": "Asia/Baku", "ba": "Europe/Sarajevo", "bd": "Asia/Dhaka", "be": "Europe/Brussels", "bg": "Europe/Sofia",
    "bh": "Asia/Bahrain", "bo": "America/La_Paz", "br": "America/Sao_Paulo", "by": "Europe/Minsk",
    "ch": "Europe/Zurich", "cl": "America/Santiago", "cn": "Asia/Shanghai",
    "cr": "America/Costa_Rica", "cu": "America/Havana", "cy": "Asia/Nicosia", "cz": "Europe/Prague",
    "de": "Europe/Berlin", "dk": "Europe/Copenhagen", "do": "America/Santo_Domingo", "dz": "Africa/Algiers",
    "ec": "America/Guayaquil",
    "ee": "Europe/Tallinn", "eg": "Africa/Cairo", "es": "Europe/Madrid", "et": "Africa/Addis_Ababa",
    "fi": "Europe/Helsinki",
    "fr": "Europe/Paris", "gb": "Europe/London", "ge": "Asia/Tbilisi", "gh": "Africa/Accra", "gr": "Europe/Athens",
    "gt": "America/Guatemala", "hk": "Asia/Hong_Kong", "hn": "America/Tegucigalpa", "hr": "Europe/Zagreb",
    "hu": "Europe/Budapest", "id": "Asia/Jakarta", "ie": "Europe/Dublin", "il": "Asia/Jerusalem", "in": "Asia/Kolkata",
    "iq": "Asia/Baghdad", "ir": "Asia/Tehran", "is": "Atlantic/Reykjavik", "it": "Europe/Rome", "jm": "America/Jamaica",
    "jo": "Asia/Amman", "jp": "Asia/Tokyo", "ke": "Africa/Nairobi", "kh": "Asia/Phnom_Penh", "kr": "Asia/Seoul",
    "kw": "Asia/Kuwait", "lb": "Asia/Beirut", "li": "Europe/Vaduz", "lk": "Asia/Colombo", "ls": "Africa/Maseru",
    "lt": "Europe/Vilnius", "lu": "Europe/Luxembourg", "lv": "Europe/Riga", "ma": "Africa/Casablanca",
    "mc": "Europe/Monaco", "md": "Europe/Chisinau", "mk": "Europe/Skopje", "mt": "Europe/Malta",
    "mx": "America/Mexico_City",
    "my": "Asia/Kuala_Lumpur",
    "na": "Africa/Windhoek", "ng": "Africa/Lagos", "ni": "America/Managua", "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo", "np": "Asia/Kathmandu", "nz": "Pacific/Auckland", "om": "Asia/Muscat", "pa": "America/Panama",
    "pe": "America/Lima", "ph": "Asia/Manila", "pk": "Asia/Karachi", "pl": "Europe/Warsaw", "pt": "Europe/Lisbon",
    "py": "America/Asuncion",
    "qa": "Asia/Qatar", "ro": "Europe/Bucharest", "rs": "Europe/Belgrade", "ru": "Europe/Moscow", "sa": "Asia/Riyadh",
    "se": "Europe/Stockholm",
    "sg": "Asia/Singapore", "si": "Europe/Ljubljana", "sk": "Europe/Bratislava", "sv": "America/El_Salvador",
    "th": "Asia/Bangkok", "tn": "Africa/Tunis", "tr": "Europe/Istanbul", "tw": "Asia/Taipei",
    "tz": "Africa/Dar_es_Salaam", "ua": "Europe/Kyiv", "ug": "Africa/Kampala", "uy": "America/Montevideo",
    "ve": "America/Caracas", "vn": "Asia/Ho_Chi_Minh", "za": "Africa/Johannesburg", "zm": "Africa/Lusaka",
    "zw": "Africa/Harare",
  ]
}
