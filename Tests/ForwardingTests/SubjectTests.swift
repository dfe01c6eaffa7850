import Testing

@testable import Forwarding

@Suite("What a stream is told of an article")
struct SubjectTests {
  @Test(
    "any text becomes one safe token",
    arguments: [
      ("Politics", "politics"), ("gb", "gb"), ("le-monde", "le-monde"), ("World / Asia", "world-asia"),
      ("Política", "política"), ("国际", "国际"), ("a.b*c>d e\u{7}f", "a-b-c-d-e-f"), ("  --  ", "none"), ("", "none"),
      ("...", "none"), ("U.S. news", "u-s-news"), ("100%", "100"), ("Ü\u{308}ber", "ü\u{308}ber"),
      (String(repeating: "x", count: 200), String(repeating: "x", count: 64)),
      (String(repeating: "国", count: 40), String(repeating: "国", count: 21)),
    ])
  func tokens(text: String, token: String) {
    #expect(SubjectScheme.token(text) == token)
    #expect(!token.isEmpty && !token.contains { ".*> \t".contains($0) } && token.utf8.count <= 64)
  }

  @Test("a subject has four parts, and a word for what is missing")
  func subjects() throws {
    let scheme = try #require(SubjectScheme(prefix: "news"))
    #expect(scheme.all == "news.>")
    #expect(scheme.subject(country: "gb", publisher: "bbc", section: "World") == "news.gb.bbc.world")
    #expect(scheme.subject(country: nil, publisher: "bbc", section: nil) == "news.none.bbc.none")
    #expect(SubjectScheme(prefix: "org.news")?.subject(country: "a", publisher: "b", section: "c") == "org.news.a.b.c")
  }

  @Test("prefixes that are no subject are refused", arguments: ["", ".", "a.", ".a", "a..b", "a b", "*", "a.>", "$JS"])
  func prefixes(prefix: String) {
    #expect(SubjectScheme(prefix: prefix) == nil)
  }

  @Test(
    "a stream must listen to everything below the prefix",
    arguments: [
      ("news.>", true), (">", true), ("*.>", true), ("news.*.>", false), ("news.*", false), ("news", false),
      ("news.gb.>", false), ("other.>", false), ("news.*.*.*", false), ("", false),
    ])
  func covers(filter: String, isCovered: Bool) throws {
    #expect(try #require(SubjectScheme(prefix: "news")).isCovered(by: filter) == isCovered)
  }

  @Test(
    "facts of an article",
    arguments: [
      (
        #"{"uri":"urn:newswire:bbc:1f","version":"3","subjects":[{"name":"x","rel":"keyword"},{"name":"World","rel":"section"}]}"#,
        "bbc", "World", "urn:newswire:bbc:1f@3"
      ),
      (
        #"{"uri":"urn:other:1","version":"1","infoSources":[{"name":"The Post","role":"publisher"}]}"#, "The Post", nil,
        "urn:other:1@1"
      ),
      (#"{"uri":"a b\nc é","version":"1"}"#, nil, nil, "a%20b%0Ac%20é@1"),
    ] as [(String, String?, String?, String)])
  func facts(json: String, publisher: String?, section: String?, id: String) throws {
    let facts = try ArticleFacts(parsing: Array(json.utf8))
    #expect(facts.publisher == publisher && facts.section == section)
    #expect(facts.messageID == id)
  }

  @Test(
    "what cannot be told from other articles is refused, with a reason",
    arguments: [
      ("[]", "it has no uri"), ("{}", "it has no uri"), (#"{"uri":"","version":"1"}"#, "it has no uri"),
      (#"{"uri":"u"}"#, "it has no version"), (#"{"uri":"u","version":1}"#, "it has no version"), ("{", "not JSON: "),
    ])
  func unreadable(json: String, reason: String) {
    let error = #expect(throws: ArticleFacts.Unreadable.self) { try ArticleFacts(parsing: Array(json.utf8)) }
    #expect(error?.reason.hasPrefix(reason) == true)
  }

  @Test(
    "the stream's answers",
    arguments: [
      (#"{"stream":"NEWS","seq":5}"#, .stored(isDuplicate: false)),
      (#"{"stream":"NEWS","seq":5,"duplicate":true}"#, .stored(isDuplicate: true)),
      (
        #"{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"},"stream":"NEWS","seq":0}"#,
        .full("maximum messages exceeded (10077)")
      ),
      (
        #"{"error":{"code":400,"err_code":10054,"description":"message size exceeds maximum allowed"}}"#,
        .tooLarge("message size exceeds maximum allowed (10054)")
      ),
      (
        #"{"error":{"code":400,"err_code":10060,"description":"expected stream does not match"}}"#,
        .nobody("expected stream does not match (10060)")
      ),
      (
        #"{"error":{"code":400,"err_code":10071,"description":"wrong last sequence"}}"#,
        .odd("wrong last sequence (10071)")
      ),
      (#"{"error":{"err_code":1}}"#, .full("no description (1)")),
      ("{}", .odd("the answer is no acknowledgement")), ("+OK", .odd("the answer is not JSON")),
    ] as [(String, StreamAnswer)])
  func answers(json: String, answer: StreamAnswer) {
    #expect(StreamAnswer(Array(json.utf8), isNobody: false) == answer)
  }

  @Test("waits double, end at their limit, and are never shorter than half")
  func backoff() {
    let backoff = Backoff()
    #expect(backoff.seconds(failures: 1, random: 0) == 0.125)
    #expect(backoff.seconds(failures: 4, random: 0.5) == 1.5)
    #expect(backoff.seconds(failures: 1000, random: 0) == 15)
    #expect(backoff.seconds(failures: .max, random: 0.999_999) <= 30)
  }
}
