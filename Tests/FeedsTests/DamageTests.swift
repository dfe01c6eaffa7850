import Feeds
import Testing
import Values

/// What publishers break, class by class.
@Suite struct DamageTests {
  /// A feed with two items whatever is wrong with it, and a word of the repair that has to be recorded.
  struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let title: String
    let repair: String?
    var testDescription: String { name }
  }

  static let second = "<item><title>Second</title><link>https://paper.example/2</link></item>"

  static let damages: [Damage] = [
    Damage(
      name: "bare ampersand", text: rss("<item><title>Rock & Roll</title><link>/a?b=1&c=2</link></item>" + second),
      title: "Rock & Roll", repair: "ampersands"),
    Damage(
      name: "HTML entity", text: rss("<item><title>Caf&eacute;&nbsp;au lait</title></item>" + second),
      title: "Café au lait", repair: "entities"),
    Damage(
      name: "unknown entity", text: rss("<item><title>A &nonsense; B</title></item>" + second),
      title: "A &nonsense; B", repair: "ampersands"),
    Damage(
      name: "control characters", text: rss("<item><title>A\u{08}B\u{FFFF}C</title></item>" + second), title: "ABC",
      repair: "control"),
    Damage(
      name: "control characters in CDATA", text: rss("<item><title><![CDATA[A\u{0B}B & C]]></title></item>" + second),
      title: "AB & C", repair: "control"),
    Damage(
      name: "references to no characters",
      text: rss("<item><title>A&#0;B&#x1F;C&#150;D&#99999999;</title></item>" + second),
      title: "A B C–D\u{FFFD}", repair: "entities"),
    Damage(
      name: "characters in two halves",
      text: rss(
        "<item><title>A&#55357;&#56832;B&#xD83D;&#xDE80;C&#55357;D&#56832;E&#55357;&#65;</title></item>" + second),
      title: "A😀B🚀C\u{FFFD}D\u{FFFD}E\u{FFFD}A", repair: "entities"),
    Damage(
      name: "reference without end", text: rss("<item><title>It&#8217s</title></item>" + second), title: "It’s",
      repair: "entities"),
    Damage(
      name: "unclosed tag",
      text: rss("<item><title>First<link>https://paper.example/1</link></item>" + second), title: "First",
      repair: "damaged XML"),
    Damage(
      name: "unclosed item", text: rss("<item><title>First</title>" + second), title: "First", repair: "damaged XML"),
    Damage(
      name: "undeclared prefix",
      text: rss("<item><title>First</title><dc:creator>Ann</dc:creator></item>" + second), title: "First", repair: nil),
    Damage(
      name: "leading white space",
      text: "\n  <?xml version=\"1.0\"?>" + rss("<item><title>First</title></item>" + second),
      title: "First", repair: nil),
    Damage(
      name: "text before the document",
      text: "Warning: foo() in <b>x.php</b> on line 3\n<?xml version=\"1.0\"?>"
        + rss("<item><title>First</title></item>" + second), title: "First", repair: "before the document"),
    Damage(
      name: "text after the document", text: rss("<item><title>First</title></item>" + second) + "<script>x</script>",
      title: "First", repair: "damaged XML"),
    Damage(
      name: "truncated",
      text: String(rss("<item><title>First</title></item>" + second + "<item><title>Thi").dropLast(16)),
      title: "First", repair: "damaged XML"),
    Damage(
      name: "truncated in CDATA",
      text: String(rss("<item><title>First</title></item>" + second + "<item><description><![CDATA[<p>").dropLast(16)),
      title: "First", repair: "damaged XML"),
    Damage(
      name: "attributes without quotes",
      text: "<rss version=2.0><channel>"
        + "<item><title>First</title><enclosure url=https://a.example/1.mp3 url='x' checked/></item>"
        + second + "</channel></rss>", title: "First", repair: "damaged XML"),
    Damage(
      name: "bare less-than", text: rss("<item><title>1 < 2</title></item>" + second), title: "1 < 2",
      repair: "damaged XML"),
    Damage(
      name: "broken declaration",
      text: "<!-- c --><?xml?xml version=\"1.0\" ??>" + rss("<item><title>First</title></item>" + second),
      title: "First", repair: nil),
    Damage(
      name: "document type of a page",
      text: "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD\" \"http://w.example/x.dtd\">"
        + rss("<item><title>First</title></item>" + second), title: "First", repair: nil),
    Damage(
      name: "upper case", text: "<RSS><Channel><ITEM><Title>First</Title></ITEM>\(second)</Channel></RSS>",
      title: "First", repair: nil),
  ]

  @Test(arguments: damages)
  func keepsAllItems(_ damage: Damage) throws {
    let feed = try read(damage.text)
    #expect(feed.items.map(\.title) == [damage.title, "Second"])
    #expect(feed.items.last?.url?.description == "https://paper.example/2")
    if let repair = damage.repair {
      #expect(feed.repairs.contains { $0.contains(repair) }, "\(feed.repairs)")
    } else {
      #expect(feed.repairs == [])
    }
  }

  @Test(
    "a document that stops before its end is told from one that is damaged and ends",
    arguments: [
      ("<rss><channel>\(second)</channel></rss>", false), ("<rss><channel>\(second)</rss>", false),
      ("<rss><channel>\(second)</channel></rss><script>", false),
      ("<rss><channel><item a='1' a='1'><title>A</title></item>\(second)</channel></rss>", false),
      ("<rss><channel><item><br><title>A</title></item>\(second)</channel></rss>", false),
      ("<rss><channel>\(second)", true), ("<rss><channel>\(second)</channel>", true),
      ("<rss><channel>\(second)</channel></rs", true), ("<rss><channel>\(second)<item><tit", true),
      ("<rss><channel>\(second)<item><title><![CDATA[A", true), ("<rss><channel>\(second)<!-- ", true),
      ("<urlset><url><loc>https://paper.example/2</loc></url>", true),
      ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id></entry>", true),
      ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id></entry></feed>", false),
      (#"{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1"}]}"#, false),
      (#"{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1"}, {"id": "2", "tit"#, true),
    ])
  func endsEarly(_ text: String, _ endsEarly: Bool) throws {
    let feed = try read(text)
    #expect(feed.endsEarly == endsEarly, "\(feed.repairs)")
    // It survives the way through the worker.
    #expect(Feed(jsonFeed: feed.jsonFeed)?.endsEarly == endsEarly)
  }

  @Test func readsUndeclaredPrefixesAsUsual() throws {
    let feed = try read(
      "<rss><channel><item><dc:creator>Ann</dc:creator><content:encoded>Whole</content:encoded>"
        + "<description>Part</description></item></channel></rss>")
    #expect(feed.items.first?.authors == [FeedAuthor(name: "Ann")])
    #expect(feed.items.first?.contentHTML == "Whole")
    #expect(feed.items.first?.summary == "Part")
  }

  @Test(arguments: [
    ("<item><br><title>First</title></item>", "an unknown element that never ends"),
    ("<item><x:a><title>First</title></item>", "one of a module"),
    ("<item><title>First</title></titel></item>", "an end tag that names nothing"),
    ("<item><description><p>x</description><title>First</title></item>", "markup that is not escaped"),
    ("<item><description><b>x<i>y</b></i></description><title>First</title></item>", "and is not nested"),
    ("<item><title>First</TITLE></item>", "an end tag in other letters"),
    ("<item><guid>1<title>First</title></item>", "an unclosed field"),
    ("<item><title>First</title><enclosure url=\"x></item>", "a quote that never ends"),
    ("<item a=\"1\" a=\"2\"><title>First</title></item>", "an attribute given twice"),
    ("</b><item><title>First</title></item>", "an end tag too many"),
    ("<item><title>First</title><link>/1</link>", "an item without end"),
    ("<item><title><![CDATA[First]]></title><![CDATA[x]]></item><![CDATA[", "CDATA without end"),
    ("<item><title>First</title><!-- x --></item><!-- x -- >", "a comment without end"),
  ])
  func readsOn(_ items: String, _ damage: String) throws {
    let feed = try read("<rss><channel>" + items + Self.second + "</channel></rss>")
    #expect(feed.items.first?.title == "First", "\(damage)")
    if !damage.contains("CDATA"), !damage.contains("comment"), !damage.contains("quote") {
      #expect(feed.items.map(\.title) == ["First", "Second"], "\(damage)")
    }
    #expect(feed.repairs.contains { $0.contains("damaged XML") }, "\(damage)")
  }

  @Test func putsCDATATogether() throws {
    let feed = try read(
      rss(
        "<item><title>A <![CDATA[B & C]]> D <![CDATA[]]><!-- x -->E</title>"
          + "<description><![CDATA[x ]]]]><![CDATA[> y]]></description></item>"))
    #expect(feed.repairs == [])
    #expect(feed.items.first?.title == "A B & C D E")
    #expect(feed.items.first?.contentHTML == "x ]]&gt; y")
  }

  @Test func keepsReferencesWithoutMeaning() throws {
    let feed = try read(rss("<item><link>/a?x=1&copy=2&lt=3</link><title>AT&T &</title></item>"))
    #expect(feed.items.first?.url?.description == "https://paper.example/a?x=1&copy=2&lt=3")
    #expect(feed.items.first?.title == "AT&T &")
    #expect(feed.repairs == ["bare ampersands escaped"])
  }

  @Test func givesLinksOfUnclosedTags() throws {
    let feed = try read(Self.damages.first { $0.name == "unclosed tag" }!.text)
    #expect(feed.items.first?.url?.description == "https://paper.example/1")
  }

  @Test func keepsCompleteItemsOfCutJSON() throws {
    let feed = try read(#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"A"},{"id":"2","tit"#)
    #expect(feed.items.map(\.id) == ["1"])
    #expect(feed.repairs.count == 1)
  }

  // MARK: Encodings

  @Test(
    arguments: [
      ("utf-8 labelled as latin", Array("Grüße".utf8), "iso-8859-1", "text/xml; charset=iso-8859-1"),
      ("latin as declared", [0x47, 0x72, 0xFC, 0xDF, 0x65], "ISO-8859-1", nil),
      ("latin without a label", [0x47, 0x72, 0xFC, 0xDF, 0x65], "", nil),
      (
        "declaration before what a server says of everything", [0x47, 0x72, 0xFC, 0xDF, 0x65], "iso-8859-15",
        "text/xml; charset=ISO-8859-1"
      ),
      ("header before declaration", [0x47, 0x72, 0xFC, 0xDF, 0x65], "koi8-r", "text/xml; charset=windows-1252"),
    ] as [(String, [UInt8], String, String?)])
  func findsTheEncoding(_ name: String, title: [UInt8], declared: String, contentType: String?) throws {
    let bytes =
      Array("<?xml version=\"1.0\" encoding=\"\(declared)\"?><rss><channel><title>".utf8) + title
      + Array("</title></channel></rss>".utf8)
    #expect(try FeedReader.read(bytes, contentType: contentType).title == "Grüße")
  }

  @Test func readsUTF16() throws {
    let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?>" + rss("<item><title>Grüße</title></item>")
    for isBig in [true, false] {
      var bytes: [UInt8] = isBig ? [0xFE, 0xFF] : [0xFF, 0xFE]
      for unit in text.utf16 {
        let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        bytes += isBig ? pair : pair.reversed()
      }
      let feed = try FeedReader.read(bytes)
      #expect(feed.items.first?.title == "Grüße")
      #expect(feed.repairs.isEmpty)
    }
  }

  /// Longer than any buffer on the way, with bytes that mean nothing.
  @Test func readsLongLegacyText() throws {
    var bytes = Array("<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss><channel><item><title>".utf8)
    bytes += [0xCF, 0xF0, 0xE8, 0x98]
    bytes += Array("</title><description>".utf8) + Array(repeating: 0xE0, count: 100_000)
    bytes += Array("</description></item></channel></rss>".utf8)
    let item = try #require(try FeedReader.read(bytes).items.first)
    #expect(item.title?.hasPrefix("При") == true)
    #expect(item.contentHTML?.count == 100_000)
  }

  /// An item's texts are dropped when it has been read; what belongs to the channel must not go with them.
  @Test func channelFieldsInsideAnItem() throws {
    let feed = try read(
      rss(
        "<item><title>Fi&#114;st</title><skipHours><hour>&#49;</hour></skipHours><skipDays><day>s&#117;nday</day></skipDays>"
          + "<ttl>3&#48;</ttl></item>"
          + "<item><title>Se&#99;ond, with a longer title</title><description>Text &#97;nd more</description></item>"))
    #expect(feed.skipHours == [1])
    #expect(feed.skipDays == [7])
    #expect(feed.ttl == 1800)
    #expect(try read(rss("<ttl>15</ttl><item><ttl>60</ttl></item>")).ttl == 900)
    #expect(feed.items.map(\.title) == ["First", "Second, with a longer title"])
  }

  @Test func feedFieldsInsideAnEntry() throws {
    let feed = try read(
      """
      <feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><published>2020-01-0&#49;T00:00:00Z</published>
      <entry><id>&#49;</id><title>Fi&#114;st</title><icon>/i&#99;on.png</icon><logo>/l&#111;go.png</logo></entry>
      <entry><id>2</id><title>S&#101;cond</title></entry></feed>
      """)
    #expect(feed.items.map(\.title) == ["First", "Second"])
    #expect(feed.items.allSatisfy { $0.published == nil })
    #expect(feed.icon == nil)
  }
}
