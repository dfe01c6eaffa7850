public import Values

/// One event as it is shown and kept. Values are already redacted and free of control characters when a record comes
/// from `EventLog`; one that was read back is cleaned again by the reader.
public struct EventRecord: Sendable, Equatable {
  public var time: Timestamp
  public var level: EventLevel
  /// nil for a line of text without a kind: a library's, or systemd's about the unit.
  public var kind: EventKind?
  public var message: String
  /// The plugin's id.
  public var publisher: String?
  /// The source within the publisher: its address or its name in the plugin.
  public var source: String?
  public var url: String?
  /// The article's `uri`.
  public var article: String?
  /// The HTTP status.
  public var status: Int?
  public var bytes: Int?
  /// Microseconds.
  public var duration: Int?
  public var outcome: String?
  /// What happens next, as a phrase: "again in 5 min".
  public var next: String?
  public var errno: Int?
  /// Further fields by name, lower case.
  public var fields: [String: String]
  public var code: CodePlace?

  /// Where in the program the event was recorded.
  public struct CodePlace: Sendable, Equatable {
    public var file: String
    public var line: Int
    public var function: String

    public init(file: String, line: Int, function: String) {
      (self.file, self.line, self.function) = (file, line, function)
    }
  }

  public init(
    time: Timestamp, level: EventLevel, kind: EventKind? = nil, message: String, publisher: String? = nil,
    source: String? = nil, url: String? = nil, article: String? = nil, status: Int? = nil, bytes: Int? = nil,
    duration: Int? = nil, outcome: String? = nil, next: String? = nil, errno: Int? = nil,
    fields: [String: String] = [:], code: CodePlace? = nil
  ) {
    self.time = time
    self.level = level
    self.kind = kind
    self.message = message
    self.publisher = publisher
    self.source = source
    self.url = url
    self.article = article
    self.status = status
    self.bytes = bytes
    self.duration = duration
    self.outcome = outcome
    self.next = next
    self.errno = errno
    self.fields = fields
    self.code = code
  }

  /// The record with every text redacted and its control characters written out.
  func cleaned() -> EventRecord {
    func clean(_ text: String?) -> String? { text.map { escapingControls(redacted($0)) } }
    var copy = self
    copy.message = escapingControls(redacted(message))
    copy.publisher = clean(publisher)
    copy.source = clean(source)
    copy.url = clean(url)
    copy.article = clean(article)
    copy.outcome = clean(outcome)
    copy.next = clean(next)
    copy.fields = fields.mapValues { escapingControls(redacted($0)) }
    return copy
  }
}

// MARK: The JSON line of a log file

extension EventRecord {
  /// The record as one object of the log file. Absent values have no member.
  public var json: JSON {
    var object = JSONObject()
    object.set("time", Self.fileTime(time))
    object.set("level", level.name)
    object.set("event", kind?.rawValue)
    object.set("message", message)
    object.set("publisher", publisher)
    object.set("source", source)
    object.set("url", url)
    object.set("article", article)
    object.set("status", status)
    object.set("bytes", bytes)
    object.set("duration_usec", duration)
    object.set("outcome", outcome)
    object.set("next", next)
    object.set("errno", errno)
    if !fields.isEmpty {
      object["fields"] = .object(
        JSONObject(fields.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
    }
    return .object(object)
  }

  /// Reads a line of the log file; nil when it is not one.
  public init?(json: JSON) {
    guard let time = json["time"]?.string.flatMap(Timestamp.init(rfc3339:)), let message = json["message"]?.string
    else { return nil }
    var fields: [String: String] = [:]
    for (key, value) in json["fields"]?.object?.members ?? [] { fields[key] = value.string }
    self.init(
      time: time, level: json["level"]?.string.flatMap(EventLevel.init(name:)) ?? .info,
      kind: json["event"]?.string.flatMap(EventKind.init(rawValue:)), message: message,
      publisher: json["publisher"]?.string, source: json["source"]?.string, url: json["url"]?.string,
      article: json["article"]?.string, status: json["status"]?.integer, bytes: json["bytes"]?.integer,
      duration: json["duration_usec"]?.integer, outcome: json["outcome"]?.string, next: json["next"]?.string,
      errno: json["errno"]?.integer, fields: fields)
    self = cleaned()
  }

  /// Always with milliseconds, so that lines sort as text.
  static func fileTime(_ time: Timestamp) -> String {
    var whole = time
    whole.nanoseconds = 0
    whole.offset = 0
    let digits = String(time.nanoseconds / 1_000_000)
    return whole.rfc3339.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
  }
}

// MARK: The journal

extension EventRecord {
  /// The fields of the journal entry, `NAME=value` each (systemd.journal-fields(7)). `MESSAGE` is a whole sentence for
  /// those who read it alone; `NEWSWIRE_MESSAGE` is the message as it was recorded.
  public func journalFields(identifier: String) -> [(name: String, value: String)] {
    var out: [(name: String, value: String)] = [
      ("MESSAGE", sentence), ("PRIORITY", String(level.priority)), ("SYSLOG_IDENTIFIER", identifier),
    ]
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { out.append((name, value)) }
    }
    add("MESSAGE_ID", kind?.messageID)
    if let code {
      add("CODE_FILE", code.file)
      add("CODE_LINE", String(code.line))
      add("CODE_FUNC", code.function)
    }
    add("ERRNO", errno.map(String.init))
    add("NEWSWIRE_EVENT", kind?.rawValue)
    add("NEWSWIRE_MESSAGE", message)
    add("NEWSWIRE_PUBLISHER", publisher)
    add("NEWSWIRE_SOURCE", source)
    add("NEWSWIRE_URL", url)
    add("NEWSWIRE_ARTICLE", article)
    add("NEWSWIRE_HTTP_STATUS", status.map(String.init))
    add("NEWSWIRE_BYTES", bytes.map(String.init))
    add("NEWSWIRE_DURATION_USEC", duration.map(String.init))
    add("NEWSWIRE_OUTCOME", outcome)
    add("NEWSWIRE_NEXT", next)
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      if let name = Self.journalName(key), !out.contains(where: { $0.name == name }) { add(name, value) }
    }
    return out
  }

  /// `NEWSWIRE_` and the key in capitals; letters, digits and underscores only, at most 64 characters.
  static func journalName(_ key: String) -> String? {
    let name = key.utf8.map { byte -> UInt8 in
      switch byte {
      case 0x61...0x7A: byte - 0x20
      case 0x41...0x5A, 0x30...0x39: byte
      default: UInt8(ascii: "_")
      }
    }
    guard !name.isEmpty else { return nil }
    return "NEWSWIRE_" + String(decoding: name.prefix(55), as: UTF8.self)
  }

  private static let ownJournalNames: Set<String> = [
    "NEWSWIRE_EVENT", "NEWSWIRE_MESSAGE", "NEWSWIRE_PUBLISHER", "NEWSWIRE_SOURCE", "NEWSWIRE_URL", "NEWSWIRE_ARTICLE",
    "NEWSWIRE_HTTP_STATUS", "NEWSWIRE_BYTES", "NEWSWIRE_DURATION_USEC", "NEWSWIRE_OUTCOME", "NEWSWIRE_NEXT",
  ]

  /// Reads an entry as `journalctl -o json` prints it; nil when it has no message. Entries of others about the unit
  /// (systemd's "Started …") become records without a kind.
  public init?(journal json: JSON) {
    // A field that is not UTF-8 comes as an array of bytes, one that occurs twice as an array of its values.
    func text(_ name: String) -> String? {
      switch json[name] {
      case .string(let value)?: return value
      case .array(let elements)?:
        if let bytes = Optional(elements.compactMap { $0.integer.flatMap(UInt8.init(exactly:)) }),
          bytes.count == elements.count
        {
          return String(decoding: bytes, as: UTF8.self)
        }
        return elements.first?.string
      default: return nil
      }
    }
    func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
    guard let message = text("NEWSWIRE_MESSAGE") ?? text("MESSAGE"),
      let stamp = text("_SOURCE_REALTIME_TIMESTAMP") ?? text("__REALTIME_TIMESTAMP"), let usec = Int64(stamp), usec >= 0
    else { return nil }
    var fields: [String: String] = [:]
    for (name, _) in json.object?.members ?? []
    where name.hasPrefix("NEWSWIRE_") && !Self.ownJournalNames.contains(name) {
      fields[name.dropFirst("NEWSWIRE_".count).lowercased()] = text(name)
    }
    let kind =
      text("NEWSWIRE_EVENT").flatMap(EventKind.init(rawValue:))
      ?? text("MESSAGE_ID").flatMap(EventKind.init(messageID:))
    if kind == nil, let identifier = text("SYSLOG_IDENTIFIER") { fields["from"] = identifier }
    self.init(
      time: Timestamp(seconds: usec / 1_000_000, nanoseconds: Int32(usec % 1_000_000) * 1000),
      level: number("PRIORITY").flatMap(EventLevel.init(priority:)) ?? .info, kind: kind, message: message,
      publisher: text("NEWSWIRE_PUBLISHER"), source: text("NEWSWIRE_SOURCE"), url: text("NEWSWIRE_URL"),
      article: text("NEWSWIRE_ARTICLE"), status: number("NEWSWIRE_HTTP_STATUS"), bytes: number("NEWSWIRE_BYTES"),
      duration: number("NEWSWIRE_DURATION_USEC"), outcome: text("NEWSWIRE_OUTCOME"), next: text("NEWSWIRE_NEXT"),
      errno: number("ERRNO"), fields: fields)
    self = cleaned()
  }

  /// The record as one sentence that stands alone, for those who see nothing else of it:
  /// `bbc: 34 items, 3 new (200, 34.1 kB, 182 ms) https://…/rss → again in 5 min`.
  /// An article is named by its headline, everything else by its address.
  public var sentence: String {
    var text = publisher.map { "\($0): " } ?? ""
    text += message
    let details = self.details
    if !details.isEmpty { text += " (" + details.joined(separator: ", ") + ")" }
    if article == nil, let place = url ?? source { text += " " + place }
    if let next { text += " → " + next }
    return text
  }

  /// Status, size, duration and outcome as people read them.
  var details: [String] {
    var out: [String] = []
    if let status { out.append(String(status)) }
    if let bytes { out.append(readableBytes(bytes)) }
    if let duration { out.append(readableDuration(microseconds: duration)) }
    if let outcome { out.append(outcome) }
    return out
  }
}
