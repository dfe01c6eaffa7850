import Service
import Values

/// The live status: what is shown and what each key does. Pure: it is told the time and the size, and gives lines.
struct WatchScreen {
  enum Action: Equatable {
    case none
    /// Ask the daemon again.
    case refresh
    /// Ask the daemon about this publisher.
    case open(String)
    case suspend
    case quit
  }

  enum Order: String, CaseIterable {
    case name, trouble, today, next, last, waiting, fill
  }

  private enum Mode: Equatable {
    case table, filter, help
    case details(String, top: Int)
  }

  private(set) var status: StatusSnapshot?
  /// Why the daemon did not answer last time.
  private(set) var failure: String?
  private(set) var order = Order.name
  private(set) var isReversed = false
  private(set) var filter = ""
  private(set) var onlyTrouble = false
  private var mode = Mode.table
  private var details: [String] = []
  /// The row that keys act on, by publisher: a row keeps its mark when the order changes.
  private var selected: String?
  private var top = 0
  /// Rows of the table that fitted last time.
  private var page = 10

  // MARK: News

  mutating func show(_ status: JSON) {
    self.status = StatusSnapshot(status)
    failure = nil
  }

  /// What was shown last stays on the screen.
  mutating func show(failure: String) { self.failure = failure }

  /// The answer to `.open`.
  mutating func show(details text: String, of publisher: String) {
    guard case .details(publisher, _) = mode else { return }
    details = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The publisher whose details are open.
  var opened: String? {
    if case .details(let id, _) = mode { id } else { nil }
  }

  // MARK: Keys

  mutating func press(_ key: WatchKey) -> Action {
    if key == .interrupt { return .quit }
    if key == .suspend { return .suspend }
    switch mode {
    case .table: return pressInTable(key)
    case .filter: return pressInFilter(key)
    case .help:
      mode = .table
      return .none
    case .details(let id, let top): return pressInDetails(key, id, top)
    }
  }

  private mutating func pressInTable(_ key: WatchKey) -> Action {
    switch key {
    case .up, .character("k"): move(by: -1)
    case .down, .character("j"): move(by: 1)
    case .pageUp: move(by: -page)
    case .pageDown, .character(" "): move(by: page)
    case .home, .character("g"): move(by: -rows.count)
    case .end, .character("G"): move(by: rows.count)
    case .character("s"): turn(by: 1)
    case .character("S"): isReversed.toggle()
    case .character("/"): mode = .filter
    case .character("e"): onlyTrouble.toggle()
    case .character("?"), .character("h"): mode = .help
    case .character("r"): return .refresh
    case .character("q"): return .quit
    case .escape:
      if filter.isEmpty, !onlyTrouble { return .quit }
      (filter, onlyTrouble) = ("", false)
    case .enter:
      guard let id = current else { return .none }
      (mode, details) = (.details(id, top: 0), [])
      return .open(id)
    default: break
    }
    return .none
  }

  private mutating func pressInFilter(_ key: WatchKey) -> Action {
    switch key {
    case .enter: mode = .table
    case .escape: (mode, filter) = (.table, "")
    case .backspace: filter = String(filter.dropLast())
    case .character(let character): if filter.count < 60 { filter.append(character) }
    default: break
    }
    return .none
  }

  private mutating func pressInDetails(_ key: WatchKey, _ id: String, _ top: Int) -> Action {
    switch key {
    case .up, .character("k"): mode = .details(id, top: max(0, top - 1))
    case .down, .character("j"): mode = .details(id, top: top + 1)
    case .pageUp: mode = .details(id, top: max(0, top - page))
    case .pageDown, .character(" "): mode = .details(id, top: top + page)
    case .home: mode = .details(id, top: 0)
    case .character("r"): return .open(id)
    case .enter, .escape, .backspace, .character("q"): mode = .table
    default: break
    }
    return .none
  }

  private mutating func turn(by step: Int) {
    let all = Order.allCases
    let index = (all.firstIndex(of: order) ?? 0) + step
    order = all[index % all.count]
    isReversed = false
  }

  private mutating func move(by step: Int) {
    let rows = rows
    guard !rows.isEmpty else { return }
    let at = rows.firstIndex { $0.id == selected } ?? 0
    selected = rows[min(max(at + step, 0), rows.count - 1)].id
  }

  private var current: String? {
    let rows = rows
    return rows.first { $0.id == selected }?.id ?? rows.first?.id
  }

  // MARK: Rows

  /// The publishers that pass the filter, in the order chosen.
  var rows: [PublisherRow] {
    let wanted = filter.lowercased()
    let rows = (status?.publishers ?? []).filter { row in
      (!onlyTrouble || row.trouble > 0)
        && (wanted.isEmpty || row.id.lowercased().contains(wanted) || row.name.lowercased().contains(wanted))
    }
    let sorted = rows.sorted { a, b in
      switch order {
      case .name: return a.id < b.id
      case .trouble where a.trouble != b.trouble: return a.trouble > b.trouble
      case .today where a.today != b.today: return a.today > b.today
      case .next where a.nextFetch != b.nextFetch: return (a.nextFetch ?? .never) < (b.nextFetch ?? .never)
      case .last where a.lastSuccess != b.lastSuccess: return (a.lastSuccess ?? .dawn) < (b.lastSuccess ?? .dawn)
      case .waiting where a.waiting != b.waiting: return a.waiting > b.waiting
      case .fill where a.fill != b.fill: return (a.fill ?? 2) < (b.fill ?? 2)
      default: return a.id < b.id
      }
    }
    return isReversed ? sorted.reversed() : sorted
  }

  // MARK: Lines

  /// Exactly `height` lines, none wider than `width`.
  mutating func lines(width: Int, height: Int, now: Timestamp, colour: Bool) -> [String] {
    let width = max(width, 1)
    let body: [String]
    switch mode {
    case .help: body = Self.help.map { Terminal.fit($0, width) }
    case .details(let id, let top): body = detailLines(id, top, width, height - 1, now, colour)
    case .table, .filter: body = tableLines(width, height - 1, now, colour)
    }
    var lines = body.prefix(max(height - 1, 0)).map { $0 }
    while lines.count < height - 1 { lines.append("") }
    if height > 0 { lines.append(footer(width, colour)) }
    return lines
  }

  private mutating func tableLines(_ width: Int, _ height: Int, _ now: Timestamp, _ colour: Bool) -> [String] {
    guard let status else { return [failure == nil ? Terminal.fit("Asking newswired …", width) : ""] }
    let rows = rows
    let report = StatusReport(status, rows: rows, now: now)
    // A low screen gives its lines to the table.
    let heading = height >= 12 ? report.heading + [""] : Array(report.heading.prefix(height >= 6 ? 1 : 0))
    page = max(1, height - heading.count - 1)
    let at = rows.firstIndex { $0.id == selected } ?? 0
    top = min(max(top, at - page + 1, 0), at, max(0, rows.count - page))
    let table = report.table.lines(width: width, colour: colour, marked: rows.isEmpty ? nil : at)
    var lines = heading.map { Terminal.fit(escapingControls($0), width) }
    lines.append(table[0])
    if rows.isEmpty { lines.append(Terminal.styled("no publisher matches", .dim, colour: colour)) }
    lines += table.dropFirst().dropFirst(top).prefix(page)
    return lines
  }

  private mutating func detailLines(
    _ id: String, _ top: Int, _ width: Int, _ height: Int, _ now: Timestamp, _ colour: Bool
  ) -> [String] {
    guard let row = status?.publishers.first(where: { $0.id == id }) else {
      return [Terminal.fit(escapingControls("\(id) is not in use any more."), width)]
    }
    var lines = [
      Terminal.styled(Terminal.fit(escapingControls("\(row.id)  \(row.name)"), width), .bold, colour: colour), "",
    ]
    var facts = ["today    \(row.today) articles"]
    if let usual = row.usualByNow { facts[0] += ", usually \(usual) by now" }
    if let day = row.usualDay { facts[0] += " and \(day) in a day" }
    facts.append("in all   \(row.total) articles remembered, \(row.waiting) items wait for their page")
    if let fill = StatusReport.percent(row.fill) {
      let usual = StatusReport.percent(row.fillUsual).map { ", usually \($0)" } ?? ""
      let whole = StatusReport.percent(row.whole).map { "; \($0) of the last ones with their whole text" } ?? ""
      facts.append("fill     \(fill) of an article's fields\(usual)\(whole)")
    }
    lines += facts.map { Terminal.fit($0, width) }
    for problem in row.problems {
      lines.append(
        Terminal.styled(Terminal.fit("wrong    \(escapingControls(problem))", width), .yellow, colour: colour))
    }
    lines.append("")
    lines += details.isEmpty ? ["Asking newswired …"] : details.map { Terminal.fit(escapingControls($0), width) }
    let last = max(0, lines.count - max(height, 1))
    if top > last { mode = .details(id, top: last) }
    return Array(lines.dropFirst(min(top, last)))
  }

  private func footer(_ width: Int, _ colour: Bool) -> String {
    if mode == .filter { return Terminal.fit("filter: \(filter)▏  Enter keeps it, Esc drops it", width) }
    if let failure {
      return Terminal.styled(Terminal.fit(escapingControls(failure), width), .red, colour: colour)
    }
    let keys: String
    switch mode {
    case .details: keys = "↑↓ scroll   r again   Esc back"
    case .help: keys = "any key goes back"
    default:
      var parts = [
        "\(rows.count) of \(status?.publishers.count ?? 0) by \(order.rawValue)\(isReversed ? ", reversed" : "")"
      ]
      if !filter.isEmpty { parts.append("filter “\(filter)”") }
      if onlyTrouble { parts.append("not well only") }
      keys = parts.joined(separator: ", ") + "   s sort  / filter  e not well  Enter details  ? keys  q quit"
    }
    return Terminal.styled(Terminal.fit(keys, width), .dim, colour: colour)
  }

  private static let help = [
    "↑ ↓ j k        one publisher up, down", "PgUp PgDn      a page up, down (space: down)",
    "Home End g G   the first, the last", "Enter          everything about the publisher marked",
    "s              sort by name, trouble, today, next, last, waiting, fill in turn",
    "S              the other way round",
    "/              only publishers whose id or name holds what you type",
    "e              only those that are not well",
    "r              ask again now", "Esc            back; drops the filter", "q Ctrl-C       quit",
  ]
}

extension Timestamp {
  fileprivate static let never = Timestamp(seconds: 1 << 40)
  fileprivate static let dawn = Timestamp(seconds: 0)
}
