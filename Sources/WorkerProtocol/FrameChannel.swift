import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why a message could not be exchanged.
package enum ChannelError: Error, Equatable {
  /// The other end is gone.
  case closed
  /// The deadline passed.
  case deadline
  case malformed(String)
  case system(Int32)
}

/// Messages over a pair of file descriptors, with deadlines. Blocking: never call it on the cooperative pool.
package struct FrameChannel {
  package let input: Int32
  package let output: Int32
  private var decoder = FrameDecoder()

  package init(input: Int32, output: Int32) {
    self.input = input
    self.output = output
  }

  /// Writes one message. `deadline` is in seconds of the monotonic clock; nil waits for ever.
  package func write(_ frame: Frame, deadline: Double?) throws(ChannelError) {
    let bytes = frame.bytes
    var sent = 0
    while sent < bytes.count {
      try Self.wait(output, POLLOUT, deadline)
      let count = bytes.withUnsafeBytes { Glibc.write(output, $0.baseAddress! + sent, bytes.count - sent) }
      if count >= 0 {
        sent += count
      } else if errno == EPIPE || errno == ECONNRESET {
        throw .closed
      } else if errno != EINTR, errno != EAGAIN {
        throw .system(errno)
      }
    }
  }

  /// Reads one message; nil when the stream ends between two.
  package mutating func read(deadline: Double?) throws(ChannelError) -> Frame? {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      do throws(FrameError) {
        if let frame = try decoder.next() { return frame }
      } catch {
        throw .malformed(error.reason)
      }
      try Self.wait(input, POLLIN, deadline)
      let count = chunk.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress!, $0.count) }
      if count > 0 {
        decoder.append(chunk[..<count])
      } else if count == 0 || errno == ECONNRESET {
        if decoder.isBetweenMessages { return nil }
        throw .closed
      } else if errno != EINTR, errno != EAGAIN {
        throw .system(errno)
      }
    }
  }

  private static func wait(_ descriptor: Int32, _ events: Int32, _ deadline: Double?) throws(ChannelError) {
    while true {
      var timeout: Int32 = -1
      if let deadline {
        let rest = deadline - MonotonicClock.seconds()
        if rest <= 0 { throw .deadline }
        timeout = Int32(min(rest * 1000 + 1, 3_600_000))
      }
      var set = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let ready = poll(&set, 1, timeout)
      if ready > 0 { return }
      if ready < 0, errno != EINTR { throw .system(errno) }
    }
  }
}
