import Markup
import Testing
import Values

@Suite struct DataTests {
  @Test(arguments: [
    (#"{"@type":"NewsArticle","headline":"H"}"#, ["H"]),
    (#"[{"headline":"A"},{"headline":"B"}]"#, ["A", "B"]),
    (#"{"@context":"x","@graph":[{"headline":"A"},[{"headline":"B"}]]}"#, ["A", "B"]),
    ("<!-- {\"headline\":\"A\"} -->", ["A"]),
    ("//<![CDATA[\n{\"headline\":\"A\"}\n//]]>", ["A"]),
    ("/* <![CDATA[ */\n{\"headline\":\"A\"}\n/* ]]> */", ["A"]),
    ("<!--//--><![CDATA[//><!--\n{\"headline\":\"A\"}\n//--><!]]>", ["A"]),
    ("{\"headline\":\"A\nB\",}", ["A\nB"]),
    // One behind the other, whole and broken; the text of a third.
    ("{\"headline\":\"A\"}\n{\"headline\":\"B\",\"x\":1}", ["A", "B"]),
    ("{\"headline\":\"A longer one\"},\n{\"headline\":\"B\",};", ["A longer one", "B"]),
    ("{\"headline\":\"A\"} or {\"headline\":\"B, longer\"}", ["B, longer"]),
    ("\u{FEFF} {\"headline\":\"A\"};", ["A"]),
    ("{&quot;headline&quot;:&quot;A&quot;}", ["A"]),
    ("no json", []),
    ("", []),
  ])
  func jsonLD(_ block: String, _ headlines: [String]) throws {
    let document = try Document(html: Array("<script type='application/ld+json'>\(block)</script><p>x".utf8))
    #expect(document.jsonLD.compactMap { $0["headline"]?.string } == headlines)
  }

  @Test func oneBrokenBlockDoesNotHideAnother() throws {
    let text = "<script type='application/ld+json'>{{{</script><script type='application/ld+json'>{\"a\":1}</script>"
    #expect(try Document(html: Array(text.utf8)).jsonLD == [["a": 1]])
  }

  @Test(
    arguments: [
      ("window.__DATA__ = {\"a\": [1]};", #"{"a":[1]}"#), ("[1,2]", "[1,2]"), ("var x = 1;", nil),
      ("window[\"q\"] = window[\"q\"] || [];window[\"q\"].push({\"a\": \"}{\", \"b\": 2});", #"{"a":"}{","b":2}"#),
      ("self.next.push([1, \"x]\"])", #"[1,"x]"]"#),
      ("/* <![CDATA[ */ var x = {\"a\": [1]}; /* ]]> */", #"{"a":[1]}"#),
      ("if (x) { y(); } z = {\"a\": {\"b\": [1, 2]}}; w()", #"{"a":{"b":[1,2]}}"#),
      ("x = {\"a\": 1, \"b\": [2", #"{"a":1,"b":[2]}"#), ("x = {'{'", nil),
    ] as [(String, String?)])
  func jsonInScripts(_ text: String, _ expected: String?) {
    #expect(Document.json(inScript: text)?.text() == expected)
  }

  @Test func metaTags() throws {
    let document = try Document(
      html: Array(
        """
        <meta property="og:title" content="A &amp; B"><meta name=Keywords content=" x,  y "><meta itemprop=dateModified content=1>
        <meta property="article:tag" content=t1><meta property="article:tag" content=t2><meta property="article:tag" content=t1>
        <meta name=empty content="">
        """.utf8))
    let meta = MetaTags(document)
    #expect(meta["OG:title"] == ["A & B"])
    #expect(meta["keywords"] == ["x, y"])
    #expect(meta["article:tag"] == ["t1", "t2"])
    #expect(meta["empty"] == [])
    #expect(meta.first("none", "datemodified") == "1")
    #expect(meta.names == ["og:title", "keywords", "datemodified", "article:tag"])
  }

  @Test(arguments: [
    ("a &amp; b", "a & b"), ("&amp;amp;", "&amp;"), ("&#8217;&#x2019;", "’’"), ("&eacute;&ccaron;", "éč"),
    ("Vla&dstrok;a &Dstrok;uri&cacute; &tcaron;&dcaron;&iogon;&kcedil; &Acy;&yacy;", "Vlađa Đurić ťďįķ Ая"),
    ("&nope; & x;", "&nope; & x;"), ("&", "&"), ("&#xD800;", "\u{FFFD}"), ("&#1;", "&#1;"), ("AT&T;", "AT&T;"),
  ])
  func entities(_ text: String, _ expected: String) {
    #expect(Entities.decoded(text) == expected)
  }
}
