import Feeds
import Testing

/// Who is named in a byline of one piece.
@Suite struct BylineTests {
  private func people(_ byline: String) throws -> [String?] {
    let item = try #require(try read(rss("<item><dc:creator><![CDATA[\(byline)]]></dc:creator></item>")).items.first)
    return item.authors.map(\.name)
  }

  @Test(
    "what joins names in one language begins them in another",
    arguments: [
      ("A Srinivasa Rao and Ann Lee", ["A Srinivasa Rao", "Ann Lee"]),
      ("Ann Lee and A R Rahman", ["Ann Lee", "A R Rahman"]), ("Ann Lee & E Kumar", ["Ann Lee", "E Kumar"]),
      ("I Wayan Sudarma and Ann Lee", ["I Wayan Sudarma", "Ann Lee"]),
      ("Kamal Nath A Krishna Rao", ["Kamal Nath A Krishna Rao"]),
      ("Jonathan Freedland and Patrick E Tyler", ["Jonathan Freedland", "Patrick E Tyler"]),
      ("JONATHAN FREEDLAND AND PATRICK E TYLER", ["JONATHAN FREEDLAND", "PATRICK E TYLER"]),
      ("Ja Morant and Ann Lee", ["Ja Morant", "Ann Lee"]), ("Ann Lee and Dan Brown", ["Ann Lee", "Dan Brown"]),
      ("En Zhang and Ann Lee", ["En Zhang", "Ann Lee"]),
      ("Santosh Kumar A and Ann Lee", ["Santosh Kumar A", "Ann Lee"]),
      ("Rahul Singh, E Kumar Sharma and Cy Poe", ["Rahul Singh", "E Kumar Sharma", "Cy Poe"]),
      ("ANA PÉREZ Y JOSÉ RUIZ", ["ANA PÉREZ", "JOSÉ RUIZ"]), ("Ana Pérez y José Ruiz", ["Ana Pérez", "José Ruiz"]),
      ("Jan Novák a Eva Malá", ["Jan Novák", "Eva Malá"]),
      ("Mario Rossi e Luca Bianchi", ["Mario Rossi", "Luca Bianchi"]),
      ("Ahmet Yılmaz ve Ayşe Demir", ["Ahmet Yılmaz", "Ayşe Demir"]), ("Ion Pop și Ana Rusu", ["Ion Pop", "Ana Rusu"]),
      ("Nagy Péter és Kiss Anna", ["Nagy Péter", "Kiss Anna"]),
      ("Budi Santoso dan Siti Aminah", ["Budi Santoso", "Siti Aminah"]),
      ("Νίκος Παππάς και Άννα Λάμπρου", ["Νίκος Παππάς", "Άννα Λάμπρου"]),
    ])
  func conjunctions(_ byline: String, _ names: [String]) throws {
    #expect(try people(byline) == names)
  }

  @Test(
    "neither a place nor agencies are people",
    arguments: [
      ("Ann Lee in Kyiv and Bo Ek", ["Ann Lee", "Bo Ek"]),
      ("Ann Lee in New York and Bo Ek in Oslo", ["Ann Lee", "Bo Ek"]),
      ("Ann Lee, Bo Ek and agencies", ["Ann Lee", "Bo Ek"]),
      ("Ann Lee in Kyiv, Bo Ek in Oslo and agencies", ["Ann Lee", "Bo Ek"]), ("AFP and agencies", ["AFP and agencies"]),
      ("Ann Lee and agencies", ["Ann Lee"]), ("Ann Lee in Kyiv and agencies", ["Ann Lee"]),
      ("By Ann Lee and Bo Ek in Kyiv", ["Ann Lee", "Bo Ek"]), ("Arts and Culture", ["Arts and Culture"]),
      ("Made in Italy and More", ["Made in Italy and More"]), ("Women in Tech", ["Women in Tech"]),
      ("Money and agencies", ["Money and agencies"]),
    ])
  func places(_ byline: String, _ names: [String]) throws {
    #expect(try people(byline) == names)
  }
}
