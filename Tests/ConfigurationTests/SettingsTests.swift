import Configuration
import Foundation
import TOML
import Testing

@Suite("Settings")
struct SettingsTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "newswire-settings-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/newswire.toml.d", withIntermediateDirectories: true)
    return path
  }

  @Test("a file that is not required may be absent, and gives the defaults")
  func absent() throws {
    #expect(try Settings(file: "/nonexistent/newswire.toml", required: false) == Settings())
    #expect(throws: Problems.self) { try Settings(file: "/nonexistent/newswire.toml", required: true) }
  }

  @Test("drop-ins are laid over the file in the order of their names")
  func dropIns() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "[fetch]\ncontact = \"a\"\nconcurrency = 5\n".write(
      toFile: folder + "/newswire.toml", atomically: true, encoding: .utf8)
    try "[fetch]\ncontact = \"b\"\n".write(
      toFile: folder + "/newswire.toml.d/10-a.toml", atomically: true, encoding: .utf8)
    try "[fetch]\ncontact = \"c\"\n".write(
      toFile: folder + "/newswire.toml.d/20-b.toml", atomically: true, encoding: .utf8)
    try "[fetch]\ncontact = \"z\"\n".write(
      toFile: folder + "/newswire.toml.d/ignored.bak", atomically: true, encoding: .utf8)
    let settings = try Settings(file: folder + "/newswire.toml", required: true)
    #expect(settings.fetch.contact == "c")
    #expect(settings.fetch.concurrency == 5)
  }

  @Test("every problem of all files is reported with its place")
  func problems() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "[fetch]\nconcurency = 5\n[queue]\nmax_files = \"x\"\n".write(
      toFile: folder + "/newswire.toml", atomically: true, encoding: .utf8)
    try "[log]\nlevel = \"loud\"\n".write(
      toFile: folder + "/newswire.toml.d/10.toml", atomically: true, encoding: .utf8)
    let error = #expect(throws: Problems.self) { try Settings(file: folder + "/newswire.toml", required: true) }
    let texts = error?.all.map { $0.description.replacingOccurrences(of: folder, with: "") } ?? []
    #expect(
      texts == [
        "/newswire.toml:2:1: unknown key fetch.concurency; did you mean concurrency?",
        "/newswire.toml:4:13: queue.max_files must be an integer, not a string",
        "/newswire.toml.d/10.toml:2:9: log.level must be one of debug, info, notice, warning, error",
      ])
  }

  /// The shipped file shows every key as a comment; uncommented, it must be what the program has without it.
  @Test("the shipped file documents every default")
  func shipped() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/newswire/newswire.toml")
    let text = try String(contentsOf: path, encoding: .utf8)
    var settings = Settings()
    try settings.apply(text, file: "newswire.toml")
    #expect(settings == Settings())
    let skipped = ["contact", "user_agent", "ca_file", "program", "count", "file", "only", "credentials", "url"]
    let lines = text.split(separator: "\n").map { line -> Substring in
      guard line.hasPrefix("#"), let name = line.dropFirst().split(separator: " ").first, line.contains(" = ") else {
        return line
      }
      return line.dropFirst().first == " " || skipped.contains(String(name)) ? line : line.dropFirst()
    }
    var uncommented = Settings()
    try uncommented.apply(lines.joined(separator: "\n"), file: "newswire.toml")
    var expected = Settings()
    expected.publishers.disabled = []
    #expect(uncommented == expected)
  }
}
