import Foundation
import Testing
import Values

@testable import Fetching

extension Loopback {
  /// libcurl against servers that break the rules, on loopback.
  @Suite struct HostileServerTests {
    @Test func aPlainAnswer() async throws {
      let server = try RawServer { $0.answer("200 OK", ["ETag: \"x\"", "Last-Modified: some day"], "hello") }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let response = try await fetcher.fetch(FetchRequest(server.url("/a?b#c"), purpose: .feed))
      #expect(response.status == 200)
      #expect(response.body == Array("hello".utf8))
      #expect(response.httpVersion == .http1_1)
      #expect(response.remoteAddress == "127.0.0.2")
      #expect(!response.reusedConnection)
      #expect(response.validators == Validators(etag: "\"x\"", lastModified: "some day"))
      #expect(response.bytesReceived > response.bodyBytes)
      let head = String(decoding: try #require(server.requests.first), as: UTF8.self)
      #expect(head.hasPrefix("GET /a?b HTTP/1.1\r\n"))
      #expect(head.contains("User-Agent: newswire/1.0 (+https://news.test/bot)\r\n"))
      #expect(head.contains("Accept: application/rss+xml"))
      #expect(!head.contains("If-"))
    }

    @Test func validatorsSurviveARoundTripUnchanged() async throws {
      let tag: [UInt8] = Array("W/\"a,b ".utf8) + [0xE9, 0xFF] + Array("\"".utf8)
      let server = try RawServer { exchange in
        exchange.send(
          Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nETag: ".utf8) + tag
            + Array("\r\n\r\n".utf8)
        )
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let first = try await fetcher.fetch(FetchRequest(server.url(), purpose: .feed))
      _ = try await fetcher.fetch(FetchRequest(server.url(), purpose: .feed, validators: first.validators))
      let head = try #require(server.requests.last)
      let line = Array("If-None-Match: ".utf8) + tag + [13, 10]
      #expect(head.indices.contains { head[$0...].starts(with: line) })
    }

    @Test(arguments: [
      ("truncated", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort", FetchError.Code.truncated),
      ("truncated chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort", .truncated),
      ("nothing", "", .connectionLost),
      ("not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", .protocolError),
      ("bad gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", .encoding),
      (
        "too many encodings",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\nContent-Length: 5\r\n\r\nhello",
        .encoding
      ),
      (
        "a redirect to a file", "HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        .redirectRefused
      ),
      ("a redirect to nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", .badRedirect),
      ("a redirect to itself", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .redirectLoop),
    ]) func brokenAnswers(_ name: String, _ answer: String, _ code: FetchError.Code) async throws {
      let server = try RawServer { $0.send(answer) }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .feed))
      #expect(error?.code == code, "\(name): \(String(describing: error))")
      #expect(error?.isLocal == false)
    }

    @Test func endlessHeaders() async throws {
      let server = try RawServer { exchange in
        exchange.send("HTTP/1.1 200 OK\r\n")
        while exchange.send("X-Filler: " + String(repeating: "x", count: 1000) + "\r\n") {}
      }
      defer { server.stop() }
      let error = await (try Fetcher.forTests(ports: [server.port])).failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .headersTooLarge)
    }

    @Test func endlessChunks() async throws {
      let server = try RawServer { exchange in
        exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while exchange.send("400\r\n" + String(repeating: "x", count: 1024) + "\r\n") {}
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], limits: .init(pageBytes: 100_000, robotsBytes: 5000))
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .bodyTooLarge)
      let robots = try await fetcher.fetch(FetchRequest(server.url("/robots.txt"), purpose: .robots))
      #expect(robots.bodyBytes == 5000)
      #expect(robots.isTruncated)
    }

    @Test func redirectBodiesAreNotKept() async throws {
      let server = try RawServer { exchange in
        if exchange.path == "/end" { return exchange.answer("200 OK", [], "end") }
        exchange.send("HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n")
        while exchange.send("400\r\n" + String(repeating: "x", count: 1024) + "\r\n") {}
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let response = try await fetcher.fetch(FetchRequest(server.url(), purpose: .page))
      #expect(response.body == Array("end".utf8))
      #expect(response.redirects == [.init(status: 302, from: server.url(), to: server.url("/end"))])
      #expect(response.url == server.url("/end"))
    }

    @Test func tooManyRedirects() async throws {
      let server = try RawServer { exchange in
        exchange.answer("302 Found", ["Location: \(exchange.path)x"])
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .tooManyRedirects)
      #expect(server.connections == 6)
    }

    /// A server that sends us on has no more time by that, in all, than one that does not.
    @Test func aChainOfRedirectsHasTheTimeOfOneRequest() async throws {
      let server = try RawServer { exchange in
        usleep(400_000)
        exchange.answer("302 Found", ["Location: \(exchange.path)x"])
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], timeouts: .init(total: .seconds(1)))
      let begin = MonotonicClock.now()
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .timeout)
      #expect(MonotonicClock.now() - begin < 1_900_000_000)
      #expect(server.connections == 3)
    }

    @Test func aChainOfRedirectsHasTheHeaderBytesOfOneRequest() async throws {
      let filler = String(repeating: "x", count: 3000)
      let server = try RawServer { exchange in
        exchange.answer("302 Found", ["Location: \(exchange.path)x", "X-Filler: \(filler)"])
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], limits: .init(headerBytes: 8000))
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .headersTooLarge)
      #expect(server.connections == 3)
    }

    @Test func dripsAreTooSlow() async throws {
      let server = try RawServer { exchange in
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while exchange.send("x") { usleep(100_000) }
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(
        ports: [server.port], timeouts: .init(lowSpeedTime: .seconds(1), lowSpeedLimit: 1000))
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .tooSlow)
    }

    @Test func silenceEnds() async throws {
      let server = try RawServer { $0.waitForClose(seconds: 20) }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], timeouts: .init(total: .milliseconds(300)))
      let begin = MonotonicClock.now()
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .timeout)
      #expect(MonotonicClock.now() - begin < 3_000_000_000)
    }

    @Test func refusedConnection() async throws {
      let server = try RawServer { $0.answer() }
      server.stop()
      usleep(100_000)
      let fetcher = try Fetcher.forTests(ports: [server.port], timeouts: .init(connect: .seconds(2)))
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .connect || error?.code == .timeout)
    }

    @Test func statusesAreAnswers() async throws {
      let server = try RawServer { exchange in
        exchange.answer(String(exchange.path.dropFirst()) + " Status", ["Retry-After: 120"], "why")
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      for status in [400, 404, 410, 429, 500, 503] {
        let response = try await fetcher.fetch(FetchRequest(server.url("/\(status)"), purpose: .page))
        #expect(response.status == status)
        #expect(!response.isSuccess)
        #expect(RetryAfter.seconds(response.headers, now: .now()) == 120)
      }
    }

    @Test func cookiesOnlyWhenAsked() async throws {
      let server = try RawServer { exchange in
        if exchange.text.contains("Cookie: seen=1") { return exchange.answer("200 OK", [], "in") }
        exchange.answer("302 Found", ["Set-Cookie: seen=1; Path=/", "Location: /"])
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let without = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(without?.code == .redirectLoop)
      let response = try await fetcher.fetch(FetchRequest(server.url(), purpose: .page, keepsCookies: true))
      #expect(response.body == Array("in".utf8))
      // Forgotten with the response.
      let again = try await fetcher.fetch(FetchRequest(server.url(), purpose: .page, keepsCookies: true))
      #expect(again.redirects.count == 1)
    }

    /// What is asked in between waits for a place in the same group, which has but one.
    @Test func redirectsAreCheckedBeforeTheyAreFollowed() async throws {
      let server = try RawServer { exchange in
        switch exchange.path {
        case "/known", "/asked", "/refused": exchange.answer("302 Found", ["Location: \(exchange.path)/end"])
        default: exchange.answer("200 OK", [], "in")
        }
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], concurrency: 1)
      let check = RedirectCheck(
        known: { url in url.path == "/known/end" ? .success(()) : nil },
        ask: { url in
          do throws(FetchError) {
            _ = try await fetcher.fetch(FetchRequest(server.url("/robots.txt"), purpose: .robots))
          } catch {
            return .failure(error)
          }
          return url.path == "/asked/end" ? .success(()) : .failure(FetchError(.robots, url: url, message: "no"))
        })
      func request(_ path: String) -> FetchRequest {
        var request = FetchRequest(server.url(path), purpose: .page)
        request.redirectCheck = check
        return request
      }
      for path in ["/known", "/asked"] {
        let response = try await fetcher.fetch(request(path))
        #expect(response.url == server.url(path + "/end") && response.body == Array("in".utf8))
      }
      let refused = await fetcher.failure(request("/refused"))
      #expect(refused?.code == .robots && refused?.url == server.url("/refused/end").description)
      let paths = server.requests.map { String(decoding: $0, as: UTF8.self).split(separator: " ")[1] }
      #expect(paths == ["/known", "/known/end", "/asked", "/robots.txt", "/asked/end", "/refused", "/robots.txt"])
    }

    @Test func credentialsStayAtHome() async throws {
      let stranger = try RawServer { $0.answer("200 OK", [], "stranger") }
      defer { stranger.stop() }
      let home = try RawServer { exchange in
        exchange.answer("302 Found", ["Location: \(exchange.path == "/" ? "/away" : stranger.url("/x").description)"])
      }
      defer { home.stop() }
      let fetcher = try Fetcher.forTests(ports: [stranger.port, home.port])
      let url = WebURL("http://joe:secret@127.0.0.2:\(home.port)/")!
      let request = FetchRequest(url, purpose: .page, headers: [("X-Key", "key"), ("Cookie", "a=b")])
      #expect(try await fetcher.fetch(request).body == Array("stranger".utf8))
      for head in home.requests.map({ String(decoding: $0, as: UTF8.self) }) {
        #expect(head.contains("Authorization: Basic am9lOnNlY3JldA==\r\n"))
        #expect(head.contains("X-Key: key\r\n"))
      }
      #expect(home.requests.count == 2)
      let head = String(decoding: try #require(stranger.requests.first), as: UTF8.self)
      for field in ["Authorization", "X-Key", "Cookie", "Referer"] { #expect(!head.contains(field)) }
    }
  }

  /// Whatever leads to a forbidden address, nothing may arrive there.
  @Suite struct GuardedConnectionTests {
    @Test(arguments: [
      "127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "127.1",
      "0.0.0.0",
      "[::]",
    ]) func directlyAndByRedirect(_ host: String) async throws {
      let victim = try RawServer(host: "127.0.0.1") { $0.answer("200 OK", [], "secret") }
      defer { victim.stop() }
      let target = "http://\(host):\(victim.port)/"
      let server = try RawServer { $0.answer("302 Found", ["Location: \(target)"]) }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port, victim.port])
      for url in [WebURL(target)!, server.url()] {
        let error = await fetcher.failure(FetchRequest(url, purpose: .page))
        // Some forms no resolver takes: then there is no address to refuse.
        #expect([.addressRefused, .nameResolution].contains(error?.code), "\(String(describing: error))")
      }
      #expect(victim.connections == 0)
    }

    @Test func localhostIsRefusedByAddress() async throws {
      let victim = try RawServer(host: "127.0.0.1") { $0.answer() }
      defer { victim.stop() }
      let fetcher = try Fetcher.forTests(ports: [victim.port])
      let error = await fetcher.failure(FetchRequest(WebURL("http://localhost:\(victim.port)/")!, purpose: .page))
      #expect(error?.code == .addressRefused)
      #expect(error?.message.contains("loopback") == true)
      #expect(error?.isLocal == false)
    }

    @Test func portsAreRefused() async throws {
      let server = try RawServer { $0.answer("200 OK", [], "x") }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests()
      let error = await fetcher.failure(FetchRequest(server.url(), purpose: .page))
      #expect(error?.code == .addressRefused)
      #expect(error?.message.contains("port") == true)
      #expect(server.connections == 0)
      let response = try await fetcher.fetch(FetchRequest(server.url(), purpose: .page, allowPorts: [server.port]))
      #expect(response.status == 200)
    }

    @Test func theEnvironmentsProxyIsNotUsed() async throws {
      let proxy = try RawServer { $0.answer("200 OK", [], "proxy") }
      defer { proxy.stop() }
      let server = try RawServer { $0.answer("200 OK", [], "server") }
      defer { server.stop() }
      setenv("http_proxy", "http://127.0.0.2:\(proxy.port)", 1)
      defer { unsetenv("http_proxy") }
      let fetcher = try Fetcher.forTests(ports: [server.port, proxy.port])
      #expect(try await fetcher.fetch(FetchRequest(server.url(), purpose: .page)).body == Array("server".utf8))
      #expect(proxy.connections == 0)
    }
  }
}
