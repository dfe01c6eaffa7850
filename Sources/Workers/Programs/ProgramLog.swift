#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What a program writes to standard error, cut into lines with a level each. What is too much is counted and left out:
/// a program that talks without end must not fill the log.
struct ProgramLog {
  struct Line: Equatable {
    /// A syslog priority, 7 for debug down to 2 for critical.
    var priority: Int
    var text: String
  }

  /// Lines that one job may write.
  static let lineLimit = 50
  /// Bytes that one job may write before it counts as broken.
  static let byteLimit = 1 << 20
  /// Characters of one line that are kept.
  static let length = 500

  private var rest: [UInt8] = []
  private var lastLine: [UInt8] = []
  private var lines = 0
  private var bytes = 0
  private(set) var dropped = 0

  /// The last line that said anything: it explains a death.
  var last: String { Self.line(String(decoding: lastLine, as: UTF8.self)).text }

  /// Whether the present job has written more than is bearable.
  var isFlooding: Bool { bytes > Self.byteLimit }

  mutating func startJob() {
    lines = 0
    bytes = 0
    dropped = 0
  }

  /// Takes what was read and gives the lines that are complete. Lines beyond the limit cost next to nothing.
  mutating func take(_ chunk: ArraySlice<UInt8>) -> [Line] {
    bytes += chunk.count
    var found: [Line] = []
    var left = chunk
    while let end = left.firstIndex(of: UInt8(ascii: "\n")) {
      keep(left[..<end])
      if let line = line() { found.append(line) }
      left = left[(end + 1)...]
    }
    keep(left)
    return found
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) {
    rest.append(contentsOf: part.prefix(max(0, Self.length * 4 - rest.count)))
  }

  private mutating func line() -> Line? {
    defer { rest.removeAll(keepingCapacity: true) }
    if rest.isEmpty { return nil }
    lastLine = rest
    lines += 1
    if lines > Self.lineLimit {
      dropped += 1
      return nil
    }
    let line = Self.line(String(decoding: rest, as: UTF8.self))
    return line.text.isEmpty ? nil : line
  }

  /// `<4>text` as sd-daemon(3) has it; without a prefix a line is information.
  static func line(_ text: String) -> Line {
    var text = Substring(text)
    var priority = 6
    if text.first == "<", let end = text.firstIndex(of: ">"),
      let level = Int(text[text.index(after: text.startIndex)..<end]),
      (0...7).contains(level)
    {
      priority = max(level, 2)
      text = text[text.index(after: end)...]
    }
    let printable = text.unicodeScalars.lazy.map {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : Character($0)
    }
    let clean = String(printable.prefix(length))
    return Line(priority: priority, text: clean.split(separator: " ").joined(separator: " "))
  }
}
