#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// Gives memory back that only the start needed.
///
/// Loading a program touches far more of its code and tables than running it does: relocation, registering types,
/// reading the command line. Those pages stay resident until memory is short. They are clean copies of files, so the
/// kernel may forget them at any time and reads back what is needed again.
public enum ResidentMemory {
  /// Drops the clean file pages of the program and its libraries. What runs afterwards faults its own pages in again,
  /// from the page cache; costs some milliseconds, so it is for quiet moments.
  public static func giveBack() {
    for mapping in cleanMappings() {
      madvise(UnsafeMutableRawPointer(bitPattern: mapping.lowerBound), mapping.count, MADV_DONTNEED)
    }
  }

  /// Mappings of files that cannot be written and hold no changed page: dropping one with changed pages (relocated
  /// tables) would lose the change, which is why each is asked for its `Anonymous` figure (proc(5), smaps).
  private static func cleanMappings() -> [Range<UInt>] {
    guard let file = fopen("/proc/self/smaps", "re") else { return [] }
    defer { fclose(file) }
    var found: [Range<UInt>] = []
    var candidate: Range<UInt>?
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if let range = fileMapping(text) {
        candidate = range.isEmpty ? nil : range
      } else if text.hasPrefix("Anonymous:"), let range = candidate {
        if text.split(separator: " ").dropFirst().first == "0" { found.append(range) }
        candidate = nil
      }
    }
    return found
  }

  /// The range that a mapping's first line names; empty when it can be written or is of no file, nil for other lines.
  static func fileMapping(_ line: String) -> Range<UInt>? {
    let parts = line.split(whereSeparator: \.isWhitespace)
    guard let bounds = parts.first?.split(separator: "-"), bounds.count == 2, parts.count >= 5,
      let start = UInt(bounds[0], radix: 16), let end = UInt(bounds[1], radix: 16), start < end
    else { return nil }
    let isPrivateFile = parts.count >= 6 && parts[5].hasPrefix("/") && parts[1].hasSuffix("p")
    return isPrivateFile && !parts[1].contains("w") ? start..<end : start..<start
  }
}
