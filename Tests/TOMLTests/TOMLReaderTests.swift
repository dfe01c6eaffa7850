import TOML
import Testing

@Suite("TOML")
struct TOMLReaderTests {
  /// The value in a short form that tables can be compared by.
  private func short(_ kind: TOMLValue.Kind) -> String {
    switch kind {
    case .string(let text): "\"\(text)\""
    case .integer(let number): "\(number)"
    case .float(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    case .date(let text): "@\(text)"
    case .array(let elements): "[" + elements.map { short($0.kind) }.joined(separator: ",") + "]"
    case .table(let table): "{" + table.entries.map { "\($0.key)=\(short($0.value.kind))" }.joined(separator: ",") + "}"
    }
  }

  @Test(
    "reads TOML 1.0",
    arguments: [
      ("", "{}"), ("a = 1 # c", "{a=1}"), ("a.b.c = true", "{a={b={c=true}}}"), ("\"a b\" = 'x\\y'", "{a b=\"x\\y\"}"),
      ("a = \"x\\ty\\u00e9\"", "{a=\"x\ty\u{e9}\"}"), ("a = \"\"\"\nx\\\n   y\"\"\"", "{a=\"xy\"}"),
      ("a = '''\nx\ny'''", "{a=\"x\ny\"}"), ("a = [1, [2,],\n # c\n 3 ]", "{a=[1,[2],3]}"),
      ("a = { b = 1, c.d = [] }", "{a={b=1,c={d=[]}}}"), ("[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1},d=2}}"),
      ("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{a=[{b=1},{b=2,c={d=3}}]}"),
      ("a = 1_000\nb = 0xff\nc = -2.5e3", "{a=1000,b=255,c=-2500.0}"),
      ("a = 1979-05-27T07:32:00Z\nb = 07:32:00", "{a=@1979-05-27T07:32:00Z,b=@07:32:00}"),
      ("\u{FEFF}a = 1\r\nb = 2\r\n", "{a=1,b=2}"),
      ("a = [\"css:h1\", { css = \"h2\" }]", "{a=[\"css:h1\",{css=\"h2\"}]}"),
    ])
  func reads(text: String, expected: String) throws {
    #expect(short(.table(try TOMLTable(parsing: text))) == expected)
  }

  @Test(
    "says where a mistake is",
    arguments: [
      ("a = 1\na = 2", Position(line: 2, column: 1)), ("a = ", Position(line: 1, column: 5)),
      ("a = 1\n\n  b = x", Position(line: 3, column: 7)), ("[a]\n[a]", Position(line: 2, column: 2)),
      ("a = \"x", Position(line: 1, column: 7)), ("a = [1 2]", Position(line: 1, column: 8)),
      ("a b = 1", Position(line: 1, column: 3)), ("a = \"\\d\"", Position(line: 1, column: 6)),
      ("a = {b = 1}\n[a.c]", Position(line: 2, column: 2)), ("= 1", Position(line: 1, column: 1)),
      ("a = 1 b = 2", Position(line: 1, column: 7)),
    ])
  func mistakes(text: String, position: Position) {
    let error = #expect(throws: TOMLError.self) { try TOMLTable(parsing: text) }
    #expect(error?.position == position, "\(String(describing: error))")
  }

  @Test("ends on deep nesting and on every cut of a document")
  func hostile() throws {
    #expect(throws: TOMLError.self) { try TOMLTable(parsing: "a = " + String(repeating: "[", count: 100_000)) }
    let text = "[a]\nb = [\"x\", { c = '''y\nz''' }]\n[[d.e]]\nf = 1979-05-27 07:32:00Z # g\n"
    for length in 0..<text.count { _ = try? TOMLTable(parsing: String(text.prefix(length))) }
    #expect(try TOMLTable(parsing: text).entries.count == 2)
  }

  @Test("collects every problem of a table and suggests the nearest key")
  func problems() throws {
    let log = TableReader.ProblemLog(file: "f.toml")
    let table = try TOMLTable(parsing: "contct = \"x\"\nsize = \"10Q\"\nwait = \"5m\"\nports = 1\nzzzzzz = 1")
    let reader = TableReader(table, path: "fetch", position: Position(line: 1, column: 1), log: log)
    #expect(reader.string("contact") == nil)
    #expect(reader.size("size") == nil)
    #expect(reader.duration("wait") == 300)
    #expect(reader.strings("ports").isEmpty)
    reader.finish()
    let texts = log.problems.map(\.description)
    #expect(texts.contains("f.toml:1:1: unknown key fetch.contct; did you mean contact?"))
    #expect(texts.contains { $0.hasPrefix("f.toml:2:8: fetch.size must be a size in bytes or such as") })
    #expect(texts.contains("f.toml:4:9: fetch.ports must hold strings, not an integer"))
    #expect(texts.contains { $0.hasPrefix("f.toml:5:1: unknown key fetch.zzzzzz; known here: ") })
    #expect(texts.count == 4)
  }

  @Test(
    "a quantity beyond its bounds is refused at its place, however it is written",
    arguments: [
      ("wait = 9223372036854775807", "1:8: fetch.wait must be at most 36500d, not 9223372036854775807"),
      ("wait = \"2147483647d\"", "1:8: fetch.wait must be at most 36500d, not \"2147483647d\""),
      (
        "waits = [\"1h\", 9223372036854775807]",
        "1:16: fetch.waits must hold durations of 36500d at most, not 9223372036854775807"
      ),
      ("waits = \"36501d\"", "1:9: fetch.waits must hold durations of 36500d at most, not \"36501d\""),
      ("rest = 0", "1:8: fetch.rest must be at least 1s, not 0"),
      ("rest = \"61m\"", "1:8: fetch.rest must be at most 1h, not \"61m\""),
      ("rest = \"1h\"", nil), ("wait = \"36500d\"", nil), ("wait = 0", nil),
      ("size = 9223372036854775807", nil),
      ("size = \"-5\"", "1:8: fetch.size must be a size in bytes or such as \"64K\", \"10M\" or \"2G\", not \"-5\""),
      ("room = \"63K\"", "1:8: fetch.room must be at least 64K, not \"63K\""),
      ("room = \"65536\"", nil),
    ] as [(String, String?)])
  func bounds(line: String, problem: String?) throws {
    let log = TableReader.ProblemLog(file: "f.toml")
    let reader = TableReader(
      try TOMLTable(parsing: line), path: "fetch", position: Position(line: 1, column: 1), log: log)
    _ = (reader.duration("wait"), reader.durations("waits"), reader.duration("rest", in: 1...3600))
    _ = (reader.size("size"), reader.size("room", in: 64 << 10...Int.max))
    #expect(log.problems.map(\.description) == (problem.map { ["f.toml:\($0)"] } ?? []))
  }

  @Test(
    "a quantity that cannot be used is shown",
    arguments: [
      ("wait = \"20ms\"", "\"20ms\""), ("wait = -1", "-1"), ("wait = 1.5", "1.5"), ("wait = true", "true or false"),
      ("size = \"10 MB\"", "\"10 MB\""), ("size = -5", "-5"), ("waits = [\"1h\", \"soon\"]", "\"soon\""),
    ])
  func quantities(line: String, shown: String) throws {
    let log = TableReader.ProblemLog(file: "f.toml")
    let reader = TableReader(
      try TOMLTable(parsing: line), path: "fetch", position: Position(line: 1, column: 1), log: log)
    _ = (reader.duration("wait"), reader.size("size"), reader.durations("waits"))
    #expect(log.problems.count == 1)
    #expect(log.problems.first?.message.hasSuffix(", not \(shown)") == true, "\(log.problems)")
  }
}
