import Glibc
import Synchronization
import Values

/// Plain lines on a descriptor that is no terminal: one record a line, complete, nothing shortened but what passes 4
/// kB. With `priorities`, each starts with `<N>` as sd-daemon(3) has it, for a manager that reads stderr.
public final class LineSink: EventSink {
  private let out: DescriptorWriter
  private let priorities: Bool

  public init(descriptor: Int32, priorities: Bool) {
    out = DescriptorWriter(descriptor)
    self.priorities = priorities
  }

  public func write(_ record: EventRecord) {
    // With priorities the manager stamps the time itself.
    let line =
      priorities ? "<\(record.level.priority)>" + record.sentence : EventRenderer.plainLine(record)
    out.write(
      line, droppedNotice: { "\(self.priorities ? "<4>" : "")\($0) log lines were lost: the reader is too slow" })
  }
}

/// The live log on a terminal: `EventRenderer`'s lines at the terminal's present width.
public final class TerminalSink: EventSink {
  private let out: DescriptorWriter
  private let descriptor: Int32
  private let renderer: Mutex<EventRenderer>

  public init(descriptor: Int32, colour: Bool) {
    out = DescriptorWriter(descriptor)
    self.descriptor = descriptor
    renderer = Mutex(EventRenderer(style: .columns(width: Terminal.width(descriptor), colour: colour)))
  }

  public func write(_ record: EventRecord) {
    let text = renderer.withLock { renderer in
      renderer.width = Terminal.width(descriptor)
      return renderer.render(record)
    }
    out.write(text, droppedNotice: { "\($0) log lines were lost: the terminal is too slow" })
  }
}

/// Writes lines to a descriptor without ever waiting for its reader: a line that finds no room within a tenth of a
/// second is dropped and counted, and the count is written when there is room again.
final class DescriptorWriter: Sendable {
  /// Up to this size (PIPE_BUF) a pipe that polls writable takes a write whole.
  static let longest = 4096

  private let descriptor: Int32
  private let dropped = Mutex(0)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func write(_ line: String, droppedNotice: (Int) -> String) {
    dropped.withLock { dropped in
      guard hasRoom() else {
        dropped += 1
        return
      }
      if dropped > 0 {
        send(droppedNotice(dropped))
        dropped = 0
        guard hasRoom() else {
          dropped = 1
          return
        }
      }
      send(line)
    }
  }

  private func hasRoom() -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 100) > 0
  }

  private func send(_ line: String) {
    var bytes = Array(line.utf8)
    if bytes.count >= Self.longest {
      bytes = Array(String(decoding: bytes.prefix(Self.longest - 8), as: UTF8.self).utf8) + Array("…".utf8)
    }
    bytes.append(UInt8(ascii: "\n"))
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return
      }
      at += count
    }
  }
}
