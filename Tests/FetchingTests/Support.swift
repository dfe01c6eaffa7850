import Foundation
import Synchronization
import Testing
import Values

@testable import Fetching

/// Everything that runs libcurl. One after the other, because some of it measures time.
@Suite(.serialized, .timeLimit(.minutes(2))) enum Loopback {}

/// A web server of a few lines that answers as badly as the test wants. Listens on an address below 127/8.
final class RawServer: Sendable {
  /// One request: what came, and the way to answer.
  struct Exchange {
    let head: [UInt8]
    fileprivate let socket: Int32

    var text: String { String(decoding: head, as: UTF8.self) }
    var path: String { text.split(separator: " ").dropFirst().first.map(String.init) ?? "" }

    /// False when the client has gone.
    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count <= 0 { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }

    func answer(_ status: String = "200 OK", _ headers: [String] = [], _ body: String = "") {
      send(
        (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers + ["", body])
          .joined(separator: "\r\n"))
    }

    /// Reads the request's body: closing with it unread would turn the answer into a reset.
    func readBody() {
      guard
        let length = text.split(separator: "\r\n").first(where: { $0.hasPrefix("Content-Length: ") })
          .flatMap({ Int($0.dropFirst(16)) })
      else { return }
      var bytes = [UInt8](repeating: 0, count: length)
      var count = 0
      while count < length, case let more = recv(socket, &bytes, length - count, 0), more > 0 { count += more }
    }

    /// Reads until nothing more comes: how much, and 0 after an orderly end or -1 after a reset.
    func readToEnd() -> (bytes: Int, end: Int) {
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      var total = 0
      while true {
        let count = recv(socket, &bytes, bytes.count, 0)
        if count <= 0 { return (total, count) }
        total += count
      }
    }

    /// Waits for the client to close, at most that long.
    func waitForClose(seconds: Int) {
      var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      poll(&descriptor, 1, Int32(seconds * 1000))
    }
  }

  let host: String
  let port: Int
  private let listener: Int32
  private let heads = Mutex<[(time: Int64, head: [UInt8])]>([])
  private let accepted = Atomic<Int>(0)

  var connections: Int { accepted.load(ordering: .relaxed) }
  var requests: [[UInt8]] { heads.withLock { $0.map(\.head) } }
  var arrivals: [Int64] { heads.withLock { $0.map(\.time) } }

  init(host: String = "127.0.0.2", _ handler: @escaping @Sendable (Exchange) -> Void) throws {
    self.host = host
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    inet_pton(AF_INET, host, &address.sin_addr)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    try #require(bound, "no socket on \(host)")
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        accepted.add(1, ordering: .relaxed)
        Thread.detachNewThread { [self] in serve(connection, handler) }
      }
    }
  }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32, _ handler: (Exchange) -> Void) {
    defer { close(connection) }
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.ends(with: [13, 10, 13, 10]) {
      guard recv(connection, &byte, 1, 0) == 1 else { return }
      head.append(byte)
    }
    heads.withLock { $0.append((MonotonicClock.now(), head)) }
    handler(Exchange(head: head, socket: connection))
  }

  func url(_ path: String = "/") -> WebURL { WebURL("http://\(host):\(port)\(path)")! }
}

extension Array where Element == UInt8 {
  func ends(with tail: [UInt8]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}

extension Fetcher {
  /// The error that the request ends with; records an issue when it ends with an answer.
  func failure(_ request: FetchRequest, _ location: SourceLocation = #_sourceLocation) async -> FetchError? {
    do throws(FetchError) {
      let response = try await fetch(request)
      Issue.record("answered with \(response.status), \(response.bodyBytes) bytes", sourceLocation: location)
      return nil
    } catch { return error }
  }

  /// A fetcher that may talk to 127.0.0.2 only.
  static func forTests(
    allow: [String] = ["127.0.0.2"], connectTo: [String] = [], caFile: String? = nil, ports: Set<Int> = [],
    maxConcurrent: Int = 32, concurrency: Int = 8, gap: Duration = .zero, http2: Bool = true,
    timeouts: FetcherConfiguration.Timeouts = .init(total: .seconds(10)), limits: FetcherConfiguration.Limits = .init()
  ) throws -> Fetcher {
    Fetcher(
      try FetcherConfiguration(
        userAgent: "newswire/1.0", contact: "https://news.test/bot", connectTo: connectTo, caFile: caFile,
        allowAddresses: allow, allowPorts: ports, maxConcurrent: maxConcurrent, perGroupConcurrency: concurrency,
        perGroupGap: gap, http2: http2, timeouts: timeouts, limits: limits))
  }
}
