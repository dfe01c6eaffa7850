import Manifest
import Service
import Store
import Values

/// How the publishers fare by their own measure: learned while articles come, looked at once a minute, told in the log
/// when it changes, and shown by `status`.
extension Ingester {
  /// What is known of the publishers' ways.
  struct Wellbeing {
    var rhythms: [String: PublisherRhythm] = [:]
    /// Pages that could not be read since the last one that could, by publisher. An item counts once.
    var lostPages: [String: Ailment.LostPages] = [:]
    /// All articles remembered, by publisher.
    var totals: [String: Int] = [:]
    /// What was wrong at the last look.
    var ailments: [String: [Ailment]] = [:]
    /// Whose `kept` has changed since it was kept.
    var changed: Set<String> = []
    var nextLook: Timestamp?
    var nextKeep: Timestamp?
    /// Publishers whose rhythm has been read.
    var known: Set<String> = []
  }

  /// Seconds between two looks, and between two times that what was learned is kept.
  private static let lookInterval: Int64 = 60
  private static let keepInterval: Int64 = 600

  /// Reads the past of publishers that are new to this run, a few at a time: the ledger must not be busy for long.
  /// After READY, because a large database takes a moment.
  func learnRhythms(_ now: Timestamp) async throws(LedgerFailure) {
    let fresh = roster.manifests.map(\.publisher.id).filter { !wellbeing.known.contains($0) }
    for start in stride(from: 0, to: fresh.count, by: 4) where !isStopping {
      let few = fresh[start..<min(start + 4, fresh.count)]
      wellbeing.known.formUnion(few)
      for (publisher, past) in try await ledger.past(of: few, now: now) {
        // It holds the articles that have come since the start; one that came while the ledger answered may be missing.
        wellbeing.totals[publisher] = past.articles
        wellbeing.rhythms[publisher] = past.rhythm
      }
    }
  }

  /// An item came to its end: published whole, in part, or not at all.
  func noteArticle(of publisher: String, isNew: Bool, isWhole: Bool, fill: Double?) {
    if isNew {
      wellbeing.rhythms[publisher, default: PublisherRhythm()].note(hour: PublisherRhythm.hour(.now()))
      wellbeing.totals[publisher, default: 0] += 1
    }
    wellbeing.rhythms[publisher, default: PublisherRhythm()].whole.note(isWhole ? 1 : 0)
    if let fill { wellbeing.rhythms[publisher, default: PublisherRhythm()].fill.note(fill) }
    wellbeing.changed.insert(publisher)
  }

  func notePageLost(of publisher: String, _ reason: String) {
    wellbeing.lostPages[publisher, default: .init()].count += 1
    wellbeing.lostPages[publisher]?.reason = reason
  }

  func notePageRead(of publisher: String) { wellbeing.lostPages[publisher] = nil }

  /// Looks how the publishers fare and tells what has changed; keeps what was learned.
  func lookAtWellbeing(_ now: Timestamp) async throws(LedgerFailure) {
    if let next = wellbeing.nextLook, now < next, next.seconds(since: now) <= Double(Self.lookInterval) { return }
    wellbeing.nextLook = now.adding(seconds: Self.lookInterval)
    try await learnRhythms(now)
    let health = try await ledger.sourceHealth()
    for (place, manifest) in roster.manifests.enumerated() where isFetchedHere(place) {
      look(at: manifest.publisher.id, ailments(ofPlace: place, health[manifest.publisher.id], now))
    }
    guard let next = wellbeing.nextKeep else {
      wellbeing.nextKeep = now.adding(seconds: Self.keepInterval)
      return
    }
    if now >= next {
      wellbeing.nextKeep = now.adding(seconds: Self.keepInterval)
      try await keepRhythms()
    }
  }

  /// Whether this node fetches any of a publisher's sources. What it knows of the others' ways ends where it left them.
  private func isFetchedHere(_ place: Int) -> Bool {
    fleet == nil || roster.numbers(ofPlace: place).contains { isOurs(group(of: $0)) }
  }

  func keepRhythms() async throws(LedgerFailure) {
    let changed = wellbeing.changed
    wellbeing.changed = []
    try await ledger.keep(wellbeing.rhythms.filter { changed.contains($0.key) })
  }

  private func look(at publisher: String, _ found: [Ailment]) {
    let before = Set((wellbeing.ailments[publisher] ?? []).map(\.kind))
    wellbeing.ailments[publisher] = found.isEmpty ? nil : found
    // Failing sources have records of their own at each attempt, broken rules when they are found.
    let told: Set<Ailment.Kind> = [.pages, .silent, .partial, .unfilled]
    for ailment in found where told.contains(ailment.kind) && !before.contains(ailment.kind) {
      log.record(
        ailment.kind == .silent ? .publisherSilent : .publisherDegraded, ailment.reason, publisher: publisher,
        outcome: ailment.kind.rawValue, next: "told again when it has passed")
    }
    let passed = before.intersection(told).subtracting(found.map(\.kind))
    if !passed.isEmpty {
      let names = passed.map(\.rawValue).sorted().joined(separator: ", ")
      log.record(.publisherUsual, "no longer \(names)", publisher: publisher, outcome: names)
    }
  }

  func ailments(ofPlace place: Int, _ health: SourceHealth?, _ now: Timestamp) -> [Ailment] {
    let numbers = roster.numbers(ofPlace: place)
    let sources = Ailment.Sources(
      all: numbers.count, failing: numbers.count { roster.note($0).isFailing },
      failingOften: health?.failingOften ?? 0, lastError: health?.lastError)
    let id = roster.manifests[place].publisher.id
    let found = Ailment.all(
      wellbeing.rhythms[id], sources, brokenRules: ruleHealth[id]?.broken ?? [], lostPages: wellbeing.lostPages[id],
      now: now)
    // While nothing is fetched here, silence says nothing about the publisher.
    let isOwnFault = pause != nil || isResting || network.isSuspected
    return isOwnFault ? found.filter { $0.kind != .silent } : found
  }
}
