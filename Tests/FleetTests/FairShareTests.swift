import Testing
import Values

@testable import Fleet

@Suite struct FairShareTests {
  @Test(arguments: [
    // mine, others, leaving, free, claim, surplus
    (0, [], 0, 0, 0, 0),
    (0, [], 0, 7, 7, 0),
    (7, [], 0, 0, 0, 0),
    (0, [0, 0], 0, 9, 3, 0),
    (0, [0, 0], 0, 10, 4, 0),
    // One alone has all when a second comes.
    (10, [0], 0, 0, 0, 5),
    (0, [10], 0, 0, 5, 0),
    // What lies free already helps the one in need.
    (10, [0], 0, 4, 0, 3),
    (10, [0], 0, 10, 0, 0),
    // So does what another is about to give up.
    (6, [0], 6, 0, 0, 0),
    (4, [2], 6, 0, 2, 0),
    // Nobody is in need: uneven by one is even.
    (4, [3, 3], 0, 0, 0, 0),
    (6, [3, 3], 0, 0, 0, 2),
    (5, [3, 3], 0, 0, 0, 1),
    (6, [3, 2], 0, 0, 0, 2),
    // What is free is for those in need; only what is left then is for the others.
    (2, [2, 0], 0, 2, 0, 0),
    (2, [2, 0], 0, 3, 1, 0),
    // One of those with one more gives it to the last, and only one: the first by name.
    (3, [3, 3, 1], 0, 0, 0, 1),
    (3, [5, 3, 1], 0, 0, 0, 0),
  ]) func shares(mine: Int, others: [Int], leaving: Int, free: Int, claim: Int, surplus: Int) {
    func share(_ name: String) -> FairShare {
      FairShare(
        mine: .init(name: name, weight: mine, wished: .max),
        others: others.enumerated().map { .init(name: "n\($0.offset)", weight: $0.element, wished: .max) },
        leaving: leaving,
        free: free)
    }
    #expect(share("a").claim == claim)
    #expect(share("a").surplus == surplus)
    if others == [3, 3, 1] { #expect(share("z").surplus == 0) }
  }

  /// A node that wants little leaves its share to the others.
  @Test func appetites() {
    func share(_ mine: Int, _ wished: Int, _ others: [(Int, Int)], free: Int = 0) -> FairShare {
      FairShare(
        mine: .init(name: "a", weight: mine, wished: wished),
        others: others.enumerated().map { .init(name: "n\($0.offset)", weight: $0.element.0, wished: $0.element.1) },
        leaving: 0, free: free)
    }
    #expect(share(20, 20, [(1, 1)]).surplus == 0)
    #expect(share(20, 20, [(0, 1)], free: 1).surplus == 0)
    #expect(share(0, 1, [(20, 20)], free: 1).claim == 1)
    #expect(share(1, 1, [(20, 20)], free: 9).claim == 0)
    #expect(share(10, 30, [(10, 30), (2, 2)], free: 10).claim == 5)
    #expect(share(20, 30, [(10, 30), (2, 2)]).surplus == 5)
  }

  /// Nodes that do as they are told come to even shares, wherever they began, and then keep still.
  @Test(arguments: 0..<200) func convergence(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var nodes = (0..<Int.random(in: 1...9, using: &random)).map { _ in Int.random(in: 0...500, using: &random) }
    var free = Int.random(in: 0...500, using: &random)
    let total = nodes.reduce(free, +)
    func share(_ index: Int) -> FairShare {
      var others = nodes.enumerated().map { FairShare.Portion(name: "n\($0.offset)", weight: $0.element, wished: .max) }
      let mine = others.remove(at: index)
      return FairShare(mine: mine, others: others, leaving: 0, free: free)
    }
    for _ in 0..<12 {
      for index in nodes.indices.shuffled(using: &random) {
        let share = share(index)
        let taken = min(share.claim, free)
        #expect(taken == 0 || share.surplus == 0)
        nodes[index] += taken - share.surplus
        free += share.surplus - taken
      }
    }
    #expect(free == 0 && nodes.reduce(0, +) == total)
    #expect(nodes.max()! - nodes.min()! <= 1)
    for index in nodes.indices { #expect(share(index).surplus == 0) }
  }
}
