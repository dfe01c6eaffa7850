import Glibc

/// Files as bytes, read once before anything is measured.
enum Files {
  /// The file, or all files of the folder in the order of their names.
  static func read(_ path: String) -> [(name: String, bytes: [UInt8])] {
    guard let folder = opendir(path) else { return [(path, bytes(of: path))] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().flatMap { read(path + "/" + $0) }
  }

  private static func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      print("cannot read \(path): \(String(cString: strerror(errno)))")
      exit(66)
    }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
  }
}
