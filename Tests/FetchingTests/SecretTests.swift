import Foundation
import Testing
import Values

@testable import Fetching

@Suite struct CookieJarTests {
  private func line(_ domain: String, _ name: String, _ value: String = "v") -> String {
    "\(domain)\tTRUE\t/\tTRUE\t0\t\(name)\t\(value)"
  }

  @Test func aFileIsReadAndStrangersAreLeftOut() {
    var refused = 0
    let text = """
      # Netscape HTTP Cookie File
      \(line(".a.example", "one"))
      #HttpOnly_\(line("www.a.example", "two"))
      \(line("evil.example", "three"))
      not a cookie

      """
    let jar = CookieJar(netscape: text, hosts: ["www.a.example", "a.example"], refused: &refused)
    #expect(jar.names == ["one", "two"] && refused == 2)
    #expect(jar.lines(for: WebURL("https://www.a.example/x")!)?.count == 2)
    #expect(jar.lines(for: WebURL("http://www.a.example/x")!) == nil)
    #expect(jar.lines(for: WebURL("https://evil.example/x")!) == nil)
    #expect(jar.lines(for: WebURL("https://nota.example/x")!) == nil)
  }

  @Test func whatComesBackReplacesWhatWasSent() {
    let jar = CookieJar(hosts: ["a.example"])
    jar.merge([line("a.example", "sid", "1"), line("a.example", "old")], sent: [])
    let sent = jar.lines(for: WebURL("https://a.example/")!) ?? []
    jar.merge([line("a.example", "sid", "2"), line("b.example", "tracker")], sent: sent)
    #expect(jar.lines(for: WebURL("https://a.example/")!) == [line("a.example", "sid", "2")])
  }

  @Test func aFloodIsCapped() {
    let jar = CookieJar(hosts: ["a.example"])
    jar.merge((0..<5000).map { line("a.example", "c\($0)") }, sent: [])
    jar.merge([line("a.example", "long", String(repeating: "x", count: 10_000))], sent: [])
    #expect(jar.names.count == CookieJar.limit)
  }
}

@Suite struct SecretTests {
  @Test func aSecretPrintsAsAPlaceholder() {
    let credential = Credential(.basic(user: Secret("reader"), password: Secret("hunter2")), hosts: ["a.example"])
    var text = "\(credential)"
    dump(credential, to: &text)
    debugPrint(credential, to: &text)
    text += String(reflecting: FetchRequest(WebURL("https://a.example/")!, purpose: .page, credential: credential))
    #expect(!text.contains("hunter2") && !text.contains("reader") && text.contains("(secret)"))
  }

  private func hop(_ credential: Credential, _ url: String, asked: String = "https://www.a.example/feed") throws -> Hop
  {
    let configuration = try FetcherConfiguration(userAgent: "newswire/1.0", contact: "")
    let request = FetchRequest(WebURL(asked)!, purpose: .feed, credential: credential)
    return try RequestPlan(request, configuration: configuration).hop(to: WebURL(url)!, cookies: nil)
  }

  @Test(arguments: [
    ("https://www.a.example/feed", "https://www.a.example/feed", true),
    ("https://www.a.example/feed", "https://www.a.example/other", true),
    // Another origin, also one of the publisher's: without.
    ("https://www.a.example/feed", "https://a.example/feed", false),
    ("https://www.a.example/feed", "https://www.a.example:8443/feed", false),
    ("https://www.a.example/feed", "https://evil.example/feed", false),
    // Never in the clear, never to a host that is not the publisher's.
    ("http://www.a.example/feed", "http://www.a.example/feed", false),
    ("https://cdn.example/feed", "https://cdn.example/feed", false),
    ("https://nota.example/feed", "https://nota.example/feed", false),
  ]) func credentialsStayWithTheirOrigin(_ asked: String, _ url: String, _ isSent: Bool) throws {
    let hosts = ["www.a.example", "a.example"]
    let basic = try hop(Credential(.basic(user: Secret("u"), password: Secret("p")), hosts: hosts), url, asked: asked)
    #expect((basic.credentials == Array("u:p".utf8)) == isSent)
    let bearer = try hop(Credential(.bearer(Secret("t")), hosts: hosts), url, asked: asked)
    #expect(bearer.headers.contains { $0.name == "Authorization" && $0.value == Array("Bearer t".utf8) } == isSent)
    let header = try hop(
      Credential(.header(name: "X-Key", value: Secret("k")), hosts: hosts), url, asked: asked)
    #expect(header.headers.contains { $0.name == "X-Key" } == isSent)
  }

  @Test func aCredentialThatWouldBreakTheHeadIsRefused() {
    #expect(throws: FetchError.self) {
      try hop(Credential(.bearer(Secret("a\r\nHost: evil")), hosts: ["www.a.example"]), "https://www.a.example/")
    }
    #expect(throws: FetchError.self) {
      try hop(
        Credential(.header(name: "Host", value: Secret("evil")), hosts: ["www.a.example"]), "https://www.a.example/")
    }
  }

  @Test func formsAreEncoded() throws {
    let configuration = try FetcherConfiguration(userAgent: "newswire/1.0", contact: "")
    let request = FetchRequest(
      WebURL("https://a.example/")!, purpose: .form,
      form: [("user name", Secret("a&b=c")), ("pass", Secret("é+ *"))])
    let form = try #require(try RequestPlan(request, configuration: configuration).encodedForm)
    #expect(String(decoding: form, as: UTF8.self) == "user+name=a%26b%3Dc&pass=%C3%A9%2B+*")
  }
}

@Suite struct ProxySettingsTests {
  @Test(arguments: [
    ("socks5h://127.0.0.1:9050", "socks5h://127.0.0.1:9050"),
    ("HTTP://Proxy.Example:3128/", "http://proxy.example:3128"),
    ("http://proxy.example:80", "http://proxy.example:80"), ("https://[::1]:8443", "https://[::1]:8443"),
    ("ftp://proxy.example:21", nil), ("proxy.example:3128", nil), ("http://proxy.example", nil),
    ("http://user:pass@proxy.example:3128", nil), ("http://proxy.example:3128/path", nil), ("", nil),
  ]) func addresses(_ text: String, _ description: String?) {
    #expect((try? Proxy(text))?.description == description)
  }

  @Test func aRefusedAddressDoesNotShowItsPassword() {
    let error = #expect(throws: Proxy.Problem.self) { try Proxy("http://user:hunter2@proxy.example:3128") }
    #expect(error?.message.contains("hunter2") == false)
  }

  @Test(arguments: [
    ("169.254.169.254", true), ("2852039166", true), ("0xa9fea9fe", true), ("127.1", true), ("017700000001", true),
    ("[::1]", true), ("[::ffff:10.0.0.1]", true), ("10.0.0.1", true), ("localhost", true), ("printer", true),
    ("metadata.google.internal", true), ("nas.local.", true), ("router.home.arpa", true),
    ("www.example.com", false), ("8.8.8.8", false), ("[2606:4700::1111]", false), ("1.example.com", false),
  ]) func insideIsRefusedByItsLooks(_ host: String, _ isRefused: Bool) {
    #expect((Proxy.refusal(of: host, guard: AddressGuard()) != nil) == isRefused)
  }
}

@Suite struct BandwidthTests {
  @Test func theMeanRateHolds() {
    var bandwidth = Bandwidth(bytesPerSecond: 1000, now: 0)
    var taken = 0
    // A greedy receiver, in steps of a millisecond for ten seconds.
    for step in 0..<10_000 {
      let now = Int64(step) * 1_000_000
      if bandwidth.isOpen(now: now) {
        bandwidth.take(64, now: now)
        taken += 64
      }
    }
    // Ten seconds' worth, one second's more from the full bucket, and one chunk of overdraft.
    #expect((10_900...11_100).contains(taken))
  }

  @Test func itSaysWhenItOpens() throws {
    var bandwidth = Bandwidth(bytesPerSecond: 1000, now: 0)
    let first = bandwidth.opensAt(now: 0)
    bandwidth.take(3000, now: 0)
    let second = bandwidth.opensAt(now: 0)
    let opens = try #require(second)
    #expect(first == nil && opens > 2_000_000_000 && opens < 2_100_000_000)
    let (early, late) = (bandwidth.isOpen(now: 1_990_000_000), bandwidth.isOpen(now: opens))
    #expect(!early && late)
  }
}
