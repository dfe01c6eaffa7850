import ArgumentParser
import Authoring
import Extraction
import Manifest
import Service
import TOML
import Values
import Workers

/// `newswirectl import`: plugins from the lists and rules of other programs.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make plugins from an OPML list or from FiveFilters site configs.",
    discussion: """
      EXAMPLES
        newswirectl import opml subscriptions.opml --into /etc/newswire/plugins
        newswirectl import ftr ./ftr-site-config --into ./plugins
      """,
    subcommands: [ImportOPML.self, ImportFTR.self])
}

/// `newswirectl export`: what other programs can read.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the feeds of the plugins for other programs.",
    discussion: """
      EXAMPLE
        newswirectl export opml > newswire.opml
      """,
    subcommands: [ExportOPML.self])
}

/// Facts that a host alone tells.
enum HostFacts {
  static func draft(id: String, name: String, url: String, host: String) -> PluginDraft {
    let label = host.split(separator: ".").last.map { String($0).lowercased() } ?? ""
    let country = label == "uk" ? "gb" : label.count == 2 ? label : nil
    let zone = country.flatMap { RuleProbe.zone(ofCountry: $0) }
    var draft = PluginDraft(
      id: id, name: name, url: url, country: country ?? "us", language: country.flatMap { languages[$0] } ?? "en",
      zone: zone ?? "UTC")
    if country == nil { draft.guessed.insert("country") }
    if zone == nil { draft.guessed.insert("zone") }
    draft.guessed.insert("language")
    return draft
  }

  private static let languages = [
    "de": "de", "at": "de", "ch": "de", "li": "de", "fr": "fr", "it": "it", "es": "es", "pt": "pt", "br": "pt-BR",
    "nl": "nl",
    "pl": "pl", "cz": "cs", "sk": "sk", "jp": "ja", "kr": "ko", "cn": "zh", "tw": "zh-TW", "ru": "ru", "ua": "uk",
    "tr": "tr",
    "se": "sv", "no": "nb", "dk": "da", "fi": "fi", "is": "is", "gr": "el", "hu": "hu", "ro": "ro", "bg": "bg",
    "hr": "hr",
    "mx": "es", "ar": "es", "cl": "es", "co": "es", "pe": "es", "il": "he", "ir": "fa", "sa": "ar", "eg": "ar",
    "vn": "vi",
  ]
}

/// New plugin folders, none written over one that is there.
struct PluginWriter {
  let into: String
  private var taken: Set<String> = []
  private(set) var written = 0

  init(into: String) { self.into = into }

  /// An id that no folder has yet, of this run.
  mutating func freeID(_ wanted: String) -> String {
    var id = wanted.isEmpty ? "site" : wanted
    var number = 2
    while !taken.insert(id).inserted {
      id = "\(wanted)-\(number)"
      number += 1
    }
    return id
  }

  /// Why the plugin was not written; nil when it was.
  mutating func write(_ text: String, id: String) throws -> String? {
    let folder = "\(into)/\(id)"
    if Paths.exists(folder) { return "\(folder) is there already" }
    do throws(Problems) { _ = try Manifest(parsing: text, file: "\(folder)/plugin.toml", folder: id) } catch {
      return error.all.map(\.message).joined(separator: "; ")
    }
    try AtomicFile.write(Array(text.utf8), to: folder + "/plugin.toml")
    written += 1
    return nil
  }
}

struct ImportOPML: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opml",
    abstract: "Make one plugin a site from an OPML list of feeds.",
    discussion: """
      Feeds of one site become the sources of one plugin, at most \(OPML.feedsPerSite); articles are read without rules. A \
      list may have \(OPML.byteLimit >> 20) MiB and \(OPML.entryLimit) feeds. What is not taken is listed with the reason, \
      and a folder that is there already is left alone.

      EXAMPLE
        newswirectl import opml subscriptions.opml --into /etc/newswire/plugins
      """)

  @Argument(help: "The list; - for standard input.")
  var file: String

  @Option(help: "The folder in which plugins are made.")
  var into = "."

  @Flag(help: "Only say what would be made.")
  var dryRun = false

  func run() async throws {
    let reader = OfflineReader(catalogue: Catalogue())
    let report: JSON
    do {
      let bytes = try Input.bytes(of: file)
      guard bytes.count <= OPML.byteLimit else {
        try fail("\(file): larger than \(OPML.byteLimit >> 20) MiB", .data)
      }
      report = try await reader.json(Job(.opml, url: nil, contentType: nil, zone: nil, body: bytes))
    } catch let error as ArgumentParser.ExitCode {
      throw error
    } catch {
      try Input.fail(error, of: file)
    }
    await reader.stop()
    let (entries, refused) = OPML.entries(report)
    let (sites, left) = OPML.sites(entries)
    var writer = PluginWriter(into: into)
    var feeds = 0
    var problems = refused.map { "\($0.isEmpty ? "an entry without an address" : $0): not an http or https address" }
    problems += left.map { "\($0.feed): the site has \(OPML.feedsPerSite) feeds already" }
    for site in sites {
      let id = writer.freeID(PluginDraft.id(from: site.host.contains("/") ? site.name : site.host))
      var draft = HostFacts.draft(id: id, name: site.name, url: site.url.description, host: site.url.host)
      draft.hosts = hosts(of: site)
      draft.sources = site.feeds.map {
        .init(kind: "rss", url: $0.feed.description, section: OPML.section($0, of: site) ?? $0.folders.last)
      }
      if dryRun {
        Terminal.write("\(id)\t\(site.name)\t\(site.feeds.count)\n")
      } else if let reason = try writer.write(draft.toml, id: id) {
        problems.append("\(id): \(reason)")
        continue
      }
      feeds += site.feeds.count
    }
    for problem in problems { Terminal.write(styled("not taken: ", .yellow) + problem + "\n", to: 2) }
    if entries.isEmpty { try fail("\(file) lists no feed", .data) }
    let verb = dryRun ? "would be made" : "made in \(into)"
    let count = dryRun ? sites.count : writer.written
    Terminal.write(
      "\(count) \(count == 1 ? "plugin" : "plugins") with \(feeds) \(feeds == 1 ? "feed" : "feeds") \(verb)\n")
  }

  /// The site's host, and those of its feeds where they differ.
  private func hosts(of site: OPML.Site) -> [String] {
    let host = site.url.host
    let all = [host, host.hasPrefix("www.") ? String(host.dropFirst(4)) : "www." + host]
    return all
  }
}

struct ImportFTR: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ftr",
    abstract: "Make plugins from FiveFilters site configs.",
    discussion: """
      Each <host>.txt of the folder becomes a plugin that reads the host's pages; it has no sources, since a site config \
      names none. Every directive that cannot be carried over is listed with its line and the reason, and stands as a \
      comment in the plugin.

      EXAMPLE
        newswirectl import ftr ./ftr-site-config --into ./plugins
      """)

  @Argument(help: "A folder of site configs, or one of them.")
  var path: String

  @Option(help: "The folder in which plugins are made.")
  var into = "."

  @Flag(help: "Print only the summary.")
  var quiet = false

  @Flag(help: "One JSON object a file, one a line.")
  var json = false

  func run() throws {
    guard Paths.exists(path) else { try fail("cannot read \(path): it is not there", .inputOutput) }
    let folder = Paths.isFolder(path) ? path : Paths.folder(of: path)
    let files = Paths.isFolder(path) ? hiddenToo(path).filter { $0.hasSuffix(".txt") } : [Paths.name(of: path)]
    guard !files.isEmpty else { try fail("\(path) holds no site config (<host>.txt)", .data) }
    var writer = PluginWriter(into: into)
    var lost = 0
    var refused = 0
    for file in files {
      let text: String
      do throws(SettingsFile.Failure) { text = try SettingsFile.text(of: "\(folder)/\(file)") } catch {
        refused += 1
        tell(file, id: nil, reason: error.problem.message, nil)
        continue
      }
      let config = SiteConfig(text, fileName: file)
      lost += config.lost.count
      guard config.host.contains("."), WebURL("https://\(config.host)/") != nil else {
        refused += 1
        tell(file, id: nil, reason: "its name is no host", config)
        continue
      }
      guard config.hasRules else {
        refused += 1
        tell(file, id: nil, reason: "it holds no rule", config)
        continue
      }
      let id = writer.freeID(PluginDraft.id(from: config.host))
      let draft = HostFacts.draft(id: id, name: config.host, url: "https://\(config.host)/", host: config.host)
      let reason = try writer.write(config.toml(draft), id: id)
      if reason != nil { refused += 1 }
      tell(file, id: id, reason: reason, config)
    }
    if !json {
      Terminal.write(
        "\(writer.written) of \(files.count) site configs became plugins in \(into), \(refused) did not; "
          + "\(lost) directives were not carried over\n")
    }
  }

  private func hiddenToo(_ folder: String) -> [String] { FolderList.names(in: folder) }

  private func tell(_ file: String, id: String?, reason: String?, _ config: SiteConfig?) {
    if json {
      var line = JSONObject([("file", .string(file))])
      line.set("plugin", reason == nil ? id : nil)
      line.set("refused", reason)
      func notes(_ notes: [SiteConfig.Note]) -> JSON {
        .array(
          notes.map { ["line": JSON($0.line), "directive": .string($0.directive), "reason": .string($0.reason)] })
      }
      line["lost"] = notes(config?.lost ?? [])
      line["needless"] = notes(config?.needless ?? [])
      Terminal.write(JSON.object(line).text() + "\n")
      return
    }
    if quiet { return }
    if let reason { Terminal.write("\(file): " + styled("not imported: \(reason)", .boldRed) + "\n") }
    for note in config?.lost ?? [] {
      Terminal.write(
        "\(file):\(note.line): \(note.directive) " + styled("not carried over", .yellow) + ": \(note.reason)\n")
    }
  }
}

struct ExportOPML: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opml",
    abstract: "Write the plugins' feeds as OPML.",
    discussion: """
      Feeds alone are written (rss, atom, json-feed): other readers know no sitemaps.

      EXAMPLE
        newswirectl export opml --plugins ./Plugins > newswire.opml
      """)

  @OptionGroup var options: PluginOptions

  func run() throws {
    let catalogue = Catalogue(folders: options.folders)
    var publishers: [(name: String, url: String, feeds: [(title: String, url: String, kind: String)])] = []
    for manifest in catalogue.manifests {
      let publisher = manifest.publisher
      var feeds: [(title: String, url: String, kind: String)] = []
      for source in manifest.sources where [.rss, .atom, .jsonFeed].contains(source.kind) {
        let title = [publisher.name, source.section].compactMap { $0 }.joined(separator: " – ")
        let kind = source.kind == .rss ? "RSS" : source.kind == .atom ? "ATOM" : "JSON"
        feeds.append((title, source.url.description, kind))
      }
      if !feeds.isEmpty { publishers.append((publisher.name, publisher.url.description, feeds)) }
    }
    guard !publishers.isEmpty else {
      try fail("no plugin in \(options.folders.joined(separator: ", ")) has a feed", .data)
    }
    Terminal.write(OPML.text(title: "Newswire", publishers))
  }
}
