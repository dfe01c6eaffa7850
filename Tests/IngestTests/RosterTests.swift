import Manifest
import Testing

@testable import Ingest

@Suite("Roster")
struct RosterTests {
  @Test("every number leads to its source, every id to its number, also beside a publisher without sources")
  func numbers() throws {
    let roster = Roster(
      try [("alpha", 3), ("beta", 0), ("gamma", 1), ("delta-news", 2)].map { try exampleManifest($0, sources: $1) })
    let ids = ["alpha/rss", "alpha/rss-2", "alpha/rss-3", "gamma/rss", "delta-news/rss", "delta-news/rss-2"]
    #expect(roster.count == ids.count)
    for (number, id) in ids.enumerated() {
      #expect(roster.source(number).id == id)
      #expect(roster.number(of: id) == number)
      #expect(roster.manifest(number).publisher.id == id.prefix { $0 != "/" })
    }
    #expect(roster.numbers(publisher: "beta").isEmpty && roster.numbers(publisher: "delta-news") == 4..<6)
    for id in ["alpha/rss-4", "alpha", "omega/rss", "", "/", "beta/rss"] { #expect(roster.number(of: id) == nil) }
    #expect(Roster([]).count == 0)
  }

  @Test("counts the publishers of which a source fails")
  func failing() throws {
    var roster = Roster(try [("alpha", 2), ("beta", 1)].map { try exampleManifest($0, sources: $1) })
    func fail(_ number: Int, _ fails: Bool) -> Int {
      roster.update(number) { $0.isFailing = fails }
      return roster.failingPublishers
    }
    #expect([fail(0, true), fail(1, true), fail(1, true), fail(2, true)] == [1, 1, 1, 2])
    #expect([fail(0, false), fail(1, false), fail(1, false), fail(2, false)] == [2, 1, 1, 0])
  }

  @Test("a note is small, and holds counts that are too large for it at its most")
  func note() {
    var note = Roster.Note()
    note.items = 20
    note.new = 1_000_000
    #expect(note.items == 20 && note.new == 65_535)
    #expect(MemoryLayout<Roster.Note>.stride <= 8)
  }
}
