import Articles
import Testing
import Values

@testable import Extraction

/// Where the caption ends and the credit begins, in one text.
struct PictureCreditTests {
  /// What a rule takes for a credit may say who stands where.
  @Test(arguments: [
    ("Ann Able (left) and Bob Baker (right)", "Ann Able (left) and Bob Baker (right)", nil),
    ("Le maire (à droite)", "Le maire (à droite)", nil), ("港に入る船（左）", "港に入る船（左）", nil),
    ("The council (second from left)", "The council (second from left)", nil),
    ("The council (Ann Able)", "The council", "Ann Able"), ("The council (dpa)", "The council", "dpa"),
    ("The council (privat)", "The council", "privat"),
    ("The council (picture alliance/dpa)", "The council", "picture alliance/dpa"),
    ("The council (courtesy of the house)", "The council", "courtesy of the house"),
  ])
  func bracketsByRule(_ words: String, _ caption: String, _ credit: String?) throws {
    let manifest = try exampleManifest(
      #"""
      body = ["css:article"]
      [article.images]
      select = ["css:figure"]
      caption = [{ css = "figcaption", replace = [["\\s*[(（][^()（）]+[)）]$", ""]] }]
      credit = [{ css = "figcaption", match = "[(（]([^()（）]+)[)）]$" }]
      """#)
    let page = """
      <html><body><h1>Library stays open all year</h1><article><p>The council met on Monday evening, and it decided.</p>
      <figure><img src=/library.jpg width=800 height=600><figcaption>\(words)</figcaption></figure></article></body></html>
      """
    let found = try PageExtractor(manifest: manifest).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
    ).article.pictures.first
    #expect(found?.caption == caption)
    #expect(found?.credit == credit)
  }

  @Test(
    arguments: [
      ("The old mill at dusk (Photo: Ann Able)", "The old mill at dusk", "Ann Able"),
      ("The old mill at dusk [Image credit: Ann Able].", "The old mill at dusk", "Ann Able"),
      ("Die alte Mühle (Symbolbild: Ann Able)", "Die alte Mühle", "Ann Able"),
      (
        "The mill, seen from the bridge that the council wants to mend next year. Photo: Ann Able",
        "The mill, seen from the bridge that the council wants to mend next year.", "Ann Able"
      ),
      (
        "A long look back: the mill, the bridge and the council that wants to mend both. PHOTO CREDIT: Ann Able",
        "A long look back: the mill, the bridge and the council that wants to mend both.", "Ann Able"
      ),
      ("Le moulin au crépuscule | Crédit photo : Anne Able", "Le moulin au crépuscule", "Anne Able"),
      ("Foto: Ann Able", "", "Ann Able"), ("Fuente: El Correo", "", "El Correo"),
      ("Източник: Пример", "", "Пример"), ("Источник: Пример", "", "Пример"), ("Izvor: Primjer", "", "Primjer"),
      ("The old mill – © Ann Able", "The old mill", "Ann Able"),
      ("Le café fermé depuis l'été", "Le café fermé depuis l'été", nil),
      ("The old mill (C) Ann Able", "The old mill", "Ann Able"), ("水車小屋（©通信社）", "水車小屋", "通信社"),
      ("The old mill (©Agency)", "The old mill", "Agency"),
      ("The old mill (Ann Able/AFP via Getty Images)", "The old mill", "Ann Able/AFP via Getty Images"),
      ("The old mill (AFP via Getty Images)", "The old mill", "AFP via Getty Images"),
      ("O velho moinho | Imagem: Ann Able/Folha", "O velho moinho", "Ann Able/Folha"),
      ("Stary młyn. / Fot. Ann Able", "Stary młyn.", "Ann Able"),
      ("Stary młyn (fot. Ann Able)", "Stary młyn", "Ann Able"),
      ("Stary młyn. fot. Ann Able", "Stary młyn.", "Ann Able"),
      ("Stary młyn - fot. Ann Able", "Stary młyn", "Ann Able"),
      // A foot.
      ("Able er skadet i høyre fot. Her fra kampen.", "Able er skadet i høyre fot. Her fra kampen.", nil),
      ("Båten är 40 fot. Den byggdes här.", "Båten är 40 fot. Den byggdes här.", nil),
      ("Den är en 40-fot. Den byggdes här.", "Den är en 40-fot. Den byggdes här.", nil),
      ("오래된 물레방아 ⓒ 뉴시스", "오래된 물레방아", "뉴시스"),
      ("古い水車小屋（AP＝共同）", "古い水車小屋", "AP＝共同"), ("古い水車小屋（左）", "古い水車小屋（左）", nil),
      ("古い水車小屋 写真：ロイター", "古い水車小屋", "ロイター"), ("老磨坊 图源：视觉中国", "老磨坊", "视觉中国"),
      ("Ο παλιός μύλος (ΦΩΤΟ: ΑΠΕ-ΜΠΕ)", "Ο παλιός μύλος", "ΑΠΕ-ΜΠΕ"),
      ("Half past 3: the mill", "Half past 3: the mill", nil),
      ("古い水車小屋（山田太郎撮影）", "古い水車小屋", "山田太郎"), ("오래된 물레방아. 홍길동 제공", "오래된 물레방아.", "홍길동"),
      ("The mill (seen from the bridge)", "The mill (seen from the bridge)", nil),
      ("古い水車小屋＝例市で3月1日、山田太郎撮影", "古い水車小屋＝例市で3月1日", "山田太郎"),
      ("水車小屋の模型＝鈴木花子さん提供", "水車小屋の模型", "鈴木花子さん"),
      ("The old mill stands still. - A. Able / Agency", "The old mill stands still.", "A. Able / Agency"),
      ("The mill stands still. Pic: Ann Able/Reuters", "The mill stands still.", "Ann Able/Reuters"),
      ("Senas malūnas | A. Pavyzdys / LRT nuotr.", "Senas malūnas", "A. Pavyzdys / LRT"),
      ("Die alte Mühle steht still. © Bild: HAUS/Ann Able", "Die alte Mühle steht still.", "HAUS/Ann Able"),
      ("The mill stands still.Credit...Ann Able for The House", "The mill stands still.", "Ann Able for The House"),
      ("The wheel on its bench. Image Credits: Able Works", "The wheel on its bench.", "Able Works"),
      (
        "Tons of flour by county. Chart: Ann Able, from public data", "Tons of flour by county.",
        "Ann Able, from public data"
      ),
      ("El molino viejo (Crédito: Municipalidad de Río Chico)", "El molino viejo", "Municipalidad de Río Chico"),
      (
        "El molino viejo, cerrado desde mayo (Foto de archivo)",
        "El molino viejo, cerrado desde mayo (Foto de archivo)", nil
      ),
      ("โรงสีเก่าริมน้ำ (ภาพ : โรงเรียนบ้านโรงสี)", "โรงสีเก่าริมน้ำ", "โรงเรียนบ้านโรงสี"),
      ("눈 덮인 물레방아 [예시뉴스 자료사진. 재판매 및 DB 금지]", "눈 덮인 물레방아", "예시뉴스 자료사진. 재판매 및 DB 금지"),
      ("水車昨晚重新轉動。記者王小明／攝影", "水車昨晚重新轉動。", "王小明"),
      ("牆上寫著「水大，輪穩」。圖／李家提供", "牆上寫著「水大，輪穩」。", "李家"),
      (
        "Foto: Kincir tua di tepi sungai, Senin (6/1/2025). (Ann Able/contohcom)",
        "Kincir tua di tepi sungai, Senin (6/1/2025).", "Ann Able/contohcom"
      ),
      ("Foto: Ann Able (REUTERS)", "", "Ann Able (REUTERS)"),
      ("The mill is 22 meters tall. —Contributed photo", "The mill is 22 meters tall.", "Contributed photo"),
      ("Dancers before the old mill at noon —AFP", "Dancers before the old mill at noon", "AFP"),
      ("Dancers before the mill —and nobody minds", "Dancers before the mill —and nobody minds", nil),
      ("La roue à l'arrêt, mardi. - A. Able / 20 Minutes", "La roue à l'arrêt, mardi.", "A. Able / 20 Minutes"),
      ("Il vecchio mulino sul fiume (foto di Anna Abile)", "Il vecchio mulino sul fiume", "Anna Abile"),
      ("El viejo molino junto al río (foto de archivo)", "El viejo molino junto al río (foto de archivo)", nil),
      ("Kinu cha zamani kando ya mto. (Picha na Anna Able)", "Kinu cha zamani kando ya mto.", "Anna Able"),
      ("Ο παλιός μύλος στο ποτάμι (Πηγή: Δήμος Παραδείγματος)", "Ο παλιός μύλος στο ποτάμι", "Δήμος Παραδείγματος"),
      ("水車を直す人＝東京都墨田区で", "水車を直す人＝東京都墨田区で", nil), ("水車を直す人＝台東区浅草", "水車を直す人＝台東区浅草", nil),
      ("水車を直す人＝中村", "水車を直す人", "中村"), ("水車を直す人＝山田花子", "水車を直す人", "山田花子"),
      (
        "The track of the storm at noon. Photo from the Town", "The track of the storm at noon. Photo from the Town",
        nil
      ),
      ("The track of the storm at noon. Photo from Town Watch", "The track of the storm at noon.", "Town Watch"),
      ("The track of the storm (File photo: House/Ann Able)", "The track of the storm", "House/Ann Able"),
      ("The family in 1931. (Courtesy of the Able family)", "The family in 1931.", "Courtesy of the Able family"),
      ("The yard at noon (AdobeStock)", "The yard at noon", "AdobeStock"),
      ("Umfanekiso: Ann Able", "", "Ann Able"), ("Map: The House", "", "The House"), ("dpa/A. Able", "", "dpa/A. Able"),
      ("老水车（例社记者 李波 摄）", "老水车", "例社记者 李波"),
      // The day, the kind of picture, and who wrote the text are no name of who took it.
      ("老水车（2024年12月20日摄）", "老水车（2024年12月20日摄）", nil), ("老水车（资料照片，五月摄）", "老水车（资料照片，五月摄）", nil),
      ("老水车（李波 文/摄）", "老水车（李波 文/摄）", nil), ("老水车（供图：李波 摄）", "老水车（供图：李波 摄）", nil),
      ("老水車（李波攝影）", "老水車", "李波"),
      ("오래된 물레방아 /연합뉴스", "오래된 물레방아", "연합뉴스"),
      ("水车修好了。例社发（李波 摄）", "水车修好了。", "例社发（李波 摄）"), ("静かな水車小屋／（Ｃ）例新聞", "静かな水車小屋", "例新聞"),
      ("ছবি: আনা আবেল", "", "আনা আবেল"), ("Източник: Личен архив", "", "Личен архив"),
      ("The old mill at the river's end / Photo by Ann Able", "The old mill at the river's end", "Ann Able"),
    ] as [(String, String, String?)])
  func splits(_ text: String, _ caption: String, _ credit: String?) {
    expect(PictureCredits.split(text, boldly: true), caption, credit)
  }

  private func expect(_ found: (caption: String, credit: String?), _ caption: String, _ credit: String?) {
    #expect(found.caption == caption)
    #expect(found.credit == credit)
  }

  /// Of a caption that a rule gave, too.
  @Test(
    arguments: [
      ("The mill stands still. (Ann Able/House)", "The mill stands still.", "Ann Able/House"),
      ("The mill stands still. (May/June)", "The mill stands still. (May/June)", nil),
      ("The mill stands still. (Able/AFP)", "The mill stands still.", "Able/AFP"),
      ("The mill stands still. (Seen from the bridge)", "The mill stands still. (Seen from the bridge)", nil),
      ("The mill in and/or by the river (and/or it)", "The mill in and/or by the river (and/or it)", nil),
    ] as [(String, String, String?)])
  func nameAndHouse(_ text: String, _ caption: String, _ credit: String?) {
    expect(PictureCredits.split(text, boldly: false), caption, credit)
  }

  @Test(
    arguments: [
      ("The old mill (Example)", "The old mill", "Example"), ("The old mill (Example Online)", nil, nil),
      ("The old mill (Exam)", nil, nil), ("The old mill (1998)", nil, nil), ("(Example)", nil, nil),
    ] as [(String, String?, String?)])
  func theSiteItself(_ text: String, _ caption: String?, _ credit: String?) {
    let found = PictureCredits.house(endOf: text, sites: ["examplenet", "x"])
    #expect(found?.caption == caption)
    #expect(found?.credit == credit)
  }

  /// Each is found although patterns are asked only about texts that seem to hold one.
  @Test(arguments: PictureCredits.labels) func findsLabel(_ label: String) {
    for text in ["The mill at dusk. \(label): Ann Able", "The mill at dusk | \(label.uppercased()) © Ann Able"] {
      #expect(PictureCredits.split(text, boldly: false).credit == "Ann Able", "\(text)")
    }
  }

  @Test(arguments: PictureCredits.labelsInBrackets) func findsLabelInBrackets(_ label: String) {
    #expect(PictureCredits.split("The mill at dusk (\(label) Ann Able)", boldly: false).credit == "Ann Able")
  }

  @Test(
    arguments: [
      ("Fot. Ann Able / Agencja", "Ann Able / Agencja"), ("© Bild: HAUS/Ann Able", "HAUS/Ann Able"),
      ("| foto: Ann Able, HOUSE", "Ann Able, HOUSE"), ("—ANN ABLE", "ANN ABLE"), ("Credit...Ann Able", "Ann Able"),
      ("Copyright Ann Able", "Ann Able"), ("圖／李家", "李家"), ("Foto: Foto Able", "Foto Able"),
      ("Ann Able", "Ann Able"), ("Photo / Ann Able", "Ann Able"), ("Foto – archív obce", "archív obce"),
      ("Archivfoto: dpa", "dpa"), ("Photo ANN ABLE/HOUSE", "ANN ABLE/HOUSE"),
      ("Photographer: Ann Able/House", "Ann Able/House"),
      ("Φωτ.: Άννα Άβελ", "Άννα Άβελ"), ("촬영 홍길동", "홍길동"), ("Photograph of a house", "Photograph of a house"),
    ])
  func cleans(_ text: String, _ credit: String) { #expect(PictureCredits.cleaned(text) == credit) }

  @Test(
    arguments: [
      ("Ann Able.", "Ann Able"), ("Agency.", "Agency"), ("D.R.", "D.R."), ("Zvg.", "Zvg."),
      ("Able Corp.", "Able Corp."), ("A. Able.", "A. Able."),
    ])
  func endsWithoutStop(_ text: String, _ credit: String) { #expect(PictureCredits.withoutStop(text) == credit) }

  @Test(
    arguments: [
      ("Bildunterschrift: The mill", "The mill"), ("1 of 3The mill", "The mill"), ("1:24The mill", "The mill"),
      ("3 of 4 mills stand still", "3 of 4 mills stand still"), ("The mill at dusk -", "The mill at dusk"),
      ("The mill | ", "The mill"), ("The mill ()", "The mill"), ("Image caption, The mill", "The mill"),
    ])
  func captionsWithoutLabels(_ text: String, _ caption: String) {
    #expect(PictureCredits.withoutLabel(text) == caption)
  }
}
