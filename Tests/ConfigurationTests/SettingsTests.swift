import Configuration
import Foundation
import TOML
import Testing

@Suite("Settings")
struct SettingsTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "newswire-settings-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/newswire.toml.d", withIntermediateDirectories: true)
    return path
  }

  @Test("a file that is not required may be absent, and gives the defaults")
  func absent() throws {
    #expect(try Settings(file: "/nonexistent/newswire.toml", required: false) == Settings())
    let missing = #expect(throws: Problems.self) { try Settings(file: "/nonexistent/newswire.toml", required: true) }
    #expect(
      missing?.description
        == "/nonexistent/newswire.toml:1:1: cannot be read: No such file or directory; check the path, "
        + "or name another file with --config")
  }

  @Test("drop-ins are laid over the file in the order of their names")
  func dropIns() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "[fetch]\ncontact = \"a\"\nconcurrency = 5\n".write(
      toFile: folder + "/newswire.toml", atomically: true, encoding: .utf8)
    try "[fetch]\ncontact = \"b\"\n".write(
      toFile: folder + "/newswire.toml.d/10-a.toml", atomically: true, encoding: .utf8)
    try "[fetch]\ncontact = \"c\"\n".write(
      toFile: folder + "/newswire.toml.d/20-b.toml", atomically: true, encoding: .utf8)
    try "[fetch]\ncontact = \"z\"\n".write(
      toFile: folder + "/newswire.toml.d/ignored.bak", atomically: true, encoding: .utf8)
    let settings = try Settings(file: folder + "/newswire.toml", required: true)
    #expect(settings.fetch.contact == "c")
    #expect(settings.fetch.concurrency == 5)
  }

  @Test("every problem of all files is reported with its place")
  func problems() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "[fetch]\nconcurency = 5\n[queue]\nmax_files = \"x\"\n".write(
      toFile: folder + "/newswire.toml", atomically: true, encoding: .utf8)
    try "[log]\nlevel = \"loud\"\n".write(
      toFile: folder + "/newswire.toml.d/10.toml", atomically: true, encoding: .utf8)
    let error = #expect(throws: Problems.self) { try Settings(file: folder + "/newswire.toml", required: true) }
    let texts = error?.all.map { $0.description.replacingOccurrences(of: folder, with: "") } ?? []
    #expect(
      texts == [
        "/newswire.toml:2:1: unknown key fetch.concurency; did you mean concurrency?",
        "/newswire.toml:4:13: queue.max_files must be an integer, not a string",
        "/newswire.toml.d/10.toml:2:9: log.level must be one of debug, info, notice, warning, error",
      ])
  }

  /// The shipped file shows every key as a comment; uncommented, it must be what the program has without it.
  @Test("the shipped file documents every default")
  func shipped() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/newswire/newswire.toml")
    let text = try String(contentsOf: path, encoding: .utf8)
    var settings = Settings()
    try settings.apply(text, file: "newswire.toml")
    #expect(settings == Settings())
    let skipped = [
      "contact", "ca_file", "program", "count", "file", "only", "credentials", "url", "node",
    ]
    let lines = text.split(separator: "\n").map { line -> Substring in
      guard line.hasPrefix("#"), let name = line.dropFirst().split(separator: " ").first, line.contains(" = ") else {
        return line
      }
      return line.dropFirst().first == " " || skipped.contains(String(name)) ? line : line.dropFirst()
    }
    var uncommented = Settings()
    try uncommented.apply(lines.joined(separator: "\n"), file: "newswire.toml")
    var expected = Settings()
    expected.publishers.disabled = []
    #expect(uncommented == expected)
  }

  @Test("[forward] is read")
  func forward() throws {
    var settings = Settings()
    try settings.apply(
      """
      [forward]
      urls = ["nats://a.example.org", "tls://b.example.org:4222", "nats://[::1]:4222"]
      credential = "nats"
      ca_file = "/etc/ca.pem"
      stream = "ALL_NEWS-1"
      prefix = "org.news"
      in_flight = 10
      """, file: "f")
    #expect(settings.forward.urls == ["nats://a.example.org", "tls://b.example.org:4222", "nats://[::1]:4222"])
    #expect(settings.forward.credential == "nats" && settings.forward.caFile == "/etc/ca.pem")
    #expect(settings.forward.stream == "ALL_NEWS-1" && settings.forward.prefix == "org.news")
    #expect(settings.forward.inFlight == 10)
  }

  @Test(
    "mistakes in [forward] are refused, and a password in an address is not repeated",
    arguments: [
      (
        "urls = [\"nats://user:hunter2@host\"]",
        "forward.urls: an address holds no user and no password; put them into a "
          + "credential and name it as forward.credential"
      ),
      ("urls = [\"host:4222\"]", "forward.urls: \"host:4222\" must begin with nats:// or tls://"),
      ("urls = [\"nats://\"]", "forward.urls: \"nats://\" is no address; write nats://HOST or nats://HOST:PORT"),
      ("urls = [\"nats://a,b\"]", "forward.urls: \"nats://a,b\" is no address; write nats://HOST or nats://HOST:PORT"),
      ("urls = [4222]", "forward.urls must hold addresses as strings"),
      ("stream = \"a.b\"", "forward.stream must be letters, digits, - and _"),
      ("prefix = \"a..b\"", "forward.prefix must be letters, digits, - and _, with single dots between"),
      ("in_flight = 0", "forward.in_flight must lie between 1 and 10000, not at 0"),
      ("inflight = 5", "unknown key forward.inflight; did you mean in_flight?"),
    ])
  func forwardMistakes(line: String, message: String) {
    var settings = Settings()
    let error = #expect(throws: Problems.self) { try settings.apply("[forward]\n" + line, file: "f") }
    #expect(error?.all.map(\.message) == [message])
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test(
    "values that would stop the work, or end it, are refused",
    arguments: [
      ("[workers]\njob_limit = \"0s\"", "f:2:13: workers.job_limit must be at least 1s, not \"0s\""),
      (
        "[workers]\njob_limit = 9223372036854775807",
        "f:2:13: workers.job_limit must be at most 1d, not 9223372036854775807"
      ),
      ("[schedule]\nsource_retry = 0", "f:2:16: schedule.source_retry must be at least 1s, not 0"),
      (
        "[schedule]\nrevisit = [9223372036854775807]",
        "f:2:12: schedule.revisit must hold durations of 36500d at most, not 9223372036854775807"
      ),
      (
        "[schedule]\nmax_interval = 9223372036854775807",
        "f:2:16: schedule.max_interval must be at most 36500d, not 9223372036854775807"
      ),
      ("[log]\nfile_size = 0", "f:2:13: log.file_size must be at least 64K, not 0"),
      ("[schedule]\nmin_interval = 0\nmax_interval = 0", "f:3:16: schedule.max_interval must be at least 1s, not 0"),
      ("[schedule]\npage_retry = \"0s\"", "f:2:14: schedule.page_retry must be at least 1s, not \"0s\""),
      ("[queue]\nmax_bytes = 0", "f:2:13: queue.max_bytes must be at least 1, not 0"),
      ("[schedule]\nmin_interval = 0\nmax_interval = \"1s\"\npage_retry = \"1s\"", nil),
      (
        "[fetch]\nseparate_hosts = [\"a.example\", \"http://x\"]",
        "f:2:32: fetch.separate_hosts: \"http://x\" is no host; name one such as \"feeds.example.org\", without http://, "
          + "port and path"
      ),
      (
        "[fetch]\nseparate_hosts = [\"blogs.example.org\", \"zeitung-köln.de\", \"localhost\", \"[::1]\", \"10.0.0.1\"]",
        nil
      ),
      ("[workers]\njob_limit = 1\n[schedule]\nsource_retry = \"1s\"\n[log]\nfile_size = \"64K\"", nil),
    ] as [(String, String?)])
  func bounds(text: String, problem: String?) {
    var settings = Settings()
    var found: [String] = []
    do throws(Problems) { try settings.apply(text, file: "f") } catch { found = error.all.map(\.description) }
    #expect(found == (problem.map { [$0] } ?? []))
  }

  @Test(
    "hosts with port, path or nothing in them match nothing", arguments: ["", "a:80", "a/", ".a", "a.", "a b", "*.a"])
  func hosts(name: String) {
    var settings = Settings()
    #expect(throws: Problems.self) { try settings.apply("fetch.separate_hosts = [\"\(name)\"]", file: "f") }
  }

  @Test("an empty User-Agent is none of one's own")
  func userAgent() throws {
    var settings = Settings()
    try settings.apply("[fetch]\nuser_agent = \"a/1\"", file: "f")
    #expect(settings.fetch.userAgent == "a/1")
    try settings.apply("[fetch]\nuser_agent = \"\"", file: "g")
    #expect(settings.fetch.userAgent == nil)
  }

  @Test("[state] and [fleet] are read")
  func fleet() throws {
    var settings = Settings()
    #expect(settings.state.url == nil && settings.fleet.lease == 15)
    try settings.apply(
      """
      [state]
      url = "postgresql://newswire@db.example.org/newswire?sslmode=verify-full"
      credential = "postgres"
      [fleet]
      node = "a-1.example"
      lease = 30
      """, file: "f")
    #expect(settings.state.url == "postgresql://newswire@db.example.org/newswire?sslmode=verify-full")
    #expect(settings.state.credential == "postgres" && settings.fleet.lease == 30)
    #expect(settings.fleet.nodeName == "a-1.example")
    try settings.apply("[fleet]\nnode = \"\"\n[state]\nurl = \"\"", file: "f")
    #expect(settings.state.url == nil)
    let own = settings.fleet.nodeName
    #expect(!own.isEmpty && own.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") })
  }

  @Test(
    "mistakes in [state] and [fleet] are refused, and a password in the address is not repeated",
    arguments: [
      (
        "[state]\nurl = \"postgresql://me:hunter2@db/x\"",
        "state.url: the address of the database holds a password, which does not belong there; give it as a credential, "
          + "named by state.credential"
      ),
      (
        "[state]\nurl = \"postgresql://db/x?password=hunter2\"",
        "state.url: the address of the database holds a password, which does not belong there; give it as a credential, "
          + "named by state.credential"
      ),
      ("[state]\nurl = \"db/hunter2\"", "state.url: the address of the database does not begin with postgresql://"),
      (
        "[state]\nurl = \"postgres://db\"",
        "state.url: the address of the database names no database: postgresql://host/database"
      ),
      ("[state]\nuri = \"\"", "unknown key state.uri; did you mean url?"),
      ("[fleet]\nnode = \"a b\"", "fleet.node must be letters, digits, - and ., 64 at most"),
      ("[fleet]\nlease = 4", "fleet.lease must lie between 5 and 300, not at 4"),
    ])
  func fleetMistakes(text: String, message: String) {
    var settings = Settings()
    let error = #expect(throws: Problems.self) { try settings.apply(text, file: "f") }
    #expect(error?.all.map(\.message) == [message])
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test("a credential is found by name, with or without the folder's name before it, and must be private")
  func credentials() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, mode) in [("nats", 0o600), ("publishers_post", 0o400), ("open", 0o644)] {
      try "user:word\n".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
    }
    let credentials = CredentialFolder(path: folder)
    #expect(try credentials.text("nats") == "user:word\n")
    #expect(try credentials.file("post") == folder + "/publishers_post")
    let open = #expect(throws: CredentialProblem.self) { try credentials.text("open") }
    #expect(open?.hint == "chmod 600 \(folder)/open")
    let absent = #expect(throws: CredentialProblem.self) { try credentials.text("absent") }
    #expect(absent?.hint.contains("LoadCredential=absent:") == true)
    #expect(throws: CredentialProblem.self) { try CredentialFolder(path: nil).text("nats") }
  }
}
