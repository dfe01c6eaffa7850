/// The groups that this node's sources need, and which of them the database has yet to be told of.
struct Wishes: Sendable {
  /// By group.
  private(set) var weights: [String: Int] = [:]
  /// The sum of the weights.
  private(set) var total = 0
  /// What has a row of that weight.
  private var said: [String: Int] = [:]
  private var unsaid: ArraySlice<GroupWish> = []

  var areSaid: Bool { unsaid.isEmpty }

  subscript(group: String) -> Int? { weights[group] }

  /// The groups of all sources, instead of those before.
  mutating func replace(_ groups: [GroupWish]) {
    weights = Dictionary(groups.map { ($0.group, $0.weight) }, uniquingKeysWith: +)
    total = weights.values.reduce(0, +)
    say(again: false)
  }

  /// - Parameter again: all of them, because their rows may be gone.
  mutating func say(again: Bool) {
    if again { said = [:] }
    // In one order for all nodes, so that no two wait for each other's rows crosswise.
    unsaid =
      weights.filter { said[$0.key] != $0.value }.map { GroupWish(group: $0.key, weight: $0.value) }
      .sorted { $0.group < $1.group }[...]
    said = weights
  }

  /// The next ones to be said.
  mutating func take(_ most: Int) -> [GroupWish] {
    defer { unsaid = unsaid.dropFirst(most) }
    return Array(unsaid.prefix(most))
  }

  /// Those could not be said.
  mutating func putBack(_ groups: [GroupWish]) { unsaid = groups + unsaid }
}
