public import Configuration
import Fetching
public import Manifest
public import Values

/// Single pages for the tools of people, by the daemon's settings, manners and guards: robots.txt, distance between two
/// requests, address guard, limits. A process of its own, so its politeness is counted apart from a running daemon's.
public final class PoliteClient: Sendable {
  public struct Answer: Sendable {
    /// After redirects.
    public var url: WebURL
    public var status: Int
    public var contentType: String?
    public var body: [UInt8]
  }

  /// Why there is no answer, and what to do.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let message: String
    public let hint: String?
    public var description: String { [message, hint].compactMap { $0 }.joined(separator: "; ") }
  }

  private let fetcher: Fetcher
  private let robots: RobotsGate
  private let proxies: Proxies
  private let obeysRobots: Bool

  public init(settings: Settings) throws(SettingsProblem) {
    let configuration: FetcherConfiguration
    do throws(SettingsProblem) {
      proxies = try Proxies(settings.fetch, credentials: CredentialFolder(path: settings.paths.credentials))
      configuration = try FetcherConfiguration(settings.fetch, proxy: proxies.all)
    } catch {
      throw error.placed(in: settings)
    }
    fetcher = Fetcher(configuration)
    robots = RobotsGate(fetcher: fetcher, agent: configuration.productToken)
    obeysRobots = settings.fetch.robots
  }

  /// Fetches one document. Statuses other than 2xx are failures. `asFeed` is for lists of articles, which robots.txt
  /// does not decide on and which may be larger.
  public func get(
    _ url: WebURL, asFeed: Bool = false, for manifest: Manifest? = nil
  ) async throws(Failure) -> Answer {
    var request = FetchRequest(
      url, purpose: asFeed ? .feed : .page, headers: manifest?.fetch.headers ?? [],
      concurrency: manifest?.fetch.concurrency, gap: manifest?.fetch.gap.map { .seconds($0) },
      allowPorts: [url.effectivePort], proxy: proxies.choice(for: manifest?.publisher.id ?? ""))
    if !asFeed, obeysRobots, manifest?.fetch.respectRobots ?? true {
      var delay: Double?
      switch await robots.decision(for: request) {
      case .allowed(let wanted): delay = wanted
      case .refused: throw Failure(message: "\(url): robots.txt does not allow the page", hint: nil)
      case .unreachable(_, _, let error?):
        throw Failure(
          message: error.code == .addressRefused
            ? error.description
            : "\(url): robots.txt cannot be had, so no page may be (RFC 9309): \(error.description)", hint: nil)
      case .unreachable(let seconds, let status, nil):
        throw Failure(
          message: "\(url): robots.txt cannot be had, so no page may be (RFC 9309)"
            + (status.map { ": the server answered \($0)" } ?? ""),
          hint: "try again in \(seconds.spokenSeconds)")
      case .unknown(let error): throw Failure(message: error.description, hint: nil)
      }
      if let delay { request.gap = max(request.gap ?? .zero, .seconds(min(delay, 30))) }
      let page = request
      request.redirectCheck = robots.check(redirectsOf: page) { [fetcher] in fetcher.group(of: page, at: $0) }
    }
    let response: FetchResponse
    do throws(FetchError) {
      response = try await fetcher.fetch(request)
    } catch {
      throw Failure(message: error.description, hint: nil)
    }
    guard response.isSuccess else {
      throw Failure(
        message: "\(FetchError.redacted(url)): the server answered \(response.status)\(Ingester.meaning(response))",
        hint: response.status == 404 ? "check the address" : nil)
    }
    return Answer(
      url: response.url, status: response.status, contentType: response.contentType, body: response.body)
  }

  public func close() async { await fetcher.shutdown(grace: .zero) }
}
