import Values

/// The face of a record: the same for the live terminal of the daemon and for `newswirectl log`, which reads records
/// back from the log file or the journal. One line a record:
///
///     17:24:05  bbc-news      article.published  Harbour bridge reopens after two years  12.4 kB · 84 ms
///     17:24:06  the-examiner  feed.failed        No answer within 30 s  example.org…/rss  → again in 10 min
///
/// A value type with one piece of memory, the last line's day: a day that changes gets a line of its own.
public struct EventRenderer: Sendable {
  public enum Style: Sendable, Equatable {
    /// Aligned columns, shortened to the width, the day as a heading.
    case columns(width: Int, colour: Bool)
    /// Complete lines with full dates, for pipes.
    case plain
  }

  public var style: Style
  /// Seconds east of UTC at an instant.
  private let offset: @Sendable (Int64) -> Int32
  private var day: Int64?

  /// Times are shown in the machine's zone.
  public init(style: Style) { self.init(style: style, offset: LogTime.localOffset) }

  init(style: Style, offset: @escaping @Sendable (Int64) -> Int32) {
    self.style = style
    self.offset = offset
  }

  /// The width of the columns; setting it changes nothing in the plain style.
  public var width: Int {
    get { if case .columns(let width, _) = style { width } else { 80 } }
    set { if case .columns(_, let colour) = style { style = .columns(width: newValue, colour: colour) } }
  }

  /// The record's line, without a line break at its end; preceded by a line with the day when that has changed since
  /// the last record rendered.
  public mutating func render(_ record: EventRecord) -> String {
    guard case .columns(let width, let colour) = style else { return Self.plainLine(record) }
    var time = record.time
    time.offset = offset(time.seconds)
    let civil = time.civil
    let today = (civil.localSeconds - Int64(civil.hour * 3600 + civil.minute * 60 + civil.second)) / 86_400
    var heading = ""
    if let day, day != today {
      let text = "── \(Self.two(civil.year))-\(Self.two(civil.month))-\(Self.two(civil.day)) "
      heading = Terminal.styled(text + String(repeating: "─", count: max(0, min(width, 60) - 14)), .dim, colour: colour)
      heading += "\n"
    }
    day = today
    let clock = "\(Self.two(civil.hour)):\(Self.two(civil.minute)):\(Self.two(civil.second))"
    return heading + Self.columns(record, clock: clock, width: width, colour: colour)
  }

  // MARK: Plain

  /// Everything a record says, on one line of any length.
  static func plainLine(_ record: EventRecord) -> String {
    var out = EventRecord.fileTime(record.time)
    out += " \(record.level.name) \(record.kind?.rawValue ?? record.fields["from"] ?? "-") \(record.publisher ?? "-") "
    out += record.message
    let details = record.details
    if !details.isEmpty { out += " (" + details.joined(separator: ", ") + ")" }
    for (name, value) in [("source", record.source), ("url", record.url), ("article", record.article)] {
      if let value { out += " \(name)=\(quoted(value))" }
    }
    for (name, value) in record.fields.sorted(by: { $0.key < $1.key }) where name != "from" {
      out += " \(name)=\(quoted(value))"
    }
    if let next = record.next { out += " → \(next)" }
    return out
  }

  private static func quoted(_ value: String) -> String {
    value.contains(" ") || value.contains("\"") || value.isEmpty
      ? "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\"" : value
  }

  // MARK: Columns

  private static func columns(_ record: EventRecord, clock: String, width: Int, colour: Bool) -> String {
    func styled(_ text: String, _ style: Terminal.Style) -> String { Terminal.styled(text, style, colour: colour) }
    let publisherWidth = width >= 110 ? 18 : width >= 70 ? 13 : 8
    let showsFamily = width >= 100
    let eventWidth = showsFamily ? 18 : 10
    let fullName = record.kind?.rawValue ?? record.fields["from"] ?? record.fields["logger"] ?? ""
    let name = showsFamily ? fullName : fullName.split(separator: ".").last.map(String.init) ?? ""
    let tone = tone(record)
    var out = styled(clock, .dim) + "  "
    out += styled(Terminal.pad(record.publisher ?? "", publisherWidth), .bold) + "  "
    out += styled(Terminal.pad(name, eventWidth), tone) + "  "
    let room = max(12, width - clock.utf8.count - publisherWidth - eventWidth - 6)

    let layout = Layout(record: record, room: room)
    let loud = record.level >= .warning || record.level == .notice
    out += styled(layout.message, loud ? tone : .plain)
    if !layout.details.isEmpty { out += "  " + styled(layout.details, .dim) }
    if !layout.place.isEmpty { out += "  " + styled(layout.place, .dim) }
    if !layout.next.isEmpty { out += "  " + styled(layout.next, .cyan) }
    return out
  }

  private static func tone(_ record: EventRecord) -> Terminal.Style {
    switch record.level {
    case .critical: .boldRed
    case .error: .red
    case .warning: .yellow
    case .notice: .cyan
    case .info: record.kind == .articlePublished || record.kind == .articleUpdated ? .green : .plain
    case .debug: .dim
    }
  }

  /// Shares the room of a line: the message first, then what happens next, the figures, and the address, which is
  /// folded into what is left.
  struct Layout: Equatable {
    var message: String
    var details = ""
    var place = ""
    var next = ""

    init(record: EventRecord, room: Int) {
      message = record.message
      var left = room - Terminal.columns(message)
      let next = record.next.map { "→ \($0)" } ?? ""
      let details = record.details.joined(separator: " · ")
      let place = record.url ?? record.source ?? ""
      // A message may not push out what happens next, but keeps half of the line.
      let reserve = next.isEmpty ? 0 : min(Terminal.columns(next) + 2, room / 2)
      if left < reserve {
        message = Terminal.fit(message, room - reserve)
        left = room - Terminal.columns(message)
      }
      if !next.isEmpty, left >= 2 + 6 {
        self.next = Terminal.fit(next, left - 2)
        left -= Terminal.columns(self.next) + 2
      }
      if !details.isEmpty, left >= Terminal.columns(details) + 2 {
        self.details = details
        left -= Terminal.columns(details) + 2
      }
      if !place.isEmpty, left >= 2 + 16 { self.place = Self.folded(place, left - 2) }
    }

    /// An address that does not fit cannot be clicked on anyway: it goes without its scheme then.
    private static func folded(_ place: String, _ width: Int) -> String {
      if Terminal.columns(place) <= width { return place }
      for scheme in ["https://www.", "https://", "http://www.", "http://"] where place.hasPrefix(scheme) {
        return Terminal.fold(String(place.dropFirst(scheme.count)), width)
      }
      return Terminal.fold(place, width)
    }
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
