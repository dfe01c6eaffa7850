import Values

/// What is wrong with a publisher, judged by its own past. Pure.
struct Ailment: Sendable, Equatable {
  enum Kind: String, Sendable, CaseIterable {
    /// Every source fails.
    case failing
    /// Some sources fail, and have done so more than once.
    case sources
    /// Not one page can be read, though the lists are.
    case pages
    /// No articles in hours that always brought some.
    case silent
    /// Articles that used to come whole come in part or not at all.
    case partial
    /// Pages give fewer fields than they used to.
    case unfilled
    /// Rules of the plugin that find nothing any more, though another reader may have filled their fields.
    case rules
  }

  var kind: Kind
  /// One phrase for people.
  var reason: String

  /// Pages in a row that could not be read.
  struct LostPages: Sendable, Equatable {
    var count = 0
    var reason = ""

    /// Fewer may be one section behind a wall.
    static let enough = 10
  }

  /// How the sources fare.
  struct Sources: Sendable {
    var all = 0
    /// Failed at the last attempt.
    var failing = 0
    /// Failed at the last three attempts.
    var failingOften = 0
    var lastError: String?
  }

  /// A drop that counts: four more of ten articles without their text, a fifth of the fields.
  static let wholeDrop = 0.4
  static let fillDrop = 0.2

  /// - Parameter brokenRules: fields whose rules find nothing any more.
  static func all(
    _ rhythm: PublisherRhythm?, _ sources: Sources, brokenRules: [String] = [], lostPages: LostPages? = nil,
    now: Timestamp
  ) -> [Ailment] {
    var found: [Ailment] = []
    if sources.all > 0, sources.failing == sources.all {
      found.append(Ailment(kind: .failing, reason: sources.lastError ?? "every source fails"))
    } else if sources.failingOften > 0 {
      let reason =
        "\(sources.failingOften) of \(sources.all) sources fail" + (sources.lastError.map { ": \($0)" } ?? "")
      found.append(Ailment(kind: .sources, reason: reason))
    }
    if let lostPages, lostPages.count >= LostPages.enough {
      found.append(
        Ailment(kind: .pages, reason: "none of the last \(lostPages.count) pages could be read: \(lostPages.reason)"))
    }
    if !brokenRules.isEmpty {
      let fields = brokenRules.joined(separator: ", ")
      found.append(
        Ailment(kind: .rules, reason: "the rules for \(fields) find nothing any more; has the layout changed?"))
    }
    guard let rhythm else { return found }
    if let silence = rhythm.silence(at: now) {
      let span = (silence.hours * 3600).spokenSeconds
      found.append(
        Ailment(kind: .silent, reason: "no article for \(span), a time that usually brings \(silence.usual)"))
    }
    if rhythm.whole.drop >= wholeDrop {
      let (recent, usual) = (percent(rhythm.whole.recent), percent(rhythm.whole.usual))
      found.append(
        Ailment(kind: .partial, reason: "\(recent) of the last articles have their whole text, usually \(usual)"))
    }
    if rhythm.fill.drop >= fillDrop {
      let (recent, usual) = (percent(rhythm.fill.recent), percent(rhythm.fill.usual))
      found.append(Ailment(kind: .unfilled, reason: "pages give \(recent) of an article's fields, usually \(usual)"))
    }
    return found
  }

  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}
