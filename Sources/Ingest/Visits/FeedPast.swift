import Feeds
import Service
import Store
import Values

extension Ingester {
  /// Reads on in the archive of a feed that was met for the first time (RFC 5005), some pages a visit.
  func readArchive(
    _ place: Place, _ state: inout SourceState, _ visit: inout Visit
  ) async throws(LedgerFailure) {
    for _ in 0..<Self.archivePagesPerVisit {
      guard state.details.archiveLeft > 0, let url = state.details.archiveNext.flatMap({ WebURL($0) }) else { return }
      guard let part = try await visitPart(Document(role: .archive, url: url), of: place) else { return }
      add(part.visit, to: &visit)
      // What may pass holds the walk up and does not end it: nobody leads there a second time.
      if part.feed == nil, !part.visit.isLast { return }
      ArchiveWalk.step(part.feed, at: url, &state.details)
      keep(&state, of: place)
    }
  }

  private static let archivePagesPerVisit = 20
}

/// The walk through a feed's past. Pure.
enum ArchiveWalk {
  /// Failures in a row after which a page is given up: several days, with their back-off.
  static let patience = 12

  /// Whether a page will not be had any more: it is not there or not for us, or cannot be read.
  static func endsAt(_ failure: ListingFailure, failures: Int) -> Bool {
    if failures >= patience || failure.kind == .feedRefused { return true }
    return failure.retryAfter == nil && [401, 402, 403, 404, 410, 451].contains(failure.status)
  }

  /// Where it begins, for a source that is met for the first time.
  static func begin(_ feed: Feed, pages: Int, _ details: inout SourceDetails) {
    guard pages > 0, let past = feed.previousArchive ?? feed.nextPage else { return }
    (details.archiveNext, details.archiveLeft, details.archiveRead) = (past.description, pages, 0)
  }

  /// Notes a page that was read, or one that will not be: then the walk ends, as it does where a page leads back to
  /// itself or no further.
  static func step(_ feed: Feed?, at url: WebURL, _ details: inout SourceDetails) {
    let next = feed.flatMap { $0.previousArchive ?? $0.nextPage }
    if feed != nil { details.archiveRead += 1 }
    details.archiveLeft -= 1
    guard let next, next != url, details.archiveLeft > 0 else {
      (details.archiveNext, details.archiveLeft) = (nil, 0)
      return
    }
    details.archiveNext = next.description
  }
}
