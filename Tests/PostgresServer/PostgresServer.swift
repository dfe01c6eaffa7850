import Foundation

/// A PostgreSQL server of a test's own, in a directory of its own, on a Unix socket and on a port of 127.0.0.1. It ends
/// with this process, however that ends.
///
/// Its databases are ordered by ICU's German rules, so that nothing may depend on the order of bytes without saying so.
public final class PostgresServer: @unchecked Sendable {
  /// One for all tests of a run; started by the first that wants it.
  public static let shared = PostgresServer()

  public let directory: String
  public let port: Int
  private let programs: String
  private let lock = NSLock()
  private var databases = 0
  /// Its end is what the keeper of the server waits for.
  private var life: Pipe?
  private let ownLife = Pipe()

  private let tls: [String]

  /// A certificate of its own for 127.0.0.1, where it has TLS.
  public var certificate: String { directory + "/server.crt" }

  public init(tls: Bool = false) {
    programs = Self.newestPrograms()
    // Short: the path of a Unix socket has 107 bytes.
    var template = Array("/tmp/newswire-pg-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("mkdtemp: \(String(cString: strerror(errno)))") }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(directory, 0o755)
    port = Self.freePort()
    let cleaner = Process()
    cleaner.executableURL = URL(fileURLWithPath: "/bin/bash")
    cleaner.arguments = ["-c", #"read -r _; sleep 1; rm -rf "$0""#, directory]
    cleaner.standardInput = ownLife
    try! cleaner.run()
    let data = directory + "/data"
    if geteuid() == 0 { Self.run("/usr/bin/chown", ["postgres", directory]) }
    let key = directory + "/server.key"
    self.tls =
      tls ? ["-c", "ssl=on", "-c", "ssl_cert_file=\(directory)/server.crt", "-c", "ssl_key_file=\(key)"] : []
    if tls {
      let openssl = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", directory + "/server.crt",
      ]
      Self.run(Self.owner[0], Self.owner.dropFirst() + openssl)
    }
    let initdb = [
      programs + "/initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu",
      "--icu-locale=de", "--auth=trust", "--no-sync",
    ]
    Self.run(Self.owner[0], Self.owner.dropFirst() + initdb)
    // Those whose name begins with "locked" want a password.
    let rules = "local all locked scram-sha-256\nhost all locked 127.0.0.1/32 scram-sha-256\n"
    let path = data + "/pg_hba.conf"
    let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    try? (rules + before).write(toFile: path, atomically: false, encoding: .utf8)
    start()
  }

  deinit { stop() }

  /// `-F`: nothing here has to survive a power cut.
  private var command: [String] {
    Self.owner + [
      programs + "/postgres", "-D", directory + "/data", "-k", directory, "-p", "\(port)", "-F", "-c",
      "listen_addresses=127.0.0.1", "-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=200", "-c",
      "log_min_messages=fatal",
    ] + tls
  }

  public func start(waiting: Bool = true) {
    let life = Pipe()
    let keeper = Process()
    keeper.executableURL = URL(fileURLWithPath: "/bin/bash")
    keeper.arguments =
      [
        "-c", #""$@" </dev/null >>"$0/log" 2>&1 & read -r _; kill -QUIT $! 2>/dev/null; wait"#, directory,
      ] + command
    keeper.standardInput = life
    try! keeper.run()
    self.life = life
    if waiting { waitUntilReady() }
  }

  public func waitUntilReady() {
    for _ in 0..<600 {
      if Self.status(programs + "/pg_isready", ["-q", "-h", directory, "-p", "\(port)"]) == 0 { return }
      usleep(50_000)
    }
    let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
    fatalError("the PostgreSQL server of the tests did not start:\n\(log)")
  }

  /// Ends the server at once, as a power cut would, and waits until it is gone.
  public func kill() {
    guard let text = try? String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8),
      let process = Int32(text.prefix { $0.isNumber })
    else { return }
    Foundation.kill(process, SIGQUIT)
    while Foundation.kill(process, 0) == 0 { usleep(10_000) }
  }

  public func stop() {
    kill()
    life = nil
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// A new, empty database: its address over the Unix socket.
  public func database() -> String {
    let number = lock.withLock {
      databases += 1
      return databases
    }
    let name = "test_\(number)"
    query("CREATE DATABASE \(name)")
    return url(name)
  }

  public func url(_ database: String, user: String = "postgres") -> String {
    let socket = directory.split(separator: "/").joined(separator: "%2F")
    return "postgresql://\(user)@%2F\(socket):\(port)/\(database)"
  }

  /// The same over TCP, without TLS.
  public func tcpURL(_ database: String, user: String = "postgres") -> String {
    "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
  }

  /// Runs SQL as the superuser; what psql prints, without frames.
  @discardableResult
  public func query(_ sql: String, database: String = "postgres") -> String {
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: programs + "/psql")
    process.arguments = [
      "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", directory, "-p", "\(port)", "-U", "postgres", "-d",
      database,
      "-c", sql,
    ]
    process.standardOutput = output
    try! process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "psql failed: \(sql)")
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// initdb and postgres refuse to run as root.
  private static let owner: [String] =
    geteuid() == 0
    ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : ["/usr/bin/env", "--"]

  private static func newestPrograms() -> String {
    let root = "/usr/lib/postgresql"
    let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
    guard let newest = versions.max() else {
      fatalError("no PostgreSQL server is installed: run scripts/install-deps.sh --test")
    }
    return "\(root)/\(newest)/bin"
  }

  private static func freePort() -> Int {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(file) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(file, $0, size)
        _ = getsockname(file, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func run(_ program: String, _ arguments: some Sequence<String>) {
    let status = status(program, Array(arguments))
    precondition(status == 0, "\(program) failed with \(status)")
  }

  private static func status(_ program: String, _ arguments: [String]) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    try! process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
