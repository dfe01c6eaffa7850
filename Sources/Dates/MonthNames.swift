/// The names of the months as publishers print them, by folded form (see `folded`): full names in the cases that
/// dates use, and abbreviations without their point.
enum MonthNames {
  /// 1...12 for a folded word, nil for any other.
  static func month(_ word: String) -> Int? { table[word] }

  /// The same where people of that zone mean a month by a word that others do not, or another one: "listopad" is
  /// Croatia's October and the November of Poland and Bohemia; "srp" is its July, and their August.
  static func month(_ word: String, in zone: Zone) -> Int? {
    switch zone.name {
    case "Europe/Zagreb", "Europe/Sarajevo":
      return word.hasPrefix("listopad") ? 10 : croatian[word] ?? table[word]
    case "Africa/Johannesburg": return southAfrican[word] ?? table[word]
    default: return table[word]
    }
  }

  /// Whether a word that is a month's short form is somebody's name elsewhere: it counts in a whole date alone,
  /// `12. jaan 2024`.
  static func areNamesToo(_ word: String, in zone: Zone) -> Bool {
    namesToo.contains(word) || zone.name == "Africa/Johannesburg" && southAfrican[word] != nil
  }

  private static let namesToo: Set<String> = ["jaan", "xan", "noy", "sht", "dek", "agost"]

  private static let croatian = ["tra": 4, "lip": 6, "srp": 7, "lis": 10]

  /// Short forms of Zulu and Xhosa, which are names elsewhere, or Poland's April. Xhosa's "Thu" is a weekday there,
  /// too.
  private static let southAfrican = [
    "mas": 3, "eph": 4, "epr": 4, "mey": 5, "aga": 8, "mqu": 1, "mdu": 2, "kwi": 3, "tsh": 4, "kha": 7, "msi": 9,
    "dwa": 10, "nka": 11, "mng": 12,
  ]

  /// 1...12 for a month of the Solar Hijri calendar.
  static func solarMonth(_ word: String) -> Int? { solar[word] }

  private static let solar: [String: Int] = {
    let names = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split(separator: " ")
    return Dictionary(uniqueKeysWithValues: names.enumerated().map { (folded(String($1)), $0 + 1) })
  }()

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

  /// The same in the languages of the Balkans, the Baltic, Iberia and the Caucasus, and those that came last:
  /// Bulgarian, Macedonian, Serbian, Croatian, Slovene, Slovak, Albanian, Latvian, Estonian, Catalan, Galician, Hebrew,
  /// Persian, Urdu, Bengali, Tamil, Thai, Georgian, Filipino, Afrikaans, Azerbaijani and Uzbek.
  private static let others: [String] = [
    """
    януари яну јануари јануар јануара јан januara siječanj siječnja januarja januára janar janvāris janvārī janvāra jaanuar
    gener xaneiro ינואר בינואר ژانویه جنوری জানুয়ারি জানুয়ারী ஜனவரி มกราคม იანვარი januarie yanvar
    """,
    """
    февруари фебруари фебруар фебруара феб februara veljača veljače februarja februára shkurt februāris februārī februāra
    veebruar febreiro פברואר בפברואר فوریه فروری ফেব্রুয়ারি ফেব্রুয়ারী பிப்ரவரி กุมภาพันธ์ თებერვალი
    februarie pebrero fevral
    """,
    """
    marta ožujak ožujka marec martā märts març מרץ במרץ מרס במרס مارچ মার্চ மார்ச் มีนาคม მარტი marso
    """,
    """
    април априла aprila travanj travnja apríla prill aprīlis aprīlī aprīļa aprill אפריל באפריל آوریل اپریل এপ্রিল ஏப்ரல்
    เมษายน აპრილი
    """,
    """
    мај маја svibanj svibnja mája maijs maijā maija maig מאי במאי مه مئی মে மே พฤษภาคม მაისი
    """,
    """
    юни јуни јун јуна juna lipanj lipnja junij junija júna qershor jūnijs jūnijā jūnija juuni juny xuño יוני ביוני ژوئن جون
    জুন ஜூன் มิถุนายน ივნისი hunyo junie iyun
    """,
    """
    юли јули јул јула jula srpanj srpnja julij julija júla korrik jūlijs jūlijā jūlija juuli juliol xullo יולי ביולי ژوئیه
    جولائی জুলাই ஜூலை กรกฎาคม ივლისი hulyo julie iyul
    """,
    """
    avgust avgusta kolovoz kolovoza gusht augusts augustā augusta אוגוסט באוגוסט اوت اگست আগস্ট ஆகஸ்ட் ஆகஸ்டு สิงหาคม აგვისტო
    avqust
    """,
    """
    септември септембар септембра septembar septembra rujan rujna shtator septembris septembrī setembre ספטמבר בספטמבר
    سپتامبر ستمبر সেপ্টেম্বর செப்டம்பர் กันยายน სექტემბერი setyembre sentyabr
    """,
    """
    октомври октобар октобра oktobar oktobra októbra tetor oktobris oktobrī oktoober אוקטובר באוקטובר اکتبر اکتوبر অক্টোবর
    அக்டோபர் ตุลาคม ოქტომბერი oktubre oktyabr
    """,
    """
    ноември новембар новембра novembar novembra studeni studenoga studenog nëntor novembris novembrī נובמבר בנובמבר نوامبر
    نومبر নভেম্বর நவம்பர் พฤศจิกายน ნოემბერი nobyembre noyabr
    """,
    """
    декември децембар децембра decembar decembra prosinac prosinca dhjetor decembris decembrī detsember desembre דצמבר
    בדצמבר دسامبر دسمبر ডিসেম্বর டிசம்பர் ธันวาคม დეკემბერი disyembre dekabr
    """,
  ]

  /// Chinese months by their number; short forms of languages above and what programs of their countries write; Kazakh
  /// and Xhosa. Short forms that are words or names elsewhere are left out, such as Azerbaijan's "Sen" and Catalan's
  /// "ag".
  private static let last: [String] = [
    "一月 sij қаңтар қаң xan ינו იან ஜன জানু jaan ينا mqungu eyomqungu",
    "二月 velj ақпан ақп febrer veebr shk peb פבר თებ பிப் ফেব فبر mdumba eyomdumba",
    "三月 ožu наурыз нау მარ மார் مار kwindla eyokwindla",
    "四月 сәуір сәу aprel אפר აპრ ஏப் أبر tshazimpunzi utshazimpuzi",
    "五月 svi мамыр მაი canzibe ucanzibe",
    "六月 маусым мау xuñ iyn qer יונ ივნ يون silimela eyesilimela",
    "七月 шілде шіл xul iyl hul יול ივლ जुल يول يوليوز khala eyekhala",
    "八月 kol avg avq gush gsh тамыз agost aoû אוג აგვ ஆக أغس غشت thupha eyethupha eyethupa",
    "九月 ruj қыркүйек қыр sentabr сеп септ sht ספט სექ செப் सित شتنبر msintsi eyomsintsi",
    "十月 қазан қаз oktabr אוק ოქტ அக் أكت dwarha eyedwarha",
    "十一月 stu қараша қар noy nob лис лист нов ное ноем נוב ნოე நவ नव نوف نونبر nkanga eyenkanga",
    "十二月 желтоқсан жел dek decembro dets dhj дец דצמ დეკ டிச दिस ديس دجنبر mnga eyomnga",
  ]

  /// Months of two words: "first" and "second" of the rains in the Arabic of the Levant, and Thai abbreviations, which
  /// have a point after each letter.
  static func month(_ word: String, _ next: String) -> Int? { pairs[folded(word + " " + next)] }

  private static let pairs: [String: Int] = {
    var pairs: [String: Int] = [:]
    for (name, month) in [("كانون الثاني", 1), ("تشرين الأول", 10), ("تشرين الثاني", 11), ("كانون الأول", 12)] {
      pairs[folded(name)] = month
    }
    let thai = "ม ค,ก พ,มี ค,เม ย,พ ค,มิ ย,ก ค,ส ค,ก ย,ต ค,พ ย,ธ ค"
    for (index, name) in thai.split(separator: ",").enumerated() { pairs[folded(String(name))] = index + 1 }
    return pairs
  }()

  private static let table: [String: Int] = {
    var table: [String: Int] = [:]
    for lines in [names, more, others, last] {
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
    // Accents, the vowels of Arabic, and the dot below of Devanagari and Bengali.
    for scalar in lower.unicodeScalars
    where !(0x300...0x36F).contains(scalar.value) && !(0x64B...0x652).contains(scalar.value) && scalar.value != 0x93C
      && scalar.value != 0x9BC
    {
      out.append(plain[scalar] ?? scalar)
    }
    return String(out)
  }

  private static let plain: [Unicode.Scalar: Unicode.Scalar] = {
    let groups = [
      "aáàâäãåāăą", "cćčç", "dďđ", "eéèêëěęēėệếềể", "gğģ", "iíìîïıīĩị", "kķ", "lłļľĺ", "nñňńņ", "oóòôöőøõơờ", "rř",
      "sśšşș", "tťţț", "uúùûüűůūưứ", "yýÿ", "zźžż", "αά", "εέ", "ηή", "ιίϊΐ", "οό", "υύϋΰ", "ωώ", "σς", "ий", "ії",
      "اأإآ", "يیى", "كک", "\u{9AF}\u{9DF}",
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for group in groups {
      let scalars = Array(group.unicodeScalars)
      for scalar in scalars.dropFirst() { table[scalar] = scalars[0] }
    }
    return table
  }()
}
