import Feeds
import Testing

/// What of the words beside a picture is its caption.
@Suite struct PictureCaptionTests {
  private func item(_ parts: String) throws -> FeedItem {
    try #require(try read(rss("<item><title>Mayor resigns</title>\(parts)</item>")).items.first)
  }

  @Test(
    "a file's name is no caption",
    arguments: [
      ("img_2034.jpg?w=1024", "title", "img_2034", nil),
      ("GettyImages-12345-scaled.jpg", "title", "GettyImages-12345", nil),
      ("IMG_2034.jpg", "title", "Mayor resigns", nil), ("DSC_001.jpg", "description", "DSC_001.jpg", nil),
      ("mayor-at-work-300x200.jpg", "title", "Mayor at work", nil),
      ("a.jpg", "title", "The mayor speaks", "The mayor speaks"),
      ("oslo.jpg", "description", "Oslo", "Oslo"), ("a.jpg", "title", "市長が辞任", "市長が辞任"),
      ("a.jpg", "title", "市长辞职", "市长辞职"), ("dsc-001-300x200.jpg", "description", "DSC_001", nil),
      ("mayor.jpg", "description", "Mayor resigns", "Mayor resigns"),
    ] as [(String, String, String, String?)])
  func fileNames(_ file: String, _ element: String, _ words: String, _ caption: String?) throws {
    let url = "https://paper.example/" + file
    let content =
      "<media:content url='\(url)' medium='image'><media:\(element)>\(words)</media:\(element)></media:content>"
    #expect(try item("<description>D</description>" + content).images.map(\.caption) == [caption])
  }

  @Test(
    "titles of pictures in sitemaps are looked at the same", arguments: [("DSC_001", nil), ("The mayor", "The mayor")])
  func sitemaps(_ title: String, _ caption: String?) throws {
    let feed = try read(
      """
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" \
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>https://paper.example/1</loc><image:image>\
      <image:loc>https://paper.example/DSC_001.jpg</image:loc><image:title>\(title)</image:title></image:image></url></urlset>
      """)
    #expect(feed.items[0].images.map(\.caption) == [caption])
  }

  @Test(
    "the words beside pictures alone are no text",
    arguments: [
      ("<enclosure url='/i.jpg' type='image/jpeg'/>", nil), ("<enclosure url='/i.jpg'/>", nil),
      ("<media:content url='/i.jpg' width='10' height='5'/>", nil), ("<media:content url='/i' medium='image'/>", nil),
      ("<media:thumbnail url='/i.jpg'/>", "Words"), ("<media:content url='/v.mp4' type='video/mp4'/>", "Words"),
      ("<media:content url='/v.mp4'/><media:content url='/i.jpg'/>", "Words"),
      ("<enclosure url='/a.mp3' type='audio/mpeg'/>", "Words"), ("", "Words"),
    ] as [(String, String?)])
  func captionsAndTexts(_ files: String, _ text: String?) throws {
    let item = try item("<description></description>" + files + "<media:description>Words</media:description>")
    #expect(item.contentHTML == text)
    if text == nil { #expect(item.images.map(\.caption) == ["Words"]) }
  }
}
