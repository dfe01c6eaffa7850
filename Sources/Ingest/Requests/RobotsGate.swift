import Fetching
import Values

/// Asks a site's robots.txt before a page is fetched (RFC 9309): one request a site, shared by all who wait for it.
actor RobotsGate {
  enum Decision: Sendable {
    /// How long the site wants between two requests, in seconds.
    case allowed(delay: Double?)
    case refused
    /// The site's server cannot give the file now. It is asked again after so many seconds. The status is what it
    /// answered instead; where it did not answer, the reason is told to the one who asked for the file.
    case unreachable(seconds: Int, status: Int?, because: FetchError?)
    /// The file could not be asked for, for a reason on this side: nothing is known, and nobody is to blame.
    case unknown(FetchError)
  }

  typealias Fetch = @Sendable (FetchRequest) async throws(FetchError) -> FetchResponse
  /// Told of an answer without a file and of the request that it is to: the server may want a rest.
  typealias Refusal = @Sendable (FetchResponse, FetchRequest) async -> Void

  private let fetch: Fetch
  private let clock: @Sendable () -> Timestamp
  private var cache: RobotsCache
  private var asking: [String: Task<FetchError?, Never>] = [:]

  /// - Parameter agent: the product token of our User-Agent, which rules are looked up by.
  init(fetcher: Fetcher, agent: String) {
    self.init(agent: agent) { request throws(FetchError) in try await fetcher.fetch(request) }
  }

  init(agent: String, clock: @escaping @Sendable () -> Timestamp = { .now() }, fetch: @escaping Fetch) {
    self.fetch = fetch
    self.clock = clock
    cache = RobotsCache(agent: agent)
  }

  /// Whether the page may be fetched. The file is asked for the way the page would be: through the same proxy, with the
  /// same ports and HTTP version.
  func decision(for page: FetchRequest, refused: @escaping Refusal = { _, _ in }) async -> Decision {
    var failure: FetchError?
    // The second look finds the answer of the first, or what stands for it. Only when the clock was set meanwhile there
    // is none.
    for _ in 0..<3 {
      switch known(page.url) {
      case .unreachable(let seconds, let status, _)?:
        return .unreachable(seconds: seconds, status: status, because: failure)
      case let decision?: return decision
      case nil:
        if let failure { return .unknown(failure) }
        let task = asking[page.url.origin] ?? ask(for: page, refused)
        failure = await task.value
      }
    }
    return .unreachable(seconds: 1, status: nil, because: failure)
  }

  /// Holds each redirect of a page to the file of where it leads: robots.txt speaks of addresses, however they were
  /// come by.
  /// - Parameter group: the rate group of an address that the page has been redirected to.
  nonisolated func check(
    redirectsOf page: FetchRequest, refused: @escaping Refusal = { _, _ in },
    group: @escaping @Sendable (WebURL) -> String
  ) -> RedirectCheck {
    RedirectCheck(
      known: { url in
        let decision = await self.known(url)
        return decision.map { Self.verdict($0, on: url) }
      },
      ask: { url in
        var hop = page
        (hop.url, hop.group) = (url, group(url))
        // Ports that the plugin names are open at its own host.
        if url.host != page.url.host { hop.allowPorts = [] }
        return Self.verdict(await self.decision(for: hop, refused: refused), on: url)
      })
  }

  private func known(_ url: WebURL) -> Decision? {
    switch cache.decision(for: url, now: clock()) {
    case .allowed(let delay): .allowed(delay: delay)
    case .disallowed: .refused
    case .unreachable(let seconds, let status): .unreachable(seconds: Int(seconds), status: status, because: nil)
    case .unknown: nil
    }
  }

  private static func verdict(_ decision: Decision, on url: WebURL) -> RedirectCheck.Verdict {
    switch decision {
    case .allowed: return .success(())
    case .refused:
      return .failure(
        FetchError(.robots, url: url, message: "robots.txt does not allow \(FetchError.redacted(url)), where it leads"))
    case .unreachable(_, _, let error?) where error.code == .addressRefused: return .failure(told(error, of: url))
    case .unreachable(let seconds, let status, let error):
      let reason = error?.message ?? status.map { "the server answered \($0)" }
      var unreachable = FetchError(
        .robotsUnreachable, url: url,
        message: "robots.txt of \(url.host), where it leads, cannot be had" + (reason.map { ": \($0)" } ?? ""))
      unreachable.heldFor = .seconds(seconds)
      return .failure(unreachable)
    case .unknown(let error): return .failure(told(error, of: url))
    }
  }

  /// It is the page that is fetched, and may be left to a node that fetches there.
  private static func told(_ error: FetchError, of url: WebURL) -> FetchError {
    var error = error
    error.url = FetchError.redacted(url)
    if error.target != nil { error.target = url }
    return error
  }

  /// The sitemaps that the site's file names, once it is known.
  func sitemaps(for page: FetchRequest, refused: @escaping Refusal = { _, _ in }) async -> [WebURL] {
    _ = await decision(for: page, refused: refused)
    return cache.sitemaps(for: page.url).compactMap { WebURL($0, relativeTo: page.url) }
  }

  private func ask(for page: FetchRequest, _ refused: @escaping Refusal) -> Task<FetchError?, Never> {
    let request = FetchRequest(
      RobotsCache.robotsURL(for: page.url), purpose: .robots, group: page.group, priority: page.priority + 1,
      concurrency: page.concurrency,
      gap: page.gap,
      allowPorts: page.allowPorts, http2: page.http2, proxy: page.proxy)
    let task = Task { [fetch] in
      let outcome: Result<FetchResponse, FetchError>
      do throws(FetchError) { outcome = .success(try await fetch(request)) } catch { outcome = .failure(error) }
      if case .success(let response) = outcome, !response.isSuccess { await refused(response, request) }
      return self.record(outcome, for: page.url)
    }
    asking[page.url.origin] = task
    return task
  }

  private func record(_ outcome: Result<FetchResponse, FetchError>, for url: WebURL) -> FetchError? {
    cache.record(outcome, for: url, now: clock())
    asking[url.origin] = nil
    if cache.count > 10_000 { cache.removeExpired(now: clock()) }
    guard case .failure(let error) = outcome else { return nil }
    return error
  }
}
