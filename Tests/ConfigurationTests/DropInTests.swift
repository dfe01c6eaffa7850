import Foundation
import TOML
import Testing

@testable import Configuration

/// Settings that stand in several files.
@Suite("Drop-ins")
final class DropInTests {
  private let folder = NSTemporaryDirectory() + "newswire-dropins-\(UUID().uuidString)"
  private var file: String { folder + "/newswire.toml" }

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Writes the file, and drop-ins called 1.toml, 2.toml and so on.
  private func write(_ text: String, _ dropIns: String...) throws {
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(atPath: file + ".d", withIntermediateDirectories: true)
    for (number, text) in dropIns.enumerated() {
      try text.write(toFile: "\(file).d/\(number + 1).toml", atomically: true, encoding: .utf8)
    }
  }

  private func problems() -> [String] {
    do throws(Problems) {
      _ = try Settings(file: file, required: true)
      return []
    } catch { return error.all.map { $0.description.replacingOccurrences(of: folder, with: "") } }
  }

  @Test("a folder that cannot be looked into is refused, one that is not there is fine")
  func unreadable() throws {
    try "[fetch]\ncontact = \"a\"\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(problems() == [])
    // What permissions keep from others, a loop keeps from root.
    try FileManager.default.createSymbolicLink(atPath: file + ".d", withDestinationPath: file + ".d")
    #expect(problems() == ["/newswire.toml.d:1:1: cannot be read: Too many levels of symbolic links"])
    try FileManager.default.removeItem(atPath: file + ".d")
    try "".write(toFile: file + ".d", atomically: true, encoding: .utf8)
    #expect(problems() == ["/newswire.toml.d:1:1: cannot be read: Not a directory; check the path"])
  }

  @Test("bounds that only together make sense may stand in different files")
  func together() throws {
    try write("[schedule]\nmin_interval = \"2d\"\n", "[schedule]\nmax_interval = \"3d\"\n")
    #expect(problems() == [])
    try write("[push]\nlease = \"1m\"\n", "[push]\nlimit = \"1M\"\n", "[push]\nlease = \"1d\"\n")
    #expect(problems() == [])
  }

  @Test("what does not go together is told once, where it stands")
  func contradictions() throws {
    try write("[schedule]\nmin_interval = \"2d\"\n", "[schedule]\npage_attempts = 3\n", "[push]\nlimit = \"1M\"\n")
    #expect(problems() == ["/newswire.toml:2:16: schedule.max_interval is shorter than schedule.min_interval"])
    try write("[schedule]\nmin_interval = \"2h\"\n", "[schedule]\nmax_interval = \"1h\"\n", "[push]\nlease = \"1m\"\n")
    #expect(
      problems() == [
        "/newswire.toml.d/1.toml:2:16: schedule.max_interval is shorter than schedule.min_interval",
        "/newswire.toml.d/2.toml:2:9: push.lease must be at least an hour",
      ])
  }

  @Test("names that a later list leaves out are known with their places, unless a still later one has them")
  func dropped() throws {
    func dropped() throws -> [String] {
      try Settings(file: file, required: true).places.dropped(from: "publishers.disabled").map {
        "\($0.element) \($0.place.replacingOccurrences(of: folder, with: ""))"
      }
    }
    try write("[publishers]\ndisabled = [\"a\", \"b\"]\n", "[publishers]\ndisabled = [\"b\", \"c\"]\n")
    #expect(try dropped() == ["a /newswire.toml:2:13"])
    try write(
      "[publishers]\ndisabled = \"a\"\n", "[publishers]\ndisabled = []\n", "[publishers]\ndisabled = [\"a\"]\n")
    #expect(try dropped() == [])
    try write("[publishers]\ndisabled = [\"a\"]\n", "[publishers]\nonly = [\"b\"]\n", "")
    #expect(try dropped() == [])
  }

  @Test("what holds without one drop-in can be asked")
  func without() throws {
    try write("[publishers]\ndisabled = [\"a\"]\n", "[publishers]\ndisabled = []\n")
    #expect(try Settings(file: file, required: true).publishers.disabled == [])
    #expect(try Settings(file: file, required: true, without: file + ".d/1.toml").publishers.disabled == ["a"])
  }
}
