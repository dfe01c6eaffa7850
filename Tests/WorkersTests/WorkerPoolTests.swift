import Foundation
import Manifest
import Synchronization
import Testing
import Values

@testable import Workers

/// The worker program that was built beside these tests.
private let program: String = {
  var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
  // The test runner may be the toolchain's own; the bundle's path is among its arguments then.
  for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
    folder = URL(filePath: argument).resolvingSymlinksInPath().deletingLastPathComponent()
  }
  return folder.appending(path: "newswire-worker").path
}()

private let manifest = """
  [publisher]
  id = "courier"
  name = "Courier"
  url = "https://courier.example/"
  country = "gb"
  language = "en"
  zone = "Europe/London"

  [article]
  headline = "css:h1"
  byline = "css:.by"
  published = "css:time"
  body = "css:.story"
  """

private let page = """
  <html><body><h1>Ferries return</h1><p class=by>By Ada Moor</p><time>2 July 2025 09:30</time>
  <div class=story><p>It was early and cold when the first of the boats left the quay this morning.</p>
  <p>Six weeks of repairs had gone before, and nobody was sure that they had been enough.</p></div></body></html>
  """

private let feed = """
  <rss version="2.0"><channel><title>Courier</title><link>https://courier.example/</link>
  <item><title>Ferries</title><link>https://courier.example/a</link><pubDate>Wed, 02 Jul 2025 09:30:00</pubDate></item>
  </channel></rss>
  """

/// Notices collected while a test runs.
private final class Notices: Sendable {
  let lost = Mutex<[JobError]>([])
}

@Suite("Workers", .serialized, .timeLimit(.minutes(2)))
struct WorkerPoolTests {
  private let notices = Notices()

  private func pool(count: Int = 1, limit: Double = 10) throws -> WorkerPool {
    try #require(FileManager.default.isExecutableFile(atPath: program), "no worker at \(program)")
    let root = NSTemporaryDirectory() + "newswire-workers-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root + "/courier", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try manifest.write(toFile: root + "/courier/plugin.toml", atomically: true, encoding: .utf8)
    var settings = WorkerSettings(program: program, count: count)
    settings.arguments = ["--faults"]
    settings.jobLimit = limit
    return WorkerPool(settings: settings, catalogue: Catalogue(folders: [root])) { [notices] notice in
      if case .lost(let error) = notice { notices.lost.withLock { $0.append(error) } }
    }
  }

  private func job(_ task: Job.Task, _ body: String, zone: String? = nil) -> Job {
    Job(
      task, url: WebURL("https://courier.example/a"), contentType: nil, zone: zone, body: Array(body.utf8)
    )
  }

  @Test("a page comes back as an article, read by the plugin's rules and in its zone")
  func extracts() async throws {
    let pool = try pool()
    let json = try await pool.run(job(.extract(plugin: "courier"), page))
    #expect(json["article"]?["headline"]?.string == "Ferries return")
    #expect(json["article"]?["published"]?.string == "2025-07-02T09:30:00+01:00")
    #expect(json["rules"]?["headline"]?["rule"]?.string == "css:h1")
    await pool.stop()
  }

  @Test("without a plugin a page's dates are read in its country's zone, inside the sandbox too")
  func countryZone() async throws {
    let pool = try pool()
    var job = job(.extract(plugin: nil), page.replacingOccurrences(of: "<html>", with: "<html lang=de-DE>"))
    job.url = WebURL("https://courier.example/a")
    job.body = Array(
      String(decoding: job.body, as: UTF8.self).replacingOccurrences(
        of: "<body>", with: "<meta property=article:published_time content='2025-07-02 09:30'><body>"
      ).utf8)
    let json = try await pool.run(job)
    #expect(json["article"]?["published"]?.string == "2025-07-02T09:30:00+02:00")
    await pool.stop()
  }

  @Test("a feed comes back as JSON Feed, its zoneless dates in the zone of the job")
  func parses() async throws {
    let pool = try pool()
    let json = try await pool.run(job(.parse(select: nil), feed, zone: "America/New_York"))
    #expect(json["items"]?[0]?["date_published"]?.string == "2025-07-02T09:30:00-04:00")
    await pool.stop()
  }

  @Test("a section page comes back as the links that the selector names")
  func section() async throws {
    let pool = try pool()
    let html =
      "<ul><li class=t><a href=/1>One</a></li><li class=t><a href='/1#x'>Again</a></li><li><a href=/2>Other</a></ul>"
    let json = try await pool.run(job(.parse(select: "css:.t"), html))
    #expect(json["items"]?.array?.compactMap { $0["url"]?.string } == ["https://courier.example/1"])
    await pool.stop()
  }

  @Test(
    "what a login form hides comes back, and nothing of another form",
    arguments: [
      (
        """
        <form action=/find><input type=hidden name=q value=x><input name=words></form>
        <form action=/in method=post><input type=hidden name=_csrf value="a&amp;b"><input type=HIDDEN name=to>
        <input type=hidden value=nameless><input type=hidden name=off value=1 disabled><input name=user>
        <input type=password name=pass></form>
        """, ["_csrf=a&b", "to="]
      ),
      ("<input type=hidden name=t value=1><div><input type=password name=other></div>", ["t=1"]),
    ])
  func hiddenFields(_ page: String, _ fields: [String]) async throws {
    let pool = try pool()
    let json = try await pool.run(job(.form(passwordField: "pass"), page))
    let found = (json["fields"]?.array ?? []).map { "\($0["name"]?.string ?? "?")=\($0["value"]?.string ?? "?")" }
    #expect(found == fields)
    await pool.stop()
  }

  @Test(
    "a page without the form, or with more than a form should hide, is refused",
    arguments: [
      "<p>Down for maintenance</p>",
      "<form>" + String(repeating: "<input type=hidden name=a value=b>", count: 60) + "<input name=pass></form>",
      "<form><input type=hidden name=a value=" + String(repeating: "b", count: 9000) + "><input name=pass></form>",
    ])
  func noForm(_ page: String) async throws {
    let pool = try pool()
    let error = await #expect(throws: JobError.self) { try await pool.run(job(.form(passwordField: "pass"), page)) }
    #expect(error?.code == .refused && error?.reason == "no-form")
    await pool.stop()
  }

  @Test(
    "the end of a page",
    arguments: [
      ("<html></html>", true), ("<HTML></HTML >\n<!-- served by 7 -->", true), ("</html", true), ("<html><p>x", false),
      ("", false), ("<p>about </htm", false),
    ])
  func pageEnd(_ page: String, _ isThere: Bool) { #expect(PageEnd.isThere(Array(page.utf8)) == isThere) }

  @Test("what cannot be read is refused with a reason, and the worker lives on")
  func refuses() async throws {
    let pool = try pool()
    for (body, reason) in [("", "empty"), ("<html><body>x</body></html>", "html-page"), ("hello", "not-a-feed")] {
      let error = await #expect(throws: JobError.self) { try await pool.run(job(.parse(select: nil), body)) }
      #expect(error?.code == .refused && error?.reason == reason, "\(String(describing: error))")
    }
    #expect(notices.lost.withLock { $0.isEmpty })
    await pool.stop()
  }

  @Test(
    "a job that kills its worker fails alone",
    arguments: [
      ("newswire-fault-crash", JobError.Code.crashed), ("newswire-fault-hang", .timedOut),
      ("newswire-fault-memory", .crashed), ("newswire-fault-garbage", .protocolViolation),
    ])
  func faults(fault: String, code: JobError.Code) async throws {
    let pool = try pool(limit: fault.contains("hang") ? 1 : 10)
    let error = await #expect(throws: JobError.self) {
      try await pool.run(job(.extract(plugin: nil), page + "<!-- \(fault) -->"))
    }
    #expect(error?.code == code, "\(String(describing: error))")
    let json = try await pool.run(job(.extract(plugin: nil), page))
    #expect(json["article"]?["headline"]?.string == "Ferries return")
    #expect(notices.lost.withLock { $0.map(\.code) } == [code])
    await pool.stop()
  }

  @Test("the sandbox lets nothing out")
  func sandbox() async throws {
    let pool = try pool()
    let error = await #expect(throws: JobError.self) {
      try await pool.run(job(.extract(plugin: nil), "newswire-fault-escape"))
    }
    #expect(error?.message.contains("escaped: nothing") == true, "\(String(describing: error))")
    await pool.stop()
  }

  @Test("legacy encodings are read inside the sandbox", arguments: ["shift_jis", "windows-1251", "gb18030", "euc-kr"])
  func encodings(name: String) async throws {
    let texts: [String: [UInt8]] = [
      "shift_jis": [0x93, 0xFA, 0x96, 0x7B], "windows-1251": [0xCC, 0xE8, 0xF0], "gb18030": [0xC4, 0xE3, 0xBA, 0xC3],
      "euc-kr": [0xC7, 0xD1, 0xB1, 0xB9],
    ]
    let expected = ["shift_jis": "日本", "windows-1251": "Мир", "gb18030": "你好", "euc-kr": "한국"]
    let pool = try pool()
    var job = job(.extract(plugin: "courier"), "")
    job.contentType = "text/html; charset=\(name)"
    let story = String(
      repeating: "<p>A paragraph that is long enough to count as the story of the page, and more.</p>", count: 4)
    job.body = Array("<html><body><h1>".utf8) + (texts[name] ?? []) + Array("</h1><div class=story>\(story)</div>".utf8)
    let json = try await pool.run(job)
    #expect(json["article"]?["headline"]?.string == expected[name])
    await pool.stop()
  }

  @Test("many jobs at once are all answered, each its own")
  func many() async throws {
    let pool = try pool(count: 3)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<60 {
        group.addTask {
          let body = page.replacingOccurrences(of: "Ferries return", with: "Story \(number)")
          let json = try await pool.run(job(.extract(plugin: "courier"), body))
          return json["article"]?["headline"]?.string == "Story \(number)"
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    await pool.stop()
  }

  @Test("a program that is none is reported with what to do")
  func missing() async throws {
    let pool = WorkerPool(settings: WorkerSettings(program: "/nonexistent/worker", count: 1), catalogue: Catalogue()) {
      _ in
    }
    let error = await #expect(throws: JobError.self) { try await pool.run(job(.parse(select: nil), feed)) }
    #expect(error?.code == .unavailable && error?.hint?.contains("[workers] program") == true)
  }
}
