import Articles
import Extraction
import Testing
import Values

private let first =
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open."
private let second =
  "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998."
private let third =
  "The mayor said: “We have never seen so many letters about a single house”, and that she would sign the decision."
private let fourth =
  "The first of its readers come in at ten in the morning, when the doors open, and many of them stay all day, and come again on the next."
private let last = "It will be read out in public, as every decision of the council is."

private func article(_ middle: String, head: String = "") throws -> Article {
  let page = """
    <html><head><title>Library stays open all year - Example</title>\(head)</head><body><main><article>
    <h1>Library stays open all year</h1><div><p>\(first)</p><p>\(second)</p>\(middle)<p>\(third)</p><p>\(last)</p></div>
    </article></main></body></html>
    """
  return try PageExtractor(manifest: nil).extract(
    Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
  ).article
}

/// Boxes between the paragraphs of an article: quotes taken from it, invitations, what announces other articles.
@Suite struct BoxTests {
  private let whole = [first, second, third, last]

  @Test(arguments: [
    // A quote that the text holds too, with and without who said it.
    "<blockquote><p>“We have never seen so many letters about a single house”</p></blockquote>",
    "<blockquote><p>„We have never seen so many letters about a single house.“</p><footer>The mayor</footer></blockquote>",
    "<figure><blockquote>We have never seen so many letters about a single house</blockquote></figure>",
    // Shortened, under its own name, with who said it in the same line or the next one, or in a box that only its name
    // tells.
    "<blockquote>We have never seen letters about a single house</blockquote>",
    "<blockquote class=pull-quote><p>We have never, ever seen so many</p></blockquote>",
    "<div class=quote><blockquote>We have never seen so many letters</blockquote><p>Ann Able, mayor</p></div>",
    "<blockquote><span>“We have never seen so many letters”</span><cite>Ann Able</cite> <span>Mayor</span></blockquote>",
    "<div class=QuoteBlock_root><p>We have never seen so many letters about a single house</p></div>",
    // In two sentences, between which the text says who spoke.
    "<blockquote>Its members heard from readers. The two librarians have run the house since 1998.</blockquote>",
    // In words of its own: named as a quote beside the text, with or without who spoke, or set as a figure.
    "<blockquote class=c-quote><p>We shall read all of them, one after the other.</p></blockquote>",
    "<div class=article-quote><blockquote>We shall read all of them.<cite>Ann Able</cite></blockquote></div>",
    "<blockquote class=zitat><p>„Wir lesen sie alle.“</p><footer>Ann Able, Leserin</footer></blockquote>",
    "<figure><blockquote>We shall read all of them, one after the other.</blockquote></figure>",
    "<x-quote class=wide><blockquote>We shall read all of them.</blockquote></x-quote>",
    // A figure that shows no picture.
    "<figure><div><p>Library in the next town closes its doors, and nobody knows for how long.</p></div></figure>",
    "<figure><details><summary>Q&amp;A</summary><h4>What is a library?</h4><p>A house full of books, open to all.</p></details></figure>",
    // An address field, a button to listen.
    "<div><h4>The morning letter</h4><p>All that matters, every day at six.</p><form><input type=email></form></div>",
    "<div><button>Listen</button><span>This text is read by a machine.</span></div>",
    // Named for tests and counts, where the class says nothing.
    "<div class=x1 data-cy=article_infobox><h3>Open today</h3><p>The house in the north, and the one by the harbour.</p></div>",
    "<section class=x2 data-module-id=NewsletterBoxModule><h3>Letter</h3><p>What the town talks of, every day.</p></section>",
    "<ul class=articleBullets><li>The library stays open for all</li><li>Two librarians have run it since 1998</li></ul>",
    "<div class=article-body__promo><h3>Every day</h3><p>All that the town talks of, in one letter.</p></div>",
    "<div class=c-video-inline><p class=c-video-inline__title>How a library works, and who works there.</p></div>",
    // What networks make a post of.
    "<blockquote class=twitter-tweet><p>Open it is, all year.</p>&mdash; Ann (@ann) <a href=//x.example/1>May 1</a></blockquote>",
    "<figure><div><blockquote class=instagram-media><p>See the house in this post.</p></blockquote></div></figure>",
    // Where what everybody may read ends.
    "<div class=paywall><h3>Subscribe to go on</h3><p>All articles for 1 euro a month.</p><a href=/offers/subscribe>Now</a></div>",
    "<div class=article-body__sign-in-group><ul><li>Exclusive stories</li><li>One letter a day</li></ul><button>Sign in</button></div>",
    "<section class=c-paywall><h2>Weiterlesen</h2><ul><li>Alle Artikel</li></ul><button>Jetzt freischalten</button></section>",
    "<p>To continue reading, please choose an offer.</p>", "<p>Start your free trial today.</p>",
    // Other articles, and announcements.
    "<a href=/other-story-4><div><div>Also</div><div>Another town keeps its library open</div></div></a>",
    "<p>👉 <a href=/other-story-5>Follow the town's news on your phone, every day and every night.</a></p>",
    "<p><i>[<a href=/other-story-1>Another town keeps its library open. Here is how.</a>]</i></p>",
    "<p><strong>Baca juga : <a href=/other-story-2>Another town keeps its library open</a></strong></p>",
    "<p>► <a href=/other-story-3>Another town keeps its library open all year.</a></p>",
    "<p>+++ Never miss what happens in town. Our letter comes every day. +++</p>",
  ])
  func isNoPartOfTheText(_ box: String) throws {
    #expect(try article(box).bodyText == whole.joined(separator: "\n\n"))
  }

  @Test(arguments: [
    ("<blockquote><p>We shall read all of them, one after the other.</p></blockquote>", "We shall read all of them"),
    ("<blockquote><p>Yes.</p></blockquote>", "Yes."),
    (
      "<blockquote><p>The mayor has never seen a house like it, she wrote in letters.</p></blockquote>",
      "a house like it"
    ),
    (
      "<div class='elementor-widget elementor-widget-text-editor'><p>They read all day, and all night.</p></div>",
      "They read"
    ),
    ("<div class=article-body__text><p>They read all day, and some of them at night.</p></div>", "They read all day"),
    ("<p>👉 At ten o'clock the first reader comes in.</p>", "the first reader"),
    // The text goes through these: as editors' programs set quotes, told of as a sentence is, announced, or long.
    ("<blockquote class=wp-block-quote><p>We shall read all of them.</p></blockquote>", "We shall read"),
    (
      "<blockquote class=quote><p>“We shall read them”, says Ann Able, who lives by it.</p></blockquote>",
      "We shall read"
    ),
    ("<p>She wrote:</p><blockquote class=quote><p>We shall read all of them.</p></blockquote>", "We shall read"),
    ("<p>She wrote:</p><figure><blockquote>We shall read all of them.</blockquote></figure>", "We shall read"),
    (
      "<blockquote class=quote><p>\(String(repeating: "We shall read all of them, and then some more. ", count: 8))</p></blockquote>",
      "We shall read"
    ),
    // What is paid for, with the way to it or without; a name alone is none.
    (
      "<div class=paywall><p>\(fourth)</p><p>\(fourth) Some stay.</p><a href=/login>Sign in</a></div>", "stay all day"
    ),
    ("<div class=paywall><p>\(fourth) \(fourth)</p><a href=/login>Sign in</a></div>", "stay all day"),
    // Whatever divides its sentences, and whatever the words of a headline are that a link in it leads to.
    (
      "<div class=paywall>They read at the long table by the window.<br><br>"
        + String(repeating: "They read on the stairs, too, and in the yard behind the house.<br><br>", count: 9)
        + "<p><a href=/login>Log in</a></p></div>", "at the long table"
    ),
    (
      "<div class=paywall><p>They read at the long table by the window, and at the short one.</p>"
        + "<p>See <a href=/news/guards-account-of-the-night>the guard's account</a> of the night.</p></div>",
      "short one"
    ),
    (
      "<div class=paywall><p>They read at the long table by the window, and at the short one.</p>"
        + "<p><a href=/news/assassination>Assassination of a king</a></p></div>", "short one"
    ),
    ("<div class=paywall><p>They read at the long table by the window.</p></div>", "long table"),
    ("<p>Subscribe they must, and <a href=/login>sign in</a>, says the mayor, who did neither.</p>", "they must"),
    ("<p>► 10.05 a.m.: The first reader arrives, with a bag of books.</p>", "► 10.05 a.m.: The first reader"),
    ("<p>[The house was built in 1898, as <a href=/x-1>the archive</a> shows. It burned down once.]</p>", "[The house"),
    (
      "<div><p>They read at the long table by the window.</p><p>They read on the stairs, too, and in the yard.</p>"
        + "<p>They read all day, and some of them at night.</p><form></form></div>", "They read all day"
    ),
  ])
  func isPartOfTheText(_ box: String, _ words: String) throws {
    #expect(try article(box).bodyText.contains(words))
  }

  /// What is named as paid for is all there is.
  @Test(arguments: ["/news/assassination-of-a-mayor", "/login"])
  func aTextThatIsPaidFor(_ address: String) throws {
    let page = """
      <html><head><title>Library stays open all year</title></head><body><main><h1>Library stays open all year</h1>
      <div class="content subscription">
      <p>\(first)</p><p>\(second)</p><p>\(last)</p><p><a href="\(address)">More</a></p></div></main>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    let text = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.bodyText
    #expect(text.hasPrefix([first, second, last].joined(separator: "\n\n")))
  }

  @Test func aPageOfQuotesKeepsThem() throws {
    let quotes = (0..<60).map { "<blockquote><p>Voice number \($0) has something to say about it.</p></blockquote>" }
    let repeated = "<p>Voice number 7 has something to say about it, and so had all the others that were heard.</p>"
    #expect(
      try article(quotes.joined() + repeated).bodyText.contains("Voice number 7 has something to say about it.\n"))
  }

  /// Its rows are no lines of the text.
  @Test func aTableInAFigure() throws {
    let found = try article("<figure><table><tr><th>Year<th>Readers<tr><td>2025<td>412</table></figure>")
    #expect(found.bodyHTML.contains("<td>412</td>"))
    #expect(!found.bodyText.contains("412"))
  }

  /// A third of a text and more: what the article is made of.
  @Test func anArticleOfNamedQuotesKeepsThem() throws {
    let quotes = (0..<4).map {
      "<blockquote class=quote><p>Voice number \($0) has something to say about the house by the river, and about its books.</p></blockquote>"
    }
    #expect(try article(quotes.joined()).bodyText.contains("Voice number 3 has something to say"))
  }

  @Test(.timeLimit(.minutes(1))) func quotesWithoutEndOfOneWord() throws {
    let quotes = String(repeating: "<blockquote><p>\(String(repeating: "so ", count: 50))</p></blockquote>", count: 40)
    let texts = String(repeating: "<p>\(String(repeating: "so we so ", count: 2_000))</p>", count: 40)
    #expect(try article(quotes + texts).bodyText.contains("so we so"))
  }

  /// Printed large for the eye, in an element of its own for the ear.
  @Test func theFirstLetterOfAParagraph() throws {
    let split =
      "<p><span class=sr-only>O</span><span aria-hidden=true class=dropcap>O</span>nce it was a bakery, and then a bank.</p>"
    #expect(try article(split).bodyText.contains("\nOnce it was a bakery"))
  }

  @Test func whoReportedFromWhere() throws {
    let name = "<meta name=author content='Ann Able'>"
    let text = try article("", head: name).bodyText
    for line in ["Able reported from Leeds.", "Ann Able reported from Leeds, where she has lived for years."] {
      let page = """
        <html><head>\(name)</head><body><article><h1>Library stays open</h1><div><p>\(first)</p><p>\(second)</p><p>\(third)</p>
        <p>\(last)</p><p>\(line)</p></div></article></body></html>
        """
      let found = try PageExtractor(manifest: nil).extract(
        Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!)
      #expect(found.article.bodyText == text)
    }
  }

  @Test func portraitsOfThoseWhoWrote() throws {
    let name = "<meta name=author content='Ann Able'>"
    let portrait = "<p><img src=/people/a.jpg alt='Portrait of Ann Able' width=300 height=300></p>"
    let other = "<figure><img src=/p/b.jpg alt='Ann Able'><figcaption>Ann Able found the house.</figcaption></figure>"
    let pictures = try article(portrait + other, head: name).pictures
    #expect(pictures.map(\.caption) == ["Ann Able found the house."])
    // A file may be called by who sent it.
    let file = "<figure><img src=/p/ann-able-bakery_4471.jpg alt='A bakery by the river in spring'></figure>"
    #expect(try article(file, head: name).pictures.count == 1)
    #expect(
      try article(file.replacing("A bakery by the river in spring", with: "Ann Able"), head: name).pictures.isEmpty)
  }

  @Test func theHouseBesideWhoWroteForIt() throws {
    func authors(_ list: String) throws -> [String] {
      let data = """
        <script type='application/ld+json'>{"@type": "NewsArticle", "headline": "Library stays open all year",
        "publisher": {"@type": "Organization", "name": "Example Herald"}, "author": [\(list)]}</script>
        """
      return try article("", head: data).authors.map(\.name)
    }
    let house = #"{"@type": "Organization", "name": "Example Herald"}"#
    #expect(try authors(#"{"@type": "Person", "name": "Ann Able"}, "# + house) == ["Ann Able"])
    #expect(try authors(house) == ["Example Herald"])
    #expect(try authors(#"{"@type": "Organization", "name": "dpa"}, "# + house) == ["dpa", "Example Herald"])
  }

  @Test func severalBoldParagraphsAreNoStandfirst() throws {
    let bold =
      "<p><b>Town – They came at dawn, with bags and boxes, and they did not leave until the evening came.</b></p>"
    let page = { (opening: String) in
      "<html><body><article><h1>Library stays open</h1><div>\(opening)<p>\(first)</p><p>\(second)</p><p>\(third)</p><p>\(last)</p></div></article></body></html>"
    }
    func standfirst(_ opening: String) throws -> String? {
      try PageExtractor(manifest: nil).extract(
        Array(page(opening).utf8), url: WebURL("https://www.news.example/world/a-story")!
      ).article.standfirst
    }
    #expect(try standfirst(bold)?.hasPrefix("Town") == true)
    #expect(try standfirst(bold + "<p><b>A whole town, reading aloud!</b></p>") == nil)
  }
}
