import Markup
import Testing

@testable import Extraction

/// Where elements stand to those that hold a body's text.
@Suite struct ContainersTests {
  @Test func tellsInsideFromAround() throws {
    let page =
      "<main id=m><div id=a><p id=p>One.<b id=b>Two.</b></p><p id=q>Three.</p></div><aside id=s>x</aside></main>"
    let document = try Document(html: Array(page.utf8))
    func node(_ id: String) throws -> Node { try #require(document.root.descendants.first { $0["id"] == id }) }
    let containers = Containers([try node("p"), try node("q")])
    let expected: [(id: String, isOne: Bool, isHeld: Bool, isAround: Bool)] = [
      ("m", false, false, true), ("a", false, false, true), ("p", true, true, true), ("q", true, true, true),
      ("b", false, true, false), ("s", false, false, false),
    ]
    for (id, isOne, isHeld, isAround) in expected {
      let node = try node(id)
      #expect(containers.include(node) == isOne, "\(id)")
      #expect(containers.hold(node) == isHeld, "\(id)")
      #expect(containers.standIn(node) == isAround, "\(id)")
    }
    #expect(containers.first(around: try node("b")) { $0["id"] == "q" } == nil)
    #expect(!Containers([]).hold(try node("p")))
  }
}
