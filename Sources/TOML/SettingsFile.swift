internal import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Settings files on disk: the only I/O of this module.
public enum SettingsFile {
  /// Larger files are refused: settings are a page or two of text.
  public static let limit = 1 << 20

  /// Why a file cannot be read.
  public struct Failure: Error, Sendable, Equatable {
    /// The file is not there at all.
    public let isAbsent: Bool
    public let problem: Problem
  }

  /// The text of a file.
  public static func text(of path: String) throws(Failure) -> String {
    func failure(_ code: Int32) -> Failure {
      let why = code == EFBIG ? "larger than \(limit >> 10) KiB, which no settings are" : UnreadableFile.reason(code)
      let message = "cannot be read: \(why)"
      return Failure(
        isAbsent: code == ENOENT,
        problem: Problem(file: path, position: Position(line: 1, column: 1), message: message))
    }
    guard let file = fopen(path, "rbe") else { throw failure(errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit { throw failure(EFBIG) }
    }
    if ferror(file) != 0 { throw failure(errno) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw Failure(
      isAbsent: false,
      problem: Problem(
        file: path, position: firstIllFormed(bytes), message: "this is not UTF-8; save the file in that encoding"))
  }

  /// Where bytes stop being UTF-8 (TOML 1.0 knows no other encoding).
  private static func firstIllFormed(_ bytes: [UInt8]) -> Position {
    var (line, column) = (1, 1)
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
      if scalar.first == 0x0A { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return Position(line: line, column: column)
  }

  /// Why the names in a folder cannot be read; nil when they can, or there is no such folder.
  public static func problem(inFolder folder: String) -> Problem? {
    if let directory = opendir(folder) {
      closedir(directory)
      return nil
    }
    let code = errno
    guard code != ENOENT else { return nil }
    return Problem(
      file: folder, position: Position(line: 1, column: 1),
      message: "cannot be read: \(UnreadableFile.reason(code))")
  }

  /// The names in a folder, hidden ones left out, sorted; none when there is no such folder.
  public static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
