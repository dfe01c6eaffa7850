import ArgumentParser
import Articles
import Digests
import Manifest
import Queue
import Service
import TOML
import Values
import Workers

/// `newswirectl extract`: an article page as ninjs.
struct ExtractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Read an article page and print the article as IPTC ninjs 3.1.",
    discussion: """
      Picks the plugin by the host of the page's address, and reads the page by the plugin's rules; what they leave open, \
      and pages of other hosts, are read by the generic extractor. Needs no daemon and no network.

      With --batch, each line of standard input is a job, {"id": "any", "url": "https://…", "file": "path"}, and each \
      line of standard output its answer, in order: {"id": "any", "item": {…}} or {"id": "any", "error": "…"}. The exit \
      status is 0 even when single jobs fail.

      EXAMPLES
        newswirectl extract --url https://www.standard.co.uk/news/x-1.html page.html
        newswirectl extract --plugins ./Plugins --plugin bbc \\
          --url https://www.bbc.com/news/x page.html
        newswirectl extract --plugins ./Plugins --rules \\
          --url https://www.bbc.com/news/x page.html
        newswirectl extract --plugins ./Plugins --batch < jobs.ndjson
      """)

  @Option(help: "A folder of plugins; may be given several times, later ones win.")
  var plugins: [String] = []

  @Option(help: "Use this plugin, whatever the host.")
  var plugin: String?

  @Flag(help: "Use no plugin.")
  var generic = false

  @Option(help: "Where the page came from.")
  var url: String?

  @Option(help: "The Content-Type header that came with it; it may name the charset.")
  var contentType: String?

  @Flag(
    help: "Print which rule gave each field, and where it stands, instead of the article.")
  var rules = false

  @Flag(help: "Read jobs from standard input, one JSON object a line.")
  var batch = false

  @Argument(help: "The page; - for standard input.")
  var file: String?

  func validate() throws {
    if batch == (file != nil) {
      throw ValidationError(batch ? "--batch reads no FILE" : "give a FILE, or - for standard input")
    }
    if !batch, url == nil {
      throw ValidationError("--url is missing: links are resolved against it and it picks the plugin")
    }
    if let url, WebURL(url) == nil { throw ValidationError("--url \(url): not an http or https address") }
    if generic, plugin != nil { throw ValidationError("--generic and --plugin exclude each other") }
  }

  func run() async throws {
    let catalogue = generic ? Catalogue() : try PluginFolders.catalogue(plugins)
    for plugin in catalogue.refused where self.plugin == nil || self.plugin == plugin.id {
      Terminal.write(plugin.problems.description + "\n", to: 2)
    }
    if let plugin, catalogue[plugin] == nil {
      let names = catalogue.manifests.map(\.publisher.id).joined(separator: ", ")
      let there =
        names.isEmpty ? "there are none in \(PluginFolders.standard.joined(separator: ", "))" : "there are: \(names)"
      try fail("there is no plugin \"\(plugin)\"; \(there)", .data)
    }
    let reader = OfflineReader(catalogue: catalogue)
    let pages = PageReader(catalogue: catalogue, plugin: plugin)
    if batch {
      await Batch.run("item", reader) { job, reader in
        let page = try Input.bytes(of: job.file)
        return try await pages.read(page, url: job.url, contentType: job.contentType, reader).item.bytes()
      }
    } else {
      try await extract(pages, reader)
    }
    await reader.stop()
  }

  private func extract(_ pages: PageReader, _ reader: OfflineReader) async throws {
    guard let url = url.flatMap({ WebURL($0) }) else { preconditionFailure("validate has read the address") }
    let file = file ?? "-"
    do {
      let page = try Input.bytes(of: file)
      let (item, report) = try await pages.read(page, url: url, contentType: contentType, reader)
      if rules {
        show(RuleTable(report).table)
        for line in RuleTable.remarks(report) { Terminal.write(escapingControls(line) + "\n", to: 2) }
      } else {
        Terminal.write(item.text(pretty: true) + "\n")
      }
    } catch {
      try Input.fail(error, of: file)
    }
  }
}

/// Where plugins are when nobody says.
enum PluginFolders {
  static let standard = ["/usr/lib/newswire/plugins", "/etc/newswire/plugins"]

  /// The plugins of the folders that somebody named, or of those above: rules that are not there would only be missed.
  /// One plugin's own folder stands for itself.
  static func catalogue(_ named: [String]) throws -> Catalogue {
    if named.isEmpty { return Catalogue(folders: standard) }
    if named.count == 1, Catalogue.isPlugin(named[0]) { return try PluginPlace(folder: named[0]).catalogue }
    let catalogue = Catalogue(folders: named)
    if catalogue.folders.isEmpty, catalogue.refused.isEmpty {
      try fail(
        "no plugin in \(named.joined(separator: ", ")): --plugins takes a folder that holds plugins, each in a folder with a plugin.toml",
        .usage)
    }
    return catalogue
  }
}

/// Pages to ninjs, each by the plugin of its host.
private struct PageReader: Sendable {
  let catalogue: Catalogue
  let plugin: String?

  /// The item, and how it was read.
  func read(
    _ page: [UInt8], url: WebURL, contentType: String?, _ reader: OfflineReader
  ) async throws -> (item: JSON, report: PageReport) {
    let manifest = plugin.flatMap { catalogue[$0] } ?? catalogue.manifest(forHost: url.host)
    let json = try await reader.json(
      Job(
        .extract(plugin: manifest?.publisher.id), url: url, contentType: contentType, zone: manifest?.publisher.zone,
        body: page))
    let report = try PageReport(record: json)
    return (edition(report.article, manifest?.publisher, url).ninjs, report)
  }

  private func edition(_ article: Article, _ publisher: Publisher?, _ url: WebURL) -> Edition {
    var article = article
    article.canonicalURL = article.canonicalURL ?? url.withoutTracking.description
    article.language = article.language ?? publisher?.language
    let host = url.host.hasPrefix("www.") ? String(url.host.dropFirst(4)) : url.host
    let facts =
      publisher.map {
        PublisherFacts(
          id: $0.id, name: $0.name, url: $0.url.description, copyrightHolder: $0.copyrightHolder,
          usageTerms: $0.usageTerms)
      } ?? PublisherFacts(id: host, name: article.publisher ?? host, url: url.origin + "/")
    let key = ArticleIdentity.key(article, found: url.identity, hosts: publisher?.hosts ?? [url.host])
    let uri = ArticleIdentity.uri(publisher: facts.id, digest: SHA256.hex(key.utf8))
    return Edition(article: article, publisher: facts, uri: uri, version: 1, firstSeen: .now())
  }
}

/// Which rule gave each field, as people read it.
struct RuleTable {
  let table: Table

  init(_ report: PageReport) {
    var table = Table([.init("FIELD"), .init("RULE", isFlexible: true), .init("WHERE")])
    for (field, origin) in report.rules.sorted(by: { $0.key < $1.key }) {
      let place = origin.file.map { file in origin.position.map { "\(file):\($0)" } ?? file } ?? "–"
      table.rows.append([
        .init(field, .bold), .init(origin.rule, origin.isGeneric ? .dim : .plain),
        .init(place + (origin.layout.map { " (layout \($0))" } ?? ""), .dim),
      ])
    }
    self.table = table
  }

  /// What stands out: the layout, fields whose rules found nothing, rules that failed.
  static func remarks(_ report: PageReport) -> [String] {
    var lines: [String] = []
    if let layout = report.layout { lines.append("layout: \(layout)") }
    if !report.missed.isEmpty { lines.append("rules that found nothing: \(report.missed.joined(separator: ", "))") }
    for failure in report.failures {
      let place = failure.origin.file.map { file in failure.origin.position.map { "\(file):\($0): " } ?? "\(file): " }
      lines.append("\(place ?? "")\(failure.origin.rule): \(failure.message)")
    }
    return lines
  }
}
