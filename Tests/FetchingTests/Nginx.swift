import Foundation
import Testing
import Values

@testable import Fetching

/// A real nginx on loopback with TLS, HTTP/2, gzip and a certificate of an authority of its own, in a temporary folder.
final class Nginx: Sendable {
  /// Why the tests that need it cannot run here; nil when they can.
  static let obstacle: String? = {
    for program in ["nginx", "openssl"] where find(program) == nil { return "\(program) is not installed" }
    return nil
  }()

  let folder: URL
  let plainPort: Int
  let tlsPort: Int
  private let process: Process

  var caFile: String { folder.appending(path: "ca.pem").path }

  /// news.test and other.test lead here, whatever DNS says.
  var connectTo: [String] {
    ["news.test", "other.test", "wrong.test"].flatMap {
      ["\($0):80:127.0.0.1:\(plainPort)", "\($0):443:127.0.0.1:\(tlsPort)"]
    }
  }

  /// Starts one, gives it to the body, and stops it.
  static func with(_ body: (Nginx) async throws -> Void) async throws {
    let nginx = try await blocking { try Nginx() }
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(nginx))
    } catch {
      result = .failure(error)
    }
    try await blocking { nginx.stop() }
    try result.get()
  }

  /// Runs what blocks on a thread of its own: the tests' pool has two, and time is measured on it.
  private static func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
  }

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "fetching-nginx-\(UUID().uuidString)")
    plainPort = try Self.freePort()
    tlsPort = try Self.freePort()
    let root = folder.appending(path: "www")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    // nginx started by root hands its work to another user, who has to get in.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    try Data("<rss version=\"2.0\"><channel><title>News</title></channel></rss>".utf8)
      .write(to: root.appending(path: "feed.xml"))
    try Data(repeating: 0x61, count: 300_000).write(to: root.appending(path: "page.html"))
    try Data(repeating: 0x20, count: 20_000_000).write(to: root.appending(path: "bomb.html"))
    try Self.certificates(in: folder)
    try Data(Self.configuration(folder, plainPort, tlsPort).utf8).write(to: folder.appending(path: "nginx.conf"))

    process = Process()
    let program: URL = try #require(Self.find("nginx"))
    process.executableURL = program
    process.arguments = ["-p", folder.path, "-c", folder.appending(path: "nginx.conf").path, "-e", "stderr"]
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    try #require(Self.waitForPort(tlsPort), "nginx does not answer on its port")
  }

  private func stop() {
    // Not SIGTERM: dispatch's threads block it, and nginx inherits the mask of the thread that started it.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  func fetcher(
    limits: FetcherConfiguration.Limits = .init(), concurrency: Int = 32, http2: Bool = true, trusted: Bool = true
  ) throws -> Fetcher {
    try Fetcher.forTests(
      allow: ["127.0.0.1/32"], connectTo: connectTo, caFile: trusted ? caFile : nil, concurrency: concurrency,
      http2: http2, limits: limits)
  }

  private static func configuration(_ folder: URL, _ plainPort: Int, _ tlsPort: Int) -> String {
    """
    daemon off;
    master_process off;
    pid \(folder.path)/nginx.pid;
    error_log \(folder.path)/error.log;
    events { worker_connections 256; }
    http {
      access_log off;
      types { application/rss+xml xml; text/html html; text/plain txt; }
      \(["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " "))
      gzip on;
      gzip_comp_level 9;
      gzip_min_length 100;
      gzip_types text/html application/rss+xml;
      server {
        listen 127.0.0.1:\(plainPort);
        listen 127.0.0.1:\(tlsPort) ssl http2;
        ssl_certificate \(folder.path)/server.pem;
        ssl_certificate_key \(folder.path)/server.key;
        root \(folder.path)/www;
        absolute_redirect off;
        add_header X-Connection $connection always;
        add_header X-Encoding-Asked $http_accept_encoding always;
        location = /moved { return 301 /feed.xml; }
        location = /found { return 302 https://other.test/feed.xml; }
        location = /upgrade { return 301 https://news.test/feed.xml; }
        location = /downgrade { return 301 http://news.test/feed.xml; }
        location = /loop-a { return 302 /loop-b; }
        location = /loop-b { return 302 /loop-a; }
        location = /private { return 302 http://169.254.169.254/latest/meta-data/; }
        location = /busy { add_header Retry-After 7 always; return 429 "later"; }
      }
    }
    """
  }

  // MARK: Tools

  private static func certificates(in folder: URL) throws {
    func openssl(_ arguments: String...) throws {
      let process = Process()
      let program: URL = try #require(find("openssl"))
      process.executableURL = program
      process.arguments = arguments
      process.currentDirectoryURL = folder
      process.standardError = FileHandle(forWritingAtPath: "/dev/null")
      process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "openssl \(arguments[0]) failed")
    }
    try openssl("rand", "-out", "www/big.txt", "2000000")
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=news.test", "-keyout",
      "server.key", "-out", "server.csr")
    try Data("subjectAltName=DNS:news.test,DNS:other.test\n".utf8).write(to: folder.appending(path: "names"))
    try openssl(
      "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
      "-extfile", "names", "-out", "server.pem")
  }

  private static func find(_ program: String) -> URL? {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin:/usr/bin"
    return path.split(separator: ":").map { URL(filePath: "\($0)/\(program)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  private static func socketAddress(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    return address
  }

  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = socketAddress(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(bound)
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func waitForPort(_ port: Int) -> Bool {
    for _ in 0..<500 {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = socketAddress(port: port)
      let connected = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      if connected { return true }
      usleep(10_000)
    }
    return false
  }
}
