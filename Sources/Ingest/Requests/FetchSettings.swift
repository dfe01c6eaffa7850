public import Configuration
import Fetching
import Values

/// A setting that reads well but cannot be used.
public struct SettingsProblem: Error, Sendable, CustomStringConvertible {
  public let key: String
  public let message: String
  public var section = "fetch"
  /// `file:line:column` of the setting; nil when nobody wrote it.
  public private(set) var place: String?
  public var description: String { (place.map { "\($0): " } ?? "") + "[\(section)] \(key): \(message)" }

  /// The same with the place of the setting.
  public func placed(in settings: Settings) -> SettingsProblem {
    var problem = self
    problem.place = settings.places.place("\(section).\(key)")
    return problem
  }

  /// For messages: beginning with the place, or with the file when nobody wrote the setting.
  public func told(file: String) -> String { place == nil ? "\(file): \(self)" : description }
}

extension FetcherConfiguration {
  /// The fetcher's configuration from the operator's settings.
  init(_ settings: Settings.Fetch, proxy: Proxy?) throws(SettingsProblem) {
    do {
      try self.init(
        userAgent: settings.userAgent ?? "newswire/\(newswireVersion)", contact: settings.contact ?? "",
        connectTo: settings.connectTo, caFile: settings.caFile, allowAddresses: settings.allowAddresses,
        allowPorts: Set(settings.allowPorts), maxConcurrent: settings.concurrency,
        perGroupConcurrency: settings.groupConcurrency, perGroupGap: .seconds(settings.groupGap),
        http2: settings.http2,
        timeouts: Timeouts(connect: .seconds(settings.connectTimeout), total: .seconds(settings.timeout)),
        limits: Limits(feedBytes: settings.feedLimit, pageBytes: settings.pageLimit),
        separateHosts: Set(settings.separateHosts), bandwidth: settings.bandwidth, proxy: proxy)
    } catch {
      throw SettingsProblem(key: error.key, message: "\(error.value): \(error.message)")
    }
  }
}

/// The proxies that the operator has set.
struct Proxies: Sendable {
  let all: Proxy?
  private let byPublisher: [String: Proxy.Choice]

  init(_ settings: Settings.Fetch, credentials: CredentialFolder) throws(SettingsProblem) {
    var login: (user: Secret, password: Secret)?
    if let name = settings.proxyCredential {
      do { login = try credentials.userAndPassword(name) } catch {
        throw SettingsProblem(key: "proxy_credential", message: "\(error.message); \(error.hint)")
      }
    }
    func proxy(_ text: String, _ key: String) throws(SettingsProblem) -> Proxy {
      do { return try Proxy(text, user: login?.user, password: login?.password) } catch {
        // Without the text: it may hold what must not be shown.
        throw SettingsProblem(key: key, message: error.message)
      }
    }
    var all: Proxy?
    if let text = settings.proxy { all = try proxy(text, "proxy") }
    var byPublisher: [String: Proxy.Choice] = [:]
    for entry in settings.proxies {
      byPublisher[entry.publisher] =
        entry.address.isEmpty ? .direct : .through(try proxy(entry.address, "proxies.\(entry.publisher)"))
    }
    self.all = all
    self.byPublisher = byPublisher
  }

  func choice(for publisher: String) -> Proxy.Choice { byPublisher[publisher] ?? .configured }

  /// Fit for logs; nil for none.
  func name(for publisher: String) -> String? {
    switch choice(for: publisher) {
    case .configured: all?.description
    case .direct: nil
    case .through(let proxy): proxy.description
    }
  }
}
