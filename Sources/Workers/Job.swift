// Workers: both ends of the worker protocol, supervision and sandbox. Bytes from the internet are parsed here, in a
// process without network or files, and nowhere else; programs of plugins are kept here too. It must not know
// schedules, stores or queues.
public import Values

/// What a worker is asked to do with a body.
public struct Job: Sendable {
  public enum Task: Sendable {
    /// Read a feed or sitemap. `select` is the link selector of a html source.
    case parse(select: String?)
    /// Read an article page by the rules of a plugin; by the generic extractor without one.
    case extract(plugin: String?)
    /// The same, with what every expression of the plugin finds and the page's source marked; for plugin authors.
    case inspect(plugin: String?)
    /// What a page says of its publisher, and rules that read it; for plugin authors.
    case suggest
    /// Read a list of feeds.
    case opml
    /// Find what a login form hides: the fields that have to be sent back with the password.
    case form(passwordField: String)
  }

  public var task: Task
  /// Where the body came from; a feed may do without.
  public var url: WebURL?
  public var contentType: String?
  /// IANA name for dates without an offset.
  public var zone: String?
  public var body: [UInt8]

  public init(_ task: Task, url: WebURL?, contentType: String?, zone: String?, body: [UInt8]) {
    self.task = task
    self.url = url
    self.contentType = contentType
    self.zone = zone
    self.body = body
  }
}

/// Why a job gave no result.
public struct JobError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The worker read the body and says what is wrong with it.
    case refused
    /// The worker died on it.
    case crashed
    /// It took longer than its deadline.
    case timedOut
    /// No worker could be started.
    case unavailable
    /// The worker answered something that is not the protocol.
    case protocolViolation
  }

  public var code: Code
  /// For `refused`, the worker's own word for the reason, such as `not-a-feed`; else the code.
  public var reason: String
  public var message: String
  /// What to do next, where the worker knows.
  public var hint: String?
  /// The feeds that a web page names which came in the place of one.
  public var feeds: [WebURL] = []

  public init(_ code: Code, reason: String? = nil, _ message: String, hint: String? = nil) {
    self.code = code
    self.reason = reason ?? code.rawValue
    self.message = message
    self.hint = hint
  }

  public var description: String { message + (hint.map { "; \($0)" } ?? "") }
}
