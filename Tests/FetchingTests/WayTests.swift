import Foundation
import Testing
import Values

@testable import Fetching

extension Loopback {
  /// Proxies, forms and the cap on bandwidth, with real connections.
  @Suite(.timeLimit(.minutes(1))) struct WayTests {
    private func fetcher(
      proxy: String? = nil, bandwidth: Int? = nil, ports: Set<Int> = []
    ) throws -> Fetcher {
      Fetcher(
        try FetcherConfiguration(
          userAgent: "newswire/1.0", contact: "", allowAddresses: ["127.0.0.2"], allowPorts: ports,
          perGroupConcurrency: 8, perGroupGap: .zero, timeouts: .init(total: .seconds(20)), bandwidth: bandwidth,
          proxy: try proxy.map { try Proxy($0) }))
    }

    @Test func anHTTPProxyGetsTheWholeAddress() async throws {
      let proxy = try RawServer { $0.answer("200 OK", [], "through") }
      defer { proxy.stop() }
      let fetcher = try fetcher(proxy: "http://\(proxy.host):\(proxy.port)")
      let response = try await fetcher.fetch(FetchRequest(WebURL("http://news.test/feed.xml")!, purpose: .feed))
      #expect(String(decoding: response.body, as: UTF8.self) == "through")
      let head = String(decoding: try #require(proxy.requests.first), as: UTF8.self)
      #expect(head.hasPrefix("GET http://news.test/feed.xml HTTP/1.1\r\n"))
    }

    @Test(arguments: [
      "http://169.254.169.254/latest/meta-data/", "http://2130706433/", "http://[::ffff:10.0.0.1]/",
      "http://localhost/", "http://nas.local/", "http://news.test:22/",
    ]) func whatLooksInsideIsNotAskedOfAProxy(_ address: String) async throws {
      let proxy = try RawServer { $0.answer() }
      defer { proxy.stop() }
      let fetcher = try fetcher(proxy: "http://\(proxy.host):\(proxy.port)")
      let error = try #require(await fetcher.failure(FetchRequest(WebURL(address)!, purpose: .page)))
      #expect(error.code == .addressRefused)
      #expect(proxy.connections == 0)
    }

    @Test func aRedirectInsideIsNotFollowedThroughAProxy() async throws {
      let proxy = try RawServer { $0.answer("302 Found", ["Location: http://169.254.169.254/"]) }
      defer { proxy.stop() }
      let fetcher = try fetcher(proxy: "http://\(proxy.host):\(proxy.port)")
      let error = try #require(await fetcher.failure(FetchRequest(WebURL("http://news.test/")!, purpose: .page)))
      #expect(error.code == .addressRefused)
      #expect(proxy.requests.count == 1)
    }

    @Test func aProxyAtALinkLocalAddressIsRefused() async throws {
      let fetcher = try fetcher(proxy: "http://169.254.1.1:3128")
      let error = try #require(await fetcher.failure(FetchRequest(WebURL("http://news.test/")!, purpose: .page)))
      #expect(error.code == .addressRefused)
      #expect(error.message.contains("link-local"))
    }

    /// What the proxy answers to CONNECT, and whose fault that is.
    @Test(arguments: [
      ("407 Proxy Authentication Required", FetchError.Code.proxy, true), ("403 Forbidden", .proxy, true),
      ("502 Bad Gateway", .connect, false), ("504 Gateway Timeout", .connect, false),
    ]) func tunnels(_ status: String, _ code: FetchError.Code, _ isLocal: Bool) async throws {
      let proxy = try RawServer { $0.answer(status) }
      defer { proxy.stop() }
      let fetcher = try fetcher(proxy: "http://\(proxy.host):\(proxy.port)")
      let error = try #require(await fetcher.failure(FetchRequest(WebURL("https://news.test/")!, purpose: .page)))
      #expect(error.code == code && error.isLocal == isLocal, "\(error)")
    }

    @Test func aProxyThatIsNotThereIsOurOwnTrouble() async throws {
      let gone = try RawServer { $0.answer() }
      gone.stop()
      let fetcher = try fetcher(proxy: "socks5h://\(gone.host):\(gone.port)")
      let request = FetchRequest(WebURL("http://news.test/")!, purpose: .page)
      // The listener ends a moment after it was told to.
      var error = await fetcher.failure(request)
      for _ in 0..<50 where error?.code != .proxy {
        try await Task.sleep(for: .milliseconds(20))
        error = await fetcher.failure(request)
      }
      #expect(error?.code == .proxy && error?.isLocal == true)
      #expect(error?.message.contains("socks5h://127.0.0.2") == true)
    }

    @Test func oneRequestMayGoAnotherWay() async throws {
      let proxy = try RawServer { $0.answer("200 OK", [], "proxy") }
      let direct = try RawServer { $0.answer("200 OK", [], "direct") }
      defer {
        proxy.stop()
        direct.stop()
      }
      let fetcher = try fetcher(proxy: "http://\(proxy.host):\(proxy.port)", ports: [direct.port])
      let response = try await fetcher.fetch(FetchRequest(direct.url(), purpose: .page, proxy: .direct))
      #expect(String(decoding: response.body, as: UTF8.self) == "direct")
      #expect(proxy.connections == 0)
    }

    @Test func aFormIsPostedOnceAndTheRedirectIsRead() async throws {
      let server = try RawServer { exchange in
        exchange.readBody()
        if exchange.path == "/login" {
          exchange.answer("303 See Other", ["Location: /home", "Set-Cookie: sid=1"])
        } else {
          exchange.answer("200 OK", [], "home")
        }
      }
      defer { server.stop() }
      let fetcher = try fetcher(ports: [server.port])
      let response = try await fetcher.fetch(
        FetchRequest(server.url("/login"), purpose: .form, form: [("user", Secret("a b")), ("pass", Secret("&"))]))
      #expect(String(decoding: response.body, as: UTF8.self) == "home")
      let heads = server.requests.map { String(decoding: $0, as: UTF8.self) }
      #expect(heads[0].hasPrefix("POST /login ") && heads[0].contains("Content-Length: 17\r\n"))
      #expect(heads[0].contains("Content-Type: application/x-www-form-urlencoded\r\n"))
      #expect(heads[1].hasPrefix("GET /home "))
    }

    @Test func aFormIsNotRepeatedToAStranger() async throws {
      let stranger = try RawServer { $0.answer() }
      let server = try RawServer {
        $0.readBody()
        $0.answer("307 Temporary Redirect", ["Location: \(stranger.url("/steal"))"])
      }
      defer {
        server.stop()
        stranger.stop()
      }
      let fetcher = try fetcher(ports: [server.port, stranger.port])
      let error = try #require(
        await fetcher.failure(
          FetchRequest(server.url(), purpose: .form, form: [("pass", Secret("hunter2"))])))
      #expect(error.code == .redirectRefused && !error.description.contains("hunter2"))
      #expect(stranger.connections == 0)
    }

    @Test func bandwidthIsSharedAndKept() async throws {
      let body = String(repeating: "x", count: 150_000)
      let server = try RawServer { $0.answer("200 OK", [], body) }
      defer { server.stop() }
      let fetcher = try fetcher(bandwidth: 200_000, ports: [server.port])
      let begin = MonotonicClock.now()
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask { try await fetcher.fetch(FetchRequest(server.url(), purpose: .page)).bodyBytes }
        }
        for try await bytes in group { #expect(bytes == 150_000) }
      }
      // 600 kB at 200 kB a second, one second's worth at once, and what the buffers overdraw.
      let seconds = Double(MonotonicClock.now() - begin) / 1e9
      #expect(seconds > 1.3 && seconds < 10, "\(seconds) s")
    }

    /// localhost has an address of each family; only one of them answers.
    @Test func theOtherFamilyIsTriedToo() async throws {
      let server = try RawServer(host: "127.0.0.1") { $0.answer("200 OK", [], "four") }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(allow: ["127.0.0.0/8", "::1"], ports: [server.port])
      let response = try await fetcher.fetch(
        FetchRequest(WebURL("http://localhost:\(server.port)/")!, purpose: .page))
      #expect(response.remoteAddress == "127.0.0.1")
    }
  }
}
