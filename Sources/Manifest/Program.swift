public import TOML

/// The program of a plugin: an executable in its folder that speaks the worker protocol, for publishers that rules
/// cannot read.
public struct Program: Sendable, Equatable {
  /// What it may be asked for.
  public enum Job: String, Sendable, CaseIterable {
    /// The bytes of a source of kind `program` to a list of articles.
    case discover
    /// A page to an article, in place of [article].
    case extract
  }

  /// A file below the plugin's folder.
  public var command: String
  public var arguments: [String]
  public var jobs: [Job]
  /// Bytes of address space.
  public var memory: Int
  /// Handed to the program at its start; no secrets, anyone may read the file.
  public var settings: [(name: String, value: String)]
  /// Where the command stands in its file.
  public var position: Position

  public static let standardMemory = 1 << 30

  public static func == (a: Program, b: Program) -> Bool {
    a.command == b.command && a.arguments == b.arguments && a.jobs == b.jobs && a.memory == b.memory
      && a.settings.map(\.name) == b.settings.map(\.name) && a.settings.map(\.value) == b.settings.map(\.value)
  }
}

extension Program {
  /// Reads [program]; nil when a mistake makes it unusable.
  init?(_ reader: TableReader) {
    let command = reader.requiredString("command", hint: "the executable in the plugin's folder, such as \"live.py\"")
    let position = reader.table.entry("command")?.value.position ?? reader.position
    let arguments = reader.strings("arguments").map(\.text)
    let names = Job.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    var jobs: [Job] = []
    for (text, position) in reader.strings("jobs") {
      guard let job = Job(rawValue: text) else {
        reader.report("\(reader.path).jobs may hold \(names), not \"\(text)\"", at: position)
        continue
      }
      if !jobs.contains(job) { jobs.append(job) }
    }
    if jobs.isEmpty, reader.table["jobs"] == nil || reader.table["jobs"]?.isEmptyArray == true {
      reader.report("\(reader.path).jobs is missing: what the program does, of \(names)", at: reader.position)
    }
    let memory = reader.size("memory") ?? Self.standardMemory
    if memory < 16 << 20 {
      reader.report("\(reader.path).memory is less than 16M", at: reader.table["memory"]?.position ?? reader.position)
    }
    let settings = reader.stringTable("settings").map { (name: $0.key, value: $0.value) }
    reader.finish()
    guard let command else { return nil }
    let parts = command.split(separator: "/", omittingEmptySubsequences: false)
    guard !command.hasPrefix("/"), !parts.contains(".."), !parts.contains("") else {
      reader.report("\(reader.path).command must be a file in the plugin's own folder", at: position)
      return nil
    }
    self.init(
      command: command, arguments: arguments, jobs: jobs, memory: memory, settings: settings, position: position)
  }
}

extension TOMLValue {
  fileprivate var isEmptyArray: Bool { if case .array(let elements) = kind { elements.isEmpty } else { false } }
}
