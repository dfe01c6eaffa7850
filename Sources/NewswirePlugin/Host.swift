public import Values
import WorkerProtocol

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The daemon as a plugin sees it while it does a job: who the publisher is, pages on request, and a log.
public final class Host {
  /// The publisher as plugin.toml has it.
  public struct Publisher: Sendable, Equatable {
    public var id = ""
    public var name = ""
    public var url: WebURL?
    public var hosts: [String] = []
    /// BCP 47.
    public var language = ""
    /// IANA name.
    public var zone = ""
  }

  public enum Level: Int, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7
  }

  public internal(set) var publisher = Publisher()
  /// [program.settings] of plugin.toml.
  public internal(set) var settings: [String: String] = [:]
  var ask: (WebURL) throws -> Page
  var write: (String) -> Void

  init(ask: @escaping (WebURL) throws -> Page, write: @escaping (String) -> Void) {
    self.ask = ask
    self.write = write
  }

  /// Has the daemon fetch a page of this plugin's own publisher, with its manners, guards and credentials; that may
  /// take a while. Any status is an answer. Throws `PluginError` where the daemon does not fetch it: another
  /// publisher's address, robots.txt, no answer, more than twenty pages in one job.
  public func fetch(_ url: WebURL) throws -> Page { try ask(url) }

  /// Writes a line to the daemon's log.
  public func log(_ level: Level = .info, _ text: String) { write("<\(level.rawValue)>\(text)\n") }
}

/// Writes all of the text to standard error, which the daemon reads.
func writeToLog(_ text: String) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(2, $0.baseAddress!, $0.count) }
    if count < 0, errno != EINTR { return }
    if count > 0 { rest = rest.dropFirst(count) }
  }
}

func exitProgram(_ status: Int32) -> Never { exit(status) }

func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
