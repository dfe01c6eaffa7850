import CCurl
import Glibc
import Testing
import Values

@testable import Fetching

@Suite struct FetcherConfigurationTests {
  @Test func defaultsAreValid() throws {
    let configuration = try FetcherConfiguration(userAgent: "newswire/1.0", contact: "https://news.test/bot")
    #expect(configuration.userAgentField == "newswire/1.0 (+https://news.test/bot)")
    #expect(configuration.productToken == "newswire")
    #expect(configuration.maxRedirects == 5)
  }

  private func problem(
    userAgent: String = "newswire/1.0", contact: String = "", connectTo: [String] = [], caFile: String? = nil,
    allowAddresses: [String] = [], allowPorts: Set<Int> = [], maxConcurrent: Int = 1, perGroupConcurrency: Int = 1,
    perGroupGap: Duration = .zero, timeouts: FetcherConfiguration.Timeouts = .init(),
    limits: FetcherConfiguration.Limits = .init(), maxRedirects: Int = 5
  ) -> String? {
    do throws(FetcherConfiguration.Problem) {
      _ = try FetcherConfiguration(
        userAgent: userAgent, contact: contact, connectTo: connectTo, caFile: caFile, allowAddresses: allowAddresses,
        allowPorts: allowPorts, maxConcurrent: maxConcurrent, perGroupConcurrency: perGroupConcurrency,
        perGroupGap: perGroupGap, timeouts: timeouts, limits: limits, maxRedirects: maxRedirects)
      return nil
    } catch { return error.key }
  }

  @Test func eachKeyIsChecked() {
    #expect(problem() == nil)
    #expect(problem(userAgent: "") == "user_agent")
    #expect(problem(userAgent: "/1") == "user_agent")
    #expect(problem(userAgent: "a\r\nX: y") == "user_agent")
    #expect(problem(userAgent: "a/1\r\nX: y") == "user_agent")
    #expect(problem(contact: "a\nb") == "contact")
    #expect(problem(contact: "a)b") == "contact")
    #expect(problem(caFile: "ca.pem") == "ca_file")
    #expect(problem(allowAddresses: ["10.0.0.0/8", "intranet"]) == "allow_addresses")
    #expect(problem(allowPorts: [0]) == "allow_ports")
    #expect(problem(allowPorts: [65536]) == "allow_ports")
    #expect(problem(maxConcurrent: 0) == "concurrency")
    #expect(problem(perGroupConcurrency: 0) == "group_concurrency")
    #expect(problem(perGroupGap: .seconds(-1)) == "group_gap")
    #expect(problem(timeouts: .init(connect: .zero)) == "connect_timeout")
    #expect(problem(timeouts: .init(total: .seconds(9999))) == "timeout")
    #expect(problem(timeouts: .init(lowSpeedLimit: -1)) == "low_speed_limit")
    #expect(problem(limits: .init(pageBytes: 1)) == "page_limit")
    #expect(problem(limits: .init(expansion: 1)) == "expansion")
    #expect(problem(maxRedirects: -1) == "max_redirects")
  }

  /// A certificate is looked for, not only a file: libcurl would refuse every server without one.
  @Test func theFileOfAuthoritiesIsLookedInto() throws {
    var template = Array("/tmp/newswire-ca-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer {
      close(file)
      unlink(path)
    }
    func put(_ text: String) {
      #expect(pwrite(file, text, text.utf8.count, 0) == text.utf8.count)
      #expect(ftruncate(file, off_t(text.utf8.count)) == 0)
    }
    #expect(problem(caFile: path) == "ca_file")
    put("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n")
    #expect(CertificateFile.problem(at: path)?.hasPrefix("holds no certificate") == true)
    put("# Our own\r\n-----BEGIN CERTIFICATE-----\r\nMIIB\r\n-----END CERTIFICATE-----\r\n")
    #expect(problem(caFile: path) == nil)
    #expect(CertificateFile.problem(at: "/tmp")?.hasPrefix("is a folder") == true)
    #expect(CertificateFile.problem(at: path + ".none")?.hasPrefix("cannot be read: No such file") == true)
  }

  @Test func aFileOfAuthoritiesThatCannotBeUsedIsNamed() throws {
    let failure = CurlFailure(
      result: CURLE_SSL_CACERT_BADFILE, systemError: 0, isConnected: true, elapsedMilliseconds: 1,
      totalMilliseconds: 1000, text: "error setting certificate verify locations")
    let error = failure.error(url: try #require(WebURL("https://a.example/")), networkIsSuspect: false)
    #expect(error.code == .tls && error.hint?.contains("[fetch] ca_file") == true)
  }

  @Test(
    arguments: [
      ("news.test:443:127.0.0.1:8443", 8443), ("::127.0.0.1:80", 80), ("[::1]:443:[::1]:9443", 9443),
      ("news.test:443:localhost:1", 1), ("news.test:443:127.0.0.1:", nil), ("news.test:443:127.0.0.1", nil),
      ("a:b:c:1", nil), ("a:1:c:99999", nil), ("a:1:c:0", nil), ("a:1:::1:2", nil), ("a:1:[::1:2", nil),
      ("a b:1:c:2", nil),
      ("", nil),
    ] as [(String, Int?)]) func connectTo(_ entry: String, _ port: Int?)
  {
    #expect(FetcherConfiguration.targetPort(ofConnectTo: entry) == port)
    #expect(problem(connectTo: [entry]) == (port == nil ? "connect_to" : nil))
  }
}

@Suite struct RateGroupTests {
  @Test(arguments: [
    ("https://www.example.com/", "example.com"), ("https://feeds.a.example.com/", "example.com"),
    ("https://example.com/", "example.com"), ("https://www.bbc.co.uk/", "bbc.co.uk"), ("https://co.uk/", "co.uk:443"),
    ("https://www.abc.net.au/", "abc.net.au"), ("https://www3.nhk.or.jp/", "nhk.or.jp"),
    ("https://a.globo.com.br/", "globo.com.br"),
    ("https://www.spiegel.de/", "spiegel.de"), ("https://blog.co.de/", "co.de"), ("https://a.b.com.mx/", "b.com.mx"),
    ("https://news.yahoo.co.jp/", "yahoo.co.jp"), ("https://user.tumblr.com/", "tumblr.com"),
    ("https://reader.github.io/", "reader.github.io"), ("https://a.b.kawasaki.jp/", "a.b.kawasaki.jp"),
    ("https://www.city.kawasaki.jp/", "city.kawasaki.jp"), ("https://www.münchen.de/", "xn--mnchen-3ya.de"),
    ("https://news.paper.unknowntop/", "paper.unknowntop"), ("https://t.co/", "t.co"),
    ("https://WWW.Example.COM./", "example.com"),
    ("http://127.0.0.1/", "127.0.0.1:80"), ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
    ("http://2130706433/", "2130706433:80"),
    ("http://localhost:1200/a", "localhost:1200"), ("https://[::1]/", "[::1]:443"), ("http://0x7f.0x1/", "0x7f.0x1:80"),
    ("https://example.com:8443/", "example.com"),
  ]) func names(_ text: String, _ group: String) throws {
    #expect(RateGroup.name(for: try #require(WebURL(text))) == group)
  }
}

@Suite struct PunycodeTests {
  @Test(arguments: [
    ("example.com", "example.com"), ("b\u{FC}cher.example", "xn--bcher-kva.example"),
    ("M\u{DC}NCHEN.de", "xn--mnchen-3ya.de"),
    ("\u{4F8B}\u{3048}.\u{30C6}\u{30B9}\u{30C8}", "xn--r8jz45g.xn--zckzah"),
    ("\u{4F8B}\u{3048}\u{3002}jp", "xn--r8jz45g.jp"),
    (
      "\u{43F}\u{43E}\u{447}\u{435}\u{43C}\u{443}\u{436}\u{435}\u{43E}\u{43D}\u{438}\u{43D}\u{435}\u{433}\u{43E}\u{432}\u{43E}\u{440}\u{44F}\u{442}\u{43F}\u{43E}\u{440}\u{443}\u{441}\u{441}\u{43A}\u{438}",
      "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"
    ),
  ]) func hosts(_ host: String, _ ascii: String) {
    #expect(Punycode.asciiHost(host) == ascii)
  }
}

@Suite struct RedirectPolicyTests {
  private let from = WebURL("https://news.test/a/b?c")!

  @Test(arguments: [
    ("/x", "https://news.test/x"), ("x", "https://news.test/a/x"), ("?d", "https://news.test/a/b?d"),
    ("//other.test/x", "https://other.test/x"), ("https://other.test", "https://other.test/"),
  ]) func follows(_ location: String, _ target: String) throws {
    let url = try RedirectPolicy.target(of: (301, location), from: from, visited: [from])
    #expect(url.description == target)
  }

  @Test(
    arguments: [
      (nil, FetchError.Code.badRedirect), ("", .badRedirect), ("http://", .badRedirect),
      ("http://a:99999/", .badRedirect),
      ("http://news.test/x", .redirectRefused), ("file:///etc/passwd", .redirectRefused),
      ("gopher://news.test/", .redirectRefused),
      ("javascript:alert(1)", .redirectRefused), ("data:text/html,x", .redirectRefused),
      ("FTP://news.test/", .redirectRefused),
      ("/a/b?c", .redirectLoop), ("#there", .redirectLoop), ("https://news.test:443/a/./b?c", .redirectLoop),
    ] as [(String?, FetchError.Code)]) func refuses(_ location: String?, _ code: FetchError.Code)
  {
    let error = #expect(throws: FetchError.self) {
      try RedirectPolicy.target(of: (302, location), from: from, visited: [from])
    }
    #expect(error?.code == code)
  }
}

@Suite struct RequestPlanTests {
  private let configuration = try! FetcherConfiguration(userAgent: "newswire/1.0", contact: "", allowPorts: [8080])

  private func plan(_ request: FetchRequest) throws -> RequestPlan {
    try RequestPlan(request, configuration: configuration)
  }

  private func text(_ hop: Hop) -> [String] {
    hop.headers.map { "\($0.name): " + String(decoding: $0.value, as: UTF8.self) }
  }

  @Test func strangersGetNoSecrets() throws {
    let url = WebURL("https://joe:s%3Acret@news.test/feed")!
    let plan = try plan(
      FetchRequest(
        url, purpose: .feed,
        headers: [("Authorization", "Bearer x"), ("Cookie", "a=b"), ("X-Key", "k"), ("Accept-Language", "en-GB")],
        validators: Validators(etag: "\"1\"", lastModified: "yesterday"), allowPorts: [9000]))
    let home = plan.hop(to: WebURL("https://news.test/other")!, cookies: nil)
    #expect(home.credentials.map { String(decoding: $0, as: UTF8.self) } == "joe:s:cret")
    #expect(text(home).contains("Authorization: Bearer x"))
    #expect(home.ports == [80, 443, 8080, 9000])
    for stranger in ["https://news.test:8443/feed", "http://news.test/feed", "https://evil.test/feed"] {
      let hop = plan.hop(to: WebURL(stranger)!, cookies: nil)
      #expect(hop.credentials == nil)
      #expect(Set(hop.headers.map(\.name)) == ["Accept", "Accept-Language", "If-None-Match", "If-Modified-Since"])
    }
    #expect(plan.hop(to: WebURL("https://evil.test/")!, cookies: nil).ports == [80, 443, 8080])
  }

  @Test func acceptCanBeReplaced() throws {
    let plan = try plan(
      FetchRequest(WebURL("https://news.test/")!, purpose: .page, headers: [("accept", "text/plain")]))
    #expect(text(plan.hop(to: plan.request.url, cookies: nil)) == ["accept: text/plain"])
  }

  @Test(arguments: [
    ("Host", "evil.test"), ("Transfer-Encoding", "chunked"), ("content-length", "1"), ("Proxy-Authorization", "x"),
    ("If-None-Match", "x"), ("Bad Name", "x"), ("", "x"), ("X", "a\r\nHost: evil"), ("X", "a\u{0}b"),
  ]) func refusesHeaders(_ name: String, _ value: String) {
    let request = FetchRequest(WebURL("https://news.test/")!, purpose: .page, headers: [(name, value)])
    #expect(throws: FetchError.self) { try plan(request) }
  }

  @Test func validatorsComeBackByteForByte() throws {
    let request = FetchRequest(
      WebURL("https://news.test/")!, purpose: .feed,
      validators: Validators(etag: "W/\"\u{E9}\"", lastModified: "x\u{20AC}"))
    let hop = try plan(request).hop(to: request.url, cookies: nil)
    #expect(hop.headers.first { $0.name == "If-None-Match" }?.value == [0x57, 0x2F, 0x22, 0xE9, 0x22])
    #expect(!hop.headers.contains { $0.name == "If-Modified-Since" })
  }

  @Test func groupsFollowTheHost() throws {
    let plan = try plan(FetchRequest(WebURL("https://www.news.test/")!, purpose: .feed, group: "own"))
    #expect(plan.group(for: WebURL("https://feeds.news.test/x")!) == "own")
    #expect(plan.group(for: WebURL("https://other.test/x")!) == "other.test")
  }
}

@Suite struct ResponseHeadTests {
  private func head(_ lines: [String]) -> ResponseHead {
    var head = ResponseHead()
    for line in lines {
      Array((line + "\r\n").utf8).withUnsafeBytes { head.receive($0) }
    }
    return head
  }

  @Test func interimAnswersAndTrailersDoNotCount() {
    let head = head([
      "HTTP/1.1 103 Early Hints", "ETag: \"early\"", "", "HTTP/2 200", "etag:  \"a\" ", "X: 1", "x: 2", "Empty:",
      "no colon",
      "", "ETag: \"trailer\"",
    ])
    #expect(head.status == 200)
    #expect(head.etag == "\"a\"")
    #expect(head.fields.values("X") == ["1", "2"])
    #expect(head.fields["empty"] == "")
    #expect(head.fields.values("Y").isEmpty)
    #expect(head.fields.fields.count == 4)
  }

  @Test func bytesOutsideUTF8() {
    var head = ResponseHead()
    for line in [Array("HTTP/1.1 200 OK\r\n".utf8), Array("ETag: \"".utf8) + [0xE9, 0x22, 0x0D, 0x0A]] {
      line.withUnsafeBytes { head.receive($0) }
    }
    #expect(head.etag == "\"\u{E9}\"")
    #expect(head.fields["etag"] == "\"\u{E9}\"")
    #expect(ResponseHead.bytes(latin1: "\"\u{E9}\"") == [0x22, 0xE9, 0x22])
  }
}

@Suite struct FetchErrorTests {
  @Test func showsNoSecrets() {
    let url = WebURL("https://joe:hunter2@news.test/feed?id=7&TOKEN=abc&api_key=def&flag#frag")!
    let error = FetchError(.timeout, url: url, message: "line\r\nbreak \u{202E}x")
    #expect(error.url == "https://news.test/feed?id=7&TOKEN=REDACTED&api_key=REDACTED&flag")
    #expect(error.message == "line??break ?x")
    #expect(error.description == "timeout: line??break ?x (\(error.url))")
    for secret in ["hunter2", "joe", "abc", "def", "frag"] { #expect(!"\(error)".contains(secret)) }
  }

  @Test(arguments: [
    ("/a?refresh_token=x(y)'z&page=2", "/a?refresh_token=REDACTED&page=2"),
    ("/a;jsessionid=xyz?page=2", "/a;jsessionid=REDACTED?page=2"), ("/a?b=1;token=x", "/a?b=1;token=REDACTED"),
    ("/a?code=20250301&id=7", "/a?code=20250301&id=7"), ("/a?code=4f0Xy", "/a?code=REDACTED"),
  ]) func redacted(_ path: String, _ shown: String) throws {
    let url = try #require(WebURL("https://news.test" + path))
    #expect(FetchError.redacted(url) == "https://news.test" + shown)
  }
}
