import Glibc
import Testing

@testable import Service

@Suite struct EventKindTests {
  @Test func namesAreFamilyAndVerb() {
    for kind in EventKind.allCases {
      let parts = kind.rawValue.split(separator: ".")
      #expect(parts.count == 2 && kind.rawValue.utf8.allSatisfy { $0 == 0x2E || (0x61...0x7A).contains($0) })
      #expect(kind.rawValue.utf8.count <= 18, "\(kind) must fit its column")
    }
  }

  @Test func messageIDsAreDistinctRandomUUIDs() {
    let ids = EventKind.allCases.map(\.messageID)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      let digits = Array(id)
      #expect(digits.count == 32 && digits.allSatisfy { "0123456789abcdef".contains($0) }, "\(id)")
      #expect(digits[12] == "4" && "89ab".contains(digits[16]), "\(id) is no random UUID (RFC 9562, section 5.4)")
    }
  }

  /// IDs are part of the outside. A change of one of these is a mistake.
  @Test func messageIDsStay() {
    #expect(EventKind.articlePublished.messageID == "2b7a8159056a4896862ddfc381c1b52e")
    #expect(EventKind.feedFailed.messageID == "63d0894d30414ae6ba83689598babd87")
    #expect(EventKind.daemonReady.messageID == "a91e15a7a5b34bbcb27ccc45c3b77b08")
  }

  @Test func lookUpByMessageID() {
    for kind in EventKind.allCases {
      #expect(EventKind(messageID: kind.messageID) == kind)
      #expect(EventKind(messageID: kind.messageID.uppercased()) == kind)
    }
    #expect(EventKind(messageID: "39f53479d3a045ac8e11786248231fbf") == nil)
    #expect(EventKind(messageID: "") == nil)
  }

  @Test func everyKindIsExplained() {
    for kind in EventKind.allCases {
      let explanation = kind.explanation
      #expect(explanation.subject.count > 10 && explanation.subject.count < 60, "\(kind)")
      #expect(!explanation.subject.hasSuffix("."), "\(kind)")
      #expect(explanation.meaning.hasSuffix("."), "\(kind)")
      #expect(explanation.remedy.hasSuffix("."), "\(kind)")
      // What an operator must act on says how.
      if kind.level >= .warning { #expect(explanation.remedy != "Nothing needs to be done.", "\(kind)") }
    }
    #expect(Set(EventKind.allCases.map(\.explanation.subject)).count == EventKind.allCases.count)
  }

  @Test func levels() {
    let priorities: [(EventLevel, Int)] = [
      (.critical, 2), (.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7),
    ]
    for (level, priority) in priorities {
      #expect(level.priority == priority)
      #expect(EventLevel(priority: priority) == level)
      #expect(EventLevel(name: level.name.uppercased()) == level)
    }
    #expect(EventLevel(priority: 0) == .critical && EventLevel(priority: 1) == .critical)
    #expect(EventLevel(priority: 8) == nil && EventLevel(priority: -1) == nil)
    #expect(EventLevel(name: "loud") == nil)
    #expect(EventKind.articlePublished.level == .info)
    #expect(EventKind.feedFailed.level == .warning)
    #expect(EventKind.queueError.level == .error)
  }
}

@Suite struct CatalogTests {
  /// The shipped file is what the table says; `UPDATE_CATALOG=1` writes it.
  @Test func shippedCatalogueIsTheTable() throws {
    let path = repositoryRoot + "/systemd/catalog/newswire.catalog"
    if getenv("UPDATE_CATALOG") != nil {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      defer { close(descriptor) }
      #expect(Terminal.write(EventKind.catalog, to: descriptor))
    }
    let descriptor = open(path, O_RDONLY)
    try #require(descriptor >= 0, "\(path) is missing: run this test with UPDATE_CATALOG=1")
    defer { close(descriptor) }
    #expect(readAll(descriptor) == EventKind.catalog, "run this test with UPDATE_CATALOG=1 and commit the file")
  }

  @Test func form() {
    let entries = EventKind.catalog.split(separator: "\n").filter { $0.hasPrefix("-- ") }
    #expect(entries.map { String($0.dropFirst(3)) } == EventKind.allCases.map(\.messageID))
    #expect(EventKind.catalog.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }
}
