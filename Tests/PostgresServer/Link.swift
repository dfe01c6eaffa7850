import Foundation

/// A way to a server that can be cut: connections to `port` of 127.0.0.1 are carried on to the server's port.
public final class Link: @unchecked Sendable {
  public enum Mode: Sendable {
    case open
    /// Nothing passes any more, and nobody is told.
    case silent
    /// What is sent arrives; its answer ends the connection instead of coming back.
    case answersLost
  }

  public let port: Int
  private let listener: Int32
  private let target: Int
  private let lock = NSLock()
  private var current = Mode.open

  public var mode: Mode {
    get { lock.withLock { current } }
    set { lock.withLock { current = newValue } }
  }

  public init(to target: Int) {
    self.target = target
    (listener, port) = Self.listen()
    Thread.detachNewThread { [listener, weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let self else { return }
        let server = Self.connect(self.target)
        Thread.detachNewThread { self.carry(from: client, to: server, isAnswer: false) }
        Thread.detachNewThread { self.carry(from: server, to: client, isAnswer: true) }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The address of a database through this link.
  public func url(_ database: String) -> String { "postgresql://postgres@127.0.0.1:\(port)/\(database)" }

  private func carry(from: Int32, to: Int32, isAnswer: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(from, &buffer, buffer.count)
      guard count > 0 else { break }
      while mode == .silent { usleep(5_000) }
      if isAnswer, mode == .answersLost { break }
      guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
    }
    shutdown(from, Int32(SHUT_RDWR))
    shutdown(to, Int32(SHUT_RDWR))
  }

  private static func listen() -> (Int32, Int) {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(file, $0, size)
        _ = getsockname(file, $0, &size)
      }
    }
    precondition(Foundation.listen(file, 16) == 0)
    return (file, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func connect(_ port: Int) -> Int32 {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port)
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return file
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
