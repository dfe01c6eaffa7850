import Configuration
import Feeds
import Fetching
import Manifest
import Push
import Queue
import Scheduling
import Service
import Store
import Values
import Workers

/// Requests as a publisher's plugin and the operator want them, and what a server's wish for rest does.
extension Ingester {
  /// - Parameter source: the source that is asked, nil for a page.
  func request(
    _ manifest: Manifest, _ url: WebURL, purpose: FetchRequest.Purpose, source: Source? = nil,
    validators: Validators? = nil
  ) -> FetchRequest {
    let policy = manifest.fetch
    var headers = policy.headers
    // Cookies without secrets, for the publisher's own hosts; the fetcher keeps them to the origin.
    if !policy.cookies.isEmpty, manifest.publisher.owns(url.host) {
      headers.append(("Cookie", policy.cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")))
    }
    let group: String? =
      switch policy.group {
      case .domain: nil
      case .host: RateGroup.hostAndPort(url)
      case .named(let name): name
      }
    return FetchRequest(
      url, purpose: purpose, headers: headers, validators: validators, group: group,
      priority: purpose == .feed ? 5 : 0, concurrency: policy.concurrency, gap: policy.gap.map { .seconds($0) },
      allowPorts: ports(of: manifest), http2: source?.http2 ?? policy.http2, keepsCookies: policy.keepsCookies,
      proxy: proxies.choice(for: manifest.publisher.id))
  }

  /// Ports that the plugin itself names; a port found in a page opens nothing.
  func ports(of manifest: Manifest) -> Set<Int> {
    var ports: Set<Int> = []
    // Asked for with every request, of publishers with hundreds of sources too; hardly one of them names a port.
    if let port = manifest.publisher.url.port { ports.insert(port) }
    for source in manifest.sources { if let port = source.url.port { ports.insert(port) } }
    return ports
  }

  /// Sends the request with what the publisher wants to see of its reader, once more when a session has ended.
  func send(_ request: FetchRequest, of manifest: Manifest) async throws(Unsent) -> FetchResponse {
    var request = request
    for attempt in 0..<2 {
      do throws(LoginFailure) {
        let passport = try await logins.passport(manifest, like: request, reading: workers, now: .now())
        request.credential = passport?.credential
        request.jar = passport?.jar
      } catch {
        throw .login(error)
      }
      let response: FetchResponse
      do throws(FetchError) { response = try await fetcher.fetch(request) } catch {
        // A redirect into a group that nobody has been asked about yet.
        guard error.code == .notOurs, attempt == 0, let group = error.group, let url = error.target,
          group != fetcher.group(of: request, at: request.url)
        else {
          throw .fetch(error)
        }
        do throws(NotOurs) { _ = try await right(to: group, gap: manifest.fetch.gap.map { Double($0) }) } catch {
          throw .notOurs(error, url)
        }
        continue
      }
      let isShutOut =
        [401, 403].contains(response.status) || manifest.login?.url.map { response.url.path == $0.path } == true
      guard isShutOut, attempt == 0, await logins.refused(manifest, now: .now()) else { return response }
    }
    preconditionFailure("the second attempt returns or throws")
  }

  /// Why a request brought no answer.
  enum Unsent: Error {
    case fetch(FetchError)
    case login(LoginFailure)
    /// A redirect to this address leads into another node's rate group.
    case notOurs(NotOurs, WebURL)
  }

  // MARK: Rest

  /// Obeys a server's wish for rest, and returns the seconds that the one who asked has to wait at least.
  func obeyRest(_ response: FetchResponse, to request: FetchRequest, of manifest: Manifest) async -> Int? {
    let asked = RetryAfter.seconds(response.headers, now: .now()).map { Int(clamping: $0) }
    if let seconds = Self.groupRest(status: response.status, retryAfter: asked) {
      let group = fetcher.group(of: request, at: response.url)
      await fetcher.hold(group: group, for: .seconds(seconds))
      let until = Timestamp.now().adding(seconds: Int64(seconds))
      holds[group] = until
      if seconds > 30 {
        log.record(
          .groupHeld, "\(group) rests for \(seconds.spokenSeconds)", publisher: manifest.publisher.id,
          url: response.url, status: response.status, outcome: "http-\(response.status)",
          next: "nothing of it is fetched until \(until.rfc3339)", fields: ["group": group])
      }
      // So that a restart does not forget it; when it cannot be kept, only that is lost.
      do throws(LedgerFailure) { try await ledger.saveHold(group: group, until: until) } catch { noteFailure(error) }
      // Before that nothing would be sent.
      return max(seconds, asked ?? 0)
    }
    return asked
  }

  /// The same for what a server answered in place of robots.txt, where it says that it wants a rest. A mere 503 is of
  /// that one file: many send it to robots for ever, and the publisher's feeds need not wait for that.
  func obeying(_ manifest: Manifest) -> RobotsGate.Refusal {
    { [weak self] response, request in
      guard response.status == 429 || response.headers["Retry-After"] != nil else { return }
      _ = await self?.obeyRest(response, to: request, of: manifest)
    }
  }

  /// How long the whole rate group rests after an answer; nil for not at all.
  ///
  /// 429 speaks of the client, and so do those that use 403 with Retry-After for it. 503 may be one route of many
  /// behind a host: it stops the group for five minutes at most, and the one who asked for as long as it says.
  static func groupRest(status: Int, retryAfter: Int?) -> Int? {
    switch status {
    case 429: min(retryAfter ?? 60, Int(Store.longestHold))
    case 403: retryAfter.map { min($0, Int(Store.longestHold)) }
    case 503: min(retryAfter ?? 60, 300)
    default: nil
    }
  }
}

extension Publisher {
  /// Whether the host is one of the publisher's, or below one.
  func owns(_ host: String) -> Bool { hosts.contains { host == $0 || host.hasSuffix("." + $0) } }
}
