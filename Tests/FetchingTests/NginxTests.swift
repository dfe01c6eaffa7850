import Foundation
import Testing
import Values

@testable import Fetching

extension Loopback {
  /// libcurl against a real nginx with TLS and HTTP/2.
  @Suite(
    .enabled(
      if: Nginx.obstacle == nil, Comment(rawValue: "needs nginx and openssl: \(Nginx.obstacle ?? "both are there")")),
    .timeLimit(.minutes(1)))
  struct NginxTests {
    private func request(
      _ url: String, _ purpose: FetchRequest.Purpose = .feed, validators: Validators? = nil, http2: Bool? = nil
    ) -> FetchRequest {
      FetchRequest(WebURL(url)!, purpose: purpose, validators: validators, http2: http2)
    }

    @Test func conditionalRequests() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        let first = try await fetcher.fetch(request("https://news.test/feed.xml"))
        #expect(first.status == 200)
        #expect(first.httpVersion == .http2)
        #expect(first.contentType == "application/rss+xml")
        #expect(first.headers["ETag"] != nil && first.headers["Last-Modified"] != nil)
        let second = try await fetcher.fetch(request("https://news.test/feed.xml", validators: first.validators))
        #expect(second.isNotModified)
        #expect(second.body.isEmpty)
        #expect(second.reusedConnection)
        let kept = try #require(first.validators)
        #expect(kept.updated(with: second.validators).lastModified == kept.lastModified)
        let statistics = await fetcher.statistics()
        #expect(statistics.totals.answers == 2 && statistics.totals.notModified == 1)
        #expect(statistics.totals.reusedConnections == 1)
      }
    }

    @Test func compressionIsUndone() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher(limits: .init(expansion: 10_000))
        let response = try await fetcher.fetch(request("https://news.test/page.html", .page))
        #expect(response.headers["Content-Encoding"] == "gzip")
        #expect(response.bodyBytes == 300_000)
        #expect(response.body.allSatisfy { $0 == 0x61 })
        #expect(response.bytesReceived < 10_000)
        let asked = try #require(response.headers["X-Encoding-Asked"])
        #expect(asked.contains("gzip") && asked.contains("br") && asked.contains("zstd"))
      }
    }

    @Test func bombsAreStopped() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        // 300 kB from about 300 bytes: beyond 200:1, above the harmless size.
        #expect(await fetcher.failure(request("https://news.test/page.html", .page))?.code == .ratioExceeded)
        let big = await fetcher.failure(request("http://news.test/bomb.html", .page))
        #expect([.bodyTooLarge, .ratioExceeded].contains(big?.code))
        let small = try nginx.fetcher(limits: .init(feedBytes: 100_000))
        #expect(await small.failure(request("https://news.test/bomb.html"))?.code == .bodyTooLarge)
        #expect(await small.failure(request("https://news.test/big.txt"))?.code == .bodyTooLarge)
        #expect(try await small.fetch(request("https://news.test/big.txt", .page)).bodyBytes == 2_000_000)
      }
    }

    @Test func redirects() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        let moved = try await fetcher.fetch(request("https://news.test/moved"))
        #expect(moved.status == 200)
        #expect(moved.redirects.map(\.status) == [301])
        #expect(moved.redirects[0].isPermanent)
        #expect(moved.url.description == "https://news.test/feed.xml")
        let upgraded = try await fetcher.fetch(request("http://news.test/upgrade"))
        #expect(upgraded.url.scheme == "https")
        let found = try await fetcher.fetch(request("https://news.test/found"))
        #expect(found.url.host == "other.test" && !found.redirects[0].isPermanent)
        #expect(await fetcher.failure(request("https://news.test/downgrade"))?.code == .redirectRefused)
        #expect(await fetcher.failure(request("https://news.test/loop-a"))?.code == .redirectLoop)
        #expect(await fetcher.failure(request("http://news.test/private"))?.code == .addressRefused)
      }
    }

    @Test func statusesAreAnswers() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        #expect(try await fetcher.fetch(request("https://news.test/nowhere")).status == 404)
        let busy = try await fetcher.fetch(request("https://news.test/busy"))
        #expect(busy.status == 429)
        #expect(RetryAfter.seconds(busy.headers, now: .now()) == 7)
      }
    }

    @Test func manyRequestsShareOneConnection() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        let responses = try await withThrowingTaskGroup(of: FetchResponse.self) { group in
          for index in 0..<100 {
            group.addTask { try await fetcher.fetch(request("https://news.test/feed.xml?\(index)")) }
          }
          return try await group.reduce(into: [FetchResponse]()) { $0.append($1) }
        }
        #expect(responses.allSatisfy { $0.status == 200 && $0.httpVersion == .http2 })
        #expect(Set(responses.compactMap { $0.headers["X-Connection"] }).count == 1)
        #expect(responses.count { !$0.reusedConnection } == 1)
      }
    }

    @Test func http1WhenAsked() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        let response = try await fetcher.fetch(request("https://news.test/feed.xml", http2: false))
        #expect(response.httpVersion == .http1_1)
        let again = try await fetcher.fetch(request("https://news.test/feed.xml", http2: false))
        #expect(again.reusedConnection)
      }
    }

    @Test func certificatesAreVerified() async throws {
      try await Nginx.with { nginx in
        let unknownAuthority = await (try nginx.fetcher(trusted: false)).failure(request("https://news.test/feed.xml"))
        #expect(unknownAuthority?.code == .tls)
        let otherName = await (try nginx.fetcher()).failure(request("https://wrong.test/feed.xml"))
        #expect(otherName?.code == .tls)
        #expect(otherName?.hint != nil)
      }
    }

    @Test func theGuardSeesConnectTo() async throws {
      try await Nginx.with { nginx in
        let fetcher = try Fetcher.forTests(allow: [], connectTo: nginx.connectTo, caFile: nginx.caFile)
        #expect(await fetcher.failure(request("https://news.test/feed.xml"))?.code == .addressRefused)
      }
    }

    @Test func thousandRequests() async throws {
      try await Nginx.with { nginx in
        let fetcher = try nginx.fetcher()
        let begin = MonotonicClock.now()
        await withTaskGroup(of: Int?.self) { group in
          for index in 0..<1000 {
            let scheme = index % 2 == 0 ? "https" : "http"
            group.addTask { try? await fetcher.fetch(request("\(scheme)://news.test/feed.xml?\(index)")).status }
          }
          for await status in group { #expect(status == 200) }
        }
        let seconds = Double(MonotonicClock.now() - begin) / 1e9
        print("1000 requests, 32 at once, half over TLS: \(Int(1000 / seconds)) a second")
        #expect(seconds < 30)
      }
    }
  }
}
