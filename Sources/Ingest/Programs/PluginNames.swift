public import Configuration
public import Manifest
import TOML

/// The names of plugins in the settings that no plugin has, and what else of them does nothing or not what it seems.
/// Pure.
public struct PluginNames: Sendable, Equatable {
  /// Of `[publishers] only`: who is meant is not fetched. A reload with one is refused; a start is not, because the
  /// others can be fetched, as they can beside a plugin that holds a mistake.
  public private(set) var mistakes: [String] = []
  /// Where a name does nothing. It may be that of a plugin that is not installed any more, so they stop nothing.
  public private(set) var warnings: [String] = []
  /// What is left out of the settings by themselves: folders that are not there, and names in a list of one file that
  /// the list of a later one lacks. Both may be meant.
  public private(set) var omissions: [String] = []
  /// Whether none of the names in `[publishers] only` is that of a plugin.
  public let leavesNothing: Bool

  public init(_ settings: Settings, _ catalogue: Catalogue) {
    // A plugin with a mistake in it is there, and has complaints of its own.
    let known = Set(catalogue.manifests.map(\.publisher.id) + catalogue.refused.map(\.id))
    func complaint(_ id: String, _ key: String, _ element: String?) -> String? {
      if known.contains(id) { return nil }
      let place = settings.places.place(key, element: element).map { "\($0): " } ?? ""
      let near = known.map { ($0, TableReader.distance($0, id)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
      let meant = near.flatMap { $0.1 <= max(1, id.count / 3) ? "; did you mean \"\($0.0)\"?" : nil } ?? ""
      return "\(place)\(key) names \"\(id)\", and there is no such plugin\(meant)"
    }
    mistakes = (settings.publishers.only ?? []).compactMap { complaint($0, "publishers.only", $0) }
    leavesNothing = !mistakes.isEmpty && mistakes.count == settings.publishers.only?.count
    warnings =
      settings.publishers.disabled.compactMap { complaint($0, "publishers.disabled", $0) }
      + settings.fetch.proxies.compactMap { complaint($0.publisher, "fetch.proxies.\($0.publisher)", nil) }
    omissions = Self.absentFolders(settings, catalogue) + Self.droppedNames(settings)
  }

  /// The folder for plugins of the operator's own may be missing, as may the installed ones where nobody named them.
  private static func absentFolders(_ settings: Settings, _ catalogue: Catalogue) -> [String] {
    let written = settings.places.place("paths.plugins")
    return catalogue.absent.filter { folder in
      folder != RuleSets.standardFolders.last && (written != nil || !RuleSets.standardFolders.contains(folder))
    }.map { folder in
      let place = settings.places.place("paths.plugins", element: folder).map { "\($0): " } ?? ""
      return "\(place)the folder of plugins \(folder) is not there; make it or take it out of [paths] plugins"
    }
  }

  private static func droppedNames(_ settings: Settings) -> [String] {
    let key = "publishers.disabled"
    let place = settings.places.place(key).map { "\($0): " } ?? ""
    return settings.places.dropped(from: key).map { name, before in
      "\(place)\(key) takes the place of the list before it and leaves out \"\(name)\" (\(before)), which is not "
        + "switched off any more"
    }
  }
}
