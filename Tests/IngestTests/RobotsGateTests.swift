import Synchronization
import Testing
import Values

@testable import Fetching
@testable import Ingest

@Suite("Asking robots.txt")
struct RobotsGateTests {
  private static let page = FetchRequest(WebURL("https://news.test/x")!, purpose: .page)

  private static func answer(_ text: String, status: Int = 200, headers: HeaderFields = HeaderFields()) -> FetchResponse
  {
    FetchResponse(
      status: status, url: page.url, redirects: [], headers: headers, body: Array(text.utf8), validators: nil,
      duration: .zero, waited: .zero, bytesReceived: 0, httpVersion: .http1_1, remoteAddress: "",
      reusedConnection: false,
      isTruncated: false)
  }

  /// Requests that were made.
  private final class Count: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func add() -> Int {
      number.withLock {
        $0 += 1; return $0
      }
    }
  }

  @Test("one request serves all who wait, and its answer decides")
  func shares() async {
    let count = Count()
    let gate = RobotsGate(agent: "newswire") { _ throws(FetchError) in
      _ = count.add()
      try? await Task.sleep(for: .milliseconds(50))
      return Self.answer("User-agent: *\nDisallow: /x")
    }
    async let one = gate.decision(for: Self.page)
    async let two = gate.decision(for: Self.page)
    for decision in await [one, two] {
      guard case .refused = decision else {
        Issue.record("\(decision)")
        continue
      }
    }
    #expect(count.value == 1)
  }

  @Test("a server that fails makes the page wait; a failure here says nothing of it")
  func failures() async {
    for (error, isTheirs) in [
      (FetchError(.connect, url: Self.page.url, message: ""), true),
      (FetchError(.connect, url: Self.page.url, message: "", isLocal: true), false),
      (FetchError(.undelivered, url: Self.page.url, message: ""), false),
      (FetchError(.notOurs, url: Self.page.url, message: ""), false),
      (FetchError(.held, url: Self.page.url, message: ""), false),
    ] {
      let count = Count()
      let gate = RobotsGate(agent: "newswire") { _ throws(FetchError) in
        _ = count.add()
        throw error
      }
      switch await gate.decision(for: Self.page) {
      case .unreachable(let seconds, nil, let error): #expect(error != nil && isTheirs && (1...15).contains(seconds))
      case .unknown(let told): #expect(!isTheirs && told.code == error.code)
      case let other: Issue.record("\(other)")
      }
      #expect(count.value == 1)
    }
  }

  @Test("a redirect is held to the file of where it leads, asked for as a stranger's")
  func redirects() async throws {
    let requests = Mutex<[FetchRequest]>([])
    let gate = RobotsGate(agent: "newswire") { request throws(FetchError) in
      requests.withLock { $0.append(request) }
      if request.url.host == "down.test" { return Self.answer("", status: 503) }
      if request.url.host == "inside.test" { throw FetchError(.addressRefused, url: request.url, message: "inside") }
      if request.url.host == "theirs.test" {
        var error = FetchError(.notOurs, url: request.url, message: "")
        error.target = request.url
        throw error
      }
      return Self.answer("User-agent: *\nDisallow: /private/")
    }
    var page = Self.page
    (page.allowPorts, page.group) = ([8080], "named")
    let check = gate.check(redirectsOf: page) { "group of \($0.host)" }
    func code(_ verdict: RedirectCheck.Verdict?) -> String? {
      switch verdict {
      case nil: nil
      case .success: "follow"
      case .failure(let error): error.code.name
      }
    }
    for (address, known, asked) in [
      ("https://other.test/public/1", String?.none, "follow"), ("https://other.test/private/1", "robots", "robots"),
      ("https://news.test/private/1", nil, "robots"), ("https://news.test/public/1", "follow", "follow"),
      ("https://down.test/1", nil, "robots-unreachable"),
      ("https://down.test/2", "robots-unreachable", "robots-unreachable"),
      ("https://inside.test/1", nil, "address-refused"), ("https://inside.test/2", nil, "address-refused"),
      ("https://theirs.test/1?token=abc", nil, "not-ours"),
    ] {
      let url = try #require(WebURL(address))
      #expect(code(await check.known(url)) == known, "\(address)")
      let verdict = await check.ask(url)
      #expect(code(verdict) == asked, "\(address)")
      // It is the page that may be left to another node, and not the file.
      if case .failure(let error) = verdict {
        #expect(error.url == FetchError.redacted(url))
        // Whose it is asks for it as it is.
        #expect(error.target == (asked == "not-ours" ? url : nil))
      }
    }
    let sent = requests.withLock { $0 }
    #expect(sent.map(\.url.path).allSatisfy { $0 == "/robots.txt" } && sent.count == 6)
    #expect(
      sent.map { $0.group ?? "" }
        == ["other", "news", "down", "inside", "inside", "theirs"].map { "group of \($0).test" })
    #expect(sent.map(\.allowPorts) == [[], [8080], [], [], [], []])
  }

  @Test("an answer without a file is told to one who asked, and says how long to wait", arguments: [429, 503])
  func refusals(status: Int) async {
    let (asked, told) = (Count(), Count())
    let gate = RobotsGate(agent: "newswire") { _ throws(FetchError) in
      _ = asked.add()
      try? await Task.sleep(for: .milliseconds(50))
      return Self.answer("", status: status, headers: ["Retry-After": "3600"])
    }
    let refused: RobotsGate.Refusal = { response, request in
      #expect(response.status == status && request.url.path == "/robots.txt")
      _ = told.add()
    }
    async let one = gate.decision(for: Self.page, refused: refused)
    async let two = gate.decision(for: Self.page, refused: refused)
    for decision in await [one, two, gate.decision(for: Self.page, refused: refused)] {
      guard case .unreachable(let seconds, status, nil) = decision else {
        Issue.record("\(decision)")
        continue
      }
      #expect((3590...3600).contains(seconds))
    }
    #expect(asked.value == 1 && told.value == 1)
  }

  /// A page was taken for refused when the clock was set back between the answer and the look at it.
  @Test("the clock may be set while it waits", arguments: [1, 2])
  func clock(steps: Int) async {
    let count = Count()
    let time = Mutex(Int64(1_772_000_000))
    let gate = RobotsGate(
      agent: "newswire",
      clock: {
        // Each look finds it set back once more, as long as the steps last.
        time.withLock { time in
          if count.value <= steps { time -= 300 }
          return Timestamp(seconds: time)
        }
      },
      fetch: { _ throws(FetchError) in
        _ = count.add()
        return Self.answer("User-agent: *\nDisallow: /private/")
      })
    switch await gate.decision(for: Self.page) {
    case .allowed: #expect(steps == 1)
    case .unreachable(let seconds, _, _): #expect(steps == 2 && seconds == 1)
    case let other: Issue.record("\(other)")
    }
    guard case .allowed = await gate.decision(for: Self.page) else {
      Issue.record("not allowed when the clock stands")
      return
    }
  }
}
