import Foundation
import Synchronization
import Testing
import Threads

@testable import Push

@Suite struct RequestReaderTests {
  private func read(_ text: String, limit: Int = 100, step: Int = 1_000_000) -> RequestReader.Progress {
    var reader = RequestReader(bodyLimit: limit)
    let bytes = Array(text.utf8)
    var progress = RequestReader.Progress.incomplete
    for start in stride(from: 0, to: bytes.count, by: step) {
      progress = reader.add(bytes[start..<min(start + step, bytes.count)])
      if progress != .incomplete { return progress }
    }
    return progress
  }

  @Test(arguments: [1, 3, 7, 1000]) func wholeRequestsInAnyPieces(_ step: Int) throws {
    let get = "GET /hook/abc?hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Fx+y&e HTTP/1.1\r\nHost: h\r\n\r\n"
    guard case .complete(let request) = read(get, step: step) else { throw Failure() }
    #expect(request.method == "GET" && request.path == "/hook/abc" && request.token == "abc")
    #expect(request.parameter("hub.topic") == "https://a.example/x y" && request.parameter("e") == "")
    let post = "POST /abc HTTP/1.0\r\nContent-Length: 5\r\nX-Hub-Signature:  sha1=00\r\n\r\nhello"
    guard case .complete(let posted) = read(post, step: step) else { throw Failure() }
    #expect(posted.body == Array("hello".utf8) && posted.header("x-hub-signature") == "sha1=00")
    let chunked =
      "POST /abc HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: x\r\n\r\n"
    guard case .complete(let joined) = read(chunked, step: step) else { throw Failure() }
    #expect(joined.body == Array("hello".utf8))
  }
  private struct Failure: Error {}

  /// A sign is no digit: not of an escape, and not of a chunk's size.
  @Test func hexadecimalDigitsHaveNoSign() throws {
    guard case .complete(let request) = read("GET /a?x=%+5&y=%2B5 HTTP/1.1\r\nHost: h\r\n\r\n") else { throw Failure() }
    #expect(request.parameter("x") == "% 5" && request.parameter("y") == "+5")
    for size in ["+2", "-2", "0x2", ""] {
      let chunked = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\nhi\r\n0\r\n\r\n"
      guard case .refused(let response) = read(chunked) else { throw Failure() }
      #expect(response.status == 400)
    }
  }

  @Test func aClientThatWaitsIsToldToGoOn() {
    var reader = RequestReader(bodyLimit: 10)
    let head = "POST /a HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    let first = reader.add(Array(head.utf8))
    let second = reader.add([0x68])
    #expect(first == .wantsContinue && second == .incomplete)
    guard case .complete = reader.add([0x69]) else {
      Issue.record("not complete")
      return
    }
  }

  @Test(arguments: [
    ("GET / HTTP/2\r\n\r\n", 400), ("GET x HTTP/1.1\r\n\r\n", 400), ("PUT / HTTP/1.1\r\n\r\n", 405),
    ("\u{1}\u{2}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nbad\r\n\r\n", 400), ("GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\na b: x\r\n\r\n", 400), ("POST / HTTP/1.1\r\n\r\n", 411),
    ("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", 413), ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n", 413),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", 400),
    ("GET / HTTP/1.1\r\nx: " + String(repeating: "a", count: 20_000), 431),
  ]) func refusals(_ text: String, _ status: Int) {
    guard case .refused(let response) = read(text) else {
      Issue.record("not refused: \(text.prefix(60))")
      return
    }
    #expect(response.status == status)
  }
}

@Suite struct SignatureTests {
  /// RFC 4231, test case 2, and RFC 2202, test case 2.
  @Test(arguments: [
    ("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", true),
    ("SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843", true),
    ("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", true),
    ("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3842", false),
    ("sha1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", false),
    ("sha256=5bdcc146", false), ("sha256=", false), ("md5=00", false), ("sha256", false), ("sha256=zz", false),
  ]) func known(_ field: String, _ isValid: Bool) {
    let body = Array("what do ya want for nothing?".utf8)
    #expect(Signature.isValid(field, of: body, secret: "Jefe") == isValid)
    #expect(!Signature.isValid(field, of: body, secret: ""))
  }

  @Test func aMissingSignatureIsNone() { #expect(!Signature.isValid(nil, of: [], secret: "s")) }
}

@Suite struct LinkFieldTests {
  @Test func relationsAreFound() {
    let values = [
      "<https://hub.example/>; rel=\"hub\", <https://a.example/x,y>; rel=\"self alternate\"; title=\"a, b\"",
      "<https://b.example/>;rel=hub",
    ]
    #expect(LinkField.targets(values, rel: "hub") == ["https://hub.example/", "https://b.example/"])
    #expect(LinkField.targets(values, rel: "self") == ["https://a.example/x,y"])
    #expect(LinkField.targets(["<broken", "x"], rel: "hub") == [])
  }
}

@Suite struct ListenerTests {
  @Test(arguments: ["0.0.0.0:80", "192.168.1.1:80", "localhost:80", "127.0.0.1", "[::]:80", "127.0.0.1:x", ""])
  func onlyLoopback(_ address: String) {
    #expect(throws: PushListenerError.self) { try PushListener.parse(address) }
  }

  @Test func realRequests() async throws {
    let listener = try PushListener(address: "127.0.0.1:0", bodyLimit: 1000) { request in
      PushResponse(200, "\(request.method) \(request.token) \(request.body.count)")
    }
    try listener.start()
    defer { listener.stop() }
    func ask(_ request: String) throws -> String {
      let descriptor = try connection(to: listener)
      defer { close(descriptor) }
      let bytes = Array(request.utf8)
      try #require(send(descriptor, bytes, bytes.count, 0) == bytes.count)
      var answer: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
      return String(decoding: answer, as: UTF8.self)
    }
    let get = try ask("GET /hook/t HTTP/1.1\r\n\r\n")
    #expect(get.hasPrefix("HTTP/1.1 200 OK\r\n") && get.hasSuffix("\r\n\r\nGET t 0"))
    let body = String(repeating: "x", count: 500)
    #expect(try ask("POST /hook/t HTTP/1.1\r\nContent-Length: 500\r\n\r\n" + body).hasSuffix("POST t 500"))
    #expect(try ask("POST /t HTTP/1.1\r\nContent-Length: 2000\r\n\r\nx").hasPrefix("HTTP/1.1 413 "))
    #expect(try ask("DELETE /t HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 405 "))
    // The port of a second one is taken.
    #expect(throws: PushListenerError.self) {
      try PushListener(address: "127.0.0.1:\(listener.port)", bodyLimit: 10) { _ in PushResponse(200) }
    }
  }

  /// Where there is no room for a thread a connection is let go of, and the next ones are served.
  @Test func aThreadThatCannotBeHadCostsOneConnection() throws {
    let asked = Mutex(0)
    let listener = try PushListener(address: "127.0.0.1:0", bodyLimit: 1000) { name, body in
      let turn = asked.withLock {
        $0 += 1
        return $0
      }
      return turn == 2 ? EAGAIN : startThread(name, body)
    } handler: { _ in
      PushResponse(200)
    }
    try listener.start()
    defer { listener.stop() }
    for isServed in [false, true] {
      let descriptor = try connection(to: listener)
      defer { close(descriptor) }
      let get = Array("GET /t HTTP/1.1\r\n\r\n".utf8)
      _ = send(descriptor, get, get.count, Int32(MSG_NOSIGNAL))
      var buffer = [UInt8](repeating: 0, count: 4096)
      #expect((recv(descriptor, &buffer, buffer.count, 0) > 0) == isServed)
    }
    let deaf = try PushListener(address: "127.0.0.1:0", bodyLimit: 1000) { _, _ in
      EAGAIN
    } handler: { _ in
      PushResponse(200)
    }
    let error = #expect(throws: PushListenerError.self) { try deaf.start() }
    #expect(error?.message == "cannot start a thread: Resource temporarily unavailable")
  }

  /// The answer comes with the head, while the client is still sending the body: it must not be lost over that.
  @Test func aClientThatGoesOnSendingGetsItsAnswer() throws {
    let listener = try PushListener(address: "127.0.0.1:0", bodyLimit: 1000) { _ in PushResponse(200) }
    try listener.start()
    defer { listener.stop() }
    let descriptor = try connection(to: listener)
    defer { close(descriptor) }
    let head = Array("POST /t HTTP/1.1\r\nContent-Length: 800000\r\n\r\n".utf8)
    let part = [UInt8](repeating: 0x78, count: 100_000)
    var sent = send(descriptor, head, head.count, Int32(MSG_NOSIGNAL))
    for _ in 0..<8 {
      // Time enough for a listener to close that does not wait.
      usleep(50_000)
      sent += max(0, send(descriptor, part, part.count, Int32(MSG_NOSIGNAL)))
    }
    #expect(sent == head.count + 800_000)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self).hasPrefix("HTTP/1.1 413 "))
  }
}

/// A connection to the listener; whoever asks for it closes it.
private func connection(to listener: PushListener) throws -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var place = sockaddr_in()
  place.sin_family = sa_family_t(AF_INET)
  place.sin_port = UInt16(listener.port).bigEndian
  inet_pton(AF_INET, "127.0.0.1", &place.sin_addr)
  let isConnected = withUnsafeMutablePointer(to: &place) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  try #require(isConnected)
  return descriptor
}
