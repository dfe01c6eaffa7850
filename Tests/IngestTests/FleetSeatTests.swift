import Foundation
import Store
import Testing

@testable import Fleet
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

  @Test("nothing is permitted that is not leased, or leased and not prepared for")
  func permission() {
    let permission = FetchPermission()
    permission.open(Fence(group: "a", epoch: 1))
    #expect(!permission.permits("a"), "before the node has joined")
    permission.use(HeldLeases(clock: { 0 }))
    #expect(!permission.permits("a"), "no lease")
    #expect(permission.fence("a") == nil)
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

  @Test("a mark that cannot be written is a clear error")
  func unwritable() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-node-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/node-id", withIntermediateDirectories: true)
    await #expect {
      _ = try await Ledger().instance(state: folder)
    } throws: { error in
      guard let failure = error as? LedgerFailure else { return false }
      return failure.exitStatus == 73 && failure.message.contains("node-id")
    }
  }
}
