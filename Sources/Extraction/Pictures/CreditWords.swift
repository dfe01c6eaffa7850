/// The words for a picture and for whose it is, in the languages that newsrooms write.
extension PictureCredits {
  /// What stands before a name in brackets.
  static let labelsInBrackets = [
    "Photo by", "Illustration by", "Photo courtesy of", "Photo de", "Foto di", "Foto de", "Foto von", "Foto van",
    "Foto av", "Foto af",
    "Foto por", "Fotos de", "Picha na", "Pics", "Pic", "Photo credits", "Photo credit", "Image credits", "Image credit",
    "Photographs", "Photograph", "File photos", "File photo", "File picture", "File pic", "File image", "Stock photo",
    "Handout photo", "Photos from", "Photo from", "Foto dalla", "Photos", "Photo", "Pictures", "Picture", "Images",
    "Image", "Fotos", "Foto", "Symbolfoto", "Symbolbild", "Archivfoto", "Bilder", "Bild", "Credits", "Credit",
    "Crédits", "Crédit", "Créditos", "Crédito", "Quelle", "Sources", "Source", "Fuente", "Fonte", "Bron", "Izvor",
    "Πηγή", "Источник", "Източник", "Джерело", "Imágenes", "Imagen", "Imagens", "Imagem", "Immagine", "Fotografía",
    "Fotografia", "Fotografie", "Beeld", "Kuva", "Fotó", "Fotoğraf", "Zdjęcie", "Φωτογραφία", "Фото", "Снимка",
    "Gambar", "Picha", "Ảnh", "صورة", "تصوير", "عکس", "תמונה", "צילום", "ภาพจาก", "ภาพ", "写真", "照片", "圖片來源", "图片来源",
    "图源", "圖片", "图片", "圖", "图", "사진 출처", "사진", "Φωτο", "ছবি", "फोटो", "फ़ोटो", "படம்", "ఫోటో", "ફોટો", "©",
  ]
  /// The same, with a colon: without one they may say what is seen, `(Grafik oben)`.
  static let signedLabelsInBrackets = [
    "Illustrationen", "Illustration", "Ilustración", "Ilustração", "Illustrazione", "Grafiken", "Grafik", "Graphic",
    "Infografik", "Infographic", "Infografía", "Fotomontage", "Montage", "Visualisierung", "Visualisation", "Rendering",
    "Collage", "Screenshot",
  ]
  /// What stands before a name, with a colon, a bar or the copyright sign.
  static let labels = [
    "Photo", "Photos", "Photograph", "Picture", "Pic", "Pics", "Image", "Images", "Foto", "Fotos", "Bild", "Bilder",
    "Credit", "Credits", "Image credits", "Image credit", "Image source", "Photo credits", "Photo credit", "Crédit",
    "Crédits", "Crédit photo", "Crédito", "Créditos", "Quelle", "Bildquelle", "Bildrechte", "Beeld", "Billede", "Kuva",
    "Fotó", "Fotografia", "Fotografie", "Fotografía", "Fotoğraf", "Zdjęcie", "Mynd", "Ljósmynd", "Φωτογραφία", "Снимка",
    "Светлина", "Фото", "Фотография", "Коллаж", "Колаж", "Иллюстрация", "Ілюстрація", "צילום", "تصوير", "عکس", "Ảnh",
    "ภาพ", "写真", "사진", "ছবি", "फोटो", "फ़ोटो", "Picha", "Isithombe", "Umfanekiso", "Illustration", "Chart", "Map",
    "Maps", "Karte", "Graphic", "Graphics", "Infographic", "Infografik", "Grafik", "Archivfoto", "Archivbild",
    "Symbolfoto", "Symbolbild", "Arkivfoto", "Arkivbild", "Photographer", "Φωτ", "Φωτο", "Imagem", "Imagens", "Imagen",
    "Imágenes", "Immagine", "Composite", "படம்", "ఫోటో", "ફોટો", "照片", "圖片來源", "图片来源", "圖片", "图片", "图源",
  ]
  /// What may stand there as well, where the whole text is a credit.
  private static let sources = [
    "Sources?", "Copyright", "Fotograf", "Fotocredit", "Imago", "Fuente", "Fonte", "Bron", "Kilde", "Källa", "Zdroj",
    "Źródło", "Πηγή", "Источник", "Източник", "Извор", "Izvor", "Джерело", "Illustrations?", "Collages?", "Montage",
  ]

  /// A word for a credit with its sign: `Photo:`, `Foto ©`, `Credit...`.
  private static let signed =
    #"(?:"# + (labels + sources).joined(separator: "|")
    + #")\.?(?:\s+(?:by|de|source))?\s*[:©]|Credits?\s?(?:\.\.\.|…)"#

  /// The word for a credit that a text begins with. The pattern is dear: it is tried where there is a sign of one.
  static func labelAtStart(of text: String) -> Range<String.Index>? {
    mayBeginWithLabel(text) ? text.prefixMatch(of: label)?.range : nil
  }

  /// Whether a text begins with one of the words.
  static func mayBeginWithLabel(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let start = bytes.firstIndex(where: { $0 > 0x20 }) else { return false }
      // The longest label has fewer bytes; a letter cut in two ends no word.
      let head = UnsafeBufferPointer(rebasing: bytes[start..<min(bytes.count, start + 40)])
      var folded = Comparable.folded(String(decoding: head, as: UTF8.self))
      return folded.withUTF8 { beginnings.matchesStart(of: $0) }
    }
  }

  private static let beginnings = PhraseIndex(
    Array(
      Set(
        (labels + sources + ["Photographs", "Pictures", "Foto's", "Fot.", "圖", "图", "촬영", "©", "(c)"]).map {
          Comparable.folded($0.replacing("s?", with: ""))
        })))

  nonisolated(unsafe) private static let label = prefix(
    signed
      + #"|©|(?:Photos?|Photographs?|Pictures?|Images?|Illustrations?)\s+(?:by|from|courtesy of)\s|(?:Fotos?|Foto's|Photo|Beeld|Kuva|Copyright)\s+(?=\p{Lu})|(?:Photos?|Fotos?|Pictures?|Images?)\s+[/–—-]\s+(?=\p{L})|Fot\.\s*(?=\p{L})|[圖图]片?\s*[／/]|촬영\s+(?=\p{L})|\(c\)"#
  )
  /// What of these may follow another one, as in `© Bild: Name`.
  nonisolated(unsafe) static let secondLabel = prefix(signed)

  private static func prefix(_ pattern: String) -> Regex<Substring> {
    // The pattern is ours: one that does not compile is a mistake of this file.
    try! Regex(#"^\s*(?:"# + pattern + #")\s*©?\s*"#, as: Substring.self).ignoresCase()
  }

  static let remarks: Set<String> = [
    "archivbild", "archivfoto", "archiv", "symbolbild", "symbolfoto", "symbolic image", "file photo", "file", "archive",
    "archives", "illustration", "archivo", "d'archives", "photo d'archives", "imagen de archivo", "l", "r", "m",
    "links", "rechts", "left", "right", "centre", "center",
  ]
  static let usual: Set<String> = [
    "supplied", "handout", "getty", "getty images", "unsplash", "shutterstock", "imago", "submitted", "뉴시스", "뉴스1",
    "istock", "adobestock", "adobe stock", "depositphotos", "freepik", "dreamstime", "123rf", "alamy", "pixabay",
    "pexels", "imagoeconomica", "lapresse", "ansa", "folhapress", "ap photo", "getty",
    "رويترز", "الفرنسية", "أسوشيتد برس", "الأناضول", "απε-μπε", "eurokinissi", "intime", "intime news",
    "רויטרס", "פלאש 90", "reprodução", "divulgação", "arquivo pessoal", "courtesy", "contributed photo", "contributed",
  ]
  static let particles: Set<String> = [
    "von", "van", "der", "de", "di", "da", "del", "la", "le", "el", "al", "bin", "ben", "via", "for", "and", "und",
    "et", "y", "e", "of", "the", "für", "pour", "dpa", "photo", "by", "picture", "alliance", "epa", "afp", "apa",
    "imago", "images",
  ]
}
