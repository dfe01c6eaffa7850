/// What a node should take or give back so that all hold about the same. Counted in weights; a group is never divided,
/// so each comes to within the heaviest group of its share.
struct FairShare: Equatable {
  struct Portion: Equatable {
    var name: String
    /// What the node holds, and the most that its plugins want: nobody is given what he has no use for.
    var weight: Int
    var wished: Int
  }

  /// May be taken of what is free.
  var claim = 0
  /// May be given back.
  var surplus = 0
  /// What the others are short of.
  private(set) var lacking = 0

  static let none = FairShare()
  private init() {}

  /// - Parameters:
  ///   - others: the other nodes that take part.
  ///   - leaving: what nodes hold that are about to give it up.
  init(mine: Portion, others: [Portion], leaving: Int, free: Int) {
    let total = others.reduce(mine.weight + leaving + free) { $0 + $1.weight }
    // Those who want less than a share have what they want; the rest is divided among the rest.
    var left = total
    var sharing = others.count + 1
    for wished in ([mine] + others).map(\.wished).sorted() {
      guard sharing > 1, wished < left / sharing else { break }
      left -= wished
      sharing -= 1
    }
    // Some have the one, some the other, where it does not come out even.
    let least = left / sharing
    let most = (left + sharing - 1) / sharing
    func shortOf(_ share: Int) -> Int { others.reduce(0) { $0 + max(0, min(share, $1.wished) - $1.weight) } }
    lacking = shortOf(least)
    let own = max(0, min(least, mine.wished) - mine.weight)
    claim = own
    // One more than the least is for those who do not leave others short by it.
    if free > lacking + own, mine.weight + own < min(most, mine.wished) { claim += most - least }
    // Without anybody in need, a node keeps what it has; and what is free or soon will be is need met.
    surplus = max(0, min(mine.weight - most, shortOf(most) - free - leaving))
    if surplus == 0, mine.weight == most, most > least {
      // Not even enough for the last: as many of those with one more as it needs, by name, so that not all give.
      let others = others.filter { $0.weight >= most }
      let given = others.reduce(0) { $0 + $1.weight - most }
      let before = others.count { $0.weight == most && $0.name < mine.name }
      if lacking - free - leaving - given > before { surplus = 1 }
    }
  }
}
