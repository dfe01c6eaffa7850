import Testing
import Values

@Suite("Web addresses")
struct WebURLTests {
  @Test(
    "normalises absolute addresses",
    arguments: [
      ("https://Example.ORG", "https://example.org/"), ("  http://a.b/c d\n", "http://a.b/c%20d"),
      ("HTTPS://a.b:443/", "https://a.b/"), ("http://a.b:8080/x", "http://a.b:8080/x"),
      ("https:\\\\a.b\\c", "https://a.b/c"), ("http://a.b/../c/./d/..", "http://a.b/c/"),
      ("https://a.b/ü?q=ü&x=<>#ö", "https://a.b/%C3%BC?q=%C3%BC&x=%3C%3E#%C3%B6"),
      ("http://a.b/%7Ex", "http://a.b/%7Ex"),
      ("http://[::1]:81/", "http://[::1]:81/"), ("http://a.b?x", "http://a.b/?x"),
    ])
  func normalises(text: String, result: String) throws {
    #expect(try #require(WebURL(text)).description == result)
  }

  @Test(
    "refuses what is no web address",
    arguments: [
      "", "a.b/c", "ftp://a.b/", "javascript:alert(1)", "http://", "http:///", "http://a b/", "http://a:99999/",
      "data:x", "http://a:b:80/", "http://a\"b/",
    ])
  func refuses(text: String) { #expect(WebURL(text) == nil) }

  /// RFC 3986, section 5.4, as far as http and https reach.
  @Test(
    "resolves references",
    arguments: [
      ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
      ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"),
      ("g#s", "http://a/b/c/g#s"), (";x", "http://a/b/c/;x"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
      ("..", "http://a/b/"), ("../g", "http://a/b/g"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"),
      ("g;x=1/../y", "http://a/b/c/y"), ("https://x/y", "https://x/y"), ("g?y/../x", "http://a/b/c/g?y/../x"),
    ])
  func resolves(reference: String, result: String) throws {
    let base = try #require(WebURL("http://a/b/c/d;p?q"))
    #expect(WebURL(reference, relativeTo: base)?.description == result)
  }

  @Test("resolves nothing to another scheme", arguments: ["mailto:a@b", "javascript:x", "data:text/html,x", "tel:1"])
  func otherSchemes(reference: String) {
    #expect(WebURL(reference, relativeTo: WebURL("http://a/")) == nil)
  }

  @Test("never shows userinfo")
  func userinfo() throws {
    let url = try #require(WebURL("https://user:secret@a.b/c"))
    #expect(url.description == "https://a.b/c")
    #expect(url.userinfo == "user:secret")
    #expect(url.host == "a.b")
  }

  @Test(
    "strips what only says where a reader came from",
    arguments: [
      ("https://www.a.b/x?utm_source=rss&id=7&fbclid=z#top", "https://www.a.b/x?id=7", "a.b/x?id=7"),
      ("http://a.b/x/", "http://a.b/x/", "a.b/x"), ("https://a.b/?at_medium=RSS", "https://a.b/", "a.b/"),
      ("https://a.b/x?cid=5", "https://a.b/x?cid=5", "a.b/x?cid=5"),
    ])
  func tracking(text: String, plain: String, identity: String) throws {
    let url = try #require(WebURL(text))
    #expect(url.withoutTracking.description == plain)
    #expect(url.identity == identity)
  }

  @Test(
    "a session of its reader is no part of a page's identity",
    arguments: [
      ("https://a.b/story/1;jsessionid=0A1B", "a.b/story/1"),
      ("https://a.b/story/1;JSESSIONID=0A1B.node1?p=2", "a.b/story/1?p=2"),
      ("https://a.b/x;jsessionid=1/y", "a.b/x/y"), ("https://a.b/x;v=2;jsessionid=1", "a.b/x;v=2"),
      ("https://a.b/;jsessionid=1", "a.b/"), ("https://a.b/x;v=2", "a.b/x;v=2"),
      ("https://a.b/x;jsession=2", "a.b/x;jsession=2"),
      ("https://a.b/x?PHPSESSID=ab1", "a.b/x"), ("https://a.b/x?id=7&phpsessid=ab1", "a.b/x?id=7"),
      ("https://a.b/x?JSESSIONID=1&id=7", "a.b/x?id=7"), ("https://a.b/x?ASPSESSIONIDQQ=1&id=7", "a.b/x?id=7"),
      ("https://a.b/x?CFID=1&CFTOKEN=2&id=7", "a.b/x?id=7"),
      // Alone they number what the page is about.
      ("https://a.b/x?cfid=1", "a.b/x?cfid=1"), ("https://a.b/x?sid=1&session=2", "a.b/x?sid=1&session=2"),
    ])
  func session(text: String, identity: String) throws {
    let url = try #require(WebURL(text))
    #expect(url.identity == identity)
    #expect(url.withoutTracking.description == text, "it is still asked for as it is")
  }
}
