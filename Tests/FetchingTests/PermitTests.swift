import Foundation
import Synchronization
import Testing
import Values

@testable import Fetching

extension Loopback {
  /// Rate groups that are somebody else's to ask.
  @Suite(.timeLimit(.minutes(1))) struct PermitTests {
    /// The groups that may be asked, as another thread grants and takes them.
    final class Permits: Sendable {
      private let groups: Mutex<Set<String>>
      init(_ groups: Set<String>) { self.groups = Mutex(groups) }
      func grant(_ group: String) { groups.withLock { _ = $0.insert(group) } }
      func take(_ group: String) { groups.withLock { _ = $0.remove(group) } }
      func contains(_ group: String) -> Bool { groups.withLock { $0.contains(group) } }
    }

    private func fetcher(_ ports: Set<Int>, concurrency: Int = 8, _ permits: Permits?) throws -> Fetcher {
      let configuration = try FetcherConfiguration(
        userAgent: "newswire/1.0", contact: "https://news.test/bot", allowAddresses: ["127.0.0.2", "127.0.0.3"],
        allowPorts: ports, perGroupConcurrency: concurrency, perGroupGap: .zero, timeouts: .init(total: .seconds(20)))
      guard let permits else { return Fetcher(configuration) }
      return Fetcher(configuration, permits: { permits.contains($0) })
    }

    private func until(_ condition: () async -> Bool) async throws {
      while !(await condition()) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func nothingIsAskedOfAGroupThatIsNotOurs() async throws {
      let server = try RawServer { $0.answer("200 OK", [], "done") }
      defer { server.stop() }
      let group = RateGroup.name(for: server.url())
      let permits = Permits([])
      let fetcher = try fetcher([server.port], permits)
      let error = try #require(await fetcher.failure(FetchRequest(server.url(), purpose: .page)))
      #expect(error.code == .notOurs && error.group == group && error.message.contains(group) && !error.isLocal)
      #expect(server.connections == 0)
      permits.grant(group)
      #expect(try await fetcher.fetch(FetchRequest(server.url(), purpose: .page)).status == 200)
      #expect(await fetcher.statistics().totals.failures == ["not-ours": 1])
    }

    /// Each hop is asked about, whether it leads into another group or stays in the first.
    @Test(arguments: [true, false]) func aRedirectIsAskedAbout(leavesTheGroup: Bool) async throws {
      let other = try RawServer(host: "127.0.0.3") { $0.answer("200 OK", [], "done") }
      defer { other.stop() }
      let permits = Permits([])
      let target = other.url()
      let server = try RawServer { exchange in
        let own = "127.0.0.2:\(exchange.text.split(separator: ":").last!.prefix { $0.isNumber })"
        if !leavesTheGroup { permits.take(own) }
        exchange.answer("302 Found", ["Location: " + (leavesTheGroup ? target.description : "/next")])
      }
      defer { server.stop() }
      let group = RateGroup.name(for: server.url())
      permits.grant(group)
      let fetcher = try fetcher([server.port, other.port], permits)
      let request = FetchRequest(server.url(), purpose: .page, headers: [("X-Port", ":\(server.port)")])
      let error = try #require(await fetcher.failure(request))
      #expect(error.code == .notOurs)
      #expect(error.group == (leavesTheGroup ? RateGroup.name(for: target) : group))
      #expect(server.requests.count == 1 && other.connections == 0)
      let statistics = await fetcher.statistics()
      #expect(statistics.groups.isEmpty && statistics.inFlight == 0)
    }

    /// A permission that ends by itself ends the request, though nobody says so.
    @Test func whatIsUnderWayEndsWithThePermission() async throws {
      let server = try RawServer { $0.waitForClose(seconds: 20) }
      defer { server.stop() }
      let group = RateGroup.name(for: server.url())
      let permits = Permits([group])
      let fetcher = try fetcher([server.port], concurrency: 1, permits)
      let running = Task { await fetcher.failure(FetchRequest(server.url("/1"), purpose: .page)) }
      try await until { !server.requests.isEmpty }
      let waiting = Task { await fetcher.failure(FetchRequest(server.url("/2"), purpose: .page)) }
      try await until { await fetcher.statistics().waiting == 1 }
      permits.take(group)
      let begin = MonotonicClock.now()
      let errors = [await running.value, await waiting.value]
      #expect(MonotonicClock.now() - begin < 1_500_000_000)
      for error in errors { #expect(error?.code == .notOurs && error?.group == group) }
      #expect(server.requests.count == 1)
      #expect(await fetcher.statistics().inFlight == 0)
    }

    @Test func cancellingAGroupLeavesTheOthers() async throws {
      let released = Permits([])
      let server = try RawServer { $0.waitForClose(seconds: 20) }
      let other = try RawServer(host: "127.0.0.3") { exchange in
        while !released.contains("go") { usleep(5000) }
        exchange.answer("200 OK", [], "done")
      }
      defer {
        server.stop()
        other.stop()
      }
      let fetcher = try fetcher([server.port, other.port], concurrency: 1, nil)
      let running = Task { await fetcher.failure(FetchRequest(server.url("/1"), purpose: .page)) }
      let kept = Task { try await fetcher.fetch(FetchRequest(other.url(), purpose: .page)) }
      try await until { !server.requests.isEmpty && !other.requests.isEmpty }
      let waiting = Task { await fetcher.failure(FetchRequest(server.url("/2"), purpose: .page)) }
      try await until { await fetcher.statistics().waiting == 1 }
      await fetcher.cancel(group: RateGroup.name(for: server.url()))
      #expect(await running.value?.code == .notOurs)
      #expect(await waiting.value?.code == .notOurs)
      released.grant("go")
      #expect(try await kept.value.status == 200)
      // The group is open again, once the server has had a second to end what was broken off: cancelling is not
      // refusing.
      let began = MonotonicClock.now()
      let again = Task { await fetcher.failure(FetchRequest(server.url("/3"), purpose: .page)) }
      try await until { server.requests.count == 2 }
      #expect(MonotonicClock.now() - began > 700_000_000)
      again.cancel()
      #expect(await again.value?.code == .cancelled)
    }

    /// What the kernel has of a request that is given up is not sent later, when the other side takes it at last.
    @Test func nothingIsSentAfterwards() async throws {
      let released = Permits([])
      let received = Mutex<(bytes: Int, end: Int)?>(nil)
      let server = try RawServer { exchange in
        // Reads nothing: the form stays with the kernels of both sides.
        while !released.contains("go") { usleep(5000) }
        let result = exchange.readToEnd()
        received.withLock { $0 = result }
      }
      defer { server.stop() }
      let fetcher = try fetcher([server.port], concurrency: 1, nil)
      let form = [("text", Secret(String(repeating: "x", count: 2 << 20)))]
      let task = Task { await fetcher.failure(FetchRequest(server.url(), purpose: .form, form: form)) }
      try await until { !server.requests.isEmpty }
      // libcurl waits a second for the server to say that it wants so large a form.
      try await Task.sleep(for: .milliseconds(2000))
      await fetcher.cancel(group: RateGroup.name(for: server.url()))
      #expect(await task.value?.code == .notOurs)
      released.grant("go")
      try await until { received.withLock { $0 != nil } }
      let result = try #require(received.withLock { $0 })
      // A reset: after an orderly end, what was waiting would have come first.
      #expect(result.end == -1, "\(result.bytes) bytes came")
    }

    /// Where nobody is left to give a request up, the kernel does: here one that the server has no room for.
    @Test func deliveryHasALimit() async throws {
      let released = Permits([])
      let server = try RawServer { exchange in
        while !released.contains("go") { usleep(5000) }
      }
      defer {
        released.grant("go")
        server.stop()
      }
      let configuration = try FetcherConfiguration(
        userAgent: "newswire/1.0", contact: "https://news.test/bot", allowAddresses: ["127.0.0.2"],
        allowPorts: [server.port], timeouts: .init(total: .seconds(20)))
      let fetcher = Fetcher(configuration, deliveryLimit: .milliseconds(500))
      let form = [("text", Secret(String(repeating: "x", count: 8 << 20)))]
      let begin = MonotonicClock.now()
      let error = try #require(await fetcher.failure(FetchRequest(server.url(), purpose: .form, form: form)))
      // libcurl waits a second for the server to say that it wants so large a form.
      #expect(MonotonicClock.now() - begin < 10_000_000_000, "\(error)")
      #expect(error.code == .undelivered && !error.isLocal, "\(error)")
    }

    /// What is not ours says nothing about an origin's robots.txt.
    @Test func robotsStayUnknown() throws {
      var cache = RobotsCache(agent: "newswire")
      let url = try #require(WebURL("https://news.test/a"))
      let error = FetchError(.notOurs, url: url, message: "")
      cache.record(.failure(error), for: url, now: Timestamp(seconds: 1000))
      #expect(cache.decision(for: url, now: Timestamp(seconds: 1001)) == .unknown(url: RobotsCache.robotsURL(for: url)))
    }
  }
}
