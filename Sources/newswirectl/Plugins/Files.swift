#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Files that are either the old or the new whole: written beside, synced, renamed.
enum AtomicFile {
  /// - Parameter isForService: whether the service reads it, which is another user: then all may, and may look into
  ///   the folders made for it, whatever the umask of whoever runs this. Folders that are there stay as they are.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, isForService: Bool = false) throws {
    let folder = Paths.folder(of: path)
    try Paths.make(folder, isForService: isForService)
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileProblem(path: path) }
    if isForService, fchmod(file, mode) != 0 {
      let problem = FileProblem(path: path)
      close(file)
      unlink(temporary)
      throw problem
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress!, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let problem = FileProblem(path: path)
        close(file)
        unlink(temporary)
        throw problem
      }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0, close(file) == 0, rename(temporary, path) == 0 else {
      let problem = FileProblem(path: path)
      unlink(temporary)
      throw problem
    }
  }
}

/// What the system said about a file.
struct FileProblem: Error, CustomStringConvertible {
  let path: String
  let code: Int32

  init(path: String, code: Int32 = errno) {
    self.path = path
    self.code = code
  }

  var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
}

enum Paths {
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder and those above it; for the service, with a mode that no umask narrows.
  static func make(_ folder: String, isForService: Bool = false) throws {
    if folder.isEmpty || isFolder(folder) { return }
    let parent = Self.folder(of: folder)
    if parent != folder { try make(parent, isForService: isForService) }
    if mkdir(folder, 0o755) == 0 {
      guard !isForService || chmod(folder, 0o755) == 0 else { throw FileProblem(path: folder) }
    } else if errno != EEXIST {
      throw FileProblem(path: folder)
    }
  }
}

/// Names in a folder, those that begin with a dot too.
enum FolderList {
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
