/// What the clocks show now in the places that dates name in the way of the time zone database. Their history is in its
/// files, which a process without files cannot read; a date in the news is of the present.
enum ZonePlaces {
  /// The rule of a name in lower case.
  static func rule(_ name: String) -> PosixRule? {
    guard let place = table.first(where: { $0.names.contains(name) }) else { return nil }
    return PosixRule(place.rule)
  }

  private static let table: [(rule: String, names: Set<String>)] = [
    ("GMT0BST,M3.5.0/1,M10.5.0", "Europe/London Europe/Belfast"),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "Europe/Dublin"), ("WET0WEST,M3.5.0/1,M10.5.0", "Europe/Lisbon"),
    (
      "CET-1CEST,M3.5.0,M10.5.0/3",
      """
      Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Vienna Europe/Zurich Europe/Amsterdam Europe/Brussels
      Europe/Luxembourg Europe/Stockholm Europe/Oslo Europe/Copenhagen Europe/Prague Europe/Bratislava Europe/Budapest
      Europe/Warsaw Europe/Zagreb Europe/Ljubljana Europe/Belgrade Europe/Sarajevo Europe/Skopje Europe/Podgorica
      Europe/Tirane Europe/Malta Europe/Monaco Europe/Andorra Europe/Vaduz Europe/San_Marino Europe/Vatican
      """
    ),
    (
      "EET-2EEST,M3.5.0/3,M10.5.0/4",
      "Europe/Athens Europe/Helsinki Europe/Bucharest Europe/Sofia Europe/Kyiv Europe/Kiev Europe/Vilnius Europe/Riga Europe/Tallinn"
    ),
    ("MSK-3", "Europe/Moscow Europe/Minsk"), ("TRT-3", "Europe/Istanbul Asia/Istanbul"),
    ("EST5EDT,M3.2.0,M11.1.0", "America/New_York America/Toronto America/Detroit US/Eastern Canada/Eastern"),
    ("CST6CDT,M3.2.0,M11.1.0", "America/Chicago America/Winnipeg US/Central Canada/Central"),
    ("MST7MDT,M3.2.0,M11.1.0", "America/Denver America/Edmonton US/Mountain Canada/Mountain"),
    ("MST7", "America/Phoenix US/Arizona"),
    ("PST8PDT,M3.2.0,M11.1.0", "America/Los_Angeles America/Vancouver US/Pacific Canada/Pacific"),
    ("AST4ADT,M3.2.0,M11.1.0", "America/Halifax Canada/Atlantic"), ("CST6", "America/Mexico_City America/Costa_Rica"),
    ("EST5", "America/Bogota America/Lima America/Guayaquil America/Panama America/Jamaica"),
    ("VET4", "America/Caracas America/La_Paz America/Puerto_Rico"),
    ("ART3", "America/Argentina/Buenos_Aires America/Buenos_Aires America/Sao_Paulo America/Montevideo"),
    ("HST10", "Pacific/Honolulu US/Hawaii"), ("GMT0", "Africa/Accra Africa/Abidjan Africa/Dakar Atlantic/Reykjavik"),
    ("WAT-1", "Africa/Lagos Africa/Algiers Africa/Tunis Africa/Kinshasa"),
    ("SAST-2", "Africa/Johannesburg Africa/Harare Africa/Maputo Africa/Tripoli"),
    ("EAT-3", "Africa/Nairobi Africa/Addis_Ababa Africa/Kampala Asia/Riyadh Asia/Baghdad Asia/Kuwait Asia/Qatar"),
    ("IST-2IDT,M3.4.4/26,M10.5.0", "Asia/Jerusalem Asia/Tel_Aviv"), ("GST-4", "Asia/Dubai Asia/Baku Asia/Tbilisi"),
    ("PKT-5", "Asia/Karachi Asia/Tashkent"), ("IST-5:30", "Asia/Kolkata Asia/Calcutta Asia/Colombo"),
    ("NPT-5:45", "Asia/Kathmandu"), ("BDT-6", "Asia/Dhaka"),
    ("ICT-7", "Asia/Bangkok Asia/Ho_Chi_Minh Asia/Saigon Asia/Jakarta"),
    (
      "CST-8", "Asia/Shanghai Asia/Hong_Kong Asia/Taipei Asia/Singapore Asia/Kuala_Lumpur Asia/Manila Australia/Perth"
    ),
    ("JST-9", "Asia/Tokyo Asia/Seoul"),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney Australia/Melbourne Australia/Hobart"),
    ("AEST-10", "Australia/Brisbane"), ("ACST-9:30ACDT,M10.1.0,M4.1.0/3", "Australia/Adelaide"),
    ("NZST-12NZDT,M9.5.0,M4.1.0/3", "Pacific/Auckland"), ("UTC0", "Etc/UTC Etc/GMT Etc/UCT"),
  ].map { rule, names in (rule, Set(names.lowercased().split(whereSeparator: \.isWhitespace).map(String.init))) }
}
