internal import Values

/// Why a request was not sent, or not to its end, for a reason that has nothing to do with its server.
extension Engine {
  static func shutdownError(_ url: WebURL) -> FetchError {
    FetchError(.shutdown, url: url, message: "the fetcher is shutting down", isLocal: true)
  }

  static func heldError(_ url: WebURL, _ group: String, _ left: Duration) -> FetchError {
    var error = FetchError(
      .held, url: url, message: "the server asked for a rest of \(group), \(left.components.seconds) s more",
      isLocal: true)
    error.heldFor = left
    return error
  }

  static func notOursError(_ url: WebURL, _ group: String, wasUnderWay: Bool = false) -> FetchError {
    var error = FetchError(
      .notOurs, url: url,
      message: wasUnderWay
        ? "the rate group \(group) ceased to be this node's while the request was under way"
        : "the rate group \(group) is not this node's to ask")
    (error.group, error.target) = (group, url)
    return error
  }
}
