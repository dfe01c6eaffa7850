import TOML

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Rules that several publishers share because one content management system makes their pages: the files
/// `_cms/<name>/rules.toml` of the plugin folders. A plugin takes one up with `extends`.
public struct RuleSets: Sendable {
  /// One set as it stands in its file.
  public struct File: Sendable, Equatable {
    public var name: String
    /// Its path, for messages.
    public var path: String
    public var text: String

    public init(name: String, path: String, text: String) {
      self.name = name
      self.path = path
      self.text = text
    }
  }

  /// The folder of the sets inside a folder of plugins; no publisher's id can begin with an underscore.
  public static let folder = "_cms"

  private var files: [String: File] = [:]
  private var unreadable: [String: Problem] = [:]

  public init() {}

  public init(_ files: [File]) {
    for file in files { self.files[file.name] = file }
  }

  /// The sets of all folders of plugins, a later folder's taking the place of an earlier one of the same name.
  public init(folders: [String]) {
    for folder in folders {
      for name in SettingsFile.names(in: "\(folder)/\(Self.folder)") {
        let path = "\(folder)/\(Self.folder)/\(name)/rules.toml"
        guard access(path, F_OK) == 0 else { continue }
        files[name] = nil
        unreadable[name] = nil
        do throws(SettingsFile.Failure) {
          files[name] = File(name: name, path: path, text: try SettingsFile.text(of: path))
        } catch {
          unreadable[name] = error.problem
        }
      }
    }
  }

  public subscript(name: String) -> File? { files[name] }
  public var names: [String] { (Array(files.keys) + unreadable.keys).sorted() }

  public mutating func add(_ file: File) { files[file.name] = file }
  func problem(_ name: String) -> Problem? { unreadable[name] }
}

/// What one file says of reading pages: the rules of `[article]`, the layouts, and the set below both.
struct RuleLayer {
  var article = ArticleRules()
  /// Their rules are the layout's own.
  var layouts: [Layout] = []
  var extends: (name: String, position: Position)?

  /// Reads `[article]` and `[[layouts]]` of a file's top table.
  init(_ top: TableReader, log: TableReader.ProblemLog) {
    let reader = RulesReader(log: log)
    if let table = top.child("article") {
      if let name = table.string("extends"), let position = table.table["extends"]?.position {
        extends = (name, position)
      }
      article = reader.rules(table)
    }
    layouts = reader.layouts(top)
  }
}

/// Follows `extends` from a plugin's file down and joins the rules of all files.
struct RuleChain {
  let sets: RuleSets
  /// The set files that were read, the nearest first.
  private(set) var used: [RuleSets.File] = []
  private(set) var problems: [Problem] = []
  /// Chains longer than any sensible one are mistakes.
  private static let longest = 8

  init(sets: RuleSets) { self.sets = sets }

  /// The rules of `[article]` and the layouts, complete.
  mutating func resolve(_ top: RuleLayer, file: String) -> (article: ArticleRules, layouts: [Layout]) {
    var layers = [top]
    var next = top.extends
    var from = file
    while let (name, position) = next {
      guard let set = read(name, at: position, in: from) else { break }
      layers.append(set.layer)
      next = set.layer.extends
      from = set.path
    }
    // What lies below a layer's layouts is what that layer says of all pages, and everything below it.
    var below = ArticleRules()
    var bases: [ArticleRules] = []
    for layer in layers.reversed() {
      below = layer.article.over(below)
      bases.insert(below, at: 0)
    }
    // A plugin's word on all its pages goes before a shared set's layouts.
    var above = ArticleRules()
    var layouts: [Layout] = []
    for (index, layer) in layers.enumerated() {
      for var layout in layer.layouts {
        layout.rules = above.over(layout.rules.over(bases[index]))
        layouts.append(layout)
      }
      above = above.over(layer.article)
    }
    return (bases[0], layouts)
  }

  private mutating func read(_ name: String, at position: Position, in file: String) -> (
    layer: RuleLayer, path: String
  )? {
    func report(_ message: String) { problems.append(Problem(file: file, position: position, message: message)) }
    if used.contains(where: { $0.name == name }) || used.count >= Self.longest {
      report("extends \"\(name)\": the sets extend each other in a circle")
      return nil
    }
    if let problem = sets.problem(name) {
      problems.append(problem)
      return nil
    }
    guard let set = sets[name] else {
      let known = sets.names.isEmpty ? "there is none" : "there are \(sets.names.joined(separator: ", "))"
      report(
        "extends \"\(name)\": no such rule set; \(known) (a set is the file \(RuleSets.folder)/\(name)/rules.toml beside the plugins)"
      )
      return nil
    }
    used.append(set)
    let log = TableReader.ProblemLog(file: set.path)
    defer { problems += log.problems }
    let table: TOMLTable
    do {
      table = try TOMLTable(parsing: set.text)
    } catch {
      log.add(error.reason, at: error.position)
      return nil
    }
    let top = TableReader(table, position: Position(line: 1, column: 1), log: log)
    _ = top.string("description")
    let layer = RuleLayer(top, log: log)
    top.finish()
    return (layer, set.path)
  }
}
