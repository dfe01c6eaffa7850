import Foundation
import Manifest
import Testing
import Values
import WorkerProtocol

@testable import Workers

@Suite("Gunzip")
struct GunzipTests {
  /// Packed by gzip(1) itself.
  private func packed(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "newswire-gzip-" + UUID().uuidString
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-c", path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return [UInt8](data)
  }

  @Test("gives back what was packed", arguments: [1, 100, 70_000, 1_000_000])
  func roundTrip(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    #expect(try Gunzip.unpacked(packed(bytes)) == bytes)
  }

  @Test("the members of a file are joined, and what follows them is left out")
  func members() throws {
    let parts = [100, 200_000, 1].map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }
    let file = try parts.flatMap { try packed($0) }
    #expect(try Gunzip.unpacked(file) == parts.flatMap { $0 })
    #expect(try Gunzip.unpacked(file + [0, 0, 0, 0]) == parts.flatMap { $0 })
    #expect(
      try Gunzip.unpacked(file + [0x1F, 0x8B, 0x08] + [UInt8](repeating: 0xFF, count: 50)) == parts.flatMap { $0 })
  }

  @Test("many members together are refused like a bomb")
  func bombOfMembers() throws {
    let part = try packed([UInt8](repeating: 0, count: 10 << 20))
    let bomb = (0..<30).flatMap { _ in part }
    #expect(throws: Gunzip.Failure.tooLarge) { try Gunzip.unpacked(bomb) }
  }

  @Test("a page that is kept packed is read like any other")
  func page() throws {
    let url = try #require(WebURL("https://courier.example/a"))
    let text =
      "<html><head><title>Ferries return</title></head><body><article><h1>Ferries return</h1>"
      + String(repeating: "<p>The ferries are back in the harbour after a winter of repairs and waiting.</p>", count: 9)
    func read(_ body: [UInt8]) throws -> [UInt8] {
      try InlineWorker(catalogue: Catalogue()).text(
        Job(.extract(plugin: nil), url: url, contentType: "text/html", zone: nil, body: body))
    }
    #expect(try read(packed(Array(text.utf8))) == read(Array(text.utf8)))
  }

  @Test("what no worker would take is refused before it gets to one")
  func tooLarge() throws {
    let job = Job(
      .parse(select: nil), url: nil, contentType: nil, zone: nil,
      body: [UInt8](repeating: 0x20, count: Frame.bodyLimit + (1 << 20)))
    let error = #expect(throws: JobError.self) { try InlineWorker(catalogue: Catalogue()).text(job) }
    #expect(error?.code == .refused && error?.reason == "too-large")
    #expect(error?.message == "the document has 65 MiB, and no more than 64 MiB are read")
  }

  @Test("a bomb is refused instead of unpacked")
  func bomb() throws {
    let bomb = try packed([UInt8](repeating: 0, count: 300 << 20))
    #expect(throws: Gunzip.Failure.tooLarge) { try Gunzip.unpacked(bomb) }
  }

  @Test("a file that is cut off gives what was complete, other damage nothing")
  func damage() throws {
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let whole = try packed(bytes)
    let part = try Gunzip.unpacked(Array(whole.prefix(whole.count / 2)))
    #expect(!part.isEmpty && bytes.starts(with: part))
    let rubbish = [0x1F, 0x8B, 0x08] + [UInt8](repeating: 0xFF, count: 50)
    #expect(throws: Gunzip.Failure.damaged) { try Gunzip.unpacked(rubbish) }
    for length in 0..<min(whole.count, 300) { _ = try? Gunzip.unpacked(Array(whole.prefix(length))) }
  }
}
