/// The difference between two sequences of lines, or of words: what both have, what only the old has, what only the
/// new.
public enum TextDiff {
  public enum Part: Sendable, Equatable {
    case same(String)
    case gone(String)
    case new(String)
  }

  /// Longest common subsequence; longer sequences than this are compared at their ends only, which bounds the cost.
  static let limit = 2000

  public static func parts(_ old: [String], _ new: [String]) -> [Part] {
    var start = 0
    while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
    var end = 0
    while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
    let middle = core(Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
    return old[..<start].map { .same($0) } + middle + old[(old.count - end)...].map { .same($0) }
  }

  private static func core(_ old: [String], _ new: [String]) -> [Part] {
    if old.isEmpty || new.isEmpty || old.count > limit || new.count > limit {
      return old.map { .gone($0) } + new.map { .new($0) }
    }
    // lengths[i][j]: the longest common subsequence of old[i...] and new[j...].
    var lengths = [[Int32]](repeating: [Int32](repeating: 0, count: new.count + 1), count: old.count + 1)
    for i in stride(from: old.count - 1, through: 0, by: -1) {
      for j in stride(from: new.count - 1, through: 0, by: -1) {
        lengths[i][j] = old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var parts: [Part] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        parts.append(.same(old[i]))
        (i, j) = (i + 1, j + 1)
      } else if j == new.count || (i < old.count && lengths[i + 1][j] >= lengths[i][j + 1]) {
        parts.append(.gone(old[i]))
        i += 1
      } else {
        parts.append(.new(new[j]))
        j += 1
      }
    }
    return parts
  }

  /// Words with the space after them.
  public static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in text {
      word.append(character)
      if character == " " {
        words.append(word)
        word = ""
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
