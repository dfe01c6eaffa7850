import ArgumentParser
import Service
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// `newswirectl plugin watch`: the plugin's tests, again after each save.
struct PluginWatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Run a plugin's tests again whenever one of its files is saved.",
    discussion: """
      Looks at plugin.toml, its samples and its program. Ends with Ctrl-C.

      EXAMPLE
        newswirectl plugin watch ./Plugins/the-examiner
      """)

  @Argument(help: "The plugin.")
  var plugin: String

  @Option(help: "End after so many runs; for scripts.")
  var runs: Int?

  @OptionGroup var options: PluginOptions

  func run() async throws {
    let place = try options.place(plugin)
    var count = 0
    var seen = ""
    while runs.map({ count < $0 }) ?? true {
      let now = Self.state(of: place.folder)
      if now == seen {
        try? await Task.sleep(for: .milliseconds(200))
        continue
      }
      seen = now
      count += 1
      if Terminal.isTerminal(1) { Terminal.write("\u{1B}[H\u{1B}[2J") }
      Terminal.write(styled("run \(count) of \(place.id)", .bold) + "\n")
      // A mistake in the file is shown, and the next save is awaited.
      _ = try? await TestRun(place: place).run()
    }
  }

  /// Names, times and sizes of the plugin's files: editors replace files as often as they write them.
  private static func state(of folder: String, depth: Int = 0) -> String {
    guard let directory = opendir(folder) else { return "" }
    defer { closedir(directory) }
    var lines: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      let path = folder + "/" + name
      guard !name.hasPrefix("."), !name.hasSuffix("~"), stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        if depth < 3 { lines.append(state(of: path, depth: depth + 1)) }
      } else {
        lines.append("\(path) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_size)")
      }
    }
    return lines.sorted().joined(separator: "\n")
  }
}
