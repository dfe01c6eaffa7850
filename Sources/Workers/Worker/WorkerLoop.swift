import Articles
import Dates
import Extraction
import Feeds
import Manifest
import Markup
import TOML
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The worker's end: says hello, then answers one job after the other until its input ends.
public struct WorkerLoop {
  private var channel: FrameChannel
  private var zones: [String: Zone] = [:]
  private var manifests: [String: Manifest] = [:]
  private var extractors: [String: PageExtractor] = [:]
  private let faults: Bool

  /// `faults` makes jobs whose body holds certain words crash, hang or eat memory: for testing the daemon's handling.
  public init(input: Int32 = 0, output: Int32 = 1, faults: Bool = false) {
    channel = FrameChannel(input: input, output: output)
    self.faults = faults
  }

  /// Loads what needs files, then shuts the door, then works. Returns the exit status.
  public mutating func run(version: String, sandboxed: Bool = true) -> Int32 {
    prepareMarkup()
    var missing: [String] = []
    if sandboxed { missing = Sandbox.apply().missing }
    let hello = JSONObject([
      ("type", "hello"), ("protocol", JSON(Frame.protocolVersion)), ("name", "newswire-worker"),
      ("version", .string(version)), ("capabilities", ["parse", "extract"]),
      ("sandbox_missing", .array(missing.map { .string($0) })),
    ])
    do throws(ChannelError) {
      try channel.write(Frame(hello), deadline: nil)
      while let frame = try channel.read(deadline: nil) {
        if let answer = answer(frame) { try channel.write(answer, deadline: nil) }
      }
      return 0
    } catch {
      // The daemon is gone or speaks another protocol; either way there is nobody to tell.
      return 1
    }
  }

  private mutating func answer(_ frame: Frame) -> Frame? {
    switch frame.type {
    case "zone":
      let name = frame.header["zone"]?.string ?? ""
      zones[name] = try? Zone(name: name, tzif: frame.body)
      return nil
    case "plugin":
      let id = frame.header["plugin"]?.string ?? ""
      let text = String(decoding: frame.body, as: UTF8.self)
      // The daemon has checked the plugin; a job for one that does not read here is answered with an error.
      manifests[id] = try? Manifest(parsing: text, file: "\(id)/plugin.toml", checkingZone: false)
      extractors[id] = nil
      return nil
    case "parse", "extract":
      if faults { Faults.act(on: frame.body) }
      return work(on: frame)
    default:
      return refusal(frame, reason: "unknown-type", "no job of type \"\(frame.type.prefix(40))\"", hint: nil)
    }
  }

  private mutating func work(on frame: Frame) -> Frame {
    guard let url = frame.header["url"]?.string.flatMap({ WebURL($0) }) else {
      return refusal(frame, reason: "bad-url", "the job has no http or https address", hint: nil)
    }
    let contentType = frame.header["content_type"]?.string
    let zone = frame.header["zone"]?.string.flatMap { zones[$0] } ?? .utc
    if frame.type == "parse" {
      return parse(frame, url, contentType, zone)
    }
    return extract(frame, url, contentType)
  }

  private func parse(_ frame: Frame, _ url: WebURL, _ contentType: String?, _ zone: Zone) -> Frame {
    if let select = frame.header["select"]?.string {
      do throws(SectionPageError) {
        return result(frame, try SectionPage.feed(frame.body, url: url, contentType: contentType, select: select))
      } catch {
        return refusal(frame, reason: "no-items", error.message, hint: error.hint)
      }
    }
    do throws(FeedError) {
      let feed = try FeedReader.read(frame.body, url: url, contentType: contentType, zone: zone)
      return result(frame, feed.jsonFeed)
    } catch {
      return refusal(frame, reason: error.word, error.description, hint: nil)
    }
  }

  private mutating func extract(_ frame: Frame, _ url: WebURL, _ contentType: String?) -> Frame {
    let id = frame.header["plugin"]?.string ?? ""
    if extractors[id] == nil {
      extractors[id] = PageExtractor(
        manifest: manifests[id], zone: manifests[id].flatMap { zones[$0.publisher.zone] } ?? .utc)
    }
    guard let extractor = extractors[id] else { preconditionFailure("an extractor was just stored") }
    do throws(ExtractionError) {
      let extraction = try extractor.extract(frame.body, url: url, contentType: contentType)
      var json = JSONObject([("article", extraction.article.record)])
      json["rules"] = .object(
        JSONObject(extraction.rules.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
      json["fill"] = .number(extraction.fill)
      json["kind"] = .string(extraction.kind.rawValue)
      return result(frame, .object(json))
    } catch {
      return refusal(frame, reason: error.reason.rawValue, error.description, hint: nil)
    }
  }

  private func result(_ frame: Frame, _ json: JSON) -> Frame {
    var header = JSONObject([("type", "result")])
    header.set("id", frame.header["id"])
    return Frame(header, body: json.bytes())
  }

  private func refusal(_ frame: Frame, reason: String, _ message: String, hint: String?) -> Frame {
    var header = JSONObject([("type", "error"), ("reason", .string(reason)), ("message", .string(message))])
    header.set("id", frame.header["id"])
    header.set("hint", hint)
    return Frame(header)
  }
}

extension FeedError {
  /// The reason in one word, for machines.
  fileprivate var word: String {
    switch reason {
    case .empty: "empty"
    case .tooLarge: "too-large"
    case .htmlPage: "html-page"
    case .notAFeed: "not-a-feed"
    case .unknownFormat: "unknown-format"
    case .entityDeclaration: "entity-declaration"
    case .malformed: "malformed"
    case .tooDeep: "too-deep"
    }
  }
}

/// Standard error without buffers, for last words.
private enum LastWords {
  static func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }
}

/// Faults on demand, so that the daemon's handling of a dying worker can be tested with the real thing.
enum Faults {
  static func act(on body: [UInt8]) {
    let text = String(decoding: body.prefix(65_536), as: UTF8.self)
    if text.contains("newswire-fault-crash") { abort() }
    if text.contains("newswire-fault-escape") {
      LastWords.complain("escaped: \(Self.escapes().joined(separator: ", "))")
      abort()
    }
    if text.contains("newswire-fault-hang") { while true { sleep(1) } }
    if text.contains("newswire-fault-memory") {
      var hoard: [[UInt8]] = []
      while true { hoard.append([UInt8](repeating: 1, count: 1 << 24)) }
    }
    if text.contains("newswire-fault-garbage") { _ = "this is not a frame\n".withCString { write(1, $0, 20) } }
  }

  /// What the sandbox should forbid and does not; "nothing" when it holds.
  private static func escapes() -> [String] {
    var escaped: [String] = []
    if open("/etc/passwd", O_RDONLY) >= 0 { escaped.append("reading a file") }
    if open("/tmp/newswire-escape", O_WRONLY | O_CREAT, 0o600) >= 0 { escaped.append("writing a file") }
    if socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0 { escaped.append("the network") }
    if socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) >= 0 { escaped.append("a local socket") }
    var pid: pid_t = 0
    if posix_spawn(&pid, "/bin/true", nil, nil, [nil], [nil]) == 0 { escaped.append("a process") }
    if kill(getppid(), 0) == 0 { escaped.append("a signal to the daemon") }
    return escaped.isEmpty ? ["nothing"] : escaped
  }
}
