import Manifest
import Values
import Workers

/// How well a publisher's rules read its latest pages: what shows that a layout has changed, although the generic
/// extractor may have filled the fields. Kept since the start.
struct RuleHealth: Sendable {
  /// Pages that are looked back on.
  static let window = 50
  /// Pages in a row on which a field's rules must find nothing before they count as broken: one page is not a break.
  static let patience = 8
  /// Fields that every article has: their rules must find something, whatever they found before.
  private static let essential: Set<String> = ["headline", "body", "published"]

  /// The fill rates of the latest pages.
  private var fills: [Double] = []
  /// For each field, on how many pages in a row its rules found nothing.
  private var misses: [String: Int] = [:]
  /// Fields whose rules have found something since the start.
  private var found: Set<String> = []
  private(set) var lastFailure: RuleFailure?

  /// Takes up one page. Returns the fields whose rules have just come to count as broken.
  mutating func note(_ report: PageReport) -> [String] {
    if let fill = report.fill { fills.append(fill) }
    if fills.count > Self.window { fills.removeFirst() }
    if let failure = report.failures.last { lastFailure = failure }
    for (field, origin) in report.rules where !origin.isGeneric {
      found.insert(field)
      misses[field] = nil
    }
    for field in report.missed { misses[field, default: 0] += 1 }
    return report.missed.filter { misses[$0] == Self.patience && isExpected($0) }.sorted()
  }

  private func isExpected(_ field: String) -> Bool { Self.essential.contains(field) || found.contains(field) }

  /// The mean share of fields that pages give, 0...1; nil before the first page.
  var fill: Double? { fills.isEmpty ? nil : fills.reduce(0, +) / Double(fills.count) }

  /// Fields whose rules find nothing any more.
  var broken: [String] {
    misses.filter { $0.value >= Self.patience && isExpected($0.key) }.map(\.key).sorted()
  }
}
