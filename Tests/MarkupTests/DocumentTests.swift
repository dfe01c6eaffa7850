import Markup
import Testing
import Values

private func html(_ text: String) throws -> Document { try Document(html: Array(text.utf8)) }

private let encodingSamples: [(bytes: [UInt8], contentType: String?, encoding: String)] = [
  ([0xEF, 0xBB, 0xBF] + Array("<p>Žluťoučký</p>".utf8), "text/html; charset=iso-8859-1", "utf-8"),
  (Array("<p>Žluťoučký</p>".utf8), "text/html; charset=iso-8859-1", "utf-8"),
  (
    Array("<meta charset='windows-1250'><p>".utf8) + [0x8E, 0x6C, 0x75, 0x9D] + Array("ou&ccaron;k&yacute;".utf8),
    nil, "windows-1250"
  ),
  (Array("<p>".utf8) + [0xC6, 0xEB] + Array("x</p>".utf8), "text/html; charset=gb2312", "gbk"),
  (
    Array("<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'><p>".utf8) + [
      0x93, 0x8C, 0x8B, 0x9E,
    ], nil, "shift_jis"
  ),
  (Array("<p>caf".utf8) + [0xE9], nil, "windows-1252"),
  (Array("<p>caf".utf8) + [0xE9], "text/html; charset=nonsense", "windows-1252"),
  ([0xFF, 0xFE] + "<p>東京".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, nil, "utf-16le"),
]

@Suite struct DocumentTests {
  @Test(arguments: [
    ("<p>a <b>b</b>c</p>", "a bc"),
    ("<p>a\n\t b</p>", "a b"),
    ("<div><p>a</p><p>b</p></div>", "a b"),
    ("<p>a<br>b</p>", "a b"),
    ("<p>a&nbsp;b&shy;c\u{200B}d</p>", "a bcd"),
    ("<p>It&#146;s</p>", "It’s"),
    ("<p>a<script>var x = '</p>'</script>b</p>", "ab"),
    ("<p>AT&T &unknown; &amp;amp;</p>", "AT&T &unknown; &amp;"),
    ("<article><section><p>x</p></section><figure><figcaption>y</figcaption></figure></article>", "x y"),
    ("<p>　東京</p>", "東京"),
  ])
  func text(_ markup: String, _ expected: String) throws {
    #expect(try html(markup).root.text == expected)
  }

  @Test func structureOfHTML5Elements() throws {
    let document = try html(
      "<main><article><picture><source srcset='a.webp'><img src='a.jpg'></picture><time datetime='2020'>t</time></article></main>"
    )
    #expect(try XPath("//main/article/picture//img").nodes(at: document.root).count == 1)
    #expect(try XPath("string(//article/time/@datetime)").strings(at: document.root) == ["2020"])
  }

  @Test func removedNodesAreNotFoundButReadable() throws {
    let document = try html("<div><p>a</p><aside>b <i>c</i></aside></div>")
    let aside = try #require(document.first(try XPath("//aside")))
    aside.remove()
    aside.remove()
    #expect(document.root.text == "a")
    #expect(aside.text == "b c")
    #expect(aside.parent == nil)
  }

  @Test func nodesOutliveTheirDocumentVariable() throws {
    var node: Node?
    do { node = try html("<p>kept</p>").first(try XPath("//p")) }
    #expect(node?.text == "kept")
  }

  @Test func orderAndRelation() throws {
    let document = try html("<div><p>a</p><p>b<i>c</i></p></div>")
    let nodes = document.root.descendants(named: ["p", "i", "div"])
    #expect(nodes.map(\.name) == ["div", "p", "p", "i"])
    #expect(nodes[1].precedes(nodes[3]))
    #expect(!nodes[3].precedes(nodes[1]))
    #expect(nodes[0].contains(nodes[3]))
    #expect(!nodes[1].contains(nodes[3]))
    #expect(nodes[3].ancestors.map(\.name) == ["p", "div", "body", "html"])
  }

  // MARK: Encodings

  @Test(arguments: zip(encodingSamples, ["Žluťoučký", "Žluťoučký", "Žluťoučký", "齐x", "東京", "café", "café", "東京"]))
  func encodings(_ sample: (bytes: [UInt8], contentType: String?, encoding: String), _ text: String) throws {
    let document = try Document(html: sample.bytes, contentType: sample.contentType)
    #expect(document.encoding == sample.encoding)
    #expect(document.root.text == text)
  }

  @Test func wrongUTF8LabelKeepsTheRest() throws {
    let document = try Document(
      html: Array("<p>a".utf8) + [0xFF] + Array("b".utf8), contentType: "text/html; charset=utf-8")
    #expect(document.root.text == "a\u{FFFD}b")
  }

  // MARK: XML

  @Test func xmlIsStrictThenRepaired() throws {
    let good = try Document(xml: Array("<a xmlns='urn:x'><b>1 &amp; 2</b></a>".utf8))
    #expect(!good.isRepaired)
    #expect(good.element?.namespace == "urn:x")
    let bad = try Document(xml: Array("<a><b>1 & 2</b><c>3</a>".utf8))
    #expect(bad.isRepaired)
    #expect(try XPath("//c").strings(at: bad.root) == ["3"])
  }

  @Test(arguments: [
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;&x;</a>",
    "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://x.example/'> %p;]><a/>",
  ])
  func entityDeclarationsAreRefused(_ text: String) {
    let error = #expect(throws: MarkupError.self) { _ = try Document(xml: Array(text.utf8)) }
    #expect(error?.reason == .entityDeclaration)
  }

  // MARK: Hostile input

  @Test func limits() {
    let error = #expect(throws: MarkupError.self) { _ = try Document(html: Array("<p>x".utf8), limit: 3) }
    #expect(error?.reason == .tooLarge(bytes: 4, limit: 3))
    #expect(throws: MarkupError.self) { _ = try Document(html: []) }
    #expect(throws: MarkupError.self) { _ = try Document(xml: Array("no xml".utf8)) }
  }

  @Test func hostileInputStaysBounded() throws {
    let deep = String(repeating: "<div>", count: 100_000) + "x"
    _ = try? html(deep).root.text
    let attribute = try html("<p title=\"" + String(repeating: "a", count: 4 << 20) + "\">x</p>")
    #expect(attribute.root.text == "x")
    let open = try html(String(repeating: "<p class='", count: 10_000))
    _ = open.root.text
    let nul = try html("<p>a\0b</p><p>c</p>")
    #expect(nul.root.text == "ab c")
    let controls = try html("<p>a\u{1}\u{8}b</p>")
    #expect(controls.root.text == "ab")
    _ = try? Document(xml: Array(String(repeating: "<a>", count: 100_000).utf8))
  }
}
