import Foundation
import Testing
import Values

@testable import Fetching

extension Loopback {
  /// Cancellation, shutdown, politeness in time, and the thread's own life.
  @Suite(.timeLimit(.minutes(1))) struct LifecycleTests {
    @Test func cancelARunningTransfer() async throws {
      let server = try RawServer { $0.waitForClose(seconds: 20) }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let task = Task { await fetcher.failure(FetchRequest(server.url(), purpose: .page)) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      let begin = MonotonicClock.now()
      task.cancel()
      #expect(await task.value?.code == .cancelled)
      #expect(MonotonicClock.now() - begin < 1_000_000_000)
      #expect(await fetcher.statistics().inFlight == 0)
    }

    /// A cancellation at any moment, also before the start, ends the fetch; none is lost.
    @Test func cancelAtAnyMoment() async throws {
      let server = try RawServer { $0.waitForClose(seconds: 20) }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], concurrency: 100)
      let begin = MonotonicClock.now()
      await withTaskGroup(of: FetchError?.self) { group in
        for index in 0..<200 {
          group.addTask {
            let task = Task { await fetcher.failure(FetchRequest(server.url(), purpose: .page)) }
            if index % 4 > 0 { try? await Task.sleep(for: .microseconds(index * 40)) }
            task.cancel()
            return await task.value
          }
        }
        for await error in group { #expect(error?.code == .cancelled) }
      }
      #expect(MonotonicClock.now() - begin < 8_000_000_000)
      let statistics = await fetcher.statistics()
      #expect(statistics.inFlight == 0 && statistics.waiting == 0 && statistics.groups.isEmpty)
      #expect(statistics.totals.failures == ["cancelled": 200])
    }

    @Test func cancelWhileWaitingForTheGroup() async throws {
      let server = try RawServer { $0.waitForClose(seconds: 20) }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], concurrency: 1)
      let first = Task { await fetcher.failure(FetchRequest(server.url("/1"), purpose: .page)) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      let second = Task { await fetcher.failure(FetchRequest(server.url("/2"), purpose: .page)) }
      while await fetcher.statistics().waiting == 0 { try await Task.sleep(for: .milliseconds(5)) }
      second.cancel()
      #expect(await second.value?.code == .cancelled)
      first.cancel()
      #expect(await first.value?.code == .cancelled)
      #expect(server.requests.count == 1)
    }

    @Test func shutdownWithGrace() async throws {
      let server = try RawServer { exchange in
        if exchange.path == "/quick" { usleep(300_000) } else { exchange.waitForClose(seconds: 20) }
        exchange.answer("200 OK", [], "done")
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], concurrency: 2)
      let quick = Task { try await fetcher.fetch(FetchRequest(server.url("/quick"), purpose: .page)) }
      let stuck = Task { await fetcher.failure(FetchRequest(server.url("/stuck"), purpose: .page)) }
      while server.requests.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
      let waiting = Task { await fetcher.failure(FetchRequest(server.url("/waiting"), purpose: .page)) }
      while await fetcher.statistics().waiting == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let begin = MonotonicClock.now()
      async let other: Void = fetcher.shutdown(grace: .seconds(30))
      await fetcher.shutdown(grace: .milliseconds(1000))
      await other
      let elapsed = MonotonicClock.now() - begin
      #expect(elapsed > 500_000_000 && elapsed < 4_000_000_000)
      #expect(try await quick.value.status == 200)
      #expect(await stuck.value?.code == .shutdown)
      #expect(await waiting.value?.code == .shutdown)
      #expect(await fetcher.failure(FetchRequest(server.url(), purpose: .page))?.code == .shutdown)
      await fetcher.shutdown(grace: .zero)
      #expect(server.requests.count == 2)
    }

    /// Two requests for one host over plain HTTP run side by side, though HTTP/2 is on.
    @Test func plainRequestsDoNotWaitForEachOther() async throws {
      let server = try RawServer { exchange in
        if exchange.path == "/stuck" { exchange.waitForClose(seconds: 20) }
        exchange.answer("200 OK", [], "done")
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let stuck = Task { await fetcher.failure(FetchRequest(server.url("/stuck"), purpose: .page)) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      #expect(try await fetcher.fetch(FetchRequest(server.url("/quick"), purpose: .page)).duration < .seconds(2))
      stuck.cancel()
      #expect(await stuck.value?.code == .cancelled)
    }

    @Test func shutdownBeforeAnything() async throws {
      let fetcher = try Fetcher.forTests()
      await fetcher.shutdown(grace: .seconds(10))
    }

    @Test func gapBetweenStarts() async throws {
      let server = try RawServer { $0.answer() }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], gap: .milliseconds(150))
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<4 {
          group.addTask { _ = try? await fetcher.fetch(FetchRequest(server.url("/\(index)"), purpose: .page)) }
        }
      }
      let times = server.arrivals.sorted()
      #expect(times.count == 4)
      // Starts keep the gap exactly; a busy machine may bring arrivals closer together, but not all of them.
      #expect(try #require(times.last) - #require(times.first) > 300_000_000)
    }

    /// Handles are used again: nothing of one request may show in the next.
    @Test func aRequestLeavesNothingBehind() async throws {
      let server = try RawServer { exchange in
        if exchange.text.hasPrefix("POST") { exchange.readBody() }
        if exchange.path == "/broken" { return _ = exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1") }
        exchange.answer("200 OK", ["Set-Cookie: seen=1; Path=/", "ETag: \"1\""], "body")
      }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], concurrency: 1)
      let plain = FetchRequest(server.url("/plain"), purpose: .page)
      let first = try await fetcher.fetch(plain)
      let rich = [
        FetchRequest(server.url("/1"), purpose: .feed, headers: [("X-Key", "key"), ("Cookie", "a=b")]),
        FetchRequest(
          server.url("/2"), purpose: .feed, validators: Validators(etag: "\"1\"", lastModified: nil), http2: false),
        FetchRequest(server.url("/3"), purpose: .page, keepsCookies: true),
        FetchRequest(server.url("/4"), purpose: .form, form: [("name", Secret("value"))]),
      ]
      for request in rich {
        _ = try await fetcher.fetch(request)
        let response = try await fetcher.fetch(plain)
        #expect(response.status == 200 && response.body == Array("body".utf8))
        #expect(response.bytesReceived == first.bytesReceived && response.reusedConnection == first.reusedConnection)
      }
      #expect(await fetcher.failure(FetchRequest(server.url("/broken"), purpose: .page)) != nil)
      _ = try await fetcher.fetch(plain)
      let heads = server.requests.map { String(decoding: $0, as: UTF8.self) }.filter { $0.contains("/plain") }
      #expect(heads.count == 6)
      for head in heads { #expect(head == heads[0]) }
    }

    @Test func holdDelaysTheGroup() async throws {
      let server = try RawServer { $0.answer() }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port])
      let begin = MonotonicClock.now()
      await fetcher.hold(group: RateGroup.name(for: server.url()), for: .milliseconds(300))
      let response = try await fetcher.fetch(FetchRequest(server.url(), purpose: .page))
      #expect(MonotonicClock.now() - begin >= 300_000_000)
      #expect(response.waited > .zero)
    }

    @Test func aLongHoldEndsRequestsInsteadOfKeepingThem() async throws {
      let server = try RawServer { $0.answer() }
      defer { server.stop() }
      let fetcher = try Fetcher.forTests(ports: [server.port], gap: .seconds(20))
      let group = RateGroup.name(for: server.url())
      _ = try await fetcher.fetch(FetchRequest(server.url(), purpose: .page))
      // Waits for the gap; the hold that comes meanwhile lets it go.
      async let waiting = fetcher.failure(FetchRequest(server.url(), purpose: .page))
      while await fetcher.statistics().waiting == 0 { try await Task.sleep(for: .milliseconds(5)) }
      await fetcher.hold(group: group, for: .seconds(3600))
      let first = try #require(await waiting)
      let second = try #require(await fetcher.failure(FetchRequest(server.url(), purpose: .page)))
      for error in [first, second] {
        #expect(error.code == .held)
        #expect(try #require(error.heldFor) > .seconds(3590))
      }
      #expect(try #require(await fetcher.holdLeft(group: group)) > .seconds(3590))
      #expect(await fetcher.holdLeft(group: "other.test") == nil)
      #expect(server.requests.count == 1)
    }

    @Test func progressAdvances() async throws {
      let fetcher = try Fetcher.forTests()
      let before = fetcher.progress
      _ = await fetcher.statistics()
      // A turn counts when it is over.
      try await Task.sleep(for: .milliseconds(200))
      #expect(fetcher.progress > before)
    }

    @Test func threadsEndWithTheirFetchers() async throws {
      func threads() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
      let before = try threads()
      var fetchers = try (0..<50).map { _ in try Fetcher.forTests() }
      for fetcher in fetchers { _ = await fetcher.statistics() }
      #expect(try threads() >= before + 40)
      fetchers = []
      var left = try threads()
      for _ in 0..<200 where left >= before + 25 {
        try await Task.sleep(for: .milliseconds(10))
        left = try threads()
      }
      #expect(left < before + 25)
    }
  }
}
