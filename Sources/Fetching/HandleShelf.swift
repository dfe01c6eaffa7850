internal import CCurl

/// Easy handles that have done their work, for the next transfers: making and freeing one costs more than clearing it.
/// Confined to the curl thread.
final class HandleShelf {
  private var spare: [UnsafeMutableRawPointer] = []
  /// A handle keeps its receive buffer, 16 KiB.
  private static let most = 64

  /// A handle without any option set.
  func take() -> UnsafeMutableRawPointer {
    if let easy = spare.popLast() { return easy }
    guard let easy = curl_easy_init() else { preconditionFailure("libcurl has no memory for a handle") }
    return easy
  }

  /// Frees what is kept, before what the handles share is freed.
  func clear() {
    for easy in spare { curl_easy_cleanup(easy) }
    spare = []
  }

  /// - Parameter isReusable: false frees the handle. libcurl's reset leaves cookies in it, among other things.
  func putBack(_ easy: UnsafeMutableRawPointer, isReusable: Bool) {
    guard isReusable, spare.count < Self.most else {
      curl_easy_cleanup(easy)
      return
    }
    curl_easy_reset(easy)
    spare.append(easy)
  }
}
