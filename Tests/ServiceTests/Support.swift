import Dispatch
import Glibc
import Synchronization
import Values

@testable import Service

/// A directory that is gone with its owner.
final class ScratchDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/newswire-test-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var out: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { out.append(name) }
    }
    return out.sorted()
  }

  func text(_ name: String) -> String? {
    let descriptor = open("\(path)/\(name)", O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return readAll(descriptor)
  }
}

/// Everything until the end of the descriptor.
func readAll(_ descriptor: Int32) -> String {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes.append(contentsOf: chunk[..<count])
  }
}

/// The repository's root, also when this file is reached through a symbolic link.
let repositoryRoot: String = {
  guard let resolved = realpath(#filePath, nil) else { return "." }
  defer { free(resolved) }
  return String(cString: resolved).split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
}()

/// Keeps records for a look.
final class RecordingSink: EventSink {
  private let kept = Mutex<[EventRecord]>([])
  var records: [EventRecord] { kept.withLock { $0 } }
  func write(_ record: EventRecord) { kept.withLock { $0.append(record) } }
}

func environment(_ variables: [String: String], processID: Int32 = 4711) -> ServiceEnvironment {
  ServiceEnvironment(variables: variables, processID: processID)
}

/// 2026-11-22T17:24:05.250Z
let someTime = Timestamp(seconds: 1_795_368_245, nanoseconds: 250_000_000)

/// Waits up to five seconds for something that another thread does.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<500 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return condition()
}

/// Runs what blocks on a thread of its own. Tests share the cooperative pool with the code under test: on two cores,
/// two tests that block it would stop the tasks they wait for.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  signal(SIGPIPE, SIG_IGN)
  return await withCheckedContinuation { continuation in
    DispatchQueue(label: "blocking").async { continuation.resume(returning: body()) }
  }
}
