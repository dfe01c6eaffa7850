import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://news.example/world/a-story")!
private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open.",
  "Its members heard from readers, from teachers, and from the two librarians who have run the house.",
].map { "<p>\($0)</p>" }
private let lead =
  "<figure><img src='/lead.jpg' width=900 height=600><figcaption>The library</figcaption></figure>"

/// A page with a lead picture, and the markup between its paragraphs.
private func article(
  _ markup: String, lead: String = lead, outside: String = "", after: String = "", head: String = ""
) throws -> Article {
  let page =
    "<html><head>\(head)</head><body><main>\(outside)<article><h1>Library stays open</h1>\(lead)"
    + "\(paragraphs[0])\(markup)\(paragraphs[1])\(after)</article></main></body></html>"
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
}

private func files(_ article: Article) -> [String] {
  article.pictures.map { $0.renditions[0].href.replacing("https://news.example", with: "") }
}

/// Which pictures of a page are the article's own.
@Suite struct PictureCompanyTests {
  @Test(
    "a list of pictures with captions, and a link to the page of a picture",
    arguments: [
      (
        "<ul class=slides><li><figure><img src='/a.jpg'><figcaption>1 of 2 | The door</figcaption></figure></li><li><figure><img src='/b.jpg'><figcaption>2 of 2 | The yard</figcaption></figure></li></ul>",
        ["The door", "The yard"]
      ),
      // In a figure.
      (
        "<figure class=gallery><ul><li><a href='/x.html'><img src='/a.jpg'></a><p class=pic-caption>The door</p></li><li><a href='/x.html'><img src='/b.jpg'></a><p class=pic-caption>The yard</p></li></ul></figure>",
        ["The door", "The yard"]
      ),
      // In elements of their own names.
      (
        "<ul class=slides><li><div><img src='/a.jpg'></div><div class=slide-caption><p>The door</p></div></li><li><div><img src='/b.jpg'></div><div class=slide-caption><p>The yard</p></div></li></ul>",
        ["The door", "The yard"]
      ),
      // The page of a picture, in a box with its caption.
      (
        "<div class=scale><a href='/graphs/20260612/000f/000'><img src='/a.jpg'></a><p class=image-caption>The door</p></div>",
        ["The door"]
      ),
    ])
  func slideshows(_ list: String, _ captions: [String]) throws {
    let page =
      "<html><body><main><div><h1>Library stays open</h1>\(list)</div><div class=article-body>\(paragraphs.joined())\(paragraphs.joined())</div></main></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.pictures.map { $0.caption ?? "" } == captions)
  }

  @Test(
    "films, thumbnails, persons and announcements are no pictures of the article",
    arguments: [
      "<div class=article-video><div><img src='/film.jpg'><span>1:12</span></div></div>",
      "<div><img class=video-poster src='/film.jpg'></div>",
      "<figure><img src='/film.jpg'><figcaption>A flight over the town <span>02:41</span></figcaption></figure>",
      "<div><img src='/ad.jpg' width=300 height=250><p class=caption>- Advertisement -</p></div>",
      "<figure data-testid=ElementVideo><img src='/film.jpg'><figcaption>A flight</figcaption></figure>",
      "<div class=thumb-slider><div><img src='/a.jpg?width=150'></div><div><img src='/b.jpg?width=150'></div></div>",
      "<div class=gallery><img src='/r/120x80/a.jpg'><img src='/r/120x80/b.jpg'></div>",
      "<section><h3>About her</h3><img src='/face.jpg' width=180 height=180></section>",
      "<picture class='image image--profile-picture'><img src='/face.jpg'></picture>",
      "<div itemscope itemtype='http://schema.org/Person'><div><img src='/face.jpg'></div></div>",
      "<figure><img src='/face.jpg'><figcaption>Von Ann Able</figcaption></figure>",
      "<a class=inline href='/8170044/roof'><img src='/roof.jpg'><div>The roof of the old school is mended</div></a>",
      "<a href='/gallery/77/'><img src='/cover.jpg'><div>See the books of the library and who reads them</div></a>",
    ])
  func notTheArticlesOwn(_ markup: String) throws {
    let article = try article(markup)
    #expect(files(article) == ["/lead.jpg"])
    #expect(!article.bodyText.contains("A flight"))
  }

  @Test(
    arguments: [
      // A film may lead, and a shape is none.
      ("<div class=video-player><img src='/film.jpg'></div>", "", ["/film.jpg"]),
      ("", "<figure><div class='aspect-video'><img src='/a.jpg'></div></figure>", ["/a.jpg"]),
      ("", "<div class=image-or-video><img src='/a.jpg'></div>", ["/a.jpg"]),
      // Larger ones without words, and small ones with them.
      ("", "<img src='/a.jpg?width=640'>", ["/a.jpg?width=640"]),
      (
        "", "<figure><img src='/a.jpg?width=150'><figcaption>The door</figcaption></figure>", ["/a.jpg?width=150"]
      ),
      // An hour is no length.
      ("", "<figure><img src='/a.jpg'><figcaption>The door at 10:15</figcaption></figure>", ["/a.jpg"]),
      // A gallery of the article's own.
      ("", "<a href='/gallery/77/'><img src='/a.jpg'><b>Open the 12 pictures in a gallery</b></a>", ["/a.jpg"]),
      // A gallery in one figure, and an icon beside a picture.
      (
        "",
        "<figure><div><img src='/a.jpg' width=900></div><div><img src='/b.jpg' width=900></div></figure>",
        ["/a.jpg", "/b.jpg"]
      ),
      ("", "<figure><img src='/a.jpg' width=900><img src='/zoom.png' width=48></figure>", ["/a.jpg"]),
      // An element of the publisher's own.
      ("<div><site-image data-src='/a.jpg'></site-image></div>", "", ["/a.jpg"]),
      // An old page's only one.
      ("<img src='/a.jpg' width=180 height=120>", "", ["/a.jpg"]),
      // A link to the picture's own page.
      (
        "", "<a href='/foto/harbour-at-noon.jpg'><img src='/harbour-at-noon.jpg'><b>12</b></a>",
        ["/harbour-at-noon.jpg"]
      ),
    ])
  func theArticlesOwn(_ lead: String, _ markup: String, _ expected: [String]) throws {
    #expect(try files(article(markup, lead: lead)) == expected)
  }

  @Test func aLeadInFrontOfTheArticle() throws {
    let outside =
      "<figure><img src='/front.jpg'><div class=media-caption><span>The front</span></div></figure>"
    let found = try article("", lead: "", outside: outside)
    #expect(files(found) == ["/front.jpg"])
    #expect(found.pictures.first?.isLead == true)
    #expect(try files(article("", outside: outside)) == ["/lead.jpg"], "the article has one of its own")
    let box = "<div><div><picture><img src='/front.jpg'></picture></div><p class=caption>The front</p></div>"
    #expect(try files(article("", lead: "", outside: box)) == ["/front.jpg"])
    for other in [
      "<div class=audio-player><img src='/front.jpg'><p class=caption>Listen</p></div>",
      "<div><h3>Another story</h3><img src='/front.jpg'><p class=caption>The front</p></div>",
      "<div><img src='/front.jpg'></div>",
    ] {
      #expect(try files(article("", lead: "", outside: other)).isEmpty, "\(other)")
    }
  }

  @Test func anOldPagesOnlyPictureLeadsAndHasItsPlace() throws {
    #expect(try article("", lead: "<img src='/a.jpg' width=180 height=120>").pictures.map(\.isLead) == [true])
    let inText = try article("<img src='/a.jpg' width=180 height=120>", lead: "")
    #expect(inText.pictures.map(\.isLead) == [false] && inText.body.contains(.figure(0)))
  }

  @Test func aFigureThatEndsTheText() throws {
    let last = "<figure><img src='/last.jpg'><figcaption>The back door</figcaption></figure>"
    #expect(try files(article("", after: last)) == ["/lead.jpg", "/last.jpg"])
    #expect(try files(article("", after: "<img src='/next.jpg'>")) == ["/lead.jpg"])
  }

  @Test("a bare name in brackets is a credit where the page's other pictures have theirs in brackets")
  func namesInBrackets() throws {
    func figure(_ number: Int, _ caption: String) -> String {
      "<figure><img src='/\(number).jpg'><figcaption>\(caption)</figcaption></figure>"
    }
    let bare = figure(2, "The crossing on an evening in May (Ana Baker)")
    let labelled = try article(bare, lead: figure(1, "The yard of the library at noon (Foto: Bo Able)"))
    #expect(labelled.pictures.map(\.credit) == ["Bo Able", "Ana Baker"])
    #expect(labelled.pictures.last?.caption == "The crossing on an evening in May")
    let alone = try article(bare, lead: figure(1, "The yard of the library at noon"))
    #expect(alone.pictures.map(\.credit) == [nil, nil])
  }

  @Test("a picture that a script loads: its words are printed, its file is in the page's data")
  func aPictureThatAScriptLoads() throws {
    let data =
      #"<script type="application/ld+json">{"@type":"NewsArticle","headline":"Library stays open","image":{"@type":"ImageObject","url":"https://news.example/stated.jpg"}}</script>"#
    let place =
      "<div class=inline><div class=lazyload-placeholder></div><div class=image-caption>The yard at noon</div><div class=image-credit>Ann Able</div></div>"
    let found = try article("", lead: place, head: data)
    #expect(files(found) == ["/stated.jpg"])
    #expect(found.pictures.first?.caption == "The yard at noon" && found.pictures.first?.credit == "Ann Able")
    #expect(try files(article("", lead: "", head: data)).isEmpty, "no words, no picture")
    #expect(try files(article("", head: data)) == ["/lead.jpg"])
  }
}
