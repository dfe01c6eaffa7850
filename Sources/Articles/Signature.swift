extension Article {
  /// What makes an edition differ from the one before, as one text: headline, texts, authors, pictures and captions,
  /// and the entries of a live blog. Dates, keywords, links and the addresses of other sizes are left out, so that
  /// counters, chrome and resized pictures do not make a new version.
  public var signature: String {
    let pictures = pictures.flatMap { picture in
      [
        picture.renditions.first.map { PictureIdentity.place(of: $0.href) } ?? "", picture.caption ?? "",
        picture.credit ?? "",
      ]
    }
    return (texts + pictures + entries.flatMap { [$0.headline ?? "", $0.text] }).joined(separator: "\u{1F}")
  }

  /// The same as it was made before pictures were told by what stays of their address: what was published by then is
  /// known by it.
  public var formerSignature: String {
    let pictures = pictures.flatMap { picture in
      let path = picture.renditions.first.map { $0.href.split(separator: "?", maxSplits: 1)[0] } ?? ""
      return [String(path), picture.caption ?? "", picture.credit ?? ""]
    }
    return (texts + pictures).joined(separator: "\u{1F}")
  }

  private var texts: [String] {
    [headline, kicker ?? "", standfirst ?? "", authors.map(\.name).joined(separator: ", ")]
      + body.flatMap(\.plainText)
  }
}
