import Foundation
import Store
import Synchronization
import Testing

@testable import Ingest

@Suite("Place in a fleet") struct FleetSeatTests {
  @Test("a group is busy from before its first request to after its last")
  func busyGroups() {
    let busy = BusyGroups()
    #expect(busy.isIdle("a"))
    busy.begin("a")
    busy.begin("a")
    busy.end("a")
    #expect(!busy.isIdle("a") && busy.isIdle("b"))
    busy.end("a")
    #expect(busy.isIdle("a"))
    // What never began ends without a trace.
    busy.end("b")
    busy.begin("b")
    #expect(!busy.isIdle("b"))
  }

  @Test("a group is permitted once it is leased and prepared for, and only under that lease")
  func permission() {
    let permission = FetchPermission()
    let leases = Mutex<[String: Int64]>([:])
    permission.open(Fence(group: "a", epoch: 1))
    #expect(!permission.permits("a"), "before the node has joined")
    permission.use { group in leases.withLock { $0[group] }.map { Fence(group: group, epoch: $0) } }
    #expect(!permission.permits("a"), "no lease")
    leases.withLock { $0 = ["a": 1, "b": 7] }
    #expect(permission.fence("a") == Fence(group: "a", epoch: 1))
    #expect(!permission.permits("b"), "leased, not prepared for")
    leases.withLock { $0["a"] = 2 }
    #expect(!permission.permits("a"), "prepared for an earlier lease")
    permission.open(Fence(group: "a", epoch: 2))
    #expect(permission.permits("a"))
    permission.close("a")
    #expect(!permission.permits("a"))
  }

  @Test("a state directory keeps its mark, and each has its own")
  func instance() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-node-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ledger = Ledger()
    let mark = try await ledger.instance(state: folder + "/a")
    #expect(mark.count >= 16 && mark.allSatisfy { $0.isHexDigit })
    #expect(try await ledger.instance(state: folder + "/a") == mark)
    #expect(try await ledger.instance(state: folder + "/b") != mark)
  }

  @Test("a mark that a crash left empty is made anew")
  func emptyMark() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-node-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: folder + "/node-id", contents: Data()))
    let mark = try await Ledger().instance(state: folder)
    #expect(try await Ledger().instance(state: folder) == mark)
  }

  @Test("a mark that cannot be read is a clear error, and stays")
  func unreadable() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-node-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Not followed, so not read; as root reads everything else.
    try FileManager.default.createSymbolicLink(atPath: folder + "/node-id", withDestinationPath: "/nowhere")
    await #expect {
      _ = try await Ledger().instance(state: folder)
    } throws: { error in
      guard let failure = error as? LedgerFailure else { return false }
      return failure.exitStatus == 73 && failure.message.contains("node-id")
    }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/node-id") == "/nowhere")
  }
}
