import ArgumentParser
import Configuration
import Ingest
import Manifest
import Service
import TOML
import Values

/// How the verbs for authors reach publishers: by the settings of the daemon. Shared by those that fetch.
struct NetworkOptions: ParsableArguments {
  @Option(help: "The settings file whose [fetch] is obeyed.")
  var config = "/etc/newswire/newswire.toml"

  func open(for manifest: Manifest? = nil) throws -> PageSource {
    let settings: Settings
    do throws(Problems) {
      settings = try Settings(file: config, required: config != "/etc/newswire/newswire.toml")
    } catch {
      try fail(error.description, .configuration)
    }
    do throws(SettingsProblem) {
      return PageSource(client: try PoliteClient(settings: settings), manifest: manifest)
    } catch {
      try fail(error.told(file: config), .configuration)
    }
  }
}

/// A document and where it came from.
struct FetchedPage: Sendable {
  var url: WebURL
  var contentType: String?
  var body: [UInt8]
}

/// Pages from the network, for one publisher.
struct PageSource: Sendable {
  let client: PoliteClient
  let manifest: Manifest?

  /// A page, or the end of the program with the reason.
  func page(_ url: WebURL) async throws -> FetchedPage {
    do throws(PoliteClient.Failure) { return try await get(url) } catch { try fail(error.description, .temporary) }
  }

  /// Lets go of connections; nothing can be fetched any more.
  func close() async { await client.close() }

  func get(_ url: WebURL, asFeed: Bool = false) async throws(PoliteClient.Failure) -> FetchedPage {
    let answer = try await client.get(url, asFeed: asFeed, for: manifest)
    return FetchedPage(url: answer.url, contentType: answer.contentType, body: answer.body)
  }
}
