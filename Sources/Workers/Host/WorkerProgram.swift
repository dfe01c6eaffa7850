#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where newswire-worker is.
public enum WorkerProgram {
  /// Where a package puts it.
  public static let installed = "/usr/lib/newswire/newswire-worker"

  /// The configured path, else the one beside the running program, else where a package puts it.
  public static func path(configured: String?) -> String {
    if let configured { return configured }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { return installed }
    let own = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let beside = own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/newswire-worker"
    return access(beside, X_OK) == 0 ? beside : installed
  }

  /// Why the program at `path` cannot be used; nil when it can.
  public static func problem(at path: String) -> String? {
    var facts = stat()
    let reason: String
    if access(path, X_OK) != 0 || stat(path, &facts) != 0 {
      reason = String(cString: strerror(errno))
    } else if facts.st_mode & S_IFMT != S_IFREG {
      // A folder passes for executable, too.
      reason = facts.st_mode & S_IFMT == S_IFDIR ? "this is a folder" : "this is no regular file"
    } else {
      return nil
    }
    return "newswire-worker is not at \(path): \(reason); set [workers] program to its path"
  }
}
