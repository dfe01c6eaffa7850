import Glibc

/// What is known of the terminal behind a descriptor, and text that fits it.
public enum Terminal {
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Writes the whole text to the descriptor; false when its reader has gone or it cannot be written. Blocks: for
  /// command-line programs, which say at their end what was not written to standard output (`endProgram`).
  @discardableResult
  public static func write(_ text: String, to descriptor: Int32 = 1) -> Bool {
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN {
          // Somebody else who has the same terminal or pipe open made it non-blocking.
          var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&wait, 1, -1)
          continue
        }
        if descriptor == 1 { StandardOutput.noteFailure(errno) }
        return false
      }
      at += count
    }
    return true
  }

  /// Columns of the terminal; 80 when it does not say.
  public static func width(_ descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return 80
  }

  /// Columns and rows of the terminal; 80 by 24 when it does not say.
  public static func size(_ descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Colour only on a terminal that has it, and not when the user declined (`NO_COLOR`, any value but the empty one).
  public static func wantsColour(_ descriptor: Int32, environment: [String: String]) -> Bool {
    isTerminal(descriptor) && allowsColour(environment)
  }

  static func allowsColour(_ environment: [String: String]) -> Bool {
    (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" && environment["TERM"] != nil
  }

  /// How text looks, as the numbers of its escape sequence (ECMA-48, section 8.3.117).
  public enum Style: String, Sendable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
    case boldRed = "1;31"
    case reverse = "7"
  }

  /// The text in that style, or as it is without colour.
  public static func styled(_ text: String, _ style: Style, colour: Bool) -> String {
    colour && style != .plain && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// The columns a text takes: none for combining marks, two for East Asian wide characters and emoji.
  public static func columns(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns($1) }
  }

  static func columns(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if character.unicodeScalars.contains("\u{FE0F}") || scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The text cut to at most `width` columns, `…` at its end when something is missing.
  public static func fit(_ text: String, _ width: Int) -> String {
    if columns(text) <= width { return text }
    guard width > 0 else { return "" }
    return prefix(text, width - 1) + "…"
  }

  /// The text cut in its middle, so that both ends of an address can be read.
  public static func fold(_ text: String, _ width: Int) -> String {
    if columns(text) <= width { return text }
    guard width > 2 else { return fit(text, width) }
    let tail = (width - 1) / 2
    let end = String(prefix(String(text.reversed()), tail).reversed())
    return prefix(text, width - 1 - tail) + "…" + end
  }

  /// The text cut or filled with spaces to exactly `width` columns.
  public static func pad(_ text: String, _ width: Int) -> String {
    let fitted = fit(text, width)
    return fitted + String(repeating: " ", count: max(0, width - columns(fitted)))
  }

  private static func prefix(_ text: String, _ width: Int) -> String {
    var used = 0
    var out = ""
    for character in text {
      let next = columns(character)
      if used + next > width { break }
      used += next
      out.append(character)
    }
    return out
  }
}

/// Rows under headings: aligned columns on a terminal, tab-separated fields without decoration in a pipe.
public struct Table: Sendable {
  public enum Alignment: Sendable { case left, right }

  public struct Column: Sendable {
    public var title: String
    public var alignment: Alignment
    /// May be shortened when the terminal is too narrow; the widest such column is shortened first.
    public var isFlexible: Bool
    /// Stays when others are left out for want of room.
    public var isKept: Bool

    public init(_ title: String, _ alignment: Alignment = .left, isFlexible: Bool = false, isKept: Bool = false) {
      (self.title, self.alignment, self.isFlexible, self.isKept) = (title, alignment, isFlexible, isKept)
    }
  }

  public struct Cell: Sendable, ExpressibleByStringLiteral {
    public var text: String
    public var style: Terminal.Style

    public init(_ text: String, _ style: Terminal.Style = .plain) { (self.text, self.style) = (text, style) }
    public init(stringLiteral value: String) { self.init(value) }
  }

  public var columns: [Column]
  public var rows: [[Cell]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// For programs: a line of titles, then a line a row, fields separated by tabs.
  public func plainText() -> String {
    let lines = [columns.map(\.title)] + rows.map { $0.map { escapingControls($0.text) } }
    return lines.map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  /// For people: columns two spaces apart, at most `width` wide where flexible columns allow it.
  public func text(width: Int, colour: Bool) -> String {
    lines(width: width, colour: colour, cuts: false).map { $0 + "\n" }.joined()
  }

  /// The same as lines without their breaks, the titles first. Columns that do not fit are left out, the last first,
  /// and no line is wider than `width` unless `cuts` is false.
  /// - Parameter marked: the row that stands out, in reverse; without colours it gets a `>`.
  public func lines(width: Int, colour: Bool, marked: Int? = nil, cuts: Bool = true) -> [String] {
    let margin = marked != nil && !colour ? 2 : 0
    var table = self
    while cuts, table.leastWidth + margin > width, let last = table.columns.lastIndex(where: { !$0.isKept }) {
      table.columns.remove(at: last)
      for row in table.rows.indices where last < table.rows[row].count { table.rows[row].remove(at: last) }
    }
    let lines = table.aligned(width: width - margin, colour: colour, marked: marked.map { $0 + 1 })
    guard margin > 0 else { return lines }
    return lines.enumerated().map { ($0.offset == (marked ?? -1) + 1 ? "> " : "  ") + $0.element }
  }

  /// The width with every flexible column at its smallest.
  private var leastWidth: Int {
    widths.indices.reduce(2 * (columns.count - 1)) { $0 + (columns[$1].isFlexible ? min(widths[$1], 8) : widths[$1]) }
  }

  private var widths: [Int] {
    columns.indices.map { index in
      rows.reduce(Terminal.columns(columns[index].title)) {
        max($0, index < $1.count ? Terminal.columns(escapingControls($1[index].text)) : 0)
      }
    }
  }

  private func aligned(width: Int, colour: Bool, marked: Int?) -> [String] {
    let cells = rows.map { $0.map { Cell(escapingControls($0.text), $0.style) } }
    let colourOfMark = colour
    var widths = widths
    var excess = widths.reduce(0, +) + 2 * max(0, columns.count - 1) - width
    while excess > 0 {
      let flexible = columns.indices.filter { columns[$0].isFlexible && widths[$0] > 8 }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    func line(_ row: [Cell], isMarked: Bool) -> String {
      var out = ""
      let colour = colour && !isMarked
      for (index, cell) in row.enumerated() where index < columns.count {
        if index > 0 { out += "  " }
        let text = Terminal.fit(cell.text, widths[index])
        let space = String(repeating: " ", count: max(0, widths[index] - Terminal.columns(text)))
        let styled = Terminal.styled(text, cell.style, colour: colour)
        let isLast = index == min(row.count, columns.count) - 1
        out += columns[index].alignment == .right ? space + styled : styled + (isLast ? "" : space)
      }
      guard isMarked, marked != nil else { return out }
      let rest = String(repeating: " ", count: max(0, min(width, 200) - Terminal.columns(out)))
      return Terminal.styled(out + rest, .reverse, colour: colourOfMark)
    }
    let all = [columns.map { Cell($0.title, .dim) }] + cells
    return all.enumerated().map { line($0.element, isMarked: $0.offset == marked) }
  }
}
