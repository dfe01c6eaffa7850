/// The names of the months as publishers print them, by folded form (see `folded`): full names in the cases that
/// dates use, and abbreviations without their point.
enum MonthNames {
  /// 1...12 for a folded word, nil for any other.
  static func month(_ word: String) -> Int? { table[word] }

  /// Words after which the month comes as a number: Vietnamese "tháng 5", "thg 5".
  static let beforeNumber: Set<String> = ["thang", "thg"]

  /// One line a month; what several languages share stands once.
  private static let names: [String] = [
    """
    january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty ledna leden led
    január ianuarie ian ocak oca января январь янв січня січень січ ιανουαρίου ιανουάριος ιαν γενάρη tammikuu tammikuuta
    tammi
    """,
    """
    february feb februar février févr fév fevr febrero febbraio fevereiro fev februari lutego luty lut února únor úno
    február febr februarie şubat şub февраля февраль фев февр лютого лютий лют φεβρουαρίου φεβρουάριος φεβ helmikuu
    helmikuuta helmi
    """,
    """
    march mar märz mär mrz mars marzo março maart mrt marts marca marzec března březen bře március márc martie mart
    марта март мар березня березень бер μαρτίου μάρτιος μαρ maaliskuu maaliskuuta maalis maret
    """,
    """
    april apr avril avr abril abr aprile kwietnia kwiecień kwi dubna duben dub április ápr aprilie nisan nis апреля апрель
    апр квітня квітень кві квіт απριλίου απρίλιος απρ huhtikuu huhtikuuta huhti
    """,
    """
    may mai mayo maggio mag maio mei maj maja května květen kvě május máj mayıs мая май травня травень тра трав μαΐου
    μάιος μάϊος μαΐ μάη toukokuu toukokuuta touko
    """,
    """
    june jun juni juin junio giugno giu junho czerwca czerwiec cze června červen čen čer június jún iunie iun haziran haz
    июня июнь июн червня червень чер черв ιουνίου ιούνιος ιουν kesäkuu kesäkuuta kesä
    """,
    """
    july jul juli juillet juil julio luglio lug julho lipca lipiec lip července červenec čec čvc július júl iulie iul temmuz
    tem июля июль июл липня липень лип ιουλίου ιούλιος ιουλ heinäkuu heinäkuuta heinä
    """,
    """
    august aug août agosto ago augustus augusti sierpnia sierpień sie srpna srpen srp augusztus ağustos ağu августа август авг
    серпня серпень сер серп αυγούστου αύγουστος αυγ elokuu elokuuta elo agustus agu agt
    """,
    """
    september sep sept septembre septiembre settembre set setembro września wrzesień wrz září zář szeptember szept
    septembrie eylül eyl сентября сентябрь сен сент вересня вересень вер σεπτεμβρίου σεπτέμβριος σεπ σεπτ syyskuu
    syyskuuta syys setiembre
    """,
    """
    october oct oktober okt octobre octubre ottobre ott outubro out października październik paź října říjen říj október
    octombrie ekim eki октября октябрь окт жовтня жовтень жов жовт οκτωβρίου οκτώβριος οκτ lokakuu lokakuuta loka
    """,
    """
    november nov novembre noviembre novembro listopada listopad lis listopadu noiembrie noi kasım kas ноября ноябрь ноя нояб
    листопада листопад νοεμβρίου νοέμβριος νοε marraskuu marraskuuta marras nopember
    """,
    """
    december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des grudnia grudzień gru prosince
    prosinec pro decembrie aralık ara декабря декабрь дек грудня грудень гру груд δεκεμβρίου δεκέμβριος δεκ joulukuu
    joulukuuta joulu
    """,
  ]

  /// The same in the languages of Africa, Asia and the north: Greenlandic, Icelandic, Lithuanian, Malay, Swahili, Zulu,
  /// Xhosa, Arabic and Hindi.
  private static let more: [String] = [
    """
    januaari januaarip janúar sausio sausis saus januwari ujanuwari janyuwari ujanyuwari يناير جانفي जनवरी जन
    """,
    """
    februaari februaarip febrúar vasario vasaris vas febhuwari ufebhuwari februwari ufebruwari فبراير شباط
    فيفري फरवरी फर
    """,
    """
    marsi marsip kovo kovas kov mac machi mashi umashi matshi umatshi مارس آذار मार्च
    """,
    """
    apriili apriilip apríl balandžio balandis bal aprili ephreli uephreli epreli uepreli أبريل إبريل نيسان
    أفريل अप्रैल अप्रै
    """,
    """
    maaji maajip maí gegužės gegužė geg meyi umeyi mayo مايو أيار ماي मई
    """,
    """
    juuni juunip júní birželio birželis birž ujuni يونيو يونيه حزيران جوان जून
    """,
    """
    juuli juulip júlí liepos liepa liep julai julayi ujulayi يوليو يوليه تموز جويلية जुलाई
    """,
    """
    aggusti aggustip ágúst rugpjūčio rugpjūtis rugp ogos ogo agosti agasti uagasti أغسطس آب أوت अगस्त अग
    """,
    """
    septembari septembarip rugsėjo rugsėjis rugs septemba septhemba useptemba useptemba سبتمبر أيلول सितंबर
    सितम्बर सितं
    """,
    """
    oktobari oktobarip spalio spalis spal oktoba okthoba uokthoba okthobha أكتوبر अक्टूबर अक्तूबर अक्टू अक्तू
    """,
    """
    novembari novembarip nóvember lapkričio lapkritis lapkr novemba unovemba نوفمبر नवंबर नवम्बर नवं
    """,
    """
    decembari decembarip gruodžio gruodis gruod disember dis desemba disemba udisemba ديسمبر दिसंबर दिसम्बर
    दिसं
    """,
  ]

  /// Months of two words in the Arabic of the Levant: "first" and "second" of the rains.
  static func month(_ word: String, _ next: String) -> Int? { pairs[folded(word + " " + next)] }

  private static let pairs: [String: Int] = {
    var pairs: [String: Int] = [:]
    for (name, month) in [("كانون الثاني", 1), ("تشرين الأول", 10), ("تشرين الثاني", 11), ("كانون الأول", 12)] {
      pairs[folded(name)] = month
    }
    return pairs
  }()

  private static let table: [String: Int] = {
    var table: [String: Int] = [:]
    for lines in [names, more] {
      for (index, line) in lines.enumerated() {
        for word in line.split(whereSeparator: \.isWhitespace) { table[folded(String(word))] = index + 1 }
      }
    }
    return table
  }()

  /// A word in lower case without accents, so that "FÉVRIER", "fevrier" and "février" are one.
  static func folded(_ word: String) -> String {
    let lower = word.lowercased()
    if lower.utf8.allSatisfy({ $0 < 0x80 }) { return lower }
    var out = String.UnicodeScalarView()
    // Accents, and the dot below of Devanagari.
    for scalar in lower.unicodeScalars where !(0x300...0x36F).contains(scalar.value) && scalar.value != 0x93C {
      out.append(plain[scalar] ?? scalar)
    }
    return String(out)
  }

  private static let plain: [Unicode.Scalar: Unicode.Scalar] = {
    let groups = [
      "aáàâäãåāăą", "cćčç", "dďđ", "eéèêëěęēėệếềể", "gğ", "iíìîïıīĩị", "lł", "nñňń", "oóòôöőøõơờ", "rř", "sśšşș",
      "tťţț",
      "uúùûüűůūưứ", "yýÿ", "zźžż", "αά", "εέ", "ηή", "ιίϊΐ", "οό", "υύϋΰ", "ωώ", "σς", "ий", "ії",
      "اأإآ",
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for group in groups {
      let scalars = Array(group.unicodeScalars)
      for scalar in scalars.dropFirst() { table[scalar] = scalars[0] }
    }
    return table
  }()
}
