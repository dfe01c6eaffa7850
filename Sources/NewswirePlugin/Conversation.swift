import Articles
import Values
import WorkerProtocol

/// The program's side of the worker protocol.
struct Conversation {
  private let plugin: any Plugin
  private var channel: FrameChannel
  private var publisher = Host.Publisher()
  private var settings: [String: String] = [:]

  init(_ plugin: any Plugin, input: Int32, output: Int32) {
    self.plugin = plugin
    channel = FrameChannel(input: input, output: output)
  }

  /// Returns the exit status.
  mutating func run() -> Int32 {
    if isTerminal(channel.input) {
      writeToLog(
        """
        This is the program of a newswire plugin; newswired starts it and speaks the worker protocol with it.
        To try it by hand: newswirectl plugin test PLUGIN

        """)
      return 64
    }
    do throws(ChannelError) {
      try channel.write(hello, deadline: nil)
      while let frame = try channel.read(deadline: nil) {
        if let answer = answer(frame) { try channel.write(answer, deadline: nil) }
      }
      return 0
    } catch {
      // The daemon is gone; there is nobody to tell.
      return 1
    }
  }

  private var hello: Frame {
    var capabilities: [JSON] = []
    if plugin is any Discovering { capabilities.append("discover") }
    if plugin is any Extracting { capabilities.append("extract") }
    return Frame(
      JSONObject([
        ("type", "hello"), ("protocol", JSON(Frame.protocolVersion)), ("name", .string("\(type(of: plugin))")),
        ("version", .string(newswireVersion)), ("capabilities", .array(capabilities)),
      ]))
  }

  /// nil for messages without an answer.
  private mutating func answer(_ frame: Frame) -> Frame? {
    switch frame.type {
    case "plugin":
      introduce(frame.header)
      return nil
    case "discover", "extract":
      var header = JSONObject()
      header.set("id", frame.header["id"])
      do {
        let result = try work(frame)
        header["type"] = "result"
        return Frame(header, body: result.bytes())
      } catch {
        let known = error as? PluginError
        header["type"] = "error"
        header.set("reason", known?.reason ?? "failed")
        header.set("message", "\(error)")
        header.set("hint", known?.hint)
        return Frame(header)
      }
    default: return nil
    }
  }

  private mutating func introduce(_ header: JSONObject) {
    let facts = header["publisher"]
    publisher.id = header["plugin"]?.string ?? ""
    publisher.name = facts?["name"]?.string ?? ""
    publisher.url = facts?["url"]?.string.flatMap { WebURL($0) }
    publisher.hosts = (facts?["hosts"]?.array ?? []).compactMap(\.string)
    publisher.language = facts?["language"]?.string ?? ""
    publisher.zone = facts?["zone"]?.string ?? ""
    settings = [:]
    for member in header["settings"]?.object?.members ?? [] { settings[member.key] = member.value.string }
  }

  private mutating func work(_ frame: Frame) throws -> JSON {
    guard let url = frame.header["url"]?.string.flatMap({ WebURL($0) }) else {
      throw PluginError("bad-url", "the job has no http or https address")
    }
    let page = Page(url: url, contentType: frame.header["content_type"]?.string, body: frame.body)
    var channel = self.channel
    defer { self.channel = channel }
    let id = frame.header["id"] ?? .null
    return try withoutActuallyEscaping({ (url: WebURL) throws -> Page in
      try Self.fetch(url, job: id, over: &channel)
    }) { ask in
      let host = Host(ask: ask, write: writeToLog)
      host.publisher = publisher
      host.settings = settings
      defer { host.ask = { _ in throw PluginError("over", "the job is over") } }
      if frame.type == "discover", let plugin = plugin as? any Discovering {
        return Self.feed(try plugin.items(in: page, host: host), publisher)
      }
      if frame.type == "extract", let plugin = plugin as? any Extracting {
        return ["article": try plugin.article(from: page, host: host).record]
      }
      throw PluginError("not-offered", "this program does not \(frame.type)")
    }
  }

  private static func fetch(_ url: WebURL, job: JSON, over channel: inout FrameChannel) throws -> Page {
    try channel.write(
      Frame(JSONObject([("type", "fetch"), ("id", job), ("url", .string(url.description))])), deadline: nil)
    guard let answer = try channel.read(deadline: nil) else { throw PluginError("closed", "the daemon is gone") }
    guard answer.type == "fetched", let found = answer.header["url"]?.string.flatMap({ WebURL($0) }) else {
      throw PluginError(
        answer.header["reason"]?.string ?? "refused",
        "\(url): \(answer.header["message"]?.string ?? "the daemon does not fetch it")")
    }
    return Page(
      url: found, contentType: answer.header["content_type"]?.string, status: answer.header["status"]?.integer ?? 0,
      body: answer.body)
  }

  private static func feed(_ items: [Item], _ publisher: Host.Publisher) -> JSON {
    [
      "version": "https://jsonfeed.org/version/1.1", "title": .string(publisher.name),
      "items": .array(items.map(\.json)),
    ]
  }
}

extension Item {
  fileprivate var json: JSON {
    var json = JSONObject([("id", .string(url.description)), ("url", .string(url.description))])
    json.set("title", title)
    json.set("summary", summary)
    json.set("date_published", published?.rfc3339)
    json.set("date_modified", modified?.rfc3339)
    if !keywords.isEmpty { json["tags"] = .array(keywords.map { .string($0) }) }
    // JSON Feed wants a content; an empty one says that the page has it.
    json["content_text"] = .string("")
    return .object(json)
  }
}
