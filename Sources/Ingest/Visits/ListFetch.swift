import Digests
import Feeds
import Fetching
import Manifest
import Scheduling
import Service
import Store
import Values
import Workers

/// Getting a source's list and having a worker read it, with every way in which that fails.
extension Ingester {
  func get(
    _ place: Place, _ document: Document, _ state: SourceState
  ) async throws(ListingFailure) -> FetchResponse {
    let request = request(
      place.manifest, document.url, purpose: .feed, source: place.source,
      validators: document.isWhole ? nil : Validators(etag: state.etag, lastModified: state.lastModified))
    let response: FetchResponse
    do throws(Unsent) {
      response = try await send(request, of: place.manifest)
    } catch {
      throw failure(error, place, document.url)
    }
    noteAnswer(state.id)
    if response.isNotModified && request.validators != nil || response.isSuccess { return response }
    let retryAfter = await obeyRest(response, to: request, of: place.manifest)
    throw ListingFailure(
      kind: .feedFailed, message: "the server answered \(response.status)\(Self.meaning(response))",
      status: response.status, outcome: "http-\(response.status)", retryAfter: retryAfter,
      isGone: response.status == 410)
  }

  private func failure(_ error: Unsent, _ place: Place, _ url: WebURL) -> ListingFailure {
    switch error {
    case .login(let login):
      return ListingFailure(
        kind: .feedFailed, message: login.message, hint: login.hint, outcome: "login",
        retryAfter: max(1, Int(login.until.seconds - Timestamp.now().seconds)), retryReason: .login,
        isLocal: login.isLocal)
    case .notOurs(let notOurs, _):
      return ListingFailure(
        kind: .feedFailed, message: "redirected to where another node fetches: \(notOurs.message)",
        hint: "give both hosts one [fetch] group in the plugin", outcome: "not-ours", isLocal: true)
    case .fetch(let error) where error.code == .held:
      return ListingFailure(
        kind: .groupHeld, message: error.message, outcome: "held", isLocal: true,
        heldFor: error.heldFor.map { Int($0.components.seconds) } ?? 60)
    case .fetch(let error):
      let isGivenUp = isGivenUp(error, who: place.source.id)
      return ListingFailure(
        kind: error.code == .addressRefused ? .addressRefused : .feedFailed, message: error.message, hint: error.hint,
        outcome: error.code.name,
        isLocal: isGivenUp || noteUnreachable(error, url, who: place.source.id), isGivenUp: isGivenUp)
    }
  }

  /// A list that only a program can read is not fetched while the program is left alone.
  func checkProgram(of place: Place) async throws(ListingFailure) {
    guard place.source.kind == .program, let rest = await programs.rest(of: place.manifest.publisher.id) else { return }
    let seconds = Int(rest.seconds.rounded(.up))
    throw ListingFailure(
      kind: .feedFailed,
      message: rest.isQuarantine ? "its program is in quarantine" : "its program rests after a failure",
      hint: rest.isQuarantine ? "'newswirectl plugin enable \(place.manifest.publisher.id)' lifts it" : nil,
      outcome: rest.isQuarantine ? "quarantine" : "rest", retryAfter: seconds, retryReason: .program)
  }

  /// What a worker made of it.
  enum ListReading {
    case feed(Feed)
    /// A web page instead, and the feeds that it names.
    case page([WebURL])
  }

  func parse(
    _ place: Place, _ response: FetchResponse, _ document: Document
  ) async throws(ListingFailure) -> ListReading {
    var job = Job(
      .parse(select: place.source.kind == .html ? place.source.select?.description : nil), url: response.url,
      contentType: response.contentType, zone: place.manifest.publisher.zone, body: response.body)
    do throws(JobError) {
      if place.source.kind == .program {
        // The program's answer is read as any publisher's JSON Feed is: by a worker, which trusts nothing in it.
        job.body = try await run(
          ProgramJob(.discover, url: response.url, contentType: response.contentType, body: response.body),
          place.manifest)
        job.contentType = "application/feed+json"
      }
      let json = try await workers.run(job)
      guard let feed = Feed(jsonFeed: json) else {
        throw JobError(.protocolViolation, "the worker's feed is not a JSON Feed")
      }
      return .feed(feed)
    } catch {
      let isHome = place.source.kind == .auto && document.url == place.source.url
      if isHome, error.reason == "html-page" { return .page(error.feeds) }
      throw ListingFailure(
        kind: error.code == .refused ? .feedRefused : .feedFailed, message: error.message, hint: error.hint,
        status: response.status, outcome: error.reason,
        isLocal: error.code == .unavailable && place.source.kind != .program)
    }
  }

  /// What a status means, in parentheses, where it is worth a word.
  static func meaning(_ response: FetchResponse) -> String {
    // Cloudflare says so itself; the body is a riddle for browsers.
    if response.headers["cf-mitigated"] == "challenge" { return " (a wall against bots)" }
    return switch response.status {
    case 304: " (though nothing was asked about)"
    case 401: " (it wants a login)"
    case 402, 403: " (it refuses us)"
    case 404: " (not found)"
    case 410: " (gone for good)"
    case 429: " (too many requests)"
    case 500...: " (its own failure)"
    default: ""
    }
  }

  nonisolated static func digest(_ bytes: [UInt8]) async -> String { SHA256.hex(bytes) }
}
