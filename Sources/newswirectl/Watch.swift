import Glibc
import Service
import Synchronization
import Values

/// `newswirectl status --watch`: the loop between keys, clock, daemon and terminal. Uses no more of a terminal than the
/// VT100's cursor and erase sequences; what else is sent (another screen, a hidden cursor) may be ignored.
struct Watch {
  let client: ControlClient
  /// Seconds between two looks.
  let interval: Double

  func run() throws {
    guard Terminal.isTerminal(1) else {
      try fail("--watch needs a terminal; in a pipe use status or status --json.", .usage)
    }
    let environment = ServiceEnvironment.current().variables
    if !Terminal.isTerminal(0) || ["", "dumb", "unknown"].contains(environment["TERM"] ?? "") {
      try plain()
    }
    let colour = Terminal.wantsColour(1, environment: environment)
    guard let raw = RawTerminal() else { try fail("The terminal cannot be set to single keys.", .system) }
    defer { raw.leave() }
    raw.enter()
    var screen = WatchScreen()
    var keys = WatchKeyReader()
    var shown: [String] = []
    var nextLook: UInt64 = 0
    while true {
      if monotonic() >= nextLook {
        ask(&screen)
        nextLook = monotonic() + UInt64(interval * 1e6)
      }
      let size = Terminal.size(1)
      let lines = screen.lines(width: size.columns, height: size.rows, now: .now(), colour: colour)
      if lines != shown || raw.takeResize() {
        guard raw.draw(lines) else { return }
        shown = lines
      }
      let left = nextLook > monotonic() ? (nextLook - monotonic()) / 1000 + 1 : 0
      // A lone escape is one when nothing follows it.
      let wait = keys.isUndecided ? 50 : min(left, 1000)
      guard let bytes = raw.read(within: Int32(wait)) else { return }
      for key in bytes.isEmpty ? keys.flush() : keys.take(bytes) {
        switch screen.press(key) {
        case .none: break
        case .refresh: nextLook = 0
        case .open(let id): explain(id, &screen)
        case .suspend:
          raw.leave()
          raise(SIGSTOP)
          raw.enter()
          shown = []
        case .quit: return
        }
      }
    }
  }

  private func ask(_ screen: inout WatchScreen) {
    do {
      screen.show(try client.call("status", JSONObject(), timeout: .seconds(3)) { _ in })
    } catch {
      screen.show(failure: error.description)
    }
    if let id = screen.opened { explain(id, &screen) }
  }

  private func explain(_ id: String, _ screen: inout WatchScreen) {
    let text: String
    do {
      let answer = try client.call(
        "explain", JSONObject([("source", .string(id))]), timeout: .seconds(3)
      ) { _ in }
      text = (answer["sources"]?.array ?? []).map { SourceExplanation($0, now: .now()).text }.joined(separator: "\n")
    } catch {
      text = error.description
    }
    screen.show(details: text, of: id)
  }

  /// A terminal without cursor, or without keys: one report below the other, until it is interrupted.
  private func plain() throws -> Never {
    while true {
      let answer: JSON
      do {
        answer = try client.call("status", JSONObject(), timeout: .seconds(10)) { _ in }
      } catch {
        try fail(error.description, error.exitStatus)
      }
      let report = StatusReport(StatusSnapshot(answer), now: .now())
      let text = report.heading.map { escapingControls($0) + "\n" }.joined() + "\n"
      guard Terminal.write(text + report.table.text(width: Terminal.width(1), colour: false) + "\n") else {
        ExitStatus.ok.leave()
      }
      usleep(UInt32(interval * 1e6))
    }
  }

  /// Microseconds.
  private func monotonic() -> UInt64 { UInt64(MonotonicClock.now() / 1000) }
}

/// Signals that came while the terminal was ours; set in a handler, so no more than a number.
private let signalSeen = Atomic<Int32>(0)
private let resized = Atomic<Bool>(false)

/// The terminal in single-key mode, with its former state for the end.
private struct RawTerminal {
  private let before: termios

  init?() {
    var state = termios()
    guard tcgetattr(0, &state) == 0 else { return nil }
    before = state
    // poll() is interrupted by them, which is all that is needed.
    for number in [SIGTERM, SIGHUP, SIGINT] { signal(number) { signalSeen.store($0, ordering: .relaxed) } }
    signal(SIGWINCH) { _ in resized.store(true, ordering: .relaxed) }
  }

  func enter() {
    var state = before
    state.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    state.c_iflag &= ~tcflag_t(IXON | ICRNL)
    tcsetattr(0, TCSAFLUSH, &state)
    Terminal.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H\u{1B}[J")
  }

  func leave() {
    Terminal.write("\u{1B}[?25h\u{1B}[?1049l\u{1B}[0m")
    var state = before
    tcsetattr(0, TCSAFLUSH, &state)
  }

  func takeResize() -> Bool { resized.exchange(false, ordering: .relaxed) }

  /// False when the terminal has gone.
  func draw(_ lines: [String]) -> Bool {
    Terminal.write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// What was typed within that time; empty for nothing, nil when it is over.
  func read(within milliseconds: Int32) -> [UInt8]? {
    var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    let ready = poll(&entry, 1, milliseconds)
    if signalSeen.load(ordering: .relaxed) != 0 { return nil }
    guard ready > 0 else { return [] }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = Glibc.read(0, &buffer, buffer.count)
    if count < 0, errno == EINTR { return [] }
    return count > 0 ? Array(buffer[..<count]) : nil
  }
}
