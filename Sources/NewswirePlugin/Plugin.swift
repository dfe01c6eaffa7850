// NewswirePlugin: for the programs of plugins in Swift: publishers whose lists or pages rules cannot read. It speaks
// the worker protocol (docs/worker-protocol.md), so that a plugin is one or two functions from bytes to values. It must
// not know the network, files, or how the daemon keeps programs.
public import Articles
public import Values

/// The program of a plugin. Adopt `Discovering`, `Extracting` or both, and mark the type with `@main`:
///
///     @main
///     struct Gazette: Extracting {
///       func article(from page: Page, host: Host) throws -> Article { … }
///     }
///
/// The program runs confined: no network, no other processes, no files but the plugin's own folder and the system's
/// libraries. One job is done at a time; what a function throws is told to the daemon, and the program lives on.
public protocol Plugin {
  init()
}

/// A plugin that reads a publisher's list of articles (sources of kind `program`).
public protocol Discovering: Plugin {
  /// The articles that a source announces. The host keeps apart what is new.
  func items(in list: Page, host: Host) throws -> [Item]
}

/// A plugin that reads article pages.
public protocol Extracting: Plugin {
  /// The article on a page.
  func article(from page: Page, host: Host) throws -> Article
}

/// A document of the publisher, as its server sent it.
public struct Page: Sendable, Equatable {
  /// After redirects.
  public var url: WebURL
  /// The server's Content-Type.
  public var contentType: String?
  /// 200 for the page of a job; any status for pages that the program asked for.
  public var status: Int
  public var body: [UInt8]

  public init(url: WebURL, contentType: String? = nil, status: Int = 200, body: [UInt8]) {
    self.url = url
    self.contentType = contentType
    self.status = status
    self.body = body
  }

  /// The body as UTF-8 text; malformed bytes are replaced.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// The body as JSON.
  public func json() throws -> JSON { try JSON(parsing: body) }
}

/// One article that a list announces.
public struct Item: Sendable, Equatable {
  /// Where the article's page is; on one of the publisher's hosts.
  public var url: WebURL
  public var title: String?
  public var summary: String?
  public var published: Timestamp?
  public var modified: Timestamp?
  public var keywords: [String] = []

  public init(_ url: WebURL, title: String? = nil) {
    self.url = url
    self.title = title
  }
}

/// Why a plugin has no answer.
public struct PluginError: Error, Sendable, CustomStringConvertible {
  /// One word for machines: `noArticle`, `layout-changed`, …
  public var reason: String
  /// A sentence for the log.
  public var message: String
  /// What a person can do about it.
  public var hint: String?

  public init(_ reason: String, _ message: String, hint: String? = nil) {
    self.reason = reason
    self.message = message
    self.hint = hint
  }

  public var description: String { message }
}

extension Plugin {
  /// Speaks with the daemon until it closes the connection. `@main` calls it.
  public static func main() {
    var conversation = Conversation(Self(), input: 0, output: 1)
    exitProgram(conversation.run())
  }
}
