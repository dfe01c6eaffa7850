import Authoring
import Feeds
import Manifest
import Service
import Values
import Workers

/// Reads lists and pages as the daemon would: by the plugin's program where it does that, else by a worker and the
/// rules.
struct PluginReading: Sendable {
  let manifest: Manifest
  let reader: OfflineReader
  private let programs: ProgramPool?

  init(place: PluginPlace, manifest: Manifest, source: PageSource? = nil) async {
    self.manifest = manifest
    let catalogue = place.catalogue
    reader = OfflineReader(catalogue: catalogue)
    guard manifest.program != nil else {
      programs = nil
      return
    }
    let pool = ProgramPool(
      settings: ProgramSettings(launcher: WorkerProgram.path(configured: nil)), catalogue: catalogue
    ) { notice in
      if case .line(let plugin, let priority, let text) = notice, priority <= 6 {
        Terminal.write("\(plugin): \(text)\n", to: 2)
      }
    }
    if let source {
      await pool.serve { url, _ in
        do {
          let page = try await source.get(url)
          return .page(url: page.url, status: 200, contentType: page.contentType, body: page.body)
        } catch {
          return .refused(reason: "failed", message: "\(error)")
        }
      }
    }
    programs = pool
  }

  func stop() async {
    await reader.stop()
    await programs?.stop()
  }

  /// An article with the rule of each field, and what every expression finds.
  func article(_ page: [UInt8], url: WebURL, contentType: String?) async throws -> JSON {
    guard let programs, let program = manifest.program, program.jobs.contains(.extract) else {
      return try await reader.inspect(page, url: url, contentType: contentType, manifest)
    }
    let answer = try await programs.run(
      ProgramJob(.extract, url: url, contentType: contentType, body: page), plugin: manifest.publisher.id)
    var report = try JSON(parsing: answer).object ?? JSONObject()
    let names = (report["article"]?.object?.keys ?? []).map {
      $0 == "canonical_url" ? "canonical" : $0 == "pictures" ? "images" : $0
    }
    report["rules"] = .object(JSONObject(names.map { ($0, .string("program:\(program.command)")) }))
    return .object(report)
  }

  /// A worker's report with the program's article in place of the one that the rules give; the source stays.
  func merged(_ report: JSON, _ page: FetchedPage) async throws -> JSON {
    let own = try await article(page.body, url: page.url, contentType: page.contentType)
    var merged = report.object ?? JSONObject()
    for key in ["article", "rules"] { merged[key] = own[key] ?? .null }
    merged["fill"] = nil
    return .object(merged)
  }

  /// What a source announces.
  func list(_ source: Source, _ page: FetchedPage) async throws -> Feed {
    var job = Job(
      .parse(select: source.kind == .html ? source.select?.description : nil), url: page.url,
      contentType: page.contentType, zone: manifest.publisher.zone, body: page.body)
    if source.kind == .program, let programs {
      job.body = try await programs.run(
        ProgramJob(.discover, url: page.url, contentType: page.contentType, body: page.body),
        plugin: manifest.publisher.id)
      job.contentType = "application/feed+json"
    }
    guard let feed = Feed(jsonFeed: try await reader.json(job)) else {
      throw JobError(.protocolViolation, "the worker's feed is not a JSON Feed")
    }
    return feed
  }
}

/// `plugin test --live`: the publisher's newest articles.
struct LiveTest {
  let place: PluginPlace
  let network: NetworkOptions
  let count: Int

  func run() async throws {
    let manifest = try place.manifest()
    guard !manifest.sources.isEmpty else { try fail("\(place.id) has no [[sources]]", .data) }
    let source = try network.open(for: manifest)
    let reading = await PluginReading(place: place, manifest: manifest, source: source)
    var items: [(url: WebURL, date: Timestamp?)] = []
    var failures = 0
    for entry in manifest.sources {
      progress("fetching \(entry.url)")
      do {
        let feed = try await reading.list(entry, try await source.get(entry.url, asFeed: true))
        let filter = SourceFilter(entry)
        let listed = feed.items.compactMap { item in item.url.map { ($0, item.published ?? item.modified) } }
        let found = listed.filter { filter.admits($0.0.description) }
        let leftOut = listed.count - found.count
        tell(
          "\(entry.id): \(found.count) articles" + (leftOut == 0 ? "" : ", \(leftOut) more left out by keep and drop")
            + (feed.sitemaps.isEmpty ? "" : ", \(feed.sitemaps.count) sitemaps"))
        items += found.map { (url: $0.0, date: $0.1) }
      } catch {
        failures += 1
        tell(styled("\(entry.id): \(error)", .boldRed))
      }
    }
    var seen: Set<String> = []
    let newest = items.sorted { ($0.date?.seconds ?? 0) > ($1.date?.seconds ?? 0) }
      .filter { seen.insert($0.url.identity).inserted }.prefix(count)
    for (url, _) in newest {
      progress("fetching \(url)")
      do {
        let page = try await source.get(url)
        let report = try await reading.article(page.body, url: page.url, contentType: page.contentType)
        tell(styled(url.description, .bold))
        let found = report["article"] ?? .null
        for field in Comparison.fields(expected: .null, found: found, rules: report["rules"]) {
          Terminal.write(FieldReport.text(field, isNew: true))
        }
      } catch {
        failures += 1
        tell(styled("\(url): \(error)", .boldRed))
      }
    }
    await reading.stop()
    await source.close()
    if newest.isEmpty { try fail("no source of \(place.id) lists an article", .data) }
    if failures > 0 { try fail("\(failures) of the fetches failed", .temporary) }
  }

  private func tell(_ text: String) {
    progress("")
    Terminal.write(text + "\n")
  }

  /// One line that the next replaces, where a person looks.
  private func progress(_ text: String) { Progress.show(text) }
}

/// A line on standard error that says what is being done, and gives way to the next.
enum Progress {
  static func show(_ text: String) {
    guard Terminal.isTerminal(2) else { return }
    Terminal.write("\r\u{1B}[K" + text.prefix(max(10, Terminal.width(2) - 1)), to: 2)
  }
}

/// keep and drop of a source.
struct SourceFilter {
  private let keep: Regex<AnyRegexOutput>?
  private let drop: Regex<AnyRegexOutput>?

  init(_ source: Source) {
    keep = source.keep.flatMap { try? Regex($0) }
    drop = source.drop.flatMap { try? Regex($0) }
  }

  func admits(_ url: String) -> Bool {
    if let keep, (try? keep.firstMatch(in: url)) == nil { return false }
    if let drop, (try? drop.firstMatch(in: url)) != nil { return false }
    return true
  }
}
