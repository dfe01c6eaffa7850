#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why a zone cannot be had.
public struct ZoneError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name that was asked for.
  public let name: String
  /// What is wrong, and what to do about it.
  public let reason: String
  public var description: String { "time zone \"\(name)\": \(reason)" }
}

extension Zone {
  /// The zone of the time zone database by that name, read from /usr/share/zoneinfo. `UTC` needs no database.
  public init(name: String) throws(ZoneError) {
    if ["UTC", "GMT", "Z", "Etc/UTC"].contains(name) {
      self = .utc
      return
    }
    try self.init(name: name, tzif: try Self.file(named: name))
  }

  /// The bytes of a zone's file (RFC 8536), for a process that cannot read it itself.
  public static func file(named name: String) throws(ZoneError) -> [UInt8] {
    let isName =
      name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || [0x2B, 0x2D, 0x2F, 0x5F].contains($0)
      } && !name.isEmpty && !name.hasPrefix("/")
    guard isName else {
      throw ZoneError(name: name, reason: "not a name of the time zone database; write it like Europe/London")
    }
    return try read("/usr/share/zoneinfo/" + name, name)
  }

  private static func read(_ path: String, _ name: String) throws(ZoneError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      let reason =
        errno == ENOENT
        ? "not in /usr/share/zoneinfo; check the spelling (Region/City), or install the package tzdata"
        : "cannot open \(path): \(String(cString: strerror(errno)))"
      throw ZoneError(name: name, reason: reason)
    }
    defer { close(file) }
    // The largest file of the database has about 4 kB; the limit keeps a wrong file from being read whole.
    var bytes = [UInt8](repeating: 0, count: 256 * 1024)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes { systemRead(file, $0.baseAddress! + length, $0.count - length) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw ZoneError(name: name, reason: "cannot read \(path): \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      length += count
    }
    return Array(bytes[..<length])
  }

  /// A zone from the bytes of a TZif file of any version (RFC 8536).
  public init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
    var reader = ZoneFileReader(bytes: bytes, name: name)
    self = try reader.zone()
  }
}

private struct ZoneFileReader {
  let bytes: [UInt8]
  let name: String
  var at = 0

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  private struct Counts {
    var isUTC, isStandard, leaps, transitions, kinds, letters: Int
  }

  private func damaged(_ what: String) -> ZoneError {
    ZoneError(name: name, reason: "the TZif data is damaged: \(what)")
  }

  mutating func zone() throws(ZoneError) -> Zone {
    var (version, counts) = try header()
    guard version >= 2 else { return try body(counts, width: 4, hasFooter: false) }
    // The first block repeats the data in 32 bits, for readers of version 1 (RFC 8536, section 3).
    let old = counts
    at += old.transitions * 5 + old.kinds * 6 + old.letters + old.leaps * 8 + old.isStandard + old.isUTC
    (version, counts) = try header()
    return try body(counts, width: 8, hasFooter: true)
  }

  private mutating func header() throws(ZoneError) -> (UInt8, Counts) {
    guard at + 44 <= bytes.count, bytes[at..<at + 4].elementsEqual("TZif".utf8) else { throw damaged("no header") }
    let version = bytes[at + 4] == 0 ? 1 : bytes[at + 4] &- 0x30
    at += 20
    var numbers: [Int] = []
    for _ in 0..<6 { numbers.append(Int(try integer(4))) }
    guard numbers.allSatisfy({ (0...100_000).contains($0) }) else { throw damaged("impossible counts") }
    return (
      version,
      Counts(
        isUTC: numbers[0], isStandard: numbers[1], leaps: numbers[2], transitions: numbers[3], kinds: numbers[4],
        letters: numbers[5])
    )
  }

  private mutating func integer(_ width: Int) throws(ZoneError) -> Int64 {
    guard at + width <= bytes.count else { throw damaged("it ends too early") }
    var value: Int64 = bytes[at] >= 0x80 ? -1 : 0
    for byte in bytes[at..<at + width] { value = value << 8 | Int64(byte) }
    at += width
    return value
  }

  private mutating func body(_ counts: Counts, width: Int, hasFooter: Bool) throws(ZoneError) -> Zone {
    guard counts.kinds > 0, counts.kinds <= 256 else { throw damaged("no local time type") }
    var transitions: [Int64] = []
    for _ in 0..<counts.transitions { transitions.append(try integer(width)) }
    guard zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 }) else { throw damaged("times out of order") }
    var indices: [UInt8] = []
    for _ in 0..<counts.transitions { indices.append(UInt8(truncatingIfNeeded: try integer(1))) }
    guard indices.allSatisfy({ Int($0) < counts.kinds }) else { throw damaged("unknown local time type") }
    var raw: [(Int32, Bool, Int)] = []
    for _ in 0..<counts.kinds {
      raw.append((Int32(truncatingIfNeeded: try integer(4)), try integer(1) != 0, Int(try integer(1) & 0xFF)))
    }
    guard raw.allSatisfy({ abs(Int64($0.0)) <= 26 * 3600 }) else { throw damaged("an offset beyond a day") }
    guard at + counts.letters <= bytes.count else { throw damaged("it ends too early") }
    let letters = bytes[at..<at + counts.letters]
    at += counts.letters + counts.leaps * (width + 4) + counts.isStandard + counts.isUTC
    let kinds = raw.map { offset, isDaylight, start in
      let word = letters.dropFirst(start).prefix { $0 != 0 }
      return Zone.LocalTimeKind(
        offset: offset, isDaylight: isDaylight, abbreviation: String(decoding: word, as: UTF8.self).lowercased())
    }
    var rule: PosixRule?
    if hasFooter, at < bytes.count, bytes[at] == 0x0A {
      let text = bytes[(at + 1)...].prefix { $0 != 0x0A }
      if !text.isEmpty {
        guard let read = PosixRule(String(decoding: text, as: UTF8.self)) else {
          throw damaged("the rule for later years cannot be read")
        }
        rule = read
      }
    }
    return Zone(name: name, transitions: transitions, kindOfTransition: indices, kinds: kinds, rule: rule)
  }
}

/// The system call, under a name of its own: `Zone.read` would hide it.
private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(file, buffer, count)
}
