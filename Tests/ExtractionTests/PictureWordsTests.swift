import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://news.example/world/a-story")!
private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open.",
  "Its members heard from readers, from teachers, and from the two librarians who have run the house.",
].map { "<p>\($0)</p>" }

/// A page with the markup between its paragraphs.
private func article(_ markup: String) throws -> Article {
  let page =
    "<html><body><main><article><h1>Library stays open</h1>\(paragraphs[0])\(markup)\(paragraphs[1])</article></main></body></html>"
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
}

/// Captions and credits that stand beside a picture, or in its data.
@Suite struct PictureWordsTests {
  @Test(
    "captions and credits beside a picture",
    arguments: [
      (
        "<a class=picture href='/a-948.jpg'><img src='/a.jpg'></a><p class=caption>The yard <span class=credit>Foto: Ann Able</span></p>",
        "The yard", "Ann Able"
      ),
      (
        "<div class=opener><img src='/a.jpg'></div><div class=opener-info><span>The yard.</span> <span class=foto-autor>| foto: Ann Able</span></div>",
        "The yard.", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><span class=counter>1 of 3</span> The yard</figcaption></figure>",
        "The yard",
        nil
      ),
      ("<p><img src='/a.jpg' alt='The yard at noon'></p><div>The yard at noon</div>", "The yard at noon", nil),
      (
        "<figure><img src='/a.jpg'><figcaption>The yard <span class=copyright><span class=label>Open the picture</span> <span class=source>Ann Able</span></span></figcaption></figure>",
        "The yard", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><span class=caption>The yard</span> <span class=credit><span class=visually-hidden>Credit</span>: Ann Able</span></figcaption></figure>",
        "The yard", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><span>The yard in the snow.</span><span><span>Credit...</span><span>Ann Able</span></span></figcaption></figure>",
        "The yard in the snow.", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><span><span>Credit...</span><span>Ann Able</span></span></figcaption></figure>",
        nil, "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><span class=hidden>Image:</span> <span>The yard in the snow. Pic: Ann Able</span></figcaption></figure>",
        "The yard in the snow.", "Ann Able"
      ),
      (
        "<figure><div><img src='/a.jpg' alt='River Trust A heron on a post'><span>River Trust</span></div><figcaption>A heron</figcaption></figure>",
        "A heron", "River Trust"
      ),
      (
        "<figure><img src='/a.jpg'><div data-c-caption='The yard in the snow' data-c-credit='Ann Able'></div></figure>",
        "The yard in the snow", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><strong>The yard</strong><p>[Agency file photo. No resale]</p></figcaption></figure>",
        "The yard", "Agency file photo. No resale"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption>The yard <span class=credit>- Ann Able.</span></figcaption></figure>",
        "The yard", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption>The yard - <span class=copyright>Copyright </span><span class=credit>Ann Able</span></figcaption></figure>",
        "The yard", "Ann Able"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption class=attribution><span class=attribution__caption>The yard in the snow.</span> <span class=attribution__credit><span class=a11y>Credit: </span>Ann Able</span></figcaption></figure>",
        "The yard in the snow.", "Ann Able"
      ),
      (
        "<div class=image><div><img src='/a.jpg'></div><div class=credit-caption><div class=caption><p>The yard in the snow. <b class=credit>Ann Able for the House <b class=hide-caption>hide caption</b></b></p><b class=toggle-caption>toggle caption</b></div> <span class=credit>Ann Able for the House</span></div></div>",
        "The yard in the snow.", "Ann Able for the House"
      ),
      (
        "<figure><img src='/a.jpg'><figcaption><p>The yard in the snow <span class=bold> / UIB</span></p></figcaption></figure>",
        "The yard in the snow", "UIB"
      ),
      (
        "<div><picture><img src='/a.jpg' alt='The yard in the snow. - Town Paper'></picture></div><div><span>The yard in the snow.</span></div>",
        "The yard in the snow.", nil
      ),
    ] as [(String, String?, String?)])
  func wordsBeside(_ markup: String, _ caption: String?, _ credit: String?) throws {
    let found = try article(markup)
    #expect(found.pictures.map(\.caption) == [caption])
    #expect(found.pictures.map(\.credit) == [credit])
    #expect(found.bodyText.split(separator: "\n").count == 2, "\(found.bodyText)")
  }

  @Test("a caption printed outside a figure is no text, the credit in its brackets and all")
  func captionWithItsCreditIsNoText() throws {
    let markup =
      "<div class=visual><img src='/a.jpg'><figcaption>The yard at noon (Crédito: Ana Able)</figcaption></div>"
    let found = try article(markup)
    #expect(found.pictures.map(\.credit) == ["Ana Able"])
    #expect(!found.bodyText.contains("yard"))
  }

  @Test("the site in brackets below a picture is whose it is, a town that its address names is not")
  func siteInBrackets() throws {
    func credit(_ site: String, _ caption: String) throws -> String? {
      let page =
        "<html><head><meta property='og:site_name' content='\(site)'></head><body><main><article><h1>Library stays open</h1>"
        + "\(paragraphs[0])<figure><img src='/a.jpg'><figcaption>\(caption)</figcaption></figure>\(paragraphs[1])</article></main></body></html>"
      let url = WebURL("https://www.leeds.example/world/a-story")!
      return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.pictures.first?.credit
    }
    #expect(try credit("Town Voice", "The yard of the house in winter (Town Voice)") == "Town Voice")
    #expect(try credit("Leeds", "The yard of the house in winter (Leeds)") == nil)
  }

  @Test("a box that says the caption again and whose picture it is")
  func creditBesideALongCaption() throws {
    let caption =
      "The library's hall, seen from the gallery where the readers of the town's papers have sat since 1998."
    let found = try article(
      "<div><figure><img src='/a.jpg'><figcaption>\(caption)</figcaption></figure><div><div>\(caption)</div>"
        + "<div class=image-copyright>Ann Able</div></div></div>")
    #expect(found.pictures.map(\.caption) == [caption] && found.pictures.map(\.credit) == ["Ann Able"])
  }

  @Test func creditOfTheLeadBesideTheHeadline() throws {
    let page =
      "<html><body><article><header><div><h1>Library stays open</h1><p>\(String(repeating: "What the council said. ", count: 9))"
      + "</p></div><div><div><picture><img src='/lead.jpg'></picture></div></div>"
      + "<div><span class=caption__credit>Illustration by Ann Able</span></div></header>"
      + "\(paragraphs.joined())</article></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.pictures.map(\.credit) == ["Ann Able"])
  }
}
