// Fetching: bytes from the web: one libcurl engine, politeness, robots.txt, the address guard, limits, and what HTTP
// says about freshness. It must not know feeds, articles, publishers or the store: it is given requests and gives
// responses. Nothing else in the house opens a connection to a publisher.

internal import Synchronization
public import Values

/// Fetches from the web, politely and within limits. One per process: it is what politeness is counted in.
public final class Fetcher: Sendable {
  private let engine: Engine
  /// What the engine goes by, for questions that must not wait for its thread.
  private let current: Mutex<FetcherConfiguration>

  /// Starts the thread that libcurl runs on. It ends when the fetcher is released.
  /// - Parameters:
  ///   - permits: whether a rate group may be asked anything at this moment; nil when all may. Asked before each hop of
  ///     a
  ///     request and a few times a second while one is under way, on libcurl's thread: it must not wait. What is not
  ///     permitted ends with `.notOurs`.
  ///   - deliveryLimit: how long the kernel may try to deliver a request; a connection on which nothing is acknowledged
  ///     for
  ///     that long ends. For permissions that end by the clock: without it a request can arrive minutes after it was
  ///     sent.
  public init(
    _ configuration: FetcherConfiguration, permits: (@Sendable (String) -> Bool)? = nil, deliveryLimit: Duration? = nil
  ) {
    let thread = CurlThread(maxConcurrent: configuration.maxConcurrent, deliveryLimit: deliveryLimit)
    let engine = Engine(configuration, thread: thread, permits: permits)
    self.engine = engine
    current = Mutex(configuration)
    thread.start { [weak engine] hasEvents in engine?.assumeIsolated { $0.turn(hasEvents: hasEvents) } ?? nil }
  }

  /// Waits for the rate group's turn, sends the request, follows redirects and returns the last answer, whatever its
  /// status. Ends with `.cancelled` soon after the task is cancelled.
  public func fetch(_ request: FetchRequest) async throws(FetchError) -> FetchResponse {
    try await engine.fetch(request)
  }

  /// Lets nothing of the rate group start for that long: what a server asks for with Retry-After. A shorter time than
  /// one already set changes nothing. Requests of a group that rests for longer than half a minute end with `.held`
  /// instead of waiting, those that wait already included.
  public func hold(group: String, for duration: Duration) async {
    await engine.hold(group: group, for: duration)
  }

  /// Ends what is under way or waits in the rate group with `.notOurs`, because it is another's to ask from now on.
  public func cancel(group: String) async { await engine.cancel(group: group) }

  /// Goes on with another configuration. Requests under way end as they began; rate groups keep what they owe.
  public func use(_ configuration: FetcherConfiguration) async {
    current.withLock { $0 = configuration }
    await engine.use(configuration)
  }

  /// How long the rate group still rests; nil when nothing holds it.
  public func holdLeft(group: String) async -> Duration? { await engine.holdLeft(group: group) }

  /// The rate group that the request belongs to once it has come to `url`, its own address or one it was redirected to.
  public func group(of request: FetchRequest, at url: WebURL) -> String {
    current.withLock { $0 }.group(of: request, at: url)
  }

  /// Refuses new requests and those that still wait, gives those under way the grace to end, then ends them with
  /// `.shutdown`. Returns when nothing is under way any more. May be called more than once; the earliest end counts.
  public func shutdown(grace: Duration) async {
    await engine.shutdown(grace: grace)
  }

  /// Grows with every turn of the engine's loop, at least every five seconds: a watchdog that sees it stand still
  /// for longer knows that libcurl's thread is stuck.
  public var progress: UInt64 { engine.thread.progress }

  public func statistics() async -> FetcherStatistics { await engine.statistics() }
}

/// What the fetcher is doing and has done since it was made.
public struct FetcherStatistics: Sendable, Equatable {
  public struct Group: Sendable, Equatable {
    public var name: String
    public var inFlight: Int
    public var waiting: Int
  }

  public struct Totals: Sendable, Equatable {
    /// Requests sent, each hop of a redirect counted.
    public var requests = 0
    /// Fetches that ended with an answer of any status.
    public var answers = 0
    public var notModified = 0
    /// Fetches that ended with an error, by the code's name.
    public var failures: [String: Int] = [:]
    /// Headers and bodies as they came.
    public var bytesReceived = 0
    /// Bodies after content decoding.
    public var bodyBytes = 0
    public var reusedConnections = 0

    public init() {}
  }

  /// Requests on the wire.
  public var inFlight: Int
  /// Requests waiting for politeness.
  public var waiting: Int
  /// Groups with anything on the wire or waiting, by name.
  public var groups: [Group]
  public var totals: Totals
}
