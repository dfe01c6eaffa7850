import ArgumentParser
import Service
import Threads
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Files as the offline verbs take them: a path, or `-` for standard input.
enum Input {
  /// Larger files are refused rather than read: no page or feed comes near it.
  static let limit = 256 << 20

  /// Ends the command with what is wrong with a file, naming it once.
  static func fail(_ error: any Error, of path: String) throws -> Never {
    if let error = error as? InputError { try newswirectl.fail(error.description, .inputOutput) }
    try newswirectl.fail("\(path): \(error)", .data)
  }

  static func bytes(of path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(path: path, reason: UnreadableFile.reason(errno)) }
    defer { if descriptor != 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw InputError(path: path, reason: UnreadableFile.reason(errno)) }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit {
        throw InputError(path: path, reason: "larger than \(limit >> 20) MiB, which no page or feed is")
      }
    }
  }
}

struct InputError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "cannot read \(path): \(reason)" }
}

/// One job of a batch: a line of standard input.
struct BatchJob: Sendable {
  let id: JSON
  let url: WebURL
  let file: String
  let contentType: String?

  init(_ json: JSON) throws(BatchError) {
    guard let id = json["id"] else { throw BatchError(reason: "the line has no \"id\"") }
    guard let url = json["url"]?.string.flatMap({ WebURL($0) }) else {
      throw BatchError(reason: "\"url\" is missing or no http or https address")
    }
    guard let file = json["file"]?.string else { throw BatchError(reason: "\"file\" is missing") }
    self.id = id
    self.url = url
    self.file = file
    contentType = json["content_type"]?.string
  }
}

struct BatchError: Error {
  let reason: String
}

enum Batch {
  /// Answers each line of standard input with a line of standard output, in order; a line that fails is answered with
  /// its error and the next one goes on. As many jobs run at once as there are workers. An answer is written when those
  /// before it are, whether or not another line has come: whoever writes the lines may wait for it.
  static func run(
    _ key: String, _ reader: OfflineReader,
    _ work: @escaping @Sendable (BatchJob, OfflineReader) async throws -> [UInt8]
  ) async {
    let lines = LineSource()
    await withTaskGroup(of: Step.self) { group in
      var started = 0
      var written = 0
      var done: [Int: [UInt8]] = [:]
      var isReading = false
      var isMore = true
      while true {
        // Twice the workers: while one answer is written, the next job is already waiting. What is finished out of turn
        // counts too, so that one slow job cannot make the rest pile up.
        if isMore, !isReading, started - written < reader.width * 2 {
          isReading = true
          group.addTask { .line(await lines.next()) }
        }
        guard let step = await group.next() else { return }
        switch step {
        case .line(let line?):
          isReading = false
          let number = started
          started += 1
          group.addTask { .answer(number, await answer(line, key, reader, work)) }
        case .line(nil): (isReading, isMore) = (false, false)
        case .answer(let number, let text):
          done[number] = text
          while let text = done.removeValue(forKey: written) {
            written += 1
            // Nobody gets the answers: the jobs that remain need not be done, and a line that comes need not be
            // awaited.
            if !Terminal.write(String(decoding: text, as: UTF8.self)) { ExitStatus.ok.leave() }
          }
        }
      }
    }
  }

  /// What the next turn of `run` comes of.
  private enum Step: Sendable {
    /// A line of standard input; nil at its end.
    case line(String?)
    /// The answer to the line of that number.
    case answer(Int, [UInt8])
  }

  private static func answer(
    _ line: String, _ key: String, _ reader: OfflineReader,
    _ work: @Sendable (BatchJob, OfflineReader) async throws -> [UInt8]
  ) async -> [UInt8] {
    var id: JSON = .null
    do {
      let json = try JSON(parsing: line)
      id = json["id"] ?? .null
      let result = try await work(try BatchJob(json), reader)
      // The result is JSON already: it goes into the line as it is.
      return Array("{\"id\":".utf8) + id.bytes() + Array(",\"\(key)\":".utf8) + result + Array("}\n".utf8)
    } catch {
      let reason = (error as? BatchError)?.reason ?? "\(error)"
      return JSON.object(JSONObject([("id", id), ("error", .string(reason))])).bytes() + [0x0A]
    }
  }
}

/// The lines of standard input, read on a thread of their own because reading may wait.
private actor LineSource {
  private let executor = ThreadExecutor(name: "stdin")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The next line that is not empty; nil at the end.
  func next() -> String? {
    while let line = readLine(strippingNewline: true) {
      if !line.allSatisfy(\.isWhitespace) { return line }
    }
    return nil
  }
}
