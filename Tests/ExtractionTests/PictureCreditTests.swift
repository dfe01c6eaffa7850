import Testing

@testable import Extraction

/// Where the caption ends and the credit begins, in one text.
struct PictureCreditTests {
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
      ("The old mill – © Ann Able", "The old mill", "Ann Able"),
      ("Le café fermé depuis l'été", "Le café fermé depuis l'été", nil),
      ("The old mill (C) Ann Able", "The old mill", "Ann Able"), ("水車小屋（©通信社）", "水車小屋", "通信社"),
      ("The old mill (©Agency)", "The old mill", "Agency"),
      ("Half past 3: the mill", "Half past 3: the mill", nil),
      ("古い水車小屋（山田太郎撮影）", "古い水車小屋", "山田太郎"), ("오래된 물레방아. 홍길동 제공", "오래된 물레방아.", "홍길동"),
      ("The mill (seen from the bridge)", "The mill (seen from the bridge)", nil),
      ("古い水車小屋＝例市で3月1日、山田太郎撮影", "古い水車小屋＝例市で3月1日", "山田太郎"),
      ("水車小屋の模型＝鈴木花子さん提供", "水車小屋の模型", "鈴木花子さん"),
      ("The old mill stands still. - A. Able / Agency", "The old mill stands still.", "A. Able / Agency"),
      ("The mill stands still. Pic: Ann Able/Reuters", "The mill stands still.", "Ann Able/Reuters"),
      ("The old mill stands still. - A. Able / Agency", "The old mill stands still.", "A. Able / Agency"),
      ("The mill stands still. Pic: Ann Able/Reuters", "The mill stands still.", "Ann Able/Reuters"),
      ("Senas malūnas | A. Pavyzdys / LRT nuotr.", "Senas malūnas", "A. Pavyzdys / LRT"),
    ] as [(String, String, String?)])
  func splits(_ text: String, _ caption: String, _ credit: String?) {
    let found = PictureCredits.split(text, boldly: true)
    #expect(found.caption == caption)
    #expect(found.credit == credit)
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
}
