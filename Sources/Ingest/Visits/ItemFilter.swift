import Values

/// Which of a source's items are articles, by the plugin's `keep` and `drop`.
struct ItemFilter {
  private let keep: Regex<AnyRegexOutput>?
  private let drop: Regex<AnyRegexOutput>?

  /// The patterns were compiled when the plugin was checked; one that does not compile here filters nothing.
  init(keep: String?, drop: String?) {
    self.keep = keep.flatMap { try? Regex($0) }
    self.drop = drop.flatMap { try? Regex($0) }
  }

  func admits(_ url: String) -> Bool {
    if let keep, url.firstMatch(of: keep) == nil { return false }
    if let drop, url.firstMatch(of: drop) != nil { return false }
    return true
  }
}
