import ArgumentParser
import Dates
import Manifest
import Service
import Values
import Workers

/// `newswirectl parse`: a feed or sitemap as JSON Feed.
struct ParseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Read a feed or sitemap and print it as JSON Feed 1.1.",
    discussion: """
      Reads RSS, RDF, Atom, JSON Feed, sitemaps and news sitemaps, recognised by their content. Needs no daemon and no \
      network. What JSON Feed has no place for stands under "_newswire", repairs of a broken document too.

      With --batch, each line of standard input is a job, {"id": "any", "url": "https://…", "file": "path", \
      "content_type": "optional"}, and each line of standard output its answer, in order: {"id": "any", "feed": {…}} or \
      {"id": "any", "error": "…"}. The exit status is 0 even when single jobs fail.

      EXAMPLES
        newswirectl parse --url https://www.example.org/feed.xml feed.xml
        curl -s https://www.example.org/feed.xml |
          newswirectl parse --url https://www.example.org/feed.xml -
        newswirectl parse --batch < jobs.ndjson
      """)

  @Option(help: "Where the document came from; relative addresses are resolved against it.")
  var url: String?

  @Option(help: "The Content-Type header that came with it; it may name the charset.")
  var contentType: String?

  @Option(help: "The zone of dates that name none, such as Europe/London.")
  var zone = "UTC"

  @Flag(help: "Read jobs from standard input, one JSON object a line.")
  var batch = false

  @Argument(help: "The document; - for standard input.")
  var file: String?

  func validate() throws {
    if batch == (file != nil) {
      throw ValidationError(batch ? "--batch reads no FILE" : "give a FILE, or - for standard input")
    }
    if let url, WebURL(url) == nil { throw ValidationError("--url \(url): not an http or https address") }
  }

  func run() async throws {
    do { _ = try Zone(name: zone) } catch { try fail("--zone \(zone): \(error)", .usage) }
    let reader = OfflineReader(catalogue: Catalogue())
    if batch {
      await Batch.run("feed", reader) { [zone] job, reader in
        try await reader.text(
          Job(
            .parse(select: nil), url: job.url, contentType: job.contentType, zone: zone,
            body: try Input.bytes(of: job.file)))
      }
    } else {
      try await parse(reader)
    }
    await reader.stop()
  }

  private func parse(_ reader: OfflineReader) async throws {
    let file = file ?? "-"
    do {
      let feed = try await reader.json(
        Job(
          .parse(select: nil), url: url.flatMap { WebURL($0) }, contentType: contentType, zone: zone,
          body: try Input.bytes(of: file)))
      Terminal.write(feed.text(pretty: true) + "\n")
    } catch {
      try Input.fail(error, of: file)
    }
  }
}
