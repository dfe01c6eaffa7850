import Foundation
import Queue
import Testing

@testable import Ingest

@Suite("A ledger that is closed") struct LedgerClosingTests {
  /// The status line is asked for every two seconds, also between the end of the work and that of the program.
  @Test("fails what is asked of it, and is closed once")
  func asksAfterwards() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-ledger-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ledger = Ledger()
    _ = try await ledger.open(
      state: folder + "/state", spool: folder + "/spool", anyFileSystem: true, capacity: Capacity())
    #expect(try await ledger.queued() == 0)
    try await ledger.close()
    try await ledger.close()
    await #expect {
      _ = try await ledger.queued()
    } throws: { error in
      (error as? LedgerFailure).map { $0.isTemporary && $0.message.contains("closed") } ?? false
    }
    #expect(await !ledger.isOpen)
  }

  /// The state directory's lock alone would not notice another state over the same queue.
  @Test("gives the queue back, which no second one may have meanwhile")
  func locksTheQueue() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-ledger-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let spool = folder + "/deep/down/spool"
    let (first, second) = (Ledger(), Ledger())
    _ = try await first.open(state: folder + "/a", spool: spool, anyFileSystem: true, capacity: Capacity())
    let staged = spool + "/tmp/staged"
    #expect(FileManager.default.createFile(atPath: staged, contents: nil))
    await #expect {
      _ = try await second.open(state: folder + "/b", spool: spool, anyFileSystem: true, capacity: Capacity())
    } throws: { error in
      (error as? LedgerFailure).map { $0.exitStatus == 75 && $0.message.contains("held by process") } ?? false
    }
    #expect(FileManager.default.fileExists(atPath: staged), "what the first has staged is its own")
    try await first.close()
    _ = try await second.open(state: folder + "/b", spool: spool, anyFileSystem: true, capacity: Capacity())
    try await second.close()
  }

  @Test("says what is wrong with a place for the queue", arguments: ["/file", "/file/spool"])
  func cannotMakeTheQueue(_ place: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-ledger-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: folder + "/file", contents: nil))
    await #expect {
      _ = try await Ledger().open(
        state: folder + "/state", spool: folder + place, anyFileSystem: true, capacity: Capacity())
    } throws: { error in
      (error as? LedgerFailure).map { [73, 78].contains($0.exitStatus) && $0.message.contains(folder + "/file") }
        ?? false
    }
  }
}
