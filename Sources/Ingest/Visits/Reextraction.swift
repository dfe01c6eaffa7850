import Articles
internal import Digests
import Feeds
import Manifest
import PageCache
import Queue
public import Service
import Store
public import Values

/// What reading kept pages again brought.
private struct Tally {
  var pages = 0
  var verdicts: [Improvement: Int] = [:]
  var published = 0
  var unreadable = 0
  var skipped = 0
  var changes: [JSON] = []

  /// How many changes the answer lists one by one.
  static let listed = 200

  func json(isDryRun: Bool) -> JSON {
    var json = JSONObject([("pages", JSON(pages))])
    for verdict in Improvement.allCases { json[verdict.rawValue] = JSON(verdicts[verdict] ?? 0) }
    json["unreadable"] = JSON(unreadable)
    json["skipped"] = JSON(skipped)
    json["published"] = JSON(published)
    json["dry_run"] = .bool(isDryRun)
    json["changes"] = .array(changes)
    return .object(json)
  }
}

extension Ingester {
  /// Reads a publisher's kept pages again by the rules in use now, and publishes the next version of each article that
  /// got better (`Improvement`). No request goes out. One page at a time, so that fetching goes on beside it.
  ///
  /// - Parameters:
  ///   - since: only pages fetched since then.
  ///   - any: publishes every difference, a worse reading too.
  ///   - isDryRun: only tells.
  public func reextract(
    publisher id: String, since: Timestamp?, any: Bool, isDryRun: Bool, progress: @Sendable (JSON) -> Void
  ) async throws(ControlError) -> JSON {
    guard let manifest = roster[publisher: id] else {
      throw ControlError(
        .notFound, "There is no publisher “\(id)” in use.", hint: "'newswirectl status' shows those there are.")
    }
    guard let shelf else {
      throw ControlError(
        .unavailable, "No pages are kept: [pages] max_bytes is 0.",
        hint: "Set it, restart, and the pages fetched from then on can be read again.")
    }
    let entries = await shelf.entries(of: id, since: since)
    var tally = Tally()
    for (number, entry) in entries.enumerated() {
      if Task.isCancelled || isStopping { break }
      if let pause, !isDryRun {
        throw ControlError(
          .notNow, "Publishing rests: \(pause). \(tally.published) of \(number) pages were published.",
          hint: "Make room, then run it again: what is published already is not published twice.")
      }
      guard let page = await shelf.page(entry) else { continue }
      do throws(LedgerFailure) {
        try await readAgain(page, manifest, any: any, isDryRun: isDryRun, &tally)
      } catch {
        noteFailure(error, of: .publishing)
        throw ControlError(.failed, error.message)
      }
      if number % 50 == 49 { progress(["pages": JSON(number + 1), "of": JSON(entries.count)]) }
    }
    log.record(
      .pluginReextracted,
      "\(tally.pages) pages read again, \(tally.published) articles published anew", publisher: id,
      outcome: isDryRun ? "dry-run" : "done",
      fields: [
        "better": "\(tally.verdicts[.better] ?? 0)", "worse": "\(tally.verdicts[.worse] ?? 0)",
        "same": "\(tally.verdicts[.same] ?? 0)",
      ])
    return tally.json(isDryRun: isDryRun)
  }

  private func readAgain(
    _ page: CachedPage, _ manifest: Manifest, any: Bool, isDryRun: Bool, _ tally: inout Tally
  ) async throws(LedgerFailure) {
    let publisher = manifest.publisher
    guard let item = try await ledger.item(publisher: publisher.id, key: page.key), item.state != .waiting,
      let record = try? JSON(parsing: item.record), let feedItem = FeedItem(json: record)
    else {
      // Forgotten since, or about to be fetched anew by the same rules.
      tally.skipped += 1
      return
    }
    tally.pages += 1
    var article: Article
    switch await readAgain(page, manifest) {
    case .success(let read): article = read
    case .failure(let failure):
      tally.unreadable += 1
      note(&tally, "unreadable", item.url, failure.reason)
      return
    }
    FeedFacts.complete(&article, from: feedItem, section: item.section, publisher: publisher)
    let key = item.articleKey ?? ArticleIdentity.key(article, found: item.key, hosts: publisher.hosts)
    let last = try await ledger.article(publisher: publisher.id, key: key)
    let submission = Ledger.Submission(
      article: article, facts: publisher.facts, key: key,
      uri: ArticleIdentity.uri(publisher: publisher.id, digest: SHA256.hex(key.utf8)), url: page.url,
      // An item that had been given up is one no more.
      item: item.state == .failed ? item : nil, origin: item.id
    ) { now in
      // A newer version may have come from its page meanwhile.
      now?.version == last?.version && now?.isWithdrawn != true ? .publishInAnyCase : .stand
    }
    let isAside = try await ledger.speaksForNothing(submission)
    if last?.isWithdrawn == true || isAside {
      tally.skipped += 1
      return
    }
    let quality = ArticleQuality(article)
    let hash = article.formerHash.flatMap { $0 == last?.contentHash ? $0 : nil } ?? article.contentHash
    let verdict = Improvement.judge(quality, hash: hash, against: last)
    tally.verdicts[verdict, default: 0] += 1
    if verdict == .same { return }
    note(&tally, verdict.rawValue, item.url, article.headline)
    guard !isDryRun, verdict == .better || any else { return }
    let result = try await ledger.publish(submission)
    if case .delayed = result { noteDelay(of: submission.uri) }
    guard case .published(let version, let element, let bytes) = result else { return }
    rest.succeeded(.publishing)
    tally.published += 1
    totals.updates += 1
    log.record(
      .articleUpdated, article.headline, publisher: publisher.id, url: WebURL(page.url), article: submission.uri,
      bytes: bytes, outcome: "reextracted", fields: ["version": "\(version)", "element": element])
  }

  private func note(_ tally: inout Tally, _ verdict: String, _ url: String, _ text: String) {
    guard tally.changes.count < Tally.listed else { return }
    tally.changes.append(["verdict": .string(verdict), "url": .string(url), "text": .string(text)])
  }
}
