import Testing
import Values

@testable import Markup

/// Paths that the matcher answers, against libxml2's own answer to the whole expression.
@Suite struct XPathChainTests {
  private static let page = """
    <!doctype html><html lang="en"><head><meta property="og:title" content="A"><link rel="canonical" href="/c"></head><body>
    <div id="a" class="box wide"><p class="first lead">One <b>bold</b></p><p>Two</p><ul><li>1</li><li class="last">2</li></ul></div>
    <div class="box
    wide"><div class="box inner"><h2>Head</h2><p class="promo-x">Three</p><p data-n="4">Four <a href="/x">link</a></p></div>
    <p>Five</p><h1>Title</h1></div><section class=" box "><p class="">Six</p><em data-n="7">7</em></section>
    <div class="promo promo-box newsletter"><p>Seven</p></div></body></html>
    """

  private func answers(_ expression: String, at node: (Document) -> Node = { $0.root }) throws -> (
    fast: [String], whole: [String]
  ) {
    let document = try Document(html: Array(Self.page.utf8))
    let path = try XPath(expression)
    let node = node(document)
    return (Self.told(try path.evaluate(at: node)), Self.told(try path.evaluateWhole(at: node)))
  }

  /// Which nodes, not only what they say.
  private static func told(_ value: XPath.Value) -> [String] {
    if case .nodes(let found) = value { return found.map { "\($0.pointer) \($0.text)" } }
    return ["\(value.strings)"]
  }

  @Test(arguments: [
    "//p", "//*", "//div//p", "//div/p", "//div/div/p", "//*[@id='a']/p", "//*[@class]", "//div[@id]", "//p[@class='']",
    "//link[@rel='canonical']/@href", "//meta[@property=\"og:title\"]/@content", "//*[@data-n]/@data-n", "//p/@class",
    "//*[contains(@class, 'promo')]", "//*[contains(@class, 'promo-')][not(.//h1) and count(.//p) < 6]",
    "//*[starts-with(@class,'promo')]", "//*[contains(concat(' ', @class, ' '), ' wide ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' wide ')]", "//div[p and not(h2)]",
    "//div[p or section]/p",
    "//p[strong or b]", "//p[.//a and starts-with(normalize-space(.), 'Four')]", "//p[normalize-space(.) = 'Two']",
    "//*[self::h1 or self::h2]", "//*[self::section  or self::x-tag or self::B]", "//*[self::h1 or self::text()]",
    "//*[self::a and @href]", "//p[a/@href='/x']", "//p[not(@class)]", "//p[ancestor::section]", "//div[./p]",
    "//div[p[2]]", "//div[@class='box wide']/p", "//p | //h1", "//h1 | //div/p[@class]", "(//p)[1]", "(//p)[last()]",
    "(//p)[3]",
    "(//p)[99]", "(//p | //h1)[last()]", "(//*[contains(@class, 'box')]//p)[1][b]", "(//div//p)[2]/@class",
    "( //p )[1]/b",
    "//section/em", "//h1/following-sibling::*[1]", "//h1/..", "//h2/following-sibling::p[1]", "//ul/li[2]",
    "//p/text()", "//p//text()",
    "//p[normalize-space()]", "//p[not(normalize-space(.))]", "//*[normalize-space(.) = '']",
    "//div[.//em or ./p/b or h2]",
    "//p[(starts-with(normalize-space(.), 'Th') or starts-with(normalize-space(.), 'Five ')) and @class]",
    "//*[starts-with(normalize-space(), 'One bold Two 1 2')]", "//*[contains(normalize-space(.), 'bold Two 1')]",
    "//p[normalize-space(.) = 'One bold']", "//*[contains(., 'One bold')]", "//*[contains(., 'Two 1')]",
    "//*[re:test(normalize-space(.), '^(one|FOUR)', 'i')]", "//p[re:test(normalize-space(), '^T|e$') and not(@class)]",
    "//p[normalize-space(.) = 'One ']", "//*[not(.//p or .//li)]",
    "//*[not(.//p[@class = 'lead']) and not(@class)]", "//div[ul/li[@class = 'last']]", "//div[.//div//p[@data-n]]",
    "//p[/html/head]", "//p[//em]", "//div[not(p and h2)]", "//div[(p and h2) or @id]", "//*[boolean(b)]",
    "//em[@data-n > 6]", "//p[@class and @class != '']", " //p[ @class = 'promo-x' ] ",
    "//h2/following-sibling::*[position() < 3]/@class",
  ])
  func isAnsweredFastAndAlike(_ expression: String) throws {
    let (fast, whole) = try answers(expression)
    #expect(fast == whole)
    #expect(try XPath(expression).isFast)
  }

  @Test(arguments: [
    ".//p", ".//div/p", ".//*[@class='inner']", ".//p/@class", "(.//p)[1]", ".//p | .//h1", "//p", ".//section",
  ])
  func insideOfANode(_ expression: String) throws {
    let (fast, whole) = try answers(expression) { $0.root.descendants.first { $0["class"] == "box inner" }! }
    #expect(fast == whole)
    #expect(try XPath(expression).isFast)
  }

  @Test(arguments: [
    "//p[1]", "//div/p[last()]", "//p[position()=1]", "//p[count(b)]", "//li[position()>1]", "//p[string-length(.)]",
    "//p[1]/b",
    "//p[@data-n*2]", "//p[number(@data-n)]", "//p[-1]", "//p[(1)]", "//p[not(position()=1)]", "/html/@lang", "'free'",
    "count(//p)",
    "//p = 'Two'", "//p/@class | //h1", "(//p)[1] | //h1", "//p/b or //h1", "string(//p)", "./p", "p", "//@class",
    "//div/@*",
    "//p[last()]/@class", "(//div/p)[1 or 2]", "(//p)[b]", "//div[p]/p[1]", "//body/div[2]//p", "//p[2 = 2]",
    "//text()",
    "//div[(p)]", "id('a')", "//p[b | a]", "//p[contains(., ']') or position()=1]", "//p[b][1]", "(//p)[2][1]",
    "(//p)[2][2]", "(//p)[position()=2]", "(//p)",
  ])
  func isAnsweredAlike(_ expression: String) throws {
    let (fast, whole) = try answers(expression)
    #expect(fast == whole)
  }

  /// What is nested beyond reason is left to libxml2, which refuses some five hundred levels.
  @Test(arguments: [("(", ")"), ("not(", ")"), ("p[", "]"), ("boolean(p[", "])")], [20, 400, 4000])
  func nestedBeyondReason(_ brackets: (String, String), _ depth: Int) throws {
    let (open, close) = (String(repeating: brackets.0, count: depth), String(repeating: brackets.1, count: depth))
    let document = try Document(html: Array(Self.page.utf8))
    let compiled = try? XPath("//div[\(open)p\(close)]")
    if depth == 20 { try #require(compiled != nil) }
    guard let path = compiled else { return }
    let (fast, whole) = (try? path.evaluate(at: document.root), try? path.evaluateWhole(at: document.root))
    #expect(fast.map(Self.told) == whole.map(Self.told))
  }

  /// Expressions and pages by chance: from pieces that are understood and pieces that must not be.
  @Test(arguments: 0..<40 as Range<UInt64>) func byChance(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let document = try Document(html: Array(Self.randomPage(&random).utf8))
    let all = Array(document.root.descendants)
    for _ in 0..<150 {
      let expression = Self.randomExpression(&random)
      guard let path = try? XPath(expression) else {
        Issue.record("\(expression) does not compile")
        continue
      }
      let node = random.next() % 3 == 0 ? all[Int(random.next() % UInt64(all.count))] : document.root
      let (fast, whole) = (try path.evaluate(at: node), try path.evaluateWhole(at: node))
      #expect(Self.told(fast) == Self.told(whole), "\(expression)")
    }
  }

  private static let names = ["div", "p", "h1", "a", "section", "x-y"]
  private static let words = ["box", "wide", "box wide", "boxes", "", "a", " wide"]

  private static func randomPage(_ random: inout SplitMix) -> String {
    var open: [String] = []
    var text = "<html><body>"
    for number in 0..<80 {
      if !open.isEmpty, random.next() % 3 == 0 { text += "</\(open.removeLast())>" }
      // Elements that a parser lets stand in each other.
      let name = random.pick(["div", "section", "x-y", "a"])
      text += "<\(name) class='\(random.pick(words))'" + (random.next() % 3 == 0 ? " id='\(number)'>" : ">")
      if name == "a" || random.next() % 4 == 0 { text += "t\(number)</\(name)>" } else { open.append(name) }
      if random.next() % 4 == 0 { text += "<p class='\(random.pick(words))'>p\(number)</p>" }
      if random.next() % 9 == 0 { text += "<h1>h\(number)</h1>" }
    }
    return text
  }

  private static func randomExpression(_ random: inout SplitMix) -> String {
    var path = random.pick(["//", "//", "//", ".//", "/"])
    if path == "/" { path = "/html/body//" }
    for step in 0..<Int(random.next() % 3 + 1) {
      if step > 0 { path += random.pick(["/", "//", "/following-sibling::", "/ancestor::"]) }
      path += random.pick(names + ["*"])
      for _ in 0..<Int(random.next() % 3) { path += "[" + randomCondition(&random) + "]" }
    }
    switch random.next() % 8 {
    case 0: return path + "/@class"
    case 1: return "(\(path))[" + random.pick(["1", "last()", "2", "a", "position()=2"]) + "]"
    case 2: return "(\(path))[1][" + randomCondition(&random) + "]/p"
    case 3: return path + " | //" + random.pick(names) + "[" + randomCondition(&random) + "]"
    case 4: return path + "/text()"
    case 5: return path + "//@id"
    default: return path
    }
  }

  private static func randomCondition(_ random: inout SplitMix) -> String {
    let word = random.pick(words)
    let one = random.pick([
      "@class", "@id", "@class='\(word)'", "contains(@class, '\(word)')", "starts-with(@class,'\(word)')", "1", "2",
      "last()",
      "contains(concat(' ', @class, ' '), ' \(word) ')",
      "contains(concat(' ', normalize-space(@class), ' '), ' \(word) ')",
      "position()=1", "p", "not(p)", ".//a", "count(p)", "count(p) > 1", "self::div", "p[1]", "string-length(@id)",
      "@id + 0",
      "ancestor::div", "p/@class='box'", "normalize-space(.)='t3'", "normalize-space(.) = 't3'",
      "starts-with(normalize-space(.), 't')",
      "contains(normalize-space(), '1 t')", "normalize-space()", ".//x-y/a", "section[a]", "./div//p", "/html/body",
      "//h1",
      ".//*[@class = 'box']", "starts-with(normalize-space(.), 'h1 p')",
      "last() = 2", "(p)", "not(position() = 2)", "..",
      "@*", "boolean(a)",
    ])
    switch random.next() % 9 {
    case 6: return "(" + one + " or " + randomCondition(&random) + ") and " + randomCondition(&random)
    case 7: return "not(" + randomCondition(&random) + ")"
    case 0: return one + " and " + randomCondition(&random)
    case 1: return one + " or " + random.pick(["@id", "p", "1", "position()=1"])
    default: return one
    }
  }
}

extension SplitMix {
  fileprivate mutating func pick<T>(_ all: [T]) -> T { all[Int(next() % UInt64(all.count))] }
}
