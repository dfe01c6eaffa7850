#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The bytes of a zone's TZif file, read by the host for workers that can read none.
enum ZoneFile {
  /// nil for a name that is no zone of this machine.
  static func bytes(of zone: String) -> [UInt8]? {
    guard !zone.hasPrefix("/"), !zone.split(separator: "/").contains("..") else { return nil }
    guard let file = fopen("/usr/share/zoneinfo/\(zone)", "rbe") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    return count > 44 ? Array(bytes[..<count]) : nil
  }
}
