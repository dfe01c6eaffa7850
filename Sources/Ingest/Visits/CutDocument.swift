import Feeds
import Store

/// A list that stops before its end. Whether it was cut off on its way or written so cannot be told: libcurl does not
/// say where an encoded body ended, nor an HTTP/2 stream without a length. So its items count and its validators do
/// not, for with them a 304 would hide the items that are missing. When the next answer is the same to the byte, it is
/// how the publisher writes, and is believed. Pure.
enum CutDocument {
  /// Notes what a document's end says; true when its validators must not be kept, which are then gone from the state.
  static func note(_ feed: Feed, digest: String, _ state: inout SourceState) -> Bool {
    guard feed.endsEarly else {
      state.details.cut = nil
      return false
    }
    if state.details.cut == digest { return false }
    state.details.cut = digest
    (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil)
    return true
  }

  /// Whether the last answer was one whose validators were not kept.
  static func isPending(_ state: SourceState) -> Bool { state.details.cut != nil && state.bodyHash == nil }
}
