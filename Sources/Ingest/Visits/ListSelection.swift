import Digests
import Manifest
import Store

/// Which items of a list are taken is the plugin's to say. When it is corrected the list has to be read once more, and
/// the validators of what was read before would hide it behind a 304. Pure.
enum ListSelection {
  /// A digest of the settings that decide; nil where there are none. The section is not among them: it changes nothing
  /// of items that are known.
  static func digest(_ source: Source) -> String? {
    let settings = [source.keep, source.drop, source.select?.description, source.sitemapKeep, source.sitemapDrop]
    guard settings.contains(where: { $0 != nil }) else { return nil }
    return String(SHA256.hex(settings.map { $0 ?? "" }.joined(separator: "\u{1F}").utf8).prefix(16))
  }

  /// Whether what was read by other settings has to be read again. Where none are noted there were none, which take
  /// everything, or an earlier version read it, and must not be a reason to read all lists at once.
  static func isCorrected(_ noted: String?, by digest: String?) -> Bool { noted != nil && noted != digest }

  /// Takes a document for unread when it was read by other settings, and notes those of now.
  static func heed(_ digest: String?, _ state: inout SourceState) {
    if isCorrected(state.details.selection, by: digest) {
      (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil)
      state.details.listedAt = nil
    }
    state.details.selection = digest
  }
}
