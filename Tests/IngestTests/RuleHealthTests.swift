import Articles
import Manifest
import Testing
import Values
import Workers

@testable import Ingest

private func report(_ rules: [String: String], missed: [String] = [], fill: Double = 1) throws -> PageReport {
  var json = JSONObject([("article", ["headline": "A", "body": []]), ("fill", .number(fill))])
  json["rules"] = .object(JSONObject(rules.map { (key: $0.key, value: .string($0.value)) }))
  json["missed"] = .array(missed.map { .string($0) })
  return try PageReport(record: .object(json))
}

@Suite struct RuleHealthTests {
  @Test func oneMissIsNoBreak() throws {
    var health = RuleHealth()
    for _ in 1..<RuleHealth.patience { #expect(health.note(try report(["body": "generic"], missed: ["body"])).isEmpty) }
    #expect(health.broken.isEmpty)
    #expect(health.note(try report(["body": "generic"], missed: ["body"])) == ["body"])
    #expect(health.broken == ["body"])
    // Said once.
    #expect(health.note(try report(["body": "generic"], missed: ["body"])).isEmpty)
    _ = health.note(try report(["body": "css:p"]))
    #expect(health.broken.isEmpty)
  }

  @Test func whatNeverWasIsNotMissed() throws {
    var health = RuleHealth()
    for _ in 0..<30 { #expect(health.note(try report(["body": "css:p"], missed: ["kicker"])).isEmpty) }
    _ = health.note(try report(["body": "css:p", "kicker": "css:b"]))
    var said: [String] = []
    for _ in 0..<30 { said += health.note(try report(["body": "css:p"], missed: ["kicker"])) }
    #expect(said == ["kicker"])
  }

  @Test func theFillRateIsOfTheLatestPages() throws {
    var health = RuleHealth()
    #expect(health.fill == nil)
    _ = health.note(try report([:], fill: 0))
    _ = health.note(try report([:], fill: 1))
    #expect(health.fill == 0.5)
    for _ in 0..<RuleHealth.window { _ = health.note(try report([:], fill: 0.25)) }
    #expect(health.fill == 0.25)
  }
}
