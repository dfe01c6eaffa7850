public import Articles
public import Values
import WorkerProtocol

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Drives a plugin in a test, over the same messages as the daemon does and without starting a process:
///
///     let harness = PluginHarness(Gazette(), publisher: "gazette", pages: ["https://gazette.example/api/7": page])
///     let article = try harness.article(from: page)
public final class PluginHarness {
  private let plugin: any Plugin
  private let introduction: Frame
  /// What the plugin may ask for; everything else is refused as the daemon refuses a page that cannot be had.
  public var pages: [String: Page]
  /// Addresses that the plugin asked for, in order.
  public private(set) var fetched: [String] = []

  public init(
    _ plugin: any Plugin, publisher id: String, name: String = "", language: String = "en", zone: String = "UTC",
    settings: [String: String] = [:], pages: [String: Page] = [:]
  ) {
    self.plugin = plugin
    self.pages = pages
    introduction = Frame(
      JSONObject([
        ("type", "plugin"), ("plugin", .string(id)),
        ("publisher", ["name": .string(name), "language": .string(language), "zone": .string(zone)]),
        ("settings", .object(JSONObject(settings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
      ]))
  }

  /// The answer to a `discover` job: a JSON Feed.
  public func feed(of list: Page) throws -> JSON { try JSON(parsing: try run("discover", list)) }

  /// The article in the answer to an `extract` job, read as the daemon reads it.
  public func article(from page: Page) throws -> Article {
    let json = try JSON(parsing: try run("extract", page))
    return try Article(record: json["article"] ?? .null)
  }

  private func run(_ kind: String, _ page: Page) throws -> [UInt8] {
    var sockets: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0 else {
      throw PluginError("system", String(cString: strerror(errno)))
    }
    let (ours, theirs) = (sockets[0], sockets[1])
    let thread = HarnessThread(plugin, theirs)
    var channel = FrameChannel(input: ours, output: ours)
    defer {
      shutdown(ours, Int32(SHUT_RDWR))
      thread.join()
      close(ours)
      close(theirs)
    }
    let deadline = MonotonicClock.seconds() + 10
    guard let hello = try channel.read(deadline: deadline), hello.type == "hello" else {
      throw PluginError("no-hello", "the plugin said no hello")
    }
    guard (hello.header["capabilities"]?.array ?? []).contains(.string(kind)) else {
      throw PluginError("not-offered", "the plugin does not offer \(kind)")
    }
    try channel.write(introduction, deadline: deadline)
    var header = JSONObject([("type", .string(kind)), ("id", 1), ("url", .string(page.url.description))])
    header.set("content_type", page.contentType)
    try channel.write(Frame(header, body: page.body), deadline: deadline)
    while let message = try channel.read(deadline: deadline) {
      switch message.type {
      case "fetch": try channel.write(answer(message.header["url"]?.string ?? ""), deadline: deadline)
      case "result": return message.body
      default:
        throw PluginError(message.header["reason"]?.string ?? "?", message.header["message"]?.string ?? "no reason")
      }
    }
    throw PluginError("closed", "the plugin gave no answer")
  }

  private func answer(_ address: String) -> Frame {
    fetched.append(address)
    guard let page = pages[address] else {
      return Frame(
        JSONObject([
          ("type", "refused"), ("id", 1), ("reason", "http-404"), ("message", "the test has no such page"),
        ]))
    }
    var header = JSONObject([
      ("type", "fetched"), ("id", 1), ("url", .string(page.url.description)), ("status", JSON(page.status)),
    ])
    header.set("content_type", page.contentType)
    return Frame(header, body: page.body)
  }
}

/// Runs the plugin's side on a thread of its own: both sides block. `@unchecked`: the plugin is used by this thread
/// alone until `join` returns.
private final class HarnessThread: @unchecked Sendable {
  private let plugin: any Plugin
  private let descriptor: Int32
  private var thread = pthread_t()

  init(_ plugin: any Plugin, _ descriptor: Int32) {
    self.plugin = plugin
    self.descriptor = descriptor
    let code = pthread_create(
      &thread, nil,
      { context in
        let own = Unmanaged<HarnessThread>.fromOpaque(context!).takeRetainedValue()
        var conversation = Conversation(own.plugin, input: own.descriptor, output: own.descriptor)
        _ = conversation.run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    precondition(code == 0, "no thread for the plugin: \(String(cString: strerror(code)))")
  }

  func join() { pthread_join(thread, nil) }
}
