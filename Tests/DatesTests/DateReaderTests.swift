import Dates
import Testing
import Values

/// A text, and the RFC 3339 form of what it means; nil where it means nothing.
struct DateCase: Sendable, CustomTestStringConvertible {
  let text: String
  let expected: String?
  var testDescription: String { text }

  init(_ text: String, _ expected: String?) {
    self.text = text
    self.expected = expected
  }
}

@Suite struct DateReaderTests {
  /// As programs of other places than America write them.
  static let local: [DateCase] = [
    DateCase("Tue, 05 Mar 2024 21.05.30 +0100", "2024-03-05T21:05:30+01:00"),
    DateCase("5 Mar 2024 21.05.30", "2024-03-05T21:05:30Z"), DateCase("05/03/2024 21.05", "2024-03-05T21:05:00Z"),
    DateCase("05-03-2024 09.05 +0100", "2024-03-05T09:05:00+01:00"),
    DateCase("火, 05 3月 2024 09:00:00 +0900", "2024-03-05T09:00:00+09:00"),
    DateCase("화, 05 3월 2024 09:00:00 +0900", "2024-03-05T09:00:00+09:00"),
    DateCase("周二, 05 三月 2024 09:00:00 +0800", "2024-03-05T09:00:00+08:00"),
    DateCase("十二月 5, 2024", "2024-12-05T00:00:00Z"), DateCase("5 ožu 2024 09:00", "2024-03-05T09:00:00Z"),
    DateCase("5 avg. 2024 09:00", "2024-08-05T09:00:00Z"), DateCase("5 مارس 2024 9:00 م", "2024-03-05T21:00:00Z"),
    DateCase("5 Mar 2024 9:00 malam", "2024-03-05T21:00:00Z"), DateCase("5 Mar 2024 9:00 pagi", "2024-03-05T09:00:00Z"),
    DateCase("05 Mart 2024 09:00 ÖS", "2024-03-05T21:00:00Z"),
    DateCase("5 مارس 2024 9:00 مساءً", "2024-03-05T21:00:00Z"),
    // Oracle's.
    DateCase("05-MAR-24 09.05.07.000000 PM +01:00", "2024-03-05T21:05:07+01:00"),
    DateCase("05-MAR-24 09.05.07 AM", "2024-03-05T09:05:07Z"),
    DateCase("5 Nov 2024 10:00 EST5EDT", "2024-11-05T10:00:00-05:00"),
    DateCase("5 Jul 2024 10:00 PST8PDT", "2024-07-05T10:00:00-07:00"),
    // Only English puts the month first.
    DateCase("05/03/2024 09:00 ÖS", "2024-03-05T21:00:00Z"), DateCase("05/03/2024 9:00 PM", "2024-05-03T21:00:00Z"),
    DateCase("05/03/2024 9:00 μμ", "2024-03-05T21:00:00Z"),
  ]

  static let mail: [DateCase] = [
    DateCase("Mon, 25 May 2020 14:03:00 GMT", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 25 May 2020 14:03:00 +0100", "2020-05-25T14:03:00+01:00"),
    DateCase("25 May 2020 14:03:00 -0730", "2020-05-25T14:03:00-07:30"),
    DateCase("25 May 2020 14:03 GMT", "2020-05-25T14:03:00Z"),
    DateCase("Fri, 25 May 2020 14:03:00 Z", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 25 May 20 14:03:00 UT", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 25 May 99 14:03:00 UTC", "1999-05-25T14:03:00Z"),
    DateCase("mon, 25 may 2020 14:03:00 est", "2020-05-25T14:03:00-05:00"),
    DateCase("Mon, 25 May 2020 14:03:00 PST", "2020-05-25T14:03:00-08:00"),
    DateCase("Mon, 25 May 2020 14:03:00 PDT", "2020-05-25T14:03:00-07:00"),
    DateCase("Mon, 25 May 2020 14:03:00 ET", "2020-05-25T14:03:00-04:00"),
    DateCase("Mon, 25 Jan 2021 14:03:00 ET", "2021-01-25T14:03:00-05:00"),
    DateCase("Mon, 25 May 2020 14:03:00 BST", "2020-05-25T14:03:00+01:00"),
    DateCase("Mon, 25 May 2020 14:03:00 CET", "2020-05-25T14:03:00+01:00"),
    DateCase("Mon, 25 May 2020 14:03:00 CEST", "2020-05-25T14:03:00+02:00"),
    DateCase("Mon, 25 May 2020 14:03:00 JST", "2020-05-25T14:03:00+09:00"),
    DateCase("Mon, 25 May 2020 14:03:00 GMT+1", "2020-05-25T14:03:00+01:00"),
    DateCase("Mon, 25 May 2020 14:03:00 UTC-03:30", "2020-05-25T14:03:00-03:30"),
    DateCase("Mon, 25 May 2020 14:03:00 +01:00", "2020-05-25T14:03:00+01:00"),
    DateCase("Mon, 25 May 2020 14:03:00 -5", "2020-05-25T14:03:00-05:00"),
    DateCase("Mon, 25 May 2020 14:03:00 -0000", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 25 May 2020 14:03:00 +0200 (CEST)", "2020-05-25T14:03:00+02:00"),
    DateCase("Monday, 25 May 2020 14:03:00 GMT", "2020-05-25T14:03:00Z"),
    DateCase("Mon,25 May 2020 14:03:00 GMT", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 25-May-2020 14:03:00 GMT", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 5 May 2020 4:03:00 GMT", "2020-05-05T04:03:00Z"),
    DateCase("Mon, 25 May 2020 24:00:00 GMT", "2020-05-26T00:00:00Z"),
    DateCase("Mon, 25 May 2020 14:03:00", "2020-05-25T14:03:00Z"),
    DateCase("Mon, 25 May 2020", "2020-05-25T00:00:00Z"),
    DateCase("Mon, May 25 2020", "2020-05-25T00:00:00Z"),
    DateCase("\n  Mon, 25 May 2020 14:03:00 GMT \t", "2020-05-25T14:03:00Z"),
    DateCase("Sat Sep  7 00:00:01 2002", "2002-09-07T00:00:01Z"),
    DateCase("Sat Sep 07 00:00:01 EST 2002", "2002-09-07T00:00:01-05:00"),
    DateCase("Mon May 25 2020 14:03:00 GMT+0100 (British Summer Time)", "2020-05-25T14:03:00+01:00"),
  ]

  static let iso: [DateCase] = [
    DateCase("2020-05-25T14:03:00Z", "2020-05-25T14:03:00Z"),
    DateCase("2020-05-25t14:03:00z", "2020-05-25T14:03:00Z"),
    DateCase("2020-05-25T14:03:00.123456+01:00", "2020-05-25T14:03:00.123+01:00"),
    DateCase("2020-05-25T14:03:00,5+01:00", "2020-05-25T14:03:00.500+01:00"),
    DateCase("2020-05-25T14:03:00+0100", "2020-05-25T14:03:00+01:00"),
    DateCase("2020-05-25T14:03:00+01", "2020-05-25T14:03:00+01:00"),
    DateCase("2020-05-25T14:03:00 +0100", "2020-05-25T14:03:00+01:00"),
    DateCase("2020-05-25 14:03:00", "2020-05-25T14:03:00Z"),
    DateCase("2020-05-25 14:03:00 UTC", "2020-05-25T14:03:00Z"),
    DateCase("2020-05-25T14:03:00EST", "2020-05-25T14:03:00-05:00"),
    DateCase("2020-05-25T14:03Z", "2020-05-25T14:03:00Z"),
    DateCase("2020-05-25T14:03+02:00", "2020-05-25T14:03:00+02:00"),
    DateCase("2020-05-25", "2020-05-25T00:00:00Z"),
    DateCase("2020-05-25Z", "2020-05-25T00:00:00Z"),
    DateCase("2020-05", "2020-05-01T00:00:00Z"),
    DateCase("2020", "2020-01-01T00:00:00Z"),
    DateCase("20200525", "2020-05-25T00:00:00Z"),
    DateCase("20200525T140300Z", "2020-05-25T14:03:00Z"),
    DateCase("20200525140300", "2020-05-25T14:03:00Z"),
    DateCase("2020-W22-1", "2020-05-25T00:00:00Z"),
    DateCase("2020W221", "2020-05-25T00:00:00Z"),
    DateCase("2009-W01-1", "2008-12-29T00:00:00Z"),
    DateCase("2020-146", "2020-05-25T00:00:00Z"),
    DateCase("2020146T1403Z", "2020-05-25T14:03:00Z"),
    DateCase("2020-05-25T24:00:00Z", "2020-05-26T00:00:00Z"),
    DateCase("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    DateCase("2020-05-25T14:03:00+01:00[Europe/London]", "2020-05-25T14:03:00+01:00"),
    DateCase("2020-05-25T14:03:00Z+01:00", "2020-05-25T14:03:00+01:00"),
    DateCase("2020-05-25 3:04 PM", "2020-05-25T15:04:00Z"),
    DateCase("1590415380", "2020-05-25T14:03:00Z"),
    DateCase("1590415380250", "2020-05-25T14:03:00.250Z"),
    DateCase("1590415380.5", "2020-05-25T14:03:00Z"),
  ]

  static let written: [DateCase] = [
    DateCase("05/25/2020 3:04 PM", "2020-05-25T15:04:00Z"),
    DateCase("05/04/2020 12:04 AM", "2020-05-04T00:04:00Z"),
    DateCase("05/04/2020 12:04", "2020-04-05T12:04:00Z"),
    DateCase("Mon, 11/03/2025 - 14:05", "2025-11-03T14:05:00Z"),
    DateCase("Fri, 12/05/2025 - 10:00", "2025-12-05T10:00:00Z"),
    DateCase("Wednesday, 05/11/2025 10:00", "2025-11-05T10:00:00Z"),
    DateCase("lun, 11/03/2025 - 14:05", "2025-11-03T14:05:00Z"),
    DateCase("mer. 05/11/2025 10:00", "2025-11-05T10:00:00Z"),
    DateCase("Sun, 05/04/2020 12:04", "2020-04-05T12:04:00Z"),
    DateCase("Publié le 5 mars 2024 à 10:00 et mis à jour le 6 mars", "2024-03-05T10:00:00Z"),
    DateCase("5 mars 2024 à 10h00 - Art et culture", "2024-03-05T10:00:00Z"),
    DateCase("10:00 p.m. ET, March 5, 2024", "2024-03-05T22:00:00-05:00"),
    DateCase("March 5, 2024 10:00 AM (EST)", "2024-03-05T10:00:00-05:00"),
    DateCase("5 марта 2024, 10:00 МСК", "2024-03-05T10:00:00+03:00"),
    DateCase("May 25, 2020", "2020-05-25T00:00:00Z"),
    DateCase("May 25, 2020 at 3:04 p.m. EDT", "2020-05-25T15:04:00-04:00"),
    DateCase("May 25th, 2020, 3 PM", "2020-05-25T15:00:00Z"),
    DateCase("25.05.2020 14:03", "2020-05-25T14:03:00Z"),
    DateCase("25. 5. 2020", "2020-05-25T00:00:00Z"),
    DateCase("25.05.20", "2020-05-25T00:00:00Z"),
    DateCase("25/05/2020", "2020-05-25T00:00:00Z"),
    DateCase("14:03 - 25.05.2020", "2020-05-25T14:03:00Z"),
    DateCase("25-05-2020 14:03:05", "2020-05-25T14:03:05Z"),
    DateCase("2020/05/25 14:03", "2020-05-25T14:03:00Z"),
    DateCase("2025年1月13日 21時37分", "2025-01-13T21:37:00Z"),
    DateCase("2025年1月13日星期一 下午9:37", "2025-01-13T21:37:00Z"),
    DateCase("2025年01月13日 21:37", "2025-01-13T21:37:00Z"),
    DateCase("2025년 1월 13일 오후 9:37", "2025-01-13T21:37:00Z"),
    DateCase("2025. 1. 13. 21:37", "2025-01-13T21:37:00Z"),
    DateCase("Montag, 25. Mai 2020, 14.03 Uhr", "2020-05-25T14:03:00Z"),
    DateCase("3. März 2020", "2020-03-03T00:00:00Z"),
    DateCase("lun. 25 mai 2020 à 14h03", "2020-05-25T14:03:00Z"),
    DateCase("1er FÉVRIER 2020", "2020-02-01T00:00:00Z"),
    DateCase("mar. 4 ago. 2020 14:03", "2020-08-04T14:03:00Z"),
    DateCase("25 de mayo de 2020", "2020-05-25T00:00:00Z"),
    DateCase("25 maggio 2020 ore 14.03", "2020-05-25T14:03:00Z"),
    DateCase("25 de março de 2020, 14h", "2020-03-25T14:00:00Z"),
    DateCase("25 mrt 2020", "2020-03-25T00:00:00Z"),
    DateCase("25. maj 2020 kl. 14.03", "2020-05-25T14:03:00Z"),
    DateCase("25 oktober 2020", "2020-10-25T00:00:00Z"),
    DateCase("17. des. 2020", "2020-12-17T00:00:00Z"),
    DateCase("25. toukokuuta 2020 klo 14.03", "2020-05-25T14:03:00Z"),
    DateCase("25 października 2020", "2020-10-25T00:00:00Z"),
    DateCase("25. července 2020", "2020-07-25T00:00:00Z"),
    DateCase("2020. május 25.", "2020-05-25T00:00:00Z"),
    DateCase("25 iulie 2020", "2020-07-25T00:00:00Z"),
    DateCase("25 Ağustos 2020", "2020-08-25T00:00:00Z"),
    DateCase("25 мая 2020, 14:03", "2020-05-25T14:03:00Z"),
    DateCase("25 травня 2020", "2020-05-25T00:00:00Z"),
    DateCase("25 Μαΐου 2020, 3:04 μ.μ.", "2020-05-25T15:04:00Z"),
    DateCase("Senin, 25 Mei 2020 14:03 WIB", "2020-05-25T14:03:00+07:00"),
    DateCase("Thứ Hai, ngày 25 tháng 5 năm 2020 14:03 (GMT+7)", "2020-05-25T14:03:00+07:00"),
    DateCase("CN, 29 Th11 2026 10:00:00 +0700", "2026-11-29T10:00:00+07:00"),
    DateCase("Monday 30th November 2026 10:00 +0700", "2026-11-30T10:00:00+07:00"),
    DateCase("25. ágúst 2020 kl. 14:03", "2020-08-25T14:03:00Z"),
    DateCase("2020 m. gegužės 25 d. 14:03", "2020-05-25T14:03:00Z"),
    DateCase("25 Ogos 2020", "2020-08-25T00:00:00Z"),
    DateCase("25 Disemba 2020", "2020-12-25T00:00:00Z"),
    DateCase("25 Machi 2020", "2020-03-25T00:00:00Z"),
    DateCase("25 uFebhuwari 2020", "2020-02-25T00:00:00Z"),
    DateCase("25 Okthobha 2020", "2020-10-25T00:00:00Z"),
    DateCase("25. juulip 2020", "2020-07-25T00:00:00Z"),
    DateCase("25 أغسطس 2020 - 14:03", "2020-08-25T14:03:00Z"),
    DateCase("25 تشرين الثاني 2020", "2020-11-25T00:00:00Z"),
    DateCase("٢٥ آذار ٢٠٢٠", "2020-03-25T00:00:00Z"),
    DateCase("25 मार्च 2020, 14:03", "2020-03-25T14:03:00Z"),
    DateCase("25 फ़रवरी 2020", "2020-02-25T00:00:00Z"),
    DateCase("२५ दिसंबर २०२०", "2020-12-25T00:00:00Z"),
    DateCase("Published 2020-05-25T14:03:00Z by us", "2020-05-25T14:03:00Z"),
    DateCase("٢٥/٠٥/٢٠٢٠", "2020-05-25T00:00:00Z"),
  ]

  /// Times and zones as newspapers print them, and years of other calendars.
  static let printed: [DateCase] = [
    DateCase("Sat 1 Jun 2024 10.15 BST", "2024-06-01T10:15:00+01:00"),
    DateCase("June 1, 2024, 10.15", "2024-06-01T10:15:00Z"),
    DateCase("01 Jun 2024 1015 GMT", "2024-06-01T10:15:00Z"),
    DateCase("1530 EST, 01 Jun 2024", "2024-06-01T15:30:00-05:00"),
    DateCase("9.05pm, June 1 2024", "2024-06-01T21:05:00Z"),
    DateCase("9.05 p.m., June 1 2024", "2024-06-01T21:05:00Z"),
    DateCase("June 01, 2024 09:00 AM Eastern Daylight Time", "2024-06-01T09:00:00-04:00"),
    DateCase("Dec 01, 2024 09:00 AM Eastern Time", "2024-12-01T09:00:00-05:00"),
    DateCase("Dec 01, 2024 09:00 AM Central Standard Time", "2024-12-01T09:00:00-06:00"),
    DateCase("June 01, 2024 9 AM Pacific", "2024-06-01T09:00:00-07:00"),
    DateCase("1 June 2024, 10:15 Central European Summer Time", "2024-06-01T10:15:00+02:00"),
    DateCase("2024-06-01 10:15 Europe/Berlin", "2024-06-01T10:15:00+02:00"),
    DateCase("2024-12-01T10:00:00 Europe/Berlin", "2024-12-01T10:00:00+01:00"),
    DateCase("2024-06-01 10:15 America/New_York", "2024-06-01T10:15:00-04:00"),
    DateCase("2024-06-01 10:15 America/Argentina/Buenos_Aires", "2024-06-01T10:15:00-03:00"),
    DateCase("1 June 2024 by April Jones", "2024-06-01T00:00:00Z"),
    DateCase("令和6年6月1日", "2024-06-01T00:00:00Z"),
    DateCase("令和元年6月1日 10:15", "2019-06-01T10:15:00Z"),
    DateCase("民國113年6月1日", "2024-06-01T00:00:00Z"),
    DateCase("113年6月1日", "2024-06-01T00:00:00Z"),
    DateCase("1 มิถุนายน 2567", "2024-06-01T00:00:00Z"),
    DateCase("1 มิ.ย. 2567 10:15", "2024-06-01T10:15:00Z"),
    DateCase("1 มิ.ย. 67", "2024-06-01T00:00:00Z"),
    DateCase("01/06/2567", "2024-06-01T00:00:00Z"),
    DateCase("1403/03/12", "2024-06-01T00:00:00Z"),
    DateCase("1403-01-01T10:15:00", "2024-03-20T10:15:00Z"),
    DateCase("1403/12/30", "2025-03-20T00:00:00Z"),
    DateCase("۱۲ خرداد ۱۴۰۳ - ۱۰:۱۵", "2024-06-01T10:15:00Z"),
  ]

  static let otherLanguages: [DateCase] = [
    DateCase("1 юни 2024", "2024-06-01T00:00:00Z"), DateCase("1. јун 2024.", "2024-06-01T00:00:00Z"),
    DateCase("1. juna 2024.", "2024-06-01T00:00:00Z"), DateCase("1. lipnja 2024.", "2024-06-01T00:00:00Z"),
    DateCase("1. studenoga 2024.", "2024-11-01T00:00:00Z"), DateCase("1. junij 2024", "2024-06-01T00:00:00Z"),
    DateCase("1. júna 2024", "2024-06-01T00:00:00Z"), DateCase("2024. gada 1. jūnijs", "2024-06-01T00:00:00Z"),
    DateCase("1 de juny de 2024", "2024-06-01T00:00:00Z"), DateCase("1 d'octubre de 2024", "2024-10-01T00:00:00Z"),
    DateCase("1 ביוני 2024", "2024-06-01T00:00:00Z"), DateCase("১ জুন ২০২৪", "2024-06-01T00:00:00Z"),
    DateCase("১ জানুয়ারি ২০২৪", "2024-01-01T00:00:00Z"), DateCase("1 ஜூன் 2024", "2024-06-01T00:00:00Z"),
    DateCase("1 ژوئن 2024", "2024-06-01T00:00:00Z"), DateCase("1 جون 2024", "2024-06-01T00:00:00Z"),
    DateCase("1 qershor 2024", "2024-06-01T00:00:00Z"), DateCase("1. juuni 2024", "2024-06-01T00:00:00Z"),
  ]

  /// Lines with more than one date.
  static let several: [DateCase] = [
    DateCase("Published: 10:15, 1 June 2024 | Updated: 12:00, 2 June 2024", "2024-06-01T10:15:00Z"),
    DateCase("Updated: 12:00, 2 July 2024 | Published: 10:15, 1 June 2024", "2024-06-01T10:15:00Z"),
    DateCase("Pubblicato il 1 giugno 2024 alle 10:15 - Ultimo aggiornamento 2 luglio 2024", "2024-06-01T10:15:00Z"),
    DateCase("Publié le 1er juin 2024 à 10h15, mis à jour le 2 juillet 2024 à 9h00", "2024-06-01T10:15:00Z"),
    DateCase("Published 1 June 2024 | Updated 2 June 2024 12:00", "2024-06-01T00:00:00Z"),
    DateCase("Published 1 June 2024, updated 12:00", "2024-06-01T00:00:00Z"),
    DateCase("1 June 2024 10:15 2 July 2024 12:00", "2024-06-01T10:15:00Z"),
    DateCase("10:15 | 1 June 2024 | Updated 2 June 2024 12:00", "2024-06-01T10:15:00Z"),
    DateCase("Updated 12:00 | 1 June 2024", "2024-06-01T12:00:00Z"),
    DateCase("Updated: 2 June 2024 12:00", "2024-06-02T12:00:00Z"),
    DateCase("1 June 2024 – 10:15", "2024-06-01T10:15:00Z"),
  ]

  static let nothing: [DateCase] = [
    "", "   ", "yesterday", "Mon, 32 May 2020 14:03:00 GMT", "2020-13-01", "2020-02-30T00:00:00Z", "25 May", "14:03",
    "2020-05-25T25:00:00Z", "9999-12-31T24:00:00Z", "0000-00-00T00:00:00Z", "99999999999999999999999", "+", "-", "GMT",
    "31/02/2020",
    "2020-367",
    "2019-366", "Mon, 01 Jan 0001 00:00:00 Z", "0001-01-01T00:00:00Z", "Wed, 30 Nov -0001 00:00:00 +0000", "1445/11/24",
    "12 March 1403", "1403/12/31", "2020-W54-1", "1/2/3/4/5", "\u{0}\u{1}", "三月", ":::::", "--:--:--",
    String(repeating: "1", count: 10_000), String(repeating: "1:", count: 5_000),
    String(repeating: "may ", count: 5_000),
  ].map { DateCase($0, nil) }

  @Test(arguments: mail + iso + written + printed + otherLanguages + several)
  func reads(_ given: DateCase) {
    #expect(DateReader.read(given.text)?.timestamp.rfc3339 == given.expected)
  }

  @Test(arguments: local)
  func readsLocalHabits(_ given: DateCase) {
    #expect(DateReader.read(given.text)?.timestamp.rfc3339 == given.expected)
  }

  /// How old something is, in English, beside months of other languages.
  @Test(arguments: [
    ("Published Jun 04, 2026 Last updated 1 day ago 2 minute read", "2026-06-04T00:00:00Z"),
    ("2 ago 2024", "2024-08-02T00:00:00Z"), ("14:03, 2 de ago. de 2024", "2024-08-02T14:03:00Z"),
    ("4 June 2026, an hour ago", "2026-06-04T00:00:00Z"), ("5 days ago", nil), ("2h ago 2026", nil),
  ])
  func agesAreNoMonths(_ text: String, _ expected: String?) {
    #expect(DateReader.read(text)?.timestamp.rfc3339 == expected)
  }

  @Test(arguments: nothing)
  func refuses(_ given: DateCase) {
    #expect(DateReader.read(given.text) == nil)
  }

  @Test(arguments: [
    ("2020-05-25T14:03:00Z", true, ReadDate.Precision.second), ("2020-05-25T14:03Z", true, .minute),
    ("2020-05-25 14:03:00", false, .second), ("2020-05-25", false, .day), ("Mon, 25 May 2020 14:03 GMT", true, .minute),
    ("25 May 2020 14:03:00 XYZT", false, .second), ("25 May 2020 14:03:00 +9900", false, .second),
  ])
  func tellsWhatWasWritten(_ text: String, hasZone: Bool, precision: ReadDate.Precision) throws {
    let date = try #require(DateReader.read(text))
    #expect(date.hasZone == hasZone)
    #expect(date.precision == precision)
  }

  @Test(arguments: [
    ("2020-05-25 14:03", "Europe/Berlin", "2020-05-25T14:03:00+02:00"),
    ("2020-01-25 14:03", "Europe/Berlin", "2020-01-25T14:03:00+01:00"),
    ("25 May 2020 14:03:00 GMT", "Europe/Berlin", "2020-05-25T14:03:00Z"),
    ("25 May 2020 14:03:00 IST", "Asia/Jerusalem", "2020-05-25T14:03:00+02:00"),
    ("25 May 2020 14:03:00 IST", "Asia/Kolkata", "2020-05-25T14:03:00+05:30"),
    ("25 May 2020 14:03:00 CST", "Asia/Shanghai", "2020-05-25T14:03:00+08:00"),
    ("25 May 2020 14:03:00 EST", "Australia/Sydney", "2020-05-25T14:03:00+10:00"),
    ("25 Jan 2020 14:03:00 EDT", "Australia/Sydney", "2020-01-25T14:03:00+11:00"),
    ("25 May 2020 14:03:00 EST", "America/New_York", "2020-05-25T14:03:00-05:00"),
    ("25. listopada 2020.", "Europe/Zagreb", "2020-10-25T00:00:00+02:00"),
    ("25 srp 2020", "Europe/Zagreb", "2020-07-25T00:00:00+02:00"),
    ("25 srp 2020", "Europe/Prague", "2020-08-25T00:00:00+02:00"),
    ("25 listopada 2020", "Europe/Warsaw", "2020-11-25T00:00:00+01:00"),
    ("05/04/2020", "America/New_York", "2020-05-04T00:00:00-04:00"),
    ("05/04/2020 3:04 PM", "Europe/London", "2020-04-05T15:04:00+01:00"),
  ])
  func usesTheZoneOfThePublisher(_ text: String, zone: String, expected: String) throws {
    let zone = try Zone(name: zone)
    #expect(DateReader.read(text, zone: zone)?.timestamp.rfc3339 == expected)
  }

  /// Every prefix and every text with one byte changed must come back, whatever it means.
  @Test func neverTraps() {
    var read = 0
    for given in Self.mail + Self.iso + Self.written + Self.printed + Self.several {
      let bytes = Array(given.text.utf8)
      for index in bytes.indices {
        for replacement in Array("9-:+ ./TWaé".utf8) {
          var changed = bytes
          changed[index] = replacement
          if DateReader.read(String(decoding: changed, as: UTF8.self)) != nil { read += 1 }
        }
        if DateReader.read(String(decoding: bytes[..<index], as: UTF8.self)) != nil { read += 1 }
      }
    }
    #expect(read > 1000)
  }

  /// Months that the tables once lacked, one or more a language.
  @Test(
    arguments: [
      ("лис", 11), ("лист", 11), ("जुल॰", 7), ("सित॰", 9), ("नव॰", 11), ("दिस॰", 12), ("يوليوز", 7), ("غشت", 8),
      ("شتنبر", 9), ("نونبر", 11), ("دجنبر", 12), ("ينا", 1), ("aoû", 8), ("agost", 8), ("febrer", 2), ("Decembro", 12),
      ("xul.", 7), ("aprel", 4), ("Sentabr", 9), ("oktabr", 10), ("İyn", 6), ("сеп", 9), ("септ.", 9), ("ное", 11),
      ("ноем.", 11), ("нов", 11), ("дец", 12), ("eyoKwindla", 3), ("eyeThupa", 8), ("veebr", 2), ("תמ", nil),
      ("ספט׳", 9), ("ஆக.", 8), ("თებ", 2), ("Қаң", 1), ("Shk", 2), ("AG", nil), ("Yan", nil), ("Sen", nil),
      ("mas", nil),
    ] as [(String, Int?)])
  func knowsMonths(_ name: String, _ month: Int?) {
    let read = DateReader.read("28 \(name) 2024 10:11")?.timestamp.rfc3339
    #expect(read == month.map { "2024-\($0 < 10 ? "0" : "")\($0)-28T10:11:00Z" })
  }

  /// Words that are months in the language of a place only.
  @Test(
    arguments: [
      ("Mas", 3), ("Eph", 4), ("Epr", 4), ("Mey", 5), ("Aga", 8), ("Kwi", 3), ("Mqu", 1), ("Mng", 12),
    ] as [(String, Int)])
  func knowsMonthsOfAPlace(_ name: String, _ month: Int) throws {
    let zone = try Zone(name: "Africa/Johannesburg")
    let read = DateReader.read("28 \(name) 2024 10:11", zone: zone)?.timestamp.rfc3339
    #expect(read == "2024-\(month < 10 ? "0" : "")\(month)-28T10:11:00+02:00")
    #expect(DateReader.read("Thu, 28 Mar 2024 10:11", zone: zone)?.timestamp.rfc3339 == "2024-03-28T10:11:00+02:00")
    #expect(DateReader.read("28 kwi 2024")?.timestamp.rfc3339 == "2024-04-28T00:00:00Z")
  }

  /// Words that are months' short forms somewhere and names elsewhere.
  @Test(
    arguments: [
      ("12. märts 2024, Jaan Tamm", "2024-03-12"), ("12.03.2024 Jaan Tamm", "2024-03-12"),
      ("3 March 2024 Xan Brooks", "2024-03-03"), ("Noy Levi 12.10.2024", "2024-10-12"),
      ("12. jaan 2024", "2024-01-12"), ("28 Sht 2024", "2024-09-28"), ("Sht 12 Tet 2024", nil),
      ("12 d'agost de 2024", nil), ("12 agost 2024", "2024-08-12"),
    ] as [(String, String?)])
  func takesNamesForNoMonths(_ text: String, _ day: String?) {
    #expect(DateReader.read(text).map { String($0.timestamp.rfc3339.prefix(10)) } == day, "\(text)")
  }
}
