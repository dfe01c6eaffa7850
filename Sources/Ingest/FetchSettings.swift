import Configuration
import Fetching
import Values

/// A setting that reads well but cannot be used.
public struct SettingsProblem: Error, Sendable, CustomStringConvertible {
  public let key: String
  public let message: String
  public var description: String { "[fetch] \(key): \(message)" }
}

extension FetcherConfiguration {
  /// The fetcher's configuration from the operator's settings.
  init(_ settings: Settings.Fetch) throws(SettingsProblem) {
    do {
      try self.init(
        userAgent: settings.userAgent ?? "newswire/\(newswireVersion)", contact: settings.contact ?? "",
        connectTo: settings.connectTo, caFile: settings.caFile, allowAddresses: settings.allowAddresses,
        allowPorts: Set(settings.allowPorts), maxConcurrent: settings.concurrency,
        perGroupConcurrency: settings.groupConcurrency, perGroupGap: .seconds(settings.groupGap),
        http2: settings.http2,
        timeouts: Timeouts(connect: .seconds(settings.connectTimeout), total: .seconds(settings.timeout)),
        limits: Limits(feedBytes: settings.feedLimit, pageBytes: settings.pageLimit))
    } catch {
      throw SettingsProblem(key: error.key, message: "\(error.value): \(error.message)")
    }
  }
}
