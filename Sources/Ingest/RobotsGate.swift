import Fetching
import Values

/// Asks a site's robots.txt before a page is fetched (RFC 9309): one request a site, shared by all who wait for it.
actor RobotsGate {
  private let fetcher: Fetcher
  private var cache: RobotsCache
  private var asking: [String: Task<Void, Never>] = [:]

  /// - Parameter agent: the product token of our User-Agent, which rules are looked up by.
  init(fetcher: Fetcher, agent: String) {
    self.fetcher = fetcher
    cache = RobotsCache(agent: agent)
  }

  /// Whether the page may be fetched, and how long the site wants between two requests, in seconds.
  func decision(for url: WebURL, allowPorts: Set<Int>) async -> (isAllowed: Bool, delay: Double?) {
    // The second look finds the answer of the first, or, when that could not be had, the refusal that stands for it.
    for _ in 0..<2 {
      switch cache.decision(for: url, now: .now()) {
      case .allowed(let delay): return (true, delay)
      case .disallowed: return (false, nil)
      case .unknown(let file):
        let task = asking[url.origin] ?? ask(file, for: url, allowPorts)
        await task.value
      }
    }
    return (false, nil)
  }

  private func ask(_ file: WebURL, for url: WebURL, _ allowPorts: Set<Int>) -> Task<Void, Never> {
    let task = Task { [fetcher] in
      let answer: (status: Int, body: [UInt8], headers: HeaderFields)?
      do throws(FetchError) {
        let response = try await fetcher.fetch(
          FetchRequest(file, purpose: .robots, priority: 10, allowPorts: allowPorts))
        answer = (response.status, response.body, response.headers)
      } catch {
        answer = nil
      }
      self.record(answer, for: url)
    }
    asking[url.origin] = task
    return task
  }

  private func record(_ answer: (status: Int, body: [UInt8], headers: HeaderFields)?, for url: WebURL) {
    cache.record(answer, for: url, now: .now())
    asking[url.origin] = nil
    if cache.count > 10_000 { cache.removeExpired(now: .now()) }
  }
}
