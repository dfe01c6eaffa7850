import Manifest
import TOML
import Testing
import Values

private func text(fetch: String = "", source: String = "", login: String = "", url: String = "https://a.example/rss")
  -> String
{
  """
  [publisher]
  id = "a"
  name = "A"
  url = "https://a.example/"
  country = "gb"
  language = "en"
  zone = "Europe/London"
  [fetch]
  \(fetch)
  [[sources]]
  kind = "rss"
  url = "\(url)"
  \(source)
  \(login)
  """
}

@Suite("Keys about fetching")
struct FetchKeysTests {
  @Test("all keys are read")
  func keys() throws {
    let manifest = try Manifest(
      parsing: text(
        fetch:
          "group = \"host\"\nhttp2 = false\ncookies = { consent = \"1\" }\nkeep_cookies = true\nwhole_every = \"2d\"",
        source: "http2 = true\nhistory = 5\npush = false",
        login:
          "[login]\nkind = \"form\"\ncredential = \"a-login\"\nurl = \"https://a.example/in\"\npage = \"https://a.example/form\"\nuser_field = \"mail\"\nfields = { remember = \"1\" }\ncookie = \"sid\""
      ), file: "plugin.toml", folder: "a")
    #expect(manifest.fetch.group == .host && manifest.fetch.http2 == false && manifest.fetch.keepsCookies)
    #expect(manifest.fetch.cookies.map(\.name) == ["consent"] && manifest.fetch.wholeEvery == 172_800)
    #expect(manifest.sources[0].http2 == true && manifest.sources[0].history == 5 && !manifest.sources[0].push)
    let login = try #require(manifest.login)
    #expect(login.kind == .form && login.credential == "a-login" && login.userField == "mail")
    #expect(login.page?.description == "https://a.example/form")
    #expect(login.passwordField == "password" && login.cookie == "sid" && login.fields.map(\.name) == ["remember"])
  }

  @Test(
    "mistakes are reported at their place",
    arguments: [
      (text(fetch: "group = \"The Host\""), "9:9: fetch.group must be \"domain\", \"host\" or a name"),
      (text(fetch: "whole_every = \"1h\""), "9:15: fetch.whole_every is less than a day"),
      (text(fetch: "gap = \"200000d\""), "9:7: fetch.gap must be at most 1d, not \"200000d\""),
      (text(fetch: "gap = 9223372036854775807"), "9:7: fetch.gap must be at most 1d, not 9223372036854775807"),
      (text(fetch: "revisit = [9223372036854775807]"), "9:12: fetch.revisit must hold durations of 36500d at most"),
      (text(fetch: "min_interval = 9223372036854775807"), "9:16: fetch.min_interval must be at most 36500d"),
      (text(fetch: "cookies = { a = \"x;y\" }"), "9:11: fetch.cookies.a holds a character"),
      (text(source: "history = 2000"), "13:11: sources[1].history must lie between 0 and 1000"),
      (text(login: "[login]\nkind = \"basik\"\ncredential = \"x\""), "15:8: login.kind must be one of basic, bearer"),
      (text(login: "[login]\nkind = \"basic\""), "14:2: login.credential is missing"),
      (
        text(login: "[login]\nkind = \"basic\"\ncredential = \"user:pa/ss\""),
        "16:14: login.credential is a name of letters"
      ),
      (text(login: "[login]\nkind = \"header\"\ncredential = \"x\""), "14:2: login.header is missing"),
      (
        text(login: "[login]\nkind = \"form\"\ncredential = \"x\"\nurl = \"http://a.example/in\""),
        "17:7: login.url must be https"
      ),
      (
        text(
          login:
            "[login]\nkind = \"form\"\ncredential = \"x\"\nurl = \"https://a.example/in\"\npage = \"http://a.example/\""
        ),
        "18:8: login.page must be https"
      ),
      (
        text(login: "[login]\nkind = \"basic\"\ncredential = \"x\"\nheader = \"X\""), "17:1: unknown key login.header"
      ),
      (
        text(fetch: "headers = { \"Bad Name\" = \"x\" }"),
        "9:13: fetch.headers: \"Bad Name\" is no name of a header field"
      ),
      (text(fetch: "headers = { Accept = \"x\", Host = \"x\" }"), "9:27: fetch.headers.Host is the fetcher's own"),
      (text(fetch: "headers = { Proxy-Authorization = \"x\" }"), "9:13: fetch.headers.Proxy-Authorization is the"),
      (text(fetch: "headers = { X-A = \"x\\r\\nY: z\" }"), "9:13: fetch.headers.X-A holds a line break"),
      (
        text(login: "[login]\nkind = \"header\"\ncredential = \"x\"\nheader = \"Host\""),
        "17:10: login.header: a field \"Host\" cannot be set"
      ),
      (
        text(url: "https://a.example/{YYYY}"),
        "12:7: sources[1].url holds {YYYY}, which is no part of a date: known are {yyyy}"
      ),
      (text(url: "https://a.example/{yyyy}/{x}"), "12:7: sources[1].url holds {x}, which"),
      (text(url: "https://{yyyy}.a.example/rss"), "12:7: sources[1].url is not an http or https address with the date"),
    ])
  func mistakes(_ text: String, _ message: String) throws {
    let error = #expect(throws: Problems.self) { try Manifest(parsing: text, file: "p", folder: "a") }
    let problems = error?.all.map(\.description) ?? []
    #expect(problems.contains { $0.hasPrefix("p:" + message) }, "\(problems)")
  }

  @Test("headers that can be sent are taken, and braces that are encoded or alone")
  func headers() throws {
    let manifest = try Manifest(
      parsing: text(
        fetch: "headers = { Accept-Language = \"de\", X-Own = \"a\\tb\" }", url: "https://a.example/%7BYYYY%7D?q=%7B"),
      file: "p", folder: "a")
    #expect(manifest.fetch.headers.map(\.name) == ["Accept-Language", "X-Own"])
    #expect(manifest.sources[0].template == nil)
    #expect(manifest.sources[0].url.description == "https://a.example/%7BYYYY%7D?q=%7B")
  }

  @Test(
    "addresses with the date",
    arguments: [
      ("https://a.example/sitemap-{yyyy}{mm}.xml", "https://a.example/sitemap-202603.xml"),
      ("https://a.example/{yyyy}/{m}/{d}/{yy}", "https://a.example/2026/3/7/26"),
      ("https://a.example/s?date={yyyy}-{mm}-{dd}&unit=days", "https://a.example/s?date=2026-03-07&unit=days"),
      ("https://a.example/%7Bx%7D/{yyyy}", "https://a.example/%7Bx%7D/2026"),
    ])
  func templates(_ address: String, _ expected: String) throws {
    let source = try Manifest(parsing: text(url: address), file: "p", folder: "a").sources[0]
    #expect(source.address == address)
    // 23:30 UTC on the 6th is half past midnight on the 7th one hour east.
    let time = Timestamp(rfc3339: "2026-03-06T23:30:00Z")!
    #expect(source.url(at: time, offset: 3600).description == expected)
  }
}
