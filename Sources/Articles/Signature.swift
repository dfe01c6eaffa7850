extension Article {
  /// What makes an edition differ from the one before, as one text: headline, texts, authors, pictures and captions.
  /// Dates, keywords, links and the addresses of other sizes are left out, so that counters, chrome and resized
  /// pictures do not make a new version.
  public var signature: String {
    var parts = [headline, kicker ?? "", standfirst ?? "", authors.map(\.name).joined(separator: ", ")]
    parts += body.flatMap(\.plainText)
    parts += pictures.flatMap { picture in
      // Query and size vary between two views of the same page; the file's path is what was printed.
      let path = picture.renditions.first.map { $0.href.split(separator: "?", maxSplits: 1)[0] } ?? ""
      return [String(path), picture.caption ?? "", picture.credit ?? ""]
    }
    return parts.joined(separator: "\u{1F}")
  }
}
