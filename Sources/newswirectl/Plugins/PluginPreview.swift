import ArgumentParser
import Authoring
import Manifest
import Service
import Values
import Workers

/// `newswirectl plugin preview`: what a plugin makes of one page, as a page.
struct PluginPreview: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show what a plugin makes of a page: the article beside the page's source.",
    discussion: """
      Writes one self-contained HTML page: the article as a reader sees it, every field with the rule that gave it, and \
      the page's source with the matched parts marked. Nothing of the page runs in it, and it loads nothing.

      PAGE is an address, which is fetched by the settings and manners of newswire.toml, or a file, whose address --url \
      names. The plugin is that of the address's host unless --plugin names one.

      EXAMPLES
        newswirectl plugin preview https://www.examiner.example/news/1 \\
          --output preview.html
        newswirectl plugin preview page.html --plugins ./Plugins \\
          --url https://www.examiner.example/news/1 > preview.html
      """)

  @Argument(help: "An address, a file, or - for standard input.")
  var page: String

  @Option(help: "Where the file came from.")
  var url: String?

  @Option(help: "The Content-Type header that came with the file.")
  var contentType: String?

  @Option(help: "Use this plugin, whatever the host: an id, or the plugin's folder.")
  var plugin: String?

  @Flag(help: "Use no plugin.")
  var generic = false

  @Option(name: .shortAndLong, help: "The file to write; standard output without it.")
  var output: String?

  @OptionGroup var options: PluginOptions
  @OptionGroup var network: NetworkOptions

  func run() async throws {
    let isAddress = page.hasPrefix("http://") || page.hasPrefix("https://")
    guard let address = WebURL(isAddress ? page : url ?? "") else {
      try fail(isAddress ? "\(page) is no address" : "--url is missing: say where the page came from", .usage)
    }
    let manifest: Manifest?
    let catalogue: Catalogue
    var place: PluginPlace?
    if let plugin {
      let chosen = try options.place(plugin)
      place = chosen
      manifest = try chosen.manifest()
      catalogue = chosen.catalogue
    } else {
      catalogue = generic ? Catalogue() : try PluginFolders.catalogue(options.plugins)
      manifest = catalogue.manifest(forHost: address.host)
      place = try manifest.flatMap { catalogue.folders[$0.publisher.id] }.map { try PluginPlace(folder: $0) }
    }
    var document = FetchedPage(url: address, contentType: contentType, body: [])
    if isAddress {
      document = try await network.open(for: manifest).page(address)
    } else {
      do { document.body = try Input.bytes(of: page) } catch { try fail("\(error)", .inputOutput) }
    }
    let reader = OfflineReader(catalogue: catalogue)
    let html: String
    do {
      var report: JSON = [:]
      let reads = manifest?.program?.jobs.contains(.extract) == true
      do {
        report = try await reader.inspect(
          document.body, url: document.url, contentType: document.contentType, manifest)
      } catch  where reads {
        // What only the program can read may be no page at all.
      }
      if let place, let manifest, reads {
        let reading = await PluginReading(
          place: place, manifest: manifest, source: isAddress ? try network.open(for: manifest) : nil)
        report = try await reading.merged(report, document)
        await reading.stop()
      }
      html = try PreviewPage(
        report: report, plugin: manifest?.publisher.name ?? "without a plugin", url: document.url
      ).html
    } catch {
      try Input.fail(error, of: page)
    }
    await reader.stop()
    if let output {
      try AtomicFile.write(Array(html.utf8), to: output)
      Terminal.write("wrote \(output): open it in a browser\n", to: 2)
    } else {
      Terminal.write(html)
    }
  }
}
