import Fleet
import Service
import Testing
import Values

@testable import newswirectl

@Suite struct FleetReportTests {
  private static func node(
    _ name: String, _ state: FleetView.State, leases: Int = 10, version: String = "1.2.0", figures: JSON = .null
  ) -> FleetView.Node {
    FleetView.Node(
      name: name, state: state, version: version, address: nil, leases: leases, lastBeat: 3, figures: figures)
  }

  @Test func nodes() {
    let report = FleetReport(
      nodes: [
        Self.node("a", .up, figures: ["sources": 120, "lag": 7]),
        Self.node("b", .gone, leases: 3, figures: ["sources": 99, "lag": 9]),
        Self.node("c", .up, figures: ["lag": 4000.5]),
      ], free: 3, groups: nil)
    let lines = report.nodeTable.plainText().split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(lines[0] == ["NODE", "STATE", "LEASES", "SOURCES", "LAG", "BEAT", "VERSION", "ADDRESS"])
    #expect(lines[1] == ["a", "up", "10", "120", "7 s", "3 s", "1.2.0", "–"])
    // What one that is gone said of itself is no longer so.
    #expect(lines[2] == ["b", "gone", "3", "–", "–", "3 s", "1.2.0", "–"])
    #expect(lines[3][4] == "66 min")
    #expect(report.remarks == ["3 rate groups without a node at this moment"])
    #expect(report.groupTable == nil)
    let json = report.json
    #expect(json["nodes"]?[0]?["figures"]?["lag"]?.integer == 7 && json["nodes"]?[1]?["figures"] == nil)
    #expect(json["nodes"]?[1]?["state"]?.string == "gone" && json["free_groups"]?.integer == 3)
  }

  @Test(arguments: [
    ([], 0, ["no node has joined yet"]),
    ([node("a", .drained), node("b", .silent)], 0, ["no node takes part: nothing is fetched"]),
    ([node("a", .up), node("b", .draining, version: "1.3.0")], 0, ["versions 1.2.0 and 1.3.0 run side by side"]),
    ([node("a", .up), node("b", .gone, version: "1.1.0")], 1, ["1 rate group without a node at this moment"]),
    ([node("a", .up)], 0, []),
  ]) func remarks(nodes: [FleetView.Node], free: Int, lines: [String]) {
    #expect(FleetReport(nodes: nodes, free: free, groups: nil).remarks == lines)
  }

  @Test func groups() throws {
    let groups = [
      FleetView.Group(name: "example.org", node: "a", epoch: 7, sources: 3, heldFor: 300),
      FleetView.Group(name: "example.com", node: nil, epoch: 8, sources: 1, heldFor: nil),
    ]
    let report = FleetReport(nodes: [Self.node("a", .up)], free: 1, groups: groups)
    let table = try #require(report.groupTable)
    #expect(
      table.plainText()
        == "GROUP\tNODE\tSOURCES\tSINCE\tEPOCH\nexample.org\ta\t3\t5 min\t7\nexample.com\tnobody\t1\t–\t8\n")
    #expect(report.json["groups"]?[1]?["node"]?.isNull == true && report.json["groups"]?[0]?["epoch"]?.integer == 7)
  }
}
