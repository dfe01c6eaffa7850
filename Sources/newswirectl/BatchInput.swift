import ArgumentParser
import Service
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

  static func bytes(of path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(path: path, reason: String(cString: strerror(errno))) }
    defer { if descriptor != 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw InputError(path: path, reason: String(cString: strerror(errno))) }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit { throw InputError(path: path, reason: "larger than \(limit >> 20) MiB") }
    }
  }
}

struct InputError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "cannot read \(path): \(reason)" }
}

/// One job of a batch: a line of standard input.
struct BatchJob {
  let id: JSON
  let url: WebURL
  let file: String
  let contentType: String?

  init(_ json: JSON) throws(BatchError) {
    guard let id = json["id"] else { throw BatchError(id: nil, reason: "the line has no \"id\"") }
    guard let url = json["url"]?.string.flatMap({ WebURL($0) }) else {
      throw BatchError(id: id, reason: "\"url\" is missing or no http or https address")
    }
    guard let file = json["file"]?.string else { throw BatchError(id: id, reason: "\"file\" is missing") }
    self.id = id
    self.url = url
    self.file = file
    contentType = json["content_type"]?.string
  }
}

struct BatchError: Error {
  let id: JSON?
  let reason: String
}

enum Batch {
  /// Answers each line of standard input with a line of standard output, in order; a line that fails is answered with
  /// its error and the next one goes on.
  static func run(_ key: String, _ work: (BatchJob) throws -> JSON) {
    while let line = readLine(strippingNewline: true) {
      if line.allSatisfy(\.isWhitespace) { continue }
      var answer = JSONObject()
      do {
        let json = try JSON(parsing: line)
        answer["id"] = json["id"] ?? .null
        answer[key] = try work(try BatchJob(json))
      } catch let error as BatchError {
        answer["id"] = error.id ?? .null
        answer["error"] = .string(error.reason)
      } catch {
        answer["id"] = answer["id"] ?? .null
        answer["error"] = .string("\(error)")
      }
      Terminal.write(JSON.object(answer).text() + "\n")
    }
  }
}
